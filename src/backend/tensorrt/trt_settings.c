/* The table of build options. */
#include "backend/tensorrt/trt_settings.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum kind { BIT, NUMBER, BYTES, WORD, POOLS, TACTICS, PREVIEWS, CAPABILITIES, PATH, YES };

struct word {
    const char *text;
    int32_t number;
};
static const struct word hardware[] = { { "none", TRT_HARDWARE_NONE }, { "ampere+", TRT_HARDWARE_AMPERE_PLUS },
                                        { "same-compute-capability", TRT_HARDWARE_SAME_CAPABILITY }, { NULL, 0 } };
static const struct word platform[] = { { "same-as-build", TRT_PLATFORM_SAME },
                                        { "windows-amd64", TRT_PLATFORM_WINDOWS_AMD64 }, { NULL, 0 } };
static const struct word verbosity[] = { { "layer-names-only", TRT_VERBOSITY_NAMES }, { "none", TRT_VERBOSITY_NONE },
                                         { "detailed", TRT_VERBOSITY_DETAILED }, { NULL, 0 } };
static const struct word tiling[] = { { "none", TRT_TILING_NONE }, { "fast", TRT_TILING_FAST },
                                      { "moderate", TRT_TILING_MODERATE }, { "full", TRT_TILING_FULL }, { NULL, 0 } };

#define FIELD_OF(member) offsetof(struct trt_build_options, member)
static const struct setting {
    const char *name;
    enum kind kind;
    size_t field;             /* BIT: the flag */
    int64_t least, most;      /* of a NUMBER */
    const struct word *words; /* of a WORD; each is an int32_t sized enum */
    bool how;                 /* says how the builder works, and not which engine comes of it */
} settings[] = {
    { "builder-optimization-level", NUMBER, FIELD_OF(level), 0, 5, NULL, false },
    { "builder-threads", NUMBER, FIELD_OF(threads), 1, 4096, NULL, true },
    { "compute-capability", CAPABILITIES, 0, 0, 0, NULL, false },
    { "debug-sync", BIT, TRT_FLAG_DEBUG, 0, 0, NULL, true },
    { "direct-io", BIT, TRT_FLAG_DIRECT_IO, 0, 0, NULL, false },
    { "disable-compilation-cache", BIT, TRT_FLAG_DISABLE_COMPILATION_CACHE, 0, 0, NULL, true },
    { "disable-timing-cache", BIT, TRT_FLAG_DISABLE_TIMING_CACHE, 0, 0, NULL, true },
    { "error-on-timing-cache-miss", BIT, TRT_FLAG_ERROR_ON_TIMING_CACHE_MISS, 0, 0, NULL, true },
    { "exclude-lean-runtime", BIT, TRT_FLAG_EXCLUDE_LEAN_RUNTIME, 0, 0, NULL, false },
    { "hardware-compatibility", WORD, FIELD_OF(hardware), 0, 0, hardware, false },
    { "l2-limit-for-tiling", BYTES, FIELD_OF(l2_limit), 0, 0, NULL, false },
    { "max-aux-streams", NUMBER, FIELD_OF(aux_streams), 0, 64, NULL, false },
    { "max-tactics", NUMBER, FIELD_OF(max_tactics), 1, INT32_MAX, NULL, false },
    { "memory-pool-size", POOLS, 0, 0, 0, NULL, false },
    { "monitor-memory", BIT, TRT_FLAG_MONITOR_MEMORY, 0, 0, NULL, true },
    { "preview", PREVIEWS, 0, 0, 0, NULL, false },
    { "profiling-verbosity", WORD, FIELD_OF(verbosity), 0, 0, verbosity, false },
    { "refit", BIT, TRT_FLAG_REFIT, 0, 0, NULL, false },
    { "runtime-platform", WORD, FIELD_OF(platform), 0, 0, platform, false },
    { "sparse-weights", BIT, TRT_FLAG_SPARSE_WEIGHTS, 0, 0, NULL, false },
    { "strict-nans", BIT, TRT_FLAG_STRICT_NANS, 0, 0, NULL, false },
    { "strict-types", BIT, TRT_FLAG_OBEY_PRECISION, 0, 0, NULL, false },
    { "strip-weights", BIT, TRT_FLAG_STRIP_PLAN, 0, 0, NULL, false },
    { "tactic-sources", TACTICS, 0, 0, 0, NULL, false },
    { "tiling-optimization-level", WORD, FIELD_OF(tiling), 0, 0, tiling, false },
    { "timing-cache", PATH, FIELD_OF(timing_cache), 0, 0, NULL, true },
    { "timing-cache-of-others", YES, FIELD_OF(timing_cache_of_others), 0, 0, NULL, true },
    { "timing-iterations", NUMBER, FIELD_OF(timing_iterations), 1, 1000, NULL, false },
    { "version-compatible", BIT, TRT_FLAG_VERSION_COMPATIBLE, 0, 0, NULL, false },
    { "weight-streaming", BIT, TRT_FLAG_WEIGHT_STREAMING, 0, 0, NULL, false },
};

