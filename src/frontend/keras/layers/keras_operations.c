/* Finding operations and their arguments; the layers that call them: TFOpLambda and SlicingOpLambda of Keras 2. */
#include "frontend/keras/layers/keras_operations.h"

#define LISTS(X)                                                                                                       \
    X(elements)                                                                                                        \
    X(images)                                                                                                          \
    X(reductions)                                                                                                      \
    X(shapes)

#define DECLARE(name) extern const struct keras_operations keras_operations_##name;
LISTS(DECLARE)
#undef DECLARE
#define ROW(name) &keras_operations_##name,
const struct keras_operations *const keras_operation_lists[] = { LISTS(ROW) };
#undef ROW
const size_t keras_operation_lists_n = sizeof keras_operation_lists / sizeof keras_operation_lists[0];

/* -- arguments ----------------------------------------------------------------------------------------------------- */

/* Of the node, else of the configuration. */
const json_t *operation_argument(struct keras_call *c, size_t place, const char *names)
{
    char name[64];
    const json_t *j = c->node && place < json_array_size(c->node->args) ? json_array_get(c->node->args, place) : NULL;
    if (j && !json_is_null(j)) return j;
    for (const char *at = names; *at;) {
        size_t n = strcspn(at, "|");
        if (n < sizeof name) {
            memcpy(name, at, n);
            name[n] = '\0';
            j = c->node ? keras_get(c->node->kwargs, name) : NULL;
            if (!j && strcmp(name, "name") != 0) j = keras_get(c->layer->config, name);
            if (j) return j;
        }
        at += n + (at[n] == '|');
    }
    return NULL;
}

struct ir_value *operation_tensor(struct keras_call *c, size_t place, const char *names, tfp_dtype dtype)
{
    const json_t *j = operation_argument(c, place, names);
    if (!j) return call_malformed(c, "argument %s is missing", names);
    return call_tensor(c, j, dtype).value;
}

bool operation_flag(struct keras_call *c, size_t place, const char *names)
{
    return json_is_true(operation_argument(c, place, names));
}

int64_t operation_integers(struct keras_call *c, size_t place, const char *names, int64_t *at, size_t room)
{
    const json_t *j = operation_argument(c, place, names);
    if (!j) return -1;
    if (!json_is_array(j)) {
        if (!keras_integer(j, at)) call_unsupported(c, "argument %s is no number", names);
        return 1;
    }
    size_t n = json_array_size(j);
    if (n > room) return call_unsupported(c, "argument %s has %zu values", names, n), -1;
    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_array_get(j, i);
        if (json_is_null(e)) at[i] = -1;
        else if (!keras_integer(e, &at[i])) return call_unsupported(c, "argument %s is no list of numbers", names), -1;
    }
    return (int64_t)n;
}

static const char x_names[] = "x|x1|a|input|input_tensor|tensor|features|logits|t|value|values|params|images|"
                              "condition|inputs|input_";
static const char y_names[] = "y|x2|b|bias";

struct ir_value *operation_first(struct keras_call *c)
{
    if (c->n_in > 1) return call_unsupported(c, "a list of %zu tensors in place of one", c->n_in);
    if (c->n_in) return call_in(c, 0);
    return operation_tensor(c, 0, x_names, c->layer->dtype);
}

int64_t operation_integer(struct keras_call *c, size_t place, const char *names, int64_t otherwise)
{
    const json_t *j = operation_argument(c, place, names);
    int64_t value = otherwise;
    if (j && !keras_integer(j, &value)) call_unsupported(c, "argument %s is no number", names);
    return value;
}

double operation_number(struct keras_call *c, size_t place, const char *names, double otherwise)
{
    const json_t *j = operation_argument(c, place, names);
    double value = otherwise;
    if (j && !keras_number(j, &value)) call_unsupported(c, "argument %s is no number", names);
    return value;
}

/* Both operands in one type: a number takes the tensor's. */
/* A fraction beside whole numbers: Keras 3 makes fractions of these, TensorFlow does not take it. */
static struct ir_value *beside_number(struct keras_call *c, struct ir_value *v, const json_t *number)
{
    double value;
    int64_t whole;
    if (!v || dtype_is_float(v->dtype) || json_is_array(number) || !keras_number(number, &value)) return v;
    if (c->function ? keras_integer(number, &whole) : !json_is_real(number)) return v;
    return c->function ? call_malformed(c, "a fraction beside whole numbers") : ir_cast(c->b, v, TFP_FLOAT);
}

