/* A cell of the matrix while a worker fills it: what the files of its making share. */
#ifndef TFP_CLI_MATRIX_CELL_H
#define TFP_CLI_MATRIX_CELL_H

#include "matrix.h"

struct cell {
    tfp_context *ctx;
    const json_t *task, *row;
    json_t *result, *bundled; /* bundled: why it runs as a bundle; NULL: as it is */
    const char *stage; /* that is under way */
    struct model_arguments arguments;
    tfp_model *model;
    tfp_session *session, *reference; /* reference: the CPU's, where nothing is stored */
    tfp_array **arrays;               /* by input of the model */
    struct tfp_tensor *inputs, *references;
    tfp_array **stored; /* by output */
    size_t n_inputs, n_outputs;
    char folder[4150], scratch[4200]; /* for files that are gone when the cell is done: the first has the second */
};

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        tfp_status try_status = (call);                                                                                \
        if (try_status != TFP_OK) return try_status;                                                                   \
    } while (0)

/* -- matrix_cell_tell.c -------------------------------------------------------------------------------------------- */

void way_set_status(struct cell *c, const char *word, const char *message);
/* The status that the code means, with the stage; returns the code. */
tfp_status way_fail(struct cell *c, tfp_status status, const char *message);
/* The same with what the library said, unless all is well. */
tfp_status way_check(struct cell *c, tfp_status status);
void way_on_note(void *user, const char *text); /* a tfp_note_fn; `user` is the cell */
void way_put_seconds(struct cell *c, const char *what, double from);
json_t *way_difference(const char *name, const struct tfp_difference *d);
/* The cell differs: how, in words. */
void way_tell_difference(struct cell *c, const char *name, const struct tfp_tensor *reference, const struct tfp_tensor *result,
                         const struct tfp_difference *d);

/* -- matrix_cell_run.c --------------------------------------------------------------------------------------------- */

const json_t *way_outputs(const struct cell *c); /* of the row */
struct tfp_session_options way_session_options(const struct cell *c, const char *backend);
/* Room for the tensors of c->session, once; then values for its inputs. */
tfp_status way_make_room(struct cell *c);
tfp_status way_make_inputs(struct cell *c);
void way_forget_arrays(struct cell *c);
/* c->session is there: inputs, a run, the comparison, times. `own`: it is the CPU backend itself. */
tfp_status way_run_and_compare(struct cell *c, bool own);

#endif
