#include "samples.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names of a hostile model must not lead out of the folder. */
static bool is_inside(const char *name)
{
    for (const char *s = name; s; s = (s = strchr(s, '/')) ? s + 1 : NULL)
        if (strcmp(s, "..") == 0 || strncmp(s, "../", 3) == 0) return false;
    return name[0] != '/';
}

bool sample_path(const char *folder, const char *name, char *room, size_t n)
{
    const int need = snprintf(room, n, "%s/%s.npy", folder, name);
    return is_inside(name) && need > 0 && (size_t)need < n;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_folder(const char *dir, const char *name, struct samples *s)
{
    char path[4096];
    struct stat st;
    const int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (n < 0 || (size_t)n >= sizeof path) return wrong_usage("--samples: %s is too long a name", name);
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) return TFP_OK;
    char **more = realloc(s->folders, (s->n + 1) * sizeof *more);
    if (!more) return failed(NULL, TFP_E_SYSTEM);
    s->folders = more;
    if (!(more[s->n] = strdup(path))) return failed(NULL, TFP_E_SYSTEM);
    s->n++;
    return TFP_OK;
}

int samples_list(const char *folder, struct samples *s)
{
    int code = TFP_OK;
    DIR *dir = opendir(folder);
    if (!dir) return refuse(TFP_E_SYSTEM, "--samples %s: %s", folder, strerror(errno));
    for (struct dirent *e; code == TFP_OK && (e = readdir(dir));)
        if (e->d_name[0] != '.') code = add_folder(folder, e->d_name, s);
    closedir(dir);
    if (code == TFP_OK && s->n) qsort(s->folders, s->n, sizeof *s->folders, by_name);
    return code;
}

int make_folders(char *path)
{
    for (char *s = path + 1; (s = strchr(s, '/')); s++) {
        *s = '\0';
        int failure = mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : errno;
        if (failure) return refuse(TFP_E_SYSTEM, "%s: the folder cannot be made: %s", path, strerror(failure));
        *s = '/';
    }
    return TFP_OK;
}

/* Written as PATH.PROCESS.NUMBER.part, and renamed. */
void remove_halves(const char *path)
{
    char half[4096];
    const char *name = strrchr(path, '/') + 1;
    const size_t n = strlen(name);
    const int folder = (int)(name - path);
    snprintf(half, sizeof half, "%.*s", folder, path);
    DIR *dir = opendir(half);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        const size_t length = strlen(e->d_name);
        if (length < n + sizeof ".part" || strncmp(e->d_name, name, n) != 0 || strcmp(e->d_name + length - 5, ".part") != 0 ||
            snprintf(half, sizeof half, "%.*s%s", folder, path, e->d_name) >= (int)sizeof half)
            continue;
        unlink(half);
    }
    if (dir) closedir(dir);
}

void samples_free(struct samples *s)
{
    for (size_t i = 0; i < s->n; i++) free(s->folders[i]);
    free(s->folders);
    *s = (struct samples){ NULL, 0 };
}
