/* Which models a matrix has: rows of manifests (docs/matrix-files.md), and what folders hold. */
#include "matrix.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 32 };

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

static bool is_file(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* -- manifests ----------------------------------------------------------------------------------------------------- */

static bool are_tensors(const json_t *list)
{
    size_t i;
    const json_t *t;
    if (!json_is_array(list)) return false;
    json_array_foreach(list, i, t)
        if (!*text_of(t, "name")) return false;
    return true;
}

static const char *row_fault(const json_t *row)
{
    if (!json_is_object(row)) return "no JSON object";
    if (!*text_of(row, "id")) return "no \"id\"";
    if (!*text_of(row, "path")) return "no \"path\"";
    const json_t *in = json_object_get(row, "inputs"), *out = json_object_get(row, "outputs");
    if ((in && !are_tensors(in)) || (out && !are_tensors(out))) return "\"inputs\" and \"outputs\" are lists of {\"name\": ..}";
    return NULL;
}

static int read_manifest(const char *path, json_t *models)
{
    FILE *f = fopen(path, "r");
    if (!f) return refuse(TFP_E_USAGE, "%s: %s", path, strerror(errno));
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + (slash == path)) : strdup("."), *line = NULL;
    size_t room = 0, number = 0;
    int code = folder ? TFP_OK : TFP_E_SYSTEM;
    while (code == TFP_OK && getline(&line, &room, f) >= 0) {
        json_error_t error;
        number++;
        if (line[strspn(line, " \t\r\n")] == '\0') continue;
        json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, &error);
        const char *fault = row ? row_fault(row) : error.text;
        if (fault) {
            code = refuse(TFP_E_FORMAT, "%s: line %zu: %s", path, number, fault);
            json_decref(row);
        } else {
            json_put(row, "root", json_text(folder));
            json_add(models, row);
        }
    }
    free(folder);
    free(line);
    fclose(f);
    return code;
}

/* -- folders ------------------------------------------------------------------------------------------------------- */

/* What a name means, the first row that fits: a file by its end, or a folder by a file in it. What is inside is left to the
 * frontends, which tell formats by content. */
static const struct {
    const char *end, *inside, *format;
} kinds[] = {
    { NULL, "saved_model.pb", "saved_model" },   { NULL, "saved_model.pbtxt", "saved_model" },
    { ".index", NULL, "checkpoint" },            { ".meta", NULL, "checkpoint" },
    { ".pb", NULL, "graph" },                    { ".pbtxt", NULL, "graph" },
    { ".h5", NULL, "keras_h5" },                 { ".hdf5", NULL, "keras_h5" },
    { ".keras", NULL, "keras_zip" },             { ".tflite", NULL, "tflite" },
    { ".onnx", NULL, "onnx" },                   { NULL, "model.json", "tfjs" },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *kind_of(const char *path, bool folder)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (folder != (kinds[i].inside != NULL)) continue;
        char *inner = folder ? path_join(path, kinds[i].inside) : NULL;
        const bool fits = folder ? inner && is_file(inner) : ends_with(path, kinds[i].end);
        free(inner);
        if (fits) return kinds[i].format;
    }
    return NULL;
}

