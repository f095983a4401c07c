/* Which nodes compute in which precision: decided here, carried out by precision.c. */
#ifndef TFP_PRECISION_PLAN_H
#define TFP_PRECISION_PLAN_H

#include "optimize/precision.h"

enum placement {     /* of a node, in ir_node.mark */
    PLACED_AS_IS,    /* has no float32, or takes any type */
    PLACED_LOW,
    PLACED_HIGH,     /* float32 */
    PLACED_WITH_INPUT /* moves or chooses elements, exact in either; while deciding only */
};

struct value_plan {
    bool from_shape; /* depends on shapes and constants alone */
    bool index;      /* becomes an index or a shape */
    bool far;        /* may be beyond the range of the lower type */
    bool lowered;    /* was float32, is the lower type now */
    struct ir_value *other; /* the same in the other type; NULL: not made yet */
};

struct precision {
    struct tfp_context *ctx;
    struct ir_graph *graph;
    const struct precision_options *o;
    struct arena arena;
    uint8_t keep[IR_OP_COUNT]; /* enum keep */
    bool *pattern_met;
    struct value_plan *values; /* by ir_value.mark, from 1 */
    const char *overflowed[3]; /* names of nodes whose weights do not fit */
    size_t n_overflowed;
};

/* Marks all nodes and values. */
tfp_status precision_plan(struct precision *p);
/* Instead: names of the nodes that the user's lists keep. */
tfp_status precision_keep_names(struct precision *p, struct map *names);
static inline struct value_plan *precision_of(const struct precision *p, const struct ir_value *v)
{
    return &p->values[v->mark];
}
/* Whether input i (output i) of a node takes the lower type when it is float32. */
bool precision_takes(const struct precision *p, const struct ir_node *n, size_t i);
bool precision_gives(const struct precision *p, const struct ir_node *n, size_t i);
double precision_limit(tfp_dtype t); /* the largest finite number */

#endif
