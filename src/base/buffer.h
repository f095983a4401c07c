/* Shared memory with a count of owners: file maps and the weights that passes make. Thread-safe counting. */
#ifndef TFP_BASE_BUFFER_H
#define TFP_BASE_BUFFER_H

#include "base/status.h"

#include <stdatomic.h>

struct buffer {
    atomic_size_t owners;
    void *data;      /* 64-byte aligned when made by buffer_create() */
    size_t size;
    bool mapped;     /* a read-only file map */
    bool pages;      /* memory straight from the system, given back at once when dropped */
};

/* Uninitialized memory with one owner. */
tfp_status buffer_create(struct tfp_context *ctx, size_t size, struct buffer **out);
/* Maps a file read-only. An empty file gives an empty buffer. Messages name the file. */
tfp_status buffer_map(struct tfp_context *ctx, const char *path, struct buffer **out);
/* The bytes of several files, one behind the other, in one range of memory: mapped where all but the last are whole pages,
 * else copied. */
tfp_status buffer_map_files(struct tfp_context *ctx, const char *const *paths, size_t n, struct buffer **out);
struct buffer *buffer_keep(struct buffer *b); /* one more owner; returns b; NULL passes */
void buffer_drop(struct buffer *b);           /* one owner less; NULL passes */
/* Tells the system that the pages wholly inside this range of a map are not needed for now; nothing for memory. */
void buffer_forget(struct buffer *b, const void *at, size_t size);
/* Maps the pages of this range now. Writing a range to a file is much faster then: the system faults on one page after the
 * other otherwise. A hint: where the system does not know it, nothing happens. */
void buffer_expect(struct buffer *b, const void *at, size_t size);

#endif
