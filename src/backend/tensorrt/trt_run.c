/* One run of an engine: its shapes, its memory, the copies, the graph. */
#include "backend/backend.h"
#include "backend/tensorrt/trt_build.h"
#include "backend/tensorrt/trt_session.h"
#include "base/numbers.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- memory -------------------------------------------------------------------------------------------------------- */

static void drop_graph(struct trt_session *s)
{
    cuda_graph_destroy(&s->cuda, s->graph);
    s->graph = NULL;
}

static tfp_status need_device(struct tfp_context *ctx, struct trt_session *s, struct trt_slot *slot, size_t size)
{
    if (slot->device && slot->device_room >= size) return TFP_OK;
    drop_graph(s);
    cuda_free(&s->cuda, slot->device);
    slot->device = NULL;
    slot->device_room = 0;
    tfp_status status = cuda_allocate(ctx, &s->cuda, size, &slot->device);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s: %s", s->where, slot->name);
    slot->device_room = size;
    return TFP_OK;
}

static tfp_status need_host(struct tfp_context *ctx, struct trt_session *s, struct trt_slot *slot, size_t size)
{
    if (slot->host && slot->host_room >= size) return TFP_OK;
    drop_graph(s);
    cuda_free_host(&s->cuda, slot->host);
    slot->host = NULL;
    slot->host_room = 0;
    tfp_status status = cuda_allocate_host(ctx, &s->cuda, size, &slot->host);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s: %s", s->where, slot->name);
    slot->host_room = size;
    return TFP_OK;
}

/* Elements and bytes of the slot's shape. */
static tfp_status measure(struct tfp_context *ctx, const struct trt_session *s, struct trt_slot *slot)
{
    int64_t count = 0;
    size_t bits = 0;
    if (slot->now.n < 0 || !numbers_count(slot->now.d, (size_t)slot->now.n, &count) ||
        !mul_size(&bits, (size_t)count, trt_type_bits(slot->engine)))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: %s: TensorRT tells no size of it", s->where, slot->name);
    slot->count = (size_t)count;
    slot->bytes = bits / 8;
    return TFP_OK;
}

/* -- inputs -------------------------------------------------------------------------------------------------------- */

static tfp_status beyond(struct tfp_context *ctx, const struct trt_session *s, const struct trt_slot *slot,
                         const struct tfp_tensor *input, size_t bad)
{
    char value[32] = "a value";
    if (input->dtype == TFP_INT64) snprintf(value, sizeof value, "%lld", (long long)((const int64_t *)input->data)[bad]);
    if (input->dtype == TFP_UINT64)
        snprintf(value, sizeof value, "%llu", (unsigned long long)((const uint64_t *)input->data)[bad]);
    if (input->dtype == TFP_UINT32) snprintf(value, sizeof value, "%u", ((const uint32_t *)input->data)[bad]);
    if (input->dtype == TFP_DOUBLE) snprintf(value, sizeof value, "%g", ((const double *)input->data)[bad]);
    if (input->dtype == TFP_FLOAT) snprintf(value, sizeof value, "%g", (double)((const float *)input->data)[bad]);
    return tfp_fail(ctx, TFP_E_USAGE, "%s: input %s: element %zu, %s, is beyond what the engine's %s holds", s->where,
                    slot->name, bad, value, trt_type_name(slot->engine));
}

/* Values of the caller go to pinned memory in the engine's type. */
static tfp_status stage(struct tfp_context *ctx, struct trt_session *s, struct trt_slot *slot,
                        const struct tfp_tensor *input)
{
    size_t bad = 0;
    if (!slot->count) return TFP_OK;
    bool fit = trt_to_engine(slot->model, input->data, slot->engine, slot->host, slot->count, &bad);
    return fit ? TFP_OK : beyond(ctx, s, slot, input, bad);
}

static bool same_dims(const struct trt_dims *a, const struct tfp_tensor *b)
{
    return a->n == (int32_t)b->rank && (!b->rank || memcmp(a->d, b->dims, b->rank * sizeof a->d[0]) == 0);
}

/* A shape tensor's values count like dimensions. */
static tfp_status host_values_changed(struct tfp_context *ctx, struct trt_slot *slot, bool *changed)
{
    const bool first = !slot->before;
    if (first) slot->before = malloc(slot->bytes + 1);
    if (!slot->before) return tfp_no_memory(ctx);
    if (first || memcmp(slot->before, slot->host, slot->bytes) != 0) *changed = true;
    memcpy(slot->before, slot->host, slot->bytes);
    return TFP_OK;
}

