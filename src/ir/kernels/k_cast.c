/* Cast, CastLike, BitCast. Numbers: convert.h. Strings hold decimal numbers, "INF", "-INF" and "NaN" in any case;
 * numbers become the shortest text that reads back as the same number. */
#include "ir/kernels/convert.h"
#include "ir/kernels/printed.h"
#include "ir/small_types.h"
#include "ir/kernels/kernel.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER_TEXT = 32, NUMBER_TEXT_READ = 512, BLOCK = 4096 };

static void convert_all(struct kernel *k, const struct tensor *in, struct tensor *out)
{
    size_t from_size = tfp_dtype_size(in->dtype), to_size = tfp_dtype_size(out->dtype);
    int64_t blocks = in->count / BLOCK + (in->count % BLOCK != 0);
#pragma omp parallel for num_threads(k->threads) schedule(static) if (blocks > 8 && k->threads > 1)
    for (int64_t i = 0; i < blocks; i++) {
        size_t at = (size_t)i * BLOCK, n = (size_t)in->count - at < BLOCK ? (size_t)in->count - at : BLOCK;
        convert_run(in->dtype, (const char *)in->data + at * from_size, out->dtype, (char *)out->data + at * to_size,
                    n);
    }
}

/* -- text to numbers ----------------------------------------------------------------------------------------------- */

/* An integer where `text` is one and `as_integer` asks for it, else a double. */
struct number {
    bool integer;
    int64_t i;
    double f;
};

static bool read_number(locale_t c, const struct tfp_string *s, bool as_integer, struct number *out)
{
    char text[NUMBER_TEXT_READ], *end;
    if (s->n == 0 || s->n >= sizeof text || memchr(s->at, 0, s->n)) return false;
    memcpy(text, s->at, s->n);
    text[s->n] = 0;
    *out = (struct number){ .integer = as_integer };
    if (as_integer) {
        out->i = strtoll_l(text, &end, 10, c);
        while (*end == ' ') end++;
        if (end == text + s->n) return true;
    }
    out->integer = false;
    out->f = strtod_l(text, &end, c);
    if (end == text) return false;
    while (*end == ' ') end++;
    return end == text + s->n;
}

static tfp_status from_strings(struct kernel *k, const struct tensor *in, tfp_dtype to)
{
    if (!convert_possible(TFP_DOUBLE, to))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot make %s of strings", tfp_dtype_name(to));
    TFP_TRY(kernel_output(k, 0, to, in->rank, in->dims));
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c) return tfp_no_memory(k->ctx);
    const struct tfp_string *strings = in->data;
    tfp_status status = TFP_OK;
    for (int64_t i = 0; i < in->count && status == TFP_OK; i++) {
        struct number x;
        void *at = (char *)k->out[0].data + (size_t)i * tfp_dtype_size(to);
        if (!read_number(c, &strings[i], dtype_is_integer(to), &x))
            status = kernel_fail(k, TFP_E_FORMAT, "element %" PRId64 " of the strings is no number", i);
        else if (x.integer) convert_run(TFP_INT64, &x.i, to, at, 1);
        else convert_run(TFP_DOUBLE, &x.f, to, at, 1);
    }
    freelocale(c);
    return status;
}

/* -- numbers to text ----------------------------------------------------------------------------------------------- */

static size_t write_float(double x, bool is_double, char text[NUMBER_TEXT])
{
    if (isnan(x)) return (size_t)snprintf(text, NUMBER_TEXT, "NaN");
    if (isinf(x)) return (size_t)snprintf(text, NUMBER_TEXT, x < 0 ? "-INF" : "INF");
    int n = 0;
    for (int digits = 1; digits <= 17; digits++) {
        n = snprintf(text, NUMBER_TEXT, "%.*g", digits, x);
        double back = strtod(text, NULL);
        if (back == x || (!is_double && (float)back == (float)x)) break;
    }
    return (size_t)n;
}

