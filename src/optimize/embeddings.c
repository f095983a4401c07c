/* What feature columns write out as a dozen ops, though it is one sum of a table's rows: TensorFlow looks up each id once (Unique),
 * drops ids below 0 and fills rows without ids only to put zeros there in the end. And vocabularies with one bucket for all other
 * words, whose number is the table's default then. */
#include "optimize/passes.h"

/* -- where values come from ---------------------------------------------------------------------------------------- */

/* Behind changes of the integer type. */
static struct ir_value *uncast(struct ir_value *v)
{
    while (v && v->producer && v->producer->op == IR_CAST && dtype_is_integer(v->dtype)) {
        struct ir_value *from = ir_in(v->producer, 0);
        if (!from || (from->dtype != TFP_INT32 && from->dtype != TFP_INT64)) break;
        v = from;
    }
    return v;
}

/* The node that gives v as its output `place`, when it is of that op. */
static struct ir_node *giver(const struct ir_value *v, enum ir_op op, uint32_t place)
{
    struct ir_node *n = ir_producer(v, op);
    return n && place < n->n_out && n->out[place] == v ? n : NULL;
}

static bool known_are(const struct ir_value *v, const int64_t *want, size_t n)
{
    int64_t at[4];
    if (!v || n > 4 || ir_known_ints(v, at, 4) != (int64_t)n) return false;
    for (size_t i = 0; i < n; i++)
        if (at[i] != want[i]) return false;
    return true;
}

