/* The list of formats. A new one is one file that exports one `const struct frontend`, and one name here. */
#include "frontend/frontend.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define FRONTENDS(X)                                                                                                   \
    X(tensorflow_graph_def)                                                                                            \
    X(tensorflow_meta_graph)                                                                                           \
    X(tensorflow_saved_model)                                                                                          \
    X(tensorflow_checkpoint)                                                                                           \
    X(tensorflow_lite)                                                                                                 \
    X(tensorflow_js)                                                                                                   \
    X(onnx)                                                                                                            \
    X(keras_hdf5)                                                                                                      \
    X(keras_zip)                                                                                                       \
    X(keras_json)                                                                                                      \
    X(keras_js)

#define DECLARE(name) extern const struct frontend name;
FRONTENDS(DECLARE)
#undef DECLARE
#define ROW(name) &name,
static const struct frontend *const frontends[] = { FRONTENDS(ROW) };
#undef ROW

enum { N_FRONTENDS = sizeof frontends / sizeof frontends[0] };

static const struct frontend *best_for(const struct probe *p)
{
    const struct frontend *best = NULL;
    int best_score = 0;
    for (size_t i = 0; i < N_FRONTENDS; i++) {
        int score = frontends[i]->score(p);
        if (score > best_score) {
            best = frontends[i];
            best_score = score;
        }
    }
    return best;
}

static tfp_status unknown(struct tfp_context *ctx, const struct probe *p, int missing)
{
    struct text list = { 0 };
    if (!p->folder && !p->absent)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: %s", p->path,
                        p->head.n ? "not a model in a format known here" : "the file is empty");
    if (p->absent && missing != ENOENT && missing != ENOTDIR)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: %s", p->path, strerror(missing));
    for (size_t i = 0; i < N_FRONTENDS; i++) {
        const char *what = p->folder ? frontends[i]->folder : frontends[i]->beside;
        if (what) text_add(&list, "%s%s", list.n ? "; " : "", what);
    }
    tfp_status status = tfp_fail(ctx, TFP_E_FORMAT, "%s: %s; looked for %s", p->path,
                                 p->folder ? "a folder that holds no model in a format known here"
                                           : "no such file or folder",
                                 list.at ? list.at : "its name only");
    text_free(&list);
    return status;
}

tfp_status frontend_open(struct tfp_context *ctx, const char *path, const struct tfp_model_options *options,
                         struct source **out)
{
    struct probe p = { .path = path };
    struct stat st;
    int missing = stat(path, &st) == 0 ? 0 : errno;
    p.absent = missing != 0;
    p.folder = !p.absent && S_ISDIR(st.st_mode);
    if (!p.folder && !p.absent) {
        TFP_TRY(buffer_map(ctx, path, &p.file));
        p.head = (struct bytes){ p.file->data, p.file->size };
    }
    const struct frontend *f = best_for(&p);
    tfp_status status = f ? f->open(ctx, &p, options, out) : unknown(ctx, &p, missing);
    buffer_drop(p.file);
    return status;
}

tfp_status frontend_lowered(struct tfp_context *ctx, const struct source *s, struct ir_graph *graph, struct ir_graph **out)
{
    if (!ir_add_metadata(graph, "source_format", s->format) ||
        (s->producer[0] && !ir_add_metadata(graph, "source_producer", s->producer))) {
        ir_destroy(graph);
        return tfp_no_memory(ctx);
    }
    *out = graph;
    return TFP_OK;
}
