/* What goes into a graph and what comes out: as the caller's options say, or placeholders in and results out. */
#include "base/near.h"
#include "base/path.h"
#include "base/text.h"
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_variables.h"
#include "ir/names.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_ENDINGS = 8 };

/* -- placeholders -------------------------------------------------------------------------------------------------- */

/* Ops that bring a value from outside, and the attribute with its type. */
static const struct {
    const char *op, *type, *shape;
} sources[] = {
    { "Placeholder", "dtype", "shape" },
    { "PlaceholderV2", "dtype", "shape" },
    { "PlaceholderWithDefault", "dtype", "shape" },
    { "_Arg", "T", "_output_shapes" },
};

static bool is_source(const struct tf_node *n, size_t *i)
{
    for (*i = 0; *i < sizeof sources / sizeof sources[0]; ++*i)
        if (strcmp(n->op, sources[*i].op) == 0) return true;
    return false;
}

static bool has_default(const struct tf_node *n)
{
    return strcmp(n->op, "PlaceholderWithDefault") == 0;
}

/* How people and Keras call what tells training from inference. */
static const char *const training_flags[] = {
    "is_train", "is_training", "keras_learning_phase", "learning_phase", "phase", "phase_train", "train", "train_phase",
    "training",
};

/* The last part of the name, without the number that makes a second one unique. */
static bool names_training(const char *name)
{
    name = path_last(name);
    size_t n = strlen(name), end = n;
    while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9') end--;
    if (end < n && end > 1 && name[end - 1] == '_') n = end - 1;
    for (size_t i = 0; i < sizeof training_flags / sizeof training_flags[0]; i++)
        if (strlen(training_flags[i]) == n && memcmp(name, training_flags[i], n) == 0) return true;
    return false;
}

bool tf_interface_training_flag(const struct tf_node *n)
{
    size_t i;
    int64_t dims[TFP_MAX_RANK];
    if (n->is_input || !is_source(n, &i) || has_default(n) || !names_training(n->name)) return false;
    int32_t type = tf_attr_type(n, sources[i].type, strlen(sources[i].type));
    const struct tfpb_attr_value *shape = tf_attr_find(n, sources[i].shape, strlen(sources[i].shape));
    if (shape && shape->which == TFPB_ATTR_SHAPE && tfpb_shape_dims(shape->shape, dims) > 0) return false;
    return type == TFPB_DT_BOOL || type == TFPB_DT_INT32;
}

/* The shape attribute; a rank of 0 in graphs before version 24 means "not known". */
static int32_t source_shape(const struct tf_graph *g, const struct tf_node *n, const char *attr, int64_t *dims)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, attr, strlen(attr));
    if (!v || v->which != TFPB_ATTR_SHAPE) return tf_attr_output_shape(n, 0, dims);
    int32_t rank = tfpb_shape_dims(v->shape, dims);
    if (rank == 0 && g->producer > 0 && g->producer < 24) return -1;
    return rank;
}

static tfp_status add_input(struct tfp_context *ctx, struct tf_graph *g, const char *name, struct tf_node *n,
                            int32_t type, int32_t rank, const int64_t *dims)
{
    struct tf_graph_input *in = &g->inputs[g->n_inputs];
    if (rank == -2)
        return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): a dimension below -1 or more than %d dimensions", n->name,
                        n->op, TFP_MAX_RANK);
    *in = (struct tf_graph_input){ .name = name, .node = n, .type = type, .rank = rank };
    in->dims = ARENA_ARRAY(&g->arena, int64_t, rank > 0 ? (size_t)rank : 0);
    if (!in->dims) return tfp_no_memory(ctx);
    for (int32_t i = 0; i < rank; i++) in->dims[i] = dims[i];
    n->is_input = true;
    n->counted = false;
    g->n_inputs++;
    return TFP_OK;
}

static tfp_status add_source(struct tfp_context *ctx, struct tf_graph *g, const char *name, struct tf_node *n,
                             size_t source)
{
    int64_t dims[TFP_MAX_RANK];
    int32_t type = tf_attr_type(n, sources[source].type, strlen(sources[source].type));
    if (type == TFPB_DT_INVALID)
        return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): attribute %s is missing", n->name, n->op,
                        sources[source].type);
    return add_input(ctx, g, name, n, type, source_shape(g, n, sources[source].shape, dims), dims);
}

