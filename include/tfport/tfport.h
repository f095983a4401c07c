/* tfport: carries pre-trained TensorFlow models to ONNX and runs them, without TensorFlow.
 *
 * Conventions of this header, said once:
 * - Every function that can fail returns a tfp_status; the message is in the context that was passed first.
 * - A `T **out` argument gives an object to the caller, who ends it with the matching tfp_..._destroy(); destroy
 *   functions accept NULL. Every other pointer that comes back is borrowed: it lives as long as the object it came
 *   from and is never freed by the caller.
 * - Structs that the caller fills begin with `size`: set it to sizeof the struct (TFP_INIT does); fields added by later
 *   versions are then known to be absent. A zeroed field means "the default".
 * - No global state: objects of different contexts may be used from different threads at the same time. One context,
 *   and the objects made with it, belong to one thread at a time.
 * - All strings are UTF-8 and end with NUL. All dimensions count elements, all sizes count bytes. */
#ifndef TFPORT_TFPORT_H
#define TFPORT_TFPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TFP_VERSION_MAJOR 0
#define TFP_VERSION_MINOR 1
#define TFP_VERSION_PATCH 0

#if defined(__GNUC__)
#define TFP_API __attribute__((visibility("default")))
#else
#define TFP_API
#endif

/* The numbers are the exit codes of the command. */
typedef enum tfp_status {
    TFP_OK = 0,
    TFP_E_USAGE = 1,       /* the caller asked for something that makes no sense: an unknown name, a wrong shape */
    TFP_E_FORMAT = 2,      /* the model is unreadable or malformed */
    TFP_E_UNSUPPORTED = 3, /* the model is fine, but tfport (or the chosen opset) cannot express it */
    TFP_E_DIFFER = 4,      /* a comparison found a difference */
    TFP_E_MISSING = 5,     /* a library or a device that the call needs is not there */
    TFP_E_SYSTEM = 6       /* out of memory, or reading or writing failed */
} tfp_status;

/* Element types. The numbers are those of ONNX's TensorProto.DataType. */
typedef enum tfp_dtype {
    TFP_UNDEFINED = 0,
    TFP_FLOAT = 1,
    TFP_UINT8 = 2,
    TFP_INT8 = 3,
    TFP_UINT16 = 4,
    TFP_INT16 = 5,
    TFP_INT32 = 6,
    TFP_INT64 = 7,
    TFP_STRING = 8, /* elements are struct tfp_string */
    TFP_BOOL = 9,   /* one byte, 0 or 1 */
    TFP_FLOAT16 = 10,
    TFP_DOUBLE = 11,
    TFP_UINT32 = 12,
    TFP_UINT64 = 13,
    TFP_COMPLEX64 = 14,
    TFP_COMPLEX128 = 15,
    TFP_BFLOAT16 = 16,
    /* Each element in a byte of its own: floats as their bits, integers as their value. */
    TFP_FLOAT8E4M3FN = 17,
    TFP_FLOAT8E4M3FNUZ = 18,
    TFP_FLOAT8E5M2 = 19,
    TFP_FLOAT8E5M2FNUZ = 20,
    TFP_UINT4 = 21,
    TFP_INT4 = 22,
    TFP_FLOAT4E2M1 = 23,
    TFP_FLOAT8E8M0 = 24, /* powers of two */
    TFP_UINT2 = 25,
    TFP_INT2 = 26
} tfp_dtype;

struct tfp_string {
    const char *at; /* any bytes, also NUL */
    size_t n;
};

/* A dense tensor in row-major (C) order in memory that the caller owns. */
struct tfp_tensor {
    tfp_dtype dtype;
    uint32_t rank;
    const int64_t *dims;
    void *data;  /* aligned for its element type */
    size_t size; /* bytes that `data` has */
};

enum { TFP_MAX_RANK = 16 };

/* What is known of an input or output before a run. */
struct tfp_tensor_info {
    const char *name;
    tfp_dtype dtype;
    int32_t rank;              /* -1: unknown */
    const int64_t *dims;       /* `rank` values, -1: unknown */
    const char *const *labels; /* `rank` values: the name of an unknown dimension, NULL for a number */
};

/* How often an op occurs in a model, and whether tfport has a rule for it. */
struct tfp_op_count {
    const char *op;
    size_t count;
    bool supported;
};

typedef struct tfp_context tfp_context;
typedef struct tfp_model tfp_model;
typedef struct tfp_session tfp_session;

#define TFP_INIT(type) { .size = sizeof(type) }

TFP_API const char *tfp_version(void);
TFP_API const char *tfp_dtype_name(tfp_dtype dtype); /* numpy's word: "float32"; "undefined" for what is none */
TFP_API size_t tfp_dtype_size(tfp_dtype dtype);      /* bytes an element; 0 for TFP_UNDEFINED */

/* -- context ------------------------------------------------------------------------------------------------------- */

/* `stage` names the work, `done` of `total` says how far it is (total 0: not known). */
typedef void tfp_progress_fn(void *user, const char *stage, uint64_t done, uint64_t total);
/* A note about the model that is no error: "3 summaries dropped". */
typedef void tfp_note_fn(void *user, const char *text);

TFP_API tfp_status tfp_context_create(tfp_context **out);
TFP_API void tfp_context_destroy(tfp_context *ctx);
/* The message of the last call that failed with this context; "" when none did. */
TFP_API const char *tfp_context_message(const tfp_context *ctx);
TFP_API void tfp_context_on_progress(tfp_context *ctx, tfp_progress_fn *fn, void *user);
TFP_API void tfp_context_on_note(tfp_context *ctx, tfp_note_fn *fn, void *user);

/* -- model --------------------------------------------------------------------------------------------------------- */

/* Gives an input (by name) fixed dimensions; -1 keeps a dimension open. */
struct tfp_shape {
    const char *name;
    uint32_t rank;
    const int64_t *dims;
};

