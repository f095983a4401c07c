/* Which files a checkpoint's path means. TensorFlow's savers name files after a prefix:
 *   V2: PREFIX.index and PREFIX.data-00000-of-00002, ..; V1: PREFIX alone or PREFIX-00000-of-00002, ..; both with
 *   PREFIX.meta beside them when the graph was written, too. See docs/formats/meta-graph.md. */
#ifndef TFP_WEIGHTS_CHECKPOINT_PATH_H
#define TFP_WEIGHTS_CHECKPOINT_PATH_H

#include "base/arena.h"
#include "base/status.h"

enum checkpoint_kind { CHECKPOINT_NONE, CHECKPOINT_V2, CHECKPOINT_V1, CHECKPOINT_V1_SHARDED, CHECKPOINT_GRAPH_ONLY };

struct checkpoint_path {
    enum checkpoint_kind kind; /* NONE: the path means no checkpoint. GRAPH_ONLY: only PREFIX.meta is there */
    const char *prefix;
    const char *meta; /* PREFIX.meta, or `export.meta` of a session bundle; NULL: not there */
    size_t n_shards;  /* V1_SHARDED: the number in the names */
};

/* `path` may be a prefix; the .index, .meta or a data file; a V1 file; a `checkpoint` state file (text
 * CheckpointState: model_checkpoint_path names the latest, relative to its folder); a folder with such a state file; a
 * SavedModel folder (its variables/variables); a session bundle's folder (export, export.meta, export-00000-of-00001)
 * or that folder's number-named parent of one version. Nothing found is no error. E_FORMAT: a state file that is
 * malformed, or names a checkpoint that is not there (the ones that are there are named). E_USAGE: several checkpoints
 * that the path may mean. */
tfp_status checkpoint_path_find(struct tfp_context *ctx, struct arena *arena, const char *path,
                                struct checkpoint_path *out);

#endif
