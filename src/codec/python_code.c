/* Instructions of Python by version: see python_code.h. */
#include "codec/python_code.h"

const char *const python_comparisons[PYTHON_COMPARISONS] = { "<", "<=", "==", "!=", ">", ">=" };

/* 3.5 to 3.10 number what stands here alike. */
enum set { SET_2, SET_3, SET_3_11, SET_3_12, SET_3_13, SETS };

enum { OWN = -1 }; /* the argument is the instruction's own */

struct row {
    const char *name;
    enum python_op op;
    int argument;
    uint8_t number[SETS];  /* 0: the version lacks it */
    uint8_t room[SETS];    /* units of two bytes behind it, all zero, for the interpreter's own use */
    uint8_t shift[SETS];   /* low bits of the argument that say something else */
};

#define NUMBER(...) .number = { __VA_ARGS__ }
#define ROOM(a, b, c) .room = { 0, 0, a, b, c }
#define SHIFT(a, b, c) .shift = { 0, 0, a, b, c }

static const struct row rows[] = {
    /* name, what it is here, its argument, number in 2.7, 3.5 to 3.10, 3.11, 3.12, 3.13 */
    { "RESUME", PYTHON_NOTHING, OWN, NUMBER(0, 0, 151, 151, 149) },
    { "COPY_FREE_VARS", PYTHON_NOTHING, OWN, NUMBER(0, 0, 149, 149, 62) },
    { "NOP", PYTHON_NOTHING, OWN, NUMBER(9, 9, 9, 9, 30) },
    { "PUSH_NULL", PYTHON_NOTHING, OWN, NUMBER(0, 0, 2, 2, 34) },
    { "PRECALL", PYTHON_NOTHING, OWN, NUMBER(0, 0, 166, 0, 0), ROOM(1, 0, 0) },
    { "LOAD_FAST", PYTHON_LOCAL, OWN, NUMBER(124, 124, 124, 124, 85) },
    { "LOAD_FAST_LOAD_FAST", PYTHON_LOCAL_PAIR, OWN, NUMBER(0, 0, 0, 0, 88) },
    { "STORE_FAST", PYTHON_STORE, OWN, NUMBER(125, 125, 125, 125, 110) },
    { "LOAD_CONST", PYTHON_CONSTANT, OWN, NUMBER(100, 100, 100, 100, 83) },
    { "LOAD_GLOBAL", PYTHON_GLOBAL, OWN, NUMBER(116, 116, 116, 116, 91), ROOM(5, 4, 4), SHIFT(1, 1, 1) },
    { "LOAD_ATTR", PYTHON_ATTRIBUTE, OWN, NUMBER(106, 106, 106, 106, 82), ROOM(4, 9, 9), SHIFT(0, 1, 1) },
    { "LOAD_METHOD", PYTHON_ATTRIBUTE, OWN, NUMBER(0, 160, 160, 0, 0), ROOM(10, 0, 0) },
    { "LOAD_DEREF", PYTHON_FREE, OWN, NUMBER(136, 136, 137, 137, 84) },
    { "DUP_TOP", PYTHON_DUPLICATE, OWN, NUMBER(4, 4, 0, 0, 0) },
    { "UNARY_POSITIVE", PYTHON_UNARY, '+', NUMBER(10, 10, 10, 0, 0) },
    { "UNARY_NEGATIVE", PYTHON_UNARY, '-', NUMBER(11, 11, 11, 11, 42) },
    { "UNARY_NOT", PYTHON_UNARY, '!', NUMBER(12, 12, 12, 12, 43) },
    { "UNARY_INVERT", PYTHON_UNARY, '~', NUMBER(15, 15, 15, 15, 41) },
    { "BINARY_MATRIX_MULTIPLY", PYTHON_BINARY, PYTHON_MATMUL, NUMBER(0, 16, 0, 0, 0) },
    { "BINARY_POWER", PYTHON_BINARY, PYTHON_POWER, NUMBER(19, 19, 0, 0, 0) },
    { "BINARY_MULTIPLY", PYTHON_BINARY, PYTHON_MULTIPLY, NUMBER(20, 20, 0, 0, 0) },
    { "BINARY_DIVIDE", PYTHON_BINARY, PYTHON_DIVIDE, NUMBER(21, 0, 0, 0, 0) },
    { "BINARY_MODULO", PYTHON_BINARY, PYTHON_REMAINDER, NUMBER(22, 22, 0, 0, 0) },
    { "BINARY_ADD", PYTHON_BINARY, PYTHON_ADD, NUMBER(23, 23, 0, 0, 0) },
    { "BINARY_SUBTRACT", PYTHON_BINARY, PYTHON_SUBTRACT, NUMBER(24, 24, 0, 0, 0) },
    { "BINARY_FLOOR_DIVIDE", PYTHON_BINARY, PYTHON_FLOOR_DIVIDE, NUMBER(26, 26, 0, 0, 0) },
    { "BINARY_TRUE_DIVIDE", PYTHON_BINARY, PYTHON_DIVIDE, NUMBER(27, 27, 0, 0, 0) },
    { "BINARY_LSHIFT", PYTHON_BINARY, PYTHON_SHIFT_LEFT, NUMBER(62, 62, 0, 0, 0) },
    { "BINARY_RSHIFT", PYTHON_BINARY, PYTHON_SHIFT_RIGHT, NUMBER(63, 63, 0, 0, 0) },
    { "BINARY_AND", PYTHON_BINARY, PYTHON_AND, NUMBER(64, 64, 0, 0, 0) },
    { "BINARY_XOR", PYTHON_BINARY, PYTHON_XOR, NUMBER(65, 65, 0, 0, 0) },
    { "BINARY_OR", PYTHON_BINARY, PYTHON_OR, NUMBER(66, 66, 0, 0, 0) },
    { "BINARY_OP", PYTHON_BINARY, OWN, NUMBER(0, 0, 122, 122, 45), ROOM(1, 1, 1) },
    { "COMPARE_OP", PYTHON_COMPARE, OWN, NUMBER(107, 107, 107, 107, 58), ROOM(2, 1, 1), SHIFT(0, 4, 5) },
    { "BINARY_SUBSCR", PYTHON_SUBSCRIPT, OWN, NUMBER(25, 25, 25, 25, 5), ROOM(4, 1, 1) },
    { "SLICE+0", PYTHON_SLICE, 0, NUMBER(30, 0, 0, 0, 0) },
    { "SLICE+1", PYTHON_SLICE, 1, NUMBER(31, 0, 0, 0, 0) },
    { "SLICE+2", PYTHON_SLICE, 2, NUMBER(32, 0, 0, 0, 0) },
    { "SLICE+3", PYTHON_SLICE, 3, NUMBER(33, 0, 0, 0, 0) },
    { "BINARY_SLICE", PYTHON_SLICE, 3, NUMBER(0, 0, 0, 26, 4) },
    { "BUILD_SLICE", PYTHON_MAKE_SLICE, OWN, NUMBER(133, 133, 133, 133, 50) },
    { "BUILD_TUPLE", PYTHON_TUPLE, OWN, NUMBER(102, 102, 102, 102, 52) },
    { "BUILD_LIST", PYTHON_LIST, OWN, NUMBER(103, 103, 103, 103, 47) },
    { "LIST_EXTEND", PYTHON_EXTEND, OWN, NUMBER(0, 162, 162, 162, 81) },
    { "CALL_FUNCTION", PYTHON_CALL, OWN, NUMBER(131, 131, 0, 0, 0) }, /* to 3.5 with pairs, which decode() tells */
    { "CALL_METHOD", PYTHON_CALL, OWN, NUMBER(0, 161, 0, 0, 0) },
    { "CALL_FUNCTION_KW", PYTHON_CALL_NAMED, OWN, NUMBER(0, 141, 0, 0, 0) },
    { "KW_NAMES", PYTHON_NAMES, OWN, NUMBER(0, 0, 172, 172, 0) },
    { "CALL", PYTHON_CALL, OWN, NUMBER(0, 0, 171, 171, 53), ROOM(4, 3, 3) },
    { "CALL_KW", PYTHON_CALL_NAMED, OWN, NUMBER(0, 0, 0, 0, 57) },
    { "RETURN_VALUE", PYTHON_RETURN, OWN, NUMBER(83, 83, 83, 83, 36) },
    { "RETURN_CONST", PYTHON_REFUSED, OWN, NUMBER(0, 0, 0, 121, 103) },
    { "POP_TOP", PYTHON_REFUSED, OWN, NUMBER(1, 1, 1, 1, 32) },
    { "ROT_TWO", PYTHON_REFUSED, OWN, NUMBER(2, 2, 0, 0, 0) },
    { "ROT_THREE", PYTHON_REFUSED, OWN, NUMBER(3, 3, 0, 0, 0) },
    { "SWAP", PYTHON_REFUSED, OWN, NUMBER(0, 0, 99, 99, 115) },
    { "COPY", PYTHON_REFUSED, OWN, NUMBER(0, 0, 120, 120, 61) },
    { "TO_BOOL", PYTHON_REFUSED, OWN, NUMBER(0, 0, 0, 0, 40), ROOM(0, 0, 3) },
    { "GET_ITER", PYTHON_REFUSED, OWN, NUMBER(68, 68, 68, 68, 19) },
    { "JUMP_FORWARD", PYTHON_REFUSED, OWN, NUMBER(110, 110, 110, 110, 79) },
    { "JUMP_IF_FALSE_OR_POP", PYTHON_REFUSED, OWN, NUMBER(111, 111, 111, 0, 0) },
    { "JUMP_IF_TRUE_OR_POP", PYTHON_REFUSED, OWN, NUMBER(112, 112, 112, 0, 0) },
    { "POP_JUMP_IF_FALSE", PYTHON_REFUSED, OWN, NUMBER(114, 114, 114, 114, 97), ROOM(0, 0, 1) },
    { "POP_JUMP_IF_TRUE", PYTHON_REFUSED, OWN, NUMBER(115, 115, 115, 115, 100), ROOM(0, 0, 1) },
    { "BUILD_MAP", PYTHON_REFUSED, OWN, NUMBER(105, 105, 105, 105, 48) },
    { "STORE_MAP", PYTHON_REFUSED, OWN, NUMBER(54, 0, 0, 0, 0) },
    { "MAKE_FUNCTION", PYTHON_REFUSED, OWN, NUMBER(132, 132, 132, 132, 26) },
    { "CALL_FUNCTION_VAR", PYTHON_REFUSED, OWN, NUMBER(140, 0, 0, 0, 0) },
    { "CALL_FUNCTION_KW", PYTHON_REFUSED, OWN, NUMBER(141, 0, 0, 0, 0) },
    { "CALL_FUNCTION_EX", PYTHON_REFUSED, OWN, NUMBER(0, 142, 142, 142, 54) },
    { "DICT_MERGE", PYTHON_REFUSED, OWN, NUMBER(0, 164, 164, 164, 68) },
    { "FORMAT_VALUE", PYTHON_REFUSED, OWN, NUMBER(0, 155, 155, 155, 0) },
};

