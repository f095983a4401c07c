/* Protocol buffers from tables: the binary and the text form, both ways, for any message that a table describes.
 *
 * A message is a plain C struct; a table of fields (struct pb_message) says which member holds which field. Decoded
 * structs, their lists and unescaped strings lie in an arena; strings and bytes are slices of the input wherever they
 * can be, so the input must outlive the structs. Nothing here knows a model.
 * Written down in the protobuf documentation: "Encoding" and "Text Format Language Specification". */
#ifndef TFP_CODEC_PROTOBUF_H
#define TFP_CODEC_PROTOBUF_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"
#include "base/text.h"

/* The member's C type is behind each. */
enum pb_type {
    PB_DOUBLE,   /* double */
    PB_FLOAT,    /* float */
    PB_INT32,    /* int32_t */
    PB_INT64,    /* int64_t */
    PB_UINT32,   /* uint32_t */
    PB_UINT64,   /* uint64_t */
    PB_SINT32,   /* int32_t */
    PB_SINT64,   /* int64_t */
    PB_FIXED32,  /* uint32_t */
    PB_FIXED64,  /* uint64_t */
    PB_SFIXED32, /* int32_t */
    PB_SFIXED64, /* int64_t */
    PB_BOOL,     /* bool */
    PB_ENUM,     /* int32_t; numbers that `words` lacks are kept */
    PB_STRING,   /* struct bytes; not checked to be UTF-8 */
    PB_BYTES,    /* struct bytes */
    PB_MESSAGE,  /* see pb_label */
    PB_RAW,      /* struct bytes: a message left encoded, to be decoded later; the text form drops it */
    PB_IGNORED,  /* no member: known by name and dropped without a word, read or written */
};

enum pb_label {
    PB_ONE,    /* the value itself; a message: `const struct x *`, NULL when absent */
    PB_INLINE, /* a message held by value, always written: the value of a map's entry */
    PB_MANY,   /* a list: struct { const T *at; size_t n; }, T as above, messages by value */
};

enum pb_flags {
    PB_ALWAYS = 1, /* written even when zero */
    PB_PACKED = 2, /* a list of numbers is written packed (both forms are read) */
};

/* A list as the codec sees it. Schemas give each element type a struct of this layout: PB_LIST. */
struct pb_many {
    void *at;
    size_t n;
};
#define PB_LIST(tag, type)                                                                                             \
    struct tag {                                                                                                       \
        const type *at;                                                                                                \
        size_t n;                                                                                                      \
    }
PB_LIST(pb_doubles, double);
PB_LIST(pb_floats, float);
PB_LIST(pb_int32s, int32_t);
PB_LIST(pb_int64s, int64_t);
PB_LIST(pb_uint32s, uint32_t);
PB_LIST(pb_uint64s, uint64_t);
PB_LIST(pb_bools, bool);
PB_LIST(pb_strings, struct bytes);

struct pb_word {
    const char *name;
    int32_t number;
};

struct pb_enum {
    const char *name;
    const struct pb_word *words;
    size_t n_words;
};

struct pb_message;

struct pb_field {
    uint32_t number;
    const char *name;
    enum pb_type type;
    enum pb_label label;
    size_t offset;                    /* of the member */
    size_t which;                     /* member of a oneof: 1 + offset of the int32_t that holds the number of the field
                                         that is set (0: none). Such members may share a union. 0: no oneof */
    const struct pb_message *message; /* PB_MESSAGE */
    const struct pb_enum *words;      /* PB_ENUM */
    unsigned flags;
};

/* Fields are sorted by number, at most PB_MAX_FIELDS. A map is a list of entries with fields 1 `key` and 2 `value`,
 * kept in the order of the file; where a key occurs twice, the last entry counts. */
struct pb_message {
    const char *name; /* without the package: "NodeDef" */
    size_t size;      /* of the struct; all zero is the empty message */
    const struct pb_field *fields;
    size_t n_fields;
};

