/* Constants that are stored sparsely (SparsityParameters in the schema): levels, each one axis or a block of one, are dense or have a list
 * of the places that hold something. */
#include "frontend/tensorflow/lite/lite.h"

enum { TRAVERSAL_ORDER, BLOCK_MAP, DIM_METADATA };
enum { METADATA_FORMAT, METADATA_DENSE_SIZE, METADATA_SEGMENTS_TYPE, METADATA_SEGMENTS, METADATA_INDICES_TYPE, METADATA_INDICES };
enum { MOST_LEVELS = 2 * TFP_MAX_RANK, MOST_TIMES = 256, LEAST_LIMIT = 1 << 20 /* bytes may become 256 times as many, and a MiB */ };

/* Of 1, 2 or 4 bytes each. */
struct whole {
    struct flat_vector list;
    bool is_signed;
};

struct level {
    int64_t axis, step; /* a place on the level is `step` places on the axis */
    int64_t size;       /* dense: places; sparse: 0 */
    struct whole segments, indices;
};

struct sparse {
    struct level levels[MOST_LEVELS];
    size_t n_levels, element;
    const struct lite_tensor *tensor;
    int64_t strides[TFP_MAX_RANK];
    size_t stored; /* elements that the file has */
    int64_t visits; /* left: lists that name places again and again end */
    char *to;
};

static struct whole read_whole(const struct flat_table *t, unsigned type_field, unsigned field)
{
    static const size_t sizes[] = { 4, 4, 2, 1 }; /* none, Int32Vector, Uint16Vector, Uint8Vector */
    const uint64_t type = flat_unsigned(t, type_field, 1, 0);
    const struct flat_table vector = flat_table_of(t, field);
    if (type < 1 || type > 3) return (struct whole){ .list = { .in = NULL } };
    return (struct whole){ flat_vector_of(&vector, 0, sizes[type]), type == 1 };
}

static bool whole_at(const struct whole *w, int64_t i, int64_t *out)
{
    if (i < 0 || (uint64_t)i >= w->list.n) return false;
    *out = flat_vector_signed(&w->list, (size_t)i);
    if (!w->is_signed && *out < 0) *out += (int64_t)1 << 8 * w->list.size;
    return *out >= 0;
}

/* Which axis each level is and how far its places lie apart; an axis in blocks has two levels. */
static bool read_levels(struct sparse *s, const struct flat_table *t)
{
    const struct flat_vector order = flat_vector_of(t, TRAVERSAL_ORDER, 4), blocks = flat_vector_of(t, BLOCK_MAP, 4),
                             metadata = flat_vector_of(t, DIM_METADATA, 4);
    const int64_t rank = s->tensor->rank;
    int64_t block[TFP_MAX_RANK];
    for (size_t i = 0; i < TFP_MAX_RANK; i++) block[i] = 1;
    if (order.n > MOST_LEVELS || order.n != metadata.n || order.n != (size_t)rank + blocks.n) return false;
    s->n_levels = order.n;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < order.n; i++) {
            const struct flat_table m = flat_vector_table(&metadata, i);
            const int64_t at = flat_vector_signed(&order, i);
            if (at < 0 || at >= (int64_t)order.n) return false;
            struct level *l = &s->levels[i];
            l->axis = at < rank ? at : flat_vector_signed(&blocks, (size_t)(at - rank));
            if (l->axis < 0 || l->axis >= rank) return false;
            const bool sparse = flat_signed(&m, METADATA_FORMAT, 1, 0) != 0;
            l->size = sparse ? 0 : flat_signed(&m, METADATA_DENSE_SIZE, 4, 0);
            if (!sparse && l->size < 1) return false;
            if (sparse) {
                l->segments = read_whole(&m, METADATA_SEGMENTS_TYPE, METADATA_SEGMENTS);
                l->indices = read_whole(&m, METADATA_INDICES_TYPE, METADATA_INDICES);
            }
            if (pass == 0 && at >= rank) block[l->axis] = l->size;
            l->step = at < rank ? block[l->axis] : 1;
        }
    return true;
}

/* From `level` on, whose elements begin with number `at` of those stored; `place` is where the levels before it lead. */
static bool fill(struct sparse *s, size_t level, int64_t at, const int64_t place[TFP_MAX_RANK])
{
    int64_t next[TFP_MAX_RANK], from = 0, to = 0, offset = 0;
    if (s->visits-- <= 0) return false;
    if (level == s->n_levels) {
        if (at < 0 || (uint64_t)at >= s->stored) return false;
        for (int32_t i = 0; i < s->tensor->rank; i++) {
            if (place[i] >= s->tensor->dims[i]) return false;
            offset += place[i] * s->strides[i];
        }
        memcpy(s->to + (size_t)offset * s->element, s->tensor->data.at + (size_t)at * s->element, s->element);
        return true;
    }
    const struct level *l = &s->levels[level];
    memcpy(next, place, sizeof next);
    if (l->size) to = l->size;
    else if (!whole_at(&l->segments, at, &from) || !whole_at(&l->segments, at + 1, &to)) return false;
    if (l->size && at > INT32_MAX / l->size) return false;
    for (int64_t i = from; i < to; i++) {
        int64_t index = i;
        if (!l->size && !whole_at(&l->indices, i, &index)) return false;
        next[l->axis] = place[l->axis] + index * l->step;
        if (next[l->axis] >= s->tensor->dims[l->axis]) return false;
        if (!fill(s, level + 1, l->size ? at * l->size + i : i, next)) return false;
    }
    return true;
}

struct bytes lite_dense(struct lite *m, const struct lite_tensor *t, int64_t count, size_t element)
{
    struct sparse *s = ARENA_NEW(m->arena, struct sparse);
    int64_t stride = 1;
    const int64_t start[TFP_MAX_RANK] = { 0 };
    if ((uint64_t)count > (t->data.n / element) * MOST_TIMES + LEAST_LIMIT / element)
        return lite_fail(m, TFP_E_UNSUPPORTED, "tensor %s: a sparse constant of %zu bytes for %lld elements", t->name, t->data.n, (long long)count),
               (struct bytes){ NULL, 0 };
    char *to = arena_alloc(m->arena, (size_t)count, element);
    if (!s || !to) return lite_no_memory(m), (struct bytes){ NULL, 0 };
    *s = (struct sparse){ .tensor = t, .element = element, .stored = t->data.n / element, .to = to };
    for (int32_t i = t->rank; i-- > 0; stride *= t->dims[i]) s->strides[i] = stride;
    if (!read_levels(s, &t->sparsity)) count = 0;
    s->visits = ((int64_t)s->n_levels + 1) * count + 1;
    if (count && fill(s, 0, 0, start)) return (struct bytes){ to, (size_t)count * element };
    lite_fail(m, TFP_E_FORMAT, "tensor %s: what tells its sparse elements contradicts itself", t->name);
    return (struct bytes){ NULL, 0 };
}
