/* Made by tools/onnx_schema.py from onnx 1.23.2; change that, not this. */
#include "ir/schema.h"

// clang-format off
static const struct schema_param p0[] = { { "X", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p1[] = { { "Y", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a2[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS } };
static const struct schema_param p3[] = { { "X", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p4[] = { { "Y", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p5[] = { { "X", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p6[] = { { "Y", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p7[] = { { "input", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p8[] = { { "output", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p9[] = { { "input", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p10[] = { { "output", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p11[] = { { "A", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p12[] = { { "C", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a13[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT }, { .name = ATTR_BROADCAST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS } };
static const struct schema_param p14[] = { { "A", PARAM_ONE, 1, 0x3cc2 }, { "B", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p15[] = { { "C", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_attr a16[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT }, { .name = ATTR_BROADCAST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p17[] = { { "A", PARAM_ONE, 1, 0x13cc2 }, { "B", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_param p18[] = { { "C", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_param p19[] = { { "A", PARAM_ONE, 1, 0x13cfe }, { "B", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p20[] = { { "C", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p21[] = { { "theta", PARAM_ONE, 1, 0x10c02 }, { "size", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p22[] = { { "grid", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_attr a23[] = { { .name = ATTR_ALIGN_CORNERS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p24[] = { { "A", PARAM_ONE, 1, 0x200 }, { "B", PARAM_ONE, 1, 0x200 } };
static const struct schema_param p25[] = { { "C", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p26[] = { { "data", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p27[] = { { "reduced", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a28[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KEEPDIMS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a29[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KEEPDIMS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SELECT_LAST_INDEX, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p30[] = { { "data", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p31[] = { { "Q", PARAM_ONE, 1, 0x10c02 }, { "K", PARAM_ONE, 1, 0x10c02 }, { "V", PARAM_ONE, 2, 0x10c02 }, { "attn_mask", PARAM_OPTIONAL, 3, 0x13efe }, { "past_key", PARAM_OPTIONAL, 1, 0x10c02 }, { "past_value", PARAM_OPTIONAL, 2, 0x10c02 } };
static const struct schema_param p32[] = { { "Y", PARAM_ONE, 1, 0x10c02 }, { "present_key", PARAM_OPTIONAL, 1, 0x10c02 }, { "present_value", PARAM_OPTIONAL, 2, 0x10c02 }, { "qk_matmul_output", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_attr a33[] = { { .name = ATTR_IS_CAUSAL, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KV_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_Q_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_QK_MATMUL_OUTPUT_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_SOFTCAP, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SOFTMAX_PRECISION, .kind = ATTR_KIND_INT } };
static const struct schema_param p34[] = { { "Q", PARAM_ONE, 1, 0x10c02 }, { "K", PARAM_ONE, 1, 0x10c02 }, { "V", PARAM_ONE, 2, 0x10c02 }, { "attn_mask", PARAM_OPTIONAL, 3, 0x13efe }, { "past_key", PARAM_OPTIONAL, 1, 0x10c02 }, { "past_value", PARAM_OPTIONAL, 2, 0x10c02 }, { "nonpad_kv_seqlen", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a35[] = { { .name = ATTR_IS_CAUSAL, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KV_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_LEFT_WINDOW_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_Q_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_QK_MATMUL_OUTPUT_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_RIGHT_WINDOW_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_SOFTCAP, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SOFTMAX_PRECISION, .kind = ATTR_KIND_INT } };
static const struct schema_attr a36[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a37[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_COUNT_INCLUDE_PAD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a38[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_CEIL_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_COUNT_INCLUDE_PAD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a39[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_CEIL_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_COUNT_INCLUDE_PAD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p40[] = { { "X", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p41[] = { { "Y", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p42[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "scale", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_ONE, 1, 0xc02 }, { "mean", PARAM_ONE, 1, 0xc02 }, { "var", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p43[] = { { "Y", PARAM_ONE, 1, 0xc02 }, { "mean", PARAM_OPTIONAL, 1, 0xc02 }, { "var", PARAM_OPTIONAL, 1, 0xc02 }, { "saved_mean", PARAM_OPTIONAL, 1, 0xc02 }, { "saved_var", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a44[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_IS_TEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f }, { .name = ATTR_SPATIAL, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a45[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_IS_TEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f }, { .name = ATTR_SPATIAL, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a46[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f }, { .name = ATTR_SPATIAL, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a47[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f } };
static const struct schema_param p48[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_ONE, 1, 0x10c02 }, { "input_mean", PARAM_ONE, 2, 0x10c02 }, { "input_var", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_param p49[] = { { "Y", PARAM_ONE, 1, 0x10c02 }, { "running_mean", PARAM_OPTIONAL, 2, 0x10c02 }, { "running_var", PARAM_OPTIONAL, 2, 0x10c02 } };
static const struct schema_attr a50[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f }, { .name = ATTR_TRAINING_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p51[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 2, 0x10c02 }, { "B", PARAM_ONE, 2, 0x10c02 }, { "input_mean", PARAM_ONE, 3, 0x10c02 }, { "input_var", PARAM_ONE, 3, 0x10c02 } };
static const struct schema_param p52[] = { { "Y", PARAM_ONE, 1, 0x10c02 }, { "running_mean", PARAM_OPTIONAL, 3, 0x10c02 }, { "running_var", PARAM_OPTIONAL, 3, 0x10c02 } };
static const struct schema_param p53[] = { { "output", PARAM_ONE, 2, 0x13efe } };
static const struct schema_attr a54[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT } };
static const struct schema_param p55[] = { { "input", PARAM_ONE, 1, 0x7fffefe } };
static const struct schema_param p56[] = { { "output", PARAM_ONE, 2, 0x7fffefe } };
static const struct schema_attr a57[] = { { .name = ATTR_TO, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p58[] = { { "X", PARAM_ONE, 1, 0x3014 }, { "Y", PARAM_ONE, 1, 0x3014 } };
static const struct schema_param p59[] = { { "Z", PARAM_ONE, 1, 0x3014 } };
static const struct schema_attr a60[] = { { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .required = true } };
static const struct schema_param p61[] = { { "X", PARAM_ONE, 1, 0x30fc }, { "Y", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p62[] = { { "Z", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p63[] = { { "A", PARAM_ONE, 1, 0x30fc }, { "B", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p64[] = { { "C", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p65[] = { { "X", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p66[] = { { "Y", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p67[] = { { "size", PARAM_ONE, 1, 0xc0 } };
static const struct schema_param p68[] = { { "output", PARAM_ONE, 2, 0x13cfe } };
static const struct schema_attr a69[] = { { .name = ATTR_OUTPUT_DATATYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_PERIODIC, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p70[] = { { "input", PARAM_ONE, 1, 0x3efe } };
static const struct schema_param p71[] = { { "output", PARAM_ONE, 2, 0x3efe } };
static const struct schema_attr a72[] = { { .name = ATTR_TO, .kind = ATTR_KIND_STRING, .required = true } };
static const struct schema_param p73[] = { { "input", PARAM_ONE, 1, 0x3ffe } };
static const struct schema_param p74[] = { { "output", PARAM_ONE, 2, 0x3ffe } };
static const struct schema_param p75[] = { { "input", PARAM_ONE, 1, 0x13ffe } };
static const struct schema_param p76[] = { { "output", PARAM_ONE, 2, 0x13ffe } };
static const struct schema_param p77[] = { { "input", PARAM_ONE, 1, 0x1f3ffe } };
static const struct schema_param p78[] = { { "output", PARAM_ONE, 2, 0x1f3ffe } };
static const struct schema_attr a79[] = { { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_TO, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p80[] = { { "input", PARAM_ONE, 1, 0x7f3ffe } };
static const struct schema_param p81[] = { { "output", PARAM_ONE, 2, 0x7f3ffe } };
static const struct schema_param p82[] = { { "input", PARAM_ONE, 1, 0xff3ffe } };
static const struct schema_param p83[] = { { "output", PARAM_ONE, 2, 0xff3ffe } };
static const struct schema_param p84[] = { { "input", PARAM_ONE, 1, 0x1ff3ffe } };
static const struct schema_param p85[] = { { "output", PARAM_ONE, 2, 0x1ff3ffe } };
static const struct schema_attr a86[] = { { .name = ATTR_ROUND_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "up" }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_TO, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p87[] = { { "input", PARAM_ONE, 1, 0x7ff3ffe } };
static const struct schema_param p88[] = { { "output", PARAM_ONE, 2, 0x7ff3ffe } };
static const struct schema_param p89[] = { { "input", PARAM_ONE, 1, 0x1fff3ffe } };
static const struct schema_param p90[] = { { "output", PARAM_ONE, 2, 0x1fff3ffe } };
static const struct schema_param p91[] = { { "input", PARAM_ONE, 1, 0x13ffe }, { "target_type", PARAM_ONE, 2, 0x13ffe } };
static const struct schema_param p92[] = { { "input", PARAM_ONE, 1, 0x1f3ffe }, { "target_type", PARAM_ONE, 2, 0x1f3ffe } };
static const struct schema_attr a93[] = { { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p94[] = { { "input", PARAM_ONE, 1, 0x7f3ffe }, { "target_type", PARAM_ONE, 2, 0x7f3ffe } };
static const struct schema_param p95[] = { { "input", PARAM_ONE, 1, 0xff3ffe }, { "target_type", PARAM_ONE, 2, 0xff3ffe } };
static const struct schema_param p96[] = { { "input", PARAM_ONE, 1, 0x1ff3ffe }, { "target_type", PARAM_ONE, 2, 0x1ff3ffe } };
static const struct schema_attr a97[] = { { .name = ATTR_ROUND_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "up" }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p98[] = { { "input", PARAM_ONE, 1, 0x7ff3ffe }, { "target_type", PARAM_ONE, 2, 0x7ff3ffe } };
static const struct schema_param p99[] = { { "input", PARAM_ONE, 1, 0x10402 }, { "weight", PARAM_ONE, 1, 0x10402 }, { "bias", PARAM_OPTIONAL, 1, 0x10402 }, { "past_state", PARAM_OPTIONAL, 1, 0x10402 } };
static const struct schema_param p100[] = { { "output", PARAM_ONE, 1, 0x10402 }, { "present_state", PARAM_ONE, 1, 0x10402 } };
static const struct schema_attr a101[] = { { .name = ATTR_ACTIVATION, .kind = ATTR_KIND_STRING, .preset = true, .s = "none" } };
static const struct schema_param p102[] = { { "X", PARAM_ONE, 1, 0x2 } };
static const struct schema_param p103[] = { { "Y", PARAM_ONE, 1, 0x2 } };
static const struct schema_attr a104[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f } };
static const struct schema_param p105[] = { { "input_data", PARAM_ONE, 1, 0x1fffe }, { "shape", PARAM_ONE, 2, 0xc0 } };
static const struct schema_param p106[] = { { "output_data", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a107[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a108[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_MAX, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_MIN, .kind = ATTR_KIND_FLOAT } };
static const struct schema_attr a109[] = { { .name = ATTR_MAX, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 3.4028234663852886e+38f }, { .name = ATTR_MIN, .kind = ATTR_KIND_FLOAT, .preset = true, .f = -3.4028234663852886e+38f } };
static const struct schema_param p110[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "min", PARAM_OPTIONAL, 1, 0xc02 }, { "max", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p111[] = { { "input", PARAM_ONE, 1, 0x3cfe }, { "min", PARAM_OPTIONAL, 1, 0x3cfe }, { "max", PARAM_OPTIONAL, 1, 0x3cfe } };
static const struct schema_param p112[] = { { "output", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p113[] = { { "input", PARAM_ONE, 1, 0x13cfe }, { "min", PARAM_OPTIONAL, 1, 0x13cfe }, { "max", PARAM_OPTIONAL, 1, 0x13cfe } };
static const struct schema_param p114[] = { { "output", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p115[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "image_shape", PARAM_ONE, 0, 0x80 }, { "block_shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p116[] = { { "output", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a117[] = { { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p118[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "condition", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p119[] = { { "output", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a120[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT } };
static const struct schema_param p121[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "condition", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p122[] = { { "inputs", PARAM_VARIADIC, 1, 0xc02 } };
static const struct schema_param p123[] = { { "concat_result", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p124[] = { { "inputs", PARAM_VARIADIC, 1, 0xfffe } };
static const struct schema_param p125[] = { { "concat_result", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a126[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p127[] = { { "inputs", PARAM_VARIADIC, 1, 0x1fffe } };
static const struct schema_param p128[] = { { "concat_result", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p129[] = { { "input_sequence", PARAM_ONE, 1, 0x0 } };
static const struct schema_param p130[] = { { "concat_result", PARAM_ONE, 2, 0xfffe } };
static const struct schema_attr a131[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_NEW_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a132[] = { { .name = ATTR_VALUE, .kind = ATTR_KIND_TENSOR, .required = true } };
static const struct schema_attr a133[] = { { .name = ATTR_SPARSE_VALUE, .kind = ATTR_KIND_SPARSE_TENSOR }, { .name = ATTR_VALUE, .kind = ATTR_KIND_TENSOR } };
static const struct schema_attr a134[] = { { .name = ATTR_SPARSE_VALUE, .kind = ATTR_KIND_SPARSE_TENSOR }, { .name = ATTR_VALUE, .kind = ATTR_KIND_TENSOR }, { .name = ATTR_VALUE_FLOAT, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_VALUE_FLOATS, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_VALUE_INT, .kind = ATTR_KIND_INT }, { .name = ATTR_VALUE_INTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_VALUE_STRING, .kind = ATTR_KIND_STRING }, { .name = ATTR_VALUE_STRINGS, .kind = ATTR_KIND_STRINGS } };
static const struct schema_param p135[] = { { "output", PARAM_ONE, 1, 0x1ffffe } };
static const struct schema_param p136[] = { { "output", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p137[] = { { "output", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p138[] = { { "output", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p139[] = { { "output", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p140[] = { { "input", PARAM_ONE, 1, 0x80 } };
static const struct schema_attr a141[] = { { .name = ATTR_VALUE, .kind = ATTR_KIND_TENSOR } };
static const struct schema_param p142[] = { { "output", PARAM_ONE, 2, 0x1f3efe } };
static const struct schema_param p143[] = { { "output", PARAM_ONE, 2, 0x7f3efe } };
static const struct schema_param p144[] = { { "output", PARAM_ONE, 2, 0xff3efe } };
static const struct schema_param p145[] = { { "output", PARAM_ONE, 2, 0x1ff3efe } };
static const struct schema_param p146[] = { { "output", PARAM_ONE, 2, 0x7ff3efe } };
static const struct schema_param p147[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "W", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a148[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_GROUP, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p149[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "W", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p150[] = { { "x", PARAM_ONE, 1, 0xc }, { "w", PARAM_ONE, 2, 0xc }, { "x_zero_point", PARAM_OPTIONAL, 1, 0xc }, { "w_zero_point", PARAM_OPTIONAL, 2, 0xc } };
static const struct schema_param p151[] = { { "y", PARAM_ONE, 3, 0x40 } };
static const struct schema_attr a152[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_GROUP, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_OUTPUT_PADDING, .kind = ATTR_KIND_INTS }, { .name = ATTR_OUTPUT_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p153[] = { { "x", PARAM_ONE, 1, 0x13cc2 }, { "axis", PARAM_ONE, 2, 0xc0 } };
static const struct schema_param p154[] = { { "y", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_attr a155[] = { { .name = ATTR_EXCLUSIVE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_REVERSE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p156[] = { { "x", PARAM_ONE, 1, 0x38c2 }, { "axis", PARAM_ONE, 2, 0xc0 } };
static const struct schema_param p157[] = { { "y", PARAM_ONE, 1, 0x38c2 } };
static const struct schema_param p158[] = { { "input", PARAM_ONE, 1, 0x10c02 }, { "dft_length", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_attr a159[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_INVERSE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_ONESIDED, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p160[] = { { "input", PARAM_ONE, 1, 0x10c02 }, { "dft_length", PARAM_OPTIONAL, 2, 0xc0 }, { "axis", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a161[] = { { .name = ATTR_INVERSE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_ONESIDED, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p162[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "W", PARAM_ONE, 1, 0xc02 }, { "offset", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_OPTIONAL, 1, 0xc02 }, { "mask", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a163[] = { { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_GROUP, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_OFFSET_GROUP, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p164[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "W", PARAM_ONE, 1, 0x10c02 }, { "offset", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 }, { "mask", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p165[] = { { "input", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a166[] = { { .name = ATTR_BLOCKSIZE, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_attr a167[] = { { .name = ATTR_BLOCKSIZE, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "DCR" } };
static const struct schema_param p168[] = { { "input", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p169[] = { { "x", PARAM_ONE, 1, 0x4c }, { "x_scale", PARAM_ONE, 0, 0x2 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x4c } };
static const struct schema_param p170[] = { { "y", PARAM_ONE, 0, 0x2 } };
static const struct schema_attr a171[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p172[] = { { "x", PARAM_ONE, 1, 0x1e004c }, { "x_scale", PARAM_ONE, 2, 0x10402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x1e004c } };
static const struct schema_param p173[] = { { "y", PARAM_ONE, 2, 0x10402 } };
static const struct schema_param p174[] = { { "x", PARAM_ONE, 1, 0x7e007c }, { "x_scale", PARAM_ONE, 2, 0x10402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x7e007c } };
static const struct schema_attr a175[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_BLOCK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p176[] = { { "x", PARAM_ONE, 1, 0xfe007c }, { "x_scale", PARAM_ONE, 2, 0x10402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0xfe007c } };
static const struct schema_param p177[] = { { "y", PARAM_ONE, 3, 0x10402 } };
static const struct schema_attr a178[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_BLOCK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p179[] = { { "x", PARAM_ONE, 1, 0xfe007c }, { "x_scale", PARAM_ONE, 2, 0x1010402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0xfe007c } };
static const struct schema_param p180[] = { { "x", PARAM_ONE, 1, 0x6fe007c }, { "x_scale", PARAM_ONE, 2, 0x1010402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x6fe007c } };
static const struct schema_param p181[] = { { "x", PARAM_ONE, 1, 0x1efe007c }, { "x_scale", PARAM_ONE, 2, 0x1010402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x1efe007c } };
static const struct schema_param p182[] = { { "data", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p183[] = { { "output", PARAM_ONE, 1, 0xc02 }, { "mask", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a184[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_IS_TEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_RATIO, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_attr a185[] = { { .name = ATTR_IS_TEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_RATIO, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_attr a186[] = { { .name = ATTR_RATIO, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_param p187[] = { { "output", PARAM_ONE, 1, 0xc02 }, { "mask", PARAM_OPTIONAL, 2, 0x200 } };
static const struct schema_param p188[] = { { "data", PARAM_ONE, 1, 0xc02 }, { "ratio", PARAM_OPTIONAL, 2, 0xc02 }, { "training_mode", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p189[] = { { "output", PARAM_ONE, 1, 0xc02 }, { "mask", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_attr a190[] = { { .name = ATTR_SEED, .kind = ATTR_KIND_INT } };
static const struct schema_param p191[] = { { "data", PARAM_ONE, 1, 0x10c02 }, { "ratio", PARAM_OPTIONAL, 2, 0xc02 }, { "training_mode", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p192[] = { { "output", PARAM_ONE, 1, 0x10c02 }, { "mask", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p193[] = { { "data", PARAM_ONE, 1, 0x1f0c02 }, { "ratio", PARAM_OPTIONAL, 2, 0x1f0c02 }, { "training_mode", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p194[] = { { "output", PARAM_ONE, 1, 0x1f0c02 }, { "mask", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p195[] = { { "x", PARAM_ONE, 1, 0x2 } };
static const struct schema_param p196[] = { { "y", PARAM_ONE, 2, 0x4 }, { "y_scale", PARAM_ONE, 0, 0x2 }, { "y_zero_point", PARAM_ONE, 2, 0x4 } };
static const struct schema_param p197[] = { { "Inputs", PARAM_VARIADIC, 1, 0x3cfe } };
static const struct schema_param p198[] = { { "Output", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_attr a199[] = { { .name = ATTR_EQUATION, .kind = ATTR_KIND_STRING, .required = true } };
static const struct schema_param p200[] = { { "Inputs", PARAM_VARIADIC, 1, 0x13cfe } };
static const struct schema_param p201[] = { { "Output", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_attr a202[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS } };
static const struct schema_param p203[] = { { "A", PARAM_ONE, 1, 0x2c0 }, { "B", PARAM_ONE, 1, 0x2c0 } };
static const struct schema_param p204[] = { { "A", PARAM_ONE, 1, 0x3efe }, { "B", PARAM_ONE, 1, 0x3efe } };
static const struct schema_param p205[] = { { "A", PARAM_ONE, 1, 0x13efe }, { "B", PARAM_ONE, 1, 0x13efe } };
static const struct schema_param p206[] = { { "A", PARAM_ONE, 1, 0x13ffe }, { "B", PARAM_ONE, 1, 0x13ffe } };
static const struct schema_param p207[] = { { "input", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p208[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p209[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a210[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT }, { .name = ATTR_K, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p211[] = { { "input", PARAM_ONE, 1, 0x13efe } };
static const struct schema_param p212[] = { { "input", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p213[] = { { "input", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p214[] = { { "input", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p215[] = { { "input", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p216[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "W", PARAM_ONE, 1, 0xc02 }, { "R", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_OPTIONAL, 1, 0xc02 }, { "sequence_lens", PARAM_OPTIONAL, 2, 0x40 }, { "initial_h", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p217[] = { { "Y", PARAM_OPTIONAL, 1, 0xc02 }, { "Y_h", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a218[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "foward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_OUTPUT_SEQUENCE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p219[] = { { "Y", PARAM_OPTIONAL, 1, 0xc02 }, { "Y_h", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a220[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_LINEAR_BEFORE_RESET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_SEQUENCE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a221[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_LINEAR_BEFORE_RESET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a222[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_LAYOUT, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_LINEAR_BEFORE_RESET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p223[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "W", PARAM_ONE, 1, 0x10c02 }, { "R", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 }, { "sequence_lens", PARAM_OPTIONAL, 2, 0x40 }, { "initial_h", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p224[] = { { "Y", PARAM_OPTIONAL, 1, 0x10c02 }, { "Y_h", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p225[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_ONE, 2, 0xc0 } };
static const struct schema_attr a226[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p227[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_ONE, 2, 0xc0 } };
static const struct schema_param p228[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a229[] = { { .name = ATTR_BATCH_DIMS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p230[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a231[] = { { .name = ATTR_APPROXIMATE, .kind = ATTR_KIND_STRING, .preset = true, .s = "none" } };
static const struct schema_param p232[] = { { "A", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_ONE, 1, 0xc02 }, { "C", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a233[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_BROADCAST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_TRANS_A, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_TRANS_B, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a234[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_TRANS_A, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_TRANS_B, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p235[] = { { "A", PARAM_ONE, 1, 0x3cc2 }, { "B", PARAM_ONE, 1, 0x3cc2 }, { "C", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p236[] = { { "Y", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p237[] = { { "A", PARAM_ONE, 1, 0x3cc2 }, { "B", PARAM_ONE, 1, 0x3cc2 }, { "C", PARAM_OPTIONAL, 1, 0x3cc2 } };
static const struct schema_param p238[] = { { "A", PARAM_ONE, 1, 0x13cc2 }, { "B", PARAM_ONE, 1, 0x13cc2 }, { "C", PARAM_OPTIONAL, 1, 0x13cc2 } };
static const struct schema_param p239[] = { { "Y", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_attr a240[] = { { .name = ATTR_P, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 2.0f } };
static const struct schema_attr a241[] = { { .name = ATTR_P, .kind = ATTR_KIND_INT, .preset = true, .i = 2 } };
static const struct schema_param p242[] = { { "A", PARAM_ONE, 1, 0x3cfe }, { "B", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p243[] = { { "X", PARAM_ONE, 1, 0xfffe }, { "grid", PARAM_ONE, 2, 0xc02 } };
static const struct schema_param p244[] = { { "Y", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a245[] = { { .name = ATTR_ALIGN_CORNERS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "bilinear" }, { .name = ATTR_PADDING_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "zeros" } };
static const struct schema_attr a246[] = { { .name = ATTR_ALIGN_CORNERS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "linear" }, { .name = ATTR_PADDING_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "zeros" } };
static const struct schema_param p247[] = { { "X", PARAM_ONE, 1, 0x1fffe }, { "grid", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_param p248[] = { { "Y", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p249[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 1, 0x10c02 }, { "bias", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_attr a250[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_NUM_GROUPS, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_attr a251[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_NUM_GROUPS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_STASH_TYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a252[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.20000000298023224f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a253[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.20000000298023224f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_attr a254[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 } };
static const struct schema_param p255[] = { { "input", PARAM_ONE, 1, 0x1ffffe } };
static const struct schema_param p256[] = { { "cond", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p257[] = { { "outputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_attr a258[] = { { .name = ATTR_ELSE_BRANCH, .kind = ATTR_KIND_GRAPH, .required = true }, { .name = ATTR_THEN_BRANCH, .kind = ATTR_KIND_GRAPH, .required = true } };
static const struct schema_param p259[] = { { "outputs", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p260[] = { { "outputs", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p261[] = { { "outputs", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p262[] = { { "outputs", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p263[] = { { "outputs", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p264[] = { { "outputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p265[] = { { "encoded_stream", PARAM_ONE, 1, 0x4 } };
static const struct schema_param p266[] = { { "image", PARAM_ONE, 2, 0x4 } };
static const struct schema_attr a267[] = { { .name = ATTR_PIXEL_FORMAT, .kind = ATTR_KIND_STRING, .preset = true, .s = "RGB" } };
static const struct schema_param p268[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "scale", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a269[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f } };
static const struct schema_attr a270[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f } };
static const struct schema_param p271[] = { { "input", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p272[] = { { "X", PARAM_ONE, 1, 0x802 } };
static const struct schema_param p273[] = { { "Y", PARAM_ONE, 2, 0x200 } };
static const struct schema_attr a274[] = { { .name = ATTR_DETECT_NEGATIVE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_DETECT_POSITIVE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p275[] = { { "X", PARAM_ONE, 1, 0x1f0c02 } };
static const struct schema_attr a276[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-05f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.75f }, { .name = ATTR_BIAS, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_SIZE, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p277[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "W", PARAM_ONE, 1, 0xc02 }, { "R", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_OPTIONAL, 1, 0xc02 }, { "sequence_lens", PARAM_OPTIONAL, 2, 0x40 }, { "initial_h", PARAM_OPTIONAL, 1, 0xc02 }, { "initial_c", PARAM_OPTIONAL, 1, 0xc02 }, { "P", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p278[] = { { "Y", PARAM_OPTIONAL, 1, 0xc02 }, { "Y_h", PARAM_OPTIONAL, 1, 0xc02 }, { "Y_c", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a279[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_INPUT_FORGET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_SEQUENCE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a280[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_INPUT_FORGET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a281[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_INPUT_FORGET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_LAYOUT, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p282[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "W", PARAM_ONE, 1, 0x10c02 }, { "R", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 }, { "sequence_lens", PARAM_OPTIONAL, 2, 0x40 }, { "initial_h", PARAM_OPTIONAL, 1, 0x10c02 }, { "initial_c", PARAM_OPTIONAL, 1, 0x10c02 }, { "P", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p283[] = { { "Y", PARAM_OPTIONAL, 1, 0x10c02 }, { "Y_h", PARAM_OPTIONAL, 1, 0x10c02 }, { "Y_c", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p284[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "Scale", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p285[] = { { "Y", PARAM_ONE, 1, 0x10c02 }, { "Mean", PARAM_OPTIONAL, 2, 0x10002 }, { "InvStdDev", PARAM_OPTIONAL, 2, 0x10002 } };
static const struct schema_attr a286[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_STASH_TYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a287[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.009999999776482582f }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a288[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.009999999776482582f } };
static const struct schema_param p289[] = { { "query", PARAM_ONE, 1, 0x10402 }, { "key", PARAM_ONE, 1, 0x10402 }, { "value", PARAM_ONE, 1, 0x10402 }, { "past_state", PARAM_OPTIONAL, 2, 0x10402 }, { "decay", PARAM_OPTIONAL, 1, 0x10402 }, { "beta", PARAM_OPTIONAL, 1, 0x10402 } };
static const struct schema_param p290[] = { { "output", PARAM_ONE, 1, 0x10402 }, { "present_state", PARAM_ONE, 2, 0x10402 } };
static const struct schema_attr a291[] = { { .name = ATTR_CHUNK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 64 }, { .name = ATTR_KV_NUM_HEADS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_Q_NUM_HEADS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_UPDATE_RULE, .kind = ATTR_KIND_STRING, .preset = true, .s = "gated_delta" } };
static const struct schema_param p292[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_param p293[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_attr a294[] = { { .name = ATTR_BODY, .kind = ATTR_KIND_GRAPH, .required = true } };
static const struct schema_param p295[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p296[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p297[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p298[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p299[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p300[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p301[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p302[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p303[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p304[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p305[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p306[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_attr a307[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_P, .kind = ATTR_KIND_INT, .preset = true, .i = 2 } };
static const struct schema_attr a308[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_P, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 2.0f }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a309[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_P, .kind = ATTR_KIND_INT, .preset = true, .i = 2 }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a310[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_CEIL_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_P, .kind = ATTR_KIND_INT, .preset = true, .i = 2 }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p311[] = { { "A", PARAM_ONE, 1, 0xc }, { "B", PARAM_ONE, 2, 0xc }, { "a_zero_point", PARAM_OPTIONAL, 1, 0xc }, { "b_zero_point", PARAM_OPTIONAL, 2, 0xc } };
static const struct schema_param p312[] = { { "Y", PARAM_ONE, 3, 0x40 } };
static const struct schema_param p313[] = { { "data_0", PARAM_VARIADIC, 1, 0xc02 } };
static const struct schema_param p314[] = { { "max", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p315[] = { { "data_0", PARAM_VARIADIC, 1, 0x3cfe } };
static const struct schema_param p316[] = { { "max", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p317[] = { { "data_0", PARAM_VARIADIC, 1, 0x13cfe } };
static const struct schema_param p318[] = { { "max", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p319[] = { { "Y", PARAM_ONE, 1, 0xc02 }, { "Indices", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_attr a320[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STORAGE_ORDER, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a321[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_CEIL_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STORAGE_ORDER, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p322[] = { { "X", PARAM_ONE, 1, 0xc0e } };
static const struct schema_param p323[] = { { "Y", PARAM_ONE, 1, 0xc0e }, { "Indices", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_param p324[] = { { "X", PARAM_ONE, 1, 0x10c0e } };
static const struct schema_param p325[] = { { "Y", PARAM_ONE, 1, 0x10c0e }, { "Indices", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_param p326[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "rois", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a327[] = { { .name = ATTR_POOLED_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_SPATIAL_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f } };
static const struct schema_param p328[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "rois", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p329[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "I", PARAM_ONE, 2, 0x80 }, { "output_shape", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_attr a330[] = { { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p331[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "I", PARAM_ONE, 2, 0x80 }, { "output_shape", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_param p332[] = { { "mean", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p333[] = { { "data_0", PARAM_VARIADIC, 1, 0x10c02 } };
static const struct schema_param p334[] = { { "mean", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_attr a335[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS, .preset = true, .s = "0,2,3" } };
static const struct schema_param p336[] = { { "num_mel_bins", PARAM_ONE, 1, 0xc0 }, { "dft_length", PARAM_ONE, 1, 0xc0 }, { "sample_rate", PARAM_ONE, 1, 0xc0 }, { "lower_edge_hertz", PARAM_ONE, 2, 0x10c02 }, { "upper_edge_hertz", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_param p337[] = { { "output", PARAM_ONE, 3, 0x13cfe } };
static const struct schema_attr a338[] = { { .name = ATTR_OUTPUT_DATATYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p339[] = { { "min", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p340[] = { { "min", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p341[] = { { "min", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p342[] = { { "C", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_attr a343[] = { { .name = ATTR_FMOD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p344[] = { { "output", PARAM_ONE, 2, 0xc0 } };
static const struct schema_attr a345[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 6 }, { .name = ATTR_SAMPLE_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT } };
static const struct schema_param p346[] = { { "X", PARAM_ONE, 1, 0xcea } };
static const struct schema_param p347[] = { { "Y", PARAM_ONE, 1, 0xcea } };
static const struct schema_param p348[] = { { "X", PARAM_ONE, 1, 0x10cea } };
static const struct schema_param p349[] = { { "Y", PARAM_ONE, 1, 0x10cea } };
static const struct schema_param p350[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "target", PARAM_ONE, 2, 0xc0 }, { "weight", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p351[] = { { "loss", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a352[] = { { .name = ATTR_IGNORE_INDEX, .kind = ATTR_KIND_INT }, { .name = ATTR_REDUCTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "mean" } };
static const struct schema_param p353[] = { { "input", PARAM_ONE, 1, 0x10c02 }, { "target", PARAM_ONE, 2, 0xc0 }, { "weight", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p354[] = { { "loss", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p355[] = { { "boxes", PARAM_ONE, 0, 0x2 }, { "scores", PARAM_ONE, 0, 0x2 }, { "max_output_boxes_per_class", PARAM_OPTIONAL, 0, 0x80 }, { "iou_threshold", PARAM_OPTIONAL, 0, 0x2 }, { "score_threshold", PARAM_OPTIONAL, 0, 0x2 } };
static const struct schema_param p356[] = { { "selected_indices", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a357[] = { { .name = ATTR_CENTER_POINT_BOX, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p358[] = { { "X", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p359[] = { { "Y", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p360[] = { { "X", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p361[] = { { "X", PARAM_ONE, 1, 0x200 } };
static const struct schema_param p362[] = { { "Y", PARAM_ONE, 1, 0x200 } };
static const struct schema_param p363[] = { { "indices", PARAM_ONE, 1, 0x3cfe }, { "depth", PARAM_ONE, 2, 0x3cfe }, { "values", PARAM_ONE, 3, 0xfffe } };
static const struct schema_param p364[] = { { "output", PARAM_ONE, 3, 0xfffe } };
static const struct schema_param p365[] = { { "indices", PARAM_ONE, 1, 0x3cfe }, { "depth", PARAM_ONE, 2, 0x3cfe }, { "values", PARAM_ONE, 3, 0x1fffe } };
static const struct schema_param p366[] = { { "output", PARAM_ONE, 3, 0x1fffe } };
static const struct schema_param p367[] = { { "input", PARAM_OPTIONAL, 1, 0xfffe } };
static const struct schema_param p368[] = { { "output", PARAM_ONE, 2, 0x0 } };
static const struct schema_attr a369[] = { { .name = ATTR_TYPE, .kind = ATTR_KIND_TYPE } };
static const struct schema_param p370[] = { { "input", PARAM_OPTIONAL, 1, 0x1ffffffe } };
static const struct schema_param p371[] = { { "input", PARAM_ONE, 1, 0x0 } };
static const struct schema_param p372[] = { { "output", PARAM_ONE, 2, 0xfffe } };
static const struct schema_param p373[] = { { "input", PARAM_ONE, 1, 0x1ffffffe } };
static const struct schema_param p374[] = { { "output", PARAM_ONE, 2, 0x1ffffffe } };
static const struct schema_param p375[] = { { "output", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p376[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "slope", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p377[] = { { "X", PARAM_ONE, 1, 0x3cc2 }, { "slope", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p378[] = { { "X", PARAM_ONE, 1, 0x13cc2 }, { "slope", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_attr a379[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "constant" }, { .name = ATTR_PADDINGS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_VALUE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f } };
static const struct schema_attr a380[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "constant" }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_VALUE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f } };
static const struct schema_param p381[] = { { "data", PARAM_ONE, 1, 0x3cfe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x3cfe } };
static const struct schema_attr a382[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "constant" } };
static const struct schema_param p383[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x1fffe } };
static const struct schema_param p384[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x1fffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p385[] = { { "data", PARAM_ONE, 1, 0x7ffffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x7ffffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p386[] = { { "data", PARAM_ONE, 1, 0xfffffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0xfffffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p387[] = { { "data", PARAM_ONE, 1, 0x1fffffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x1fffffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p388[] = { { "data", PARAM_ONE, 1, 0x7fffffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x7fffffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p389[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "Y", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p390[] = { { "Z", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p391[] = { { "X", PARAM_ONE, 1, 0xcc2 }, { "Y", PARAM_ONE, 2, 0x3cfe } };
static const struct schema_param p392[] = { { "Z", PARAM_ONE, 1, 0xcc2 } };
static const struct schema_param p393[] = { { "X", PARAM_ONE, 1, 0x10cc2 }, { "Y", PARAM_ONE, 2, 0x3cfe } };
static const struct schema_param p394[] = { { "Z", PARAM_ONE, 1, 0x10cc2 } };
static const struct schema_param p395[] = { { "X", PARAM_ONE, 1, 0x10cc2 }, { "Y", PARAM_ONE, 2, 0x13cfe } };
static const struct schema_param p396[] = { { "x", PARAM_ONE, 1, 0xc }, { "x_scale", PARAM_ONE, 0, 0x2 }, { "x_zero_point", PARAM_ONE, 1, 0xc }, { "w", PARAM_ONE, 2, 0xc }, { "w_scale", PARAM_ONE, 0, 0x2 }, { "w_zero_point", PARAM_ONE, 2, 0xc }, { "y_scale", PARAM_ONE, 0, 0x2 }, { "y_zero_point", PARAM_ONE, 3, 0xc }, { "B", PARAM_OPTIONAL, 4, 0x40 } };
static const struct schema_param p397[] = { { "y", PARAM_ONE, 3, 0xc } };
static const struct schema_param p398[] = { { "a", PARAM_ONE, 1, 0xc }, { "a_scale", PARAM_ONE, 0, 0x2 }, { "a_zero_point", PARAM_ONE, 1, 0xc }, { "b", PARAM_ONE, 2, 0xc }, { "b_scale", PARAM_ONE, 0, 0x2 }, { "b_zero_point", PARAM_ONE, 2, 0xc }, { "y_scale", PARAM_ONE, 0, 0x2 }, { "y_zero_point", PARAM_ONE, 3, 0xc } };
static const struct schema_param p399[] = { { "a", PARAM_ONE, 2, 0x1e000c }, { "a_scale", PARAM_ONE, 1, 0x10402 }, { "a_zero_point", PARAM_ONE, 2, 0x1e000c }, { "b", PARAM_ONE, 3, 0x1e000c }, { "b_scale", PARAM_ONE, 1, 0x10402 }, { "b_zero_point", PARAM_ONE, 3, 0x1e000c }, { "y_scale", PARAM_ONE, 1, 0x10402 }, { "y_zero_point", PARAM_ONE, 4, 0x1e000c } };
static const struct schema_param p400[] = { { "y", PARAM_ONE, 4, 0x1e000c } };
static const struct schema_param p401[] = { { "x", PARAM_ONE, 1, 0x42 }, { "y_scale", PARAM_ONE, 0, 0x2 }, { "y_zero_point", PARAM_OPTIONAL, 2, 0xc } };
static const struct schema_param p402[] = { { "y", PARAM_ONE, 2, 0xc } };
static const struct schema_param p403[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 1, 0x10442 }, { "y_zero_point", PARAM_OPTIONAL, 2, 0x1e000c } };
static const struct schema_param p404[] = { { "y", PARAM_ONE, 2, 0x1e000c } };
static const struct schema_attr a405[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p406[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 1, 0x10442 }, { "y_zero_point", PARAM_OPTIONAL, 2, 0x7e003c } };
static const struct schema_param p407[] = { { "y", PARAM_ONE, 2, 0x7e003c } };
static const struct schema_attr a408[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_BLOCK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p409[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 2, 0x10442 }, { "y_zero_point", PARAM_OPTIONAL, 3, 0xfe003c } };
static const struct schema_param p410[] = { { "y", PARAM_ONE, 3, 0xfe003c } };
static const struct schema_attr a411[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_BLOCK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_PRECISION, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p412[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 2, 0x1010442 }, { "y_zero_point", PARAM_OPTIONAL, 3, 0xfe003c } };
static const struct schema_param p413[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 2, 0x1010442 }, { "y_zero_point", PARAM_OPTIONAL, 3, 0x6fe003c } };
static const struct schema_param p414[] = { { "y", PARAM_ONE, 3, 0x6fe003c } };
static const struct schema_param p415[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 2, 0x1010442 }, { "y_zero_point", PARAM_OPTIONAL, 3, 0x1efe003c } };
static const struct schema_param p416[] = { { "y", PARAM_ONE, 3, 0x1efe003c } };
static const struct schema_param p417[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_param p418[] = { { "Y", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_attr a419[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .preset = true, .s = "Tanh,Tanh" }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_OUTPUT_SEQUENCE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a420[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .preset = true, .s = "Tanh,Tanh" }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT } };
static const struct schema_attr a421[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .preset = true, .s = "Tanh,Tanh" }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_LAYOUT, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a422[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_MEAN, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_SHAPE, .kind = ATTR_KIND_INTS, .required = true } };
static const struct schema_param p423[] = { { "output", PARAM_ONE, 2, 0xc02 } };
static const struct schema_attr a424[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT }, { .name = ATTR_MEAN, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT } };
static const struct schema_param p425[] = { { "output", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_attr a426[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_HIGH, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_LOW, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_SHAPE, .kind = ATTR_KIND_INTS, .required = true } };
static const struct schema_attr a427[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT }, { .name = ATTR_HIGH, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_LOW, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT } };
static const struct schema_param p428[] = { { "start", PARAM_ONE, 1, 0x8e2 }, { "limit", PARAM_ONE, 1, 0x8e2 }, { "delta", PARAM_ONE, 1, 0x8e2 } };
static const struct schema_param p429[] = { { "output", PARAM_ONE, 1, 0x8e2 } };
static const struct schema_param p430[] = { { "start", PARAM_ONE, 1, 0x10ce2 }, { "limit", PARAM_ONE, 1, 0x10ce2 }, { "delta", PARAM_ONE, 1, 0x10ce2 } };
static const struct schema_param p431[] = { { "output", PARAM_ONE, 1, 0x10ce2 } };
static const struct schema_attr a432[] = { { .name = ATTR_STASH_TYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p433[] = { { "data", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p434[] = { { "reduced", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_attr a435[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_KEEPDIMS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p436[] = { { "data", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_param p437[] = { { "reduced", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_param p438[] = { { "data", PARAM_ONE, 1, 0x13cc2 }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a439[] = { { .name = ATTR_KEEPDIMS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_NOOP_WITH_EMPTY_AXES, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p440[] = { { "data", PARAM_ONE, 1, 0x10c02 }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p441[] = { { "reduced", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p442[] = { { "data", PARAM_ONE, 1, 0x3cce } };
static const struct schema_param p443[] = { { "reduced", PARAM_ONE, 1, 0x3cce } };
static const struct schema_param p444[] = { { "data", PARAM_ONE, 1, 0x13cce } };
static const struct schema_param p445[] = { { "reduced", PARAM_ONE, 1, 0x13cce } };
static const struct schema_param p446[] = { { "data", PARAM_ONE, 1, 0x13cce }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p447[] = { { "data", PARAM_ONE, 1, 0x13ece }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p448[] = { { "reduced", PARAM_ONE, 1, 0x13ece } };
static const struct schema_param p449[] = { { "X", PARAM_ONE, 1, 0x100 } };
static const struct schema_attr a450[] = { { .name = ATTR_PATTERN, .kind = ATTR_KIND_STRING } };
static const struct schema_param p451[] = { { "reshaped", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a452[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_SHAPE, .kind = ATTR_KIND_INTS } };
static const struct schema_param p453[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p454[] = { { "reshaped", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p455[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p456[] = { { "reshaped", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a457[] = { { .name = ATTR_ALLOWZERO, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p458[] = { { "data", PARAM_ONE, 1, 0x1ffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p459[] = { { "reshaped", PARAM_ONE, 1, 0x1ffffe } };
static const struct schema_param p460[] = { { "data", PARAM_ONE, 1, 0x7ffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p461[] = { { "reshaped", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p462[] = { { "data", PARAM_ONE, 1, 0xfffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p463[] = { { "reshaped", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p464[] = { { "data", PARAM_ONE, 1, 0x1fffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p465[] = { { "reshaped", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p466[] = { { "data", PARAM_ONE, 1, 0x7fffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p467[] = { { "reshaped", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p468[] = { { "X", PARAM_ONE, 1, 0xfffe }, { "scales", PARAM_ONE, 0, 0x2 } };
static const struct schema_attr a469[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" } };
static const struct schema_param p470[] = { { "X", PARAM_ONE, 1, 0xfffe }, { "roi", PARAM_ONE, 2, 0xc02 }, { "scales", PARAM_ONE, 0, 0x2 }, { "sizes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a471[] = { { .name = ATTR_COORDINATE_TRANSFORMATION_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "half_pixel" }, { .name = ATTR_CUBIC_COEFF_A, .kind = ATTR_KIND_FLOAT, .preset = true, .f = -0.75f }, { .name = ATTR_EXCLUDE_OUTSIDE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_EXTRAPOLATION_VALUE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" }, { .name = ATTR_NEAREST_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "round_prefer_floor" } };
static const struct schema_param p472[] = { { "X", PARAM_ONE, 1, 0x1fffe }, { "roi", PARAM_OPTIONAL, 2, 0xc02 }, { "scales", PARAM_OPTIONAL, 0, 0x2 }, { "sizes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a473[] = { { .name = ATTR_ANTIALIAS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_COORDINATE_TRANSFORMATION_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "half_pixel" }, { .name = ATTR_CUBIC_COEFF_A, .kind = ATTR_KIND_FLOAT, .preset = true, .f = -0.75f }, { .name = ATTR_EXCLUDE_OUTSIDE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_EXTRAPOLATION_VALUE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_KEEP_ASPECT_RATIO_POLICY, .kind = ATTR_KIND_STRING, .preset = true, .s = "stretch" }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" }, { .name = ATTR_NEAREST_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "round_prefer_floor" } };
static const struct schema_param p474[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "sequence_lens", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a475[] = { { .name = ATTR_BATCH_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_TIME_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p476[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "sequence_lens", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p477[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "rois", PARAM_ONE, 1, 0xc02 }, { "batch_indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_attr a478[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "avg" }, { .name = ATTR_OUTPUT_HEIGHT, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_OUTPUT_WIDTH, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SAMPLING_RATIO, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SPATIAL_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f } };
static const struct schema_attr a479[] = { { .name = ATTR_COORDINATE_TRANSFORMATION_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "half_pixel" }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "avg" }, { .name = ATTR_OUTPUT_HEIGHT, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_OUTPUT_WIDTH, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SAMPLING_RATIO, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SPATIAL_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f } };
static const struct schema_param p480[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "rois", PARAM_ONE, 1, 0x10c02 }, { "batch_indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p481[] = { { "X", PARAM_ONE, 1, 0x10402 }, { "cos_cache", PARAM_ONE, 1, 0x10402 }, { "sin_cache", PARAM_ONE, 1, 0x10402 }, { "position_ids", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_param p482[] = { { "Y", PARAM_ONE, 1, 0x10402 } };
static const struct schema_attr a483[] = { { .name = ATTR_INTERLEAVED, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_ROTARY_EMBEDDING_DIM, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p484[] = { { "signal", PARAM_ONE, 1, 0x10c02 }, { "frame_step", PARAM_ONE, 2, 0xc0 }, { "window", PARAM_OPTIONAL, 1, 0x10c02 }, { "frame_length", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_attr a485[] = { { .name = ATTR_ONESIDED, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p486[] = { { "sequence_lens", PARAM_OPTIONAL, 1, 0x80 }, { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_param p487[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_attr a488[] = { { .name = ATTR_BODY, .kind = ATTR_KIND_GRAPH, .required = true }, { .name = ATTR_DIRECTIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_NUM_SCAN_INPUTS, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p489[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_attr a490[] = { { .name = ATTR_BODY, .kind = ATTR_KIND_GRAPH, .required = true }, { .name = ATTR_NUM_SCAN_INPUTS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_SCAN_INPUT_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_SCAN_INPUT_DIRECTIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_SCAN_OUTPUT_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_SCAN_OUTPUT_DIRECTIONS, .kind = ATTR_KIND_INTS } };
static const struct schema_param p491[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p492[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p493[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p494[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p495[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p496[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p497[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p498[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p499[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p500[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p501[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p502[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p503[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_ONE, 2, 0xc0 }, { "updates", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p504[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_ONE, 2, 0xc0 }, { "updates", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a505[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_REDUCTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "none" } };
static const struct schema_param p506[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_ONE, 0, 0x80 }, { "updates", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p507[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_ONE, 0, 0x80 }, { "updates", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a508[] = { { .name = ATTR_REDUCTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "none" } };
static const struct schema_attr a509[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.673200011253357f }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_GAMMA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0506999492645264f } };
static const struct schema_attr a510[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.6732631921768188f }, { .name = ATTR_GAMMA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0507010221481323f } };
static const struct schema_param p511[] = { { "input_sequence", PARAM_ONE, 1, 0x0 }, { "position", PARAM_ONE, 3, 0xc0 } };
static const struct schema_param p512[] = { { "tensor", PARAM_ONE, 2, 0xfffe } };
static const struct schema_param p513[] = { { "output_sequence", PARAM_ONE, 2, 0x0 } };
static const struct schema_param p514[] = { { "output", PARAM_ONE, 1, 0x0 } };
static const struct schema_attr a515[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT } };
static const struct schema_param p516[] = { { "input_sequence", PARAM_ONE, 1, 0x0 }, { "position", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p517[] = { { "output_sequence", PARAM_ONE, 1, 0x0 } };
static const struct schema_param p518[] = { { "input_sequence", PARAM_ONE, 2, 0x0 }, { "tensor", PARAM_ONE, 1, 0xfffe }, { "position", PARAM_OPTIONAL, 3, 0xc0 } };
static const struct schema_param p519[] = { { "length", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p520[] = { { "input_sequence", PARAM_ONE, 1, 0x0 }, { "additional_inputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_param p521[] = { { "out_sequence", PARAM_VARIADIC, 0, 0x0 } };
static const struct schema_param p522[] = { { "data", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p523[] = { { "shape", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p524[] = { { "data", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a525[] = { { .name = ATTR_END, .kind = ATTR_KIND_INT }, { .name = ATTR_START, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p526[] = { { "data", PARAM_ONE, 1, 0x1ffffe } };
static const struct schema_param p527[] = { { "data", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p528[] = { { "data", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p529[] = { { "data", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p530[] = { { "data", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_attr a531[] = { { .name = ATTR_BIAS, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_LAMBD, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_param p532[] = { { "input", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p533[] = { { "size", PARAM_ONE, 2, 0x80 } };
static const struct schema_attr a534[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_ENDS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_STARTS, .kind = ATTR_KIND_INTS, .required = true } };
static const struct schema_param p535[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "starts", PARAM_ONE, 2, 0xc0 }, { "ends", PARAM_ONE, 2, 0xc0 }, { "axes", PARAM_OPTIONAL, 2, 0xc0 }, { "steps", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p536[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "starts", PARAM_ONE, 2, 0xc0 }, { "ends", PARAM_ONE, 2, 0xc0 }, { "axes", PARAM_OPTIONAL, 2, 0xc0 }, { "steps", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p537[] = { { "scores", PARAM_ONE, 1, 0xc02 }, { "labels", PARAM_ONE, 2, 0xc0 }, { "weights", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p538[] = { { "output", PARAM_ONE, 1, 0xc02 }, { "log_prob", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p539[] = { { "scores", PARAM_ONE, 1, 0x10c02 }, { "labels", PARAM_ONE, 2, 0xc0 }, { "weights", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p540[] = { { "output", PARAM_ONE, 1, 0x10c02 }, { "log_prob", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p541[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "split", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p542[] = { { "outputs...", PARAM_VARIADIC, 1, 0xc02 } };
static const struct schema_attr a543[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT }, { .name = ATTR_SPLIT, .kind = ATTR_KIND_INTS } };
static const struct schema_param p544[] = { { "outputs", PARAM_VARIADIC, 1, 0xfffe } };
static const struct schema_attr a545[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SPLIT, .kind = ATTR_KIND_INTS } };
static const struct schema_param p546[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "split", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p547[] = { { "outputs", PARAM_VARIADIC, 1, 0x1fffe } };
static const struct schema_attr a548[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_NUM_OUTPUTS, .kind = ATTR_KIND_INT } };
static const struct schema_param p549[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "split", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p550[] = { { "output_sequence", PARAM_ONE, 3, 0x0 } };
static const struct schema_param p551[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "split", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p552[] = { { "squeezed", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p553[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p554[] = { { "squeezed", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p555[] = { { "data", PARAM_ONE, 1, 0x7ffffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p556[] = { { "squeezed", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p557[] = { { "data", PARAM_ONE, 1, 0xfffffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p558[] = { { "squeezed", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p559[] = { { "data", PARAM_ONE, 1, 0x1fffffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p560[] = { { "squeezed", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p561[] = { { "data", PARAM_ONE, 1, 0x7fffffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p562[] = { { "squeezed", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p563[] = { { "X", PARAM_ONE, 1, 0x100 }, { "Y", PARAM_ONE, 1, 0x100 } };
static const struct schema_param p564[] = { { "Z", PARAM_ONE, 1, 0x100 } };
static const struct schema_param p565[] = { { "X", PARAM_ONE, 0, 0x100 } };
static const struct schema_param p566[] = { { "Y", PARAM_ONE, 0, 0x100 } };
static const struct schema_attr a567[] = { { .name = ATTR_CASE_CHANGE_ACTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "NONE" }, { .name = ATTR_IS_CASE_SENSITIVE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_LOCALE, .kind = ATTR_KIND_STRING }, { .name = ATTR_STOPWORDS, .kind = ATTR_KIND_STRINGS } };
static const struct schema_param p568[] = { { "Y", PARAM_ONE, 2, 0x100 }, { "Z", PARAM_ONE, 3, 0x80 } };
static const struct schema_attr a569[] = { { .name = ATTR_DELIMITER, .kind = ATTR_KIND_STRING }, { .name = ATTR_MAXSPLIT, .kind = ATTR_KIND_INT } };
static const struct schema_param p570[] = { { "sum", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p571[] = { { "sum", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p572[] = { { "A", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p573[] = { { "past_cache", PARAM_ONE, 1, 0x1fffffe }, { "update", PARAM_ONE, 1, 0x1fffffe }, { "write_indices", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p574[] = { { "present_cache", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_attr a575[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -2 }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "linear" } };
static const struct schema_param p576[] = { { "X", PARAM_ONE, 1, 0x1c0 } };
static const struct schema_param p577[] = { { "Y", PARAM_ONE, 2, 0x2 } };
static const struct schema_attr a578[] = { { .name = ATTR_MAX_GRAM_LENGTH, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_MAX_SKIP_COUNT, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_MIN_GRAM_LENGTH, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .required = true }, { .name = ATTR_NGRAM_COUNTS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_NGRAM_INDEXES, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_POOL_INT64S, .kind = ATTR_KIND_INTS }, { .name = ATTR_POOL_STRINGS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_WEIGHTS, .kind = ATTR_KIND_FLOATS } };
static const struct schema_param p579[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "tiles", PARAM_ONE, 1, 0xc02 }, { "axis", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p580[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "repeats", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p581[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "repeats", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p582[] = { { "Values", PARAM_ONE, 1, 0xc02 }, { "Indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_attr a583[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_K, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p584[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "K", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p585[] = { { "X", PARAM_ONE, 1, 0x3cfe }, { "K", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p586[] = { { "Values", PARAM_ONE, 1, 0x3cfe }, { "Indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_attr a587[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_LARGEST, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SORTED, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p588[] = { { "X", PARAM_ONE, 1, 0x13cfe }, { "K", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p589[] = { { "Values", PARAM_ONE, 1, 0x13cfe }, { "Indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p590[] = { { "transposed", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a591[] = { { .name = ATTR_PERM, .kind = ATTR_KIND_INTS } };
static const struct schema_param p592[] = { { "transposed", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p593[] = { { "transposed", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p594[] = { { "transposed", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p595[] = { { "transposed", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p596[] = { { "transposed", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p597[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "k", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a598[] = { { .name = ATTR_UPPER, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p599[] = { { "Y", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_OPTIONAL, 0, 0x80 }, { "inverse_indices", PARAM_OPTIONAL, 0, 0x80 }, { "counts", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a600[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT }, { .name = ATTR_SORTED, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p601[] = { { "Y", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_OPTIONAL, 0, 0x80 }, { "inverse_indices", PARAM_OPTIONAL, 0, 0x80 }, { "counts", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p602[] = { { "expanded", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a603[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS, .required = true } };
static const struct schema_param p604[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p605[] = { { "expanded", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p606[] = { { "data", PARAM_ONE, 1, 0x7ffffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p607[] = { { "expanded", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p608[] = { { "data", PARAM_ONE, 1, 0xfffffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p609[] = { { "expanded", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p610[] = { { "data", PARAM_ONE, 1, 0x1fffffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p611[] = { { "expanded", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p612[] = { { "data", PARAM_ONE, 1, 0x7fffffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p613[] = { { "expanded", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p614[] = { { "X", PARAM_ONE, 1, 0xec2 } };
static const struct schema_param p615[] = { { "Y", PARAM_ONE, 1, 0xec2 } };
static const struct schema_attr a616[] = { { .name = ATTR_HEIGHT_SCALE, .kind = ATTR_KIND_FLOAT, .required = true }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" }, { .name = ATTR_WIDTH_SCALE, .kind = ATTR_KIND_FLOAT, .required = true } };
static const struct schema_attr a617[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" }, { .name = ATTR_SCALES, .kind = ATTR_KIND_FLOATS, .required = true } };
static const struct schema_param p618[] = { { "condition", PARAM_ONE, 1, 0x200 }, { "X", PARAM_ONE, 2, 0xfffe }, { "Y", PARAM_ONE, 2, 0xfffe } };
static const struct schema_param p619[] = { { "condition", PARAM_ONE, 1, 0x200 }, { "X", PARAM_ONE, 2, 0x1fffe }, { "Y", PARAM_ONE, 2, 0x1fffe } };
static const struct schema_param p620[] = { { "output", PARAM_ONE, 2, 0x1fffe } };

const struct schema schema_table[] = {
    { IR_ABS, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_ABS, 6, false, 1, 1, 1, 1, p3, 1, p4, 1, NULL, 0 },
    { IR_ABS, 13, false, 1, 1, 1, 1, p5, 1, p6, 1, NULL, 0 },
    { IR_ACOS, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ACOS, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ACOSH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ACOSH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ADD, 1, false, 2, 2, 1, 1, p11, 2, p12, 1, a13, 3 },
    { IR_ADD, 6, false, 2, 2, 1, 1, p14, 2, p15, 1, a16, 2 },
    { IR_ADD, 7, false, 2, 2, 1, 1, p14, 2, p15, 1, NULL, 0 },
    { IR_ADD, 13, false, 2, 2, 1, 1, p17, 2, p18, 1, NULL, 0 },
    { IR_ADD, 14, false, 2, 2, 1, 1, p19, 2, p20, 1, NULL, 0 },
    { IR_AFFINE_GRID, 20, false, 2, 2, 1, 1, p21, 2, p22, 1, a23, 1 },
    { IR_AND, 1, false, 2, 2, 1, 1, p24, 2, p25, 1, a16, 2 },
    { IR_AND, 7, false, 2, 2, 1, 1, p24, 2, p25, 1, NULL, 0 },
    { IR_ARG_MAX, 1, false, 1, 1, 1, 1, p26, 1, p27, 1, a28, 2 },
    { IR_ARG_MAX, 11, false, 1, 1, 1, 1, p26, 1, p27, 1, a28, 2 },
    { IR_ARG_MAX, 12, false, 1, 1, 1, 1, p26, 1, p27, 1, a29, 3 },
    { IR_ARG_MAX, 13, false, 1, 1, 1, 1, p30, 1, p27, 1, a29, 3 },
    { IR_ARG_MIN, 1, false, 1, 1, 1, 1, p26, 1, p27, 1, a28, 2 },
    { IR_ARG_MIN, 11, false, 1, 1, 1, 1, p26, 1, p27, 1, a28, 2 },
    { IR_ARG_MIN, 12, false, 1, 1, 1, 1, p26, 1, p27, 1, a29, 3 },
    { IR_ARG_MIN, 13, false, 1, 1, 1, 1, p30, 1, p27, 1, a29, 3 },
    { IR_ASIN, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ASIN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ASINH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ASINH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ATAN, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ATAN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ATANH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ATANH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ATTENTION, 23, false, 3, 6, 1, 4, p31, 6, p32, 4, a33, 7 },
    { IR_ATTENTION, 24, false, 3, 7, 1, 4, p34, 7, p32, 4, a33, 7 },
    { IR_ATTENTION, 25, false, 3, 7, 1, 4, p34, 7, p32, 4, a35, 9 },
    { IR_AVERAGE_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a36, 4 },
    { IR_AVERAGE_POOL, 7, false, 1, 1, 1, 1, p0, 1, p1, 1, a37, 5 },
    { IR_AVERAGE_POOL, 10, false, 1, 1, 1, 1, p0, 1, p1, 1, a38, 6 },
    { IR_AVERAGE_POOL, 11, false, 1, 1, 1, 1, p0, 1, p1, 1, a38, 6 },
    { IR_AVERAGE_POOL, 19, false, 1, 1, 1, 1, p0, 1, p1, 1, a39, 7 },
    { IR_AVERAGE_POOL, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, a39, 7 },
    { IR_BATCH_NORMALIZATION, 1, false, 5, 5, 1, 5, p42, 5, p43, 5, a44, 5 },
    { IR_BATCH_NORMALIZATION, 6, false, 5, 5, 1, 5, p42, 5, p43, 5, a45, 4 },
    { IR_BATCH_NORMALIZATION, 7, false, 5, 5, 1, 5, p42, 5, p43, 5, a46, 3 },
    { IR_BATCH_NORMALIZATION, 9, false, 5, 5, 1, 5, p42, 5, p43, 5, a47, 2 },
    { IR_BATCH_NORMALIZATION, 14, false, 5, 5, 1, 3, p48, 5, p49, 3, a50, 3 },
    { IR_BATCH_NORMALIZATION, 15, false, 5, 5, 1, 3, p51, 5, p52, 3, a50, 3 },
    { IR_BERNOULLI, 15, false, 1, 1, 1, 1, p7, 1, p53, 1, a54, 2 },
    { IR_BERNOULLI, 22, false, 1, 1, 1, 1, p9, 1, p53, 1, a54, 2 },
    { IR_BIT_CAST, 26, false, 1, 1, 1, 1, p55, 1, p56, 1, a57, 1 },
    { IR_BIT_SHIFT, 11, false, 2, 2, 1, 1, p58, 2, p59, 1, a60, 1 },
    { IR_BIT_SHIFT, 28, false, 2, 2, 1, 1, p61, 2, p62, 1, a60, 1 },
    { IR_BITWISE_AND, 18, false, 2, 2, 1, 1, p63, 2, p64, 1, NULL, 0 },
    { IR_BITWISE_NOT, 18, false, 1, 1, 1, 1, p65, 1, p66, 1, NULL, 0 },
    { IR_BITWISE_OR, 18, false, 2, 2, 1, 1, p63, 2, p64, 1, NULL, 0 },
    { IR_BITWISE_XOR, 18, false, 2, 2, 1, 1, p63, 2, p64, 1, NULL, 0 },
    { IR_BLACKMAN_WINDOW, 17, false, 1, 1, 1, 1, p67, 1, p68, 1, a69, 2 },
    { IR_CAST, 1, false, 1, 1, 1, 1, p70, 1, p71, 1, a72, 1 },
    { IR_CAST, 6, false, 1, 1, 1, 1, p70, 1, p71, 1, a57, 1 },
    { IR_CAST, 9, false, 1, 1, 1, 1, p73, 1, p74, 1, a57, 1 },
    { IR_CAST, 13, false, 1, 1, 1, 1, p75, 1, p76, 1, a57, 1 },
    { IR_CAST, 19, false, 1, 1, 1, 1, p77, 1, p78, 1, a79, 2 },
    { IR_CAST, 21, false, 1, 1, 1, 1, p80, 1, p81, 1, a79, 2 },
    { IR_CAST, 23, false, 1, 1, 1, 1, p82, 1, p83, 1, a79, 2 },
    { IR_CAST, 24, false, 1, 1, 1, 1, p84, 1, p85, 1, a86, 3 },
    { IR_CAST, 25, false, 1, 1, 1, 1, p87, 1, p88, 1, a86, 3 },
    { IR_CAST, 28, false, 1, 1, 1, 1, p89, 1, p90, 1, a86, 3 },
    { IR_CAST_LIKE, 15, false, 2, 2, 1, 1, p91, 2, p76, 1, NULL, 0 },
    { IR_CAST_LIKE, 19, false, 2, 2, 1, 1, p92, 2, p78, 1, a93, 1 },
    { IR_CAST_LIKE, 21, false, 2, 2, 1, 1, p94, 2, p81, 1, a93, 1 },
    { IR_CAST_LIKE, 23, false, 2, 2, 1, 1, p95, 2, p83, 1, a93, 1 },
    { IR_CAST_LIKE, 24, false, 2, 2, 1, 1, p96, 2, p85, 1, a97, 2 },
    { IR_CAST_LIKE, 25, false, 2, 2, 1, 1, p98, 2, p88, 1, a97, 2 },
    { IR_CAUSAL_CONV_WITH_STATE, 27, false, 2, 4, 2, 2, p99, 4, p100, 2, a101, 1 },
    { IR_CEIL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_CEIL, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_CEIL, 13, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_CELU, 12, false, 1, 1, 1, 1, p102, 1, p103, 1, a104, 1 },
    { IR_CELU, 28, false, 1, 1, 1, 1, p40, 1, p41, 1, a104, 1 },
    { IR_CENTER_CROP_PAD, 18, false, 2, 2, 1, 1, p105, 2, p106, 1, a107, 1 },
    { IR_CLIP, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a108, 3 },
    { IR_CLIP, 6, false, 1, 1, 1, 1, p7, 1, p8, 1, a109, 2 },
    { IR_CLIP, 11, false, 1, 3, 1, 1, p110, 3, p8, 1, NULL, 0 },
    { IR_CLIP, 12, false, 1, 3, 1, 1, p111, 3, p112, 1, NULL, 0 },
    { IR_CLIP, 13, false, 1, 3, 1, 1, p113, 3, p114, 1, NULL, 0 },
    { IR_COL2_IM, 18, false, 3, 3, 1, 1, p115, 3, p116, 1, a117, 3 },
    { IR_COMPRESS, 9, false, 2, 2, 1, 1, p118, 2, p119, 1, a120, 1 },
    { IR_COMPRESS, 11, false, 2, 2, 1, 1, p118, 2, p119, 1, a120, 1 },
    { IR_COMPRESS, 28, false, 2, 2, 1, 1, p121, 2, p116, 1, a120, 1 },
    { IR_CONCAT, 1, false, 1, 65535, 1, 1, p122, 1, p123, 1, a120, 1 },
    { IR_CONCAT, 4, false, 1, 65535, 1, 1, p124, 1, p125, 1, a126, 1 },
    { IR_CONCAT, 11, false, 1, 65535, 1, 1, p124, 1, p125, 1, a126, 1 },
    { IR_CONCAT, 13, false, 1, 65535, 1, 1, p127, 1, p128, 1, a126, 1 },
    { IR_CONCAT_FROM_SEQUENCE, 11, false, 1, 1, 1, 1, p129, 1, p130, 1, a131, 2 },
    { IR_CONSTANT, 1, false, 0, 0, 1, 1, NULL, 0, p8, 1, a132, 1 },
    { IR_CONSTANT, 9, false, 0, 0, 1, 1, NULL, 0, p119, 1, a132, 1 },
    { IR_CONSTANT, 11, false, 0, 0, 1, 1, NULL, 0, p119, 1, a133, 2 },
    { IR_CONSTANT, 12, false, 0, 0, 1, 1, NULL, 0, p119, 1, a134, 8 },
    { IR_CONSTANT, 13, false, 0, 0, 1, 1, NULL, 0, p116, 1, a134, 8 },
    { IR_CONSTANT, 19, false, 0, 0, 1, 1, NULL, 0, p135, 1, a134, 8 },
    { IR_CONSTANT, 21, false, 0, 0, 1, 1, NULL, 0, p136, 1, a134, 8 },
    { IR_CONSTANT, 23, false, 0, 0, 1, 1, NULL, 0, p137, 1, a134, 8 },
    { IR_CONSTANT, 24, false, 0, 0, 1, 1, NULL, 0, p138, 1, a134, 8 },
    { IR_CONSTANT, 25, false, 0, 0, 1, 1, NULL, 0, p139, 1, a134, 8 },
    { IR_CONSTANT_OF_SHAPE, 9, false, 1, 1, 1, 1, p140, 1, p71, 1, a141, 1 },
    { IR_CONSTANT_OF_SHAPE, 20, false, 1, 1, 1, 1, p140, 1, p142, 1, a141, 1 },
    { IR_CONSTANT_OF_SHAPE, 21, false, 1, 1, 1, 1, p140, 1, p143, 1, a141, 1 },
    { IR_CONSTANT_OF_SHAPE, 23, false, 1, 1, 1, 1, p140, 1, p144, 1, a141, 1 },
    { IR_CONSTANT_OF_SHAPE, 24, false, 1, 1, 1, 1, p140, 1, p145, 1, a141, 1 },
    { IR_CONSTANT_OF_SHAPE, 25, false, 1, 1, 1, 1, p140, 1, p146, 1, a141, 1 },
    { IR_CONV, 1, false, 2, 3, 1, 1, p147, 3, p1, 1, a148, 6 },
    { IR_CONV, 11, false, 2, 3, 1, 1, p147, 3, p1, 1, a148, 6 },
    { IR_CONV, 22, false, 2, 3, 1, 1, p149, 3, p41, 1, a148, 6 },
    { IR_CONV_INTEGER, 10, false, 2, 4, 1, 1, p150, 4, p151, 1, a148, 6 },
    { IR_CONV_TRANSPOSE, 1, false, 2, 3, 1, 1, p147, 3, p1, 1, a152, 8 },
    { IR_CONV_TRANSPOSE, 11, false, 2, 3, 1, 1, p147, 3, p1, 1, a152, 8 },
    { IR_CONV_TRANSPOSE, 22, false, 2, 3, 1, 1, p149, 3, p41, 1, a152, 8 },
    { IR_COS, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_COS, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_COSH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_COSH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_CUM_PROD, 26, false, 2, 2, 1, 1, p153, 2, p154, 1, a155, 2 },
    { IR_CUM_SUM, 11, false, 2, 2, 1, 1, p156, 2, p157, 1, a155, 2 },
    { IR_CUM_SUM, 14, false, 2, 2, 1, 1, p153, 2, p154, 1, a155, 2 },
    { IR_DFT, 17, false, 1, 2, 1, 1, p158, 2, p10, 1, a159, 3 },
    { IR_DFT, 20, false, 1, 3, 1, 1, p160, 3, p10, 1, a161, 2 },
    { IR_DEFORM_CONV, 19, false, 3, 5, 1, 1, p162, 5, p1, 1, a163, 6 },
    { IR_DEFORM_CONV, 22, false, 3, 5, 1, 1, p164, 5, p41, 1, a163, 6 },
    { IR_DEPTH_TO_SPACE, 1, false, 1, 1, 1, 1, p165, 1, p119, 1, a166, 1 },
    { IR_DEPTH_TO_SPACE, 11, false, 1, 1, 1, 1, p165, 1, p119, 1, a167, 2 },
    { IR_DEPTH_TO_SPACE, 13, false, 1, 1, 1, 1, p168, 1, p116, 1, a167, 2 },
    { IR_DEPTH_TO_SPACE, 28, false, 1, 1, 1, 1, p168, 1, p116, 1, a167, 2 },
    { IR_DEQUANTIZE_LINEAR, 10, false, 2, 3, 1, 1, p169, 3, p170, 1, NULL, 0 },
    { IR_DEQUANTIZE_LINEAR, 13, false, 2, 3, 1, 1, p169, 3, p170, 1, a171, 1 },
    { IR_DEQUANTIZE_LINEAR, 19, false, 2, 3, 1, 1, p172, 3, p173, 1, a171, 1 },
    { IR_DEQUANTIZE_LINEAR, 21, false, 2, 3, 1, 1, p174, 3, p173, 1, a175, 2 },
    { IR_DEQUANTIZE_LINEAR, 23, false, 2, 3, 1, 1, p176, 3, p177, 1, a178, 3 },
    { IR_DEQUANTIZE_LINEAR, 24, false, 2, 3, 1, 1, p179, 3, p177, 1, a178, 3 },
    { IR_DEQUANTIZE_LINEAR, 25, false, 2, 3, 1, 1, p180, 3, p177, 1, a178, 3 },
    { IR_DEQUANTIZE_LINEAR, 28, false, 2, 3, 1, 1, p181, 3, p177, 1, a178, 3 },
    { IR_DET, 11, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_DET, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_DIV, 1, false, 2, 2, 1, 1, p11, 2, p12, 1, a13, 3 },
    { IR_DIV, 6, false, 2, 2, 1, 1, p14, 2, p15, 1, a16, 2 },
    { IR_DIV, 7, false, 2, 2, 1, 1, p14, 2, p15, 1, NULL, 0 },
    { IR_DIV, 13, false, 2, 2, 1, 1, p17, 2, p18, 1, NULL, 0 },
    { IR_DIV, 14, false, 2, 2, 1, 1, p19, 2, p20, 1, NULL, 0 },
    { IR_DROPOUT, 1, false, 1, 1, 1, 2, p182, 1, p183, 2, a184, 3 },
    { IR_DROPOUT, 6, false, 1, 1, 1, 2, p182, 1, p183, 2, a185, 2 },
    { IR_DROPOUT, 7, false, 1, 1, 1, 2, p182, 1, p183, 2, a186, 1 },
    { IR_DROPOUT, 10, false, 1, 1, 1, 2, p182, 1, p187, 2, a186, 1 },
    { IR_DROPOUT, 12, false, 1, 3, 1, 2, p188, 3, p189, 2, a190, 1 },
    { IR_DROPOUT, 13, false, 1, 3, 1, 2, p191, 3, p192, 2, a190, 1 },
    { IR_DROPOUT, 22, false, 1, 3, 1, 2, p193, 3, p194, 2, a190, 1 },
    { IR_DYNAMIC_QUANTIZE_LINEAR, 11, false, 1, 1, 3, 3, p195, 1, p196, 3, NULL, 0 },
    { IR_EINSUM, 12, false, 1, 65535, 1, 1, p197, 1, p198, 1, a199, 1 },
    { IR_EINSUM, 28, false, 1, 65535, 1, 1, p200, 1, p201, 1, a199, 1 },
    { IR_ELU, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a202, 2 },
    { IR_ELU, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, a104, 1 },
    { IR_ELU, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, a104, 1 },
    { IR_EQUAL, 1, false, 2, 2, 1, 1, p203, 2, p25, 1, a16, 2 },
    { IR_EQUAL, 7, false, 2, 2, 1, 1, p203, 2, p25, 1, NULL, 0 },
    { IR_EQUAL, 11, false, 2, 2, 1, 1, p204, 2, p25, 1, NULL, 0 },
    { IR_EQUAL, 13, false, 2, 2, 1, 1, p205, 2, p25, 1, NULL, 0 },
    { IR_EQUAL, 19, false, 2, 2, 1, 1, p206, 2, p25, 1, NULL, 0 },
    { IR_ERF, 9, false, 1, 1, 1, 1, p207, 1, p112, 1, NULL, 0 },
    { IR_ERF, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_EXP, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a2, 1 },
    { IR_EXP, 6, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_EXP, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_EXPAND, 8, false, 2, 2, 1, 1, p208, 2, p119, 1, NULL, 0 },
    { IR_EXPAND, 13, false, 2, 2, 1, 1, p209, 2, p116, 1, NULL, 0 },
    { IR_EYE_LIKE, 9, false, 1, 1, 1, 1, p70, 1, p71, 1, a210, 2 },
    { IR_EYE_LIKE, 22, false, 1, 1, 1, 1, p211, 1, p53, 1, a210, 2 },
    { IR_FLATTEN, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a171, 1 },
    { IR_FLATTEN, 9, false, 1, 1, 1, 1, p165, 1, p119, 1, a171, 1 },
    { IR_FLATTEN, 11, false, 1, 1, 1, 1, p165, 1, p119, 1, a171, 1 },
    { IR_FLATTEN, 13, false, 1, 1, 1, 1, p168, 1, p116, 1, a171, 1 },
    { IR_FLATTEN, 21, false, 1, 1, 1, 1, p212, 1, p136, 1, a171, 1 },
    { IR_FLATTEN, 23, false, 1, 1, 1, 1, p213, 1, p137, 1, a171, 1 },
    { IR_FLATTEN, 24, false, 1, 1, 1, 1, p214, 1, p138, 1, a171, 1 },
    { IR_FLATTEN, 25, false, 1, 1, 1, 1, p215, 1, p139, 1, a171, 1 },
    { IR_FLOOR, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_FLOOR, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_FLOOR, 13, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_GRU, 1, false, 3, 6, 2, 2, p216, 6, p217, 2, a218, 7 },
    { IR_GRU, 3, false, 3, 6, 0, 2, p216, 6, p219, 2, a220, 8 },
    { IR_GRU, 7, false, 3, 6, 0, 2, p216, 6, p219, 2, a221, 7 },
    { IR_GRU, 14, false, 3, 6, 0, 2, p216, 6, p219, 2, a222, 8 },
    { IR_GRU, 22, false, 3, 6, 0, 2, p223, 6, p224, 2, a222, 8 },
    { IR_GATHER, 1, false, 2, 2, 1, 1, p225, 2, p119, 1, a226, 1 },
    { IR_GATHER, 11, false, 2, 2, 1, 1, p225, 2, p119, 1, a226, 1 },
    { IR_GATHER, 13, false, 2, 2, 1, 1, p227, 2, p116, 1, a226, 1 },
    { IR_GATHER_ELEMENTS, 11, false, 2, 2, 1, 1, p225, 2, p119, 1, a226, 1 },
    { IR_GATHER_ELEMENTS, 13, false, 2, 2, 1, 1, p227, 2, p116, 1, a226, 1 },
    { IR_GATHER_ND, 11, false, 2, 2, 1, 1, p228, 2, p119, 1, NULL, 0 },
    { IR_GATHER_ND, 12, false, 2, 2, 1, 1, p228, 2, p119, 1, a229, 1 },
    { IR_GATHER_ND, 13, false, 2, 2, 1, 1, p230, 2, p116, 1, a229, 1 },
    { IR_GELU, 20, false, 1, 1, 1, 1, p40, 1, p41, 1, a231, 1 },
    { IR_GEMM, 1, false, 3, 3, 1, 1, p232, 3, p1, 1, a233, 5 },
    { IR_GEMM, 6, false, 3, 3, 1, 1, p232, 3, p1, 1, a233, 5 },
    { IR_GEMM, 7, false, 3, 3, 1, 1, p232, 3, p1, 1, a234, 4 },
    { IR_GEMM, 9, false, 3, 3, 1, 1, p235, 3, p236, 1, a234, 4 },
    { IR_GEMM, 11, false, 2, 3, 1, 1, p237, 3, p236, 1, a234, 4 },
    { IR_GEMM, 13, false, 2, 3, 1, 1, p238, 3, p239, 1, a234, 4 },
    { IR_GLOBAL_AVERAGE_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_GLOBAL_AVERAGE_POOL, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_GLOBAL_LP_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a240, 1 },
    { IR_GLOBAL_LP_POOL, 2, false, 1, 1, 1, 1, p0, 1, p1, 1, a241, 1 },
    { IR_GLOBAL_LP_POOL, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, a241, 1 },
    { IR_GLOBAL_MAX_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_GLOBAL_MAX_POOL, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_GREATER, 1, false, 2, 2, 1, 1, p11, 2, p25, 1, a16, 2 },
    { IR_GREATER, 7, false, 2, 2, 1, 1, p11, 2, p25, 1, NULL, 0 },
    { IR_GREATER, 9, false, 2, 2, 1, 1, p242, 2, p25, 1, NULL, 0 },
    { IR_GREATER, 13, false, 2, 2, 1, 1, p19, 2, p25, 1, NULL, 0 },
    { IR_GREATER_OR_EQUAL, 12, false, 2, 2, 1, 1, p242, 2, p25, 1, NULL, 0 },
    { IR_GREATER_OR_EQUAL, 16, false, 2, 2, 1, 1, p19, 2, p25, 1, NULL, 0 },
    { IR_GRID_SAMPLE, 16, false, 2, 2, 1, 1, p243, 2, p244, 1, a245, 3 },
    { IR_GRID_SAMPLE, 20, false, 2, 2, 1, 1, p243, 2, p244, 1, a246, 3 },
    { IR_GRID_SAMPLE, 22, false, 2, 2, 1, 1, p247, 2, p248, 1, a246, 3 },
    { IR_GROUP_NORMALIZATION, 18, true, 3, 3, 1, 1, p249, 3, p41, 1, a250, 2 },
    { IR_GROUP_NORMALIZATION, 21, false, 3, 3, 1, 1, p249, 3, p41, 1, a251, 3 },
    { IR_HAMMING_WINDOW, 17, false, 1, 1, 1, 1, p67, 1, p68, 1, a69, 2 },
    { IR_HANN_WINDOW, 17, false, 1, 1, 1, 1, p67, 1, p68, 1, a69, 2 },
    { IR_HARD_SIGMOID, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a252, 3 },
    { IR_HARD_SIGMOID, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, a253, 2 },
    { IR_HARD_SIGMOID, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, a253, 2 },
    { IR_HARD_SWISH, 14, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_HARD_SWISH, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_HARDMAX, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a171, 1 },
    { IR_HARDMAX, 11, false, 1, 1, 1, 1, p7, 1, p8, 1, a171, 1 },
    { IR_HARDMAX, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, a254, 1 },
    { IR_IDENTITY, 1, false, 1, 1, 1, 1, p165, 1, p119, 1, NULL, 0 },
    { IR_IDENTITY, 13, false, 1, 1, 1, 1, p168, 1, p116, 1, NULL, 0 },
    { IR_IDENTITY, 14, false, 1, 1, 1, 1, p168, 1, p116, 1, NULL, 0 },
    { IR_IDENTITY, 16, false, 1, 1, 1, 1, p168, 1, p116, 1, NULL, 0 },
    { IR_IDENTITY, 19, false, 1, 1, 1, 1, p255, 1, p135, 1, NULL, 0 },
    { IR_IDENTITY, 21, false, 1, 1, 1, 1, p212, 1, p136, 1, NULL, 0 },
    { IR_IDENTITY, 23, false, 1, 1, 1, 1, p213, 1, p137, 1, NULL, 0 },
    { IR_IDENTITY, 24, false, 1, 1, 1, 1, p214, 1, p138, 1, NULL, 0 },
    { IR_IDENTITY, 25, false, 1, 1, 1, 1, p215, 1, p139, 1, NULL, 0 },
    { IR_IF, 1, false, 1, 1, 1, 65535, p256, 1, p257, 1, a258, 2 },
    { IR_IF, 11, false, 1, 1, 1, 65535, p256, 1, p257, 1, a258, 2 },
    { IR_IF, 13, false, 1, 1, 1, 65535, p256, 1, p257, 1, a258, 2 },
    { IR_IF, 16, false, 1, 1, 1, 65535, p256, 1, p259, 1, a258, 2 },
    { IR_IF, 19, false, 1, 1, 1, 65535, p256, 1, p260, 1, a258, 2 },
    { IR_IF, 21, false, 1, 1, 1, 65535, p256, 1, p261, 1, a258, 2 },
    { IR_IF, 23, false, 1, 1, 1, 65535, p256, 1, p262, 1, a258, 2 },
    { IR_IF, 24, false, 1, 1, 1, 65535, p256, 1, p263, 1, a258, 2 },
    { IR_IF, 25, false, 1, 1, 1, 65535, p256, 1, p264, 1, a258, 2 },
    { IR_IMAGE_DECODER, 20, false, 1, 1, 1, 1, p265, 1, p266, 1, a267, 1 },
    { IR_INSTANCE_NORMALIZATION, 1, false, 3, 3, 1, 1, p268, 3, p8, 1, a269, 2 },
    { IR_INSTANCE_NORMALIZATION, 6, false, 3, 3, 1, 1, p268, 3, p8, 1, a270, 1 },
    { IR_INSTANCE_NORMALIZATION, 22, false, 3, 3, 1, 1, p271, 3, p10, 1, a270, 1 },
    { IR_IS_INF, 10, false, 1, 1, 1, 1, p272, 1, p273, 1, a274, 2 },
    { IR_IS_INF, 20, false, 1, 1, 1, 1, p275, 1, p273, 1, a274, 2 },
    { IR_IS_NAN, 9, false, 1, 1, 1, 1, p0, 1, p273, 1, NULL, 0 },
    { IR_IS_NAN, 13, false, 1, 1, 1, 1, p40, 1, p273, 1, NULL, 0 },
    { IR_IS_NAN, 20, false, 1, 1, 1, 1, p275, 1, p273, 1, NULL, 0 },
    { IR_LRN, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a276, 4 },
    { IR_LRN, 13, false, 1, 1, 1, 1, p40, 1, p41, 1, a276, 4 },
    { IR_LSTM, 1, false, 3, 8, 0, 3, p277, 8, p278, 3, a279, 8 },
    { IR_LSTM, 7, false, 3, 8, 0, 3, p277, 8, p278, 3, a280, 7 },
    { IR_LSTM, 14, false, 3, 8, 0, 3, p277, 8, p278, 3, a281, 8 },
    { IR_LSTM, 22, false, 3, 8, 0, 3, p282, 8, p283, 3, a281, 8 },
    { IR_LAYER_NORMALIZATION, 17, false, 2, 3, 1, 3, p284, 3, p285, 3, a286, 3 },
    { IR_LEAKY_RELU, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a287, 2 },
    { IR_LEAKY_RELU, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, a288, 1 },
    { IR_LEAKY_RELU, 16, false, 1, 1, 1, 1, p40, 1, p41, 1, a288, 1 },
    { IR_LESS, 1, false, 2, 2, 1, 1, p11, 2, p25, 1, a16, 2 },
    { IR_LESS, 7, false, 2, 2, 1, 1, p11, 2, p25, 1, NULL, 0 },
    { IR_LESS, 9, false, 2, 2, 1, 1, p242, 2, p25, 1, NULL, 0 },
    { IR_LESS, 13, false, 2, 2, 1, 1, p19, 2, p25, 1, NULL, 0 },
    { IR_LESS_OR_EQUAL, 12, false, 2, 2, 1, 1, p242, 2, p25, 1, NULL, 0 },
    { IR_LESS_OR_EQUAL, 16, false, 2, 2, 1, 1, p19, 2, p25, 1, NULL, 0 },
    { IR_LINEAR_ATTENTION, 27, false, 3, 6, 2, 2, p289, 6, p290, 2, a291, 5 },
    { IR_LOG, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a2, 1 },
    { IR_LOG, 6, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_LOG, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_LOG_SOFTMAX, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a171, 1 },
    { IR_LOG_SOFTMAX, 11, false, 1, 1, 1, 1, p7, 1, p8, 1, a171, 1 },
    { IR_LOG_SOFTMAX, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, a254, 1 },
    { IR_LOOP, 1, false, 3, 65535, 1, 65535, p292, 3, p293, 1, a294, 1 },
    { IR_LOOP, 11, false, 2, 65535, 1, 65535, p292, 3, p293, 1, a294, 1 },
    { IR_LOOP, 13, false, 2, 65535, 1, 65535, p292, 3, p293, 1, a294, 1 },
    { IR_LOOP, 16, false, 2, 65535, 1, 65535, p295, 3, p296, 1, a294, 1 },
    { IR_LOOP, 19, false, 2, 65535, 1, 65535, p297, 3, p298, 1, a294, 1 },
    { IR_LOOP, 21, false, 2, 65535, 1, 65535, p299, 3, p300, 1, a294, 1 },
    { IR_LOOP, 23, false, 2, 65535, 1, 65535, p301, 3, p302, 1, a294, 1 },
    { IR_LOOP, 24, false, 2, 65535, 1, 65535, p303, 3, p304, 1, a294, 1 },
    { IR_LOOP, 25, false, 2, 65535, 1, 65535, p305, 3, p306, 1, a294, 1 },
    { IR_LP_NORMALIZATION, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a307, 2 },
    { IR_LP_NORMALIZATION, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, a307, 2 },
    { IR_LP_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a308, 5 },
    { IR_LP_POOL, 2, false, 1, 1, 1, 1, p0, 1, p1, 1, a309, 5 },
    { IR_LP_POOL, 11, false, 1, 1, 1, 1, p0, 1, p1, 1, a309, 5 },
    { IR_LP_POOL, 18, false, 1, 1, 1, 1, p0, 1, p1, 1, a310, 7 },
    { IR_LP_POOL, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, a310, 7 },
    { IR_MATMUL, 1, false, 2, 2, 1, 1, p11, 2, p1, 1, NULL, 0 },
    { IR_MATMUL, 9, false, 2, 2, 1, 1, p14, 2, p236, 1, NULL, 0 },
    { IR_MATMUL, 13, false, 2, 2, 1, 1, p17, 2, p239, 1, NULL, 0 },
    { IR_MATMUL_INTEGER, 10, false, 2, 4, 1, 1, p311, 4, p312, 1, NULL, 0 },
    { IR_MAX, 1, false, 1, 65535, 1, 1, p313, 1, p314, 1, a2, 1 },
    { IR_MAX, 6, false, 1, 65535, 1, 1, p313, 1, p314, 1, NULL, 0 },
    { IR_MAX, 8, false, 1, 65535, 1, 1, p313, 1, p314, 1, NULL, 0 },
    { IR_MAX, 12, false, 1, 65535, 1, 1, p315, 1, p316, 1, NULL, 0 },
    { IR_MAX, 13, false, 1, 65535, 1, 1, p317, 1, p318, 1, NULL, 0 },
    { IR_MAX_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a36, 4 },
    { IR_MAX_POOL, 8, false, 1, 1, 1, 2, p0, 1, p319, 2, a320, 5 },
    { IR_MAX_POOL, 10, false, 1, 1, 1, 2, p0, 1, p319, 2, a321, 7 },
    { IR_MAX_POOL, 11, false, 1, 1, 1, 2, p0, 1, p319, 2, a321, 7 },
    { IR_MAX_POOL, 12, false, 1, 1, 1, 2, p322, 1, p323, 2, a321, 7 },
    { IR_MAX_POOL, 22, false, 1, 1, 1, 2, p324, 1, p325, 2, a321, 7 },
    { IR_MAX_ROI_POOL, 1, false, 2, 2, 1, 1, p326, 2, p1, 1, a327, 2 },
    { IR_MAX_ROI_POOL, 22, false, 2, 2, 1, 1, p328, 2, p41, 1, a327, 2 },
    { IR_MAX_UNPOOL, 9, false, 2, 3, 1, 1, p329, 3, p8, 1, a330, 3 },
    { IR_MAX_UNPOOL, 11, false, 2, 3, 1, 1, p329, 3, p8, 1, a330, 3 },
    { IR_MAX_UNPOOL, 22, false, 2, 3, 1, 1, p331, 3, p10, 1, a330, 3 },
    { IR_MEAN, 1, false, 1, 65535, 1, 1, p313, 1, p332, 1, a2, 1 },
    { IR_MEAN, 6, false, 1, 65535, 1, 1, p313, 1, p332, 1, NULL, 0 },
    { IR_MEAN, 8, false, 1, 65535, 1, 1, p313, 1, p332, 1, NULL, 0 },
    { IR_MEAN, 13, false, 1, 65535, 1, 1, p333, 1, p334, 1, NULL, 0 },
    { IR_MEAN_VARIANCE_NORMALIZATION, 9, false, 1, 1, 1, 1, p0, 1, p1, 1, a335, 1 },
    { IR_MEAN_VARIANCE_NORMALIZATION, 13, false, 1, 1, 1, 1, p40, 1, p41, 1, a335, 1 },
    { IR_MEL_WEIGHT_MATRIX, 17, false, 5, 5, 1, 1, p336, 5, p337, 1, a338, 1 },
    { IR_MIN, 1, false, 1, 65535, 1, 1, p313, 1, p339, 1, a2, 1 },
    { IR_MIN, 6, false, 1, 65535, 1, 1, p313, 1, p339, 1, NULL, 0 },
    { IR_MIN, 8, false, 1, 65535, 1, 1, p313, 1, p339, 1, NULL, 0 },
    { IR_MIN, 12, false, 1, 65535, 1, 1, p315, 1, p340, 1, NULL, 0 },
    { IR_MIN, 13, false, 1, 65535, 1, 1, p317, 1, p341, 1, NULL, 0 },
    { IR_MISH, 18, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_MISH, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_MOD, 10, false, 2, 2, 1, 1, p242, 2, p342, 1, a343, 1 },
    { IR_MOD, 13, false, 2, 2, 1, 1, p19, 2, p20, 1, a343, 1 },
    { IR_MOD, 28, false, 2, 2, 1, 1, p19, 2, p20, 1, a343, 1 },
    { IR_MUL, 1, false, 2, 2, 1, 1, p11, 2, p12, 1, a13, 3 },
    { IR_MUL, 6, false, 2, 2, 1, 1, p14, 2, p15, 1, a16, 2 },
    { IR_MUL, 7, false, 2, 2, 1, 1, p14, 2, p15, 1, NULL, 0 },
    { IR_MUL, 13, false, 2, 2, 1, 1, p17, 2, p18, 1, NULL, 0 },
    { IR_MUL, 14, false, 2, 2, 1, 1, p19, 2, p20, 1, NULL, 0 },
    { IR_MULTINOMIAL, 7, false, 1, 1, 1, 1, p7, 1, p344, 1, a345, 3 },
    { IR_MULTINOMIAL, 22, false, 1, 1, 1, 1, p9, 1, p344, 1, a345, 3 },
    { IR_NEG, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_NEG, 6, false, 1, 1, 1, 1, p346, 1, p347, 1, NULL, 0 },
    { IR_NEG, 13, false, 1, 1, 1, 1, p348, 1, p349, 1, NULL, 0 },
    { IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, 12, false, 2, 3, 1, 1, p350, 3, p351, 1, a352, 2 },
    { IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, 13, false, 2, 3, 1, 1, p350, 3, p351, 1, a352, 2 },
    { IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, 22, false, 2, 3, 1, 1, p353, 3, p354, 1, a352, 2 },
    { IR_NON_MAX_SUPPRESSION, 10, false, 2, 5, 1, 1, p355, 5, p356, 1, a357, 1 },
    { IR_NON_MAX_SUPPRESSION, 11, false, 2, 5, 1, 1, p355, 5, p356, 1, a357, 1 },
    { IR_NON_ZERO, 9, false, 1, 1, 1, 1, p358, 1, p359, 1, NULL, 0 },
    { IR_NON_ZERO, 13, false, 1, 1, 1, 1, p360, 1, p359, 1, NULL, 0 },
    { IR_NOT, 1, false, 1, 1, 1, 1, p361, 1, p362, 1, NULL, 0 },
    { IR_ONE_HOT, 9, false, 3, 3, 1, 1, p363, 3, p364, 1, a254, 1 },
    { IR_ONE_HOT, 11, false, 3, 3, 1, 1, p363, 3, p364, 1, a254, 1 },
    { IR_ONE_HOT, 28, false, 3, 3, 1, 1, p365, 3, p366, 1, a254, 1 },
    { IR_OPTIONAL, 15, false, 0, 1, 1, 1, p367, 1, p368, 1, a369, 1 },
    { IR_OPTIONAL, 28, false, 0, 1, 1, 1, p370, 1, p368, 1, a369, 1 },
    { IR_OPTIONAL_GET_ELEMENT, 15, false, 1, 1, 1, 1, p371, 1, p372, 1, NULL, 0 },
    { IR_OPTIONAL_GET_ELEMENT, 18, false, 1, 1, 1, 1, p165, 1, p372, 1, NULL, 0 },
    { IR_OPTIONAL_GET_ELEMENT, 28, false, 1, 1, 1, 1, p373, 1, p374, 1, NULL, 0 },
    { IR_OPTIONAL_HAS_ELEMENT, 15, false, 1, 1, 1, 1, p371, 1, p375, 1, NULL, 0 },
    { IR_OPTIONAL_HAS_ELEMENT, 18, false, 0, 1, 1, 1, p367, 1, p375, 1, NULL, 0 },
    { IR_OPTIONAL_HAS_ELEMENT, 28, false, 0, 1, 1, 1, p370, 1, p375, 1, NULL, 0 },
    { IR_OR, 1, false, 2, 2, 1, 1, p24, 2, p25, 1, a16, 2 },
    { IR_OR, 7, false, 2, 2, 1, 1, p24, 2, p25, 1, NULL, 0 },
    { IR_PRELU, 1, false, 2, 2, 1, 1, p376, 2, p1, 1, a2, 1 },
    { IR_PRELU, 6, false, 2, 2, 1, 1, p376, 2, p1, 1, NULL, 0 },
    { IR_PRELU, 7, false, 2, 2, 1, 1, p376, 2, p1, 1, NULL, 0 },
    { IR_PRELU, 9, false, 2, 2, 1, 1, p377, 2, p236, 1, NULL, 0 },
    { IR_PRELU, 16, false, 2, 2, 1, 1, p378, 2, p239, 1, NULL, 0 },
    { IR_PAD, 1, false, 1, 1, 1, 1, p182, 1, p8, 1, a379, 3 },
    { IR_PAD, 2, false, 1, 1, 1, 1, p182, 1, p8, 1, a380, 3 },
    { IR_PAD, 11, false, 2, 3, 1, 1, p381, 3, p112, 1, a382, 1 },
    { IR_PAD, 13, false, 2, 3, 1, 1, p383, 3, p116, 1, a382, 1 },
    { IR_PAD, 18, false, 2, 4, 1, 1, p384, 4, p116, 1, a382, 1 },
    { IR_PAD, 19, false, 2, 4, 1, 1, p384, 4, p116, 1, a382, 1 },
    { IR_PAD, 21, false, 2, 4, 1, 1, p385, 4, p136, 1, a382, 1 },
    { IR_PAD, 23, false, 2, 4, 1, 1, p386, 4, p137, 1, a382, 1 },
    { IR_PAD, 24, false, 2, 4, 1, 1, p387, 4, p138, 1, a382, 1 },
    { IR_PAD, 25, false, 2, 4, 1, 1, p388, 4, p139, 1, a382, 1 },
    { IR_POW, 1, false, 2, 2, 1, 1, p389, 2, p390, 1, a16, 2 },
    { IR_POW, 7, false, 2, 2, 1, 1, p389, 2, p390, 1, NULL, 0 },
    { IR_POW, 12, false, 2, 2, 1, 1, p391, 2, p392, 1, NULL, 0 },
    { IR_POW, 13, false, 2, 2, 1, 1, p393, 2, p394, 1, NULL, 0 },
    { IR_POW, 15, false, 2, 2, 1, 1, p395, 2, p394, 1, NULL, 0 },
    { IR_Q_LINEAR_CONV, 10, false, 8, 9, 1, 1, p396, 9, p397, 1, a148, 6 },
    { IR_Q_LINEAR_MATMUL, 10, false, 8, 8, 1, 1, p398, 8, p397, 1, NULL, 0 },
    { IR_Q_LINEAR_MATMUL, 21, false, 8, 8, 1, 1, p399, 8, p400, 1, NULL, 0 },
    { IR_QUANTIZE_LINEAR, 10, false, 2, 3, 1, 1, p401, 3, p402, 1, NULL, 0 },
    { IR_QUANTIZE_LINEAR, 13, false, 2, 3, 1, 1, p401, 3, p402, 1, a171, 1 },
    { IR_QUANTIZE_LINEAR, 19, false, 2, 3, 1, 1, p403, 3, p404, 1, a405, 2 },
    { IR_QUANTIZE_LINEAR, 21, false, 2, 3, 1, 1, p406, 3, p407, 1, a408, 4 },
    { IR_QUANTIZE_LINEAR, 23, false, 2, 3, 1, 1, p409, 3, p410, 1, a411, 5 },
    { IR_QUANTIZE_LINEAR, 24, false, 2, 3, 1, 1, p412, 3, p410, 1, a411, 5 },
    { IR_QUANTIZE_LINEAR, 25, false, 2, 3, 1, 1, p413, 3, p414, 1, a411, 5 },
    { IR_QUANTIZE_LINEAR, 28, false, 2, 3, 1, 1, p415, 3, p416, 1, a411, 5 },
    { IR_RMS_NORMALIZATION, 23, false, 2, 2, 1, 1, p417, 2, p418, 1, a286, 3 },
    { IR_RNN, 1, false, 3, 6, 0, 2, p216, 6, p219, 2, a419, 7 },
    { IR_RNN, 7, false, 3, 6, 0, 2, p216, 6, p219, 2, a420, 6 },
    { IR_RNN, 14, false, 3, 6, 0, 2, p216, 6, p219, 2, a421, 7 },
    { IR_RNN, 22, false, 3, 6, 0, 2, p223, 6, p224, 2, a421, 7 },
    { IR_RANDOM_NORMAL, 1, false, 0, 0, 1, 1, NULL, 0, p8, 1, a422, 5 },
    { IR_RANDOM_NORMAL, 22, false, 0, 0, 1, 1, NULL, 0, p10, 1, a422, 5 },
    { IR_RANDOM_NORMAL_LIKE, 1, false, 1, 1, 1, 1, p165, 1, p423, 1, a424, 4 },
    { IR_RANDOM_NORMAL_LIKE, 22, false, 1, 1, 1, 1, p168, 1, p425, 1, a424, 4 },
    { IR_RANDOM_UNIFORM, 1, false, 0, 0, 1, 1, NULL, 0, p8, 1, a426, 5 },
    { IR_RANDOM_UNIFORM, 22, false, 0, 0, 1, 1, NULL, 0, p10, 1, a426, 5 },
    { IR_RANDOM_UNIFORM_LIKE, 1, false, 1, 1, 1, 1, p165, 1, p423, 1, a427, 4 },
    { IR_RANDOM_UNIFORM_LIKE, 22, false, 1, 1, 1, 1, p168, 1, p425, 1, a427, 4 },
    { IR_RANGE, 11, false, 3, 3, 1, 1, p428, 3, p429, 1, NULL, 0 },
    { IR_RANGE, 27, false, 3, 3, 1, 1, p430, 3, p431, 1, a432, 1 },
    { IR_RECIPROCAL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_RECIPROCAL, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_RECIPROCAL, 13, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_REDUCE_L1, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_L1, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_L1, 13, false, 1, 1, 1, 1, p436, 1, p437, 1, a435, 2 },
    { IR_REDUCE_L1, 18, false, 1, 2, 1, 1, p438, 2, p437, 1, a439, 2 },
    { IR_REDUCE_L2, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_L2, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_L2, 13, false, 1, 1, 1, 1, p436, 1, p437, 1, a435, 2 },
    { IR_REDUCE_L2, 18, false, 1, 2, 1, 1, p438, 2, p437, 1, a439, 2 },
    { IR_REDUCE_LOG_SUM, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_LOG_SUM, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_LOG_SUM, 13, false, 1, 1, 1, 1, p436, 1, p437, 1, a435, 2 },
    { IR_REDUCE_LOG_SUM, 18, false, 1, 2, 1, 1, p438, 2, p437, 1, a439, 2 },
    { IR_REDUCE_LOG_SUM, 28, false, 1, 2, 1, 1, p440, 2, p441, 1, a439, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 13, false, 1, 1, 1, 1, p436, 1, p437, 1, a435, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 18, false, 1, 2, 1, 1, p438, 2, p437, 1, a439, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 28, false, 1, 2, 1, 1, p440, 2, p441, 1, a439, 2 },
    { IR_REDUCE_MAX, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_MAX, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_MAX, 12, false, 1, 1, 1, 1, p442, 1, p443, 1, a435, 2 },
    { IR_REDUCE_MAX, 13, false, 1, 1, 1, 1, p444, 1, p445, 1, a435, 2 },
    { IR_REDUCE_MAX, 18, false, 1, 2, 1, 1, p446, 2, p445, 1, a439, 2 },
    { IR_REDUCE_MAX, 20, false, 1, 2, 1, 1, p447, 2, p448, 1, a439, 2 },
    { IR_REDUCE_MEAN, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_MEAN, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_MEAN, 13, false, 1, 1, 1, 1, p436, 1, p437, 1, a435, 2 },
    { IR_REDUCE_MEAN, 18, false, 1, 2, 1, 1, p438, 2, p437, 1, a439, 2 },
    { IR_REDUCE_MIN, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_MIN, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_MIN, 12, false, 1, 1, 1, 1, p442, 1, p443, 1, a435, 2 },
    { IR_REDUCE_MIN, 13, false, 1, 1, 1, 1, p444, 1, p445, 1, a435, 2 },
    { IR_REDUCE_MIN, 18, false, 1, 2, 1, 1, p446, 2, p445, 1, a439, 2 },
    { IR_REDUCE_MIN, 20, false, 1, 2, 1, 1, p447, 2, p448, 1, a439, 2 },
    { IR_REDUCE_PROD, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_PROD, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_PROD, 13, false, 1, 1, 1, 1, p436, 1, p437, 1, a435, 2 },
    { IR_REDUCE_PROD, 18, false, 1, 2, 1, 1, p438, 2, p437, 1, a439, 2 },
    { IR_REDUCE_SUM, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_SUM, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_SUM, 13, false, 1, 2, 1, 1, p438, 2, p437, 1, a439, 2 },
    { IR_REDUCE_SUM_SQUARE, 1, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_SUM_SQUARE, 11, false, 1, 1, 1, 1, p433, 1, p434, 1, a435, 2 },
    { IR_REDUCE_SUM_SQUARE, 13, false, 1, 1, 1, 1, p436, 1, p437, 1, a435, 2 },
    { IR_REDUCE_SUM_SQUARE, 18, false, 1, 2, 1, 1, p438, 2, p437, 1, a439, 2 },
    { IR_REGEX_FULL_MATCH, 20, false, 1, 1, 1, 1, p449, 1, p273, 1, a450, 1 },
    { IR_RELU, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_RELU, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_RELU, 13, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_RELU, 14, false, 1, 1, 1, 1, p348, 1, p349, 1, NULL, 0 },
    { IR_RESHAPE, 1, false, 1, 1, 1, 1, p182, 1, p451, 1, a452, 2 },
    { IR_RESHAPE, 5, false, 2, 2, 1, 1, p453, 2, p454, 1, NULL, 0 },
    { IR_RESHAPE, 13, false, 2, 2, 1, 1, p455, 2, p456, 1, NULL, 0 },
    { IR_RESHAPE, 14, false, 2, 2, 1, 1, p455, 2, p456, 1, a457, 1 },
    { IR_RESHAPE, 19, false, 2, 2, 1, 1, p458, 2, p459, 1, a457, 1 },
    { IR_RESHAPE, 21, false, 2, 2, 1, 1, p460, 2, p461, 1, a457, 1 },
    { IR_RESHAPE, 23, false, 2, 2, 1, 1, p462, 2, p463, 1, a457, 1 },
    { IR_RESHAPE, 24, false, 2, 2, 1, 1, p464, 2, p465, 1, a457, 1 },
    { IR_RESHAPE, 25, false, 2, 2, 1, 1, p466, 2, p467, 1, a457, 1 },
    { IR_RESIZE, 10, false, 2, 2, 1, 1, p468, 2, p244, 1, a469, 1 },
    { IR_RESIZE, 11, false, 3, 4, 1, 1, p470, 4, p244, 1, a471, 6 },
    { IR_RESIZE, 13, false, 1, 4, 1, 1, p472, 4, p248, 1, a471, 6 },
    { IR_RESIZE, 18, false, 1, 4, 1, 1, p472, 4, p248, 1, a473, 9 },
    { IR_RESIZE, 19, false, 1, 4, 1, 1, p472, 4, p248, 1, a473, 9 },
    { IR_REVERSE_SEQUENCE, 10, false, 2, 2, 1, 1, p474, 2, p244, 1, a475, 2 },
    { IR_REVERSE_SEQUENCE, 28, false, 2, 2, 1, 1, p476, 2, p248, 1, a475, 2 },
    { IR_ROI_ALIGN, 10, false, 3, 3, 1, 1, p477, 3, p1, 1, a478, 5 },
    { IR_ROI_ALIGN, 16, false, 3, 3, 1, 1, p477, 3, p1, 1, a479, 6 },
    { IR_ROI_ALIGN, 22, false, 3, 3, 1, 1, p480, 3, p41, 1, a479, 6 },
    { IR_ROTARY_EMBEDDING, 23, false, 3, 4, 1, 1, p481, 4, p482, 1, a483, 3 },
    { IR_ROUND, 11, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_ROUND, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_STFT, 17, false, 2, 4, 1, 1, p484, 4, p10, 1, a485, 1 },
    { IR_SCAN, 8, false, 2, 65535, 1, 65535, p486, 2, p487, 1, a488, 3 },
    { IR_SCAN, 9, false, 1, 65535, 1, 65535, p489, 1, p487, 1, a490, 6 },
    { IR_SCAN, 11, false, 1, 65535, 1, 65535, p489, 1, p487, 1, a490, 6 },
    { IR_SCAN, 16, false, 1, 65535, 1, 65535, p491, 1, p492, 1, a490, 6 },
    { IR_SCAN, 19, false, 1, 65535, 1, 65535, p493, 1, p494, 1, a490, 6 },
    { IR_SCAN, 21, false, 1, 65535, 1, 65535, p495, 1, p496, 1, a490, 6 },
    { IR_SCAN, 23, false, 1, 65535, 1, 65535, p497, 1, p498, 1, a490, 6 },
    { IR_SCAN, 24, false, 1, 65535, 1, 65535, p499, 1, p500, 1, a490, 6 },
    { IR_SCAN, 25, false, 1, 65535, 1, 65535, p501, 1, p502, 1, a490, 6 },
    { IR_SCATTER, 9, false, 3, 3, 1, 1, p503, 3, p119, 1, a226, 1 },
    { IR_SCATTER, 11, true, 3, 3, 1, 1, p503, 3, p119, 1, a226, 1 },
    { IR_SCATTER_ELEMENTS, 11, false, 3, 3, 1, 1, p503, 3, p119, 1, a226, 1 },
    { IR_SCATTER_ELEMENTS, 13, false, 3, 3, 1, 1, p504, 3, p116, 1, a226, 1 },
    { IR_SCATTER_ELEMENTS, 16, false, 3, 3, 1, 1, p504, 3, p116, 1, a505, 2 },
    { IR_SCATTER_ELEMENTS, 18, false, 3, 3, 1, 1, p504, 3, p116, 1, a505, 2 },
    { IR_SCATTER_ND, 11, false, 3, 3, 1, 1, p506, 3, p119, 1, NULL, 0 },
    { IR_SCATTER_ND, 13, false, 3, 3, 1, 1, p507, 3, p116, 1, NULL, 0 },
    { IR_SCATTER_ND, 16, false, 3, 3, 1, 1, p507, 3, p116, 1, a508, 1 },
    { IR_SCATTER_ND, 18, false, 3, 3, 1, 1, p507, 3, p116, 1, a508, 1 },
    { IR_SELU, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a509, 3 },
    { IR_SELU, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, a510, 2 },
    { IR_SELU, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, a510, 2 },
    { IR_SEQUENCE_AT, 11, false, 2, 2, 1, 1, p511, 2, p512, 1, NULL, 0 },
    { IR_SEQUENCE_CONSTRUCT, 11, false, 1, 65535, 1, 1, p124, 1, p513, 1, NULL, 0 },
    { IR_SEQUENCE_EMPTY, 11, false, 0, 0, 1, 1, NULL, 0, p514, 1, a515, 1 },
    { IR_SEQUENCE_ERASE, 11, false, 1, 2, 1, 1, p516, 2, p517, 1, NULL, 0 },
    { IR_SEQUENCE_INSERT, 11, false, 2, 3, 1, 1, p518, 3, p513, 1, NULL, 0 },
    { IR_SEQUENCE_LENGTH, 11, false, 1, 1, 1, 1, p129, 1, p519, 1, NULL, 0 },
    { IR_SEQUENCE_MAP, 17, false, 1, 65535, 1, 65535, p520, 2, p521, 1, a294, 1 },
    { IR_SHAPE, 1, false, 1, 1, 1, 1, p522, 1, p523, 1, NULL, 0 },
    { IR_SHAPE, 13, false, 1, 1, 1, 1, p524, 1, p523, 1, NULL, 0 },
    { IR_SHAPE, 15, false, 1, 1, 1, 1, p524, 1, p523, 1, a525, 2 },
    { IR_SHAPE, 19, false, 1, 1, 1, 1, p526, 1, p523, 1, a525, 2 },
    { IR_SHAPE, 21, false, 1, 1, 1, 1, p527, 1, p523, 1, a525, 2 },
    { IR_SHAPE, 23, false, 1, 1, 1, 1, p528, 1, p523, 1, a525, 2 },
    { IR_SHAPE, 24, false, 1, 1, 1, 1, p529, 1, p523, 1, a525, 2 },
    { IR_SHAPE, 25, false, 1, 1, 1, 1, p530, 1, p523, 1, a525, 2 },
    { IR_SHRINK, 9, false, 1, 1, 1, 1, p207, 1, p112, 1, a531, 2 },
    { IR_SIGMOID, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_SIGMOID, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_SIGMOID, 13, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_SIGN, 9, false, 1, 1, 1, 1, p207, 1, p112, 1, NULL, 0 },
    { IR_SIGN, 13, false, 1, 1, 1, 1, p532, 1, p114, 1, NULL, 0 },
    { IR_SIN, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_SIN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_SINH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_SINH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_SIZE, 1, false, 1, 1, 1, 1, p522, 1, p533, 1, NULL, 0 },
    { IR_SIZE, 13, false, 1, 1, 1, 1, p524, 1, p533, 1, NULL, 0 },
    { IR_SIZE, 19, false, 1, 1, 1, 1, p526, 1, p533, 1, NULL, 0 },
    { IR_SIZE, 21, false, 1, 1, 1, 1, p527, 1, p533, 1, NULL, 0 },
    { IR_SIZE, 23, false, 1, 1, 1, 1, p528, 1, p533, 1, NULL, 0 },
    { IR_SIZE, 24, false, 1, 1, 1, 1, p529, 1, p533, 1, NULL, 0 },
    { IR_SIZE, 25, false, 1, 1, 1, 1, p530, 1, p533, 1, NULL, 0 },
    { IR_SLICE, 1, false, 1, 1, 1, 1, p522, 1, p119, 1, a534, 3 },
    { IR_SLICE, 10, false, 3, 5, 1, 1, p535, 5, p119, 1, NULL, 0 },
    { IR_SLICE, 11, false, 3, 5, 1, 1, p535, 5, p119, 1, NULL, 0 },
    { IR_SLICE, 13, false, 3, 5, 1, 1, p536, 5, p116, 1, NULL, 0 },
    { IR_SOFTMAX, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a171, 1 },
    { IR_SOFTMAX, 11, false, 1, 1, 1, 1, p7, 1, p8, 1, a171, 1 },
    { IR_SOFTMAX, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, a254, 1 },
    { IR_SOFTMAX_CROSS_ENTROPY_LOSS, 12, false, 2, 3, 1, 2, p537, 3, p538, 2, a352, 2 },
    { IR_SOFTMAX_CROSS_ENTROPY_LOSS, 13, false, 2, 3, 1, 2, p539, 3, p540, 2, a352, 2 },
    { IR_SOFTPLUS, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_SOFTPLUS, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_SOFTSIGN, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_SOFTSIGN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_SPACE_TO_DEPTH, 1, false, 1, 1, 1, 1, p165, 1, p119, 1, a166, 1 },
    { IR_SPACE_TO_DEPTH, 13, false, 1, 1, 1, 1, p168, 1, p116, 1, a166, 1 },
    { IR_SPACE_TO_DEPTH, 28, false, 1, 1, 1, 1, p168, 1, p116, 1, a167, 2 },
    { IR_SPLIT, 1, false, 1, 2, 1, 65535, p541, 2, p542, 1, a543, 2 },
    { IR_SPLIT, 2, false, 1, 1, 1, 65535, p165, 1, p544, 1, a545, 2 },
    { IR_SPLIT, 11, false, 1, 1, 1, 65535, p165, 1, p544, 1, a545, 2 },
    { IR_SPLIT, 13, false, 1, 2, 1, 65535, p546, 2, p547, 1, a226, 1 },
    { IR_SPLIT, 18, false, 1, 2, 1, 65535, p546, 2, p547, 1, a548, 2 },
    { IR_SPLIT_TO_SEQUENCE, 11, false, 1, 2, 1, 1, p549, 2, p550, 1, a28, 2 },
    { IR_SPLIT_TO_SEQUENCE, 24, false, 1, 2, 1, 1, p551, 2, p550, 1, a28, 2 },
    { IR_SQRT, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_SQRT, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_SQRT, 13, false, 1, 1, 1, 1, p40, 1, p41, 1, NULL, 0 },
    { IR_SQUEEZE, 1, false, 1, 1, 1, 1, p522, 1, p552, 1, a107, 1 },
    { IR_SQUEEZE, 11, false, 1, 1, 1, 1, p522, 1, p552, 1, a107, 1 },
    { IR_SQUEEZE, 13, false, 1, 2, 1, 1, p553, 2, p554, 1, NULL, 0 },
    { IR_SQUEEZE, 21, false, 1, 2, 1, 1, p555, 2, p556, 1, NULL, 0 },
    { IR_SQUEEZE, 23, false, 1, 2, 1, 1, p557, 2, p558, 1, NULL, 0 },
    { IR_SQUEEZE, 24, false, 1, 2, 1, 1, p559, 2, p560, 1, NULL, 0 },
    { IR_SQUEEZE, 25, false, 1, 2, 1, 1, p561, 2, p562, 1, NULL, 0 },
    { IR_STRING_CONCAT, 20, false, 2, 2, 1, 1, p563, 2, p564, 1, NULL, 0 },
    { IR_STRING_NORMALIZER, 10, false, 1, 1, 1, 1, p565, 1, p566, 1, a567, 4 },
    { IR_STRING_SPLIT, 20, false, 1, 1, 2, 2, p449, 1, p568, 2, a569, 2 },
    { IR_SUB, 1, false, 2, 2, 1, 1, p11, 2, p12, 1, a13, 3 },
    { IR_SUB, 6, false, 2, 2, 1, 1, p14, 2, p15, 1, a16, 2 },
    { IR_SUB, 7, false, 2, 2, 1, 1, p14, 2, p15, 1, NULL, 0 },
    { IR_SUB, 13, false, 2, 2, 1, 1, p17, 2, p18, 1, NULL, 0 },
    { IR_SUB, 14, false, 2, 2, 1, 1, p19, 2, p20, 1, NULL, 0 },
    { IR_SUM, 1, false, 1, 65535, 1, 1, p313, 1, p570, 1, a2, 1 },
    { IR_SUM, 6, false, 1, 65535, 1, 1, p313, 1, p570, 1, NULL, 0 },
    { IR_SUM, 8, false, 1, 65535, 1, 1, p313, 1, p570, 1, NULL, 0 },
    { IR_SUM, 13, false, 1, 65535, 1, 1, p333, 1, p571, 1, NULL, 0 },
    { IR_SWI_GLU, 28, false, 2, 2, 1, 1, p572, 2, p41, 1, a104, 1 },
    { IR_SWISH, 24, false, 1, 1, 1, 1, p40, 1, p41, 1, a104, 1 },
    { IR_TAN, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_TAN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_TANH, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a2, 1 },
    { IR_TANH, 6, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_TANH, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_TENSOR_SCATTER, 24, false, 2, 3, 1, 1, p573, 3, p574, 1, a575, 2 },
    { IR_TF_IDF_VECTORIZER, 9, false, 1, 1, 1, 1, p576, 1, p577, 1, a578, 9 },
    { IR_THRESHOLDED_RELU, 10, false, 1, 1, 1, 1, p0, 1, p1, 1, a104, 1 },
    { IR_THRESHOLDED_RELU, 22, false, 1, 1, 1, 1, p40, 1, p41, 1, a104, 1 },
    { IR_TILE, 1, false, 3, 3, 1, 1, p579, 3, p8, 1, NULL, 0 },
    { IR_TILE, 6, false, 2, 2, 1, 1, p580, 2, p119, 1, NULL, 0 },
    { IR_TILE, 13, false, 2, 2, 1, 1, p581, 2, p116, 1, NULL, 0 },
    { IR_TOP_K, 1, false, 1, 1, 2, 2, p0, 1, p582, 2, a583, 2 },
    { IR_TOP_K, 10, false, 2, 2, 2, 2, p584, 2, p582, 2, a254, 1 },
    { IR_TOP_K, 11, false, 2, 2, 2, 2, p585, 2, p586, 2, a587, 3 },
    { IR_TOP_K, 24, false, 2, 2, 2, 2, p588, 2, p589, 2, a587, 3 },
    { IR_TRANSPOSE, 1, false, 1, 1, 1, 1, p522, 1, p590, 1, a591, 1 },
    { IR_TRANSPOSE, 13, false, 1, 1, 1, 1, p524, 1, p592, 1, a591, 1 },
    { IR_TRANSPOSE, 21, false, 1, 1, 1, 1, p527, 1, p593, 1, a591, 1 },
    { IR_TRANSPOSE, 23, false, 1, 1, 1, 1, p528, 1, p594, 1, a591, 1 },
    { IR_TRANSPOSE, 24, false, 1, 1, 1, 1, p529, 1, p595, 1, a591, 1 },
    { IR_TRANSPOSE, 25, false, 1, 1, 1, 1, p530, 1, p596, 1, a591, 1 },
    { IR_TRILU, 14, false, 1, 2, 1, 1, p597, 2, p116, 1, a598, 1 },
    { IR_UNIQUE, 11, false, 1, 1, 1, 4, p358, 1, p599, 4, a600, 2 },
    { IR_UNIQUE, 28, false, 1, 1, 1, 4, p360, 1, p601, 4, a600, 2 },
    { IR_UNSQUEEZE, 1, false, 1, 1, 1, 1, p522, 1, p602, 1, a603, 1 },
    { IR_UNSQUEEZE, 11, false, 1, 1, 1, 1, p522, 1, p602, 1, a603, 1 },
    { IR_UNSQUEEZE, 13, false, 2, 2, 1, 1, p604, 2, p605, 1, NULL, 0 },
    { IR_UNSQUEEZE, 21, false, 2, 2, 1, 1, p606, 2, p607, 1, NULL, 0 },
    { IR_UNSQUEEZE, 23, false, 2, 2, 1, 1, p608, 2, p609, 1, NULL, 0 },
    { IR_UNSQUEEZE, 24, false, 2, 2, 1, 1, p610, 2, p611, 1, NULL, 0 },
    { IR_UNSQUEEZE, 25, false, 2, 2, 1, 1, p612, 2, p613, 1, NULL, 0 },
    { IR_UPSAMPLE, 1, false, 1, 1, 1, 1, p614, 1, p615, 1, a616, 3 },
    { IR_UPSAMPLE, 7, false, 1, 1, 1, 1, p358, 1, p244, 1, a617, 2 },
    { IR_UPSAMPLE, 9, false, 2, 2, 1, 1, p468, 2, p244, 1, a469, 1 },
    { IR_UPSAMPLE, 10, true, 2, 2, 1, 1, p468, 2, p244, 1, a469, 1 },
    { IR_WHERE, 9, false, 3, 3, 1, 1, p618, 3, p372, 1, NULL, 0 },
    { IR_WHERE, 16, false, 3, 3, 1, 1, p619, 3, p620, 1, NULL, 0 },
    { IR_XOR, 1, false, 2, 2, 1, 1, p24, 2, p25, 1, a16, 2 },
    { IR_XOR, 7, false, 2, 2, 1, 1, p24, 2, p25, 1, NULL, 0 },
};
const size_t schema_table_n = sizeof schema_table / sizeof schema_table[0];

/* The IR version that the first onnx release with each opset wrote. */
const uint8_t schema_ir_versions[] = { [1] = 3, [5] = 3, [6] = 3, [7] = 3, [8] = 3, [9] = 4, [10] = 5, [11] = 6, [12] = 7, [13] = 7, [14] = 7, [15] = 8, [16] = 8, [17] = 8, [18] = 8, [19] = 9, [20] = 9, [21] = 10, [22] = 10, [23] = 11, [24] = 12, [25] = 13, [26] = 13, [27] = 13, [28] = 14 };
const int schema_newest_opset = 28;
// clang-format on
