#include "tests/lab/edge_cli.h"

#include "core/mem.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define UUID_LEN 36

struct call {
    const struct lab *lab;
    const struct lab_nsx *nsx;
    const struct lab_edge *edge;
    struct strbuf *out;
    struct arena *a;
};

/* "ACTIVE" to "Active", "ADMIN_DOWN" to "Admin Down". */
static const char *words_of(struct arena *a, const char *status)
{
    char *text = arena_strdup(a, status);
    bool first = true;

    for (char *c = text; *c; c++) {
        *c = *c == '_' ? ' '
                       : (char)(first ? toupper((unsigned char)*c) : tolower((unsigned char)*c));
        first = *c == ' ';
    }
    return text;
}

static const char *said(struct arena *a, const struct lab_role *r)
{
    return r->said ? r->said : words_of(a, r->status);
}

static const struct lab_edge_cluster *cluster_of(const struct call *c)
{
    for (size_t i = 0; i < c->nsx->clusters.n; i++) {
        const struct lab_edge_cluster *ec = c->nsx->clusters.at[i];

        for (size_t k = 0; k < ec->edges.n; k++)
            if (ec->edges.at[k] == c->edge)
                return ec;
    }
    return NULL;
}

static void stamp(struct strbuf *out, int64_t ms)
{
    time_t at = (time_t)(ms / 1000);
    struct tm tm;
    char text[64];

    gmtime_r(&at, &tm);
    strftime(text, sizeof(text), "%a %b %d %Y UTC %H:%M:%S", &tm);
    strbuf_addf(out, "%s.%03d\n", text, (int)(ms % 1000));
}

static void local_time(struct strbuf *out, int64_t ms, char between)
{
    time_t at = (time_t)(ms / 1000);
    struct tm tm;
    char text[64];

    gmtime_r(&at, &tm);
    strftime(text, sizeof(text), between == 'T' ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm);
    strbuf_addf(out, "%s.%02d\n", text, (int)(ms % 1000 / 10));
}

/* ---- commands ------------------------------------------------------------------------------- */

static void get_version(const struct call *c)
{
    strbuf_addf(c->out, "VMware NSX Software, Version %s\n", c->nsx->version);
}

static void get_edge_cluster_status(const struct call *c)
{
    const struct lab_edge_cluster *ec = cluster_of(c);
    const struct lab_edge *e = c->edge;

    stamp(c->out, lab_wall_ms());
    strbuf_addf(c->out, "High Availability State    : %s\nSince                      : ",
                e->maintenance ? "Inactive" : "Active");
    local_time(c->out, e->changed_at, ' ');
    strbuf_addf(c->out,
                "\nEdge Node Id               : %s\nEdge Node Status           : %s\n"
                "Admin State                : Up\nVtep State                 : Up\n"
                "Configuration              : applied\n\nHealth Check Config        :\n"
                "    Interval               : 1000 msec\n    Deadtime               : 3000 msec\n"
                "    Max Hops               : 255\n\nService Status             :\n"
                "    Datapath Config Channel : Up\n    Datapath Status Channel : Up\n"
                "    Routing Status Channel  : Up\n    Routing Status          : Up\n\n"
                "Peer Status                :\n",
                e->id, e->maintenance ? "Admin Down" : "Up");
    for (size_t i = 0; ec && i < ec->edges.n; i++) {
        const struct lab_edge *peer = ec->edges.at[i];

        if (peer == e)
            continue;
        strbuf_addf(c->out,
                    "    Node Id                 : %s\n    Node Status             : %s\n"
                    "    Healthcheck Sessions    :\n        Interface           : eth0\n"
                    "        Session             : %s:%s\n        Status              : %s\n\n",
                    peer->id, peer->up ? "Up" : "Unreachable", e->ip, peer->ip,
                    peer->up ? "Up" : "Unreachable");
    }
}

