#include "tests/support/fakeaws.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <microhttpd.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "tests/lab/sigv4_verify.h"

#define TOKEN     "AQAEAHycon-instance-token=="
#define ROLE_NAME "sddc-reader"
#define KEYS_PATH "/latest/meta-data/iam/security-credentials/"
#define ACCOUNT   "111122223333"

struct asked {
    struct fakeaws *f;
    const char *method, *url;
    struct lab_request req;
    struct strbuf body;
    struct strbuf reply;
    int status;
};

static void wrong(struct asked *a, int status, const char *what)
{
    strbuf_addf(&a->f->wrong, "%s %s: %s\n", a->method, a->url, what);
    strbuf_addf(&a->reply,
                "<Response><Errors><Error><Code>SignatureDoesNotMatch</Code><Message>%s</Message>"
                "</Error></Errors></Response>",
                what);
    a->status = status;
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static const char *access_of(struct asked *a)
{
    return arena_printf(a->req.arena, "ASIAFAKEAWS%09u", a->f->generation);
}

static const char *secret_of(struct asked *a)
{
    return arena_printf(a->req.arena, "secret/+of=%u", a->f->generation);
}

static const char *token_of(struct asked *a)
{
    return arena_printf(a->req.arena, "session/+token==of=%u", a->f->generation);
}

static void add_expiry(struct strbuf *out)
{
    fmt_time_iso(out, clock_now_ms() / 1000 * 1000 + 3600000);
}

/* ---- the metadata service ----------------------------------------------------------------------
 */

static void give_token(struct asked *a)
{
    const char *ttl = lab_header(&a->req, "x-aws-ec2-metadata-token-ttl-seconds");

    if (a->f->no_version_2) {
        a->status = 403;
    } else if (!ttl || strspn(ttl, "0123456789") != strlen(ttl) || strlen(ttl) > 5) {
        wrong(a, 400, "no time to live");
    } else if (lab_header(&a->req, "x-forwarded-for")) {
        wrong(a, 403, "forwarded: the token does not leave the instance");
    } else {
        a->f->tokens++;
        strbuf_addstr(&a->reply, TOKEN);
    }
}

static void give_key(struct asked *a)
{
    a->f->keys++;
    a->f->generation++;
    strbuf_addf(&a->reply,
                "{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"%s\","
                "\"SecretAccessKey\":\"%s\",\"Token\":\"%s\",\"Expiration\":\"",
                access_of(a), secret_of(a), token_of(a));
    add_expiry(&a->reply);
    strbuf_addstr(&a->reply, "\"}");
}

static void tell_metadata(struct asked *a)
{
    const char *token = lab_header(&a->req, "x-aws-ec2-metadata-token");

    if (strcmp(a->method, "PUT") == 0 && strcmp(a->url, "/latest/api/token") == 0) {
        give_token(a);
    } else if (strcmp(a->method, "GET") != 0 || !token || strcmp(token, TOKEN) != 0 ||
               !a->f->tokens) {
        wrong(a, 401, "not with the token that was given");
    } else if (a->f->no_role) {
        a->status = 404;
    } else if (strcmp(a->url, KEYS_PATH) == 0) {
        a->f->roles++;
        strbuf_addstr(&a->reply, ROLE_NAME);
    } else if (strcmp(a->url, KEYS_PATH ROLE_NAME) == 0) {
        give_key(a);
    } else {
        wrong(a, 404, "nobody asks for that");
    }
}

/* ---- STS and EC2 -------------------------------------------------------------------------------
 */

/* Signed for this service and region with the key that is good now. */
static bool is_signed(struct asked *a, const char *service)
{
    const char *header = lab_header(&a->req, "authorization"), *why = "";
    const char *token = lab_header(&a->req, "x-amz-security-token");
    struct sigv4_auth auth;

    if (!header || sigv4_parse(a->req.arena, header, &auth))
        wrong(a, 403, "not signed");
    else if (!a->f->generation || strcmp(auth.access_key, access_of(a)) != 0)
        wrong(a, 403, "signed with another key than the newest");
    else if (!token || strcmp(token, token_of(a)) != 0)
        wrong(a, 403, "without the session token of the key");
    else if (strcmp(auth.service, service) != 0 || strcmp(auth.region, FAKEAWS_REGION) != 0)
        wrong(a, 403, "signed for another service or region");
    else if (sigv4_verify(&a->req, &auth, secret_of(a), clock_now_ms(), &why) != SIGV4_OK)
        wrong(a, 403, why);
    else
        return true;
    return false;
}

static void assume_role(struct asked *a)
{
    a->f->assumed++;
    strbuf_reset(&a->f->role);
    strbuf_add(&a->f->role, a->body.buf, a->body.len);
    if (a->f->may_not) {
        a->status = 403;
        strbuf_addstr(&a->reply,
                      "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
                      "<Type>Sender</Type><Code>AccessDenied</Code><Message>User is not authorized "
                      "to perform: sts:AssumeRole</Message></Error></ErrorResponse>");
        return;
    }
    a->f->generation++;
    strbuf_addf(&a->reply,
                "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                "<AssumeRoleResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s"
                "</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>",
                access_of(a), secret_of(a), token_of(a));
    add_expiry(&a->reply);
    strbuf_addstr(&a->reply, "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>");
}

static void tell_identity(struct asked *a)
{
    a->f->identities++;
    strbuf_addstr(&a->reply,
                  "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                  "<GetCallerIdentityResult><Arn>arn:aws:sts::" ACCOUNT
                  ":assumed-role/reader/i-1</Arn><UserId>AROA:i-1</UserId><Account>" ACCOUNT
                  "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>");
}

static void list(struct asked *a, const char *action)
{
    bool enis = strcmp(action, "DescribeNetworkInterfaces") == 0;

    a->f->lists++;
    strbuf_addf(&a->reply,
                "<%sResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r"
                "</requestId>%s</%sResponse>",
                action,
                enis ? "<networkInterfaceSet><item><networkInterfaceId>" FAKEAWS_ENI
                       "</networkInterfaceId><status>in-use</status></item></networkInterfaceSet>"
                     : "",
                action);
}

static void tell_api(struct asked *a)
{
    struct lab_pairs form = lab_pairs_parse(a->req.arena, a->body.buf, a->body.len);
    const char *action = lab_pairs_get(&form, "Action");
    bool sts =
        action && (strcmp(action, "AssumeRole") == 0 || strcmp(action, "GetCallerIdentity") == 0);

    if (!action || strcmp(a->method, "POST") != 0)
        wrong(a, 400, "no action");
    else if (!is_signed(a, sts ? "sts" : "ec2"))
        return;
    else if (strcmp(action, "AssumeRole") == 0)
        assume_role(a);
    else if (sts)
        tell_identity(a);
    else
        list(a, action);
}

/* ---- the server --------------------------------------------------------------------------------
 */

static enum MHD_Result add_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct asked *a = arg;
    struct lab_pairs *h = &a->req.headers;

    (void)kind;
    h->at[h->n++] = (struct lab_pair){arena_strdup(a->req.arena, name),
                                      arena_strdup(a->req.arena, value ? value : "")};
    return MHD_YES;
}

