/* Graphviz's library, opened where it is installed. */
#include "matrix.h"

#include <dlfcn.h>
#include <string.h>

/* Its C functions, the same in 2.26 to 12; a count that became size_t later is not read. */
struct graphviz {
    void *library;
    void *(*gvContext)(void);
    int (*gvFreeContext)(void *);
    void *(*agmemread)(const char *);
    int (*agclose)(void *);
    int (*gvLayout)(void *, void *, const char *);
    int (*gvFreeLayout)(void *, void *);
    int (*gvRenderData)(void *, void *, const char *, char **, size_t *);
    void (*gvFreeRenderData)(char *);
    void *context;
};

static bool load_symbols(struct graphviz *gv)
{
    const struct {
        const char *name;
        void *to;
    } symbols[] = { { "gvContext", &gv->gvContext },       { "gvFreeContext", &gv->gvFreeContext },
                    { "agmemread", &gv->agmemread },       { "agclose", &gv->agclose },
                    { "gvLayout", &gv->gvLayout },         { "gvFreeLayout", &gv->gvFreeLayout },
                    { "gvRenderData", &gv->gvRenderData }, { "gvFreeRenderData", &gv->gvFreeRenderData } };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *symbol = dlsym(gv->library, symbols[i].name);
        if (!symbol) return false;
        memcpy(symbols[i].to, &symbol, sizeof symbol);
    }
    return true;
}

/* Opened once: its plug-ins do not like to be loaded twice. NULL: it is not there. */
static struct graphviz *graphviz(void)
{
    static struct graphviz gv;
    static bool tried;
    static const char *const names[] = { "libgvc.so.6", "libgvc.so.7", "libgvc.so" };
    for (size_t i = 0; !tried && !gv.library && i < sizeof names / sizeof *names; i++)
        gv.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!tried && gv.library && load_symbols(&gv)) gv.context = gv.gvContext();
    tried = true;
    return gv.context ? &gv : NULL;
}

bool graphviz_is_there(void)
{
    return graphviz() != NULL;
}

char *graphviz_lay_out(const char *dot)
{
    struct graphviz *gv = graphviz();
    char *made = NULL, *text = NULL;
    size_t n = 0;
    void *g = gv ? gv->agmemread(dot) : NULL;
    if (!g) return NULL;
    if (gv->gvLayout(gv->context, g, "dot") == 0) {
        if (gv->gvRenderData(gv->context, g, "plain", &made, &n) == 0 && made) text = strdup(made);
        if (made) gv->gvFreeRenderData(made);
        gv->gvFreeLayout(gv->context, g);
    }
    gv->agclose(g);
    return text;
}
