/* tfport extract: the arrays of a checkpoint become .npy files, DIR/NAME.npy. Names come from a file that anyone may
 * have written: all are checked before the first array is written, so that nothing is ever put outside DIR. */
#include "samples.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_NOTES = 10 };

enum choice { NOT_CHOSEN, MATCHED, NAMED }; /* NAMED: asked for by its whole name, so that it must be written */

struct extracting {
    tfp_context *ctx;
    const struct arguments *a;
    tfp_weights *weights;
    size_t n;
    unsigned char *choice; /* by array */
    char **files;          /* by array: where it was written; NULL: nowhere */
    size_t n_notes;
};

/* -- what is asked for --------------------------------------------------------------------------------------------- */

static int choose_matching(struct extracting *x, const char *pattern)
{
    size_t found = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (fnmatch(pattern, tfp_weights_variable(x->weights, i)->name, 0) != 0) continue;
        if (x->choice[i] == NOT_CHOSEN) x->choice[i] = MATCHED;
        found++;
    }
    return found ? TFP_OK : wrong_usage("no array matches '%s'; --list lists them", pattern);
}

/* A name that is there is meant as it stands, also one with a * in it. */
static int choose(struct extracting *x)
{
    const struct words *names = &x->a->positional;
    if (names->n == 1) memset(x->choice, MATCHED, x->n);
    for (size_t i = 1; i < names->n; i++) {
        size_t at;
        tfp_status status = tfp_weights_find(x->ctx, x->weights, names->at[i], &at);
        if (status == TFP_OK) {
            x->choice[at] = NAMED;
            continue;
        }
        if (status != TFP_E_USAGE || !strpbrk(names->at[i], "*?[")) return failed(x->ctx, status);
        int code = choose_matching(x, names->at[i]);
        if (code != TFP_OK) return code;
    }
    return TFP_OK;
}

/* -- names as paths ------------------------------------------------------------------------------------------------ */

/* What stands against a name as a path inside a folder; NULL: nothing. */
static const char *refuse_path(const char *name)
{
    for (const char *s = name; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f) return "has a control character in it";
    if (*name == '/') return "begins with a slash";
    for (const char *s = name;; s++) {
        size_t n = strcspn(s, "/");
        if (n == 0) return "has an empty part";
        if ((n == 1 && s[0] == '.') || (n == 2 && memcmp(s, "..", 2) == 0)) return "has a part '.' or '..'";
        s += n;
        if (!*s) return NULL;
    }
}

/* "a" is the file a.npy, "a.npy/b" needs a folder of that name. */
static bool needs_file_as_folder(struct extracting *x, const char *name, size_t *other)
{
    char *part = strdup(name);
    bool found = false;
    for (char *slash = part; part && !found && (slash = strchr(slash, '/')); slash++) {
        if (slash - part < 5 || memcmp(slash - 4, ".npy", 4) != 0) continue;
        slash[-4] = '\0';
        found = tfp_weights_find(x->ctx, x->weights, part, other) == TFP_OK && x->choice[*other] != NOT_CHOSEN;
        slash[-4] = '.';
    }
    free(part);
    return found;
}

static int check_names(struct extracting *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const char *name = tfp_weights_variable(x->weights, i)->name;
        size_t other;
        if (x->choice[i] == NOT_CHOSEN) continue;
        const char *why = refuse_path(name);
        if (why)
            return refuse(TFP_E_FORMAT, "array '%s': its name %s, so it is no file in %s; nothing was written", name, why,
                          x->a->out);
        if (needs_file_as_folder(x, name, &other))
            return refuse(TFP_E_FORMAT, "arrays '%s' and '%s' cannot both be files in %s; name one of them",
                          tfp_weights_variable(x->weights, other)->name, name, x->a->out);
    }
    return TFP_OK;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

static void note(struct extracting *x, const struct tfp_variable *v, const char *why)
{
    if (x->a->quiet || x->n_notes++ >= MOST_NOTES) return;
    tell("array %s is left out: %s", v->name, why);
}

