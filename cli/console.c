/* The console and the demo: what needs a terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/found.h"
#include "cli/lab_child.h"
#include "cli/live.h"
#include "cli/paths.h"
#include "core/i18n.h"
#include "core/log.h"
#include "core/mem.h"
#include "tui/tui.h"

/* Asked before anything is started: an engine must not log in for a screen that cannot be shown. */
static bool has_terminal(void)
{
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        return true;
    cli_say("the console needs a terminal; 'hycon check' and 'hycon get' need none");
    return false;
}

static int show(const struct live_options *lo, bool demo)
{
    struct live *l = live_new(lo);
    struct tui_options to = {.host = live_host(l), .config = lo->config, .demo = demo};
    struct err err = {0};
    enum tui_end end = tui_run(&to, &err);

    live_free(l);
    if (end == TUI_END_FAILED)
        cli_say("%s", err.msg);
    return end == TUI_END_QUIT ? CLI_OK : end == TUI_END_SIGNAL ? CLI_INTERRUPTED : CLI_USAGE;
}

int cli_console(const struct cli_options *o)
{
    struct live_options lo = {0};
    struct config *c;
    char *history, *trust, *runtime, *log;
    int rc;

    if (!has_terminal())
        return CLI_USAGE;
    c = found_load(o);
    if (!c)
        return CLI_CONFIG;
    history = paths_state("history.jsonl");
    log = paths_state("hycon.log");
    trust = paths_trust();
    runtime = paths_runtime();
    if (log_open_file(log))
        log_add(LOG_WARN, "unable to write '%s': the log is kept in memory alone", log);
    lo = (struct live_options){.config = c, .history = history, .trust = trust, .runtime = runtime};
    rc = show(&lo, false);
    (void)log_open_file(NULL);
    config_free(c);
    free(history);
    free(trust);
    free(runtime);
    free(log);
    return rc;
}

/* Everything of the demo is in the lab's own directory and goes with it: no account, no trace. */
static int show_lab(struct lab_child *lab)
{
    struct err err = {0};
    struct config *c = config_load(lab_child_config(lab), &err, NULL);
    struct live_options lo = {.config = c, .lab = lab};
    char *history, *trust;
    int rc;

    if (!c) {
        cli_say("%s", err.msg);
        return CLI_CONFIG;
    }
    history = mem_printf("%s/history.jsonl", lab_child_dir(lab));
    trust = mem_printf("%s/trust", lab_child_dir(lab));
    lo.history = history;
    lo.trust = trust;
    rc = show(&lo, true);
    config_free(c);
    free(history);
    free(trust);
    return rc;
}

int cli_demo(const struct cli_options *o)
{
    struct lab_options lab_options = {.scenario = o->scenario ? o->scenario : "demo",
                                      .scale = o->scale,
                                      .speed = o->speed,
                                      .loop = o->loop};
    struct lab_child *lab;
    struct err err = {0};
    int rc;

    if (!has_terminal())
        return CLI_USAGE;
    cli_say("%s", _("starting a simulated estate on this machine ..."));
    lab = lab_child_start(&lab_options, &err);
    if (!lab) {
        cli_say("%s", err.msg);
        return CLI_CREATE;
    }
    rc = show_lab(lab);
    lab_child_stop(lab);
    return rc;
}
