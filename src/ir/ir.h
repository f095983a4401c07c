/* The intermediate representation: a graph of ONNX operators in the meaning of the newest opset. Frontends build it,
 * passes rewrite it, backends read it. Nodes are kept in an order in which each stands behind what it uses.
 *
 * Memory: nodes, values, names and shapes live in the graph's arena until ir_destroy(); weights are counted buffers.
 * Unlinked nodes and values simply stay in the arena. */
#ifndef TFP_IR_IR_H
#define TFP_IR_IR_H

#include "base/bytes.h"
#include "base/map.h"
#include "ir/schema.h"
#include "ir/tensor.h"

struct ir_graph;
struct ir_node;
struct ir_value;

/* A dimension, or one element of an integer tensor whose value is partly known: a number, or a symbol. */
struct dim {
    int64_t n;    /* the number when sym == 0 */
    uint32_t sym; /* index into the graph's symbols; DIM_UNKNOWN only in ir_value.known */
};
#define DIM_UNKNOWN UINT32_MAX

static inline struct dim dim_of(int64_t n)
{
    return (struct dim){ n, 0 };
}
static inline bool dim_fixed(struct dim d)
{
    return d.sym == 0;
}
static inline bool dim_is(struct dim d, int64_t n)
{
    return d.sym == 0 && d.n == n;
}
/* Surely equal: same number or same symbol. */
static inline bool dim_equal(struct dim a, struct dim b)
{
    return a.sym == b.sym && (a.sym ? a.sym != DIM_UNKNOWN : a.n == b.n);
}

struct ir_floats {
    const float *at;
    size_t n;
};
struct ir_ints {
    const int64_t *at;
    size_t n;
};
struct ir_strings {
    const struct bytes *at;
    size_t n;
};

struct ir_attr {
    enum ir_attr_name name; /* ATTR_NONE ends a list */
    enum ir_attr_kind kind;
    union {
        int64_t i;
        float f;
        struct bytes s;
        struct ir_ints ints;
        struct ir_floats floats;
        struct ir_strings strings;
        struct tensor *tensor;
        struct ir_graph *graph; /* a body; what it uses from outside comes in through the node's inputs */
    } v;
};

/* One use of a value: an input of a node. */
struct ir_use {
    struct ir_value *value; /* NULL: an optional input that is absent */
    struct ir_node *node;
    uint32_t index;
    struct ir_use *next, *prev; /* the value's other uses */
};

struct ir_value {
    const char *name; /* the source's name ("conv1/Relu:0" is written "conv1/Relu"), or NULL: made by tfport */
    tfp_dtype dtype;
    int32_t rank;     /* -1: unknown */
    struct dim *dims; /* `rank` of them, never DIM_UNKNOWN */
    struct ir_graph *graph;   /* it belongs to */
    struct ir_node *producer; /* NULL: a graph input or a constant */
    uint32_t index;           /* output number of the producer */
    struct tensor *constant;  /* NULL: not constant */
    struct dim *known;        /* integers or bools of rank 0 or 1, few elements: what is known of each; or NULL */
    size_t n_known;
    struct ir_use *uses;
    uint32_t n_uses, n_outputs; /* uses by nodes; times it is a graph output */
    uint32_t varies;            /* of a body's input: bit k set: dimension k differs from one iteration to another */
    uint32_t mark;              /* scratch of the pass that runs */
};

struct ir_node {
    enum ir_op op;
    const char *name; /* of the source's node, not unique: one source node can become several; NULL: none */
    struct ir_use *in;
    uint32_t n_in;
    struct ir_value **out; /* NULL entries: optional outputs nobody wants */
    uint32_t n_out;
    struct ir_attr *attrs; /* sorted by name, no ATTR_NONE at the end */
    size_t n_attrs;
    struct ir_graph *graph;
    struct ir_node *prev, *next;
    uint32_t mark; /* scratch of the pass that runs */
};

struct ir_output {
    const char *name; /* as the file will call it; values have names of their own */
    struct ir_value *value;
};

struct ir_symbol {
    const char *name; /* "batch", "height", or an expression "(height+1)/2" */
    bool nonnegative; /* has been a dimension: an expression that never goes below 0 */
    const struct ir_value *made_for; /* only compared: inferring that value again takes the same fresh symbol */
};

struct ir_kept { /* a buffer and the number of this graph's constants in it */
    struct buffer *buffer; /* NULL: none any more */
    size_t n_constants;
    bool texts; /* strings, which other constants may point to: kept to the end */
};

