/* Softmax over a dim that does not lie densest: all its lines beside each other at once, a strip of them at a time. */
#include "backend/cpu/cpu_plan.h"

#include "backend/cpu/cpu_math.h"

#include <math.h>
#include <string.h>

enum { STRIP = 128 };

struct softmax_state {
    int64_t outer, size, inner; /* dims slower than the softmax's, its own, and faster ones */
    bool logarithm;
};

CPU_CLONES static void strip_max(const float *at, float *most, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        most[i] = at[i] > most[i] || at[i] != at[i] ? at[i] : most[i];
}

CPU_CLONES static void strip_exp(const float *from, const float *most, float *to, float *sum, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        to[i] = math_exp(from[i] - most[i]);
        sum[i] += to[i];
    }
}

CPU_CLONES static void strip_scale(float *at, const float *factor, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        at[i] *= factor[i];
}

CPU_CLONES static void strip_shift(const float *from, const float *shift, float *to, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = from[i] - shift[i];
}

static void run_strip(const struct softmax_state *s, const float *from, float *to, int64_t n)
{
    float most[STRIP], sum[STRIP] = { 0 };
    memcpy(most, from, (size_t)n * sizeof *most);
    for (int64_t k = 1; k < s->size; k++)
        strip_max(from + k * s->inner, most, n);
    if (s->logarithm) {
        float scrap[STRIP];
        for (int64_t k = 0; k < s->size; k++)
            strip_exp(from + k * s->inner, most, scrap, sum, n);
        for (int64_t i = 0; i < n; i++)
            most[i] += logf(sum[i]);
        for (int64_t k = 0; k < s->size; k++)
            strip_shift(from + k * s->inner, most, to + k * s->inner, n);
        return;
    }
    for (int64_t k = 0; k < s->size; k++)
        strip_exp(from + k * s->inner, most, to + k * s->inner, sum, n);
    for (int64_t i = 0; i < n; i++)
        sum[i] = 1.0f / sum[i];
    for (int64_t k = 0; k < s->size; k++)
        strip_scale(to + k * s->inner, sum, n);
}

static tfp_status run_softmax(struct run *r, struct step *step)
{
    const struct softmax_state *s = step->state;
    const float *from = step->slots[0]->t.data;
    float *to = step->slots[1]->t.data;
    int64_t strips = (s->inner + STRIP - 1) / STRIP;
#pragma omp parallel for num_threads(r->session->threads) if (s->outer * s->size * s->inner > 1 << 13)
    for (int64_t i = 0; i < s->outer * strips; i++) {
        int64_t at = i % strips * STRIP, left = s->inner - at, start = i / strips * s->size * s->inner + at;
        run_strip(s, from + start, to + start, left < STRIP ? left : STRIP);
    }
    return TFP_OK;
}

tfp_status make_softmax_across(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_value *x = ir_in(u->head, 0);
    int64_t axis = ir_attr_int(u->head, ATTR_AXIS, -1);
    int order[DNNL_MAX_NDIMS];
    struct slot *src, *dst;
    if (!layout_fits(x) || !layout_fits(u->result) || x->rank < 2) return TFP_OK;
    if (axis < 0) axis += x->rank;
    TFP_TRY(layout_first(b, x, &src));
    if (!layout_unblocked(&src->md)) return TFP_OK;
    struct softmax_state *s = ARENA_NEW(&b->plan->arena, struct softmax_state);
    if (!s) return tfp_no_memory(b->ctx);
    *s = (struct softmax_state){ 1, x->dims[axis].n, 1, u->head->op == IR_LOG_SOFTMAX };
    layout_order(&src->md, order);
    bool before = true;
    for (int i = 0; i < x->rank; i++) {
        if (order[i] == axis)
            before = false;
        else if (before)
            s->outer *= x->dims[order[i]].n;
        else
            s->inner *= x->dims[order[i]].n;
    }
    if (s->inner < STRIP / 8) return TFP_OK;
    *made = true;
    bool over = layout_dies(b, x) && src->root->kind == SLOT_ARENA;
    TFP_TRY(over ? layout_over(b, u->result, &src->md, src, &dst) : layout_new(b, u->result, &src->md, &dst));
    return step_add(b, u->head, run_softmax, &src, 1, &dst, 1, s, NULL);
}
