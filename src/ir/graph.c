/* Graphs, values, nodes and their links. Use lists are kept exact by every function here, so that passes may ask who
 * uses a value at any time. */
#include "ir/ir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- graphs -------------------------------------------------------------------------------------------------------- */

static struct ir_graph *new_graph(void)
{
    struct ir_graph *g = calloc(1, sizeof *g);
    if (!g) return NULL;
    map_init(&g->symbol_names, &g->arena);
    map_init(&g->buffer_index, &g->arena);
    g->n_symbols = 1;
    g->name = "tfport";
    return g;
}

tfp_status ir_create(struct tfp_context *ctx, struct ir_graph **out)
{
    return (*out = new_graph()) ? TFP_OK : tfp_no_memory(ctx);
}

void ir_destroy(struct ir_graph *g)
{
    if (!g) return;
    for (struct ir_graph *body = g->bodies, *next; body; body = next) {
        next = body->next_body;
        ir_destroy(body);
    }
    for (size_t i = 0; i < g->n_buffers; i++) buffer_drop(g->buffers[i]->buffer);
    arena_free(&g->arena);
    free(g);
}

bool ir_add_metadata(struct ir_graph *g, const char *key, const char *value)
{
    const char *(*more)[2] = arena_alloc(&g->arena, g->n_metadata + 1, sizeof *more);
    if (!more) return false;
    if (g->n_metadata) memcpy(more, g->metadata, g->n_metadata * sizeof *more);
    more[g->n_metadata][0] = arena_string(&g->arena, key, strlen(key));
    more[g->n_metadata][1] = arena_string(&g->arena, value, strlen(value));
    if (!more[g->n_metadata][0] || !more[g->n_metadata][1]) return false;
    g->metadata = more;
    g->n_metadata++;
    return true;
}

/* -- bodies -------------------------------------------------------------------------------------------------------- */

static struct ir_graph *root_of(struct ir_graph *g)
{
    while (g->parent) g = g->parent;
    return g;
}

struct ir_graph *ir_add_body(struct ir_graph *parent)
{
    size_t depth = 1;
    for (const struct ir_graph *g = parent; g->parent; g = g->parent) depth++;
    struct ir_graph *body = depth <= IR_DEEPEST_BODY ? new_graph() : NULL;
    if (!body) return NULL;
    body->parent = parent;
    body->number = ++root_of(parent)->n_made;
    body->next_body = parent->bodies;
    parent->bodies = body;
    return body;
}

void ir_drop_bodies(struct ir_graph *g)
{
    for (struct ir_graph *body = g->bodies; body; body = body->next_body) body->used = body->inlined;
    for (const struct ir_node *n = g->bodies ? g->first : NULL; n; n = n->next)
        for (size_t i = 0; i < n->n_attrs; i++)
            if (n->attrs[i].kind == ATTR_KIND_GRAPH) n->attrs[i].v.graph->used = true;
    for (struct ir_graph **at = &g->bodies; *at;) {
        struct ir_graph *body = *at;
        if (body->used) {
            at = &body->next_body;
            continue;
        }
        *at = body->next_body;
        ir_destroy(body);
    }
}

/* -- values -------------------------------------------------------------------------------------------------------- */

static struct ir_value *new_value(struct ir_graph *g, const char *name)
{
    struct ir_value *v = ARENA_NEW(&g->arena, struct ir_value);
    if (!v) return NULL;
    v->rank = -1;
    v->graph = g;
    if (name && !(v->name = arena_string(&g->arena, name, strlen(name)))) return NULL;
    return v;
}

struct ir_value *ir_add_input(struct ir_graph *g, const char *name, tfp_dtype dtype, int32_t rank, const struct dim *dims)
{
    struct ir_value *v = new_value(g, name);
    struct dim own[TFP_MAX_RANK];
    if (!v || rank > TFP_MAX_RANK || !ARENA_GROW(&g->arena, g->inputs, g->n_inputs, &g->room_inputs)) return NULL;
    for (int32_t i = 0; i < rank; i++) {
        char hint[256];
        snprintf(hint, sizeof hint, "%s_d%d", name, (int)i);
        own[i] = dim_fixed(dims[i]) && dims[i].n < 0 ? ir_new_symbol(g, hint) : dims[i];
        if (own[i].sym == DIM_UNKNOWN) return NULL;
    }
    if (!ir_set_shape(g, v, dtype, rank, own)) return NULL;
    g->inputs[g->n_inputs++] = v;
    return v;
}

