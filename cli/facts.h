/* facts: what help and the manual page both say about the program as a whole. Lists end with name
 * NULL. */
#ifndef HYCON_CLI_FACTS_H
#define HYCON_CLI_FACTS_H

struct cli_fact {
    const char *name, *meaning;
};

extern const struct cli_fact cli_exits[];       /* exit statuses of every verb but check */
extern const struct cli_fact cli_check_exits[]; /* of check, worst first */
extern const struct cli_fact cli_environment[];
extern const struct cli_fact cli_files[];

#endif
