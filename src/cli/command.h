/* The command: one file a subcommand, one row in main.c. Uses the public API only. */
#ifndef TFP_CLI_COMMAND_H
#define TFP_CLI_COMMAND_H

#include "tfport/tfport.h"

enum { MANY = 256 }; /* times an option may be repeated */

struct words {
    const char *at[MANY];
    size_t n;
};

/* What every option of every command fills; a command reads those that its row names. */
struct arguments {
    struct words positional;
    struct words model_inputs, model_outputs; /* --inputs, --outputs: comma lists */
    struct words shapes;                      /* --shape NAME=1x2 */
    struct words input_files, output_files;   /* --input, --output: NAME=FILE */
    struct words tags;                        /* --tags: a comma list */
    struct words min_shapes, opt_shapes, max_shapes;
    struct words fp32_ops, fp32_nodes, cut;   /* comma lists */
    struct words gpus, labels;                /* --gpus: a comma list; --labels NAME=FILE */
    struct words settings; /* build options: "name" or "name=value" */
    struct words batches, concurrency; /* comma lists of numbers */
    struct words backends, references, ranges, rtol, atol;
    struct words devices; /* a comma list */
    const char *samples, *save_bisect, *rank;
    bool bisect, resume;
    const char *out, *backend, *library, *weights, *signature;
    const char *via, *precision;
    const char *tensorrt, *tensorflow, *engine_cache;
    const char *warmup, *duration; /* numbers, where given */
    int64_t opset, unroll, threads, external_above, device, iterations, seed;
    const char *state;
    const char *ways, *opsets, *filter, *timeout, *memory;
    int64_t jobs;
    bool no_warmup, no_cuda_graph, no_engine_cache, allow_host_code, profile, assume_family, bundle;
    const char *name, *run_on, *cluster, *image, *replicas;
    int64_t port;
    int64_t model_version, keep_versions, instances, max_batch, queue_delay; /* max_batch -1: not given */
    bool json, quiet, verbose, no_optimize, moving_averages, no_verify, list, help;
};

struct command {
    const char *name, *synopsis, *summary; /* summary NULL: it is not listed */
    const char *options; /* names of the options it takes, separated by spaces */
    bool settings;       /* it takes TensorRT's build options, too */
    int (*run)(tfp_context *ctx, const struct arguments *a);
};

extern const struct command command_inspect, command_convert, command_extract, command_build, command_run,
    command_compare, command_bench, command_tensorrt, command_matrix, command_view, command_matrix_worker,
    command_triton;

/* Prints "tfport: MESSAGE" and returns the exit code. */
int failed(tfp_context *ctx, tfp_status status);
__attribute__((format(printf, 1, 2))) int wrong_usage(const char *format, ...);
/* The same with another exit code. */
__attribute__((format(printf, 2, 3))) int refuse(int code, const char *format, ...);
/* A note on stderr. */
__attribute__((format(printf, 1, 2))) void tell(const char *format, ...);

/* Options of the row; messages name the option. Strings are borrowed from argv (lists are cut in place). */
bool arguments_parse(const struct command *c, int argc, char **argv, struct arguments *out);
void arguments_help(const struct command *c);

/* What open_model() reads, for a row's list of options. */
#define MODEL_OPTIONS "--inputs --outputs --shape --signature --tags --weights --moving-averages --state --no-verify --unroll"
/* What open_model() opens it with; strings are those of the arguments, lists last until the next call. */
struct tfp_model_options model_options(const struct arguments *a);
/* Opens the model at positional[0] with these. */
tfp_status open_model(tfp_context *ctx, const struct arguments *a, tfp_model **out);
/* One of --shape: "NAME=1x224x?x3" (? and -1: open); ends the program when it is none. */
struct shape_argument {
    char name[512];
    uint32_t rank;
    int64_t dims[TFP_MAX_RANK];
};
void parse_shape(const char *text, struct shape_argument *out);
/* Splits "NAME=REST"; false without '='. The name is copied into room. */
bool split_name(const char *text, char *room, size_t n, const char **rest);
/* "x:0" and "x" name the same tensor. */
bool same_tensor(const char *a, const char *b);

/* What session_options() reads, for a row's list of options. */
#define SESSION_OPTIONS                                                                                                \
    "--library --threads --tensorrt --tensorflow --device --no-cuda-graph --allow-host-code --engine-cache --no-engine-cache"