/* -- names --------------------------------------------------------------------------------------------------------- */

/* "x" or "x:1"; false when it is no name of a tensor. */
static bool parse_tensor(const struct tf_graph *g, const char *text, struct tf_input *out)
{
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : strlen(text);
    out->port = 0;
    if (colon) {
        char *end;
        unsigned long port = strtoul(colon + 1, &end, 10);
        if (colon[1] < '0' || colon[1] > '9' || *end || port > 1000000) return false;
        out->port = (uint32_t)port;
    }
    out->node = tf_graph_find(g, text, n);
    return out->node != NULL;
}

/* The name under which a tensor goes in or out: "x" for "x:0". */
static const char *plain_name(struct tf_graph *g, const char *text)
{
    return arena_string(&g->arena, text, ir_name_length(text));
}

static bool is_result(const struct tf_node *n);

/* A tensor that the caller named; or, with a name of its own, a signature. */
static tfp_status unknown_name(struct tfp_context *ctx, const struct tf_graph *g, const char *what,
                               const struct tf_named_tensor *asked, bool input)
{
    const char *text = asked->tensor;
    struct text list = { 0 };
    struct near near;
    size_t source, shown = 0;
    near_begin(&near, text);
    for (size_t i = 0; i < g->n_file_nodes; i++) near_offer(&near, g->nodes[i]->name);
    near_list(&near, &list);
    for (size_t i = 0; !near.n && i < g->n_file_nodes && shown < NEAR_MOST; i++)
        if (input ? is_source(g->nodes[i], &source) : is_result(g->nodes[i]))
            text_add(&list, "%s%s", shown++ ? ", " : "", g->nodes[i]->name);
    const char *lead = near.n ? "; near it: " : input ? "; placeholders: " : "; results: ";
    tfp_status status = tfp_fail(ctx, asked->name ? TFP_E_FORMAT : TFP_E_USAGE,
                                 "%s \"%s\": the graph has no such tensor%s%s", what, text, list.n ? lead : "",
                                 list.n ? list.at : "");
    if (asked->name) status = tfp_prefix(ctx, status, "signature: \"%s\"", asked->name);
    text_free(&list);
    return status;
}

/* -- inputs -------------------------------------------------------------------------------------------------------- */

/* A node that stands for the tensor from here on. */
static tfp_status cut(struct tfp_context *ctx, struct tf_graph *g, const char *name, struct tf_input t,
                      int32_t declared)
{
    int64_t dims[TFP_MAX_RANK];
    int32_t type = tf_attr_output_type(t.node, t.port);
    TFP_TRY(tf_graph_count(ctx, g, t.node));
    if (t.port >= t.node->n_out)
        return tfp_fail(ctx, TFP_E_USAGE, "input \"%s:%u\": node %s (%s) has %zu outputs", name, t.port, t.node->name,
                        t.node->op, t.node->n_out);
    if (type == TFPB_DT_INVALID) type = declared;
    if (type == TFPB_DT_INVALID)
        return tfp_fail(ctx, TFP_E_USAGE, "input \"%s\": its type is not known (op %s)", name, t.node->op);
    struct tf_cut *c = ARENA_NEW(&g->arena, struct tf_cut);
    struct tf_node *n = ARENA_NEW(&g->arena, struct tf_node);
    if (!c || !n) return tfp_no_memory(ctx);
    *n = (struct tf_node){ .name = name, .op = "Placeholder" };
    *c = (struct tf_cut){ .port = t.port, .node = n, .next = t.node->cuts };
    t.node->cuts = c;
    return add_input(ctx, g, name, n, type, tf_attr_output_shape(t.node, t.port, dims), dims);
}