bool ir_add_output(struct ir_graph *g, const char *name, struct ir_value *v)
{
    char *own = arena_string(&g->arena, name, strlen(name));
    if (!own || !ARENA_GROW(&g->arena, g->outputs, g->n_outputs, &g->room_outputs)) return false;
    g->outputs[g->n_outputs++] = (struct ir_output){ own, v };
    v->n_outputs++;
    return true;
}

void ir_drop_input(struct ir_graph *g, size_t i)
{
    memmove(&g->inputs[i], &g->inputs[i + 1], (--g->n_inputs - i) * sizeof *g->inputs);
}

void ir_drop_output(struct ir_graph *g, size_t i)
{
    g->outputs[i].value->n_outputs--;
    memmove(&g->outputs[i], &g->outputs[i + 1], (--g->n_outputs - i) * sizeof *g->outputs);
}

/* The graph owns each buffer once and counts the constants that lie in it. */
static bool keep_buffer(struct ir_graph *g, const struct tensor *t)
{
    struct buffer *b = t->owner;
    if (!b) return true;
    struct buffer **key = arena_copy(&g->arena, &b, sizeof b);
    void **at = key ? map_at(&g->buffer_index, (const char *)key, sizeof b) : NULL;
    if (!at) return false;
    struct ir_kept *kept = *at;
    if (!kept) {
        if (!(kept = ARENA_NEW(&g->arena, struct ir_kept))) return false;
        if (!ARENA_GROW(&g->arena, g->buffers, g->n_buffers, &g->room_buffers)) return false;
        g->buffers[g->n_buffers++] = kept;
        *at = kept;
    }
    if (!kept->buffer) kept->buffer = buffer_keep(b);
    kept->n_constants++;
    if (t->dtype == TFP_STRING) kept->texts = true;
    return true;
}

static void drop_kept(struct ir_kept *kept)
{
    if (kept->n_constants || kept->texts) return;
    buffer_drop(kept->buffer);
    kept->buffer = NULL;
}

/* One constant less in that buffer. */
static void leave_buffer(struct ir_graph *g, struct buffer *b)
{
    void **at = b ? map_find(&g->buffer_index, (const char *)&b, sizeof b) : NULL;
    struct ir_kept *kept = at ? *at : NULL;
    if (!kept || !kept->n_constants) return;
    kept->n_constants--;
    drop_kept(kept);
}

void ir_drop_constant(struct ir_graph *g, struct ir_value *v)
{
    struct buffer *b = v->constant ? v->constant->owner : NULL;
    if (!b || !ir_unused(v)) return;
    if (b->mapped) buffer_forget(b, v->constant->data, v->constant->size);
    v->constant = NULL;
    leave_buffer(g, b);
}

static void count_tensor(struct ir_graph *g, const struct tensor *t)
{
    void **at = t->owner ? map_find(&g->buffer_index, (const char *)&t->owner, sizeof t->owner) : NULL;
    if (at) ((struct ir_kept *)*at)->n_constants++;
}

static void count_constant(struct ir_graph *g, struct ir_value *v)
{
    if (!v || !v->constant || v->mark) return;
    v->mark = 1;
    count_tensor(g, v->constant);
}

static void drop_loose_constants(struct ir_graph *g)
{
    for (size_t i = 0; i < g->n_buffers; i++) g->buffers[i]->n_constants = 0;
    for (struct ir_node *n = g->first; n; n = n->next) {
        for (uint32_t i = 0; i < n->n_in; i++) count_constant(g, n->in[i].value);
        for (size_t i = 0; i < n->n_attrs; i++)
            if (n->attrs[i].kind == ATTR_KIND_TENSOR) count_tensor(g, n->attrs[i].v.tensor);
    }
    for (size_t i = 0; i < g->n_outputs; i++) count_constant(g, g->outputs[i].value);
    for (size_t i = 0; i < g->n_buffers; i++) drop_kept(g->buffers[i]);
    for (struct ir_graph *body = g->bodies; body; body = body->next_body) drop_loose_constants(body);
}

