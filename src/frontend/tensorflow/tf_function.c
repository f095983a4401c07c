/* Function calls: the body's nodes take the call's place, named after it ("call/node"), with the call's attributes put
 * in for the body's placeholders. Each call gets nodes of its own, made when something needs them.
 * In a body an input is "argument", "argument:2" or "node:result:0" (tensorflow/core/framework/function.proto). */
#include "frontend/tensorflow/tf_attr.h"

enum { DEEPEST = 64, MOST_NODES = 1000000 };

struct tf_function {
    const struct tfpb_function *def;
    const char *name;
    struct map nodes, arguments; /* -> 1 + index; filled by the first call */
    bool indexed;
};

tfp_status tf_function_index(struct tfp_context *ctx, struct tf_graph *g)
{
    size_t n = g->def->library ? g->def->library->function.n : 0;
    struct tf_function *all = ARENA_ARRAY(&g->arena, struct tf_function, n);
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
    }
    return TFP_OK;
}

static const struct tfpb_name_attr_list *called(const struct tf_node *n)
{
    if (strcmp(n->op, "PartitionedCall") != 0 && strcmp(n->op, "StatefulPartitionedCall") != 0) return NULL;
    const struct tfpb_attr_value *f = tf_attr_find(n, "f", 1);
    return f && f->which == TFPB_ATTR_FUNC ? f->func : NULL;
}

struct tf_function *tf_function_of(const struct tf_graph *g, const struct tf_node *n)
{
    if (!g->functions.n) return NULL;
    void **at = map_find(&g->functions, n->op, strlen(n->op));
    const struct tfpb_name_attr_list *f = at ? NULL : tf_while_is(n) ? tf_while_body(g, n) : called(n);
    if (f && f->name.n) at = map_find(&g->functions, f->name.at, f->name.n);
    return at ? *at : NULL;
}

/* A node that has the attributes that the body is made with. */
static struct tf_node environment(const struct tf_node *call)
{
    const struct tfpb_name_attr_list *f = called(call);
    struct tfpb_attrs attrs = { call->attrs, call->n_attrs };
    if (f) attrs = f->attr;
    return (struct tf_node){ .attrs = attrs.at, .n_attrs = attrs.n };
}

static int64_t arg_count(const struct tf_node *env, const struct tfpb_arg *a)
{
    struct op_arg arg = {
        .name = a->name, .number = a->number_attr, .type = a->type_attr, .list = a->type_list_attr.n > 0
    };
    if (arg.list) arg.type = a->type_list_attr;
    return tf_attr_arg_count(env, &arg);
}

static int64_t args_count(const struct tf_node *env, struct tfpb_args args)
{
    int64_t total = 0;
    for (size_t i = 0; i < args.n && total >= 0; i++) {
        int64_t count = arg_count(env, &args.at[i]);
        total = count < 0 || total > INT32_MAX ? -1 : total + count;
    }
    return total;
}

int64_t tf_function_n_out(const struct tf_node *call)
{
    struct tf_node env = environment(call);
    if (tf_while_is(call)) return (int64_t)call->n_in;
    return args_count(&env, call->function->def->signature->output_arg);
}

/* -- attributes ---------------------------------------------------------------------------------------------------- */

struct inliner {
    struct tfp_context *ctx;
    struct tf_graph *g;
    struct tf_node *call;
    struct tf_function *function;
    struct tf_node env;
    struct tf_node **body;  /* by index in the function */
    int64_t *first_argument; /* input of the call that argument i begins with; one more at the end */
};

static bool is_placeholder(const struct tfpb_attr_value *v)
{
    return v->which == TFPB_ATTR_PLACEHOLDER;
}

static bool has_placeholder(struct tfpb_attrs attrs)
{
    for (size_t i = 0; i < attrs.n; i++) {
        const struct tfpb_attr_value *v = &attrs.at[i].value;
        if (is_placeholder(v)) return true;
        for (size_t k = 0; v->which == TFPB_ATTR_FUNC && v->func && k < v->func->attr.n; k++)
            if (is_placeholder(&v->func->attr.at[k].value)) return true;
    }
    return false;
}

/* A placeholder that the call does not fill stays: whoever reads the attribute says that it is of no type. */
static void fill(const struct tf_node *env, struct tfpb_attr_value *v)
{
    if (!is_placeholder(v)) return;
    const struct tfpb_attr_value *given = tf_attr_find(env, v->placeholder.at, v->placeholder.n);
    if (given) *v = *given;
}

static struct tfpb_attr *filled_copy(struct inliner *in, struct tfpb_attrs from)
{
    struct tfpb_attr *to = ARENA_ARRAY(&in->g->arena, struct tfpb_attr, from.n);
    for (size_t i = 0; to && i < from.n; i++) {
        to[i] = from.at[i];
        fill(&in->env, &to[i].value);
    }
    return to;
}