/* What a signature declares of an input that the graph itself tells nothing about. */
static tfp_status declare(struct tfp_context *ctx, struct tf_graph *g, struct tf_graph_input *in,
                          const struct tf_named_tensor *t)
{
    int64_t dims[TFP_MAX_RANK];
    int32_t rank = t->shape && in->rank < 0 ? tfpb_shape_dims(t->shape, dims) : -1;
    if (in->type == TFPB_DT_INVALID) in->type = t->type;
    if (rank <= 0) return TFP_OK; /* old writers declare [] where they mean "unknown" */
    if (!(in->dims = arena_copy(&g->arena, dims, (size_t)rank * sizeof *dims))) return tfp_no_memory(ctx);
    in->rank = rank;
    return TFP_OK;
}

static tfp_status input_named(struct tfp_context *ctx, struct tf_graph *g, struct map *named,
                              const struct tf_named_tensor *asked)
{
    const char *tensor = plain_name(g, asked->tensor), *name = asked->name ? asked->name : tensor;
    struct tf_input t;
    size_t source;
    if (!tensor) return tfp_no_memory(ctx);
    if (!parse_tensor(g, tensor, &t)) return unknown_name(ctx, g, "input", asked, true);
    void **at = map_at(named, tensor, strlen(tensor));
    if (!at) return tfp_no_memory(ctx);
    if (*at) return tfp_fail(ctx, TFP_E_USAGE, "input \"%s\" is named twice", asked->tensor);
    *at = t.node;
    if (is_source(t.node, &source) && t.port == 0) TFP_TRY(add_source(ctx, g, name, t.node, source));
    else TFP_TRY(cut(ctx, g, name, t, asked->type));
    return declare(ctx, g, &g->inputs[g->n_inputs - 1], asked);
}

tfp_status tf_interface_inputs(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r)
{
    struct map named;
    map_init(&named, &g->arena);
    if (!(g->inputs = ARENA_ARRAY(&g->arena, struct tf_graph_input, r->n_inputs))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < r->n_inputs; i++) TFP_TRY(input_named(ctx, g, &named, &r->inputs[i]));
    return TFP_OK;
}

tfp_status tf_interface_placeholders(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r)
{
    size_t n = 0, source;
    for (size_t i = 0; i < g->n_order; i++) n += is_source(g->order[i], &source);
    if (!r->n_inputs && !(g->inputs = ARENA_ARRAY(&g->arena, struct tf_graph_input, n)))
        return tfp_no_memory(ctx);
    for (size_t i = 0; i < g->n_nodes; i++) {
        struct tf_node *node = g->nodes[i];
        bool needed = node->mark == 2 * g->pass + 1;
        if ((needed || node->assumed) && tf_interface_training_flag(node)) {
            tfp_note(ctx, "placeholder %s is taken as false: it tells training from inference", node->name);
            continue;
        }
        if (!needed || node->is_input || !is_source(node, &source) || has_default(node)) continue;
        if (r->n_inputs)
            return tfp_fail(ctx, TFP_E_USAGE, "the outputs need placeholder \"%s\": name it as an input, too",
                            node->name);
        const char *name = plain_name(g, node->name); /* "x:0" is what a pipeline gave */
        if (!name) return tfp_no_memory(ctx);
        TFP_TRY(add_source(ctx, g, name, node, source));
        TFP_TRY(tf_graph_count(ctx, g, node));
    }
    return TFP_OK;
}

tfp_status tf_interface_state(struct tfp_context *ctx, struct tf_graph *g)
{
    struct tf_graph_input *all = ARENA_ARRAY(&g->arena, struct tf_graph_input, g->n_inputs + g->n_state);
    if (!all) return tfp_no_memory(ctx);
    if (g->n_inputs) memcpy(all, g->inputs, g->n_inputs * sizeof *all);
    g->inputs = all;
    for (size_t i = 0; i < g->n_state; i++) {
        const struct tf_variable *v = g->state[i].variable;
        for (size_t k = 0; k < g->n_inputs; k++)
            if (strcmp(g->inputs[k].name, v->name) == 0)
                return tfp_fail(ctx, TFP_E_UNSUPPORTED, "variable %s: the model has an input of that name already", v->name);
        TFP_TRY(add_input(ctx, g, v->name, g->state[i].before, v->type, v->rank, v->dims));
    }
    return TFP_OK;
}

