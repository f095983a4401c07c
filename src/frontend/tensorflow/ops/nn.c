/* Convolutions: forward, transposed (the gradient with respect to the input), depthwise, dilated, grouped, on one to
 * three spatial axes, and morphological dilation. TensorFlow's filters are [spatial.., in / group, out], ONNX's are
 * [out, in / group, spatial..]; the Transpose of a constant filter is folded later. */
#include "frontend/tensorflow/ops/nn.h"

#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "frontend/tensorflow/ops/sliding_attrs.h"
#include "schema/xla_proto.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

/* -- filters ------------------------------------------------------------------------------------------------------- */

/* The last two axes to the front: in their order (depthwise) or exchanged. */
static struct ir_value *filter_to_front(struct lower *lw, const struct sliding *s, struct ir_value *filter,
                                        bool exchanged)
{
    int64_t perm[SLIDING_MOST + 2], n = (int64_t)s->n;
    if (!filter) return NULL;
    if (filter->rank >= 0 && filter->rank != n + 2)
        return lower_malformed(lw, "the filter has rank %d, not %lld", (int)filter->rank, (long long)n + 2), NULL;
    perm[0] = exchanged ? n + 1 : n;
    perm[1] = exchanged ? n : n + 1;
    for (int64_t i = 0; i < n; i++) perm[i + 2] = i;
    return ir_transpose(&lw->b, filter, perm, (size_t)n + 2);
}

/* [in, multiplier, spatial..] to [in * multiplier, 1, spatial..]. */
static struct ir_value *depthwise_filter(struct lower *lw, const struct sliding *s, struct ir_value *filter)
{
    struct build *b = &lw->b;
    struct ir_value *w = filter_to_front(lw, s, filter, false);
    return FORM_RESHAPE(b, w, form_product(b, form_dims(b, w, 0, 2)), INTS(b, 1), form_dims(b, w, 2, INT64_MAX));
}

static void read_kernel(struct sliding *s, const struct ir_value *w)
{
    for (size_t i = 0; w && w->rank >= 0 && i < s->n; i++)
        s->kernel[i] = dim_fixed(w->dims[i + 2]) ? w->dims[i + 2].n : -1;
}

static int64_t fixed(const struct ir_value *v, int64_t axis)
{
    return v && v->rank > axis && dim_fixed(v->dims[axis]) ? v->dims[axis].n : -1;
}

/* Channels of the image by channels of the filter. Unknown is 1: an image that does not fit is refused when it
 * comes. */
static int64_t group_of(struct lower *lw, int64_t image, int64_t filter)
{
    if (image < 0 || filter < 0) return 1;
    if (filter == 0 || image % filter || image < filter) {
        lower_malformed(lw, "%lld input channels with a filter of %lld", (long long)image, (long long)filter);
        return 1;
    }
    return image / filter;
}

/* -- forward ------------------------------------------------------------------------------------------------------- */

/* Of x and w as ONNX wants them. */
static struct ir_value *convolve(struct lower *lw, const struct sliding *s, struct ir_value *x, struct ir_value *w,
                                 int64_t group)
{
    struct sliding_form form;
    struct sliding sized = *s;
    read_kernel(&sized, w);
    if (!x || !w || sliding_make_form(&lw->b, &sized, &x, false, NULL, &form) != TFP_OK) return NULL;
    if (group != 1) sliding_attr(&form, (struct ir_attr)A_INT(ATTR_GROUP, group));
    return ir_emit(&lw->b, IR_CONV, IN(x, w), form.attrs);
}

/* ONNX has no convolution of whole numbers: for each element of the filter a product of strided slices with its matrix,
 * channels last. */
static struct ir_value *convolve_integers(struct lower *lw, const struct sliding *s, struct ir_value *x,
                                          struct ir_value *filter)
{
    enum { MOST_TAPS = 256 };
    struct build *b = &lw->b;
    struct sliding_form form;
    struct sliding sized = *s;
    struct ir_value *sum = NULL, *axes = INTS(b, 1, 2), *one = INTS(b, 1), *steps = ir_ints(b, s->strides, 2);
    for (int64_t i = 0; i < 2; i++) sized.kernel[i] = fixed(filter, i);
    if (s->n != 2 || sized.kernel[0] < 1 || sized.kernel[1] < 1 || sized.kernel[0] > MOST_TAPS / sized.kernel[1])
        return lower_unsupported(lw, "integers with a filter of unknown size or above %d elements", (int)MOST_TAPS),
               NULL;
    if (sliding_make_form(&lw->b, &sized, &x, true, NULL, &form) != TFP_OK) return NULL;
    x = TRANSPOSE(b, x, 0, 2, 3, 1);
    struct ir_value *counts = sliding_count(b, &sized, form_dims(b, x, 1, 3));
    struct ir_value *reach = ir_add(b, ir_mul(b, ir_sub(b, counts, one), steps), one);
    for (int64_t tap = 0; tap < sized.kernel[0] * sized.kernel[1]; tap++) {
        int64_t row = tap / sized.kernel[1], column = tap % sized.kernel[1];
        struct ir_value *from = INTS(b, row * s->dilations[0], column * s->dilations[1]);
        struct ir_value *part = ir_slice(b, x, from, ir_add(b, from, reach), axes, steps);
        struct ir_value *matrix = ir_gather(b, ir_gather(b, filter, ir_int(b, row), 0), ir_int(b, column), 0);
        part = ir_matmul(b, part, matrix);
        sum = sum ? ir_add(b, sum, part) : part;
    }
    return TRANSPOSE(b, sum, 0, 3, 1, 2);
}

