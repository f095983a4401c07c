/* Zip files, read from memory: the directory at the end, members that are stored or deflated, sizes above 4 GiB.
 * Format: PKWARE's APPNOTE 6.3. Several disks, encryption and other methods are refused. See docs/formats/keras-zip.md. */
#ifndef TFP_CODEC_ZIP_H
#define TFP_CODEC_ZIP_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"

struct zip_member {
    const char *name;      /* no part of it is "..", and it does not begin with "/" */
    uint16_t flags, method; /* 0: stored, 8: deflated */
    uint32_t crc;
    uint64_t packed, size; /* bytes in the file, bytes unpacked */
    uint64_t at;           /* of its local header */
};

struct zip {
    struct arena arena;
    struct buffer *file;
    struct zip_member *members;
    size_t n_members;
};

bool zip_is(struct bytes file); /* begins as a zip file does */
/* Reads the directory; E_FORMAT when it is damaged or a name leads out of the zip. One more owner of `file`. */
tfp_status zip_open(struct tfp_context *ctx, struct buffer *file, struct zip *out);
void zip_close(struct zip *z); /* zeroed or failed: nothing */
const struct zip_member *zip_find(const struct zip *z, const char *name); /* NULL: there is none */
/* The member's bytes: of a stored one a view of the file, of a deflated one new memory; *owner keeps them alive. The
 * checksum is compared. */
tfp_status zip_read(struct tfp_context *ctx, const struct zip *z, const struct zip_member *m, struct buffer **owner,
                    struct bytes *out);

#endif
