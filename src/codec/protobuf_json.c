/* The JSON form: a tree of JSON values into structs, see protobuf_json.h. */
#include "codec/protobuf_json.h"
#include "codec/base64.h"
#include "codec/protobuf_table.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>

struct reader {
    struct tfp_context *ctx;
    struct arena *arena;
};

__attribute__((cold)) static tfp_status wrong(const struct reader *r, const struct pb_message *type,
                                              const struct pb_field *f, const char *what)
{
    return tfp_fail(r->ctx, TFP_E_FORMAT, "%s%s%s: %s", type->name, f ? "." : "", f ? f->name : "", what);
}

/* -- numbers ------------------------------------------------------------------------------------------------------- */

static bool digits(const char *at, uint64_t *out)
{
    *out = 0;
    if (!*at) return false;
    for (; *at; at++) {
        if (*at < '0' || *at > '9') return false;
        if (__builtin_mul_overflow(*out, 10u, out) || __builtin_add_overflow(*out, (uint64_t)(*at - '0'), out)) return false;
    }
    return true;
}

/* A number without a fraction, or text of one. */
static bool whole(const json_t *j, bool *minus, uint64_t *magnitude)
{
    static const double exact = 9007199254740992.0; /* 2^53: above, neighbours are no whole numbers apart */
    if (json_is_string(j)) {
        const char *text = json_string_value(j);
        *minus = *text == '-';
        return strlen(text) == json_string_length(j) && digits(text + *minus, magnitude);
    }
    if (json_is_integer(j)) {
        const json_int_t v = json_integer_value(j);
        *minus = v < 0;
        *magnitude = *minus ? 0u - (uint64_t)v : (uint64_t)v;
        return true;
    }
    const double v = json_is_real(j) ? json_real_value(j) : (double)NAN;
    if (!(fabs(v) <= exact) || v != floor(v)) return false;
    *minus = v < 0;
    *magnitude = (uint64_t)fabs(v);
    return true;
}

static tfp_status integer(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                          char *out)
{
    bool minus;
    uint64_t m, bits;
    if (!whole(j, &minus, &m)) return wrong(r, type, f, "an integer is expected");
    if (!protobuf_integer(f->type, minus, m, &bits)) return wrong(r, type, f, "integer out of range");
    const uint32_t low = (uint32_t)bits;
    if (protobuf_kind(f)->size == 8) memcpy(out, &bits, 8);
    else memcpy(out, &low, 4);
    return TFP_OK;
}

/* Text of a number: what JSON lacks, or what JSON would write without quotes. */
static bool number_of_text(const json_t *j, double *out)
{
    static const struct {
        const char *word;
        double value;
    } words[] = { { "NaN", (double)NAN }, { "Infinity", HUGE_VAL }, { "-Infinity", -HUGE_VAL } };
    const char *text = json_string_value(j);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i].word) == 0) return *out = words[i].value, true;
    json_t *number = json_loadb(text, json_string_length(j), JSON_DECODE_ANY, NULL);
    const bool fine = json_is_number(number);
    if (fine) *out = json_number_value(number);
    json_decref(number);
    return fine;
}

static tfp_status real(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                       char *out)
{
    double v = json_number_value(j);
    if (!json_is_number(j) && !(json_is_string(j) && number_of_text(j, &v)))
        return wrong(r, type, f, "a number is expected");
    const float narrow = (float)v; /* beyond its range: infinite */
    if (f->type == PB_FLOAT) memcpy(out, &narrow, sizeof narrow);
    else memcpy(out, &v, sizeof v);
    return TFP_OK;
}

static tfp_status enumerated(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                             char *out)
{
    if (!json_is_string(j)) return integer(r, type, f, j, out);
    const char *word = json_string_value(j);
    for (size_t i = 0; i < f->words->n_words; i++) {
        if (strcmp(word, f->words->words[i].name) != 0) continue;
        memcpy(out, &f->words->words[i].number, sizeof(int32_t));
        return TFP_OK;
    }
    char what[128];
    snprintf(what, sizeof what, "\"%.64s\" is no word of %s", word, f->words->name);
    return wrong(r, type, f, what);
}

/* -- text and bytes ------------------------------------------------------------------------------------------------ */

static tfp_status string(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                         char *out)
{
    struct bytes s;
    if (!json_is_string(j)) return wrong(r, type, f, "text is expected");
    s.n = json_string_length(j);
    if (!(s.at = arena_string(r->arena, json_string_value(j), s.n))) return tfp_no_memory(r->ctx);
    memcpy(out, &s, sizeof s);
    return TFP_OK;
}

/* Base64 of either alphabet. */
static tfp_status encoded(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                          char *out)
{
    const struct bytes text = { json_string_value(j), json_string_length(j) };
    struct bytes s;
    if (!json_is_string(j)) return wrong(r, type, f, "bytes in base64 are expected");
    char *room = arena_alloc(r->arena, text.n / 4 * 3 + 3, 1);
    if (!room) return tfp_no_memory(r->ctx);
    if (!base64_decode(text, room, &s.n) && !base64_decode_web(text, room, &s.n))
        return wrong(r, type, f, "bytes that are no base64");
    s.at = room;
    memcpy(out, &s, sizeof s);
    return TFP_OK;
}

static tfp_status scalar(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                         char *out)
{
    switch (f->type) {
    case PB_STRING: return string(r, type, f, j, out);
    case PB_BYTES: return encoded(r, type, f, j, out);
    case PB_ENUM: return enumerated(r, type, f, j, out);
    case PB_FLOAT:
    case PB_DOUBLE: return real(r, type, f, j, out);
    case PB_BOOL:
        if (!json_is_boolean(j)) return wrong(r, type, f, "true or false is expected");
        memcpy(out, &(bool){ json_is_true(j) }, sizeof(bool));
        return TFP_OK;
    default: return integer(r, type, f, j, out);
    }
}

