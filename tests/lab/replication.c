#include "tests/lab/replication.h"

#include "core/fmt.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/path.h"
#include "tests/lab/user.h"

#include <stdlib.h>
#include <string.h>

#define BASE     "/api/rest/vr/"
#define PAGE_MAX 1000

struct vr_session {
    const char *id;
    int64_t used_at;
    bool open;
};

struct lab_vr {
    struct lab_vc *vc;
    struct nsx_user *user;
    struct lab_list sessions;
};

/* ---- the model ------------------------------------------------------------------------------ */

void lab_build_replications(struct lab_vc *vc, unsigned count)
{
    struct arena *a = vc->arena;

    for (size_t i = 0; i < vc->vms.n && vc->replications.n < count; i++) {
        struct lab_vm *vm = vc->vms.at[i];
        struct lab_replication *r;

        if (vm->edge)
            continue;
        r = arena_alloc(a, sizeof(*r));
        r->vm = vm;
        r->id = lab_uuid(vc->estate, "replication", vm->instance_uuid);
        r->gid = arena_printf(a, "GID-%s", lab_uuid(vc->estate, "gid", vm->instance_uuid));
        r->status = "OK";
        r->rpo_min = i % 3 == 0 ? 60 : 240;
        r->cycle_s = r->rpo_min * 60 / 3;
        r->transfer_s = 90 + (int64_t)(vm->number % 7) * 20;
        r->transfer_bytes = (int64_t)(40 + vm->number % 60) * 1024 * 1024;
        vm->replication = r;
        lab_list_add(&vc->replications, r);
    }
}

struct lab_replication *lab_find_replication(const struct lab_vc *vc, const char *vm)
{
    for (size_t i = 0; i < vc->replications.n; i++)
        if (strcmp(((struct lab_replication *)vc->replications.at[i])->vm->mo.name, vm) == 0)
            return vc->replications.at[i];
    return NULL;
}

int64_t lab_replication_last(const struct lab_replication *r, int64_t now)
{
    int64_t cycle = r->cycle_s * 1000, offset = (int64_t)r->vm->number * 7919 % cycle;
    int64_t at = now - r->transfer_s * 1000; /* what is on its way is no instance yet */

    if (r->stopped_at)
        return r->stopped_at;
    return at - (at + offset) % cycle;
}

/* ---- sessions ------------------------------------------------------------------------------- */

struct lab_vr *lab_vr_new(struct lab_vc *vc, struct nsx_user *user)
{
    struct lab_vr *v = mem_alloc(sizeof(*v));

    v->vc = vc;
    v->user = user;
    return v;
}

void lab_vr_free(struct lab_vr *v)
{
    if (v)
        free(v->sessions.at);
    free(v);
}

void lab_vr_expire(struct lab_vr *v)
{
    for (size_t i = 0; i < v->sessions.n; i++)
        ((struct vr_session *)v->sessions.at[i])->open = false;
}

void lab_vr_repoint(struct lab_vr *v, struct lab_vc *vc)
{
    v->vc = vc;
}

static bool alive(const struct lab *lab, const struct vr_session *s)
{
    return s->open && lab_session_ms(lab) - s->used_at < lab->params.session_timeout * 1000;
}

unsigned lab_vr_open_sessions(const struct lab *lab, const struct lab_vr *v)
{
    unsigned n = 0;

    for (size_t i = 0; i < v->sessions.n; i++)
        n += alive(lab, v->sessions.at[i]);
    return n;
}

static struct vr_session *find_session(struct lab *lab, const struct lab_vr *v,
                                       const struct lab_request *req)
{
    const char *id = lab_header(req, "x-dr-session");

    for (size_t i = 0; id && i < v->sessions.n; i++) {
        struct vr_session *s = v->sessions.at[i];

        if (strcmp(s->id, id) != 0 || !alive(lab, s))
            continue;
        s->used_at = lab_session_ms(lab);
        return s;
    }
    return NULL;
}

static void refuse(struct lab_reply *reply, int status, const char *code, const char *message)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "error_code", code);
    jset_str(o, "message", message);
    reply->status = status;
    reply->counted_bad = status == 401;
    jsend(reply, o);
}