struct tfp_model_options {
    size_t size;
    const char *const *inputs; /* tensor names "x" or "x:0"; none: every placeholder */
    size_t n_inputs;
    const char *const *outputs; /* none: every result that nothing consumes */
    size_t n_outputs;
    const struct tfp_shape *shapes;
    size_t n_shapes;
    const char *weights;     /* a checkpoint (its prefix), for Keras also HDF5: in place of the model's own; NULL: none */
    const char *signature;   /* of a SavedModel; NULL: "serving_default", else the only one */
    const char *const *tags; /* the meta graph of a SavedModel; none: {"serve"}, else the only one */
    size_t n_tags;
    bool moving_averages;    /* take variables' moving averages where the checkpoint has them */
    bool no_verify;          /* do not compare a checkpoint's checksums */
    int64_t unroll;          /* loops of at most so many iterations, where that is known, are written out; 0: 16; -1: none */
    bool state_io; /* a variable NAME that the model changes when it runs becomes an input NAME, its value before, and an
                      output NAME/next, its value behind; false: such a model is refused */
};

/* Reads a model, told by its content. Unsupported ops and weights that are not there are no error here: see
 * tfp_model_op() and tfp_model_refusal(). */
TFP_API tfp_status tfp_model_open(tfp_context *ctx, const char *path, const struct tfp_model_options *options,
                                  tfp_model **out);
TFP_API void tfp_model_destroy(tfp_model *model);

TFP_API const char *tfp_model_format(const tfp_model *model);   /* "GraphDef (binary)" */
TFP_API const char *tfp_model_producer(const tfp_model *model); /* "TensorFlow GraphDef version 27"; "" unknown */
TFP_API size_t tfp_model_n_inputs(const tfp_model *model);
TFP_API size_t tfp_model_n_outputs(const tfp_model *model);
TFP_API const struct tfp_tensor_info *tfp_model_input(const tfp_model *model, size_t i);
TFP_API const struct tfp_tensor_info *tfp_model_output(const tfp_model *model, size_t i);
/* The ops that its outputs need, sorted by name. */
TFP_API size_t tfp_model_n_ops(const tfp_model *model);
TFP_API const struct tfp_op_count *tfp_model_op(const tfp_model *model, size_t i);
/* Elements and bytes of all constants that the outputs need. */
TFP_API void tfp_model_weights(const tfp_model *model, uint64_t *elements, uint64_t *bytes);

/* A way to call a SavedModel. */
struct tfp_signature {
    const char *name;   /* "serving_default" */
    const char *method; /* "tensorflow/serving/predict" */
    const struct tfp_tensor_info *inputs, *outputs;
    size_t n_inputs, n_outputs;
};
/* A file that belongs to the model. */
struct tfp_file {
    const char *path;
    uint64_t size;
    bool present; /* false: the model names it and it is not there */
};
/* An array of a checkpoint. */
struct tfp_variable {
    const char *name;      /* its key */
    tfp_dtype dtype;       /* TFP_UNDEFINED: a type that is not read here, see type_name */
    const char *type_name; /* the file's word: "float" */
    uint32_t rank;
    const int64_t *dims;
    uint64_t bytes;
    size_t n_parts; /* of a partitioned variable; 0: stored whole */
};
/* A layer of a model that is made of layers (Keras). */
struct tfp_layer {
    const char *name, *kind; /* "conv1", "Conv2D" */
    const char *output;      /* "float32[batch,10]"; "" not known, because the model is refused */
    uint64_t parameters;
};
TFP_API size_t tfp_model_n_layers(const tfp_model *model);
TFP_API const struct tfp_layer *tfp_model_layer(const tfp_model *model, size_t i);
TFP_API const char *tfp_model_training(const tfp_model *model); /* how it was trained: "optimizer Adam, loss mse"; "" unknown */
TFP_API const char *tfp_model_tensorflow_version(const tfp_model *model); /* that wrote it; "" unknown */
TFP_API int32_t tfp_model_min_consumer(const tfp_model *model);           /* oldest GraphDef version that may read it */
TFP_API size_t tfp_model_n_tags(const tfp_model *model);
TFP_API const char *tfp_model_tag(const tfp_model *model, size_t i);
TFP_API size_t tfp_model_n_signatures(const tfp_model *model);
TFP_API const struct tfp_signature *tfp_model_signature(const tfp_model *model, size_t i);
TFP_API const char *tfp_model_signature_used(const tfp_model *model); /* "" none */
TFP_API size_t tfp_model_n_files(const tfp_model *model);
TFP_API const struct tfp_file *tfp_model_file(const tfp_model *model, size_t i);
TFP_API size_t tfp_model_n_variables(const tfp_model *model);
TFP_API const struct tfp_variable *tfp_model_variable(const tfp_model *model, size_t i); /* sorted by name */

/* Why the model cannot be converted or run: every op without a rule and every attribute that has none, at once, or that
 * weights are not there; "" when nothing stands against it. */
TFP_API const char *tfp_model_refusal(const tfp_model *model);
/* The optimized IR as stable text, for people and for tests; free() it. */
TFP_API tfp_status tfp_model_dump(tfp_context *ctx, tfp_model *model, char **out);

/* What a node of the optimized IR gives. */
struct tfp_graph_tensor {
    const char *name;     /* TensorFlow's, where the source's tensor is still there; else "<node>/<Op>" */
    const char *node, *op; /* TensorFlow's name of the node that it came from, "" none; ONNX's word */
};
/* In running order, weights left out; of bodies of loops and branches nothing. What is lent lives as long as the model. */
TFP_API tfp_status tfp_model_tensors(tfp_context *ctx, tfp_model *model, const struct tfp_graph_tensor **out, size_t *n);

/* -- graphs, to be looked at -------------------------------------------------------------------------------------------- */

/* TFP_GRAPH_IR: the optimized IR as it stands now. Constants are no nodes; what the graph takes and gives is one each, with the
 * ops "Input" and "Output"; what lies in the bodies of If, Loop and Scan is left out.
 * TFP_GRAPH_SOURCE: TensorFlow's own graph, functions inlined, what the outputs need and the inputs reach. */
enum tfp_graph_kind { TFP_GRAPH_IR = 0, TFP_GRAPH_SOURCE = 1 };
struct tfp_node {
    const char *name, *op;    /* of the source's node, in the IR not unique, "" none; ONNX's word or TensorFlow's */
    const char *output;       /* its first result: "float32[batch,10]"; "" not known */
    const size_t *inputs;     /* numbers of the nodes whose results it takes, each once: smaller than its own, but for loops */
    size_t n_inputs;
    uint64_t weight_elements; /* of the constants that it takes */
};
typedef struct tfp_graph tfp_graph;
/* A copy, which does not need the model any more. TFP_E_UNSUPPORTED: with tfp_model_refusal() there is no IR; the source is no
 * graph. */
