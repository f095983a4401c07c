/* Has a model a batch? Its shapes say whether it can have one; whether rows keep to themselves only a run tells: a recurrent
 * network that takes time first has the same shapes. */
#include "api/model.h"
#include "api/triton.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 3, USUAL_BATCH = 32 };

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static bool opens_with_batch(const struct tfp_tensor_info *infos, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (infos[i].rank < 1 || infos[i].dims[0] != -1) return false;
    return n > 0;
}

/* Of the first profile: the most that all inputs take together; 0: not from 1 on. */
static int64_t most_of_engine(const tfp_plan *plan)
{
    int64_t most = INT32_MAX;
    for (size_t i = 0; tfp_plan_info(plan)->n_profiles && i < tfp_plan_n_ranges(plan, 0); i++) {
        const struct tfp_plan_range *r = tfp_plan_range(plan, 0, i);
        if (r->values || !r->n) continue;
        if (r->least[0] > 1) return 0;
        if (r->most[0] < most) most = r->most[0];
    }
    return most;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

struct trial {
    struct tfp_context *ctx;
    tfp_session *session;
    tfp_array **arrays;                 /* inputs made up; NULL: given */
    struct tfp_tensor *inputs, *row_inputs; /* of ROWS rows, and of one */
    int64_t (*dims)[TFP_MAX_RANK], (*row_dims)[TFP_MAX_RANK];
    struct tfp_tensor *outputs;
    void **kept; /* copies of the first run's outputs, which the session lends until the next */
    int64_t (*kept_dims)[TFP_MAX_RANK];
    size_t n_inputs, n_outputs;
};

static size_t row_size(const struct tfp_tensor *t)
{
    size_t n = tfp_dtype_size(t->dtype);
    for (uint32_t k = 1; k < t->rank; k++) n *= (size_t)t->dims[k];
    return n;
}

static bool trial_room(struct arena *a, struct trial *t)
{
    const size_t in = t->n_inputs + 1, out = t->n_outputs + 1;
    return (t->arrays = ARENA_ARRAY(a, tfp_array *, in)) && (t->inputs = ARENA_ARRAY(a, struct tfp_tensor, in)) &&
           (t->row_inputs = ARENA_ARRAY(a, struct tfp_tensor, in)) && (t->outputs = ARENA_ARRAY(a, struct tfp_tensor, out)) &&
           (t->dims = arena_alloc(a, in, sizeof *t->dims)) && (t->row_dims = arena_alloc(a, in, sizeof *t->row_dims)) &&
           (t->kept_dims = arena_alloc(a, out, sizeof *t->kept_dims)) && (t->kept = ARENA_ARRAY(a, void *, out));
}

/* The first rows of what was given, else made up. */
static tfp_status make_input(struct trial *t, size_t i, const struct tfp_tensor *given)
{
    const struct tfp_tensor_info *info = tfp_session_input(t->session, i);
    if (given && given->rank == (uint32_t)info->rank && given->dims[0] >= ROWS) {
        memcpy(t->dims[i], given->dims, given->rank * sizeof *given->dims);
        t->inputs[i] = *given;
    } else {
        for (int32_t k = 0; k < info->rank; k++) t->dims[i][k] = info->dims[k];
        t->dims[i][0] = ROWS;
        TFP_TRY(tfp_session_sample(t->ctx, t->session, i, (uint32_t)info->rank, t->dims[i], 1, &t->arrays[i]));
        t->inputs[i] = *tfp_array_tensor(t->arrays[i]);
        memcpy(t->dims[i], t->inputs[i].dims, t->inputs[i].rank * sizeof *t->inputs[i].dims);
    }
    t->dims[i][0] = ROWS;
    t->inputs[i].dims = t->dims[i];
    t->inputs[i].size = ROWS * row_size(&t->inputs[i]);
    memcpy(t->row_dims[i], t->dims[i], sizeof t->dims[i]);
    t->row_dims[i][0] = 1;
    return TFP_OK;
}

/* The session lends strings, too, until the next run. */
static void *copy_data(struct arena *a, const struct tfp_tensor *t)
{
    void *data = arena_copy(a, t->data, t->size);
    struct tfp_string *s = data;
    for (size_t i = 0; t->dtype == TFP_STRING && data && i < t->size / sizeof *s; i++)
        if (!(s[i].at = arena_string(a, s[i].at, s[i].n))) return NULL;
    return data;
}

static tfp_status run_all(struct arena *a, struct trial *t)
{
    TFP_TRY(tfp_session_run(t->ctx, t->session, t->inputs, t->n_inputs, t->outputs, t->n_outputs));
    for (size_t i = 0; i < t->n_outputs; i++) {
        struct tfp_tensor *o = &t->outputs[i];
        if (!(t->kept[i] = copy_data(a, o))) return tfp_no_memory(t->ctx);
        if (o->rank) memcpy(t->kept_dims[i], o->dims, o->rank * sizeof *o->dims);
        *o = (struct tfp_tensor){ .dtype = o->dtype, .rank = o->rank, .size = o->size };
    }
    return TFP_OK;
}

/* Row r alone against row r of all. */
static tfp_status compare_row(struct trial *t, struct tfp_tensor *rows, int64_t r, bool *agrees)
{
    for (size_t i = 0; i < t->n_inputs; i++) {
        struct tfp_tensor *in = &t->row_inputs[i];
        *in = t->inputs[i];
        in->dims = t->row_dims[i];
        in->size = row_size(&t->inputs[i]);
        in->data = (char *)t->inputs[i].data + (size_t)r * in->size;
    }
    memset(rows, 0, t->n_outputs * sizeof *rows);
    TFP_TRY(tfp_session_run(t->ctx, t->session, t->row_inputs, t->n_inputs, rows, t->n_outputs));
    for (size_t i = 0; i < t->n_outputs && *agrees; i++) {
        struct tfp_difference d;
        int64_t dims[TFP_MAX_RANK];
        struct tfp_tensor one = t->outputs[i];
        *agrees = one.rank > 0 && t->kept_dims[i][0] == ROWS;
        if (!*agrees) break;
        memcpy(dims, t->kept_dims[i], sizeof dims);
        dims[0] = 1;
        one.dims = dims;
        one.size = t->outputs[i].size / ROWS;
        one.data = (char *)t->kept[i] + (size_t)r * one.size;
        TFP_TRY(tfp_compare(t->ctx, &one, &rows[i], NULL, &d));
        *agrees = d.agrees;
    }
    return TFP_OK;
}

static tfp_status compare_rows(struct arena *a, struct trial *t, const struct triton_served *s, bool *agrees)
{
    t->n_inputs = tfp_session_n_inputs(t->session);
    t->n_outputs = tfp_session_n_outputs(t->session);
    struct tfp_tensor *rows = ARENA_ARRAY(a, struct tfp_tensor, t->n_outputs + 1);
    if (!rows || !trial_room(a, t)) return tfp_no_memory(t->ctx);
    for (size_t i = 0; i < t->n_inputs; i++) TFP_TRY(make_input(t, i, triton_given(s, i)));
    TFP_TRY(run_all(a, t));
    *agrees = true;
    for (int64_t r = 0; r < ROWS && *agrees; r++) TFP_TRY(compare_row(t, rows, r, agrees));
    return TFP_OK;
}

static tfp_status try_rows(struct tfp_context *ctx, const struct triton_served *s, bool *agrees)
{
    const struct tfp_session_options options = { .size = sizeof options, .backend = "cpu" };
    struct arena arena = { 0 };
    struct trial t = { .ctx = ctx };
    tfp_status status = s->model ? tfp_session_create(ctx, s->model, &options, &t.session)
                                 : tfp_session_open(ctx, s->path, &options, &t.session);
    if (status == TFP_OK) status = compare_rows(&arena, &t, s, agrees);
    for (size_t i = 0; t.arrays && i < t.n_inputs; i++) tfp_array_destroy(t.arrays[i]);
    tfp_session_destroy(t.session);
    arena_free(&arena);
    return status;
}

/* ------------------------------------------------------------------------------------------------------------------ */

tfp_status triton_batch(struct tfp_context *ctx, const struct triton_served *s, const struct tfp_triton_options *o, int32_t *out)
{
    const int64_t asked = o->max_batch > 0 ? o->max_batch : USUAL_BATCH, of_engine = s->plan ? most_of_engine(s->plan) : INT32_MAX;
    bool agrees = true;
    *out = 0;
    if (o->max_batch < 0) return TFP_OK;
    if (!opens_with_batch(s->inputs, s->n_inputs) || !opens_with_batch(s->outputs, s->n_outputs) || !of_engine) {
        if (o->max_batch > 0)
            return tfp_fail(ctx, TFP_E_USAGE, "%s: inputs and outputs have no open first dimension in common, there is no batch", s->path);
        return TFP_OK;
    }
    const tfp_status status = s->plan ? TFP_OK : try_rows(ctx, s, &agrees);
    if (status == TFP_E_SYSTEM) return status;
    if (status != TFP_OK)
        tfp_note(ctx, "%s: by its shapes it has a batch; whether rows keep to themselves could not be tried: %s", s->path,
                 tfp_context_message(ctx));
    if (!agrees && o->max_batch > 0)
        return tfp_fail(ctx, TFP_E_USAGE, "%s: rows that run together come out otherwise than alone, there is no batch", s->path);
    if (!agrees) tfp_note(ctx, "%s: rows that run together come out otherwise than alone: requests are not batched", s->path);
    if (agrees && o->max_batch > of_engine)
        return tfp_fail(ctx, TFP_E_USAGE, "%s: the engine takes at most %lld rows", s->path, (long long)of_engine);
    if (agrees) *out = (int32_t)(asked < of_engine ? asked : of_engine);
    return TFP_OK;
}
