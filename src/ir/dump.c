/* Stable text of a graph, for people, tests and messages: the same graph gives the same text. */
#include "base/text.h"
#include "ir/ir.h"

#include <inttypes.h>
#include <stdio.h>

static void add_dims(const struct ir_graph *g, const struct ir_value *v, struct text *out)
{
    if (v->rank < 0) {
        text_add(out, "[...]");
        return;
    }
    text_add(out, "[");
    for (int32_t i = 0; i < v->rank; i++) {
        if (i) text_add(out, ",");
        if (dim_fixed(v->dims[i])) text_add(out, "%" PRId64, v->dims[i].n);
        else text_add(out, "%s", ir_symbol_name(g, v->dims[i]));
    }
    text_add(out, "]");
}

/* Values without a name are numbered in the order of their first appearance, in `mark`. */
static void add_name(const struct ir_value *v, struct text *out)
{
    if (!v) text_add(out, "-");
    else if (v->name) text_add(out, "%s", v->name);
    else text_add(out, "%%%u", (unsigned)v->mark);
}

static uint64_t hash_bytes(const void *at, size_t n)
{
    const uint8_t *p = at;
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 0x100000001b3u;
    return h;
}

static uint64_t hash_tensor(const struct tensor *t)
{
    if (t->dtype != TFP_STRING) return hash_bytes(t->data, t->size);
    uint64_t h = 0;
    const struct tfp_string *s = t->data;
    for (int64_t i = 0; i < t->count; i++) h = h * 31 + hash_bytes(s[i].at, s[i].n);
    return h;
}

static void add_tensor(const struct tensor *t, struct text *out)
{
    char room[256];
    text_add(out, "%s", tensor_text(t, room, sizeof room));
    if (t->count > 8 || t->dtype == TFP_STRING || dtype_is_complex(t->dtype)) {
        text_add(out, " #%016" PRIx64, hash_tensor(t));
        return;
    }
    text_add(out, " {");
    for (int64_t i = 0; i < t->count; i++) {
        if (dtype_is_float(t->dtype)) text_add(out, "%s%.9g", i ? " " : "", tensor_float(t, i));
        else text_add(out, "%s%" PRId64, i ? " " : "", tensor_int(t, i));
    }
    text_add(out, "}");
}

static void add_attr(const struct ir_attr *a, struct text *out)
{
    text_add(out, " %s=", schema_attr_name(a->name));
    switch (a->kind) {
    case ATTR_KIND_INT: text_add(out, "%" PRId64, a->v.i); break;
    case ATTR_KIND_FLOAT: text_add(out, "%.9g", (double)a->v.f); break;
    case ATTR_KIND_STRING: text_add_json(out, a->v.s.at, a->v.s.n); break;
    case ATTR_KIND_TENSOR: add_tensor(a->v.tensor, out); break;
    case ATTR_KIND_INTS:
        for (size_t i = 0; i < a->v.ints.n; i++) text_add(out, "%s%" PRId64, i ? "," : "", a->v.ints.at[i]);
        break;
    case ATTR_KIND_FLOATS:
        for (size_t i = 0; i < a->v.floats.n; i++) text_add(out, "%s%.9g", i ? "," : "", (double)a->v.floats.at[i]);
        break;
    case ATTR_KIND_STRINGS:
        for (size_t i = 0; i < a->v.strings.n; i++) {
            text_add(out, i ? "," : "");
            text_add_json(out, a->v.strings.at[i].at, a->v.strings.at[i].n);
        }
        break;
    case ATTR_KIND_GRAPH:
        text_add(out, "{\n");
        ir_dump(a->v.graph, out);
        text_add(out, "}");
        break;
    default: text_add(out, "?"); break;
    }
}

static void add_value(const struct ir_graph *g, const struct ir_value *v, struct text *out)
{
    add_name(v, out);
    text_add(out, " %s", tfp_dtype_name(v->dtype));
    add_dims(g, v, out);
}

static void add_constants(const struct ir_node *n, struct text *out, uint32_t *counter)
{
    for (uint32_t i = 0; i < n->n_in; i++) {
        struct ir_value *v = n->in[i].value;
        if (!v || !v->constant || v->mark) continue;
        v->mark = ++*counter;
        text_add(out, "const ");
        add_name(v, out);
        text_add(out, " ");
        add_tensor(v->constant, out);
        text_add(out, "\n");
    }
}

static void add_node(const struct ir_graph *g, const struct ir_node *n, struct text *out)
{
    for (uint32_t i = 0; i < n->n_out; i++) {
        text_add(out, i ? ", " : "");
        if (n->out[i]) add_value(g, n->out[i], out);
        else text_add(out, "-");
    }
    text_add(out, " = %s(", schema_op_name(n->op));
    for (uint32_t i = 0; i < n->n_in; i++) {
        text_add(out, i ? ", " : "");
        add_name(n->in[i].value, out);
    }
    text_add(out, ")");
    for (size_t i = 0; i < n->n_attrs; i++) add_attr(&n->attrs[i], out);
    text_add(out, "\n");
}

void ir_dump(const struct ir_graph *g, struct text *out)
{
    uint32_t counter = 0;
    ir_clear_marks(g);
    for (size_t i = 0; i < g->n_inputs; i++) {
        text_add(out, "input ");
        add_value(g, g->inputs[i], out);
        text_add(out, "\n");
    }
    for (const struct ir_node *n = g->first; n; n = n->next) {
        add_constants(n, out, &counter);
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i]) n->out[i]->mark = ++counter;
        add_node(g, n, out);
    }
    for (size_t i = 0; i < g->n_outputs; i++) {
        text_add(out, "output %s = ", g->outputs[i].name);
        if (g->outputs[i].value->constant) add_tensor(g->outputs[i].value->constant, out);
        else add_value(g, g->outputs[i].value, out);
        text_add(out, "\n");
    }
}

const char *ir_value_text(const struct ir_value *v, char *room, size_t n)
{
    size_t k = (size_t)snprintf(room, n, "%s %s", v->name ? v->name : "(unnamed)", tfp_dtype_name(v->dtype));
    if (v->rank < 0) {
        if (k < n) snprintf(room + k, n - k, "[...]");
        return room;
    }
    if (k < n) k += (size_t)snprintf(room + k, n - k, "[");
    for (int32_t i = 0; i < v->rank && k < n; i++) {
        if (dim_fixed(v->dims[i])) k += (size_t)snprintf(room + k, n - k, "%s%" PRId64, i ? "," : "", v->dims[i].n);
        else k += (size_t)snprintf(room + k, n - k, "%s?", i ? "," : "");
    }
    if (k < n) snprintf(room + k, n - k, "]");
    return room;
}
