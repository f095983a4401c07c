/* Which memory a command needed. usage: pages FILE COMMAND ARGUMENT...
 * Runs the command and prints its peak resident memory and how much of FILE the system's cache holds then, both in KiB: a
 * hole of a fresh file is in the cache only where somebody read it. Exits as the command does. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* KiB; -1: cannot be told. */
static long cached(const char *path)
{
    struct stat st;
    long page = sysconf(_SC_PAGESIZE), pages = 0;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0) return -1;
    size_t n = ((size_t)st.st_size + (size_t)page - 1) / (size_t)page;
    unsigned char *held = malloc(n);
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (!held || map == MAP_FAILED || mincore(map, (size_t)st.st_size, held) != 0) return -1;
    for (size_t i = 0; i < n; i++) pages += held[i] & 1;
    free(held);
    return pages * (page / 1024);
}

int main(int argc, char **argv)
{
    struct rusage usage;
    int status;
    if (argc < 3) return 2;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) return 2;
    printf("peak %ld cached %ld\n", usage.ru_maxrss, cached(argv[1]));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
