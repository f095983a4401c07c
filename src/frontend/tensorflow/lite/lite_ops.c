/* Operators: most are one op of TensorFlow, as their row says. */
#include "frontend/tensorflow/lite/lite.h"

struct row {
    const char *lite, *op;
    const char *attrs;   /* "NAME NAME=FIELD ..": attributes of the op that are fields of the options; NULL: none */
    const char *trailer; /* the field that is the op's last input; NULL: none */
    lite_rule *rule;     /* where one op does not do */
};

tfp_status lite_refuse(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    struct lite_ref in[64];
    size_t n = 0;
    for (size_t i = 0; i < o->inputs.n && n < 64; i++)
        if (lite_has(o, i)) in[n++] = lite_in_stored(o, i);
    const char *op = arena_printf(b->model->arena, "TFLite%s", o->op);
    if (!op) return lite_no_memory(b->model);
    const struct lite_ref r = lite_call(b, o->name, op, in, n, LITE_NONE);
    for (size_t i = 0; i < o->outputs.n; i++) { /* one result for all is enough to be refused */
        const struct lite_tensor *t = lite_out_tensor(o, i);
        if (t) b->values[flat_vector_signed(&o->outputs, i)].stored = (struct lite_ref){ r.text, t->type };
    }
    return b->model->status;
}

/* -- one op -------------------------------------------------------------------------------------------------------- */

static struct tfpb_attr attr_of(struct lite_operator *o, const struct op_attr *a, const char *field)
{
    struct lite *m = o->body->model;
    struct tfpb_attr out = { a->name, { .which = 0 } };
    if (a->list) {
        const struct flat_vector list = tflite_list(&o->options, field);
        struct tfpb_attr_list *v = ARENA_NEW(m->arena, struct tfpb_attr_list);
        int64_t *ints = ARENA_ARRAY(m->arena, int64_t, list.n);
        float *floats = ARENA_ARRAY(m->arena, float, list.n);
        if (!v || !ints || !floats) return lite_no_memory(m), out;
        for (size_t i = 0; i < list.n; i++) {
            if (a->kind == 'f') floats[i] = flat_vector_float(&list, i);
            else ints[i] = flat_vector_signed(&list, i);
        }
        if (a->kind == 'f') v->f = (struct pb_floats){ floats, list.n };
        else v->i = (struct pb_int64s){ ints, list.n };
        out.value = (struct tfpb_attr_value){ .which = TFPB_ATTR_LIST, .list = v };
    } else if (a->kind == 'f') {
        out.value = (struct tfpb_attr_value){ .which = TFPB_ATTR_F, .f = tflite_float(&o->options, field) };
    } else if (a->kind == 'b') {
        out.value = (struct tfpb_attr_value){ .which = TFPB_ATTR_B, .b = tflite_int(&o->options, field) != 0 };
    } else if (a->kind == 't') {
        out.value = (struct tfpb_attr_value){ .which = TFPB_ATTR_TYPE, .type = tflite_data_type(tflite_int(&o->options, field)) };
    } else {
        out.value = (struct tfpb_attr_value){ .which = TFPB_ATTR_I, .i = tflite_int(&o->options, field) };
    }
    return out;
}

enum { MOST_ATTRS = 12, MOST_INPUTS = 4096 };

static size_t attrs_of(struct lite_operator *o, const char *op, const char *words, struct tfpb_attr attrs[MOST_ATTRS])
{
    const struct op_def *def = op_def_find(op);
    size_t n = 0;
    for (const char *at = words; at && *at && n < MOST_ATTRS; at += *at == ' ') {
        char word[80];
        const size_t size = strcspn(at, " ");
        memcpy(word, at, size);
        word[size] = '\0';
        at += size;
        char *field = strchr(word, '=');
        if (field) *field++ = '\0';
        struct op_attr a;
        if (!op_def_attr(def, word, strlen(word), &a)) continue;
        attrs[n++] = attr_of(o, &a, field ? field : word);
    }
    return n;
}

