/* Matrix products of any stride: C = A B, or C += A B, for each of a number of batches. */
#ifndef TFP_IR_KERNELS_PRODUCT_H
#define TFP_IR_KERNELS_PRODUCT_H

#include "ir/kernels/work.h"

/* Strides count elements. Batch i of A stands at a_at[i], or at i * a_batch where a_at is NULL; likewise B. */
struct product {
    int64_t batches, m, n, k;
    const void *a, *b;
    void *c;
    int64_t a_row, a_col, a_batch;
    int64_t b_row, b_col, b_batch;
    int64_t c_row, c_batch; /* columns of C are adjacent */
    const int64_t *a_at, *b_at;
    bool add; /* C holds something to add to */
};

enum { PRODUCT_ROOM = (64 + 256) * 256 * 8 }; /* bytes that one thread needs */

/* Room for product_run() on all of the kernel's threads. */
tfp_status product_room(struct kernel *k, struct work *w, void **room);
/* All batches, on the kernel's threads. The result does not depend on how many there are. */
void product_run(const struct kernel *k, enum work_kind kind, const struct product *p, void *room);
/* All batches on the calling thread; `room` has PRODUCT_ROOM bytes, 64-byte aligned. */
void product_serial(enum work_kind kind, const struct product *p, void *room);

#endif
