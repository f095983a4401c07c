/* GraphDef -> graph: nodes by name, edges, and the walk that orders what is needed. Nothing here recurses: a chain of a
 * million nodes is as good as any other. */
#include "frontend/tensorflow/tf_graph.h"

#include "base/list.h"
#include "base/text.h"
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_variables.h"

#include <stdlib.h>

enum { PORTS_FREE = 1 << 20, PORTS_A_NODE = 4, CYCLE_SHOWN = 6 };

tfp_status tf_graph_create(struct tfp_context *ctx, struct buffer *file, struct tf_graph **out)
{
    struct tf_graph *g = calloc(1, sizeof *g);
    if (!g) return tfp_no_memory(ctx);
    g->file.map = buffer_keep(file);
    map_init(&g->names, &g->arena);
    map_init(&g->functions, &g->arena);
    *out = g;
    return TFP_OK;
}

void tf_graph_destroy(struct tf_graph *g)
{
    if (!g) return;
    free(g->nodes);
    free(g->order);
    buffer_drop(g->file.map);
    arena_free(&g->arena);
    free(g);
}

struct tf_node *tf_graph_find(const struct tf_graph *g, const char *name, size_t n)
{
    void **at = map_find(&g->names, name, n);
    return at ? *at : NULL;
}

bool tf_graph_is_op(const struct tf_node *n, const char *op)
{
    return strcmp(n->op, op) == 0 || (strncmp(n->op, "Ref", 3) == 0 && strcmp(n->op + 3, op) == 0);
}

bool tf_graph_valid_name(struct bytes name)
{
    if (!name.n || name.at[0] == '^') return false;
    for (size_t i = 0; i < name.n; i++)
        if (name.at[i] == ':' || (unsigned char)name.at[i] <= ' ' || name.at[i] == 127) return false;
    return true;
}

/* -- nodes --------------------------------------------------------------------------------------------------------- */

static bool append(struct tf_node ***list, size_t *n, size_t *room, struct tf_node *node)
{
    if (!LIST_GROW(*list, *n, room)) return false;
    (*list)[(*n)++] = node;
    return true;
}

/* The name's place in the map, under another name when it is taken and may be changed. */
static void **name_place(struct tf_graph *g, const char **name, size_t n, bool rename, bool *taken)
{
    void **at = map_at(&g->names, *name, n);
    const char *wanted = *name;
    for (unsigned i = 1; at && *at && rename; i++) {
        if (!(*name = arena_printf(&g->arena, "%s_%u", wanted, i))) return NULL;
        at = map_at(&g->names, *name, strlen(*name));
    }
    if (!at || !*at) return at;
    *taken = true;
    return NULL;
}

struct tf_node *tf_graph_add(struct tf_graph *g, const char *name, size_t n, struct bytes op, struct tfpb_attrs attrs,
                             bool rename, bool *taken)
{
    *taken = false;
    struct tf_node *node = ARENA_NEW(&g->arena, struct tf_node);
    const char *copy = arena_string(&g->arena, name, n);
    char *op_copy = arena_string(&g->arena, op.at, op.n);
    if (!node || !copy || !op_copy) return NULL;
    void **at = name_place(g, &copy, n, rename, taken);
    if (!at) return NULL;
    *at = node;
    *node = (struct tf_node){ .name = copy, .op = op_copy, .def = op_def_find(op_copy), .attrs = attrs.at,
                              .n_attrs = attrs.n };
    if (!append(&g->nodes, &g->n_nodes, &g->room_nodes, node)) return NULL;
    node->function = tf_function_of(g, node);
    return node;
}

static tfp_status add_nodes(struct tfp_context *ctx, struct tf_graph *g)
{
    for (size_t i = 0; i < g->def->node.n; i++) {
        const struct tfpb_node *n = &g->def->node.at[i];
        bool taken;
        int shown = (int)(n->name.n < 200 ? n->name.n : 200);
        if (!tf_graph_valid_name(n->name))
            return tfp_fail(ctx, TFP_E_FORMAT, "node %zu: \"%.*s\" is no name for a node", i, shown,
                            n->name.at ? n->name.at : "");
        if (!n->op.n || memchr(n->op.at, '\0', n->op.n))
            return tfp_fail(ctx, TFP_E_FORMAT, "node %.*s: it has no op", shown, n->name.at);
        if (tf_graph_add(g, n->name.at, n->name.n, n->op, n->attr, false, &taken)) continue;
        return taken ? tfp_fail(ctx, TFP_E_FORMAT, "node %.*s: the name is used twice", shown, n->name.at)
                     : tfp_no_memory(ctx);
    }
    g->n_file_nodes = g->n_nodes;
    return TFP_OK;
}