struct convolution {
    size_t n; /* spatial axes */
    bool depthwise;
};

static tfp_status read_convolution(struct lower *lw, size_t n, struct sliding *s)
{
    TFP_TRY(sliding_read(lw, n, s));
    struct ir_ints strides = tf_list_int(lw, "strides");
    TFP_TRY(sliding_list(lw, "strides", &strides, 1, s, s->strides));
    if (!tf_has(lw, "dilations")) return TFP_OK;
    struct ir_ints dilations = tf_list_int(lw, "dilations");
    return sliding_list(lw, "dilations", &dilations, 1, s, s->dilations);
}

/* Of an image with channels first and TensorFlow's filter. */
static struct ir_value *convolve_with(struct lower *lw, const struct sliding *s, bool depthwise, struct ir_value *x,
                                      struct ir_value *filter)
{
    int64_t in = fixed(filter, (int64_t)s->n), group;
    struct ir_value *w;
    if (depthwise) {
        group = in >= 0 ? in : fixed(x, 1);
        if (group < 0) return lower_unsupported(lw, "the number of channels is not known"), NULL;
        w = depthwise_filter(lw, s, filter);
    } else {
        group = group_of(lw, fixed(x, 1), in);
        if (group == 1 && x && dtype_is_integer(x->dtype)) return convolve_integers(lw, s, x, filter);
        w = filter_to_front(lw, s, filter, true);
    }
    return convolve(lw, s, x, w, group);
}

static tfp_status lower_convolution(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct convolution *v = lw->rule->variant;
    struct sliding s;
    TFP_TRY(read_convolution(lw, v->n, &s));
    struct ir_value *x = sliding_to_channels_first(&lw->b, &s, lower_in(lw, 0));
    x = convolve_with(lw, &s, v->depthwise, x, lower_in(lw, 1));
    return lower_done(lw, sliding_from_channels_first(&lw->b, &s, x));
}

/* -- transposed ---------------------------------------------------------------------------------------------------- */

/* Element i of a vector of sizes. */
static struct dim element(const struct ir_value *v, size_t i)
{
    int64_t n;
    if (form_known(v, i, &n)) return dim_of(n);
    if (v && v->known && i < v->n_known) return v->known[i];
    return (struct dim){ 0, DIM_UNKNOWN };
}

/* The size of a full transposed convolution: (windows - 1) * stride + span. */
static struct dim full_size(struct ir_graph *g, const struct sliding *s, struct dim windows, size_t i)
{
    int64_t span = (s->kernel[i] - 1) * s->dilations[i] + 1;
    return dim_add(g, dim_mul(g, dim_sub(g, windows, dim_of(1)), dim_of(s->strides[i])), dim_of(span));
}

/* Padding that takes the full size to the wanted ones, and what is missing then; false when that is not known. */
static bool known_cut(struct lower *lw, const struct sliding *s, const struct ir_value *y, const struct ir_value *sizes,
                      int64_t *pads, int64_t *extra)
{
    struct ir_graph *g = lw->b.graph;
    for (size_t i = 0; i < s->n; i++) {
        if (s->kernel[i] < 0 || y->rank < 0) return false;
        struct dim more = dim_sub(g, full_size(g, s, y->dims[i + 2], i), element(sizes, i));
        if (!dim_fixed(more)) return false;
        int64_t before = s->before[i], after = s->after[i];
        if (s->padding == SLIDING_SAME) {
            before = more.n > 0 ? more.n / 2 : 0;
            after = more.n > 0 ? more.n - more.n / 2 : 0;
        }
        pads[i] = before;
        pads[i + s->n] = after;
        extra[i] = before + after - more.n;
        if (extra[i] < 0 || extra[i] >= s->strides[i]) {
            lower_malformed(lw, "input_sizes do not fit the windows");
            return false;
        }
    }
    return true;
}

