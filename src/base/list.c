#include "base/list.h"

#include <stdlib.h>
#include <string.h>

bool list_grow(void *list, size_t n, size_t *room, size_t size)
{
    enum { FIRST_ROOM = 16 };
    size_t more = *room ? 2 * *room : FIRST_ROOM, bytes;
    while (more <= n) more *= 2;
    void *at;
    memcpy(&at, list, sizeof at); /* whatever type it points to */
    if (__builtin_mul_overflow(more, size, &bytes) || !(at = realloc(at, bytes))) return false;
    memcpy(list, &at, sizeof at);
    *room = more;
    return true;
}
