/* The first node where two ways part. Tensors inside the graph, which both sides have under one name, are made outputs of both, a
 * few at a time, among what a differing tensor is computed from: the earliest that differs takes its place, and nothing is
 * asked any more that stands before those that agree. At the end everything matched that the tensor is computed from agrees. */
#include "api/bisect.h"

#include "backend/onnx/legalize.h"
#include "tool/compare.h"

#include <stdlib.h>
#include <string.h>

enum { USUAL_PROBES = 16 };

/* -- which tensors both have --------------------------------------------------------------------------------------- */

/* Names of the file's own tensors that a graph still has: of an ONNX file all are named, so that a made name is none of them. */
static tfp_status add_names(struct tfp_context *ctx, struct bisecting *b, const struct ir_graph *g, bool made_too, struct map *known)
{
    struct ir_names all;
    map_init(known, b->arena);
    if (!ir_name_results(g, b->arena, &all)) return tfp_no_memory(ctx);
    for (size_t i = 0; i < all.n; i++) {
        if (all.at[i].made && !made_too) continue;
        char *own = arena_string(b->arena, all.at[i].name, strlen(all.at[i].name));
        void **at = own ? map_at(known, own, ir_name_length(own)) : NULL;
        if (!at) return tfp_no_memory(ctx);
        *at = own;
    }
    return TFP_OK;
}

/* What the tensors of the model's graph are called in an ONNX file of that opset, which has some ops in other terms: by probe, NULL:
 * it is not in such a file. */
static tfp_status name_in_onnx(struct tfp_context *ctx, struct bisecting *b, int opset, const char **out)
{
    struct ir_graph *copy;
    struct ir_names before, after = { NULL, 0 };
    TFP_TRY(ir_clone(ctx, b->graph, &copy));
    tfp_status status = ir_name_results(copy, b->arena, &before) ? TFP_OK : tfp_no_memory(ctx);
    if (status == TFP_OK) status = legalize_graph(ctx, copy, &(const struct onnx_target){ .opset = opset });
    if (status == TFP_OK && !ir_name_results(copy, b->arena, &after)) status = tfp_no_memory(ctx);
    ir_clear_marks(copy);
    for (size_t i = 0; status == TFP_OK && i < before.n; i++) {
        out[i] = before.at[i].made ? NULL : before.at[i].name;
        before.at[i].value->mark = (uint32_t)i + 1;
    }
    for (size_t i = 0; status == TFP_OK && i < after.n; i++)
        if (after.at[i].value->mark) out[after.at[i].value->mark - 1] = after.at[i].name;
    for (size_t i = 0; status == TFP_OK && i < before.n; i++) /* the names go with the copy */
        if (out[i] && !(out[i] = arena_string(b->arena, out[i], strlen(out[i])))) status = tfp_no_memory(ctx);
    ir_destroy(copy);
    return status;
}

/* The probes' names in another file, as the file spells them. */
static tfp_status name_in_file(struct tfp_context *ctx, struct bisecting *b, const struct ir_names *names, const struct tfp_model *file,
                               const struct ir_graph *g, const char **out)
{
    struct map known;
    const bool onnx = file->source->opset != 0;
    TFP_TRY(add_names(ctx, b, g, !onnx, &known));
    for (size_t i = 0; i < names->n; i++) out[i] = onnx && names->at[i].made ? NULL : names->at[i].name;
    if (onnx && file->source->opset >= ONNX_OLDEST_OPSET) {
        tfp_status status = name_in_onnx(ctx, b, (int)file->source->opset, out);
        if (status != TFP_OK && status != TFP_E_UNSUPPORTED) return status;
    }
    for (size_t i = 0; i < names->n; i++) {
        void **own = out[i] ? map_find(&known, out[i], ir_name_length(out[i])) : NULL;
        out[i] = own ? *own : NULL;
    }
    return TFP_OK;
}