bool operation_operands(struct keras_call *c, struct ir_value **x, struct ir_value **y)
{
    const json_t *jx = operation_argument(c, 0, x_names), *jy = operation_argument(c, 1, y_names);
    tfp_dtype dtype = dtype_is_float(c->layer->dtype) ? c->layer->dtype : TFP_FLOAT;
    if (!jx || !jy) return call_malformed(c, "two operands are needed"), false;
    *x = call_is_tensor(c, jx) ? call_tensor(c, jx, dtype).value : NULL;
    *y = call_is_tensor(c, jy) ? call_tensor(c, jy, dtype).value : NULL;
    if (!*x && !*y) return call_malformed(c, "no operand is a tensor"), false;
    if (!*x) *y = beside_number(c, *y, jx);
    if (!*y) *x = beside_number(c, *x, jy);
    if (!*x && *y) *x = call_tensor(c, jx, (*y)->dtype).value;
    if (!*y && *x) *y = call_tensor(c, jy, (*x)->dtype).value;
    if (*x && *y && (*x)->dtype != (*y)->dtype) {
        bool left = dtype_is_float((*x)->dtype) && !dtype_is_float((*y)->dtype);
        if (left) *y = ir_cast(c->b, *y, (*x)->dtype);
        else *x = ir_cast(c->b, *x, (*y)->dtype);
    }
    return *x && *y;
}

struct ir_value *operation_sizes(struct keras_call *c, const json_t *j)
{
    struct ir_value *parts[TFP_MAX_RANK];
    size_t n = json_array_size(j);
    if (call_is_tensor(c, j)) return ir_cast(c->b, call_tensor(c, j, TFP_INT64).value, TFP_INT64);
    if (!json_is_array(j) || n > TFP_MAX_RANK) return call_unsupported(c, "a shape that is no list");
    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_array_get(j, i);
        struct ir_value *v = json_is_null(e) ? INTS(c->b, -1) : call_tensor(c, e, TFP_INT64).value;
        parts[i] = form_vector(c->b, ir_cast(c->b, v, TFP_INT64));
    }
    return n ? ir_concat(c->b, parts, n, 0) : ir_ints(c->b, (const int64_t[]){ 0 }, 0);
}

struct ir_value *operation_as_layer(struct keras_call *c, const char *class_name, json_t *config,
                                    const struct keras_tensor *in, size_t n)
{
    if (!keras_keep(c->source, config)) return build_fail(c->b, tfp_no_memory(c->b->ctx));
    struct keras_layer *l = keras_child_make(c->layer, class_name, class_name, config);
    return l ? call_layer(c, l, in, n).value : build_fail(c->b, c->source->status);
}

/* -- finding ------------------------------------------------------------------------------------------------------- */
const struct keras_class *keras_operation_find(const char *class_name)
{
    for (size_t i = 0; i < keras_operation_lists_n; i++) {
        const struct keras_operations *list = keras_operation_lists[i];
        for (size_t k = 0; k < list->n; k++)
            if (strcmp(list->rows[k].class.name, class_name) == 0) return &list->rows[k].class;
    }
    return NULL;
}

static bool is_called(const struct keras_operation *o, const char *name)
{
    for (size_t i = 0; i < OPERATION_NAMES && o->functions[i]; i++)
        if (strcmp(o->functions[i], name) == 0) return true;
    return false;
}

const struct keras_operation *keras_function_find(const char *name)
{
    for (size_t i = 0; i < keras_operation_lists_n; i++) {
        const struct keras_operations *list = keras_operation_lists[i];
        for (size_t k = 0; k < list->n; k++)
            if (is_called(&list->rows[k], name)) return &list->rows[k];
    }
    return NULL;
}

void keras_operation_call(struct keras_call *c, const struct keras_operation *o, const char *function)
{
    const struct keras_class *outer = c->layer->class;
    c->layer->class = &o->class;
    c->function = function;
    o->class.lower(c);
    c->layer->class = outer;
}

/* A layer of Keras 2 that calls a function of TensorFlow. */
static void lower_function(struct keras_call *c)
{
    const char *name = config_text(c->layer, "function", "");
    const struct keras_operation *o = keras_function_find(name);
    if (o) keras_operation_call(c, o, name);
    else call_unsupported(c, "function tf.%s", name);
}

static const struct keras_class classes[] = {
    { "SlicingOpLambda", NULL, lower_function, KERAS_MASK_STOPS, true, NULL, "indices that are tensors" },
    { "TFOpLambda", NULL, lower_function, KERAS_MASK_STOPS, true, NULL,
      "functions that are not in the table of operations" },
};

extern const struct keras_family keras_family_operations;
KERAS_FAMILY(operations, "Functions as layers");
