/* What was done already: a line of JSON for each cell, {"key": .., "result": ..}, synced one by one. A line that a killed run left
 * half is cut off. */
#include "matrix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads the whole lines and tells where they end. */
static off_t read_lines(FILE *f, json_t *results)
{
    char *line = NULL;
    size_t room = 0;
    off_t whole = 0;
    ssize_t n;
    while ((n = getline(&line, &room, f)) > 0 && line[n - 1] == '\n') {
        json_t *entry = json_loads(line, 0, NULL), *result = json_object_get(entry, "result");
        if (result && *text_of(entry, "key")) json_put(results, text_of(entry, "key"), json_incref(result));
        json_decref(entry);
        whole += n;
    }
    free(line);
    return whole;
}

int journal_open(const char *folder, struct journal *j)
{
    char *path = path_join(folder, "journal.jsonl");
    *j = (struct journal){ .results = json_made(json_object()), .fd = -1 };
    if (!path) return failed(NULL, TFP_E_SYSTEM);
    int code = TFP_OK;
    j->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
    FILE *f = j->fd >= 0 ? fopen(path, "re") : NULL;
    if (!f) code = refuse(TFP_E_SYSTEM, "%s: %s", path, strerror(errno));
    else if (flock(j->fd, LOCK_EX | LOCK_NB) != 0) code = refuse(TFP_E_USAGE, "%s: another matrix is writing there", folder);
    else if (ftruncate(j->fd, j->size = read_lines(f, j->results)) != 0) code = refuse(TFP_E_SYSTEM, "%s: %s", path, strerror(errno));
    if (f) fclose(f);
    free(path);
    return code;
}

const json_t *journal_find(const struct journal *j, const char *key)
{
    return json_object_get(j->results, key);
}

static bool write_line(struct journal *j, const char *line, size_t n)
{
    return write_all(j->fd, line, n) && (fdatasync(j->fd) == 0 || errno == EINVAL || errno == EROFS);
}

bool journal_add(struct journal *j, const char *key, json_t *result)
{
    json_put(j->results, key, json_incref(result));
    json_t *entry = json_made(json_object());
    json_put(entry, "key", json_text(key));
    json_put(entry, "result", json_incref(result));
    char *text = json_dumps(entry, JSON_COMPACT | JSON_ENSURE_ASCII);
    struct page line = { 0 };
    page_add(&line, "%s\n", text ? text : "");
    const bool written = text && !line.failed && write_line(j, line.at, line.n);
    if (written) j->size += (off_t)line.n;
    else {
        refuse(TFP_E_SYSTEM, "the journal cannot be written: %s", strerror(errno));
        if (ftruncate(j->fd, j->size) != 0) tell("its last line is a half one, which the next run cuts off");
    }
    free(line.at);
    free(text);
    json_decref(entry);
    return written;
}

void journal_close(struct journal *j)
{
    if (j->fd >= 0) close(j->fd);
    json_decref(j->results);
}