struct reading {
    struct tfp_context *ctx;
    struct arena *arena;
    const struct setting *s;
    struct trt_build_options *out;
};

static tfp_status wrong(const struct reading *r, const char *value, const char *expected)
{
    return tfp_fail(r->ctx, TFP_E_USAGE, "%s '%s': %s is expected", r->s->name, value, expected);
}

static tfp_status read_number(const struct reading *r, const char *value, void *to)
{
    char *end, range[80];
    errno = 0;
    long long n = strtoll(value, &end, 10);
    snprintf(range, sizeof range, "a number from %lld to %lld", (long long)r->s->least, (long long)r->s->most);
    if (errno || end == value || *end || n < r->s->least || n > r->s->most) return wrong(r, value, range);
    int32_t narrow = (int32_t)n;
    memcpy(to, &narrow, sizeof narrow);
    return TFP_OK;
}

/* "512M"; a plain number is bytes. */
static bool parse_bytes(const char *text, size_t n, size_t *out)
{
    static const char units[] = "KMGT";
    char *end, room[32];
    if (n == 0 || n >= sizeof room) return false;
    memcpy(room, text, n);
    room[n] = '\0';
    errno = 0;
    double value = strtod(room, &end);
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    if (errno || end == room || value < 0 || (*end && !unit)) return false;
    if (*end && end[1] && strcasecmp(end + 1, "b") != 0 && strcasecmp(end + 1, "ib") != 0) return false;
    for (const char *u = units; unit && u <= unit; u++) value *= 1024;
    if (value > 9e18) return false;
    *out = (size_t)value;
    return true;
}

static tfp_status read_bytes(const struct reading *r, const char *value, void *to)
{
    size_t bytes;
    if (!parse_bytes(value, strlen(value), &bytes)) return wrong(r, value, "a size such as 512M");
    memcpy(to, &bytes, sizeof bytes); /* size_t and int64_t fields alike */
    return TFP_OK;
}

static tfp_status read_word(const struct reading *r, const char *value, void *to)
{
    struct text list = { 0 };
    for (const struct word *w = r->s->words; w->text; w++) {
        if (strcmp(w->text, value) != 0) continue;
        memcpy(to, &w->number, sizeof w->number);
        return TFP_OK;
    }
    for (const struct word *w = r->s->words; w->text; w++) text_add(&list, "%s%s", list.n ? ", " : "", w->text);
    tfp_status status = wrong(r, value, list.at ? list.at : "another");
    text_free(&list);
    return status;
}

/* The next entry of a comma list; false at its end. */
static bool next_entry(const char **at, const char **entry, size_t *n)
{
    if (!**at) return false;
    *entry = *at;
    *n = strcspn(*at, ",");
    *at += *n + ((*at)[*n] == ',');
    return true;
}

/* "workspace:2G,tactic-dram:1G" */
static tfp_status read_pools(const struct reading *r, const char *value)
{
    static const char *const names[] = { "workspace", "tactic-dram", "tactic-shared-memory" };
    size_t *fields[] = { &r->out->workspace, &r->out->tactic_dram, &r->out->tactic_shared_memory };
    const char *at = value, *entry;
    for (size_t n; next_entry(&at, &entry, &n);) {
        bool found = false;
        for (size_t i = 0; i < 3 && !found; i++) {
            size_t k = strlen(names[i]);
            found = n > k && strncmp(entry, names[i], k) == 0 && entry[k] == ':' &&
                    parse_bytes(entry + k + 1, n - k - 1, fields[i]);
        }
        if (!found)
            return wrong(r, value, "workspace:SIZE, tactic-dram:SIZE or tactic-shared-memory:SIZE, separated by commas");
    }
    return TFP_OK;
}