void ir_drop_loose_constants(struct ir_graph *g)
{
    ir_clear_marks(g);
    drop_loose_constants(g);
}

static tfp_status align_constant(struct tfp_context *ctx, struct ir_graph *g, struct ir_value *v)
{
    struct buffer *old = v->constant->owner;
    struct tensor t = *v->constant;
    bool copied;
    TFP_TRY(tensor_align(ctx, &t, &copied));
    if (!copied) return TFP_OK;
    bool made = ir_make_constant(g, v, &t);
    tensor_release(&t);
    if (!made) return tfp_no_memory(ctx);
    leave_buffer(g, old);
    return TFP_OK;
}

tfp_status ir_align_constants(struct tfp_context *ctx, struct ir_graph *g)
{
    for (struct ir_node *n = g->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_in; i++) {
            struct ir_value *v = n->in[i].value;
            if (v && v->constant && !tensor_is_aligned(v->constant)) TFP_TRY(align_constant(ctx, g, v));
        }
    for (size_t i = 0; i < g->n_outputs; i++) {
        struct ir_value *v = g->outputs[i].value;
        if (v->constant && !tensor_is_aligned(v->constant)) TFP_TRY(align_constant(ctx, g, v));
    }
    for (struct ir_graph *body = g->bodies; body; body = body->next_body) TFP_TRY(ir_align_constants(ctx, body));
    return TFP_OK;
}

bool ir_make_constant(struct ir_graph *g, struct ir_value *v, const struct tensor *t)
{
    struct dim dims[TFP_MAX_RANK];
    struct tensor *own = arena_copy(&g->arena, t, sizeof *t);
    if (!own || !keep_buffer(g, t)) return false;
    for (uint32_t i = 0; i < t->rank; i++) dims[i] = dim_of(t->dims[i]);
    if (v->producer) v->producer->out[v->index] = NULL;
    v->producer = NULL;
    v->constant = own;
    v->known = NULL;
    v->n_known = 0;
    return ir_set_shape(g, v, t->dtype, (int32_t)t->rank, dims);
}

struct ir_value *ir_add_constant(struct ir_graph *g, const char *name, const struct tensor *t)
{
    struct ir_value *v = new_value(g, name);
    return v && ir_make_constant(g, v, t) ? v : NULL;
}

/* -- uses ---------------------------------------------------------------------------------------------------------- */

static void link_use(struct ir_use *u, struct ir_value *v)
{
    u->value = v;
    u->prev = NULL;
    u->next = v ? v->uses : NULL;
    if (!v) return;
    if (u->next) u->next->prev = u;
    v->uses = u;
    v->n_uses++;
}

static void unlink_use(struct ir_use *u)
{
    struct ir_value *v = u->value;
    if (!v) return;
    if (u->prev) u->prev->next = u->next;
    else v->uses = u->next;
    if (u->next) u->next->prev = u->prev;
    u->next = u->prev = NULL;
    u->value = NULL;
    v->n_uses--;
}

void ir_set_input(struct ir_node *n, size_t i, struct ir_value *v)
{
    unlink_use(&n->in[i]);
    link_use(&n->in[i], v);
}

void ir_drop_node_input(struct ir_node *n, size_t i)
{
    for (; i + 1 < n->n_in; i++) ir_set_input(n, i, n->in[i + 1].value);
    ir_set_input(n, --n->n_in, NULL);
}

void ir_drop_node_output(struct ir_node *n, size_t i)
{
    n->n_out--;
    for (; i < n->n_out; i++)
        if ((n->out[i] = n->out[i + 1])) n->out[i]->index = (uint32_t)i;
}

bool ir_insert_node_output(struct ir_node *n, size_t i)
{
    struct ir_value **more = ARENA_ARRAY(&n->graph->arena, struct ir_value *, n->n_out + 1);
    if (!more) return false;
    if (i > n->n_out) return true; /* outputs at the end that nobody wants need no place */
    for (uint32_t k = 0; k < n->n_out; k++) {
        more[k < i ? k : k + 1] = n->out[k];
        if (n->out[k]) n->out[k]->index = k < i ? k : k + 1;
    }
    n->out = more;
    n->n_out++;
    return true;
}

