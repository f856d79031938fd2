#include "tests/lab/vim.h"

#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/lab.h"
#include "tests/lab/pbm.h"
#include "tests/lab/user.h"
#include "tests/lab/vsan.h"
#include "tests/lab/xml.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#define ENVELOPE                                                                     \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                   \
    "<soapenv:Envelope xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\" " \
    "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "                   \
    "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "                                \
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<soapenv:Body>\n"
#define ENVELOPE_END "\n</soapenv:Body>\n</soapenv:Envelope>"

/* ---- reading a request ---------------------------------------------------------------------- */

xmlNode *vim_next(xmlNode *node, const char *name)
{
    for (node = node ? node->next : NULL; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE &&
            (!name || strcmp((const char *)node->name, name) == 0))
            return node;
    return NULL;
}

xmlNode *vim_child(xmlNode *node, const char *name)
{
    node = node ? node->children : NULL;
    if (node && node->type == XML_ELEMENT_NODE &&
        (!name || strcmp((const char *)node->name, name) == 0))
        return node;
    return vim_next(node, name);
}

const char *vim_node_text(struct arena *a, xmlNode *node)
{
    xmlChar *text = xmlNodeGetContent(node);
    const char *copy = arena_strdup(a, text ? (const char *)text : "");

    xmlFree(text);
    return copy;
}

const char *vim_text(struct arena *a, xmlNode *node, const char *name)
{
    xmlNode *child = vim_child(node, name);

    return child ? vim_node_text(a, child) : NULL;
}

static const char *attr(struct arena *a, xmlNode *node, const char *name)
{
    xmlChar *text = node ? xmlGetNoNsProp(node, (const xmlChar *)name) : NULL;
    const char *copy = arena_strdup(a, (const char *)text);

    xmlFree(text);
    return copy;
}

