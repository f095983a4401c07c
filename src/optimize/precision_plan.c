/* Where each node computes: lists and names first, then what the values mean (shapes, indices, numbers out of range), and
 * last those ops that are exact in either precision and go with their neighbours, so that fewest Casts are needed. */
#include "optimize/precision_plan.h"

#include <math.h>
#include <string.h>

enum keep { KEEP_NOT, KEEP_MANY /* over many elements */, KEEP_ALWAYS };
enum { FEW = 64 };

// clang-format off
static const struct {
    enum ir_op op;
    enum keep keep;
} kept_by_default[] = {
    { IR_BATCH_NORMALIZATION, KEEP_ALWAYS }, { IR_CUM_PROD, KEEP_ALWAYS }, { IR_CUM_SUM, KEEP_ALWAYS },
    { IR_DFT, KEEP_ALWAYS }, { IR_DEQUANTIZE_LINEAR, KEEP_ALWAYS }, { IR_DET, KEEP_ALWAYS },
    { IR_DYNAMIC_QUANTIZE_LINEAR, KEEP_ALWAYS }, { IR_EXP, KEEP_ALWAYS }, { IR_GROUP_NORMALIZATION, KEEP_ALWAYS },
    { IR_INSTANCE_NORMALIZATION, KEEP_ALWAYS }, { IR_LRN, KEEP_ALWAYS }, { IR_LAYER_NORMALIZATION, KEEP_ALWAYS },
    { IR_LOG, KEEP_ALWAYS }, { IR_LOG_SOFTMAX, KEEP_ALWAYS }, { IR_LP_NORMALIZATION, KEEP_ALWAYS },
    { IR_MEAN_VARIANCE_NORMALIZATION, KEEP_ALWAYS }, { IR_POW, KEEP_ALWAYS }, { IR_QUANTIZE_LINEAR, KEEP_ALWAYS },
    { IR_RMS_NORMALIZATION, KEEP_ALWAYS }, { IR_REDUCE_L1, KEEP_MANY }, { IR_REDUCE_L2, KEEP_MANY },
    { IR_REDUCE_LOG_SUM, KEEP_MANY }, { IR_REDUCE_LOG_SUM_EXP, KEEP_MANY }, { IR_REDUCE_MEAN, KEEP_MANY },
    { IR_REDUCE_PROD, KEEP_MANY }, { IR_REDUCE_SUM, KEEP_MANY }, { IR_REDUCE_SUM_SQUARE, KEEP_MANY },
    { IR_STFT, KEEP_ALWAYS }, { IR_SOFTMAX, KEEP_ALWAYS }, { IR_SOFTPLUS, KEEP_ALWAYS },
};

/* Exact in every type: they move, choose or compare elements. `arithmetic`: not so, but indices are computed with them. */
static const struct {
    enum ir_op op;
    bool arithmetic;
} exact[] = {
    { IR_ABS, false }, { IR_ADD, true }, { IR_CEIL, true }, { IR_CLIP, false }, { IR_COMPRESS, false }, { IR_CONCAT, false },
    { IR_DEPTH_TO_SPACE, false }, { IR_DIV, true }, { IR_EXPAND, false }, { IR_FLATTEN, false }, { IR_FLOOR, true },
    { IR_GATHER, false }, { IR_GATHER_ELEMENTS, false }, { IR_GATHER_ND, false }, { IR_IDENTITY, false },
    { IR_MAX, false }, { IR_MIN, false }, { IR_MOD, true }, { IR_MUL, true }, { IR_NEG, false }, { IR_PAD, false },
    { IR_RANGE, true }, { IR_RELU, false }, { IR_RESHAPE, false }, { IR_REVERSE_SEQUENCE, false }, { IR_ROUND, true },
    { IR_SCATTER_ELEMENTS, false }, { IR_SCATTER_ND, false }, { IR_SIGN, false }, { IR_SLICE, false },
    { IR_SPACE_TO_DEPTH, false }, { IR_SPLIT, false }, { IR_SQUEEZE, false }, { IR_SUB, true }, { IR_TILE, false },
    { IR_TRANSPOSE, false }, { IR_TRILU, false }, { IR_UNSQUEEZE, false }, { IR_WHERE, false },
};
// clang-format on

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool is_exact(enum ir_op op, bool or_arithmetic)
{
    for (size_t i = 0; i < COUNT(exact); i++)
        if (exact[i].op == op) return or_arithmetic || !exact[i].arithmetic;
    return false;
}

