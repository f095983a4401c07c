/* TensorRT's C++ objects behind plain C functions that are the same for every version.
 *
 * - The numbers of all enums are TensorRT's own, but for those that changed between versions (builder flags, tactic
 *   sources, preview features): these have names here and are translated.
 * - A call on a NULL object, or of a method that this library lacks, does nothing and gives NULL, false, 0 or
 * dimensions of rank -1, so a chain of calls needs one check, at its end. trt_has() tells beforehand. A wrong kind of
 * layer and a value that a family cannot hold (a dimension above 2^31 on TensorRT 8) are such failures too. trt_fail()
 * (trt_library.h) makes a message of what the library logged and what it lacked.
 * - Tensors, layers, loops, conditionals and profiles belong to their network or builder. What trt_destroy() ends is
 * said at the function that makes it. An engine is ended before its runtime, a context before its engine, a network and
 * a configuration before their builder.
 * - Text that goes in is copied by the library; text that comes out lives as long as its object.
 * - "since": the first version of a family with it, where that is not 8.5 (RTX: 1.3). */
#ifndef TFP_TRT_API_H
#define TFP_TRT_API_H

#include "backend/tensorrt/trt_library.h"

#include <stddef.h>

/* -- values -------------------------------------------------------------------------------------------------------- */

enum { TRT_MAX_DIMS = 8 };

/* n -1: unknown rank or an error; d -1: an open dimension (or, in a reshape, the one that is computed). */
struct trt_dims {
    int32_t n;
    int64_t d[TRT_MAX_DIMS];
};

enum trt_type {
    TRT_FLOAT = 0,
    TRT_HALF = 1,
    TRT_INT8 = 2,
    TRT_INT32 = 3,
    TRT_BOOL = 4,
    TRT_UINT8 = 5,
    TRT_FP8 = 6,   /* since 8.6 */
    TRT_BF16 = 7,  /* since 10 */
    TRT_INT64 = 8, /* since 10 */
    TRT_INT4 = 9,  /* since 10; two an element's byte */
    TRT_FP4 = 10,  /* since 10.8 */
    TRT_E8M0 = 11  /* since 10.12 */
};

/* Values in host memory that the caller keeps until the network's last build ends. Count 0: none. */
struct trt_weights {
    int32_t type; /* enum trt_type */
    const void *values;
    int64_t count; /* elements */
};

enum trt_activation {
    TRT_ACTIVATION_RELU = 0,
    TRT_ACTIVATION_SIGMOID = 1,
    TRT_ACTIVATION_TANH = 2,
    TRT_ACTIVATION_LEAKY_RELU = 3, /* x >= 0 ? x : alpha x */
    TRT_ACTIVATION_ELU = 4,        /* x >= 0 ? x : alpha (exp x - 1) */
    TRT_ACTIVATION_SELU = 5,       /* x > 0 ? beta x : beta (alpha exp x - alpha) */
    TRT_ACTIVATION_SOFTSIGN = 6,
    TRT_ACTIVATION_SOFTPLUS = 7,          /* alpha log(exp(beta x) + 1) */
    TRT_ACTIVATION_CLIP = 8,              /* max(alpha, min(beta, x)) */
    TRT_ACTIVATION_HARD_SIGMOID = 9,      /* max(0, min(1, alpha x + beta)) */
    TRT_ACTIVATION_SCALED_TANH = 10,      /* alpha tanh(beta x) */
    TRT_ACTIVATION_THRESHOLDED_RELU = 11, /* x > alpha ? x : 0 */
    TRT_ACTIVATION_GELU_ERF = 12,         /* since 10 */
    TRT_ACTIVATION_GELU_TANH = 13         /* since 10 */
};

enum trt_binary {
    TRT_BINARY_SUM = 0,
    TRT_BINARY_PROD = 1,
    TRT_BINARY_MAX = 2,
    TRT_BINARY_MIN = 3,
    TRT_BINARY_SUB = 4,
    TRT_BINARY_DIV = 5,
    TRT_BINARY_POW = 6,
    TRT_BINARY_FLOOR_DIV = 7,
    TRT_BINARY_AND = 8,
    TRT_BINARY_OR = 9,
    TRT_BINARY_XOR = 10,
    TRT_BINARY_EQUAL = 11,
    TRT_BINARY_GREATER = 12,
    TRT_BINARY_LESS = 13
};

enum trt_unary {
    TRT_UNARY_EXP = 0,
    TRT_UNARY_LOG = 1,
    TRT_UNARY_SQRT = 2,
    TRT_UNARY_RECIP = 3,
    TRT_UNARY_ABS = 4,
    TRT_UNARY_NEG = 5,
    TRT_UNARY_SIN = 6,
    TRT_UNARY_COS = 7,
    TRT_UNARY_TAN = 8,
    TRT_UNARY_SINH = 9,
    TRT_UNARY_COSH = 10,
    TRT_UNARY_ASIN = 11,
    TRT_UNARY_ACOS = 12,
    TRT_UNARY_ATAN = 13,
    TRT_UNARY_ASINH = 14,
    TRT_UNARY_ACOSH = 15,
    TRT_UNARY_ATANH = 16,
    TRT_UNARY_CEIL = 17,
    TRT_UNARY_FLOOR = 18,
    TRT_UNARY_ERF = 19,
    TRT_UNARY_NOT = 20,
    TRT_UNARY_SIGN = 21,
    TRT_UNARY_ROUND = 22, /* half to even */
    TRT_UNARY_ISINF = 23, /* since 8.6 */
    TRT_UNARY_ISNAN = 24  /* since 10.1 */
};

