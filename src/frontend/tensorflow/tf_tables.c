/* Lookup tables. The graph makes one (HashTable, MutableHashTable) and fills it elsewhere, which no output depends on: an
 * initializer (InitializeTable, LookupTableImport) does, in TensorFlow 2 in a function that the SavedModel runs when it is loaded,
 * or, of a mutable table, what restores the checkpoint. What fills a table becomes its input here, so that its rule
 * (ops/tables.c) finds keys and values, or the file that has them. */
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_variables.h"

static const struct op_def
    by_tensors = { "HashTableV2", "keys:key_dtype values:value_dtype", "table_handle:20", "key_dtype:t value_dtype:t" },
    by_file = { "HashTableV2", "", "table_handle:20",
                "key_dtype:t value_dtype:t key_index:i value_index:i vocab_size:i=-1 delimiter:s='\t' offset:i=0" },
    /* What stands for an empty bucket, and in the second version for a deleted one, follows. */
    dense_by_tensors = { "MutableDenseHashTable", "keys:key_dtype values:value_dtype empty_key:key_dtype", "table_handle:20",
                         "key_dtype:t value_dtype:t" },
    dense_by_tensors_2 = { "MutableDenseHashTableV2",
                           "keys:key_dtype values:value_dtype empty_key:key_dtype deleted_key:key_dtype", "table_handle:20",
                           "key_dtype:t value_dtype:t" };

static const struct table_kind {
    const char *op;
    const struct op_def *filled[2]; /* with one input of its own, with two */
} kinds[] = {
    { "HashTable", { NULL, NULL } },
    { "HashTableV2", { NULL, NULL } },
    { "MutableDenseHashTable", { &dense_by_tensors, &dense_by_tensors_2 } },
    { "MutableDenseHashTableV2", { &dense_by_tensors, &dense_by_tensors_2 } },
    { "MutableHashTable", { NULL, NULL } },
    { "MutableHashTableV2", { NULL, NULL } },
};

static const struct initializer {
    const char *op;
    bool file;
} initializers[] = {
    { "InitializeTable", false },
    { "InitializeTableFromTextFile", true },
    { "InitializeTableFromTextFileV2", true },
    { "InitializeTableV2", false },
    { "LookupTableImport", false },
    { "LookupTableImportV2", false },
};

static const struct table_kind *kind_of(struct bytes op)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (bytes_equal(op, kinds[i].op)) return &kinds[i];
    return NULL;
}

static const struct initializer *initializer_of(struct bytes op)
{
    for (size_t i = 0; i < sizeof initializers / sizeof initializers[0]; i++)
        if (bytes_equal(op, initializers[i].op)) return &initializers[i];
    return NULL;
}

/* -- functions ----------------------------------------------------------------------------------------------------- */

static bool has_tables(const struct tf_function *f)
{
    const struct tfpb_nodes *body = &tf_function_definition(f)->node_def;
    for (size_t i = 0; i < body->n; i++)
        if (body->at[i].op.n && (kind_of(body->at[i].op) || initializer_of(body->at[i].op))) return true;
    return false;
}

/* Functions that make or fill tables, called by nodes of the file: their nodes join the graph's. A function is read once. */
static tfp_status look_into_calls(struct tfp_context *ctx, struct tf_graph *g)
{
    struct map seen; /* function -> itself where it has no tables, the graph where it has */
    map_init(&seen, &g->arena);
    for (size_t i = 0; i < g->n_file_nodes; i++) {
        struct tf_node *n = g->nodes[i];
        if (!n->function || n->forward || tf_while_is(n) || tf_if_is(n)) continue;
        void **at = map_at(&seen, (const char *)&n->function, sizeof n->function);
        if (!at) return tfp_no_memory(ctx);
        if (!*at) *at = has_tables(n->function) ? (void *)g : (void *)n->function;
        if (*at == (void *)g) TFP_TRY(tf_function_inline(ctx, g, n));
    }
    return TFP_OK;
}

