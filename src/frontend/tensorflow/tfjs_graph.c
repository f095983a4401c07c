/* Graph models of TensorFlow.js: a frozen GraphDef as JSON in model.json, the values of its constants in the weights
 * beside it, inputs and outputs in a signature. See docs/formats/tfjs.md. */
#include "codec/protobuf_json.h"
#include "frontend/tensorflow/tf_source.h"
#include "ir/kernels/convert.h"
#include "weights/tfjs.h"

enum { SURE = 1001, IN_FOLDER = 90 }; /* above Keras' JSON; below a SavedModel's and a checkpoint's folder */

static int score(const struct probe *p)
{
    if (p->absent || tfjs_kind_at(p->path, p->folder, p->head) != TFJS_GRAPH) return 0;
    return p->folder ? IN_FOLDER : SURE;
}

/* -- constants ----------------------------------------------------------------------------------------------------- */

/* The graph is in our arena and not used yet: what is decoded of it may still be changed. */
#define OURS(type, at) ((type *)(uintptr_t)(at))

static struct tfpb_tensor *value_of(const struct tfpb_node *n)
{
    if (!bytes_equal(n->op, "Const")) return NULL;
    for (size_t i = 0; i < n->attr.n; i++) {
        const struct tfpb_attr_value *v = &n->attr.at[i].value;
        if (bytes_equal(n->attr.at[i].key, "value") && v->which == TFPB_ATTR_TENSOR && v->tensor)
            return OURS(struct tfpb_tensor, v->tensor);
    }
    return NULL;
}

static bool has_values(const struct tfpb_tensor *t)
{
    return t->tensor_content.n || t->float_val.n || t->double_val.n || t->int_val.n || t->int64_val.n || t->bool_val.n ||
           t->string_val.n || t->half_val.n || t->uint32_val.n || t->uint64_val.n || t->scomplex_val.n || t->dcomplex_val.n;
}

/* The converter keeps int64 as int32, and doubles and halves as float32: the graph means its own types. */
static tfp_status to_own_type(struct tfp_context *ctx, const struct tfpb_tensor *own, struct tensor *t)
{
    const tfp_dtype dtype = tfpb_dtype(own->dtype);
    struct tensor converted = { 0 };
    const bool complex = t->dtype == TFP_COMPLEX64 && dtype == TFP_COMPLEX128;
    if (dtype == t->dtype) return TFP_OK;
    if (!complex && (dtype == TFP_UNDEFINED || !convert_possible(t->dtype, dtype)))
        return tfp_fail(ctx, TFP_E_FORMAT, "the graph says that it is %s, the weights have %s",
                        dtype ? tfp_dtype_name(dtype) : "of another type", tfp_dtype_name(t->dtype));
    tfp_status status = tensor_describe(ctx, "its value", dtype, t->rank, t->dims, &converted);
    if (status == TFP_OK) status = tensor_allocate(ctx, &converted);
    bool copied = false;
    struct tensor from = *t;
    from.owner = NULL;
    if (status == TFP_OK) status = tensor_align(ctx, &from, &copied);
    if (status == TFP_OK && complex) convert_run(TFP_FLOAT, from.data, TFP_DOUBLE, converted.data, 2 * (size_t)t->count);
    else if (status == TFP_OK) convert_run(t->dtype, from.data, dtype, converted.data, (size_t)t->count);
    if (copied) tensor_release(&from);
    tensor_release(t);
    *t = converted;
    return status;
}

static bool same_shape(const struct tfpb_tensor *own, const struct tensor *t)
{
    int64_t dims[TFP_MAX_RANK];
    const int32_t rank = tfpb_shape_dims(own->tensor_shape, dims);
    return rank == (int32_t)t->rank && (!rank || memcmp(dims, t->dims, (size_t)rank * sizeof *dims) == 0);
}

/* Its bytes, or strings, as if they stood in the graph. */
static tfp_status put_value(struct tfp_context *ctx, struct tf_source *s, const struct tensor *t, struct tfpb_tensor *out)
{
    if (t->dtype != TFP_STRING) {
        out->tensor_content = (struct bytes){ t->data, t->size };
    } else {
        struct bytes *strings = ARENA_ARRAY(&s->graph->arena, struct bytes, (size_t)t->count);
        if (!strings) return tfp_no_memory(ctx);
        for (int64_t i = 0; i < t->count; i++) strings[i] = tensor_string(t, i);
        out->string_val = (struct pb_strings){ strings, (size_t)t->count };
    }
    if (s->n_kept && s->kept[s->n_kept - 1] == t->owner) return TFP_OK; /* most lie in one file */
    if (!ARENA_GROW(&s->graph->arena, s->kept, s->n_kept, &s->room_kept)) return tfp_no_memory(ctx);
    s->kept[s->n_kept++] = buffer_keep(t->owner);
    return TFP_OK;
}

