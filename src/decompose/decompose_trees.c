/* Decision trees, all walked at once, a level at a time: a gather and a comparison a level. */
#include "decompose/decompose.h"
#include "ir/forms.h"

static bool some_true(const struct tensor *t)
{
    for (int64_t i = 0; t && i < t->count; i++)
        if (((const bool *)t->data)[i]) return true;
    return !t;
}

static bool trees(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *features = ir_in(n, 0), *batch = ir_dim(b, features, 0), *equals = ir_in(n, 5);
    const int64_t step = ir_attr_int(n, ATTR_STEP, 0), depth = ir_attr_int(n, ATTR_DEPTH, 0);
    const struct dim nodes = ir_in(n, 6)->dims[0];
    if (!dim_fixed(nodes) || step < 1 || nodes.n % step) return decline(d, "tables of a size that is not known");
    const int64_t count = nodes.n / step;
    struct ir_value *roots = ir_mul(b, form_iota(b, ir_int(b, count)), ir_int(b, step));
    struct ir_value *node = ir_expand(b, UNSQUEEZE(b, roots, 0), CONCAT(b, 0, batch, INTS(b, count)));
    const bool some_equal = some_true(ir_in_constant(n, 5));
    for (int64_t level = 0; level < depth; level++) {
        struct ir_value *feature = ir_gather(b, ir_in(n, 1), node, 0), *threshold = ir_gather(b, ir_in(n, 2), node, 0);
        struct ir_value *value = ir_emit(b, IR_GATHER_ELEMENTS, IN(features, feature), ATTRS(A_INT(ATTR_AXIS, 1)));
        struct ir_value *left = ir_binary(b, IR_LESS_OR_EQUAL, value, threshold);
        if (some_equal) left = ir_where(b, ir_gather(b, equals, node, 0), ir_binary(b, IR_EQUAL, value, threshold), left);
        node = ir_where(b, left, ir_gather(b, ir_in(n, 3), node, 0), ir_gather(b, ir_in(n, 4), node, 0));
    }
    return give(out, form_reduce(b, IR_REDUCE_SUM, ir_gather(b, ir_in(n, 6), node, 0), (const int64_t[]){ 1 }, 1, false));
}

static const struct decomposition rows[] = { { IR_TREES, trees } };
const struct decompositions decompose_trees = { rows, sizeof rows / sizeof rows[0] };
