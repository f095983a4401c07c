/* Which files a checkpoint's path means. The files are made in a folder of their own; only their names and first bytes
 * count. */
#include "weights/checkpoint_path.h"

#include "support.h"

/* An empty table ends in its magic number. */
#define TABLE "................................................\x57\xfb\x80\x8b\x24\x75\x47\xdb"

static const struct {
    const char *path, *content;
} files[] = {
    { "v2/model.ckpt-7.index", "" },
    { "v2/model.ckpt-7.data-00000-of-00002", "" },
    { "v2/model.ckpt-7.data-00001-of-00002", "" },
    { "v2/model.ckpt-7.meta", "" },
    { "v2/model.ckpt-8.index", "" },
    { "v2/checkpoint", "# the newest\nmodel_checkpoint_path: \"model.ckpt-8\"\n"
                       "all_model_checkpoint_paths: \"model.ckpt-7\"\nall_model_checkpoint_timestamps: 1.5e9\n" },
    { "moved/checkpoint", "model_checkpoint_path: \"/home/of/someone/model.ckpt-3\"\n" },
    { "moved/model.ckpt-3.index", "" },
    { "below/checkpoint", "model_checkpoint_path: \"deeper/model\"\n" },
    { "below/deeper/model.index", "" },
    { "v1/model.ckpt", TABLE },
    { "v1/model.ckpt.meta", "" },
    { "sharded/model.ckpt-00000-of-00003", TABLE },
    { "sharded/model.ckpt-00001-of-00003", TABLE },
    { "sharded/model.ckpt-00002-of-00003", TABLE },
    { "sharded/model.ckpt.meta", "" },
    { "sharded/checkpoint", "model_checkpoint_path: \"model.ckpt-?\?\?\?\?-of-00003\"\n" },
    { "both/m-00000-of-00001", TABLE },
    { "both/m-00000-of-00002", TABLE },
    { "saved/saved_model.pb", "" },
    { "saved/variables/variables.index", "" },
    { "saved/variables/variables.data-00000-of-00001", "" },
    { "session/00000123/export.meta", "" },
    { "session/00000123/export-00000-of-00001", TABLE },
    { "session/00000123/checkpoint", "model_checkpoint_path: \"/old/00000123-tmp/export-?\?\?\?\?-of-00001\"\n" },
    { "single/only.index", "" },
    { "two/a.index", "" },
    { "two/b.index", "" },
    { "versions/1/saved_model.pb", "" },
    { "versions/2/saved_model.pb", "" },
    { "twin/model/readme", "" },
    { "twin/model.index", "" },
    { "graph/only.meta", "" },
    { "other/checkpoint", "something else\n" },
    { "other/table-0000-of-0002", TABLE },
    { "other/train-00001-of-00001", TABLE },
};

static int make_files(void **state)
{
    char command[512];
    (void)state;
    if (chdir(temp_folder()) != 0) return -1;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const char *slash = strrchr(files[i].path, '/');
        snprintf(command, sizeof command, "mkdir -p %.*s", (int)(slash - files[i].path), files[i].path);
        if (system(command) != 0) return -1;
        write_text(files[i].path, "%s", files[i].content);
    }
    return 0;
}

