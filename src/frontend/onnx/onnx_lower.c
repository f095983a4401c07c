/* The walk over an ONNX graph: names to values, nodes to the IR. */
#include "frontend/onnx/onnx_lower.h"
#include "ir/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_EVERY = 256, SHOWN_NAME = 200 };

/* -- messages ------------------------------------------------------------------------------------------------------ */

__attribute__((format(printf, 4, 0))) static void fail(struct onnx_lower *l, const struct onnx_node *n, tfp_status code,
                                                       const char *format, va_list args)
{
    char text[512];
    if (l->b.status != TFP_OK) return;
    vsnprintf(text, sizeof text, format, args);
    build_fail(&l->b, tfp_fail(l->b.ctx, code, "%s: %s", n->what, text));
}

void onnx_refuse(struct onnx_lower *l, const struct onnx_node *n, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(l, n, TFP_E_UNSUPPORTED, format, args);
    va_end(args);
}

void onnx_malformed(struct onnx_lower *l, const struct onnx_node *n, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(l, n, TFP_E_FORMAT, format, args);
    va_end(args);
}

static void no_memory(struct onnx_lower *l)
{
    build_fail(&l->b, tfp_no_memory(l->b.ctx));
}

const char *onnx_text(struct onnx_lower *l, struct bytes s)
{
    char *text = arena_string(l->arena, s.n ? s.at : "", s.n);
    if (!text) no_memory(l);
    return text ? text : "";
}

static int shown(struct bytes s)
{
    return (int)(s.n < SHOWN_NAME ? s.n : SHOWN_NAME);
}

/* -- names --------------------------------------------------------------------------------------------------------- */

void onnx_scope_init(struct onnx_lower *l, struct onnx_scope *s, struct onnx_scope *outer, struct ir_graph *graph)
{
    *s = (struct onnx_scope){ .outer = outer, .graph = graph };
    map_init(&s->values, l->arena);
    map_init(&s->initializers, l->arena);
    map_init(&s->sparse, l->arena);
    map_init(&s->later, l->arena);
}

static void put(struct onnx_lower *l, struct map *m, struct bytes name, const void *value, const char *what)
{
    void **at = map_at(m, name.at, name.n);
    if (!at) {
        no_memory(l);
        return;
    }
    if (*at && what && l->b.status == TFP_OK)
        build_fail(&l->b, tfp_fail(l->b.ctx, TFP_E_FORMAT, "%s \"%.*s\" occurs twice", what, shown(name), name.at));
    memcpy(at, &value, sizeof value);
}

void onnx_scope_initializers(struct onnx_lower *l, struct onnx_scope *s, const struct onnxpb_graph *g)
{
    for (size_t i = 0; i < g->initializer.n && l->b.status == TFP_OK; i++)
        put(l, &s->initializers, g->initializer.at[i].name, &g->initializer.at[i], "initializer");
    for (size_t i = 0; i < g->sparse_initializer.n && l->b.status == TFP_OK; i++) {
        const struct onnxpb_sparse_tensor *t = &g->sparse_initializer.at[i];
        if (!t->values) build_fail(&l->b, tfp_fail(l->b.ctx, TFP_E_FORMAT, "a sparse initializer without values"));
        else if (map_find(&s->initializers, t->values->name.at, t->values->name.n))
            build_fail(&l->b, tfp_fail(l->b.ctx, TFP_E_FORMAT, "initializer \"%.*s\" occurs twice",
                                       shown(t->values->name), t->values->name.at));
        else put(l, &s->sparse, t->values->name, t, "initializer");
    }
}

static bool is_initializer(const struct onnx_scope *s, struct bytes name)
{
    return map_find(&s->initializers, name.at, name.n) || map_find(&s->sparse, name.at, name.n);
}

void onnx_bind(struct onnx_lower *l, struct onnx_scope *s, struct bytes name, struct ir_value *v)
{
    if (l->b.status != TFP_OK || !v) return;
    if (is_initializer(s, name)) {
        build_fail(&l->b, tfp_fail(l->b.ctx, TFP_E_FORMAT, "value \"%.*s\" is an initializer, too", shown(name), name.at));
        return;
    }
    put(l, &s->values, name, v, "value");
}

