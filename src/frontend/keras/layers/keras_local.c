/* Locally connected layers: convolutions whose every place has weights of its own. Keras keeps these in three ways
 * (`implementation`): 1, the only one of old versions, a kernel [places, window * in, filters]; 2 one of all pairs of an
 * input's and an output's element, most of which count for nothing; 3 a list of those that count, by output and input. */
#include "frontend/keras/keras.h"
#include "ir/sliding.h"

#include <stdlib.h>

struct local { /* sizes by axis */
    size_t n; /* spatial axes */
    bool channels_last, same;
    int64_t in[SLIDING_MOST], out[SLIDING_MOST], kernel[SLIDING_MOST], strides[SLIDING_MOST];
    int64_t channels, filters;
    int64_t places_in, places_out; /* products */
};

static void declare_local(struct keras_layer *l)
{
    keras_weight_add(l, "kernel", true, KERAS_ANY, NULL);
    if (config_bool(l, "use_bias", true)) keras_weight_add(l, "bias", true, KERAS_ANY, NULL);
}

static bool read_axis(struct keras_call *c, struct local *g, size_t i, struct dim d)
{
    enum { MOST = 1 << 20 };
    if (!dim_fixed(d)) return call_unsupported(c, "an image of unknown size"), false;
    g->in[i] = d.n;
    bool fits = g->kernel[i] > 0 && g->strides[i] > 0 && g->in[i] <= MOST && g->kernel[i] <= MOST && g->strides[i] <= MOST;
    int64_t span = g->same ? g->in[i] : g->in[i] - g->kernel[i] + 1;
    if (!fits || span < 1) return call_malformed(c, "windows of %lld on %lld", (long long)g->kernel[i], (long long)d.n), false;
    g->out[i] = (span + g->strides[i] - 1) / g->strides[i];
    g->places_in *= g->in[i];
    g->places_out *= g->out[i];
    if (g->places_in > MOST) return call_unsupported(c, "images of more than %d pixels", (int)MOST), false;
    return true;
}

static bool read_local(struct keras_call *c, const struct ir_value *x, struct local *g)
{
    struct keras_layer *l = c->layer;
    const char *padding = config_text(l, "padding", "valid");
    *g = (struct local){ .n = *(const size_t *)l->class->variant, .channels_last = config_channels_last(l),
                         .same = strcmp(padding, "same") == 0, .filters = config_int(l, "filters", 0), .places_in = 1,
                         .places_out = 1 };
    config_ints(l, "kernel_size", 1, g->n, g->kernel);
    config_ints(l, "strides", 1, g->n, g->strides);
    if (!g->same && strcmp(padding, "valid") != 0) return call_unsupported(c, "padding %s", padding), false;
    if (!x || x->rank != (int32_t)g->n + 2) return call_malformed(c, "an input of rank %d", x ? (int)x->rank : -1), false;
    size_t first = g->channels_last ? 1 : 2;
    const struct dim channels = x->dims[g->channels_last ? g->n + 1 : 1];
    g->channels = dim_fixed(channels) ? channels.n : 0;
    if (g->channels < 1 || g->filters < 1 || g->filters > INT32_MAX)
        return call_malformed(c, "unknown channels, or %lld filters", (long long)g->filters), false;
    for (size_t i = 0; i < g->n; i++)
        if (!read_axis(c, g, i, x->dims[first + i])) return false;
    return true;
}

/* y [batch, .., filters] or [batch, filters, ..] from [batch, all]. */
static struct ir_value *as_image(struct keras_call *c, const struct local *g, const struct ir_value *x, struct ir_value *y)
{
    struct ir_value *sizes[SLIDING_MOST + 2];
    size_t n = 0;
    sizes[n++] = ir_dim(c->b, (struct ir_value *)(uintptr_t)x, 0);
    if (!g->channels_last) sizes[n++] = INTS(c->b, g->filters);
    for (size_t i = 0; i < g->n; i++) sizes[n++] = INTS(c->b, g->out[i]);
    if (g->channels_last) sizes[n++] = INTS(c->b, g->filters);
    return form_reshape(c->b, y, sizes, n);
}

/* -- implementation 1 ---------------------------------------------------------------------------------------------- */

