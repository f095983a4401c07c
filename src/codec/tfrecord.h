/* TFRecord files: records of any bytes behind one another, each with two checksums. The whole file may be compressed with gzip or
 * zlib. Format: docs/formats/tfrecord.md. */
#ifndef TFP_CODEC_TFRECORD_H
#define TFP_CODEC_TFRECORD_H

#include "base/bytes.h"
#include "base/status.h"

enum tfrecord_packing { TFRECORD_PLAIN, TFRECORD_GZIP, TFRECORD_ZLIB };

/* By content: a plain file begins with a length that fits its checksum, and what does not is only then taken for a packed one. */
enum tfrecord_packing tfrecord_packing_of(struct bytes file);

struct tfrecord_reader {
    struct cursor left; /* of the records, unpacked */
    size_t n;           /* records so far */
};
static inline struct tfrecord_reader tfrecord_begin(struct bytes records)
{
    return (struct tfrecord_reader){ .left = cursor_of(records.n ? records.at : "", records.n) };
}
/* The next record, *end at the end; it lies in `records`. E_FORMAT: it is cut off or a checksum differs; the message begins with
 * `name`, the file. */
tfp_status tfrecord_next(struct tfp_context *ctx, const char *name, struct tfrecord_reader *r, struct bytes *out, bool *end);

#endif
