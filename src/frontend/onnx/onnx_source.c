/* The frontend of ONNX files: binary and text ModelProto. See docs/formats/onnx.md. */
#include "frontend/onnx/onnx_lower.h"

#include "base/path.h"
#include "frontend/frontend.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD = 64 * 1024, OLDEST_IR = 3, MODEL_GRAPH = 7, MODEL_OPSETS = 8 };

struct onnx_source {
    struct source source; /* first; everything in it lives in the arena */
    struct arena arena;
    const char *path;
    struct onnx_files files;
    struct onnxpb_model *model;
    struct tfp_model_options options; /* its lists are the caller's, valid while it is opened: shapes are copied */
    struct map seen;                  /* op -> struct source_op */
    const char *refusal;              /* every op that has no place in the IR; NULL: none */
};

/* -- telling ------------------------------------------------------------------------------------------------------- */

/* A graph or opsets stand at the top: files of other formats that look alike at their beginning have neither. */
static bool holds_graph(struct bytes file)
{
    struct cursor c = cursor_of(file.at, file.n);
    uint64_t tag, n;
    struct bytes skipped;
    while (cursor_varint(&c, &tag)) {
        if (tag >> 3 == MODEL_GRAPH || tag >> 3 == MODEL_OPSETS) return (tag & 7) == 2;
        bool fine = (tag & 7) == 0   ? cursor_varint(&c, &n)
                    : (tag & 7) == 1 ? cursor_take(&c, 8, &skipped)
                    : (tag & 7) == 5
                        ? cursor_take(&c, 4, &skipped)
                        : (tag & 7) == 2 && cursor_varint(&c, &n) && n <= SIZE_MAX && cursor_take(&c, (size_t)n, &skipped);
        if (!fine) return false;
    }
    return false;
}

static int score_of(struct bytes file, bool *text)
{
    struct bytes head = { file.at, file.n < HEAD ? file.n : HEAD };
    *text = false;
    if (!head.n) return 0;
    int as_text = protobuf_text_score(&onnxpb_model_type, head);
    if (as_text > 0) {
        *text = true;
        return as_text;
    }
    return holds_graph(file) ? protobuf_score(&onnxpb_model_type, head) : 0;
}

static int score(const struct probe *p)
{
    bool text;
    return p->folder || p->absent ? 0 : score_of(p->head, &text);
}

/* -- describing ---------------------------------------------------------------------------------------------------- */

static tfp_status describe(struct tfp_context *ctx, struct onnx_source *s, const struct onnxpb_value_info *info,
                           struct tfp_tensor_info *out)
{
    const struct onnxpb_type *type = info->type;
    const struct onnxpb_type_tensor *t = type && type->which == ONNXPB_TENSOR_TYPE ? type->tensor_type : NULL;
    size_t rank = t && t->shape ? t->shape->dim.n : 0;
    int64_t *dims = ARENA_ARRAY(&s->arena, int64_t, rank);
    const char **labels = ARENA_ARRAY(&s->arena, const char *, rank);
    char *name = arena_string(&s->arena, info->name.n ? info->name.at : "", info->name.n);
    if (!dims || !labels || !name) return tfp_no_memory(ctx);
    for (size_t i = 0; i < rank; i++) {
        const struct onnxpb_dim *d = &t->shape->dim.at[i];
        dims[i] = d->which == ONNXPB_DIM_VALUE && d->dim_value >= 0 ? d->dim_value : -1;
        if (dims[i] >= 0) continue;
        labels[i] = d->which == ONNXPB_DIM_PARAM && d->dim_param.n
                        ? arena_string(&s->arena, d->dim_param.at, d->dim_param.n)
                        : arena_printf(&s->arena, "%s_d%zu", name, i);
        if (!labels[i]) return tfp_no_memory(ctx);
    }
    *out = (struct tfp_tensor_info){ .name = name, .dtype = t ? onnx_dtype(t->elem_type) : TFP_UNDEFINED,
                                     .rank = t && t->shape && rank <= TFP_MAX_RANK ? (int32_t)rank : -1,
                                     .dims = dims, .labels = labels };
    return TFP_OK;
}

static bool is_initializer(const struct map *names, struct bytes name)
{
    return map_find(names, name.at, name.n) != NULL;
}

