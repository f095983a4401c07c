/* Reading the table of op definitions (grammar: op_defs.h). */
#include "frontend/tensorflow/op_defs.h"

#include <stdlib.h>

#define OP(name, in, out, attrs) { name, in, out, attrs },
const struct op_def op_defs_table[] = {
#include "frontend/tensorflow/op_defs.def"
};
#undef OP
const size_t op_defs_n = sizeof op_defs_table / sizeof op_defs_table[0];

static int order(const void *key, const void *row)
{
    return strcmp(key, ((const struct op_def *)row)->name);
}

const struct op_def *op_def_find(const char *op)
{
    return bsearch(op, op_defs_table, op_defs_n, sizeof *op_defs_table, order);
}

/* Takes up to the next space that is not in quotes. */
static bool next_entry(const char **text, struct bytes *out)
{
    const char *at = *text, *end;
    bool quoted = false;
    while (*at == ' ') at++;
    for (end = at; *end && (quoted || *end != ' '); end++) quoted ^= *end == '\'';
    *text = end;
    *out = (struct bytes){ at, (size_t)(end - at) };
    return end > at;
}

/* Splits at the first `mark`; without one `left` is all and `right` empty. */
static bool split(struct bytes b, char mark, struct bytes *left, struct bytes *right)
{
    const char *at = memchr(b.at, mark, b.n);
    *left = (struct bytes){ b.at, at ? (size_t)(at - b.at) : b.n };
    *right = at ? (struct bytes){ at + 1, b.n - left->n - 1 } : (struct bytes){ b.at + b.n, 0 };
    return at != NULL;
}

bool op_def_next_arg(const char **text, struct op_arg *out)
{
    struct bytes entry, type, number;
    *out = (struct op_arg){ 0 };
    if (!next_entry(text, &entry)) return false;
    if (entry.at[entry.n - 1] == '&') {
        out->ref = true;
        entry.n--;
    }
    if (split(entry, '@', &out->name, &type)) {
        out->list = true;
        out->type = type;
        return true;
    }
    split(entry, ':', &out->name, &type);
    if (split(type, '*', &number, &type)) out->number = number;
    else type = number;
    if (type.n && type.at[0] >= '0' && type.at[0] <= '9') out->dtype = (int32_t)strtol(type.at, NULL, 10);
    else out->type = type;
    return true;
}

bool op_def_next_attr(const char **text, struct op_attr *out)
{
    struct bytes entry, rest, kind;
    *out = (struct op_attr){ 0 };
    if (!next_entry(text, &entry)) return false;
    split(entry, ':', &out->name, &rest);
    if (split(rest, '=', &kind, &rest)) out->preset = rest;
    out->list = kind.n > 1 && kind.at[0] == 'l';
    out->kind = kind.n ? kind.at[kind.n - 1] : '\0';
    return true;
}

bool op_def_attr(const struct op_def *def, const char *name, size_t n, struct op_attr *out)
{
    const char *text = def->attrs;
    while (op_def_next_attr(&text, out))
        if (n && out->name.n == n && memcmp(out->name.at, name, n) == 0) return true;
    return false;
}

bool op_def_next_element(struct bytes *list, struct bytes *out)
{
    size_t start = 0, end, nested = 0;
    bool quoted = false;
    while (start < list->n && (list->at[start] == '[' || list->at[start] == ',' || list->at[start] == ']')) start++;
    for (end = start; end < list->n; end++) {
        char c = list->at[end];
        quoted ^= c == '\'';
        nested += c == '(';
        nested -= c == ')';
        if (!quoted && !nested && (c == ',' || c == ']')) break;
    }
    *out = (struct bytes){ list->at + start, end - start };
    *list = (struct bytes){ list->at + end, list->n - end };
    return end > start;
}
