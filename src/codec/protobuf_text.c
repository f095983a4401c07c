/* The text form. Reading is one pass without tokens kept; lists grow by doubling in the arena; a string without escapes
 * stays where it is. Writing follows the layout of protobuf's own printer. Numbers are read and written in the C
 * locale. */
#include "codec/protobuf.h"
#include "codec/protobuf_table.h"

#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* -- decode -------------------------------------------------------------------------------------------------------- */

enum { LONGEST_NUMBER = 128 };

struct parser {
    struct tfp_context *ctx;
    struct arena *arena;
    const char *start, *at, *end;
    size_t budget;           /* bytes that may still be allocated */
    size_t skipped;          /* unknown fields */
    const char *first;       /* the first of them */
    struct bytes first_name;
};

static void position(const struct parser *p, const char *at, size_t *line, size_t *column)
{
    const char *begin = p->start;
    *line = 1;
    for (const char *s = p->start; s < at; s++) {
        if (*s != '\n') continue;
        ++*line;
        begin = s + 1;
    }
    *column = (size_t)(at - begin) + 1;
}

/* `type` and `f` may be NULL. */
__attribute__((cold)) static tfp_status malformed(struct parser *p, const char *at, const struct pb_message *type,
                                                  const struct pb_field *f, const char *what)
{
    size_t line, column;
    position(p, at, &line, &column);
    return tfp_fail(p->ctx, TFP_E_FORMAT, "line %zu, column %zu: %s%s%s%s%s", line, column, type ? type->name : "",
                    f ? "." : "", f ? f->name : "", type ? ": " : "", what);
}

static tfp_status take_memory(struct parser *p, const struct pb_message *type, const struct pb_field *f, size_t count,
                              size_t size, void **out)
{
    size_t bytes;
    if (!mul_size(&bytes, count, size) || bytes > p->budget)
        return malformed(p, p->at, type, f, "needs more memory than a file of this size may take");
    p->budget -= bytes;
    *out = arena_alloc(p->arena, count, size);
    return *out ? TFP_OK : tfp_no_memory(p->ctx);
}

static void skip_space(struct parser *p)
{
    for (; p->at < p->end; p->at++) {
        char c = *p->at;
        if (c == '#') {
            const char *eol = memchr(p->at, '\n', (size_t)(p->end - p->at));
            if (!eol) eol = p->end - 1;
            p->at = eol;
        } else if (c != ' ' && !(c >= '\t' && c <= '\r')) {
            return;
        }
    }
}

/* The next character that is no space; NUL at the end (and for a NUL, which no rule accepts). */
static char peek(struct parser *p)
{
    skip_space(p);
    return p->at < p->end ? *p->at : '\0';
}

