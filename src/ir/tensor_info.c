#include "ir/tensor_info.h"

#include <string.h>

size_t tensor_info_find(const struct tfp_tensor_info *infos, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(infos[i].name, name) == 0) return i;
    return SIZE_MAX;
}

bool tensor_info_agrees(const struct tfp_tensor_info *a, const struct tfp_tensor_info *b)
{
    if (a->dtype != b->dtype) return false;
    if (a->rank < 0 || b->rank < 0) return true;
    bool same = a->rank == b->rank;
    for (int32_t k = 0; same && k < a->rank; k++) same = a->dims[k] < 0 || b->dims[k] < 0 || a->dims[k] == b->dims[k];
    return same;
}

bool tensor_info_takes(const struct tfp_tensor_info *info, const struct tfp_tensor *t)
{
    bool same = t->dtype == info->dtype && (info->rank < 0 || (uint32_t)info->rank == t->rank);
    for (int32_t k = 0; same && k < info->rank; k++) same = info->dims[k] < 0 || info->dims[k] == t->dims[k];
    return same;
}
