/* What the CPU backend is made of. A session keeps a few plans, one for each set of input dimensions. A plan is a list
 * of steps; a step reads slots and writes slots; a slot is one piece of memory that holds one value in one layout. A
 * value can lie in several slots at once: in the layout its producer liked, and in those that its consumers asked for.
 *
 * Way of a plan: cpu_rewrite.c folds what the input dimensions decide, cpu_fuse.c groups nodes into units, the makers
 * of cpu_makers.c turn units into steps (through cpu_layout.c, which finds a value in the layout wanted), cpu_memory.c
 * lays out the memory. */
#ifndef TFP_CPU_PLAN_H
#define TFP_CPU_PLAN_H

#include "backend/backend.h"
#include "backend/cpu/onednn.h"
#include "ir/kernels/kernel.h"

enum { CPU_PLANS = 4, CPU_POSTS = 8, CPU_VARIANTS = 6 };

/* Values that share memory: in-place writing needs that nobody reads any of them later. */
struct group {
    uint32_t pending; /* uses by units that are not made yet */
    bool pinned;      /* an input, a constant or an output: never overwritten */
};

enum slot_kind {
    SLOT_ARENA,    /* in the plan's one block, at `offset` */
    SLOT_CONSTANT, /* weights: data never changes */
    SLOT_INPUT,    /* the caller's memory, input `io` */
    SLOT_OUTPUT,   /* the caller's memory or lent memory, output `io` */
    SLOT_DYNAMIC   /* made by a kernel while it runs */
};

struct slot {
    enum slot_kind kind;   /* of the root */
    struct slot *root;     /* whose memory this is; itself when its own */
    struct slot *next;     /* all slots of the plan */
    struct tensor t;       /* logical type and dims; t.data is where it lies (set by each run where that changes) */
    dnnl_memory_desc_t md; /* ndims 0: not for oneDNN; then row-major */
    bool plain;            /* dense and row-major */
    size_t bytes;
    int32_t first, last; /* of the root: steps between which the memory is used; -1: never */
    size_t offset;
    size_t io;
};

struct value {
    const struct ir_value *ir;
    struct group *group;
    struct slot *at[CPU_VARIANTS]; /* [0] is the producer's */
    uint32_t n;
    struct slot *room; /* memory that the value is the front part of, with room for more behind it; or NULL */
};

struct run {
    struct tfp_context *ctx;
    struct cpu_session *session;
    struct plan *plan;
    double *seconds; /* by step: what it takes is added; NULL: nobody asks */
};

struct step;
typedef tfp_status step_fn(struct run *r, struct step *s);

struct step {
    step_fn *run;
    void (*end)(struct step *s); /* frees what `state` holds; or NULL */
    const struct ir_node *node;
    struct slot **slots; /* n_in read, then n_out written */
    uint32_t n_in, n_out;
    void *state;
    struct step *next;
    int32_t index;
    struct slot **dying; /* dynamic slots that nobody reads after this step */
    uint32_t n_dying;
};

/* oneDNN's handle on a slot's memory. */
struct rebind {
    dnnl_memory_t memory;
    const struct slot *slot;
    void *data;
    struct rebind *next;
};

struct plan {
    struct arena arena;
    struct ir_graph *graph; /* a copy with the input dims put in */
    int64_t *key;           /* rank and dims of each input */
    size_t n_key;
    struct step *first, *last;
    int32_t n_steps;
    struct slot *slots;
    struct slot **inputs, **outputs;
    struct slot **moving; /* slots in the caller's memory: bound by each run */
    size_t n_moving;
    struct rebind *rebinds; /* while building: all; then those of moving slots */
    struct buffer *memory;
    size_t memory_size;
    struct buffer **lent; /* memory for outputs that the caller brings no memory for */
    bool dynamic;         /* has dynamic slots */
    uint64_t used;        /* session's clock at the last run */
};

/* A constant in oneDNN's own layout; shared by the plans of a session and those of bodies. */
struct packed {
    struct packed *next;
    const void *from;
    struct buffer *owner;    /* what `from` lies in; */
    const struct plan *plan; /* or, without owner, the plan whose graph holds it */
    dnnl_memory_desc_t from_md, md;
    struct buffer *data;
};

