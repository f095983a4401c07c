/* Reading what ir/sliding.h works with. */
#include "frontend/tensorflow/ops/sliding_attrs.h"

bool sliding_channels_last(struct lower *lw, size_t n)
{
    static const char *const words[][4] = { { "NWC", "NCW", NULL },
                                            { "NHWC", "NCHW", NULL },
                                            { "NDHWC", "NCDHW", NULL } };
    if (!tf_has(lw, "data_format") && (!lw->node->def || !strstr(lw->node->def->attrs, "data_format:"))) return true;
    return tf_word(lw, "data_format", words[n - 1]) == 0;
}

tfp_status sliding_list(struct lower *lw, const char *attr, const struct ir_ints *list, int64_t other,
                        const struct sliding *s, int64_t *out)
{
    size_t first = s->channels_last ? 1 : 2, channel = s->channels_last ? s->n + 1 : 1;
    if (lw->b.status != TFP_OK) return lw->b.status;
    if (list->n != s->n + 2) return lower_malformed(lw, "%s has %zu values, not %zu", attr, list->n, s->n + 2);
    if (list->at[0] != other || list->at[channel] != other)
        return lower_unsupported(lw, "%s of the batch or the channels", attr);
    for (size_t i = 0; i < s->n; i++) {
        out[i] = list->at[first + i];
        if (out[i] < 1 || out[i] > INT32_MAX)
            return lower_malformed(lw, "%s has the value %lld", attr, (long long)out[i]);
    }
    return TFP_OK;
}

static tfp_status read_explicit(struct lower *lw, struct sliding *s)
{
    struct ir_ints list = tf_list_int(lw, "explicit_paddings");
    size_t first = s->channels_last ? 1 : 2, channel = s->channels_last ? s->n + 1 : 1;
    if (lw->b.status != TFP_OK) return lw->b.status;
    if (list.n != 2 * (s->n + 2)) return lower_malformed(lw, "explicit_paddings has %zu values", list.n);
    if (list.at[0] || list.at[1] || list.at[2 * channel] || list.at[2 * channel + 1])
        return lower_unsupported(lw, "explicit_paddings of the batch or the channels");
    for (size_t i = 0; i < s->n; i++) {
        s->before[i] = list.at[2 * (first + i)];
        s->after[i] = list.at[2 * (first + i) + 1];
        if (s->before[i] < 0 || s->after[i] < 0 || s->before[i] > INT32_MAX || s->after[i] > INT32_MAX)
            return lower_malformed(lw, "explicit_paddings are out of range");
    }
    return TFP_OK;
}

tfp_status sliding_read(struct lower *lw, size_t n, struct sliding *s)
{
    static const char *const words[] = { [SLIDING_VALID] = "VALID", [SLIDING_SAME] = "SAME",
                                         [SLIDING_EXPLICIT] = "EXPLICIT", NULL };
    *s = (struct sliding){ .n = n };
    s->channels_last = sliding_channels_last(lw, n);
    s->padding = (enum sliding_padding)tf_word(lw, "padding", words);
    for (size_t i = 0; i < n; i++) {
        s->strides[i] = s->dilations[i] = 1;
        s->kernel[i] = -1;
    }
    return s->padding == SLIDING_EXPLICIT ? read_explicit(lw, s) : lw->b.status;
}
