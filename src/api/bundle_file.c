#include "api/bundle_file.h"

#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "codec/crc32c.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTION "bundle.json"
enum { LARGEST_JSON = 4 << 20 };

const char *bundle_path(struct arena *a, const char *folder, const char *name)
{
    return arena_printf(a, "%s/%s", folder, name);
}

bool tfp_is_bundle(const char *folder)
{
    struct arena arena = { 0 };
    const char *path = bundle_path(&arena, folder, DESCRIPTION);
    const bool is = path && access(path, F_OK) == 0;
    arena_free(&arena);
    return is;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static tfp_status read_description(struct tfp_context *ctx, const char *path, struct tfp_parts *p)
{
    struct buffer *map;
    TFP_TRY(buffer_map(ctx, path, &map));
    tfp_status status = map->size > LARGEST_JSON
                            ? tfp_fail(ctx, TFP_E_FORMAT, "%s: %zu bytes are too many for a description of a bundle", path, map->size)
                            : bundle_json_decode(ctx, path, (struct bytes){ map->data, map->size }, p);
    buffer_drop(map);
    return status;
}

static tfp_status check_file(struct tfp_context *ctx, struct tfp_parts *p, const char *folder, const struct part_file *f)
{
    struct buffer *map;
    const char *path = bundle_path(&p->arena, folder, f->path);
    if (!path) return tfp_no_memory(ctx);
    if (access(path, F_OK) == 0 && !path_lies_in(folder, path))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: lies outside the bundle's folder", path);
    TFP_TRY(buffer_map(ctx, path, &map));
    const size_t size = map->size;
    const bool same = size == f->bytes && crc32c(0, map->data, size) == f->crc32c;
    buffer_drop(map);
    return same ? TFP_OK : tfp_fail(ctx, TFP_E_FORMAT, "%s: was damaged, or is not of this bundle (its size or checksum differs)", path);
}

static tfp_status read_folder(struct tfp_context *ctx, const char *folder, struct tfp_parts *p)
{
    const char *path = bundle_path(&p->arena, folder, DESCRIPTION);
    if (!path) return tfp_no_memory(ctx);
    TFP_TRY(read_description(ctx, path, p));
    for (size_t k = 0; k < p->info.n_parts; k++)
        for (size_t i = 0; i < p->wires[k].n_files; i++) TFP_TRY(check_file(ctx, p, folder, &p->wires[k].files[i]));
    return TFP_OK;
}

/* The description, with which every file is compared. */
tfp_status tfp_bundle_open(tfp_context *ctx, const char *folder, tfp_parts **out)
{
    struct tfp_parts *p = calloc(1, sizeof *p);
    if (!p) return tfp_no_memory(ctx);
    tfp_status status = read_folder(ctx, folder, p);
    if (status == TFP_OK) *out = p;
    else tfp_parts_destroy(p);
    return status;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

static bool is_empty(const char *folder)
{
    DIR *d = opendir(folder);
    size_t n = 0;
    for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) n++;
    if (d) closedir(d);
    return d && n <= 2; /* . and .. */
}

tfp_status bundle_begin(struct tfp_context *ctx, const char *folder)
{
    const int failure = mkdir(folder, 0777) == 0 ? 0 : errno;
    if (!failure || (failure == EEXIST && (tfp_is_bundle(folder) || is_empty(folder)))) return TFP_OK;
    if (failure == EEXIST)
        return tfp_fail(ctx, TFP_E_USAGE, "%s: is there already and no bundle; --bundle writes a folder", folder);
    return tfp_fail(ctx, TFP_E_SYSTEM, "%s: the folder cannot be made: %s", folder, strerror(failure));
}

static tfp_status sum_file(struct tfp_context *ctx, const char *path, struct part_file *out)
{
    struct buffer *map;
    TFP_TRY(buffer_map(ctx, path, &map));
    out->bytes = map->size;
    out->crc32c = crc32c(0, map->data, map->size);
    buffer_drop(map);
    return TFP_OK;
}

tfp_status bundle_add_files(struct tfp_context *ctx, const char *folder, struct tfp_parts *p, size_t part, const char *kind,
                            const char *const *names, size_t n)
{
    struct part_wires *w = &p->wires[part];
    if (!(w->files = ARENA_ARRAY(&p->arena, struct part_file, n))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const char *path = bundle_path(&p->arena, folder, names[i]);
        if (!path) return tfp_no_memory(ctx);
        w->files[i].path = names[i];
        TFP_TRY(sum_file(ctx, path, &w->files[i]));
    }
    w->n_files = n;
    p->parts[part].kind = kind;
    p->parts[part].file = names[0];
    return TFP_OK;
}

/* The file, and the one that holds its weights where they do not fit into it. */
static tfp_status write_onnx_part(struct tfp_context *ctx, const char *folder, struct tfp_parts *p, size_t part,
                                  const struct onnx_write_options *o)
{
    const char *names[2] = { arena_printf(&p->arena, "%s.onnx", p->parts[part].role),
                             arena_printf(&p->arena, "%s.onnx.data", p->parts[part].role) };
    const char *path = names[0] ? bundle_path(&p->arena, folder, names[0]) : NULL,
               *data = names[1] ? bundle_path(&p->arena, folder, names[1]) : NULL;
    if (!path || !data) return tfp_no_memory(ctx);
    unlink(data); /* of an older bundle */
    TFP_TRY(onnx_write(ctx, p->graphs[part], path, o));
    return bundle_add_files(ctx, folder, p, part, "onnx", names, access(data, F_OK) == 0 ? 2 : 1);
}

tfp_status bundle_write_end(struct tfp_context *ctx, const char *folder, struct tfp_parts *p, size_t part)
{
    const struct onnx_write_options o = { .opset = schema_newest_opset, .external_above = UINT64_MAX, .reader = &onnx_own_reader };
    return write_onnx_part(ctx, folder, p, part, &o);
}

tfp_status bundle_finish(struct tfp_context *ctx, const char *folder, const struct tfp_parts *p)
{
    struct arena arena = { 0 };
    struct text json = { 0 };
    const char *path = bundle_path(&arena, folder, DESCRIPTION);
    tfp_status status = path ? bundle_json_encode(ctx, p, &json) : tfp_no_memory(ctx);
    if (status == TFP_OK && json.n > LARGEST_JSON)
        status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: the description has %zu bytes, %d are the most", path, json.n, LARGEST_JSON);
    if (status == TFP_OK) status = file_write_whole(ctx, path, json.at, json.n);
    text_free(&json);
    arena_free(&arena);
    return status;
}

static tfp_status write_parts(struct tfp_context *ctx, const char *folder, struct tfp_parts *p, const struct onnx_write_options *write)
{
    for (size_t k = 0; k < p->info.n_parts; k++)
        TFP_TRY(strcmp(p->parts[k].role, "core") == 0 ? write_onnx_part(ctx, folder, p, k, write)
                                                      : bundle_write_end(ctx, folder, p, k));
    return bundle_finish(ctx, folder, p);
}

tfp_status bundle_write_onnx(struct tfp_context *ctx, struct tfp_model *m, struct ir_graph *g, const char *folder,
                             const struct tfp_onnx_options *o, const struct onnx_write_options *write)
{
    struct tfp_parts *p;
    TFP_TRY(parts_of_model(ctx, m, g, o->cut_at, o->n_cut_at, &p));
    tfp_status status = bundle_begin(ctx, folder);
    if (status == TFP_OK) status = write_parts(ctx, folder, p, write);
    tfp_parts_destroy(p);
    return status;
}
