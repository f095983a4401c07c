/* tf.Example messages: ParseExample, ParseExampleV2, ParseSingleExample, as one op of the IR; tf.SequenceExample messages
 * (ParseSequenceExample, ParseSequenceExampleV2, ParseSingleSequenceExample) as two: their context is laid out like an Example, so
 * that ParseExample reads it, and ParseFeatureLists reads the rest. */
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/lower.h"

/* What the forms say, in one way. */
struct features {
    struct ir_value *serialized;
    struct ir_strings sparse, dense, ragged; /* keys */
    struct ir_ints sparse_types, dense_types, ragged_types, split_types, ranks, dims;
    size_t first_default;    /* input of the first dense feature's */
    struct ir_ints may_miss; /* of lists: for each dense one, 1 where a missing one is empty */
};

/* Names of a form's attributes. */
struct feature_attrs {
    const char *sparse_types, *dense_types, *dense_shapes, *ragged_types, *split_types;
};
static const struct feature_attrs of_examples = { "sparse_types", "Tdense", "dense_shapes", "ragged_value_types", "ragged_split_types" },
                                  of_context = { "context_sparse_types", "Tcontext_dense", "context_dense_shapes",
                                                 "context_ragged_value_types", "context_ragged_split_types" },
                                  of_lists = { "feature_list_sparse_types", "feature_list_dense_types", "feature_list_dense_shapes",
                                               "feature_list_ragged_value_types", "feature_list_ragged_split_types" };

static const struct tfpb_attr_list *list_of(const struct tf_node *n, const char *name)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, name, strlen(name));
    static const struct tfpb_attr_list none;
    return v && v->which == TFPB_ATTR_LIST && v->list ? v->list : &none;
}

/* -- keys ---------------------------------------------------------------------------------------------------------- */

/* `n` keys in inputs of one element each, or (vector) all in one. */
static struct ir_strings keys_in(struct lower *lw, size_t at, size_t n, bool vector)
{
    struct bytes *keys = NULL;
    size_t done = 0;
    for (size_t i = 0; i < (vector ? 1 : n); i++) {
        const struct ir_value *v = lower_in(lw, at + i);
        const struct tensor *t = v ? v->constant : NULL;
        if (v && (!t || t->dtype != TFP_STRING)) lower_unsupported(lw, "a feature's key is not constant");
        if (!t || lw->b.status != TFP_OK) return (struct ir_strings){ NULL, 0 };
        if (!keys && !(keys = ARENA_ARRAY(&lw->graph->arena, struct bytes, (vector ? (size_t)t->count : n) + 1)))
            return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), (struct ir_strings){ NULL, 0 };
        for (int64_t k = 0; k < t->count && (vector || k == 0); k++) keys[done++] = tensor_string(t, k);
    }
    return (struct ir_strings){ keys, done };
}

static struct ir_ints types_in(struct lower *lw, const struct tf_node *n, const char *attr)
{
    const struct tfpb_attr_list *l = list_of(n, attr);
    int64_t *types = ARENA_ARRAY(&lw->graph->arena, int64_t, l->type.n + 1);
    if (!types) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), (struct ir_ints){ NULL, 0 };
    for (size_t i = 0; i < l->type.n; i++) types[i] = tfpb_dtype(l->type.at[i]);
    return (struct ir_ints){ types, l->type.n };
}

/* -- shapes of dense features --------------------------------------------------------------------------------------- */

static void read_shapes(struct lower *lw, const struct tf_node *n, const char *attr, struct features *f)
{
    const struct tfpb_attr_list *l = list_of(n, attr);
    size_t total = 0, at = 0;
    for (size_t i = 0; i < l->shape.n; i++) total += l->shape.at[i].dim.n;
    int64_t *ranks = ARENA_ARRAY(&lw->graph->arena, int64_t, l->shape.n + 1),
            *dims = ARENA_ARRAY(&lw->graph->arena, int64_t, total + 1);
    if (!ranks || !dims) {
        build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
        return;
    }
    for (size_t i = 0; i < l->shape.n; i++) {
        const struct tfpb_shape *s = &l->shape.at[i];
        if (s->unknown_rank) lower_unsupported(lw, "the rank of dense feature %zu is not known", i);
        ranks[i] = (int64_t)s->dim.n;
        for (size_t k = 0; k < s->dim.n; k++) dims[at++] = s->dim.at[k].size;
    }
    f->ranks = (struct ir_ints){ ranks, l->shape.n };
    f->dims = (struct ir_ints){ dims, at };
}

/* -- the ops -------------------------------------------------------------------------------------------------------- */

#define STRINGS(attr, list) { .name = (attr), .kind = ATTR_KIND_STRINGS, .v.strings = (list) }
#define LIST(attr, list) A_INTS((attr), (list).at, (list).n)

