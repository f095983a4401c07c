/* LSTM layers that are one operator, as BlockLSTMV2. Their states are variables, which begin as zeros. */
#include "frontend/tensorflow/lite/lite.h"

enum { TANH = 4 };

/* Where the inputs of one direction begin. Each group: input, forget, cell, output gate; peepholes have no cell gate. */
struct direction {
    size_t input, recurrent, peephole, bias, projection;
    bool backward;
};

/* What BlockLSTMV2 cannot say. */
static bool fits(const struct lite_operator *o, const struct direction *d, size_t first_norm)
{
    bool fits = tflite_int(&o->options, "fused_activation_function") == TANH && !tflite_int(&o->options, "diagonal_recurrent_tensors");
    for (size_t i = 0; i < 4; i++) fits = fits && lite_has(o, d->input + i) && lite_has(o, d->recurrent + i) && lite_has(o, d->bias + i);
    for (size_t i = 0; i < 4; i++) fits = fits && !(first_norm && lite_has(o, first_norm + i));
    return fits && !lite_has(o, d->projection) && lite_has(o, d->peephole) == lite_has(o, d->peephole + 1);
}

static struct lite_ref joined(struct lite_operator *o, size_t first, int64_t axis)
{
    struct lite_body *b = o->body;
    return LITE_CALL("ConcatV2", lite_in(o, first), lite_in(o, first + 1), lite_in(o, first + 2), lite_in(o, first + 3), lite_int32(b, o->name, axis));
}

static struct lite_ref exchanged(struct lite_operator *o, struct lite_ref x, const int64_t *axes, int64_t rank)
{
    struct lite_body *b = o->body;
    return LITE_CALL("Transpose", x, lite_int32s(b, o->name, axes, rank));
}

/* x and the result are [time, batch, depth]. */
static struct lite_ref run(struct lite_operator *o, const struct direction *d, struct lite_ref x)
{
    struct lite_body *b = o->body;
    static const int64_t turned[] = { 1, 0 }, time_axis[] = { 0 }, one[] = { 1 };
    const struct lite_tensor *recurrent = lite_in_tensor(o, d->recurrent);
    if (!recurrent || recurrent->rank != 2) return (struct lite_ref){ { NULL, 0 }, 0 };
    const int64_t units = recurrent->dims[0];
    const struct lite_ref zero = lite_int32(b, o->name, 0);
    if (d->backward) x = LITE_CALL("ReverseV2", x, lite_int32s(b, o->name, time_axis, 1));
    const struct lite_ref shape = LITE_CALL("Shape", x), steps = LITE_CALL("GatherV2", shape, zero, zero);
    const struct lite_ref length = lite_call(b, o->name, "Cast", LITE_IN(steps), LITE_ATTRS(LITE_TYPE("DstT", TFPB_DT_INT64)));
    const struct lite_ref batch = LITE_CALL("GatherV2", shape, lite_int32s(b, o->name, one, 1), zero);
    const struct lite_ref state = LITE_CALL("Fill", LITE_CALL("ConcatV2", batch, lite_int32s(b, o->name, &units, 1), zero), lite_number(b, o->name, 0));
    const struct lite_ref rows = LITE_CALL("ConcatV2", joined(o, d->input, 0), joined(o, d->recurrent, 0), lite_int32(b, o->name, 1));
    const bool peephole = lite_has(o, d->peephole);
    struct lite_ref in[] = { length, x, state, state, exchanged(o, rows, turned, 2), { { NULL, 0 }, 0 }, { { NULL, 0 }, 0 }, { { NULL, 0 }, 0 },
                             joined(o, d->bias, 0) };
    const struct lite_ref unused = LITE_CALL("Fill", lite_int32s(b, o->name, &units, 1), lite_number(b, o->name, 0));
    for (size_t i = 0; i < 3; i++) in[5 + i] = peephole ? lite_in(o, d->peephole + i) : unused;
    const struct tfpb_node *n = lite_node(b, o->name, "BlockLSTMV2", in, 9,
                                          LITE_ATTRS(LITE_FLOAT("cell_clip", tflite_float(&o->options, "cell_clip")),
                                                     LITE_BOOL("use_peephole", peephole)));
    struct lite_ref h = lite_result(b, n, 6);
    return d->backward ? LITE_CALL("ReverseV2", h, lite_int32s(b, o->name, time_axis, 1)) : h;
}

