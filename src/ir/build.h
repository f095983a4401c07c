/* Building expressions. The first failure sticks in build.status and every later call returns NULL, so that a rule is
 * written as the formula it is and checks once. NULL given as a value means an absent optional input, or an earlier
 * failure. Each node is inferred as it is made; small results whose inputs are all constant become constants at once. */
#ifndef TFP_IR_BUILD_H
#define TFP_IR_BUILD_H

#include "ir/ir.h"

struct build {
    struct tfp_context *ctx;
    struct ir_graph *graph;
    struct ir_node *before; /* where nodes go; NULL: the end */
    const char *scope;      /* name given to nodes: the source's node */
    tfp_status status;
};

/* Sticks `status` (message already set) and returns NULL. */
struct ir_value *build_fail(struct build *b, tfp_status status);

#define IN(...) (struct ir_value *[]){ __VA_ARGS__ }, sizeof((struct ir_value *[]){ __VA_ARGS__ }) / sizeof(struct ir_value *)

/* A node with one output. Trailing absent inputs are dropped. */
struct ir_value *ir_emit(struct build *b, enum ir_op op, struct ir_value *const *in, size_t n_in,
                         const struct ir_attr *attrs);
/* A node with n_out outputs, put into out[]; returns out[0]. */
struct ir_value *ir_emit_many(struct build *b, enum ir_op op, struct ir_value *const *in, size_t n_in,
                              const struct ir_attr *attrs, size_t n_out, struct ir_value **out);

/* -- constants -- */
struct ir_value *ir_ints(struct build *b, const int64_t *at, size_t n); /* int64, rank 1 */
#define INTS(b, ...) ir_ints((b), (const int64_t[]){ __VA_ARGS__ }, sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))
struct ir_value *ir_int(struct build *b, int64_t value);                            /* int64, rank 0 */
struct ir_value *ir_scalar(struct build *b, tfp_dtype dtype, double value);         /* rank 0, any numeric or bool */
struct ir_value *ir_like(struct build *b, const struct ir_value *x, double value);  /* rank 0 of x's dtype */
struct ir_value *ir_tensor(struct build *b, tfp_dtype dtype, size_t rank, const int64_t *dims, const void *data); /* copied */
/* A constant of another graph, which need not live as long as this one. */
struct ir_value *ir_constant_of(struct build *b, const struct ir_value *v);

/* -- common forms; axes may be negative -- */
struct ir_value *ir_unary(struct build *b, enum ir_op op, struct ir_value *x);
struct ir_value *ir_binary(struct build *b, enum ir_op op, struct ir_value *x, struct ir_value *y);
static inline struct ir_value *ir_add(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_ADD, x, y);
}
static inline struct ir_value *ir_sub(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_SUB, x, y);
}
static inline struct ir_value *ir_mul(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_MUL, x, y);
}
static inline struct ir_value *ir_div(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_DIV, x, y);
}
struct ir_value *ir_where(struct build *b, struct ir_value *condition, struct ir_value *x, struct ir_value *y);
/* x itself when it has that type already. */
struct ir_value *ir_cast(struct build *b, struct ir_value *x, tfp_dtype to);
/* x itself when the permutation is the identity. */
struct ir_value *ir_transpose(struct build *b, struct ir_value *x, const int64_t *perm, size_t n);
#define TRANSPOSE(b, x, ...)                                                                                           \
    ir_transpose((b), (x), (const int64_t[]){ __VA_ARGS__ }, sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))
/* `shape`: int64 rank 1; -1 for one dimension is allowed, 0 is a real zero (allowzero is set where it can occur). */
struct ir_value *ir_reshape(struct build *b, struct ir_value *x, struct ir_value *shape);
#define RESHAPE(b, x, ...) ir_reshape((b), (x), INTS(b, __VA_ARGS__))
struct ir_value *ir_shape(struct build *b, struct ir_value *x);               /* int64, rank 1 */
struct ir_value *ir_dim(struct build *b, struct ir_value *x, int64_t axis);   /* int64, rank 1, one element */
struct ir_value *ir_squeeze(struct build *b, struct ir_value *x, const int64_t *axes, size_t n);   /* n 0: all ones */
struct ir_value *ir_unsqueeze(struct build *b, struct ir_value *x, const int64_t *axes, size_t n); /* of the result */
#define SQUEEZE(b, x, ...)                                                                                             \
    ir_squeeze((b), (x), (const int64_t[]){ __VA_ARGS__ }, sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))
#define UNSQUEEZE(b, x, ...)                                                                                           \
    ir_unsqueeze((b), (x), (const int64_t[]){ __VA_ARGS__ }, sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))
/* op: IR_REDUCE_...; n 0 with axes NULL: over all. */
struct ir_value *ir_reduce(struct build *b, enum ir_op op, struct ir_value *x, const int64_t *axes, size_t n, bool keep);
struct ir_value *ir_slice(struct build *b, struct ir_value *x, struct ir_value *starts, struct ir_value *ends,
                          struct ir_value *axes, struct ir_value *steps); /* axes and steps may be NULL */
struct ir_value *ir_slice_axis(struct build *b, struct ir_value *x, int64_t axis, int64_t start, int64_t end);
struct ir_value *ir_concat(struct build *b, struct ir_value *const *in, size_t n, int64_t axis);
#define CONCAT(b, axis, ...) ir_concat((b), IN(__VA_ARGS__), (axis))
struct ir_value *ir_gather(struct build *b, struct ir_value *x, struct ir_value *indices, int64_t axis);
struct ir_value *ir_expand(struct build *b, struct ir_value *x, struct ir_value *shape); /* numpy broadcasting, both ways */
struct ir_value *ir_matmul(struct build *b, struct ir_value *x, struct ir_value *y);
struct ir_value *ir_softmax(struct build *b, struct ir_value *x, int64_t axis);

#endif