static tfp_status describe_interface(struct tfp_context *ctx, struct onnx_source *s)
{
    const struct onnxpb_graph *g = s->model->graph;
    struct tfp_tensor_info *in = ARENA_ARRAY(&s->arena, struct tfp_tensor_info, g->input.n);
    struct tfp_tensor_info *out = ARENA_ARRAY(&s->arena, struct tfp_tensor_info, g->output.n);
    struct map names;
    map_init(&names, &s->arena);
    if (!in || !out) return tfp_no_memory(ctx);
    for (size_t i = 0; i < g->initializer.n; i++)
        if (!map_at(&names, g->initializer.at[i].name.at, g->initializer.at[i].name.n)) return tfp_no_memory(ctx);
    for (size_t i = 0; i < g->sparse_initializer.n; i++) {
        const struct onnxpb_tensor *values = g->sparse_initializer.at[i].values;
        if (values && !map_at(&names, values->name.at, values->name.n)) return tfp_no_memory(ctx);
    }
    for (size_t i = 0; i < g->input.n; i++)
        if (!is_initializer(&names, g->input.at[i].name))
            TFP_TRY(describe(ctx, s, &g->input.at[i], &in[s->source.n_inputs++]));
    for (size_t i = 0; i < g->output.n; i++) TFP_TRY(describe(ctx, s, &g->output.at[i], &out[i]));
    s->source.inputs = in;
    s->source.outputs = out;
    s->source.n_outputs = g->output.n;
    return TFP_OK;
}

/* -- ops and weights ----------------------------------------------------------------------------------------------- */

static tfp_status count_op(struct tfp_context *ctx, struct onnx_source *s, const struct onnxpb_node *n)
{
    enum ir_op op;
    bool standard = onnx_domain_is_standard(n->domain);
    const char *name =
        arena_printf(&s->arena, "%.*s%s%.*s", standard ? 0 : (int)(n->domain.n & 0xfff), n->domain.n ? n->domain.at : "",
                     standard ? "" : ":", (int)(n->op_type.n & 0xfff), n->op_type.n ? n->op_type.at : "");
    void **at = name ? map_at(&s->seen, name, strlen(name)) : NULL;
    if (!at) return tfp_no_memory(ctx);
    struct source_op *entry = *at;
    if (!entry) {
        if (!(entry = *at = ARENA_NEW(&s->arena, struct source_op))) return tfp_no_memory(ctx);
        *entry = (struct source_op){ .op = name, .supported = onnx_function_find(s->model, n) ||
                                                              onnx_op_known(n->domain, n->op_type, &op) };
    }
    entry->count++;
    return TFP_OK;
}

static void count_tensor(struct onnx_source *s, const struct onnxpb_tensor *t)
{
    uint64_t elements, bytes;
    if (!t || !onnx_tensor_size(t, &elements, &bytes)) return;
    s->source.weight_elements += elements;
    s->source.weight_bytes += bytes;
}

static tfp_status count_nodes(struct tfp_context *ctx, struct onnx_source *s, const struct onnxpb_nodes *nodes);

/* Bodies in bodies: as deep as the codec reads messages in messages. */
static tfp_status count_graph(struct tfp_context *ctx, struct onnx_source *s, const struct onnxpb_graph *g)
{
    for (size_t i = 0; i < g->initializer.n; i++) count_tensor(s, &g->initializer.at[i]);
    return count_nodes(ctx, s, &g->node);
}

static tfp_status count_nodes(struct tfp_context *ctx, struct onnx_source *s, const struct onnxpb_nodes *nodes)
{
    for (size_t i = 0; i < nodes->n; i++) {
        const struct onnxpb_node *n = &nodes->at[i];
        TFP_TRY(count_op(ctx, s, n));
        for (size_t k = 0; k < n->attribute.n; k++) {
            const struct onnxpb_attribute *a = &n->attribute.at[k];
            if (a->which == ONNXPB_ATTRIBUTE_G && a->g) TFP_TRY(count_graph(ctx, s, a->g));
            if (a->which == ONNXPB_ATTRIBUTE_T) count_tensor(s, a->t);
        }
    }
    return TFP_OK;
}

static int by_op(const void *a, const void *b)
{
    return strcmp(((const struct source_op *)a)->op, ((const struct source_op *)b)->op);
}

static tfp_status refuse_ops(struct tfp_context *ctx, struct onnx_source *s)
{
    struct text list = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < s->source.n_ops; i++) {
        const struct source_op *op = &s->source.ops[i];
        if (op->supported) continue;
        text_add(&list, "%s%s", n++ ? ", " : "", op->op);
        if (op->count > 1) text_add(&list, " (%zu nodes)", op->count);
    }
    if (n)
        s->refusal =
            arena_printf(&s->arena, "%zu %s not supported: %s", n, n == 1 ? "op is" : "ops are", list.at ? list.at : "");
    text_free(&list);
    return n && !s->refusal ? tfp_no_memory(ctx) : TFP_OK;
}

