/* Following the instructions of a Python function: see keras_python.h. */
#include "frontend/keras/layers/keras_python.h"

#include <math.h>

static const struct python_value nothing = { PYTHON_ABSENT, NULL, NULL };

static bool failed(const struct python_frame *f)
{
    return f->c->b->status != TFP_OK;
}

/* -- values -------------------------------------------------------------------------------------------------------- */

struct python_value python_data(struct python_frame *f, json_t *j)
{
    if (f->n_values++ >= PYTHON_VALUES) call_unsupported(f->c, "its function makes more than %d values", (int)PYTHON_VALUES);
    if (json_array_append_new(f->made, j) != 0) { /* also of NULL */
        build_fail(f->c->b, tfp_no_memory(f->c->b->ctx));
        return nothing;
    }
    return failed(f) ? nothing : (struct python_value){ PYTHON_DATA, j, NULL };
}

struct python_value python_tensor(struct python_frame *f, struct keras_tensor t)
{
    if (failed(f) || !t.value) return nothing;
    if (f->n_tensors == PYTHON_TENSORS) {
        call_unsupported(f->c, "its function has more than %d tensors", (int)PYTHON_TENSORS);
        return nothing;
    }
    f->tensors[f->n_tensors] = t;
    return python_data(f, keras_temporary(f->n_tensors++));
}

struct ir_value *python_value_of(const struct python_frame *f, const json_t *tensor)
{
    size_t i;
    return keras_is_temporary(tensor, &i) && i < f->n_tensors ? f->tensors[i].value : NULL;
}

bool python_is_tensor(const struct python_frame *f, const json_t *j)
{
    return python_value_of(f, j) != NULL;
}

const char *python_text(struct python_frame *f, struct bytes text)
{
    const char *copy = arena_string(&f->arena, text.at, text.n);
    if (!copy) build_fail(f->c->b, tfp_no_memory(f->c->b->ctx));
    return copy;
}

struct python_value python_shape(struct python_frame *f, const json_t *tensor)
{
    const struct ir_value *v = python_value_of(f, tensor);
    int64_t rank = call_rank(f->c, v);
    json_t *list = rank >= 0 ? json_array() : NULL;
    if (rank < 0) return nothing;
    for (int64_t i = 0; i < rank; i++)
        json_array_append_new(list, dim_fixed(v->dims[i]) ? json_integer((json_int_t)v->dims[i].n) : json_null());
    return python_data(f, list);
}

static struct python_value path(const char *name)
{
    return (struct python_value){ PYTHON_PATH, NULL, name };
}

/* -- constants ----------------------------------------------------------------------------------------------------- */

static json_t *json_of(struct python_frame *f, const struct marshal_object *o);

static json_t *json_of_items(struct python_frame *f, const struct marshal_object *o)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < o->n_items && !failed(f); i++)
        if (json_array_append_new(list, json_of(f, o->items[i])) != 0) build_fail(f->c->b, tfp_no_memory(f->c->b->ctx));
    return list;
}

static json_t *json_of_text(struct python_frame *f, const struct marshal_object *o)
{
    json_t *text = json_stringn(o->text.at, o->text.n);
    if (text) return text;
    call_unsupported(f->c, "its function has a text that is not UTF-8");
    return json_null();
}

/* A tuple that stands at several places is copied for each: the count of values bounds that. */
static json_t *json_of(struct python_frame *f, const struct marshal_object *o)
{
    if (f->n_values++ >= PYTHON_VALUES) call_unsupported(f->c, "its function makes more than %d values", (int)PYTHON_VALUES);
    if (failed(f)) return json_null();
    switch (o->kind) {
    case MARSHAL_NONE: return json_null();
    case MARSHAL_BOOL: return json_boolean(o->integer != 0);
    case MARSHAL_INT: return json_integer((json_int_t)o->integer);
    case MARSHAL_FLOAT:
        if (isnan(o->number)) return json_string("NaN");
        return isinf(o->number) ? json_string(o->number < 0 ? "-Infinity" : "Infinity") : json_real(o->number);
    case MARSHAL_TEXT: return json_of_text(f, o);
    case MARSHAL_TUPLE: return json_of_items(f, o);
    case MARSHAL_ELLIPSIS: return json_pack("{s:s}", "class_name", "__ellipsis__");
    default: call_unsupported(f->c, "its function has %s within", o->kind == MARSHAL_CODE ? "a function" : "a constant that is "
                              "no number, text or tuple"); return json_null();
    }
}