enum trt_reduce { TRT_REDUCE_SUM = 0, TRT_REDUCE_PROD = 1, TRT_REDUCE_MAX = 2, TRT_REDUCE_MIN = 3, TRT_REDUCE_AVG = 4 };
enum trt_pooling { TRT_POOLING_MAX = 0, TRT_POOLING_AVERAGE = 1, TRT_POOLING_BLEND = 2 };
enum trt_padding {
    TRT_PADDING_ROUND_DOWN = 0, /* explicit paddings */
    TRT_PADDING_ROUND_UP = 1,
    TRT_PADDING_SAME_UPPER = 2, /* paddings given are ignored */
    TRT_PADDING_SAME_LOWER = 3
};
/* What a slice or grid sample reads outside its input. */
enum trt_sample {
    TRT_SAMPLE_STRICT = 0, /* nothing may be outside */
    TRT_SAMPLE_WRAP = 1,
    TRT_SAMPLE_CLAMP = 2,
    TRT_SAMPLE_FILL = 3, /* input 4 of the slice; 0 without */
    TRT_SAMPLE_REFLECT = 4
};
enum trt_interpolation { TRT_NEAREST = 0, TRT_LINEAR = 1, TRT_CUBIC = 2 };
enum trt_coordinates { TRT_ALIGN_CORNERS = 0, TRT_ASYMMETRIC = 1, TRT_HALF_PIXEL = 2 };
enum trt_rounding { TRT_ROUND_HALF_UP = 0, TRT_ROUND_HALF_DOWN = 1, TRT_ROUND_FLOOR = 2, TRT_ROUND_CEIL = 3 };
enum trt_selector { TRT_SELECT_FORMULA = 0, TRT_SELECT_UPPER = 1 };
enum trt_fill { TRT_FILL_LINSPACE = 0, TRT_FILL_RANDOM_UNIFORM = 1, TRT_FILL_RANDOM_NORMAL = 2 };
enum trt_gather { TRT_GATHER_DEFAULT = 0, TRT_GATHER_ELEMENT = 1, TRT_GATHER_ND = 2 };
enum trt_scatter { TRT_SCATTER_ELEMENT = 0, TRT_SCATTER_ND = 1 };
enum trt_matrix { TRT_MATRIX_NONE = 0, TRT_MATRIX_TRANSPOSE = 1, TRT_MATRIX_VECTOR = 2 };
enum trt_topk { TRT_TOPK_MAX = 0, TRT_TOPK_MIN = 1 };
enum trt_cumulative { TRT_CUMULATIVE_SUM = 0 };
enum trt_boxes { TRT_BOXES_CORNERS = 0, TRT_BOXES_CENTERS = 1 };
enum trt_loop_output { TRT_LOOP_LAST_VALUE = 0, TRT_LOOP_CONCATENATE = 1, TRT_LOOP_REVERSE = 2 };
enum trt_trip_limit { TRT_TRIP_COUNT = 0, TRT_TRIP_WHILE = 1 };
enum trt_scale { TRT_SCALE_UNIFORM = 0, TRT_SCALE_CHANNEL = 1, TRT_SCALE_ELEMENTWISE = 2 };
enum trt_attention_norm { TRT_ATTENTION_NONE = 0, TRT_ATTENTION_SOFTMAX = 1 };
/* Which keys a query sees; LOWER_RIGHT (the last query sees all keys) since 11.0 and RTX 1.5. */
enum trt_causal { TRT_CAUSAL_NONE = 0, TRT_CAUSAL_UPPER_LEFT = 1, TRT_CAUSAL_LOWER_RIGHT = 2 };

/* Builder flags, translated; which family has which: trt_has_flag(). */
enum trt_flag {
    TRT_FLAG_FP16,             /* 8, 10 */
    TRT_FLAG_BF16,             /* 10 */
    TRT_FLAG_INT8,             /* 8, 10 */
    TRT_FLAG_FP8,              /* 8.6, 10 */
    TRT_FLAG_TF32,             /* on unless cleared */
    TRT_FLAG_OBEY_PRECISION,   /* 8, 10 */
    TRT_FLAG_PREFER_PRECISION, /* 8, 10 */
    TRT_FLAG_DIRECT_IO,
    TRT_FLAG_DEBUG,
    TRT_FLAG_REFIT,
    TRT_FLAG_REFIT_IDENTICAL,  /* since 10 */
    TRT_FLAG_REFIT_INDIVIDUAL, /* since 10.2 */
    TRT_FLAG_STRIP_PLAN,       /* since 10 */
    TRT_FLAG_WEIGHT_STREAMING, /* since 10 */
    TRT_FLAG_DISABLE_TIMING_CACHE,
    TRT_FLAG_ERROR_ON_TIMING_CACHE_MISS, /* since 10 */
    TRT_FLAG_EDITABLE_TIMING_CACHE,      /* since 10.8 */
    TRT_FLAG_DISABLE_COMPILATION_CACHE,  /* since 10 */
    TRT_FLAG_SPARSE_WEIGHTS,
    TRT_FLAG_VERSION_COMPATIBLE,        /* since 8.6 */
    TRT_FLAG_EXCLUDE_LEAN_RUNTIME,      /* since 8.6 */
    TRT_FLAG_STRICT_NANS,               /* since 10.6 */
    TRT_FLAG_MONITOR_MEMORY,            /* since 10.6 */
    TRT_FLAG_DISTRIBUTIVE_INDEPENDENCE, /* since 10.12 */
    TRT_N_FLAGS
};
/* Tactic sources, translated. */
enum trt_tactic {
    TRT_TACTIC_CUBLAS,    /* up to 10 */
    TRT_TACTIC_CUBLAS_LT, /* up to 10 */
    TRT_TACTIC_CUDNN,     /* up to 10 */
    TRT_TACTIC_EDGE_MASK_CONVOLUTIONS,
    TRT_TACTIC_JIT_CONVOLUTIONS,
    TRT_N_TACTICS
};
/* Preview features, translated. */
enum trt_preview {
    TRT_PREVIEW_FASTER_DYNAMIC_SHAPES,           /* 8 */
    TRT_PREVIEW_DISABLE_EXTERNAL_TACTIC_SOURCES, /* 8 */
    TRT_PREVIEW_PROFILE_SHARING,                 /* 8.6, 10 */
    TRT_PREVIEW_ALIASED_PLUGIN_IO,               /* since 10.3 */
    TRT_PREVIEW_RUNTIME_ACTIVATION_RESIZE,       /* since 10.10 */
    TRT_N_PREVIEWS
};
enum trt_pool {
    TRT_POOL_WORKSPACE = 0,
    TRT_POOL_TACTIC_DRAM = 4,         /* since 8.6 */
    TRT_POOL_TACTIC_SHARED_MEMORY = 5 /* since 10 */
};
enum trt_verbosity { TRT_VERBOSITY_NAMES = 0, TRT_VERBOSITY_NONE = 1, TRT_VERBOSITY_DETAILED = 2 };
enum trt_hardware {
    TRT_HARDWARE_NONE = 0,
    TRT_HARDWARE_AMPERE_PLUS = 1,
    TRT_HARDWARE_SAME_CAPABILITY = 2 /* since 10.9 */
};
enum trt_platform { TRT_PLATFORM_SAME = 0, TRT_PLATFORM_WINDOWS_AMD64 = 1 };
enum trt_tiling { TRT_TILING_NONE = 0, TRT_TILING_FAST = 1, TRT_TILING_MODERATE = 2, TRT_TILING_FULL = 3 };
enum trt_which { TRT_MIN = 0, TRT_OPT = 1, TRT_MAX = 2 };
enum trt_io { TRT_IO_NONE = 0, TRT_IO_INPUT = 1, TRT_IO_OUTPUT = 2 };
enum trt_location { TRT_ON_DEVICE = 0, TRT_ON_HOST = 1 };
enum trt_layout {
    TRT_LAYOUT_LINEAR = 0,
    TRT_LAYOUT_CHW2 = 1,
    TRT_LAYOUT_HWC8 = 2,
    TRT_LAYOUT_CHW4 = 3,
    TRT_LAYOUT_CHW16 = 4,
    TRT_LAYOUT_CHW32 = 5,
    TRT_LAYOUT_HWC = 8,
    TRT_LAYOUT_HWC16 = 11
};
enum trt_layer_kind {
#define LAYER_KIND(name, ...) TRT_LAYER_##name,
#include "backend/tensorrt/trt_slots.def"
    TRT_LAYER_OTHER /* plugins and what is not made here */
};

