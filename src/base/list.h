/* Lists on the heap that grow; those in an arena do by ARENA_GROW. */
#ifndef TFP_BASE_LIST_H
#define TFP_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* Room for element n of a list (a pointer in the caller's hands, free() it): where it has less than n + 1 elements it gets twice the
 * room. False: memory is out, and the list is as it was. */
#define LIST_GROW(list, n, room) ((n) < *(room) || list_grow(&(list), (n), (room), sizeof *(list)))
bool list_grow(void *list, size_t n, size_t *room, size_t size);

#endif
