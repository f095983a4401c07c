/* Random tensors. Number i of a stream is the mixed sum of the seed and i times the golden ratio (the generator known
 * as SplitMix64), so that the values do not depend on threads. The seed is the attribute's bits; without the attribute
 * it is made from the node's name: a model gives the same values in every run. These operators are never folded. */
#include "ir/kernels/convert.h"
#include "ir/kernels/kernel.h"

#include <inttypes.h>
#include <math.h>

enum { BLOCK = 256 };

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
}

/* In [0, 1). */
static double uniform(uint64_t seed, uint64_t i)
{
    return (double)(mix(seed + (i + 1) * 0x9e3779b97f4a7c15ULL) >> 11) * 0x1p-53;
}

/* Mean 0, deviation 1, by Box and Muller. */
static double normal(uint64_t seed, uint64_t i)
{
    double radius = sqrt(-2 * log(1 - uniform(seed, 2 * i)));
    return radius * cos(6.283185307179586477 * uniform(seed, 2 * i + 1));
}

static uint64_t seed_of(const struct kernel *k)
{
    if (ir_attr(k->node, ATTR_SEED)) return mix(float_bits(ir_attr_float(k->node, ATTR_SEED, 0)));
    uint64_t seed = 0xcbf29ce484222325ULL; /* FNV-1a */
    for (const char *at = k->node->name ? k->node->name : ""; *at; at++)
        seed = (seed ^ (uint8_t)*at) * 0x100000001b3ULL;
    return mix(seed);
}

typedef double draw_fn(uint64_t seed, uint64_t i);

/* Output 0 gets offset + factor * draw(). */
static tfp_status draw_all(struct kernel *k, tfp_dtype dtype, size_t rank, const int64_t *dims, draw_fn *draw,
                           double offset, double factor)
{
    TFP_TRY(kernel_output(k, 0, dtype, rank, dims));
    uint64_t seed = seed_of(k);
    int64_t n = k->out[0].count;
    size_t size = tfp_dtype_size(dtype);
#pragma omp parallel for num_threads(k->threads) schedule(static) if (n > 4096 && k->threads > 1)
    for (int64_t at = 0; at < n; at += BLOCK) {
        double block[BLOCK];
        size_t count = n - at < BLOCK ? (size_t)(n - at) : BLOCK;
        for (size_t i = 0; i < count; i++) block[i] = offset + factor * draw(seed, (uint64_t)at + i);
        convert_run(TFP_DOUBLE, block, dtype, (char *)k->out[0].data + (size_t)at * size, count);
    }
    return TFP_OK;
}

/* The attribute `dtype`, else that of the input, else `otherwise`. */
static tfp_status type_of(struct kernel *k, tfp_dtype otherwise, tfp_dtype *out)
{
    int64_t type = ir_attr_int(k->node, ATTR_DTYPE, otherwise);
    if (type <= 0 || type >= TENSOR_DTYPES || !convert_possible(TFP_DOUBLE, (tfp_dtype)type))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "makes element type %" PRId64, type);
    *out = (tfp_dtype)type;
    return TFP_OK;
}

static tfp_status run_random(struct kernel *k)
{
    tfp_dtype dtype = TFP_FLOAT;
    enum ir_op op = k->node->op;
    bool like = op == IR_RANDOM_NORMAL_LIKE || op == IR_RANDOM_UNIFORM_LIKE;
    bool is_normal = op == IR_RANDOM_NORMAL || op == IR_RANDOM_NORMAL_LIKE;
    const struct tensor *in = kernel_in(k, 0);
    struct ir_ints shape = like ? (struct ir_ints){ in->dims, in->rank } : ir_attr_ints(k->node, ATTR_SHAPE);
    TFP_TRY(type_of(k, like ? in->dtype : TFP_FLOAT, &dtype));
    if (is_normal)
        return draw_all(k, dtype, shape.n, shape.at, normal, (double)ir_attr_float(k->node, ATTR_MEAN, 0),
                        (double)ir_attr_float(k->node, ATTR_SCALE, 1));
    double low = (double)ir_attr_float(k->node, ATTR_LOW, 0), high = (double)ir_attr_float(k->node, ATTR_HIGH, 1);
    return draw_all(k, dtype, shape.n, shape.at, uniform, low, high - low);
}

static tfp_status run_bernoulli(struct kernel *k)
{
    tfp_dtype dtype = TFP_FLOAT;
    const struct tensor *in = &k->in[0];
    TFP_TRY(type_of(k, in->dtype, &dtype));
    TFP_TRY(kernel_output(k, 0, dtype, in->rank, in->dims));
    uint64_t seed = seed_of(k);
    size_t size = tfp_dtype_size(dtype);
    for (int64_t i = 0; i < in->count; i++) {
        double x = uniform(seed, (uint64_t)i) < tensor_float(in, i);
        convert_run(TFP_DOUBLE, &x, dtype, (char *)k->out[0].data + (size_t)i * size, 1);
    }
    return TFP_OK;
}