static bool fill_all(struct inliner *in, struct tfpb_attrs *attrs)
{
    if (!has_placeholder(*attrs)) return true;
    struct tfpb_attr *to = filled_copy(in, *attrs);
    for (size_t i = 0; to && i < attrs->n; i++) {
        struct tfpb_attr_value *v = &to[i].value;
        if (v->which != TFPB_ATTR_FUNC || !v->func || !has_placeholder(v->func->attr)) continue;
        struct tfpb_name_attr_list *f = ARENA_NEW(&in->g->arena, struct tfpb_name_attr_list);
        struct tfpb_attr *inner = filled_copy(in, v->func->attr);
        if (!f || !inner) return false;
        *f = (struct tfpb_name_attr_list){ .name = v->func->name, .attr = { inner, v->func->attr.n } };
        v->func = f;
    }
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
    for (size_t i = 0; i < f->def->node_def.n; i++) TFP_TRY(put(in, &f->nodes, f->def->node_def.at[i].name, i));
    for (size_t i = 0; i < f->def->signature->input_arg.n; i++)
        TFP_TRY(put(in, &f->arguments, f->def->signature->input_arg.at[i].name, i));
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
    if (n->function && !tf_while_is(n)) {
        struct tf_node env = environment(n);
        const struct tfpb_args *args = &n->function->def->signature->output_arg;
        for (size_t i = 0; i < args->n; i++, *first += *count) {
            if ((*count = arg_count(&env, &args->at[i])) < 0) return false;
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

/* A tensor named in the body: an argument or a node's result. Without a number the name means a single tensor. */
static bool find_tensor(struct inliner *in, struct bytes text, struct tf_input *out)
{
    struct bytes word = { "", 0 }, result;
    size_t i;
    int64_t first, count, k = 0;
    struct bytes whole = text;
    bool numbered = take_last(&text, &word) && number(word, &k);
    if (!numbered) {
        text = whole;
        k = 0;
    }
    if (find_index(&in->function->arguments, text, &i)) {
        first = in->first_argument[i];
        count = in->first_argument[i + 1] - first;
        if (k >= count || (!numbered && count != 1)) return false;
        *out = in->call->in[first + k];
        return true;
    }
    if (!take_last(&text, &result) || !find_index(&in->function->nodes, text, &i)) return false;
    struct tf_node *from = in->body[i];
    if (!find_result(from, result, &first, &count) || k >= count || (!numbered && count != 1)) return false;
    *out = (struct tf_input){ from, (uint32_t)(first + k) };
    if (from->used_ports <= out->port) from->used_ports = out->port + 1;
    return true;
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
        if (!name || !fill_all(in, &attrs)) return tfp_no_memory(in->ctx);
        in->body[i] = tf_graph_add(in->g, name, strlen(name), n->op, attrs, true, &taken);
        if (!in->body[i]) return tfp_no_memory(in->ctx);
        in->body[i]->depth = (uint16_t)(in->call->depth + 1);
    }
    return TFP_OK;
}

static tfp_status unknown(struct inliner *in, const char *where, struct bytes text)
{
    return tfp_fail(in->ctx, TFP_E_FORMAT, "node %s: in function %s \"%.*s\" names no tensor", where,
                    in->function->name, (int)(text.n < 200 ? text.n : 200), text.n ? text.at : "");
}

static tfp_status connect_node(struct inliner *in, struct tf_node *n, struct pb_strings inputs)
{
    n->in = ARENA_ARRAY(&in->g->arena, struct tf_input, inputs.n);
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
        if (!find_tensor(in, text, &n->in[n->n_in])) return unknown(in, n->name, text);
        n->n_in++;
    }
    return TFP_OK;
}

static tfp_status map_results(struct inliner *in)
{
    const struct tfpb_function *def = in->function->def;
    struct tf_input *forward = ARENA_ARRAY(&in->g->arena, struct tf_input, in->call->n_out);
    if (!forward) return tfp_no_memory(in->ctx);
    size_t n = 0;
    for (size_t i = 0; i < def->signature->output_arg.n; i++) {
        const struct tfpb_arg *arg = &def->signature->output_arg.at[i];
        struct bytes text = arg->name;
        for (size_t k = 0; k < def->ret.n; k++)
            if (tf_graph_same(def->ret.at[k].key, arg->name)) text = def->ret.at[k].value;
        if (arg_count(&in->env, arg) != 1)
            return tfp_fail(in->ctx, TFP_E_UNSUPPORTED, "node %s: function %s returns a list as one result",
                            in->call->name, in->function->name);
        if (!find_tensor(in, text, &forward[n++])) return unknown(in, in->call->name, text);
    }
    in->call->forward = forward;
    return TFP_OK;
}

static tfp_status map_arguments(struct inliner *in)
{
    const struct tfpb_args *args = &in->function->def->signature->input_arg;
    if (!(in->first_argument = ARENA_ARRAY(&in->g->arena, int64_t, args->n + 1))) return tfp_no_memory(in->ctx);
    int64_t total = 0;
    for (size_t i = 0; i < args->n && total <= INT32_MAX; i++) {
        int64_t count = arg_count(&in->env, &args->at[i]);
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

tfp_status tf_function_inline(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call)
{
    struct inliner in = { .ctx = ctx, .g = g, .call = call, .function = call->function, .env = environment(call) };
    const struct tfpb_nodes *nodes = &in.function->def->node_def;
    if (call->depth >= DEEPEST)
        return tfp_fail(ctx, TFP_E_FORMAT, "function %s: calls are nested more than %d deep", in.function->name,
                        DEEPEST);
    if (tf_while_is(call)) return tf_while_inline(ctx, g, call);
    TFP_TRY(charge(&in, (in.function->def->signature->input_arg.n + in.function->def->ret.n) / 8));
    TFP_TRY(tf_graph_count(ctx, g, call));
    TFP_TRY(index_names(&in));
    TFP_TRY(map_arguments(&in));
    TFP_TRY(make_nodes(&in));
    for (size_t i = 0; i < nodes->n; i++) TFP_TRY(connect_node(&in, in.body[i], nodes->at[i].input));
    return map_results(&in);
}
