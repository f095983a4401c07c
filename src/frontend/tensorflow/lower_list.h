/* TensorArrays and tensor lists while lowering: known elements, or one tensor of all of them. A list belongs to a constant
 * that is made for it and goes the way of the array's flow (the handle of a tensor list), through loops and branches;
 * nothing ever computes with that constant. A list does not change: what writes an element makes a new one. */
#ifndef TFP_TF_LOWER_LIST_H
#define TFP_TF_LOWER_LIST_H

#include "frontend/tensorflow/lower.h"

/* An array that a loop of the IR writes, as an iteration finds it. While each iteration writes one element behind those
 * of the iterations before and reads none, the elements are an output that the Loop collects. */
struct lower_slot {
    bool dense; /* something else is done with it: it is to be a carried value, one tensor of all elements */
    bool stretches; /* as in lower_list, of that one tensor */
    bool found; /* the shape of an element, in `graph`'s dimensions, is known */
    struct ir_value *element;
};

struct lower_list {
    struct ir_value *value; /* the constant */
    tfp_dtype dtype;
    int32_t rank; /* of an element, as the array's attribute says; -1: unknown */
    int64_t dims[TFP_MAX_RANK]; /* -1: unknown */
    bool grows;   /* may be written behind its end */
    bool stretches; /* of a loop: `dense` may have elements of no size yet; the first to be written tells it */
    size_t n;     /* elements, unless `length` tells */
    struct ir_value **at; /* n of them; NULL: an element of `dense`, or not written where there is none */
    struct ir_value *length; /* int64, rank 0: number of elements that only the running model knows; or NULL */
    struct ir_value *dense;  /* all elements along a new first axis; NULL: there is none */
    struct lower_slot *slot; /* not NULL: of a loop, elements unknown */
    struct ir_value *written, *index; /* with a slot: what this iteration wrote, and where; no index: behind the last */
};
enum { LOWER_LIST_LONGEST = 65536, LOWER_CELLS_AN_ELEMENT = 8 /* what one costs that is cut out or joined: nodes */ };
enum { LOWER_NOT_CONSTANT = -2 }; /* a dimension of an element that only the running model knows */

/* A list of n elements with the properties of `like` and its first elements. NULL with the status set; so below. */
struct lower_list *lower_list_new(struct lower *lw, const struct lower_list *like, size_t n);
/* A list of `length` elements that are those of `dense`, or not written when NULL. */
struct lower_list *lower_list_open(struct lower *lw, const struct lower_list *like, struct ir_value *length,
                                   struct ir_value *dense);
/* The elements of a tensor along its first axis. */
struct lower_list *lower_list_of(struct lower *lw, const struct lower_list *like, struct ir_value *dense);
/* As many elements as `like` has: those of a tensor. */
struct lower_list *lower_list_filled(struct lower *lw, const struct lower_list *like, struct ir_value *dense);
/* As a loop's iteration finds it. */
struct lower_list *lower_list_slot(struct lower *lw, const struct lower_list *like, struct lower_slot *slot);
/* The list that input i stands for; E_UNSUPPORTED when it stands for none. */
const struct lower_list *lower_list_in(struct lower *lw, size_t i);
const struct lower_list *lower_list_find(const struct lower *lw, const struct ir_value *v); /* NULL: none */
bool lower_is_list(const struct lower *lw, const struct ir_value *v);
/* Counts cells of lists (and nodes made for elements) against what all lists may have; false: too many, status set. */
bool lower_list_charge(struct lower *lw, size_t cells);

/* Number of elements, int64 of rank 0. */
struct ir_value *lower_list_length(struct lower *lw, const struct lower_list *list);
/* Element i, known to be one; zeros where it was never written and the array says their shape. */
struct ir_value *lower_list_element(struct lower *lw, const struct lower_list *list, int64_t i);
/* The element at an index of rank 0 that need not be known. */
struct ir_value *lower_list_read(struct lower *lw, const struct lower_list *list, struct ir_value *index);
/* `grows`: the index may lie behind the end. */
struct lower_list *lower_list_write(struct lower *lw, const struct lower_list *list, struct ir_value *index,
                                    struct ir_value *v, bool grows);
struct lower_list *lower_list_push(struct lower *lw, const struct lower_list *list, struct ir_value *v);
/* The elements of v go to these places. */
struct lower_list *lower_list_scatter(struct lower *lw, const struct lower_list *list, struct ir_value *indices,
                                      struct ir_value *v);
/* All elements along a new first axis. */
struct ir_value *lower_list_stack(struct lower *lw, const struct lower_list *list);
struct ir_value *lower_list_gather(struct lower *lw, const struct lower_list *list, struct ir_value *indices);
/* The list, or zeros of the element's shape where nothing was written: what a loop starts with. */
struct ir_value *lower_list_start(struct lower *lw, const struct lower_list *list, struct lower_slot *slot);
/* The number of elements is surely that of the first dimension of a value. */
bool lower_list_is_long(struct lower *lw, const struct lower_list *list, const struct ir_value *v);

#endif
