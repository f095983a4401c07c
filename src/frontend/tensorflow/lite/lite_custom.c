/* Custom operators: the detections of SSD networks, and "Flex" ones, which are TensorFlow's own, with their NodeDef. */
#include "frontend/tensorflow/lite/lite.h"

#include "codec/flexbuffer.h"

static tfp_status flex(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    struct lite *m = b->model;
    const struct flex root = flex_root(o->custom), text = flex_element(&root, 1);
    const struct bytes encoded = flex_text(&text);
    struct tfpb_node *def = ARENA_NEW(m->arena, struct tfpb_node);
    struct lite_ref *in = ARENA_ARRAY(m->arena, struct lite_ref, o->inputs.n);
    if (!def || !in) return lite_no_memory(m);
    if (!encoded.at) return lite_fail(m, TFP_E_FORMAT, "%s (%s): it has no NodeDef", o->name, o->op);
    const tfp_status status = protobuf_decode(m->ctx, m->arena, &tfpb_node_type, encoded, def);
    if (status != TFP_OK) return m->status = status;
    const char *op = arena_string(m->arena, def->op.n ? def->op.at : "", def->op.n);
    if (!op) return lite_no_memory(m);
    for (size_t i = 0; i < o->inputs.n; i++) in[i] = lite_in_stored(o, i);
    const struct tfpb_node *n = lite_node(b, o->name, op, in, o->inputs.n, def->attr.at, def->attr.n);
    for (size_t i = 0; i < o->outputs.n; i++) lite_out_stored(o, i, lite_result(b, n, i));
    return o->body->model->status;
}

/* -- TFLite_Detection_PostProcess ---------------------------------------------------------------------------------- */

#define NUMBER(v) lite_number(b, o->name, (float)(v))
#define INT(v) lite_int32(b, o->name, v)
#define INTS(...) lite_int32s(b, o->name, (const int64_t[]){ __VA_ARGS__ }, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

struct detection {
    double most, most_classes, per_class, regular, score, overlap, classes, scale[4]; /* of y, x, height, width */
};

static bool read_detection(const struct lite_operator *o, struct detection *d)
{
    const struct flex map = flex_root(o->custom);
    const struct { const char *key; double *to; bool optional; } fields[] = {
        { "max_detections", &d->most, false },          { "max_classes_per_detection", &d->most_classes, false },
        { "detections_per_class", &d->per_class, true }, { "use_regular_nms", &d->regular, true },
        { "nms_score_threshold", &d->score, false },    { "nms_iou_threshold", &d->overlap, false },
        { "num_classes", &d->classes, false },          { "y_scale", &d->scale[0], false },
        { "x_scale", &d->scale[1], false },             { "h_scale", &d->scale[2], false },
        { "w_scale", &d->scale[3], false },
    };
    *d = (struct detection){ .per_class = 100 };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct flex v = flex_field(&map, fields[i].key);
        if (!flex_number(&v, fields[i].to) && !fields[i].optional) return false;
    }
    return d->most >= 1 && d->most <= 1 << 20 && d->most_classes >= 1 && d->most_classes <= d->classes && d->classes <= 1 << 20 &&
           d->per_class >= 1 && d->per_class <= 1 << 20;
}

/* Columns [from, from + 2) of rows of four. */
static struct lite_ref columns(struct lite_operator *o, struct lite_ref x, int64_t from)
{
    struct lite_body *b = o->body;
    return LITE_CALL("Slice", x, INTS(0, from), INTS(-1, 2));
}

/* Boxes as their corners, from what lies between them and anchors: both are centers and sizes. */
static struct lite_ref decode_boxes(struct lite_operator *o, const struct detection *d)
{
    struct lite_body *b = o->body;
    const struct lite_ref x = LITE_CALL("Reshape", lite_in(o, 0), INTS(-1, 4)), anchors = lite_in(o, 2);
    const struct lite_ref size_of_anchor = columns(o, anchors, 2);
    const float scale[4] = { (float)d->scale[0], (float)d->scale[1], (float)d->scale[2], (float)d->scale[3] };
    const int64_t two = 2;
    const char *kept = arena_copy(b->model->arena, scale, sizeof scale);
    if (!kept) return lite_no_memory(b->model), (struct lite_ref){ { NULL, 0 }, 0 };
    const struct lite_ref places = lite_constant(b, o->name, TFPB_DT_FLOAT, &two, 1, (struct bytes){ kept, 8 });
    const struct lite_ref sizes = lite_constant(b, o->name, TFPB_DT_FLOAT, &two, 1, (struct bytes){ kept + 8, 8 });
    const struct lite_ref center = LITE_CALL("AddV2", LITE_CALL("Mul", LITE_CALL("Div", columns(o, x, 0), places), size_of_anchor), columns(o, anchors, 0));
    const struct lite_ref half = LITE_CALL("Mul", LITE_CALL("Mul", LITE_CALL("Exp", LITE_CALL("Div", columns(o, x, 2), sizes)), size_of_anchor), NUMBER(0.5));
    return LITE_CALL("ConcatV2", LITE_CALL("Sub", center, half), LITE_CALL("AddV2", center, half), INT(1));
}

/* Rows that do not count are zeros. */
static struct lite_ref counted(struct lite_operator *o, struct lite_ref counts, struct lite_ref x, int64_t n, int64_t width)
{
    struct lite_body *b = o->body;
    const struct lite_ref rows = LITE_CALL("Reshape", x, INTS(n, width));
    return LITE_CALL("SelectV2", LITE_CALL("Reshape", counts, INTS(n, 1)), rows, NUMBER(0));
}

