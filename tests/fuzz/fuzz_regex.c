/* Patterns, rewrites and texts, apart by NUL: what is no pattern or no rewrite is refused, and what is replaced is given once. */
#include "codec/regex.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct bytes take_part(struct bytes *rest)
{
    const char *end = rest->n ? memchr(rest->at, '\0', rest->n) : NULL;
    const struct bytes part = { rest->at, end ? (size_t)(end - rest->at) : rest->n };
    const size_t used = part.n + (end ? 1 : 0);
    *rest = (struct bytes){ rest->at + used, rest->n - used };
    return part;
}

static void count(void *user, struct bytes b)
{
    (void)b;
    ++*(size_t *)user;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct tfp_context ctx = { 0 };
    struct regex *r;
    size_t given = 0;
    char *copy = malloc(n + !n);
    if (!copy) return 0;
    if (n) memcpy(copy, data, n);
    struct bytes rest = { copy, n };
    const struct bytes pattern = take_part(&rest), rewrite = take_part(&rest);
    if (regex_compile(&ctx, pattern, &r) == TFP_OK) {
        regex_full_match(r, rest);
        if (regex_check_rewrite(&ctx, r, rewrite) == TFP_OK)
            for (int all = 0; all < 2; all++)
                if (regex_replace(r, rest, rewrite, all, count, &given) && given != (size_t)all + 1) abort();
        regex_free(r);
    }
    free(copy);
    return 0;
}
