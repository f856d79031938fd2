/*
 * Three questions: which versions of the API are there (a document without login; servers that do
 * not have it get a version that all know), what are its managers called (RetrieveServiceContent,
 * without login, too), and Login. The cookie it sets goes with every request, verbatim: its value
 * usually stands in quotes.
 *
 * The REST API has a token of its own beside it: collectors/vcenter/rest.h.
 *
 * An ESXi host that is asked directly speaks the same; its ServiceContent says so and has fewer
 * managers.
 */
#include "collectors/vcenter/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/fault.h"
#include "collectors/vcenter/rest.h"
#include "collectors/wire.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/xml.h"

#define VIM           "urn:vim25"
#define COOKIE        "vmware_soap_session="
#define VERSIONS_PATH "/sdk/vimServiceVersions.xml"
#define SDK           "/sdk"
#define BODY_MAX      (4u << 20)
#define COOKIE_MAX    4096

enum stage { STAGE_VERSIONS, STAGE_CONTENT, STAGE_LOGIN, STAGE_REST_LOGOUT, STAGE_LOGOUT };

struct vcenter_session {
    struct wire wire;
    enum stage stage;
    struct vcenter_rest rest;
    struct secret *cookie; /* "vmware_soap_session=..."; NULL: none yet */
    bool logged_in;
    const char *version; /* of the API, in facts_arena; NULL: not asked yet */
    unsigned logins;
    struct vsphere_facts *content; /* of the present login, in facts_arena */
};

static int vcenter_init(struct session *s)
{
    struct vcenter_session *v = mem_alloc(sizeof(*v));

    wire_init(&v->wire);
    s->priv = v;
    s->facts.product = "VMware vSphere";
    return 0;
}

static void forget(struct vcenter_session *v)
{
    secret_unref(v->cookie);
    v->cookie = NULL;
    v->logged_in = false;
    vcenter_rest_forget(&v->rest);
}