/* Moves the uses to a larger array, since lists point into the old one. */
bool ir_append_input(struct ir_node *n, struct ir_value *v)
{
    struct ir_use *more = arena_alloc(&n->graph->arena, n->n_in + 1, sizeof *more);
    if (!more) return false;
    for (uint32_t i = 0; i <= n->n_in; i++) {
        struct ir_value *old = i < n->n_in ? n->in[i].value : v;
        if (i < n->n_in) unlink_use(&n->in[i]);
        more[i].node = n;
        more[i].index = i;
        link_use(&more[i], old);
    }
    n->in = more;
    n->n_in++;
    return true;
}

void ir_set_output(struct ir_graph *g, size_t i, struct ir_value *v)
{
    g->outputs[i].value->n_outputs--;
    g->outputs[i].value = v;
    v->n_outputs++;
}

void ir_replace(struct ir_graph *g, struct ir_value *from, struct ir_value *to)
{
    if (from == to) return;
    while (from->uses) {
        struct ir_use *u = from->uses;
        unlink_use(u);
        link_use(u, to);
    }
    for (size_t i = 0; i < g->n_outputs && from->n_outputs; i++)
        if (g->outputs[i].value == from) ir_set_output(g, i, to);
    if (!to->name && from->producer) {
        to->name = from->name;
        from->name = NULL;
    }
}

/* -- nodes --------------------------------------------------------------------------------------------------------- */

static bool copy_attr_value(struct arena *a, struct ir_attr *to)
{
    switch (to->kind) {
    case ATTR_KIND_STRING:
        to->v.s.at = arena_string(a, to->v.s.at, to->v.s.n);
        return to->v.s.at != NULL;
    case ATTR_KIND_INTS:
        to->v.ints.at = arena_copy(a, to->v.ints.at, to->v.ints.n * sizeof(int64_t));
        return to->v.ints.at != NULL;
    case ATTR_KIND_FLOATS:
        to->v.floats.at = arena_copy(a, to->v.floats.at, to->v.floats.n * sizeof(float));
        return to->v.floats.at != NULL;
    case ATTR_KIND_STRINGS:
        to->v.strings.at = arena_copy(a, to->v.strings.at, to->v.strings.n * sizeof(struct bytes));
        return to->v.strings.at != NULL;
    case ATTR_KIND_TENSOR:
        to->v.tensor = arena_copy(a, to->v.tensor, sizeof *to->v.tensor);
        return to->v.tensor != NULL;
    default: return true;
    }
}

static int attr_order(const void *a, const void *b)
{
    return (int)((const struct ir_attr *)a)->name - (int)((const struct ir_attr *)b)->name;
}

static bool copy_attrs(struct ir_node *n, const struct ir_attr *attrs)
{
    size_t count = 0;
    while (attrs && attrs[count].name != ATTR_NONE) count++;
    n->attrs = arena_copy(&n->graph->arena, attrs, count * sizeof *attrs);
    if (!n->attrs) return false;
    n->n_attrs = count;
    for (size_t i = 0; i < count; i++) {
        if (!copy_attr_value(&n->graph->arena, &n->attrs[i])) return false;
        if (n->attrs[i].kind == ATTR_KIND_TENSOR && !keep_buffer(n->graph, n->attrs[i].v.tensor)) return false;
    }
    if (count > 1) qsort(n->attrs, count, sizeof *n->attrs, attr_order);
    return true;
}

static void link_node(struct ir_graph *g, struct ir_node *n, struct ir_node *before)
{
    n->next = before;
    n->prev = before ? before->prev : g->last;
    if (n->prev) n->prev->next = n;
    else g->first = n;
    if (before) before->prev = n;
    else g->last = n;
    g->n_nodes++;
}

