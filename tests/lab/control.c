#include "tests/lab/control.h"

#include "core/err.h"
#include "core/map.h"
#include "core/text.h"
#include "tests/lab/actions.h"
#include "tests/lab/aws.h"
#include "tests/lab/fault.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/nsx.h"
#include "tests/lab/replication.h"
#include "tests/lab/script.h"
#include "tests/lab/vim.h"

#include <stdlib.h>
#include <string.h>

/* ---- requests ------------------------------------------------------------------------------- */

/* The members of a flat JSON object, or the form. */
static struct lab_pairs body_pairs(const struct lab_request *req)
{
    bool json = req->body[strspn(req->body, " \t\r\n")] == '{'; /* whatever its type says */
    struct json_object *o = json ? json_tokener_parse(req->body) : NULL;
    struct lab_pairs p = {arena_alloc(req->arena, LAB_PAIRS_MAX * sizeof(struct lab_pair)), 0};

    if (!json && req->form.at)
        return req->form;
    if (o && json_object_is_type(o, json_type_object)) {
        json_object_object_foreach(o, key, value)
        {
            if (p.n < LAB_PAIRS_MAX)
                p.at[p.n++] =
                    (struct lab_pair){arena_strdup(req->arena, key),
                                      arena_strdup(req->arena, json_object_get_string(value))};
        }
    }
    json_object_put(o);
    return p;
}

static void refuse(struct lab_reply *reply, int status, const char *message)
{
    struct json_object *o = json_object_new_object();

    reply->status = status;
    jset_str(o, "error", message);
    jsend(reply, o);
}

static void done(struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object();

    jset_bool(o, "ok", true);
    jsend(reply, o);
}

/* ---- what there is to see ------------------------------------------------------------------- */

static struct json_object *counters_of(const struct lab *lab, const struct lab_server *s)
{
    struct json_object *o = json_object_new_object(), *labels;
    const struct lab_counts *c = &s->counts;
    const char *key;
    void *value;

    jset_int(o, "requests", (int64_t)c->requests);
    jset_int(o, "faults", (int64_t)c->faults);
    jset_int(o, "refused", (int64_t)c->refused);
    jset_int(o, "bytes", (int64_t)c->bytes);
    jset_int(o, "concurrent", c->concurrent);
    jset_int(o, "max_concurrent", c->max_concurrent);
    jset_int(o, "logins", (int64_t)c->logins);
    jset_int(o, "logouts", (int64_t)c->logouts);
    jset_int(o, "failed_logins", (int64_t)c->failed_logins);
    jset_int(o, "lockouts", (int64_t)c->lockouts);
    if (s->family == FAMILY_VCENTER)
        jset_int(o, "open_sessions", lab_vim_open_sessions(lab, s->data));
    if (s->family == FAMILY_REPLICATION)
        jset_int(o, "open_sessions", lab_vr_open_sessions(lab, s->data));
    if (s->family == FAMILY_NSX)
        jset_int(o, "open_sessions", lab_nsx_open_sessions(lab, s->data));
    labels = jset_object(o, "by_label");
    for (size_t i = 0; s->by_label && map_at(s->by_label, &i, &key, &value);)
        json_object_object_add(labels, key, json_object_new_int64((int64_t) * (uint64_t *)value));
    return o;
}

static struct json_object *all_counters(const struct lab *lab)
{
    struct json_object *o = json_object_new_object();

    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];

        json_object_object_add(o, s->name, counters_of(lab, s));
    }
    return o;
}

static void reset_counters(struct lab *lab)
{
    for (size_t i = 0; i < lab->servers.n; i++) {
        struct lab_server *s = lab->servers.at[i];
        unsigned concurrent = s->counts.concurrent;

        s->counts = (struct lab_counts){.concurrent = concurrent};
        map_free(s->by_label, free);
        s->by_label = map_new();
    }
}

static void send_caption(const struct lab *lab, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object();

    if (lab->caption_en)
        jset_str(o, "en", lab->caption_en);
    else
        jset_null(o, "en");
    if (lab->caption_ja)
        jset_str(o, "ja", lab->caption_ja);
    else
        jset_null(o, "ja");
    jsend(reply, o);
}

static struct json_object *fault_of(const struct lab_server *s, const struct lab_fault *f)
{
    struct json_object *o = json_object_new_object();

