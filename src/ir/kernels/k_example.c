/* ParseExample and ParseFeatureLists: tf.Example and tf.SequenceExample messages to tensors, as TensorFlow's ParseExampleV2 and
 * ParseSequenceExampleV2 do it. */
#include "codec/example.h"
#include "ir/kernels/kernel.h"

#include "base/list.h"
#include "base/map.h"
#include "base/numbers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { SPARSE, DENSE, RAGGED, KINDS };

struct column {
    struct bytes key;
    tfp_dtype dtype, splits;
    int64_t dims[TFP_MAX_RANK]; /* dense: of one example */
    size_t rank;
};

struct parsing {
    struct kernel *k;
    struct arena arena;
    const struct tfp_string *serialized;
    bool batched; /* serialized is a vector */
    size_t n;     /* examples */
    struct column *columns;
    size_t first[KINDS + 1];         /* column of the first of each kind */
    size_t n_columns;
    struct example_feature *found; /* [column][example]; no kind: missing */
    struct map names;
    /* Of lists instead of `found`: */
    struct list {
        size_t first, n; /* steps; first is NOT_THERE where the list is missing */
    } *lists; /* [example][column] */
    struct example_feature *steps; /* heap */
    size_t n_steps, steps_room;
    size_t *after; /* [column + 1]: the one whose feature followed last time, as writers keep an order; n_columns: none did */
};
#define NOT_THERE SIZE_MAX

static enum example_kind kind_of(tfp_dtype dtype)
{
    return dtype == TFP_STRING ? EXAMPLE_BYTES : dtype == TFP_FLOAT ? EXAMPLE_FLOAT
           : dtype == TFP_INT64 ? EXAMPLE_INT64 : EXAMPLE_NONE;
}

__attribute__((format(printf, 4, 5), cold)) static tfp_status refuse(const struct parsing *p, size_t example, size_t column,
                                                                     const char *format, ...)
{
    char text[200];
    struct bytes key = p->columns[column].key;
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return kernel_fail(p->k, TFP_E_FORMAT, "example %zu: feature %.*s: %s", example, (int)(key.n < 200 ? key.n : 200),
                       key.n ? key.at : "", text);
}

/* -- what is asked for --------------------------------------------------------------------------------------------- */

static struct ir_strings keys_of(const struct kernel *k, int kind)
{
    static const enum ir_attr_name names[] = { ATTR_SPARSE_KEYS, ATTR_DENSE_KEYS, ATTR_RAGGED_KEYS };
    const struct ir_attr *a = ir_attr(k->node, names[kind]);
    return a ? a->v.strings : (struct ir_strings){ NULL, 0 };
}

static bool read_dense(struct column *c, struct ir_ints ranks, struct ir_ints dims, size_t i, size_t *at)
{
    if (i >= ranks.n || ranks.at[i] < 0 || ranks.at[i] >= TFP_MAX_RANK || *at + (size_t)ranks.at[i] > dims.n) return false;
    c->rank = (size_t)ranks.at[i];
    for (size_t j = 0; j < c->rank; j++) c->dims[j] = dims.at[(*at)++];
    for (size_t j = 0; j < c->rank; j++)
        if (c->dims[j] < 0 && j) return false;
    return true;
}

static tfp_status read_columns(struct parsing *p)
{
    static const enum ir_attr_name types[] = { ATTR_SPARSE_TYPES, ATTR_DENSE_TYPES, ATTR_RAGGED_TYPES };
    const struct ir_node *n = p->k->node;
    struct ir_ints splits = ir_attr_ints(n, ATTR_RAGGED_SPLIT_TYPES), ranks = ir_attr_ints(n, ATTR_DENSE_RANKS);
    size_t at = 0;
    for (int kind = 0; kind < KINDS; kind++) p->first[kind + 1] = p->first[kind] + keys_of(p->k, kind).n;
    p->n_columns = p->first[KINDS];
    if (!(p->columns = ARENA_ARRAY(&p->arena, struct column, p->n_columns + 1))) return tfp_no_memory(p->k->ctx);
    for (int kind = 0; kind < KINDS; kind++) {
        struct ir_strings keys = keys_of(p->k, kind);
        struct ir_ints dtypes = ir_attr_ints(n, types[kind]);
        for (size_t i = 0; i < keys.n; i++) {
            struct column *c = &p->columns[p->first[kind] + i];
            bool fits = i < dtypes.n && (kind != RAGGED || i < splits.n);
            if (fits) *c = (struct column){ .key = keys.at[i], .dtype = (tfp_dtype)dtypes.at[i] };
            if (fits && kind == RAGGED) c->splits = (tfp_dtype)splits.at[i];
            if (fits && kind == DENSE) fits = read_dense(c, ranks, ir_attr_ints(n, ATTR_DENSE_SHAPES), i, &at);
            if (!fits || !kind_of(c->dtype)) return kernel_fail(p->k, TFP_E_FORMAT, "its keys, types and shapes do not fit");
            void **place = map_at(&p->names, c->key.n ? c->key.at : "", c->key.n);
            if (!place) return tfp_no_memory(p->k->ctx);
            if (*place) return kernel_fail(p->k, TFP_E_FORMAT, "a key is asked for twice");
            *place = c;
        }
    }
    return TFP_OK;
}

