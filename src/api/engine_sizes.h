/* Sizes of an engine's inputs. */
#ifndef TFP_API_ENGINE_SIZES_H
#define TFP_API_ENGINE_SIZES_H

#include "ir/ir.h"
#include "tfport/tfport.h"

/* Open sizes of inputs that meet in a broadcast and have the same range in each of `n` profiles become one symbol of the
 * graph; each pair is told as a note. */
tfp_status engine_join_sizes(struct tfp_context *ctx, struct ir_graph *g, const struct tfp_profile *profiles, size_t n);

#endif
