/* The IR's own ops on one string at a time: numbers as text, case, white space, parts, lengths, base64. They mean what
 * TensorFlow's ops of these names do. */
#include "codec/base64.h"
#include "codec/unicode.h"
#include "ir/kernels/elements.h"
#include "ir/kernels/gathered.h"
#include "ir/kernels/printed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* -- numbers as TensorFlow prints them ----------------------------------------------------------------------------- */

enum { PATTERN = 48 };

/* printf's pattern up to the letter; false: attributes that TensorFlow refuses, too. */
static bool start_pattern(const struct kernel *k, char pattern[PATTERN])
{
    struct bytes fill = ir_attr_string(k->node, ATTR_FILL, "");
    int64_t width = ir_attr_int(k->node, ATTR_WIDTH, -1), precision = ir_attr_int(k->node, ATTR_PRECISION, -1);
    bool shortest = ir_attr_int(k->node, ATTR_SHORTEST, 0), scientific = ir_attr_int(k->node, ATTR_SCIENTIFIC, 0);
    bool real = dtype_is_float(k->in[0].dtype);
    if (fill.n > 1 || (fill.n && !memchr(" +-0#", fill.at[0], 5)) || width > 1000 || precision > 1000) return false;
    if ((shortest && scientific) || (!real && (shortest || scientific || precision > -1))) return false;
    int n = snprintf(pattern, PATTERN, "%%%.*s", (int)fill.n, fill.n ? fill.at : "");
    if (width > -1) n += snprintf(pattern + n, PATTERN - (size_t)n, "%d", (int)width);
    if (precision > -1) n += snprintf(pattern + n, PATTERN - (size_t)n, ".%d", (int)precision);
    snprintf(pattern + n, PATTERN - (size_t)n, "%s",
             real ? shortest ? "g" : scientific ? "e" : "f" : dtype_is_unsigned(k->in[0].dtype) ? PRIu64 : PRId64);
    return true;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t print(const void *user, const struct tensor *t, int64_t i, char *text)
{
    const char *pattern = user;
    int n;
    if (t->dtype == TFP_BOOL) n = snprintf(text, PRINTED_LONGEST, "%s", tensor_int(t, i) ? "true" : "false");
    else if (dtype_is_float(t->dtype)) n = snprintf(text, PRINTED_LONGEST, pattern, tensor_float(t, i));
    else if (t->dtype == TFP_UINT64) n = snprintf(text, PRINTED_LONGEST, pattern, ((const uint64_t *)t->data)[i]);
    else if (dtype_is_unsigned(t->dtype)) n = snprintf(text, PRINTED_LONGEST, pattern, (uint64_t)tensor_int(t, i));
    else n = snprintf(text, PRINTED_LONGEST, pattern, tensor_int(t, i));
    return (size_t)n;
}
#pragma GCC diagnostic pop

static tfp_status as_string(struct kernel *k)
{
    char pattern[PATTERN];
    const tfp_dtype dtype = k->in[0].dtype;
    if (dtype != TFP_BOOL && !dtype_is_float(dtype) && !dtype_is_integer(dtype))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "of %s", tfp_dtype_name(dtype));
    if (!start_pattern(k, pattern)) return kernel_fail(k, TFP_E_FORMAT, "attributes that contradict each other or the type");
    return printed_strings(k, &k->in[0], print, pattern);
}

/* -- case and white space ------------------------------------------------------------------------------------------ */

static char ascii_case(char c, bool upper)
{
    if (upper) return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static tfp_status ascii_one(struct kernel *k, void *user, struct bytes in, struct gathered *out)
{
    char *to = gathered_room(out, in.n);
    (void)k;
    for (size_t i = 0; to && i < in.n; i++) to[i] = ascii_case(in.at[i], *(const bool *)user);
    return TFP_OK;
}

static void put(void *user, struct bytes b)
{
    gathered_put(user, b);
}

static tfp_status unicode_one(struct kernel *k, void *user, struct bytes in, struct gathered *out)
{
    return unicode_case(in, *(const bool *)user, put, out) ? TFP_OK : tfp_no_memory(k->ctx);
}

static tfp_status change_case(struct kernel *k, bool upper)
{
    const struct bytes encoding = ir_attr_string(k->node, ATTR_ENCODING, "");
    if (encoding.n && !bytes_equal(encoding, "utf-8"))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "encoding \"%.*s\"", (int)encoding.n, encoding.at);
    if (encoding.n) TFP_TRY(unicode_library(k->ctx));
    return gathered_each(k, &k->in[0], encoding.n ? unicode_one : ascii_one, &upper);
}

static tfp_status string_lower(struct kernel *k)
{
    return change_case(k, false);
}

static tfp_status string_upper(struct kernel *k)
{
    return change_case(k, true);
}

static tfp_status string_strip(struct kernel *k)
{
    char *text;
    const struct tensor *in = &k->in[0];
    TFP_TRY(kernel_output_strings(k, 0, in->rank, in->dims, 0, &text));
    struct tfp_string *out = k->out[0].data;
    for (int64_t i = 0; i < in->count; i++) {
        struct bytes s = tensor_string(in, i);
        for (; s.n && bytes_is_space(*s.at); s.n--) s.at++;
        while (s.n && bytes_is_space(s.at[s.n - 1])) s.n--;
        out[i] = (struct tfp_string){ s.at, s.n };
    }
    return TFP_OK;
}

/* -- characters ---------------------------------------------------------------------------------------------------- */

