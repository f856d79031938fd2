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

static bool is_verb(const struct cli_verb *v, const char *word)
{
    size_t len = strcspn(v->name, " ");

    return len > 0 && strncmp(v->name, word, len) == 0 && !word[len];
}

/* Does the command line look like one that begins with requests? Loading what they need takes
 * longer than all that comes before them, so it begins before the words are understood. */
static bool looks_like_asking(int argc, char **argv)
{
    bool asks = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return false;
        for (const struct cli_verb *v = cli_verbs; v->name; v++)
            asks = asks || (v->asks && is_verb(v, argv[i]));
    }
    return asks;
}

static int run(int argc, char **argv)
{
    const struct cli_verb *verb = NULL;
    struct cli_options o;
    int rc = cli_parse(argc, argv, &o, &verb);

    if (rc)
        return rc;
    if (o.help)
        return print_help(verb);
    if (o.version)
        return cli_version();
    if (verb->asks)
        http_preload();
    return verb->run(&o);
}

int cli_run(int argc, char **argv)
{
    int rc;

    secret_protect_process();
    if (looks_like_asking(argc, argv))
        http_preload();
    init_language();
    rc = run(argc, argv);
    http_preload_end();
    return rc;
}
