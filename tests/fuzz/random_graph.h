/* Small random graphs that are valid by construction, for fuzz targets that check meaning: bytes come in, a graph with
 * its inputs' values and its outputs' values (by the reference kernels) comes out. Each node is evaluated as soon as it
 * is made, so that the next one can be chosen to fit; what fails, grows too large or leaves the ordinary numbers is taken
 * out again. Ops whose result jumps (Floor, Less, ArgMax, ..) are only applied to values that no rewriting may change by
 * a bit, so that two graphs of the same meaning give the same numbers within rounding. */
#ifndef TESTS_RANDOM_GRAPH_H
#define TESTS_RANDOM_GRAPH_H

#include "ir/build.h"

enum { MOST_VALUES = 512, MOST_POOL = 40, MOST_ELEMENTS = 3000 };

/* All values of a graph by ir_value.mark: inputs and what nodes made. */
struct evaluation {
    struct tensor at[MOST_VALUES];
    uint32_t n; /* [0] is not used */
};

struct random_graph {
    const uint8_t *bytes;
    size_t n_bytes;
    struct tfp_context ctx;
    struct ir_graph *graph;
    struct build b;
    struct evaluation values;
    struct ir_value *pool[MOST_POOL]; /* operands for what comes */
    bool exact[MOST_POOL];            /* no rewriting changes a bit of it */
    size_t n_pool;
    bool exact_now; /* whether the node being made keeps its operands' exactness */
    uint32_t seed;
    double highest; /* magnitude of all values that were kept */
    const char *stage; /* what the graph that is compared has been through, for messages; or NULL */
};

/* False: memory is out. The caller ends it with random_graph_free() either way. */
bool random_graph_make(struct random_graph *r, const uint8_t *data, size_t n);
void random_graph_free(struct random_graph *r);
/* Evaluates a whole graph that came of `r`'s, on the same inputs, and aborts when that fails, when what was inferred of a
 * shape is not true, or when an output differs. */
void random_graph_compare(struct random_graph *r, const struct ir_graph *g);
/* optimize_graph() with random_graph_compare() after each pass that changed `g`; what fails names the pass. */
void random_graph_optimize(struct random_graph *r, struct ir_graph *g);
/* The same comparison of what the CPU backend computes; makes constants of what it can in `g` first, as a session does. */
void random_graph_execute(struct random_graph *r, struct ir_graph *g);
/* Prints the message and both graphs (NULL: none) and aborts. */
__attribute__((noreturn, format(printf, 3, 4))) void random_graph_wrong(const struct ir_graph *before,
                                                                        const struct ir_graph *after, const char *format,
                                                                        ...);

/* -- between random_graph.c and random_steps.c --------------------------------------------------------------------- */

/* The value of what was evaluated, or NULL. */
const struct tensor *evaluated(const struct evaluation *e, const struct ir_value *v);
/* One node whose inputs are there. */
tfp_status evaluate_node(struct tfp_context *ctx, struct evaluation *e, const struct ir_node *n);
/* One more operand for what comes, as exact as exact_now says. */
void random_graph_add(struct random_graph *r, struct ir_value *v);
/* The next byte; 0 when there are no more. */
uint32_t random_byte(struct random_graph *r);
int64_t random_below(struct random_graph *r, int64_t n);
/* Numbers that float32 holds exactly: multiples of 1/4 from -2 to 2. */
double random_number(struct random_graph *r);
/* Element i of any numeric tensor. */
void random_put(const struct tensor *t, int64_t i, double x);
/* Adds nodes of a random kind; the value they make, or NULL. */
struct ir_value *random_step(struct random_graph *r);

#endif
