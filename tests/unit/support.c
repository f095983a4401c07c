#include "support.h"

#include "base/text.h"

#include <dlfcn.h>
#include <ftw.h>

/* -- expectations -------------------------------------------------------------------------------------------------- */

void support_ok(const tfp_context *ctx, tfp_status status, const char *file, int line)
{
    if (status == TFP_OK) return;
    print_error("status %d: %s\n", (int)status, tfp_context_message(ctx));
    _fail(file, line);
}

void support_contains(const char *text, const char *part, const char *file, int line)
{
    if (text && strstr(text, part)) return;
    print_error("'%s' is not in: %s\n", part, text ? text : "(nothing)");
    _fail(file, line);
}

/* -- fixtures ------------------------------------------------------------------------------------------------------ */

int context_setup(void **state)
{
    tfp_context *ctx;
    if (tfp_context_create(&ctx) != TFP_OK) return -1;
    *state = ctx;
    return 0;
}

int context_teardown(void **state)
{
    tfp_context_destroy(*state);
    return 0;
}

static void keep_note(void *user, const char *text)
{
    struct scratch *s = user;
    snprintf(s->note, sizeof s->note, "%s", text);
}

int scratch_setup(void **state)
{
    struct scratch *s = calloc(1, sizeof *s);
    if (!s || tfp_context_create(&s->ctx) != TFP_OK) return -1;
    tfp_context_on_note(s->ctx, keep_note, s);
    *state = s;
    return 0;
}

int scratch_teardown(void **state)
{
    struct scratch *s = *state;
    arena_free(&s->arena);
    tfp_context_destroy(s->ctx);
    free(s);
    return 0;
}

void find_symbol(const char *library, const char *name, void *to)
{
    void *opened = dlopen(library, RTLD_NOW), *at = opened ? dlsym(opened, name) : NULL;
    if (!at) fail_msg("%s", dlerror());
    memcpy(to, &at, sizeof at);
}

/* -- files --------------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/tfport-test-XXXXXX";
static bool made;

static struct path {
    struct path *next;
    char *text;
} *paths;

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info, (void)type, (void)place;
    return remove(path);
}

void remove_folder(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void remove_own(void)
{
    for (struct path *p = paths, *next; p; p = next) {
        next = p->next;
        free(p->text);
        free(p);
    }
    remove_folder(folder);
}

const char *temp_folder(void)
{
    if (!made) assert_true(mkdtemp(folder) && atexit(remove_own) == 0);
    made = true;
    return folder;
}

const char *temp_path(const char *name)
{
    for (const struct path *p = paths; p; p = p->next)
        if (strcmp(p->text + sizeof folder, name) == 0) return p->text;
    struct path *p = malloc(sizeof *p);
    assert_true(p && asprintf(&p->text, "%s/%s", temp_folder(), name) > 0);
    p->next = paths;
    paths = p;
    return p->text;
}

char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) fail_msg("%s cannot be read", path);
    const long size = ftell(f);
    char *at = size < 0 ? NULL : malloc((size_t)size + 1);
    assert_non_null(at);
    rewind(f);
    assert_int_equal(fread(at, 1, (size_t)size, f), size);
    fclose(f);
    at[size] = '\0';
    if (n) *n = (size_t)size;
    return at;
}

void write_file(const char *path, const void *at, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f) fail_msg("%s cannot be written", path);
    assert_int_equal(fwrite(at, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

void copy_file(const char *from, const char *to)
{
    size_t n;
    char *at = read_file(from, &n);
    write_file(to, at, n);
    free(at);
}

void write_text(const char *path, const char *format, ...)
{
    char *text;
    va_list list;
    va_start(list, format);
    const int n = vasprintf(&text, format, list);
    va_end(list);
    assert_true(n >= 0);
    write_file(path, text, (size_t)n);
    free(text);
}

tfp_status collect(void *user, const void *at, size_t n)
{
    text_add_bytes(user, at, n);
    return TFP_OK;
}

/* -- files that must fail ------------------------------------------------------------------------------------------ */

static bool split_row(char *line, char **column, size_t columns)
{
    size_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; at && n < columns; n++) {
        column[n] = at;
        at = strchr(at, '\t');
        if (at && n + 1 < columns) *at++ = '\0';
    }
    return n == columns;
}

/* `now` gets the row as it would be right; false: it is another one. */
static bool run_row(char **column, size_t n_given, tfp_status (*attempt)(tfp_context *ctx, char **given), struct text *now)
{
    tfp_context *ctx;
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    for (size_t i = 0; i < n_given; i++) text_add(now, "%s\t", column[i]);
    const int code = (int)attempt(ctx, column);
    const char *message = code ? tfp_context_message(ctx) : "";
    text_add(now, "%d\t%s\n", code, message);
    const bool same = code == atoi(column[n_given]) && strcmp(message, column[n_given + 1]) == 0;
    if (!same)
        print_error("%s: %d %s\n  expected: %s %s\n", column[0], code, message, column[n_given], column[n_given + 1]);
    tfp_context_destroy(ctx);
    return same;
}

void run_expected(const char *where, size_t n_given, tfp_status (*attempt)(tfp_context *ctx, char **given))
{
    char line[8192], *column[EXPECTED_MOST];
    struct text now = { 0 };
    size_t rows = 0, wrong = 0;
    assert_int_equal(chdir(where), 0);
    FILE *table = fopen("expected.tsv", "r");
    assert_non_null(table);
    for (; fgets(line, sizeof line, table); rows++) {
        assert_true(split_row(line, column, n_given + 2));
        wrong += !run_row(column, n_given, attempt, &now);
    }
    fclose(table);
    if (getenv("TFP_ACCEPT")) write_text("expected.tsv", "%s", now.at);
    text_free(&now);
    assert_true(rows > 0);
    assert_int_equal(wrong, 0);
}
