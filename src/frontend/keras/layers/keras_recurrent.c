/* Recurrent layers and their wrappers. */
#include "frontend/keras/layers/keras_cells.h"

#include <stdlib.h>

enum { STATES_MOST = 32, CELLS_MOST = 16 };

static const enum cell cell_simple = CELL_SIMPLE, cell_gru = CELL_GRU, cell_lstm = CELL_LSTM, cell_conv = CELL_CONV_LSTM;

static void declare_stacked(struct keras_layer *l)
{
    const json_t *cells = keras_get(l->config, "cells");
    for (size_t i = 0; i < json_array_size(cells); i++) {
        struct keras_layer *cell = keras_child_add(l, "cells", json_array_get(cells, i));
        if (cell) cell->listed = true;
    }
}

static void declare_with_cell(struct keras_layer *l)
{
    const char *cell_class = l->class->variant; /* the cell within has the layer's configuration */
    keras_child_make(l, "cell", cell_class, l->config);
}

static void declare_rnn(struct keras_layer *l)
{
    keras_child_add(l, "cell", keras_get(l->config, "cell"));
}

/* -- layers -------------------------------------------------------------------------------------------------------- */

struct recurrent {
    struct ir_value *y, *states[STATES_MOST];
    size_t n_states;
};

static size_t cells_of(struct keras_layer *l, struct keras_layer **cells)
{
    struct keras_layer *cell = keras_child(l, "cell");
    if (!cell) return cells[0] = l, 1; /* cuDNN's */
    if (strcmp(cell->class_name, "StackedRNNCells") != 0) return cells[0] = cell, 1;
    size_t n = cell->n_children < CELLS_MOST ? cell->n_children : 0;
    for (size_t i = 0; i < n; i++) cells[i] = cell->children[i];
    return n;
}

/* What the layer computes; in the order of the input, all steps or the last. r->states has the initial ones. */
static bool run_layer(struct keras_call *c, struct keras_layer *l, struct sequence s, bool zeros, struct recurrent *r)
{
    struct build *b = c->b;
    struct keras_layer *cells[CELLS_MOST];
    size_t n = cells_of(l, cells), at = 0;
    bool sequences = config_bool(l, "return_sequences", false);
    if (!n) return call_unsupported(c, "no cells, or more than %d", (int)CELLS_MOST), false;
    for (size_t i = 0; i < n && b->status == TFP_OK; i++) {
        bool last = i + 1 == n;
        if (!cell_is_known(cells[i])) {
            call_unsupported(c, "cell %s (%s): a class that is not known here", cells[i]->name, cells[i]->class_name);
            break;
        }
        struct ir_value *y = cell_run(c, cells[i], &s, &r->states[at], zeros && last);
        if (last) r->y = y;
        s.x = y;
        if (last && !sequences && s.mask && zeros) r->y = cell_at_time(b, y, s.reverse ? 0 : -1);
        else if (last && !sequences) r->y = r->states[at];
        at += cell_states(cell_kind(cells[i]));
    }
    r->n_states = at;
    return b->status == TFP_OK;
}

/* Initial states: an argument, or the inputs behind the first. */
static void read_states(struct keras_call *c, struct recurrent *r)
{
    struct keras_tensor states[STATES_MOST];
    size_t n = call_tensors(c, call_argument(c, 1, "initial_state"), states, STATES_MOST);
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < n; i++) r->states[i] = states[i].value;
    for (size_t i = 1; n == 0 && i < c->n_in && i <= STATES_MOST; i++) r->states[i - 1] = call_in(c, i);
    if (keras_get(c->layer->config, "num_constants") && config_int(c->layer, "num_constants", 0) > 0)
        call_unsupported(c, "constants of a cell");
}

/* The mask that the steps get. Keras 3 hands the input's on by itself only where it is the one tensor of the call. */
static struct ir_value *mask_of(struct keras_call *c, const struct recurrent *given)
{
    const bool alone = c->source->generation < 3 || !given->states[0];
    return c->n_in && (alone || call_argument(c, 2, "mask")) ? c->in[0].mask : NULL;
}

static bool zero_output(struct keras_layer *l)
{
    return config_bool(l, "zero_output_for_mask", false);
}

static struct ir_value *as_batch_major(struct keras_call *c, struct keras_layer *l, struct ir_value *x)
{
    if (!config_bool(l, "time_major", false) || !x || x->rank < 2) return x;
    return form_move_axis(c->b, x, x->rank, 1, 0);
}

