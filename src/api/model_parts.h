/* Prefix, core and suffix of a model: how they are told of, and how one run takes values from one to the next. */
#ifndef TFP_API_MODEL_PARTS_H
#define TFP_API_MODEL_PARTS_H

#include "api/model.h"
#include "optimize/cut.h"

/* Where a value comes from. */
struct part_from {
    int32_t part; /* -1: the whole's inputs */
    uint32_t index;
};
struct part_file {
    const char *path; /* in the bundle's folder */
    uint64_t bytes;
    uint32_t crc32c;
};
/* Behind each tfp_part. */
struct part_wires {
    const struct part_from *inputs;
    struct part_file *files; /* of a bundle: the part's own first */
    size_t n_files;
};

struct tfp_parts {
    struct arena arena;
    struct tfp_parts_info info;
    struct tfp_part *parts;          /* info.parts */
    struct part_wires *wires;        /* by part */
    const struct part_from *results; /* by output of the whole */
    struct ir_graph *graphs[CUT_SIDES]; /* by part; of a model that is cut, else NULL */
};

/* The graph of a model's core, as one to be changed; what it takes and gives, and what a CPU has to do besides, is noted.
 * E_UNSUPPORTED: nothing is left. */
tfp_status parts_core(struct tfp_context *ctx, struct ir_graph *g, const char *const *at, size_t n_at, struct ir_graph **out);
/* All parts of the model's graph `g`, optimized where it is to be cut. */
tfp_status parts_of_model(struct tfp_context *ctx, const struct tfp_model *m, struct ir_graph *g, const char *const *at,
                          size_t n_at, struct tfp_parts **out);
/* Where the value of that name comes from in a part, or (-1) in the whole's inputs; false: it does not. */
bool parts_find(const struct tfp_parts_info *info, int32_t part, const char *name, struct part_from *out);
/* What the parts promise one another: names, and types and ranks where a value goes from one to another. */
tfp_status parts_check(struct tfp_context *ctx, tfp_status code, const char *where, const struct tfp_parts *p);
bool parts_has_host(const struct ir_graph *g); /* something that only a CPU does */

#endif
