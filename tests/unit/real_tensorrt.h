/* A real TensorRT library, with a builder: TensorRT-RTX, which builds without a GPU, from TFPORT_TENSORRT or the build folder
 * (tools/get-tensorrt-rtx). Tests that need it are skipped without. */
#ifndef TESTS_UNIT_REAL_TENSORRT_H
#define TESTS_UNIT_REAL_TENSORRT_H

#include "backend/tensorrt/trt_build.h"

#include "support.h"

static struct tfp_context ctx;
static struct trt trt, *t = &trt;
static struct trt_builder *builder;

static void library_is_there(void)
{
    if (builder) return;
    print_message("skipped: no TensorRT-RTX; tools/get-tensorrt-rtx installs it\n");
    skip();
}

/* ctest runs in the build folder's tests/. */
static void open_library(void)
{
    static const char *const folders[] = { "../tensorrt", "tensorrt", "build/tensorrt" };
    struct trt_open_options o = { .library = getenv("TFPORT_TENSORRT") };
    for (size_t i = 0; i < 3 && !o.library; i++)
        if (access(folders[i], R_OK) == 0) o.library = folders[i];
    if (!o.library) return;
    if (trt_open(&ctx, t, &o) != TFP_OK || trt_builder_create(&ctx, t, &builder) != TFP_OK)
        print_message("%s\n", ctx.text);
}

static void close_library(void)
{
    trt_destroy(t, builder);
    trt_close(t);
}

#endif