    jset_int(o, "id", f->id);
    jset_str(o, "endpoint", s->name);
    jset_str(o, "fault", lab_fault_name(f->kind));
    jset_str(o, "path", f->path);
    jset_str(o, "action", f->action);
    jset_int(o, "seen", f->seen);
    return o;
}

static struct json_object *all_faults(const struct lab *lab)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];

        for (size_t k = 0; k < s->faults.n; k++)
            jadd(list, fault_of(s, s->faults.at[k]));
    }
    return list;
}

static struct json_object *gateways_of(const struct lab_nsx *nsx)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < nsx->gateways.n; i++) {
        const struct lab_gateway *g = nsx->gateways.at[i];

        for (size_t k = 0; k < g->roles.n; k++) {
            const struct lab_role *r = g->roles.at[k];
            struct json_object *o = json_object_new_object();

            jset_str(o, "gateway", g->id);
            jset_str(o, "edge", r->edge->name);
            jset_str(o, "edge_id", r->edge->id);
            jset_str(o, "host", r->edge->host ? r->edge->host->name : NULL);
            jset_str(o, "ha_status", r->status);
            jset_str(o, "traffic_group", r->group ? r->group->name : NULL);
            jadd(list, o);
        }
    }
    return list;
}

static struct json_object *sddc_model(const struct lab_sddc *s)
{
    struct json_object *o = json_object_new_object(), *list;

    jset_str(o, "sddc", s->id);
    jset_str(o, "vpc", s->aws->vpc);
    jset_str(o, "subnet", s->aws->link->id);
    list = jset_object(o, "active_enis");
    for (size_t i = 0; i < s->groups.n; i++) {
        const struct lab_traffic_group *g = s->groups.at[i];

        json_object_object_add(list, g->name, json_object_new_string(g->eni->id));
    }
    list = jset_object(o, "host_enis");
    for (size_t i = 0; i < s->hosts.n; i++) {
        const struct lab_host *h = s->hosts.at[i];

        if (h->eni)
            json_object_object_add(list, h->name, json_object_new_string(h->eni->id));
    }
    list = jset_object(o, "route_tables");
    for (size_t i = 0; i < s->aws->tables.n; i++) {
        const struct lab_table *t = s->aws->tables.at[i];

        json_object_object_add(list, t->name, json_object_new_string(t->id));
    }
    jset(o, "gateways", gateways_of(s->nsx));
    return o;
}

static void send_state(const struct lab *lab, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object(), *list;

    jset_str(o, "scenario", lab->scenario);
    jset_int(o, "scenario_ms", lab_scenario_ms(lab));
    jset_int(o, "steps_done", (int64_t)lab->script->next);
    jset_int(o, "steps", (int64_t)lab->script->scenario->steps.n);
    jset_int(o, "round", lab->script->rounds);
    list = jset_object(o, "endpoints");
    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];
        struct json_object *e = counters_of(lab, s);

        jset_str(e, "url", s->url);
        jset_str(e, "cert_sha256", s->tls ? s->leaf.sha256 : NULL);
        jset_bool(e, "down", s->down);
        json_object_object_add(list, s->name, e);
    }
    jset(o, "faults", all_faults(lab));
    list = jset_object(o, "sites");
    for (size_t i = 0; i < lab->estate->sddcs.n; i++) {
        const struct lab_sddc *s = lab->estate->sddcs.at[i];

        json_object_object_add(list, s->site, sddc_model(s));
    }
    for (size_t i = 0; i < lab->estate->dcs.n; i++) {
        const struct lab_dc *dc = lab->estate->dcs.at[i];
        struct json_object *e = json_object_new_object();

        jset(e, "gateways", gateways_of(dc->nsx));
        json_object_object_add(list, dc->site, e);
    }
    jsend(reply, o);
}

/* ---- what there is to do -------------------------------------------------------------------- */

static void post_fault(struct lab *lab, const struct lab_pairs *body, struct lab_reply *reply)
{
    const char *name = lab_pairs_get(body, "endpoint");
    struct lab_server *s = name ? lab_server_find(lab, name) : NULL;
    struct json_object *o;
    struct err err;
    unsigned id;

    if (!s) {
        refuse(reply, 400, "there is no such endpoint");
    } else if (lab_fault_add(s, body, &id, &err) < 0) {
        refuse(reply, 400, err.msg);
    } else {
        o = json_object_new_object();
        jset_int(o, "id", id);
        jsend(reply, o);
    }
}

