/* The list of opened libraries: the one thing that outlives a session, because TensorRT's own state does. */
#include "backend/tensorrt/trt_shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct opened {
    struct trt trt;
    struct opened *next;
    bool lent;
    char asked[2048]; /* what it was opened by */
};
static struct opened *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct tfp_context nobody; /* whose notes are those of a library that is not lent */

static void describe(const struct trt_open_options *o, char *room, size_t n)
{
    const char *variable = getenv("TFPORT_TENSORRT");
    snprintf(room, n, "%.900s|%.900s|%d%d%d", o->library ? o->library : variable ? variable : "",
             o->build_folder ? o->build_folder : "", o->assume_family, o->no_parser, o->no_plugins);
}

static struct opened *find(const char *asked)
{
    for (struct opened *o = all; o; o = o->next)
        if (!o->lent && strcmp(o->asked, asked) == 0) return o;
    return NULL;
}

static tfp_status open_new(struct tfp_context *ctx, const struct trt_open_options *options, const char *asked,
                           struct opened **out)
{
    struct opened *o = calloc(1, sizeof *o);
    if (!o) return tfp_no_memory(ctx);
    tfp_status status = trt_open(ctx, &o->trt, options);
    if (status != TFP_OK) {
        trt_close(&o->trt);
        free(o);
        return status;
    }
    snprintf(o->asked, sizeof o->asked, "%s", asked);
    pthread_mutex_lock(&lock);
    o->lent = true;
    o->next = all;
    all = o;
    pthread_mutex_unlock(&lock);
    *out = o;
    return TFP_OK;
}

tfp_status trt_borrow(struct tfp_context *ctx, const struct trt_open_options *options, struct trt **out)
{
    char asked[2048];
    describe(options, asked, sizeof asked);
    *out = NULL;
    pthread_mutex_lock(&lock);
    struct opened *o = find(asked);
    if (o) o->lent = true;
    pthread_mutex_unlock(&lock);
    if (!o) TFP_TRY(open_new(ctx, options, asked, &o));
    o->trt.ctx = ctx;
    o->trt.verbosity = options->verbosity;
    *out = &o->trt;
    return TFP_OK;
}

void trt_give_back(struct trt *t)
{
    if (!t) return;
    trt_forget(t);
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&t->lock);
    t->ctx = &nobody;
    t->verbosity = 0;
    t->progress = NULL;
    pthread_mutex_unlock(&t->lock);
    for (struct opened *o = all; o; o = o->next)
        if (&o->trt == t) o->lent = false;
    pthread_mutex_unlock(&lock);
}