static struct lite_ref turn(struct lite_operator *o, struct lite_ref x)
{
    static const int64_t axes[] = { 1, 0, 2 };
    return tflite_int(&o->options, "time_major") ? x : exchanged(o, x, axes, 3);
}

tfp_status lite_sequence_lstm(struct lite_operator *o)
{
    static const struct direction forward = { 1, 5, 9, 12, 16, false };
    if (!fits(o, &forward, 20)) return lite_refuse(o);
    return lite_out(o, 0, turn(o, run(o, &forward, turn(o, lite_in(o, 0)))));
}

/* The cell of one matrix, whose states are inputs and results: its gates are input, cell, forget, output. Other cells of this operator keep
 * their states from one run to the next. */
tfp_status lite_lstm(struct lite_operator *o)
{
    enum { BASIC = 1, INPUT = 0, CELL, FORGET, OUTPUT };
    struct lite_body *b = o->body;
    if (tflite_int(&o->options, "kernel_type") != BASIC || o->inputs.n != 5 || tflite_float(&o->options, "cell_clip") != 0) return lite_refuse(o);
    const struct lite_ref x = LITE_CALL("ConcatV2", lite_in(o, 0), lite_in(o, 1), lite_int32(b, o->name, 1));
    const struct lite_ref product = lite_call(b, o->name, "MatMul", LITE_IN(x, lite_in(o, 2)), LITE_ATTRS(LITE_BOOL("transpose_b", true)));
    const struct lite_ref gates = LITE_CALL("BiasAdd", product, lite_in(o, 3));
    const struct tfpb_node *parts = lite_node(b, o->name, "Split", LITE_IN(lite_int32(b, o->name, 1), gates), LITE_ATTRS(LITE_INT("num_split", 4)));
    struct lite_ref gate[4];
    for (size_t i = 0; i < 4; i++) gate[i] = LITE_CALL(i == CELL ? "Tanh" : "Sigmoid", lite_result(b, parts, i));
    const struct lite_ref cell = LITE_CALL("AddV2", LITE_CALL("Mul", gate[INPUT], gate[CELL]), LITE_CALL("Mul", gate[FORGET], lite_in(o, 4)));
    lite_out(o, 0, LITE_CALL("Mul", gate[OUTPUT], LITE_CALL("Tanh", cell)));
    lite_out(o, 1, LITE_CALL("Identity", cell));
    lite_out(o, 2, LITE_CALL("Identity", x));
    return lite_out(o, 3, LITE_CALL("Identity", gates));
}

tfp_status lite_sequence_bidirectional_lstm(struct lite_operator *o)
{
    static const struct direction forward = { 1, 5, 9, 12, 16, false }, backward = { 18, 22, 26, 29, 33, true };
    enum { AUXILIARY = 39 };
    struct lite_body *b = o->body;
    if (!fits(o, &forward, 0) || !fits(o, &backward, 0) || lite_has(o, AUXILIARY)) return lite_refuse(o);
    const struct lite_ref x = turn(o, lite_in(o, 0)), to = turn(o, run(o, &forward, x)), fro = turn(o, run(o, &backward, x));
    if (tflite_int(&o->options, "merge_outputs")) return lite_out(o, 0, LITE_CALL("ConcatV2", to, fro, lite_int32(b, o->name, 2)));
    lite_out(o, 0, to);
    return lite_out(o, 1, fro);
}
