/* Sorted string tables: the file format of LevelDB's tables as TensorFlow keeps it (tensorflow/core/lib/io/table*):
 * sorted key-value pairs in blocks, an index block, a footer. Described in docs/formats/sstable.md.
 *
 * Keys may hold any bytes. Values point into the map where a block is stored plain, else into the arena. A table is not
 * for several threads at a time. */
#ifndef TFP_CODEC_SSTABLE_H
#define TFP_CODEC_SSTABLE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"

struct sstable; /* in the arena */

/* Whether the file ends as a table does. */
bool sstable_is(struct bytes file);

/* Reads footer and index block of a file that outlives the table. `name` is for messages. Checksums are compared if
 * `verify`. E_FORMAT, here or when a block is first needed: bad magic, handles outside the file or out of order, a
 * wrong checksum, damaged or impossible compression, restart points that are no entries, lengths that run over, keys
 * that do not ascend strictly or do not fit the index. Messages name the table and the block's place in the file. */
tfp_status sstable_open(struct tfp_context *ctx, struct arena *arena, const char *name, struct bytes file, bool verify,
                        struct sstable **out);

/* Calls `each` for every pair in order until it fails, and returns its status. A block is checked before its first pair
 * is told. The value lives as long as the arena, the key during the call, with `keep` as long as the arena too. */
tfp_status sstable_each(struct tfp_context *ctx, struct sstable *t, bool keep,
                        tfp_status (*each)(void *user, struct bytes key, struct bytes value), void *user);

/* The value of exactly that key, living as long as the arena; *found says whether there is one. Reads one block at the
 * most; what a compressed block unpacks to is kept. */
tfp_status sstable_get(struct tfp_context *ctx, struct sstable *t, struct bytes key, bool *found, struct bytes *value);

#endif
