/* Forms that the rules of all frontends share: element types that an IR op takes, small integer tensors whose elements
 * are partly known, and shapes put together from pieces. Everything accepts NULL values (an earlier failure). */
#ifndef TFP_IR_FORMS_H
#define TFP_IR_FORMS_H

#include "ir/build.h"

static inline tfp_dtype form_dtype(const struct ir_value *v)
{
    return v ? v->dtype : TFP_UNDEFINED;
}
static inline int32_t form_rank(const struct ir_value *v)
{
    return v ? v->rank : -1;
}
static inline bool form_is_complex(const struct ir_value *v)
{
    return v && dtype_is_complex(v->dtype);
}

/* -- element types -- */

/* `dtype` where the newest `op` takes it, else the narrowest type that holds all its values and that `op` takes;
 * `dtype` itself when there is none (inference then says what is wrong). */
tfp_dtype form_wide(enum ir_op op, tfp_dtype dtype);
/* `op` on x computed in form_wide()'s type and cast back. */
struct ir_value *form_unary(struct build *b, enum ir_op op, struct ir_value *x);
struct ir_value *form_binary(struct build *b, enum ir_op op, struct ir_value *x, struct ir_value *y);
struct ir_value *form_reduce(struct build *b, enum ir_op op, struct ir_value *x, const int64_t *axes, size_t n,
                             bool keep);
/* Rank 0: the lowest or the highest finite value of a numeric type. */
struct ir_value *form_extreme(struct build *b, tfp_dtype dtype, bool highest);

/* -- small integer tensors -- */

struct ir_value *form_scalar(struct build *b, struct ir_value *v);             /* one element of any rank, as rank 0 */
struct ir_value *form_vector(struct build *b, struct ir_value *v);             /* anything, as rank 1 */
struct ir_value *form_element(struct build *b, struct ir_value *v, int64_t i); /* element i of a vector, rank 1 */
bool form_known(const struct ir_value *v, size_t i, int64_t *out);             /* element i is a known number */
bool form_nonnegative(const struct build *b, const struct ir_value *v);        /* surely every element is */
struct ir_value *form_iota(struct build *b, struct ir_value *n);    /* 0, 1 .. n-1 as int64; n: one element */
struct ir_value *form_product(struct build *b, struct ir_value *v); /* of a vector's elements, rank 1 */
/* Rank 1 of n ones, n itself one element that need not be known. */
struct ir_value *form_ones(struct build *b, struct ir_value *n);

/* -- shapes -- */

struct ir_value *form_dim(struct build *b, struct ir_value *x, int64_t axis); /* int64, rank 0 */
/* Dimensions from..to-1 of x as a vector; to INT64_MAX: all the rest. */
struct ir_value *form_dims(struct build *b, struct ir_value *x, int64_t from, int64_t to);
/* x reshaped to the concatenation of vectors; one element that is not known becomes -1: no shape is computed then. */
struct ir_value *form_reshape(struct build *b, struct ir_value *x, struct ir_value *const *parts, size_t n);
#define FORM_RESHAPE(b, x, ...) form_reshape((b), (x), IN(__VA_ARGS__))
/* x with axis `from` moved to stand at `to`; 0 <= both < rank. */
struct ir_value *form_move_axis(struct build *b, struct ir_value *x, int64_t rank, int64_t from, int64_t to);
/* A vector [n] as [n,1,..,1] with `after` ones behind it. */
struct ir_value *form_column(struct build *b, struct ir_value *v, int64_t after);
/* x of any dtype repeated to the dims given by a vector (from rank 0). */
struct ir_value *form_zeros(struct build *b, tfp_dtype dtype, struct ir_value *dims);
/* x reversed along the axes. */
struct ir_value *form_reverse(struct build *b, struct ir_value *x, const int64_t *axes, size_t n);

#endif
