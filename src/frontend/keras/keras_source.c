/* The containers of Keras: HDF5, the zip of Keras 3, the folder of TensorFlow.js, and an architecture as JSON with its weights
 * elsewhere. Each gives the same configuration and a place of weights. See docs/formats/keras-hdf5.md, keras-zip.md, tfjs.md
 * and keras-config.md. */
#include "frontend/keras/keras.h"

#include "codec/zip.h"
#include "ir/names.h"
#include "weights/hdf5.h"
#include "weights/tfjs.h"

#include <ctype.h>
#include <stdlib.h>

extern const struct frontend keras_hdf5, keras_zip, keras_json, keras_js;

enum { HEAD = 64 * 1024, SURE = 1000, SURER = 1001, IN_FOLDER = 90 };

static tfp_status no_memory(struct keras_source *s)
{
    return tfp_no_memory(s->ctx);
}

/* -- the configuration --------------------------------------------------------------------------------------------- */

/* Keras 3 names types by policies and tensors by objects; an architecture alone does not tell its version. */
static int generation_of(const struct keras_source *s, struct bytes config)
{
    static const char *const signs[] = { "__keras_tensor__", "\"DTypePolicy\"", "\"batch_shape\"" };
    int major = isdigit((unsigned char)s->keras_version[0]) ? atoi(s->keras_version) : 0;
    if (*s->keras_version) return major >= 3 ? 3 : major == 1 ? 1 : 2;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (memmem(config.at, config.n, signs[i], strlen(signs[i]))) return 3;
    return 2;
}

/* `config` is part of s->json, which is what the text says. */
static tfp_status take_config(struct keras_source *s, struct bytes text, const json_t *config)
{
    if (!json_is_object(config)) return tfp_fail(s->ctx, TFP_E_FORMAT, "the configuration is no JSON object");
    const char *version = keras_text(config, "keras_version");
    if (!*s->keras_version && version) s->keras_version = version;
    s->generation = generation_of(s, text);
    s->source.producer = *s->keras_version ? arena_printf(&s->arena, "Keras %s", s->keras_version) : "";
    return s->source.producer ? keras_read_model(s, config) : no_memory(s);
}

static tfp_status read_config(struct keras_source *s, struct bytes text)
{
    TFP_TRY(json_read(s->ctx, text, "the configuration", &s->json));
    return take_config(s, text, s->json);
}

/* Theano convolves with kernels turned around. Keras 1 does not tell its backend. */
static void read_backend(struct keras_source *s, const char *name)
{
    s->theano = name && strcmp(name, "theano") == 0;
}

/* -- weights ------------------------------------------------------------------------------------------------------- */

static tfp_status open_member(struct keras_source *s, struct zip *z, const char *name, bool needed)
{
    struct buffer *owner = NULL;
    struct bytes image;
    const struct zip_member *m = zip_find(z, name);
    if (!m) return needed ? tfp_fail(s->ctx, TFP_E_FORMAT, "the zip file has no %s", name) : TFP_OK;
    TFP_TRY(zip_read(s->ctx, z, m, &owner, &image));
    tfp_status status = hdf5_open(s->ctx, owner, image, &s->hdf5);
    buffer_drop(owner);
    if (status != TFP_OK) return tfp_prefix(s->ctx, status, "%s", name);
    s->store = KERAS_HDF5;
    return TFP_OK;
}

static tfp_status open_weights_zip(struct keras_source *s, struct buffer *file)
{
    struct zip z;
    TFP_TRY(zip_open(s->ctx, file, &z));
    tfp_status status = open_member(s, &z, "model.weights.h5", true);
    zip_close(&z);
    return status;
}

