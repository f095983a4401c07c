/* Tensors of a subgraph: what they are, where their data lies, and what quantized ones stand for. */
#include "frontend/tensorflow/lite/lite.h"

#include "base/numbers.h"

static const struct lite_ref none = { { NULL, 0 }, 0 };

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* Data behind the FlatBuffer, of files above 2 GiB, has an offset in the file. */
static struct bytes buffer_of(struct lite *m, uint64_t number)
{
    if (number == 0 || number >= m->buffers.n) return (struct bytes){ NULL, 0 };
    const struct flat_table t = flat_vector_table(&m->buffers, (size_t)number);
    const uint64_t offset = flat_unsigned(&t, BUFFER_OFFSET, 8, 0), size = flat_unsigned(&t, BUFFER_SIZE, 8, 0);
    if (offset <= 1) return flat_bytes(&t, BUFFER_DATA);
    if (offset <= m->file.file.n && size <= m->file.file.n - offset) return (struct bytes){ m->file.file.at + offset, (size_t)size };
    m->file.broken = true;
    return (struct bytes){ NULL, 0 };
}

/* Letters that a node's name cannot have become "_". */
static const char *node_name(struct lite *m, struct bytes own, size_t number)
{
    const char *end = own.n ? memchr(own.at, ';', own.n) : NULL;
    size_t n = end ? (size_t)(end - own.at) : own.n;
    if (n > 2 && memcmp(own.at + n - 2, ":0", 2) == 0) n -= 2;
    char *name = n ? arena_string(m->arena, own.at, n) : arena_printf(m->arena, "tensor_%zu", number);
    if (!name) return lite_no_memory(m), NULL;
    if (name[0] == '^') name[0] = '_';
    for (char *c = name; *c; c++)
        if (*c == ':' || (unsigned char)*c <= ' ' || *c == 127) *c = '_';
    return name;
}

static bool read_dims(struct lite *m, const struct flat_table *t, struct lite_tensor *out)
{
    struct flat_vector dims = flat_vector_of(t, TENSOR_SHAPE_SIGNATURE, 4);
    if (!dims.n) dims = flat_vector_of(t, TENSOR_SHAPE, 4);
    int64_t *list = ARENA_ARRAY(m->arena, int64_t, dims.n);
    if (dims.n > TFP_MAX_RANK) return lite_fail(m, TFP_E_UNSUPPORTED, "tensor %s has rank %zu", out->name, dims.n), false;
    if (!list) return lite_no_memory(m), false;
    for (size_t i = 0; i < dims.n; i++) {
        list[i] = flat_vector_signed(&dims, i);
        if (list[i] < -1) return lite_fail(m, TFP_E_FORMAT, "tensor %s has a negative size", out->name), false;
    }
    out->rank = (int32_t)dims.n;
    out->dims = list;
    return true;
}

static bool read_quantization(struct lite *m, const struct flat_table *t, struct lite_tensor *out)
{
    const struct flat_table q = flat_table_of(t, TENSOR_QUANTIZATION);
    out->scale = flat_vector_of(&q, QUANTIZATION_SCALE, 4);
    out->zero_point = flat_vector_of(&q, QUANTIZATION_ZERO_POINT, 8);
    out->axis = flat_signed(&q, QUANTIZATION_DIMENSION, 4, 0);
    if (!out->scale.n) return true;
    if (out->zero_point.n > 1 && out->zero_point.n != out->scale.n)
        return lite_fail(m, TFP_E_FORMAT, "tensor %s has %zu scales and %zu zero points", out->name, out->scale.n, out->zero_point.n), false;
    if (out->scale.n > 1 && (out->axis < 0 || out->axis >= out->rank || out->dims[out->axis] != (int64_t)out->scale.n))
        return lite_fail(m, TFP_E_FORMAT, "tensor %s: its scales do not fit its shape", out->name), false;
    return true;
}

