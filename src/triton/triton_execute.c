/* Requests become runs. Those of equal shapes share one where the model has a batch; where that fails each runs alone, so that one
 * bad request is the only one that is answered with an error. */
#include "triton/triton_serve.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* What a request brings for an input. `at` is NULL where it lies in several pieces. */
struct given {
    struct TRITONBACKEND_Input *input;
    const void *at;
    const int64_t *dims;
    uint32_t rank, n_buffers;
    size_t bytes;
};
struct job {
    struct TRITONBACKEND_Request *request;
    struct TRITONBACKEND_Response *response;
    struct given *inputs;
    int64_t rows; /* 0: the model has no batch */
    bool done;    /* ran, or its error is known */
    triton_error error;
    uint64_t compute_start, compute_end;
};

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        triton_error try_error_ = (call);                                                                              \
        if (try_error_) return try_error_;                                                                             \
    } while (0)

/* -- what comes in ------------------------------------------------------------------------------------------------- */

static triton_error read_buffer(const struct given *g, uint32_t i, const void **at, uint64_t *bytes)
{
    int memory = TRITON_MEMORY_CPU;
    int64_t device = 0;
    TRY(TRITONBACKEND_InputBuffer(g->input, i, at, bytes, &memory, &device));
    return memory == TRITON_MEMORY_GPU ? triton_fail(TRITON_UNSUPPORTED, "an input lies in GPU memory, which this backend does not read") : NULL;
}

static triton_error take_input(const struct instance *in, struct job *j, size_t i)
{
    const char *name = tfp_session_input(in->session, i)->name;
    struct given *g = &j->inputs[i];
    uint64_t bytes, n;
    *g = (struct given){ 0 };
    TRY(TRITONBACKEND_RequestInput(j->request, name, &g->input));
    TRY(TRITONBACKEND_InputProperties(g->input, NULL, NULL, &g->dims, &g->rank, &bytes, &g->n_buffers));
    if (g->rank > TFP_MAX_RANK) return triton_fail(TRITON_INVALID_ARG, "input %s: %u dimensions, %d are the most", name, g->rank, TFP_MAX_RANK);
    g->bytes = (size_t)bytes;
    if (g->n_buffers == 1) {
        TRY(read_buffer(g, 0, &g->at, &n));
        if (n != bytes) return triton_fail(TRITON_INTERNAL, "input %s: %llu of %llu bytes", name, (unsigned long long)n, (unsigned long long)bytes);
    }
    if (!in->settings->max_batch) return NULL;
    if (!g->rank || g->dims[0] < 1 || (i && g->dims[0] != j->rows)) return triton_fail(TRITON_INVALID_ARG, "input %s: no batch, or another than other inputs have", name);
    j->rows = g->dims[0];
    return NULL;
}

static triton_error take_inputs(const struct instance *in, struct job *j)
{
    bool cancelled = false;
    TRY(TRITONBACKEND_RequestIsCancelled(j->request, &cancelled));
    if (cancelled) return triton_fail(TRITON_CANCELLED, "the request was cancelled");
    for (size_t i = 0; i < in->n_inputs; i++) TRY(take_input(in, j, i));
    return NULL;
}

/* -- one run ------------------------------------------------------------------------------------------------------- */

/* Jobs that run together, by their places. */
struct group {
    struct job *jobs;
    size_t first, last; /* the last's place + 1 */
    size_t n;
    int64_t rows;
};

static bool belongs(const struct job *j, const struct job *first, size_t n_inputs)
{
    for (size_t i = 0; i < n_inputs; i++) {
        const struct given *a = &j->inputs[i], *b = &first->inputs[i];
        if (a->rank != b->rank || memcmp(a->dims + 1, b->dims + 1, (a->rank - 1) * sizeof *a->dims) != 0) return false;
    }
    return true;
}

static bool in_group(const struct group *g, size_t k, size_t n_inputs)
{
    return !g->jobs[k].done && (k == g->first || (g->n > 1 && belongs(&g->jobs[k], &g->jobs[g->first], n_inputs)));
}

/* From the first job that is not done: as many behind it as fit. */
static struct group make_group(const struct instance *in, struct job *jobs, size_t first, size_t n)
{
    struct group g = { jobs, first, first + 1, 1, jobs[first].rows };
    for (size_t k = first + 1; in->settings->max_batch && k < n; k++) {
        if (jobs[k].done) continue;
        if (!belongs(&jobs[k], &jobs[first], in->n_inputs) || jobs[k].rows > in->settings->max_batch - g.rows) break;
        g.n++;
        g.rows += jobs[k].rows;
        g.last = k + 1;
    }
    return g;
}

static triton_error stage(const struct given *g, struct room *to)
{
    for (uint32_t b = 0; b < g->n_buffers; b++) {
        const void *at;
        uint64_t n;
        TRY(read_buffer(g, b, &at, &n));
        if (!room_add(to, at, (size_t)n)) return triton_fail(TRITON_INTERNAL, "out of memory");
    }
    return NULL;
}

