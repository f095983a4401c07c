/* Groups nodes into units: a head and the element-wise nodes behind it that nobody else looks at. Also numbers values
 * and live nodes and counts who reads what. */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

/* -- element-wise nodes as oneDNN's formulas ----------------------------------------------------------------------- */

static const struct {
    enum ir_op op;
    dnnl_alg_kind_t alg;
    enum ir_attr_name alpha, beta; /* attributes that give the parameters; ATTR_NONE: the numbers here */
    float a, b;
} unary_table[] = {
    { IR_RELU, dnnl_eltwise_relu, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_LEAKY_RELU, dnnl_eltwise_relu, ATTR_ALPHA, ATTR_NONE, 0.01f, 0 },
    { IR_ELU, dnnl_eltwise_elu, ATTR_ALPHA, ATTR_NONE, 1, 0 },
    { IR_SIGMOID, dnnl_eltwise_logistic, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_TANH, dnnl_eltwise_tanh, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_HARD_SWISH, dnnl_eltwise_hardswish, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_SWISH, dnnl_eltwise_swish, ATTR_ALPHA, ATTR_NONE, 1, 0 },
    { IR_MISH, dnnl_eltwise_mish, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_SOFTPLUS, dnnl_eltwise_soft_relu, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_EXP, dnnl_eltwise_exp, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_SQRT, dnnl_eltwise_sqrt, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_ABS, dnnl_eltwise_abs, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_NEG, dnnl_eltwise_linear, ATTR_NONE, ATTR_NONE, -1, 0 },
    { IR_RECIPROCAL, dnnl_eltwise_pow, ATTR_NONE, ATTR_NONE, 1, -1 },
};

static const struct {
    enum ir_op op;
    dnnl_alg_kind_t alg;
    bool commutes;
} binary_table[] = {
    { IR_ADD, dnnl_binary_add, true },  { IR_SUB, dnnl_binary_sub, false }, { IR_MUL, dnnl_binary_mul, true },
    { IR_DIV, dnnl_binary_div, false }, { IR_MAX, dnnl_binary_max, true },  { IR_MIN, dnnl_binary_min, true },
};

/* Clip with constant limits. */
static uint32_t clip_posts(const struct ir_node *n, struct post posts[2])
{
    float low = -__FLT_MAX__, high = __FLT_MAX__;
    if ((ir_in(n, 1) && !layout_scalar(ir_in(n, 1), &low)) || (ir_in(n, 2) && !layout_scalar(ir_in(n, 2), &high)))
        return 0;
    if (!(low <= high)) return 0;
    posts[0] = (struct post){ .alg = dnnl_eltwise_clip, .alpha = low, .beta = high };
    return 1;
}

static uint32_t gelu_post(const struct ir_node *n, struct post posts[2])
{
    bool exact = ir_attr_is(n, ATTR_APPROXIMATE, "none");
    posts[0] = (struct post){ .alg = exact ? dnnl_eltwise_gelu_erf : dnnl_eltwise_gelu_tanh };
    return 1;
}

/* a * x + b where one operand is a constant scalar. */
static uint32_t linear_post(const struct ir_node *n, struct post posts[2], uint32_t *data)
{
    float c;
    uint32_t side = layout_scalar(ir_in(n, 1), &c) ? 0 : layout_scalar(ir_in(n, 0), &c) ? 1 : 2;
    if (side == 2 || !ir_in(n, side) || ir_in(n, side)->rank < ir_in(n, 1 - side)->rank) return 0;
    float a = 1, b = 0;
    switch (n->op) {
    case IR_ADD: b = c; break;
    case IR_SUB:
        a = side ? -1 : 1;
        b = side ? c : -c;
        break;
    case IR_MUL: a = c; break;
    case IR_POW:
        if (side) return 0;
        *data = 0;
        posts[0] = (struct post){ .alg = dnnl_eltwise_pow, .alpha = 1, .beta = c };
        return 1;
    default: return 0;
    }
    *data = side;
    posts[0] = (struct post){ .alg = dnnl_eltwise_linear, .alpha = a, .beta = b };
    return 1;
}

uint32_t fuse_posts_of(const struct ir_node *n, struct post posts[2], uint32_t *data)
{
    *data = 0;
    if (n->op == IR_CLIP) return clip_posts(n, posts);
    if (n->op == IR_GELU) return gelu_post(n, posts);
    if (n->op == IR_HARD_SIGMOID) {
        posts[0] = (struct post){ .alg = dnnl_eltwise_linear,
                                  .alpha = ir_attr_float(n, ATTR_ALPHA, 0.2f),
                                  .beta = ir_attr_float(n, ATTR_BETA, 0.5f) };
        posts[1] = (struct post){ .alg = dnnl_eltwise_clip, .alpha = 0, .beta = 1 };
        return 2;
    }
    for (size_t i = 0; i < sizeof unary_table / sizeof unary_table[0]; i++)
        if (n->op == unary_table[i].op) {
            posts[0] = (struct post){ .alg = unary_table[i].alg, .alpha = unary_table[i].a, .beta = unary_table[i].b };
            if (unary_table[i].alpha != ATTR_NONE)
                posts[0].alpha = ir_attr_float(n, unary_table[i].alpha, unary_table[i].a);
            return 1;
        }
    return linear_post(n, posts, data);
}