static tfp_status take_input(struct tfp_context *ctx, struct trt_session *s, struct trt_slot *slot,
                             const struct tfp_tensor *input, bool *changed)
{
    if (input->rank > TRT_MAX_DIMS)
        return tfp_fail(ctx, TFP_E_USAGE, "%s: input %s: rank %u, TensorRT has at most %d", s->where, slot->name,
                        input->rank, TRT_MAX_DIMS);
    if (!same_dims(&slot->now, input)) {
        slot->now = (struct trt_dims){ .n = (int32_t)input->rank };
        if (input->rank) memcpy(slot->now.d, input->dims, input->rank * sizeof slot->now.d[0]);
        free(slot->before); /* its size is another */
        slot->before = NULL;
        *changed = true;
    }
    TFP_TRY(measure(ctx, s, slot));
    TFP_TRY(need_host(ctx, s, slot, slot->bytes));
    TFP_TRY(stage(ctx, s, slot, input));
    return slot->on_host ? host_values_changed(ctx, slot, changed) : TFP_OK;
}

/* -- profiles ------------------------------------------------------------------------------------------------------ */

/* Host tensors of other types have values that no profile speaks of. */
static bool has_values(const struct trt_slot *slot)
{
    return slot->on_host && (slot->engine == TRT_INT32 || slot->engine == TRT_INT64);
}

/* Element i of a shape tensor as it was staged. */
static int64_t staged_value(const struct trt_slot *slot, size_t i)
{
    return slot->engine == TRT_INT64 ? ((const int64_t *)slot->host)[i] : ((const int32_t *)slot->host)[i];
}

static bool is_open(const struct trt_slot *slot)
{
    for (int32_t k = 0; k < slot->dims.n; k++)
        if (slot->dims.d[k] < 0) return true;
    return false;
}

static bool value_range(struct trt_session *s, const struct trt_slot *slot, int32_t profile, size_t i, int64_t *least,
                        int64_t *most)
{
    return trt_session_value(s, slot, profile, TRT_MIN, i, least) && trt_session_value(s, slot, profile, TRT_MAX, i, most);
}

/* Adds how far the shape is from what the profile is best at; false: it is outside. Fixed dimensions have been compared. */
static bool within(struct trt_session *s, const struct trt_slot *slot, int32_t profile, double *distance)
{
    struct trt_dims ends[3] = { { .n = -1 }, { .n = -1 }, { .n = -1 } };
    for (int w = 0; w < 3 && is_open(slot); w++)
        ends[w] = trt_engine_profile_dims(s->trt, s->engine, slot->name, profile, (enum trt_which)w);
    for (int32_t k = 0; ends[0].n == slot->now.n && k < slot->now.n; k++) {
        const int64_t d = slot->now.d[k], best = ends[TRT_OPT].d[k];
        if (d < ends[TRT_MIN].d[k] || d > ends[TRT_MAX].d[k]) return false;
        *distance += (double)(d > best ? d - best : best - d) / (double)(best + 1);
    }
    for (size_t i = 0; has_values(slot) && i < slot->count; i++) {
        int64_t least, most, value = staged_value(slot, i);
        if (value_range(s, slot, profile, i, &least, &most) && (value < least || value > most)) return false;
    }
    return true;
}

static void add_range(struct text *t, struct trt_session *s, const struct trt_slot *slot, int32_t profile)
{
    char least[200], most[200];
    struct trt_dims from = slot->dims, to = slot->dims;
    if (is_open(slot)) {
        from = trt_engine_profile_dims(s->trt, s->engine, slot->name, profile, TRT_MIN);
        to = trt_engine_profile_dims(s->trt, s->engine, slot->name, profile, TRT_MAX);
    }
    text_add(t, "; profile %d takes %s %s to %s", profile, slot->name, trt_dims_text(&from, least, sizeof least),
             trt_dims_text(&to, most, sizeof most));
    for (size_t i = 0; has_values(slot) && i < slot->count; i++) {
        int64_t low, high;
        if (value_range(s, slot, profile, i, &low, &high))
            text_add(t, "%s%lld to %lld", i ? ", " : " with values ", (long long)low, (long long)high);
    }
}