/* The window's elements at each place: [batch, places, window * in], by strided slices of an image with channels last. */
static struct ir_value *windows(struct keras_call *c, const struct local *g, struct ir_value *x)
{
    enum { MOST_TAPS = 4096 };
    struct build *b = c->b;
    struct ir_value *parts[MOST_TAPS];
    int64_t axes[SLIDING_MOST], starts[SLIDING_MOST], ends[SLIDING_MOST], taps = 1;
    for (size_t i = 0; i < g->n; i++) {
        axes[i] = (int64_t)i + 1;
        if (g->kernel[i] > MOST_TAPS / taps) return call_unsupported(c, "windows of more than %d", (int)MOST_TAPS);
        taps *= g->kernel[i];
    }
    for (int64_t tap = 0; tap < taps; tap++) {
        int64_t rest = tap;
        for (size_t i = g->n; i-- > 0; rest /= g->kernel[i]) {
            starts[i] = rest % g->kernel[i];
            ends[i] = starts[i] + (g->out[i] - 1) * g->strides[i] + 1;
        }
        parts[tap] = ir_slice(b, x, ir_ints(b, starts, g->n), ir_ints(b, ends, g->n), ir_ints(b, axes, g->n),
                              ir_ints(b, g->strides, g->n));
    }
    struct ir_value *all = ir_concat(b, parts, (size_t)taps, (int64_t)g->n + 1);
    return all ? FORM_RESHAPE(b, all, ir_dim(b, x, 0), INTS(b, g->places_out), INTS(b, taps * g->channels)) : NULL;
}

/* With channels first the kernel's windows have the input's channels outside. */
static struct ir_value *by_windows(struct keras_call *c, const struct local *g, struct ir_value *x, struct ir_value *kernel)
{
    struct build *b = c->b;
    int64_t rank = x->rank;
    if (g->same) return call_unsupported(c, "padding same in implementation 1");
    if (!g->channels_last) {
        x = form_move_axis(b, x, rank, 1, rank - 1);
        kernel = RESHAPE(b, kernel, g->places_out, g->channels, -1, g->filters);
        kernel = RESHAPE(b, TRANSPOSE(b, kernel, 0, 2, 1, 3), g->places_out, -1, g->filters);
    }
    struct ir_value *w = windows(c, g, x);
    w = w ? ir_matmul(b, TRANSPOSE(b, w, 1, 0, 2), kernel) : NULL; /* [places, batch, filters] */
    w = g->channels_last ? TRANSPOSE(b, w, 1, 0, 2) : TRANSPOSE(b, w, 1, 2, 0);
    return as_image(c, g, x, w);
}

/* -- implementations 2 and 3: a product with a matrix -------------------------------------------------------------- */

/* Whether a place of the input counts for one of the output. */
static bool is_connected(const struct local *g, int64_t in, int64_t out)
{
    for (size_t i = g->n; i-- > 0; in /= g->in[i], out /= g->out[i]) {
        int64_t left = g->kernel[i] / 2, right = g->kernel[i] - left;
        int64_t center = out % g->out[i] * g->strides[i] + (g->same ? 0 : left), at = in % g->in[i];
        if (at < center - left || at >= center + right) return false;
    }
    return true;
}

enum { MOST_PAIRS = 1 << 24 };

/* 1 where places are connected, as [spatial in.., 1, spatial out.., 1], or with the ones in front. */
static struct ir_value *mask_of(struct keras_call *c, const struct local *g)
{
    int64_t dims[2 * (SLIDING_MOST + 1)];
    size_t n = 0;
    float *at = calloc((size_t)(g->places_in * g->places_out), sizeof *at);
    if (!at) return build_fail(c->b, tfp_no_memory(c->b->ctx));
    for (int64_t i = 0; i < g->places_in; i++)
        for (int64_t k = 0; k < g->places_out; k++) at[i * g->places_out + k] = is_connected(g, i, k);
    for (int side = 0; side < 2; side++) {
        if (!g->channels_last) dims[n++] = 1;
        for (size_t i = 0; i < g->n; i++) dims[n++] = side ? g->out[i] : g->in[i];
        if (g->channels_last) dims[n++] = 1;
    }
    struct ir_value *v = ir_tensor(c->b, TFP_FLOAT, (size_t)n, dims, at);
    free(at);
    return v;
}

