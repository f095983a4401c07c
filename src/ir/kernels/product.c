/* Matrix products: C is cut into tiles, which are computed one by one (or on several threads), each over blocks of the
 * inner dimension that fit the caches. float32 tiles are packed into strips of 4 rows and 16 columns, so that the
 * innermost step is a rank-1 update of registers. Sums run in the same order whatever
 * the number of threads, and on every x86-64 machine alike: fused multiply-add is not used. */
#include "ir/kernels/product.h"

#include <omp.h>

enum { TILE_M = 64, TILE_N = 256, BLOCK_K = 256, STRIP_M = 4, STRIP_N = 16, THIN_M = 4 };

typedef float vec8 __attribute__((vector_size(32)));

struct tile {
    const void *a, *b;
    void *c;
    int64_t m, n;
};

static inline int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Strips of 4 rows, k-major; rows beyond m are zero. */
WORK_INLINE void pack_a(const struct product *p, const float *a, int64_t m, int64_t kc, float *to)
{
    for (int64_t i = 0; i < m; i += STRIP_M)
        for (int64_t q = 0; q < kc; q++)
            for (int64_t r = 0; r < STRIP_M; r++)
                *to++ = i + r < m ? a[(i + r) * p->a_row + q * p->a_col] : 0;
}

/* Strips of 16 columns, k-major; columns beyond n are zero. */
WORK_INLINE void pack_b(const struct product *p, const float *b, int64_t n, int64_t kc, float *to)
{
    for (int64_t j = 0; j < n; j += STRIP_N) {
        int64_t width = smaller(STRIP_N, n - j);
        for (int64_t q = 0; q < kc; q++, to += STRIP_N) {
            const float *row = b + q * p->b_row + j * p->b_col;
            if (width == STRIP_N && p->b_col == 1) {
                memcpy(to, row, STRIP_N * sizeof *to);
                continue;
            }
            for (int64_t c = 0; c < STRIP_N; c++) to[c] = c < width ? row[c * p->b_col] : 0;
        }
    }
}

/* 4 x 16 elements of C from one strip of each, kept in registers. */
WORK_INLINE void strip_product(int64_t kc, const float *a, const float *b, float *c, int64_t c_row)
{
    vec8 s00 = { 0 }, s01 = { 0 }, s10 = { 0 }, s11 = { 0 }, s20 = { 0 }, s21 = { 0 }, s30 = { 0 }, s31 = { 0 };
    for (int64_t q = 0; q < kc; q++, a += STRIP_M, b += STRIP_N) {
        vec8 b0, b1;
        memcpy(&b0, b, sizeof b0);
        memcpy(&b1, b + 8, sizeof b1);
        s00 += a[0] * b0;
        s01 += a[0] * b1;
        s10 += a[1] * b0;
        s11 += a[1] * b1;
        s20 += a[2] * b0;
        s21 += a[2] * b1;
        s30 += a[3] * b0;
        s31 += a[3] * b1;
    }
#define ADD_TO(row, low, high)                                                                                         \
    do {                                                                                                               \
        vec8 old0, old1;                                                                                               \
        memcpy(&old0, c + (row) * c_row, sizeof old0);                                                                 \
        memcpy(&old1, c + (row) * c_row + 8, sizeof old1);                                                             \
        old0 += (low);                                                                                                 \
        old1 += (high);                                                                                                \
        memcpy(c + (row) * c_row, &old0, sizeof old0);                                                                 \
        memcpy(c + (row) * c_row + 8, &old1, sizeof old1);                                                             \
    } while (0)
    ADD_TO(0, s00, s01);
    ADD_TO(1, s10, s11);
    ADD_TO(2, s20, s21);
    ADD_TO(3, s30, s31);
#undef ADD_TO
}

