/* Which key of a checkpoint is which variable's value. */
#include "frontend/tensorflow/tf_variables.h"

#include "base/text.h"
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_object_graph.h"
#include "ir/names.h"

#include <stdlib.h>

enum { TRACE_STEPS = 64, MOST_INITIAL = 64, MOST_PARTS = 4096, SHOWN_NEAR = 3, SHOWN_FIRST = 8 };

/* How sure a restore op is of its key, see tell(). */
enum { TOLD = 1, TOLD_OWN_NAME = 2, TOLD_PRESENT = 4, TOLD_BY_SAVER = 8, NAMED_INITIALIZER = 2 };

static const char average[] = "/ExponentialMovingAverage";
static const char attribute[] = "/.ATTRIBUTES/VARIABLE_VALUE"; /* of keys of TensorFlow 2 */
static const char anonymous[] = "cd2c89b7-88b7-44c8-ad83-06c2a9158347"; /* ResourceHandle::ANONYMOUS_NAME */

/* -- nodes that are variables -------------------------------------------------------------------------------------- */

static bool is_variable(const struct tf_node *n)
{
    static const char *const ops[] = { "AutoReloadVariable", "VarHandleOp", "Variable", "VariableV2" };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strcmp(n->op, ops[i]) == 0) return true;
    return false;
}

static bool is_handle(const struct tf_node *n)
{
    return strcmp(n->op, "VarHandleOp") == 0;
}

struct tf_node *tf_variables_trace(struct tf_input in)
{
    static const char *const ops[] = { "Enter", "Identity", "RefEnter", "RefIdentity", "RefSwitch", "Switch" };
    for (int i = 0; i < TRACE_STEPS; i++) {
        struct tf_node *n = in.node;
        if (n->is_input) return NULL;
        if (is_variable(n)) return n;
        size_t k = 0;
        while (k < sizeof ops / sizeof ops[0] && strcmp(n->op, ops[k]) != 0) k++;
        if (n->function && n->forward && in.port < n->n_out) in = n->forward[in.port];
        else if (k < sizeof ops / sizeof ops[0] && n->n_in) in = n->in[0];
        else return NULL;
    }
    return NULL;
}

static struct bytes shared_name(const struct tf_node *n)
{
    struct bytes name = tf_attr_text(n, "shared_name");
    return bytes_equal(name, anonymous) ? (struct bytes){ "", 0 } : name;
}

/* What tells variables apart when the model runs: nodes with the same mean the same. */
static const char *identity(struct tf_graph *g, const struct tf_node *n)
{
    struct bytes container = tf_attr_text(n, "container"), name = shared_name(n);
    if (!name.n) name = bytes_of(n->name);
    return arena_printf(&g->arena, "%s %d %.*s %.*s", is_handle(n) ? "handle" : "reference",
                        tf_attr_type(n, "dtype", strlen("dtype")), (int)(container.n & INT32_MAX), container.at,
                        (int)(name.n & INT32_MAX), name.at);
}

/* The shape attribute. The oldest op writes what it does not know as []. */
static int32_t shape_of(const struct tf_node *n, int64_t *dims)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, "shape", strlen("shape"));
    int32_t rank = v && v->which == TFPB_ATTR_SHAPE ? tfpb_shape_dims(v->shape, dims) : -1;
    if (rank < 0 || (rank == 0 && strcmp(n->op, "Variable") == 0)) return -1;
    return rank;
}

/* The variable that a node stands for: one that is known, or a new one. *made: it is new. */
static tfp_status stand(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n, bool *made)
{
    *made = false;
    if (n->state || !is_variable(n)) return TFP_OK;
    const char *key = identity(g, n);
    void **at = key ? map_at(&g->variables, key, strlen(key)) : NULL;
    if (!at) return tfp_no_memory(ctx);
    if ((n->state = *at)) return TFP_OK;
    struct tf_variable *v = *at = n->state = ARENA_NEW(&g->arena, struct tf_variable);
    struct bytes shared = is_handle(n) ? shared_name(n) : (struct bytes){ "", 0 };
    if (!v) return tfp_no_memory(ctx);
    v->node = n;
    v->type = tf_attr_type(n, "dtype", strlen("dtype"));
    v->rank = shape_of(n, v->dims);
    v->name = shared.n ? arena_string(&g->arena, shared.at, shared.n) : n->name;
    *made = true;
    return v->name ? TFP_OK : tfp_no_memory(ctx);
}

