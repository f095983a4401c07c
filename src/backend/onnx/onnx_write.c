/* IR -> ModelProto, as onnx.proto3 has it. The messages are small structs in an arena that point into the graph;
 * weights go from where they lie (mostly the map of the source file) to the file, and are forgotten page by page
 * behind the writing. External data: ONNX's docs/ExternalData.md. */
#include "backend/onnx/onnx_write.h"

#include "backend/onnx/capture.h"
#include "backend/onnx/deferred.h"
#include "backend/onnx/legalize.h"
#include "backend/onnx/naming.h"
#include "backend/onnx/retype.h"
#include "base/file.h"
#include "base/path.h"
#include "ir/bodies.h"
#include "ir/small_types.h"
#include "schema/onnx_proto.h"

#include <stdio.h>
#include <stdlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "raw_data is little-endian");

#define LARGEST_MESSAGE (((uint64_t)1 << 31) - 1) /* protobuf's limit */
#define EXTERNAL_ABOVE (((uint64_t)1 << 31) - 64 * 1024)
#define CHUNK ((size_t)1 << 20) /* between two reports of progress, and what is kept of a map while it is written */

enum {
    EXTERNAL_TENSOR = 1024, /* smaller ones stay in the message */
    ALIGN_SMALL = 64,
    ALIGN_LARGE = 4096, /* a page: readers map these */
    LARGE = 1 << 20,
    FIRST_IR_WITH_CONSTANTS_ALONE = 4, /* before, initializers are graph inputs too */
};

/* A graph of the file: the main one, or a body. */
struct part {
    struct ir_graph *graph;
    size_t n_captured; /* its last inputs are values around it */
    struct onnx_form *forms;
    struct onnx_names names;
    struct part *bodies, *next; /* its bodies in the order of the nodes' attributes, each taken once; the next one */
};

struct writer {
    struct tfp_context *ctx;
    struct ir_graph *graph;
    struct arena arena;
    int opset;
    const struct onnx_reader *reader; /* NULL: ONNX Runtime */
    bool plain;
    bool keep_nodes;
    struct deferred_list deferred;
    struct onnx_naming naming;
    struct part main;
    struct onnx_constants constants; /* of the main graph, and those of the bodies that lie there */
    struct onnxpb_model model;
    struct onnxpb_tensor *initializers;
    uint64_t done, total; /* bytes, for progress */
    /* the sink's state */
    struct file_out *file;
    char *memory;
    size_t next; /* the initializer whose data comes next */
};

/* -- small messages ------------------------------------------------------------------------------------------------ */

#define NEW_ARRAY(w, type, count) ARENA_ARRAY(&(w)->arena, type, (count))

static tfp_status type_of_value(struct writer *w, const struct ir_graph *g, const struct ir_value *v, const char *name,
                                struct onnxpb_value_info *out)
{
    struct onnxpb_type *type = ARENA_NEW(&w->arena, struct onnxpb_type);
    struct onnxpb_type_tensor *tensor = ARENA_NEW(&w->arena, struct onnxpb_type_tensor);
    struct onnxpb_shape *shape = ARENA_NEW(&w->arena, struct onnxpb_shape);
    struct onnxpb_dim *dims = NEW_ARRAY(w, struct onnxpb_dim, v->rank > 0 ? (size_t)v->rank : 0);
    if (!type || !tensor || !shape || !dims) return tfp_no_memory(w->ctx);
    if (v->dtype == TFP_UNDEFINED)
        return tfp_fail(w->ctx, TFP_E_UNSUPPORTED, "%s has no known element type, which ONNX needs", name);
    for (int32_t i = 0; i < v->rank; i++) {
        dims[i].which = dim_fixed(v->dims[i]) ? ONNXPB_DIM_VALUE : ONNXPB_DIM_PARAM;
        if (dim_fixed(v->dims[i])) dims[i].dim_value = v->dims[i].n;
        else dims[i].dim_param = bytes_of(ir_symbol_name(g, v->dims[i]));
    }
    shape->dim = (struct onnxpb_dims){ dims, v->rank > 0 ? (size_t)v->rank : 0 };
    *tensor = (struct onnxpb_type_tensor){ .elem_type = (int32_t)v->dtype, .shape = v->rank >= 0 ? shape : NULL };
    *type = (struct onnxpb_type){ .which = ONNXPB_TENSOR_TYPE, .tensor_type = tensor };
    *out = (struct onnxpb_value_info){ .name = bytes_of(name), .type = type };
    /* Runtimes take a missing shape for any; ONNX's checker does not, but in bodies; and an empty one would say scalar. */
    if (v->rank < 0 && !g->parent)
        tfp_note(w->ctx, "%s: its rank is not known; --shape %s=... would tell it", name, name);
    return TFP_OK;
}