#define KNOWN_ARE(v, ...) \
    known_are((v), (const int64_t[]){ __VA_ARGS__ }, sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

/* The matrix that v is, or x of Squeeze(x[:, 0:1], 1); or NULL. */
static struct ir_value *indices_of(struct ir_value *v)
{
    if (v->rank == 2) return v;
    const struct ir_node *squeeze = giver(v, IR_SQUEEZE, 0), *slice = squeeze ? made_by(squeeze, 0, IR_SLICE) : NULL;
    struct ir_value *x = slice ? ir_in(slice, 0) : NULL;
    const bool first = x && x->rank == 2 && v->rank == 1 && slice->n_in >= 4 && KNOWN_ARE(ir_in(slice, 1), 0) &&
                       KNOWN_ARE(ir_in(slice, 2), 1) && KNOWN_ARE(ir_in(slice, 3), 1) &&
                       (!ir_in(slice, 4) || KNOWN_ARE(ir_in(slice, 4), 1));
    return first ? x : NULL;
}

/* What Gather takes along its first axis. */
static struct ir_node *gather_of(const struct ir_value *v)
{
    struct ir_node *n = giver(v, IR_GATHER, 0);
    const struct ir_value *x = n ? ir_in(n, 0) : NULL;
    const int64_t axis = n ? ir_attr_int(n, ATTR_AXIS, 0) : -1;
    return x && x->rank > 0 && (axis == 0 || axis == -x->rank) ? n : NULL;
}

/* -- sums of embeddings -------------------------------------------------------------------------------------------- */

static struct ir_value *sum_again(struct build *b, const struct ir_node *n, struct ir_value *const in[4], int64_t skip)
{
    const struct bytes combiner = ir_attr_string(n, ATTR_COMBINER, "sum");
    return ir_emit(b, IR_EMBEDDING_SUM, in, 4,
                   ATTRS({ .name = ATTR_COMBINER, .kind = ATTR_KIND_STRING, .v.s = combiner }, A_INT(ATTR_SKIP, skip)));
}

/* Of rows that were gathered once each, by their places among the unique ids: of the table, by the ids themselves. */
static struct ir_value *sum_without_unique(struct build *b, struct ir_node *n)
{
    const struct ir_node *gather = gather_of(ir_in(n, 0));
    const struct ir_node *unique = gather ? giver(uncast(ir_in(gather, 1)), IR_UNIQUE, 0) : NULL;
    if (!unique || ir_attr(unique, ATTR_AXIS) || giver(uncast(ir_in(n, 1)), IR_UNIQUE, 2) != unique) return NULL;
    struct ir_value *ids = ir_in(unique, 0);
    if (ids->rank != 1 || ir_in(n, 4)) return NULL;
    return sum_again(b, n, (struct ir_value *[]){ ir_in(gather, 0), ir_cast(b, ids, TFP_INT64), ir_in(n, 2), ir_in(n, 3) },
                     ir_attr_int(n, ATTR_SKIP, 0));
}

/* SparseFillEmptyRows whose third output, as a column [rows, 1] or repeated along it, v is. */
static struct ir_node *filled_rows(const struct ir_value *v)
{
    const struct ir_node *repeat = v && v->producer && v->producer->n_in == 2 ? v->producer : NULL;
    int64_t times[2];
    if (repeat && repeat->op == IR_TILE && ir_known_ints(ir_in(repeat, 1), times, 2) == 2 && times[0] == 1) v = ir_in(repeat, 0);
    const struct ir_node *column = v && v->producer ? v->producer : NULL;
    if (!column || (column->op != IR_RESHAPE && column->op != IR_UNSQUEEZE) || v->rank != 2 || !dim_is(v->dims[1], 1)) return NULL;
    return giver(ir_in(column, 0), IR_SPARSE_FILL_EMPTY_ROWS, 2);
}

static bool is_zero(const struct ir_value *v)
{
    if (v && v->producer && v->producer->op == IR_EXPAND) v = ir_in(v->producer, 0);
    return constant_is(v, 0);
}

/* Where(row was empty, 0, sum with the rows filled): the sum of what there was before. */
static struct ir_value *sum_without_fill(struct build *b, struct ir_node *n)
{
    struct ir_node *fill = filled_rows(ir_in(n, 0)), *sum = giver(ir_in(n, 2), IR_EMBEDDING_SUM, 0);
    if (!fill || !sum || !is_zero(ir_in(n, 1)) || ir_in(sum, 3) || ir_in(sum, 4) || sum->out[0]->rank != 2) return NULL;
    if (!fill->out[1] || uncast(ir_in(sum, 1)) != fill->out[1] || ir_attr_int(sum, ATTR_SKIP, 0)) return NULL;
    if (!fill->out[0] || indices_of(ir_in(sum, 2)) != fill->out[0]) return NULL;
    struct ir_value *ids = ir_cast(b, ir_in(fill, 1), TFP_INT64), *count = ir_slice_axis(b, ir_in(fill, 2), 0, 0, 1);
    return sum_again(b, sum, (struct ir_value *[]){ ir_in(sum, 0), ids, ir_in(fill, 0), count }, 0);
}

/* x of NonZero(x >= 0) as a vector. */
static struct ir_value *kept_of(struct ir_value *v)
{
    while (v && v->producer && (v->producer->op == IR_RESHAPE || v->producer->op == IR_SQUEEZE)) v = ir_in(v->producer, 0);
    const struct ir_node *where = giver(v, IR_NON_ZERO, 0), *least = where ? made_by(where, 0, IR_GREATER_OR_EQUAL) : NULL;
    return least && constant_is(ir_in(least, 1), 0) && ir_in(least, 0)->rank == 1 ? ir_in(least, 0) : NULL;
}

/* Of ids that were picked since they are not below 0. */
static struct ir_value *sum_without_pick(struct build *b, struct ir_node *n)
{
    const struct ir_node *ids = gather_of(uncast(ir_in(n, 1))), *at = gather_of(indices_of(ir_in(n, 2)));
    if (!ids || !at || !ir_in(n, 3) || ir_in(n, 4) || ir_in(ids, 1) != ir_in(at, 1) || ir_in(ids, 1)->rank != 1) return NULL;
    if (kept_of(ir_in(ids, 1)) != ir_in(ids, 0)) return NULL;
    const int64_t skip = ir_attr_int(n, ATTR_SKIP, 0);
    struct ir_value *all = ir_cast(b, ir_in(ids, 0), TFP_INT64);
    return sum_again(b, n, (struct ir_value *[]){ ir_in(n, 0), all, ir_in(at, 0), ir_in(n, 3) }, skip ? skip : 1);
}

/* -- shapes of sparse tensors -------------------------------------------------------------------------------------- */

/* Element `at` of v, followed to what it was taken from. */
struct element {
    const struct ir_value *v;
    int64_t at;
};

/* One step back; false: it is not a copy of an element. */
static bool step_back(struct element *e)
{
    const struct ir_node *n = e->v->producer;
    int64_t number, index;
    if (!n || n->n_out != 1) return false;
    switch (n->op) {
    case IR_CAST: break;
    case IR_SQUEEZE:
    case IR_UNSQUEEZE: break;
    case IR_SLICE:
        if (ir_in(n, 0)->rank != 1 || (ir_in(n, 4) && !KNOWN_ARE(ir_in(n, 4), 1)) || ir_known_ints(ir_in(n, 1), &number, 1) != 1 ||
            number < 0)
            return false;
        e->at += number;
        break;
    case IR_GATHER:
        if (ir_in(n, 0)->rank != 1 || ir_in(n, 1)->rank > 1 || ir_known_ints(ir_in(n, 1), &index, 1) != 1 || index < 0) return false;
        e->at = index;
        break;
    case IR_CONCAT:
        for (uint32_t i = 0; i < n->n_in; i++) {
            const struct ir_value *part = ir_in(n, i);
            if (part->rank != 1 || !dim_fixed(part->dims[0])) return false;
            if (e->at < part->dims[0].n) return e->v = part, true;
            e->at -= part->dims[0].n;
        }
        return false;
    default: return false;
    }
    e->v = ir_in(n, 0);
    return e->v->rank <= 1 && dtype_is_integer(e->v->dtype);
}

static bool same_element(struct element a, struct element b)
{
    enum { MOST_STEPS = 16 };
    for (int i = 0; i < MOST_STEPS && step_back(&a); i++) {}
    for (int i = 0; i < MOST_STEPS && step_back(&b); i++) {}
    if (a.v == b.v && a.at == b.at) return true;
    return false;
}

/* DIM_UNKNOWN: nothing is known of it. */
static struct dim known_element(const struct ir_value *v, int64_t i)
{
    if (v->constant) return (struct dim){ tensor_int(v->constant, i), 0 };
    return v->known && (size_t)i < v->n_known ? v->known[i] : (struct dim){ 0, DIM_UNKNOWN };
}

/* The shape that a sparse tensor is given is the one that it has; one dimension that is left open follows from the others. */
static bool keeps_shape(const struct ir_node *n)
{
    const struct ir_value *had = ir_in(n, 1), *wanted = ir_in(n, 2);
    bool open = false;
    if (had->rank != 1 || wanted->rank != 1 || !dim_fixed(had->dims[0]) || !dim_equal(had->dims[0], wanted->dims[0])) return false;
    for (int64_t i = 0; i < had->dims[0].n; i++) {
        const struct dim a = known_element(had, i), b = known_element(wanted, i);
        const bool same = (a.sym != DIM_UNKNOWN && dim_equal(a, b)) || same_element((struct element){ had, i }, (struct element){ wanted, i });
        if (!same && (open || !dim_is(b, -1))) return false;
        open = open || !same;
    }
    return true;
}

static tfp_status drop_reshape(struct optimize *o, struct ir_node *n, bool *changed)
{
    if (!keeps_shape(n)) return TFP_OK;
    for (uint32_t i = 0; i < 2; i++)
        if (n->out[i]) ir_replace(o->graph, n->out[i], ir_in(n, i));
    rewrite_remove(o, n);
    *changed = true;
    return TFP_OK;
}

/* -- vocabularies -------------------------------------------------------------------------------------------------- */

/* bucket + number, where there is one bucket only. */
static const struct ir_value *only_bucket(const struct ir_value *v)
{
    static const enum ir_op hashes[] = { IR_STRING_TO_HASH_BUCKET, IR_STRING_TO_HASH_BUCKET_FAST, IR_STRING_TO_HASH_BUCKET_STRONG };
    const struct ir_node *add = giver(v, IR_ADD, 0);
    for (size_t i = 0; add && i < 2; i++)
        for (size_t k = 0; k < sizeof hashes / sizeof hashes[0]; k++) {
            const struct ir_node *hash = made_by(add, i, hashes[k]);
            const struct ir_value *number = ir_in(add, 1 - i);
            if (hash && ir_attr_int(hash, ATTR_NUM_BUCKETS, 0) == 1 && number->constant && number->constant->count == 1) return number;
        }
    return NULL;
}

static bool holds(const struct tensor *t, int64_t number)
{
    for (int64_t i = 0; i < t->count; i++)
        if (tensor_int(t, i) == number) return true;
    return false;
}

/* Where(found is not the default, found, the only bucket): another default. */
static struct ir_value *find_with_bucket(struct build *b, struct ir_node *n)
{
    const struct ir_node *find = giver(ir_in(n, 1), IR_TABLE_FIND, 0), *not = made_by(n, 0, IR_NOT);
    const struct ir_node *equal = not ? made_by(not, 0, IR_EQUAL) : NULL;
    const struct ir_value *bucket = only_bucket(ir_in(n, 2));
    if (!find || !equal || !bucket || bucket->dtype != find->out[0]->dtype || !dtype_is_integer(bucket->dtype)) return NULL;
    const struct tensor *values = ir_in_constant(find, 2), *otherwise = ir_in_constant(find, 3), *compared = ir_in_constant(equal, 1);
    if (ir_in(equal, 0) != find->out[0] || !values || !otherwise || !compared || otherwise->count != 1 || compared->count != 1)
        return NULL;
    if (tensor_int(otherwise, 0) != tensor_int(compared, 0) || holds(values, tensor_int(otherwise, 0))) return NULL;
    return ir_emit(b, IR_TABLE_FIND, IN(ir_in(find, 0), ir_in(find, 1), ir_in(find, 2), ir_like(b, bucket, (double)tensor_int(bucket->constant, 0))),
                   NO_ATTRS);
}

static const struct pattern rows[] = {
    { IR_EMBEDDING_SUM, sum_without_unique },
    { IR_EMBEDDING_SUM, sum_without_pick },
    { IR_WHERE, sum_without_fill },
    { IR_WHERE, find_with_bucket },
};

tfp_status pass_embeddings(struct optimize *o, bool *changed)
{
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        if (n->op == IR_SPARSE_RESHAPE) TFP_TRY(drop_reshape(o, n, changed));
    }
    return rewrite_patterns(o, rows, sizeof rows / sizeof rows[0], NULL, changed);
}
