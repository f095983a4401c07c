/* The processes that the matrix' cells run in. A worker serves one task after the other, since libraries take seconds to start;
 * one that crashes, takes too long or too much memory costs the task it was at, and another takes its place. */
#include "matrix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WORKERS = 256, LOOK_EVERY_MS = 20 };

struct worker {
    pid_t pid;  /* 0: none */
    int to, from, log; /* pipes; what it prints */
    bool busy;
    size_t task;
    double since;
    enum work_end killed; /* why, where the pool did it; WORK_ANSWERED: it did not */
    struct page answer;   /* as far as it has come */
};

struct workers {
    const struct pool *pool;
    struct worker at[MOST_WORKERS];
    size_t n;
    bool drained, stopped; /* no more tasks; done() wants an end */
};

/* -- starting and ending --------------------------------------------------------------------------------------------- */

/* In the child: it goes with its parent, however that ends. */
_Noreturn static void become_worker(pid_t parent, const int in[2], const int out[2], int log)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(TFP_E_SYSTEM);
    if (dup2(in[0], STDIN_FILENO) < 0 || dup2(out[1], STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) _exit(TFP_E_SYSTEM);
    execl("/proc/self/exe", "tfport", "matrix-worker", "--quiet", (char *)NULL);
    _exit(TFP_E_SYSTEM);
}

static void close_all(const int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fds[i] >= 0) close(fds[i]);
}

static bool start(struct worker *w)
{
    int in[2] = { -1, -1 }, out[2] = { -1, -1 };
    pid_t parent = getpid();
    *w = (struct worker){ .log = memfd_create("log", MFD_CLOEXEC) };
    if (w->log >= 0) fcntl(w->log, F_SETFL, O_APPEND);
    bool fine = w->log >= 0 && pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0;
    w->pid = fine ? fork() : -1;
    if (w->pid == 0) become_worker(parent, in, out, w->log);
    if (w->pid < 0) {
        const int fds[] = { in[0], in[1], out[0], out[1], w->log };
        close_all(fds, sizeof fds / sizeof *fds);
        w->pid = 0;
        return false;
    }
    close(in[0]);
    close(out[1]);
    w->to = in[1];
    w->from = out[0];
    return true;
}

/* Waits for it; the status of waitpid(). */
static int end(struct worker *w)
{
    int status = 0;
    const int fds[] = { w->to, w->from, w->log };
    if (!w->pid) return 0;
    close(w->to); /* an idle one ends by itself */
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {}
    close_all(fds + 1, 2);
    free(w->answer.at);
    *w = (struct worker){ 0 };
    return status;
}

/* -- tasks --------------------------------------------------------------------------------------------------------- */

/* Most fit the pipe; a worker that ended takes nothing, which its end tells later. */
static void send_line(struct worker *w, const char *line)
{
    if (write_all(w->to, line, strlen(line))) write_all(w->to, "\n", 1);
}

/* False: a process cannot be started. */
static bool give(struct workers *ws, struct worker *w)
{
    char *line = ws->drained || ws->stopped ? NULL : ws->pool->next(ws->pool->user, &w->task);
    if (!line) {
        ws->drained = true;
        return true;
    }
    if (!w->pid) {
        size_t task = w->task;
        if (!start(w)) return free(line), false;
        w->task = task;
    }
    if (ftruncate(w->log, 0) != 0) tell("a worker's output cannot be emptied: %s", strerror(errno));
    w->busy = true;
    w->since = seconds_now();
    send_line(w, line);
    free(line);
    return true;
}

static void tell_done(struct workers *ws, size_t task, const struct work_result *r)
{
    if (!ws->pool->done(ws->pool->user, task, r)) ws->stopped = true;
}

/* The last line that a worker printed. */
static void read_last_line(int log, char room[300])
{
    char text[1024];
    off_t size = lseek(log, 0, SEEK_END), from = size > (off_t)sizeof text ? size - (off_t)sizeof text : 0;
    ssize_t n = pread(log, text, sizeof text, from);
    room[0] = '\0';
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r')) n--;
    ssize_t at = n;
    while (at > 0 && text[at - 1] != '\n') at--;
    if (n > 0) snprintf(room, 300, "%.*s", (int)(n - at), text + at);
}

