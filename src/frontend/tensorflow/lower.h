/* TensorFlow ops to IR: what a rule may use. A rule is one function and one row in its family's table at the foot of
 * the family's file (ops/NAME.c); lower.c is the only reader of the tables. It walks the pruned graph in topological
 * order and has, before it calls a rule, checked the number of inputs against TensorFlow's op definition. */
#ifndef TFP_TF_LOWER_H
#define TFP_TF_LOWER_H

#include "frontend/tensorflow/tf_graph.h"
#include "ir/build.h"

/* A lookup table, known by the value that its handle is. */
struct lower_table {
    struct ir_value *keys, *values; /* rank 1 */
    struct ir_value *handle; /* its bytes are the key in lower.tables */
};

struct lower {
    struct build b; /* b.scope is the node's name; b.status sticks */
    struct tf_graph *graph;
    const struct tf_node *node; /* the one being lowered */
    const struct rule *rule;
    bool in_loop; /* a node gives a value in every step: they get no names */
    struct lower_body *body; /* the innermost that is being made, see lower_walk.h; NULL: none */
    bool again;   /* an array of a loop must be held in another way: its body is lowered once more */
    struct map lists; /* value that stands for a TensorArray -> struct lower_list */
    size_t list_cells; /* of all lists */
    struct map variables; /* value that stands for a variable's handle -> struct tf_variable */
    struct map ragged; /* value that stands for a ragged tensor as a variant -> struct ragged_variant */
    struct map tables; /* value that stands for a table's handle -> struct lower_table */
    struct tf_variable *without_value; /* a rule failed for it, which has been noted */
};

typedef tfp_status lower_fn(struct lower *lw, const struct tf_node *n);

struct rule {
    const char *op; /* TensorFlow's name; each family's table is sorted by it (strcmp) */
    lower_fn *lower;
    const void *variant; /* what tells sister ops apart, read only by .lower through lw->rule */
};

/* A family's table: `const struct rule_family rules_math = { rules, sizeof rules / sizeof rules[0] };` and one name in
 * the list of rules.c. */
struct rule_family {
    const struct rule *rules;
    size_t n;
};
extern const struct rule_family *const rule_families[];
extern const size_t rule_families_n;
const struct rule *rule_find(const char *op); /* NULL: the op is not supported */
/* The rule for a node with complex inputs or outputs, see ops/complex.h; NULL: there is none. */
const struct rule *rule_find_complex(const char *op);

/* The graph as IR. E_UNSUPPORTED names all ops that have no rule, and all nodes whose rule refused. */
tfp_status lower_graph(struct tfp_context *ctx, struct tf_graph *g, struct ir_graph **out);

/* -- inputs and outputs -------------------------------------------------------------------------------------------- */

/* What a node gives, as a value of the graph that is written at; NULL: nothing yet, or an earlier failure. */
struct ir_value *lower_value(struct lower *lw, struct tf_input in);
/* A value of that graph or of one around it, as one of that graph: a body gets it as an input, or as a constant. */
struct ir_value *lower_import(struct lower *lw, struct ir_value *v);
/* Data input i; NULL (status set) when there is none such. */
struct ir_value *lower_in(struct lower *lw, size_t i);
struct ir_value *lower_int64(struct lower *lw, size_t i); /* the same cast to int64 */
/* Sets output `port`. The value gets the tensor's name unless it has one. NULL (an earlier failure) is accepted. */
void lower_out(struct lower *lw, size_t port, struct ir_value *v);
/* For the one-output rule: sets output 0 and returns the builder's status. */
tfp_status lower_done(struct lower *lw, struct ir_value *v);

/* Failing with the node's name and op before the text; sticks in b.status and is returned. */
__attribute__((format(printf, 2, 3), cold)) tfp_status lower_unsupported(struct lower *lw, const char *format, ...);
__attribute__((format(printf, 2, 3), cold)) tfp_status lower_malformed(struct lower *lw, const char *format, ...);

/* Input i must be constant after folding (axes, sizes): its integers. Returns how many; -1 with E_UNSUPPORTED
 * ("axis is not constant") otherwise. `room` values fit into `at`; more is E_UNSUPPORTED too. */
int64_t lower_const_ints(struct lower *lw, size_t i, const char *what, int64_t *at, size_t room);
/* Same without failing: -1 when not constant. */
int64_t lower_known_ints(struct lower *lw, size_t i, int64_t *at, size_t room);
/* Rank of a value that the rule cannot do without; -1 with E_UNSUPPORTED when unknown. */
int64_t lower_rank(struct lower *lw, const struct ir_value *v, const char *what);
/* 0 <= axis < rank from a possibly negative one; -1 with E_FORMAT when out of range. */
int64_t lower_axis(struct lower *lw, int64_t axis, int64_t rank);

/* -- attributes -----------------------------------------------------------------------------------------------------
 * The node's value, else the default of TensorFlow's op definition. A missing one without a default or one of the wrong
 * kind is E_FORMAT (sticks; a zero comes back). */
int64_t tf_int(struct lower *lw, const char *attr);
bool tf_bool(struct lower *lw, const char *attr);
float tf_float(struct lower *lw, const char *attr);
tfp_dtype tf_type(struct lower *lw, const char *attr); /* E_UNSUPPORTED for types the IR lacks (resource, variant) */
struct bytes tf_string(struct lower *lw, const char *attr);
struct ir_ints tf_list_int(struct lower *lw, const char *attr);
struct ir_floats tf_list_float(struct lower *lw, const char *attr);
/* Index into a NULL-ended list of words; a word that is not there is E_UNSUPPORTED by name. */
int tf_word(struct lower *lw, const char *attr, const char *const *words);
/* Shape attribute: rank (-1 unknown) and dims (-1 unknown) with room for TFP_MAX_RANK. */
int64_t tf_shape(struct lower *lw, const char *attr, int64_t *dims);
/* Tensor attribute as a constant; NULL on failure. One of many equal elements is an Expand. */
struct ir_value *tf_tensor(struct lower *lw, const char *attr);
bool tf_has(struct lower *lw, const char *attr); /* set on the node itself */

/* -- layouts shared by the image ops ------------------------------------------------------------------------------- */

/* NHWC/NDHWC <-> NCHW/NCDHW for rank 3, 4 or 5: where the source's data_format says channels last, a Transpose; else x
 * itself. The layout pass removes what cancels. */
struct ir_value *lower_to_channels_first(struct lower *lw, struct ir_value *x, bool channels_last);
struct ir_value *lower_from_channels_first(struct lower *lw, struct ir_value *x, bool channels_last);

#endif
