/*
 * Logging in is two steps. The API token (a refresh token of the Cloud Services Platform) is
 * exchanged for an access token, which goes with every request in csp-auth-token; then the SDDC is
 * read once, because it says where its NSX is: behind a reverse proxy with an address of its own.
 * Renewing is the first step alone, and requests use the old token until the new one is there.
 *
 * 401 means that the access token is over: one login tells whether the API token is, too. 403 means
 * that its roles do not allow the call, unless the token's time is up: the reverse proxy's word for
 * that is not documented, so the clock decides.
 *
 * An endpoint without `sddc` is about all SDDCs of its organisation. Its NSX is that of the only
 * one that is not deleted; with several, whoever wants NSX must say which.
 */
#include "collectors/vmc/session.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/nsx/fault.h"
#include "collectors/vmc/fault.h"
#include "collectors/wire.h"
#include "core/arena.h"
#include "core/jsonq.h"
#include "core/mem.h"
#include "core/text.h"

#define AUTHORIZE      "/csp/gateway/am/api/auth/api-tokens/authorize"
#define NSX_SUFFIX     "/sks-nsxt-manager"
#define TOKEN_BODY_MAX (1u << 20)
#define SDDC_BODY_MAX  (32u << 20)

enum stage { STAGE_TOKEN, STAGE_SDDC };

struct vmc_session {
    struct wire wire;
    enum stage stage;
    struct secret *token;  /* NULL: not logged in */
    int64_t token_ends_at; /* 0: not known */
    bool facts_known;      /* the SDDC was read */
    unsigned sddcs;        /* of the organisation, when none is named */
    /* Bases behind the reverse proxy: NSX, and cloud-service with and without the suffix of NSX.
     * In facts_arena; NULL: not known. */
    const char *nsx, *cloud, *cloud_short;
    struct err refused; /* why the address that VMC names is not used */
};

static int vmc_init(struct session *s)
{
    struct vmc_session *v = mem_alloc(sizeof(*v));

    wire_init(&v->wire);
    s->priv = v;
    s->facts.product = "VMware Cloud on AWS";
    s->facts.org = config_str(s->endpoint, "org");
    s->facts.sddc = config_str(s->endpoint, "sddc");
    s->facts.on_vmc = true;
    /* Fixed names of the service; see the NSX collectors for what a manager of one's own says. */
    s->facts.site_path = "/infra/sites/default";
    s->facts.enforcement_point = "/infra/sites/default/enforcement-points/vmc-enforcementpoint";
    return 0;
}

static void forget(struct vmc_session *v)
{
    secret_unref(v->token);
    v->token = NULL;
    v->token_ends_at = 0;
}

