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
    tfp_dtype precision;            /* whose tolerance float32 has; TFP_UNDEFINED: its own */
    size_t *input_of, *output_of;   /* the model's, by the session's; SIZE_MAX: none */
    struct tfp_tensor *inputs, *outputs; /* of the last run */
    struct result *results;         /* by the model's output */
};

struct tfp_comparison {
    struct arena arena;
    struct tfp_model *model;
    struct tfp_comparison_options options;
    struct side *sides;
    size_t n, n_runs;
};

/* The model's output of that name; SIZE_MAX: none. */
size_t comparison_output(const struct tfp_comparison *c, const char *name);
/* What the way's last run gave for the model's output; NULL: nothing. */
const struct tfp_tensor *comparison_result(const struct side *s, size_t output);
/* What is tolerated for an output of the way, or (NULL) for another tensor. */
struct tfp_tolerance comparison_tolerance(const struct tfp_comparison *c, const struct side *s, const char *output,
                                          tfp_dtype dtype);

#endif
