/* Decoding Python's marshal format: see marshal.h. Each object is a type byte and what follows; the highest bit of the type
 * puts the object into a list that later ones refer to by number. */
#include "codec/marshal.h"

#include <stdlib.h>

enum { DEEPEST = 32, MOST_BYTES = 64 * 1024, REFERABLE = 0x80 };

struct reader {
    struct tfp_context *ctx;
    struct arena *arena;
    struct cursor c;
    const struct marshal_object **seen; /* what may be referred to, in order; NULL: not complete yet */
    size_t n_seen, room_seen;
    const struct marshal_object **interned; /* of Python 2: a list of its own */
    size_t n_interned, room_interned;
    unsigned depth;
};

static tfp_status damaged(struct reader *r, const char *what)
{
    return tfp_fail(r->ctx, TFP_E_FORMAT, "damaged Python code: %s at byte %zu", what, cursor_offset(&r->c));
}

static tfp_status read_object(struct reader *r, const struct marshal_object **out);

/* -- lists of what can be referred to ------------------------------------------------------------------------------ */

static bool append(struct arena *a, const struct marshal_object ***list, size_t *n, size_t *room,
                   const struct marshal_object *o)
{
    if (!ARENA_GROW(a, *list, *n, room)) return false;
    (*list)[(*n)++] = o;
    return true;
}

static tfp_status read_reference(struct reader *r, const struct marshal_object **list, size_t n,
                                 const struct marshal_object **out)
{
    uint32_t at;
    if (!cursor_le32(&r->c, &at) || at >= n || !list[at]) return damaged(r, "a reference to nothing");
    *out = list[at];
    return TFP_OK;
}

/* -- numbers and texts --------------------------------------------------------------------------------------------- */

/* A count of 15-bit digits, negative for a negative number. Beyond 64 bits: MARSHAL_OTHER. */
static tfp_status read_long(struct reader *r, struct marshal_object *o)
{
    uint32_t word;
    uint16_t digit = 0;
    uint64_t value = 0;
    if (!cursor_le32(&r->c, &word)) return damaged(r, "it ends");
    bool negative = word >> 31;
    uint32_t n = negative ? 0U - word : word;
    if (n > cursor_left(&r->c) / 2) return damaged(r, "it ends");
    bool fits = n <= 4;
    for (uint32_t i = 0; i < n; i++) {
        cursor_le16(&r->c, &digit);
        if (fits) value |= (uint64_t)(digit & 0x7fff) << (15 * i);
    }
    o->kind = fits ? MARSHAL_INT : MARSHAL_OTHER;
    o->integer = negative ? -(int64_t)value : (int64_t)value;
    return TFP_OK;
}

static tfp_status read_double(struct reader *r, double *out)
{
    uint64_t bits;
    if (!cursor_le64(&r->c, &bits)) return damaged(r, "it ends");
    memcpy(out, &bits, sizeof *out);
    return TFP_OK;
}

static tfp_status read_text(struct reader *r, uint32_t n, struct marshal_object *o)
{
    o->kind = MARSHAL_TEXT;
    return cursor_take(&r->c, n, &o->text) ? TFP_OK : damaged(r, "it ends");
}

static tfp_status read_long_text(struct reader *r, struct marshal_object *o)
{
    uint32_t n;
    return cursor_le32(&r->c, &n) ? read_text(r, n, o) : damaged(r, "it ends");
}

static tfp_status read_short_text(struct reader *r, struct marshal_object *o)
{
    uint8_t n;
    return cursor_u8(&r->c, &n) ? read_text(r, n, o) : damaged(r, "it ends");
}

static tfp_status read_decimal(struct reader *r, struct marshal_object *o)
{
    char digits[256];
    TFP_TRY(read_short_text(r, o));
    memcpy(digits, o->text.at, o->text.n);
    digits[o->text.n] = '\0';
    o->kind = MARSHAL_FLOAT;
    o->number = strtod(digits, NULL);
    return TFP_OK;
}

/* -- tuples -------------------------------------------------------------------------------------------------------- */

static tfp_status read_items(struct reader *r, uint32_t n, struct marshal_object *o)
{
    if (n > cursor_left(&r->c)) return damaged(r, "more items than bytes"); /* one takes a byte at least */
    if (!(o->items = ARENA_ARRAY(r->arena, const struct marshal_object *, n))) return tfp_no_memory(r->ctx);
    o->kind = MARSHAL_TUPLE;
    for (; o->n_items < n; o->n_items++) TFP_TRY(read_object(r, &o->items[o->n_items]));
    return TFP_OK;
}

