/* What the kernels of the neural-network families (matmul, conv, pool, normalize, resize, detection, recurrent, quantize,
 * signal) share: memory for the time of one run, and tensors seen as arrays of the type that is computed in. */
#ifndef TFP_IR_KERNELS_WORK_H
#define TFP_IR_KERNELS_WORK_H

#include "ir/kernels/kernel.h"

enum work_kind {
    WORK_F32, /* float32; float16 and bfloat16 are widened to it */
    WORK_F64,
    WORK_I32, /* any integer of at most 32 bits; arithmetic wraps */
    WORK_I64
};

/* Memory that is freed when the kernel is done. */
struct work {
    struct work_block *blocks;
};
void work_free(struct work *w);
/* count * size bytes, uninitialized, 64-byte aligned. A negative count is the caller's mistake. */
tfp_status work_take(struct kernel *k, struct work *w, int64_t count, size_t size, void **out);

size_t work_size(enum work_kind kind); /* bytes an element */
/* The kind that computes `dtype`; E_UNSUPPORTED for bool, strings and complex numbers. */
tfp_status work_kind_of(struct kernel *k, tfp_dtype dtype, enum work_kind *out);
/* Same, floating types only. */
tfp_status work_float_kind(struct kernel *k, tfp_dtype dtype, enum work_kind *out);
/* The elements of `t` (any real number type) as `kind`: the tensor's own memory where it is that type already. Never
 * NULL. */
tfp_status work_load(struct kernel *k, struct work *w, const struct tensor *t, enum work_kind kind, const void **out);
/* Describes and allocates output i and gives an array of `kind` to compute it in. */
tfp_status work_output(struct kernel *k, struct work *w, size_t i, const struct tensor *like, enum work_kind kind,
                       void **out);
/* Same with a type and dimensions of its own. */
tfp_status work_output_dims(struct kernel *k, struct work *w, size_t i, tfp_dtype dtype, size_t rank,
                            const int64_t *dims, enum work_kind kind, void **out);
/* Puts the array that work_output() gave into output i; floats that become integers are rounded half to even and
 * saturated, integers wrap. */
void work_store(struct kernel *k, size_t i, enum work_kind kind, const void *from);

/* A required input; E_FORMAT when it is absent. */
tfp_status work_input(struct kernel *k, size_t i, const struct tensor **out);
/* The one element of input i; `otherwise` when absent. */
tfp_status work_scalar(struct kernel *k, size_t i, double otherwise, double *out);
tfp_status work_scalar_int(struct kernel *k, size_t i, int64_t otherwise, int64_t *out);
/* Attribute `axis` in [0, rank). */
tfp_status work_axis(struct kernel *k, int64_t axis, size_t rank, size_t *out);
/* Product of dims[from..to) of a tensor that exists: it cannot overflow. */
static inline int64_t work_count(const int64_t *dims, size_t from, size_t to)
{
    int64_t n = 1;
    for (size_t i = from; i < to; i++) n *= dims[i];
    return n;
}

/* Element i of an array of WORK_F64 (wide) or WORK_F32; `wide` is a constant where it counts. */
static inline double work_get(bool wide, const void *at, int64_t i)
{
    return wide ? ((const double *)at)[i] : (double)((const float *)at)[i];
}
static inline void work_set(bool wide, void *at, int64_t i, double value)
{
    if (wide) ((double *)at)[i] = value;
    else ((float *)at)[i] = (float)value;
}

#define WORK_INLINE static inline __attribute__((always_inline))
/* Threads for a loop of `cost` elementary steps. */
static inline int work_threads(const struct kernel *k, int64_t cost)
{
    return cost < 1 << 15 ? 1 : k->threads;
}

#endif