struct trt_builder;
struct trt_network;
struct trt_tensor;
struct trt_layer;
struct trt_loop;
struct trt_conditional;
struct trt_attention;
struct trt_config;
struct trt_profile;
struct trt_timing_cache;
struct trt_memory; /* a block of host memory: a plan, a timing cache */
struct trt_parser;
struct trt_runtime;
struct trt_engine;
struct trt_execution;
struct trt_inspector;
struct trt_refitter;

/* -- what the library has ------------------------------------------------------------------------------------------ */

/* TRT_NetworkDefinition_addCumulative and so on: class (without I or V) and method in TensorRT's words. */
enum trt_method {
#define SLOT(class, method, ...) TRT_##class##_##method,
#include "backend/tensorrt/trt_slots.def"
    TRT_N_METHODS
};
bool trt_has(const struct trt *t, enum trt_method method);
bool trt_has_type(const struct trt *t, enum trt_type type);
bool trt_has_activation(const struct trt *t, enum trt_activation a);
bool trt_has_unary(const struct trt *t, enum trt_unary op);
bool trt_has_flag(const struct trt *t, enum trt_flag flag);
bool trt_has_tactic(const struct trt *t, enum trt_tactic source);
bool trt_has_preview(const struct trt *t, enum trt_preview feature);
/* Types of tensors are always what the network says (11, RTX): no precision flags, no trt_layer_set_precision(). */
bool trt_strongly_typed_only(const struct trt *t);
/* A network may be strongly typed (10 on). */
bool trt_may_be_strongly_typed(const struct trt *t);

size_t trt_type_bits(enum trt_type type);      /* 4 to 64 */
const char *trt_type_name(enum trt_type type); /* "float", "half", ... */

/* -- building ------------------------------------------------------------------------------------------------------ */

/* E_MISSING where CUDA does not start and the library cannot build without it. trt_destroy() ends it. */
tfp_status trt_builder_create(struct tfp_context *ctx, struct trt *t, struct trt_builder **out);
/* `object`: a builder, network, config, timing cache, memory, runtime, engine, execution, inspector or refitter. NULL
 * passes. */
void trt_destroy(struct trt *t, void *object);

/* Explicit batch always. `strongly_typed` is ignored where trt_strongly_typed_only(), and gives NULL where there is no
 * such thing. trt_destroy() ends the network. */
struct trt_network *trt_network_create(struct trt *t, struct trt_builder *b, bool strongly_typed);
struct trt_config *trt_config_create(struct trt *t, struct trt_builder *b);   /* trt_destroy() ends it */
struct trt_profile *trt_profile_create(struct trt *t, struct trt_builder *b); /* belongs to the builder */
bool trt_builder_set_threads(struct trt *t, struct trt_builder *b, int32_t most);
bool trt_platform_has_fast_fp16(struct trt *t, struct trt_builder *b); /* 8, 10 */
bool trt_platform_has_tf32(struct trt *t, struct trt_builder *b);      /* 8, 10 */
bool trt_network_supported(struct trt *t, struct trt_builder *b, struct trt_network *n, struct trt_config *c);
/* The plan, which trt_destroy() ends; NULL: see the log. */
struct trt_memory *trt_build_serialized(struct trt *t, struct trt_builder *b, struct trt_network *n,
                                        struct trt_config *c);
struct bytes trt_memory_bytes(struct trt *t, struct trt_memory *m);

/* -- network ------------------------------------------------------------------------------------------------------- */

bool trt_network_set_name(struct trt *t, struct trt_network *n, const char *name);
bool trt_network_mark_output(struct trt *t, struct trt_network *n, struct trt_tensor *tensor);
bool trt_network_unmark_output(struct trt *t, struct trt_network *n, struct trt_tensor *tensor);
bool trt_network_mark_shape_output(struct trt *t, struct trt_network *n,
                                   struct trt_tensor *tensor);                                /* computed on the host */
