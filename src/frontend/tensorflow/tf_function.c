/* Function calls: the body's nodes take the call's place, named after it ("call/node"), with the call's attributes put
 * in for the body's placeholders. Each call gets nodes of its own, made when something needs them.
 * In a body an input is "argument", "argument:2" or "node:result:0"; without a number it means all tensors of that name
 * (tensorflow/core/framework/function.proto). */
#include "frontend/tensorflow/tf_attr.h"

enum { DEEPEST = 64, DEEPEST_ATTRS = 8, MOST_NODES = 1000000, MOST_SIBLINGS = 64 };

struct tf_function {
    const struct tfpb_function *def;
    const char *name;
    struct map nodes, arguments, results; /* -> 1 + index; filled by the first call */
    bool indexed;
    struct tf_function *sibling; /* a ring of those that implement the same interface */
};

/* -- the library --------------------------------------------------------------------------------------------------- */

static struct bytes own_text(const struct tf_function *f, const char *name)
{
    for (size_t i = 0; i < f->def->attr.n; i++) {
        const struct tfpb_attr *a = &f->def->attr.at[i];
        if (bytes_equal(a->key, name)) return a->value.which == TFPB_ATTR_S ? a->value.s : (struct bytes){ "", 0 };
    }
    return (struct bytes){ "", 0 };
}

static tfp_status join_siblings(struct tfp_context *ctx, struct map *interfaces, struct tf_function *f)
{
    struct bytes interface = own_text(f, "api_implements");
    f->sibling = f;
    if (!interface.n) return TFP_OK;
    void **at = map_at(interfaces, interface.at, interface.n);
    if (!at) return tfp_no_memory(ctx);
    struct tf_function *other = *at;
    if (other) {
        f->sibling = other->sibling;
        other->sibling = f;
    }
    *at = f;
    return TFP_OK;
}

tfp_status tf_function_index(struct tfp_context *ctx, struct tf_graph *g)
{
    size_t n = g->def->library ? g->def->library->function.n : 0;
    struct tf_function *all = ARENA_ARRAY(&g->arena, struct tf_function, n);
    struct map interfaces;
    map_init(&interfaces, &g->arena);
    if (!all) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const struct tfpb_function *def = &g->def->library->function.at[i];
        if (!def->signature) return tfp_fail(ctx, TFP_E_FORMAT, "function %zu of the library has no signature", i);
        struct bytes name = def->signature->name;
        void **at = map_at(&g->functions, name.n ? name.at : "", name.n);
        all[i] = (struct tf_function){ .def = def, .name = arena_string(&g->arena, name.at, name.n) };
        if (!at || !all[i].name) return tfp_no_memory(ctx);
        if (*at) return tfp_fail(ctx, TFP_E_FORMAT, "function %s: the name is used twice", all[i].name);
        *at = &all[i];
        TFP_TRY(join_siblings(ctx, &interfaces, &all[i]));
    }
    return TFP_OK;
}

/* The first n arguments are of the same types. */
static bool same_types(struct tfpb_args a, struct tfpb_args b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a.at[i].type != b.at[i].type || !tf_graph_same(a.at[i].type_attr, b.at[i].type_attr)) return false;
    return true;
}

/* Keras writes LSTM and GRU twice: in plain ops for the CPU, with cuDNN's op for the GPU, each also as a half of a
 * gradient, told apart by their arguments (keras/layers/rnn/gru_lstm_utils.py). The plain one says the same. */