static tfp_status add_files(struct keras_source *s, const char *weights_path)
{
    struct tfp_file *files = ARENA_ARRAY(&s->arena, struct tfp_file, 2 + (s->weights ? s->weights->n_files : 0));
    if (!files) return no_memory(s);
    s->source.files = files;
    files[s->source.n_files++] = (struct tfp_file){ s->path, s->file->size, true };
    for (size_t i = 0; s->weights && i < s->weights->n_files; i++) {
        const struct weights_file *f = &s->weights->files[i];
        if (strcmp(f->path, s->path) == 0) continue; /* a manifest is part of the model */
        files[s->source.n_files++] = (struct tfp_file){ f->path, f->size, f->present };
    }
    if (weights_path && !s->weights) files[s->source.n_files++] = (struct tfp_file){ weights_path, 0, true };
    return TFP_OK;
}

static tfp_status open_arrays(struct keras_source *s, const char *path)
{
    const struct weights_options o = { .no_verify = s->options.no_verify };
    TFP_TRY(weights_open(s->ctx, path, &o, &s->weights));
    s->store = s->weights->format == &weights_tfjs ? KERAS_MANIFEST : KERAS_CHECKPOINT;
    return TFP_OK;
}

/* The file of --weights: HDF5, an archive of Keras 3, a checkpoint, or the model.json of TensorFlow.js. */
static tfp_status open_other_weights(struct keras_source *s, const char *path)
{
    struct buffer *file = NULL;
    hdf5_close(s->hdf5);
    s->hdf5 = NULL;
    s->store = KERAS_NO_WEIGHTS;
    if (buffer_map(s->ctx, path, &file) != TFP_OK) file = NULL; /* a checkpoint's prefix perhaps */
    struct bytes head = { file ? file->data : NULL, file ? file->size : 0 };
    tfp_status status;
    if (file && hdf5_is(head)) {
        status = hdf5_open(s->ctx, file, head, &s->hdf5);
        s->store = KERAS_HDF5;
    } else if (file && zip_is(head)) {
        status = open_weights_zip(s, file);
    } else {
        status = open_arrays(s, path);
    }
    buffer_drop(file);
    if (status == TFP_OK && s->store == KERAS_HDF5) {
        const char *backend;
        status = hdf5_text(s->ctx, s->hdf5, "", "backend", &s->arena, &backend);
        if (status == TFP_OK) read_backend(s, backend);
    }
    return status == TFP_OK ? TFP_OK : tfp_prefix(s->ctx, status, "%s", path);
}

/* -- inputs and outputs -------------------------------------------------------------------------------------------- */

static bool describe(struct keras_source *s, const char *name, tfp_dtype dtype, int32_t rank, const int64_t *dims,
                     struct tfp_tensor_info *out)
{
    int64_t *own = ARENA_ARRAY(&s->arena, int64_t, rank > 0 ? (size_t)rank : 0);
    const char **labels = ARENA_ARRAY(&s->arena, const char *, rank > 0 ? (size_t)rank : 0);
    *out = (struct tfp_tensor_info){ .name = name, .dtype = dtype, .rank = rank, .dims = own, .labels = labels };
    for (int32_t i = 0; own && labels && i < rank; i++) {
        own[i] = dims[i];
        if (dims[i] >= 0) continue;
        labels[i] = i ? arena_printf(&s->arena, "%s_d%d", name, i) : "batch"; /* which all inputs have in common */
        if (!labels[i]) return false;
    }
    return own && labels;
}

/* batch_input_shape of Keras 2, batch_shape of Keras 3. */
static const json_t *batch_shape(const struct keras_layer *l)
{
    const json_t *j = keras_get(l->config, "batch_input_shape");
    return j ? j : keras_get(l->config, "batch_shape");
}

static tfp_status describe_input(struct keras_source *s, struct keras_layer *l, const char *name,
                                 struct tfp_tensor_info *out)
{
    int64_t dims[TFP_MAX_RANK];
    int32_t rank = keras_shape(batch_shape(l), dims);
    const char *type = keras_text(l->config, "dtype");
    tfp_dtype dtype = type ? keras_dtype(type) : l->dtype;
    if (dtype == TFP_UNDEFINED) dtype = TFP_FLOAT;
    if (strcmp(l->class_name, "Embedding") == 0) dtype = TFP_INT32; /* Keras takes numbers of any type for indices */
    if (config_bool(l, "sparse", false) || config_bool(l, "ragged", false))
        return tfp_fail(s->ctx, TFP_E_UNSUPPORTED, "layer %s (%s): a sparse or ragged input", l->name, l->class_name);
    return describe(s, name, dtype, rank, dims, out) ? TFP_OK : no_memory(s);
}

