/* Triton's model repository on disk. All of a new version is made in a folder beside and then renamed, the configuration last. */
#include "api/model.h"
#include "api/triton.h"
#include "backend/tensorrt/plan_file.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/path.h"
#include "ir/tensor_info.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 32 };

static const struct triton_backend backends[] = {
    { "tfport", "", NULL, false, false },
    { "onnxruntime", "onnxruntime_onnx", "model.onnx", true, false },
    { "tensorrt", "tensorrt_plan", "model.plan", false, true },
};
enum { BACKENDS = sizeof backends / sizeof *backends };

struct repository {
    struct tfp_context *ctx;
    struct arena arena;
    const struct tfp_triton_options *o;
    const char *folder, *stage; /* the repository, and the folder in it where the version is made */
    struct triton_served *served; /* one for each path */
    size_t n;
    struct triton_written w;
    int64_t version;
    const char *version_folder; /* in the stage */
};

/* -- paths and files ----------------------------------------------------------------------------------------------- */

static const char *below(struct repository *r, const char *folder, const char *name)
{
    return arena_printf(&r->arena, "%s/%s", folder, name);
}

static tfp_status make_folder(struct repository *r, const char *path)
{
    return path ? file_make_folder(r->ctx, path) : tfp_no_memory(r->ctx);
}

static tfp_status write_file(struct repository *r, const char *path, const void *at, size_t n)
{
    return path ? file_write_whole(r->ctx, path, at, n) : tfp_no_memory(r->ctx);
}

static tfp_status copy_file(struct repository *r, const char *from, const char *to)
{
    struct buffer *map;
    TFP_TRY(buffer_map(r->ctx, from, &map));
    const tfp_status status = write_file(r, to, map->data, map->size);
    buffer_drop(map);
    return status;
}

static tfp_status copy_entry(struct repository *r, const char *from, const char *to, int depth);

static tfp_status copy_folder(struct repository *r, const char *from, const char *to, int depth)
{
    TFP_TRY(make_folder(r, to));
    DIR *d = opendir(from);
    tfp_status status = d ? TFP_OK : tfp_fail(r->ctx, TFP_E_SYSTEM, "%s: cannot be read: %s", from, strerror(errno));
    for (const struct dirent *e = d ? readdir(d) : NULL; e && status == TFP_OK; e = readdir(d)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        const char *a = below(r, from, e->d_name), *b = below(r, to, e->d_name);
        status = a && b ? copy_entry(r, a, b, depth + 1) : tfp_no_memory(r->ctx);
    }
    if (d) closedir(d);
    return status;
}

static tfp_status copy_entry(struct repository *r, const char *from, const char *to, int depth)
{
    struct stat st;
    if (stat(from, &st) != 0) return tfp_fail(r->ctx, TFP_E_SYSTEM, "%s: cannot be read: %s", from, strerror(errno));
    if (S_ISREG(st.st_mode)) return copy_file(r, from, to);
    if (!S_ISDIR(st.st_mode)) return tfp_fail(r->ctx, TFP_E_USAGE, "%s: is neither a file nor a folder", from);
    if (depth > DEEPEST) return tfp_fail(r->ctx, TFP_E_USAGE, "%s: folders are nested deeper than %d", from, DEEPEST);
    return copy_folder(r, from, to, depth);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
    (void)st, (void)kind, (void)walk;
    return remove(path);
}