/* Cuts the full transposed convolution to the wanted sizes when the model runs. */
static struct ir_value *cut_to_sizes(struct build *b, const struct sliding *s, struct ir_value *full,
                                     struct ir_value *sizes)
{
    int64_t axes[SLIDING_MOST];
    for (size_t i = 0; i < s->n; i++) axes[i] = (int64_t)i + 2;
    struct ir_value *zero = INTS(b, 0), *none = form_zeros(b, TFP_INT64, INTS(b, (int64_t)s->n + 2));
    struct ir_value *more = ir_sub(b, form_dims(b, full, 2, INT64_MAX), sizes);
    struct ir_value *before = ir_ints(b, s->before, s->n); /* 0 for VALID */
    if (s->padding == SLIDING_SAME) before = ir_div(b, ir_binary(b, IR_MAX, more, zero), INTS(b, 2));
    struct ir_value *missing = ir_binary(b, IR_MAX, ir_sub(b, before, more), zero);
    struct ir_value *pads = CONCAT(b, 0, none, INTS(b, 0, 0), missing);
    if (!full || !pads) return NULL;
    full = ir_emit(b, IR_PAD, IN(full, pads), ATTRS(A_STRING(ATTR_MODE, "constant")));
    return ir_slice(b, full, before, ir_add(b, before, sizes), ir_ints(b, axes, s->n), NULL);
}

static struct ir_value *transposed(struct lower *lw, const struct sliding *s, struct ir_value *y, struct ir_value *w,
                                   struct ir_value *sizes, int64_t group)
{
    struct build *b = &lw->b;
    int64_t pads[2 * SLIDING_MOST], extra[SLIDING_MOST];
    bool padded = false, extended = false;
    if (!y || !w || !sizes) return NULL;
    bool known = known_cut(lw, s, y, sizes, pads, extra);
    struct sliding_form form = { .n = 0 };
    sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_STRIDES, s->strides, s->n));
    sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_DILATIONS, s->dilations, s->n));
    if (group != 1) sliding_attr(&form, (struct ir_attr)A_INT(ATTR_GROUP, group));
    if (s->kernel[0] > 0 && (s->n < 2 || s->kernel[1] > 0) && (s->n < 3 || s->kernel[2] > 0))
        sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_KERNEL_SHAPE, s->kernel, s->n));
    for (size_t i = 0; known && i < s->n; i++) {
        padded = padded || pads[i] || pads[i + s->n];
        extended = extended || extra[i];
    }
    if (padded) sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_PADS, pads, 2 * s->n));
    if (extended) sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_OUTPUT_PADDING, extra, s->n));
    if (b->status != TFP_OK) return NULL;
    struct ir_value *x = ir_emit(b, IR_CONV_TRANSPOSE, IN(y, w), form.attrs);
    return known ? x : cut_to_sizes(b, s, x, sizes);
}

enum sizes_from { SIZES_INPUT, SHAPE_OF_INPUT };

struct gradient {
    size_t n;
    bool depthwise;
    enum sizes_from from; /* the first input: the sizes, or a tensor that has them */
};

static tfp_status lower_input_gradient(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct gradient *v = lw->rule->variant;
    struct build *b = &lw->b;
    struct sliding s;
    TFP_TRY(read_convolution(lw, v->n, &s));
    struct ir_value *sizes = lower_in(lw, 0), *filter = lower_in(lw, 1);
    sizes = v->from == SHAPE_OF_INPUT ? ir_shape(b, sizes) : lower_int64(lw, 0);
    struct ir_value *y = sliding_to_channels_first(&lw->b, &s, lower_in(lw, 2));
    if (!sizes || !filter || !y) return b->status;
    if (sizes->rank != 1 || !dim_fixed(sizes->dims[0])) return lower_unsupported(lw, "input_sizes of unknown length");
    int64_t count = sizes->dims[0].n, first = s.channels_last ? 1 : 2, channels = -1, group = 1;
    if (count != (int64_t)s.n && count != (int64_t)s.n + 2)
        return lower_malformed(lw, "input_sizes has %lld values", (long long)count);
    if (count != (int64_t)s.n) {
        form_known(sizes, s.channels_last ? s.n + 1 : 1, &channels);
        sizes = ir_slice_axis(b, sizes, 0, first, first + (int64_t)s.n);
    }
    struct ir_value *w = v->depthwise ? depthwise_filter(lw, &s, filter) : filter_to_front(lw, &s, filter, true);
    group = v->depthwise ? fixed(filter, (int64_t)s.n) : group_of(lw, channels, fixed(filter, (int64_t)s.n));
    if (group < 0) return lower_unsupported(lw, "the number of channels is not known");
    read_kernel(&s, w);
    y = transposed(lw, &s, y, w, sizes, group);
    return lower_done(lw, sliding_from_channels_first(&lw->b, &s, y));
}

/* -- dilated by SpaceToBatchND ------------------------------------------------------------------------------------- */

struct dilated {
    const struct tf_node *to_batch, *convolution, *to_space;
    int64_t added; /* axis that ExpandDims put in for the convolution; -1: none */
};

