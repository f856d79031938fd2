#include "cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/paths.h"
#include "core/strbuf.h"
#include "core/text.h"

static void say(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

static void say(const char *fmt, va_list ap)
{
    struct strbuf raw = STRBUF_INIT, line = STRBUF_INIT;

    strbuf_vaddf(&raw, fmt, ap);
    strbuf_addstr(&line, "hycon: ");
    text_sanitize(&line, raw.buf, raw.len, 0);
    strbuf_addch(&line, '\n');
    (void)fwrite(line.buf, 1, line.len, stderr);
    strbuf_release(&raw);
    strbuf_release(&line);
}

void cli_say(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
}

int cli_usage(const char *verb, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
    cli_say("see 'hycon %s%s--help'", verb ? verb : "", verb && *verb ? " " : "");
    return CLI_USAGE;
}

int cli_write(const struct strbuf *out)
{
    const char *p = out->buf;
    size_t left = out->len;

    while (left) {
        ssize_t n = write(STDOUT_FILENO, p, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            char why[128];
            int code = errno;
            if (code != EPIPE) /* the reader has seen enough: it does not want a sentence */
                cli_say("unable to write to standard output: %s",
                        strerror_r(code, why, sizeof(why)));
            return CLI_CREATE;
        }
        p += n;
        left -= (size_t)n;
    }
    return CLI_OK;
}

bool cli_reader_is_gone(void)
{
    struct pollfd p = {.fd = STDOUT_FILENO};

    return poll(&p, 1, 0) > 0 && (p.revents & POLLERR);
}

const char *cli_user(void)
{
    const char *name = getenv("LOGNAME");

    return name && *name ? name : "unknown";
}

struct config *cli_load_config(const struct cli_options *o)
{
    char *path = paths_config(o->config);
    struct strbuf all = STRBUF_INIT;
    struct err err = {0};
    struct config *c = config_load(path, &err, &all);

    if (!c) {
        for (char *line = all.buf; *line;) {
            size_t n = strcspn(line, "\n");
            cli_say("%.*s", (int)n, line);
            line += n + (line[n] == '\n');
        }
        if (err.code == ENOENT && !o->config)
            cli_say("'hycon config init' writes a first configuration; 'hycon demo' needs none");
    }
    if (c && config_time_zone(c)) {
        setenv("TZ", config_time_zone(c), 1);
        tzset();
    }
    strbuf_release(&all);
    free(path);
    return c;
}

bool cli_endpoint_matches(const struct cli_options *o, const struct config_endpoint *e)
{
    return config_endpoint_in_scope(e, o->site, o->endpoint);
}

int cli_check_scope(const char *verb, const struct cli_options *o, const struct config *c)
{
    if (o->site && !config_find_site(c, o->site))
        return cli_usage(verb, "no site '%s' in the configuration", o->site);
    for (size_t i = 0; o->endpoint && i < config_endpoint_count(c); i++) {
        if (cli_endpoint_matches(o, config_endpoint(c, i)))
            return 0;
    }
    return o->endpoint ? cli_usage(verb, "no endpoint '%s' in the configuration", o->endpoint) : 0;
}