static const struct version {
    const char *name;
    enum marshal_layout layout;
    enum set set;
    bool units; /* two bytes each; else one, or three with an argument (of number 90 and above) */
} versions[] = {
    { "2.7", MARSHAL_PYTHON_2, SET_2, false },        { "3.5", MARSHAL_PYTHON_3_0, SET_3, false },
    { "3.6", MARSHAL_PYTHON_3_0, SET_3, true },       { "3.8", MARSHAL_PYTHON_3_8, SET_3, true },
    { "3.11", MARSHAL_PYTHON_3_11, SET_3_11, true },  { "3.12", MARSHAL_PYTHON_3_11, SET_3_12, true },
    { "3.13", MARSHAL_PYTHON_3_11, SET_3_13, true },
};

static const struct row *row_of(enum set set, uint8_t number)
{
    for (size_t i = 0; number && i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].number[set] == number) return &rows[i];
    return NULL;
}

/* The number and argument of one instruction. */
static bool take(struct cursor *c, const struct version *v, uint8_t *number, uint32_t *argument)
{
    uint8_t byte = 0;
    uint16_t pair = 0;
    if (!cursor_u8(c, number)) return false;
    if (v->units ? !cursor_u8(c, &byte) : *number >= 90 && !cursor_le16(c, &pair)) return false;
    *argument = v->units ? byte : pair;
    return true;
}

