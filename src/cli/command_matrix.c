/* tfport matrix: many models, each down every way, and one report of what works. */
#include "matrix.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Besides the ways: what is known of the model, and once of the machine. */
enum { WAY_FACTS = -1, WAY_MACHINE = -2 };

struct task {
    size_t model;
    int way;
    char key[TFP_DIGEST_TEXT];
    json_t *result; /* NULL: not done */
};

struct matrix {
    tfp_context *ctx;
    const struct arguments *a;
    json_t *models;
    struct way ways[MOST_WAYS];
    size_t n_ways;
    struct task *tasks;
    size_t n_tasks, next, done, kept;
    struct journal journal;
    struct pool pool;
    bool full; /* the journal cannot be written any more */
    char *scratch; /* a folder for what cells write and nobody needs later */
};

/* -- models -------------------------------------------------------------------------------------------------------- */

static int filter_models(struct matrix *m)
{
    regex_t pattern;
    if (!m->a->filter) return TFP_OK;
    if (regcomp(&pattern, m->a->filter, REG_EXTENDED | REG_NOSUB) != 0)
        return wrong_usage("--filter '%s': no regular expression", m->a->filter);
    for (size_t i = json_array_size(m->models); i-- > 0;) {
        const json_t *row = json_array_get(m->models, i);
        json_t *text = json_made(json_sprintf("%s %s %s", text_of(row, "id"), text_of(row, "group"), text_of(row, "format")));
        if (regexec(&pattern, json_string_value(text), 0, NULL, 0) != 0) json_array_remove(m->models, i);
        json_decref(text);
    }
    regfree(&pattern);
    return TFP_OK;
}

/* -- tasks --------------------------------------------------------------------------------------------------------- */

/* A way says something of models with a network, or of those without. */
static bool is_asked(const json_t *row, const struct way *w)
{
    return model_has_network(row) == (strcmp(w->word, "arrays") != 0);
}

/* What a worker is told, without the model. All of it is in the key. */
static json_t *task_options(const struct matrix *m, int way)
{
    const struct way *w = way >= 0 ? &m->ways[way] : NULL;
    const bool onnx = w && strcmp(w->word, "onnx") == 0, plan = w && strncmp(w->word, "plan", 4) == 0;
    json_t *o = json_made(json_object());
    json_put(o, "way", json_text(w ? w->word : way == WAY_FACTS ? "facts" : "machine"));
    if (way == WAY_FACTS) return o;
    if (w && w->opset) json_put(o, "opset", json_integer(w->opset));
    json_put_word(o, "precision", w ? w->precision : "");
    json_put_word(o, "library", onnx ? m->a->library : "");
    json_put_word(o, "tensorrt", plan || !w ? m->a->tensorrt : "");
    json_put(o, "iterations", json_integer(m->a->iterations ? m->a->iterations : 10));
    json_put(o, "threads", json_integer(m->a->threads ? m->a->threads : 1));
    return o;
}

/* The tool's and the model's contents, the row and the options; not where they lie. */
static int set_key(const struct matrix *m, struct task *t, const char *tool, const char *content)
{
    json_t *o = task_options(m, t->way), *row = json_copy(json_array_get(m->models, t->model));
    if (row) json_object_del(row, "root");
    json_put(o, "tool", json_text(tool));
    json_put(o, "content", json_text(content));
    json_put(o, "row", row ? row : json_null());
    char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    tfp_status status = text ? tfp_digest(m->ctx, NULL, 0, text, t->key) : TFP_E_SYSTEM;
    free(text);
    json_decref(o);
    return status == TFP_OK ? TFP_OK : failed(NULL, status);
}

static int digest_model(const struct matrix *m, const json_t *row, char out[TFP_DIGEST_TEXT])
{
    json_t *files = model_files(row), *f;
    const size_t n = json_array_size(files);
    const char **paths = calloc(n + 1, sizeof *paths);
    size_t i;
    json_array_foreach(files, i, f)
        if (paths) paths[i] = json_string_value(f);
    tfp_status status = paths ? tfp_digest(m->ctx, paths, n, NULL, out) : TFP_E_SYSTEM;
    free(paths);
    json_decref(files);
    return status == TFP_OK ? TFP_OK : failed(paths ? m->ctx : NULL, status);
}

static int add_task(struct matrix *m, size_t model, int way, const char *tool, const char *content)
{
    struct task *t = &m->tasks[m->n_tasks++];
    *t = (struct task){ .model = model, .way = way };
    return set_key(m, t, tool, content);
}

