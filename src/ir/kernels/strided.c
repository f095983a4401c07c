/* Strided copies. Neighbouring dimensions that lie one behind the other on both sides are merged first; then one of
 * three ways: runs that are contiguous on both sides are copied whole; a transpose, where another dimension than the
 * last is contiguous in what is read, goes through tiles so that every cache line is read and written once; the rest
 * goes element by element. */
#include "ir/kernels/strided.h"

enum { TILE = 256, PARALLEL_BYTES = 1 << 18 };

void strides_of(size_t rank, const int64_t *dims, int64_t *strides)
{
    uint64_t stride = 1;
    for (size_t i = rank; i-- > 0;) {
        strides[i] = (int64_t)stride;
        stride *= (uint64_t)dims[i];
    }
}

static void simplify(const struct strided *in, struct strided *out)
{
    out->rank = 0;
    for (size_t i = 0; i < in->rank; i++) {
        if (in->dims[i] == 1) continue;
        size_t n = out->rank;
        if (n && out->from[n - 1] == in->from[i] * in->dims[i] && out->to[n - 1] == in->to[i] * in->dims[i]) {
            out->dims[n - 1] *= in->dims[i];
            out->from[n - 1] = in->from[i];
            out->to[n - 1] = in->to[i];
            continue;
        }
        out->dims[n] = in->dims[i];
        out->from[n] = in->from[i];
        out->to[n] = in->to[i];
        out->rank++;
    }
}

/* A short contiguous run of 2, 4, 8 or 16 bytes becomes one element when all strides are multiples of it. */
static size_t widen(struct strided *s, size_t size)
{
    size_t last = s->rank - 1;
    if (s->rank < 2 || s->from[last] != 1 || s->to[last] != 1) return size;
    int64_t n = s->dims[last];
    if (n > 16 || (n & (n - 1)) || (size_t)n * size > 16) return size;
    for (size_t i = 0; i < last; i++)
        if (s->from[i] % n || s->to[i] % n) return size;
    for (size_t i = 0; i < last; i++) {
        s->from[i] /= n;
        s->to[i] /= n;
    }
    s->rank--;
    return size * (size_t)n;
}

/* A place in the first `rank` dimensions. */
struct place {
    int64_t index[STRIDED_MAX_RANK], from, to;
};

static void place_set(const struct strided *s, size_t first, size_t rank, int64_t at, struct place *p)
{
    p->from = p->to = 0;
    for (size_t i = rank; i-- > first;) {
        p->index[i] = at % s->dims[i];
        at /= s->dims[i];
        p->from += p->index[i] * s->from[i];
        p->to += p->index[i] * s->to[i];
    }
}

static inline void place_next(const struct strided *s, size_t first, size_t rank, struct place *p)
{
    for (size_t i = rank; i-- > first;) {
        p->from += s->from[i];
        p->to += s->to[i];
        if (++p->index[i] < s->dims[i]) return;
        p->from -= s->from[i] * s->dims[i];
        p->to -= s->to[i] * s->dims[i];
        p->index[i] = 0;
    }
}

static int64_t product(const struct strided *s, size_t first, size_t end)
{
    int64_t n = 1;
    for (size_t i = first; i < end; i++) n *= s->dims[i];
    return n;
}

/* -- element by element -------------------------------------------------------------------------------------------- */

static inline __attribute__((always_inline)) void copy_line(size_t size, const char *from, int64_t from_step, char *to,
                                                            int64_t to_step, int64_t n)
{
    from_step *= (int64_t)size;
    to_step *= (int64_t)size;
    for (int64_t i = 0; i < n; i++) memcpy(to + i * to_step, from + i * from_step, size);
}

static void copy_run(size_t size, const char *from, int64_t from_step, char *to, int64_t to_step, int64_t n)
{
    if (from_step == 1 && to_step == 1) {
        memcpy(to, from, (size_t)n * size);
        return;
    }
    switch (size) {
    case 1: copy_line(1, from, from_step, to, to_step, n); break;
    case 2: copy_line(2, from, from_step, to, to_step, n); break;
    case 4: copy_line(4, from, from_step, to, to_step, n); break;
    case 8: copy_line(8, from, from_step, to, to_step, n); break;
    default: copy_line(16, from, from_step, to, to_step, n); break;
    }
}

static void copy_runs(const struct strided *s, size_t size, const char *from, char *to, int threads)
{
    size_t last = s->rank - 1;
    int64_t n = s->dims[last], runs = product(s, 0, last);
    bool parallel = threads > 1 && runs >= threads && (size_t)runs * (size_t)n * size > PARALLEL_BYTES;
    int parts = parallel ? threads : 1;
#pragma omp parallel for num_threads(parts) schedule(static) if (parallel)
    for (int i = 0; i < parts; i++) {
        struct place p;
        int64_t begin = runs / parts * i + runs % parts * i / parts;
        int64_t end = runs / parts * (i + 1) + runs % parts * (i + 1) / parts;
        place_set(s, 0, last, begin, &p);
        for (int64_t at = begin; at < end; at++) {
            copy_run(size, from + p.from * (int64_t)size, s->from[last], to + p.to * (int64_t)size, s->to[last], n);
            place_next(s, 0, last, &p);
        }
    }
}

