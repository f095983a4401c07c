/* Protocol buffers in their JSON form, by the tables of the binary and the text form. Written down in the protobuf
 * documentation: "ProtoJSON Format". */
#ifndef TFP_CODEC_PROTOBUF_JSON_H
#define TFP_CODEC_PROTOBUF_JSON_H

#include "codec/protobuf.h"

#include <jansson.h>

/* Reads an object into the zeroed struct `out`; nothing of it points into the JSON. Members are called as in JSON
 * ("tensorShape") or as in the .proto file ("tensor_shape"); unknown ones are passed over, and null is absent. A map is an
 * object, 64-bit integers may be text, bytes are base64, an enum is a word or a number. Memory is bounded by what the JSON
 * takes itself. TFP_E_FORMAT names the message and the field. */
tfp_status protobuf_json_decode(struct tfp_context *ctx, struct arena *arena, const struct pb_message *type,
                                const json_t *json, void *out);

#endif
