/* The whole program but for main(): find the verb and run it. */
#include "cli/run.h"

#include <locale.h>

#include "cli/options.h"
#include "core/secret.h"
#include "core/strbuf.h"

static int print_help(const struct cli_verb *verb)
{
    struct strbuf out = STRBUF_INIT;
    int rc;

    cli_help(verb, &out);
    rc = cli_write(&out);
    strbuf_release(&out);
    return rc;
}

int cli_run(int argc, char **argv)
{
    const struct cli_verb *verb = NULL;
    struct cli_options o;
    int rc;

    secret_protect_process();
    (void)setlocale(LC_ALL, "");
    /* Numbers in files, JSON and CSV are the same everywhere. */
    (void)setlocale(LC_NUMERIC, "C");
    rc = cli_parse(argc, argv, &o, &verb);
    if (rc)
        return rc;
    if (o.help)
        return print_help(verb);
    return o.version ? cli_version() : verb->run(&o);
}
