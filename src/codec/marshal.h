/* Python's marshal format: constants and code objects, as CPython 2.7 and 3.5 to 3.13 write them (marshal versions 2 to 4).
 * Only what the code of a simple function is made of is read: sets, dictionaries and complex numbers become MARSHAL_OTHER
 * or are refused. Nothing is ever run. See docs/formats/python-marshal.md. */
#ifndef TFP_CODEC_MARSHAL_H
#define TFP_CODEC_MARSHAL_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"

enum marshal_kind {
    MARSHAL_NONE, MARSHAL_BOOL, MARSHAL_INT, MARSHAL_FLOAT, MARSHAL_TEXT, /* text: bytes or str, as they lie in the file */
    MARSHAL_TUPLE, /* or a list */
    MARSHAL_ELLIPSIS, MARSHAL_CODE,
    MARSHAL_OTHER, /* a value that is not looked into */
};

struct marshal_code;
struct marshal_object {
    enum marshal_kind kind;
    int64_t integer; /* MARSHAL_INT, MARSHAL_BOOL */
    double number;   /* MARSHAL_FLOAT */
    struct bytes text;
    const struct marshal_object **items; /* MARSHAL_TUPLE; shared: the same object may stand at several places */
    size_t n_items;
    const struct marshal_code *code;
};

/* Which layout the code object has; its instructions tell the rest (python_code.h). */
enum marshal_layout {
    MARSHAL_PYTHON_2,   /* 2.7 */
    MARSHAL_PYTHON_3_0, /* 3.0 to 3.7 */
    MARSHAL_PYTHON_3_8, /* 3.8 to 3.10: positional-only arguments are counted */
    MARSHAL_PYTHON_3_11 /* local variables of all kinds are one list */
};
struct marshal_code {
    enum marshal_layout layout;
    int64_t arguments, keyword_only;
    int64_t flags;            /* 4: *args, 8: **kwargs */
    struct bytes instructions;
    const struct marshal_object *constants, *names, *locals; /* tuples; locals: of 3.11 with cells and free variables */
    struct bytes kinds;       /* of 3.11: what each of the locals is */
    size_t n_free, n_cells;   /* variables of functions around it, and of its own that inner functions use */
};

/* Decodes one object; texts stay where they are. E_FORMAT: damaged; E_UNSUPPORTED: a kind that is not read. */
tfp_status marshal_decode(struct tfp_context *ctx, struct arena *arena, struct bytes file,
                          const struct marshal_object **out);

#endif