/* -- what the user chose ------------------------------------------------------------------------------------------- */

static bool is_inside(const struct precision *p, enum ir_op op)
{
    for (size_t i = 0; i < p->o->n_inside; i++)
        if (p->o->inside[i] == op) return true;
    return false;
}

static void keep_default(struct precision *p)
{
    for (size_t i = 0; i < COUNT(kept_by_default); i++) {
        const enum ir_op op = kept_by_default[i].op;
        if (p->keep[op] == KEEP_NOT && !is_inside(p, op)) p->keep[op] = kept_by_default[i].keep;
    }
}

static tfp_status read_list(struct precision *p)
{
    if (!p->o->fp32_ops) keep_default(p);
    for (size_t i = 0; p->o->fp32_ops && i < p->o->n_fp32_ops; i++) {
        const char *name = p->o->fp32_ops[i];
        enum ir_op op = schema_op_find(name, strlen(name));
        if (strcmp(name, "default") == 0) keep_default(p);
        else if (op == IR_NONE) return tfp_fail(p->ctx, TFP_E_USAGE, "op %s is not one of ONNX's", name);
        else p->keep[op] = KEEP_ALWAYS;
    }
    return TFP_OK;
}

/* The last * is tried at every place before an earlier one is. */
bool precision_pattern_means(const char *pattern, const char *text)
{
    const char *star = NULL, *from = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            from = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*') pattern++;
    return !*pattern;
}

static bool is_named(struct precision *p, const struct ir_node *n)
{
    bool named = false;
    for (size_t i = 0; n->name && i < p->o->n_fp32_nodes; i++) {
        if (!precision_pattern_means(p->o->fp32_nodes[i], n->name)) continue;
        named = p->pattern_met[i] = true;
    }
    return named;
}

/* -- types --------------------------------------------------------------------------------------------------------- */

static bool is_high(const struct ir_value *v)
{
    return v && v->dtype == TFP_FLOAT;
}

static bool param_takes(const struct precision *p, const struct schema_param *param)
{
    return param && param->types >> p->o->to & 1;
}

bool precision_takes(const struct precision *p, const struct ir_node *n, size_t i)
{
    return param_takes(p, schema_in(schema_newest(n->op), i));
}

/* An output goes with the inputs of its group; a type that an attribute tells stays (but a Cast's). */
bool precision_gives(const struct precision *p, const struct ir_node *n, size_t i)
{
    const struct schema *s = schema_newest(n->op);
    const struct schema_param *out = schema_out(s, i);
    if (!is_high(n->out[i]) || !param_takes(p, out)) return false;
    if (n->op == IR_CAST) return true;
    for (uint32_t k = 0; out->group && k < n->n_in; k++) {
        const struct schema_param *in = schema_in(s, k);
        if (in && in->group == out->group && ir_in(n, k)) return true;
    }
    return false;
}

static bool has_float32(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (is_high(ir_in(n, i))) return true;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (is_high(n->out[i])) return true;
    return false;
}

double precision_limit(tfp_dtype t)
{
    return t == TFP_FLOAT16 ? 65504 : 0x1.fep127;
}

/* Beyond the range; or one number that would become zero: an epsilon. */
static bool is_lost(tfp_dtype to, const struct tensor *t)
{
    double beyond = to == TFP_FLOAT16 ? 65520 : 0x1.ffp127; /* halfway to the next, rounded to infinity */
    double tiny = to == TFP_FLOAT16 ? 0x1p-25 : 0;
    for (int64_t i = 0; i < t->count; i++) {
        double x = fabs(tensor_float(t, i));
        if ((x >= beyond && isfinite(x)) || (t->count == 1 && x > 0 && x <= tiny)) return true;
    }
    return false;
}

/* A weight that the type cannot hold. Bounds may be cut to its range, and so may a mask of Attention's: what is that low
 * has no weight anyway. */
static bool loses_weights(const struct precision *p, const struct ir_node *n)
{
    if (n->op == IR_CLIP || n->op == IR_MAX || n->op == IR_MIN) return false;
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct ir_value *v = ir_in(n, i);
        if (!is_high(v) || !v->constant || !precision_takes(p, n, i) || (n->op == IR_ATTENTION && i == 3)) continue;
        if (is_lost(p->o->to, v->constant)) return true;
    }
    return false;
}

