/* Elementwise walks: the output is cut into runs of ELEMENTS_RUN elements; each operand hands out its part of a run as
 * contiguous elements of the loop's type. A full operand hands out a pointer into itself; a stretched one is filled
 * into a small room: a single value and a short trailing shape only once, any other shape run by run. */
#include "ir/kernels/elements.h"

#include "ir/kernels/convert.h"

enum operand_kind { OPERAND_DIRECT, OPERAND_SCALAR, OPERAND_PERIOD, OPERAND_WALK };
enum { MAX_SIZE = 16 }; /* bytes of the largest element */

struct operand {
    enum operand_kind kind;
    tfp_dtype stored, as;
    size_t stored_size, size;
    const char *data;
    size_t rank; /* of the output's shape as this operand sees it: neighbours merged */
    int64_t dims[TFP_MAX_RANK], strides[TFP_MAX_RANK];
};

struct reader {
    bool filled;
    int64_t constant; /* OPERAND_WALK: offset of the value that fills the room; -1: none */
    _Alignas(64) char room[2 * ELEMENTS_RUN * MAX_SIZE];
    _Alignas(64) char raw[2 * ELEMENTS_RUN * 8]; /* before conversion; types that convert have at most 8 bytes */
};

struct walk {
    const struct element_op *op;
    struct operand operands[ELEMENTS_MAX_IN];
    const struct tensor *out;
};

tfp_dtype element_compute_type(tfp_dtype t)
{
    return t == TFP_FLOAT16 || t == TFP_BFLOAT16 ? TFP_FLOAT : t;
}

tfp_status element_broadcast(struct kernel *k, const struct tensor *t, size_t *rank, int64_t *dims)
{
    size_t grown = t->rank > *rank ? t->rank : *rank;
    /* From the back: dims[i] is written after its old place, at or before i, was read. */
    for (size_t i = grown; i-- > 0;) {
        int64_t have = i + *rank >= grown ? dims[i + *rank - grown] : 1;
        int64_t more = i + t->rank >= grown ? t->dims[i + t->rank - grown] : 1;
        if (have != more && have != 1 && more != 1)
            return kernel_fail(k, TFP_E_FORMAT, "shapes do not broadcast: %lld and %lld in dimension %zu",
                               (long long)have, (long long)more, i);
        dims[i] = have == 1 ? more : have;
    }
    *rank = grown;
    return TFP_OK;
}

static void operand_init(struct operand *o, const struct tensor *t, tfp_dtype as, size_t rank, const int64_t *dims)
{
    *o = (struct operand){ .stored = t->dtype, .as = as, .stored_size = tfp_dtype_size(t->dtype),
                           .size = tfp_dtype_size(as), .data = t->data };
    int64_t stride = 1, reversed_dims[TFP_MAX_RANK], reversed_strides[TFP_MAX_RANK];
    size_t n = 0;
    for (size_t i = rank; i-- > 0;) {
        int64_t own = i + t->rank >= rank ? t->dims[i + t->rank - rank] : 1, step = own == 1 ? 0 : stride;
        stride *= own;
        if (dims[i] == 1) continue;
        if (n && step == (reversed_strides[n - 1] ? reversed_strides[n - 1] * reversed_dims[n - 1] : 0)) {
            reversed_dims[n - 1] *= dims[i];
            continue;
        }
        reversed_dims[n] = dims[i];
        reversed_strides[n++] = step;
    }
    o->rank = n;
    for (size_t i = 0; i < n; i++) {
        o->dims[i] = reversed_dims[n - 1 - i];
        o->strides[i] = reversed_strides[n - 1 - i];
    }
    o->kind = OPERAND_WALK;
    if (n == 0 || (n == 1 && o->strides[0] == 0)) o->kind = OPERAND_SCALAR;
    else if (n == 1) o->kind = OPERAND_DIRECT;
    else if (n == 2 && o->strides[0] == 0 && o->dims[1] <= ELEMENTS_RUN) o->kind = OPERAND_PERIOD;
}

/* Doubles what is there: the first `have` of `n` elements are filled. */
static void repeat(char *at, size_t have, size_t n, size_t size)
{
    while (have < n) {
        size_t more = have < n - have ? have : n - have;
        memcpy(at + have * size, at, more * size);
        have += more;
    }
}

