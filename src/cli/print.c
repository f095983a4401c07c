/* What commands print: tensor descriptions, JSON strings, the progress bar. */
#include "command.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Overlong forms and surrogates are none. */
size_t utf8_length(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t k = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    for (size_t i = 1; i < k; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool beyond = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
    return overlong || beyond ? 0 : k;
}

/* 0x80 to 0x9f are control characters, too, when they are encoded. */
static bool is_control(const unsigned char *s)
{
    return s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0);
}

/* Prints unless told only to count; the columns it takes. */
static size_t put_name(const char *text, bool print)
{
    size_t columns = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        size_t k = utf8_length((const char *)s);
        bool plain = k > 0 && !is_control(s);
        if (print && plain) fwrite(s, 1, k, stdout);
        else if (print) printf("\\x%02x", *s);
        columns += plain ? 1 : 4;
        s += plain ? k : 1;
    }
    return columns;
}

void print_name(const char *text, size_t width)
{
    for (size_t n = put_name(text, true); n < width; n++) putchar(' ');
}

size_t name_width(const char *text, size_t most)
{
    size_t n = put_name(text, false);
    return n > most ? 0 : n;
}

void print_json_string(const char *text)
{
    putchar('"');
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        size_t k = utf8_length((const char *)s);
        if (k == 0) printf("\\ufffd");
        else if (*s == '"' || *s == '\\') printf("\\%c", *s);
        else if (*s < 0x20 || *s == 0x7f) printf("\\u%04x", *s);
        else fwrite(s, 1, k, stdout);
        s += k ? k : 1;
    }
    putchar('"');
}

void print_json_number(double value)
{
    if (isfinite(value)) printf("%.9g", value);
    else printf("null");
}

void print_info(const struct tfp_tensor_info *info)
{
    printf("%s[%s", tfp_dtype_name(info->dtype), info->rank < 0 ? "..." : "");
    for (int32_t i = 0; i < info->rank; i++) {
        printf(i ? "," : "");
        if (info->dims[i] >= 0) printf("%" PRId64, info->dims[i]);
        else print_name(info->labels && info->labels[i] ? info->labels[i] : "?", 0);
    }
    printf("]");
}

void print_json_info(const struct tfp_tensor_info *info)
{
    printf("{\"name\": ");
    print_json_string(info->name);
    printf(", \"dtype\": \"%s\", \"shape\": ", tfp_dtype_name(info->dtype));
    if (info->rank < 0) printf("null");
    else printf("[");
    for (int32_t i = 0; i < info->rank; i++) {
        printf(i ? ", " : "");
        if (info->dims[i] >= 0) printf("%" PRId64, info->dims[i]);
        else if (info->labels && info->labels[i]) print_json_string(info->labels[i]);
        else printf("null");
    }
    printf(info->rank < 0 ? "}" : "]}");
}

/* -- arrays of checkpoints ----------------------------------------------------------------------------------------- */

/* "float32[3,8]"; a type that is not one of numpy's by the file's word. Returns the columns it takes. */
static int put_type(char *room, size_t size, const struct tfp_variable *v)
{
    int n = snprintf(room, size, "%.40s[", v->dtype == TFP_UNDEFINED ? v->type_name : tfp_dtype_name(v->dtype));
    for (uint32_t i = 0; i < v->rank; i++)
        n += snprintf(room + n, size - (size_t)n, i ? ",%" PRId64 : "%" PRId64, v->dims[i]);
    return n + snprintf(room + n, size - (size_t)n, "]");
}

enum { TYPE_ROOM = 64 + TFP_MAX_RANK * 21, WIDEST_TYPE = 32 };

void print_variables(const struct tfp_variable *const *variables, size_t n, size_t most)
{
    char type[TYPE_ROOM];
    size_t shown = n < most ? n : most;
    int type_columns = 0, byte_columns = 6; /* as the counts of ops */
    for (size_t i = 0; i < shown; i++) {
        int width = put_type(type, sizeof type, variables[i]);
        if (width > type_columns && width <= WIDEST_TYPE) type_columns = width;
        int bytes = snprintf(type, sizeof type, "%" PRIu64, variables[i]->bytes);
        if (bytes > byte_columns) byte_columns = bytes;
    }
    for (size_t i = 0; i < shown; i++) {
        put_type(type, sizeof type, variables[i]);
        printf("  %*" PRIu64 "  %-*s  ", byte_columns, variables[i]->bytes, type_columns, type);
        print_name(variables[i]->name, 0);
        if (variables[i]->n_parts) printf("  (%zu parts)", variables[i]->n_parts);
        printf("\n");
    }
    if (n > shown) printf("  %*s  and %zu more; --verbose lists all\n", byte_columns, "...", n - shown);
}

void print_json_variable(const struct tfp_variable *v)
{
    printf("\"name\": ");
    print_json_string(v->name);
    if (v->dtype == TFP_UNDEFINED) printf(", \"dtype\": null");
    else printf(", \"dtype\": \"%s\"", tfp_dtype_name(v->dtype));
    printf(", \"type\": ");
    print_json_string(v->type_name);
    printf(", \"shape\": [");
    for (uint32_t i = 0; i < v->rank; i++) printf(i ? ", %" PRId64 : "%" PRId64, v->dims[i]);
    printf("], \"bytes\": %" PRIu64 ", \"parts\": %zu", v->bytes, v->n_parts);
}

/* -- progress ------------------------------------------------------------------------------------------------------ */

static struct {
    bool on, shown;
    char stage[32];
    double start, last;
} bar;

double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void show_bar(const char *stage, uint64_t done, uint64_t total)
{
    enum { WIDTH = 30 };
    double share = total ? (double)done / (double)total : 0;
    int filled = (int)(share * WIDTH);
    fprintf(stderr, "\r\033[K%-10s ", stage);
    if (total) {
        double elapsed = seconds_now() - bar.start;
        fprintf(stderr, "[%.*s%*s] %3.0f %%", filled, "##############################", WIDTH - filled, "", share * 100);
        if (share > 0.02) fprintf(stderr, "  %.1f s left", elapsed * (1 - share) / share);
    }
    fflush(stderr);
    bar.shown = true;
}

/* At most ten times a second, and only when the work lasts. */
static void on_progress(void *user, const char *stage, uint64_t done, uint64_t total)
{
    (void)user;
    if (strncmp(stage, bar.stage, sizeof bar.stage - 1) != 0) {
        snprintf(bar.stage, sizeof bar.stage, "%s", stage);
        bar.last = bar.start = seconds_now();
    }
    if (seconds_now() - bar.last < 0.1) return;
    bar.last = seconds_now();
    show_bar(stage, done, total);
}

void progress_begin(tfp_context *ctx, const struct arguments *a)
{
    bar.on = !a->quiet && !a->json && isatty(STDERR_FILENO);
    bar.shown = false;
    bar.stage[0] = '\0';
    if (bar.on) tfp_context_on_progress(ctx, on_progress, NULL);
}

void progress_show(const char *stage, uint64_t done, uint64_t total)
{
    if (bar.on) on_progress(NULL, stage, done, total);
}

void progress_end(void)
{
    if (bar.on && bar.shown) fprintf(stderr, "\r\033[K");
    bar.shown = false;
}