static size_t count(const struct tfp_tensor *t)
{
    size_t n = 1;
    for (uint32_t k = 0; k < t->rank; k++)
        if (__builtin_mul_overflow(n, (size_t)t->dims[k], &n)) return SIZE_MAX / 64;
    return n;
}

static triton_error decode_strings(struct instance *in, size_t i, const char *at, size_t bytes)
{
    struct tfp_tensor *t = &in->inputs[i];
    const size_t n = count(t);
    if (n > bytes / 4) return triton_fail(TRITON_INVALID_ARG, "input %s: text of another number of elements", tfp_session_input(in->session, i)->name);
    in->strings[i].n = 0;
    struct tfp_string *s = room_take(&in->strings[i], (n + 1) * sizeof *s);
    if (!s) return triton_fail(TRITON_INTERNAL, "out of memory");
    if (!strings_decode(at, bytes, n, s))
        return triton_fail(TRITON_INVALID_ARG, "input %s: text is each element behind its length in 4 bytes, and this is not", tfp_session_input(in->session, i)->name);
    t->data = s;
    t->size = n * sizeof *s;
    return NULL;
}

/* Input i of all jobs of the group: where it lies, if that is one place and aligned, else copied together. */
static triton_error gather(struct instance *in, const struct group *g, size_t i)
{
    int64_t *dims = in->dims[i];
    const struct given *first = &g->jobs[g->first].inputs[i];
    struct tfp_tensor *t = &in->inputs[i];
    struct room *staged = &in->staged[i];
    *t = (struct tfp_tensor){ .dtype = tfp_session_input(in->session, i)->dtype, .rank = first->rank, .dims = dims };
    if (first->rank) memcpy(dims, first->dims, first->rank * sizeof *dims);
    if (triton_is_scalar(tfp_session_input(in->session, i))) t->rank = 0;
    if (g->rows) dims[0] = g->rows;
    const void *at = first->at;
    size_t bytes = first->bytes;
    const size_t element = tfp_dtype_size(t->dtype);
    if (g->n > 1 || !at || (t->dtype != TFP_STRING && (uintptr_t)at % element)) {
        staged->n = 0;
        if (!room_take(staged, 0)) return triton_fail(TRITON_INTERNAL, "out of memory");
        for (size_t k = g->first; k < g->last; k++)
            if (in_group(g, k, in->n_inputs)) TRY(stage(&g->jobs[k].inputs[i], staged));
        at = staged->at;
        bytes = staged->n;
    }
    if (t->dtype == TFP_STRING) return decode_strings(in, i, at, bytes);
    if (count(t) != bytes / element || bytes % element)
        return triton_fail(TRITON_INVALID_ARG, "input %s: %zu bytes do not fit its shape", tfp_session_input(in->session, i)->name, bytes);
    t->data = (void *)(uintptr_t)at;
    t->size = bytes;
    return NULL;
}

static triton_error run(struct instance *in, const struct group *g, uint64_t *start, uint64_t *end)
{
    for (size_t i = 0; i < in->n_inputs; i++) TRY(gather(in, g, i));
    memset(in->outputs, 0, in->n_outputs * sizeof *in->outputs);
    *start = now();
    const tfp_status status = tfp_session_run(in->ctx, in->session, in->inputs, in->n_inputs, in->outputs, in->n_outputs);
    *end = now();
    if (status != TFP_OK) return triton_failed(in->ctx, status);
    for (size_t i = 0; g->rows && i < in->n_outputs; i++)
        if (!in->outputs[i].rank || in->outputs[i].dims[0] != g->rows)
            return triton_fail(TRITON_INTERNAL, "output %s has another number of rows than the inputs", tfp_session_output(in->session, i)->name);
    return NULL;
}

/* -- what goes out ------------------------------------------------------------------------------------------------- */

/* Rows from `row` on of output i, or all of it. */
static triton_error send_output(struct instance *in, const struct group *g, struct job *j, int64_t row, size_t i)
{
    struct tfp_tensor part = in->outputs[i];
    int64_t dims[TFP_MAX_RANK];
    struct TRITONBACKEND_Output *output;
    void *to;
    int memory = TRITON_MEMORY_CPU;
    int64_t device = 0;
    if (part.rank) memcpy(dims, part.dims, part.rank * sizeof *dims);
    if (g->rows) {
        const size_t size = part.size / (size_t)g->rows;
        part.data = (char *)part.data + (size_t)row * size;
        part.size = size * (size_t)j->rows;
        dims[0] = j->rows;
    }
    if (!part.rank) dims[part.rank++] = 1;
    const bool text = part.dtype == TFP_STRING;
    const size_t n = part.size / sizeof(struct tfp_string), bytes = text ? strings_size(part.data, n) : part.size;
    TRY(TRITONBACKEND_ResponseOutput(j->response, &output, tfp_session_output(in->session, i)->name, triton_datatype(part.dtype), dims, part.rank));
    TRY(TRITONBACKEND_OutputBuffer(output, &to, bytes, &memory, &device));
    if (memory == TRITON_MEMORY_GPU) return triton_fail(TRITON_UNSUPPORTED, "an output is asked for in GPU memory, which this backend does not write");
    if (text) strings_encode(part.data, n, to);
    else if (bytes) memcpy(to, part.data, bytes);
    return NULL;
}

