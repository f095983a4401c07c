/* A call of a function of the object graph, written as nodes: placeholders for its arguments, what it captured, and the
 * call. What TensorFlow does when it loads such a model: tensorflow/python/saved_model/{load,function_deserialization}.py.
 * See docs/formats/object-graph.md. */
#include "frontend/tensorflow/tf_object_graph.h"

enum { LONGEST_NODE = 128, ATTRIBUTES = 4 };

const char *tf_object_call_input(struct tf_source *s, size_t i)
{
    return arena_printf(&s->graph->arena, "%s/input_%zu", s->objects->prefix, i);
}

const char *tf_object_call_output(struct tf_source *s, size_t i)
{
    return arena_printf(&s->graph->arena, "%s/function:%zu", s->objects->prefix, i);
}

struct call {
    struct tfp_context *ctx;
    struct tf_source *s;
    struct arena *arena;
    const struct tf_objects *objects;
    struct tfpb_node *nodes; /* the copy: those of the file, then the new ones */
    size_t n;
    struct tf_object_keys keys;
    const char **captures;   /* by object: the tensor that it is; NULL: not made yet */
};

/* -- nodes --------------------------------------------------------------------------------------------------------- */

/* A new node with room for attributes; NULL: memory is out. */
static struct tfpb_attr *add_node(struct call *c, const char *name, const char *op, const struct bytes *inputs,
                                  size_t n_inputs)
{
    struct tfpb_attr *attrs = ARENA_ARRAY(c->arena, struct tfpb_attr, ATTRIBUTES);
    if (!name || !attrs) return NULL;
    c->nodes[c->n++] = (struct tfpb_node){ .name = bytes_of(name), .op = bytes_of(op), .input = { inputs, n_inputs },
                                           .attr = { attrs, 0 } };
    return attrs;
}

static void set(struct call *c, struct tfpb_attr *attrs, const char *key, struct tfpb_attr_value value)
{
    attrs[c->nodes[c->n - 1].attr.n++] = (struct tfpb_attr){ bytes_of(key), value };
}

static void set_type(struct call *c, struct tfpb_attr *attrs, const char *key, int32_t type)
{
    set(c, attrs, key, (struct tfpb_attr_value){ .which = TFPB_ATTR_TYPE, .type = type });
}

static void set_shape(struct call *c, struct tfpb_attr *attrs, const struct tfpb_shape *shape)
{
    if (shape) set(c, attrs, "shape", (struct tfpb_attr_value){ .which = TFPB_ATTR_SHAPE, .shape = shape });
}

static void set_text(struct call *c, struct tfpb_attr *attrs, const char *key, struct bytes text)
{
    if (text.n) set(c, attrs, key, (struct tfpb_attr_value){ .which = TFPB_ATTR_S, .s = text });
}

static bool set_types(struct call *c, struct tfpb_attr *attrs, const char *key, struct tfpb_args args)
{
    struct tfpb_attr_list *list = ARENA_NEW(c->arena, struct tfpb_attr_list);
    int32_t *types = ARENA_ARRAY(c->arena, int32_t, args.n);
    if (!list || !types) return false;
    for (size_t i = 0; i < args.n; i++) types[i] = args.at[i].type;
    list->type.at = types;
    list->type.n = args.n;
    set(c, attrs, key, (struct tfpb_attr_value){ .which = TFPB_ATTR_LIST, .list = list });
    return true;
}

static bool add_call(struct call *c, const char *name, const struct tfpb_function *f, const struct bytes *inputs,
                     size_t n_inputs)
{
    struct tfpb_attr *attrs = add_node(c, name, "StatefulPartitionedCall", inputs, n_inputs);
    struct tfpb_name_attr_list *function = ARENA_NEW(c->arena, struct tfpb_name_attr_list);
    if (!attrs || !function) return false;
    function->name = f->signature->name;
    set(c, attrs, "f", (struct tfpb_attr_value){ .which = TFPB_ATTR_FUNC, .func = function });
    return set_types(c, attrs, "Tin", f->signature->input_arg) && set_types(c, attrs, "Tout", f->signature->output_arg);
}

static const char *object_name(const struct call *c, size_t object)
{
    const char *path = c->objects->paths[object];
    if (path && *path) return path;
    path = object ? arena_printf(c->arena, "object %zu", object) : "the root";
    return path ? path : "";
}

