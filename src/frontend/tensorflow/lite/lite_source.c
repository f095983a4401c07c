/* TensorFlow Lite's files (tensorflow/lite/schema/schema.fbs): told by their identifier, read as a GraphDef. See docs/formats/tflite.md. */
#include "frontend/tensorflow/lite/lite.h"

enum { SURE = 1001 };

static int score(const struct probe *p)
{
    return flat_is(p->head, "TFL3") ? SURE : 0;
}

/* -- inputs and outputs -------------------------------------------------------------------------------------------- */

static void make_inputs(struct lite_body *b)
{
    const struct flat_vector list = flat_vector_of(&b->subgraph, SUBGRAPH_INPUTS, 4);
    for (size_t i = 0; i < list.n && b->model->status == TFP_OK; i++) {
        const int64_t number = flat_vector_signed(&list, i);
        if (number < 0 || (uint64_t)number >= b->n_tensors) {
            lite_fail(b->model, TFP_E_FORMAT, "input %zu is no tensor", i);
            return;
        }
        const struct lite_tensor *t = &b->tensors[number];
        const struct lite_ref r = lite_call(b, t->name, "Placeholder", LITE_NONE,
                                            LITE_ATTRS(LITE_TYPE("dtype", t->type), LITE_SHAPE("shape", lite_shape(b->model, t->dims, t->rank))));
        b->values[number].stored = lite_name(b, r, t->name);
    }
}

/* What the file calls it, without ":0", as all formats have it. */
static const char *interface_name(struct lite *m, const struct lite_tensor *t)
{
    size_t n = t->own_name.n;
    if (n > 2 && memcmp(t->own_name.at + n - 2, ":0", 2) == 0) n -= 2;
    return n ? arena_string(m->arena, t->own_name.at, n) : t->name;
}

static const struct tf_named_tensor *interface(struct lite_body *b, unsigned field, size_t *n)
{
    const struct flat_vector list = flat_vector_of(&b->subgraph, field, 4);
    struct tf_named_tensor *named = ARENA_ARRAY(b->model->arena, struct tf_named_tensor, list.n);
    if (!named) return lite_no_memory(b->model), NULL;
    for (size_t i = 0; i < list.n && b->model->status == TFP_OK; i++) {
        const struct lite_ref r = lite_stored(b, flat_vector_signed(&list, i));
        if (b->model->status != TFP_OK) break;
        named[i].name = interface_name(b->model, &b->tensors[flat_vector_signed(&list, i)]);
        named[i].tensor = r.text.at;
        if (!named[i].name) lite_no_memory(b->model);
    }
    *n = list.n;
    return named;
}

static bool is_called(const struct lite_tensor *t, const char *name)
{
    const size_t n = strlen(name), bare = n > 2 && strcmp(name + n - 2, ":0") == 0 ? n - 2 : n;
    const struct bytes own = t->own_name, given = { name, bare };
    return bytes_equal(own, name) || tf_graph_same(own, given) ||
           (own.n == bare + 2 && memcmp(own.at, name, bare) == 0 && memcmp(own.at + bare, ":0", 2) == 0);
}

/* Tensors of the file by their names; others are nodes of the graph. */
static const struct tf_named_tensor *chosen(struct lite_body *b, const char *const *names, size_t n)
{
    struct tf_named_tensor *named = ARENA_ARRAY(b->model->arena, struct tf_named_tensor, n);
    if (!named) return lite_no_memory(b->model), NULL;
    for (size_t i = 0; i < n; i++) {
        named[i].tensor = arena_string(b->model->arena, names[i], strlen(names[i]));
        if (!named[i].tensor) return lite_no_memory(b->model), NULL;
        for (size_t k = 0; k < b->n_tensors; k++) {
            if (!b->values[k].stored.text.at || !is_called(&b->tensors[k], names[i])) continue;
            named[i] = (struct tf_named_tensor){ .name = interface_name(b->model, &b->tensors[k]), .tensor = b->values[k].stored.text.at };
            break;
        }
    }
    return named;
}

/* -- signatures ---------------------------------------------------------------------------------------------------- */