/* Inputs that vary, what was given, and what each profile takes of them. */
static tfp_status no_profile(struct tfp_context *ctx, struct trt_session *s, int32_t n)
{
    struct text t = { 0 };
    char given[200];
    double distance = 0;
    for (size_t i = 0; i < s->n[0]; i++) {
        const struct trt_slot *slot = &s->slots[0][i];
        bool outside = false;
        for (int32_t p = 0; p < n; p++) outside = outside || !within(s, slot, p, &distance);
        if (!outside) continue;
        text_add(&t, "%sinput %s: %s was given", t.n ? "; " : "", slot->name,
                 trt_dims_text(&slot->now, given, sizeof given));
        for (size_t k = 0; has_values(slot) && k < slot->count; k++)
            text_add(&t, "%s%lld", k ? ", " : " with values ", (long long)staged_value(slot, k));
        for (int32_t p = 0; p < n; p++) add_range(&t, s, slot, p);
    }
    tfp_fail(ctx, TFP_E_USAGE, "%s: %s", s->where, t.at ? t.at : "no profile takes these shapes");
    text_free(&t);
    return TFP_E_USAGE;
}

/* The profile that takes the slots' shapes; E_USAGE with the range of each when none does. */
static tfp_status choose_profile(struct tfp_context *ctx, struct trt_session *s, int32_t *profile)
{
    const int32_t n = trt_engine_profiles(s->trt, s->engine);
    double nearest = 0;
    *profile = -1;
    for (int32_t p = 0; p < n; p++) {
        double distance = 0;
        bool takes = true;
        for (size_t i = 0; i < s->n[0] && takes; i++) takes = within(s, &s->slots[0][i], p, &distance);
        if (takes && (*profile < 0 || distance < nearest)) {
            *profile = p;
            nearest = distance;
        }
    }
    return *profile < 0 ? no_profile(ctx, s, n) : TFP_OK;
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static void *allocate_output(void *user, const char *tensor, void *memory, uint64_t size, uint64_t alignment, void *stream)
{
    struct trt_slot *slot = user;
    (void)tensor;
    (void)memory;
    (void)alignment; /* of the driver's memory: 256 and more */
    (void)stream;
    return need_device(slot->session->ctx, slot->session, slot, size) == TFP_OK ? slot->device : NULL;
}

static void output_shape(void *user, const char *tensor, const struct trt_dims *dims)
{
    struct trt_slot *slot = user;
    (void)tensor;
    slot->now = *dims;
}

static tfp_status set_input(struct tfp_context *ctx, struct trt_session *s, struct trt_slot *slot)
{
    if (!slot->on_host) TFP_TRY(need_device(ctx, s, slot, slot->bytes));
    if (!trt_execution_set_dims(s->trt, s->execution, slot->name, &slot->now) ||
        !trt_execution_set_address(s->trt, s->execution, slot->name, slot->on_host ? slot->host : slot->device))
        return trt_fail(ctx, s->trt, TFP_E_USAGE, "%s: input %s is not taken", s->where, slot->name);
    return TFP_OK;
}

/* After a run TensorRT tells the size that such an output had then: what grew once grows always. */
static tfp_status set_output(struct tfp_context *ctx, struct trt_session *s, struct trt_slot *slot)
{
    slot->now = trt_execution_dims(s->trt, s->execution, slot->name);
    for (int32_t k = 0; k < slot->now.n; k++) slot->grows = slot->grows || slot->now.d[k] < 0;
    bool set;
    if (slot->grows && slot->on_host)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: output %s is a shape tensor whose size is known after the run only",
                        s->where, slot->name);
    if (slot->grows) {
        slot->allocator.allocate = allocate_output;
        slot->allocator.shape = output_shape;
        slot->allocator.user = slot;
        trt_allocator_init(s->trt, &slot->allocator);
        set = trt_execution_set_allocator(s->trt, s->execution, slot->name, &slot->allocator);
    } else {
        TFP_TRY(measure(ctx, s, slot));
        TFP_TRY(need_host(ctx, s, slot, slot->bytes));
        if (!slot->on_host) TFP_TRY(need_device(ctx, s, slot, slot->bytes));
        set = trt_execution_set_address(s->trt, s->execution, slot->name, slot->on_host ? slot->host : slot->device);
    }
    return set ? TFP_OK : trt_fail(ctx, s->trt, TFP_E_SYSTEM, "%s: output %s has no place", s->where, slot->name);
}

