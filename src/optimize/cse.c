/* Nodes that compute the same become one; so do small equal constants. */
#include "optimize/passes.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { SMALL_CONSTANT = 1024, SMALL_TABLE = 1 << 18 }; /* bytes; elements */

/* The key is the node's own bytes: op, attributes, inputs. Pointers in it are stable while the pass runs. */
static void add_key_attr(const struct ir_attr *a, struct text *key)
{
    text_add_bytes(key, (const char *)&a->name, sizeof a->name);
    switch (a->kind) {
    case ATTR_KIND_INT: text_add_bytes(key, (const char *)&a->v.i, sizeof a->v.i); break;
    case ATTR_KIND_FLOAT: text_add_bytes(key, (const char *)&a->v.f, sizeof a->v.f); break;
    case ATTR_KIND_STRING: text_add_bytes(key, a->v.s.at, a->v.s.n); break;
    case ATTR_KIND_INTS: text_add_bytes(key, (const char *)a->v.ints.at, a->v.ints.n * sizeof(int64_t)); break;
    case ATTR_KIND_FLOATS: text_add_bytes(key, (const char *)a->v.floats.at, a->v.floats.n * sizeof(float)); break;
    default: text_add_bytes(key, (const char *)&a, sizeof a); break; /* others equal only themselves */
    }
    text_add_bytes(key, "|", 1);
}

static void add_key(const struct ir_node *n, struct text *key)
{
    text_add_bytes(key, (const char *)&n->op, sizeof n->op);
    text_add_bytes(key, (const char *)&n->n_out, sizeof n->n_out);
    for (uint32_t i = 0; i < n->n_in; i++) text_add_bytes(key, (const char *)&n->in[i].value, sizeof n->in[i].value);
    text_add_bytes(key, "|", 1);
    for (size_t i = 0; i < n->n_attrs; i++) add_key_attr(&n->attrs[i], key);
}

static void add_constant_key(const struct tensor *t, struct text *key)
{
    text_add_bytes(key, "const", 5);
    text_add_bytes(key, (const char *)&t->dtype, sizeof t->dtype);
    text_add_bytes(key, (const char *)&t->rank, sizeof t->rank);
    text_add_bytes(key, (const char *)t->dims, t->rank * sizeof t->dims[0]);
    for (int64_t i = 0; t->dtype == TFP_STRING && i < t->count; i++) {
        const struct bytes s = tensor_string(t, i);
        text_add_bytes(key, (const char *)&s.n, sizeof s.n);
        text_add_bytes(key, s.at, s.n);
    }
    if (t->dtype != TFP_STRING) text_add_bytes(key, t->data, t->size);
}

/* Two columns with one vocabulary have a table each. */
static bool merges(const struct ir_node *n, const struct tensor *t)
{
    if (n->op == IR_TABLE_FIND) return t->count <= SMALL_TABLE;
    return t->size <= SMALL_CONSTANT && t->dtype != TFP_STRING;
}

struct merging {
    struct optimize *o;
    struct arena arena;
    struct map seen;
    struct text key; /* reused */
    bool changed;
};

static void **place(struct merging *m)
{
    char *own = m->key.failed ? NULL : arena_copy(&m->arena, m->key.at, m->key.n);
    return own ? map_at(&m->seen, own, m->key.n) : NULL;
}

static tfp_status merge_constants(struct merging *m, struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++) {
        struct ir_value *v = n->in[i].value;
        if (!v || !v->constant || !merges(n, v->constant)) continue;
        m->key.n = 0;
        add_constant_key(v->constant, &m->key);
        void **at = place(m);
        if (!at) return tfp_no_memory(m->o->ctx);
        if (!*at) *at = v;
        if (*at == v) continue;
        ir_set_input(n, i, *at);
        ir_drop_constant(m->o->graph, v);
    }
    return TFP_OK;
}

static tfp_status merge_node(struct merging *m, struct ir_node *n)
{
    TFP_TRY(merge_constants(m, n));
    if (ir_is_random(n->op)) return TFP_OK;
    m->key.n = 0;
    add_key(n, &m->key);
    void **at = place(m);
    if (!at) return tfp_no_memory(m->o->ctx);
    if (!*at) {
        *at = n;
        return TFP_OK;
    }
    struct ir_node *first = *at;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (ir_wants(n, i) && !first->out[i]) return TFP_OK;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i]) ir_replace(m->o->graph, n->out[i], first->out[i]);
    ir_remove(n);
    m->changed = true;
    return TFP_OK;
}

tfp_status pass_cse(struct optimize *o, bool *changed)
{
    struct merging m = { .o = o };
    tfp_status status = TFP_OK;
    map_init(&m.seen, &m.arena);
    for (struct ir_node *n = o->graph->first, *next; n && status == TFP_OK; n = next) {
        next = n->next;
        status = merge_node(&m, n);
    }
    arena_free(&m.arena);
    text_free(&m.key);
    *changed = *changed || m.changed;
    return status;
}