/* A class drawn by its logarithmic weight (not normalized); `u` in [0, 1). */
static int64_t draw_class(const struct tensor *weights, int64_t row, int64_t classes, double u)
{
    double largest = -(double)INFINITY, total = 0, sum = 0;
    for (int64_t c = 0; c < classes; c++) largest = fmax(largest, tensor_float(weights, row * classes + c));
    for (int64_t c = 0; c < classes; c++) total += exp(tensor_float(weights, row * classes + c) - largest);
    for (int64_t c = 0; c < classes; c++) {
        sum += exp(tensor_float(weights, row * classes + c) - largest);
        if (u * total < sum) return c;
    }
    return classes - 1;
}

static tfp_status run_multinomial(struct kernel *k)
{
    tfp_dtype dtype = TFP_INT32;
    const struct tensor *in = &k->in[0];
    int64_t samples = ir_attr_int(k->node, ATTR_SAMPLE_SIZE, 1);
    TFP_TRY(type_of(k, TFP_INT32, &dtype));
    if (in->rank != 2 || in->dims[1] < 1 || samples < 0)
        return kernel_fail(k, TFP_E_FORMAT, "draws %" PRId64 " of a tensor of rank %u", samples, in->rank);
    TFP_TRY(kernel_output(k, 0, dtype, 2, (const int64_t[]){ in->dims[0], samples }));
    uint64_t seed = seed_of(k);
    for (int64_t i = 0; i < k->out[0].count; i++) {
        int64_t drawn = draw_class(in, i / samples, in->dims[1], uniform(seed, (uint64_t)i));
        convert_run(TFP_INT64, &drawn, dtype, (char *)k->out[0].data + (size_t)i * tfp_dtype_size(dtype), 1);
    }
    return TFP_OK;
}

/* Elements are kept with probability 1 - ratio, and grown so that their mean stays. */
static tfp_status drop(struct kernel *k, double ratio)
{
    const struct tensor *in = &k->in[0];
    const uint64_t seed = seed_of(k);
    const size_t size = tfp_dtype_size(in->dtype);
    TFP_TRY(kernel_output(k, 0, in->dtype, in->rank, in->dims));
    if (k->n_out > 1) TFP_TRY(kernel_output(k, 1, TFP_BOOL, in->rank, in->dims));
    for (int64_t i = 0; i < in->count; i++) {
        const bool kept = uniform(seed, (uint64_t)i) >= ratio;
        const double x = kept ? tensor_float(in, i) / (1 - ratio) : 0;
        convert_run(TFP_DOUBLE, &x, in->dtype, (char *)k->out[0].data + (size_t)i * size, 1);
        if (k->n_out > 1) ((uint8_t *)k->out[1].data)[i] = kept;
    }
    return TFP_OK;
}

/* At inference, and without a ratio, nothing is dropped. */
static tfp_status run_dropout(struct kernel *k)
{
    const struct tensor *in = &k->in[0], *given = kernel_in(k, 1), *training = kernel_in(k, 2);
    const double ratio = given && given->count == 1 ? tensor_float(given, 0) : 0.5;
    const bool drops = training && training->count == 1 && tensor_int(training, 0) != 0;
    if (given && (given->count != 1 || !(ratio >= 0 && ratio < 1)))
        return kernel_fail(k, TFP_E_FORMAT, "a ratio that is not from 0 to below 1");
    if (drops && ratio > 0) return drop(k, ratio);
    if (k->n_out > 1) {
        TFP_TRY(kernel_output(k, 1, TFP_BOOL, in->rank, in->dims));
        if (k->out[1].size) memset(k->out[1].data, 1, k->out[1].size);
    }
    return kernel_alias(k, 0, in, in->rank, in->dims);
}

const struct kernel_row kernels_random[] = {
    { IR_BERNOULLI, .run = run_bernoulli },
    { IR_DROPOUT, .run = run_dropout },
    { IR_MULTINOMIAL, .run = run_multinomial },
    { IR_RANDOM_NORMAL, .run = run_random },
    { IR_RANDOM_NORMAL_LIKE, .run = run_random },
    { IR_RANDOM_UNIFORM, .run = run_random },
    { IR_RANDOM_UNIFORM_LIKE, .run = run_random },
};
const size_t kernels_random_n = sizeof kernels_random / sizeof kernels_random[0];
