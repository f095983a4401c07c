/* Which ops have a way into the IR. */
#include "frontend/onnx/onnx_lower.h"

/* Ops of the default domain that the IR has no values for: sequences, optionals, pictures in files. */
static const enum ir_op refused[] = {
    IR_CONCAT_FROM_SEQUENCE, IR_IMAGE_DECODER, IR_LABEL_ENCODER, IR_OPTIONAL, IR_OPTIONAL_GET_ELEMENT, IR_OPTIONAL_HAS_ELEMENT,
    IR_SEQUENCE_AT, IR_SEQUENCE_CONSTRUCT, IR_SEQUENCE_EMPTY, IR_SEQUENCE_ERASE, IR_SEQUENCE_INSERT,
    IR_SEQUENCE_LENGTH, IR_SEQUENCE_MAP, IR_SPLIT_TO_SEQUENCE, IR_TREE_ENSEMBLE_REGRESSOR,
};

/* The IR's own ops, as tfport writes the ends of a bundle. */
static enum ir_op find_own(struct bytes op)
{
    const enum ir_op own = op.n ? schema_op_find(op.at, op.n) : IR_NONE;
    return own && own != IR_LABEL_ENCODER && own != IR_TREE_ENSEMBLE_REGRESSOR && schema_newest(own)->since == SCHEMA_OWN ? own : IR_NONE;
}

bool onnx_op_known(struct bytes domain, struct bytes op, enum ir_op *standard)
{
    *standard = IR_NONE;
    if (onnx_domain_is_own(domain)) return (*standard = find_own(op)) != IR_NONE;
    if (!onnx_domain_is_standard(domain)) return onnx_contrib_find(domain, op) != NULL;
    *standard = op.n ? schema_op_find(op.at, op.n) : IR_NONE;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (refused[i] == *standard) return false;
    return *standard != IR_NONE || onnx_contrib_find(domain, op);
}
