/* The part of TensorFlow's C API that tfport calls, with our own prototypes. It is written down in tensorflow/c/c_api.h and the
 * headers that that includes, and has been kept since TensorFlow 1.0; strings are as from 2.4 on. */
#ifndef TFP_TENSORFLOW_API_H
#define TFP_TENSORFLOW_API_H

#include <stddef.h>
#include <stdint.h>

struct tf_status;
struct tf_c_graph;
struct tf_c_session;
struct tf_session_options;
struct tf_import_options;
struct tf_operation;
struct tf_tensor;
struct tf_buffer { /* TF_Buffer */
    const void *data;
    size_t length;
    void (*deallocator)(void *data, size_t length);
};
struct tf_output { /* TF_Output */
    struct tf_operation *operation;
    int index;
};
struct tf_string { /* TF_TString: opaque, so large */
    uint64_t words[3];
};

/* X(name without "TF_", result, arguments) */
#define TENSORFLOW_FUNCTIONS(X)                                                                                        \
    X(Version, const char *, (void))                                                                                   \
    X(NewStatus, struct tf_status *, (void))                                                                           \
    X(DeleteStatus, void, (struct tf_status *))                                                                        \
    X(GetCode, int, (const struct tf_status *))                                                                        \
    X(Message, const char *, (const struct tf_status *))                                                               \
    X(NewGraph, struct tf_c_graph *, (void))                                                                           \
    X(DeleteGraph, void, (struct tf_c_graph *))                                                                        \
    X(NewImportGraphDefOptions, struct tf_import_options *, (void))                                                    \
    X(DeleteImportGraphDefOptions, void, (struct tf_import_options *))                                                 \
    X(GraphImportGraphDef, void,                                                                                       \
      (struct tf_c_graph *, const struct tf_buffer *, const struct tf_import_options *, struct tf_status *))           \
    X(GraphOperationByName, struct tf_operation *, (struct tf_c_graph *, const char *))                                \
    X(OperationNumOutputs, int, (struct tf_operation *))                                                               \
    X(OperationOutputType, int, (struct tf_output))                                                                    \
    X(NewSessionOptions, struct tf_session_options *, (void))                                                          \
    X(DeleteSessionOptions, void, (struct tf_session_options *))                                                       \
    X(SetConfig, void, (struct tf_session_options *, const void *, size_t, struct tf_status *))                        \
    X(NewSession, struct tf_c_session *,                                                                               \
      (struct tf_c_graph *, const struct tf_session_options *, struct tf_status *))                                    \
    X(LoadSessionFromSavedModel, struct tf_c_session *,                                                                \
      (const struct tf_session_options *, const struct tf_buffer *, const char *, const char *const *, int,            \
       struct tf_c_graph *, struct tf_buffer *, struct tf_status *))                                                   \
    X(CloseSession, void, (struct tf_c_session *, struct tf_status *))                                                 \
    X(DeleteSession, void, (struct tf_c_session *, struct tf_status *))                                                \
    X(SessionRun, void,                                                                                                \
      (struct tf_c_session *, const struct tf_buffer *, const struct tf_output *, struct tf_tensor *const *, int,      \
       const struct tf_output *, struct tf_tensor **, int, struct tf_operation *const *, int, struct tf_buffer *,      \
       struct tf_status *))                                                                                            \
    X(AllocateTensor, struct tf_tensor *, (int type, const int64_t *dims, int rank, size_t size))                      \
    X(DeleteTensor, void, (struct tf_tensor *))                                                                        \
    X(TensorType, int, (const struct tf_tensor *))                                                                     \
    X(NumDims, int, (const struct tf_tensor *))                                                                        \
    X(Dim, int64_t, (const struct tf_tensor *, int))                                                                   \
    X(TensorByteSize, size_t, (const struct tf_tensor *))                                                              \
    X(TensorData, void *, (const struct tf_tensor *))                                                                  \
    X(StringInit, void, (struct tf_string *))                                                                          \
    X(StringCopy, void, (struct tf_string *, const char *, size_t))                                                    \
    X(StringDealloc, void, (struct tf_string *))                                                                       \
    X(StringGetDataPointer, const char *, (const struct tf_string *))                                                  \
    X(StringGetSize, size_t, (const struct tf_string *))

#endif
