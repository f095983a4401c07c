/* Reading zip files: see zip.h. Every offset and size is checked against the file before it is used. */
#include "codec/zip.h"

#include "base/path.h"

#include <stdlib.h>
#include <zlib.h>

enum {
    END_SIGNATURE = 0x06054b50, END_SIZE = 22, COMMENT_MOST = 65535,
    END64_SIGNATURE = 0x06064b50, LOCATOR_SIGNATURE = 0x07064b50, LOCATOR_SIZE = 20,
    ENTRY_SIGNATURE = 0x02014b50, ENTRY_SIZE = 46,
    LOCAL_SIGNATURE = 0x04034b50, LOCAL_SIZE = 30,
    EXTRA_ZIP64 = 1, FLAG_ENCRYPTED = 1,
    STORED = 0, DEFLATED = 8,
    DEFLATE_MOST = 1032 /* no deflated byte gives more bytes than this */
};

static const uint32_t IN_EXTRA = 0xffffffff; /* a size or offset that stands in the extra field */

bool zip_is(struct bytes file)
{
    return file.n >= 4 && (memcmp(file.at, "PK\3\4", 4) == 0 || memcmp(file.at, "PK\5\6", 4) == 0);
}

static tfp_status damaged(struct tfp_context *ctx, const char *what)
{
    return tfp_fail(ctx, TFP_E_FORMAT, "damaged zip file: %s", what);
}

/* -- the directory ------------------------------------------------------------------------------------------------- */

struct directory {
    uint64_t at, size, n;
};

/* A cursor at an offset; false outside of the file. */
static bool cursor_at(struct bytes file, uint64_t at, struct cursor *c)
{
    if (at > file.n) return false;
    *c = cursor_of(file.at + at, file.n - (size_t)at);
    return true;
}

static bool skip(struct cursor *c, size_t n)
{
    struct bytes skipped;
    return cursor_take(c, n, &skipped);
}

static bool signature_is(struct cursor *c, uint32_t wanted)
{
    uint32_t found;
    return cursor_le32(c, &found) && found == wanted;
}

/* Of a zip with more than 65535 members or 4 GiB, whose end record stands at `end`. */
static bool read_end64(struct bytes file, uint64_t end, struct directory *d)
{
    struct cursor c;
    uint64_t at;
    if (end < LOCATOR_SIZE || !cursor_at(file, end - LOCATOR_SIZE, &c)) return false;
    if (!signature_is(&c, LOCATOR_SIGNATURE) || !skip(&c, 4) || !cursor_le64(&c, &at)) return false;
    if (!cursor_at(file, at, &c) || !signature_is(&c, END64_SIGNATURE) || !skip(&c, 20)) return false;
    return skip(&c, 8) && cursor_le64(&c, &d->n) && cursor_le64(&c, &d->size) && cursor_le64(&c, &d->at);
}

static bool read_end(struct bytes file, struct directory *d)
{
    struct cursor c;
    uint16_t n;
    uint32_t size, at;
    if (file.n < END_SIZE) return false;
    uint64_t last = file.n - END_SIZE, first = last > COMMENT_MOST ? last - COMMENT_MOST : 0;
    for (uint64_t end = last + 1; end-- > first;) {
        if (!cursor_at(file, end, &c) || !signature_is(&c, END_SIGNATURE)) continue;
        if (!skip(&c, 6) || !cursor_le16(&c, &n) || !cursor_le32(&c, &size) || !cursor_le32(&c, &at)) return false;
        *d = (struct directory){ at, size, n };
        return (n != 0xffff && size != IN_EXTRA && at != IN_EXTRA) || read_end64(file, end, d);
    }
    return false;
}

/* Sizes that do not fit 32 bits, in the order in which the entry leaves them out. */
static bool read_extra(struct cursor extra, struct zip_member *m)
{
    uint16_t tag, size;
    struct bytes field;
    while (cursor_left(&extra) >= 4) {
        if (!cursor_le16(&extra, &tag) || !cursor_le16(&extra, &size) || !cursor_take(&extra, size, &field)) return false;
        if (tag != EXTRA_ZIP64) continue;
        struct cursor c = cursor_of(field.at, field.n);
        if (m->size == IN_EXTRA && !cursor_le64(&c, &m->size)) return false;
        if (m->packed == IN_EXTRA && !cursor_le64(&c, &m->packed)) return false;
        return m->at != IN_EXTRA || cursor_le64(&c, &m->at);
    }
    return true;
}

static bool read_entry(struct arena *a, struct cursor *c, struct zip_member *m)
{
    uint16_t name, extra, comment;
    uint32_t packed, size, at;
    struct bytes text, rest;
    if (!signature_is(c, ENTRY_SIGNATURE) || !skip(c, 4) || !cursor_le16(c, &m->flags) || !cursor_le16(c, &m->method) ||
        !skip(c, 4) || !cursor_le32(c, &m->crc) || !cursor_le32(c, &packed) || !cursor_le32(c, &size) ||
        !cursor_le16(c, &name) || !cursor_le16(c, &extra) || !cursor_le16(c, &comment) || !skip(c, 8) ||
        !cursor_le32(c, &at) || !cursor_take(c, name, &text) || !cursor_take(c, extra, &rest) || !skip(c, comment))
        return false;
    m->packed = packed;
    m->size = size;
    m->at = at;
    m->name = memchr(text.at, '\0', text.n) ? NULL : arena_string(a, text.at, text.n);
    return m->name && read_extra(cursor_of(rest.at, rest.n), m);
}