static void remove_all(const char *folder)
{
    if (folder) nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* -- what is served ------------------------------------------------------------------------------------------------ */

static tfp_status open_model(struct repository *r, struct triton_served *s)
{
    struct ir_graph *graph;
    TFP_TRY(tfp_model_open(r->ctx, s->path, r->o->model, &s->model));
    TFP_TRY(model_graph(r->ctx, s->model, true, &graph)); /* the reasons, where it is refused */
    s->inputs = s->model->inputs;
    s->n_inputs = s->model->n_inputs;
    s->outputs = s->model->outputs;
    s->n_outputs = s->model->n_outputs;
    return TFP_OK;
}

static tfp_status open_plan(struct repository *r, struct triton_served *s)
{
    TFP_TRY(tfp_plan_open(r->ctx, s->path, &s->plan));
    const struct tfp_plan_info *info = tfp_plan_info(s->plan);
    if (!info->told)
        return tfp_fail(r->ctx, TFP_E_UNSUPPORTED, "%s: nothing is told of this engine; 'tfport build' writes what is, beside it", s->path);
    s->inputs = info->inputs;
    s->n_inputs = info->n_inputs;
    s->outputs = info->outputs;
    s->n_outputs = info->n_outputs;
    return TFP_OK;
}

static tfp_status open_bundle(struct repository *r, struct triton_served *s)
{
    TFP_TRY(tfp_bundle_open(r->ctx, s->path, &s->bundle));
    const struct tfp_parts_info *info = tfp_parts_info(s->bundle);
    s->inputs = info->inputs;
    s->n_inputs = info->n_inputs;
    s->outputs = info->outputs;
    s->n_outputs = info->n_outputs;
    return TFP_OK;
}

static tfp_status open_served(struct repository *r, struct triton_served *s)
{
    const bool plan = tfp_is_plan(s->path);
    if (r->n > 1 && !plan) return tfp_fail(r->ctx, TFP_E_USAGE, "%s: is no engine; only engines of one model are served together", s->path);
    return plan ? open_plan(r, s) : tfp_is_bundle(s->path) ? open_bundle(r, s) : open_model(r, s);
}

static void close_served(struct triton_served *s)
{
    for (size_t i = 0; s->given && i < s->n_inputs; i++) tfp_array_destroy(s->given[i]);
    tfp_model_destroy(s->model);
    tfp_plan_destroy(s->plan);
    tfp_parts_destroy(s->bundle);
}

static bool same_tensor(const struct tfp_tensor_info *a, const struct tfp_tensor_info *b)
{
    bool same = strcmp(a->name, b->name) == 0 && a->dtype == b->dtype && a->rank == b->rank;
    for (int32_t k = 0; same && k < a->rank; k++) same = a->dims[k] == b->dims[k];
    return same;
}

static bool same_tensors(const struct tfp_tensor_info *a, size_t n, const struct tfp_tensor_info *b, size_t m)
{
    bool same = n == m;
    for (size_t i = 0; same && i < n; i++) same = same_tensor(&a[i], &b[i]);
    return same;
}

static tfp_status open_all(struct repository *r, const char *const *paths)
{
    if (!(r->served = ARENA_ARRAY(&r->arena, struct triton_served, r->n))) return tfp_no_memory(r->ctx);
    for (size_t i = 0; i < r->n; i++) {
        struct triton_served *s = &r->served[i], *first = &r->served[0];
        s->path = paths[i];
        TFP_TRY(open_served(r, s));
        if (!same_tensors(s->inputs, s->n_inputs, first->inputs, first->n_inputs) ||
            !same_tensors(s->outputs, s->n_outputs, first->outputs, first->n_outputs))
            return tfp_fail(r->ctx, TFP_E_USAGE, "%s and %s have other inputs or outputs: they are not one model", first->path, s->path);
    }
    return TFP_OK;
}

/* -- choices ------------------------------------------------------------------------------------------------------- */

static tfp_status choose_backend(struct repository *r)
{
    const struct triton_served *s = &r->served[0];
    const char *name = r->o->backend ? r->o->backend : s->plan ? "tensorrt" : "tfport";
    for (size_t i = 0; i < BACKENDS; i++)
        if (strcmp(backends[i].name, name) == 0) r->w.backend = &backends[i];
    if (!r->w.backend)
        return tfp_fail(r->ctx, TFP_E_USAGE, "backend %s: written for are tfport, onnxruntime and tensorrt", name);
    if (r->w.backend->plans && !s->plan)
        return tfp_fail(r->ctx, TFP_E_USAGE, "%s: is no engine, which Triton's backend tensorrt takes alone; 'tfport build' makes one", s->path);
    if (r->w.backend->onnx && !s->model)
        return tfp_fail(r->ctx, TFP_E_USAGE, "%s: Triton's backend onnxruntime takes a model, no engine and no bundle", s->path);
    if ((r->o->run_on || r->o->precision || r->o->threads) && r->w.backend->file)
        return tfp_fail(r->ctx, TFP_E_USAGE, "what it runs on, precision and threads are for the backend tfport, not for %s", r->w.backend->name);
    return TFP_OK;
}

static bool is_name(const char *name)
{
    for (const char *s = name; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("_-.", *s)) return false;
    return *name && *name != '.' && strlen(name) < 200;
}

/* The last part of the path, without what follows its first dot. */
static tfp_status choose_name(struct repository *r)
{
    const char *path = r->served[0].path, *given = r->o->name;
    size_t end = strlen(path), start;
    while (end > 1 && path[end - 1] == '/') end--;
    for (start = end; start > 0 && path[start - 1] != '/'; start--)
        ;
    const char *name = given ? given : arena_string(&r->arena, path + start, end - start);
    if (!name) return tfp_no_memory(r->ctx);
    if (!given && name[0] != '.') name = arena_string(&r->arena, name, strcspn(name, "."));
    if (!name) return tfp_no_memory(r->ctx);
    if (!is_name(name))
        return tfp_fail(r->ctx, TFP_E_USAGE, "'%s' cannot be a model's name in the repository: letters, digits, _, - and . can%s", name,
                        given ? "" : "; --name gives one");
    r->w.name = name;
    return TFP_OK;
}

/* A version's folder is named by its number. */
static bool version_of(const char *name, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(name, &end, 10);
    return isdigit((unsigned char)*name) && !*end && !errno && *out > 0;
}

static tfp_status choose_version(struct repository *r, const char *model_folder)
{
    int64_t greatest = 0, v;
    bool taken = false;
    DIR *d = opendir(model_folder);
    for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        if (!version_of(e->d_name, &v)) continue;
        greatest = v > greatest ? v : greatest;
        taken = taken || v == r->o->version;
    }
    if (d) closedir(d);
    if (taken || greatest == INT64_MAX)
        return tfp_fail(r->ctx, TFP_E_USAGE, "%s: version %lld is there already", model_folder, (long long)(taken ? r->o->version : greatest));
    r->version = r->o->version ? r->o->version : greatest + 1;
    return TFP_OK;
}

