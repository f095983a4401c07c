/* Convolution and its transpose by oneDNN: weights packed once, layouts of oneDNN's choice, what follows fused. */
#include "backend/cpu/cpu_plan.h"

#include <math.h>
#include <string.h>

struct shapes {
    int rank; /* of data */
    int64_t x[TFP_MAX_RANK], w[TFP_MAX_RANK], y[TFP_MAX_RANK];
    int64_t groups;
    struct window window;
    dnnl_memory_desc_t weights_view; /* the node's weights as oneDNN's dims see them */
};

static bool is_vector(const struct ir_value *v, int64_t n)
{
    return layout_fits(v) && v->rank == 1 && dim_is(v->dims[0], n);
}

static bool shapes_read(const struct unit *u, struct shapes *s)
{
    const struct ir_node *n = u->head;
    const struct ir_value *x = ir_in(n, 0), *w = ir_in(n, 1);
    if (n->n_in < 2 || !layout_fits(x) || !layout_fits(w) || !layout_fits(n->out[0]) || x->rank < 3 || x->rank > 5 ||
        w->rank != x->rank || n->out[0]->rank != x->rank)
        return false;
    ir_static_dims(x, s->x);
    ir_static_dims(w, s->w);
    ir_static_dims(n->out[0], s->y);
    s->rank = x->rank;
    s->groups = ir_attr_int(n, ATTR_GROUP, 1);
    return s->groups >= 1 && s->x[1] % s->groups == 0 && s->y[1] % s->groups == 0;
}

/* Weights [O, I/g, ...] (transposed: [I, O/g, ...]) as [O, I, ...] or [g, O/g, I/g, ...]. */
static bool weights_view(struct shapes *s, bool transposed)
{
    dnnl_memory_desc_t plain;
    dnnl_dims_t dims;
    int n = 0, order[DNNL_MAX_NDIMS];
    if (s->groups > 1) dims[n++] = s->groups;
    dims[n++] = s->w[0] / s->groups;
    dims[n++] = s->w[1];
    for (int i = 2; i < s->rank; i++)
        dims[n++] = s->w[i];
    if (!layout_plain(&plain, (size_t)n, dims)) return false;
    for (int i = 0; i < n; i++)
        order[i] = i;
    int first = s->groups > 1;
    if (transposed) {
        order[first] = first + 1;
        order[first + 1] = first;
    }
    return onednn.memory_desc_permute_axes(&s->weights_view, &plain, order) == dnnl_success;
}

/* Descriptors given to oneDNN: data of any layout, or of the one given. */
struct descs {
    dnnl_memory_desc_t x, w, bias, y;
    bool with_bias;
};

static void descs_any(const struct shapes *s, bool with_bias, struct descs *d)
{
    dnnl_dims_t channels = { s->y[1] };
    layout_any(&d->x, s->rank, s->x);
    layout_any(&d->y, s->rank, s->y);
    layout_any(&d->w, s->weights_view.ndims, s->weights_view.dims);
    layout_any(&d->bias, 1, channels);
    d->with_bias = with_bias;
}

typedef tfp_status describe_fn(struct builder *b, const struct shapes *s, const struct descs *d,
                               const struct post_plan *p, dnnl_primitive_desc_t *pd, bool *made);

static tfp_status describe_convolution(struct builder *b, const struct shapes *s, const struct descs *d,
                                       const struct post_plan *p, dnnl_primitive_desc_t *pd, bool *made)
{
    dnnl_convolution_desc_t desc;
    const struct window *w = &s->window;
    *made = onednn.dilated_convolution_forward_desc_init(&desc, dnnl_forward_inference, dnnl_convolution_direct, &d->x,
                                                       &d->w, d->with_bias ? &d->bias : NULL, &d->y, w->stride,
                                                       w->dilation, w->before, w->after) == dnnl_success;
    return *made ? post_describe(b, &desc, p, pd, made) : TFP_OK;
}

/* -- Winograd ------------------------------------------------------------------------------------------------------ */

/* Winograd's F(2x2, 3x3) and F(4x4, 3x3) do with 4/9 and 1/4 of the multiplications, and their rounding is no worse
 * than that of another order of summation. Their layout is their own and their weights are larger, so what they save
 * has to outweigh reorders and reading. Below: speeds in operations a nanosecond for many channels, as measured with
 * AVX-512. */
static const struct {
    const char *name;   /* part of what oneDNN calls the implementation; NULL: direct */
    double speed, taps; /* of the transformed weights */
} conv_ways[] = { { NULL, 200, 9 }, { "wino_2x3", 335, 16 }, { "wino_4x3", 480, 36 } };
enum { CONV_WAYS = 3, WINOGRAD_SCRATCH = 12 << 20 };