/* -- outputs ------------------------------------------------------------------------------------------------------- */

/* Starts of ops whose unconsumed results nobody means: state, files, training. */
static const char *const no_result[] = {
    "Assign", "Const", "Enter", "HashTable", "Initialize", "IsVariableInitialized", "Iterator", "LookupTable",
    "LoopCond", "MutableHashTable", "Placeholder", "Print", "Queue", "ReadVariableOp", "RefEnter", "RefSwitch", "Restore",
    "Save", "ShardedFilename", "Switch", "VarHandleOp", "VarIsInitializedOp", "Variable", "_Arg",
};

static bool in_saver(const char *name)
{
    if (strncmp(name, "save", 4) != 0) return false;
    const char *at = name + 4;
    if (*at == '_') at += 1 + strspn(at + 1, "0123456789");
    return *at == '/';
}

/* tf.gradients() works in a scope of that name, with a number when it is not the first. What stands behind the scope;
 * NULL: the node is none of it. */
static const char *in_gradients(const char *name)
{
    static const char scope[] = "gradients";
    for (const char *at = strstr(name, scope); at; at = strstr(at + 1, scope)) {
        const char *end = at + strlen(scope);
        if (*end == '_') end += 1 + strspn(end + 1, "0123456789");
        if ((at == name || at[-1] == '/') && *end == '/') return end + 1;
    }
    return NULL;
}

/* Tells by itself, not by its name, that it is a result: nothing takes its data, and it has some. */
static bool is_result(const struct tf_node *n)
{
    if (n->consumed || strstr(n->op, "Summary") || in_saver(n->name) || strcmp(n->name, "init") == 0) return false;
    if (in_gradients(n->name) || (!n->function && tf_writes_is(n))) return false;
    if (n->def && !n->def->out[0] && !n->function && strcmp(n->op, "_Retval") != 0) return false;
    for (size_t i = 0; i < sizeof no_result / sizeof no_result[0]; i++)
        if (strncmp(n->op, no_result[i], strlen(no_result[i])) == 0 && !n->function) return false;
    /* The pivot of a conditional: control edges hang on it. */
    return !(n->n_in == 1 && tf_graph_is_op(n, "Identity") && tf_graph_is_op(n->in[0].node, "Switch"));
}

static tfp_status add_output(struct tfp_context *ctx, struct tf_graph *g, const char *name, struct tf_input t)
{
    TFP_TRY(tf_graph_resolve(ctx, g, &t));
    TFP_TRY(tf_graph_count(ctx, g, t.node));
    if (t.port >= t.node->n_out)
        return tfp_fail(ctx, TFP_E_USAGE, "output \"%s\": node %s (%s) has %zu output%s", name, t.node->name,
                        t.node->op, t.node->n_out, t.node->n_out == 1 ? "" : "s");
    g->outputs[g->n_outputs++] = (struct tf_graph_output){ name, t };
    return TFP_OK;
}

/* Outputs of a node that count when nobody says which: of a batch normalization the statistics do not, nor which input a
 * Merge took. */
static size_t result_ports(const struct tf_node *n)
{
    bool first_only = strncmp(n->op, "FusedBatchNorm", strlen("FusedBatchNorm")) == 0 || tf_graph_is_op(n, "Merge");
    return first_only && n->n_out ? 1 : n->n_out;
}

/* A handle or a variant (what an If keeps for its gradient, a tensor list) is no result that anyone could
 * take, unless there is nothing else. */
static bool is_no_array(const struct tf_node *n, size_t port)
{
    int32_t type = tf_attr_output_type(n, port);
    return type == TFPB_DT_RESOURCE || type == TFPB_DT_VARIANT;
}

/* Whether the graph updates variables by gradients. */
static bool is_trained(const struct tf_graph *g)
{
    static const char *const ops[] = { "Apply", "ResourceApply", "ResourceSparseApply", "SparseApply" };
    for (size_t i = 0; i < g->n_file_nodes; i++)
        for (size_t k = 0; k < sizeof ops / sizeof ops[0]; k++)
            if (strncmp(g->nodes[i]->op, ops[k], strlen(ops[k])) == 0) return true;
    return false;
}

