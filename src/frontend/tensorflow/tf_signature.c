/* Signatures of a meta graph (SignatureDef in tensorflow/core/protobuf/meta_graph.proto): keys for the tensors that go
 * in and come out. See docs/formats/meta-graph.md. */
#include "base/text.h"
#include "frontend/tensorflow/tf_source.h"
#include "ir/names.h"

#include <stdlib.h>

enum { SHOWN = 24, SHOWN_BYTES = 80 };

/* Signatures that TensorFlow's writers add for themselves: they have no results. */
static const char *const own[] = { "__saved_model_init_op", "__saved_model_train_op" };

static bool is_own(struct bytes key)
{
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (bytes_equal(key, own[i])) return true;
    return false;
}

/* -- order --------------------------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Numbers count by their value, leading zeros last; all else as bytes. */
static int compare_names(const char *a, const char *b)
{
    const char *x = a, *y = b;
    while (*x && *y) {
        if (!is_digit(*x) || !is_digit(*y)) {
            if (*x != *y) break;
            x++;
            y++;
            continue;
        }
        x += strspn(x, "0");
        y += strspn(y, "0");
        size_t n = strspn(x, "0123456789"), m = strspn(y, "0123456789");
        if (n != m) return n < m ? -1 : 1;
        int d = memcmp(x, y, n);
        if (d) return d;
        x += n;
        y += n;
    }
    int d = (unsigned char)*x - (unsigned char)*y;
    return d ? d : strcmp(a, b);
}

/* Entries of a map in the order of their keys; of equal ones, the order of the file. */
struct entry {
    const char *key;
    size_t place;
};

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int d = compare_names(x->key, y->key);
    return d ? d : (x->place > y->place) - (x->place < y->place);
}

static int by_name(const void *a, const void *b)
{
    return compare_names(((const struct tf_signature *)a)->name, ((const struct tf_signature *)b)->name);
}

/* A key becomes a name that messages show and files carry. */
static tfp_status key_text(struct tfp_context *ctx, struct arena *a, struct bytes key, const char **out)
{
    bool fine = key.n > 0;
    for (size_t i = 0; i < key.n; i++) fine = fine && (unsigned char)key.at[i] >= ' ' && key.at[i] != 127;
    if (!fine) return tfp_fail(ctx, TFP_E_FORMAT, "a signature has a key that is empty or not text");
    *out = arena_string(a, key.at, key.n);
    return *out ? TFP_OK : tfp_no_memory(ctx);
}

/* Sorts and drops all but the last of equal keys; returns how many are left. */
static size_t sort_entries(struct entry *e, size_t n)
{
    size_t kept = 0;
    qsort(e, n, sizeof *e, by_key);
    for (size_t i = 0; i < n; i++)
        if (i + 1 == n || strcmp(e[i].key, e[i + 1].key) != 0) e[kept++] = e[i];
    return kept;
}

/* -- tensors ------------------------------------------------------------------------------------------------------- */

/* One side of a signature while it is read. */
struct side {
    struct arena *arena;
    const char *what; /* "input" */
    struct tf_named_tensor *at;
    size_t n;
    const char **refusal; /* of the signature */
};

static const struct tfpb_shape *shape_of(struct arena *a, const int64_t *dims, size_t rank)
{
    struct tfpb_shape *s = ARENA_NEW(a, struct tfpb_shape);
    struct tfpb_dim *d = ARENA_ARRAY(a, struct tfpb_dim, rank);
    if (!s || !d) return NULL;
    for (size_t i = 0; i < rank; i++) d[i].size = dims[i];
    s->dim.at = d;
    s->dim.n = rank;
    return s;
}

