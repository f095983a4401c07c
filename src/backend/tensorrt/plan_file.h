/* The file of a serialized TensorRT engine (a plan), with what is needed to run it. The plan's bytes are TensorRT's own;
 * what is told of them is JSON, beside the plan in PLAN.json or, in a bundle, in the same file:
 * docs/formats/plan.md. */
#ifndef TFP_PLAN_FILE_H
#define TFP_PLAN_FILE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/text.h"

/* What an input may be in one profile: dimensions, or the values of a shape tensor. */
struct plan_range {
    const char *input;
    bool values;
    int32_t n;              /* entries of each list; the input's rank where they are dimensions */
    const int64_t *list[3]; /* least, optimal, greatest: as enum trt_which */
};
struct plan_profile {
    const struct plan_range *ranges; /* inputs without open dimensions may be absent */
    size_t n;
};

/* Strings: NULL is written as "", and read back as that. */
struct plan_info {
    const char *tfport;                           /* version that built it */
    const char *format, *producer;                /* of the source: tfp_model_format(), tfp_model_producer() */
    const char *library;                          /* "TensorRT 8.6.1" */
    int32_t major, minor, patch;                  /* of the library */
    bool rtx;                                     /* TensorRT-RTX */
    bool version_compatible;                      /* other versions of its major version may run it */
    int32_t hardware;                             /* enum trt_hardware: which other GPUs may run it */
    const int32_t *capabilities;                  /* major * 10 + minor: what it was built on, RTX: for; none: not known */
    size_t n_capabilities;
    bool data_dependent_flow;                     /* branches, or loops that end by what they compute: no CUDA graph */
    const char *precision;                        /* "fp32", "tf32", "fp16", "bf16" */
    const struct tfp_tensor_info *inputs, *outputs; /* names as in the engine, types as in the model: an int64 or uint8
                                                     * of the model may be an int32 of the engine */
    size_t n_inputs, n_outputs;
    const struct plan_profile *profiles;
    size_t n_profiles;
    const char *key; /* of an engine in a cache: what it was kept under; "" none */
};

/* Writes PATH and PATH.json, each beside its place and then renamed; with `bundle` PATH alone. E_UNSUPPORTED by name for
 * what the file could not hold: a name that is no UTF-8. */
tfp_status plan_file_write(struct tfp_context *ctx, const char *path, struct bytes plan, const struct plan_info *info,
                           bool bundle);
/* `map` holds the plan's bytes, and `arena` what `out` refers to, until the caller ends them; *map is NULL after a
 * failure. *told: there was a description; else `out` is zeroed and what the plan is only TensorRT knows. E_FORMAT for a
 * description that is malformed or of another plan. */
tfp_status plan_file_read(struct tfp_context *ctx, struct arena *arena, const char *path, struct buffer **map,
                          struct bytes *plan, struct plan_info *out, bool *told);
/* A bundle, a plan by TensorRT's own first bytes, or a file with a description beside it. Reads what it needs for that
 * and fails never: what cannot be opened is none. */
bool plan_file_probe(const char *path);

/* -- parts, for tests and the cache of built engines --------------------------------------------------------------- */

/* The description as text; `plan` is what it will lie beside. */
tfp_status plan_json_encode(struct tfp_context *ctx, const struct plan_info *info, struct bytes plan, struct text *out);
/* `where` names the text in messages; strings are copied into the arena. Does the description belong to `plan`? is asked
 * unless its `at` is NULL. */
tfp_status plan_json_decode(struct tfp_context *ctx, struct arena *arena, const char *where, struct bytes json,
                            struct bytes plan, struct plan_info *out);
/* "none", "ampere+": of enum trt_hardware. */
const char *plan_hardware_word(int32_t hardware);
/* Checks what both sides promise: names, types, ranks, ranges. `code` is what a failure is. */
bool plan_is_bundle(struct bytes file);
/* Where in a bundle its parts lie. E_FORMAT when it is cut or malformed. */
tfp_status plan_bundle_open(struct tfp_context *ctx, const char *where, struct bytes file, struct bytes *json,
                            struct bytes *plan);

#endif