dnnl_alg_kind_t fuse_binary_of(const struct ir_node *n, bool *commutes)
{
    for (size_t i = 0; i < sizeof binary_table / sizeof binary_table[0]; i++)
        if (n->op == binary_table[i].op) {
            *commutes = binary_table[i].commutes;
            return binary_table[i].alg;
        }
    return dnnl_alg_kind_undef;
}

/* -- numbering ----------------------------------------------------------------------------------------------------- */

static bool is_needed(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++) {
        const struct ir_value *v = n->out[i];
        if (v && v->n_outputs) return true;
        for (const struct ir_use *u = v ? v->uses : NULL; u; u = u->next)
            if (u->node->mark) return true;
    }
    return false;
}

/* Marks and counts the nodes that an output needs. */
static uint32_t mark_live(struct ir_graph *g)
{
    uint32_t live = 0;
    for (struct ir_node *n = g->last; n; n = n->prev)
        if (is_needed(n)) n->mark = 1, live++;
    return live;
}

static size_t count_values(const struct ir_graph *g)
{
    size_t n = g->n_inputs + g->n_outputs;
    for (const struct ir_node *at = g->first; at; at = at->next)
        if (at->mark) n += at->n_in + at->n_out;
    return n;
}

static bool number_value(struct builder *b, struct ir_value *v, uint32_t *n)
{
    if (!v || v->mark) return true;
    struct group *group = ARENA_NEW(&b->plan->arena, struct group);
    if (!group) return false;
    v->mark = ++*n;
    group->pinned = v->n_outputs || v->constant;
    b->values[v->mark] = (struct value){ .ir = v, .group = group };
    return true;
}

static tfp_status number(struct builder *b)
{
    struct ir_graph *g = b->plan->graph;
    uint32_t n = 0, k = 0;
    ir_clear_marks(g);
    uint32_t live = mark_live(g);
    b->values = ARENA_ARRAY(&b->plan->arena, struct value, count_values(g) + 1);
    b->units = ARENA_ARRAY(&b->plan->arena, struct unit *, (size_t)live + 1);
    if (!b->values || !b->units) return tfp_no_memory(b->ctx);
    for (struct ir_node *at = g->first; at; at = at->next)
        if (at->mark) at->mark = ++k;
    bool done = true;
    for (size_t i = 0; i < g->n_inputs; i++) {
        done &= number_value(b, g->inputs[i], &n);
        if (done) b->values[g->inputs[i]->mark].group->pinned = true;
    }
    for (struct ir_node *at = g->first; at && done; at = at->next) {
        if (!at->mark) continue;
        for (uint32_t i = 0; i < at->n_in; i++) {
            done &= number_value(b, at->in[i].value, &n);
            if (done && at->in[i].value) b->values[at->in[i].value->mark].group->pending++;
        }
        for (uint32_t i = 0; i < at->n_out; i++)
            done &= number_value(b, at->out[i], &n);
    }
    for (size_t i = 0; i < g->n_outputs; i++)
        done &= number_value(b, g->outputs[i].value, &n);
    return done ? TFP_OK : tfp_no_memory(b->ctx);
}

/* -- units --------------------------------------------------------------------------------------------------------- */

static bool can_head(const struct ir_node *n)
{
    struct post posts[2];
    uint32_t data;
    bool commutes;
    switch (n->op) {
    case IR_CONV:
    case IR_CONV_TRANSPOSE:
    case IR_MATMUL:
    case IR_GEMM: return true;
    case IR_BATCH_NORMALIZATION: return n->n_out == 1;
    default: return fuse_posts_of(n, posts, &data) || fuse_binary_of(n, &commutes) != dnnl_alg_kind_undef;
    }
}

/* The only live reader of a value and the place where it reads it. */
static const struct ir_node *only_reader(struct builder *b, const struct ir_value *v, uint32_t *index)
{
    const struct group *group = b->values[v->mark].group;
    if (group->pending != 1 || group->pinned) return NULL;
    for (const struct ir_use *u = v->uses; u; u = u->next)
        if (u->node->mark) {
            *index = u->index;
            return u->node;
        }
    return NULL;
}

