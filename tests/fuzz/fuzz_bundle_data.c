/* The data file of a checkpoint of version 2 under an index that fits it: strings (as many as the first byte says),
 * bools, halves, and bytes in two parts. */
#include "checkpoint_files.h"
#include "weights/slice_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { FLOAT16 = 19, STRING = 7, BOOL = 10, UINT8 = 4 };

/* Type and shape of a BundleEntryProto; one dimension. */
static void put_array(struct text *t, uint64_t dtype, uint64_t elements)
{
    struct text dim = { 0 }, shape = { 0 };
    put_field(&dim, 1, elements);
    put_message(&shape, 2, bytes_in(&dim));
    put_field(t, 1, dtype);
    put_message(t, 2, bytes_in(&shape));
    text_free(&dim);
    text_free(&shape);
}

static void put_place(struct text *t, uint64_t offset, const uint8_t *data, uint64_t size)
{
    put_field(t, 4, offset);
    put_field(t, 5, size);
    put_number(t, 6 << 3 | 5);
    put_fixed(t, crc32c_mask(crc32c(0, data + offset, size)), 4);
}

static void put_entry(struct text *block, struct bytes key, struct text *entry)
{
    put_pair(block, key, bytes_in(entry));
    text_free(entry);
}

static void put_whole(struct text *block, const char *key, uint64_t dtype, uint64_t elements, const uint8_t *data,
                      uint64_t size)
{
    struct text e = { 0 };
    put_array(&e, dtype, elements);
    put_place(&e, 0, data, size);
    put_entry(block, bytes_of(key), &e);
}

static struct weights_slice half(size_t n, int which)
{
    int64_t first = (int64_t)n / 2;
    return (struct weights_slice){ 1, { which ? first : 0 }, { which ? (int64_t)n - first : first } };
}

static void put_part(struct text *block, const uint8_t *data, size_t n, int which)
{
    struct weights_slice s = half(n, which);
    struct text e = { 0 }, key = { 0 };
    put_array(&e, UINT8, (uint64_t)s.length[0]);
    put_place(&e, (uint64_t)s.start[0], data, (uint64_t)s.length[0]);
    slice_key(&key, "parts", &s);
    put_entry(block, (struct bytes){ key.at, key.n }, &e);
    text_free(&key);
}

static void put_in_parts(struct text *block, size_t n)
{
    struct text e = { 0 };
    put_array(&e, UINT8, n);
    for (int i = 0; i < 2; i++) {
        struct weights_slice s = half(n, i);
        struct text extent = { 0 }, slice = { 0 };
        put_field(&extent, 1, (uint64_t)s.start[0]);
        put_field(&extent, 2, (uint64_t)s.length[0]);
        put_message(&slice, 1, bytes_in(&extent));
        put_message(&e, 7, bytes_in(&slice));
        text_free(&extent);
        text_free(&slice);
    }
    put_entry(block, bytes_of("parts"), &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[128];
    struct text block = { 0 }, file = { 0 };
    size_t strings = n ? data[0] : 0;
    if (n < 2) return 0; /* two parts that are not empty; their keys would not ascend */
    put_pair(&block, bytes_of(""), (struct bytes){ "\x08\x01", 2 });
    put_part(&block, data, n, 0);
    put_part(&block, data, n, 1);
    put_whole(&block, "bools", BOOL, n, data, n);
    put_whole(&block, "halves", FLOAT16, n / 2, data, n / 2 * 2);
    put_in_parts(&block, n);
    struct text e = { 0 };
    put_array(&e, STRING, strings);
    put_field(&e, 4, 1);
    put_field(&e, 5, n - 1);
    put_entry(&block, bytes_of("strings"), &e);
    finish_table(&block, &file);
    write_checkpoint_file("x.data-00000-of-00001", data, n, path, sizeof path);
    write_checkpoint_file("x.index", file.at, file.n, path, sizeof path);
    check_checkpoint(path);
    text_free(&file);
    return 0;
}
