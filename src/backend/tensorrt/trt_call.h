/* Calling a method of a TensorRT object: for the files of the facade alone. */
#ifndef TFP_TRT_CALL_H
#define TFP_TRT_CALL_H

#include "backend/tensorrt/trt_api.h"

/* Dimensions and permutations as they cross the border. */
struct dims32 {
    int32_t n, d[TRT_MAX_DIMS];
};
struct permutation {
    int32_t order[TRT_MAX_DIMS];
};
struct interface_info {
    const char *kind;
    int32_t major, minor;
};

enum { TRT_SEVERITY_INTERNAL_ERROR, TRT_SEVERITY_ERROR, TRT_SEVERITY_WARNING, TRT_SEVERITY_INFO, TRT_SEVERITY_VERBOSE };
enum { TRT_INFORMATION_ONELINE, TRT_INFORMATION_JSON };

/* A method's place in the virtual table; -1: this library lacks it. */
int trt_slot(const struct trt *t, enum trt_method method);
/* The cell of a row of trt_slots.def for this library: a number, or -1. */
int trt_cell(const struct trt *t, const int32_t *cells);
enum { TRT_N_COLUMNS = 6 };
#define SINCE(number, minor) ((minor) << 16 | (number))

/* A method of one object: what it takes as `this`, and its code; NULL for a NULL object, a method that the library
 * lacks or a layer of another kind (the last two are noted in t->missing). */
struct trt_call {
    void *self;
    trt_function function;
};
struct trt_call trt_call_of(struct trt *t, void *object, enum trt_method method);

/* METHOD names the call; CALL casts it to the C++ method's type (result, parameters with the object first) and calls
 * it. */
#define METHOD(object, method) const struct trt_call call = trt_call_of(t, (object), TRT_##method)
#define CALL(result, types, ...) ((result(*) types)call.function)(call.self, __VA_ARGS__)
#define CALL0(result) ((result(*)(void *))call.function)(call.self)

/* TensorRT 8 has 32-bit dimensions and passes them by value. */
#define BY_VALUE (t->family == TRT_8)
/* True too where there is nothing to narrow; false, noted, when a number does not fit. */
bool trt_narrow(struct trt *t, const struct trt_dims *from, struct dims32 *to);
struct trt_dims trt_widen(struct dims32 from);
/* Methods that take or give dimensions and nothing else. */
bool trt_set_dims(struct trt *t, void *object, enum trt_method method, const struct trt_dims *dims);
struct trt_dims trt_get_dims(struct trt *t, void *object, enum trt_method method);
#define TRT_NO_DIMS ((struct trt_dims){ .n = -1 })

/* An int64_t parameter that is 32 bits wide in TensorRT 8. */
bool trt_set_wide(struct trt *t, void *object, enum trt_method method, int64_t value);

/* Setters of one number: a function each. FLAT for C++ methods that return nothing, TOLD for those that return bool. */
#define FLAT(name, object, class_method, here, there)                                                                  \
    bool name(struct trt *t, object o, here value)                                                                     \
    {                                                                                                                  \
        METHOD(o, class_method);                                                                                       \
        if (call.function) CALL(void, (void *, there), (there)value);                                                  \
        return call.function != NULL;                                                                                  \
    }
#define TOLD(name, object, class_method, here, there)                                                                  \
    bool name(struct trt *t, object o, here value)                                                                     \
    {                                                                                                                  \
        METHOD(o, class_method);                                                                                       \
        return call.function && CALL(bool, (void *, there), (there)value);                                             \
    }
/* Getters of one value. */
#define GIVE(name, object, class_method, result, there, otherwise)                                                     \
    result name(struct trt *t, object o)                                                                               \
    {                                                                                                                  \
        METHOD(o, class_method);                                                                                       \
        return call.function ? (result)CALL0(there) : otherwise;                                                       \
    }

/* trt_callbacks.c: the objects that the library calls. */
void trt_callbacks_init(struct trt *t);

#endif
