/* Normalizations as TensorFlow writes them out: a batch normalization with constant statistics becomes the line that it
 * is, and the steps of a layer normalization (mean, variance, and what is done with them) become one node over the last
 * dim. */
#include "backend/cpu/cpu_plan.h"

#include <math.h>
#include <string.h>

/* -- batch normalization ------------------------------------------------------------------------------------------- */

/* A constant of C elements as [C, 1, ..]: what data of this rank is multiplied by or shifted by. */
static struct ir_value *channel_constant(struct tfp_context *ctx, struct ir_graph *g, int32_t rank, const float *at,
                                         int64_t n)
{
    int64_t dims[TFP_MAX_RANK] = { n, 1, 1, 1, 1, 1 };
    struct tensor t = { 0 };
    struct ir_value *v = NULL;
    if (tensor_describe(ctx, "a constant", TFP_FLOAT, (size_t)rank - 1, dims, &t) != TFP_OK ||
        tensor_allocate(ctx, &t) != TFP_OK)
        return NULL;
    memcpy(t.data, at, t.size);
    v = ir_add_constant(g, NULL, &t);
    tensor_release(&t);
    return v;
}

static const float *channel_input(const struct ir_node *n, uint32_t i, int64_t channels)
{
    const struct tensor *t = ir_in_constant(n, i);
    return t && t->dtype == TFP_FLOAT && t->count == channels ? t->data : NULL;
}

/* x * a + b; a in the first half of `at`, b in the second. False: not all constant. */
static bool normalization_line(const struct ir_node *n, int64_t channels, float *at)
{
    const float *scale = channel_input(n, 1, channels), *shift = channel_input(n, 2, channels);
    const float *mean = channel_input(n, 3, channels), *variance = channel_input(n, 4, channels);
    double epsilon = (double)ir_attr_float(n, ATTR_EPSILON, 1e-5f);
    if (!scale || !shift || !mean || !variance) return false;
    for (int64_t i = 0; i < channels; i++) {
        double a = (double)scale[i] / sqrt((double)variance[i] + epsilon);
        at[i] = (float)a;
        at[channels + i] = (float)((double)shift[i] - (double)mean[i] * a);
    }
    return true;
}

/* With constant statistics a batch normalization is a product and a sum, and these join with what is around them. */
static tfp_status write_batch(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n)
{
    struct ir_value *x = ir_in(n, 0);
    if (n->op != IR_BATCH_NORMALIZATION || n->n_in != 5 || n->n_out != 1 || ir_attr_int(n, ATTR_TRAINING_MODE, 0) ||
        !layout_fits(x) || x->rank < 2 || x->rank > 5)
        return TFP_OK;
    int64_t channels = x->dims[1].n;
    float *at = arena_alloc(&g->arena, (size_t)channels, 2 * sizeof *at);
    if (!at) return tfp_no_memory(ctx);
    if (!normalization_line(n, channels, at)) return TFP_OK;
    struct ir_value *a = channel_constant(ctx, g, x->rank, at, channels);
    struct ir_value *b = channel_constant(ctx, g, x->rank, at + channels, channels);
    struct ir_node *product = a && b ? ir_add_node(g, n, IR_MUL, n->name, (struct ir_value *[]){ x, a }, 2, NULL, 1)
                                     : NULL;
    struct ir_node *sum =
        product ? ir_add_node(g, n, IR_ADD, n->name, (struct ir_value *[]){ product->out[0], b }, 2, NULL, 1) : NULL;
    if (!sum || !ir_set_shape(g, product->out[0], x->dtype, x->rank, x->dims) ||
        !ir_set_shape(g, sum->out[0], x->dtype, x->rank, x->dims))
        return tfp_no_memory(ctx);
    ir_replace(g, n->out[0], sum->out[0]);
    return TFP_OK;
}

/* -- layer normalization ------------------------------------------------------------------------------------------- */

/* y = (x - mean) / sqrt(variance + epsilon) * scale + shift, over `columns` elements that lie together, or over dim 1.
 */
struct layer_norm {
    struct ir_value *x;
    const struct ir_value *mean;
    float epsilon;
    bool channels; /* over dim 1 of [N, C, ..] */
    int64_t rows, columns;
    float *scale, *shift; /* `columns` of each */
};

/* The operand of a commutative node that is made by `op`, and the other one. */
static const struct ir_node *side_of(const struct ir_node *n, enum ir_op op, struct ir_value **other)
{
    for (size_t i = 0; n && i < 2; i++) {
        const struct ir_node *found = ir_producer(ir_in(n, i), op);
        if (!found) continue;
        *other = ir_in(n, 1 - i);
        return found;
    }
    return NULL;
}

