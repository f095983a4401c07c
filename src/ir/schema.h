/* ONNX's operator schemas of every opset, as a table that tools/onnx_schema.py makes from the onnx package. The newest
 * version of an op is what the IR means by it; the older ones tell the ONNX writer what a file may hold. Behind them stand
 * the IR's own ops, for what only a CPU can do and no opset has. */
#ifndef TFP_IR_SCHEMA_H
#define TFP_IR_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ir_op {
    IR_NONE,
#define OP(name, text) IR_##name,
#include "ir/ops.def"
#undef OP
    IR_OP_COUNT
};

enum ir_attr_name {
    ATTR_NONE,
#define ATTR(name, text) ATTR_##name,
#include "ir/attrs.def"
#undef ATTR
    ATTR_NAME_COUNT
};

enum ir_attr_kind { /* the numbers of ONNX's AttributeProto.AttributeType */
    ATTR_KIND_NONE = 0,
    ATTR_KIND_FLOAT = 1,
    ATTR_KIND_INT = 2,
    ATTR_KIND_STRING = 3,
    ATTR_KIND_TENSOR = 4,
    ATTR_KIND_GRAPH = 5,
    ATTR_KIND_FLOATS = 6,
    ATTR_KIND_INTS = 7,
    ATTR_KIND_STRINGS = 8,
    ATTR_KIND_SPARSE_TENSOR = 11,
    ATTR_KIND_TYPE = 13
};

enum schema_option { PARAM_ONE, PARAM_OPTIONAL, PARAM_VARIADIC };

struct schema_param {
    const char *name;
    enum schema_option option;
    uint8_t group;  /* parameters of one non-zero group have the same element type */
    uint64_t types; /* bit tfp_dtype set: that element type is allowed */
};

struct schema_attr {
    enum ir_attr_name name;
    enum ir_attr_kind kind;
    bool required, preset; /* preset: has a default, below */
    int64_t i;
    float f;
    const char *s; /* default of STRING; of INTS and STRINGS: the values, comma-separated */
};

struct schema {
    enum ir_op op;
    uint8_t since; /* first opset of this version */
    bool deprecated;
    uint16_t min_in, max_in, min_out, max_out; /* 0xffff: no limit */
    const struct schema_param *in;
    size_t n_in;
    const struct schema_param *out;
    size_t n_out;
    const struct schema_attr *attrs;
    size_t n_attrs;
};

extern const struct schema schema_table[]; /* sorted by op, then since */
extern const size_t schema_table_n;
extern const uint8_t schema_ir_versions[]; /* by opset, 1 to schema_newest_opset */
extern const int schema_newest_opset;

const char *schema_op_name(enum ir_op op);
enum ir_op schema_op_find(const char *name, size_t n); /* IR_NONE: no such op */
const char *schema_attr_name(enum ir_attr_name name);
enum ir_attr_name schema_attr_find(const char *name, size_t n); /* ATTR_NONE: no such attribute */

/* The version of `op` that counts at `opset`; NULL when the op is younger than that (a deprecated one is returned). */
const struct schema *schema_at(enum ir_op op, int opset);
enum { SCHEMA_OWN = 255 }; /* `since` of the IR's own ops */
static inline const struct schema *schema_newest(enum ir_op op)
{
    return schema_at(op, SCHEMA_OWN);
}
const struct schema_attr *schema_attr(const struct schema *s, enum ir_attr_name name); /* NULL: has none such */
/* How many inputs a node of the IR may have; 0xffff: no limit. */
static inline uint16_t schema_most_in(const struct schema *s)
{
    return s->op == IR_IF ? 0xffff : s->max_in; /* what the branches use are inputs too */
}
/* Parameter i with variadic ones repeated; NULL beyond the end. */
const struct schema_param *schema_in(const struct schema *s, size_t i);
const struct schema_param *schema_out(const struct schema *s, size_t i);

#endif