static bool read_tensor(struct lite *m, const struct flat_table *t, size_t number, struct lite_tensor *out)
{
    out->own_name = flat_bytes(t, TENSOR_NAME);
    out->name = node_name(m, out->own_name, number);
    out->type = tflite_data_type(flat_signed(t, TENSOR_TYPE, 1, 0));
    out->data = buffer_of(m, flat_unsigned(t, TENSOR_BUFFER, 4, 0));
    if (!out->data.n) out->data.at = NULL;
    out->variable = flat_unsigned(t, TENSOR_IS_VARIABLE, 1, 0) != 0;
    out->sparsity = flat_table_of(t, TENSOR_SPARSITY);
    return out->name && read_dims(m, t, out) && read_quantization(m, t, out);
}

const struct lite_tensor *lite_read_tensors(struct lite *m, const struct flat_table *subgraph, size_t *n)
{
    const struct flat_vector list = flat_vector_of(subgraph, SUBGRAPH_TENSORS, 4);
    struct lite_tensor *all = ARENA_ARRAY(m->arena, struct lite_tensor, list.n);
    *n = 0;
    if (!all) return lite_no_memory(m), NULL;
    for (size_t i = 0; i < list.n; i++) {
        const struct flat_table t = flat_vector_table(&list, i);
        if (!read_tensor(m, &t, i, &all[i])) return NULL;
    }
    *n = list.n;
    return all;
}

/* -- constants ----------------------------------------------------------------------------------------------------- */

/* A count, the offsets of all strings and of the end, the strings. */
static struct lite_ref strings(struct lite_body *b, const struct lite_tensor *t, int64_t count)
{
    struct lite *m = b->model;
    static const char no_string[8];
    struct cursor c = t->data.n ? cursor_of(t->data.at, t->data.n) : cursor_of(no_string, sizeof no_string);
    uint32_t n, from, to;
    bool fits = cursor_le32(&c, &n) && n == count && cursor_le32(&c, &from);
    struct bytes *list = ARENA_ARRAY(m->arena, struct bytes, fits ? n : 0);
    struct tfpb_tensor *value = ARENA_NEW(m->arena, struct tfpb_tensor);
    if (!list || !value) return lite_no_memory(m), none;
    for (uint32_t i = 0; fits && i < n; i++, from = to) {
        fits = cursor_le32(&c, &to) && to >= from && to <= t->data.n;
        if (fits) list[i] = (struct bytes){ t->data.at + from, to - from };
    }
    if (!fits) return lite_fail(m, TFP_E_FORMAT, "tensor %s: its strings do not fit its shape", t->name), none;
    *value = (struct tfpb_tensor){ .dtype = TFPB_DT_STRING, .tensor_shape = lite_shape(m, t->dims, t->rank), .string_val = { list, n } };
    const struct tfpb_attr attr = { bytes_of("value"), { .which = TFPB_ATTR_TENSOR, .tensor = value } };
    return lite_call(b, t->name, "Const", LITE_NONE, LITE_ATTRS(attr, LITE_TYPE("dtype", TFPB_DT_STRING)));
}

/* Two in a byte, the first one in its low half. */
static struct lite_ref halves_of_bytes(struct lite_body *b, const struct lite_tensor *t, int64_t count)
{
    char *wide = ARENA_ARRAY(b->model->arena, char, (size_t)count);
    if (!wide) return lite_no_memory(b->model), none;
    for (int64_t i = 0; i < count; i++) {
        const int v = (uint8_t)t->data.at[i / 2] >> (i % 2 ? 4 : 0) & 15;
        wide[i] = (char)(v < 8 ? v : v - 16);
    }
    return lite_constant(b, t->name, TFPB_DT_INT8, t->dims, t->rank, (struct bytes){ wide, (size_t)count });
}

static struct lite_ref zeros(struct lite_body *b, const struct lite_tensor *t, size_t size)
{
    static const char zero[16];
    const struct lite_ref value = lite_constant(b, t->name, t->type, NULL, 0, (struct bytes){ zero, size });
    return lite_call(b, t->name, "Fill", LITE_IN(lite_int32s(b, t->name, t->dims, t->rank), value), LITE_NONE);
}