/* -- what the saver and the collections tell ----------------------------------------------------------------------- */

static const struct weights_entry *find(const struct tf_graph *g, struct bytes key)
{
    return g->weights && key.n ? weights_find(g->weights, key.at, key.n) : NULL;
}

/* Several restore ops may name one variable: the saver's own counts most, then one whose key the checkpoint has, then
 * one that calls the variable by its name (tf.train.init_from_checkpoint reads other checkpoints than the saver). */
static tfp_status tell(struct tfp_context *ctx, struct tf_graph *g, struct tf_variable *v,
                       const struct tf_restored *r, bool by_saver)
{
    struct tf_place place = { .reshaped = r->reshaped };
    int score = TOLD + (by_saver ? TOLD_BY_SAVER : 0) + (find(g, r->key) ? TOLD_PRESENT : 0) +
                (bytes_equal(r->key, v->name) ? TOLD_OWN_NAME : 0);
    if (!r->key.n || (v->saved && score <= v->score) || !tf_saver_slice(r->slice, &place)) return TFP_OK;
    if (!v->saved && !(v->saved = ARENA_NEW(&g->arena, struct tf_place))) return tfp_no_memory(ctx);
    *v->saved = place;
    v->score = (uint8_t)score;
    v->initial.node = NULL;
    v->saved->key = arena_string(&g->arena, r->key.at, r->key.n);
    return v->saved->key ? TFP_OK : tfp_no_memory(ctx);
}

/* The initializer is the Assign that the collection names, else "NAME/Assign", else the first. */
static void tell_initial(struct tf_variable *v, const struct tf_node *assign)
{
    size_t n = strlen(v->node->name);
    bool named = v->initializer ? strcmp(v->initializer, assign->name) == 0
                                : strncmp(assign->name, v->node->name, n) == 0 &&
                                      strcmp(assign->name + n, "/Assign") == 0;
    uint8_t score = named ? NAMED_INITIALIZER : TOLD;
    if (v->saved || (v->initial.node && score <= v->score)) return;
    v->initial = assign->in[1];
    v->score = score;
}

static bool is_assign(const struct tf_node *n)
{
    return (strcmp(n->op, "Assign") == 0 || strcmp(n->op, "AssignVariableOp") == 0) && n->n_in == 2;
}

static tfp_status tell_assign(struct tfp_context *ctx, struct tf_graph *g, const struct tf_node *assign)
{
    struct tf_restored r;
    struct tf_node *n = tf_variables_trace(assign->in[0]);
    if (!n) return TFP_OK;
    bool made;
    TFP_TRY(stand(ctx, g, n, &made));
    if (tf_saver_source(assign->in[1], &r)) return tell(ctx, g, n->state, &r, assign->mark == 2 * g->pass + 1);
    tell_initial(n->state, assign);
    return TFP_OK;
}

/* -- collections --------------------------------------------------------------------------------------------------- */

/* Those of variables: what else their values may be is not decoded. */
static bool holds_variables(struct bytes key)
{
    static const char ending[] = "variables";
    size_t n = strlen(ending);
    return bytes_equal(key, "global_step") || (key.n >= n && memcmp(key.at + key.n - n, ending, n) == 0);
}

/* The part of a whole that a collection says a variable is; false: it does not, or nonsense. */
static bool slice_of(const struct tfpb_slice_info *info, struct tf_place *out)
{
    struct weights_slice *s = &out->slice;
    size_t rank = info->full_shape.n;
    if (!info->full_name.n || !rank || rank > TFP_MAX_RANK || info->var_offset.n != rank || info->var_shape.n != rank)
        return false;
    *s = (struct weights_slice){ .rank = (uint32_t)rank };
    for (size_t i = 0; i < rank; i++) {
        out->whole[i] = info->full_shape.at[i];
        s->start[i] = info->var_offset.at[i];
        s->length[i] = info->var_shape.at[i];
    }
    return true;
}