/* The mean of x over the axes found here: the last ones, or dim 1. */
static bool read_mean(const struct ir_value *v, struct layer_norm *l)
{
    const struct ir_node *n = ir_producer(v, IR_REDUCE_MEAN);
    int64_t axes[TFP_MAX_RANK];
    if (!n || !ir_attr_int(n, ATTR_KEEPDIMS, 1) || !layout_fits(ir_in(n, 0)) || !ir_in(n, 1)) return false;
    l->x = ir_in(n, 0);
    int32_t rank = l->x->rank;
    int64_t k = ir_known_ints(ir_in(n, 1), axes, TFP_MAX_RANK);
    unsigned over = 0;
    bool last = true;
    l->rows = l->columns = 1;
    for (int64_t i = 0; i < k; i++)
        over |= 1u << (axes[i] < 0 ? axes[i] + rank : axes[i]);
    for (int32_t d = 0; d < rank; d++) {
        int64_t size = l->x->dims[d].n;
        if (over >> d & 1)
            l->columns *= size;
        else {
            last &= l->columns == 1 || size == 1;
            l->rows *= size;
        }
    }
    l->channels = !last && over == 2 && rank >= 3 && rank <= 5;
    l->mean = v;
    return k > 0 && (last || l->channels) && l->columns > 1;
}

static bool same_axes(const struct ir_node *a, const struct ir_node *b)
{
    int64_t x[TFP_MAX_RANK], y[TFP_MAX_RANK];
    int64_t n = ir_known_ints(ir_in(a, 1), x, TFP_MAX_RANK);
    return n >= 0 && n == ir_known_ints(ir_in(b, 1), y, TFP_MAX_RANK) && memcmp(x, y, (size_t)n * sizeof *x) == 0;
}

/* x - mean, or the other way round where the sign does not count. */
static bool is_deviation(const struct ir_value *v, const struct layer_norm *l, bool either)
{
    const struct ir_node *n = ir_producer(v, IR_SUB);
    if (!n) return false;
    return (ir_in(n, 0) == l->x && ir_in(n, 1) == l->mean) || (either && ir_in(n, 0) == l->mean && ir_in(n, 1) == l->x);
}

/* sqrt(mean((x - mean)^2) + epsilon) */
static bool read_deviation(const struct ir_value *v, struct layer_norm *l)
{
    const struct ir_node *root = ir_producer(v, IR_SQRT), *sum = root ? ir_producer(ir_in(root, 0), IR_ADD) : NULL;
    struct ir_value *rest = NULL;
    const struct ir_node *variance = side_of(sum, IR_REDUCE_MEAN, &rest);
    if (!variance || !layout_scalar(rest, &l->epsilon) || !ir_attr_int(variance, ATTR_KEEPDIMS, 1)) return false;
    const struct ir_node *square = ir_producer(ir_in(variance, 0), IR_MUL);
    if (!square || ir_in(square, 0) != ir_in(square, 1)) return false;
    const struct ir_node *deviation = ir_producer(ir_in(square, 0), IR_SUB);
    if (!deviation || (!read_mean(ir_in(deviation, 1), l) && !read_mean(ir_in(deviation, 0), l))) return false;
    return is_deviation(ir_in(square, 0), l, true) && same_axes(variance, l->mean->producer);
}

/* A constant with one number for each column, or one for all, as `columns` numbers. NULL given: the number itself. */
static bool read_line(const struct ir_value *v, float otherwise, const struct layer_norm *l, float *out)
{
    const struct tensor *t = v ? v->constant : NULL;
    if (v && (!t || t->dtype != TFP_FLOAT || t->count < 1)) return false;
    const float *at = t ? t->data : &otherwise;
    bool uniform = true;
    for (int64_t i = 1; t && i < t->count; i++)
        uniform &= at[i] >= at[0] && at[i] <= at[0];
    int32_t place = l->channels && v ? v->rank - (l->x->rank - 1) : v ? v->rank - 1 : 0; /* which dim has the columns */
    if (!uniform && (t->count != l->columns || place < 0 || !dim_is(v->dims[place], l->columns))) return false;
    for (int64_t i = 0; i < l->columns; i++)
        out[i] = uniform ? at[0] : at[i];
    return true;
}