static tfp_status add(struct tfp_context *ctx, struct side *s, const char *name, struct bytes tensor, int32_t type,
                      const struct tfpb_shape *shape)
{
    int64_t dims[TFP_MAX_RANK];
    bool fine = tensor.n > 0;
    for (size_t i = 0; i < tensor.n; i++) fine = fine && (unsigned char)tensor.at[i] > ' ' && tensor.at[i] != 127;
    if (!fine) return tfp_fail(ctx, TFP_E_FORMAT, "%s %s names no tensor", s->what, name);
    if (shape && tfpb_shape_dims(shape, dims) == -2)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s %s: its shape is none: more than %d dimensions or one below -1", s->what,
                        name, TFP_MAX_RANK);
    const char *text = arena_string(s->arena, tensor.at, tensor.n);
    if (!text) return tfp_no_memory(ctx);
    s->at[s->n++] = (struct tf_named_tensor){ name, text, type, shape };
    return TFP_OK;
}

/* A SparseTensor is fed and fetched as its three parts, named as SparseTensor's members are. */
static tfp_status add_sparse(struct tfp_context *ctx, struct side *s, const char *name,
                             const struct tfpb_tensor_info *info)
{
    static const struct tfpb_coo_sparse none;
    const struct tfpb_coo_sparse *parts = info->coo_sparse ? info->coo_sparse : &none;
    int64_t dims[TFP_MAX_RANK];
    int32_t rank = info->tensor_shape ? tfpb_shape_dims(info->tensor_shape, dims) : -1;
    int64_t columns = rank > 0 ? rank : -1;
    const struct tfpb_shape *indices = shape_of(s->arena, (int64_t[]){ -1, columns }, 2);
    const struct tfpb_shape *values = shape_of(s->arena, (int64_t[]){ -1 }, 1);
    const struct tfpb_shape *shape = shape_of(s->arena, &columns, 1);
    const char *names[3] = { arena_printf(s->arena, "%s_indices", name), arena_printf(s->arena, "%s_values", name),
                             arena_printf(s->arena, "%s_dense_shape", name) };
    if (!indices || !values || !shape || !names[0] || !names[1] || !names[2]) return tfp_no_memory(ctx);
    TFP_TRY(add(ctx, s, names[0], parts->indices_tensor_name, TFPB_DT_INT64, indices));
    TFP_TRY(add(ctx, s, names[1], parts->values_tensor_name, info->dtype, values));
    return add(ctx, s, names[2], parts->dense_shape_tensor_name, TFPB_DT_INT64, shape);
}

