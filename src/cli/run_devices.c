/* tfport run on several devices: a folder of samples, or one batch that is split among them. */
#include "devices.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- a folder of samples ------------------------------------------------------------------------------------------- */

struct folder_job {
    struct devices *d;
    const char *out, *label; /* what begins each line that is printed */
    struct samples samples;
    size_t *todo, n_todo;
    tfp_array ***arrays; /* [todo][input]; NULL: not loaded */
};

/* The folder of a sample's results: the last part of its path, in -o. */
static bool result_path(const struct folder_job *j, size_t sample, const char *name, char *room, size_t n)
{
    char folder[4096];
    const char *own = strrchr(j->samples.folders[sample], '/') + 1;
    const int need = snprintf(folder, sizeof folder, "%s/%s", j->out, own);
    return need > 0 && (size_t)need < sizeof folder && sample_path(folder, name, room, n);
}

static bool has_results(const struct folder_job *j, size_t sample)
{
    char path[4096];
    for (size_t i = 0; i < j->d->r.n_outputs; i++)
        if (!result_path(j, sample, tfp_session_output(j->d->r.session, i)->name, path, sizeof path) || access(path, F_OK) != 0)
            return false;
    return true;
}

/* What a dead process left undone is as if it had not begun. */
static bool is_done(const struct folder_job *j, size_t sample)
{
    char path[4096];
    if (!j->d->r.a->resume) return false;
    if (has_results(j, sample)) return true;
    for (size_t i = 0; i < j->d->r.n_outputs; i++)
        if (result_path(j, sample, tfp_session_output(j->d->r.session, i)->name, path, sizeof path)) remove_halves(path);
    return false;
}

/* Names of a hostile model must not lead out of the folders. */
static int check_names(const struct running *r)
{
    char path[4096];
    for (size_t i = 0; i < r->n_inputs + r->n_outputs; i++) {
        const char *name = (i < r->n_inputs ? tfp_session_input(r->session, i) : tfp_session_output(r->session, i - r->n_inputs))->name;
        if (!sample_path("", name, path, sizeof path)) return wrong_usage("--samples: '%s' cannot be a file's name", name);
    }
    return TFP_OK;
}

/* This process's share, without those that are done. */
static int choose_samples(struct folder_job *j, const struct rank *rank)
{
    int code = check_names(&j->d->r);
    if (code == TFP_OK) code = samples_list(j->d->r.a->samples, &j->samples);
    if (code != TFP_OK) return code;
    if (!j->samples.n) return wrong_usage("--samples %s: no folder of a sample is in it", j->d->r.a->samples);
    j->todo = calloc(j->samples.n, sizeof *j->todo);
    j->arrays = calloc(j->samples.n, sizeof *j->arrays);
    if (!j->todo || !j->arrays) return failed(NULL, TFP_E_SYSTEM);
    for (size_t i = (size_t)rank->number; i < j->samples.n; i += (size_t)rank->of)
        if (!is_done(j, i)) j->todo[j->n_todo++] = i;
    return TFP_OK;
}

static const char *sample_name(void *user, size_t k)
{
    const struct folder_job *j = user;
    return strrchr(j->samples.folders[j->todo[k]], '/') + 1;
}

static void free_arrays(struct folder_job *j, size_t k)
{
    for (size_t i = 0; j->arrays[k] && i < j->d->r.n_inputs; i++) tfp_array_destroy(j->arrays[k][i]);
    free(j->arrays[k]);
    j->arrays[k] = NULL;
}

static tfp_status load_sample(void *user, tfp_context *ctx, const tfp_session *session, size_t k, struct tfp_tensor *inputs)
{
    struct folder_job *j = user;
    const size_t n = tfp_session_n_inputs(session);
    free_arrays(j, k); /* of a device that was lost */
    if (!(j->arrays[k] = calloc(n + 1, sizeof **j->arrays))) return TFP_E_SYSTEM;
    for (size_t i = 0; i < n; i++) {
        char path[4096];
        if (!sample_path(j->samples.folders[j->todo[k]], tfp_session_input(session, i)->name, path, sizeof path)) return TFP_E_USAGE;
        tfp_status status = read_input(ctx, tfp_session_input(session, i), tfp_session_takes_examples(session, i), path, &j->arrays[k][i]);
        if (status != TFP_OK) return status;
        inputs[i] = *tfp_array_tensor(j->arrays[k][i]);
    }
    return TFP_OK;
}

