/* Attribute values: the node's own first, then the default in the table of op definitions. */
#include "frontend/tensorflow/tf_attr.h"

#include "frontend/tensorflow/lower.h"

#include <stdio.h>
#include <stdlib.h>

/* -- values -------------------------------------------------------------------------------------------------------- */

const struct tfpb_attr_value *tf_attr_find(const struct tf_node *n, const char *name, size_t size)
{
    for (size_t i = 0; i < n->n_attrs; i++)
        if (tf_graph_same(n->attrs[i].key, (struct bytes){ name, size })) return &n->attrs[i].value;
    return NULL;
}

static bool preset_of(const struct tf_node *n, const char *name, size_t size, struct op_attr *out)
{
    return n->def && op_def_attr(n->def, name, size, out) && out->preset.at;
}

int32_t tf_attr_type(const struct tf_node *n, const char *name, size_t size)
{
    struct op_attr preset;
    const struct tfpb_attr_value *v = tf_attr_find(n, name, size);
    if (v) return v->which == TFPB_ATTR_TYPE ? v->type : TFPB_DT_INVALID;
    if (!preset_of(n, name, size, &preset) || preset.kind != 't' || preset.list) return TFPB_DT_INVALID;
    return (int32_t)strtol(preset.preset.at, NULL, 10);
}

struct bytes tf_attr_text(const struct tf_node *n, const char *name)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, name, strlen(name));
    return v && v->which == TFPB_ATTR_S && v->s.n ? v->s : (struct bytes){ "", 0 };
}

const struct tfpb_name_attr_list *tf_attr_function(const struct tf_node *n, const char *name)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, name, strlen(name));
    return v && v->which == TFPB_ATTR_FUNC && v->func && v->func->name.n ? v->func : NULL;
}

/* A list of types: of the node, or from the default; -1 when there is none. */
static int64_t type_list(const struct tf_node *n, struct bytes name, size_t i, int32_t *type)
{
    struct op_attr preset;
    const struct tfpb_attr_value *v = tf_attr_find(n, name.at, name.n);
    *type = TFPB_DT_INVALID;
    if (v) {
        if (v->which != TFPB_ATTR_LIST || !v->list || v->list->type.n > INT32_MAX) return -1;
        if (i < v->list->type.n) *type = v->list->type.at[i];
        return (int64_t)v->list->type.n;
    }
    if (!preset_of(n, name.at, name.n, &preset)) return -1;
    int64_t count = 0;
    struct bytes list = preset.preset, element;
    for (; op_def_next_element(&list, &element); count++)
        if ((size_t)count == i) *type = (int32_t)strtol(element.at, NULL, 10);
    return count;
}

int64_t tf_attr_arg_count(const struct tf_node *n, const struct op_arg *arg)
{
    int32_t type;
    struct op_attr preset;
    if (arg->list) return type_list(n, arg->type, 0, &type);
    if (!arg->number.n) return 1;
    const struct tfpb_attr_value *v = tf_attr_find(n, arg->number.at, arg->number.n);
    if (v) return v->which == TFPB_ATTR_I && v->i >= 0 && v->i <= INT32_MAX ? v->i : -1;
    return preset_of(n, arg->number.at, arg->number.n, &preset) ? strtoll(preset.preset.at, NULL, 10) : -1;
}

int64_t tf_attr_args_count(const struct tf_node *n, const char *args, struct bytes *bad)
{
    struct op_arg arg;
    int64_t total = 0;
    while (op_def_next_arg(&args, &arg)) {
        int64_t count = tf_attr_arg_count(n, &arg);
        if (count < 0) {
            *bad = arg.list ? arg.type : arg.number;
            return -1;
        }
        total += count; /* a few dozen arguments of at most INT32_MAX each */
    }
    return total;
}

