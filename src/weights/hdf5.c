/* HDF5 through the HDF Group's library: see hdf5.h. The library gets the file as an image in memory that it neither
 * copies nor frees. Links to other files, data kept in other files and plug-ins for filters are not followed. */
#include "weights/hdf5.h"

#include <hdf5.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LONGEST_PATH = 4096,
    EXPANSION_MOST = 1032, /* what deflate, the strongest of the library's own filters, can give for one byte */
    MOST_SPLIT = 10000     /* attributes that one long list is split into */
};

static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

struct hdf5 {
    struct buffer *owner;
    struct bytes image;
    hid_t file;
    char plain[LONGEST_PATH]; /* a group whose path has plain links only */
};

bool hdf5_is(struct bytes file)
{
    return file.n >= 8 && memcmp(file.at, "\x89HDF\r\n\x1a\n", 8) == 0;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static void *image_lend(size_t size, H5FD_file_image_op_t op, void *udata)
{
    const struct bytes *image = udata;
    (void)op;
    return size <= image->n ? (void *)(uintptr_t)image->at : NULL;
}

static void *image_copied(void *to, const void *from, size_t size, H5FD_file_image_op_t op, void *udata)
{
    (void)size;
    (void)op;
    (void)udata;
    return to == from ? to : NULL;
}

static void *image_fixed(void *at, size_t size, H5FD_file_image_op_t op, void *udata)
{
    (void)at;
    (void)size;
    (void)op;
    (void)udata;
    return NULL;
}

static herr_t image_returned(void *at, H5FD_file_image_op_t op, void *udata)
{
    (void)at;
    (void)op;
    (void)udata;
    return 0;
}

static void *udata_same(void *udata)
{
    return udata;
}

static herr_t udata_kept(void *udata)
{
    (void)udata;
    return 0;
}

static hid_t open_image(struct hdf5 *h)
{
    H5FD_file_image_callbacks_t callbacks = { image_lend, image_copied, image_fixed, image_returned,
                                              udata_same, udata_kept,   &h->image };
    hid_t file = H5I_INVALID_HID, access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0) return access;
    if (H5Pset_fapl_core(access, 64 * 1024, 0) >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
        H5Pset_file_image(access, (void *)(uintptr_t)h->image.at, h->image.n) >= 0)
        file = H5Fopen("image", H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return file;
}

tfp_status hdf5_open(struct tfp_context *ctx, struct buffer *owner, struct bytes image, struct hdf5 **out)
{
    struct hdf5 *h = calloc(1, sizeof *h);
    if (!h) return tfp_no_memory(ctx);
    h->owner = buffer_keep(owner);
    h->image = image;
    pthread_mutex_lock(&library);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
    h->file = hdf5_is(image) ? open_image(h) : H5I_INVALID_HID;
    pthread_mutex_unlock(&library);
    *out = h;
    if (h->file >= 0) return TFP_OK;
    hdf5_close(h);
    *out = NULL;
    return tfp_fail(ctx, TFP_E_FORMAT, "damaged HDF5 file");
}

void hdf5_close(struct hdf5 *h)
{
    if (!h) return;
    pthread_mutex_lock(&library);
    if (h->file >= 0) H5Fclose(h->file);
    pthread_mutex_unlock(&library);
    buffer_drop(h->owner);
    free(h);
}

void hdf5_rest(struct hdf5 *h)
{
    if (!h || h->file < 0) return;
    pthread_mutex_lock(&library);
    H5Fclose(h->file);
    h->file = H5I_INVALID_HID;
    H5garbage_collect();
    pthread_mutex_unlock(&library);
    if (h->owner) buffer_forget(h->owner, h->image.at, h->image.n);
}

/* -- objects ------------------------------------------------------------------------------------------------------- */

static bool is_hard_link(hid_t file, const char *path)
{
    H5L_info_t info;
    return H5Lget_info(file, path, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

/* Every part of the path is a plain link within the file. The group that the last such path lies in is kept, since most
 * paths are asked for beside each other. */
static bool is_plain(struct hdf5 *h, const char *path)
{
    char part[LONGEST_PATH];
    size_t n = strlen(path), known = strlen(h->plain);
    if (n >= sizeof part) return false;
    memcpy(part, path, n + 1);
    bool beside = known && strncmp(path, h->plain, known) == 0 && path[known] == '/';
    for (char *end = part + (beside ? known + 1 : 0); (end = strchr(end, '/')); *end++ = '/') {
        *end = '\0';
        if (*part && !is_hard_link(h->file, part)) return false;
    }
    if (!is_hard_link(h->file, part)) return false;
    const char *last = strrchr(part, '/');
    size_t group = last ? (size_t)(last - part) : 0;
    memcpy(h->plain, part, group);
    h->plain[group] = '\0';
    return true;
}

/* An open object of that kind; negative: there is none. */
static hid_t open_object(struct hdf5 *h, const char *path, H5I_type_t kind)
{
    if (h->file < 0) h->file = open_image(h); /* it rested */
    if (*path && !is_plain(h, path)) return H5I_INVALID_HID;
    hid_t object = H5Oopen(h->file, *path ? path : "/", H5P_DEFAULT);
    if (object >= 0 && H5Iget_type(object) != kind) {
        H5Oclose(object);
        return H5I_INVALID_HID;
    }
    return object;
}

static bool is_kind(struct hdf5 *h, const char *path, H5I_type_t kind)
{
    pthread_mutex_lock(&library);
    hid_t object = open_object(h, path, kind);
    if (object >= 0) H5Oclose(object);
    pthread_mutex_unlock(&library);
    return object >= 0;
}

bool hdf5_is_group(struct hdf5 *h, const char *path)
{
    return is_kind(h, path, H5I_GROUP);
}

bool hdf5_is_data_set(struct hdf5 *h, const char *path)
{
    return is_kind(h, path, H5I_DATASET);
}

/* -- attributes ---------------------------------------------------------------------------------------------------- */

/* n strings that each have their own length. */
static bool read_varying(hid_t attribute, hid_t space, size_t n, struct arena *a, struct hdf5_texts *out)
{
    bool fine = false;
    char **texts = calloc(n + 1, sizeof *texts);
    hid_t type = H5Tcopy(H5T_C_S1), own = H5Aget_type(attribute);
    if (texts && type >= 0 && own >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0 &&
        H5Tset_cset(type, H5Tget_cset(own)) >= 0 && H5Aread(attribute, type, texts) >= 0) {
        fine = true;
        for (size_t i = 0; fine && i < n; i++) {
            const char *text = texts[i] ? texts[i] : "";
            fine = (out->at[i] = arena_string(a, text, strlen(text))) != NULL;
        }
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
    }
    if (own >= 0) H5Tclose(own);
    if (type >= 0) H5Tclose(type);
    free(texts);
    return fine;
}

/* n strings of one length, filled up with NULs or spaces. */
static bool read_fixed(hid_t attribute, hid_t type, size_t n, struct arena *a, struct hdf5_texts *out)
{
    size_t size = H5Tget_size(type), all;
    bool spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD, fine = false;
    char *texts = mul_size(&all, size, n) && all <= H5Aget_storage_size(attribute) ? malloc(all + 1) : NULL;
    if (texts && H5Aread(attribute, type, texts) >= 0) {
        fine = true;
        for (size_t i = 0; fine && i < n; i++) {
            size_t length = strnlen(texts + i * size, size);
            while (spaces && length && texts[i * size + length - 1] == ' ') length--;
            fine = (out->at[i] = arena_string(a, texts + i * size, length)) != NULL;
        }
    }
    free(texts);
    return fine;
}

static bool read_texts(hid_t attribute, struct arena *a, struct hdf5_texts *out)
{
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    hssize_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    bool fine = type >= 0 && n >= 0, text = fine && H5Tget_class(type) == H5T_STRING;
    *out = (struct hdf5_texts){ .n = 0 };
    if (fine && n > 0) fine = text && (hsize_t)n <= H5Aget_storage_size(attribute);
    if (fine && n > 0) fine = (out->at = ARENA_ARRAY(a, const char *, (size_t)n)) != NULL;
    if (fine && n > 0)
        fine = H5Tis_variable_str(type) > 0 ? read_varying(attribute, space, (size_t)n, a, out)
                                            : read_fixed(attribute, type, (size_t)n, a, out);
    if (fine) out->n = (size_t)n;
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    return fine;
}

/* 1: read, 0: there is none of that name, -1: damaged. */
static int read_attribute(struct hdf5 *h, const char *path, const char *name, struct arena *a, struct hdf5_texts *out)
{
    int result = -1;
    pthread_mutex_lock(&library);
    hid_t object = open_object(h, path, H5I_GROUP);
    if (object >= 0) {
        htri_t exists = H5Aexists(object, name);
        result = exists < 0 ? -1 : 0;
        hid_t attribute = exists > 0 ? H5Aopen(object, name, H5P_DEFAULT) : H5I_INVALID_HID;
        if (exists > 0) result = attribute >= 0 && read_texts(attribute, a, out) ? 1 : -1;
        if (attribute >= 0) H5Aclose(attribute);
        H5Oclose(object);
    }
    pthread_mutex_unlock(&library);
    return result;
}

static tfp_status damaged_attribute(struct tfp_context *ctx, const char *path, const char *name)
{
    return tfp_fail(ctx, TFP_E_FORMAT, "damaged HDF5 file: attribute %s of /%s", name, path);
}

tfp_status hdf5_text(struct tfp_context *ctx, struct hdf5 *h, const char *path, const char *attribute, struct arena *a,
                     const char **out)
{
    struct hdf5_texts list;
    *out = NULL;
    int code = read_attribute(h, path, attribute, a, &list);
    if (code < 0 || (code > 0 && list.n != 1)) return damaged_attribute(ctx, path, attribute);
    if (code > 0) *out = list.at[0];
    return TFP_OK;
}

static bool append(struct arena *a, struct hdf5_texts *to, const struct hdf5_texts *more)
{
    const char **all = ARENA_ARRAY(a, const char *, to->n + more->n);
    if (!all) return false;
    if (to->n) memcpy(all, to->at, to->n * sizeof *all);
    if (more->n) memcpy(all + to->n, more->at, more->n * sizeof *all);
    *to = (struct hdf5_texts){ all, to->n + more->n };
    return true;
}

tfp_status hdf5_text_list(struct tfp_context *ctx, struct hdf5 *h, const char *path, const char *attribute,
                          struct arena *a, bool *found, struct hdf5_texts *out)
{
    char name[64];
    struct hdf5_texts part;
    int code = read_attribute(h, path, attribute, a, out);
    *found = code > 0;
    for (unsigned i = 0; code == 0 && i < MOST_SPLIT; i++) {
        snprintf(name, sizeof name, "%.40s%u", attribute, i);
        int next = read_attribute(h, path, name, a, &part);
        if (next == 0) break;
        if (i == 0) *out = (struct hdf5_texts){ .n = 0 };
        if (next < 0) code = -1;
        else if (!append(a, out, &part)) return tfp_no_memory(ctx);
        *found = true;
    }
    return code < 0 ? damaged_attribute(ctx, path, attribute) : TFP_OK;
}

/* -- data sets ----------------------------------------------------------------------------------------------------- */

static tfp_dtype integer_type(hid_t type)
{
    bool with_sign = H5Tget_sign(type) != H5T_SGN_NONE;
    switch (H5Tget_size(type)) {
    case 1: return with_sign ? TFP_INT8 : TFP_UINT8;
    case 2: return with_sign ? TFP_INT16 : TFP_UINT16;
    case 4: return with_sign ? TFP_INT32 : TFP_UINT32;
    case 8: return with_sign ? TFP_INT64 : TFP_UINT64;
    default: return TFP_UNDEFINED;
    }
}

static tfp_dtype float_type(hid_t type)
{
    size_t sign, exponent_at, exponent, fraction_at, fraction;
    if (H5Tget_fields(type, &sign, &exponent_at, &exponent, &fraction_at, &fraction) < 0 || fraction_at != 0 ||
        exponent_at != fraction || sign != fraction + exponent || H5Tget_offset(type) != 0)
        return TFP_UNDEFINED;
    size_t size = H5Tget_size(type), bias = H5Tget_ebias(type);
    if (size == 4 && exponent == 8 && fraction == 23 && bias == 127) return TFP_FLOAT;
    if (size == 8 && exponent == 11 && fraction == 52 && bias == 1023) return TFP_DOUBLE;
    if (size == 2 && exponent == 5 && fraction == 10 && bias == 15) return TFP_FLOAT16;
    if (size == 2 && exponent == 8 && fraction == 7 && bias == 127) return TFP_BFLOAT16;
    return TFP_UNDEFINED;
}

/* h5py stores bools as an enumeration of FALSE and TRUE over int8. */
static tfp_dtype dtype_of(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_INTEGER: return integer_type(type);
    case H5T_FLOAT: return float_type(type);
    case H5T_ENUM: return H5Tget_size(type) == 1 && H5Tget_nmembers(type) == 2 ? TFP_BOOL : TFP_UNDEFINED;
    default: return TFP_UNDEFINED;
    }
}

static tfp_status describe(struct tfp_context *ctx, hid_t set, const char *path, struct tensor *out)
{
    hsize_t sizes[H5S_MAX_RANK];
    int64_t dims[TFP_MAX_RANK];
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    tfp_dtype dtype = type >= 0 ? dtype_of(type) : TFP_UNDEFINED;
    int rank = space >= 0 ? H5Sget_simple_extent_dims(space, sizes, NULL) : -1;
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    if (rank < 0) return tfp_fail(ctx, TFP_E_FORMAT, "damaged HDF5 file: data set /%s", path);
    if (dtype == TFP_UNDEFINED) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "data set /%s has a type that is not read", path);
    if (rank > TFP_MAX_RANK) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "data set /%s has rank %d", path, rank);
    for (int i = 0; i < rank; i++) {
        if (sizes[i] > INT64_MAX) return tfp_fail(ctx, TFP_E_FORMAT, "data set /%s is too large", path);
        dims[i] = (int64_t)sizes[i];
    }
    return tensor_describe(ctx, path, dtype, (size_t)rank, dims, out);
}

