#include "schema/tflite.h"

#include "schema/tensorflow_proto.h"

#include <stdlib.h>

static const struct { int64_t number; const char *name; } ops[] = {
#define TFLITE_OP(number, name) { number, name },
#define TFLITE_OPTIONS(which, number, fields)
#include "schema/tflite.def"
#undef TFLITE_OP
#undef TFLITE_OPTIONS
};

static const struct { int which; int64_t number; const char *fields; } options[] = {
#define TFLITE_OP(number, name)
#define TFLITE_OPTIONS(which, number, fields) { which, number, fields },
#include "schema/tflite.def"
#undef TFLITE_OP
#undef TFLITE_OPTIONS
};

const char *tflite_op_name(int64_t number)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (ops[i].number == number) return ops[i].name;
    return NULL;
}

int32_t tflite_data_type(int64_t type)
{
    static const int32_t types[] = {
        TFPB_DT_FLOAT, TFPB_DT_HALF, TFPB_DT_INT32, TFPB_DT_UINT8, TFPB_DT_INT64, TFPB_DT_STRING, TFPB_DT_BOOL, TFPB_DT_INT16,
        TFPB_DT_COMPLEX64, TFPB_DT_INT8, TFPB_DT_DOUBLE, TFPB_DT_COMPLEX128, TFPB_DT_UINT64, TFPB_DT_RESOURCE, TFPB_DT_VARIANT,
        TFPB_DT_UINT32, TFPB_DT_UINT16, TFPB_DT_INT4, TFPB_DT_BFLOAT16,
    };
    return type >= 0 && type < (int64_t)(sizeof types / sizeof *types) ? types[type] : TFPB_DT_INVALID;
}

struct tflite_options tflite_options_of(struct flat_table table, int which, int64_t number)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].which == which && options[i].number == number) return (struct tflite_options){ table, options[i].fields };
    return (struct tflite_options){ table, "" };
}

struct field {
    char kind;
    size_t size;
    unsigned number;
    const char *preset; /* NULL: 0 */
};

static bool find(const struct tflite_options *o, const char *name, struct field *out)
{
    const size_t n = strlen(name);
    const char *at = o->fields;
    while (at && *at && !(strncmp(at, name, n) == 0 && at[n] == ':')) {
        at = strchr(at, ' ');
        if (at) at++;
    }
    if (!at || !*at) return false;
    const char *kind = at + n + 1, *number = strchr(kind, '@');
    char *end;
    *out = (struct field){ .kind = kind[0], .size = kind[1] == '@' ? 1 : (size_t)(kind[1] - '0') };
    out->number = (unsigned)strtoul(number + 1, &end, 10);
    out->preset = *end == '=' ? end + 1 : NULL;
    return true;
}

bool tflite_knows(const struct tflite_options *o, const char *name)
{
    struct field f;
    return find(o, name, &f);
}

int64_t tflite_int(const struct tflite_options *o, const char *name)
{
    struct field f;
    if (!find(o, name, &f)) return 0;
    const int64_t preset = f.preset ? strtoll(f.preset, NULL, 10) : 0;
    if (f.kind == 'i') return flat_signed(&o->table, f.number, f.size, preset);
    return (int64_t)flat_unsigned(&o->table, f.number, f.size, (uint64_t)preset);
}

float tflite_float(const struct tflite_options *o, const char *name)
{
    struct field f;
    return find(o, name, &f) ? flat_float(&o->table, f.number, f.preset ? strtof(f.preset, NULL) : 0) : 0;
}

struct flat_vector tflite_list(const struct tflite_options *o, const char *name)
{
    struct field f;
    return find(o, name, &f) ? flat_vector_of(&o->table, f.number, 4) : (struct flat_vector){ .in = NULL };
}
