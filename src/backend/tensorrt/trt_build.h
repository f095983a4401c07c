/* A filled network becomes a serialized engine (a plan). */
#ifndef TFP_TRT_BUILD_H
#define TFP_TRT_BUILD_H

#include "backend/tensorrt/trt_api.h"

/* What an input may be in one optimization profile: dimensions, or for a shape tensor its values. */
struct trt_range {
    const char *input;
    struct trt_dims dims[3]; /* by enum trt_which */
    const int64_t *values[3];
    int32_t n_values; /* 0: dimensions */
};
struct trt_profile_ranges {
    const struct trt_range *ranges; /* inputs without open dimensions may be absent */
    size_t n;
};

/* TRT_BUILD_DEFAULTS: what the library does by itself. */
struct trt_build_options {
    uint32_t flags_on, flags_off;                        /* bits: 1 << enum trt_flag */
    uint32_t tactics;                                    /* bits: 1 << enum trt_tactic; 0: the library's choice */
    uint32_t tactics_off;                                /* sources that are not used, whatever the choice */
    uint32_t previews_on, previews_off;                  /* bits: 1 << enum trt_preview */
    size_t workspace, tactic_dram, tactic_shared_memory; /* bytes; 0: the library's choice */
    int32_t level, aux_streams;                          /* -1: the library's choice */
    int32_t timing_iterations, max_tactics, threads;     /* 0: the library's choice */
    enum trt_hardware hardware;
    enum trt_platform platform;
    enum trt_verbosity verbosity;
    enum trt_tiling tiling;
    int64_t l2_limit;            /* bytes; 0: the library's choice */
    const int32_t *capabilities; /* RTX: major * 10 + minor; none: the GPU that is there */
    size_t n_capabilities;
    const struct trt_profile_ranges *profiles;
    size_t n_profiles;
    const char *timing_cache;    /* a file that is read if it is there, and written; NULL: none */
    bool timing_cache_of_others; /* take it although another GPU or version made it */
    bool (*cancel)(void *user);  /* asked between steps where the library has a progress monitor (10 on); true: stop */
    void *user;
};
#define TRT_BUILD_DEFAULTS                                                                                             \
    {                                                                                                                  \
        .level = -1, .aux_streams = -1                                                                                 \
    }

/* What this library lacks of the options is E_UNSUPPORTED by name; an input with open dimensions that a profile lacks
 * is E_USAGE by name. Progress goes to the context. trt_destroy() ends the plan. */
tfp_status trt_build(struct tfp_context *ctx, struct trt *t, struct trt_builder *b, struct trt_network *n,
                     const struct trt_build_options *options, struct trt_memory **plan);

/* "CUBLAS": for messages and options. */
const char *trt_tactic_name(enum trt_tactic source);
const char *trt_preview_name(enum trt_preview feature);
/* Into `room` bytes: "[-1, 3]". Returns `to`. */
const char *trt_dims_text(const struct trt_dims *dims, char *to, size_t room);

#endif
