/* trust: show what a server is, and accept it because a person says so. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/paths.h"
#include "cli/probe.h"
#include "cli/trust_ssh.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/ssh.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/trust.h"

#define ADDRESSES_MAX 64

struct address {
    const char *url;
    char *where;
};

struct trusting {
    const struct cli_options *o;
    const struct config_endpoint *e;
    struct address addresses[ADDRESSES_MAX];
    size_t n;
    struct config_jump jump;
    char *jump_where; /* NULL: no jump host */
    struct trust *accepted;
};

/* ---- which endpoint
 * -------------------------------------------------------------------------------- */

static const struct config_endpoint *find_endpoint(const struct cli_options *o,
                                                   const struct config *c, int *rc)
{
    struct cli_options scope = {.endpoint = o->args[0]};
    const struct config_endpoint *found = NULL;

    for (size_t i = 0; i < config_endpoint_count(c); i++) {
        const struct config_endpoint *e = config_endpoint(c, i);
        if (!cli_endpoint_matches(&scope, e))
            continue;
        if (found) {
            *rc = cli_usage("trust", "'%s' is more than one endpoint: '%s/%s' and '%s/%s'",
                            o->args[0], found->site, found->name, e->site, e->name);
            return NULL;
        }
        found = e;
    }
    if (!found)
        *rc = cli_usage("trust", "no endpoint '%s' in the configuration", o->args[0]);
    return found;
}

static void add_address(struct trusting *t, const char *url)
{
    char *where;

    if (!url || !text_has_prefix_nocase(url, "https://") || t->n == ADDRESSES_MAX)
        return;
    where = probe_where(url);
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->addresses[i].where, where) == 0) {
            free(where);
            return;
        }
    }
    t->addresses[t->n++] = (struct address){url, where};
}

/* Every address the configuration names for the endpoint. */
static void find_addresses(struct trusting *t)
{
    const char *const *urls;
    size_t n = config_list(t->e, "urls", &urls);

    for (size_t i = 0; i < n; i++)
        add_address(t, urls[i]);
    add_address(t, config_str(t->e, "csp_url"));
    add_address(t, config_str(t->e, "endpoint_url"));
}

/* ---- showing and accepting
 * ------------------------------------------------------------------------- */

static void show(const struct address *a, const struct probe *p)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addf(&out, "certificate of '%s'\n  subject   %s\n  issuer    %s\n  valid     ", a->where,
                p->subject, p->issuer);
    fmt_time_iso(&out, p->starts_at);
    strbuf_addstr(&out, " to ");
    fmt_time_iso(&out, p->expires_at);
    strbuf_addf(&out, "\n  SHA-256   %s\n", p->sha256);
    (void)cli_write(&out);
    strbuf_release(&out);
}

/* Hex as people write it: with colons, in any case. */
static bool is_same(const char *given, const char *seen)
{
    for (; *given; given++) {
        char a = *given >= 'A' && *given <= 'F' ? (char)(*given - 'A' + 'a') : *given;
        if (a == ':')
            continue;
        if (a != *seen)
            return false;
        seen++;
    }
    return *seen == '\0';
}

static bool is_accepted(const struct trusting *t, const struct address *a, const struct probe *p)
{
    if (t->o->sha256) {
        if (is_same(t->o->sha256, p->sha256))
            return true;
        cli_say("not accepted: '%s' shows sha256 %s, not the one given", a->where, p->sha256);
        return false;
    }
    if (!ask_is_possible()) {
        cli_say("not accepted: no terminal to ask on. Compare the fingerprint with what the "
                "server's owner says, then run: hycon trust %s --sha256 %s",
                t->o->args[0], p->sha256);
        return false;
    }
    return ask_yes("Does this fingerprint come from the server's owner, and shall hycon trust it? "
                   "[y/N]");
}

static int accept_address(const struct trusting *t, const struct address *a, const struct probe *p)
{
    char *name = mem_printf("%s/%s", t->e->site, t->e->name), *path = paths_trust();
    struct err err = {0};
    int rc = CLI_OK;

    /* One address: the line holds for the endpoint, also when its address is written in another
     * way. */
    if (trust_accept(path, name, t->n > 1 ? a->where : NULL, p->sha256, &err)) {
        cli_say("%s", err.msg);
        rc = CLI_CREATE;
    } else {
        cli_say("'%s' at '%s' is trusted now (%s)", name, a->where, path);
    }
    free(name);
    free(path);
    return rc;
}

