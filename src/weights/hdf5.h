/* HDF5 files, read from memory through the HDF Group's library. Format: HDF5 File Format Specification 3.0. Data sets
 * that are stored whole and uncompressed are views of the memory. Calls from several threads wait for each other: the
 * library as distributions build it has one state for all. See docs/formats/keras-hdf5.md. */
#ifndef TFP_WEIGHTS_HDF5_H
#define TFP_WEIGHTS_HDF5_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "ir/tensor.h"

struct hdf5;

bool hdf5_is(struct bytes file); /* begins as an HDF5 file does */
/* `image` lies in `owner`, which gets one more owner. E_FORMAT when it is damaged. */
tfp_status hdf5_open(struct tfp_context *ctx, struct buffer *owner, struct bytes image, struct hdf5 **out);
void hdf5_close(struct hdf5 *h); /* NULL passes */
void hdf5_rest(struct hdf5 *h);  /* gives back the trees, caches and pages of the map, which the next read makes anew; NULL passes */

/* Names in groups are joined by "/"; "" is the root. */
bool hdf5_is_group(struct hdf5 *h, const char *path);
bool hdf5_is_data_set(struct hdf5 *h, const char *path);
struct hdf5_texts {
    const char **at;
    size_t n;
};
/* A string attribute of a group: *out NULL when there is none of that name. */
tfp_status hdf5_text(struct tfp_context *ctx, struct hdf5 *h, const char *path, const char *attribute, struct arena *a,
                     const char **out);
/* An attribute that is a list of strings, or several NAME0, NAME1, .. that Keras splits a long one into. *found false:
 * there is none. A list of numbers without elements is an empty list. */
tfp_status hdf5_text_list(struct tfp_context *ctx, struct hdf5 *h, const char *path, const char *attribute,
                          struct arena *a, bool *found, struct hdf5_texts *out);
/* Type and shape of a data set; data NULL. E_UNSUPPORTED for types that no tensor has. */
tfp_status hdf5_describe(struct tfp_context *ctx, struct hdf5 *h, const char *path, struct tensor *out);
/* With its elements, in memory of out->owner; release it. */
tfp_status hdf5_read(struct tfp_context *ctx, struct hdf5 *h, const char *path, struct tensor *out);

#endif
