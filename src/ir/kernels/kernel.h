/* Reference kernels: every IR op's own arithmetic in plain C, used to fold constants and, by the CPU backend, for
 * whatever oneDNN does not do. A kernel looks at real values, so it always knows its outputs' shapes. */
#ifndef TFP_IR_KERNEL_H
#define TFP_IR_KERNEL_H

#include "ir/ir.h"

/* What a kernel keeps from one run of its node to the next: made of inputs that are constants of the node. */
struct kernel_memo {
    void *data; /* NULL: nothing yet */
    void (*free)(void *data);
};

struct kernel {
    struct tfp_context *ctx;
    const struct ir_node *node; /* attributes and name; its values' shapes may be less exact than the tensors here */
    const struct tensor *in;    /* dtype TFP_UNDEFINED: absent; always at least schema max_in (or n_in) entries */
    size_t n_in;
    struct tensor *out; /* filled through kernel_output() */
    size_t n_out;
    int threads; /* at most so many; at least 1 */
    struct kernel_memo *memo; /* NULL: the node runs once. Whoever has it frees it. */
    /* Gives a described output its memory (and owner); set by whoever runs the kernel. */
    tfp_status (*allocate)(struct kernel *k, struct tensor *t);
    void *user;
};

struct work; /* memory for the time of one run: work.h */

/* One of the functions; when it is called, counts and element types of the inputs are those of the newest schema. */
struct kernel_row {
    enum ir_op op;
    tfp_status (*run)(struct kernel *k);
    tfp_status (*work)(struct kernel *k, struct work *w);
};

/* NULL: there is no kernel for that op. */
const struct kernel_row *kernel_find(enum ir_op op);
tfp_status kernel_run(struct kernel *k, const struct kernel_row *row);
/* Describes and allocates output i. */
tfp_status kernel_output(struct kernel *k, size_t i, tfp_dtype dtype, size_t rank, const int64_t *dims);
/* Makes output i share the memory of `in` (same count of elements) under other dims; copies when `in` has no owner. The
 * allocate callback is then not called. Nobody may write into a tensor whose owner has more than one owner. */
tfp_status kernel_alias(struct kernel *k, size_t i, const struct tensor *in, size_t rank, const int64_t *dims);
/* A TFP_STRING output with `text_size` more bytes behind its elements, for the strings' own bytes. Kernels copy strings
 * as struct tfp_string only: bytes belong to the model, to an input of the run or to such an output, so whoever runs
 * kernels keeps every string tensor until all is done. The callback sees a `size` that counts the text too. */
tfp_status kernel_output_strings(struct kernel *k, size_t i, size_t rank, const int64_t *dims, size_t text_size,
                                 char **text);
/* Output i exists and somebody uses it. */
bool kernel_wants(const struct kernel *k, size_t i);
/* tfp_fail() with the node's name and op before the text. */
__attribute__((format(printf, 3, 4), cold)) tfp_status kernel_fail(struct kernel *k, tfp_status code,
                                                                   const char *format, ...);
static inline const struct tensor *kernel_in(const struct kernel *k, size_t i)
{
    return i < k->n_in && k->in[i].dtype != TFP_UNDEFINED ? &k->in[i] : NULL;
}
/* Runs a node's kernel on constants; outputs own memory of their own (release them). E_UNSUPPORTED without kernel. */
tfp_status kernel_evaluate(struct tfp_context *ctx, const struct ir_node *n, const struct tensor *in, size_t n_in,
                           struct tensor *out, size_t n_out, int threads);
/* Same on one thread, with memory from the caller's `allocate` (struct kernel). */
tfp_status kernel_evaluate_into(struct tfp_context *ctx, const struct ir_node *n, const struct tensor *in, size_t n_in,
                                struct tensor *out, size_t n_out,
                                tfp_status (*allocate)(struct kernel *k, struct tensor *t), void *user);

#endif