static tfp_status add_info(struct tfp_context *ctx, struct side *s, const char *name,
                           const struct tfpb_tensor_info *info)
{
    if (info->which == TFPB_INFO_COO_SPARSE) return add_sparse(ctx, s, name, info);
    if (info->which != TFPB_INFO_COMPOSITE)
        return add(ctx, s, name, info->which == TFPB_INFO_NAME ? info->name : (struct bytes){ "", 0 }, info->dtype,
                   info->tensor_shape);
    *s->refusal = arena_printf(s->arena, "%s %s is a composite tensor", s->what, name);
    return *s->refusal ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status read_side(struct tfp_context *ctx, struct side *s, struct tfpb_tensor_infos list)
{
    size_t room;
    struct entry *e = ARENA_ARRAY(s->arena, struct entry, list.n);
    if (!e || !mul_size(&room, list.n, 3) || !(s->at = ARENA_ARRAY(s->arena, struct tf_named_tensor, room)))
        return tfp_no_memory(ctx);
    for (size_t i = 0; i < list.n; i++) {
        e[i].place = i;
        TFP_TRY(key_text(ctx, s->arena, list.at[i].key, &e[i].key));
    }
    size_t n = sort_entries(e, list.n);
    for (size_t i = 0; i < n; i++) TFP_TRY(add_info(ctx, s, e[i].key, &list.at[e[i].place].value));
    return TFP_OK;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static tfp_status read_one(struct tfp_context *ctx, struct arena *a, const struct tfpb_signature *from,
                           struct tf_signature *out)
{
    struct side in = { .arena = a, .what = "input", .refusal = &out->refusal };
    struct side result = { .arena = a, .what = "output", .refusal = &out->refusal };
    TFP_TRY(read_side(ctx, &in, from->inputs));
    TFP_TRY(read_side(ctx, &result, from->outputs));
    out->inputs = in.at;
    out->n_inputs = in.n;
    out->outputs = result.at;
    out->n_outputs = result.n;
    out->method = arena_string(a, from->method_name.n ? from->method_name.at : "", from->method_name.n);
    return out->method ? TFP_OK : tfp_no_memory(ctx);
}

tfp_status tf_signature_read(struct tfp_context *ctx, struct tf_source *s, struct tfpb_signatures list)
{
    struct arena *a = &s->graph->arena;
    struct entry *e = ARENA_ARRAY(a, struct entry, list.n);
    struct tf_signature *all = ARENA_ARRAY(a, struct tf_signature, list.n);
    size_t n = 0;
    if (!e || !all) return tfp_no_memory(ctx);
    for (size_t i = 0; i < list.n; i++) {
        if (is_own(list.at[i].key)) continue;
        e[n].place = i;
        TFP_TRY(key_text(ctx, a, list.at[i].key, &e[n++].key));
    }
    n = sort_entries(e, n);
    for (size_t i = 0; i < n; i++) {
        all[i].name = e[i].key;
        tfp_status status = read_one(ctx, a, &list.at[e[i].place].value, &all[i]);
        if (status != TFP_OK) return tfp_prefix(ctx, status, "signature %s", e[i].key);
    }
    return tf_signature_set(ctx, s, all, n);
}

static const struct tfp_tensor_info *tell_tensors(struct arena *a, const struct tf_named_tensor *list, size_t n)
{
    int64_t dims[TFP_MAX_RANK];
    struct tfp_tensor_info *out = ARENA_ARRAY(a, struct tfp_tensor_info, n);
    for (size_t i = 0; out && i < n; i++) {
        int32_t rank = list[i].shape ? tfpb_shape_dims(list[i].shape, dims) : -1;
        if (!tf_source_describe(a, list[i].name, list[i].type, rank, dims, &out[i])) return NULL;
    }
    return out;
}

tfp_status tf_signature_set(struct tfp_context *ctx, struct tf_source *s, struct tf_signature *all, size_t n)
{
    struct arena *a = &s->graph->arena;
    struct tfp_signature *out = ARENA_ARRAY(a, struct tfp_signature, n);
    if (!out) return tfp_no_memory(ctx);
    if (n) qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct tfp_signature){ .name = all[i].name, .method = all[i].method, .n_inputs = all[i].n_inputs,
                                         .n_outputs = all[i].n_outputs };
        out[i].inputs = tell_tensors(a, all[i].inputs, all[i].n_inputs);
        out[i].outputs = tell_tensors(a, all[i].outputs, all[i].n_outputs);
        if (!out[i].inputs || !out[i].outputs) return tfp_no_memory(ctx);
    }
    s->signatures = all;
    s->n_signatures = n;
    s->source.signatures = out;
    s->source.n_signatures = n;
    return TFP_OK;
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

static const struct tf_signature *find(const struct tf_source *s, const char *name)
{
    for (size_t i = 0; i < s->n_signatures; i++)
        if (strcmp(s->signatures[i].name, name) == 0) return &s->signatures[i];
    return NULL;
}

/* E_USAGE that no such signature is there, or that one is to be chosen, which waits until somebody needs the graph. */
static tfp_status not_chosen(struct tfp_context *ctx, struct tf_source *s)
{
    struct arena *a = &s->graph->arena;
    struct text list = { 0 };
    size_t n = s->n_signatures;
    for (size_t i = 0; i < n && i < SHOWN; i++)
        text_add(&list, "%s%.*s", i ? ", " : "", SHOWN_BYTES, s->signatures[i].name);
    if (n > SHOWN) text_add(&list, ", and %zu more", n - SHOWN);
    const char *there = list.at ? list.at : "none", *asked = s->options.signature;
    tfp_status status = TFP_OK;
    if (asked) status = tfp_fail(ctx, TFP_E_USAGE, "no signature %s; there are: %s", asked, there);
    else if (!(s->refusal = arena_printf(a, "several signatures: choose one with --signature: %s", there)))
        status = tfp_no_memory(ctx);
    s->refusal_code = TFP_E_USAGE;
    text_free(&list);
    return status;
}

/* The tensor of that key, else the tensor of that name. */
static struct tf_named_tensor look_up(const struct tf_named_tensor *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].name, name) == 0) return list[i];
    return (struct tf_named_tensor){ .tensor = name };
}

