/* Which maker turns which op's units into steps. What no maker takes is split up, down to single nodes, and these go to
 * the reference kernels. */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

static const struct {
    enum ir_op op;
    make_fn *make;
    bool native; /* always taken: there need be no kernel */
} makers[] = {
    { IR_CONV, make_convolution, false },
    { IR_CONV_TRANSPOSE, make_deconvolution, false },
    { IR_MATMUL, make_matmul, false },
    { IR_GEMM, make_gemm, false },
    { IR_MAX_POOL, make_pool, false },
    { IR_AVERAGE_POOL, make_pool, false },
    { IR_GLOBAL_MAX_POOL, make_global_pool, false },
    { IR_GLOBAL_AVERAGE_POOL, make_global_pool, false },
    { IR_REDUCE_MEAN, make_reduce, false },
    { IR_BATCH_NORMALIZATION, make_batch_normalization, false },
    { IR_LAYER_NORMALIZATION, make_layer_normalization, false },
    { IR_LRN, make_lrn, false },
    { IR_GRU, make_recurrent, false },
    { IR_LSTM, make_recurrent, false },
    { IR_RNN, make_recurrent, false },
    { IR_SOFTMAX, make_softmax_across, false },
    { IR_LOG_SOFTMAX, make_softmax_across, false },
    { IR_SOFTMAX, make_softmax, false },
    { IR_LOG_SOFTMAX, make_softmax, false },
    { IR_RESIZE, make_resize, false },
    { IR_CONCAT, make_concat, false },
    { IR_PAD, make_pad, false },
    { IR_RESHAPE, make_reshape, false },
    { IR_SQUEEZE, make_reshape, false },
    { IR_UNSQUEEZE, make_reshape, false },
    { IR_FLATTEN, make_reshape, false },
    { IR_IDENTITY, make_identity, true },
    { IR_TRANSPOSE, make_transpose, false },
    { IR_IF, make_control, true },
    { IR_LOOP, make_control, true },
    { IR_SCAN, make_control, true },
};
enum { MAKERS = sizeof makers / sizeof makers[0] };

bool unit_is_native(enum ir_op op)
{
    for (size_t i = 0; i < MAKERS; i++)
        if (makers[i].op == op) return makers[i].native;
    return false;
}

/* Counts the unit's reading as done. */
static void retire(struct builder *b, const struct unit *u)
{
    for (uint32_t k = 0; k < u->n_nodes; k++)
        for (uint32_t i = 0; i < u->nodes[k]->n_in; i++)
            if (u->nodes[k]->in[i].value) layout_value(b, u->nodes[k]->in[i].value)->group->pending--;
}

static tfp_status try_makers(struct builder *b, const struct unit *u, bool *made)
{
    *made = false;
    for (size_t i = 0; i < MAKERS && !*made; i++)
        if (makers[i].op == u->head->op) TFP_TRY(makers[i].make(b, u, made));
    if (!*made && u->result) TFP_TRY(make_loops(b, u, made));
    return TFP_OK;
}

/* The first k nodes of a unit, and those behind. */
static struct unit front_of(const struct unit *u, uint32_t k)
{
    struct unit f = *u;
    f.n_nodes = k;
    f.n_posts = u->posts_after[k - 1];
    f.last = u->nodes[k - 1];
    f.result = f.last->out[0];
    return f;
}

static struct unit rest_of(const struct unit *u, uint32_t k)
{
    struct unit r = { .head = u->nodes[k],
                      .last = u->last,
                      .result = u->result,
                      .n_nodes = u->n_nodes - k,
                      .n_posts = u->n_posts - u->posts_after[k] };
    memcpy(r.posts, u->posts + u->posts_after[k], r.n_posts * sizeof *r.posts);
    for (uint32_t i = 0; i < r.n_nodes; i++) {
        r.nodes[i] = u->nodes[k + i];
        r.posts_after[i] = u->posts_after[k + i] - u->posts_after[k];
    }
    return r;
}

tfp_status make_unit(struct builder *b, const struct unit *given)
{
    struct unit left = *given;
    for (;;) {
        struct unit front;
        bool made = false;
        for (uint32_t k = left.n_nodes; k > 0 && !made; k--) {
            front = front_of(&left, k);
            TFP_TRY(try_makers(b, &front, &made));
        }
        if (!made) TFP_TRY(kernel_step_add(b, front.head));
        retire(b, &front);
        if (front.n_nodes == left.n_nodes) return TFP_OK;
        left = rest_of(&left, front.n_nodes);
    }
}