static void get_logical_routers(const struct call *c)
{
    unsigned vrf = 1;

    stamp(c->out, lab_wall_ms());
    strbuf_addstr(c->out,
                  "Logical Router\nUUID                                   VRF    LR-ID  Name       "
                  "       Type                        Ports   Neighbors\n");
    strbuf_addf(c->out, "%-38s %-6u %-6u %-17s %-27s %-7u %s\n",
                lab_uuid_in(c->a, c->lab->estate, "tunnel", c->edge->id), 0, 0, "", "TUNNEL", 3,
                "1/5000");
    for (size_t i = 0; i < c->nsx->gateways.n; i++) {
        const struct lab_gateway *g = c->nsx->gateways.at[i];

        for (size_t k = 0; k < g->roles.n; k++) {
            const struct lab_role *r = g->roles.at[k];

            if (r->edge != c->edge)
                continue;
            strbuf_addf(c->out, "%-38s %-6u %-6u SR-%-14s SERVICE_ROUTER_TIER%-8d %-7u %s\n",
                        r->service_router, vrf, vrf + 1, g->name, g->tier, 5, "2/50000");
            strbuf_addf(c->out, "%-38s %-6u %-6u DR-%-14s DISTRIBUTED_ROUTER_TIER%-4d %-7u %s\n",
                        g->router_id, vrf + 1, vrf, g->name, g->tier, 4, "2/50000");
            vrf += 2;
        }
    }
}

static void router_status(const struct call *c, const struct lab_gateway *g,
                          const struct lab_role *own)
{
    strbuf_addf(c->out,
                "Service Router\nUUID            : %s\nstate           : %s\n"
                "type            : TIER%d\nmode            : %s\nfailover mode   : %s\n"
                "rank            : 0\nservice count   : 0\nservice score   : 0\n"
                "HA ports state\n    UUID        : %s\n    op_state    : Up\n"
                "    addresses   : 169.254.0.2/25;fe80::50:56ff:fe56:5300/64\nPeer Routers\n",
                own->service_router, said(c->a, own), g->tier,
                strcmp(g->ha_mode, "ACTIVE_STANDBY") == 0 ? "A/S" : "A/A",
                strcmp(g->failover_mode, "PREEMPTIVE") == 0 ? "Preemptive" : "Non-preemptive",
                lab_uuid_in(c->a, c->lab->estate, "ha-port", own->service_router));
    for (size_t i = 0; i < g->roles.n; i++) {
        const struct lab_role *r = g->roles.at[i];

        if (r != own && r->group == own->group)
            strbuf_addf(c->out, "    Node UUID   : %s\n    HA state    : %s\n", r->edge->id,
                        r->edge->up ? said(c->a, r) : "Down");
    }
}

/* @uuid NULL: of the first router that there is. */
static void get_ha_status(const struct call *c, const char *uuid)
{
    for (size_t i = 0; i < c->nsx->gateways.n; i++) {
        const struct lab_gateway *g = c->nsx->gateways.at[i];

        for (size_t k = 0; k < g->roles.n; k++) {
            const struct lab_role *r = g->roles.at[k];

            if (r->edge == c->edge && (!uuid || strcasecmp(r->service_router, uuid) == 0)) {
                router_status(c, g, r);
                return;
            }
        }
    }
    strbuf_addstr(c->out, uuid ? "% Invalid value for argument <uuid>\n" : "% Command not found\n");
}

/* The edge that is active for the first tier-0 gateway forwards the bridges, too. */
static const char *bridge_state(const struct call *c, const struct lab_edge *e)
{
    const struct lab_gateway *g = c->nsx->gateways.at[0];

    if (e->bridge_said)
        return e->bridge_said;
    for (size_t i = 0; i < g->roles.n; i++) {
        const struct lab_role *r = g->roles.at[i];

        if (r->edge == e)
            return strcmp(r->status, "ACTIVE") == 0 ? "Active" : "Standby";
    }
    return "Standby";
}