/* -- edges --------------------------------------------------------------------------------------------------------- */

/* "name", "name:3" or "^name". */
static bool parse_input(struct bytes text, struct bytes *name, uint32_t *port, bool *control)
{
    *port = 0;
    *control = text.n && text.at[0] == '^';
    *name = *control ? (struct bytes){ text.at + 1, text.n - 1 } : text;
    const char *colon = memrchr(name->at, ':', name->n);
    if (!colon || *control) return name->n > 0;
    size_t digits = name->n - (size_t)(colon - name->at) - 1;
    if (!digits || digits > 9) return false;
    for (size_t i = 1; i <= digits; i++) {
        if (colon[i] < '0' || colon[i] > '9') return false;
        *port = *port * 10 + (uint32_t)(colon[i] - '0');
    }
    name->n = (size_t)(colon - name->at);
    return name->n > 0;
}

static bool is_summary(const struct tf_node *n)
{
    return strstr(n->op, "Summary") != NULL;
}

static tfp_status connect(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n, struct pb_strings inputs)
{
    size_t n_control = 0;
    for (size_t i = 0; i < inputs.n; i++) n_control += inputs.at[i].n && inputs.at[i].at[0] == '^';
    n->in = ARENA_ARRAY(&g->arena, struct tf_input, inputs.n - n_control);
    n->control = ARENA_ARRAY(&g->arena, struct tf_node *, n_control);
    if (!n->in || !n->control) return tfp_no_memory(ctx);
    for (size_t i = 0; i < inputs.n; i++) {
        struct bytes text = inputs.at[i], name;
        uint32_t port;
        bool control, valid = text.n && parse_input(text, &name, &port, &control);
        struct tf_node *from = valid ? tf_graph_find(g, name.at, name.n) : NULL;
        if (valid && control) { /* one that leads nowhere is dropped as all are */
            if (from) n->control[n->n_control++] = from;
            continue;
        }
        if (!from)
            return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): input \"%.*s\" names no node", n->name, n->op,
                            (int)(text.n < 200 ? text.n : 200), text.n ? text.at : "");
        n->in[n->n_in++] = (struct tf_input){ from, port };
        if (from->used_ports <= port) from->used_ports = port + 1;
        if (!is_summary(n)) from->consumed = true;
    }
    return TFP_OK;
}

tfp_status tf_graph_resolve(struct tfp_context *ctx, struct tf_graph *g, struct tf_input *in)
{
    struct tf_input *from = NULL; /* each step shortens the one before, so that a long chain is walked once */
    for (;;) {
        const struct tf_cut *cut = in->node->cuts;
        while (cut && cut->port != in->port) cut = cut->next;
        if (cut) *in = (struct tf_input){ cut->node, 0 };
        if (from) *from = *in;
        if (cut || in->node->is_input || !in->node->function) return TFP_OK;
        if (!in->node->forward) TFP_TRY(tf_function_inline(ctx, g, in->node));
        if (in->port >= in->node->n_out)
            return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): output %u is used, it has %zu", in->node->name,
                            in->node->op, in->port, in->node->n_out);
        struct tf_input *next = &in->node->forward[in->port];
        if (from) *from = *next;
        from = next;
        *in = *next;
    }
}

/* -- counts -------------------------------------------------------------------------------------------------------- */

static tfp_status set_outputs(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n, int64_t count)
{
    g->n_ports += (uint64_t)count;
    if (g->n_ports > PORTS_FREE + (uint64_t)PORTS_A_NODE * g->n_nodes)
        return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): it claims %lld outputs", n->name, n->op, (long long)count);
    n->n_out = (size_t)count;
    n->counted = true;
    return TFP_OK;
}

static tfp_status uncountable(struct tfp_context *ctx, const struct tf_node *n, struct bytes attr)
{
    return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): attribute %.*s is missing or impossible", n->name, n->op,
                    (int)attr.n, attr.at);
}

tfp_status tf_graph_count(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n)
{
    struct bytes bad = { "", 0 };
    if (n->counted) return TFP_OK;
    if (n->is_input) return set_outputs(ctx, g, n, 1);
    if (n->function) {
        int64_t results = tf_function_n_out(n);
        if (results < 0)
            return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): its attributes do not tell the number of results",
                            n->name, n->op);
        return set_outputs(ctx, g, n, results);
    }
    if (!n->def) return set_outputs(ctx, g, n, n->used_ports ? n->used_ports : 1);
    int64_t in = tf_attr_args_count(n, n->def->in, &bad);
    int64_t out = in < 0 ? -1 : tf_attr_args_count(n, n->def->out, &bad);
    if (out < 0) return uncountable(ctx, n, bad);
    if ((uint64_t)in != n->n_in)
        return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): %zu input%s, the op takes %lld", n->name, n->op, n->n_in,
                        n->n_in == 1 ? "" : "s", (long long)in);
    return set_outputs(ctx, g, n, out);
}

