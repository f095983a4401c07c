/* Ops of other domains that ONNX Runtime's and others' tools leave in files, in standard terms. */
#include "frontend/onnx/onnx_lower.h"

#include <string.h>

static const struct row {
    const char *domain, *op;
    onnx_rule *run;
} rows[] = {
    { NULL, NULL, NULL },
};

onnx_rule *onnx_contrib_find(struct bytes domain, struct bytes op)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && rows[i].op; i++)
        if (bytes_equal(domain, rows[i].domain) && bytes_equal(op, rows[i].op)) return rows[i].run;
    return NULL;
}
