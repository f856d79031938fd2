/* vapi: the REST side of a vCenter: a session and the content libraries. */
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/path.h"
#include "tests/lab/user.h"
#include "tests/lab/vim.h"

#include "core/text.h"

#include <string.h>

static void refuse(struct lab_reply *reply, int status, const char *type, const char *message)
{
    struct json_object *o = json_object_new_object(), *m = json_object_new_object();

    jset_str(o, "error_type", type);
    jset_str(m, "id", "com.vmware.vapi.endpoint.method.authentication.required");
    jset_str(m, "default_message", message);
    jset_array(m, "args");
    jadd(jset_array(o, "messages"), m);
    reply->status = status;
    jsend(reply, o);
}

static void open_session(struct lab *lab, struct lab_vim *v, struct lab_reply *reply)
{
    struct vim_session *s = arena_alloc(lab->arena, sizeof(*s));

    s->id = s->cookie = lab_random_word(lab, 32);
    s->used_at = lab_session_ms(lab);
    s->open = true;
    lab_list_add(&v->rest, s);
    reply->status = 201;
    jsend(reply, json_object_new_string(s->id));
}

static struct vim_session *find_session(struct lab *lab, const struct lab_vim *v,
                                        const struct lab_request *req)
{
    const char *id = lab_header(req, "vmware-api-session-id");

    for (size_t i = 0; id && i < v->rest.n; i++) {
        struct vim_session *s = v->rest.at[i];

        if (strcmp(s->id, id) == 0 && vim_alive(lab, s)) {
            s->used_at = lab_session_ms(lab);
            return s;
        }
    }
    return NULL;
}

static struct json_object *library(const struct lab_library *l)
{
    struct json_object *o = json_object_new_object(), *info;

    jset_str(o, "id", l->id);
    jset_str(o, "name", l->name);
    jset_str(o, "type", l->type);
    jset_str(o, "description", "");
    jset_str(o, "version", "4");
    jset_iso(o, "creation_time", l->created_at);
    jset_iso(o, "last_modified_time", l->created_at);
    jset_array(o, "storage_backings");
    if (!l->publisher)
        return o;
    jset_iso(o, "last_sync_time", l->synced_at);
    info = jset_object(o, "subscription_info");
    jset_str(info, "authentication_method", "NONE");
    jset_bool(info, "automatic_sync_enabled", true);
    jset_bool(info, "on_demand", true);
    jset_str(info, "subscription_url", l->publisher);
    return o;
}

static const struct lab_library *find_library(const struct lab_vc *vc, const char *id)
{
    for (size_t i = 0; id && i < vc->libraries.n; i++)
        if (strcmp(((struct lab_library *)vc->libraries.at[i])->id, id) == 0)
            return vc->libraries.at[i];
    return NULL;
}

static void send_ids(const struct lab_vc *vc, struct lab_reply *reply)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < vc->libraries.n; i++)
        jadd_str(list, ((struct lab_library *)vc->libraries.at[i])->id);
    jsend(reply, list);
}

static void send_items(const struct lab_vc *vc, const struct lab_request *req,
                       const struct lab_library *l, struct lab_reply *reply)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; l && i < l->items.n; i++)
        jadd_str(list, lab_uuid_in(
                           req->arena, vc->estate, "item",
                           arena_printf(req->arena, "%s/%s", l->id, (const char *)l->items.at[i])));
    jsend(reply, list);
}

static bool answer_content(const struct lab_vc *vc, const struct lab_request *req,
                           const struct lab_path *p, struct lab_reply *reply)
{
    const struct lab_library *l = p->n > 3 ? find_library(vc, p->part[3]) : NULL;

    if (lab_path_is(p, 1, "content/library")) {
        send_ids(vc, reply);
    } else if (lab_path_is(p, 1, "content/library/item")) {
        send_items(vc, req, find_library(vc, lab_query(req, "library_id")), reply);
    } else if (l && p->n == 4) {
        jsend(reply, library(l));
    } else if (p->n == 4 && strcmp(p->part[2], "library") == 0) {
        refuse(reply, 404, "NOT_FOUND", "There is no such library.");
    } else {
        return false;
    }
    return true;
}

bool lab_vapi_answer(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                     struct lab_reply *reply)
{
    struct lab_vim *v = server->data;
    struct lab_path p = lab_path_split(req->arena, req->path);
    bool session = lab_path_is(&p, 1, "session");
    struct vim_session *s;

    if (session && strcmp(req->method, "POST") == 0) {
        if (lab_user_basic(lab, server, ((struct lab_vim *)server->data)->user, req)) {
            open_session(lab, v, reply);
        } else {
            refuse(reply, 401, "UNAUTHENTICATED", "Unable to authenticate user");
            reply->counted_bad = true;
        }
        return true;
    }
    s = find_session(lab, v, req);
    if (!s) {
        refuse(reply, 401, "UNAUTHENTICATED", "Authentication required.");
        reply->counted_bad = true;
        return true;
    }
    if (session && strcmp(req->method, "DELETE") == 0) {
        s->open = false;
        server->counts.logouts++;
        reply->status = 204;
        return true;
    }
    return strcmp(req->method, "GET") == 0 && answer_content(v->vc, req, &p, reply);
}