bool vim_true(struct arena *a, xmlNode *node, const char *name)
{
    const char *text = vim_text(a, node, name);

    return text && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

int64_t vim_number(struct arena *a, xmlNode *node, const char *name)
{
    const char *text = vim_text(a, node, name);
    int64_t n;

    return text && text_to_i64(text, 0, INT32_MAX, &n) == 0 ? n : -1;
}

/* ---- sessions ------------------------------------------------------------------------------- */

struct lab_vim *lab_vim_new(struct lab_vc *vc, struct nsx_user *user)
{
    struct lab_vim *v = mem_alloc(sizeof(*v));

    xmlInitParser(); /* before requests are read in parallel */

    v->vc = vc;
    v->user = user;
    return v;
}

bool vim_alive(const struct lab *lab, const struct vim_session *s)
{
    return s->open &&
           (s->waiting || lab_session_ms(lab) - s->used_at < lab->params.session_timeout * 1000);
}

unsigned lab_vim_open_sessions(const struct lab *lab, const struct lab_vim *v)
{
    unsigned n = 0;

    for (size_t i = 0; i < v->sessions.n; i++)
        n += vim_alive(lab, v->sessions.at[i]);
    for (size_t i = 0; i < v->rest.n; i++)
        n += vim_alive(lab, v->rest.at[i]);
    return n;
}

/* What a session holds goes with it; when it waits, the thread that waits does this. */
static void end_session(struct vim_session *s)
{
    s->open = false;
    if (!s->waiting)
        vim_session_release(s);
}

void vim_session_release(struct vim_session *s)
{
    for (size_t i = 0; i < s->collectors.n; i++)
        vim_collector_release(s->collectors.at[i]);
    for (size_t i = 0; i < s->views.n; i++) {
        struct vim_view *view = s->views.at[i];

        free(view->types.at);
        free(view->members.at);
    }
    vim_pages_release(s);
    free(s->collectors.at);
    free(s->views.at);
    free(s->histories.at);
    s->collectors = s->views = s->histories = (struct lab_list){NULL, 0, 0};
    arena_free(s->arena);
    s->arena = NULL;
}

void lab_vim_expire(struct lab_vim *v)
{
    for (size_t i = 0; i < v->sessions.n; i++)
        if (((struct vim_session *)v->sessions.at[i])->open)
            end_session(v->sessions.at[i]);
    for (size_t i = 0; i < v->rest.n; i++)
        ((struct vim_session *)v->rest.at[i])->open = false;
}

void lab_vim_repoint(struct lab_vim *v, struct lab_vc *vc)
{
    lab_vim_expire(v);
    v->vc = vc;
}

void lab_vim_free(struct lab_vim *v)
{
    if (!v)
        return;
    lab_vim_expire(v);
    free(v->sessions.at);
    free(v->rest.at);
    free(v);
}

static struct vim_session *find_session(struct vim_call *c)
{
    const char *cookie = lab_header(c->req, "cookie");
    const char *at = cookie ? strstr(cookie, "vmware_soap_session=") : NULL;
    size_t len;

    if (!at)
        return NULL;
    at += strlen("vmware_soap_session=");
    len = strcspn(at, "; ");
    for (size_t i = 0; i < c->vim->sessions.n; i++) {
        struct vim_session *s = c->vim->sessions.at[i];

        if (strlen(s->cookie) != len || strncmp(s->cookie, at, len) != 0 || !s->open)
            continue;
        if (vim_alive(c->lab, s))
            return s;
        end_session(s);
    }
    return NULL;
}

void vim_user_session(const struct vim_session *s, struct strbuf *out)
{
    vim_element(out, "key", s->id);
    vim_element(out, "userName", s->user);
    vim_element(out, "fullName", s->user);
    strbuf_addstr(out, "<loginTime>");
    vim_time(out, s->began_at);
    strbuf_addstr(out, "</loginTime><lastActiveTime>");
    vim_time(out, s->used_at);
    strbuf_addstr(out, "</lastActiveTime><locale>en_US</locale><messageLocale>en_US</messageLocale>"
                       "<extensionSession>false</extensionSession>"
                       "<ipAddress>127.0.0.1</ipAddress>");
    vim_element(out, "userAgent", s->agent);
    strbuf_addf(out, "<callCount>%u</callCount>", s->calls);
}

static void call_login(struct vim_call *c)
{
    const char *user = vim_text(c->a, c->method, "userName");
    const char *password = vim_text(c->a, c->method, "password");
    struct arena *a = c->lab->arena;
    const char *agent = lab_header(c->req, "user-agent");
    struct vim_session *s;

    if (c->session) {
        vim_fault(c, "InvalidState", "The session is already logged in.", NULL);
        return;
    }
    if (!lab_user_check(c->lab, c->server, c->vim->user, user, password)) {
        vim_fault(c, "InvalidLogin",
                  "Cannot complete login due to an incorrect user name or password.", NULL);
        c->reply->counted_bad = true;
        return;
    }
    s = arena_alloc(a, sizeof(*s));
    s->cookie = arena_printf(a, "\"%s\"", lab_random_word(c->lab, 40));
    s->id = lab_uuid_in(a, c->lab->estate, "session", s->cookie);
    s->user = c->vim->user->name;
    s->agent = arena_strdup(a, agent ? agent : "");
    s->arena = arena_new(0);
    s->began_at = s->used_at = lab_session_ms(c->lab);
    s->open = true;
    s->calls = 1;
    lab_list_add(&c->vim->sessions, s);
    lab_reply_header(
        c->reply, "Set-Cookie",
        arena_printf(c->a, "vmware_soap_session=%s; Path=/; HttpOnly; Secure", s->cookie));
    strbuf_addstr(c->out, "<returnval>");
    vim_user_session(s, c->out);
    strbuf_addstr(c->out, "</returnval>");
}

static void call_logout(struct vim_call *c)
{
    end_session(c->session);
    c->session = NULL;
    c->server->counts.logouts++;
}

static void call_current_time(struct vim_call *c)
{
    strbuf_addstr(c->out, "<returnval>");
    vim_time(c->out, lab_wall_ms() + c->server->skew_ms);
    strbuf_addstr(c->out, "</returnval>");
}

static void call_session_is_active(struct vim_call *c)
{
    const char *id = vim_text(c->a, c->method, "sessionID");
    bool active = false;

    for (size_t i = 0; i < c->vim->sessions.n; i++) {
        const struct vim_session *s = c->vim->sessions.at[i];

        active |= id && strcmp(s->id, id) == 0 && vim_alive(c->lab, s);
    }
    strbuf_addf(c->out, "<returnval>%s</returnval>", active ? "true" : "false");
}

/* ---- faults --------------------------------------------------------------------------------- */

void vim_fault(struct vim_call *c, const char *type, const char *text, const char *fields)
{
    c->fault = type;
    c->fault_text = text;
    c->fault_fields = fields;
}

static void write_fault(struct lab_reply *reply, const char *type, const char *text,
                        const char *fields)
{
    reply->status = 500;
    reply->content_type = "text/xml; charset=utf-8";
    strbuf_reset(&reply->body);
    strbuf_addstr(&reply->body, ENVELOPE "<soapenv:Fault><faultcode>ServerFaultCode</faultcode>");
    strbuf_addstr(&reply->body, "<faultstring>");
    xml_escape(&reply->body, text ? text : "");
    strbuf_addf(&reply->body,
                "</faultstring><detail><%sFault xmlns=\"urn:vim25\" xsi:type=\"%s\">%s</%sFault>"
                "</detail></soapenv:Fault>" ENVELOPE_END,
                type, type, fields ? fields : "", type);
}

void lab_vim_fault_status(struct lab_reply *reply, int status, const char *code)
{
    write_fault(reply, code ? code : "RuntimeFault", "The request was refused.", NULL);
    reply->status = status;
    if (code)
        reply->status = 500;
}

static void not_authenticated(struct vim_call *c)
{
    vim_fault(c, "NotAuthenticated", "The session is not authenticated.",
              arena_printf(c->a,
                           "<object type=\"%s\">%s</object><privilegeId>System.View"
                           "</privilegeId>",
                           c->this_type, c->this_id));
    c->reply->counted_bad = true;
}

/* Reading needs no session on a real vCenter: the reply is good, and each property is missing. */
static bool answer_softly(struct vim_call *c)
{
    xmlNode *spec = vim_child(c->method, "specSet");
    xmlNode *object = vim_child(vim_child(spec, "objectSet"), "obj");
    xmlNode *path = vim_child(vim_child(spec, "propSet"), "pathSet");

    if (!c->lab->params.soft_auth || !object || !path ||
        strcmp((const char *)c->method->name, "RetrievePropertiesEx") != 0)
        return false;
    strbuf_addstr(c->out, "<returnval><objects><obj type=\"");
    xml_escape(c->out, attr(c->a, object, "type") ? attr(c->a, object, "type") : "");
    strbuf_addstr(c->out, "\">");
    xml_escape(c->out, vim_node_text(c->a, object));
    strbuf_addstr(c->out, "</obj>");
    for (; path; path = vim_next(path, "pathSet")) {
        strbuf_addstr(c->out, "<missingSet>");
        vim_element(c->out, "path", vim_node_text(c->a, path));
        strbuf_addstr(c->out, "<fault><fault xsi:type=\"NotAuthenticated\"><object "
                              "type=\"Folder\">group-d1</object><privilegeId>System.Read"
                              "</privilegeId></fault><localizedMessage>The session is not "
                              "authenticated.</localizedMessage></fault></missingSet>");
    }
    strbuf_addstr(c->out, "</objects></returnval>");
    return true;
}

struct lab_mo *vim_find(const struct lab_vc *vc, const struct vim_session *s, const char *id)
{
    const struct lab_list *lists[] = {&s->views, &s->collectors, &s->histories};

    for (size_t k = 0; k < ARRAY_SIZE(lists); k++)
        for (size_t i = 0; i < lists[k]->n; i++) {
            struct lab_mo *mo = lists[k]->at[i];

            if (mo->parent == NULL && strcmp(mo->id, id) == 0)
                return mo;
        }
    return lab_vc_object(vc, id);
}

struct lab_mo *vim_object(struct vim_call *c, const char *id)
{
    struct lab_mo *mo = vim_find(c->vc, c->session, id);
    struct strbuf fields = STRBUF_INIT;

    if (mo)
        return mo;
    strbuf_addf(&fields, "<obj type=\"%s\">", c->this_type);
    xml_escape(&fields, id);
    strbuf_addstr(&fields, "</obj>");
    vim_fault(c, "ManagedObjectNotFound",
              arena_printf(c->a,
                           "The object '%s' has already been deleted or has not been "
                           "completely created",
                           id),
              arena_strdup(c->a, fields.buf));
    strbuf_release(&fields);
    return NULL;
}

const char *vim_session_object(struct vim_call *c)
{
    struct arena *a = c->session->arena;
    const char *key = arena_printf(a, "%s/%u", c->session->id, ++c->session->serial);

    return arena_printf(a, "session[%s]%s", c->session->id,
                        lab_uuid_in(a, c->lab->estate, "object", key));
}

/* ---- views ---------------------------------------------------------------------------------- */

static void send_view(struct vim_call *c, struct vim_view *view)
{
    view->mo.id = vim_session_object(c);
    view->mo.stamp = ++c->vc->serial;
    lab_list_add(&c->session->views, view);
    vim_ref(c->out, "returnval", &view->mo);
}

static void call_container_view(struct vim_call *c)
{
    const char *id = vim_text(c->a, c->method, "container");
    struct lab_mo *container = id ? vim_object(c, id) : NULL;
    struct vim_view *view;

    if (!container) {
        if (!c->fault)
            vim_fault(c, "InvalidArgument", "A specified parameter was not correct: container",
                      "<invalidProperty>container</invalidProperty>");
        return;
    }
    view = arena_alloc(c->session->arena, sizeof(*view));
    view->mo.type = MO_CONTAINER_VIEW;
    view->container = container;
    view->recursive = vim_true(c->a, c->method, "recursive");
    for (xmlNode *n = vim_child(c->method, "type"); n; n = vim_next(n, "type"))
        lab_list_add(&view->types, arena_strdup(c->session->arena, vim_node_text(c->a, n)));
    send_view(c, view);
}

static void add_members(struct vim_call *c, struct vim_view *view, const char *element)
{
    for (xmlNode *n = vim_child(c->method, element); n; n = vim_next(n, element)) {
        struct lab_mo *mo = vim_find(c->vc, c->session, vim_node_text(c->a, n));
        bool there = false;

        for (size_t i = 0; i < view->members.n; i++)
            there |= view->members.at[i] == mo;
        if (mo && !there)
            lab_list_add(&view->members, mo);
        if (!mo) /* those that are unknown are returned */
            strbuf_addf(c->out, "<returnval type=\"%s\">%s</returnval>", attr(c->a, n, "type"),
                        vim_node_text(c->a, n));
    }
}

static void call_list_view(struct vim_call *c)
{
    struct vim_view *view = arena_alloc(c->session->arena, sizeof(*view));

    view->mo.type = MO_LIST_VIEW;
    add_members(c, view, "obj");
    strbuf_reset(c->out);
    send_view(c, view);
}

static struct vim_view *this_view(struct vim_call *c)
{
    struct lab_mo *mo = vim_object(c, c->this_id);

    if (mo && !lab_mo_is(mo, "View"))
        vim_fault(c, "InvalidRequest", "The object is no view.", NULL);
    return c->fault ? NULL : (struct vim_view *)(void *)mo;
}

static void call_modify_list_view(struct vim_call *c)
{
    struct vim_view *view = this_view(c);

    if (!view)
        return;
    for (xmlNode *n = vim_child(c->method, "remove"); n; n = vim_next(n, "remove")) {
        const char *id = vim_node_text(c->a, n);
        size_t kept = 0;

        for (size_t i = 0; i < view->members.n; i++)
            if (strcmp(((struct lab_mo *)view->members.at[i])->id, id) != 0)
                view->members.at[kept++] = view->members.at[i];
        view->members.n = kept;
    }
    add_members(c, view, "add");
    view->mo.stamp = ++c->vc->serial;
}

static void call_reset_list_view(struct vim_call *c)
{
    struct vim_view *view = this_view(c);

    if (!view)
        return;
    view->members.n = 0;
    add_members(c, view, "obj");
    view->mo.stamp = ++c->vc->serial;
}

static void call_destroy_view(struct vim_call *c)
{
    struct vim_view *view = this_view(c);

    if (!view)
        return;
    view->mo.parent = &view->mo; /* gone: it is not found any more */
    view->members.n = 0;
    view->gone = true;
    c->vc->serial++;
}

bool vim_run_named(struct vim_call *c, const struct vim_named *calls, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(calls[i].name, (const char *)c->method->name) != 0)
            continue;
        calls[i].run(c);
        return true;
    }
    return false;
}

