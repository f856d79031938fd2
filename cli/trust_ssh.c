#include "cli/trust_ssh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/paths.h"
#include "core/loop.h"
#include "core/mem.h"
#include "core/ssh.h"
#include "core/strbuf.h"
#include "core/trust.h"

#define TIMEOUT_MS 15000
#define SSH_PORT   22
/* No key has this fingerprint, so every host is refused before anything is said to it but the key
 * exchange. */
#define NO_KEY "SHA256:none"

struct shown {
    struct loop *loop;
    struct err err;
    char type[64], fingerprint[64];
    char jump_type[64], jump_fingerprint[64]; /* of a jump host that is not trusted yet */
};

static void done(void *arg, struct ssh_result *r)
{
    struct shown *s = arg;

    s->err = r->err;
    loop_stop(s->loop);
}

static void take_facts(struct shown *out, const struct ssh_facts *f)
{
    (void)snprintf(out->type, sizeof(out->type), "%s", f->key_type);
    (void)snprintf(out->fingerprint, sizeof(out->fingerprint), "%s", f->fingerprint);
    (void)snprintf(out->jump_type, sizeof(out->jump_type), "%s", f->jump_key_type);
    (void)snprintf(out->jump_fingerprint, sizeof(out->jump_fingerprint), "%s", f->jump_fingerprint);
}

static void probe(const struct config_endpoint *e, const char *jump_key, struct shown *out)
{
    const char *jump = config_str(e, "jump");
    struct ssh_target t = {.host = config_str(e, "host"),
                           .port = (int)config_int(e, "port", SSH_PORT),
                           .user = config_str(e, "user"),
                           .host_key = NO_KEY,
                           .jump = jump && *jump ? jump : NULL,
                           .jump_key_file = config_str(e, "jump_key_file"),
                           .jump_known_hosts = config_str(e, "jump_known_hosts"),
                           .jump_host_key = jump_key,
                           .connect_timeout_ms = TIMEOUT_MS};
    struct ssh_command c = {.line = "exit", .timeout_ms = TIMEOUT_MS};
    struct ssh *ssh;
    struct ssh_host *host;

    memset(out, 0, sizeof(*out));
    out->loop = loop_new();
    ssh = ssh_pool_new(out->loop);
    host = ssh_host_new(ssh, &t);
    ssh_exec(host, &c, done, out);
    loop_run(out->loop);
    take_facts(out, ssh_host_facts(host));
    ssh_host_free(host);
    ssh_pool_free(ssh);
    loop_free(out->loop);
}

static bool is_accepted(const struct cli_options *o, const struct shown *s)
{
    if (o->sha256) {
        if (strcmp(o->sha256, s->fingerprint) == 0)
            return true;
        cli_say("not accepted: the host shows %s, not the key given", s->fingerprint);
        return false;
    }
    if (!ask_is_possible()) {
        cli_say("not accepted: no terminal to ask on. Compare the fingerprint with what the "
                "host's owner says, then run: hycon trust %s --sha256 %s",
                o->args[0], s->fingerprint);
        return false;
    }
    return ask_yes("Does this fingerprint come from the host's owner, and shall hycon trust it? "
                   "[y/N]");
}

static int accept_key(const struct config_endpoint *e, const char *where, const struct shown *s)
{
    char *name = mem_printf("%s/%s", e->site, e->name), *path = paths_trust();
    struct err err = {0};
    int rc = CLI_OK;

    if (trust_accept(path, name, where, s->fingerprint, &err)) {
        cli_say("%s", err.msg);
        rc = CLI_CREATE;
    } else {
        cli_say("the host key of '%s'%s%s is trusted now (%s)", name, where ? " at " : "",
                where ? where : "", path);
    }
    free(name);
    free(path);
    return rc;
}

static void show(const char *where, const struct shown *s)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addf(&out, "host key of '%s'\n  type      %s\n  SHA-256   %s\n", where,
                s->type[0] ? s->type : "as OpenSSH chose it", s->fingerprint);
    (void)cli_write(&out);
    strbuf_release(&out);
}

int trust_jump(const struct cli_options *o, const struct config_endpoint *e, const char *where,
               const char *type, const char *fingerprint)
{
    struct shown s = {0};

    (void)snprintf(s.type, sizeof(s.type), "%s", type);
    (void)snprintf(s.fingerprint, sizeof(s.fingerprint), "%s", fingerprint);
    show(where, &s);
    return is_accepted(o, &s) ? accept_key(e, where, &s) : CLI_NOT_OK;
}

/* The host is asked by way of the jump host that was accepted before. */
static void probe_by_way(const struct config_endpoint *e, const char *where, struct shown *out)
{
    char *name = mem_printf("%s/%s", e->site, e->name), *path = paths_trust();
    char *group = mem_printf("%s/%s", e->site, e->group);
    struct trust *accepted = where ? trust_load(path, NULL) : NULL;

    probe(e, accepted ? trust_jump_key(accepted, name, group, where) : NULL, out);
    trust_free(accepted);
    free(group);
    free(path);
    free(name);
}

/* One jump host serves the whole range, so its key is accepted for all of it. */
static int trust_way(const struct cli_options *o, const struct config_endpoint *e,
                     const char *where, const struct shown *s)
{
    struct config_endpoint all = *e;

    cli_say("%s", s->err.msg);
    all.name = e->group;
    return trust_jump(o, &all, where, s->jump_type, s->jump_fingerprint);
}

int trust_ssh(const struct cli_options *o, const struct config_endpoint *e)
{
    const char *pin = config_str(e, "host_key");
    struct config_jump jump;
    struct shown s;
    char *where = config_jump(e, &jump) ? mem_printf("%s:%d", jump.host, jump.port) : NULL;

    probe_by_way(e, where, &s);
    if (s.jump_fingerprint[0]) {
        int rc = trust_way(o, e, where, &s);

        free(where);
        return rc;
    }
    free(where);
    if (!s.fingerprint[0]) {
        cli_say("%s", s.err.msg[0] ? s.err.msg : "the host showed no key");
        return CLI_NOT_OK;
    }
    where =
        mem_printf("%s:%lld", config_str(e, "host"), (long long)config_int(e, "port", SSH_PORT));
    show(where, &s);
    free(where);
    if (pin) {
        struct strbuf at = STRBUF_INIT;

        config_origin(e, "host_key", &at);
        cli_say("%s: the configuration pins %s, which wins over what is accepted here", at.buf,
                pin);
        strbuf_release(&at);
        return strcmp(pin, s.fingerprint) == 0 ? CLI_OK : CLI_CONFIG;
    }
    return is_accepted(o, &s) ? accept_key(e, NULL, &s) : CLI_NOT_OK;
}
