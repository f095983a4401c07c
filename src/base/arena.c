/* Arena blocks grow with the arena; a request larger than a block gets one of its own. Under ASan the unused tail of a
 * block is poisoned, so that an overrun is found. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#define CLANG_SANITIZES __has_feature(address_sanitizer)
#else
#define CLANG_SANITIZES 0
#endif
#if defined(__SANITIZE_ADDRESS__) || CLANG_SANITIZES
#include <sanitizer/asan_interface.h>
#define POISON(at, size) ASAN_POISON_MEMORY_REGION(at, size)
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    max_align_t data[];
};

enum { FIRST_BLOCK = 16 * 1024, LARGEST_BLOCK = 1024 * 1024 };

static struct arena_block *add_block(struct arena *a, size_t want)
{
    size_t room = a->top ? a->top->size * 2 : FIRST_BLOCK;
    if (room > LARGEST_BLOCK) room = LARGEST_BLOCK;
    if (room < want) room = want;
    struct arena_block *b = calloc(1, sizeof *b + room);
    if (!b) return NULL;
    b->size = room;
    POISON(b->data, room);
    if (a->top && want > LARGEST_BLOCK) { /* a big one goes below, so that the current block's rest stays in use */
        b->next = a->top->next;
        a->top->next = b;
    } else {
        b->next = a->top;
        a->top = b;
    }
    return b;
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    size_t bytes, want;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) return NULL;
    want = (bytes + (bytes == 0) + align - 1) / align * align;
    struct arena_block *b = a->top;
    if (!b || b->size - b->used < want) b = add_block(a, want);
    if (!b) return NULL;
    void *p = (char *)b->data + b->used;
    UNPOISON(p, bytes);
    b->used += want;
    return p;
}

bool arena_grow(struct arena *a, void *list, size_t n, size_t *room, size_t size)
{
    enum { FIRST_ROOM = 8 };
    size_t more = *room ? 2 * *room : FIRST_ROOM;
    while (more <= n) more *= 2;
    void *old, *next = arena_alloc(a, more, size);
    if (!next) return false;
    memcpy(&old, list, sizeof old); /* whatever type it points to */
    if (*room) memcpy(next, old, *room * size);
    memcpy(list, &next, sizeof next);
    *room = more;
    return true;
}

void *arena_copy(struct arena *a, const void *from, size_t size)
{
    void *p = arena_alloc(a, size, 1);
    if (p && size) memcpy(p, from, size);
    return p;
}

char *arena_string(struct arena *a, const char *from, size_t n)
{
    char *p = n < SIZE_MAX ? arena_alloc(a, n + 1, 1) : NULL;
    if (p && n) memcpy(p, from, n);
    return p;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n >= 0 ? arena_alloc(a, (size_t)n + 1, 1) : NULL;
    if (!p) return NULL;
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return p;
}

void arena_free(struct arena *a)
{
    while (a->top) {
        struct arena_block *next = a->top->next;
        UNPOISON(a->top->data, a->top->size);
        free(a->top);
        a->top = next;
    }
}