/* -- code ---------------------------------------------------------------------------------------------------------- */

static tfp_status read_kind(struct reader *r, enum marshal_kind kind, const struct marshal_object **out)
{
    TFP_TRY(read_object(r, out));
    return (*out)->kind == kind ? TFP_OK : damaged(r, "a code object with a member of the wrong kind");
}

static tfp_status read_skipped(struct reader *r, size_t n)
{
    const struct marshal_object *skipped;
    for (size_t i = 0; i < n; i++) TFP_TRY(read_object(r, &skipped));
    return TFP_OK;
}

/* Numbers, until the instructions begin: a string. */
static tfp_status read_numbers(struct reader *r, int64_t *number, size_t *n)
{
    uint32_t word;
    for (*n = 0; *n < 6; number[(*n)++] = word) {
        if (*n >= 4 && cursor_left(&r->c) && (*r->c.at & ~REFERABLE) == 's') return TFP_OK;
        if (!cursor_le32(&r->c, &word)) return damaged(r, "it ends");
    }
    return TFP_OK;
}

/* There are 4 numbers in 2.7, 6 in 3.8 to 3.10, and 5 in others; of these the code from 3.11 on begins with instructions
 * that none of 3.7 begins with (RESUME, COPY_FREE_VARS, MAKE_CELL). */
static void tell_layout(struct marshal_code *k, const int64_t *number, size_t n)
{
    enum { RESUME = 151, RESUME_13 = 149, COPY_FREE_VARS_13 = 62, MAKE_CELL = 135, MAKE_CELL_13 = 94 };
    static const uint8_t starts[] = { RESUME, RESUME_13, COPY_FREE_VARS_13, MAKE_CELL, MAKE_CELL_13 };
    bool new = k->instructions.n && memchr(starts, (uint8_t)k->instructions.at[0], sizeof starts);
    k->layout = n == 4 ? MARSHAL_PYTHON_2 : n == 6 ? MARSHAL_PYTHON_3_8 : new ? MARSHAL_PYTHON_3_11 : MARSHAL_PYTHON_3_0;
    k->arguments = number[0];
    k->keyword_only = k->layout == MARSHAL_PYTHON_2 ? 0 : k->layout == MARSHAL_PYTHON_3_0 ? number[1] : number[2];
    k->flags = number[n - 1];
}

/* names, and local variables with those of functions around; what follows (file, name, lines) is skipped. */
static tfp_status read_variables(struct reader *r, struct marshal_code *k)
{
    enum { FREE = 0x80, CELL = 0x40 };
    const struct marshal_object *kinds, *free_ones, *cells;
    TFP_TRY(read_kind(r, MARSHAL_TUPLE, &k->constants));
    TFP_TRY(read_kind(r, MARSHAL_TUPLE, &k->names));
    TFP_TRY(read_kind(r, MARSHAL_TUPLE, &k->locals));
    if (k->layout != MARSHAL_PYTHON_3_11) {
        TFP_TRY(read_kind(r, MARSHAL_TUPLE, &free_ones));
        TFP_TRY(read_kind(r, MARSHAL_TUPLE, &cells));
        k->n_free = free_ones->n_items;
        k->n_cells = cells->n_items;
        return TFP_OK;
    }
    TFP_TRY(read_kind(r, MARSHAL_TEXT, &kinds));
    k->kinds = kinds->text;
    if (k->kinds.n != k->locals->n_items) return damaged(r, "kinds of variables that are not as many as those");
    for (size_t i = 0; i < k->kinds.n; i++) {
        k->n_free += ((uint8_t)k->kinds.at[i] & FREE) != 0;
        k->n_cells += ((uint8_t)k->kinds.at[i] & CELL) != 0;
    }
    return TFP_OK;
}

static tfp_status read_code(struct reader *r, struct marshal_object *o)
{
    const struct marshal_object *instructions;
    struct marshal_code *k = ARENA_NEW(r->arena, struct marshal_code);
    int64_t number[6];
    size_t n;
    uint32_t line;
    if (!k) return tfp_no_memory(r->ctx);
    o->kind = MARSHAL_CODE;
    o->code = k;
    TFP_TRY(read_numbers(r, number, &n));
    TFP_TRY(read_kind(r, MARSHAL_TEXT, &instructions));
    k->instructions = instructions->text;
    tell_layout(k, number, n);
    TFP_TRY(read_variables(r, k));
    bool new = k->layout == MARSHAL_PYTHON_3_11;
    TFP_TRY(read_skipped(r, new ? 3 : 2)); /* file, name, qualified name */
    if (!cursor_le32(&r->c, &line)) return damaged(r, "it ends");
    return read_skipped(r, new ? 2 : 1); /* lines, exceptions */
}

