/* tfport COMMAND ...: finds the command's row, parses its options, runs it. Exit codes are tfp_status. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = { &command_inspect, &command_convert, &command_extract, &command_build,
                                                  &command_run,     &command_compare, &command_bench,   &command_tensorrt,
                                                  &command_matrix,  &command_view,    &command_triton,  &command_matrix_worker };
enum { COMMANDS = sizeof commands / sizeof commands[0] };

/* One line. Names in it come from files: what a terminal would act on is printed as \xNN. */
static void say(const char *before, const char *text)
{
    progress_end();
    fprintf(stderr, "tfport: %s", before);
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        bool control = *s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0);
        if (control) fprintf(stderr, "\\x%02x", *s);
        else fputc(*s, stderr);
    }
    fputc('\n', stderr);
}

int failed(tfp_context *ctx, tfp_status status)
{
    say("", ctx ? tfp_context_message(ctx) : "out of memory");
    return (int)status;
}

__attribute__((format(printf, 2, 0))) static void say_formatted(const char *before, const char *format, va_list args)
{
    char text[4096];
    vsnprintf(text, sizeof text, format, args);
    say(before, text);
}

int wrong_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_formatted("", format, args);
    va_end(args);
    return TFP_E_USAGE;
}

int refuse(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_formatted("", format, args);
    va_end(args);
    return code;
}

void tell(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_formatted("note: ", format, args);
    va_end(args);
}

static void print_usage(FILE *to)
{
    fprintf(to, "tfport %s: pre-trained TensorFlow and ONNX models to ONNX and TensorRT, without TensorFlow\n\nusage:\n", tfp_version());
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i]->summary) fprintf(to, "  tfport %s\n      %s\n", commands[i]->synopsis, commands[i]->summary);
    fprintf(to, "\n'tfport COMMAND --help' tells a command's options; 'tfport --version' the version.\n"
                "Exit codes: 0 done, 1 wrong usage, 2 unreadable or malformed model, 3 not supported,\n"
                "4 results differ, 5 a library or device is missing, 6 out of memory or I/O failure.\n");
}

static void show_note(void *user, const char *text)
{
    (void)user;
    say("note: ", text);
}

static int run_command(const struct command *c, int argc, char **argv)
{
    static struct arguments a; /* too large for the stack of every caller */
    tfp_context *ctx;
    if (!arguments_parse(c, argc, argv, &a)) return TFP_E_USAGE;
    if (a.help) {
        arguments_help(c);
        return fflush(stdout) == 0 ? TFP_OK : TFP_E_SYSTEM;
    }
    if (tfp_context_create(&ctx) != TFP_OK) return failed(NULL, TFP_E_SYSTEM);
    if (a.verbose) tfp_context_on_note(ctx, show_note, NULL);
    progress_begin(ctx, &a);
    int code = c->run(ctx, &a);
    progress_end();
    tfp_context_destroy(ctx);
    if (fflush(stdout) != 0 && code == TFP_OK) {
        fprintf(stderr, "tfport: standard output cannot be written\n");
        code = TFP_E_SYSTEM;
    }
    return code;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_usage(word ? stdout : stderr);
        return word ? TFP_OK : TFP_E_USAGE;
    }
    if (strcmp(word, "--version") == 0) {
        printf("tfport %s\n", tfp_version());
        return TFP_OK;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, word) == 0) return run_command(commands[i], argc - 2, argv + 2);
    return wrong_usage("no command '%s'; 'tfport --help' lists them", word);
}
