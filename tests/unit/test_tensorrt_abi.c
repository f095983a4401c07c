/* The compiled-in tables of TensorRT's binary interfaces, and how calls cross the border in each family. */
#include "backend/tensorrt/trt_call.h"

#include "support.h"

#define ABI TEST_DATA "/../../../shared/tensorrt/abi/"

static const struct {
    const char *class, *method;
    int32_t cells[TRT_N_COLUMNS];
} slots[] = {
#define SLOT(class, method, ...) { #class, #method, { __VA_ARGS__ } },
#include "backend/tensorrt/trt_slots.def"
};
enum { N_SLOTS = COUNT_OF(slots) };

/* The versions of each column that are asked about. */
static const struct {
    const char *file;
    int major, first, last, hole;
} columns[TRT_N_COLUMNS] = { { "trt8", 8, 5, 6, -1 },   { "trt10", 10, 0, 16, 8 }, { "trt10", 10, 8, 8, -1 },
                             { "trt11", 11, 0, 1, -1 }, { "rtx13", 1, 3, 4, -1 },  { "rtx15", 1, 5, 6, -1 } };

static int32_t number_of(int32_t cell, int minor)
{
    return cell < 0 || cell >> 16 > minor ? -1 : cell & 0xffff;
}

/* -- the table by itself ------------------------------------------------------------------------------------------- */

static void no_slot_twice(void **state)
{
    (void)state;
    for (size_t c = 0; c < TRT_N_COLUMNS; c++)
        for (size_t i = 0; i < N_SLOTS; i++)
            for (size_t k = i + 1; k < N_SLOTS; k++) {
                int32_t a = slots[i].cells[c], b = slots[k].cells[c];
                if (a >= 0 && b >= 0 && (a & 0xffff) == (b & 0xffff) && strcmp(slots[i].class, slots[k].class) == 0)
                    fail_msg("%s: %s and %s", slots[i].class, slots[i].method, slots[k].method);
            }
}

/* Implementations begin with two destructors; nobody calls these. */
static void no_destructor_is_called(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SLOTS; i++) {
        const char *class = slots[i].class;
        bool own = strcmp(class, "NoCopy") == 0 || strncmp(class, "Parser", 6) == 0 || strcmp(class, "Logger") == 0 ||
                   strcmp(class, "ProgressMonitor") == 0 || strcmp(class, "OutputAllocator") == 0 ||
                   strcmp(class, "Profiler") == 0;
        for (size_t c = 0; c < TRT_N_COLUMNS && !own; c++)
            if (slots[i].cells[c] >= 0) assert_in_range(slots[i].cells[c] & 0xffff, 2, 255);
    }
}

static void layer_kinds_differ(void **state)
{
    static const int32_t kinds[][TRT_N_COLUMNS] = {
#define LAYER_KIND(name, ...) { __VA_ARGS__ },
#include "backend/tensorrt/trt_slots.def"
    };
    (void)state;
    assert_int_equal(COUNT_OF(kinds), TRT_LAYER_OTHER);
    for (size_t c = 0; c < TRT_N_COLUMNS; c++)
        for (size_t i = 0; i < TRT_LAYER_OTHER; i++)
            for (size_t k = i + 1; k < TRT_LAYER_OTHER; k++)
                if (kinds[i][c] >= 0 && kinds[k][c] >= 0)
                    assert_int_not_equal(kinds[i][c] & 0xffff, kinds[k][c] & 0xffff);
}

/* -- the table against the files ----------------------------------------------------------------------------------- */

struct abi_row {
    char kind[8], class[64], name[200];
    int number, since, until; /* minor versions */
};
static struct abi_row rows[5000];
static size_t n_rows;

static void load(const char *file)
{
    char path[512], line[512];
    int major;
    snprintf(path, sizeof path, ABI "%s.tsv", file);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    n_rows = 0;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        struct abi_row *r = &rows[n_rows];
        assert_true(n_rows < COUNT_OF(rows));
        if (sscanf(line, "%7[^\t]\t%63[^\t]\t%d\t%199[^\t]\t%d.%d\t%d.%d", r->kind, r->class, &r->number, r->name,
                   &major, &r->since, &major, &r->until) == 8)
            n_rows++;
    }
    fclose(f);
    assert_true(n_rows > 1000);
}

