#include "ir/kernels/gathered.h"

#include <stdlib.h>

/* Room for one more than `n` of `size` bytes each; at least doubled. */
static bool grow(void **at, size_t *room, size_t n, size_t size)
{
    size_t wanted = *room < 64 ? 64 : *room, bytes;
    while (wanted < n)
        if (__builtin_mul_overflow(wanted, 2, &wanted)) return false;
    if (__builtin_mul_overflow(wanted, size, &bytes)) return false;
    void *more = realloc(*at, bytes);
    if (!more) return false;
    *at = more;
    *room = wanted;
    return true;
}

char *gathered_room(struct gathered *g, size_t n)
{
    size_t end;
    void *text = g->text;
    if (g->failed) return NULL;
    if (__builtin_add_overflow(g->n, n, &end) || ((!text || end > g->room) && !grow(&text, &g->room, end, 1))) {
        g->failed = true;
        return NULL;
    }
    g->text = text;
    g->n = end;
    return g->text + end - n;
}

void gathered_put(struct gathered *g, struct bytes b)
{
    char *to = gathered_room(g, b.n);
    if (to && b.n) memcpy(to, b.at, b.n);
}

void gathered_end(struct gathered *g)
{
    void *ends = g->ends;
    if (g->failed) return;
    if (g->count >= g->ends_room && !grow(&ends, &g->ends_room, g->count + 1, sizeof *g->ends)) {
        g->failed = true;
        return;
    }
    g->ends = ends;
    g->ends[g->count++] = g->n;
}

tfp_status gathered_output(struct kernel *k, size_t i, size_t rank, const int64_t *dims, const struct gathered *g)
{
    char *text;
    if (g->failed) return tfp_no_memory(k->ctx);
    TFP_TRY(kernel_output_strings(k, i, rank, dims, g->n, &text));
    struct tfp_string *out = k->out[i].data;
    if ((int64_t)g->count != k->out[i].count)
        return kernel_fail(k, TFP_E_FORMAT, "%zu strings for %lld places", g->count, (long long)k->out[i].count);
    if (g->n) memcpy(text, g->text, g->n);
    for (size_t s = 0, at = 0; s < g->count; at = g->ends[s++]) out[s] = (struct tfp_string){ text + at, g->ends[s] - at };
    return TFP_OK;
}

void gathered_free(struct gathered *g)
{
    free(g->text);
    free(g->ends);
    *g = (struct gathered){ .text = NULL };
}

tfp_status gathered_each(struct kernel *k, const struct tensor *in, gathered_fn *make, void *user)
{
    struct gathered g = { .text = NULL };
    tfp_status status = TFP_OK;
    for (int64_t i = 0; i < in->count && status == TFP_OK && !g.failed; i++) {
        status = make(k, user, tensor_string(in, i), &g);
        gathered_end(&g);
    }
    if (status == TFP_OK) status = gathered_output(k, 0, in->rank, in->dims, &g);
    gathered_free(&g);
    return status;
}