static bool asks_shape(const struct tf_node *n)
{
    static const char *const ops[] = { "Rank", "Shape", "ShapeN", "Size" };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strcmp(n->op, ops[i]) == 0) return true;
    return false;
}

/* The gradient of node NAME is made in gradients/NAME_grad. A result that has one is the loss. */
static void find_derived(struct tf_graph *g)
{
    static const char ending[] = "_grad/";
    for (size_t i = 0; i < g->n_file_nodes; i++) {
        const char *name = in_gradients(g->nodes[i]->name);
        const char *at = name ? strstr(name, ending) : NULL;
        for (int k = 0; at && k < MOST_ENDINGS; at = strstr(at + 1, ending), k++) {
            struct tf_node *n = tf_graph_find(g, name, (size_t)(at - name));
            if (n) n->derived = true;
        }
    }
}

/* Sets what depends on a placeholder that is data, and not only on its shape. */
static tfp_status find_fed(struct tfp_context *ctx, struct tf_graph *g)
{
    size_t source;
    TFP_TRY(tf_graph_walk(ctx, g, g->nodes, g->n_file_nodes, false));
    for (size_t i = 0; i < g->n_order; i++) {
        struct tf_node *n = g->order[i];
        n->fed = n->is_input || n->cuts || (is_source(n, &source) && !names_training(n->name));
        for (size_t k = 0; k < n->n_in && !n->fed && !asks_shape(n); k++) n->fed = n->in[k].node->fed;
    }
    return TFP_OK;
}

/* What counts as a result, each more than the one before: taken is the first that finds any. */
enum results { PREDICTIONS, FED, ARRAYS, ANYTHING };

static tfp_status add_results(struct tfp_context *ctx, struct tf_graph *g, enum results level)
{
    for (size_t i = 0; i < g->n_file_nodes; i++) {
        struct tf_node *n = g->nodes[i];
        if (!is_result(n) || (level <= FED && !n->fed) || (level == PREDICTIONS && n->derived)) continue;
        bool retval = strcmp(n->op, "_Retval") == 0 && n->n_in == 1;
        if (retval) TFP_TRY(add_output(ctx, g, n->name, n->in[0]));
        for (size_t port = 0; !retval && port < result_ports(n); port++) {
            if (level <= ARRAYS && is_no_array(n, port)) continue;
            const char *name = port ? arena_printf(&g->arena, "%s:%zu", n->name, port) : n->name;
            if (!name) return tfp_no_memory(ctx);
            TFP_TRY(add_output(ctx, g, name, (struct tf_input){ n, (uint32_t)port }));
        }
    }
    return TFP_OK;
}

static tfp_status find_results(struct tfp_context *ctx, struct tf_graph *g)
{
    uint64_t total = 0;
    for (size_t i = 0; i < g->n_file_nodes; i++) {
        if (!is_result(g->nodes[i])) continue;
        TFP_TRY(tf_graph_count(ctx, g, g->nodes[i]));
        total += g->nodes[i]->n_out + 1;
    }
    if (!(g->outputs = ARENA_ARRAY(&g->arena, struct tf_graph_output, total))) return tfp_no_memory(ctx);
    enum results level = ARRAYS;
    if (is_trained(g)) { /* slots, learning rates and numbers of steps are not fed */
        TFP_TRY(find_fed(ctx, g));
        find_derived(g);
        level = PREDICTIONS;
    }
    for (; level <= ANYTHING && !g->n_outputs; level++) TFP_TRY(add_results(ctx, g, level));
    if (!g->n_outputs)
        return tfp_fail(ctx, TFP_E_USAGE, "the graph has no result that nothing consumes: name the outputs");
    return TFP_OK;
}

/* A second output of the same name gets a number: both are there. */
static tfp_status free_name(struct tfp_context *ctx, struct tf_graph *g, struct map *named, const char **name)
{
    const char *wanted = *name;
    void **at = map_at(named, *name, strlen(*name));
    for (unsigned i = 1; at && *at; i++) {
        if (!(*name = arena_printf(&g->arena, "%s_%u", wanted, i))) return tfp_no_memory(ctx);
        at = map_at(named, *name, strlen(*name));
    }
    if (!at) return tfp_no_memory(ctx);
    *at = g;
    return TFP_OK;
}

