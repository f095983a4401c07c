#include "comparing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- options ------------------------------------------------------------------------------------------------------- */

static bool any_tensorrt(const struct arguments *a)
{
    for (size_t i = 0; i < a->backends.n; i++)
        if (strncmp(a->backends.at[i], "tensorrt", strlen("tensorrt")) == 0) return true;
    return false;
}

static int read_options(struct comparing *c)
{
    const struct arguments *a = c->r.a;
    const char *of_build = any_tensorrt(a) ? NULL : building_option(a);
    if (of_build) return wrong_usage("%s is for tensorrt, which is not among --backends", of_build);
    if (!a->backends.n) return wrong_usage("--backends is missing: --backends cpu,onnxruntime, for instance");
    if (a->samples && a->input_files.n) return wrong_usage("--samples and --input: one of them");
    int code = building_begin(a, tfp_is_onnx(a->positional.at[0]), &c->r.build);
    c->session = session_options(a);
    c->session.build = &c->r.build;
    c->options = (struct tfp_comparison_options){ .size = sizeof c->options, .ways = a->backends.at,
                                                  .n_ways = a->backends.n, .session = &c->session };
    return code;
}

int comparing_begin(tfp_context *ctx, const struct arguments *a, struct comparing *c)
{
    *c = (struct comparing){ .r = { .ctx = ctx, .a = a } };
    int code = read_options(c);
    struct tfp_build_options build = c->r.build;
    if (code != TFP_OK) return code;
    if (tfp_is_plan(a->positional.at[0]))
        return wrong_usage("%s is an engine: name the model that it was made of, and the engine among --backends",
                           a->positional.at[0]);
    code = running_begin_model(ctx, a, &c->r);
    c->r.build = build;
    return code;
}

void comparing_end(struct comparing *c)
{
    samples_free(&c->folders);
    free(c->dims);
    tfp_comparison_destroy(c->comparison);
    running_end(&c->r);
}

/* -- folders of samples -------------------------------------------------------------------------------------------- */

static int list_folders(struct comparing *c)
{
    int code = samples_list(c->r.a->samples, &c->folders);
    if (code == TFP_OK && !c->folders.n)
        code = wrong_usage("--samples %s: neither %s.npy nor a folder of a sample is in it", c->r.a->samples,
                           c->r.n_inputs ? running_input(&c->r, 0)->name : "NAME");
    return code;
}

static int read_folder(struct comparing *c, const char *folder)
{
    char path[4096];
    for (size_t i = 0; i < c->r.n_inputs; i++) {
        running_drop(&c->r, i);
        if (!sample_path(folder, running_input(&c->r, i)->name, path, sizeof path))
            return wrong_usage("--samples: input '%s' cannot be a file's name", running_input(&c->r, i)->name);
        int code = running_read_file(&c->r, i, path);
        if (code != TFP_OK) return code;
    }
    return TFP_OK;
}

/* -- batches ------------------------------------------------------------------------------------------------------- */

/* How many times the first dimension that the model wants an array has; 1: it fits, or nothing can be said. */
static size_t slices_of(const struct comparing *c, size_t i)
{
    const struct tfp_tensor_info *want = running_input(&c->r, i);
    const struct tfp_tensor *have = tfp_array_tensor(c->r.arrays[i]);
    if (want->rank < 1 || have->rank != (uint32_t)want->rank || want->dims[0] < 1 || have->dims[0] % want->dims[0]) return 1;
    return have->dims[0] > want->dims[0] ? (size_t)(have->dims[0] / want->dims[0]) : 1;
}

static int count_slices(struct comparing *c)
{
    c->n_slices = 1;
    for (size_t i = 0; i < c->r.n_inputs; i++) {
        const size_t n = slices_of(c, i);
        if (n > 1 && c->n_slices > 1 && n != c->n_slices)
            return wrong_usage("--samples: %s.npy holds %zu batches, another file %zu", running_input(&c->r, i)->name, n,
                               c->n_slices);
        if (n > 1) c->n_slices = n;
    }
    return TFP_OK;
}

