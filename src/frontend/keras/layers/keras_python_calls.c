/* What functions of Python call: operations on tensors, activations, and what is told at once of shapes and numbers. */
#include "frontend/keras/layers/keras_python.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

static struct python_value nothing(void)
{
    return (struct python_value){ PYTHON_ABSENT, NULL, NULL };
}

/* -- operations ---------------------------------------------------------------------------------------------------- */

/* Its results: a tensor, or a list of them. */
static struct python_value results(struct python_frame *f, const struct keras_call *c, bool list)
{
    if (f->c->b->status != TFP_OK) return nothing();
    if (c->n_out == 1 && !list) return python_tensor(f, c->out[0]);
    struct python_value all = python_data(f, json_array());
    for (size_t i = 0; i < c->n_out && all.data; i++) {
        struct python_value one = python_tensor(f, c->out[i]);
        if (!one.data || json_array_append(all.data, one.data) != 0) return nothing();
    }
    return all;
}

/* The rule sees a node of its own, and a layer that has nothing but the Lambda layer's name and type. */
static struct python_value call_row(struct python_frame *f, const struct keras_operation *o, const char *function,
                                    json_t *args, json_t *kwargs)
{
    struct keras_call *c = calloc(1, sizeof *c);
    struct keras_layer layer = *f->c->layer;
    const struct keras_node node = { args, kwargs };
    struct python_value out = nothing();
    layer.config = python_data(f, json_object()).data;
    layer.class = &o->class;
    if (!c || !layer.config) {
        build_fail(f->c->b, tfp_no_memory(f->c->b->ctx));
    } else {
        *c = (struct keras_call){ .b = f->c->b, .source = f->c->source, .layer = &layer, .node = &node,
                                  .depth = f->c->depth + 1, .scope = f->c->scope, .temporaries = f->tensors,
                                  .n_temporaries = f->n_tensors };
        c->n_in = call_tensors(c, json_array_get(args, 0), c->in, KERAS_IN_MOST);
        if (c->b->status == TFP_OK) keras_operation_call(c, o, function);
        out = results(f, c, o->list);
    }
    free(c);
    return out;
}

struct python_value python_operation(struct python_frame *f, const char *name, json_t *args, json_t *kwargs)
{
    const struct keras_operation *o = keras_function_find(name);
    if (o) return call_row(f, o, name, args, kwargs);
    call_unsupported(f->c, "its function uses %s", name);
    return nothing();
}

/* keras.ops.expand_dims is called ops.ExpandDims as a class. */
static struct python_value call_keras_3(struct python_frame *f, const char *name, json_t *args, json_t *kwargs)
{
    char class_name[64] = "ops.";
    size_t n = 4;
    bool upper = true;
    for (; *name && n + 1 < sizeof class_name; name++) {
        if (*name != '_') class_name[n++] = upper ? (char)toupper((unsigned char)*name) : *name;
        upper = *name == '_';
    }
    const struct keras_class *class = keras_operation_find(class_name);
    if (class) return call_row(f, (const struct keras_operation *)class, NULL, args, kwargs);
    call_unsupported(f->c, "its function uses %s", class_name);
    return nothing();
}

static struct python_value call_activation_of(struct python_frame *f, const char *name, json_t *args)
{
    struct ir_value *x = python_value_of(f, json_array_get(args, 0));
    if (json_array_size(args) != 1 || !x) call_unsupported(f->c, "its function uses %s on other than one tensor", name);
    if (f->c->b->status != TFP_OK) return nothing();
    return python_tensor(f, (struct keras_tensor){ call_function(f->c, name, x), NULL });
}

/* -- what is told at once ------------------------------------------------------------------------------------------ */

typedef struct python_value told_fn(struct python_frame *f, json_t *x, const char *name);

static struct python_value told_shape(struct python_frame *f, json_t *x, const char *name)
{
    if (python_is_tensor(f, x)) return python_shape(f, x);
    call_unsupported(f->c, "its function uses %s on what is no tensor", name);
    return nothing();
}