/* What `n` does to its input `index`, as posts; 0: no element-wise node, or it grows its input. */
static uint32_t posts_for(const struct ir_node *n, uint32_t index, struct post posts[2])
{
    uint32_t data;
    bool commutes;
    if (n->n_out != 1 || !layout_fits(n->out[0]) || !layout_same_dims(n->in[index].value, n->out[0])) return 0;
    uint32_t k = fuse_posts_of(n, posts, &data);
    if (k) return data == index ? k : 0;
    dnnl_alg_kind_t alg = fuse_binary_of(n, &commutes);
    if (alg == dnnl_alg_kind_undef || n->n_in != 2 || (index && !commutes)) return 0;
    struct ir_value *other = n->in[1 - index].value;
    if (!layout_fits(other) || other == n->in[index].value || other->rank > n->out[0]->rank) return 0;
    posts[0] = (struct post){ .alg = alg, .other = other };
    return 1;
}

/* oneDNN 2.6 keeps one set of constants for each kind of element-wise post, so that a second one with other numbers
 * would be computed with the first one's. Our own loops do not mind. */
static bool clashes(const struct unit *u, const struct post *posts, uint32_t n)
{
    enum ir_op head = u->head->op;
    if (head != IR_CONV && head != IR_CONV_TRANSPOSE && head != IR_MATMUL && head != IR_GEMM) return false;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < u->n_posts; k++)
            if (!posts[i].other && posts[i].alg == u->posts[k].alg &&
                (posts[i].alpha != u->posts[k].alpha || posts[i].beta != u->posts[k].beta))
                return true;
    return false;
}

bool fuse_matrix_of(const struct ir_value *v, const struct ir_value *whole, int64_t columns, int64_t out[2])
{
    int64_t dims[TFP_MAX_RANK], all[TFP_MAX_RANK], product = 1;
    int n = whole->rank, split = n, shift = n - v->rank;
    if (shift < 0 || !ir_static_dims(v, dims) || !ir_static_dims(whole, all)) return false;
    while (split > 0 && (product < columns || all[split - 1] == 1))
        product *= all[--split];
    if (product != columns) return false;
    for (int group = 0; group < 2; group++) {
        bool same = true, ones = true;
        out[group] = 1;
        for (int i = group ? split : 0; i < (group ? n : split); i++) {
            int64_t d = i < shift ? 1 : dims[i - shift];
            same &= d == all[i];
            ones &= d == 1;
            out[group] *= d;
        }
        if (!same && !ones) return false;
    }
    return true;
}

/* A reshape of a matrix product's result that only splits its rows and its columns: the product goes on behind it. */
static bool splits_rows(const struct unit *u, const struct ir_node *n)
{
    int64_t sizes[2];
    const struct ir_value *y = u->head->out[0];
    if (n->op != IR_RESHAPE || (u->head->op != IR_MATMUL && u->head->op != IR_GEMM) || !layout_fits(n->out[0]))
        return false;
    if (ir_in(u->head, 1)->rank != 2 || y->rank < 2) return false;
    return fuse_matrix_of(n->out[0], n->out[0], y->dims[y->rank - 1].n, sizes);
}

static void extend(struct builder *b, struct unit *u, bool *held)
{
    uint32_t index;
    const struct ir_node *next;
    while (layout_fits(u->result) && (next = only_reader(b, u->result, &index)) && !held[next->mark]) {
        struct post posts[2];
        uint32_t n = posts_for(next, index, posts);
        if (u->n_nodes > CPU_POSTS || u->n_posts + n > CPU_POSTS || clashes(u, posts, n)) return;
        if (!n && !splits_rows(u, next)) return;
        for (uint32_t i = 0; i < n; i++) {
            posts[i].at = next->out[0];
            u->posts[u->n_posts++] = posts[i];
        }
        u->nodes[u->n_nodes] = u->last = next;
        u->posts_after[u->n_nodes++] = u->n_posts;
        u->result = next->out[0];
        held[next->mark] = true;
    }
}

tfp_status fuse_graph(struct builder *b)
{
    struct ir_graph *g = b->plan->graph;
    TFP_TRY(number(b));
    bool *held = ARENA_ARRAY(&b->plan->arena, bool, g->n_nodes + 1);
    if (!held) return tfp_no_memory(b->ctx);
    for (const struct ir_node *n = g->first; n; n = n->next) {
        if (!n->mark || held[n->mark]) continue;
        struct unit *u = ARENA_NEW(&b->plan->arena, struct unit);
        if (!u) return tfp_no_memory(b->ctx);
        *u = (struct unit){ .head = n, .last = n, .result = n->out[0], .nodes = { n }, .n_nodes = 1 };
        held[n->mark] = true;
        if (can_head(n)) extend(b, u, held);
        b->units[u->last->mark] = u;
    }
    return TFP_OK;
}
