/* Values of one graph in the bodies inside of it: inputs of theirs, or constants. */
#include "frontend/tensorflow/lower_list.h"
#include "frontend/tensorflow/lower_walk.h"

#include <stdio.h>

bool lower_carry_facts(const struct ir_value *from, struct ir_value *to, uint32_t varies)
{
    struct dim dims[TFP_MAX_RANK], known[IR_KNOWN_MAX];
    const int32_t rank = varies & IR_RANK_VARIES ? -1 : from->rank;
    char hint[64];
    snprintf(hint, sizeof hint, "%.40s", to->name ? to->name : "carried");
    for (int32_t i = 0; i < rank; i++)
        dims[i] = varies >> i & 1 ? ir_new_symbol(to->graph, hint) : dim_carry(from->graph, to->graph, from->dims[i]);
    if (!ir_set_shape(to->graph, to, from->dtype, rank, dims)) return false;
    if (varies || !from->n_known) return true;
    for (size_t i = 0; i < from->n_known; i++) known[i] = dim_carry(from->graph, to->graph, from->known[i]);
    return ir_set_known(to->graph, to, known, from->n_known);
}

static bool give(struct lower_body *body, struct ir_value *v)
{
    if (!ARENA_GROW(&body->graph->arena, body->given, body->n_given, &body->room)) return false;
    body->given[body->n_given++] = v;
    return true;
}

/* Complex values are no tensors of the IR (ops/complex.h): only what is known of them is carried. */
static struct ir_value *bring_in(struct lower *lw, struct lower_body *body, struct ir_value *v)
{
    char name[32];
    struct ir_value *inside;
    if (v->constant) inside = ir_add_constant(body->graph, NULL, v->constant);
    else if (dtype_is_complex(v->dtype)) {
        inside = arena_copy(&body->graph->arena, v, sizeof *v);
        if (inside) inside->graph = body->graph;
        if (inside && !lower_carry_facts(v, inside, 0)) inside = NULL;
    } else {
        snprintf(name, sizeof name, "given_%u_%zu", body->graph->number, body->n_given);
        inside = ir_add_input(body->graph, name, v->dtype, -1, NULL);
        if (inside && (!give(body, v) || !lower_carry_facts(v, inside, 0))) inside = NULL;
    }
    return inside ? inside : build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
}

/* What stands for a variable or a table stands for it inside, too. */
static bool carry_handle(struct lower *lw, struct map *handles, struct ir_value *from, struct ir_value *to)
{
    void **at = map_find(handles, (const char *)&from, sizeof from), *meant = at ? *at : NULL;
    struct ir_value **key = meant ? arena_copy(&lw->graph->arena, &to, sizeof to) : NULL;
    if (!meant) return true;
    if (!key || !(at = map_at(handles, (const char *)key, sizeof to))) return false;
    *at = meant;
    return true;
}

static struct ir_value *import_into(struct lower *lw, struct ir_graph *graph, struct ir_value *v)
{
    if (!v || v->graph == graph || lower_is_list(lw, v)) return v;
    struct lower_body *body = lw->body;
    while (body && body->graph != graph) body = body->outer;
    if (!body) return lower_unsupported(lw, "a value of a loop is used outside of it"), NULL;
    if (!(v = import_into(lw, body->around, v))) return NULL;
    struct ir_value **key = arena_copy(&body->graph->arena, &v, sizeof v);
    void **at = key ? map_at(&body->inside, (const char *)key, sizeof v) : NULL;
    if (!at) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    if (*at) return *at;
    struct ir_value *inside = *at = bring_in(lw, body, v);
    if (!inside || (carry_handle(lw, &lw->variables, v, inside) && carry_handle(lw, &lw->tables, v, inside))) return inside;
    return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
}

struct ir_value *lower_import(struct lower *lw, struct ir_value *v)
{
    return import_into(lw, lw->b.graph, v);
}