static void lower_recurrent(struct keras_call *c)
{
    struct recurrent r;
    struct keras_layer *l = c->layer;
    read_states(c, &r);
    struct sequence s = { as_batch_major(c, l, call_in(c, 0)), mask_of(c, &r), config_bool(l, "go_backwards", false) };
    bool sequences = config_bool(l, "return_sequences", false);
    if (c->b->status != TFP_OK || !run_layer(c, l, s, zero_output(l), &r)) return;
    if (sequences && s.reverse) r.y = form_reverse(c->b, r.y, (const int64_t[]){ 1 }, 1);
    call_out(c, sequences ? as_batch_major(c, l, r.y) : r.y);
    if (sequences) call_mask(c, c->in[0].mask);
    for (size_t i = 0; config_bool(l, "return_state", false) && i < r.n_states; i++) call_out(c, r.states[i]);
}

/* -- Bidirectional ------------------------------------------------------------------------------------------------- */

static struct keras_layer *add_direction(struct keras_layer *l, const char *attribute, const json_t *layer)
{
    struct keras_layer *child = keras_child_add(l, attribute, layer);
    struct keras_source *s = (struct keras_source *)(uintptr_t)l->source;
    if (!child) return NULL;
    const char *prefix = strcmp(attribute, "forward_layer") == 0 ? "forward_" : "backward_";
    if (strncmp(child->name, prefix, strlen(prefix)) == 0) return child;
    const char *name = arena_printf(&s->arena, "%s%s", prefix, child->name);
    if (name) child->name = name;
    return child;
}

static void declare_bidirectional(struct keras_layer *l)
{
    const json_t *layer = keras_get(l->config, "layer"), *backward = keras_get(l->config, "backward_layer");
    add_direction(l, "forward_layer", layer);
    add_direction(l, "backward_layer", backward ? backward : layer);
}

/* Since TensorFlow 1.14 the outputs of steps that are left out are zeros where a wrapped layer gives all steps. */
static bool zeros_in_bidirectional(const struct keras_call *c, struct keras_layer *l)
{
    bool standalone = c->source->generation < 3 && strncmp(c->source->keras_version, "2.", 2) == 0 &&
                      !strstr(c->source->keras_version, "-tf") && atoi(c->source->keras_version + 2) < 4;
    return zero_output(l) || (!standalone && config_bool(l, "return_sequences", false));
}

static struct ir_value *merge(struct keras_call *c, const char *mode, struct ir_value *x, struct ir_value *y)
{
    struct build *b = c->b;
    if (!x || !y) return NULL;
    if (strcmp(mode, "concat") == 0) return CONCAT(b, -1, x, y);
    if (strcmp(mode, "sum") == 0) return ir_add(b, x, y);
    if (strcmp(mode, "mul") == 0) return ir_mul(b, x, y);
    if (strcmp(mode, "ave") == 0) return ir_div(b, ir_add(b, x, y), ir_like(b, x, 2));
    return call_malformed(c, "merge_mode %s", mode);
}

static bool is_recurrent(const struct keras_layer *l)
{
    return l && l->class && (l->class->lower == lower_recurrent);
}

static void lower_bidirectional(struct keras_call *c)
{
    struct recurrent given, r[2];
    struct keras_layer *l[2] = { keras_child(c->layer, "forward_layer"), keras_child(c->layer, "backward_layer") };
    const json_t *mode = json_object_get(c->layer->config, "merge_mode");
    if (!is_recurrent(l[0]) || !is_recurrent(l[1])) {
        call_unsupported(c, "layers other than recurrent ones");
        return;
    }
    read_states(c, &given);
    struct sequence s = { call_in(c, 0), mask_of(c, &given), false };
    size_t n_given = 0;
    while (n_given < STATES_MOST && given.states[n_given]) n_given++;
    for (size_t i = 0; i < 2; i++) {
        memset(&r[i], 0, sizeof r[i]);
        for (size_t k = 0; k < n_given / 2; k++) r[i].states[k] = given.states[i * (n_given / 2) + k];
        s.reverse = i == 1;
        if (c->b->status == TFP_OK) run_layer(c, l[i], s, zeros_in_bidirectional(c, l[i]), &r[i]);
    }
    if (c->b->status != TFP_OK) return;
    bool sequences = config_bool(l[0], "return_sequences", false), apart = mode && !json_is_string(mode);
    if (apart) {
        call_out(c, r[0].y);
        if (sequences) call_mask(c, c->in[0].mask);
        call_out(c, r[1].y);
    } else {
        call_out(c, merge(c, mode ? json_string_value(mode) : "concat", r[0].y, r[1].y));
    }
    if (sequences) call_mask(c, c->in[0].mask);
    for (size_t i = 0; config_bool(l[0], "return_state", false) && i < 2; i++)
        for (size_t k = 0; k < r[i].n_states; k++) call_out(c, r[i].states[k]);
}

