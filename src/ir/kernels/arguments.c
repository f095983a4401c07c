/* Small integer inputs, checked before anybody computes with them. */
#include "ir/kernels/arguments.h"

#include <inttypes.h>

tfp_status argument_ints(struct kernel *k, size_t i, size_t room, int64_t *at, size_t *n)
{
    const struct tensor *t = kernel_in(k, i);
    *n = 0;
    if (!t) return TFP_OK;
    if (!dtype_is_integer(t->dtype) || t->rank > 1)
        return kernel_fail(k, TFP_E_FORMAT, "input %zu is no list of integers", i);
    if ((uint64_t)t->count > room)
        return kernel_fail(k, TFP_E_FORMAT, "input %zu has %" PRId64 " elements, at most %zu make sense", i, t->count,
                           room);
    for (*n = 0; *n < (size_t)t->count; ++*n) at[*n] = tensor_int(t, (int64_t)*n);
    return TFP_OK;
}

tfp_status argument_int(struct kernel *k, size_t i, int64_t otherwise, int64_t *out)
{
    const struct tensor *t = kernel_in(k, i);
    *out = otherwise;
    if (!t) return TFP_OK;
    if (!dtype_is_integer(t->dtype) || t->count != 1)
        return kernel_fail(k, TFP_E_FORMAT, "input %zu is no single integer", i);
    *out = tensor_int(t, 0);
    return TFP_OK;
}

tfp_status argument_axis(struct kernel *k, int64_t axis, size_t rank, size_t *out)
{
    if (axis < -(int64_t)rank || axis >= (int64_t)rank)
        return kernel_fail(k, TFP_E_FORMAT, "axis %" PRId64 " of a tensor of rank %zu", axis, rank);
    *out = (size_t)(axis < 0 ? axis + (int64_t)rank : axis);
    return TFP_OK;
}

tfp_status argument_axes(struct kernel *k, size_t i, size_t rank, size_t *axes, size_t *n)
{
    int64_t given[TFP_MAX_RANK];
    bool seen[TFP_MAX_RANK] = { false };
    TFP_TRY(argument_ints(k, i, rank < TFP_MAX_RANK ? rank : TFP_MAX_RANK, given, n));
    for (size_t j = 0; j < *n; j++) {
        TFP_TRY(argument_axis(k, given[j], rank, &axes[j]));
        if (seen[axes[j]]) return kernel_fail(k, TFP_E_FORMAT, "axis %zu is named twice", axes[j]);
        seen[axes[j]] = true;
    }
    return TFP_OK;
}