static tfp_status convert_tensor(struct writer *w, const struct tensor *t, const char *name, struct onnxpb_tensor *out)
{
    *out =
        (struct onnxpb_tensor){ .dims = { t->dims, t->rank }, .data_type = (int32_t)t->dtype, .name = bytes_of(name) };
    if (small_bits(t->dtype) < 8) {
        const size_t n = small_packed_size(t->dtype, (size_t)t->count);
        uint8_t *packed = NEW_ARRAY(w, uint8_t, n);
        if (!packed) return tfp_no_memory(w->ctx);
        small_pack(t->dtype, t->data, packed, (size_t)t->count);
        out->raw_data = (struct bytes){ (const char *)packed, n };
        return TFP_OK;
    }
    if (t->dtype != TFP_STRING) {
        out->raw_data = (struct bytes){ t->data, t->size };
        return TFP_OK;
    }
    struct bytes *strings = NEW_ARRAY(w, struct bytes, (size_t)t->count);
    if (!strings) return tfp_no_memory(w->ctx);
    for (int64_t i = 0; i < t->count; i++) strings[i] = tensor_string(t, i);
    out->string_data = (struct pb_strings){ strings, (size_t)t->count };
    return TFP_OK;
}

static tfp_status convert_body(struct writer *w, struct part *p, struct onnxpb_attribute *out);

static tfp_status convert_attr(struct writer *w, struct part *p, const struct ir_attr *a, struct onnxpb_attribute *out)
{
    struct onnxpb_tensor *tensor;
    *out = (struct onnxpb_attribute){ .name = bytes_of(schema_attr_name(a->name)), .type = (int32_t)a->kind };
    switch (a->kind) {
    case ATTR_KIND_FLOAT: out->which = ONNXPB_ATTRIBUTE_F, out->f = a->v.f; return TFP_OK;
    case ATTR_KIND_INT: out->which = ONNXPB_ATTRIBUTE_I, out->i = a->v.i; return TFP_OK;
    case ATTR_KIND_STRING: out->which = ONNXPB_ATTRIBUTE_S, out->s = a->v.s; return TFP_OK;
    case ATTR_KIND_FLOATS: out->floats = (struct pb_floats){ a->v.floats.at, a->v.floats.n }; return TFP_OK;
    case ATTR_KIND_INTS: out->ints = (struct pb_int64s){ a->v.ints.at, a->v.ints.n }; return TFP_OK;
    case ATTR_KIND_STRINGS: out->strings = (struct pb_strings){ a->v.strings.at, a->v.strings.n }; return TFP_OK;
    case ATTR_KIND_GRAPH: return convert_body(w, p, out);
    case ATTR_KIND_TENSOR:
        if (!(tensor = ARENA_NEW(&w->arena, struct onnxpb_tensor))) return tfp_no_memory(w->ctx);
        out->which = ONNXPB_ATTRIBUTE_T, out->t = tensor;
        return convert_tensor(w, a->v.tensor, "", tensor);
    default:
        return tfp_fail(w->ctx, TFP_E_UNSUPPORTED, "attribute %s of kind %d is not written to ONNX",
                        schema_attr_name(a->name), (int)a->kind);
    }
}

static const char *domain_of(const struct schema *s)
{
    return ml_domain_has(s->op) ? ONNX_ML_DOMAIN : s->since == SCHEMA_OWN ? ONNX_OWN_DOMAIN : "";
}

