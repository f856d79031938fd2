#include "tests/lab/esx.h"

#include "core/mem.h"
#include "core/text.h"

#include <string.h>

/* Words of @line; single and double quotes. False: more than we take, or a quote is open. */
static bool split(struct esx_call *c, const char *line)
{
    struct strbuf word = STRBUF_INIT;
    char quote = 0;
    bool inside = false;

    for (;; line++) {
        if (*line && quote ? *line == quote : *line == '\'' || *line == '"') {
            quote = quote ? 0 : *line;
            inside = true;
        } else if (!*line || (!quote && strchr(" \t\n", *line))) {
            if (inside && c->n < ESX_WORDS_MAX)
                c->word[c->n++] = arena_strdup(c->a, word.buf);
            strbuf_reset(&word);
            inside = false;
            if (!*line)
                break;
        } else {
            strbuf_addch(&word, *line);
            inside = true;
        }
    }
    strbuf_release(&word);
    return quote == 0;
}

const char *esx_option(const struct esx_call *c, const char *name)
{
    for (unsigned i = 1; i + 1 < c->n; i++)
        if (strcmp(c->word[i], name) == 0)
            return c->word[i + 1];
    return NULL;
}

bool esx_flag(const struct esx_call *c, const char *name)
{
    for (unsigned i = 1; i < c->n; i++)
        if (strcmp(c->word[i], name) == 0)
            return true;
    return false;
}

struct lab_vm *esx_filter_vm(struct esx_call *c)
{
    const char *name = esx_option(c, "-f");

    for (size_t i = 0; name && i < c->vc->vms.n; i++) {
        struct lab_vm *vm = c->vc->vms.at[i];

        if (lab_vm_host(c->vc, vm) == c->host && !vm->no_filter && !vm->edge &&
            strcmp(lab_fw_filter(c->a, vm), name) == 0)
            return vm;
    }
    strbuf_addf(c->err, "ERROR: failed to find filter %s\n", name ? name : "(none)");
    return NULL;
}

static int vsipioctl(struct esx_call *c)
{
    static const struct {
        const char *name;
        int (*run)(struct esx_call *c);
    } subs[] = {
        {"getfilters", esx_getfilters}, {"getrules", esx_getrules},
        {"getfwrules", esx_getrules},   {"getaddrsets", esx_getaddrsets},
        {"getflows", esx_getflows},     {"getfilterstat", esx_getfilterstat},
    };

    for (size_t i = 0; c->n > 1 && i < ARRAY_SIZE(subs); i++)
        if (strcmp(subs[i].name, c->word[1]) == 0)
            return subs[i].run(c);
    strbuf_addstr(c->err, "ERROR: unknown command\n");
    return 1;
}

static int hostname(struct esx_call *c)
{
    strbuf_addf(c->out, "%s\n", c->host->mo.name);
    return 0;
}

static int dispatch(struct esx_call *c)
{
    static const struct {
        const char *name;
        int (*run)(struct esx_call *c);
    } programs[] = {
        {"summarize-dvfilter", esx_dvfilter},
        {"vsipioctl", vsipioctl},
        {"esxcli", esx_esxcli},
        {"vim-cmd", esx_vim_cmd},
        {"hostname", hostname},
    };
    const char *slash = c->n ? strrchr(c->word[0], '/') : NULL;
    const char *name = slash ? slash + 1 : c->n ? c->word[0] : "";

    for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
        if (strcmp(programs[i].name, name) == 0)
            return programs[i].run(c);
    strbuf_addf(c->err, "sh: %s: not found\n", name);
    return 127;
}

static void shift(struct esx_call *c, unsigned n)
{
    n = n < c->n ? n : c->n;
    memmove(c->word, c->word + n, (c->n - n) * sizeof(*c->word));
    c->n -= n;
}

int lab_esx_run(struct lab *lab, const struct lab_vc *vc, struct lab_vhost *host, const char *line,
                struct strbuf *out, struct strbuf *err)
{
    struct esx_call c = {
        .lab = lab, .vc = vc, .fw = vc->nsx->fw, .host = host, .out = out, .err = err};
    int rc = 2;

    c.a = arena_new(0);
    if (!split(&c, line) || strpbrk(line, ";|&<>`$")) {
        strbuf_addstr(err, "sh: syntax error\n");
    } else {
        /* timeout SECS, or timeout -t SECS on older hosts; some have none. */
        if (c.n > 2 && strcmp(c.word[0], "timeout") == 0 && !host->no_timeout)
            shift(&c, strcmp(c.word[1], "-t") == 0 ? 3 : 2);
        rc = dispatch(&c);
    }
    arena_free(c.a);
    return rc;
}

void lab_esx_spoil(const struct lab_vhost *host, struct strbuf *out)
{
    struct strbuf all = STRBUF_INIT;

    if (!host->banner && !host->crlf)
        return;
    if (host->banner)
        strbuf_addf(&all, "%s\n", host->banner);
    for (size_t i = 0; i < out->len; i++) {
        if (out->buf[i] == '\n' && host->crlf)
            strbuf_addch(&all, '\r');
        strbuf_addch(&all, out->buf[i]);
    }
    strbuf_release(out);
    *out = all;
}
