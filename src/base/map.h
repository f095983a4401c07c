/* Names to pointers: a hash table in an arena (FNV-1a, open addressing). Keys are borrowed and must outlive it. */
#ifndef TFP_BASE_MAP_H
#define TFP_BASE_MAP_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct map_slot {
    const char *key;
    size_t n;
    uint64_t hash;
    void *value;
};
struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t n, room;
};

void map_init(struct map *m, struct arena *arena);
/* The value's place for `key`, NULL when absent. */
void **map_find(const struct map *m, const char *key, size_t n);
/* The value's place for `key`, made (with value NULL) when absent; NULL when memory is out. */
void **map_at(struct map *m, const char *key, size_t n);

#endif
