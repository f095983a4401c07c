/* A Keras file in its own words: layers with their configuration, the nodes of functional graphs, nested models, and
 * where in the file each weight lies. Readers of the containers (keras_source.c) fill it, keras_weights.c binds weights,
 * keras_run.c walks it and calls the layers' rules (layers/), which write IR.
 *
 * A layer is one row and one or two functions: what weights and inner layers it has, and what it computes. Images keep
 * Keras' data_format at the interface of a layer and have channels first inside; optimize/layout.c removes what cancels. */
#ifndef TFP_KERAS_KERAS_H
#define TFP_KERAS_KERAS_H

#include "base/map.h"
#include "base/text.h"
#include "codec/json.h"
#include "frontend/frontend.h"
#include "ir/forms.h"

struct keras_call;
struct keras_layer;
struct keras_source;

/* -- the model ----------------------------------------------------------------------------------------------------- */

enum { KERAS_ANY = -1, KERAS_WEIGHT_RANK = 8 };

struct keras_weight {
    const char *name; /* Keras' attribute: "kernel" */
    bool trainable;   /* where its layer is */
    int32_t rank;     /* KERAS_ANY: not told by the configuration */
    int64_t dims[KERAS_WEIGHT_RANK]; /* as the file has them; KERAS_ANY: not told */
    const char *key;  /* in the file; NULL: not bound */
    struct tensor *described; /* its type and shape in the file, once asked for */
    struct ir_value *value; /* as rules take it, once it is needed */
    struct keras_weight *parts; /* of a weight that the file has gate by gate, in its order; NULL: it is one array */
    size_t n_parts;
    const struct keras_turn *turn; /* how the file's axes become those that rules take; NULL: they are the same */
};

struct keras_node { /* one call of a layer in a functional model */
    const json_t *args;   /* an array: tensors are references, see keras_reference() */
    const json_t *kwargs; /* an object, or NULL */
};

struct keras_layer {
    const struct keras_class *class; /* NULL: not known here */
    const char *class_name, *name;
    const char *attribute; /* of its parent: "cell"; NULL: one of a model's layers */
    bool listed;           /* `attribute` is a list of layers */
    struct keras_layer *parent;
    const json_t *config;  /* an object */
    const json_t *build_shape; /* the shape it was built for, as Keras 3 notes it; or NULL */
    const struct keras_source *source;
    bool trainable;
    tfp_dtype dtype; /* that it computes with */
    const char *quantization; /* "int8"; NULL: none */
    struct keras_weight *weights;
    size_t n_weights;
    struct keras_layer **children; /* in the order of their weights */
    size_t n_children;
    struct keras_model *model; /* a nested model's */
    struct keras_node *nodes;
    size_t n_nodes, first_node; /* number that the file gives to nodes[0] */
    size_t index;               /* in its model */
    uint64_t parameters;        /* elements of its weights that the file has, with those of layers within */
    const struct ir_value *result; /* of its first call, after lowering */
    const char *fault; /* the first member of the configuration that is of the wrong kind */
};

struct keras_end { /* a tensor at the edge of a model */
    struct keras_layer *layer;
    size_t node, tensor;
};

struct keras_model {
    bool sequential;
    struct keras_layer **layers;
    size_t n_layers;
    struct map by_name;
    struct keras_end *inputs, *outputs; /* of a Sequential model none: from the first to the last layer */
    size_t n_inputs, n_outputs;
};

/* -- classes of layers --------------------------------------------------------------------------------------------- */

enum keras_masks {
    KERAS_MASK_STOPS,  /* the result has none */
    KERAS_MASK_PASSES, /* the first input's goes on */
    KERAS_MASK_OWN,    /* the rule sets it */
};

struct keras_class {
    const char *name;
    void (*declare)(struct keras_layer *l); /* keras_weight_add(), keras_child_add(); NULL: it has neither */
    void (*lower)(struct keras_call *c);
    enum keras_masks masks;
    bool raw; /* inputs are taken in any type; others are cast to the layer's own, as Keras does */
    const void *variant; /* what tells sister classes apart */
    const char *limits;  /* for the docs: what is refused; NULL: nothing */
};
struct keras_family {
    const char *title;
    const struct keras_class *classes;
    size_t n;
};
extern const struct keras_family *const keras_families[];
extern const size_t keras_families_n;
const struct keras_class *keras_class_find(const char *name); /* NULL: not known here */

