/* TableFind: TensorFlow's LookupTableFindV2. */
#include "ir/kernels/kernel.h"

#include "base/map.h"

#include <inttypes.h>
#include <stdlib.h>

static bool same_key(const struct tensor *keys, int64_t i, struct bytes x)
{
    struct bytes key = tensor_element(keys, i);
    return key.n == x.n && memcmp(key.at, x.at, x.n) == 0;
}

/* Where each key stands: 1 + its place among the keys. */
struct table {
    struct arena arena;
    struct map places;
};

static void free_table(void *data)
{
    struct table *t = data;
    arena_free(&t->arena);
    free(t);
}

/* Of a key that occurs twice the first counts. */
static tfp_status make_table(struct kernel *k, const struct tensor *keys, struct table **out)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t) return tfp_no_memory(k->ctx);
    map_init(&t->places, &t->arena);
    for (int64_t i = 0; i < keys->count; i++) {
        const struct bytes key = tensor_element(keys, i);
        void **place = map_at(&t->places, key.at, key.n);
        if (!place) return free_table(t), tfp_no_memory(k->ctx);
        if (!*place) *place = (void *)(uintptr_t)(i + 1);
    }
    *out = t;
    return TFP_OK;
}

static int64_t find_in_table(const struct table *t, struct bytes key)
{
    void **place = map_find(&t->places, key.at, key.n);
    return place ? (int64_t)(uintptr_t)*place - 1 : -1;
}

static int64_t find_one_by_one(const struct tensor *keys, struct bytes key)
{
    for (int64_t i = 0; i < keys->count; i++)
        if (same_key(keys, i, key)) return i;
    return -1;
}

/* Constant keys are hashed for the first run and kept; others where more than a few are looked for. *kept: the caller's no more. */
static tfp_status table_of(struct kernel *k, const struct tensor *keys, int64_t looked_for, struct table **out, bool *kept)
{
    enum { FEW = 8 };
    const struct ir_value *given = ir_in(k->node, 1);
    *kept = k->memo && given && given->constant;
    *out = *kept ? k->memo->data : NULL;
    if (*out || (!*kept && looked_for <= FEW)) return TFP_OK;
    TFP_TRY(make_table(k, keys, out));
    if (*kept) *k->memo = (struct kernel_memo){ *out, free_table };
    return TFP_OK;
}

static tfp_status table_find(struct kernel *k)
{
    const struct tensor *x = &k->in[0], *keys = &k->in[1], *values = &k->in[2], *otherwise = &k->in[3];
    struct table *table;
    bool kept;
    if (keys->count != values->count || otherwise->count != 1)
        return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " keys, %" PRId64 " values, %" PRId64 " defaults", keys->count,
                           values->count, otherwise->count);
    TFP_TRY(kernel_output(k, 0, values->dtype, x->rank, x->dims));
    TFP_TRY(table_of(k, keys, x->count, &table, &kept));
    const size_t size = tfp_dtype_size(values->dtype);
    for (int64_t i = 0; i < x->count; i++) {
        const struct bytes key = tensor_element(x, i);
        const int64_t at = table ? find_in_table(table, key) : find_one_by_one(keys, key);
        memcpy((char *)k->out[0].data + (size_t)i * size,
               at < 0 ? (const char *)otherwise->data : (const char *)values->data + (size_t)at * size, size);
    }
    if (table && !kept) free_table(table);
    return TFP_OK;
}

const struct kernel_row kernels_table[] = { { IR_TABLE_FIND, .run = table_find } };
const size_t kernels_table_n = sizeof kernels_table / sizeof kernels_table[0];