/* What cannot be an npy file is left out with a note, unless it was asked for by name. */
static int write_array(struct extracting *x, size_t i)
{
    const struct tfp_variable *v = tfp_weights_variable(x->weights, i);
    struct tfp_tensor t;
    size_t room = strlen(x->a->out) + strlen(v->name) + 8;
    char *path = malloc(room);
    if (!path) return failed(NULL, TFP_E_SYSTEM);
    snprintf(path, room, "%s/%s.npy", x->a->out, v->name);
    tfp_status status = tfp_weights_read(x->ctx, x->weights, i, &t);
    int code = status == TFP_OK ? make_folders(path) : TFP_OK;
    if (status == TFP_OK && code == TFP_OK) status = tfp_npy_write(x->ctx, path, &t);
    if (status == TFP_OK && code == TFP_OK) {
        x->files[i] = path;
        return TFP_OK;
    }
    free(path);
    if (status != TFP_E_UNSUPPORTED || x->choice[i] == NAMED) return status == TFP_OK ? code : failed(x->ctx, status);
    note(x, v, tfp_context_message(x->ctx));
    return TFP_OK;
}

static int write_arrays(struct extracting *x)
{
    uint64_t done = 0, total = 0;
    for (size_t i = 0; i < x->n; i++)
        if (x->choice[i]) total += tfp_weights_variable(x->weights, i)->bytes;
    for (size_t i = 0; i < x->n; i++) {
        if (!x->choice[i]) continue;
        progress_show("extract", done, total);
        int code = write_array(x, i);
        if (code != TFP_OK) return code;
        done += tfp_weights_variable(x->weights, i)->bytes;
    }
    progress_end();
    if (x->n_notes > MOST_NOTES) tell("%zu more are left out", x->n_notes - MOST_NOTES);
    return TFP_OK;
}

/* -- telling ------------------------------------------------------------------------------------------------------- */

static void print_json(const struct extracting *x)
{
    bool first = true;
    printf("[");
    for (size_t i = 0; i < x->n; i++) {
        if (!x->choice[i]) continue;
        printf(first ? "{" : ",\n {");
        first = false;
        print_json_variable(tfp_weights_variable(x->weights, i));
        printf(", \"file\": ");
        if (x->files[i]) print_json_string(x->files[i]);
        else printf("null");
        printf("}");
    }
    printf("]\n");
}

static int print_list(const struct extracting *x)
{
    const struct tfp_variable **chosen = calloc(x->n + 1, sizeof *chosen);
    size_t n = 0;
    if (!chosen) return failed(NULL, TFP_E_SYSTEM);
    for (size_t i = 0; i < x->n; i++)
        if (x->choice[i]) chosen[n++] = tfp_weights_variable(x->weights, i);
    print_variables(chosen, n, SIZE_MAX);
    free(chosen);
    return TFP_OK;
}

static void print_summary(const struct extracting *x)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) n += x->files[i] != NULL;
    printf("%zu %s in %s\n", n, n == 1 ? "array" : "arrays", x->a->out);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static int extract_chosen(struct extracting *x)
{
    int code = choose(x);
    if (code == TFP_OK && !x->a->list) code = check_names(x);
    if (code == TFP_OK && !x->a->list) code = write_arrays(x);
    if (code != TFP_OK) return code;
    if (x->a->json) print_json(x);
    else if (x->a->list) return print_list(x);
    else if (!x->a->quiet) print_summary(x);
    return TFP_OK;
}

static int extract(tfp_context *ctx, const struct arguments *a)
{
    struct extracting x = { .ctx = ctx, .a = a };
    if (a->positional.n < 1) return wrong_usage("extract takes a model and the names of arrays");
    if (a->list ? a->out != NULL : !a->out || !*a->out) return wrong_usage("extract needs -o DIR, or --list");
    tfp_status status = tfp_weights_open(ctx, a->positional.at[0], !a->no_verify, &x.weights);
    if (status != TFP_OK) return failed(ctx, status);
    x.n = tfp_weights_n(x.weights);
    x.choice = calloc(x.n + 1, 1);
    x.files = calloc(x.n + 1, sizeof *x.files);
    int code = x.choice && x.files ? extract_chosen(&x) : failed(NULL, TFP_E_SYSTEM);
    for (size_t i = 0; x.files && i < x.n; i++) free(x.files[i]);
    free(x.files);
    free(x.choice);
    tfp_weights_destroy(x.weights);
    return code;
}

const struct command command_extract = {
    .name = "extract",
    .synopsis = "extract MODEL [NAME|PATTERN ..] -o DIR | --list",
    .summary = "writes a checkpoint's arrays as DIR/NAME.npy, all or those named (* and ? match many)",
    .options = "-o --list --no-verify --json --quiet --verbose --help",
    .run = extract,
};
