/* A dense layer over indicator columns multiplies rows that are nearly all zeros. What such columns add to the product is a sum of the
 * kernel's rows: product of the other columns with theirs, and an EmbeddingSum for each indicator, in a chain. */
#include "backend/cpu/cpu_plan.h"

#include "ir/build.h"

#include <string.h>

enum { LEAST_DEPTH = 32 }; /* a shorter row is as fast as it is */

/* An indicator over a sparse feature: ids, at indices [n, 2] of a matrix whose other places do not count. */
struct indicator {
    struct ir_value *ids, *indices;
    int64_t depth;
};

static const struct ir_node *made_by(const struct ir_value *v, enum ir_op op)
{
    return v && !v->constant ? ir_producer(v, op) : NULL;
}

static bool is_below_zero(const struct ir_value *v)
{
    const struct tensor *t = v ? v->constant : NULL;
    return t && dtype_is_integer(t->dtype) && t->count == 1 && tensor_int(t, 0) < 0;
}

static bool read_indicator(const struct ir_value *v, struct indicator *out)
{
    const struct ir_node *sum = made_by(v, IR_SUM_OF_ONE_HOT), *put = sum ? made_by(ir_in(sum, 0), IR_SCATTER_ND) : NULL;
    const struct ir_node *room = put ? made_by(ir_in(put, 0), IR_EXPAND) : NULL;
    if (!room || !is_below_zero(ir_in(room, 0)) || !ir_attr_is(put, ATTR_REDUCTION, "none")) return false;
    *out = (struct indicator){ .ids = ir_in(put, 2), .indices = ir_in(put, 1), .depth = ir_attr_int(sum, ATTR_DEPTH, 0) };
    return v->rank == 2 && out->indices->rank == 2 && dim_is(out->indices->dims[1], 2) && out->ids->rank == 1 &&
           out->depth >= LEAST_DEPTH && dim_is(v->dims[1], out->depth);
}

/* Rows of the kernel, in its own memory. */
static struct ir_value *rows_of(struct build *b, const struct tensor *kernel, int64_t from, int64_t n)
{
    struct tensor t = *kernel;
    const size_t row = kernel->dims[0] ? kernel->size / (size_t)kernel->dims[0] : 0;
    t.dims[0] = n;
    t.count = n * t.dims[1];
    t.size = (size_t)n * row;
    t.data = (char *)kernel->data + (size_t)from * row;
    struct ir_value *v = ir_add_constant(b->graph, NULL, &t);
    return v ? v : build_fail(b, tfp_no_memory(b->ctx));
}

struct split {
    const struct ir_node *concat;
    const struct tensor *kernel;
    struct ir_value **dense, **dense_rows; /* columns that stay, and what of the kernel they meet */
    size_t n_dense;
    struct ir_value *y; /* the product so far */
};

/* The product of the columns that stay. */
static void multiply_dense(struct build *b, struct split *s)
{
    int64_t at = 0;
    for (uint32_t i = 0; i < s->concat->n_in; i++) {
        struct ir_value *part = ir_in(s->concat, i);
        struct indicator found;
        const int64_t width = part->dims[1].n;
        if (!read_indicator(part, &found)) {
            s->dense[s->n_dense] = part;
            s->dense_rows[s->n_dense++] = rows_of(b, s->kernel, at, width);
        }
        at += width;
    }
    if (s->n_dense) s->y = ir_matmul(b, ir_concat(b, s->dense, s->n_dense, 1), ir_concat(b, s->dense_rows, s->n_dense, 0));
}

static void add_indicators(struct build *b, struct split *s, struct ir_value *count)
{
    int64_t at = 0;
    for (uint32_t i = 0; i < s->concat->n_in; i++) {
        struct ir_value *part = ir_in(s->concat, i);
        struct indicator found;
        if (read_indicator(part, &found)) {
            struct ir_value *kernel = rows_of(b, s->kernel, at, found.depth), *ids = ir_cast(b, found.ids, TFP_INT64);
            s->y = ir_emit(b, IR_EMBEDDING_SUM, IN(kernel, ids, found.indices, count, s->y), ATTRS(A_INT(ATTR_SKIP, 2)));
        }
        at += part->dims[1].n;
    }
}

static bool has_indicators(const struct ir_node *concat, int64_t *rows)
{
    struct indicator found;
    bool any = false;
    *rows = 0;
    for (uint32_t i = 0; i < concat->n_in; i++) {
        const struct ir_value *part = ir_in(concat, i);
        if (part->rank != 2 || !dim_fixed(part->dims[0]) || !dim_fixed(part->dims[1])) return false;
        *rows += part->dims[1].n;
        any = any || read_indicator(part, &found);
    }
    return any;
}

tfp_status rewrite_indicators(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n)
{
    const struct ir_node *concat = n->op == IR_MATMUL ? made_by(ir_in(n, 0), IR_CONCAT) : NULL;
    const struct tensor *kernel = ir_in_constant(n, 1);
    int64_t rows;
    if (!concat || !ir_single_use(concat->out[0]) || !kernel || kernel->dtype != TFP_FLOAT || kernel->rank != 2) return TFP_OK;
    if (!has_indicators(concat, &rows) || rows != kernel->dims[0]) return TFP_OK;
    struct build b = { .ctx = ctx, .graph = g, .before = n, .scope = n->name };
    struct split s = { .concat = concat, .kernel = kernel, .dense = ARENA_ARRAY(&g->arena, struct ir_value *, concat->n_in),
                       .dense_rows = ARENA_ARRAY(&g->arena, struct ir_value *, concat->n_in) };
    if (!s.dense || !s.dense_rows) return tfp_no_memory(ctx);
    multiply_dense(&b, &s);
    add_indicators(&b, &s, INTS(&b, concat->out[0]->dims[0].n));
    if (b.status != TFP_OK) return b.status;
    ir_replace(g, n->out[0], s.y);
    return TFP_OK;
}
