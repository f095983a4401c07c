/* report.md: how many models of each API level, TensorFlow version and save format work, way by way, and what does not. */
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

/* -- counts -------------------------------------------------------------------------------------------------------- */

/* Rows by "level, version, format", in the order of the models: {"label": [..], "models": n, "good": {column: n}, "asked": ..}. */
static void count_cell(json_t *row, const char *column, const json_t *cell)
{
    json_t *good = json_object_get(row, "good"), *asked = json_object_get(row, "asked");
    const bool fine = status_kind_of(text_of(cell, "status")) == STATUS_GOOD;
    json_put(asked, column, json_integer((json_int_t)number_of(asked, column) + 1));
    json_put(good, column, json_integer((json_int_t)number_of(good, column) + fine));
}

static json_t *row_of(json_t *rows, const json_t *model)
{
    static const char *const labels[] = { "level", "version", "format" };
    json_t *key = json_made(json_sprintf("%s\t%s\t%s", text_of(model, "level"), text_of(model, "version"), text_of(model, "format")));
    json_t *row = json_object_get(rows, json_string_value(key));
    if (!row) {
        json_put(rows, json_string_value(key), row = json_made(json_object()));
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) json_put(row, labels[i], json_text(text_of(model, labels[i])));
        json_put(row, "good", json_made(json_object()));
        json_put(row, "asked", json_made(json_object()));
    }
    json_put(row, "models", json_integer((json_int_t)number_of(row, "models") + 1));
    json_decref(key);
    return row;
}