static tfp_status list_variable(struct tfp_context *ctx, struct tf_graph *g, const struct tfpb_variable *d, bool local)
{
    struct bytes name = d->variable_name;
    const char *colon = name.n ? memchr(name.at, ':', name.n) : NULL;
    if (colon) name.n = (size_t)(colon - name.at);
    struct tf_node *n = name.n ? tf_graph_find(g, name.at, name.n) : NULL;
    if (!n || !n->state) return TFP_OK;
    struct tf_variable *v = n->state;
    struct tf_place place = { .key = NULL };
    if (local) v->local = true;
    if (d->initializer_name.n) v->initializer = arena_string(&g->arena, d->initializer_name.at, d->initializer_name.n);
    if (d->initializer_name.n && !v->initializer) return tfp_no_memory(ctx);
    if (v->listed || !d->save_slice_info_def || !slice_of(d->save_slice_info_def, &place)) return TFP_OK;
    place.key = arena_string(&g->arena, d->save_slice_info_def->full_name.at, d->save_slice_info_def->full_name.n);
    v->listed = place.key ? arena_copy(&g->arena, &place, sizeof place) : NULL;
    return v->listed ? TFP_OK : tfp_no_memory(ctx);
}

/* What is no VariableDef is somebody's own collection of that name. */
static tfp_status list_variables(struct tfp_context *ctx, struct tf_graph *g, const struct tfpb_meta_graph *meta)
{
    struct tfp_context quiet = { 0 };
    for (size_t i = 0; i < meta->collection_def.n; i++) {
        const struct tfpb_collection_entry *c = &meta->collection_def.at[i];
        if (c->value.which != TFPB_COLLECTION_BYTES || !c->value.bytes_list || !holds_variables(c->key)) continue;
        for (size_t k = 0; k < c->value.bytes_list->value.n; k++) {
            struct tfpb_variable d = { .variable_name = { "", 0 } };
            tfp_status status =
                protobuf_decode(&quiet, &g->arena, &tfpb_variable_type, c->value.bytes_list->value.at[k], &d);
            if (status == TFP_E_SYSTEM) return tfp_no_memory(ctx);
            if (status == TFP_OK) TFP_TRY(list_variable(ctx, g, &d, bytes_equal(c->key, "local_variables")));
        }
    }
    return TFP_OK;
}

/* -- names --------------------------------------------------------------------------------------------------------- */

/* Takes "/part_3" or "/replica_1" off the end. */
static bool take_number(struct bytes *name, const char *word, int64_t *number)
{
    size_t n = name->n, digits = 0, k = strlen(word);
    while (digits < n && digits < 9 && name->at[n - digits - 1] >= '0' && name->at[n - digits - 1] <= '9') digits++;
    n -= digits;
    if (!digits || n <= k || memcmp(name->at + n - k, word, k) != 0) return false;
    *number = 0;
    for (size_t i = n; i < name->n; i++) *number = *number * 10 + (name->at[i] - '0');
    name->n = n - k;
    return true;
}

/* Part `part` of an array that is stored whole, or in other parts: it begins where the graph's parts before it end. */
static bool part_by_graph(const struct tf_graph *g, struct bytes name, int64_t part, const struct tf_variable *v,
                          const struct weights_entry *e, struct tf_place *out)
{
    uint32_t axis = 0;
    struct text text = { 0 };
    if (part >= MOST_PARTS || v->rank < 1 || (uint32_t)v->rank != e->rank) return false;
    while (axis + 1 < e->rank && v->dims[axis] == e->dims[axis]) axis++;
    out->slice = (struct weights_slice){ .rank = e->rank };
    for (uint32_t i = 0; i < e->rank; i++) out->slice.length[i] = v->dims[i];
    bool known = true;
    for (int64_t k = 0; k < part && known; k++) {
        text.n = 0;
        text_add_bytes(&text, name.at, name.n);
        text_add(&text, "/part_%lld", (long long)k);
        const struct tf_node *n = text.failed ? NULL : tf_graph_find(g, text.at, text.n);
        known = n && n->state && n->state->rank == v->rank && n->state->dims[axis] > 0 &&
                !__builtin_add_overflow(out->slice.start[axis], n->state->dims[axis], &out->slice.start[axis]);
    }
    text_free(&text);
    for (uint32_t i = 0; i < e->rank; i++) known = known && v->dims[i] >= 0;
    return known;
}

