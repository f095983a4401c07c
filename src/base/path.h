/* Paths that a file names: a stranger may have chosen them. */
#ifndef TFP_BASE_PATH_H
#define TFP_BASE_PATH_H

#include "base/bytes.h"

/* A relative path that does not leave the folder it is taken from: not empty, no ".." among its parts, no NUL, no
 * separator (of any system) in front. Links are not looked at: see path_lies_in(). */
bool path_is_inside(struct bytes path);
/* The file is there and, links followed, lies in the folder or below. */
bool path_lies_in(const char *folder, const char *path);

#endif
