/* What commands print: tensor descriptions, JSON strings, the progress bar. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void print_json_string(const char *text)
{
    putchar('"');
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        if (*s == '"' || *s == '\\') printf("\\%c", *s);
        else if (*s < 0x20) printf("\\u%04x", *s);
        else putchar(*s);
    }
    putchar('"');
}

void print_info(const struct tfp_tensor_info *info)
{
    printf("%s[%s", tfp_dtype_name(info->dtype), info->rank < 0 ? "..." : "");
    for (int32_t i = 0; i < info->rank; i++) {
        printf(i ? "," : "");
        if (info->dims[i] >= 0) printf("%" PRId64, info->dims[i]);
        else printf("%s", info->labels && info->labels[i] ? info->labels[i] : "?");
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

/* -- progress ------------------------------------------------------------------------------------------------------ */

static struct {
    bool on, shown;
    char stage[32];
    struct timespec start, last;
} bar;

static double seconds_since(const struct timespec *t)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - t->tv_sec) + (double)(now.tv_nsec - t->tv_nsec) * 1e-9;
}

static void show_bar(const char *stage, uint64_t done, uint64_t total)
{
    enum { WIDTH = 30 };
    double share = total ? (double)done / (double)total : 0;
    int filled = (int)(share * WIDTH);
    fprintf(stderr, "\r\033[K%-10s ", stage);
    if (total) {
        double elapsed = seconds_since(&bar.start);
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
        clock_gettime(CLOCK_MONOTONIC, &bar.start);
        bar.last = bar.start;
    }
    if (seconds_since(&bar.last) < 0.1) return;
    clock_gettime(CLOCK_MONOTONIC, &bar.last);
    show_bar(stage, done, total);
}

void progress_begin(tfp_context *ctx, const struct arguments *a)
{
    bar.on = !a->quiet && !a->json && isatty(STDERR_FILENO);
    bar.shown = false;
    bar.stage[0] = '\0';
    if (bar.on) tfp_context_on_progress(ctx, on_progress, NULL);
}

void progress_end(void)
{
    if (bar.on && bar.shown) fprintf(stderr, "\r\033[K");
    bar.shown = false;
}
