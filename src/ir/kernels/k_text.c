/* The IR's own ops on strings and tables: AsString, StringToHashBucketFast, TableFind. They mean what TensorFlow's ops of
 * these names do (TableFind: LookupTableFindV2). */
#include "ir/kernels/fingerprint.h"
#include "ir/kernels/printed.h"

#include "base/map.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* -- numbers as TensorFlow prints them ----------------------------------------------------------------------------- */

enum { PATTERN = 48 };

/* printf's pattern up to the letter; false: attributes that TensorFlow refuses, too. */
static bool start_pattern(const struct kernel *k, char pattern[PATTERN])
{
    struct bytes fill = ir_attr_string(k->node, ATTR_FILL, "");
    int64_t width = ir_attr_int(k->node, ATTR_WIDTH, -1), precision = ir_attr_int(k->node, ATTR_PRECISION, -1);
    bool shortest = ir_attr_int(k->node, ATTR_SHORTEST, 0), scientific = ir_attr_int(k->node, ATTR_SCIENTIFIC, 0);
    bool real = dtype_is_float(k->in[0].dtype);
    if (fill.n > 1 || (fill.n && !memchr(" +-0#", fill.at[0], 5)) || width > 1000 || precision > 1000) return false;
    if ((shortest && scientific) || (!real && (shortest || scientific || precision > -1))) return false;
    int n = snprintf(pattern, PATTERN, "%%%.*s", (int)fill.n, fill.n ? fill.at : "");
    if (width > -1) n += snprintf(pattern + n, PATTERN - (size_t)n, "%d", (int)width);
    if (precision > -1) n += snprintf(pattern + n, PATTERN - (size_t)n, ".%d", (int)precision);
    snprintf(pattern + n, PATTERN - (size_t)n, "%s",
             real ? shortest ? "g" : scientific ? "e" : "f" : dtype_is_unsigned(k->in[0].dtype) ? PRIu64 : PRId64);
    return true;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t print(const void *user, const struct tensor *t, int64_t i, char *text)
{
    const char *pattern = user;
    int n;
    if (t->dtype == TFP_BOOL) n = snprintf(text, PRINTED_LONGEST, "%s", tensor_int(t, i) ? "true" : "false");
    else if (dtype_is_float(t->dtype)) n = snprintf(text, PRINTED_LONGEST, pattern, tensor_float(t, i));
    else if (t->dtype == TFP_UINT64) n = snprintf(text, PRINTED_LONGEST, pattern, ((const uint64_t *)t->data)[i]);
    else if (dtype_is_unsigned(t->dtype)) n = snprintf(text, PRINTED_LONGEST, pattern, (uint64_t)tensor_int(t, i));
    else n = snprintf(text, PRINTED_LONGEST, pattern, tensor_int(t, i));
    return (size_t)n;
}
#pragma GCC diagnostic pop

static tfp_status as_string(struct kernel *k)
{
    char pattern[PATTERN];
    TFP_TRY(kernel_check(k));
    const tfp_dtype dtype = k->in[0].dtype;
    if (dtype != TFP_BOOL && !dtype_is_float(dtype) && !dtype_is_integer(dtype))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "of %s", tfp_dtype_name(dtype));
    if (!start_pattern(k, pattern)) return kernel_fail(k, TFP_E_FORMAT, "attributes that contradict each other or the type");
    return printed_strings(k, &k->in[0], print, pattern);
}

/* -- hashes -------------------------------------------------------------------------------------------------------- */

static tfp_status hash_bucket_fast(struct kernel *k)
{
    TFP_TRY(kernel_check(k));
    const int64_t buckets = ir_attr_int(k->node, ATTR_NUM_BUCKETS, 0);
    const struct tensor *in = &k->in[0];
    const struct tfp_string *strings = in->data;
    if (buckets < 1) return kernel_fail(k, TFP_E_FORMAT, "num_buckets is %" PRId64, buckets);
    TFP_TRY(kernel_output(k, 0, TFP_INT64, in->rank, in->dims));
    for (int64_t i = 0; i < in->count; i++)
        ((int64_t *)k->out[0].data)[i] =
            (int64_t)(fingerprint_farm((struct bytes){ strings[i].at, strings[i].n }) % (uint64_t)buckets);
    return TFP_OK;
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

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

const struct kernel_row kernels_text[] = {
    { IR_AS_STRING, as_string },
    { IR_STRING_TO_HASH_BUCKET_FAST, hash_bucket_fast },
    { IR_TABLE_FIND, table_find },
};
const size_t kernels_text_n = sizeof kernels_text / sizeof kernels_text[0];