static tfp_status bind(struct tfp_context *ctx, struct tf_source *s, const struct tfpb_node *n, struct tfpb_tensor *value)
{
    const struct weights_entry *e = n->name.n ? weights_find(s->weights, n->name.at, n->name.n) : NULL;
    uint64_t elements, bytes;
    struct tensor t = { 0 };
    if (!e && (has_values(value) || (tensor_proto_size(value, &elements, &bytes) && !elements))) return TFP_OK;
    if (!e) return tfp_fail(ctx, TFP_E_FORMAT, "the weights have no array of that name");
    TFP_TRY(weights_read(ctx, s->weights, e, NULL, &t));
    tfp_status status = same_shape(value, &t) ? TFP_OK : tfp_fail(ctx, TFP_E_FORMAT, "the graph and the weights say different shapes");
    if (status == TFP_OK) status = to_own_type(ctx, value, &t);
    if (status == TFP_OK) status = put_value(ctx, s, &t, value);
    tensor_release(&t);
    return status;
}

static tfp_status bind_constants(struct tfp_context *ctx, struct tf_source *s, const struct tfpb_nodes *nodes)
{
    for (size_t i = 0; i < nodes->n; i++) {
        const struct tfpb_node *n = &nodes->at[i];
        struct tfpb_tensor *value = value_of(n);
        tfp_status status = value ? bind(ctx, s, n, value) : TFP_OK;
        if (status != TFP_OK)
            return tfp_prefix(ctx, status, "node %.*s (Const)", (int)(n->name.n < 200 ? n->name.n : 200), n->name.n ? n->name.at : "");
    }
    return TFP_OK;
}

static tfp_status bind_graph(struct tfp_context *ctx, struct tf_source *s, const struct tfpb_graph *def)
{
    TFP_TRY(bind_constants(ctx, s, &def->node));
    for (size_t i = 0; def->library && i < def->library->function.n; i++)
        TFP_TRY(bind_constants(ctx, s, &def->library->function.at[i].node_def));
    return TFP_OK;
}

/* -- what fills tables --------------------------------------------------------------------------------------------- */

static const char initializer[] = "modelInitializer/";

/* "x:0" as "modelInitializer/x:0", "^x" as "^modelInitializer/x". */
static tfp_status put_inside(struct tfp_context *ctx, struct arena *a, const struct bytes *name)
{
    const bool control = name->n && name->at[0] == '^';
    char *text = arena_printf(a, "%s%s%.*s", control ? "^" : "", initializer, (int)(name->n & INT32_MAX) - control,
                              name->n ? name->at + control : "");
    if (!text) return tfp_no_memory(ctx);
    *OURS(struct bytes, name) = bytes_of(text);
    return TFP_OK;
}

/* The nodes of both graphs in one. */
static tfp_status add_nodes(struct tfp_context *ctx, struct arena *a, struct tfpb_graph *def, const struct tfpb_graph *more)
{
    struct tfpb_node *all = ARENA_ARRAY(a, struct tfpb_node, def->node.n + more->node.n);
    if (!all) return tfp_no_memory(ctx);
    if (def->node.n) memcpy(all, def->node.at, def->node.n * sizeof *all);
    for (size_t i = 0; i < more->node.n; i++) {
        struct tfpb_node *n = &all[def->node.n + i];
        *n = more->node.at[i];
        TFP_TRY(put_inside(ctx, a, &n->name));
        for (size_t k = 0; k < n->input.n; k++) TFP_TRY(put_inside(ctx, a, &n->input.at[k]));
    }
    def->node = (struct tfpb_nodes){ all, def->node.n + more->node.n };
    if (!more->library || !more->library->function.n) return TFP_OK;
    return tfp_fail(ctx, TFP_E_UNSUPPORTED, "a modelInitializer with functions");
}

/* The initializer's output that is the resource of that number; NULL: none is. */
static const char *resource_output(const json_t *model, const json_t *id)
{
    const char *key;
    json_t *output;
    json_t *outputs = json_object_get(json_object_get(model, "initializerSignature"), "outputs");
    json_object_foreach(outputs, key, output)
        if (json_equal(json_object_get(output, "resourceId"), id)) return json_string_value(json_object_get(output, "name"));
    return NULL;
}

