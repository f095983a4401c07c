/* Runs a fuzz target over files, or over all files of folders, with any compiler: the main() that libFuzzer otherwise
 * brings. Prints how many were run; fails when a file cannot be read or none is there. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int fail(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return -1;
}

/* How many were run; -1: failed. */
static int run_file(const char *path, size_t n)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(n ? n : 1); /* exact, so that a sanitizer sees an overrun */
    int done = file && data && fread(data, 1, n, file) == n ? 1 : fail(path);
    if (done == 1) LLVMFuzzerTestOneInput(data, n);
    free(data);
    if (file) fclose(file);
    return done;
}

static int run_folder(const char *folder)
{
    struct dirent **names;
    int n = scandir(folder, &names, NULL, alphasort), done = 0;
    if (n < 0) return fail(folder);
    for (int i = 0; i < n; i++) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        int one = stat(path, &st) != 0 ? fail(path) : S_ISREG(st.st_mode) ? run_file(path, (size_t)st.st_size) : 0;
        done = one < 0 || done < 0 ? -1 : done + one;
        free(names[i]);
    }
    free(names);
    return done;
}

int main(int argc, char **argv)
{
    int done = 0;
    for (int i = 1; i < argc; i++) {
        struct stat st;
        int one = stat(argv[i], &st) != 0 ? fail(argv[i])
                  : S_ISDIR(st.st_mode)   ? run_folder(argv[i])
                                          : run_file(argv[i], (size_t)st.st_size);
        if (one < 0) return 1;
        done += one;
    }
    printf("%d inputs\n", done);
    return done > 0 ? 0 : 1;
}
