/* Names that are like one that does not exist, for messages. */
#ifndef TFP_BASE_NEAR_H
#define TFP_BASE_NEAR_H

#include "base/text.h"

enum { NEAR_MOST = 4, NEAR_LONGEST = 128, NEAR_COMPARED = 20000 };

struct near {
    char wanted[NEAR_LONGEST + 1];
    const char *names[NEAR_MOST]; /* the nearest first */
    size_t marks[NEAR_MOST], n, compared;
};

/* `wanted` counts up to its ":". */
void near_begin(struct near *m, const char *wanted);
/* Another name that exists, borrowed; after NEAR_COMPARED of them nothing is looked at any more. */
void near_offer(struct near *m, const char *name);
void near_list(const struct near *m, struct text *out); /* "a, b" */

#endif