static tfp_status convert_node(struct writer *w, struct part *p, const struct ir_node *n, const struct onnx_form *f,
                               const char *name, struct onnxpb_node *out)
{
    struct bytes *in = NEW_ARRAY(w, struct bytes, f->n_in), *outs = NEW_ARRAY(w, struct bytes, f->n_out);
    struct onnxpb_attribute *attrs = NEW_ARRAY(w, struct onnxpb_attribute, f->n_attrs);
    if (!in || !outs || !attrs) return tfp_no_memory(w->ctx);
    for (size_t i = 0; i < f->n_in; i++) in[i] = bytes_of(f->in[i] ? name_of(&p->names, f->in[i]) : "");
    for (size_t i = 0; i < f->n_out; i++)
        outs[i] = bytes_of(naming_wants(n, f, i) ? name_of(&p->names, n->out[i]) : "");
    for (size_t i = 0; i < f->n_attrs; i++) TFP_TRY(convert_attr(w, p, &f->attrs[i], &attrs[i]));
    *out = (struct onnxpb_node){ .input = { in, f->n_in },
                                 .output = { outs, f->n_out },
                                 .name = bytes_of(name),
                                 .op_type = bytes_of(schema_op_name(f->schema->op)),
                                 .domain = bytes_of(domain_of(f->schema)),
                                 .attribute = { attrs, f->n_attrs } };
    return TFP_OK;
}

static tfp_status convert_identity(struct writer *w, const struct onnx_identity *identity, struct onnxpb_node *out)
{
    struct bytes *names = NEW_ARRAY(w, struct bytes, 2);
    if (!names) return tfp_no_memory(w->ctx);
    names[0] = bytes_of(identity->from);
    names[1] = bytes_of(identity->name);
    *out = (struct onnxpb_node){ .input = { &names[0], 1 },
                                 .output = { &names[1], 1 },
                                 .name = bytes_of(identity->node),
                                 .op_type = bytes_of("Identity") };
    return TFP_OK;
}

/* -- the model ----------------------------------------------------------------------------------------------------- */

static tfp_status convert_nodes(struct writer *w, struct part *p, struct onnxpb_graph *graph)
{
    size_t n = p->graph->n_nodes + p->names.n_identities, k = 0;
    struct onnxpb_node *nodes = NEW_ARRAY(w, struct onnxpb_node, n);
    if (!nodes) return tfp_no_memory(w->ctx);
    for (const struct ir_node *node = p->graph->first; node; node = node->next, k++)
        TFP_TRY(convert_node(w, p, node, &p->forms[k], p->names.nodes[k], &nodes[k]));
    for (size_t i = 0; i < p->names.n_identities; i++)
        TFP_TRY(convert_identity(w, &p->names.identities[i], &nodes[k++]));
    graph->node = (struct onnxpb_nodes){ nodes, k };
    return TFP_OK;
}

static tfp_status convert_constants(struct writer *w, const struct onnx_constants *constants, struct onnxpb_graph *graph)
{
    struct onnxpb_tensor *tensors = NEW_ARRAY(w, struct onnxpb_tensor, constants->n);
    if (!tensors) return tfp_no_memory(w->ctx);
    for (size_t i = 0; i < constants->n; i++)
        TFP_TRY(convert_tensor(w, constants->at[i].value->constant, constants->at[i].name, &tensors[i]));
    graph->initializer = (struct onnxpb_tensors){ tensors, constants->n };
    return TFP_OK;
}

static tfp_status convert_values(struct writer *w, const struct part *p, const struct onnx_constants *inputs_too,
                                 struct onnxpb_graph *graph)
{
    const struct ir_graph *g = p->graph;
    const size_t own = g->n_inputs - p->n_captured, n_in = own + inputs_too->n;
    struct onnxpb_value_info *in = NEW_ARRAY(w, struct onnxpb_value_info, n_in);
    struct onnxpb_value_info *out = NEW_ARRAY(w, struct onnxpb_value_info, g->n_outputs);
    if (!in || !out) return tfp_no_memory(w->ctx);
    for (size_t i = 0; i < own; i++)
        TFP_TRY(type_of_value(w, g, g->inputs[i], name_of(&p->names, g->inputs[i]), &in[i]));
    for (size_t i = 0; i < g->n_outputs; i++) {
        TFP_TRY(type_of_value(w, g, g->outputs[i].value, g->outputs[i].name, &out[i]));
        out[i].name = p->names.outputs[i];
    }
    for (size_t i = 0; i < inputs_too->n; i++)
        TFP_TRY(type_of_value(w, g, inputs_too->at[i].value, inputs_too->at[i].name, &in[own + i]));
    graph->input = (struct onnxpb_value_infos){ in, n_in };
    graph->output = (struct onnxpb_value_infos){ out, g->n_outputs };
    return TFP_OK;
}