static int make_tasks(struct matrix *m)
{
    static const char *const self[] = { "/proc/self/exe" };
    char tool[TFP_DIGEST_TEXT], content[TFP_DIGEST_TEXT];
    const size_t n = json_array_size(m->models);
    m->tasks = calloc(1 + n * (1 + m->n_ways), sizeof *m->tasks);
    if (!m->tasks) return failed(NULL, TFP_E_SYSTEM);
    if (tfp_digest(m->ctx, self, 1, NULL, tool) != TFP_OK) return failed(m->ctx, TFP_E_SYSTEM);
    int code = add_task(m, n, WAY_MACHINE, tool, "");
    for (size_t i = 0; code == TFP_OK && i < n; i++) {
        const json_t *row = json_array_get(m->models, i);
        progress_show("reading", i, n);
        code = digest_model(m, row, content);
        if (code == TFP_OK) code = add_task(m, i, WAY_FACTS, tool, content);
        for (size_t w = 0; code == TFP_OK && w < m->n_ways; w++)
            if (is_asked(row, &m->ways[w])) code = add_task(m, i, (int)w, tool, content);
    }
    return code;
}

/* What another machine, another limit or a less full disk may change is done again, and what crashed. */
static bool is_final(const struct matrix *m, const struct task *t, const json_t *result)
{
    const char *status = text_of(result, "status");
    const double limit = number_of(result, "limit");
    if (t->way == WAY_MACHINE || strcmp(status, "missing") == 0 || strcmp(status, "crashed") == 0) return false;
    if (strcmp(status, "timeout") == 0) return m->pool.timeout > 0 && m->pool.timeout <= limit;
    if (strcmp(status, "memory") == 0) return m->pool.memory && (double)m->pool.memory <= limit;
    return strcmp(status, "failed") != 0 || strcmp(text_of(result, "stage"), "convert") != 0;
}

static void take_from_journal(struct matrix *m)
{
    for (size_t i = 0; i < m->n_tasks; i++) {
        struct task *t = &m->tasks[i];
        const json_t *result = journal_find(&m->journal, t->key);
        if (!result || !is_final(m, t, result)) continue;
        t->result = json_incref((json_t *)(uintptr_t)result);
        m->kept++;
    }
    m->done = m->kept;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static char *next_task(void *user, size_t *number)
{
    struct matrix *m = user;
    while (m->next < m->n_tasks && m->tasks[m->next].result) m->next++;
    if (m->next == m->n_tasks) return NULL;
    const struct task *t = &m->tasks[*number = m->next++];
    json_t *o = task_options(m, t->way);
    json_put(o, "scratch", json_text(m->scratch));
    if (t->way != WAY_MACHINE) json_put(o, "model", json_incref(json_array_get(m->models, t->model)));
    char *line = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (!line) json_made(NULL);
    return line;
}

static bool take_result(void *user, size_t number, const struct work_result *r)
{
    struct matrix *m = user;
    struct task *t = &m->tasks[number];
    t->result = cell_of_end(r, &m->pool);
    if (r->end == WORK_TIMEOUT) json_put(t->result, "limit", json_real(m->pool.timeout));
    if (r->end == WORK_MEMORY) json_put(t->result, "limit", json_real((double)m->pool.memory));
    m->full = !journal_add(&m->journal, t->key, t->result);
    progress_show("matrix", ++m->done - m->kept, m->n_tasks - m->kept);
    return !m->full;
}

static int run_tasks(struct matrix *m)
{
    m->pool.user = m;
    m->pool.next = next_task;
    m->pool.done = take_result;
    if (!(m->scratch = path_join(m->a->out, "scratch"))) return failed(NULL, TFP_E_SYSTEM);
    remove_tree(m->scratch); /* of a run that was killed */
    if (mkdir(m->scratch, 0700) != 0) return refuse(TFP_E_SYSTEM, "%s: %s", m->scratch, strerror(errno));
    progress_show("matrix", 0, m->n_tasks - m->kept);
    int code = pool_run(&m->pool);
    progress_end();
    remove_tree(m->scratch);
    return code;
}

/* -- the report ---------------------------------------------------------------------------------------------------- */

static json_t *make_report(const struct matrix *m)
{
    json_t *report = report_begin(m->models, m->ways, m->n_ways);
    for (size_t i = 0; i < m->n_tasks; i++) {
        const struct task *t = &m->tasks[i];
        if (!t->result) continue;
        if (t->way == WAY_MACHINE) json_put(report, "machine", json_incref(t->result));
        else if (t->way == WAY_FACTS) report_facts(report, t->model, t->result);
        else report_cell(report, t->model, m->ways[t->way].column, t->result);
    }
    return report;
}

static const struct {
    const char *name;
    tfp_status (*write)(tfp_context *ctx, const json_t *report, const char *path);
} files[] = { { "report.json", report_json }, { "report.md", report_markdown }, { "junit.xml", report_junit },
              { "index.html", report_page } };

static int write_reports(struct matrix *m, const json_t *report)
{
    int code = TFP_OK;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = path_join(m->a->out, files[i].name);
        tfp_status status = path ? files[i].write(m->ctx, report, path) : TFP_E_SYSTEM;
        if (status != TFP_OK) code = failed(path ? m->ctx : NULL, status);
        free(path);
    }
    return code;
}

