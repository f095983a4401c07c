/* Lookup tables: keys and values are constants of the graph or lines of a file beside it (tf_tables.c found which). A handle
 * is a value of its own, which goes the way of the handle and is known again by the look-up. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>

/* -- tables from files --------------------------------------------------------------------------------------------- */

enum { WHOLE_LINE = -2, LINE_NUMBER = -1 };

struct lines {
    struct bytes text;
    struct bytes *at;
    size_t n;
    locale_t c;     /* "C": a file's numbers are written in no country's way */
    int64_t offset; /* of line numbers */
};

/* A last line without its end is one, too. */
static bool split_lines(struct arena *a, struct lines *l)
{
    size_t n = l->text.n && l->text.at[l->text.n - 1] != '\n';
    for (size_t i = 0; i < l->text.n; i++) n += l->text.at[i] == '\n';
    if (!(l->at = ARENA_ARRAY(a, struct bytes, n + 1))) return false;
    for (size_t start = 0; start < l->text.n;) {
        const char *end = memchr(l->text.at + start, '\n', l->text.n - start);
        size_t length = end ? (size_t)(end - l->text.at) - start : l->text.n - start;
        struct bytes line = { l->text.at + start, length };
        if (line.n && line.at[line.n - 1] == '\r') line.n--;
        l->at[l->n++] = line;
        start += length + 1;
    }
    return true;
}

static bool column_of(struct bytes line, char delimiter, int64_t column, struct bytes *out)
{
    for (;;) {
        const char *end = line.n ? memchr(line.at, delimiter, line.n) : NULL;
        size_t n = end ? (size_t)(end - line.at) : line.n;
        *out = (struct bytes){ line.at, n };
        if (!column--) return true;
        if (!end) return false;
        line = (struct bytes){ line.at + n + 1, line.n - n - 1 };
    }
}

static bool put_number(locale_t c, tfp_dtype dtype, struct bytes text, void *to, size_t i)
{
    char room[64], *end;
    long long whole = 0;
    if (!text.n || text.n >= sizeof room) return false;
    memcpy(room, text.at, text.n);
    room[text.n] = '\0';
    errno = 0;
    if (dtype == TFP_FLOAT) ((float *)to)[i] = strtof_l(room, &end, c);
    else if (dtype == TFP_DOUBLE) ((double *)to)[i] = strtod_l(room, &end, c);
    else whole = strtoll_l(room, &end, 10, c);
    if (*end || errno) return false;
    if (dtype == TFP_INT64) ((int64_t *)to)[i] = whole;
    if (dtype == TFP_INT32) ((int32_t *)to)[i] = (int32_t)whole;
    return dtype == TFP_FLOAT || dtype == TFP_DOUBLE || dtype == TFP_INT64 || (dtype == TFP_INT32 && whole == (int32_t)whole);
}

static bool put_field(const struct lines *l, tfp_dtype dtype, char delimiter, int64_t index, size_t number, void *to)
{
    struct bytes field = l->at[number];
    if (index == LINE_NUMBER) {
        if (dtype == TFP_INT64) ((int64_t *)to)[number] = (int64_t)number + l->offset;
        return dtype == TFP_INT64;
    }
    if (index >= 0 && !column_of(field, delimiter, index, &field)) return false;
    if (dtype != TFP_STRING) return put_number(l->c, dtype, field, to, number);
    ((struct tfp_string *)to)[number] = (struct tfp_string){ field.at, field.n };
    return true;
}

/* The keys, or the values, of all lines. */
static struct ir_value *fields(struct lower *lw, const struct lines *l, const char *type, const char *which)
{
    tfp_dtype dtype = tf_type(lw, type);
    int64_t index = tf_int(lw, which);
    struct bytes delimiter = tf_string(lw, "delimiter");
    if (lw->b.status != TFP_OK) return NULL;
    if (delimiter.n != 1 || index < WHOLE_LINE) return lower_malformed(lw, "delimiter or %s is wrong", which), NULL;
    char *room = arena_alloc(&lw->graph->arena, l->n + 1, tfp_dtype_size(dtype));
    if (!room) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    for (size_t i = 0; i < l->n; i++)
        if (!put_field(l, dtype, delimiter.at[0], index, i, room))
            return lower_malformed(lw, "line %zu of its file has no %s in column %lld", i + 1, tfp_dtype_name(dtype),
                                   (long long)index), NULL;
    return ir_tensor(&lw->b, dtype, 1, (const int64_t[]){ (int64_t)l->n }, room);
}

static tfp_status read_file(struct lower *lw, const char *path, struct ir_value **keys, struct ir_value **values)
{
    struct build *b = &lw->b;
    struct buffer *file;
    struct lines l = { .offset = tf_int(lw, "offset") };
    int64_t most = tf_int(lw, "vocab_size");
    if (b->status == TFP_OK) b->status = buffer_map(b->ctx, path, &file);
    if (b->status != TFP_OK) return b->status;
    char *copy = arena_string(&lw->graph->arena, file->data, file->size); /* strings of the model point into it */
    l.text = (struct bytes){ copy, file->size };
    buffer_drop(file);
    if (!copy || !split_lines(&lw->graph->arena, &l)) return b->status = tfp_no_memory(b->ctx);
    if (l.offset < INT32_MIN || l.offset > INT32_MAX) return lower_malformed(lw, "offset is %lld", (long long)l.offset);
    if (most >= 0 && (size_t)most > l.n)
        return lower_malformed(lw, "%s has %zu lines, vocab_size is %lld", path, l.n, (long long)most);
    if (most >= 0) l.n = (size_t)most;
    if (!(l.c = newlocale(LC_ALL_MASK, "C", (locale_t)0))) return b->status = tfp_no_memory(b->ctx);
    *keys = fields(lw, &l, "key_dtype", "key_index");
    *values = fields(lw, &l, "value_dtype", "value_index");
    freelocale(l.c);
    return b->status;
}