/* What an output attribute of a type has to be where no input tells it. */
static size_t output_types(struct lite_operator *o, const char *op, struct tfpb_attr *attrs, size_t n)
{
    static const struct { const char *op, *attr; } told[] = { { "Bitcast", "type" }, { "Cast", "DstT" } };
    const struct lite_tensor *t = lite_out_tensor(o, 0);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (t && strcmp(told[i].op, op) == 0) attrs[n++] = LITE_TYPE(told[i].attr, t->type);
    return n;
}

static tfp_status one_op(struct lite_operator *o, const struct row *r)
{
    struct lite_body *b = o->body;
    struct tfpb_attr attrs[MOST_ATTRS + 1];
    struct lite_ref *in = ARENA_ARRAY(b->model->arena, struct lite_ref, o->inputs.n + 1);
    size_t n = 0;
    if (!in) return lite_no_memory(b->model);
    while (n < o->inputs.n && lite_has(o, n)) in[n] = lite_in(o, n), n++;
    if (r->trailer) in[n++] = lite_int32(b, o->name, tflite_int(&o->options, r->trailer));
    const size_t n_attrs = output_types(o, r->op, attrs, attrs_of(o, r->op, r->attrs, attrs));
    const struct tfpb_node *node = lite_node(b, o->name, r->op, in, n, attrs, n_attrs);
    if (tflite_knows(&o->options, "fused_activation_function") && o->outputs.n == 1) return lite_out_activated(o, lite_result(b, node, 0));
    for (size_t i = 0; i < o->outputs.n; i++) lite_out(o, i, lite_result(b, node, i));
    return o->body->model->status;
}

/* -- small formulas ------------------------------------------------------------------------------------------------ */

#define NUMBER(v) lite_number(b, o->name, v)

/* With Identity, since a node of its own gives the result its name. Data of 16 bits becomes float32. */
static tfp_status dequantize(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    struct lite_ref x = lite_in(o, 0);
    if (x.type == TFPB_DT_FLOAT) lite_out(o, 0, LITE_CALL("Identity", x));
    else lite_out(o, 0, lite_call(b, o->name, "Cast", LITE_IN(x), LITE_ATTRS(LITE_TYPE("DstT", TFPB_DT_FLOAT))));
    return o->body->model->status;
}

static tfp_status reshape(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    struct lite_ref shape = lite_in_stored(o, 1);
    const struct flat_vector own = tflite_list(&o->options, "new_shape");
    int64_t dims[TFP_MAX_RANK];
    if (!shape.text.at) {
        const int64_t n = own.n < TFP_MAX_RANK ? (int64_t)own.n : TFP_MAX_RANK;
        for (int64_t i = 0; i < n; i++) dims[i] = flat_vector_signed(&own, (size_t)i);
        /* Older converters wrote a scalar's shape as [0]. */
        shape = lite_int32s(b, o->name, dims, n == 1 && dims[0] == 0 ? 0 : n);
    }
    return lite_out(o, 0, LITE_CALL("Reshape", lite_in(o, 0), shape));
}

static tfp_status softmax(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    struct lite_ref x = lite_in(o, 0);
    const float beta = tflite_float(&o->options, "beta");
    if (beta != 1) x = LITE_CALL("Mul", x, NUMBER(beta));
    return lite_out(o, 0, LITE_CALL("Softmax", x));
}

static tfp_status prelu(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    const struct lite_ref x = lite_in(o, 0);
    struct lite_ref y = LITE_CALL("Prelu", x, lite_in(o, 1)); /* TensorFlow.js' op: TensorFlow defines none */
    y.type = x.type;
    return lite_out(o, 0, y);
}

static tfp_status hard_swish(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    const struct lite_ref x = lite_in(o, 0);
    return lite_out(o, 0, LITE_CALL("Mul", x, LITE_CALL("Mul", LITE_CALL("Relu6", LITE_CALL("AddV2", x, NUMBER(3))), NUMBER(1.0F / 6))));
}

static tfp_status gelu(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    const struct lite_ref x = lite_in(o, 0);
    struct lite_ref y;
    if (tflite_int(&o->options, "approximate")) {
        const struct lite_ref cube = LITE_CALL("Mul", LITE_CALL("Mul", LITE_CALL("Mul", x, x), x), NUMBER(0.044715F));
        y = LITE_CALL("Tanh", LITE_CALL("Mul", LITE_CALL("AddV2", x, cube), NUMBER(0.7978845608F)));
    } else {
        y = LITE_CALL("Erf", LITE_CALL("Mul", x, NUMBER(0.7071067812F)));
    }
    return lite_out(o, 0, LITE_CALL("Mul", LITE_CALL("Mul", x, NUMBER(0.5F)), LITE_CALL("AddV2", y, NUMBER(1))));
}