static tfp_status check_numbers(struct repository *r)
{
    const struct tfp_triton_options *o = r->o;
    if (o->version < 0 || o->keep < 0 || o->keep > 1000000) return tfp_fail(r->ctx, TFP_E_USAGE, "versions count from 1");
    if (o->instances < 0 || o->instances > 1024) return tfp_fail(r->ctx, TFP_E_USAGE, "instances: 1 to 1024, not %d", o->instances);
    if (o->threads < 0) return tfp_fail(r->ctx, TFP_E_USAGE, "%d threads", o->threads);
    if (o->max_batch > INT32_MAX) return tfp_fail(r->ctx, TFP_E_USAGE, "a batch of %lld rows is too large", (long long)o->max_batch);
    for (size_t i = 0; i < o->n_gpus; i++)
        if (o->gpus[i] < 0) return tfp_fail(r->ctx, TFP_E_USAGE, "GPU %d: they count from 0", o->gpus[i]);
    if (o->n_gpus && o->all_gpus) return tfp_fail(r->ctx, TFP_E_USAGE, "either all GPUs or some of them");
    return TFP_OK;
}

/* -- labels and warm-up -------------------------------------------------------------------------------------------- */

static int64_t count_lines(struct bytes text)
{
    int64_t n = 0;
    for (size_t i = 0; i < text.n; i++) n += text.at[i] == '\n' || i + 1 == text.n;
    return n;
}

