/*
 * firewall_hosts: is every host on the newest set of rules? A host whose generation number is older
 * than the manager's still enforces older rules (reference: NSX API, NSX-V: firewallStatus, with
 * clusterList/clusterStatus/hostStatusList/hostStatus). And does the manager reach the agents there
 * (hostConnStatusList/hostConnStatuses/hostConnStatus): asked for some hosts at a time. No live
 * manager was seen to answer that, so its elements count by their names, wherever they stand, words
 * that are not known are shown as they are, and a failure is only noted.
 */
#include "collectors/nsxv/nsxv.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#include <string.h>

#define HOSTS_AT_ONCE 40 /* their ids are in the address */

struct host {
    const char *id, *name, *cluster, *status, *error;
    const char *firewall, *control, *controllers; /* connections */
    int64_t generation, started, ended;           /* -1: not told */
    struct host *next;
};

struct decoder {
    struct arena *arena;
    struct host *hosts, **tail, *at;
    bool is_status;
    int64_t wanted;
};

/* Of a run, in its scratch. */
struct reading {
    struct decoder d;
    struct host *next; /* to be asked for; NULL: the end */
    bool connections;  /* they are being asked for */
};

static const char HOST[] = "firewallStatus/clusterList/clusterStatus/hostStatusList/hostStatus";

static void on_start(void *arg, struct xml_reader *x)
{
    struct decoder *d = arg;

    if (xml_depth(x) == 1)
        d->is_status = strcmp(xml_name(x), "firewallStatus") == 0;
    if (!xml_path_is(x, 1, HOST))
        return;
    d->at = arena_alloc(d->arena, sizeof(*d->at));
    d->at->generation = d->at->started = d->at->ended = -1;
    *d->tail = d->at;
    d->tail = &d->at->next;
}

static void put_text(struct decoder *d, const char *name, const char *text)
{
    struct host *h = d->at;
    const char *kept = arena_strdup(d->arena, text);

    if (strcmp(name, "hostId") == 0)
        h->id = kept;
    else if (strcmp(name, "hostName") == 0)
        h->name = kept;
    else if (strcmp(name, "clusterId") == 0)
        h->cluster = kept;
    else if (strcmp(name, "status") == 0)
        h->status = kept;
    else if (strcmp(name, "errorCode") == 0)
        h->error = kept;
    else if (strcmp(name, "generationNumber") == 0)
        (void)text_to_i64(text, 0, INT64_MAX, &h->generation);
    else if (strcmp(name, "startTime") == 0)
        (void)text_to_i64(text, 1, INT64_MAX, &h->started);
    else if (strcmp(name, "endTime") == 0)
        (void)text_to_i64(text, 1, INT64_MAX, &h->ended);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct decoder *d = arg;

    if (len == 0)
        return;
    if (xml_path_is(x, 1, "firewallStatus/generationNumber"))
        (void)text_to_i64(text, 0, INT64_MAX, &d->wanted);
    else if (d->at && xml_depth(x) == 6 && strcmp(xml_name_at(x, 5), "hostStatus") == 0)
        put_text(d, xml_name(x), text);
}

static const struct xml_handler handler = {.start = on_start, .end = on_end};

static void add_number(struct table_builder *b, unsigned col, int64_t v)
{
    if (v >= 0)
        builder_int(b, col, v);
}

static void add_host(struct table_builder *b, const struct host *h, int64_t wanted)
{
    if (!h->id)
        return;
    builder_row(b);
    builder_str(b, FIREWALL_HOSTS_HOST_ID, h->id);
    builder_str(b, FIREWALL_HOSTS_HOST, h->name);
    builder_str(b, FIREWALL_HOSTS_CLUSTER_ID, h->cluster);
    builder_state(b, FIREWALL_HOSTS_STATE, h->status);
    builder_str(b, FIREWALL_HOSTS_ERROR_CODE, h->error);
    add_number(b, FIREWALL_HOSTS_GENERATION, h->generation);
    add_number(b, FIREWALL_HOSTS_WANTED, wanted);
    if (h->generation >= 0 && wanted >= 0)
        builder_bool(b, FIREWALL_HOSTS_LAGS, h->generation < wanted);
    builder_state(b, FIREWALL_HOSTS_FIREWALL_AGENT, h->firewall);
    builder_state(b, FIREWALL_HOSTS_CONTROL_AGENT, h->control);
    builder_state(b, FIREWALL_HOSTS_CONTROLLERS, h->controllers);
    add_number(b, FIREWALL_HOSTS_STARTED_AT, h->started);
    add_number(b, FIREWALL_HOSTS_ENDED_AT, h->ended);
}