struct ir_graph {
    struct arena arena;
    struct ir_node *first, *last;
    size_t n_nodes;
    struct ir_value **inputs; /* each has a name */
    size_t n_inputs, room_inputs;
    struct ir_output *outputs;
    size_t n_outputs, room_outputs;
    struct ir_symbol *symbols; /* [0] is not used */
    size_t n_symbols, room_symbols;
    struct map symbol_names; /* name -> index */
    struct ir_kept **buffers; /* all that constants of this graph lie in */
    size_t n_buffers, room_buffers;
    struct map buffer_index;
    const char *name;
    const char *(*metadata)[2]; /* key and value, written to the file */
    size_t n_metadata;
    struct ir_graph *parent; /* NULL: this graph is no body */
    struct ir_graph *bodies, *next_body; /* those that this graph owns; the parent's next */
    uint32_t n_made, number; /* bodies made in the whole tree (kept at its root), and which of them this is, from 1 */
    bool inlined, used;      /* its memory is the parent's too; scratch of ir_drop_bodies() */
};
#define IR_RANK_VARIES (UINT32_C(1) << 31) /* in ir_value.varies */

/* -- graphs -------------------------------------------------------------------------------------------------------- */

tfp_status ir_create(struct tfp_context *ctx, struct ir_graph **out);
void ir_destroy(struct ir_graph *g); /* NULL passes */
/* A copy that shares the weights (and nothing else) with the original, which must outlive it. */
tfp_status ir_clone(struct tfp_context *ctx, const struct ir_graph *g, struct ir_graph **out);

/* NULL when memory is out. `dims` is copied; a negative number there becomes a new symbol. rank -1: unknown. */
struct ir_value *ir_add_input(struct ir_graph *g, const char *name, tfp_dtype dtype, int32_t rank, const struct dim *dims);
bool ir_add_output(struct ir_graph *g, const char *name, struct ir_value *v);
void ir_set_output(struct ir_graph *g, size_t i, struct ir_value *v); /* output i, under its name, is `v` from now on */
bool ir_add_metadata(struct ir_graph *g, const char *key, const char *value);
/* Takes input (output) i away; an input must be unused. */
void ir_drop_input(struct ir_graph *g, size_t i);
void ir_drop_output(struct ir_graph *g, size_t i);

/* -- bodies -------------------------------------------------------------------------------------------------------- */

/* What If, Loop and Scan run is a graph of its own, a body, which the graph of the node owns. A body uses nothing from
 * outside but through its inputs; constants may lie in it. Its symbols are its own: a name means the same in a body and
 * around it, and ir_new_symbol() makes no name that anything around the body has.
 *   If: node inputs are the condition and what the branches use; both branches have all of the latter as inputs, in
 *     that order, used or not. Outputs as ONNX.
 *   Loop: body inputs are the iteration (int64, rank 0), the condition (bool, rank 0) and the carried values; outputs and
 *     the node's inputs and outputs as ONNX.
 *   Scan: as ONNX's from opset 9 on.
 * What a Loop or Scan only reads is a carried value that the body gives back unchanged: output and input of the body are
 * the same ir_value. Node outputs that nobody wants may be NULL. bodies.h tells which is which. */
enum { IR_DEEPEST_BODY = 16 }; /* bodies in one another */
/* An empty body, destroyed with `parent`; for A_GRAPH on a node of it. NULL when memory is out or it would lie too deep. */
struct ir_graph *ir_add_body(struct ir_graph *parent);
/* Puts the nodes of a body, which is empty then, before a node of its parent, not inferred. `in`: for the body's inputs;
 * `out`: room for what its outputs are. False: memory is out. */
bool ir_inline_body(struct ir_graph *body, struct ir_node *before, struct ir_value *const *in, struct ir_value **out);
/* Puts a node, with its bodies, before all others of a body of its graph, with `in` as inputs there; what used its outputs
 * keeps doing so until the caller links it to the new node's. NULL: memory is out, or its bodies would lie too deep. */
struct ir_node *ir_sink_node(struct ir_node *n, struct ir_graph *body, struct ir_value *const *in);
/* Destroys the bodies that no node has any more. */
void ir_drop_bodies(struct ir_graph *g);

/* -- constants ----------------------------------------------------------------------------------------------------- */

/* Takes the tensor's description; `t->owner` gets one more owner (NULL: its data must live as long as the graph: copy it
 * to the arena first). NULL when memory is out. */
struct ir_value *ir_add_constant(struct ir_graph *g, const char *name, const struct tensor *t);
/* Makes `v` constant in place: it keeps its name and uses and loses its producer's link. */
bool ir_make_constant(struct ir_graph *g, struct ir_value *v, const struct tensor *t);
/* Gives back the memory of a constant that nothing uses any more (pages of a file map are forgotten); passes call it so
 * that weights and their transposed copies do not pile up. Does nothing while it is used. */