/* ---- the service ---------------------------------------------------------------------------- */

void vim_service_content(const struct lab_vc *vc, struct strbuf *out)
{
    static const char *const managers[][2] = {
        {"setting", "VpxSettings"},       {"sessionManager", "SessionManager"},
        {"perfManager", "PerfMgr"},       {"alarmManager", "AlarmManager"},
        {"eventManager", "EventManager"}, {"taskManager", "TaskManager"},
        {"diagnosticManager", "DiagMgr"}, {"licenseManager", "LicenseManager"},
        {"searchIndex", "SearchIndex"},
    };

    vim_ref(out, "rootFolder", vc->root);
    vim_ref(out, "propertyCollector", lab_vc_object(vc, "propertyCollector"));
    vim_ref(out, "viewManager", lab_vc_object(vc, "ViewManager"));
    strbuf_addf(out,
                "<about><name>VMware vCenter Server</name>"
                "<fullName>VMware vCenter Server %s build-%s</fullName>"
                "<vendor>VMware, Inc.</vendor><version>%s</version><build>%s</build>"
                "<localeVersion>INTL</localeVersion><localeBuild>000</localeBuild>"
                "<osType>linux-x64</osType><productLineId>vpx</productLineId>"
                "<apiType>VirtualCenter</apiType><apiVersion>%s</apiVersion>"
                "<instanceUuid>%s</instanceUuid>"
                "<licenseProductName>VMware VirtualCenter Server</licenseProductName>"
                "<licenseProductVersion>8.0</licenseProductVersion></about>",
                vc->version, vc->build, vc->version, vc->build, vc->api, vc->instance_uuid);
    for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
        vim_ref(out, managers[i][0], lab_vc_object(vc, managers[i][1]));
}

