/* Who gets which name. Inputs and outputs of the graph come first: their names are the model's face. Then the values
 * that the source named, then "<node>/<Op>" for the rest; what is taken already gets "_1", "_2". */
#include "backend/onnx/naming.h"

#include "base/map.h"

struct naming {
    struct onnx_naming *all;
    struct tfp_context *ctx;
    struct arena *arena;
    const struct ir_graph *graph;
    const struct onnx_form *forms;
    struct onnx_names *out;
    uint32_t n_values;
    bool failed;
};

/* The name itself, or with the next number that is free behind it. The map counts the numbers used up. */
static const char *claim(struct naming *m, struct map *taken, const char *name)
{
    uintptr_t **count = (uintptr_t **)map_at(taken, name, strlen(name));
    if (!count) {
        m->failed = true;
        return name;
    }
    if (!*count) {
        if (!(*count = ARENA_NEW(m->arena, uintptr_t))) m->failed = true;
        return name;
    }
    uintptr_t *number = *count; /* the map may move while names are added */
    for (;;) {
        char *numbered = arena_printf(m->arena, "%s_%zu", name, (size_t)++ * number);
        if (!numbered) break;
        void **at = map_at(taken, numbered, strlen(numbered));
        if (!at) break;
        if (*at) continue;
        if (!(*at = ARENA_NEW(m->arena, uintptr_t))) break;
        return numbered;
    }
    m->failed = true;
    return name;
}

static void give_name(struct naming *m, struct ir_value *v, const char *name)
{
    v->mark = m->n_values++;
    m->out->values[v->mark] = name;
}

bool naming_wants(const struct ir_node *n, const struct onnx_form *f, size_t i)
{
    const struct schema_param *p = schema_out(f->schema, i);
    const bool optional = p && p->option == PARAM_OPTIONAL && i + 1 == f->n_out;
    return n->out[i] && (!ir_unused(n->out[i]) || !optional);
}

static size_t count_values(struct naming *m)
{
    size_t n = 1 + m->graph->n_inputs + m->graph->n_outputs, k = 0;
    for (size_t i = 0; i < m->graph->n_inputs; i++) m->graph->inputs[i]->mark = 0;
    for (size_t i = 0; i < m->graph->n_outputs; i++) m->graph->outputs[i].value->mark = 0;
    for (const struct ir_node *node = m->graph->first; node; node = node->next, k++) {
        for (size_t i = 0; i < m->forms[k].n_in; i++)
            if (m->forms[k].in[i]) m->forms[k].in[i]->mark = 0;
        for (size_t i = 0; i < m->forms[k].n_captured; i++) slots_captured(node, &m->forms[k], i)->mark = 0;
        for (uint32_t i = 0; i < node->n_out; i++)
            if (node->out[i]) node->out[i]->mark = 0;
        n += m->forms[k].n_in + m->forms[k].n_captured + node->n_out;
    }
    return n;
}

static void append(struct naming *m, struct onnx_constants *list, const struct ir_value *v, const char *name)
{
    if (ARENA_GROW(m->arena, list->at, list->n, &list->room)) list->at[list->n++] = (struct onnx_constant){ v, name };
    else m->failed = true;
}

/* The same data, type and dimensions lie in the main graph once. */
static void hoist(struct naming *m, struct ir_value *v, const char *wanted)
{
    struct tensor *key = ARENA_NEW(m->arena, struct tensor);
    if (!key) {
        m->failed = true;
        return;
    }
    key->dtype = v->constant->dtype;
    key->rank = v->constant->rank;
    memcpy(key->dims, v->constant->dims, key->rank * sizeof *key->dims);
    key->data = v->constant->data;
    const char **name = (const char **)map_at(&m->all->hoisted_by_data, (const char *)key, sizeof *key);
    if (!name) {
        m->failed = true;
    } else if (*name) {
        give_name(m, v, *name);
    } else {
        *name = claim(m, &m->all->values, wanted);
        give_name(m, v, *name);
        append(m, &m->all->hoisted, v, *name);
    }
}

static const char *made_name(struct naming *m, const char *node, const char *what)
{
    char *name = node ? arena_printf(m->arena, "%s/%s", node, what) : arena_string(m->arena, what, strlen(what));
    if (!name) m->failed = true;
    return name ? name : what;
}

/* A constant that has no name yet; one without a name of its own is called after the node and what it is there. */
static void add_constant(struct naming *m, struct ir_value *v, const char *node, const char *what)
{
    if (!v || !v->constant || v->mark) return;
    const char *name = v->name ? v->name : made_name(m, node, what);
    if (m->graph->parent && v->constant->size >= m->all->hoist_from) {
        hoist(m, v, name);
        return;
    }
    give_name(m, v, claim(m, &m->all->values, name));
    append(m, &m->out->constants, v, name_of(m->out, v));
}

