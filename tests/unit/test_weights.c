/* Checkpoints that TensorFlow wrote (tests/data/make_checkpoints.py says which), read whole and in boxes; and files that
 * must fail, each with its status and exact message: tests/hostile/checkpoint/expected.tsv, one row a case,
 *   path <tab> array (- none is read) <tab> code <tab> message
 * With TFP_ACCEPT set the codes and messages are rewritten to what happens now. */
#include "base/text.h"
#include "codec/sstable.h"
#include "weights/slice_key.h"
#include "weights/weights.h"

#include "support.h"

#define FILES TEST_DATA "/checkpoints/"
#define HOSTILE TEST_DATA "/../hostile/checkpoint/"

static struct weights *open_at(tfp_context *ctx, const char *path)
{
    struct weights_options options = { 0 };
    struct weights *w = NULL;
    assert_ok(ctx, weights_open(ctx, path, &options, &w));
    return w;
}

static const struct weights_entry *entry_of(const struct weights *w, const char *name)
{
    const struct weights_entry *e = weights_find(w, name, strlen(name));
    if (!e) fail_msg("%s: no array %s", w->path, name);
    return e;
}

static struct tensor read_of(tfp_context *ctx, struct weights *w, const char *name, const struct weights_slice *slice)
{
    struct tensor t;
    assert_ok(ctx, weights_read(ctx, w, entry_of(w, name), slice, &t));
    assert_non_null(t.owner);
    assert_true(tensor_is_aligned(&t));
    return t;
}

/* Element i of every array there. */
static void check_value(const char *name, const struct tensor *t, int64_t at, int64_t i)
{
    double expected = (double)((3 * i + 1) % (t->dtype == TFP_BOOL ? 2 : 100)), imaginary = -expected, pair[2];
    if (t->dtype == TFP_BOOL) expected = (double)((3 * i + 1) % 100 % 2);
    if (t->dtype == TFP_COMPLEX64) {
        float two[2];
        memcpy(two, (const char *)t->data + (size_t)at * sizeof two, sizeof two);
        pair[0] = (double)two[0];
        pair[1] = (double)two[1];
    } else if (t->dtype == TFP_COMPLEX128) {
        memcpy(pair, (const char *)t->data + (size_t)at * sizeof pair, sizeof pair);
    } else {
        pair[0] = dtype_is_float(t->dtype) ? tensor_float(t, at) : (double)tensor_int(t, at);
        pair[1] = imaginary;
    }
    if (pair[0] != expected || pair[1] != imaginary)
        fail_msg("%s: element %lld is %g, not %g", name, (long long)at, pair[0], expected);
}

static void check_whole(tfp_context *ctx, struct weights *w, const char *name, tfp_dtype dtype, uint32_t rank,
                        const int64_t *dims)
{
    const struct weights_entry *e = entry_of(w, name);
    struct tensor t = read_of(ctx, w, name, NULL);
    assert_int_equal(e->dtype, dtype);
    assert_int_equal(t.dtype, dtype);
    assert_int_equal(e->rank, rank);
    assert_int_equal(t.rank, rank);
    if (dtype != TFP_STRING) assert_int_equal(e->bytes, t.size);
    if (rank) assert_memory_equal(e->dims, dims, rank * sizeof *dims);
    if (rank) assert_memory_equal(t.dims, dims, rank * sizeof *dims);
    for (int64_t i = 0; i < t.count; i++) check_value(name, &t, i, i);
    tensor_release(&t);
}