static struct tf_function *plain(struct tf_function *f)
{
    struct bytes device = own_text(f, "api_preferred_device");
    const struct tfpb_op_def *wanted = f->def->signature;
    struct tf_function *best = f, *other = f->sibling;
    if (!device.n || bytes_equal(device, "CPU")) return f;
    for (int i = 0; i < MOST_SIBLINGS && other != f; i++, other = other->sibling) {
        const struct tfpb_op_def *found = other->def->signature;
        size_t results = found->output_arg.n;
        if (!bytes_equal(own_text(other, "api_preferred_device"), "CPU")) continue;
        if (found->input_arg.n != wanted->input_arg.n || results > wanted->output_arg.n) continue;
        if (!same_types(found->input_arg, wanted->input_arg, wanted->input_arg.n) ||
            !same_types(found->output_arg, wanted->output_arg, results))
            continue;
        if (best == f || results > best->def->signature->output_arg.n) best = other;
    }
    return best;
}

static bool is_call(const struct tf_node *n)
{
    return strcmp(n->op, "PartitionedCall") == 0 || strcmp(n->op, "StatefulPartitionedCall") == 0;
}

/* Whether the op is the function's name: then results are named as the function does. */
static bool is_named_after(const struct tf_node *n)
{
    return !is_call(n) && !tf_while_is(n) && !tf_if_is(n);
}

/* What an op that calls a function by an attribute calls. */
static const struct tfpb_name_attr_list *called(const struct tf_node *n)
{
    return is_call(n) ? tf_attr_function(n, "f") : NULL;
}

struct tf_function *tf_function_of(const struct tf_graph *g, const struct tf_node *n)
{
    struct bytes name = { n->op, strlen(n->op) };
    if (!g->functions.n) return NULL;
    if (!is_named_after(n)) {
        const struct tfpb_name_attr_list *f =
            tf_while_is(n) ? tf_while_body(g, n) : tf_if_is(n) ? tf_if_branch(g, n) : called(n);
        name = f && f->name.n ? f->name : (struct bytes){ "", 0 };
    }
    void **at = map_find(&g->functions, name.at, name.n);
    return at ? plain(*at) : NULL;
}

const struct tfpb_function *tf_function_definition(const struct tf_function *f)
{
    return f->def;
}

/* An attribute that a body is made with: as the call gives it, else the function's default. */
static const struct tfpb_attr_value *given(const struct tf_node *call, struct bytes name)
{
    const struct tfpb_name_attr_list *f = called(call);
    struct tfpb_attrs attrs = { call->attrs, call->n_attrs };
    if (f) attrs = f->attr;
    for (size_t i = 0; i < attrs.n; i++)
        if (tf_graph_same(attrs.at[i].key, name)) return &attrs.at[i].value;
    const struct tfpb_op_attrs *own = &call->function->def->signature->attr;
    for (size_t i = 0; i < own->n; i++)
        if (tf_graph_same(own->at[i].name, name)) return own->at[i].default_value;
    return NULL;
}

static int64_t arg_count(const struct tf_node *call, const struct tfpb_arg *a)
{
    const struct tfpb_attr_value *v;
    if (a->type_list_attr.n) {
        v = given(call, a->type_list_attr);
        bool list = v && v->which == TFPB_ATTR_LIST && v->list && v->list->type.n <= INT32_MAX;
        return list ? (int64_t)v->list->type.n : -1;
    }
    if (!a->number_attr.n) return 1;
    v = given(call, a->number_attr);
    return v && v->which == TFPB_ATTR_I && v->i >= 0 && v->i <= INT32_MAX ? v->i : -1;
}

int64_t tf_function_n_out(const struct tf_node *call)
{
    struct bytes bad;
    const struct tfpb_args *args = &call->function->def->signature->output_arg;
    int64_t total = 0;
    if (tf_while_is(call)) return (int64_t)call->n_in;
    if (tf_if_is(call)) return tf_attr_args_count(call, call->def->out, &bad);
    for (size_t i = 0; i < args->n && total >= 0; i++) {
        int64_t count = arg_count(call, &args->at[i]);
        total = count < 0 || total > INT32_MAX ? -1 : total + count;
    }
    return total;
}

/* -- attributes ---------------------------------------------------------------------------------------------------- */

