/* What every format with a TensorFlow graph shares: its weights, what is told of it, lowering. */
#include "frontend/tensorflow/tf_source.h"

#include "base/text.h"
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_variables.h"

#include <stdlib.h>
#include <sys/stat.h>

/* -- what is told of the graph ------------------------------------------------------------------------------------- */

/* GraphDef versions (TF_GRAPH_DEF_VERSION in tensorflow/core/public/version.h) of releases. */
static const struct {
    int32_t version;
    const char *release;
} releases[] = {
    { 27, "1.11 to 1.13" }, { 38, "1.14" }, { 134, "1.15" }, { 175, "2.1" }, { 1645, "2.15" },
};

static const char *producer_text(struct arena *a, int32_t version)
{
    if (version <= 0) return "";
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++)
        if (releases[i].version == version)
            return arena_printf(a, "GraphDef version %d (TensorFlow %s)", version, releases[i].release);
    return arena_printf(a, "GraphDef version %d", version);
}

bool tf_source_describe(struct arena *a, const char *name, int32_t type, int32_t rank, const int64_t *dims,
                        struct tfp_tensor_info *out)
{
    int64_t *own = ARENA_ARRAY(a, int64_t, rank > 0 ? (size_t)rank : 0);
    const char **labels = ARENA_ARRAY(a, const char *, rank > 0 ? (size_t)rank : 0);
    *out = (struct tfp_tensor_info){
        .name = name, .dtype = tfpb_dtype(type), .rank = rank, .dims = own, .labels = labels
    };
    for (int32_t i = 0; own && labels && i < rank; i++) {
        own[i] = dims[i];
        labels[i] = dims[i] < 0 ? arena_printf(a, "%s_d%d", name, i) : NULL;
        if (dims[i] < 0 && !labels[i]) return false;
    }
    return own && labels;
}

/* Where the graph does not tell an output's type or shape, a signature may. */
static bool describe_output(struct arena *a, const struct tf_graph_output *o, const struct tf_named_tensor *declared,
                            struct tfp_tensor_info *out)
{
    int64_t dims[TFP_MAX_RANK];
    struct tf_input t = o->tensor;
    int32_t rank = t.node->is_input ? -1 : tf_attr_output_shape(t.node, t.port, dims);
    int32_t type = tf_attr_output_type(t.node, t.port);
    if (declared && type == TFPB_DT_INVALID) type = declared->type;
    if (declared && declared->shape && rank < 0) {
        rank = tfpb_shape_dims(declared->shape, dims);
        if (rank == 0) rank = -1; /* old writers declare [] where they mean "unknown" */
    }
    return tf_source_describe(a, o->name, type, rank, dims, out);
}

static tfp_status describe_interface(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r,
                                     struct source *s)
{
    struct tfp_tensor_info *in = ARENA_ARRAY(&g->arena, struct tfp_tensor_info, g->n_inputs);
    struct tfp_tensor_info *out = ARENA_ARRAY(&g->arena, struct tfp_tensor_info, g->n_outputs);
    bool fine = in && out;
    for (size_t i = 0; fine && i < g->n_inputs; i++) {
        const struct tf_graph_input *x = &g->inputs[i];
        fine = tf_source_describe(&g->arena, x->name, x->type, x->rank, x->dims, &in[i]);
    }
    for (size_t i = 0; fine && i < g->n_outputs; i++)
        fine = describe_output(&g->arena, &g->outputs[i], i < r->n_outputs ? &r->outputs[i] : NULL, &out[i]);
    s->inputs = in;
    s->n_inputs = g->n_inputs;
    s->outputs = out;
    s->n_outputs = g->n_outputs;
    return fine ? TFP_OK : tfp_no_memory(ctx);
}

static int by_op(const void *a, const void *b)
{
    return strcmp(((const struct source_op *)a)->op, ((const struct source_op *)b)->op);
}

/* Ops and weights of what the outputs need; inputs of the model are no ops. */
static tfp_status count(struct tfp_context *ctx, struct tf_graph *g, struct source *s)
{
    struct map seen;
    map_init(&seen, &g->arena);
    if (!(s->ops = ARENA_ARRAY(&g->arena, struct source_op, g->n_order))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < g->n_order; i++) {
        const struct tf_node *n = g->order[i];
        uint64_t elements, bytes;
        if (n->is_input) continue;
        void **at = map_at(&seen, n->op, strlen(n->op));
        if (!at) return tfp_no_memory(ctx);
        struct source_op *op = *at;
        if (!op) {
            op = *at = &s->ops[s->n_ops++];
            *op = (struct source_op){ .op = n->op, .supported = rule_find(n->op) != NULL };
        }
        op->count++;
        const struct tfpb_attr_value *v =
            strcmp(n->op, "Const") == 0 ? tf_attr_find(n, "value", strlen("value")) : NULL;
        bool constant = v && v->which == TFPB_ATTR_TENSOR && v->tensor && tensor_proto_size(v->tensor, &elements, &bytes);
        if (!constant && !tf_variables_size(n, &elements, &bytes)) continue;
        s->weight_elements += elements;
        s->weight_bytes += bytes;
    }
    qsort(s->ops, s->n_ops, sizeof *s->ops, by_op);
    return TFP_OK;
}