bool trt_network_mark_debug(struct trt *t, struct trt_network *n, struct trt_tensor *tensor); /* since 10 */
/* A name of weights for refitting. */
bool trt_network_set_weights_name(struct trt *t, struct trt_network *n, struct trt_weights w, const char *name);
int32_t trt_network_layers(struct trt *t, struct trt_network *n);
int32_t trt_network_inputs(struct trt *t, struct trt_network *n);
int32_t trt_network_outputs(struct trt *t, struct trt_network *n);
struct trt_layer *trt_network_layer(struct trt *t, struct trt_network *n, int32_t i);
struct trt_tensor *trt_network_input(struct trt *t, struct trt_network *n, int32_t i);
struct trt_tensor *trt_network_output(struct trt *t, struct trt_network *n, int32_t i);
bool trt_network_is_strongly_typed(struct trt *t, struct trt_network *n);

/* Spatial sizes of convolutions, poolings and paddings are of rank 2 or 3; inputs are NC..., masks of axes have bit i
 * for axis i. Optional weights have count 0. Where `kernel` weights come as a tensor, they are input 1: count 0 and
 * trt_layer_set_input(). */
struct trt_tensor *trt_add_input(struct trt *t, struct trt_network *n, const char *name, enum trt_type type,
                                 const struct trt_dims *dims);
struct trt_layer *trt_add_activation(struct trt *t, struct trt_network *n, struct trt_tensor *x, enum trt_activation a);
struct trt_layer *trt_add_assertion(struct trt *t, struct trt_network *n, struct trt_tensor *condition,
                                    const char *message);
struct trt_attention *trt_add_attention(struct trt *t, struct trt_network *n, struct trt_tensor *query,
                                        struct trt_tensor *key, struct trt_tensor *value, enum trt_attention_norm norm,
                                        enum trt_causal causal);
struct trt_layer *trt_add_cast(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                               enum trt_type to); /* since 8.6 */
struct trt_layer *trt_add_concatenation(struct trt *t, struct trt_network *n, struct trt_tensor *const *x,
                                        int32_t count, int32_t axis);
struct trt_layer *trt_add_constant(struct trt *t, struct trt_network *n, const struct trt_dims *dims,
                                   struct trt_weights w);
struct trt_layer *trt_add_convolution(struct trt *t, struct trt_network *n, struct trt_tensor *x, int64_t maps,
                                      const struct trt_dims *kernel, struct trt_weights weights,
                                      struct trt_weights bias);
/* Sum; `axis` is a 0-d INT32 or INT64 build-time constant. Since 10.8. */
struct trt_layer *trt_add_cumulative(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                     struct trt_tensor *axis, enum trt_cumulative op, bool exclusive, bool reverse);
struct trt_layer *trt_add_deconvolution(struct trt *t, struct trt_network *n, struct trt_tensor *x, int64_t maps,
                                        const struct trt_dims *kernel, struct trt_weights weights,
                                        struct trt_weights bias);
struct trt_layer *trt_add_dequantize(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                     struct trt_tensor *scale, enum trt_type to); /* `to` TRT_FLOAT on 8 */
struct trt_layer *trt_add_quantize(struct trt *t, struct trt_network *n, struct trt_tensor *x, struct trt_tensor *scale,
                                   enum trt_type to); /* `to` TRT_INT8 on 8 */
struct trt_layer *trt_add_einsum(struct trt *t, struct trt_network *n, struct trt_tensor *const *x, int32_t count,
                                 const char *equation);
struct trt_layer *trt_add_elementwise(struct trt *t, struct trt_network *n, struct trt_tensor *a, struct trt_tensor *b,
                                      enum trt_binary op); /* equal ranks, dimensions equal or 1 */
/* Input 0 (trt_layer_set_input) gives open dimensions, inputs 1 and 2 alpha and beta. */
struct trt_layer *trt_add_fill(struct trt *t, struct trt_network *n, const struct trt_dims *dims, enum trt_fill op,
                               enum trt_type type);
struct trt_layer *trt_add_gather(struct trt *t, struct trt_network *n, struct trt_tensor *data,
                                 struct trt_tensor *indices, enum trt_gather mode, int32_t axis);
struct trt_layer *trt_add_grid_sample(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                      struct trt_tensor *grid);
struct trt_layer *trt_add_identity(struct trt *t, struct trt_network *n, struct trt_tensor *x);
struct trt_conditional *trt_add_conditional(struct trt *t, struct trt_network *n);
struct trt_loop *trt_add_loop(struct trt *t, struct trt_network *n);
struct trt_layer *trt_add_lrn(struct trt *t, struct trt_network *n, struct trt_tensor *x, int64_t window, float alpha,
                              float beta, float k);
struct trt_layer *trt_add_matrix_multiply(struct trt *t, struct trt_network *n, struct trt_tensor *a,
                                          enum trt_matrix of_a, struct trt_tensor *b, enum trt_matrix of_b);
/* Output 0: [selected, 3] (batch, class, box), output 1: their number. `most` is a 0-d INT32 tensor; inputs 3 and 4 are
 * the IoU and score thresholds. Types of output 0 other than TRT_INT32 since 10.14. */
struct trt_layer *trt_add_nms(struct trt *t, struct trt_network *n, struct trt_tensor *boxes, struct trt_tensor *scores,
                              struct trt_tensor *most, enum trt_type indices);
struct trt_layer *trt_add_non_zero(struct trt *t, struct trt_network *n, struct trt_tensor *x, enum trt_type indices);
/* Instance, group and layer normalization; scale and bias broadcast over x. Since 8.6. The second form, whose scale and
 * bias have the shape that ONNX gives them, since 10.15. */
struct trt_layer *trt_add_normalization(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                        struct trt_tensor *scale, struct trt_tensor *bias, uint32_t axes);
struct trt_layer *trt_add_normalization_v2(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                           struct trt_tensor *scale, struct trt_tensor *bias, uint32_t axes);
struct trt_layer *trt_add_one_hot(struct trt *t, struct trt_network *n, struct trt_tensor *indices,
                                  struct trt_tensor *values, struct trt_tensor *depth, int32_t axis);