/* A layer that tells the shape of what goes into a Sequential model: its first, or the first of a model within. */
static struct keras_layer *first_layer(struct keras_layer *l)
{
    while (l->model && l->model->n_layers) l = l->model->n_inputs ? l->model->inputs[0].layer : l->model->layers[0];
    return l;
}

static tfp_status sequential_input(struct keras_source *s, struct tfp_tensor_info *out)
{
    struct keras_layer *root = s->root, *first = root->model->n_layers ? root->model->layers[0] : NULL;
    if (!first) return tfp_fail(s->ctx, TFP_E_FORMAT, "model %s has no layers", root->name);
    struct keras_layer *teller = first_layer(first);
    const char *name = teller->name;
    if (strcmp(first->class_name, "InputLayer") != 0) name = arena_printf(&s->arena, "%s_input", first->name);
    if (!name) return no_memory(s);
    if (batch_shape(teller)) return describe_input(s, teller, name, out);
    const json_t *built = keras_get(root->config, "build_input_shape");
    int64_t dims[TFP_MAX_RANK];
    int32_t rank = keras_shape(built ? built : root->build_shape, dims);
    return describe(s, name, TFP_FLOAT, rank, dims, out) ? TFP_OK : no_memory(s);
}

/* The outputs as the model has them, with their names. Several tensors of one layer: lstm, lstm_1, lstm_2. */
static tfp_status own_outputs(struct keras_source *s, const char ***names, size_t *n)
{
    const struct keras_model *m = s->root->model;
    struct map used;
    map_init(&used, &s->arena);
    *n = m->sequential ? 1 : m->n_outputs;
    if (!(*names = ARENA_ARRAY(&s->arena, const char *, *n))) return no_memory(s);
    for (size_t i = 0; i < *n; i++) {
        const struct keras_layer *l = m->sequential ? m->layers[m->n_layers - 1] : m->outputs[i].layer;
        if (!((*names)[i] = keras_unique_name(&s->arena, &used, l->name))) return no_memory(s);
    }
    return TFP_OK;
}

static bool is_called(const char *given, const char *name)
{
    size_t n = strlen(name);
    return strncmp(given, name, n) == 0 && (given[n] == '\0' || strcmp(given + n, ":0") == 0);
}

/* The end that a name of --outputs means: one of the model's own, else the first result of a layer. */
static bool find_output(const struct keras_model *m, const char *given, const char *const *names, size_t n,
                        struct keras_end *out)
{
    for (size_t i = 0; i < n; i++)
        if (is_called(given, names[i])) return *out = m->outputs[i], true;
    for (size_t i = 0; i < m->n_layers; i++)
        if (is_called(given, m->layers[i]->name))
            return *out = (struct keras_end){ m->layers[i], m->layers[i]->first_node, 0 }, true;
    return false;
}

/* Those that were asked for in place of the model's own. */
static tfp_status choose_outputs(struct keras_source *s, const char ***names, size_t *n)
{
    struct keras_model *m = s->root->model;
    const struct tfp_model_options *o = &s->options;
    TFP_TRY(own_outputs(s, names, n));
    if (!o->n_outputs || (m->sequential && o->n_outputs == 1 && is_called(o->outputs[0], (*names)[0]))) return TFP_OK;
    if (m->sequential) return tfp_fail(s->ctx, TFP_E_USAGE, "a Sequential model has one output, %s", (*names)[0]);
    struct keras_end *ends = ARENA_ARRAY(&s->arena, struct keras_end, o->n_outputs);
    const char **chosen = ARENA_ARRAY(&s->arena, const char *, o->n_outputs);
    if (!ends || !chosen) return no_memory(s);
    for (size_t i = 0; i < o->n_outputs; i++) {
        if (!find_output(m, o->outputs[i], *names, *n, &ends[i]))
            return tfp_fail(s->ctx, TFP_E_USAGE, "output \"%s\": the model has no such layer", o->outputs[i]);
        if (!(chosen[i] = arena_string(&s->arena, o->outputs[i], ir_name_length(o->outputs[i])))) return no_memory(s);
    }
    m->outputs = ends;
    m->n_outputs = *n = o->n_outputs;
    *names = chosen;
    return TFP_OK;
}

