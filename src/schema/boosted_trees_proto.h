/* What a checkpoint holds of tf.estimator.BoostedTrees: TensorFlow's core/kernels/boosted_trees/boosted_trees.proto, as far as
 * a prediction needs it. */
#ifndef TFP_SCHEMA_BOOSTED_TREES_PROTO_H
#define TFP_SCHEMA_BOOSTED_TREES_PROTO_H

#include "codec/protobuf.h"

struct tfpb_tree_vector {
    struct pb_floats value;
};
struct tfpb_tree_leaf {
    const struct tfpb_tree_vector *vector; /* NULL: the scalar counts */
    struct bytes sparse_vector;
    float scalar;
};
/* Left where the feature is at most the threshold (bucketized), or equals it (categorical). */
struct tfpb_tree_split {
    int32_t feature_id, threshold, left_id, right_id, dimension_id, default_direction;
};
enum tfpb_tree_node_which { TFPB_TREE_LEAF = 1, TFPB_TREE_BUCKETIZED = 2, TFPB_TREE_CATEGORICAL = 3, TFPB_TREE_DENSE = 4 };
struct tfpb_tree_node {
    int32_t which; /* enum tfpb_tree_node_which; 0: none, a leaf of 0 */
    union {
        const struct tfpb_tree_leaf *leaf;
        const struct tfpb_tree_split *bucketized_split, *categorical_split;
        struct bytes dense_split;
    };
};
PB_LIST(tfpb_tree_nodes, struct tfpb_tree_node);
struct tfpb_tree {
    struct tfpb_tree_nodes nodes; /* the root is the first */
};
PB_LIST(tfpb_trees, struct tfpb_tree);
struct tfpb_tree_ensemble {
    struct tfpb_trees trees;
    struct pb_floats tree_weights;
};
extern const struct pb_message tfpb_tree_ensemble_type;

#endif
