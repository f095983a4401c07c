/* A worker of the matrix: `tfport matrix-worker` reads a task a line and answers with a line, until its input ends. It is
 * started by matrix_pool.c, which also ends it when a task takes too long or too much. */
#include "matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *run_task(tfp_context *ctx, const json_t *task)
{
    const char *way = text_of(task, "way");
    if (strcmp(way, "facts") == 0) return facts_of_model(ctx, json_object_get(task, "model"));
    if (strcmp(way, "machine") == 0) return facts_of_machine(ctx, task);
    return matrix_cell(ctx, task);
}

static int answer(tfp_context *ctx, const char *line, FILE *to)
{
    json_t *task = json_loads(line, 0, NULL);
    if (!task) return wrong_usage("matrix-worker: no task: %s", line);
    json_t *result = run_task(ctx, task);
    int wrong = json_dumpf(result, to, JSON_COMPACT | JSON_ENSURE_ASCII) != 0 || fputc('\n', to) == EOF || fflush(to) != 0;
    json_decref(result);
    json_decref(task);
    return wrong ? TFP_E_SYSTEM : TFP_OK;
}

static int run(tfp_context *ctx, const struct arguments *a)
{
    char *line = NULL;
    size_t room = 0;
    int code = TFP_OK, answers = dup(STDOUT_FILENO);
    (void)a;
    /* What libraries print must not mix with the answers. */
    FILE *to = answers >= 0 ? fdopen(answers, "w") : NULL;
    if (!to || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return failed(NULL, TFP_E_SYSTEM);
    while (code == TFP_OK && getline(&line, &room, stdin) > 0) code = answer(ctx, line, to);
    free(line);
    fclose(to);
    return code;
}

const struct command command_matrix_worker = {
    .name = "matrix-worker",
    .synopsis = "matrix-worker",
    .options = "--quiet --help",
    .run = run,
};