static void call_service_content(struct vim_call *c)
{
    strbuf_addstr(c->out, "<returnval>");
    vim_service_content(c->vc, c->out);
    strbuf_addstr(c->out, "</returnval>");
}

static const struct {
    const char *name;
    void (*run)(struct vim_call *c);
    bool open; /* without a session */
} calls[] = {
    {"RetrieveServiceContent", call_service_content, true},
    {"Login", call_login, true},
    {"Logout", call_logout, false},
    {"CurrentTime", call_current_time, true},
    {"SessionIsActive", call_session_is_active, false},
    {"CreateContainerView", call_container_view, false},
    {"CreateListView", call_list_view, false},
    {"ModifyListView", call_modify_list_view, false},
    {"ResetListView", call_reset_list_view, false},
    {"DestroyView", call_destroy_view, false},
    {"RetrievePropertiesEx", vim_call_retrieve, false},
    {"ContinueRetrievePropertiesEx", vim_call_retrieve_continue, false},
    {"CancelRetrievePropertiesEx", vim_call_retrieve_cancel, false},
    {"CreatePropertyCollector", vim_call_create_collector, false},
    {"CreateFilter", vim_call_create_filter, false},
    {"DestroyPropertyFilter", vim_call_destroy_filter, false},
    {"DestroyPropertyCollector", vim_call_destroy_collector, false},
    {"WaitForUpdatesEx", vim_call_wait, false},
    {"CancelWaitForUpdates", vim_call_cancel_wait, false},
    {"CreateCollectorForEvents", vim_call_create_history, false},
    {"ReadNextEvents", vim_call_read_next, false},
    {"ReadPreviousEvents", vim_call_read_previous, false},
    {"RewindCollector", vim_call_rewind, false},
    {"ResetCollector", vim_call_reset, false},
    {"SetCollectorPageSize", vim_call_page_size, false},
    {"DestroyCollector", vim_call_destroy_history, false},
    {"QueryEvents", vim_call_query_events, false},
};