/* Memory of dynamic slots that is not in use: the next one takes it warm, where the heap would give it back to the system
 * and fetch it again page by page. */
enum { CPU_SPARE = 32, CPU_SPARE_LEAST = 16 << 10, CPU_SPARE_BYTES = 32 << 20 };
struct spare {
    struct buffer *at[CPU_SPARE];
    size_t n, bytes;
};

struct cpu_session {
    const struct ir_graph *graph; /* a body's input may have dimensions that vary: a plan leaves them open */
    int threads;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    struct plan *plans[CPU_PLANS];
    struct packed *packed;
    struct spare spare;
    uint64_t clock;
    struct cpu_session *outermost;  /* of a body: whose engine, stream and packed constants it uses; else NULL */
    struct tfp_tensor *given, *got; /* of a body: its inputs and outputs */
};

/* -- units --------------------------------------------------------------------------------------------------------- */

/* What is done to each element of a result before it is stored. */
struct post {
    dnnl_alg_kind_t alg; /* dnnl_eltwise_..., or dnnl_binary_... with `other` */
    float alpha, beta;
    struct ir_value *other;
    const struct ir_value *at; /* what the node gives: the dims that `other` is broadcast to */
};

/* Nodes that become one step: a head and what follows it element by element. */
struct unit {
    const struct ir_node *head, *last;
    struct ir_value *result; /* the last node's output 0 */
    struct post posts[CPU_POSTS];
    uint32_t n_posts;
    const struct ir_node *nodes[CPU_POSTS + 1];
    uint32_t posts_after[CPU_POSTS + 1]; /* how many posts there are behind each node */
    uint32_t n_nodes;
};

struct builder {
    struct tfp_context *ctx;
    struct cpu_session *session;
    struct plan *plan;
    struct value *values; /* by ir_value.mark, from 1 */
    struct unit **units;  /* by ir_node.mark of the last node, from 1; NULL: a node that another's unit holds */
};

/* Tries to make the steps of a unit. *made false: not for this maker, nothing was added. */
typedef tfp_status make_fn(struct builder *b, const struct unit *u, bool *made);

/* -- cpu_backend.c: sessions on bodies -- */
/* A zeroed session on a body of the graph of a plan of `outer`, which outlives it. */
tfp_status session_open(struct tfp_context *ctx, struct cpu_session *s, struct cpu_session *outer,
                        const struct ir_graph *body);
/* Runs the body. An output with data (its size told) is written there if it fits exactly; if not, what it has is released
 * and it gets memory of its own. */
tfp_status session_run(struct tfp_context *ctx, struct cpu_session *s, const struct tensor *in, struct tensor *out);
void session_close(struct cpu_session *s);
/* Input i's dimensions as a plan's key has them: -1 where they vary; false: its rank does. */
bool session_key(const struct cpu_session *s, size_t i, uint32_t axis, int64_t *dim);

/* -- cpu_rewrite.c -- */
/* Infers all nodes from the concrete inputs, makes constant what is known then, and puts single ops in place of the
 * activation patterns that TensorFlow writes out. */
tfp_status rewrite_graph(struct tfp_context *ctx, struct ir_graph *g, int threads);

/* -- cpu_rewrite_norm.c -- */
tfp_status rewrite_normalization(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n);

/* -- cpu_rewrite_sparse.c -- */
tfp_status rewrite_indicators(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n);

/* -- cpu_fuse.c -- */
/* Numbers live nodes (ir_node.mark; 0: dead) and values, and groups nodes into units. */
tfp_status fuse_graph(struct builder *b);
/* The posts that a node with one data input amounts to; 0 when it is not such a node. *data is the index of that input.
 */
uint32_t fuse_posts_of(const struct ir_node *n, struct post posts[2], uint32_t *data);
/* Where the dims split into rows and `columns` (of v: all of a group the same as the whole's, or all ones): the
 * two sizes. False: they do not. */
bool fuse_matrix_of(const struct ir_value *v, const struct ir_value *whole, int64_t columns, int64_t out[2]);
/* oneDNN's binary for a node of two operands; dnnl_alg_kind_undef: none. */
dnnl_alg_kind_t fuse_binary_of(const struct ir_node *n, bool *commutes);

