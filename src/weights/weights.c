/* The list of formats, and what all of them share: finding, names that are near, boxes of arrays. */
#include "weights/weights.h"

#include "base/path.h"
#include "base/text.h"
#include "weights/checkpoint_path.h"

#include <stdlib.h>
#include <sys/stat.h>

#define FORMATS(X)                                                                                                     \
    X(checkpoint_v2)                                                                                                   \
    X(checkpoint_v1)                                                                                                   \
    X(tfjs)

#define DECLARE(name) extern const struct weights_format weights_##name;
FORMATS(DECLARE)
#undef DECLARE
#define ROW(name) &weights_##name,
static const struct weights_format *const formats[] = { FORMATS(ROW) };
#undef ROW

static const struct weights_format *best_for(const struct weights_probe *p)
{
    const struct weights_format *best = NULL;
    int best_score = 0;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        int score = formats[i]->score(p);
        if (score <= best_score) continue;
        best = formats[i];
        best_score = score;
    }
    return best;
}

static tfp_status not_found(struct tfp_context *ctx, const struct weights_probe *p)
{
    if (p->folder)
        return tfp_fail(ctx, TFP_E_FORMAT,
                        "%s: no weights in this folder: looked for checkpoint, *.index, variables/variables.index, "
                        "export.meta, model.json", p->path);
    if (p->file) return tfp_fail(ctx, TFP_E_FORMAT, "%s: no file of weights in a format known here", p->path);
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: no checkpoint: looked for %s.index, %s-00000-of-* and a file of that name",
                    p->path, p->path, p->path);
}

tfp_status weights_open(struct tfp_context *ctx, const char *path, const struct weights_options *options,
                        struct weights **out)
{
    struct weights_probe p = { .path = path };
    struct stat st;
    bool exists = stat(path, &st) == 0;
    p.folder = exists && S_ISDIR(st.st_mode);
    if (exists && !p.folder) TFP_TRY(buffer_map(ctx, path, &p.file));
    struct arena arena = { 0 };
    struct checkpoint_path found;
    tfp_status status = checkpoint_path_find(ctx, &arena, path, &found);
    if (status == TFP_OK) {
        p.checkpoint = &found;
        const struct weights_format *f = best_for(&p);
        status = f ? f->open(ctx, &p, options, out) : not_found(ctx, &p);
    }
    buffer_drop(p.file);
    arena_free(&arena);
    return status;
}

void weights_close(struct weights *w)
{
    if (w) w->format->close(w);
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct weights_entry *)a)->name, ((const struct weights_entry *)b)->name);
}

tfp_status weights_sort(struct tfp_context *ctx, struct weights *w)
{
    if (w->n_entries) qsort(w->entries, w->n_entries, sizeof *w->entries, by_name);
    for (size_t i = 1; i < w->n_entries; i++)
        if (strcmp(w->entries[i - 1].name, w->entries[i].name) == 0)
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: the array %s is there twice", w->path, w->entries[i].name);
    return TFP_OK;
}

