/* Text as code points and back: UnicodeDecode (with offsets), UnicodeEncode, UnicodeTranscode, UnicodeScript, as TensorFlow has them. */
#include "codec/unicode.h"
#include "ir/kernels/gathered.h"

#include <inttypes.h>
#include <stdlib.h>

enum errors { STRICT, REPLACE, IGNORE };

struct policy {
    enum errors errors;
    bool control; /* characters below U+0020 count as errors */
    int32_t replacement;
};

static tfp_status read_policy(struct kernel *k, struct policy *p)
{
    static const char *const words[] = { [STRICT] = "strict", [REPLACE] = "replace", [IGNORE] = "ignore" };
    const struct bytes errors = ir_attr_string(k->node, ATTR_ERRORS, "replace");
    const int64_t replacement = ir_attr_int(k->node, ATTR_REPLACEMENT_CHAR, 65533);
    p->control = ir_attr_int(k->node, ATTR_REPLACE_CONTROL_CHARACTERS, 0) != 0;
    p->replacement = (int32_t)replacement;
    if (!unicode_is_character(replacement)) return kernel_fail(k, TFP_E_FORMAT, "replacement_char is no character");
    for (int i = STRICT; i <= IGNORE; i++) {
        if (!bytes_equal(errors, words[i])) continue;
        p->errors = (enum errors)i;
        return TFP_OK;
    }
    return kernel_fail(k, TFP_E_UNSUPPORTED, "errors \"%.*s\"", (int)errors.n, errors.at);
}

static tfp_status open_input(struct kernel *k, struct unicode_reader *r)
{
    char name[64] = "";
    const struct bytes encoding = ir_attr_string(k->node, ATTR_INPUT_ENCODING, "");
    if (encoding.n < sizeof name) memcpy(name, encoding.at, encoding.n);
    TFP_TRY(unicode_library(k->ctx));
    if (*name && unicode_open(r, name)) return TFP_OK;
    return kernel_fail(k, TFP_E_UNSUPPORTED, "encoding \"%.*s\" is not known", (int)encoding.n, encoding.at);
}

static tfp_status read_output(struct kernel *k, enum unicode_form *form)
{
    const struct bytes name = ir_attr_string(k->node, ATTR_OUTPUT_ENCODING, "");
    *form = unicode_form_of(name);
    return *form ? TFP_OK : kernel_fail(k, TFP_E_UNSUPPORTED, "output_encoding \"%.*s\"", (int)name.n, name.at);
}

/* What stands for a point: true: `*value`; false: nothing (ignored, or *wrong: it is an error). */
static bool replaced(const struct policy *p, bool bad, int32_t *value, bool *wrong)
{
    if (!bad) return true;
    *wrong = p->errors == STRICT;
    *value = p->replacement;
    return p->errors == REPLACE;
}

static bool next_point(struct unicode_reader *r, const struct policy *p, struct unicode_point *point, bool *wrong)
{
    while (!*wrong && unicode_next(r, point)) {
        const bool bad = point->malformed || (p->control && point->value < 0x20);
        if (replaced(p, bad, &point->value, wrong)) return true;
    }
    return false;
}

/* -- UnicodeDecode ------------------------------------------------------------------------------------------------- */

static tfp_status malformed(struct kernel *k, int64_t i)
{
    return kernel_fail(k, TFP_E_FORMAT, "string %" PRId64 " is not text of its encoding", i);
}

/* Counts the points where `values` is NULL. */
static tfp_status decode_all(struct kernel *k, struct unicode_reader *r, const struct policy *p, int32_t *values, int64_t *starts,
                             int64_t *splits, int64_t *total)
{
    const struct tensor *in = &k->in[0];
    struct unicode_point point;
    int64_t n = 0;
    for (int64_t i = 0; i < in->count; i++) {
        bool wrong = false;
        unicode_begin(r, tensor_string(in, i));
        if (splits) splits[i] = n;
        for (; next_point(r, p, &point, &wrong); n++) {
            if (values) values[n] = point.value;
            if (starts) starts[n] = (int64_t)point.start;
        }
        if (wrong) return malformed(k, i);
    }
    if (splits) splits[in->count] = n;
    *total = n;
    return TFP_OK;
}

static tfp_status decode(struct kernel *k, struct unicode_reader *r)
{
    struct policy p;
    int64_t n = 0;
    TFP_TRY(read_policy(k, &p));
    TFP_TRY(decode_all(k, r, &p, NULL, NULL, NULL, &n));
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 1, (int64_t[]){ k->in[0].count + 1 }));
    TFP_TRY(kernel_output(k, 1, TFP_INT32, 1, &n));
    TFP_TRY(kernel_output(k, 2, TFP_INT64, 1, &n));
    return decode_all(k, r, &p, k->out[1].data, k->out[2].data, k->out[0].data, &n);
}