/* What makes input i, through Identity; NULL when it is not output 0 of a node. */
static const struct tf_node *maker(const struct tf_node *n, size_t i)
{
    struct tf_input in = n->in[i];
    while (in.node && in.node->n_in >= 1 && in.port == 0 && tf_graph_is_op(in.node, "Identity")) in = in.node->in[0];
    return in.node && in.port == 0 && !in.node->is_input ? in.node : NULL;
}

static struct ir_value *value_of(struct lower *lw, const struct tf_node *n, size_t i)
{
    return n->in[i].node ? lower_value(lw, n->in[i]) : NULL;
}

static bool find_dilated(struct lower *lw, const struct tf_node *to_space, struct dilated *d)
{
    const struct tf_node *squeeze = NULL, *n = maker(to_space, 0);
    *d = (struct dilated){ .to_space = to_space, .added = -1 };
    if (n && tf_graph_is_op(n, "Squeeze")) {
        squeeze = n;
        n = maker(n, 0);
    }
    if (!n || n->n_in != 2) return false;
    if (!tf_graph_is_op(n, "Conv2D") && !tf_graph_is_op(n, "DepthwiseConv2dNative") && !tf_graph_is_op(n, "Conv3D"))
        return false;
    d->convolution = n;
    n = maker(n, 0);
    if (n && squeeze && tf_graph_is_op(n, "ExpandDims")) {
        const struct ir_value *axis = value_of(lw, n, 1), *x = value_of(lw, n, 0);
        int64_t at;
        if (!axis || !x || x->rank < 0 || ir_known_ints(axis, &at, 1) != 1) return false;
        d->added = at < 0 ? at + x->rank + 1 : at;
        lw->node = squeeze;
        struct ir_ints dropped = tf_list_int(lw, "squeeze_dims");
        lw->node = to_space;
        if (dropped.n != 1 || (dropped.at[0] < 0 ? dropped.at[0] + x->rank + 1 : dropped.at[0]) != d->added)
            return false;
        n = maker(n, 0);
    } else if (squeeze) {
        return false;
    }
    if (!n || !tf_graph_is_op(n, "SpaceToBatchND")) return false;
    d->to_batch = n;
    return true;
}

static bool all_are(const struct ir_value *v, int64_t wanted)
{
    int64_t at[TFP_MAX_RANK], n = v ? ir_known_ints(v, at, TFP_MAX_RANK) : 0;
    for (int64_t i = 0; i < n; i++)
        if (at[i] != wanted) return false;
    return n >= 0;
}

/* Element [row][column] of a matrix of sizes, a constant or packed from vectors. */
static struct dim matrix_element(const struct ir_value *v, int64_t row, int64_t column)
{
    const struct dim unknown = { 0, DIM_UNKNOWN };
    for (int depth = 0; v && depth < 8; depth++) {
        if (v->constant) {
            int64_t at = v->rank == 2 ? row * v->constant->dims[1] + column : column;
            return at < v->constant->count ? dim_of(tensor_int(v->constant, at)) : unknown;
        }
        if (v->rank == 1) return element(v, (size_t)column);
        const struct ir_node *n = v->producer;
        if (!n || v->rank != 2) return unknown;
        if (n->op == IR_CONCAT && ir_attr_int(n, ATTR_AXIS, 0) == 0) { /* of rows */
            for (uint32_t i = 0; i < n->n_in; i++)
                if (n->in[i].value->rank != 2 || !dim_is(n->in[i].value->dims[0], 1)) return unknown;
            v = ir_in(n, (size_t)row);
        } else if (n->op == IR_UNSQUEEZE || n->op == IR_CAST ||
                   (n->op == IR_SLICE && all_are(ir_in(n, 1), 0) && all_are(ir_in(n, 4), 1))) {
            v = ir_in(n, 0);
        } else {
            return unknown;
        }
    }
    return unknown;
}

/* Block sizes become dilations, padding less crops becomes padding. */
static bool merge_blocks(struct lower *lw, const struct dilated *d, struct sliding *s)
{
    const struct ir_value *pads = value_of(lw, d->to_batch, 2), *crops = value_of(lw, d->to_space, 2);
    const struct ir_value *blocks = value_of(lw, d->to_batch, 1), *blocks_back = value_of(lw, d->to_space, 1);
    int64_t block[SLIDING_MOST + 2], back[SLIDING_MOST + 2];
    int64_t n = blocks ? ir_known_ints(blocks, block, SLIDING_MOST + 2) : -1;
    if (n < 1 || !blocks_back || ir_known_ints(blocks_back, back, SLIDING_MOST + 2) != n) return false;
    for (int64_t i = 0; i < n; i++) {
        int64_t axis = i + 1; /* of the image that the convolution sees */
        if (d->added >= 0 && axis >= d->added) axis++;
        int64_t spatial = axis - (s->channels_last ? 1 : 2);
        struct dim before = dim_sub(lw->b.graph, matrix_element(pads, i, 0), matrix_element(crops, i, 0));
        struct dim after = dim_sub(lw->b.graph, matrix_element(pads, i, 1), matrix_element(crops, i, 1));
        if (block[i] != back[i] || block[i] < 1 || !dim_fixed(before) || !dim_fixed(after)) return false;
        if (before.n < 0 || after.n < 0 || before.n > INT32_MAX || after.n > INT32_MAX) return false;
        if (spatial < 0 || spatial >= (int64_t)s->n) {
            if (block[i] != 1 || before.n || after.n) return false;
            continue;
        }
        s->dilations[spatial] = block[i];
        s->before[spatial] = before.n;
        s->after[spatial] = after.n;
    }
    s->padding = SLIDING_EXPLICIT;
    return true;
}

