/* Lambda layers: where the code of their function lies, and what its arguments are. Keras 1 and 2 keep [code, defaults,
 * closure], Keras 3 {"class_name": "__lambda__", "config": {"code", "defaults", "closure"}}; the code is base64, in Keras 1
 * each byte as a character. */
#include "frontend/keras/layers/keras_lambda.h"

#include "codec/base64.h"
#include "frontend/keras/layers/keras_python.h"

#include <stdio.h>
#include <stdlib.h>

struct function {
    const json_t *code, *defaults, *closure;
};

static bool find_function(const struct keras_layer *l, struct function *out)
{
    const json_t *j = keras_get(l->config, "function"), *config = keras_get(j, "config");
    const char *class_name = keras_text(j, "class_name"), *type = keras_text(l->config, "function_type");
    if (class_name && strcmp(class_name, "__lambda__") == 0)
        *out = (struct function){ keras_get(config, "code"), keras_get(config, "defaults"), keras_get(config, "closure") };
    else if (json_is_array(j))
        *out = (struct function){ json_array_get(j, 0), json_array_get(j, 1), json_array_get(j, 2) };
    else if (json_is_string(j) && type && strcmp(type, "lambda") == 0)
        *out = (struct function){ j, NULL, NULL };
    else return false;
    return json_is_string(out->code);
}

/* Characters up to 255 are bytes; the text is UTF-8. False: there is another. */
static bool bytes_of_characters(struct bytes text, char *out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = (uint8_t)text.at[i];
        if (c >= 0x80 && (c > 0xc3 || ++i == text.n)) return false;
        out[(*n)++] = (char)(c < 0x80 ? c : (c & 3) << 6 | ((uint8_t)text.at[i] & 0x3f));
    }
    return true;
}

static bool decode(struct python_frame *f, const json_t *code)
{
    struct tfp_context *ctx = f->c->b->ctx;
    const struct bytes text = { json_string_value(code), json_string_length(code) };
    const struct marshal_object *o;
    size_t n;
    char *bytes = arena_alloc(&f->arena, text.n, 1);
    tfp_status status = bytes ? TFP_OK : tfp_no_memory(ctx);
    if (status == TFP_OK && !base64_decode(text, bytes, &n) && !bytes_of_characters(text, bytes, &n))
        status = tfp_fail(ctx, TFP_E_FORMAT, "its function's code is no base64");
    if (status == TFP_OK) status = marshal_decode(ctx, &f->arena, (struct bytes){ bytes, n }, &o);
    if (status == TFP_OK && o->kind != MARSHAL_CODE) status = tfp_fail(ctx, TFP_E_FORMAT, "its function has no code");
    if (status == TFP_OK) f->code = o->code;
    if (status == TFP_OK) status = python_code_decode(ctx, &f->arena, f->code, &f->instructions);
    if (status != TFP_OK) build_fail(f->c->b, status);
    return status == TFP_OK;
}

/* -- arguments ----------------------------------------------------------------------------------------------------- */

static void set(struct python_frame *f, size_t i, const json_t *j)
{
    f->locals[i] = python_data(f, json_incref((json_t *)(uintptr_t)j));
}

/* The layer's inputs are the first argument: a tensor, or a list. */
static void set_inputs(struct python_frame *f)
{
    struct keras_call *c = f->c;
    struct keras_reference r;
    const json_t *given = call_argument(c, 0, "inputs");
    bool list = c->n_in != 1 || (json_is_array(given) && !keras_reference(given, &r));
    struct python_value all = python_data(f, json_array());
    for (size_t i = 0; i < c->n_in && all.data; i++) {
        struct python_value one = python_tensor(f, c->in[i]);
        if (!list) f->locals[0] = one;
        if (one.data && json_array_append(all.data, one.data) != 0) build_fail(c->b, tfp_no_memory(c->b->ctx));
    }
    if (list) f->locals[0] = all;
}

/* Others by name from the layer's "arguments", else the function's own defaults, which belong to the last ones. */
static void set_arguments(struct python_frame *f, const json_t *defaults)
{
    const json_t *given = keras_get(f->c->layer->config, "arguments");
    size_t n = (size_t)(f->code->arguments + f->code->keyword_only), places = (size_t)f->code->arguments;
    size_t first = places - json_array_size(defaults);
    if (n > PYTHON_LOCALS || n > f->code->locals->n_items || json_array_size(defaults) > places || places < 1) {
        call_unsupported(f->c, "its function has %zu arguments", n);
        return;
    }
    f->n_locals = f->code->locals->n_items < PYTHON_LOCALS ? f->code->locals->n_items : PYTHON_LOCALS;
    set_inputs(f);
    for (size_t i = 1; i < n && f->c->b->status == TFP_OK; i++) {
        const struct marshal_object *o = f->code->locals->items[i];
        const char *name = o->kind == MARSHAL_TEXT ? python_text(f, o->text) : NULL;
        const json_t *j = name ? json_object_get(given, name) : NULL;
        if (!j && i < places && i >= first) j = json_array_get(defaults, i - first);
        if (j) set(f, i, j);
    }
}

/* -- the layer ----------------------------------------------------------------------------------------------------- */

static void give(struct python_frame *f, struct python_value v)
{
    struct keras_call *c = f->c;
    if (c->b->status != TFP_OK) return;
    struct ir_value *one = v.kind == PYTHON_DATA ? python_value_of(f, v.data) : NULL;
    size_t n = v.kind == PYTHON_DATA ? json_array_size(v.data) : 0;
    if (one) call_out(c, one);
    for (size_t i = 0; i < n && !one; i++) {
        struct ir_value *each = python_value_of(f, json_array_get(v.data, i));
        if (!each) break;
        call_out(c, each);
    }
    if (!one && c->n_out != n) n = 0;
    if (!one && n == 0) call_unsupported(c, "its function gives what is neither a tensor nor a list of tensors");
}

static void advise(struct tfp_context *ctx)
{
    char text[TFP_MESSAGE_SIZE];
    snprintf(text, sizeof text, "%s", ctx->text);
    tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s; replace the Lambda by a layer, or save the model as a SavedModel and convert that",
             text);
}

static void follow(struct keras_call *c, const struct function *function)
{
    struct python_frame *f = calloc(1, sizeof *f);
    if (!f || !(f->made = json_array())) {
        build_fail(c->b, tfp_no_memory(c->b->ctx));
        free(f);
        return;
    }
    f->c = c;
    f->closure = function->closure;
    if (decode(f, function->code)) set_arguments(f, function->defaults);
    if (c->b->status == TFP_OK) give(f, python_run(f));
    if (c->b->status == TFP_E_UNSUPPORTED) advise(c->b->ctx);
    json_decref(f->made);
    arena_free(&f->arena);
    free(f);
}

void keras_lower_lambda(struct keras_call *c)
{
    const json_t *j = keras_get(c->layer->config, "function");
    const char *name = json_is_string(j) ? json_string_value(j) : NULL, *class_name = keras_text(j, "class_name");
    struct function function = { NULL, NULL, NULL };
    if (class_name && strcmp(class_name, "function") == 0) name = keras_text(j, "config");
    if (name && keras_is_activation(name)) {
        call_out(c, call_function(c, name, call_in(c, 0)));
        return;
    }
    if (find_function(c->layer, &function)) {
        follow(c, &function);
        return;
    }
    call_unsupported(c, "%s%s is Python code, which the file does not hold; replace the Lambda by a layer (Rescaling, "
                     "Activation, ..) or save the model as a SavedModel and convert that",
                     name ? "function " : "its function", name ? name : "");
}