static void log_in(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                   struct lab_reply *reply)
{
    struct lab_vr *v = server->data;
    struct json_object *o;
    struct vr_session *s;

    if (!lab_user_basic(lab, server, ((struct lab_vr *)server->data)->user, req)) {
        refuse(reply, 401, "UNAUTHENTICATED", "Login failed: the user name or password is wrong.");
        return;
    }
    s = arena_alloc(lab->arena, sizeof(*s));
    s->id = lab_random_word(lab, 32);
    s->used_at = lab_session_ms(lab);
    s->open = true;
    lab_list_add(&v->sessions, s);
    o = json_object_new_object();
    jset_str(o, "session_id", s->id);
    jsend(reply, o);
}

/* ---- replies -------------------------------------------------------------------------------- */

static const char *pairing_id(const struct lab_request *req, const struct lab_vc *vc)
{
    return lab_uuid_in(req->arena, vc->estate, "pairing", vc->site);
}

static const char *target_site(const struct lab_vc *vc)
{
    return vc->estate->sddcs.n ? ((struct lab_sddc *)vc->estate->sddcs.at[0])->site : "remote";
}

static const char *target_vc(const struct lab_request *req, const struct lab_vc *vc)
{
    return lab_uuid_in(req->arena, vc->estate, "vcenter", target_site(vc));
}

static void send_pairings(const struct lab_vc *vc, const struct lab_request *req,
                          struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object(), *p = json_object_new_object(), *s;

    jset_str(p, "pairing_id", pairing_id(req, vc));
    s = jset_object(p, "local_vc_server");
    jset_str(s, "id", vc->instance_uuid);
    jset_str(s, "name", vc->name);
    jset_str(s, "url", arena_printf(req->arena, "https://%s:443/sdk", vc->name));
    s = jset_object(p, "remote_vc_server");
    jset_str(s, "id", target_vc(req, vc));
    jset_str(s, "name", arena_printf(req->arena, "vcenter.sddc-%s.vmwarevmc.com", target_site(vc)));
    jadd(jset_array(o, "list"), p);
    jset_int(jset_object(o, "_meta"), "total", 1);
    jsend(reply, o);
}

static void add_progress(struct json_object *o, const struct lab_replication *r)
{
    struct json_object *p;

    if (r->total_bytes == 0)
        return;
    p = jset_object(o, "sync_progress");
    jset_int(p, "progress", r->progress);
    jset_int(p, "checksum_current", r->checked_bytes);
    jset_int(p, "checksum_total", r->total_bytes);
    jset_int(p, "transferred_current", r->done_bytes);
    jset_int(p, "transferred_total", r->total_bytes);
}

static const char *status_word(const struct lab_request *req, const struct lab_replication *r,
                               bool late)
{
    if (!late || strcmp(r->status, "PAUSED") == 0)
        return r->status;
    return strcmp(r->status, "OK") == 0 ? "RPO_VIOLATION"
                                        : arena_printf(req->arena, "%s_RPO_VIOLATION", r->status);
}

static struct json_object *replication(struct lab *lab, const struct lab_vc *vc,
                                       const struct lab_request *req,
                                       const struct lab_replication *r, bool v1)
{
    struct json_object *o = json_object_new_object(), *status;
    int64_t now = lab_session_ms(lab), last = lab_replication_last(r, now);
    int64_t late_ms = now - last - r->rpo_min * 60000;

    jset_str(o, "name", r->vm->mo.name);
    jset_str(o, "id", r->id);
    jset_str(o, "vm_id", r->vm->mo.id);
    jset_str(o, "source_site_name", vc->site);
    jset_str(o, "source_vc_id", vc->instance_uuid);
    jset_str(o, "target_site_name", target_site(vc));
    jset_str(o, "target_vc_id", target_vc(req, vc));
    status = jset_object(o, "status");
    jset_str(status, "status", status_word(req, r, late_ms > 0));
    jset_bool(status, "rpo_violation", late_ms > 0);
    jset_int(o, "rpo", r->rpo_min);
    jset_str(o, "type", "VC_TO_VC");
    jset_str(o, "replication_server_name", arena_printf(req->arena, "vr-%s", vc->site));
    jset_str(o, "configuration_state", "CONFIGURED");
    jset_str(o, "last_group_error", r->error);
    if (v1)
        jset_iso(o, "last_sync_time", last);
    else
        jset_int(o, "last_sync_time", last);
    jset_int(o, "last_sync_duration", r->transfer_s * 1000);
    jset_int(o, "last_sync_size", r->transfer_bytes);
    jset_int(o, "current_rpo_violation", late_ms > 0 ? late_ms / 60000 + 1 : 0);
    jset_bool(o, "quiescing_enabled", r->quiesce);
    jset_bool(o, "network_compression_enabled", true);
    jset_bool(o, "encryption_enabled", false);
    jset_bool(o, "mpit_enabled", false);
    add_progress(o, r);
    return o;
}