/* The array's rows of batch `slice`; arrays without batches are the same each time. */
static void take_slice(struct comparing *c, size_t i, size_t slice)
{
    const struct tfp_tensor *all = tfp_array_tensor(c->r.arrays[i]);
    struct tfp_tensor *t = &c->r.inputs[i];
    const size_t n = slices_of(c, i);
    *t = *all;
    if (n == 1) return;
    int64_t *own = c->dims[i];
    memcpy(own, all->dims, all->rank * sizeof *own);
    own[0] /= (int64_t)n;
    t->dims = own;
    t->size = all->size / n;
    t->data = (char *)all->data + slice * t->size;
}

/* -- samples ------------------------------------------------------------------------------------------------------- */

/* "LO:HI" */
static bool parse_range(const char *text, struct tfp_sample_options *o)
{
    char *end;
    o->low = strtod(text, &end);
    if (end == text || *end != ':') return false;
    const char *second = end + 1;
    o->high = strtod(second, &end);
    o->ranged = true;
    return end != second && !*end;
}

static int check_ranges(const struct comparing *c)
{
    for (size_t k = 0; k < c->r.a->ranges.n; k++) {
        char name[512];
        const char *rest;
        struct tfp_sample_options o;
        bool found = false;
        if (!split_name(c->r.a->ranges.at[k], name, sizeof name, &rest) || !parse_range(rest, &o))
            return wrong_usage("--range '%s': NAME=LO:HI is expected", c->r.a->ranges.at[k]);
        for (size_t i = 0; i < c->r.n_inputs; i++) found = found || same_tensor(running_input(&c->r, i)->name, name);
        if (!found) return wrong_usage("--range: the model has no input '%s'", name);
    }
    return TFP_OK;
}

int comparing_make_up(struct comparing *c, size_t i, struct tfp_sample_options *o)
{
    o->seed = (uint64_t)c->r.a->seed;
    for (size_t k = 0; k < c->r.a->ranges.n; k++) {
        char name[512];
        const char *rest;
        if (split_name(c->r.a->ranges.at[k], name, sizeof name, &rest) && same_tensor(running_input(&c->r, i)->name, name))
            parse_range(rest, o);
    }
    tfp_status status = tfp_model_sample(c->r.ctx, c->r.model, i, o, &c->r.arrays[i]);
    if (status != TFP_OK) return failed(c->r.ctx, status);
    c->r.inputs[i] = *tfp_array_tensor(c->r.arrays[i]);
    return TFP_OK;
}

static int read_named(struct comparing *c)
{
    int code = check_ranges(c);
    if (code == TFP_OK) code = running_read(&c->r);
    for (size_t i = 0; code == TFP_OK && i < c->r.n_inputs; i++) {
        struct tfp_sample_options o = TFP_INIT(struct tfp_sample_options);
        if (!c->r.arrays[i]) code = comparing_make_up(c, i, &o);
    }
    return code;
}

int comparing_samples(struct comparing *c, size_t *n)
{
    char path[4096];
    const char *folder = c->r.a->samples;
    int code;
    if (!folder) code = read_named(c);
    else if (c->r.n_inputs && sample_path(folder, running_input(&c->r, 0)->name, path, sizeof path) && access(path, F_OK) == 0)
        code = read_folder(c, folder);
    else code = list_folders(c);
    c->n_slices = 1;
    if (code == TFP_OK && folder && !c->folders.n) code = count_slices(c);
    if (code == TFP_OK && !(c->dims = calloc(c->r.n_inputs + 1, sizeof *c->dims))) code = failed(NULL, TFP_E_SYSTEM);
    *n = c->folders.n ? c->folders.n : c->n_slices;
    return code;
}

int comparing_sample(struct comparing *c, size_t i)
{
    if (c->folders.n) return read_folder(c, c->folders.folders[i]);
    for (size_t k = 0; k < c->r.n_inputs && c->n_slices > 1; k++) take_slice(c, k, i);
    return TFP_OK;
}

const char *comparing_source(const struct comparing *c, size_t i)
{
    static char room[64];
    if (c->folders.n) return c->folders.folders[i];
    if (c->r.a->samples) return c->r.a->samples;
    if (c->r.a->input_files.n) return "";
    snprintf(room, sizeof room, "made up, seed %lld", (long long)c->r.a->seed);
    return room;
}