/* -- examples ------------------------------------------------------------------------------------------------------ */

static bool is_key(const struct column *c, struct bytes key)
{
    return c->key.n == key.n && (!key.n || memcmp(c->key.at, key.at, key.n) == 0);
}

/* The column with that key; NULL: none asks for it. `last`: the number of the one before it, and 1; 0: it is the first. */
static const struct column *find_column(struct parsing *p, struct bytes key, size_t *last)
{
    const size_t guess = p->after[*last];
    if (guess == p->n_columns || !is_key(&p->columns[guess], key)) {
        void **at = map_find(&p->names, key.n ? key.at : "", key.n);
        if (!at) return NULL;
        p->after[*last] = (size_t)((const struct column *)*at - p->columns);
    }
    const size_t found = p->after[*last];
    *last = found + 1;
    return &p->columns[found];
}

static tfp_status read_example(struct parsing *p, size_t e)
{
    size_t last = 0;
    struct example_reader r;
    struct example_feature f;
    enum example_next next;
    example_begin(&r, (struct bytes){ p->serialized[e].at, p->serialized[e].n });
    while ((next = example_next(&r, &f)) == EXAMPLE_FEATURE) {
        const struct column *c = find_column(p, f.key, &last);
        if (!c) continue;
        const size_t column = (size_t)(c - p->columns);
        if (f.kind && f.kind != kind_of(c->dtype))
            return refuse(p, e, column, "it has values of %s, %s is expected", example_kind_name(f.kind),
                          example_kind_name(kind_of(c->dtype)));
        p->found[column * p->n + e] = f; /* of a key that occurs twice the last counts */
    }
    return next == EXAMPLE_END ? TFP_OK
                               : kernel_fail(p->k, TFP_E_FORMAT, "example %zu is not a tf.Example message", e);
}

static void put_values(const struct example_feature *f, tfp_dtype dtype, void *to, size_t at)
{
    if (dtype == TFP_FLOAT) {
        example_floats(f, (float *)to + at);
    } else if (dtype == TFP_INT64) {
        example_ints(f, (int64_t *)to + at);
    } else {
        struct tfp_string *strings = (struct tfp_string *)to + at;
        _Static_assert(sizeof(struct tfp_string) == sizeof(struct bytes), "one is written as the other");
        example_strings(f, (struct bytes *)(void *)strings);
    }
}

static const struct example_feature *feature(const struct parsing *p, size_t e, size_t column)
{
    return &p->found[column * p->n + e];
}

static size_t count_values(const struct parsing *p, size_t column)
{
    size_t n = 0;
    for (size_t e = 0; e < p->n; e++) n += feature(p, e, column)->n;
    return n;
}

/* -- sparse and ragged --------------------------------------------------------------------------------------------- */

/* The outputs of a sparse column while they fill up. */
struct sparse {
    tfp_dtype dtype;
    int64_t *at, *shape; /* indices to come; dimensions to come */
    void *values;
    size_t done;  /* of these */
    int64_t most; /* in one feature */
};

/* Indices, values and shape. `axes`: of an index; of a single example the place in it alone. */
static tfp_status open_sparse(struct parsing *p, size_t i, size_t total, int64_t axes, struct sparse *out)
{
    struct kernel *k = p->k;
    const size_t sparse = p->first[SPARSE + 1];
    TFP_TRY(kernel_output(k, i, TFP_INT64, 2, (int64_t[]){ (int64_t)total, axes }));
    TFP_TRY(kernel_output(k, sparse + i, p->columns[i].dtype, 1, (int64_t[]){ (int64_t)total }));
    TFP_TRY(kernel_output(k, 2 * sparse + i, TFP_INT64, 1, &axes));
    *out = (struct sparse){ .dtype = p->columns[i].dtype, .at = k->out[i].data, .shape = k->out[2 * sparse + i].data,
                            .values = k->out[sparse + i].data };
    if (p->batched) *out->shape++ = (int64_t)p->n;
    return TFP_OK;
}

