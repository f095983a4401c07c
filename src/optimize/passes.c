/* The passes in running order. Rounds repeat until nothing changes, since one pass uncovers work for another; in builds
 * with assertions the graph is checked after each pass, so that a mistake is found where it was made. */
#include "optimize/passes.h"

#include <assert.h>

static const struct pass passes[] = {
    { "dead", pass_dead },         /* first: whatever is not needed costs nothing below */
    { "simplify", pass_simplify }, /* what does nothing goes, so that neighbours meet */
    { "sink", pass_sink },         /* what one branch of an If needs goes into it; a choice that costs little is no If */
    { "over_time", pass_over_time }, /* loops that carry nothing: whole tensors; how long loops run */
    { "recurrent", pass_recurrent }, /* loops over time that are LSTM, GRU or RNN; before layout moves what is in them */
    { "carried", pass_carried },   /* what bodies are given and give; they are optimized after the rounds */
    { "layout", pass_layout },     /* Transposes sink and cancel */
    { "pattern", pass_pattern },   /* activations written out become one op */
    { "written_out", pass_written_out }, /* normalizations and activations written out as many ops, too */
    { "embeddings", pass_embeddings }, /* what feature columns write out */
    { "quantized", pass_quantized }, /* weights of quantized networks stay whole numbers */
    { "fuse", pass_fuse },         /* Pad, BatchNormalization, scale and bias into Conv and MatMul */
    { "fold", pass_fold },         /* constants; the large ones wait for whoever uses them: optimize_fold() */
    { "cse", pass_cse },
    { "dead", pass_dead },
};
enum { PASSES = sizeof passes / sizeof passes[0], MOST_ROUNDS = 10 };

static tfp_status run_pass(struct optimize *o, const struct pass *p, bool *changed)
{
    bool now = false;
    tfp_status status = p->run(o, &now);
    if (status != TFP_OK) return tfp_prefix(o->ctx, status, "pass %s", p->name);
    *changed = *changed || now;
#ifndef NDEBUG
    if (now && (status = ir_check(o->ctx, o->graph)) != TFP_OK)
        return tfp_prefix(o->ctx, status, "after pass %s", p->name);
#endif
    if (now && o->watch) o->watch(o->user, p->name);
    return TFP_OK;
}

static tfp_status run_rounds(struct optimize *o, bool *any)
{
    bool changed = true;
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
        changed = false;
        for (size_t i = 0; i < PASSES; i++) TFP_TRY(run_pass(o, &passes[i], &changed));
        *any = *any || changed;
    }
    return TFP_OK;
}

/* Bodies between the rounds: once each, so that bodies in one another cost no more than others. */
static tfp_status run_all(struct optimize *o, bool *any)
{
    bool changed = false;
    TFP_TRY(run_rounds(o, any));
    for (struct ir_graph *body = o->graph->bodies; body; body = body->next_body) {
        struct optimize inner = { .ctx = o->ctx, .graph = body };
        TFP_TRY(run_all(&inner, &changed));
    }
    if (!changed) return TFP_OK;
    *any = true;
    TFP_TRY(ir_infer_all(o->ctx, o->graph));
    return run_rounds(o, any);
}

tfp_status optimize_graph(struct tfp_context *ctx, struct ir_graph *g)
{
    return optimize_graph_watched(ctx, g, NULL, NULL);
}

tfp_status optimize_graph_watched(struct tfp_context *ctx, struct ir_graph *g, void (*watch)(void *user, const char *pass),
                                  void *user)
{
    struct optimize o = { .ctx = ctx, .graph = g, .watch = watch, .user = user };
    bool any = false;
#ifndef NDEBUG
    TFP_TRY(ir_check(ctx, g));
#endif
    static const struct pass last = { "quantized_last", pass_quantized_last };
    TFP_TRY(run_all(&o, &any));
    TFP_TRY(run_pass(&o, &last, &any));
    ir_drop_loose_constants(g);
    return TFP_OK;
}

tfp_status optimize_attention(struct tfp_context *ctx, struct ir_graph *g)
{
    static const struct pass attention = { "attention", pass_attention };
    struct optimize o = { .ctx = ctx, .graph = g };
    bool changed = false;
    size_t n = 0;
    TFP_TRY(run_pass(&o, &attention, &changed));
    if (!changed) return TFP_OK;
    for (const struct ir_node *node = g->first; node; node = node->next) n += node->op == IR_ATTENTION;
    tfp_note(ctx, "attention, which is written out as many ops, becomes %zu Attention", n);
    return optimize_graph(ctx, g);
}
