/* bundle.json: written as text, read with jansson, checked by the same rules on both sides. */
#include "api/bundle_file.h"

#include "base/path.h"
#include "codec/fields.h"

#include <stdio.h>
#include <string.h>

enum { FORMAT = 1, MOST_FILES = 4 };

static const char *const roles[CUT_SIDES] = { "prefix", "core", "suffix" };
static const char *const kinds[] = { "onnx", "plan" };

/* -- writing ------------------------------------------------------------------------------------------------------- */

static void add_from(struct text *t, const struct tfp_parts_info *info, struct part_from from)
{
    text_add(t, "{");
    if (from.part < 0) {
        fields_add_string(t, "input", info->inputs[from.index].name);
    } else {
        fields_add_string(t, "part", info->parts[from.part].role);
        text_add(t, ", ");
        fields_add_string(t, "output", info->parts[from.part].outputs[from.index].name);
    }
    text_add(t, "}");
}

static void add_froms(struct text *t, const char *key, const struct tfp_parts_info *info, const struct part_from *from, size_t n)
{
    text_add(t, ",\n \"%s\": [", key);
    for (size_t i = 0; i < n; i++) {
        text_add(t, "%s\n  ", i ? "," : "");
        add_from(t, info, from[i]);
    }
    text_add(t, "]");
}

static void add_ops(struct text *t, const struct tfp_part *part)
{
    text_add(t, ",\n \"ops\": [");
    for (size_t i = 0; i < part->n_ops; i++) {
        const struct tfp_part_op *op = &part->ops[i];
        text_add(t, "%s\n  {", i ? "," : "");
        fields_add_string(t, "op", op->op);
        text_add(t, ", \"count\": %zu, ", op->count);
        fields_add_string(t, "reason", op->reason);
        text_add(t, ", ");
        fields_add_string(t, "node", op->node);
        text_add(t, "}");
    }
    text_add(t, "]");
}

static void add_part(struct text *t, const struct tfp_parts *p, size_t k)
{
    const struct tfp_part *part = &p->info.parts[k];
    const struct part_wires *w = &p->wires[k];
    text_add(t, "{");
    fields_add_string(t, "role", part->role);
    text_add(t, ", ");
    fields_add_string(t, "kind", part->kind);
    text_add(t, ",\n \"files\": [");
    for (size_t i = 0; i < w->n_files; i++) {
        text_add(t, "%s{", i ? ", " : "");
        fields_add_string(t, "path", w->files[i].path);
        text_add(t, ", \"bytes\": %llu, \"crc32c\": %u}", (unsigned long long)w->files[i].bytes, w->files[i].crc32c);
    }
    text_add(t, "]");
    fields_add_tensors(t, "inputs", part->inputs, part->n_inputs);
    add_froms(t, "from", &p->info, w->inputs, part->n_inputs);
    fields_add_tensors(t, "outputs", part->outputs, part->n_outputs);
    add_ops(t, part);
    text_add(t, "}");
}

