/*
 * edge: what the command line of an NSX edge says of itself: `get high-availability status`,
 * `get edge-cluster status`, `get bridge`, `get logical-routers`. All but the last are pairs
 * (collectors/esxi/pairs.h); what differs is which keys repeat.
 *
 *   high-availability  the first "state" is this node's; each "Node UUID" below "Peer Routers"
 *                      begins a peer whose "HA state" follows
 *   edge-cluster       "Edge Node Status : Up (Routing Down)": free text whose first word is the
 *                      state; "Node Id" below "Peer Status" begins a peer
 *   bridge             "State" comes twice: of the bridge, and of its high availability, which
 *                      follows the heading HA or the key "Failover Mode"
 *
 * The layout of blanks of edge-cluster and bridge is not certain (their public copies lost their
 * line breaks), so nothing here depends on it.
 */
#ifndef HYCON_COLLECTORS_ESXI_EDGE_H
#define HYCON_COLLECTORS_ESXI_EDGE_H

#include "collectors/esxi/pairs.h"

#define EDGE_TEXT      80
#define EDGE_PEERS_MAX 32

struct edge_peer {
    char node[EDGE_TEXT], state[EDGE_TEXT];
};

struct edge_ha {
    struct pairs pairs;
    char router[EDGE_TEXT], state[EDGE_TEXT], type[EDGE_TEXT], mode[EDGE_TEXT];
    char failover_mode[EDGE_TEXT], addresses[EDGE_TEXT];
    struct edge_peer peers[EDGE_PEERS_MAX];
    unsigned npeers; /* more are counted, not kept */
};

void edge_ha_init(struct edge_ha *e);

struct edge_cluster {
    struct pairs pairs;
    char ha_state[EDGE_TEXT], since[EDGE_TEXT], node[EDGE_TEXT], status[EDGE_TEXT];
    char admin_state[EDGE_TEXT], vtep_state[EDGE_TEXT], routing_status[EDGE_TEXT];
    struct edge_peer peers[EDGE_PEERS_MAX];
    unsigned npeers;
};

void edge_cluster_init(struct edge_cluster *e);

/* segment: the switch of the bridge itself; attached: the one that is bridged. */
struct edge_bridge {
    char port[EDGE_TEXT], segment[EDGE_TEXT], attached[EDGE_TEXT], segment_name[EDGE_TEXT];
    char vlan[EDGE_TEXT], state[EDGE_TEXT], ha_state[EDGE_TEXT], failover_mode[EDGE_TEXT];
    char event[EDGE_TEXT], since[EDGE_TEXT], peer[EDGE_TEXT], peer_state[EDGE_TEXT];
    char device[EDGE_TEXT], device_state[EDGE_TEXT];
};

struct edge_bridges {
    struct pairs pairs;
    void (*on_bridge)(void *arg, const struct edge_bridge *b);
    void *arg;
    struct edge_bridge now;
    bool open, in_ha;
    unsigned bridges;
};

/* One line of `get logical-routers`: UUID, VRF, LR-ID, name (may be empty or hold blanks), type,
 * ports and, since 3.0, neighbours. Read by words, because long names push columns out of place. */
struct edge_router {
    char uuid[EDGE_TEXT], name[EDGE_TEXT], type[EDGE_TEXT];
};

struct edge_routers {
    struct lines lines;
    void (*on_router)(void *arg, const struct edge_router *r);
    void *arg;
    unsigned routers;
    char error[PAIRS_ERROR];
};

void edge_routers_init(struct edge_routers *e,
                       void (*on_router)(void *arg, const struct edge_router *r), void *arg);

/* @on_bridge is called for each bridge port once it is complete. */
void edge_bridges_init(struct edge_bridges *e,
                       void (*on_bridge)(void *arg, const struct edge_bridge *b), void *arg);
void edge_bridges_end(struct edge_bridges *e, bool whole); /* instead of pairs_end() */

#endif