static bool accept(struct parser *p, char c)
{
    if (peek(p) != c || p->at == p->end) return false;
    p->at++;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters, digits and '_': a name, or a number without sign and dot. Empty when something else comes. */
static struct bytes word(struct parser *p)
{
    skip_space(p);
    const char *from = p->at;
    while (p->at < p->end && (is_letter(*p->at) || is_digit(*p->at))) p->at++;
    return (struct bytes){ from, (size_t)(p->at - from) };
}

/* -- strings */

static int hex_value(char c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Up to `most` digits of base 8 or 16 from *at; how many. */
static int digits(const char **at, const char *end, int base, int most, uint32_t *out)
{
    int n = 0;
    for (*out = 0; n < most && *at < end; n++, ++*at) {
        int v = hex_value(**at);
        if (v < 0 || v >= base) break;
        *out = *out * (uint32_t)base + (uint32_t)v;
    }
    return n;
}

static size_t put_utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
    return n;
}

/* A code point of four or eight hex digits; two halves of a surrogate pair are joined. False when it is none. */
static bool unicode(const char **at, const char *end, int most, uint32_t *out)
{
    if (digits(at, end, 16, most, out) != most) return false;
    if (*out >= 0xd800 && *out < 0xdc00) {
        uint32_t low;
        const char *next = *at;
        if (end - next < 2 || next[0] != '\\' || next[1] != 'u') return false;
        next += 2;
        if (digits(&next, end, 16, 4, &low) != 4 || low < 0xdc00 || low > 0xdfff) return false;
        *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
        *at = next;
    }
    return *out < 0xd800 || (*out > 0xdfff && *out <= 0x10ffff);
}

/* One escape, *at behind its backslash. Its bytes go to `out`; how many, 0 when there is no such escape. */
static size_t escape(const char **at, const char *end, char out[4])
{
    static const char from[] = "abfnrtv?\\'\"", to[] = "\a\b\f\n\r\t\v?\\'\"";
    uint32_t v;
    if (*at == end) return 0;
    char c = *(*at)++;
    const char *simple = c ? strchr(from, c) : NULL;
    if (simple) {
        out[0] = to[simple - from];
        return 1;
    }
    if (c >= '0' && c <= '7') {
        --*at;
        digits(at, end, 8, 3, &v);
    } else if (c == 'x' || c == 'X') {
        if (digits(at, end, 16, 2, &v) == 0) return 0;
    } else if (c == 'u' || c == 'U') {
        return unicode(at, end, c == 'u' ? 4 : 8, &v) ? put_utf8(v, out) : 0;
    } else {
        return 0;
    }
    if (v > 0xff) return 0;
    out[0] = (char)v;
    return 1;
}

/* One quoted piece: its raw inside and whether it has escapes; the parser stands behind the closing quote. */
static tfp_status quoted(struct parser *p, struct bytes *raw, bool *escapes)
{
    const char *begin = p->at, quote = *p->at++;
    *raw = (struct bytes){ p->at, 0 };
    *escapes = false;
    for (; p->at < p->end; p->at++) {
        if (*p->at == quote) {
            raw->n = (size_t)(p->at++ - raw->at);
            return TFP_OK;
        }
        if (*p->at == '\n') break;
        if (*p->at != '\\') continue;
        *escapes = true;
        if (++p->at == p->end) break;
    }
    return malformed(p, begin, NULL, NULL, "string without its closing quote");
}

/* Bytes of a raw inside; written to `out` unless NULL. SIZE_MAX and *wrong at an escape that is none. */
static size_t unescape(struct bytes raw, char *out, const char **wrong)
{
    size_t n = 0;
    for (const char *at = raw.at, *end = raw.at + raw.n; at < end;) {
        char few[4] = { *at };
        size_t k = 1;
        if (*at++ == '\\') {
            *wrong = at - 1;
            k = escape(&at, end, few);
            if (k == 0) return SIZE_MAX;
        }
        for (size_t i = 0; out && i < k; i++) out[n + i] = few[i];
        n += k;
    }
    return n;
}

/* Steps over adjacent strings and adds up the bytes they stand for; NULL `out` measures only. */
static tfp_status string_pieces(struct parser *p, char *out, size_t *total, struct bytes *only, size_t *pieces)
{
    *total = *pieces = 0;
    for (char c = peek(p); c == '"' || c == '\''; c = peek(p)) {
        bool escapes;
        const char *wrong = NULL;
        struct bytes raw;
        TFP_TRY(quoted(p, &raw, &escapes));
        size_t n = raw.n;
        if (escapes) n = unescape(raw, out ? out + *total : NULL, &wrong);
        else if (out && n) memcpy(out + *total, raw.at, n);
        if (n == SIZE_MAX) return malformed(p, wrong, NULL, NULL, "unknown escape in a string");
        *pieces += escapes ? 2 : 1; /* more than 1: has to be copied */
        *total += n;
        *only = raw;
    }
    if (*pieces == 0) return malformed(p, p->at, NULL, NULL, "a string in quotes is expected");
    return TFP_OK;
}

static tfp_status string(struct parser *p, const struct pb_message *type, const struct pb_field *f, struct bytes *out)
{
    size_t total, pieces;
    void *room;
    const char *from = p->at;
    TFP_TRY(string_pieces(p, NULL, &total, out, &pieces));
    if (pieces == 1) return TFP_OK;
    TFP_TRY(take_memory(p, type, f, total, 1, &room));
    struct bytes only;
    size_t n = total;
    p->at = from;
    TFP_TRY(string_pieces(p, room, &n, &only, &pieces));
    *out = (struct bytes){ room, total };
    return TFP_OK;
}

/* -- numbers and words */

static bool same_word(struct bytes w, const char *text)
{
    return strlen(text) == w.n && strncasecmp(w.at, text, w.n) == 0;
}

/* An integer's magnitude in decimal, 0x hexadecimal or 0 octal. */
static bool magnitude(struct bytes w, uint64_t *out)
{
    size_t i = 0;
    unsigned base = 10;
    if (w.n > 1 && w.at[0] == '0') {
        base = w.at[1] == 'x' || w.at[1] == 'X' ? 16 : 8;
        i = base == 16 ? 2 : 1;
    }
    if (i == w.n) return false;
    for (*out = 0; i < w.n; i++) {
        int v = hex_value(w.at[i]);
        if (v < 0 || v >= (int)base) return false;
        if (__builtin_mul_overflow(*out, base, out) || __builtin_add_overflow(*out, (uint64_t)v, out)) return false;
    }
    return true;
}

static tfp_status integer(struct parser *p, const struct pb_message *type, const struct pb_field *f, char *out)
{
    uint64_t m, bits;
    const char *from = p->at;
    bool minus = accept(p, '-');
    struct bytes w = word(p);
    if (!magnitude(w, &m)) return malformed(p, from, type, f, "an integer is expected");
    if (!protobuf_integer(f->type, minus, m, &bits)) return malformed(p, from, type, f, "integer out of range");
    uint32_t low = (uint32_t)bits;
    if (protobuf_kind(f)->size == 8) memcpy(out, &bits, 8);
    else memcpy(out, &low, 4);
    return TFP_OK;
}

/* A decimal number without sign and with an optional 'f' behind it. */
static bool decimal(struct parser *p, double *out)
{
    char text[LONGEST_NUMBER];
    size_t n = 0;
    while (p->at < p->end && n + 1 < sizeof text) {
        char c = *p->at;
        bool sign = (c == '-' || c == '+') && n > 0 && (text[n - 1] == 'e' || text[n - 1] == 'E');
        if (!is_digit(c) && c != '.' && c != 'e' && c != 'E' && !sign) break;
        text[n++] = c;
        p->at++;
    }
    text[n] = '\0';
    if (n + 1 == sizeof text) return false;
    char *rest;
    *out = strtod(text, &rest);
    if (rest == text || *rest) return false;
    if (p->at < p->end && (*p->at == 'f' || *p->at == 'F')) p->at++;
    return p->at == p->end || !(is_letter(*p->at) || is_digit(*p->at));
}

static tfp_status real(struct parser *p, const struct pb_message *type, const struct pb_field *f, char *out)
{
    double v;
    bool minus = accept(p, '-');
    const char *from = (skip_space(p), p->at);
    if (p->at < p->end && is_letter(*p->at)) {
        struct bytes w = word(p);
        if (same_word(w, "inf") || same_word(w, "infinity")) v = HUGE_VAL;
        else if (same_word(w, "nan")) v = (double)NAN;
        else return malformed(p, from, type, f, "a number is expected");
    } else if (!decimal(p, &v)) {
        return malformed(p, from, type, f, "a number is expected");
    }
    if (minus) v = -v;
    float narrow = (float)v; /* beyond its range: infinite */
    if (f->type == PB_FLOAT) memcpy(out, &narrow, sizeof narrow);
    else memcpy(out, &v, sizeof v);
    return TFP_OK;
}

static tfp_status boolean(struct parser *p, const struct pb_message *type, const struct pb_field *f, char *out)
{
    const char *from = p->at;
    struct bytes w = word(p);
    bool yes = bytes_equal(w, "true") || bytes_equal(w, "True") || bytes_equal(w, "t") || bytes_equal(w, "1");
    if (!yes && !bytes_equal(w, "false") && !bytes_equal(w, "False") && !bytes_equal(w, "f") && !bytes_equal(w, "0"))
        return malformed(p, from, type, f, "true or false is expected");
    memcpy(out, &yes, sizeof yes);
    return TFP_OK;
}

static tfp_status enumerated(struct parser *p, const struct pb_message *type, const struct pb_field *f, char *out)
{
    char c = peek(p);
    const char *from = p->at;
    if (c == '-' || is_digit(c)) return integer(p, type, f, out);
    struct bytes w = word(p);
    for (size_t i = 0; i < f->words->n_words; i++) {
        if (!bytes_equal(w, f->words->words[i].name)) continue;
        memcpy(out, &f->words->words[i].number, sizeof(int32_t));
        return TFP_OK;
    }
    char what[128];
    snprintf(what, sizeof what, "\"%.*s\" is no word of %s", (int)(w.n < 64 ? w.n : 64), w.at, f->words->name);
    return malformed(p, from, type, f, what);
}

static tfp_status scalar(struct parser *p, const struct pb_message *type, const struct pb_field *f, char *out)
{
    struct bytes s;
    skip_space(p);
    switch (f->type) {
    case PB_STRING:
    case PB_BYTES:
        TFP_TRY(string(p, type, f, &s));
        memcpy(out, &s, sizeof s);
        return TFP_OK;
    case PB_BOOL:
        return boolean(p, type, f, out);
    case PB_ENUM:
        return enumerated(p, type, f, out);
    case PB_FLOAT:
    case PB_DOUBLE:
        return real(p, type, f, out);
    default:
        return integer(p, type, f, out);
    }
}

/* -- fields that the table lacks */

static tfp_status skip_message(struct parser *p, int depth);

/* "[a.b.c]" or "[host/a.b.c]": an extension's name or an Any's type. */
static tfp_status bracketed(struct parser *p, struct bytes *name)
{
    const char *from = p->at++;
    while (p->at < p->end && *p->at != ']' && *p->at != '\n') p->at++;
    if (p->at == p->end || *p->at != ']' || p->at == from + 1)
        return malformed(p, from, NULL, NULL, "broken name in brackets");
    p->at++;
    *name = (struct bytes){ from, (size_t)(p->at - from) };
    return TFP_OK;
}

static tfp_status skip_scalar(struct parser *p)
{
    char c = peek(p);
    struct bytes only;
    size_t total, pieces;
    if (c == '"' || c == '\'') return string_pieces(p, NULL, &total, &only, &pieces);
    const char *from = p->at;
    if (accept(p, '-')) skip_space(p);
    const char *body = p->at;
    while (p->at < p->end && (is_letter(*p->at) || is_digit(*p->at) || *p->at == '.' ||
                              ((*p->at == '+' || *p->at == '-') && p->at > body && (p->at[-1] | 0x20) == 'e')))
        p->at++;
    return p->at > body ? TFP_OK : malformed(p, from, NULL, NULL, "a value is expected");
}

/* What may stand behind a field's name, lists included. */
static tfp_status skip_value(struct parser *p, int depth)
{
    bool colon = accept(p, ':');
    char c = peek(p);
    if (c == '{' || c == '<') return skip_message(p, depth + 1);
    if (!colon && c != '[') return malformed(p, p->at, NULL, NULL, "':' or '{' is expected");
    if (!accept(p, '[')) return skip_scalar(p);
    if (accept(p, ']')) return TFP_OK;
    do {
        c = peek(p);
        TFP_TRY(c == '{' || c == '<' ? skip_message(p, depth + 1) : skip_scalar(p));
    } while (accept(p, ','));
    return accept(p, ']') ? TFP_OK : malformed(p, p->at, NULL, NULL, "',' or ']' is expected");
}

static tfp_status field_name(struct parser *p, struct bytes *name)
{
    if (peek(p) == '[') return bracketed(p, name);
    *name = word(p);
    return name->n ? TFP_OK : malformed(p, p->at, NULL, NULL, "a field's name is expected");
}

static tfp_status skip_message(struct parser *p, int depth)
{
    const char *from = p->at;
    char close = *p->at++ == '{' ? '}' : '>';
    struct bytes name;
    if (depth >= PB_MAX_DEPTH) return malformed(p, from, NULL, NULL, "nested too deep");
    while (!accept(p, close)) {
        if (p->at == p->end) return malformed(p, from, NULL, NULL, "message without its end");
        TFP_TRY(field_name(p, &name));
        TFP_TRY(skip_value(p, depth));
        if (!accept(p, ',')) accept(p, ';');
    }
    return TFP_OK;
}

/* -- fields of the table */

static tfp_status message(struct parser *p, const struct pb_message *type, char close, const char *from, int depth,
                          char *out);

static tfp_status value(struct parser *p, const struct pb_message *type, const struct pb_field *f, int depth, char *out)
{
    if (f->type != PB_MESSAGE) return scalar(p, type, f, out);
    char c = peek(p);
    const char *from = p->at;
    if (c != '{' && c != '<') return malformed(p, p->at, type, f, "'{' is expected");
    if (depth + 1 >= PB_MAX_DEPTH) return malformed(p, p->at, type, f, "nested too deep");
    p->at++;
    return message(p, f->message, c == '{' ? '}' : '>', from, depth + 1, out);
}

/* One more element. The room is the next power of two, so that only such a length has to grow. */
static tfp_status append(struct parser *p, const struct pb_message *type, const struct pb_field *f, int depth,
                         char *member)
{
    struct pb_many list;
    size_t size = protobuf_element_size(f);
    memcpy(&list, member, sizeof list);
    if ((list.n & (list.n - 1)) == 0) {
        void *at;
        TFP_TRY(take_memory(p, type, f, list.n ? list.n * 2 : 1, size, &at));
        if (list.n) memcpy(at, list.at, list.n * size);
        list.at = at;
    }
    TFP_TRY(value(p, type, f, depth, (char *)list.at + list.n * size));
    list.n++;
    memcpy(member, &list, sizeof list);
    return TFP_OK;
}

static tfp_status single(struct parser *p, const struct pb_message *type, const struct pb_field *f, int depth,
                         char *out)
{
    char *member = out + f->offset;
    void *child;
    if (f->which && protobuf_which(f, out) != 0)
        return malformed(p, p->at, type, f, "another field of the same oneof is given already");
    protobuf_choose(f, out);
    if (f->type != PB_MESSAGE || f->label == PB_INLINE) return value(p, type, f, depth, member);
    TFP_TRY(take_memory(p, type, f, 1, f->message->size, &child));
    memcpy(member, &child, sizeof child);
    return value(p, type, f, depth, child);
}

static tfp_status known_field(struct parser *p, const struct pb_message *type, const struct pb_field *f, int depth,
                              char *out)
{
    bool colon = accept(p, ':');
    if (!colon && f->type != PB_MESSAGE) return malformed(p, p->at, type, f, "':' is expected");
    if (f->label != PB_MANY) return single(p, type, f, depth, out);
    if (!accept(p, '[')) return append(p, type, f, depth, out + f->offset);
    if (accept(p, ']')) return TFP_OK;
    do {
        TFP_TRY(append(p, type, f, depth, out + f->offset));
    } while (accept(p, ','));
    return accept(p, ']') ? TFP_OK : malformed(p, p->at, type, f, "',' or ']' is expected");
}

static const struct pb_field *named(const struct pb_message *type, struct bytes name)
{
    for (size_t i = 0; i < type->n_fields; i++)
        if (bytes_equal(name, type->fields[i].name)) return &type->fields[i];
    return NULL;
}

/* Fields until `close` (NUL: the end of the input), which is taken too. */
static tfp_status message(struct parser *p, const struct pb_message *type, char close, const char *from, int depth,
                          char *out)
{
    uint64_t seen = 0;
    for (;;) {
        struct bytes name;
        char c = peek(p);
        if (p->at == p->end) return close ? malformed(p, from, type, NULL, "message without its end") : TFP_OK;
        if (close && c == close) {
            p->at++;
            return TFP_OK;
        }
        const char *at = p->at;
        TFP_TRY(field_name(p, &name));
        const struct pb_field *f = named(type, name);
        if (f && f->type != PB_IGNORED && f->type != PB_RAW) {
            uint64_t bit = (uint64_t)1 << (f - type->fields);
            if (seen & bit && f->label != PB_MANY) return malformed(p, at, type, f, "given twice");
            seen |= bit;
            TFP_TRY(known_field(p, type, f, depth, out));
        } else {
            if (!f && p->skipped++ == 0) p->first = at, p->first_name = name;
            TFP_TRY(skip_value(p, depth));
        }
        if (!accept(p, ',')) accept(p, ';');
    }
}

tfp_status protobuf_text_decode(struct tfp_context *ctx, struct arena *arena, const struct pb_message *type,
                                struct bytes input, void *out)
{
    if (input.n == 0) return TFP_OK; /* the empty message; `at` may be NULL */
    struct parser p = { ctx, arena, input.at, input.at, input.at + input.n, .budget = protobuf_budget(input.n) };
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain) return tfp_no_memory(ctx);
    locale_t before = uselocale(plain);
    tfp_status status = message(&p, type, '\0', input.at, 0, out);
    uselocale(before);
    freelocale(plain);
    if (status != TFP_OK || p.skipped == 0) return status;
    size_t line, column;
    position(&p, p.first, &line, &column);
    tfp_note(ctx, "line %zu, column %zu: unknown field %.*s skipped%s", line, column,
             (int)(p.first_name.n < 200 ? p.first_name.n : 200), p.first_name.at,
             p.skipped > 1 ? ", and others after it" : "");
    return TFP_OK;
}