/* -- files and weights --------------------------------------------------------------------------------------------- */

tfp_status tf_source_map(struct tfp_context *ctx, struct tf_source *s, const char *path)
{
    TFP_TRY(buffer_map(ctx, path, &s->file));
    buffer_drop(s->graph->file.map);
    s->graph->file.map = buffer_keep(s->file);
    return TFP_OK;
}

static tfp_status add_file(struct tfp_context *ctx, struct tf_source *s, struct tfp_file file)
{
    if (!ARENA_GROW(&s->graph->arena, s->files, s->source.n_files, &s->room_files)) return tfp_no_memory(ctx);
    s->source.files = s->files;
    s->files[s->source.n_files++] = file;
    return TFP_OK;
}

tfp_status tf_source_file(struct tfp_context *ctx, struct tf_source *s, const char *path)
{
    struct stat st;
    bool present = stat(path, &st) == 0 && S_ISREG(st.st_mode);
    return add_file(ctx, s, (struct tfp_file){ path, present ? (uint64_t)st.st_size : 0, present });
}

static tfp_status describe_weights(struct tfp_context *ctx, struct tf_source *s)
{
    const struct weights *w = s->weights;
    struct tfp_variable *variables = ARENA_ARRAY(&s->graph->arena, struct tfp_variable, w->n_entries);
    if (!variables) return tfp_no_memory(ctx);
    for (size_t i = 0; i < w->n_entries; i++) {
        const struct weights_entry *e = &w->entries[i];
        variables[i] = (struct tfp_variable){ e->name, e->dtype, e->type_name, e->rank, e->dims, e->bytes, e->n_parts };
    }
    s->source.variables = variables;
    s->source.n_variables = w->n_entries;
    for (size_t i = 0; i < w->n_files; i++)
        TFP_TRY(add_file(ctx, s, (struct tfp_file){ w->files[i].path, w->files[i].size, w->files[i].present }));
    return TFP_OK;
}

tfp_status tf_source_weights_opened(struct tfp_context *ctx, struct tf_source *s)
{
    s->request.weights = s->weights;
    return describe_weights(ctx, s);
}

tfp_status tf_source_weights(struct tfp_context *ctx, struct tf_source *s, const char *path)
{
    struct weights_options o = { .no_verify = s->options.no_verify };
    if (s->options.weights) path = s->options.weights;
    if (!path) return TFP_OK;
    TFP_TRY(weights_open(ctx, path, &o, &s->weights));
    if (!(s->checkpoint = arena_string(&s->graph->arena, path, strlen(path)))) return tfp_no_memory(ctx);
    return tf_source_weights_opened(ctx, s);
}

/* -- meta graphs --------------------------------------------------------------------------------------------------- */

struct pb_strings tf_source_tags(const struct tfpb_meta_graph *meta)
{
    return meta->meta_info_def ? meta->meta_info_def->tags : (struct pb_strings){ NULL, 0 };
}

static bool holds(struct pb_strings tags, const char *tag)
{
    for (size_t i = 0; i < tags.n; i++)
        if (bytes_equal(tags.at[i], tag)) return true;
    return false;
}

static bool is_asked(struct bytes tag, const char *const *tags, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes_equal(tag, tags[i])) return true;
    return false;
}

bool tf_source_has_tags(const struct tfpb_meta_graph *meta, const char *const *tags, size_t n)
{
    const struct pb_strings own = tf_source_tags(meta);
    for (size_t i = 0; i < n; i++)
        if (!holds(own, tags[i])) return false;
    for (size_t i = 0; i < own.n; i++)
        if (!is_asked(own.at[i], tags, n)) return false;
    return true;
}