/* -- messages ------------------------------------------------------------------------------------------------------ */

static tfp_status message(const struct reader *r, const struct pb_message *type, const json_t *json, int depth, char *out);

static tfp_status value(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                        int depth, char *out)
{
    return f->type == PB_MESSAGE ? message(r, f->message, j, depth + 1, out) : scalar(r, type, f, j, out);
}

static tfp_status make_list(const struct reader *r, const struct pb_field *f, size_t n, char *member, char **at)
{
    struct pb_many list = { .at = arena_alloc(r->arena, n, protobuf_element_size(f)), .n = n };
    if (!(*at = list.at)) return tfp_no_memory(r->ctx);
    memcpy(member, &list, sizeof list);
    return TFP_OK;
}

static tfp_status read_list(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                            int depth, char *member)
{
    const size_t n = json_array_size(j), size = protobuf_element_size(f);
    char *at;
    TFP_TRY(make_list(r, f, n, member, &at));
    for (size_t i = 0; i < n; i++) TFP_TRY(value(r, type, f, json_array_get(j, i), depth, at + i * size));
    return TFP_OK;
}

/* An object's members as entries with a key and a value. */
static tfp_status read_map(const struct reader *r, const struct pb_field *f, const json_t *j, int depth, char *member)
{
    const struct pb_message *entry = f->message;
    const struct pb_field *keys = &entry->fields[0], *values = &entry->fields[1];
    const char *name;
    json_t *of;
    char *at;
    TFP_TRY(make_list(r, f, json_object_size(j), member, &at));
    json_object_foreach((json_t *)(uintptr_t)j, name, of) {
        json_t *key = json_string(name);
        if (!key) return tfp_no_memory(r->ctx);
        tfp_status status = scalar(r, entry, keys, key, at + keys->offset);
        json_decref(key);
        TFP_TRY(status);
        TFP_TRY(value(r, entry, values, of, depth, at + values->offset));
        at += entry->size;
    }
    return TFP_OK;
}

/* Maps of the tables have values that are held in place. */
static bool is_map(const struct pb_field *f)
{
    const struct pb_message *m = f->type == PB_MESSAGE ? f->message : NULL;
    return m && m->n_fields == 2 && strcmp(m->fields[0].name, "key") == 0 && strcmp(m->fields[1].name, "value") == 0 &&
           m->fields[0].type != PB_MESSAGE && (m->fields[1].type != PB_MESSAGE || m->fields[1].label == PB_INLINE);
}

static tfp_status single(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                         int depth, char *out)
{
    char *member = out + f->offset;
    if (f->which && protobuf_which(f, out) != 0)
        return wrong(r, type, f, "another field of the same oneof is given already");
    protobuf_choose(f, out);
    if (f->type != PB_MESSAGE || f->label == PB_INLINE) return value(r, type, f, j, depth, member);
    void *child = arena_alloc(r->arena, 1, f->message->size);
    if (!child) return tfp_no_memory(r->ctx);
    memcpy(member, &child, sizeof child);
    return value(r, type, f, j, depth, child);
}

static tfp_status known_field(const struct reader *r, const struct pb_message *type, const struct pb_field *f, const json_t *j,
                              int depth, char *out)
{
    if (f->label != PB_MANY) return single(r, type, f, j, depth, out);
    if (json_is_array(j)) return read_list(r, type, f, j, depth, out + f->offset);
    if (json_is_object(j) && is_map(f)) return read_map(r, f, j, depth, out + f->offset);
    return wrong(r, type, f, is_map(f) ? "a map is expected" : "a list is expected");
}

/* As in the .proto file, or with capitals in place of '_'. */
static bool is_called(const char *name, const char *key)
{
    if (strcmp(name, key) == 0) return true;
    for (bool capital = false; *name; name++) {
        if (*name == '_') {
            capital = true;
            continue;
        }
        if (*key++ != (capital ? (char)toupper((unsigned char)*name) : *name)) return false;
        capital = false;
    }
    return *key == '\0';
}

static const struct pb_field *named(const struct pb_message *type, const char *key)
{
    for (size_t i = 0; i < type->n_fields; i++)
        if (is_called(type->fields[i].name, key)) return &type->fields[i];
    return NULL;
}

static tfp_status message(const struct reader *r, const struct pb_message *type, const json_t *json, int depth, char *out)
{
    uint64_t seen = 0;
    const char *key;
    json_t *j;
    if (depth >= PB_MAX_DEPTH) return wrong(r, type, NULL, "nested too deep");
    if (!json_is_object(json)) return wrong(r, type, NULL, "an object is expected");
    json_object_foreach((json_t *)(uintptr_t)json, key, j) {
        const struct pb_field *f = named(type, key);
        if (!f || f->type == PB_IGNORED || f->type == PB_RAW || json_is_null(j)) continue;
        const uint64_t bit = (uint64_t)1 << (f - type->fields);
        if (seen & bit) return wrong(r, type, f, "given twice");
        seen |= bit;
        TFP_TRY(known_field(r, type, f, j, depth, out));
    }
    return TFP_OK;
}

tfp_status protobuf_json_decode(struct tfp_context *ctx, struct arena *arena, const struct pb_message *type,
                                const json_t *json, void *out)
{
    const struct reader r = { ctx, arena };
    return message(&r, type, json, 0, out);
}
