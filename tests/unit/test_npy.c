/* npy files that numpy wrote (tests/data/make_codec_data.py), read and written back, and hostile ones. */
#include "base/buffer.h"
#include "base/numbers.h"
#include "base/text.h"
#include "codec/npy.h"

#include "support.h"

#define FILES TEST_DATA "/npy/"

static tfp_array *read_array(tfp_context *ctx, const char *name)
{
    char path[512];
    tfp_array *a;
    snprintf(path, sizeof path, FILES "%s.npy", name);
    assert_ok(ctx, tfp_npy_read(ctx, path, &a));
    return a;
}

/* Element i as a number; the imaginary part of a complex one is checked to be its negative. */
static double element(const struct tfp_tensor *t, size_t i)
{
    const void *d = t->data;
    switch (t->dtype) {
    case TFP_FLOAT16:
        return (double)half_to_float(((const uint16_t *)d)[i]);
    case TFP_FLOAT:
        return (double)((const float *)d)[i];
    case TFP_DOUBLE:
        return ((const double *)d)[i];
    case TFP_INT8:
        return ((const int8_t *)d)[i];
    case TFP_INT16:
        return ((const int16_t *)d)[i];
    case TFP_INT32:
        return ((const int32_t *)d)[i];
    case TFP_INT64:
        return (double)((const int64_t *)d)[i];
    case TFP_UINT8:
        return ((const uint8_t *)d)[i];
    case TFP_UINT16:
        return ((const uint16_t *)d)[i];
    case TFP_UINT32:
        return ((const uint32_t *)d)[i];
    case TFP_UINT64:
        return (double)((const uint64_t *)d)[i];
    case TFP_BOOL:
        return ((const bool *)d)[i];
    case TFP_COMPLEX64:
        assert_true(((const float *)d)[2 * i] == -((const float *)d)[2 * i + 1]);
        return (double)((const float *)d)[2 * i];
    case TFP_COMPLEX128:
        assert_true(((const double *)d)[2 * i] == -((const double *)d)[2 * i + 1]);
        return ((const double *)d)[2 * i];
    default:
        fail_msg("dtype %d", (int)t->dtype);
        return 0;
    }
}

struct sample {
    const char *name;
    tfp_dtype dtype;
    bool ours; /* numpy's bytes are those that tfport writes */
};
static const struct sample samples[] = { /* 1 to 6 in two rows of three */
    { "little_f2", TFP_FLOAT16, true },    { "big_f2", TFP_FLOAT16, false },
    { "little_f4", TFP_FLOAT, true },      { "big_f4", TFP_FLOAT, false },
    { "little_f8", TFP_DOUBLE, true },     { "big_f8", TFP_DOUBLE, false },
    { "little_i2", TFP_INT16, true },      { "big_i2", TFP_INT16, false },
    { "little_i4", TFP_INT32, true },      { "big_i4", TFP_INT32, false },
    { "little_i8", TFP_INT64, true },      { "big_i8", TFP_INT64, false },
    { "little_u2", TFP_UINT16, true },     { "big_u2", TFP_UINT16, false },
    { "little_u4", TFP_UINT32, true },     { "big_u4", TFP_UINT32, false },
    { "little_u8", TFP_UINT64, true },     { "big_u8", TFP_UINT64, false },
    { "little_c8", TFP_COMPLEX64, true },  { "big_c8", TFP_COMPLEX64, false },
    { "little_c16", TFP_COMPLEX128, true }, { "big_c16", TFP_COMPLEX128, false },
    { "i1", TFP_INT8, true },              { "u1", TFP_UINT8, true },
    { "b1", TFP_BOOL, true },              { "fortran_i4", TFP_INT32, false },
    { "fortran_big_i4", TFP_INT32, false }, { "version2", TFP_INT32, false },
    { "version3", TFP_INT32, false },
};
enum { N_SAMPLES = COUNT_OF(samples) };

static void every_number_type_is_read(void **state)
{
    for (size_t i = 0; i < N_SAMPLES; i++) {
        tfp_array *a = read_array(*state, samples[i].name);
        const struct tfp_tensor *t = tfp_array_tensor(a);
        assert_int_equal(t->dtype, samples[i].dtype);
        assert_int_equal(t->rank, 2);
        assert_true(t->dims[0] == 2 && t->dims[1] == 3);
        for (size_t k = 0; k < 6; k++) {
            double expected = t->dtype == TFP_BOOL ? (double)(k % 2 == 0) : (double)k + 1;
            if (element(t, k) != expected) fail_msg("%s: element %zu is %g", samples[i].name, k, element(t, k));
        }
        tfp_array_destroy(a);
    }
}