struct inliner {
    struct tfp_context *ctx;
    struct tf_graph *g;
    struct tf_node *call;
    struct tf_function *function;
    struct tf_node **body;  /* by index in the function */
    int64_t *first_argument; /* input of the call that argument i begins with; one more at the end */
};

static bool has_placeholder(struct tfpb_attrs attrs, int depth);

static bool is_open(const struct tfpb_attr_value *v, int depth)
{
    if (v->which == TFPB_ATTR_PLACEHOLDER) return true;
    if (v->which == TFPB_ATTR_FUNC) return v->func && has_placeholder(v->func->attr, depth - 1);
    for (size_t i = 0; v->which == TFPB_ATTR_LIST && v->list && i < v->list->func.n; i++)
        if (has_placeholder(v->list->func.at[i].attr, depth - 1)) return true;
    return false;
}

/* Functions among the attributes have attributes again, down to a depth. */
static bool has_placeholder(struct tfpb_attrs attrs, int depth)
{
    for (size_t i = 0; depth > 0 && i < attrs.n; i++)
        if (is_open(&attrs.at[i].value, depth)) return true;
    return false;
}

static bool fill_all(struct inliner *in, struct tfpb_attrs *attrs, int depth);

/* A placeholder that the call does not fill stays: whoever reads the attribute says that it is of no type. */
static bool fill(struct inliner *in, struct tfpb_attr_value *v, int depth)
{
    struct arena *arena = &in->g->arena;
    if (v->which == TFPB_ATTR_PLACEHOLDER) {
        const struct tfpb_attr_value *value = given(in->call, v->placeholder);
        if (value) *v = *value;
    } else if (v->which == TFPB_ATTR_FUNC) {
        struct tfpb_name_attr_list *f = arena_copy(arena, v->func, sizeof *f);
        if (!f || !fill_all(in, &f->attr, depth - 1)) return false;
        v->func = f;
    } else {
        struct tfpb_attr_list *list = arena_copy(arena, v->list, sizeof *list);
        size_t n = v->list->func.n;
        struct tfpb_name_attr_list *f = arena_copy(arena, v->list->func.at, n * sizeof *f);
        if (!list || !f) return false;
        for (size_t i = 0; i < n; i++)
            if (!fill_all(in, &f[i].attr, depth - 1)) return false;
        list->func.at = f;
        v->list = list;
    }
    return true;
}

