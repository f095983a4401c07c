/* Where values lie: finds a value in the layout that a step wants, adds the reorder when it is not there yet, and
 * decides what may share memory. */
#include "backend/cpu/cpu_plan.h"

#include <stdlib.h>
#include <string.h>

bool layout_fits(const struct ir_value *v)
{
    int64_t dims[TFP_MAX_RANK];
    if (!v || v->dtype != TFP_FLOAT || v->rank > DNNL_MAX_NDIMS || !ir_static_dims(v, dims)) return false;
    for (int32_t i = 0; i < v->rank; i++)
        if (dims[i] <= 0) return false;
    return true;
}

bool layout_same_dims(const struct ir_value *a, const struct ir_value *b)
{
    if (a->rank != b->rank) return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (!dim_equal(a->dims[i], b->dims[i])) return false;
    return true;
}

bool layout_scalar(const struct ir_value *v, float *out)
{
    if (!v || !v->constant || v->constant->dtype != TFP_FLOAT || v->constant->count != 1) return false;
    *out = *(const float *)v->constant->data;
    return true;
}

bool layout_plain(dnnl_memory_desc_t *md, size_t rank, const int64_t *dims)
{
    dnnl_dims_t size = { 1 }, strides = { 1 };
    int n = rank ? (int)rank : 1;
    int64_t step = 1;
    for (size_t i = rank; i-- > 0;) {
        size[i] = dims[i];
        strides[i] = step;
        step *= dims[i];
    }
    return onednn.memory_desc_init_by_strides(md, n, size, dnnl_f32, strides) == dnnl_success;
}

void layout_any(dnnl_memory_desc_t *md, int rank, const int64_t *dims)
{
    dnnl_dims_t size = { 0 };
    memcpy(size, dims, (size_t)rank * sizeof *dims);
    onednn.memory_desc_init_by_tag(md, rank, size, dnnl_f32, dnnl_format_tag_any);
}

/* One loop over memory: `size` elements, `stride` apart. */
struct level {
    int64_t size, stride;
};

/* The loops from the slowest logical index to the fastest, ones left out and neighbours joined; -1: not expressible. */
static int levels_of(const dnnl_memory_desc_t *md, struct level *at)
{
    if (md->format_kind != dnnl_blocked || md->offset0 || md->extra.flags) return -1;
    const dnnl_blocking_desc_t *k = &md->format_desc.blocking;
    int n = 0;
    for (int d = 0; d < md->ndims; d++) {
        if (md->padded_dims[d] != md->dims[d]) return -1;
        int64_t inner = 1, after = 1;
        for (int i = 0; i < k->inner_nblks; i++)
            if (k->inner_idxs[i] == d) inner *= k->inner_blks[i];
        at[n++] = (struct level){ md->dims[d] / inner, k->strides[d] };
        for (int i = 0; i < k->inner_nblks; i++) {
            after = 1;
            for (int j = i + 1; j < k->inner_nblks; j++)
                after *= k->inner_blks[j];
            if (k->inner_idxs[i] == d) at[n++] = (struct level){ k->inner_blks[i], after };
        }
    }
    int m = 0;
    for (int i = 0; i < n; i++) {
        if (at[i].size == 1) continue;
        if (m && at[m - 1].stride == at[i].size * at[i].stride)
            at[m - 1] = (struct level){ at[m - 1].size * at[i].size, at[i].stride };
        else
            at[m++] = at[i];
    }
    return m;
}

bool layout_same(const dnnl_memory_desc_t *a, const dnnl_memory_desc_t *b)
{
    if (onednn.memory_desc_equal(a, b)) return true;
    struct level x[3 * DNNL_MAX_NDIMS], y[3 * DNNL_MAX_NDIMS];
    int n = levels_of(a, x), m = levels_of(b, y);
    if (n < 0 || n != m) return false;
    for (int i = 0; i < n; i++)
        if (x[i].size != y[i].size || x[i].stride != y[i].stride) return false;
    return true;
}

bool layout_dense(const dnnl_memory_desc_t *md)
{
    size_t count = 1;
    for (int d = 0; d < md->ndims; d++)
        count *= (size_t)md->dims[d];
    return md->format_kind == dnnl_blocked && onednn.memory_desc_get_size(md) == count * sizeof(float);
}

