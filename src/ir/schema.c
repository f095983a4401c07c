/* Look-ups in the schema table: names by binary search, versions by a walk over one op's few rows. */
#include "ir/schema.h"

#include <stdlib.h>
#include <string.h>

static const char *const op_names[] = {
    "",
#define OP(name, text) text,
#include "ir/ops.def"
#undef OP
};
static const char *const attr_names[] = {
    "",
#define ATTR(name, text) text,
#include "ir/attrs.def"
#undef ATTR
};

const char *schema_op_name(enum ir_op op)
{
    return op_names[op];
}

const char *schema_attr_name(enum ir_attr_name name)
{
    return attr_names[name];
}

/* Both lists are sorted by strcmp; index 0 is the empty name. */
static size_t find(const char *const *names, size_t count, const char *name, size_t n)
{
    size_t low = 1, high = n ? count : 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(names[middle], name, n);
        const size_t own = strlen(names[middle]);
        if (order == 0 && own != n) order = own > n ? 1 : -1; /* shorter: `name` has a NUL in it */
        if (order == 0) return middle;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return 0;
}

enum ir_op schema_op_find(const char *name, size_t n)
{
    return (enum ir_op)find(op_names, IR_OP_COUNT, name, n);
}

enum ir_attr_name schema_attr_find(const char *name, size_t n)
{
    return (enum ir_attr_name)find(attr_names, ATTR_NAME_COUNT, name, n);
}

static int op_order(const void *key, const void *row)
{
    enum ir_op a = *(const enum ir_op *)key, b = ((const struct schema *)row)->op;
    return (a > b) - (a < b);
}

const struct schema *schema_at(enum ir_op op, int opset)
{
    const struct schema *s = bsearch(&op, schema_table, schema_table_n, sizeof *s, op_order), *best = NULL;
    if (!s) return NULL;
    while (s > schema_table && s[-1].op == op) s--;
    for (; s < schema_table + schema_table_n && s->op == op && s->since <= opset; s++) best = s;
    return best;
}

const struct schema_attr *schema_attr(const struct schema *s, enum ir_attr_name name)
{
    for (size_t i = 0; i < s->n_attrs; i++)
        if (s->attrs[i].name == name) return &s->attrs[i];
    return NULL;
}

static const struct schema_param *param(const struct schema_param *all, size_t n, size_t i)
{
    if (i < n) return &all[i];
    return n && all[n - 1].option == PARAM_VARIADIC ? &all[n - 1] : NULL;
}

const struct schema_param *schema_in(const struct schema *s, size_t i)
{
    return param(s->in, s->n_in, i);
}

const struct schema_param *schema_out(const struct schema *s, size_t i)
{
    return param(s->out, s->n_out, i);
}