static tfp_status convert_body(struct writer *w, struct part *p, struct onnxpb_attribute *out)
{
    static const struct onnx_constants none;
    struct part *body = p->bodies;
    struct onnxpb_graph *graph = ARENA_NEW(&w->arena, struct onnxpb_graph);
    if (!graph) return tfp_no_memory(w->ctx);
    p->bodies = body->next;
    graph->name = out->name;
    TFP_TRY(convert_nodes(w, body, graph));
    TFP_TRY(convert_values(w, body, &none, graph));
    TFP_TRY(convert_constants(w, &body->names.constants, graph));
    out->which = ONNXPB_ATTRIBUTE_G;
    out->g = graph;
    return TFP_OK;
}

static bool uses_ml(const struct ir_graph *g)
{
    for (const struct ir_node *n = g->first; n; n = n->next)
        if (ml_domain_has(n->op)) return true;
    for (const struct ir_graph *body = g->bodies; body; body = body->next_body)
        if (uses_ml(body)) return true;
    return false;
}

/* The opsets that the file means. */
static tfp_status convert_opsets(struct writer *w, struct onnxpb_opsets *out)
{
    struct onnxpb_opset *opsets = NEW_ARRAY(w, struct onnxpb_opset, 3);
    size_t n = 0;
    if (!opsets) return tfp_no_memory(w->ctx);
    opsets[n++] = (struct onnxpb_opset){ .version = w->opset };
    if (uses_ml(w->graph)) opsets[n++] = (struct onnxpb_opset){ bytes_of(ONNX_ML_DOMAIN), ONNX_ML_VERSION };
    if (w->reader && w->reader->own_ops) opsets[n++] = (struct onnxpb_opset){ bytes_of(ONNX_OWN_DOMAIN), ONNX_OWN_VERSION };
    *out = (struct onnxpb_opsets){ opsets, n };
    return TFP_OK;
}

static tfp_status convert_model(struct writer *w)
{
    static const struct onnx_constants none;
    const struct ir_graph *g = w->graph;
    struct onnxpb_graph *graph = ARENA_NEW(&w->arena, struct onnxpb_graph);
    struct onnxpb_opsets opsets;
    struct onnxpb_string_pair *metadata = NEW_ARRAY(w, struct onnxpb_string_pair, g->n_metadata);
    int ir_version = schema_ir_versions[w->opset];
    if (!graph || !metadata) return tfp_no_memory(w->ctx);
    graph->name = bytes_of(g->name && g->name[0] ? g->name : "tfport");
    TFP_TRY(convert_nodes(w, &w->main, graph));
    TFP_TRY(convert_values(w, &w->main, ir_version < FIRST_IR_WITH_CONSTANTS_ALONE ? &w->constants : &none, graph));
    TFP_TRY(convert_constants(w, &w->constants, graph));
    w->initializers = (struct onnxpb_tensor *)(uintptr_t)graph->initializer.at;
    TFP_TRY(convert_opsets(w, &opsets));
    for (size_t i = 0; i < g->n_metadata; i++)
        metadata[i] = (struct onnxpb_string_pair){ bytes_of(g->metadata[i][0]), bytes_of(g->metadata[i][1]) };
    w->model = (struct onnxpb_model){
        .ir_version = ir_version,
        .producer_name = bytes_of("tfport"),
        .producer_version = bytes_of(tfp_version()),
        .graph = graph,
        .opset_import = opsets,
        .metadata_props = { metadata, g->n_metadata },
    };
    return TFP_OK;
}

static tfp_status make_forms(struct writer *w, struct part *p)
{
    size_t k = 0;
    TFP_TRY(capture_graph(w->ctx, p->graph, w->opset));
    p->forms = NEW_ARRAY(w, struct onnx_form, p->graph->n_nodes);
    if (!p->forms) return tfp_no_memory(w->ctx);
    for (const struct ir_node *n = p->graph->first; n; n = n->next, k++) {
        struct onnx_form *f = &p->forms[k];
        TFP_TRY(slots_form(w->ctx, &w->arena, n, slots_opset(n, w->opset, w->reader && w->reader->own_ops), f));
        if (!f->schema)
            return tfp_fail(w->ctx, TFP_E_UNSUPPORTED, "node %s: %s has no form at opset %d: %s",
                            n->name ? n->name : "", schema_op_name(n->op), w->opset, f->why);
        if (!ir_is_control(n->op)) continue;
        f->n_captured = n->mark;
        if (f->n_in > n->n_in - n->mark) f->n_in = n->n_in - n->mark;
    }
    return TFP_OK;
}