/* -- looking up ---------------------------------------------------------------------------------------------------- */

/* KEY + suffix, made in the arena; the entry may be NULL. */
static tfp_status find_with(struct tfp_context *ctx, struct tf_graph *g, struct bytes key, const char *suffix,
                            const struct weights_entry **out)
{
    const char *text = arena_printf(&g->arena, "%.*s%s", (int)(key.n & INT32_MAX), key.at, suffix);
    if (!text) return tfp_no_memory(ctx);
    *out = find(g, bytes_of(text));
    return TFP_OK;
}

/* The entry for a key, or its moving average; *out NULL: there is none. */
static tfp_status find_key(struct tfp_context *ctx, struct tf_graph *g, struct bytes key,
                           const struct weights_entry **out)
{
    *out = NULL;
    if (!g->weights || !key.n) return TFP_OK;
    if (g->moving_averages) TFP_TRY(find_with(ctx, g, key, average, out));
    if (!*out) *out = find(g, key);
    return TFP_OK;
}

static tfp_status look_up_place(struct tfp_context *ctx, struct tf_graph *g, struct tf_variable *v,
                                const struct tf_place *place)
{
    if (!place || v->entry) return TFP_OK;
    if (!v->place.key) v->place.key = place->key;
    TFP_TRY(find_key(ctx, g, bytes_of(place->key), &v->entry));
    if (v->entry) v->place = *place;
    return TFP_OK;
}

/* "NAME/part_3" of an array NAME. */
static tfp_status look_up_part(struct tfp_context *ctx, struct tf_graph *g, struct tf_variable *v, struct bytes name)
{
    int64_t part;
    const struct weights_entry *e;
    struct tf_place place = { .key = v->name };
    if (!take_number(&name, "/part_", &part)) return TFP_OK;
    TFP_TRY(find_key(ctx, g, name, &e));
    if (!e) return TFP_OK;
    memcpy(place.whole, e->dims, e->rank * sizeof place.whole[0]);
    if ((uint64_t)part < e->n_parts) place.slice = e->parts[part];
    else if (e->n_parts > 1 || !part_by_graph(g, name, part, v, e, &place)) return TFP_OK;
    v->place = place;
    v->entry = e;
    return TFP_OK;
}

static tfp_status look_up_name(struct tfp_context *ctx, struct tf_graph *g, struct tf_variable *v, struct bytes name)
{
    int64_t replica;
    for (int round = 0; round < 2 && !v->entry; round++) {
        TFP_TRY(find_key(ctx, g, name, &v->entry));
        if (!v->entry) TFP_TRY(look_up_part(ctx, g, v, name));
        if (!v->entry) TFP_TRY(find_with(ctx, g, name, attribute, &v->entry));
        if (!take_number(&name, "/replica_", &replica)) break;
    }
    if (v->entry && v->place.slice.rank == 0) v->place = (struct tf_place){ .key = v->entry->name };
    return TFP_OK;
}

static bool is_average(const char *name)
{
    size_t n = strlen(name), k = strlen(average);
    return n > k && strcmp(name + n - k, average) == 0;
}

static tfp_status look_up(struct tfp_context *ctx, struct tf_graph *g, struct tf_variable *v)
{
    struct bytes key = tf_attr_text(v->node, "_tfport_key"), name = { v->name, ir_name_length(v->name) };
    struct tf_place told = { .key = NULL };
    if (key.n) {
        if (!(told.key = arena_string(&g->arena, key.at, key.n))) return tfp_no_memory(ctx);
        TFP_TRY(look_up_place(ctx, g, v, &told));
    }
    TFP_TRY(look_up_place(ctx, g, v, v->saved));
    TFP_TRY(look_up_place(ctx, g, v, v->listed));
    if (g->weights && !v->entry) {
        TFP_TRY(look_up_name(ctx, g, v, name));
        if (!v->entry && v->name != v->node->name) TFP_TRY(look_up_name(ctx, g, v, bytes_of(v->node->name)));
    }
    if (!v->place.key) v->place.key = v->name;
    return TFP_OK;
}