static tfp_status unicode_decode(struct kernel *k)
{
    struct unicode_reader r;
    TFP_TRY(open_input(k, &r));
    tfp_status status = decode(k, &r);
    unicode_close(&r);
    return status;
}

/* -- UnicodeTranscode ---------------------------------------------------------------------------------------------- */

struct transcoder {
    struct unicode_reader reader;
    struct policy policy;
    enum unicode_form form;
};

static void put_point(struct gathered *out, enum unicode_form form, int32_t point)
{
    char bytes[4];
    gathered_put(out, (struct bytes){ bytes, unicode_encode(form, point, bytes) });
}

static tfp_status transcode_one(struct kernel *k, void *user, struct bytes in, struct gathered *out)
{
    struct transcoder *t = user;
    struct unicode_point point;
    bool wrong = false;
    unicode_begin(&t->reader, in);
    while (next_point(&t->reader, &t->policy, &point, &wrong)) put_point(out, t->form, point.value);
    return wrong ? malformed(k, (int64_t)out->count) : TFP_OK;
}

static tfp_status unicode_transcode(struct kernel *k)
{
    struct transcoder t;
    TFP_TRY(read_policy(k, &t.policy));
    TFP_TRY(read_output(k, &t.form));
    TFP_TRY(open_input(k, &t.reader));
    tfp_status status = gathered_each(k, &k->in[0], transcode_one, &t);
    unicode_close(&t.reader);
    return status;
}

/* -- UnicodeEncode ------------------------------------------------------------------------------------------------- */

static tfp_status encode_row(struct kernel *k, const struct policy *p, enum unicode_form form, int64_t from, int64_t to,
                             struct gathered *out)
{
    const int32_t *points = k->in[0].data;
    for (int64_t i = from; i < to; i++) {
        const bool bad = !unicode_is_character(points[i]);
        if (bad && p->errors == STRICT) return kernel_fail(k, TFP_E_FORMAT, "%" PRId32 " is no character of Unicode", points[i]);
        /* TensorFlow ignores the error, not the point, unless it is none at all. */
        const int32_t value = bad && p->errors == REPLACE ? p->replacement : points[i];
        if (value >= 0 && value <= 0x10ffff) put_point(out, form, value);
    }
    gathered_end(out);
    return TFP_OK;
}

static tfp_status unicode_encode_all(struct kernel *k)
{
    struct policy p;
    enum unicode_form form;
    struct gathered out = { .text = NULL };
    TFP_TRY(read_policy(k, &p));
    TFP_TRY(read_output(k, &form));
    const struct tensor *splits = &k->in[1];
    const int64_t rows = splits->count - 1;
    if (rows < 0 || splits->rank != 1) return kernel_fail(k, TFP_E_FORMAT, "there are no row splits");
    tfp_status status = TFP_OK;
    for (int64_t i = 0; i < rows && status == TFP_OK && !out.failed; i++) {
        const int64_t from = tensor_int(splits, i), to = tensor_int(splits, i + 1);
        if (from < 0 || to < from || to > k->in[0].count) status = kernel_fail(k, TFP_E_FORMAT, "the row splits do not fit");
        else status = encode_row(k, &p, form, from, to, &out);
    }
    if (status == TFP_OK) status = gathered_output(k, 0, 1, &rows, &out);
    gathered_free(&out);
    return status;
}

static tfp_status unicode_scripts(struct kernel *k)
{
    TFP_TRY(unicode_library(k->ctx));
    const struct tensor *in = &k->in[0];
    TFP_TRY(kernel_output(k, 0, TFP_INT32, in->rank, in->dims));
    for (int64_t i = 0; i < in->count; i++)
        ((int32_t *)k->out[0].data)[i] = unicode_script(((const int32_t *)in->data)[i]);
    return TFP_OK;
}

const struct kernel_row kernels_unicode[] = {
    { IR_UNICODE_DECODE, .run = unicode_decode },
    { IR_UNICODE_ENCODE, .run = unicode_encode_all },
    { IR_UNICODE_SCRIPT, .run = unicode_scripts },
    { IR_UNICODE_TRANSCODE, .run = unicode_transcode },
};
const size_t kernels_unicode_n = sizeof kernels_unicode / sizeof kernels_unicode[0];