/* -- one node ------------------------------------------------------------------------------------------------------ */

static bool reduces_few(const struct ir_node *n)
{
    int64_t axes[TFP_MAX_RANK], count = 1;
    const struct ir_value *x = ir_in(n, 0);
    if (x->rank < 0) return false;
    int64_t k = ir_in(n, 1) ? ir_known_ints(ir_in(n, 1), axes, TFP_MAX_RANK) : 0;
    if (k < 0) return false;
    bool all = k == 0 && !ir_attr_int(n, ATTR_NOOP_WITH_EMPTY_AXES, 0);
    for (int64_t i = 0; i < (all ? x->rank : k); i++) {
        struct dim d = x->dims[all ? i : axes[i] < 0 ? axes[i] + x->rank : axes[i]];
        if (!dim_fixed(d) || d.n > FEW) return false;
        count *= d.n;
        if (count > FEW) return false;
    }
    return true;
}

static bool is_kept(struct precision *p, const struct ir_node *n)
{
    for (size_t i = 0; i < n->n_attrs; i++)
        if (n->attrs[i].kind == ATTR_KIND_GRAPH) return true;
    if (is_named(p, n) || ir_is_random(n->op) || p->keep[n->op] == KEEP_ALWAYS) return true;
    return p->keep[n->op] == KEEP_MANY && !reduces_few(n);
}

static enum placement place_cast(const struct precision *p, const struct ir_node *n)
{
    tfp_dtype from = ir_in(n, 0)->dtype, to = n->out[0]->dtype;
    if (to != TFP_FLOAT) return PLACED_AS_IS;
    bool exactly = from == TFP_BOOL || from == TFP_INT8 || from == TFP_UINT8 || from == p->o->to;
    return exactly ? PLACED_LOW : PLACED_HIGH;
}

static bool takes_any(const struct precision *p, const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (is_high(ir_in(n, i)) && precision_takes(p, n, i)) return true;
    return false;
}

static bool is_from_shape(const struct precision *p, const struct ir_node *n)
{
    bool some = n->op == IR_SHAPE || n->op == IR_SIZE;
    if (some) return true;
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct ir_value *v = ir_in(n, i);
        if (!v || v->constant) continue;
        if (!precision_of(p, v)->from_shape) return false;
        some = true;
    }
    return some;
}

static enum placement place(struct precision *p, const struct ir_node *n, bool from_shape)
{
    bool kept = is_kept(p, n);
    if (!has_float32(n) || n->op == IR_SHAPE || n->op == IR_SIZE) return PLACED_AS_IS;
    if (kept || from_shape) return PLACED_HIGH;
    if (n->op == IR_CAST) return place_cast(p, n);
    /* an attribute tells the result's type, or its absence does: EyeLike */
    if (!takes_any(p, n) || schema_attr(schema_newest(n->op), ATTR_DTYPE)) return PLACED_HIGH;
    if (loses_weights(p, n)) {
        if (p->n_overflowed < COUNT(p->overflowed)) p->overflowed[p->n_overflowed] = n->name ? n->name : "?";
        p->n_overflowed++;
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i]) precision_of(p, n->out[i])->far = true;
        return PLACED_HIGH;
    }
    return is_exact(n->op, false) ? PLACED_WITH_INPUT : PLACED_LOW;
}

/* -- the neighbours ------------------------------------------------------------------------------------------------ */

/* All who use the outputs compute in float32, or will where their inputs are it. */
static bool serves_high(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++)
        for (const struct ir_use *u = n->out[i] ? n->out[i]->uses : NULL; u; u = u->next)
            if (u->node->mark != PLACED_HIGH && u->node->mark != PLACED_WITH_INPUT) return false;
    return true;
}

static bool is_output(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i] && n->out[i]->n_outputs) return true;
    return false;
}

/* Its float32 inputs are float32 as they are made: by the graph's inputs, by constants, by ops in float32. */
static bool served_high(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct ir_value *v = ir_in(n, i);
        if (is_high(v) && v->producer && v->producer->mark != PLACED_HIGH) return false;
    }
    return true;
}

