/* Where methods are, and the calls that many functions of the facade share. */
#include "backend/tensorrt/trt_call.h"

#include <limits.h>
#include <string.h>

enum trt_class {
#define OBJECT(class, ...) CLASS_##class,
#include "backend/tensorrt/trt_slots.def"
};

/* An implementation's pointer lies this far inside the object; at 0 the object's own table is meant. */
static const struct {
    uint8_t offset;
    uint8_t kind; /* enum trt_layer_kind, TRT_LAYER_OTHER: no layer, or any */
} classes[] = {
#define OBJECT(class, offset, kind) { offset, kind },
#include "backend/tensorrt/trt_slots.def"
};

static const struct {
    uint8_t class;
    const char *name;
    int32_t cells[TRT_N_COLUMNS];
} methods[TRT_N_METHODS] = {
#define SLOT(class, method, ...) { CLASS_##class, #class "::" #method, { __VA_ARGS__ } },
#include "backend/tensorrt/trt_slots.def"
};

/* TensorRT's structs are these in memory. */
#define SIZE(type, size) _Static_assert(sizeof(struct type) == (size), #type);
#define FIELD(type, member, at) _Static_assert(offsetof(struct type, member) == (at), #type "." #member);
#include "backend/tensorrt/trt_slots.def"

int trt_cell(const struct trt *t, const int32_t *cells)
{
    int32_t cell = cells[t->column];
    if (cell < 0 || cell >> 16 > t->minor_known) return -1;
    return cell & 0xffff;
}

/* 8.6.0, an early access, has no flags in its parser's table yet; its headers were published with 8.6.1. */
static bool is_early(const struct trt *t, enum trt_method method)
{
    return method == TRT_Parser_setFlag && t->family == TRT_8 && t->minor == 6 && t->patch == 0;
}

int trt_slot(const struct trt *t, enum trt_method method)
{
    if (is_early(t, method)) return -1;
    return trt_cell(t, methods[method].cells);
}

bool trt_has(const struct trt *t, enum trt_method method)
{
    return trt_slot(t, method) >= 0;
}

static void *pointer_at(void *object, size_t offset)
{
    void *p;
    memcpy(&p, (char *)object + offset, sizeof p);
    return p;
}

struct trt_call trt_call_of(struct trt *t, void *object, enum trt_method method)
{
    struct trt_call call = { NULL, NULL };
    if (!object) return call;
    int slot = trt_slot(t, method);
    enum trt_layer_kind kind = classes[methods[method].class].kind;
    if (slot < 0 || (kind != TRT_LAYER_OTHER && trt_layer_kind(t, object) != kind)) {
        t->missing = methods[method].name;
        return call;
    }
    size_t offset = classes[methods[method].class].offset;
    call.self = offset ? pointer_at(object, offset) : object;
    const trt_function *table = pointer_at(call.self, 0);
    call.function = table[slot];
    return call;
}

/* -- dimensions ---------------------------------------------------------------------------------------------------- */

bool trt_narrow(struct trt *t, const struct trt_dims *from, struct dims32 *to)
{
    *to = (struct dims32){ .n = from->n };
    if (from->n < 0 || from->n > TRT_MAX_DIMS) return false;
    for (int32_t i = 0; BY_VALUE && i < from->n; i++) {
        if (from->d[i] > INT32_MAX || from->d[i] < INT32_MIN) {
            t->missing = "64-bit dimensions";
            return false;
        }
        to->d[i] = (int32_t)from->d[i];
    }
    return true;
}

struct trt_dims trt_widen(struct dims32 from)
{
    struct trt_dims to = { .n = from.n };
    for (int32_t i = 0; i < from.n && i < TRT_MAX_DIMS; i++) to.d[i] = from.d[i];
    return to;
}

bool trt_set_dims(struct trt *t, void *object, enum trt_method method, const struct trt_dims *dims)
{
    struct dims32 narrow;
    const struct trt_call call = trt_call_of(t, object, method);
    if (!call.function || !trt_narrow(t, dims, &narrow)) return false;
    if (BY_VALUE) CALL(void, (void *, struct dims32), narrow);
    else CALL(void, (void *, const struct trt_dims *), dims);
    return true;
}

struct trt_dims trt_get_dims(struct trt *t, void *object, enum trt_method method)
{
    const struct trt_call call = trt_call_of(t, object, method);
    if (!call.function) return TRT_NO_DIMS;
    return BY_VALUE ? trt_widen(CALL0(struct dims32)) : CALL0(struct trt_dims);
}

bool trt_set_wide(struct trt *t, void *object, enum trt_method method, int64_t value)
{
    const struct trt_call call = trt_call_of(t, object, method);
    if (!call.function || (BY_VALUE && (value > INT32_MAX || value < INT32_MIN))) return false;
    if (BY_VALUE) CALL(void, (void *, int32_t), (int32_t)value);
    else CALL(void, (void *, int64_t), value);
    return true;
}

/* -- values of enums ----------------------------------------------------------------------------------------------- */

/* Where a number exists, it is the same. */
#define SAME_NUMBER(name, cell) ((cell) == -1 || ((cell)&0xffff) == (int)(name))
#define VALUE(class, name, a, b, c, d, e, f)                                                                           \
    _Static_assert(SAME_NUMBER(name, a) && SAME_NUMBER(name, b) && SAME_NUMBER(name, c) && SAME_NUMBER(name, d) &&     \
                       SAME_NUMBER(name, e) && SAME_NUMBER(name, f),                                                   \
                   #name);
#include "backend/tensorrt/trt_slots.def"

static const struct {
    const char *class;
    int32_t number;
    int32_t cells[TRT_N_COLUMNS];
} values[] = {
#define VALUE(class, name, ...) { #class, (int32_t)(name), { __VA_ARGS__ } },
#include "backend/tensorrt/trt_slots.def"
};

static bool has_value(const struct trt *t, const char *class, int32_t number)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (values[i].number == number && strcmp(values[i].class, class) == 0) return trt_cell(t, values[i].cells) >= 0;
    return false;
}

bool trt_has_type(const struct trt *t, enum trt_type type)
{
    return has_value(t, "DataType", (int32_t)type);
}

bool trt_has_activation(const struct trt *t, enum trt_activation a)
{
    return has_value(t, "ActivationType", (int32_t)a);
}

bool trt_has_unary(const struct trt *t, enum trt_unary op)
{
    return has_value(t, "UnaryOperation", (int32_t)op);
}

static const struct {
    const char *name;
    uint8_t bits;
} types[] = {
    [TRT_FLOAT] = { "float", 32 }, [TRT_HALF] = { "half", 16 }, [TRT_INT8] = { "int8", 8 },
    [TRT_INT32] = { "int32", 32 }, [TRT_BOOL] = { "bool", 8 },  [TRT_UINT8] = { "uint8", 8 },
    [TRT_FP8] = { "fp8", 8 },      [TRT_BF16] = { "bf16", 16 }, [TRT_INT64] = { "int64", 64 },
    [TRT_INT4] = { "int4", 4 },    [TRT_FP4] = { "fp4", 4 },    [TRT_E8M0] = { "e8m0", 8 },
};

size_t trt_type_bits(enum trt_type type)
{
    return (size_t)type < sizeof types / sizeof types[0] ? types[type].bits : 0;
}

const char *trt_type_name(enum trt_type type)
{
    return (size_t)type < sizeof types / sizeof types[0] ? types[type].name : "unknown";
}