static bool is_class(const char *full, const char *class)
{
    static const char *const prefixes[] = { "apiv::V", "onnx::I", "v_1_0::I", "I" };
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        if (strncmp(full, prefixes[i], n) == 0 && strcmp(full + n, class) == 0) return true;
    }
    return false;
}

static bool is_method(const char *full, const char *method)
{
    if (strcmp(method, "end") == 0) return strcmp(full, "~D0") == 0;
    if (strcmp(method, "destruct") == 0) return strcmp(full, "~D1") == 0;
    size_t n = strlen(method);
    return strncmp(full, method, n) == 0 && full[n] == '(';
}

/* The number in the file: of rows for this version the one for the shortest time, of overloads the first one. */
static int file_number(const char *kind, const char *class, const char *method, int minor, bool of_enum)
{
    int best = -1, time = 1000;
    for (size_t i = 0; i < n_rows; i++) {
        const struct abi_row *r = &rows[i];
        if (strcmp(r->kind, kind) != 0 || minor < r->since || minor > r->until) continue;
        if (of_enum ? strcmp(r->class, class) != 0 || strcmp(r->name + 1, method) != 0
                    : !is_class(r->class, class) || !is_method(r->name, method))
            continue;
        if (r->until - r->since < time || (r->until - r->since == time && r->number < best)) {
            best = r->number;
            time = r->until - r->since;
        }
    }
    return best;
}

static bool have_files(void)
{
    FILE *f = fopen(ABI "trt8.tsv", "r");
    if (f) fclose(f);
    return f != NULL;
}

static void slots_are_the_files(void **state)
{
    (void)state;
    if (!have_files()) {
        print_message("skipped: slots_are_the_files: no shared/tensorrt/abi beside the checkout\n");
        skip();
    }
    for (size_t c = 0; c < TRT_N_COLUMNS; c++) {
        load(columns[c].file);
        for (int minor = columns[c].first; minor <= columns[c].last; minor++)
            for (size_t i = 0; i < N_SLOTS && minor != columns[c].hole; i++) {
                int number = file_number("slot", slots[i].class, slots[i].method, minor, false);
                if (number != number_of(slots[i].cells[c], minor))
                    fail_msg("%d.%d %s::%s: %d, in the file %d", columns[c].major, minor, slots[i].class,
                             slots[i].method, number_of(slots[i].cells[c], minor), number);
            }
    }
}

/* Builder flags are the enum that changed most; those with names of their own are looked up by these. */
static void flags_are_the_files(void **state)
{
    static const struct {
        const char *name;
        int32_t cells[TRT_N_COLUMNS];
    } flags[] = {
#define FLAG(name, ...) { #name, { __VA_ARGS__ } },
#include "backend/tensorrt/trt_slots.def"
    };
    (void)state;
    if (!have_files()) {
        print_message("skipped: flags_are_the_files: no shared/tensorrt/abi beside the checkout\n");
        skip();
    }
    for (size_t c = 0; c < TRT_N_COLUMNS; c++) {
        load(columns[c].file);
        for (int minor = columns[c].first; minor <= columns[c].last; minor++)
            for (size_t i = 0; i < COUNT_OF(flags); i++) {
                char name[64];
                const bool long_name = strstr(flags[i].name, "_PRECISION") != NULL;
                snprintf(name, sizeof name, "%s%s", flags[i].name, long_name ? "_CONSTRAINTS" : "");
                if (file_number("enum", "BuilderFlag", name, minor, true) != number_of(flags[i].cells[c], minor))
                    fail_msg("%d.%d: %s", columns[c].major, minor, name);
            }
    }
}

/* -- versions ------------------------------------------------------------------------------------------------------ */

