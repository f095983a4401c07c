/* TensorFlow's op definitions as a table of short texts, read where they lie. op_defs.def is made by
 * tools/tf_op_defs.py from an installed TensorFlow; one row an op: OP(name, inputs, outputs, attributes), the lists
 * parted by spaces.
 *
 *   argument   NAME:TYPE       one tensor; TYPE is the name of an attribute or TensorFlow's number of a type
 *              NAME:N*TYPE     as many as attribute N says
 *              NAME@TYPES      one for each type in the attribute (a list)
 *              a & at the end: a reference
 *   attribute  NAME:KIND       i int, f float, b bool, s string, t type, h shape, x tensor, g function; li: ints, ...
 *              NAME:KIND=TEXT  with a default: 3, 0.5, true, 'text', 1 (a type), (2,-1) or ? (a shape), [a,b] */
#ifndef TFP_TF_OP_DEFS_H
#define TFP_TF_OP_DEFS_H

#include "base/bytes.h"

struct op_def {
    const char *name, *in, *out, *attrs;
};

struct op_arg {
    struct bytes name;
    struct bytes number; /* attribute that says how many; empty: one */
    struct bytes type;   /* attribute with the type, or the types when `list`; empty: `dtype` */
    int32_t dtype;
    bool list, ref;
};

struct op_attr {
    struct bytes name;
    char kind;
    bool list;
    struct bytes preset; /* at NULL: none */
};

extern const struct op_def op_defs_table[]; /* sorted by name */
extern const size_t op_defs_n;

/* NULL: TensorFlow has no such op. */
const struct op_def *op_def_find(const char *op);
/* The next argument of a list (*text is def->in or def->out at first); false at the end. */
bool op_def_next_arg(const char **text, struct op_arg *out);
bool op_def_next_attr(const char **text, struct op_attr *out);
bool op_def_attr(const struct op_def *def, const char *name, size_t n, struct op_attr *out);
/* The next element of a preset that is a list; *list is the whole preset at first. */
bool op_def_next_element(struct bytes *list, struct bytes *out);

#endif
