/* From a TopK layer's count back to the input, through layers that change no number. */
#include "backend/tensorrt/trt_ranges.h"

enum { MOST_STEPS = 16, MOST_COUNT = 3840 /* TensorRT's own limit of a TopK */ };

static bool keeps_numbers(enum trt_layer_kind kind)
{
    return kind == TRT_LAYER_IDENTITY || kind == TRT_LAYER_CAST || kind == TRT_LAYER_SHUFFLE || kind == TRT_LAYER_SQUEEZE ||
           kind == TRT_LAYER_UNSQUEEZE;
}

static struct trt_layer *maker_of(struct trt *t, struct trt_network *n, const struct trt_tensor *x)
{
    for (int32_t i = 0, layers = trt_network_layers(t, n); i < layers; i++) {
        struct trt_layer *l = trt_network_layer(t, n, i);
        if (trt_layer_output(t, l, 0) == x) return l;
    }
    return NULL;
}

static bool comes_from(struct trt *t, struct trt_network *n, struct trt_tensor *x, const struct trt_tensor *input)
{
    for (int step = 0; x && x != input && step < MOST_STEPS; step++) {
        struct trt_layer *l = maker_of(t, n, x);
        x = l && keeps_numbers(trt_layer_kind(t, l)) ? trt_layer_input(t, l, 0) : NULL;
    }
    return x == input;
}

/* The only dimension that is known before and open behind it. */
static bool chosen_from(struct trt *t, struct trt_layer *top, int64_t *count)
{
    const struct trt_dims in = trt_tensor_dims(t, trt_layer_input(t, top, 0));
    const struct trt_dims out = trt_tensor_dims(t, trt_layer_output(t, top, 0));
    int32_t axes = 0;
    for (int32_t i = 0; i < in.n && in.n == out.n; i++) {
        if (in.d[i] < 0 || out.d[i] >= 0) continue;
        *count = in.d[i];
        axes++;
    }
    return axes == 1 && *count > 0;
}

bool trt_range_of_count(struct trt *t, struct trt_network *n, struct trt_tensor *input, int64_t *most)
{
    bool found = false;
    if (trt_tensor_dims(t, input).n > 1) return false;
    for (int32_t i = 0, layers = trt_network_layers(t, n); i < layers; i++) {
        struct trt_layer *l = trt_network_layer(t, n, i);
        int64_t count = 0;
        if (trt_layer_kind(t, l) != TRT_LAYER_TOPK || trt_layer_inputs(t, l) < 2) continue;
        if (!comes_from(t, n, trt_layer_input(t, l, 1), input) || !chosen_from(t, l, &count)) continue;
        if (count > MOST_COUNT) count = MOST_COUNT;
        *most = found && *most < count ? *most : count;
        found = true;
    }
    return found;
}