static tfp_status prepare_part(struct writer *w, struct part *p, const char *const *captured);

/* The bodies of a node, put at the end of the list. */
static tfp_status prepare_bodies(struct writer *w, const struct part *p, const struct ir_node *n, const struct onnx_form *f,
                                 struct part ***end)
{
    const char **captured = NEW_ARRAY(w, const char *, f->n_captured);
    if (!captured) return tfp_no_memory(w->ctx);
    for (size_t i = 0; i < f->n_captured; i++) captured[i] = name_of(&p->names, slots_captured(n, f, i));
    for (size_t i = 0; i < f->n_attrs; i++) {
        if (f->attrs[i].kind != ATTR_KIND_GRAPH) continue;
        struct part *body = ARENA_NEW(&w->arena, struct part);
        if (!body) return tfp_no_memory(w->ctx);
        *body = (struct part){ .graph = f->attrs[i].v.graph, .n_captured = f->n_captured };
        TFP_TRY(prepare_part(w, body, captured));
        **end = body;
        *end = &body->next;
    }
    return TFP_OK;
}

static tfp_status prepare_part(struct writer *w, struct part *p, const char *const *captured)
{
    struct part **end = &p->bodies;
    size_t k = 0;
    TFP_TRY(make_forms(w, p));
    TFP_TRY(naming_assign(&w->naming, p->graph, p->forms, captured, p->n_captured, &p->names));
    for (const struct ir_node *n = p->graph->first; n; n = n->next, k++)
        if (ir_is_control(n->op)) TFP_TRY(prepare_bodies(w, p, n, &p->forms[k], &end));
    return TFP_OK;
}

static tfp_status join_constants(struct writer *w)
{
    const struct onnx_constants *own = &w->main.names.constants, *hoisted = &w->naming.hoisted;
    w->constants.n = own->n + hoisted->n;
    w->constants.at = NEW_ARRAY(w, struct onnx_constant, w->constants.n);
    if (!w->constants.at) return tfp_no_memory(w->ctx);
    if (own->n) memcpy(w->constants.at, own->at, own->n * sizeof *own->at);
    if (hoisted->n) memcpy(w->constants.at + own->n, hoisted->at, hoisted->n * sizeof *own->at);
    return TFP_OK;
}

static tfp_status prepare(struct writer *w)
{
    if (w->opset < ONNX_OLDEST_OPSET || w->opset > schema_newest_opset)
        return tfp_fail(w->ctx, TFP_E_USAGE, "opset %d: tfport writes %d to %d", w->opset, (int)ONNX_OLDEST_OPSET,
                        schema_newest_opset);
    TFP_TRY(legalize_graph(w->ctx, w->graph, &(const struct onnx_target){ w->opset, w->reader, w->plain }));
    if (w->reader) TFP_TRY(retype_graph(w->ctx, w->graph, w->reader));
    map_init(&w->deferred.by_data, &w->arena);
    if (!w->keep_nodes) TFP_TRY(deferred_collect(w->ctx, &w->arena, w->graph, &w->deferred));
    /* Large data, and all that must be an input too, lies in the main graph. */
    const bool with_inputs = schema_ir_versions[w->opset] < FIRST_IR_WITH_CONSTANTS_ALONE;
    naming_begin(&w->naming, w->ctx, &w->arena, with_inputs ? 0 : EXTERNAL_TENSOR);
    w->main = (struct part){ .graph = w->graph };
    TFP_TRY(prepare_part(w, &w->main, NULL));
    TFP_TRY(join_constants(w));
    return convert_model(w);
}

/* -- bytes --------------------------------------------------------------------------------------------------------- */

/* Whose data begins at `at`: constants come in the order of the initializers. */
static const struct tensor *constant_at(struct writer *w, const void *at)
{
    for (size_t i = w->next; i < w->constants.n; i++) {
        if (w->constants.at[i].value->constant->data != at) continue;
        w->next = i + 1;
        return w->constants.at[i].value->constant;
    }
    return NULL;
}

