/* Keras 1 in the words of Keras 2: names of classes and options in tables, and weights that it keeps gate by gate or with
 * other axes. Kernels that the Theano backend wrote are turned around: its convolutions are true ones. See
 * docs/formats/keras-config.md and keras-hdf5.md. */
#include "frontend/keras/keras.h"

/* -- configurations ------------------------------------------------------------------------------------------------ */

static const struct {
    const char *old, *name;
} options[] = {
    { "atrous_rate", "dilation_rate" }, { "bias", "use_bias" },           { "border_mode", "padding" },
    { "filter_length", "kernel_size" }, { "inner_activation", "recurrent_activation" },
    { "nb_filter", "filters" },         { "output_dim", "units" },        { "p", "rate" },
    { "pool_length", "pool_size" },     { "sigma", "stddev" },            { "stride", "strides" },
    { "subsample", "strides" },         { "subsample_length", "strides" },
};

/* Sizes that stand apart. */
static const char *const sizes[][3] = { { "nb_row", "nb_col", NULL }, { "kernel_dim1", "kernel_dim2", "kernel_dim3" } };

static const struct {
    const char *old, *name;
} class_names[] = {
    { "AtrousConvolution1D", "Conv1D" },  { "AtrousConvolution2D", "Conv2D" },  { "Convolution1D", "Conv1D" },
    { "Convolution2D", "Conv2D" },        { "Convolution3D", "Conv3D" },        { "Deconvolution2D", "Conv2DTranspose" },
    { "SeparableConvolution2D", "SeparableConv2D" },                            { "TimeDistributedDense", "Dense" },
};

static const struct {
    const char *mode, *name, *old_option, *option;
} merges[] = {
    { "ave", "Average", NULL, NULL },        { "concat", "Concatenate", "concat_axis", "axis" },
    { "dot", "Dot", "dot_axes", "axes" },    { "max", "Maximum", NULL, NULL },
    { "mul", "Multiply", NULL, NULL },       { "sum", "Add", NULL, NULL },
};

static bool put(json_t *config, const char *key, const json_t *value)
{
    return !value || json_object_set(config, key, (json_t *)(uintptr_t)value) == 0;
}

static bool rename_options(json_t *config, const char *class_name)
{
    bool fine = true;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        bool own = strcmp(class_name, "Embedding") == 0 && strcmp(options[i].old, "output_dim") == 0;
        if (!own) fine = fine && put(config, options[i].name, keras_get(config, options[i].old));
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (!keras_get(config, sizes[i][0])) continue;
        json_t *list = json_array();
        for (size_t k = 0; k < 3 && sizes[i][k]; k++)
            fine = fine && json_array_append(list, json_object_get(config, sizes[i][k])) == 0;
        fine = json_object_set_new(config, "kernel_size", list) == 0 && fine;
    }
    const char *order = keras_text(config, "dim_ordering");
    if (order) fine = fine && json_object_set_new(config, "data_format", json_string(strcmp(order, "th") == 0
                                                                                         ? "channels_first"
                                                                                         : "channels_last")) == 0;
    return fine;
}

/* A Merge of a mode that has a class of its own; others stay. */
static bool rename_merge(json_t *config, const char **class_name)
{
    const char *mode = keras_text(config, "mode");
    for (size_t i = 0; mode && !keras_get(config, "layers") && i < sizeof merges / sizeof merges[0]; i++) {
        if (strcmp(merges[i].mode, mode) != 0) continue;
        *class_name = merges[i].name;
        return !merges[i].option || put(config, merges[i].option, keras_get(config, merges[i].old_option));
    }
    return true;
}

const json_t *keras_legacy_config(struct keras_source *s, const char **class_name, const json_t *config)
{
    json_t *copy = json_copy((json_t *)(uintptr_t)config);
    bool fine = keras_keep(s, copy) && rename_options(copy, *class_name);
    if (fine && strcmp(*class_name, "InputLayer") == 0) fine = put(copy, "dtype", keras_get(copy, "input_dtype"));
    if (fine && strcmp(*class_name, "Merge") == 0) fine = rename_merge(copy, class_name);
    for (size_t i = 0; i < sizeof class_names / sizeof class_names[0]; i++)
        if (strcmp(class_names[i].old, *class_name) == 0) *class_name = class_names[i].name;
    if (!fine && s->status == TFP_OK) s->status = tfp_no_memory(s->ctx);
    return fine ? copy : NULL;
}

/* -- weights of Keras 1 -------------------------------------------------------------------------------------------- */

struct keras_turn {
    size_t n; /* axes in the file */
    int64_t perm[KERAS_WEIGHT_RANK];
    bool drops_second; /* the axis behind the first, which is 1 */
};

static const struct keras_turn turn_1d = { 4, { 0, 1, 2, 3 }, true }, turn_old_1d = { 4, { 2, 3, 1, 0 }, true };
static const struct keras_turn turn_2d = { 4, { 2, 3, 1, 0 }, false }, turn_3d = { 5, { 2, 3, 4, 1, 0 }, false };
static const struct keras_turn turn_back_last = { 4, { 0, 1, 3, 2 }, false }, turn_back = { 4, { 2, 3, 0, 1 }, false };

static const struct {
    const char *class_name, *format; /* data_format */
    const struct keras_turn *turn;   /* of kernels */
} turns[] = {
    { "Conv1D", NULL, &turn_1d },
    { "Conv2D", "channels_first", &turn_2d },
    { "Conv2DTranspose", "channels_first", &turn_back },
    { "Conv2DTranspose", "channels_last", &turn_back_last },
    { "Conv3D", "channels_first", &turn_3d },
    { "ConvLSTM2DCell", "channels_first", &turn_2d },
};

