/* A TensorRT library that the user has: found and opened at run time, its family of binary interfaces, its log. */
#ifndef TFP_TRT_LIBRARY_H
#define TFP_TRT_LIBRARY_H

#include "base/bytes.h"
#include "base/dl.h"
#include "base/status.h"

#include <pthread.h>

/* Inside a family, virtual tables only grow; the exceptions are in trt_slots.def. */
enum trt_family { TRT_8, TRT_10, TRT_11, TRT_RTX13, TRT_RTX15, TRT_N_FAMILIES };

struct trt_open_options {
    const char *library;      /* a file or a folder; NULL: $TFPORT_TENSORRT, then the usual places */
    const char *build_folder; /* also looked at: its tensorrt/; NULL: none */
    bool assume_family;       /* take the nearest family for a version that is not known */
    bool no_parser;           /* do not look for the ONNX parser */
    bool no_plugins;          /* do not load the plugin library */
    int verbosity;            /* which lines of the library are notes: 0 none, 1 warnings, 2 also informations */
};

enum { TRT_LOG_SIZE = 3072, TRT_CALLBACK_SLOTS = 8, TRT_MAX_PHASES = 8, TRT_PHASE_NAME = 64 };

typedef void (*trt_function)(void);

struct trt_progress;

struct trt {
    struct dl library, parser, plugins; /* plugins and parser: handle NULL where there is none */
    enum trt_family family;
    int32_t major, minor, patch;
    int32_t parser_version; /* as the parser's library tells; 0: not told */
    bool rtx;               /* TensorRT-RTX */
    char name[48];          /* "TensorRT 8.6.1", "TensorRT-RTX 1.7.1" */
    const char *missing;    /* the last method that was called and is not there: "addCumulative"; NULL: none */

    /* What follows belongs to trt_library.c and trt_callbacks.c. */
    int column, minor_known; /* of trt_slots.def; the minor version that its SINCE is compared with */
    int32_t abi_version;     /* what factories ask for */
    struct tfp_context *ctx; /* whose notes these are */
    bool open;
    pthread_mutex_t lock; /* the log and the progress: threads of the library call them */
    int verbosity;
    char log[TRT_LOG_SIZE];    /* errors since the last trt_fail() or trt_forget(), "; " between them */
    size_t log_n, log_dropped; /* bytes; errors that had no room */
    char no_gpu[200];          /* what CUDA says where there is no GPU; told only when nothing else is */
    const struct trt_progress *progress;
    bool cancelled;
    struct trt_phase {
        char name[TRT_PHASE_NAME], parent[TRT_PHASE_NAME];
        int32_t total;
    } phases[TRT_MAX_PHASES]; /* those that run */
    struct trt_object {
        const trt_function *table;
        struct trt *library;
    } logger, monitor;
    trt_function logger_table[TRT_CALLBACK_SLOTS], monitor_table[TRT_CALLBACK_SLOTS],
        allocator_table[TRT_CALLBACK_SLOTS], profiler_table[TRT_CALLBACK_SLOTS];
};

/* `t` stays where it is (the library keeps pointers into it) and belongs to `ctx`'s thread. E_MISSING with every place
 * that was looked at when none is found, and for a version outside the known families. */
tfp_status trt_open(struct tfp_context *ctx, struct trt *t, const struct trt_open_options *options);
/* After every object made with it. Accepts a zeroed one. The library stays in memory: its threads do not survive less.
 */
void trt_close(struct trt *t);
/* Opens the parser if it is there and not open; E_MISSING names what was looked for. */
tfp_status trt_need_parser(struct tfp_context *ctx, struct trt *t);

/* Sets version, product and name from what getInferLibVersion() gives. */
void trt_set_version(struct trt *t, int32_t version);
/* What the library has goes by this, and by the version, which is set before. */
void trt_set_family(struct trt *t, enum trt_family family);
/* The family of a version; false for one outside those that are known. */
bool trt_family_of(bool rtx, int32_t major, int32_t minor, enum trt_family *out);
const char *trt_family_name(enum trt_family family); /* "TensorRT 10.0 to 10.16" */

/* Fails with the text, what the library logged as errors since the last call and the method that it lacked, if any. */
__attribute__((format(printf, 4, 5), cold)) tfp_status trt_fail(struct tfp_context *ctx, struct trt *t, tfp_status code,
                                                                const char *format, ...);
void trt_forget(struct trt *t); /* errors so far were expected */

#endif
