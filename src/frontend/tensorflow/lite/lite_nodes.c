/* Nodes of a GraphDef: names, attributes, constants. */
#include "frontend/tensorflow/lite/lite.h"

#include "frontend/tensorflow/tf_attr.h"

#include <stdarg.h>
#include <stdio.h>

tfp_status lite_fail(struct lite *m, tfp_status status, const char *format, ...)
{
    char text[600];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (m->status == TFP_OK) m->status = tfp_fail(m->ctx, status, "%s", text);
    return m->status;
}

tfp_status lite_no_memory(struct lite *m)
{
    if (m->status == TFP_OK) m->status = tfp_no_memory(m->ctx);
    return m->status;
}

/* -- attributes ---------------------------------------------------------------------------------------------------- */

static struct tfpb_attr list_attr(struct lite *m, const char *name, struct tfpb_attr_list list)
{
    struct tfpb_attr_list *kept = arena_copy(m->arena, &list, sizeof list);
    if (!kept) lite_no_memory(m);
    return (struct tfpb_attr){ bytes_of(name), { .which = TFPB_ATTR_LIST, .list = kept } };
}

struct tfpb_attr lite_ints(struct lite *m, const char *name, const int64_t *v, size_t n)
{
    int64_t *kept = arena_copy(m->arena, v, n * sizeof *v);
    if (!kept) lite_no_memory(m);
    return list_attr(m, name, (struct tfpb_attr_list){ .i = { kept, kept ? n : 0 } });
}

struct tfpb_attr lite_types(struct lite *m, const char *name, const int32_t *v, size_t n)
{
    int32_t *kept = arena_copy(m->arena, v, n * sizeof *v);
    if (!kept) lite_no_memory(m);
    return list_attr(m, name, (struct tfpb_attr_list){ .type = { kept, kept ? n : 0 } });
}

const struct tfpb_shape *lite_shape(struct lite *m, const int64_t *dims, int32_t rank)
{
    struct tfpb_shape *s = ARENA_NEW(m->arena, struct tfpb_shape);
    struct tfpb_dim *list = ARENA_ARRAY(m->arena, struct tfpb_dim, (size_t)rank);
    if (!s || !list) return lite_no_memory(m), NULL;
    for (int32_t i = 0; i < rank; i++) list[i].size = dims[i];
    s->dim = (struct tfpb_dims){ list, (size_t)rank };
    return s;
}

/* -- nodes --------------------------------------------------------------------------------------------------------- */

static const char *free_name(struct lite_body *b, const char *name, struct tfpb_node *n)
{
    struct lite *m = b->model;
    const char *tried = name;
    for (unsigned i = 0;; i++) {
        void **at = tried ? map_at(&b->nodes->names, tried, strlen(tried)) : NULL;
        if (!at) return lite_no_memory(m), NULL;
        if (!*at) return *at = n, tried;
        tried = arena_printf(m->arena, "%s_%u", name, i + 1);
    }
}

static bool given(const struct tfpb_attr *attrs, size_t n, struct bytes name)
{
    for (size_t i = 0; i < n; i++)
        if (tf_graph_same(attrs[i].key, name)) return true;
    return false;
}

static size_t count_args(const char *args)
{
    struct op_arg arg;
    size_t n = 0;
    while (op_def_next_arg(&args, &arg)) n++;
    return n;
}

static struct tfpb_attr types_of(struct lite *m, struct bytes name, const struct lite_ref *in, size_t n)
{
    int32_t *types = ARENA_ARRAY(m->arena, int32_t, n);
    if (!types) lite_no_memory(m);
    for (size_t i = 0; types && i < n; i++) types[i] = in[i].type;
    struct tfpb_attr a = list_attr(m, "", (struct tfpb_attr_list){ .type = { types, types ? n : 0 } });
    a.key = name;
    return a;
}

/* Adds how many inputs there are and of which types, as the op's definition wants it told; room for two an argument. */
static size_t add_counts_and_types(struct lite *m, const struct op_def *def, const struct lite_ref *in, size_t n_in, struct tfpb_attr *attrs,
                                   size_t n)
{
    const char *args = def->in;
    const size_t others = count_args(def->in) - 1;
    struct op_arg arg;
    for (size_t i = 0; op_def_next_arg(&args, &arg);) {
        const size_t count = !arg.number.n && !arg.list ? 1 : n_in > others ? n_in - others : 0;
        if (arg.number.n && !given(attrs, n, arg.number))
            attrs[n++] = (struct tfpb_attr){ arg.number, { .which = TFPB_ATTR_I, .i = (int64_t)count } };
        if (arg.type.n && !given(attrs, n, arg.type) && i + count <= n_in && (count || arg.list))
            attrs[n++] = arg.list ? types_of(m, arg.type, in + i, count)
                                  : (struct tfpb_attr){ arg.type, { .which = TFPB_ATTR_TYPE, .type = in[i].type } };
        i += count;
    }
    return n;
}

static bool set_inputs(struct lite *m, struct tfpb_node *n, const struct lite_ref *in, size_t n_in)
{
    struct bytes *names = ARENA_ARRAY(m->arena, struct bytes, n_in);
    if (!names) return lite_no_memory(m), false;
    for (size_t i = 0; i < n_in; i++) {
        if (!in[i].text.at) return lite_fail(m, TFP_E_FORMAT, "node %s (%s): input %zu is missing", n->name.at, n->op.at, i), false;
        names[i] = in[i].text;
    }
    n->input = (struct pb_strings){ names, n_in };
    return true;
}