static size_t write_number(const void *user, const struct tensor *t, int64_t i, char *text)
{
    (void)user;
    if (dtype_is_float(t->dtype)) return write_float(tensor_float(t, i), t->dtype == TFP_DOUBLE, text);
    if (t->dtype == TFP_BOOL) return (size_t)snprintf(text, NUMBER_TEXT, "%d", tensor_int(t, i) != 0);
    if (t->dtype == TFP_UINT64) return (size_t)snprintf(text, NUMBER_TEXT, "%" PRIu64, ((const uint64_t *)t->data)[i]);
    return (size_t)snprintf(text, NUMBER_TEXT, "%" PRId64, tensor_int(t, i));
}

static tfp_status to_strings(struct kernel *k, const struct tensor *in)
{
    if (!convert_possible(in->dtype, TFP_DOUBLE))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot make strings of %s", tfp_dtype_name(in->dtype));
    return printed_strings(k, in, write_number, NULL);
}

/* -- kernels ------------------------------------------------------------------------------------------------------- */

/* To small floats the attributes tell what becomes of numbers that are too large or between two. */
static void to_small_floats(const struct kernel *k, const struct tensor *in, struct tensor *out)
{
    const bool saturate = ir_attr_int(k->node, ATTR_SATURATE, 1);
    const enum small_round round = ir_attr_is(k->node, ATTR_ROUND_MODE, "down")      ? SMALL_DOWN
                                   : ir_attr_is(k->node, ATTR_ROUND_MODE, "nearest") ? SMALL_NEAREST
                                                                                     : SMALL_UP;
    for (int64_t i = 0; i < in->count; i++)
        ((uint8_t *)out->data)[i] = small_of_float(out->dtype, (float)tensor_float(in, i), saturate, round);
}

static tfp_status cast_to(struct kernel *k, tfp_dtype to)
{
    const struct tensor *in = &k->in[0];
    if (in->dtype == to) return kernel_alias(k, 0, in, in->rank, in->dims);
    if (in->dtype == TFP_STRING) return from_strings(k, in, to);
    if (to == TFP_STRING) return to_strings(k, in);
    if (!convert_possible(in->dtype, to))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot cast %s to %s", tfp_dtype_name(in->dtype), tfp_dtype_name(to));
    TFP_TRY(kernel_output(k, 0, to, in->rank, in->dims));
    if (dtype_is_small_float(to)) to_small_floats(k, in, &k->out[0]);
    else convert_all(k, in, &k->out[0]);
    return TFP_OK;
}

static tfp_status target_type(struct kernel *k, tfp_dtype *out)
{
    int64_t to = ir_attr_int(k->node, ATTR_TO, TFP_UNDEFINED);
    if (to <= TFP_UNDEFINED || to >= TENSOR_DTYPES)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "casts to element type %" PRId64, to);
    *out = (tfp_dtype)to;
    return TFP_OK;
}

static tfp_status run_cast(struct kernel *k)
{
    tfp_dtype to = TFP_UNDEFINED;
    TFP_TRY(target_type(k, &to));
    return cast_to(k, to);
}

static tfp_status run_cast_like(struct kernel *k)
{
    return cast_to(k, k->in[1].dtype);
}

static tfp_status run_bit_cast(struct kernel *k)
{
    tfp_dtype to = TFP_UNDEFINED;
    TFP_TRY(target_type(k, &to));
    struct tensor view = k->in[0];
    if (to == TFP_STRING || view.dtype == TFP_STRING || tfp_dtype_size(to) != tfp_dtype_size(view.dtype))
        return kernel_fail(k, TFP_E_FORMAT, "%s and %s have different sizes", tfp_dtype_name(view.dtype),
                           tfp_dtype_name(to));
    view.dtype = to;
    return kernel_alias(k, 0, &view, view.rank, view.dims);
}

const struct kernel_row kernels_cast[] = {
    { IR_BIT_CAST, .run = run_bit_cast },
    { IR_CAST, .run = run_cast },
    { IR_CAST_LIKE, .run = run_cast_like },
};
const size_t kernels_cast_n = sizeof kernels_cast / sizeof kernels_cast[0];
