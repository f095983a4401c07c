/* ONNX through TensorRT's own parser: its errors, all of them, become the message. */
#include "backend/tensorrt/trt_parser.h"

#include "base/text.h"

#include <string.h>

/* The parser's codes that speak of the model itself. The others are what it or TensorRT cannot do: an op that is not
 * known is an invalid node (6) too. */
enum { ERROR_MEMORY = 2, ERROR_DESERIALIZE = 3, ERROR_INVALID_GRAPH = 5 };

static tfp_status status_of(int32_t code)
{
    if (code == ERROR_MEMORY) return TFP_E_SYSTEM;
    return code == ERROR_DESERIALIZE || code == ERROR_INVALID_GRAPH ? TFP_E_FORMAT : TFP_E_UNSUPPORTED;
}

/* TensorRT's texts have lines; without a GPU the last of them only says so again. */
static void add_lines(struct text *list, const char *from)
{
    size_t lines = 0;
    for (const char *s = from; *s;) {
        size_t n = strcspn(s, "\n");
        if (n && !(lines && strstr(s, "cudaError 35") && strstr(s, "cudaError 35") < s + n)) {
            text_add(list, "%s%.*s", lines ? ", " : "", (int)n, s);
            lines++;
        }
        s += n + (s[n] == '\n');
    }
}

static void add_error(struct text *list, const struct trt_parser_error *e, int32_t number, int32_t count)
{
    text_add(list, "%s", number ? "; " : "");
    if (count > 1) text_add(list, "%d) ", number + 1);
    if (e->node_op[0]) text_add(list, "%s '%s': ", e->node_op, e->node_name);
    else if (e->node >= 0) text_add(list, "node %d: ", e->node);
    add_lines(list, e->text[0] ? e->text : e->function);
}

/* The message; the log, which says the same in many more words, only where the parser names no error. */
static tfp_status fail_parse(struct tfp_context *ctx, struct trt *t, struct trt_parser *p, const char *name)
{
    struct text list = { 0 };
    struct trt_parser_error e;
    tfp_status status = TFP_E_UNSUPPORTED;
    int32_t count = trt_parser_errors(t, p);
    for (int32_t i = 0; i < count; i++) {
        if (!trt_parser_error(t, p, i, &e)) continue;
        if (i == 0) status = status_of(e.code);
        add_error(&list, &e, i, count);
    }
    if (!list.n) {
        text_free(&list);
        return trt_fail(ctx, t, status, "%s: %s's ONNX parser refuses it", name, t->name);
    }
    trt_forget(t);
    tfp_fail(ctx, status, "%s: %s's ONNX parser: %s", name, t->name, list.at);
    text_free(&list);
    return status;
}

tfp_status trt_parse(struct tfp_context *ctx, struct trt *t, struct trt_network *n, struct bytes onnx,
                     const struct trt_parse_options *options, struct trt_parser **out)
{
    const char *name = options->name ? options->name : "the model";
    *out = NULL;
    TFP_TRY(trt_need_parser(ctx, t));
    struct trt_parser *p = trt_parser_create(t, n);
    if (!p) return trt_fail(ctx, t, TFP_E_MISSING, "%s: gives no ONNX parser", t->parser.path);
    if (!options->plugin_instance_norm && trt_has(t, TRT_Parser_setFlag))
        trt_parser_set_flag(t, p, TRT_PARSER_NATIVE_INSTANCENORM);
    const bool parsed = trt_parser_parse(t, p, onnx, options->path) && trt_parser_errors(t, p) == 0;
    if (parsed && trt_network_outputs(t, n) > 0) {
        *out = p;
        return TFP_OK;
    }
    /* Bytes that happen to be protobuf of another kind are an empty model to it. */
    tfp_status status =
        parsed ? tfp_fail(ctx, TFP_E_FORMAT, "%s: no ONNX graph with outputs", name) : fail_parse(ctx, t, p, name);
    trt_forget(t);
    trt_parser_destroy(t, p);
    return status;
}
