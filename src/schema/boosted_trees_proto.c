#include "schema/boosted_trees_proto.h"

static const struct pb_field vector_fields[] = { PB_FIELD(struct tfpb_tree_vector, 1, value, FLOAT, PB_MANY) };
static const struct pb_message vector_type = PB_MESSAGE_TYPE("Vector", struct tfpb_tree_vector, vector_fields);

static const struct pb_field leaf_fields[] = {
    PB_FIELD(struct tfpb_tree_leaf, 1, vector, MESSAGE, PB_ONE, .message = &vector_type),
    PB_FIELD(struct tfpb_tree_leaf, 2, sparse_vector, RAW, PB_ONE),
    PB_FIELD(struct tfpb_tree_leaf, 3, scalar, FLOAT, PB_ONE),
};
static const struct pb_message leaf_type = PB_MESSAGE_TYPE("Leaf", struct tfpb_tree_leaf, leaf_fields);

/* A categorical split calls its threshold "value". */
static const struct pb_field split_fields[] = {
    PB_FIELD(struct tfpb_tree_split, 1, feature_id, INT32, PB_ONE),
    PB_FIELD(struct tfpb_tree_split, 2, threshold, INT32, PB_ONE),
    PB_FIELD(struct tfpb_tree_split, 3, left_id, INT32, PB_ONE),
    PB_FIELD(struct tfpb_tree_split, 4, right_id, INT32, PB_ONE),
    PB_FIELD(struct tfpb_tree_split, 5, dimension_id, INT32, PB_ONE),
    PB_FIELD(struct tfpb_tree_split, 6, default_direction, INT32, PB_ONE),
};
static const struct pb_message split_type = PB_MESSAGE_TYPE("Split", struct tfpb_tree_split, split_fields);

#define ONE_OF(number, member, type, ...)                                                                              \
    PB_FIELD(struct tfpb_tree_node, number, member, type, PB_ONE, PB_ONEOF(struct tfpb_tree_node, which), __VA_ARGS__)
static const struct pb_field node_fields[] = {
    ONE_OF(1, leaf, MESSAGE, .message = &leaf_type),
    ONE_OF(2, bucketized_split, MESSAGE, .message = &split_type),
    ONE_OF(3, categorical_split, MESSAGE, .message = &split_type),
    ONE_OF(4, dense_split, RAW),
    PB_IGNORE(777, "metadata"),
};
#undef ONE_OF
static const struct pb_message node_type = PB_MESSAGE_TYPE("Node", struct tfpb_tree_node, node_fields);

static const struct pb_field tree_fields[] = { PB_FIELD(struct tfpb_tree, 1, nodes, MESSAGE, PB_MANY, .message = &node_type) };
static const struct pb_message tree_type = PB_MESSAGE_TYPE("Tree", struct tfpb_tree, tree_fields);

static const struct pb_field ensemble_fields[] = {
    PB_FIELD(struct tfpb_tree_ensemble, 1, trees, MESSAGE, PB_MANY, .message = &tree_type),
    PB_FIELD(struct tfpb_tree_ensemble, 2, tree_weights, FLOAT, PB_MANY),
    PB_IGNORE(3, "tree_metadata"),
    PB_IGNORE(4, "growing_metadata"),
};
const struct pb_message tfpb_tree_ensemble_type =
    PB_MESSAGE_TYPE("TreeEnsemble", struct tfpb_tree_ensemble, ensemble_fields);
