/* paths: where files are, by the XDG base directory specification. Strings are malloced, absolute.
 */
#ifndef HYCON_CLI_PATHS_H
#define HYCON_CLI_PATHS_H

char *
paths_config(const char *option);    /* --config, HYCON_CONFIG, $XDG_CONFIG_HOME/hycon/hycon.yaml */
char *paths_trust(void);             /* $XDG_CONFIG_HOME/hycon/trust */
char *paths_state(const char *name); /* $XDG_STATE_HOME/hycon/NAME */
char *paths_runtime(void);           /* $XDG_RUNTIME_DIR/hycon, or NULL when there is none */

#endif
