#include "cli/probe.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/http.h"
#include "core/loop.h"
#include "core/mem.h"

#define TIMEOUT_MS 15000

struct probing {
    struct probe *out;
    struct loop *loop;
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

void probe_certificate(const char *url, const char *ca_file, const char *proxy, struct probe *out)
{
    struct probing p = {.out = out, .loop = loop_new()};
    struct http *http = http_new(p.loop);
    struct http_request req = {.method = "GET",
                               .url = url,
                               .connect_timeout_ms = TIMEOUT_MS,
                               .timeout_ms = TIMEOUT_MS,
                               .tls = {.ca_file = ca_file},
                               .proxy = proxy};

    memset(out, 0, sizeof(*out));
    http_send(http, &req, done, &p);
    loop_run(p.loop);
    http_free(http);
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