static struct tfp_tensor_info *find_input(const struct keras_source *s, struct tfp_tensor_info *inputs, const char *name)
{
    for (size_t k = 0; k < s->source.n_inputs; k++)
        if (is_called(name, inputs[k].name)) return &inputs[k];
    return NULL;
}

/* Versions of Keras call inputs otherwise (keras_tensor_3): where all are named and none by its name here, their order
 * counts. */
static bool shapes_by_order(const struct keras_source *s, struct tfp_tensor_info *inputs)
{
    for (size_t i = 0; i < s->options.n_shapes; i++)
        if (find_input(s, inputs, s->options.shapes[i].name)) return false;
    return s->options.n_shapes == s->source.n_inputs;
}

static tfp_status apply_shapes(struct keras_source *s, struct tfp_tensor_info *inputs)
{
    bool by_order = shapes_by_order(s, inputs);
    for (size_t i = 0; i < s->options.n_shapes; i++) {
        const struct tfp_shape *shape = &s->options.shapes[i];
        struct tfp_tensor_info *in = by_order ? &inputs[i] : find_input(s, inputs, shape->name);
        if (!in) return tfp_fail(s->ctx, TFP_E_USAGE, "shape of \"%s\": the model has no such input", shape->name);
        if (shape->rank > TFP_MAX_RANK || (in->rank >= 0 && (uint32_t)in->rank != shape->rank))
            return tfp_fail(s->ctx, TFP_E_USAGE, "shape of \"%s\": %u dimensions given, the input has %d", shape->name,
                            shape->rank, in->rank);
        int64_t dims[TFP_MAX_RANK];
        for (uint32_t k = 0; k < shape->rank; k++) {
            dims[k] = in->rank >= 0 && in->dims[k] >= 0 ? in->dims[k] : shape->dims[k];
            if (shape->dims[k] >= 0 && dims[k] != shape->dims[k])
                return tfp_fail(s->ctx, TFP_E_USAGE, "shape of \"%s\": dimension %u is %lld in the model", shape->name, k,
                                (long long)dims[k]);
        }
        if (!describe(s, in->name, in->dtype, (int32_t)shape->rank, dims, in)) return no_memory(s);
    }
    return TFP_OK;
}

static tfp_status describe_interface(struct keras_source *s)
{
    struct keras_model *m = s->root->model;
    const char **names;
    size_t n_in = m->sequential ? 1 : m->n_inputs, n_out;
    if (!m->n_layers) return tfp_fail(s->ctx, TFP_E_FORMAT, "model %s has no layers", s->root->name);
    TFP_TRY(choose_outputs(s, &names, &n_out));
    struct tfp_tensor_info *in = ARENA_ARRAY(&s->arena, struct tfp_tensor_info, n_in);
    struct tfp_tensor_info *out = ARENA_ARRAY(&s->arena, struct tfp_tensor_info, n_out);
    if (!in || !out) return no_memory(s);
    if (m->sequential) TFP_TRY(sequential_input(s, &in[0]));
    for (size_t i = 0; i < m->n_inputs; i++)
        TFP_TRY(describe_input(s, m->inputs[i].layer, m->inputs[i].layer->name, &in[i]));
    for (size_t i = 0; i < n_out; i++)
        if (!describe(s, names[i], TFP_FLOAT, -1, NULL, &out[i])) return no_memory(s);
    s->source.inputs = in;
    s->source.n_inputs = n_in;
    s->source.outputs = out;
    s->source.n_outputs = n_out;
    for (size_t i = 0; i < s->options.n_inputs; i++) {
        bool found = false;
        for (size_t k = 0; k < n_in; k++) found = found || strcmp(s->options.inputs[i], in[k].name) == 0;
        if (!found) return tfp_fail(s->ctx, TFP_E_USAGE, "input \"%s\": the model has no such input", s->options.inputs[i]);
    }
    return apply_shapes(s, in);
}

