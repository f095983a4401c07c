/* What a cell tells: status, message, times, differences. */
#include "matrix_cell.h"

#include <string.h>

static const char *word_of(tfp_status status)
{
    switch (status) {
    case TFP_OK: return "agrees";
    case TFP_E_USAGE: return "unclear";
    case TFP_E_FORMAT: return "unreadable";
    case TFP_E_UNSUPPORTED: return "refused";
    case TFP_E_DIFFER: return "differs";
    case TFP_E_MISSING: return "missing";
    case TFP_E_SYSTEM: return "failed";
    }
    return "failed";
}

void way_set_status(struct cell *c, const char *word, const char *message)
{
    json_put(c->result, "status", json_text(word));
    if (*message) json_put(c->result, "message", json_relative(message, text_of(c->row, "root")));
}

tfp_status way_fail(struct cell *c, tfp_status status, const char *message)
{
    way_set_status(c, word_of(status), message);
    json_put(c->result, "stage", json_text(c->stage));
    return status;
}

/* For what the library said. */
tfp_status way_check(struct cell *c, tfp_status status)
{
    return status == TFP_OK ? status : way_fail(c, status, tfp_context_message(c->ctx));
}

/* Notes are few; which library runs it is one of them. */
void way_on_note(void *user, const char *text)
{
    struct cell *c = user;
    if (strncmp(text, "ONNX Runtime ", 13) == 0) {
        json_put(c->result, "library", json_stringn(text, strcspn(text, ":")));
        return;
    }
    json_t *notes = json_object_get(c->result, "notes");
    if (!notes) json_put(c->result, "notes", notes = json_made(json_array()));
    if (json_array_size(notes) < 20) json_add(notes, json_text(text));
}

void way_put_seconds(struct cell *c, const char *what, double from)
{
    json_t *seconds = json_object_get(c->result, "seconds");
    if (!seconds) json_put(c->result, "seconds", seconds = json_made(json_object()));
    json_put(seconds, what, json_number(seconds_now() - from));
}

/* -- differences --------------------------------------------------------------------------------------------------- */

json_t *way_difference(const char *name, const struct tfp_difference *d)
{
    const struct {
        const char *name;
        double value;
    } numbers[] = { { "max_absolute", d->max_absolute },   { "mean_absolute", d->mean_absolute },
                    { "max_relative", d->max_relative },   { "mean_relative", d->mean_relative },
                    { "cosine", d->cosine },               { "psnr", d->psnr },
                    { "top1", d->top1 },                   { "top5", d->top5 },
                    { "worst_reference", d->worst_reference }, { "worst_result", d->worst_result } };
    json_t *o = json_made(json_object());
    json_put(o, "name", json_text(name));
    json_put(o, "agrees", json_boolean(d->agrees));
    if (!d->agrees) json_put(o, "reason", json_text(d->reason));
    json_put(o, "elements", json_integer((json_int_t)d->elements));
    json_put(o, "beyond", json_integer((json_int_t)d->beyond));
    if (d->not_finite[0] + d->not_finite[1]) json_put(o, "misplaced", json_integer((json_int_t)d->misplaced));
    if (d->beyond) json_put(o, "worst", json_integer((json_int_t)d->worst));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (d->elements) json_put(o, numbers[i].name, json_number(numbers[i].value));
    return o;
}

void way_tell_difference(struct cell *c, const char *name, const struct tfp_tensor *reference, const struct tfp_tensor *result,
                            const struct tfp_difference *d)
{
    struct page p = { 0 };
    page_add(&p, "%s: ", name);
    if (strcmp(d->reason, "type") == 0)
        page_add(&p, "%s where %s is expected", tfp_dtype_name(result->dtype), tfp_dtype_name(reference->dtype));
    else if (strcmp(d->reason, "shape") == 0) {
        for (int side = 0; side < 2; side++) {
            const struct tfp_tensor *t = side ? reference : result;
            page_add(&p, side ? " where [" : "shape [");
            for (uint32_t i = 0; i < t->rank; i++) page_add(&p, "%s%lld", i ? "," : "", (long long)t->dims[i]);
            page_add(&p, side ? "] is expected" : "]");
        }
    } else
        page_add(&p, "%llu of %llu elements differ by more than is tolerated, at most by %g", (unsigned long long)d->beyond,
                 (unsigned long long)d->elements, d->max_absolute);
    c->stage = "compare";
    way_fail(c, TFP_E_DIFFER, p.at ? p.at : "");
    free(p.at);
}