/* A struct trt of a version, with no library behind it. */
static void pretend(struct trt *t, int32_t version, int column)
{
    static struct tfp_context ctx;
    memset(t, 0, sizeof *t);
    trt_set_version(t, version);
    assert_true(trt_family_of(t->rtx, t->major, t->minor, &t->family));
    t->ctx = &ctx;
    t->column = column;
    t->minor_known = t->minor;
    pthread_mutex_init(&t->lock, NULL);
    trt_callbacks_init(t);
}

static void versions(void **state)
{
    struct trt t = { 0 };
    enum trt_family family;
    (void)state;
    static const struct {
        int32_t version;
        const char *name;
    } known[] = { { 8601, "TensorRT 8.6.1" },    { 100800, "TensorRT 10.8.0" },   { 101600, "TensorRT 10.16.0" },
                  { 110100, "TensorRT 11.1.0" }, { 10300, "TensorRT-RTX 1.3.0" }, { 10701, "TensorRT-RTX 1.7.1" } };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        trt_set_version(&t, known[i].version);
        assert_string_equal(t.name, known[i].name);
        assert_true(trt_family_of(t.rtx, t.major, t.minor, &family));
    }
    static const int32_t unknown[] = { 7203, 8401, 90300, 101700, 110200, 120000, 10200, 10800 };
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        trt_set_version(&t, unknown[i]);
        assert_false(trt_family_of(t.rtx, t.major, t.minor, &family));
    }
}

static void methods_come_with_versions(void **state)
{
    struct trt t;
    (void)state;
    static const struct {
        int32_t version;
        int column, cumulative, squeeze;
    } rows_[] = { { 8601, 0, -1, -1 },   { 100600, 1, -1, -1 }, { 100700, 1, -1, 75 }, { 100800, 2, 63, 76 },
                  { 100900, 1, 78, 75 }, { 110000, 3, 75, 72 }, { 10300, 4, 74, 71 },  { 10701, 5, 73, 70 } };
    for (size_t i = 0; i < COUNT_OF(rows_); i++) {
        pretend(&t, rows_[i].version, rows_[i].column);
        assert_int_equal(trt_slot(&t, TRT_NetworkDefinition_addCumulative), rows_[i].cumulative);
        assert_int_equal(trt_slot(&t, TRT_NetworkDefinition_addSqueeze), rows_[i].squeeze);
        assert_int_equal(trt_has_type(&t, TRT_INT64), rows_[i].version != 8601);
        assert_int_equal(trt_has_flag(&t, TRT_FLAG_FP16), !t.rtx && t.family != TRT_11);
        assert_true(trt_has_flag(&t, TRT_FLAG_TF32));
    }
}

/* -- calls --------------------------------------------------------------------------------------------------------- */

/* An object as TensorRT lays it out, whose implementation has one method that matters. */
struct fake {
    trt_function *table, *layer_table[4];
    trt_function **implementation;
    void *object[4];
    trt_function slots[256];
    trt_function kind_slots[16];
    trt_function *kind_table;
};
static int32_t fake_kind;

static int32_t kind(void *self)
{
    (void)self;
    return fake_kind;
}

static void *fake_object(struct fake *f, const struct trt *t, enum trt_method method, trt_function function, bool layer)
{
    memset(f, 0, sizeof *f);
    f->slots[trt_slot(t, method)] = function;
    f->kind_slots[trt_slot(t, TRT_Layer_getType)] = (trt_function)kind;
    f->table = f->slots;
    f->kind_table = f->kind_slots;
    f->object[0] = NULL; /* the object's own table is not used */
    f->object[1] = layer ? (void *)&f->kind_table : (void *)&f->table;
    f->object[2] = &f->table;
    return f->object;
}

static struct {
    const char *name;
    int32_t type, number;
    int64_t wide;
    struct trt_dims dims;
    struct trt_weights weights;
} seen;

static void *add_input_old(void *self, const char *name, int32_t type, struct dims32 dims)
{
    seen.name = name;
    seen.type = type;
    seen.dims = trt_widen(dims);
    return self;
}

static void *add_input_new(void *self, const char *name, int32_t type, const struct trt_dims *dims)
{
    seen.name = name;
    seen.type = type;
    seen.dims = *dims;
    return self;
}

