/* Cells of recurrent layers, run over all steps. Gate orders: Keras LSTM i f c o, GRU z r h; ONNX i o f c, z r h. */
#ifndef TFP_KERAS_LAYERS_CELLS_H
#define TFP_KERAS_LAYERS_CELLS_H

#include "frontend/keras/keras.h"

enum cell { CELL_SIMPLE, CELL_GRU, CELL_LSTM, CELL_CONV_LSTM }; /* variant of a cell's class */

enum cell cell_kind(const struct keras_layer *cell);
size_t cell_states(enum cell kind);
bool cell_is_known(const struct keras_layer *l); /* its class is one of these cells */
/* For the classes' `declare`. */
void cell_declare(struct keras_layer *l);
void cell_declare_cudnn(struct keras_layer *l);
void cell_declare_conv(struct keras_layer *l);

struct sequence {
    struct ir_value *x, *mask; /* [batch, time, ..], [batch, time] or NULL */
    bool reverse;
};

struct cell_weights { /* as Keras' compatible layers have them */
    struct ir_value *kernel, *recurrent, *bias, *recurrent_bias; /* [in, all], [units, all], [all]; biases may be NULL */
    int64_t units;
};

bool cell_read(struct keras_call *c, struct keras_layer *cell, struct cell_weights *w);
bool cell_resets_after(struct keras_layer *cell); /* a GRU */

/* One cell over all steps: the outputs [batch, time, ..] in the order of the input. `states` are the first ones (NULL:
 * zeros) and become the last ones. A step that the mask leaves out has the output before it, or with `zeros` none. */
struct ir_value *cell_run(struct keras_call *c, struct keras_layer *cell, const struct sequence *s, struct ir_value **states,
                          bool zeros);
/* The same step by step (keras_steps.c), for cells that are no op of ONNX. */
struct ir_value *cell_run_steps(struct keras_call *c, struct keras_layer *cell, const struct sequence *s,
                                struct ir_value **states, bool zeros);
struct ir_value *cell_at_time(struct build *b, struct ir_value *v, int64_t t); /* slice t of axis 1; -1: the last */

#endif