static bool makes_index(const struct precision *p, const struct ir_node *n)
{
    if (n->op == IR_CAST)
        return is_high(ir_in(n, 0)) && (n->out[0]->dtype == TFP_INT32 || n->out[0]->dtype == TFP_INT64);
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i] && precision_of(p, n->out[i])->index) return is_exact(n->op, true);
    return false;
}

/* From the last node back: what indices are computed of, and squares that are only summed up, stay in float32. */
static void place_backwards(struct precision *p)
{
    for (struct ir_node *n = p->graph->last; n; n = n->prev) {
        bool index = makes_index(p, n);
        for (uint32_t i = 0; index && i < n->n_in; i++)
            if (ir_in(n, i)) precision_of(p, ir_in(n, i))->index = true;
        bool square = n->op == IR_MUL && ir_in(n, 0) == ir_in(n, 1);
        bool high = n->mark == PLACED_LOW && ((index && n->op != IR_CAST) ||
                                              (square && serves_high(n) && !is_output(n)));
        if (high || (index && n->mark == PLACED_WITH_INPUT)) n->mark = PLACED_HIGH;
    }
}

/* Exact ops between float32 on both sides stay there, however many of them follow one another. */
static void place_exact(struct precision *p)
{
    for (struct ir_node *n = p->graph->last; n; n = n->prev)
        if (n->mark == PLACED_WITH_INPUT && !serves_high(n)) n->mark = PLACED_LOW;
    for (struct ir_node *n = p->graph->first; n; n = n->next)
        if (n->mark == PLACED_WITH_INPUT) n->mark = served_high(n) ? PLACED_HIGH : PLACED_LOW;
}

/* -- the plan ------------------------------------------------------------------------------------------------------ */

static tfp_status number_values(struct precision *p)
{
    struct ir_graph *g = p->graph;
    uint32_t n = 0;
    ir_clear_marks(g);
    for (size_t i = 0; i < g->n_inputs; i++) g->inputs[i]->mark = ++n;
    for (struct ir_node *k = g->first; k; k = k->next) {
        k->mark = PLACED_AS_IS;
        for (uint32_t i = 0; i < k->n_in; i++)
            if (ir_in(k, i) && !ir_in(k, i)->mark) ir_in(k, i)->mark = ++n;
        for (uint32_t i = 0; i < k->n_out; i++)
            if (k->out[i]) k->out[i]->mark = ++n;
    }
    for (size_t i = 0; i < g->n_outputs; i++)
        if (!g->outputs[i].value->mark) g->outputs[i].value->mark = ++n;
    p->values = ARENA_ARRAY(&p->arena, struct value_plan, n + 1);
    p->pattern_met = ARENA_ARRAY(&p->arena, bool, p->o->n_fp32_nodes + 1);
    return p->values && p->pattern_met ? TFP_OK : tfp_no_memory(p->ctx);
}

/* Beyond the range stays beyond it through what does not bring numbers closer to zero. */
static void spread_far(struct precision *p)
{
    for (struct ir_node *n = p->graph->first; n; n = n->next) {
        bool far = false;
        for (uint32_t i = 0; i < n->n_in; i++) far = far || (is_high(ir_in(n, i)) && precision_of(p, ir_in(n, i))->far);
        if (!far || n->mark != PLACED_HIGH || !is_exact(n->op, true)) continue;
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i]) precision_of(p, n->out[i])->far = true;
    }
}

tfp_status precision_plan(struct precision *p)
{
    TFP_TRY(read_list(p));
    TFP_TRY(number_values(p));
    for (struct ir_node *n = p->graph->first; n; n = n->next) {
        bool from_shape = is_from_shape(p, n);
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i]) precision_of(p, n->out[i])->from_shape = from_shape;
        n->mark = place(p, n, from_shape);
    }
    place_backwards(p);
    place_exact(p);
    spread_far(p);
    return TFP_OK;
}

tfp_status precision_keep_names(struct precision *p, struct map *names)
{
    TFP_TRY(read_list(p));
    p->pattern_met = ARENA_ARRAY(&p->arena, bool, p->o->n_fp32_nodes);
    if (!p->pattern_met) return tfp_no_memory(p->ctx);
    for (struct ir_node *n = p->graph->first; n; n = n->next) {
        if (!is_kept(p, n) || !n->name || !has_float32(n)) continue;
        void **at = map_at(names, n->name, strlen(n->name));
        if (!at) return tfp_no_memory(p->ctx);
        *at = n;
    }
    return TFP_OK;
}