/* `place`: the first `n` axes of the feature's indices. */
static void put_feature(struct sparse *s, const struct example_feature *f, const int64_t *place, size_t n)
{
    put_values(f, s->dtype, s->values, s->done);
    for (size_t j = 0; j < f->n; j++) {
        for (size_t k = 0; k < n; k++) *s->at++ = place[k];
        *s->at++ = (int64_t)j;
    }
    s->done += f->n;
    if ((int64_t)f->n > s->most) s->most = (int64_t)f->n;
}

static tfp_status put_sparse(struct parsing *p, size_t i)
{
    struct sparse s;
    TFP_TRY(open_sparse(p, i, count_values(p, i), p->batched ? 2 : 1, &s));
    for (size_t e = 0; e < p->n; e++) put_feature(&s, feature(p, e, i), (int64_t[]){ (int64_t)e }, p->batched);
    *s.shape = s.most;
    return TFP_OK;
}

static tfp_status put_ragged(struct parsing *p, size_t i, size_t values, size_t splits)
{
    struct kernel *k = p->k;
    const size_t column = p->first[RAGGED] + i;
    const struct column *c = &p->columns[column];
    size_t done = 0;
    if (!p->batched) return kernel_fail(k, TFP_E_UNSUPPORTED, "ragged features of a single example");
    TFP_TRY(kernel_output(k, values + i, c->dtype, 1, (int64_t[]){ (int64_t)count_values(p, column) }));
    TFP_TRY(kernel_output(k, splits + i, c->splits, 1, (int64_t[]){ (int64_t)p->n + 1 }));
    for (size_t e = 0; e <= p->n; e++) {
        tensor_set_int(&k->out[splits + i], (int64_t)e, (int64_t)done);
        if (e == p->n) break;
        put_values(feature(p, e, column), c->dtype, k->out[values + i].data, done);
        done += feature(p, e, column)->n;
    }
    return TFP_OK;
}

/* -- dense --------------------------------------------------------------------------------------------------------- */

static bool varies(const struct column *c)
{
    return c->rank && c->dims[0] < 0;
}

/* Elements of an example: as declared, or of the longest one; *row: those of one row, where their number varies. */
static tfp_status dense_count(const struct parsing *p, size_t column, int64_t *row, int64_t *count)
{
    const struct column *c = &p->columns[column];
    const size_t v = varies(c);
    int64_t most = 0;
    if (!numbers_count(c->dims + v, c->rank - v, row)) return kernel_fail(p->k, TFP_E_FORMAT, "a shape that is too large");
    for (size_t e = 0; e < p->n && v; e++) {
        int64_t n = (int64_t)feature(p, e, column)->n;
        if (n && (!*row || n % *row))
            return refuse(p, e, column, "it has %" PRId64 " values, which rows of %" PRId64 " do not hold", n, *row);
        if (n > most) most = n;
    }
    *count = v ? most : *row;
    return TFP_OK;
}

static void put_default(const struct tensor *t, tfp_dtype dtype, char *to, int64_t from, int64_t count)
{
    static const struct tfp_string empty = { "", 0 };
    const size_t size = tfp_dtype_size(dtype);
    for (int64_t i = from; i < count; i++) {
        if (t && t->count) memcpy(to + (size_t)i * size, (const char *)t->data + (t->count == 1 ? 0 : (size_t)i * size), size);
        else if (dtype == TFP_STRING) memcpy(to + (size_t)i * size, &empty, size);
        else memset(to + (size_t)i * size, 0, size);
    }
}

static tfp_status put_dense_example(struct parsing *p, size_t e, size_t column, const struct tensor *otherwise, int64_t count,
                                    char *to)
{
    const struct column *c = &p->columns[column];
    const struct example_feature *f = feature(p, e, column);
    const bool fixed = !varies(c);
    if (fixed && f->kind && (int64_t)f->n != count)
        return refuse(p, e, column, "it has %zu values, %" PRId64 " are expected", f->n, count);
    if (fixed && !f->kind && (!otherwise || !otherwise->count) && count)
        return refuse(p, e, column, "it is required and missing");
    put_values(f, c->dtype, to, 0);
    put_default(otherwise, c->dtype, to, (int64_t)f->n, count);
    return TFP_OK;
}

