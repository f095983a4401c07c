/* The list of formats. A new one is one file that exports one `const struct frontend`, and one name here. */
#include "frontend/frontend.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define FRONTENDS(X) X(tensorflow_graph_def)

#define DECLARE(name) extern const struct frontend name;
FRONTENDS(DECLARE)
#undef DECLARE
#define ROW(name) &name,
static const struct frontend *const frontends[] = { FRONTENDS(ROW) };
#undef ROW

static const struct frontend *best_for(const struct probe *p)
{
    const struct frontend *best = NULL;
    int best_score = 0;
    for (size_t i = 0; i < sizeof frontends / sizeof frontends[0]; i++) {
        int score = frontends[i]->score(p);
        if (score > best_score) {
            best = frontends[i];
            best_score = score;
        }
    }
    return best;
}

tfp_status frontend_open(struct tfp_context *ctx, const char *path, const struct tfp_model_options *options,
                         struct source **out)
{
    struct probe p = { .path = path };
    struct stat st;
    if (stat(path, &st) != 0) return tfp_fail(ctx, TFP_E_FORMAT, "%s: %s", path, strerror(errno));
    p.folder = S_ISDIR(st.st_mode);
    if (!p.folder) {
        TFP_TRY(buffer_map(ctx, path, &p.file));
        p.head = (struct bytes){ p.file->data, p.file->size };
    }
    const struct frontend *f = best_for(&p);
    tfp_status status = f ? f->open(ctx, &p, options, out)
                          : tfp_fail(ctx, TFP_E_FORMAT, "%s: %s", path,
                                     p.folder         ? "a folder that holds no model in a format known here"
                                     : p.head.n == 0 ? "the file is empty"
                                                      : "not a model in a format known here");
    buffer_drop(p.file);
    return status;
}