/* -- TimeDistributed ----------------------------------------------------------------------------------------------- */

/* Batch and time become one axis for the inner layer. */
static void lower_time_distributed(struct keras_call *c)
{
    struct build *b = c->b;
    struct keras_tensor in[KERAS_IN_MOST];
    struct ir_value *x = call_in(c, 0);
    if (call_rank(c, x) < 2) return;
    struct ir_value *batch = ir_dim(b, x, 0), *time = ir_dim(b, x, 1);
    for (size_t i = 0; i < c->n_in; i++) {
        struct ir_value *v = call_in(c, i);
        struct ir_value *both = form_product(b, form_dims(b, v, 0, 2));
        in[i] = (struct keras_tensor){ FORM_RESHAPE(b, v, both, form_dims(b, v, 2, INT64_MAX)), NULL };
    }
    struct keras_tensor y = call_layer(c, keras_child(c->layer, "layer"), in, c->n_in);
    call_out(c, FORM_RESHAPE(b, y.value, batch, time, form_dims(b, y.value, 1, INT64_MAX)));
    call_mask(c, c->in[0].mask ? c->in[0].mask : y.mask && y.mask->rank == 1 ? FORM_RESHAPE(b, y.mask, batch, time) : NULL);
}

#define CELL(name, kind) { name, cell_declare, NULL, KERAS_MASK_STOPS, false, &kind, "a cell outside of a recurrent layer" }
#define LAYER(name, cell_class)                                                                                        \
    { name, declare_with_cell, lower_recurrent, KERAS_MASK_OWN, false, cell_class, NULL }
#define CONV(name, cell_class)                                                                                         \
    { name, declare_with_cell, lower_recurrent, KERAS_MASK_OWN, false, cell_class, NULL }
#define CONV_CELL(name)                                                                                                \
    { name, cell_declare_conv, NULL, KERAS_MASK_STOPS, false, &cell_conv, "a cell outside of a recurrent layer" }

static const struct keras_class classes[] = {
    { "Bidirectional", declare_bidirectional, lower_bidirectional, KERAS_MASK_OWN, false, NULL,
      "other layers than recurrent ones" },
    CONV("ConvLSTM1D", "ConvLSTM1DCell"),
    CONV_CELL("ConvLSTM1DCell"),
    CONV("ConvLSTM2D", "ConvLSTM2DCell"),
    CONV_CELL("ConvLSTM2DCell"),
    CONV("ConvLSTM3D", "ConvLSTM3DCell"),
    CONV_CELL("ConvLSTM3DCell"),
    { "CuDNNGRU", cell_declare_cudnn, lower_recurrent, KERAS_MASK_OWN, false, &cell_gru, NULL },
    { "CuDNNLSTM", cell_declare_cudnn, lower_recurrent, KERAS_MASK_OWN, false, &cell_lstm, NULL },
    LAYER("GRU", "GRUCell"),
    CELL("GRUCell", cell_gru),
    LAYER("LSTM", "LSTMCell"),
    CELL("LSTMCell", cell_lstm),
    { "RNN", declare_rnn, lower_recurrent, KERAS_MASK_OWN, false, NULL, "cells of other classes; constants" },
    LAYER("SimpleRNN", "SimpleRNNCell"),
    CELL("SimpleRNNCell", cell_simple),
    { "StackedRNNCells", declare_stacked, NULL, KERAS_MASK_STOPS, false, NULL, "a cell outside of a recurrent layer" },
    { "TimeDistributed", keras_declare_wrapper, lower_time_distributed, KERAS_MASK_OWN, false, NULL, NULL },
};

extern const struct keras_family keras_family_recurrent;
KERAS_FAMILY(recurrent, "Recurrent");
