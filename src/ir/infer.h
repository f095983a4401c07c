/* What the families of inference functions share. A function reads its node's inputs and attributes and puts the shapes
 * of the outputs; what it does not put stays unknown (or as a frontend knew it). The meaning of every op is that of
 * ONNX's newest opset. Before it runs, the driver has checked arity, attribute kinds and element types against the
 * schema. Private to src/ir/infer*.c, shapes.c and symbols.c. */
#ifndef TFP_IR_INFER_H
#define TFP_IR_INFER_H

#include "base/status.h"
#include "ir/ir.h"

struct shape {
    int32_t rank; /* -1: unknown */
    struct dim at[TFP_MAX_RANK]; /* here DIM_UNKNOWN is allowed: becomes a fresh symbol when put */
};

/* The elements of a small tensor of integers, or of bools as 0 and 1. */
struct known {
    size_t n;
    struct dim at[IR_KNOWN_MAX];
};

struct infer {
    struct tfp_context *ctx;
    struct ir_graph *graph;
    struct ir_node *node;
    const struct schema *schema;
    tfp_dtype groups[16]; /* element type by schema group */
};

typedef tfp_status infer_fn(struct infer *s);
/* Fills out->at of an integer or bool output whose element count is out->n; all are unknown at first. */
typedef void infer_known_fn(struct infer *s, size_t output, struct known *out);

struct infer_row {
    enum ir_op op; /* IR_NONE ends a table */
    infer_fn *run; /* NULL: no shape is known */
    infer_known_fn *known; /* NULL: no elements are known */
};

extern const struct infer_row infer_elementwise_rows[], infer_shape_rows[], infer_index_rows[], infer_reduce_rows[],
    infer_window_rows[], infer_nn_rows[], infer_image_rows[], infer_signal_rows[], infer_control_rows[], infer_other_rows[],
    infer_own_rows[];

/* -- symbols.c -- */

static inline struct dim dim_unknown(void)
{
    return (struct dim){ 0, DIM_UNKNOWN };
}
static inline bool dim_is_unknown(struct dim d)
{
    return d.sym == DIM_UNKNOWN;
}
/* Surely not below zero. Unknown is not. */
bool dim_nonnegative(const struct ir_graph *g, struct dim d);

/* -- infer.c -- */

/* E_FORMAT (E_UNSUPPORTED) with "node NAME (Op): " before the text. */
__attribute__((format(printf, 2, 3), cold)) tfp_status infer_fail(struct infer *s, const char *format, ...);
__attribute__((format(printf, 2, 3), cold)) tfp_status infer_refuse(struct infer *s, const char *format, ...);

static inline bool infer_has(const struct infer *s, size_t i)
{
    return ir_in(s->node, i) != NULL;
}
/* Shape of input i; rank -1 when absent or unknown. */
struct shape infer_shape(const struct infer *s, size_t i);
tfp_dtype infer_dtype(const struct infer *s, size_t i); /* TFP_UNDEFINED when absent or unknown */
struct shape shape_unknown(void);
struct shape shape_of_rank(int32_t rank); /* every dimension unknown; a rank above the limit is refused when put */
struct shape shape_vector(struct dim length);

/* Sets output i, if the node has it. dtype TFP_UNDEFINED: as the schema says. */
tfp_status infer_put(struct infer *s, size_t i, tfp_dtype dtype, const struct shape *shape);
tfp_status infer_put_like(struct infer *s, size_t i, size_t input);
tfp_status infer_same(struct infer *s); /* output 0 has the shape of input 0 */

/* An element type in an attribute; `otherwise` when it is not set or 0. */
tfp_status infer_type_attr(struct infer *s, enum ir_attr_name name, tfp_dtype otherwise, tfp_dtype *out);
/* -rank..rank-1 to 0..rank-1. */
tfp_status infer_axis(struct infer *s, int64_t axis, int32_t rank, int32_t *out);
/* Several axes as a bit set; a repeated one fails. */
tfp_status infer_axes(struct infer *s, struct ir_ints axes, int32_t rank, uint32_t *out);
/* Fails when the input's rank is known and is another. */
tfp_status infer_need_rank(struct infer *s, size_t i, int32_t rank);
tfp_status infer_need_min_rank(struct infer *s, size_t i, int32_t rank);
/* Two dimensions that must be the same: a number wins; two numbers that differ fail. */
tfp_status infer_merge(struct infer *s, struct dim *into, struct dim d);
tfp_status infer_merge_shapes(struct infer *s, struct shape *into, const struct shape *other);
/* Numpy's multidirectional broadcasting; an unknown rank makes the result unknown. */
tfp_status infer_broadcast(struct infer *s, struct shape *into, const struct shape *other);
/* Checked arithmetic: overflow of numbers fails. */
tfp_status infer_mul(struct infer *s, struct dim a, struct dim b, struct dim *out);
tfp_status infer_add(struct infer *s, struct dim a, struct dim b, struct dim *out);

/* What is known of an integer or bool tensor of rank 0 or 1, constant or not; false when not even the count is (or it is above
 * IR_KNOWN_MAX). */
bool infer_elements(const struct ir_value *v, struct known *out);
/* Input i as numbers; false when absent or not all known. `room` takes TFP_MAX_RANK * 2 numbers. */
bool infer_numbers(const struct infer *s, size_t i, int64_t *room, struct ir_ints *out);
enum { INFER_NUMBERS = TFP_MAX_RANK * 2 };

/* -- known elements (infer_known.c) -- */
infer_known_fn known_identity, known_arithmetic, known_neg, known_abs, known_sign, known_clip, known_cast,
    known_comparison, known_logic, known_not, known_where, known_shape, known_size, known_gather, known_concat, known_slice, known_range,
    known_constant_of_shape, known_expand, known_tile, known_split, known_pad, known_scatter, known_reduce,
    known_cum_sum, known_constant;

#endif