/* deferred_take, and for constants that are at hand. */
static tfp_status write_chunks(void *user, struct buffer *owner, const char *at, size_t n)
{
    struct writer *w = user;
    while (n) {
        size_t k = n < CHUNK ? n : CHUNK;
        bool large = owner && k >= LARGE;
        if (large) buffer_expect(owner, at, k);
        TFP_TRY(file_write(w->file, at, k));
        if (large) buffer_forget(owner, at, k);
        at += k;
        n -= k;
        w->done += k;
        tfp_progress(w->ctx, "writing", w->done, w->total);
    }
    return TFP_OK;
}

/* A constant's bytes, computed now where they were deferred. */
static tfp_status write_constant(struct writer *w, const struct tensor *t, const void *at, size_t n)
{
    const struct deferred *d = deferred_find(&w->deferred, at);
    if (d) return deferred_give(w->ctx, &w->deferred, d, write_chunks, w);
    return write_chunks(w, t ? t->owner : NULL, at, n);
}

static tfp_status to_file(void *user, const void *at, size_t n)
{
    struct writer *w = user;
    if (n >= DEFERRED_FROM) return write_constant(w, constant_at(w, at), at, n);
    w->done += n;
    return file_write(w->file, at, n);
}

/* deferred_take */
static tfp_status copy_piece(void *user, struct buffer *owner, const char *at, size_t n)
{
    struct writer *w = user;
    (void)owner;
    if (n) memcpy(w->memory + w->done, at, n);
    w->done += n;
    return TFP_OK;
}

static tfp_status to_memory(void *user, const void *at, size_t n)
{
    struct writer *w = user;
    const struct deferred *d = n >= DEFERRED_FROM ? deferred_find(&w->deferred, at) : NULL;
    if (d) return deferred_give(w->ctx, &w->deferred, d, copy_piece, w);
    return copy_piece(w, NULL, at, n);
}

static tfp_status write_message(struct writer *w, const char *path)
{
    struct file_out file = { .fd = -1 };
    struct pb_sink sink = { to_file, w };
    TFP_TRY(file_create(w->ctx, path, &file));
    w->file = &file;
    tfp_status status = protobuf_encode(w->ctx, &onnxpb_model_type, &w->model, &sink);
    if (status == TFP_OK) status = file_commit(&file);
    file_abandon(&file);
    return status;
}

/* -- external data ------------------------------------------------------------------------------------------------- */

static bool is_external(const struct tensor *t)
{
    return t->dtype != TFP_STRING && small_bits(t->dtype) == 8 && t->size >= EXTERNAL_TENSOR;
}

static uint64_t aligned(uint64_t offset, size_t size)
{
    uint64_t to = size >= LARGE ? ALIGN_LARGE : ALIGN_SMALL;
    return (offset + to - 1) / to * to;
}

/* Moves the data of the larger initializers out of the message; *size gets the bytes of the data file. */
static tfp_status refer_outside(struct writer *w, const char *location, uint64_t *size)
{
    uint64_t offset = 0;
    for (size_t i = 0; i < w->constants.n; i++) {
        const struct tensor *t = w->constants.at[i].value->constant;
        if (!is_external(t)) continue;
        offset = aligned(offset, t->size);
        struct onnxpb_string_pair *pairs = NEW_ARRAY(w, struct onnxpb_string_pair, 3);
        char *at = arena_printf(&w->arena, "%llu", (unsigned long long)offset),
             *n = arena_printf(&w->arena, "%zu", t->size);
        if (!pairs || !at || !n) return tfp_no_memory(w->ctx);
        pairs[0] = (struct onnxpb_string_pair){ bytes_of("location"), bytes_of(location) };
        pairs[1] = (struct onnxpb_string_pair){ bytes_of("offset"), bytes_of(at) };
        pairs[2] = (struct onnxpb_string_pair){ bytes_of("length"), bytes_of(n) };
        w->initializers[i].raw_data = (struct bytes){ NULL, 0 };
        w->initializers[i].external_data = (struct onnxpb_string_pairs){ pairs, 3 };
        w->initializers[i].data_location = ONNXPB_EXTERNAL;
        offset += t->size;
    }
    *size = offset;
    return TFP_OK;
}