/* Nanoseconds that one way takes. */
static double conv_cost(const struct shapes *s, size_t way, bool blocked)
{
    double pixels = (double)(s->y[0] * s->y[2] * s->y[3]), in = (double)s->x[1], out = (double)s->y[1];
    double work = 18 * pixels * in * out, reading = 4 * conv_ways[way].taps * in * out / 12;
    if (!way) return work / conv_ways[way].speed + reading;
    double few = in * out < 4096 ? sqrt(sqrt(in * out / 4096)) : 1; /* few channels: transforms take their share */
    double reorders = 2e4 + 0.4 * pixels * (out + (blocked ? 0 : in));
    return 1.05 * (work / (conv_ways[way].speed * few) + reading + reorders);
}

static bool winograd_fits(const struct shapes *s)
{
    const struct window *w = &s->window;
    if (s->rank != 4 || s->groups != 1) return false;
    for (int i = 0; i < 2; i++)
        if (w->kernel[i] != 3 || w->stride[i] != 1 || w->dilation[i]) return false;
    return true;
}

static size_t md_size(const_dnnl_primitive_desc_t pd, dnnl_query_t what)
{
    const dnnl_memory_desc_t *md = onednn.primitive_desc_query_md(pd, what, 0);
    return md ? onednn.memory_desc_get_size(md) : 0;
}

/* oneDNN blocks the tiles by a divisor of their number; without a fair one the blocks are single tiles. */
static bool tiles_block(const struct shapes *s)
{
    int64_t tiles = s->y[0] * ((s->y[2] + 3) / 4) * ((s->y[3] + 3) / 4);
    for (int64_t d = 6; d <= 14; d++)
        if (tiles % d == 0) return true;
    return false;
}

/* Which way an implementation is; 0: none of Winograd's, or one that keeps all tiles at once and blocks them badly. */
static size_t way_of(const struct shapes *s, const_dnnl_primitive_desc_t pd)
{
    const char *name = "";
    onednn.primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name);
    size_t scratch = md_size(pd, dnnl_query_scratchpad_md), weights = md_size(pd, dnnl_query_weights_md);
    for (size_t i = 1; i < CONV_WAYS; i++)
        if (strstr(name, conv_ways[i].name))
            return scratch < weights + WINOGRAD_SCRATCH || tiles_block(s) ? i : 0;
    return 0;
}