bool lower_dilated_convolution(struct lower *lw, const struct tf_node *batch_to_space, struct ir_value **out)
{
    struct dilated d;
    struct sliding s;
    if (batch_to_space->n_in != 3 || !find_dilated(lw, batch_to_space, &d)) return false;
    bool depthwise = tf_graph_is_op(d.convolution, "DepthwiseConv2dNative");
    lw->node = d.convolution;
    tfp_status status = read_convolution(lw, tf_graph_is_op(d.convolution, "Conv3D") ? 3 : 2, &s);
    lw->node = batch_to_space;
    if (status != TFP_OK || s.padding != SLIDING_VALID) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.strides[i] != 1 || s.dilations[i] != 1) return false;
    struct ir_value *x = value_of(lw, d.to_batch, 0), *filter = value_of(lw, d.convolution, 1);
    if (!x || !filter || !merge_blocks(lw, &d, &s)) return false;
    if (d.added >= 0) x = ir_unsqueeze(&lw->b, x, &d.added, 1);
    x = convolve_with(lw, &s, depthwise, sliding_to_channels_first(&lw->b, &s, x), filter);
    x = sliding_from_channels_first(&lw->b, &s, x);
    *out = d.added >= 0 ? ir_squeeze(&lw->b, x, &d.added, 1) : x;
    return true;
}

/* -- fused by TensorFlow's own optimizer, and by the converter for TensorFlow.js ----------------------------------- */

static const struct tfpb_attr *find_attr(const struct tf_node *n, const char *name)
{
    for (size_t i = 0; i < n->n_attrs; i++)
        if (bytes_equal(n->attrs[i].key, name)) return &n->attrs[i];
    return NULL;
}

/* A vector along the channels. */
static struct ir_value *along_channels(struct lower *lw, struct ir_value *v, const struct ir_value *x,
                                       bool channels_first)
{
    return channels_first && form_rank(x) > 2 ? form_column(&lw->b, v, x->rank - 2) : v;
}

static struct ir_value *fused_normalization(struct lower *lw, struct ir_value *x, size_t first)
{
    struct ir_value *in[5] = { x };
    float epsilon = tf_has(lw, "epsilon") ? tf_float(lw, "epsilon") : 1e-4F;
    for (size_t i = 0; i < 4; i++)
        if (!(in[i + 1] = lower_in(lw, first + i))) return NULL;
    return x ? ir_emit(&lw->b, IR_BATCH_NORMALIZATION, in, 5, ATTRS(A_FLOAT(ATTR_EPSILON, epsilon))) : NULL;
}

static struct ir_value *gelu(struct build *b, struct ir_value *x, bool approximate)
{
    struct ir_attr attrs[] = { A_STRING(ATTR_APPROXIMATE, "tanh"), { .name = ATTR_NONE } };
    return x ? ir_emit(b, IR_GELU, IN(x), approximate ? attrs : NO_ATTRS) : NULL;
}

static struct ir_value *fused_activation(struct lower *lw, struct ir_value *x, struct bytes word)
{
    static const struct {
        const char *word;
        enum ir_op op;
    } plain[] = { { "Relu", IR_RELU }, { "Elu", IR_ELU }, { "Tanh", IR_TANH }, { "Sigmoid", IR_SIGMOID } };
    struct build *b = &lw->b;
    if (!x) return NULL;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (bytes_equal(word, plain[i].word)) return ir_unary(b, plain[i].op, x);
    if (bytes_equal(word, "Relu6")) return ir_emit(b, IR_CLIP, IN(x, ir_like(b, x, 0), ir_like(b, x, 6)), NO_ATTRS);
    if (bytes_equal(word, "GeluExact")) return gelu(b, x, false);
    if (bytes_equal(word, "GeluApproximate")) return gelu(b, x, true);
    if (bytes_equal(word, "LeakyRelu")) {
        float alpha = tf_has(lw, "leakyrelu_alpha") ? tf_float(lw, "leakyrelu_alpha") : 0.2F;
        return ir_emit(b, IR_LEAKY_RELU, IN(x), ATTRS(A_FLOAT(ATTR_ALPHA, alpha)));
    }
    return lower_unsupported(lw, "fused with %.*s", (int)(word.n < 40 ? word.n : 40), word.at), NULL;
}

