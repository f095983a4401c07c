/* The table of all reference kernels, and what each of them calls: kernels come from the family files (one table each),
 * go out by operator. The operators' meaning is that of the newest opset (onnx.ai/onnx/operators). */
#include "ir/kernels/work.h"

#include <stdio.h>

#define FAMILIES(X)                                                                                                    \
    X(elementwise)                                                                                                     \
    X(compare)                                                                                                         \
    X(cast)                                                                                                            \
    X(reduce)                                                                                                          \
    X(move)                                                                                                            \
    X(index)                                                                                                           \
    X(random)                                                                                                          \
    X(matmul)                                                                                                          \
    X(conv)                                                                                                            \
    X(pool)                                                                                                            \
    X(normalize)                                                                                                       \
    X(attention)                                                                                                       \
    X(resize)                                                                                                          \
    X(detection)                                                                                                       \
    X(recurrent)                                                                                                       \
    X(quantize)                                                                                                        \
    X(signal)                                                                                                          \
    X(cross)                                                                                                           \
    X(hash)                                                                                                            \
    X(raw)                                                                                                             \
    X(regex)                                                                                                           \
    X(table)                                                                                                           \
    X(text)                                                                                                            \
    X(unicode)                                                                                                         \
    X(words)                                                                                                           \
    X(example)                                                                                                         \
    X(trees)                                                                                                           \
    X(sparse)                                                                                                          \
    X(strings)

#define DECLARE(name)                                                                                                  \
    extern const struct kernel_row kernels_##name[];                                                                   \
    extern const size_t kernels_##name##_n;
FAMILIES(DECLARE)
#undef DECLARE

static const struct {
    const struct kernel_row *rows;
    const size_t *n;
} families[] = {
#define FAMILY(name) { kernels_##name, &kernels_##name##_n },
    FAMILIES(FAMILY)
#undef FAMILY
};

const struct kernel_row *kernel_find(enum ir_op op)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (size_t j = 0; j < *families[i].n; j++)
            if (families[i].rows[j].op == op) return &families[i].rows[j];
    return NULL;
}

tfp_status kernel_fail(struct kernel *k, tfp_status code, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return tfp_fail(k->ctx, code, "node %s (%s): %s", k->node->name ? k->node->name : "without name",
                    schema_op_name(k->node->op), text);
}

static const char *output_name(const struct kernel *k, size_t i)
{
    const struct ir_value *v = i < k->node->n_out ? k->node->out[i] : NULL;
    if (v && v->name) return v->name;
    return k->node->name ? k->node->name : "output";
}

tfp_status kernel_output(struct kernel *k, size_t i, tfp_dtype dtype, size_t rank, const int64_t *dims)
{
    if (i >= k->n_out) return kernel_fail(k, TFP_E_FORMAT, "has no output %zu", i);
    TFP_TRY(tensor_describe(k->ctx, output_name(k, i), dtype, rank, dims, &k->out[i]));
    return k->allocate(k, &k->out[i]);
}

tfp_status kernel_output_strings(struct kernel *k, size_t i, size_t rank, const int64_t *dims, size_t text_size,
                                 char **text)
{
    if (i >= k->n_out) return kernel_fail(k, TFP_E_FORMAT, "has no output %zu", i);
    struct tensor *out = &k->out[i];
    TFP_TRY(tensor_describe(k->ctx, output_name(k, i), TFP_STRING, rank, dims, out));
    size_t size = out->size;
    if (__builtin_add_overflow(size, text_size, &out->size)) return tfp_no_memory(k->ctx);
    tfp_status status = k->allocate(k, out);
    out->size = size;
    if (status == TFP_OK) *text = (char *)out->data + size;
    return status;
}

tfp_status kernel_alias(struct kernel *k, size_t i, const struct tensor *in, size_t rank, const int64_t *dims)
{
    int64_t count;
    if (!numbers_count(dims, rank, &count) || count != in->count)
        return kernel_fail(k, TFP_E_FORMAT, "the output has not the input's %lld elements", (long long)in->count);
    if (!in->owner) {
        TFP_TRY(kernel_output(k, i, in->dtype, rank, dims));
        if (in->size) memcpy(k->out[i].data, in->data, in->size);
        return TFP_OK;
    }
    if (i >= k->n_out) return kernel_fail(k, TFP_E_FORMAT, "has no output %zu", i);
    TFP_TRY(tensor_describe(k->ctx, output_name(k, i), in->dtype, rank, dims, &k->out[i]));
    k->out[i].data = in->data;
    k->out[i].owner = buffer_keep(in->owner);
    return TFP_OK;
}