static void fill(char *to, const char *value, size_t n, size_t size)
{
    switch (size) {
    case 4:
        for (size_t i = 0; i < n; i++) memcpy(to + i * 4, value, 4);
        break;
    case 8:
        for (size_t i = 0; i < n; i++) memcpy(to + i * 8, value, 8);
        break;
    case 1: memset(to, *(const unsigned char *)value, n); break;
    default:
        memcpy(to, value, size);
        repeat(to, 1, n, size);
    }
}

/* Elements begin .. begin + n of a walking operand, unconverted; NULL: `r` still holds them all. */
static const char *gather(const struct operand *o, struct reader *r, int64_t begin, size_t n, char *to)
{
    size_t last = o->rank - 1;
    int64_t index[TFP_MAX_RANK], rest = begin, offset = 0, inner = o->dims[last];
    for (size_t i = o->rank; i-- > 0;) {
        index[i] = rest % o->dims[i];
        rest /= o->dims[i];
        offset += index[i] * o->strides[i];
    }
    bool single = inner - index[last] >= (int64_t)n;
    if (single && o->strides[last]) return o->data + (size_t)offset * o->stored_size;
    if (single && r->constant == offset) return NULL;
    r->constant = -1;
    if (single) {
        r->constant = offset;
        n = ELEMENTS_RUN;
    }
    for (size_t done = 0; done < n;) {
        size_t count = single ? n : (size_t)(inner - index[last]);
        if (count > n - done) count = n - done;
        const char *from = o->data + (size_t)offset * o->stored_size;
        if (o->strides[last]) memcpy(to + done * o->stored_size, from, count * o->stored_size);
        else fill(to + done * o->stored_size, from, count, o->stored_size);
        done += count;
        if (done == n) break;
        offset -= index[last] * o->strides[last];
        index[last] = 0;
        for (size_t i = last; i-- > 0;) {
            offset += o->strides[i];
            if (++index[i] < o->dims[i]) break;
            offset -= o->dims[i] * o->strides[i];
            index[i] = 0;
        }
    }
    return to;
}

/* Fills the room with one period, or one value, as often as it goes. */
static void fill_period(const struct operand *o, struct reader *r)
{
    size_t period = o->kind == OPERAND_SCALAR ? 1 : (size_t)o->dims[1];
    if (o->stored == o->as) memcpy(r->room, o->data, period * o->size);
    else convert_run(o->stored, o->data, o->as, r->room, period);
    repeat(r->room, period, o->kind == OPERAND_SCALAR ? ELEMENTS_RUN : 2 * ELEMENTS_RUN, o->size);
    r->filled = true;
}

static const void *operand_run(const struct operand *o, struct reader *r, int64_t begin, size_t n)
{
    const char *from;
    if (o->kind == OPERAND_SCALAR || o->kind == OPERAND_PERIOD) {
        if (!r->filled) fill_period(o, r);
        return r->room + (o->kind == OPERAND_SCALAR ? 0 : (size_t)(begin % o->dims[1]) * o->size);
    }
    if (o->kind == OPERAND_DIRECT) from = o->data + (size_t)begin * o->stored_size;
    else from = gather(o, r, begin, n, o->stored == o->as ? r->room : r->raw);
    if (!from) return r->room;
    if (o->stored == o->as) return from;
    convert_run(o->stored, from, o->as, r->room, r->constant >= 0 ? ELEMENTS_RUN : n);
    return r->room;
}

static void reader_init(struct reader *r)
{
    r->filled = false;
    r->constant = -1;
}

static void walk_part(const struct walk *w, int64_t begin, int64_t end)
{
    struct reader readers[ELEMENTS_MAX_IN];
    _Alignas(64) char made[ELEMENTS_RUN * MAX_SIZE];
    const struct element_op *op = w->op;
    size_t size = tfp_dtype_size(op->stored);
    for (size_t i = 0; i < op->n_in; i++) reader_init(&readers[i]);
    for (int64_t at = begin; at < end; at += ELEMENTS_RUN) {
        size_t n = end - at < ELEMENTS_RUN ? (size_t)(end - at) : ELEMENTS_RUN;
        const void *in[ELEMENTS_MAX_IN] = { NULL };
        for (size_t i = 0; i < op->n_in; i++) in[i] = operand_run(&w->operands[i], &readers[i], at, n);
        char *to = (char *)w->out->data + (size_t)at * size;
        op->loop(in, op->makes == op->stored ? to : made, n, &op->params);
        if (op->makes != op->stored) convert_run(op->makes, made, op->stored, to, n);
    }
}

