/*
 * options: the one table of verbs and options. Parsing, errors, --help of every verb and the manual
 * page follow from it.
 */
#ifndef HYCON_CLI_OPTIONS_H
#define HYCON_CLI_OPTIONS_H

#include "cli/cli.h"

enum cli_option_type { CLI_FLAG, CLI_TEXT, CLI_WORD, CLI_COUNT, CLI_DURATION, CLI_FACTOR };

struct cli_option {
    const char *name;  /* without dashes */
    char letter;       /* 0: none */
    const char *value; /* how the value is called in help; NULL: a flag */
    enum cli_option_type type;
    size_t offset;     /* in struct cli_options */
    const char *words; /* CLI_WORD: separated by blanks */
    const char *fallback;
    const char *meaning;
};

struct cli_verb {
    const char *name;      /* "get", "config show"; "" is the console */
    const char *arguments; /* "TABLE[,TABLE...]" or "" */
    const char *meaning;   /* one line */
    const char *options;   /* names, separated by blanks */
    const char *output;    /* words of --output, the first is the default; NULL: none */
    size_t min_args, max_args;
    int (*run)(const struct cli_options *o); /* NULL: not in this version */
    bool asks; /* begins with requests: what they need is loaded beside reading the configuration */
};

extern const struct cli_verb cli_verbs[]; /* ends with name NULL */
extern const struct cli_option cli_all_options[];

/* Does @verb take @o, by its own list or as every verb does? */
bool cli_verb_takes(const struct cli_verb *verb, const struct cli_option *o);
bool cli_is_for_all(const struct cli_option *o); /* every verb takes it */

/* Parse @argv into @o and find the verb. Returns 0, or an exit status after saying what is wrong.
 * @o->args points into @argv, which is reordered. */
int cli_parse(int argc, char **argv, struct cli_options *o, const struct cli_verb **verb);
/* Append the help of a verb; of the program when @verb is NULL or the console. */
void cli_help(const struct cli_verb *verb, struct strbuf *out);

#endif