static void bridge(const struct call *c, const struct lab_segment *s, const struct lab_edge *peer)
{
    const char *state = bridge_state(c, c->edge);
    const struct lab_estate *e = c->lab->estate;

    strbuf_addf(
        c->out,
        "Bridge Port UUID             : %s\nBridge Logical Switch        : %s\n"
        "Attached Logical Switch      : %s\nAttached Logical Switch Name : %s\n"
        "VLAN ID                      : %s\nState                        : %s\n"
        "Transport Zone               : %s\nDevice                       : fp-eth0\n"
        "Device State                 : Up\nHA\n    Failover Mode            : "
        "Non-Preemptive\n    State                    : %s\n"
        "    Event                    : Remote State Updated\n"
        "    Time                     : ",
        lab_uuid_in(c->a, e, "bridge-port", arena_printf(c->a, "%s%s", s->path, c->edge->id)),
        lab_uuid_in(c->a, e, "bridge-switch", s->path), lab_uuid_in(c->a, e, c->nsx->site, s->path),
        s->name, s->bridge_vlan, strcmp(state, "Active") == 0 ? "Forwarding" : "Blocking",
        lab_uuid_in(c->a, e, "vlan-tz", c->nsx->site), state);
    local_time(c->out, c->edge->changed_at, 'T');
    if (peer)
        strbuf_addf(c->out,
                    "    Peer Node UUID           : %s\n    Peer State               : %s\n",
                    peer->id, bridge_state(c, peer));
    strbuf_addch(c->out, '\n');
}

static void get_bridge(const struct call *c)
{
    const struct lab_edge_cluster *ec = c->nsx->clusters.at[0];
    const struct lab_edge *peer = NULL;

    if (cluster_of(c) != ec)
        return;
    for (size_t i = 0; i < ec->edges.n && !peer; i++)
        peer = ec->edges.at[i] == c->edge ? NULL : ec->edges.at[i];
    for (size_t i = 0; i < c->nsx->segments.n; i++) {
        const struct lab_segment *s = c->nsx->segments.at[i];

        if (s->bridge_profile)
            bridge(c, s, peer);
    }
}

/* ---- dispatch ------------------------------------------------------------------------------- */

/* "get gateway UUID high-availability status" */
static bool is_gateway_command(struct arena *a, const char *line, const char **uuid)
{
    static const char before[] = "get gateway ", behind[] = " high-availability status";
    size_t n = strlen(line);

    if (n != sizeof(before) - 1 + UUID_LEN + sizeof(behind) - 1 ||
        strncmp(line, before, sizeof(before) - 1) != 0 ||
        strcmp(line + sizeof(before) - 1 + UUID_LEN, behind) != 0)
        return false;
    *uuid = arena_strndup(a, line + sizeof(before) - 1, UUID_LEN);
    return true;
}

static void dispatch(const struct call *c, const char *line)
{
    const char *uuid;

    if (strcmp(line, "get version") == 0)
        get_version(c);
    else if (strcmp(line, "get edge-cluster status") == 0)
        get_edge_cluster_status(c);
    else if (strcmp(line, "get logical-routers") == 0)
        get_logical_routers(c);
    else if (strcmp(line, "get high-availability status") == 0)
        get_ha_status(c, NULL);
    else if (strcmp(line, "get bridge") == 0)
        get_bridge(c);
    else if (!c->edge->old_cli && is_gateway_command(c->a, line, &uuid))
        get_ha_status(c, uuid);
    else
        strbuf_addstr(c->out, "% Command not found\n");
}

/* A banner in front, CR LF, and what a pager leaves. */
static void spoil(const struct lab_edge *e, struct strbuf *out)
{
    struct strbuf all = STRBUF_INIT;
    unsigned lines = 0;

    if (e->banner)
        strbuf_addf(&all, "%s\n", e->banner);
    for (size_t i = 0; i < out->len; i++) {
        if (out->buf[i] == '\n' && e->crlf)
            strbuf_addch(&all, '\r');
        strbuf_addch(&all, out->buf[i]);
        if (out->buf[i] == '\n' && e->pager && ++lines % 8 == 0)
            strbuf_addstr(&all, "--More--\r        \r");
    }
    strbuf_release(out);
    *out = all;
}

int lab_edge_run(const struct lab *lab, const struct lab_nsx *nsx, const struct lab_edge *edge,
                 const char *line, struct strbuf *out)
{
    struct call c = {lab, nsx, edge, out, arena_new(0)};

    dispatch(&c, line);
    spoil(edge, out);
    arena_free(c.a);
    return 0;
}
