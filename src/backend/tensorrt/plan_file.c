/* Plans on disk: beside their description, or bundled with it. */
#include "backend/tensorrt/plan_file.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A bundle: magic, version, length of the JSON (32 bits each), offset and length of the plan (64 bits each), the JSON,
 * zeros, the plan. All numbers are little-endian. */
static const char magic[8] = { '\x89', 'T', 'F', 'P', 'P', 'L', 'A', 'N' };
enum { BUNDLE_VERSION = 1, HEADER = 32, PLAN_ALIGN = 4096, LARGEST_JSON = 4 << 20 };

/* TensorRT's plans begin with one of these; TensorRT-RTX's with the last. */
static const char plan_magic[][4] = { { 'f', 't', 'r', 't' }, { 'p', 't', 'r', 't' }, { 'v', 't', 'r', 't' } };

/* -- bundles ------------------------------------------------------------------------------------------------------- */

bool plan_is_bundle(struct bytes file)
{
    return file.n >= sizeof magic && memcmp(file.at, magic, sizeof magic) == 0;
}

static bool all_zero(const char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at[i]) return false;
    return true;
}

tfp_status plan_bundle_open(struct tfp_context *ctx, const char *where, struct bytes file, struct bytes *json,
                            struct bytes *plan)
{
    struct cursor c = cursor_of(file.at, file.n);
    struct bytes padding;
    uint32_t version = 0, json_n = 0;
    uint64_t at = 0, n = 0;
    if (!plan_is_bundle(file)) return tfp_fail(ctx, TFP_E_FORMAT, "%s: not an engine bundle", where);
    if (!cursor_take(&c, sizeof magic, &padding) || !cursor_le32(&c, &version) || !cursor_le32(&c, &json_n) ||
        !cursor_le64(&c, &at) || !cursor_le64(&c, &n))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: the engine bundle ends in its header", where);
    if (version != BUNDLE_VERSION)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: engine bundle of version %u; version %d is known", where, version,
                        BUNDLE_VERSION);
    if (json_n > LARGEST_JSON || !cursor_take(&c, json_n, json))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: a description of %u bytes does not fit into the engine bundle", where,
                        json_n);
    if (at < cursor_offset(&c) || at > file.n || n != file.n - at)
        return tfp_fail(ctx, TFP_E_FORMAT,
                        "%s: the engine bundle has %zu bytes, its plan is said to be %llu bytes from %llu on", where,
                        file.n, (unsigned long long)n, (unsigned long long)at);
    if (!cursor_take(&c, (size_t)at - cursor_offset(&c), &padding) || !all_zero(padding.at, padding.n))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: bytes between description and plan of the engine bundle", where);
    return cursor_take(&c, (size_t)n, plan) ? TFP_OK : tfp_fail(ctx, TFP_E_FORMAT, "%s: cut off", where);
}

static void put_le(uint8_t *to, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++) to[i] = (uint8_t)(value >> 8 * i);
}

