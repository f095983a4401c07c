/* The columns of a matrix, and the words of its cells. */
#include "matrix.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- columns ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    bool opsets, precisions; /* it is a column for each of these */
} words[] = { { "cpu", false, false }, { "onnx", true, false }, { "plan-direct", false, true }, { "plan-onnx", false, true },
              { "arrays", false, false } };
enum { WORDS = sizeof words / sizeof *words };

struct columns {
    struct way *at;
    size_t n;
};

static int add_column(struct columns *c, const char *word, int opset, const char *precision)
{
    struct way w = { .word = word, .opset = opset, .precision = precision };
    const bool plain = !*precision || strcmp(precision, "fp32") == 0;
    if (opset) snprintf(w.column, sizeof w.column, "%s@%d", word, opset);
    else snprintf(w.column, sizeof w.column, plain ? "%s" : "%s %.20s", word, precision);
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->at[i].column, w.column) == 0) return TFP_OK;
    if (c->n == MOST_WAYS) return wrong_usage("more than %d ways", MOST_WAYS);
    c->at[c->n++] = w;
    return TFP_OK;
}

static int read_opset(const char *option, const char *text, int *out)
{
    char *end;
    const long newest = tfp_onnx_newest_opset(), n = strcmp(text, "newest") == 0 ? newest : strtol(text, &end, 10);
    if (strcmp(text, "newest") != 0 && (end == text || *end || n < 7 || n > newest))
        return wrong_usage("%s: opset '%s': 7 to %ld or newest is expected", option, text, newest);
    *out = (int)n;
    return TFP_OK;
}

static int add_opsets(struct columns *c, const char *list)
{
    char *copy = strdup(list), *rest = NULL;
    int code = copy ? TFP_OK : failed(NULL, TFP_E_SYSTEM), opset;
    for (char *s = copy ? strtok_r(copy, ",", &rest) : NULL; code == TFP_OK && s; s = strtok_r(NULL, ",", &rest)) {
        code = read_opset("--opsets", s, &opset);
        if (code == TFP_OK) code = add_column(c, "onnx", opset, "");
    }
    free(copy);
    return code;
}

static int add_precisions(struct columns *c, const char *word, const char *list)
{
    static const char *const known[] = { "fp32", "tf32", "fp16", "bf16" };
    int code = TFP_OK;
    for (const char *s = list; code == TFP_OK && *s;) {
        const size_t n = strcspn(s, ",");
        const char *found = NULL;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strlen(known[i]) == n && memcmp(known[i], s, n) == 0) found = known[i];
        code = found ? add_column(c, word, 0, found) : wrong_usage("--precision '%.*s': fp32, tf32, fp16 or bf16 is expected", (int)n, s);
        s += n + (s[n] == ',');
    }
    return code;
}

static int add_way(struct columns *c, const char *way, const struct arguments *a)
{
    int opset;
    if (strncmp(way, "onnx@", 5) == 0) {
        int code = read_opset("--ways", way + 5, &opset);
        return code == TFP_OK ? add_column(c, "onnx", opset, "") : code;
    }
    for (size_t i = 0; i < WORDS; i++) {
        if (strcmp(words[i].word, way) != 0) continue;
        if (words[i].opsets) return add_opsets(c, a->opsets ? a->opsets : "7,8,9,10,11,17,newest");
        if (words[i].precisions) return add_precisions(c, words[i].word, a->precision ? a->precision : "fp32");
        return add_column(c, words[i].word, 0, "");
    }
    return wrong_usage("--ways '%s': cpu, onnx, onnx@N, plan-direct, plan-onnx and arrays are known", way);
}

int matrix_ways(const struct arguments *a, struct way ways[MOST_WAYS], size_t *n)
{
    struct columns c = { .at = ways };
    char *copy = strdup(a->ways ? a->ways : "cpu,onnx,plan-direct,plan-onnx,arrays"), *rest = NULL;
    int code = copy ? TFP_OK : failed(NULL, TFP_E_SYSTEM);
    for (char *s = copy ? strtok_r(copy, ",", &rest) : NULL; code == TFP_OK && s; s = strtok_r(NULL, ",", &rest))
        code = add_way(&c, s, a);
    free(copy);
    *n = c.n;
    return code == TFP_OK && !c.n ? wrong_usage("--ways: no way is named") : code;
}

/* -- words of cells ------------------------------------------------------------------------------------------------ */

const struct status_word status_words[] = {
    { "agrees", "ran, and every output agrees with its reference", STATUS_GOOD },
    { "runs", "ran; there is nothing to compare with", STATUS_GOOD },
    { "bundled", "ran as a bundle: the core this way, what only a CPU can do by the CPU backend; every output agrees", STATUS_GOOD },
    { "built", "an engine was built; without a GPU it was not run", STATUS_GOOD },
    { "differs", "an output differs from its reference by more than is tolerated", STATUS_BAD },
    { "refused", "the model, or this way, has something that is not supported; the message names it", STATUS_NEUTRAL },
    { "unclear", "something has to be chosen or given first; the message names it", STATUS_NEUTRAL },
    { "unreadable", "the model's files are malformed or not there", STATUS_BAD },
    { "missing", "a library or device is not on this machine", STATUS_NEUTRAL },
    { "failed", "a library, reading or writing failed", STATUS_BAD },
    { "crashed", "the process ended by a signal or by itself", STATUS_BAD },
    { "timeout", "it took longer than --timeout", STATUS_BAD },
    { "memory", "it took more memory than --memory", STATUS_BAD },
    { NULL, NULL, STATUS_NEUTRAL },
};

enum status_kind status_kind_of(const char *word)
{
    for (const struct status_word *s = status_words; s->word; s++)
        if (strcmp(s->word, word) == 0) return s->kind;
    return STATUS_NEUTRAL;
}

static json_t *ended(const char *status, json_t *message)
{
    json_t *o = json_made(json_object());
    json_put(o, "status", json_text(status));
    json_put(o, "message", message);
    return o;
}

json_t *cell_of_end(const struct work_result *r, const struct pool *limits)
{
    const char *printed = *r->output ? ": " : "", *name = sigabbrev_np(r->number);
    json_t *answer = r->end == WORK_ANSWERED ? json_loads(r->line, 0, NULL) : NULL;
    if (answer) return answer;
    switch (r->end) {
    case WORK_TIMEOUT: return ended("timeout", json_sprintf("took longer than %g seconds", limits->timeout));
    case WORK_MEMORY: return ended("memory", json_sprintf("took more than %g MB", (double)limits->memory / 1e6));
    case WORK_SIGNAL: return ended("crashed", json_sprintf("signal %d (SIG%s)%s%s", r->number, name ? name : "?", printed, r->output));
    case WORK_EXIT: return ended("crashed", json_sprintf("the process ended with %d%s%s", r->number, printed, r->output));
    case WORK_ANSWERED: break;
    }
    return ended("crashed", json_text("the process gave no answer"));
}