/* Whether the elements lie in the image as a tensor has them: whole, in this machine's order. */
static bool view(struct hdf5 *h, hid_t set, H5D_layout_t layout, struct tensor *t)
{
    hid_t type = H5Dget_type(set);
    bool little = type >= 0 && (t->dtype == TFP_BOOL || tfp_dtype_size(t->dtype) == 1 || H5Tget_order(type) == H5T_ORDER_LE);
    if (type >= 0) H5Tclose(type);
    haddr_t at = layout == H5D_CONTIGUOUS ? H5Dget_offset(set) : HADDR_UNDEF;
    if (!little || at == HADDR_UNDEF || at > h->image.n || t->size > h->image.n - at) return false;
    t->data = (void *)(uintptr_t)(h->image.at + at);
    if (t->size < TENSOR_MISALIGNED_FROM && !tensor_is_aligned(t)) return false;
    t->owner = buffer_keep(h->owner);
    return true;
}

static tfp_status copy(struct tfp_context *ctx, hid_t set, const char *path, struct tensor *t)
{
    hid_t type = H5Dget_type(set);
    hid_t own = type >= 0 ? H5Tcopy(type) : H5I_INVALID_HID;
    if (own >= 0 && t->dtype != TFP_BOOL) H5Tset_order(own, H5T_ORDER_LE);
    tfp_status status = tensor_allocate(ctx, t);
    if (status == TFP_OK && (own < 0 || H5Dread(set, own, H5S_ALL, H5S_ALL, H5P_DEFAULT, t->data) < 0)) {
        tensor_release(t);
        status = tfp_fail(ctx, TFP_E_FORMAT, "data set /%s cannot be read: damaged, or packed by an unknown filter", path);
    }
    if (own >= 0) H5Tclose(own);
    if (type >= 0) H5Tclose(type);
    return status;
}

