/* Names for what nodes give. */
#include "ir/names.h"

#include "ir/schema.h"

#include <string.h>

static bool claim(struct map *taken, struct arena *a, const char **name)
{
    const char *base = *name;
    for (size_t k = 1;; k++) {
        void **at = *name ? map_at(taken, *name, strlen(*name)) : NULL;
        if (!at) return false;
        if (!*at) {
            *at = taken;
            return true;
        }
        *name = arena_printf(a, "%s_%zu", base, k);
    }
}

static const char *made_name(struct arena *a, const struct ir_node *n)
{
    const char *op = schema_op_name(n->op);
    return n->name ? arena_printf(a, "%s/%s", n->name, op) : arena_string(a, op, strlen(op));
}

/* What the graph's inputs and outputs are called is their name in any case. */
static bool name_edges(const struct ir_graph *g, struct arena *a, struct map *taken)
{
    for (size_t i = 0; i < g->n_inputs; i++) {
        const char *name = g->inputs[i]->name;
        if (!claim(taken, a, &name)) return false;
    }
    for (size_t i = 0; i < g->n_outputs; i++) {
        const struct ir_value *v = g->outputs[i].value;
        const char *name = g->outputs[i].name;
        const bool passed = !v->producer && !v->constant && strcmp(v->name, name) == 0;
        if (!passed && !claim(taken, a, &name)) return false;
    }
    return true;
}

static const char *output_name(const struct ir_graph *g, const struct ir_value *v)
{
    for (size_t i = 0; i < g->n_outputs && v->n_outputs; i++)
        if (g->outputs[i].value == v) return g->outputs[i].name;
    return NULL;
}

/* The source's names first: a made one gives way. */
static bool name_all(const struct ir_graph *g, struct arena *a, struct map *taken, bool made, struct ir_names *out)
{
    size_t k = 0;
    for (const struct ir_node *n = g->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_out; i++) {
            struct ir_value *v = n->out[i];
            if (!v || ir_unused(v)) continue;
            struct ir_name *at = &out->at[k++];
            const char *output = output_name(g, v);
            if ((v->name == NULL && !output) != made) continue;
            *at = (struct ir_name){ v, output ? output : made ? made_name(a, n) : v->name, made };
            if (!output && !claim(taken, a, &at->name)) return false;
        }
    return true;
}

bool ir_name_results(const struct ir_graph *g, struct arena *a, struct ir_names *out)
{
    struct map taken;
    size_t n = 0;
    map_init(&taken, a);
    for (const struct ir_node *node = g->first; node; node = node->next)
        for (uint32_t i = 0; i < node->n_out; i++) n += ir_wants(node, i);
    *out = (struct ir_names){ ARENA_ARRAY(a, struct ir_name, n), n };
    return out->at && name_edges(g, a, &taken) && name_all(g, a, &taken, false, out) && name_all(g, a, &taken, true, out);
}

size_t ir_name_length(const char *name)
{
    const size_t n = strlen(name);
    return n > 2 && strcmp(name + n - 2, ":0") == 0 ? n - 2 : n;
}
