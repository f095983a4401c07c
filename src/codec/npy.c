/* .npy: the magic "\x93NUMPY", major and minor version, a little-endian header length (two bytes in version 1, four in
 * 2 and 3), the header - a Python dict literal with the keys descr, fortran_order and shape - and the elements. */
#include "codec/npy.h"
#include "base/numbers.h"

#include <inttypes.h>
#include <stdio.h>

enum { LONGEST_HEADER = 1024 * 1024, LONGEST_DESCR = 32 };

/* One row an element type: numpy's kind letter and size. A complex number is two parts for the byte order. */
struct npy_row {
    tfp_dtype dtype;
    char kind;
    unsigned char size, part;
};
static const struct npy_row rows[] = {
    { TFP_FLOAT16, 'f', 2, 2 },   { TFP_FLOAT, 'f', 4, 4 },      { TFP_DOUBLE, 'f', 8, 8 },
    { TFP_INT8, 'i', 1, 1 },      { TFP_INT16, 'i', 2, 2 },      { TFP_INT32, 'i', 4, 4 },
    { TFP_INT64, 'i', 8, 8 },     { TFP_UINT8, 'u', 1, 1 },      { TFP_UINT16, 'u', 2, 2 },
    { TFP_UINT32, 'u', 4, 4 },    { TFP_UINT64, 'u', 8, 8 },     { TFP_BOOL, 'b', 1, 1 },
    { TFP_COMPLEX64, 'c', 8, 4 }, { TFP_COMPLEX128, 'c', 16, 8 },
};

static bool host_is_little(void)
{
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
}

/* -- header -------------------------------------------------------------------------------------------------------- */

struct header {
    struct tfp_context *ctx;
    const char *name;
    const char *start, *at, *end; /* the dict; start is the file's first byte */
    struct bytes descr;
    bool fortran, has_descr, has_fortran, has_shape;
    uint32_t rank;
    int64_t dims[TFP_MAX_RANK];
};

__attribute__((cold)) static tfp_status malformed(struct header *h, const char *what)
{
    return tfp_fail(h->ctx, TFP_E_FORMAT, "%s: offset %zu: npy header: %s", h->name, (size_t)(h->at - h->start), what);
}

static char peek(struct header *h)
{
    while (h->at < h->end && (*h->at == ' ' || *h->at == '\n' || *h->at == '\t' || *h->at == '\r')) h->at++;
    return h->at < h->end ? *h->at : '\0';
}

static bool accept(struct header *h, char c)
{
    if (peek(h) != c) return false;
    h->at++;
    return true;
}

/* A Python string without escapes. */
static bool quoted(struct header *h, struct bytes *out)
{
    char quote = peek(h);
    if (quote != '\'' && quote != '"') return false;
    const char *from = h->at + 1, *to = from;
    while (to < h->end && *to != quote && *to != '\\') to++;
    if (to == h->end || *to != quote) return false;
    *out = (struct bytes){ from, (size_t)(to - from) };
    h->at = to + 1;
    return true;
}

static bool keyword(struct header *h, const char *word)
{
    size_t n = strlen(word);
    peek(h);
    if ((size_t)(h->end - h->at) < n || memcmp(h->at, word, n) != 0) return false;
    h->at += n;
    return true;
}

static bool number(struct header *h, int64_t *out)
{
    char c = peek(h);
    if (c < '0' || c > '9') return false;
    for (*out = 0; h->at < h->end && *h->at >= '0' && *h->at <= '9'; h->at++)
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, *h->at - '0', out)) return false;
    return true;
}

/* "()", "(3,)", "(2, 3)". */
static tfp_status shape(struct header *h)
{
    if (!accept(h, '(')) return malformed(h, "shape is no tuple");
    h->rank = 0;
    while (!accept(h, ')')) {
        if (h->rank == TFP_MAX_RANK)
            return tfp_fail(h->ctx, TFP_E_UNSUPPORTED, "%s: more than %d dimensions", h->name, TFP_MAX_RANK);
        if (!number(h, &h->dims[h->rank++])) return malformed(h, "shape holds something that is no size");
        accept(h, 'L'); /* Python 2 wrote long integers so */
        if (!accept(h, ',') && peek(h) != ')') return malformed(h, "',' or ')' is expected");
    }
    return TFP_OK;
}

