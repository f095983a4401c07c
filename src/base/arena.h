/* Bump allocation: everything that belongs to one model lives in one arena and is freed with it. */
#ifndef TFP_BASE_ARENA_H
#define TFP_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *top; /* zeroed: empty and ready */
};

/* `count` * `size` zeroed bytes, aligned for any type, valid until arena_free(); a valid pointer also for 0 bytes;
 * NULL when the product overflows or memory is out. */
void *arena_alloc(struct arena *a, size_t count, size_t size);
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), (count), sizeof(type)))
void *arena_copy(struct arena *a, const void *from, size_t size);
/* A copy of n bytes with a NUL behind them. */
char *arena_string(struct arena *a, const char *from, size_t n);
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *a, const char *format, ...);
/* Room for element n of a list (a pointer in the caller's hands): where it has less than n + 1 elements it moves to twice the room; the
 * old one stays in the arena. False: memory is out, and the list is as it was. */
#define ARENA_GROW(a, list, n, room) ((n) < *(room) || arena_grow((a), &(list), (n), (room), sizeof *(list)))
bool arena_grow(struct arena *a, void *list, size_t n, size_t *room, size_t size);
void arena_free(struct arena *a);

#endif
