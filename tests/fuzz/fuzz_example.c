/* A message that is read to its end gives as many values as it counted, and none from outside itself. The input stands in
 * memory of its own size, so that AddressSanitizer sees a step beyond it. */
#include "codec/example.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take_values(const struct example_feature *f, struct bytes whole)
{
    if (f->kind == EXAMPLE_NONE && f->n) abort();
    if (f->kind == EXAMPLE_BYTES) {
        struct bytes *values = calloc(f->n + 1, sizeof *values);
        if (values) example_strings(f, values);
        for (size_t i = 0; values && i < f->n; i++)
            if (values[i].n && (values[i].at < whole.at || values[i].at + values[i].n > whole.at + whole.n)) abort();
        free(values);
        return;
    }
    char *room = malloc(f->n * 8 + 1);
    if (room && f->kind == EXAMPLE_FLOAT) example_floats(f, (float *)(void *)room);
    if (room && f->kind == EXAMPLE_INT64) example_ints(f, (int64_t *)(void *)room);
    free(room);
}

/* As a tf.SequenceExample. */
static void take_lists(struct bytes whole)
{
    struct example_reader r;
    struct example_list l;
    struct example_feature f;
    example_begin(&r, whole);
    for (size_t lists = 0; example_next_list(&r, &l) == EXAMPLE_FEATURE; lists++) {
        if (lists > whole.n) abort();
        while (example_next_step(&l, &f) == EXAMPLE_FEATURE) take_values(&f, whole);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *copy = malloc(n + !n);
    struct example_reader r;
    struct example_feature f;
    if (!copy) return 0;
    if (n) memcpy(copy, data, n);
    const struct bytes whole = { copy, n };
    example_begin(&r, whole);
    for (size_t i = 0; example_next(&r, &f) == EXAMPLE_FEATURE; i++) {
        if (i > n) abort();
        take_values(&f, whole);
    }
    take_lists(whole);
    for (size_t least = 0; least <= n && least < 8; least++)
        if (example_length(whole, least) > n) abort();
    free(copy);
    return 0;
}