static struct tfpb_tensor_infos signature_side(struct lite_body *b, const struct flat_table *t, unsigned field)
{
    struct lite *m = b->model;
    const struct flat_vector list = flat_vector_of(t, field, 4);
    struct tfpb_tensor_info_entry *entries = ARENA_ARRAY(m->arena, struct tfpb_tensor_info_entry, list.n);
    if (!entries) return lite_no_memory(m), (struct tfpb_tensor_infos){ NULL, 0 };
    for (size_t i = 0; i < list.n && m->status == TFP_OK; i++) {
        const struct flat_table map = flat_vector_table(&list, i);
        const int64_t number = (int64_t)flat_unsigned(&map, MAP_TENSOR, 4, 0);
        const struct lite_ref r = lite_stored(b, number);
        if (m->status != TFP_OK) break;
        const struct lite_tensor *tensor = &b->tensors[number];
        entries[i].key = flat_bytes(&map, MAP_NAME);
        if (!entries[i].key.at) entries[i].key = bytes_of("");
        entries[i].value = (struct tfpb_tensor_info){ .which = TFPB_INFO_NAME, .dtype = tensor->type, .name = r.text };
        entries[i].value.tensor_shape = lite_shape(m, tensor->dims, tensor->rank);
    }
    return (struct tfpb_tensor_infos){ entries, list.n };
}

/* A subgraph other than the first is written when a signature wants it. */
static struct lite_body *body_of(struct lite *m, struct lite_body **bodies, uint64_t number)
{
    if (number >= m->subgraphs.n)
        return lite_fail(m, TFP_E_FORMAT, "a signature of subgraph %llu, which is not there", (unsigned long long)number), NULL;
    if (bodies[number]) return bodies[number];
    struct lite_body *b = bodies[number] = lite_begin(m, (int64_t)number, &m->main);
    if (!b) return NULL;
    make_inputs(b);
    lite_write_operators(b);
    return b;
}

static struct tfpb_signatures read_signatures(struct lite *m, const struct flat_table *model, struct lite_body **bodies)
{
    const struct flat_vector list = flat_vector_of(model, MODEL_SIGNATURE_DEFS, 4);
    struct tfpb_signature_entry *all = ARENA_ARRAY(m->arena, struct tfpb_signature_entry, list.n);
    if (!all) return lite_no_memory(m), (struct tfpb_signatures){ NULL, 0 };
    for (size_t i = 0; i < list.n && m->status == TFP_OK; i++) {
        const struct flat_table t = flat_vector_table(&list, i);
        struct lite_body *b = body_of(m, bodies, flat_unsigned(&t, SIGNATURE_SUBGRAPH, 4, 0));
        if (!b) break;
        all[i].key = flat_bytes(&t, SIGNATURE_KEY);
        if (!all[i].key.at) all[i].key = bytes_of("");
        all[i].value.inputs = signature_side(b, &t, SIGNATURE_INPUTS);
        all[i].value.outputs = signature_side(b, &t, SIGNATURE_OUTPUTS);
    }
    return (struct tfpb_signatures){ all, list.n };
}

/* -- the file ------------------------------------------------------------------------------------------------------ */

static tfp_status open_model(struct tf_source *s, struct lite *m, struct flat_table *model)
{
    *model = flat_root(&m->file);
    const int64_t version = (int64_t)flat_unsigned(model, MODEL_VERSION, 4, 0);
    m->codes = flat_vector_of(model, MODEL_OPERATOR_CODES, 4);
    m->subgraphs = flat_vector_of(model, MODEL_SUBGRAPHS, 4);
    m->buffers = flat_vector_of(model, MODEL_BUFFERS, 4);
    m->called = ARENA_ARRAY(m->arena, const struct tfpb_name_attr_list *, m->subgraphs.n);
    if (!m->called) return tfp_no_memory(m->ctx);
    if (m->file.broken) return TFP_OK; /* told in the end */
    if (version > TFLITE_NEWEST_VERSION) return tfp_fail(m->ctx, TFP_E_UNSUPPORTED, "version %lld of the format", (long long)version);
    if (!m->subgraphs.n) return tfp_fail(m->ctx, TFP_E_FORMAT, "there is no subgraph");
    s->source.format = "TensorFlow Lite";
    return TFP_OK;
}