static struct ir_value *make_constant(struct onnx_lower *l, struct onnx_scope *s, struct bytes name,
                                      const struct onnxpb_tensor *dense, const struct onnxpb_sparse_tensor *sparse)
{
    struct tensor t = { 0 };
    char what[SHOWN_NAME + 32];
    snprintf(what, sizeof what, "initializer \"%.*s\"", shown(name), name.at);
    tfp_status status = dense ? onnx_tensor_read(l->b.ctx, l->files, what, dense, &t)
                              : onnx_tensor_read_sparse(l->b.ctx, l->files, what, sparse, &t);
    if (status != TFP_OK) return build_fail(&l->b, status);
    struct ir_value *v = ir_add_constant(s->graph, s->names_values ? onnx_text(l, name) : NULL, &t);
    tensor_release(&t);
    if (!v) return build_fail(&l->b, tfp_no_memory(l->b.ctx));
    put(l, &s->values, name, v, NULL);
    return v;
}

struct ir_value *onnx_value(struct onnx_lower *l, struct onnx_scope *s, struct bytes name)
{
    void **at = map_find(&s->values, name.at, name.n);
    if (at && *at) return *at;
    if ((at = map_find(&s->initializers, name.at, name.n))) return make_constant(l, s, name, *at, NULL);
    if ((at = map_find(&s->sparse, name.at, name.n))) return make_constant(l, s, name, NULL, *at);
    return NULL;
}

struct ir_value *onnx_need(struct onnx_lower *l, struct onnx_scope *s, struct bytes name, const char *who)
{
    if (l->b.status != TFP_OK) return NULL;
    struct ir_value *v = onnx_value(l, s, name);
    if (v || l->b.status != TFP_OK) return v;
    void **later = NULL;
    for (struct onnx_scope *o = s; o && !later; o = o->outer) later = map_find(&o->later, name.at, name.n);
    const char *text = onnx_text(l, name);
    return build_fail(&l->b,
                      tfp_fail(l->b.ctx, TFP_E_FORMAT,
                               later ? "%s uses \"%.*s\", which is only made behind it: a cycle, or nodes out of order"
                                     : "%s uses \"%.*s\", which is no input, initializer or result of a node",
                               who, SHOWN_NAME, text));
}

/* -- attributes ---------------------------------------------------------------------------------------------------- */

const struct ir_attr *onnx_attr(const struct onnx_node *n, enum ir_attr_name name)
{
    for (size_t i = 0; i < n->n_attrs; i++)
        if (n->attrs[i].name == name) return &n->attrs[i];
    return NULL;
}

int64_t onnx_int(const struct onnx_node *n, enum ir_attr_name name, int64_t otherwise)
{
    const struct ir_attr *a = onnx_attr(n, name);
    return a && a->kind == ATTR_KIND_INT ? a->v.i : otherwise;
}

float onnx_float(const struct onnx_node *n, enum ir_attr_name name, float otherwise)
{
    const struct ir_attr *a = onnx_attr(n, name);
    return a && a->kind == ATTR_KIND_FLOAT ? a->v.f : otherwise;
}

struct ir_ints onnx_int_list(const struct onnx_node *n, enum ir_attr_name name)
{
    const struct ir_attr *a = onnx_attr(n, name);
    return a && a->kind == ATTR_KIND_INTS ? a->v.ints : (struct ir_ints){ NULL, 0 };
}

bool onnx_is(const struct onnx_node *n, enum ir_attr_name name, const char *word)
{
    const struct ir_attr *a = onnx_attr(n, name);
    return a && a->kind == ATTR_KIND_STRING && bytes_equal(a->v.s, word);
}

void onnx_drop(struct onnx_node *n, enum ir_attr_name name)
{
    for (size_t i = 0; i < n->n_attrs; i++)
        if (n->attrs[i].name == name) {
            n->attrs[i] = n->attrs[--n->n_attrs];
            return;
        }
}

void onnx_set(struct onnx_lower *l, struct onnx_node *n, struct ir_attr a)
{
    onnx_drop(n, a.name);
    if (n->n_attrs == n->room_attrs) {
        struct ir_attr *more = ARENA_ARRAY(l->arena, struct ir_attr, 2 * n->room_attrs + 8);
        if (!more) {
            no_memory(l);
            return;
        }
        if (n->n_attrs) memcpy(more, n->attrs, n->n_attrs * sizeof *more);
        n->attrs = more;
        n->room_attrs = 2 * n->room_attrs + 8;
    }
    n->attrs[n->n_attrs++] = a;
}

