/* The whole program but for main(): find the verb and run it. */
#include "cli/run.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "core/http.h"
#include "core/i18n.h"
#include "core/mem.h"
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

/* Translations are beside a program in the build tree, else where "make install" puts them. */
static void init_language(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash, *beside = NULL;

    self[n > 0 ? n : 0] = '\0';
    slash = strrchr(self, '/');
    if (slash)
        beside = mem_printf("%.*s/build/po", (int)(slash - self), self);
    i18n_init(beside, HYCON_PREFIX "/share/locale");
    free(beside);
}

int cli_run(int argc, char **argv)
{
    const struct cli_verb *verb = NULL;
    struct cli_options o;
    int rc;

    secret_protect_process();
    init_language();
    rc = cli_parse(argc, argv, &o, &verb);
    if (rc)
        return rc;
    if (o.help)
        return print_help(verb);
    if (o.version)
        return cli_version();
    if (verb->asks)
        http_preload();
    rc = verb->run(&o);
    http_preload_end();
    return rc;
}