static tfp_status name_in_own_file(struct tfp_context *ctx, struct bisecting *b, const struct side *s, const struct ir_names *names,
                                   const char **out)
{
    struct ir_graph *g;
    struct tfp_model *m;
    if (s->session->own) {
        TFP_TRY(expose_graph(ctx, s->session->own, &g));
        return name_in_file(ctx, b, names, s->session->own, g, out);
    }
    if (!s->way.backend->reads_onnx)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: nothing inside of an engine or a bundle can be looked at", s->told.word);
    TFP_TRY(tfp_model_open(ctx, s->way.path, NULL, &m));
    tfp_status status = m->graph ? name_in_file(ctx, b, names, m, m->graph, out) : tfp_fail(ctx, m->refusal_code, "%s", m->refusal);
    tfp_model_destroy(m);
    return status;
}

/* By probe, NULL: the side does not have it. */
static tfp_status name_on_side(struct tfp_context *ctx, struct bisecting *b, int k, const struct ir_names *names)
{
    const struct side *s = b->sides[k];
    const bool original = s->way.backend->runs_original;
    if (!(b->names[k] = ARENA_ARRAY(b->arena, const char *, names->n))) return tfp_no_memory(ctx);
    if (s->way.path) return name_in_own_file(ctx, b, s, names, b->names[k]);
    for (size_t i = 0; i < names->n; i++) {
        const struct ir_name *n = &names->at[i];
        const bool has = !original || (!n->made && s->way.backend->has_tensor(s->session->state, n->name));
        b->names[k][i] = has ? n->name : NULL;
    }
    return TFP_OK;
}

static tfp_status list_probes(struct tfp_context *ctx, struct bisecting *b)
{
    struct ir_names names;
    TFP_TRY(expose_graph(ctx, b->comparison->model, &b->graph));
    if (!ir_name_results(b->graph, b->arena, &names)) return tfp_no_memory(ctx);
    for (int k = 0; k < 2; k++) TFP_TRY(name_on_side(ctx, b, k, &names));
    b->n = names.n;
    b->probes = ARENA_ARRAY(b->arena, struct probed, b->n);
    if (!b->probes) return tfp_no_memory(ctx);
    for (size_t i = 0; i < b->n; i++) {
        const bool both = b->names[0][i] && b->names[1][i];
        b->probes[i] = (struct probed){ names.at[i].value, names.at[i].name, both ? PROBE_OPEN : PROBE_UNMATCHED, SIZE_MAX };
        for (size_t k = b->graph->n_outputs; names.at[i].value->n_outputs && k-- > 0;)
            if (b->graph->outputs[k].value == names.at[i].value) b->probes[i].output = k;
    }
    return TFP_OK;
}

/* -- one round ----------------------------------------------------------------------------------------------------- */

/* Both sides with some tensors exposed. */
struct round {
    struct side sides[2];
    const char **names[2];
    size_t *probes, n; /* by place among the further outputs */
};

static void end_round(struct round *r)
{
    for (int k = 0; k < 2; k++) tfp_session_destroy(r->sides[k].session);
}

static tfp_status run_side(struct tfp_context *ctx, struct bisecting *b, struct round *r, int k)
{
    struct tfp_session_options o = b->comparison->session;
    struct side *s = &r->sides[k];
    s->way = b->sides[k]->way;
    o.expose = r->names[k];
    o.n_expose = r->n;
    TFP_TRY(way_open(ctx, &s->way, b->comparison->model, &o, &s->session));
    TFP_TRY(comparison_match(ctx, b->arena, b->comparison->model, s));
    for (size_t i = 0; i < s->session->n_inputs; i++) s->inputs[i] = b->inputs[s->input_of[i]];
    return tfp_session_run(ctx, s->session, s->inputs, s->session->n_inputs, s->outputs, s->session->n_outputs);
}

static tfp_status run_round(struct tfp_context *ctx, struct bisecting *b, const size_t *probes, size_t n, struct round *r)
{
    *r = (struct round){ .probes = ARENA_ARRAY(b->arena, size_t, n) };
    for (int k = 0; k < 2; k++) r->names[k] = ARENA_ARRAY(b->arena, const char *, n);
    if (!r->probes || !r->names[0] || !r->names[1]) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        if (b->probes[probes[i]].output != SIZE_MAX) continue; /* is an output anyway */
        for (int k = 0; k < 2; k++) r->names[k][r->n] = b->names[k][probes[i]];
        r->probes[r->n++] = probes[i];
    }
    b->told.rounds++;
    tfp_progress(ctx, "bisecting", b->told.rounds, 0);
    tfp_status status = run_side(ctx, b, r, 0);
    return status == TFP_OK ? run_side(ctx, b, r, 1) : status;
}

