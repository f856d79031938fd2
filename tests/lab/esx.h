/*
 * esx: the shell of an ESXi host: the commands of a fixed list, answered from the model. Output is
 * that of the real programs as far as public samples show it; what those do not show is left out.
 *
 *   esx_shell.c  words of a command line, odd shells   esx_filters.c  summarize-dvfilter,
 * getfilters esx_rules.c  getrules, getaddrsets                 esx_flows.c    getflows,
 * getfilterstat esx_cli.c    esxcli, vim-cmd
 */
#ifndef HYCON_TESTS_LAB_ESX_H
#define HYCON_TESTS_LAB_ESX_H

#include "core/strbuf.h"
#include "tests/lab/fw.h"
#include "tests/lab/lab.h"

#define ESX_WORDS_MAX 16

struct esx_call {
    struct lab *lab;
    const struct lab_vc *vc;
    const struct lab_fw *fw;
    struct lab_vhost *host;
    const char *word[ESX_WORDS_MAX];
    unsigned n;
    struct strbuf *out, *err;
    struct arena *a;
};

/* Run @line on @host; returns the exit status. The lab's lock is held. */
int lab_esx_run(struct lab *lab, const struct lab_vc *vc, struct lab_vhost *host, const char *line,
                struct strbuf *out, struct strbuf *err);
/* What became of the host's shell: banner, CRLF. */
void lab_esx_spoil(const struct lab_vhost *host, struct strbuf *out);

/* The value that follows option @name ("-f"), or NULL. */
const char *esx_option(const struct esx_call *c, const char *name);
bool esx_flag(const struct esx_call *c, const char *name);
/* The VM on this host whose filter option -f names. NULL: said so on @err. */
struct lab_vm *esx_filter_vm(struct esx_call *c);

int esx_dvfilter(struct esx_call *c);
int esx_getfilters(struct esx_call *c);
int esx_getrules(struct esx_call *c);
int esx_getaddrsets(struct esx_call *c);
int esx_getflows(struct esx_call *c);
int esx_getfilterstat(struct esx_call *c);
int esx_esxcli(struct esx_call *c);
int esx_vim_cmd(struct esx_call *c);

#endif
