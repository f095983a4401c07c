/* What the parts of a bisection share. */
#ifndef TFP_API_BISECT_H
#define TFP_API_BISECT_H

#include "api/comparison.h"
#include "api/expose.h"

enum probe_state {
    PROBE_OPEN,     /* both sides have it, nobody looked */
    PROBE_AGREES,
    PROBE_DIFFERS,
    PROBE_UNMATCHED /* a side lacks it, or cannot show it */
};

struct probed {
    struct ir_value *value; /* of the model's graph; its mark is the probe's number, from 1, while it is walked */
    const char *name;
    enum probe_state state;
    size_t output; /* of the model; SIZE_MAX: it is none */
};

struct bisecting {
    struct arena *arena; /* the comparison's */
    struct tfp_comparison *comparison;
    const struct side *sides[2];
    const struct tfp_tensor *inputs; /* of the model */
    struct ir_graph *graph;
    const char **names[2]; /* by probe: what a side calls it; NULL: it does not have it */
    struct probed *probes; /* in running order */
    size_t n, worst;      /* the differing one that is looked before */
    const bool *seen;
    /* At the end: what agrees and goes into the nodes, then `worst`; with the reference's values. */
    size_t *frontier, n_frontier;
    const struct tfp_tensor **values;
    struct tfp_bisect told;
};

/* Writes the sub-model and its numbers into a folder, which is made. */
tfp_status bisect_save(struct tfp_context *ctx, struct bisecting *b, const struct tfp_tensor *result, const char *folder);

#endif
