/* The graph as it is looked at: what the outputs need and the inputs reach. Constants, variables and what is computed of them
 * alone are left out, unless the graph has no inputs. */
#include "frontend/tensorflow/tf_source.h"

struct listing {
    struct arena *arena;
    const struct tf_graph *graph;
    struct map numbers; /* node -> its number in `nodes`, from 1 */
    struct source_node *nodes;
    size_t n;
};

static size_t number_of(const struct listing *l, const struct tf_node *n)
{
    void **at = map_find(&l->numbers, (const char *)&n, sizeof n);
    return at ? (size_t)(uintptr_t)*at : 0;
}

/* Each number once. */
static void add_input(struct source_node *to, size_t *inputs, size_t number)
{
    for (size_t i = 0; i < to->n_inputs; i++)
        if (inputs[i] == number - 1) return;
    inputs[to->n_inputs++] = number - 1;
}

/* `place`: where the pointer to the node stays, for the map's key. `all`: also what no input reaches. */
static bool add_node(struct listing *l, struct tf_node *const *place, bool all)
{
    const struct tf_node *n = *place;
    const size_t n_in = n->is_input ? 0 : n->n_in;
    bool reached = n->is_input || all;
    for (size_t i = 0; i < n_in && !reached; i++) reached = n->in[i].node && number_of(l, n->in[i].node);
    if (!reached) return true;
    void **at = map_at(&l->numbers, (const char *)place, sizeof *place);
    if (!at) return false;
    l->nodes[l->n++] = (struct source_node){ .name = n->name, .op = n->op };
    *at = (void *)(uintptr_t)l->n;
    return true;
}

/* When all numbers are known, since those of loops go back. */
static bool add_edges(struct listing *l, const struct tf_node *n)
{
    const size_t number = number_of(l, n);
    if (!number || n->is_input) return true;
    size_t *inputs = ARENA_ARRAY(l->arena, size_t, n->n_in);
    if (!inputs) return false;
    for (size_t i = 0; i < n->n_in; i++) {
        const size_t from = n->in[i].node ? number_of(l, n->in[i].node) : 0;
        if (from) add_input(&l->nodes[number - 1], inputs, from);
    }
    l->nodes[number - 1].inputs = inputs;
    return true;
}

tfp_status tf_source_nodes(struct tfp_context *ctx, const struct source *source, struct arena *arena, struct source_node **out,
                           size_t *n)
{
    const struct tf_graph *g = ((const struct tf_source *)source)->graph;
    struct listing l = { .arena = arena, .graph = g, .nodes = ARENA_ARRAY(arena, struct source_node, g->n_order) };
    map_init(&l.numbers, arena);
    bool fine = l.nodes, all = true;
    for (size_t i = 0; i < g->n_order; i++) all = all && !g->order[i]->is_input;
    for (size_t i = 0; fine && i < g->n_order; i++) fine = add_node(&l, &g->order[i], all);
    for (size_t i = 0; fine && i < g->n_order; i++) fine = add_edges(&l, g->order[i]);
    if (!fine) return tfp_no_memory(ctx);
    *out = l.nodes;
    *n = l.n;
    return TFP_OK;
}