static void vcenter_release(struct session *s)
{
    struct vcenter_session *v = s->priv;

    if (!v)
        return;
    forget(v);
    vcenter_rest_release(&v->rest);
    wire_release(&v->wire);
    free(v);
    s->priv = NULL;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

/* Tools print the address of the SDK (https://host/sdk), so people configure that. */
static const char *base_url(struct session *s)
{
    const char *url = session_url(s);
    size_t len = strlen(url);

    while (len && url[len - 1] == '/')
        len--;
    if (len > strlen(SDK) && strncmp(url + len - strlen(SDK), SDK, strlen(SDK)) == 0)
        len -= strlen(SDK);
    return arena_strndup(s->arena, url, len);
}

static void fill(struct session *s, const char *method, const char *path, const char *label)
{
    struct vcenter_session *v = s->priv;

    wire_url(&v->wire, base_url(s), path);
    session_fill(s, &v->wire, method, label);
    s->call.http.max_body = BODY_MAX;
}

/* @named: the SOAPAction of another service that shares the session; NULL: vim25's own. */
static void soap_headers_of(struct session *s, const char *named)
{
    struct vcenter_session *v = s->priv;
    struct strbuf action = STRBUF_INIT;

    strbuf_addf(&action, VIM "/%s", v->version ? v->version : VCENTER_API_FALLBACK);
    wire_header(&v->wire, "Content-Type", SOAP_CONTENT_TYPE);
    wire_header(&v->wire, "SOAPAction", named ? named : action.buf);
    strbuf_release(&action);
    if (v->cookie)
        wire_header(&v->wire, "Cookie", secret_reveal(v->cookie));
}

static void soap_headers(struct session *s)
{
    soap_headers_of(s, NULL);
}

static enum session_step send_versions(struct session *s)
{
    struct vcenter_session *v = s->priv;

    wire_reset(&v->wire);
    v->stage = STAGE_VERSIONS;
    fill(s, "GET", VERSIONS_PATH, "API versions");
    return SESSION_SEND;
}

static enum session_step send_content(struct session *s)
{
    struct vcenter_session *v = s->priv;

    wire_reset(&v->wire);
    soap_headers(s);
    soap_begin(&v->wire.body, "RetrieveServiceContent", VIM);
    soap_ref(&v->wire.body, "_this", "ServiceInstance", "ServiceInstance");
    soap_end(&v->wire.body, "RetrieveServiceContent");
    v->stage = STAGE_CONTENT;
    fill(s, "POST", SDK, "service content");
    return SESSION_SEND;
}

static enum session_step send_login(struct session *s)
{
    struct vcenter_session *v = s->priv;
    struct strbuf *body = &v->wire.body;

    wire_reset(&v->wire);
    soap_headers(s);
    /* Room first: growing would leave a copy of the password behind. */
    strbuf_grow(body, 6 * secret_len(s->secret) + 6 * strlen(s->user ? s->user : "") + 1024);
    soap_begin(body, "Login", VIM);
    soap_ref(body, "_this", "SessionManager", v->content->session_manager);
    soap_leaf(body, "userName", s->user);
    soap_leaf(body, "password", secret_reveal(s->secret));
    soap_leaf(body, "locale", "en_US"); /* or messages would differ from server to server */
    soap_end(body, "Login");
    v->stage = STAGE_LOGIN;
    fill(s, "POST", SDK, "login");
    return SESSION_SEND;
}

/* ---- versions ----------------------------------------------------------------------------------
 */

struct versions {
    bool is_vim;
    char version[32];
};

static void on_version(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct versions *found = arg;

    if (xml_path_is(x, 1, "namespaces/namespace/name"))
        found->is_vim = strcmp(text, VIM) == 0;
    /* The newest; older ones follow below priorVersions. */
    if (found->is_vim && !found->version[0] && len < sizeof(found->version) &&
        xml_path_is(x, 1, "namespaces/namespace/version") && strspn(text, "0123456789.") == len)
        memcpy(found->version, text, len + 1);
}

static enum session_step take_versions(struct session *s, const struct reply *reply)
{
    static const struct xml_handler handler = {.end = on_version};
    struct vcenter_session *v = s->priv;
    struct versions found = {0};

    if (reply->status == 200)
        (void)xml_parse(&handler, &found, reply->body, reply->len, NULL);
    v->version =
        arena_strdup(s->facts_arena, found.version[0] ? found.version : VCENTER_API_FALLBACK);
    return send_content(s);
}

/* ---- service content ---------------------------------------------------------------------------
 */

struct content {
    struct arena *arena;
    struct vsphere_facts facts;
    const char *name, *version, *api_type;
};

#define CONTENT_DEPTH 3 /* Envelope/Body/RetrieveServiceContentResponse */

static const struct {
    const char *path;
    size_t offset;
} content_fields[] = {
#define FIELD(path, field)                                                                \
    {                                                                                     \
        "RetrieveServiceContentResponse/returnval/" path, offsetof(struct content, field) \
    }
    FIELD("rootFolder", facts.root_folder),
    FIELD("propertyCollector", facts.property_collector),
    FIELD("viewManager", facts.view_manager),
    FIELD("sessionManager", facts.session_manager),
    FIELD("eventManager", facts.event_manager),
    FIELD("taskManager", facts.task_manager),
    FIELD("alarmManager", facts.alarm_manager),
    FIELD("about/apiVersion", facts.api_version),
    FIELD("about/instanceUuid", facts.instance_uuid),
    FIELD("about/build", facts.build),
    FIELD("about/name", name),
    FIELD("about/version", version),
    FIELD("about/apiType", api_type),
#undef FIELD
};

static void on_content(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct content *c = arg;

    for (size_t i = 0; len && i < ARRAY_SIZE(content_fields); i++) {
        const char **field = (const char **)((char *)c + content_fields[i].offset);

        if (!*field && xml_path_is(x, CONTENT_DEPTH, content_fields[i].path))
            *field = arena_strndup(c->arena, text, len);
    }
}

static enum session_step take_content(struct session *s, const struct reply *reply)
{
    static const struct xml_handler handler = {.end = on_content};
    struct vcenter_session *v = s->priv;
    struct content c = {.arena = s->facts_arena};

    if (xml_parse(&handler, &c, reply->body, reply->len, &s->err) < 0) {
        err_prefix(&s->err, "no vSphere API answers at 'url'");
        return SESSION_FAIL;
    }
    if (!c.facts.session_manager || !c.facts.property_collector) {
        err_set(&s->err, ERR_PROTO, reply->status,
                "no vSphere API answers at 'url': it names no session manager");
        return SESSION_FAIL;
    }
    c.facts.is_host = c.api_type && strcmp(c.api_type, "HostAgent") == 0;
    c.facts.login = ++v->logins;
    v->content = arena_alloc(s->facts_arena, sizeof(*v->content));
    *v->content = c.facts;
    s->facts.vsphere = v->content;
    s->facts.product = c.name ? c.name : "VMware vSphere";
    s->facts.version = c.version;
    s->facts.role = c.facts.is_host ? "ESXi host" : "vCenter Server";
    return send_login(s);
}

/* ---- login and logout --------------------------------------------------------------------------
 */

/* The next cookie of this name in @reply, whole but for its attributes. */
static void take_cookie(struct vcenter_session *v, const char *line)
{
    size_t len = line ? strcspn(line, ";\r\n") : 0;

    if (!line || !text_has_prefix(line, COOKIE) || len > COOKIE_MAX)
        return;
    secret_unref(v->cookie);
    v->cookie = secret_new(line, len);
}

static void take_cookies(struct vcenter_session *v, const struct reply *reply)
{
    const char *line;
    size_t i = 0;

    if (!reply->next_header) {
        take_cookie(v, reply->header ? reply->header(reply, "Set-Cookie") : NULL);
        return;
    }
    while ((line = reply->next_header(reply, "Set-Cookie", &i)))
        take_cookie(v, line);
}

static enum session_step login_done(struct session *s)
{
    struct vcenter_session *v = s->priv;

    wire_reset(&v->wire);
    if (!v->cookie) {
        err_set(&s->err, ERR_PROTO, 0, "the reply to the login sets no session cookie");
        return SESSION_FAIL;
    }
    v->logged_in = true;
    return SESSION_READY;
}

/* From 9.0 on a vCenter that is federated refuses names and passwords of its own accord. */
static const char *federation_hint(const struct vcenter_session *v)
{
    const char *version = v->content && v->content->api_version ? v->content->api_version : "";

    return version[0] == '9' || (version[0] == '1' && version[1] != '.' && version[1])
               ? "; a vCenter 9.0 or later that is federated with an identity provider blocks "
                 "logins with a user name and password"
               : "";
}

static enum session_step refused(struct session *s, const struct reply *reply)
{
    struct vcenter_session *v = s->priv;
    struct vcenter_fault f;

    vcenter_fault_read(reply, &f);
    if (v->stage == STAGE_LOGIN &&
        (f.class == VCENTER_FAULT_LOGIN || f.class == VCENTER_FAULT_DENIED ||
         f.class == VCENTER_FAULT_SESSION)) {
        err_set(&s->err, ERR_AUTH, reply->status, "user '%s' was not accepted (%s%s%s)%s",
                s->user ? s->user : "", f.soap.type, f.soap.text[0] ? ": " : "", f.soap.text,
                federation_hint(v));
        return SESSION_REJECTED;
    }
    if (!f.is_fault && f.class != VCENTER_FAULT_STARTING)
        err_set(&s->err, ERR_CONFIG, reply->status, "no vSphere API answers at 'url' (%d)",
                reply->status);
    else
        vcenter_fault_describe(&f, reply->status, "login", &s->err);
    return SESSION_FAIL;
}

static enum session_step silent(struct session *s, const struct reply *reply)
{
    session_no_answer(reply, &s->err);
    return SESSION_FAIL;
}

static enum session_step vcenter_login(struct session *s, const struct reply *reply)
{
    struct vcenter_session *v = s->priv;

    if (!reply) {
        forget(v);
        if (!s->secret) {
            err_set(&s->err, ERR_CONFIG, 0, "no password");
            return SESSION_FAIL;
        }
        return v->version ? send_content(s) : send_versions(s);
    }
    if (v->stage == STAGE_LOGIN)
        wire_reset(&v->wire); /* the password is not needed any more */
    if (reply->status == 0)
        return silent(s, reply);
    if (v->stage == STAGE_VERSIONS)
        return take_versions(s, reply);
    if (reply->status != 200)
        return refused(s, reply);
    take_cookies(v, reply);
    return v->stage == STAGE_CONTENT ? take_content(s, reply) : login_done(s);
}

/* Of the REST API first: both are asked, whatever the answers. */
static enum session_step vcenter_logout(struct session *s, const struct reply *reply)
{
    struct vcenter_session *v = s->priv;

    wire_reset(&v->wire);
    if (!reply && v->logged_in && vcenter_rest_token(&v->rest, &v->wire)) {
        vcenter_rest_forget(&v->rest);
        v->stage = STAGE_REST_LOGOUT;
        fill(s, "DELETE", VCENTER_REST_SESSION, "logout");
        return SESSION_SEND;
    }
    if ((reply && v->stage != STAGE_REST_LOGOUT) || !v->logged_in) {
        forget(v);
        wire_reset(&v->wire);
        return SESSION_READY;
    }
    v->stage = STAGE_LOGOUT;
    soap_headers(s);
    soap_begin(&v->wire.body, "Logout", VIM);
    soap_ref(&v->wire.body, "_this", "SessionManager", v->content->session_manager);
    soap_end(&v->wire.body, "Logout");
    fill(s, "POST", SDK, "logout");
    return SESSION_SEND;
}

/* ---- requests of collectors --------------------------------------------------------------------
 */

/* Services beside the SDK want the value of the cookie within the envelope, without the quotes that
 * it may stand in (reference: Storage Policy API, "vcSessionCookie"). Room first: growing would
 * leave copies of it behind. */
static void add_envelope(struct vcenter_session *v, const struct request *req)
{
    const char *value = secret_reveal(v->cookie) + strlen(COOKIE);
    size_t len;
    char plain[COOKIE_MAX + 1];

    value += *value == '"';
    len = strcspn(value, "\"");
    (void)snprintf(plain, sizeof(plain), "%.*s", (int)len, value);
    strbuf_grow(&v->wire.body, req->body_len + 6 * len + 128);
    soap_add_header(&v->wire.body, req->body, req->body_len, "vcSessionCookie", plain);
    secret_wipe(plain, sizeof(plain));
}

static void add_body(struct session *s, const struct request *req)
{
    struct vcenter_session *v = s->priv;

    if (req->service == SERVICE_POLICY)
        add_envelope(v, req);
    else if (req->body)
        strbuf_add(&v->wire.body, req->body, req->body_len);
}

static int vcenter_authorize(struct session *s, const struct request *req)
{
    struct vcenter_session *v = s->priv;

    if (!v->logged_in)
        return err_set(&s->err, ERR_AUTH, 0, "not logged in");
    if (req->service != SERVICE_MAIN && req->service != SERVICE_REST &&
        req->service != SERVICE_POLICY)
        return err_set(&s->err, ERR_CONFIG, 0, "a vcenter endpoint has no such service");
    wire_reset(&v->wire);
    if (req->service != SERVICE_REST)
        soap_headers_of(s, req->action);
    else if (!(req = vcenter_rest_authorize(&v->rest, s, req, &v->wire)))
        return -1;
    add_body(s, req);
    arena_reset(s->arena);
    fill(s, req->method, req->path, req->label);
    s->call.http.max_body = req->max_body ? req->max_body : COLLECTOR_BODY_MAX;
    return 0;
}

static enum session_verdict vcenter_judge(struct session *s, const struct request *req,
                                          const struct reply *reply, struct err *err)
{
    struct vcenter_session *v = s->priv;
    struct vcenter_fault f;

    if (req->service == SERVICE_REST)
        return vcenter_rest_judge(&v->rest, s, req, reply, err);
    if (reply->status >= 200 && reply->status < 300)
        return VERDICT_OK;
    vcenter_fault_read(reply, &f);
    vcenter_fault_describe(&f, reply->status, req->label ? req->label : "request", err);
    if (req->service == SERVICE_POLICY)
        return reply->status == 429 ? VERDICT_THROTTLED : VERDICT_ERROR;
    if (f.class == VCENTER_FAULT_SESSION || (!f.is_fault && reply->status == 401))
        return VERDICT_EXPIRED;
    if (reply->status == 429)
        return VERDICT_THROTTLED;
    return f.class == VCENTER_FAULT_STARTING ? VERDICT_RETRY : VERDICT_ERROR;
}

const struct session_ops session_vcenter_ops = {
    .kind = KIND_VCENTER,
    .secret_key = "password",
    .init = vcenter_init,
    .release = vcenter_release,
    .login = vcenter_login,
    .logout = vcenter_logout,
    .authorize = vcenter_authorize,
    .judge = vcenter_judge,
};
