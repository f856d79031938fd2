/*
 * edge_cli: the command line of an NSX edge node (nsxcli), answered from the model. It is no shell:
 * one command per exec, no quotes, no options, "% Command not found" on standard output with exit
 * status 0. Output is that of the public samples; where those lost their line breaks the layout of
 * blanks is a guess, and the text of `get version` is one.
 *
 * What an edge says of itself is what NSX Manager says of it, unless the action edge-says has told
 * it something else: so a manager that lags behind and a split brain can be played.
 */
#ifndef HYCON_TESTS_LAB_EDGE_CLI_H
#define HYCON_TESTS_LAB_EDGE_CLI_H

#include "core/strbuf.h"
#include "tests/lab/lab.h"

/* Run @line on @edge; returns the exit status. The lab's lock is held. */
int lab_edge_run(const struct lab *lab, const struct lab_nsx *nsx, const struct lab_edge *edge,
                 const char *line, struct strbuf *out);

#endif
