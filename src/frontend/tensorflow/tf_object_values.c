/* Arguments and results of functions of TensorFlow 2 as StructuredValues (tensorflow/core/protobuf/struct.proto). */
#include "base/text.h"
#include "frontend/tensorflow/tf_object_graph.h"

#include <stdio.h>
#include <stdlib.h>

enum { LONGEST_NAME = 200, LONGEST_CALL = 160, LONGEST_TEXT = 24 };

/* -- tensors ------------------------------------------------------------------------------------------------------- */

/* What is still to be looked at, the next one last. */
struct pending {
    const struct tfpb_structured *value;
    const char *name;
};
struct work {
    struct arena *arena;
    struct pending *at;
    size_t n, room;
};

static bool push(struct work *w, const struct tfpb_structured *value, const char *name)
{
    if (!ARENA_GROW(w->arena, w->at, w->n, &w->room)) return false;
    w->at[w->n++] = (struct pending){ value, name };
    return true;
}

/* Long names are forgotten: the tensor is called by its place then. */
static bool below(struct work *w, const char *name, struct bytes key, const char **out)
{
    size_t n = name ? strlen(name) : 0;
    *out = NULL;
    if (key.n + n >= LONGEST_NAME) return true;
    *out = arena_printf(w->arena, "%s%s%.*s", name ? name : "", name ? "_" : "", (int)key.n, key.n ? key.at : "");
    return *out != NULL;
}

