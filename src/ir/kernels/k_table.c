/* TableFind: TensorFlow's LookupTableFindV2. */
#include "ir/kernels/kernel.h"

#include "base/map.h"

#include <inttypes.h>
#include <stdlib.h>

static struct bytes key_at(const struct tensor *t, int64_t i)
{
    if (t->dtype != TFP_STRING) {
        size_t size = tfp_dtype_size(t->dtype);
        return (struct bytes){ (const char *)t->data + (size_t)i * size, size };
    }
    const struct tfp_string s = ((const struct tfp_string *)t->data)[i];
    return (struct bytes){ s.n ? s.at : "", s.n };
}

static bool same_key(const struct tensor *keys, int64_t i, struct bytes x)
{
    struct bytes key = key_at(keys, i);
    return key.n == x.n && memcmp(key.at, x.at, x.n) == 0;
}

/* Where each x stands among the keys, -1: nowhere. Few are looked for one by one. */
static tfp_status find_all(struct kernel *k, const struct tensor *x, const struct tensor *keys, int64_t *at)
{
    enum { FEW = 8 };
    struct arena arena = { 0 };
    struct map map;
    tfp_status status = TFP_OK;
    map_init(&map, &arena);
    for (int64_t i = 0; i < keys->count && x->count > FEW && status == TFP_OK; i++) {
        struct bytes key = key_at(keys, i);
        void **place = map_at(&map, key.at, key.n);
        if (!place) status = tfp_no_memory(k->ctx);
        else if (!*place) *place = (void *)(uintptr_t)(i + 1);
    }
    for (int64_t i = 0; i < x->count && status == TFP_OK; i++) {
        struct bytes key = key_at(x, i);
        if (x->count > FEW) {
            void **place = map_find(&map, key.at, key.n);
            at[i] = place ? (int64_t)(uintptr_t)*place - 1 : -1;
            continue;
        }
        for (at[i] = 0; at[i] < keys->count && !same_key(keys, at[i], key);) at[i]++;
        if (at[i] == keys->count) at[i] = -1;
    }
    arena_free(&arena);
    return status;
}

static tfp_status table_find(struct kernel *k)
{
    TFP_TRY(kernel_check(k));
    const struct tensor *x = &k->in[0], *keys = &k->in[1], *values = &k->in[2], *otherwise = &k->in[3];
    if (keys->count != values->count || otherwise->count != 1)
        return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " keys, %" PRId64 " values, %" PRId64 " defaults", keys->count,
                           values->count, otherwise->count);
    TFP_TRY(kernel_output(k, 0, values->dtype, x->rank, x->dims));
    int64_t *at = calloc((size_t)x->count + 1, sizeof *at);
    tfp_status status = at ? find_all(k, x, keys, at) : tfp_no_memory(k->ctx);
    const size_t size = tfp_dtype_size(values->dtype);
    for (int64_t i = 0; i < x->count && status == TFP_OK; i++)
        memcpy((char *)k->out[0].data + (size_t)i * size,
               at[i] < 0 ? (const char *)otherwise->data : (const char *)values->data + (size_t)at[i] * size, size);
    free(at);
    return status;
}

const struct kernel_row kernels_table[] = { { IR_TABLE_FIND, table_find } };
const size_t kernels_table_n = sizeof kernels_table / sizeof kernels_table[0];