static struct python_value told_rank(struct python_frame *f, json_t *x, const char *name)
{
    struct python_value shape = told_shape(f, x, name);
    return shape.data ? python_data(f, json_integer((json_int_t)json_array_size(shape.data))) : shape;
}

/* Of a list, or the first dimension. */
static struct python_value told_length(struct python_frame *f, json_t *x, const char *name)
{
    if (json_is_array(x) && !python_is_tensor(f, x)) return python_data(f, json_integer((json_int_t)json_array_size(x)));
    struct python_value shape = told_shape(f, x, name);
    json_t *first = json_array_get(shape.data, 0);
    if (json_is_integer(first)) return python_data(f, json_incref(first));
    call_unsupported(f->c, "its function asks for a length that is not known");
    return nothing();
}

/* The value itself: a list as tuple, an array of numbers, a tensor that goes another way only in training. */
static struct python_value told_same(struct python_frame *f, json_t *x, const char *name)
{
    (void)name;
    return python_data(f, json_incref(x));
}

static struct python_value told_list(struct python_frame *f, json_t *x, const char *name)
{
    if (json_is_array(x) && !python_is_tensor(f, x)) return told_same(f, x, name);
    call_unsupported(f->c, "its function uses %s on what is no list", name);
    return nothing();
}

static double rounded_down(double x)
{
    return trunc(x);
}

static double unchanged(double x)
{
    return x;
}

static const struct {
    const char *name;
    double (*of)(double);
    bool whole; /* gives a whole number */
} number_functions[] = {
    { "int", rounded_down, true }, { "float", unchanged, false }, { "np.float32", unchanged, false },
    { "math.sqrt", sqrt, false },  { "np.sqrt", sqrt, false },    { "math.log", log, false },
    { "np.log", log, false },      { "math.exp", exp, false },    { "np.exp", exp, false },
    { "math.ceil", ceil, true },   { "math.floor", floor, true }, { "np.float64", unchanged, false },
};

static struct python_value told_number(struct python_frame *f, json_t *x, const char *name)
{
    double value;
    size_t i = 0;
    while (strcmp(number_functions[i].name, name) != 0) i++;
    if (json_is_array(x) || !keras_number(x, &value) || !isfinite(value = number_functions[i].of(value)) ||
        fabs(value) > 9e15) {
        call_unsupported(f->c, "its function uses %s on what is no number", name);
        return nothing();
    }
    return python_data(f, number_functions[i].whole ? json_integer((json_int_t)value) : json_real(value));
}

static struct python_value told_small(struct python_frame *f, json_t *x, const char *name)
{
    (void)x, (void)name;
    return python_data(f, json_real(1e-7));
}

static struct python_value told_type(struct python_frame *f, json_t *x, const char *name)
{
    (void)x, (void)name;
    return python_data(f, json_string("float32"));
}

static struct python_value told_format(struct python_frame *f, json_t *x, const char *name)
{
    (void)x, (void)name;
    return python_data(f, json_string("channels_last"));
}

static const struct {
    const char *name;
    told_fn *of;
    size_t place;       /* of the argument that counts */
    bool alone;         /* without arguments */
} told[] = {
    { "K.int_shape", told_shape, 0, false },
    { "K.ndim", told_rank, 0, false },
    { "K.epsilon", told_small, 0, true },
    { "K.floatx", told_type, 0, true },
    { "K.image_data_format", told_format, 0, true },
    { "K.constant", told_same, 0, false },
    { "K.in_test_phase", told_same, 0, false },
    { "K.in_train_phase", told_same, 1, false },
    { "K.print_tensor", told_same, 0, false },
    { "tf.constant", told_same, 0, false },
    { "tf.convert_to_tensor", told_same, 0, false },
    { "np.array", told_list, 0, false },
    { "np.asarray", told_list, 0, false },
    { "len", told_length, 0, false },
    { "list", told_list, 0, false },
    { "tuple", told_list, 0, false },
    { "int", told_number, 0, false },
    { "float", told_number, 0, false },
    { "math.sqrt", told_number, 0, false },
    { "math.log", told_number, 0, false },
    { "math.exp", told_number, 0, false },
    { "math.ceil", told_number, 0, false },
    { "math.floor", told_number, 0, false },
    { "np.sqrt", told_number, 0, false },
    { "np.log", told_number, 0, false },
    { "np.exp", told_number, 0, false },
    { "np.float32", told_number, 0, false },
    { "np.float64", told_number, 0, false },
};

