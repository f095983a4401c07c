/* If and Case of TensorFlow 2: a call of each branch's function, and for each result a Merge that chooses by the
 * predicate. Nothing stands between the arguments and the branches, for what is computed has no effect but its value. A
 * branch that a known predicate leaves out is never inlined. */
#include "frontend/tensorflow/tf_attr.h"

#include <stdio.h>

bool tf_if_is(const struct tf_node *n)
{
    static const char *const ops[] = { "Case", "If", "StatelessCase", "StatelessIf" };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strcmp(n->op, ops[i]) == 0) return true;
    return false;
}

static bool is_case(const struct tf_node *n)
{
    return strcmp(n->op, "Case") == 0 || strcmp(n->op, "StatelessCase") == 0;
}

static const struct tfpb_attr_list *branches_of(const struct tf_node *n)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, "branches", strlen("branches"));
    return v && v->which == TFPB_ATTR_LIST ? v->list : NULL;
}

static size_t count_branches(const struct tf_node *n)
{
    if (!is_case(n)) return 2;
    const struct tfpb_attr_list *list = branches_of(n);
    return list ? list->func.n : 0;
}

/* Branch i of the functions, in the order of the Merge's inputs: of an If the one where the predicate fails first. */
static const struct tfpb_name_attr_list *branch(const struct tf_node *n, size_t i)
{
    if (is_case(n)) return &branches_of(n)->func.at[i];
    return tf_attr_function(n, i ? "then_branch" : "else_branch");
}

const struct tfpb_name_attr_list *tf_if_branch(const struct tf_graph *g, const struct tf_node *n)
{
    size_t count = count_branches(n);
    for (size_t i = 0; i < count; i++) {
        const struct tfpb_name_attr_list *f = branch(n, i);
        if (f && f->name.n && map_find(&g->functions, f->name.at, f->name.n)) return f;
    }
    return NULL;
}

struct maker {
    struct tfp_context *ctx;
    struct tf_graph *g;
    struct tf_node *call;
    struct tf_merge choice;
    size_t n_branches;
};

static struct bytes word(const char *text)
{
    return (struct bytes){ text, strlen(text) };
}

/* Of an If any type will do: ToBool tells what counts as true. */
static tfp_status make_predicate(struct maker *m)
{
    m->choice = (struct tf_merge){ .predicate = m->call->in[0], .true_input = 1, .live = -1 };
    if (is_case(m->call)) {
        m->choice.n_branches = (uint32_t)m->n_branches;
        return TFP_OK;
    }
    struct tfpb_attr *type = ARENA_NEW(&m->g->arena, struct tfpb_attr);
    if (!type) return tfp_no_memory(m->ctx);
    *type = (struct tfpb_attr){ .key = word("T"), .value = { .which = TFPB_ATTR_TYPE } };
    type->value.type = tf_attr_type(m->call, "Tcond", strlen("Tcond"));
    struct tf_node *test =
        tf_function_piece(m->g, m->call, "ToBool", "ToBool", (struct tfpb_attrs){ type, 1 }, 1);
    if (!test) return tfp_no_memory(m->ctx);
    test->in[0] = m->choice.predicate;
    m->choice.predicate = (struct tf_input){ test, 0 };
    return TFP_OK;
}

static tfp_status make_branches(struct maker *m)
{
    struct tf_node *call = m->call;
    if (!(call->after = ARENA_ARRAY(&m->g->arena, struct tf_node *, m->n_branches))) return tfp_no_memory(m->ctx);
    for (size_t i = 0; i < m->n_branches; i++) {
        char name[32];
        const struct tfpb_name_attr_list *f = branch(call, i);
        if (!f)
            return tfp_fail(m->ctx, TFP_E_FORMAT, "node %s (%s): attribute %s names no function", call->name, call->op,
                            i ? "then_branch" : "else_branch");
        if (is_case(call)) snprintf(name, sizeof name, "branch_%zu", i);
        else snprintf(name, sizeof name, "%s", i ? "then_branch" : "else_branch");
        struct tf_node *n = tf_function_piece_call(m->g, call, name, f, 0);
        if (!n) return tfp_no_memory(m->ctx);
        n->in = call->in + 1; /* shared: resolving an input once does it for all */
        n->n_in = call->n_in - 1;
        call->after[call->n_after++] = n;
    }
    return TFP_OK;
}

static tfp_status make_result(struct maker *m, size_t i, struct tf_input *result)
{
    struct tfpb_attr *at = ARENA_ARRAY(&m->g->arena, struct tfpb_attr, 2);
    struct tf_merge *merge = ARENA_NEW(&m->g->arena, struct tf_merge);
    if (!at || !merge) return tfp_no_memory(m->ctx);
    at[0] = (struct tfpb_attr){ .key = word("T"), .value = { .which = TFPB_ATTR_TYPE } };
    at[0].value.type = tf_attr_output_type(m->call, (uint32_t)i);
    at[1] = (struct tfpb_attr){ .key = word("N"), .value = { .which = TFPB_ATTR_I, .i = (int64_t)m->n_branches } };
    struct tf_node *n =
        tf_function_piece(m->g, m->call, "Merge", "Merge", (struct tfpb_attrs){ at, 2 }, m->n_branches);
    if (!n) return tfp_no_memory(m->ctx);
    for (size_t k = 0; k < m->n_branches; k++) n->in[k] = (struct tf_input){ m->call->after[k], (uint32_t)i };
    *merge = m->choice;
    n->merge = merge;
    *result = (struct tf_input){ n, 0 };
    return TFP_OK;
}

tfp_status tf_if_inline(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call)
{
    struct maker m = { .ctx = ctx, .g = g, .call = call, .n_branches = count_branches(call) };
    struct bytes bad;
    TFP_TRY(tf_graph_count(ctx, g, call));
    int64_t n_in = tf_attr_args_count(call, call->def->in, &bad);
    if (n_in < 0)
        return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): attribute %.*s is missing or impossible", call->name, call->op,
                        (int)bad.n, bad.at);
    if ((uint64_t)n_in != call->n_in)
        return tfp_fail(ctx, TFP_E_FORMAT, "node %s (%s): %zu input%s, the op takes %lld", call->name, call->op,
                        call->n_in, call->n_in == 1 ? "" : "s", (long long)n_in);
    size_t pieces = 1 + m.n_branches + call->n_out, length = 1 + strlen(call->name) / 256;
    TFP_TRY(tf_function_charge(ctx, g, call->function, pieces * length + m.n_branches * call->n_out / 4));
    struct tf_input *forward = ARENA_ARRAY(&g->arena, struct tf_input, call->n_out);
    struct tf_merge *choice = ARENA_NEW(&g->arena, struct tf_merge);
    if (!forward || !choice) return tfp_no_memory(ctx);
    TFP_TRY(make_predicate(&m));
    TFP_TRY(make_branches(&m));
    for (size_t i = 0; i < call->n_out; i++) TFP_TRY(make_result(&m, i, &forward[i]));
    *choice = m.choice;
    call->merge = choice;
    call->forward = forward;
    return TFP_OK;
}