/* -- keys of variables --------------------------------------------------------------------------------------------- */

static tfp_status no_key(struct call *c, size_t object)
{
    const char *path = c->s->weights->path, *lacks = "the object";
    if (!c->keys.saved)
        return tfp_fail(c->ctx, TFP_E_FORMAT, "it captured variable %s, for which %s has no object graph to tell its key",
                        object_name(c, object), path);
    if (c->keys.twins[object] >= 0) lacks = "a key for the object";
    return tfp_fail(c->ctx, TFP_E_FORMAT, "it captured variable %s, the object graph of %s lacks %s",
                    object_name(c, object), path, lacks);
}

/* -- captures ------------------------------------------------------------------------------------------------------ */

/* "call/variable/kernel_7": named as the variable was, and told apart by its number. */
static const char *variable_node(struct call *c, size_t object, struct bytes name)
{
    char *out = arena_printf(c->arena, "%s/variable/%.*s_%zu", c->objects->prefix,
                             (int)(name.n < LONGEST_NODE ? name.n : LONGEST_NODE), name.n ? name.at : "", object);
    for (char *at = out; at && *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 127 || *at == ':') *at = '_';
    return out;
}

static tfp_status capture_variable(struct call *c, size_t object, const struct tfpb_saved_variable *v)
{
    const char *name = variable_node(c, object, v->name);
    struct bytes key = { NULL, 0 };
    if (c->s->weights) TFP_TRY(tf_object_keys_of(c->ctx, &c->keys, object, &key));
    if (c->s->weights && !key.n) return no_key(c, object);
    struct tfpb_attr *attrs = add_node(c, name, "VarHandleOp", NULL, 0);
    if (!attrs) return tfp_no_memory(c->ctx);
    set_type(c, attrs, "dtype", v->dtype);
    set_shape(c, attrs, v->shape);
    set_text(c, attrs, "_tfport_key", key);
    c->captures[object] = name;
    return TFP_OK;
}

static tfp_status capture_text(struct call *c, size_t object, struct bytes name)
{
    if (!name.n) return tfp_fail(c->ctx, TFP_E_FORMAT, "it captured %s, which names no tensor", object_name(c, object));
    c->captures[object] = arena_string(c->arena, name.at, name.n);
    return c->captures[object] ? TFP_OK : tfp_no_memory(c->ctx);
}

static tfp_status capture_asset(struct call *c, size_t object, const struct tfpb_saved_asset *a)
{
    struct tfpb_assets all = c->s->request.meta->asset_file_def;
    const struct tfpb_tensor_info *info =
        a->asset_file_def_index >= 0 && (size_t)a->asset_file_def_index < all.n ? all.at[a->asset_file_def_index].tensor_info
                                                                             : NULL;
    if (!info || info->which != TFPB_INFO_NAME)
        return tfp_fail(c->ctx, TFP_E_FORMAT, "it captured %s, which is asset %d, there are %zu", object_name(c, object),
                        a->asset_file_def_index, all.n);
    return capture_text(c, object, info->name);
}

/* The concrete function under that name of an object; false: there is none. */
static bool method_of(const struct call *c, const struct tfpb_saved_object *o, const char *name, struct tf_concrete *out)
{
    struct tfpb_saved_objects nodes = c->objects->graph.nodes;
    for (size_t i = 0; i < o->children.n; i++) {
        int32_t id = o->children.at[i].node_id;
        if (!bytes_equal(o->children.at[i].local_name, name) || id < 0 || (size_t)id >= nodes.n) continue;
        const struct tfpb_saved_object *f = &nodes.at[id];
        struct bytes function = { NULL, 0 };
        if (f->which == TFPB_OBJECT_BARE_FUNCTION) function = f->bare_concrete_function->concrete_function_name;
        if (f->which == TFPB_OBJECT_FUNCTION && f->function->concrete_functions.n)
            function = f->function->concrete_functions.at[0];
        return tf_object_graph_concrete(c->objects, function, out);
    }
    return false;
}