static bool fill_all(struct inliner *in, struct tfpb_attrs *attrs, int depth)
{
    if (!has_placeholder(*attrs, depth)) return true;
    struct tfpb_attr *to = arena_copy(&in->g->arena, attrs->at, attrs->n * sizeof *to);
    for (size_t i = 0; to && i < attrs->n; i++)
        if (is_open(&to[i].value, depth) && !fill(in, &to[i].value, depth)) return false;
    attrs->at = to;
    return to != NULL;
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static tfp_status put(struct inliner *in, struct map *m, struct bytes name, size_t index)
{
    void **at = name.n ? map_at(m, name.at, name.n) : NULL;
    if (at && !*at) return *at = (void *)(uintptr_t)(index + 1), TFP_OK;
    if (name.n && !at) return tfp_no_memory(in->ctx);
    return tfp_fail(in->ctx, TFP_E_FORMAT, "function %s: the name \"%.*s\" is used twice", in->function->name,
                    (int)(name.n < 200 ? name.n : 200), name.n ? name.at : "");
}

static tfp_status index_names(struct inliner *in)
{
    struct tf_function *f = in->function;
    if (f->indexed) return TFP_OK;
    map_init(&f->nodes, &in->g->arena);
    map_init(&f->arguments, &in->g->arena);
    map_init(&f->results, &in->g->arena);
    for (size_t i = 0; i < f->def->node_def.n; i++) TFP_TRY(put(in, &f->nodes, f->def->node_def.at[i].name, i));
    for (size_t i = 0; i < f->def->signature->input_arg.n; i++)
        TFP_TRY(put(in, &f->arguments, f->def->signature->input_arg.at[i].name, i));
    for (size_t i = 0; i < f->def->ret.n; i++) TFP_TRY(put(in, &f->results, f->def->ret.at[i].key, i));
    f->indexed = true;
    return TFP_OK;
}

static bool find_index(const struct map *m, struct bytes name, size_t *index)
{
    void **at = name.n ? map_find(m, name.at, name.n) : NULL;
    if (at) *index = (size_t)(uintptr_t)*at - 1;
    return at != NULL;
}

/* Takes ":word" off the end. */
static bool take_last(struct bytes *text, struct bytes *word)
{
    const char *colon = text->n ? memrchr(text->at, ':', text->n) : NULL;
    if (!colon) return false;
    *word = (struct bytes){ colon + 1, text->n - (size_t)(colon - text->at) - 1 };
    text->n = (size_t)(colon - text->at);
    return true;
}

static bool number(struct bytes word, int64_t *out)
{
    *out = 0;
    if (!word.n || word.n > 9) return false;
    for (size_t i = 0; i < word.n; i++) {
        if (word.at[i] < '0' || word.at[i] > '9') return false;
        *out = *out * 10 + (word.at[i] - '0');
    }
    return true;
}

/* Where a named result of a node begins and how many tensors it has. */
static bool find_result(const struct tf_node *n, struct bytes result, int64_t *first, int64_t *count)
{
    *first = 0;
    if (n->function && is_named_after(n)) {
        const struct tfpb_args *args = &n->function->def->signature->output_arg;
        for (size_t i = 0; i < args->n; i++, *first += *count) {
            if ((*count = arg_count(n, &args->at[i])) < 0) return false;
            if (tf_graph_same(args->at[i].name, result)) return true;
        }
        return false;
    }
    if (!n->def) return *count = INT32_MAX, true; /* refused later, by the op's name */
    const char *text = n->def->out;
    struct op_arg arg;
    for (; op_def_next_arg(&text, &arg); *first += *count) {
        if ((*count = tf_attr_arg_count(n, &arg)) < 0) return false;
        if (tf_graph_same(arg.name, result)) return true;
    }
    return false;
}

/* Tensors in a row: some of the call's inputs, or some of a node's outputs. */
struct item {
    const struct tf_input *arguments; /* NULL: outputs of `node` from `first` on */
    struct tf_node *node;
    int64_t first, count;
};

/* What a name in the body means. Without a number it means all there are, one for most. */
static bool find_item(struct inliner *in, struct bytes text, struct item *out)
{
    struct bytes word = { "", 0 }, result, whole = text;
    size_t i;
    int64_t k = 0;
    bool numbered = take_last(&text, &word) && number(word, &k);
    if (!numbered) text = whole;
    *out = (struct item){ .node = NULL };
    if (find_index(&in->function->arguments, text, &i)) {
        out->arguments = in->call->in + in->first_argument[i];
        out->count = in->first_argument[i + 1] - in->first_argument[i];
    } else {
        if (!take_last(&text, &result) || !find_index(&in->function->nodes, text, &i)) return false;
        out->node = in->body[i];
        if (!find_result(out->node, result, &out->first, &out->count)) return false;
    }
    if (!numbered) return out->count != INT32_MAX;
    if (k >= out->count) return false;
    if (out->arguments) out->arguments += k;
    out->first += k;
    out->count = 1;
    return true;
}

static struct tf_input item_at(const struct item *item, int64_t k)
{
    if (item->arguments) return item->arguments[k];
    uint32_t port = (uint32_t)(item->first + k);
    if (item->node->used_ports <= port) item->node->used_ports = port + 1;
    return (struct tf_input){ item->node, port };
}

tfp_status tf_function_charge(struct tfp_context *ctx, struct tf_graph *g, const struct tf_function *f, size_t cost)
{
    g->inlined += 1 + cost;
    if (g->inlined <= MOST_NODES) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "function %s: the calls make more than %d nodes", f->name, MOST_NODES);
}