/* Zeros around (negative: cropping) the last two dimensions. */
struct trt_layer *trt_add_padding(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                  const struct trt_dims *before, const struct trt_dims *after);
struct trt_layer *trt_add_parametric_relu(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                          struct trt_tensor *slope);
struct trt_layer *trt_add_pooling(struct trt *t, struct trt_network *n, struct trt_tensor *x, enum trt_pooling type,
                                  const struct trt_dims *window);
struct trt_layer *trt_add_reduce(struct trt *t, struct trt_network *n, struct trt_tensor *x, enum trt_reduce op,
                                 uint32_t axes, bool keep);
struct trt_layer *trt_add_resize(struct trt *t, struct trt_network *n, struct trt_tensor *x);
struct trt_layer *trt_add_reverse_sequence(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                           struct trt_tensor *lengths); /* since 8.6 */
/* (x * scale + shift) ^ power; `axis` is the channels' axis. */
struct trt_layer *trt_add_scale(struct trt *t, struct trt_network *n, struct trt_tensor *x, enum trt_scale mode,
                                struct trt_weights shift, struct trt_weights scale, struct trt_weights power,
                                int32_t axis);
struct trt_layer *trt_add_scatter(struct trt *t, struct trt_network *n, struct trt_tensor *data,
                                  struct trt_tensor *indices, struct trt_tensor *updates, enum trt_scatter mode);
struct trt_layer *trt_add_select(struct trt *t, struct trt_network *n, struct trt_tensor *condition,
                                 struct trt_tensor *yes, struct trt_tensor *no);
struct trt_layer *trt_add_shape(struct trt *t, struct trt_network *n,
                                struct trt_tensor *x); /* INT32 on 8, else INT64 */
struct trt_layer *trt_add_shuffle(struct trt *t, struct trt_network *n, struct trt_tensor *x);
/* Inputs 1 to 3 (trt_layer_set_input) replace start, size and stride, input 4 is the fill value, input 5 the axes. */
struct trt_layer *trt_add_slice(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                const struct trt_dims *start, const struct trt_dims *size,
                                const struct trt_dims *stride);
struct trt_layer *trt_add_softmax(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                  uint32_t axes); /* one bit */
struct trt_layer *trt_add_squeeze(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                  struct trt_tensor *axes); /* since 10.7 */
struct trt_layer *trt_add_unsqueeze(struct trt *t, struct trt_network *n, struct trt_tensor *x,
                                    struct trt_tensor *axes);
/* Outputs: values, indices. Input 1 replaces k. One axis. Types of indices other than TRT_INT32 since 10.14. */
struct trt_layer *trt_add_topk(struct trt *t, struct trt_network *n, struct trt_tensor *x, enum trt_topk op, int32_t k,
                               uint32_t axes, enum trt_type indices);
struct trt_layer *trt_add_unary(struct trt *t, struct trt_network *n, struct trt_tensor *x, enum trt_unary op);

/* -- loops and conditionals ---------------------------------------------------------------------------------------- */

/* Whether the machine's side of an engine of it asks data what to do next: branches, loops with a condition. */
bool trt_network_flow_depends_on_data(struct trt *t, struct trt_network *n);

bool trt_loop_set_name(struct trt *t, struct trt_loop *l, const char *name);
/* The value before the first round; trt_layer_set_input(1) gives the one after a round. */
struct trt_layer *trt_loop_add_recurrence(struct trt *t, struct trt_loop *l, struct trt_tensor *initial);
/* COUNT: a 0-d INT32 (or INT64) tensor from outside; WHILE: a 0-d BOOL tensor from inside. */
struct trt_layer *trt_loop_add_trip_limit(struct trt *t, struct trt_loop *l, struct trt_tensor *x,
                                          enum trt_trip_limit kind);
struct trt_layer *trt_loop_add_iterator(struct trt *t, struct trt_loop *l, struct trt_tensor *x, int32_t axis,
                                        bool reverse);
/* CONCATENATE and REVERSE need the length as input 1. */
struct trt_layer *trt_loop_add_output(struct trt *t, struct trt_loop *l, struct trt_tensor *x,
                                      enum trt_loop_output kind, int32_t axis);
bool trt_conditional_set_name(struct trt *t, struct trt_conditional *c, const char *name);
struct trt_layer *trt_conditional_set_condition(struct trt *t, struct trt_conditional *c, struct trt_tensor *x);
struct trt_layer *trt_conditional_add_input(struct trt *t, struct trt_conditional *c, struct trt_tensor *x);
struct trt_layer *trt_conditional_add_output(struct trt *t, struct trt_conditional *c, struct trt_tensor *yes,
                                             struct trt_tensor *no);

/* -- attention: since 10.14, RTX 1.3 ------------------------------------------------------------------------------- */

/* Whether it may be used: in networks whose types are what is computed with (11, RTX). Queries are [batch, heads, length,
 * size], keys and values the same with a divisor of the heads and a length of their own; there is no scale. A mask
 * broadcasts to [batch, heads, queries, keys] and excludes a causal attention. One that is not decomposable, which is how it
 * starts, is refused at the build where no kernel does all of it. */
bool trt_has_attention(const struct trt *t);
/* All of a network's, whoever made them, may be taken apart. */
void trt_network_set_decomposable(struct trt *t, struct trt_network *n);
struct trt_tensor *trt_attention_output(struct trt *t, struct trt_attention *a);
bool trt_attention_set_name(struct trt *t, struct trt_attention *a, const char *name);
bool trt_attention_set_mask(struct trt *t, struct trt_attention *a,
                            struct trt_tensor *mask); /* BOOL or added to the scores */
bool trt_attention_set_decomposable(struct trt *t, struct trt_attention *a, bool yes);
bool trt_attention_set_metadata(struct trt *t, struct trt_attention *a, const char *text);

/* -- tensors ------------------------------------------------------------------------------------------------------- */

