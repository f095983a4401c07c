/* What is known of a model without running it, and of the machine: for the reports. */
#include "matrix.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { MOST_ENTRIES = 1000 }; /* of a list; how many there are is told apart */

/* -- a model ------------------------------------------------------------------------------------------------------- */

static json_t *info_json(const struct tfp_tensor_info *info)
{
    json_t *o = json_made(json_object()), *shape = info->rank < 0 ? json_null() : json_made(json_array());
    json_put(o, "name", json_text(info->name));
    json_put(o, "dtype", json_text(tfp_dtype_name(info->dtype)));
    for (int32_t i = 0; i < info->rank; i++) {
        const char *label = info->labels && info->labels[i] ? info->labels[i] : "?";
        json_add(shape, info->dims[i] < 0 ? json_text(label) : json_integer(info->dims[i]));
    }
    json_put(o, "shape", shape);
    return o;
}

static void put_interface(json_t *o, const tfp_model *m)
{
    json_t *in = json_made(json_array()), *out = json_made(json_array());
    for (size_t i = 0; i < tfp_model_n_inputs(m) && i < MOST_ENTRIES; i++) json_add(in, info_json(tfp_model_input(m, i)));
    for (size_t i = 0; i < tfp_model_n_outputs(m) && i < MOST_ENTRIES; i++) json_add(out, info_json(tfp_model_output(m, i)));
    json_put(o, "inputs", in);
    json_put(o, "outputs", out);
}

static void put_ops(json_t *o, const tfp_model *m)
{
    json_t *list = json_made(json_array());
    for (size_t i = 0; i < tfp_model_n_ops(m) && i < MOST_ENTRIES; i++) {
        const struct tfp_op_count *op = tfp_model_op(m, i);
        json_t *row = json_made(json_array());
        json_add(row, json_text(op->op));
        json_add(row, json_integer((json_int_t)op->count));
        json_add(row, json_boolean(op->supported));
        json_add(list, row);
    }
    json_put(o, "ops", list);
}

static void put_layers(json_t *o, const tfp_model *m)
{
    json_t *list = json_made(json_array());
    for (size_t i = 0; i < tfp_model_n_layers(m) && i < MOST_ENTRIES; i++) {
        const struct tfp_layer *l = tfp_model_layer(m, i);
        json_t *row = json_made(json_array());
        json_add(row, json_text(l->name));
        json_add(row, json_text(l->kind));
        json_add(row, json_text(l->output));
        json_add(row, json_integer((json_int_t)l->parameters));
        json_add(list, row);
    }
    if (json_array_size(list)) json_put(o, "layers", list);
    else json_decref(list);
}

static void put_files(json_t *o, const tfp_model *m, const char *root)
{
    json_t *list = json_made(json_array());
    for (size_t i = 0; i < tfp_model_n_files(m) && i < MOST_ENTRIES; i++) {
        const struct tfp_file *f = tfp_model_file(m, i);
        json_t *row = json_made(json_array());
        json_add(row, json_relative(f->path, root));
        json_add(row, f->present ? json_integer((json_int_t)f->size) : json_null());
        json_add(list, row);
    }
    if (json_array_size(list)) json_put(o, "files", list);
    else json_decref(list);
}

static void put_model(json_t *o, const tfp_model *m, const char *root)
{
    uint64_t elements, bytes;
    tfp_model_weights(m, &elements, &bytes);
    json_put_word(o, "format", tfp_model_format(m));
    json_put_word(o, "producer", tfp_model_producer(m));
    json_put_word(o, "tensorflow_version", tfp_model_tensorflow_version(m));
    json_put_word(o, "training", tfp_model_training(m));
    json_put_word(o, "signature", tfp_model_signature_used(m));
    if (*tfp_model_refusal(m)) json_put(o, "refusal", json_relative(tfp_model_refusal(m), root));
    json_put(o, "weight_elements", json_integer((json_int_t)elements));
    json_put(o, "weight_bytes", json_integer((json_int_t)bytes));
    json_put(o, "variables", json_integer((json_int_t)tfp_model_n_variables(m)));
    put_interface(o, m);
    put_ops(o, m);
    put_layers(o, m);
    put_files(o, m, root);
}