static void *add_convolution_old(void *self, void *x, int32_t maps, struct dims32 kernel, struct trt_weights w,
                                 struct trt_weights b)
{
    seen.wide = maps;
    seen.dims = trt_widen(kernel);
    seen.weights = w;
    return b.count == 0 && x ? self : NULL;
}

static void *add_convolution_new(void *self, void *x, int64_t maps, const struct trt_dims *kernel, struct trt_weights w,
                                 struct trt_weights b)
{
    seen.wide = maps;
    seen.dims = *kernel;
    seen.weights = w;
    return b.count == 0 && x ? self : NULL;
}

static void set_dims_old(void *self, struct dims32 dims)
{
    (void)self;
    seen.dims = trt_widen(dims);
}

static void set_dims_new(void *self, const struct trt_dims *dims)
{
    (void)self;
    seen.dims = *dims;
}

static struct dims32 get_dims_old(void *self)
{
    return (struct dims32){ self ? 2 : -1, { -1, 7 } };
}

static struct trt_dims get_dims_new(void *self)
{
    return (struct trt_dims){ self ? 2 : -1, { -1, INT64_C(1) << 40 } };
}

static const struct {
    int32_t version;
    int column;
} families[] = { { 8500, 0 },   { 8601, 0 },   { 100000, 1 }, { 100800, 2 },
                 { 101600, 1 }, { 110000, 3 }, { 10300, 4 },  { 10500, 5 } };
enum { N_FAMILIES = COUNT_OF(families) };

static void dimensions_cross(void **state)
{
    static struct trt t;
    static struct fake f;
    (void)state;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        pretend(&t, families[i].version, families[i].column);
        const bool old = t.family == TRT_8;
        const struct trt_dims dims = { 3, { -1, 5, 6 } }, big = { 1, { INT64_C(1) << 40 } };

        struct trt_network *n = fake_object(&f, &t, TRT_NetworkDefinition_addInput,
                                            old ? (trt_function)add_input_old : (trt_function)add_input_new, false);
        assert_non_null(trt_add_input(&t, n, "x", TRT_HALF, &dims));
        assert_string_equal(seen.name, "x");
        assert_int_equal(seen.type, TRT_HALF);
        assert_int_equal(seen.dims.n, 3);
        assert_int_equal(seen.dims.d[0], -1);
        assert_int_equal(seen.dims.d[2], 6);
        assert_int_equal(trt_add_input(&t, n, "x", TRT_HALF, &big) == NULL, old);
        assert_null(trt_add_input(&t, NULL, "x", TRT_HALF, &dims));

        n = fake_object(&f, &t, TRT_NetworkDefinition_addConvolutionNd,
                        old ? (trt_function)add_convolution_old : (trt_function)add_convolution_new, false);
        const struct trt_weights w = { TRT_FLOAT, &seen, 12 }, none = { TRT_FLOAT, NULL, 0 };
        assert_non_null(trt_add_convolution(&t, n, (struct trt_tensor *)n, 33, &dims, w, none));
        assert_int_equal(seen.wide, 33);
        assert_int_equal(seen.dims.d[1], 5);
        assert_ptr_equal(seen.weights.values, &seen);
        assert_int_equal(seen.weights.count, 12);
        assert_null(trt_add_convolution(&t, n, NULL, 33, &dims, w, none));

        void *tensor = fake_object(&f, &t, TRT_Tensor_getDimensions,
                                   old ? (trt_function)get_dims_old : (trt_function)get_dims_new, false);
        struct trt_dims got = trt_tensor_dims(&t, tensor);
        assert_int_equal(got.n, 2);
        assert_int_equal(got.d[0], -1);
        assert_int_equal(got.d[1], old ? 7 : INT64_C(1) << 40);
        assert_int_equal(trt_tensor_dims(&t, NULL).n, -1);
    }
}

