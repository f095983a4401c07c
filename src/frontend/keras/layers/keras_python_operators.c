/* Operators of Python, on tensors, numbers and lists. */
#include "frontend/keras/layers/keras_python.h"

#include <math.h>

static const struct {
    const char *text, *operation; /* NULL: tensors have it not */
} operators[PYTHON_OPERATORS] = {
    [PYTHON_ADD] = { "+", "__operators__.add" },
    [PYTHON_AND] = { "&", "__operators__.and" },
    [PYTHON_FLOOR_DIVIDE] = { "//", "__operators__.floordiv" },
    [PYTHON_SHIFT_LEFT] = { "<<", NULL },
    [PYTHON_MATMUL] = { "@", "__operators__.matmul" },
    [PYTHON_MULTIPLY] = { "*", "__operators__.mul" },
    [PYTHON_REMAINDER] = { "%", "__operators__.mod" },
    [PYTHON_OR] = { "|", "__operators__.or" },
    [PYTHON_POWER] = { "**", "__operators__.pow" },
    [PYTHON_SHIFT_RIGHT] = { ">>", NULL },
    [PYTHON_SUBTRACT] = { "-", "__operators__.sub" },
    [PYTHON_DIVIDE] = { "/", "__operators__.truediv" },
    [PYTHON_XOR] = { "^", "__operators__.xor" },
};
static const char *const comparisons[PYTHON_COMPARISONS] = {
    "__operators__.lt", "__operators__.le", "__operators__.eq", "__operators__.ne", "__operators__.gt", "__operators__.ge",
};

static struct python_value nothing(void)
{
    return (struct python_value){ PYTHON_ABSENT, NULL, NULL };
}

static struct python_value refused(struct python_frame *f, const char *text)
{
    call_unsupported(f->c, "its function uses %s on what is neither a tensor nor a number", text);
    return nothing();
}

static struct python_value of_tensors(struct python_frame *f, const char *name, json_t *x, json_t *y)
{
    json_t *args = python_data(f, y ? json_pack("[O,O]", x, y) : json_pack("[O]", x)).data;
    json_t *kwargs = python_data(f, json_object()).data;
    return args && kwargs ? python_operation(f, name, args, kwargs) : nothing();
}

/* -- numbers ------------------------------------------------------------------------------------------------------- */

/* Whole numbers as Python computes them; false: the result does not fit, or it is none. */
static bool whole(enum python_operator op, int64_t x, int64_t y, int64_t *out)
{
    bool divides = y != 0 && !(x == INT64_MIN && y == -1);
    switch (op) {
    case PYTHON_ADD: return !__builtin_add_overflow(x, y, out);
    case PYTHON_SUBTRACT: return !__builtin_sub_overflow(x, y, out);
    case PYTHON_MULTIPLY: return !__builtin_mul_overflow(x, y, out);
    case PYTHON_FLOOR_DIVIDE:
        if (divides) *out = x / y - (x % y != 0 && (x < 0) != (y < 0));
        return divides;
    case PYTHON_REMAINDER:
        if (divides) *out = x % y + (x % y != 0 && (x < 0) != (y < 0) ? y : 0);
        return divides;
    case PYTHON_POWER:
        *out = 1;
        for (int64_t i = 0; i < y; i++)
            if (i == 64 || __builtin_mul_overflow(*out, x, out)) return false;
        return y >= 0;
    default: return false;
    }
}

static bool real(enum python_operator op, double x, double y, double *out)
{
    switch (op) {
    case PYTHON_ADD: *out = x + y; break;
    case PYTHON_SUBTRACT: *out = x - y; break;
    case PYTHON_MULTIPLY: *out = x * y; break;
    case PYTHON_DIVIDE: *out = x / y; break;
    case PYTHON_FLOOR_DIVIDE: *out = floor(x / y); break;
    case PYTHON_REMAINDER: *out = x - y * floor(x / y); break;
    case PYTHON_POWER: *out = pow(x, y); break;
    default: return false;
    }
    return isfinite(*out);
}

static bool is_whole(const json_t *j)
{
    return json_is_integer(j) || json_is_boolean(j);
}

static struct python_value of_numbers(struct python_frame *f, enum python_operator op, const json_t *x, const json_t *y)
{
    int64_t a, b, whole_result;
    double p, q, result;
    bool both = is_whole(x) && is_whole(y);
    bool old = strcmp(f->instructions.version, "2.7") == 0; /* where 7 / 2 is 3 */
    enum python_operator division = both && old && op == PYTHON_DIVIDE ? PYTHON_FLOOR_DIVIDE : op;
    if (both && keras_integer(x, &a) && keras_integer(y, &b) && whole(division, a, b, &whole_result))
        return python_data(f, json_integer((json_int_t)whole_result));
    if (keras_number(x, &p) && keras_number(y, &q) && real(op, p, q, &result)) return python_data(f, json_real(result));
    call_unsupported(f->c, "its function computes %s of numbers, which gives none", operators[op].text);
    return nothing();
}

