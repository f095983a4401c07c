/* Strings. Most of TensorFlow's ops are ops of the IR with the same inputs and attributes, and are rows of a table here. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

/* -- ops that the IR has as they are ------------------------------------------------------------------------------- */

enum { MOST_ATTRS = 8 };

struct same_op {
    enum ir_op op;
    size_t n_out;
    struct same_attr {
        const char *name; /* TensorFlow's; NULL: the end */
        enum ir_attr_name as;
        char kind; /* of op_defs.def; L: a list of integers */
    } attrs[MOST_ATTRS];
};

static struct ir_attr attr_of(struct lower *lw, const struct same_attr *a)
{
    struct ir_attr out = { .name = a->as };
    switch (a->kind) {
    case 's': out.kind = ATTR_KIND_STRING, out.v.s = tf_string(lw, a->name); break;
    case 'b': out.kind = ATTR_KIND_INT, out.v.i = tf_bool(lw, a->name); break;
    case 'L': out.kind = ATTR_KIND_INTS, out.v.ints = tf_list_int(lw, a->name); break;
    default: out.kind = ATTR_KIND_INT, out.v.i = tf_int(lw, a->name); break;
    }
    return out;
}

/* All inputs and attributes, in their order. */
static tfp_status lower_same(struct lower *lw, const struct tf_node *n)
{
    enum { MOST = 4 };
    const struct same_op *s = lw->rule->variant;
    struct ir_attr attrs[MOST_ATTRS + 1] = { 0 };
    struct ir_value *in[MOST], *out[MOST] = { NULL };
    for (size_t i = 0; i < MOST_ATTRS && s->attrs[i].name; i++) attrs[i] = attr_of(lw, &s->attrs[i]);
    for (size_t i = 0; i < n->n_in && i < MOST; i++) in[i] = lower_in(lw, i);
    if (lw->b.status != TFP_OK) return lw->b.status;
    ir_emit_many(&lw->b, s->op, in, n->n_in, attrs, s->n_out, out);
    for (size_t i = 0; i < s->n_out; i++) lower_out(lw, i, out[i]);
    return lw->b.status;
}

#define PLAIN(ir_op) (&(const struct same_op){ .op = (ir_op), .n_out = 1 })
#define SAME(ir_op, ...) (&(const struct same_op){ .op = (ir_op), .n_out = 1, .attrs = { __VA_ARGS__ } })
#define BUCKETS { "num_buckets", ATTR_NUM_BUCKETS, 'i' }
#define POLICY { "errors", ATTR_ERRORS, 's' }, { "replacement_char", ATTR_REPLACEMENT_CHAR, 'i' }

static const struct same_op as_string = {
    IR_AS_STRING, 1, { { "precision", ATTR_PRECISION, 'i' }, { "scientific", ATTR_SCIENTIFIC, 'b' },
                       { "shortest", ATTR_SHORTEST, 'b' }, { "width", ATTR_WIDTH, 'i' }, { "fill", ATTR_FILL, 's' } }
}, ngrams = {
    IR_STRING_N_GRAMS, 2, { { "separator", ATTR_SEPARATOR, 's' }, { "ngram_widths", ATTR_NGRAM_WIDTHS, 'L' },
                            { "left_pad", ATTR_LEFT_PAD, 's' }, { "right_pad", ATTR_RIGHT_PAD, 's' },
                            { "pad_width", ATTR_PAD_WIDTH, 'i' },
                            { "preserve_short_sequences", ATTR_PRESERVE_SHORT_SEQUENCES, 'b' } }
}, transcode = {
    IR_UNICODE_TRANSCODE, 1, { { "input_encoding", ATTR_INPUT_ENCODING, 's' }, { "output_encoding", ATTR_OUTPUT_ENCODING, 's' },
                               POLICY, { "replace_control_characters", ATTR_REPLACE_CONTROL_CHARACTERS, 'b' } }
}, unicode_decode = {
    IR_UNICODE_DECODE, 3, { { "input_encoding", ATTR_INPUT_ENCODING, 's' }, POLICY,
                            { "replace_control_characters", ATTR_REPLACE_CONTROL_CHARACTERS, 'b' } }
}, unicode_encode = {
    IR_UNICODE_ENCODE, 1, { { "output_encoding", ATTR_OUTPUT_ENCODING, 's' }, POLICY }
};

static tfp_status lower_as_string(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *x = lower_in(lw, 0);
    return x && x->dtype == TFP_STRING ? lower_done(lw, x) : lower_same(lw, n);
}

/* -- the others ---------------------------------------------------------------------------------------------------- */

/* A constant of one string. */
static struct ir_value *text_value(struct lower *lw, struct bytes text)
{
    return ir_tensor(&lw->b, TFP_STRING, 0, NULL, &(const struct tfp_string){ text.n ? text.at : "", text.n });
}