/* -- what is told of it -------------------------------------------------------------------------------------------- */

static int by_op(const void *a, const void *b)
{
    return strcmp(((const struct source_op *)a)->op, ((const struct source_op *)b)->op);
}

static void count_weights(struct keras_source *s, struct keras_layer *l, struct keras_weight *weights, size_t n)
{
    struct tensor t;
    for (size_t i = 0; i < n; i++) {
        count_weights(s, l, weights[i].parts, weights[i].n_parts);
        if (!weights[i].key || keras_weight_describe(s, &weights[i], &t) != TFP_OK) continue;
        l->parameters += (uint64_t)t.count;
        s->source.weight_bytes += t.size;
    }
}

static tfp_status count(struct keras_source *s, struct map *seen, struct keras_layer *l)
{
    count_weights(s, l, l->weights, l->n_weights);
    for (size_t i = 0; i < l->n_children; i++) {
        TFP_TRY(count(s, seen, l->children[i]));
        l->parameters += l->children[i]->parameters;
    }
    for (size_t i = 0; l->model && i < l->model->n_layers; i++) {
        TFP_TRY(count(s, seen, l->model->layers[i]));
        l->parameters += l->model->layers[i]->parameters;
    }
    if (!l->parent || l->attribute || strcmp(l->class_name, "InputLayer") == 0) return TFP_OK;
    void **at = map_at(seen, l->class_name, strlen(l->class_name));
    if (!at) return no_memory(s);
    struct source_op *op = *at;
    if (!op) {
        op = *at = &s->source.ops[s->source.n_ops++];
        *op = (struct source_op){ .op = l->class_name, .supported = l->class && l->class->lower };
    }
    op->count++;
    return TFP_OK;
}

/* "float32[batch,10]" in the arena. */
static const char *result_text(struct keras_source *s, const struct ir_graph *g, const struct ir_value *v)
{
    struct text t = { 0 };
    if (!v) return "";
    text_add(&t, "%s[", tfp_dtype_name(v->dtype));
    for (int32_t i = 0; i < v->rank; i++)
        dim_fixed(v->dims[i]) ? text_add(&t, i ? ",%lld" : "%lld", (long long)v->dims[i].n)
                              : text_add(&t, i ? ",%s" : "%s", ir_symbol_name(g, v->dims[i]));
    text_add(&t, v->rank < 0 ? "?]" : "]");
    const char *copy = t.failed ? NULL : arena_string(&s->arena, t.at, t.n);
    text_free(&t);
    return copy;
}

/* The model's layers as model.summary() lists them; `g` NULL: shapes are not known. */
static tfp_status list_layers(struct keras_source *s, const struct ir_graph *g)
{
    const struct keras_model *m = s->root->model;
    struct tfp_layer *layers = ARENA_ARRAY(&s->arena, struct tfp_layer, m->n_layers);
    if (!layers) return no_memory(s);
    for (size_t i = 0; i < m->n_layers; i++) {
        const struct keras_layer *l = m->layers[i];
        layers[i] = (struct tfp_layer){ l->name, l->class_name, g ? result_text(s, g, l->result) : "", l->parameters };
        if (!layers[i].output) return no_memory(s);
    }
    s->source.layers = layers;
    s->source.n_layers = m->n_layers;
    return TFP_OK;
}

/* A name, or the class of what Keras serializes. */
static const char *word_of(const json_t *j)
{
    if (json_is_string(j)) return json_string_value(j);
    const char *class_name = keras_text(j, "class_name"), *config = keras_text(j, "config");
    return class_name && strcmp(class_name, "function") == 0 && config ? config : class_name;
}

