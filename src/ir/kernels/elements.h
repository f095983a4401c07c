/* Walking over tensors element by element with numpy's multidirectional broadcasting. Operators give a plain loop over
 * contiguous runs; how operands stretch, convert and spread over threads is done here. */
#ifndef TFP_IR_KERNELS_ELEMENTS_H
#define TFP_IR_KERNELS_ELEMENTS_H

#include "ir/kernels/kernel.h"

enum { ELEMENTS_RUN = 512, ELEMENTS_MAX_IN = 3, ELEMENTS_PARALLEL = 32768 };

/* Scalars of an operator's attributes. */
struct element_params {
    float alpha, beta;
    bool flag, other_flag;
};

/* `n` elements (at most ELEMENTS_RUN) from each operand to `out`; none overlaps `out`. */
typedef void element_loop(const void *const *in, void *out, size_t n, const struct element_params *p);

struct element_op {
    size_t n_in;
    const struct tensor *in[ELEMENTS_MAX_IN];
    tfp_dtype as[ELEMENTS_MAX_IN]; /* what the loop takes; converted when the tensor has another type */
    tfp_dtype makes;               /* what the loop makes */
    tfp_dtype stored;              /* output 0's type */
    element_loop *loop;
    struct element_params params;
};

/* The type in which a value of type `t` is computed: float for float16 and bfloat16, else itself. */
tfp_dtype element_compute_type(tfp_dtype t);
/* Merges the shape of `t` into dims (of *rank; start with rank 0) by broadcasting. E_FORMAT when it does not fit. */
tfp_status element_broadcast(struct kernel *k, const struct tensor *t, size_t *rank, int64_t *dims);
/* Output 0 gets the operands' broadcast shape and is computed. */
tfp_status element_run(struct kernel *k, const struct element_op *op);
/* Output 0 = in[0] op in[1] op ... over all inputs of the node, rounded once; loop is a binary one of type `as`;
 * `finish` (or NULL) is a unary one applied to the result. */
tfp_status element_fold(struct kernel *k, tfp_dtype as, element_loop *loop, element_loop *finish,
                        const struct element_params *params);

#endif