static tfp_status write_bundle_head(struct file_out *f, struct bytes json, size_t plan_n)
{
    static const char zeros[PLAN_ALIGN];
    uint8_t head[HEADER];
    size_t end = HEADER + json.n, at = (end + PLAN_ALIGN - 1) / PLAN_ALIGN * PLAN_ALIGN;
    memcpy(head, magic, sizeof magic);
    put_le(head + 8, BUNDLE_VERSION, 4);
    put_le(head + 12, json.n, 4);
    put_le(head + 16, at, 8);
    put_le(head + 24, plan_n, 8);
    TFP_TRY(file_write(f, head, sizeof head));
    TFP_TRY(file_write(f, json.at, json.n));
    return file_write(f, zeros, at - end);
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

/* `head`: what a bundle has before the plan; its `at` NULL: none. */
static tfp_status write_file(struct tfp_context *ctx, const char *path, struct bytes head, struct bytes body)
{
    struct file_out f;
    TFP_TRY(file_create(ctx, path, &f));
    tfp_status status = head.at ? write_bundle_head(&f, head, body.n) : TFP_OK;
    if (status == TFP_OK) status = file_write(&f, body.at, body.n);
    if (status == TFP_OK) status = file_commit(&f);
    file_abandon(&f);
    return status;
}

/* "PATH.json" on the heap; NULL: out of memory. */
static char *sidecar_of(const char *path)
{
    struct text t = { 0 };
    text_add(&t, "%s.json", path);
    return text_take(&t);
}

/* The plan first: between the two renames, an old description beside it is of another plan and refused as that. */
static tfp_status write_pair(struct tfp_context *ctx, const char *path, struct bytes plan, struct bytes json)
{
    const struct bytes none = { 0 };
    char *sidecar = sidecar_of(path);
    tfp_status status = sidecar ? write_file(ctx, path, none, plan) : tfp_no_memory(ctx);
    if (status == TFP_OK) status = write_file(ctx, sidecar, none, json);
    free(sidecar);
    return status;
}

tfp_status plan_file_write(struct tfp_context *ctx, const char *path, struct bytes plan, const struct plan_info *info,
                           bool bundle)
{
    struct text json = { 0 };
    tfp_status status = plan_json_encode(ctx, info, plan, &json);
    const struct bytes text = { json.at, json.n };
    if (status == TFP_OK && json.n > LARGEST_JSON)
        status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: the engine's description has %zu bytes, %d are the most", path,
                          json.n, LARGEST_JSON);
    if (status == TFP_OK) status = bundle ? write_file(ctx, path, text, plan) : write_pair(ctx, path, plan, text);
    text_free(&json);
    return status;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static tfp_status read_sidecar(struct tfp_context *ctx, struct arena *arena, const char *sidecar, struct bytes plan,
                               struct plan_info *out)
{
    struct buffer *map;
    TFP_TRY(buffer_map(ctx, sidecar, &map));
    tfp_status status = map->size > LARGEST_JSON
                            ? tfp_fail(ctx, TFP_E_FORMAT, "%s: %zu bytes are too many for a description of an engine",
                                       sidecar, map->size)
                            : plan_json_decode(ctx, arena, sidecar, (struct bytes){ map->data, map->size }, plan, out);
    buffer_drop(map);
    return status;
}

static tfp_status read_beside(struct tfp_context *ctx, struct arena *arena, const char *path, struct bytes plan,
                              struct plan_info *out, bool *told)
{
    char *sidecar = sidecar_of(path);
    if (!sidecar) return tfp_no_memory(ctx);
    *told = access(sidecar, F_OK) == 0;
    tfp_status status = *told ? read_sidecar(ctx, arena, sidecar, plan, out) : TFP_OK;
    free(sidecar);
    return status;
}

static tfp_status read_map(struct tfp_context *ctx, struct arena *arena, const char *path, struct bytes file,
                           struct bytes *plan, struct plan_info *out, bool *told)
{
    struct bytes json;
    if (!file.n) return tfp_fail(ctx, TFP_E_FORMAT, "%s: the file is empty", path);
    if (!plan_is_bundle(file)) {
        *plan = file;
        return read_beside(ctx, arena, path, file, out, told);
    }
    *told = true;
    TFP_TRY(plan_bundle_open(ctx, path, file, &json, plan));
    return plan_json_decode(ctx, arena, path, json, *plan, out);
}

tfp_status plan_file_read(struct tfp_context *ctx, struct arena *arena, const char *path, struct buffer **map,
                          struct bytes *plan, struct plan_info *out, bool *told)
{
    struct buffer *file;
    *map = NULL;
    *out = (struct plan_info){ 0 };
    *told = false;
    TFP_TRY(buffer_map(ctx, path, &file));
    tfp_status status = read_map(ctx, arena, path, (struct bytes){ file->data, file->size }, plan, out, told);
    if (status == TFP_OK) *map = file;
    else buffer_drop(file);
    return status;
}

static bool is_plan(const char *start, size_t n)
{
    bool is = plan_is_bundle((struct bytes){ start, n });
    for (size_t i = 0; i < sizeof plan_magic / sizeof plan_magic[0]; i++)
        is = is || (n >= 4 && memcmp(start, plan_magic[i], 4) == 0);
    return is;
}

bool plan_file_probe(const char *path)
{
    char start[sizeof magic];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, start, sizeof start);
    if (fd >= 0) close(fd);
    if (n < 0) return false;
    if (is_plan(start, (size_t)n)) return true;
    char *sidecar = sidecar_of(path);
    struct tfp_context ctx = { 0 };
    struct arena arena = { 0 };
    struct plan_info info;
    bool told = sidecar && access(sidecar, F_OK) == 0 &&
                read_sidecar(&ctx, &arena, sidecar, (struct bytes){ 0 }, &info) == TFP_OK;
    arena_free(&arena);
    free(sidecar);
    return told;
}