void layout_order(const dnnl_memory_desc_t *md, int order[DNNL_MAX_NDIMS])
{
    const int64_t *strides = md->format_desc.blocking.strides;
    for (int i = 0; i < md->ndims; i++) {
        int at = i;
        for (; at > 0; at--) {
            int before = order[at - 1];
            bool slower = strides[i] > strides[before] ||
                          (strides[i] == strides[before] && md->dims[i] > 1 && md->dims[before] == 1);
            if (!slower) break;
            order[at] = before;
        }
        order[at] = i;
    }
}

bool layout_unblocked(const dnnl_memory_desc_t *md)
{
    return layout_dense(md) && !md->format_desc.blocking.inner_nblks && !md->offset0;
}

bool layout_like(const dnnl_memory_desc_t *md, const int64_t *dims, dnnl_memory_desc_t *out)
{
    int order[DNNL_MAX_NDIMS];
    if (md->format_kind != dnnl_blocked || md->offset0 || md->extra.flags) return false;
    *out = *md;
    dnnl_blocking_desc_t *k = &out->format_desc.blocking;
    int64_t step = 1;
    layout_order(md, order);
    for (int i = 0; i < k->inner_nblks; i++)
        step *= k->inner_blks[i];
    for (int i = md->ndims; i-- > 0;) {
        int d = order[i];
        int64_t block = 1;
        for (int j = 0; j < k->inner_nblks; j++)
            if (k->inner_idxs[j] == d) block *= k->inner_blks[j];
        int64_t blocks = (dims[d] + block - 1) / block;
        out->dims[d] = dims[d];
        out->padded_dims[d] = blocks * block;
        out->padded_offsets[d] = 0;
        k->strides[d] = step;
        if (__builtin_mul_overflow(step, blocks, &step)) return false;
    }
    return true;
}

struct value *layout_value(struct builder *b, const struct ir_value *v)
{
    return &b->values[v->mark];
}

static struct slot *slot_create(struct builder *b)
{
    struct slot *s = ARENA_NEW(&b->plan->arena, struct slot);
    if (!s) return NULL;
    s->root = s;
    s->first = s->last = -1;
    s->next = b->plan->slots;
    b->plan->slots = s;
    return s;
}

/* Describes a slot of a value; md NULL: row-major. */
static tfp_status describe(struct builder *b, struct slot *s, const struct ir_value *v, const dnnl_memory_desc_t *md)
{
    int64_t dims[TFP_MAX_RANK];
    s->t.dtype = v->dtype;
    s->plain = !md;
    if (!ir_static_dims(v, dims)) return TFP_OK;
    TFP_TRY(tensor_describe(b->ctx, v->name ? v->name : "a value", v->dtype, (size_t)v->rank, dims, &s->t));
    s->bytes = s->t.size;
    if (!layout_fits(v)) return TFP_OK;
    dnnl_memory_desc_t plain;
    if (!layout_plain(&plain, (size_t)v->rank, dims)) return TFP_OK;
    s->plain = !md || layout_same(md, &plain); /* and then said plainly, however it was called */
    s->md = s->plain ? plain : *md;
    s->bytes = onednn.memory_desc_get_size(&s->md);
    return TFP_OK;
}

static void keep_variant(struct value *v, struct slot *s)
{
    if (v->n < CPU_VARIANTS) v->at[v->n++] = s;
}

static tfp_status constant_slot(struct builder *b, struct value *v, struct slot **out)
{
    struct slot *s = slot_create(b);
    if (!s) return tfp_no_memory(b->ctx);
    s->kind = SLOT_CONSTANT;
    TFP_TRY(describe(b, s, v->ir, NULL));
    s->t = *v->ir->constant; /* the owner is borrowed */
    keep_variant(v, s);
    *out = s;
    return TFP_OK;
}

tfp_status layout_first(struct builder *b, const struct ir_value *v, struct slot **out)
{
    struct value *value = layout_value(b, v);
    if (value->n) {
        *out = value->at[0];
        return TFP_OK;
    }
    if (v->constant) return constant_slot(b, value, out);
    return tfp_fail(b->ctx, TFP_E_FORMAT, "cpu backend: %s is used before it is made", v->name ? v->name : "a value");
}

tfp_status layout_place(struct builder *b, const struct ir_value *v, enum slot_kind kind, struct slot **out)
{
    struct slot *s = slot_create(b);
    if (!s) return tfp_no_memory(b->ctx);
    s->kind = kind;
    s->plain = true;
    if (v) {
        TFP_TRY(describe(b, s, v, NULL));
        keep_variant(layout_value(b, v), s);
    }
    *out = s;
    return TFP_OK;
}

