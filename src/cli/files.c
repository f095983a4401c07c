/* Paths and folders, for the matrix. */
#include "matrix.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *path_join(const char *folder, const char *name)
{
    size_t n = strlen(folder) + strlen(name) + 2;
    char *path = malloc(n);
    if (path) snprintf(path, n, "%s%s%s", name[0] == '/' ? "" : folder, name[0] == '/' || !*folder || !*name ? "" : "/", name);
    return path;
}

bool write_all(int fd, const char *at, size_t n)
{
    while (n) {
        ssize_t k = write(fd, at, n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        at += k;
        n -= (size_t)k;
    }
    return true;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *place)
{
    (void)s, (void)kind, (void)place;
    remove(path);
    return 0;
}

void remove_tree(const char *path)
{
    enum { MOST_OPEN = 16 };
    nftw(path, remove_one, MOST_OPEN, FTW_DEPTH | FTW_PHYS);
}
