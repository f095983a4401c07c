/* Object graphs of TensorFlow 2: that of a SavedModel whose graph and functions are always the same, and that of the
 * checkpoint beside it. The input: size of the first (varint), the first, the second. */
#include "checkpoint_files.h"
#include "model_sources.h"
#include "schema/tensorflow_proto.h"

extern const struct frontend tensorflow_saved_model;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Fields of SavedModel, MetaGraphDef, BundleHeaderProto, BundleEntryProto. */
enum { META_GRAPHS = 2, OBJECT_GRAPH = 7, NUM_SHARDS = 1, DTYPE = 1, SHAPE = 2, OFFSET = 4, SIZE = 5 };

/* The file's meta graph, which has no object graph, with this one. */
static void make_model(struct bytes objects, struct text *out)
{
    static struct buffer *file;
    struct tfp_context ctx = { 0 };
    struct text meta = { 0 };
    if (!file && buffer_map(&ctx, TEST_DATA "/saved_models/functions.meta", &file) != TFP_OK) abort();
    text_add_bytes(&meta, file->data, file->size);
    put_message(&meta, OBJECT_GRAPH, objects);
    put_message(out, META_GRAPHS, bytes_in(&meta));
    text_free(&meta);
}

/* Arrays follow one another in the data file. Checksums stay out: they are not verified. */
static void put_array(struct text *table, struct text *data, const char *key, int32_t type, struct bytes shape,
                      struct bytes content)
{
    struct text entry = { 0 };
    put_field(&entry, DTYPE, (uint64_t)type);
    put_message(&entry, SHAPE, shape);
    put_field(&entry, OFFSET, data->n);
    put_field(&entry, SIZE, content.n);
    put_pair(table, bytes_of(key), bytes_in(&entry));
    if (content.n) text_add_bytes(data, content.at, content.n);
    text_free(&entry);
}

/* A string in a data file: its length, the length's checksum, its bytes. */
static void put_object_graph(struct text *table, struct text *data, struct bytes objects)
{
    struct text content = { 0 };
    put_number(&content, objects.n);
    put_fixed(&content, 0, 4);
    if (objects.n) text_add_bytes(&content, objects.at, objects.n);
    put_array(table, data, "_CHECKPOINTABLE_OBJECT_GRAPH", TFPB_DT_STRING, (struct bytes){ NULL, 0 }, bytes_in(&content));
    text_free(&content);
}

static void write_variables(struct bytes objects, char *path, size_t room)
{
    static const char numbers[24], two_by_three[] = "\x12\x02\x08\x02\x12\x02\x08\x03", three[] = "\x12\x02\x08\x03";
    struct text block = { 0 }, data = { 0 }, file = { 0 };
    put_pair(&block, (struct bytes){ NULL, 0 }, (struct bytes){ (const char[]){ NUM_SHARDS << 3, 1 }, 2 });
    put_object_graph(&block, &data, objects);
    put_array(&block, &data, "bias/.ATTRIBUTES/VARIABLE_VALUE", TFPB_DT_FLOAT, bytes_of(three),
              (struct bytes){ numbers, 12 });
    put_array(&block, &data, "encoder/kernel/.ATTRIBUTES/VARIABLE_VALUE", TFPB_DT_FLOAT, bytes_of(two_by_three),
              (struct bytes){ numbers, 24 });
    finish_table(&block, &file);
    write_checkpoint_file("x.data-00000-of-00001", data.at, data.n, path, room);
    write_checkpoint_file("x.index", file.at, file.n, path, room);
    text_free(&data);
    text_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[128];
    struct cursor c = cursor_of(data, n);
    uint64_t n_first;
    struct bytes first, second;
    struct text model = { 0 };
    struct tfp_model_options options = TFP_INIT(options);
    if (!cursor_varint(&c, &n_first) || n_first > cursor_left(&c) || !cursor_take(&c, (size_t)n_first, &first)) return 0;
    cursor_take(&c, cursor_left(&c), &second);
    make_model(first, &model);
    write_variables(second, path, sizeof path);
    options.weights = path;
    options.no_verify = true;
    try_model(&tensorflow_saved_model, TEST_DATA "/saved_model.pb", model.at, model.n, &options);
    text_free(&model);
    return 0;
}