static tfp_status copy_label(struct repository *r, const struct tfp_triton_file *l)
{
    const struct triton_served *s = &r->served[0];
    const size_t i = tensor_info_find(s->outputs, s->n_outputs, l->tensor);
    struct buffer *map;
    if (i == SIZE_MAX) return tfp_fail(r->ctx, TFP_E_USAGE, "labels: there is no output '%s'", l->tensor);
    const struct tfp_tensor_info *info = &s->outputs[i];
    TFP_TRY(buffer_map(r->ctx, l->path, &map));
    const int64_t lines = count_lines((struct bytes){ map->data, map->size }),
                  last = info->rank > 0 ? info->dims[info->rank - 1] : -1;
    tfp_status status = write_file(r, below(r, r->stage, path_last(l->path)), map->data, map->size);
    buffer_drop(map);
    if (status == TFP_OK && last >= 0 && lines != last)
        status = tfp_fail(r->ctx, TFP_E_USAGE, "%s: %lld labels for output %s, whose last dimension is %lld", l->path,
                          (long long)lines, l->tensor, (long long)last);
    return status;
}

/* As TensorFlow takes what it is fed: whole numbers for an input of floats. */
static tfp_status convert_given(struct repository *r, const struct tfp_tensor_info *info, tfp_array **at)
{
    tfp_array *converted;
    if (tfp_array_tensor(*at)->dtype == info->dtype) return TFP_OK;
    TFP_TRY(tfp_array_convert(r->ctx, tfp_array_tensor(*at), info->dtype, &converted));
    tfp_array_destroy(*at);
    *at = converted;
    return TFP_OK;
}

static tfp_status read_given(struct repository *r, const struct tfp_triton_file *f)
{
    struct triton_served *s = &r->served[0];
    const size_t i = tensor_info_find(s->inputs, s->n_inputs, f->tensor);
    if (i == SIZE_MAX) return tfp_fail(r->ctx, TFP_E_USAGE, "warm-up: there is no input '%s'", f->tensor);
    if (s->given[i]) return tfp_fail(r->ctx, TFP_E_USAGE, "warm-up: input %s was given twice", f->tensor);
    TFP_TRY(tfp_npy_read(r->ctx, f->path, &s->given[i]));
    TFP_TRY(convert_given(r, &s->inputs[i], &s->given[i]));
    if (tensor_info_takes(&s->inputs[i], tfp_array_tensor(s->given[i]))) return TFP_OK;
    return tfp_fail(r->ctx, TFP_E_USAGE, "%s: input %s has another type or shape", f->path, f->tensor);
}

static tfp_status read_all_given(struct repository *r)
{
    struct triton_served *s = &r->served[0];
    if (!(s->given = ARENA_ARRAY(&r->arena, tfp_array *, s->n_inputs + 1))) return tfp_no_memory(r->ctx);
    for (size_t i = 0; i < r->o->n_inputs; i++) TFP_TRY(read_given(r, &r->o->inputs[i]));
    return TFP_OK;
}

static tfp_status write_warmup(struct repository *r)
{
    const struct triton_served *s = &r->served[0];
    const char *folder = below(r, r->stage, "warmup");
    if (!triton_warms_up(s, &r->w, r->o)) return TFP_OK;
    for (size_t i = 0; i < s->n_inputs; i++) {
        const struct tfp_tensor *given = triton_given(s, i);
        struct text bytes = { 0 };
        if (!given) continue;
        TFP_TRY(make_folder(r, folder));
        tfp_status status = triton_warmup_bytes(r->ctx, given, r->w.max_batch != 0, &bytes);
        const char *name = triton_warmup_file(&r->arena, i);
        if (status == TFP_OK && bytes.failed) status = tfp_no_memory(r->ctx);
        if (status == TFP_OK) status = write_file(r, name ? below(r, folder, name) : NULL, bytes.at, bytes.n);
        text_free(&bytes);
        TFP_TRY(status);
    }
    return TFP_OK;
}

