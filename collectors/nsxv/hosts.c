/*
 * firewall_hosts: is every host on the newest set of rules? A host whose generation number is older
 * than the manager's still enforces older rules (reference: NSX API, NSX-V: firewallStatus, with
 * clusterList/clusterStatus/hostStatusList/hostStatus).
 */
#include "collectors/nsxv/nsxv.h"
#include "core/arena.h"
#include "core/text.h"
#include "core/xml.h"

#include <string.h>

struct host {
    const char *id, *name, *cluster, *status, *error;
    int64_t generation, started, ended; /* -1: not told */
    struct host *next;
};

struct decoder {
    struct arena *arena;
    struct host *hosts, **tail, *at;
    bool is_status;
    int64_t wanted;
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
    add_number(b, FIREWALL_HOSTS_STARTED_AT, h->started);
    add_number(b, FIREWALL_HOSTS_ENDED_AT, h->ended);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct decoder d = {.arena = run->arena, .wanted = -1};
    struct err err = {0};

    if (!reply)
        return run_get(run, SERVICE_MAIN, "firewall status", NSXV_STATUS_PATH);
    if (reply->err)
        return run_fail(run, reply->err);
    d.tail = &d.hosts;
    if (xml_parse(&handler, &d, reply->body, reply->len, &err) < 0) {
        err_prefix(&err, "the reply about firewall status");
        return run_fail(run, &err);
    }
    if (!d.is_status)
        return run_fail_proto(run, "the reply about firewall status is something else");
    for (const struct host *h = d.hosts; h; h = h->next)
        add_host(run_table(run, &table_firewall_hosts), h, d.wanted);
    return STEP_DONE;
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
