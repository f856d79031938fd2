/*
 * Logging in is getting a key. Whose it is, STS says: that call needs no permission, so it tells a
 * wrong key from a missing permission, and the account can be compared with the configuration. It
 * is asked beside the first requests, because it costs a connection and a round trip of its own. A
 * site whose STS cannot be reached (an interface endpoint for EC2 alone) works without it; then the
 * account is not known.
 */
#include "collectors/aws/session.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/aws/credentials.h"
#include "collectors/aws/fault.h"
#include "collectors/aws/sts.h"
#include "core/arena.h"
#include "core/mem.h"

#define CLOCK_NEAR_MS  (5 * 60000)
#define STS_CONNECT_MS 4000
#define STS_TOTAL_MS   10000
#define SMALL_REPLY    65536

struct aws_session {
    const struct aws_env *env;
    struct aws_options options;
    struct aws_chain *chain;
    struct wire wire;
    const char *region, *ec2_url, *sts_url; /* in facts_arena */
    bool clock_corrected, sts_silent;
};

static int aws_init(struct session *s)
{
    struct aws_session *a = mem_alloc(sizeof(*a));

    a->env = &aws_env_process;
    a->options = (struct aws_options){
        .profile = config_str(s->endpoint, "profile"),
        .config_file = config_str(s->endpoint, "config_file"),
        .credentials_file = config_str(s->endpoint, "credentials_file"),
        .role_arn = config_str(s->endpoint, "assume_role.role_arn"),
        .external_id = config_str(s->endpoint, "assume_role.external_id"),
    };
    wire_init(&a->wire);
    s->priv = a;
    return 0;
}

static void aws_release(struct session *s)
{
    struct aws_session *a = s->priv;

    if (!a)
        return;
    aws_chain_free(a->chain);
    wire_release(&a->wire);
    free(a);
    s->priv = NULL;
}

