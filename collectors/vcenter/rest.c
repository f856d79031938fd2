#include "collectors/vcenter/rest.h"

#include <string.h>

#include "collectors/wire.h"
#include "core/jsonq.h"
#include "core/strbuf.h"

#define TOKEN_MAX 1024
#define TOKEN_CHARS                                                  \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" \
    "-_.~+/="

void vcenter_rest_forget(struct vcenter_rest *r)
{
    secret_unref(r->token);
    r->token = NULL;
    r->renewed = false;
}

void vcenter_rest_release(struct vcenter_rest *r)
{
    vcenter_rest_forget(r);
    secret_unref(r->refused);
    r->refused = NULL;
}

/* ---- what is sent ------------------------------------------------------------------------------
 */

bool vcenter_rest_token(const struct vcenter_rest *r, struct wire *w)
{
    if (r->token)
        wire_header(w, "vmware-api-session-id", secret_reveal(r->token));
    return r->token != NULL;
}

const struct request *vcenter_rest_authorize(struct vcenter_rest *r, struct session *s,
                                             const struct request *req, struct wire *w)
{
    static const struct request question = {.service = SERVICE_REST,
                                            .method = "POST",
                                            .path = VCENTER_REST_SESSION,
                                            .max_body = 65536,
                                            .label = "REST login"};

    wire_header(w, "Accept", "application/json");
    r->asking = !vcenter_rest_token(r, w);
    if (!r->asking)
        return req;
    /* The account may be locked by a password that is sent again and again. */
    if (!s->secret || secret_equal(s->secret, r->refused)) {
        err_set(&s->err, ERR_DENIED, 401, "the REST API does not accept user '%s'",
                s->user ? s->user : "");
        return NULL;
    }
    wire_authorization(w, "Basic", s->user, s->secret);
    return &question;
}

/* ---- what comes back ---------------------------------------------------------------------------
 */

/* The reply is a token in quotes and nothing else. It is not read as JSON, which would leave copies
 * of it in memory. What a header cannot carry is no token. */
static bool take_token(struct vcenter_rest *r, const struct reply *reply)
{
    const char *text = reply->body ? reply->body : "";
    size_t len;

    text += strspn(text, " \t\r\n");
    if (*text++ != '"')
        return false;
    len = strspn(text, TOKEN_CHARS);
    if (!len || len > TOKEN_MAX || text[len] != '"' ||
        text[len + 1 + strspn(text + len + 1, " \t\r\n")])
        return false;
    secret_unref(r->token);
    r->token = secret_new(text, len);
    return true;
}

/* {"error_type": .., "messages": [{"default_message": ..}]} */
static void describe(const struct reply *reply, const char *label, struct err *err)
{
    struct json_object *o = jsonq_parse(reply->body ? reply->body : "", reply->len, NULL);
    struct json_object *first = jsonq_at(o, "messages", 0);
    const char *text = jsonq_str(first, "default_message"), *type = jsonq_str(o, "error_type");
    enum err_kind kind = reply->status == 401 || reply->status == 403 ? ERR_DENIED : ERR_HTTP;

    if (!text || !*text)
        text = type;
    err_set(err, kind, reply->status, "%s: %s (%d)", label,
            text ? text : "the REST API of vCenter refuses it", reply->status);
    json_object_put(o);
}

static enum session_verdict judge_token(struct vcenter_rest *r, const struct reply *reply,
                                        struct err *err)
{
    if (take_token(r, reply)) {
        err_set(err, ERR_PROTO, 0, "the REST API ends each of its sessions at once");
        return VERDICT_AGAIN;
    }
    err_set(err, ERR_PROTO, reply->status, "the reply to the REST login is no token");
    return VERDICT_ERROR;
}

/* A token that is refused is replaced once. */
static enum session_verdict judge_refused(struct vcenter_rest *r, struct session *s, bool asked)
{
    bool again = !asked && !r->renewed;

    if (asked) {
        secret_unref(r->refused);
        r->refused = secret_ref(s->secret);
    }
    vcenter_rest_forget(r);
    r->renewed = again;
    return again ? VERDICT_AGAIN : VERDICT_ERROR;
}

enum session_verdict vcenter_rest_judge(struct vcenter_rest *r, struct session *s,
                                        const struct request *req, const struct reply *reply,
                                        struct err *err)
{
    bool good = reply->status >= 200 && reply->status < 300, asked = r->asking;

    r->asking = false;
    if (good && asked)
        return judge_token(r, reply, err);
    if (good) {
        r->renewed = false;
        return VERDICT_OK;
    }
    describe(reply, asked ? "REST login" : req->label ? req->label : "request", err);
    if (reply->status == 429)
        return VERDICT_THROTTLED;
    if (reply->status == 503)
        return VERDICT_RETRY;
    return reply->status == 401 ? judge_refused(r, s, asked) : VERDICT_ERROR;
}
