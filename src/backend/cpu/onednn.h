/* oneDNN, opened at run time by the first session: its 40 MB need not be there, nor be loaded, for what only converts.
 * The functions are called by their names without the prefix: onednn.engine_create(). */
#ifndef TFP_CPU_ONEDNN_H
#define TFP_CPU_ONEDNN_H

#include "base/status.h"

#include <dnnl.h>

#define ONEDNN_FUNCTIONS(X)                                                                                            \
    X(batch_normalization_forward_desc_init) X(concat_primitive_desc_create) X(convolution_forward_desc_init)          \
    X(dilated_convolution_forward_desc_init) X(dilated_deconvolution_forward_desc_init) X(engine_create)               \
    X(engine_destroy) X(layer_normalization_forward_desc_init) X(lrn_forward_desc_init) X(matmul_desc_init)            \
    X(memory_create) X(memory_desc_equal) X(memory_desc_get_size) X(memory_desc_init_by_strides)                       \
    X(memory_desc_init_by_tag) X(memory_desc_init_submemory) X(memory_desc_permute_axes) X(memory_desc_reshape)        \
    X(memory_destroy) X(memory_set_data_handle) X(pooling_v2_forward_desc_init) X(post_ops_append_binary)              \
    X(post_ops_append_eltwise) X(post_ops_append_sum) X(post_ops_create) X(post_ops_destroy) X(post_ops_len)           \
    X(primitive_attr_create) X(primitive_attr_destroy) X(primitive_attr_set_fpmath_mode)                               \
    X(primitive_attr_set_post_ops) X(primitive_attr_set_scratchpad_mode) X(primitive_create) X(primitive_desc_create)  \
    X(primitive_desc_destroy) X(primitive_desc_iterator_create) X(primitive_desc_iterator_destroy)                     \
    X(primitive_desc_iterator_fetch) X(primitive_desc_iterator_next) X(primitive_desc_query)                           \
    X(primitive_desc_query_md) X(primitive_destroy) X(primitive_execute) X(reorder_primitive_desc_create)              \
    X(resampling_forward_desc_init) X(sgemm) X(softmax_v2_forward_desc_init) X(stream_create) X(stream_destroy)        \
    X(stream_wait)

struct onednn {
#define ONEDNN_MEMBER(name) __typeof__(dnnl_##name) *name;
    ONEDNN_FUNCTIONS(ONEDNN_MEMBER)
#undef ONEDNN_MEMBER
};

/* Of the whole process, as the library is; may be used after onednn_open(). */
extern struct onednn onednn;

/* Finds the library and its functions, once. E_MISSING. May be called by several threads at once. */
tfp_status onednn_open(struct tfp_context *ctx);

#endif
