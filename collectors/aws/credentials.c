#include "collectors/aws/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/aws/credentials_json.h"
#include "collectors/aws/fault.h"
#include "collectors/aws/sts.h"
#include "collectors/aws/wire.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"

#define INSTANCE_ROLE_PATH "/latest/meta-data/iam/security-credentials/"
#define ROLE_NAME_MAX      128
#define SMALL_REPLY        65536

enum at {
    AT_START,
    AT_PROCESS,
    AT_SSO,
    AT_CONTAINER,
    AT_INSTANCE_TOKEN,
    AT_INSTANCE_ROLE,
    AT_INSTANCE_KEY,
    AT_ROLE,
};

struct aws_chain {
    const struct aws_env *env;
    const struct aws_options *o;
    const char *region, *endpoint_url; /* of our configuration */
    struct arena *arena;               /* of the plan */
    struct aws_plan plan;
    enum at at;
    size_t next_role;
    bool clock_corrected;
    const char *where;
    struct aws_key key;
    struct secret *instance_token;
    struct wire wire;
};

/* ---- life --------------------------------------------------------------------------------------
 */

struct aws_chain *aws_chain_new(const struct aws_env *env, const struct aws_options *o,
                                const char *region, const char *endpoint_url)
{
    struct aws_chain *c = mem_alloc(sizeof(*c));

    c->env = env;
    c->o = o;
    c->region = region;
    c->endpoint_url = endpoint_url;
    c->arena = arena_new(0);
    c->where = "the environment";
    wire_init(&c->wire);
    return c;
}

static void forget(struct aws_chain *c)
{
    aws_key_release(&c->key);
    aws_plan_release(&c->plan);
    secret_unref(c->instance_token);
    c->instance_token = NULL;
    wire_reset(&c->wire);
}

void aws_chain_free(struct aws_chain *c)
{
    if (!c)
        return;
    forget(c);
    wire_release(&c->wire);
    arena_free(c->arena);
    free(c);
}

const struct aws_key *aws_chain_key(const struct aws_chain *c)
{
    return &c->key;
}

const struct aws_plan *aws_chain_plan(const struct aws_chain *c)
{
    return &c->plan;
}

const char *aws_chain_region(const struct aws_chain *c)
{
    return c->region ? c->region : c->plan.region;
}

const char *aws_chain_where(const struct aws_chain *c)
{
    return c->where;
}

int64_t aws_key_renew_at(const struct aws_key *key, int64_t now)
{
    if (!key->expires_at)
        return 0;
    /* A key that is short-lived by nature is renewed half-way, not at once and for ever. */
    if (key->expires_at - now < 2 * AWS_REFRESH_MS)
        return now + (key->expires_at - now) / 2;
    return key->expires_at - AWS_REFRESH_MS;
}

/* ---- sending -----------------------------------------------------------------------------------
 */

static enum session_step send_plain(struct aws_chain *c, struct session *s, enum at at,
                                    const char *method, const char *url, const char *label)
{
    c->at = at;
    strbuf_addstr(&c->wire.url, url);
    s->call = (struct session_call){.label = label};
    wire_fill(&c->wire, method, &s->call.http);
    s->call.http.tls = s->tls;
    s->call.http.max_body = SMALL_REPLY;
    return SESSION_SEND;
}

/* To an agent on this host or its link: never through a proxy, and soon given up. */
static enum session_step send_local(struct aws_chain *c, struct session *s, enum at at,
                                    const char *method, const char *url, int64_t timeout_ms)
{
    send_plain(c, s, at, method, url, "credentials");
    s->call.http.proxy = "";
    s->call.http.allow_link_local = true;
    s->call.http.connect_timeout_ms = timeout_ms;
    s->call.http.timeout_ms = timeout_ms;
    s->call.http.tls = (struct http_tls){.ca_file = c->plan.ca_bundle};
    return SESSION_SEND;
}