tfp_status tf_interface_outputs(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r)
{
    struct map named;
    map_init(&named, &g->arena);
    if (!r->n_outputs) return find_results(ctx, g);
    if (!(g->outputs = ARENA_ARRAY(&g->arena, struct tf_graph_output, r->n_outputs))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < r->n_outputs; i++) {
        const struct tf_named_tensor *asked = &r->outputs[i];
        const char *tensor = plain_name(g, asked->tensor), *name = asked->name ? asked->name : tensor;
        struct tf_input t;
        if (!tensor) return tfp_no_memory(ctx);
        if (!parse_tensor(g, tensor, &t)) return unknown_name(ctx, g, "output", asked, false);
        if (strcmp(t.node->op, "_Retval") == 0 && t.node->n_in == 1 && t.port == 0) t = t.node->in[0];
        TFP_TRY(free_name(ctx, g, &named, &name));
        TFP_TRY(add_output(ctx, g, name, t));
    }
    return TFP_OK;
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static struct tf_graph_input *find_input(const struct tf_graph *g, const char *text)
{
    const size_t n = ir_name_length(text);
    for (size_t i = 0; i < g->n_inputs; i++)
        if (strlen(g->inputs[i].name) == n && memcmp(g->inputs[i].name, text, n) == 0) return &g->inputs[i];
    return NULL;
}

static tfp_status unknown_input(struct tfp_context *ctx, const struct tf_graph *g, const char *name)
{
    struct text list = { 0 };
    for (size_t i = 0; i < g->n_inputs && i < NEAR_MOST; i++)
        text_add(&list, "%s%s", i ? ", " : "", g->inputs[i].name);
    tfp_status status = tfp_fail(ctx, TFP_E_USAGE, "shape of \"%s\": the model has no such input%s%s", name,
                                 g->n_inputs ? "; inputs: " : "", list.at ? list.at : "");
    text_free(&list);
    return status;
}

static tfp_status set_shape(struct tfp_context *ctx, struct tf_graph *g, struct tf_graph_input *in,
                            const struct tfp_shape *s)
{
    if (s->rank > TFP_MAX_RANK)
        return tfp_fail(ctx, TFP_E_USAGE, "shape of \"%s\": at most %d dimensions", s->name, TFP_MAX_RANK);
    if (in->rank >= 0 && (uint32_t)in->rank != s->rank)
        return tfp_fail(ctx, TFP_E_USAGE, "shape of \"%s\": %u dimensions given, the input has %d", s->name, s->rank,
                        in->rank);
    int64_t *dims = ARENA_ARRAY(&g->arena, int64_t, s->rank);
    if (!dims) return tfp_no_memory(ctx);
    for (uint32_t i = 0; i < s->rank; i++) {
        int64_t known = in->rank >= 0 ? in->dims[i] : -1;
        if (s->dims[i] < -1) return tfp_fail(ctx, TFP_E_USAGE, "shape of \"%s\": dimension %u is negative", s->name, i);
        if (known >= 0 && s->dims[i] >= 0 && s->dims[i] != known)
            return tfp_fail(ctx, TFP_E_USAGE, "shape of \"%s\": dimension %u is %lld in the model, %lld was given",
                            s->name, i, (long long)known, (long long)s->dims[i]);
        dims[i] = s->dims[i] >= 0 ? s->dims[i] : known;
    }
    in->rank = (int32_t)s->rank;
    in->dims = dims;
    return TFP_OK;
}

tfp_status tf_interface_shapes(struct tfp_context *ctx, struct tf_graph *g, const struct tfp_model_options *options)
{
    for (size_t i = 0; i < options->n_shapes; i++) {
        struct tf_graph_input *in = find_input(g, options->shapes[i].name);
        if (!in) return unknown_input(ctx, g, options->shapes[i].name);
        TFP_TRY(set_shape(ctx, g, in, &options->shapes[i]));
    }
    return TFP_OK;
}
