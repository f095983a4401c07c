/* Subgraphs: into the graph, or as functions of its library. */
#include "frontend/tensorflow/lite/lite.h"

enum { DEEPEST = 32 /* functions in functions */ };

static bool subgraph_of(struct lite *m, int64_t number, struct flat_table *out)
{
    if (number < 0 || (uint64_t)number >= m->subgraphs.n) return lite_fail(m, TFP_E_FORMAT, "there is no subgraph %lld", (long long)number), false;
    *out = flat_vector_table(&m->subgraphs, (size_t)number);
    return true;
}

struct lite_body *lite_begin(struct lite *m, int64_t number, struct lite_nodes *nodes)
{
    struct lite_body *b = ARENA_NEW(m->arena, struct lite_body);
    if (!b) return lite_no_memory(m), NULL;
    *b = (struct lite_body){ .model = m, .nodes = nodes };
    if (!subgraph_of(m, number, &b->subgraph)) return NULL;
    b->tensors = lite_read_tensors(m, &b->subgraph, &b->n_tensors);
    b->values = ARENA_ARRAY(m->arena, struct lite_value, b->n_tensors);
    if (!b->values) lite_no_memory(m);
    return m->status == TFP_OK ? b : NULL;
}

/* -- functions ----------------------------------------------------------------------------------------------------- */

/* Arguments "in_0" .. and results "out_0" .. */
static struct tfpb_args arguments(struct lite_body *b, const struct flat_vector *list, const char *word)
{
    struct lite *m = b->model;
    struct tfpb_arg *args = ARENA_ARRAY(m->arena, struct tfpb_arg, list->n);
    if (!args) return lite_no_memory(m), (struct tfpb_args){ NULL, 0 };
    for (size_t i = 0; i < list->n; i++) {
        const int64_t number = flat_vector_signed(list, i);
        const char *name = arena_printf(m->arena, "%s_%zu", word, i);
        if (!name) return lite_no_memory(m), (struct tfpb_args){ NULL, 0 };
        if (number < 0 || (uint64_t)number >= b->n_tensors)
            return lite_fail(m, TFP_E_FORMAT, "there is no tensor %lld", (long long)number), (struct tfpb_args){ NULL, 0 };
        args[i] = (struct tfpb_arg){ .name = bytes_of(name), .type = b->tensors[number].type };
    }
    return (struct tfpb_args){ args, list->n };
}

static void write_function(struct lite *m, int64_t number, const char *name, struct tfpb_function *f)
{
    struct lite_nodes nodes = { .function = true };
    map_init(&nodes.names, m->arena);
    struct lite_body *b = lite_begin(m, number, &nodes);
    if (!b) return;
    const struct flat_vector inputs = flat_vector_of(&b->subgraph, SUBGRAPH_INPUTS, 4), outputs = flat_vector_of(&b->subgraph, SUBGRAPH_OUTPUTS, 4);
    struct tfpb_op_def *def = ARENA_NEW(m->arena, struct tfpb_op_def);
    struct tfpb_string_pair *results = ARENA_ARRAY(m->arena, struct tfpb_string_pair, outputs.n);
    if (!def || !results) {
        lite_no_memory(m);
        return;
    }
    *def = (struct tfpb_op_def){ .name = bytes_of(name), .input_arg = arguments(b, &inputs, "in"), .output_arg = arguments(b, &outputs, "out") };
    for (size_t i = 0; i < def->input_arg.n; i++)
        b->values[flat_vector_signed(&inputs, i)].stored = (struct lite_ref){ def->input_arg.at[i].name, def->input_arg.at[i].type };
    lite_write_operators(b);
    for (size_t i = 0; i < def->output_arg.n && m->status == TFP_OK; i++)
        results[i] = (struct tfpb_string_pair){ def->output_arg.at[i].name, lite_stored(b, flat_vector_signed(&outputs, i)).text };
    *f = (struct tfpb_function){ .signature = def, .node_def = { nodes.at, nodes.n }, .ret = { results, outputs.n } };
}

const struct tfpb_name_attr_list *lite_function(struct lite *m, int64_t number)
{
    struct flat_table subgraph;
    struct tfpb_function f = { 0 };
    if (m->status != TFP_OK || !subgraph_of(m, number, &subgraph)) return NULL;
    if (m->called[number]) return m->called[number];
    struct tfpb_name_attr_list *call = ARENA_NEW(m->arena, struct tfpb_name_attr_list);
    const char *name = arena_printf(m->arena, "subgraph_%lld", (long long)number);
    if (!call || !name) return lite_no_memory(m), NULL;
    call->name = bytes_of(name);
    m->called[number] = call; /* before it is written: one that calls itself is refused where it is inlined */
    if (++m->depth > DEEPEST) return lite_fail(m, TFP_E_UNSUPPORTED, "subgraphs in more than %d others", DEEPEST), NULL;
    write_function(m, number, name, &f);
    m->depth--;
    if (!ARENA_GROW(m->arena, m->functions, m->n_functions, &m->room_functions)) return lite_no_memory(m), NULL;
    m->functions[m->n_functions++] = f;
    return m->status == TFP_OK ? call : NULL;
}