/* -- order --------------------------------------------------------------------------------------------------------- */

bool tf_graph_is_back_edge(const struct tf_node *n, const struct tf_node *from)
{
    return !n->merge && tf_graph_is_op(from, "NextIteration") && tf_graph_is_op(n, "Merge");
}

bool tf_graph_dependency(const struct tf_node *n, size_t k, struct tf_input *out)
{
    size_t n_in = n->n_in;
    if (n->is_input) return false;
    if (n->merge) {
        const struct tf_merge *m = n->merge;
        if (m->live >= 0 && !m->decided) return *out = n->in[m->live], k == 0;
        if (k == 0) *out = m->predicate;
        else if (m->live >= 0) *out = n->in[m->live];
        else if (k <= n_in) *out = n->in[k - 1];
        return m->live >= 0 ? k <= 1 : k <= n_in;
    }
    if (n->state && n->state->initial.node && !n_in) return *out = n->state->initial, k == 0;
    if (n_in && strcmp(n->op, "Print") == 0) n_in = 1; /* the rest is only shown */
    if (k >= n_in) return false;
    *out = n->in[k];
    if (tf_graph_is_back_edge(n, out->node)) out->node = NULL;
    return true;
}

bool tf_graph_push(struct tf_stack *s, struct tf_node *n)
{
    if (!LIST_GROW(s->at, s->n, &s->room)) return false;
    s->at[s->n++] = (struct tf_frame){ n, 0 };
    return true;
}

struct walk {
    struct tfp_context *ctx;
    struct tf_graph *g;
    bool expand;
    struct tf_stack stack;
    struct tf_node **later; /* behind back edges */
    size_t n_later, room_later;
};

static tfp_status cycle(const struct walk *w, const struct tf_node *n)
{
    struct text names = { 0 };
    size_t first = w->stack.n, shown = 0;
    while (first > 0 && w->stack.at[first - 1].node != n) first--;
    for (size_t i = first ? first - 1 : 0; i < w->stack.n && shown < CYCLE_SHOWN; i++, shown++)
        text_add(&names, "%s%s", shown ? " -> " : "", w->stack.at[i].node->name);
    text_add(&names, " -> %s", shown == CYCLE_SHOWN ? "..." : n->name);
    tfp_status status = tfp_fail(w->ctx, TFP_E_FORMAT, "the nodes form a cycle: %s needs itself: %s", n->name,
                                 names.at ? names.at : "");
    text_free(&names);
    return status;
}

/* An input of a node that the graph's outputs need: through cuts and calls, port checked. */
static tfp_status settle_input(struct walk *w, const struct tf_node *n, struct tf_input *in)
{
    TFP_TRY(tf_graph_resolve(w->ctx, w->g, in));
    TFP_TRY(tf_graph_count(w->ctx, w->g, in->node));
    if (in->port < in->node->n_out) return TFP_OK;
    return tfp_fail(w->ctx, TFP_E_FORMAT, "node %s (%s): input \"%s:%u\": node %s (%s) has %zu output%s", n->name, n->op,
                    in->node->name, in->port, in->node->name, in->node->op, in->node->n_out,
                    in->node->n_out == 1 ? "" : "s");
}

/* Of a conditional's Merge the predicate comes first: it may tell that a side need not be looked at. */
static tfp_status settle(struct walk *w, struct tf_node *n)
{
    TFP_TRY(tf_graph_count(w->ctx, w->g, n));
    if (n->is_input) return TFP_OK;
    if (n->merge) return n->merge->live < 0 ? settle_input(w, n, &n->merge->predicate) : TFP_OK;
    if (!n->n_in) TFP_TRY(tf_variables_of(w->ctx, w->g, n));
    if (n->state && n->state->initial.node) TFP_TRY(settle_input(w, n, &n->state->initial));
    for (size_t i = 0; i < n->n_in; i++) TFP_TRY(settle_input(w, n, &n->in[i]));
    return TFP_OK;
}

static tfp_status settle_sides(struct walk *w, struct tf_frame *top)
{
    struct tf_node *n = top->node;
    struct tf_merge *m = n->merge;
    if (n->is_input || top->next != (m->live < 0)) return TFP_OK;
    if (m->live < 0) tf_control_decide(m);
    if (m->live >= 0) {
        top->next = 0; /* the predicate is not needed then */
        return (size_t)m->live < n->n_in ? settle_input(w, n, &n->in[m->live]) : TFP_OK;
    }
    for (size_t i = 0; i < n->n_in; i++) TFP_TRY(settle_input(w, n, &n->in[i]));
    return TFP_OK;
}