static tfp_status give_sample(void *user, tfp_context *ctx, size_t k, const struct tfp_tensor *outputs, size_t n)
{
    struct folder_job *j = user;
    for (size_t i = 0; i < n; i++) {
        char path[4096];
        if (!result_path(j, j->todo[k], tfp_session_output(j->d->r.session, i)->name, path, sizeof path)) return TFP_E_USAGE;
        if (make_folders(path) != TFP_OK) return TFP_E_SYSTEM;
        tfp_status status = tfp_npy_write(ctx, path, &outputs[i]);
        if (status != TFP_OK) return status;
    }
    free_arrays(j, k);
    progress_show("running", k + 1, j->n_todo);
    return TFP_OK;
}

static int run_folder(struct folder_job *j, const struct rank *rank)
{
    int code = choose_samples(j, rank);
    const double start = seconds_now();
    if (code != TFP_OK) return code;
    tfp_status status = tfp_pool_run(j->d->r.ctx, j->d->pool, &(struct tfp_job){ j->n_todo, load_sample, give_sample, j, sample_name });
    progress_end();
    if (status != TFP_OK) return failed(j->d->r.ctx, status);
    if (j->d->r.a->quiet) return TFP_OK;
    const double seconds = seconds_now() - start;
    printf("%s%zu samples of %zu in %.3g s, %.5g a second; results in %s\n", j->label, j->n_todo, j->samples.n, seconds,
           (double)j->n_todo / seconds, j->out);
    devices_print(j->d, j->label);
    return TFP_OK;
}

/* Processes share a terminal or a log, where each line is to tell whose it is. */
static void write_label(const struct rank *rank, char *room, size_t n)
{
    char host[65] = "";
    gethostname(host, sizeof host - 1);
    if (rank->of > 1) snprintf(room, n, "rank %" PRIu64 "/%" PRIu64 " (%s): ", rank->number, rank->of, host);
}

static int run_samples(struct devices *d, const struct rank *rank)
{
    char label[128] = "";
    struct folder_job j = { .d = d, .out = d->r.a->out, .label = label };
    write_label(rank, label, sizeof label);
    int code = run_folder(&j, rank);
    for (size_t k = 0; j.arrays && k < j.samples.n; k++) free_arrays(&j, k);
    free(j.arrays);
    free(j.todo);
    samples_free(&j.samples);
    return code;
}

/* -- one batch ----------------------------------------------------------------------------------------------------- */

struct batch_job {
    struct running *r;
    size_t pieces;
    int64_t rows;
    int64_t (*in_dims)[TFP_MAX_RANK];  /* [piece * inputs + input] */
    int64_t (*out_dims)[TFP_MAX_RANK]; /* [output], of the whole */
    size_t *room;                      /* bytes at each output's data */
    const char *whole;                 /* an output that has not a row for each of the batch; NULL: none */
};

static int64_t first_row(const struct batch_job *j, size_t piece)
{
    return (int64_t)((uint64_t)j->rows * piece / j->pieces);
}

static tfp_status load_piece(void *user, tfp_context *ctx, const tfp_session *session, size_t k, struct tfp_tensor *inputs)
{
    struct batch_job *j = user;
    (void)ctx;
    (void)session;
    for (size_t i = 0; i < j->r->n_inputs; i++) {
        const struct tfp_tensor *all = &j->r->inputs[i];
        int64_t *dims = j->in_dims[k * j->r->n_inputs + i];
        const int64_t from = first_row(j, k), n = first_row(j, k + 1) - from;
        const size_t row = all->size / (size_t)j->rows;
        memcpy(dims, all->dims, all->rank * sizeof *dims);
        dims[0] = n;
        inputs[i] = (struct tfp_tensor){ all->dtype, all->rank, dims, (char *)all->data + (size_t)from * row, (size_t)n * row };
    }
    return TFP_OK;
}

/* Behind what earlier pieces gave. */
static bool append(struct batch_job *j, size_t i, const struct tfp_tensor *t)
{
    struct tfp_tensor *all = &j->r->outputs[i];
    if (all->size + t->size > j->room[i]) {
        const size_t room = (all->size + t->size) * (j->pieces > 1 ? 2 : 1) + 1;
        void *more = realloc(all->data, room);
        if (!more) return false;
        all->data = more;
        j->room[i] = room;
    }
    if (t->size) memcpy((char *)all->data + all->size, t->data, t->size);
    all->size += t->size;
    if (!all->dims) memcpy(j->out_dims[i], t->dims, t->rank * sizeof *t->dims);
    else j->out_dims[i][0] += t->dims[0];
    all->dims = j->out_dims[i];
    all->dtype = t->dtype;
    all->rank = t->rank;
    return true;
}

