/* tf.train.Example and SequenceExample on the wire, read without making a message of it: its features one after the other, and the values of a
 * feature on demand. Source: TensorFlow's example.proto and feature.proto.
 *   Example  { Features features = 1 }      Features { map<string, Feature> feature = 1 }
 *   Feature  { oneof { BytesList = 1, FloatList = 2, Int64List = 3 } }, each list { repeated value = 1 }, numbers packed or not
 * As in TensorFlow, a message that occurs twice is the sum of both, of a key that occurs twice the last counts, and a Feature
 * without a list has no values of any type. */
#ifndef TFP_CODEC_EXAMPLE_H
#define TFP_CODEC_EXAMPLE_H

#include "base/bytes.h"

enum example_kind { EXAMPLE_NONE, EXAMPLE_BYTES, EXAMPLE_FLOAT, EXAMPLE_INT64 };

struct example_feature {
    struct bytes key;
    enum example_kind kind;
    struct bytes list; /* the encoded list; of a oneof that is written twice, the last */
    size_t n;          /* values in it */
};

/* What comes next: one of these (a feature, or a list of them). */
enum example_next { EXAMPLE_FEATURE, EXAMPLE_END, EXAMPLE_MALFORMED };
struct example_reader {
    struct cursor example, features; /* what is left of the example, and of the Features (FeatureLists) at hand */
};
void example_begin(struct example_reader *r, struct bytes example);
enum example_next example_next(struct example_reader *r, struct example_feature *out);

/* tf.train.SequenceExample { Features context = 1; FeatureLists feature_lists = 2 }: read as an Example it gives its context.
 *   FeatureLists { map<string, FeatureList> feature_list = 1 }      FeatureList { repeated Feature feature = 1 } */
struct example_list {
    struct bytes key;
    struct cursor steps; /* features that are left */
};
/* The next list of features after example_begin(): EXAMPLE_FEATURE is one. */
enum example_next example_next_list(struct example_reader *r, struct example_list *out);
/* The next feature of the list; it has no key. */
enum example_next example_next_step(struct example_list *l, struct example_feature *out);

/* Where a message that begins `room` ends, when all that is known of its end is that it is `n` bytes or more: numpy drops
 * NULs at the end of a string, which a message may well end in. It is where the length of its last field says. */
size_t example_length(struct bytes room, size_t n);
const char *example_kind_name(enum example_kind kind); /* "string", "float", "int64", "no type" as TensorFlow says */

/* The feature's n values; strings point into the example. */
void example_strings(const struct example_feature *f, struct bytes *to);
void example_floats(const struct example_feature *f, float *to);
void example_ints(const struct example_feature *f, int64_t *to);

#endif
