/* What a network itself says of the values of an input. */
#ifndef TFP_TRT_RANGES_H
#define TFP_TRT_RANGES_H

#include "backend/tensorrt/trt_api.h"

/* `input` is a single whole number. True: it is how many a TopK layer takes of a known number of elements, so that it can
 * be no more than *most. */
bool trt_range_of_count(struct trt *t, struct trt_network *n, struct trt_tensor *input, int64_t *most);

#endif
