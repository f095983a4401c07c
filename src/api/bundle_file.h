/* A bundle on disk: a folder with bundle.json and the files of the parts, see docs/formats/bundle.md. */
#ifndef TFP_API_BUNDLE_FILE_H
#define TFP_API_BUNDLE_FILE_H

#include "api/model_parts.h"
#include "backend/onnx/onnx_write.h"

struct tfp_build_options;

/* -- the description ------------------------------------------------------------------------------------------------- */

tfp_status bundle_json_encode(struct tfp_context *ctx, const struct tfp_parts *p, struct text *out);
/* `where` names the text in messages. Fills `out`, whose arena takes all of it. E_FORMAT: malformed, of another version, or
 * it contradicts itself. Nothing is known of files but that their paths stay in the folder. */
tfp_status bundle_json_decode(struct tfp_context *ctx, const char *where, struct bytes json, struct tfp_parts *out);

/* -- the folder ------------------------------------------------------------------------------------------------------ */

/* Makes the folder where there is none. E_USAGE: there is something else than a bundle. */
tfp_status bundle_begin(struct tfp_context *ctx, const char *folder);
/* Writes a part that a CPU does. */
tfp_status bundle_write_end(struct tfp_context *ctx, const char *folder, struct tfp_parts *p, size_t part);
/* Notes the part's files, by their names in the folder; the first is the part's own. */
tfp_status bundle_add_files(struct tfp_context *ctx, const char *folder, struct tfp_parts *p, size_t part, const char *kind,
                            const char *const *names, size_t n);
/* Writes the description, when all files are there. */
tfp_status bundle_finish(struct tfp_context *ctx, const char *folder, const struct tfp_parts *p);
/* "folder/name" in the arena; NULL: memory is out. */
const char *bundle_path(struct arena *a, const char *folder, const char *name);

/* -- all of it ------------------------------------------------------------------------------------------------------- */

/* A model as a bundle whose core is ONNX; `g` is its optimized graph. */
tfp_status bundle_write_onnx(struct tfp_context *ctx, struct tfp_model *m, struct ir_graph *g, const char *folder,
                             const struct tfp_onnx_options *o, const struct onnx_write_options *write);

#endif