/* Its pipe has ended. */
static void take_end(struct workers *ws, struct worker *w)
{
    char output[300];
    struct work_result r = { .output = output, .seconds = seconds_now() - w->since };
    const enum work_end killed = w->killed;
    const bool busy = w->busy;
    const size_t task = w->task;
    read_last_line(w->log, output);
    int status = end(w);
    r.number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    r.end = killed != WORK_ANSWERED ? killed : WIFSIGNALED(status) ? WORK_SIGNAL : WORK_EXIT;
    if (busy) tell_done(ws, task, &r);
}

static void take_line(struct workers *ws, struct worker *w)
{
    w->answer.at[w->answer.n - 1] = '\0';
    const struct work_result r = { .end = WORK_ANSWERED, .line = w->answer.at, .output = "", .seconds = seconds_now() - w->since };
    w->busy = false;
    tell_done(ws, w->task, &r);
    w->answer.n = 0;
}

static void take(struct workers *ws, struct worker *w)
{
    char room[65536];
    ssize_t n = read(w->from, room, sizeof room);
    if (n < 0 && errno == EINTR) return;
    if (n <= 0) {
        take_end(ws, w);
        return;
    }
    page_add_bytes(&w->answer, room, (size_t)n);
    if (w->answer.failed) kill(w->pid, SIGKILL);
    else if (w->answer.at[w->answer.n - 1] == '\n') take_line(ws, w);
}

/* -- limits -------------------------------------------------------------------------------------------------------- */

/* Memory of its own, without files that it maps; 0: not known. */
static uint64_t memory_of(pid_t pid)
{
    char path[64], line[256];
    unsigned long long kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "RssAnon: %llu", &kilobytes) == 1) break;
    if (f) fclose(f);
    return kilobytes * 1024;
}

static void look_after(const struct pool *p, struct worker *w)
{
    if (!w->busy || w->killed != WORK_ANSWERED) return;
    if (p->timeout > 0 && seconds_now() - w->since > p->timeout) w->killed = WORK_TIMEOUT;
    else if (p->memory && memory_of(w->pid) > p->memory) w->killed = WORK_MEMORY;
    if (w->killed != WORK_ANSWERED) kill(w->pid, SIGKILL);
}

/* What a worker keeps from one task to the next must not count against a later one. */
static void replace_large(const struct pool *p, struct worker *w)
{
    if (w->pid && !w->busy && p->memory && memory_of(w->pid) > p->memory / 2) end(w);
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Waits for answers a short while. False: nobody is at work. */
static bool attend(struct workers *ws)
{
    struct pollfd fds[MOST_WORKERS];
    struct worker *of[MOST_WORKERS];
    nfds_t n = 0;
    for (size_t i = 0; i < ws->n; i++) {
        if (!ws->at[i].busy) continue;
        fds[n] = (struct pollfd){ .fd = ws->at[i].from, .events = POLLIN };
        of[n++] = &ws->at[i];
    }
    if (n && poll(fds, n, LOOK_EVERY_MS) > 0)
        for (nfds_t i = 0; i < n; i++)
            if (fds[i].revents) take(ws, of[i]);
    for (size_t i = 0; i < ws->n; i++) {
        look_after(ws->pool, &ws->at[i]);
        replace_large(ws->pool, &ws->at[i]);
    }
    return n > 0;
}

int pool_run(const struct pool *p)
{
    static struct workers ws; /* too large for the stack */
    int code = TFP_OK;
    ws = (struct workers){ .pool = p, .n = p->jobs < 1 ? 1 : p->jobs > MOST_WORKERS ? MOST_WORKERS : (size_t)p->jobs };
    signal(SIGPIPE, SIG_IGN); /* of a worker that ended while it was told its task */
    do
        for (size_t i = 0; i < ws.n && code == TFP_OK; i++)
            if (!ws.at[i].busy && !give(&ws, &ws.at[i])) code = refuse(TFP_E_SYSTEM, "no process can be started: %s", strerror(errno));
    while (attend(&ws));
    for (size_t i = 0; i < ws.n; i++) end(&ws.at[i]);
    return code;
}
