/* What a saver restores: the ops and functions that read a checkpoint into variables, as tf.train.Saver writes them
 * (tensorflow/python/training/saver.py) and as SavedModels of TensorFlow 2 do (functional_saver.py: one function that
 * takes the variables' handles). See docs/formats/meta-graph.md. */
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_variables.h"

#include <stdlib.h>

enum { TRACE_STEPS = 64 };

/* -- restore ops --------------------------------------------------------------------------------------------------- */

/* Ops that read a checkpoint; input 1 has the names. */
static const struct {
    const char *op;
    size_t n_in;
    bool slices; /* input 2 has slices */
} restores[] = {
    { "Restore", 2, false },
    { "RestoreSlice", 3, true },
    { "RestoreV2", 3, true },
};

static bool is_restore(const char *op, size_t n, size_t *row)
{
    for (*row = 0; *row < sizeof restores / sizeof restores[0]; ++*row)
        if (strlen(restores[*row].op) == n && memcmp(restores[*row].op, op, n) == 0) return true;
    return false;
}

/* One step back through an inlined call, or a node that hands on its first input; false: neither. */
static bool step_back(struct tf_input *in)
{
    const struct tf_node *n = in->node;
    if (n->function) {
        if (!n->forward || in->port >= n->n_out) return false;
        *in = n->forward[in->port];
        return true;
    }
    if (strcmp(n->op, "Identity") != 0 || !n->n_in) return false;
    *in = n->in[0];
    return true;
}

/* Element k of a string constant; a short list's last element counts for the rest. */
static bool constant_text(const struct tf_node *n, uint32_t k, struct bytes *out)
{
    int64_t dims[TFP_MAX_RANK], count;
    const struct tfpb_attr_value *v = tf_attr_find(n, "value", strlen("value"));
    if (!v || v->which != TFPB_ATTR_TENSOR || !v->tensor || !v->tensor->string_val.n) return false;
    struct pb_strings list = v->tensor->string_val;
    int32_t rank = v->tensor->tensor_shape ? tfpb_shape_dims(v->tensor->tensor_shape, dims) : 0;
    if (rank < 0 || !numbers_count(dims, (size_t)rank, &count) || k >= count) return false;
    *out = list.at[k < list.n ? k : list.n - 1];
    return true;
}

/* Element k of a vector of strings, written as a constant or packed from some. */
static bool text_at(struct tf_input in, uint32_t k, struct bytes *out)
{
    for (int i = 0; i < TRACE_STEPS; i++) {
        const struct tf_node *n = in.node;
        if (strcmp(n->op, "Const") == 0) return constant_text(n, k, out);
        if (strcmp(n->op, "Pack") == 0) {
            if (k >= n->n_in) return false;
            in = n->in[k];
            k = 0;
        } else if (!step_back(&in)) return false;
    }
    return false;
}

bool tf_saver_source(struct tf_input value, struct tf_restored *out)
{
    size_t row;
    *out = (struct tf_restored){ .slice = { "", 0 } };
    for (int i = 0; i < TRACE_STEPS; i++) {
        const struct tf_node *n = value.node;
        if (is_restore(n->op, strlen(n->op), &row))
            return n->n_in == restores[row].n_in && text_at(n->in[1], value.port, &out->key) &&
                   (!restores[row].slices || text_at(n->in[2], value.port, &out->slice));
        if (strcmp(n->op, "Reshape") == 0 && n->n_in == 2) {
            value = n->in[0];
            out->reshaped = true;
        } else if (!step_back(&value)) return false;
    }
    return false;
}

/* -- slices -------------------------------------------------------------------------------------------------------- */

/* Digits up to one of `ends` or the end of the text, which is taken too. */
static bool take_number(struct cursor *c, const char *ends, int64_t *out, char *end)
{
    uint8_t b;
    size_t digits = 0;
    *out = 0;
    for (*end = '\0'; cursor_u8(c, &b); digits++) {
        if (b < '0' || b > '9') {
            *end = (char)b;
            return digits && strchr(ends, b) && b;
        }
        if (digits == 18) return false;
        *out = *out * 10 + (b - '0');
    }
    return digits > 0;
}