void ir_drop_constant(struct ir_graph *g, struct ir_value *v);
/* Gives back the memory of all constants that neither a node uses nor the graph gives, also of those that were only steps
 * to another constant. Such values must not be looked at any more. Changes marks. */
void ir_drop_loose_constants(struct ir_graph *g);
/* Gives every misaligned constant aligned memory (tensor.h): for whoever executes the graph. */
tfp_status ir_align_constants(struct tfp_context *ctx, struct ir_graph *g);

/* -- nodes --------------------------------------------------------------------------------------------------------- */

/* A node before `before` (NULL: at the end), outputs made but not inferred. Attributes are copied (and sorted). */
struct ir_node *ir_add_node(struct ir_graph *g, struct ir_node *before, enum ir_op op, const char *name,
                            struct ir_value *const *in, size_t n_in, const struct ir_attr *attrs, size_t n_out);
/* Puts a node before another of its graph. */
void ir_move_node(struct ir_node *n, struct ir_node *before);
/* Unlinks a node whose outputs nobody uses. */
void ir_remove(struct ir_node *n);
void ir_set_input(struct ir_node *n, size_t i, struct ir_value *v);
/* Those behind move up. An output that goes must be unused. */
void ir_drop_node_input(struct ir_node *n, size_t i);
void ir_drop_node_output(struct ir_node *n, size_t i);
/* Those from i on move down; output i is one that nobody wants. */
bool ir_insert_node_output(struct ir_node *n, size_t i);
/* Appends an input (an optional one that was not there). */
bool ir_append_input(struct ir_node *n, struct ir_value *v);
bool ir_set_attr(struct ir_node *n, const struct ir_attr *a); /* adds or replaces; copies what it points to */
void ir_drop_attr(struct ir_node *n, enum ir_attr_name name);
/* All uses of `from`, graph outputs too, become uses of `to`; `to` takes over the name if it has none. */
void ir_replace(struct ir_graph *g, struct ir_value *from, struct ir_value *to);
static inline bool ir_unused(const struct ir_value *v)
{
    return v->n_uses == 0 && v->n_outputs == 0;
}
/* Somebody uses output i of the node. */
static inline bool ir_wants(const struct ir_node *n, size_t i)
{
    return i < n->n_out && n->out[i] && !ir_unused(n->out[i]);
}
/* Nobody uses anything of the node. */
static inline bool ir_node_unused(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++)
        if (ir_wants(n, i)) return false;
    return true;
}
/* Used once, by a node, and not an output of the graph. */
static inline bool ir_single_use(const struct ir_value *v)
{
    return v->n_uses == 1 && v->n_outputs == 0;
}

/* Input i, or NULL when absent. */
static inline struct ir_value *ir_in(const struct ir_node *n, size_t i)
{
    return i < n->n_in ? n->in[i].value : NULL;
}
/* The node that gives v, when it is of that op; else NULL. */
static inline struct ir_node *ir_producer(const struct ir_value *v, enum ir_op op)
{
    return v && v->producer && v->producer->op == op ? v->producer : NULL;
}
/* The constant behind input i, or NULL. */
static inline const struct tensor *ir_in_constant(const struct ir_node *n, size_t i)
{
    const struct ir_value *v = ir_in(n, i);
    return v ? v->constant : NULL;
}

/* Two runs may give different results: never folded, never merged. */
bool ir_is_random(enum ir_op op);

/* Whether a DequantizeLinear gives the weights of a convolution or product of quantized numbers, which are constants of one byte an
 * element. Left as it is, a file has a quarter of the bytes, and its reader may compute with the whole numbers; whoever executes a
 * graph here folds it. */
bool ir_is_quantized_weight(const struct ir_node *n);

/* Attributes: the node's value, else the default of the newest schema, else the given one. */
const struct ir_attr *ir_attr(const struct ir_node *n, enum ir_attr_name name); /* NULL: not set on the node */
int64_t ir_attr_int(const struct ir_node *n, enum ir_attr_name name, int64_t otherwise);
float ir_attr_float(const struct ir_node *n, enum ir_attr_name name, float otherwise);
struct bytes ir_attr_string(const struct ir_node *n, enum ir_attr_name name, const char *otherwise);
bool ir_attr_is(const struct ir_node *n, enum ir_attr_name name, const char *word); /* string attribute equals */
struct ir_ints ir_attr_ints(const struct ir_node *n, enum ir_attr_name name); /* n 0 when not set */