static const struct {
    const char *name;
    tfp_dtype dtype;
    bool old; /* the writer of version 1 knows it, too */
} types[] = {
    { "float", TFP_FLOAT, true },         { "double", TFP_DOUBLE, true },         { "half", TFP_FLOAT16, true },
    { "bfloat16", TFP_BFLOAT16, false },  { "int8", TFP_INT8, true },             { "int16", TFP_INT16, true },
    { "int32", TFP_INT32, true },         { "int64", TFP_INT64, true },           { "uint8", TFP_UINT8, true },
    { "uint16", TFP_UINT16, true },       { "uint32", TFP_UINT32, false },        { "uint64", TFP_UINT64, false },
    { "bool", TFP_BOOL, true },           { "complex64", TFP_COMPLEX64, true },   { "complex128", TFP_COMPLEX128, true },
    { "qint8", TFP_INT8, false },         { "quint8", TFP_UINT8, false },         { "qint16", TFP_INT16, false },
    { "quint16", TFP_UINT16, false },     { "qint32", TFP_INT32, false },
};

static void check_types(tfp_context *ctx, struct weights *w, bool old)
{
    static const int64_t dims[] = { 2, 3 };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        char name[64];
        if (old && !types[i].old) continue;
        snprintf(name, sizeof name, "types/%s", types[i].name);
        check_whole(ctx, w, name, types[i].dtype, 2, dims);
        assert_string_equal(entry_of(w, name)->type_name, types[i].name);
    }
}

static void check_strings(tfp_context *ctx, struct weights *w, const char *name)
{
    char bytes[512];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)i;
    const struct tfp_string expected[] = { { "", 0 },           { "a\0b", 3 },       { "\0", 1 },
                                           { bytes, 512 },      { "\xc3\xa4", 2 },   { "last", 4 } };
    struct tensor t = read_of(ctx, w, name, NULL);
    assert_int_equal(t.dtype, TFP_STRING);
    assert_int_equal(t.rank, 2);
    assert_int_equal(t.count, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const struct tfp_string *s = (const struct tfp_string *)t.data + i;
        assert_int_equal(s->n, expected[i].n);
        if (s->n) assert_memory_equal(s->at, expected[i].at, s->n);
    }
    tensor_release(&t);
}

/* -- version 2 ----------------------------------------------------------------------------------------------------- */

static void test_types(void **state)
{
    static const int64_t rows[] = { 0, 3 }, columns[] = { 2, 0 }, deep[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 2 }, one[] = { 1 };
    static const int64_t none[] = { 0 };
    tfp_context *ctx = *state;
    struct weights *w = open_at(ctx, FILES "types");
    assert_string_equal(w->description, "checkpoint V2 (tensor bundle)");
    assert_int_equal(w->n_entries, 32);
    assert_int_equal(w->n_files, 2);
    assert_true(w->files[0].present && w->files[1].present);
    assert_int_equal(w->files[1].size, 1105);
    check_types(ctx, w, false);
    check_whole(ctx, w, "scalars/float", TFP_FLOAT, 0, NULL);
    check_whole(ctx, w, "scalars/complex128", TFP_COMPLEX128, 0, NULL);
    check_whole(ctx, w, "scalars/bool", TFP_BOOL, 0, NULL);
    check_whole(ctx, w, "empty/rows", TFP_FLOAT, 2, rows);
    check_whole(ctx, w, "empty/columns", TFP_INT64, 2, columns);
    check_whole(ctx, w, "deep", TFP_INT8, 10, deep);
    check_whole(ctx, w, "Aside", TFP_INT8, 1, one);
    check_whole(ctx, w, "text/none", TFP_STRING, 1, none);
    check_strings(ctx, w, "text/nuls");
    struct tensor t = read_of(ctx, w, "text/scalar", NULL);
    assert_int_equal(t.rank, 0);
    assert_int_equal(((struct tfp_string *)t.data)->n, 3);
    assert_memory_equal(((struct tfp_string *)t.data)->at, "one", 3);
    tensor_release(&t);
    weights_close(w);
}

/* Listed, so that it can be named; it is no array. */
static void test_variant(void **state)
{
    tfp_context *ctx = *state;
    struct weights *w = open_at(ctx, FILES "types");
    const struct weights_entry *e = entry_of(w, "variant");
    struct tensor t;
    assert_int_equal(e->dtype, TFP_UNDEFINED);
    assert_string_equal(e->type_name, "variant");
    assert_int_equal(weights_read(ctx, w, e, NULL, &t), TFP_E_UNSUPPORTED);
    assert_contains(tfp_context_message(ctx), "array variant is of type variant");
    assert_null(t.owner);
    weights_close(w);
}