static bool take_room(struct cursor *c, size_t units)
{
    struct bytes room;
    if (!cursor_take(c, 2 * units, &room)) return false;
    for (size_t i = 0; i < room.n; i++)
        if (room.at[i]) return false;
    return true;
}

/* False: they are not of that version; *stopped at which byte. */
static bool decode(struct bytes code, const struct version *v, struct python_code *out, size_t *stopped)
{
    struct cursor c = cursor_of(code.at, code.n);
    uint8_t number;
    uint32_t argument;
    *out = (struct python_code){ .version = v->name, .at = out->at };
    while (cursor_left(&c)) {
        *stopped = cursor_offset(&c);
        const struct row *r = take(&c, v, &number, &argument) ? row_of(v->set, number) : NULL;
        if (!r || !take_room(&c, r->room[v->set])) return false;
        struct python_instruction *i = &out->at[out->n++];
        *i = (struct python_instruction){ r->op, argument >> r->shift[v->set], r->name };
        if (r->argument != OWN) i->argument = (uint32_t)r->argument;
        if (r->op == PYTHON_CALL && !v->units) i->op = PYTHON_CALL_PAIRS;
    }
    return out->n > 0;
}

tfp_status python_code_decode(struct tfp_context *ctx, struct arena *arena, const struct marshal_code *code,
                              struct python_code *out)
{
    struct bytes bytes = code->instructions;
    size_t farthest = 0, stopped = 0;
    out->at = ARENA_ARRAY(arena, struct python_instruction, bytes.n);
    if (!out->at) return tfp_no_memory(ctx);
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        if (versions[i].layout != code->layout) continue;
        if (decode(bytes, &versions[i], out, &stopped)) return TFP_OK;
        if (stopped > farthest) farthest = stopped;
    }
    return tfp_fail(ctx, TFP_E_UNSUPPORTED, "Python instruction %u is not known here",
                    bytes.n ? (unsigned)(uint8_t)bytes.at[farthest] : 0);
}