/* -- rules --------------------------------------------------------------------------------------------------------- */

static bool is_element(const struct tensor *all, int64_t i, const struct tensor *one)
{
    return one->count == 1 && one->dtype == all->dtype && tf_graph_same(tensor_element(all, i), tensor_element(one, 0));
}

/* A key with two values is an error where TensorFlow fills the table. */
static tfp_status check_keys(struct lower *lw, const struct tensor *keys, const struct tensor *values)
{
    struct arena arena = { 0 };
    struct map seen;
    tfp_status status = TFP_OK;
    if (!keys || !values) return TFP_OK;
    if (keys->count != values->count)
        return lower_malformed(lw, "%lld keys and %lld values", (long long)keys->count, (long long)values->count);
    map_init(&seen, &arena);
    for (int64_t i = 0; i < keys->count && status == TFP_OK; i++) {
        const struct bytes key = tensor_element(keys, i);
        void **at = map_at(&seen, key.at, key.n);
        if (!at) status = lw->b.status = tfp_no_memory(lw->b.ctx);
        else if (!*at) *at = (void *)(uintptr_t)(i + 1);
        else if (!tf_graph_same(tensor_element(values, i), tensor_element(values, (int64_t)(uintptr_t)*at - 1)))
            status = lower_malformed(lw, "its keys %lld and %lld are the same, their values differ", (long long)(uintptr_t)*at - 1,
                                     (long long)i);
    }
    arena_free(&arena);
    return status;
}

/* The places of keys that are none of the marks: a MutableDenseHashTable is saved with its empty and deleted buckets. */
static struct ir_value *used_buckets(struct lower *lw, const struct tf_node *n)
{
    const struct ir_value *marks[2] = { NULL, NULL }, *keys = lower_in(lw, 0);
    for (size_t i = 2; i < n->n_in && i < 4; i++) marks[i - 2] = lower_in(lw, i);
    if (lw->b.status != TFP_OK) return NULL;
    for (size_t i = 0; i < 2; i++)
        if (!keys->constant || (marks[i] && !marks[i]->constant))
            return lower_unsupported(lw, "its keys are not known before the model runs"), NULL;
    int64_t *used = ARENA_ARRAY(&lw->graph->arena, int64_t, (size_t)keys->constant->count + 1);
    size_t count = 0;
    if (!used) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    for (int64_t i = 0; i < keys->constant->count; i++) {
        bool marked = false;
        for (size_t k = 0; k < 2; k++) marked = marked || (marks[k] && is_element(keys->constant, i, marks[k]->constant));
        if (!marked) used[count++] = i;
    }
    return ir_ints(&lw->b, used, count);
}

static tfp_status lower_table(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct lower_table *t = ARENA_NEW(&lw->graph->arena, struct lower_table);
    if (!n->filling) return lower_unsupported(lw, "what fills it is not known");
    if (!t) return b->status = tfp_no_memory(b->ctx);
    if (n->filling->from_file) {
        if (!n->filling->path) return lower_unsupported(lw, "it is filled from a file that is not part of the model");
        TFP_TRY(read_file(lw, n->filling->path, &t->keys, &t->values));
    } else {
        struct ir_value *used = n->n_in > 2 ? used_buckets(lw, n) : NULL, *keys = lower_in(lw, 0), *values = lower_in(lw, 1);
        t->keys = form_vector(b, used ? ir_gather(b, keys, used, 0) : keys);
        t->values = form_vector(b, used ? ir_gather(b, values, used, 0) : values);
    }
    if (t->keys && t->values && n->n_in <= 2) TFP_TRY(check_keys(lw, t->keys->constant, t->values->constant));
    if (!(t->handle = ir_emit(b, IR_IDENTITY, IN(t->keys), NO_ATTRS))) return b->status;
    void **at = map_at(&lw->tables, (const char *)&t->handle, sizeof t->handle);
    if (!at) return b->status = tfp_no_memory(b->ctx);
    *at = t;
    return lower_done(lw, t->handle);
}

static const struct lower_table *table_in(struct lower *lw)
{
    struct ir_value *handle = lower_in(lw, 0);
    void **at = handle ? map_find(&lw->tables, (const char *)&handle, sizeof handle) : NULL;
    if (handle && !at) lower_unsupported(lw, "its table is not known before the model runs");
    return at ? *at : NULL;
}

static tfp_status lower_find(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct lower_table *t = table_in(lw);
    if (!t) return lw->b.status;
    return lower_done(lw, ir_emit(&lw->b, IR_TABLE_FIND, IN(lower_in(lw, 1), lower_import(lw, t->keys), lower_import(lw, t->values), lower_in(lw, 2)), NO_ATTRS));
}

static tfp_status lower_size(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct lower_table *t = table_in(lw);
    return t ? lower_done(lw, form_scalar(&lw->b, ir_shape(&lw->b, lower_import(lw, t->keys)))) : lw->b.status;
}

static const struct rule rules[] = {
    { "HashTable", lower_table, NULL },
    { "HashTableV2", lower_table, NULL },
    { "LookupTableFind", lower_find, NULL },
    { "LookupTableFindV2", lower_find, NULL },
    { "LookupTableSize", lower_size, NULL },
    { "LookupTableSizeV2", lower_size, NULL },
    { "MutableDenseHashTable", lower_table, NULL },
    { "MutableDenseHashTableV2", lower_table, NULL },
    { "MutableHashTable", lower_table, NULL },
    { "MutableHashTableV2", lower_table, NULL },
};
const struct rule_family rules_tables = { rules, sizeof rules / sizeof rules[0] };