static tfp_status set_profile(struct tfp_context *ctx, struct trt_session *s)
{
    int32_t profile;
    TFP_TRY(choose_profile(ctx, s, &profile));
    if (s->profile < 0 && trt_engine_profiles(s->trt, s->engine) == 1) s->profile = 0; /* as an execution begins */
    if (profile == s->profile) return TFP_OK;
    if (!trt_execution_set_profile(s->trt, s->execution, profile, s->stream))
        return trt_fail(ctx, s->trt, TFP_E_SYSTEM, "%s: profile %d cannot be set", s->where, profile);
    TFP_TRY(cuda_wait(ctx, &s->cuda, s->stream));
    s->profile = profile;
    return TFP_OK;
}

/* The size of an earlier input that is called `label`; NULL: there is none. */
static const struct trt_slot *size_called(const struct trt_session *s, size_t inputs, const char *label, int64_t *size)
{
    for (size_t i = 0; i < inputs; i++)
        for (int32_t k = 0; k < s->slots[0][i].now.n && k < s->infos[0][i].rank; k++)
            if (s->infos[0][i].labels[k] && strcmp(s->infos[0][i].labels[k], label) == 0) {
                *size = s->slots[0][i].now.d[k];
                return &s->slots[0][i];
            }
    return NULL;
}

/* Sizes of one name are one size to TensorRT. */
static tfp_status check_sizes(struct tfp_context *ctx, const struct trt_session *s)
{
    int64_t size;
    for (size_t i = 1; i < s->n[0]; i++)
        for (int32_t k = 0; k < s->slots[0][i].now.n && k < s->infos[0][i].rank; k++) {
            const char *label = s->infos[0][i].labels[k];
            const struct trt_slot *slot = &s->slots[0][i], *other = label ? size_called(s, i, label, &size) : NULL;
            if (other && size != slot->now.d[k])
                return tfp_fail(ctx, TFP_E_USAGE,
                                "%s: inputs %s and %s have the size %s in common, %lld and %lld were given; an engine of "
                                "which they have different ranges takes them",
                                s->where, other->name, slot->name, label, (long long)size, (long long)slot->now.d[k]);
        }
    return TFP_OK;
}

static bool grows(const struct trt_session *s)
{
    for (size_t i = 0; i < s->n[1]; i++)
        if (s->slots[1][i].grows) return true;
    return false;
}

/* For an output whose size depends on data TensorRT 8.6 asks memory by the first run of an execution, and writes beyond it
 * where a later one has more. A new execution asks for the most that there can be. */
static tfp_status renew_execution(struct tfp_context *ctx, struct trt_session *s)
{
    trt_destroy(s->trt, s->execution);
    s->execution = trt_execution_create(s->trt, s->engine);
    s->profile = -1;
    return s->execution ? TFP_OK : trt_fail(ctx, s->trt, TFP_E_SYSTEM, "%s: no execution can be made", s->where);
}

static tfp_status set_shapes(struct tfp_context *ctx, struct trt_session *s)
{
    const char *names[4] = { "", "", "", "" };
    s->shapes_set = false;
    drop_graph(s);
    TFP_TRY(check_sizes(ctx, s));
    if (grows(s)) TFP_TRY(renew_execution(ctx, s));
    TFP_TRY(set_profile(ctx, s));
    for (size_t i = 0; i < s->n[0]; i++) TFP_TRY(set_input(ctx, s, &s->slots[0][i]));
    int32_t missing = trt_execution_missing(s->trt, s->execution, names, 4);
    if (missing != 0)
        return trt_fail(ctx, s->trt, TFP_E_USAGE, "%s: the inputs do not give all shapes%s%s", s->where,
                        missing > 0 && names[0] ? ": " : "", missing > 0 && names[0] ? names[0] : "");
    for (size_t i = 0; i < s->n[1]; i++) TFP_TRY(set_output(ctx, s, &s->slots[1][i]));
    return TFP_OK;
}

/* -- work in the stream -------------------------------------------------------------------------------------------- */

static tfp_status copy_in(struct tfp_context *ctx, struct trt_session *s)
{
    for (size_t i = 0; i < s->n[0]; i++) {
        const struct trt_slot *slot = &s->slots[0][i];
        if (!slot->on_host) TFP_TRY(cuda_copy_in(ctx, &s->cuda, slot->device, slot->host, slot->bytes, s->stream));
    }
    return TFP_OK;
}