TFP_API tfp_status tfp_model_graph(tfp_context *ctx, tfp_model *model, enum tfp_graph_kind kind, tfp_graph **out);
TFP_API void tfp_graph_destroy(tfp_graph *graph);
TFP_API size_t tfp_graph_n_nodes(const tfp_graph *graph);
TFP_API const struct tfp_node *tfp_graph_node(const tfp_graph *graph, size_t i); /* NULL: there are no more */

/* -- ONNX files -------------------------------------------------------------------------------------------------------- */

struct tfp_onnx_options {
    size_t size;
    int opset;                /* 7 to tfp_onnx_newest_opset(); 0: 17 */
    uint64_t external_above;  /* weights go to OUT.data when the model has more bytes than this; 0: 2 GiB less 64 KiB,
                                 protobuf's own limit */
    bool no_optimize;         /* write the graph as lowered */
    bool cut;                 /* of a model that parses examples, looks up tables or handles strings: the core alone, whose inputs
                                 and outputs are told by a note. Else such a model is refused where ONNX has no word for it */
    const char *const *cut_at; /* as in tfp_model_parts(); any: the core is cut out */
    size_t n_cut_at;
    bool bundle;              /* all parts, in the folder `path` */
};

TFP_API int tfp_onnx_newest_opset(void);
/* Writes `path` (and `path`.data for large models), each beside its place first and then renamed. */
TFP_API tfp_status tfp_model_write_onnx(tfp_context *ctx, tfp_model *model, const char *path,
                                        const struct tfp_onnx_options *options);

/* -- parts and bundles ----------------------------------------------------------------------------------------------- */

/* An op of a part that only a CPU can do, or that stands on its side of the cut. */
struct tfp_part_op {
    const char *op, *reason; /* "ParseExample", "parses tf.Example messages" */
    const char *node;        /* one of them; "" it has no name */
    size_t count;            /* with that reason */
};
/* What runs as one: the prefix (parsing, tables, strings), the core (what ONNX and TensorRT can do), the suffix (class
 * names). Parts that a model does not have are left out. */
struct tfp_part {
    const char *role;        /* "prefix", "core", "suffix" */
    const char *kind, *file; /* of a bundle: "onnx" or "plan", and its file in the folder; else "" */
    const struct tfp_tensor_info *inputs, *outputs;
    size_t n_inputs, n_outputs;
    const struct tfp_part_op *ops; /* of prefix and suffix */
    size_t n_ops;
};
struct tfp_parts_info {
    const char *tfport;            /* of a bundle: the version that wrote it; else "" */
    const char *format, *producer; /* of the model */
    const struct tfp_tensor_info *inputs, *outputs; /* of the whole */
    size_t n_inputs, n_outputs;
    const struct tfp_part *parts; /* in running order */
    size_t n_parts;
};
typedef struct tfp_parts tfp_parts;
/* How a model would be cut. `at`: values (tensor names of the optimized graph) to cut at besides: those that depend on
 * another of them are where the core ends, the others where it begins. TFP_E_USAGE: there is no such value; the message tells
 * names that are near. The model must outlive the parts. */
TFP_API tfp_status tfp_model_parts(tfp_context *ctx, tfp_model *model, const char *const *at, size_t n_at, tfp_parts **out);
/* A folder that tfp_model_write_onnx() or tfp_model_build() made with `bundle`; docs/formats/bundle.md. tfp_session_open()
 * runs it as one model. */
TFP_API bool tfp_is_bundle(const char *path);
/* Reads and checks what is told of it, and that the files are there and whole. */
TFP_API tfp_status tfp_bundle_open(tfp_context *ctx, const char *path, tfp_parts **out);
TFP_API void tfp_parts_destroy(tfp_parts *parts);
TFP_API const struct tfp_parts_info *tfp_parts_info(const tfp_parts *parts);

/* -- session ------------------------------------------------------------------------------------------------------- */

struct tfp_build_options;
struct tfp_session_options {
    size_t size;
    const char *backend;  /* "cpu", "onnxruntime", "tensorrt" or "tensorflow" (on a GraphDef, MetaGraph or SavedModel, which runs as
                             it was saved); NULL: "cpu", for an engine file "tensorrt" */
    const char *library;  /* where the backend's library is; NULL: found by itself */
    int threads;          /* 0: as many as there are cores that the process may use; not for tensorrt */
    int device;           /* tensorrt: number of the GPU */
    const char *tensorrt; /* tensorrt: its library or folder; NULL: `library` */
    bool no_cuda_graph;   /* tensorrt: also later runs of the same shapes are enqueued by TensorRT */
    bool allow_host_code; /* tensorrt: a version compatible engine holds a library, which may be run */
    /* tensorrt on a model or an ONNX file: how the engine is built; NULL: as usual. What it refers to outlives the session.
     * TensorRT and the GPU are the session's; `bundle` says nothing here. */
    const struct tfp_build_options *build;
    const char *engine_cache; /* a folder for such engines; NULL: $TFPORT_ENGINE_CACHE, else tfport in $XDG_CACHE_HOME or in
                                 ~/.cache */
    bool no_engine_cache;     /* neither look for engines there nor keep them */
    const char *tensorflow;   /* tensorflow: its C library; NULL: `library` */
    int opset;                /* onnxruntime on a model: the opset that it is written at for it; 0: 17 */
    /* Tensors that become outputs behind the model's own, by the names of tfp_model_tensors(); of an ONNX file that
     * onnxruntime reads by those of the file, of tensorflow by the graph's. TFP_E_USAGE where there is none of that name,
     * TFP_E_UNSUPPORTED for engines and for ONNX files that go to TensorRT's parser. */
    const char *const *expose;
    size_t n_expose;
};

/* Prepares the model for execution. The model must outlive the session. For backend "tensorrt" an engine is built, or taken
 * from the folder that keeps them: at once, or, where inputs have open dimensions and options->build no profiles, by the
 * first run, for the shapes that it has; a run of other shapes then takes another engine. Errors of tfp_model_build(). */
TFP_API tfp_status tfp_session_create(tfp_context *ctx, tfp_model *model, const struct tfp_session_options *options,
                                      tfp_session **out);
