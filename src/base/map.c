/* Open addressing with linear probing; the table doubles at three quarters full. */
#include "base/map.h"

#include <string.h>

static uint64_t hash_of(const char *key, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)key[i]) * 0x100000001b3u;
    return h ^ h >> 32;
}

void map_init(struct map *m, struct arena *arena)
{
    *m = (struct map){ .arena = arena };
}

static struct map_slot *slot_for(const struct map *m, const char *key, size_t n, uint64_t hash)
{
    for (size_t i = hash & (m->room - 1);; i = (i + 1) & (m->room - 1)) {
        struct map_slot *s = &m->slots[i];
        if (!s->key || (s->hash == hash && s->n == n && memcmp(s->key, key, n) == 0)) return s;
    }
}

void **map_find(const struct map *m, const char *key, size_t n)
{
    if (!m->room) return NULL;
    struct map_slot *s = slot_for(m, key, n, hash_of(key, n));
    return s->key ? &s->value : NULL;
}

static bool map_grow(struct map *m)
{
    struct map old = *m;
    m->room = old.room ? old.room * 2 : 64;
    m->slots = ARENA_ARRAY(m->arena, struct map_slot, m->room);
    if (!m->slots) {
        *m = old;
        return false;
    }
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].key) *slot_for(m, old.slots[i].key, old.slots[i].n, old.slots[i].hash) = old.slots[i];
    return true;
}

void **map_at(struct map *m, const char *key, size_t n)
{
    if ((m->n + 1) * 4 > m->room * 3 && !map_grow(m)) return NULL;
    uint64_t hash = hash_of(key, n);
    struct map_slot *s = slot_for(m, key, n, hash);
    if (!s->key) {
        *s = (struct map_slot){ .key = key, .n = n, .hash = hash };
        m->n++;
    }
    return &s->value;
}
