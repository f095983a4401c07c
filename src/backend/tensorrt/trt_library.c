/* Finding and opening a TensorRT library, telling its family, its log. */
#include "backend/tensorrt/trt_library.h"

#include "backend/tensorrt/trt_call.h"
#include "base/path.h"
#include "base/text.h"

#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- families ------------------------------------------------------------------------------------------------------ */

/* RTX 1.7 speaks the tables of 1.5 and 1.6. */
static const struct {
    const char *name;
    bool rtx;
    int32_t major, first, last;
    int column;
} families[TRT_N_FAMILIES] = {
    [TRT_8] = { "TensorRT 8.5 to 8.6", false, 8, 5, 6, 0 },
    [TRT_10] = { "TensorRT 10.0 to 10.16", false, 10, 0, 16, 1 },
    [TRT_11] = { "TensorRT 11.0 to 11.1", false, 11, 0, 1, 3 },
    [TRT_RTX13] = { "TensorRT-RTX 1.3 to 1.4", true, 1, 3, 4, 4 },
    [TRT_RTX15] = { "TensorRT-RTX 1.5 to 1.7", true, 1, 5, 7, 5 },
};
enum { COLUMN_10_8 = 2 };

bool trt_family_of(bool rtx, int32_t major, int32_t minor, enum trt_family *out)
{
    for (int i = 0; i < TRT_N_FAMILIES; i++)
        if (families[i].rtx == rtx && families[i].major == major && minor >= families[i].first &&
            minor <= families[i].last) {
            *out = (enum trt_family)i;
            return true;
        }
    return false;
}

const char *trt_family_name(enum trt_family family)
{
    return families[family].name;
}

/* The last family that is not newer, else the first one of the product. */
static enum trt_family nearest_family(bool rtx, int32_t major, int32_t minor)
{
    enum trt_family best = rtx ? TRT_RTX13 : TRT_8;
    for (int i = 0; i < TRT_N_FAMILIES; i++)
        if (families[i].rtx == rtx &&
            (families[i].major < major || (families[i].major == major && families[i].first <= minor)))
            best = (enum trt_family)i;
    return best;
}

/* In 10.8, addCumulative stood in the middle of the network's table; 10.9 moved it to the end. */
void trt_set_family(struct trt *t, enum trt_family family)
{
    t->family = family;
    t->column = family == TRT_10 && t->minor == 8 ? COLUMN_10_8 : families[family].column;
    t->minor_known = t->minor;
    if (t->major > families[family].major) t->minor_known = INT_MAX;
    if (t->major < families[family].major) t->minor_known = families[family].first;
}

static tfp_status choose_family(struct tfp_context *ctx, struct trt *t, bool assume)
{
    enum trt_family family;
    if (trt_family_of(t->rtx, t->major, t->minor, &family)) {
        trt_set_family(t, family);
        return TFP_OK;
    }
    family = nearest_family(t->rtx, t->major, t->minor);
    if (!assume)
        return tfp_fail(
            ctx, TFP_E_MISSING,
            "%s: %s is none of the versions known here (%s, %s, %s, %s, %s); --assume-family tries it as %s",
            t->library.path, t->name, families[0].name, families[1].name, families[2].name, families[3].name,
            families[4].name, families[family].name);
    tfp_note(ctx, "%s is not known here; it is called like %s", t->name, families[family].name);
    trt_set_family(t, family);
    return TFP_OK;
}

/* One number tells the product too: 8.6.1 is 8601, 10.8.0 is 100800, RTX 1.7.1 is 10701. */
void trt_set_version(struct trt *t, int32_t version)
{
    t->abi_version = version;
    t->rtx = version >= 10000 && version < 100000;
    bool thousands = version < 10000;
    t->major = version / (thousands ? 1000 : 10000);
    t->minor = version / 100 % (thousands ? 10 : 100);
    t->patch = version % 100;
    snprintf(t->name, sizeof t->name, "TensorRT%s %d.%d.%d", t->rtx ? "-RTX" : "", t->major, t->minor, t->patch);
}

/* -- finding ------------------------------------------------------------------------------------------------------- */

/* Names of the library itself, and of what lies beside it. */
static const char *const library_names[] = { "libnvinfer.so.1[0-9]*",     "libnvinfer.so.[0-9]*",
                                             "libtensorrt_rtx.so.[0-9]*", "libnvinfer.so",
                                             "libtensorrt_rtx.so",        NULL };