/* Part `i` of `parts` of [0, n), cut at whole runs. */
static int64_t part_begin(int64_t n, int i, int parts)
{
    int64_t runs = n / ELEMENTS_RUN + (n % ELEMENTS_RUN != 0);
    int64_t at = (runs / parts * i + runs % parts * i / parts) * ELEMENTS_RUN;
    return i == parts || at > n ? n : at;
}

tfp_status element_run(struct kernel *k, const struct element_op *op)
{
    size_t rank = 0;
    int64_t dims[TFP_MAX_RANK];
    struct walk w = { .op = op };
    for (size_t i = 0; i < op->n_in; i++) TFP_TRY(element_broadcast(k, op->in[i], &rank, dims));
    TFP_TRY(kernel_output(k, 0, op->stored, rank, dims));
    w.out = &k->out[0];
    int64_t n = w.out->count;
    if (n == 0) return TFP_OK;
    for (size_t i = 0; i < op->n_in; i++) operand_init(&w.operands[i], op->in[i], op->as[i], rank, dims);
    int parts = n > ELEMENTS_PARALLEL ? k->threads : 1;
#pragma omp parallel for num_threads(parts) schedule(static) if (parts > 1)
    for (int i = 0; i < parts; i++) walk_part(&w, part_begin(n, i, parts), part_begin(n, i + 1, parts));
    return TFP_OK;
}

/* -- any number of operands ---------------------------------------------------------------------------------------- */

struct fold {
    struct kernel *k;
    tfp_dtype as;
    element_loop *loop, *finish;
    const struct element_params *params;
};

static void fold_part(const struct fold *f, int64_t begin, int64_t end)
{
    struct reader r;
    struct operand o;
    _Alignas(64) char rooms[2][ELEMENTS_RUN * MAX_SIZE];
    struct tensor *out = &f->k->out[0];
    for (int64_t at = begin; at < end; at += ELEMENTS_RUN) {
        size_t n = end - at < ELEMENTS_RUN ? (size_t)(end - at) : ELEMENTS_RUN, now = 0;
        for (size_t i = 0; i < f->k->n_in; i++) {
            reader_init(&r);
            operand_init(&o, &f->k->in[i], f->as, out->rank, out->dims);
            const void *x = operand_run(&o, &r, at, n);
            if (i == 0) {
                memcpy(rooms[0], x, n * tfp_dtype_size(f->as));
                continue;
            }
            f->loop((const void *const[]){ rooms[now], x }, rooms[!now], n, f->params);
            now = !now;
        }
        if (f->finish) {
            f->finish((const void *const[]){ rooms[now] }, rooms[!now], n, f->params);
            now = !now;
        }
        convert_run(f->as, rooms[now], out->dtype, (char *)out->data + (size_t)at * tfp_dtype_size(out->dtype), n);
    }
}

tfp_status element_fold(struct kernel *k, tfp_dtype as, element_loop *loop, element_loop *finish,
                        const struct element_params *params)
{
    size_t rank = 0;
    int64_t dims[TFP_MAX_RANK];
    struct fold f = { k, as, loop, finish, params };
    for (size_t i = 0; i < k->n_in; i++) {
        if (!kernel_in(k, i)) return kernel_fail(k, TFP_E_FORMAT, "input %zu is missing", i);
        TFP_TRY(element_broadcast(k, &k->in[i], &rank, dims));
    }
    TFP_TRY(kernel_output(k, 0, k->in[0].dtype, rank, dims));
    int64_t n = k->out[0].count;
    int parts = n > ELEMENTS_PARALLEL ? k->threads : 1;
#pragma omp parallel for num_threads(parts) schedule(static) if (parts > 1)
    for (int i = 0; i < parts; i++) fold_part(&f, part_begin(n, i, parts), part_begin(n, i + 1, parts));
    return TFP_OK;
}
