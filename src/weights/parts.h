/* Arrays of checkpoints that are stored in parts, and boxes cut from whole ones. */
#ifndef TFP_WEIGHTS_PARTS_H
#define TFP_WEIGHTS_PARTS_H

#include "schema/checkpoint_proto.h"
#include "weights/weights.h"

/* Fills e->rank and e->dims. E_FORMAT: the shape is not known; E_UNSUPPORTED: it has too many dimensions. Messages here
 * and of parts_describe() leave the array's name to the caller. */
tfp_status parts_shape(struct tfp_context *ctx, struct weights *w, struct weights_entry *e,
                       const struct tfpb_shape *shape);
/* Fills e->parts (in the order of their starts) and e->bytes; an array without slices stays whole. E_FORMAT: parts
 * outside the array, that overlap, or that leave a hole. */
tfp_status parts_describe(struct tfp_context *ctx, struct weights *w, struct weights_entry *e,
                          const struct tfpb_slices *slices);

/* Reads a whole part, which has these dims. */
typedef tfp_status parts_read_fn(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                                 const struct weights_slice *part, const int64_t *dims, struct tensor *out);
/* A box (NULL: all) of an array in parts; a part that is the box is given as it is. `densest`: the bytes of elements that
 * a byte of the files can hold, beyond which no memory is asked for. */
tfp_status parts_assemble(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                          const struct weights_slice *slice, parts_read_fn *read, uint64_t densest, struct tensor *out);
/* A box of an array that is at hand. */
tfp_status parts_cut(struct tfp_context *ctx, const struct weights_entry *e, const struct weights_slice *slice,
                     const struct tensor *whole, struct tensor *out);

#endif