/* "0,5" or "-" for each dimension, with ":" between. */
static bool take_boxes(struct cursor *c, struct weights_slice *s, const int64_t *whole)
{
    bool all = true;
    for (uint32_t i = 0; i < s->rank; i++) {
        bool last = i + 1 == s->rank;
        char end;
        uint8_t b;
        struct cursor ahead = *c;
        s->start[i] = 0;
        s->length[i] = -1;
        if (cursor_u8(&ahead, &b) && b == '-') {
            if (!last && (!cursor_u8(&ahead, &b) || b != ':')) return false;
            *c = ahead;
            continue;
        }
        if (!take_number(c, ",", &s->start[i], &end) || end != ',') return false;
        if (!take_number(c, ":", &s->length[i], &end) || last != (end == '\0')) return false;
        if (s->start[i] == 0 && s->length[i] == whole[i]) s->length[i] = -1;
        else all = false;
    }
    if (cursor_left(c)) return false;
    if (all) s->rank = 0;
    return true;
}

/* "10 4 0,5:-": the dims of the whole, then the box (checkpoint's slice_spec, saver.py). */
bool tf_saver_slice(struct bytes text, struct tf_place *out)
{
    struct cursor c = cursor_of(text.at, text.n);
    char end;
    out->slice = (struct weights_slice){ 0 };
    if (!text.n) return true;
    size_t spaces = 0;
    for (size_t i = 0; i < text.n; i++) spaces += text.at[i] == ' ';
    if (!spaces || spaces > TFP_MAX_RANK) return false;
    for (size_t i = 0; i < spaces; i++)
        if (!take_number(&c, " ", &out->whole[i], &end) || end != ' ') return false;
    out->slice.rank = (uint32_t)spaces;
    return take_boxes(&c, &out->slice, out->whole);
}

/* -- the restore op ------------------------------------------------------------------------------------------------ */

struct finder {
    struct tfp_context *ctx;
    struct tf_graph *g;
    struct tf_stack stack;
};

static tfp_status reach(struct finder *f, struct tf_node *n)
{
    if (n->mark >= 2 * f->g->pass) return TFP_OK;
    n->mark = 2 * f->g->pass + 1;
    return tf_graph_push(&f->stack, n) ? TFP_OK : tfp_no_memory(f->ctx);
}

/* The body of a call that restores runs as a whole. */
static tfp_status reach_body(struct finder *f, struct tf_node *call)
{
    size_t before = f->g->n_nodes;
    if (!call->function || tf_while_is(call) || tf_if_is(call)) return TFP_OK;
    if (!call->forward) TFP_TRY(tf_function_inline(f->ctx, f->g, call));
    for (size_t i = before; i < f->g->n_nodes; i++) TFP_TRY(reach(f, f->g->nodes[i]));
    return TFP_OK;
}

static tfp_status reach_from(struct finder *f, struct tf_node *root)
{
    TFP_TRY(reach(f, root));
    while (f->stack.n) {
        struct tf_node *n = f->stack.at[--f->stack.n].node;
        TFP_TRY(reach_body(f, n));
        for (size_t i = 0; i < n->n_control; i++) TFP_TRY(reach(f, n->control[i]));
        for (size_t i = 0; i < n->n_in; i++) TFP_TRY(reach(f, n->in[i].node));
    }
    return TFP_OK;
}

/* Whether a call's function restores by an op of its own. */
static bool call_restores(const struct tf_node *n)
{
    size_t row;
    if (!n->function || tf_while_is(n) || tf_if_is(n)) return false;
    const struct tfpb_nodes *body = &tf_function_definition(n->function)->node_def;
    for (size_t i = 0; i < body->n; i++)
        if (body->at[i].op.n && is_restore(body->at[i].op.at, body->at[i].op.n, &row)) return true;
    return false;
}

/* A graph without a saver's name: functions that restore are still looked into, but nothing is marked. */
static tfp_status look_into_calls(struct finder *f)
{
    for (size_t i = 0; i < f->g->n_file_nodes; i++)
        if (!f->g->nodes[i]->forward && call_restores(f->g->nodes[i])) TFP_TRY(reach_from(f, f->g->nodes[i]));
    f->g->pass++;
    return TFP_OK;
}

tfp_status tf_saver_find(struct tfp_context *ctx, struct tf_graph *g, const struct tfpb_saver *saver)
{
    struct finder f = { .ctx = ctx, .g = g };
    struct bytes name = saver ? saver->restore_op_name : (struct bytes){ "", 0 };
    struct tf_node *root = name.n ? tf_graph_find(g, name.at, name.n) : NULL;
    g->pass++;
    tfp_status status = root ? reach_from(&f, root) : look_into_calls(&f);
    free(f.stack.at);
    return status;
}
