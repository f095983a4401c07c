/* Tensors inside a model as further outputs. */
#include "api/expose.h"

#include "base/file.h"
#include "codec/protobuf.h"
#include "optimize/optimize.h"

#include <stdlib.h>
#include <string.h>

/* What is run: large constants are computed. */
tfp_status expose_graph(struct tfp_context *ctx, struct tfp_model *m, struct ir_graph **out)
{
    TFP_TRY(model_graph(ctx, m, true, out));
    return optimize_fold(ctx, *out);
}

tfp_status expose_derive(struct tfp_context *ctx, struct tfp_model *m, struct ir_graph *g, struct tfp_model **out)
{
    struct tfp_model *d = calloc(1, sizeof *d);
    if (!d) {
        ir_destroy(g);
        return tfp_no_memory(ctx);
    }
    *d = (struct tfp_model){ .path = m->path, .source = m->source, .borrowed = true, .graph = g, .optimized = true,
                             .unroll = m->unroll, .n_inputs = g->n_inputs, .n_outputs = g->n_outputs };
    tfp_status status = model_describe_graph(ctx, &d->arena, g, &d->inputs, &d->outputs);
    if (status == TFP_OK) *out = d;
    else tfp_model_destroy(d);
    return status;
}

static tfp_status add_output(struct tfp_context *ctx, struct ir_graph *g, const struct ir_names *names, const char *wanted)
{
    const size_t n = ir_name_length(wanted);
    for (size_t i = 0; i < names->n; i++) {
        const struct ir_name *at = &names->at[i];
        if (ir_name_length(at->name) != n || memcmp(at->name, wanted, n) != 0) continue;
        return ir_add_output(g, arena_string(&g->arena, wanted, strlen(wanted)), at->value) ? TFP_OK : tfp_no_memory(ctx);
    }
    return tfp_fail(ctx, TFP_E_USAGE, "the optimized graph has no tensor '%s'", wanted);
}

tfp_status expose_outputs(struct tfp_context *ctx, struct tfp_model *m, const char *const *tensors, size_t n,
                          struct tfp_model **out)
{
    struct ir_graph *g, *copy;
    struct arena arena = { 0 };
    struct ir_names names;
    TFP_TRY(expose_graph(ctx, m, &g));
    TFP_TRY(ir_clone(ctx, g, &copy));
    tfp_status status = ir_name_results(copy, &arena, &names) ? TFP_OK : tfp_no_memory(ctx);
    for (size_t i = 0; i < n && status == TFP_OK; i++) status = add_output(ctx, copy, &names, tensors[i]);
    arena_free(&arena);
    if (status == TFP_OK) return expose_derive(ctx, m, copy, out);
    ir_destroy(copy);
    return status;
}

/* -- ONNX files ---------------------------------------------------------------------------------------------------- */

/* ModelProto.graph, GraphProto.output and ValueInfoProto.name (onnx/onnx.proto). */
enum { MODEL_GRAPH = 7, GRAPH_OUTPUT = 12, VALUE_NAME = 1, BYTES = 2 };

static size_t put_varint(uint8_t *at, uint64_t v)
{
    size_t n = 0;
    do at[n++] = (uint8_t)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
    while (v >>= 7);
    return n;
}

/* The head of a field of `n` bytes. */
static uint8_t *put_head(uint8_t *at, int field, size_t n)
{
    *at++ = (uint8_t)(field << 3 | BYTES);
    return at + put_varint(at, n);
}

static size_t field_size(size_t n)
{
    uint8_t room[16];
    return (size_t)(put_head(room, 1, n) - room) + n;
}

/* A message that stands twice in a file is one with the fields of both: so a graph of nothing but outputs, put behind the
 * file, adds them, and not a byte of the model is another. */
tfp_status expose_onnx(struct tfp_context *ctx, const char *path, const char *const *tensors, size_t n, struct buffer **out)
{
    struct buffer *file;
    size_t graph = 0;
    TFP_TRY(buffer_map(ctx, path, &file));
    for (size_t i = 0; i < n; i++) graph += field_size(field_size(strlen(tensors[i])));
    tfp_status status = buffer_create(ctx, file->size + field_size(graph), out);
    if (status == TFP_OK) {
        uint8_t *at = (*out)->data;
        if (file->size) memcpy(at, file->data, file->size);
        at = put_head(at + file->size, MODEL_GRAPH, graph);
        for (size_t i = 0; i < n; i++) {
            const size_t length = strlen(tensors[i]);
            at = put_head(at, GRAPH_OUTPUT, field_size(length));
            at = put_head(at, VALUE_NAME, length);
            memcpy(at, tensors[i], length);
            at += length;
        }
    }
    buffer_drop(file);
    return status;
}

/* -- looking ------------------------------------------------------------------------------------------------------- */

tfp_status tfp_model_tensors(tfp_context *ctx, tfp_model *m, const struct tfp_graph_tensor **out, size_t *n)
{
    struct ir_graph *g;
    struct ir_names names;
    TFP_TRY(expose_graph(ctx, m, &g));
    if (!ir_name_results(g, &m->arena, &names)) return tfp_no_memory(ctx);
    struct tfp_graph_tensor *all = ARENA_ARRAY(&m->arena, struct tfp_graph_tensor, names.n);
    if (!all) return tfp_no_memory(ctx);
    for (size_t i = 0; i < names.n; i++) {
        const struct ir_node *node = names.at[i].value->producer;
        all[i] = (struct tfp_graph_tensor){ names.at[i].name, node->name ? node->name : "", schema_op_name(node->op) };
    }
    *out = all;
    *n = names.n;
    return TFP_OK;
}
