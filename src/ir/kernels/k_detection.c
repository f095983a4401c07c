/* NonMaxSuppression and RoiAlign. */
#include "ir/kernels/work.h"

#include <math.h>
#include <stdlib.h>

/* -- NonMaxSuppression --------------------------------------------------------------------------------------------- */

struct candidate {
    float score;
    int64_t box;
};

struct selection {
    const float *boxes;      /* of one image */
    bool centered;           /* center and size instead of two corners */
    float overlap;           /* boxes that share more than this are the same */
    int64_t most;            /* per class */
    struct candidate *order; /* room for all boxes */
    int64_t *chosen;         /* room for `most` or all boxes */
};

/* Best first; the earlier box where scores are equal. */
static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->box < y->box ? -1 : x->box > y->box;
}

/* low and high corner of a box. */
static void corners(const struct selection *s, int64_t box, float *low, float *high)
{
    const float *b = s->boxes + box * 4;
    for (int i = 0; i < 2; i++) {
        float one = s->centered ? b[i] - b[i + 2] / 2 : b[i], other = s->centered ? b[i] + b[i + 2] / 2 : b[i + 2];
        low[i] = one < other ? one : other;
        high[i] = one < other ? other : one;
    }
}

static bool overlaps(const struct selection *s, int64_t a, int64_t b)
{
    float low_a[2], high_a[2], low_b[2], high_b[2], shared = 1;
    corners(s, a, low_a, high_a);
    corners(s, b, low_b, high_b);
    for (int i = 0; i < 2; i++) {
        float side = fminf(high_a[i], high_b[i]) - fmaxf(low_a[i], low_b[i]);
        if (!(side > 0)) return false;
        shared *= side;
    }
    float area_a = (high_a[0] - low_a[0]) * (high_a[1] - low_a[1]),
          area_b = (high_b[0] - low_b[0]) * (high_b[1] - low_b[1]);
    float together = area_a + area_b - shared;
    if (area_a <= 0 || area_b <= 0 || together <= 0) return false;
    return shared / together > s->overlap;
}

/* Boxes of one class, best first; returns how many. */
static int64_t select_boxes(struct selection *s, const float *scores, int64_t boxes, const double *threshold)
{
    int64_t n = 0, chosen = 0;
    for (int64_t i = 0; i < boxes; i++)
        if (!threshold ? !isnan(scores[i]) : (double)scores[i] > *threshold)
            s->order[n++] = (struct candidate){ scores[i], i };
    if (n) qsort(s->order, (size_t)n, sizeof *s->order, compare_candidates);
    for (int64_t i = 0; i < n && chosen < s->most; i++) {
        bool keep = true;
        for (int64_t j = 0; j < chosen && keep; j++) keep = !overlaps(s, s->order[i].box, s->chosen[j]);
        if (keep) s->chosen[chosen++] = s->order[i].box;
    }
    return chosen;
}

struct found {
    int64_t (*at)[3];
    int64_t n, room;
};

static tfp_status add_found(struct kernel *k, struct found *f, int64_t image, int64_t class, const int64_t *boxes,
                            int64_t n)
{
    if (f->n + n > f->room) {
        int64_t room = (f->n + n) * 2;
        void *at = realloc(f->at, (size_t)room * sizeof *f->at);
        if (!at) return tfp_no_memory(k->ctx);
        f->at = at;
        f->room = room;
    }
    for (int64_t i = 0; i < n; i++, f->n++) {
        f->at[f->n][0] = image;
        f->at[f->n][1] = class;
        f->at[f->n][2] = boxes[i];
    }
    return TFP_OK;
}

static tfp_status suppress(struct kernel *k, struct work *w, struct found *found)
{
    const struct tensor *boxes = &k->in[0], *scores = &k->in[1];
    double overlap, threshold;
    int64_t most;
    void *order, *chosen;
    if (boxes->rank != 3 || scores->rank != 3 || boxes->dims[2] != 4 || boxes->dims[0] != scores->dims[0] ||
        boxes->dims[1] != scores->dims[2])
        return kernel_fail(k, TFP_E_FORMAT, "boxes and scores do not go together");
    TFP_TRY(work_scalar_int(k, 2, 0, &most));
    TFP_TRY(work_scalar(k, 3, 0, &overlap));
    TFP_TRY(work_scalar(k, 4, 0, &threshold));
    int64_t images = scores->dims[0], classes = scores->dims[1], n = scores->dims[2];
    if (images * classes == 0 || n == 0 || most <= 0) return TFP_OK;
    TFP_TRY(work_take(k, w, n, sizeof(struct candidate), &order));
    TFP_TRY(work_take(k, w, n, sizeof(int64_t), &chosen));
    struct selection s = { .centered = ir_attr_int(k->node, ATTR_CENTER_POINT_BOX, 0) != 0, .overlap = (float)overlap,
                           .most = most, .order = order, .chosen = chosen };
    for (int64_t i = 0; i < images * classes; i++) {
        s.boxes = (const float *)boxes->data + i / classes * n * 4;
        int64_t count = select_boxes(&s, (const float *)scores->data + i * n, n, kernel_in(k, 4) ? &threshold : NULL);
        TFP_TRY(add_found(k, found, i / classes, i % classes, chosen, count));
    }
    return TFP_OK;
}