static tfp_status count(struct tfp_context *ctx, struct onnx_source *s)
{
    map_init(&s->seen, &s->arena);
    TFP_TRY(count_graph(ctx, s, s->model->graph));
    for (size_t i = 0; i < s->model->functions.n; i++) TFP_TRY(count_nodes(ctx, s, &s->model->functions.at[i].node));
    if (!(s->source.ops = ARENA_ARRAY(&s->arena, struct source_op, s->seen.n))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < s->seen.room; i++)
        if (s->seen.slots[i].value) s->source.ops[s->source.n_ops++] = *(struct source_op *)s->seen.slots[i].value;
    if (s->source.n_ops) qsort(s->source.ops, s->source.n_ops, sizeof *s->source.ops, by_op);
    return refuse_ops(ctx, s);
}

/* -- files --------------------------------------------------------------------------------------------------------- */

/* Those that external data lies in, each once. */
static tfp_status list_files(struct tfp_context *ctx, struct onnx_source *s)
{
    const struct onnxpb_tensors *all = &s->model->graph->initializer;
    struct map seen;
    size_t n = 0;
    map_init(&seen, &s->arena);
    for (size_t i = 0; i < all->n; i++) {
        struct bytes location = onnx_tensor_location(&all->at[i]);
        if (location.n && !map_at(&seen, location.at, location.n)) return tfp_no_memory(ctx);
    }
    struct tfp_file *files = ARENA_ARRAY(&s->arena, struct tfp_file, seen.n + 1);
    if (!files) return tfp_no_memory(ctx);
    struct stat st;
    if (stat(s->path, &st) == 0) files[n++] = (struct tfp_file){ s->path, (uint64_t)st.st_size, true };
    for (size_t i = 0; i < seen.room; i++) {
        const struct map_slot *slot = &seen.slots[i];
        if (!slot->key) continue;
        char *path = arena_printf(&s->arena, "%s/%.*s", s->files.folder, (int)(slot->n & 0xfff), slot->key);
        if (!path) return tfp_no_memory(ctx);
        bool present = stat(path, &st) == 0 && S_ISREG(st.st_mode);
        files[n++] = (struct tfp_file){ path, present ? (uint64_t)st.st_size : 0, present };
    }
    s->source.files = files;
    s->source.n_files = seen.n ? n : 0;
    return TFP_OK;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static tfp_status check_options(struct tfp_context *ctx, const struct tfp_model_options *o)
{
    const char *which = o->signature         ? "a signature"
                        : o->n_tags          ? "tags"
                        : o->weights         ? "weights from a checkpoint"
                        : o->moving_averages ? "moving averages"
                        : o->state_io        ? "state"
                                             : NULL;
    return which ? tfp_fail(ctx, TFP_E_USAGE, "%s: an ONNX file has none", which) : TFP_OK;
}

static tfp_status check_versions(struct tfp_context *ctx, struct onnx_source *s)
{
    const struct onnxpb_model *m = s->model;
    int newest_ir = schema_ir_versions[schema_newest_opset];
    if (m->ir_version < 1) return tfp_fail(ctx, TFP_E_FORMAT, "IR version %lld", (long long)m->ir_version);
    if (m->ir_version < OLDEST_IR || m->ir_version > newest_ir)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "IR version %lld, %d to %d are read", (long long)m->ir_version, OLDEST_IR,
                        newest_ir);
    for (size_t i = 0; i < m->opset_import.n; i++) {
        int64_t version = m->opset_import.at[i].version;
        if (!onnx_domain_is_standard(m->opset_import.at[i].domain)) continue;
        if (version < 1) return tfp_fail(ctx, TFP_E_FORMAT, "opset %lld", (long long)version);
        if (version > schema_newest_opset)
            return tfp_fail(ctx, TFP_E_UNSUPPORTED, "opset %lld, 1 to %d are read", (long long)version, schema_newest_opset);
    }
    return m->graph ? TFP_OK : tfp_fail(ctx, TFP_E_FORMAT, "a model without a graph");
}