/* The portal of the region that the login was made in, or where AWS_ENDPOINT_URL_SSO says. */
static int sso_url(struct aws_chain *c, struct session *s, struct strbuf *url)
{
    const struct aws_plan *p = &c->plan;
    const char *base;

    if (aws_endpoint(s->arena, "portal.sso", p->sso_region, NULL, p->endpoint_sso, &base, &s->err) <
        0)
        return -1;
    strbuf_addstr(url, base);
    while (url->len > 0 && url->buf[url->len - 1] == '/')
        strbuf_setlen(url, url->len - 1);
    strbuf_addstr(url, "/federation/credentials?role_name=");
    text_percent_encode(url, p->sso_role, strlen(p->sso_role), NULL);
    strbuf_addstr(url, "&account_id=");
    text_percent_encode(url, p->sso_account, strlen(p->sso_account), NULL);
    return 0;
}

static enum session_step send_sso(struct aws_chain *c, struct session *s)
{
    struct aws_plan *p = &c->plan;
    struct secret *token = NULL, *cache = c->env->read(c->env->arg, p->sso_cache, &s->err);
    struct strbuf url = STRBUF_INIT;
    enum session_step step = SESSION_FAIL;

    if (!cache && s->err.kind == ERR_NONE)
        err_set(&s->err, ERR_AUTH, 0, "nobody is logged in for %s: run aws sso login --profile %s",
                c->where, p->profile);
    if (cache)
        token = credentials_sso_token(secret_reveal(cache), secret_len(cache), s->now, p->profile,
                                      &s->err);
    if (token && sso_url(c, s, &url) == 0) {
        wire_reset(&c->wire);
        wire_header(&c->wire, "x-amz-sso_bearer_token", secret_reveal(token));
        step = send_plain(c, s, AT_SSO, "GET", url.buf, "credentials");
        s->call.http.tls = (struct http_tls){.ca_file = p->ca_bundle};
        s->call.http.proxy = s->proxy;
    }
    strbuf_release(&url);
    secret_unref(token);
    secret_unref(cache);
    return step;
}

static enum session_step send_instance(struct aws_chain *c, struct session *s, enum at at,
                                       const char *path)
{
    struct strbuf url = STRBUF_INIT;
    enum session_step step;

    wire_reset(&c->wire);
    strbuf_addf(&url, "%s%s", c->plan.instance_url, path);
    if (at == AT_INSTANCE_TOKEN)
        wire_header(&c->wire, "x-aws-ec2-metadata-token-ttl-seconds", "21600");
    else
        wire_header(&c->wire, "x-aws-ec2-metadata-token", secret_reveal(c->instance_token));
    step = send_local(c, s, at, at == AT_INSTANCE_TOKEN ? "PUT" : "GET", url.buf,
                      c->plan.instance_timeout_ms);
    strbuf_release(&url);
    return step;
}

static enum session_step send_container(struct aws_chain *c, struct session *s)
{
    wire_reset(&c->wire);
    if (c->plan.container_token)
        wire_header(&c->wire, "Authorization", secret_reveal(c->plan.container_token));
    return send_local(c, s, AT_CONTAINER, "GET", c->plan.container_url, 2000);
}

static enum session_step send_role(struct aws_chain *c, struct session *s)
{
    struct aws_target target = {.region = aws_chain_region(c), .service = "sts"};
    struct strbuf body = STRBUF_INIT;
    struct aws_call call = {.method = "POST", .path = "/", .content_type = AWS_FORM};

    if (aws_endpoint(s->arena, "sts", target.region, c->endpoint_url, c->plan.endpoint_sts,
                     &target.url, &s->err) < 0)
        return SESSION_FAIL;
    sts_assume_role(&body, &c->plan.roles[c->next_role]);
    call.body = body.buf;
    call.body_len = body.len;
    call.now = s->now + s->clock_offset_ms;
    s->call = (struct session_call){.label = "credentials"};
    wire_sign(&c->wire, &target, &c->key, &call, &s->call.http);
    s->call.http.max_body = SMALL_REPLY;
    s->call.http.tls = s->tls;
    if (!s->tls.ca_file && !s->tls.sha256)
        s->call.http.tls.ca_file = c->plan.ca_bundle;
    s->call.http.proxy = s->proxy;
    c->at = AT_ROLE;
    strbuf_release(&body);
    return SESSION_SEND;
}