#define KERAS_FAMILY(id, text)                                                                                         \
    const struct keras_family keras_family_##id = { text, classes, sizeof classes / sizeof classes[0] }

/* -- the source ---------------------------------------------------------------------------------------------------- */

enum keras_store { KERAS_NO_WEIGHTS, KERAS_HDF5, KERAS_CHECKPOINT, KERAS_MANIFEST /* of TensorFlow.js */ };

struct hdf5;
struct weights;
struct keras_source { /* of Keras 1 to 3 */
    struct source source;
    struct arena arena;
    struct tfp_context *ctx;
    tfp_status status; /* the first failure of reading; its message is in ctx */
    const char *path;
    struct buffer *file;
    json_t *json, *training; /* the whole configuration; the training configuration, or NULL */
    int generation;          /* 1, 2 or 3: the major version of Keras whose meaning counts */
    const char *keras_version; /* "" unknown */
    struct keras_layer *root; /* the model as a layer */
    struct tfp_model_options options;
    enum keras_store store;
    bool theano; /* the backend that wrote the weights: it turns kernels of convolutions around */
    struct hdf5 *hdf5;
    struct weights *weights;
    size_t n_layers; /* of all models together */
    struct map assets; /* of an archive: "layers/string_lookup/vocabulary.txt" -> struct bytes, copied */
};

/* -- keras_json.c: reading configurations -------------------------------------------------------------------------- */

/* A member; NULL when it is absent or null. */
const json_t *keras_get(const json_t *object, const char *key);
const char *keras_text(const json_t *object, const char *key); /* NULL: absent or no string */
/* A number, a bool, or what stands for one: old writers give {"type": "ndarray", "value": 6.0}. */
bool keras_number(const json_t *j, double *out);
bool keras_integer(const json_t *j, int64_t *out); /* 7 or 7.0 */

/* Members of a layer's configuration. What is absent or null is `otherwise`; what is of the wrong kind is noted in
 * l->fault, which fails the layer. */
bool config_has(const struct keras_layer *l, const char *key);
bool config_bool(struct keras_layer *l, const char *key, bool otherwise);
int64_t config_int(struct keras_layer *l, const char *key, int64_t otherwise);
double config_float(struct keras_layer *l, const char *key, double otherwise);
const char *config_text(struct keras_layer *l, const char *key, const char *otherwise);
/* A list of integers, or one for all: fills `n` of them. */
void config_ints(struct keras_layer *l, const char *key, int64_t otherwise, size_t n, int64_t *out);
bool config_channels_last(struct keras_layer *l); /* data_format */
/* A list of at most `room` integers or one; -1: absent. null elements are `null`. */
int64_t config_list(struct keras_layer *l, const char *key, int64_t null, int64_t *out, size_t room);

/* -- keras_read.c: configuration -> model ----------------------------------------------------------------------------
 * Makes s->root of a model's configuration: {"class_name": .., "config": ..}. Unknown classes are no failure. */
tfp_status keras_read_model(struct keras_source *s, const json_t *json);
struct keras_layer *keras_layer_find(const struct keras_model *m, const char *name);           /* NULL: none */
struct keras_weight *keras_weight_find(const struct keras_layer *l, const char *name);         /* NULL: none */
/* `wanted`, or with a number behind it where it is taken already; taken from then on. NULL: memory is out. */
const char *keras_unique_name(struct arena *a, struct map *taken, const char *wanted);
/* For `declare`: a weight in the order of Keras' own list, and inner layers. */
void keras_weight_add(struct keras_layer *l, const char *name, bool trainable, int32_t rank, const int64_t *dims);
#define WEIGHT(l, name, ...)                                                                                           \
    keras_weight_add((l), (name), true, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (int64_t[]){ __VA_ARGS__ })
#define FIXED_WEIGHT(l, name, ...)                                                                                     \
    keras_weight_add((l), (name), false, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (int64_t[]){ __VA_ARGS__ })
