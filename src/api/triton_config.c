/* config.pbtxt, told from the model. */
#include "api/triton.h"
#include "base/path.h"
#include "schema/triton_proto.h"

#include <stdlib.h>
#include <string.h>

static const int32_t data_types[] = {
    [TFP_BOOL] = TRTIS_BOOL,     [TFP_UINT8] = TRTIS_UINT8,   [TFP_UINT16] = TRTIS_UINT16, [TFP_UINT32] = TRTIS_UINT32,
    [TFP_UINT64] = TRTIS_UINT64, [TFP_INT8] = TRTIS_INT8,     [TFP_INT16] = TRTIS_INT16,   [TFP_INT32] = TRTIS_INT32,
    [TFP_INT64] = TRTIS_INT64,   [TFP_FLOAT16] = TRTIS_FP16,  [TFP_FLOAT] = TRTIS_FP32,    [TFP_DOUBLE] = TRTIS_FP64,
    [TFP_STRING] = TRTIS_STRING, [TFP_BFLOAT16] = TRTIS_BF16,
};

static int32_t data_type(tfp_dtype dtype)
{
    return (size_t)dtype < sizeof data_types / sizeof *data_types ? data_types[dtype] : 0;
}

struct writing {
    struct tfp_context *ctx;
    struct arena arena;
    const struct triton_served *s;
    const struct triton_written *w;
    const struct tfp_triton_options *o;
};

/* -- inputs and outputs -------------------------------------------------------------------------------------------- */

/* Triton's dims are never empty: a scalar is one element, which Triton reshapes where there is a batch, else its backend. */
static tfp_status set_dims(struct writing *g, const struct tfp_tensor_info *info, struct trtis_tensor *t)
{
    static const struct trtis_reshape scalar = { { NULL, 0 } };
    static const int64_t one[1] = { 1 };
    const size_t batch = g->w->max_batch ? 1 : 0;
    for (int32_t k = (int32_t)batch; k < info->rank; k++)
        if (info->dims[k] == 0)
            return tfp_fail(g->ctx, TFP_E_UNSUPPORTED, "%s: dimension %d is 0; Triton takes no empty tensors", info->name, k);
    t->dims = (struct pb_int64s){ info->dims + batch, (size_t)info->rank - batch };
    if (t->dims.n) return TFP_OK;
    t->dims = (struct pb_int64s){ one, 1 };
    if (batch) t->reshape = &scalar;
    return TFP_OK;
}

static const char *label_of(const struct tfp_triton_options *o, const char *output)
{
    for (size_t i = 0; i < o->n_labels; i++)
        if (strcmp(o->labels[i].tensor, output) == 0) return o->labels[i].path;
    return NULL;
}

static tfp_status set_tensors(struct writing *g, const struct tfp_tensor_info *infos, size_t n, bool output,
                              struct trtis_tensors *out)
{
    struct trtis_tensor *list = ARENA_ARRAY(&g->arena, struct trtis_tensor, n);
    if (!list) return tfp_no_memory(g->ctx);
    for (size_t i = 0; i < n; i++) {
        const struct tfp_tensor_info *info = &infos[i];
        const char *what = output ? "output" : "input", *labels = output ? label_of(g->o, info->name) : NULL;
        if (!(list[i].data_type = data_type(info->dtype)))
            return tfp_fail(g->ctx, TFP_E_UNSUPPORTED, "%s %s: Triton has no type for %s", what, info->name, tfp_dtype_name(info->dtype));
        if (info->rank < 0)
            return tfp_fail(g->ctx, TFP_E_UNSUPPORTED, "%s %s: its rank is not known, Triton asks for one%s", what, info->name,
                            output ? "" : "; --shape gives it");
        list[i].name = bytes_of(info->name);
        if (labels) list[i].label_filename = bytes_of(path_last(labels));
        TFP_TRY(set_dims(g, info, &list[i]));
    }
    *out = (struct trtis_tensors){ list, n };
    return TFP_OK;
}

/* -- instances, files, parameters ---------------------------------------------------------------------------------- */