/* scale / deviation, in the ways that it is written: a division, or a product with a reciprocal. */
static bool read_factor(const struct ir_value *v, struct layer_norm *l, struct ir_value **scale)
{
    const struct ir_node *n = v ? v->producer : NULL;
    const struct ir_node *inverse = n && n->op == IR_MUL ? side_of(n, IR_RECIPROCAL, scale) : ir_producer(v, IR_RECIPROCAL);
    if (n && n->op == IR_DIV) {
        *scale = ir_in(n, 0);
        return read_deviation(ir_in(n, 1), l);
    }
    if (n == inverse) *scale = NULL;
    return inverse && read_deviation(ir_in(inverse, 0), l);
}

/* x * factor + (shift - mean * factor) */
static bool read_split(const struct ir_node *n, struct layer_norm *l, struct ir_value **scale, struct ir_value **shift)
{
    struct ir_value *rest = NULL;
    const struct ir_node *line = side_of(n, IR_SUB, &rest), *product = ir_producer(rest, IR_MUL);
    const struct ir_node *moved = line ? ir_producer(ir_in(line, 1), IR_MUL) : NULL;
    if (!line || !product || !moved) return false;
    *shift = ir_in(line, 0);
    for (size_t i = 0; i < 2; i++) {
        const struct ir_value *factor = ir_in(product, i);
        if (ir_in(moved, 0) != factor && ir_in(moved, 1) != factor) continue;
        const struct ir_value *mean = ir_in(moved, ir_in(moved, 0) == factor);
        if (read_factor(factor, l, scale) && ir_in(product, 1 - i) == l->x && mean == l->mean) return true;
    }
    return false;
}

/* (x - mean) * factor [+ shift] */
static bool read_joined(const struct ir_node *n, struct layer_norm *l, struct ir_value **scale, struct ir_value **shift)
{
    const struct ir_node *product = n;
    *shift = NULL;
    if (n->op == IR_ADD) product = side_of(n, IR_MUL, shift);
    if (!product || product->op != IR_MUL) return false;
    for (size_t i = 0; i < 2; i++)
        if (read_factor(ir_in(product, i), l, scale) && is_deviation(ir_in(product, 1 - i), l, false)) return true;
    return false;
}

static struct ir_value *line_constant(struct tfp_context *ctx, struct ir_graph *g, const float *at, int64_t n)
{
    return channel_constant(ctx, g, 2, at, n);
}

static struct ir_value *add_view(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *before,
                                 struct ir_value *x, const int64_t *dims, size_t rank)
{
    struct tensor t = { 0 };
    int64_t n = (int64_t)rank;
    if (tensor_describe(ctx, "a shape", TFP_INT64, 1, &n, &t) != TFP_OK || tensor_allocate(ctx, &t) != TFP_OK)
        return NULL;
    memcpy(t.data, dims, t.size);
    struct ir_value *shape = ir_add_constant(g, NULL, &t);
    tensor_release(&t);
    struct ir_node *made =
        shape ? ir_add_node(g, before, IR_RESHAPE, before->name, (struct ir_value *[]){ x, shape }, 2, NULL, 1) : NULL;
    return made && ir_infer(ctx, made) == TFP_OK ? made->out[0] : NULL;
}

/* Dim 1 to the end (forth) or back. */
static struct ir_value *add_turn(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *before,
                                 struct ir_value *x, bool forth)
{
    int64_t perm[TFP_MAX_RANK] = { 0 }, n = x->rank;
    for (int64_t i = 1; i < n; i++)
        perm[i] = forth ? (i + 1 < n ? i + 1 : 1) : (i == 1 ? n - 1 : i - 1);
    struct ir_attr attrs[] = { A_INTS(ATTR_PERM, perm, (size_t)n), { .name = ATTR_NONE } };
    struct ir_node *made = ir_add_node(g, before, IR_TRANSPOSE, before->name, &x, 1, attrs, 1);
    return made && ir_infer(ctx, made) == TFP_OK ? made->out[0] : NULL;
}

static struct ir_value *add_layer_norm(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *before,
                                       const struct layer_norm *l)
{
    int64_t dims[TFP_MAX_RANK];
    ir_static_dims(l->x, dims);
    struct ir_value *x = l->channels ? add_turn(ctx, g, before, l->x, true)
                                     : add_view(ctx, g, before, l->x, (int64_t[]){ l->rows, l->columns }, 2);
    struct ir_value *scale = line_constant(ctx, g, l->scale, l->columns);
    struct ir_value *shift = line_constant(ctx, g, l->shift, l->columns);
    if (!x || !scale || !shift) return NULL;
    struct ir_attr attrs[] = { A_INT(ATTR_AXIS, -1), A_FLOAT(ATTR_EPSILON, l->epsilon), { .name = ATTR_NONE } };
    struct ir_node *made = ir_add_node(g, before, IR_LAYER_NORMALIZATION, before->name,
                                       (struct ir_value *[]){ x, scale, shift }, 3, attrs, 1);
    if (!made || ir_infer(ctx, made) != TFP_OK) return NULL;
    return l->channels ? add_turn(ctx, g, before, made->out[0], false)
                       : add_view(ctx, g, before, made->out[0], dims, (size_t)l->x->rank);
}