tfp_status layout_new(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md, struct slot **out)
{
    struct slot *s = slot_create(b);
    if (!s) return tfp_no_memory(b->ctx);
    s->kind = SLOT_ARENA;
    TFP_TRY(describe(b, s, v, md));
    keep_variant(layout_value(b, v), s);
    *out = s;
    return TFP_OK;
}

tfp_status layout_over(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md, struct slot *under,
                       struct slot **out)
{
    TFP_TRY(layout_new(b, v, md, out));
    (*out)->root = under->root;
    if (under->root->bytes < (*out)->bytes) under->root->bytes = (*out)->bytes;
    return TFP_OK;
}

tfp_status layout_view(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md, struct slot *under,
                       const struct ir_value *of, struct slot **out)
{
    TFP_TRY(layout_over(b, v, md, under, out));
    (*out)->t.data = under->t.data;
    struct value *value = layout_value(b, v);
    struct group *group = layout_value(b, of)->group;
    group->pending += value->group->pending;
    group->pinned |= value->group->pinned;
    value->group = group;
    return TFP_OK;
}

tfp_status layout_scratch(struct builder *b, size_t bytes, struct slot **out)
{
    struct slot *s = slot_create(b);
    if (!s) return tfp_no_memory(b->ctx);
    s->kind = SLOT_ARENA;
    s->bytes = bytes;
    *out = s;
    return TFP_OK;
}

bool layout_dies(struct builder *b, const struct ir_value *v)
{
    const struct group *g = layout_value(b, v)->group;
    return !v->constant && g->pending == 1 && !g->pinned;
}

/* -- reorders ------------------------------------------------------------------------------------------------------ */

/* Runs a reorder now. */
static tfp_status reorder_now(struct builder *b, const dnnl_memory_desc_t *from_md, void *from,
                              const dnnl_memory_desc_t *to_md, void *to)
{
    dnnl_engine_t e = b->session->engine;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_primitive_t reorder = NULL;
    dnnl_memory_t source = NULL, target = NULL;
    dnnl_status_t status = onednn.reorder_primitive_desc_create(&pd, from_md, e, to_md, e, NULL);
    if (status == dnnl_success) status = onednn.primitive_create(&reorder, pd);
    if (status == dnnl_success) status = onednn.memory_create(&source, from_md, e, from);
    if (status == dnnl_success) status = onednn.memory_create(&target, to_md, e, to);
    if (status == dnnl_success) {
        dnnl_exec_arg_t args[] = { { DNNL_ARG_FROM, source }, { DNNL_ARG_TO, target } };
        status = onednn.primitive_execute(reorder, b->session->stream, 2, args);
        dnnl_status_t waited = onednn.stream_wait(b->session->stream);
        if (status == dnnl_success) status = waited;
    }
    if (source) onednn.memory_destroy(source);
    if (target) onednn.memory_destroy(target);
    if (reorder) onednn.primitive_destroy(reorder);
    if (pd) onednn.primitive_desc_destroy(pd);
    return step_answer(b->ctx, status, NULL);
}

/* Rows of a matrix into blocks of rows and columns, the columns of a block dense: oneDNN's own reorder for these walks
 * through memory in strides. False: not such a layout. */
static bool pack_matrix(const dnnl_memory_desc_t *from, const float *source, const dnnl_memory_desc_t *to, float *target)
{
    const dnnl_blocking_desc_t *k = &to->format_desc.blocking;
    if (from->ndims != 2 || !layout_unblocked(from) || from->format_desc.blocking.strides[1] != 1 ||
        to->format_kind != dnnl_blocked || to->extra.flags || to->offset0 || k->inner_nblks != 2 ||
        k->inner_idxs[0] != 0 || k->inner_idxs[1] != 1)
        return false;
    int64_t rows = from->dims[0], columns = from->dims[1], high = k->inner_blks[0], wide = k->inner_blks[1];
    memset(target, 0, onednn.memory_desc_get_size(to));
    for (int64_t r = 0; r < rows; r++) {
        float *line = target + r / high * k->strides[0] + r % high * wide;
        for (int64_t c = 0; c < columns; c += wide) {
            int64_t n = columns - c < wide ? columns - c : wide;
            memcpy(line + c / wide * k->strides[1], source + r * columns + c, (size_t)n * sizeof *line);
        }
    }
    return true;
}