static tfp_status give_piece(void *user, tfp_context *ctx, size_t k, const struct tfp_tensor *outputs, size_t n)
{
    struct batch_job *j = user;
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        const struct tfp_tensor *t = &outputs[i];
        const int64_t rows = first_row(j, k + 1) - first_row(j, k);
        if (!t->rank || t->dims[0] != rows) j->whole = tfp_session_output(j->r->session, i)->name;
        if (j->whole) return TFP_E_UNSUPPORTED;
        if (!append(j, i, t)) return TFP_E_SYSTEM;
    }
    progress_show("running", k + 1, j->pieces);
    return TFP_OK;
}

static int check_batch(struct batch_job *j)
{
    const struct running *r = j->r;
    for (size_t i = 0; i < r->n_inputs; i++) {
        const struct tfp_tensor *t = &r->inputs[i];
        if (!t->rank || !t->dims[0])
            return wrong_usage("input %s has no rows, which --devices would share; leave --devices out", tfp_session_input(r->session, i)->name);
        if (i && t->dims[0] != j->rows)
            return wrong_usage("inputs have %" PRId64 " and %" PRId64 " rows; --devices shares as many of each", j->rows, t->dims[0]);
        j->rows = t->dims[0];
    }
    for (size_t i = 0; i < r->n_outputs; i++)
        if (tfp_session_output(r->session, i)->dtype == TFP_STRING)
            return refuse(TFP_E_UNSUPPORTED, "output %s has strings, of which devices cannot share a batch; give a folder of --samples",
                          tfp_session_output(r->session, i)->name);
    return j->rows ? TFP_OK : wrong_usage("the model has no inputs, which --devices would share");
}

static int run_pieces(struct batch_job *j, struct devices *d)
{
    j->pieces = tfp_pool_n_devices(d->pool);
    if ((uint64_t)j->rows < j->pieces) j->pieces = (size_t)j->rows;
    j->in_dims = calloc(j->pieces * j->r->n_inputs, sizeof *j->in_dims);
    j->out_dims = calloc(j->r->n_outputs + 1, sizeof *j->out_dims);
    j->room = calloc(j->r->n_outputs + 1, sizeof *j->room);
    if (!j->in_dims || !j->out_dims || !j->room) return failed(NULL, TFP_E_SYSTEM);
    tfp_status status = tfp_pool_run(d->r.ctx, d->pool, &(struct tfp_job){ j->pieces, load_piece, give_piece, j, NULL });
    progress_end();
    if (j->whole)
        return refuse(TFP_E_UNSUPPORTED, "output %s has not a row for each of the batch, which devices could share; leave --devices out, or "
                                         "give a folder of --samples", j->whole);
    return status == TFP_OK ? running_write(j->r) : failed(d->r.ctx, status);
}

static int run_batch(struct devices *d)
{
    struct batch_job j = { .r = &d->r };
    int code = running_prepare(&d->r);
    if (code == TFP_OK) code = check_batch(&j);
    if (code == TFP_OK) code = run_pieces(&j, d);
    for (size_t i = 0; i < d->r.n_outputs; i++) free(d->r.outputs[i].data);
    free(j.in_dims);
    free(j.out_dims);
    free(j.room);
    if (code == TFP_OK && !d->r.a->quiet) devices_print(d, "");
    return code;
}

/* -- both ---------------------------------------------------------------------------------------------------------- */

static int check_arguments(const struct arguments *a)
{
    if (!a->samples) return a->out || a->resume || a->rank ? wrong_usage("%s is for --samples", a->out ? "-o" : a->resume ? "--resume" : "--rank") : TFP_OK;
    if (!a->out) return wrong_usage("--samples needs -o DIR, the folder for the results");
    if (a->input_files.n || a->output_files.n) return wrong_usage("--samples: its files are the inputs, and -o the outputs");
    return TFP_OK;
}

int run_on_devices(tfp_context *ctx, const struct arguments *a)
{
    struct rank rank = { .of = 1 };
    struct devices d;
    int code = check_arguments(a);
    if (code == TFP_OK && a->samples) code = rank_read(a, &rank);
    if (code != TFP_OK) return code;
    code = devices_begin(ctx, a, rank.share, &d);
    if (code == TFP_OK) code = a->samples ? run_samples(&d, &rank) : run_batch(&d);
    devices_end(&d);
    return code;
}
