/*
 * cli: what the verbs share: the parsed command line, exit statuses (design.md section 5) and the
 * two ways out: data to standard output, sentences to standard error.
 */
#ifndef HYCON_CLI_CLI_H
#define HYCON_CLI_CLI_H

#include "model/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

enum cli_exit {
    CLI_OK = 0,
    CLI_WARNING = 1,  /* check: the worst finding */
    CLI_CRITICAL = 2, /* check */
    CLI_NOT_OK = 3,   /* an asked source is not ok; check: unknown */
    CLI_USAGE = 64,
    CLI_DATA = 65,
    CLI_CREATE = 73,
    CLI_CONFIG = 78,
    CLI_INTERRUPTED = 130,
};

/* Every option of every verb; which verb takes which is in options.c. */
struct cli_options {
    const char *config, *output, *fields, *filter, *sort, *site, *endpoint, *sha256;
    const char *scenario, *scale;
    int64_t timeout_ms, samples;
    double speed; /* 0: not given */
    bool watch, connect, skipped, loop, help, version;
    const char *const *args;
    size_t nargs;
};

/* A line on standard error: "hycon: ...". Text is sanitised. */
void cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* All of @out to standard output; CLI_OK, or CLI_CREATE when it cannot be written. */
int cli_write(const struct strbuf *out);
/* Has the reader of standard output gone? A pipe tells it before the next write. */
bool cli_reader_is_gone(void);
/* A line for a mistake in the command line: the sentence and where help is. Returns CLI_USAGE. */
int cli_usage(const char *verb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Who sits here: the name that acknowledgements carry. */
const char *cli_user(void);
/* Load the configuration of the options; NULL after saying everything that is wrong with it. */
struct config *cli_load_config(const struct cli_options *o);
/* Does @e match --site and --endpoint (a name, NAME of a host range, or SITE/NAME)? */
bool cli_endpoint_matches(const struct cli_options *o, const struct config_endpoint *e);
/* 0, or a usage error: --site or --endpoint names nothing that is configured. */
int cli_check_scope(const char *verb, const struct cli_options *o, const struct config *c);

/* The verbs. Each returns an exit status. */
int cli_console(const struct cli_options *o);
int cli_demo(const struct cli_options *o);
int cli_tables(const struct cli_options *o);
int cli_get(const struct cli_options *o);
int cli_check(const struct cli_options *o);
int cli_explain(const struct cli_options *o);
int cli_config_check(const struct cli_options *o);
int cli_config_show(const struct cli_options *o);
int cli_config_init(const struct cli_options *o);
int cli_trust(const struct cli_options *o);
int cli_version(void);

#endif
