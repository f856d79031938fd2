/* run: the whole program but for main(), which is one line: return cli_run(argc, argv). */
#ifndef HYCON_CLI_RUN_H
#define HYCON_CLI_RUN_H

/* Returns the exit status. @argv is reordered. */
int cli_run(int argc, char **argv);

#endif