static triton_error send_outputs(struct instance *in, const struct group *g, struct job *j, int64_t row)
{
    uint32_t n;
    TRY(TRITONBACKEND_RequestOutputCount(j->request, &n));
    for (uint32_t k = 0; k < n; k++) {
        const char *name;
        TRY(TRITONBACKEND_RequestOutputName(j->request, k, &name));
        for (size_t i = 0; i < in->n_outputs; i++)
            if (strcmp(tfp_session_output(in->session, i)->name, name) == 0) TRY(send_output(in, g, j, row, i));
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void run_alone(struct instance *in, const struct group *g, uint64_t exec_start);

/* Runs a group and sets each job's outcome. */
static void run_group(struct instance *in, const struct group *g, uint64_t exec_start)
{
    uint64_t start = now(), end = start;
    int64_t row = 0;
    const triton_error error = run(in, g, &start, &end);
    if (error && g->n > 1) {
        TRITONSERVER_ErrorDelete(error);
        run_alone(in, g, exec_start);
        return;
    }
    for (size_t k = g->first; k < g->last; k++) {
        struct job *j = &g->jobs[k];
        if (!in_group(g, k, in->n_inputs)) continue;
        j->compute_start = start;
        j->compute_end = end;
        j->error = error ? error : send_outputs(in, g, j, row);
        row += j->rows;
    }
    for (size_t k = g->last; k-- > g->first;) /* the first is what the others are compared with */
        if (in_group(g, k, in->n_inputs)) g->jobs[k].done = true;
    if (!error) triton_drop(TRITONBACKEND_ModelInstanceReportBatchStatistics(in->triton, g->rows ? (uint64_t)g->rows : 1, exec_start, start, end, now()));
}

static void run_alone(struct instance *in, const struct group *g, uint64_t exec_start)
{
    for (size_t k = g->first; k < g->last; k++) {
        const struct group alone = { g->jobs, k, k + 1, 1, g->jobs[k].rows };
        if (!g->jobs[k].done) run_group(in, &alone, exec_start);
    }
}

/* Answers and gives the request back. */
static void finish(struct instance *in, struct job *j, uint64_t exec_start)
{
    const uint64_t end = now();
    const bool success = !j->error;
    if (!j->compute_start) j->compute_start = j->compute_end = end;
    if (j->response) triton_drop(TRITONBACKEND_ResponseSend(j->response, TRITON_RESPONSE_FINAL, j->error));
    if (j->error) TRITONSERVER_ErrorDelete(j->error);
    triton_drop(TRITONBACKEND_ModelInstanceReportStatistics(in->triton, j->request, success, exec_start, j->compute_start, j->compute_end, end));
    triton_drop(TRITONBACKEND_RequestRelease(j->request, TRITON_RELEASE_ALL));
}

static void take(struct instance *in, struct job *j)
{
    j->error = TRITONBACKEND_ResponseNew(&j->response, j->request);
    if (!j->error) j->error = take_inputs(in, j);
    else triton_log(TRITON_LOG_ERROR, "tfport: a request cannot be answered: %s", TRITONSERVER_ErrorMessage(j->error));
    j->done = j->error != NULL;
}

/* Without memory for any of them. */
static void refuse_all(struct instance *in, struct TRITONBACKEND_Request **requests, size_t n, uint64_t start)
{
    for (size_t k = 0; k < n; k++) {
        struct job j = { .request = requests[k] };
        j.error = TRITONBACKEND_ResponseNew(&j.response, j.request);
        if (!j.error) j.error = triton_failed(NULL, TFP_E_SYSTEM);
        finish(in, &j, start);
    }
}

void instance_execute(struct instance *in, struct TRITONBACKEND_Request **requests, size_t n)
{
    const uint64_t start = now();
    in->jobs.n = in->job_inputs.n = 0;
    struct job *jobs = room_take(&in->jobs, n * sizeof *jobs);
    struct given *inputs = room_take(&in->job_inputs, n * in->n_inputs * sizeof *inputs);
    if (!jobs || !inputs) {
        refuse_all(in, requests, n, start);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        jobs[k] = (struct job){ .request = requests[k], .inputs = inputs + k * in->n_inputs };
        take(in, &jobs[k]);
    }
    for (size_t k = 0; k < n; k++) {
        if (jobs[k].done) continue;
        const struct group g = make_group(in, jobs, k, n);
        run_group(in, &g, start);
    }
    for (size_t k = 0; k < n; k++) finish(in, &jobs[k], start);
}