/* The placeholder of a resource becomes what the initializer makes. */
static tfp_status connect_resource(struct tfp_context *ctx, struct arena *a, struct tfpb_graph *def, const char *key,
                                   const char *placeholder, const char *output)
{
    const char *colon = strchr(placeholder, ':');
    const struct bytes name = { placeholder, colon ? (size_t)(colon - placeholder) : strlen(placeholder) };
    struct bytes *input = ARENA_NEW(a, struct bytes);
    struct tfpb_attr *attr = ARENA_NEW(a, struct tfpb_attr);
    if (!input || !attr) return tfp_no_memory(ctx);
    char *text = arena_printf(a, "%s%s", initializer, output);
    if (!text) return tfp_no_memory(ctx);
    *input = bytes_of(text);
    *attr = (struct tfpb_attr){ bytes_of("T"), { .which = TFPB_ATTR_TYPE, .type = TFPB_DT_RESOURCE } };
    for (size_t i = 0; i < def->node.n; i++) {
        struct tfpb_node *n = OURS(struct tfpb_node, &def->node.at[i]);
        if (n->name.n != name.n || (name.n && memcmp(n->name.at, name.at, name.n) != 0)) continue;
        n->op = bytes_of("Identity");
        n->input = (struct pb_strings){ input, 1 };
        n->attr = (struct tfpb_attrs){ attr, 1 };
        return TFP_OK;
    }
    return tfp_fail(ctx, TFP_E_FORMAT, "input %s names no node", key);
}

/* Whether the signature's input is a table that the initializer makes; it is no input then. */
static tfp_status is_connected(struct tfp_context *ctx, struct tf_source *s, struct tfpb_graph *def, const json_t *model,
                               const char *key, const json_t *input, bool *out)
{
    const json_t *id = json_object_get(input, "resourceId");
    const char *placeholder = json_string_value(json_object_get(input, "name"));
    *out = id && placeholder;
    if (!*out) return TFP_OK;
    const char *output = resource_output(model, id);
    if (!output) return tfp_fail(ctx, TFP_E_FORMAT, "input %s: its resource is no output of the modelInitializer", key);
    return connect_resource(ctx, &s->graph->arena, def, key, placeholder, output);
}

/* A table of TensorFlow 1 is a node of the same name in both graphs: that of the initializer stands for both. */
static tfp_status share_tables(struct tfp_context *ctx, struct arena *a, struct tfpb_graph *def, const struct tfpb_graph *more)
{
    struct map made;
    map_init(&made, a);
    for (size_t i = 0; i < more->node.n; i++) {
        const struct tfpb_node *n = &more->node.at[i];
        void **at = n->name.n && n->op.n ? map_at(&made, n->name.at, n->name.n) : NULL;
        if (n->name.n && n->op.n && !at) return tfp_no_memory(ctx);
        if (at) *at = OURS(struct tfpb_node, n);
    }
    for (size_t i = 0; i < def->node.n; i++) {
        const struct tfpb_node *n = &def->node.at[i];
        void **at = n->name.n && n->op.n > 9 && memmem(n->op.at, n->op.n, "HashTable", 9) ? map_find(&made, n->name.at, n->name.n) : NULL;
        if (!at) continue;
        char *name = arena_string(a, n->name.at, n->name.n);
        if (!name) return tfp_no_memory(ctx);
        TFP_TRY(connect_resource(ctx, a, def, name, name, name));
    }
    return TFP_OK;
}

static tfp_status add_initializer(struct tfp_context *ctx, struct tf_source *s, const json_t *model, struct tfpb_graph *def)
{
    const json_t *json = json_object_get(model, "modelInitializer");
    struct arena *a = &s->graph->arena;
    struct tfpb_graph *more = ARENA_NEW(a, struct tfpb_graph);
    if (!json_is_object(json)) return TFP_OK;
    if (!more) return tfp_no_memory(ctx);
    tfp_status status = protobuf_json_decode(ctx, a, &tfpb_graph_type, json, more);
    if (status == TFP_OK) status = bind_graph(ctx, s, more);
    if (status == TFP_OK) status = share_tables(ctx, a, def, more);
    if (status == TFP_OK) status = add_nodes(ctx, a, def, more);
    return status == TFP_OK ? status : tfp_prefix(ctx, status, "modelInitializer");
}

/* -- the signature ------------------------------------------------------------------------------------------------- */

/* Keys that are the names of tensors lose ":0", as those that tfport gives itself. */
static void shorten(struct tfpb_tensor_infos *infos)
{
    for (size_t i = 0; i < infos->n; i++) {
        struct bytes *key = &OURS(struct tfpb_tensor_info_entry, &infos->at[i])->key;
        if (key->n > 2 && memcmp(key->at + key->n - 2, ":0", 2) == 0) key->n -= 2;
    }
}