#define A_INT(attr, value) { .name = (attr), .kind = ATTR_KIND_INT, .v.i = (value) }
#define A_FLOAT(attr, value) { .name = (attr), .kind = ATTR_KIND_FLOAT, .v.f = (value) }
#define A_INTS(attr, values, count) { .name = (attr), .kind = ATTR_KIND_INTS, .v.ints = { (values), (count) } }
#define A_STRING(attr, text) { .name = (attr), .kind = ATTR_KIND_STRING, .v.s = { (text), sizeof(text) - 1 } } /* literal */
#define A_TEXT(attr, text) { .name = (attr), .kind = ATTR_KIND_STRING, .v.s = { (text), strlen(text) } }
#define A_TENSOR(attr, pointer) { .name = (attr), .kind = ATTR_KIND_TENSOR, .v.tensor = (pointer) }
#define A_GRAPH(attr, body) { .name = (attr), .kind = ATTR_KIND_GRAPH, .v.graph = (body) }
#define ATTRS(...) (const struct ir_attr[]){ __VA_ARGS__, { .name = ATTR_NONE } }
#define NO_ATTRS NULL

/* -- symbols ------------------------------------------------------------------------------------------------------- */

/* The symbol of that name, made when new. {0, DIM_UNKNOWN} when memory is out. */
struct dim ir_symbol(struct ir_graph *g, const char *name);
/* A symbol that no other equals, named after `hint`. */
struct dim ir_new_symbol(struct ir_graph *g, const char *hint);
const char *ir_symbol_name(const struct ir_graph *g, struct dim d);
/* A dimension of `from` in `to`, a graph of the same tree or a copy: by its name. Unknown when memory is out. */
struct dim dim_carry(const struct ir_graph *from, struct ir_graph *to, struct dim d);
/* Arithmetic on dimensions: folded where numbers are known, else a symbol named by the expression, so that equal
 * expressions give equal symbols. Unknown gives unknown. Division rounds down; by zero gives unknown. */
struct dim dim_add(struct ir_graph *g, struct dim a, struct dim b);
struct dim dim_sub(struct ir_graph *g, struct dim a, struct dim b);
struct dim dim_mul(struct ir_graph *g, struct dim a, struct dim b);
struct dim dim_div(struct ir_graph *g, struct dim a, struct dim b);
struct dim dim_max(struct ir_graph *g, struct dim a, struct dim b);
struct dim dim_min(struct ir_graph *g, struct dim a, struct dim b);
/* Surely not below zero. Unknown is not. */
bool dim_nonnegative(const struct ir_graph *g, struct dim d);

/* -- shapes -------------------------------------------------------------------------------------------------------- */

/* Sets dtype, rank, dims (and known elements) of a node's outputs from its inputs and attributes. What cannot be known is
 * left unknown; what cannot be true (a rank or type that the op does not have) is E_FORMAT with the node's name. */
tfp_status ir_infer(struct tfp_context *ctx, struct ir_node *n);
/* All nodes in order, after inputs or constants changed. */
tfp_status ir_infer_all(struct tfp_context *ctx, struct ir_graph *g);
/* Where inputs have the size `from` they have `to` from now on, and everything is inferred anew. */
tfp_status ir_equate(struct tfp_context *ctx, struct ir_graph *g, struct dim from, struct dim to);
bool ir_set_shape(struct ir_graph *g, struct ir_value *v, tfp_dtype dtype, int32_t rank, const struct dim *dims);
bool ir_set_known(struct ir_graph *g, struct ir_value *v, const struct dim *elements, size_t n);
/* All dims fixed: fills dims (room for TFP_MAX_RANK) and returns true. */
bool ir_static_dims(const struct ir_value *v, int64_t *dims);
/* The elements of an integer tensor when each is a known number (constant or not); returns how many, -1 otherwise. `at`
 * has room for `room` values. */
int64_t ir_known_ints(const struct ir_value *v, int64_t *at, size_t room);
int64_t ir_known_elements(const struct ir_value *v, int64_t *at, size_t room); /* of a bool tensor, too: 0 and 1 */
enum { IR_KNOWN_MAX = 64 }; /* partial values are kept for at most this many elements */

/* -- checking and showing ------------------------------------------------------------------------------------------ */

/* Everything that must hold between passes: order, links, use lists, unique names, schema arity, inferred types; in the
 * bodies too. A violation is a mistake of tfport's and is worded so. */
tfp_status ir_check(struct tfp_context *ctx, const struct ir_graph *g);
struct text;
/* Stable text: inputs, constants with a hash, nodes with attributes and shapes, outputs. */
void ir_dump(const struct ir_graph *g, struct text *out);
struct digest;
/* All of that and every byte of the weights, for telling graphs apart. Changes marks. */
void ir_digest(const struct ir_graph *g, struct digest *out);
/* Sets the marks of all nodes and values to 0, in bodies too. */
void ir_clear_marks(const struct ir_graph *g);
const char *ir_value_text(const struct ir_value *v, char *room, size_t n); /* "x float32[batch,3]" for messages */

#endif