static json_t *count(const json_t *report)
{
    json_t *rows = json_made(json_object()), *cell;
    size_t i;
    const json_t *model;
    const char *column;
    json_array_foreach(json_object_get(report, "models"), i, model) {
        json_t *row = row_of(rows, model);
        json_object_foreach(json_object_get(model, "cells"), column, cell) count_cell(row, column, cell);
    }
    return rows;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

/* In a table's cell: what Markdown would act on is escaped. */
static void add_plain(struct page *p, const char *text)
{
    for (const char *s = text; *s; s++) {
        if (strchr("\\`*_{}[]<>|#", *s)) page_add(p, "\\");
        page_add(p, "%c", *s == '\n' || *s == '\r' ? ' ' : *s);
    }
}

static void add_counts(struct page *p, const json_t *row, const json_t *ways)
{
    size_t i;
    const json_t *way;
    json_array_foreach(ways, i, way) {
        const char *column = json_string_value(way);
        const json_t *asked = json_object_get(json_object_get(row, "asked"), column);
        if (!asked) page_add(p, " – |");
        else page_add(p, " %.0f/%.0f |", number_of(json_object_get(row, "good"), column), json_number_value(asked));
    }
    page_add(p, "\n");
}

/* Version within level within the order in which they came. */
static int by_label(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int order = strcmp(text_of(x, "level"), text_of(y, "level"));
    if (!order) order = strverscmp(text_of(x, "version"), text_of(y, "version"));
    return order ? order : strcmp(text_of(x, "format"), text_of(y, "format"));
}

static void add_table(struct page *p, json_t *rows, const json_t *ways)
{
    const size_t n = json_object_size(rows);
    const json_t **sorted = calloc(n + 1, sizeof *sorted);
    size_t i = 0;
    const char *key;
    json_t *row;
    page_add(p, "| API level | TensorFlow | format | models |");
    json_array_foreach(ways, i, row) page_add(p, " %s |", json_string_value(row));
    page_add(p, "\n|---|---|---|---:|");
    json_array_foreach(ways, i, row) page_add(p, "---:|");
    page_add(p, "\n");
    i = 0;
    json_object_foreach(rows, key, row)
        if (sorted) sorted[i++] = row;
    p->failed = p->failed || !sorted;
    if (sorted) qsort(sorted, n, sizeof *sorted, by_label);
    for (i = 0; sorted && i < n; i++) {
        page_add(p, "| ");
        add_plain(p, *text_of(sorted[i], "level") ? text_of(sorted[i], "level") : "–");
        page_add(p, " | ");
        add_plain(p, *text_of(sorted[i], "version") ? text_of(sorted[i], "version") : "–");
        page_add(p, " | %s | %.0f |", text_of(sorted[i], "format"), number_of(sorted[i], "models"));
        add_counts(p, sorted[i], ways);
    }
    free(sorted);
}

static void add_total(struct page *p, const json_t *report, const json_t *ways)
{
    json_t *all = json_made(json_object()), *cell;
    size_t i;
    const json_t *model;
    const char *column;
    json_put(all, "good", json_made(json_object()));
    json_put(all, "asked", json_made(json_object()));
    json_array_foreach(json_object_get(report, "models"), i, model)
        json_object_foreach(json_object_get(model, "cells"), column, cell) count_cell(all, column, cell);
    page_add(p, "| **all** | | | %zu |", i);
    add_counts(p, all, ways);
    json_decref(all);
}

/* -- what does not work -------------------------------------------------------------------------------------------- */

/* A word with a slash is a path or a node's name; where it ends. NULL: it is none. */
static const char *path_end(const char *s)
{
    const size_t n = strcspn(s, " ,:;()'\"");
    return n && memchr(s, '/', n) ? s + n : NULL;
}

/* One kind of failure: names in quotes, paths and numbers do not count. */
static json_t *kind_of_message(const char *message)
{
    struct page p = { 0 };
    page_add(&p, "%s", "");
    for (const char *s = message; *s && p.n < 160;) {
        const char *quote = *s == '\'' || *s == '"' ? strchr(s + 1, *s) : NULL, *path = path_end(s);
        const size_t digits = strspn(s, "0123456789.");
        if (quote || path) page_add(&p, "…");
        else if (digits) page_add(&p, "N");
        else page_add_bytes(&p, s, 1);
        s = quote ? quote + 1 : path ? path : s + (digits ? digits : 1);
    }
    json_t *kind = json_made(json_text(p.at ? p.at : ""));
    free(p.at);
    return kind;
}

/* By status and kind of message: {"status", "count", "ways": {column: n}, "message", "model"}. */
static json_t *collect(const json_t *report)
{
    json_t *kinds = json_made(json_object()), *cell;
    size_t i;
    const json_t *model;
    const char *column;
    json_array_foreach(json_object_get(report, "models"), i, model)
        json_object_foreach(json_object_get(model, "cells"), column, cell) {
            const char *status = text_of(cell, "status");
            if (status_kind_of(status) == STATUS_GOOD) continue;
            json_t *kind = kind_of_message(text_of(cell, "message"));
            json_t *key = json_made(json_sprintf("%s\t%s", status, json_string_value(kind))), *entry;
            if (!(entry = json_object_get(kinds, json_string_value(key)))) {
                json_put(kinds, json_string_value(key), entry = json_made(json_object()));
                json_put(entry, "status", json_text(status));
                json_put(entry, "message", json_text(text_of(cell, "message")));
                json_put(entry, "model", json_text(text_of(model, "id")));
                json_put(entry, "ways", json_made(json_object()));
            }
            json_t *ways = json_object_get(entry, "ways");
            json_put(entry, "count", json_integer((json_int_t)number_of(entry, "count") + 1));
            json_put(ways, column, json_integer((json_int_t)number_of(ways, column) + 1));
            json_decref(kind);
            json_decref(key);
        }
    return kinds;
}

static int by_count(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    const double n = number_of(x, "count"), m = number_of(y, "count");
    return n != m ? (n < m) - (n > m) : strcmp(text_of(x, "model"), text_of(y, "model"));
}

static void add_failures(struct page *p, const json_t *report)
{
    enum { MOST_KINDS = 60, LONGEST = 400 };
    json_t *kinds = collect(report), *entry, *n_of;
    const size_t n = json_object_size(kinds);
    const json_t **sorted = calloc(n + 1, sizeof *sorted);
    size_t i = 0;
    const char *key;
    json_object_foreach(kinds, key, entry)
        if (sorted) sorted[i++] = entry;
    p->failed = p->failed || !sorted;
    if (sorted) qsort(sorted, n, sizeof *sorted, by_count);
    if (n) page_add(p, "\n## What does not work\n\nAlike messages are one row, with one model as an example.\n\n"
                       "| cells | status | message | for example | ways |\n|---:|---|---|---|---|\n");
    for (i = 0; sorted && i < n && i < MOST_KINDS; i++) {
        char message[LONGEST + 4];
        size_t k = strlen(text_of(sorted[i], "message"));
        memcpy(message, text_of(sorted[i], "message"), k < LONGEST ? k + 1 : LONGEST);
        if (k >= LONGEST) {
            for (k = LONGEST; k && (message[k - 1] & 0xc0) == 0x80;) k--; /* no half of a character */
            memcpy(message + (k ? k - 1 : 0), "…", sizeof "…");
        }
        page_add(p, "| %.0f | %s | ", number_of(sorted[i], "count"), text_of(sorted[i], "status"));
        add_plain(p, message);
        page_add(p, " | ");
        add_plain(p, text_of(sorted[i], "model"));
        page_add(p, " |");
        json_object_foreach(json_object_get(sorted[i], "ways"), key, n_of) page_add(p, " %s: %.0f", key, json_number_value(n_of));
        page_add(p, " |\n");
    }
    if (n > MOST_KINDS) page_add(p, "\n%zu more kinds are in the page.\n", n - MOST_KINDS);
    free(sorted);
    json_decref(kinds);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void add_machine(struct page *p, const json_t *machine)
{
    static const char *const members[] = { "tfport", "system", "machine", "processor", "tensorrt", "driver", "no_gpu" };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (!*text_of(machine, members[i])) continue;
        page_add(p, "- %s: ", members[i]);
        add_plain(p, text_of(machine, members[i]));
        page_add(p, "\n");
    }
    page_add(p, "\n");
}

tfp_status report_markdown(tfp_context *ctx, const json_t *report, const char *path)
{
    struct page p = { 0 };
    const json_t *ways = json_object_get(report, "ways");
    json_t *rows = count(report);
    page_add(&p, "# What goes which way\n\nModels that work, of those that were tried. ");
    for (const struct status_word *s = status_words; s->word; s++)
        if (s->kind == STATUS_GOOD) page_add(&p, "*%s*: %s. ", s->word, s->meaning);
    page_add(&p, "–: this way says nothing of such models.\n\n");
    add_machine(&p, json_object_get(report, "machine"));
    add_table(&p, rows, ways);
    add_total(&p, report, ways);
    add_failures(&p, report);
    json_decref(rows);
    return page_write(ctx, &p, path);
}