/* `relative` to the root, also its id. Of a checkpoint's file the prefix is the model. */
static void add_model(const char *root, const char *relative, const char *format, json_t *models)
{
    const bool prefix = strcmp(format, "checkpoint") == 0;
    const char *slash = strrchr(relative, '/');
    size_t n = prefix ? (size_t)(strrchr(relative, '.') - relative) : strlen(relative);
    json_t *row = json_made(json_object()), *name = json_made(json_text(relative));
    if (prefix) json_string_setn(name, relative, n);
    json_put(row, "id", name);
    json_put(row, "path", json_incref(name));
    json_put(row, "group", json_stringn(relative, slash ? (size_t)(slash - relative) : 0));
    json_put(row, "format", json_text(format));
    json_put(row, "root", json_text(root));
    json_add(models, row);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static int walk(const char *root, const char *relative, int depth, json_t *models);

/* An index has a graph where there is a .meta beside it, which is the model then. */
static bool is_bare_index(const char *path)
{
    const size_t n = strlen(path) - strlen("index");
    char *meta = ends_with(path, ".index") ? malloc(n + sizeof "meta") : NULL;
    if (meta) sprintf(meta, "%.*smeta", (int)n, path);
    const bool bare = meta && !is_file(meta);
    free(meta);
    return bare;
}

static int visit(const char *root, const char *relative, int depth, json_t *models)
{
    char *path = path_join(root, relative);
    if (!path) return failed(NULL, TFP_E_SYSTEM);
    const bool folder = is_folder(path);
    const char *format = kind_of(path, folder);
    int code = TFP_OK;
    if (format && !ends_with(path, ".index")) add_model(root, relative, format, models);
    else if (format && is_bare_index(path)) tell("%s: a checkpoint without a graph", path);
    else if (folder && depth < DEEPEST) code = walk(root, relative, depth + 1, models);
    free(path);
    return code;
}

/* Manifests in it say all of a folder. */
static int read_manifests(const char *folder, json_t *models, bool *found)
{
    char *pattern = path_join(folder, "manifest*.jsonl");
    glob_t g = { 0 };
    int code = TFP_OK;
    if (!pattern) return failed(NULL, TFP_E_SYSTEM);
    *found = glob(pattern, 0, NULL, &g) == 0;
    for (size_t i = 0; *found && code == TFP_OK && i < g.gl_pathc; i++) code = read_manifest(g.gl_pathv[i], models);
    globfree(&g);
    free(pattern);
    return code;
}

static int walk(const char *root, const char *relative, int depth, json_t *models)
{
    char *folder = path_join(root, relative);
    struct dirent **entries = NULL;
    bool found = false;
    int code = folder ? read_manifests(folder, models, &found) : failed(NULL, TFP_E_SYSTEM), n = 0;
    if (code == TFP_OK && !found) n = scandir(folder, &entries, is_shown, by_name);
    for (int i = 0; i < n; i++) {
        char *name = *relative ? path_join(relative, entries[i]->d_name) : strdup(entries[i]->d_name);
        if (code == TFP_OK) code = name ? visit(root, name, depth, models) : failed(NULL, TFP_E_SYSTEM);
        free(name);
        free(entries[i]);
    }
    if (n < 0) code = refuse(TFP_E_USAGE, "%s: %s", folder, strerror(errno));
    free(entries);
    free(folder);
    return code;
}

/* A model that was named itself: its folder is the root. */
static int add_named(const char *path, json_t *models)
{
    char *whole = strdup(path);
    if (!whole) return failed(NULL, TFP_E_SYSTEM);
    for (size_t n = strlen(whole); n > 1 && whole[n - 1] == '/';) whole[--n] = '\0';
    char *slash = strrchr(whole, '/');
    const char *format = kind_of(whole, is_folder(whole)), *root = slash == whole ? "/" : slash ? whole : ".";
    if (slash) *slash = '\0';
    add_model(root, slash ? slash + 1 : whole, format && strcmp(format, "checkpoint") != 0 ? format : "model", models);
    free(whole);
    return TFP_OK;
}

/* Of two models with the same id the reports could not tell which is meant. */
static int check_ids(const json_t *models)
{
    json_t *seen = json_made(json_object());
    size_t i;
    const json_t *m;
    int code = TFP_OK;
    json_array_foreach(models, i, m) {
        const char *id = text_of(m, "id");
        if (code == TFP_OK && json_object_get(seen, id)) code = refuse(TFP_E_USAGE, "two models have the id '%s'", id);
        json_put(seen, id, json_true());
    }
    json_decref(seen);
    return code;
}

int matrix_models(const struct words *paths, json_t *models)
{
    int code = TFP_OK;
    for (size_t i = 0; code == TFP_OK && i < paths->n; i++) {
        const char *path = paths->at[i];
        if (ends_with(path, ".jsonl")) code = read_manifest(path, models);
        else if (is_folder(path) && !kind_of(path, true)) code = walk(path, "", 0, models);
        else code = add_named(path, models);
    }
    return code == TFP_OK ? check_ids(models) : code;
}

/* -- a model's files ----------------------------------------------------------------------------------------------- */

static void add_tree(json_t *files, const char *path, int depth)
{
    struct dirent **entries = NULL;
    if (!is_folder(path)) {
        json_add(files, json_text(path));
        return;
    }
    int n = depth < DEEPEST ? scandir(path, &entries, is_shown, by_name) : 0;
    for (int i = 0; i < n; i++) {
        char *inner = path_join(path, entries[i]->d_name);
        if (inner) add_tree(files, inner, depth + 1);
        free(inner);
        free(entries[i]);
    }
    free(entries);
}

/* A checkpoint's prefix stands for the files that begin with it; '.' or '-' follows. */
static void add_beside(json_t *files, const char *path)
{
    struct page p = { 0 };
    glob_t g = { 0 };
    for (const char *s = path; *s; s++) page_add(&p, strchr("*?[\\", *s) ? "\\%c" : "%c", *s);
    page_add(&p, "[.-]*");
    if (!p.failed && glob(p.at, 0, NULL, &g) == 0)
        for (size_t i = 0; i < g.gl_pathc; i++)
            if (is_file(g.gl_pathv[i])) json_add(files, json_text(g.gl_pathv[i]));
    globfree(&g);
    free(p.at);
}

/* `prefix`: it may be one. */
static void add_member(json_t *files, const json_t *model, const char *name, bool prefix)
{
    char *path = *name ? path_join(text_of(model, "root"), name) : NULL;
    if (!path) return;
    if (is_file(path) || is_folder(path)) add_tree(files, path, 0);
    if (prefix) add_beside(files, path);
    free(path);
}

json_t *model_files(const json_t *model)
{
    static const char *const members[] = { "path", "arch", "graph", "weights" }, *const lists[] = { "inputs", "outputs" };
    json_t *files = json_made(json_array());
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) add_member(files, model, text_of(model, members[i]), true);
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        size_t i;
        const json_t *t, *list = json_object_get(model, lists[k]);
        json_array_foreach(list, i, t) add_member(files, model, text_of(t, "npy"), false);
    }
    return files;
}

