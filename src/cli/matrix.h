/* What the parts of `tfport matrix` and `tfport view` share. Models, cells and reports are JSON all the way; what their
 * members mean stands in docs/matrix-files.md. */
#ifndef TFP_CLI_MATRIX_H
#define TFP_CLI_MATRIX_H

#include "command.h"

#include <jansson.h>
#include <sys/types.h>

/* -- json_text.c --------------------------------------------------------------------------------------------------- */

/* New values: NULL when memory is out, which json_put() and json_add() take. */
json_t *json_text(const char *text); /* bytes that are no UTF-8 become U+FFFD */
json_t *json_number(double number);  /* null for NaN and infinities */
/* Own the value. Without memory they end the program: a worker then costs its cell, and what the journal has is kept. */
void json_put(json_t *object, const char *key, json_t *value);
void json_add(json_t *array, json_t *value);
/* A copy in which paths below the folder are relative to it, so that a report reads the same wherever it was made. */
json_t *json_relative(const char *text, const char *folder);
void json_put_word(json_t *object, const char *key, const char *text); /* nothing for NULL and "" */
json_t *json_made(json_t *made); /* the same for what else makes values */
/* Members of an object; "" and 0 where there is none of that kind. */
const char *text_of(const json_t *object, const char *key);
double number_of(const json_t *object, const char *key);
/* A growing text. The first failure sticks. */
struct page {
    char *at;
    size_t n, room;
    bool failed;
};
__attribute__((format(printf, 2, 3))) void page_add(struct page *p, const char *format, ...);
void page_add_bytes(struct page *p, const char *from, size_t n);
/* Writes and frees it. */
tfp_status page_write(tfp_context *ctx, struct page *p, const char *path);

/* -- files.c --------------------------------------------------------------------------------------------------------- */

char *path_join(const char *folder, const char *name); /* an absolute name as it is; free() it */
bool write_all(int fd, const char *at, size_t n); /* false: errno says why */
void remove_tree(const char *path);                    /* a file or a folder with all in it; links are not followed */

/* -- matrix_models.c ----------------------------------------------------------------------------------------------- */

/* Models under the paths: rows of manifests, and what folders hold, in order of their names. Each has the members of a
 * manifest's row and "root", the folder that its paths are relative to. The exit code. */
int matrix_models(const struct words *paths, json_t *models);
/* Files that a model consists of, with those of its inputs and references: full paths, sorted. */
json_t *model_files(const json_t *model);
/* False: it has arrays only, or weights without an architecture. */
bool model_has_network(const json_t *model);
/* What tfp_model_open() takes. `options` refers to `model` and to the rest. False: a path is too long, or there are too many names. */
struct model_arguments {
    char path[4096], weights[4096];
    const char *inputs[MANY], *outputs[MANY];
    struct tfp_model_options options;
};
bool model_arguments(const json_t *model, struct model_arguments *out);

/* -- matrix_cell.c, matrix_facts.c, picture.c: in a worker ----------------------------------------------------------- */

/* One cell: {"model", "way", "opset", "precision", "iterations", ...} -> {"status", "stage", "message", ..}. */
json_t *matrix_cell(tfp_context *ctx, const json_t *task);
/* What is known of a model without running it: format, ops, inputs, outputs, layers, files, picture. */
json_t *facts_of_model(tfp_context *ctx, const json_t *row);
json_t *facts_of_opened(tfp_context *ctx, tfp_model *model, const char *root);
/* System, processor, libraries, GPUs. */
json_t *facts_of_machine(tfp_context *ctx, const json_t *task);
/* What a graph looks like: layers by Graphviz. An object with "views", or with "missing" that tells why there is none. */
json_t *picture_of(const tfp_graph *graph);

/* -- graphviz.c ---------------------------------------------------------------------------------------------------- */

bool graphviz_is_there(void);
/* The layout of a graph in DOT as text, lines of graph, node and edge ("plain" in Graphviz's manual); free() it. NULL: it failed. */
char *graphviz_lay_out(const char *dot);

/* -- matrix_pool.c ------------------------------------------------------------------------------------------------- */

enum work_end { WORK_ANSWERED, WORK_SIGNAL, WORK_EXIT, WORK_TIMEOUT, WORK_MEMORY };
struct work_result {
    enum work_end end;
    int number;         /* of the signal, of the exit code */
    const char *line;   /* the answer */
    const char *output; /* the last line that a worker which ended had printed; "" none */
    double seconds;
};
struct pool {
    int64_t jobs;
    double timeout;  /* seconds a task */
    uint64_t memory; /* bytes of a worker's own; 0: no limit */
    void *user;
    /* The next task, one line of JSON without its end (free()d by the pool); NULL: no more. */
    char *(*next)(void *user, size_t *task);
    bool (*done)(void *user, size_t task, const struct work_result *r); /* false: stop */
};
/* Runs tasks in processes of this program that serve many of them; one that ends costs its task. The exit code. */
int pool_run(const struct pool *p);

/* -- matrix_journal.c ---------------------------------------------------------------------------------------------- */

struct journal {
    int fd;
    off_t size;      /* of its whole lines */
    json_t *results; /* by key */
};
/* Opens FOLDER/journal.jsonl, reads what it holds and locks it. The exit code. */
int journal_open(const char *folder, struct journal *j);
const json_t *journal_find(const struct journal *j, const char *key); /* NULL: none */
/* False, with a message: it cannot be written, and is as it was. */
bool journal_add(struct journal *j, const char *key, json_t *result);
void journal_close(struct journal *j);

/* -- matrix_ways.c ------------------------------------------------------------------------------------------------- */

struct way {
    const char *word;     /* "onnx" */
    char column[64];      /* "onnx@17", "plan-direct fp16" */
    int opset;            /* 0: none */
    const char *precision; /* "" none */
};
enum { MOST_WAYS = 128 };
/* From --ways, --opsets and --precision (borrowed, cut in place). The exit code. */
int matrix_ways(const struct arguments *a, struct way ways[MOST_WAYS], size_t *n);

enum status_kind { STATUS_GOOD, STATUS_BAD, STATUS_NEUTRAL };
struct status_word {
    const char *word, *meaning;
    enum status_kind kind;
};
extern const struct status_word status_words[]; /* a NULL ends it */
enum status_kind status_kind_of(const char *word);
/* What the pool says of a task, as a cell. */
json_t *cell_of_end(const struct work_result *r, const struct pool *limits);

/* -- reports ------------------------------------------------------------------------------------------------------- */

json_t *report_begin(const json_t *models, const struct way *ways, size_t n_ways);
void report_facts(json_t *report, size_t model, json_t *facts);
void report_cell(json_t *report, size_t model, const char *column, json_t *cell);
tfp_status report_json(tfp_context *ctx, const json_t *report, const char *path);
tfp_status report_markdown(tfp_context *ctx, const json_t *report, const char *path);
tfp_status report_junit(tfp_context *ctx, const json_t *report, const char *path);
/* The page, one file that needs no other. */
tfp_status report_page(tfp_context *ctx, const json_t *report, const char *path);

#endif
