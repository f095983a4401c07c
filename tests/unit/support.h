/* What unit tests share: cmocka with the headers it needs, expectations, contexts, files, tables of files that must fail. */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include "base/arena.h"
#include "tfport/tfport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define DIGITS TEST_DATA "/../../demo/digits/"
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* -- expectations -------------------------------------------------------------------------------------------------- */

/* Fails with the context's message unless the call succeeds. */
#define assert_ok(ctx, call) support_ok((ctx), (call), __FILE__, __LINE__)
void support_ok(const tfp_context *ctx, tfp_status status, const char *file, int line);
/* Fails unless `part` is in the text. */
#define assert_contains(text, part) support_contains((text), (part), __FILE__, __LINE__)
void support_contains(const char *text, const char *part, const char *file, int line);

/* -- fixtures ------------------------------------------------------------------------------------------------------ */

/* A test's state is a context. */
int context_setup(void **state);
int context_teardown(void **state);
#define CONTEXT_TEST(name) cmocka_unit_test_setup_teardown(name, context_setup, context_teardown)
/* Or a context and an arena, and the last note that was given. */
struct scratch {
    tfp_context *ctx;
    struct arena arena;
    char note[256];
};
int scratch_setup(void **state);
int scratch_teardown(void **state);
#define SCRATCH_TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
/* `to` becomes the function's address, in a library that stays loaded. */
void find_symbol(const char *library, const char *name, void *to);

/* -- files --------------------------------------------------------------------------------------------------------- */

/* A folder of this program's own, which goes when the program ends, with all that is in it; a path in it, the same one for the
 * same name. Both last as long. */
const char *temp_folder(void);
const char *temp_path(const char *name);
void remove_folder(const char *path); /* with all that is in it */
/* All bytes, a NUL behind them; n may be NULL. The caller frees them. */
char *read_file(const char *path, size_t *n);
void copy_file(const char *from, const char *to);
void write_file(const char *path, const void *at, size_t n);
void write_text(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A sink for encoders; `user` is a struct text. */
tfp_status collect(void *user, const void *at, size_t n);

/* -- files that must fail ------------------------------------------------------------------------------------------ */

enum { EXPECTED_MOST = 8 };

/* Each row of FOLDER/expected.tsv has `n_given` columns for `attempt`, then the exit code and the message that come of it. It
 * runs in the folder. With TFP_ACCEPT set, codes and messages are rewritten to what happens now. */
void run_expected(const char *folder, size_t n_given, tfp_status (*attempt)(tfp_context *ctx, char **given));

#endif
