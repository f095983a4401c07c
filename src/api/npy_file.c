/* npy files of the public API: a file is mapped and its elements used where they lie; what has to be converted lives in
 * the array's arena. */
#include "api/array.h"
#include "base/file.h"

#include <stdlib.h>

/* The public tensor is one type for inputs and outputs, hence not const; a map is read-only all the same. */
static void *without_const(const void *at)
{
    return (void *)(uintptr_t)at;
}

tfp_status tfp_npy_read(tfp_context *ctx, const char *path, tfp_array **out)
{
    tfp_array *a = calloc(1, sizeof *a);
    if (!a) return tfp_no_memory(ctx);
    tfp_status status = buffer_map(ctx, path, &a->file);
    if (status == TFP_OK)
        status = npy_decode(ctx, &a->arena, path, (struct bytes){ a->file->data, a->file->size }, &a->npy);
    if (status != TFP_OK) {
        tfp_array_destroy(a);
        return status;
    }
    a->tensor = (struct tfp_tensor){
        .dtype = a->npy.dtype,
        .rank = a->npy.rank,
        .dims = a->npy.dims,
        .data = without_const(a->npy.data),
        .size = a->npy.size,
    };
    *out = a;
    return TFP_OK;
}

static tfp_status write_file(void *user, const void *at, size_t n)
{
    return file_write(user, at, n);
}

tfp_status tfp_npy_write(tfp_context *ctx, const char *path, const struct tfp_tensor *tensor)
{
    struct file_out file;
    TFP_TRY(file_create(ctx, path, &file));
    tfp_status status = npy_encode(ctx, tensor, write_file, &file);
    if (status == TFP_OK) status = file_commit(&file);
    file_abandon(&file);
    return status;
}

const struct tfp_tensor *tfp_array_tensor(const tfp_array *array)
{
    return &array->tensor;
}

void tfp_array_destroy(tfp_array *array)
{
    if (!array) return;
    arena_free(&array->arena);
    buffer_drop(array->file);
    free(array);
}
