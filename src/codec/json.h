/* JSON files as Python writes them, too. */
#ifndef TFP_CODEC_JSON_H
#define TFP_CODEC_JSON_H

#include "base/bytes.h"
#include "base/status.h"

#include <jansson.h>

/* Python writes NaN and Infinity, which JSON lacks: they become strings. E_FORMAT: it is none; `what` begins the message.
 * The caller gives *out back by json_decref(). */
tfp_status json_read(struct tfp_context *ctx, struct bytes text, const char *what, json_t **out);

#endif
