/* Reads a model or an engine, runs it on a file of images and counts the right answers: the whole C API in one page.
 *
 * usage: digits MODEL|X.plan IMAGES.npy LABELS.npy [EXPECTED.npy [BACKEND]]
 * LABELS are int32; EXPECTED, when given, holds another runtime's outputs for the same images and is compared. */
#include <tfport/tfport.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct example {
    tfp_context *ctx;
    tfp_model *model;
    tfp_session *session;
    tfp_array *images, *labels, *expected;
};

static int64_t best_of(const float *row, int64_t n)
{
    int64_t best = 0;
    for (int64_t i = 1; i < n; i++)
        if (row[i] > row[best]) best = i;
    return best;
}

static double accuracy(const struct tfp_tensor *scores, const struct tfp_tensor *labels)
{
    int64_t right = 0, rows = scores->dims[0], classes = scores->dims[1];
    for (int64_t i = 0; i < rows; i++)
        right += best_of((const float *)scores->data + i * classes, classes) == ((const int32_t *)labels->data)[i];
    return (double)right / (double)rows;
}

static double largest_difference(const struct tfp_tensor *a, const struct tfp_tensor *b)
{
    double most = 0;
    for (size_t i = 0; i < a->size / sizeof(float); i++)
        most = fmax(most, fabs((double)((const float *)a->data)[i] - (double)((const float *)b->data)[i]));
    return most;
}

static tfp_status classify(struct example *e, char **argv, const char *backend, struct tfp_tensor *scores)
{
    struct tfp_session_options options = TFP_INIT(struct tfp_session_options);
    options.backend = backend;
    const bool engine = tfp_is_plan(argv[1]);
    tfp_status status = engine ? tfp_session_open(e->ctx, argv[1], &options, &e->session)
                               : tfp_model_open(e->ctx, argv[1], NULL, &e->model);
    if (status == TFP_OK) status = tfp_npy_read(e->ctx, argv[2], &e->images);
    if (status == TFP_OK) status = tfp_npy_read(e->ctx, argv[3], &e->labels);
    if (status == TFP_OK && argv[4]) status = tfp_npy_read(e->ctx, argv[4], &e->expected);
    if (status == TFP_OK && !engine) status = tfp_session_create(e->ctx, e->model, &options, &e->session);
    if (status != TFP_OK) return status;
    return tfp_session_run(e->ctx, e->session, tfp_array_tensor(e->images), 1, scores, 1);
}

/* Labels and expected values must fit the scores before they are read as such. */
static bool fits(const struct example *e, const struct tfp_tensor *scores)
{
    const struct tfp_tensor *labels = tfp_array_tensor(e->labels);
    if (scores->dtype != TFP_FLOAT || scores->rank != 2) return false;
    if (labels->dtype != TFP_INT32 || labels->rank != 1 || labels->dims[0] != scores->dims[0]) return false;
    if (!e->expected) return true;
    const struct tfp_tensor *expected = tfp_array_tensor(e->expected);
    return expected->dtype == TFP_FLOAT && expected->size == scores->size;
}

static int report(const struct example *e, const char *backend, const struct tfp_tensor *scores)
{
    if (!fits(e, scores)) {
        fprintf(stderr, "digits: labels or expected values do not fit the model's output\n");
        return TFP_E_USAGE;
    }
    printf("%-12s accuracy %.4f on %lld images", backend, accuracy(scores, tfp_array_tensor(e->labels)),
           (long long)scores->dims[0]);
    if (!e->expected) {
        printf("\n");
        return 0;
    }
    double difference = largest_difference(scores, tfp_array_tensor(e->expected));
    printf(", largest difference %.2g\n", difference);
    return difference < 1e-4 ? 0 : TFP_E_DIFFER;
}

int main(int argc, char **argv)
{
    struct example e = { 0 };
    struct tfp_tensor scores = { 0 };
    const char *backend = argc > 5 ? argv[5] : "cpu";
    if (argc < 4) {
        fprintf(stderr, "usage: digits MODEL|X.plan IMAGES.npy LABELS.npy [EXPECTED.npy [BACKEND]]\n");
        return TFP_E_USAGE;
    }
    if (tfp_context_create(&e.ctx) != TFP_OK) return TFP_E_SYSTEM;
    tfp_status status = classify(&e, argv, backend, &scores);
    int code = (int)status;
    if (status == TFP_OK) code = report(&e, backend, &scores);
    else fprintf(stderr, "digits: %s\n", tfp_context_message(e.ctx));
    tfp_session_destroy(e.session);
    tfp_model_destroy(e.model);
    tfp_array_destroy(e.images);
    tfp_array_destroy(e.labels);
    tfp_array_destroy(e.expected);
    tfp_context_destroy(e.ctx);
    return code;
}