const struct tfpb_node *lite_node(struct lite_body *b, const char *name, const char *op, const struct lite_ref *in, size_t n_in,
                                  const struct tfpb_attr *attrs, size_t n_attrs)
{
    struct lite *m = b->model;
    struct lite_nodes *list = b->nodes;
    const struct op_def *def = op_def_find(op);
    if (m->status != TFP_OK) return NULL;
    struct tfpb_attr *own = ARENA_ARRAY(m->arena, struct tfpb_attr, n_attrs + (def ? 2 * count_args(def->in) : 0));
    const char *text = arena_printf(m->arena, "%s/%s", name, op);
    if (!own || !text || !ARENA_GROW(m->arena, list->at, list->n, &list->room)) return lite_no_memory(m), NULL;
    struct tfpb_node *n = &list->at[list->n];
    *n = (struct tfpb_node){ .op = bytes_of(op) };
    if (!(text = free_name(b, text, n))) return NULL;
    n->name = bytes_of(text);
    if (!set_inputs(m, n, in, n_in)) return NULL;
    if (n_attrs) memcpy(own, attrs, n_attrs * sizeof *own);
    if (def) n_attrs = add_counts_and_types(m, def, in, n_in, own, n_attrs);
    n->attr = (struct tfpb_attrs){ own, n_attrs };
    list->n++;
    return m->status == TFP_OK ? n : NULL;
}

/* In a function "node:argument:i", else "node" or "node:i". */
static const char *result_text(struct lite_body *b, const struct tfpb_node *n, const struct op_def *def, size_t i)
{
    struct arena *a = b->model->arena;
    struct op_arg arg = { .name = bytes_of("output") };
    if (!b->nodes->function) return i ? arena_printf(a, "%s:%zu", n->name.at, i) : n->name.at;
    const char *args = def ? def->out : "";
    const bool one = !def || count_args(args) < 2;
    for (size_t k = 0; op_def_next_arg(&args, &arg) && !one && k < i; k++) continue;
    return arena_printf(a, "%s:%.*s:%zu", n->name.at, (int)arg.name.n, arg.name.at, one ? i : 0);
}

struct lite_ref lite_result(struct lite_body *b, const struct tfpb_node *n, size_t i)
{
    if (!n) return (struct lite_ref){ { NULL, 0 }, 0 };
    const struct op_def *def = op_def_find(n->op.at);
    const char *text = result_text(b, n, def, i);
    if (!text) return lite_no_memory(b->model), (struct lite_ref){ { NULL, 0 }, 0 };
    const struct tf_node typed = { .name = n->name.at, .op = n->op.at, .def = def, .attrs = n->attr.at, .n_attrs = n->attr.n };
    return (struct lite_ref){ bytes_of(text), def ? tf_attr_output_type(&typed, i) : TFPB_DT_INVALID };
}

struct lite_ref lite_call(struct lite_body *b, const char *name, const char *op, const struct lite_ref *in, size_t n_in,
                          const struct tfpb_attr *attrs, size_t n_attrs)
{
    return lite_result(b, lite_node(b, name, op, in, n_in, attrs, n_attrs), 0);
}

struct lite_ref lite_name(struct lite_body *b, struct lite_ref r, const char *name)
{
    struct lite_nodes *list = b->nodes;
    if (b->model->status != TFP_OK || !list->n) return r;
    struct tfpb_node *n = &list->at[list->n - 1];
    if (!tf_graph_same(lite_result(b, n, 0).text, r.text)) return r;
    void **at = map_at(&list->names, name, strlen(name));
    if (!at) return lite_no_memory(b->model), r;
    if (*at) return r;
    *at = n;
    n->name = bytes_of(name);
    const int32_t type = r.type;
    r = lite_result(b, n, 0);
    r.type = type;
    return r;
}

/* -- constants ----------------------------------------------------------------------------------------------------- */

struct lite_ref lite_constant(struct lite_body *b, const char *name, int32_t type, const int64_t *dims, int32_t rank, struct bytes data)
{
    struct tfpb_tensor *t = ARENA_NEW(b->model->arena, struct tfpb_tensor);
    if (!t) return lite_no_memory(b->model), (struct lite_ref){ { NULL, 0 }, 0 };
    *t = (struct tfpb_tensor){ .dtype = type, .tensor_shape = lite_shape(b->model, dims, rank), .tensor_content = data };
    const struct tfpb_attr value = { bytes_of("value"), { .which = TFPB_ATTR_TENSOR, .tensor = t } };
    return lite_call(b, name, "Const", LITE_NONE, LITE_ATTRS(value, LITE_TYPE("dtype", type)));
}

static struct lite_ref copied(struct lite_body *b, const char *name, int32_t type, const int64_t *dims, int32_t rank, const void *data, size_t n)
{
    const char *kept = arena_copy(b->model->arena, data, n);
    if (!kept) return lite_no_memory(b->model), (struct lite_ref){ { NULL, 0 }, 0 };
    return lite_constant(b, name, type, dims, rank, (struct bytes){ kept, n });
}

struct lite_ref lite_int32s(struct lite_body *b, const char *name, const int64_t *v, int64_t n)
{
    int32_t *list = ARENA_ARRAY(b->model->arena, int32_t, (size_t)n);
    if (!list) return lite_no_memory(b->model), (struct lite_ref){ { NULL, 0 }, 0 };
    for (int64_t i = 0; i < n; i++) list[i] = (int32_t)v[i];
    return lite_constant(b, name, TFPB_DT_INT32, &n, 1, (struct bytes){ (const char *)list, (size_t)n * sizeof *list });
}

struct lite_ref lite_int32(struct lite_body *b, const char *name, int64_t v)
{
    const int32_t number = (int32_t)v;
    return copied(b, name, TFPB_DT_INT32, NULL, 0, &number, sizeof number);
}

struct lite_ref lite_number(struct lite_body *b, const char *name, float v)
{
    return copied(b, name, TFPB_DT_FLOAT, NULL, 0, &v, sizeof v);
}
