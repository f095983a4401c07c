/* Text that grows. The first failure sticks: check text_failed() (or a NULL from text_take()) once, at the end. */
#ifndef TFP_BASE_TEXT_H
#define TFP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *at; /* NUL-ended when n > 0 */
    size_t n, room;
    bool failed;
}; /* zeroed: empty */

__attribute__((format(printf, 2, 3))) void text_add(struct text *t, const char *format, ...);
void text_add_bytes(struct text *t, const char *from, size_t n);
/* As a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void text_add_json(struct text *t, const char *from, size_t n);
/* Hands the text over (free() it); NULL when something failed. The builder is empty afterwards. */
char *text_take(struct text *t);
void text_free(struct text *t);

#endif