static tfp_status charge(struct inliner *in, size_t cost)
{
    return tf_function_charge(in->ctx, in->g, in->function, cost);
}

/* -- the body ------------------------------------------------------------------------------------------------------ */

static tfp_status make_nodes(struct inliner *in)
{
    const struct tfpb_nodes *nodes = &in->function->def->node_def;
    if (!(in->body = ARENA_ARRAY(&in->g->arena, struct tf_node *, nodes->n))) return tfp_no_memory(in->ctx);
    for (size_t i = 0; i < nodes->n; i++) {
        const struct tfpb_node *n = &nodes->at[i];
        struct tfpb_attrs attrs = n->attr;
        bool taken;
        if (!tf_graph_valid_name(n->name) || !n->op.n || memchr(n->op.at, '\0', n->op.n))
            return tfp_fail(in->ctx, TFP_E_FORMAT, "function %s: node %zu has no op or no valid name",
                            in->function->name, i);
        TFP_TRY(charge(in, (strlen(in->call->name) + n->name.n) / 256 + (n->attr.n + n->input.n) / 4));
        const char *name =
            arena_printf(&in->g->arena, "%s/%.*s", in->call->name, (int)(n->name.n & INT32_MAX), n->name.at);
        if (!name || !fill_all(in, &attrs, DEEPEST_ATTRS)) return tfp_no_memory(in->ctx);
        in->body[i] = tf_graph_add(in->g, name, strlen(name), n->op, attrs, true, &taken);
        if (!in->body[i]) return tfp_no_memory(in->ctx);
        in->body[i]->depth = (uint16_t)(in->call->depth + 1);
        in->body[i]->caller = in->call;
    }
    return TFP_OK;
}

static tfp_status unknown(struct inliner *in, const char *where, struct bytes text)
{
    return tfp_fail(in->ctx, TFP_E_FORMAT, "node %s: in function %s \"%.*s\" names no tensor", where,
                    in->function->name, (int)(text.n < 200 ? text.n : 200), text.n ? text.at : "");
}

static tfp_status count_inputs(struct inliner *in, const struct tf_node *n, struct pb_strings inputs, size_t *n_in)
{
    struct item item;
    *n_in = 0;
    for (size_t i = 0; i < inputs.n; i++) {
        struct bytes text = inputs.at[i];
        if (text.n && text.at[0] == '^') continue;
        if (!find_item(in, text, &item)) return unknown(in, n->name, text);
        if (item.count > 1) TFP_TRY(charge(in, (size_t)item.count / 4));
        *n_in += (size_t)item.count;
    }
    return TFP_OK;
}

static tfp_status connect_node(struct inliner *in, struct tf_node *n, struct pb_strings inputs)
{
    size_t n_in;
    struct item item;
    TFP_TRY(count_inputs(in, n, inputs, &n_in));
    n->in = ARENA_ARRAY(&in->g->arena, struct tf_input, n_in);
    n->control = ARENA_ARRAY(&in->g->arena, struct tf_node *, inputs.n);
    if (!n->in || !n->control) return tfp_no_memory(in->ctx);
    for (size_t i = 0; i < inputs.n; i++) {
        struct bytes text = inputs.at[i];
        size_t k;
        if (text.n && text.at[0] == '^') {
            if (find_index(&in->function->nodes, (struct bytes){ text.at + 1, text.n - 1 }, &k))
                n->control[n->n_control++] = in->body[k];
            continue;
        }
        if (!find_item(in, text, &item)) return unknown(in, n->name, text);
        for (int64_t t = 0; t < item.count; t++) n->in[n->n_in++] = item_at(&item, t);
    }
    return TFP_OK;
}

/* What in the body is the result of that name. */
static struct bytes returned(const struct tf_function *f, struct bytes name)
{
    size_t k;
    return find_index(&f->results, name, &k) ? f->def->ret.at[k].value : name;
}

