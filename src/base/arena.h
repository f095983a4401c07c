/* Bump allocation: everything that belongs to one model lives in one arena and is freed with it. */
#ifndef TFP_BASE_ARENA_H
#define TFP_BASE_ARENA_H

#include <stdarg.h>
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
void arena_free(struct arena *a);

#endif