/* The cheapest of Winograd's ways, when it is cheaper than the direct one. */
static tfp_status describe_winograd(struct builder *b, const struct shapes *s, const struct descs *d, bool blocked,
                                    const struct post_plan *p, dnnl_primitive_desc_t *pd, bool *made)
{
    dnnl_convolution_desc_t desc;
    dnnl_primitive_desc_iterator_t each;
    const struct window *w = &s->window;
    double best = conv_cost(s, 0, blocked);
    *made = false;
    if (onednn.convolution_forward_desc_init(&desc, dnnl_forward_inference, dnnl_convolution_winograd, &d->x, &d->w,
                                           d->with_bias ? &d->bias : NULL, &d->y, w->stride, w->before,
                                           w->after) != dnnl_success ||
        onednn.primitive_desc_iterator_create(&each, &desc, p->attr, b->session->engine, NULL) != dnnl_success)
        return TFP_OK;
    do {
        dnnl_primitive_desc_t found = onednn.primitive_desc_iterator_fetch(each);
        if (!found) break;
        size_t way = way_of(s, found);
        double cost = way ? conv_cost(s, way, blocked) : best;
        dnnl_primitive_desc_t drop = cost < best ? *pd : found;
        if (cost < best) {
            best = cost;
            *pd = found;
        }
        if (drop) onednn.primitive_desc_destroy(drop);
    } while (onednn.primitive_desc_iterator_next(each) == dnnl_success);
    onednn.primitive_desc_iterator_destroy(each);
    *made = *pd != NULL;
    return TFP_OK;
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

static tfp_status describe_deconvolution(struct builder *b, const struct shapes *s, const struct descs *d,
                                         const struct post_plan *p, dnnl_primitive_desc_t *pd, bool *made)
{
    dnnl_deconvolution_desc_t desc;
    const struct window *w = &s->window;
    *made = onednn.dilated_deconvolution_forward_desc_init(&desc, dnnl_forward_inference, dnnl_deconvolution_direct,
                                                         &d->x, &d->w, d->with_bias ? &d->bias : NULL, &d->y, w->stride,
                                                         w->dilation, w->before, w->after) == dnnl_success;
    return *made ? post_describe(b, &desc, p, pd, made) : TFP_OK;
}

/* Adds the step for a chosen descriptor; ends it. */
static tfp_status add_step(struct builder *b, const struct unit *u, const struct shapes *s, const struct post_plan *p,
                           dnnl_primitive_desc_t pd)
{
    const struct ir_node *n = u->head;
    const struct ir_value *bias = ir_in(n, 2);
    struct step_arg args[8 + CPU_POSTS];
    uint32_t k = 0;
    struct slot *x = NULL, *w = NULL, *c = NULL, *y = NULL;
    const dnnl_memory_desc_t *x_md = onednn.primitive_desc_query_md(pd, dnnl_query_src_md, 0);
    const dnnl_memory_desc_t *w_md = onednn.primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
    const dnnl_memory_desc_t *y_md = onednn.primitive_desc_query_md(pd, dnnl_query_dst_md, 0);
    tfp_status status = layout_as(b, ir_in(n, 0), x_md, &x);
    if (status == TFP_OK) status = layout_row_major(b, ir_in(n, 1), &w);
    if (status == TFP_OK) status = layout_convert(b, w, &s->weights_view, w_md, &w);
    if (status == TFP_OK && bias) status = layout_row_major(b, bias, &c);
    if (status == TFP_OK) status = post_result(b, u, p, y_md, &y);
    if (status != TFP_OK) {
        onednn.primitive_desc_destroy(pd);
        return status;
    }
    args[k++] = (struct step_arg){ DNNL_ARG_SRC, x, x_md };
    args[k++] = (struct step_arg){ DNNL_ARG_WEIGHTS, w, w_md };
    if (bias) args[k++] = (struct step_arg){ DNNL_ARG_BIAS, c, NULL };
    k = post_args(p, args, k);
    args[k++] = (struct step_arg){ DNNL_ARG_DST, y, y_md };
    return step_add_primitive(b, n, pd, args, k);
}

/* Leaves the layouts to oneDNN, but takes the operand's where something of the result's size comes in. */
static tfp_status choose(struct builder *b, const struct unit *u, const struct shapes *s, const struct post_plan *p,
                         describe_fn *describe, dnnl_primitive_desc_t *pd, bool *made)
{
    struct descs d;
    struct slot *x;
    descs_any(s, ir_in(u->head, 2) != NULL, &d);
    TFP_TRY(layout_first(b, ir_in(u->head, 0), &x));
    if (describe == describe_convolution && winograd_fits(s)) {
        bool blocked = x->md.format_kind == dnnl_blocked && x->md.format_desc.blocking.inner_nblks;
        TFP_TRY(describe_winograd(b, s, &d, blocked, p, pd, made));
        if (*made) return TFP_OK;
    }
    if (p->wished) {
        d.y = p->wish;
        TFP_TRY(describe(b, s, &d, p, pd, made));
        if (*made || p->n_operands) return TFP_OK;
        descs_any(s, d.with_bias, &d);
    }
    return describe(b, s, &d, p, pd, made);
}

static tfp_status make(struct builder *b, const struct unit *u, const struct shapes *s, describe_fn *describe,
                       bool *made)
{
    struct post_plan p;
    dnnl_primitive_desc_t pd = NULL;
    const struct ir_value *bias = ir_in(u->head, 2);
    if (bias && !is_vector(bias, s->y[1])) return TFP_OK;
    TFP_TRY(post_begin(b, u, true, s->rank, 0, &p, made));
    if (!*made) return TFP_OK;
    tfp_status status = choose(b, u, s, &p, describe, &pd, made);
    if (status == TFP_OK && *made) status = add_step(b, u, s, &p, pd);
    post_end(&p);
    return status;
}

tfp_status make_convolution(struct builder *b, const struct unit *u, bool *made)
{
    struct shapes s;
    if (!shapes_read(u, &s) || s.w[0] != s.y[1] || s.w[1] * s.groups != s.x[1]) return TFP_OK;
    if (!window_of(u->head, s.rank - 2, s.x + 2, s.w + 2, s.y + 2, &s.window)) return TFP_OK;
    if (!weights_view(&s, false)) return TFP_OK;
    return make(b, u, &s, describe_convolution, made);
}

tfp_status make_deconvolution(struct builder *b, const struct unit *u, bool *made)
{
    struct shapes s;
    if (!shapes_read(u, &s) || s.w[0] != s.x[1] || s.w[1] * s.groups != s.y[1]) return TFP_OK;
    /* With these the pads are worked out by another rule. */
    if (ir_attr_ints(u->head, ATTR_OUTPUT_SHAPE).n) return TFP_OK;
    if (ir_attr_ints(u->head, ATTR_OUTPUT_PADDING).n && !ir_attr_is(u->head, ATTR_AUTO_PAD, "NOTSET")) return TFP_OK;
    /* Backwards: the window slides over the output and yields the input. */
    if (!window_of(u->head, s.rank - 2, s.y + 2, s.w + 2, s.x + 2, &s.window)) return TFP_OK;
    if (!weights_view(&s, true)) return TFP_OK;
    return make(b, u, &s, describe_deconvolution, made);
}
