/* A launcher that binds its processes says with their affinity what each may use; one that does not leaves all cores to all of them, and
 * threads that wait for one another while others have their cores are slower than one thread by orders of magnitude. */
#include "base/cores.h"

#include <sched.h>
#include <unistd.h>

int cores_for_one_of(size_t processes)
{
    cpu_set_t mine;
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    const long all = online > 0 ? online : 1;
    const long usable = sched_getaffinity(0, sizeof mine, &mine) == 0 ? CPU_COUNT(&mine) : all; /* it fails above 1024 cores */
    const long part = processes > (size_t)all ? 1 : all / (long)(processes ? processes : 1);
    return (int)(usable < part ? usable : part);
}