static tfp_status put_dense(struct parsing *p, size_t i, size_t output)
{
    struct kernel *k = p->k;
    const size_t column = p->first[DENSE] + i, extra = p->batched;
    const struct column *c = &p->columns[column];
    const struct tensor *otherwise = kernel_in(k, 1 + i);
    int64_t dims[TFP_MAX_RANK + 1] = { (int64_t)p->n }, row = 0, count = 0;
    TFP_TRY(dense_count(p, column, &row, &count));
    if (otherwise && (otherwise->dtype != c->dtype || (otherwise->count > 1 && (varies(c) || otherwise->count != count))))
        return kernel_fail(k, TFP_E_FORMAT, "the default of feature %zu does not fit its type and shape", i);
    for (size_t j = 0; j < c->rank; j++) dims[j + extra] = c->dims[j];
    if (varies(c)) dims[extra] = row ? count / row : 0;
    TFP_TRY(kernel_output(k, output + i, c->dtype, c->rank + extra, dims));
    const size_t size = tfp_dtype_size(c->dtype) * (size_t)count;
    for (size_t e = 0; e < p->n; e++)
        TFP_TRY(put_dense_example(p, e, column, otherwise, count, (char *)k->out[output + i].data + e * size));
    return TFP_OK;
}

/* -- ParseExample -------------------------------------------------------------------------------------------------- */

static tfp_status parse(struct parsing *p)
{
    struct kernel *k = p->k;
    size_t cells;
    TFP_TRY(read_columns(p));
    const size_t sparse = p->first[DENSE], dense = p->first[RAGGED] - sparse, ragged = p->n_columns - p->first[RAGGED];
    if (k->n_out != 3 * sparse + dense + 2 * ragged)
        return kernel_fail(k, TFP_E_FORMAT, "%zu outputs for %zu features", k->n_out, p->n_columns);
    if (!mul_size(&cells, p->n, p->n_columns)) return tfp_no_memory(k->ctx);
    if (!(p->found = ARENA_ARRAY(&p->arena, struct example_feature, cells + 1))) return tfp_no_memory(k->ctx);
    if (!(p->after = ARENA_ARRAY(&p->arena, size_t, p->n_columns + 1))) return tfp_no_memory(k->ctx);
    for (size_t i = 0; i <= p->n_columns; i++) p->after[i] = p->n_columns;
    for (size_t e = 0; e < p->n; e++) TFP_TRY(read_example(p, e));
    for (size_t i = 0; i < sparse; i++) TFP_TRY(put_sparse(p, i));
    for (size_t i = 0; i < dense; i++) TFP_TRY(put_dense(p, i, 3 * sparse));
    for (size_t i = 0; i < ragged; i++) TFP_TRY(put_ragged(p, i, 3 * sparse + dense, 3 * sparse + dense + ragged));
    return TFP_OK;
}

/* -- ParseFeatureLists --------------------------------------------------------------------------------------------- */

static struct list *list_of(const struct parsing *p, size_t e, size_t column)
{
    return &p->lists[e * p->n_columns + column];
}

static tfp_status add_step(struct parsing *p, const struct example_feature *f)
{
    if (!LIST_GROW(p->steps, p->n_steps, &p->steps_room)) return tfp_no_memory(p->k->ctx);
    p->steps[p->n_steps++] = *f;
    return TFP_OK;
}

static tfp_status malformed(const struct parsing *p, size_t e)
{
    return kernel_fail(p->k, TFP_E_FORMAT, "example %zu is not a tf.SequenceExample message", e);
}

static tfp_status read_list(struct parsing *p, size_t e, size_t column, struct example_list *l)
{
    const enum example_kind kind = kind_of(p->columns[column].dtype);
    struct list *list = list_of(p, e, column);
    struct example_feature f;
    enum example_next next;
    *list = (struct list){ p->n_steps, 0 }; /* of a key that occurs twice the last counts */
    while ((next = example_next_step(l, &f)) == EXAMPLE_FEATURE) {
        if (f.kind && f.kind != kind)
            return refuse(p, e, column, "step %zu has values of %s, %s is expected", list->n, example_kind_name(f.kind),
                          example_kind_name(kind));
        TFP_TRY(add_step(p, &f));
        list->n++;
    }
    return next == EXAMPLE_END ? TFP_OK : malformed(p, e);
}

