#include "codec/tfrecord.h"

#include "codec/crc32c.h"

/* A number and its masked checksum. */
static bool take_length(struct cursor *c, uint64_t *length, bool *sound)
{
    const uint8_t *at = c->at;
    uint32_t sum = 0;
    if (cursor_left(c) < 12) return false;
    cursor_le64(c, length);
    cursor_le32(c, &sum);
    *sound = crc32c_mask(crc32c(0, at, 8)) == sum;
    return true;
}

enum tfrecord_packing tfrecord_packing_of(struct bytes file)
{
    struct cursor c = cursor_of(file.n ? file.at : "", file.n);
    const uint8_t *b = c.at;
    uint64_t length;
    bool sound = false;
    if (take_length(&c, &length, &sound) && sound) return TFRECORD_PLAIN;
    if (file.n >= 2 && b[0] == 0x1f && b[1] == 0x8b) return TFRECORD_GZIP;
    if (file.n >= 2 && (b[0] & 15) == 8 && (b[0] << 8 | b[1]) % 31 == 0) return TFRECORD_ZLIB;
    return TFRECORD_PLAIN;
}

tfp_status tfrecord_next(struct tfp_context *ctx, const char *name, struct tfrecord_reader *r, struct bytes *out, bool *end)
{
    struct cursor *c = &r->left;
    const size_t at = cursor_offset(c);
    uint64_t length = 0;
    uint32_t sum = 0;
    bool sound = false;
    if ((*end = !cursor_left(c))) return TFP_OK;
    if (!take_length(c, &length, &sound))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: record %zu at byte %zu is cut off", name, r->n, at);
    if (!sound)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: record %zu at byte %zu: its length does not match its checksum%s", name, r->n, at,
                        r->n ? "" : "; is it a TFRecord file?");
    if (cursor_left(c) < 4 || length > cursor_left(c) - 4)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: record %zu at byte %zu is cut off", name, r->n, at);
    cursor_take(c, (size_t)length, out);
    cursor_le32(c, &sum);
    if (crc32c_mask(crc32c(0, out->at, out->n)) != sum)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: record %zu at byte %zu: its checksum does not match", name, r->n, at);
    r->n++;
    return TFP_OK;
}
