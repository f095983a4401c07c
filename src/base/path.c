/* Paths. */
#include "base/path.h"

#include <stdlib.h>
#include <sys/stat.h>

size_t path_folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

const char *path_last(const char *path)
{
    return path + path_folder_length(path);
}

const char *path_folder(struct arena *a, const char *path)
{
    const size_t n = path_folder_length(path);
    return n ? arena_string(a, path, n > 1 ? n - 1 : n) : ".";
}

bool path_is_file(const char *path)
{
    struct stat st;
    return path && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool path_is_folder(const char *path)
{
    struct stat st;
    return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool path_is_inside(struct bytes path)
{
    if (!path.n || path.at[0] == '/' || path.at[0] == '\\' || memchr(path.at, 0, path.n)) return false;
    for (size_t i = 0, end; i < path.n; i = end + 1) {
        const char *slash = memchr(path.at + i, '/', path.n - i);
        end = slash ? (size_t)(slash - path.at) : path.n;
        if (end - i == 2 && memcmp(path.at + i, "..", 2) == 0) return false;
    }
    return true;
}

bool path_lies_in(const char *folder, const char *path)
{
    char *base = realpath(folder, NULL), *file = realpath(path, NULL);
    size_t n = base ? strlen(base) : 0;
    bool fine = base && file && strncmp(file, base, n) == 0 && (file[n] == '/' || (n == 1 && base[0] == '/'));
    free(base);
    free(file);
    return fine;
}