static struct lite_ref constant(struct lite_body *b, const struct lite_tensor *t)
{
    int64_t count;
    for (int32_t i = 0; i < t->rank; i++)
        if (t->dims[i] < 0) return lite_fail(b->model, TFP_E_FORMAT, "tensor %s has data and no shape", t->name), none;
    if (!numbers_count(t->dims, (size_t)t->rank, &count)) return lite_fail(b->model, TFP_E_FORMAT, "tensor %s is too large", t->name), none;
    if (t->type == TFPB_DT_STRING) return strings(b, t, count);
    const bool halves = t->type == TFPB_DT_INT4;
    const size_t size = halves ? 1 : tfp_dtype_size(tfpb_dtype(t->type));
    const size_t wanted = halves ? (size_t)(count + 1) / 2 : (size_t)count * size;
    if (size && t->variable && !t->data.at) return zeros(b, t, size);
    if (size && t->sparsity.in && !halves) return lite_constant(b, t->name, t->type, t->dims, t->rank, lite_dense(b->model, t, count, size));
    if (!size || (uint64_t)count > SIZE_MAX / 2 / size || t->data.n < wanted)
        return lite_fail(b->model, TFP_E_FORMAT, "tensor %s: %zu bytes do not fit its type and shape", t->name, t->data.n), none;
    if (halves) return halves_of_bytes(b, t, count);
    return lite_constant(b, t->name, t->type, t->dims, t->rank, (struct bytes){ t->data.at, wanted });
}

static bool is_empty(const struct lite_tensor *t)
{
    for (int32_t i = 0; i < t->rank; i++)
        if (t->dims[i] == 0) return true;
    return false;
}

static const struct lite_tensor *tensor_of(struct lite_body *b, int64_t i)
{
    if (i >= 0 && (uint64_t)i < b->n_tensors) return &b->tensors[i];
    lite_fail(b->model, TFP_E_FORMAT, "there is no tensor %lld", (long long)i);
    return NULL;
}

struct lite_ref lite_stored(struct lite_body *b, int64_t tensor)
{
    const struct lite_tensor *t = tensor_of(b, tensor);
    if (!t || b->model->status != TFP_OK) return none;
    struct lite_value *v = &b->values[tensor];
    if (v->stored.text.at) return v->stored;
    if (!t->data.at && !t->variable && !is_empty(t)) return lite_fail(b->model, TFP_E_FORMAT, "tensor %s is used before anything makes it", t->name), none;
    return v->stored = lite_name(b, constant(b, t), t->name);
}

/* -- quantization -------------------------------------------------------------------------------------------------- */

/* Each times `factor`. */
static struct lite_ref scales(struct lite_body *b, const struct lite_tensor *t, float factor)
{
    float *list = ARENA_ARRAY(b->model->arena, float, t->scale.n);
    const int64_t n = (int64_t)t->scale.n;
    if (!list) return lite_no_memory(b->model), none;
    for (size_t i = 0; i < t->scale.n; i++) list[i] = flat_vector_float(&t->scale, i) * factor;
    return lite_constant(b, t->name, TFPB_DT_FLOAT, &n, n > 1, (struct bytes){ (const char *)list, t->scale.n * sizeof *list });
}

static struct lite_ref zero_points(struct lite_body *b, const struct lite_tensor *t)
{
    int64_t *list = ARENA_ARRAY(b->model->arena, int64_t, t->scale.n);
    if (!list) return lite_no_memory(b->model), none;
    for (size_t i = 0; i < t->scale.n && t->zero_point.n; i++) list[i] = flat_vector_signed(&t->zero_point, t->zero_point.n > 1 ? i : 0);
    return t->scale.n > 1 ? lite_int32s(b, t->name, list, (int64_t)t->scale.n) : lite_int32(b, t->name, list[0]);
}