void onnx_set_in(struct onnx_lower *l, struct onnx_node *n, size_t i, struct ir_value *v)
{
    if (i >= n->room_in) {
        struct ir_value **more = ARENA_ARRAY(l->arena, struct ir_value *, i + 4);
        if (!more) {
            no_memory(l);
            return;
        }
        if (n->n_in) memcpy(more, n->in, n->n_in * sizeof *more);
        n->in = more;
        n->room_in = i + 4;
    }
    while (n->n_in <= i) n->in[n->n_in++] = NULL;
    n->in[i] = v;
}

void onnx_done(struct onnx_node *n, struct ir_value *result)
{
    n->done = true;
    if (n->n_out) n->out[0] = result;
}

/* What a function's node refers to is the call's, else the function's default, else absent. */
static const struct onnxpb_attribute *resolve(const struct onnx_lower *l, const struct onnxpb_attribute *a)
{
    if (!a->ref_attr_name.n) return a;
    for (size_t i = 0; l->call && i < l->call->n_attrs; i++) {
        if (onnx_same(l->call->attrs[i].name, a->ref_attr_name)) return &l->call->attrs[i];
    }
    return NULL;
}

const struct onnxpb_attribute *onnx_given(const struct onnx_lower *l, const struct onnx_node *n, const char *name)
{
    for (size_t i = 0; i < n->from->attribute.n; i++)
        if (bytes_equal(n->from->attribute.at[i].name, name)) return resolve(l, &n->from->attribute.at[i]);
    return NULL;
}

int64_t onnx_given_int(const struct onnx_lower *l, const struct onnx_node *n, const char *name, int64_t otherwise)
{
    const struct onnxpb_attribute *a = onnx_given(l, n, name);
    return a && a->which == ONNXPB_ATTRIBUTE_I ? a->i : otherwise;
}

float onnx_given_float(const struct onnx_lower *l, const struct onnx_node *n, const char *name, float otherwise)
{
    const struct onnxpb_attribute *a = onnx_given(l, n, name);
    return a && a->which == ONNXPB_ATTRIBUTE_F ? a->f : otherwise;
}

struct bytes onnx_given_string(const struct onnx_lower *l, const struct onnx_node *n, const char *name,
                               const char *otherwise)
{
    const struct onnxpb_attribute *a = onnx_given(l, n, name);
    return a && a->which == ONNXPB_ATTRIBUTE_S ? a->s : bytes_of(otherwise);
}

/* Files of IR version 3 and older may leave `type` out. */
static enum ir_attr_kind kind_of(const struct onnxpb_attribute *a)
{
    if (a->type) return (enum ir_attr_kind)a->type;
    switch (a->which) {
    case ONNXPB_ATTRIBUTE_F: return ATTR_KIND_FLOAT;
    case ONNXPB_ATTRIBUTE_I: return ATTR_KIND_INT;
    case ONNXPB_ATTRIBUTE_S: return ATTR_KIND_STRING;
    case ONNXPB_ATTRIBUTE_T: return ATTR_KIND_TENSOR;
    case ONNXPB_ATTRIBUTE_G: return ATTR_KIND_GRAPH;
    default: break;
    }
    return a->floats.n ? ATTR_KIND_FLOATS : a->ints.n ? ATTR_KIND_INTS : a->strings.n ? ATTR_KIND_STRINGS : ATTR_KIND_NONE;
}

static bool read_tensor_attr(struct onnx_lower *l, struct onnx_node *n, enum ir_attr_name name,
                             const struct onnxpb_tensor *p, const struct onnxpb_sparse_tensor *sparse, struct ir_attr *out)
{
    struct onnx_held *held = ARENA_NEW(l->arena, struct onnx_held);
    char what[SHOWN_NAME + 64];
    if (!held) return no_memory(l), false;
    struct tensor *t = &held->t;
    held->next = n->held;
    n->held = held;
    snprintf(what, sizeof what, "%.*s, attribute %s", SHOWN_NAME, n->what, schema_attr_name(name));
    tfp_status status = p ? onnx_tensor_read(l->b.ctx, l->files, what, p, t)
                          : onnx_tensor_read_sparse(l->b.ctx, l->files, what, sparse, t);
    if (status != TFP_OK) return build_fail(&l->b, status), false;
    *out = (struct ir_attr){ .name = name, .kind = ATTR_KIND_TENSOR, .v.tensor = t };
    return true;
}