WORK_INLINE void packed_tile(const struct product *p, const struct tile *t, float *room)
{
    float *packed_a = room, *packed_b = room + TILE_M * BLOCK_K, edge[STRIP_M * STRIP_N];
    for (int64_t q = 0; q < p->k; q += BLOCK_K) {
        int64_t kc = smaller(BLOCK_K, p->k - q);
        pack_b(p, (const float *)t->b + q * p->b_row, t->n, kc, packed_b);
        pack_a(p, (const float *)t->a + q * p->a_col, t->m, kc, packed_a);
        for (int64_t j = 0; j < t->n; j += STRIP_N)
            for (int64_t i = 0; i < t->m; i += STRIP_M) {
                int64_t rows = smaller(STRIP_M, t->m - i), columns = smaller(STRIP_N, t->n - j);
                float *c = (float *)t->c + i * p->c_row + j;
                if (rows == STRIP_M && columns == STRIP_N) {
                    strip_product(kc, packed_a + i * kc, packed_b + j * kc, c, p->c_row);
                    continue;
                }
                memset(edge, 0, sizeof edge);
                strip_product(kc, packed_a + i * kc, packed_b + j * kc, edge, STRIP_N);
                for (int64_t r = 0; r < rows; r++)
                    for (int64_t s = 0; s < columns; s++) c[r * p->c_row + s] += edge[r * STRIP_N + s];
            }
    }
}

/* Few rows, rows of B adjacent: packing would cost more than the product. */
WORK_INLINE void thin_rows(const struct product *p, const struct tile *t)
{
    for (int64_t i = 0; i < t->m; i++) {
        float *restrict c = (float *)t->c + i * p->c_row;
        for (int64_t q = 0; q < p->k; q++) {
            float a = ((const float *)t->a)[i * p->a_row + q * p->a_col];
            const float *restrict b = (const float *)t->b + q * p->b_row;
            for (int64_t j = 0; j < t->n; j++) c[j] += a * b[j];
        }
    }
}

/* Few rows, columns of B adjacent: dot products in 16 lanes. */
WORK_INLINE void thin_columns(const struct product *p, const struct tile *t)
{
    for (int64_t i = 0; i < t->m; i++)
        for (int64_t j = 0; j < t->n; j++) {
            const float *a = (const float *)t->a + i * p->a_row, *b = (const float *)t->b + j * p->b_col;
            float lanes[16] = { 0 }, sum = 0;
            int64_t q = 0;
            for (; q + 16 <= p->k; q += 16)
                for (int64_t l = 0; l < 16; l++) lanes[l] += a[q + l] * b[q + l];
            for (int64_t l = 0; l < 16; l++) sum += lanes[l];
            for (; q < p->k; q++) sum += a[q] * b[q];
            ((float *)t->c)[i * p->c_row + j] += sum;
        }
}

WORK_INLINE void tile_f32(const struct product *p, const struct tile *t, void *room)
{
    if (p->m < THIN_M && p->b_col == 1) thin_rows(p, t);
    else if (p->m < THIN_M && p->b_row == 1 && p->a_col == 1) thin_columns(p, t);
    else packed_tile(p, t, room);
}

/* Other types: rows of C gather multiples of rows of B, which are made adjacent first. */
#define DEFINE_TILE(type, name)                                                                                        \
    WORK_INLINE void name(const struct product *p, const struct tile *t, void *room)                                   \
    {                                                                                                                  \
        for (int64_t q = 0; q < p->k; q += BLOCK_K) {                                                                  \
            int64_t kc = smaller(BLOCK_K, p->k - q), b_row = p->b_row;                                                 \
            const type *from = (const type *)t->b + q * p->b_row;                                                      \
            if (p->b_col != 1) {                                                                                       \
                for (int64_t r = 0; r < kc; r++)                                                                       \
                    for (int64_t j = 0; j < t->n; j++)                                                                 \
                        ((type *)room)[r * TILE_N + j] = from[r * p->b_row + j * p->b_col];                            \
                from = room;                                                                                           \
                b_row = TILE_N;                                                                                        \
            }                                                                                                          \
            for (int64_t i = 0; i < t->m; i++)                                                                         \
                for (int64_t r = 0; r < kc; r++) {                                                                     \
                    type a = ((const type *)t->a)[i * p->a_row + (q + r) * p->a_col];                                  \
                    const type *restrict b = from + r * b_row;                                                         \
                    type *restrict c = (type *)t->c + i * p->c_row;                                                    \
                    for (int64_t j = 0; j < t->n; j++) c[j] += a * b[j];                                               \
                }                                                                                                      \
        }                                                                                                              \
    }