static int64_t place_of(const struct local *g, int64_t element, int64_t places, int64_t channels)
{
    return g->channels_last ? element / channels : element % places;
}

/* [in, out]: where in the list the weight of each pair of elements stands; behind its end where there is none. */
static struct ir_value *matrix_of_list(struct keras_call *c, const struct local *g, struct ir_value *list)
{
    int64_t rows = g->places_in * g->channels, columns = g->places_out * g->filters, n = 0;
    if (list->rank != 1 || !dim_fixed(list->dims[0])) return call_malformed(c, "a kernel of rank %d", (int)list->rank);
    int64_t length = list->dims[0].n, *at = calloc((size_t)(rows * columns), sizeof *at);
    if (!at) return build_fail(c->b, tfp_no_memory(c->b->ctx));
    for (int64_t k = 0; k < columns; k++)
        for (int64_t i = 0; i < rows; i++) {
            bool connected = is_connected(g, place_of(g, i, g->places_in, g->channels), place_of(g, k, g->places_out, g->filters));
            at[i * columns + k] = connected ? n++ : length;
        }
    struct ir_value *places = n == length ? ir_tensor(c->b, TFP_INT64, 2, (const int64_t[]){ rows, columns }, at) : NULL;
    free(at);
    if (n != length) return call_malformed(c, "%lld weights, not %lld", (long long)length, (long long)n);
    struct ir_value *none = ir_cast(c->b, ir_tensor(c->b, TFP_FLOAT, 1, &(const int64_t){ 1 }, &(const float){ 0 }), list->dtype);
    return ir_gather(c->b, CONCAT(c->b, 0, list, none), places, 0);
}

static struct ir_value *by_matrix(struct keras_call *c, const struct local *g, struct ir_value *x, struct ir_value *kernel,
                                  bool is_list)
{
    struct build *b = c->b;
    int64_t rows = g->places_in * g->channels, columns = g->places_out * g->filters;
    if (g->channels > MOST_PAIRS / g->places_in || g->filters > MOST_PAIRS / g->places_out || rows > MOST_PAIRS / columns)
        return call_unsupported(c, "more than %d pairs of elements", (int)MOST_PAIRS);
    struct ir_value *matrix = is_list ? matrix_of_list(c, g, kernel)
                                      : RESHAPE(b, ir_mul(b, kernel, ir_cast(b, mask_of(c, g), kernel->dtype)), rows, columns);
    return as_image(c, g, x, ir_matmul(b, RESHAPE(b, x, -1, rows), matrix));
}

/* Stored as [.., filters]; for channels first Keras takes its elements in their order as [filters, ..]. */
static struct ir_value *bias_of(struct keras_call *c, const struct local *g)
{
    int64_t dims[SLIDING_MOST + 1] = { g->filters };
    for (size_t i = 0; i < g->n; i++) dims[i + 1] = g->out[i];
    struct ir_value *bias = call_weight(c, "bias");
    return g->channels_last ? bias : ir_reshape(c->b, bias, ir_ints(c->b, dims, g->n + 1));
}

static void lower_local(struct keras_call *c)
{
    struct local g;
    int64_t implementation = config_int(c->layer, "implementation", 1);
    struct ir_value *x = call_in(c, 0), *kernel = call_weight(c, "kernel"), *y = NULL;
    if (c->b->status != TFP_OK || !read_local(c, x, &g)) return;
    if (implementation == 1) y = by_windows(c, &g, x, kernel);
    else if (implementation == 2 || implementation == 3) y = by_matrix(c, &g, x, kernel, implementation == 3);
    else call_malformed(c, "implementation %lld", (long long)implementation);
    if (config_bool(c->layer, "use_bias", true)) y = ir_add(c->b, y, bias_of(c, &g));
    call_out(c, call_activation(c, "activation", y));
}

#define N(n) (&(const size_t){ n })
static const char limits[] = "images of unknown size";

static const struct keras_class classes[] = {
    { "LocallyConnected1D", declare_local, lower_local, KERAS_MASK_STOPS, false, N(1), limits },
    { "LocallyConnected2D", declare_local, lower_local, KERAS_MASK_STOPS, false, N(2), limits },
};

extern const struct keras_family keras_family_local;
KERAS_FAMILY(local, "Locally connected");