/* ---- connections --------------------------------------------------------------------------------
 */

struct conn_decoder {
    struct decoder *d;
    struct host *at;
    const char *id, *firewall, *control, *controllers;
};

static void on_conn_start(void *arg, struct xml_reader *x)
{
    struct conn_decoder *c = arg;

    if (strcmp(xml_name(x), "hostConnStatus") == 0)
        c->id = c->firewall = c->control = c->controllers = NULL;
}

static void put_connections(struct conn_decoder *c)
{
    for (struct host *h = c->id ? c->d->hosts : NULL; h; h = h->next) {
        if (!h->id || strcmp(h->id, c->id) != 0)
            continue;
        h->firewall = c->firewall;
        h->control = c->control;
        h->controllers = c->controllers;
    }
}

static void on_conn_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct conn_decoder *c = arg;
    const char *name = xml_name(x);

    if (strcmp(name, "hostConnStatus") == 0)
        put_connections(c);
    else if (len == 0)
        return;
    else if (strcmp(name, "hostId") == 0)
        c->id = arena_strdup(c->d->arena, text);
    else if (strcmp(name, "nsxMgrToFirewallAgentConn") == 0)
        c->firewall = arena_strdup(c->d->arena, text);
    else if (strcmp(name, "nsxMgrToControlPlaneAgentConn") == 0)
        c->control = arena_strdup(c->d->arena, text);
    else if (strcmp(name, "hostToControllerConn") == 0)
        c->controllers = arena_strdup(c->d->arena, text);
}

static const struct xml_handler conn_handler = {.start = on_conn_start, .end = on_conn_end};

/* What is put into an address is a MoRef and nothing else. */
static bool is_moref(const char *id)
{
    return id && *id &&
           !id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789-")];
}

static enum step finish(struct run *run, const struct reading *r)
{
    for (const struct host *h = r->d.hosts; h; h = h->next)
        add_host(run_table(run, &table_firewall_hosts), h, r->d.wanted);
    return STEP_DONE;
}

static enum step ask_connections(struct run *run, struct reading *r)
{
    struct strbuf ids = STRBUF_INIT;
    unsigned n = 0;
    enum step next;

    for (; r->next && n < HOSTS_AT_ONCE; r->next = r->next->next) {
        if (is_moref(r->next->id))
            strbuf_addf(&ids, "%chostId=%s", n++ ? '&' : '?', r->next->id);
    }
    r->connections = true;
    next = n ? run_get(run, SERVICE_MAIN, "connections of hosts", "%s%s", NSXV_CONNECTIONS_PATH,
                       ids.buf)
             : finish(run, r);
    strbuf_release(&ids);
    return next;
}

static enum step take_connections(struct run *run, struct reading *r, const struct reply *reply)
{
    struct conn_decoder c = {.d = &r->d};
    struct err err = {0};

    if (!reply->err && xml_parse(&conn_handler, &c, reply->body, reply->len, &err) == 0)
        return ask_connections(run, r);
    builder_note(run_table(run, &table_firewall_hosts), "connections of hosts are not known: %s",
                 reply->err ? reply->err->msg : err.msg);
    return finish(run, r);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct reading *r = run->scratch;
    struct err err = {0};

    if (!reply) {
        run->scratch = r = arena_alloc(run->arena, sizeof(*r));
        r->d = (struct decoder){.arena = run->arena, .wanted = -1};
        r->d.tail = &r->d.hosts;
        return run_get(run, SERVICE_MAIN, "firewall status", NSXV_STATUS_PATH);
    }
    if (r->connections)
        return take_connections(run, r, reply);
    if (reply->err)
        return run_fail(run, reply->err);
    if (xml_parse(&handler, &r->d, reply->body, reply->len, &err) < 0) {
        err_prefix(&err, "the reply about firewall status");
        return run_fail(run, &err);
    }
    if (!r->d.is_status)
        return run_fail_proto(run, "the reply about firewall status is something else");
    r->next = r->d.hosts;
    return ask_connections(run, r);
}

static const struct schema *const tables[] = {&table_firewall_hosts, NULL};

const struct collector collector_nsxv_hosts = {
    .name = "firewall_hosts",
    .kinds = KIND_NSXV,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 60000,
    .step = step,
};