static tfp_status read_set(struct tfp_context *ctx, struct hdf5 *h, hid_t set, const char *path, struct tensor *out)
{
    TFP_TRY(describe(ctx, set, path, out));
    hid_t creation = H5Dget_create_plist(set);
    H5D_layout_t layout = creation >= 0 ? H5Pget_layout(creation) : H5D_LAYOUT_ERROR;
    int elsewhere = creation >= 0 ? H5Pget_external_count(creation) : 0;
    if (creation >= 0) H5Pclose(creation);
    if (elsewhere > 0 || (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "data set /%s is kept in another file", path);
    hsize_t stored = H5Dget_storage_size(set);
    if (stored > h->image.n || out->size / EXPANSION_MOST > stored || (out->size && !stored) ||
        (layout != H5D_CHUNKED && stored < out->size))
        return tfp_fail(ctx, TFP_E_FORMAT, "data set /%s has %zu bytes, of which the file holds %llu", path, out->size,
                        (unsigned long long)stored);
    return view(h, set, layout, out) ? TFP_OK : copy(ctx, set, path, out);
}

static tfp_status with_set(struct tfp_context *ctx, struct hdf5 *h, const char *path, bool elements, struct tensor *out)
{
    *out = (struct tensor){ .dtype = TFP_UNDEFINED };
    pthread_mutex_lock(&library);
    hid_t set = open_object(h, path, H5I_DATASET);
    tfp_status status = set < 0    ? tfp_fail(ctx, TFP_E_FORMAT, "there is no data set /%s", path)
                        : elements ? read_set(ctx, h, set, path, out)
                                   : describe(ctx, set, path, out);
    if (set >= 0) H5Oclose(set);
    pthread_mutex_unlock(&library);
    return status;
}

tfp_status hdf5_describe(struct tfp_context *ctx, struct hdf5 *h, const char *path, struct tensor *out)
{
    return with_set(ctx, h, path, false, out);
}

tfp_status hdf5_read(struct tfp_context *ctx, struct hdf5 *h, const char *path, struct tensor *out)
{
    return with_set(ctx, h, path, true, out);
}
