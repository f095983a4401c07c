/* From ONNX's messages to the IR. Each node is brought up to the newest opset by the rows of onnx_upgrade.c (or put in
 * standard terms by those of onnx_contrib.c) and emitted; functions of the model are written out where they are called;
 * bodies become graphs of their own. */
#ifndef TFP_ONNX_LOWER_H
#define TFP_ONNX_LOWER_H

#include "base/text.h"
#include "frontend/onnx/onnx_names.h"
#include "frontend/onnx/onnx_tensor.h"
#include "ir/build.h"

enum { ONNX_MAX_DEPTH = 64, ONNX_MAX_NODES = 1000000 }; /* of functions in functions and bodies; nodes written out */

/* The names that a node may use: those of its graph, then those of the graph around it. */
struct onnx_scope {
    struct map values;       /* name -> struct ir_value */
    struct map initializers; /* name -> struct onnxpb_tensor or sparse tensor, made constants when used */
    struct map sparse;
    struct map later;        /* name -> the node that makes it, for messages */
    struct onnx_scope *outer;
    struct ir_graph *graph;
    bool names_values;       /* the IR's values get the file's names */
};

/* What the attributes of a function's nodes refer to, and which opsets its nodes mean. */
struct onnx_call {
    const struct onnxpb_attribute *attrs; /* of the call, resolved, and defaults */
    size_t n_attrs;
    const struct onnxpb_opsets *opsets;
    size_t depth;
};

struct onnx_lower {
    struct build b;
    struct arena *arena; /* of the source: what outlives lowering and is not the graph's */
    struct onnx_files *files;
    const struct onnxpb_model *model;
    const struct tfp_model_options *options;
    struct onnx_scope *scope;
    const struct onnx_call *call;
    size_t n_nodes; /* lowered so far */
    size_t depth;
};

/* A tensor among a node's attributes; released when the node is done, the graph has what it keeps. */
struct onnx_held {
    struct tensor t;
    struct onnx_held *next;
};

/* A node on its way: an upgrade changes it in place, or emits others and sets `out` and `done`. */
struct onnx_node {
    const struct onnxpb_node *from;
    const char *what; /* "node NAME (Op)" */
    enum ir_op op;
    int opset; /* that it means */
    struct ir_value **in;
    size_t n_in, room_in;
    struct ir_attr *attrs; /* of standard ops */
    size_t n_attrs, room_attrs;
    struct onnx_held *held;
    struct ir_value **out;
    size_t n_out;
    bool done;
};

/* The whole model. E_UNSUPPORTED names every op that has no place in the IR. */
tfp_status onnx_lower_model(struct tfp_context *ctx, struct onnx_lower *l, struct ir_graph **out);

/* -- onnx_cut.c ---------------------------------------------------------------------------------------------------- */

/* Leaves of `g`, a copy of the model's graph, what lies between the inputs and outputs that the options name; nothing
 * changes where they name none. Of `l` only arena, files and model are used. E_USAGE: no such value, or the outputs need
 * an input that is not named. */
tfp_status onnx_cut(struct tfp_context *ctx, struct onnx_lower *l, const struct tfp_model_options *o,
                    struct onnxpb_graph *g);

/* -- for upgrades -------------------------------------------------------------------------------------------------- */

/* Sticks a failure: the model is fine but cannot be expressed; the model is not ONNX. */
__attribute__((format(printf, 3, 4), cold)) void onnx_refuse(struct onnx_lower *l, const struct onnx_node *n,
                                                             const char *format, ...);
__attribute__((format(printf, 3, 4), cold)) void onnx_malformed(struct onnx_lower *l, const struct onnx_node *n,
                                                                const char *format, ...);