static void shapes_are_read(void **state)
{
    tfp_array *a = read_array(*state, "scalar");
    assert_int_equal(tfp_array_tensor(a)->rank, 0);
    assert_true(element(tfp_array_tensor(a), 0) == 7);
    tfp_array_destroy(a);
    a = read_array(*state, "vector");
    assert_true(tfp_array_tensor(a)->rank == 1 && tfp_array_tensor(a)->dims[0] == 2);
    assert_true(element(tfp_array_tensor(a), 1) == -2.5);
    tfp_array_destroy(a);
    a = read_array(*state, "empty");
    assert_true(tfp_array_tensor(a)->rank == 2 && tfp_array_tensor(a)->dims[0] == 0);
    assert_true(tfp_array_tensor(a)->size == 0 && tfp_array_tensor(a)->data);
    tfp_array_destroy(a);
    a = read_array(*state, "fortran_3d_u1");
    for (size_t i = 0; i < 24; i++) assert_true(element(tfp_array_tensor(a), i) == (double)i);
    tfp_array_destroy(a);
}

static void strings_are_read(void **state)
{
    static const char *const words[] = { "", "a", "h\303\251llo", "\342\202\254", "\360\237\230\200", "x" };
    static const char *const files[] = { "little_U", "big_U" };
    for (size_t f = 0; f < 2; f++) {
        tfp_array *a = read_array(*state, files[f]);
        const struct tfp_tensor *t = tfp_array_tensor(a);
        const struct tfp_string *s = t->data;
        assert_true(t->dtype == TFP_STRING && t->rank == 1 && t->dims[0] == 6 && t->size == 6 * sizeof *s);
        for (size_t i = 0; i < 6; i++) {
            size_t n = i == 5 ? 3 : strlen(words[i]);
            assert_int_equal(s[i].n, n);
            assert_memory_equal(s[i].at, i == 5 ? "x\0y" : words[i], n);
        }
        tfp_array_destroy(a);
    }
    tfp_array *a = read_array(*state, "bytes_S");
    const struct tfp_string *s = tfp_array_tensor(a)->data;
    assert_int_equal(s[0].n, 0);
    assert_int_equal(s[2].n, 5);
    assert_memory_equal(s[2].at, "hello", 5);
    assert_int_equal(s[3].n, 3);
    assert_memory_equal(s[3].at, "x\0y", 3);
    tfp_array_destroy(a);
}

