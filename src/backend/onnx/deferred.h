/* Large constants that are computed while they are written. The optimizer leaves the last steps of a weight (its
 * Transpose, its scaling by a batch normalization) as nodes over constants; the writer takes these nodes out of its graph
 * and computes each result when its bytes are due, so that one weight is in memory at a time. */
#ifndef TFP_ONNX_DEFERRED_H
#define TFP_ONNX_DEFERRED_H

#include "ir/ir.h"

struct deferred; /* one such result */

enum { DEFERRED_SPARES = 2 };

struct deferred_list {
    struct map by_data; /* from the result's `data`, a mere token, to its deferred */
    size_t largest;     /* bytes of a result */
    struct buffer *spare[DEFERRED_SPARES]; /* memory that one weight hands to the next */
};

enum { DEFERRED_FROM = 64 * 1024 }; /* bytes of a result from which computing it late is worth it */

/* Makes constants of the results in `g` and its bodies: their `data` is a token that must not be read. `arena` and `g`
 * outlive the list. */
tfp_status deferred_collect(struct tfp_context *ctx, struct arena *arena, struct ir_graph *g, struct deferred_list *out);
/* The deferred whose token `data` is; NULL: none, the data is real. */
struct deferred *deferred_find(const struct deferred_list *l, const void *data);
/* Takes n bytes of a value; they lie in `owner` and may be forgotten there when it is a map. */
typedef tfp_status deferred_take(void *user, struct buffer *owner, const char *at, size_t n);
/* Gives its value to `take`, in order and in one piece; in several where it is large and only moves the elements of a
 * constant, so that neither of the two is in memory as a whole. The pages of the file's map that it was made of are
 * forgotten. */
tfp_status deferred_give(struct tfp_context *ctx, struct deferred_list *l, const struct deferred *d, deferred_take *take,
                         void *user);
/* Frees what the list holds besides the arena. */
void deferred_end(struct deferred_list *l);

#endif
