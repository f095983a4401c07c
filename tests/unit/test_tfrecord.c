/* TFRecord files that TensorFlow wrote, plain and packed, and damaged ones. */
#include "codec/tfrecord.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct tfp_context context;

static char *whole_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *at = malloc(1 << 16);
    assert_true(f && at);
    *n = fread(at, 1, 1 << 16, f);
    fclose(f);
    return at;
}

/* The messages of a file with these bytes. */
static tfp_status read_bytes(const char *at, size_t n, tfp_array **out)
{
    char path[] = "/tmp/tfrecord_XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, at, n) == (ssize_t)n);
    close(fd);
    tfp_status status = tfp_examples_read(&context, path, out);
    unlink(path);
    return status;
}

static void reads_what_tensorflow_writes(void **state)
{
    static const char *const names[] = { "plain", "gzip", "zlib" };
    tfp_array *all[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/tfrecord/%s.tfrecord", TEST_DATA, names[i]);
        if (tfp_examples_read(&context, path, &all[i]) != TFP_OK) fail_msg("%s", context.text);
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
    char *file = whole_file(TEST_DATA "/tfrecord/plain.tfrecord", &n);
    (void)state;
    for (size_t i = 0; i < n; i++) {
        file[i] ^= 0x10;
        assert_int_equal(read_bytes(file, n, &a), TFP_E_FORMAT);
        file[i] ^= 0x10;
    }
    file[13] ^= 1;
    assert_int_equal(read_bytes(file, n, &a), TFP_E_FORMAT);
    assert_non_null(strstr(context.text, "record 0 at byte 0: its checksum does not match"));
    file[13] ^= 1;
    assert_int_equal(read_bytes(file, n - 1, &a), TFP_E_FORMAT);
    assert_non_null(strstr(context.text, "record 4 at byte"));
    assert_non_null(strstr(context.text, "is cut off"));
    assert_int_equal(read_bytes("something else", 14, &a), TFP_E_FORMAT);
    assert_non_null(strstr(context.text, "is it a TFRecord file?"));
    assert_int_equal(read_bytes("", 0, &a), TFP_OK);
    assert_true(tfp_array_tensor(a)->dims[0] == 0);
    tfp_array_destroy(a);
    free(file);
}

static void names_what_is_packed_and_damaged(void **state)
{
    size_t n;
    tfp_array *a;
    char *file = whole_file(TEST_DATA "/tfrecord/gzip.tfrecord", &n);
    (void)state;
    for (size_t i = 1; i < n; i++) assert_int_equal(read_bytes(file, i, &a), TFP_E_FORMAT);
    assert_non_null(strstr(context.text, "damaged or cut off"));
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