static const char *const parser_names[] = { "libnvonnxparser.so", NULL };
static const char *const rtx_parser_names[] = { "libtensorrt_onnxparser_rtx.so", NULL };
static const char *const plugin_names[] = { "libnvinfer_plugin.so", NULL };

/* What the loader finds by itself: distributions' packages, LD_LIBRARY_PATH. */
static const char *const sonames[] = { "libnvinfer.so.11",     "libnvinfer.so.10",   "libnvinfer.so.8",
                                       "libtensorrt_rtx.so.1", "libtensorrt_rtx.so", NULL };

/* Folders of archives, containers and Python packages; %s is a Python environment's site-packages. */
static const char *const system_folders[] = {
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib",
    "/usr/local/tensorrt*/lib",  "/usr/local/TensorRT*/lib",   "/opt/tensorrt*/lib",
    "/opt/TensorRT*/lib",        "/opt/tensorrt_rtx*/lib",     NULL
};
static const char *const package_folders[] = { "tensorrt_libs",
                                               "tensorrt",
                                               "tensorrt_cu*_libs",
                                               "tensorrt_rtx*",
                                               "tensorrt_rtx*/lib",
                                               "onnxruntime_ep_nv_tensorrt_rtx",
                                               NULL };
static const char *const site_folders[] = { "/usr/local/lib/python3*/dist-packages",
                                            "/usr/local/lib/python3*/site-packages", "/usr/lib/python3/dist-packages",
                                            NULL };

struct finding {
    struct tfp_context *ctx;
    struct dl *out;
    struct text looked; /* where, and why a file that is there did not open */
};

static void note_place(struct finding *f, const char *place, const char *why)
{
    text_add(&f->looked, "%s%s%s%s%s", f->looked.n ? ", " : "", place, why ? " (" : "", why ? why : "", why ? ")" : "");
}

static bool open_file(struct finding *f, const char *path)
{
    static const char *const none[] = { NULL };
    static const struct dl_search search = { "TensorRT", "TFPORT_TENSORRT", none, NULL };
    if (dl_open(f->ctx, &search, path, f->out) != TFP_OK) return false;
    if (dl_symbol(f->out, "getInferLibVersion") && dl_symbol(f->out, "createInferBuilder_INTERNAL")) return true;
    dl_close(f->out);
    tfp_fail(f->ctx, TFP_E_MISSING, "no builder in it");
    return false;
}

/* Tries the matches of a pattern, newest first. */
static bool open_matches(struct finding *f, const char *pattern)
{
    glob_t found = { 0 };
    bool opened = false;
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = found.gl_pathc; i-- > 0 && !opened;) {
            opened = open_file(f, found.gl_pathv[i]);
            if (!opened) note_place(f, found.gl_pathv[i], f->ctx->text);
        }
    globfree(&found);
    return opened;
}

/* `folder` may be a pattern; `inside` is a folder in it. */
static bool open_inside(struct finding *f, const char *folder, const char *inside)
{
    char pattern[1024];
    for (size_t i = 0; library_names[i]; i++) {
        snprintf(pattern, sizeof pattern, "%s%s%s/%s", folder, *inside ? "/" : "", inside, library_names[i]);
        if (open_matches(f, pattern)) return true;
    }
    return false;
}

static bool open_folder(struct finding *f, const char *folder)
{
    if (open_inside(f, folder, "")) return true;
    note_place(f, folder, NULL);
    return false;
}

static bool open_site(struct finding *f, const char *site)
{
    for (size_t i = 0; package_folders[i]; i++)
        if (open_inside(f, site, package_folders[i])) return true;
    note_place(f, site, NULL);
    return false;
}

/* A file or a folder that the user named. */
static bool open_named(struct finding *f, const char *path)
{
    if (path_is_folder(path)) return open_inside(f, path, "") || open_inside(f, path, "lib") || open_site(f, path);
    bool opened = open_file(f, path);
    if (!opened) note_place(f, path, f->ctx->text);
    return opened;
}

