#include "api/bundle_session.h"

#include "api/bundle_file.h"
#include "ir/tensor_info.h"

#include <stdlib.h>
#include <string.h>

/* Of a part: its session, whose values stand in an order of its own, and the values of a run in the session's order. */
struct running_part {
    struct tfp_session *session;
    size_t *inputs, *outputs; /* of the session's: the number in the description */
    size_t *places;           /* of the description's outputs: the number in the session */
    struct tfp_tensor *in, *out;
};

struct bundle_state {
    struct tfp_parts *parts;
    struct running_part run[CUT_SIDES];
    struct arena arena;
};

/* -- opening ------------------------------------------------------------------------------------------------------- */

/* Each value of the session is one that is told of, and all of these are there. */
static tfp_status match(struct tfp_context *ctx, const char *file, const struct tfp_tensor_info *told, size_t n_told,
                        const struct tfp_tensor_info *own, size_t n_own, size_t *out)
{
    if (n_told != n_own)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: it has %zu values where the bundle tells of %zu", file, n_own, n_told);
    for (size_t i = 0; i < n_own; i++) {
        out[i] = tensor_info_find(told, n_told, own[i].name);
        if (out[i] == SIZE_MAX || !tensor_info_agrees(&told[out[i]], &own[i]))
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: %s is not as the bundle tells of it", file, own[i].name);
    }
    return TFP_OK;
}

static tfp_status prepare(struct tfp_context *ctx, struct bundle_state *b, size_t k)
{
    const struct tfp_part *part = &b->parts->parts[k];
    struct running_part *r = &b->run[k];
    const struct tfp_session *s = r->session;
    r->inputs = ARENA_ARRAY(&b->arena, size_t, part->n_inputs + 1);
    r->outputs = ARENA_ARRAY(&b->arena, size_t, part->n_outputs + 1);
    r->places = ARENA_ARRAY(&b->arena, size_t, part->n_outputs + 1);
    r->in = ARENA_ARRAY(&b->arena, struct tfp_tensor, part->n_inputs + 1);
    r->out = ARENA_ARRAY(&b->arena, struct tfp_tensor, part->n_outputs + 1);
    if (!r->inputs || !r->outputs || !r->places || !r->in || !r->out) return tfp_no_memory(ctx);
    TFP_TRY(match(ctx, part->file, part->inputs, part->n_inputs, s->inputs, s->n_inputs, r->inputs));
    TFP_TRY(match(ctx, part->file, part->outputs, part->n_outputs, s->outputs, s->n_outputs, r->outputs));
    for (size_t i = 0; i < part->n_outputs; i++) r->places[r->outputs[i]] = i;
    return TFP_OK;
}

static tfp_status open_part(struct tfp_context *ctx, struct bundle_state *b, size_t k, const char *folder,
                            const struct tfp_session_options *o)
{
    const struct tfp_part *part = &b->parts->parts[k];
    const struct tfp_session_options ends = { .size = sizeof ends, .backend = "cpu", .threads = o->threads };
    const char *path = bundle_path(&b->arena, folder, part->file);
    if (!path) return tfp_no_memory(ctx);
    TFP_TRY(tfp_session_open(ctx, path, strcmp(part->role, "core") == 0 ? o : &ends, &b->run[k].session));
    return prepare(ctx, b, k);
}

static tfp_status open_parts(struct tfp_context *ctx, struct bundle_state *b, const char *folder, const struct tfp_session_options *o)
{
    TFP_TRY(tfp_bundle_open(ctx, folder, &b->parts));
    for (size_t k = 0; k < b->parts->info.n_parts; k++) TFP_TRY(open_part(ctx, b, k, folder, o));
    return TFP_OK;
}

static void close_parts(void *state)
{
    struct bundle_state *b = state;
    for (size_t k = 0; k < CUT_SIDES; k++) tfp_session_destroy(b->run[k].session);
    tfp_parts_destroy(b->parts);
    arena_free(&b->arena);
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static const struct tfp_tensor *value_of(const struct bundle_state *b, struct part_from from, const struct tfp_tensor *inputs)
{
    const struct running_part *r = from.part < 0 ? NULL : &b->run[from.part];
    return r ? &r->out[r->places[from.index]] : &inputs[from.index];
}

static tfp_status run_part(struct tfp_context *ctx, struct bundle_state *b, size_t k, const struct tfp_tensor *inputs)
{
    const struct tfp_part *part = &b->parts->parts[k];
    struct running_part *r = &b->run[k];
    for (size_t i = 0; i < part->n_inputs; i++) r->in[i] = *value_of(b, b->parts->wires[k].inputs[r->inputs[i]], inputs);
    for (size_t i = 0; i < part->n_outputs; i++) r->out[i] = (struct tfp_tensor){ .data = NULL };
    tfp_status status = tfp_session_run(ctx, r->session, r->in, part->n_inputs, r->out, part->n_outputs);
    return status == TFP_OK ? TFP_OK : tfp_prefix(ctx, status, "%s", part->file);
}

static tfp_status run_parts(struct tfp_context *ctx, void *state, const struct tfp_tensor *inputs, size_t n_inputs,
                            struct tfp_tensor *outputs, size_t n_outputs)
{
    struct bundle_state *b = state;
    (void)n_inputs;
    for (size_t k = 0; k < b->parts->info.n_parts; k++) TFP_TRY(run_part(ctx, b, k, inputs));
    for (size_t i = 0; i < n_outputs; i++)
        TFP_TRY(backend_give(ctx, b->parts->info.outputs[i].name, value_of(b, b->parts->results[i], inputs), &outputs[i]));
    return TFP_OK;
}

static const struct backend bundle_backend = {
    .name = "bundle", .state_size = sizeof(struct bundle_state), .run = run_parts, .close = close_parts,
};

/* -- the session --------------------------------------------------------------------------------------------------- */

/* Inputs whose strings a part parses. */
static tfp_status find_examples(struct tfp_context *ctx, struct tfp_session *s, const struct bundle_state *b)
{
    if (!(s->examples = calloc(s->n_inputs + 1, sizeof *s->examples))) return tfp_no_memory(ctx);
    for (size_t k = 0; k < b->parts->info.n_parts; k++)
        for (size_t i = 0; i < b->parts->parts[k].n_inputs; i++) {
            const struct part_from from = b->parts->wires[k].inputs[b->run[k].inputs[i]];
            if (from.part < 0 && tfp_session_takes_examples(b->run[k].session, i)) s->examples[from.index] = true;
        }
    return TFP_OK;
}

tfp_status bundle_session_open(struct tfp_context *ctx, const char *folder, const struct tfp_session_options *o,
                               struct tfp_session **out)
{
    struct tfp_session *s = calloc(1, sizeof *s);
    struct bundle_state *b = calloc(1, sizeof *b);
    if (s) s->backend = &bundle_backend;
    if (s) s->state = b;
    tfp_status status = s && b ? open_parts(ctx, b, folder, o) : tfp_no_memory(ctx);
    if (status == TFP_OK) {
        s->inputs = b->parts->info.inputs;
        s->n_inputs = b->parts->info.n_inputs;
        s->outputs = b->parts->info.outputs;
        s->n_outputs = b->parts->info.n_outputs;
        status = find_examples(ctx, s, b);
    }
    if (status == TFP_OK) {
        *out = s;
        return TFP_OK;
    }
    if (s) tfp_session_destroy(s);
    else free(b);
    return status;
}