static tfp_status entry(struct header *h)
{
    struct bytes key;
    if (!quoted(h, &key) || !accept(h, ':')) return malformed(h, "a key and ':' are expected");
    bool *seen = bytes_equal(key, "descr")           ? &h->has_descr
                 : bytes_equal(key, "fortran_order") ? &h->has_fortran
                 : bytes_equal(key, "shape")         ? &h->has_shape
                                                     : NULL;
    if (!seen) return malformed(h, "unknown key");
    if (*seen) return malformed(h, "key given twice");
    *seen = true;
    if (seen == &h->has_shape) return shape(h);
    if (seen == &h->has_fortran) {
        h->fortran = keyword(h, "True");
        return h->fortran || keyword(h, "False") ? TFP_OK : malformed(h, "fortran_order is neither True nor False");
    }
    if (peek(h) == '[') return tfp_fail(h->ctx, TFP_E_UNSUPPORTED, "%s: structured arrays are not supported", h->name);
    return quoted(h, &h->descr) ? TFP_OK : malformed(h, "descr is no string");
}

static tfp_status dict(struct header *h)
{
    if (!accept(h, '{')) return malformed(h, "no dict");
    while (!accept(h, '}')) {
        TFP_TRY(entry(h));
        if (!accept(h, ',') && peek(h) != '}') return malformed(h, "',' or '}' is expected");
    }
    peek(h);
    if (h->at != h->end) return malformed(h, "something follows the dict");
    bool whole = h->has_descr && h->has_fortran && h->has_shape;
    return whole ? TFP_OK : malformed(h, "descr, fortran_order or shape is missing");
}

static tfp_status read_header(struct header *h, struct cursor *c)
{
    static const char magic[] = "\x93NUMPY";
    struct bytes found, body;
    uint8_t major, minor;
    uint16_t short_length = 0;
    uint32_t length = 0;
    if (!cursor_take(c, 6, &found) || memcmp(found.at, magic, 6) != 0)
        return tfp_fail(h->ctx, TFP_E_FORMAT, "%s: not an npy file", h->name);
    if (!cursor_u8(c, &major) || !cursor_u8(c, &minor))
        return tfp_fail(h->ctx, TFP_E_FORMAT, "%s: npy header is cut short", h->name);
    if (major < 1 || major > 3 || minor != 0)
        return tfp_fail(h->ctx, TFP_E_UNSUPPORTED, "%s: npy version %u.%u is not supported (1.0, 2.0 and 3.0 are)",
                        h->name, major, minor);
    bool there = major == 1 ? cursor_le16(c, &short_length) : cursor_le32(c, &length);
    if (major == 1) length = short_length;
    if (!there || length > LONGEST_HEADER || !cursor_take(c, length, &body))
        return tfp_fail(h->ctx, TFP_E_FORMAT, "%s: npy header is cut short", h->name);
    h->at = body.at;
    h->end = body.at + body.n;
    return dict(h);
}

/* -- element types ------------------------------------------------------------------------------------------------- */

struct layout {
    tfp_dtype dtype;
    char kind;
    size_t size, part; /* bytes an element; bytes that are swapped together */
    bool swap;
};

static tfp_status unsupported(struct header *h)
{
    int n = (int)(h->descr.n < LONGEST_DESCR ? h->descr.n : LONGEST_DESCR);
    const char *what = h->descr.n > 1 && h->descr.at[1] == 'O' ? "object arrays" : "elements";
    return tfp_fail(h->ctx, TFP_E_UNSUPPORTED, "%s: %s of dtype '%.*s' are not supported", h->name, what, n,
                    h->descr.at);
}