static int64_t query_number(const struct lab_request *req, const char *name, int64_t fallback)
{
    const char *text = lab_query(req, name);
    int64_t n;

    return text && text_to_i64(text, 0, 1000000, &n) == 0 ? n : fallback;
}

static void send_list(struct lab *lab, const struct lab_vc *vc, const struct lab_request *req,
                      bool v1, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object(), *list = jset_array(o, "list"), *meta;
    int64_t start = query_number(req, "start", 0), limit = query_number(req, "limit", 100);
    int64_t total = (int64_t)vc->replications.n, end;

    limit = limit < 1 || limit > PAGE_MAX ? PAGE_MAX : limit;
    end = start + limit < total ? start + limit : total;
    for (int64_t i = start; i < end; i++)
        jadd(list, replication(lab, vc, req, vc->replications.at[i], v1));
    meta = jset_object(o, "_meta");
    jset_int(meta, "total", total);
    if (end < total)
        jset_str(jset_object(jset_object(meta, "links"), "next"), "href",
                 arena_printf(req->arena, "%s?extended_info=true&start=%lld&limit=%lld", req->path,
                              (long long)end, (long long)limit));
    jsend(reply, o);
}

static const struct lab_replication *find_id(const struct lab_vc *vc, const char *id)
{
    for (size_t i = 0; i < vc->replications.n; i++)
        if (strcmp(((struct lab_replication *)vc->replications.at[i])->id, id) == 0)
            return vc->replications.at[i];
    return NULL;
}

/* Below /pairings. The vCenters are in linked mode: no session on the other site is needed. */
static bool answer(struct lab *lab, const struct lab_vc *vc, const struct lab_request *req,
                   const struct lab_path *p, struct lab_reply *reply)
{
    bool v1 = strcmp(p->part[3], "v1") == 0;
    const struct lab_replication *r;

    if (lab_path_is(p, 4, "pairings")) {
        send_pairings(vc, req, reply);
        return true;
    }
    if (p->n < 7 || strcmp(p->part[4], "pairings") != 0 ||
        strcmp(p->part[5], pairing_id(req, vc)) != 0)
        return false;
    if (lab_path_is(p, 6, "replications")) {
        send_list(lab, vc, req, v1, reply);
        return true;
    }
    r = lab_path_is(p, 6, "replications/*") ? find_id(vc, p->part[7]) : NULL;
    if (r)
        jsend(reply, replication(lab, vc, req, r, v1));
    return r != NULL;
}

static void remote_login(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                         struct lab_reply *reply)
{
    if (lab_user_basic(lab, server, ((struct lab_vr *)server->data)->user, req))
        jsend(reply, json_object_new_object());
    else
        refuse(reply, 401, "UNAUTHENTICATED", "Login on the remote site failed.");
}

static bool with_session(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                         const struct lab_path *p, struct vr_session *s, struct lab_reply *reply)
{
    const struct lab_vr *v = server->data;

    if (strcmp(req->method, "DELETE") == 0 && lab_path_is(p, 4, "session")) {
        s->open = false;
        server->counts.logouts++;
        reply->status = 204;
        return true;
    }
    if (strcmp(req->method, "POST") == 0 && lab_path_is(p, 4, "pairings/*/remote-session")) {
        remote_login(lab, server, req, reply);
        return true;
    }
    return strcmp(req->method, "GET") == 0 && answer(lab, v->vc, req, p, reply);
}

static bool is_ours(const struct lab_request *req, const struct lab_path *p)
{
    return p->n >= 5 && text_has_prefix(req->path, BASE) &&
           (strcmp(p->part[3], "v1") == 0 || strcmp(p->part[3], "v2") == 0);
}

void lab_vr_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                   struct lab_reply *reply)
{
    struct lab_path p = lab_path_split(req->arena, req->path);
    struct vr_session *s = find_session(lab, server->data, req);

    if (!is_ours(req, &p))
        refuse(reply, 404, "NOT_FOUND", "There is no such resource.");
    else if (strcmp(req->method, "POST") == 0 && lab_path_is(&p, 4, "session"))
        log_in(lab, server, req, reply);
    else if (!s)
        refuse(reply, 401, "UNAUTHENTICATED", "The session is not known or has expired.");
    else if (!with_session(lab, server, req, &p, s, reply))
        refuse(reply, 404, "NOT_FOUND", "There is no such resource.");
}