static tfp_status copy_out(struct tfp_context *ctx, struct trt_session *s)
{
    for (size_t i = 0; i < s->n[1]; i++) {
        const struct trt_slot *slot = &s->slots[1][i];
        if (!slot->on_host && !slot->grows)
            TFP_TRY(cuda_copy_out(ctx, &s->cuda, slot->host, slot->device, slot->bytes, s->stream));
    }
    return TFP_OK;
}

static tfp_status enqueue(struct tfp_context *ctx, struct trt_session *s, bool transfers)
{
    if (transfers) TFP_TRY(copy_in(ctx, s));
    ctx->text[0] = '\0';
    if (!trt_execution_enqueue(s->trt, s->execution, s->stream)) {
        if (ctx->text[0]) return TFP_E_SYSTEM; /* memory for an output was out, and its message stands */
        return trt_fail(ctx, s->trt, TFP_E_SYSTEM, "%s: the run failed", s->where);
    }
    return transfers ? copy_out(ctx, s) : TFP_OK;
}

/* A run that has been done once by enqueue becomes a graph. */
static tfp_status capture(struct tfp_context *ctx, struct trt_session *s, bool transfers)
{
    cuda_graph graph;
    if (s->graph && s->graph_transfers == transfers) return TFP_OK;
    drop_graph(s);
    TFP_TRY(cuda_capture_begin(ctx, &s->cuda, s->stream));
    tfp_status status = enqueue(ctx, s, transfers);
    struct tfp_context end = { 0 };
    tfp_status ended = cuda_capture_end(&end, &s->cuda, s->stream, &graph);
    if (status == TFP_OK && ended != TFP_OK) status = tfp_fail(ctx, ended, "%s: %.3000s", s->where, end.text);
    if (status != TFP_OK) {
        cuda_graph_destroy(&s->cuda, graph);
        return status;
    }
    s->graph = graph;
    s->graph_transfers = transfers;
    return TFP_OK;
}

/* Engines with loops and the like cannot be captured: said once, and run without. */
static tfp_status try_capture(struct tfp_context *ctx, struct trt_session *s)
{
    if (s->no_graph || grows(s) || !s->shapes_set) return TFP_OK;
    if (capture(ctx, s, true) == TFP_OK) return TFP_OK;
    tfp_note(ctx, "%s runs without a CUDA graph: %s", s->where, ctx->text);
    trt_forget(s->trt);
    s->no_graph = true;
    return cuda_wait(ctx, &s->cuda, s->stream);
}

static tfp_status launch(struct tfp_context *ctx, struct trt_session *s, bool transfers)
{
    if (s->graph && s->graph_transfers == transfers) return cuda_graph_launch(ctx, &s->cuda, s->graph, s->stream);
    return enqueue(ctx, s, transfers);
}

/* -- outputs ------------------------------------------------------------------------------------------------------- */

/* Sizes are known now. */
static tfp_status fetch_grown(struct tfp_context *ctx, struct trt_session *s)
{
    for (size_t i = 0; i < s->n[1]; i++) {
        struct trt_slot *slot = &s->slots[1][i];
        if (!slot->grows) continue;
        TFP_TRY(measure(ctx, s, slot));
        if (slot->bytes > slot->device_room)
            return tfp_fail(ctx, TFP_E_SYSTEM, "%s: output %s: TensorRT asked for %zu bytes and tells of %zu", s->where,
                            slot->name, slot->device_room, slot->bytes);
        TFP_TRY(need_host(ctx, s, slot, slot->bytes));
        TFP_TRY(cuda_copy_out(ctx, &s->cuda, slot->host, slot->device, slot->bytes, s->stream));
    }
    return cuda_wait(ctx, &s->cuda, s->stream);
}

