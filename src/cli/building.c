/* What the commands that build engines share: profiles, precision, TensorRT's settings. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int read_cut(const struct arguments *a, bool otherwise, struct cut_argument *out)
{
    const struct words *w = &a->cut;
    const char *word = NULL;
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->at[i], "auto") == 0 || strcmp(w->at[i], "none") == 0) word = w->at[i];
    if (word && w->n > 1) return wrong_usage("--cut: %s, or names of values to cut at", word);
    *out = (struct cut_argument){ .cut = word ? strcmp(word, "auto") == 0 : w->n || otherwise };
    if (!word) out->at = w->at, out->n = w->n;
    return TFP_OK;
}

/* -- profiles ------------------------------------------------------------------------------------------------------ */

enum { MOST_PROFILES = 16 };

/* The k-th shape of a kind for an input belongs to profile k; of the three kinds, one that is missing is as another. */
struct ranges {
    struct tfp_range at[MANY];
    size_t n;
};
static struct ranges tables[MOST_PROFILES];
static struct shape_argument shapes[3 * MANY];
static size_t n_shapes;

static struct tfp_range *range_of(size_t profile, const char *input)
{
    struct ranges *t = &tables[profile];
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->at[i].input, input) == 0) return &t->at[i];
    if (t->n == MANY) return NULL;
    t->at[t->n] = (struct tfp_range){ .input = input };
    return &t->at[t->n++];
}

static bool add_shape(const char *text, int which)
{
    struct shape_argument *s = &shapes[n_shapes++];
    parse_shape(text, s);
    for (size_t p = 0; p < MOST_PROFILES; p++) {
        struct tfp_range *r = range_of(p, s->name);
        if (!r) return wrong_usage("too many shapes"), false;
        const int64_t **list = which == 0 ? &r->least : which == 1 ? &r->best : &r->most;
        if (*list) continue;
        if (r->n && r->n != s->rank)
            return wrong_usage("input %s: shapes of %zu and of %u dimensions", s->name, r->n, (unsigned)s->rank), false;
        r->n = s->rank;
        *list = s->dims;
        return true;
    }
    return wrong_usage("input %s: more than %d profiles", s->name, MOST_PROFILES), false;
}

static void complete(struct tfp_range *r)
{
    if (!r->best) r->best = r->most ? r->most : r->least;
    if (!r->least) r->least = r->best;
    if (!r->most) r->most = r->best;
}

/* An input with fewer shapes than others has its last one in the profiles that follow. */
static bool fill_profiles(size_t n)
{
    for (size_t p = 0; p < n; p++) {
        for (size_t i = 0; i < tables[p].n; i++)
            if (tables[p].at[i].n) complete(&tables[p].at[i]);
        for (size_t i = 0; p > 0 && i < tables[p - 1].n; i++) {
            const struct tfp_range *before = &tables[p - 1].at[i];
            struct tfp_range *r = range_of(p, before->input);
            if (!r) return wrong_usage("too many shapes"), false;
            if (!r->n) *r = *before;
        }
    }
    return true;
}

static bool read_profiles(const struct arguments *a, bool fixed_too, struct tfp_profile *out, size_t *n)
{
    const struct words *kinds[3] = { &a->min_shapes, &a->opt_shapes, &a->max_shapes };
    for (int k = 0; k < 3; k++)
        for (size_t i = 0; i < kinds[k]->n; i++)
            if (!add_shape(kinds[k]->at[i], k)) return false;
    for (size_t i = 0; fixed_too && i < a->shapes.n; i++)
        if (!add_shape(a->shapes.at[i], 1)) return false;
    *n = 0;
    for (size_t p = 0; p < MOST_PROFILES; p++)
        for (size_t i = 0; i < tables[p].n; i++)
            if (tables[p].at[i].n && *n < p + 1) *n = p + 1;
    if (!fill_profiles(*n)) return false;
    for (size_t p = 0; p < *n; p++) out[p] = (struct tfp_profile){ tables[p].at, tables[p].n };
    return true;
}

/* -- options ------------------------------------------------------------------------------------------------------- */

/* "name" or "name=value", cut in place of a copy. */
static bool read_settings(const struct arguments *a, struct tfp_setting *out)
{
    for (size_t i = 0; i < a->settings.n; i++) {
        const char *equals = strchr(a->settings.at[i], '=');
        out[i] = (struct tfp_setting){ a->settings.at[i], NULL };
        if (!equals) continue;
        out[i].name = strndup(a->settings.at[i], (size_t)(equals - a->settings.at[i]));
        out[i].value = equals + 1;
        if (!out[i].name) return false;
    }
    return true;
}

void building_end(struct tfp_build_options *o)
{
    for (size_t i = 0; i < o->n_settings; i++)
        if (o->settings[i].value) free((char *)(uintptr_t)o->settings[i].name);
    o->n_settings = 0;
}

/* "none" alone: a list without names. */
static void set_fp32_lists(const struct arguments *a, struct tfp_build_options *o)
{
    const bool none = a->fp32_ops.n == 1 && strcmp(a->fp32_ops.at[0], "none") == 0;
    if (a->fp32_ops.n) o->fp32_ops = a->fp32_ops.at;
    o->n_fp32_ops = none ? 0 : a->fp32_ops.n;
    o->fp32_nodes = a->fp32_nodes.at;
    o->n_fp32_nodes = a->fp32_nodes.n;
}

const char *building_option(const struct arguments *a)
{
    static char setting[64];
    if (a->settings.n) snprintf(setting, sizeof setting, "--%.*s", (int)strcspn(a->settings.at[0], "="), a->settings.at[0]);
    return a->via               ? "--via"
           : a->precision       ? "--precision"
           : a->fp32_ops.n      ? "--fp32-ops"
           : a->fp32_nodes.n    ? "--fp32-nodes"
           : a->min_shapes.n    ? "--min-shape"
           : a->opt_shapes.n    ? "--opt-shape"
           : a->max_shapes.n    ? "--max-shape"
           : a->assume_family   ? "--assume-family"
           : a->settings.n      ? setting
           : a->engine_cache    ? "--engine-cache"
           : a->no_engine_cache ? "--no-engine-cache"
                                : NULL;
}

int building_begin(const struct arguments *a, bool onnx, struct tfp_build_options *o)
{
    static struct tfp_profile profiles[MOST_PROFILES];
    static struct tfp_setting settings[MANY];
    const char *via = a->via ? a->via : onnx ? "onnx" : "direct";
    *o = (struct tfp_build_options)TFP_INIT(struct tfp_build_options);
    if (strcmp(via, "direct") != 0 && strcmp(via, "onnx") != 0)
        return wrong_usage("--via '%s': direct or onnx is expected", via);
    if (!read_profiles(a, onnx, profiles, &o->n_profiles)) return TFP_E_USAGE;
    if (!read_settings(a, settings)) return TFP_E_SYSTEM;
    o->profiles = profiles;
    o->settings = settings;
    o->n_settings = a->settings.n;
    o->via = strcmp(via, "onnx") == 0 ? TFP_VIA_ONNX : TFP_VIA_DIRECT;
    o->tensorrt = tensorrt_library(a);
    o->assume_family = a->assume_family;
    o->device = a->device > INT32_MAX ? INT32_MAX : (int)a->device;
    o->precision = a->precision;
    set_fp32_lists(a, o);
    return TFP_OK;
}
