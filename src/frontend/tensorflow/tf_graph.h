/* A TensorFlow graph in TensorFlow's own words: nodes of a GraphDef with their inputs resolved. What reads a file makes
 * one of these; lower.c turns it into the IR. Everything lives in the graph's arena; strings and weights point into the
 * mapped file.
 *
 * The way of a graph: tf_graph_create(), decode a GraphDef into its arena, tf_graph_build() (nodes and edges,
 * interface, function calls inlined, conditionals structured, order, loops found), lower_graph(). */
#ifndef TFP_TF_GRAPH_H
#define TFP_TF_GRAPH_H

#include "base/buffer.h"
#include "frontend/tensorflow/op_defs.h"
#include "frontend/tensorflow/tf_request.h"
#include "ir/ir.h"
#include "schema/tensorflow_proto.h"
#include "weights/tensor_proto.h"

struct tf_graph;
struct tf_node;
struct tf_function; /* one of the graph's library, see tf_function.c */
struct tf_branch;   /* one side of a conditional, see tf_control.c */
struct tf_loop;     /* see tf_loop.c */
struct tf_variable; /* see tf_variables.h */
struct tf_filling;
struct lower_carried;

struct tf_input {
    struct tf_node *node;
    uint32_t port; /* output number of that node */
};

/* A tensor that the caller wants to feed though a node makes it: what used it uses `node` instead. */
struct tf_cut {
    uint32_t port;
    struct tf_node *node;
    struct tf_cut *next;
};

/* What a Merge of a conditional chooses by. */
struct tf_merge {
    struct tf_input predicate;
    uint32_t n_branches; /* not 0: the predicate is a branch's index, out of range it means the last (Case) */
    uint32_t true_input; /* else: index of the input that counts when the predicate holds */
    int32_t live;        /* index of the only input that counts; -1: decided when the model runs */
    bool decided;        /* `live` was found while lowering: in a loop it holds for one step */
};

/* One variable of a loop: Merge chooses between what Enter brings and what the step before gave. */
struct tf_loop_variable {
    struct tf_node *merge, *enter, *next;
    struct ir_value *now, *then; /* while lowering: in this step, in the next one */
    struct lower_carried *carried; /* while lowering it as a Loop, see lower_body.c */
};

enum tf_loop_state { LOOP_NOT_RUN, LOOP_RUNS, LOOP_DONE, LOOP_FAILED };

/* A loop of TensorFlow 1, found by its LoopCond (tf_loop.c). */
struct tf_loop {
    struct tf_node *condition; /* the LoopCond */
    struct tf_loop_variable *variables;
    size_t n_variables;
    struct tf_node **enters; /* all that the loop takes from outside, invariants too, as far as its name tells */
    size_t n_enters;
    enum tf_loop_state state;   /* while lowering */
    struct tf_node *first;      /* while lowering: the Exit that asked for the loop first */
};

struct tf_node {
    const char *name, *op;
    const struct op_def *def; /* TensorFlow's definition of the op; NULL: not known */
    struct tf_input *in;      /* data inputs */
    size_t n_in;
    const struct tfpb_attr *attrs; /* as the file holds them, no defaults: read them with lower.h's tf_...() */
    size_t n_attrs;
    struct ir_value **out; /* by port, filled while lowering; NULL: not lowered */
    size_t n_out;
    struct ir_value **parts; /* by port, of complex outputs: see ops/complex.h; NULL: there are none */
    uint32_t mark;

    /* Only for what builds the graph. */
    struct tf_node **control; /* sources of control edges: they tell which branch of a conditional a node stands in */
    size_t n_control;
    struct tf_function *function; /* not NULL: a call, replaced by the function's body */
    struct tf_input *forward;     /* of an inlined call, by port: what makes the result */
    struct tf_node **after;       /* of an inlined call: see tf_function_after() */
    size_t n_after;
    struct tf_node *caller;       /* the inlined call that made the node: it runs behind what that waits for */
    struct tf_cut *cuts;
    const struct tf_branch *branch;
    struct tf_merge *merge; /* not NULL: a Merge of a conditional, or the inlined If or Case itself */
    struct tf_loop *loop;   /* of a LoopCond, of a loop's Merge and of its Exit */
    uint32_t variable;      /* of that loop, for Merge and Exit */
    struct tf_variable *state;    /* the variable that the node stands for, see tf_variables.h */
    const struct tf_filling *filling; /* of a lookup table: what fills it, see tf_tables.c; NULL: not known */
    const struct tf_node *behind; /* it reads a variable that this node has changed before */
    uint32_t used_ports;    /* 1 + highest port that an edge names */
    uint16_t depth;         /* calls around it */
    bool counted;           /* inputs and outputs agree with the definition, n_out is set */
    bool consumed;          /* another node needs its data (summaries do not count) */
    bool fed;               /* while results are looked for: it depends on what comes from outside */
    bool derived;           /* the same: the graph has its gradient */
    bool assumed;           /* a placeholder: a branch was chosen because it is a training flag */
    bool is_input;          /* of the model: nothing before it is needed */
    bool failed;            /* while lowering: it, or something before it, could not be lowered */
    uint16_t level;         /* while lowering: number of the innermost running loop that it depends on; 0: none */
};