/* Item i of one of the code's tuples; NULL with a failure. */
static const struct marshal_object *item(struct python_frame *f, const struct marshal_object *tuple, size_t i)
{
    return i < tuple->n_items ? tuple->items[i] : call_malformed(f->c, "its function's code is damaged");
}

static const char *name_of(struct python_frame *f, const struct marshal_object *tuple, size_t i)
{
    const struct marshal_object *o = item(f, tuple, i);
    if (o && o->kind == MARSHAL_TEXT) return python_text(f, o->text);
    return o ? call_malformed(f->c, "its function's code is damaged") : NULL;
}

static const struct {
    const char *path;
    double value;
} numbers[] = {
    { "np.pi", 3.141592653589793 }, { "math.pi", 3.141592653589793 }, { "np.e", 2.718281828459045 },
    { "math.e", 2.718281828459045 }, { "np.inf", (double)INFINITY }, { "math.inf", (double)INFINITY },
};

/* The data that a value is; a path may be a constant's or a type's: np.pi, tf.float32. */
static json_t *data_of(struct python_frame *f, struct python_value v)
{
    if (failed(f)) return NULL;
    if (v.kind == PYTHON_DATA) return v.data;
    if (v.kind == PYTHON_ABSENT) return call_unsupported(f->c, "its function has a variable without a value");
    const char *last = strrchr(v.path, '.');
    last = last ? last + 1 : v.path;
    if (v.kind == PYTHON_PATH) {
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
            if (strcmp(numbers[i].path, v.path) == 0)
                return python_data(f, isinf(numbers[i].value) ? json_string("Infinity") : json_real(numbers[i].value)).data;
        if (strcmp(last, "newaxis") == 0) return python_data(f, json_null()).data;
        if (last != v.path && keras_dtype(last) != TFP_UNDEFINED) return python_data(f, json_string(last)).data;
    }
    return call_unsupported(f->c, "its function uses %s as a value", v.path);
}

/* -- the stack ----------------------------------------------------------------------------------------------------- */

static void push(struct python_frame *f, struct python_value v)
{
    if (f->n < PYTHON_STACK) f->stack[f->n++] = v;
    else call_unsupported(f->c, "its function needs more than %d values at once", (int)PYTHON_STACK);
}

static struct python_value pop(struct python_frame *f)
{
    if (f->n) return f->stack[--f->n];
    call_malformed(f->c, "its function's code is damaged");
    return nothing;
}

static json_t *pop_data(struct python_frame *f)
{
    return data_of(f, pop(f));
}

/* The last n values as a list. */
static json_t *pop_list(struct python_frame *f, size_t n)
{
    if (n > f->n) return call_malformed(f->c, "its function's code is damaged");
    struct python_value list = python_data(f, json_array());
    f->n -= n;
    for (size_t i = 0; i < n && !failed(f); i++) {
        json_t *j = data_of(f, f->stack[f->n + i]);
        if (j && json_array_append(list.data, j) != 0) build_fail(f->c->b, tfp_no_memory(f->c->b->ctx));
    }
    return failed(f) ? NULL : list.data;
}

static void push_slice(struct python_frame *f, json_t *start, json_t *stop, json_t *step)
{
    if (failed(f)) return;
    push(f, python_data(f, json_pack("{s:O?,s:O?,s:O?}", "start", start, "stop", stop, "step", step)));
}

/* -- variables ----------------------------------------------------------------------------------------------------- */

static struct python_value *local(struct python_frame *f, size_t i)
{
    return i < PYTHON_LOCALS && i < f->n_locals ? &f->locals[i]
                                                 : call_unsupported(f->c, "its function has more than %d variables",
                                                                    (int)PYTHON_LOCALS);
}

static void push_local(struct python_frame *f, size_t i)
{
    const struct python_value *v = local(f, i);
    if (!v) return;
    if (v->kind == PYTHON_ABSENT) call_unsupported(f->c, "argument %zu of its function has no value", i + 1);
    else push(f, *v);
}