static tfp_status clip(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    const float low = strcmp(o->op, "RELU_N1_TO_1") == 0 ? -1 : 0;
    return lite_out(o, 0, LITE_CALL("ClipByValue", lite_in(o, 0), NUMBER(low), NUMBER(1)));
}

/* Along the last axis; a norm is at least 1e-6. */
static tfp_status l2_normalization(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    const struct lite_ref x = lite_in(o, 0), axis = lite_int32(b, o->name, -1);
    const struct lite_ref square = LITE_CALL("Square", x);
    const struct lite_ref sum = lite_call(b, o->name, "Sum", LITE_IN(square, axis), LITE_ATTRS(LITE_BOOL("keep_dims", true)));
    return lite_out_activated(o, LITE_CALL("Div", x, LITE_CALL("Maximum", LITE_CALL("Sqrt", sum), NUMBER(1e-6F))));
}

static tfp_status mirror_pad(struct lite_operator *o)
{
    const char *mode = tflite_int(&o->options, "mode") ? "SYMMETRIC" : "REFLECT";
    return lite_out(o, 0, lite_call(o->body, o->name, "MirrorPad", LITE_IN(lite_in(o, 0), lite_in_stored(o, 1)), LITE_ATTRS(LITE_TEXT("mode", mode))));
}

static tfp_status embedding_lookup(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    return lite_out(o, 0, LITE_CALL("GatherV2", lite_in(o, 1), lite_in_stored(o, 0), lite_int32(b, o->name, 0)));
}

static tfp_status sparse_to_dense(struct lite_operator *o)
{
    const struct lite_ref in[] = { lite_in_stored(o, 0), lite_in_stored(o, 1), lite_in(o, 2), lite_in(o, 3) };
    return lite_out(o, 0, lite_call(o->body, o->name, "SparseToDense", in, 4, LITE_ATTRS(LITE_BOOL("validate_indices", false))));
}

/* V4 has no standard deviation; both pad their results. With one, boxes that overlap too much are suppressed here and not in TensorFlow. */
static tfp_status non_max_suppression(struct lite_operator *o)
{
    const struct lite_tensor *deviation = lite_in_tensor(o, 5);
    float v = 0;
    if (deviation && deviation->data.n == sizeof v) memcpy(&v, deviation->data.at, sizeof v);
    if (deviation && (deviation->data.n != sizeof v || v != 0)) return lite_refuse(o);
    struct lite_ref in[6];
    const size_t n = strcmp(o->op, "NON_MAX_SUPPRESSION_V5") == 0 ? 6 : 5;
    for (size_t i = 0; i < n; i++) in[i] = lite_in(o, i);
    const struct tfpb_node *node = lite_node(o->body, o->name, n == 6 ? "NonMaxSuppressionV5" : "NonMaxSuppressionV4", in, n,
                                             LITE_ATTRS(LITE_BOOL("pad_to_max_output_size", true)));
    for (size_t i = 0; i < o->outputs.n; i++) lite_out(o, i, lite_result(o->body, node, i));
    return o->body->model->status;
}