/* A table's keys and values: its first two inputs, or a file. */
struct tf_filling {
    bool from_file;
    const char *path; /* of the file; NULL: it is not part of the model */
};

struct tf_graph_input {
    const char *name; /* "x" for "x:0" */
    struct tf_node *node;
    int32_t type; /* TensorFlow's number */
    int32_t rank; /* -1: unknown */
    int64_t *dims; /* -1: unknown */
};

/* A variable that the model changes, and the node that stands for its value before. */
struct tf_state {
    const struct tf_variable *variable;
    struct tf_node *before;
};

struct tf_graph_output {
    const char *name;
    struct tf_input tensor;
};

/* A file of the model that a tensor of the graph names, wherever that was when the model was written. */
struct tf_asset {
    const char *tensor, *path;
    struct tf_asset *next;
};

struct tf_graph {
    struct arena arena;
    struct weights *weights;         /* values of variables, borrowed; NULL: none */
    struct tf_asset *assets;
    const char *no_weights;          /* why there are none, see tf_request.h */
    struct map variables;            /* what TensorFlow tells variables apart by -> struct tf_variable */
    bool moving_averages;
    bool lacks_weights;            /* while lowering: no checkpoint where one is needed, or a file of it is not there */
    struct tensor_proto_file file; /* what constants may point into */
    const struct tfpb_graph *def;
    int32_t producer;      /* GraphDef version; 0: unknown */
    struct tf_node **nodes; /* those of the file in its order, then those of inlined functions */
    size_t n_nodes, room_nodes, n_file_nodes;
    struct map names;     /* -> struct tf_node */
    struct map functions; /* -> struct tf_function */
    struct tf_graph_input *inputs;
    size_t n_inputs;
    struct tf_graph_output *outputs;
    size_t n_outputs;
    struct tf_state *state; /* with --state io */
    size_t n_state;
    struct tf_node **order; /* what the outputs need, each behind its inputs (but for the back edges of loops) */
    size_t n_order, room_order;
    uint32_t pass;         /* marks of earlier walks are below 2 * pass */
    uint64_t n_ports;      /* outputs of all counted nodes */
    size_t inlined;        /* what inlined calls made, in nodes */
};

tfp_status tf_graph_create(struct tfp_context *ctx, struct buffer *file, struct tf_graph **out);
void tf_graph_destroy(struct tf_graph *g); /* NULL passes */

/* `def`, and what `request` refers to but for the options, live as long as the graph. E_FORMAT: names twice, inputs that
 * name nothing, cycles, wrong counts. E_USAGE: names or shapes asked for that the graph does not have. */
tfp_status tf_graph_build(struct tfp_context *ctx, struct tf_graph *g, const struct tfpb_graph *def,
                          const struct tf_request *request);

/* The node of that name, NULL when there is none. */
struct tf_node *tf_graph_find(const struct tf_graph *g, const char *name, size_t n);
/* Dependency k of a node in the order they are needed; false at the end. A conditional's Merge needs only the live side
 * when the predicate is known, else the predicate first and then, when lowering that has told, the live side.
 * out->node is NULL for a loop's back edge. */
bool tf_graph_dependency(const struct tf_node *n, size_t k, struct tf_input *out);
/* Sets n_out and checks the number of inputs. */
tfp_status tf_graph_count(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n);
/* Follows a tensor through cuts and calls (which are inlined) to the node that really makes it. */
tfp_status tf_graph_resolve(struct tfp_context *ctx, struct tf_graph *g, struct tf_input *in);
/* Whether a node may be called so: an input's text must be able to say it and a message to show it. */
bool tf_graph_valid_name(struct bytes name);
bool tf_graph_is_op(const struct tf_node *n, const char *op); /* "Merge" is "RefMerge", too */
/* Whether an input of a Merge comes from the loop's step before. */
bool tf_graph_is_back_edge(const struct tf_node *n, const struct tf_node *from);

