/* Random numbers. They stand in dropout that an inference never runs, and in the few models that really draw: ONNX's
 * generators are other ones, so a draw has TensorFlow's distribution and never its very numbers. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

/* TensorFlow's two seeds as one; both 0: another draw each time. */
static void set_seed(struct lower *lw, struct ir_attr *attr)
{
    int64_t seed = tf_int(lw, "seed"), seed2 = tf_int(lw, "seed2");
    *attr = (struct ir_attr){ .name = ATTR_NONE };
    if (seed || seed2) *attr = (struct ir_attr)A_FLOAT(ATTR_SEED, (float)(seed % 65536 * 256 + seed2 % 65536));
}

/* Of the shape that a vector holds. */
static struct ir_value *draw(struct lower *lw, enum ir_op fixed, enum ir_op like, struct ir_value *shape,
                             tfp_dtype dtype)
{
    struct build *b = &lw->b;
    int64_t dims[TFP_MAX_RANK];
    struct ir_attr seed;
    set_seed(lw, &seed);
    if (!shape || b->status != TFP_OK) return NULL;
    int64_t rank = ir_known_ints(shape, dims, TFP_MAX_RANK);
    if (rank >= 0)
        return ir_emit(b, fixed, NULL, 0,
                       ATTRS(A_INTS(ATTR_SHAPE, dims, (size_t)rank), A_INT(ATTR_DTYPE, dtype), seed));
    struct ir_value *model = form_zeros(b, dtype, shape);
    return model ? ir_emit(b, like, IN(model), ATTRS(A_INT(ATTR_DTYPE, dtype), seed)) : NULL;
}

static struct ir_value *draw_uniform(struct lower *lw, struct ir_value *shape, tfp_dtype dtype)
{
    return draw(lw, IR_RANDOM_UNIFORM, IR_RANDOM_UNIFORM_LIKE, shape, dtype);
}

static bool has_generator(tfp_dtype dtype)
{
    return dtype == TFP_FLOAT || dtype == TFP_DOUBLE || dtype == TFP_FLOAT16;
}

static tfp_status lower_draw(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    tfp_dtype dtype = tf_type(lw, "dtype"), made = has_generator(dtype) ? dtype : TFP_FLOAT;
    struct ir_value *shape = lower_int64(lw, 0);
    struct ir_value *x = VARIANT(bool) ? draw(lw, IR_RANDOM_NORMAL, IR_RANDOM_NORMAL_LIKE, shape, made)
                                       : draw_uniform(lw, shape, made);
    return lower_done(lw, ir_cast(&lw->b, x, dtype));
}

/* minval <= x < maxval */
static tfp_status lower_draw_integers(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *low = lower_in(lw, 1), *high = lower_in(lw, 2);
    tfp_dtype dtype = form_dtype(low);
    struct ir_value *x = draw_uniform(lw, lower_int64(lw, 0), TFP_DOUBLE);
    struct ir_value *range = ir_cast(b, ir_sub(b, high, low), TFP_DOUBLE);
    x = ir_cast(b, ir_unary(b, IR_FLOOR, ir_mul(b, x, range)), dtype);
    return lower_done(lw, ir_add(b, x, low));
}

/* Rows in the order of numbers drawn for them. */
static tfp_status lower_shuffle(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *order[2];
    struct ir_value *count = ir_dim(b, x, 0), *keys = draw_uniform(lw, count, TFP_FLOAT);
    if (!keys) return b->status;
    ir_emit_many(b, IR_TOP_K, IN(keys, count), NO_ATTRS, 2, order);
    return lower_done(lw, ir_gather(b, x, order[1], 0));
}

static tfp_status lower_multinomial(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_attr seed;
    int64_t samples;
    tfp_dtype dtype = tf_type(lw, "output_dtype");
    struct ir_value *logits = ir_cast(b, lower_in(lw, 0), TFP_FLOAT);
    if (lower_const_ints(lw, 1, "num_samples", &samples, 1) < 0) return b->status;
    set_seed(lw, &seed);
    if (!logits || b->status != TFP_OK) return b->status;
    struct ir_value *x = ir_emit(b, IR_MULTINOMIAL, IN(logits),
                                 ATTRS(A_INT(ATTR_DTYPE, TFP_INT64), A_INT(ATTR_SAMPLE_SIZE, samples), seed));
    return lower_done(lw, ir_cast(b, x, dtype));
}

static const struct rule rules[] = {
    { "Multinomial", lower_multinomial, NULL },
    { "RandomShuffle", lower_shuffle, NULL },
    { "RandomStandardNormal", lower_draw, &(const bool){ true } },
    { "RandomUniform", lower_draw, &(const bool){ false } },
    { "RandomUniformInt", lower_draw_integers, NULL },
};

const struct rule_family rules_random = { rules, sizeof rules / sizeof rules[0] };