/* Attribute unit; of UTF-8 a character is a byte that goes on none, and those behind it that do. */
static tfp_status read_unit(struct kernel *k, bool *characters)
{
    const struct bytes unit = ir_attr_string(k->node, ATTR_UNIT, "BYTE");
    *characters = bytes_equal(unit, "UTF8_CHAR");
    return *characters || bytes_equal(unit, "BYTE")
               ? TFP_OK : kernel_fail(k, TFP_E_UNSUPPORTED, "unit \"%.*s\"", (int)unit.n, unit.at);
}

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static int64_t count_characters(struct bytes s)
{
    int64_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += begins_character(s.at[i]);
    return n;
}

static tfp_status string_length(struct kernel *k)
{
    bool characters;
    TFP_TRY(read_unit(k, &characters));
    const struct tensor *in = &k->in[0];
    TFP_TRY(kernel_output(k, 0, TFP_INT32, in->rank, in->dims));
    int32_t *out = k->out[0].data;
    for (int64_t i = 0; i < in->count; i++)
        out[i] = (int32_t)(characters ? count_characters(tensor_string(in, i)) : (int64_t)tensor_string(in, i).n);
    return TFP_OK;
}

/* The byte at which character `n` begins; the text's length behind the last. */
static size_t character_at(struct bytes s, int64_t n)
{
    size_t i = 0;
    for (; i < s.n; i++)
        if (begins_character(s.at[i]) && n-- == 0) return i;
    return i;
}

/* False: `pos` is outside the string. A negative one counts from its end. */
static bool part_of(struct bytes s, bool characters, int64_t pos, int64_t length, struct bytes *out)
{
    const int64_t n = characters ? count_characters(s) : (int64_t)s.n;
    if (pos < 0) pos += n;
    if (pos < 0 || pos > n) return false;
    if (length > n - pos) length = n - pos;
    const size_t from = characters ? character_at(s, pos) : (size_t)pos,
                 to = characters ? character_at(s, pos + length) : (size_t)(pos + length);
    *out = (struct bytes){ s.at + from, to - from };
    return true;
}

/* Element i of `t` in a shape that it broadcasts to. */
static int64_t broadcast_index(const struct tensor *t, size_t rank, const int64_t *dims, int64_t i)
{
    int64_t at = 0, stride = 1;
    for (size_t axis = rank; axis-- > rank - t->rank; i /= dims[axis]) {
        const int64_t own = t->dims[axis - (rank - t->rank)];
        if (own != 1) at += i % dims[axis] * stride;
        stride *= own;
    }
    return at;
}

static tfp_status substr(struct kernel *k)
{
    bool characters;
    size_t rank = 0;
    int64_t dims[TFP_MAX_RANK];
    char *text;
    TFP_TRY(read_unit(k, &characters));
    for (size_t i = 0; i < 3; i++) TFP_TRY(element_broadcast(k, &k->in[i], &rank, dims));
    TFP_TRY(kernel_output_strings(k, 0, rank, dims, 0, &text));
    struct tfp_string *out = k->out[0].data;
    for (int64_t i = 0; i < k->out[0].count; i++) {
        const struct bytes s = tensor_string(&k->in[0], broadcast_index(&k->in[0], rank, dims, i));
        const int64_t pos = tensor_int(&k->in[1], broadcast_index(&k->in[1], rank, dims, i)),
                      length = tensor_int(&k->in[2], broadcast_index(&k->in[2], rank, dims, i));
        struct bytes part;
        if (length < 0) return kernel_fail(k, TFP_E_UNSUPPORTED, "a negative length");
        if (!part_of(s, characters, pos, length, &part))
            return kernel_fail(k, TFP_E_FORMAT, "pos %" PRId64 " is out of range for string %" PRId64, pos, i);
        out[i] = (struct tfp_string){ part.at, part.n };
    }
    return TFP_OK;
}

/* -- base64 -------------------------------------------------------------------------------------------------------- */

static tfp_status encode_one(struct kernel *k, void *user, struct bytes in, struct gathered *out)
{
    (void)k;
    const bool pad = *(const bool *)user;
    char *to = gathered_room(out, base64_encoded(in.n, pad));
    if (to) base64_encode_web(in, pad, to);
    return TFP_OK;
}

static tfp_status encode_base64(struct kernel *k)
{
    bool pad = ir_attr_int(k->node, ATTR_PAD, 0) != 0;
    return gathered_each(k, &k->in[0], encode_one, &pad);
}

static tfp_status decode_one(struct kernel *k, void *user, struct bytes in, struct gathered *out)
{
    size_t n, before = out->n;
    char *to = gathered_room(out, in.n / 4 * 3 + 3);
    (void)user;
    if (!to) return TFP_OK;
    if (!base64_decode_web(in, to, &n)) return kernel_fail(k, TFP_E_FORMAT, "string %zu is not base64", out->count);
    out->n = before + n;
    return TFP_OK;
}

static tfp_status decode_base64(struct kernel *k)
{
    return gathered_each(k, &k->in[0], decode_one, NULL);
}

const struct kernel_row kernels_text[] = {
    { IR_AS_STRING, .run = as_string },
    { IR_DECODE_BASE64, .run = decode_base64 },
    { IR_ENCODE_BASE64, .run = encode_base64 },
    { IR_STRING_LENGTH, .run = string_length },
    { IR_STRING_LOWER, .run = string_lower },
    { IR_STRING_STRIP, .run = string_strip },
    { IR_STRING_UPPER, .run = string_upper },
    { IR_SUBSTR, .run = substr },
};
const size_t kernels_text_n = sizeof kernels_text / sizeof kernels_text[0];