static tfp_status enter(struct walk *w, struct tf_node *n)
{
    if (n->mark == 2 * w->g->pass) return cycle(w, n);
    if (n->mark == 2 * w->g->pass + 1) return TFP_OK;
    if (!tf_graph_push(&w->stack, n)) return tfp_no_memory(w->ctx);
    n->mark = 2 * w->g->pass;
    if (w->expand) TFP_TRY(settle(w, n));
    for (size_t i = 0; i < n->n_in && !n->is_input; i++)
        if (tf_graph_is_back_edge(n, n->in[i].node) && !append(&w->later, &w->n_later, &w->room_later, n->in[i].node))
            return tfp_no_memory(w->ctx);
    return TFP_OK;
}

static tfp_status walk_from(struct walk *w, struct tf_node *root)
{
    TFP_TRY(enter(w, root));
    while (w->stack.n) {
        struct tf_frame *top = &w->stack.at[w->stack.n - 1];
        struct tf_node *n = top->node;
        struct tf_input in;
        if (w->expand && n->merge) TFP_TRY(settle_sides(w, top));
        if (tf_graph_dependency(n, top->next++, &in)) {
            if (in.node) TFP_TRY(enter(w, in.node));
            continue;
        }
        w->stack.n--;
        n->mark = 2 * w->g->pass + 1;
        if (!append(&w->g->order, &w->g->n_order, &w->g->room_order, n)) return tfp_no_memory(w->ctx);
    }
    return TFP_OK;
}

tfp_status tf_graph_walk(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *const *roots, size_t n_roots,
                         bool expand)
{
    struct walk w = { .ctx = ctx, .g = g, .expand = expand };
    tfp_status status = TFP_OK;
    g->pass++;
    g->n_order = 0;
    for (size_t i = 0; i < n_roots && status == TFP_OK; i++) status = walk_from(&w, roots[i]);
    for (size_t i = 0; i < w.n_later && status == TFP_OK; i++) status = walk_from(&w, w.later[i]);
    free(w.stack.at);
    free(w.later);
    return status;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

static tfp_status walk_outputs(struct tfp_context *ctx, struct tf_graph *g)
{
    struct tf_node **roots = ARENA_ARRAY(&g->arena, struct tf_node *, g->n_outputs);
    if (!roots) return tfp_no_memory(ctx);
    for (size_t i = 0; i < g->n_outputs; i++) roots[i] = g->outputs[i].tensor.node;
    return tf_graph_walk(ctx, g, roots, g->n_outputs, true);
}

/* What the outputs need, with conditionals structured. */
static tfp_status order_nodes(struct tfp_context *ctx, struct tf_graph *g)
{
    bool changed;
    TFP_TRY(walk_outputs(ctx, g));
    TFP_TRY(tf_control_structure(ctx, g, &changed));
    return changed ? walk_outputs(ctx, g) : TFP_OK;
}

tfp_status tf_graph_build(struct tfp_context *ctx, struct tf_graph *g, const struct tfpb_graph *def,
                          const struct tf_request *request)
{
    g->def = def;
    g->producer = def->versions ? def->versions->producer : 0;
    if (!def->node.n) return tfp_fail(ctx, TFP_E_FORMAT, "the graph has no nodes");
    TFP_TRY(tf_function_index(ctx, g));
    TFP_TRY(add_nodes(ctx, g));
    for (size_t i = 0; i < g->n_file_nodes; i++) TFP_TRY(connect(ctx, g, g->nodes[i], def->node.at[i].input));
    TFP_TRY(tf_graph_walk(ctx, g, g->nodes, g->n_file_nodes, false)); /* a cycle anywhere is an error */
    TFP_TRY(tf_variables_bind(ctx, g, request));
    TFP_TRY(tf_tables_bind(ctx, g));
    TFP_TRY(tf_interface_inputs(ctx, g, request));
    TFP_TRY(tf_pipeline_cut(ctx, g));
    TFP_TRY(tf_interface_outputs(ctx, g, request));
    TFP_TRY(order_nodes(ctx, g));
    if (request->options->state_io) {
        TFP_TRY(tf_state_make(ctx, g));
        TFP_TRY(order_nodes(ctx, g));
    }
    TFP_TRY(tf_loop_find(ctx, g));
    TFP_TRY(tf_interface_placeholders(ctx, g, request));
    TFP_TRY(tf_interface_state(ctx, g));
    TFP_TRY(tf_writes_find(ctx, g));
    return tf_interface_shapes(ctx, g, request->options);
}