struct ir_node *ir_add_node(struct ir_graph *g, struct ir_node *before, enum ir_op op, const char *name,
                            struct ir_value *const *in, size_t n_in, const struct ir_attr *attrs, size_t n_out)
{
    struct ir_node *n = ARENA_NEW(&g->arena, struct ir_node);
    if (!n) return NULL;
    *n = (struct ir_node){ .op = op, .name = name, .n_in = (uint32_t)n_in, .n_out = (uint32_t)n_out, .graph = g };
    n->in = ARENA_ARRAY(&g->arena, struct ir_use, n_in);
    n->out = ARENA_ARRAY(&g->arena, struct ir_value *, n_out);
    if (!n->in || !n->out || !copy_attrs(n, attrs)) return NULL;
    if (name && !(n->name = arena_string(&g->arena, name, strlen(name)))) return NULL;
    for (uint32_t i = 0; i < n_out; i++) {
        if (!(n->out[i] = new_value(g, NULL))) return NULL;
        n->out[i]->producer = n;
        n->out[i]->index = i;
    }
    for (uint32_t i = 0; i < n_in; i++) {
        n->in[i].node = n;
        n->in[i].index = i;
        link_use(&n->in[i], in[i]);
    }
    link_node(g, n, before);
    return n;
}

static void unlink_node(struct ir_node *n)
{
    struct ir_graph *g = n->graph;
    if (n->prev) n->prev->next = n->next;
    else g->first = n->next;
    if (n->next) n->next->prev = n->prev;
    else g->last = n->prev;
    n->prev = n->next = NULL;
    g->n_nodes--;
}

void ir_move_node(struct ir_node *n, struct ir_node *before)
{
    unlink_node(n);
    link_node(n->graph, n, before);
}

void ir_remove(struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++) unlink_use(&n->in[i]);
    unlink_node(n);
}

static bool only_moves(enum ir_op op)
{
    return op == IR_TRANSPOSE || op == IR_RESHAPE || op == IR_SQUEEZE || op == IR_UNSQUEEZE;
}

/* What its elements are before they were moved. */
static const struct ir_value *unmoved(const struct ir_value *v)
{
    while (v && v->producer && only_moves(v->producer->op)) v = ir_in(v->producer, 0);
    return v;
}

/* Numbers that are quantized when the graph runs. */
static bool is_dequantized(const struct ir_value *v)
{
    v = unmoved(v);
    while (ir_producer(v, IR_PAD)) v = unmoved(ir_in(v->producer, 0));
    const struct ir_node *n = ir_producer(v, IR_DEQUANTIZE_LINEAR);
    const struct ir_value *x = n ? unmoved(ir_in(n, 0)) : NULL;
    return x && !x->constant;
}

bool ir_is_quantized_weight(const struct ir_node *n)
{
    const struct ir_value *x = n->op == IR_DEQUANTIZE_LINEAR ? unmoved(ir_in(n, 0)) : NULL;
    if (!x || !x->constant || x->rank < 2 || (x->dtype != TFP_INT8 && x->dtype != TFP_UINT8)) return false;
    const struct ir_value *v = n->out[0];
    while (ir_single_use(v) && v->uses->index == 0 && only_moves(v->uses->node->op)) v = v->uses->node->out[0];
    if (!v->n_uses || v->n_outputs) return false;
    for (const struct ir_use *u = v->uses; u; u = u->next) {
        const enum ir_op op = u->node->op;
        const bool weighs = op == IR_CONV || op == IR_CONV_TRANSPOSE || op == IR_MATMUL || op == IR_GEMM;
        if (!weighs || u->index != 1 || !is_dequantized(ir_in(u->node, 0))) return false;
    }
    return true;
}

bool ir_is_random(enum ir_op op)
{
    switch (op) {
    case IR_RANDOM_NORMAL: case IR_RANDOM_NORMAL_LIKE: case IR_RANDOM_UNIFORM: case IR_RANDOM_UNIFORM_LIKE:
    case IR_BERNOULLI: case IR_MULTINOMIAL: case IR_DROPOUT: return true;
    default: return false;
    }
}

/* -- attributes ---------------------------------------------------------------------------------------------------- */