/* In the numbering of 3.11 its locals come first, before that its own cells. */
static void push_free(struct python_frame *f, size_t i)
{
    size_t before = f->code->layout == MARSHAL_PYTHON_3_11 ? f->code->locals->n_items - f->code->n_free : f->code->n_cells;
    const json_t *j = i >= before ? json_array_get(f->closure, i - before) : NULL;
    if (j) push(f, python_data(f, json_incref((json_t *)(uintptr_t)j)));
    else call_unsupported(f->c, "its function uses a variable whose value the file does not have");
}

/* Python 2 has these as names. */
static void push_global(struct python_frame *f, size_t i)
{
    const char *name = name_of(f, f->code->names, i);
    if (!name) return;
    if (strcmp(name, "None") == 0) push(f, python_data(f, json_null()));
    else if (strcmp(name, "True") == 0 || strcmp(name, "False") == 0) push(f, python_data(f, json_boolean(*name == 'T')));
    else push(f, path(name));
}

static void push_attribute(struct python_frame *f, size_t i)
{
    const char *name = name_of(f, f->code->names, i);
    struct python_value v = pop(f);
    if (failed(f)) return;
    if (v.kind == PYTHON_PATH) {
        char *longer = arena_printf(&f->arena, "%s.%s", v.path, name);
        if (longer) push(f, path(longer));
        else build_fail(f->c->b, tfp_no_memory(f->c->b->ctx));
        return;
    }
    json_t *j = data_of(f, v);
    const struct ir_value *tensor = j ? python_value_of(f, j) : NULL;
    if (tensor && strcmp(name, "shape") == 0) push(f, python_shape(f, j));
    else if (tensor && strcmp(name, "ndim") == 0) push(f, python_data(f, json_integer(call_rank(f->c, tensor))));
    else if (tensor && strcmp(name, "dtype") == 0) push(f, python_data(f, json_string(tfp_dtype_name(tensor->dtype))));
    else if (json_is_number(j) && strcmp(name, "value") == 0) push(f, v); /* of a dimension of TensorFlow 1 */
    else push(f, (struct python_value){ PYTHON_METHOD, j, name });
}

/* -- calls --------------------------------------------------------------------------------------------------------- */

/* Moves the last arguments into an object by the names. */
static json_t *named(struct python_frame *f, json_t *args, const json_t *names)
{
    size_t n = json_array_size(names), all = json_array_size(args);
    json_t *object = python_data(f, json_object()).data;
    if (n > all) return call_malformed(f->c, "its function's code is damaged");
    for (size_t i = 0; object && i < n; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (!name) return call_malformed(f->c, "its function's code is damaged");
        json_object_set(object, name, json_array_get(args, all - n + i));
    }
    for (size_t i = 0; i < n; i++) json_array_remove(args, json_array_size(args) - 1);
    return object;
}

static void call(struct python_frame *f, size_t n, json_t *names)
{
    json_t *args = pop_list(f, n);
    struct python_value function = pop(f);
    json_t *kwargs = failed(f) ? NULL : named(f, args, names);
    if (!failed(f)) push(f, python_call(f, function, args, kwargs));
}

static void call_with_names(struct python_frame *f, size_t n)
{
    json_t *names = NULL;
    if (f->names) names = python_data(f, json_of(f, f->names)).data;
    f->names = NULL;
    if (!failed(f)) call(f, n, names);
}

/* To Python 3.5: pairs of name and value behind the others. */
static void call_with_pairs(struct python_frame *f, uint32_t argument)
{
    size_t n = argument % 256, pairs = argument / 256;
    json_t *list = pop_list(f, 2 * pairs), *args = pop_list(f, n), *kwargs = python_data(f, json_object()).data;
    struct python_value function = pop(f);
    for (size_t i = 0; i < pairs && !failed(f); i++) {
        const char *name = json_string_value(json_array_get(list, 2 * i));
        if (!name) call_malformed(f->c, "its function's code is damaged");
        else json_object_set(kwargs, name, json_array_get(list, 2 * i + 1));
    }
    if (!failed(f)) push(f, python_call(f, function, args, kwargs));
}

/* -- instructions -------------------------------------------------------------------------------------------------- */