static void name_outputs(struct naming *m)
{
    const struct ir_graph *g = m->graph;
    for (size_t i = 0; i < g->n_outputs; i++) {
        struct ir_value *v = g->outputs[i].value;
        const char *name = g->outputs[i].name;
        bool input = !v->producer && !v->constant, body = m->graph->parent;
        if (input && !body && strcmp(name_of(m->out, v), name) == 0) { /* passed through under its own name */
            m->out->outputs[i] = bytes_of(name);
            continue;
        }
        const char *own = claim(m, &m->all->values, name);
        if (strcmp(own, name) != 0 && !body)
            tfp_note(m->ctx, "output %s is written as %s: the name is taken", name, own);
        m->out->outputs[i] = bytes_of(own);
        if (v->producer && !v->mark) give_name(m, v, own);
        else m->out->identities[m->out->n_identities++] = (struct onnx_identity){ .name = own };
    }
}

/* The identities' sources have names only when all others have. */
static void link_identities(struct naming *m)
{
    size_t k = 0;
    for (size_t i = 0; i < m->graph->n_outputs && k < m->out->n_identities; i++) {
        if (m->out->identities[k].name != m->out->outputs[i].at) continue;
        struct ir_value *v = m->graph->outputs[i].value;
        add_constant(m, v, NULL, "constant");
        m->out->identities[k++].from = name_of(m->out, v);
    }
}

static void name_results(struct naming *m, bool made)
{
    size_t k = 0;
    for (const struct ir_node *n = m->graph->first; n; n = n->next, k++) {
        for (size_t i = 0; i < m->forms[k].n_out; i++) {
            struct ir_value *v = n->out[i];
            if (!v || v->mark || !naming_wants(n, &m->forms[k], i)) continue;
            if (v->name && !made) give_name(m, v, claim(m, &m->all->values, v->name));
            if (!v->name && made)
                give_name(m, v, claim(m, &m->all->values, made_name(m, n->name, schema_op_name(m->forms[k].schema->op))));
        }
    }
}

static void name_constants(struct naming *m)
{
    size_t k = 0;
    for (const struct ir_node *n = m->graph->first; n; n = n->next, k++) {
        const struct onnx_form *f = &m->forms[k];
        for (size_t i = 0; i < f->n_in; i++) {
            const struct schema_param *p = schema_in(f->schema, i);
            add_constant(m, f->in[i], n->name, p ? p->name : "constant");
        }
        for (size_t i = 0; i < f->n_captured; i++) add_constant(m, slots_captured(n, f, i), n->name, "constant");
    }
}

static void name_nodes(struct naming *m)
{
    size_t k = 0;
    for (const struct ir_node *n = m->graph->first; n && !m->failed; n = n->next, k++)
        m->out->nodes[k] = claim(m, &m->all->nodes, n->name ? n->name : schema_op_name(m->forms[k].schema->op));
    for (size_t i = 0; i < m->out->n_identities && !m->failed; i++)
        m->out->identities[i].node = claim(m, &m->all->nodes, m->out->identities[i].name);
}

static void name_inputs(struct naming *m, const char *const *captured, size_t n_captured)
{
    const size_t own = m->graph->n_inputs - n_captured;
    for (size_t i = 0; i < own; i++) give_name(m, m->graph->inputs[i], claim(m, &m->all->values, m->graph->inputs[i]->name));
    for (size_t i = 0; i < n_captured; i++) give_name(m, m->graph->inputs[own + i], captured[i]);
}

void naming_begin(struct onnx_naming *m, struct tfp_context *ctx, struct arena *arena, size_t hoist_from)
{
    *m = (struct onnx_naming){ .ctx = ctx, .arena = arena, .hoist_from = hoist_from };
    map_init(&m->values, arena);
    map_init(&m->nodes, arena);
    map_init(&m->hoisted_by_data, arena);
}

tfp_status naming_assign(struct onnx_naming *all, const struct ir_graph *g, const struct onnx_form *forms,
                         const char *const *captured, size_t n_captured, struct onnx_names *out)
{
    struct arena *arena = all->arena;
    struct naming m = {
        .all = all, .ctx = all->ctx, .arena = arena, .graph = g, .forms = forms, .out = out, .n_values = 1
    };
    size_t n = count_values(&m);
    *out = (struct onnx_names){
        .values = ARENA_ARRAY(arena, const char *, n),
        .nodes = ARENA_ARRAY(arena, const char *, g->n_nodes),
        .outputs = ARENA_ARRAY(arena, struct bytes, g->n_outputs),
        .identities = ARENA_ARRAY(arena, struct onnx_identity, g->n_outputs),
    };
    if (!out->values || !out->nodes || !out->outputs || !out->identities) return tfp_no_memory(all->ctx);
    name_inputs(&m, captured, n_captured);
    name_outputs(&m);
    name_results(&m, false);
    name_results(&m, true);
    name_constants(&m);
    link_identities(&m);
    name_nodes(&m);
    return m.failed ? tfp_no_memory(all->ctx) : TFP_OK;
}