/* Whether a path is an ONNX file by its name, NAME.onnx: such a file a backend that reads ONNX gets as it is. */
TFP_API bool tfp_is_onnx(const char *path);
/* Same for a file on disk: any model (backends "cpu" and "tensorrt"; an ONNX file goes to TensorRT's own parser), an ONNX
 * file, which it reads itself (backend "onnxruntime"), an engine file (backend "tensorrt"), or a bundle, whose core the
 * backend runs, and the CPU backend the rest. TFP_E_MISSING for an engine of
 * another version of TensorRT or another GPU. */
TFP_API tfp_status tfp_session_open(tfp_context *ctx, const char *path, const struct tfp_session_options *options,
                                    tfp_session **out);
TFP_API void tfp_session_destroy(tfp_session *session);
TFP_API size_t tfp_session_n_inputs(const tfp_session *session);
TFP_API size_t tfp_session_n_outputs(const tfp_session *session);
TFP_API const struct tfp_tensor_info *tfp_session_input(const tfp_session *session, size_t i);
TFP_API const struct tfp_tensor_info *tfp_session_output(const tfp_session *session, size_t i);
/* Whether the strings of input i are serialized tf.Example messages, as far as the model tells. */
TFP_API bool tfp_model_takes_examples(const tfp_model *model, size_t i);
TFP_API bool tfp_session_takes_examples(const tfp_session *session, size_t i);

/* Runs once. inputs[i] belongs to input i, in the model's order. For each output the session sets dtype, rank, dims and
 * size; where the caller gave `data` with enough `size` the result is written there, where `data` was NULL it is set to
 * memory of the session. What the session lends (dims, data, strings) lives until the next run or its end. */
TFP_API tfp_status tfp_session_run(tfp_context *ctx, tfp_session *session, const struct tfp_tensor *inputs,
                                   size_t n_inputs, struct tfp_tensor *outputs, size_t n_outputs);

/* Input i, made up for trying and measuring: floating-point values evenly from -1 to 1, whole numbers and bools 0 or 1, by
 * `seed`. `dims` (rank values, -1: open; NULL: all open) fix open dimensions; what stays open is what the backend is best
 * at, else 1. A shape input of an engine gets the values that the engine is best at. TFP_E_USAGE for an unknown rank
 * without dims, TFP_E_UNSUPPORTED for strings. */
typedef struct tfp_array tfp_array; /* a tensor with its memory */
TFP_API tfp_status tfp_session_sample(tfp_context *ctx, tfp_session *session, size_t i, uint32_t rank, const int64_t *dims,
                                      uint64_t seed, tfp_array **out);
/* The same for a model's input, without a backend: `options` NULL as usual. Where it says nothing, as above. */
struct tfp_sample_options {
    size_t size;
    uint32_t rank; /* of dims */
    const int64_t *dims;
    uint64_t seed;
    bool ranged; /* values from `low` to `high`: floating-point ones evenly, whole numbers each as often. TFP_E_USAGE where
                    the type does not hold these limits */
    double low, high;
};
TFP_API tfp_status tfp_model_sample(tfp_context *ctx, tfp_model *model, size_t i, const struct tfp_sample_options *options,
                                    tfp_array **out);
/* What the backend tells of its own program for the model, as JSON: TensorRT's engine inspector. TFP_E_UNSUPPORTED when
 * it tells nothing, TFP_E_USAGE before the run that an engine waits for. free() it. */
TFP_API tfp_status tfp_session_inspect(tfp_context *ctx, tfp_session *session, char **json);

/* -- measuring ----------------------------------------------------------------------------------------------------- */

struct tfp_bench_options {
    size_t size;
    double warm_up;      /* seconds at least, and two runs; 0: 0.2; below 0: the two runs only */
    uint64_t iterations; /* runs at least, each way; 0: 10 */
    double duration;     /* seconds at least, each way; 0: 3; below 0: only the iterations count */
    bool profile;        /* also the time of each layer, where the backend tells it */
};
/* Milliseconds of one run; a percentile is the smallest time that so many in hundred do not exceed. */
struct tfp_latency {
    double mean, least, median, p90, p95, p99, most;
};
/* One way to run the model, each run waited for before the next begins. */
struct tfp_bench_way {
    const char *method;         /* in words: what is counted, by which clock */
    bool transfers, cuda_graph; /* the copies between host and GPU are in it; it was launched as a graph */
    uint64_t runs;
    double seconds, runs_per_second; /* from the first to the last, by the machine's clock */
    struct tfp_latency wall;         /* from the call to its return, by the machine's clock */
    bool has_device;
    struct tfp_latency device; /* from the first to the last work on the device, by the device's own clock */
};
struct tfp_layer_time {
    const char *name;
    double milliseconds; /* mean of a run */
    double share;        /* of all layers, 0 to 1 */
};
typedef struct tfp_bench tfp_bench;
/* Runs the session again and again on the same inputs. Where the backend has several ways (tensorrt: with and without
 * transfers, with and without CUDA graph), all of them, the usual one first. TFP_E_UNSUPPORTED when times of layers are
 * asked for and the backend has none. */
TFP_API tfp_status tfp_session_bench(tfp_context *ctx, tfp_session *session, const struct tfp_tensor *inputs,
                                     size_t n_inputs, const struct tfp_bench_options *options, tfp_bench **out);
TFP_API void tfp_bench_destroy(tfp_bench *bench);
TFP_API size_t tfp_bench_n_ways(const tfp_bench *bench);
TFP_API const struct tfp_bench_way *tfp_bench_way(const tfp_bench *bench, size_t i);
TFP_API size_t tfp_bench_n_layers(const tfp_bench *bench); /* in running order */
TFP_API const struct tfp_layer_time *tfp_bench_layer(const tfp_bench *bench, size_t i);

/* Several sessions on the same inputs at once, each in a thread of its own: what serving them in parallel gives. They are
 * different sessions, of one model. `wall` is of every run, `runs_per_second` of all together. */
TFP_API tfp_status tfp_sessions_bench(tfp_context *ctx, tfp_session *const *sessions, size_t n, const struct tfp_tensor *inputs,
                                      size_t n_inputs, const struct tfp_bench_options *options, struct tfp_bench_way *out);

/* -- several devices ----------------------------------------------------------------------------------------------- */