/* By the loader's own search. That it finds nothing is no news; that a library it finds lacks another one is. */
static bool open_soname(struct finding *f, const char *soname)
{
    if (open_file(f, soname)) return true;
    bool absent = strstr(f->ctx->text, soname) && strstr(f->ctx->text, "cannot open shared object file");
    note_place(f, soname, absent ? NULL : f->ctx->text);
    return false;
}

static bool open_usual(struct finding *f, const char *build_folder)
{
    char folder[1024];
    const char *environment = getenv("VIRTUAL_ENV");
    if (build_folder) {
        snprintf(folder, sizeof folder, "%s/tensorrt", build_folder);
        if (open_folder(f, folder)) return true;
    }
    if (environment && *environment) {
        snprintf(folder, sizeof folder, "%s/lib/python3*/site-packages", environment);
        if (open_site(f, folder)) return true;
    }
    for (size_t i = 0; sonames[i]; i++)
        if (open_soname(f, sonames[i])) return true;
    for (size_t i = 0; system_folders[i]; i++)
        if (open_folder(f, system_folders[i])) return true;
    for (size_t i = 0; site_folders[i]; i++)
        if (open_site(f, site_folders[i])) return true;
    return false;
}

static tfp_status find_library(struct tfp_context *ctx, const struct trt_open_options *o, struct dl *out)
{
    struct finding f = { ctx, out, { 0 } };
    const char *named = o->library ? o->library : getenv("TFPORT_TENSORRT");
    bool opened = named && *named ? open_named(&f, named) : open_usual(&f, o->build_folder);
    if (opened) ctx->text[0] = 0;
    else
        tfp_fail(ctx, TFP_E_MISSING,
                 "TensorRT was not found; --tensorrt PATH or TFPORT_TENSORRT=PATH names its library or folder. Looked "
                 "at: %s",
                 f.looked.at ? f.looked.at : "nothing");
    text_free(&f.looked);
    return opened ? TFP_OK : TFP_E_MISSING;
}

/* -- what lies beside the library ---------------------------------------------------------------------------------- */

/* NVIDIA's Python packages keep CUDA libraries in nvidia/NAME/lib beside theirs, where the loader does not look. Once
 * open, they serve by their names. */
static void load_cuda_packages(const char *folder)
{
    static const char *const names[] = { "cuda_runtime/lib/libcudart.so.*", "cublas/lib/libcublasLt.so.*",
                                         "cublas/lib/libcublas.so.*", "cudnn/lib/libcudnn.so.*" };
    char pattern[1200];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        glob_t found = { 0 };
        snprintf(pattern, sizeof pattern, "%s/../nvidia/%s", folder, names[i]);
        if (glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc)
            (void)dlopen(found.gl_pathv[found.gl_pathc - 1], RTLD_LAZY);
        globfree(&found);
    }
}

/* The library's file, as the loader knows it: a soname does not tell its folder, and one that needs the library will
 * do. */
static void real_path(struct dl *d)
{
    Dl_info info;
    void *symbol = dl_symbol(d, "getInferLibVersion");
    if (!symbol || !dladdr(symbol, &info) || !info.dli_fname) return;
    snprintf(d->path, sizeof d->path, "%s", info.dli_fname);
}

static void folder_of(const struct dl *d, char *folder, size_t room)
{
    const char *slash = strrchr(d->path, '/');
    snprintf(folder, room, "%.*s", slash ? (int)(slash - d->path) : 1, slash ? d->path : ".");
}

/* Opens NAME.MAJOR*, NAME beside the library, then by the loader's search; false with the last reason in `why`. */
static bool open_beside(const struct trt *t, const char *const *names, struct dl *out, char *why, size_t room)
{
    char folder[1024], pattern[1200];
    folder_of(&t->library, folder, sizeof folder);
    snprintf(why, room, "not in %.400s", folder);
    for (size_t i = 0; names[i] && !out->handle; i++) {
        glob_t found = { 0 };
        snprintf(pattern, sizeof pattern, "%s/%s.%d*", folder, names[i], t->major);
        if (glob(pattern, 0, NULL, &found) != 0) snprintf(pattern, sizeof pattern, "%s.%d", names[i], t->major);
        const char *path = found.gl_pathc ? found.gl_pathv[found.gl_pathc - 1] : pattern;
        out->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (out->handle) snprintf(out->path, sizeof out->path, "%.1023s", path);
        const char *error = out->handle ? NULL : dlerror();
        if (error) snprintf(why, room, "%s", error);
        globfree(&found);
    }
    return out->handle != NULL;
}