static tfp_status describe_producer(struct tfp_context *ctx, struct onnx_source *s)
{
    const struct onnxpb_model *m = s->model;
    int64_t opset = 0;
    for (size_t i = 0; i < m->opset_import.n; i++)
        if (onnx_domain_is_standard(m->opset_import.at[i].domain)) opset = m->opset_import.at[i].version;
    s->source.opset = opset ? opset : 1;
    struct bytes name = m->producer_name, version = m->producer_version;
    s->source.producer =
        arena_printf(&s->arena, "%.*s%s%.*s%sopset %lld, IR version %lld", (int)(name.n & 0xff), name.n ? name.at : "",
                     version.n && name.n ? " " : "", (int)(version.n & 0xff), version.n ? version.at : "",
                     name.n || version.n ? ", " : "", (long long)(opset ? opset : 1), (long long)m->ir_version);
    return s->source.producer ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status copy_options(struct tfp_context *ctx, struct onnx_source *s)
{
    struct tfp_model_options *o = &s->options;
    struct tfp_shape *shapes = arena_copy(&s->arena, o->shapes, o->n_shapes * sizeof *shapes);
    if (!shapes) return tfp_no_memory(ctx);
    for (size_t i = 0; i < o->n_shapes; i++) {
        shapes[i].name = arena_string(&s->arena, o->shapes[i].name, strlen(o->shapes[i].name));
        shapes[i].dims = arena_copy(&s->arena, o->shapes[i].dims, o->shapes[i].rank * sizeof(int64_t));
        if (!shapes[i].name || !shapes[i].dims) return tfp_no_memory(ctx);
    }
    o->shapes = shapes;
    o->inputs = o->outputs = NULL; /* the graph is cut by then */
    o->n_inputs = o->n_outputs = 0;
    return TFP_OK;
}

static tfp_status check_shapes(struct tfp_context *ctx, const struct onnx_source *s)
{
    for (size_t i = 0; i < s->options.n_shapes; i++) {
        const char *name = s->options.shapes[i].name;
        size_t k = 0;
        while (k < s->source.n_inputs && !onnx_is_named(name, bytes_of(s->source.inputs[k].name))) k++;
        if (k == s->source.n_inputs) return tfp_fail(ctx, TFP_E_USAGE, "shape of \"%s\": the model has no such input", name);
    }
    return TFP_OK;
}

static tfp_status cut(struct tfp_context *ctx, struct onnx_source *s)
{
    struct onnx_lower l = { .arena = &s->arena, .files = &s->files, .model = s->model };
    struct onnxpb_graph *part = ARENA_NEW(&s->arena, struct onnxpb_graph);
    if (!part) return tfp_no_memory(ctx);
    *part = *s->model->graph;
    TFP_TRY(onnx_cut(ctx, &l, &s->options, part));
    s->model->graph = part;
    return TFP_OK;
}

static tfp_status read_model(struct tfp_context *ctx, const struct probe *p, struct onnx_source *s)
{
    bool text;
    score_of(p->head, &text);
    s->source.format = text ? "ONNX (text)" : "ONNX";
    if (!(s->model = ARENA_NEW(&s->arena, struct onnxpb_model))) return tfp_no_memory(ctx);
    tfp_progress(ctx, "read", 0, 0);
    TFP_TRY(text ? protobuf_text_decode(ctx, &s->arena, &onnxpb_model_type, p->head, s->model)
                 : protobuf_decode(ctx, &s->arena, &onnxpb_model_type, p->head, s->model));
    TFP_TRY(check_versions(ctx, s));
    TFP_TRY(describe_producer(ctx, s));
    TFP_TRY(cut(ctx, s));
    TFP_TRY(describe_interface(ctx, s));
    TFP_TRY(copy_options(ctx, s));
    TFP_TRY(check_shapes(ctx, s));
    TFP_TRY(list_files(ctx, s));
    return count(ctx, s);
}

static tfp_status begin(struct tfp_context *ctx, const struct probe *p, struct onnx_source *s)
{
    TFP_TRY(check_options(ctx, &s->options));
    s->path = arena_string(&s->arena, p->path, strlen(p->path));
    s->files = (struct onnx_files){ .arena = &s->arena, .own = buffer_keep(p->file) };
    map_init(&s->files.maps, &s->arena);
    s->files.folder = path_folder(&s->arena, p->path);
    return s->path && s->files.folder ? TFP_OK : tfp_no_memory(ctx);
}

static void close_source(struct source *source)
{
    struct onnx_source *s = (struct onnx_source *)source;
    if (!s) return;
    onnx_files_close(&s->files);
    arena_free(&s->arena);
    free(s);
}

extern const struct frontend onnx;

static tfp_status open_source(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                              struct source **out)
{
    struct onnx_source *s = calloc(1, sizeof *s);
    if (!s) return tfp_no_memory(ctx);
    s->source.frontend = &onnx;
    s->options = *options;
    tfp_status status = begin(ctx, p, s);
    if (status == TFP_OK) status = read_model(ctx, p, s);
    if (status != TFP_OK) {
        close_source(&s->source);
        return tfp_prefix(ctx, status, "%s", p->path);
    }
    *out = &s->source;
    return TFP_OK;
}

static tfp_status lower(struct tfp_context *ctx, struct source *source, struct ir_graph **out)
{
    struct onnx_source *s = (struct onnx_source *)source;
    struct onnx_lower l = { .arena = &s->arena, .files = &s->files, .model = s->model, .options = &s->options };
    if (s->refusal) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: %s", s->path, s->refusal);
    tfp_status status = onnx_lower_model(ctx, &l, out);
    return status == TFP_OK ? TFP_OK : tfp_prefix(ctx, status, "%s", s->path);
}

const struct frontend onnx = {
    .name = "ONNX",
    .score = score,
    .open = open_source,
    .lower = lower,
    .close = close_source,
};