int32_t tf_attr_arg_type(const struct tf_node *n, const char *args, size_t i)
{
    struct op_arg arg;
    while (op_def_next_arg(&args, &arg)) {
        int32_t type;
        int64_t count = tf_attr_arg_count(n, &arg);
        if (count < 0) return TFPB_DT_INVALID;
        if (i >= (size_t)count) {
            i -= (size_t)count;
            continue;
        }
        if (arg.list) return type_list(n, arg.type, i, &type) < 0 ? TFPB_DT_INVALID : type;
        return arg.type.n ? tf_attr_type(n, arg.type.at, arg.type.n) : arg.dtype;
    }
    return TFPB_DT_INVALID;
}

int32_t tf_attr_output_type(const struct tf_node *n, size_t port)
{
    if (n->def) return tf_attr_arg_type(n, n->def->out, port);
    return TFPB_DT_INVALID;
}

int32_t tf_attr_output_shape(const struct tf_node *n, size_t port, int64_t *dims)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, "_output_shapes", strlen("_output_shapes"));
    if (!v || v->which != TFPB_ATTR_LIST || !v->list || port >= v->list->shape.n) return -1;
    int32_t rank = tfpb_shape_dims(&v->list->shape.at[port], dims);
    return rank < 0 ? -1 : rank;
}

/* -- for rules ----------------------------------------------------------------------------------------------------- */

struct found {
    const struct tfpb_attr_value *value; /* NULL: the preset counts */
    struct bytes preset;
};

static const char *const kind_words[] = {
    ['i'] = "an integer", ['f'] = "a number", ['b'] = "a bool",   ['s'] = "a string",
    ['t'] = "a type",     ['h'] = "a shape",  ['x'] = "a tensor", ['g'] = "a function",
};

/* The value of the wanted kind, or why there is none. */
static bool find(struct lower *lw, const char *attr, char kind, bool list, struct found *out)
{
    static const char which[] = { [TFPB_ATTR_S] = 's',     [TFPB_ATTR_I] = 'i',      [TFPB_ATTR_F] = 'f',
                                  [TFPB_ATTR_B] = 'b',     [TFPB_ATTR_TYPE] = 't',   [TFPB_ATTR_SHAPE] = 'h',
                                  [TFPB_ATTR_TENSOR] = 'x' };
    struct op_attr preset;
    *out = (struct found){ 0 };
    if (lw->b.status != TFP_OK) return false;
    const struct tfpb_attr_value *v = tf_attr_find(lw->node, attr, strlen(attr));
    if (!v) {
        if (!preset_of(lw->node, attr, strlen(attr), &preset)) {
            lower_malformed(lw, "attribute %s is missing", attr);
            return false;
        }
        if (preset.kind != kind || preset.list != list) {
            lower_malformed(lw, "attribute %s is not %s", attr, kind_words[(int)kind]);
            return false;
        }
        out->preset = preset.preset;
        return true;
    }
    bool fits = list ? v->which == TFPB_ATTR_LIST && v->list
                     : v->which > 0 && (size_t)v->which < sizeof which && which[v->which] == kind;
    if (!fits) {
        lower_malformed(lw, "attribute %s is not %s%s", attr, list ? "a list: wanted is each " : "",
                        kind_words[(int)kind]);
        return false;
    }
    out->value = v;
    return true;
}

bool tf_has(struct lower *lw, const char *attr)
{
    return tf_attr_find(lw->node, attr, strlen(attr)) != NULL;
}

int64_t tf_int(struct lower *lw, const char *attr)
{
    struct found f;
    if (!find(lw, attr, 'i', false, &f)) return 0;
    return f.value ? f.value->i : strtoll(f.preset.at, NULL, 10);
}

bool tf_bool(struct lower *lw, const char *attr)
{
    struct found f;
    if (!find(lw, attr, 'b', false, &f)) return false;
    return f.value ? f.value->b : f.preset.at[0] == 't';
}

float tf_float(struct lower *lw, const char *attr)
{
    struct found f;
    if (!find(lw, attr, 'f', false, &f)) return 0;
    return f.value ? f.value->f : strtof(f.preset.at, NULL);
}