/* Gates in the order of Keras 2, by their places in the file: Keras 1 lists i c f o. */
static const uint8_t lstm_gates[] = { 0, 2, 1, 3 }, gru_gates[] = { 0, 1, 2 };

static const struct {
    const char *class_name;
    const uint8_t *order;
    size_t n;
} gates[] = {
    { "ConvLSTM2DCell", lstm_gates, 4 },
    { "GRUCell", gru_gates, 3 },
    { "LSTMCell", lstm_gates, 4 },
};

static bool is_kernel(const struct keras_weight *w)
{
    return strcmp(w->name, "kernel") == 0 || strcmp(w->name, "recurrent_kernel") == 0;
}

/* The shape of what the file has, from the shape that rules take. */
static void turn_dims(struct keras_weight *w)
{
    const struct keras_turn *t = w->turn;
    int64_t dims[KERAS_WEIGHT_RANK] = { 0 };
    if (w->rank != (int32_t)t->n) { /* not told, or of one dimension, which has two forms */
        w->rank = KERAS_ANY;
        return;
    }
    memcpy(dims, w->dims, t->n * sizeof *dims);
    for (size_t i = 0; i < t->n; i++) w->dims[t->perm[i]] = dims[i];
}

static void turn_kernels(struct keras_layer *l)
{
    const char *format = config_text(l, "data_format", "channels_last");
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        if (strcmp(turns[i].class_name, l->class_name) != 0) continue;
        if (turns[i].format && strcmp(turns[i].format, format) != 0) continue;
        for (size_t k = 0; k < l->n_weights; k++) {
            if (!is_kernel(&l->weights[k])) continue;
            l->weights[k].turn = turns[i].turn;
            turn_dims(&l->weights[k]);
        }
    }
}

/* Each gate's part has the last axis of its own, in kernels of channels first the first one. */
static void part_gates(struct keras_layer *l, size_t n)
{
    struct keras_source *s = (struct keras_source *)(uintptr_t)l->source;
    for (size_t i = 0; i < l->n_weights; i++) {
        struct keras_weight *w = &l->weights[i];
        if (!(w->parts = ARENA_ARRAY(&s->arena, struct keras_weight, n))) {
            if (s->status == TFP_OK) s->status = tfp_no_memory(s->ctx);
            return;
        }
        w->n_parts = n;
        for (size_t g = 0; g < n; g++) {
            w->parts[g] = (struct keras_weight){ .name = w->name, .trainable = w->trainable, .rank = w->rank };
            for (int32_t k = 0; k < w->rank; k++) w->parts[g].dims[k] = w->dims[k];
            int64_t *last = w->rank > 0 ? &w->parts[g].dims[w->turn ? w->turn->perm[w->rank - 1] : w->rank - 1] : NULL;
            if (last && *last > 0) *last /= (int64_t)n;
        }
    }
}

void keras_legacy_weights(struct keras_layer *l)
{
    const char *memory = config_text(l, "consume_less", "cpu");
    turn_kernels(l);
    for (size_t i = 0; i < sizeof gates / sizeof gates[0]; i++) {
        bool apart = strcmp(gates[i].class_name, l->class_name) == 0 && strcmp(memory, "gpu") != 0;
        if (apart) part_gates(l, gates[i].n);
    }
}

/* -- what rules take ----------------------------------------------------------------------------------------------- */

static const uint8_t *order_of(const struct keras_layer *l)
{
    for (size_t i = 0; i < sizeof gates / sizeof gates[0]; i++)
        if (strcmp(gates[i].class_name, l->class_name) == 0) return gates[i].order;
    return gru_gates;
}

/* Keras 1.0 had the axes of one-dimensional kernels as [filters, in, length, 1]. */
static bool is_old_1d(const struct keras_layer *l, const struct ir_value *v)
{
    int64_t filters = config_int((struct keras_layer *)(uintptr_t)l, "filters", 0);
    return v->dims[1].n != 1 || v->dims[3].n != filters;
}

static struct ir_value *turned(struct build *b, const struct keras_layer *l, const struct keras_turn *t, struct ir_value *v)
{
    if (!t || !v || v->rank != (int32_t)t->n) return v;
    bool old = t == &turn_1d && is_old_1d(l, v);
    v = ir_transpose(b, v, old ? turn_old_1d.perm : t->perm, t->n);
    return t->drops_second ? SQUEEZE(b, v, 1) : v;
}

/* Layers whose kernels Keras turns around when another backend than Theano reads them. */
static bool is_turned_by_theano(const struct keras_layer *l)
{
    static const char *const names[] = { "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2DCell",
                                         "Convolution1D", "Convolution2D", "Convolution3D", "Convolution2DTranspose" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], l->class_name) == 0) return true;
    return false;
}

struct ir_value *keras_legacy_value(struct keras_call *c, const struct keras_layer *l, const struct keras_weight *w,
                                    struct ir_value *const *arrays, size_t n)
{
    static const int64_t spatial[] = { 0, 1, 2 };
    struct ir_value *parts[KERAS_WEIGHT_RANK], *v;
    const uint8_t *order = order_of(l);
    for (size_t i = 0; i < n && n > 1; i++) parts[i] = turned(c->b, l, w->turn, arrays[order[i]]);
    v = n > 1 ? ir_concat(c->b, parts, n, -1) : turned(c->b, l, w->turn, arrays[0]);
    if (c->source->theano && v && v->rank > 2 && v->rank <= 5 && is_kernel(w) && is_turned_by_theano(l))
        v = form_reverse(c->b, v, spatial, (size_t)v->rank - 2);
    return v;
}