/* One model on several devices, each with a session and a thread of its own. A device is a word:
 *   cpu              the machine, with the session's threads (0: the process's part of the cores, see `processes`)
 *   cpu:N, cpu:N-M   cores of the machine, by number, that the process may use: the session's backend (cpu where it names none)
 *                    with one thread that stays on the core; of several, a device each
 *   N, N-M, all      GPUs, by number: backend tensorrt; all of them */
struct tfp_pool_options {
    size_t size;
    const char *const *devices;
    size_t n_devices;
    const struct tfp_session_options *session; /* of all; `device` says nothing; NULL: as usual */
    const struct tfp_model_options *model;     /* how each opens the model; NULL: as usual */
    size_t window;    /* samples that may have begun and not been given; 0: four for each session */
    size_t processes; /* how many work on this machine together, and divide its devices and, on `cpu`, its cores; 0: not known */
    size_t one;       /* k > 0: this is number k - 1 of them. It takes every devices[k - 1 + i * processes]; where there are fewer
                         devices than processes, or those are not known, the one with its number, modulo how many there are */
    size_t instances; /* sessions on each device, with a thread each: one copies while another computes. Each stands as a device
                         of its own below, all first ones before the second ones; 0: 1. Each has its weights on the device */
};
/* What became of a device. */
struct tfp_pool_device {
    const char *name; /* "cpu:3", "GPU 0" */
    tfp_status status; /* not TFP_OK: it is out, since it was opened or since a run failed on it */
    const char *message; /* why; "" */
    uint64_t runs;       /* of the last job, that ended well */
    double seconds;      /* of the last job, that it ran samples */
};
typedef struct tfp_pool tfp_pool;
/* Opens the file at `path`, as tfp_session_open() does, for every device. Engines are built one after the other, so that GPUs of
 * one kind share one that is kept. A device that fails is out; TFP_E_USAGE for a word that is none or for one device twice, else
 * the first device's status when all are out. */
TFP_API tfp_status tfp_pool_open(tfp_context *ctx, const char *path, const struct tfp_pool_options *options, tfp_pool **out);
TFP_API void tfp_pool_destroy(tfp_pool *pool);
TFP_API size_t tfp_pool_n_devices(const tfp_pool *pool);
TFP_API const struct tfp_pool_device *tfp_pool_device(const tfp_pool *pool, size_t i);
/* A device's session, to ask for inputs and outputs; not while a job runs. NULL: it is out. */
TFP_API tfp_session *tfp_pool_session(const tfp_pool *pool, size_t i);

/* Samples 0 to n - 1. */
struct tfp_job {
    size_t n;
    /* Sets the session's inputs of sample i. They are read until sample i is given, or loaded again. Called by several threads at once, each
     * with a context of its own; `session` is to be asked only. */
    tfp_status (*load)(void *user, tfp_context *ctx, const tfp_session *session, size_t i, struct tfp_tensor *inputs);
    /* Takes the outputs of sample i, which live for the time of the call: one sample at a time, in their order. */
    tfp_status (*give)(void *user, tfp_context *ctx, size_t i, const struct tfp_tensor *outputs, size_t n_outputs);
    void *user;
    const char *(*name)(void *user, size_t i); /* of sample i, for messages; NULL: its number */
};
/* Runs them on all devices that are not out. A device whose run fails by what is no fault of the sample (TFP_E_SYSTEM,
 * TFP_E_MISSING: out of memory, lost) is out, and others run its sample again: nothing is lost or given twice. Ends early when a
 * sample fails, with its number, or when no device is left. Results are those of one device. */
TFP_API tfp_status tfp_pool_run(tfp_context *ctx, tfp_pool *pool, const struct tfp_job *job);

/* -- comparing ----------------------------------------------------------------------------------------------------- */

/* A result r agrees with its reference f where |r - f| <= absolute + of_greatest * max|f| + relative * |f|, the greatest over
 * the finite elements of the whole tensor; NaN agrees with NaN, an infinity with itself. */
struct tfp_tolerance {
    double absolute, of_greatest, relative;
};
/* As usual for a type: 1e-6, 2e-4, 1e-3 for float32 and what is wider; 1e-6, 2e-3, 1e-2 for float16; eight times that for
 * bfloat16; zeros, which is equality, for integers, bools, strings and floats of 8 and 4 bits. */
TFP_API struct tfp_tolerance tfp_tolerance_of(tfp_dtype dtype);
/* The same for what an engine of that precision computes ("fp32", "tf32", ..; NULL and other words: no matter): float32 has the
 * tolerance of the type whose digits it is left with. For tf32 that is float16: both multiply numbers of 11 bits. */
TFP_API struct tfp_tolerance tfp_tolerance_in(tfp_dtype dtype, const char *precision);

/* How a tensor differs from its reference. What is not defined is NaN: means of no element, relative error where all
 * references are 0, the cosine of zeros, PSNR of what is equal or of a constant reference, agreement of the greatest where the last
 * dimension has less than 2 elements or the type is no float. Only elements that are finite in both count there; complex
 * numbers count as pairs. Of strings only `elements`, `beyond` and `worst` are told. */
struct tfp_difference {
    bool agrees;
    const char *reason; /* "shape", "type" or "values"; "" where it agrees */
    uint64_t elements;  /* of the reference */
    uint64_t beyond;    /* of these, outside the tolerance */
    uint64_t not_finite[2], misplaced; /* NaN and infinities in reference and result; where only one has them, or another */
    double max_absolute, mean_absolute;
    double max_relative, mean_relative; /* |r - f| / |f| where f is not 0 */
    double cosine;                      /* f.r / (|f| |r|) */
    double psnr;                        /* decibel: 20 log10((max f - min f) / sqrt(mean (r - f)^2)) */
    double top1, top5;                  /* share of rows (last dimension) with the same greatest element, the same five */
    double excess;                      /* how many times what is tolerated the elements are apart, at most: above 1 is beyond;
                                           NaN where type or shape differ */
    uint64_t worst;                     /* which element that is */
    double worst_reference, worst_result;
};
/* Never fails for what differs: TFP_E_UNSUPPORTED for a type without numbers, TFP_E_SYSTEM without memory. `tolerance` NULL: of
 * the reference's type. */
TFP_API tfp_status tfp_compare(tfp_context *ctx, const struct tfp_tensor *reference, const struct tfp_tensor *result,
                               const struct tfp_tolerance *tolerance, struct tfp_difference *out);