bool ir_set_attr(struct ir_node *n, const struct ir_attr *a)
{
    struct ir_attr *more = arena_alloc(&n->graph->arena, n->n_attrs + 2, sizeof *more);
    size_t k = 0;
    if (!more) return false;
    for (size_t i = 0; i < n->n_attrs; i++)
        if (n->attrs[i].name != a->name) more[k++] = n->attrs[i];
    more[k] = *a;
    if (!copy_attr_value(&n->graph->arena, &more[k])) return false;
    if (a->kind == ATTR_KIND_TENSOR && !keep_buffer(n->graph, a->v.tensor)) return false;
    n->attrs = more;
    n->n_attrs = k + 1;
    qsort(n->attrs, n->n_attrs, sizeof *n->attrs, attr_order);
    return true;
}

void ir_drop_attr(struct ir_node *n, enum ir_attr_name name)
{
    for (size_t i = 0; i < n->n_attrs; i++) {
        if (n->attrs[i].name != name) continue;
        memmove(&n->attrs[i], &n->attrs[i + 1], (n->n_attrs - i - 1) * sizeof *n->attrs);
        n->n_attrs--;
        return;
    }
}

const struct ir_attr *ir_attr(const struct ir_node *n, enum ir_attr_name name)
{
    for (size_t i = 0; i < n->n_attrs; i++)
        if (n->attrs[i].name == name) return &n->attrs[i];
    return NULL;
}

static const struct schema_attr *preset_of(const struct ir_node *n, enum ir_attr_name name)
{
    const struct schema *s = schema_newest(n->op);
    const struct schema_attr *a = s ? schema_attr(s, name) : NULL;
    return a && a->preset ? a : NULL;
}

int64_t ir_attr_int(const struct ir_node *n, enum ir_attr_name name, int64_t otherwise)
{
    const struct ir_attr *a = ir_attr(n, name);
    if (a) return a->kind == ATTR_KIND_INT ? a->v.i : otherwise;
    const struct schema_attr *preset = preset_of(n, name);
    return preset ? preset->i : otherwise;
}

float ir_attr_float(const struct ir_node *n, enum ir_attr_name name, float otherwise)
{
    const struct ir_attr *a = ir_attr(n, name);
    if (a) return a->kind == ATTR_KIND_FLOAT ? a->v.f : otherwise;
    const struct schema_attr *preset = preset_of(n, name);
    return preset ? preset->f : otherwise;
}

struct bytes ir_attr_string(const struct ir_node *n, enum ir_attr_name name, const char *otherwise)
{
    const struct ir_attr *a = ir_attr(n, name);
    if (a) return a->kind == ATTR_KIND_STRING ? a->v.s : bytes_of(otherwise);
    const struct schema_attr *preset = preset_of(n, name);
    return bytes_of(preset ? preset->s : otherwise);
}

bool ir_attr_is(const struct ir_node *n, enum ir_attr_name name, const char *word)
{
    return bytes_equal(ir_attr_string(n, name, ""), word);
}

struct ir_ints ir_attr_ints(const struct ir_node *n, enum ir_attr_name name)
{
    const struct ir_attr *a = ir_attr(n, name);
    return a && a->kind == ATTR_KIND_INTS ? a->v.ints : (struct ir_ints){ NULL, 0 };
}

/* -- copying and inlining ------------------------------------------------------------------------------------------ */

struct copying {
    const struct ir_graph *from;
    struct ir_graph *to;
    bool inlines;           /* a body into the graph around it: its own bodies move, names of values stay behind */
    struct ir_node *before; /* what is inlined comes before it */
    struct map values;      /* old pointer -> new value */
};

static struct ir_value **copy_place(struct copying *c, struct ir_value *const *key)
{
    return (struct ir_value **)map_at(&c->values, (const char *)key, sizeof *key);
}

static bool bind_copy(struct copying *c, struct ir_value *const *key, struct ir_value *to)
{
    struct ir_value **at = copy_place(c, key);
    if (at) *at = to;
    return at && to;
}

static struct ir_value *copied_value(struct copying *c, struct ir_value *const *key)
{
    struct ir_value **at = copy_place(c, key);
    if (!at) return NULL;
    if (!*at && (*key)->constant) *at = ir_add_constant(c->to, c->inlines ? NULL : (*key)->name, (*key)->constant);
    return *at;
}

