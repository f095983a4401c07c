#include "api/way.h"

#include "ir/names.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static tfp_status no_way(struct tfp_context *ctx, const char *word)
{
    char known[200];
    return tfp_fail(ctx, TFP_E_USAGE, "'%s' is no way to run a model: %s, onnx@OPSET, a file and BACKEND:FILE are", word,
                    backend_names(known, sizeof known));
}

/* The backend whose name the word begins with, before a colon. */
static const struct backend *before_colon(const char *word, const char **rest)
{
    for (size_t i = 0; backend_at(i); i++) {
        const size_t n = strlen(backend_at(i)->name);
        if (strncmp(word, backend_at(i)->name, n) != 0 || word[n] != ':') continue;
        *rest = word + n + 1;
        return backend_at(i);
    }
    return NULL;
}

/* An ONNX file goes as it is to whoever reads ONNX. */
static bool takes_file(const struct backend *b, const struct tfp_model *m, const struct tfp_session_options *o)
{
    const bool parsed = b->reads_plans && !(o && o->build && o->build->via == TFP_VIA_DIRECT);
    return tfp_is_onnx(m->path) && (b->reads_onnx || parsed);
}

static const struct backend *backend_of_file(const char *path)
{
    return backend_find(tfp_is_plan(path) ? "tensorrt" : tfp_is_onnx(path) ? "onnxruntime" : "cpu");
}

static tfp_status parse_opset(struct tfp_context *ctx, const char *text, struct way *w)
{
    char *end;
    long opset = strtol(text, &end, 10);
    w->backend = backend_find("onnxruntime");
    w->opset = opset > 0 && opset < 1000 ? (int)opset : -1;
    return *text && !*end ? TFP_OK : tfp_fail(ctx, TFP_E_USAGE, "onnx@%s: an opset is expected, like onnx@17", text);
}

tfp_status way_parse(struct tfp_context *ctx, const struct tfp_model *m, const char *word, const struct tfp_session_options *o,
                     struct way *out)
{
    *out = (struct way){ .backend = backend_find(word) };
    if (out->backend) {
        out->path = takes_file(out->backend, m, o) ? m->path : NULL;
        return TFP_OK;
    }
    if (strncmp(word, "onnx@", 5) == 0) return parse_opset(ctx, word + 5, out);
    if ((out->backend = before_colon(word, &out->path))) return TFP_OK;
    if (access(word, F_OK) != 0) return no_way(ctx, word);
    out->path = word;
    out->backend = backend_of_file(word);
    out->bundle = tfp_is_bundle(word);
    return TFP_OK;
}

tfp_status way_open(struct tfp_context *ctx, const struct way *w, struct tfp_model *m, const struct tfp_session_options *options,
                    struct tfp_session **out)
{
    struct tfp_session_options o;
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    o.backend = w->bundle ? NULL : w->backend->name;
    o.opset = w->opset;
    if (!w->backend->reads_onnx) o.library = NULL;
    if (!w->backend->reads_plans || (w->path && tfp_is_plan(w->path))) o.build = NULL;
    return w->path ? tfp_session_open(ctx, w->path, &o, out) : tfp_session_create(ctx, m, &o, out);
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static const struct tfp_tensor_info *of_model(const struct tfp_model *m, bool outputs, size_t i)
{
    return outputs ? tfp_model_output(m, i) : tfp_model_input(m, i);
}

static const struct tfp_tensor_info *of_session(const struct tfp_session *s, bool outputs, size_t i)
{
    return outputs ? tfp_session_output(s, i) : tfp_session_input(s, i);
}

static size_t find(const struct tfp_model *m, bool outputs, const char *name)
{
    const size_t n = ir_name_length(name);
    for (size_t i = 0; of_model(m, outputs, i); i++) {
        const char *own = of_model(m, outputs, i)->name;
        if (ir_name_length(own) == n && memcmp(own, name, n) == 0) return i;
    }
    return SIZE_MAX;
}

tfp_status tfp_way_match(tfp_context *ctx, const tfp_model *m, const tfp_session *s, bool outputs, size_t *of)
{
    const size_t n = outputs ? s->n_outputs : s->n_inputs, n_model = outputs ? m->n_outputs : m->n_inputs;
    size_t unknown = SIZE_MAX, n_known = 0;
    for (size_t i = 0; i < n; i++) {
        of[i] = find(m, outputs, of_session(s, outputs, i)->name);
        if (of[i] == SIZE_MAX) unknown = i;
        else n_known++;
    }
    if (!n_known && n == n_model) {
        for (size_t i = 0; i < n; i++) of[i] = i;
        return TFP_OK;
    }
    if (unknown == SIZE_MAX || (outputs && n_known)) return TFP_OK; /* further outputs are of no use */
    return tfp_fail(ctx, TFP_E_USAGE, "the model has no %s '%s'", outputs ? "output" : "input",
                    of_session(s, outputs, unknown)->name);
}

tfp_status tfp_way_open(tfp_context *ctx, tfp_model *m, const char *word, const struct tfp_session_options *options, tfp_session **out)
{
    struct way w;
    TFP_TRY(way_parse(ctx, m, word, options, &w));
    return way_open(ctx, &w, m, options, out);
}
