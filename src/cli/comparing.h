/* What the commands that run a model in several ways share: options of the ways, and inputs, of which there may be many. */
#ifndef TFP_CLI_COMPARING_H
#define TFP_CLI_COMPARING_H

#include "samples.h"

struct comparing {
    struct running r; /* the model, and the inputs of the sample at hand */
    struct tfp_session_options session;
    struct tfp_comparison_options options;
    tfp_comparison *comparison;
    struct samples folders; /* of --samples; none: the one sample */
    size_t n_slices;  /* runs that the one sample is cut into, along its first dimensions, */
    int64_t (*dims)[TFP_MAX_RANK]; /* which are these then */
};

/* What comparing_begin() and comparing_sample() read, for a row's list of options. */
#define WAY_OPTIONS                                                                                                    \
    "--backends --input --samples --seed --range " SESSION_OPTIONS " " MODEL_OPTIONS " " BUILD_OPTIONS

/* Opens the model and reads the options of sessions. The exit code; comparing_end() follows in any case. */
int comparing_begin(tfp_context *ctx, const struct arguments *a, struct comparing *c);
void comparing_end(struct comparing *c);
/* How many samples there are, at least 1. The exit code. */
int comparing_samples(struct comparing *c, size_t *n);
/* Sample i becomes the inputs at hand. */
int comparing_sample(struct comparing *c, size_t i);
/* Makes an input up: shape as `o` says, values as the options do. */
int comparing_make_up(struct comparing *c, size_t i, struct tfp_sample_options *o);
/* Where sample i comes from: "made up, seed 0", a folder, or "" for files that the caller named. */
const char *comparing_source(const struct comparing *c, size_t i);

#endif