/* Several ways to run one model, side by side. A way is a word:
 *   cpu, onnxruntime, tensorrt, tensorflow   that backend on the model; where the model is an ONNX file, onnxruntime and tensorrt's
 *                                parser (unless the build options say via direct) take the file as it is
 *   onnx@N                       ONNX Runtime on the model, written at opset N
 *   PATH                         another file, whose inputs and outputs have the model's names, or are as many in the same
 *                                order: an engine by tensorrt, NAME.onnx by onnxruntime, else a model by cpu
 *   BACKEND:PATH                 another file by that backend */
TFP_API tfp_status tfp_way_open(tfp_context *ctx, tfp_model *model, const char *way, const struct tfp_session_options *options,
                                tfp_session **out);
/* Which input (output) of the model each of the session's is, by name ("x" and "x:0" are one); where none is called like one of
 * the model's and there are as many, by order. SIZE_MAX: none, an output of no use. TFP_E_USAGE for an input that the model does
 * not have. `of`: room for the session's. */
TFP_API tfp_status tfp_way_match(tfp_context *ctx, const tfp_model *model, const tfp_session *session, bool outputs, size_t *of);
struct tfp_output_tolerance {
    const char *output; /* NULL: each that has none of its own */
    struct tfp_tolerance tolerance;
};
struct tfp_comparison_options {
    size_t size;
    const char *const *ways; /* the first is the reference, unless `references` */
    size_t n_ways;
    bool references; /* each run is given its references: the first way is compared like the others */
    const struct tfp_output_tolerance *tolerances; /* default: tfp_tolerance_in() the reference's type and, for tensorrt, the
                                                      precision of `session->build` */
    size_t n_tolerances;
    const struct tfp_session_options *session; /* of all ways: `backend` and `opset` say nothing, `library` is ONNX Runtime's,
                                                  `build` is tensorrt's; NULL: as usual */
};
/* What became of a way. One that fails, when it is opened or when it runs, fails alone: the others go on. */
struct tfp_way {
    const char *word, *backend;
    tfp_status status;
    const char *message; /* why; "" */
    double load_seconds; /* until the session was there: conversion, engine build */
    double run_seconds;  /* mean of its runs; NaN: there was none */
    uint64_t runs;
};
typedef struct tfp_comparison tfp_comparison;
/* Opens all ways. TFP_E_USAGE for a word that is none, for less than two of them (with references: one), for outputs that the model
 * does not have. The model must outlive it. Where it cannot be lowered every way has that refusal. */
TFP_API tfp_status tfp_comparison_create(tfp_context *ctx, tfp_model *model, const struct tfp_comparison_options *options,
                                         tfp_comparison **out);
TFP_API void tfp_comparison_destroy(tfp_comparison *comparison);
TFP_API size_t tfp_comparison_n_ways(const tfp_comparison *comparison);
TFP_API const struct tfp_way *tfp_comparison_way(const tfp_comparison *comparison, size_t i);
/* NULL when it failed. For measuring it, for instance. */
TFP_API tfp_session *tfp_comparison_session(const tfp_comparison *comparison, size_t i);
/* Runs every way that has not failed on these inputs and compares. inputs[i] is for the model's input i; references[i], with
 * options->references, for its output i, NULL: not compared. Fails when there is no reference (the first way failed: its
 * status and message) or the inputs do not fit the model. */
TFP_API tfp_status tfp_comparison_run(tfp_context *ctx, tfp_comparison *comparison, const struct tfp_tensor *inputs,
                                      size_t n_inputs, const struct tfp_tensor *const *references, size_t n_references);
TFP_API size_t tfp_comparison_n_runs(const tfp_comparison *comparison);
/* A way's output i (of the model's) in all runs so far: counts are summed, means weighed by elements, the extreme is told of what
 * else is one number, the worst element is that of run *run (unless NULL). NULL: it was never compared. */
TFP_API const struct tfp_difference *tfp_comparison_difference(const tfp_comparison *comparison, size_t way, size_t output,
                                                               size_t *run);
/* Dimensions of the reference of that run, for places; *rank of them. */
TFP_API const int64_t *tfp_comparison_dims(const tfp_comparison *comparison, size_t way, size_t output, uint32_t *rank);
/* The first node where a way parts from the first way, on these inputs: of everything that both have under one name and that the
 * node's result is computed from all agrees, and the result differs. Tensors are looked at by making them outputs, some at a
 * time (sessions are opened anew, engines built), in the tolerances of the comparison: of all outputs, or by type. */
struct tfp_bisect_options {
    size_t size;
    size_t probes;    /* tensors that are outputs at a time; 0: 16 */
    const char *save; /* a folder, made when it is not there, that gets model.onnx (the nodes), input_*.npy, reference.npy, result.npy
                         and README.txt; of an ONNX file also other.onnx; NULL: nothing is saved */
};
struct tfp_bisect {
    const char *tensor, *node, *op;          /* as in struct tfp_graph_tensor */
    const struct tfp_difference *difference; /* of that tensor */
    uint32_t rank;
    const int64_t *dims; /* of it */
    const char *const *inputs; /* what it is computed from that was looked at, and agrees; the model's own inputs are not told */
    size_t n_inputs;
    const struct tfp_graph_tensor *nodes; /* what computes it from these; one, unless the two ways have other names or the
                                             others cannot be looked at. The last gives `tensor` */
    size_t n_nodes;
    size_t rounds;   /* times that both ways were opened and run */
    size_t vanished; /* tensors that could not be looked at because there is no difference while they are outputs: the backend
                        computes the nodes as one then */
};
/* TFP_E_USAGE where nothing differs, or the references are files; TFP_E_UNSUPPORTED for engine files. *out lives as long as the
 * comparison. */
TFP_API tfp_status tfp_comparison_bisect(tfp_context *ctx, tfp_comparison *comparison, size_t way,
                                         const struct tfp_tensor *inputs, size_t n_inputs,
                                         const struct tfp_bisect_options *options, const struct tfp_bisect **out);
/* All in one: TFP_E_DIFFER when any output of any way differs, else the status of the first way that failed, else TFP_OK; with
 * a message that names them. */
TFP_API tfp_status tfp_comparison_verdict(tfp_context *ctx, const tfp_comparison *comparison);

/* -- TensorRT ------------------------------------------------------------------------------------------------------ */