static const struct {
    const char *path;
    tfp_status status;
    enum checkpoint_kind kind;
    const char *prefix, *meta;
    size_t n_shards;
} cases[] = {
    { "v2/model.ckpt-7", TFP_OK, CHECKPOINT_V2, "v2/model.ckpt-7", "v2/model.ckpt-7.meta", 0 },
    { "v2/model.ckpt-7.index", TFP_OK, CHECKPOINT_V2, "v2/model.ckpt-7", "v2/model.ckpt-7.meta", 0 },
    { "v2/model.ckpt-7.meta", TFP_OK, CHECKPOINT_V2, "v2/model.ckpt-7", "v2/model.ckpt-7.meta", 0 },
    { "v2/model.ckpt-7.data-00001-of-00002", TFP_OK, CHECKPOINT_V2, "v2/model.ckpt-7", "v2/model.ckpt-7.meta", 0 },
    { "v2/model.ckpt-7.data-00000-of-00005", TFP_OK, CHECKPOINT_V2, "v2/model.ckpt-7", "v2/model.ckpt-7.meta", 0 },
    { "v2", TFP_OK, CHECKPOINT_V2, "v2/model.ckpt-8", NULL, 0 },
    { "v2/", TFP_OK, CHECKPOINT_V2, "v2/model.ckpt-8", NULL, 0 },
    { "v2/checkpoint", TFP_OK, CHECKPOINT_V2, "v2/model.ckpt-8", NULL, 0 },
    { "v2/model.ckpt", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "v2/model.ckpt-9", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "v2/model.ckpt-9.index", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "moved", TFP_OK, CHECKPOINT_V2, "moved/model.ckpt-3", NULL, 0 },
    { "below", TFP_OK, CHECKPOINT_V2, "below/deeper/model", NULL, 0 },
    { "v1/model.ckpt", TFP_OK, CHECKPOINT_V1, "v1/model.ckpt", "v1/model.ckpt.meta", 0 },
    { "v1/model.ckpt.meta", TFP_OK, CHECKPOINT_V1, "v1/model.ckpt", "v1/model.ckpt.meta", 0 },
    { "v1", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "sharded/model.ckpt", TFP_OK, CHECKPOINT_V1_SHARDED, "sharded/model.ckpt", "sharded/model.ckpt.meta", 3 },
    { "sharded/model.ckpt.meta", TFP_OK, CHECKPOINT_V1_SHARDED, "sharded/model.ckpt", "sharded/model.ckpt.meta", 3 },
    { "sharded/model.ckpt-00002-of-00003", TFP_OK, CHECKPOINT_V1_SHARDED, "sharded/model.ckpt",
      "sharded/model.ckpt.meta", 3 },
    { "sharded/model.ckpt-?\?\?\?\?-of-00003", TFP_OK, CHECKPOINT_V1_SHARDED, "sharded/model.ckpt",
      "sharded/model.ckpt.meta", 3 },
    { "sharded", TFP_OK, CHECKPOINT_V1_SHARDED, "sharded/model.ckpt", "sharded/model.ckpt.meta", 3 },
    { "both/m", TFP_E_USAGE, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "both/m-00000-of-00002", TFP_OK, CHECKPOINT_V1_SHARDED, "both/m", NULL, 2 },
    { "saved", TFP_OK, CHECKPOINT_V2, "saved/variables/variables", NULL, 0 },
    { "saved/variables", TFP_OK, CHECKPOINT_V2, "saved/variables/variables", NULL, 0 },
    { "session/00000123", TFP_OK, CHECKPOINT_V1_SHARDED, "session/00000123/export", "session/00000123/export.meta", 1 },
    { "session", TFP_OK, CHECKPOINT_V1_SHARDED, "session/00000123/export", "session/00000123/export.meta", 1 },
    { "session/00000123/export", TFP_OK, CHECKPOINT_V1_SHARDED, "session/00000123/export",
      "session/00000123/export.meta", 1 },
    { "single", TFP_OK, CHECKPOINT_V2, "single/only", NULL, 0 },
    { "two", TFP_E_USAGE, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "versions", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "twin/model", TFP_OK, CHECKPOINT_V2, "twin/model", NULL, 0 },
    { "graph/only", TFP_OK, CHECKPOINT_GRAPH_ONLY, "graph/only", "graph/only.meta", 0 },
    { "graph/only.meta", TFP_OK, CHECKPOINT_GRAPH_ONLY, "graph/only", "graph/only.meta", 0 },
    { "other", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "other/checkpoint", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "other/table-0000-of-0002", TFP_OK, CHECKPOINT_V1, "other/table-0000-of-0002", NULL, 0 },
    { "other/train", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "nowhere/at/all", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
    { "", TFP_OK, CHECKPOINT_NONE, NULL, NULL, 0 },
};

static void same_text(const char *path, const char *found, const char *expected)
{
    if (!found != !expected || (found && strcmp(found, expected) != 0))
        fail_msg("%s: %s, not %s", path, found ? found : "nothing", expected ? expected : "nothing");
}

static void test_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena arena = { 0 };
        struct checkpoint_path found;
        tfp_context *ctx;
        assert_int_equal(tfp_context_create(&ctx), TFP_OK);
        tfp_status status = checkpoint_path_find(ctx, &arena, cases[i].path, &found);
        if (status != cases[i].status)
            fail_msg("%s: status %d, not %d: %s", cases[i].path, status, cases[i].status, tfp_context_message(ctx));
        if (status == TFP_OK) {
            if (found.kind != cases[i].kind) fail_msg("%s: kind %d, not %d", cases[i].path, found.kind, cases[i].kind);
            same_text(cases[i].path, found.prefix, cases[i].prefix);
            same_text(cases[i].path, found.meta, cases[i].meta);
            assert_int_equal(found.n_shards, cases[i].n_shards);
        }
        arena_free(&arena);
        tfp_context_destroy(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_paths) };
    return cmocka_run_group_tests(tests, make_files, NULL);
}