static struct asked *asked_new(struct fakeaws *f, struct MHD_Connection *c, const char *method,
                               const char *url)
{
    struct asked *a = mem_alloc(sizeof(*a));
    int n = MHD_get_connection_values(c, MHD_HEADER_KIND, NULL, NULL);

    a->f = f;
    a->status = 200;
    a->req.arena = arena_new(0);
    a->req.method = a->method = arena_strdup(a->req.arena, method);
    a->req.target = a->req.path = a->url = arena_strdup(a->req.arena, url);
    a->req.headers.at = arena_alloc(a->req.arena, ((size_t)n + 1) * sizeof(struct lab_pair));
    (void)MHD_get_connection_values(c, MHD_HEADER_KIND, add_header, a);
    strbuf_init(&a->body, 1 << 16);
    strbuf_init(&a->reply, 0);
    return a;
}

static enum MHD_Result reply(struct asked *a, struct MHD_Connection *c)
{
    struct MHD_Response *r;
    enum MHD_Result rc;

    a->req.body = a->body.buf;
    a->req.body_len = a->body.len;
    pthread_mutex_lock(&a->f->lock);
    if (strncmp(a->url, "/latest/", 8) == 0)
        tell_metadata(a);
    else
        tell_api(a);
    pthread_mutex_unlock(&a->f->lock);
    r = MHD_create_response_from_buffer(a->reply.len, a->reply.buf, MHD_RESPMEM_MUST_COPY);
    rc = MHD_queue_response(c, (unsigned)a->status, r);
    MHD_destroy_response(r);
    return rc;
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    struct asked *a = *state;

    (void)version;
    if (!a) {
        *state = asked_new(arg, c, method, url);
        return MHD_YES;
    }
    if (!*size)
        return reply(a, c);
    strbuf_add(&a->body, data, *size);
    *size = 0;
    return MHD_YES;
}

static void completed(void *arg, struct MHD_Connection *c, void **state,
                      enum MHD_RequestTerminationCode code)
{
    struct asked *a = *state;

    (void)arg, (void)c, (void)code;
    if (!a)
        return;
    strbuf_release(&a->body);
    strbuf_release(&a->reply);
    arena_free(a->req.arena);
    free(a);
    *state = NULL;
}

void fakeaws_start(struct fakeaws *f)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};

    memset(f, 0, sizeof(*f));
    pthread_mutex_init(&f->lock, NULL);
    strbuf_init(&f->wrong, 0);
    strbuf_init(&f->role, 0);
    f->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, f,
                                 MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_NOTIFY_COMPLETED, completed,
                                 NULL, MHD_OPTION_END);
    assert_non_null(f->daemon);
    f->port = MHD_get_daemon_info(f->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void fakeaws_stop(struct fakeaws *f)
{
    MHD_stop_daemon(f->daemon);
    strbuf_release(&f->wrong);
    strbuf_release(&f->role);
    pthread_mutex_destroy(&f->lock);
}

void fakeaws_reset(struct fakeaws *f)
{
    pthread_mutex_lock(&f->lock);
    f->no_role = f->no_version_2 = f->may_not = false;
    f->tokens = f->roles = f->keys = f->assumed = f->identities = f->lists = f->generation = 0;
    strbuf_reset(&f->wrong);
    strbuf_reset(&f->role);
    pthread_mutex_unlock(&f->lock);
}