static tfp_status tell_training(struct keras_source *s)
{
    const json_t *optimizer = keras_get(s->training, "optimizer_config");
    const char *by = word_of(optimizer ? optimizer : keras_get(s->training, "optimizer"));
    const char *loss = word_of(keras_get(s->training, "loss"));
    if (!by && !loss) return TFP_OK;
    s->source.training = arena_printf(&s->arena, "%s%s%s%s%s", by ? "optimizer " : "", by ? by : "", by && loss ? ", " : "",
                                      loss ? "loss " : "", loss ? loss : "");
    return s->source.training ? TFP_OK : no_memory(s);
}

static tfp_status tell(struct keras_source *s)
{
    struct map seen;
    map_init(&seen, &s->arena);
    if (!(s->source.ops = ARENA_ARRAY(&s->arena, struct source_op, s->n_layers))) return no_memory(s);
    TFP_TRY(count(s, &seen, s->root));
    s->source.weight_elements = s->root->parameters;
    qsort(s->source.ops, s->source.n_ops, sizeof *s->source.ops, by_op);
    TFP_TRY(tell_training(s));
    return list_layers(s, NULL);
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

typedef tfp_status read_fn(struct keras_source *s, const struct probe *p);

static tfp_status create(struct keras_source *s, const struct probe *p, const struct tfp_model_options *options)
{
    s->options = *options;
    s->file = buffer_keep(p->file);
    s->source.producer = s->keras_version = "";
    if (options->signature || options->n_tags) return tfp_fail(s->ctx, TFP_E_USAGE,
                                                               "a Keras file has no signatures or tags");
    s->path = arena_string(&s->arena, p->path, strlen(p->path));
    return s->path ? TFP_OK : no_memory(s);
}

static tfp_status open_source(struct keras_source *s, const struct probe *p, const struct tfp_model_options *options,
                              read_fn *read)
{
    TFP_TRY(create(s, p, options));
    TFP_TRY(read(s, p));
    if (s->options.weights) TFP_TRY(open_other_weights(s, s->options.weights));
    TFP_TRY(add_files(s, s->options.weights));
    TFP_TRY(keras_weights_bind(s));
    TFP_TRY(describe_interface(s));
    return tell(s);
}

static void close_source(struct source *source)
{
    struct keras_source *s = (struct keras_source *)source;
    if (!s) return;
    hdf5_close(s->hdf5);
    weights_close(s->weights);
    json_decref(s->json);
    json_decref(s->training);
    buffer_drop(s->file);
    arena_free(&s->arena);
    free(s);
}

static tfp_status open_with(struct tfp_context *ctx, const struct frontend *frontend, const struct probe *p,
                            const struct tfp_model_options *options, read_fn *read, struct source **out)
{
    struct keras_source *s = calloc(1, sizeof *s);
    if (!s) return tfp_no_memory(ctx);
    s->source.frontend = frontend;
    s->ctx = ctx;
    tfp_status status = open_source(s, p, options, read);
    if (status != TFP_OK) {
        close_source(&s->source);
        return tfp_prefix(ctx, status, "%s", p->path);
    }
    *out = &s->source;
    return TFP_OK;
}

/* A layer that keeps its state for the next batch; NULL: none does. */
static struct keras_layer *find_stateful(struct keras_layer *l)
{
    struct keras_layer *found = config_bool(l, "stateful", false) ? l : NULL;
    for (size_t i = 0; !found && i < l->n_children; i++) found = find_stateful(l->children[i]);
    for (size_t i = 0; !found && l->model && i < l->model->n_layers; i++) found = find_stateful(l->model->layers[i]);
    return found;
}

static tfp_status lower(struct tfp_context *ctx, struct source *source, struct ir_graph **out)
{
    struct keras_source *s = (struct keras_source *)source;
    struct ir_graph *graph;
    const struct keras_layer *stateful = s->options.state_io ? find_stateful(s->root) : NULL;
    if (stateful)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: layer %s (%s): its state as an input and an output: export the model as a "
                        "SavedModel; without --state it begins with zeros", s->path, stateful->name, stateful->class_name);
    tfp_status status = keras_lower(ctx, s, &graph);
    if (status == TFP_OK && (status = list_layers(s, graph)) != TFP_OK) ir_destroy(graph);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s", s->path);
    hdf5_rest(s->hdf5); /* the graph has all weights that it needs */
    return frontend_lowered(ctx, source, graph, out);
}

