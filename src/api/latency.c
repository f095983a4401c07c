#include "api/latency.h"

#include "api/model.h"
#include "base/list.h"

#include <stdlib.h>

enum { USUAL_ITERATIONS = 10 };
static const double usual_warm_up = 0.2, usual_duration = 3;

bool times_add(struct times *t, double ms)
{
    if (!LIST_GROW(t->at, t->n, &t->room)) return false;
    t->at[t->n++] = ms;
    return true;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of sorted times: nearest rank. */
static double percentile(const struct times *t, size_t percent)
{
    size_t rank = (t->n * percent + 99) / 100;
    return t->at[rank ? rank - 1 : 0];
}

struct tfp_latency times_summarize(struct times *t)
{
    struct tfp_latency l = { 0 };
    if (!t->n) return l;
    qsort(t->at, t->n, sizeof t->at[0], compare);
    for (size_t i = 0; i < t->n; i++) l.mean += t->at[i] / (double)t->n;
    l.least = t->at[0];
    l.median = percentile(t, 50);
    l.p90 = percentile(t, 90);
    l.p95 = percentile(t, 95);
    l.p99 = percentile(t, 99);
    l.most = t->at[t->n - 1];
    return l;
}

tfp_status bench_options(struct tfp_context *ctx, const struct tfp_bench_options *from, struct tfp_bench_options *o)
{
    TFP_TRY(API_OPTIONS(ctx, from, o));
    o->warm_up = o->warm_up == 0 ? usual_warm_up : o->warm_up < 0 ? 0 : o->warm_up;
    o->duration = o->duration == 0 ? usual_duration : o->duration < 0 ? 0 : o->duration;
    if (!o->iterations) o->iterations = USUAL_ITERATIONS;
    return TFP_OK;
}