/* A list of one. */
static tfp_status hash_table_size(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    return lite_out(o, 0, LITE_CALL("ExpandDims", LITE_CALL("LookupTableSizeV2", lite_in(o, 0)), lite_int32(b, o->name, 0)));
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

#define OP(name, tensorflow) { .lite = name, .op = tensorflow }
#define OP_ATTRS(name, tensorflow, words) { .lite = name, .op = tensorflow, .attrs = words }
#define RULE(name, function) { .lite = name, .rule = function }

static const struct row rows[] = {
    OP("ABS", "Abs"),
    OP("ADD", "AddV2"),
    OP("ADD_N", "AddN"),
    OP_ATTRS("ARG_MAX", "ArgMax", "output_type"),
    OP_ATTRS("ARG_MIN", "ArgMin", "output_type"),
    RULE("ASSIGN_VARIABLE", lite_assign_variable),
    OP("ATAN2", "Atan2"),
    RULE("AVERAGE_POOL_2D", lite_average_pool),
    OP_ATTRS("BATCH_MATMUL", "BatchMatMulV2", "adj_x adj_y"),
    OP("BATCH_TO_SPACE_ND", "BatchToSpaceND"),
    RULE("BIDIRECTIONAL_SEQUENCE_LSTM", lite_sequence_bidirectional_lstm),
    OP("BITCAST", "Bitcast"),
    OP("BITWISE_XOR", "BitwiseXor"),
    OP("BROADCAST_ARGS", "BroadcastArgs"),
    OP("BROADCAST_TO", "BroadcastTo"),
    OP_ATTRS("BUCKETIZE", "Bucketize", "boundaries"),
    RULE("CALL_ONCE", lite_call_once),
    OP("CAST", "Cast"),
    OP("CEIL", "Ceil"),
    OP("COMPLEX_ABS", "ComplexAbs"),
    { .lite = "CONCATENATION", .op = "ConcatV2", .trailer = "axis" },
    RULE("CONV_2D", lite_conv_2d),
    RULE("CONV_3D", lite_conv_3d),
    RULE("CONV_3D_TRANSPOSE", lite_conv_3d_transpose),
    OP("COS", "Cos"),
    OP_ATTRS("CUMSUM", "Cumsum", "exclusive reverse"),
    OP("DENSIFY", "Identity"),
    RULE("DEPTHWISE_CONV_2D", lite_depthwise_conv_2d),
    OP_ATTRS("DEPTH_TO_SPACE", "DepthToSpace", "block_size"),
    RULE("DEQUANTIZE", dequantize),
    OP("DIV", "Div"),
    OP("DYNAMIC_UPDATE_SLICE", "XlaDynamicUpdateSlice"),
    OP("ELU", "Elu"),
    RULE("EMBEDDING_LOOKUP", embedding_lookup),
    OP("EQUAL", "Equal"),
    OP("EXP", "Exp"),
    OP("EXPAND_DIMS", "ExpandDims"),
    OP_ATTRS("FAKE_QUANT", "FakeQuantWithMinMaxArgs", "min max num_bits narrow_range"),
    OP("FILL", "Fill"),
    OP("FLOOR", "Floor"),
    OP("FLOOR_DIV", "FloorDiv"),
    OP("FLOOR_MOD", "FloorMod"),
    RULE("FULLY_CONNECTED", lite_fully_connected),
    { .lite = "GATHER", .op = "GatherV2", .attrs = "batch_dims", .trailer = "axis" },
    OP("GATHER_ND", "GatherNd"),
    RULE("GELU", gelu),
    OP("GREATER", "Greater"),
    OP("GREATER_EQUAL", "GreaterEqual"),
    RULE("HARD_SWISH", hard_swish),
    RULE("HASHTABLE", lite_hash_table),
    OP("HASHTABLE_FIND", "LookupTableFindV2"),
    RULE("HASHTABLE_IMPORT", lite_hash_table_import),
    RULE("HASHTABLE_SIZE", hash_table_size),
    RULE("IF", lite_if),
    OP("IMAG", "Imag"),
    RULE("L2_NORMALIZATION", l2_normalization),
    RULE("L2_POOL_2D", lite_l2_pool),
    OP_ATTRS("LEAKY_RELU", "LeakyRelu", "alpha"),
    OP("LESS", "Less"),
    OP("LESS_EQUAL", "LessEqual"),
    OP_ATTRS("LOCAL_RESPONSE_NORMALIZATION", "LRN", "depth_radius=radius bias alpha beta"),
    OP("LOG", "Log"),
    OP("LOGICAL_AND", "LogicalAnd"),
    OP("LOGICAL_NOT", "LogicalNot"),
    OP("LOGICAL_OR", "LogicalOr"),
    OP("LOGISTIC", "Sigmoid"),
    OP("LOG_SOFTMAX", "LogSoftmax"),
    RULE("LSTM", lite_lstm),
    OP("MATRIX_DIAG", "MatrixDiag"),
    OP("MATRIX_SET_DIAG", "MatrixSetDiag"),
    OP("MAXIMUM", "Maximum"),
    RULE("MAX_POOL_2D", lite_max_pool),
    OP_ATTRS("MEAN", "Mean", "keep_dims"),
    OP("MINIMUM", "Minimum"),
    RULE("MIRROR_PAD", mirror_pad),
    OP("MUL", "Mul"),
    OP_ATTRS("MULTINOMIAL", "Multinomial", "seed seed2"),
    OP("NEG", "Neg"),
    RULE("NON_MAX_SUPPRESSION_V4", non_max_suppression),
    RULE("NON_MAX_SUPPRESSION_V5", non_max_suppression),
    OP("NOT_EQUAL", "NotEqual"),
    OP_ATTRS("ONE_HOT", "OneHot", "axis"),
    OP_ATTRS("PACK", "Pack", "axis"),
    OP("PAD", "Pad"),
    OP("PADV2", "PadV2"),
    OP("POW", "Pow"),
    RULE("PRELU", prelu),
    RULE("QUANTIZE", dequantize),
    OP_ATTRS("RANDOM_STANDARD_NORMAL", "RandomStandardNormal", "seed seed2"),
    OP_ATTRS("RANDOM_UNIFORM", "RandomUniform", "seed seed2"),
    OP("RANGE", "Range"),
    OP("RANK", "Rank"),
    RULE("READ_VARIABLE", lite_read_variable),
    OP("REAL", "Real"),
    OP_ATTRS("REDUCE_ALL", "All", "keep_dims"),
    OP_ATTRS("REDUCE_ANY", "Any", "keep_dims"),
    OP_ATTRS("REDUCE_MAX", "Max", "keep_dims"),
    OP_ATTRS("REDUCE_MIN", "Min", "keep_dims"),
    OP_ATTRS("REDUCE_PROD", "Prod", "keep_dims"),
    OP("RELU", "Relu"),
    OP("RELU6", "Relu6"),
    RULE("RELU_0_TO_1", clip),
    RULE("RELU_N1_TO_1", clip),
    RULE("RESHAPE", reshape),
    OP_ATTRS("RESIZE_BILINEAR", "ResizeBilinear", "align_corners half_pixel_centers"),
    OP_ATTRS("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighbor", "align_corners half_pixel_centers"),
    OP_ATTRS("REVERSE_SEQUENCE", "ReverseSequence", "seq_dim batch_dim"),
    OP("REVERSE_V2", "ReverseV2"),
    OP("RFFT2D", "RFFT2D"),
    OP("RIGHT_SHIFT", "RightShift"),
    OP("ROUND", "Round"),
    OP("RSQRT", "Rsqrt"),
    OP("SCATTER_ND", "ScatterNd"),
    OP("SEGMENT_SUM", "SegmentSum"),
    OP("SELECT", "Select"),
    OP("SELECT_V2", "SelectV2"),
    OP_ATTRS("SHAPE", "Shape", "out_type"),
    OP("SIGN", "Sign"),
    OP("SIN", "Sin"),
    OP("SLICE", "Slice"),
    RULE("SOFTMAX", softmax),
    OP("SPACE_TO_BATCH_ND", "SpaceToBatchND"),
    OP_ATTRS("SPACE_TO_DEPTH", "SpaceToDepth", "block_size"),
    RULE("SPARSE_TO_DENSE", sparse_to_dense),
    OP_ATTRS("SPLIT", "Split", "num_split=num_splits"),
    OP_ATTRS("SPLIT_V", "SplitV", "num_split=num_splits"),
    OP("SQRT", "Sqrt"),
    OP("SQUARE", "Square"),
    OP("SQUARED_DIFFERENCE", "SquaredDifference"),
    OP_ATTRS("SQUEEZE", "Squeeze", "squeeze_dims"),
    OP_ATTRS("STRIDED_SLICE", "StridedSlice", "begin_mask end_mask ellipsis_mask new_axis_mask shrink_axis_mask"),
    OP("SUB", "Sub"),
    OP_ATTRS("SUM", "Sum", "keep_dims"),
    OP("TANH", "Tanh"),
    OP("TILE", "Tile"),
    OP("TOPK_V2", "TopKV2"),
    OP("TRANSPOSE", "Transpose"),
    RULE("TRANSPOSE_CONV", lite_transpose_conv),
    RULE("UNIDIRECTIONAL_SEQUENCE_LSTM", lite_sequence_lstm),
    OP_ATTRS("UNIQUE", "Unique", "out_idx=idx_out_type"),
    OP_ATTRS("UNPACK", "Unpack", "num axis"),
    OP("UNSORTED_SEGMENT_MAX", "UnsortedSegmentMax"),
    OP("UNSORTED_SEGMENT_MIN", "UnsortedSegmentMin"),
    OP("UNSORTED_SEGMENT_PROD", "UnsortedSegmentProd"),
    OP("UNSORTED_SEGMENT_SUM", "UnsortedSegmentSum"),
    RULE("VAR_HANDLE", lite_var_handle),
    OP("WHERE", "Where"),
    RULE("WHILE", lite_while),
    OP("ZEROS_LIKE", "ZerosLike"),
};

static tfp_status write(struct lite_operator *o)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].lite, o->op) != 0) continue;
        if (rows[i].rule) rows[i].rule(o);
        else one_op(o, &rows[i]);
        return o->body->model->status;
    }
    return lite_refuse(o);
}

