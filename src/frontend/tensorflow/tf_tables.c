/* Lookup tables. The graph makes one (HashTable) and fills it elsewhere (InitializeTable, LookupTableImport), which no output depends on. What
 * fills a table becomes its input here, so that its rule (ops/tables.c) finds keys and values, or the file that has them. */
#include "frontend/tensorflow/tf_attr.h"

static const struct op_def filled_by_tensors = { "HashTableV2", "keys:key_dtype values:value_dtype", "table_handle:20",
                                                 "key_dtype:t value_dtype:t" };
static const struct op_def filled_by_file = { "HashTableV2", "filename:7", "table_handle:20",
                                              "key_dtype:t value_dtype:t key_index:i value_index:i vocab_size:i=-1 "
                                              "delimiter:s='\t' offset:i=0" };

static const struct initializer {
    const char *op;
    const struct op_def *filled;
} initializers[] = {
    { "InitializeTable", &filled_by_tensors },
    { "InitializeTableV2", &filled_by_tensors },
    { "InitializeTableFromTextFile", &filled_by_file },
    { "InitializeTableFromTextFileV2", &filled_by_file },
    { "LookupTableImport", &filled_by_tensors },
    { "LookupTableImportV2", &filled_by_tensors },
};

static bool is_table(const struct tf_node *n)
{
    return tf_graph_is_op(n, "HashTable") || tf_graph_is_op(n, "HashTableV2");
}

static struct tf_node *table_behind(struct tf_input in)
{
    enum { STEPS = 16 };
    for (int i = 0; i < STEPS; i++) {
        if (is_table(in.node)) return in.node;
        if (!tf_graph_is_op(in.node, "Identity") || !in.node->n_in) return NULL;
        in = in.node->in[0];
    }
    return NULL;
}

/* Its own attributes and those that say how the file is read. */
static bool join_attrs(struct tf_graph *g, struct tf_node *table, const struct tf_node *by)
{
    struct tfpb_attr *all = ARENA_ARRAY(&g->arena, struct tfpb_attr, table->n_attrs + by->n_attrs + 1);
    if (!all) return false;
    for (size_t i = 0; i < table->n_attrs; i++) all[i] = table->attrs[i];
    for (size_t i = 0; i < by->n_attrs; i++) all[table->n_attrs + i] = by->attrs[i];
    table->attrs = all;
    table->n_attrs += by->n_attrs;
    return true;
}

static tfp_status fill(struct tfp_context *ctx, struct tf_graph *g, const struct initializer *kind, struct tf_node *by)
{
    struct tf_node *table = by->n_in ? table_behind(by->in[0]) : NULL;
    if (!table || table->n_in) return TFP_OK;
    table->in = by->in + 1;
    table->n_in = by->n_in - 1;
    table->def = kind->filled;
    for (size_t i = 0; i < table->n_in; i++) table->in[i].node->consumed = true;
    return join_attrs(g, table, by) ? TFP_OK : tfp_no_memory(ctx);
}

tfp_status tf_tables_bind(struct tfp_context *ctx, struct tf_graph *g)
{
    for (size_t i = 0; i < g->n_nodes; i++)
        for (size_t k = 0; k < sizeof initializers / sizeof initializers[0]; k++)
            if (tf_graph_is_op(g->nodes[i], initializers[k].op)) TFP_TRY(fill(ctx, g, &initializers[k], g->nodes[i]));
    return TFP_OK;
}