static void no_such_method(struct vim_call *c, const char *name)
{
    vim_fault(c, "MethodNotFound", arena_printf(c->a, "%s: no such method", name), NULL);
}

/* /vsanHealth and /pbm/sdk know no login: the session of /sdk is good there. */
static void run_beside(struct vim_call *c)
{
    if (!c->session || (c->pbm && !lab_pbm_authentic(c))) {
        not_authenticated(c);
        return;
    }
    c->session->used_at = lab_session_ms(c->lab);
    if (!(c->pbm ? lab_pbm_run(c) : lab_vsan_run(c)))
        no_such_method(c, (const char *)c->method->name);
}

static void run_call(struct vim_call *c)
{
    const char *name = (const char *)c->method->name;

    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        if (strcmp(calls[i].name, name) != 0)
            continue;
        if (!calls[i].open && !c->session) {
            if (!answer_softly(c))
                not_authenticated(c);
            return;
        }
        if (c->session) {
            c->session->used_at = lab_session_ms(c->lab);
            c->session->calls++;
        }
        calls[i].run(c);
        return;
    }
    no_such_method(c, name);
}

static void answer_call(struct vim_call *c)
{
    const char *name = (const char *)c->method->name;
    struct strbuf out = STRBUF_INIT;
    xmlNode *this = vim_child(c->method, "_this");

    c->this_id = this ? vim_node_text(c->a, this) : "";
    c->this_type = this ? attr(c->a, this, "type") : "";
    c->this_type = c->this_type ? c->this_type : "";
    c->out = &out;
    c->session = find_session(c);
    if (c->vsan || c->pbm)
        run_beside(c);
    else
        run_call(c);
    if (c->fault) {
        write_fault(c->reply, c->fault, c->fault_text, c->fault_fields);
    } else {
        strbuf_addf(&c->reply->body, ENVELOPE "<%sResponse xmlns=\"%s\">", name,
                    c->vsan  ? "urn:vsan"
                    : c->pbm ? "urn:pbm"
                             : "urn:vim25");
        strbuf_add(&c->reply->body, out.buf, out.len);
        strbuf_addf(&c->reply->body, "</%sResponse>" ENVELOPE_END, name);
    }
    strbuf_release(&out);
}

