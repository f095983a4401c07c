/* Text in the encodings and with the case rules that ICU has, which TensorFlow's Unicode ops take theirs from. */
#ifndef TFP_CODEC_UNICODE_H
#define TFP_CODEC_UNICODE_H

#include "base/bytes.h"
#include "base/status.h"

/* Before all that follows but unicode_encode() and what tells of forms and characters: opens ICU. E_MISSING: it is not there. */
tfp_status unicode_library(struct tfp_context *ctx);

/* UTF-8 text in lower or upper case by Unicode's full rules, in no particular language; bytes that are no UTF-8 become U+FFFD.
 * `put` gets the result in one piece. False: memory is out. */
bool unicode_case(struct bytes text, bool upper, void (*put)(void *user, struct bytes b), void *user);

/* Text of an encoding as code points. */
struct unicode_reader {
    void *converter;
    const char *start, *at, *end;
    bool malformed; /* set where what was read is no text of the encoding */
};
struct unicode_point {
    int32_t value; /* U+FFFD where malformed */
    size_t start;  /* byte where it begins */
    bool malformed;
};
/* False: ICU has no encoding of that name. unicode_close() it. */
bool unicode_open(struct unicode_reader *r, const char *encoding);
void unicode_begin(struct unicode_reader *r, struct bytes text);
bool unicode_next(struct unicode_reader *r, struct unicode_point *out); /* false: the end */
void unicode_close(struct unicode_reader *r);

/* UTF-8, UTF-16-BE or UTF-32-BE: what TensorFlow writes. */
enum unicode_form { UNICODE_NONE, UNICODE_UTF8, UNICODE_UTF16, UNICODE_UTF32 };
enum unicode_form unicode_form_of(struct bytes name); /* UNICODE_NONE: another */
/* A character that text may have: no surrogate, no noncharacter, at most U+10FFFF. */
bool unicode_is_character(int64_t point);
/* A point from 0 to 0x10ffff; returns the number of bytes. A surrogate by itself is U+FFFD in UTF-8, as ICU writes it. */
size_t unicode_encode(enum unicode_form form, int32_t point, char out[4]);
/* ICU's number of the script (UScriptCode); -1: no code point. */
int32_t unicode_script(int32_t point);

#endif
