/* Opened TensorRT libraries that outlive their users. */
#ifndef TFP_TRT_SHARED_H
#define TFP_TRT_SHARED_H

#include "backend/tensorrt/trt_library.h"

/* A library for one user at a time: one that was given back before and was opened with the same options, else a new one.
 * TensorRT keeps pointers to the logger of its first user for as long as the process runs, so what was opened stays. */
tfp_status trt_borrow(struct tfp_context *ctx, const struct trt_open_options *options, struct trt **out);
/* After every object made with it. NULL passes. */
void trt_give_back(struct trt *t);

#endif