static void extend(struct python_frame *f)
{
    json_t *more = pop_data(f), *list = pop_data(f);
    if (failed(f)) return;
    if (!json_is_array(more) || python_is_tensor(f, more)) call_unsupported(f->c, "its function spreads what is no list");
    else push(f, python_binary(f, PYTHON_ADD, list, more));
}

static void slice(struct python_frame *f, uint32_t bounds)
{
    json_t *stop = bounds & 2 ? pop_data(f) : NULL, *start = bounds & 1 ? pop_data(f) : NULL, *x = pop_data(f);
    push_slice(f, start, stop, NULL);
    json_t *index = failed(f) ? NULL : pop_data(f);
    if (!failed(f)) push(f, python_subscript(f, x, index));
}

static void make_slice(struct python_frame *f, uint32_t n)
{
    json_t *step = n == 3 ? pop_data(f) : NULL, *stop = pop_data(f), *start = pop_data(f);
    push_slice(f, start, stop, step);
}

/* Those that take two values. */
static void combine(struct python_frame *f, const struct python_instruction *i)
{
    json_t *y = pop_data(f), *x = pop_data(f);
    if (failed(f)) return;
    if (i->op == PYTHON_BINARY) push(f, python_binary(f, i->argument % PYTHON_OPERATORS, x, y));
    else if (i->op == PYTHON_COMPARE) push(f, python_compare(f, i->argument, x, y));
    else push(f, python_subscript(f, x, y));
}

static void store(struct python_frame *f, size_t i)
{
    struct python_value v = pop(f), *at = local(f, i);
    if (at) *at = v;
}

static void push_constant(struct python_frame *f, size_t i)
{
    const struct marshal_object *o = item(f, f->code->constants, i);
    if (o) push(f, python_data(f, json_of(f, o)));
}

static void push_list(struct python_frame *f, size_t n)
{
    json_t *list = pop_list(f, n);
    if (list) push(f, (struct python_value){ PYTHON_DATA, list, NULL });
}

static void follow(struct python_frame *f, const struct python_instruction *i)
{
    json_t *x;
    switch (i->op) {
    case PYTHON_NOTHING: case PYTHON_RETURN: return;
    case PYTHON_LOCAL: push_local(f, i->argument); return;
    case PYTHON_LOCAL_PAIR:
        push_local(f, i->argument >> 4);
        push_local(f, i->argument & 15);
        return;
    case PYTHON_CONSTANT: push_constant(f, i->argument); return;
    case PYTHON_GLOBAL: push_global(f, i->argument); return;
    case PYTHON_ATTRIBUTE: push_attribute(f, i->argument); return;
    case PYTHON_FREE: push_free(f, i->argument); return;
    case PYTHON_STORE: store(f, i->argument); return;
    case PYTHON_DUPLICATE:
        push(f, pop(f));
        if (!failed(f)) push(f, f->stack[f->n - 1]);
        return;
    case PYTHON_UNARY:
        if ((x = pop_data(f))) push(f, python_unary(f, (char)i->argument, x));
        return;
    case PYTHON_BINARY: case PYTHON_COMPARE: case PYTHON_SUBSCRIPT: combine(f, i); return;
    case PYTHON_SLICE: slice(f, i->argument); return;
    case PYTHON_MAKE_SLICE: make_slice(f, i->argument); return;
    case PYTHON_TUPLE: case PYTHON_LIST: push_list(f, i->argument); return;
    case PYTHON_EXTEND: extend(f); return;
    case PYTHON_NAMES: f->names = item(f, f->code->constants, i->argument); return;
    case PYTHON_CALL: call_with_names(f, i->argument); return;
    case PYTHON_CALL_NAMED:
        if ((x = pop_data(f))) call(f, i->argument, x);
        return;
    case PYTHON_CALL_PAIRS: call_with_pairs(f, i->argument); return;
    case PYTHON_REFUSED: call_unsupported(f->c, "its function does what is not followed, as conditions and loops (%s)", i->name); return;
    }
}

struct python_value python_run(struct python_frame *f)
{
    for (size_t i = 0; i < f->instructions.n && !failed(f); i++) {
        follow(f, &f->instructions.at[i]);
        if (f->instructions.at[i].op == PYTHON_RETURN) return pop(f);
    }
    if (!failed(f)) call_malformed(f->c, "its function's code is damaged");
    return nothing;
}