/* A setter of another kind of layer does not reach into it. */
static void layers_are_told_apart(void **state)
{
    static struct trt t;
    static struct fake f;
    const struct trt_dims dims = { 2, { 3, 4 } };
    (void)state;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        pretend(&t, families[i].version, families[i].column);
        const bool old = t.family == TRT_8;
        struct trt_layer *l = fake_object(&f, &t, TRT_PoolingLayer_setStrideNd,
                                          old ? (trt_function)set_dims_old : (trt_function)set_dims_new, true);
        fake_kind = 3; /* kPOOLING everywhere */
        seen.dims.n = 0;
        assert_int_equal(trt_layer_kind(&t, l), TRT_LAYER_POOLING);
        assert_true(trt_window_set_strides(&t, l, &dims));
        assert_int_equal(seen.dims.d[1], 4);
        assert_false(trt_window_set_dilations(&t, l, &dims));
        assert_false(trt_activation_set_alpha(&t, l, 1));
        assert_non_null(t.missing);
        fake_kind = 2;
        assert_false(trt_window_set_strides(&t, l, &dims));
        assert_false(trt_window_set_strides(&t, NULL, &dims));
    }
}

/* -- callbacks ----------------------------------------------------------------------------------------------------- */

static char notes[2000];

static void note(void *user, const char *text)
{
    (void)user;
    snprintf(notes + strlen(notes), sizeof notes - strlen(notes), "%s\n", text);
}

/* As the library sees the object: a pointer to a table. */
static trt_function callback(const void *object, const struct trt *t, enum trt_method method)
{
    const trt_function *table;
    memcpy(&table, object, sizeof table);
    assert_true(trt_slot(t, method) >= 0);
    return table[trt_slot(t, method)];
}

static void log_is_kept(void **state)
{
    static struct trt t;
    struct tfp_context ctx = { .note = note };
    (void)state;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        pretend(&t, families[i].version, families[i].column);
        t.ctx = &ctx;
        notes[0] = 0;
        void (*log)(void *, int32_t, const char *) =
            (void (*)(void *, int32_t, const char *))callback(&t.logger, &t, TRT_Logger_log);
        log(&t.logger, TRT_SEVERITY_WARNING, "not asked for");
        t.verbosity = 1;
        log(&t.logger, TRT_SEVERITY_WARNING, "a warning\n");
        log(&t.logger, TRT_SEVERITY_INFO, "not asked for");
        log(&t.logger, TRT_SEVERITY_ERROR, "first");
        log(&t.logger, TRT_SEVERITY_INTERNAL_ERROR, "second\n");
        assert_contains(notes, "a warning\n");
        assert_null(strstr(notes, "not asked"));
        assert_int_equal(trt_fail(&ctx, &t, TFP_E_UNSUPPORTED, "layer %d", 7), TFP_E_UNSUPPORTED);
        assert_string_equal(ctx.text, "layer 7: first; second");
        for (int k = 0; k < 1000; k++) log(&t.logger, TRT_SEVERITY_ERROR, "one of very many errors");
        trt_fail(&ctx, &t, TFP_E_UNSUPPORTED, "many");
        assert_contains(ctx.text, "more errors)");
        assert_int_equal(trt_slot(&t, TRT_Logger_getInterfaceInfo) >= 0, t.family == TRT_11 || t.family == TRT_RTX15);
    }
}

static struct {
    char last[200];
    int stop_at;
} told;

static bool step(void *user, const char *phase, const char *parent, int32_t done, int32_t total)
{
    (void)user;
    snprintf(told.last, sizeof told.last, "%s<%s> %d/%d", phase, parent ? parent : "", done, total);
    return done != told.stop_at;
}

