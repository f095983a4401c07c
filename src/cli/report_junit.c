/* junit.xml: a test suite for each way, a test case for each model; what continuous integration servers read. */
#include "matrix.h"

#include <stdio.h>
#include <string.h>

/* Characters that XML 1.0 does not know are left out. */
static void add_xml(struct page *p, const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        switch (*s) {
        case '&': page_add(p, "&amp;"); break;
        case '<': page_add(p, "&lt;"); break;
        case '>': page_add(p, "&gt;"); break;
        case '"': page_add(p, "&quot;"); break;
        default:
            if (*s >= 0x20 || *s == '\t' || *s == '\n') page_add_bytes(p, (const char *)s, 1);
            if (*s == 0xef && s[1] == 0xbf && s[2] >= 0xbe) { /* U+FFFE and U+FFFF */
                p->n--;
                s += 2;
            }
        }
    }
}

static double seconds_of(const json_t *cell)
{
    const char *key;
    json_t *value;
    double sum = 0;
    json_object_foreach(json_object_get(cell, "seconds"), key, value) sum += json_number_value(value);
    return sum;
}

static void add_case(struct page *p, const json_t *model, const json_t *cell, const char *column)
{
    const char *status = text_of(cell, "status");
    const enum status_kind kind = status_kind_of(status);
    page_add(p, "  <testcase classname=\"");
    add_xml(p, column);
    page_add(p, "\" name=\"");
    add_xml(p, text_of(model, "id"));
    page_add(p, "\" time=\"%.3f\"", seconds_of(cell));
    if (kind == STATUS_GOOD) {
        page_add(p, "/>\n");
        return;
    }
    page_add(p, "><%s message=\"", kind == STATUS_BAD ? "failure" : "skipped");
    add_xml(p, status);
    page_add(p, ": ");
    add_xml(p, text_of(cell, "message"));
    page_add(p, "\"/></testcase>\n");
}

static void add_suite(struct page *p, const json_t *models, const char *column)
{
    size_t i, n[3] = { 0 };
    const json_t *model, *cell;
    json_array_foreach(models, i, model)
        if ((cell = json_object_get(json_object_get(model, "cells"), column))) n[status_kind_of(text_of(cell, "status"))]++;
    page_add(p, " <testsuite name=\"");
    add_xml(p, column);
    page_add(p, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
             n[STATUS_GOOD] + n[STATUS_BAD] + n[STATUS_NEUTRAL], n[STATUS_BAD], n[STATUS_NEUTRAL]);
    json_array_foreach(models, i, model)
        if ((cell = json_object_get(json_object_get(model, "cells"), column))) add_case(p, model, cell, column);
    page_add(p, " </testsuite>\n");
}

tfp_status report_junit(tfp_context *ctx, const json_t *report, const char *path)
{
    struct page p = { 0 };
    size_t i;
    const json_t *way;
    page_add(&p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tfport matrix\">\n");
    json_array_foreach(json_object_get(report, "ways"), i, way) add_suite(&p, json_object_get(report, "models"), json_string_value(way));
    page_add(&p, "</testsuites>\n");
    return page_write(ctx, &p, path);
}
