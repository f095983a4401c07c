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
static const struct schema_param p31[] = { { "input", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p32[] = { { "output", PARAM_ONE, 0, 0x100 } };
static const struct schema_attr a33[] = { { .name = ATTR_FILL, .kind = ATTR_KIND_STRING, .preset = true, .s = "" }, { .name = ATTR_PRECISION, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_SCIENTIFIC, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SHORTEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_WIDTH, .kind = ATTR_KIND_INT, .preset = true, .i = -1 } };
static const struct schema_param p34[] = { { "Q", PARAM_ONE, 1, 0x10c02 }, { "K", PARAM_ONE, 1, 0x10c02 }, { "V", PARAM_ONE, 2, 0x10c02 }, { "attn_mask", PARAM_OPTIONAL, 3, 0x13efe }, { "past_key", PARAM_OPTIONAL, 1, 0x10c02 }, { "past_value", PARAM_OPTIONAL, 2, 0x10c02 } };
static const struct schema_param p35[] = { { "Y", PARAM_ONE, 1, 0x10c02 }, { "present_key", PARAM_OPTIONAL, 1, 0x10c02 }, { "present_value", PARAM_OPTIONAL, 2, 0x10c02 }, { "qk_matmul_output", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_attr a36[] = { { .name = ATTR_IS_CAUSAL, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KV_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_Q_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_QK_MATMUL_OUTPUT_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_SOFTCAP, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SOFTMAX_PRECISION, .kind = ATTR_KIND_INT } };
static const struct schema_param p37[] = { { "Q", PARAM_ONE, 1, 0x10c02 }, { "K", PARAM_ONE, 1, 0x10c02 }, { "V", PARAM_ONE, 2, 0x10c02 }, { "attn_mask", PARAM_OPTIONAL, 3, 0x13efe }, { "past_key", PARAM_OPTIONAL, 1, 0x10c02 }, { "past_value", PARAM_OPTIONAL, 2, 0x10c02 }, { "nonpad_kv_seqlen", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a38[] = { { .name = ATTR_IS_CAUSAL, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KV_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_LEFT_WINDOW_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_Q_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_QK_MATMUL_OUTPUT_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_RIGHT_WINDOW_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_SOFTCAP, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SOFTMAX_PRECISION, .kind = ATTR_KIND_INT } };
static const struct schema_attr a39[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a40[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_COUNT_INCLUDE_PAD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a41[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_CEIL_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_COUNT_INCLUDE_PAD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a42[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_CEIL_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_COUNT_INCLUDE_PAD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p43[] = { { "X", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p44[] = { { "Y", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p45[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "scale", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_ONE, 1, 0xc02 }, { "mean", PARAM_ONE, 1, 0xc02 }, { "var", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p46[] = { { "Y", PARAM_ONE, 1, 0xc02 }, { "mean", PARAM_OPTIONAL, 1, 0xc02 }, { "var", PARAM_OPTIONAL, 1, 0xc02 }, { "saved_mean", PARAM_OPTIONAL, 1, 0xc02 }, { "saved_var", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a47[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_IS_TEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f }, { .name = ATTR_SPATIAL, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a48[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_IS_TEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f }, { .name = ATTR_SPATIAL, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a49[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f }, { .name = ATTR_SPATIAL, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a50[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f } };
static const struct schema_param p51[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_ONE, 1, 0x10c02 }, { "input_mean", PARAM_ONE, 2, 0x10c02 }, { "input_var", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_param p52[] = { { "Y", PARAM_ONE, 1, 0x10c02 }, { "running_mean", PARAM_OPTIONAL, 2, 0x10c02 }, { "running_var", PARAM_OPTIONAL, 2, 0x10c02 } };
static const struct schema_attr a53[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_MOMENTUM, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.8999999761581421f }, { .name = ATTR_TRAINING_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p54[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 2, 0x10c02 }, { "B", PARAM_ONE, 2, 0x10c02 }, { "input_mean", PARAM_ONE, 3, 0x10c02 }, { "input_var", PARAM_ONE, 3, 0x10c02 } };
static const struct schema_param p55[] = { { "Y", PARAM_ONE, 1, 0x10c02 }, { "running_mean", PARAM_OPTIONAL, 3, 0x10c02 }, { "running_var", PARAM_OPTIONAL, 3, 0x10c02 } };
static const struct schema_param p56[] = { { "output", PARAM_ONE, 2, 0x13efe } };
static const struct schema_attr a57[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT } };
static const struct schema_param p58[] = { { "input", PARAM_ONE, 1, 0x7fffefe } };
static const struct schema_param p59[] = { { "output", PARAM_ONE, 2, 0x7fffefe } };
static const struct schema_attr a60[] = { { .name = ATTR_TO, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p61[] = { { "X", PARAM_ONE, 1, 0x3014 }, { "Y", PARAM_ONE, 1, 0x3014 } };
static const struct schema_param p62[] = { { "Z", PARAM_ONE, 1, 0x3014 } };
static const struct schema_attr a63[] = { { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .required = true } };
static const struct schema_param p64[] = { { "X", PARAM_ONE, 1, 0x30fc }, { "Y", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p65[] = { { "Z", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p66[] = { { "A", PARAM_ONE, 1, 0x30fc }, { "B", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p67[] = { { "C", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p68[] = { { "X", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p69[] = { { "Y", PARAM_ONE, 1, 0x30fc } };
static const struct schema_param p70[] = { { "size", PARAM_ONE, 1, 0xc0 } };
static const struct schema_param p71[] = { { "output", PARAM_ONE, 2, 0x13cfe } };
static const struct schema_attr a72[] = { { .name = ATTR_OUTPUT_DATATYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_PERIODIC, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p73[] = { { "input", PARAM_ONE, 1, 0x3efe } };
static const struct schema_param p74[] = { { "output", PARAM_ONE, 2, 0x3efe } };
static const struct schema_attr a75[] = { { .name = ATTR_TO, .kind = ATTR_KIND_STRING, .required = true } };
static const struct schema_param p76[] = { { "input", PARAM_ONE, 1, 0x3ffe } };
static const struct schema_param p77[] = { { "output", PARAM_ONE, 2, 0x3ffe } };
static const struct schema_param p78[] = { { "input", PARAM_ONE, 1, 0x13ffe } };
static const struct schema_param p79[] = { { "output", PARAM_ONE, 2, 0x13ffe } };
static const struct schema_param p80[] = { { "input", PARAM_ONE, 1, 0x1f3ffe } };
static const struct schema_param p81[] = { { "output", PARAM_ONE, 2, 0x1f3ffe } };
static const struct schema_attr a82[] = { { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_TO, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p83[] = { { "input", PARAM_ONE, 1, 0x7f3ffe } };
static const struct schema_param p84[] = { { "output", PARAM_ONE, 2, 0x7f3ffe } };
static const struct schema_param p85[] = { { "input", PARAM_ONE, 1, 0xff3ffe } };
static const struct schema_param p86[] = { { "output", PARAM_ONE, 2, 0xff3ffe } };
static const struct schema_param p87[] = { { "input", PARAM_ONE, 1, 0x1ff3ffe } };
static const struct schema_param p88[] = { { "output", PARAM_ONE, 2, 0x1ff3ffe } };
static const struct schema_attr a89[] = { { .name = ATTR_ROUND_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "up" }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_TO, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p90[] = { { "input", PARAM_ONE, 1, 0x7ff3ffe } };
static const struct schema_param p91[] = { { "output", PARAM_ONE, 2, 0x7ff3ffe } };
static const struct schema_param p92[] = { { "input", PARAM_ONE, 1, 0x1fff3ffe } };
static const struct schema_param p93[] = { { "output", PARAM_ONE, 2, 0x1fff3ffe } };
static const struct schema_param p94[] = { { "input", PARAM_ONE, 1, 0x13ffe }, { "target_type", PARAM_ONE, 2, 0x13ffe } };
static const struct schema_param p95[] = { { "input", PARAM_ONE, 1, 0x1f3ffe }, { "target_type", PARAM_ONE, 2, 0x1f3ffe } };
static const struct schema_attr a96[] = { { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p97[] = { { "input", PARAM_ONE, 1, 0x7f3ffe }, { "target_type", PARAM_ONE, 2, 0x7f3ffe } };
static const struct schema_param p98[] = { { "input", PARAM_ONE, 1, 0xff3ffe }, { "target_type", PARAM_ONE, 2, 0xff3ffe } };
static const struct schema_param p99[] = { { "input", PARAM_ONE, 1, 0x1ff3ffe }, { "target_type", PARAM_ONE, 2, 0x1ff3ffe } };
static const struct schema_attr a100[] = { { .name = ATTR_ROUND_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "up" }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p101[] = { { "input", PARAM_ONE, 1, 0x7ff3ffe }, { "target_type", PARAM_ONE, 2, 0x7ff3ffe } };
static const struct schema_param p102[] = { { "input", PARAM_ONE, 1, 0x10402 }, { "weight", PARAM_ONE, 1, 0x10402 }, { "bias", PARAM_OPTIONAL, 1, 0x10402 }, { "past_state", PARAM_OPTIONAL, 1, 0x10402 } };
static const struct schema_param p103[] = { { "output", PARAM_ONE, 1, 0x10402 }, { "present_state", PARAM_ONE, 1, 0x10402 } };
static const struct schema_attr a104[] = { { .name = ATTR_ACTIVATION, .kind = ATTR_KIND_STRING, .preset = true, .s = "none" } };
static const struct schema_param p105[] = { { "X", PARAM_ONE, 1, 0x2 } };
static const struct schema_param p106[] = { { "Y", PARAM_ONE, 1, 0x2 } };
static const struct schema_attr a107[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f } };
static const struct schema_param p108[] = { { "input_data", PARAM_ONE, 1, 0x1fffe }, { "shape", PARAM_ONE, 2, 0xc0 } };
static const struct schema_param p109[] = { { "output_data", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a110[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a111[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_MAX, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_MIN, .kind = ATTR_KIND_FLOAT } };
static const struct schema_attr a112[] = { { .name = ATTR_MAX, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 3.4028234663852886e+38f }, { .name = ATTR_MIN, .kind = ATTR_KIND_FLOAT, .preset = true, .f = -3.4028234663852886e+38f } };
static const struct schema_param p113[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "min", PARAM_OPTIONAL, 1, 0xc02 }, { "max", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p114[] = { { "input", PARAM_ONE, 1, 0x3cfe }, { "min", PARAM_OPTIONAL, 1, 0x3cfe }, { "max", PARAM_OPTIONAL, 1, 0x3cfe } };
static const struct schema_param p115[] = { { "output", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p116[] = { { "input", PARAM_ONE, 1, 0x13cfe }, { "min", PARAM_OPTIONAL, 1, 0x13cfe }, { "max", PARAM_OPTIONAL, 1, 0x13cfe } };
static const struct schema_param p117[] = { { "output", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p118[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "image_shape", PARAM_ONE, 0, 0x80 }, { "block_shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p119[] = { { "output", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a120[] = { { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p121[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "condition", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p122[] = { { "output", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a123[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT } };
static const struct schema_param p124[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "condition", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p125[] = { { "inputs", PARAM_VARIADIC, 1, 0xc02 } };
static const struct schema_param p126[] = { { "concat_result", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p127[] = { { "inputs", PARAM_VARIADIC, 1, 0xfffe } };
static const struct schema_param p128[] = { { "concat_result", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a129[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p130[] = { { "inputs", PARAM_VARIADIC, 1, 0x1fffe } };
static const struct schema_param p131[] = { { "concat_result", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p132[] = { { "input_sequence", PARAM_ONE, 1, 0x0 } };
static const struct schema_param p133[] = { { "concat_result", PARAM_ONE, 2, 0xfffe } };
static const struct schema_attr a134[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_NEW_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a135[] = { { .name = ATTR_VALUE, .kind = ATTR_KIND_TENSOR, .required = true } };
static const struct schema_attr a136[] = { { .name = ATTR_SPARSE_VALUE, .kind = ATTR_KIND_SPARSE_TENSOR }, { .name = ATTR_VALUE, .kind = ATTR_KIND_TENSOR } };
static const struct schema_attr a137[] = { { .name = ATTR_SPARSE_VALUE, .kind = ATTR_KIND_SPARSE_TENSOR }, { .name = ATTR_VALUE, .kind = ATTR_KIND_TENSOR }, { .name = ATTR_VALUE_FLOAT, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_VALUE_FLOATS, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_VALUE_INT, .kind = ATTR_KIND_INT }, { .name = ATTR_VALUE_INTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_VALUE_STRING, .kind = ATTR_KIND_STRING }, { .name = ATTR_VALUE_STRINGS, .kind = ATTR_KIND_STRINGS } };
static const struct schema_param p138[] = { { "output", PARAM_ONE, 1, 0x1ffffe } };
static const struct schema_param p139[] = { { "output", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p140[] = { { "output", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p141[] = { { "output", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p142[] = { { "output", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p143[] = { { "input", PARAM_ONE, 1, 0x80 } };
static const struct schema_attr a144[] = { { .name = ATTR_VALUE, .kind = ATTR_KIND_TENSOR } };
static const struct schema_param p145[] = { { "output", PARAM_ONE, 2, 0x1f3efe } };
static const struct schema_param p146[] = { { "output", PARAM_ONE, 2, 0x7f3efe } };
static const struct schema_param p147[] = { { "output", PARAM_ONE, 2, 0xff3efe } };
static const struct schema_param p148[] = { { "output", PARAM_ONE, 2, 0x1ff3efe } };
static const struct schema_param p149[] = { { "output", PARAM_ONE, 2, 0x7ff3efe } };
static const struct schema_param p150[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "W", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a151[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_GROUP, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p152[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "W", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p153[] = { { "x", PARAM_ONE, 1, 0xc }, { "w", PARAM_ONE, 2, 0xc }, { "x_zero_point", PARAM_OPTIONAL, 1, 0xc }, { "w_zero_point", PARAM_OPTIONAL, 2, 0xc } };
static const struct schema_param p154[] = { { "y", PARAM_ONE, 3, 0x40 } };
static const struct schema_attr a155[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_GROUP, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_OUTPUT_PADDING, .kind = ATTR_KIND_INTS }, { .name = ATTR_OUTPUT_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p156[] = { { "x", PARAM_ONE, 1, 0x13cc2 }, { "axis", PARAM_ONE, 2, 0xc0 } };
static const struct schema_param p157[] = { { "y", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_attr a158[] = { { .name = ATTR_EXCLUSIVE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_REVERSE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p159[] = { { "x", PARAM_ONE, 1, 0x38c2 }, { "axis", PARAM_ONE, 2, 0xc0 } };
static const struct schema_param p160[] = { { "y", PARAM_ONE, 1, 0x38c2 } };
static const struct schema_param p161[] = { { "input", PARAM_ONE, 1, 0x10c02 }, { "dft_length", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_attr a162[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_INVERSE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_ONESIDED, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p163[] = { { "input", PARAM_ONE, 1, 0x10c02 }, { "dft_length", PARAM_OPTIONAL, 2, 0xc0 }, { "axis", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a164[] = { { .name = ATTR_INVERSE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_ONESIDED, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p165[] = { { "input", PARAM_ONE, 0, 0x100 } };
static const struct schema_param p166[] = { { "bytes", PARAM_ONE, 0, 0x100 } };
static const struct schema_attr a167[] = { { .name = ATTR_COMPRESSION_TYPE, .kind = ATTR_KIND_STRING, .preset = true, .s = "" } };
static const struct schema_param p168[] = { { "output", PARAM_ONE, 0, 0x7fffffe } };
static const struct schema_attr a169[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_FIXED_LENGTH, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_LITTLE_ENDIAN, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p170[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "W", PARAM_ONE, 1, 0xc02 }, { "offset", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_OPTIONAL, 1, 0xc02 }, { "mask", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a171[] = { { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_GROUP, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_OFFSET_GROUP, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p172[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "W", PARAM_ONE, 1, 0x10c02 }, { "offset", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 }, { "mask", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p173[] = { { "input", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a174[] = { { .name = ATTR_BLOCKSIZE, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_attr a175[] = { { .name = ATTR_BLOCKSIZE, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "DCR" } };
static const struct schema_param p176[] = { { "input", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p177[] = { { "x", PARAM_ONE, 1, 0x4c }, { "x_scale", PARAM_ONE, 0, 0x2 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x4c } };
static const struct schema_param p178[] = { { "y", PARAM_ONE, 0, 0x2 } };
static const struct schema_attr a179[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p180[] = { { "x", PARAM_ONE, 1, 0x1e004c }, { "x_scale", PARAM_ONE, 2, 0x10402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x1e004c } };
static const struct schema_param p181[] = { { "y", PARAM_ONE, 2, 0x10402 } };
static const struct schema_param p182[] = { { "x", PARAM_ONE, 1, 0x7e007c }, { "x_scale", PARAM_ONE, 2, 0x10402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x7e007c } };
static const struct schema_attr a183[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_BLOCK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p184[] = { { "x", PARAM_ONE, 1, 0xfe007c }, { "x_scale", PARAM_ONE, 2, 0x10402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0xfe007c } };
static const struct schema_param p185[] = { { "y", PARAM_ONE, 3, 0x10402 } };
static const struct schema_attr a186[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_BLOCK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p187[] = { { "x", PARAM_ONE, 1, 0xfe007c }, { "x_scale", PARAM_ONE, 2, 0x1010402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0xfe007c } };
static const struct schema_param p188[] = { { "x", PARAM_ONE, 1, 0x6fe007c }, { "x_scale", PARAM_ONE, 2, 0x1010402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x6fe007c } };
static const struct schema_param p189[] = { { "x", PARAM_ONE, 1, 0x1efe007c }, { "x_scale", PARAM_ONE, 2, 0x1010402 }, { "x_zero_point", PARAM_OPTIONAL, 1, 0x1efe007c } };
static const struct schema_param p190[] = { { "data", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p191[] = { { "output", PARAM_ONE, 1, 0xc02 }, { "mask", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a192[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_IS_TEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_RATIO, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_attr a193[] = { { .name = ATTR_IS_TEST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_RATIO, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_attr a194[] = { { .name = ATTR_RATIO, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_param p195[] = { { "output", PARAM_ONE, 1, 0xc02 }, { "mask", PARAM_OPTIONAL, 2, 0x200 } };
static const struct schema_param p196[] = { { "data", PARAM_ONE, 1, 0xc02 }, { "ratio", PARAM_OPTIONAL, 2, 0xc02 }, { "training_mode", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p197[] = { { "output", PARAM_ONE, 1, 0xc02 }, { "mask", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_attr a198[] = { { .name = ATTR_SEED, .kind = ATTR_KIND_INT } };
static const struct schema_param p199[] = { { "data", PARAM_ONE, 1, 0x10c02 }, { "ratio", PARAM_OPTIONAL, 2, 0xc02 }, { "training_mode", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p200[] = { { "output", PARAM_ONE, 1, 0x10c02 }, { "mask", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p201[] = { { "data", PARAM_ONE, 1, 0x1f0c02 }, { "ratio", PARAM_OPTIONAL, 2, 0x1f0c02 }, { "training_mode", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p202[] = { { "output", PARAM_ONE, 1, 0x1f0c02 }, { "mask", PARAM_OPTIONAL, 3, 0x200 } };
static const struct schema_param p203[] = { { "x", PARAM_ONE, 1, 0x2 } };
static const struct schema_param p204[] = { { "y", PARAM_ONE, 2, 0x4 }, { "y_scale", PARAM_ONE, 0, 0x2 }, { "y_zero_point", PARAM_ONE, 2, 0x4 } };
static const struct schema_param p205[] = { { "Inputs", PARAM_VARIADIC, 1, 0x3cfe } };
static const struct schema_param p206[] = { { "Output", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_attr a207[] = { { .name = ATTR_EQUATION, .kind = ATTR_KIND_STRING, .required = true } };
static const struct schema_param p208[] = { { "Inputs", PARAM_VARIADIC, 1, 0x13cfe } };
static const struct schema_param p209[] = { { "Output", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_attr a210[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS } };
static const struct schema_param p211[] = { { "table", PARAM_ONE, 0, 0x2 }, { "ids", PARAM_ONE, 0, 0x80 }, { "rows", PARAM_ONE, 0, 0x80 }, { "count", PARAM_OPTIONAL, 0, 0x80 }, { "base", PARAM_OPTIONAL, 0, 0x2 } };
static const struct schema_param p212[] = { { "output", PARAM_ONE, 0, 0x2 } };
static const struct schema_attr a213[] = { { .name = ATTR_COMBINER, .kind = ATTR_KIND_STRING, .preset = true, .s = "sum" }, { .name = ATTR_SKIP, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a214[] = { { .name = ATTR_PAD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p215[] = { { "A", PARAM_ONE, 1, 0x2c0 }, { "B", PARAM_ONE, 1, 0x2c0 } };
static const struct schema_param p216[] = { { "A", PARAM_ONE, 1, 0x3efe }, { "B", PARAM_ONE, 1, 0x3efe } };
static const struct schema_param p217[] = { { "A", PARAM_ONE, 1, 0x13efe }, { "B", PARAM_ONE, 1, 0x13efe } };
static const struct schema_param p218[] = { { "A", PARAM_ONE, 1, 0x13ffe }, { "B", PARAM_ONE, 1, 0x13ffe } };
static const struct schema_param p219[] = { { "input", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p220[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p221[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a222[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT }, { .name = ATTR_K, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p223[] = { { "input", PARAM_ONE, 1, 0x13efe } };
static const struct schema_param p224[] = { { "input", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p225[] = { { "input", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p226[] = { { "input", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p227[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "W", PARAM_ONE, 1, 0xc02 }, { "R", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_OPTIONAL, 1, 0xc02 }, { "sequence_lens", PARAM_OPTIONAL, 2, 0x40 }, { "initial_h", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p228[] = { { "Y", PARAM_OPTIONAL, 1, 0xc02 }, { "Y_h", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a229[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "foward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_OUTPUT_SEQUENCE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p230[] = { { "Y", PARAM_OPTIONAL, 1, 0xc02 }, { "Y_h", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a231[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_LINEAR_BEFORE_RESET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_SEQUENCE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a232[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_LINEAR_BEFORE_RESET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a233[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_LAYOUT, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_LINEAR_BEFORE_RESET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p234[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "W", PARAM_ONE, 1, 0x10c02 }, { "R", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 }, { "sequence_lens", PARAM_OPTIONAL, 2, 0x40 }, { "initial_h", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p235[] = { { "Y", PARAM_OPTIONAL, 1, 0x10c02 }, { "Y_h", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p236[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_ONE, 2, 0xc0 } };
static const struct schema_attr a237[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p238[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_ONE, 2, 0xc0 } };
static const struct schema_param p239[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a240[] = { { .name = ATTR_BATCH_DIMS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p241[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a242[] = { { .name = ATTR_APPROXIMATE, .kind = ATTR_KIND_STRING, .preset = true, .s = "none" } };
static const struct schema_param p243[] = { { "A", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_ONE, 1, 0xc02 }, { "C", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a244[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_BROADCAST, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_TRANS_A, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_TRANS_B, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a245[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_TRANS_A, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_TRANS_B, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p246[] = { { "A", PARAM_ONE, 1, 0x3cc2 }, { "B", PARAM_ONE, 1, 0x3cc2 }, { "C", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p247[] = { { "Y", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p248[] = { { "A", PARAM_ONE, 1, 0x3cc2 }, { "B", PARAM_ONE, 1, 0x3cc2 }, { "C", PARAM_OPTIONAL, 1, 0x3cc2 } };
static const struct schema_param p249[] = { { "A", PARAM_ONE, 1, 0x13cc2 }, { "B", PARAM_ONE, 1, 0x13cc2 }, { "C", PARAM_OPTIONAL, 1, 0x13cc2 } };
static const struct schema_param p250[] = { { "Y", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_attr a251[] = { { .name = ATTR_P, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 2.0f } };
static const struct schema_attr a252[] = { { .name = ATTR_P, .kind = ATTR_KIND_INT, .preset = true, .i = 2 } };
static const struct schema_param p253[] = { { "A", PARAM_ONE, 1, 0x3cfe }, { "B", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p254[] = { { "X", PARAM_ONE, 1, 0xfffe }, { "grid", PARAM_ONE, 2, 0xc02 } };
static const struct schema_param p255[] = { { "Y", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a256[] = { { .name = ATTR_ALIGN_CORNERS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "bilinear" }, { .name = ATTR_PADDING_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "zeros" } };
static const struct schema_attr a257[] = { { .name = ATTR_ALIGN_CORNERS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "linear" }, { .name = ATTR_PADDING_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "zeros" } };
static const struct schema_param p258[] = { { "X", PARAM_ONE, 1, 0x1fffe }, { "grid", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_param p259[] = { { "Y", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p260[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 1, 0x10c02 }, { "bias", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_attr a261[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_NUM_GROUPS, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_attr a262[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_NUM_GROUPS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_STASH_TYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a263[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.20000000298023224f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a264[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.20000000298023224f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_attr a265[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 } };
static const struct schema_param p266[] = { { "input", PARAM_ONE, 1, 0x1ffffe } };
static const struct schema_param p267[] = { { "cond", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p268[] = { { "outputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_attr a269[] = { { .name = ATTR_ELSE_BRANCH, .kind = ATTR_KIND_GRAPH, .required = true }, { .name = ATTR_THEN_BRANCH, .kind = ATTR_KIND_GRAPH, .required = true } };
static const struct schema_param p270[] = { { "outputs", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p271[] = { { "outputs", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p272[] = { { "outputs", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p273[] = { { "outputs", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p274[] = { { "outputs", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p275[] = { { "outputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p276[] = { { "encoded_stream", PARAM_ONE, 1, 0x4 } };
static const struct schema_param p277[] = { { "image", PARAM_ONE, 2, 0x4 } };
static const struct schema_attr a278[] = { { .name = ATTR_PIXEL_FORMAT, .kind = ATTR_KIND_STRING, .preset = true, .s = "RGB" } };
static const struct schema_param p279[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "scale", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a280[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f } };
static const struct schema_attr a281[] = { { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f } };
static const struct schema_param p282[] = { { "input", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p283[] = { { "X", PARAM_ONE, 1, 0x802 } };
static const struct schema_param p284[] = { { "Y", PARAM_ONE, 2, 0x200 } };
static const struct schema_attr a285[] = { { .name = ATTR_DETECT_NEGATIVE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_DETECT_POSITIVE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p286[] = { { "X", PARAM_ONE, 1, 0x1f0c02 } };
static const struct schema_attr a287[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-05f }, { .name = ATTR_BETA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.75f }, { .name = ATTR_BIAS, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_SIZE, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p288[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "W", PARAM_ONE, 1, 0xc02 }, { "R", PARAM_ONE, 1, 0xc02 }, { "B", PARAM_OPTIONAL, 1, 0xc02 }, { "sequence_lens", PARAM_OPTIONAL, 2, 0x40 }, { "initial_h", PARAM_OPTIONAL, 1, 0xc02 }, { "initial_c", PARAM_OPTIONAL, 1, 0xc02 }, { "P", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p289[] = { { "Y", PARAM_OPTIONAL, 1, 0xc02 }, { "Y_h", PARAM_OPTIONAL, 1, 0xc02 }, { "Y_c", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_attr a290[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_INPUT_FORGET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_SEQUENCE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a291[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_INPUT_FORGET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a292[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_INPUT_FORGET, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_LAYOUT, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p293[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "W", PARAM_ONE, 1, 0x10c02 }, { "R", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 }, { "sequence_lens", PARAM_OPTIONAL, 2, 0x40 }, { "initial_h", PARAM_OPTIONAL, 1, 0x10c02 }, { "initial_c", PARAM_OPTIONAL, 1, 0x10c02 }, { "P", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p294[] = { { "Y", PARAM_OPTIONAL, 1, 0x10c02 }, { "Y_h", PARAM_OPTIONAL, 1, 0x10c02 }, { "Y_c", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p295[] = { { "X", PARAM_ONE, 0, 0x7fffffe } };
static const struct schema_param p296[] = { { "Y", PARAM_ONE, 0, 0x7fffffe } };
static const struct schema_attr a297[] = { { .name = ATTR_DEFAULT_FLOAT, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DEFAULT_INT64, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_DEFAULT_STRING, .kind = ATTR_KIND_STRING, .preset = true, .s = "_Unused" }, { .name = ATTR_KEYS_FLOATS, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_KEYS_INT64S, .kind = ATTR_KIND_INTS }, { .name = ATTR_KEYS_STRINGS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_VALUES_FLOATS, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_VALUES_INT64S, .kind = ATTR_KIND_INTS }, { .name = ATTR_VALUES_STRINGS, .kind = ATTR_KIND_STRINGS } };
static const struct schema_param p298[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "Scale", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p299[] = { { "Y", PARAM_ONE, 1, 0x10c02 }, { "Mean", PARAM_OPTIONAL, 2, 0x10002 }, { "InvStdDev", PARAM_OPTIONAL, 2, 0x10002 } };
static const struct schema_attr a300[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_EPSILON, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 9.999999747378752e-06f }, { .name = ATTR_STASH_TYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_attr a301[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.009999999776482582f }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a302[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.009999999776482582f } };
static const struct schema_param p303[] = { { "query", PARAM_ONE, 1, 0x10402 }, { "key", PARAM_ONE, 1, 0x10402 }, { "value", PARAM_ONE, 1, 0x10402 }, { "past_state", PARAM_OPTIONAL, 2, 0x10402 }, { "decay", PARAM_OPTIONAL, 1, 0x10402 }, { "beta", PARAM_OPTIONAL, 1, 0x10402 } };
static const struct schema_param p304[] = { { "output", PARAM_ONE, 1, 0x10402 }, { "present_state", PARAM_ONE, 2, 0x10402 } };
static const struct schema_attr a305[] = { { .name = ATTR_CHUNK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 64 }, { .name = ATTR_KV_NUM_HEADS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_Q_NUM_HEADS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_UPDATE_RULE, .kind = ATTR_KIND_STRING, .preset = true, .s = "gated_delta" } };
static const struct schema_param p306[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_param p307[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_attr a308[] = { { .name = ATTR_BODY, .kind = ATTR_KIND_GRAPH, .required = true } };
static const struct schema_param p309[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p310[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p311[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p312[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p313[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p314[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p315[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p316[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p317[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p318[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p319[] = { { "M", PARAM_OPTIONAL, 2, 0x80 }, { "cond", PARAM_OPTIONAL, 3, 0x200 }, { "v_initial", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p320[] = { { "v_final_and_scan_outputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_attr a321[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_P, .kind = ATTR_KIND_INT, .preset = true, .i = 2 } };
static const struct schema_attr a322[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS }, { .name = ATTR_P, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 2.0f }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a323[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_P, .kind = ATTR_KIND_INT, .preset = true, .i = 2 }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a324[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_CEIL_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_P, .kind = ATTR_KIND_INT, .preset = true, .i = 2 }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p325[] = { { "A", PARAM_ONE, 1, 0xc }, { "B", PARAM_ONE, 2, 0xc }, { "a_zero_point", PARAM_OPTIONAL, 1, 0xc }, { "b_zero_point", PARAM_OPTIONAL, 2, 0xc } };
static const struct schema_param p326[] = { { "Y", PARAM_ONE, 3, 0x40 } };
static const struct schema_param p327[] = { { "data_0", PARAM_VARIADIC, 1, 0xc02 } };
static const struct schema_param p328[] = { { "max", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p329[] = { { "data_0", PARAM_VARIADIC, 1, 0x3cfe } };
static const struct schema_param p330[] = { { "max", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p331[] = { { "data_0", PARAM_VARIADIC, 1, 0x13cfe } };
static const struct schema_param p332[] = { { "max", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p333[] = { { "Y", PARAM_ONE, 1, 0xc02 }, { "Indices", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_attr a334[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STORAGE_ORDER, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_attr a335[] = { { .name = ATTR_AUTO_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "NOTSET" }, { .name = ATTR_CEIL_MODE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_DILATIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STORAGE_ORDER, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p336[] = { { "X", PARAM_ONE, 1, 0xc0e } };
static const struct schema_param p337[] = { { "Y", PARAM_ONE, 1, 0xc0e }, { "Indices", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_param p338[] = { { "X", PARAM_ONE, 1, 0x10c0e } };
static const struct schema_param p339[] = { { "Y", PARAM_ONE, 1, 0x10c0e }, { "Indices", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_param p340[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "rois", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a341[] = { { .name = ATTR_POOLED_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_SPATIAL_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f } };
static const struct schema_param p342[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "rois", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p343[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "I", PARAM_ONE, 2, 0x80 }, { "output_shape", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_attr a344[] = { { .name = ATTR_KERNEL_SHAPE, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS }, { .name = ATTR_STRIDES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p345[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "I", PARAM_ONE, 2, 0x80 }, { "output_shape", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_param p346[] = { { "mean", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p347[] = { { "data_0", PARAM_VARIADIC, 1, 0x10c02 } };
static const struct schema_param p348[] = { { "mean", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_attr a349[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS, .preset = true, .s = "0,2,3" } };
static const struct schema_param p350[] = { { "num_mel_bins", PARAM_ONE, 1, 0xc0 }, { "dft_length", PARAM_ONE, 1, 0xc0 }, { "sample_rate", PARAM_ONE, 1, 0xc0 }, { "lower_edge_hertz", PARAM_ONE, 2, 0x10c02 }, { "upper_edge_hertz", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_param p351[] = { { "output", PARAM_ONE, 3, 0x13cfe } };
static const struct schema_attr a352[] = { { .name = ATTR_OUTPUT_DATATYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p353[] = { { "min", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p354[] = { { "min", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_param p355[] = { { "min", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p356[] = { { "C", PARAM_ONE, 1, 0x3cfe } };
static const struct schema_attr a357[] = { { .name = ATTR_FMOD, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p358[] = { { "output", PARAM_ONE, 2, 0xc0 } };
static const struct schema_attr a359[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 6 }, { .name = ATTR_SAMPLE_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT } };
static const struct schema_param p360[] = { { "X", PARAM_ONE, 1, 0xcea } };
static const struct schema_param p361[] = { { "Y", PARAM_ONE, 1, 0xcea } };
static const struct schema_param p362[] = { { "X", PARAM_ONE, 1, 0x10cea } };
static const struct schema_param p363[] = { { "Y", PARAM_ONE, 1, 0x10cea } };
static const struct schema_param p364[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "target", PARAM_ONE, 2, 0xc0 }, { "weight", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p365[] = { { "loss", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a366[] = { { .name = ATTR_IGNORE_INDEX, .kind = ATTR_KIND_INT }, { .name = ATTR_REDUCTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "mean" } };
static const struct schema_param p367[] = { { "input", PARAM_ONE, 1, 0x10c02 }, { "target", PARAM_ONE, 2, 0xc0 }, { "weight", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p368[] = { { "loss", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p369[] = { { "boxes", PARAM_ONE, 0, 0x2 }, { "scores", PARAM_ONE, 0, 0x2 }, { "max_output_boxes_per_class", PARAM_OPTIONAL, 0, 0x80 }, { "iou_threshold", PARAM_OPTIONAL, 0, 0x2 }, { "score_threshold", PARAM_OPTIONAL, 0, 0x2 } };
static const struct schema_param p370[] = { { "selected_indices", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a371[] = { { .name = ATTR_CENTER_POINT_BOX, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p372[] = { { "X", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p373[] = { { "Y", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p374[] = { { "X", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p375[] = { { "X", PARAM_ONE, 1, 0x200 } };
static const struct schema_param p376[] = { { "Y", PARAM_ONE, 1, 0x200 } };
static const struct schema_param p377[] = { { "indices", PARAM_ONE, 1, 0x3cfe }, { "depth", PARAM_ONE, 2, 0x3cfe }, { "values", PARAM_ONE, 3, 0xfffe } };
static const struct schema_param p378[] = { { "output", PARAM_ONE, 3, 0xfffe } };
static const struct schema_param p379[] = { { "indices", PARAM_ONE, 1, 0x3cfe }, { "depth", PARAM_ONE, 2, 0x3cfe }, { "values", PARAM_ONE, 3, 0x1fffe } };
static const struct schema_param p380[] = { { "output", PARAM_ONE, 3, 0x1fffe } };
static const struct schema_param p381[] = { { "input", PARAM_OPTIONAL, 1, 0xfffe } };
static const struct schema_param p382[] = { { "output", PARAM_ONE, 2, 0x0 } };
static const struct schema_attr a383[] = { { .name = ATTR_TYPE, .kind = ATTR_KIND_TYPE } };
static const struct schema_param p384[] = { { "input", PARAM_OPTIONAL, 1, 0x1ffffffe } };
static const struct schema_param p385[] = { { "input", PARAM_ONE, 1, 0x0 } };
static const struct schema_param p386[] = { { "output", PARAM_ONE, 2, 0xfffe } };
static const struct schema_param p387[] = { { "input", PARAM_ONE, 1, 0x1ffffffe } };
static const struct schema_param p388[] = { { "output", PARAM_ONE, 2, 0x1ffffffe } };
static const struct schema_param p389[] = { { "output", PARAM_ONE, 2, 0x200 } };
static const struct schema_param p390[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "slope", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p391[] = { { "X", PARAM_ONE, 1, 0x3cc2 }, { "slope", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p392[] = { { "X", PARAM_ONE, 1, 0x13cc2 }, { "slope", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_attr a393[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "constant" }, { .name = ATTR_PADDINGS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_VALUE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f } };
static const struct schema_attr a394[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "constant" }, { .name = ATTR_PADS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_VALUE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f } };
static const struct schema_param p395[] = { { "data", PARAM_ONE, 1, 0x3cfe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x3cfe } };
static const struct schema_attr a396[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "constant" } };
static const struct schema_param p397[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x1fffe } };
static const struct schema_param p398[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x1fffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p399[] = { { "data", PARAM_ONE, 1, 0x7ffffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x7ffffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p400[] = { { "data", PARAM_ONE, 1, 0xfffffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0xfffffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p401[] = { { "data", PARAM_ONE, 1, 0x1fffffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x1fffffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p402[] = { { "data", PARAM_ONE, 1, 0x7fffffe }, { "pads", PARAM_ONE, 0, 0x80 }, { "constant_value", PARAM_OPTIONAL, 1, 0x7fffffe }, { "axes", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p403[] = { { "serialized", PARAM_ONE, 0, 0x100 }, { "dense_defaults", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_attr a404[] = { { .name = ATTR_DENSE_KEYS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_DENSE_RANKS, .kind = ATTR_KIND_INTS }, { .name = ATTR_DENSE_SHAPES, .kind = ATTR_KIND_INTS }, { .name = ATTR_DENSE_TYPES, .kind = ATTR_KIND_INTS }, { .name = ATTR_RAGGED_KEYS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_RAGGED_SPLIT_TYPES, .kind = ATTR_KIND_INTS }, { .name = ATTR_RAGGED_TYPES, .kind = ATTR_KIND_INTS }, { .name = ATTR_SPARSE_KEYS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_SPARSE_TYPES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p405[] = { { "serialized", PARAM_ONE, 0, 0x100 } };
static const struct schema_attr a406[] = { { .name = ATTR_DENSE_KEYS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_DENSE_MAY_MISS, .kind = ATTR_KIND_INTS }, { .name = ATTR_DENSE_RANKS, .kind = ATTR_KIND_INTS }, { .name = ATTR_DENSE_SHAPES, .kind = ATTR_KIND_INTS }, { .name = ATTR_DENSE_TYPES, .kind = ATTR_KIND_INTS }, { .name = ATTR_RAGGED_KEYS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_RAGGED_SPLIT_TYPES, .kind = ATTR_KIND_INTS }, { .name = ATTR_RAGGED_TYPES, .kind = ATTR_KIND_INTS }, { .name = ATTR_SPARSE_KEYS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_SPARSE_TYPES, .kind = ATTR_KIND_INTS } };
static const struct schema_param p407[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "Y", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p408[] = { { "Z", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p409[] = { { "X", PARAM_ONE, 1, 0xcc2 }, { "Y", PARAM_ONE, 2, 0x3cfe } };
static const struct schema_param p410[] = { { "Z", PARAM_ONE, 1, 0xcc2 } };
static const struct schema_param p411[] = { { "X", PARAM_ONE, 1, 0x10cc2 }, { "Y", PARAM_ONE, 2, 0x3cfe } };
static const struct schema_param p412[] = { { "Z", PARAM_ONE, 1, 0x10cc2 } };
static const struct schema_param p413[] = { { "X", PARAM_ONE, 1, 0x10cc2 }, { "Y", PARAM_ONE, 2, 0x13cfe } };
static const struct schema_param p414[] = { { "x", PARAM_ONE, 1, 0xc }, { "x_scale", PARAM_ONE, 0, 0x2 }, { "x_zero_point", PARAM_ONE, 1, 0xc }, { "w", PARAM_ONE, 2, 0xc }, { "w_scale", PARAM_ONE, 0, 0x2 }, { "w_zero_point", PARAM_ONE, 2, 0xc }, { "y_scale", PARAM_ONE, 0, 0x2 }, { "y_zero_point", PARAM_ONE, 3, 0xc }, { "B", PARAM_OPTIONAL, 4, 0x40 } };
static const struct schema_param p415[] = { { "y", PARAM_ONE, 3, 0xc } };
static const struct schema_param p416[] = { { "a", PARAM_ONE, 1, 0xc }, { "a_scale", PARAM_ONE, 0, 0x2 }, { "a_zero_point", PARAM_ONE, 1, 0xc }, { "b", PARAM_ONE, 2, 0xc }, { "b_scale", PARAM_ONE, 0, 0x2 }, { "b_zero_point", PARAM_ONE, 2, 0xc }, { "y_scale", PARAM_ONE, 0, 0x2 }, { "y_zero_point", PARAM_ONE, 3, 0xc } };
static const struct schema_param p417[] = { { "a", PARAM_ONE, 2, 0x1e000c }, { "a_scale", PARAM_ONE, 1, 0x10402 }, { "a_zero_point", PARAM_ONE, 2, 0x1e000c }, { "b", PARAM_ONE, 3, 0x1e000c }, { "b_scale", PARAM_ONE, 1, 0x10402 }, { "b_zero_point", PARAM_ONE, 3, 0x1e000c }, { "y_scale", PARAM_ONE, 1, 0x10402 }, { "y_zero_point", PARAM_ONE, 4, 0x1e000c } };
static const struct schema_param p418[] = { { "y", PARAM_ONE, 4, 0x1e000c } };
static const struct schema_param p419[] = { { "x", PARAM_ONE, 1, 0x42 }, { "y_scale", PARAM_ONE, 0, 0x2 }, { "y_zero_point", PARAM_OPTIONAL, 2, 0xc } };
static const struct schema_param p420[] = { { "y", PARAM_ONE, 2, 0xc } };
static const struct schema_param p421[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 1, 0x10442 }, { "y_zero_point", PARAM_OPTIONAL, 2, 0x1e000c } };
static const struct schema_param p422[] = { { "y", PARAM_ONE, 2, 0x1e000c } };
static const struct schema_attr a423[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p424[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 1, 0x10442 }, { "y_zero_point", PARAM_OPTIONAL, 2, 0x7e003c } };
static const struct schema_param p425[] = { { "y", PARAM_ONE, 2, 0x7e003c } };
static const struct schema_attr a426[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_BLOCK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p427[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 2, 0x10442 }, { "y_zero_point", PARAM_OPTIONAL, 3, 0xfe003c } };
static const struct schema_param p428[] = { { "y", PARAM_ONE, 3, 0xfe003c } };
static const struct schema_attr a429[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_BLOCK_SIZE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_OUTPUT_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_PRECISION, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SATURATE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p430[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 2, 0x1010442 }, { "y_zero_point", PARAM_OPTIONAL, 3, 0xfe003c } };
static const struct schema_param p431[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 2, 0x1010442 }, { "y_zero_point", PARAM_OPTIONAL, 3, 0x6fe003c } };
static const struct schema_param p432[] = { { "y", PARAM_ONE, 3, 0x6fe003c } };
static const struct schema_param p433[] = { { "x", PARAM_ONE, 1, 0x10442 }, { "y_scale", PARAM_ONE, 2, 0x1010442 }, { "y_zero_point", PARAM_OPTIONAL, 3, 0x1efe003c } };
static const struct schema_param p434[] = { { "y", PARAM_ONE, 3, 0x1efe003c } };
static const struct schema_param p435[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "scale", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_param p436[] = { { "Y", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_attr a437[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .preset = true, .s = "Tanh,Tanh" }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_OUTPUT_SEQUENCE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a438[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .preset = true, .s = "Tanh,Tanh" }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT } };
static const struct schema_attr a439[] = { { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .preset = true, .s = "Tanh,Tanh" }, { .name = ATTR_CLIP, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_DIRECTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "forward" }, { .name = ATTR_HIDDEN_SIZE, .kind = ATTR_KIND_INT }, { .name = ATTR_LAYOUT, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_attr a440[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_MEAN, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_SHAPE, .kind = ATTR_KIND_INTS, .required = true } };
static const struct schema_param p441[] = { { "output", PARAM_ONE, 2, 0xc02 } };
static const struct schema_attr a442[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT }, { .name = ATTR_MEAN, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT } };
static const struct schema_param p443[] = { { "output", PARAM_ONE, 2, 0x10c02 } };
static const struct schema_attr a444[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_HIGH, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_LOW, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT }, { .name = ATTR_SHAPE, .kind = ATTR_KIND_INTS, .required = true } };
static const struct schema_attr a445[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT }, { .name = ATTR_HIGH, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f }, { .name = ATTR_LOW, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_SEED, .kind = ATTR_KIND_FLOAT } };
static const struct schema_param p446[] = { { "start", PARAM_ONE, 1, 0x8e2 }, { "limit", PARAM_ONE, 1, 0x8e2 }, { "delta", PARAM_ONE, 1, 0x8e2 } };
static const struct schema_param p447[] = { { "output", PARAM_ONE, 1, 0x8e2 } };
static const struct schema_param p448[] = { { "start", PARAM_ONE, 1, 0x10ce2 }, { "limit", PARAM_ONE, 1, 0x10ce2 }, { "delta", PARAM_ONE, 1, 0x10ce2 } };
static const struct schema_param p449[] = { { "output", PARAM_ONE, 1, 0x10ce2 } };
static const struct schema_attr a450[] = { { .name = ATTR_STASH_TYPE, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p451[] = { { "inputs", PARAM_ONE, 0, 0x100 } };
static const struct schema_attr a452[] = { { .name = ATTR_SEPARATOR, .kind = ATTR_KIND_STRING, .preset = true, .s = "" } };
static const struct schema_param p453[] = { { "data", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_param p454[] = { { "reduced", PARAM_ONE, 1, 0x3cc2 } };
static const struct schema_attr a455[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_KEEPDIMS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p456[] = { { "data", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_param p457[] = { { "reduced", PARAM_ONE, 1, 0x13cc2 } };
static const struct schema_param p458[] = { { "data", PARAM_ONE, 1, 0x13cc2 }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a459[] = { { .name = ATTR_KEEPDIMS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_NOOP_WITH_EMPTY_AXES, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p460[] = { { "data", PARAM_ONE, 1, 0x10c02 }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p461[] = { { "reduced", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p462[] = { { "data", PARAM_ONE, 1, 0x3cce } };
static const struct schema_param p463[] = { { "reduced", PARAM_ONE, 1, 0x3cce } };
static const struct schema_param p464[] = { { "data", PARAM_ONE, 1, 0x13cce } };
static const struct schema_param p465[] = { { "reduced", PARAM_ONE, 1, 0x13cce } };
static const struct schema_param p466[] = { { "data", PARAM_ONE, 1, 0x13cce }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p467[] = { { "data", PARAM_ONE, 1, 0x13ece }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p468[] = { { "reduced", PARAM_ONE, 1, 0x13ece } };
static const struct schema_param p469[] = { { "X", PARAM_ONE, 1, 0x100 } };
static const struct schema_attr a470[] = { { .name = ATTR_PATTERN, .kind = ATTR_KIND_STRING } };
static const struct schema_param p471[] = { { "input", PARAM_ONE, 0, 0x100 }, { "pattern", PARAM_ONE, 0, 0x100 }, { "rewrite", PARAM_ONE, 0, 0x100 } };
static const struct schema_attr a472[] = { { .name = ATTR_REPLACE_GLOBAL, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p473[] = { { "reshaped", PARAM_ONE, 1, 0xc02 } };
static const struct schema_attr a474[] = { { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_SHAPE, .kind = ATTR_KIND_INTS } };
static const struct schema_param p475[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p476[] = { { "reshaped", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p477[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p478[] = { { "reshaped", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a479[] = { { .name = ATTR_ALLOWZERO, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p480[] = { { "data", PARAM_ONE, 1, 0x1ffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p481[] = { { "reshaped", PARAM_ONE, 1, 0x1ffffe } };
static const struct schema_param p482[] = { { "data", PARAM_ONE, 1, 0x7ffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p483[] = { { "reshaped", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p484[] = { { "data", PARAM_ONE, 1, 0xfffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p485[] = { { "reshaped", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p486[] = { { "data", PARAM_ONE, 1, 0x1fffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p487[] = { { "reshaped", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p488[] = { { "data", PARAM_ONE, 1, 0x7fffffe }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p489[] = { { "reshaped", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p490[] = { { "X", PARAM_ONE, 1, 0xfffe }, { "scales", PARAM_ONE, 0, 0x2 } };
static const struct schema_attr a491[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" } };
static const struct schema_param p492[] = { { "X", PARAM_ONE, 1, 0xfffe }, { "roi", PARAM_ONE, 2, 0xc02 }, { "scales", PARAM_ONE, 0, 0x2 }, { "sizes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a493[] = { { .name = ATTR_COORDINATE_TRANSFORMATION_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "half_pixel" }, { .name = ATTR_CUBIC_COEFF_A, .kind = ATTR_KIND_FLOAT, .preset = true, .f = -0.75f }, { .name = ATTR_EXCLUDE_OUTSIDE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_EXTRAPOLATION_VALUE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" }, { .name = ATTR_NEAREST_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "round_prefer_floor" } };
static const struct schema_param p494[] = { { "X", PARAM_ONE, 1, 0x1fffe }, { "roi", PARAM_OPTIONAL, 2, 0xc02 }, { "scales", PARAM_OPTIONAL, 0, 0x2 }, { "sizes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a495[] = { { .name = ATTR_ANTIALIAS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_COORDINATE_TRANSFORMATION_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "half_pixel" }, { .name = ATTR_CUBIC_COEFF_A, .kind = ATTR_KIND_FLOAT, .preset = true, .f = -0.75f }, { .name = ATTR_EXCLUDE_OUTSIDE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_EXTRAPOLATION_VALUE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_KEEP_ASPECT_RATIO_POLICY, .kind = ATTR_KIND_STRING, .preset = true, .s = "stretch" }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" }, { .name = ATTR_NEAREST_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "round_prefer_floor" } };
static const struct schema_param p496[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "sequence_lens", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a497[] = { { .name = ATTR_BATCH_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_TIME_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p498[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "sequence_lens", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p499[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "rois", PARAM_ONE, 1, 0xc02 }, { "batch_indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_attr a500[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "avg" }, { .name = ATTR_OUTPUT_HEIGHT, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_OUTPUT_WIDTH, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SAMPLING_RATIO, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SPATIAL_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f } };
static const struct schema_attr a501[] = { { .name = ATTR_COORDINATE_TRANSFORMATION_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "half_pixel" }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "avg" }, { .name = ATTR_OUTPUT_HEIGHT, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_OUTPUT_WIDTH, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SAMPLING_RATIO, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SPATIAL_SCALE, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0f } };
static const struct schema_param p502[] = { { "X", PARAM_ONE, 1, 0x10c02 }, { "rois", PARAM_ONE, 1, 0x10c02 }, { "batch_indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p503[] = { { "X", PARAM_ONE, 1, 0x10402 }, { "cos_cache", PARAM_ONE, 1, 0x10402 }, { "sin_cache", PARAM_ONE, 1, 0x10402 }, { "position_ids", PARAM_OPTIONAL, 2, 0x80 } };
static const struct schema_param p504[] = { { "Y", PARAM_ONE, 1, 0x10402 } };
static const struct schema_attr a505[] = { { .name = ATTR_INTERLEAVED, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_NUM_HEADS, .kind = ATTR_KIND_INT }, { .name = ATTR_ROTARY_EMBEDDING_DIM, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p506[] = { { "signal", PARAM_ONE, 1, 0x10c02 }, { "frame_step", PARAM_ONE, 2, 0xc0 }, { "window", PARAM_OPTIONAL, 1, 0x10c02 }, { "frame_length", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_attr a507[] = { { .name = ATTR_ONESIDED, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p508[] = { { "sequence_lens", PARAM_OPTIONAL, 1, 0x80 }, { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_param p509[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_attr a510[] = { { .name = ATTR_BODY, .kind = ATTR_KIND_GRAPH, .required = true }, { .name = ATTR_DIRECTIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_NUM_SCAN_INPUTS, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p511[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_attr a512[] = { { .name = ATTR_BODY, .kind = ATTR_KIND_GRAPH, .required = true }, { .name = ATTR_NUM_SCAN_INPUTS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_SCAN_INPUT_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_SCAN_INPUT_DIRECTIONS, .kind = ATTR_KIND_INTS }, { .name = ATTR_SCAN_OUTPUT_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_SCAN_OUTPUT_DIRECTIONS, .kind = ATTR_KIND_INTS } };
static const struct schema_param p513[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p514[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x1fffe } };
static const struct schema_param p515[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p516[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x1ffffe } };
static const struct schema_param p517[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p518[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x7ffffe } };
static const struct schema_param p519[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p520[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0xfffffe } };
static const struct schema_param p521[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p522[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x1fffffe } };
static const struct schema_param p523[] = { { "initial_state_and_scan_inputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p524[] = { { "final_state_and_scan_outputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p525[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_ONE, 2, 0xc0 }, { "updates", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p526[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_ONE, 2, 0xc0 }, { "updates", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a527[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_REDUCTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "none" } };
static const struct schema_param p528[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_ONE, 0, 0x80 }, { "updates", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p529[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_ONE, 0, 0x80 }, { "updates", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a530[] = { { .name = ATTR_REDUCTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "none" } };
static const struct schema_attr a531[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.673200011253357f }, { .name = ATTR_CONSUMED_INPUTS, .kind = ATTR_KIND_INTS }, { .name = ATTR_GAMMA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0506999492645264f } };
static const struct schema_attr a532[] = { { .name = ATTR_ALPHA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.6732631921768188f }, { .name = ATTR_GAMMA, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 1.0507010221481323f } };
static const struct schema_param p533[] = { { "input_sequence", PARAM_ONE, 1, 0x0 }, { "position", PARAM_ONE, 3, 0xc0 } };
static const struct schema_param p534[] = { { "tensor", PARAM_ONE, 2, 0xfffe } };
static const struct schema_param p535[] = { { "output_sequence", PARAM_ONE, 2, 0x0 } };
static const struct schema_param p536[] = { { "output", PARAM_ONE, 1, 0x0 } };
static const struct schema_attr a537[] = { { .name = ATTR_DTYPE, .kind = ATTR_KIND_INT } };
static const struct schema_param p538[] = { { "input_sequence", PARAM_ONE, 1, 0x0 }, { "position", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p539[] = { { "output_sequence", PARAM_ONE, 1, 0x0 } };
static const struct schema_param p540[] = { { "input_sequence", PARAM_ONE, 2, 0x0 }, { "tensor", PARAM_ONE, 1, 0xfffe }, { "position", PARAM_OPTIONAL, 3, 0xc0 } };
static const struct schema_param p541[] = { { "length", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p542[] = { { "input_sequence", PARAM_ONE, 1, 0x0 }, { "additional_inputs", PARAM_VARIADIC, 0, 0xfffe } };
static const struct schema_param p543[] = { { "out_sequence", PARAM_VARIADIC, 0, 0x0 } };
static const struct schema_param p544[] = { { "data", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p545[] = { { "shape", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p546[] = { { "data", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_attr a547[] = { { .name = ATTR_END, .kind = ATTR_KIND_INT }, { .name = ATTR_START, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p548[] = { { "data", PARAM_ONE, 1, 0x1ffffe } };
static const struct schema_param p549[] = { { "data", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p550[] = { { "data", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p551[] = { { "data", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p552[] = { { "data", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_attr a553[] = { { .name = ATTR_BIAS, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.0f }, { .name = ATTR_LAMBD, .kind = ATTR_KIND_FLOAT, .preset = true, .f = 0.5f } };
static const struct schema_param p554[] = { { "input", PARAM_ONE, 1, 0x13cfe } };
static const struct schema_param p555[] = { { "size", PARAM_ONE, 2, 0x80 } };
static const struct schema_attr a556[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS }, { .name = ATTR_ENDS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_STARTS, .kind = ATTR_KIND_INTS, .required = true } };
static const struct schema_param p557[] = { { "data", PARAM_ONE, 1, 0xfffe }, { "starts", PARAM_ONE, 2, 0xc0 }, { "ends", PARAM_ONE, 2, 0xc0 }, { "axes", PARAM_OPTIONAL, 2, 0xc0 }, { "steps", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p558[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "starts", PARAM_ONE, 2, 0xc0 }, { "ends", PARAM_ONE, 2, 0xc0 }, { "axes", PARAM_OPTIONAL, 2, 0xc0 }, { "steps", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p559[] = { { "scores", PARAM_ONE, 1, 0xc02 }, { "labels", PARAM_ONE, 2, 0xc0 }, { "weights", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p560[] = { { "output", PARAM_ONE, 1, 0xc02 }, { "log_prob", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p561[] = { { "scores", PARAM_ONE, 1, 0x10c02 }, { "labels", PARAM_ONE, 2, 0xc0 }, { "weights", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p562[] = { { "output", PARAM_ONE, 1, 0x10c02 }, { "log_prob", PARAM_OPTIONAL, 1, 0x10c02 } };
static const struct schema_param p563[] = { { "inputs", PARAM_VARIADIC, 0, 0x7fffffe } };
static const struct schema_param p564[] = { { "indices", PARAM_ONE, 0, 0x80 }, { "values", PARAM_ONE, 0, 0x80 }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a565[] = { { .name = ATTR_HASH_KEY, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_NUM_BUCKETS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_SALT, .kind = ATTR_KIND_INTS }, { .name = ATTR_SPARSE, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_STRONG_HASH, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p566[] = { { "indices", PARAM_ONE, 0, 0x80 }, { "values", PARAM_ONE, 0, 0x100 }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a567[] = { { .name = ATTR_SEPARATOR, .kind = ATTR_KIND_STRING, .preset = true, .s = "" }, { .name = ATTR_SPARSE, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p568[] = { { "indices", PARAM_ONE, 0, 0x80 }, { "values", PARAM_ONE, 1, 0x7fffffe }, { "shape", PARAM_ONE, 0, 0x80 }, { "default_value", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p569[] = { { "indices", PARAM_ONE, 0, 0x80 }, { "values", PARAM_ONE, 1, 0x7fffffe }, { "empty", PARAM_ONE, 0, 0x200 }, { "places", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p570[] = { { "indices", PARAM_ONE, 0, 0x80 }, { "shape", PARAM_ONE, 0, 0x80 }, { "new_shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p571[] = { { "indices", PARAM_ONE, 0, 0x80 }, { "shape", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p572[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "split", PARAM_OPTIONAL, 1, 0xc02 } };
static const struct schema_param p573[] = { { "outputs...", PARAM_VARIADIC, 1, 0xc02 } };
static const struct schema_attr a574[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT }, { .name = ATTR_SPLIT, .kind = ATTR_KIND_INTS } };
static const struct schema_param p575[] = { { "outputs", PARAM_VARIADIC, 1, 0xfffe } };
static const struct schema_attr a576[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_SPLIT, .kind = ATTR_KIND_INTS } };
static const struct schema_param p577[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "split", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p578[] = { { "outputs", PARAM_VARIADIC, 1, 0x1fffe } };
static const struct schema_attr a579[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_NUM_OUTPUTS, .kind = ATTR_KIND_INT } };
static const struct schema_param p580[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "split", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p581[] = { { "output_sequence", PARAM_ONE, 3, 0x0 } };
static const struct schema_param p582[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "split", PARAM_OPTIONAL, 2, 0xc0 } };
static const struct schema_param p583[] = { { "squeezed", PARAM_ONE, 1, 0xfffe } };
static const struct schema_param p584[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p585[] = { { "squeezed", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p586[] = { { "data", PARAM_ONE, 1, 0x7ffffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p587[] = { { "squeezed", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p588[] = { { "data", PARAM_ONE, 1, 0xfffffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p589[] = { { "squeezed", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p590[] = { { "data", PARAM_ONE, 1, 0x1fffffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p591[] = { { "squeezed", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p592[] = { { "data", PARAM_ONE, 1, 0x7fffffe }, { "axes", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p593[] = { { "squeezed", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p594[] = { { "X", PARAM_ONE, 1, 0x100 }, { "Y", PARAM_ONE, 1, 0x100 } };
static const struct schema_param p595[] = { { "Z", PARAM_ONE, 1, 0x100 } };
static const struct schema_param p596[] = { { "output", PARAM_ONE, 0, 0x40 } };
static const struct schema_attr a597[] = { { .name = ATTR_UNIT, .kind = ATTR_KIND_STRING, .preset = true, .s = "BYTE" } };
static const struct schema_attr a598[] = { { .name = ATTR_ENCODING, .kind = ATTR_KIND_STRING, .preset = true, .s = "" } };
static const struct schema_param p599[] = { { "data", PARAM_ONE, 0, 0x100 }, { "data_splits", PARAM_ONE, 1, 0xc0 } };
static const struct schema_param p600[] = { { "ngrams", PARAM_ONE, 0, 0x100 }, { "ngrams_splits", PARAM_ONE, 1, 0xc0 } };
static const struct schema_attr a601[] = { { .name = ATTR_LEFT_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "" }, { .name = ATTR_NGRAM_WIDTHS, .kind = ATTR_KIND_INTS }, { .name = ATTR_PAD_WIDTH, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_PRESERVE_SHORT_SEQUENCES, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_RIGHT_PAD, .kind = ATTR_KIND_STRING, .preset = true, .s = "" }, { .name = ATTR_SEPARATOR, .kind = ATTR_KIND_STRING, .preset = true, .s = "" } };
static const struct schema_param p602[] = { { "X", PARAM_ONE, 0, 0x100 } };
static const struct schema_param p603[] = { { "Y", PARAM_ONE, 0, 0x100 } };
static const struct schema_attr a604[] = { { .name = ATTR_CASE_CHANGE_ACTION, .kind = ATTR_KIND_STRING, .preset = true, .s = "NONE" }, { .name = ATTR_IS_CASE_SENSITIVE, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_LOCALE, .kind = ATTR_KIND_STRING }, { .name = ATTR_STOPWORDS, .kind = ATTR_KIND_STRINGS } };
static const struct schema_param p605[] = { { "Y", PARAM_ONE, 2, 0x100 }, { "Z", PARAM_ONE, 3, 0x80 } };
static const struct schema_attr a606[] = { { .name = ATTR_DELIMITER, .kind = ATTR_KIND_STRING }, { .name = ATTR_MAXSPLIT, .kind = ATTR_KIND_INT } };
static const struct schema_param p607[] = { { "input", PARAM_ONE, 0, 0x100 }, { "delimiter", PARAM_ONE, 0, 0x100 } };
static const struct schema_attr a608[] = { { .name = ATTR_ANY_OF, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_MAXSPLIT, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_SKIP_EMPTY, .kind = ATTR_KIND_INT, .preset = true, .i = 0 } };
static const struct schema_param p609[] = { { "output", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a610[] = { { .name = ATTR_NUM_BUCKETS, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_attr a611[] = { { .name = ATTR_KEY, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_NUM_BUCKETS, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p612[] = { { "input", PARAM_ONE, 0, 0x100 }, { "pos", PARAM_ONE, 1, 0xc0 }, { "len", PARAM_ONE, 1, 0xc0 } };
static const struct schema_param p613[] = { { "sum", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p614[] = { { "sum", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p615[] = { { "indices", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a616[] = { { .name = ATTR_DEPTH, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p617[] = { { "A", PARAM_ONE, 1, 0x10c02 }, { "B", PARAM_ONE, 1, 0x10c02 } };
static const struct schema_param p618[] = { { "x", PARAM_ONE, 1, 0x7fffffe }, { "keys", PARAM_ONE, 1, 0x7fffffe }, { "values", PARAM_ONE, 2, 0x7fffffe }, { "default_value", PARAM_ONE, 2, 0x7fffffe } };
static const struct schema_param p619[] = { { "output", PARAM_ONE, 2, 0x7fffffe } };
static const struct schema_param p620[] = { { "past_cache", PARAM_ONE, 1, 0x1fffffe }, { "update", PARAM_ONE, 1, 0x1fffffe }, { "write_indices", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p621[] = { { "present_cache", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_attr a622[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -2 }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "linear" } };
static const struct schema_param p623[] = { { "X", PARAM_ONE, 1, 0x1c0 } };
static const struct schema_param p624[] = { { "Y", PARAM_ONE, 2, 0x2 } };
static const struct schema_attr a625[] = { { .name = ATTR_MAX_GRAM_LENGTH, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_MAX_SKIP_COUNT, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_MIN_GRAM_LENGTH, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .required = true }, { .name = ATTR_NGRAM_COUNTS, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_NGRAM_INDEXES, .kind = ATTR_KIND_INTS, .required = true }, { .name = ATTR_POOL_INT64S, .kind = ATTR_KIND_INTS }, { .name = ATTR_POOL_STRINGS, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_WEIGHTS, .kind = ATTR_KIND_FLOATS } };
static const struct schema_param p626[] = { { "input", PARAM_ONE, 1, 0xc02 }, { "tiles", PARAM_ONE, 1, 0xc02 }, { "axis", PARAM_ONE, 1, 0xc02 } };
static const struct schema_param p627[] = { { "input", PARAM_ONE, 1, 0xfffe }, { "repeats", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p628[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "repeats", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p629[] = { { "Values", PARAM_ONE, 1, 0xc02 }, { "Indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_attr a630[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_K, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p631[] = { { "X", PARAM_ONE, 1, 0xc02 }, { "K", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p632[] = { { "X", PARAM_ONE, 1, 0x3cfe }, { "K", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p633[] = { { "Values", PARAM_ONE, 1, 0x3cfe }, { "Indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_attr a634[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT, .preset = true, .i = -1 }, { .name = ATTR_LARGEST, .kind = ATTR_KIND_INT, .preset = true, .i = 1 }, { .name = ATTR_SORTED, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p635[] = { { "X", PARAM_ONE, 1, 0x13cfe }, { "K", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p636[] = { { "Values", PARAM_ONE, 1, 0x13cfe }, { "Indices", PARAM_ONE, 2, 0x80 } };
static const struct schema_param p637[] = { { "transposed", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a638[] = { { .name = ATTR_PERM, .kind = ATTR_KIND_INTS } };
static const struct schema_param p639[] = { { "transposed", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p640[] = { { "transposed", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p641[] = { { "transposed", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p642[] = { { "transposed", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p643[] = { { "transposed", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p644[] = { { "X", PARAM_ONE, 0, 0x2 } };
static const struct schema_attr a645[] = { { .name = ATTR_N_TARGETS, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_NODES_FALSENODEIDS, .kind = ATTR_KIND_INTS }, { .name = ATTR_NODES_FEATUREIDS, .kind = ATTR_KIND_INTS }, { .name = ATTR_NODES_MODES, .kind = ATTR_KIND_STRINGS }, { .name = ATTR_NODES_NODEIDS, .kind = ATTR_KIND_INTS }, { .name = ATTR_NODES_TREEIDS, .kind = ATTR_KIND_INTS }, { .name = ATTR_NODES_TRUENODEIDS, .kind = ATTR_KIND_INTS }, { .name = ATTR_NODES_VALUES, .kind = ATTR_KIND_FLOATS }, { .name = ATTR_TARGET_IDS, .kind = ATTR_KIND_INTS }, { .name = ATTR_TARGET_NODEIDS, .kind = ATTR_KIND_INTS }, { .name = ATTR_TARGET_TREEIDS, .kind = ATTR_KIND_INTS }, { .name = ATTR_TARGET_WEIGHTS, .kind = ATTR_KIND_FLOATS } };
static const struct schema_param p646[] = { { "features", PARAM_ONE, 0, 0x40 }, { "feature", PARAM_ONE, 0, 0x80 }, { "threshold", PARAM_ONE, 0, 0x40 }, { "left", PARAM_ONE, 0, 0x80 }, { "right", PARAM_ONE, 0, 0x80 }, { "equal", PARAM_ONE, 0, 0x200 }, { "leaf", PARAM_ONE, 0, 0x2 } };
static const struct schema_attr a647[] = { { .name = ATTR_DEPTH, .kind = ATTR_KIND_INT, .required = true }, { .name = ATTR_STEP, .kind = ATTR_KIND_INT, .required = true } };
static const struct schema_param p648[] = { { "input", PARAM_ONE, 1, 0x1fffe }, { "k", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a649[] = { { .name = ATTR_UPPER, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p650[] = { { "row_splits", PARAM_ONE, 0, 0x80 }, { "char_values", PARAM_ONE, 0, 0x40 }, { "char_to_byte_starts", PARAM_ONE, 0, 0x80 } };
static const struct schema_attr a651[] = { { .name = ATTR_ERRORS, .kind = ATTR_KIND_STRING, .preset = true, .s = "replace" }, { .name = ATTR_INPUT_ENCODING, .kind = ATTR_KIND_STRING, .required = true }, { .name = ATTR_REPLACE_CONTROL_CHARACTERS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_REPLACEMENT_CHAR, .kind = ATTR_KIND_INT, .preset = true, .i = 65533 } };
static const struct schema_param p652[] = { { "input_values", PARAM_ONE, 0, 0x40 }, { "input_splits", PARAM_ONE, 1, 0xc0 } };
static const struct schema_attr a653[] = { { .name = ATTR_ERRORS, .kind = ATTR_KIND_STRING, .preset = true, .s = "replace" }, { .name = ATTR_OUTPUT_ENCODING, .kind = ATTR_KIND_STRING, .required = true }, { .name = ATTR_REPLACEMENT_CHAR, .kind = ATTR_KIND_INT, .preset = true, .i = 65533 } };
static const struct schema_param p654[] = { { "input", PARAM_ONE, 0, 0x40 } };
static const struct schema_attr a655[] = { { .name = ATTR_ERRORS, .kind = ATTR_KIND_STRING, .preset = true, .s = "replace" }, { .name = ATTR_INPUT_ENCODING, .kind = ATTR_KIND_STRING, .required = true }, { .name = ATTR_OUTPUT_ENCODING, .kind = ATTR_KIND_STRING, .required = true }, { .name = ATTR_REPLACE_CONTROL_CHARACTERS, .kind = ATTR_KIND_INT, .preset = true, .i = 0 }, { .name = ATTR_REPLACEMENT_CHAR, .kind = ATTR_KIND_INT, .preset = true, .i = 65533 } };
static const struct schema_param p656[] = { { "Y", PARAM_ONE, 1, 0xfffe }, { "indices", PARAM_OPTIONAL, 0, 0x80 }, { "inverse_indices", PARAM_OPTIONAL, 0, 0x80 }, { "counts", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_attr a657[] = { { .name = ATTR_AXIS, .kind = ATTR_KIND_INT }, { .name = ATTR_SORTED, .kind = ATTR_KIND_INT, .preset = true, .i = 1 } };
static const struct schema_param p658[] = { { "Y", PARAM_ONE, 1, 0x1fffe }, { "indices", PARAM_OPTIONAL, 0, 0x80 }, { "inverse_indices", PARAM_OPTIONAL, 0, 0x80 }, { "counts", PARAM_OPTIONAL, 0, 0x80 } };
static const struct schema_param p659[] = { { "inputs", PARAM_ONE, 0, 0x100 }, { "segment_ids", PARAM_ONE, 1, 0xc0 }, { "num_segments", PARAM_ONE, 0, 0xc0 } };
static const struct schema_param p660[] = { { "expanded", PARAM_ONE, 1, 0xfffe } };
static const struct schema_attr a661[] = { { .name = ATTR_AXES, .kind = ATTR_KIND_INTS, .required = true } };
static const struct schema_param p662[] = { { "data", PARAM_ONE, 1, 0x1fffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p663[] = { { "expanded", PARAM_ONE, 1, 0x1fffe } };
static const struct schema_param p664[] = { { "data", PARAM_ONE, 1, 0x7ffffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p665[] = { { "expanded", PARAM_ONE, 1, 0x7ffffe } };
static const struct schema_param p666[] = { { "data", PARAM_ONE, 1, 0xfffffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p667[] = { { "expanded", PARAM_ONE, 1, 0xfffffe } };
static const struct schema_param p668[] = { { "data", PARAM_ONE, 1, 0x1fffffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p669[] = { { "expanded", PARAM_ONE, 1, 0x1fffffe } };
static const struct schema_param p670[] = { { "data", PARAM_ONE, 1, 0x7fffffe }, { "axes", PARAM_ONE, 0, 0x80 } };
static const struct schema_param p671[] = { { "expanded", PARAM_ONE, 1, 0x7fffffe } };
static const struct schema_param p672[] = { { "X", PARAM_ONE, 1, 0xec2 } };
static const struct schema_param p673[] = { { "Y", PARAM_ONE, 1, 0xec2 } };
static const struct schema_attr a674[] = { { .name = ATTR_HEIGHT_SCALE, .kind = ATTR_KIND_FLOAT, .required = true }, { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" }, { .name = ATTR_WIDTH_SCALE, .kind = ATTR_KIND_FLOAT, .required = true } };
static const struct schema_attr a675[] = { { .name = ATTR_MODE, .kind = ATTR_KIND_STRING, .preset = true, .s = "nearest" }, { .name = ATTR_SCALES, .kind = ATTR_KIND_FLOATS, .required = true } };
static const struct schema_param p676[] = { { "condition", PARAM_ONE, 1, 0x200 }, { "X", PARAM_ONE, 2, 0xfffe }, { "Y", PARAM_ONE, 2, 0xfffe } };
static const struct schema_param p677[] = { { "condition", PARAM_ONE, 1, 0x200 }, { "X", PARAM_ONE, 2, 0x1fffe }, { "Y", PARAM_ONE, 2, 0x1fffe } };
static const struct schema_param p678[] = { { "output", PARAM_ONE, 2, 0x1fffe } };

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
    { IR_AS_STRING, 255, false, 1, 1, 1, 1, p31, 1, p32, 1, a33, 5 },
    { IR_ASIN, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ASIN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ASINH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ASINH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ATAN, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ATAN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ATANH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_ATANH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_ATTENTION, 23, false, 3, 6, 1, 4, p34, 6, p35, 4, a36, 7 },
    { IR_ATTENTION, 24, false, 3, 7, 1, 4, p37, 7, p35, 4, a36, 7 },
    { IR_ATTENTION, 25, false, 3, 7, 1, 4, p37, 7, p35, 4, a38, 9 },
    { IR_AVERAGE_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a39, 4 },
    { IR_AVERAGE_POOL, 7, false, 1, 1, 1, 1, p0, 1, p1, 1, a40, 5 },
    { IR_AVERAGE_POOL, 10, false, 1, 1, 1, 1, p0, 1, p1, 1, a41, 6 },
    { IR_AVERAGE_POOL, 11, false, 1, 1, 1, 1, p0, 1, p1, 1, a41, 6 },
    { IR_AVERAGE_POOL, 19, false, 1, 1, 1, 1, p0, 1, p1, 1, a42, 7 },
    { IR_AVERAGE_POOL, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, a42, 7 },
    { IR_BATCH_NORMALIZATION, 1, false, 5, 5, 1, 5, p45, 5, p46, 5, a47, 5 },
    { IR_BATCH_NORMALIZATION, 6, false, 5, 5, 1, 5, p45, 5, p46, 5, a48, 4 },
    { IR_BATCH_NORMALIZATION, 7, false, 5, 5, 1, 5, p45, 5, p46, 5, a49, 3 },
    { IR_BATCH_NORMALIZATION, 9, false, 5, 5, 1, 5, p45, 5, p46, 5, a50, 2 },
    { IR_BATCH_NORMALIZATION, 14, false, 5, 5, 1, 3, p51, 5, p52, 3, a53, 3 },
    { IR_BATCH_NORMALIZATION, 15, false, 5, 5, 1, 3, p54, 5, p55, 3, a53, 3 },
    { IR_BERNOULLI, 15, false, 1, 1, 1, 1, p7, 1, p56, 1, a57, 2 },
    { IR_BERNOULLI, 22, false, 1, 1, 1, 1, p9, 1, p56, 1, a57, 2 },
    { IR_BIT_CAST, 26, false, 1, 1, 1, 1, p58, 1, p59, 1, a60, 1 },
    { IR_BIT_SHIFT, 11, false, 2, 2, 1, 1, p61, 2, p62, 1, a63, 1 },
    { IR_BIT_SHIFT, 28, false, 2, 2, 1, 1, p64, 2, p65, 1, a63, 1 },
    { IR_BITWISE_AND, 18, false, 2, 2, 1, 1, p66, 2, p67, 1, NULL, 0 },
    { IR_BITWISE_NOT, 18, false, 1, 1, 1, 1, p68, 1, p69, 1, NULL, 0 },
    { IR_BITWISE_OR, 18, false, 2, 2, 1, 1, p66, 2, p67, 1, NULL, 0 },
    { IR_BITWISE_XOR, 18, false, 2, 2, 1, 1, p66, 2, p67, 1, NULL, 0 },
    { IR_BLACKMAN_WINDOW, 17, false, 1, 1, 1, 1, p70, 1, p71, 1, a72, 2 },
    { IR_CAST, 1, false, 1, 1, 1, 1, p73, 1, p74, 1, a75, 1 },
    { IR_CAST, 6, false, 1, 1, 1, 1, p73, 1, p74, 1, a60, 1 },
    { IR_CAST, 9, false, 1, 1, 1, 1, p76, 1, p77, 1, a60, 1 },
    { IR_CAST, 13, false, 1, 1, 1, 1, p78, 1, p79, 1, a60, 1 },
    { IR_CAST, 19, false, 1, 1, 1, 1, p80, 1, p81, 1, a82, 2 },
    { IR_CAST, 21, false, 1, 1, 1, 1, p83, 1, p84, 1, a82, 2 },
    { IR_CAST, 23, false, 1, 1, 1, 1, p85, 1, p86, 1, a82, 2 },
    { IR_CAST, 24, false, 1, 1, 1, 1, p87, 1, p88, 1, a89, 3 },
    { IR_CAST, 25, false, 1, 1, 1, 1, p90, 1, p91, 1, a89, 3 },
    { IR_CAST, 28, false, 1, 1, 1, 1, p92, 1, p93, 1, a89, 3 },
    { IR_CAST_LIKE, 15, false, 2, 2, 1, 1, p94, 2, p79, 1, NULL, 0 },
    { IR_CAST_LIKE, 19, false, 2, 2, 1, 1, p95, 2, p81, 1, a96, 1 },
    { IR_CAST_LIKE, 21, false, 2, 2, 1, 1, p97, 2, p84, 1, a96, 1 },
    { IR_CAST_LIKE, 23, false, 2, 2, 1, 1, p98, 2, p86, 1, a96, 1 },
    { IR_CAST_LIKE, 24, false, 2, 2, 1, 1, p99, 2, p88, 1, a100, 2 },
    { IR_CAST_LIKE, 25, false, 2, 2, 1, 1, p101, 2, p91, 1, a100, 2 },
    { IR_CAUSAL_CONV_WITH_STATE, 27, false, 2, 4, 2, 2, p102, 4, p103, 2, a104, 1 },
    { IR_CEIL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_CEIL, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_CEIL, 13, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_CELU, 12, false, 1, 1, 1, 1, p105, 1, p106, 1, a107, 1 },
    { IR_CELU, 28, false, 1, 1, 1, 1, p43, 1, p44, 1, a107, 1 },
    { IR_CENTER_CROP_PAD, 18, false, 2, 2, 1, 1, p108, 2, p109, 1, a110, 1 },
    { IR_CLIP, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a111, 3 },
    { IR_CLIP, 6, false, 1, 1, 1, 1, p7, 1, p8, 1, a112, 2 },
    { IR_CLIP, 11, false, 1, 3, 1, 1, p113, 3, p8, 1, NULL, 0 },
    { IR_CLIP, 12, false, 1, 3, 1, 1, p114, 3, p115, 1, NULL, 0 },
    { IR_CLIP, 13, false, 1, 3, 1, 1, p116, 3, p117, 1, NULL, 0 },
    { IR_COL2_IM, 18, false, 3, 3, 1, 1, p118, 3, p119, 1, a120, 3 },
    { IR_COMPRESS, 9, false, 2, 2, 1, 1, p121, 2, p122, 1, a123, 1 },
    { IR_COMPRESS, 11, false, 2, 2, 1, 1, p121, 2, p122, 1, a123, 1 },
    { IR_COMPRESS, 28, false, 2, 2, 1, 1, p124, 2, p119, 1, a123, 1 },
    { IR_CONCAT, 1, false, 1, 65535, 1, 1, p125, 1, p126, 1, a123, 1 },
    { IR_CONCAT, 4, false, 1, 65535, 1, 1, p127, 1, p128, 1, a129, 1 },
    { IR_CONCAT, 11, false, 1, 65535, 1, 1, p127, 1, p128, 1, a129, 1 },
    { IR_CONCAT, 13, false, 1, 65535, 1, 1, p130, 1, p131, 1, a129, 1 },
    { IR_CONCAT_FROM_SEQUENCE, 11, false, 1, 1, 1, 1, p132, 1, p133, 1, a134, 2 },
    { IR_CONSTANT, 1, false, 0, 0, 1, 1, NULL, 0, p8, 1, a135, 1 },
    { IR_CONSTANT, 9, false, 0, 0, 1, 1, NULL, 0, p122, 1, a135, 1 },
    { IR_CONSTANT, 11, false, 0, 0, 1, 1, NULL, 0, p122, 1, a136, 2 },
    { IR_CONSTANT, 12, false, 0, 0, 1, 1, NULL, 0, p122, 1, a137, 8 },
    { IR_CONSTANT, 13, false, 0, 0, 1, 1, NULL, 0, p119, 1, a137, 8 },
    { IR_CONSTANT, 19, false, 0, 0, 1, 1, NULL, 0, p138, 1, a137, 8 },
    { IR_CONSTANT, 21, false, 0, 0, 1, 1, NULL, 0, p139, 1, a137, 8 },
    { IR_CONSTANT, 23, false, 0, 0, 1, 1, NULL, 0, p140, 1, a137, 8 },
    { IR_CONSTANT, 24, false, 0, 0, 1, 1, NULL, 0, p141, 1, a137, 8 },
    { IR_CONSTANT, 25, false, 0, 0, 1, 1, NULL, 0, p142, 1, a137, 8 },
    { IR_CONSTANT_OF_SHAPE, 9, false, 1, 1, 1, 1, p143, 1, p74, 1, a144, 1 },
    { IR_CONSTANT_OF_SHAPE, 20, false, 1, 1, 1, 1, p143, 1, p145, 1, a144, 1 },
    { IR_CONSTANT_OF_SHAPE, 21, false, 1, 1, 1, 1, p143, 1, p146, 1, a144, 1 },
    { IR_CONSTANT_OF_SHAPE, 23, false, 1, 1, 1, 1, p143, 1, p147, 1, a144, 1 },
    { IR_CONSTANT_OF_SHAPE, 24, false, 1, 1, 1, 1, p143, 1, p148, 1, a144, 1 },
    { IR_CONSTANT_OF_SHAPE, 25, false, 1, 1, 1, 1, p143, 1, p149, 1, a144, 1 },
    { IR_CONV, 1, false, 2, 3, 1, 1, p150, 3, p1, 1, a151, 6 },
    { IR_CONV, 11, false, 2, 3, 1, 1, p150, 3, p1, 1, a151, 6 },
    { IR_CONV, 22, false, 2, 3, 1, 1, p152, 3, p44, 1, a151, 6 },
    { IR_CONV_INTEGER, 10, false, 2, 4, 1, 1, p153, 4, p154, 1, a151, 6 },
    { IR_CONV_TRANSPOSE, 1, false, 2, 3, 1, 1, p150, 3, p1, 1, a155, 8 },
    { IR_CONV_TRANSPOSE, 11, false, 2, 3, 1, 1, p150, 3, p1, 1, a155, 8 },
    { IR_CONV_TRANSPOSE, 22, false, 2, 3, 1, 1, p152, 3, p44, 1, a155, 8 },
    { IR_COS, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_COS, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_COSH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_COSH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_CUM_PROD, 26, false, 2, 2, 1, 1, p156, 2, p157, 1, a158, 2 },
    { IR_CUM_SUM, 11, false, 2, 2, 1, 1, p159, 2, p160, 1, a158, 2 },
    { IR_CUM_SUM, 14, false, 2, 2, 1, 1, p156, 2, p157, 1, a158, 2 },
    { IR_DFT, 17, false, 1, 2, 1, 1, p161, 2, p10, 1, a162, 3 },
    { IR_DFT, 20, false, 1, 3, 1, 1, p163, 3, p10, 1, a164, 2 },
    { IR_DECODE_BASE64, 255, false, 1, 1, 1, 1, p165, 1, p32, 1, NULL, 0 },
    { IR_DECODE_COMPRESSED, 255, false, 1, 1, 1, 1, p166, 1, p32, 1, a167, 1 },
    { IR_DECODE_RAW, 255, false, 1, 1, 1, 1, p166, 1, p168, 1, a169, 3 },
    { IR_DEFORM_CONV, 19, false, 3, 5, 1, 1, p170, 5, p1, 1, a171, 6 },
    { IR_DEFORM_CONV, 22, false, 3, 5, 1, 1, p172, 5, p44, 1, a171, 6 },
    { IR_DEPTH_TO_SPACE, 1, false, 1, 1, 1, 1, p173, 1, p122, 1, a174, 1 },
    { IR_DEPTH_TO_SPACE, 11, false, 1, 1, 1, 1, p173, 1, p122, 1, a175, 2 },
    { IR_DEPTH_TO_SPACE, 13, false, 1, 1, 1, 1, p176, 1, p119, 1, a175, 2 },
    { IR_DEPTH_TO_SPACE, 28, false, 1, 1, 1, 1, p176, 1, p119, 1, a175, 2 },
    { IR_DEQUANTIZE_LINEAR, 10, false, 2, 3, 1, 1, p177, 3, p178, 1, NULL, 0 },
    { IR_DEQUANTIZE_LINEAR, 13, false, 2, 3, 1, 1, p177, 3, p178, 1, a179, 1 },
    { IR_DEQUANTIZE_LINEAR, 19, false, 2, 3, 1, 1, p180, 3, p181, 1, a179, 1 },
    { IR_DEQUANTIZE_LINEAR, 21, false, 2, 3, 1, 1, p182, 3, p181, 1, a183, 2 },
    { IR_DEQUANTIZE_LINEAR, 23, false, 2, 3, 1, 1, p184, 3, p185, 1, a186, 3 },
    { IR_DEQUANTIZE_LINEAR, 24, false, 2, 3, 1, 1, p187, 3, p185, 1, a186, 3 },
    { IR_DEQUANTIZE_LINEAR, 25, false, 2, 3, 1, 1, p188, 3, p185, 1, a186, 3 },
    { IR_DEQUANTIZE_LINEAR, 28, false, 2, 3, 1, 1, p189, 3, p185, 1, a186, 3 },
    { IR_DET, 11, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_DET, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_DIV, 1, false, 2, 2, 1, 1, p11, 2, p12, 1, a13, 3 },
    { IR_DIV, 6, false, 2, 2, 1, 1, p14, 2, p15, 1, a16, 2 },
    { IR_DIV, 7, false, 2, 2, 1, 1, p14, 2, p15, 1, NULL, 0 },
    { IR_DIV, 13, false, 2, 2, 1, 1, p17, 2, p18, 1, NULL, 0 },
    { IR_DIV, 14, false, 2, 2, 1, 1, p19, 2, p20, 1, NULL, 0 },
    { IR_DROPOUT, 1, false, 1, 1, 1, 2, p190, 1, p191, 2, a192, 3 },
    { IR_DROPOUT, 6, false, 1, 1, 1, 2, p190, 1, p191, 2, a193, 2 },
    { IR_DROPOUT, 7, false, 1, 1, 1, 2, p190, 1, p191, 2, a194, 1 },
    { IR_DROPOUT, 10, false, 1, 1, 1, 2, p190, 1, p195, 2, a194, 1 },
    { IR_DROPOUT, 12, false, 1, 3, 1, 2, p196, 3, p197, 2, a198, 1 },
    { IR_DROPOUT, 13, false, 1, 3, 1, 2, p199, 3, p200, 2, a198, 1 },
    { IR_DROPOUT, 22, false, 1, 3, 1, 2, p201, 3, p202, 2, a198, 1 },
    { IR_DYNAMIC_QUANTIZE_LINEAR, 11, false, 1, 1, 3, 3, p203, 1, p204, 3, NULL, 0 },
    { IR_EINSUM, 12, false, 1, 65535, 1, 1, p205, 1, p206, 1, a207, 1 },
    { IR_EINSUM, 28, false, 1, 65535, 1, 1, p208, 1, p209, 1, a207, 1 },
    { IR_ELU, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a210, 2 },
    { IR_ELU, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, a107, 1 },
    { IR_ELU, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, a107, 1 },
    { IR_EMBEDDING_SUM, 255, false, 3, 5, 1, 1, p211, 5, p212, 1, a213, 2 },
    { IR_ENCODE_BASE64, 255, false, 1, 1, 1, 1, p165, 1, p32, 1, a214, 1 },
    { IR_EQUAL, 1, false, 2, 2, 1, 1, p215, 2, p25, 1, a16, 2 },
    { IR_EQUAL, 7, false, 2, 2, 1, 1, p215, 2, p25, 1, NULL, 0 },
    { IR_EQUAL, 11, false, 2, 2, 1, 1, p216, 2, p25, 1, NULL, 0 },
    { IR_EQUAL, 13, false, 2, 2, 1, 1, p217, 2, p25, 1, NULL, 0 },
    { IR_EQUAL, 19, false, 2, 2, 1, 1, p218, 2, p25, 1, NULL, 0 },
    { IR_ERF, 9, false, 1, 1, 1, 1, p219, 1, p115, 1, NULL, 0 },
    { IR_ERF, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_EXP, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a2, 1 },
    { IR_EXP, 6, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_EXP, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_EXPAND, 8, false, 2, 2, 1, 1, p220, 2, p122, 1, NULL, 0 },
    { IR_EXPAND, 13, false, 2, 2, 1, 1, p221, 2, p119, 1, NULL, 0 },
    { IR_EYE_LIKE, 9, false, 1, 1, 1, 1, p73, 1, p74, 1, a222, 2 },
    { IR_EYE_LIKE, 22, false, 1, 1, 1, 1, p223, 1, p56, 1, a222, 2 },
    { IR_FLATTEN, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a179, 1 },
    { IR_FLATTEN, 9, false, 1, 1, 1, 1, p173, 1, p122, 1, a179, 1 },
    { IR_FLATTEN, 11, false, 1, 1, 1, 1, p173, 1, p122, 1, a179, 1 },
    { IR_FLATTEN, 13, false, 1, 1, 1, 1, p176, 1, p119, 1, a179, 1 },
    { IR_FLATTEN, 21, false, 1, 1, 1, 1, p224, 1, p139, 1, a179, 1 },
    { IR_FLATTEN, 23, false, 1, 1, 1, 1, p225, 1, p140, 1, a179, 1 },
    { IR_FLATTEN, 24, false, 1, 1, 1, 1, p226, 1, p141, 1, a179, 1 },
    { IR_FLATTEN, 25, false, 1, 1, 1, 1, p31, 1, p142, 1, a179, 1 },
    { IR_FLOOR, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_FLOOR, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_FLOOR, 13, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_GRU, 1, false, 3, 6, 2, 2, p227, 6, p228, 2, a229, 7 },
    { IR_GRU, 3, false, 3, 6, 0, 2, p227, 6, p230, 2, a231, 8 },
    { IR_GRU, 7, false, 3, 6, 0, 2, p227, 6, p230, 2, a232, 7 },
    { IR_GRU, 14, false, 3, 6, 0, 2, p227, 6, p230, 2, a233, 8 },
    { IR_GRU, 22, false, 3, 6, 0, 2, p234, 6, p235, 2, a233, 8 },
    { IR_GATHER, 1, false, 2, 2, 1, 1, p236, 2, p122, 1, a237, 1 },
    { IR_GATHER, 11, false, 2, 2, 1, 1, p236, 2, p122, 1, a237, 1 },
    { IR_GATHER, 13, false, 2, 2, 1, 1, p238, 2, p119, 1, a237, 1 },
    { IR_GATHER_ELEMENTS, 11, false, 2, 2, 1, 1, p236, 2, p122, 1, a237, 1 },
    { IR_GATHER_ELEMENTS, 13, false, 2, 2, 1, 1, p238, 2, p119, 1, a237, 1 },
    { IR_GATHER_ND, 11, false, 2, 2, 1, 1, p239, 2, p122, 1, NULL, 0 },
    { IR_GATHER_ND, 12, false, 2, 2, 1, 1, p239, 2, p122, 1, a240, 1 },
    { IR_GATHER_ND, 13, false, 2, 2, 1, 1, p241, 2, p119, 1, a240, 1 },
    { IR_GELU, 20, false, 1, 1, 1, 1, p43, 1, p44, 1, a242, 1 },
    { IR_GEMM, 1, false, 3, 3, 1, 1, p243, 3, p1, 1, a244, 5 },
    { IR_GEMM, 6, false, 3, 3, 1, 1, p243, 3, p1, 1, a244, 5 },
    { IR_GEMM, 7, false, 3, 3, 1, 1, p243, 3, p1, 1, a245, 4 },
    { IR_GEMM, 9, false, 3, 3, 1, 1, p246, 3, p247, 1, a245, 4 },
    { IR_GEMM, 11, false, 2, 3, 1, 1, p248, 3, p247, 1, a245, 4 },
    { IR_GEMM, 13, false, 2, 3, 1, 1, p249, 3, p250, 1, a245, 4 },
    { IR_GLOBAL_AVERAGE_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_GLOBAL_AVERAGE_POOL, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_GLOBAL_LP_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a251, 1 },
    { IR_GLOBAL_LP_POOL, 2, false, 1, 1, 1, 1, p0, 1, p1, 1, a252, 1 },
    { IR_GLOBAL_LP_POOL, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, a252, 1 },
    { IR_GLOBAL_MAX_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_GLOBAL_MAX_POOL, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_GREATER, 1, false, 2, 2, 1, 1, p11, 2, p25, 1, a16, 2 },
    { IR_GREATER, 7, false, 2, 2, 1, 1, p11, 2, p25, 1, NULL, 0 },
    { IR_GREATER, 9, false, 2, 2, 1, 1, p253, 2, p25, 1, NULL, 0 },
    { IR_GREATER, 13, false, 2, 2, 1, 1, p19, 2, p25, 1, NULL, 0 },
    { IR_GREATER_OR_EQUAL, 12, false, 2, 2, 1, 1, p253, 2, p25, 1, NULL, 0 },
    { IR_GREATER_OR_EQUAL, 16, false, 2, 2, 1, 1, p19, 2, p25, 1, NULL, 0 },
    { IR_GRID_SAMPLE, 16, false, 2, 2, 1, 1, p254, 2, p255, 1, a256, 3 },
    { IR_GRID_SAMPLE, 20, false, 2, 2, 1, 1, p254, 2, p255, 1, a257, 3 },
    { IR_GRID_SAMPLE, 22, false, 2, 2, 1, 1, p258, 2, p259, 1, a257, 3 },
    { IR_GROUP_NORMALIZATION, 18, true, 3, 3, 1, 1, p260, 3, p44, 1, a261, 2 },
    { IR_GROUP_NORMALIZATION, 21, false, 3, 3, 1, 1, p260, 3, p44, 1, a262, 3 },
    { IR_HAMMING_WINDOW, 17, false, 1, 1, 1, 1, p70, 1, p71, 1, a72, 2 },
    { IR_HANN_WINDOW, 17, false, 1, 1, 1, 1, p70, 1, p71, 1, a72, 2 },
    { IR_HARD_SIGMOID, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a263, 3 },
    { IR_HARD_SIGMOID, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, a264, 2 },
    { IR_HARD_SIGMOID, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, a264, 2 },
    { IR_HARD_SWISH, 14, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_HARD_SWISH, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_HARDMAX, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a179, 1 },
    { IR_HARDMAX, 11, false, 1, 1, 1, 1, p7, 1, p8, 1, a179, 1 },
    { IR_HARDMAX, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, a265, 1 },
    { IR_IDENTITY, 1, false, 1, 1, 1, 1, p173, 1, p122, 1, NULL, 0 },
    { IR_IDENTITY, 13, false, 1, 1, 1, 1, p176, 1, p119, 1, NULL, 0 },
    { IR_IDENTITY, 14, false, 1, 1, 1, 1, p176, 1, p119, 1, NULL, 0 },
    { IR_IDENTITY, 16, false, 1, 1, 1, 1, p176, 1, p119, 1, NULL, 0 },
    { IR_IDENTITY, 19, false, 1, 1, 1, 1, p266, 1, p138, 1, NULL, 0 },
    { IR_IDENTITY, 21, false, 1, 1, 1, 1, p224, 1, p139, 1, NULL, 0 },
    { IR_IDENTITY, 23, false, 1, 1, 1, 1, p225, 1, p140, 1, NULL, 0 },
    { IR_IDENTITY, 24, false, 1, 1, 1, 1, p226, 1, p141, 1, NULL, 0 },
    { IR_IDENTITY, 25, false, 1, 1, 1, 1, p31, 1, p142, 1, NULL, 0 },
    { IR_IF, 1, false, 1, 1, 1, 65535, p267, 1, p268, 1, a269, 2 },
    { IR_IF, 11, false, 1, 1, 1, 65535, p267, 1, p268, 1, a269, 2 },
    { IR_IF, 13, false, 1, 1, 1, 65535, p267, 1, p268, 1, a269, 2 },
    { IR_IF, 16, false, 1, 1, 1, 65535, p267, 1, p270, 1, a269, 2 },
    { IR_IF, 19, false, 1, 1, 1, 65535, p267, 1, p271, 1, a269, 2 },
    { IR_IF, 21, false, 1, 1, 1, 65535, p267, 1, p272, 1, a269, 2 },
    { IR_IF, 23, false, 1, 1, 1, 65535, p267, 1, p273, 1, a269, 2 },
    { IR_IF, 24, false, 1, 1, 1, 65535, p267, 1, p274, 1, a269, 2 },
    { IR_IF, 25, false, 1, 1, 1, 65535, p267, 1, p275, 1, a269, 2 },
    { IR_IMAGE_DECODER, 20, false, 1, 1, 1, 1, p276, 1, p277, 1, a278, 1 },
    { IR_INSTANCE_NORMALIZATION, 1, false, 3, 3, 1, 1, p279, 3, p8, 1, a280, 2 },
    { IR_INSTANCE_NORMALIZATION, 6, false, 3, 3, 1, 1, p279, 3, p8, 1, a281, 1 },
    { IR_INSTANCE_NORMALIZATION, 22, false, 3, 3, 1, 1, p282, 3, p10, 1, a281, 1 },
    { IR_IS_INF, 10, false, 1, 1, 1, 1, p283, 1, p284, 1, a285, 2 },
    { IR_IS_INF, 20, false, 1, 1, 1, 1, p286, 1, p284, 1, a285, 2 },
    { IR_IS_NAN, 9, false, 1, 1, 1, 1, p0, 1, p284, 1, NULL, 0 },
    { IR_IS_NAN, 13, false, 1, 1, 1, 1, p43, 1, p284, 1, NULL, 0 },
    { IR_IS_NAN, 20, false, 1, 1, 1, 1, p286, 1, p284, 1, NULL, 0 },
    { IR_LRN, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a287, 4 },
    { IR_LRN, 13, false, 1, 1, 1, 1, p43, 1, p44, 1, a287, 4 },
    { IR_LSTM, 1, false, 3, 8, 0, 3, p288, 8, p289, 3, a290, 8 },
    { IR_LSTM, 7, false, 3, 8, 0, 3, p288, 8, p289, 3, a291, 7 },
    { IR_LSTM, 14, false, 3, 8, 0, 3, p288, 8, p289, 3, a292, 8 },
    { IR_LSTM, 22, false, 3, 8, 0, 3, p293, 8, p294, 3, a292, 8 },
    { IR_LABEL_ENCODER, 255, false, 1, 1, 1, 1, p295, 1, p296, 1, a297, 9 },
    { IR_LAYER_NORMALIZATION, 17, false, 2, 3, 1, 3, p298, 3, p299, 3, a300, 3 },
    { IR_LEAKY_RELU, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a301, 2 },
    { IR_LEAKY_RELU, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, a302, 1 },
    { IR_LEAKY_RELU, 16, false, 1, 1, 1, 1, p43, 1, p44, 1, a302, 1 },
    { IR_LESS, 1, false, 2, 2, 1, 1, p11, 2, p25, 1, a16, 2 },
    { IR_LESS, 7, false, 2, 2, 1, 1, p11, 2, p25, 1, NULL, 0 },
    { IR_LESS, 9, false, 2, 2, 1, 1, p253, 2, p25, 1, NULL, 0 },
    { IR_LESS, 13, false, 2, 2, 1, 1, p19, 2, p25, 1, NULL, 0 },
    { IR_LESS_OR_EQUAL, 12, false, 2, 2, 1, 1, p253, 2, p25, 1, NULL, 0 },
    { IR_LESS_OR_EQUAL, 16, false, 2, 2, 1, 1, p19, 2, p25, 1, NULL, 0 },
    { IR_LINEAR_ATTENTION, 27, false, 3, 6, 2, 2, p303, 6, p304, 2, a305, 5 },
    { IR_LOG, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a2, 1 },
    { IR_LOG, 6, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_LOG, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_LOG_SOFTMAX, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a179, 1 },
    { IR_LOG_SOFTMAX, 11, false, 1, 1, 1, 1, p7, 1, p8, 1, a179, 1 },
    { IR_LOG_SOFTMAX, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, a265, 1 },
    { IR_LOOP, 1, false, 3, 65535, 1, 65535, p306, 3, p307, 1, a308, 1 },
    { IR_LOOP, 11, false, 2, 65535, 1, 65535, p306, 3, p307, 1, a308, 1 },
    { IR_LOOP, 13, false, 2, 65535, 1, 65535, p306, 3, p307, 1, a308, 1 },
    { IR_LOOP, 16, false, 2, 65535, 1, 65535, p309, 3, p310, 1, a308, 1 },
    { IR_LOOP, 19, false, 2, 65535, 1, 65535, p311, 3, p312, 1, a308, 1 },
    { IR_LOOP, 21, false, 2, 65535, 1, 65535, p313, 3, p314, 1, a308, 1 },
    { IR_LOOP, 23, false, 2, 65535, 1, 65535, p315, 3, p316, 1, a308, 1 },
    { IR_LOOP, 24, false, 2, 65535, 1, 65535, p317, 3, p318, 1, a308, 1 },
    { IR_LOOP, 25, false, 2, 65535, 1, 65535, p319, 3, p320, 1, a308, 1 },
    { IR_LP_NORMALIZATION, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a321, 2 },
    { IR_LP_NORMALIZATION, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, a321, 2 },
    { IR_LP_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a322, 5 },
    { IR_LP_POOL, 2, false, 1, 1, 1, 1, p0, 1, p1, 1, a323, 5 },
    { IR_LP_POOL, 11, false, 1, 1, 1, 1, p0, 1, p1, 1, a323, 5 },
    { IR_LP_POOL, 18, false, 1, 1, 1, 1, p0, 1, p1, 1, a324, 7 },
    { IR_LP_POOL, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, a324, 7 },
    { IR_MATMUL, 1, false, 2, 2, 1, 1, p11, 2, p1, 1, NULL, 0 },
    { IR_MATMUL, 9, false, 2, 2, 1, 1, p14, 2, p247, 1, NULL, 0 },
    { IR_MATMUL, 13, false, 2, 2, 1, 1, p17, 2, p250, 1, NULL, 0 },
    { IR_MATMUL_INTEGER, 10, false, 2, 4, 1, 1, p325, 4, p326, 1, NULL, 0 },
    { IR_MAX, 1, false, 1, 65535, 1, 1, p327, 1, p328, 1, a2, 1 },
    { IR_MAX, 6, false, 1, 65535, 1, 1, p327, 1, p328, 1, NULL, 0 },
    { IR_MAX, 8, false, 1, 65535, 1, 1, p327, 1, p328, 1, NULL, 0 },
    { IR_MAX, 12, false, 1, 65535, 1, 1, p329, 1, p330, 1, NULL, 0 },
    { IR_MAX, 13, false, 1, 65535, 1, 1, p331, 1, p332, 1, NULL, 0 },
    { IR_MAX_POOL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a39, 4 },
    { IR_MAX_POOL, 8, false, 1, 1, 1, 2, p0, 1, p333, 2, a334, 5 },
    { IR_MAX_POOL, 10, false, 1, 1, 1, 2, p0, 1, p333, 2, a335, 7 },
    { IR_MAX_POOL, 11, false, 1, 1, 1, 2, p0, 1, p333, 2, a335, 7 },
    { IR_MAX_POOL, 12, false, 1, 1, 1, 2, p336, 1, p337, 2, a335, 7 },
    { IR_MAX_POOL, 22, false, 1, 1, 1, 2, p338, 1, p339, 2, a335, 7 },
    { IR_MAX_ROI_POOL, 1, false, 2, 2, 1, 1, p340, 2, p1, 1, a341, 2 },
    { IR_MAX_ROI_POOL, 22, false, 2, 2, 1, 1, p342, 2, p44, 1, a341, 2 },
    { IR_MAX_UNPOOL, 9, false, 2, 3, 1, 1, p343, 3, p8, 1, a344, 3 },
    { IR_MAX_UNPOOL, 11, false, 2, 3, 1, 1, p343, 3, p8, 1, a344, 3 },
    { IR_MAX_UNPOOL, 22, false, 2, 3, 1, 1, p345, 3, p10, 1, a344, 3 },
    { IR_MEAN, 1, false, 1, 65535, 1, 1, p327, 1, p346, 1, a2, 1 },
    { IR_MEAN, 6, false, 1, 65535, 1, 1, p327, 1, p346, 1, NULL, 0 },
    { IR_MEAN, 8, false, 1, 65535, 1, 1, p327, 1, p346, 1, NULL, 0 },
    { IR_MEAN, 13, false, 1, 65535, 1, 1, p347, 1, p348, 1, NULL, 0 },
    { IR_MEAN_VARIANCE_NORMALIZATION, 9, false, 1, 1, 1, 1, p0, 1, p1, 1, a349, 1 },
    { IR_MEAN_VARIANCE_NORMALIZATION, 13, false, 1, 1, 1, 1, p43, 1, p44, 1, a349, 1 },
    { IR_MEL_WEIGHT_MATRIX, 17, false, 5, 5, 1, 1, p350, 5, p351, 1, a352, 1 },
    { IR_MIN, 1, false, 1, 65535, 1, 1, p327, 1, p353, 1, a2, 1 },
    { IR_MIN, 6, false, 1, 65535, 1, 1, p327, 1, p353, 1, NULL, 0 },
    { IR_MIN, 8, false, 1, 65535, 1, 1, p327, 1, p353, 1, NULL, 0 },
    { IR_MIN, 12, false, 1, 65535, 1, 1, p329, 1, p354, 1, NULL, 0 },
    { IR_MIN, 13, false, 1, 65535, 1, 1, p331, 1, p355, 1, NULL, 0 },
    { IR_MISH, 18, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_MISH, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_MOD, 10, false, 2, 2, 1, 1, p253, 2, p356, 1, a357, 1 },
    { IR_MOD, 13, false, 2, 2, 1, 1, p19, 2, p20, 1, a357, 1 },
    { IR_MOD, 28, false, 2, 2, 1, 1, p19, 2, p20, 1, a357, 1 },
    { IR_MUL, 1, false, 2, 2, 1, 1, p11, 2, p12, 1, a13, 3 },
    { IR_MUL, 6, false, 2, 2, 1, 1, p14, 2, p15, 1, a16, 2 },
    { IR_MUL, 7, false, 2, 2, 1, 1, p14, 2, p15, 1, NULL, 0 },
    { IR_MUL, 13, false, 2, 2, 1, 1, p17, 2, p18, 1, NULL, 0 },
    { IR_MUL, 14, false, 2, 2, 1, 1, p19, 2, p20, 1, NULL, 0 },
    { IR_MULTINOMIAL, 7, false, 1, 1, 1, 1, p7, 1, p358, 1, a359, 3 },
    { IR_MULTINOMIAL, 22, false, 1, 1, 1, 1, p9, 1, p358, 1, a359, 3 },
    { IR_NEG, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_NEG, 6, false, 1, 1, 1, 1, p360, 1, p361, 1, NULL, 0 },
    { IR_NEG, 13, false, 1, 1, 1, 1, p362, 1, p363, 1, NULL, 0 },
    { IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, 12, false, 2, 3, 1, 1, p364, 3, p365, 1, a366, 2 },
    { IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, 13, false, 2, 3, 1, 1, p364, 3, p365, 1, a366, 2 },
    { IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, 22, false, 2, 3, 1, 1, p367, 3, p368, 1, a366, 2 },
    { IR_NON_MAX_SUPPRESSION, 10, false, 2, 5, 1, 1, p369, 5, p370, 1, a371, 1 },
    { IR_NON_MAX_SUPPRESSION, 11, false, 2, 5, 1, 1, p369, 5, p370, 1, a371, 1 },
    { IR_NON_ZERO, 9, false, 1, 1, 1, 1, p372, 1, p373, 1, NULL, 0 },
    { IR_NON_ZERO, 13, false, 1, 1, 1, 1, p374, 1, p373, 1, NULL, 0 },
    { IR_NOT, 1, false, 1, 1, 1, 1, p375, 1, p376, 1, NULL, 0 },
    { IR_ONE_HOT, 9, false, 3, 3, 1, 1, p377, 3, p378, 1, a265, 1 },
    { IR_ONE_HOT, 11, false, 3, 3, 1, 1, p377, 3, p378, 1, a265, 1 },
    { IR_ONE_HOT, 28, false, 3, 3, 1, 1, p379, 3, p380, 1, a265, 1 },
    { IR_OPTIONAL, 15, false, 0, 1, 1, 1, p381, 1, p382, 1, a383, 1 },
    { IR_OPTIONAL, 28, false, 0, 1, 1, 1, p384, 1, p382, 1, a383, 1 },
    { IR_OPTIONAL_GET_ELEMENT, 15, false, 1, 1, 1, 1, p385, 1, p386, 1, NULL, 0 },
    { IR_OPTIONAL_GET_ELEMENT, 18, false, 1, 1, 1, 1, p173, 1, p386, 1, NULL, 0 },
    { IR_OPTIONAL_GET_ELEMENT, 28, false, 1, 1, 1, 1, p387, 1, p388, 1, NULL, 0 },
    { IR_OPTIONAL_HAS_ELEMENT, 15, false, 1, 1, 1, 1, p385, 1, p389, 1, NULL, 0 },
    { IR_OPTIONAL_HAS_ELEMENT, 18, false, 0, 1, 1, 1, p381, 1, p389, 1, NULL, 0 },
    { IR_OPTIONAL_HAS_ELEMENT, 28, false, 0, 1, 1, 1, p384, 1, p389, 1, NULL, 0 },
    { IR_OR, 1, false, 2, 2, 1, 1, p24, 2, p25, 1, a16, 2 },
    { IR_OR, 7, false, 2, 2, 1, 1, p24, 2, p25, 1, NULL, 0 },
    { IR_PRELU, 1, false, 2, 2, 1, 1, p390, 2, p1, 1, a2, 1 },
    { IR_PRELU, 6, false, 2, 2, 1, 1, p390, 2, p1, 1, NULL, 0 },
    { IR_PRELU, 7, false, 2, 2, 1, 1, p390, 2, p1, 1, NULL, 0 },
    { IR_PRELU, 9, false, 2, 2, 1, 1, p391, 2, p247, 1, NULL, 0 },
    { IR_PRELU, 16, false, 2, 2, 1, 1, p392, 2, p250, 1, NULL, 0 },
    { IR_PAD, 1, false, 1, 1, 1, 1, p190, 1, p8, 1, a393, 3 },
    { IR_PAD, 2, false, 1, 1, 1, 1, p190, 1, p8, 1, a394, 3 },
    { IR_PAD, 11, false, 2, 3, 1, 1, p395, 3, p115, 1, a396, 1 },
    { IR_PAD, 13, false, 2, 3, 1, 1, p397, 3, p119, 1, a396, 1 },
    { IR_PAD, 18, false, 2, 4, 1, 1, p398, 4, p119, 1, a396, 1 },
    { IR_PAD, 19, false, 2, 4, 1, 1, p398, 4, p119, 1, a396, 1 },
    { IR_PAD, 21, false, 2, 4, 1, 1, p399, 4, p139, 1, a396, 1 },
    { IR_PAD, 23, false, 2, 4, 1, 1, p400, 4, p140, 1, a396, 1 },
    { IR_PAD, 24, false, 2, 4, 1, 1, p401, 4, p141, 1, a396, 1 },
    { IR_PAD, 25, false, 2, 4, 1, 1, p402, 4, p142, 1, a396, 1 },
    { IR_PARSE_EXAMPLE, 255, false, 1, 65535, 0, 65535, p403, 2, p275, 1, a404, 9 },
    { IR_PARSE_FEATURE_LISTS, 255, false, 1, 1, 0, 65535, p405, 1, p275, 1, a406, 10 },
    { IR_POW, 1, false, 2, 2, 1, 1, p407, 2, p408, 1, a16, 2 },
    { IR_POW, 7, false, 2, 2, 1, 1, p407, 2, p408, 1, NULL, 0 },
    { IR_POW, 12, false, 2, 2, 1, 1, p409, 2, p410, 1, NULL, 0 },
    { IR_POW, 13, false, 2, 2, 1, 1, p411, 2, p412, 1, NULL, 0 },
    { IR_POW, 15, false, 2, 2, 1, 1, p413, 2, p412, 1, NULL, 0 },
    { IR_Q_LINEAR_CONV, 10, false, 8, 9, 1, 1, p414, 9, p415, 1, a151, 6 },
    { IR_Q_LINEAR_MATMUL, 10, false, 8, 8, 1, 1, p416, 8, p415, 1, NULL, 0 },
    { IR_Q_LINEAR_MATMUL, 21, false, 8, 8, 1, 1, p417, 8, p418, 1, NULL, 0 },
    { IR_QUANTIZE_LINEAR, 10, false, 2, 3, 1, 1, p419, 3, p420, 1, NULL, 0 },
    { IR_QUANTIZE_LINEAR, 13, false, 2, 3, 1, 1, p419, 3, p420, 1, a179, 1 },
    { IR_QUANTIZE_LINEAR, 19, false, 2, 3, 1, 1, p421, 3, p422, 1, a423, 2 },
    { IR_QUANTIZE_LINEAR, 21, false, 2, 3, 1, 1, p424, 3, p425, 1, a426, 4 },
    { IR_QUANTIZE_LINEAR, 23, false, 2, 3, 1, 1, p427, 3, p428, 1, a429, 5 },
    { IR_QUANTIZE_LINEAR, 24, false, 2, 3, 1, 1, p430, 3, p428, 1, a429, 5 },
    { IR_QUANTIZE_LINEAR, 25, false, 2, 3, 1, 1, p431, 3, p432, 1, a429, 5 },
    { IR_QUANTIZE_LINEAR, 28, false, 2, 3, 1, 1, p433, 3, p434, 1, a429, 5 },
    { IR_RMS_NORMALIZATION, 23, false, 2, 2, 1, 1, p435, 2, p436, 1, a300, 3 },
    { IR_RNN, 1, false, 3, 6, 0, 2, p227, 6, p230, 2, a437, 7 },
    { IR_RNN, 7, false, 3, 6, 0, 2, p227, 6, p230, 2, a438, 6 },
    { IR_RNN, 14, false, 3, 6, 0, 2, p227, 6, p230, 2, a439, 7 },
    { IR_RNN, 22, false, 3, 6, 0, 2, p234, 6, p235, 2, a439, 7 },
    { IR_RANDOM_NORMAL, 1, false, 0, 0, 1, 1, NULL, 0, p8, 1, a440, 5 },
    { IR_RANDOM_NORMAL, 22, false, 0, 0, 1, 1, NULL, 0, p10, 1, a440, 5 },
    { IR_RANDOM_NORMAL_LIKE, 1, false, 1, 1, 1, 1, p173, 1, p441, 1, a442, 4 },
    { IR_RANDOM_NORMAL_LIKE, 22, false, 1, 1, 1, 1, p176, 1, p443, 1, a442, 4 },
    { IR_RANDOM_UNIFORM, 1, false, 0, 0, 1, 1, NULL, 0, p8, 1, a444, 5 },
    { IR_RANDOM_UNIFORM, 22, false, 0, 0, 1, 1, NULL, 0, p10, 1, a444, 5 },
    { IR_RANDOM_UNIFORM_LIKE, 1, false, 1, 1, 1, 1, p173, 1, p441, 1, a445, 4 },
    { IR_RANDOM_UNIFORM_LIKE, 22, false, 1, 1, 1, 1, p176, 1, p443, 1, a445, 4 },
    { IR_RANGE, 11, false, 3, 3, 1, 1, p446, 3, p447, 1, NULL, 0 },
    { IR_RANGE, 27, false, 3, 3, 1, 1, p448, 3, p449, 1, a450, 1 },
    { IR_RECIPROCAL, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_RECIPROCAL, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_RECIPROCAL, 13, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_REDUCE_JOIN, 255, false, 1, 1, 1, 1, p451, 1, p32, 1, a452, 1 },
    { IR_REDUCE_L1, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_L1, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_L1, 13, false, 1, 1, 1, 1, p456, 1, p457, 1, a455, 2 },
    { IR_REDUCE_L1, 18, false, 1, 2, 1, 1, p458, 2, p457, 1, a459, 2 },
    { IR_REDUCE_L2, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_L2, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_L2, 13, false, 1, 1, 1, 1, p456, 1, p457, 1, a455, 2 },
    { IR_REDUCE_L2, 18, false, 1, 2, 1, 1, p458, 2, p457, 1, a459, 2 },
    { IR_REDUCE_LOG_SUM, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_LOG_SUM, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_LOG_SUM, 13, false, 1, 1, 1, 1, p456, 1, p457, 1, a455, 2 },
    { IR_REDUCE_LOG_SUM, 18, false, 1, 2, 1, 1, p458, 2, p457, 1, a459, 2 },
    { IR_REDUCE_LOG_SUM, 28, false, 1, 2, 1, 1, p460, 2, p461, 1, a459, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 13, false, 1, 1, 1, 1, p456, 1, p457, 1, a455, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 18, false, 1, 2, 1, 1, p458, 2, p457, 1, a459, 2 },
    { IR_REDUCE_LOG_SUM_EXP, 28, false, 1, 2, 1, 1, p460, 2, p461, 1, a459, 2 },
    { IR_REDUCE_MAX, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_MAX, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_MAX, 12, false, 1, 1, 1, 1, p462, 1, p463, 1, a455, 2 },
    { IR_REDUCE_MAX, 13, false, 1, 1, 1, 1, p464, 1, p465, 1, a455, 2 },
    { IR_REDUCE_MAX, 18, false, 1, 2, 1, 1, p466, 2, p465, 1, a459, 2 },
    { IR_REDUCE_MAX, 20, false, 1, 2, 1, 1, p467, 2, p468, 1, a459, 2 },
    { IR_REDUCE_MEAN, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_MEAN, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_MEAN, 13, false, 1, 1, 1, 1, p456, 1, p457, 1, a455, 2 },
    { IR_REDUCE_MEAN, 18, false, 1, 2, 1, 1, p458, 2, p457, 1, a459, 2 },
    { IR_REDUCE_MIN, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_MIN, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_MIN, 12, false, 1, 1, 1, 1, p462, 1, p463, 1, a455, 2 },
    { IR_REDUCE_MIN, 13, false, 1, 1, 1, 1, p464, 1, p465, 1, a455, 2 },
    { IR_REDUCE_MIN, 18, false, 1, 2, 1, 1, p466, 2, p465, 1, a459, 2 },
    { IR_REDUCE_MIN, 20, false, 1, 2, 1, 1, p467, 2, p468, 1, a459, 2 },
    { IR_REDUCE_PROD, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_PROD, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_PROD, 13, false, 1, 1, 1, 1, p456, 1, p457, 1, a455, 2 },
    { IR_REDUCE_PROD, 18, false, 1, 2, 1, 1, p458, 2, p457, 1, a459, 2 },
    { IR_REDUCE_SUM, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_SUM, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_SUM, 13, false, 1, 2, 1, 1, p458, 2, p457, 1, a459, 2 },
    { IR_REDUCE_SUM_SQUARE, 1, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_SUM_SQUARE, 11, false, 1, 1, 1, 1, p453, 1, p454, 1, a455, 2 },
    { IR_REDUCE_SUM_SQUARE, 13, false, 1, 1, 1, 1, p456, 1, p457, 1, a455, 2 },
    { IR_REDUCE_SUM_SQUARE, 18, false, 1, 2, 1, 1, p458, 2, p457, 1, a459, 2 },
    { IR_REGEX_FULL_MATCH, 20, false, 1, 1, 1, 1, p469, 1, p284, 1, a470, 1 },
    { IR_REGEX_REPLACE, 255, false, 3, 3, 1, 1, p471, 3, p32, 1, a472, 1 },
    { IR_RELU, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_RELU, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_RELU, 13, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_RELU, 14, false, 1, 1, 1, 1, p362, 1, p363, 1, NULL, 0 },
    { IR_RESHAPE, 1, false, 1, 1, 1, 1, p190, 1, p473, 1, a474, 2 },
    { IR_RESHAPE, 5, false, 2, 2, 1, 1, p475, 2, p476, 1, NULL, 0 },
    { IR_RESHAPE, 13, false, 2, 2, 1, 1, p477, 2, p478, 1, NULL, 0 },
    { IR_RESHAPE, 14, false, 2, 2, 1, 1, p477, 2, p478, 1, a479, 1 },
    { IR_RESHAPE, 19, false, 2, 2, 1, 1, p480, 2, p481, 1, a479, 1 },
    { IR_RESHAPE, 21, false, 2, 2, 1, 1, p482, 2, p483, 1, a479, 1 },
    { IR_RESHAPE, 23, false, 2, 2, 1, 1, p484, 2, p485, 1, a479, 1 },
    { IR_RESHAPE, 24, false, 2, 2, 1, 1, p486, 2, p487, 1, a479, 1 },
    { IR_RESHAPE, 25, false, 2, 2, 1, 1, p488, 2, p489, 1, a479, 1 },
    { IR_RESIZE, 10, false, 2, 2, 1, 1, p490, 2, p255, 1, a491, 1 },
    { IR_RESIZE, 11, false, 3, 4, 1, 1, p492, 4, p255, 1, a493, 6 },
    { IR_RESIZE, 13, false, 1, 4, 1, 1, p494, 4, p259, 1, a493, 6 },
    { IR_RESIZE, 18, false, 1, 4, 1, 1, p494, 4, p259, 1, a495, 9 },
    { IR_RESIZE, 19, false, 1, 4, 1, 1, p494, 4, p259, 1, a495, 9 },
    { IR_REVERSE_SEQUENCE, 10, false, 2, 2, 1, 1, p496, 2, p255, 1, a497, 2 },
    { IR_REVERSE_SEQUENCE, 28, false, 2, 2, 1, 1, p498, 2, p259, 1, a497, 2 },
    { IR_ROI_ALIGN, 10, false, 3, 3, 1, 1, p499, 3, p1, 1, a500, 5 },
    { IR_ROI_ALIGN, 16, false, 3, 3, 1, 1, p499, 3, p1, 1, a501, 6 },
    { IR_ROI_ALIGN, 22, false, 3, 3, 1, 1, p502, 3, p44, 1, a501, 6 },
    { IR_ROTARY_EMBEDDING, 23, false, 3, 4, 1, 1, p503, 4, p504, 1, a505, 3 },
    { IR_ROUND, 11, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_ROUND, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_STFT, 17, false, 2, 4, 1, 1, p506, 4, p10, 1, a507, 1 },
    { IR_SCAN, 8, false, 2, 65535, 1, 65535, p508, 2, p509, 1, a510, 3 },
    { IR_SCAN, 9, false, 1, 65535, 1, 65535, p511, 1, p509, 1, a512, 6 },
    { IR_SCAN, 11, false, 1, 65535, 1, 65535, p511, 1, p509, 1, a512, 6 },
    { IR_SCAN, 16, false, 1, 65535, 1, 65535, p513, 1, p514, 1, a512, 6 },
    { IR_SCAN, 19, false, 1, 65535, 1, 65535, p515, 1, p516, 1, a512, 6 },
    { IR_SCAN, 21, false, 1, 65535, 1, 65535, p517, 1, p518, 1, a512, 6 },
    { IR_SCAN, 23, false, 1, 65535, 1, 65535, p519, 1, p520, 1, a512, 6 },
    { IR_SCAN, 24, false, 1, 65535, 1, 65535, p521, 1, p522, 1, a512, 6 },
    { IR_SCAN, 25, false, 1, 65535, 1, 65535, p523, 1, p524, 1, a512, 6 },
    { IR_SCATTER, 9, false, 3, 3, 1, 1, p525, 3, p122, 1, a237, 1 },
    { IR_SCATTER, 11, true, 3, 3, 1, 1, p525, 3, p122, 1, a237, 1 },
    { IR_SCATTER_ELEMENTS, 11, false, 3, 3, 1, 1, p525, 3, p122, 1, a237, 1 },
    { IR_SCATTER_ELEMENTS, 13, false, 3, 3, 1, 1, p526, 3, p119, 1, a237, 1 },
    { IR_SCATTER_ELEMENTS, 16, false, 3, 3, 1, 1, p526, 3, p119, 1, a527, 2 },
    { IR_SCATTER_ELEMENTS, 18, false, 3, 3, 1, 1, p526, 3, p119, 1, a527, 2 },
    { IR_SCATTER_ND, 11, false, 3, 3, 1, 1, p528, 3, p122, 1, NULL, 0 },
    { IR_SCATTER_ND, 13, false, 3, 3, 1, 1, p529, 3, p119, 1, NULL, 0 },
    { IR_SCATTER_ND, 16, false, 3, 3, 1, 1, p529, 3, p119, 1, a530, 1 },
    { IR_SCATTER_ND, 18, false, 3, 3, 1, 1, p529, 3, p119, 1, a530, 1 },
    { IR_SELU, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a531, 3 },
    { IR_SELU, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, a532, 2 },
    { IR_SELU, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, a532, 2 },
    { IR_SEQUENCE_AT, 11, false, 2, 2, 1, 1, p533, 2, p534, 1, NULL, 0 },
    { IR_SEQUENCE_CONSTRUCT, 11, false, 1, 65535, 1, 1, p127, 1, p535, 1, NULL, 0 },
    { IR_SEQUENCE_EMPTY, 11, false, 0, 0, 1, 1, NULL, 0, p536, 1, a537, 1 },
    { IR_SEQUENCE_ERASE, 11, false, 1, 2, 1, 1, p538, 2, p539, 1, NULL, 0 },
    { IR_SEQUENCE_INSERT, 11, false, 2, 3, 1, 1, p540, 3, p535, 1, NULL, 0 },
    { IR_SEQUENCE_LENGTH, 11, false, 1, 1, 1, 1, p132, 1, p541, 1, NULL, 0 },
    { IR_SEQUENCE_MAP, 17, false, 1, 65535, 1, 65535, p542, 2, p543, 1, a308, 1 },
    { IR_SHAPE, 1, false, 1, 1, 1, 1, p544, 1, p545, 1, NULL, 0 },
    { IR_SHAPE, 13, false, 1, 1, 1, 1, p546, 1, p545, 1, NULL, 0 },
    { IR_SHAPE, 15, false, 1, 1, 1, 1, p546, 1, p545, 1, a547, 2 },
    { IR_SHAPE, 19, false, 1, 1, 1, 1, p548, 1, p545, 1, a547, 2 },
    { IR_SHAPE, 21, false, 1, 1, 1, 1, p549, 1, p545, 1, a547, 2 },
    { IR_SHAPE, 23, false, 1, 1, 1, 1, p550, 1, p545, 1, a547, 2 },
    { IR_SHAPE, 24, false, 1, 1, 1, 1, p551, 1, p545, 1, a547, 2 },
    { IR_SHAPE, 25, false, 1, 1, 1, 1, p552, 1, p545, 1, a547, 2 },
    { IR_SHRINK, 9, false, 1, 1, 1, 1, p219, 1, p115, 1, a553, 2 },
    { IR_SIGMOID, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_SIGMOID, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_SIGMOID, 13, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_SIGN, 9, false, 1, 1, 1, 1, p219, 1, p115, 1, NULL, 0 },
    { IR_SIGN, 13, false, 1, 1, 1, 1, p554, 1, p117, 1, NULL, 0 },
    { IR_SIN, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_SIN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_SINH, 9, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_SINH, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_SIZE, 1, false, 1, 1, 1, 1, p544, 1, p555, 1, NULL, 0 },
    { IR_SIZE, 13, false, 1, 1, 1, 1, p546, 1, p555, 1, NULL, 0 },
    { IR_SIZE, 19, false, 1, 1, 1, 1, p548, 1, p555, 1, NULL, 0 },
    { IR_SIZE, 21, false, 1, 1, 1, 1, p549, 1, p555, 1, NULL, 0 },
    { IR_SIZE, 23, false, 1, 1, 1, 1, p550, 1, p555, 1, NULL, 0 },
    { IR_SIZE, 24, false, 1, 1, 1, 1, p551, 1, p555, 1, NULL, 0 },
    { IR_SIZE, 25, false, 1, 1, 1, 1, p552, 1, p555, 1, NULL, 0 },
    { IR_SLICE, 1, false, 1, 1, 1, 1, p544, 1, p122, 1, a556, 3 },
    { IR_SLICE, 10, false, 3, 5, 1, 1, p557, 5, p122, 1, NULL, 0 },
    { IR_SLICE, 11, false, 3, 5, 1, 1, p557, 5, p122, 1, NULL, 0 },
    { IR_SLICE, 13, false, 3, 5, 1, 1, p558, 5, p119, 1, NULL, 0 },
    { IR_SOFTMAX, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a179, 1 },
    { IR_SOFTMAX, 11, false, 1, 1, 1, 1, p7, 1, p8, 1, a179, 1 },
    { IR_SOFTMAX, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, a265, 1 },
    { IR_SOFTMAX_CROSS_ENTROPY_LOSS, 12, false, 2, 3, 1, 2, p559, 3, p560, 2, a366, 2 },
    { IR_SOFTMAX_CROSS_ENTROPY_LOSS, 13, false, 2, 3, 1, 2, p561, 3, p562, 2, a366, 2 },
    { IR_SOFTPLUS, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_SOFTPLUS, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_SOFTSIGN, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_SOFTSIGN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_SPACE_TO_DEPTH, 1, false, 1, 1, 1, 1, p173, 1, p122, 1, a174, 1 },
    { IR_SPACE_TO_DEPTH, 13, false, 1, 1, 1, 1, p176, 1, p119, 1, a174, 1 },
    { IR_SPACE_TO_DEPTH, 28, false, 1, 1, 1, 1, p176, 1, p119, 1, a175, 2 },
    { IR_SPARSE_CROSS, 255, false, 0, 65535, 3, 3, p563, 1, p564, 3, a565, 5 },
    { IR_SPARSE_CROSS_TEXT, 255, false, 0, 65535, 3, 3, p563, 1, p566, 3, a567, 2 },
    { IR_SPARSE_FILL_EMPTY_ROWS, 255, false, 4, 4, 4, 4, p568, 4, p569, 4, NULL, 0 },
    { IR_SPARSE_RESHAPE, 255, false, 3, 3, 2, 2, p570, 3, p571, 2, NULL, 0 },
    { IR_SPLIT, 1, false, 1, 2, 1, 65535, p572, 2, p573, 1, a574, 2 },
    { IR_SPLIT, 2, false, 1, 1, 1, 65535, p173, 1, p575, 1, a576, 2 },
    { IR_SPLIT, 11, false, 1, 1, 1, 65535, p173, 1, p575, 1, a576, 2 },
    { IR_SPLIT, 13, false, 1, 2, 1, 65535, p577, 2, p578, 1, a237, 1 },
    { IR_SPLIT, 18, false, 1, 2, 1, 65535, p577, 2, p578, 1, a579, 2 },
    { IR_SPLIT_TO_SEQUENCE, 11, false, 1, 2, 1, 1, p580, 2, p581, 1, a28, 2 },
    { IR_SPLIT_TO_SEQUENCE, 24, false, 1, 2, 1, 1, p582, 2, p581, 1, a28, 2 },
    { IR_SQRT, 1, false, 1, 1, 1, 1, p0, 1, p1, 1, a2, 1 },
    { IR_SQRT, 6, false, 1, 1, 1, 1, p0, 1, p1, 1, NULL, 0 },
    { IR_SQRT, 13, false, 1, 1, 1, 1, p43, 1, p44, 1, NULL, 0 },
    { IR_SQUEEZE, 1, false, 1, 1, 1, 1, p544, 1, p583, 1, a110, 1 },
    { IR_SQUEEZE, 11, false, 1, 1, 1, 1, p544, 1, p583, 1, a110, 1 },
    { IR_SQUEEZE, 13, false, 1, 2, 1, 1, p584, 2, p585, 1, NULL, 0 },
    { IR_SQUEEZE, 21, false, 1, 2, 1, 1, p586, 2, p587, 1, NULL, 0 },
    { IR_SQUEEZE, 23, false, 1, 2, 1, 1, p588, 2, p589, 1, NULL, 0 },
    { IR_SQUEEZE, 24, false, 1, 2, 1, 1, p590, 2, p591, 1, NULL, 0 },
    { IR_SQUEEZE, 25, false, 1, 2, 1, 1, p592, 2, p593, 1, NULL, 0 },
    { IR_STRING_CONCAT, 20, false, 2, 2, 1, 1, p594, 2, p595, 1, NULL, 0 },
    { IR_STRING_LENGTH, 255, false, 1, 1, 1, 1, p165, 1, p596, 1, a597, 1 },
    { IR_STRING_LOWER, 255, false, 1, 1, 1, 1, p165, 1, p32, 1, a598, 1 },
    { IR_STRING_N_GRAMS, 255, false, 2, 2, 2, 2, p599, 2, p600, 2, a601, 6 },
    { IR_STRING_NORMALIZER, 10, false, 1, 1, 1, 1, p602, 1, p603, 1, a604, 4 },
    { IR_STRING_SPLIT, 20, false, 1, 1, 2, 2, p469, 1, p605, 2, a606, 2 },
    { IR_STRING_SPLIT_SPARSE, 255, false, 2, 2, 3, 3, p607, 2, p566, 3, a608, 3 },
    { IR_STRING_STRIP, 255, false, 1, 1, 1, 1, p165, 1, p32, 1, NULL, 0 },
    { IR_STRING_TO_HASH_BUCKET, 255, false, 1, 1, 1, 1, p165, 1, p609, 1, a610, 1 },
    { IR_STRING_TO_HASH_BUCKET_FAST, 255, false, 1, 1, 1, 1, p165, 1, p609, 1, a610, 1 },
    { IR_STRING_TO_HASH_BUCKET_STRONG, 255, false, 1, 1, 1, 1, p165, 1, p609, 1, a611, 2 },
    { IR_STRING_UPPER, 255, false, 1, 1, 1, 1, p165, 1, p32, 1, a598, 1 },
    { IR_SUB, 1, false, 2, 2, 1, 1, p11, 2, p12, 1, a13, 3 },
    { IR_SUB, 6, false, 2, 2, 1, 1, p14, 2, p15, 1, a16, 2 },
    { IR_SUB, 7, false, 2, 2, 1, 1, p14, 2, p15, 1, NULL, 0 },
    { IR_SUB, 13, false, 2, 2, 1, 1, p17, 2, p18, 1, NULL, 0 },
    { IR_SUB, 14, false, 2, 2, 1, 1, p19, 2, p20, 1, NULL, 0 },
    { IR_SUBSTR, 255, false, 3, 3, 1, 1, p612, 3, p32, 1, a597, 1 },
    { IR_SUM, 1, false, 1, 65535, 1, 1, p327, 1, p613, 1, a2, 1 },
    { IR_SUM, 6, false, 1, 65535, 1, 1, p327, 1, p613, 1, NULL, 0 },
    { IR_SUM, 8, false, 1, 65535, 1, 1, p327, 1, p613, 1, NULL, 0 },
    { IR_SUM, 13, false, 1, 65535, 1, 1, p347, 1, p614, 1, NULL, 0 },
    { IR_SUM_OF_ONE_HOT, 255, false, 1, 1, 1, 1, p615, 1, p212, 1, a616, 1 },
    { IR_SWI_GLU, 28, false, 2, 2, 1, 1, p617, 2, p44, 1, a107, 1 },
    { IR_SWISH, 24, false, 1, 1, 1, 1, p43, 1, p44, 1, a107, 1 },
    { IR_TABLE_FIND, 255, false, 4, 4, 1, 1, p618, 4, p619, 1, NULL, 0 },
    { IR_TAN, 7, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_TAN, 22, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_TANH, 1, false, 1, 1, 1, 1, p7, 1, p8, 1, a2, 1 },
    { IR_TANH, 6, false, 1, 1, 1, 1, p7, 1, p8, 1, NULL, 0 },
    { IR_TANH, 13, false, 1, 1, 1, 1, p9, 1, p10, 1, NULL, 0 },
    { IR_TENSOR_SCATTER, 24, false, 2, 3, 1, 1, p620, 3, p621, 1, a622, 2 },
    { IR_TF_IDF_VECTORIZER, 9, false, 1, 1, 1, 1, p623, 1, p624, 1, a625, 9 },
    { IR_THRESHOLDED_RELU, 10, false, 1, 1, 1, 1, p0, 1, p1, 1, a107, 1 },
    { IR_THRESHOLDED_RELU, 22, false, 1, 1, 1, 1, p43, 1, p44, 1, a107, 1 },
    { IR_TILE, 1, false, 3, 3, 1, 1, p626, 3, p8, 1, NULL, 0 },
    { IR_TILE, 6, false, 2, 2, 1, 1, p627, 2, p122, 1, NULL, 0 },
    { IR_TILE, 13, false, 2, 2, 1, 1, p628, 2, p119, 1, NULL, 0 },
    { IR_TOP_K, 1, false, 1, 1, 2, 2, p0, 1, p629, 2, a630, 2 },
    { IR_TOP_K, 10, false, 2, 2, 2, 2, p631, 2, p629, 2, a265, 1 },
    { IR_TOP_K, 11, false, 2, 2, 2, 2, p632, 2, p633, 2, a634, 3 },
    { IR_TOP_K, 24, false, 2, 2, 2, 2, p635, 2, p636, 2, a634, 3 },
    { IR_TRANSPOSE, 1, false, 1, 1, 1, 1, p544, 1, p637, 1, a638, 1 },
    { IR_TRANSPOSE, 13, false, 1, 1, 1, 1, p546, 1, p639, 1, a638, 1 },
    { IR_TRANSPOSE, 21, false, 1, 1, 1, 1, p549, 1, p640, 1, a638, 1 },
    { IR_TRANSPOSE, 23, false, 1, 1, 1, 1, p550, 1, p641, 1, a638, 1 },
    { IR_TRANSPOSE, 24, false, 1, 1, 1, 1, p551, 1, p642, 1, a638, 1 },
    { IR_TRANSPOSE, 25, false, 1, 1, 1, 1, p552, 1, p643, 1, a638, 1 },
    { IR_TREE_ENSEMBLE_REGRESSOR, 255, false, 1, 1, 1, 1, p644, 1, p106, 1, a645, 12 },
    { IR_TREES, 255, false, 7, 7, 1, 1, p646, 7, p212, 1, a647, 2 },
    { IR_TRILU, 14, false, 1, 2, 1, 1, p648, 2, p119, 1, a649, 1 },
    { IR_UNICODE_DECODE, 255, false, 1, 1, 3, 3, p165, 1, p650, 3, a651, 4 },
    { IR_UNICODE_ENCODE, 255, false, 2, 2, 1, 1, p652, 2, p32, 1, a653, 3 },
    { IR_UNICODE_SCRIPT, 255, false, 1, 1, 1, 1, p654, 1, p596, 1, NULL, 0 },
    { IR_UNICODE_TRANSCODE, 255, false, 1, 1, 1, 1, p165, 1, p32, 1, a655, 5 },
    { IR_UNIQUE, 11, false, 1, 1, 1, 4, p372, 1, p656, 4, a657, 2 },
    { IR_UNIQUE, 28, false, 1, 1, 1, 4, p374, 1, p658, 4, a657, 2 },
    { IR_UNSORTED_SEGMENT_JOIN, 255, false, 3, 3, 1, 1, p659, 3, p32, 1, a452, 1 },
    { IR_UNSQUEEZE, 1, false, 1, 1, 1, 1, p544, 1, p660, 1, a661, 1 },
    { IR_UNSQUEEZE, 11, false, 1, 1, 1, 1, p544, 1, p660, 1, a661, 1 },
    { IR_UNSQUEEZE, 13, false, 2, 2, 1, 1, p662, 2, p663, 1, NULL, 0 },
    { IR_UNSQUEEZE, 21, false, 2, 2, 1, 1, p664, 2, p665, 1, NULL, 0 },
    { IR_UNSQUEEZE, 23, false, 2, 2, 1, 1, p666, 2, p667, 1, NULL, 0 },
    { IR_UNSQUEEZE, 24, false, 2, 2, 1, 1, p668, 2, p669, 1, NULL, 0 },
    { IR_UNSQUEEZE, 25, false, 2, 2, 1, 1, p670, 2, p671, 1, NULL, 0 },
    { IR_UPSAMPLE, 1, false, 1, 1, 1, 1, p672, 1, p673, 1, a674, 3 },
    { IR_UPSAMPLE, 7, false, 1, 1, 1, 1, p372, 1, p255, 1, a675, 2 },
    { IR_UPSAMPLE, 9, false, 2, 2, 1, 1, p490, 2, p255, 1, a491, 1 },
    { IR_UPSAMPLE, 10, true, 2, 2, 1, 1, p490, 2, p255, 1, a491, 1 },
    { IR_WHERE, 9, false, 3, 3, 1, 1, p676, 3, p386, 1, NULL, 0 },
    { IR_WHERE, 16, false, 3, 3, 1, 1, p677, 3, p678, 1, NULL, 0 },
    { IR_XOR, 1, false, 2, 2, 1, 1, p24, 2, p25, 1, a16, 2 },
    { IR_XOR, 7, false, 2, 2, 1, 1, p24, 2, p25, 1, NULL, 0 },
};
const size_t schema_table_n = sizeof schema_table / sizeof schema_table[0];

/* The IR version that the first onnx release with each opset wrote. */
const uint8_t schema_ir_versions[] = { [1] = 3, [5] = 3, [6] = 3, [7] = 3, [8] = 3, [9] = 4, [10] = 5, [11] = 6, [12] = 7, [13] = 7, [14] = 7, [15] = 8, [16] = 8, [17] = 8, [18] = 8, [19] = 9, [20] = 9, [21] = 10, [22] = 10, [23] = 11, [24] = 12, [25] = 13, [26] = 13, [27] = 13, [28] = 14 };
const int schema_newest_opset = 28;
// clang-format on
