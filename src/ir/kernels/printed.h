/* Numbers as text: one way for all ops that make strings of numbers. */
#ifndef TFP_IR_KERNELS_PRINTED_H
#define TFP_IR_KERNELS_PRINTED_H

#include "ir/kernels/kernel.h"

enum { PRINTED_LONGEST = 4096 };

/* Writes element i and a NUL into `text` (PRINTED_LONGEST bytes) and returns its length. It runs in the "C" locale, twice for
 * each element. */
typedef size_t printed_fn(const void *user, const struct tensor *t, int64_t i, char *text);
/* Output 0: `in` as strings of the same shape. */
tfp_status printed_strings(struct kernel *k, const struct tensor *in, printed_fn *print, const void *user);

#endif
