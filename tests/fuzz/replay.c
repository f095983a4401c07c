/* Runs a fuzz target over files, or over all files of folders, with any compiler: the main() that libFuzzer otherwise
 * brings. Prints how many were run; fails when a file cannot be read or none is there.
 *
 * usage: replay FILE|FOLDER..          files as inputs
 *        replay --random FROM COUNT    random bytes, the same each time: inputs FROM .. FROM + COUNT - 1. The one that fails
 *                                      is left in the working folder as random_NUMBER_of_PROGRAM. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
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

/* -- random inputs ------------------------------------------------------------------------------------------------- */

enum { LONGEST_RANDOM = 400 };

/* Numbers of the state's own (splitmix64), so that every machine has the same. */
static uint64_t next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Written before and removed behind, since a target that finds something ends the program. */
static int run_random(unsigned long number)
{
    uint8_t data[LONGEST_RANDOM];
    char path[128];
    uint64_t state = number;
    size_t n = 2 + next(&state) % (LONGEST_RANDOM - 1);
    for (size_t i = 0; i < n; i++) data[i] = (uint8_t)next(&state);
    snprintf(path, sizeof path, "random_%lu_of_%.40s", number, program_invocation_short_name);
    FILE *file = fopen(path, "wb");
    bool kept = file && fwrite(data, 1, n, file) == n;
    if (!file || fclose(file) != 0 || !kept) return fail(path);
    int done = run_file(path, n);
    remove(path);
    return done;
}

static int run_randoms(const char *from, const char *count)
{
    const unsigned long first = strtoul(from, NULL, 10), n = strtoul(count, NULL, 10);
    for (unsigned long i = first; i < first + n; i++)
        if (run_random(i) < 0) return -1;
    return (int)n;
}

int main(int argc, char **argv)
{
    int done = 0;
    if (argc == 4 && strcmp(argv[1], "--random") == 0) {
        done = run_randoms(argv[2], argv[3]);
        argc = 1;
    }
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
