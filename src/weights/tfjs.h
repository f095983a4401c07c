/* A model of TensorFlow.js: model.json, and the shards that hold the arrays of its weightsManifest. What both kinds of
 * model have in common; reading the arrays is a row of weights.h. See docs/formats/tfjs.md. */
#ifndef TFP_WEIGHTS_TFJS_H
#define TFP_WEIGHTS_TFJS_H

#include "codec/json.h"
#include "weights/weights.h"

enum tfjs_kind { TFJS_NONE, TFJS_GRAPH, TFJS_LAYERS };

/* What the content of a file says, looked through as text. */
enum tfjs_kind tfjs_kind_of(struct bytes file);
/* Of a path that may be a folder with model.json in it; `head` is the file where it is one. */
enum tfjs_kind tfjs_kind_at(const char *path, bool folder, struct bytes head);
/* model.json in the folder, or the file itself. NULL: memory is out. */
const char *tfjs_file(struct arena *a, const char *path, bool folder);
/* The JSON of a file that is such a model; *topology is its member modelTopology. */
tfp_status tfjs_read(struct tfp_context *ctx, struct bytes file, json_t **out, const json_t **topology);
/* The weights that the model at `path`, of `size` bytes, lists: what weights_open() gives, of JSON that was read already. */
tfp_status tfjs_open_weights(struct tfp_context *ctx, const char *path, uint64_t size, const json_t *model, struct weights **out);

extern const struct weights_format weights_tfjs;

#endif