/* What was read outlives the checkpoint it was read from. */
static void test_lifetime(void **state)
{
    tfp_context *ctx = *state;
    struct weights *w = open_at(ctx, FILES "parts");
    struct weights *v = open_at(ctx, FILES "types");
    struct tensor long_one = read_of(ctx, w, "long", NULL), whole = read_of(ctx, w, "whole", NULL);
    struct tensor text = read_of(ctx, v, "text/nuls", NULL);
    weights_close(w);
    weights_close(v);
    for (int64_t i = 0; i < long_one.count; i++) check_value("long", &long_one, i, i);
    for (int64_t i = 0; i < whole.count; i++) check_value("whole", &whole, i, i);
    assert_memory_equal(((struct tfp_string *)text.data)[5].at, "last", 4);
    tensor_release(&long_one);
    tensor_release(&whole);
    tensor_release(&text);
}

static void test_objects(void **state)
{
    static const int64_t dims[] = { 2, 3 };
    tfp_context *ctx = *state;
    struct weights *w = open_at(ctx, FILES "objects.index");
    assert_int_equal(w->n_entries, 3);
    check_whole(ctx, w, "model/layer/kernel/.ATTRIBUTES/VARIABLE_VALUE", TFP_FLOAT, 2, dims);
    check_whole(ctx, w, "model/step/.ATTRIBUTES/VARIABLE_VALUE", TFP_INT64, 0, NULL);
    struct tensor t = read_of(ctx, w, "_CHECKPOINTABLE_OBJECT_GRAPH", NULL);
    assert_int_equal(t.dtype, TFP_STRING);
    assert_true(((struct tfp_string *)t.data)->n > 50);
    tensor_release(&t);
    weights_close(w);
}

/* -- parts and boxes ----------------------------------------------------------------------------------------------- */

static void test_parts(void **state)
{
    static const int64_t rows[] = { 7, 2 }, columns[] = { 3, 5 }, grid[] = { 4, 4 }, length[] = { 8300 }, two[] = { 2 };
    tfp_context *ctx = *state;
    struct weights *w = open_at(ctx, FILES "parts");
    assert_int_equal(w->n_entries, 6); /* parts are no arrays of their own */
    assert_int_equal(w->n_files, 4);
    check_whole(ctx, w, "rows", TFP_FLOAT, 2, rows);
    check_whole(ctx, w, "columns", TFP_INT16, 2, columns);
    check_whole(ctx, w, "grid", TFP_DOUBLE, 2, grid);
    check_whole(ctx, w, "long", TFP_UINT8, 1, length);
    check_whole(ctx, w, "on\xff" "e", TFP_FLOAT, 1, two);
    assert_int_equal(entry_of(w, "whole")->n_parts, 0);
    const struct weights_entry *e = entry_of(w, "rows");
    assert_int_equal(e->n_parts, 3);
    for (size_t i = 0; i < 3; i++) {
        static const int64_t starts[] = { 0, 3, 5 }, lengths[] = { 3, 2, 2 };
        assert_int_equal(e->parts[i].start[0], starts[i]);
        assert_int_equal(e->parts[i].length[0], lengths[i]);
        assert_int_equal(e->parts[i].length[1], -1);
    }
    weights_close(w);
}

static void check_box(tfp_context *ctx, struct weights *w, const char *name, const struct weights_slice *box)
{
    const struct weights_entry *e = entry_of(w, name);
    struct tensor t = read_of(ctx, w, name, box);
    int64_t rows = box->length[0] < 0 ? e->dims[0] : box->length[0];
    int64_t columns = box->length[1] < 0 ? e->dims[1] : box->length[1];
    assert_int_equal(t.rank, 2);
    assert_int_equal(t.dims[0], rows);
    assert_int_equal(t.dims[1], columns);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < columns; k++)
            check_value(name, &t, i * columns + k, (box->start[0] + i) * e->dims[1] + box->start[1] + k);
    tensor_release(&t);
}