/* -- cpu_makers.c -- */
/* Adds the steps of one unit; falls back from oneDNN with posts to oneDNN without, and to reference kernels. */
tfp_status make_unit(struct builder *b, const struct unit *u);
bool unit_is_native(enum ir_op op); /* there is a maker that needs no kernel to fall back to */
make_fn make_convolution, make_deconvolution, make_matmul, make_gemm, make_pool, make_global_pool, make_reduce,
    make_loops, make_batch_normalization, make_layer_normalization, make_lrn, make_softmax, make_softmax_across,
    make_resize, make_concat, make_pad, make_reshape, make_transpose, make_identity, make_control,
    make_recurrent;

/* -- cpu_spare.c -- */
/* tensor_allocate() and tensor_release() for dynamic slots. */
tfp_status spare_allocate(struct tfp_context *ctx, struct spare *spare, struct tensor *t);
void spare_release(struct spare *spare, struct tensor *t);
void spare_end(struct spare *spare);

/* -- cpu_kernel_step.c -- */
/* A node's reference kernel. */
tfp_status kernel_step_add(struct builder *b, const struct ir_node *n);

/* -- cpu_layout.c: values in layouts -- */
/* Static dims, an element type of oneDNN's here (float32), 1 to 12 dims, no zero: oneDNN may have it. */
bool layout_fits(const struct ir_value *v);
bool layout_same_dims(const struct ir_value *a, const struct ir_value *b);
/* A float32 constant of one element. */
bool layout_scalar(const struct ir_value *v, float *out);
/* Row-major descriptor of the dims; rank 0 becomes one dimension of 1. */
bool layout_plain(dnnl_memory_desc_t *md, size_t rank, const int64_t *dims);
/* Same dims with the format left to oneDNN. */
void layout_any(dnnl_memory_desc_t *md, int rank, const int64_t *dims);
/* The same elements in the same places, however it is written down; dims may differ by ones and by splitting. */
bool layout_same(const dnnl_memory_desc_t *a, const dnnl_memory_desc_t *b);
/* Dense without padding: as many elements in memory as there are. */
bool layout_dense(const dnnl_memory_desc_t *md);
/* The dims from the one that moves slowest through memory to the fastest. */
void layout_order(const dnnl_memory_desc_t *md, int order[DNNL_MAX_NDIMS]);
/* Dense, and no dim is split into blocks. */
bool layout_unblocked(const dnnl_memory_desc_t *md);
/* The format of `md` (order and blocks) for other dims of the same rank. False: it has no such form. */
bool layout_like(const dnnl_memory_desc_t *md, const int64_t *dims, dnnl_memory_desc_t *out);
struct value *layout_value(struct builder *b, const struct ir_value *v);
/* Where the value lies as its producer left it. */
tfp_status layout_first(struct builder *b, const struct ir_value *v, struct slot **out);
/* The value in this layout (dims the value's own); adds a reorder when it is not there yet. */
tfp_status layout_as(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md, struct slot **out);
tfp_status layout_row_major(struct builder *b, const struct ir_value *v, struct slot **out);
/* A slot's elements, described by `view` (NULL: as it is), in layout `md`: the slot itself when nothing has to move,
 * else a reorder; for constants it is done now, once a session. */
tfp_status layout_convert(struct builder *b, struct slot *from, const dnnl_memory_desc_t *view,
                          const dnnl_memory_desc_t *md, struct slot **out);
/* The one use that the unit makes of `v` is the last and its memory may be written over. */
bool layout_dies(struct builder *b, const struct ir_value *v);
/* A new slot as the value's producer leaves it; md NULL: row-major. */
tfp_status layout_new(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md, struct slot **out);
/* The value in memory that the slot `under` has, whose content is given up. */
tfp_status layout_over(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md, struct slot *under,
                       struct slot **out);
/* The value as a view of `of`, which stays readable, in the memory of `under`. */
tfp_status layout_view(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md, struct slot *under,
                       const struct ir_value *of, struct slot **out);