/* -- tiles --------------------------------------------------------------------------------------------------------- */

/* Dimension `line` is contiguous in what is read; all dimensions behind it, `rest` elements, are contiguous in what is
 * written. A tile is TILE bytes of the one by TILE bytes of the other. */
struct tiling {
    const struct strided *s;
    size_t line;
    int64_t rest;
};

/* `rows` of `n` elements from the tile to columns. The next tile's lines are asked for, since nothing else would see
 * that they come: each column lies in a page of its own. */
static inline __attribute__((always_inline)) void write_tile(size_t size, const char *tile, int64_t rows, int64_t n,
                                                             char *to, int64_t to_step)
{
    for (int64_t i = 0; i < n; i++) {
        char *column = to + i * to_step;
        for (size_t line = 0; line < TILE; line += 64) __builtin_prefetch(column + TILE + line, 1);
        for (int64_t r = 0; r < rows; r++)
            memcpy(column + r * (int64_t)size, tile + r * TILE + i * (int64_t)size, size);
    }
}

/* The elements [begin, end) of the rest for one tile's width of the line. */
static inline __attribute__((always_inline)) void copy_band(const struct tiling *t, size_t size, const char *from,
                                                            char *to, int64_t n, int64_t begin, int64_t end)
{
    enum { ROOM = TILE * TILE };
    const struct strided *s = t->s;
    const int64_t full = TILE / (int64_t)size;
    struct place p;
    _Alignas(64) char tile[ROOM];
    place_set(s, t->line + 1, s->rank, begin, &p);
    for (int64_t at = begin; at < end;) {
        int64_t rows = end - at < full ? end - at : full;
        for (int64_t r = 0; r < rows; r++) {
            const char *row = from + p.from * (int64_t)size;
            if (n == full) memcpy(tile + r * TILE, row, TILE);
            else copy_line(size, row, 1, tile + r * TILE, 1, n);
            place_next(s, t->line + 1, s->rank, &p);
        }
        char *target = to + at * (int64_t)size;
        int64_t step = s->to[t->line] * (int64_t)size;
        if (rows == full) write_tile(size, tile, full, n, target, step);
        else write_tile(size, tile, rows, n, target, step);
        at += rows;
    }
}

static void copy_bands(const struct tiling *t, size_t size, const char *from, char *to, int threads)
{
    const struct strided *s = t->s;
    int64_t width = TILE / (int64_t)size, length = s->dims[t->line];
    int64_t outer = product(s, 0, t->line), across = length / width + (length % width != 0), along = 1;
    bool parallel = threads > 1 && outer * length * t->rest > PARALLEL_BYTES / (int64_t)size;
    if (parallel && outer * across < 4 * threads)
        along = t->rest / 1024 + 1 < 4 * threads ? t->rest / 1024 + 1 : 4 * threads;
    int64_t step = (t->rest / along / TILE + 1) * TILE;
#pragma omp parallel for num_threads(threads) schedule(dynamic) collapse(3) if (parallel)
    for (int64_t o = 0; o < outer; o++)
        for (int64_t a = 0; a < across; a++)
            for (int64_t r = 0; r < along; r++) {
                struct place p;
                place_set(s, 0, t->line, o, &p);
                int64_t n = length - a * width < width ? length - a * width : width;
                int64_t begin = r * step < t->rest ? r * step : t->rest;
                int64_t end = r + 1 < along && begin + step < t->rest ? begin + step : t->rest;
                const char *source = from + (p.from + a * width) * (int64_t)size;
                char *target = to + (p.to + a * width * s->to[t->line]) * (int64_t)size;
                switch (size) {
                case 1: copy_band(t, 1, source, target, n, begin, end); break;
                case 2: copy_band(t, 2, source, target, n, begin, end); break;
                case 4: copy_band(t, 4, source, target, n, begin, end); break;
                case 8: copy_band(t, 8, source, target, n, begin, end); break;
                default: copy_band(t, 16, source, target, n, begin, end); break;
                }
            }
}

static bool find_tiling(const struct strided *s, struct tiling *t)
{
    size_t last = s->rank - 1;
    int64_t packed = 1;
    if (s->from[last] == 1) return false;
    *t = (struct tiling){ .s = s };
    for (size_t i = last;; i--) {
        if (s->from[i] == 1) {
            t->line = i;
            t->rest = packed;
            return true;
        }
        if (s->to[i] != packed || i == 0) return false;
        packed *= s->dims[i];
    }
}

void strided_copy(const struct strided *s, size_t size, const void *from, void *to, int threads)
{
    struct strided simple;
    struct tiling tiling;
    for (size_t i = 0; i < s->rank; i++)
        if (s->dims[i] == 0) return;
    simplify(s, &simple);
    if (simple.rank == 0) {
        memcpy(to, from, size);
        return;
    }
    size = widen(&simple, size);
    if (find_tiling(&simple, &tiling)) copy_bands(&tiling, size, from, to, threads);
    else copy_runs(&simple, size, from, to, threads);
}