/* Prelu of TensorFlow.js: the slopes' last dimension is the last of x where channels are last. */
static struct ir_value *prelu(struct lower *lw, struct ir_value *x, struct ir_value *slope, bool channels_first)
{
    int64_t front[TFP_MAX_RANK];
    for (int64_t i = 0; i < TFP_MAX_RANK; i++) front[i] = i;
    if (!x || !slope) return NULL;
    if (x->rank < 0 || slope->rank < 0 || slope->rank > x->rank)
        return lower_unsupported(lw, "Prelu with slopes of rank %d for rank %d", (int)slope->rank, (int)x->rank), NULL;
    if (channels_first && slope->rank && slope->rank < x->rank)
        slope = ir_unsqueeze(&lw->b, slope, front, (size_t)(x->rank - slope->rank));
    if (channels_first) slope = lower_to_channels_first(lw, slope, sliding_channels_last(lw, 2));
    return slope ? ir_emit(&lw->b, IR_PRELU, IN(x, slope), NO_ATTRS) : NULL;
}

/* What `fused_ops` of a _Fused... op says, on x with channels first (or a matrix with them last, n 0): inputs from
 * `first` on are its arguments. */
static struct ir_value *apply_fused_ops(struct lower *lw, struct ir_value *x, size_t first, bool channels_first)
{
    const struct tfpb_attr *a = find_attr(lw->node, "fused_ops");
    if (!a || a->value.which != TFPB_ATTR_LIST || !a->value.list)
        return lower_malformed(lw, "attribute fused_ops is missing"), NULL;
    for (size_t i = 0; x && i < a->value.list->s.n; i++) {
        struct bytes word = a->value.list->s.at[i];
        if (bytes_equal(word, "BiasAdd")) {
            x = ir_add(&lw->b, x, along_channels(lw, lower_in(lw, first++), x, channels_first));
        } else if (bytes_equal(word, "Add")) {
            struct ir_value *y = lower_in(lw, first++);
            x = ir_add(&lw->b, x, lower_to_channels_first(lw, y, channels_first && sliding_channels_last(lw, 2)));
        } else if (bytes_equal(word, "FusedBatchNorm")) {
            x = fused_normalization(lw, x, first);
            first += 4;
        } else if (bytes_equal(word, "Prelu")) {
            x = prelu(lw, x, lower_in(lw, first++), channels_first);
        } else if (!bytes_equal(word, "NoOp")) {
            x = fused_activation(lw, x, word);
        }
    }
    return x;
}

static tfp_status lower_fused_convolution(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct sliding s;
    if (tf_has(lw, "filter_format") && !bytes_equal(tf_string(lw, "filter_format"), "HWIO"))
        return lower_unsupported(lw, "filter_format is not HWIO");
    TFP_TRY(read_convolution(lw, 2, &s));
    struct ir_value *x = sliding_to_channels_first(&lw->b, &s, lower_in(lw, 0));
    x = convolve_with(lw, &s, VARIANT(bool), x, lower_in(lw, 1));
    x = apply_fused_ops(lw, x, 2, true);
    return lower_done(lw, sliding_from_channels_first(&lw->b, &s, x));
}

static tfp_status lower_fused_matmul(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    if (tf_has(lw, "transpose_a") && tf_bool(lw, "transpose_a")) x = TRANSPOSE(b, x, 1, 0);
    if (tf_has(lw, "transpose_b") && tf_bool(lw, "transpose_b")) y = TRANSPOSE(b, y, 1, 0);
    return lower_done(lw, apply_fused_ops(lw, ir_matmul(b, x, y), 2, false));
}

static tfp_status lower_prelu(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, prelu(lw, lower_in(lw, 0), lower_in(lw, 1), false));
}

/* -- morphological dilation ---------------------------------------------------------------------------------------- */

