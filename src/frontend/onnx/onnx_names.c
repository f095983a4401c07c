/* The names that nodes and their bodies use. */
#include "frontend/onnx/onnx_names.h"

#include <string.h>

void onnx_names_init(struct onnx_names *names, struct arena *a)
{
    *names = (struct onnx_names){ .n = 0 };
    map_init(&names->known, a);
}

bool onnx_names_add(struct onnx_names *names, struct bytes name)
{
    if (map_find(&names->known, name.at, name.n)) return true;
    void **at = map_at(&names->known, name.at, name.n);
    if (!ARENA_GROW(names->known.arena, names->at, names->n, &names->room)) return false;
    names->at[names->n++] = name;
    if (at) *at = names;
    return at != NULL;
}

static bool define(struct map *own, struct bytes name)
{
    void **at = map_at(own, name.at, name.n);
    if (at) *at = own;
    return at != NULL;
}

static bool define_all(struct map *own, const struct onnxpb_graph *g)
{
    bool fine = true;
    for (size_t i = 0; i < g->input.n && fine; i++) fine = define(own, g->input.at[i].name);
    for (size_t i = 0; i < g->initializer.n && fine; i++) fine = define(own, g->initializer.at[i].name);
    for (size_t i = 0; i < g->sparse_initializer.n && fine; i++)
        if (g->sparse_initializer.at[i].values) fine = define(own, g->sparse_initializer.at[i].values->name);
    for (size_t i = 0; i < g->node.n && fine; i++)
        for (size_t k = 0; k < g->node.at[i].output.n && fine; k++)
            if (g->node.at[i].output.at[k].n) fine = define(own, g->node.at[i].output.at[k]);
    return fine;
}

static bool use(const struct map *own, struct onnx_names *free_names, struct bytes name)
{
    return name.n == 0 || map_find(own, name.at, name.n) || onnx_names_add(free_names, name);
}

static bool use_bodies(const struct map *own, struct onnx_names *free_names, const struct onnxpb_node *n)
{
    bool fine = true;
    for (size_t k = 0; k < n->attribute.n && fine; k++) {
        struct onnx_names inner;
        if (n->attribute.at[k].which != ONNXPB_ATTRIBUTE_G || !n->attribute.at[k].g) continue;
        onnx_names_init(&inner, free_names->known.arena);
        fine = onnx_names_free(&inner, n->attribute.at[k].g);
        for (size_t j = 0; j < inner.n && fine; j++) fine = use(own, free_names, inner.at[j]);
    }
    return fine;
}

static bool use_node(const struct map *own, struct onnx_names *free_names, const struct onnxpb_node *n)
{
    bool fine = true;
    for (size_t k = 0; k < n->input.n && fine; k++) fine = use(own, free_names, n->input.at[k]);
    return fine && use_bodies(own, free_names, n);
}

bool onnx_names_of_node(struct onnx_names *names, const struct onnxpb_node *n)
{
    struct map none;
    map_init(&none, names->known.arena);
    return use_node(&none, names, n);
}

bool onnx_names_free(struct onnx_names *names, const struct onnxpb_graph *g)
{
    struct map own;
    bool fine;
    map_init(&own, names->known.arena);
    fine = define_all(&own, g);
    for (size_t i = 0; i < g->node.n && fine; i++) fine = use_node(&own, names, &g->node.at[i]);
    for (size_t i = 0; i < g->output.n && fine; i++) fine = use(&own, names, g->output.at[i].name);
    return fine;
}