static tfp_status read_lists(struct parsing *p, size_t e)
{
    struct example_reader r;
    struct example_list l;
    enum example_next next;
    example_begin(&r, (struct bytes){ p->serialized[e].at, p->serialized[e].n });
    while ((next = example_next_list(&r, &l)) == EXAMPLE_FEATURE) {
        void **at = map_find(&p->names, l.key.n ? l.key.at : "", l.key.n);
        if (at) TFP_TRY(read_list(p, e, (size_t)((const struct column *)*at - p->columns), &l));
    }
    return next == EXAMPLE_END ? TFP_OK : malformed(p, e);
}

static size_t count_listed(const struct parsing *p, size_t column, size_t *steps)
{
    size_t n = 0;
    *steps = 0;
    for (size_t e = 0; e < p->n; e++) {
        const struct list *l = list_of(p, e, column);
        *steps += l->n;
        for (size_t i = 0; i < l->n; i++) n += p->steps[l->first + i].n;
    }
    return n;
}

static tfp_status put_sparse_lists(struct parsing *p, size_t i)
{
    struct sparse s;
    size_t steps;
    int64_t longest = 0;
    const size_t total = count_listed(p, i, &steps), batch = p->batched;
    TFP_TRY(open_sparse(p, i, total, p->batched ? 3 : 2, &s));
    for (size_t e = 0; e < p->n; e++) {
        const struct list *l = list_of(p, e, i);
        if ((int64_t)l->n > longest) longest = (int64_t)l->n;
        for (size_t step = 0; step < l->n; step++) {
            const int64_t place[] = { (int64_t)e, (int64_t)step };
            put_feature(&s, &p->steps[l->first + step], place + !batch, batch + 1);
        }
    }
    *s.shape++ = longest;
    *s.shape = s.most;
    return TFP_OK;
}

/* What is wrong with a dense list; *longest grows to its length. */
static tfp_status check_dense_list(const struct parsing *p, size_t e, size_t column, int64_t row, int64_t *longest)
{
    const struct ir_ints may_miss = ir_attr_ints(p->k->node, ATTR_DENSE_MAY_MISS);
    const struct list *l = list_of(p, e, column);
    const size_t i = column - p->first[DENSE];
    if (l->first == NOT_THERE && !(i < may_miss.n && may_miss.at[i])) return refuse(p, e, column, "the list is required and missing");
    for (size_t s = 0; s < l->n; s++)
        if ((int64_t)p->steps[l->first + s].n != row)
            return refuse(p, e, column, "step %zu has %zu values, %" PRId64 " are expected", s, p->steps[l->first + s].n, row);
    if ((int64_t)l->n > *longest) *longest = (int64_t)l->n;
    return TFP_OK;
}

static tfp_status put_dense_lists(struct parsing *p, size_t i, size_t output)
{
    struct kernel *k = p->k;
    const size_t column = p->first[DENSE] + i, extra = p->batched, dense = p->first[RAGGED] - p->first[DENSE];
    const struct column *c = &p->columns[column];
    int64_t dims[TFP_MAX_RANK + 2] = { (int64_t)p->n }, row = 0, longest = 0;
    if (!numbers_count(c->dims, c->rank, &row)) return kernel_fail(k, TFP_E_UNSUPPORTED, "steps of an open shape");
    for (size_t e = 0; e < p->n; e++) TFP_TRY(check_dense_list(p, e, column, row, &longest));
    dims[extra] = longest;
    memcpy(dims + extra + 1, c->dims, c->rank * sizeof *dims);
    if (c->rank + extra + 1 > TFP_MAX_RANK) return kernel_fail(k, TFP_E_UNSUPPORTED, "a rank above %d", (int)TFP_MAX_RANK);
    TFP_TRY(kernel_output(k, output + i, c->dtype, c->rank + extra + 1, dims));
    TFP_TRY(kernel_output(k, output + dense + i, TFP_INT64, extra, (int64_t[]){ (int64_t)p->n }));
    char *to = k->out[output + i].data;
    const size_t size = tfp_dtype_size(c->dtype) * (size_t)(longest * row);
    for (size_t e = 0; e < p->n; e++, to += size) {
        const struct list *l = list_of(p, e, column);
        for (size_t s = 0; s < l->n; s++) put_values(&p->steps[l->first + s], c->dtype, to, s * (size_t)row);
        put_default(NULL, c->dtype, to, (int64_t)l->n * row, longest * row);
        ((int64_t *)k->out[output + dense + i].data)[e] = (int64_t)l->n;
    }
    return TFP_OK;
}

