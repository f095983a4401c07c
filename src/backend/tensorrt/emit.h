/* Layers of a TensorRT network while the IR is walked: what the rows of layers/ are written with. The first failure sticks
 * in emit.status and later calls give NULL, as with ir/build.h: a row reads like the formula it is. NULL given as a tensor
 * passes through as an earlier failure.
 *
 * Types: an IR type is represented by the nearest one that the library computes with (emit_type()). Whole numbers of 8 and
 * 16 bits are INT32 and INT64 is INT32 where the library lacks it; the edges of the network convert. */
#ifndef TFP_TRT_EMIT_H
#define TFP_TRT_EMIT_H

#include "backend/tensorrt/trt_types.h"
#include "ir/ir.h"

#include <string.h>

typedef struct trt_tensor *tensor_p;
typedef struct trt_layer *layer_p;

struct emit_options {
    enum trt_type low;   /* TRT_HALF or TRT_BF16: the builder may compute with it (families with precision flags); else FLOAT */
    bool strongly_typed; /* the network's types are what is computed with */
    /* Names of nodes that stay in float32 where `low` is allowed; NULL: none. */
    bool (*keeps_float)(const void *user, const char *name);
    const void *user;
};

/* Where a symbol of the graph can be read: dimension `axis` of a tensor. */
struct emit_symbol {
    tensor_p tensor;
    int32_t axis;
};

struct emit {
    struct tfp_context *ctx;
    struct trt *t;
    struct trt_network *net;
    struct ir_graph *graph;
    const struct emit_options *options;
    struct arena arena;         /* converted weights, names: until the network's last build */
    const struct ir_node *node; /* at hand */
    int32_t named;              /* layers of the network that have names already */
    struct map names;           /* those names, and how often each was wanted */
    tensor_p *tensors;          /* by ir_value.mark; [0] is not used */
    size_t n_tensors, room;
    struct emit_symbol *symbols; /* by dim.sym */
    size_t n_symbols;
    tfp_status status;
    const char *why; /* set when a row declines */
    bool doubles, narrowed; /* told once: float64 computed as float32, int64 as int32 */
};

/* A row makes layers for a node and emit_out()s each used output. False: declined, and no layer was made; e->why may tell
 * what stands in the way. A declined node is rewritten in simpler ops (decompose/), or refused by name. */
typedef bool emit_fn(struct emit *e, const struct ir_node *n);
struct emit_row {
    enum ir_op op;
    emit_fn *run;
};
struct emit_rows {
    const struct emit_row *rows;
    size_t n;
};

static inline bool emit_decline(struct emit *e, const char *why)
{
    e->why = why;
    return false;
}

/* Sticks a failure of TensorRT's at the node at hand, with what it logged; returns NULL. */
tensor_p emit_fail(struct emit *e, const char *what);
/* Sticks TFP_E_UNSUPPORTED with a reason of our own. */
__attribute__((format(printf, 2, 3))) tensor_p emit_refuse(struct emit *e, const char *format, ...);

/* -- types --------------------------------------------------------------------------------------------------------- */

/* What the library computes an IR type with; false: nothing (strings, complex numbers). */
bool emit_type(struct emit *e, tfp_dtype dtype, enum trt_type *out);
enum trt_type emit_index_type(const struct emit *e); /* of shapes and indices: INT64, or INT32 on TensorRT 8 */
bool emit_is_float(enum trt_type type);
enum trt_type emit_type_of(struct emit *e, tensor_p x);
/* x itself when it has that type. */
tensor_p emit_cast(struct emit *e, tensor_p x, enum trt_type to);

/* -- values of the IR ---------------------------------------------------------------------------------------------- */

/* The tensor behind input i (a constant becomes a layer when it is first asked for); NULL: absent, or failed. */
tensor_p emit_in(struct emit *e, const struct ir_node *n, size_t i);
/* The same with ones before its dimensions up to `rank`, as broadcasting wants it. */
tensor_p emit_in_rank(struct emit *e, const struct ir_node *n, size_t i, int32_t rank);
/* Input i as INT32 or INT64 1-d shape values of the library's own index type. */
tensor_p emit_in_index(struct emit *e, const struct ir_node *n, size_t i);
/* Output i of the node is `x` from now on, brought back into its range where the op can leave it; false when x is NULL. */
bool emit_out(struct emit *e, const struct ir_node *n, size_t i, tensor_p x);
static inline bool emit_give(struct emit *e, const struct ir_node *n, tensor_p x)
{
    return emit_out(e, n, 0, x);
}
/* Dimensions as TensorRT takes them: -1 where they are open. Rank unknown or above TensorRT's: n -1. */
struct trt_dims emit_dims_of(const struct ir_value *v);
/* All are numbers. */
bool emit_is_static(const struct trt_dims *d);

/* The layers of a body of the node at hand, between its inputs (NULL: one that it does not use) and outputs. False: it
 * failed, or something in the body is refused, and with it the node: its row is done. */
bool emit_body(struct emit *e, struct ir_graph *body, tensor_p const *in, tensor_p *out);

/* -- constants ----------------------------------------------------------------------------------------------------- */