/* Every box of arrays in parts, and of one that is stored whole. */
static void check_boxes(tfp_context *ctx, const char *path, const char *name)
{
    struct weights *w = open_at(ctx, path);
    const int64_t *d = entry_of(w, name)->dims;
    struct weights_slice b = { .rank = 2 };
    for (b.start[0] = 0; b.start[0] <= d[0]; b.start[0]++)
        for (b.start[1] = 0; b.start[1] <= d[1]; b.start[1]++)
            for (b.length[0] = b.start[0] ? 0 : -1; b.length[0] <= d[0] - b.start[0]; b.length[0]++)
                for (b.length[1] = b.start[1] ? 0 : -1; b.length[1] <= d[1] - b.start[1]; b.length[1]++)
                    check_box(ctx, w, name, &b);
    weights_close(w);
}

static void test_boxes(void **state)
{
    check_boxes(*state, FILES "parts", "rows");
    check_boxes(*state, FILES "parts", "columns");
    check_boxes(*state, FILES "parts", "grid");
    check_boxes(*state, FILES "types", "types/half");
    check_boxes(*state, FILES "old_parts-00000-of-00002", "grid");
    check_boxes(*state, FILES "old", "types/int8");
}

static void test_boxes_outside(void **state)
{
    static const struct weights_slice outside[] = {
        { 2, { 0, 0 }, { 8, -1 } },  { 2, { 7, 0 }, { 1, 1 } },  { 2, { -1, 0 }, { 2, 2 } },
        { 2, { 1, 0 }, { -1, -1 } }, { 2, { 0, 0 }, { -2, 1 } }, { 2, { INT64_MAX, 0 }, { INT64_MAX, 1 } },
        { 1, { 0 }, { 1 } },         { 3, { 0 }, { 1, 1, 1 } },
    };
    tfp_context *ctx = *state;
    struct weights *w = open_at(ctx, FILES "parts");
    struct tensor t;
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        assert_int_equal(weights_read(ctx, w, entry_of(w, "rows"), &outside[i], &t), TFP_E_FORMAT);
        assert_contains(tfp_context_message(ctx), "array rows");
    }
    weights_close(w);
    w = open_at(ctx, FILES "types");
    const struct weights_slice row = { 2, { 1, 0 }, { 1, -1 } };
    assert_int_equal(weights_read(ctx, w, entry_of(w, "text/nuls"), &row, &t), TFP_E_UNSUPPORTED);
    weights_close(w);
}

/* Only what is read must be there. */
static void test_missing_files(void **state)
{
    tfp_context *ctx = *state;
    struct tensor t;
    copy_file(FILES "parts.index", temp_path("parts.index"));
    copy_file(FILES "parts.data-00000-of-00003", temp_path("parts.data-00000-of-00003"));
    struct weights *w = open_at(ctx, temp_path("parts"));
    assert_true(w->files[1].present);
    assert_false(w->files[2].present || w->files[3].present);
    t = read_of(ctx, w, "whole", NULL);
    tensor_release(&t);
    const struct weights_slice first = { 2, { 0, 0 }, { 3, -1 } }, within = { 2, { 1, 0 }, { 2, -1 } };
    t = read_of(ctx, w, "rows", &first);
    tensor_release(&t);
    t = read_of(ctx, w, "rows", &within);
    tensor_release(&t);
    assert_int_equal(weights_read(ctx, w, entry_of(w, "rows"), NULL, &t), TFP_E_FORMAT);
    assert_contains(tfp_context_message(ctx), "array rows lies in a data file that cannot be read");
    assert_contains(tfp_context_message(ctx), "parts.data-00002-of-00003: No such file");
    weights_close(w);
}