/* "MLIR Converted, for TensorFlow 1.14.0 and newer": who wrote it, and the metadata that tells whose kernels can run it. */
static const char *producer(struct lite *m, const struct flat_table *model)
{
    enum { NAME, BUFFER, MOST = 200 };
    struct bytes who = flat_bytes(model, MODEL_DESCRIPTION);
    if (who.n && who.at[who.n - 1] == '.') who.n--;
    const struct flat_vector list = flat_vector_of(model, MODEL_METADATA, 4);
    struct bytes version = { NULL, 0 };
    for (size_t i = 0; i < list.n; i++) {
        const struct flat_table t = flat_vector_table(&list, i);
        const uint64_t number = flat_unsigned(&t, BUFFER, 4, 0);
        if (!bytes_equal(flat_bytes(&t, NAME), "min_runtime_version") || number >= m->buffers.n) continue;
        const struct flat_table buffer = flat_vector_table(&m->buffers, (size_t)number);
        version = flat_bytes(&buffer, BUFFER_DATA);
        version.n = version.at ? strnlen(version.at, version.n < MOST ? version.n : MOST) : 0;
    }
    return arena_printf(m->arena, "%.*s%s%.*s%s", (int)(who.n < MOST ? who.n : MOST), who.n ? who.at : "",
                        version.n ? who.n ? ", for TensorFlow " : "for TensorFlow " : "", (int)version.n, version.n ? version.at : "",
                        version.n ? " and newer" : "");
}

static tfp_status set_request(struct tfp_context *ctx, struct tf_source *s, struct lite_body *b, struct tfpb_signatures signatures)
{
    struct tf_request *r = &s->request;
    struct lite *m = b->model;
    if (signatures.n) TFP_TRY(tf_signature_read(ctx, s, signatures));
    if (s->options.signature) return tf_signature_choose(ctx, s, true);
    r->n_inputs = s->options.n_inputs;
    r->n_outputs = s->options.n_outputs;
    r->inputs = r->n_inputs ? chosen(b, s->options.inputs, r->n_inputs) : interface(b, SUBGRAPH_INPUTS, &r->n_inputs);
    r->outputs = r->n_outputs ? chosen(b, s->options.outputs, r->n_outputs) : interface(b, SUBGRAPH_OUTPUTS, &r->n_outputs);
    return m->status;
}

static tfp_status write_graph(struct tfp_context *ctx, struct tf_source *s, struct lite *m, struct tfpb_graph *def)
{
    struct flat_table model;
    TFP_TRY(open_model(s, m, &model));
    struct lite_body **bodies = ARENA_ARRAY(m->arena, struct lite_body *, m->subgraphs.n + 1);
    struct tfpb_library *library = ARENA_NEW(m->arena, struct tfpb_library);
    if (!bodies || !library) return tfp_no_memory(ctx);
    struct lite_body *b = m->file.broken ? NULL : body_of(m, bodies, 0);
    const struct tfpb_signatures signatures = m->status == TFP_OK && b ? read_signatures(m, &model, bodies) : (struct tfpb_signatures){ NULL, 0 };
    if (m->file.broken) return tfp_fail(ctx, TFP_E_FORMAT, "the file is damaged: an offset leads out of it");
    if (m->status != TFP_OK) return m->status;
    TFP_TRY(set_request(ctx, s, b, signatures));
    library->function = (struct tfpb_functions){ m->functions, m->n_functions };
    *def = (struct tfpb_graph){ .node = { m->main.at, m->main.n }, .library = library };
    return TFP_OK;
}

static tfp_status read_lite(struct tfp_context *ctx, const struct probe *p, struct tf_source *s)
{
    struct lite *m = ARENA_NEW(&s->graph->arena, struct lite);
    struct tfpb_graph *def = ARENA_NEW(&s->graph->arena, struct tfpb_graph);
    if (!m || !def) return tfp_no_memory(ctx);
    const struct tfp_model_options *given = &s->options;
    const char *lacks = given->n_tags            ? "tags"
                        : given->weights         ? "weights from a checkpoint"
                        : given->moving_averages ? "moving averages"
                        : given->state_io        ? "state"
                                                 : NULL;
    if (lacks) return tfp_fail(ctx, TFP_E_USAGE, "a model of TensorFlow Lite has no %s", lacks);
    *m = (struct lite){ .ctx = ctx, .arena = &s->graph->arena, .file = { .file = p->head } };
    map_init(&m->main.names, m->arena);
    TFP_TRY(tf_source_file(ctx, s, s->path));
    TFP_TRY(write_graph(ctx, s, m, def));
    TFP_TRY(tf_source_finish(ctx, s, def));
    const struct flat_table model = flat_root(&m->file);
    s->source.producer = producer(m, &model);
    return s->source.producer ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status open_lite(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options, struct source **out)
{
    return tf_source_open(ctx, &tensorflow_lite, p, options, read_lite, out);
}

const struct frontend tensorflow_lite = {
    .name = "tensorflow_lite",
    .score = score,
    .open = open_lite,
    .lower = tf_source_lower,
    .nodes = tf_source_nodes,
    .close = tf_source_close,
};
