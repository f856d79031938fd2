#include "collectors/aws/wire.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "collectors/aws/sigv4.h"
#include "core/arena.h"
#include "core/secret.h"
#include "core/text.h"

void aws_key_release(struct aws_key *k)
{
    secret_unref(k->access);
    secret_unref(k->secret);
    secret_unref(k->token);
    *k = (struct aws_key){0};
}

/* ---- signing -----------------------------------------------------------------------------------
 */

/* The Host header that libcurl makes of a URL: without the scheme's own port. */
static void add_host(struct strbuf *out, const char *url)
{
    bool https = text_has_prefix(url, "https://");
    const char *host = strstr(url, "://");
    size_t len;

    host = host ? host + 3 : url;
    strbuf_add(out, host, strcspn(host, "/?#"));
    len = strlen(https ? ":443" : ":80");
    if (text_has_suffix(out->buf, https ? ":443" : ":80"))
        strbuf_setlen(out, out->len - len);
}

static void add_signature(struct wire *w, const struct aws_target *t, const struct aws_key *key,
                          const struct sigv4_request *req, const char *date)
{
    struct sigv4_scope scope = {.access_key = secret_reveal(key->access),
                                .secret = secret_reveal(key->secret),
                                .region = t->region,
                                .service = t->service};
    struct strbuf value = STRBUF_INIT;

    memcpy(scope.date, date, SIGV4_DATE_MAX);
    sigv4_authorization(&value, &scope, req);
    wire_header(w, "Authorization", value.buf);
    strbuf_release(&value);
}

void wire_sign(struct wire *w, const struct aws_target *t, const struct aws_key *key,
               const struct aws_call *call, struct http_request *http)
{
    struct strbuf host = STRBUF_INIT, path = STRBUF_INIT;
    char date[SIGV4_DATE_MAX];
    struct sigv4_header headers[WIRE_HEADERS_MAX];
    struct sigv4_request req = {.method = call->method, .headers = headers};
    const char *start, *query;

    wire_reset(w);
    wire_url(w, t->url, call->path);
    strbuf_add(&w->body, call->body ? call->body : "", call->body ? call->body_len : 0);
    sigv4_date(call->now, date);
    add_host(&host, t->url);
    headers[req.nheaders++] = (struct sigv4_header){"Host", host.buf};
    headers[req.nheaders++] = (struct sigv4_header){"X-Amz-Date", date};
    if (call->content_type)
        headers[req.nheaders++] = (struct sigv4_header){"Content-Type", call->content_type};
    if (key->token)
        headers[req.nheaders++] =
            (struct sigv4_header){"X-Amz-Security-Token", secret_reveal(key->token)};
    for (size_t i = 1; i < req.nheaders; i++) /* the client makes Host itself */
        wire_header(w, headers[i].name, headers[i].value);
    start = strstr(w->url.buf, "://");
    start = start ? start + 3 : w->url.buf;
    start += strcspn(start, "/?");
    query = strchr(start, '?');
    strbuf_add(&path, start, strcspn(start, "?"));
    req.path = path.buf;
    req.query = query ? query + 1 : NULL;
    req.body = w->body.buf;
    req.body_len = w->body.len;
    add_signature(w, t, key, &req, date);
    strbuf_release(&host);
    strbuf_release(&path);
    wire_fill(w, call->method, http);
}

/* ---- addresses ---------------------------------------------------------------------------------
 */

static bool region_ok(const char *region)
{
    size_t n = strlen(region);

    for (const char *p = region; *p; p++) {
        if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '-')
            return false;
    }
    return n > 0 && n <= 32;
}

/* Does the host of @url name one service, and another than @service? vpce-1-x.ec2.eu-west-1... */
static bool is_of_other_service(const char *url, const char *service)
{
    static const char *const services[] = {"ec2", "sts"};
    const char *host = strstr(url, "://");
    struct strbuf text = STRBUF_INIT, label = STRBUF_INIT;
    bool own = false, other = false;

    host = host ? host + 3 : url;
    strbuf_addch(&text, '.');
    strbuf_add(&text, host, strcspn(host, "/:?"));
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        strbuf_reset(&label);
        strbuf_addf(&label, ".%s.", services[i]);
        if (!strstr(text.buf, label.buf))
            continue;
        if (strcmp(services[i], service) == 0)
            own = true;
        else
            other = true;
    }
    strbuf_release(&text);
    strbuf_release(&label);
    return other && !own;
}

int aws_endpoint(struct arena *arena, const char *service, const char *region,
                 const char *configured, const char *override, const char **url, struct err *err)
{
    if (!region || !region_ok(region))
        return err_set(err, ERR_CONFIG, 0, "'%s' is not a region", region ? region : "");
    if (configured && is_of_other_service(configured, service))
        configured = NULL;
    if (override && is_of_other_service(override, service))
        override = NULL;
    if (configured || override) {
        *url = arena_strdup(arena, configured ? configured : override);
        return http_url_check(*url, err) < 0 ? err_prefix(err, "address of %s", service) : 0;
    }
    *url = arena_printf(arena, "https://%s.%s.amazonaws.com%s", service, region,
                        text_has_prefix(region, "cn-") ? ".cn" : "");
    return 0;
}