/* -- HDF5 ---------------------------------------------------------------------------------------------------------- */

static int score_hdf5(const struct probe *p)
{
    return hdf5_is(p->head) ? SURE : 0;
}

static tfp_status read_training(struct keras_source *s, const char *text)
{
    if (!text) return TFP_OK;
    if (json_read(s->ctx, bytes_of(text), "the training configuration", &s->training) != TFP_OK)
        s->training = NULL; /* inference needs it not */
    return TFP_OK;
}

static tfp_status read_hdf5(struct keras_source *s, const struct probe *p)
{
    const char *config, *version, *training, *backend;
    s->source.format = "Keras HDF5";
    TFP_TRY(hdf5_open(s->ctx, p->file, p->head, &s->hdf5));
    s->store = KERAS_HDF5;
    TFP_TRY(hdf5_text(s->ctx, s->hdf5, "", "model_config", &s->arena, &config));
    TFP_TRY(hdf5_text(s->ctx, s->hdf5, "", "keras_version", &s->arena, &version));
    TFP_TRY(hdf5_text(s->ctx, s->hdf5, "", "training_config", &s->arena, &training));
    TFP_TRY(hdf5_text(s->ctx, s->hdf5, "", "backend", &s->arena, &backend));
    read_backend(s, backend);
    if (!config)
        return tfp_fail(s->ctx, TFP_E_UNSUPPORTED,
                        "it holds weights and no model_config; give the architecture's JSON file as "
                        "the model and this one with --weights");
    if (version) s->keras_version = version;
    TFP_TRY(read_training(s, training));
    return read_config(s, bytes_of(config));
}

static tfp_status open_hdf5(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                            struct source **out)
{
    return open_with(ctx, &keras_hdf5, p, options, read_hdf5, out);
}

const struct frontend keras_hdf5 = {
    .name = "keras_hdf5", .score = score_hdf5, .open = open_hdf5, .lower = lower, .close = close_source,
};

/* -- the zip of Keras 3 -------------------------------------------------------------------------------------------- */

static int score_zip(const struct probe *p)
{
    return zip_is(p->head) ? SURE : 0;
}

static tfp_status read_member(struct keras_source *s, struct zip *z, const char *name, struct buffer **owner,
                              struct bytes *out)
{
    const struct zip_member *m = zip_find(z, name);
    return m ? zip_read(s->ctx, z, m, owner, out) : tfp_fail(s->ctx, TFP_E_FORMAT,
                                                             "the zip file has no %s: no Keras model", name);
}

/* Text that layers are saved with. */
static tfp_status read_assets(struct keras_source *s, struct zip *z)
{
    static const char folder[] = "assets/", ending[] = ".txt";
    map_init(&s->assets, &s->arena);
    for (size_t i = 0; i < z->n_members; i++) {
        const char *name = z->members[i].name;
        const size_t n = strlen(name), e = sizeof ending - 1;
        struct buffer *owner = NULL;
        struct bytes text;
        if (strncmp(name, folder, sizeof folder - 1) != 0 || n < e || strcmp(name + n - e, ending) != 0) continue;
        TFP_TRY(zip_read(s->ctx, z, &z->members[i], &owner, &text));
        struct bytes *copy = ARENA_NEW(&s->arena, struct bytes);
        const char *key = arena_string(&s->arena, name + sizeof folder - 1, n - (sizeof folder - 1));
        if (copy) *copy = (struct bytes){ arena_string(&s->arena, text.n ? text.at : "", text.n), text.n };
        buffer_drop(owner);
        void **at = copy && copy->at && key ? map_at(&s->assets, key, strlen(key)) : NULL;
        if (!at) return no_memory(s);
        *at = copy;
    }
    return TFP_OK;
}

