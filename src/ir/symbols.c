/* Symbols of dimensions and arithmetic on them. A symbol is its text. A text that reads as an expression over names
 * (sums, products, divisions rounded down, max and min) is taken for that expression, brought to one normal form (a sum
 * of products with number factors) and written again, so that equal expressions give equal symbols. A name stands for a
 * dimension and is never below zero. */
#include "ir/infer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_TERMS = 12, MAX_FACTORS = 6, MAX_DEPTH = 12, MAX_NESTED = 4, LONGEST_NAME = 200, EXPRESSION_ROOM = 2048 };

/* coefficient * factors[0] * factors[1] ...; a factor is a name, a division, a max or a min; sorted. */
struct term {
    int64_t coefficient;
    size_t n;
    struct bytes factors[MAX_FACTORS];
};
/* Terms sorted by their factors, none twice, no coefficient 0. */
struct sum {
    int64_t constant;
    size_t n;
    struct term terms[MAX_TERMS];
};

struct expression {
    char at[EXPRESSION_ROOM];
    size_t n;
    bool failed;
};

/* -- sums ---------------------------------------------------------------------------------------------------------- */

static int bytes_order(struct bytes a, struct bytes b)
{
    int order = memcmp(a.at, b.at, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int term_order(const struct term *a, const struct term *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        int order = bytes_order(a->factors[i], b->factors[i]);
        if (order) return order;
    }
    return (a->n > b->n) - (a->n < b->n);
}

static bool sum_add_term(struct sum *s, const struct term *t)
{
    if (t->coefficient == 0) return true;
    if (t->n == 0) return !__builtin_add_overflow(s->constant, t->coefficient, &s->constant);
    size_t i = 0;
    while (i < s->n && term_order(&s->terms[i], t) < 0) i++;
    if (i < s->n && term_order(&s->terms[i], t) == 0) {
        if (__builtin_add_overflow(s->terms[i].coefficient, t->coefficient, &s->terms[i].coefficient)) return false;
        if (s->terms[i].coefficient == 0) memmove(&s->terms[i], &s->terms[i + 1], (--s->n - i) * sizeof *t);
        return true;
    }
    if (s->n == MAX_TERMS) return false;
    memmove(&s->terms[i + 1], &s->terms[i], (s->n++ - i) * sizeof *t);
    s->terms[i] = *t;
    return true;
}

static bool sum_add(struct sum *s, const struct sum *other, int64_t scale)
{
    int64_t constant;
    if (__builtin_mul_overflow(other->constant, scale, &constant)) return false;
    if (__builtin_add_overflow(s->constant, constant, &s->constant)) return false;
    for (size_t i = 0; i < other->n; i++) {
        struct term t = other->terms[i];
        if (__builtin_mul_overflow(t.coefficient, scale, &t.coefficient) || !sum_add_term(s, &t)) return false;
    }
    return true;
}

static bool term_mul(const struct term *a, const struct term *b, struct term *out)
{
    struct term t = *a;
    if (__builtin_mul_overflow(a->coefficient, b->coefficient, &t.coefficient)) return false;
    if (a->n + b->n > MAX_FACTORS) return false;
    for (size_t i = 0; i < b->n; i++) {
        size_t k = t.n++;
        for (; k > 0 && bytes_order(t.factors[k - 1], b->factors[i]) > 0; k--) t.factors[k] = t.factors[k - 1];
        t.factors[k] = b->factors[i];
    }
    *out = t;
    return true;
}

/* Entry n is the constant. */
static struct term sum_entry(const struct sum *s, size_t i)
{
    return i < s->n ? s->terms[i] : (struct term){ .coefficient = s->constant };
}

static bool sum_mul(const struct sum *a, const struct sum *b, struct sum *out)
{
    struct sum all = { 0 };
    for (size_t i = 0; i <= a->n; i++)
        for (size_t k = 0; k <= b->n; k++) {
            struct term x = sum_entry(a, i), y = sum_entry(b, k), product;
            if (x.coefficient == 0 || y.coefficient == 0) continue;
            if (!term_mul(&x, &y, &product) || !sum_add_term(&all, &product)) return false;
        }
    *out = all;
    return true;
}

static bool sum_equal(const struct sum *a, const struct sum *b)
{
    if (a->constant != b->constant || a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->terms[i].coefficient != b->terms[i].coefficient || term_order(&a->terms[i], &b->terms[i])) return false;
    return true;
}

static struct sum sum_of(struct bytes factor)
{
    return (struct sum){ .n = 1, .terms = { { .coefficient = 1, .n = 1, .factors = { factor } } } };
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

struct reader {
    const char *at, *end;
    int depth;
};

static bool read_sum(struct reader *r, struct sum *out);

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == ':' || (c & 0x80);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take(struct reader *r, char c)
{
    if (r->at == r->end || *r->at != c) return false;
    r->at++;
    return true;
}

static bool read_number(struct reader *r, struct sum *out)
{
    *out = (struct sum){ 0 };
    for (; r->at < r->end && is_digit(*r->at); r->at++) {
        if (__builtin_mul_overflow(out->constant, 10, &out->constant)) return false;
        if (__builtin_add_overflow(out->constant, *r->at - '0', &out->constant)) return false;
    }
    return r->at == r->end || !is_letter(*r->at);
}

static bool read_factor(struct reader *r, struct sum *out)
{
    const char *start = r->at;
    if (r->at == r->end || r->depth >= MAX_DEPTH) return false;
    if (is_digit(*r->at)) return read_number(r, out);
    r->depth++;
    bool good = true;
    if (take(r, '(')) {
        good = read_sum(r, out) && take(r, ')');
    } else {
        while (r->at < r->end && (is_letter(*r->at) || is_digit(*r->at))) r->at++;
        struct bytes name = { start, (size_t)(r->at - start) };
        if (name.n == 0) return false;
        if ((bytes_equal(name, "max") || bytes_equal(name, "min")) && take(r, '(')) {
            struct sum argument;
            good = read_sum(r, &argument) && take(r, ',') && read_sum(r, &argument) && take(r, ')');
        }
        *out = sum_of((struct bytes){ start, (size_t)(r->at - start) });
    }
    r->depth--;
    return good;
}

static bool read_term(struct reader *r, struct sum *out)
{
    const char *start = r->at;
    struct sum next;
    if (!read_factor(r, out)) return false;
    for (;;) {
        if (take(r, '*')) {
            if (!read_factor(r, &next) || !sum_mul(out, &next, out)) return false;
        } else if (take(r, '/')) {
            if (!read_factor(r, &next)) return false;
            *out = sum_of((struct bytes){ start, (size_t)(r->at - start) });
        } else {
            return true;
        }
    }
}

static bool read_sum(struct reader *r, struct sum *out)
{
    struct sum next;
    *out = (struct sum){ 0 };
    bool minus = take(r, '-');
    for (;;) {
        if (!read_term(r, &next) || !sum_add(out, &next, minus ? -1 : 1)) return false;
        if (take(r, '+')) minus = false;
        else if (take(r, '-')) minus = true;
        else return true;
    }
}

static bool read_all(struct bytes text, struct sum *out)
{
    struct reader r = { .at = text.at, .end = text.at + text.n };
    return read_sum(&r, out) && r.at == r.end;
}

/* A text that is no expression is a name as a whole. */
static struct sum sum_load(const struct ir_graph *g, struct dim d)
{
    struct sum s;
    if (dim_fixed(d)) return (struct sum){ .constant = d.n };
    struct bytes name = bytes_of(ir_symbol_name(g, d));
    return read_all(name, &s) ? s : sum_of(name);
}

/* A factor taken apart. */
struct parts {
    enum { PART_NAME, PART_DIVISION, PART_MAX, PART_MIN } kind;
    struct sum left, right;
};

static bool take_apart(struct bytes factor, struct parts *out)
{
    struct reader r = { .at = factor.at, .end = factor.at + factor.n };
    *out = (struct parts){ .kind = PART_NAME };
    if (factor.n > 4 && (memcmp(factor.at, "max(", 4) == 0 || memcmp(factor.at, "min(", 4) == 0)) {
        r.at += 4;
        if (!read_sum(&r, &out->left) || !take(&r, ',') || !read_sum(&r, &out->right)) return false;
        if (take(&r, ')') && r.at == r.end) out->kind = factor.at[1] == 'a' ? PART_MAX : PART_MIN;
        return true;
    }
    if (!memchr(factor.at, '/', factor.n)) return true;
    if (!read_factor(&r, &out->left) || !take(&r, '/')) return false;
    if (!read_factor(&r, &out->right) || r.at != r.end) return false;
    out->kind = PART_DIVISION;
    return true;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void put(struct expression *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(e->at + e->n, sizeof e->at - e->n, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof e->at - e->n) e->failed = true;
    else e->n += (size_t)n;
}

static bool is_division(struct bytes factor)
{
    struct parts p;
    return take_apart(factor, &p) && p.kind == PART_DIVISION;
}

static void put_term(struct expression *e, const struct term *t)
{
    uint64_t size = t->coefficient < 0 ? 0 - (uint64_t)t->coefficient : (uint64_t)t->coefficient;
    bool alone = t->n == 1 && size == 1;
    for (size_t i = 0; i < t->n; i++) {
        bool enclose = !alone && is_division(t->factors[i]);
        put(e, "%s%s%.*s%s", i ? "*" : "", enclose ? "(" : "", (int)t->factors[i].n, t->factors[i].at,
            enclose ? ")" : "");
    }
    if (t->n == 0) put(e, "%" PRIu64, size);
    else if (size != 1) put(e, "*%" PRIu64, size);
}

/* What is added first, then the constant, then what is taken away. */
static void put_sum(struct expression *e, const struct sum *s)
{
    size_t start = e->n;
    struct term constant = sum_entry(s, s->n);
    for (size_t i = 0; i < s->n; i++) {
        if (s->terms[i].coefficient < 0) continue;
        if (e->n > start) put(e, "+");
        put_term(e, &s->terms[i]);
    }
    if (e->n == start && s->constant > 0) {
        put_term(e, &constant);
        constant.coefficient = 0;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->terms[i].coefficient >= 0) continue;
        put(e, "-");
        put_term(e, &s->terms[i]);
    }
    if (constant.coefficient == 0) return;
    put(e, "%s", constant.coefficient < 0 ? "-" : "+");
    put_term(e, &constant);
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static bool symbol_room(struct ir_graph *g)
{
    return g->n_symbols < DIM_UNKNOWN - 1 && ARENA_GROW(&g->arena, g->symbols, g->n_symbols, &g->room_symbols);
}

struct dim ir_symbol(struct ir_graph *g, const char *name)
{
    size_t n = strlen(name);
    void **at = map_find(&g->symbol_names, name, n);
    if (at) return (struct dim){ 0, (uint32_t)(uintptr_t)*at };
    char *own = arena_string(&g->arena, name, n);
    if (!own || !symbol_room(g) || !(at = map_at(&g->symbol_names, own, n))) return dim_unknown();
    uint32_t index = (uint32_t)g->n_symbols++;
    g->symbols[index] = (struct ir_symbol){ .name = own };
    *at = (void *)(uintptr_t)index;
    return (struct dim){ 0, index };
}

static bool is_taken(const struct ir_graph *g, const char *name, size_t n)
{
    for (; g; g = g->parent)
        if (map_find(&g->symbol_names, name, n)) return true;
    return false;
}

/* In a body the name has the body's number in it. */
struct dim ir_new_symbol(struct ir_graph *g, const char *hint)
{
    char stem[128], name[160];
    size_t n = 0;
    if (is_digit(hint[0]) || !hint[0]) stem[n++] = 'd';
    for (; *hint && n < sizeof stem - 1; hint++) stem[n++] = is_letter(*hint) || is_digit(*hint) ? *hint : '_';
    stem[n] = '\0';
    if (g->number) n = (size_t)snprintf(stem + (n < 110 ? n : 110), 16, ".b%u", (unsigned)g->number) + (n < 110 ? n : 110);
    if (!is_taken(g, stem, n)) return ir_symbol(g, stem);
    for (size_t i = g->n_symbols;; i++) {
        int length = snprintf(name, sizeof name, "%s_%zu", stem, i);
        if (!is_taken(g, name, (size_t)length)) return ir_symbol(g, name);
    }
}

const char *ir_symbol_name(const struct ir_graph *g, struct dim d)
{
    return d.sym && d.sym < g->n_symbols ? g->symbols[d.sym].name : "?";
}

struct dim dim_carry(const struct ir_graph *from, struct ir_graph *to, struct dim d)
{
    return dim_fixed(d) || dim_is_unknown(d) ? d : ir_symbol(to, ir_symbol_name(from, d));
}

/* -- signs --------------------------------------------------------------------------------------------------------- */

static bool sum_nonnegative(const struct ir_graph *g, const struct sum *s, int depth);

static bool factor_nonnegative(const struct ir_graph *g, struct bytes factor, int depth)
{
    void **at = map_find(&g->symbol_names, factor.at, factor.n);
    struct parts p;
    if (at && g->symbols[(uintptr_t)*at].nonnegative) return true;
    if (depth > MAX_DEPTH || !take_apart(factor, &p)) return depth <= MAX_DEPTH;
    if (p.kind == PART_NAME) return true;
    bool left = sum_nonnegative(g, &p.left, depth + 1), right = sum_nonnegative(g, &p.right, depth + 1);
    return p.kind == PART_MAX ? left || right : left && right;
}

static bool sum_nonnegative(const struct ir_graph *g, const struct sum *s, int depth)
{
    if (s->constant < 0) return false;
    for (size_t i = 0; i < s->n; i++) {
        if (s->terms[i].coefficient < 0) return false;
        for (size_t k = 0; k < s->terms[i].n; k++)
            if (!factor_nonnegative(g, s->terms[i].factors[k], depth)) return false;
    }
    return true;
}

bool dim_nonnegative(const struct ir_graph *g, struct dim d)
{
    if (dim_is_unknown(d)) return false;
    if (dim_fixed(d)) return d.n >= 0;
    if (g->symbols[d.sym].nonnegative) return true;
    struct sum s = sum_load(g, d);
    return sum_nonnegative(g, &s, 0);
}

/* -- arithmetic ---------------------------------------------------------------------------------------------------- */

/* Too long a text is named by its hash, so that it stays one symbol; that name says "a dimension", so only for what is
 * not below zero. */
static struct dim text_store(struct ir_graph *g, const struct expression *e, bool nonnegative)
{
    uint64_t hash = 0xcbf29ce484222325u;
    char name[32];
    struct sum back;
    if (e->failed || !read_all((struct bytes){ e->at, e->n }, &back)) return dim_unknown(); /* would be taken for a name */
    if (e->n <= LONGEST_NAME) return ir_symbol(g, e->at);
    if (!nonnegative) return dim_unknown();
    for (size_t i = 0; i < e->n; i++) hash = (hash ^ (unsigned char)e->at[i]) * 0x100000001b3u;
    snprintf(name, sizeof name, "size_%016" PRIx64, hash);
    return ir_symbol(g, name);
}

static struct dim sum_store(struct ir_graph *g, const struct sum *s)
{
    struct expression e = { .n = 0 };
    if (s->n == 0) return dim_of(s->constant);
    put_sum(&e, s);
    return text_store(g, &e, sum_nonnegative(g, s, 0));
}

struct dim dim_add(struct ir_graph *g, struct dim a, struct dim b)
{
    if (dim_is_unknown(a) || dim_is_unknown(b)) return dim_unknown();
    if (dim_is(a, 0)) return b;
    if (dim_is(b, 0)) return a;
    struct sum s = sum_load(g, a), other = sum_load(g, b);
    return sum_add(&s, &other, 1) ? sum_store(g, &s) : dim_unknown();
}

struct dim dim_sub(struct ir_graph *g, struct dim a, struct dim b)
{
    if (dim_is_unknown(a) || dim_is_unknown(b)) return dim_unknown();
    if (dim_is(b, 0)) return a;
    if (dim_equal(a, b)) return dim_of(0);
    struct sum s = sum_load(g, a), other = sum_load(g, b);
    return sum_add(&s, &other, -1) ? sum_store(g, &s) : dim_unknown();
}

struct dim dim_mul(struct ir_graph *g, struct dim a, struct dim b)
{
    if (dim_is(a, 0) || dim_is(b, 0)) return dim_of(0);
    if (dim_is_unknown(a) || dim_is_unknown(b)) return dim_unknown();
    if (dim_is(a, 1)) return b;
    if (dim_is(b, 1)) return a;
    struct sum s = sum_load(g, a), other = sum_load(g, b);
    return sum_mul(&s, &other, &s) ? sum_store(g, &s) : dim_unknown();
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    while (y) {
        uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x > INT64_MAX ? 1 : (int64_t)x;
}

/* sum = divisor * quotient + rest, where rest keeps the terms that the divisor does not divide and 0 <= its constant <
 * divisor; then both are freed of their common divisor. */
static void split_multiples(struct sum *rest, int64_t *divisor, struct sum *quotient)
{
    struct sum kept = { 0 };
    *quotient = (struct sum){ .constant = floor_div(rest->constant, *divisor) };
    kept.constant = rest->constant - quotient->constant * *divisor;
    int64_t common = *divisor;
    for (size_t i = 0; i < rest->n; i++) {
        struct term t = rest->terms[i];
        bool divides = t.coefficient % *divisor == 0;
        if (divides) t.coefficient /= *divisor;
        else common = greatest_divisor(common, t.coefficient);
        struct sum *to = divides ? quotient : &kept;
        to->terms[to->n++] = t;
    }
    for (size_t i = 0; i < kept.n; i++) kept.terms[i].coefficient /= common;
    kept.constant /= common;
    *divisor /= common;
    *rest = kept;
}

/* (x/a+c)/b is (x+c*a)/(a*b) for numbers a and b. */
static bool unnest(struct sum *s, int64_t *divisor)
{
    struct parts p;
    if (s->n != 1 || s->terms[0].n != 1 || s->terms[0].coefficient != 1) return false;
    if (!take_apart(s->terms[0].factors[0], &p) || p.kind != PART_DIVISION || p.right.n || p.right.constant <= 0)
        return false;
    int64_t more, product;
    if (__builtin_mul_overflow(s->constant, p.right.constant, &more)) return false;
    if (__builtin_mul_overflow(*divisor, p.right.constant, &product)) return false;
    if (__builtin_add_overflow(p.left.constant, more, &p.left.constant)) return false;
    *s = p.left;
    *divisor = product;
    return true;
}

static void put_quotient(struct expression *e, const struct sum *a, const struct sum *b)
{
    bool name = a->n == 1 && a->constant == 0 && a->terms[0].coefficient == 1 && a->terms[0].n == 1 &&
                !is_division(a->terms[0].factors[0]);
    put(e, "%s", name ? "" : "(");
    put_sum(e, a);
    put(e, "%s", name ? "/" : ")/");
    if (b->n == 0) {
        put(e, "%" PRId64, b->constant);
        return;
    }
    put(e, "(");
    put_sum(e, b);
    put(e, ")");
}

static struct dim div_by_number(struct ir_graph *g, struct sum *s, int64_t divisor)
{
    struct sum quotient, all = { 0 };
    struct expression e = { .n = 0 };
    do {
        split_multiples(s, &divisor, &quotient);
        if (!sum_add(&all, &quotient, 1)) return dim_unknown();
    } while (divisor != 1 && unnest(s, &divisor));
    if (s->n == 0 || divisor == 1) return sum_add(&all, s, divisor == 1) ? sum_store(g, &all) : dim_unknown();
    put_quotient(&e, s, &(struct sum){ .constant = divisor });
    if (e.failed) return dim_unknown();
    struct term t = { .coefficient = 1, .n = 1, .factors = { { e.at, e.n } } };
    return sum_add_term(&all, &t) ? sum_store(g, &all) : dim_unknown();
}

/* Takes the factors and the coefficient of `by` out of t; false when they are not all there. */
static bool term_div(struct term *t, const struct term *by)
{
    if (t->coefficient % by->coefficient) return false;
    t->coefficient /= by->coefficient;
    for (size_t i = 0; i < by->n; i++) {
        size_t k = 0;
        while (k < t->n && bytes_order(t->factors[k], by->factors[i])) k++;
        if (k == t->n) return false;
        memmove(&t->factors[k], &t->factors[k + 1], (--t->n - k) * sizeof t->factors[0]);
    }
    return true;
}

static struct dim div_by_symbol(struct ir_graph *g, const struct sum *a, const struct sum *b)
{
    struct expression e = { .n = 0 };
    struct sum quotient = { 0 };
    if (sum_equal(a, b)) return dim_of(1);
    bool exact = b->n == 1 && b->constant == 0 && b->terms[0].coefficient > 0 && a->constant == 0;
    for (size_t i = 0; exact && i < a->n; i++) {
        struct term t = a->terms[i];
        exact = term_div(&t, &b->terms[0]) && sum_add_term(&quotient, &t);
    }
    if (exact) return sum_store(g, &quotient);
    if (a->n == 0 && a->constant == 0) return dim_of(0);
    put_quotient(&e, a, b);
    return text_store(g, &e, sum_nonnegative(g, a, 0) && sum_nonnegative(g, b, 0));
}

struct dim dim_div(struct ir_graph *g, struct dim a, struct dim b)
{
    if (dim_is_unknown(a) || dim_is_unknown(b) || dim_is(b, 0)) return dim_unknown();
    if (dim_is(b, 1)) return a;
    if (dim_fixed(a) && dim_fixed(b))
        return b.n == -1 && a.n == INT64_MIN ? dim_unknown() : dim_of(floor_div(a.n, b.n));
    if (dim_fixed(b) && b.n < 0) return dim_unknown();
    struct sum s = sum_load(g, a), by = sum_load(g, b);
    return by.n == 0 ? div_by_number(g, &s, by.constant) : div_by_symbol(g, &s, &by);
}

/* A sum that is nothing but a max or a min; else PART_NAME. */
static struct parts extreme_of(const struct sum *s)
{
    struct parts p = { .kind = PART_NAME };
    if (s->n != 1 || s->constant != 0 || s->terms[0].coefficient != 1 || s->terms[0].n != 1) return p;
    if (!take_apart(s->terms[0].factors[0], &p) || p.kind == PART_DIVISION) p.kind = PART_NAME;
    return p;
}

/* Surely x >= y, because y is among what x is the greatest of, or x among what y is the least of. */
static bool covers(const struct sum *x, const struct sum *y, int depth)
{
    if (sum_equal(x, y)) return true;
    if (depth == 0) return false;
    const struct parts a = extreme_of(x), b = extreme_of(y);
    if (a.kind == PART_MAX && (covers(&a.left, y, depth - 1) || covers(&a.right, y, depth - 1))) return true;
    if (a.kind == PART_MIN && covers(&a.left, y, depth - 1) && covers(&a.right, y, depth - 1)) return true;
    if (b.kind == PART_MAX && covers(x, &b.left, depth - 1) && covers(x, &b.right, depth - 1)) return true;
    return b.kind == PART_MIN && (covers(x, &b.left, depth - 1) || covers(x, &b.right, depth - 1));
}

static struct dim greater_or_less(struct ir_graph *g, struct dim a, struct dim b, bool greater)
{
    if (dim_is_unknown(a) || dim_is_unknown(b)) return dim_unknown();
    if (dim_fixed(a) && dim_fixed(b)) return (a.n > b.n) == greater ? a : b;
    struct dim difference = dim_sub(g, a, b), opposite = dim_sub(g, b, a);
    if (dim_nonnegative(g, difference)) return greater ? a : b;
    if (dim_nonnegative(g, opposite)) return greater ? b : a;
    struct sum x = sum_load(g, a), y = sum_load(g, b);
    if (covers(&x, &y, MAX_NESTED)) return greater ? a : b;
    if (covers(&y, &x, MAX_NESTED)) return greater ? b : a;
    struct expression left = { .n = 0 }, right = { .n = 0 }, e = { .n = 0 };
    put_sum(&left, &x);
    put_sum(&right, &y);
    bool swap = dim_fixed(a) || (!dim_fixed(b) && strcmp(left.at, right.at) > 0); /* a number comes last */
    if (dim_is(a, 0)) snprintf(left.at, sizeof left.at, "0");
    if (dim_is(b, 0)) snprintf(right.at, sizeof right.at, "0");
    put(&e, "%s(%s,%s)", greater ? "max" : "min", swap ? right.at : left.at, swap ? left.at : right.at);
    e.failed |= left.failed || right.failed;
    bool up = sum_nonnegative(g, &x, 0), down = sum_nonnegative(g, &y, 0);
    return text_store(g, &e, greater ? up || down : up && down);
}

struct dim dim_max(struct ir_graph *g, struct dim a, struct dim b)
{
    return greater_or_less(g, a, b, true);
}

struct dim dim_min(struct ir_graph *g, struct dim a, struct dim b)
{
    return greater_or_less(g, a, b, false);
}