int protobuf_text_score(const struct pb_message *type, struct bytes input)
{
    if (input.n == 0) return 0;
    struct parser p = { .start = input.at, .at = input.at, .end = input.at + input.n };
    const struct pb_field *f = named(type, word(&p));
    if (!f) return 0;
    char c = peek(&p);
    return c == ':' || (f->type == PB_MESSAGE && (c == '{' || c == '<')) ? 100 : 0;
}

/* -- encode -------------------------------------------------------------------------------------------------------- */

static void put(struct text *t, const char *s)
{
    text_add_bytes(t, s, strlen(s));
}

static void put_string(struct text *t, struct bytes s)
{
    static const char from[] = "\n\r\t\"'\\", to[] = "nrt\"'\\";
    put(t, "\"");
    size_t plain = 0; /* the first byte not yet written */
    for (size_t i = 0; i <= s.n; i++) {
        unsigned char c = i < s.n ? (unsigned char)s.at[i] : 0;
        const char *simple = c ? strchr(from, c) : NULL;
        if (i < s.n && !simple && c >= 0x20 && c < 0x7f) continue;
        if (i > plain) text_add_bytes(t, s.at + plain, i - plain);
        plain = i + 1;
        if (i == s.n) break;
        char few[4] = { '\\', (char)('0' + (c >> 6)), (char)('0' + (c >> 3 & 7)), (char)('0' + (c & 7)) };
        if (simple) few[1] = to[simple - from];
        text_add_bytes(t, few, simple ? 2 : 4);
    }
    put(t, "\"");
}