static bool inline_facts(struct copying *c, const struct ir_value *from, struct ir_value *to)
{
    struct dim dims[TFP_MAX_RANK];
    for (int32_t i = 0; i < from->rank; i++) dims[i] = dim_carry(c->from, c->to, from->dims[i]);
    return ir_set_shape(c->to, to, from->dtype, from->rank, dims);
}

/* Symbols have the same numbers in a clone, so shapes are copied as they are. */
static bool copy_facts(struct copying *c, const struct ir_value *from, struct ir_value *to)
{
    if (c->inlines) return inline_facts(c, from, to);
    if (from->name && !to->name && !(to->name = arena_string(&c->to->arena, from->name, strlen(from->name)))) return false;
    return ir_set_shape(c->to, to, from->dtype, from->rank, from->dims) &&
           (!from->known || ir_set_known(c->to, to, from->known, from->n_known));
}

static bool copy_graph(const struct ir_graph *from, struct ir_graph *to);

static bool copy_body(struct copying *c, struct ir_attr *a)
{
    struct ir_graph *body = ir_add_body(c->to);
    if (!body) return false;
    body->number = a->v.graph->number;
    bool copied = copy_graph(a->v.graph, body);
    a->v.graph = body;
    return copied;
}

static bool copy_node(struct copying *c, const struct ir_node *n)
{
    struct arena *scratch = c->values.arena;
    struct ir_value **in = ARENA_ARRAY(scratch, struct ir_value *, n->n_in);
    struct ir_attr *attrs = ARENA_ARRAY(scratch, struct ir_attr, n->n_attrs + 1);
    if (!in || !attrs) return false;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && !(in[i] = copied_value(c, &n->in[i].value))) return false;
    if (n->n_attrs) memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    for (size_t i = 0; i < n->n_attrs && !c->inlines; i++)
        if (attrs[i].kind == ATTR_KIND_GRAPH && !copy_body(c, &attrs[i])) return false;
    struct ir_node *to = ir_add_node(c->to, c->before, n->op, n->name, in, n->n_in, attrs, n->n_out);
    if (!to) return false;
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (!n->out[i]) to->out[i] = NULL;
        else if (!copy_facts(c, n->out[i], to->out[i]) || !bind_copy(c, &n->out[i], to->out[i])) return false;
    }
    return true;
}

static bool copy_all(struct copying *c)
{
    const struct ir_graph *g = c->from;
    for (size_t i = 1; i < g->n_symbols; i++)
        if (ir_symbol(c->to, g->symbols[i].name).sym != i) return false;
    for (size_t i = 0; i < g->n_inputs; i++) {
        const struct ir_value *v = g->inputs[i];
        if (!bind_copy(c, &g->inputs[i], ir_add_input(c->to, v->name, v->dtype, v->rank, v->dims))) return false;
    }
    for (const struct ir_node *n = g->first; n; n = n->next)
        if (!copy_node(c, n)) return false;
    for (size_t i = 0; i < g->n_outputs; i++) {
        struct ir_value *v = copied_value(c, &g->outputs[i].value);
        if (!v || !ir_add_output(c->to, g->outputs[i].name, v)) return false;
    }
    for (size_t i = 0; i < g->n_metadata; i++)
        if (!ir_add_metadata(c->to, g->metadata[i][0], g->metadata[i][1])) return false;
    c->to->name = arena_string(&c->to->arena, g->name, strlen(g->name));
    return c->to->name != NULL;
}

static bool copy_graph(const struct ir_graph *from, struct ir_graph *to)
{
    struct arena scratch = { 0 };
    struct copying c = { .from = from, .to = to };
    map_init(&c.values, &scratch);
    bool copied = copy_all(&c);
    arena_free(&scratch);
    return copied;
}

tfp_status ir_clone(struct tfp_context *ctx, const struct ir_graph *g, struct ir_graph **out)
{
    struct ir_graph *to;
    TFP_TRY(ir_create(ctx, &to));
    to->number = g->number;
    bool copied = copy_graph(g, to);
    while (g->parent) g = g->parent;
    to->n_made = g->n_made;
    if (!copied) {
        ir_destroy(to);
        return tfp_no_memory(ctx);
    }
    *out = to;
    return TFP_OK;
}

