/* FlatBuffers and FlexBuffers put together byte by byte, and every way to cut or change them. */
#include "codec/flatbuffer.h"
#include "codec/flexbuffer.h"
#include "schema/tflite.h"

#include "support.h"

/* A table of six fields: int8 -2, absent, uint16 65535, a string, a vector of two tables, a float. */
static const unsigned char file[] = {
    24, 0, 0, 0, 'T', 'E', 'S', 'T',                 /* 0: the root, the identifier */
    16, 0, 24, 0, 4, 0, 0, 0, 6, 0, 8, 0, 12, 0, 16, 0, /* 8: what the root's fields lie at */
    16, 0, 0, 0, 0xfe, 0, 0xff, 0xff,                /* 24: the root */
    16, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0x20, 0xc0,      /* 32: offsets from 32 and 36, -2.5 */
    0, 0, 0, 0,
    3, 0, 0, 0, 'a', 'b', 'c', 0,                    /* 48 */
    2, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0,              /* 56: two offsets to one table */
    52, 0, 0, 0, 7, 0, 0, 0,                         /* 68: a table whose fields are told at 16 */
};
enum { NUMBER, ABSENT, WORD, STRING, TABLES, FLOAT, BEYOND };

static void fields_of_a_table(void **state)
{
    struct flatbuffer f = { { (const char *)file, sizeof file }, false };
    (void)state;
    assert_true(flat_is(f.file, "TEST") && !flat_is(f.file, "TFL3") && !flat_is((struct bytes){ "\0\0\0\0TES", 7 }, "TEST"));
    const struct flat_table t = flat_root(&f);
    assert_int_equal(flat_signed(&t, NUMBER, 1, 5), -2);
    assert_int_equal(flat_signed(&t, ABSENT, 4, 5), 5);
    assert_int_equal(flat_unsigned(&t, WORD, 2, 5), 65535);
    assert_true(bytes_equal(flat_bytes(&t, STRING), "abc"));
    assert_true(flat_float(&t, FLOAT, 1) == -2.5F && flat_float(&t, ABSENT, 1.5F) == 1.5F);
    assert_true(flat_has(&t, NUMBER) && !flat_has(&t, ABSENT) && !flat_has(&t, BEYOND));
    assert_null(flat_bytes(&t, BEYOND).at);
    const struct flat_vector v = flat_vector_of(&t, TABLES, 4);
    assert_int_equal(v.n, 2);
    assert_false(f.broken);
    const struct flat_table absent = flat_table_of(&t, ABSENT);
    assert_true(!absent.in && flat_signed(&absent, NUMBER, 8, -9) == -9 && !flat_vector_of(&absent, 0, 4).n);
}

/* Asks for everything, whatever the file says. */
static void ask(struct bytes bytes)
{
    struct flatbuffer f = { bytes, false };
    const struct flat_table t = flat_root(&f);
    for (unsigned i = 0; i < 8; i++) {
        const struct flat_table inner = flat_table_of(&t, i);
        const struct flat_vector v = flat_vector_of(&t, i, 4);
        flat_signed(&t, i, 8, 0);
        flat_float(&t, i, 0);
        flat_bytes(&inner, 0);
        for (size_t k = 0; k < v.n; k++) {
            const struct flat_table of_list = flat_vector_table(&v, k);
            flat_vector_signed(&v, k);
            flat_vector_float(&v, k);
            flat_signed(&of_list, 0, 4, 0);
        }
    }
}

/* Copies on the heap, so that a read beyond the end is seen by the sanitizers. */
static void damaged_files(void **state)
{
    (void)state;
    for (size_t n = 0; n <= sizeof file; n++) {
        char *cut = malloc(n + 1);
        memcpy(cut, file, n);
        ask((struct bytes){ cut, n });
        free(cut);
    }
    char *changed = malloc(sizeof file);
    for (size_t i = 0; i < sizeof file; i++)
        for (int v = 0; v < 256; v += 3) {
            memcpy(changed, file, sizeof file);
            changed[i] = (char)v;
            ask((struct bytes){ changed, sizeof file });
        }
    struct flatbuffer f = { { changed, sizeof file }, false };
    memcpy(changed, file, sizeof file);
    changed[32] = (char)200; /* the string's offset */
    const struct flat_table t = flat_root(&f);
    assert_null(flat_bytes(&t, STRING).at);
    assert_true(f.broken);
    free(changed);
}

