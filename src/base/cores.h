/* Cores of this machine. */
#ifndef TFP_BASE_CORES_H
#define TFP_BASE_CORES_H

#include <stddef.h>

/* The cores that this process may use, but no more than an equal part where so many processes (0 is 1) divide the machine. At least 1. */
int cores_for_one_of(size_t processes);

#endif