tfp_dtype tf_type(struct lower *lw, const char *attr)
{
    struct found f;
    char room[32];
    if (!find(lw, attr, 't', false, &f)) return TFP_UNDEFINED;
    int32_t type = f.value ? f.value->type : (int32_t)strtol(f.preset.at, NULL, 10);
    tfp_dtype dtype = tfpb_dtype(type);
    if (dtype == TFP_UNDEFINED)
        lower_unsupported(lw, "%s is %s", attr, tfpb_type_name(type, room, sizeof room));
    return dtype;
}

/* Without the quotes of the table. */
static struct bytes unquoted(struct bytes b)
{
    return (struct bytes){ b.at + 1, b.n - 2 };
}

struct bytes tf_string(struct lower *lw, const char *attr)
{
    struct found f;
    if (!find(lw, attr, 's', false, &f)) return (struct bytes){ "", 0 };
    if (!f.value) return unquoted(f.preset);
    return f.value->s.n ? f.value->s : (struct bytes){ "", 0 };
}

static size_t preset_size(struct bytes list)
{
    size_t n = 0;
    struct bytes element;
    while (op_def_next_element(&list, &element)) n++;
    return n;
}

struct ir_ints tf_list_int(struct lower *lw, const char *attr)
{
    struct found f;
    struct bytes element;
    if (!find(lw, attr, 'i', true, &f)) return (struct ir_ints){ 0 };
    if (f.value) return (struct ir_ints){ f.value->list->i.at, f.value->list->i.n };
    size_t n = 0;
    int64_t *at = ARENA_ARRAY(&lw->graph->arena, int64_t, preset_size(f.preset));
    if (!at) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), (struct ir_ints){ 0 };
    while (op_def_next_element(&f.preset, &element)) at[n++] = strtoll(element.at, NULL, 10);
    return (struct ir_ints){ at, n };
}

struct ir_floats tf_list_float(struct lower *lw, const char *attr)
{
    struct found f;
    struct bytes element;
    if (!find(lw, attr, 'f', true, &f)) return (struct ir_floats){ 0 };
    if (f.value) return (struct ir_floats){ f.value->list->f.at, f.value->list->f.n };
    size_t n = 0;
    float *at = ARENA_ARRAY(&lw->graph->arena, float, preset_size(f.preset));
    if (!at) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), (struct ir_floats){ 0 };
    while (op_def_next_element(&f.preset, &element)) at[n++] = strtof(element.at, NULL);
    return (struct ir_floats){ at, n };
}

int tf_word(struct lower *lw, const char *attr, const char *const *words)
{
    struct bytes s = tf_string(lw, attr);
    if (lw->b.status != TFP_OK) return 0;
    for (int i = 0; words[i]; i++)
        if (bytes_equal(s, words[i])) return i;
    lower_unsupported(lw, "%s is \"%.*s\"", attr, (int)(s.n < 64 ? s.n : 64), s.at);
    return 0;
}

/* "(2,-1)" or "?" of the table. */
static int64_t preset_shape(struct bytes text, int64_t *dims)
{
    int64_t rank = 0;
    const char *at = text.at;
    if (text.at[0] == '?') return -1;
    while (*at != ')' && rank < TFP_MAX_RANK) {
        char *end;
        if (at[1] == ')') break;
        dims[rank++] = strtoll(at + 1, &end, 10);
        at = end;
    }
    return rank;
}

int64_t tf_shape(struct lower *lw, const char *attr, int64_t *dims)
{
    struct found f;
    if (!find(lw, attr, 'h', false, &f)) return -1;
    if (!f.value) return preset_shape(f.preset, dims);
    int32_t rank = tfpb_shape_dims(f.value->shape, dims);
    if (rank < -1) {
        lower_malformed(lw, "%s has a dimension below -1 or more than %d dimensions", attr, TFP_MAX_RANK);
        return -1;
    }
    return rank;
}