bool trt_tensor_set_name(struct trt *t, struct trt_tensor *x, const char *name);
const char *trt_tensor_name(struct trt *t, struct trt_tensor *x);
bool trt_tensor_set_dims(struct trt *t, struct trt_tensor *x, const struct trt_dims *dims); /* inputs */
struct trt_dims trt_tensor_dims(struct trt *t, struct trt_tensor *x);
bool trt_tensor_set_dim_name(struct trt *t, struct trt_tensor *x, int32_t axis, const char *name); /* inputs */
const char *trt_tensor_dim_name(struct trt *t, struct trt_tensor *x, int32_t axis);
enum trt_type trt_tensor_type(struct trt *t, struct trt_tensor *x);
bool trt_tensor_set_type(struct trt *t, struct trt_tensor *x, enum trt_type type); /* inputs and outputs; 8, 10 */
bool trt_tensor_set_formats(struct trt *t, struct trt_tensor *x, uint32_t mask);   /* bits: 1 << enum trt_layout */
bool trt_tensor_is_input(struct trt *t, struct trt_tensor *x);
bool trt_tensor_is_output(struct trt *t, struct trt_tensor *x);
bool trt_tensor_is_shape(struct trt *t,
                         struct trt_tensor *x); /* computed on the host; known once the network is whole */

/* -- layers -------------------------------------------------------------------------------------------------------- */

enum trt_layer_kind trt_layer_kind(struct trt *t, struct trt_layer *l);
bool trt_layer_set_name(struct trt *t, struct trt_layer *l, const char *name);
const char *trt_layer_name(struct trt *t, struct trt_layer *l);
bool trt_layer_set_metadata(struct trt *t, struct trt_layer *l, const char *text); /* since 8.6 */
int32_t trt_layer_inputs(struct trt *t, struct trt_layer *l);
int32_t trt_layer_outputs(struct trt *t, struct trt_layer *l);
struct trt_tensor *trt_layer_input(struct trt *t, struct trt_layer *l, int32_t i);
struct trt_tensor *trt_layer_output(struct trt *t, struct trt_layer *l, int32_t i);
bool trt_layer_set_input(struct trt *t, struct trt_layer *l, int32_t i, struct trt_tensor *x);
bool trt_layer_set_precision(struct trt *t, struct trt_layer *l, enum trt_type type);              /* 8, 10 */
bool trt_layer_set_output_type(struct trt *t, struct trt_layer *l, int32_t i, enum trt_type type); /* 8, 10 */
enum trt_type trt_layer_output_type(struct trt *t, struct trt_layer *l, int32_t i);
/* Where the layer computes with floats it does so in float32, whatever the builder may choose. 8, 10 */
void trt_layer_keep_float(struct trt *t, struct trt_layer *l);

bool trt_activation_set_alpha(struct trt *t, struct trt_layer *l, float alpha);
bool trt_activation_set_beta(struct trt *t, struct trt_layer *l, float beta);

/* For convolutions, deconvolutions and poolings alike. */
bool trt_window_set_strides(struct trt *t, struct trt_layer *l, const struct trt_dims *strides);
bool trt_window_set_padding(struct trt *t, struct trt_layer *l, const struct trt_dims *before,
                            const struct trt_dims *after);
bool trt_window_set_padding_mode(struct trt *t, struct trt_layer *l, enum trt_padding mode);
bool trt_window_set_dilations(struct trt *t, struct trt_layer *l, const struct trt_dims *dilations); /* not poolings */
bool trt_window_set_groups(struct trt *t, struct trt_layer *l, int64_t groups);                      /* not poolings */
bool trt_pooling_set_blend(struct trt *t, struct trt_layer *l, float average_part);
bool trt_pooling_set_excludes_padding(struct trt *t, struct trt_layer *l, bool yes);

bool trt_reduce_set_keep(struct trt *t, struct trt_layer *l, bool keep);
bool trt_gather_set_axis(struct trt *t, struct trt_layer *l, int32_t axis);
bool trt_gather_set_elementwise_dims(struct trt *t, struct trt_layer *l,
                                     int32_t k); /* batch dimensions: 0 or 1, any with ND */
bool trt_scatter_set_axis(struct trt *t, struct trt_layer *l, int32_t axis);
bool trt_concatenation_set_axis(struct trt *t, struct trt_layer *l, int32_t axis);
bool trt_quantize_set_axis(struct trt *t, struct trt_layer *l, int32_t axis); /* quantize and dequantize */
bool trt_quantize_set_block(struct trt *t, struct trt_layer *l, const struct trt_dims *block); /* since 10.15 */

/* Transpose, reshape, transpose. Input 1 (an INT tensor) replaces the reshape's dimensions. In them, 0 copies that
 * dimension of the input unless zero_is_placeholder is off, and one -1 is computed. `order` has one entry a dimension.
 */
bool trt_shuffle_set_first_transpose(struct trt *t, struct trt_layer *l, const int32_t *order, int32_t n);
bool trt_shuffle_set_second_transpose(struct trt *t, struct trt_layer *l, const int32_t *order, int32_t n);
bool trt_shuffle_set_dims(struct trt *t, struct trt_layer *l, const struct trt_dims *dims);
bool trt_shuffle_set_zero_is_placeholder(struct trt *t, struct trt_layer *l, bool yes);

bool trt_slice_set_mode(struct trt *t, struct trt_layer *l, enum trt_sample mode);
bool trt_slice_set_axes(struct trt *t, struct trt_layer *l, const struct trt_dims *axes); /* since 10.3 */
bool trt_grid_sample_set(struct trt *t, struct trt_layer *l, enum trt_interpolation how, bool align_corners,
                         enum trt_sample mode);

/* Input 1 replaces the output's dimensions. Scales and dimensions have one entry a dimension of the input. */
bool trt_resize_set_dims(struct trt *t, struct trt_layer *l, const struct trt_dims *dims);
bool trt_resize_set_scales(struct trt *t, struct trt_layer *l, const float *scales, int32_t n);
bool trt_resize_set_mode(struct trt *t, struct trt_layer *l, enum trt_interpolation mode);
bool trt_resize_set_coordinates(struct trt *t, struct trt_layer *l, enum trt_coordinates how);
bool trt_resize_set_selector(struct trt *t, struct trt_layer *l, enum trt_selector s); /* for an output of one pixel */
bool trt_resize_set_rounding(struct trt *t, struct trt_layer *l, enum trt_rounding r);
bool trt_resize_set_cubic(struct trt *t, struct trt_layer *l, float coefficient);
bool trt_resize_set_exclude_outside(struct trt *t, struct trt_layer *l, bool yes);

