/* Members of JSON objects that describe tensors, read with jansson into an arena and checked. Messages name the place:
 * "core.plan.json: inputs[2].dtype: an element type by numpy's word is expected". */
#ifndef TFP_CODEC_FIELDS_H
#define TFP_CODEC_FIELDS_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

#include <jansson.h>

struct fields {
    struct tfp_context *ctx;
    struct arena *arena;
    const char *where; /* the file */
    char place[200];   /* what is being read: "inputs[2]" */
};

/* E_FORMAT: the member is not what is expected. */
tfp_status fields_wrong(struct fields *r, const char *key, const char *expected);
/* `j`: the member, NULL when it is absent, which is wrong; `key`: its name, for messages. */
tfp_status fields_string(struct fields *r, const json_t *j, const char *key, const char **out);
tfp_status fields_bool(struct fields *r, const json_t *j, const char *key, bool *out);
tfp_status fields_int32(struct fields *r, const json_t *j, const char *key, int32_t *out); /* not below 0 */
tfp_status fields_numbers(struct fields *r, const json_t *j, const char *key, const int64_t **out, size_t *n);
tfp_status fields_int32s(struct fields *r, const json_t *j, const char *key, int32_t **out, size_t *n);
/* The place of a string in a list of words. */
tfp_status fields_word(struct fields *r, const json_t *j, const char *key, const char *const *words, int n, int *out);
/* `array`: a pointer that gets room for the list's elements, each `element` bytes, zeroed. */
tfp_status fields_list(struct fields *r, const json_t *j, const char *key, size_t element, void *array, size_t *n);
/* A list of objects with name, dtype (numpy's word) and shape (null: unknown rank; sizes, labels, null). Sets the place. */
tfp_status fields_tensors(struct fields *r, const json_t *j, const char *key, const struct tfp_tensor_info **out, size_t *n);

/* "key": "value" */
void fields_add_string(struct text *t, const char *key, const char *value);
/* ,\n "key": [..], as fields_tensors() reads it */
void fields_add_tensors(struct text *t, const char *key, const struct tfp_tensor_info *infos, size_t n);

bool fields_is_text(const char *s); /* UTF-8; NULL passes */
/* What both sides promise of tensors: names, types, ranks, dimensions. A failure has status `code`. */
tfp_status fields_check(struct tfp_context *ctx, tfp_status code, const char *where, const char *what,
                        const struct tfp_tensor_info *t, size_t n);

#endif
