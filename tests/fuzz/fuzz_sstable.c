/* What can be gone through has ascending keys, and each of them finds the same value again, in a table opened anew too;
 * nothing else is found. Checksums are passed over first, or no change would get further than them; what is read with
 * them must be read without. */
#include "codec/sstable.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 4096 };

struct seen {
    size_t n;
    struct bytes keys[MOST], values[MOST]; /* the first of them */
};

static int compare(struct bytes a, struct bytes b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.at, b.at, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static tfp_status see(void *user, struct bytes key, struct bytes value)
{
    struct seen *s = user;
    if (s->n && s->n <= MOST && compare(s->keys[s->n - 1], key) >= 0) abort();
    if (s->n < MOST) {
        s->keys[s->n] = key;
        s->values[s->n] = value;
    }
    s->n++;
    return TFP_OK;
}

static void find_all(struct tfp_context *ctx, struct sstable *t, const struct seen *s)
{
    struct bytes value;
    bool found;
    for (size_t i = s->n < MOST ? s->n : MOST; i--;) {
        if (sstable_get(ctx, t, s->keys[i], &found, &value) != TFP_OK || !found) abort();
        if (compare(value, s->values[i]) != 0) abort();
    }
}

/* The input's first bytes as a key. */
static void find_any(struct tfp_context *ctx, struct sstable *t, const struct seen *s, struct bytes file)
{
    struct bytes value;
    for (size_t n = 0; n < 16 && n <= file.n; n++) {
        struct bytes key = { file.at, n };
        bool found = false, there = false;
        tfp_status status = sstable_get(ctx, t, key, &found, &value);
        if (!s) continue; /* a damaged table: any answer will do */
        for (size_t i = 0; i < s->n && !there; i++) there = compare(s->keys[i], key) == 0;
        if (status != TFP_OK || found != there) abort();
    }
}

/* How many pairs there are; -1: refused. */
static int64_t read_table(struct tfp_context *ctx, struct bytes file, bool verify)
{
    struct arena arena = { 0 };
    struct sstable *t, *fresh;
    struct seen *s = calloc(1, sizeof *s);
    int64_t count = -1;
    if (s && sstable_open(ctx, &arena, "x", file, verify, &t) == TFP_OK) {
        if (sstable_each(ctx, t, true, see, s) == TFP_OK) {
            count = (int64_t)s->n;
            if (sstable_open(ctx, &arena, "x", file, verify, &fresh) != TFP_OK) abort();
            find_all(ctx, t, s);
            find_all(ctx, fresh, s);
            if (s->n <= MOST) find_any(ctx, fresh, s, file);
        } else {
            find_any(ctx, t, NULL, file);
        }
    }
    arena_free(&arena);
    free(s);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    tfp_context *ctx;
    struct bytes file = { (const char *)data, n };
    if (tfp_context_create(&ctx) != TFP_OK) return 0;
    int64_t loosely = read_table(ctx, file, false), strictly = read_table(ctx, file, true);
    if (strictly >= 0 && loosely != strictly) abort();
    tfp_context_destroy(ctx);
    return 0;
}