/* A constant layer; values that its type cannot hold are refused. */
tensor_p emit_constant(struct emit *e, const struct tensor *t);
/* The values as weights of another layer, converted to `type` where needed; false sticks. */
bool emit_weights(struct emit *e, const struct tensor *t, enum trt_type type, struct trt_weights *out);
tensor_p emit_ints(struct emit *e, const int64_t *at, int32_t n); /* 1-d, of the index type */
#define EMIT_INTS(e, ...)                                                                                              \
    emit_ints((e), (const int64_t[]){ __VA_ARGS__ }, sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))
tensor_p emit_int(struct emit *e, int64_t value, enum trt_type type); /* 0-d INT32 or INT64 */
/* One number of any type and rank (all dimensions 1). */
tensor_p emit_number(struct emit *e, double value, enum trt_type type, int32_t rank);
/* The same of x's type and rank. */
tensor_p emit_like(struct emit *e, tensor_p x, double value);

/* -- common forms -------------------------------------------------------------------------------------------------- */

int32_t emit_rank(struct emit *e, tensor_p x);
/* Output 0 of a layer; NULL layers stick as failures. */
tensor_p emit_layer(struct emit *e, layer_p l);
tensor_p emit_unary(struct emit *e, enum trt_unary op, tensor_p x);
tensor_p emit_activation(struct emit *e, enum trt_activation a, tensor_p x, float alpha, float beta);
/* Ranks are aligned; types must be equal. */
tensor_p emit_binary(struct emit *e, enum trt_binary op, tensor_p a, tensor_p b);
/* Whole numbers: x modulo y with y's sign. */
tensor_p emit_modulo(struct emit *e, tensor_p x, tensor_p y);
/* Whole numbers that wrap around as those of a type do that is narrower than what holds them; of others x itself. */
tensor_p emit_wrap(struct emit *e, tensor_p x, tfp_dtype dtype);
tensor_p emit_select(struct emit *e, tensor_p condition, tensor_p yes, tensor_p no);
tensor_p emit_transpose(struct emit *e, tensor_p x, const int32_t *order, int32_t n);
/* To these IR dimensions: by numbers and one computed dimension where that says it all, else through a shape tensor of
 * emit_shape_of(). */
tensor_p emit_reshape(struct emit *e, tensor_p x, const struct dim *dims, int32_t n);
tensor_p emit_reshape_to(struct emit *e, tensor_p x, tensor_p shape); /* 1-d values, real ones (0 is zero) */
/* Ones before the dimensions up to `rank`. */
tensor_p emit_to_rank(struct emit *e, tensor_p x, int32_t rank);
tensor_p emit_reduce(struct emit *e, enum trt_reduce op, tensor_p x, uint32_t axes, bool keep);
tensor_p emit_concat(struct emit *e, tensor_p const *x, int32_t n, int32_t axis);
tensor_p emit_gather(struct emit *e, tensor_p x, tensor_p indices, int32_t axis);
/* The same with 1-d index tensors in place of start and size where they are not NULL, reading outside as `mode` says
 * (`fill`: a 0-d tensor of x's type for TRT_SAMPLE_FILL, or NULL). `numbers` are used for what is NULL. */
struct emit_window {
    struct trt_dims start, size, stride;
    tensor_p start_tensor, size_tensor, stride_tensor;
    enum trt_sample mode;
    tensor_p fill;
};
tensor_p emit_window(struct emit *e, tensor_p x, const struct emit_window *w);
/* `size` elements from `start` along one axis; other dimensions may be open. */
tensor_p emit_slice_axis(struct emit *e, tensor_p x, int32_t axis, int64_t start, int64_t size);
/* Result dimension i is dimension from[i] of x, or 1 where from[i] is -1. */
tensor_p emit_reshape_axes(struct emit *e, tensor_p x, const int32_t *from, int32_t n);
/* Broadcast to a shape (1-d index tensor) of the same rank. */
tensor_p emit_expand_to(struct emit *e, tensor_p x, tensor_p shape);

/* -- shapes -------------------------------------------------------------------------------------------------------- */

tensor_p emit_shape(struct emit *e, tensor_p x); /* 1-d, of the index type */
/* 1-d shape values of IR dimensions: numbers, and symbols read where they were seen; NULL and a sticking refusal when a
 * symbol was not. */
tensor_p emit_shape_of(struct emit *e, const struct dim *dims, int32_t n);
/* Whether emit_shape_of() will do. */
bool emit_knows_dims(const struct emit *e, const struct dim *dims, int32_t n);

/* -- attributes ---------------------------------------------------------------------------------------------------- */

/* A negative axis counted from the end. */
static inline int32_t emit_axis(int64_t axis, int32_t rank)
{
    return (int32_t)(axis < 0 ? axis + rank : axis);
}
/* Constant integers behind input i; -1: they are not constant or more than `room`. */
static inline int64_t emit_in_ints(const struct ir_node *n, size_t i, int64_t *at, size_t room)
{
    const struct ir_value *v = ir_in(n, i);
    return v ? ir_known_ints(v, at, room) : -1;
}

#endif
