/* The layout of nodes at older opsets. The rule is generic: a parameter keeps its name, whether it is an input or an
 * attribute, and one that an opset lacks may be left out when it has the value that the newest schema takes by default.
 * The tables hold the exceptions, as the histories in ONNX's docs/Changelog.md have them. */
#include "backend/onnx/slots.h"

#include "ir/bodies.h"

#include <stdio.h>
#include <stdlib.h>

/* -- tables -------------------------------------------------------------------------------------------------------- */

/* An op under its older name. */
static const struct {
    enum ir_op op;
    int below;
    enum ir_op older;
} renamed_ops[] = {
    { IR_RESIZE, 10, IR_UPSAMPLE },
    { IR_SCATTER_ELEMENTS, 11, IR_SCATTER },
};

/* An input that was an attribute under another name. */
static const struct {
    enum ir_op op;
    const char *param;
    enum ir_attr_name older;
} renamed_params[] = {
    { IR_PAD, "constant_value", ATTR_VALUE },
    { IR_TOP_K, "K", ATTR_K },
};

/* A word of a string attribute that is younger than the attribute, or was spelled differently. */
static const struct {
    enum ir_op op;
    enum ir_attr_name attr;
    const char *word;
    int since;
    const char *older; /* NULL: nothing says it before */
} words[] = {
    { IR_GRID_SAMPLE, ATTR_MODE, "cubic", 20, "bicubic" },
    { IR_GRID_SAMPLE, ATTR_MODE, "linear", 20, "bilinear" },
    { IR_PAD, ATTR_MODE, "wrap", 19, NULL },
    { IR_RESIZE, ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel_symmetric", 19, NULL },
    { IR_RESIZE, ATTR_MODE, "cubic", 11, NULL },
    { IR_SCATTER_ELEMENTS, ATTR_REDUCTION, "max", 18, NULL },
    { IR_SCATTER_ELEMENTS, ATTR_REDUCTION, "min", 18, NULL },
    { IR_SCATTER_ND, ATTR_REDUCTION, "max", 18, NULL },
    { IR_SCATTER_ND, ATTR_REDUCTION, "min", 18, NULL },
};

/* What an older version does where it has no attribute, when that is not the newest default. */
static const struct {
    enum ir_op op;
    enum ir_attr_name attr;
    const char *word;
} implied_words[] = {
    { IR_RESIZE, ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric" },
    { IR_RESIZE, ATTR_NEAREST_MODE, "floor" },
    { IR_ROI_ALIGN, ATTR_COORDINATE_TRANSFORMATION_MODE, "output_half_pixel" },
};

/* Attributes without effect at any value in what the older version does, and the reason. */
static const struct {
    enum ir_op op;
    enum ir_attr_name attr;
} idle_attrs[] = {
    { IR_RESIZE, ATTR_CUBIC_COEFF_A },       /* the cubic mode is younger too */
    { IR_RESIZE, ATTR_EXCLUDE_OUTSIDE },     /* of the cubic mode */
    { IR_RESIZE, ATTR_EXTRAPOLATION_VALUE }, /* of tf_crop_and_resize, which is younger too */
    { IR_SPLIT, ATTR_NUM_OUTPUTS },          /* it is the number of outputs */
    { IR_TOP_K, ATTR_SORTED },               /* sorted is one of the orders that sorted=0 allows */
};

/* -- conditions that no schema shows ------------------------------------------------------------------------------- */

static int64_t positive_axis(int64_t axis, int32_t rank)
{
    return axis < 0 && rank >= 0 ? axis + rank : axis;
}

/* Before 13 all dimensions from the axis on are one row. */
static bool ends_with_axis(const struct ir_node *n)
{
    const struct ir_value *x = ir_in(n, 0);
    if (x->rank < 0) return false;
    int64_t axis = positive_axis(ir_attr_int(n, ATTR_AXIS, -1), x->rank);
    for (int64_t i = axis + 1; i < x->rank; i++)
        if (!dim_is(x->dims[i], 1)) return false;
    return true;
}

/* Shape inference wants the dots of each term to stand for the same number of dimensions. */
static bool same_dots(const struct ir_node *n)
{
    struct bytes text = ir_attr_string(n, ATTR_EQUATION, "");
    int64_t dots = -1, letters = 0;
    bool dotted = false;
    for (size_t i = 0, term = 0; i <= text.n; i++) {
        char c = i < text.n ? text.at[i] : ',';
        if (c == '.') dotted = true;
        else if (c != ',' && c != '-') letters += c != ' ';
        else {
            const struct ir_value *v = ir_in(n, term++);
            if (dotted && v && v->rank >= 0 && dots >= 0 && v->rank - letters != dots) return false;
            if (dotted && v && v->rank >= 0) dots = v->rank - letters;
            if (c == '-') return true;
            dotted = false;
            letters = 0;
        }
    }
    return true;
}

/* Before 8 these did not broadcast. */
static bool same_shapes(const struct ir_node *n)
{
    const struct ir_value *first = ir_in(n, 0);
    for (uint32_t i = 1; i < n->n_in; i++) {
        const struct ir_value *v = ir_in(n, i);
        if (first->rank < 0 || v->rank != first->rank) return false;
        for (int32_t k = 0; k < v->rank; k++)
            if (!dim_equal(first->dims[k], v->dims[k])) return false;
    }
    return true;
}

/* Before 13 there was one scale for the whole tensor. */
static bool one_scale(const struct ir_node *n)
{
    return ir_in(n, 1)->rank == 0;
}

/* Before 18 parts of unequal size must be listed. */
static bool equal_parts(const struct ir_node *n)
{
    const struct ir_value *x = ir_in(n, 0);
    if (ir_in(n, 1) || x->rank < 0) return true;
    int64_t axis = positive_axis(ir_attr_int(n, ATTR_AXIS, 0), x->rank);
    return axis < 0 || axis >= x->rank || !dim_fixed(x->dims[axis]) || x->dims[axis].n % n->n_out == 0;
}

/* Before 20 the axis is another one by default. */
static bool names_axis(const struct ir_node *n)
{
    return ir_in(n, 2) != NULL;
}

/* Before 10 there was only Upsample. */
static bool grows(const struct ir_node *n)
{
    const struct tensor *scales = ir_in_constant(n, 2);
    for (int64_t i = 0; scales && i < scales->count; i++)
        if (tensor_float(scales, i) < 1) return false;
    return scales != NULL;
}

/* Before 10 a slice has no steps. */
static bool no_steps(const struct ir_node *n)
{
    int64_t steps[TFP_MAX_RANK];
    int64_t count = ir_in(n, 4) ? ir_known_ints(ir_in(n, 4), steps, TFP_MAX_RANK) : 0;
    for (int64_t i = 0; i < count; i++)
        if (steps[i] != 1) return false;
    return count >= 0;
}

/* The form that Scan had at 8 works on batches. */
static bool never(const struct ir_node *n)
{
    (void)n;
    return false;
}

static bool axes_from_front(const struct ir_node *n)
{
    const struct ir_ints in = ir_attr_ints(n, ATTR_SCAN_INPUT_AXES), out = ir_attr_ints(n, ATTR_SCAN_OUTPUT_AXES);
    for (size_t i = 0; i < in.n + out.n; i++)
        if ((i < in.n ? in.at[i] : out.at[i - in.n]) < 0) return false;
    return true;
}

static bool carries(const struct ir_node *n)
{
    return n->n_in > 2;
}

static bool may_be_one_shape(const struct ir_value *a, const struct ir_value *b)
{
    if (a->rank < 0 || b->rank < 0) return true;
    for (int32_t k = 0; a->rank == b->rank && k < a->rank; k++)
        if (dim_fixed(a->dims[k]) && dim_fixed(b->dims[k]) && a->dims[k].n != b->dims[k].n) return false;
    return a->rank == b->rank;
}

/* Before 11 both branches give what is declared once. */
static bool same_results(const struct ir_node *n)
{
    const struct ir_graph *x = ir_body(n, ATTR_THEN_BRANCH), *y = ir_body(n, ATTR_ELSE_BRANCH);
    for (size_t i = 0; i < x->n_outputs; i++)
        if (!may_be_one_shape(x->outputs[i].value, y->outputs[i].value)) return false;
    return true;
}

static bool truncates_floats(const struct ir_node *n)
{
    return !dtype_is_float(ir_in(n, 0)->dtype) || ir_attr_int(n, ATTR_FMOD, 0);
}

static const struct {
    enum ir_op op;
    int below;
    bool (*holds)(const struct ir_node *n);
    const char *otherwise;
} conditions[] = {
    { IR_DEQUANTIZE_LINEAR, 11, never, "that ONNX Runtime would put a Round beside, which opset 10 lacks" },
    { IR_DEQUANTIZE_LINEAR, 13, one_scale, "a scale for each channel" },
    { IR_DFT, 20, names_axis, "the default axis" },
    { IR_EINSUM, 255, same_dots, "dots that stand for different numbers of dimensions" },
    { IR_HARDMAX, 13, ends_with_axis, "an axis that is not the last" },
    { IR_IF, 11, same_results, "branches that give results of different shape" },
    { IR_LOG_SOFTMAX, 13, ends_with_axis, "an axis that is not the last" },
    { IR_LOOP, 11, carries, "no carried value" },
    { IR_MAX, 8, same_shapes, "inputs of different shape" },
    { IR_MEAN, 8, same_shapes, "inputs of different shape" },
    { IR_MIN, 8, same_shapes, "inputs of different shape" },
    { IR_MOD, 28, truncates_floats, "fmod 0 of floats" },
    { IR_QUANTIZE_LINEAR, 11, never, "that ONNX Runtime would put a Round beside, which opset 10 lacks" },
    { IR_QUANTIZE_LINEAR, 13, one_scale, "a scale for each channel" },
    { IR_RESIZE, 10, grows, "scales below 1" },
    { IR_SCAN, 9, never, "all but batches" },
    { IR_SCAN, 11, axes_from_front, "axes that count from the end" },
    { IR_SLICE, 10, no_steps, "steps" },
    { IR_SOFTMAX, 13, ends_with_axis, "an axis that is not the last" },
    { IR_SPLIT, 18, equal_parts, "parts of unequal size" },
    { IR_SUM, 8, same_shapes, "inputs of different shape" },
};

/* Inputs that may be left out where the older version has no place for them, when they are known to have this value. */
static const struct {
    enum ir_op op;
    const char *param;
    int64_t value; /* of every element */
} idle_inputs[] = {
    { IR_DROPOUT, "training_mode", 0 },
    { IR_SLICE, "steps", 1 },
};

/* Inputs that older versions must have, made up: no elements, or a zero of the first input's type. */
static const struct {
    enum ir_op op;
    const char *param;
    bool zero;
} made_inputs[] = {
    { IR_GEMM, "C", true },
    { IR_RESIZE, "roi", false },
    { IR_RESIZE, "scales", false },
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* -- laying out ---------------------------------------------------------------------------------------------------- */

struct layout {
    struct tfp_context *ctx;
    struct arena *arena;
    const struct ir_node *node;
    const struct schema *newest, *schema;
    struct onnx_form *form;
    int opset;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct layout *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(l->form->why, sizeof l->form->why, format, args);
    va_end(args);
    return false;
}

static void add_attr(struct layout *l, struct ir_attr a)
{
    l->form->attrs[l->form->n_attrs++] = a;
}

static bool has_attr(const struct onnx_form *f, enum ir_attr_name name)
{
    for (size_t i = 0; i < f->n_attrs; i++)
        if (f->attrs[i].name == name) return true;
    return false;
}

/* Whether an attribute's value is what the schema takes when it is left out. */
static bool is_preset(const struct ir_attr *a, const struct schema_attr *s)
{
    if (!s || !s->preset || a->kind != s->kind) return false;
    switch (a->kind) {
    case ATTR_KIND_INT: return a->v.i == s->i;
    case ATTR_KIND_FLOAT: return float_bits(a->v.f) == float_bits(s->f);
    case ATTR_KIND_STRING: return bytes_equal(a->v.s, s->s);
    default: return false;
    }
}

/* Lists that say nothing: all dilations 1, all strides 1, no axes. */
static bool is_neutral_list(const struct ir_attr *a)
{
    if (a->kind != ATTR_KIND_INTS || a->name != ATTR_DILATIONS) return false;
    for (size_t i = 0; i < a->v.ints.n; i++)
        if (a->v.ints.at[i] != 1) return false;
    return true;
}

static const char *implied_word(enum ir_op op, enum ir_attr_name attr)
{
    for (size_t i = 0; i < COUNT(implied_words); i++)
        if (implied_words[i].op == op && implied_words[i].attr == attr) return implied_words[i].word;
    return NULL;
}

/* An attribute that the schema at hand lacks. */
static bool leave_out(struct layout *l, const struct ir_attr *a)
{
    const char *implied = implied_word(l->node->op, a->name);
    if (implied && a->kind == ATTR_KIND_STRING) {
        bool idle = a->name == ATTR_NEAREST_MODE && !ir_attr_is(l->node, ATTR_MODE, "nearest");
        if (idle || bytes_equal(a->v.s, implied)) return true;
        return refuse(l, "%s \"%.*s\"", schema_attr_name(a->name), (int)a->v.s.n, a->v.s.at);
    }
    for (size_t i = 0; i < COUNT(idle_attrs); i++)
        if (idle_attrs[i].op == l->node->op && idle_attrs[i].attr == a->name) return true;
    if (is_preset(a, schema_attr(l->newest, a->name)) || is_neutral_list(a)) return true;
    return refuse(l, "attribute %s", schema_attr_name(a->name));
}

static bool place_word(struct layout *l, struct ir_attr *a)
{
    for (size_t i = 0; i < COUNT(words); i++) {
        if (words[i].op != l->node->op || words[i].attr != a->name || l->opset >= words[i].since) continue;
        if (!bytes_equal(a->v.s, words[i].word)) continue;
        if (!words[i].older) return refuse(l, "%s \"%s\"", schema_attr_name(a->name), words[i].word);
        a->v.s = bytes_of(words[i].older);
    }
    return true;
}

/* Before 11 axes count from the front. */
static bool place_axes(struct layout *l, struct ir_attr *a)
{
    if (l->opset >= 11 || (a->name != ATTR_AXIS && a->name != ATTR_AXES)) return true;
    const struct schema_attr *s = schema_attr(l->schema, a->name);
    const struct ir_value *x = l->node->op == IR_UNSQUEEZE ? l->node->out[0] : ir_in(l->node, 0);
    if ((s->preset && s->i < 0) || !x || x->rank < 0) return true;
    if (a->kind == ATTR_KIND_INT) a->v.i = positive_axis(a->v.i, x->rank);
    if (a->kind != ATTR_KIND_INTS) return true;
    int64_t *axes = arena_copy(l->arena, a->v.ints.at, a->v.ints.n * sizeof *axes);
    if (!axes) return false;
    for (size_t i = 0; i < a->v.ints.n; i++) axes[i] = positive_axis(axes[i], x->rank);
    a->v.ints.at = axes;
    return true;
}

static bool place_attr(struct layout *l, struct ir_attr a)
{
    const struct schema_attr *s = schema_attr(l->schema, a.name);
    if (!s) return l->schema != l->newest ? leave_out(l, &a) : refuse(l, "attribute %s", schema_attr_name(a.name));
    if (s->kind != a.kind) return refuse(l, "attribute %s as it is", schema_attr_name(a.name));
    if (a.kind == ATTR_KIND_STRING && !place_word(l, &a)) return false;
    if (!place_axes(l, &a)) return false;
    add_attr(l, a);
    return true;
}

/* Attributes that the node leaves at the newest default, which is not this schema's. */
static bool spell_presets(struct layout *l)
{
    for (size_t i = 0; i < l->newest->n_attrs; i++) {
        const struct schema_attr *a = &l->newest->attrs[i], *s = schema_attr(l->schema, a->name);
        struct ir_attr spelled = { .name = a->name, .kind = a->kind };
        if (!a->preset || ir_attr(l->node, a->name)) continue;
        if (a->kind == ATTR_KIND_INT) spelled.v.i = a->i;
        else if (a->kind == ATTR_KIND_FLOAT) spelled.v.f = a->f;
        else if (a->kind == ATTR_KIND_STRING) spelled.v.s = bytes_of(a->s);
        else continue;
        if (!s && !leave_out(l, &spelled)) return false;
        if (s && !is_preset(&spelled, s) && !place_attr(l, spelled)) return false;
    }
    return true;
}

/* -- inputs -------------------------------------------------------------------------------------------------------- */

static size_t find_in(const struct schema *s, const char *name)
{
    size_t i = 0;
    while (i < s->n_in && strcmp(s->in[i].name, name) != 0) i++;
    return i;
}

static enum ir_attr_name older_attr(enum ir_op op, const char *param)
{
    for (size_t i = 0; i < COUNT(renamed_params); i++)
        if (renamed_params[i].op == op && strcmp(renamed_params[i].param, param) == 0) return renamed_params[i].older;
    return schema_attr_find(param, strlen(param));
}

static bool idle_input(struct layout *l, const char *param, const struct ir_value *v)
{
    for (size_t i = 0; i < COUNT(idle_inputs); i++) {
        if (idle_inputs[i].op != l->node->op || strcmp(idle_inputs[i].param, param) != 0) continue;
        int64_t values[TFP_MAX_RANK];
        int64_t n = v->constant && v->dtype == TFP_BOOL && v->constant->count == 1
                        ? (values[0] = tensor_int(v->constant, 0), 1)
                        : ir_known_ints(v, values, TFP_MAX_RANK);
        for (int64_t k = 0; k < n; k++)
            if (values[k] != idle_inputs[i].value) return false;
        return n >= 0;
    }
    return false;
}

/* The elements of an integer input that is constant, or known without being so; NULL otherwise. */
static int64_t *known_ints(struct layout *l, const struct ir_value *v, size_t *n)
{
    const struct tensor *t = v->constant;
    if (t && (!dtype_is_integer(t->dtype) || t->rank > 1)) return NULL;
    int64_t room = t ? t->count : IR_KNOWN_MAX;
    int64_t *at = ARENA_ARRAY(l->arena, int64_t, (size_t)room);
    int64_t count = t ? t->count : -1;
    if (!at) return NULL;
    for (int64_t i = 0; t && i < count; i++) at[i] = tensor_int(t, i);
    if (!t) count = ir_known_ints(v, at, IR_KNOWN_MAX);
    *n = (size_t)count;
    return count < 0 ? NULL : at;
}

static bool moved_floats(struct layout *l, const struct ir_value *v, struct ir_attr *a)
{
    const struct tensor *t = v->constant;
    if (!t || t->rank > 1 || (!dtype_is_float(t->dtype) && !dtype_is_integer(t->dtype))) return false;
    float *at = ARENA_ARRAY(l->arena, float, (size_t)t->count);
    if (!at) return false;
    for (int64_t i = 0; i < t->count; i++) {
        double x = tensor_float(t, i);
        at[i] = (float)x;
        if ((double)at[i] != x && x == x) return false;
    }
    if (a->kind == ATTR_KIND_FLOATS) a->v.floats = (struct ir_floats){ at, (size_t)t->count };
    else if (t->count == 1) a->v.f = at[0];
    return a->kind == ATTR_KIND_FLOATS || t->count == 1;
}

/* An input that was an attribute: its value must be known now. */
static bool place_moved(struct layout *l, const char *param, const struct ir_value *v, enum ir_attr_name name)
{
    const struct schema_attr *s = schema_attr(l->schema, name);
    struct ir_attr a = { .name = name, .kind = s->kind };
    size_t n = 0;
    int64_t *ints = NULL;
    bool known = false;
    if (s->kind == ATTR_KIND_INTS || s->kind == ATTR_KIND_INT) {
        ints = known_ints(l, v, &n);
        known = ints && (s->kind == ATTR_KIND_INTS || n == 1);
        if (known && s->kind == ATTR_KIND_INTS) a.v.ints = (struct ir_ints){ ints, n };
        else if (known) a.v.i = ints[0];
    } else if (s->kind == ATTR_KIND_FLOAT || s->kind == ATTR_KIND_FLOATS) {
        known = moved_floats(l, v, &a);
    }
    if (!known) return refuse(l, v->constant ? "this value of %s" : "%s that is not constant", param);
    if (s->kind == ATTR_KIND_INTS && n == 0 && !s->required && l->node->op != IR_SQUEEZE) return true; /* none: all */
    return place_attr(l, a);
}

static bool place_input(struct layout *l, size_t i)
{
    struct ir_value *v = ir_in(l->node, i);
    const struct schema_param *p = schema_in(l->newest, i);
    if (!v || (l->node->op == IR_IF && i)) return true; /* a branch names what it uses */
    if (!p) return refuse(l, "%u inputs", (unsigned)l->node->n_in);
    size_t at = p->option == PARAM_VARIADIC ? i : find_in(l->schema, p->name);
    if (p->option != PARAM_VARIADIC &&
        at == l->schema->n_in) { /* the place is taken over under another name, or the input was an attribute */
        enum ir_attr_name older = older_attr(l->node->op, p->name);
        if (older && schema_attr(l->schema, older)) return place_moved(l, p->name, v, older);
        if (idle_input(l, p->name, v)) return true;
        const struct schema_param *same = i < l->schema->n_in ? &l->schema->in[i] : NULL;
        if (!same || find_in(l->newest, same->name) < l->newest->n_in) return refuse(l, "input %s", p->name);
        at = i;
    }
    if (!schema_in(l->schema, at)) return refuse(l, "%zu inputs", at + 1);
    l->form->in[at] = v;
    if (at >= l->form->n_in) l->form->n_in = at + 1;
    return true;
}

static bool make_input(struct layout *l, size_t at)
{
    static const double zero;
    static const int64_t dims[] = { 1 };
    for (size_t i = 0; i < COUNT(made_inputs); i++) {
        if (made_inputs[i].op != l->node->op || strcmp(made_inputs[i].param, l->schema->in[at].name) != 0) continue;
        const int64_t none = 0;
        tfp_dtype t = made_inputs[i].zero ? ir_in(l->node, 0)->dtype : TFP_FLOAT;
        struct tensor made = { .data = arena_copy(&l->node->graph->arena, &zero, sizeof zero) };
        if (!made.data || tensor_describe(l->ctx, "", t, 1, made_inputs[i].zero ? dims : &none, &made) != TFP_OK)
            return false;
        if (!(l->form->in[at] = ir_add_constant(l->node->graph, NULL, &made))) return false;
        if (at >= l->form->n_in) l->form->n_in = at + 1;
        return true;
    }
    return refuse(l, "no input %s", l->schema->in[at].name);
}

/* What the schema must have and the node did not give. */
static bool complete(struct layout *l)
{
    for (size_t i = 0; i < l->schema->n_in; i++) {
        const struct schema_param *p = &l->schema->in[i];
        if (p->option == PARAM_ONE && (i >= l->form->n_in || !l->form->in[i]) && !make_input(l, i)) return false;
    }
    for (size_t i = 0; i < l->schema->n_attrs; i++) {
        const struct schema_attr *a = &l->schema->attrs[i];
        if (a->required && !has_attr(l->form, a->name)) return refuse(l, "no %s", schema_attr_name(a->name));
    }
    size_t n = l->node->n_out;
    while (n && (!l->node->out[n - 1] || ir_unused(l->node->out[n - 1]))) {
        const struct schema_param *p = schema_out(l->schema, n - 1);
        if (p && p->option == PARAM_VARIADIC) break; /* their number is a fact of the node, used or not */
        n--;
    }
    if (n < l->schema->min_out) n = l->schema->min_out;
    if (l->form->n_in < l->schema->min_in) l->form->n_in = l->schema->min_in; /* a Loop's, absent */
    if (n > l->schema->max_out) {
        const struct schema_param *p = schema_out(l->newest, n - 1);
        return refuse(l, "output %s", p ? p->name : "more");
    }
    l->form->n_out = n;
    return true;
}

static int attr_order(const void *a, const void *b)
{
    return (int)((const struct ir_attr *)a)->name - (int)((const struct ir_attr *)b)->name;
}

static bool lay_out(struct layout *l)
{
    const struct ir_node *n = l->node;
    for (size_t i = 0; i < COUNT(conditions); i++)
        if (conditions[i].op == n->op && l->opset < conditions[i].below && !conditions[i].holds(n))
            return refuse(l, "%s", conditions[i].otherwise);
    for (size_t i = 0; i < n->n_attrs; i++)
        if (!place_attr(l, n->attrs[i])) return false;
    if (l->schema != l->newest && !spell_presets(l)) return false;
    for (size_t i = 0; i < n->n_in; i++)
        if (!place_input(l, i)) return false;
    if (!complete(l)) return false;
    if (l->form->n_attrs > 1) qsort(l->form->attrs, l->form->n_attrs, sizeof *l->form->attrs, attr_order);
    return true;
}

tfp_status slots_form(struct tfp_context *ctx, struct arena *arena, const struct ir_node *n, int opset,
                      struct onnx_form *out)
{
    enum ir_op op = n->op;
    for (size_t i = 0; i < COUNT(renamed_ops); i++)
        if (renamed_ops[i].op == n->op && opset < renamed_ops[i].below) op = renamed_ops[i].older;
    *out = (struct onnx_form){ .opset = opset };
    struct layout l = { ctx, arena, n, schema_newest(n->op), schema_at(op, opset), out, opset };
    if (!l.newest || !l.schema || l.schema->deprecated) return TFP_OK;
    size_t room = n->n_in > l.schema->n_in ? n->n_in : l.schema->n_in;
    if (room < l.schema->min_in) room = l.schema->min_in;
    out->in = ARENA_ARRAY(arena, struct ir_value *, room);
    out->attrs = ARENA_ARRAY(arena, struct ir_attr, n->n_attrs + l.newest->n_attrs + room);
    if (!out->in || !out->attrs) return tfp_no_memory(ctx);
    if (lay_out(&l)) out->schema = l.schema;
    else if (!out->why[0]) return tfp_no_memory(ctx);
    return TFP_OK;
}
