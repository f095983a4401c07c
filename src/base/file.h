/* Writing files: beside their place, synced, renamed. A run that is killed leaves the old file or none. */
#ifndef TFP_BASE_FILE_H
#define TFP_BASE_FILE_H

#include "base/status.h"

struct file_out {
    struct tfp_context *ctx;
    char *path, *beside; /* heap */
    int fd;              /* -1: closed */
    uint64_t written;    /* bytes so far */
    int64_t on_disk;     /* of these, bytes handed to the system */
    char *room;          /* small writes are gathered here */
    size_t n;
};

tfp_status file_create(struct tfp_context *ctx, const char *path, struct file_out *out);
tfp_status file_write(struct file_out *f, const void *at, size_t n);
/* Flushes, syncs, renames over `path`. After failure the file beside is removed. */
tfp_status file_commit(struct file_out *f);
/* Removes the file beside; nothing after a commit. Safe on a zeroed or failed struct. */
void file_abandon(struct file_out *f);
/* A file of these bytes, by all of the above. */
tfp_status file_write_whole(struct tfp_context *ctx, const char *path, const void *at, size_t n);

/* Makes the folder unless there is something of its name. */
tfp_status file_make_folder(struct tfp_context *ctx, const char *path);

#endif
