/* Comparisons, elementwise with broadcasting; strings are equal when their bytes are. NaN equals nothing. */
#include "ir/kernels/elements.h"

#define LOOP(name, suffix, type, sign)                                                                                 \
    static void name##_##suffix(const void *const *in, void *out, size_t n, const struct element_params *p)            \
    {                                                                                                                  \
        const type *restrict x = in[0], *restrict y = in[1];                                                           \
        uint8_t *restrict results = out;                                                                               \
        (void)p;                                                                                                       \
        for (size_t i = 0; i < n; i++) results[i] = x[i] sign y[i];                                                    \
    }
#define LOOPS(name, sign)                                                                                              \
    LOOP(name, float, float, sign)                                                                                     \
    LOOP(name, double, double, sign)                                                                                   \
    LOOP(name, int8, int8_t, sign)                                                                                     \
    LOOP(name, int16, int16_t, sign)                                                                                   \
    LOOP(name, int32, int32_t, sign)                                                                                   \
    LOOP(name, int64, int64_t, sign)                                                                                   \
    LOOP(name, uint8, uint8_t, sign)                                                                                   \
    LOOP(name, uint16, uint16_t, sign)                                                                                 \
    LOOP(name, uint32, uint32_t, sign)                                                                                 \
    LOOP(name, uint64, uint64_t, sign)
LOOPS(equal, ==)
LOOPS(less, <)
LOOPS(less_or_equal, <=)
LOOPS(greater, >)
LOOPS(greater_or_equal, >=)

static void equal_string(const void *const *in, void *out, size_t n, const struct element_params *p)
{
    const struct tfp_string *x = in[0], *y = in[1];
    uint8_t *results = out;
    (void)p;
    for (size_t i = 0; i < n; i++) results[i] = x[i].n == y[i].n && (!x[i].n || !memcmp(x[i].at, y[i].at, x[i].n));
}

#define ON_NUMBERS(name)                                                                                               \
    [TFP_FLOAT] = name##_float, [TFP_DOUBLE] = name##_double, [TFP_INT8] = name##_int8, [TFP_INT16] = name##_int16,    \
    [TFP_INT32] = name##_int32, [TFP_INT64] = name##_int64, [TFP_UINT8] = name##_uint8,                                \
    [TFP_UINT16] = name##_uint16, [TFP_UINT32] = name##_uint32, [TFP_UINT64] = name##_uint64
static element_loop *const loops[IR_OP_COUNT][TFP_BFLOAT16 + 1] = {
    [IR_EQUAL] = { ON_NUMBERS(equal), [TFP_BOOL] = equal_uint8, [TFP_STRING] = equal_string },
    [IR_GREATER] = { ON_NUMBERS(greater) },
    [IR_GREATER_OR_EQUAL] = { ON_NUMBERS(greater_or_equal) },
    [IR_LESS] = { ON_NUMBERS(less) },
    [IR_LESS_OR_EQUAL] = { ON_NUMBERS(less_or_equal) },
};

static tfp_status run_compare(struct kernel *k)
{
    tfp_dtype type = k->in[0].dtype, as = element_compute_type(type);
    struct element_op op = { .n_in = 2, .in = { &k->in[0], &k->in[1] }, .as = { as, as }, .makes = TFP_BOOL,
                             .stored = TFP_BOOL, .loop = loops[k->node->op][as] };
    if (!op.loop) return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(type));
    return element_run(k, &op);
}

const struct kernel_row kernels_compare[] = {
    { IR_EQUAL, .run = run_compare },
    { IR_GREATER, .run = run_compare },
    { IR_GREATER_OR_EQUAL, .run = run_compare },
    { IR_LESS, .run = run_compare },
    { IR_LESS_OR_EQUAL, .run = run_compare },
};
const size_t kernels_compare_n = sizeof kernels_compare / sizeof kernels_compare[0];