tfp_status tf_source_meta_graph(struct tfp_context *ctx, struct tf_source *s, const struct tfpb_meta_graph *meta)
{
    struct arena *a = &s->graph->arena;
    const struct tfpb_meta_info *info = meta->meta_info_def;
    s->request.meta = meta;
    if (info) {
        const char **tags = ARENA_ARRAY(a, const char *, info->tags.n);
        struct bytes version = info->tensorflow_version;
        if (!tags || !(s->source.tensorflow_version = arena_string(a, version.n ? version.at : "", version.n)))
            return tfp_no_memory(ctx);
        for (size_t i = 0; i < info->tags.n; i++) {
            struct bytes tag = info->tags.at[i];
            if (!(tags[i] = arena_string(a, tag.n ? tag.at : "", tag.n))) return tfp_no_memory(ctx);
        }
        s->source.tags = tags;
        s->source.n_tags = info->tags.n;
    }
    return tf_signature_read(ctx, s, meta->signature_def);
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

enum { HEAD = 64 * 1024 };

int tf_source_score(const struct pb_message *type, struct bytes file, bool *text)
{
    struct bytes head = { file.at, file.n < HEAD ? file.n : HEAD };
    *text = false;
    if (!head.n) return 0;
    int as_binary = protobuf_score(type, head), as_text = protobuf_text_score(type, head);
    *text = as_text > as_binary;
    return *text ? as_text : as_binary;
}

tfp_status tf_source_decode(struct tfp_context *ctx, struct tf_source *s, const struct pb_message *type,
                            struct bytes file, void **out, bool *text)
{
    struct arena *arena = &s->graph->arena;
    if (!file.n) return tfp_fail(ctx, TFP_E_FORMAT, "the file is empty");
    if (!(*out = arena_alloc(arena, 1, type->size))) return tfp_no_memory(ctx);
    tf_source_score(type, file, text);
    tfp_progress(ctx, "read", 0, 0);
    return *text ? protobuf_text_decode(ctx, arena, type, file, *out) : protobuf_decode(ctx, arena, type, file, *out);
}

static const struct tf_named_tensor *named(struct arena *a, const char *const *names, size_t n)
{
    struct tf_named_tensor *out = ARENA_ARRAY(a, struct tf_named_tensor, n);
    for (size_t i = 0; out && i < n; i++) out[i].tensor = names[i];
    return out;
}

tfp_status tf_source_options(struct tfp_context *ctx, struct tf_source *s)
{
    const struct tfp_model_options *o = &s->options;
    struct tf_request *r = &s->request;
    if (o->n_inputs && !(r->inputs = named(&s->graph->arena, o->inputs, o->n_inputs))) return tfp_no_memory(ctx);
    if (o->n_outputs && !(r->outputs = named(&s->graph->arena, o->outputs, o->n_outputs))) return tfp_no_memory(ctx);
    if (o->n_inputs) r->n_inputs = o->n_inputs;
    if (o->n_outputs) r->n_outputs = o->n_outputs;
    return TFP_OK;
}

tfp_status tf_source_finish(struct tfp_context *ctx, struct tf_source *s, const struct tfpb_graph *def)
{
    int32_t version = def->versions ? def->versions->producer : def->version;
    if (!(s->source.producer = producer_text(&s->graph->arena, version))) return tfp_no_memory(ctx);
    s->source.min_consumer = def->versions ? def->versions->min_consumer : 0;
    if (s->refusal) return TFP_OK;
    s->def = def;
    TFP_TRY(tf_graph_build(ctx, s->graph, def, &s->request));
    TFP_TRY(describe_interface(ctx, s->graph, &s->request, &s->source));
    return count(ctx, s->graph, &s->source);
}

static tfp_status create(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                         struct tf_source *s)
{
    TFP_TRY(tf_graph_create(ctx, p->file, &s->graph));
    s->options = *options;
    s->request.options = &s->options;
    s->averages = options->moving_averages;
    s->other_weights = options->weights != NULL;
    s->source.producer = "";
    s->refusal_code = TFP_E_UNSUPPORTED;
    s->path = arena_string(&s->graph->arena, p->path, strlen(p->path));
    return s->path ? TFP_OK : tfp_no_memory(ctx);
}

tfp_status tf_source_open(struct tfp_context *ctx, const struct frontend *frontend, const struct probe *p,
                          const struct tfp_model_options *options, tf_source_read_fn *read, struct source **out)
{
    struct tf_source *s = calloc(1, sizeof *s);
    if (!s) return tfp_no_memory(ctx);
    s->source.frontend = frontend;
    tfp_status status = create(ctx, p, options, s);
    if (status == TFP_OK) status = read(ctx, p, s);
    if (status != TFP_OK) {
        tf_source_close(&s->source);
        return tfp_prefix(ctx, status, "%s", p->path);
    }
    *out = &s->source;
    return TFP_OK;
}

void tf_source_close(struct source *source)
{
    struct tf_source *s = (struct tf_source *)source;
    if (!s) return;
    for (size_t i = 0; i < s->n_kept; i++) buffer_drop(s->kept[i]);
    tf_graph_destroy(s->graph);
    weights_close(s->weights);
    buffer_drop(s->file);
    free(s);
}

tfp_status tf_source_lower(struct tfp_context *ctx, struct source *source, struct ir_graph **out)
{
    struct tf_source *s = (struct tf_source *)source;
    struct ir_graph *graph;
    if (s->refusal) return tfp_fail(ctx, s->refusal_code, "%s: %s", s->path, s->refusal);
    tfp_status status = lower_graph(ctx, s->graph, &graph);
    source->lacks_weights = s->graph->lacks_weights;
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s", s->path);
    return frontend_lowered(ctx, source, graph, out);
}