static tfp_status set_instances(struct writing *g, struct trtis_config *c)
{
    struct trtis_instance_group *group = ARENA_NEW(&g->arena, struct trtis_instance_group);
    if (!group) return tfp_no_memory(g->ctx);
    const bool gpu = g->o->all_gpus || g->o->n_gpus || g->s->plan;
    *group = (struct trtis_instance_group){
        .count = g->o->instances ? g->o->instances : 1,
        .kind = gpu ? TRTIS_KIND_GPU : TRTIS_KIND_CPU,
        .gpus = { g->o->gpus, g->o->n_gpus },
    };
    c->instance_group = (struct trtis_instance_groups){ group, 1 };
    return TFP_OK;
}

static tfp_status set_engines(struct writing *g, struct trtis_config *c)
{
    struct trtis_file *list = ARENA_ARRAY(&g->arena, struct trtis_file, g->w->n_engines);
    if (!list) return tfp_no_memory(g->ctx);
    for (size_t i = 0; i < g->w->n_engines; i++)
        list[i] = (struct trtis_file){ bytes_of(g->w->engines[i].capability), bytes_of(g->w->engines[i].file) };
    c->cc_model_filenames = (struct trtis_files){ list, g->w->n_engines };
    return TFP_OK;
}

static void add_parameter(struct trtis_parameter_entry *list, size_t *n, const char *key, const char *value)
{
    if (value && *value) list[(*n)++] = (struct trtis_parameter_entry){ bytes_of(key), { bytes_of(value) } };
}

static const char *join(struct arena *a, const char *const *words, size_t n)
{
    const char *all = "";
    for (size_t i = 0; i < n && all; i++) all = arena_printf(a, "%s%s%s", all, i ? "," : "", words[i]);
    return all;
}

/* What the tfport backend is to know of how the model is opened. */
static tfp_status set_parameters(struct writing *g, struct trtis_config *c)
{
    static const struct tfp_model_options none = { .size = sizeof none };
    const struct tfp_model_options *m = g->o->model && g->s->model ? g->o->model : &none;
    struct trtis_parameter_entry *list = ARENA_ARRAY(&g->arena, struct trtis_parameter_entry, 16);
    size_t n = 0;
    if (!list || g->w->backend->file) return list ? TFP_OK : tfp_no_memory(g->ctx);
    const char *tags = join(&g->arena, m->tags, m->n_tags), *inputs = join(&g->arena, m->inputs, m->n_inputs),
               *outputs = join(&g->arena, m->outputs, m->n_outputs),
               *threads = g->o->threads ? arena_printf(&g->arena, "%d", g->o->threads) : NULL,
               *unroll = m->unroll ? arena_printf(&g->arena, "%lld", (long long)m->unroll) : NULL;
    if (!tags || !inputs || !outputs) return tfp_no_memory(g->ctx);
    add_parameter(list, &n, "backend", g->o->run_on);
    add_parameter(list, &n, "inputs", inputs);
    add_parameter(list, &n, "moving_averages", m->moving_averages ? "true" : NULL);
    add_parameter(list, &n, "no_verify", m->no_verify ? "true" : NULL);
    add_parameter(list, &n, "outputs", outputs);
    add_parameter(list, &n, "precision", g->o->precision);
    add_parameter(list, &n, "signature", m->signature);
    add_parameter(list, &n, "state_io", m->state_io ? "true" : NULL);
    add_parameter(list, &n, "tags", tags);
    add_parameter(list, &n, "threads", threads);
    add_parameter(list, &n, "unroll", unroll);
    add_parameter(list, &n, "weights", g->w->weights);
    c->parameters = (struct trtis_parameters){ list, n };
    return TFP_OK;
}

/* -- warm-up ------------------------------------------------------------------------------------------------------- */

const struct tfp_tensor *triton_given(const struct triton_served *s, size_t i)
{
    return s->given[i] ? tfp_array_tensor(s->given[i]) : NULL;
}

bool triton_warms_up(const struct triton_served *s, const struct triton_written *w, const struct tfp_triton_options *o)
{
    for (size_t i = 0; i < s->n_inputs; i++) {
        const struct tfp_tensor_info *info = &s->inputs[i];
        if (triton_given(s, i)) continue;
        if (info->dtype == TFP_STRING) return false;
        for (int32_t k = w->max_batch ? 1 : 0; k < info->rank; k++)
            if (info->dims[k] < 0) return false;
    }
    return !o->no_warm_up && s->n_inputs;
}