void session_aws_use_env(struct session *s, const struct aws_env *env)
{
    struct aws_session *a = s->priv;

    a->env = env;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static void sign(struct session *s, const char *service, const struct aws_call *call)
{
    struct aws_session *a = s->priv;
    const struct aws_plan *plan = aws_chain_plan(a->chain);
    struct aws_target target = {.url = strcmp(service, "sts") == 0 ? a->sts_url : a->ec2_url,
                                .region = a->region,
                                .service = service};

    s->call = (struct session_call){0};
    wire_sign(&a->wire, &target, aws_chain_key(a->chain), call, &s->call.http);
    s->call.http.tls = s->tls;
    if (!s->tls.ca_file && !s->tls.sha256)
        s->call.http.tls.ca_file = plan->ca_bundle;
    s->call.http.proxy = s->proxy;
}

static int find_addresses(struct session *s)
{
    struct aws_session *a = s->priv;
    const struct aws_plan *plan = aws_chain_plan(a->chain);
    const char *configured = config_str(s->endpoint, "endpoint_url");

    a->region = arena_strdup(s->facts_arena, aws_chain_region(a->chain));
    if (aws_endpoint(s->facts_arena, "ec2", a->region, configured, plan->endpoint_ec2, &a->ec2_url,
                     &s->err) < 0)
        return -1;
    return aws_endpoint(s->facts_arena, "sts", a->region, configured, plan->endpoint_sts,
                        &a->sts_url, &s->err);
}

/* ---- whose key it is ---------------------------------------------------------------------------
 */

static enum session_step ask_sts(struct session *s)
{
    struct aws_call call = {.method = "POST",
                            .path = "/",
                            .body = STS_CALLER_IDENTITY,
                            .body_len = strlen(STS_CALLER_IDENTITY),
                            .content_type = AWS_FORM,
                            .now = s->now + s->clock_offset_ms};

    sign(s, "sts", &call);
    s->call.label = "account";
    s->call.http.connect_timeout_ms = STS_CONNECT_MS;
    s->call.http.timeout_ms = STS_TOTAL_MS;
    s->call.http.max_body = SMALL_REPLY;
    return SESSION_SEND;
}

static enum session_step know_account(struct session *s, const struct reply *reply)
{
    const char *want = config_str(s->endpoint, "account");
    struct sts_identity id;

    /* A reply that cannot be read leaves the account unknown; EC2 still decides what is allowed. */
    if (sts_read_identity(reply->body, reply->len, &id, NULL) < 0)
        return SESSION_READY;
    if (want && strcmp(want, id.account) != 0) {
        struct aws_session *a = s->priv;

        err_set(&s->err, ERR_CONFIG, 0,
                "the credentials of %s belong to account %s, but the configuration says %s",
                aws_chain_where(a->chain), id.account, want);
        return SESSION_FAIL;
    }
    if (!s->facts.account || strcmp(s->facts.account, id.account) != 0)
        s->facts.account = arena_strdup(s->facts_arena, id.account);
    if (id.arn[0] && (!s->facts.role || strcmp(s->facts.role, id.arn) != 0))
        s->facts.role = arena_strdup(s->facts_arena, id.arn);
    return SESSION_READY;
}

/* False, too, when the reply does not say what time it is there. */
static bool clock_is_off(const struct session *s, const struct reply *reply)
{
    int64_t offset = fault_clock_offset(reply, s->now);

    return offset <= -CLOCK_NEAR_MS || offset >= CLOCK_NEAR_MS;
}

/* EC2 says RequestExpired both when our clock is off and when a session token is over. Its own time
 * tells which: signatures hold for 15 minutes, so a clock that is nearly right is not the reason.
 */
static void read_fault(const struct session *s, const struct reply *reply, struct fault *f)
{
    bool says = reply->header && reply->header(reply, "Date");

    fault_read(reply, f);
    if (f->class == FAULT_SKEW && says && !clock_is_off(s, reply))
        f->class = FAULT_EXPIRED;
}

/* EC2 tells a signature whose time is off as it tells a wrong key (AuthFailure). While our clock is
 * off the key is not condemned before a request with the corrected time was refused, too. */
static bool may_be_clock(const struct session *s, const struct reply *reply, const struct fault *f)
{
    return f->class == FAULT_REJECTED && clock_is_off(s, reply) &&
           (strcmp(f->code, "AuthFailure") == 0 || strcmp(f->code, "SignatureDoesNotMatch") == 0);
}

static enum session_step refused_by_sts(struct session *s, const struct reply *reply)
{
    struct aws_session *a = s->priv;
    int64_t offset = fault_clock_offset(reply, s->now);
    struct fault f;

    read_fault(s, reply, &f);
    if ((f.class == FAULT_SKEW || may_be_clock(s, reply, &f)) && !a->clock_corrected &&
        offset != 0) {
        a->clock_corrected = true;
        s->clock_offset_ms = offset;
        return ask_sts(s);
    }
    if (f.class != FAULT_REJECTED && f.class != FAULT_EXPIRED && f.class != FAULT_SKEW)
        return SESSION_READY;
    fault_describe(&f, reply->status, aws_chain_where(a->chain), "sts:GetCallerIdentity", &s->err);
    return f.class == FAULT_REJECTED ? SESSION_REJECTED : SESSION_FAIL;
}

static enum session_step about_account(struct session *s, const struct reply *reply)
{
    struct aws_session *a = s->priv;

    if (reply->status == 0) {
        a->sts_silent = true;
        return SESSION_READY;
    }
    if (reply->status >= 200 && reply->status < 300)
        return know_account(s, reply);
    return refused_by_sts(s, reply);
}

/* ---- login -------------------------------------------------------------------------------------
 */

static enum session_step have_key(struct session *s)
{
    struct aws_session *a = s->priv;

    if (!a->sts_url && find_addresses(s) < 0)
        return SESSION_FAIL;
    s->expires_at = aws_key_renew_at(aws_chain_key(a->chain), s->now);
    s->facts.product = "Amazon EC2";
    s->facts.region = a->region;
    s->unverified = !a->sts_silent && config_str(s->endpoint, "account");
    return SESSION_READY;
}

static enum session_step aws_login(struct session *s, const struct reply *reply)
{
    struct aws_session *a = s->priv;
    enum session_step step;

    if (!reply)
        s->expires_at = 0;
    if (!a->chain)
        a->chain = aws_chain_new(a->env, &a->options, config_str(s->endpoint, "region"),
                                 config_str(s->endpoint, "endpoint_url"));
    step = aws_chain_step(a->chain, s, reply);
    return step == SESSION_READY ? have_key(s) : step;
}

static enum session_step aws_identify(struct session *s, const struct reply *reply)
{
    struct aws_session *a = s->priv;

    if (reply)
        return about_account(s, reply);
    a->clock_corrected = false;
    return a->sts_silent ? SESSION_READY : ask_sts(s);
}

/* There is nothing to give back; the key is forgotten. */
static enum session_step aws_logout(struct session *s, const struct reply *reply)
{
    struct aws_session *a = s->priv;

    (void)reply;
    aws_chain_free(a->chain);
    a->chain = NULL;
    wire_reset(&a->wire);
    return SESSION_READY;
}

/* ---- requests of collectors --------------------------------------------------------------------
 */

static int aws_authorize(struct session *s, const struct request *req)
{
    struct aws_session *a = s->priv;
    struct aws_call call = {.method = req->method,
                            .path = req->path,
                            .body = req->body,
                            .body_len = req->body_len,
                            .content_type = req->content_type,
                            .now = s->now + s->clock_offset_ms};

    if (!a->chain || !aws_chain_key(a->chain)->access || !a->ec2_url)
        return err_set(&s->err, ERR_AUTH, 0, "not logged in");
    if (req->service != SERVICE_MAIN && req->service != SERVICE_EC2 && req->service != SERVICE_STS)
        return err_set(&s->err, ERR_CONFIG, 0, "an aws endpoint has no such service");
    sign(s, req->service == SERVICE_STS ? "sts" : "ec2", &call);
    s->call.label = req->label;
    s->call.http.max_body = req->max_body ? req->max_body : COLLECTOR_BODY_MAX;
    return 0;
}

/* "ec2:DescribeVpcs" of a request's form body. */
static const char *action_of(struct session *s, const struct request *req)
{
    const char *service = req->service == SERVICE_STS ? "sts" : "ec2";
    const char *action = req->body ? strstr(req->body, "Action=") : NULL;
    size_t len;

    if (!action)
        return req->label ? req->label : service;
    action += strlen("Action=");
    len = strcspn(action, "&");
    return arena_printf(s->arena, "%s:%.*s", service, (int)(len < 80 ? len : 80), action);
}

static enum session_verdict aws_judge(struct session *s, const struct request *req,
                                      const struct reply *reply, struct err *err)
{
    static const enum session_verdict verdicts[] = {
        [FAULT_OTHER] = VERDICT_ERROR,         [FAULT_REJECTED] = VERDICT_REJECTED,
        [FAULT_EXPIRED] = VERDICT_EXPIRED,     [FAULT_SKEW] = VERDICT_EXPIRED,
        [FAULT_THROTTLED] = VERDICT_THROTTLED, [FAULT_PASSING] = VERDICT_RETRY,
        [FAULT_DENIED] = VERDICT_ERROR,        [FAULT_CONFIG] = VERDICT_ERROR,
        [FAULT_UNSUPPORTED] = VERDICT_ERROR,
    };
    struct aws_session *a = s->priv;
    const char *who = a->chain ? aws_chain_where(a->chain) : "aws";
    struct fault f;
    int64_t offset;

    if (reply->status >= 200 && reply->status < 300)
        return VERDICT_OK;
    if (reply->status == 0) {
        session_no_answer(reply, err);
        return VERDICT_RETRY;
    }
    read_fault(s, reply, &f);
    offset = fault_clock_offset(reply, s->now);
    if (f.class == FAULT_SKEW && offset != 0)
        s->clock_offset_ms = offset;
    fault_describe(&f, reply->status, who, action_of(s, req), err);
    if (may_be_clock(s, reply, &f)) {
        s->clock_offset_ms = offset;
        return VERDICT_EXPIRED;
    }
    return verdicts[f.class];
}

const struct session_ops session_aws_ops = {
    .kind = KIND_AWS,
    .init = aws_init,
    .release = aws_release,
    .login = aws_login,
    .logout = aws_logout,
    .identify = aws_identify,
    .authorize = aws_authorize,
    .judge = aws_judge,
};
