/* The instructions of a Python function, of CPython 2.7 and 3.5 to 3.13, as one set of instructions of our own. A code
 * object does not tell its version: that is the one all of whose instructions, with the room that 3.11 and later leave
 * behind them, fit the bytes to the end. See docs/formats/python-marshal.md. */
#ifndef TFP_CODEC_PYTHON_CODE_H
#define TFP_CODEC_PYTHON_CODE_H

#include "codec/marshal.h"

/* Of a stack machine: "pops" takes from its end. */
enum python_op {
    PYTHON_NOTHING,
    PYTHON_LOCAL,      /* pushes local variable `argument` */
    PYTHON_LOCAL_PAIR, /* argument / 16, then argument % 16 */
    PYTHON_CONSTANT,
    PYTHON_GLOBAL,     /* by the number of its name */
    PYTHON_ATTRIBUTE,  /* of the popped value */
    PYTHON_FREE,       /* a variable of the function around, among its own cells and those, or (3.11) all its locals */
    PYTHON_STORE,      /* pops into local variable `argument` */
    PYTHON_DUPLICATE,
    PYTHON_UNARY,      /* argument: '-', '+', '~' or '!' */
    PYTHON_BINARY,     /* argument: enum python_operator */
    PYTHON_COMPARE,    /* argument: place in python_comparisons */
    PYTHON_SUBSCRIPT,  /* x[y] */
    PYTHON_SLICE,      /* x[a:b]; argument: 1 with a, 2 with b, 3 with both */
    PYTHON_MAKE_SLICE, /* of the last 2 or 3 values */
    PYTHON_TUPLE,      /* of the last `argument` values */
    PYTHON_LIST,
    PYTHON_EXTEND,     /* pops items onto the list below */
    PYTHON_NAMES,      /* constant `argument` names the last arguments of the next call */
    PYTHON_CALL,       /* of the value below `argument` values */
    PYTHON_CALL_NAMED, /* the same, with a tuple of names behind the values */
    PYTHON_CALL_PAIRS, /* argument % 256 values, then argument / 256 pairs of name and value */
    PYTHON_RETURN,
    PYTHON_REFUSED,    /* known, and left to Python */
};

/* The argument of BINARY_OP in 3.11 and later; + 13 where it is the operator of an assignment. */
enum python_operator {
    PYTHON_ADD, PYTHON_AND, PYTHON_FLOOR_DIVIDE, PYTHON_SHIFT_LEFT, PYTHON_MATMUL, PYTHON_MULTIPLY, PYTHON_REMAINDER,
    PYTHON_OR, PYTHON_POWER, PYTHON_SHIFT_RIGHT, PYTHON_SUBTRACT, PYTHON_DIVIDE, PYTHON_XOR, PYTHON_OPERATORS
};
enum { PYTHON_COMPARISONS = 6 };
extern const char *const python_comparisons[PYTHON_COMPARISONS]; /* "<", "<=", "==", "!=", ">", ">=" */

struct python_instruction {
    enum python_op op;
    uint32_t argument;
    const char *name; /* CPython's */
};
struct python_code {
    const char *version; /* "3.11" */
    struct python_instruction *at;
    size_t n;
};

/* E_UNSUPPORTED: instructions that no version's set here explains. */
tfp_status python_code_decode(struct tfp_context *ctx, struct arena *arena, const struct marshal_code *code,
                              struct python_code *out);

#endif