/* Standard plugins register themselves with the library. Without them, plugins in models are unknown; nothing else is.
 */
static void load_plugins(struct tfp_context *ctx, struct trt *t)
{
    char why[512];
    bool (*init)(void *, const char *);
    if (t->rtx) return; /* RTX has none */
    if (!open_beside(t, plugin_names, &t->plugins, why, sizeof why)) {
        tfp_note(ctx, "%s: plugins are left out: %s", t->name, why);
        return;
    }
    void *symbol = dl_symbol(&t->plugins, "initLibNvInferPlugins");
    if (!symbol) return;
    memcpy(&init, &symbol, sizeof init);
    init(&t->logger, "");
    trt_forget(t);
}

tfp_status trt_need_parser(struct tfp_context *ctx, struct trt *t)
{
    char why[512];
    int32_t (*version)(void);
    if (t->parser.handle) return TFP_OK;
    const char *const *names = t->rtx ? rtx_parser_names : parser_names;
    if (!open_beside(t, names, &t->parser, why, sizeof why))
        return tfp_fail(ctx, TFP_E_MISSING, "%s: its ONNX parser %s.%d does not open: %s", t->library.path, names[0],
                        t->major, why);
    void *symbol = dl_symbol(&t->parser, "getNvOnnxParserVersion");
    if (!symbol || !dl_symbol(&t->parser, "createNvOnnxParser_INTERNAL")) {
        dl_close(&t->parser);
        return tfp_fail(ctx, TFP_E_MISSING, "%s: not an ONNX parser of TensorRT", t->parser.path);
    }
    memcpy(&version, &symbol, sizeof version);
    t->parser_version = version();
    return TFP_OK;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

tfp_status trt_open(struct tfp_context *ctx, struct trt *t, const struct trt_open_options *options)
{
    static const struct trt_open_options usual = { 0 };
    int32_t (*version)(void);
    *t = (struct trt){ .ctx = ctx };
    if (!options) options = &usual;
    TFP_TRY(find_library(ctx, options, &t->library));
    real_path(&t->library);
    void *symbol = dl_symbol(&t->library, "getInferLibVersion");
    memcpy(&version, &symbol, sizeof version);
    trt_set_version(t, version());
    TFP_TRY(choose_family(ctx, t, options->assume_family));
    if (pthread_mutex_init(&t->lock, NULL) != 0) return tfp_no_memory(ctx);
    t->open = true;
    t->verbosity = options->verbosity;
    trt_callbacks_init(t);
    char folder[1024];
    folder_of(&t->library, folder, sizeof folder);
    load_cuda_packages(folder);
    if (!options->no_plugins) load_plugins(ctx, t);
    if (!options->no_parser && trt_need_parser(ctx, t) != TFP_OK) ctx->text[0] = 0; /* who needs it asks again */
    return TFP_OK;
}

void trt_close(struct trt *t)
{
    if (t->open) pthread_mutex_destroy(&t->lock);
    *t = (struct trt){ 0 };
}

/* -- failing ------------------------------------------------------------------------------------------------------- */

void trt_forget(struct trt *t)
{
    pthread_mutex_lock(&t->lock);
    t->log_n = t->log_dropped = 0;
    t->log[0] = t->no_gpu[0] = 0;
    t->missing = NULL;
    pthread_mutex_unlock(&t->lock);
}

tfp_status trt_fail(struct tfp_context *ctx, struct trt *t, tfp_status code, const char *format, ...)
{
    char text[1024], more[48] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&t->lock);
    if (t->log_dropped) snprintf(more, sizeof more, " (and %zu more errors)", t->log_dropped);
    if (t->log_n) tfp_fail(ctx, code, "%s: %s%s", text, t->log, more);
    else if (t->missing) tfp_fail(ctx, code, "%s: %s has no %s", text, t->name, t->missing);
    else if (t->no_gpu[0]) tfp_fail(ctx, code, "%s: %s", text, t->no_gpu);
    else tfp_fail(ctx, code, "%s", text);
    pthread_mutex_unlock(&t->lock);
    trt_forget(t);
    return code;
}
