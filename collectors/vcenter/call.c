/* What collectors of vim25 share: how a call is sent, calls that several make, and answers that are
 * one text. */
#include "collectors/vcenter/vcenter.h"

#include "collectors/vcenter/facts.h"
#include "core/arena.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/xml.h"

#define RETURNVAL_DEPTH 4

const struct vsphere_facts *vcenter_facts(const struct run *run)
{
    return run->facts ? run->facts->vsphere : NULL;
}

enum step vcenter_call(struct run *run, const char *label, const struct strbuf *body)
{
    run->request = (struct request){.service = SERVICE_MAIN,
                                    .method = "POST",
                                    .path = VCENTER_SDK,
                                    .body = arena_strndup(run->arena, body->buf, body->len),
                                    .body_len = body->len,
                                    .content_type = SOAP_CONTENT_TYPE,
                                    .label = label};
    return STEP_SEND;
}

/* Order matters: ObjectSpec is obj, skip, selectSet; TraversalSpec is name, type, path, skip. */
void vcenter_add_objects(struct strbuf *body, const char *type, const char *id, const char *path)
{
    strbuf_addstr(body, "<objectSet>");
    soap_ref(body, "obj", type, id);
    strbuf_addstr(body, "<skip>true</skip><selectSet xsi:type=\"TraversalSpec\">");
    soap_leaf(body, "name", path);
    soap_leaf(body, "type", type);
    soap_leaf(body, "path", path);
    strbuf_addstr(body, "<skip>false</skip></selectSet></objectSet>");
}

void vcenter_add_view_call(struct strbuf *body, const struct vsphere_facts *f, const char *type)
{
    soap_begin(body, "CreateContainerView", VCENTER_VIM);
    soap_ref(body, "_this", "ViewManager", f->view_manager);
    soap_ref(body, "container", "Folder", f->root_folder);
    soap_leaf(body, "type", type);
    soap_leaf(body, "recursive", "true");
    soap_end(body, "CreateContainerView");
}

void vcenter_add_more_call(struct strbuf *body, const struct vsphere_facts *f, const char *token)
{
    soap_begin(body, "ContinueRetrievePropertiesEx", VCENTER_VIM);
    soap_ref(body, "_this", "PropertyCollector", f->property_collector);
    soap_leaf(body, "token", token);
    soap_end(body, "ContinueRetrievePropertiesEx");
}

struct found {
    struct arena *arena;
    const char *text;
};

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct found *f = arg;

    if (!f->text && len && xml_depth(x) == RETURNVAL_DEPTH &&
        xml_path_is(x, RETURNVAL_DEPTH, "returnval"))
        f->text = arena_strndup(f->arena, text, len);
}

const char *vcenter_returnval(struct arena *arena, const struct reply *reply)
{
    static const struct xml_handler handler = {.end = on_end};
    struct found f = {.arena = arena};

    return xml_parse(&handler, &f, reply->body, reply->len, NULL) == 0 ? f.text : NULL;
}
