/* Times a model on the CPU backend through the C API, for bench/run.
 *
 * usage: run_model MODEL THREADS RUNS BATCH OUTPUT
 * Unknown dimensions become BATCH. Element i of every float input is (i * 2654435761 mod 2^32) / 2^31 - 1, of every
 * other input that number's topmost bit. Writes output 0's bytes to OUTPUT and prints one line of JSON: first run with
 * its preparation, median and least of the others (milliseconds), peak resident memory (MiB). */
#include <tfport/tfport.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 16 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double peak_mib(void)
{
    char line[256];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0) kib = strtol(line + 6, NULL, 10);
    if (f) fclose(f);
    return (double)kib / 1024;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fill(struct tfp_tensor *t, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)(i * 2654435761u);
        switch (t->dtype) {
        case TFP_FLOAT: ((float *)t->data)[i] = (float)((double)bits / 2147483648.0 - 1.0); break;
        case TFP_DOUBLE: ((double *)t->data)[i] = (double)bits / 2147483648.0 - 1.0; break;
        case TFP_INT32: ((int32_t *)t->data)[i] = (int32_t)(bits >> 31); break;
        case TFP_INT64: ((int64_t *)t->data)[i] = (int64_t)(bits >> 31); break;
        default: ((uint8_t *)t->data)[i] = (uint8_t)(bits >> 31); break;
        }
    }
}

static int make_input(const struct tfp_tensor_info *info, int64_t batch, int64_t *dims, struct tfp_tensor *t)
{
    size_t count = 1;
    for (int32_t d = 0; d < info->rank; d++) {
        dims[d] = info->dims[d] < 0 ? batch : info->dims[d];
        count *= (size_t)dims[d];
    }
    size_t size = count * tfp_dtype_size(info->dtype);
    *t = (struct tfp_tensor){ info->dtype, info->rank < 0 ? 0 : (uint32_t)info->rank, dims, malloc(size + 1), size };
    if (!t->data) return 1;
    fill(t, count);
    return 0;
}

static int fail(const tfp_context *ctx)
{
    fprintf(stderr, "run_model: %s\n", tfp_context_message(ctx));
    return 1;
}

static int write_output(const struct tfp_tensor *t, const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f) return 1;
    size_t n = fwrite(t->data, 1, t->size, f);
    return fclose(f) != 0 || n != t->size;
}

int main(int argc, char **argv)
{
    static int64_t dims[MOST][TFP_MAX_RANK];
    struct tfp_tensor in[MOST], out[MOST];
    tfp_context *ctx = NULL;
    tfp_model *model = NULL;
    tfp_session *session = NULL;
    if (argc != 6) return fprintf(stderr, "usage: run_model MODEL THREADS RUNS BATCH OUTPUT\n"), 1;
    struct tfp_session_options options = TFP_INIT(struct tfp_session_options);
    options.threads = atoi(argv[2]);
    int runs = atoi(argv[3]);
    double *ms = calloc((size_t)runs + 1, sizeof *ms);
    if (!ms || tfp_context_create(&ctx) != TFP_OK) return 1;
    if (tfp_model_open(ctx, argv[1], NULL, &model) != TFP_OK ||
        tfp_session_create(ctx, model, &options, &session) != TFP_OK)
        return fail(ctx);
    size_t n_in = tfp_session_n_inputs(session), n_out = tfp_session_n_outputs(session);
    if (n_in > MOST || n_out > MOST) return 1;
    for (size_t i = 0; i < n_in; i++)
        if (make_input(tfp_session_input(session, i), atoi(argv[4]), dims[i], &in[i])) return 1;
    for (int r = 0; r <= runs; r++) {
        memset(out, 0, sizeof out);
        double start = now();
        if (tfp_session_run(ctx, session, in, n_in, out, n_out) != TFP_OK) return fail(ctx);
        ms[r] = now() - start;
    }
    double first = ms[0];
    qsort(ms + 1, (size_t)runs, sizeof *ms, by_value);
    printf("{\"first\": %.3f, \"median\": %.3f, \"least\": %.3f, \"peak\": %.1f}\n", first, ms[1 + runs / 2], ms[1],
           peak_mib());
    int status = write_output(&out[0], argv[5]);
    for (size_t i = 0; i < n_in; i++)
        free(in[i].data);
    free(ms);
    tfp_session_destroy(session);
    tfp_model_destroy(model);
    tfp_context_destroy(ctx);
    return status;
}