/* False: it is none of these. */
static bool tell(struct python_frame *f, const char *name, const json_t *args, struct python_value *out)
{
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strcmp(told[i].name, name) != 0) continue;
        json_t *x = json_array_get(args, told[i].place);
        if (x || told[i].alone) *out = told[i].of(f, x, name);
        else call_unsupported(f->c, "its function uses %s without an argument by place", name);
        return true;
    }
    return false;
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *long_form, *form;
} prefixes[] = { /* in order: each applies to what the ones before leave */
    { "tensorflow.", "tf." },    { "numpy.", "np." },          { "tf.keras.", "keras." },
    { "tf.compat.v2.", "tf." },  { "backend.", "K." },         { "keras.backend.", "K." },
    { "keras.ops.", "ops." },    { "keras.activations.", "activations." },
};

static const char *short_name(struct python_frame *f, const char *path)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t n = strlen(prefixes[i].long_form);
        if (strncmp(path, prefixes[i].long_form, n) != 0) continue;
        path = arena_printf(&f->arena, "%s%s", prefixes[i].form, path + n);
        if (!path) break;
    }
    if (!path) build_fail(f->c->b, tfp_no_memory(f->c->b->ctx));
    return path;
}

/* tf.compat.v1.x is looked up as x where it has no meaning of its own. */
static struct python_value call_tensorflow(struct python_frame *f, const char *name, json_t *args, json_t *kwargs)
{
    static const char old[] = "compat.v1.";
    bool is_old = strncmp(name, old, sizeof old - 1) == 0;
    if (is_old && !keras_function_find(name)) name += sizeof old - 1;
    if (strncmp(name, "K.", 2) != 0 && keras_function_find(name)) return python_operation(f, name, args, kwargs);
    call_unsupported(f->c, "its function uses tf.%s", name);
    return nothing();
}

static struct python_value call_path(struct python_frame *f, const char *path, json_t *args, json_t *kwargs)
{
    struct python_value out = nothing();
    const char *name = short_name(f, path), *last = name ? strrchr(name, '.') : NULL;
    if (!name || tell(f, name, args, &out)) return out;
    if (strncmp(name, "tf.", 3) == 0) return call_tensorflow(f, name + 3, args, kwargs);
    if (strncmp(name, "K.", 2) == 0 && keras_function_find(name)) return python_operation(f, name, args, kwargs);
    if (strncmp(name, "ops.", 4) == 0) return call_keras_3(f, last + 1, args, kwargs);
    if (strncmp(name, "activations.", 12) == 0) return call_activation_of(f, name + 12, args);
    if (strcmp(name, "abs") == 0) return python_operation(f, name, args, kwargs);
    call_unsupported(f->c, "its function uses %s", path);
    return out;
}

struct python_value python_call(struct python_frame *f, struct python_value function, json_t *args, json_t *kwargs)
{
    if (function.kind == PYTHON_PATH) return call_path(f, function.path, args, kwargs);
    if (function.kind == PYTHON_METHOD && strcmp(function.path, "get_shape") == 0)
        return told_shape(f, function.data, "get_shape");
    if (function.kind == PYTHON_METHOD && strcmp(function.path, "as_list") == 0)
        return told_list(f, function.data, "as_list");
    call_unsupported(f->c, "its function calls %s", function.path ? function.path : "what is no function");
    return nothing();
}