/* -- FlexBuffers --------------------------------------------------------------------------------------------------- */

/* {"a": 7, "bc": -1.5, "d": "text", "e": [1, 300]}, as FlatBuffers' own Python writes it. */
static const unsigned char map[] = {
    'a', 0, 'b', 'c', 0, 'd', 0, 4, 't', 'e', 'x', 't', 0, 'e', 0, 0,
    2, 0, 1, 0, 44, 1, 5, 5,                                           /* the vector: its count, two numbers, their types */
    4, 25, 24, 22, 15, 0, 0, 0,                                        /* offsets of the keys */
    7, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0,                                /* where those lie, bytes of each, the map's count */
    7, 0, 0, 0, 0, 0, 192, 191, 44, 0, 0, 0, 38, 0, 0, 0, 6, 14, 20, 41, /* the map and its types */
    20, 38, 1,                                                         /* the offset of the map, its type, bytes of the offset */
};

static void fields_of_a_map(void **state)
{
    double number = 0;
    (void)state;
    const struct flex m = flex_root((struct bytes){ (const char *)map, sizeof map });
    const struct flex a = flex_field(&m, "a"), b = flex_field(&m, "bc"), d = flex_field(&m, "d"), e = flex_field(&m, "e"), f = flex_field(&m, "b");
    assert_true(flex_number(&a, &number) && number == 7);
    assert_true(flex_number(&b, &number) && number == -1.5);
    assert_true(bytes_equal(flex_text(&d), "text") && !flex_number(&d, &number) && !flex_text(&a).at);
    const struct flex first = flex_element(&e, 0), second = flex_element(&e, 1), third = flex_element(&e, 2);
    assert_true(flex_number(&first, &number) && number == 1);
    assert_true(flex_number(&second, &number) && number == 300);
    assert_true(!third.size && !f.size && !flex_number(&f, &number) && !flex_text(&f).at);
}

static void ask_map(const char *at, size_t n)
{
    static const char *const keys[] = { "a", "bc", "d", "e", "none" };
    const struct flex m = flex_root((struct bytes){ at, n });
    double number;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const struct flex v = flex_field(&m, keys[i]), element = flex_element(&v, i), other = flex_element(&m, i);
        flex_number(&v, &number);
        flex_number(&element, &number);
        flex_text(&v);
        flex_text(&other);
    }
}

static void damaged_maps(void **state)
{
    (void)state;
    char *changed = malloc(sizeof map);
    for (size_t i = 0; i < sizeof map; i++)
        for (int v = 0; v < 256; v++) {
            memcpy(changed, map, sizeof map);
            changed[i] = (char)v;
            ask_map(changed, sizeof map);
        }
    free(changed);
    for (size_t n = 0; n < sizeof map; n++) {
        char *cut = malloc(n + 1);
        memcpy(cut, map + sizeof map - n, n);
        ask_map(cut, n);
        free(cut);
    }
}

/* -- the schema ---------------------------------------------------------------------------------------------------- */

static void options_have_presets(void **state)
{
    const struct tflite_options convolution = tflite_options_of((struct flat_table){ .in = NULL }, 1, 1), none = tflite_options_of((struct flat_table){ .in = NULL }, 1, 9999);
    (void)state;
    assert_string_equal(tflite_op_name(3), "CONV_2D");
    assert_null(tflite_op_name(-1));
    assert_true(tflite_knows(&convolution, "stride_w") && !tflite_knows(&convolution, "stride") && !tflite_knows(&none, "stride_w"));
    assert_int_equal(tflite_int(&convolution, "stride_w"), 0);
    assert_int_equal(tflite_int(&convolution, "dilation_w_factor"), 1);
    assert_int_equal(tflite_int(&none, "dilation_w_factor"), 0);
    assert_int_equal(tflite_list(&convolution, "new_shape").n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_a_table), cmocka_unit_test(damaged_files), cmocka_unit_test(fields_of_a_map),
        cmocka_unit_test(damaged_maps),      cmocka_unit_test(options_have_presets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
