/* Reading JSON: see json.h. */
#include "codec/json.h"

#include "base/text.h"

static const char *const words[] = { "-Infinity", "Infinity", "NaN" };

/* Copies text with the words of Python put into quotes; strings are left as they are. */
static void quote_words(struct bytes text, struct text *out)
{
    bool inside = false;
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (inside && text.at[i] == '\\') i++;
        else if (text.at[i] == '"') inside = !inside;
        for (size_t k = 0; !inside && k < sizeof words / sizeof words[0]; k++) {
            size_t n = strlen(words[k]);
            if (text.n - i < n || memcmp(text.at + i, words[k], n) != 0) continue;
            text_add_bytes(out, text.at + from, i - from);
            text_add(out, "\"%s\"", words[k]);
            i += n - 1;
            from = i + 1;
            break;
        }
    }
    if (from < text.n) text_add_bytes(out, text.at + from, text.n - from);
}

tfp_status json_read(struct tfp_context *ctx, struct bytes text, const char *what, json_t **out)
{
    json_error_t error;
    struct text quoted = { 0 };
    if (text.n && (memmem(text.at, text.n, "NaN", 3) || memmem(text.at, text.n, "Infinity", 8))) {
        quote_words(text, &quoted);
        if (quoted.failed) return text_free(&quoted), tfp_no_memory(ctx);
        text = (struct bytes){ quoted.at, quoted.n };
    }
    *out = json_loadb(text.n ? text.at : "", text.n, JSON_ALLOW_NUL, &error);
    text_free(&quoted);
    if (*out) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "%s is no JSON: %s, line %d", what, error.text, error.line);
}
