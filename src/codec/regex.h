/* Regular expressions as RE2 has them, which TensorFlow's ops and ONNX's RegexFullMatch are defined by: time is linear in the
 * text, whatever the pattern. Syntax: https://github.com/google/re2/wiki/Syntax. */
#ifndef TFP_CODEC_REGEX_H
#define TFP_CODEC_REGEX_H

#include "base/bytes.h"
#include "base/status.h"

struct regex;

/* E_FORMAT with RE2's reason when the pattern is none. regex_free() it. */
tfp_status regex_compile(struct tfp_context *ctx, struct bytes pattern, struct regex **out);
void regex_free(struct regex *r); /* NULL passes */
/* All of the text matches. */
bool regex_full_match(const struct regex *r, struct bytes text);
/* `rewrite` (\0 the match, \1 .. \9 groups, \\ a backslash) says nothing that the pattern lacks: else E_FORMAT. */
tfp_status regex_check_rewrite(struct tfp_context *ctx, const struct regex *r, struct bytes rewrite);
/* The text with its matches (all: every one that does not overlap the one before; else the first) rewritten. `put` gets the
 * result in one piece. False: memory is out. */
bool regex_replace(const struct regex *r, struct bytes text, struct bytes rewrite, bool all, void (*put)(void *user, struct bytes b),
                   void *user);

#endif