/* False: it is not one of those that the IR holds, or its value is not there. Bodies are read by onnx_body.c. */
static bool read_attr(struct onnx_lower *l, struct onnx_node *n, enum ir_attr_name name,
                      const struct onnxpb_attribute *a, struct ir_attr *out)
{
    *out = (struct ir_attr){ .name = name, .kind = kind_of(a) };
    switch (out->kind) {
    case ATTR_KIND_FLOAT: out->v.f = a->which == ONNXPB_ATTRIBUTE_F ? a->f : 0; return true;
    case ATTR_KIND_INT: out->v.i = a->which == ONNXPB_ATTRIBUTE_I ? a->i : 0; return true;
    case ATTR_KIND_STRING:
        out->v.s = a->which == ONNXPB_ATTRIBUTE_S && a->s.n ? a->s : bytes_of("");
        return true;
    case ATTR_KIND_FLOATS: out->v.floats = (struct ir_floats){ a->floats.at, a->floats.n }; return true;
    case ATTR_KIND_INTS: out->v.ints = (struct ir_ints){ a->ints.at, a->ints.n }; return true;
    case ATTR_KIND_STRINGS: out->v.strings = (struct ir_strings){ a->strings.at, a->strings.n }; return true;
    case ATTR_KIND_TENSOR:
        if (a->which == ONNXPB_ATTRIBUTE_T && a->t) return read_tensor_attr(l, n, name, a->t, NULL, out);
        break;
    case ATTR_KIND_SPARSE_TENSOR:
        if (a->which == ONNXPB_ATTRIBUTE_SPARSE_TENSOR && a->sparse_tensor)
            return read_tensor_attr(l, n, name, NULL, a->sparse_tensor, out);
        break;
    default: break;
    }
    return onnx_malformed(l, n, "attribute %s is of a kind that no attribute of the op has", schema_attr_name(name)), false;
}

/* Attributes against the schema of the opset that the node was written for. */
static void read_attrs(struct onnx_lower *l, struct onnx_node *n, const struct schema *s)
{
    for (size_t i = 0; i < n->from->attribute.n && l->b.status == TFP_OK; i++) {
        const struct onnxpb_attribute *given = &n->from->attribute.at[i], *a = resolve(l, given);
        enum ir_attr_name name = schema_attr_find(given->name.at, given->name.n);
        const struct schema_attr *known = name ? schema_attr(s, name) : NULL;
        struct ir_attr attr;
        if (!a) continue;
        if (!known) {
            onnx_refuse(l, n, "attribute %s, which the op does not have at opset %d", onnx_text(l, given->name), n->opset);
            return;
        }
        if (onnx_attr(n, name)) {
            onnx_malformed(l, n, "attribute %s is given twice", schema_attr_name(name));
            return;
        }
        if (known->kind == ATTR_KIND_GRAPH) continue;
        if (!read_attr(l, n, name, a, &attr)) return;
        if (kind_of(a) != known->kind) onnx_malformed(l, n, "attribute %s is of another kind", schema_attr_name(name));
        onnx_set(l, n, attr);
    }
}

void onnx_take_attrs(struct onnx_lower *l, struct onnx_node *n, enum ir_op op)
{
    const struct schema *s = schema_newest(op);
    for (size_t i = 0; i < n->from->attribute.n && l->b.status == TFP_OK; i++) {
        const struct onnxpb_attribute *given = &n->from->attribute.at[i], *a = resolve(l, given);
        enum ir_attr_name name = schema_attr_find(given->name.at, given->name.n);
        const struct schema_attr *known = name ? schema_attr(s, name) : NULL;
        struct ir_attr attr;
        if (a && known && known->kind == kind_of(a) && read_attr(l, n, name, a, &attr)) onnx_set(l, n, attr);
    }
    n->op = op;
}

/* The numbers in a schema's default list: "0,2,3". */
static struct ir_ints preset_ints(struct onnx_lower *l, const char *text)
{
    int64_t *at = ARENA_ARRAY(l->arena, int64_t, strlen(text) / 2 + 1);
    size_t n = 0;
    while (at && *text) {
        char *end;
        at[n++] = strtoll(text, &end, 10);
        text = *end == ',' ? end + 1 : end;
        if (end == text && *end) break;
    }
    return (struct ir_ints){ at, n };
}