static void what_cannot_be_read_is_named(void **state)
{
    static const char *const files[][2] = {
        { "object", "object arrays of dtype '|O' are not supported" },
        { "structured", "structured arrays are not supported" },
        { "date", "elements of dtype '<M8[s]' are not supported" },
        { "long_double", "elements of dtype '<f16' are not supported" },
    };
    for (size_t i = 0; i < 4; i++) {
        char path[512];
        tfp_array *a;
        snprintf(path, sizeof path, FILES "%s.npy", files[i][0]);
        assert_int_equal(tfp_npy_read(*state, path, &a), TFP_E_UNSUPPORTED);
        assert_string_equal(strstr(tfp_context_message(*state), ": ") + 2, files[i][1]);
    }
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

static void numpy_writes_the_same_bytes(void **state)
{
    static const char *const more[] = { "scalar", "vector", "empty", "bytes_S" };
    for (size_t i = 0; i < N_SAMPLES + 4; i++) {
        char path[512];
        struct text out = { 0 };
        struct buffer *file;
        if (i < N_SAMPLES && !samples[i].ours) continue;
        const char *name = i < N_SAMPLES ? samples[i].name : more[i - N_SAMPLES];
        tfp_array *a = read_array(*state, name);
        assert_int_equal(npy_encode(*state, tfp_array_tensor(a), collect, &out), TFP_OK);
        snprintf(path, sizeof path, FILES "%s.npy", name);
        assert_int_equal(buffer_map(*state, path, &file), TFP_OK);
        assert_int_equal(out.n, file->size);
        assert_memory_equal(out.at, file->data, out.n);
        buffer_drop(file);
        text_free(&out);
        tfp_array_destroy(a);
    }
}

static void bfloat16_is_written_as_float32(void **state)
{
    static uint16_t bits[] = { 0x3f80, 0xc000 };
    static const int64_t dims[] = { 2 };
    const struct tfp_tensor t = { TFP_BFLOAT16, 1, dims, bits, sizeof bits };
    struct text out = { 0 };
    struct arena arena = { 0 };
    struct npy back;
    assert_int_equal(npy_encode(*state, &t, collect, &out), TFP_OK);
    assert_int_equal(npy_decode(*state, &arena, "x", (struct bytes){ out.at, out.n }, &back), TFP_OK);
    assert_int_equal(back.dtype, TFP_FLOAT);
    assert_true(((const float *)back.data)[0] == 1 && ((const float *)back.data)[1] == -2);
    arena_free(&arena);
    text_free(&out);
}

/* A single string fills its element: the NUL at its end is there. */
static void one_string_is_written_whole(void **state)
{
    static struct tfp_string nul = { "ab\0", 3 };
    struct tfp_tensor t = { TFP_STRING, 0, NULL, &nul, sizeof nul };
    struct text out = { 0 };
    assert_int_equal(npy_encode(*state, &t, collect, &out), TFP_OK);
    assert_contains(out.at + 10, "'|S3'");
    assert_memory_equal(out.at + out.n - 4, "\nab\0", 4);
    text_free(&out);
}

static void wrong_tensors_are_not_written(void **state)
{
    static struct tfp_string nul[] = { { "a\0", 2 }, { "ab", 2 } }, lone = { "\0", 1 };
    static const int64_t dims[] = { 2, -1 };
    float value = 1;
    struct tfp_tensor t = { TFP_STRING, 1, dims, nul, sizeof nul };
    struct text out = { 0 };
    assert_int_equal(npy_encode(*state, &t, collect, &out), TFP_E_UNSUPPORTED);
    t = (struct tfp_tensor){ TFP_STRING, 0, dims, &lone, sizeof lone };
    assert_int_equal(npy_encode(*state, &t, collect, &out), TFP_E_UNSUPPORTED);
    t = (struct tfp_tensor){ TFP_FLOAT, 1, dims, &value, sizeof value };
    assert_int_equal(npy_encode(*state, &t, collect, &out), TFP_E_USAGE);
    t.rank = 2;
    assert_int_equal(npy_encode(*state, &t, collect, &out), TFP_E_USAGE);
    t = (struct tfp_tensor){ TFP_UNDEFINED, 0, dims, &value, sizeof value };
    assert_int_equal(npy_encode(*state, &t, collect, &out), TFP_E_USAGE);
    assert_int_equal(out.n, 0);
}

static void a_file_is_written_and_read(void **state)
{
    const char *path = temp_path("x.npy"), *nowhere = temp_path("no/folder/x.npy");
    static int64_t values[] = { 5, -5 };
    static const int64_t dims[] = { 2, 1 };
    const struct tfp_tensor t = { TFP_INT64, 2, dims, values, sizeof values };
    tfp_array *a;
    assert_int_equal(tfp_npy_write(*state, path, &t), TFP_OK);
    assert_int_equal(tfp_npy_read(*state, path, &a), TFP_OK);
    assert_memory_equal(tfp_array_tensor(a)->data, values, sizeof values);
    tfp_array_destroy(a);
    assert_int_equal(tfp_npy_write(*state, nowhere, &t), TFP_E_SYSTEM);
    assert_int_equal(tfp_npy_read(*state, nowhere, &a), TFP_E_FORMAT);
}

/* -- hostile ------------------------------------------------------------------------------------------------------- */

/* Decodes a version 1 file with this header and so many zero bytes behind it. */
static tfp_status decode(tfp_context *ctx, const char *header, size_t data, struct npy *out, struct arena *arena)
{
    size_t n = strlen(header);
    char *file = arena_alloc(arena, 10 + n + data, 1);
    memcpy(file, "\x93NUMPY\1", 8);
    file[8] = (char)(n & 0xff);
    file[9] = (char)(n >> 8);
    memcpy(file + 10, header, n);
    return npy_decode(ctx, arena, "x.npy", (struct bytes){ file, 10 + n + data }, out);
}

#define HEADER(descr, shape) "{'descr': '" descr "', 'fortran_order': False, 'shape': " shape "}\n"

static void odd_headers_are_read(void **state)
{
    static const char *const headers[] = {
        "{\"shape\": (1L,), 'descr': '=f4', 'fortran_order': True , }",
        "{'fortran_order':False,'descr':'<i4','shape':(1,)}   \n\n",
        HEADER("|S4", "( 1 , )"),
        HEADER("<U1", "()"),
        HEADER("bfloat16", "(2,)"),
    };
    struct arena arena = { 0 };
    struct npy out;
    for (size_t i = 0; i < 5; i++)
        assert_ok(*state, decode(*state, headers[i], 4, &out, &arena));
    assert_int_equal(out.dtype, TFP_BFLOAT16);
    arena_free(&arena);
}

struct refusal {
    const char *header;
    size_t data;
    tfp_status status;
    const char *message;
};

static void lying_headers_are_refused(void **state)
{
    static const struct refusal refusals[] = {
        { HEADER("<f4", "(1099511627776,)"), 8, TFP_E_FORMAT, "the shape needs 4398046511104 bytes, the file has 8" },
        { HEADER("<f4", "(4294967296, 4294967296)"), 8, TFP_E_FORMAT, "the shape has more elements than can be" },
        { HEADER("<f4", "(2305843009213693952, 2)"), 8, TFP_E_FORMAT, "the shape has more elements than can be" },
        { HEADER("<f4", "(99999999999999999999,)"), 8, TFP_E_FORMAT,
          "offset 79: npy header: shape holds something that is no size" },
        { HEADER("<f4", "(-1,)"), 8, TFP_E_FORMAT, "offset 61: npy header: shape holds something that is no size" },
        { HEADER("<f4", "(1,)"), 3, TFP_E_FORMAT, "the shape needs 4 bytes, the file has 3" },
        { HEADER("<f4", "(1,)"), 5, TFP_E_FORMAT, "the shape needs 4 bytes, the file has 5" },
        { HEADER("|S0", "(1000000000,)"), 0, TFP_E_UNSUPPORTED, "1000000000 strings of no length" },
        { HEADER("|S99999999999", "(0,)"), 0, TFP_E_FORMAT,
          "offset 76: npy header: strings of more than 2 GiB" },
        { HEADER("|f4", "(1,)"), 4, TFP_E_FORMAT, "offset 66: npy header: descr has no byte order" },
        { HEADER("<f3", "(1,)"), 3, TFP_E_UNSUPPORTED, "elements of dtype '<f3' are not supported" },
        { HEADER("<V2", "(1,)"), 2, TFP_E_UNSUPPORTED, "elements of dtype '<V2' are not supported" },
        { HEADER("", "(1,)"), 2, TFP_E_UNSUPPORTED, "elements of dtype '' are not supported" },
        { HEADER("<f4", "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)"), 4, TFP_E_UNSUPPORTED, "more than 16 dimensions" },
        { "{'descr': '<f4', 'shape': (1,)}", 4, TFP_E_FORMAT,
          "offset 41: npy header: descr, fortran_order or shape is missing" },
        { "{'descr': '<f4', 'descr': '<f4'}", 4, TFP_E_FORMAT, "offset 35: npy header: key given twice" },
        { "{'what': 1}", 4, TFP_E_FORMAT, "offset 18: npy header: unknown key" },
        { "[]", 4, TFP_E_FORMAT, "offset 10: npy header: no dict" },
        { "{'descr': '<f4", 4, TFP_E_FORMAT, "offset 20: npy header: descr is no string" },
        { HEADER("<f4", "(1,)") "x", 4, TFP_E_FORMAT, "offset 66: npy header: something follows the dict" },
    };
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct arena arena = { 0 };
        struct npy out;
        if (decode(*state, r->header, r->data, &out, &arena) != r->status) fail_msg("%s", r->header);
        assert_string_equal(tfp_context_message(*state) + strlen("x.npy: "), r->message);
        arena_free(&arena);
    }
}