static const struct tfp_tensor *result_of(const struct bisecting *b, const struct round *r, int k, size_t probe)
{
    const struct side *s = &r->sides[k];
    if (b->probes[probe].output != SIZE_MAX) return comparison_result(s, b->probes[probe].output);
    for (size_t i = 0; i < r->n; i++)
        if (r->probes[i] == probe) return &s->outputs[s->session->n_outputs - r->n + i];
    return NULL;
}

static bool on_one_graph(const struct bisecting *b)
{
    for (int k = 0; k < 2; k++)
        if (b->sides[k]->way.path || b->sides[k]->way.backend->runs_original) return false;
    return true;
}

static tfp_status compare_probe(struct tfp_context *ctx, const struct bisecting *b, const struct round *r, size_t probe,
                                struct tfp_difference *out)
{
    const struct tfp_tensor *reference = result_of(b, r, 0, probe), *result = result_of(b, r, 1, probe);
    const size_t output = b->probes[probe].output;
    if (!reference || !result) return tfp_fail(ctx, TFP_E_USAGE, "%s: it is no output of both ways", b->probes[probe].name);
    const char *name = output == SIZE_MAX ? NULL : b->comparison->model->outputs[output].name;
    struct tfp_tolerance t = comparison_tolerance(b->comparison, b->sides[1], name, reference->dtype);
    double scale;
    if (!name) { /* small results of large sums are noise, but no great number that both have is to hide the others */
        TFP_TRY(compare_scale(ctx, reference, result, &scale));
        t = (struct tfp_tolerance){ t.absolute + (t.of_greatest > 0 ? t.of_greatest : t.relative) * scale, 0, t.relative };
    }
    return tfp_compare(ctx, reference, result, &t, out);
}

/* Tensors of one name that have not even one shape are not the same in two files: another layout, for instance. */
static enum probe_state state_of(const struct bisecting *b, const struct probed *p, const struct tfp_difference *d)
{
    if (d->agrees) return PROBE_AGREES;
    const bool other = strcmp(d->reason, "values") != 0 && p->output == SIZE_MAX && !on_one_graph(b);
    return other ? PROBE_UNMATCHED : PROBE_DIFFERS;
}

static tfp_status judge_all(struct tfp_context *ctx, struct bisecting *b, const struct round *r, const size_t *probes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct tfp_difference d;
        TFP_TRY(compare_probe(ctx, b, r, probes[i], &d));
        b->probes[probes[i]].state = state_of(b, &b->probes[probes[i]], &d);
    }
    return TFP_OK;
}

/* Makes `n` tensors outputs and tells which differ. What is differing must still differ then: where it does not, or where a side
 * does not work with such outputs, fewer are asked for, and one that alone does that is left out. */
static tfp_status ask(struct tfp_context *ctx, struct bisecting *b, size_t *probes, size_t n)
{
    struct round r;
    struct tfp_difference d;
    probes[n] = b->worst; /* its room is there */
    tfp_status status = run_round(ctx, b, probes, n + 1, &r);
    const bool ran = status == TFP_OK;
    if (ran) status = compare_probe(ctx, b, &r, b->worst, &d);
    const bool same = status == TFP_OK && !d.agrees;
    if (same) status = judge_all(ctx, b, &r, probes, n);
    end_round(&r);
    if (same || (status != TFP_OK && ran)) return status;
    if (n == 1) {
        b->probes[probes[0]].state = PROBE_UNMATCHED;
        b->told.vanished += ran;
        return TFP_OK;
    }
    const size_t half = n / 2, first_behind = probes[half];
    TFP_TRY(ask(ctx, b, probes, half));
    probes[half] = first_behind;
    return ask(ctx, b, probes + half, n - half);
}