static bool same_preset(const struct schema_attr *a, const struct schema_attr *b)
{
    if (!b || !b->preset || a->kind != b->kind) return false;
    if (a->kind == ATTR_KIND_FLOAT) return a->f == b->f;
    if (a->kind == ATTR_KIND_INT) return a->i == b->i;
    return strcmp(a->s ? a->s : "", b->s ? b->s : "") == 0;
}

/* Defaults that the newest version does not have are written down. */
static void keep_presets(struct onnx_lower *l, struct onnx_node *n, const struct schema *s)
{
    const struct schema *newest = schema_newest(n->op);
    for (size_t i = 0; i < s->n_attrs && s != newest; i++) {
        const struct schema_attr *a = &s->attrs[i];
        struct ir_attr attr = { .name = a->name, .kind = a->kind };
        if (!a->preset || onnx_attr(n, a->name) || same_preset(a, schema_attr(newest, a->name))) continue;
        if (a->kind == ATTR_KIND_INT) attr.v.i = a->i;
        else if (a->kind == ATTR_KIND_FLOAT) attr.v.f = a->f;
        else if (a->kind == ATTR_KIND_STRING) attr.v.s = bytes_of(a->s);
        else if (a->kind == ATTR_KIND_INTS) attr.v.ints = preset_ints(l, a->s);
        else continue;
        onnx_set(l, n, attr);
    }
}

/* -- nodes --------------------------------------------------------------------------------------------------------- */

static int opset_of(const struct onnx_lower *l, bool standard, struct bytes domain)
{
    const struct onnxpb_opsets *list = l->call ? l->call->opsets : &l->model->opset_import;
    for (size_t i = 0; i < list->n; i++) {
        struct bytes d = list->at[i].domain;
        bool same = standard ? onnx_domain_is_standard(d) : onnx_same(d, domain);
        if (same) return list->at[i].version > 0 && list->at[i].version < 10000 ? (int)list->at[i].version : 0;
    }
    return standard && !list->n ? 1 : 0;
}

static void read_inputs(struct onnx_lower *l, struct onnx_node *n)
{
    n->n_in = n->room_in = n->from->input.n;
    n->in = ARENA_ARRAY(l->arena, struct ir_value *, n->n_in);
    if (!n->in) {
        no_memory(l);
        return;
    }
    for (size_t i = 0; i < n->n_in && l->b.status == TFP_OK; i++)
        if (n->from->input.at[i].n) n->in[i] = onnx_need(l, l->scope, n->from->input.at[i], n->what);
    while (n->n_in && !n->in[n->n_in - 1]) n->n_in--;
}

/* What is left has to be an attribute of the newest version. */
static void emit(struct onnx_lower *l, struct onnx_node *n)
{
    const struct schema *s = schema_newest(n->op);
    struct ir_attr *attrs = ARENA_ARRAY(l->arena, struct ir_attr, n->n_attrs + 1);
    size_t n_out = n->n_out > s->min_out ? n->n_out : s->min_out;
    struct ir_value **out = ARENA_ARRAY(l->arena, struct ir_value *, n_out + 1);
    if (!attrs || !out) {
        no_memory(l);
        return;
    }
    for (size_t i = 0; i < n->n_attrs; i++) {
        attrs[i] = n->attrs[i];
        if (!schema_attr(s, attrs[i].name)) {
            onnx_refuse(l, n, "attribute %s has no place in the newest opset", schema_attr_name(attrs[i].name));
            return;
        }
    }
    if (s->deprecated || (s->max_out != 0xffff && n_out > s->max_out)) {
        onnx_refuse(l, n, s->deprecated ? "no longer an operator" : "%zu outputs", n_out);
        return;
    }
    ir_emit_many(&l->b, n->op, n->in, n->n_in, attrs, n_out, out);
    for (size_t i = 0; i < n_out && l->b.status == TFP_OK; i++) {
        if (i < n->n_out) n->out[i] = out[i];
        if (!onnx_wants(n, i) && out[i] && out[i]->producer) out[i]->producer->out[out[i]->index] = NULL;
    }
}