/* Those that nothing restores: Keras 3 restores copies of its variables, and TensorFlow takes the objects for what they are. */
static tfp_status look_up_captured(struct tfp_context *ctx, struct tf_graph *g, const struct tfpb_meta_graph *meta)
{
    struct tf_captured *all = NULL;
    size_t n = 0;
    TFP_TRY(tf_object_keys_captured(ctx, &g->arena, g->weights, meta, &all, &n));
    for (size_t i = 0; i < n; i++) {
        struct tf_node *node = tf_graph_find(g, all[i].node.n ? all[i].node.at : "", all[i].node.n);
        struct tf_variable *v = node ? node->state : NULL;
        struct tf_place place = { .key = NULL };
        if (!v || v->entry) continue;
        if (!(place.key = arena_string(&g->arena, all[i].key.at, all[i].key.n))) return tfp_no_memory(ctx);
        TFP_TRY(look_up_place(ctx, g, v, &place));
        if (v->entry) v->initial.node = NULL;
    }
    return TFP_OK;
}

/* -- initial values ------------------------------------------------------------------------------------------------ */

static bool is_random(const struct tf_node *n)
{
    struct op_attr attr;
    return n->def && op_def_attr(n->def, "seed", strlen("seed"), &attr);
}

/* Whether a small expression depends on constants only. */
static bool is_constant(struct tf_input in)
{
    const struct tf_node *all[MOST_INITIAL];
    size_t n = 0;
    all[n++] = in.node;
    for (size_t i = 0; i < n; i++) {
        const struct tf_node *x = all[i];
        if (x->function || x->merge || !x->def || is_random(x)) return false;
        if (!x->n_in && strcmp(x->op, "Const") != 0) return false;
        for (size_t k = 0; k < x->n_in; k++) {
            size_t seen = 0;
            while (seen < n && all[seen] != x->in[k].node) seen++;
            if (seen < n) continue;
            if (n == MOST_INITIAL) return false;
            all[n++] = x->in[k].node;
        }
    }
    return true;
}

static void settle_initial(const struct tf_graph *g, struct tf_variable *v)
{
    bool allowed = !v->entry && !v->saved && (g->weights || v->local);
    if (v->initial.node && (!allowed || !is_constant(v->initial))) v->initial.node = NULL;
}

/* -- binding ------------------------------------------------------------------------------------------------------- */

tfp_status tf_variables_of(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n)
{
    bool made;
    TFP_TRY(stand(ctx, g, n, &made));
    return made ? look_up(ctx, g, n->state) : TFP_OK;
}

static tfp_status stand_all(struct tfp_context *ctx, struct tf_graph *g, size_t *count)
{
    bool made;
    for (size_t i = 0; i < g->n_nodes; i++) {
        TFP_TRY(stand(ctx, g, g->nodes[i], &made));
        *count += made;
    }
    return TFP_OK;
}

tfp_status tf_variables_bind(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r)
{
    size_t count = 0;
    g->weights = r->weights;
    g->no_weights = r->no_weights;
    g->moving_averages = r->options->moving_averages;
    map_init(&g->variables, &g->arena);
    TFP_TRY(stand_all(ctx, g, &count));
    if (!count) return TFP_OK;
    TFP_TRY(tf_saver_find(ctx, g, r->meta ? r->meta->saver_def : NULL));
    if (r->meta) TFP_TRY(list_variables(ctx, g, r->meta));
    for (size_t i = 0; i < g->n_nodes; i++)
        if (is_assign(g->nodes[i])) TFP_TRY(tell_assign(ctx, g, g->nodes[i]));
    bool averages = false, all = true;
    for (size_t i = 0; i < g->n_nodes; i++) {
        struct tf_variable *v = g->nodes[i]->state;
        if (!v || v->node != g->nodes[i]) continue;
        TFP_TRY(look_up(ctx, g, v));
        settle_initial(g, v);
        all = all && (v->entry || v->initial.node);
        averages = averages || (v->entry && is_average(v->entry->name) && !is_average(v->name));
    }
    if (g->weights && r->meta && !all) TFP_TRY(look_up_captured(ctx, g, r->meta));
    if (g->weights && g->moving_averages && !averages)
        tfp_note(ctx, "%s has no moving averages: the variables' own values are taken", g->weights->path);
    return TFP_OK;
}