/* -- the search ---------------------------------------------------------------------------------------------------- */

/* What `worst` is computed from, up to what agrees: `seen` by probe. */
static void mark_before(const struct bisecting *b, bool *seen)
{
    memset(seen, 0, b->n * sizeof *seen);
    ir_clear_marks(b->graph);
    for (size_t i = 0; i < b->n; i++) b->probes[i].value->mark = (uint32_t)i + 1;
    for (size_t i = b->worst + 1; i-- > 0;) {
        const struct probed *p = &b->probes[i];
        if (i != b->worst && (!seen[i] || p->state == PROBE_AGREES)) continue;
        const struct ir_node *node = p->value->producer;
        for (uint32_t k = 0; k < node->n_in; k++)
            if (node->in[k].value && node->in[k].value->mark) seen[node->in[k].value->mark - 1] = true;
    }
}

/* Up to `most` of the open ones, evenly. */
static size_t choose(const struct bisecting *b, const bool *seen, size_t most, size_t *out)
{
    size_t n = 0, k = 0, at = 0;
    for (size_t i = 0; i < b->n; i++) n += seen[i] && b->probes[i].state == PROBE_OPEN;
    const size_t count = n < most ? n : most;
    for (size_t i = 0; i < b->n && at < count; i++) {
        if (!seen[i] || b->probes[i].state != PROBE_OPEN) continue;
        if (k++ == (2 * at + 1) * n / (2 * count)) out[at++] = i;
    }
    return count;
}

static size_t earliest(const struct bisecting *b, const bool *seen)
{
    for (size_t i = 0; i < b->n; i++)
        if (seen[i] && b->probes[i].state == PROBE_DIFFERS) return i;
    return SIZE_MAX;
}

static tfp_status search(struct tfp_context *ctx, struct bisecting *b, size_t most)
{
    bool *seen = ARENA_ARRAY(b->arena, bool, b->n);
    size_t *chosen = ARENA_ARRAY(b->arena, size_t, most + 1);
    if (!seen || !chosen) return tfp_no_memory(ctx);
    for (;;) {
        mark_before(b, seen);
        const size_t first = earliest(b, seen), n = first == SIZE_MAX ? choose(b, seen, most, chosen) : 0;
        if (first != SIZE_MAX) b->worst = first;
        else if (n) TFP_TRY(ask(ctx, b, chosen, n));
        else break;
    }
    b->seen = seen;
    return TFP_OK;
}

/* The first output that differs, in running order. */
static tfp_status find_output(struct tfp_context *ctx, struct bisecting *b)
{
    struct round r;
    b->worst = SIZE_MAX;
    tfp_status status = run_round(ctx, b, NULL, 0, &r);
    for (size_t i = 0; i < b->n && status == TFP_OK; i++) {
        struct tfp_difference d;
        if (b->probes[i].output == SIZE_MAX) continue;
        status = compare_probe(ctx, b, &r, i, &d);
        b->probes[i].state = status == TFP_OK && d.agrees ? PROBE_AGREES : PROBE_DIFFERS;
        if (b->probes[i].state == PROBE_DIFFERS && b->worst == SIZE_MAX) b->worst = i;
    }
    end_round(&r);
    if (status == TFP_OK && b->worst == SIZE_MAX)
        status = tfp_fail(ctx, TFP_E_USAGE, "%s and %s agree in every output that a node computes", b->sides[0]->told.word,
                          b->sides[1]->told.word);
    return status;
}

/* -- what is told -------------------------------------------------------------------------------------------------- */

static const char *name_of(const struct ir_node *n)
{
    return n->name ? n->name : "";
}