/* "cublas-lt" for CUBLAS_LT */
static bool names_it(const char *entry, size_t n, const char *name)
{
    if (strlen(name) != n) return false;
    for (size_t i = 0; i < n; i++) {
        char c = entry[i] == '-' ? '_' : entry[i];
        if ((c >= 'a' && c <= 'z' ? c - 32 : c) != name[i]) return false;
    }
    return true;
}

typedef const char *name_fn(int i);
static const char *tactic_name(int i)
{
    return i < TRT_N_TACTICS ? trt_tactic_name((enum trt_tactic)i) : NULL;
}
static const char *preview_name(int i)
{
    return i < TRT_N_PREVIEWS ? trt_preview_name((enum trt_preview)i) : NULL;
}

/* "+a,-b": bits to switch on and off. */
static tfp_status read_signed(const struct reading *r, const char *value, name_fn *name_of, uint32_t *on, uint32_t *off)
{
    const char *at = value, *entry;
    for (size_t n; next_entry(&at, &entry, &n);) {
        bool found = false, minus = entry[0] == '-', sign = minus || entry[0] == '+';
        for (int i = 0; name_of(i) && !found; i++) {
            if (!names_it(entry + sign, n - sign, name_of(i))) continue;
            *(minus ? off : on) |= 1u << i;
            found = true;
        }
        if (found) continue;
        struct text list = { 0 };
        for (int i = 0; name_of(i); i++) text_add(&list, "%s%s", i ? ", " : "+ or - and one of ", name_of(i));
        tfp_status status = wrong(r, value, list.at ? list.at : "another");
        text_free(&list);
        return status;
    }
    return TFP_OK;
}

/* Sources that are switched off are off, all others of the library on; where some are switched on, only these are. */
static tfp_status read_tactics(const struct reading *r, const char *value)
{
    uint32_t on = 0, off = 0;
    TFP_TRY(read_signed(r, value, tactic_name, &on, &off));
    r->out->tactics_off |= off;
    r->out->tactics |= on;
    return TFP_OK;
}

/* "8.9,12.0" */
static tfp_status read_capabilities(const struct reading *r, const char *value)
{
    const char *at = value, *entry;
    size_t n, count = 0;
    int32_t *list = ARENA_ARRAY(r->arena, int32_t, strlen(value) + 1);
    if (!list) return tfp_no_memory(r->ctx);
    while (next_entry(&at, &entry, &n)) {
        int major, minor, used = 0;
        if (sscanf(entry, "%2d.%1d%n", &major, &minor, &used) != 2 || (size_t)used != n || major < 1 || minor < 0)
            return wrong(r, value, "a list such as 8.9,12.0");
        list[count++] = major * 10 + minor;
    }
    r->out->capabilities = list;
    r->out->n_capabilities = count;
    return count ? TFP_OK : wrong(r, value, "a list such as 8.9,12.0");
}

static tfp_status read_value(const struct reading *r, const char *value)
{
    void *to = (char *)r->out + r->s->field;
    switch (r->s->kind) {
    case BIT: r->out->flags_on |= 1u << r->s->field; return TFP_OK;
    case YES: *(bool *)to = true; return TFP_OK;
    case NUMBER: return read_number(r, value, to);
    case BYTES: return read_bytes(r, value, to);
    case WORD: return read_word(r, value, to);
    case POOLS: return read_pools(r, value);
    case TACTICS: return read_tactics(r, value);
    case PREVIEWS: return read_signed(r, value, preview_name, &r->out->previews_on, &r->out->previews_off);
    case CAPABILITIES: return read_capabilities(r, value);
    case PATH: *(const char **)to = value; return TFP_OK;
    }
    return TFP_OK;
}

bool trt_setting_is_how(const char *name)
{
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (strcmp(settings[i].name, name) == 0) return settings[i].how;
    return false;
}

tfp_status trt_setting(struct tfp_context *ctx, struct arena *arena, const char *name, const char *value,
                       struct trt_build_options *out)
{
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (strcmp(settings[i].name, name) != 0) continue;
        const struct reading r = { ctx, arena, &settings[i], out };
        bool flag = settings[i].kind == BIT || settings[i].kind == YES;
        if (flag == (value != NULL))
            return tfp_fail(ctx, TFP_E_USAGE, flag ? "%s takes no value" : "%s needs a value", name);
        return read_value(&r, value);
    }
    return tfp_fail(ctx, TFP_E_USAGE, "there is no build option %s", name);
}
