#include "backend/onnx/ml_words.h"

#include "base/map.h"

#include <string.h>

bool ml_has(enum ir_op op)
{
    return op == IR_LABEL_ENCODER;
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

/* The type that LabelEncoder has for it; TFP_UNDEFINED: none. */
static tfp_dtype word_type(tfp_dtype dtype)
{
    return dtype == TFP_STRING || dtype == TFP_FLOAT ? dtype
           : dtype == TFP_INT64 || dtype == TFP_INT32 ? TFP_INT64 : TFP_UNDEFINED;
}

/* Which of several equal keys counts is not said there. */
static bool has_equal_keys(struct arena *a, const struct tensor *keys)
{
    struct map seen;
    const size_t size = tfp_dtype_size(keys->dtype);
    map_init(&seen, a);
    for (int64_t i = 0; i < keys->count; i++) {
        const struct tfp_string *s = (const struct tfp_string *)keys->data + i;
        struct bytes key = { (const char *)keys->data + (size_t)i * size, size };
        if (keys->dtype == TFP_STRING) key = (struct bytes){ s->n ? s->at : "", s->n };
        void **at = map_at(&seen, key.at, key.n);
        if (!at || *at) return true;
        *at = &seen;
    }
    return false;
}

/* A vector as the attribute of its type. */
static bool list_attr(struct arena *a, const struct tensor *t, const enum ir_attr_name names[3], struct ir_attr *out)
{
    _Static_assert(sizeof(struct tfp_string) == sizeof(struct bytes), "one is read as the other");
    const size_t n = (size_t)t->count;
    if (t->dtype == TFP_STRING) {
        struct bytes *at = ARENA_ARRAY(a, struct bytes, n + 1);
        for (size_t i = 0; at && i < n; i++) at[i] = (struct bytes){ ((const struct tfp_string *)t->data)[i].at, ((const struct tfp_string *)t->data)[i].n };
        *out = (struct ir_attr){ .name = names[0], .kind = ATTR_KIND_STRINGS, .v.strings = { at, n } };
        return at != NULL;
    }
    if (t->dtype == TFP_FLOAT) {
        *out = (struct ir_attr){ .name = names[2], .kind = ATTR_KIND_FLOATS, .v.floats = { t->data, n } };
        return true;
    }
    int64_t *at = ARENA_ARRAY(a, int64_t, n + 1);
    for (size_t i = 0; at && i < n; i++) at[i] = tensor_int(t, (int64_t)i);
    *out = (struct ir_attr){ .name = names[1], .kind = ATTR_KIND_INTS, .v.ints = { at, n } };
    return at != NULL;
}

static struct ir_attr default_attr(const struct tensor *t)
{
    if (t->dtype == TFP_STRING) {
        const struct tfp_string *s = t->data;
        return (struct ir_attr){ .name = ATTR_DEFAULT_STRING, .kind = ATTR_KIND_STRING, .v.s = { s->n ? s->at : "", s->n } };
    }
    if (t->dtype == TFP_FLOAT) return (struct ir_attr)A_FLOAT(ATTR_DEFAULT_FLOAT, *(const float *)t->data);
    return (struct ir_attr)A_INT(ATTR_DEFAULT_INT64, tensor_int(t, 0));
}

static bool table_find(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    static const enum ir_attr_name keys_names[] = { ATTR_KEYS_STRINGS, ATTR_KEYS_INT64S, ATTR_KEYS_FLOATS },
                                   values_names[] = { ATTR_VALUES_STRINGS, ATTR_VALUES_INT64S, ATTR_VALUES_FLOATS };
    struct arena *a = &d->b.graph->arena;
    const struct tensor *keys = ir_in_constant(n, 1), *values = ir_in_constant(n, 2), *otherwise = ir_in_constant(n, 3);
    struct ir_attr attrs[4] = { { .name = ATTR_NONE } };
    if (!keys || !values || !otherwise) return decline(d, "a table that is not constant");
    if (!word_type(keys->dtype) || !word_type(values->dtype) || !keys->count || keys->count != values->count || otherwise->count != 1)
        return decline(d, "the table's types, or that it is empty");
    if (has_equal_keys(a, keys)) return decline(d, "keys that occur twice");
    if (!list_attr(a, keys, keys_names, &attrs[0]) || !list_attr(a, values, values_names, &attrs[1]))
        return build_fail(&d->b, tfp_no_memory(d->b.ctx)) != NULL;
    attrs[2] = default_attr(otherwise);
    struct ir_value *x = ir_cast(&d->b, ir_in(n, 0), word_type(keys->dtype));
    return give(out, ir_cast(&d->b, ir_emit(&d->b, IR_LABEL_ENCODER, IN(x), attrs), values->dtype));
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

/* ONNX says how numbers are printed, but for floats not as TensorFlow does it. */
static bool as_string(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    const tfp_dtype dtype = ir_in(n, 0)->dtype;
    const bool whole = dtype_is_integer(dtype) && dtype != TFP_UINT64;
    if (!whole || ir_attr_int(n, ATTR_WIDTH, -1) > -1 || ir_attr_string(n, ATTR_FILL, "").n)
        return decline(d, "text of other than whole numbers, or filled up");
    if (d->opset < 9) return decline(d, NULL);
    return give(out, ir_emit(&d->b, IR_CAST, IN(ir_in(n, 0)), ATTRS(A_INT(ATTR_TO, TFP_STRING))));
}

static const struct decomposition rows[] = {
    { IR_AS_STRING, as_string },
    { IR_TABLE_FIND, table_find },
};

bool ml_words(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].op == n->op) return rows[i].run(d, n, out);
    return false;
}