static void lower_own(struct onnx_lower *l, struct onnx_node *n)
{
    const int version = opset_of(l, false, n->from->domain);
    n->opset = SCHEMA_OWN;
    if (version != ONNX_OWN_DOMAIN_VERSION) {
        onnx_refuse(l, n, "domain tfport of version %d; version %d is known", version, ONNX_OWN_DOMAIN_VERSION);
        return;
    }
    read_attrs(l, n, schema_newest(n->op));
    if (l->b.status == TFP_OK) emit(l, n);
}

static void lower_standard(struct onnx_lower *l, struct onnx_node *n)
{
    n->opset = opset_of(l, true, n->from->domain);
    const struct schema *s = n->opset ? schema_at(n->op, n->opset) : NULL;
    if (!n->opset) {
        onnx_malformed(l, n, "the model does not say which opset it means");
        return;
    }
    if (!s) {
        onnx_malformed(l, n, "there is no such op at opset %d", n->opset);
        return;
    }
    read_attrs(l, n, s);
    if (l->b.status != TFP_OK) return;
    keep_presets(l, n, s);
    onnx_upgrade(l, n);
    if (l->b.status == TFP_OK && !n->done) emit(l, n);
}

static void name_output(struct onnx_lower *l, struct bytes name, struct ir_value *v)
{
    if (v->name || !l->scope->names_values) return;
    if (!(v->name = arena_string(&l->b.graph->arena, name.at, name.n))) no_memory(l);
}

static void bind_outputs(struct onnx_lower *l, struct onnx_node *n)
{
    for (size_t i = 0; i < n->n_out && l->b.status == TFP_OK; i++) {
        if (!onnx_wants(n, i)) continue;
        if (!n->out[i]) {
            onnx_refuse(l, n, "output %zu", i);
            return;
        }
        onnx_bind(l, l->scope, n->from->output.at[i], n->out[i]);
        name_output(l, n->from->output.at[i], n->out[i]);
    }
}

static const char *node_text(struct onnx_lower *l, const struct onnxpb_node *from)
{
    struct bytes name = from->name;
    const char *how = "node";
    if (!name.n && from->output.n) name = from->output.at[0], how = "node that makes";
    const char *text = arena_printf(l->arena, "%s %.*s (%.*s%s%.*s)", how, shown(name), name.n ? name.at : "",
                                    shown(from->domain), from->domain.n ? from->domain.at : "", from->domain.n ? ":" : "",
                                    shown(from->op_type), from->op_type.n ? from->op_type.at : "");
    if (!text) no_memory(l);
    return text ? text : "";
}

static void choose(struct onnx_lower *l, struct onnx_node *n)
{
    const struct onnxpb_node *from = n->from;
    const struct onnxpb_function *f = onnx_function_find(l->model, from);
    if (f) {
        onnx_function_inline(l, n, f);
        return;
    }
    if (!onnx_op_known(from->domain, from->op_type, &n->op)) {
        onnx_refuse(l, n, "not supported");
        return;
    }
    if (n->op == IR_NONE) onnx_contrib_find(from->domain, from->op_type)(l, n);
    else if (onnx_domain_is_own(from->domain)) lower_own(l, n);
    else lower_standard(l, n);
}

/* Messages that begin otherwise get the node's name. */
static void tell_node(struct onnx_lower *l, const struct onnx_node *n)
{
    if (l->b.status == TFP_OK || l->b.status == TFP_E_SYSTEM) return;
    if (strncmp(l->b.ctx->text, "node ", 5) != 0) tfp_prefix(l->b.ctx, l->b.status, "%s", n->what);
}

static void lower_node(struct onnx_lower *l, const struct onnxpb_node *from)
{
    struct onnx_node n = { .from = from, .what = node_text(l, from), .n_out = from->output.n };
    if (++l->n_nodes > ONNX_MAX_NODES)
        onnx_refuse(l, &n, "more than %d nodes when functions are written out", ONNX_MAX_NODES);
    if (l->n_nodes % PROGRESS_EVERY == 0) tfp_progress(l->b.ctx, "lower", l->n_nodes, 0);
    while (n.n_out && !onnx_wants(&n, n.n_out - 1) && !onnx_domain_is_own(from->domain)) n.n_out--; /* these have all */
    if (!(n.out = ARENA_ARRAY(l->arena, struct ir_value *, n.n_out + 1))) no_memory(l);
    read_inputs(l, &n);
    if (l->b.status != TFP_OK) return;
    const char *scope = l->b.scope;
    struct bytes name = from->name.n ? from->name : from->output.n ? from->output.at[0] : from->op_type;
    l->b.scope = onnx_text(l, name);
    choose(l, &n);
    for (struct onnx_held *held = n.held; held; held = held->next) tensor_release(&held->t);
    bind_outputs(l, &n);
    tell_node(l, &n);
    l->b.scope = scope;
}