/* What a tensor comes from, through what only passes it on. */
static struct tf_input source_of(struct tf_input in)
{
    enum { STEPS = 16 };
    for (int i = 0; i < STEPS; i++) {
        const struct tf_node *n = in.node;
        if (n->function && n->forward && in.port < n->n_out) in = n->forward[in.port];
        else if (tf_graph_is_op(n, "Identity") && n->n_in) in = n->in[0];
        else break;
    }
    return in;
}

static struct tf_node *table_behind(struct tf_input in)
{
    struct tf_node *n = source_of(in).node;
    return kind_of(bytes_of(n->op)) ? n : NULL;
}

/* -- what fills them ----------------------------------------------------------------------------------------------- */

/* It is filled so; the attributes of `by` say how its file is read. */
static bool note_filling(struct tf_graph *g, struct tf_node *table, const struct tf_node *by, struct tf_filling how)
{
    struct tfpb_attr *all = ARENA_ARRAY(&g->arena, struct tfpb_attr, table->n_attrs + by->n_attrs + 1);
    table->filling = arena_copy(&g->arena, &how, sizeof how);
    if (!all || !table->filling) return false;
    for (size_t i = 0; i < table->n_attrs; i++) all[i] = table->attrs[i];
    for (size_t i = 0; i < by->n_attrs && how.from_file; i++) all[table->n_attrs + i] = by->attrs[i];
    table->attrs = all;
    if (how.from_file) table->n_attrs += by->n_attrs;
    return true;
}

/* What the graph assigns to variables of strings, by the variable's node: TensorFlow 2 keeps names of files in them. */
static tfp_status index_assignments(struct tfp_context *ctx, struct tf_graph *g, struct map *assigned)
{
    map_init(assigned, &g->arena);
    for (size_t i = 0; i < g->n_file_nodes; i++) {
        const struct tf_node *n = g->nodes[i];
        if (!tf_graph_is_op(n, "AssignVariableOp") || n->n_in != 2) continue;
        const struct tf_node **variable = ARENA_NEW(&g->arena, const struct tf_node *);
        if (!variable) return tfp_no_memory(ctx);
        *variable = tf_variables_trace(n->in[0]);
        if (!*variable || tf_attr_type(*variable, "dtype", 5) != TFPB_DT_STRING) continue;
        void **at = map_at(assigned, (const char *)variable, sizeof *variable);
        if (!at) return tfp_no_memory(ctx);
        if (!*at) *at = &n->in[1];
    }
    return TFP_OK;
}

/* The file that the SavedModel has in place of the one that a tensor names; NULL: it has none. */
static const char *asset_path(const struct tf_graph *g, const struct map *assigned, struct tf_input in)
{
    in = source_of(in);
    if (tf_graph_is_op(in.node, "ReadVariableOp") && in.node->n_in) {
        const struct tf_node *variable = tf_variables_trace(in.node->in[0]);
        void **name = variable ? map_find(assigned, (const char *)&variable, sizeof variable) : NULL;
        if (name) in = source_of(*(const struct tf_input *)*name);
    }
    for (const struct tf_asset *a = g->assets; a; a = a->next)
        if (strcmp(a->tensor, in.node->name) == 0) return a->path;
    return NULL;
}

/* A tensor out of the checkpoint: a variable of that key and what reads it. */
static struct tf_node *restored(struct tf_graph *g, struct tf_node *table, const char *what, struct bytes key, int32_t type)
{
    struct tfpb_attr *attrs = ARENA_ARRAY(&g->arena, struct tfpb_attr, 2);
    if (!attrs) return NULL;
    attrs[0] = (struct tfpb_attr){ bytes_of("dtype"), { .which = TFPB_ATTR_TYPE, .type = type } };
    attrs[1] = (struct tfpb_attr){ bytes_of("_tfport_key"), { .which = TFPB_ATTR_S, .s = key } };
    struct tf_node *variable = tf_function_piece(g, table, what, "VarHandleOp", (struct tfpb_attrs){ attrs, 2 }, 0),
                   *read = variable ? tf_function_piece(g, table, "read", "ReadVariableOp", (struct tfpb_attrs){ attrs, 1 }, 1) : NULL;
    if (read) read->in[0] = (struct tf_input){ variable, 0 };
    return read;
}