/* Outputs of the op, in the graph's arena; NULL: status is set. None where there are none. */
static struct ir_value **emit(struct lower *lw, enum ir_op op, const struct features *f, size_t n_out)
{
    struct build *b = &lw->b;
    const size_t defaults = op == IR_PARSE_EXAMPLE ? f->dense.n : 0;
    struct ir_value **in = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, defaults + 1),
                    **out = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n_out + 1);
    if (!in || !out) return build_fail(b, tfp_no_memory(b->ctx)), NULL;
    in[0] = f->serialized;
    for (size_t i = 0; i < defaults; i++) in[i + 1] = lower_in(lw, f->first_default + i);
    const struct ir_attr attrs[] = { STRINGS(ATTR_SPARSE_KEYS, f->sparse), LIST(ATTR_SPARSE_TYPES, f->sparse_types),
                                     STRINGS(ATTR_DENSE_KEYS, f->dense), LIST(ATTR_DENSE_TYPES, f->dense_types),
                                     LIST(ATTR_DENSE_RANKS, f->ranks), LIST(ATTR_DENSE_SHAPES, f->dims),
                                     STRINGS(ATTR_RAGGED_KEYS, f->ragged), LIST(ATTR_RAGGED_TYPES, f->ragged_types),
                                     LIST(ATTR_RAGGED_SPLIT_TYPES, f->split_types),
                                     op == IR_PARSE_FEATURE_LISTS ? (struct ir_attr)LIST(ATTR_DENSE_MAY_MISS, f->may_miss)
                                                                  : (struct ir_attr){ .name = ATTR_NONE },
                                     { .name = ATTR_NONE } };
    if (b->status == TFP_OK && n_out) ir_emit_many(b, op, in, defaults + 1, attrs, n_out, out);
    return b->status == TFP_OK ? out : NULL;
}

static void put_outputs(struct lower *lw, size_t at, struct ir_value **from, size_t n)
{
    for (size_t i = 0; i < n && from; i++) lower_out(lw, at + i, from[i]);
}

static tfp_status emit_examples(struct lower *lw, const struct tf_node *n, const struct features *f)
{
    const size_t n_out = 3 * f->sparse.n + f->dense.n + 2 * f->ragged.n;
    if (lw->b.status != TFP_OK) return lw->b.status;
    if (n_out != n->n_out) return lower_malformed(lw, "it has %zu outputs, its keys are for %zu", n->n_out, n_out);
    put_outputs(lw, 0, emit(lw, IR_PARSE_EXAMPLE, f, n_out), n_out);
    return lw->b.status;
}

static void read_types(struct lower *lw, const struct tf_node *n, const struct feature_attrs *attrs, struct features *f)
{
    f->serialized = lower_in(lw, 0);
    f->sparse_types = types_in(lw, n, attrs->sparse_types);
    f->dense_types = types_in(lw, n, attrs->dense_types);
    f->ragged_types = types_in(lw, n, attrs->ragged_types);
    f->split_types = types_in(lw, n, attrs->split_types);
    read_shapes(lw, n, attrs->dense_shapes, f);
}

static struct ir_strings keys_attr(const struct tf_node *n, const char *name)
{
    const struct pb_strings keys = list_of(n, name)->s;
    return (struct ir_strings){ keys.at, keys.n };
}

static tfp_status lower_first(struct lower *lw, const struct tf_node *n)
{
    struct features f = { .first_default = 0 };
    read_types(lw, n, &of_examples, &f);
    f.sparse = keys_in(lw, 2, f.sparse_types.n, false);
    f.dense = keys_in(lw, 2 + f.sparse_types.n, f.dense_types.n, false);
    f.first_default = 2 + f.sparse_types.n + f.dense_types.n;
    return emit_examples(lw, n, &f);
}

static tfp_status lower_second(struct lower *lw, const struct tf_node *n)
{
    struct features f = { .first_default = 5 };
    read_types(lw, n, &of_examples, &f);
    f.sparse = keys_in(lw, 2, 0, true);
    f.dense = keys_in(lw, 3, 0, true);
    f.ragged = keys_in(lw, 4, 0, true);
    return emit_examples(lw, n, &f);
}

static tfp_status lower_single(struct lower *lw, const struct tf_node *n)
{
    struct features f = { .first_default = 1 };
    read_types(lw, n, &of_examples, &f);
    f.sparse = keys_attr(n, "sparse_keys");
    f.dense = keys_attr(n, "dense_keys");
    return emit_examples(lw, n, &f);
}

/* -- sequence examples --------------------------------------------------------------------------------------------- */

