#include "base/near.h"

#include "base/path.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Letters to change to make one name the other (Levenshtein), at most `limit` + 1. */
static size_t distance(const char *a, const char *b, size_t limit)
{
    size_t row[NEAR_LONGEST + 1], n = strlen(a), m = strlen(b);
    if (n > NEAR_LONGEST || m > NEAR_LONGEST || n > m + limit || m > n + limit) return limit + 1;
    for (size_t j = 0; j <= m; j++) row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]), least = row[j] + 1;
            diagonal = row[j];
            if (row[j - 1] + 1 < least) least = row[j - 1] + 1;
            row[j] = replaced < least ? replaced : least;
        }
    }
    return row[m];
}

/* How unlike a wanted name is to another: a common last part of the path counts as near. */
static size_t unlike(const char *wanted, const char *name)
{
    size_t limit = strlen(wanted) / 3 + 1, d = distance(wanted, name, limit);
    if (d <= limit) return d;
    return strcmp(path_last(wanted), path_last(name)) == 0 ? limit : SIZE_MAX;
}

void near_begin(struct near *m, const char *wanted)
{
    *m = (struct near){ .n = 0 };
    snprintf(m->wanted, sizeof m->wanted, "%.*s", (int)strcspn(wanted, ":"), wanted);
}

void near_offer(struct near *m, const char *name)
{
    if (m->compared++ >= NEAR_COMPARED) return;
    const size_t mark = unlike(m->wanted, name);
    size_t k = m->n;
    if (mark == SIZE_MAX || (k == NEAR_MOST && m->marks[--k] <= mark)) return;
    if (m->n < NEAR_MOST) m->n++;
    for (; k > 0 && m->marks[k - 1] > mark; k--) {
        m->names[k] = m->names[k - 1];
        m->marks[k] = m->marks[k - 1];
    }
    m->names[k] = name;
    m->marks[k] = mark;
}

void near_list(const struct near *m, struct text *out)
{
    for (size_t i = 0; i < m->n; i++) text_add(out, "%s%s", i ? ", " : "", m->names[i]);
}