static void delete_faults(struct lab *lab, const char *id_text, struct lab_reply *reply)
{
    int64_t id = 0;

    if (*id_text && text_to_i64(id_text + 1, 1, UINT32_MAX, &id) < 0) {
        refuse(reply, 400, "the id of a fault is a number");
        return;
    }
    for (size_t i = 0; i < lab->servers.n; i++)
        lab_fault_clear(lab->servers.at[i], (unsigned)id);
    done(reply);
}

static void advance(struct lab *lab, const struct lab_pairs *body, struct lab_reply *reply)
{
    const char *seconds = lab_pairs_get(body, "seconds"), *ms = lab_pairs_get(body, "ms");
    int64_t n = 0;

    if (text_to_i64(seconds ? seconds : ms ? ms : "", 0, 1000000000, &n) < 0) {
        refuse(reply, 400, "advance needs 'seconds' or 'ms'");
        return;
    }
    pthread_mutex_lock(&lab->lock);
    lab->clock.advanced += seconds ? n * 1000 : n;
    pthread_mutex_unlock(&lab->lock);
    lab_script_play(lab, 0);
    pthread_mutex_lock(&lab->lock);
    send_state(lab, reply);
    pthread_mutex_unlock(&lab->lock);
}

static void set_skew(struct lab *lab, const struct lab_pairs *body, struct lab_reply *reply)
{
    const char *name = lab_pairs_get(body, "endpoint"), *ms = lab_pairs_get(body, "skew_ms");
    struct lab_server *s = name ? lab_server_find(lab, name) : NULL;
    int64_t skew;

    if (!s || !ms || text_to_i64(ms, -1000000000000, 1000000000000, &skew) < 0) {
        refuse(reply, 400, "clock needs 'endpoint' and 'skew_ms'");
        return;
    }
    s->skew_ms = skew;
    done(reply);
}

static void run_action(struct lab *lab, struct lab_pairs *body, const char *name,
                       struct lab_reply *reply)
{
    struct err err;

    if (name)
        body->at[body->n++] = (struct lab_pair){"do", name};
    if (lab_action_run(lab, body, &err) < 0)
        refuse(reply, 400, err.msg);
    else
        done(reply);
}

/* True: the call was one of those that do their own locking. */
static bool answer_unlocked(struct lab *lab, const struct lab_request *req, struct lab_pairs *body,
                            struct lab_reply *reply)
{
    if (strcmp(req->method, "POST") != 0)
        return false;
    if (strcmp(req->path, "/action") == 0)
        run_action(lab, body, NULL, reply);
    else if (strcmp(req->path, "/certificate") == 0 || strcmp(req->path, "/listener") == 0)
        run_action(lab, body, req->path + 1, reply);
    else if (strcmp(req->path, "/advance") == 0)
        advance(lab, body, reply);
    else
        return false;
    return true;
}

static bool answer_get(const struct lab *lab, const char *path, struct lab_reply *reply)
{
    if (strcmp(path, "/state") == 0)
        send_state(lab, reply);
    else if (strcmp(path, "/counters") == 0)
        jsend(reply, all_counters(lab));
    else if (strcmp(path, "/caption") == 0)
        send_caption(lab, reply);
    else if (strcmp(path, "/faults") == 0)
        jsend(reply, all_faults(lab));
    else
        return false;
    return true;
}

static bool answer_post(struct lab *lab, const char *path, const struct lab_pairs *body,
                        struct lab_reply *reply)
{
    if (strcmp(path, "/faults") == 0) {
        post_fault(lab, body, reply);
    } else if (strcmp(path, "/clock") == 0) {
        set_skew(lab, body, reply);
    } else if (strcmp(path, "/counters") == 0) {
        reset_counters(lab);
        done(reply);
    } else {
        return false;
    }
    return true;
}

void lab_control_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                        struct lab_reply *reply)
{
    struct lab_pairs body = body_pairs(req);
    bool found = false;

    (void)server;
    if (answer_unlocked(lab, req, &body, reply))
        return;
    pthread_mutex_lock(&lab->lock);
    if (strcmp(req->method, "GET") == 0) {
        found = answer_get(lab, req->path, reply);
    } else if (strcmp(req->method, "POST") == 0) {
        found = answer_post(lab, req->path, &body, reply);
    } else if (strcmp(req->method, "DELETE") == 0 && text_has_prefix(req->path, "/faults")) {
        delete_faults(lab, req->path + strlen("/faults"), reply);
        found = true;
    }
    pthread_mutex_unlock(&lab->lock);
    if (!found)
        refuse(reply, 404, "there is no such call");
}