static void look(const struct trusting *t, const struct address *a, struct probe *out)
{
    char *name = mem_printf("%s/%s", t->e->site, t->e->name);
    const struct ssh_target jump = {
        .host = t->jump.host,
        .port = t->jump.port,
        .user = t->jump.user,
        .key_file = config_str(t->e, "jump_key_file"),
        .known_hosts = config_str(t->e, "jump_known_hosts"),
        .host_key = t->accepted ? trust_ssh_key(t->accepted, name, t->jump_where) : NULL,
        .transport = SSH_OPENSSH};
    struct probe_way way = {.proxy = config_str(t->e, "proxy")};

    if (t->jump_where) {
        way.jump = &jump;
        way.jump_text = t->jump.text;
    }
    probe_certificate(a->url, config_str(t->e, "tls.ca_file"), &way, out);
    free(name);
}

static int trust_address(const struct trusting *t, const struct address *a)
{
    const char *pin = config_str(t->e, "tls.sha256");
    struct probe p;

    look(t, a, &p);
    if (p.jump_denied) {
        cli_say("%s", p.err.msg);
        return trust_jump(t->o, t->e, t->jump_where, p.jump_key_type, p.jump_fingerprint);
    }
    if (!p.sha256[0]) {
        cli_say("%s", p.err.msg[0] ? p.err.msg : "the server showed no certificate");
        return CLI_NOT_OK;
    }
    show(a, &p);
    if (pin) {
        struct strbuf at = STRBUF_INIT;
        config_origin(t->e, "tls.sha256", &at);
        cli_say("%s: the configuration pins sha256 %s, which wins over what is accepted here",
                at.buf, pin);
        strbuf_release(&at);
        return strcmp(pin, p.sha256) == 0 ? CLI_OK : CLI_CONFIG;
    }
    if (p.trusted && !t->o->sha256) {
        cli_say("'%s' is trusted already: its chain and name are good", a->where);
        return CLI_OK;
    }
    if (!p.trusted)
        cli_say("%s", p.err.msg);
    if (!is_accepted(t, a, &p))
        return CLI_NOT_OK;
    return accept_address(t, a, &p);
}

static void find_jump(struct trusting *t)
{
    char *path = paths_trust();

    if (config_jump(t->e, &t->jump)) {
        t->jump_where = mem_printf("%s:%d", t->jump.host, t->jump.port);
        t->accepted = trust_load(path, NULL);
    }
    free(path);
}

/* A fingerprint that was given is that of one address: it is enough that one shows it. */
static int trust_all(struct trusting *t)
{
    int worst = CLI_OK, best = CLI_CONFIG;

    find_jump(t);

    for (size_t i = 0; i < t->n; i++) {
        int rc = trust_address(t, &t->addresses[i]);
        worst = rc > worst ? rc : worst;
        best = rc < best ? rc : best;
        free(t->addresses[i].where);
    }
    free(t->jump_where);
    trust_free(t->accepted);
    return t->o->sha256 ? best : worst;
}

/* 64 hexadecimal digits with or without colons, or "SHA256:" and 43 digits of base64. */
static bool is_fingerprint(const char *s)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t digits = 0;

    if (text_has_prefix(s, "SHA256:"))
        return strlen(s + 7) == 43 && strspn(s + 7, base64) == 43;
    for (; *s; s++) {
        if (*s == ':')
            continue;
        if (!isxdigit((unsigned char)*s))
            return false;
        digits++;
    }
    return digits == SHA256_HEX - 1;
}

int cli_trust(const struct cli_options *o)
{
    struct trusting t = {.o = o};
    int rc = CLI_CONFIG;
    struct config *c;

    if (o->sha256 && !is_fingerprint(o->sha256))
        return cli_usage("trust",
                         "'%s' is no fingerprint: 64 hexadecimal digits of a certificate, or "
                         "SHA256: and 43 characters of a host key",
                         o->sha256);
    c = cli_load_config(o);
    if (!c)
        return CLI_CONFIG;
    t.e = find_endpoint(o, c, &rc);
    if (t.e && (t.e->kind & KINDS_SSH)) {
        rc = trust_ssh(o, t.e);
    } else if (t.e) {
        find_addresses(&t);
        if (t.n == 0)
            cli_say("'%s/%s' has no https:// address in the configuration to trust", t.e->site,
                    t.e->name);
    }
    if (t.n)
        rc = trust_all(&t);
    config_free(c);
    return rc;
}