/* A table and its like are what a function of theirs makes. */
static tfp_status capture_resource(struct call *c, size_t object, const struct tfpb_saved_object *o)
{
    struct tf_concrete make;
    const char *name = arena_printf(c->arena, "%s/resource/%zu", c->objects->prefix, object);
    if (!name) return tfp_no_memory(c->ctx);
    if (!method_of(c, o, "_create_resource", &make) || make.definition->signature->input_arg.n ||
        make.definition->signature->output_arg.n != 1)
        return tfp_fail(c->ctx, TFP_E_UNSUPPORTED, "it captured %s, a resource that no function makes by itself",
                        object_name(c, object));
    if (!add_call(c, name, make.definition, NULL, 0)) return tfp_no_memory(c->ctx);
    c->captures[object] = name;
    return TFP_OK;
}

static tfp_status capture(struct call *c, int32_t id, struct bytes *out)
{
    struct tfpb_saved_objects nodes = c->objects->graph.nodes;
    if (id < 0 || (size_t)id >= nodes.n)
        return tfp_fail(c->ctx, TFP_E_FORMAT, "it captured object %d, there are %zu", id, nodes.n);
    size_t object = (size_t)id;
    const struct tfpb_saved_object *o = &nodes.at[object];
    if (!c->captures[object]) {
        switch (o->which) {
        case TFPB_OBJECT_VARIABLE: TFP_TRY(capture_variable(c, object, o->variable)); break;
        case TFPB_OBJECT_CONSTANT: TFP_TRY(capture_text(c, object, o->constant->operation)); break;
        case TFPB_OBJECT_ASSET: TFP_TRY(capture_asset(c, object, o->asset)); break;
        case TFPB_OBJECT_RESOURCE: TFP_TRY(capture_resource(c, object, o)); break;
        default:
            return tfp_fail(c->ctx, TFP_E_UNSUPPORTED, "it captured %s, which is no variable, constant, asset or table",
                            object_name(c, object));
        }
    }
    *out = bytes_of(c->captures[object]);
    return TFP_OK;
}

/* -- the call ------------------------------------------------------------------------------------------------------ */

static tfp_status make(struct call *c, const struct tf_signature *x)
{
    const struct tfpb_function *f = x->concrete->definition;
    struct pb_int32s bound = x->concrete->function->bound_inputs;
    size_t n = f->signature->input_arg.n;
    struct bytes *inputs = ARENA_ARRAY(c->arena, struct bytes, n);
    if (!inputs) return tfp_no_memory(c->ctx);
    for (size_t i = 0; i < x->n_inputs; i++) {
        inputs[i] = bytes_of(x->inputs[i].tensor);
        struct tfpb_attr *attrs = add_node(c, x->inputs[i].tensor, "Placeholder", NULL, 0);
        if (!attrs) return tfp_no_memory(c->ctx);
        set_type(c, attrs, "dtype", x->inputs[i].type);
        set_shape(c, attrs, x->inputs[i].shape);
    }
    for (size_t i = 0; i < bound.n; i++) TFP_TRY(capture(c, bound.at[i], &inputs[n - bound.n + i]));
    const char *name = arena_printf(c->arena, "%s/function", c->objects->prefix);
    return add_call(c, name, f, inputs, n) ? TFP_OK : tfp_no_memory(c->ctx);
}

tfp_status tf_object_call_make(struct tfp_context *ctx, struct tf_source *s, const struct tf_signature *signature,
                               const struct tfpb_graph **out)
{
    struct arena *a = &s->graph->arena;
    const struct tfpb_graph *from = s->request.meta->graph_def;
    struct tfpb_graph *def = ARENA_NEW(a, struct tfpb_graph);
    struct call c = { .ctx = ctx, .s = s, .arena = a, .objects = s->objects };
    c.keys = (struct tf_object_keys){ .arena = a, .weights = s->weights, .nodes = s->objects->graph.nodes };
    size_t room = from->node.n + signature->concrete->definition->signature->input_arg.n + 1;
    c.nodes = ARENA_ARRAY(a, struct tfpb_node, room);
    c.captures = ARENA_ARRAY(a, const char *, s->objects->graph.nodes.n);
    if (!def || !c.nodes || !c.captures) return tfp_no_memory(ctx);
    for (; c.n < from->node.n; c.n++) c.nodes[c.n] = from->node.at[c.n];
    tfp_status status = make(&c, signature);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "signature %s", signature->name);
    *def = *from;
    def->node.at = c.nodes;
    def->node.n = c.n;
    *out = def;
    return TFP_OK;
}
