/* A Triton server for tests in one process: its functions as the backend calls them, over plain structs. */
#ifndef FAKE_TRITON_H
#define FAKE_TRITON_H

#include "triton/triton_api.h"

enum { FAKE_MOST = 8 };

struct TRITONSERVER_Error {
    int code;
    char message[512];
};
struct TRITONBACKEND_Input {
    const char *name;
    int64_t dims[4];
    uint32_t rank;
    const void *pieces[2];
    uint64_t sizes[2];
    uint32_t n_pieces;
    int memory;
};
struct TRITONBACKEND_Output {
    char name[64];
    int datatype;
    int64_t dims[4];
    uint32_t rank;
    void *data;
    uint64_t size;
};
struct TRITONBACKEND_Response {
    struct TRITONBACKEND_Output outputs[FAKE_MOST];
    size_t n;
    int sent, code; /* code -1: no error */
    char message[512];
};
struct TRITONBACKEND_Request {
    struct TRITONBACKEND_Input inputs[FAKE_MOST];
    size_t n_inputs;
    const char *outputs[FAKE_MOST];
    uint32_t n_outputs;
    bool cancelled;
    struct TRITONBACKEND_Response response;
    int released, successes, failures;
};
struct TRITONBACKEND_Model {
    const char *folder, *config;
    void *state;
};
struct TRITONBACKEND_ModelInstance {
    struct TRITONBACKEND_Model *model;
    int kind;
    void *state;
    uint64_t runs, rows;
};

/* Frees what the answers of a request hold. */
void fake_request_end(struct TRITONBACKEND_Request *r);

#endif