static void note_later(struct onnx_lower *l, const struct onnxpb_nodes *nodes)
{
    for (size_t i = 0; i < nodes->n && l->b.status == TFP_OK; i++)
        for (size_t k = 0; k < nodes->at[i].output.n; k++) {
            struct bytes name = nodes->at[i].output.at[k];
            if (name.n) put(l, &l->scope->later, name, &nodes->at[i], "result");
        }
}

void onnx_lower_nodes(struct onnx_lower *l, const struct onnxpb_nodes *nodes)
{
    note_later(l, nodes);
    for (size_t i = 0; i < nodes->n && l->b.status == TFP_OK; i++) lower_node(l, &nodes->at[i]);
}

/* -- inputs -------------------------------------------------------------------------------------------------------- */

/* Type and shape of an input in `g`. */
static tfp_status read_type(struct tfp_context *ctx, struct ir_graph *g, const char *what, const struct onnxpb_type *type,
                            tfp_dtype *dtype, int32_t *rank, struct dim *dims)
{
    char room[32];
    *dtype = TFP_UNDEFINED;
    *rank = -1;
    if (!type || !type->which) return TFP_OK;
    if (type->which != ONNXPB_TENSOR_TYPE)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s is no tensor (a sequence, optional, map or sparse tensor)", what);
    const struct onnxpb_type_tensor *t = type->tensor_type;
    if (!t || !t->elem_type) return TFP_OK;
    *dtype = onnx_dtype(t->elem_type);
    if (*dtype == TFP_UNDEFINED)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s is of type %s", what, onnx_type_word(t->elem_type, room, sizeof room));
    if (!t->shape) return TFP_OK;
    if (t->shape->dim.n > TFP_MAX_RANK)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s has %zu dimensions, at most %d are supported", what, t->shape->dim.n,
                        TFP_MAX_RANK);
    *rank = (int32_t)t->shape->dim.n;
    for (int32_t i = 0; i < *rank; i++) {
        const struct onnxpb_dim *d = &t->shape->dim.at[i];
        dims[i] = dim_of(-1);
        if (d->which == ONNXPB_DIM_VALUE && d->dim_value >= 0) dims[i] = dim_of(d->dim_value);
        if (d->which != ONNXPB_DIM_PARAM || !d->dim_param.n) continue;
        char *name = arena_string(&g->arena, d->dim_param.at, d->dim_param.n);
        if (!name || (dims[i] = ir_symbol(g, name)).sym == DIM_UNKNOWN) return tfp_no_memory(ctx);
    }
    return TFP_OK;
}

bool onnx_is_named(const char *given, struct bytes name)
{
    return onnx_same(bytes_of(given), name) || onnx_same((struct bytes){ given, ir_name_length(given) }, name);
}

/* What the caller says of the input's shape; numbers of the file stay. */
static void ask_shape(struct onnx_lower *l, struct bytes name, int32_t *rank, struct dim *dims)
{
    for (size_t i = 0; l->options && i < l->options->n_shapes; i++) {
        const struct tfp_shape *s = &l->options->shapes[i];
        if (!onnx_is_named(s->name, name)) continue;
        if (s->rank > TFP_MAX_RANK || (*rank >= 0 && (uint32_t)*rank != s->rank)) {
            build_fail(&l->b, tfp_fail(l->b.ctx, TFP_E_USAGE, "shape of \"%s\": %u dimensions given, the input has %d",
                                       s->name, s->rank, *rank < 0 ? TFP_MAX_RANK : *rank));
            return;
        }
        for (uint32_t k = 0; k < s->rank; k++) {
            bool known = *rank >= 0 && dim_fixed(dims[k]) && dims[k].n >= 0;
            if (s->dims[k] < -1 || (known && s->dims[k] >= 0 && s->dims[k] != dims[k].n))
                build_fail(&l->b, tfp_fail(l->b.ctx, TFP_E_USAGE,
                                           "shape of \"%s\": dimension %u is %lld in the model, %lld was given", s->name, k,
                                           known ? (long long)dims[k].n : -1LL, (long long)s->dims[k]));
            if (s->dims[k] >= 0) dims[k] = dim_of(s->dims[k]);
            else if (*rank < 0) dims[k] = dim_of(-1);
        }
        *rank = (int32_t)s->rank;
    }
}