/* -- values -------------------------------------------------------------------------------------------------------- */

/* The array as it will be read: dtype and dims. */
static struct tensor described(const struct tf_variable *v)
{
    const struct weights_entry *e = v->entry;
    const struct weights_slice *s = &v->place.slice;
    struct tensor t = { .dtype = e->dtype, .rank = e->rank };
    memcpy(t.dims, e->dims, e->rank * sizeof t.dims[0]);
    for (uint32_t i = 0; i < e->rank && i < s->rank; i++)
        if (s->length[i] >= 0) t.dims[i] = s->length[i];
    return t;
}

bool tf_variables_size(const struct tf_node *n, uint64_t *elements, uint64_t *bytes)
{
    struct tf_variable *v = n->state;
    int64_t count;
    size_t size;
    if (!v || !v->entry || v->counted) return false;
    struct tensor t = described(v);
    if (!numbers_count(t.dims, t.rank, &count)) return false;
    bool whole = v->place.slice.rank == 0;
    if (whole) *bytes = v->entry->bytes;
    else if (!mul_size(&size, (size_t)count, tfp_dtype_size(t.dtype))) return false;
    else *bytes = size;
    *elements = (uint64_t)count;
    return v->counted = true;
}

static tfp_status differs(struct tfp_context *ctx, const struct tf_graph *g, const struct tf_variable *v,
                          const struct tensor *graph, const struct tensor *file)
{
    char room[2][256];
    return tfp_fail(ctx, TFP_E_FORMAT, "variable %s: the graph says %s, array %s of %s is %s", v->name,
                    tensor_text(graph, room[0], sizeof room[0]), v->entry->name, g->weights->path,
                    tensor_text(file, room[1], sizeof room[1]));
}

static tfp_status check_whole(struct tfp_context *ctx, const struct tf_graph *g, const struct tf_variable *v)
{
    const struct weights_entry *e = v->entry;
    uint32_t rank = v->place.slice.rank;
    if (!rank || (rank == e->rank && memcmp(v->place.whole, e->dims, rank * sizeof e->dims[0]) == 0)) return TFP_OK;
    struct tensor graph = { .dtype = tfpb_dtype(v->type), .rank = rank }, file = { .dtype = e->dtype, .rank = e->rank };
    memcpy(graph.dims, v->place.whole, rank * sizeof graph.dims[0]);
    memcpy(file.dims, e->dims, e->rank * sizeof file.dims[0]);
    tfp_status status = differs(ctx, g, v, &graph, &file);
    return tfp_prefix(ctx, status, "it is a part of a whole");
}

/* The variable's shape as far as the graph tells it; *same: the array has that shape. */
static struct tensor wanted(const struct tf_variable *v, const struct tensor *file, bool *same)
{
    struct tensor t = { .dtype = tfpb_dtype(v->type), .rank = file->rank };
    memcpy(t.dims, file->dims, file->rank * sizeof t.dims[0]);
    *same = true;
    if (v->rank < 0) return t;
    *same = (uint32_t)v->rank == file->rank;
    t.rank = (uint32_t)v->rank;
    for (uint32_t i = 0; i < t.rank; i++) {
        t.dims[i] = v->dims[i];
        if (*same && v->dims[i] >= 0 && v->dims[i] != file->dims[i]) *same = false;
    }
    return t;
}

/* A saver's AssignVariableOp compares no shapes: what the checkpoint has is what TensorFlow computes with. Graphs that
 * old Keras rebuilt from a lossy config (SeparableConv2D without its depth_multiplier in 1.11) live on that. */