static const struct tf_named_tensor *select_tensors(struct arena *a, const struct tf_named_tensor *list, size_t n,
                                                    const char *const *names, size_t n_names)
{
    struct tf_named_tensor *out = ARENA_ARRAY(a, struct tf_named_tensor, n_names);
    for (size_t i = 0; out && i < n_names; i++) out[i] = look_up(list, n, names[i]);
    return out;
}

/* TensorFlow leaves it open which value counts when one tensor is fed twice. */
static tfp_status refuse_twice(struct tfp_context *ctx, struct arena *a, const struct tf_named_tensor *list, size_t n)
{
    struct map seen;
    map_init(&seen, a);
    for (size_t i = 0; i < n; i++) {
        void **at = map_at(&seen, list[i].tensor, ir_name_length(list[i].tensor));
        if (!at) return tfp_no_memory(ctx);
        const struct tf_named_tensor *other = *at;
        if (other && other->name && list[i].name)
            return tfp_fail(ctx, TFP_E_USAGE, "inputs %s and %s are the same tensor %s: choose one with --inputs",
                            other->name, list[i].name, list[i].tensor);
        /* The map's values are not written through. */
        *at = (void *)(uintptr_t)&list[i];
    }
    return TFP_OK;
}

static tfp_status use(struct tfp_context *ctx, struct tf_source *s, const struct tf_signature *x)
{
    struct arena *a = &s->graph->arena;
    struct tf_request *r = &s->request;
    const struct tfp_model_options *o = &s->options;
    s->source.signature = x->name;
    s->chosen = x;
    if (x->refusal) {
        if (x->malformed) s->refusal_code = TFP_E_FORMAT;
        s->refusal = arena_printf(a, "signature %s: %s", x->name, x->refusal);
        return s->refusal ? TFP_OK : tfp_no_memory(ctx);
    }
    r->inputs = x->inputs;
    r->n_inputs = x->n_inputs;
    r->outputs = x->outputs;
    r->n_outputs = x->n_outputs;
    if (o->n_inputs && !(r->inputs = select_tensors(a, x->inputs, x->n_inputs, o->inputs, o->n_inputs)))
        return tfp_no_memory(ctx);
    if (o->n_inputs) r->n_inputs = o->n_inputs;
    if (o->n_outputs && !(r->outputs = select_tensors(a, x->outputs, x->n_outputs, o->outputs, o->n_outputs)))
        return tfp_no_memory(ctx);
    if (o->n_outputs) r->n_outputs = o->n_outputs;
    if (!r->n_outputs)
        return tfp_fail(ctx, TFP_E_USAGE, "signature %s has no outputs: name tensors with --outputs, or another signature",
                        x->name);
    return refuse_twice(ctx, a, r->inputs, r->n_inputs);
}

tfp_status tf_signature_choose(struct tfp_context *ctx, struct tf_source *s, bool needed)
{
    const char *asked = s->options.signature;
    const struct tf_signature *x = find(s, asked ? asked : "serving_default");
    if (!x && !asked && s->n_signatures == 1) x = &s->signatures[0];
    if (x) return use(ctx, s, x);
    if (asked || (needed && s->n_signatures && !s->options.n_outputs)) return not_chosen(ctx, s);
    return tf_source_options(ctx, s);
}
