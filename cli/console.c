/* The console and the demo: what needs a terminal. */
#include "cli/cli.h"

int cli_console(const struct cli_options *o)
{
    (void)o;
    cli_say(
        "the console is not in this version; 'hycon get', 'hycon check' and 'hycon tables' are");
    return CLI_USAGE;
}

int cli_demo(const struct cli_options *o)
{
    return cli_console(o);
}