static tfp_status non_max_suppression(struct kernel *k, struct work *w)
{
    struct found found = { 0 };
    tfp_status status = suppress(k, w, &found);
    if (status == TFP_OK) status = kernel_output(k, 0, TFP_INT64, 2, (int64_t[]){ found.n, 3 });
    if (status == TFP_OK && found.n) memcpy(k->out[0].data, found.at, (size_t)found.n * sizeof *found.at);
    free(found.at);
    return status;
}

/* -- RoiAlign ------------------------------------------------------------------------------------------------------ */

struct align {
    bool wide, half_pixel, maximum;
    int64_t height, width, channels, rows, columns, sampling;
    double scale;
    const void *x, *rois;
    void *y;
};

/* The four pixels around a point, with weights; n 0: outside the image. */
struct around {
    int n;
    int64_t at[4];
    double weight[4];
};

static void find_around(const struct align *a, double y, double x, struct around *r)
{
    r->n = 0;
    if (!(y >= -1 && y <= (double)a->height && x >= -1 && x <= (double)a->width)) return;
    if (y < 0) y = 0;
    if (x < 0) x = 0;
    int64_t top = (int64_t)y, left = (int64_t)x, bottom = top + 1, right = left + 1;
    if (top >= a->height - 1) {
        top = bottom = a->height - 1;
        y = (double)top;
    }
    if (left >= a->width - 1) {
        left = right = a->width - 1;
        x = (double)left;
    }
    double down = y - (double)top, across = x - (double)left;
    *r = (struct around){ 4,
                          { top * a->width + left, top * a->width + right, bottom * a->width + left,
                            bottom * a->width + right },
                          { (1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across } };
}

/* One region's cell grid. */
struct cells {
    double top, left, height, width; /* of the region, then of a cell */
    int64_t down, across;            /* samples in a cell */
};

static tfp_status read_cells(struct kernel *k, const struct align *a, int64_t roi, struct cells *c)
{
    double side[4], shift = a->half_pixel ? 0.5 : 0;
    for (int64_t i = 0; i < 4; i++) {
        side[i] = work_get(a->wide, a->rois, roi * 4 + i) * a->scale - shift;
        if (!(fabs(side[i]) < 1 << 24)) return kernel_fail(k, TFP_E_FORMAT, "a region is too large");
    }
    c->left = side[0];
    c->top = side[1];
    c->width = side[2] - side[0];
    c->height = side[3] - side[1];
    if (!a->half_pixel) { /* as the first version did: at least one pixel */
        c->width = c->width < 1 ? 1 : c->width;
        c->height = c->height < 1 ? 1 : c->height;
    }
    c->width /= (double)a->columns;
    c->height /= (double)a->rows;
    c->down = a->sampling > 0 ? a->sampling : (int64_t)ceil(c->height);
    c->across = a->sampling > 0 ? a->sampling : (int64_t)ceil(c->width);
    return TFP_OK;
}

/* One cell of all channels; `plane` is the image's first. */
static void align_cell(const struct align *a, const struct cells *c, int64_t row, int64_t column, int64_t image,
                       int64_t out)
{
    int64_t samples = c->down * c->across > 0 ? c->down * c->across : 1, step = a->rows * a->columns;
    for (int64_t channel = 0; channel < a->channels; channel++) work_set(a->wide, a->y, out + channel * step, 0);
    for (int64_t i = 0; i < c->down; i++)
        for (int64_t j = 0; j < c->across; j++) {
            struct around r;
            double y = c->top + ((double)row + ((double)i + 0.5) / (double)c->down) * c->height;
            double x = c->left + ((double)column + ((double)j + 0.5) / (double)c->across) * c->width;
            find_around(a, y, x, &r);
            for (int64_t channel = 0; channel < a->channels; channel++) {
                double sum = 0, most = r.n ? -HUGE_VAL : 0, old = work_get(a->wide, a->y, out + channel * step);
                for (int p = 0; p < r.n; p++) {
                    int64_t plane = (image * a->channels + channel) * a->height * a->width;
                    double v = r.weight[p] * work_get(a->wide, a->x, plane + r.at[p]);
                    sum += v;
                    most = v > most ? v : most;
                }
                double v = a->maximum ? (i + j == 0 || most > old ? most : old) : old + sum / (double)samples;
                work_set(a->wide, a->y, out + channel * step, v);
            }
        }
}

static tfp_status read_align(struct kernel *k, struct align *a)
{
    const struct tensor *x = &k->in[0], *rois = &k->in[1], *images = &k->in[2];
    a->half_pixel = ir_attr_is(k->node, ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel") ||
                    !ir_attr(k->node, ATTR_COORDINATE_TRANSFORMATION_MODE);
    a->maximum = ir_attr_is(k->node, ATTR_MODE, "max");
    if ((!a->half_pixel && !ir_attr_is(k->node, ATTR_COORDINATE_TRANSFORMATION_MODE, "output_half_pixel")) ||
        (!a->maximum && ir_attr(k->node, ATTR_MODE) && !ir_attr_is(k->node, ATTR_MODE, "avg")))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "unknown mode");
    a->rows = ir_attr_int(k->node, ATTR_OUTPUT_HEIGHT, 1);
    a->columns = ir_attr_int(k->node, ATTR_OUTPUT_WIDTH, 1);
    a->sampling = ir_attr_int(k->node, ATTR_SAMPLING_RATIO, 0);
    a->scale = (double)ir_attr_float(k->node, ATTR_SPATIAL_SCALE, 1);
    if (x->rank != 4 || rois->rank != 2 || rois->dims[1] != 4 || images->rank != 1 || images->dims[0] != rois->dims[0])
        return kernel_fail(k, TFP_E_FORMAT, "takes images of rank 4, regions of four numbers and an image for each");
    if (a->rows < 1 || a->columns < 1 || a->rows > INT32_MAX || a->columns > INT32_MAX || a->sampling < 0 ||
        a->sampling > 1 << 12)
        return kernel_fail(k, TFP_E_FORMAT, "impossible output size or sampling ratio");
    a->channels = x->dims[1];
    a->height = x->dims[2];
    a->width = x->dims[3];
    if (a->height == 0 || a->width == 0) return kernel_fail(k, TFP_E_FORMAT, "the image is empty");
    return TFP_OK;
}

static tfp_status roi_align(struct kernel *k, struct work *w)
{
    struct align a = { 0 };
    enum work_kind kind;
    TFP_TRY(read_align(k, &a));
    TFP_TRY(work_float_kind(k, k->in[0].dtype, &kind));
    a.wide = kind == WORK_F64;
    int64_t regions = k->in[1].dims[0], cells = a.rows * a.columns,
            dims[4] = { regions, a.channels, a.rows, a.columns };
    TFP_TRY(work_output_dims(k, w, 0, k->in[0].dtype, 4, dims, kind, &a.y));
    TFP_TRY(work_load(k, w, &k->in[0], kind, &a.x));
    TFP_TRY(work_load(k, w, &k->in[1], kind, &a.rois));
    for (int64_t r = 0; r < regions; r++) {
        struct cells c = { 0 };
        int64_t image = tensor_int(&k->in[2], r);
        if (image < 0 || image >= k->in[0].dims[0]) return kernel_fail(k, TFP_E_FORMAT, "a region is of no image");
        TFP_TRY(read_cells(k, &a, r, &c));
        int threads = work_threads(k, cells * a.channels);
#pragma omp parallel for num_threads(threads) schedule(static)
        for (int64_t i = 0; i < cells; i++)
            align_cell(&a, &c, i / a.columns, i % a.columns, image, r * a.channels * cells + i);
    }
    work_store(k, 0, kind, a.y);
    return TFP_OK;
}

const struct kernel_row kernels_detection[] = {
    { IR_NON_MAX_SUPPRESSION, .work = non_max_suppression },
    { IR_ROI_ALIGN, .work = roi_align },
};
const size_t kernels_detection_n = sizeof kernels_detection / sizeof kernels_detection[0];