/* ---- after each key ----------------------------------------------------------------------------
 */

static enum session_step got_key(struct aws_chain *c, struct session *s)
{
    if (c->key.expires_at && c->key.expires_at <= s->now + s->clock_offset_ms) {
        err_set(&s->err, ERR_AUTH, 0, "the credentials of %s have expired", c->where);
        return SESSION_FAIL;
    }
    if (c->next_role < c->plan.nroles)
        return send_role(c, s);
    wire_reset(&c->wire);
    return SESSION_READY;
}

static enum session_step got_json(struct aws_chain *c, struct session *s, const struct reply *reply,
                                  enum credentials_form form)
{
    if (credentials_from_json(reply->body, reply->len, form, &c->key, &s->err) < 0) {
        err_prefix(&s->err, "unable to read credentials from %s", c->where);
        return SESSION_FAIL;
    }
    return got_key(c, s);
}

static enum session_step start(struct aws_chain *c, struct session *s)
{
    struct aws_plan *p = &c->plan;

    forget(c);
    arena_reset(c->arena);
    c->next_role = 0;
    c->clock_corrected = false;
    c->where = "the environment";
    if (aws_profile_read(c->env, c->o, c->arena, p, &s->err) < 0)
        return SESSION_FAIL;
    c->where = p->where;
    switch (p->source) {
    case AWS_SOURCE_STATIC:
        c->key = (struct aws_key){secret_ref(p->access_key), secret_ref(p->secret_key),
                                  p->token ? secret_ref(p->token) : NULL, p->expires_at};
        return got_key(c, s);
    case AWS_SOURCE_PROCESS:
        c->at = AT_PROCESS;
        s->call = (struct session_call){.argv = p->argv, .label = "credentials"};
        return SESSION_SPAWN;
    case AWS_SOURCE_SSO:
        return send_sso(c, s);
    case AWS_SOURCE_CONTAINER:
        return send_container(c, s);
    default:
        return send_instance(c, s, AT_INSTANCE_TOKEN, "/latest/api/token");
    }
}

/* ---- replies -----------------------------------------------------------------------------------
 */

/* No answer, or a process that failed: its sentence with what was tried in front. */
static enum session_step no_answer(struct aws_chain *c, struct session *s,
                                   const struct reply *reply)
{
    session_no_answer(reply, &s->err);
    if (c->plan.source == AWS_SOURCE_INSTANCE && c->at != AT_ROLE)
        err_prefix(&s->err,
                   "no AWS credentials: not in the environment or the shared files, and the "
                   "instance's metadata service says nothing");
    else
        err_prefix(&s->err, "unable to get credentials from %s", c->where);
    return SESSION_FAIL;
}

static enum session_step refused_by_agent(struct aws_chain *c, struct session *s,
                                          const struct reply *reply)
{
    if (c->at == AT_SSO && (reply->status == 401 || reply->status == 403)) {
        err_set(&s->err, ERR_AUTH, reply->status,
                "the portal refused the login of %s: run aws sso login --profile %s", c->where,
                c->plan.profile);
        return SESSION_REJECTED;
    }
    if (c->at == AT_INSTANCE_TOKEN)
        err_set(&s->err, ERR_AUTH, reply->status,
                "the instance's metadata service gives no token (status %d): is version 2 enabled?",
                reply->status);
    else if (c->at == AT_INSTANCE_ROLE && reply->status == 404)
        err_set(&s->err, ERR_AUTH, reply->status,
                "no AWS credentials: not in the environment or the shared files, and this instance "
                "has no role");
    else
        err_set(&s->err, ERR_AUTH, reply->status, "%s gives no credentials (status %d)", c->where,
                reply->status);
    return SESSION_FAIL;
}