/* The fewest digits that give the same number back. */
static void put_real(struct text *t, double v, bool narrow)
{
    char s[40];
    if (!isfinite(v)) {
        put(t, isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
        return;
    }
    for (int n = narrow ? 6 : 15; n <= 17; n++) {
        snprintf(s, sizeof s, "%.*g", n, v);
        double back = strtod(s, NULL);
        if (narrow ? (float)back == (float)v : back == v) break;
    }
    put(t, s);
    if (!strpbrk(s, ".e")) put(t, ".0");
}

static void put_enum(struct text *t, const struct pb_enum *words, int32_t number)
{
    for (size_t i = 0; i < words->n_words; i++) {
        if (words->words[i].number != number) continue;
        put(t, words->words[i].name);
        return;
    }
    text_add(t, "%" PRId32, number);
}

static void put_scalar(struct text *t, const struct pb_field *f, const char *at)
{
    union {
        bool b;
        int32_t i32;
        uint32_t u32;
        int64_t i64;
        uint64_t u64;
        float f;
        double d;
        struct bytes s;
    } v;
    memcpy(&v, at, protobuf_kind(f)->size);
    switch (f->type) {
    case PB_BOOL:
        put(t, v.b ? "true" : "false");
        break;
    case PB_ENUM:
        put_enum(t, f->words, v.i32);
        break;
    case PB_STRING:
    case PB_BYTES:
        put_string(t, v.s);
        break;
    case PB_FLOAT:
        put_real(t, (double)v.f, true);
        break;
    case PB_DOUBLE:
        put_real(t, v.d, false);
        break;
    case PB_UINT32:
    case PB_FIXED32:
        text_add(t, "%" PRIu32, v.u32);
        break;
    case PB_UINT64:
    case PB_FIXED64:
        text_add(t, "%" PRIu64, v.u64);
        break;
    case PB_INT64:
    case PB_SINT64:
    case PB_SFIXED64:
        text_add(t, "%" PRId64, v.i64);
        break;
    default:
        text_add(t, "%" PRId32, v.i32);
        break;
    }
}

static void indent(struct text *t, int depth)
{
    static const char spaces[] = "                                ";
    size_t most = sizeof spaces - 1;
    for (size_t n = 2 * (size_t)depth, k; n > 0; n -= k) {
        k = n < most ? n : most;
        text_add_bytes(t, spaces, k);
    }
}

static void put_message(struct text *t, const struct pb_message *type, const char *message, int depth)
{
    if (depth >= PB_MAX_DEPTH) t->failed = true;
    for (size_t i = 0; i < type->n_fields && !t->failed; i++) {
        const struct pb_field *f = &type->fields[i];
        if (f->type == PB_RAW || !protobuf_present(f, message)) continue;
        size_t n = protobuf_count(f, message);
        for (size_t k = 0; k < n; k++) {
            indent(t, depth);
            put(t, f->name);
            if (f->type == PB_MESSAGE) {
                put(t, " {\n");
                put_message(t, f->message, protobuf_element(f, message, k), depth + 1);
                indent(t, depth);
                put(t, "}\n");
            } else {
                put(t, ": ");
                put_scalar(t, f, protobuf_element(f, message, k));
                put(t, "\n");
            }
        }
    }
}

void protobuf_text_encode(const struct pb_message *type, const void *message, struct text *out)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain) {
        out->failed = true;
        return;
    }
    locale_t before = uselocale(plain);
    put_message(out, type, message, 0);
    uselocale(before);
    freelocale(plain);
}