/* Against the obvious way, for boxes of all sorts. */
static void test_copy_overlap(void **state)
{
    enum { MOST = 5 * 4 * 3 };
    static const int64_t dims[] = { 5, 4, 3 };
    uint32_t random = 1;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct weights_slice box[2] = { { .rank = 3 }, { .rank = 3 } };
        int64_t from[2][3], n[2][3], expected = 0;
        for (int b = 0; b < 2; b++)
            for (int i = 0; i < 3; i++) {
                random = random * 1664525u + 1013904223u;
                from[b][i] = box[b].start[i] = random >> 16 & 4 ? 0 : (random >> 8) % dims[i];
                n[b][i] = box[b].length[i] = random >> 16 & 4 ? dims[i] : (random >> 20) % (dims[i] - from[b][i] + 1);
                if (!from[b][i] && n[b][i] == dims[i] && random >> 16 & 8) box[b].length[i] = -1;
            }
        uint16_t source[MOST], to[MOST], naive[MOST];
        for (uint16_t i = 0; i < MOST; i++) {
            source[i] = (uint16_t)(1000 + i);
            to[i] = naive[i] = 7;
        }
        for (int64_t x = 0; x < MOST; x++) {
            int64_t at[3] = { x / 12, x / 3 % 4, x % 3 }, a = 0, b = 0;
            bool inside = true;
            for (int i = 0; i < 3; i++) {
                for (int k = 0; k < 2; k++) inside &= at[i] >= from[k][i] && at[i] < from[k][i] + n[k][i];
                a = a * n[0][i] + at[i] - from[0][i];
                b = b * n[1][i] + at[i] - from[1][i];
            }
            if (inside) naive[b] = source[a];
            expected += inside;
        }
        assert_int_equal(weights_copy_overlap(3, dims, &box[0], source, &box[1], to, sizeof *to), expected);
        assert_memory_equal(to, naive, sizeof to);
    }
}

/* TensorFlow's own keys, at starts that need 1 to 10 bytes. */
static void test_slice_keys(void **state)
{
    tfp_context *ctx = *state;
    struct arena arena = { 0 };
    struct buffer *file;
    struct sstable *table;
    assert_int_equal(buffer_map(ctx, FILES "keys.index", &file), TFP_OK);
    struct bytes all = { file->data, file->size }, value;
    assert_int_equal(sstable_open(ctx, &arena, "keys", all, true, &table), TFP_OK);
    int64_t starts[19] = { 0, 63, 64, 8191, 8192 };
    size_t n = 5;
    for (int shift = 20; shift <= 62; shift += 7) {
        starts[n++] = ((int64_t)1 << shift) - 1;
        starts[n++] = (int64_t)1 << shift;
    }
    for (size_t i = 0; i < n; i++) {
        struct weights_slice s = { 2, { starts[i], 0 }, { 1, -1 } };
        struct text key = { 0 };
        bool found;
        slice_key(&key, "k", &s);
        assert_false(key.failed);
        assert_int_equal(sstable_get(ctx, table, (struct bytes){ key.at, key.n }, &found, &value), TFP_OK);
        if (!found) fail_msg("no key for %lld", (long long)starts[i]);
        text_free(&key);
    }
    arena_free(&arena);
    buffer_drop(file);
}

/* -- version 1 ----------------------------------------------------------------------------------------------------- */

