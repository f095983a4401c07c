/* Which open sizes of inputs an engine may take for one. Models of several inputs leave the batch of each open by itself,
 * and where they meet, in a mask that is added to scores for instance, either may be 1 and broadcast; or a model asks which is
 * greater, and goes one of two ways. TensorRT then makes code for each case, which no CUDA graph can hold. Sizes that meet so and have the same range in every profile are one
 * size of the engine; a run that gives different ones is refused with both named. */
#include "api/engine_sizes.h"
#include "optimize/optimize.h"

#include <string.h>

/* What the profile says of dimension `axis` of the input; false: nothing, or not of a dimension. */
static bool range_of(const struct tfp_profile *p, const struct ir_value *input, int32_t axis, int64_t range[3])
{
    for (size_t i = 0; i < p->n_ranges; i++) {
        const struct tfp_range *r = &p->ranges[i];
        if (strcmp(r->input, input->name) != 0 || r->n != (size_t)input->rank) continue;
        range[0] = r->least[axis];
        range[1] = r->best[axis];
        range[2] = r->most[axis];
        return true;
    }
    return false;
}

struct size {
    const struct ir_value *input;
    int32_t axis;
};

static bool same_ranges(const struct tfp_profile *profiles, size_t n, struct size a, struct size b)
{
    for (size_t p = 0; p < n; p++) {
        int64_t x[3], y[3];
        if (!range_of(&profiles[p], a.input, a.axis, x) || !range_of(&profiles[p], b.input, b.axis, y)) return false;
        if (memcmp(x, y, sizeof x) != 0) return false;
    }
    return n > 0;
}

static struct dim dim_at(struct size s)
{
    return s.input->dims[s.axis];
}

/* Inference has written down the greater of the two where they met or were compared. */
static bool meet(struct ir_graph *g, struct dim a, struct dim b)
{
    const size_t before = g->n_symbols;
    struct dim greater = dim_max(g, a, b);
    return greater.sym && greater.sym < before && !dim_equal(greater, a) && !dim_equal(greater, b);
}

/* The next open size behind `s`; false: that was the last. */
static bool next_size(const struct ir_graph *g, size_t *input, struct size *s)
{
    for (s->axis++; *input < g->n_inputs; ++*input, s->axis = 0) {
        s->input = g->inputs[*input];
        for (; s->axis < s->input->rank; s->axis++)
            if (!dim_fixed(dim_at(*s))) return true;
    }
    return false;
}

tfp_status engine_join_sizes(struct tfp_context *ctx, struct ir_graph *g, const struct tfp_profile *profiles, size_t n)
{
    struct size a = { NULL, -1 };
    bool any = false;
    for (size_t i = 0; next_size(g, &i, &a);) {
        struct size b = a;
        for (size_t k = i; next_size(g, &k, &b);) {
            if (dim_equal(dim_at(a), dim_at(b)) || !meet(g, dim_at(a), dim_at(b)) || !same_ranges(profiles, n, a, b)) continue;
            tfp_note(ctx, "%s of input %s and %s of input %s are one size of the engine", ir_symbol_name(g, dim_at(a)),
                     a.input->name, ir_symbol_name(g, dim_at(b)), b.input->name);
            TFP_TRY(ir_equate(ctx, g, dim_at(b), dim_at(a)));
            any = true;
        }
    }
    return any ? optimize_graph(ctx, g) : TFP_OK; /* conditions on them are known now */
}
