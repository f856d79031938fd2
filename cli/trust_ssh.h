/* trust of host keys: show what a host shows over SSH, and accept it because a person says so. */
#ifndef HYCON_CLI_TRUST_SSH_H
#define HYCON_CLI_TRUST_SSH_H

#include "cli/options.h"
#include "model/config.h"

/* @e is of kind esxi. The exit status. */
int trust_ssh(const struct cli_options *o, const struct config_endpoint *e);
/* @where ("host:port"), the jump host of @e, shows this key, which nobody knows. */
int trust_jump(const struct cli_options *o, const struct config_endpoint *e, const char *where,
               const char *type, const char *fingerprint);

#endif