static tfp_status map_results(struct inliner *in)
{
    const struct tfpb_function *def = in->function->def;
    struct tf_input *forward = ARENA_ARRAY(&in->g->arena, struct tf_input, in->call->n_out);
    if (!forward) return tfp_no_memory(in->ctx);
    size_t n = 0;
    for (size_t i = 0; i < def->signature->output_arg.n; i++) {
        const struct tfpb_arg *arg = &def->signature->output_arg.at[i];
        struct bytes text = returned(in->function, arg->name);
        struct item item;
        int64_t count = arg_count(in->call, arg);
        if (!find_item(in, text, &item)) return unknown(in, in->call->name, text);
        if (item.count != count)
            return tfp_fail(in->ctx, TFP_E_FORMAT,
                            "node %s: function %s: result %.*s is %lld tensors, the signature says %lld",
                            in->call->name, in->function->name, (int)arg->name.n, arg->name.at, (long long)item.count,
                            (long long)count);
        for (int64_t t = 0; t < count; t++) forward[n++] = item_at(&item, t);
    }
    in->call->forward = forward;
    return TFP_OK;
}

/* What runs in the body although no result needs it. */
static tfp_status map_control(struct inliner *in)
{
    const struct tfpb_string_pairs *ret = &in->function->def->control_ret;
    struct tf_node **after = ARENA_ARRAY(&in->g->arena, struct tf_node *, ret->n);
    if (!after) return tfp_no_memory(in->ctx);
    for (size_t i = 0; i < ret->n; i++) {
        size_t k;
        if (!find_index(&in->function->nodes, ret->at[i].value, &k))
            return unknown(in, in->call->name, ret->at[i].value);
        after[i] = in->body[k];
    }
    in->call->after = after;
    in->call->n_after = ret->n;
    return TFP_OK;
}

tfp_status tf_function_after(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call, size_t k,
                             struct tf_node **out)
{
    *out = NULL;
    if (!call->function) return TFP_OK;
    if (!call->forward) TFP_TRY(tf_function_inline(ctx, g, call));
    if (call->merge) {
        tf_control_decide(call->merge);
        if (call->merge->live >= 0) return *out = k ? NULL : call->after[call->merge->live], TFP_OK;
    }
    if (k < call->n_after) *out = call->after[k];
    return TFP_OK;
}

static tfp_status map_arguments(struct inliner *in)
{
    const struct tfpb_args *args = &in->function->def->signature->input_arg;
    if (!(in->first_argument = ARENA_ARRAY(&in->g->arena, int64_t, args->n + 1))) return tfp_no_memory(in->ctx);
    int64_t total = 0;
    for (size_t i = 0; i < args->n && total <= INT32_MAX; i++) {
        int64_t count = arg_count(in->call, &args->at[i]);
        if (count < 0)
            return tfp_fail(in->ctx, TFP_E_FORMAT, "node %s (%s): its attributes do not tell the number of arguments",
                            in->call->name, in->call->op);
        in->first_argument[i + 1] = total += count;
    }
    if ((uint64_t)total != in->call->n_in)
        return tfp_fail(in->ctx, TFP_E_FORMAT, "node %s (%s): %zu inputs, function %s takes %lld", in->call->name,
                        in->call->op, in->call->n_in, in->function->name, (long long)total);
    return TFP_OK;
}

/* As many results as the call says. A function put in for another may have fewer. */
static tfp_status check_results(struct inliner *in)
{
    struct bytes bad;
    const struct tf_node *call = in->call;
    const struct tfpb_name_attr_list *f = called(call);
    int64_t said = f ? tf_attr_args_count(call, call->def->out, &bad) : -1;
    if (said < 0 || (uint64_t)said == call->n_out || !bytes_equal(f->name, in->function->name)) return TFP_OK;
    return tfp_fail(in->ctx, TFP_E_FORMAT, "node %s (%s): Tout has %lld result%s, function %s gives %zu", call->name,
                    call->op, (long long)said, said == 1 ? "" : "s", in->function->name, call->n_out);
}