/* -- the model's files --------------------------------------------------------------------------------------------- */

/* A file of the model under `to`: where it lay beside `beside`, else by its name alone. */
static tfp_status copy_beside(struct repository *r, const char *file, const char *beside, const char *to)
{
    const size_t n = path_folder_length(beside);
    const char *inner = strncmp(file, beside, n) == 0 ? file + n : path_last(file);
    const char *path = below(r, to, inner);
    char *folder = path ? arena_string(&r->arena, path, strlen(path)) : NULL;
    if (!folder) return tfp_no_memory(r->ctx);
    for (char *s = folder + strlen(to) + 1; (s = strchr(s, '/')); *s++ = '/') {
        *s = '\0';
        TFP_TRY(make_folder(r, folder));
    }
    return access(path, F_OK) == 0 ? tfp_fail(r->ctx, TFP_E_USAGE, "%s: two files of the model would have its place", path)
                                   : copy_file(r, file, path);
}

/* Weights that were named besides lie in a folder of their own. */
static tfp_status copy_weights(struct repository *r, const char *weights)
{
    const tfp_model *m = r->served[0].model;
    const bool folder = path_is_folder(weights);
    const char *to = below(r, r->version_folder, "weights"), *beside = folder ? arena_printf(&r->arena, "%s/", weights) : weights;
    if (!to || !beside) return tfp_no_memory(r->ctx);
    TFP_TRY(make_folder(r, to));
    for (size_t i = 0; i < tfp_model_n_files(m); i++) {
        const struct tfp_file *f = tfp_model_file(m, i);
        if (f->present && strncmp(f->path, weights, strlen(weights)) == 0) TFP_TRY(copy_beside(r, f->path, beside, to));
    }
    r->w.weights = folder ? "weights" : arena_printf(&r->arena, "weights/%s", path_last(weights));
    return r->w.weights ? TFP_OK : tfp_no_memory(r->ctx);
}

/* A file, or a checkpoint by its prefix, with the files that belong to it: those of its weights are elsewhere. */
static tfp_status copy_files(struct repository *r, const char *to, const char *name, const char *weights)
{
    const struct triton_served *s = &r->served[0];
    const char *itself = below(r, to, name);
    struct stat st;
    if (!itself) return tfp_no_memory(r->ctx);
    TFP_TRY(make_folder(r, to));
    if (stat(s->path, &st) == 0) TFP_TRY(copy_file(r, s->path, itself));
    for (size_t i = 0; i < tfp_model_n_files(s->model); i++) {
        const struct tfp_file *f = tfp_model_file(s->model, i);
        const bool other = strcmp(f->path, s->path) != 0 && !(weights && strncmp(f->path, weights, strlen(weights)) == 0);
        if (f->present && other) TFP_TRY(copy_beside(r, f->path, s->path, to));
    }
    return TFP_OK;
}

/* A folder comes with all that it holds. */
static tfp_status copy_model(struct repository *r)
{
    const struct triton_served *s = &r->served[0];
    const char *to = below(r, r->version_folder, "model"), *weights = s->model && r->o->model ? r->o->model->weights : NULL;
    if (!to) return tfp_no_memory(r->ctx);
    r->w.model = "model";
    if (weights) TFP_TRY(copy_weights(r, weights));
    if (path_is_folder(s->path)) return copy_folder(r, s->path, to, 0);
    const char *name = path_last(s->path);
    r->w.model = arena_printf(&r->arena, "model/%s", name);
    return r->w.model ? copy_files(r, to, name, weights) : tfp_no_memory(r->ctx);
}

/* An ONNX file of which nothing else is asked stays as it is. */
static tfp_status write_onnx(struct repository *r)
{
    const struct tfp_onnx_options o = { .size = sizeof o, .opset = r->o->opset };
    const struct tfp_model_options *m = r->o->model;
    const char *path = below(r, r->version_folder, r->w.backend->file);
    if (!path) return tfp_no_memory(r->ctx);
    if (tfp_is_onnx(r->served[0].path) && !o.opset && !(m && (m->n_inputs || m->n_outputs)))
        return copy_files(r, r->version_folder, r->w.backend->file, NULL);
    return tfp_model_write_onnx(r->ctx, r->served[0].model, path, &o);
}