/* One suppression for all classes, by each box' best one; a box has its best classes one behind the other. */
static tfp_status suppress_once(struct lite_operator *o, const struct detection *d, struct lite_ref boxes, struct lite_ref scores)
{
    struct lite_body *b = o->body;
    const int64_t n = (int64_t)d->most, k = (int64_t)d->most_classes;
    const struct lite_ref best = LITE_CALL("Max", scores, INT(1)), zero = INT(0);
    const struct lite_ref in[] = { boxes, best, INT(n), NUMBER(d->overlap), NUMBER(d->score) };
    const struct tfpb_node *nms = lite_node(b, o->name, "NonMaxSuppressionV4", in, 5, LITE_ATTRS(LITE_BOOL("pad_to_max_output_size", true)));
    const struct lite_ref chosen = lite_result(b, nms, 0), valid = lite_result(b, nms, 1);
    const struct lite_ref counts = LITE_CALL("Less", LITE_CALL("Range", zero, INT(n), INT(1)), valid);
    const struct tfpb_node *top = lite_node(b, o->name, "TopKV2", LITE_IN(LITE_CALL("GatherV2", scores, chosen, zero), INT(k)), LITE_NONE);
    const struct lite_ref classes = lite_call(b, o->name, "Cast", LITE_IN(lite_result(b, top, 1)), LITE_ATTRS(LITE_TYPE("DstT", TFPB_DT_FLOAT)));
    const struct lite_ref rows = LITE_CALL("Tile", counted(o, counts, LITE_CALL("GatherV2", boxes, chosen, zero), n, 4), INTS(1, k));
    const struct lite_ref found = lite_call(b, o->name, "Cast", LITE_IN(valid), LITE_ATTRS(LITE_TYPE("DstT", TFPB_DT_FLOAT)));
    lite_out(o, 0, LITE_CALL("Reshape", rows, INTS(1, n * k, 4)));
    lite_out(o, 1, LITE_CALL("Reshape", counted(o, counts, classes, n, k), INTS(1, n * k)));
    lite_out(o, 2, LITE_CALL("Reshape", counted(o, counts, lite_result(b, top, 0), n, k), INTS(1, n * k)));
    return lite_out(o, 3, LITE_CALL("Reshape", found, INTS(1)));
}

/* Behind [1, n, ..] come zeros, up to [1, n * k, ..]. */
static struct lite_ref padded(struct lite_operator *o, struct lite_ref x, int64_t rank, int64_t n, int64_t k)
{
    struct lite_body *b = o->body;
    const int64_t more[] = { 0, 0, 0, n * (k - 1), 0, 0 };
    if (k == 1) return LITE_CALL("Identity", x);
    return LITE_CALL("Pad", x, LITE_CALL("Reshape", lite_int32s(b, o->name, more, 2 * rank), INTS(rank, 2)));
}

static tfp_status suppress_each_class(struct lite_operator *o, const struct detection *d, struct lite_ref boxes, struct lite_ref scores)
{
    struct lite_body *b = o->body;
    const struct lite_ref in[] = { LITE_CALL("Reshape", boxes, INTS(1, -1, 1, 4)), LITE_CALL("ExpandDims", scores, INT(0)), INT((int64_t)d->per_class),
                                   INT((int64_t)d->most), NUMBER(d->overlap), NUMBER(d->score) };
    const struct tfpb_node *n = lite_node(b, o->name, "CombinedNonMaxSuppression", in, 6,
                                          LITE_ATTRS(LITE_BOOL("pad_per_class", false), LITE_BOOL("clip_boxes", false)));
    const struct lite_ref found = lite_call(b, o->name, "Cast", LITE_IN(lite_result(b, n, 3)), LITE_ATTRS(LITE_TYPE("DstT", TFPB_DT_FLOAT)));
    const int64_t most = (int64_t)d->most, k = (int64_t)d->most_classes;
    lite_out(o, 0, padded(o, lite_result(b, n, 0), 3, most, k));
    lite_out(o, 1, padded(o, lite_result(b, n, 2), 2, most, k));
    lite_out(o, 2, padded(o, lite_result(b, n, 1), 2, most, k));
    return lite_out(o, 3, found);
}

/* Scores of the background, which is the first class if it is one, do not count. */
static tfp_status detection(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    struct detection d;
    const struct lite_tensor *t = lite_in_tensor(o, 1);
    if (!read_detection(o, &d) || !t || o->outputs.n != 4)
        return lite_fail(b->model, TFP_E_FORMAT, "%s (%s): its options cannot be read", o->name, o->op);
    const int64_t classes = (int64_t)d.classes, all = t->rank == 3 && t->dims[2] > 0 ? t->dims[2] : classes;
    if (all < classes || all > classes + 1)
        return lite_fail(b->model, TFP_E_FORMAT, "%s (%s): scores of %lld classes", o->name, o->op, (long long)all);
    struct lite_ref scores = LITE_CALL("Reshape", lite_in(o, 1), INTS(-1, all));
    if (all > classes) scores = LITE_CALL("Slice", scores, INTS(0, 1), INTS(-1, -1));
    return d.regular != 0 ? suppress_each_class(o, &d, decode_boxes(o, &d), scores) : suppress_once(o, &d, decode_boxes(o, &d), scores);
}

tfp_status lite_custom(struct lite_operator *o)
{
    if (strcmp(o->op, "TFLite_Detection_PostProcess") == 0) return detection(o);
    if (strncmp(o->op, "Flex", 4) == 0) flex(o);
    else lite_refuse(o);
    return o->body->model->status;
}