/* The highest of x + filter over each window; what lies outside does not count. x and filter have channels last. */
static tfp_status lower_dilation(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    enum { MOST_TAPS = 256 };
    struct build *b = &lw->b;
    struct sliding s;
    struct sliding_form form;
    struct ir_value *x = lower_in(lw, 0), *filter = lower_in(lw, 1), *best = NULL;
    TFP_TRY(sliding_read(lw, 2, &s));
    struct ir_ints strides = tf_list_int(lw, "strides"), rates = tf_list_int(lw, "rates");
    TFP_TRY(sliding_list(lw, "strides", &strides, 1, &s, s.strides));
    TFP_TRY(sliding_list(lw, "rates", &rates, 1, &s, s.dilations));
    if (!x || !filter) return b->status;
    if (dtype_is_integer(x->dtype)) return lower_unsupported(lw, "images of integers");
    for (int64_t i = 0; i < 2; i++) s.kernel[i] = fixed(filter, i);
    if (s.kernel[0] < 1 || s.kernel[1] < 1 || s.kernel[0] > MOST_TAPS / s.kernel[1])
        return lower_unsupported(lw, "a filter of unknown size or of more than %d elements", (int)MOST_TAPS);
    x = sliding_to_channels_first(&lw->b, &s, x);
    TFP_TRY(sliding_make_form(&lw->b, &s, &x, true, ir_like(b, x, -__builtin_inf()), &form));
    struct ir_value *axes = INTS(b, 2, 3), *steps = ir_ints(b, s.strides, 2), *one = INTS(b, 1);
    struct ir_value *counts = sliding_count(b, &s, form_dims(b, x, 2, 4));
    struct ir_value *reach = ir_add(b, ir_mul(b, ir_sub(b, counts, one), steps), one);
    for (int64_t i = 0; i < s.kernel[0]; i++) {
        for (int64_t k = 0; k < s.kernel[1]; k++) {
            struct ir_value *starts = INTS(b, i * s.dilations[0], k * s.dilations[1]);
            struct ir_value *tap = ir_gather(b, ir_gather(b, filter, ir_int(b, i), 0), ir_int(b, k), 0);
            struct ir_value *part = ir_slice(b, x, starts, ir_add(b, starts, reach), axes, steps);
            part = ir_add(b, part, form_column(b, tap, 2));
            best = best ? ir_binary(b, IR_MAX, best, part) : part;
        }
    }
    return lower_done(lw, sliding_from_channels_first(&lw->b, &s, best));
}

/* -- XlaConv ------------------------------------------------------------------------------------------------------- */

/* To or from [first, second, spatial..]: where these stand in an operand. */
static bool order_of(int64_t first, int64_t second, struct pb_int64s spatial, bool back, int64_t *perm)
{
    const int64_t rank = (int64_t)spatial.n + 2;
    bool taken[SLIDING_MOST + 2] = { false };
    for (int64_t i = 0; i < rank; i++) {
        const int64_t at = i == 0 ? first : i == 1 ? second : spatial.at[i - 2];
        if (at < 0 || at >= rank || taken[at]) return false;
        taken[at] = true;
        if (back) perm[at] = i;
        else perm[i] = at;
    }
    return true;
}

/* Zeros between the elements of an axis, of a size that need not be known: [n] to [(n - 1) * by + 1]. */
static struct ir_value *spread(struct build *b, struct ir_value *x, int64_t axis, int64_t by)
{
    int64_t pads[2 * (SLIDING_MOST + 3)] = { 0 };
    if (by == 1 || !x) return x;
    const int64_t rank = x->rank + 1;
    struct ir_value *size = ir_dim(b, x, axis);
    pads[rank + axis + 1] = by - 1;
    struct ir_value *wide = ir_unsqueeze(b, x, (const int64_t[]){ axis + 1 }, 1), *to = ir_ints(b, pads, 2 * (size_t)rank);
    if (!wide) return NULL;
    wide = ir_emit(b, IR_PAD, IN(wide, to), ATTRS(A_STRING(ATTR_MODE, "constant")));
    wide = FORM_RESHAPE(b, wide, form_dims(b, x, 0, axis), ir_mul(b, size, INTS(b, by)), form_dims(b, x, axis + 1, INT64_MAX));
    return ir_slice_axis(b, wide, axis, 0, 1 - by);
}

struct xla_convolution {
    struct xlapb_convolution_dimensions d;
    size_t n;
    int64_t strides[SLIDING_MOST], pads[2 * SLIDING_MOST], spread[SLIDING_MOST], dilations[SLIDING_MOST], group;
    int64_t in[SLIDING_MOST + 2], kernel[SLIDING_MOST + 2], out[SLIDING_MOST + 2]; /* permutations */
};

static tfp_status read_xla_convolution(struct lower *lw, struct xla_convolution *c)
{
    struct xlapb_convolution_dimensions *d = &c->d;
    *c = (struct xla_convolution){ .n = 0 };
    TFP_TRY(protobuf_decode(lw->b.ctx, &lw->b.graph->arena, &xlapb_convolution_dimensions_type,
                            tf_string(lw, "dimension_numbers"), d));
    c->n = d->input_spatial_dimensions.n;
    if (c->n < 1 || c->n > SLIDING_MOST) return lower_unsupported(lw, "%zu spatial dimensions", c->n);
    if (d->kernel_spatial_dimensions.n != c->n || d->output_spatial_dimensions.n != c->n ||
        !order_of(d->input_batch_dimension, d->input_feature_dimension, d->input_spatial_dimensions, false, c->in) ||
        !order_of(d->kernel_output_feature_dimension, d->kernel_input_feature_dimension, d->kernel_spatial_dimensions, false,
                  c->kernel) ||
        !order_of(d->output_batch_dimension, d->output_feature_dimension, d->output_spatial_dimensions, true, c->out))
        return lower_malformed(lw, "dimension_numbers that are no permutation");
    const struct {
        const char *what;
        int64_t *at;
        size_t n;
    } lists[] = { { "window_strides", c->strides, c->n }, { "padding", c->pads, 2 * c->n }, { "lhs_dilation", c->spread, c->n },
                  { "rhs_dilation", c->dilations, c->n }, { "feature_group_count", &c->group, 1 } };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const int64_t found = lower_const_ints(lw, i + 2, lists[i].what, lists[i].at, lists[i].n);
        if (found < 0) return lw->b.status;
        if ((size_t)found != lists[i].n) return lower_malformed(lw, "%s has %lld elements", lists[i].what, (long long)found);
        for (int64_t k = 0; i != 1 && k < found; k++)
            if (lists[i].at[k] < 1 || lists[i].at[k] > INT32_MAX) return lower_malformed(lw, "%s is not positive", lists[i].what);
    }
    return TFP_OK;
}

