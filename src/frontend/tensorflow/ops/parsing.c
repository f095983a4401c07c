/* tf.Example messages: ParseExample, ParseExampleV2, ParseSingleExample, as one op of the IR. */
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/lower.h"

/* What the three forms say, in one way. */
struct features {
    struct ir_value *serialized;
    struct ir_strings sparse, dense, ragged; /* keys */
    struct ir_ints sparse_types, dense_types, ragged_types, split_types, ranks, dims;
    size_t first_default; /* input of the first dense feature's */
};

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
        for (int64_t k = 0; k < t->count && (vector || k == 0); k++) {
            const struct tfp_string *s = (const struct tfp_string *)t->data + k;
            keys[done++] = (struct bytes){ s->n ? s->at : "", s->n };
        }
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

static void read_shapes(struct lower *lw, const struct tf_node *n, struct features *f)
{
    const struct tfpb_attr_list *l = list_of(n, "dense_shapes");
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

/* -- the op --------------------------------------------------------------------------------------------------------- */

static tfp_status emit(struct lower *lw, const struct tf_node *n, struct features *f)
{
    struct build *b = &lw->b;
    const size_t dense = f->dense.n, n_out = 3 * f->sparse.n + dense + 2 * f->ragged.n;
    struct ir_value **in = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, dense + 1),
                    **out = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n_out + 1);
    if (!in || !out) return b->status = tfp_no_memory(b->ctx);
    in[0] = f->serialized;
    for (size_t i = 0; i < dense; i++) in[i + 1] = lower_in(lw, f->first_default + i);
    if (b->status != TFP_OK) return b->status;
    if (n_out != n->n_out) return lower_malformed(lw, "it has %zu outputs, its keys are for %zu", n->n_out, n_out);
#define STRINGS(attr, list) { .name = (attr), .kind = ATTR_KIND_STRINGS, .v.strings = (list) }
    const struct ir_attr attrs[] = { STRINGS(ATTR_SPARSE_KEYS, f->sparse),
                                     A_INTS(ATTR_SPARSE_TYPES, f->sparse_types.at, f->sparse_types.n),
                                     STRINGS(ATTR_DENSE_KEYS, f->dense),
                                     A_INTS(ATTR_DENSE_TYPES, f->dense_types.at, f->dense_types.n),
                                     A_INTS(ATTR_DENSE_RANKS, f->ranks.at, f->ranks.n),
                                     A_INTS(ATTR_DENSE_SHAPES, f->dims.at, f->dims.n),
                                     STRINGS(ATTR_RAGGED_KEYS, f->ragged),
                                     A_INTS(ATTR_RAGGED_TYPES, f->ragged_types.at, f->ragged_types.n),
                                     A_INTS(ATTR_RAGGED_SPLIT_TYPES, f->split_types.at, f->split_types.n),
                                     { .name = ATTR_NONE } };
    if (!n_out) return TFP_OK;
    ir_emit_many(b, IR_PARSE_EXAMPLE, in, dense + 1, attrs, n_out, out);
    for (size_t i = 0; i < n_out && b->status == TFP_OK; i++) lower_out(lw, i, out[i]);
    return b->status;
}

static void read_common(struct lower *lw, const struct tf_node *n, struct features *f)
{
    f->serialized = lower_in(lw, 0);
    f->sparse_types = types_in(lw, n, "sparse_types");
    f->dense_types = types_in(lw, n, "Tdense");
    read_shapes(lw, n, f);
}

static tfp_status lower_first(struct lower *lw, const struct tf_node *n)
{
    struct features f = { .first_default = 0 };
    read_common(lw, n, &f);
    f.sparse = keys_in(lw, 2, f.sparse_types.n, false);
    f.dense = keys_in(lw, 2 + f.sparse_types.n, f.dense_types.n, false);
    f.first_default = 2 + f.sparse_types.n + f.dense_types.n;
    return lw->b.status == TFP_OK ? emit(lw, n, &f) : lw->b.status;
}

static tfp_status lower_second(struct lower *lw, const struct tf_node *n)
{
    struct features f = { .first_default = 5 };
    read_common(lw, n, &f);
    f.ragged_types = types_in(lw, n, "ragged_value_types");
    f.split_types = types_in(lw, n, "ragged_split_types");
    f.sparse = keys_in(lw, 2, 0, true);
    f.dense = keys_in(lw, 3, 0, true);
    f.ragged = keys_in(lw, 4, 0, true);
    return lw->b.status == TFP_OK ? emit(lw, n, &f) : lw->b.status;
}

/* Its keys are attributes. */
static tfp_status lower_single(struct lower *lw, const struct tf_node *n)
{
    struct features f = { .first_default = 1 };
    const struct pb_strings sparse = list_of(n, "sparse_keys")->s, dense = list_of(n, "dense_keys")->s;
    read_common(lw, n, &f);
    f.sparse = (struct ir_strings){ sparse.at, sparse.n };
    f.dense = (struct ir_strings){ dense.at, dense.n };
    return lw->b.status == TFP_OK ? emit(lw, n, &f) : lw->b.status;
}

static const struct rule rules[] = {
    { "ParseExample", lower_first, NULL },
    { "ParseExampleV2", lower_second, NULL },
    { "ParseSingleExample", lower_single, NULL },
};
const struct rule_family rules_parsing = { rules, sizeof rules / sizeof rules[0] };