static tfp_status read_directory(struct tfp_context *ctx, struct bytes file, struct zip *z)
{
    struct directory d;
    struct cursor c;
    if (!read_end(file, &d)) return damaged(ctx, "it does not end with a directory");
    if (d.n > d.size / ENTRY_SIZE || !cursor_at(file, d.at, &c) || d.size > cursor_left(&c))
        return damaged(ctx, "its directory does not fit");
    c = cursor_of(c.at, (size_t)d.size);
    if (!(z->members = ARENA_ARRAY(&z->arena, struct zip_member, (size_t)d.n))) return tfp_no_memory(ctx);
    for (; z->n_members < d.n; z->n_members++) {
        struct zip_member *m = &z->members[z->n_members];
        if (!read_entry(&z->arena, &c, m)) return damaged(ctx, "an entry of its directory");
        if (!path_is_inside(bytes_of(m->name)))
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: a path that leads out of the zip file", m->name);
    }
    return TFP_OK;
}

tfp_status zip_open(struct tfp_context *ctx, struct buffer *file, struct zip *out)
{
    *out = (struct zip){ .file = buffer_keep(file) };
    tfp_status status = read_directory(ctx, (struct bytes){ file->data, file->size }, out);
    if (status != TFP_OK) zip_close(out);
    return status;
}

void zip_close(struct zip *z)
{
    arena_free(&z->arena);
    buffer_drop(z->file);
    *z = (struct zip){ .n_members = 0 };
}

const struct zip_member *zip_find(const struct zip *z, const char *name)
{
    for (size_t i = 0; i < z->n_members; i++)
        if (strcmp(z->members[i].name, name) == 0) return &z->members[i];
    return NULL;
}

/* -- members ------------------------------------------------------------------------------------------------------- */

static bool inflate_all(struct bytes packed, void *to, size_t size)
{
    z_stream s = { .next_in = (z_const Bytef *)(uintptr_t)packed.at, .next_out = to };
    size_t in = packed.n, out = size;
    int code = inflateInit2(&s, -MAX_WBITS);
    while (code == Z_OK) {
        uInt give = in > UINT32_MAX ? UINT32_MAX : (uInt)in, take = out > UINT32_MAX ? UINT32_MAX : (uInt)out;
        s.avail_in = give;
        s.avail_out = take;
        code = inflate(&s, Z_NO_FLUSH);
        in -= give - s.avail_in;
        out -= take - s.avail_out;
        if (code == Z_OK && give == s.avail_in && take == s.avail_out) code = Z_BUF_ERROR;
    }
    inflateEnd(&s);
    return code == Z_STREAM_END && out == 0;
}

static tfp_status unpack(struct tfp_context *ctx, const struct zip_member *m, struct bytes packed, struct buffer **owner,
                         struct bytes *out)
{
    if (m->size > SIZE_MAX || m->size / DEFLATE_MOST > packed.n)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: %llu bytes cannot be in %zu deflated ones", m->name,
                        (unsigned long long)m->size, packed.n);
    TFP_TRY(buffer_create(ctx, (size_t)m->size, owner));
    *out = (struct bytes){ (*owner)->data, (size_t)m->size };
    if (inflate_all(packed, (*owner)->data, (size_t)m->size)) return TFP_OK;
    buffer_drop(*owner);
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: damaged deflated data", m->name);
}

static uint32_t checksum(struct bytes b)
{
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), (const Bytef *)b.at, b.n);
}

tfp_status zip_read(struct tfp_context *ctx, const struct zip *z, const struct zip_member *m, struct buffer **owner,
                    struct bytes *out)
{
    struct cursor c;
    uint16_t name, extra;
    struct bytes packed;
    if (m->flags & FLAG_ENCRYPTED) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: encrypted", m->name);
    if (!cursor_at((struct bytes){ z->file->data, z->file->size }, m->at, &c) || !signature_is(&c, LOCAL_SIGNATURE) ||
        !skip(&c, 22) || !cursor_le16(&c, &name) || !cursor_le16(&c, &extra) || !skip(&c, (size_t)name + extra) ||
        m->packed > cursor_left(&c) || !cursor_take(&c, (size_t)m->packed, &packed))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: damaged zip file: the member does not fit", m->name);
    if (m->method == DEFLATED) {
        TFP_TRY(unpack(ctx, m, packed, owner, out));
    } else if (m->method == STORED) {
        if (m->size != m->packed) return tfp_fail(ctx, TFP_E_FORMAT, "%s: stored with another size", m->name);
        *owner = buffer_keep(z->file);
        *out = packed;
    } else {
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: compressed by method %u; stored and deflated ones are read", m->name,
                        m->method);
    }
    if (checksum(*out) == m->crc) return TFP_OK;
    buffer_drop(*owner);
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: the checksum differs", m->name);
}
