/* A model becomes an engine: library, network (direct or through ONNX), builder, description. */
#ifndef TFP_TRT_MAKE_H
#define TFP_TRT_MAKE_H

#include "backend/tensorrt/cuda.h"
#include "backend/tensorrt/emit.h"
#include "backend/tensorrt/plan_file.h"
#include "backend/tensorrt/trt_build.h"

enum trt_precision { TRT_PRECISION_FP32, TRT_PRECISION_TF32, TRT_PRECISION_FP16, TRT_PRECISION_BF16 };
const char *trt_precision_word(enum trt_precision p);
bool trt_precision_is_low(enum trt_precision p); /* fp16 or bf16 */

struct trt_make_options {
    const char *library; /* NULL: looked for */
    bool assume_family;
    int32_t device; /* number of the GPU */
    int verbosity;
    enum trt_precision precision;
    const struct tfp_profile *profiles;
    size_t n_profiles;
    struct trt_build_options build; /* profiles and precision flags are set here */
    struct emit_options emit;       /* keeps_float and user alone */
};

/* A library in use, with what its network needs. Zeroed: nothing yet. */
struct trt_make {
    struct trt *trt;
    struct cuda cuda; /* of the GPU that builds */
    bool entered;     /* there is one, and its context is the thread's */
    struct trt_builder *builder;
    struct trt_network *network;
    struct trt_parser *parser;
    struct arena arena, lowered;
    enum trt_precision precision;
    bool strongly_typed;
};

/* Opens the library and its builder. E_MISSING with where it was looked for, or that there is no GPU for it. */
tfp_status trt_make_begin(struct tfp_context *ctx, struct trt_make *m, const struct trt_make_options *o);
/* fp16 or bf16 where the library knows no other way than that the graph itself has these types: for the caller to see to
 * before trt_make_direct() and trt_make_onnx(). */
bool trt_make_wants_typed(const struct trt_make *m);
/* The same where the builder may choose: nodes that stay in float32 are named by options->emit. */
bool trt_make_chooses(const struct trt_make *m);
/* Then: ops whose layers compute in float32 within, between tensors of either type. */
const enum ir_op *trt_make_float32_inside(size_t *n);
/* Attention is one of its layers, and one of its parser's ops: better than the ops that it is written out in. */
bool trt_make_takes_attention(const struct trt_make *m);
/* The network, from a graph that outlives trt_make_end() (contract: trt_lower()), or from ONNX (contract: trt_parse()). */
tfp_status trt_make_direct(struct tfp_context *ctx, struct trt_make *m, struct ir_graph *g, const struct trt_make_options *o);
tfp_status trt_make_onnx(struct tfp_context *ctx, struct trt_make *m, struct bytes onnx, const char *name, const char *path,
                         const struct trt_make_options *o);
/* Sets inputs and outputs of `info` as the network has them; until trt_make_end(). */
tfp_status trt_make_describe(struct tfp_context *ctx, struct trt_make *m, struct plan_info *info);
/* The engine; trt_memory_bytes(m->trt, ..) has its bytes until trt_make_end(). `info` is filled with what the library and
 * the options tell; what it refers to lives until trt_make_end(). */
tfp_status trt_make_plan(struct tfp_context *ctx, struct trt_make *m, const struct trt_make_options *o,
                         struct trt_memory **plan, struct plan_info *info);
void trt_make_end(struct trt_make *m);

/* What an engine is built by and for, where it runs on the same machine. */
struct trt_target {
    char library[64], gpu[128]; /* "TensorRT 8.6.1" */
    int32_t parser_version;     /* as the parser's library tells; 0: not told, or none */
    int32_t capability;         /* major * 10 + minor */
    int32_t processors;         /* a part of a GPU has fewer */
};
/* Without making a builder. E_MISSING without the library, with where it was looked for, and without a GPU. */
tfp_status trt_make_target(struct tfp_context *ctx, const struct trt_make_options *o, struct trt_target *out);

#endif