DEFINE_TILE(double, tile_f64)
DEFINE_TILE(uint32_t, tile_i32)
DEFINE_TILE(uint64_t, tile_i64)
#undef DEFINE_TILE

WORK_INLINE void tile_any(enum work_kind kind, const struct product *p, const struct tile *t, void *room)
{
    switch (kind) {
    case WORK_F32: tile_f32(p, t, room); break;
    case WORK_F64: tile_f64(p, t, room); break;
    case WORK_I32: tile_i32(p, t, room); break;
    case WORK_I64: tile_i64(p, t, room); break;
    }
}

typedef void tile_fn(enum work_kind kind, const struct product *p, const struct tile *t, void *room);

static void tile_plain(enum work_kind kind, const struct product *p, const struct tile *t, void *room)
{
    tile_any(kind, p, t, room);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void tile_avx2(enum work_kind kind, const struct product *p,
                                                      const struct tile *t, void *room)
{
    tile_any(kind, p, t, room);
}

static tile_fn *best_tile(void)
{
    return __builtin_cpu_supports("avx2") ? tile_avx2 : tile_plain;
}
#else
static tile_fn *best_tile(void)
{
    return tile_plain;
}
#endif

static int64_t pieces(int64_t n, int64_t size)
{
    return n / size + (n % size != 0);
}

/* Tile number `index` of all batches. */
static void run_tile(tile_fn *fn, enum work_kind kind, const struct product *p, int64_t index, void *room)
{
    int64_t across = pieces(p->n, TILE_N), each = across * pieces(p->m, TILE_M), size = (int64_t)work_size(kind);
    int64_t batch = index / each, i = index % each / across * TILE_M, j = index % across * TILE_N;
    int64_t a = p->a_at ? p->a_at[batch] : batch * p->a_batch, b = p->b_at ? p->b_at[batch] : batch * p->b_batch;
    struct tile t = {
        .a = (const char *)p->a + (a + i * p->a_row) * size,
        .b = (const char *)p->b + (b + j * p->b_col) * size,
        .c = (char *)p->c + (batch * p->c_batch + i * p->c_row + j) * size,
        .m = smaller(TILE_M, p->m - i),
        .n = smaller(TILE_N, p->n - j),
    };
    if (!p->add)
        for (int64_t r = 0; r < t.m; r++) memset((char *)t.c + r * p->c_row * size, 0, (size_t)(t.n * size));
    fn(kind, p, &t, room);
}

tfp_status product_room(struct kernel *k, struct work *w, void **room)
{
    return work_take(k, w, k->threads, PRODUCT_ROOM, room);
}

void product_run(const struct kernel *k, enum work_kind kind, const struct product *p, void *room)
{
    int64_t tiles = p->m == 0 || p->n == 0 ? 0 : p->batches * pieces(p->m, TILE_M) * pieces(p->n, TILE_N);
    tile_fn *fn = best_tile();
    double cost = (double)p->batches * (double)p->m * (double)p->n * (double)p->k;
    int threads = cost < 1e5 || tiles < 2 ? 1 : k->threads;
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int64_t i = 0; i < tiles; i++)
        run_tile(fn, kind, p, i, (char *)room + (size_t)omp_get_thread_num() * PRODUCT_ROOM);
}

void product_serial(enum work_kind kind, const struct product *p, void *room)
{
    int64_t tiles = p->m == 0 || p->n == 0 ? 0 : p->batches * pieces(p->m, TILE_M) * pieces(p->n, TILE_N);
    tile_fn *fn = best_tile();
    for (int64_t i = 0; i < tiles; i++) run_tile(fn, kind, p, i, room);
}
