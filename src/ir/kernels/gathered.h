/* Strings that a kernel makes one after the other, whose number and lengths are not known before. */
#ifndef TFP_IR_KERNELS_GATHERED_H
#define TFP_IR_KERNELS_GATHERED_H

#include "ir/kernels/kernel.h"

struct gathered {
    char *text;   /* the bytes of all, heap */
    size_t n, room;
    size_t *ends; /* where each string ends in `text`, heap */
    size_t count, ends_room;
    bool failed;  /* memory is out; nothing is added any more */
};

/* Adds bytes to the string at hand. */
void gathered_put(struct gathered *g, struct bytes b);
/* Room for n more bytes of it, which count as added; NULL: memory is out. */
char *gathered_room(struct gathered *g, size_t n);
/* The string at hand is whole. */
void gathered_end(struct gathered *g);
/* Output i has the `count` strings and these dimensions. */
tfp_status gathered_output(struct kernel *k, size_t i, size_t rank, const int64_t *dims, const struct gathered *g);
void gathered_free(struct gathered *g);

/* Output 0: each string of `in` as `make` writes it, in the same shape. `make` adds bytes, does not end the string, and may fail. */
typedef tfp_status gathered_fn(struct kernel *k, void *user, struct bytes in, struct gathered *out);
tfp_status gathered_each(struct kernel *k, const struct tensor *in, gathered_fn *make, void *user);

#endif