/* "<f4": byte order, kind, bytes (characters for U). */
static tfp_status read_descr(struct header *h, struct layout *out)
{
    if (bytes_equal(h->descr, "bfloat16")) {
        *out = (struct layout){ TFP_BFLOAT16, 'V', 2, 2, !host_is_little() };
        return TFP_OK;
    }
    if (h->descr.n < 3) return unsupported(h);
    int64_t size = 0;
    struct header digits = { .at = h->descr.at + 2, .end = h->descr.at + h->descr.n };
    char order = h->descr.at[0], kind = h->descr.at[1];
    if (order != '<' && order != '>' && order != '|' && order != '=') return unsupported(h);
    if (*digits.at == ' ' || !number(&digits, &size) || digits.at != digits.end) return unsupported(h);
    bool swap = (order == '<' && !host_is_little()) || (order == '>' && host_is_little());
    if (kind == 'S' || kind == 'U') {
        if (size > INT32_MAX) return malformed(h, "strings of more than 2 GiB");
        size_t part = kind == 'U' ? 4 : 1;
        *out = (struct layout){ TFP_STRING, kind, (size_t)size * part, part, swap };
        return TFP_OK;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].kind != kind || rows[i].size != size) continue;
        if (order == '|' && size > 1) return malformed(h, "descr has no byte order");
        *out = (struct layout){ rows[i].dtype, kind, rows[i].size, rows[i].part, swap && rows[i].part > 1 };
        return TFP_OK;
    }
    return unsupported(h);
}

/* -- elements ------------------------------------------------------------------------------------------------------ */

/* Copies element by element from Fortran to C order. */
static void to_c_order(const struct header *h, size_t size, const char *from, char *to)
{
    size_t stride[TFP_MAX_RANK], index[TFP_MAX_RANK] = { 0 }, at = 0, step = 1, count = 1;
    for (uint32_t k = 0; k < h->rank; k++) {
        stride[k] = step;
        step *= (size_t)h->dims[k];
        count *= (size_t)h->dims[k];
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(to + i * size, from + at * size, size);
        for (uint32_t k = h->rank; k-- > 0;) { /* the next index in C order */
            at += stride[k];
            if (++index[k] < (size_t)h->dims[k]) break;
            at -= stride[k] * index[k];
            index[k] = 0;
        }
    }
}

static void swap_parts(char *at, size_t bytes, size_t part)
{
    for (char *end = at + bytes; at < end; at += part)
        for (size_t i = 0; i < part / 2; i++) {
            char c = at[i];
            at[i] = at[part - 1 - i];
            at[part - 1 - i] = c;
        }
}

/* One <U element, already in native order, as UTF-8. A code point takes 4 bytes before and at most 4 after. */
static bool put_utf8(const char *from, size_t n, char *to, size_t *length)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c;
        memcpy(&c, from + i * 4, 4);
        if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return false;
        size_t k = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        for (size_t j = k; j-- > 1; c >>= 6) to[out + j] = (char)(0x80 | (c & 0x3f));
        to[out] = (char)(lead[k] | c);
        out += k;
    }
    *length = out;
    return true;
}

/* Drops the trailing NULs: n in elements of `part` bytes. */
static size_t stripped(const char *at, size_t n, size_t part)
{
    static const char zero[4];
    while (n > 0 && memcmp(at + (n - 1) * part, zero, part) == 0) n--;
    return n;
}

static tfp_status read_strings(struct header *h, struct arena *arena, const struct layout *l, size_t count,
                               const char *from, struct npy *out)
{
    struct tfp_string *strings = ARENA_ARRAY(arena, struct tfp_string, count);
    char *room = l->kind == 'U' && strings ? arena_alloc(arena, count, l->size) : NULL;
    if (!strings || (l->kind == 'U' && !room)) return tfp_no_memory(h->ctx);
    for (size_t i = 0; i < count; i++, from += l->size) {
        size_t n = stripped(from, l->size / l->part, l->part);
        strings[i] = (struct tfp_string){ from, n };
        if (l->kind == 'S') continue;
        strings[i].at = room;
        if (!put_utf8(from, n, room, &strings[i].n))
            return tfp_fail(h->ctx, TFP_E_FORMAT, "%s: element %zu holds what is no Unicode character", h->name, i);
        room += strings[i].n;
    }
    out->data = strings;
    out->size = count * sizeof *strings;
    out->width = l->kind == 'S' ? l->size : 0;
    return TFP_OK;
}