/* -- operators ----------------------------------------------------------------------------------------------------- */

/* Numbers above 127 do not fit the older field. False: there is no such op. */
static bool read_code(struct lite *m, int64_t index, int64_t *number, struct bytes *custom)
{
    if (index < 0 || (uint64_t)index >= m->codes.n) return false;
    const struct flat_table code = flat_vector_table(&m->codes, (size_t)index);
    const int64_t old = flat_signed(&code, CODE_DEPRECATED_BUILTIN, 1, 0), newer = flat_signed(&code, CODE_BUILTIN, 4, 0);
    *number = newer > old ? newer : old;
    *custom = flat_bytes(&code, CODE_CUSTOM);
    return true;
}

static bool read_operator(struct lite_body *b, const struct flat_table *t, struct lite_operator *o)
{
    struct lite *m = b->model;
    struct bytes custom = { NULL, 0 };
    int64_t number;
    if (!read_code(m, flat_signed(t, OPERATOR_CODE, 4, 0), &number, &custom)) return lite_fail(m, TFP_E_FORMAT, "an operator has no code"), false;
    *o = (struct lite_operator){ .body = b, .first = b->nodes->n };
    o->inputs = flat_vector_of(t, OPERATOR_INPUTS, 4);
    o->outputs = flat_vector_of(t, OPERATOR_OUTPUTS, 4);
    o->custom = flat_bytes(t, OPERATOR_CUSTOM_OPTIONS);
    const int64_t second = (int64_t)flat_unsigned(t, OPERATOR_OPTIONS_2_TYPE, 1, 0);
    o->options = second ? tflite_options_of(flat_table_of(t, OPERATOR_OPTIONS_2), 2, second)
                        : tflite_options_of(flat_table_of(t, OPERATOR_OPTIONS), 1, (int64_t)flat_unsigned(t, OPERATOR_OPTIONS_TYPE, 1, 0));
    o->op = number == TFLITE_CUSTOM ? arena_string(m->arena, custom.n ? custom.at : "", custom.n) : tflite_op_name(number);
    if (!o->op) o->op = arena_printf(m->arena, "%lld", (long long)number);
    if (!o->op) return lite_no_memory(m), false;
    const struct lite_tensor *first = o->outputs.n ? lite_out_tensor(o, 0) : NULL;
    o->name = first ? first->name : o->op;
    if (number == TFLITE_CUSTOM) lite_custom(o);
    else write(o);
    return m->status == TFP_OK;
}

void lite_write_operators(struct lite_body *b)
{
    struct lite *m = b->model;
    const struct flat_vector list = flat_vector_of(&b->subgraph, SUBGRAPH_OPERATORS, 4);
    for (size_t i = 0; i < list.n && m->status == TFP_OK; i++) {
        const struct flat_table t = flat_vector_table(&list, i);
        struct lite_operator o;
        if (!read_operator(b, &t, &o)) return;
    }
}