static tfp_status write_tensors(struct writer *w, struct file_out *file)
{
    static const char zeros[ALIGN_LARGE];
    w->file = file;
    for (size_t i = 0; i < w->constants.n; i++) {
        const struct tensor *t = w->constants.at[i].value->constant;
        if (!is_external(t)) continue;
        TFP_TRY(file_write(file, zeros, (size_t)(aligned(file->written, t->size) - file->written)));
        TFP_TRY(write_constant(w, t, t->data, t->size));
    }
    return TFP_OK;
}

/* The data file is in place before the model that needs it. */
static tfp_status write_outside(struct writer *w, const char *path)
{
    struct file_out file = { .fd = -1 };
    char *data = arena_printf(&w->arena, "%s.data", path);
    if (!data) return tfp_no_memory(w->ctx);
    uint64_t outside = 0;
    TFP_TRY(refer_outside(w, path_last(data), &outside));
    uint64_t size = protobuf_size(&onnxpb_model_type, &w->model);
    if (size > LARGEST_MESSAGE)
        return tfp_fail(w->ctx, TFP_E_UNSUPPORTED, "%s: the model without its weights is larger than 2 GiB", path);
    w->total = outside + size;
    TFP_TRY(file_create(w->ctx, data, &file));
    tfp_status status = write_tensors(w, &file);
    if (status == TFP_OK) status = file_commit(&file);
    file_abandon(&file);
    return status == TFP_OK ? write_message(w, path) : status;
}

/* -- a reader that takes everything --------------------------------------------------------------------------------- */

static enum onnx_has has_all(const void *user, const struct ir_node *n, const char **why)
{
    (void)user, (void)n, (void)why;
    return ONNX_HAS;
}

static tfp_dtype holds_all(const void *user, tfp_dtype dtype)
{
    (void)user;
    return dtype;
}

static bool all_at_edge(const void *user, tfp_dtype dtype)
{
    (void)user, (void)dtype;
    return true;
}

const struct onnx_reader onnx_own_reader = { "tfport", has_all, holds_all, all_at_edge, NULL, true };

/* -- the two ways out ---------------------------------------------------------------------------------------------- */

static tfp_status write_model(struct writer *w, const char *path, uint64_t external_above)
{
    TFP_TRY(prepare(w));
    if (external_above > EXTERNAL_ABOVE) external_above = EXTERNAL_ABOVE;
    w->total = protobuf_size(&onnxpb_model_type, &w->model);
    if (w->total > external_above) return write_outside(w, path);
    return write_message(w, path);
}

tfp_status onnx_write(struct tfp_context *ctx, struct ir_graph *g, const char *path, const struct onnx_write_options *o)
{
    struct writer w = { .ctx = ctx, .graph = g, .opset = o->opset, .keep_nodes = o->keep_nodes, .reader = o->reader, .plain = o->plain };
    tfp_status status = write_model(&w, path, o->external_above);
    deferred_end(&w.deferred);
    arena_free(&w.arena);
    return status;
}

static tfp_status write_buffer(struct writer *w, struct buffer **out)
{
    struct pb_sink sink = { to_memory, w };
    TFP_TRY(prepare(w));
    w->total = protobuf_size(&onnxpb_model_type, &w->model);
    if (w->total > LARGEST_MESSAGE)
        return tfp_fail(w->ctx, TFP_E_UNSUPPORTED, "the model is larger than the 2 GiB that fit in one message");
    TFP_TRY(buffer_create(w->ctx, (size_t)w->total, out));
    w->memory = (*out)->data;
    tfp_status status = protobuf_encode(w->ctx, &onnxpb_model_type, &w->model, &sink);
    if (status == TFP_OK) return TFP_OK;
    buffer_drop(*out);
    *out = NULL;
    return status;
}

tfp_status onnx_write_memory(struct tfp_context *ctx, struct ir_graph *g, int opset, struct buffer **out)
{
    return onnx_write_for(ctx, g, opset, NULL, out);
}

tfp_status onnx_write_for(struct tfp_context *ctx, struct ir_graph *g, int opset, const struct onnx_reader *reader,
                          struct buffer **out)
{
    struct writer w = { .ctx = ctx, .graph = g, .opset = opset, .reader = reader };
    *out = NULL;
    tfp_status status = write_buffer(&w, out);
    deferred_end(&w.deferred);
    arena_free(&w.arena);
    return status;
}
