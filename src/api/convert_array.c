/* Arrays in another element type. */
#include "api/array.h"
#include "ir/kernels/convert.h"

#include <stdlib.h>

/* Whether the values come back as they were: nothing was rounded, cut off or wrapped. */
static bool is_exact(const struct tfp_tensor *from, const struct tensor *to, void *back)
{
    convert_run(to->dtype, to->data, from->dtype, back, (size_t)to->count);
    return memcmp(back, from->data, from->size) == 0;
}

static tfp_status convert(struct tfp_context *ctx, const struct tfp_tensor *from, tfp_dtype to, struct tfp_array *a)
{
    struct tensor t, source;
    struct buffer *back;
    if (!convert_possible(from->dtype, to))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s is not converted to %s", tfp_dtype_name(from->dtype), tfp_dtype_name(to));
    TFP_TRY(tensor_describe(ctx, "array", from->dtype, from->rank, from->dims, &source));
    TFP_TRY(tensor_describe(ctx, "array", to, from->rank, from->dims, &t));
    if (from->size < source.size) return tfp_fail(ctx, TFP_E_USAGE, "an array of %zu bytes, not %zu", from->size, source.size);
    TFP_TRY(buffer_create(ctx, t.size, &a->file));
    TFP_TRY(buffer_create(ctx, source.size, &back));
    t.data = a->file->data;
    convert_run(from->dtype, from->data, to, t.data, (size_t)t.count);
    bool exact = is_exact(&(struct tfp_tensor){ .dtype = from->dtype, .data = from->data, .size = source.size }, &t, back->data);
    buffer_drop(back);
    if (!exact)
        return tfp_fail(ctx, TFP_E_USAGE, "%s does not hold every value of the %s array", tfp_dtype_name(to),
                        tfp_dtype_name(from->dtype));
    int64_t *dims = arena_copy(&a->arena, from->dims, from->rank * sizeof *dims);
    if (!dims) return tfp_no_memory(ctx);
    a->tensor = (struct tfp_tensor){ to, from->rank, dims, t.data, t.size };
    return TFP_OK;
}

tfp_status tfp_array_convert(tfp_context *ctx, const struct tfp_tensor *from, tfp_dtype to, tfp_array **out)
{
    struct tfp_array *a = calloc(1, sizeof *a);
    if (!a) return tfp_no_memory(ctx);
    tfp_status status = convert(ctx, from, to, a);
    if (status == TFP_OK) *out = a;
    else tfp_array_destroy(a);
    return status;
}