/* From a serialized layer {"class_name": .., "config": ..}. NULL with the source's status set. */
struct keras_layer *keras_child_add(struct keras_layer *l, const char *attribute, const json_t *serialized);
/* One with a class and a configuration of our choice. */
struct keras_layer *keras_child_make(struct keras_layer *l, const char *attribute, const char *class_name,
                                     const json_t *config);
struct keras_layer *keras_child(const struct keras_layer *l, const char *attribute); /* NULL: none */
tfp_dtype keras_dtype(const char *name); /* "float32", "mixed_float16"; TFP_UNDEFINED: none */
/* A tensor that a value of a node's arguments refers to: its layer's name and numbers. *constant: a value instead. */
struct keras_reference {
    const char *layer;
    int64_t node, tensor;
    const json_t *constant;
};
bool keras_reference(const json_t *j, struct keras_reference *out);
/* Keeps new JSON with the configuration, and takes it over. False: memory is out. */
bool keras_keep(struct keras_source *s, json_t *j);
/* Dimensions of a list with nulls (-1); returns the rank, -1: it is none. */
int32_t keras_shape(const json_t *j, int64_t *dims);

/* -- keras_legacy.c: what Keras 1 calls and keeps otherwise, and Theano's kernels --
 * A layer's class and configuration in the words of Keras 2. NULL with the source's status set: memory is out. */
const json_t *keras_legacy_config(struct keras_source *s, const char **class_name, const json_t *config);
void keras_legacy_weights(struct keras_layer *l); /* behind `declare`: how the file keeps them */
/* The arrays of a weight (n of them: its parts) as what rules take. */
struct ir_value *keras_legacy_value(struct keras_call *c, const struct keras_layer *l, const struct keras_weight *w,
                                    struct ir_value *const *arrays, size_t n);

/* -- keras_weights.c ----------------------------------------------------------------------------------------------- */

/* Finds the key of every weight. E_FORMAT names the layer that lacks one or whose shape differs. */
tfp_status keras_weights_bind(struct keras_source *s);
tfp_status keras_weights_bind_checkpoint(struct keras_source *s); /* keras_checkpoint.c */
tfp_status keras_weights_bind_manifest(struct keras_source *s);   /* keras_manifest.c */
/* Gives a layer (its inner layers, and those of a model) the arrays of these keys: as Keras lists its weights, trainable ones
 * first or layer by layer, whichever the keys' last parts or the shapes go with. E_FORMAT names the layer. */
struct keras_keys {
    const char **at;
    size_t n;
};
tfp_status keras_weights_bind_list(struct keras_source *s, struct keras_layer *l, struct keras_keys *keys);
/* As the HDF5 files of Keras 3: the keys follow the objects' attributes. */
tfp_status keras_weights_bind_tree(struct keras_source *s);
/* Type and shape, and the elements. */
tfp_status keras_weight_describe(struct keras_source *s, struct keras_weight *w, struct tensor *out);
bool keras_weight_fits(const struct keras_weight *w, const struct tensor *t); /* its shape, as far as it is told */
tfp_status keras_weight_read(struct keras_source *s, const struct keras_weight *w, struct tensor *out);
/* A file that the archive has for a layer, such as the vocabulary that it has adapted to; false: there is none. */
bool keras_asset(const struct keras_source *s, const struct keras_layer *l, const char *file, struct bytes *out);
bool keras_layer_has_weights(const struct keras_layer *l); /* it or one of its inner layers */
/* "MaxPooling2D" -> "max_pooling2d", in `room`. */
void keras_snake_case(const char *name, char *room, size_t n);

/* -- keras_run.c: model -> IR -------------------------------------------------------------------------------------- */

struct keras_tensor {
    struct ir_value *value;
    struct ir_value *mask; /* bool [batch, time]; NULL: none */
};
enum { KERAS_IN_MOST = 256, KERAS_OUT_MOST = 64 };

