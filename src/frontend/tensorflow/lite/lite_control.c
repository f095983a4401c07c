/* Branches and loops as TensorFlow 2 has them, whose bodies are functions; tables and variables, which initializers fill. */
#include "frontend/tensorflow/lite/lite.h"

static tfp_status out_all(struct lite_operator *o, const struct tfpb_node *n)
{
    for (size_t i = 0; i < o->outputs.n; i++) {
        struct lite_ref r = lite_result(o->body, n, i);
        const struct lite_tensor *t = lite_out_tensor(o, i);
        if (t) r.type = t->type;
        lite_out_stored(o, i, r);
    }
    return o->body->model->status;
}

static struct tfpb_attr result_types(struct lite_operator *o, const char *name)
{
    int32_t *types = ARENA_ARRAY(o->body->model->arena, int32_t, o->outputs.n);
    if (!types) lite_no_memory(o->body->model);
    for (size_t i = 0; types && i < o->outputs.n; i++) {
        const struct lite_tensor *t = lite_out_tensor(o, i);
        types[i] = t ? t->type : TFPB_DT_INVALID;
    }
    return lite_types(o->body->model, name, types, types ? o->outputs.n : 0);
}

static const struct lite_ref *all_inputs(struct lite_operator *o)
{
    struct lite_ref *in = ARENA_ARRAY(o->body->model->arena, struct lite_ref, o->inputs.n);
    if (!in) lite_no_memory(o->body->model);
    for (size_t i = 0; in && i < o->inputs.n; i++) in[i] = lite_in_stored(o, i);
    return in;
}

/* An op that calls two functions, each an attribute; the options have their subgraphs. */
static tfp_status call_two(struct lite_operator *o, const char *op, const char *const attrs[2], const char *const fields[2], const char *types)
{
    struct lite *m = o->body->model;
    const struct lite_ref *in = all_inputs(o);
    const struct tfpb_name_attr_list *first = lite_function(m, tflite_int(&o->options, fields[0]));
    const struct tfpb_name_attr_list *second = lite_function(m, tflite_int(&o->options, fields[1]));
    if (!in || m->status != TFP_OK) return m->status;
    return out_all(o, lite_node(o->body, o->name, op, in, o->inputs.n,
                                LITE_ATTRS(LITE_FUNCTION(attrs[0], first), LITE_FUNCTION(attrs[1], second), result_types(o, types))));
}

tfp_status lite_if(struct lite_operator *o)
{
    static const char *const attrs[] = { "then_branch", "else_branch" }, *const fields[] = { "then_subgraph_index", "else_subgraph_index" };
    return call_two(o, "StatelessIf", attrs, fields, "Tout");
}

tfp_status lite_while(struct lite_operator *o)
{
    static const char *const attrs[] = { "cond", "body" }, *const fields[] = { "cond_subgraph_index", "body_subgraph_index" };
    return call_two(o, "StatelessWhile", attrs, fields, "T");
}

/* An initializer's nodes stand in the graph: what they fill is found there. */
tfp_status lite_call_once(struct lite_operator *o)
{
    struct lite *m = o->body->model;
    if (o->body->nodes->function || o->body->once) return lite_refuse(o);
    struct lite_body *b = lite_begin(m, tflite_int(&o->options, "init_subgraph_index"), o->body->nodes);
    if (!b) return o->body->model->status;
    b->once = true;
    lite_write_operators(b);
    return m->status;
}

/* -- tables and variables ------------------------------------------------------------------------------------------ */

static struct lite_resource *resource(struct lite *m, const char *key)
{
    struct lite_resource *r = m->resources;
    while (r && strcmp(r->key, key) != 0) r = r->next;
    if (r) return r;
    if (!key || !(r = ARENA_NEW(m->arena, struct lite_resource))) return lite_no_memory(m), NULL;
    *r = (struct lite_resource){ .key = key, .next = m->resources };
    return m->resources = r;
}

tfp_status lite_hash_table(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    struct lite *m = b->model;
    const char *key = arena_printf(m->arena, "table_%lld", (long long)tflite_int(&o->options, "table_id"));
    struct lite_resource *r = key ? resource(m, key) : NULL;
    if (!r) return lite_no_memory(m);
    if (b->nodes->function) return lite_refuse(o);
    if (!r->handle.text.at)
        r->handle = lite_call(b, key, "HashTableV2", LITE_NONE,
                              LITE_ATTRS(LITE_TYPE("key_dtype", tflite_data_type(tflite_int(&o->options, "key_dtype"))),
                                         LITE_TYPE("value_dtype", tflite_data_type(tflite_int(&o->options, "value_dtype")))));
    if (lite_out_tensor(o, 0)) b->values[flat_vector_signed(&o->outputs, 0)].stored = r->handle;
    return m->status;
}

tfp_status lite_hash_table_import(struct lite_operator *o)
{
    const struct lite_ref in[] = { lite_in_stored(o, 0), lite_in(o, 1), lite_in(o, 2) };
    lite_node(o->body, o->name, "LookupTableImportV2", in, 3, LITE_NONE);
    return o->body->model->status;
}

/* A handle stands for its name; no node makes it. */
tfp_status lite_var_handle(struct lite_operator *o)
{
    struct lite *m = o->body->model;
    enum { CONTAINER, SHARED_NAME, MOST = 200 };
    const struct bytes in = flat_bytes(&o->options.table, CONTAINER), own = flat_bytes(&o->options.table, SHARED_NAME);
    const char *key = arena_printf(m->arena, "%.*s%s%.*s", (int)(in.n < MOST ? in.n : MOST), in.n ? in.at : "", in.n ? "/" : "",
                                   (int)(own.n < MOST ? own.n : MOST), own.n ? own.at : "");
    if (!key) return lite_no_memory(m);
    struct lite_resource *r = resource(m, key);
    if (r && lite_out_tensor(o, 0))
        o->body->values[flat_vector_signed(&o->outputs, 0)].stored = (struct lite_ref){ bytes_of(r->key), TFPB_DT_RESOURCE };
    return o->body->model->status;
}

static struct lite_resource *variable(struct lite_operator *o)
{
    const struct lite_ref handle = lite_in_stored(o, 0);
    for (struct lite_resource *r = o->body->model->resources; r && handle.text.at; r = r->next)
        if (r->key == handle.text.at) return r;
    lite_fail(o->body->model, TFP_E_UNSUPPORTED, "%s (%s): its variable has no VAR_HANDLE in the same subgraph", o->name, o->op);
    return NULL;
}

tfp_status lite_read_variable(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    const struct lite_resource *r = variable(o);
    if (!r) return o->body->model->status;
    if (!r->value.text.at || b->nodes->function)
        return lite_fail(b->model, TFP_E_UNSUPPORTED, "%s (%s): no initializer gives the variable a value", o->name, o->op);
    return lite_out(o, 0, lite_call(b, o->name, "Identity", LITE_IN(r->value), LITE_NONE));
}

/* Only initializers may; elsewhere the model would change. */
tfp_status lite_assign_variable(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    struct lite_resource *r = variable(o);
    if (!r) return o->body->model->status;
    if (!b->once) return lite_fail(b->model, TFP_E_UNSUPPORTED, "subgraph 0 changes the variable %s when it runs", r->key);
    r->value = lite_in(o, 1);
    return o->body->model->status;
}