struct ir_value *onnx_input(struct onnx_lower *l, const struct onnxpb_value_info *info)
{
    struct dim dims[TFP_MAX_RANK];
    int32_t rank;
    tfp_dtype dtype;
    char what[SHOWN_NAME + 32];
    snprintf(what, sizeof what, "input \"%.*s\"", shown(info->name), info->name.n ? info->name.at : "");
    if (!info->name.n) return build_fail(&l->b, tfp_fail(l->b.ctx, TFP_E_FORMAT, "an input without a name"));
    tfp_status status = read_type(l->b.ctx, l->b.graph, what, info->type, &dtype, &rank, dims);
    if (status != TFP_OK) return build_fail(&l->b, status);
    if (!l->scope->outer) ask_shape(l, info->name, &rank, dims);
    if (l->b.status != TFP_OK) return NULL;
    struct ir_value *v = ir_add_input(l->b.graph, onnx_text(l, info->name), dtype, rank, dims);
    return v ? v : build_fail(&l->b, tfp_no_memory(l->b.ctx));
}

/* -- the model ----------------------------------------------------------------------------------------------------- */

static void add_inputs(struct onnx_lower *l, const struct onnxpb_graph *g)
{
    for (size_t i = 0; i < g->input.n && l->b.status == TFP_OK; i++) {
        const struct onnxpb_value_info *info = &g->input.at[i];
        if (is_initializer(l->scope, info->name)) continue;
        if (map_find(&l->scope->values, info->name.at, info->name.n)) {
            build_fail(&l->b,
                       tfp_fail(l->b.ctx, TFP_E_FORMAT, "input \"%.*s\" occurs twice", shown(info->name), info->name.at));
            return;
        }
        struct ir_value *v = onnx_input(l, info);
        if (v && v->dtype == TFP_UNDEFINED)
            build_fail(&l->b, tfp_fail(l->b.ctx, TFP_E_FORMAT, "input \"%s\" has no type", v->name));
        onnx_bind(l, l->scope, info->name, v);
    }
}

static void add_outputs(struct onnx_lower *l, const struct onnxpb_graph *g)
{
    for (size_t i = 0; i < g->output.n && l->b.status == TFP_OK; i++) {
        struct bytes name = g->output.at[i].name;
        struct ir_value *v = onnx_need(l, l->scope, name, "the graph's list of outputs");
        if (v && !ir_add_output(l->b.graph, onnx_text(l, name), v)) no_memory(l);
    }
}

static void add_metadata(struct onnx_lower *l)
{
    const struct onnxpb_model *m = l->model;
    for (size_t i = 0; i < m->metadata_props.n && l->b.status == TFP_OK; i++) {
        const struct onnxpb_string_pair *p = &m->metadata_props.at[i];
        if (!ir_add_metadata(l->b.graph, onnx_text(l, p->key), onnx_text(l, p->value))) no_memory(l);
    }
    if (m->graph->name.n) l->b.graph->name = arena_string(&l->b.graph->arena, m->graph->name.at, m->graph->name.n);
    if (!l->b.graph->name) no_memory(l);
}

tfp_status onnx_lower_model(struct tfp_context *ctx, struct onnx_lower *l, struct ir_graph **out)
{
    struct onnx_scope scope;
    l->b = (struct build){ .ctx = ctx };
    TFP_TRY(ir_create(ctx, &l->b.graph));
    struct ir_graph *graph = l->b.graph;
    onnx_scope_init(l, &scope, NULL, graph);
    scope.names_values = true;
    l->scope = &scope;
    onnx_scope_initializers(l, &scope, l->model->graph);
    add_inputs(l, l->model->graph);
    onnx_lower_nodes(l, &l->model->graph->node);
    add_outputs(l, l->model->graph);
    add_metadata(l);
    if (l->b.status != TFP_OK) {
        ir_destroy(graph);
        return l->b.status;
    }
    *out = graph;
    return TFP_OK;
}
