#include "cli/probe.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/http.h"
#include "core/loop.h"
#include "core/mem.h"
#include "core/ssh.h"

#define TIMEOUT_MS 15000

struct probing {
    struct probe *out;
    struct loop *loop;
    struct http *http;
    struct http_request req;
    const struct probe_way *way;
    struct ssh_host *bastion;
};

static void done(void *arg, struct http_reply *r)
{
    struct probing *p = arg;
    struct probe *out = p->out;

    out->err = r->err;
    out->trusted = r->err.kind != ERR_TLS && r->cert_sha256[0];
    memcpy(out->sha256, r->cert_sha256, sizeof(out->sha256));
    (void)snprintf(out->subject, sizeof(out->subject), "%s", r->cert_subject);
    (void)snprintf(out->issuer, sizeof(out->issuer), "%s", r->cert_issuer);
    out->starts_at = r->cert_starts_at;
    out->expires_at = r->cert_expires_at;
    loop_stop(p->loop);
}

static void on_way(void *arg, struct ssh_result *r)
{
    struct probing *p = arg;
    const struct ssh_facts *f = ssh_host_facts(p->bastion);
    char *via;

    if (r->err.kind == ERR_NONE) {
        via = mem_printf("jump host '%s'", p->way->jump_text);
        p->req.unix_socket = r->out;
        p->req.via = via;
        http_send(p->http, &p->req, done, p);
        free(via);
        return;
    }
    p->out->err = r->err;
    err_prefix(&p->out->err, "jump host '%s'", p->way->jump_text);
    p->out->jump_denied = r->err.kind == ERR_DENIED && !f->connected;
    (void)snprintf(p->out->jump_key_type, sizeof(p->out->jump_key_type), "%s", f->key_type);
    (void)snprintf(p->out->jump_fingerprint, sizeof(p->out->jump_fingerprint), "%s",
                   f->fingerprint);
    loop_stop(p->loop);
}

static void probe_behind(struct probing *p)
{
    struct ssh *ssh = ssh_pool_new(p->loop);
    char *where = probe_where(p->req.url);

    p->bastion = ssh_host_new(ssh, p->way->jump);
    ssh_forward(p->bastion, where, on_way, p);
    loop_run(p->loop);
    http_free(p->http);
    ssh_host_free(p->bastion);
    ssh_pool_free(ssh);
    free(where);
}

void probe_certificate(const char *url, const char *ca_file, const struct probe_way *way,
                       struct probe *out)
{
    struct probing p = {.out = out, .loop = loop_new(), .way = way};

    memset(out, 0, sizeof(*out));
    p.http = http_new(p.loop);
    p.req = (struct http_request){.method = "GET",
                                  .url = url,
                                  .connect_timeout_ms = TIMEOUT_MS,
                                  .timeout_ms = TIMEOUT_MS,
                                  .tls = {.ca_file = ca_file},
                                  .proxy = way->proxy};
    if (way->jump) {
        probe_behind(&p);
    } else {
        http_send(p.http, &p.req, done, &p);
        loop_run(p.loop);
        http_free(p.http);
    }
    loop_free(p.loop);
}

char *probe_where(const char *url)
{
    const char *rest = strstr(url, "://");
    bool plain = strncmp(url, "http:", 5) == 0;
    size_t n;
    char *where;

    rest = rest ? rest + 3 : url;
    n = strcspn(rest, "/?#");
    const char *bracket = memchr(rest, ']', n);
    const char *from = bracket ? bracket : rest;
    bool port = memchr(from, ':', n - (size_t)(from - rest)) != NULL;
    where = mem_printf("%.*s%s", (int)n, rest, port ? "" : plain ? ":80" : ":443");
    for (char *c = where; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return where;
}
