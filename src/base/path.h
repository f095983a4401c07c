/* Paths: their parts, what is there, and those that a file names, which a stranger may have chosen. */
#ifndef TFP_BASE_PATH_H
#define TFP_BASE_PATH_H

#include "base/arena.h"
#include "base/bytes.h"

/* Bytes of the folder in front, with its last separator; 0: there is none. */
size_t path_folder_length(const char *path);
const char *path_last(const char *path); /* what follows that, also of other names with "/" between their parts */
/* The folder by a name that opens: "." and "/" where they are meant. NULL: memory is out. */
const char *path_folder(struct arena *a, const char *path);
bool path_is_file(const char *path); /* NULL: no */
bool path_is_folder(const char *path);

/* A relative path that does not leave the folder it is taken from: not empty, no ".." among its parts, no NUL, no
 * separator (of any system) in front. Links are not looked at: see path_lies_in(). */
bool path_is_inside(struct bytes path);
/* The file is there and, links followed, lies in the folder or below. */
bool path_lies_in(const char *folder, const char *path);

#endif