static tfp_status lower_regex_replace(struct lower *lw, const struct tf_node *n)
{
    const bool fixed = n->n_in == 1; /* StaticRegexReplace */
    struct ir_value *pattern = fixed ? text_value(lw, tf_string(lw, "pattern")) : lower_in(lw, 1),
                    *rewrite = fixed ? text_value(lw, tf_string(lw, "rewrite")) : lower_in(lw, 2);
    const struct ir_attr attrs[] = { A_INT(ATTR_REPLACE_GLOBAL, tf_bool(lw, "replace_global")), { .name = ATTR_NONE } };
    return lower_done(lw, ir_emit(&lw->b, IR_REGEX_REPLACE, IN(lower_in(lw, 0), pattern, rewrite), attrs));
}

static const struct tfp_string *constant_string(const struct ir_value *v)
{
    return v && v->constant && v->dtype == TFP_STRING && v->constant->count == 1 ? v->constant->data : NULL;
}

static tfp_status lower_full_match(struct lower *lw, const struct tf_node *n)
{
    struct bytes pattern = { "", 0 };
    if (n->n_in == 1) {
        pattern = tf_string(lw, "pattern");
    } else {
        const struct ir_value *given = lower_in(lw, 1);
        const struct tfp_string *s = constant_string(given);
        if (given && !s) return lower_unsupported(lw, "its pattern is not constant");
        if (s) pattern = (struct bytes){ s->at, s->n };
    }
    const struct ir_attr attrs[] = { { .name = ATTR_PATTERN, .kind = ATTR_KIND_STRING, .v.s = pattern }, { .name = ATTR_NONE } };
    return lower_done(lw, ir_emit(&lw->b, IR_REGEX_FULL_MATCH, IN(lower_in(lw, 0)), attrs));
}

/* The strings of the inputs with the separator between, scalars with every element of the others. */
static tfp_status lower_join(struct lower *lw, const struct tf_node *n)
{
    const struct bytes separator = tf_string(lw, "separator");
    struct ir_value *joined = lower_in(lw, 0), *between = separator.n ? text_value(lw, separator) : NULL;
    for (size_t i = 1; i < n->n_in; i++) {
        if (between) joined = ir_binary(&lw->b, IR_STRING_CONCAT, joined, between);
        joined = ir_binary(&lw->b, IR_STRING_CONCAT, joined, lower_in(lw, i));
    }
    return lower_done(lw, joined);
}

/* Not ONNX's StringSplit: of an empty string, and of white space other than blanks, ONNX Runtime makes other words. */
static tfp_status emit_split(struct lower *lw, const struct ir_attr *attrs)
{
    struct ir_value *out[3] = { NULL };
    ir_emit_many(&lw->b, IR_STRING_SPLIT_SPARSE, IN(lower_in(lw, 0), lower_in(lw, 1)), attrs, 3, out);
    for (size_t i = 0; i < 3; i++) lower_out(lw, i, out[i]);
    return lw->b.status;
}

static tfp_status lower_split(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return emit_split(lw, (const struct ir_attr[]){ A_INT(ATTR_ANY_OF, 1), A_INT(ATTR_SKIP_EMPTY, tf_bool(lw, "skip_empty")),
                                                    { .name = ATTR_NONE } });
}

static tfp_status lower_split_v2(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return emit_split(lw, (const struct ir_attr[]){ A_INT(ATTR_MAXSPLIT, tf_int(lw, "maxsplit")), { .name = ATTR_NONE } });
}

/* The axes that are joined go last and become one; of the first that is named the index runs fastest. */
static tfp_status lower_reduce_join(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t axes[TFP_MAX_RANK], perm[TFP_MAX_RANK];
    const int64_t rank = lower_rank(lw, x, "the strings"), n_axes = lower_const_ints(lw, 1, "reduction_indices", axes, TFP_MAX_RANK);
    size_t kept = 0, joined;
    if (rank < 0 || n_axes < 0) return b->status;
    if (!n_axes) return lower_done(lw, x);
    uint32_t used = 0;
    for (int64_t i = 0; i < n_axes; i++) {
        if ((axes[i] = lower_axis(lw, axes[i], rank)) < 0) return b->status;
        if (used >> axes[i] & 1) return lower_malformed(lw, "axis %lld is joined twice", (long long)axes[i]);
        used |= 1u << axes[i];
    }
    for (int64_t i = 0; i < rank; i++)
        if (!(used >> i & 1)) perm[kept++] = i;
    joined = kept;
    for (int64_t i = n_axes; i-- > 0;) perm[joined++] = axes[i];
    struct ir_value *moved = ir_transpose(b, x, perm, joined);
    struct ir_value *kept_dims = form_dims(b, moved, 0, (int64_t)kept),
                    *count = form_product(b, form_dims(b, moved, (int64_t)kept, INT64_MAX));
    const struct bytes separator = tf_string(lw, "separator");
    const struct ir_attr attrs[] = { { .name = ATTR_SEPARATOR, .kind = ATTR_KIND_STRING, .v.s = separator }, { .name = ATTR_NONE } };
    struct ir_value *y = ir_emit(b, IR_REDUCE_JOIN, IN(ir_reshape(b, moved, CONCAT(b, 0, kept_dims, count))), attrs);
    return lower_done(lw, tf_bool(lw, "keep_dims") ? ir_unsqueeze(b, y, axes, (size_t)n_axes) : y);
}

