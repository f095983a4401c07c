/* What Keras' layers for categories share with the one for text. */
#ifndef TFP_KERAS_CATEGORIES_H
#define TFP_KERAS_CATEGORIES_H

#include "frontend/keras/keras.h"

/* A layer's vocabulary: of StringLookup, IntegerLookup and TextVectorization. */
struct keras_vocabulary {
    struct ir_value *tokens; /* [n], strings or int64 */
    int64_t n;
    int64_t unknown; /* indices for values that are not in it */
    int64_t first;   /* index of token 0: behind the mask's, if there is one, and the unknown ones */
    bool masks;      /* index 0 is the mask's */
};
/* Tokens of `dtype`, from the configuration or what the layer has adapted to (a file in the archive). False: a failure. */
bool keras_vocabulary_read(struct keras_call *c, tfp_dtype dtype, const char *mode, struct keras_vocabulary *out);
/* The index of each element of x, which has the tokens' type. */
struct ir_value *keras_vocabulary_find(struct keras_call *c, const struct keras_vocabulary *v, struct ir_value *x);
/* Rows of the output: as many as there are indices, or max_tokens where pad_to_max_tokens says so. */
int64_t keras_vocabulary_depth(struct keras_call *c, const struct keras_vocabulary *v);
/* idf_weights [depth]: the mean for what is unknown, zeros behind. NULL with a failure: the configuration lacks them. */
struct ir_value *keras_vocabulary_weights(struct keras_call *c, const struct keras_vocabulary *v);

/* The rule of TextVectorization, see keras_text.c. */
void keras_lower_text(struct keras_call *c);

#endif
