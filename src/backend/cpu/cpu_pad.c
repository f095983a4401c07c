/* Pad with a constant, in whatever layout the data has: rows are copied in the order in which they lie in memory. */
#include "backend/cpu/cpu_plan.h"

#include <stdlib.h>
#include <string.h>

/* Dims in the order of memory, slowest first; the last one joins all that is not padded. */
struct pad_state {
    int rank;
    int64_t in[DNNL_MAX_NDIMS + 1], before[DNNL_MAX_NDIMS + 1], out[DNNL_MAX_NDIMS + 1];
    float value;
};

static void fill(float *at, int64_t n, float value)
{
    for (int64_t i = 0; i < n; i++)
        at[i] = value;
}

/* One row of the result: its position over all dims but the last is `index`. */
static void pad_row(const struct pad_state *p, const float *in, float *out, int64_t index)
{
    int64_t from = 0, scale = 1, left = index;
    int last = p->rank - 1;
    bool inside = true;
    for (int d = last - 1; d >= 0; d--) {
        int64_t at = left % p->out[d] - p->before[d];
        left /= p->out[d];
        inside &= at >= 0 && at < p->in[d];
        from += at * scale;
        scale *= p->in[d];
    }
    out += index * p->out[last];
    if (!inside) {
        fill(out, p->out[last], p->value);
        return;
    }
    int64_t before = p->before[last], n = p->in[last];
    fill(out, before, p->value);
    memcpy(out + before, in + from * n, (size_t)n * sizeof *out);
    fill(out + before + n, p->out[last] - before - n, p->value);
}

static tfp_status run_pad(struct run *r, struct step *s)
{
    const struct pad_state *p = s->state;
    const float *in = s->slots[0]->t.data;
    float *out = s->slots[1]->t.data;
    int64_t rows = 1;
    for (int d = 0; d < p->rank - 1; d++)
        rows *= p->out[d];
#pragma omp parallel for num_threads(r->session->threads) if (rows * p->out[p->rank - 1] > 1 << 15)
    for (int64_t i = 0; i < rows; i++)
        pad_row(p, in, out, i);
    return TFP_OK;
}

/* Pads before and after each dim of x; false: not constant, negative, or not in constant mode. */
static bool read_pads(const struct ir_node *n, int64_t *before, int64_t *after, float *value)
{
    int64_t pads[2 * TFP_MAX_RANK], axes[TFP_MAX_RANK];
    int32_t rank = n->in[0].value->rank;
    int64_t k = ir_in(n, 3) ? ir_known_ints(ir_in(n, 3), axes, TFP_MAX_RANK) : rank;
    *value = 0;
    if (!ir_attr_is(n, ATTR_MODE, "constant") || (ir_in(n, 2) && !layout_scalar(ir_in(n, 2), value))) return false;
    if (!ir_in(n, 1) || k < 0 || ir_known_ints(ir_in(n, 1), pads, 2 * TFP_MAX_RANK) != 2 * k) return false;
    memset(before, 0, (size_t)rank * sizeof *before);
    memset(after, 0, (size_t)rank * sizeof *after);
    for (int64_t i = 0; i < k; i++) {
        int64_t axis = ir_in(n, 3) ? axes[i] + (axes[i] < 0 ? rank : 0) : i;
        if (axis < 0 || axis >= rank || pads[i] < 0 || pads[i + k] < 0) return false;
        before[axis] = pads[i];
        after[axis] = pads[i + k];
    }
    return true;
}

tfp_status make_pad(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    const struct ir_value *x = ir_in(n, 0);
    int64_t before[TFP_MAX_RANK], after[TFP_MAX_RANK], dims[TFP_MAX_RANK];
    int order[DNNL_MAX_NDIMS];
    float value;
    struct slot *src, *dst;
    dnnl_memory_desc_t md;
    if (!layout_fits(x) || !layout_fits(u->result) || x->rank < 1 || !read_pads(n, before, after, &value))
        return TFP_OK;
    TFP_TRY(layout_first(b, x, &src));
    if (!layout_unblocked(&src->md)) TFP_TRY(layout_row_major(b, x, &src));
    ir_static_dims(u->result, dims);
    if (!layout_unblocked(&src->md) || !layout_like(&src->md, dims, &md)) return TFP_OK;
    layout_order(&src->md, order);
    struct pad_state *p = ARENA_NEW(&b->plan->arena, struct pad_state);
    if (!p) return tfp_no_memory(b->ctx);
    p->value = value;
    for (int i = 0; i < x->rank; i++) {
        int d = order[i];
        bool joins = p->rank && before[d] == 0 && after[d] == 0;
        if (joins) {
            int at = p->rank - 1;
            p->in[at] *= x->dims[d].n;
            p->before[at] *= x->dims[d].n;
            p->out[at] *= x->dims[d].n;
            continue;
        }
        p->in[p->rank] = x->dims[d].n;
        p->before[p->rank] = before[d];
        p->out[p->rank++] = dims[d];
    }
    *made = true;
    TFP_TRY(layout_new(b, u->result, &md, &dst));
    return step_add(b, n, run_pad, &src, 1, &dst, 1, p, NULL);
}