tfp_status bundle_json_encode(struct tfp_context *ctx, const struct tfp_parts *p, struct text *out)
{
    const struct tfp_parts_info *info = &p->info;
    TFP_TRY(parts_check(ctx, TFP_E_UNSUPPORTED, "the bundle's description", p));
    text_add(out, "{\"tfport_bundle\": %d, ", FORMAT);
    fields_add_string(out, "tfport", tfp_version());
    text_add(out, ",\n \"source\": {");
    fields_add_string(out, "format", info->format);
    text_add(out, ", ");
    fields_add_string(out, "producer", info->producer);
    text_add(out, "}");
    fields_add_tensors(out, "inputs", info->inputs, info->n_inputs);
    fields_add_tensors(out, "outputs", info->outputs, info->n_outputs);
    add_froms(out, "from", info, p->results, info->n_outputs);
    text_add(out, ",\n\"parts\": [");
    for (size_t k = 0; k < info->n_parts; k++) {
        text_add(out, "%s\n", k ? "," : "");
        add_part(out, p, k);
    }
    text_add(out, "]}\n");
    return out->failed ? tfp_no_memory(ctx) : TFP_OK;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* {"input": NAME} or {"part": ROLE, "output": NAME}; parts from `end` on stand behind. */
static tfp_status take_from(struct fields *r, const json_t *j, const struct tfp_parts *p, size_t end, struct part_from *out)
{
    const json_t *input = json_object_get(j, "input");
    const char *name, *role;
    if (input) {
        TFP_TRY(fields_string(r, input, "input", &name));
        return parts_find(&p->info, -1, name, out) ? TFP_OK : fields_wrong(r, "input", "an input of the bundle");
    }
    TFP_TRY(fields_string(r, json_object_get(j, "part"), "part", &role));
    TFP_TRY(fields_string(r, json_object_get(j, "output"), "output", &name));
    for (size_t k = 0; k < end; k++)
        if (strcmp(p->parts[k].role, role) == 0 && parts_find(&p->info, (int32_t)k, name, out)) return TFP_OK;
    return fields_wrong(r, "", "an output of a part that stands before it");
}

static tfp_status take_froms(struct fields *r, const json_t *j, const struct tfp_parts *p, size_t end, size_t expected,
                             const struct part_from **out)
{
    struct part_from *from = NULL;
    size_t n;
    r->place[0] = '\0';
    TFP_TRY(fields_list(r, j, "from", sizeof *from, &from, &n));
    if (n != expected) return fields_wrong(r, "from", "as many entries as there are values");
    for (size_t i = 0; i < n; i++) {
        snprintf(r->place, sizeof r->place, "from[%zu]", i);
        TFP_TRY(take_from(r, json_array_get(j, i), p, end, &from[i]));
    }
    *out = from;
    return TFP_OK;
}

static tfp_status take_file(struct fields *r, const json_t *j, struct part_file *out)
{
    const json_t *bytes = json_object_get(j, "bytes"), *sum = json_object_get(j, "crc32c");
    TFP_TRY(fields_string(r, json_object_get(j, "path"), "path", &out->path));
    if (!path_is_inside(bytes_of(out->path))) return fields_wrong(r, "path", "a path that stays in the bundle's folder");
    if (!json_is_integer(bytes) || json_integer_value(bytes) < 0) return fields_wrong(r, "bytes", "a size");
    if (!json_is_integer(sum) || json_integer_value(sum) < 0 || json_integer_value(sum) > UINT32_MAX)
        return fields_wrong(r, "crc32c", "a number of 32 bits");
    out->bytes = (uint64_t)json_integer_value(bytes);
    out->crc32c = (uint32_t)json_integer_value(sum);
    return TFP_OK;
}

static tfp_status take_files(struct fields *r, const json_t *j, struct part_wires *out)
{
    r->place[0] = '\0';
    TFP_TRY(fields_list(r, j, "files", sizeof *out->files, &out->files, &out->n_files));
    if (!out->n_files || out->n_files > MOST_FILES) return fields_wrong(r, "files", "a list of 1 to 4 files");
    for (size_t i = 0; i < out->n_files; i++) {
        snprintf(r->place, sizeof r->place, "files[%zu]", i);
        TFP_TRY(take_file(r, json_array_get(j, i), &out->files[i]));
    }
    return TFP_OK;
}

static tfp_status take_ops(struct fields *r, const json_t *j, struct tfp_part *out)
{
    struct tfp_part_op *ops = NULL;
    r->place[0] = '\0';
    TFP_TRY(fields_list(r, j, "ops", sizeof *ops, &ops, &out->n_ops));
    for (size_t i = 0; i < out->n_ops; i++) {
        const json_t *item = json_array_get(j, i);
        int32_t count;
        snprintf(r->place, sizeof r->place, "ops[%zu]", i);
        TFP_TRY(fields_string(r, json_object_get(item, "op"), "op", &ops[i].op));
        TFP_TRY(fields_string(r, json_object_get(item, "reason"), "reason", &ops[i].reason));
        TFP_TRY(fields_string(r, json_object_get(item, "node"), "node", &ops[i].node));
        TFP_TRY(fields_int32(r, json_object_get(item, "count"), "count", &count));
        ops[i].count = (size_t)count;
    }
    out->ops = ops;
    return TFP_OK;
}

static tfp_status take_part(struct fields *r, const json_t *j, struct tfp_parts *p, size_t k, int *role)
{
    struct tfp_part *part = &p->parts[k];
    int kind = 0, before = *role;
    snprintf(r->place, sizeof r->place, "parts[%zu]", k);
    TFP_TRY(fields_word(r, json_object_get(j, "role"), "role", roles, CUT_SIDES, role));
    if (*role <= before) return fields_wrong(r, "role", "prefix, core and suffix in this order, each once,");
    TFP_TRY(fields_word(r, json_object_get(j, "kind"), "kind", kinds, 2, &kind));
    if (kind && *role != CUT_CORE) return fields_wrong(r, "kind", "onnx, as the part is none for a device,");
    part->role = roles[*role];
    part->kind = kinds[kind];
    TFP_TRY(take_files(r, json_object_get(j, "files"), &p->wires[k]));
    part->file = p->wires[k].files[0].path;
    TFP_TRY(fields_tensors(r, json_object_get(j, "inputs"), "inputs", &part->inputs, &part->n_inputs));
    TFP_TRY(fields_tensors(r, json_object_get(j, "outputs"), "outputs", &part->outputs, &part->n_outputs));
    TFP_TRY(take_froms(r, json_object_get(j, "from"), p, k, part->n_inputs, &p->wires[k].inputs));
    return take_ops(r, json_object_get(j, "ops"), part);
}

static tfp_status take_parts(struct fields *r, const json_t *j, struct tfp_parts *p)
{
    int role = -1;
    r->place[0] = '\0';
    TFP_TRY(fields_list(r, j, "parts", sizeof *p->parts, &p->parts, &p->info.n_parts));
    p->info.parts = p->parts;
    if (!p->info.n_parts || p->info.n_parts > CUT_SIDES) return fields_wrong(r, "parts", "a list of 1 to 3 parts");
    if (!(p->wires = ARENA_ARRAY(r->arena, struct part_wires, p->info.n_parts))) return tfp_no_memory(r->ctx);
    for (size_t k = 0; k < p->info.n_parts; k++) TFP_TRY(take_part(r, json_array_get(j, k), p, k, &role));
    return TFP_OK;
}

static tfp_status take_all(struct fields *r, const json_t *root, struct tfp_parts *p)
{
    const json_t *source = json_object_get(root, "source");
    struct tfp_parts_info *info = &p->info;
    int32_t format = 0;
    if (!json_is_object(root)) return fields_wrong(r, "", "an object");
    TFP_TRY(fields_int32(r, json_object_get(root, "tfport_bundle"), "tfport_bundle", &format));
    if (format != FORMAT)
        return tfp_fail(r->ctx, TFP_E_FORMAT, "%s: bundle of version %d; version %d is known", r->where, format, FORMAT);
    TFP_TRY(fields_string(r, json_object_get(root, "tfport"), "tfport", &info->tfport));
    TFP_TRY(fields_string(r, json_object_get(source, "format"), "source.format", &info->format));
    TFP_TRY(fields_string(r, json_object_get(source, "producer"), "source.producer", &info->producer));
    TFP_TRY(fields_tensors(r, json_object_get(root, "inputs"), "inputs", &info->inputs, &info->n_inputs));
    TFP_TRY(fields_tensors(r, json_object_get(root, "outputs"), "outputs", &info->outputs, &info->n_outputs));
    TFP_TRY(take_parts(r, json_object_get(root, "parts"), p));
    TFP_TRY(take_froms(r, json_object_get(root, "from"), p, info->n_parts, info->n_outputs, &p->results));
    return parts_check(r->ctx, TFP_E_FORMAT, r->where, p);
}

tfp_status bundle_json_decode(struct tfp_context *ctx, const char *where, struct bytes json, struct tfp_parts *out)
{
    struct fields r = { .ctx = ctx, .arena = &out->arena, .where = where };
    json_error_t error;
    json_t *root = json_loadb(json.n ? json.at : "", json.n, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: not JSON: line %d: %s", where, error.line, error.text);
    tfp_status status = take_all(&r, root, out);
    json_decref(root);
    return status;
}
