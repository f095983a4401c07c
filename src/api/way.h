/* A way to run a model, said in a word (tfport.h, "comparing"): a backend on the model, or on another file. */
#ifndef TFP_API_WAY_H
#define TFP_API_WAY_H

#include "api/model.h"
#include "api/session.h"

struct way {
    const struct backend *backend;
    const char *path; /* of the file that the backend is given; NULL: the model */
    int opset;        /* of the model as ONNX; 0: as usual */
    bool bundle;      /* the file is a bundle, which says what its core runs on */
};

/* E_USAGE for a word that is none. `path` points into the word, or is the model's. `options` may be NULL. */
tfp_status way_parse(struct tfp_context *ctx, const struct tfp_model *m, const char *word,
                     const struct tfp_session_options *options, struct way *out);
/* A session that goes this way. Of the options (NULL: as usual), those that belong to the backend count. */
tfp_status way_open(struct tfp_context *ctx, const struct way *w, struct tfp_model *m,
                    const struct tfp_session_options *options, struct tfp_session **out);

#endif