static tfp_status put_ragged_lists(struct parsing *p, size_t i, size_t output)
{
    struct kernel *k = p->k;
    const size_t column = p->first[RAGGED] + i, ragged = p->n_columns - p->first[RAGGED];
    const struct column *c = &p->columns[column];
    size_t steps, total = count_listed(p, column, &steps), done = 0, step = 0;
    if (!p->batched) return kernel_fail(k, TFP_E_UNSUPPORTED, "ragged features of a single example");
    TFP_TRY(kernel_output(k, output + i, c->dtype, 1, (int64_t[]){ (int64_t)total }));
    TFP_TRY(kernel_output(k, output + ragged + i, c->splits, 1, (int64_t[]){ (int64_t)p->n + 1 }));
    TFP_TRY(kernel_output(k, output + 2 * ragged + i, c->splits, 1, (int64_t[]){ (int64_t)steps + 1 }));
    tensor_set_int(&k->out[output + ragged + i], 0, 0);
    tensor_set_int(&k->out[output + 2 * ragged + i], 0, 0);
    for (size_t e = 0; e < p->n; e++) {
        const struct list *l = list_of(p, e, column);
        for (size_t s = 0; s < l->n; s++) {
            put_values(&p->steps[l->first + s], c->dtype, k->out[output + i].data, done);
            done += p->steps[l->first + s].n;
            tensor_set_int(&k->out[output + 2 * ragged + i], (int64_t)++step, (int64_t)done);
        }
        tensor_set_int(&k->out[output + ragged + i], (int64_t)e + 1, (int64_t)step);
    }
    return TFP_OK;
}

static tfp_status parse_lists(struct parsing *p)
{
    struct kernel *k = p->k;
    size_t cells;
    TFP_TRY(read_columns(p));
    const size_t sparse = p->first[DENSE], dense = p->first[RAGGED] - sparse, ragged = p->n_columns - p->first[RAGGED];
    if (k->n_out != 3 * (sparse + ragged) + 2 * dense)
        return kernel_fail(k, TFP_E_FORMAT, "%zu outputs for %zu lists of features", k->n_out, p->n_columns);
    if (!mul_size(&cells, p->n, p->n_columns)) return tfp_no_memory(k->ctx);
    if (!(p->lists = ARENA_ARRAY(&p->arena, struct list, cells + 1))) return tfp_no_memory(k->ctx);
    for (size_t i = 0; i < cells; i++) p->lists[i].first = NOT_THERE;
    for (size_t e = 0; e < p->n; e++) TFP_TRY(read_lists(p, e));
    for (size_t i = 0; i < sparse; i++) TFP_TRY(put_sparse_lists(p, i));
    for (size_t i = 0; i < dense; i++) TFP_TRY(put_dense_lists(p, i, 3 * sparse));
    for (size_t i = 0; i < ragged; i++) TFP_TRY(put_ragged_lists(p, i, 3 * sparse + 2 * dense));
    return TFP_OK;
}

/* -- the ops ------------------------------------------------------------------------------------------------------- */

static tfp_status run_parsing(struct kernel *k, tfp_status (*parse_all)(struct parsing *p))
{
    const struct tensor *in = &k->in[0];
    if (in->rank > 1) return kernel_fail(k, TFP_E_FORMAT, "examples of rank %u", in->rank);
    struct parsing p = { .k = k, .serialized = in->data, .batched = in->rank == 1, .n = (size_t)in->count };
    map_init(&p.names, &p.arena);
    tfp_status status = parse_all(&p);
    free(p.steps);
    arena_free(&p.arena);
    return status;
}

static tfp_status parse_example(struct kernel *k)
{
    return run_parsing(k, parse);
}

static tfp_status parse_feature_lists(struct kernel *k)
{
    return run_parsing(k, parse_lists);
}

const struct kernel_row kernels_example[] = {
    { IR_PARSE_EXAMPLE, .run = parse_example },
    { IR_PARSE_FEATURE_LISTS, .run = parse_feature_lists },
};
const size_t kernels_example_n = sizeof kernels_example / sizeof kernels_example[0];
