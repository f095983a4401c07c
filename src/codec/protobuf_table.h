/* What all forms need to know of a table: how a type looks on the wire and in memory, and finding a field. */
#ifndef TFP_CODEC_PROTOBUF_TABLE_H
#define TFP_CODEC_PROTOBUF_TABLE_H

#include "base/numbers.h"
#include "codec/protobuf.h"

enum pb_wire { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_GROUP, WIRE_GROUP_END, WIRE_32 };

struct pb_kind {
    enum pb_wire wire;
    size_t size; /* of the member or element; 0: the message's */
};

static const struct pb_kind protobuf_kinds[] = {
    [PB_DOUBLE] = { WIRE_64, sizeof(double) },
    [PB_FLOAT] = { WIRE_32, sizeof(float) },
    [PB_INT32] = { WIRE_VARINT, sizeof(int32_t) },
    [PB_INT64] = { WIRE_VARINT, sizeof(int64_t) },
    [PB_UINT32] = { WIRE_VARINT, sizeof(uint32_t) },
    [PB_UINT64] = { WIRE_VARINT, sizeof(uint64_t) },
    [PB_SINT32] = { WIRE_VARINT, sizeof(int32_t) },
    [PB_SINT64] = { WIRE_VARINT, sizeof(int64_t) },
    [PB_FIXED32] = { WIRE_32, sizeof(uint32_t) },
    [PB_FIXED64] = { WIRE_64, sizeof(uint64_t) },
    [PB_SFIXED32] = { WIRE_32, sizeof(int32_t) },
    [PB_SFIXED64] = { WIRE_64, sizeof(int64_t) },
    [PB_BOOL] = { WIRE_VARINT, sizeof(bool) },
    [PB_ENUM] = { WIRE_VARINT, sizeof(int32_t) },
    [PB_STRING] = { WIRE_BYTES, sizeof(struct bytes) },
    [PB_BYTES] = { WIRE_BYTES, sizeof(struct bytes) },
    [PB_MESSAGE] = { WIRE_BYTES, 0 },
    [PB_RAW] = { WIRE_BYTES, sizeof(struct bytes) },
    [PB_IGNORED] = { WIRE_BYTES, 0 },
};

static inline const struct pb_kind *protobuf_kind(const struct pb_field *f)
{
    return &protobuf_kinds[f->type];
}

static inline size_t protobuf_element_size(const struct pb_field *f)
{
    return f->type == PB_MESSAGE ? f->message->size : protobuf_kinds[f->type].size;
}

/* Tables are short and sorted. */
static inline const struct pb_field *protobuf_field(const struct pb_message *type, uint32_t number, size_t *index)
{
    for (size_t i = 0; i < type->n_fields && type->fields[i].number <= number; i++) {
        if (type->fields[i].number != number) continue;
        *index = i;
        return &type->fields[i];
    }
    return NULL;
}

/* Memory that an input of n bytes may claim. An empty element of a list takes two bytes of input, so a file made of
 * nothing else would otherwise grow by the size of the struct; real files stay far below. */
static inline size_t protobuf_budget(size_t n)
{
    size_t budget;
    if (!mul_size(&budget, n, 64) || budget > SIZE_MAX - 1024 * 1024) return SIZE_MAX;
    return budget + 1024 * 1024;
}

/* The number of the oneof's member that is set; 0: none. */
static inline int32_t protobuf_which(const struct pb_field *f, const char *message)
{
    int32_t which;
    memcpy(&which, message + f->which - 1, sizeof which);
    return which;
}

/* Makes f the member of its oneof that is set; what another left in shared memory is cleared. */
static inline void protobuf_choose(const struct pb_field *f, char *message)
{
    if (f->which == 0 || protobuf_which(f, message) == (int32_t)f->number) return;
    int32_t number = (int32_t)f->number;
    memcpy(message + f->which - 1, &number, sizeof number);
    memset(message + f->offset, 0, f->type == PB_MESSAGE ? sizeof(void *) : protobuf_kinds[f->type].size);
}

/* Whether the field is present, so that it is written. */
static inline bool protobuf_present(const struct pb_field *f, const char *message)
{
    static const char zero[sizeof(struct bytes)];
    const char *member = message + f->offset;
    struct pb_many list;
    struct bytes bytes;
    void *child;
    if (f->type == PB_IGNORED || f->number == PB_SHOWN) return false;
    if (f->label == PB_INLINE) return true;
    if (f->label == PB_MANY) {
        memcpy(&list, member, sizeof list);
        return list.n > 0;
    }
    if (f->which && protobuf_which(f, message) != (int32_t)f->number) return false;
    if (f->type == PB_MESSAGE) {
        memcpy(&child, member, sizeof child);
        return child != NULL;
    }
    if (f->which || f->flags & PB_ALWAYS) return true;
    if (protobuf_kinds[f->type].wire == WIRE_BYTES) {
        memcpy(&bytes, member, sizeof bytes);
        return bytes.n > 0;
    }
    return memcmp(member, zero, protobuf_kinds[f->type].size) != 0;
}

/* Element i of a list, or the value itself (`i` 0); a message: its struct. */
static inline const char *protobuf_element(const struct pb_field *f, const char *message, size_t i)
{
    const char *member = message + f->offset;
    struct pb_many list;
    const char *child;
    if (f->label == PB_MANY) {
        memcpy(&list, member, sizeof list);
        return (const char *)list.at + i * protobuf_element_size(f);
    }
    if (f->type != PB_MESSAGE || f->label == PB_INLINE) return member;
    memcpy(&child, member, sizeof child);
    return child;
}

static inline size_t protobuf_count(const struct pb_field *f, const char *message)
{
    struct pb_many list = { .n = 1 };
    if (f->label == PB_MANY) memcpy(&list, message + f->offset, sizeof list);
    return list.n;
}

/* Bits, two's complement, of an integer with magnitude m; false when it does not fit the type. */
static inline bool protobuf_integer(enum pb_type type, bool minus, uint64_t m, uint64_t *bits)
{
    uint64_t most;
    switch (type) {
    case PB_UINT32:
    case PB_FIXED32:
        most = UINT32_MAX;
        break;
    case PB_UINT64:
    case PB_FIXED64:
        most = UINT64_MAX;
        break;
    case PB_INT64:
    case PB_SINT64:
    case PB_SFIXED64:
        most = (uint64_t)INT64_MAX + minus;
        break;
    default:
        most = (uint64_t)INT32_MAX + minus;
        break;
    }
    *bits = minus ? 0u - m : m;
    if (minus && (type == PB_UINT32 || type == PB_FIXED32 || type == PB_UINT64 || type == PB_FIXED64)) return m == 0;
    return m <= most;
}

#endif
