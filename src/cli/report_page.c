/* index.html: the template with the report in it. The template's files lie in page/ and are put into the program as bytes when it
 * is built (cmake/embed.cmake). */
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

extern const char page_html[], page_css[], page_js[];

/* In a script element only "<" could end it; the others are for whoever pastes it elsewhere. All of them stand in strings only,
 * since nothing else in JSON has them. */
static void add_data(struct page *p, const char *json)
{
    for (const char *s = json; *s;) {
        const size_t n = strcspn(s, "<>&");
        page_add_bytes(p, s, n);
        s += n;
        if (*s) page_add(p, "\\u%04x", (unsigned)*s++);
    }
}

tfp_status report_page(tfp_context *ctx, const json_t *report, const char *path)
{
    struct page p = { 0 };
    char *json = json_dumps(report, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(6));
    const struct {
        const char *mark, *text;
    } parts[] = { { "@STYLE@", page_css }, { "@DATA@", json ? json : "" }, { "@SCRIPT@", page_js } };
    const char *at = page_html;
    p.failed = !json;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *mark = strstr(at, parts[i].mark);
        page_add_bytes(&p, at, (size_t)(mark - at));
        if (strcmp(parts[i].mark, "@DATA@") == 0) add_data(&p, parts[i].text);
        else page_add_bytes(&p, parts[i].text, strlen(parts[i].text));
        at = mark + strlen(parts[i].mark);
    }
    page_add_bytes(&p, at, strlen(at));
    free(json);
    return page_write(ctx, &p, path);
}