static inline bool onnx_same(struct bytes a, struct bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}
static inline struct ir_value *onnx_in(const struct onnx_node *n, size_t i)
{
    return i < n->n_in ? n->in[i] : NULL;
}
/* Output i has a name. */
static inline bool onnx_wants(const struct onnx_node *n, size_t i)
{
    return i < n->from->output.n && n->from->output.at[i].n > 0;
}
void onnx_set_in(struct onnx_lower *l, struct onnx_node *n, size_t i, struct ir_value *v);
/* Attributes of standard ops, as the IR knows them. */
const struct ir_attr *onnx_attr(const struct onnx_node *n, enum ir_attr_name name); /* NULL: not set */
int64_t onnx_int(const struct onnx_node *n, enum ir_attr_name name, int64_t otherwise);
float onnx_float(const struct onnx_node *n, enum ir_attr_name name, float otherwise);
struct ir_ints onnx_int_list(const struct onnx_node *n, enum ir_attr_name name);
bool onnx_is(const struct onnx_node *n, enum ir_attr_name name, const char *word);
void onnx_drop(struct onnx_node *n, enum ir_attr_name name);
void onnx_set(struct onnx_lower *l, struct onnx_node *n, struct ir_attr a); /* adds or replaces */
/* Attributes by their name in the file, for ops of other domains; references to a function's are resolved. NULL: none. */
const struct onnxpb_attribute *onnx_given(const struct onnx_lower *l, const struct onnx_node *n, const char *name);
int64_t onnx_given_int(const struct onnx_lower *l, const struct onnx_node *n, const char *name, int64_t otherwise);
float onnx_given_float(const struct onnx_lower *l, const struct onnx_node *n, const char *name, float otherwise);
struct bytes onnx_given_string(const struct onnx_lower *l, const struct onnx_node *n, const char *name,
                               const char *otherwise);
/* Of another domain's op that is like a standard one: it takes over the attributes that one has, and is it from now on. */
void onnx_take_attrs(struct onnx_lower *l, struct onnx_node *n, enum ir_op op);
/* The node is done, with that as its only result. */
void onnx_done(struct onnx_node *n, struct ir_value *result);

/* -- onnx_upgrade.c ------------------------------------------------------------------------------------------------ */

/* Brings a standard node to the newest opset. */
void onnx_upgrade(struct onnx_lower *l, struct onnx_node *n);

/* -- onnx_ops.c ---------------------------------------------------------------------------------------------------- */

/* Whether there is a way for that op, and the standard op it is (IR_NONE: one of another domain). */
bool onnx_op_known(struct bytes domain, struct bytes op, enum ir_op *standard);
static inline bool onnx_domain_is_standard(struct bytes domain)
{
    return domain.n == 0 || bytes_equal(domain, "ai.onnx");
}

/* That of the IR's own ops; docs/formats/bundle.md. */
enum { ONNX_OWN_DOMAIN_VERSION = 1 };
static inline bool onnx_domain_is_own(struct bytes domain)
{
    return bytes_equal(domain, "tfport");
}

/* -- onnx_contrib.c ------------------------------------------------------------------------------------------------ */

typedef void onnx_rule(struct onnx_lower *l, struct onnx_node *n);
/* Writes an op of another domain in standard terms; NULL: none. */
onnx_rule *onnx_contrib_find(struct bytes domain, struct bytes op);
onnx_rule onnx_tree_ensemble; /* TreeEnsembleRegressor of ai.onnx.ml (onnx_trees.c) */

/* -- onnx_function.c ----------------------------------------------------------------------------------------------- */

/* The function of the model that the node calls; NULL: none. */
const struct onnxpb_function *onnx_function_find(const struct onnxpb_model *m, const struct onnxpb_node *n);
/* Writes it out in the place of the node. */
void onnx_function_inline(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_function *f);

/* -- onnx_body.c --------------------------------------------------------------------------------------------------- */

/* If, Loop, Scan: their bodies become graphs of their own. */
void onnx_body_lower(struct onnx_lower *l, struct onnx_node *n);

/* -- onnx_lower.c, for these --------------------------------------------------------------------------------------- */

void onnx_scope_init(struct onnx_lower *l, struct onnx_scope *s, struct onnx_scope *outer, struct ir_graph *graph);
/* The names of a graph's initializers, so that nodes may use them. */
void onnx_scope_initializers(struct onnx_lower *l, struct onnx_scope *s, const struct onnxpb_graph *g);
/* Binds a name; a name that is bound already is malformed. */
void onnx_bind(struct onnx_lower *l, struct onnx_scope *s, struct bytes name, struct ir_value *v);
struct ir_value *onnx_value(struct onnx_lower *l, struct onnx_scope *s, struct bytes name); /* NULL: no such value */
/* All nodes, in l->scope. */
void onnx_lower_nodes(struct onnx_lower *l, const struct onnxpb_nodes *nodes);
/* Whether a caller's name for a value is that one; TensorFlow's "x:0" is "x", too. */
bool onnx_is_named(const char *given, struct bytes name);
/* The value with that name, or a failure that says who needs it. */
struct ir_value *onnx_need(struct onnx_lower *l, struct onnx_scope *s, struct bytes name, const char *who);
/* A graph's input with that name, of the type. */
struct ir_value *onnx_input(struct onnx_lower *l, const struct onnxpb_value_info *info);
const char *onnx_text(struct onnx_lower *l, struct bytes s); /* with a NUL, in the arena */

#endif