static tfp_status read_zip_members(struct keras_source *s, struct zip *z)
{
    struct buffer *owner = NULL;
    struct bytes text;
    json_t *metadata = NULL;
    if (zip_find(z, "metadata.json")) {
        TFP_TRY(read_member(s, z, "metadata.json", &owner, &text));
        tfp_status status = json_read(s->ctx, text, "metadata.json", &metadata);
        buffer_drop(owner);
        TFP_TRY(status);
        const char *version = keras_text(metadata, "keras_version");
        s->keras_version = version ? arena_string(&s->arena, version, strlen(version)) : "";
        json_decref(metadata);
        if (!s->keras_version) return no_memory(s);
    }
    TFP_TRY(read_member(s, z, "config.json", &owner, &text));
    tfp_status status = read_config(s, text);
    buffer_drop(owner);
    TFP_TRY(status);
    s->training = json_incref((json_t *)(uintptr_t)keras_get(s->json, "compile_config"));
    TFP_TRY(read_assets(s, z));
    return open_member(s, z, "model.weights.h5", false);
}

static tfp_status read_zip(struct keras_source *s, const struct probe *p)
{
    struct zip z;
    s->source.format = "Keras archive (.keras)";
    TFP_TRY(zip_open(s->ctx, p->file, &z));
    tfp_status status = read_zip_members(s, &z);
    zip_close(&z);
    return status;
}

static tfp_status open_zip(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                           struct source **out)
{
    return open_with(ctx, &keras_zip, p, options, read_zip, out);
}

const struct frontend keras_zip = {
    .name = "keras_zip", .score = score_zip, .open = open_zip, .lower = lower, .close = close_source,
};

/* -- JSON ---------------------------------------------------------------------------------------------------------- */

static int score_json(const struct probe *p)
{
    size_t at = 0, n = p->head.n < HEAD ? p->head.n : HEAD;
    while (at < n && isspace((unsigned char)p->head.at[at])) at++;
    if (at == n || p->head.at[at] != '{') return 0;
    return memmem(p->head.at, n, "\"class_name\"", 12) ? SURE : 0;
}

static tfp_status read_json(struct keras_source *s, const struct probe *p)
{
    s->source.format = "Keras architecture (JSON)";
    return read_config(s, p->head);
}

static tfp_status open_json(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                            struct source **out)
{
    return open_with(ctx, &keras_json, p, options, read_json, out);
}

const struct frontend keras_json = {
    .name = "keras_json", .score = score_json, .open = open_json, .lower = lower, .close = close_source,
};

/* -- TensorFlow.js ------------------------------------------------------------------------------------------------- */

static int score_js(const struct probe *p)
{
    if (p->absent || tfjs_kind_at(p->path, p->folder, p->head) != TFJS_LAYERS) return 0;
    return p->folder ? IN_FOLDER : SURER;
}

/* The model's configuration, or, as TensorFlow.js itself saves it, its members beside those of the topology. */
static tfp_status read_js(struct keras_source *s, const struct probe *p)
{
    const json_t *topology;
    s->source.format = "TensorFlow.js layers model";
    if (p->folder) {
        if (!(s->path = tfjs_file(&s->arena, p->path, true))) return no_memory(s);
        TFP_TRY(buffer_map(s->ctx, s->path, &s->file));
    }
    const struct bytes text = { s->file->data, s->file->size };
    TFP_TRY(tfjs_read(s->ctx, text, &s->json, &topology));
    const json_t *config = keras_get(topology, "model_config");
    const char *version = keras_text(topology, "keras_version");
    if (version) s->keras_version = version;
    s->training = json_incref((json_t *)(uintptr_t)keras_get(topology, "training_config"));
    TFP_TRY(take_config(s, text, config ? config : topology));
    if (s->options.weights) return TFP_OK;
    s->store = KERAS_MANIFEST;
    return tfjs_open_weights(s->ctx, s->path, text.n, s->json, &s->weights);
}

static tfp_status open_js(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                          struct source **out)
{
    return open_with(ctx, &keras_js, p, options, read_js, out);
}

const struct frontend keras_js = {
    .name = "keras_js", .score = score_js, .open = open_js, .lower = lower, .close = close_source,
};
