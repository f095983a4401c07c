/* JSON and text for reports. */
#include "matrix.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *text)
{
    json_t *plain = json_string(text);
    if (plain) return plain;
    struct page p = { 0 };
    for (const char *s = text; *s;) {
        size_t k = utf8_length(s);
        if (k) page_add_bytes(&p, s, k);
        else page_add(&p, "\xef\xbf\xbd");
        s += k ? k : 1;
    }
    json_t *made = p.failed ? NULL : json_stringn(p.at ? p.at : "", p.n);
    free(p.at);
    return made;
}

json_t *json_number(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

json_t *json_made(json_t *made)
{
    if (made) return made;
    exit(failed(NULL, TFP_E_SYSTEM));
}

void json_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0) json_made(NULL);
}

json_t *json_relative(const char *text, const char *folder)
{
    struct page p = { 0 };
    const size_t n = strlen(folder);
    page_add(&p, "%s", "");
    for (const char *s = text; *s;) {
        const char *found = n > 1 ? strstr(s, folder) : NULL;
        if (!found || found[n] != '/') found = s + strlen(s);
        page_add_bytes(&p, s, (size_t)(found - s));
        s = *found ? found + n + 1 : found;
    }
    json_t *made = p.failed ? NULL : json_text(p.at);
    free(p.at);
    return made;
}

void json_put_word(json_t *object, const char *key, const char *text)
{
    if (text && *text) json_put(object, key, json_text(text));
}

void json_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0) json_made(NULL);
}

const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static bool make_room(struct page *p, size_t more)
{
    if (p->failed || more > SIZE_MAX / 4 - p->n) return !(p->failed = true);
    if (p->n + more < p->room) return true;
    size_t room = p->room ? p->room : 256;
    while (room <= p->n + more) room *= 2;
    char *at = realloc(p->at, room);
    if (!at) return !(p->failed = true);
    p->at = at;
    p->room = room;
    return true;
}

void page_add_bytes(struct page *p, const char *from, size_t n)
{
    if (!make_room(p, n + 1)) return;
    memcpy(p->at + p->n, from, n);
    p->n += n;
    p->at[p->n] = '\0';
}

void page_add(struct page *p, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0) p->failed = true;
    else if (make_room(p, (size_t)n + 1)) p->n += (size_t)vsnprintf(p->at + p->n, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
}

tfp_status page_write(tfp_context *ctx, struct page *p, const char *path)
{
    tfp_status status = p->failed ? TFP_E_SYSTEM : tfp_write_file(ctx, path, p->at ? p->at : "", p->n);
    free(p->at);
    *p = (struct page){ 0 };
    return status;
}
