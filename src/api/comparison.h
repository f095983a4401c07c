/* What the parts of the public API share of a comparison. */
#ifndef TFP_API_COMPARISON_H
#define TFP_API_COMPARISON_H

#include "api/way.h"

/* One output of a way, over all runs. */
struct result {
    bool compared;
    struct tfp_difference all;
    size_t run; /* where the worst element is */
    uint32_t rank;
    int64_t dims[TFP_MAX_RANK]; /* of the reference of that run */
};

struct side {
    struct tfp_way told;
    struct way way;
    struct tfp_session *session;    /* NULL: it failed */
    const char *precision;          /* that float32 is computed in; NULL: its own */
    size_t *input_of, *output_of;   /* the model's, by the session's; SIZE_MAX: none */
    struct tfp_tensor *inputs, *outputs; /* of the last run */
    struct result *results;         /* by the model's output */
};

struct tfp_comparison {
    struct arena arena;
    struct tfp_model *model;
    struct tfp_comparison_options options;
    struct tfp_session_options session; /* of these */
    struct side *sides;
    size_t n, n_runs;
};

/* Room for a run of the side's session, and which of the model's inputs and outputs its own are. */
tfp_status comparison_match(struct tfp_context *ctx, struct arena *a, const struct tfp_model *m, struct side *s);
/* What the way's last run gave for the model's output; NULL: nothing. */
const struct tfp_tensor *comparison_result(const struct side *s, size_t output);
/* What is tolerated for an output of the way, or (NULL) for another tensor. */
struct tfp_tolerance comparison_tolerance(const struct tfp_comparison *c, const struct side *s, const char *output,
                                          tfp_dtype dtype);

#endif