static void put_picture(json_t *o, const char *key, tfp_context *ctx, tfp_model *m, enum tfp_graph_kind kind)
{
    tfp_graph *g;
    if (tfp_model_graph(ctx, m, kind, &g) != TFP_OK) return;
    if (tfp_graph_n_nodes(g)) json_put(o, key, picture_of(g));
    tfp_graph_destroy(g);
}

json_t *facts_of_opened(tfp_context *ctx, tfp_model *m, const char *root)
{
    json_t *o = json_made(json_object());
    put_model(o, m, root);
    put_picture(o, "source", ctx, m, TFP_GRAPH_SOURCE);
    put_picture(o, "picture", ctx, m, TFP_GRAPH_IR);
    return o;
}

static json_t *facts_of_arrays(tfp_context *ctx, const char *path, const char *root)
{
    json_t *o = json_made(json_object());
    tfp_weights *w;
    if (tfp_weights_open(ctx, path, false, &w) != TFP_OK) {
        json_put(o, "refusal", json_relative(tfp_context_message(ctx), root));
        return o;
    }
    json_put_word(o, "format", tfp_weights_format(w));
    json_put(o, "variables", json_integer((json_int_t)tfp_weights_n(w)));
    tfp_weights_destroy(w);
    return o;
}

json_t *facts_of_model(tfp_context *ctx, const json_t *row)
{
    static struct model_arguments a; /* too large for the stack */
    tfp_model *m;
    json_t *o;
    if (!model_arguments(row, &a)) return json_made(json_object());
    if (!model_has_network(row)) return facts_of_arrays(ctx, a.path, text_of(row, "root"));
    if (tfp_model_open(ctx, a.path, &a.options, &m) != TFP_OK) {
        o = json_made(json_object());
        json_put(o, "refusal", json_relative(tfp_context_message(ctx), text_of(row, "root")));
        return o;
    }
    o = facts_of_opened(ctx, m, text_of(row, "root"));
    tfp_model_destroy(m);
    return o;
}

/* -- the machine --------------------------------------------------------------------------------------------------- */

static void put_processor(json_t *o)
{
    char line[512];
    FILE *f = fopen("/proc/cpuinfo", "re");
    while (f && fgets(line, sizeof line, f)) {
        const char *colon = strstr(line, ": ");
        if (strncmp(line, "model name", 10) != 0 || !colon) continue;
        line[strcspn(line, "\n")] = '\0';
        json_put(o, "processor", json_text(colon + 2));
        break;
    }
    if (f) fclose(f);
    json_put(o, "cores", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
}

static void put_tensorrt(json_t *o, tfp_context *ctx, const char *library)
{
    tfp_tensorrt *t;
    if (tfp_tensorrt_open(ctx, *library ? library : NULL, &t) != TFP_OK) return;
    const struct tfp_tensorrt_info *info = tfp_tensorrt_info(t);
    json_put_word(o, "tensorrt", info->name);
    json_put_word(o, "driver", info->driver);
    json_put_word(o, "no_gpu", info->no_gpu);
    json_t *gpus = json_made(json_array());
    for (size_t i = 0; i < info->n_gpus; i++) json_add(gpus, json_text(info->gpus[i].name));
    json_put(o, "gpus", gpus);
    tfp_tensorrt_destroy(t);
}

json_t *facts_of_machine(tfp_context *ctx, const json_t *task)
{
    struct utsname u;
    json_t *o = json_made(json_object());
    json_put(o, "tfport", json_text(tfp_version()));
    if (uname(&u) == 0) {
        json_put(o, "system", json_made(json_sprintf("%s %s", u.sysname, u.release)));
        json_put(o, "machine", json_text(u.machine));
    }
    put_processor(o);
    put_tensorrt(o, ctx, text_of(task, "tensorrt"));
    return o;
}