struct keras_run; /* one pass through a model */
struct keras_call {
    struct build *b;
    struct keras_source *source;
    struct keras_layer *layer;
    struct keras_run *run;         /* that the node belongs to; NULL: called by another rule */
    const struct keras_node *node; /* NULL: called by another rule */
    const char *function; /* an operation's name in TensorFlow or keras.backend; NULL: it is called as one of Keras 3 */
    const struct keras_tensor *temporaries; /* what references within a Lambda layer mean, see keras_temporary() */
    size_t n_temporaries;
    struct keras_tensor in[KERAS_IN_MOST]; /* tensors of the first argument, in order */
    size_t n_in;
    struct keras_tensor out[KERAS_OUT_MOST];
    size_t n_out;
    unsigned depth; /* of calls within calls */
    const char *scope; /* name of the nodes */
};

tfp_status keras_lower(struct tfp_context *ctx, struct keras_source *s, struct ir_graph **out);

/* For rules. Failures stick in c->b->status, with the layer's name and class before the text. */
__attribute__((format(printf, 2, 3), cold)) void *call_unsupported(struct keras_call *c, const char *format, ...);
__attribute__((format(printf, 2, 3), cold)) void *call_malformed(struct keras_call *c, const char *format, ...);
struct ir_value *call_in(struct keras_call *c, size_t i); /* NULL with a failure: there is no such input */
int64_t call_rank(struct keras_call *c, const struct ir_value *v); /* -1 with a failure: not known */
int64_t call_axis(struct keras_call *c, int64_t axis, int64_t rank); /* from a negative one; -1 with a failure */
struct ir_value *call_weight(struct keras_call *c, const char *name); /* in the layer's type */
struct ir_value *call_raw_weight(struct keras_call *c, struct keras_layer *l, const char *name); /* as stored */
void call_out(struct keras_call *c, struct ir_value *v); /* one more output; NULL (a failure) is accepted */
void call_mask(struct keras_call *c, struct ir_value *mask); /* of the last output */
/* Argument `place` (0: the first) or by name; NULL: absent or null. */
const json_t *call_argument(struct keras_call *c, size_t place, const char *name);
bool call_is_tensor(const struct keras_call *c, const json_t *argument); /* whether it refers to one */
/* A new reference to temporary i of a call; NULL: memory is out. Whether one is such, and which. */
json_t *keras_temporary(size_t i);
bool keras_is_temporary(const json_t *j, size_t *i);
/* The tensor that an argument refers to, or a constant made of its numbers in `dtype`. */
struct keras_tensor call_tensor(struct keras_call *c, const json_t *argument, tfp_dtype dtype);
/* Tensors of a list or a single one; returns how many. */
size_t call_tensors(struct keras_call *c, const json_t *argument, struct keras_tensor *out, size_t room);
/* Calls an inner layer. Returns its first output. */
struct keras_tensor call_layer(struct keras_call *c, struct keras_layer *inner, const struct keras_tensor *in, size_t n);

/* -- keras_activation.c -------------------------------------------------------------------------------------------- */

/* x through the function that `key` of the configuration names ("relu", a serialized function or layer). */
struct ir_value *call_activation(struct keras_call *c, const char *key, struct ir_value *x);
struct ir_value *call_function(struct keras_call *c, const char *name, struct ir_value *x);
/* The function as an activation of ONNX's recurrent ops. False: they have none such. */
struct keras_onnx_activation {
    const char *name;
    bool has_alpha, has_beta;
    float alpha, beta;
};
bool keras_onnx_activation(struct keras_layer *l, const char *key, const char *otherwise,
                           struct keras_onnx_activation *out);
bool keras_is_activation(const char *name);

/* -- keras_shared.c: shared by layers ------------------------------------------------------------------------------ */

/* Rules: the first input as it is; a call of the inner layer "layer" on all inputs, and its declaration. */
void keras_lower_same(struct keras_call *c);
void keras_lower_wrapper(struct keras_call *c);
void keras_declare_wrapper(struct keras_layer *l);
/* x with a large negative number added where `keep` (any type, broadcast to x; NULL: everywhere) is 0, as Keras does. */
struct ir_value *keras_masked(struct build *b, struct ir_value *x, struct ir_value *keep);
/* x divided by its length along the axes. */
struct ir_value *keras_unit_length(struct build *b, struct ir_value *x, const int64_t *axes, size_t n);

#endif