tfp_status layout_scratch(struct builder *b, size_t bytes, struct slot **out);
/* The slot of a graph input, or of what a kernel allocates itself (v NULL: for nobody). */
tfp_status layout_place(struct builder *b, const struct ir_value *v, enum slot_kind kind, struct slot **out);
/* Frees the packed constants that only the plan `of` can use; of NULL: all. */
void layout_end(struct cpu_session *s, const struct plan *of);

/* -- cpu_step.c -- */
tfp_status step_add(struct builder *b, const struct ir_node *n, step_fn *run, struct slot *const *in, uint32_t n_in,
                    struct slot *const *out, uint32_t n_out, void *state, void (*end)(struct step *));

struct step_arg {
    int arg; /* DNNL_ARG_... */
    struct slot *slot;
    const dnnl_memory_desc_t *md; /* NULL: the slot's */
};
/* A oneDNN primitive as a step. Ends `pd`. Scratch memory is added. */
tfp_status step_add_primitive(struct builder *b, const struct ir_node *n, dnnl_primitive_desc_t pd,
                              const struct step_arg *args, uint32_t n_args);
/* Describes a reorder for step_add_primitive(). */
tfp_status step_describe_reorder(struct builder *b, const dnnl_memory_desc_t *from, const dnnl_memory_desc_t *to,
                                 dnnl_primitive_desc_t *pd);
tfp_status step_add_copy(struct builder *b, struct slot *from, struct slot *to);
/* oneDNN's answer as a status: what it does not implement is no error here (*refused). */
tfp_status step_answer(struct tfp_context *ctx, dnnl_status_t status, bool *refused);

/* -- cpu_post.c: posts as oneDNN attributes -- */
struct post_plan {
    dnnl_primitive_attr_t attr; /* end with post_end() */
    int rank;                   /* of the result as the head sees it */
    int64_t columns;            /* the head sees [rows, columns], however the result's dims split these; 0: as is */
    struct slot *operand[CPU_POSTS]; /* of binary posts */
    dnnl_memory_desc_t md[CPU_POSTS];
    int at[CPU_POSTS]; /* their numbers among oneDNN's post-ops */
    uint32_t n_operands;
    const struct ir_value *sum; /* the result is added to this, in place; or NULL */
    bool wished;                /* an operand of full size has the layout `wish` */
    dnnl_memory_desc_t wish;
    bool slow; /* oneDNN's reference implementation will do */
};
/* Makes the attributes; *made false when a post does not fit. `in_place`: the head may add into an operand that dies.
 */
tfp_status post_begin(struct builder *b, const struct unit *u, bool in_place, int rank, int64_t columns,
                      struct post_plan *p, bool *made);
void post_end(struct post_plan *p);
/* A primitive descriptor; *made false when oneDNN has none, or only its slow reference. */
tfp_status post_describe(struct builder *b, const void *desc, const struct post_plan *p, dnnl_primitive_desc_t *pd,
                         bool *made);
/* The result's slot in layout md (seen with p->rank dims): a new one, or the one it is added to. */
tfp_status post_result(struct builder *b, const struct unit *u, const struct post_plan *p, const dnnl_memory_desc_t *md,
                       struct slot **out);
/* Appends the operands of binary posts to a primitive's arguments; returns the new count. */
uint32_t post_args(const struct post_plan *p, struct step_arg *args, uint32_t n);

/* -- cpu_window.c: sliding windows of convolutions and pools -- */
struct window {
    int n; /* spatial dims */
    dnnl_dims_t kernel, stride, dilation /* 0: none */, before, after;
};
/* From a node's attributes; `after` is what makes oneDNN's formula give `out`. False: no such window. */
bool window_of(const struct ir_node *n, int spatial, const int64_t *in, const int64_t *kernel, const int64_t *out,
               struct window *w);

/* -- cpu_memory.c -- */
/* Finds lifetimes, lays the slots out in one block, allocates it and binds all fixed addresses. */
tfp_status memory_plan(struct builder *b);

/* -- cpu_build.c -- */
tfp_status plan_build(struct tfp_context *ctx, struct cpu_session *s, const struct tfp_tensor *inputs,
                      struct plan **out);
void plan_destroy(struct cpu_session *s, struct plan *p);

#endif