bool trt_fill_set_alpha(struct trt *t, struct trt_layer *l, double alpha);        /* start, minimum, mean */
bool trt_fill_set_beta(struct trt *t, struct trt_layer *l, double beta);          /* step, maximum, deviation */
bool trt_fill_set_alpha_int64(struct trt *t, struct trt_layer *l, int64_t alpha); /* INT32 and INT64 fills; since 10 */
bool trt_fill_set_beta_int64(struct trt *t, struct trt_layer *l, int64_t beta);

bool trt_nms_set_format(struct trt *t, struct trt_layer *l, enum trt_boxes format);
bool trt_nms_set_limit(struct trt *t, struct trt_layer *l, int32_t boxes); /* considered a class; at most 2000 or so */
bool trt_reverse_sequence_set_axes(struct trt *t, struct trt_layer *l, int32_t batch, int32_t sequence);
bool trt_normalization_set_epsilon(struct trt *t, struct trt_layer *l, float epsilon);
bool trt_normalization_set_groups(struct trt *t, struct trt_layer *l, int64_t groups);
bool trt_normalization_set_precision(struct trt *t, struct trt_layer *l, enum trt_type type); /* 8.6, 10 */

/* -- configuration ------------------------------------------------------------------------------------------------- */

bool trt_config_set_flag(struct trt *t, struct trt_config *c, enum trt_flag flag, bool on);
bool trt_config_flag(struct trt *t, struct trt_config *c, enum trt_flag flag);
bool trt_config_set_pool(struct trt *t, struct trt_config *c, enum trt_pool pool, size_t bytes);
size_t trt_config_pool(struct trt *t, struct trt_config *c, enum trt_pool pool);
bool trt_config_set_level(struct trt *t, struct trt_config *c, int32_t level); /* 0 to 5; since 8.6 */
bool trt_config_set_timing_iterations(struct trt *t, struct trt_config *c, int32_t n);
bool trt_config_set_tactics(struct trt *t, struct trt_config *c, uint32_t mask);    /* bits: 1 << enum trt_tactic */
bool trt_config_set_max_tactics(struct trt *t, struct trt_config *c, int32_t most); /* since 10.4 */
bool trt_config_set_hardware(struct trt *t, struct trt_config *c, enum trt_hardware level);    /* since 8.6 */
bool trt_config_set_platform(struct trt *t, struct trt_config *c, enum trt_platform platform); /* since 10.2 */
bool trt_config_set_verbosity(struct trt *t, struct trt_config *c, enum trt_verbosity v);
bool trt_config_set_aux_streams(struct trt *t, struct trt_config *c, int32_t most); /* since 8.6 */
bool trt_config_set_preview(struct trt *t, struct trt_config *c, enum trt_preview feature, bool on);
bool trt_config_set_tiling(struct trt *t, struct trt_config *c, enum trt_tiling level); /* since 10.8 */
bool trt_config_set_l2_limit(struct trt *t, struct trt_config *c, int64_t bytes);       /* since 10.8 */
/* RTX: what the plan is built for without a GPU, as major * 10 + minor (75, 80, 86, 89, 120, 121); replaces the list.
 */
bool trt_config_set_capabilities(struct trt *t, struct trt_config *c, const int32_t *capabilities, int32_t n);
int32_t trt_config_add_profile(struct trt *t, struct trt_config *c,
                               struct trt_profile *p); /* its number; -1: not valid */
/* From a file's bytes (none: empty). trt_destroy() ends it, after the configuration. */
struct trt_timing_cache *trt_timing_cache_create(struct trt *t, struct trt_config *c, struct bytes saved);
bool trt_config_set_timing_cache(struct trt *t, struct trt_config *c, struct trt_timing_cache *cache,
                                 bool ignore_mismatch);
bool trt_timing_cache_combine(struct trt *t, struct trt_timing_cache *into, struct trt_timing_cache *from,
                              bool ignore_mismatch);
struct trt_memory *trt_timing_cache_serialize(struct trt *t, struct trt_timing_cache *cache);

/* Called by the library from any of its threads, one call at a time, while a build runs. */
struct trt_progress {
    /* `phase` is inside `parent` (NULL: outermost); `done` of `total` steps; done == -1: it is over. false: stop the
     * build. */
    bool (*step)(void *user, const char *phase, const char *parent, int32_t done, int32_t total);
    void *user;
};
/* Since 10. `progress` outlives the configuration's last build; one at a time for a struct trt; NULL: none. */
bool trt_config_set_progress(struct trt *t, struct trt_config *c, const struct trt_progress *progress);

bool trt_profile_set_dims(struct trt *t, struct trt_profile *p, const char *input, enum trt_which which,
                          const struct trt_dims *dims);
struct trt_dims trt_profile_dims(struct trt *t, struct trt_profile *p, const char *input, enum trt_which which);
/* Values of an input that is a shape tensor; narrowed to int32 before 10.11. */
bool trt_profile_set_values(struct trt *t, struct trt_profile *p, const char *input, enum trt_which which,
                            const int64_t *values, int32_t n);
bool trt_profile_valid(struct trt *t, struct trt_profile *p);

/* -- running ------------------------------------------------------------------------------------------------------- */

/* E_MISSING as for the builder. trt_destroy() ends it. */
tfp_status trt_runtime_create(struct tfp_context *ctx, struct trt *t, struct trt_runtime **out);
bool trt_runtime_set_host_code_allowed(struct trt *t, struct trt_runtime *r,
                                       bool yes); /* for version-compatible plans */