struct tfp_gpu {
    int number;
    const char *name;
    int major, minor; /* compute capability */
    int processors;   /* streaming multiprocessors */
    uint64_t memory;  /* bytes */
};
/* What was found. */
struct tfp_tensorrt_info {
    const char *path;   /* of the library */
    const char *name;   /* "TensorRT 8.6.1" */
    const char *family; /* the versions that it is called like: "TensorRT 8.5 to 8.6" */
    int major, minor, patch;
    bool rtx;                                   /* TensorRT-RTX, which builds engines without a GPU */
    const char *parser, *plugins;               /* paths of its ONNX parser and of its plugin library; "" none */
    int parser_version;                         /* as its library tells; 0: not told */
    const char *cuda, *driver;                  /* path of the CUDA driver and version of the GPU's driver; "" unknown */
    int cuda_version;                           /* newest CUDA that the driver serves: 12040 is 12.4; 0: no driver */
    const char *no_gpu;                         /* why there is no GPU to use; "" there is one */
    const struct tfp_gpu *gpus;
    size_t n_gpus;
};
typedef struct tfp_tensorrt tfp_tensorrt;
/* `library`: a file or a folder; NULL: looked for. TFP_E_MISSING with every place that was looked at. That there is no GPU
 * is no failure. */
TFP_API tfp_status tfp_tensorrt_open(tfp_context *ctx, const char *library, tfp_tensorrt **out);
TFP_API void tfp_tensorrt_destroy(tfp_tensorrt *tensorrt);
TFP_API const struct tfp_tensorrt_info *tfp_tensorrt_info(const tfp_tensorrt *tensorrt);

/* How a model becomes a network: layer by layer through TensorRT's network interface, or as ONNX through its parser. */
enum tfp_via { TFP_VIA_DIRECT = 0, TFP_VIA_ONNX = 1 };
/* What an input may be in one profile: `n` dimensions, or the values of an input that is a shape. */
struct tfp_range {
    const char *input;
    size_t n;
    const int64_t *least, *best, *most;
};
struct tfp_profile {
    const struct tfp_range *ranges; /* every input with open dimensions has one */
    size_t n_ranges;
};
/* A build option by name, as `tfport build --help` lists them, without the dashes; `value` NULL for one that takes none. */
struct tfp_setting {
    const char *name, *value;
};
struct tfp_build_options {
    size_t size;
    const char *tensorrt;  /* TensorRT's library or its folder; NULL: looked for */
    bool assume_family;    /* try a version that is not known as the nearest one that is */
    int device;            /* number of the GPU that builds */
    enum tfp_via via;
    const char *precision; /* "fp32" (NULL too), "tf32", "fp16", "bf16": what may be computed with; inputs and outputs keep
                              their types */
    /* fp16 and bf16: ops that stay in float32, by their ONNX names, "default" among them for the usual list (NULL too);
     * a list without names: none. And nodes, by patterns of their names with * and ?. Not for ONNX files: only nodes. */
    const char *const *fp32_ops;
    size_t n_fp32_ops;
    const char *const *fp32_nodes;
    size_t n_fp32_nodes;
    const struct tfp_profile *profiles;
    size_t n_profiles;
    const struct tfp_setting *settings;
    size_t n_settings;
    bool bundle;                  /* `path` is a folder of all parts of the model, with the engine as core; else an engine file,
                                     beside which PATH.json tells of it */
    bool no_cut; /* refuse a model that parses examples, looks up tables or handles strings; else the engine is its core, whose
                    inputs and outputs tfp_plan_open() tells */
    bool (*cancel)(void *user);   /* asked between the steps of a build, from any thread; true stops it (TensorRT 10 on) */
    void *user;
    const char *const *cut_at; /* as in tfp_model_parts() */
    size_t n_cut_at;
};
/* Builds an engine file. TFP_E_MISSING without a TensorRT, or without a GPU where it needs one; TFP_E_USAGE for an input
 * with open dimensions that no profile fixes; TFP_E_UNSUPPORTED with every op that TensorRT cannot express. */
TFP_API tfp_status tfp_model_build(tfp_context *ctx, tfp_model *model, const char *path,
                                   const struct tfp_build_options *options);
/* The same of an ONNX file: by TensorRT's own parser (via onnx), or read as a model is (via direct). */
TFP_API tfp_status tfp_onnx_build(tfp_context *ctx, const char *onnx, const char *path,
                                  const struct tfp_build_options *options);

/* What an input of an engine may be in one of its profiles: `n` dimensions, or values of a shape input. */
struct tfp_plan_range {
    const char *input;
    bool values;
    size_t n;
    const int64_t *least, *best, *most;
};
/* What lies beside (or in) an engine file; docs/formats/plan.md. */
struct tfp_plan_info {
    bool told;      /* false: only TensorRT knows what is in it; what follows but `bytes` is empty */
    bool one_file;  /* plan and description in one file, as engine caches have them */
    uint64_t bytes; /* of the plan */
    const char *tfport, *format, *producer; /* version that built it; of the model it was built from */
    const char *library;                    /* that built it: "TensorRT 8.6.1" */
    int major, minor, patch;
    bool rtx, version_compatible;
    const char *hardware;       /* "none", "ampere+", "same-compute-capability" */
    const int32_t *capabilities; /* major * 10 + minor: what it was built for; none: not known */
    size_t n_capabilities;
    const char *precision;
    const struct tfp_tensor_info *inputs, *outputs; /* types as in the model */
    size_t n_inputs, n_outputs, n_profiles;
};
typedef struct tfp_plan tfp_plan;
TFP_API bool tfp_is_plan(const char *path); /* told by content, or by a description beside it */
/* Reads what is told of an engine, without TensorRT. */
TFP_API tfp_status tfp_plan_open(tfp_context *ctx, const char *path, tfp_plan **out);
TFP_API void tfp_plan_destroy(tfp_plan *plan);
TFP_API const struct tfp_plan_info *tfp_plan_info(const tfp_plan *plan);
TFP_API size_t tfp_plan_n_ranges(const tfp_plan *plan, size_t profile);
TFP_API const struct tfp_plan_range *tfp_plan_range(const tfp_plan *plan, size_t profile, size_t i);

/* -- Triton Inference Server --------------------------------------------------------------------------------------- */