static void cut_files_are_refused(void **state)
{
    static const char *const files[] = { "big_U", "fortran_big_i4", "version3", "b1" };
    for (size_t i = 0; i < 4; i++) {
        char path[512];
        struct buffer *file;
        snprintf(path, sizeof path, FILES "%s.npy", files[i]);
        assert_int_equal(buffer_map(*state, path, &file), TFP_OK);
        for (size_t n = 0; n < file->size; n++) {
            struct arena arena = { 0 };
            struct npy out;
            char *copy = malloc(n ? n : 1); /* exact, so that the sanitizer sees an overrun */
            if (n) memcpy(copy, file->data, n);
            assert_int_equal(npy_decode(*state, &arena, "x", (struct bytes){ copy, n }, &out), TFP_E_FORMAT);
            free(copy);
            arena_free(&arena);
        }
        buffer_drop(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_type_is_read),
        cmocka_unit_test(shapes_are_read),
        cmocka_unit_test(strings_are_read),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(numpy_writes_the_same_bytes),
        cmocka_unit_test(bfloat16_is_written_as_float32),
        cmocka_unit_test(one_string_is_written_whole),
        cmocka_unit_test(wrong_tensors_are_not_written),
        cmocka_unit_test(a_file_is_written_and_read),
        cmocka_unit_test(odd_headers_are_read),
        cmocka_unit_test(lying_headers_are_refused),
        cmocka_unit_test(cut_files_are_refused),
    };
    return cmocka_run_group_tests_name("npy", tests, context_setup, context_teardown);
}