const struct weights_entry *weights_find(const struct weights *w, const char *name, size_t n)
{
    size_t low = 0, high = w->n_entries;
    if (n && memchr(name, '\0', n)) return NULL; /* no name has one, and strncmp() would stop there */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct weights_entry *e = &w->entries[middle];
        int order = strncmp(e->name, name, n);
        if (order == 0 && !e->name[n]) return e;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

/* How unlike two names are: fewer is nearer. The last part of the path counts most. */
static size_t unlike(const char *wanted, const char *name)
{
    size_t start = 0, end = 0, n = strlen(wanted), m = strlen(name);
    while (start < n && start < m && wanted[start] == name[start]) start++;
    while (end < n - start && end < m - start && wanted[n - 1 - end] == name[m - 1 - end]) end++;
    size_t middle = (n > m ? n : m) - start - end;
    if (strcmp(path_last(wanted), path_last(name)) == 0) return 1 + middle / 4;
    return middle <= n / 2 ? 2 + middle : SIZE_MAX;
}

size_t weights_near(const struct weights *w, const char *name, const char **at, size_t room)
{
    enum { MOST = 16 };
    size_t marks[MOST], n = 0;
    if (room > MOST) room = MOST;
    for (size_t i = 0; i < w->n_entries && room; i++) {
        size_t mark = unlike(name, w->entries[i].name), k = n;
        if (mark == SIZE_MAX || (n == room && marks[n - 1] <= mark)) continue;
        if (n < room) n++;
        else k = n - 1;
        for (; k > 0 && marks[k - 1] > mark; k--) {
            at[k] = at[k - 1];
            marks[k] = marks[k - 1];
        }
        at[k] = w->entries[i].name;
        marks[k] = mark;
    }
    return n;
}

/* -- arrays -------------------------------------------------------------------------------------------------------- */

static tfp_status check_slice(struct tfp_context *ctx, const struct weights *w, const struct weights_entry *e,
                              const struct weights_slice *s)
{
    if (s->rank != e->rank)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s has %u dimensions, a slice of %u is asked for", w->path,
                        e->name, e->rank, s->rank);
    for (uint32_t i = 0; i < s->rank; i++) {
        bool whole = s->length[i] == -1 && s->start[i] == 0;
        if (!whole && (s->start[i] < 0 || s->length[i] < 0 || s->start[i] > e->dims[i] ||
                       s->length[i] > e->dims[i] - s->start[i]))
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: a slice from %lld of length %lld lies outside dimension "
                            "%u of %lld", w->path, e->name, (long long)s->start[i], (long long)s->length[i], i,
                            (long long)e->dims[i]);
    }
    return TFP_OK;
}

tfp_status weights_read(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                        const struct weights_slice *slice, struct tensor *out)
{
    *out = (struct tensor){ 0 };
    if (e->dtype == TFP_UNDEFINED)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: array %s is of type %s", w->path, e->name, e->type_name);
    if (slice && slice->rank == 0) slice = NULL;
    if (slice) TFP_TRY(check_slice(ctx, w, e, slice));
    tfp_status status = w->format->read(ctx, w, e, slice, out);
    if (status != TFP_OK) tensor_release(out);
    return status;
}

/* Start and length of dimension i of a box, written out. */
static void range(const struct weights_slice *s, uint32_t i, const int64_t *dims, int64_t *start, int64_t *length)
{
    bool whole = !s || s->rank == 0 || s->length[i] == -1;
    *start = whole ? 0 : s->start[i];
    *length = whole ? dims[i] : s->length[i];
}

int64_t weights_copy_overlap(uint32_t rank, const int64_t *dims, const struct weights_slice *part, const void *from,
                             const struct weights_slice *slice, void *to, size_t element)
{
    int64_t extent[TFP_MAX_RANK], from_step[TFP_MAX_RANK], to_step[TFP_MAX_RANK], at[TFP_MAX_RANK] = { 0 };
    int64_t from_at = 0, to_at = 0, count = 1, a, b, x, y, from_size = 1, to_size = 1;
    for (uint32_t i = rank; i-- > 0;) {
        range(part, i, dims, &a, &x);
        range(slice, i, dims, &b, &y);
        int64_t low = a > b ? a : b, high = a + x < b + y ? a + x : b + y;
        if (high <= low) return 0;
        extent[i] = high - low;
        count *= extent[i];
        from_step[i] = from_size;
        to_step[i] = to_size;
        from_at += (low - a) * from_size;
        to_at += (low - b) * to_size;
        from_size *= x;
        to_size *= y;
    }
    uint32_t outer = rank; /* dimensions before this one are walked; the rest lies together in both */
    int64_t run = 1;
    while (outer > 0 && from_step[outer - 1] == run && to_step[outer - 1] == run) run *= extent[--outer];
    for (;;) {
        memcpy((char *)to + (size_t)to_at * element, (const char *)from + (size_t)from_at * element,
               (size_t)run * element);
        uint32_t i = outer;
        while (i > 0 && ++at[i - 1] == extent[i - 1]) {
            i--;
            from_at -= (extent[i] - 1) * from_step[i];
            to_at -= (extent[i] - 1) * to_step[i];
            at[i] = 0;
        }
        if (i == 0) return count;
        from_at += from_step[i - 1];
        to_at += to_step[i - 1];
    }
}