/* -- lists --------------------------------------------------------------------------------------------------------- */

static struct python_value joined(struct python_frame *f, const json_t *x, const json_t *y)
{
    struct python_value list = python_data(f, json_copy((json_t *)(uintptr_t)x));
    if (list.data && json_array_extend(list.data, (json_t *)(uintptr_t)y) != 0)
        build_fail(f->c->b, tfp_no_memory(f->c->b->ctx));
    f->n_values += json_array_size(list.data);
    return list;
}

/* [a] * n */
static struct python_value repeated(struct python_frame *f, const json_t *x, const json_t *n)
{
    enum { MOST = 64 };
    int64_t times;
    if (!keras_integer(n, &times) || times > MOST) return refused(f, "*");
    struct python_value list = python_data(f, json_array());
    for (int64_t i = 0; i < times && list.data; i++) list = joined(f, list.data, x);
    return list;
}

/* -- both ---------------------------------------------------------------------------------------------------------- */

struct python_value python_binary(struct python_frame *f, enum python_operator op, json_t *x, json_t *y)
{
    bool tensors = python_is_tensor(f, x) || python_is_tensor(f, y);
    if (tensors && operators[op].operation) return of_tensors(f, operators[op].operation, x, y);
    if (tensors) return refused(f, operators[op].text);
    if (op == PYTHON_ADD && json_is_array(x) && json_is_array(y)) return joined(f, x, y);
    if (op == PYTHON_MULTIPLY && json_is_array(x)) return repeated(f, x, y);
    if (op == PYTHON_MULTIPLY && json_is_array(y)) return repeated(f, y, x);
    double number;
    bool numbers = !json_is_array(x) && !json_is_array(y) && keras_number(x, &number) && keras_number(y, &number);
    return numbers ? of_numbers(f, op, x, y) : refused(f, operators[op].text);
}

struct python_value python_unary(struct python_frame *f, char op, const json_t *x)
{
    json_t *own = (json_t *)(uintptr_t)x;
    if (python_is_tensor(f, x) && op == '-') return of_tensors(f, "__operators__.neg", own, NULL);
    if (python_is_tensor(f, x) && op == '~') return of_tensors(f, "__operators__.invert", own, NULL);
    if (op == '+') return python_data(f, json_incref(own));
    json_t *zero = python_data(f, json_integer(0)).data;
    if (op == '-' && zero && !json_is_array(x)) return python_binary(f, PYTHON_SUBTRACT, zero, own);
    call_unsupported(f->c, "its function uses %c on what is no tensor", op);
    return nothing();
}

struct python_value python_compare(struct python_frame *f, size_t comparison, json_t *x, json_t *y)
{
    if (comparison < PYTHON_COMPARISONS && (python_is_tensor(f, x) || python_is_tensor(f, y)))
        return of_tensors(f, comparisons[comparison], x, y);
    call_unsupported(f->c, "its function compares with %s what are no tensors",
                     comparison < PYTHON_COMPARISONS ? python_comparisons[comparison] : "in or is");
    return nothing();
}

/* -- x[...] -------------------------------------------------------------------------------------------------------- */

/* A bound of a slice of a list of n, as Python takes it with step 1. */
static size_t bound_of(const json_t *slice, const char *key, int64_t n, int64_t otherwise)
{
    int64_t at = otherwise;
    const json_t *j = keras_get(slice, key);
    if (j && !keras_integer(j, &at)) at = otherwise;
    if (at < 0) at += n;
    return (size_t)(at < 0 ? 0 : at > n ? n : at);
}

struct python_value python_subscript(struct python_frame *f, json_t *x, json_t *index)
{
    int64_t at, n = (int64_t)json_array_size(x);
    if (python_is_tensor(f, x)) return of_tensors(f, "__operators__.getitem", x, index);
    if (json_is_array(x) && json_is_integer(index) && keras_integer(index, &at)) {
        json_t *item = at < n && at >= -n ? json_array_get(x, (size_t)(at < 0 ? at + n : at)) : NULL;
        if (item) return python_data(f, json_incref(item));
        call_malformed(f->c, "its function takes item %lld of a list of %lld", (long long)at, (long long)n);
        return nothing();
    }
    if (json_is_array(x) && json_is_object(index) && !keras_get(index, "step") && !keras_get(index, "class_name")) {
        size_t from = bound_of(index, "start", n, 0), to = bound_of(index, "stop", n, n);
        struct python_value list = python_data(f, json_array());
        for (size_t i = from; i < to && list.data; i++) json_array_append(list.data, json_array_get(x, i));
        f->n_values += json_array_size(list.data);
        return list;
    }
    return refused(f, "[]");
}
