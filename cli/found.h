/* found: hosts that a vCenter lists (hosts_from of an endpoint), asked for before anything else is
 * read: the set of endpoints is fixed while the engine runs. */
#ifndef HYCON_CLI_FOUND_H
#define HYCON_CLI_FOUND_H

#include "cli/cli.h"

/* @c, or, when endpoints of it take their hosts from a vCenter, the configuration with those hosts
 * in its place (@c is freed). What a vCenter does not say in time is said on standard error, and
 * the endpoint stays without hosts. NULL: interrupted. */
struct config *found_expand(const struct cli_options *o, struct config *c);
/* cli_load_config(), and that. */
struct config *found_load(const struct cli_options *o);

#endif