/* Converters before 2.0 kept it with the user's own metadata. */
static const json_t *signature_of(const json_t *model)
{
    const json_t *own = json_object_get(json_object_get(model, "userDefinedMetadata"), "signature");
    return json_is_object(own) ? own : json_object_get(model, "signature");
}

/* Drops what is no input but a table. */
static tfp_status connect_tables(struct tfp_context *ctx, struct tf_source *s, const json_t *model, struct tfpb_graph *def,
                                 struct tfpb_tensor_infos *inputs)
{
    struct tfpb_tensor_info_entry *at = OURS(struct tfpb_tensor_info_entry, inputs->at);
    const json_t *list = json_object_get(signature_of(model), "inputs");
    size_t kept = 0;
    for (size_t i = 0; i < inputs->n; i++) {
        bool connected;
        const json_t *input = json_object_get(list, at[i].key.at);
        TFP_TRY(is_connected(ctx, s, def, model, at[i].key.at, input, &connected));
        if (!connected) at[kept++] = at[i];
    }
    inputs->n = kept;
    return TFP_OK;
}

static tfp_status read_signature(struct tfp_context *ctx, struct tf_source *s, const json_t *model, struct tfpb_graph *def)
{
    struct arena *a = &s->graph->arena;
    const json_t *json = signature_of(model);
    struct tfpb_signature_entry *e = ARENA_NEW(a, struct tfpb_signature_entry);
    if (!e) return tfp_no_memory(ctx);
    if (!json_is_object(json)) return TFP_OK;
    e->key = bytes_of("serving_default");
    TFP_TRY(protobuf_json_decode(ctx, a, &tfpb_signature_type, json, &e->value));
    TFP_TRY(connect_tables(ctx, s, model, def, &e->value.inputs));
    shorten(&e->value.inputs);
    shorten(&e->value.outputs);
    return e->value.outputs.n ? tf_signature_read(ctx, s, (struct tfpb_signatures){ e, 1 }) : TFP_OK;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static tfp_status read_graph(struct tfp_context *ctx, struct tf_source *s, const json_t *model, const json_t *topology)
{
    struct tfpb_graph *def = ARENA_NEW(&s->graph->arena, struct tfpb_graph);
    if (!def) return tfp_no_memory(ctx);
    TFP_TRY(protobuf_json_decode(ctx, &s->graph->arena, &tfpb_graph_type, topology, def));
    TFP_TRY(bind_graph(ctx, s, def));
    TFP_TRY(add_initializer(ctx, s, model, def));
    s->graph->file.others = s->kept;
    s->graph->file.n_others = s->n_kept;
    TFP_TRY(read_signature(ctx, s, model, def));
    TFP_TRY(tf_signature_choose(ctx, s, false));
    return tf_source_finish(ctx, s, def);
}

static tfp_status read_model(struct tfp_context *ctx, const struct probe *p, struct tf_source *s)
{
    const char *path = tfjs_file(&s->graph->arena, p->path, p->folder);
    const json_t *topology;
    json_t *model = NULL;
    if (!path) return tfp_no_memory(ctx);
    if (s->options.n_tags) return tfp_fail(ctx, TFP_E_USAGE, "a model of TensorFlow.js has no tags");
    s->source.format = "TensorFlow.js graph model";
    if (p->folder) TFP_TRY(tf_source_map(ctx, s, path));
    if (s->options.weights) TFP_TRY(tf_source_file(ctx, s, path));
    TFP_TRY(tf_source_weights(ctx, s, NULL));
    s->checkpoint = NULL; /* the graph has the values */
    const struct bytes file = p->folder ? (struct bytes){ s->file->data, s->file->size } : p->head;
    TFP_TRY(tfjs_read(ctx, file, &model, &topology));
    tfp_status status = TFP_OK;
    if (!s->weights) {
        status = tfjs_open_weights(ctx, path, file.n, model, &s->weights);
        if (status == TFP_OK) status = tf_source_weights_opened(ctx, s);
    }
    if (status == TFP_OK) status = read_graph(ctx, s, model, topology);
    json_decref(model);
    return status;
}

static tfp_status open_js(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                          struct source **out)
{
    return tf_source_open(ctx, &tensorflow_js, p, options, read_model, out);
}

const struct frontend tensorflow_js = {
    .name = "tensorflow_js",
    .folder = "model.json of TensorFlow.js",
    .score = score,
    .open = open_js,
    .lower = tf_source_lower,
    .original = tf_source_original,
    .nodes = tf_source_nodes,
    .close = tf_source_close,
};