/* The table's inputs: keys and values, then its own. */
static tfp_status set_inputs(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *table, const struct tf_input *pair)
{
    static const char *const what[] = { "keys", "values" }, *const types[] = { "key_dtype", "value_dtype" };
    struct tf_input *in = ARENA_ARRAY(&g->arena, struct tf_input, table->n_in + 2);
    struct tf_restored from;
    if (!in) return tfp_no_memory(ctx);
    for (size_t i = 0; i < 2; i++) {
        in[i] = pair[i];
        if (!tf_saver_source(pair[i], &from) || from.slice.n) continue;
        struct tf_node *read = restored(g, table, what[i], from.key, tf_attr_type(table, types[i], strlen(types[i])));
        if (!read) return tfp_no_memory(ctx);
        in[i] = (struct tf_input){ read, 0 };
    }
    for (size_t i = 0; i < table->n_in; i++) in[i + 2] = table->in[i];
    table->in = in;
    table->n_in += 2;
    for (size_t i = 0; i < table->n_in; i++) in[i].node->consumed = true;
    return TFP_OK;
}

static tfp_status fill(struct tfp_context *ctx, struct tf_graph *g, const struct map *assigned, const struct tf_node *by, bool file)
{
    struct tf_node *table = by->n_in > 1 ? table_behind(by->in[0]) : NULL;
    if (!table || table->filling) return TFP_OK;
    const struct table_kind *kind = kind_of(bytes_of(table->op));
    if (file) {
        table->def = &by_file;
        table->n_in = 0;
        const struct tf_filling how = { .from_file = true, .path = asset_path(g, assigned, by->in[1]) };
        return note_filling(g, table, by, how) ? TFP_OK : tfp_no_memory(ctx);
    }
    if (by->n_in < 3 || table->n_in > 2) return TFP_OK;
    table->def = table->n_in ? kind->filled[table->n_in - 1] : &by_tensors;
    TFP_TRY(set_inputs(ctx, g, table, by->in + 1));
    return note_filling(g, table, by, (struct tf_filling){ .from_file = false }) ? TFP_OK : tfp_no_memory(ctx);
}

/* -- tables of one name are one ------------------------------------------------------------------------------------ */

static tfp_status index_filled(struct tfp_context *ctx, struct tf_graph *g, struct map *filled)
{
    for (size_t i = 0; i < g->n_nodes; i++) {
        const struct bytes name = tf_attr_text(g->nodes[i], "shared_name");
        if (!g->nodes[i]->filling || !name.n) continue;
        void **at = map_at(filled, name.at, name.n);
        if (!at) return tfp_no_memory(ctx);
        *at = g->nodes[i];
    }
    return TFP_OK;
}

/* What a function of TensorFlow 2 makes is the table that the graph has filled elsewhere. */
static tfp_status share(struct tfp_context *ctx, struct tf_graph *g)
{
    struct map filled;
    map_init(&filled, &g->arena);
    TFP_TRY(index_filled(ctx, g, &filled));
    for (size_t i = 0; i < g->n_nodes && filled.n; i++) {
        struct tf_node *n = g->nodes[i];
        const struct bytes name = tf_attr_text(n, "shared_name");
        void **at = name.n && !n->filling && kind_of(bytes_of(n->op)) ? map_find(&filled, name.at, name.n) : NULL;
        const struct tf_node *same = at ? *at : NULL;
        if (!same || strcmp(same->op, n->op) != 0) continue;
        n->in = same->in, n->n_in = same->n_in, n->def = same->def, n->filling = same->filling;
        n->attrs = same->attrs, n->n_attrs = same->n_attrs;
    }
    return TFP_OK;
}

tfp_status tf_tables_bind(struct tfp_context *ctx, struct tf_graph *g)
{
    struct map assigned;
    TFP_TRY(look_into_calls(ctx, g));
    TFP_TRY(index_assignments(ctx, g, &assigned));
    for (size_t i = 0, n = g->n_nodes; i < n; i++) {
        const struct initializer *by = initializer_of(bytes_of(g->nodes[i]->op));
        if (by) TFP_TRY(fill(ctx, g, &assigned, g->nodes[i], by->file));
    }
    return share(ctx, g);
}
