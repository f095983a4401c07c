/* Hashes against TensorFlow's own, of 10000 strings and 10000 integers that both sides make; see data/make_hashes.py. */
#include "ir/build.h"
#include "ir/kernels/kernel.h"

#include "support.h"

enum { N = 10000, LONGEST = 200, HASHES = 6 };

static struct tfp_context context;
static char text[N][LONGEST];
static struct tfp_string strings[N], backwards[N], printed[N];
static int64_t integers[N];
static char digits[N][24];
static uint32_t expected[HASHES][N];

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t next_number(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int make_values(void **state)
{
    uint64_t first = 1, second = 2;
    FILE *f = fopen(TEST_DATA "/hashes/hashes.u32", "rb");
    (void)state;
    for (size_t i = 0; i < N; i++) {
        const size_t n = next_number(&first) % LONGEST;
        for (size_t k = 0; k < n; k++) text[i][k] = (char)next_number(&first);
        strings[i] = backwards[N - 1 - i] = (struct tfp_string){ text[i], n };
        integers[i] = (int64_t)next_number(&second);
        printed[i] = (struct tfp_string){ digits[i], (size_t)snprintf(digits[i], sizeof digits[i], "%lld", (long long)integers[i]) };
    }
    bool good = f && fread(expected, sizeof expected, 1, f) == 1;
    if (f) fclose(f);
    return good ? 0 : -1;
}

/* Output `out` of the op on columns of N elements each is what TensorFlow's hash `which` is. */
static void compare(enum ir_op op, const struct ir_attr *attrs, size_t n_in, const tfp_dtype *dtypes, void *const *columns, size_t out,
                    size_t which)
{
    const bool crossed = op == IR_SPARSE_CROSS;
    const int64_t dims[] = { N, 1 };
    const struct dim shape[] = { dim_of(N), dim_of(1) };
    struct ir_graph *g;
    struct ir_value *in[2] = { NULL }, *y[3] = { NULL };
    struct tensor values[2] = { { 0 } }, results[3] = { { 0 } };
    assert_int_equal(ir_create(&context, &g), TFP_OK);
    struct build b = { .ctx = &context, .graph = g, .scope = "hash" };
    for (size_t i = 0; i < n_in; i++) {
        in[i] = ir_add_input(g, i ? "y" : "x", dtypes[i], 1 + crossed, shape);
        assert_int_equal(tensor_describe(&context, "x", dtypes[i], 1 + crossed, dims, &values[i]), TFP_OK);
        values[i].data = columns[i];
    }
    const size_t n_out = crossed ? 3 : 1;
    if (!ir_emit_many(&b, op, in, n_in, attrs, n_out, y)) fail_msg("%s", context.text);
    assert_ok(&context, kernel_evaluate(&context, y[0]->producer, values, n_in, results, n_out, 1));
    for (size_t i = 0; i < N; i++) {
        const uint64_t h = (uint64_t)((const int64_t *)results[out].data)[i];
        if ((uint32_t)(h ^ h >> 32) != expected[which][i]) fail_msg("hash %zu of value %zu differs", which, i);
    }
    for (size_t i = 0; i < n_out; i++) tensor_release(&results[i]);
    ir_destroy(g);
}

#define BUCKETS A_INT(ATTR_NUM_BUCKETS, INT64_MAX)
#define END { .name = ATTR_NONE }
static const tfp_dtype words[] = { TFP_STRING, TFP_STRING }, mixed[] = { TFP_STRING, TFP_INT64 };

static void hashes_strings(void **state)
{
    static const int64_t key[] = { 0x1234567, -5 };
    void *const column[] = { strings }, *const texts[] = { printed };
    (void)state;
    compare(IR_STRING_TO_HASH_BUCKET_FAST, (const struct ir_attr[]){ BUCKETS, END }, 1, words, column, 0, 0);
    compare(IR_STRING_TO_HASH_BUCKET_STRONG, (const struct ir_attr[]){ BUCKETS, A_INTS(ATTR_KEY, key, 2), END }, 1, words, column, 0, 1);
    compare(IR_STRING_TO_HASH_BUCKET, (const struct ir_attr[]){ BUCKETS, END }, 1, words, column, 0, 2);
    compare(IR_STRING_TO_HASH_BUCKET_FAST, (const struct ir_attr[]){ BUCKETS, END }, 1, words, texts, 0, 3);
}

static void hashes_combinations(void **state)
{
    static const int64_t salt[] = { 3, 4 };
    void *const with_numbers[] = { strings, integers }, *const with_strings[] = { strings, backwards };
    (void)state;
    compare(IR_SPARSE_CROSS, (const struct ir_attr[]){ A_INT(ATTR_SPARSE, 0), A_INT(ATTR_NUM_BUCKETS, 0), A_INTS(ATTR_SALT, salt, 2), END },
            2, mixed, with_numbers, 1, 4);
    compare(IR_SPARSE_CROSS,
            (const struct ir_attr[]){ A_INT(ATTR_SPARSE, 0), A_INT(ATTR_NUM_BUCKETS, 0), A_INT(ATTR_HASH_KEY, 0xdecafcaffe), END }, 2,
            words, with_strings, 1, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_strings),
        cmocka_unit_test(hashes_combinations),
    };
    return cmocka_run_group_tests(tests, make_values, NULL);
}