static struct packed **packed_of(struct cpu_session *s)
{
    return s->outermost ? &s->outermost->packed : &s->packed;
}

/* A constant in another layout, from the session's store. */
static tfp_status packed_find(struct builder *b, const struct slot *from, const dnnl_memory_desc_t *view,
                              const dnnl_memory_desc_t *md, void **data)
{
    struct packed **first = packed_of(b->session);
    for (struct packed *p = *first; p; p = p->next)
        if (p->from == from->t.data && onednn.memory_desc_equal(&p->md, md) &&
            onednn.memory_desc_equal(&p->from_md, view)) {
            *data = p->data->data;
            return TFP_OK;
        }
    struct packed *p = calloc(1, sizeof *p);
    if (!p) return tfp_no_memory(b->ctx);
    tfp_status status = buffer_create(b->ctx, onednn.memory_desc_get_size(md), &p->data);
    if (status != TFP_OK) {
        free(p);
        return status;
    }
    struct buffer *owner = from->t.owner;
    *p = (struct packed){
        *first, from->t.data, buffer_keep(owner), owner ? NULL : b->plan, *view, *md, p->data
    };
    *first = p;
    *data = p->data->data;
    if (!pack_matrix(view, from->t.data, md, *data)) TFP_TRY(reorder_now(b, view, from->t.data, md, *data));
    if (owner && owner->mapped) buffer_forget(owner, from->t.data, from->t.size);
    return TFP_OK;
}

void layout_end(struct cpu_session *s, const struct plan *of)
{
    for (struct packed **at = packed_of(s); *at;) {
        struct packed *p = *at;
        if (of && p->plan != of) {
            at = &p->next;
            continue;
        }
        *at = p->next;
        buffer_drop(p->owner);
        buffer_drop(p->data);
        free(p);
    }
}

tfp_status layout_convert(struct builder *b, struct slot *from, const dnnl_memory_desc_t *view,
                          const dnnl_memory_desc_t *md, struct slot **out)
{
    if (!view) view = &from->md;
    if (layout_same(view, md)) {
        *out = from;
        return TFP_OK;
    }
    struct slot *to = slot_create(b);
    if (!to) return tfp_no_memory(b->ctx);
    to->md = *md;
    to->bytes = onednn.memory_desc_get_size(md);
    to->t = from->t;
    to->t.data = NULL;
    *out = to;
    if (from->root->kind == SLOT_CONSTANT) {
        to->kind = SLOT_CONSTANT;
        return packed_find(b, from, view, md, &to->t.data);
    }
    to->kind = SLOT_ARENA;
    dnnl_primitive_desc_t pd;
    TFP_TRY(step_describe_reorder(b, view, md, &pd));
    struct step_arg args[] = { { DNNL_ARG_FROM, from, view }, { DNNL_ARG_TO, to, md } };
    return step_add_primitive(b, NULL, pd, args, 2);
}

tfp_status layout_as(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md, struct slot **out)
{
    struct value *value = layout_value(b, v);
    struct slot *first;
    TFP_TRY(layout_first(b, v, &first));
    for (uint32_t i = 0; i < value->n; i++)
        if (layout_same(&value->at[i]->md, md)) {
            *out = value->at[i];
            return TFP_OK;
        }
    TFP_TRY(layout_convert(b, first, NULL, md, out));
    keep_variant(value, *out);
    return TFP_OK;
}

tfp_status layout_row_major(struct builder *b, const struct ir_value *v, struct slot **out)
{
    struct value *value = layout_value(b, v);
    TFP_TRY(layout_first(b, v, out));
    for (uint32_t i = 0; i < value->n; i++)
        if (value->at[i]->plain) {
            *out = value->at[i];
            return TFP_OK;
        }
    int64_t dims[TFP_MAX_RANK];
    dnnl_memory_desc_t md;
    if (!ir_static_dims(v, dims) || !layout_plain(&md, (size_t)v->rank, dims))
        return tfp_fail(b->ctx, TFP_E_FORMAT, "cpu backend: %s has no plain layout", v->name ? v->name : "a value");
    TFP_TRY(layout_convert(b, *out, NULL, &md, out));
    (*out)->plain = true;
    keep_variant(value, *out);
    return TFP_OK;
}