static bool has_odd_bools(const struct layout *l, const char *from, size_t n)
{
    for (size_t i = 0; l->dtype == TFP_BOOL && i < n; i++)
        if (from[i] & ~1) return true;
    return false;
}

static tfp_status read_elements(struct header *h, struct arena *arena, const struct layout *l, size_t count,
                                const char *from, struct npy *out)
{
    size_t bytes = count * l->size;
    bool reorder = h->fortran && h->rank > 1 && bytes > 0;
    bool aligned = (uintptr_t)from % l->part == 0 || l->dtype == TFP_STRING;
    bool odd = has_odd_bools(l, from, bytes);
    if (reorder || l->swap || !aligned || odd) {
        char *copy = arena_alloc(arena, bytes, 1);
        if (!copy) return tfp_no_memory(h->ctx);
        if (reorder) to_c_order(h, l->size, from, copy);
        else if (bytes) memcpy(copy, from, bytes);
        if (l->swap) swap_parts(copy, bytes, l->part);
        for (size_t i = 0; odd && i < bytes; i++) copy[i] = copy[i] != 0;
        from = copy;
    }
    if (l->dtype == TFP_STRING) return read_strings(h, arena, l, count, from, out);
    out->data = from;
    out->size = bytes;
    return TFP_OK;
}

tfp_status npy_decode(struct tfp_context *ctx, struct arena *arena, const char *name, struct bytes file,
                      struct npy *out)
{
    struct header h = { .ctx = ctx, .name = name, .start = file.at };
    struct cursor c = cursor_of(file.at, file.n);
    struct layout l = { .part = 1 };
    int64_t count;
    size_t bytes;
    TFP_TRY(read_header(&h, &c));
    TFP_TRY(read_descr(&h, &l));
    if (!numbers_count(h.dims, h.rank, &count) || !mul_size(&bytes, (size_t)count, l.size))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: the shape has more elements than can be", name);
    if (bytes != cursor_left(&c))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: the shape needs %zu bytes, the file has %zu", name, bytes,
                        cursor_left(&c));
    if (l.size == 0 && count > (int64_t)file.n)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: %" PRId64 " strings of no length", name, count);
    *out = (struct npy){ .dtype = l.dtype, .rank = h.rank };
    memcpy(out->dims, h.dims, sizeof out->dims);
    return read_elements(&h, arena, &l, (size_t)count, (const char *)c.at, out);
}

/* -- encode -------------------------------------------------------------------------------------------------------- */

struct writer {
    tfp_status (*write)(void *user, const void *at, size_t n);
    void *user;
};

static tfp_status longest_string(struct tfp_context *ctx, const struct tfp_string *s, size_t count, size_t *longest)
{
    *longest = 1;
    for (size_t i = 0; i < count; i++) {
        bool fills = count == 1 && s[i].n > 1; /* "" is filled up to one byte */
        if (s[i].n > *longest) *longest = s[i].n;
        if (!fills && s[i].n && s[i].at[s[i].n - 1] == '\0')
            return tfp_fail(ctx, TFP_E_UNSUPPORTED, "npy: string %zu ends with a NUL, which the format cannot hold", i);
    }
    return TFP_OK;
}

/* Bytes an element has in memory; 0 for what cannot be written. */
static size_t element_size(tfp_dtype dtype)
{
    if (dtype == TFP_STRING) return sizeof(struct tfp_string);
    if (dtype == TFP_BFLOAT16) return sizeof(uint16_t);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].dtype == dtype) return rows[i].size;
    return 0;
}