/* A product that a constant is added to: the sum is looked at instead. */
static bool is_shifted(const struct ir_node *n)
{
    const struct ir_use *use = n->out[0]->uses;
    return n->op == IR_MUL && ir_single_use(n->out[0]) && use->node->op == IR_ADD &&
           ir_in_constant(use->node, 1 - use->index);
}

static tfp_status write_layer(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n)
{
    struct layer_norm l = { 0 };
    struct ir_value *scale = NULL, *shift = NULL;
    if ((n->op != IR_ADD && n->op != IR_MUL) || is_shifted(n) || !layout_fits(n->out[0])) return TFP_OK;
    if (!(n->op == IR_ADD && read_split(n, &l, &scale, &shift)) && !read_joined(n, &l, &scale, &shift)) return TFP_OK;
    if (!layout_same_dims(l.x, n->out[0])) return TFP_OK;
    l.scale = arena_alloc(&g->arena, (size_t)l.columns, 2 * sizeof *l.scale);
    if (!l.scale) return tfp_no_memory(ctx);
    l.shift = l.scale + l.columns;
    if (!read_line(scale, 1, &l, l.scale) || !read_line(shift, 0, &l, l.shift)) return TFP_OK;
    struct ir_value *y = add_layer_norm(ctx, g, n, &l);
    if (!y) return tfp_no_memory(ctx);
    ir_replace(g, n->out[0], y);
    return TFP_OK;
}

/* The layer normalization that a value is a view of, when nothing else looks at anything between. */
static struct ir_node *normalized(const struct ir_value *v)
{
    while (v && v->producer && v->producer->op == IR_RESHAPE && ir_single_use(v))
        v = ir_in(v->producer, 0);
    return v && v->producer && v->producer->op == IR_LAYER_NORMALIZATION && ir_single_use(v) ? v->producer : NULL;
}

/* A product or sum with a line behind a layer normalization goes into its own scale and shift. */
static tfp_status join_line(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n)
{
    for (size_t side = 0; side < 2 && (n->op == IR_MUL || n->op == IR_ADD); side++) {
        struct ir_value *v = ir_in(n, side), *c = ir_in(n, 1 - side);
        struct ir_node *layer = normalized(v);
        const struct tensor *old[2] = { layer ? ir_in_constant(layer, 1) : NULL,
                                        layer ? ir_in_constant(layer, 2) : NULL };
        if (!old[0] || !old[1] || !layout_same_dims(v, n->out[0]) || v->rank < 1) continue;
        struct layer_norm l = { .x = v, .columns = old[0]->count };
        if (!dim_is(v->dims[v->rank - 1], l.columns) ||
            !dim_is(ir_in(layer, 0)->dims[ir_in(layer, 0)->rank - 1], l.columns))
            continue;
        float *line = arena_alloc(&g->arena, (size_t)l.columns, 3 * sizeof *line);
        if (!line) return tfp_no_memory(ctx);
        if (!c->constant || !read_line(c, 0, &l, line)) continue;
        float *scale = line + l.columns, *shift = scale + l.columns;
        for (int64_t i = 0; i < l.columns; i++) {
            float a = ((const float *)old[0]->data)[i], b = ((const float *)old[1]->data)[i];
            scale[i] = n->op == IR_MUL ? a * line[i] : a;
            shift[i] = n->op == IR_MUL ? b * line[i] : b + line[i];
        }
        struct ir_value *new_scale = line_constant(ctx, g, scale, l.columns),
                        *new_shift = line_constant(ctx, g, shift, l.columns);
        if (!new_scale || !new_shift) return tfp_no_memory(ctx);
        ir_set_input(layer, 1, new_scale);
        ir_set_input(layer, 2, new_shift);
        ir_replace(g, n->out[0], v);
        return TFP_OK;
    }
    return TFP_OK;
}

tfp_status rewrite_normalization(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n)
{
    if (n->n_out != 1 || !n->out[0] || n->out[0]->dtype != TFP_FLOAT) return TFP_OK;
    if (n->op == IR_BATCH_NORMALIZATION) return write_batch(ctx, g, n);
    TFP_TRY(join_line(ctx, g, n));
    return ir_unused(n->out[0]) ? TFP_OK : write_layer(ctx, g, n);
}