/* Which dense lists may miss: those whose keys are among `named`. */
static struct ir_ints may_miss(struct lower *lw, struct ir_strings dense, struct ir_strings named)
{
    int64_t *may = ARENA_ARRAY(&lw->graph->arena, int64_t, dense.n + 1);
    if (!may) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), (struct ir_ints){ NULL, 0 };
    for (size_t i = 0; i < dense.n; i++)
        for (size_t j = 0; j < named.n; j++)
            if (dense.at[i].n == named.at[j].n && memcmp(dense.at[i].at, named.at[j].at, named.at[j].n) == 0) may[i] = 1;
    return (struct ir_ints){ may, dense.n };
}

/* V2: a vector of bools, in the order of the keys. */
static struct ir_ints may_miss_flags(struct lower *lw, size_t input, size_t dense)
{
    const struct ir_value *v = lower_in(lw, input);
    int64_t *may = ARENA_ARRAY(&lw->graph->arena, int64_t, dense + 1);
    if (!may) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), (struct ir_ints){ NULL, 0 };
    if (v && (!v->constant || v->dtype != TFP_BOOL || v->constant->count != (int64_t)dense))
        lower_unsupported(lw, "which feature lists may be missing is not constant");
    for (size_t i = 0; i < dense && lw->b.status == TFP_OK; i++) may[i] = ((const bool *)v->constant->data)[i];
    return (struct ir_ints){ may, dense };
}

/* The context's outputs come first. ParseSingleSequenceExample does not give the lengths of dense lists. */
static tfp_status emit_sequence(struct lower *lw, const struct tf_node *n, const struct features *context, const struct features *lists)
{
    const size_t first = 3 * context->sparse.n + context->dense.n + 2 * context->ragged.n, sparse = 3 * lists->sparse.n,
                 dense = lists->dense.n, ragged = 3 * lists->ragged.n, all = sparse + 2 * dense + ragged;
    if (lw->b.status != TFP_OK) return lw->b.status;
    if (n->n_out != first + all && n->n_out != first + all - dense)
        return lower_malformed(lw, "it has %zu outputs, its keys are for %zu", n->n_out, first + all);
    put_outputs(lw, 0, emit(lw, IR_PARSE_EXAMPLE, context, first), first);
    put_outputs(lw, first, emit(lw, IR_PARSE_FEATURE_LISTS, lists, all), n->n_out - first);
    return lw->b.status;
}

static tfp_status lower_sequence(struct lower *lw, const struct tf_node *n)
{
    struct features context = { .first_default = 2 }, lists = { .first_default = 0 };
    read_types(lw, n, &of_context, &context);
    read_types(lw, n, &of_lists, &lists);
    context.sparse = keys_attr(n, "context_sparse_keys");
    context.dense = keys_attr(n, "context_dense_keys");
    lists.sparse = keys_attr(n, "feature_list_sparse_keys");
    lists.dense = keys_attr(n, "feature_list_dense_keys");
    lists.may_miss = may_miss(lw, lists.dense, keys_attr(n, "feature_list_dense_missing_assumed_empty"));
    return emit_sequence(lw, n, &context, &lists);
}

static tfp_status lower_sequence_v2(struct lower *lw, const struct tf_node *n)
{
    struct features context = { .first_default = 9 }, lists = { .first_default = 0 };
    struct ir_strings *keys[] = { &context.sparse, &context.dense, &context.ragged, &lists.sparse, &lists.dense, &lists.ragged };
    read_types(lw, n, &of_context, &context);
    read_types(lw, n, &of_lists, &lists);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) *keys[i] = keys_in(lw, 2 + i, 0, true);
    lists.may_miss = may_miss_flags(lw, 8, lists.dense.n);
    return emit_sequence(lw, n, &context, &lists);
}

static tfp_status lower_single_sequence(struct lower *lw, const struct tf_node *n)
{
    struct features context = { .first_default = 0 }, lists = { .first_default = 0 };
    read_types(lw, n, &of_context, &context);
    read_types(lw, n, &of_lists, &lists);
    struct ir_strings *keys[] = { &context.sparse, &context.dense, &lists.sparse, &lists.dense };
    const size_t counts[] = { context.sparse_types.n, context.dense_types.n, lists.sparse_types.n, lists.dense_types.n };
    size_t at = 2;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; at += counts[i++]) *keys[i] = keys_in(lw, at, counts[i], false);
    context.first_default = at;
    lists.may_miss = may_miss(lw, lists.dense, keys_in(lw, 1, 0, true));
    return emit_sequence(lw, n, &context, &lists);
}

static const struct rule rules[] = {
    { "ParseExample", lower_first, NULL },
    { "ParseExampleV2", lower_second, NULL },
    { "ParseSequenceExample", lower_sequence, NULL },
    { "ParseSequenceExampleV2", lower_sequence_v2, NULL },
    { "ParseSingleExample", lower_single, NULL },
    { "ParseSingleSequenceExample", lower_single_sequence, NULL },
};
const struct rule_family rules_parsing = { rules, sizeof rules / sizeof rules[0] };