/* The image is spread and padded (or cut, by a negative width) before the windows slide over it. */
static tfp_status lower_xla_convolution(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct xla_convolution c;
    struct sliding s = { .padding = SLIDING_EXPLICIT, .channels_last = false };
    int64_t pads[2 * (SLIDING_MOST + 2)] = { 0 };
    bool cut = false;
    struct ir_value *x = lower_in(lw, 0), *w = lower_in(lw, 1);
    TFP_TRY(read_xla_convolution(lw, &c));
    const int64_t rank = (int64_t)c.n + 2;
    if (lower_rank(lw, x, "the image") < 0 || lower_rank(lw, w, "the filter") < 0) return b->status;
    if (x->rank != rank || w->rank != rank) return lower_malformed(lw, "operands of rank %d and %d", (int)x->rank, (int)w->rank);
    if (VARIANT(bool) && tf_int(lw, "batch_group_count") != 1) return lower_unsupported(lw, "groups of the batch");
    if (VARIANT(bool)) {
        x = ir_cast(b, x, tf_type(lw, "preferred_element_type"));
        w = ir_cast(b, w, tf_type(lw, "preferred_element_type"));
    }
    if (x && !dtype_is_float(x->dtype)) return lower_unsupported(lw, "%s", tfp_dtype_name(x->dtype));
    x = ir_transpose(b, x, c.in, (size_t)rank);
    w = ir_transpose(b, w, c.kernel, (size_t)rank);
    s.n = c.n;
    for (size_t i = 0; i < c.n; i++) {
        x = spread(b, x, (int64_t)i + 2, c.spread[i]);
        s.strides[i] = c.strides[i];
        s.dilations[i] = c.dilations[i];
        pads[i + 2] = s.before[i] = c.pads[2 * i];
        pads[(size_t)rank + i + 2] = s.after[i] = c.pads[2 * i + 1];
        cut = cut || s.before[i] < 0 || s.after[i] < 0;
    }
    if (cut) {
        struct ir_value *to = ir_ints(b, pads, 2 * (size_t)rank);
        if (!x || !to) return b->status;
        x = ir_emit(b, IR_PAD, IN(x, to), ATTRS(A_STRING(ATTR_MODE, "constant")));
        s.padding = SLIDING_VALID;
    }
    return lower_done(lw, ir_transpose(b, convolve(lw, &s, x, w, c.group), c.out, (size_t)rank));
}

#define CONVOLUTION(...) (&(const struct convolution){ __VA_ARGS__ })
#define GRADIENT(...) (&(const struct gradient){ __VA_ARGS__ })

static const struct rule rules[] = {
    { "Conv2D", lower_convolution, CONVOLUTION(2, false) },
    { "Conv2DBackpropInput", lower_input_gradient, GRADIENT(2, false, SIZES_INPUT) },
    { "Conv3D", lower_convolution, CONVOLUTION(3, false) },
    { "Conv3DBackpropInput", lower_input_gradient, GRADIENT(3, false, SHAPE_OF_INPUT) },
    { "Conv3DBackpropInputV2", lower_input_gradient, GRADIENT(3, false, SIZES_INPUT) },
    { "DepthwiseConv2dNative", lower_convolution, CONVOLUTION(2, true) },
    { "DepthwiseConv2dNativeBackpropInput", lower_input_gradient, GRADIENT(2, true, SIZES_INPUT) },
    { "Dilation2D", lower_dilation, NULL },
    { "FusedDepthwiseConv2dNative", lower_fused_convolution, &(const bool){ true } },
    { "Prelu", lower_prelu, NULL },
    { "XlaConv", lower_xla_convolution, &(const bool){ false } },
    { "XlaConvV2", lower_xla_convolution, &(const bool){ true } },
    { "_FusedConv2D", lower_fused_convolution, &(const bool){ false } },
    { "_FusedDepthwiseConv2dNative", lower_fused_convolution, &(const bool){ true } },
    { "_FusedMatMul", lower_fused_matmul, NULL },
};

const struct rule_family rules_nn = { rules, sizeof rules / sizeof rules[0] };