/* What building_begin() reads besides the settings. */
#define BUILD_OPTIONS "--via --precision --fp32-ops --fp32-nodes --min-shape --opt-shape --max-shape --assume-family"
/* Build options of an engine, until building_end(). Strings are those of the arguments. The exit code. */
int building_begin(const struct arguments *a, bool onnx, struct tfp_build_options *out);
void building_end(struct tfp_build_options *o);
/* One of these options that was given; NULL: none. */
const char *building_option(const struct arguments *a);
/* --cut: whether to cut, and values to cut at. The exit code. */
struct cut_argument {
    bool cut;
    const char *const *at;
    size_t n;
};
int read_cut(const struct arguments *a, bool otherwise, struct cut_argument *out);
struct tfp_session_options session_options(const struct arguments *a);
/* A session on a model, an ONNX file or an engine, or only a model, with values for its inputs. */
struct running {
    tfp_context *ctx;
    const struct arguments *a;
    struct tfp_build_options build; /* of an engine that is built for the session */
    tfp_model *model; /* NULL: the backend read the file itself */
    tfp_session *session; /* NULL: the model has several, which others open */
    tfp_array **arrays; /* by input; NULL: not given */
    struct tfp_tensor *inputs, *outputs;
    size_t n_inputs, n_outputs;
};
/* Opens positional[0]. The exit code; running_end() follows in any case. */
int running_begin(tfp_context *ctx, const struct arguments *a, struct running *r);
void running_end(struct running *r);
/* Room for the inputs and outputs of r->session. */
int running_allocate(struct running *r);
/* Opens the model at positional[0], and no session. */
int running_begin_model(tfp_context *ctx, const struct arguments *a, struct running *r);
/* Reads the files of --input. */
int running_read(struct running *r);
/* The same for run, where all inputs must be given: checks the names of --output first. */
int running_prepare(struct running *r);
/* Writes the files of --output, or prints a summary. */
int running_write(struct running *r);
/* Reads a file for an input of type `want`. As TensorFlow takes what it is fed: whole numbers for an input of floats, where that holds
 * them. What does not fit is left as it is, for the session to name. */
tfp_status read_input(tfp_context *ctx, const struct tfp_tensor_info *want, bool examples, const char *path, tfp_array **out);
/* Reads an input's file. */
int running_read_file(struct running *r, size_t i, const char *path);
/* Drops an input's values. */
void running_drop(struct running *r, size_t i);
const struct tfp_tensor_info *running_input(const struct running *r, size_t i);
/* The input as it was given: type and shape of its values. */
struct tfp_tensor_info running_given(const struct running *r, size_t i);
/* Output that --output number i with this name means; -1: none. */
int running_output(const struct running *r, size_t i, const char *name);
/* The same of --reference. */
int running_reference(const struct running *r, size_t i, const char *name);
/* Where TensorRT is, from the options that name it; NULL: looked for. */
const char *tensorrt_library(const struct arguments *a);
tfp_status open_engine(tfp_context *ctx, const struct arguments *a, tfp_session **out);

/* inspect on an engine file, and on a bundle. */
int inspect_plan(tfp_context *ctx, const struct arguments *a);
int inspect_bundle(tfp_context *ctx, const struct arguments *a);
void print_parts(const struct tfp_parts_info *info);
void print_json_parts(const struct tfp_parts_info *info); /* ", "parts": [..]"; NULL: none */

/* A file that the backend reads itself: no options of models say anything of it. */
bool is_program(const struct arguments *a);
/* An engine is made for the session: building_begin() says how. */
bool builds_engine(const struct arguments *a);
/* run on several devices, or of many samples. The exit code. */
int run_on_devices(tfp_context *ctx, const struct arguments *a);
/* Inputs of r->session from the files of --input, and made up ones. The exit code. */
int bench_inputs(struct running *r);
/* `, "KEY_ms": {..}`, a member behind others. */
void print_json_latency(const char *key, const struct tfp_latency *l);
/* bench of several devices: what they do in the same time as one. The exit code. */
int bench_devices(tfp_context *ctx, const struct arguments *a);

/* A bar with stage, share done and time left on a terminal; nothing when stderr is none. */
void progress_begin(tfp_context *ctx, const struct arguments *a);
void progress_end(void);
/* By a clock that only goes on. */
double seconds_now(void);
/* For work that the command itself does. */
void progress_show(const char *stage, uint64_t done, uint64_t total);

/* Length of the UTF-8 sequence at s, which a NUL ends; 0 when it is none. */
size_t utf8_length(const char *s);
/* A name from a file, filled up with spaces to `width` columns. What a terminal would act on comes as \xNN. */
void print_name(const char *text, size_t width);
/* A number; null for what is none. */
void print_json_number(double value);
/* The columns that it takes, at most `most`: longer names are not aligned. */
size_t name_width(const char *text, size_t most);
/* Bytes that are no UTF-8 become U+FFFD. */
void print_json_string(const char *text);
/* "float32[batch,3]" */
void print_info(const struct tfp_tensor_info *info);
void print_json_info(const struct tfp_tensor_info *info);
/* One a line: bytes, type and shape, name, parts; after `most` of them how many more there are. */
void print_variables(const struct tfp_variable *const *variables, size_t n, size_t most);
/* The members of a JSON object, without braces: name, dtype (null: not one of numpy's), type, shape, bytes, parts. */
void print_json_variable(const struct tfp_variable *v);

#endif