/* -- engines ------------------------------------------------------------------------------------------------------- */

/* Engines that run on more than the GPUs they name have no capability here. */
static bool is_exact(const struct tfp_plan_info *info)
{
    return strcmp(info->hardware, "none") == 0 && info->n_capabilities > 0;
}

static tfp_status copy_engine(struct repository *r, const struct triton_served *s, const char *file)
{
    const char *to = below(r, r->version_folder, file), *told = arena_printf(&r->arena, "%s.json", s->path),
               *told_to = to ? arena_printf(&r->arena, "%s.json", to) : NULL;
    if (!told || !told_to) return tfp_no_memory(r->ctx);
    TFP_TRY(copy_file(r, s->path, to));
    return access(told, F_OK) == 0 ? copy_file(r, told, told_to) : TFP_OK;
}

static tfp_status add_capability(struct repository *r, struct triton_engine *list, int32_t capability, const char *file)
{
    const char *text = arena_printf(&r->arena, "%d.%d", capability / 10, capability % 10);
    if (!text || !file) return tfp_no_memory(r->ctx);
    for (size_t i = 0; i < r->w.n_engines; i++)
        if (strcmp(list[i].capability, text) == 0)
            return tfp_fail(r->ctx, TFP_E_USAGE, "two of the engines are for compute capability %s", text);
    list[r->w.n_engines++] = (struct triton_engine){ text, file };
    return TFP_OK;
}

/* Several: each by the compute capability that it was built for; at most one that runs on others, too, for the rest. */
static tfp_status copy_engines(struct repository *r)
{
    size_t room = 0;
    bool rest = false;
    for (size_t i = 0; i < r->n; i++) room += tfp_plan_info(r->served[i].plan)->n_capabilities;
    struct triton_engine *list = ARENA_ARRAY(&r->arena, struct triton_engine, room);
    if (!list) return tfp_no_memory(r->ctx);
    r->w.engines = list;
    for (size_t i = 0; i < r->n; i++) {
        const struct tfp_plan_info *info = tfp_plan_info(r->served[i].plan);
        const bool named = r->n > 1 && is_exact(info);
        if (!named && rest) return tfp_fail(r->ctx, TFP_E_USAGE, "%s: a second engine that is not for one compute capability", r->served[i].path);
        rest = rest || !named;
        const char *file = named ? arena_printf(&r->arena, "model_%d.%d.plan", info->capabilities[0] / 10, info->capabilities[0] % 10)
                                 : "model.plan";
        if (!file) return tfp_no_memory(r->ctx);
        for (size_t k = 0; named && k < info->n_capabilities; k++) TFP_TRY(add_capability(r, list, info->capabilities[k], file));
        TFP_TRY(copy_engine(r, &r->served[i], file));
    }
    if (rest) r->w.model = "model.plan";
    return TFP_OK;
}