static enum session_step refused_by_sts(struct aws_chain *c, struct session *s,
                                        const struct reply *reply)
{
    struct fault f;
    int64_t offset = fault_clock_offset(reply, s->now);

    fault_read(reply, &f);
    if (f.class == FAULT_SKEW && !c->clock_corrected && offset != 0) {
        c->clock_corrected = true;
        s->clock_offset_ms = offset;
        return send_role(c, s);
    }
    fault_describe(&f, reply->status, c->where, "sts:AssumeRole", &s->err);
    err_prefix(&s->err, "unable to assume role '%s'", c->plan.roles[c->next_role].arn);
    /* What AWS has judged is not asked again; a fault on the way may pass. */
    return f.class == FAULT_REJECTED || f.class == FAULT_DENIED || f.class == FAULT_CONFIG
               ? SESSION_REJECTED
               : SESSION_FAIL;
}

static enum session_step got_instance_token(struct aws_chain *c, struct session *s,
                                            const struct reply *reply)
{
    size_t len = strcspn(reply->body, "\r\n");

    if (len == 0 || len > 4096) {
        err_set(&s->err, ERR_PROTO, 0, "the instance's metadata service gives no usable token");
        return SESSION_FAIL;
    }
    c->instance_token = secret_new(reply->body, len);
    return send_instance(c, s, AT_INSTANCE_ROLE, INSTANCE_ROLE_PATH);
}

static enum session_step got_instance_role(struct aws_chain *c, struct session *s,
                                           const struct reply *reply)
{
    size_t len = strcspn(reply->body, "\r\n");
    struct strbuf path = STRBUF_INIT;
    enum session_step step;

    if (len == 0 || len > ROLE_NAME_MAX) {
        err_set(&s->err, ERR_AUTH, 0, "no AWS credentials: this instance has no role");
        return SESSION_FAIL;
    }
    strbuf_addstr(&path, INSTANCE_ROLE_PATH);
    text_percent_encode(&path, reply->body, len, "+=,@");
    step = send_instance(c, s, AT_INSTANCE_KEY, path.buf);
    strbuf_release(&path);
    return step;
}

static enum session_step got_role(struct aws_chain *c, struct session *s, const struct reply *reply)
{
    struct aws_key key = {0};

    if (sts_read_key(reply->body, reply->len, &key, &s->err) < 0) {
        err_prefix(&s->err, "unable to assume role '%s'", c->plan.roles[c->next_role].arn);
        return SESSION_FAIL;
    }
    aws_key_release(&c->key);
    c->key = key;
    c->where = arena_printf(c->arena, "role '%s' by %s", c->plan.roles[c->next_role].arn, c->where);
    c->next_role++;
    return got_key(c, s);
}

static enum session_step accepted(struct aws_chain *c, struct session *s, const struct reply *reply)
{
    switch (c->at) {
    case AT_PROCESS:
        return got_json(c, s, reply, CREDENTIALS_PROCESS);
    case AT_SSO:
        return got_json(c, s, reply, CREDENTIALS_SSO);
    case AT_CONTAINER:
        return got_json(c, s, reply, CREDENTIALS_CONTAINER);
    case AT_INSTANCE_TOKEN:
        return got_instance_token(c, s, reply);
    case AT_INSTANCE_ROLE:
        return got_instance_role(c, s, reply);
    case AT_INSTANCE_KEY:
        return got_json(c, s, reply, CREDENTIALS_INSTANCE);
    default:
        return got_role(c, s, reply);
    }
}

enum session_step aws_chain_step(struct aws_chain *c, struct session *s, const struct reply *reply)
{
    if (!reply)
        return start(c, s);
    if (c->at == AT_PROCESS)
        return reply->err ? no_answer(c, s, reply) : accepted(c, s, reply);
    if (reply->status == 0)
        return no_answer(c, s, reply);
    if (reply->status >= 200 && reply->status < 300)
        return accepted(c, s, reply);
    return c->at == AT_ROLE ? refused_by_sts(c, s, reply) : refused_by_agent(c, s, reply);
}
