/* Nodes whose inputs are all constant become constants. The inputs' memory is given back as soon as nothing uses them,
 * so that at most one copy of the weights is held besides the file's map. A fold that would make a model larger (a tiled
 * or expanded constant) is left to run time. */
#include "ir/kernels/kernel.h"
#include "optimize/passes.h"

#include <string.h>

enum { MOST_INPUTS = 64, MOST_OUTPUTS = 16, FREE_GROWTH = 1 << 20 };

/* Folding moves memory and little else: starting threads costs more than a second one saves. */
enum { FOLD_THREADS = 1 };

/* Larger results stay nodes while a graph is optimized: their memory is needed only where they are used. */
enum { LEFT_FOR_LATER = 64 * 1024 };

static bool can_fold(const struct ir_node *n, bool large)
{
    size_t in_bytes = 0, out_bytes = 0;
    if (!large && ir_is_quantized_weight(n)) return false;
    if (n->n_in > MOST_INPUTS || n->n_out > MOST_OUTPUTS || ir_is_random(n->op) || !kernel_find(n->op)) return false;
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct ir_value *v = n->in[i].value;
        if (v && !v->constant) return false;
        if (v) in_bytes += v->constant->size;
    }
    for (uint32_t i = 0; i < n->n_out; i++) {
        int64_t dims[TFP_MAX_RANK], count;
        if (!n->out[i]) continue;
        if (!ir_static_dims(n->out[i], dims) || !numbers_count(dims, (size_t)n->out[i]->rank, &count)) return false;
        size_t bytes;
        if (!mul_size(&bytes, (size_t)count, tfp_dtype_size(n->out[i]->dtype))) return false;
        if (__builtin_add_overflow(out_bytes, bytes, &out_bytes)) return false;
    }
    return out_bytes <= in_bytes + FREE_GROWTH && (large || out_bytes < LEFT_FOR_LATER);
}

static tfp_status fold_node(struct optimize *o, struct ir_node *n, bool *changed)
{
    struct tensor in[MOST_INPUTS], out[MOST_OUTPUTS];
    struct ir_value *ins[MOST_INPUTS], *outs[MOST_OUTPUTS];
    memset(in, 0, n->n_in * sizeof in[0]);
    memset(out, 0, n->n_out * sizeof out[0]);
    for (uint32_t i = 0; i < n->n_in; i++) {
        ins[i] = n->in[i].value;
        if (ins[i]) in[i] = *ins[i]->constant;
    }
    tfp_status status = kernel_evaluate(o->ctx, n, in, n->n_in, out, n->n_out, FOLD_THREADS);
    if (status == TFP_E_UNSUPPORTED) return TFP_OK; /* no kernel for this type: it stays a node */
    TFP_TRY(status);
    bool made = true;
    for (uint32_t i = 0; i < n->n_out; i++) outs[i] = n->out[i];
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (outs[i] && made) made = ir_make_constant(o->graph, outs[i], &out[i]);
        tensor_release(&out[i]);
    }
    uint32_t n_in = n->n_in;
    ir_remove(n);
    for (uint32_t i = 0; i < n_in; i++)
        if (ins[i]) ir_drop_constant(o->graph, ins[i]);
    *changed = true;
    return made ? TFP_OK : tfp_no_memory(o->ctx);
}

/* A small tensor of integers or bools all of whose elements are known, though what it is made from is not constant: shapes. */
static tfp_status fold_known(struct optimize *o, struct ir_node *n, bool *changed)
{
    struct ir_value *v = n->n_out == 1 ? n->out[0] : NULL;
    int64_t at[IR_KNOWN_MAX];
    int64_t count = v && v->n_known && v->rank <= 1 && !ir_is_random(n->op) ? ir_known_elements(v, at, IR_KNOWN_MAX) : -1;
    if (count < 1 || ir_unused(v) || (v->dtype != TFP_INT64 && v->dtype != TFP_INT32 && v->dtype != TFP_BOOL)) return TFP_OK;
    struct build b = rewrite_before(o, n);
    struct ir_value *known = v->rank ? ir_ints(&b, at, (size_t)count) : ir_int(&b, at[0]);
    *changed = true;
    return rewrite_with(o, &b, n, ir_cast(&b, known, v->dtype));
}

static tfp_status fold_graph(struct optimize *o, bool large, bool *changed)
{
    bool folded = false;
    size_t done = 0;
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        done++;
        tfp_progress(o->ctx, "fold", done, o->graph->n_nodes + done);
        if (can_fold(n, large)) TFP_TRY(fold_node(o, n, &folded));
    }
    *changed = *changed || folded;
    return folded ? ir_infer_all(o->ctx, o->graph) : TFP_OK;
}

tfp_status pass_fold(struct optimize *o, bool *changed)
{
    bool known = false;
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next; /* what goes with a node stands before it */
        TFP_TRY(fold_known(o, n, &known));
    }
    *changed = *changed || known;
    return fold_graph(o, false, changed);
}

tfp_status optimize_fold(struct tfp_context *ctx, struct ir_graph *g)
{
    struct optimize o = { .ctx = ctx, .graph = g };
    bool changed = false;
    for (struct ir_graph *body = g->bodies; body; body = body->next_body) TFP_TRY(optimize_fold(ctx, body));
    return fold_graph(&o, true, &changed);
}