/* "<f4" and so on; for strings with their longest length. */
static void make_descr(const struct tfp_tensor *t, size_t longest, char descr[LONGEST_DESCR])
{
    char order = host_is_little() ? '<' : '>';
    if (t->dtype == TFP_STRING) {
        snprintf(descr, LONGEST_DESCR, "|S%zu", longest);
        return;
    }
    tfp_dtype dtype = t->dtype == TFP_BFLOAT16 ? TFP_FLOAT : t->dtype;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].dtype != dtype) continue;
        snprintf(descr, LONGEST_DESCR, "%c%c%u", rows[i].size > 1 ? order : '|', rows[i].kind, rows[i].size);
    }
}

/* The whole of it is a multiple of 64 bytes, filled up with spaces and ended with a newline. */
static tfp_status write_header(const struct writer *w, const char *descr, const struct tfp_tensor *t)
{
    char text[1024] = "\x93NUMPY\x01";
    size_t n = 10;
    n += (size_t)snprintf(text + n, sizeof text - n, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
    for (uint32_t k = 0; k < t->rank; k++)
        n += (size_t)snprintf(text + n, sizeof text - n, k + 1 < t->rank ? "%" PRId64 ", " : "%" PRId64, t->dims[k]);
    n += (size_t)snprintf(text + n, sizeof text - n, t->rank == 1 ? ",), }" : "), }");
    size_t total = (n + 1 + 63) / 64 * 64;
    memset(text + n, ' ', total - n - 1);
    text[total - 1] = '\n';
    text[8] = (char)((total - 10) & 0xff);
    text[9] = (char)((total - 10) >> 8);
    return w->write(w->user, text, total);
}

static tfp_status write_strings(const struct writer *w, const struct tfp_string *s, size_t count, size_t longest)
{
    static const char zeros[256];
    for (size_t i = 0; i < count; i++) {
        if (s[i].n) TFP_TRY(w->write(w->user, s[i].at, s[i].n));
        for (size_t left = longest - s[i].n, k; left > 0; left -= k) {
            k = left < sizeof zeros ? left : sizeof zeros;
            TFP_TRY(w->write(w->user, zeros, k));
        }
    }
    return TFP_OK;
}

static tfp_status write_bfloats(const struct writer *w, const uint16_t *from, size_t count)
{
    float some[256];
    for (size_t i = 0, k; i < count; i += k) {
        k = count - i < 256 ? count - i : 256;
        for (size_t j = 0; j < k; j++) some[j] = bfloat_to_float(from[i + j]);
        TFP_TRY(w->write(w->user, some, k * sizeof *some));
    }
    return TFP_OK;
}

tfp_status npy_encode(struct tfp_context *ctx, const struct tfp_tensor *tensor,
                      tfp_status (*write)(void *user, const void *at, size_t n), void *user)
{
    const struct writer w = { write, user };
    char descr[LONGEST_DESCR];
    size_t longest = 1, bytes, size = element_size(tensor->dtype);
    int64_t count;
    if (tensor->rank > TFP_MAX_RANK) return tfp_fail(ctx, TFP_E_USAGE, "npy: more than %d dimensions", TFP_MAX_RANK);
    if (size == 0 || !numbers_count(tensor->dims, tensor->rank, &count) || !mul_size(&bytes, (size_t)count, size) ||
        bytes > tensor->size)
        return tfp_fail(ctx, TFP_E_USAGE, "npy: the tensor's type, dimensions and size do not fit together");
    if (tensor->dtype == TFP_STRING) TFP_TRY(longest_string(ctx, tensor->data, (size_t)count, &longest));
    make_descr(tensor, longest, descr);
    TFP_TRY(write_header(&w, descr, tensor));
    if (tensor->dtype == TFP_STRING) return write_strings(&w, tensor->data, (size_t)count, longest);
    if (tensor->dtype == TFP_BFLOAT16) return write_bfloats(&w, tensor->data, (size_t)count);
    return bytes ? write(user, tensor->data, bytes) : TFP_OK;
}
