/* Lays the slots of a plan out in one block: slots whose lifetimes (steps from first to last use) do not meet may lie
 * in the same place. Largest first, each into the tightest gap; then every fixed address is bound. */
#include "backend/cpu/cpu_plan.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64 };

static int by_size(const void *a, const void *b)
{
    const struct slot *x = *(struct slot *const *)a, *y = *(struct slot *const *)b;
    if (x->bytes != y->bytes) return x->bytes > y->bytes ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

/* Places `s` among the n slots placed already, which are sorted by offset, and puts it into their order. False when the
 * sum overflows. */
static bool place(struct slot *s, struct slot **placed, size_t n)
{
    size_t end = 0, best = SIZE_MAX, best_gap = SIZE_MAX, size = aligned(s->bytes);
    for (size_t i = 0; i < n; i++) {
        const struct slot *p = placed[i];
        if (p->first > s->last || p->last < s->first) continue;
        if (p->offset > end && p->offset - end >= size && p->offset - end < best_gap) {
            best = end;
            best_gap = p->offset - end;
        }
        if (p->offset + aligned(p->bytes) > end) end = p->offset + aligned(p->bytes);
    }
    s->offset = best != SIZE_MAX ? best : end;
    if (s->offset > SIZE_MAX / 4 - size) return false;
    size_t at = n;
    while (at && placed[at - 1]->offset > s->offset) {
        placed[at] = placed[at - 1];
        at--;
    }
    placed[at] = s;
    return true;
}

static tfp_status lay_out(struct builder *b)
{
    struct plan *p = b->plan;
    size_t n = 0, k = 0;
    for (struct slot *s = p->slots; s; s = s->next)
        n++;
    struct slot **roots = calloc(2 * n + 1, sizeof *roots);
    if (!roots) return tfp_no_memory(b->ctx);
    for (struct slot *s = p->slots; s; s = s->next)
        if (s->root == s && s->kind == SLOT_ARENA && s->first >= 0) {
            if (s->bytes > SIZE_MAX / 8) break;
            roots[k++] = s;
        }
    qsort(roots, k, sizeof *roots, by_size);
    tfp_status status = TFP_OK;
    for (size_t i = 0; i < k && status == TFP_OK; i++) {
        if (!place(roots[i], roots + n, i))
            status = tfp_fail(b->ctx, TFP_E_SYSTEM, "the model's values need more memory than can be addressed");
        else if (roots[i]->offset + aligned(roots[i]->bytes) > p->memory_size)
            p->memory_size = roots[i]->offset + aligned(roots[i]->bytes);
    }
    free(roots);
    return status;
}

static tfp_status allocate(struct builder *b)
{
    struct plan *p = b->plan;
    tfp_status status = buffer_create(b->ctx, p->memory_size + ALIGN, &p->memory);
    return status == TFP_OK ? status : tfp_prefix(b->ctx, status, "the model's values at this input shape");
}

static bool moves(const struct slot *s)
{
    return s->root->kind == SLOT_INPUT || s->root->kind == SLOT_OUTPUT;
}

static tfp_status bind_slots(struct builder *b)
{
    struct plan *p = b->plan;
    size_t n = 0;
    for (struct slot *s = p->slots; s; s = s->next)
        n += moves(s);
    p->moving = ARENA_ARRAY(&p->arena, struct slot *, n);
    if (!p->moving) return tfp_no_memory(b->ctx);
    for (struct slot *s = p->slots; s; s = s->next)
        if (moves(s))
            p->moving[p->n_moving++] = s;
        else if (s->root->kind == SLOT_ARENA)
            s->t.data = (char *)p->memory->data + s->root->offset;
    return TFP_OK;
}

/* Binds what stays where it is and keeps the list of what does not. */
static tfp_status bind_memories(struct builder *b)
{
    struct rebind *next, *kept = NULL;
    for (struct rebind *r = b->plan->rebinds; r; r = next) {
        next = r->next;
        if (moves(r->slot)) {
            r->next = kept;
            kept = r;
        } else {
            TFP_TRY(step_answer(b->ctx, onednn.memory_set_data_handle(r->memory, r->slot->t.data), NULL));
        }
    }
    b->plan->rebinds = kept;
    return TFP_OK;
}

static bool is_output(const struct plan *p, const struct slot *s)
{
    for (size_t i = 0; i < p->graph->n_outputs; i++)
        if (p->outputs[i] == s) return true;
    return false;
}

/* Each step learns which dynamic slots it is the last to read. */
static tfp_status find_dying(struct builder *b)
{
    struct plan *p = b->plan;
    struct step **steps = calloc((size_t)p->n_steps + 1, sizeof *steps);
    if (!steps) return tfp_no_memory(b->ctx);
    for (struct step *s = p->first; s; s = s->next)
        steps[s->index] = s;
    for (struct slot *s = p->slots; s; s = s->next)
        if (s->kind == SLOT_DYNAMIC && s->last >= 0) {
            p->dynamic = true;
            if (!is_output(p, s)) steps[s->last]->n_dying++;
        }
    tfp_status status = TFP_OK;
    for (struct step *s = p->first; s && status == TFP_OK; s = s->next) {
        s->dying = ARENA_ARRAY(&p->arena, struct slot *, s->n_dying);
        s->n_dying = 0;
        if (!s->dying) status = tfp_no_memory(b->ctx);
    }
    for (struct slot *s = p->slots; s && status == TFP_OK; s = s->next)
        if (s->kind == SLOT_DYNAMIC && s->last >= 0 && !is_output(p, s))
            steps[s->last]->dying[steps[s->last]->n_dying++] = s;
    free(steps);
    return status;
}

tfp_status memory_plan(struct builder *b)
{
    TFP_TRY(lay_out(b));
    TFP_TRY(allocate(b));
    TFP_TRY(bind_slots(b));
    TFP_TRY(bind_memories(b));
    return find_dying(b);
}