static bool is_unchecked(const struct tf_variable *v, const struct tensor *graph, const struct tensor *file)
{
    return v->saved && !v->place.slice.rank && strcmp(v->node->op, "VarHandleOp") == 0 && graph->rank == file->rank;
}

tfp_status tf_variables_read(struct tfp_context *ctx, struct tf_graph *g, const struct tf_variable *v,
                             struct tensor *out)
{
    bool same;
    int64_t here, there;
    if (!v->entry) return tf_variables_no_value(ctx, g, (const struct tf_variable *[]){ v }, 1);
    TFP_TRY(check_whole(ctx, g, v));
    struct tensor file = described(v), graph = wanted(v, &file, &same);
    bool fits = same || (v->place.reshaped && numbers_count(graph.dims, graph.rank, &here) &&
                         numbers_count(file.dims, file.rank, &there) && here == there);
    if (!fits && is_unchecked(v, &graph, &file)) {
        tfp_note(ctx, "variable %s has another shape in %s than the graph says: as TensorFlow, the array's is taken",
                 v->name, g->weights->path);
        fits = same = true;
    }
    if (v->entry->dtype != TFP_UNDEFINED && (!fits || graph.dtype != file.dtype))
        return differs(ctx, g, v, &graph, &file);
    tfp_status status = weights_read(ctx, g->weights, v->entry, v->place.slice.rank ? &v->place.slice : NULL, out);
    for (size_t i = 0; status != TFP_OK && i < g->weights->n_files; i++)
        if (!g->weights->files[i].present) g->lacks_weights = true;
    TFP_TRY(status);
    if (!same) {
        out->rank = graph.rank;
        memcpy(out->dims, graph.dims, graph.rank * sizeof out->dims[0]);
    }
    return TFP_OK;
}

/* -- variables without a value ------------------------------------------------------------------------------------- */

/* The checkpoint may be another graph's: what it holds tells. */
static void list_first(struct text *out, const struct weights *w)
{
    text_add(out, "; it holds %zu array%s", w->n_entries, w->n_entries == 1 ? "" : "s");
    for (size_t i = 0; i < w->n_entries && i < SHOWN_FIRST; i++) text_add(out, "%s%s", i ? ", " : ": ", w->entries[i].name);
    if (w->n_entries > SHOWN_FIRST) text_add(out, ", ...");
}

static void list_near(struct text *out, const struct tf_graph *g, const struct tf_variable *v)
{
    const char *near[SHOWN_NEAR];
    size_t n = weights_near(g->weights, v->place.key, near, SHOWN_NEAR);
    for (size_t i = 0; i < n; i++) text_add(out, "%s%s", i ? ", " : "; near it: ", near[i]);
    if (!n) list_first(out, g->weights);
}

static tfp_status no_value(struct tfp_context *ctx, const struct tf_graph *g, const struct tf_variable *v)
{
    struct text near = { 0 };
    if (!g->weights)
        return tfp_fail(ctx, TFP_E_FORMAT, "variable %s has no value: %s; give --weights PREFIX", v->name,
                        g->no_weights ? g->no_weights : "the file holds a graph without weights");
    list_near(&near, g, v);
    tfp_status status = tfp_fail(ctx, TFP_E_FORMAT, "variable %s has no value: %s has no array %s%s", v->name,
                                 g->weights->path, v->place.key, near.at ? near.at : "");
    text_free(&near);
    return status;
}

tfp_status tf_variables_no_value(struct tfp_context *ctx, const struct tf_graph *g,
                                 const struct tf_variable *const *all, size_t n)
{
    struct text names = { 0 };
    if (n == 1) return no_value(ctx, g, all[0]);
    for (size_t i = 0; i < n && i < TF_VARIABLES_SHOWN; i++) text_add(&names, "%s%s", i ? ", " : "", all[i]->name);
    if (n > TF_VARIABLES_SHOWN) text_add(&names, ", ...");
    const char *list = names.at ? names.at : "";
    no_value(ctx, g, all[0]);
    tfp_status status = tfp_prefix(ctx, TFP_E_FORMAT, "%zu variables have no value (%s)", n, list);
    text_free(&names);
    return status;
}