static tfp_status write_version(struct repository *r)
{
    if (r->served[0].plan) return copy_engines(r);
    return r->w.backend->onnx ? write_onnx(r) : copy_model(r);
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static tfp_status write_stage(struct repository *r)
{
    const struct triton_served *s = &r->served[0];
    struct text config = { 0 };
    r->version_folder = arena_printf(&r->arena, "%s/%lld", r->stage, (long long)r->version);
    TFP_TRY(make_folder(r, r->version_folder));
    TFP_TRY(read_all_given(r));
    TFP_TRY(triton_batch(r->ctx, s, r->o, &r->w.max_batch));
    TFP_TRY(write_version(r));
    for (size_t i = 0; i < r->o->n_labels; i++) TFP_TRY(copy_label(r, &r->o->labels[i]));
    TFP_TRY(write_warmup(r));
    tfp_status status = triton_config(r->ctx, s, &r->w, r->o, &config);
    if (status == TFP_OK) status = write_file(r, below(r, r->stage, "config.pbtxt"), config.at, config.n);
    text_free(&config);
    return status;
}

static tfp_status move(struct repository *r, const char *from, const char *to)
{
    if (!from || !to) return tfp_no_memory(r->ctx);
    if (rename(from, to) == 0) return TFP_OK;
    return tfp_fail(r->ctx, TFP_E_SYSTEM, "%s: cannot be moved to its place: %s", to, strerror(errno));
}

/* Every file of a folder in the stage over what the model's folder has. */
static tfp_status move_files(struct repository *r, const char *from, const char *to)
{
    DIR *d = opendir(from);
    tfp_status status = d ? make_folder(r, to) : TFP_OK;
    for (const struct dirent *e = d ? readdir(d) : NULL; e && status == TFP_OK; e = readdir(d)) {
        const char *path = below(r, from, e->d_name);
        if (!path) status = tfp_no_memory(r->ctx);
        else if (!path_is_folder(path) && strcmp(e->d_name, "config.pbtxt") != 0) status = move(r, path, below(r, to, e->d_name));
    }
    if (d) closedir(d);
    return status;
}

/* A model that is new comes whole; else the version, what the configuration names, and the configuration. */
static tfp_status publish(struct repository *r, const char *model_folder)
{
    if (access(model_folder, F_OK) != 0) return move(r, r->stage, model_folder);
    const char *number = arena_printf(&r->arena, "%s/%lld", model_folder, (long long)r->version),
               *warmup = below(r, r->stage, "warmup"), *warmup_to = below(r, model_folder, "warmup");
    if (!warmup || !warmup_to) return tfp_no_memory(r->ctx);
    TFP_TRY(move_files(r, warmup, warmup_to));
    TFP_TRY(move_files(r, r->stage, model_folder));
    TFP_TRY(move(r, r->version_folder, number));
    return move(r, below(r, r->stage, "config.pbtxt"), below(r, model_folder, "config.pbtxt"));
}

static tfp_status write_repository(struct repository *r, const char *const *paths)
{
    TFP_TRY(check_numbers(r));
    TFP_TRY(open_all(r, paths));
    TFP_TRY(choose_backend(r));
    TFP_TRY(choose_name(r));
    const char *model_folder = below(r, r->folder, r->w.name);
    char *stage = arena_printf(&r->arena, "%s/.%s.XXXXXX", r->folder, r->w.name);
    if (!model_folder || !stage) return tfp_no_memory(r->ctx);
    TFP_TRY(make_folder(r, r->folder));
    TFP_TRY(choose_version(r, model_folder));
    r->w.versions = (size_t)(r->o->keep ? r->o->keep : 1);
    if (!mkdtemp(stage)) return tfp_fail(r->ctx, TFP_E_SYSTEM, "%s: cannot be written: %s", r->folder, strerror(errno));
    r->stage = stage;
    if (chmod(stage, 0755) != 0) return tfp_fail(r->ctx, TFP_E_SYSTEM, "%s: %s", stage, strerror(errno));
    TFP_TRY(write_stage(r));
    return publish(r, model_folder);
}

tfp_status tfp_triton_write(tfp_context *ctx, const char *const *paths, size_t n_paths, const char *folder,
                            const struct tfp_triton_options *options)
{
    struct tfp_triton_options o;
    struct repository r = { .ctx = ctx, .o = &o, .n = n_paths, .folder = folder };
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    if (!n_paths) return tfp_fail(ctx, TFP_E_USAGE, "no model is named");
    const tfp_status status = write_repository(&r, paths);
    for (size_t i = 0; r.served && i < r.n; i++) close_served(&r.served[i]);
    remove_all(r.stage); /* what is left of it */
    arena_free(&r.arena);
    return status;
}
