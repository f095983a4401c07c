/* Asking the families' rows in turn. */
#include "decompose/decompose.h"

#include <string.h>

static const struct decompositions *const families[] = { &decompose_array, &decompose_math, &decompose_nn,
                                                         &decompose_resize, &decompose_linear,
                                                         &decompose_attention, &decompose_function,
                                                         &decompose_sparse, &decompose_trees };

bool decompose_computes(const struct decompose *d, enum ir_op op, tfp_dtype dtype)
{
    if (d->computes) return d->computes(d, op, dtype);
    const struct schema *s = schema_at(op, d->opset);
    return s && !s->deprecated && s->n_in && (s->in[0].types & (uint64_t)1 << dtype);
}

bool decompose_known(enum ir_op op)
{
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
        for (size_t i = 0; i < families[f]->n; i++)
            if (families[f]->rows[i].op == op) return true;
    return false;
}

static bool all_given(const struct ir_node *n, struct ir_value *const *out)
{
    for (uint32_t i = 0; i < n->n_out; i++)
        if (ir_wants(n, i) && !out[i]) return false;
    return true;
}

static bool surely_empty(const struct ir_value *v)
{
    int64_t dims[TFP_MAX_RANK];
    bool zero = false;
    if (!ir_static_dims(v, dims)) return false;
    for (int32_t i = 0; i < v->rank; i++) zero = zero || dims[i] == 0;
    return zero;
}

/* Results without elements are constants, whatever would make them: formulas with a -1 in a shape need not think of it. */
static bool give_empty(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    int64_t dims[TFP_MAX_RANK];
    for (uint32_t i = 0; i < n->n_out; i++)
        if (ir_wants(n, i) && !surely_empty(n->out[i])) return false;
    for (uint32_t i = 0; i < n->n_out && d->b.status == TFP_OK; i++) {
        if (!ir_wants(n, i)) continue;
        ir_static_dims(n->out[i], dims);
        out[i] = ir_tensor(&d->b, n->out[i]->dtype, n->out[i]->rank, dims, NULL);
    }
    return d->b.status == TFP_OK;
}

bool decompose_node(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    if (decompose_known(n->op) && give_empty(d, n, out)) return true;
    if (d->b.status != TFP_OK) return false;
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        for (size_t i = 0; i < families[f]->n; i++) {
            if (families[f]->rows[i].op != n->op) continue;
            memset(out, 0, n->n_out * sizeof *out);
            bool made = families[f]->rows[i].run(d, n, out);
            if (d->b.status != TFP_OK) return false;
            if (made && all_given(n, out)) return true;
        }
    }
    return false;
}

/* Opset 16 brought reductions to ops of old; what an op is made of was mostly there before it. */
bool decompose_lacking(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    enum { OLDEST = 7, PLAIN = 15 };
    const int opset = d->opset;
    int first = opset;
    while (first > OLDEST && schema_at(n->op, first - 1)) first--;
    const int terms[] = { opset < PLAIN ? opset : PLAIN, first > OLDEST ? first - 1 : OLDEST, OLDEST };
    bool made = false;
    for (size_t i = 0; i < sizeof terms / sizeof terms[0] && !made && d->b.status == TFP_OK; i++) {
        d->opset = terms[i];
        made = decompose_node(d, n, out);
    }
    d->opset = opset;
    return made;
}

static bool keep_shape(struct ir_graph *g, const struct ir_value *from, struct ir_value *to)
{
    if (from->rank < 0 || to->constant || !to->producer || to->dtype != from->dtype) return true;
    return ir_set_shape(g, to, from->dtype, from->rank, from->dims);
}

bool decompose_replace(struct ir_graph *g, struct ir_node *n, struct ir_value *const *out)
{
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (!ir_wants(n, i)) continue;
        if (!keep_shape(g, n->out[i], out[i])) return false;
        ir_replace(g, n->out[i], out[i]);
    }
    ir_remove(n);
    return true;
}
