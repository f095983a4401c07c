/* RegexReplace and ONNX's RegexFullMatch. */
#include "codec/regex.h"
#include "ir/kernels/gathered.h"

struct rewriting {
    struct regex *regex;
    struct bytes rewrite;
    bool all;
};

static void put(void *user, struct bytes b)
{
    gathered_put(user, b);
}

static tfp_status rewrite_one(struct kernel *k, void *user, struct bytes in, struct gathered *out)
{
    const struct rewriting *r = user;
    return regex_replace(r->regex, in, r->rewrite, r->all, put, out) ? TFP_OK : tfp_no_memory(k->ctx);
}

/* The reason that is in the context, after the node's name. */
static tfp_status compile(struct kernel *k, struct bytes pattern, struct regex **out)
{
    tfp_status status = regex_compile(k->ctx, pattern, out);
    return status == TFP_OK ? status : tfp_prefix(k->ctx, status, "node %s", k->node->name ? k->node->name : "without name");
}

static tfp_status regex_replace_all(struct kernel *k)
{
    if (k->in[1].count != 1 || k->in[2].count != 1) return kernel_fail(k, TFP_E_FORMAT, "one pattern and one rewrite are expected");
    struct rewriting r = { .rewrite = tensor_string(&k->in[2], 0), .all = ir_attr_int(k->node, ATTR_REPLACE_GLOBAL, 1) };
    TFP_TRY(compile(k, tensor_string(&k->in[1], 0), &r.regex));
    tfp_status status = regex_check_rewrite(k->ctx, r.regex, r.rewrite);
    if (status == TFP_OK) status = gathered_each(k, &k->in[0], rewrite_one, &r);
    regex_free(r.regex);
    return status;
}

static tfp_status full_match(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    struct regex *regex;
    TFP_TRY(kernel_output(k, 0, TFP_BOOL, in->rank, in->dims));
    TFP_TRY(compile(k, ir_attr_string(k->node, ATTR_PATTERN, ""), &regex));
    for (int64_t i = 0; i < in->count; i++) ((bool *)k->out[0].data)[i] = regex_full_match(regex, tensor_string(in, i));
    regex_free(regex);
    return TFP_OK;
}

const struct kernel_row kernels_regex[] = {
    { IR_REGEX_FULL_MATCH, .run = full_match },
    { IR_REGEX_REPLACE, .run = regex_replace_all },
};
const size_t kernels_regex_n = sizeof kernels_regex / sizeof kernels_regex[0];