static struct lite_ref no_zero_points(struct lite_body *b, const struct lite_tensor *t)
{
    int64_t *list = ARENA_ARRAY(b->model->arena, int64_t, t->scale.n);
    if (!list) return lite_no_memory(b->model), none;
    return t->scale.n > 1 ? lite_int32s(b, t->name, list, (int64_t)t->scale.n) : lite_int32(b, t->name, 0);
}

struct range {
    int64_t low, high;
};

static bool range_of(struct lite *m, const struct lite_tensor *t, struct range *out)
{
    static const struct { int32_t type; struct range range; } ranges[] = {
        { TFPB_DT_INT8, { INT8_MIN, INT8_MAX } },    { TFPB_DT_UINT8, { 0, UINT8_MAX } },        { TFPB_DT_INT16, { INT16_MIN, INT16_MAX } },
        { TFPB_DT_INT32, { INT32_MIN, INT32_MAX } }, { TFPB_DT_INT64, { INT64_MIN, INT64_MAX } }, { TFPB_DT_INT4, { -8, 7 } },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (ranges[i].type == t->type) return *out = ranges[i].range, true;
    lite_fail(m, TFP_E_FORMAT, "tensor %s has a scale and is no tensor of whole numbers", t->name);
    return false;
}

static struct lite_ref stored_to_real(struct lite_body *b, const struct lite_tensor *t, struct lite_ref stored, int64_t axis)
{
    struct range r;
    if (!range_of(b->model, t, &r)) return none;
    return lite_call(b, t->name, "UniformDequantize", LITE_IN(stored, scales(b, t, 1), zero_points(b, t)),
                     LITE_ATTRS(LITE_TYPE("Tout", TFPB_DT_FLOAT), LITE_INT("quantization_axis", t->scale.n > 1 ? axis : -1),
                                LITE_INT("quantization_min_val", r.low), LITE_INT("quantization_max_val", r.high)));
}

static struct lite_ref real_to_stored(struct lite_body *b, const struct lite_tensor *t, struct lite_ref real)
{
    struct range r;
    if (!range_of(b->model, t, &r)) return none;
    return lite_call(b, t->name, "UniformQuantize", LITE_IN(real, scales(b, t, 1), zero_points(b, t)),
                     LITE_ATTRS(LITE_TYPE("Tout", t->type), LITE_INT("quantization_axis", t->scale.n > 1 ? t->axis : -1),
                                LITE_INT("quantization_min_val", r.low), LITE_INT("quantization_max_val", r.high)));
}

/* Some converters give tensors that are no whole numbers a scale, too. */
static bool is_quantized(const struct lite_tensor *t)
{
    return t->scale.n && t->type != TFPB_DT_FLOAT && t->type != TFPB_DT_HALF && t->type != TFPB_DT_BOOL;
}

struct lite_ref lite_real(struct lite_body *b, int64_t tensor)
{
    const struct lite_ref stored = lite_stored(b, tensor);
    if (!stored.text.at || !is_quantized(&b->tensors[tensor])) return stored;
    struct lite_value *v = &b->values[tensor];
    if (!v->real.text.at) v->real = stored_to_real(b, &b->tensors[tensor], stored, b->tensors[tensor].axis);
    return v->real;
}

struct lite_ref lite_real_transposed(struct lite_body *b, int64_t tensor, const int64_t *permutation)
{
    struct lite_ref stored = lite_stored(b, tensor);
    if (!stored.text.at) return none;
    const struct lite_tensor *t = &b->tensors[tensor];
    int64_t axis = 0;
    while (axis < t->rank && permutation[axis] != t->axis) axis++;
    stored = lite_call(b, t->name, "Transpose", LITE_IN(stored, lite_int32s(b, t->name, permutation, t->rank)), LITE_NONE);
    return is_quantized(t) ? stored_to_real(b, t, stored, axis) : stored;
}

/* -- of an operator ------------------------------------------------------------------------------------------------ */

bool lite_has(const struct lite_operator *o, size_t i)
{
    return i < o->inputs.n && flat_vector_signed(&o->inputs, i) >= 0;
}

const struct lite_tensor *lite_in_tensor(const struct lite_operator *o, size_t i)
{
    return lite_has(o, i) ? tensor_of(o->body, flat_vector_signed(&o->inputs, i)) : NULL;
}

const struct lite_tensor *lite_out_tensor(const struct lite_operator *o, size_t i)
{
    return i < o->outputs.n ? tensor_of(o->body, flat_vector_signed(&o->outputs, i)) : NULL;
}

struct lite_ref lite_in(const struct lite_operator *o, size_t i)
{
    return lite_has(o, i) ? lite_real(o->body, flat_vector_signed(&o->inputs, i)) : none;
}

struct lite_ref lite_in_stored(const struct lite_operator *o, size_t i)
{
    return lite_has(o, i) ? lite_stored(o->body, flat_vector_signed(&o->inputs, i)) : none;
}

struct lite_ref lite_in_transposed(const struct lite_operator *o, size_t i, const int64_t *permutation)
{
    return lite_has(o, i) ? lite_real_transposed(o->body, flat_vector_signed(&o->inputs, i), permutation) : none;
}

struct lite_ref lite_in_bias(const struct lite_operator *o, size_t i)
{
    struct lite_body *b = o->body;
    const struct lite_tensor *bias = lite_in_tensor(o, i), *x = lite_in_tensor(o, i - 2), *w = lite_in_tensor(o, i - 1);
    const bool whole = bias && (bias->type == TFPB_DT_INT32 || bias->type == TFPB_DT_INT64);
    if (!whole || !x || !w || !is_quantized(x) || !is_quantized(w) || x->scale.n != 1) return lite_in(o, i);
    const float factor = flat_vector_float(&x->scale, 0);
    return lite_call(b, bias->name, "UniformDequantize", LITE_IN(lite_in_stored(o, i), scales(b, w, factor), no_zero_points(b, w)),
                     LITE_ATTRS(LITE_TYPE("Tout", TFPB_DT_FLOAT), LITE_INT("quantization_axis", w->scale.n > 1 ? 0 : -1),
                                LITE_INT("quantization_min_val", INT32_MIN), LITE_INT("quantization_max_val", INT32_MAX)));
}

tfp_status lite_out_stored(struct lite_operator *o, size_t i, struct lite_ref stored)
{
    struct lite *m = o->body->model;
    const struct lite_tensor *t = lite_out_tensor(o, i);
    if (!t || m->status != TFP_OK) return m->status;
    struct lite_value *v = &o->body->values[flat_vector_signed(&o->outputs, i)];
    if (v->stored.text.at) return lite_fail(m, TFP_E_FORMAT, "tensor %s is made twice", t->name);
    v->stored = o->body->nodes->n > o->first ? lite_name(o->body, stored, t->name) : stored;
    return m->status;
}

tfp_status lite_out(struct lite_operator *o, size_t i, struct lite_ref real)
{
    const struct lite_tensor *t = lite_out_tensor(o, i);
    if (t && is_quantized(t) && real.type == TFPB_DT_FLOAT) real = real_to_stored(o->body, t, real);
    return lite_out_stored(o, i, real);
}

tfp_status lite_out_activated(struct lite_operator *o, struct lite_ref real)
{
    static const char *const ops[] = { NULL, "Relu", NULL, "Relu6", "Tanh" };
    const int64_t which = tflite_int(&o->options, "fused_activation_function");
    struct lite_body *b = o->body;
    if (which == 2) {
        real = lite_call(b, o->name, "ClipByValue", LITE_IN(real, lite_number(b, o->name, -1), lite_number(b, o->name, 1)), LITE_NONE);
    } else if (which) {
        const char *op = which > 0 && which < (int64_t)(sizeof ops / sizeof *ops) ? ops[which] : NULL;
        if (!op) return lite_fail(b->model, TFP_E_UNSUPPORTED, "%s (%s): fused activation %lld", o->name, o->op, (long long)which);
        real = lite_call(b, o->name, op, LITE_IN(real), LITE_NONE);
    }
    return lite_out(o, 0, real);
}
