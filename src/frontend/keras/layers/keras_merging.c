/* Layers that merge several tensors. */
#include "frontend/keras/keras.h"

/* Keras lines tensors of different rank up at the batch: ones are put in behind it. */
static struct ir_value *with_rank(struct keras_call *c, struct ir_value *x, int64_t rank)
{
    int64_t axes[TFP_MAX_RANK];
    size_t n = 0;
    if (!x || x->rank < 0 || x->rank >= rank) return x;
    for (int64_t i = x->rank; i < rank; i++, n++) axes[n] = (int64_t)n + 1;
    return ir_unsqueeze(c->b, x, axes, n);
}

static int64_t largest_rank(const struct keras_call *c)
{
    int64_t rank = 0;
    for (size_t i = 0; i < c->n_in; i++)
        if (c->in[i].value && c->in[i].value->rank > rank) rank = c->in[i].value->rank;
    return rank;
}

/* Where both have one: both must let a step through. */
static struct ir_value *common_mask(struct keras_call *c)
{
    struct ir_value *mask = NULL;
    for (size_t i = 0; i < c->n_in; i++) {
        if (!c->in[i].mask) return NULL;
        mask = mask ? ir_binary(c->b, IR_AND, mask, c->in[i].mask) : c->in[i].mask;
    }
    return mask;
}

static void lower_merge(struct keras_call *c)
{
    struct build *b = c->b;
    enum ir_op op = *(const enum ir_op *)c->layer->class->variant;
    int64_t rank = largest_rank(c);
    struct ir_value *y = with_rank(c, call_in(c, 0), rank);
    if (op == IR_SUB && c->n_in != 2) call_malformed(c, "%zu inputs, not 2", c->n_in);
    for (size_t i = 1; i < c->n_in; i++) y = ir_binary(b, op == IR_MEAN ? IR_ADD : op, y, with_rank(c, call_in(c, i), rank));
    if (op == IR_MEAN && y) y = ir_div(b, y, ir_like(b, y, (double)c->n_in));
    call_out(c, y);
    call_mask(c, common_mask(c));
}

static void lower_concatenate(struct keras_call *c)
{
    struct ir_value *in[KERAS_IN_MOST];
    for (size_t i = 0; i < c->n_in; i++) in[i] = call_in(c, i);
    int64_t rank = call_rank(c, call_in(c, 0)), axis = call_axis(c, config_int(c->layer, "axis", -1), rank);
    if (rank < 0 || axis < 0) return;
    call_out(c, c->n_in == 1 ? in[0] : ir_concat(c->b, in, c->n_in, axis));
    if (axis == rank - 1) call_mask(c, common_mask(c));
}

/* Batched products: the axis goes to the end of x and behind the batch of y. */
static void lower_dot(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *y = call_in(c, 1);
    int64_t axes[2] = { -1, -1 }, x_rank = call_rank(c, x), y_rank = call_rank(c, y);
    int64_t n = config_list(c->layer, "axes", -1, axes, 2);
    if (n == 1) axes[1] = axes[0];
    if (x_rank < 0 || y_rank < 0) return;
    axes[0] = call_axis(c, axes[0], x_rank);
    axes[1] = call_axis(c, axes[1], y_rank);
    if (axes[0] < 1 || axes[1] < 1 || c->n_in != 2) {
        call_malformed(c, "axes must lie behind the batch of two tensors");
        return;
    }
    if (config_bool(c->layer, "normalize", false)) {
        x = keras_unit_length(b, x, &axes[0], 1);
        y = keras_unit_length(b, y, &axes[1], 1);
    }
    x = form_move_axis(b, x, x_rank, axes[0], x_rank - 1);
    y = form_move_axis(b, y, y_rank, axes[1], 1);
    struct ir_value *batch = ir_dim(b, x, 0), *length = ir_dim(b, y, 1);
    struct ir_value *x_rest = form_dims(b, x, 1, x_rank - 1), *y_rest = form_dims(b, y, 2, y_rank);
    struct ir_value *left = FORM_RESHAPE(b, x, batch, form_product(b, CONCAT(b, 0, INTS(b, 1), x_rest)), length);
    struct ir_value *right = FORM_RESHAPE(b, y, batch, length, form_product(b, CONCAT(b, 0, INTS(b, 1), y_rest)));
    struct ir_value *product = ir_matmul(b, left, right);
    if (x_rank == 2 && y_rank == 2) call_out(c, SQUEEZE(b, product, 1));
    else call_out(c, FORM_RESHAPE(b, product, batch, x_rest, y_rest));
}

#define ROW(name, op) { name, NULL, lower_merge, KERAS_MASK_OWN, false, &(const enum ir_op){ op }, NULL }

/* The short names are Keras 3's operations on tensors as well: see keras_operations.c. */
static const struct keras_class classes[] = {
    ROW("Add", IR_ADD),
    ROW("Average", IR_MEAN),
    { "Concatenate", NULL, lower_concatenate, KERAS_MASK_OWN, false, NULL, NULL },
    { "Dot", NULL, lower_dot, KERAS_MASK_STOPS, false, NULL, NULL },
    ROW("Maximum", IR_MAX),
    ROW("Minimum", IR_MIN),
    ROW("Multiply", IR_MUL),
    ROW("Subtract", IR_SUB),
};

extern const struct keras_family keras_family_merging;
KERAS_FAMILY(merging, "Merging");
