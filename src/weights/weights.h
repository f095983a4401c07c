/* Named arrays in files: what variables of a graph are bound to, what layers take their weights from, and what
 * `tfport extract` writes. One row a format, told by content. Nothing here knows a graph.
 *
 * Opening reads names, types and shapes only; an array is read when it is asked for, and what lies in the file as the
 * array's own bytes is referred to in the file's map. */
#ifndef TFP_WEIGHTS_WEIGHTS_H
#define TFP_WEIGHTS_WEIGHTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/map.h"
#include "ir/tensor.h"

struct checkpoint_path;

/* A box of an array: `length` -1 is the whole dimension (its start is 0 then). Rank 0: the whole array. */
struct weights_slice {
    uint32_t rank;
    int64_t start[TFP_MAX_RANK], length[TFP_MAX_RANK];
};

struct weights_entry {
    const char *name;      /* the key in the file */
    tfp_dtype dtype;       /* TFP_UNDEFINED: a type that no array here can have; reading it is E_UNSUPPORTED */
    const char *type_name; /* the file's own word for the type: "float", "resource" */
    uint32_t rank;
    const int64_t *dims;   /* of the whole array, also when it is stored in parts */
    uint64_t bytes;        /* of the elements: as stored where that is known, else count * size */
    size_t n_parts;        /* parts of a partitioned variable in the order of their starts; 0: stored whole */
    const struct weights_slice *parts;
    size_t own;            /* the format's own index */
};

struct weights_file {
    const char *path;
    uint64_t size;
    bool present; /* false: named by the index and not there. Only reading an array in it is an error */
};

struct weights {
    const struct weights_format *format; /* a format's own struct begins with this one */
    struct arena arena;
    const char *path;        /* as given */
    const char *description; /* "checkpoint V2 (tensor bundle)" */
    const char *producer;    /* "" unknown */
    struct weights_entry *entries; /* sorted by name (strcmp) */
    size_t n_entries;
    size_t n_parts; /* of all arrays together, counted by parts.c */
    struct weights_file *files; /* the index first */
    size_t n_files;
};

struct weights_options {
    bool no_verify; /* do not compare checksums of arrays */
};

/* What is known of a path before its format is. */
struct weights_probe {
    const char *path; /* a file, a folder, or a prefix of file names */
    bool folder;
    struct buffer *file; /* NULL: no file of that very name */
    const struct checkpoint_path *checkpoint; /* the files of a checkpoint that the path means; kind NONE: of none */
};

struct weights_format {
    const char *name;
    /* Bits of evidence that the path is of this format; 0: not mine. Cheap. */
    int (*score)(const struct weights_probe *p);
    /* Fills path, description, entries, files of a struct of its own (weights_sort() ends it). */
    tfp_status (*open)(struct tfp_context *ctx, const struct weights_probe *p, const struct weights_options *options,
                       struct weights **out);
    /* As weights_read(), the slice checked to lie in the array. */
    tfp_status (*read)(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                       const struct weights_slice *slice, struct tensor *out);
    void (*close)(struct weights *w);
};

/* The format with the highest score; E_FORMAT when none has any: what was looked for is in the message. A folder is
 * searched for its newest checkpoint (checkpoint_path.h). */
tfp_status weights_open(struct tfp_context *ctx, const char *path, const struct weights_options *options,
                        struct weights **out);
void weights_close(struct weights *w); /* NULL passes */

/* For formats: sorts entries and refuses a name that occurs twice (E_FORMAT). */
tfp_status weights_sort(struct tfp_context *ctx, struct weights *w);

/* NULL: there is none of that name. */
const struct weights_entry *weights_find(const struct weights *w, const char *name, size_t n);
/* Up to `room` names like the wanted one, nearest first, for messages; returns how many. */
size_t weights_near(const struct weights *w, const char *name, const char **at, size_t room);

/* The array, or a box of it (NULL: all). out->data belongs to out->owner: release it; it may be misaligned as
 * tensor.h says. E_FORMAT: a checksum that differs, parts that leave a hole, a slice outside the array, a file that is
 * missing or too short; every message names the array and the file. */
tfp_status weights_read(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                        const struct weights_slice *slice, struct tensor *out);

/* For formats that store an array in parts: copies the overlap of `part` (its elements dense at `from`) with `slice` of
 * an array of these dims into `to` (dense, the slice's shape). Returns the number of elements copied. */
int64_t weights_copy_overlap(uint32_t rank, const int64_t *dims, const struct weights_slice *part, const void *from,
                             const struct weights_slice *slice, void *to, size_t element);

#endif