static void test_version_1(void **state)
{
    static const int64_t rows[] = { 7, 2 }, grid[] = { 4, 4 }, four[] = { 4 };
    tfp_context *ctx = *state;
    struct weights *w = open_at(ctx, FILES "old");
    assert_string_equal(w->description, "checkpoint V1");
    assert_int_equal(w->n_entries, 15);
    assert_int_equal(w->n_files, 1);
    check_types(ctx, w, true);
    check_whole(ctx, w, "scalar", TFP_FLOAT, 0, NULL);
    check_strings(ctx, w, "text");
    struct tensor t = read_of(ctx, w, "zeros", NULL);
    assert_int_equal(t.count, 300);
    for (int64_t i = 0; i < t.count; i++) assert_true(tensor_float(&t, i) == 0);
    tensor_release(&t);
    weights_close(w);

    w = open_at(ctx, FILES "old_parts");
    assert_int_equal(w->n_entries, 3);
    assert_int_equal(w->n_files, 2);
    assert_int_equal(entry_of(w, "grid")->n_parts, 3);
    check_whole(ctx, w, "rows", TFP_FLOAT, 2, rows);
    check_whole(ctx, w, "grid", TFP_INT32, 2, grid);
    check_whole(ctx, w, "whole", TFP_FLOAT, 1, four);
    weights_close(w);
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static void test_names(void **state)
{
    tfp_context *ctx = *state;
    struct weights *w = open_at(ctx, FILES "types");
    const char *near[4];
    for (size_t i = 0; i < w->n_entries; i++) {
        assert_ptr_equal(weights_find(w, w->entries[i].name, strlen(w->entries[i].name)), &w->entries[i]);
        if (i) assert_true(strcmp(w->entries[i - 1].name, w->entries[i].name) < 0);
    }
    assert_null(weights_find(w, "", 0));
    assert_null(weights_find(w, "types", 5));
    assert_null(weights_find(w, "types/floats", 12));
    assert_ptr_equal(weights_find(w, "types/floats", 11), entry_of(w, "types/float"));
    assert_null(weights_find(w, "deep\0nothing", 12));
    assert_null(weights_find(w, "zzz", 3));
    assert_int_equal(weights_near(w, "types/flaot", near, 4), 4);
    assert_string_equal(near[0], "types/float");
    assert_int_equal(weights_near(w, "other/bfloat16", near, 4), 1);
    assert_string_equal(near[0], "types/bfloat16");
    assert_int_equal(weights_near(w, "float", near, 1), 1);
    assert_contains(near[0], "/float");
    assert_int_equal(weights_near(w, "types/float", near, 0), 0);
    weights_close(w);
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void test_no_verify(void **state)
{
    static const char *const damaged[] = { HOSTILE "wrong_checksum", HOSTILE "text_wrong_checksum" };
    tfp_context *ctx = *state;
    for (size_t i = 0; i < COUNT_OF(damaged); i++)
        for (int loose = 0; loose < 2; loose++) {
            struct weights_options options = { .no_verify = loose };
            struct weights *w;
            struct tensor t;
            assert_int_equal(weights_open(ctx, damaged[i], &options, &w), TFP_OK);
            assert_int_equal(weights_read(ctx, w, entry_of(w, "x"), NULL, &t), loose ? TFP_OK : TFP_E_FORMAT);
            if (loose) tensor_release(&t);
            weights_close(w);
        }
}

static tfp_status try_path(tfp_context *ctx, char **given)
{
    const char *array = given[1];
    struct weights_options options = { 0 };
    struct weights *w;
    struct tensor t;
    TFP_TRY(weights_open(ctx, given[0], &options, &w));
    tfp_status status = TFP_OK;
    if (strcmp(array, "-") != 0) status = weights_read(ctx, w, entry_of(w, array), NULL, &t);
    if (strcmp(array, "-") != 0 && status == TFP_OK) tensor_release(&t);
    weights_close(w);
    return status;
}

static void test_hostile(void **state)
{
    (void)state;
    run_expected(HOSTILE, 2, try_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTEXT_TEST(test_types),         CONTEXT_TEST(test_variant),       CONTEXT_TEST(test_lifetime),    CONTEXT_TEST(test_objects),
        CONTEXT_TEST(test_parts),         CONTEXT_TEST(test_boxes),         CONTEXT_TEST(test_boxes_outside), CONTEXT_TEST(test_missing_files),
        CONTEXT_TEST(test_copy_overlap),  CONTEXT_TEST(test_slice_keys),    CONTEXT_TEST(test_version_1),   CONTEXT_TEST(test_names),
        CONTEXT_TEST(test_no_verify),     CONTEXT_TEST(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
