/* A folder of samples, each a folder of its own with a NAME.npy for every input. */
#ifndef TFP_CLI_SAMPLES_H
#define TFP_CLI_SAMPLES_H

#include "command.h"

struct samples {
    char **folders; /* paths, sorted by name */
    size_t n;
};

/* Lists the folders in `dir`, which may be none. The exit code; samples_free() follows in any case. */
int samples_list(const char *dir, struct samples *s);
void samples_free(struct samples *s);
/* The file of an input or output in a sample's folder; a `/` in its name is a folder. False: the name leads out of it, or is too
 * long. */
bool sample_path(const char *folder, const char *name, char *room, size_t n);

/* Makes every folder on the way to `path`. The exit code. */
int make_folders(char *path);
/* Removes the halves of `path` that killed processes left beside it. */
void remove_halves(const char *path);

#endif