static void progress_is_told(void **state)
{
    static struct trt t;
    const struct trt_progress progress = { step, NULL };
    (void)state;
    for (size_t i = 2; i < N_FAMILIES; i++) {
        pretend(&t, families[i].version, families[i].column);
        t.progress = &progress;
        told.stop_at = 3;
        void *m = &t.monitor;
        void (*start)(void *, const char *, const char *, int32_t) =
            (void (*)(void *, const char *, const char *, int32_t))callback(m, &t, TRT_ProgressMonitor_phaseStart);
        bool (*complete)(void *, const char *, int32_t) =
            (bool (*)(void *, const char *, int32_t))callback(m, &t, TRT_ProgressMonitor_stepComplete);
        void (*finish)(void *, const char *) =
            (void (*)(void *, const char *))callback(m, &t, TRT_ProgressMonitor_phaseFinish);
        start(m, "Building", NULL, 5);
        start(m, "Tactics", "Building", 9);
        assert_true(complete(m, "Tactics", 0));
        assert_string_equal(told.last, "Tactics<Building> 1/9");
        finish(m, "Tactics");
        assert_string_equal(told.last, "Tactics<Building> -1/9");
        assert_true(complete(m, "Building", 0));
        assert_string_equal(told.last, "Building<> 1/5");
        assert_false(complete(m, "Building", 2));
        assert_false(complete(m, "Building", 3)); /* once stopped, stopped */
        for (int k = 0; k < 100; k++)
            start(m, "a name that is longer than what is kept of it, which is not much at all", "b", 1);
        assert_false(complete(m, "a name that is longer than what is kept of it, which is not much at all", 0));
    }
}

static void *allocate(void *user, const char *tensor, void *memory, uint64_t size, uint64_t alignment, void *stream)
{
    (void)tensor, (void)stream, (void)memory;
    return size == 100 && alignment == 256 ? user : NULL;
}

static void shape(void *user, const char *tensor, const struct trt_dims *dims)
{
    (void)user, (void)tensor;
    seen.dims = *dims;
}

static void time_of(void *user, const char *name, float milliseconds)
{
    (void)milliseconds;
    *(const char **)user = name;
}

static void outputs_and_times(void **state)
{
    static struct trt t;
    (void)state;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        int here;
        const char *layer = NULL;
        pretend(&t, families[i].version, families[i].column);
        struct trt_allocator a = { .allocate = allocate, .shape = shape, .user = &here };
        struct trt_profiler p = { .layer = time_of, .user = &layer };
        trt_allocator_init(&t, &a);
        trt_profiler_init(&t, &p);
        if (trt_has(&t, TRT_OutputAllocator_reallocateOutput)) {
            void *(*sync)(void *, const char *, void *, uint64_t, uint64_t) =
                (void *(*)(void *, const char *, void *, uint64_t, uint64_t))callback(
                    a.object, &t, TRT_OutputAllocator_reallocateOutput);
            assert_ptr_equal(sync(a.object, "y", NULL, 100, 256), &here);
        }
        if (trt_has(&t, TRT_OutputAllocator_reallocateOutputAsync)) {
            void *(*async)(void *, const char *, void *, uint64_t, uint64_t, void *) =
                (void *(*)(void *, const char *, void *, uint64_t, uint64_t, void *))callback(
                    a.object, &t, TRT_OutputAllocator_reallocateOutputAsync);
            assert_ptr_equal(async(a.object, "y", NULL, 100, 256, NULL), &here);
        }
        const struct dims32 narrow = { 2, { 8, 9 } };
        const struct trt_dims wide = { 2, { 8, 9 } };
        void (*notify)(void *, const char *, const void *) =
            (void (*)(void *, const char *, const void *))callback(a.object, &t, TRT_OutputAllocator_notifyShape);
        notify(a.object, "y", t.family == TRT_8 ? (const void *)&narrow : (const void *)&wide);
        assert_int_equal(seen.dims.n, 2);
        assert_int_equal(seen.dims.d[1], 9);
        void (*report)(void *, const char *, float) =
            (void (*)(void *, const char *, float))callback(p.object, &t, TRT_Profiler_reportLayerTime);
        report(p.object, "conv1", 1.5f);
        assert_string_equal(layer, "conv1");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_slot_twice),
        cmocka_unit_test(no_destructor_is_called),
        cmocka_unit_test(layer_kinds_differ),
        cmocka_unit_test(slots_are_the_files),
        cmocka_unit_test(flags_are_the_files),
        cmocka_unit_test(versions),
        cmocka_unit_test(methods_come_with_versions),
        cmocka_unit_test(dimensions_cross),
        cmocka_unit_test(layers_are_told_apart),
        cmocka_unit_test(log_is_kept),
        cmocka_unit_test(progress_is_told),
        cmocka_unit_test(outputs_and_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
