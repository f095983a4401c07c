#include "backend/cpu/cpu_plan.h"

#include <string.h>

/* Of those that are large enough and not far too large the smallest; CPU_SPARE: none. */
static size_t find(const struct spare *spare, size_t size)
{
    size_t best = CPU_SPARE;
    for (size_t i = 0; i < spare->n; i++) {
        const size_t room = spare->at[i]->size;
        if (room >= size && room / 4 <= size && (best == CPU_SPARE || room < spare->at[best]->size)) best = i;
    }
    return best;
}

tfp_status spare_allocate(struct tfp_context *ctx, struct spare *spare, struct tensor *t)
{
    if (t->size < CPU_SPARE_LEAST || t->size > CPU_SPARE_BYTES) return tensor_allocate(ctx, t);
    const size_t i = find(spare, t->size);
    if (i == CPU_SPARE) {
        TFP_TRY(buffer_create(ctx, t->size + t->size / 4, &t->owner)); /* sizes that depend on data vary a little */
    } else {
        t->owner = spare->at[i];
        spare->bytes -= t->owner->size;
        spare->at[i] = spare->at[--spare->n];
    }
    t->data = t->owner->data;
    if (t->dtype == TFP_STRING) memset(t->data, 0, t->size);
    return TFP_OK;
}

void spare_release(struct spare *spare, struct tensor *t)
{
    struct buffer *b = t->owner;
    const bool keeps = b && b->size >= CPU_SPARE_LEAST && b->size <= CPU_SPARE_BYTES - spare->bytes && spare->n < CPU_SPARE &&
                       !b->mapped && !b->pages && atomic_load(&b->owners) == 1;
    if (!keeps) {
        tensor_release(t);
        return;
    }
    spare->at[spare->n++] = b;
    spare->bytes += b->size;
    t->owner = NULL;
    t->data = NULL;
}

void spare_end(struct spare *spare)
{
    while (spare->n) buffer_drop(spare->at[--spare->n]);
}