/* How many cells say what; TFP_E_DIFFER where one is bad. */
static int tell_counts(const struct matrix *m)
{
    size_t bad = 0;
    for (const struct status_word *s = status_words; s->word; s++) {
        size_t n = 0;
        for (size_t i = 0; i < m->n_tasks; i++)
            n += m->tasks[i].way >= 0 && m->tasks[i].result && strcmp(text_of(m->tasks[i].result, "status"), s->word) == 0;
        if (n && !m->a->quiet) printf("%8zu %s\n", n, s->word);
        if (s->kind == STATUS_BAD) bad += n;
    }
    if (!m->a->quiet) printf("%zu models, %zu of %zu tasks were done before; %s/index.html\n", json_array_size(m->models), m->kept,
                             m->n_tasks, m->a->out);
    return bad ? TFP_E_DIFFER : TFP_OK;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static bool read_limit(const char *option, const char *text, double usual, double *out)
{
    char *end;
    *out = text ? strtod(text, &end) : usual;
    if (!text || (end != text && !*end && *out >= 0 && *out < 1e12)) return true;
    return wrong_usage("%s: '%s' is no number", option, text), false;
}

static int prepare(struct matrix *m)
{
    const struct arguments *a = m->a;
    double megabytes;
    if (!a->positional.n || !a->out) return wrong_usage("matrix takes models, folders or manifests, and -o FOLDER");
    if (!read_limit("--timeout", a->timeout, 120, &m->pool.timeout) || !read_limit("--memory", a->memory, 8000, &megabytes))
        return TFP_E_USAGE;
    m->pool.memory = (uint64_t)(megabytes * 1e6);
    m->pool.jobs = a->jobs ? a->jobs : sysconf(_SC_NPROCESSORS_ONLN);
    int code = matrix_ways(a, m->ways, &m->n_ways);
    if (code == TFP_OK) code = matrix_models(&a->positional, m->models);
    if (code == TFP_OK) code = filter_models(m);
    if (code == TFP_OK && !json_array_size(m->models)) code = wrong_usage("no models were found");
    if (code == TFP_OK && mkdir(a->out, 0777) != 0 && errno != EEXIST) code = refuse(TFP_E_SYSTEM, "%s: %s", a->out, strerror(errno));
    if (code == TFP_OK) code = journal_open(a->out, &m->journal);
    return code == TFP_OK ? make_tasks(m) : code;
}

static int run_matrix(struct matrix *m)
{
    take_from_journal(m);
    int code = run_tasks(m);
    if (code != TFP_OK) return code;
    json_t *report = make_report(m);
    code = write_reports(m, report);
    json_decref(report);
    if (m->full) code = TFP_E_SYSTEM;
    int counted = tell_counts(m);
    return code == TFP_OK ? counted : code;
}

static int run(tfp_context *ctx, const struct arguments *a)
{
    static struct matrix m; /* too large for the stack */
    m = (struct matrix){ .ctx = ctx, .a = a, .models = json_made(json_array()), .journal = { .fd = -1 } };
    int code = prepare(&m);
    if (code == TFP_OK) code = run_matrix(&m);
    for (size_t i = 0; i < m.n_tasks; i++) json_decref(m.tasks[i].result);
    free(m.tasks);
    free(m.scratch);
    journal_close(&m.journal);
    json_decref(m.models);
    return code;
}

const struct command command_matrix = {
    .name = "matrix",
    .synopsis = "matrix PATH.. -o FOLDER [--ways A,B] [--opsets 7,17,newest] [--jobs N] [--filter REGEX]",
    .summary = "runs models down every way and reports what works, as a web page, JSON, Markdown and JUnit XML",
    .options = "-o --ways --opsets --precision --jobs --timeout --memory --filter --iterations --threads --library --tensorrt "
               "--quiet --verbose --help",
    .run = run,
};