static void vmc_release(struct session *s)
{
    struct vmc_session *v = s->priv;

    if (!v)
        return;
    forget(v);
    wire_release(&v->wire);
    free(v);
    s->priv = NULL;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

/* A pin names one leaf certificate: that of the VMC service. CSP and the reverse proxies have
 * others, which are checked like any. */
static void fill(struct session *s, const char *method, const char *base, const char *path,
                 const char *label)
{
    struct vmc_session *v = s->priv;

    wire_url(&v->wire, base, path);
    session_fill(s, &v->wire, method, label);
    if (base != session_url(s))
        s->call.http.tls.sha256 = NULL;
}

static enum session_step send_token(struct session *s)
{
    struct vmc_session *v = s->priv;
    size_t len = secret_len(s->secret);

    wire_reset(&v->wire);
    wire_header(&v->wire, "Accept", "application/json");
    wire_header(&v->wire, "Content-Type", "application/x-www-form-urlencoded");
    strbuf_grow(&v->wire.body, 3 * len + 16); /* room first: growing would leave a copy behind */
    strbuf_addstr(&v->wire.body, "api_token=");
    text_percent_encode(&v->wire.body, secret_reveal(s->secret), len, NULL);
    v->stage = STAGE_TOKEN;
    fill(s, "POST", config_str(s->endpoint, "csp_url"), AUTHORIZE, "login");
    s->call.http.max_body = TOKEN_BODY_MAX;
    return SESSION_SEND;
}

static const char *org_path(const struct session *s, struct strbuf *out)
{
    const char *org = config_str(s->endpoint, "org"), *sddc = config_str(s->endpoint, "sddc");

    strbuf_addstr(out, "/vmc/api/orgs/");
    text_percent_encode(out, org, strlen(org), NULL);
    strbuf_addstr(out, "/sddcs");
    if (sddc) {
        strbuf_addch(out, '/');
        text_percent_encode(out, sddc, strlen(sddc), NULL);
    }
    return out->buf;
}

static enum session_step send_sddc(struct session *s)
{
    struct vmc_session *v = s->priv;
    struct strbuf path = STRBUF_INIT;

    wire_reset(&v->wire);
    wire_header(&v->wire, "Accept", "application/json");
    wire_header(&v->wire, "csp-auth-token", secret_reveal(v->token));
    v->stage = STAGE_SDDC;
    fill(s, "GET", session_url(s), org_path(s, &path), "SDDC");
    strbuf_release(&path);
    s->call.http.max_body = SDDC_BODY_MAX;
    return SESSION_SEND;
}

/* ---- the token ---------------------------------------------------------------------------------
 */

static enum session_step take_token(struct session *s, const struct reply *reply)
{
    struct vmc_session *v = s->priv;
    struct json_object *o = jsonq_parse(reply->body, reply->len, NULL);
    const char *token = jsonq_str(o, "access_token");
    int64_t life_s = 0, ahead;

    if (!token || !wire_is_plain(token, strlen(token))) {
        json_object_put(o);
        err_set(&s->err, ERR_PROTO, reply->status,
                "the reply to the login has no access token: is 'csp_url' right?");
        return SESSION_FAIL;
    }
    forget(v);
    v->token = secret_new_str(token);
    if (jsonq_int(o, "expires_in", &life_s) && life_s > 0 && life_s < 365 * 86400) {
        ahead = life_s * 500 < VMC_RENEW_AHEAD_MS ? life_s * 500 : VMC_RENEW_AHEAD_MS;
        v->token_ends_at = s->now + life_s * 1000;
        s->expires_at = v->token_ends_at - ahead;
    }
    json_object_put(o);
    return v->facts_known ? SESSION_READY : send_sddc(s);
}

/* The platform's own sentence may repeat the token, so its code alone is shown. */
static enum session_step token_refused(struct session *s, const struct reply *reply)
{
    struct vmc_fault f;
    const char *code;

    vmc_fault_read(reply, &f);
    code = f.code[0] ? f.code : "no code";
    if (reply->status == 401 || (f.is_document && (reply->status == 400 || reply->status == 403))) {
        err_set(&s->err, ERR_AUTH, reply->status,
                "the Cloud Services Platform did not accept the API token (%d, %s%s%s)",
                reply->status, code, f.request_id[0] ? ", request " : "", f.request_id);
        return SESSION_REJECTED;
    }
    if (f.class == VMC_FAULT_THROTTLED)
        err_set(&s->err, ERR_LIMIT, reply->status,
                "the Cloud Services Platform is too busy to log in (%d, %s)", reply->status, code);
    else if (f.class == VMC_FAULT_PASSING)
        err_set(&s->err, ERR_HTTP, reply->status,
                "the Cloud Services Platform had a fault of its own in the login (%d, %s)",
                reply->status, code);
    else
        err_set(&s->err, ERR_CONFIG, reply->status,
                "no Cloud Services Platform answers at 'csp_url' (%d)", reply->status);
    return SESSION_FAIL;
}

/* ---- the SDDC ----------------------------------------------------------------------------------
 */

static const char *keep(struct session *s, const char *text)
{
    return text && *text ? arena_strdup(s->facts_arena, text) : NULL;
}

static void take_nsx_url(struct session *s, const char *url)
{
    struct vmc_session *v = s->priv;
    struct arena *a = s->facts_arena;
    size_t len, suffix;

    v->nsx = v->cloud = v->cloud_short = NULL;
    err_clear(&v->refused);
    if (!url || !*url || http_url_check(url, &v->refused) < 0)
        return;
    for (len = strlen(url); len > 0 && url[len - 1] == '/';)
        len--;
    v->nsx = arena_strndup(a, url, len);
    suffix = text_has_suffix(v->nsx, NSX_SUFFIX) ? strlen(NSX_SUFFIX) : 0;
    v->cloud = arena_printf(a, "%s/cloud-service", v->nsx);
    v->cloud_short = arena_printf(a, "%.*s/cloud-service", (int)(len - suffix), v->nsx);
}

static void take_facts(struct session *s, struct json_object *sddc)
{
    struct vmc_session *v = s->priv;
    const char *id = jsonq_str(sddc, "id");
    struct json_object *manifest = jsonq_path(sddc, "resource_config.sddc_manifest");

    if (id)
        s->facts.sddc = keep(s, id);
    s->facts.sddc_name = keep(s, jsonq_str(sddc, "name"));
    s->facts.version = keep(s, jsonq_str(manifest, "vmc_version"));
    take_nsx_url(s, jsonq_str(jsonq_get(sddc, "resource_config"), "nsx_api_public_endpoint_url"));
    /* An SDDC that is being built has no NSX yet: read it again with the next token. */
    v->facts_known = v->nsx != NULL;
}

/* Of the SDDCs that are there, how many and the last of them. */
static struct json_object *find_only(struct json_object *list, unsigned *n)
{
    struct json_object *found = NULL;

    *n = 0;
    for (size_t i = 0; i < jsonq_count(list); i++) {
        struct json_object *sddc = jsonq_item(list, i);
        const char *state = jsonq_str(sddc, "sddc_state");

        if (state && (strcmp(state, "DELETED") == 0 || strcmp(state, "CANCELED") == 0))
            continue;
        found = sddc;
        ++*n;
    }
    return found;
}

static enum session_step take_sddc(struct session *s, const struct reply *reply)
{
    struct vmc_session *v = s->priv;
    struct json_object *o = jsonq_parse(reply->body, reply->len, &s->err), *one;

    if (!o) {
        err_prefix(&s->err, "reply of VMC about the SDDC");
        return SESSION_FAIL;
    }
    v->sddcs = 1;
    one = json_object_is_type(o, json_type_array) ? find_only(o, &v->sddcs) : o;
    v->facts_known = v->sddcs > 1;
    if (v->sddcs == 1)
        take_facts(s, one);
    json_object_put(o);
    return SESSION_READY;
}

static enum session_step sddc_refused(struct session *s, const struct reply *reply)
{
    const char *org = config_str(s->endpoint, "org"), *sddc = config_str(s->endpoint, "sddc");
    struct vmc_fault f;

    vmc_fault_read(reply, &f);
    vmc_fault_describe(
        &f, reply->status,
        arena_printf(s->arena, "%s of organisation '%s'", sddc ? "the SDDC" : "the SDDCs", org),
        &s->err);
    if (f.class == VMC_FAULT_MISSING)
        err_set(&s->err, ERR_CONFIG, reply->status, "organisation '%s' has no SDDC '%s' (%d%s%s)",
                org, sddc ? sddc : "", reply->status, f.message[0] ? ", " : "", f.message);
    return SESSION_FAIL;
}

/* ---- login and logout --------------------------------------------------------------------------
 */

static enum session_step vmc_login(struct session *s, const struct reply *reply)
{
    struct vmc_session *v = s->priv;
    bool good = reply && reply->status >= 200 && reply->status < 300;

    if (!reply) {
        s->expires_at = 0;
        if (!s->secret || secret_len(s->secret) == 0) {
            err_set(&s->err, ERR_CONFIG, 0, "no API token");
            return SESSION_FAIL;
        }
        return send_token(s);
    }
    if (v->stage == STAGE_TOKEN)
        wire_reset(&v->wire); /* the API token is not needed any more */
    if (reply->status == 0) {
        session_no_answer(reply, &s->err);
        return SESSION_FAIL;
    }
    if (v->stage == STAGE_TOKEN)
        return good ? take_token(s, reply) : token_refused(s, reply);
    return good ? take_sddc(s, reply) : sddc_refused(s, reply);
}

/* An access token cannot be given back; it ends by itself. */
static enum session_step vmc_logout(struct session *s, const struct reply *reply)
{
    struct vmc_session *v = s->priv;

    (void)reply;
    forget(v);
    wire_reset(&v->wire);
    return SESSION_READY;
}

/* ---- requests of collectors --------------------------------------------------------------------
 */

static bool is_nsx(enum service service)
{
    return service == SERVICE_NSX || service == SERVICE_CLOUD || service == SERVICE_CLOUD_SHORT;
}

static int no_nsx(struct session *s)
{
    const struct vmc_session *v = s->priv;

    if (v->sddcs > 1)
        return err_set(&s->err, ERR_UNSUPPORTED, 0,
                       "the organisation has %u SDDCs: 'sddc' must name the one whose NSX is read",
                       v->sddcs);
    if (v->refused.kind != ERR_NONE)
        return err_set(&s->err, ERR_PROTO, 0, "the address of NSX that VMC names is not used: %s",
                       v->refused.msg);
    if (v->sddcs == 0)
        return err_set(&s->err, ERR_UNSUPPORTED, 0, "the organisation has no SDDC");
    return err_set(&s->err, ERR_UNSUPPORTED, 0, "the SDDC has no address of NSX (yet)");
}

static int base_of(struct session *s, const struct request *req, const char **base)
{
    const struct vmc_session *v = s->priv;

    switch (req->service) {
    case SERVICE_MAIN:
    case SERVICE_VMC:
        *base = session_url(s);
        return 0;
    case SERVICE_NSX:
        *base = v->nsx;
        break;
    case SERVICE_CLOUD:
        *base = v->cloud;
        break;
    case SERVICE_CLOUD_SHORT:
        *base = v->cloud_short;
        break;
    default:
        return err_set(&s->err, ERR_CONFIG, 0, "a vmc endpoint has no such service");
    }
    return *base ? 0 : no_nsx(s);
}

static int vmc_authorize(struct session *s, const struct request *req)
{
    struct vmc_session *v = s->priv;
    const char *base;

    if (!v->token)
        return err_set(&s->err, ERR_AUTH, 0, "not logged in");
    if (base_of(s, req, &base) < 0)
        return -1;
    wire_reset(&v->wire);
    wire_header(&v->wire, "Accept", "application/json");
    wire_header(&v->wire, "csp-auth-token", secret_reveal(v->token));
    if (req->content_type)
        wire_header(&v->wire, "Content-Type", req->content_type);
    strbuf_add(&v->wire.body, req->body ? req->body : "", req->body ? req->body_len : 0);
    fill(s, req->method, base, req->path, req->label);
    s->call.http.max_body = req->max_body ? req->max_body : COLLECTOR_BODY_MAX;
    return 0;
}

/* Is the token's time up, by the clock of the server? */
static bool token_is_over(const struct session *s)
{
    const struct vmc_session *v = s->priv;

    return !v->token || (v->token_ends_at && s->now >= v->token_ends_at);
}

static enum session_verdict judge_nsx(struct session *s, const struct request *req,
                                      const struct reply *reply, struct err *err)
{
    struct nsx_fault f;
    bool over = reply->status == 401 || (reply->status == 403 && token_is_over(s));

    nsx_fault_read(reply, &f);
    if (over)
        f.class = NSX_FAULT_SESSION;
    else if (f.class == NSX_FAULT_SESSION || f.class == NSX_FAULT_CREDENTIALS)
        f.class = NSX_FAULT_DENIED;
    nsx_fault_describe(&f, reply->status, "the API token", req->label ? req->label : "this", err);
    if (over)
        return VERDICT_EXPIRED;
    if (f.class == NSX_FAULT_THROTTLED)
        return VERDICT_THROTTLED;
    return f.class == NSX_FAULT_PASSING ? VERDICT_RETRY : VERDICT_ERROR;
}

static enum session_verdict judge_vmc(struct session *s, const struct request *req,
                                      const struct reply *reply, struct err *err)
{
    struct vmc_fault f;

    vmc_fault_read(reply, &f);
    if (reply->status == 403 && token_is_over(s))
        f.class = VMC_FAULT_TOKEN;
    vmc_fault_describe(&f, reply->status, req->label ? req->label : "this", err);
    if (f.class == VMC_FAULT_TOKEN)
        return VERDICT_EXPIRED;
    if (f.class == VMC_FAULT_THROTTLED)
        return VERDICT_THROTTLED;
    return f.class == VMC_FAULT_PASSING ? VERDICT_RETRY : VERDICT_ERROR;
}

static enum session_verdict vmc_judge(struct session *s, const struct request *req,
                                      const struct reply *reply, struct err *err)
{
    if (reply->status >= 200 && reply->status < 300)
        return VERDICT_OK;
    if (reply->status == 0) {
        session_no_answer(reply, err);
        return VERDICT_RETRY;
    }
    return is_nsx(req->service) ? judge_nsx(s, req, reply, err) : judge_vmc(s, req, reply, err);
}

const struct session_ops session_vmc_ops = {
    .kind = KIND_VMC,
    .secret_key = "token",
    .init = vmc_init,
    .release = vmc_release,
    .login = vmc_login,
    .logout = vmc_logout,
    .authorize = vmc_authorize,
    .judge = vmc_judge,
};
