#include "collectors/esxi/edge.h"

#include <stdio.h>

#include "core/text.h"

static void keep(char *to, struct slice s)
{
    struct strbuf clean = STRBUF_INIT;
    size_t n;

    text_sanitize(&clean, s.p, s.len < EDGE_TEXT ? s.len : EDGE_TEXT, 0);
    n = text_boundary(clean.buf, clean.len, EDGE_TEXT - 1);
    (void)snprintf(to, EDGE_TEXT, "%.*s", (int)n, clean.buf);
    strbuf_release(&clean);
}

struct field {
    const char *key;
    char *to;
};

/* Fields end with a NULL key; what was printed first stays. */
static bool fill(const struct field *fields, struct slice key, struct slice value)
{
    for (; fields->key; fields++) {
        if (strlen(fields->key) != key.len || memcmp(fields->key, key.p, key.len) != 0)
            continue;
        if (!fields->to[0])
            keep(fields->to, value);
        return true;
    }
    return false;
}

static void add_peer(struct edge_peer *peers, unsigned *n, struct slice node)
{
    if (*n < EDGE_PEERS_MAX)
        keep(peers[*n].node, node);
    (*n)++;
}

static void set_peer(struct edge_peer *peers, unsigned n, struct slice state)
{
    if (n && n <= EDGE_PEERS_MAX && !peers[n - 1].state[0])
        keep(peers[n - 1].state, state);
}

/* ---- get high-availability status --------------------------------------------------------------
 */

static void on_ha(void *arg, const char *heading, struct slice key, struct slice value)
{
    struct edge_ha *e = arg;
    const struct field fields[] = {{"UUID", e->router},
                                   {"state", e->state},
                                   {"type", e->type},
                                   {"mode", e->mode},
                                   {"failover mode", e->failover_mode},
                                   {"addresses", e->addresses},
                                   {NULL, NULL}};

    (void)heading;
    if (SLICE_IS(key, "Node UUID"))
        add_peer(e->peers, &e->npeers, value);
    else if (SLICE_IS(key, "HA state"))
        set_peer(e->peers, e->npeers, value);
    else
        fill(fields, key, value);
}

void edge_ha_init(struct edge_ha *e)
{
    memset(e, 0, sizeof(*e));
    pairs_init(&e->pairs, on_ha, e);
}

/* ---- get edge-cluster status -------------------------------------------------------------------
 */

static void on_cluster(void *arg, const char *heading, struct slice key, struct slice value)
{
    struct edge_cluster *e = arg;
    const struct field fields[] = {{"High Availability State", e->ha_state},
                                   {"Since", e->since},
                                   {"Edge Node Id", e->node},
                                   {"Edge Node Status", e->status},
                                   {"Admin State", e->admin_state},
                                   {"Vtep State", e->vtep_state},
                                   {"Routing Status", e->routing_status},
                                   {NULL, NULL}};

    (void)heading;
    if (SLICE_IS(key, "Node Id"))
        add_peer(e->peers, &e->npeers, value);
    else if (SLICE_IS(key, "Node Status"))
        set_peer(e->peers, e->npeers, value);
    else
        fill(fields, key, value);
}

void edge_cluster_init(struct edge_cluster *e)
{
    memset(e, 0, sizeof(*e));
    pairs_init(&e->pairs, on_cluster, e);
}

/* ---- get bridge --------------------------------------------------------------------------------
 */

static void close_bridge(struct edge_bridges *e)
{
    if (e->open) {
        e->bridges++;
        e->on_bridge(e->arg, &e->now);
    }
    memset(&e->now, 0, sizeof(e->now));
    e->open = e->in_ha = false;
}

static void on_bridge_pair(void *arg, const char *heading, struct slice key, struct slice value)
{
    struct edge_bridges *e = arg;
    struct edge_bridge *b = &e->now;
    const struct field fields[] = {{"Bridge Logical Switch", b->segment},
                                   {"Attached Logical Switch Name", b->segment_name},
                                   {"VLAN ID", b->vlan},
                                   {"Device State", b->device_state},
                                   {"Failover Mode", b->failover_mode},
                                   {"Event", b->event},
                                   {"Time", b->since},
                                   {"Peer Node UUID", b->peer},
                                   {"Peer State", b->peer_state},
                                   {NULL, NULL}};

    if (SLICE_IS(key, "Bridge Port UUID")) {
        close_bridge(e);
        e->open = true;
        keep(b->port, value);
        return;
    }
    if (strcmp(heading, "HA") == 0 || SLICE_IS(key, "HA") || SLICE_IS(key, "Failover Mode"))
        e->in_ha = true;
    if (SLICE_IS(key, "State"))
        keep(e->in_ha ? b->ha_state : b->state, value);
    else
        fill(fields, key, value);
}

void edge_bridges_init(struct edge_bridges *e,
                       void (*on_bridge)(void *arg, const struct edge_bridge *b), void *arg)
{
    memset(e, 0, sizeof(*e));
    pairs_init(&e->pairs, on_bridge_pair, e);
    e->on_bridge = on_bridge;
    e->arg = arg;
}

void edge_bridges_end(struct edge_bridges *e, bool whole)
{
    pairs_end(&e->pairs, whole);
    close_bridge(e);
}
