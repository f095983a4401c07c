/* TFRecord files that TensorFlow wrote, plain and packed, and damaged ones. */
#include "codec/tfrecord.h"

#include "support.h"

static struct tfp_context context;

/* The messages of a file with these bytes. */
static tfp_status read_bytes(const char *at, size_t n, tfp_array **out)
{
    write_file(temp_path("tfrecord"), at, n);
    return tfp_examples_read(&context, temp_path("tfrecord"), out);
}

static void reads_what_tensorflow_writes(void **state)
{
    static const char *const names[] = { "plain", "gzip", "zlib" };
    tfp_array *all[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/tfrecord/%s.tfrecord", TEST_DATA, names[i]);
        assert_ok(&context, tfp_examples_read(&context, path, &all[i]));
    }
    const struct tfp_tensor *plain = tfp_array_tensor(all[0]);
    assert_true(plain->dtype == TFP_STRING && plain->rank == 1 && plain->dims[0] == 5);
    for (size_t i = 1; i < 3; i++)
        for (size_t j = 0; j < 5; j++) {
            const struct tfp_string *a = (const struct tfp_string *)plain->data + j,
                                    *b = (const struct tfp_string *)tfp_array_tensor(all[i])->data + j;
            assert_true(a->n && a->n == b->n);
            assert_memory_equal(a->at, b->at, a->n);
        }
    for (size_t i = 0; i < 3; i++) tfp_array_destroy(all[i]);
}

static void names_what_is_damaged(void **state)
{
    size_t n;
    tfp_array *a;
    char *file = read_file(TEST_DATA "/tfrecord/plain.tfrecord", &n);
    (void)state;
    for (size_t i = 0; i < n; i++) {
        file[i] ^= 0x10;
        assert_int_equal(read_bytes(file, n, &a), TFP_E_FORMAT);
        file[i] ^= 0x10;
    }
    file[13] ^= 1;
    assert_int_equal(read_bytes(file, n, &a), TFP_E_FORMAT);
    assert_contains(context.text, "record 0 at byte 0: its checksum does not match");
    file[13] ^= 1;
    assert_int_equal(read_bytes(file, n - 1, &a), TFP_E_FORMAT);
    assert_contains(context.text, "record 4 at byte");
    assert_contains(context.text, "is cut off");
    assert_int_equal(read_bytes("something else", 14, &a), TFP_E_FORMAT);
    assert_contains(context.text, "is it a TFRecord file?");
    assert_int_equal(read_bytes("", 0, &a), TFP_OK);
    assert_true(tfp_array_tensor(a)->dims[0] == 0);
    tfp_array_destroy(a);
    free(file);
}

static void names_what_is_packed_and_damaged(void **state)
{
    size_t n;
    tfp_array *a;
    char *file = read_file(TEST_DATA "/tfrecord/gzip.tfrecord", &n);
    (void)state;
    for (size_t i = 1; i < n; i++) assert_int_equal(read_bytes(file, i, &a), TFP_E_FORMAT);
    assert_contains(context.text, "damaged or cut off");
    file[n / 2] ^= 4;
    assert_int_equal(read_bytes(file, n, &a), TFP_E_FORMAT);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_tensorflow_writes),
        cmocka_unit_test(names_what_is_damaged),
        cmocka_unit_test(names_what_is_packed_and_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
