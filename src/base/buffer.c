/* Counted memory: anonymous (64-byte aligned) or a private read-only file map. */
#include "base/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_ALIGN = 64 };
#define WHOLE_PAGES ((size_t)32 << 20) /* from this size on */

/* Very large weights are given back to the system at once, and huge pages spare the faults of touching them first. Smaller
 * ones come from the heap, which hands the same warm memory to one weight after the other. */
static void *system_pages(size_t size)
{
    void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return NULL;
#ifdef MADV_HUGEPAGE
    madvise(data, size, MADV_HUGEPAGE);
#endif
    return data;
}

tfp_status buffer_create(struct tfp_context *ctx, size_t size, struct buffer **out)
{
    struct buffer *b = calloc(1, sizeof *b);
    size_t room = (size + BUFFER_ALIGN) / BUFFER_ALIGN * BUFFER_ALIGN;
    bool pages = size >= WHOLE_PAGES;
    void *data = NULL;
    if (b && size <= SIZE_MAX / 2) data = pages ? system_pages(room) : aligned_alloc(BUFFER_ALIGN, room);
    if (!data) {
        free(b);
        return tfp_fail(ctx, TFP_E_SYSTEM, "out of memory: %zu bytes", size);
    }
    *b = (struct buffer){ .data = data, .size = size, .pages = pages };
    atomic_init(&b->owners, 1);
    *out = b;
    return TFP_OK;
}

static tfp_status map_descriptor(struct tfp_context *ctx, const char *path, int fd, struct buffer *b)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return tfp_fail(ctx, TFP_E_FORMAT, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode)) return tfp_fail(ctx, TFP_E_FORMAT, "%s: not a file", path);
    b->size = (size_t)st.st_size;
    b->mapped = b->size > 0;
    b->data = b->size ? mmap(NULL, b->size, PROT_READ, MAP_PRIVATE, fd, 0) : malloc(1);
    if (b->data == MAP_FAILED || !b->data) {
        b->data = NULL;
        return tfp_fail(ctx, TFP_E_SYSTEM, "%s: cannot be mapped: %s", path, strerror(errno));
    }
    return TFP_OK;
}

tfp_status buffer_map(struct tfp_context *ctx, const char *path, struct buffer **out)
{
    struct buffer *b = calloc(1, sizeof *b);
    if (!b) return tfp_no_memory(ctx);
    atomic_init(&b->owners, 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    tfp_status status = fd >= 0 ? map_descriptor(ctx, path, fd, b)
                                : tfp_fail(ctx, TFP_E_FORMAT, "%s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    if (status != TFP_OK) {
        free(b);
        return status;
    }
    *out = b;
    return TFP_OK;
}

struct buffer *buffer_keep(struct buffer *b)
{
    if (b) atomic_fetch_add(&b->owners, 1);
    return b;
}

void buffer_drop(struct buffer *b)
{
    if (!b || atomic_fetch_sub(&b->owners, 1) != 1) return;
    if (b->mapped) munmap(b->data, b->size);
    else if (b->pages) munmap(b->data, (b->size + BUFFER_ALIGN) / BUFFER_ALIGN * BUFFER_ALIGN);
    else free(b->data);
    free(b);
}

static uintptr_t page_size(void)
{
    return (uintptr_t)sysconf(_SC_PAGESIZE);
}

/* Moves the maps into one range. What is moved belongs to the whole then. */
static tfp_status join_maps(struct tfp_context *ctx, struct buffer *const *parts, size_t n, size_t size, struct buffer *b)
{
    char *room = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED) return tfp_fail(ctx, TFP_E_SYSTEM, "out of memory: %zu bytes", size);
    b->data = room;
    b->size = size;
    b->mapped = true;
    for (size_t i = 0; i < n; room += parts[i++]->size) {
        if (!parts[i]->mapped) continue; /* an empty file */
        if (mremap(parts[i]->data, parts[i]->size, parts[i]->size, MREMAP_MAYMOVE | MREMAP_FIXED, room) == MAP_FAILED)
            return tfp_fail(ctx, TFP_E_SYSTEM, "files cannot be mapped: %s", strerror(errno));
        parts[i]->data = NULL;
        parts[i]->mapped = false;
    }
    return TFP_OK;
}

static tfp_status join(struct tfp_context *ctx, struct buffer *const *parts, size_t n, struct buffer **out)
{
    size_t size = 0;
    bool pages = true;
    for (size_t i = 0; i < n; i++) {
        pages = pages && size % page_size() == 0;
        if (__builtin_add_overflow(size, parts[i]->size, &size)) return tfp_no_memory(ctx);
    }
    if (!pages || !size) {
        TFP_TRY(buffer_create(ctx, size, out));
        char *to = (*out)->data;
        for (size_t i = 0; i < n; to += parts[i++]->size) memcpy(to, parts[i]->data, parts[i]->size);
        return TFP_OK;
    }
    if (!(*out = calloc(1, sizeof **out))) return tfp_no_memory(ctx);
    atomic_init(&(*out)->owners, 1);
    return join_maps(ctx, parts, n, size, *out);
}

tfp_status buffer_map_files(struct tfp_context *ctx, const char *const *paths, size_t n, struct buffer **out)
{
    if (n == 1) return buffer_map(ctx, paths[0], out);
    struct buffer **parts = calloc(n + 1, sizeof *parts);
    tfp_status status = parts ? TFP_OK : tfp_no_memory(ctx);
    *out = NULL;
    for (size_t i = 0; i < n && status == TFP_OK; i++) status = buffer_map(ctx, paths[i], &parts[i]);
    if (status == TFP_OK) status = join(ctx, parts, n, out);
    for (size_t i = 0; parts && i < n; i++) buffer_drop(parts[i]);
    free(parts);
    if (status != TFP_OK) {
        buffer_drop(*out);
        *out = NULL;
    }
    return status;
}

void buffer_forget(struct buffer *b, const void *at, size_t size)
{
    const uintptr_t page = page_size(), from = ((uintptr_t)at + page - 1) / page * page;
    const uintptr_t to = ((uintptr_t)at + size) / page * page;
    if (b->mapped && from < to) madvise((char *)b->data + (from - (uintptr_t)b->data), to - from, MADV_DONTNEED);
}

void buffer_expect(struct buffer *b, const void *at, size_t size)
{
#ifdef MADV_POPULATE_READ
    const uintptr_t page = page_size(), from = (uintptr_t)at / page * page;
    if (b->mapped) madvise((char *)b->data + (from - (uintptr_t)b->data), (uintptr_t)at + size - from, MADV_POPULATE_READ);
#else
    (void)b, (void)at, (void)size;
#endif
}