static inline bool tf_graph_same(struct bytes a, struct bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

/* A stack of nodes being walked, for walks that must not recurse. */
struct tf_frame {
    struct tf_node *node;
    size_t next; /* of its dependencies */
};
struct tf_stack {
    struct tf_frame *at; /* heap: free() it */
    size_t n, room;
};
bool tf_graph_push(struct tf_stack *s, struct tf_node *n); /* false: memory is out */

/* -- the pieces of tf_graph_build(), each in the file of its name -- */

/* A node with name, op, attributes and definition, appended to the graph; its name is made unique when `rename`. NULL:
 * memory is out or the name is taken (*taken). */
struct tf_node *tf_graph_add(struct tf_graph *g, const char *name, size_t n, struct bytes op, struct tfpb_attrs attrs,
                             bool rename, bool *taken);
/* Walks from `roots` over data edges and appends to g->order; with `expand` calls are inlined and counts checked. */
tfp_status tf_graph_walk(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *const *roots, size_t n_roots,
                         bool expand);

tfp_status tf_function_index(struct tfp_context *ctx, struct tf_graph *g);
/* The function that a node calls, NULL when it is no call. */
struct tf_function *tf_function_of(const struct tf_graph *g, const struct tf_node *n);
const struct tfpb_function *tf_function_definition(const struct tf_function *f);
/* Replaces a call by the body: sets call->forward. */
tfp_status tf_function_inline(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call);
/* What a control edge on a call waits for: node k of those that the body says must have run (calls themselves, of
 * functions called last), NULL behind the last. Inlines the call. */
tfp_status tf_function_after(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call, size_t k,
                             struct tf_node **out);
/* Number of results of the function as this call gets them; -1: its attributes do not tell. */
int64_t tf_function_n_out(const struct tf_node *call);

/* Bodies multiply what the file says: the whole of what they make is limited. */
tfp_status tf_function_charge(struct tfp_context *ctx, struct tf_graph *g, const struct tf_function *f, size_t cost);
/* passed[i]: result i of the call's function is argument i as it came. As many as the call has inputs, all false before. */
tfp_status tf_function_passed_on(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call, bool *passed);
/* For what is written as other nodes: "call/what", with room for n_in inputs. NULL: memory is out. */
struct tf_node *tf_function_piece(struct tf_graph *g, struct tf_node *call, const char *what, const char *op,
                                  struct tfpb_attrs attrs, size_t n_in);
/* Such a node that calls a function with types of arguments and results as attributes of the call say. */
struct tf_node *tf_function_piece_call(struct tf_graph *g, struct tf_node *call, const char *what,
                                       const struct tfpb_name_attr_list *f, size_t n_in);

/* A While op of TensorFlow 2, which is a call of its body as far as counts and walks go. */
bool tf_while_is(const struct tf_node *n);
const struct tfpb_name_attr_list *tf_while_body(const struct tf_graph *g,
                                               const struct tf_node *n); /* NULL: it names no known functions */
tfp_status tf_while_inline(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *loop);

/* If or Case of TensorFlow 2: one call a branch, and a Merge a result. */
bool tf_if_is(const struct tf_node *n);
/* The first of its functions that the library has; NULL: none. */
const struct tfpb_name_attr_list *tf_if_branch(const struct tf_graph *g, const struct tf_node *n);
tfp_status tf_if_inline(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n);

/* What nodes take from queues and tf.data iterators becomes placeholders, unless it is an input already. */
tfp_status tf_pipeline_cut(struct tfp_context *ctx, struct tf_graph *g);
/* What fills lookup tables becomes their input, see tf_tables.c. */
tfp_status tf_tables_bind(struct tfp_context *ctx, struct tf_graph *g);

/* Inputs and outputs as the request or the graph say. */
tfp_status tf_interface_inputs(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r);
tfp_status tf_interface_outputs(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r);
/* After the walk: placeholders that the outputs need become inputs (or are refused, when the caller named inputs). */
tfp_status tf_interface_placeholders(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r);
/* Then: g->state become inputs, too. E_UNSUPPORTED: there is one of that name. */
tfp_status tf_interface_state(struct tfp_context *ctx, struct tf_graph *g);
tfp_status tf_interface_shapes(struct tfp_context *ctx, struct tf_graph *g, const struct tfp_model_options *options);
/* A placeholder that tells training from inference, by its name, type and shape: false here unless it is an input. */
bool tf_interface_training_flag(const struct tf_node *n);

/* Finds the predicate of every Merge in g->order that belongs to a conditional. *changed: some need less now, the graph
 * is to be walked again. */
tfp_status tf_control_structure(struct tfp_context *ctx, struct tf_graph *g, bool *changed);
/* Sets m->live when the predicate is the same in every run. What it depends on has been walked. */
void tf_control_decide(struct tf_merge *m);
/* The input that counts for a value of the predicate. */
int32_t tf_control_side(const struct tf_merge *m, int64_t value);

/* Finds the loops in g->order. What has not the form of one stays without: lowering refuses it. */
tfp_status tf_loop_find(struct tfp_context *ctx, struct tf_graph *g);

#endif