enum { PB_MAX_FIELDS = 64, PB_MAX_DEPTH = 100 };

/* Number of a field that the text form alone has, read and never written: "[type.googleapis.com/MESSAGE]", as which it
 * shows the message in an Any. It is above every number that a file can hold. */
enum { PB_SHOWN = 1 << 29 };

/* PB_FIELD(struct node, 1, name, STRING, PB_ONE) or, with more, PB_FIELD(.., PB_MANY, .message = &entry_type). */
#define PB_FIELD(owner, number_, member, type_, ...)                                                                   \
    {                                                                                                                  \
        .number = (number_), .name = #member, .type = PB_##type_, .offset = offsetof(owner, member),                   \
        .label = __VA_ARGS__                                                                                           \
    }
#define PB_ONEOF(owner, member) .which = offsetof(owner, member) + 1
#define PB_IGNORE(number_, name_)                                                                                      \
    {                                                                                                                  \
        .number = (number_), .name = (name_), .type = PB_IGNORED                                                       \
    }
#define PB_WORDS(name_, words_)                                                                                        \
    {                                                                                                                  \
        .name = (name_), .words = (words_), .n_words = sizeof(words_) / sizeof *(words_)                               \
    }
#define PB_MESSAGE_TYPE(name_, owner, fields_)                                                                         \
    {                                                                                                                  \
        .name = (name_), .size = sizeof(owner), .fields = (fields_), .n_fields = sizeof(fields_) / sizeof *(fields_)   \
    }

/* -- binary -------------------------------------------------------------------------------------------------------- */

/* Reads `input` into the zeroed struct `out`. Unknown fields are skipped; a field that occurs twice is merged as
 * protobuf demands. TFP_E_FORMAT names the byte offset, the message and the field. Memory is bounded by 64 bytes for
 * each byte of input and 1 MiB. After a failure `out` is not to be used. */
tfp_status protobuf_decode(struct tfp_context *ctx, struct arena *arena, const struct pb_message *type,
                           struct bytes input, void *out);

/* Takes the bytes in order. `at` is valid only during the call. */
struct pb_sink {
    tfp_status (*write)(void *user, const void *at, size_t n);
    void *user;
};

/* Bytes that protobuf_encode() will write; UINT64_MAX when memory is out or the nesting is deeper than PB_MAX_DEPTH. */
uint64_t protobuf_size(const struct pb_message *type, const void *message);

/* Writes in the order of field numbers: the same struct always gives the same bytes. Long strings and lists of
 * fixed-size numbers go to the sink from where they lie. Readers refuse more than 2 GiB: the caller asks
 * protobuf_size() first. */
tfp_status protobuf_encode(struct tfp_context *ctx, const struct pb_message *type, const void *message,
                           const struct pb_sink *sink);

/* How well `input` (which may be cut short) looks like such a message, from its first fields, three levels deep: 0 when
 * it cannot be one or is empty, else the percentage of fields that the table knows, at least 1. */
int protobuf_score(const struct pb_message *type, struct bytes input);

/* -- text ---------------------------------------------------------------------------------------------------------- */

/* As protobuf_decode(), for the text form. Messages name line and column. Unknown fields, extensions and expanded Any
 * messages are skipped when they are well-formed; one tfp_note() says so. A single field given twice is an error, as in
 * protobuf's own parser. */
tfp_status protobuf_text_decode(struct tfp_context *ctx, struct arena *arena, const struct pb_message *type,
                                struct bytes input, void *out);

/* Appends the text form as protobuf's own printer lays it out. Failure (memory, nesting) sticks in `out`. */
void protobuf_text_encode(const struct pb_message *type, const void *message, struct text *out);

/* 100 when the first field of the text is one of the table's, 0 otherwise. */
int protobuf_text_score(const struct pb_message *type, struct bytes input);

#endif