static void answer_soap(struct vim_call *c)
{
    xmlDoc *doc = xmlReadMemory(c->req->body, (int)c->req->body_len, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNode *envelope = doc ? xmlDocGetRootElement(doc) : NULL;
    xmlNode *body = vim_child(envelope, "Body");

    c->method = vim_child(body, NULL);
    c->reply->content_type = "text/xml; charset=utf-8";
    if (c->method)
        answer_call(c);
    else
        write_fault(c->reply, "InvalidRequest", "XML document element count is 0", NULL);
    xmlFreeDoc(doc);
}

static void send_vsan_versions(struct lab_reply *reply)
{
    reply->content_type = "text/xml";
    strbuf_addstr(&reply->body,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<namespaces version=\"1.0\">\n"
                  "<namespace><name>urn:vsan</name><version>8.0.0.4</version><priorVersions>"
                  "<version>8.0.0.3</version><version>7.0.3</version><version>6.7.1</version>"
                  "</priorVersions></namespace>\n</namespaces>\n");
}

static void send_versions(struct lab_reply *reply)
{
    reply->content_type = "text/xml";
    strbuf_addstr(&reply->body,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<namespaces version=\"1.0\">\n"
                  "<namespace><name>urn:vim25</name><version>8.0.3.0</version><priorVersions>"
                  "<version>8.0.2.0</version><version>8.0.1.0</version><version>8.0.0.1</version>"
                  "<version>7.0.3.0</version><version>7.0</version><version>6.7</version>"
                  "<version>6.5</version></priorVersions></namespace>\n</namespaces>\n");
}

void lab_vim_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply)
{
    struct lab_vim *vim = server->data;
    struct vim_call c = {.lab = lab,
                         .server = server,
                         .vim = vim,
                         .vc = vim->vc,
                         .req = req,
                         .reply = reply,
                         .a = req->arena};
    bool get = strcmp(req->method, "GET") == 0, post = strcmp(req->method, "POST") == 0;

    c.vsan = strcmp(req->path, "/vsanHealth") == 0;
    c.pbm = strcmp(req->path, "/pbm/sdk") == 0 || strcmp(req->path, "/pbm") == 0;
    if (get && strcmp(req->path, "/sdk/vimServiceVersions.xml") == 0)
        send_versions(reply);
    else if (get && strcmp(req->path, "/sdk/vsanServiceVersions.xml") == 0)
        send_vsan_versions(reply);
    else if (post &&
             (c.vsan || c.pbm || strcmp(req->path, "/sdk") == 0 || strcmp(req->path, "/sdk/") == 0))
        answer_soap(&c);
    else if (!text_has_prefix(req->path, "/api/") || !lab_vapi_answer(lab, server, req, reply))
        reply->status = 404;
}