/* Inputs of one group have one element type. */
static tfp_status check_groups(struct kernel *k, const struct schema *s)
{
    tfp_dtype seen[256] = { TFP_UNDEFINED };
    for (size_t i = 0; i < k->n_in; i++) {
        const struct schema_param *p = schema_in(s, i);
        if (!p || !p->group || !kernel_in(k, i)) continue;
        tfp_dtype *first = &seen[p->group];
        if (*first == TFP_UNDEFINED) *first = k->in[i].dtype;
        if (*first != k->in[i].dtype)
            return kernel_fail(k, TFP_E_FORMAT, "input %zu (%s) is %s, another is %s", i, p->name,
                               tfp_dtype_name(k->in[i].dtype), tfp_dtype_name(*first));
    }
    return TFP_OK;
}

/* Counts and element types of the inputs. */
static tfp_status check(struct kernel *k)
{
    const struct schema *s = schema_newest(k->node->op);
    if (!s) return kernel_fail(k, TFP_E_UNSUPPORTED, "has no schema");
    for (size_t i = 0; i < k->n_in || i < s->min_in; i++) {
        const struct schema_param *p = schema_in(s, i);
        const struct tensor *t = kernel_in(k, i);
        if (!t && (i < s->min_in) && (!p || p->option != PARAM_OPTIONAL))
            return kernel_fail(k, TFP_E_FORMAT, "input %zu is missing", i);
        if (!t) continue;
        if (!p) return kernel_fail(k, TFP_E_FORMAT, "input %zu is one too many", i);
        if (!(p->types >> t->dtype & 1))
            return kernel_fail(k, TFP_E_FORMAT, "input %zu (%s) cannot be %s", i, p->name, tfp_dtype_name(t->dtype));
    }
    if (k->n_out < s->min_out) return kernel_fail(k, TFP_E_FORMAT, "has %zu outputs", k->n_out);
    return check_groups(k, s);
}

tfp_status kernel_run(struct kernel *k, const struct kernel_row *row)
{
    struct work w = { NULL };
    TFP_TRY(check(k));
    tfp_status status = row->work ? row->work(k, &w) : row->run(k);
    work_free(&w);
    return status;
}

bool kernel_wants(const struct kernel *k, size_t i)
{
    return i < k->n_out && i < k->node->n_out && k->node->out[i] != NULL;
}

static tfp_status allocate_own(struct kernel *k, struct tensor *t)
{
    return tensor_allocate(k->ctx, t);
}

/* Kernels that handle elements as bytes only. */
static bool moves_bytes(enum ir_op op)
{
    switch (op) {
    case IR_TRANSPOSE: case IR_RESHAPE: case IR_FLATTEN: case IR_SQUEEZE: case IR_UNSQUEEZE: case IR_IDENTITY: return true;
    default: return false;
    }
}

static tfp_status run_aligned(struct kernel *k, const struct kernel_row *row)
{
    const struct tensor *const given = k->in;
    struct tensor in[64];
    bool copied[64] = { false }, any = false;
    for (size_t i = 0; i < k->n_in; i++) any = any || !tensor_is_aligned(&k->in[i]);
    if (!any || moves_bytes(k->node->op)) return kernel_run(k, row);
    if (k->n_in > 64) return kernel_fail(k, TFP_E_UNSUPPORTED, "more than 64 inputs, of which some are misaligned");
    tfp_status status = TFP_OK;
    for (size_t i = 0; i < k->n_in && status == TFP_OK; i++) {
        in[i] = k->in[i];
        status = tensor_align(k->ctx, &in[i], &copied[i]);
    }
    k->in = in;
    if (status == TFP_OK) status = kernel_run(k, row);
    k->in = given;
    for (size_t i = 0; i < k->n_in; i++)
        if (copied[i]) tensor_release(&in[i]);
    return status;
}

static tfp_status evaluate(struct kernel *k)
{
    const struct kernel_row *row = kernel_find(k->node->op);
    for (size_t i = 0; i < k->n_out; i++) k->out[i] = (struct tensor){ .dtype = TFP_UNDEFINED };
    if (!row) return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for this operator");
    tfp_status status = run_aligned(k, row);
    for (size_t i = 0; i < k->n_out && status != TFP_OK; i++) {
        tensor_release(&k->out[i]);
        k->out[i] = (struct tensor){ .dtype = TFP_UNDEFINED };
    }
    return status;
}

tfp_status kernel_evaluate(struct tfp_context *ctx, const struct ir_node *n, const struct tensor *in, size_t n_in,
                           struct tensor *out, size_t n_out, int threads)
{
    struct kernel k = { .ctx = ctx, .node = n, .in = in, .n_in = n_in, .out = out, .n_out = n_out,
                        .threads = threads > 1 ? threads : 1, .allocate = allocate_own };
    return evaluate(&k);
}

tfp_status kernel_evaluate_into(struct tfp_context *ctx, const struct ir_node *n, const struct tensor *in, size_t n_in,
                                struct tensor *out, size_t n_out,
                                tfp_status (*allocate)(struct kernel *k, struct tensor *t), void *user)
{
    struct kernel k = { .ctx = ctx, .node = n, .in = in, .n_in = n_in, .out = out, .n_out = n_out,
                        .threads = 1, .allocate = allocate, .user = user };
    return evaluate(&k);
}