static tfp_status lower_to_number(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_cast(&lw->b, lower_in(lw, 0), tf_type(lw, "out_type")));
}

static tfp_status lower_decode_raw(struct lower *lw, const struct tf_node *n)
{
    int64_t fixed = -1;
    if (n->n_in > 1 && lower_const_ints(lw, 1, "fixed_length", &fixed, 1) != 1) return lw->b.status;
    if (n->n_in > 1 && fixed < 1) return lower_malformed(lw, "fixed_length is %lld", (long long)fixed);
    const tfp_dtype dtype = tf_type(lw, "out_type");
    if (dtype == TFP_STRING || dtype_is_complex(dtype)) return lower_unsupported(lw, "to %s", tfp_dtype_name(dtype));
    const struct ir_attr attrs[] = { A_INT(ATTR_DTYPE, dtype), A_INT(ATTR_FIXED_LENGTH, fixed),
                                     A_INT(ATTR_LITTLE_ENDIAN, tf_bool(lw, "little_endian")), { .name = ATTR_NONE } };
    if (lw->b.status != TFP_OK) return lw->b.status;
    return lower_done(lw, ir_emit(&lw->b, IR_DECODE_RAW, IN(lower_in(lw, 0)), attrs));
}

static tfp_status lower_unicode_decode(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *out[3] = { NULL };
    struct ir_attr attrs[MOST_ATTRS + 1] = { 0 };
    const tfp_dtype splits = tf_type(lw, "Tsplits");
    for (size_t i = 0; unicode_decode.attrs[i].name; i++) attrs[i] = attr_of(lw, &unicode_decode.attrs[i]);
    if (b->status != TFP_OK) return b->status;
    ir_emit_many(b, IR_UNICODE_DECODE, IN(lower_in(lw, 0)), attrs, 3, out);
    lower_out(lw, 0, ir_cast(b, out[0], splits));
    for (size_t i = 1; i < n->n_out; i++) lower_out(lw, i, out[i]);
    return b->status;
}

static const struct rule rules[] = {
    { "AsString", lower_as_string, &as_string },
    { "DecodeBase64", lower_same, PLAIN(IR_DECODE_BASE64) },
    { "DecodeCompressed", lower_same, SAME(IR_DECODE_COMPRESSED, { "compression_type", ATTR_COMPRESSION_TYPE, 's' }) },
    { "DecodePaddedRaw", lower_decode_raw, NULL },
    { "DecodeRaw", lower_decode_raw, NULL },
    { "EncodeBase64", lower_same, SAME(IR_ENCODE_BASE64, { "pad", ATTR_PAD, 'b' }) },
    { "ReduceJoin", lower_reduce_join, NULL },
    { "RegexFullMatch", lower_full_match, NULL },
    { "RegexReplace", lower_regex_replace, NULL },
    { "StaticRegexFullMatch", lower_full_match, NULL },
    { "StaticRegexReplace", lower_regex_replace, NULL },
    { "StringJoin", lower_join, NULL },
    { "StringLength", lower_same, SAME(IR_STRING_LENGTH, { "unit", ATTR_UNIT, 's' }) },
    { "StringLower", lower_same, SAME(IR_STRING_LOWER, { "encoding", ATTR_ENCODING, 's' }) },
    { "StringNGrams", lower_same, &ngrams },
    { "StringSplit", lower_split, NULL },
    { "StringSplitV2", lower_split_v2, NULL },
    { "StringStrip", lower_same, PLAIN(IR_STRING_STRIP) },
    { "StringToHashBucket", lower_same, SAME(IR_STRING_TO_HASH_BUCKET, BUCKETS) },
    { "StringToHashBucketFast", lower_same, SAME(IR_STRING_TO_HASH_BUCKET_FAST, BUCKETS) },
    { "StringToHashBucketStrong", lower_same, SAME(IR_STRING_TO_HASH_BUCKET_STRONG, BUCKETS, { "key", ATTR_KEY, 'L' }) },
    { "StringToNumber", lower_to_number, NULL },
    { "StringUpper", lower_same, SAME(IR_STRING_UPPER, { "encoding", ATTR_ENCODING, 's' }) },
    { "Substr", lower_same, SAME(IR_SUBSTR, { "unit", ATTR_UNIT, 's' }) },
    { "UnicodeDecode", lower_unicode_decode, NULL },
    { "UnicodeDecodeWithOffsets", lower_unicode_decode, NULL },
    { "UnicodeEncode", lower_same, &unicode_encode },
    { "UnicodeScript", lower_same, PLAIN(IR_UNICODE_SCRIPT) },
    { "UnicodeTranscode", lower_same, &transcode },
    { "UnsortedSegmentJoin", lower_same, SAME(IR_UNSORTED_SEGMENT_JOIN, { "separator", ATTR_SEPARATOR, 's' }) },
};
const struct rule_family rules_strings = { rules, sizeof rules / sizeof rules[0] };