/* Memory for a converted output that the caller gave none for. */
static tfp_status need_lent(struct tfp_context *ctx, struct trt_slot *slot, size_t size)
{
    if (slot->lent && slot->lent_room >= size) return TFP_OK;
    free(slot->lent);
    slot->lent = malloc(size + 1);
    slot->lent_room = slot->lent ? size : 0;
    return slot->lent ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status give_output(struct tfp_context *ctx, struct trt_slot *slot, struct tfp_tensor *out)
{
    size_t size;
    if (!mul_size(&size, slot->count, tfp_dtype_size(slot->model))) return tfp_no_memory(ctx);
    TFP_TRY(backend_check_room(ctx, slot->name, out, size));
    void *to = out->data;
    if (!to && trt_dtype(slot->engine) != slot->model) {
        TFP_TRY(need_lent(ctx, slot, size));
        to = slot->lent;
    }
    if (to) trt_from_engine(slot->engine, slot->host, slot->model, to, slot->count);
    *out = (struct tfp_tensor){ slot->model, (uint32_t)slot->now.n, slot->now.d, to ? to : slot->host, size };
    return TFP_OK;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static tfp_status prepare(struct tfp_context *ctx, struct trt_session *s, const struct tfp_tensor *inputs)
{
    bool changed = s->profile < 0 || !s->shapes_set;
    for (size_t i = 0; i < s->n[0]; i++) {
        tfp_status status = take_input(ctx, s, &s->slots[0][i], &inputs[i], &changed);
        if (status != TFP_OK) {
            s->shapes_set = false;
            return status;
        }
    }
    return changed ? set_shapes(ctx, s) : TFP_OK;
}

static tfp_status run(struct tfp_context *ctx, struct trt_session *s, const struct tfp_tensor *inputs,
                      struct tfp_tensor *outputs)
{
    TFP_TRY(prepare(ctx, s, inputs));
    TFP_TRY(try_capture(ctx, s));
    s->shapes_set = false; /* until it ran */
    TFP_TRY(launch(ctx, s, true));
    TFP_TRY(cuda_wait(ctx, &s->cuda, s->stream));
    TFP_TRY(fetch_grown(ctx, s));
    s->shapes_set = !grows(s);
    for (size_t i = 0; i < s->n[1]; i++) TFP_TRY(give_output(ctx, &s->slots[1][i], &outputs[i]));
    return TFP_OK;
}

tfp_status trt_session_run(struct tfp_context *ctx, struct trt_session *s, const struct tfp_tensor *inputs,
                           struct tfp_tensor *outputs)
{
    s->ctx = s->trt->ctx = ctx;
    TFP_TRY(cuda_enter(ctx, &s->cuda));
    tfp_status status = run(ctx, s, inputs, outputs);
    cuda_leave(&s->cuda);
    return status;
}

/* -- measuring ----------------------------------------------------------------------------------------------------- */

static tfp_status repeat(struct tfp_context *ctx, struct trt_session *s, bool transfers, bool graph, float *milliseconds)
{
    if (graph && grows(s))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: an output's size is known after the run only, which no graph can have",
                        s->where);
    if (graph) TFP_TRY(capture(ctx, s, transfers));
    else drop_graph(s);
    TFP_TRY(cuda_event_record(ctx, &s->cuda, s->start, s->stream));
    TFP_TRY(launch(ctx, s, transfers));
    TFP_TRY(cuda_event_record(ctx, &s->cuda, s->stop, s->stream));
    TFP_TRY(cuda_wait(ctx, &s->cuda, s->stream));
    if (transfers) TFP_TRY(fetch_grown(ctx, s));
    return cuda_elapsed(ctx, &s->cuda, s->start, s->stop, milliseconds);
}

tfp_status trt_session_repeat(struct tfp_context *ctx, struct trt_session *s, bool transfers, bool graph,
                              float *milliseconds)
{
    s->ctx = s->trt->ctx = ctx;
    TFP_TRY(cuda_enter(ctx, &s->cuda));
    tfp_status status = repeat(ctx, s, transfers, graph, milliseconds);
    cuda_leave(&s->cuda);
    return status;
}

static tfp_status profile_runs(struct tfp_context *ctx, struct trt_session *s, size_t runs)
{
    for (size_t i = 0; i < runs; i++) {
        TFP_TRY(enqueue(ctx, s, false));
        TFP_TRY(cuda_wait(ctx, &s->cuda, s->stream));
    }
    return TFP_OK;
}

tfp_status trt_session_profile(struct tfp_context *ctx, struct trt_session *s, size_t runs,
                               void (*layer)(void *user, const char *name, float milliseconds), void *user)
{
    struct trt_profiler profiler = { .layer = layer, .user = user };
    trt_profiler_init(s->trt, &profiler);
    s->ctx = s->trt->ctx = ctx;
    TFP_TRY(cuda_enter(ctx, &s->cuda));
    bool set = trt_execution_set_profiler(s->trt, s->execution, &profiler);
    tfp_status status = set ? profile_runs(ctx, s, runs)
                            : trt_fail(ctx, s->trt, TFP_E_UNSUPPORTED, "%s: no times of layers", s->where);
    trt_execution_set_profiler(s->trt, s->execution, NULL);
    cuda_leave(&s->cuda);
    return status;
}