/* -- one object ---------------------------------------------------------------------------------------------------- */

static tfp_status read_number(struct reader *r, uint8_t type, struct marshal_object *o)
{
    uint32_t word;
    uint64_t wide;
    double skipped;
    o->kind = MARSHAL_INT;
    switch (type) {
    case 'i':
        if (!cursor_le32(&r->c, &word)) return damaged(r, "it ends");
        o->integer = (int32_t)word;
        return TFP_OK;
    case 'I':
        if (!cursor_le64(&r->c, &wide)) return damaged(r, "it ends");
        o->integer = (int64_t)wide;
        return TFP_OK;
    case 'l': return read_long(r, o);
    case 'f': return read_decimal(r, o);
    case 'g': o->kind = MARSHAL_FLOAT; return read_double(r, &o->number);
    default: /* y: a complex number */
        o->kind = MARSHAL_OTHER;
        TFP_TRY(read_double(r, &skipped));
        return read_double(r, &skipped);
    }
}

static tfp_status read_content(struct reader *r, uint8_t type, struct marshal_object *o)
{
    uint32_t n;
    uint8_t small;
    switch (type) {
    case 'N': o->kind = MARSHAL_NONE; return TFP_OK;
    case 'F': o->kind = MARSHAL_BOOL; return TFP_OK;
    case 'T': o->kind = MARSHAL_BOOL; o->integer = 1; return TFP_OK;
    case '.': o->kind = MARSHAL_ELLIPSIS; return TFP_OK;
    case 'i': case 'I': case 'l': case 'f': case 'g': case 'y': return read_number(r, type, o);
    case 's': case 't': case 'u': case 'a': case 'A': return read_long_text(r, o);
    case 'z': case 'Z': return read_short_text(r, o);
    case ')': return cursor_u8(&r->c, &small) ? read_items(r, small, o) : damaged(r, "it ends");
    case '(': case '[': case '<': case '>':
        if (!cursor_le32(&r->c, &n)) return damaged(r, "it ends");
        TFP_TRY(read_items(r, n, o));
        if (type == '<' || type == '>') o->kind = MARSHAL_OTHER; /* sets */
        return TFP_OK;
    case 'c': return read_code(r, o);
    default: return tfp_fail(r->ctx, TFP_E_UNSUPPORTED, "Python code with an object of type %u", type);
    }
}

static tfp_status read_new(struct reader *r, uint8_t type, const struct marshal_object **out)
{
    struct marshal_object *o = ARENA_NEW(r->arena, struct marshal_object);
    size_t place = r->n_seen;
    if (!o) return tfp_no_memory(r->ctx);
    bool referable = (type & REFERABLE) != 0;
    if (referable && !append(r->arena, &r->seen, &r->n_seen, &r->room_seen, NULL)) return tfp_no_memory(r->ctx);
    TFP_TRY(read_content(r, type & 0x7f, o));
    if (referable) r->seen[place] = o;
    if (type == 't' && !append(r->arena, &r->interned, &r->n_interned, &r->room_interned, o)) return tfp_no_memory(r->ctx);
    *out = o;
    return TFP_OK;
}

static tfp_status read_object(struct reader *r, const struct marshal_object **out)
{
    uint8_t type;
    if (!cursor_u8(&r->c, &type)) return damaged(r, "it ends");
    if (type == 'r') return read_reference(r, r->seen, r->n_seen, out);
    if (type == 'R') return read_reference(r, r->interned, r->n_interned, out);
    if (r->depth >= DEEPEST) return damaged(r, "objects nested too deep");
    r->depth++;
    tfp_status status = read_new(r, type, out);
    r->depth--;
    return status;
}

tfp_status marshal_decode(struct tfp_context *ctx, struct arena *arena, struct bytes file,
                          const struct marshal_object **out)
{
    struct reader r = { .ctx = ctx, .arena = arena, .c = cursor_of(file.at, file.n) };
    if (file.n > MOST_BYTES) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "Python code of %zu bytes", file.n);
    return read_object(&r, out);
}
