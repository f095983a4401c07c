/* Output files: a temporary name in the same folder, gathered writes, fsync, rename. And folders. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM = 64 * 1024, LARGEST_WRITE = 8 * 1024 * 1024 };

static tfp_status failed(struct file_out *f, const char *what)
{
    tfp_status status = tfp_fail(f->ctx, TFP_E_SYSTEM, "%s: %s: %s", f->path, what, strerror(errno));
    file_abandon(f);
    return status;
}

tfp_status file_create(struct tfp_context *ctx, const char *path, struct file_out *out)
{
    size_t n = strlen(path) + 32;
    *out = (struct file_out){ .ctx = ctx, .path = strdup(path), .beside = malloc(n), .fd = -1, .room = malloc(ROOM) };
    if (out->beside) out->beside[0] = '\0'; /* nothing of ours to remove yet */
    if (!out->path || !out->beside || !out->room) {
        file_abandon(out);
        return tfp_no_memory(ctx);
    }
    for (unsigned i = 0; i < 100 && out->fd < 0; i++) {
        snprintf(out->beside, n, "%s.%ld.%u.part", path, (long)getpid(), i);
        out->fd = open(out->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (out->fd < 0 && errno != EEXIST) break;
    }
    if (out->fd >= 0) return TFP_OK;
    out->beside[0] = '\0'; /* nothing of ours to remove */
    return failed(out, "cannot be created");
}

static tfp_status write_all(struct file_out *f, const char *at, size_t n)
{
    while (n) {
        ssize_t k = write(f->fd, at, n < LARGEST_WRITE ? n : LARGEST_WRITE);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return failed(f, "cannot be written");
        /* The disk begins with this part while the next is made, so that the sync at the end has little left to do. */
        if (k >= LARGEST_WRITE / 8) sync_file_range(f->fd, f->on_disk, k, SYNC_FILE_RANGE_WRITE);
        f->on_disk += k;
        at += k;
        n -= (size_t)k;
    }
    return TFP_OK;
}

static tfp_status flush(struct file_out *f)
{
    size_t n = f->n;
    f->n = 0;
    return write_all(f, f->room, n);
}

tfp_status file_write(struct file_out *f, const void *at, size_t n)
{
    if (f->fd < 0) return TFP_E_SYSTEM; /* an earlier write failed and said why */
    f->written += n;
    if (f->n + n > ROOM) TFP_TRY(flush(f));
    if (n >= ROOM) return write_all(f, at, n);
    if (n) memcpy(f->room + f->n, at, n);
    f->n += n;
    return TFP_OK;
}

tfp_status file_commit(struct file_out *f)
{
    if (f->fd < 0) return TFP_E_SYSTEM;
    TFP_TRY(flush(f));
    if (fsync(f->fd) != 0 && errno != EINVAL && errno != EROFS) return failed(f, "cannot be synced");
    int closed = close(f->fd);
    f->fd = -1;
    if (closed != 0) return failed(f, "cannot be closed");
    if (rename(f->beside, f->path) != 0) return failed(f, "cannot be renamed into place");
    f->beside[0] = '\0';
    file_abandon(f);
    return TFP_OK;
}

void file_abandon(struct file_out *f)
{
    if (f->fd >= 0 && f->path) close(f->fd);
    if (f->beside && f->beside[0]) unlink(f->beside);
    free(f->path);
    free(f->beside);
    free(f->room);
    *f = (struct file_out){ .ctx = f->ctx, .fd = -1 };
}

tfp_status file_write_whole(struct tfp_context *ctx, const char *path, const void *at, size_t n)
{
    struct file_out f;
    TFP_TRY(file_create(ctx, path, &f));
    tfp_status status = file_write(&f, at, n);
    if (status == TFP_OK) status = file_commit(&f);
    file_abandon(&f);
    return status;
}

tfp_status file_make_folder(struct tfp_context *ctx, const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) return TFP_OK;
    return tfp_fail(ctx, TFP_E_SYSTEM, "%s: the folder cannot be made: %s", path, strerror(errno));
}