/* A file for an input or output. */
struct tfp_triton_file {
    const char *tensor, *path;
};
struct tfp_triton_options {
    size_t size;
    const char *name;    /* the model's in the repository; NULL: of its file or folder */
    const char *backend; /* of Triton: "tfport", "onnxruntime" (a model becomes an ONNX file) or "tensorrt" (engines); NULL: tfport,
                            for engines tensorrt */
    const struct tfp_model_options *model; /* how a model is read; NULL: as usual */
    const char *run_on;  /* what the tfport backend runs it with, as struct tfp_session_options has it; NULL: it decides by the
                            instance: on a GPU tensorrt, else cpu */
    const char *precision; /* of engines that it builds, as struct tfp_build_options has it; NULL: fp32 */
    int threads;           /* of each instance on the CPU; 0: the machine's cores divided among them */
    int opset;           /* of the ONNX file; 0: 17 */
    int64_t version;     /* 0: the next one */
    int64_t keep;        /* versions that are served at a time; 0: 1 */
    int32_t instances;   /* for each GPU, or on the CPU; 0: 1 */
    const int32_t *gpus; /* numbers of the GPUs that serve it; none: see all_gpus */
    size_t n_gpus;
    bool all_gpus;       /* every GPU of the server; engines always; false: the CPU */
    int64_t max_batch;   /* rows of one run at most; 0: 32, or what an engine takes, where the model has a batch; -1: none */
    uint64_t queue_delay; /* microseconds that a request may wait for others to share a run */
    const struct tfp_triton_file *labels; /* words for the elements of an output's last dimension, one a line */
    size_t n_labels;
    const struct tfp_triton_file *inputs; /* npy files: values for the warm-up, of which one row is taken where there is a batch. An
                                             input that has none gets zeros, where its shape is known */
    size_t n_inputs;
    bool no_warm_up;
};
/* Writes a model into a repository: REPOSITORY/NAME/config.pbtxt and REPOSITORY/NAME/VERSION/. Several paths are engines of one
 * model for GPUs of different compute capability. Whether the model has a batch is told from its shapes and by running three
 * rows together and alone (not of engines). What is there already stays until the new version is whole. TFP_E_UNSUPPORTED by
 * name for what Triton has no word for: an unknown rank, a type; TFP_E_USAGE for a version that is there. */
TFP_API tfp_status tfp_triton_write(tfp_context *ctx, const char *const *paths, size_t n_paths, const char *repository,
                                    const struct tfp_triton_options *options);
/* What puts several servers behind one address, into the folder `path`: haproxy.cfg, kubernetes.yaml and Dockerfile. */
struct tfp_cluster_options {
    size_t size;
    int port;          /* that HAProxy listens on; 0: 8000 */
    const char *name;  /* in Kubernetes; NULL: "tfport-triton" */
    const char *image; /* of the containers; NULL: as the name */
    int64_t least, most; /* replicas; 0: 2, and 8 or `least` */
    int gpus;          /* of each replica; 0: none */
};
/* `hosts`: "NAME:PORT" or "NAME", whose port is then 8000; an IPv6 address stands in brackets. TFP_E_USAGE names one that is none. */
TFP_API tfp_status tfp_triton_cluster(tfp_context *ctx, const char *const *hosts, size_t n_hosts, const char *path,
                                      const struct tfp_cluster_options *options);

/* -- weights ------------------------------------------------------------------------------------------------------- */

typedef struct tfp_weights tfp_weights; /* the named arrays of a checkpoint, with or without a graph */

/* `path`: a checkpoint's prefix or one of its files, a folder with a checkpoint, a SavedModel. */
TFP_API tfp_status tfp_weights_open(tfp_context *ctx, const char *path, bool verify, tfp_weights **out);
TFP_API void tfp_weights_destroy(tfp_weights *weights);
TFP_API const char *tfp_weights_format(const tfp_weights *weights);
TFP_API size_t tfp_weights_n(const tfp_weights *weights);
TFP_API const struct tfp_variable *tfp_weights_variable(const tfp_weights *weights, size_t i); /* sorted by name */
/* The array of that name; TFP_E_USAGE when there is none: the message tells names that are near. */
TFP_API tfp_status tfp_weights_find(tfp_context *ctx, const tfp_weights *weights, const char *name, size_t *out);
/* Reads array i, whole; TFP_E_UNSUPPORTED when its dtype is TFP_UNDEFINED. What `out` refers to lives until the next
 * read or the end of `weights`. */
TFP_API tfp_status tfp_weights_read(tfp_context *ctx, tfp_weights *weights, size_t i, struct tfp_tensor *out);

/* -- npy files ----------------------------------------------------------------------------------------------------- */

TFP_API tfp_status tfp_npy_read(tfp_context *ctx, const char *path, tfp_array **out);
/* Serialized tf.Example messages: an npy file of strings (numpy drops the NULs that a string of type S ends in; the messages' own
 * lengths tell them), or a TFRecord file, plain or packed with gzip or zlib, whose records become a vector and whose checksums are
 * verified. The content tells which. TFP_E_FORMAT names the record. */
TFP_API tfp_status tfp_examples_read(tfp_context *ctx, const char *path, tfp_array **out);
TFP_API tfp_status tfp_npy_write(tfp_context *ctx, const char *path, const struct tfp_tensor *tensor);
TFP_API const struct tfp_tensor *tfp_array_tensor(const tfp_array *array);
/* The numbers of a tensor in another type, which must hold each of them exactly: TFP_E_USAGE otherwise. */
TFP_API tfp_status tfp_array_convert(tfp_context *ctx, const struct tfp_tensor *from, tfp_dtype to, tfp_array **out);
TFP_API void tfp_array_destroy(tfp_array *array);

/* -- files ------------------------------------------------------------------------------------------------------------- */

enum { TFP_DIGEST_TEXT = 33 }; /* 32 digits and NUL */
/* A fingerprint of files' contents, one after the other, and of a text (NULL: none): what differs by chance has another.
 * TFP_E_FORMAT for a file that cannot be read. */
TFP_API tfp_status tfp_digest(tfp_context *ctx, const char *const *paths, size_t n, const char *text,
                              char out[TFP_DIGEST_TEXT]);
/* Writes a file beside its place, syncs it and renames it: a run that is killed leaves the old file or none. */
TFP_API tfp_status tfp_write_file(tfp_context *ctx, const char *path, const void *at, size_t n);

#ifdef __cplusplus
}
#endif
#endif