static bool inline_all(struct copying *c, struct ir_value *const *in, struct ir_value **out)
{
    for (size_t i = 0; i < c->from->n_inputs; i++)
        if (!bind_copy(c, &c->from->inputs[i], in[i])) return false;
    for (const struct ir_node *n = c->from->first; n; n = n->next)
        if (!copy_node(c, n)) return false;
    for (size_t i = 0; i < c->from->n_outputs; i++)
        if (!(out[i] = copied_value(c, &c->from->outputs[i].value))) return false;
    return true;
}

static void move_bodies(struct ir_graph *from, struct ir_graph *to)
{
    while (from->bodies) {
        struct ir_graph *body = from->bodies;
        from->bodies = body->next_body;
        body->parent = to;
        body->next_body = to->bodies;
        to->bodies = body;
    }
}

/* Constants without an owner lie in the body's arena, which stays; those with one have it in the parent now. */
static void empty_body(struct ir_graph *body)
{
    while (body->n_outputs) ir_drop_output(body, body->n_outputs - 1);
    while (body->last) ir_remove(body->last);
    for (size_t i = 0; i < body->n_buffers; i++) buffer_drop(body->buffers[i]->buffer);
    body->n_buffers = 0;
    body->inlined = true;
}

bool ir_inline_body(struct ir_graph *body, struct ir_node *before, struct ir_value *const *in, struct ir_value **out)
{
    struct arena scratch = { 0 };
    struct copying c = { .from = body, .to = body->parent, .inlines = true, .before = before };
    map_init(&c.values, &scratch);
    bool done = inline_all(&c, in, out);
    arena_free(&scratch);
    if (!done) return false;
    move_bodies(body, c.to);
    empty_body(body);
    return true;
}

static size_t depth_of_bodies(const struct ir_graph *g)
{
    size_t most = 0;
    for (const struct ir_graph *body = g->bodies; body; body = body->next_body) {
        size_t depth = 1 + depth_of_bodies(body);
        if (depth > most) most = depth;
    }
    return most;
}

static void adopt(struct ir_graph *to, struct ir_graph *body)
{
    struct ir_graph **at = &body->parent->bodies;
    while (*at != body) at = &(*at)->next_body;
    *at = body->next_body;
    body->parent = to;
    body->next_body = to->bodies;
    to->bodies = body;
}

struct ir_node *ir_sink_node(struct ir_node *n, struct ir_graph *body, struct ir_value *const *in)
{
    size_t depth = 0;
    for (const struct ir_graph *g = body; g; g = g->parent) depth++;
    for (size_t i = 0; i < n->n_attrs; i++)
        if (n->attrs[i].kind == ATTR_KIND_GRAPH && depth + depth_of_bodies(n->attrs[i].v.graph) > IR_DEEPEST_BODY) return NULL;
    struct ir_attr *attrs = ARENA_ARRAY(&body->arena, struct ir_attr, n->n_attrs + 1); /* ended by an empty one */
    if (!attrs) return NULL;
    if (n->n_attrs) memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    struct ir_node *to = ir_add_node(body, body->first, n->op, n->name, in, n->n_in, attrs, n->n_out);
    if (!to) return NULL;
    for (size_t i = 0; i < n->n_attrs; i++)
        if (attrs[i].kind == ATTR_KIND_GRAPH) adopt(body, attrs[i].v.graph);
    for (uint32_t i = 0; i < n->n_out; i++)
        if (!n->out[i]) to->out[i] = NULL;
    return to;
}

void ir_clear_marks(const struct ir_graph *g)
{
    for (size_t i = 0; i < g->n_inputs; i++) g->inputs[i]->mark = 0;
    for (size_t i = 0; i < g->n_outputs; i++) g->outputs[i].value->mark = 0;
    for (struct ir_node *n = g->first; n; n = n->next) {
        n->mark = 0;
        for (uint32_t i = 0; i < n->n_in; i++)
            if (n->in[i].value) n->in[i].value->mark = 0;
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i]) n->out[i]->mark = 0;
    }
    for (const struct ir_graph *body = g->bodies; body; body = body->next_body) ir_clear_marks(body);
}
