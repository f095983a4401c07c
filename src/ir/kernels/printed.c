#include "ir/kernels/printed.h"

#include <locale.h>
#include <string.h>

static tfp_status print_all(struct kernel *k, const struct tensor *in, printed_fn *print, const void *user)
{
    char text[PRINTED_LONGEST], *to;
    size_t total = 0;
    for (int64_t i = 0; i < in->count; i++) total += print(user, in, i, text);
    TFP_TRY(kernel_output_strings(k, 0, in->rank, in->dims, total, &to));
    struct tfp_string *strings = k->out[0].data;
    for (int64_t i = 0; i < in->count; i++) {
        size_t n = print(user, in, i, text);
        memcpy(to, text, n);
        strings[i] = (struct tfp_string){ to, n };
        to += n;
    }
    return TFP_OK;
}

tfp_status printed_strings(struct kernel *k, const struct tensor *in, printed_fn *print, const void *user)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c) return tfp_no_memory(k->ctx);
    locale_t before = uselocale(c);
    tfp_status status = print_all(k, in, print, user);
    uselocale(before);
    freelocale(c);
    return status;
}