const char *triton_warmup_file(struct arena *a, size_t i)
{
    return arena_printf(a, "input_%zu", i);
}

tfp_status triton_warmup_bytes(struct tfp_context *ctx, const struct tfp_tensor *given, bool batch, struct text *out)
{
    const size_t element = tfp_dtype_size(given->dtype), rows = batch ? (size_t)given->dims[0] : 1,
                 n = rows ? given->size / rows : 0;
    if (!n) return tfp_fail(ctx, TFP_E_USAGE, "an input for the warm-up is empty");
    if (given->dtype != TFP_STRING) {
        text_add_bytes(out, given->data, n);
        return TFP_OK;
    }
    const struct tfp_string *s = given->data;
    for (size_t k = 0; k < n / element; k++) {
        const unsigned char length[4] = { s[k].n & 255, s[k].n >> 8 & 255, s[k].n >> 16 & 255, s[k].n >> 24 & 255 };
        if (s[k].n > UINT32_MAX) return tfp_fail(ctx, TFP_E_USAGE, "an input for the warm-up has a string of 4 GiB or more");
        text_add_bytes(out, (const char *)length, 4);
        text_add_bytes(out, s[k].at, s[k].n);
    }
    return TFP_OK;
}

static tfp_status set_warmup(struct writing *g, const struct trtis_config *c, struct trtis_warmups *out)
{
    const size_t n = g->s->n_inputs, batch = g->w->max_batch ? 1 : 0;
    struct trtis_warmup *w = ARENA_NEW(&g->arena, struct trtis_warmup);
    struct trtis_warmup_entry *list = ARENA_ARRAY(&g->arena, struct trtis_warmup_entry, n);
    if (!w || !list) return tfp_no_memory(g->ctx);
    for (size_t i = 0; i < n; i++) {
        const struct tfp_tensor *given = triton_given(g->s, i);
        struct trtis_warmup_input *in = &list[i].value;
        list[i].key = c->input.at[i].name;
        in->data_type = c->input.at[i].data_type;
        in->dims = c->input.at[i].dims;
        if (given && given->rank > batch) in->dims = (struct pb_int64s){ given->dims + batch, given->rank - batch };
        const char *file = given ? triton_warmup_file(&g->arena, i) : NULL;
        if (given && !file) return tfp_no_memory(g->ctx);
        if (file) in->input_data_file = bytes_of(file);
        else in->zero_data = true;
    }
    *w = (struct trtis_warmup){ .name = bytes_of("first"), .batch_size = 1, .inputs = { list, n } };
    *out = (struct trtis_warmups){ w, 1 };
    return TFP_OK;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static tfp_status write_config(struct writing *g, struct text *out)
{
    const struct triton_written *w = g->w;
    const struct trtis_latest latest = { (uint32_t)w->versions };
    const struct trtis_version_policy policy = { &latest };
    const struct trtis_dynamic_batching batching = { .max_queue_delay_microseconds = g->o->queue_delay };
    struct trtis_config c = { .name = bytes_of(w->name), .platform = bytes_of(w->backend->platform),
                              .backend = bytes_of(w->backend->name), .max_batch_size = w->max_batch };
    if (w->model) c.default_model_filename = bytes_of(w->model);
    if (w->versions > 1) c.version_policy = &policy;
    if (w->max_batch > 1) c.dynamic_batching = &batching;
    TFP_TRY(set_tensors(g, g->s->inputs, g->s->n_inputs, false, &c.input));
    TFP_TRY(set_tensors(g, g->s->outputs, g->s->n_outputs, true, &c.output));
    TFP_TRY(set_instances(g, &c));
    TFP_TRY(set_engines(g, &c));
    TFP_TRY(set_parameters(g, &c));
    if (triton_warms_up(g->s, w, g->o)) TFP_TRY(set_warmup(g, &c, &c.model_warmup));
    protobuf_text_encode(&trtis_config_type, &c, out);
    return out->failed ? tfp_no_memory(g->ctx) : TFP_OK;
}

tfp_status triton_config(struct tfp_context *ctx, const struct triton_served *s, const struct triton_written *w,
                         const struct tfp_triton_options *o, struct text *out)
{
    struct writing g = { .ctx = ctx, .s = s, .w = w, .o = o };
    const tfp_status status = write_config(&g, out);
    arena_free(&g.arena);
    return status;
}