struct trt_engine *trt_engine_create(struct trt *t, struct trt_runtime *r, struct bytes plan); /* trt_destroy() */
const char *trt_engine_name(struct trt *t, struct trt_engine *e);
int32_t trt_engine_layers(struct trt *t, struct trt_engine *e);
int32_t trt_engine_profiles(struct trt *t, struct trt_engine *e);
int32_t trt_engine_tensors(struct trt *t, struct trt_engine *e); /* inputs and outputs */
const char *trt_engine_tensor(struct trt *t, struct trt_engine *e, int32_t i);
enum trt_io trt_engine_mode(struct trt *t, struct trt_engine *e, const char *tensor);
enum trt_type trt_engine_type(struct trt *t, struct trt_engine *e, const char *tensor);
enum trt_location trt_engine_location(struct trt *t, struct trt_engine *e,
                                      const char *tensor); /* host: a shape tensor */
bool trt_engine_is_shape_io(struct trt *t, struct trt_engine *e, const char *tensor);
int32_t trt_engine_format(struct trt *t, struct trt_engine *e, const char *tensor); /* enum trt_layout; of profile 0 */
struct trt_dims trt_engine_dims(struct trt *t, struct trt_engine *e, const char *tensor);
struct trt_dims trt_engine_profile_dims(struct trt *t, struct trt_engine *e, const char *tensor, int32_t profile,
                                        enum trt_which which);
/* Value i of an input that is a shape tensor. */
bool trt_engine_profile_value(struct trt *t, struct trt_engine *e, const char *tensor, int32_t profile,
                              enum trt_which which, int32_t i, int64_t *out);
int64_t trt_engine_device_memory(struct trt *t, struct trt_engine *e); /* bytes an execution needs */
bool trt_engine_refittable(struct trt *t, struct trt_engine *e);
struct trt_memory *trt_engine_serialize(struct trt *t, struct trt_engine *e);    /* trt_destroy() */
struct trt_inspector *trt_inspector_create(struct trt *t, struct trt_engine *e); /* trt_destroy(), before the engine */
const char *trt_inspector_json(struct trt *t, struct trt_inspector *i);

struct trt_execution *trt_execution_create(struct trt *t, struct trt_engine *e); /* trt_destroy() */
/* `stream` is a cudaStream_t. The profile counts from the end of what is in the stream. */
bool trt_execution_set_profile(struct trt *t, struct trt_execution *x, int32_t profile, void *stream);
bool trt_execution_set_dims(struct trt *t, struct trt_execution *x, const char *tensor, const struct trt_dims *dims);
struct trt_dims trt_execution_dims(struct trt *t, struct trt_execution *x,
                                   const char *tensor); /* d -1: known after the run */
struct trt_dims trt_execution_strides(struct trt *t, struct trt_execution *x, const char *tensor);
bool trt_execution_set_address(struct trt *t, struct trt_execution *x, const char *tensor, void *memory);
/* 0: all shapes are known; > 0: as many names of tensors that lack something, written to names[]; -1: error. */
int32_t trt_execution_missing(struct trt *t, struct trt_execution *x, const char **names, int32_t room);
bool trt_execution_enqueue(struct trt *t, struct trt_execution *x, void *stream);

/* Memory for outputs whose size is known only while running. trt_allocator_init() fills `object`. */
struct trt_allocator {
    void *object[4]; /* what TensorRT sees */
    struct trt *library;
    /* At least `size` bytes (may be 0) of device memory for `tensor`; `memory` is what was given before. NULL: out of
     * memory. */
    void *(*allocate)(void *user, const char *tensor, void *memory, uint64_t size, uint64_t alignment, void *stream);
    void (*shape)(void *user, const char *tensor, const struct trt_dims *dims);
    void *user;
};
void trt_allocator_init(struct trt *t, struct trt_allocator *a);
bool trt_execution_set_allocator(struct trt *t, struct trt_execution *x, const char *tensor, struct trt_allocator *a);

/* Time of each layer, told after a run that was waited for. trt_profiler_init() fills `object`. */
struct trt_profiler {
    void *object[4];
    void (*layer)(void *user, const char *name, float milliseconds);
    void *user;
};
void trt_profiler_init(struct trt *t, struct trt_profiler *p);
bool trt_execution_set_profiler(struct trt *t, struct trt_execution *x, struct trt_profiler *p);

/* -- refitting ----------------------------------------------------------------------------------------------------- */

struct trt_refitter *trt_refitter_create(struct trt *t, struct trt_engine *e); /* trt_destroy(), before the engine */
bool trt_refitter_set_weights(struct trt *t, struct trt_refitter *r, const char *name, struct trt_weights w);
int32_t trt_refitter_all(struct trt *t, struct trt_refitter *r, const char **names, int32_t room); /* their number */
int32_t trt_refitter_missing(struct trt *t, struct trt_refitter *r, const char **names,
                             int32_t room); /* their number */
bool trt_refitter_refit(struct trt *t, struct trt_refitter *r);

/* -- ONNX parser: trt_parser.h has the form with messages ---------------------------------------------------------- */

enum trt_parser_flag { TRT_PARSER_NATIVE_INSTANCENORM = 0, TRT_PARSER_ENABLE_PLUGIN_OVERRIDE = 3 };
struct trt_parser_error {
    int32_t code, node;                                /* node -1: none */
    const char *text, *function, *node_name, *node_op; /* "" where a family has none */
};
struct trt_parser *trt_parser_create(struct trt *t,
                                     struct trt_network *n); /* ended by trt_parser_destroy(), after the build */
void trt_parser_destroy(struct trt *t, struct trt_parser *p);
bool trt_parser_set_flag(struct trt *t, struct trt_parser *p, enum trt_parser_flag flag); /* since 8.6 */
/* `path` (or NULL) says where files with external data lie. */
bool trt_parser_parse(struct trt *t, struct trt_parser *p, struct bytes onnx, const char *path);
int32_t trt_parser_errors(struct trt *t, struct trt_parser *p);
bool trt_parser_error(struct trt *t, struct trt_parser *p, int32_t i, struct trt_parser_error *out);

#endif