tfp_status tf_function_inline(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call)
{
    struct inliner in = { .ctx = ctx, .g = g, .call = call, .function = call->function };
    const struct tfpb_function *def = in.function->def;
    if (call->depth >= DEEPEST)
        return tfp_fail(ctx, TFP_E_FORMAT, "function %s: calls are nested more than %d deep", in.function->name,
                        DEEPEST);
    if (tf_while_is(call)) return tf_while_inline(ctx, g, call);
    if (tf_if_is(call)) return tf_if_inline(ctx, g, call);
    TFP_TRY(charge(&in, (def->signature->input_arg.n + def->ret.n + def->control_ret.n) / 8));
    TFP_TRY(tf_graph_count(ctx, g, call));
    TFP_TRY(check_results(&in));
    TFP_TRY(index_names(&in));
    TFP_TRY(map_arguments(&in));
    TFP_TRY(make_nodes(&in));
    for (size_t i = 0; i < def->node_def.n; i++) TFP_TRY(connect_node(&in, in.body[i], def->node_def.at[i].input));
    TFP_TRY(map_control(&in));
    return map_results(&in);
}

tfp_status tf_function_passed_on(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call, bool *passed)
{
    struct inliner in = { .ctx = ctx, .g = g, .call = call, .function = call->function };
    const struct tfpb_op_def *s = in.function->def->signature;
    TFP_TRY(index_names(&in));
    if (s->input_arg.n != call->n_in || s->output_arg.n != call->n_in) return TFP_OK;
    for (size_t i = 0; i < call->n_in; i++) {
        const struct tfpb_arg *from = &s->input_arg.at[i], *to = &s->output_arg.at[i];
        if (from->number_attr.n || from->type_list_attr.n || to->number_attr.n || to->type_list_attr.n) break;
        passed[i] = tf_graph_same(returned(in.function, to->name), from->name);
    }
    return TFP_OK;
}

/* -- pieces of what is written as other nodes ---------------------------------------------------------------------- */

struct tf_node *tf_function_piece(struct tf_graph *g, struct tf_node *call, const char *what, const char *op,
                                  struct tfpb_attrs attrs, size_t n_in)
{
    bool taken;
    const char *name = arena_printf(&g->arena, "%s/%s", call->name, what);
    struct bytes word = { op, strlen(op) };
    struct tf_node *n = name ? tf_graph_add(g, name, strlen(name), word, attrs, true, &taken) : NULL;
    if (!n || !(n->in = ARENA_ARRAY(&g->arena, struct tf_input, n_in))) return NULL;
    n->depth = (uint16_t)(call->depth + 1);
    n->caller = call;
    n->n_in = n_in;
    return n;
}

struct tf_node *tf_function_piece_call(struct tf_graph *g, struct tf_node *call, const char *what,
                                       const struct tfpb_name_attr_list *f, size_t n_in)
{
    static const char *const types[] = { "Tin", "Tout" };
    struct tfpb_attr *attrs = ARENA_ARRAY(&g->arena, struct tfpb_attr, 3);
    if (!attrs) return NULL;
    size_t n = 0;
    attrs[n++] =
        (struct tfpb_attr){ .key = { "f", 1 }, .value = { .which = TFPB_ATTR_FUNC, .func = f } };
    for (size_t i = 0; i < 2; i++) {
        const struct tfpb_attr_value *v = tf_attr_find(call, types[i], strlen(types[i]));
        if (v) attrs[n++] = (struct tfpb_attr){ .key = { types[i], strlen(types[i]) }, .value = *v };
    }
    return tf_function_piece(g, call, what, "PartitionedCall", (struct tfpb_attrs){ attrs, n }, n_in);
}