/* Nodes between what agrees and what differs; the tensors that they take. */
static tfp_status tell_region(struct tfp_context *ctx, struct bisecting *b)
{
    const char **inputs = ARENA_ARRAY(b->arena, const char *, b->n);
    struct tfp_graph_tensor *nodes = ARENA_ARRAY(b->arena, struct tfp_graph_tensor, b->n);
    b->frontier = ARENA_ARRAY(b->arena, size_t, b->n + 1);
    if (!inputs || !nodes || !b->frontier) return tfp_no_memory(ctx);
    for (size_t i = 0; i <= b->worst; i++) {
        const struct probed *p = &b->probes[i];
        if (b->seen[i] && p->state == PROBE_AGREES) {
            b->frontier[b->n_frontier++] = i;
            inputs[b->told.n_inputs++] = p->name;
        } else if (b->seen[i] || i == b->worst)
            nodes[b->told.n_nodes++] = (struct tfp_graph_tensor){ p->name, name_of(p->value->producer),
                                                                  schema_op_name(p->value->producer->op) };
    }
    b->told.inputs = inputs;
    b->told.nodes = nodes;
    return TFP_OK;
}

/* Once more, with what the node takes: that is what it is told by. */
static tfp_status tell(struct tfp_context *ctx, struct bisecting *b, const char *save)
{
    struct round r;
    struct tfp_difference *d = ARENA_NEW(b->arena, struct tfp_difference);
    TFP_TRY(tell_region(ctx, b));
    b->frontier[b->n_frontier] = b->worst;
    tfp_status status = d ? run_round(ctx, b, b->frontier, b->n_frontier + 1, &r) : tfp_no_memory(ctx);
    if (!d) return status;
    if (status == TFP_OK) status = compare_probe(ctx, b, &r, b->worst, d);
    if (status == TFP_OK) {
        const struct tfp_tensor *reference = result_of(b, &r, 0, b->worst);
        const struct probed *p = &b->probes[b->worst];
        int64_t *dims = arena_copy(b->arena, reference->dims, reference->rank * sizeof *dims);
        b->told.tensor = p->name;
        b->told.node = name_of(p->value->producer);
        b->told.op = schema_op_name(p->value->producer->op);
        b->told.difference = d;
        b->told.rank = reference->rank;
        b->told.dims = dims;
        if (!dims) status = tfp_no_memory(ctx);
    }
    for (size_t i = 0; save && status == TFP_OK && i <= b->n_frontier; i++) b->values[i] = result_of(b, &r, 0, b->frontier[i]);
    if (save && status == TFP_OK) status = bisect_save(ctx, b, result_of(b, &r, 1, b->worst), save);
    end_round(&r);
    return status;
}

static tfp_status bisect(struct tfp_context *ctx, struct bisecting *b, const struct tfp_bisect_options *o)
{
    TFP_TRY(list_probes(ctx, b));
    TFP_TRY(find_output(ctx, b));
    TFP_TRY(search(ctx, b, o->probes ? o->probes : USUAL_PROBES));
    b->values = ARENA_ARRAY(b->arena, const struct tfp_tensor *, b->n + 1);
    return b->values ? tell(ctx, b, o->save) : tfp_no_memory(ctx);
}

tfp_status tfp_comparison_bisect(tfp_context *ctx, tfp_comparison *c, size_t way, const struct tfp_tensor *inputs, size_t n_inputs,
                                 const struct tfp_bisect_options *options, const struct tfp_bisect **out)
{
    struct tfp_bisect_options o;
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    if (c->options.references)
        return tfp_fail(ctx, TFP_E_USAGE, "two ways are bisected, and the references here are files: name a first way instead");
    if (!way || way >= c->n || n_inputs != c->model->n_inputs)
        return tfp_fail(ctx, TFP_E_USAGE, "way %zu with %zu inputs cannot be bisected against the first", way, n_inputs);
    for (size_t i = 0; i <= way; i += way)
        if (!c->sides[i].session) return tfp_fail(ctx, c->sides[i].told.status, "%s: %s", c->sides[i].told.word, c->sides[i].told.message);
    struct bisecting *b = ARENA_NEW(&c->arena, struct bisecting);
    if (!b) return tfp_no_memory(ctx);
    *b = (struct bisecting){ .arena = &c->arena, .comparison = c, .sides = { &c->sides[0], &c->sides[way] }, .inputs = inputs };
    TFP_TRY(bisect(ctx, b, &o));
    *out = &b->told;
    return TFP_OK;
}