static bool push_sequence(struct work *w, struct tfpb_structured_list list, const char *name)
{
    char number[24];
    for (size_t i = list.n; i-- > 0;) {
        const char *own = NULL;
        snprintf(number, sizeof number, "%zu", i);
        if ((name && !below(w, name, bytes_of(number), &own)) || !push(w, &list.at[i], own)) return false;
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    struct bytes x = (*(const struct tfpb_structured_entry *const *)a)->key;
    struct bytes y = (*(const struct tfpb_structured_entry *const *)b)->key;
    size_t n = x.n < y.n ? x.n : y.n;
    int d = n ? memcmp(x.at, y.at, n) : 0;
    return d ? d : (x.n > y.n) - (x.n < y.n);
}

static bool push_entries(struct work *w, struct tfpb_structured_entries list, const char *name, bool sorted)
{
    const struct tfpb_structured_entry **e = ARENA_ARRAY(w->arena, const struct tfpb_structured_entry *, list.n);
    if (!e) return false;
    for (size_t i = 0; i < list.n; i++) e[i] = &list.at[i];
    if (sorted && list.n) qsort(e, list.n, sizeof *e, by_key);
    for (size_t i = list.n; i-- > 0;) {
        const char *own;
        if (!below(w, name, e[i]->key, &own) || !push(w, &e[i]->value, own)) return false;
    }
    return true;
}

/* A tensor becomes a leaf, a container's values are pushed. */
static bool visit(struct work *w, struct pending p, struct tf_leaf *leaf, bool *is_leaf)
{
    const struct tfpb_structured *v = p.value;
    *is_leaf = false;
    *leaf = (struct tf_leaf){ .name = p.name };
    switch (v->which) {
    case TFPB_VALUE_TENSOR_SPEC: leaf->spec = v->tensor_spec_value; break;
    case TFPB_VALUE_BOUNDED_SPEC: leaf->spec = v->bounded_tensor_spec_value; break;
    case TFPB_VALUE_TYPE_SPEC: leaf->composite = v->type_spec_value; break;
    case TFPB_VALUE_LIST: return push_sequence(w, v->list_value->values, p.name);
    case TFPB_VALUE_TUPLE: return push_sequence(w, v->tuple_value->values, p.name);
    case TFPB_VALUE_DICT: return push_entries(w, v->dict_value->fields, p.name, true);
    case TFPB_VALUE_NAMED_TUPLE: return push_entries(w, v->named_tuple_value->values, p.name, false);
    default: return true;
    }
    *is_leaf = leaf->spec || leaf->composite;
    return true;
}

static bool add(struct arena *a, struct tf_leaves *out, size_t *room, struct tf_leaf leaf)
{
    if (!ARENA_GROW(a, out->at, out->n, room)) return false;
    out->at[out->n++] = leaf;
    return true;
}

bool tf_object_values_flatten(struct arena *a, const struct tfpb_structured *value, struct tf_leaves *out)
{
    struct work w = { .arena = a };
    size_t room = 0;
    *out = (struct tf_leaves){ .n = 0 };
    if (value && !push(&w, value, NULL)) return false;
    while (w.n) {
        struct tf_leaf leaf;
        bool is_leaf;
        if (!visit(&w, w.at[--w.n], &leaf, &is_leaf)) return false;
        if (is_leaf && !add(a, out, &room, leaf)) return false;
    }
    return true;
}

/* -- as text ------------------------------------------------------------------------------------------------------- */

static void show(struct text *out, struct bytes text)
{
    for (size_t i = 0; i < text.n && i < LONGEST_TEXT; i++) {
        char c = (unsigned char)text.at[i] < ' ' || text.at[i] == 127 ? '?' : text.at[i];
        text_add_bytes(out, &c, 1);
    }
}

/* As Python writes it. */
static void show_value(struct text *out, const struct tfpb_structured *v)
{
    char room[32];
    switch (v->which) {
    case TFPB_VALUE_NONE: text_add(out, "None"); break;
    case TFPB_VALUE_FLOAT: text_add(out, "%.9g", v->float64_value); break;
    case TFPB_VALUE_INT: text_add(out, "%lld", (long long)v->int64_value); break;
    case TFPB_VALUE_BOOL: text_add(out, v->bool_value ? "True" : "False"); break;
    case TFPB_VALUE_DTYPE: text_add(out, "%s", tfpb_type_name(v->tensor_dtype_value, room, sizeof room)); break;
    case TFPB_VALUE_STRING:
        text_add(out, "'");
        show(out, v->string_value);
        text_add(out, "'");
        break;
    case TFPB_VALUE_TENSOR_SPEC:
    case TFPB_VALUE_BOUNDED_SPEC: text_add(out, "tensor"); break;
    case TFPB_VALUE_TYPE_SPEC: text_add(out, "composite"); break;
    case TFPB_VALUE_LIST: text_add(out, "[..]"); break;
    case TFPB_VALUE_DICT: text_add(out, "{..}"); break;
    default: text_add(out, "(..)"); break;
    }
}

/* Names of the positional arguments: member `args` of the function's FullArgSpec; of a method, without the object. */
static struct tfpb_structured_list argument_names(const struct tfpb_function_spec *spec)
{
    const struct tfpb_structured *full = spec ? spec->fullargspec : NULL;
    struct tfpb_structured_list names = { NULL, 0 };
    if (!full || full->which != TFPB_VALUE_NAMED_TUPLE) return names;
    struct tfpb_structured_entries members = full->named_tuple_value->values;
    for (size_t i = 0; i < members.n; i++)
        if (bytes_equal(members.at[i].key, "args") && members.at[i].value.which == TFPB_VALUE_LIST)
            names = members.at[i].value.list_value->values;
    if (spec->is_method && names.n) names = (struct tfpb_structured_list){ names.at + 1, names.n - 1 };
    return names;
}

static struct tfpb_structured_list sequence(const struct tfpb_structured *v)
{
    if (v && v->which == TFPB_VALUE_TUPLE) return v->tuple_value->values;
    if (v && v->which == TFPB_VALUE_LIST) return v->list_value->values;
    return (struct tfpb_structured_list){ NULL, 0 };
}

const char *tf_object_values_call(struct arena *a, struct bytes function, const struct tfpb_structured *arguments,
                                  const struct tfpb_function_spec *spec)
{
    struct text out = { 0 };
    struct tfpb_structured_list names = argument_names(spec), both = sequence(arguments);
    struct tfpb_structured_list args = both.n ? sequence(&both.at[0]) : both;
    bool keywords = both.n > 1 && both.at[1].which == TFPB_VALUE_DICT;
    text_add_bytes(&out, function.at, function.n < LONGEST_CALL ? function.n : LONGEST_CALL);
    text_add(&out, "(");
    size_t start = out.n;
    for (size_t i = 0; i < args.n && out.n - start < LONGEST_CALL; i++) {
        if (i) text_add(&out, ", ");
        if (i < names.n && names.at[i].which == TFPB_VALUE_STRING) {
            show(&out, names.at[i].string_value);
            text_add(&out, "=");
        }
        show_value(&out, &args.at[i]);
    }
    for (size_t i = 0; keywords && i < both.at[1].dict_value->fields.n && out.n - start < LONGEST_CALL; i++) {
        if (out.n > start) text_add(&out, ", ");
        show(&out, both.at[1].dict_value->fields.at[i].key);
        text_add(&out, "=");
        show_value(&out, &both.at[1].dict_value->fields.at[i].value);
    }
    text_add(&out, ")");
    const char *text = out.failed ? NULL : arena_string(a, out.at, out.n);
    text_free(&out);
    return text;
}
