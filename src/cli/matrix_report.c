/* The report that the writers of files take: models in their order, each with its cells by column. */
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

/* "tf.keras" of "tf.keras (TF 1.11.0)": the version has a column of its own. */
static json_t *level_of(const json_t *row)
{
    const char *api = text_of(row, "tf_api"), *version = text_of(row, "tf_version"), *group = text_of(row, "group");
    const char *at = *version ? strstr(api, version) : NULL;
    size_t n = at ? (size_t)(at - api) : strlen(api);
    static const char *const before[] = { " on TF ", " (TF ", " (", " " };
    for (size_t i = 0; at && i < sizeof before / sizeof *before; i++) {
        const size_t k = strlen(before[i]);
        if (n < k || memcmp(api + n - k, before[i], k) != 0) continue;
        n -= k;
        break;
    }
    return n ? json_stringn(api, n) : json_text(group);
}

static json_t *report_model(const json_t *row)
{
    static const char *const members[][2] = { { "id", "id" },                 { "group", "group" },   { "tf_api", "api" },
                                              { "tf_version", "version" },    { "format", "format" }, { "notes", "notes" },
                                              { "signature", "signature" },   { "path", "path" } };
    json_t *o = json_made(json_object());
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) json_put_word(o, members[i][1], text_of(row, members[i][0]));
    json_put(o, "level", level_of(row));
    json_put(o, "cells", json_made(json_object()));
    return o;
}

static json_t *words(void)
{
    static const char *const kinds[] = { "good", "bad", "neutral" };
    json_t *o = json_made(json_object());
    for (const struct status_word *s = status_words; s->word; s++) {
        json_t *pair = json_made(json_array());
        json_add(pair, json_text(kinds[s->kind]));
        json_add(pair, json_text(s->meaning));
        json_put(o, s->word, pair);
    }
    return o;
}

json_t *report_begin(const json_t *models, const struct way *ways, size_t n_ways)
{
    json_t *report = json_made(json_object()), *list = json_made(json_array()), *columns = json_made(json_array());
    size_t i;
    const json_t *row;
    for (i = 0; i < n_ways; i++) json_add(columns, json_text(ways[i].column));
    json_array_foreach(models, i, row) json_add(list, report_model(row));
    json_put(report, "report", json_text("tfport matrix 1"));
    json_put(report, "ways", columns);
    json_put(report, "words", words());
    json_put(report, "models", list);
    return report;
}

static json_t *model_of(const json_t *report, size_t model)
{
    return json_array_get(json_object_get(report, "models"), model);
}

void report_facts(json_t *report, size_t model, json_t *facts)
{
    json_t *o = model_of(report, model);
    json_put(o, "facts", json_incref(facts));
    if (!*text_of(o, "version")) json_put_word(o, "version", text_of(facts, "tensorflow_version"));
}

void report_cell(json_t *report, size_t model, const char *column, json_t *cell)
{
    json_put(json_object_get(model_of(report, model), "cells"), column, json_incref(cell));
}

tfp_status report_json(tfp_context *ctx, const json_t *report, const char *path)
{
    char *text = json_dumps(report, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    tfp_status status = text ? tfp_write_file(ctx, path, text, strlen(text)) : TFP_E_SYSTEM;
    free(text);
    return status;
}