/* -- opening it ---------------------------------------------------------------------------------------------------- */

/* Formats of the manifest whose inputs and outputs are tensors of a graph, by their names' beginnings. */
static bool names_tensors(const char *format)
{
    static const char *const words[] = { "frozen", "graph", "ckpt", "session" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(format, words[i], strlen(words[i])) == 0) return true;
    return false;
}

static bool set_path(char room[4096], const json_t *model, const char *relative)
{
    char *path = path_join(text_of(model, "root"), relative);
    const bool fits = path && strlen(path) < 4096;
    if (fits) strcpy(room, path);
    free(path);
    return fits;
}

static size_t set_names(const json_t *list, const char *names[MANY])
{
    size_t i;
    const json_t *t;
    json_array_foreach(list, i, t) names[i] = text_of(t, "name");
    return i;
}

bool model_has_network(const json_t *model)
{
    static const char *const weights_only[] = { "keras_json_weights_h5", "keras3_weights_h5", "tf2_object_ckpt", "keras_weights_h5_code" };
    const char *format = text_of(model, "format");
    for (size_t i = 0; i < sizeof weights_only / sizeof *weights_only; i++)
        if (strcmp(format, weights_only[i]) == 0) return *text_of(model, "arch");
    return strcmp(format, "ckpt_v2_vars") != 0;
}

bool model_arguments(const json_t *model, struct model_arguments *out)
{
    const char *arch = text_of(model, "arch"), *signature = text_of(model, "signature"), *weights = text_of(model, "weights");
    struct tfp_model_options *o = &out->options;
    *o = (struct tfp_model_options)TFP_INIT(struct tfp_model_options);
    const json_t *inputs = json_object_get(model, "inputs"), *outputs = json_object_get(model, "outputs");
    const bool few = json_array_size(inputs) <= MANY && json_array_size(outputs) <= MANY;
    if (*arch) weights = text_of(model, "path");
    if (!set_path(out->path, model, *arch ? arch : text_of(model, "path"))) return false;
    if (*weights && !set_path(out->weights, model, weights)) return false;
    if (*weights) o->weights = out->weights;
    if (*signature) o->signature = signature;
    else if (json_array_size(outputs) && names_tensors(text_of(model, "format")) && model_has_network(model)) {
        if (!few) return false;
        o->inputs = out->inputs;
        o->n_inputs = set_names(inputs, out->inputs);
        o->outputs = out->outputs;
        o->n_outputs = set_names(outputs, out->outputs);
    }
    return true;
}
