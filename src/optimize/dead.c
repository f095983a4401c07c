/* Nodes that no output needs go, last ones first, and the weights that only they used. */
#include "optimize/passes.h"

tfp_status pass_dead(struct optimize *o, bool *changed)
{
    for (struct ir_node *n = o->graph->last, *prev; n; n = prev) {
        prev = n->prev;
        if (!ir_node_unused(n)) continue;
        struct ir_value *inputs[64];
        uint32_t count = n->n_in < 64 ? n->n_in : 64;
        for (uint32_t i = 0; i < count; i++) inputs[i] = n->in[i].value;
        ir_remove(n);
        for (uint32_t i = 0; i < count; i++)
            if (inputs[i] && inputs[i]->constant) ir_drop_constant(o->graph, inputs[i]);
        *changed = true;
    }
    ir_drop_bodies(o->graph);
    return TFP_OK;
}
