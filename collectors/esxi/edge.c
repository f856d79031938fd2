#include "collectors/esxi/edge.h"

#include <ctype.h>
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
                                   {"Attached Logical Switch", b->attached},
                                   {"Attached Logical Switch Name", b->segment_name},
                                   {"VLAN ID", b->vlan},
                                   {"Device", b->device},
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

/* ---- get logical-routers -----------------------------------------------------------------------
 */

static bool is_uuid(struct slice s)
{
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? s.p[i] != '-' : !isxdigit((unsigned char)s.p[i]))
            return false;
    }
    return true;
}

/* The last word of @s; @s loses it. */
static struct slice take_last(struct slice *s)
{
    const char *end = s->p + s->len, *from = end;

    while (from > s->p && !is_blank(from[-1]))
        from--;
    *s = slice_trim((struct slice){s->p, (size_t)(from - s->p)});
    return (struct slice){from, (size_t)(end - from)};
}

/* Type, ports, and "2/5000": from the right, the first word that begins with a letter. */
static struct slice take_type(struct slice *rest)
{
    struct slice word = {0};

    for (unsigned i = 0; i < 3 && rest->len; i++) {
        word = take_last(rest);
        if (isupper((unsigned char)*word.p))
            return word;
    }
    return (struct slice){0};
}

static bool read_router(struct slice line, struct edge_router *r)
{
    struct scan s = {line.p, line.p + line.len};
    struct slice uuid = scan_word(&s), rest, type;
    int64_t number;

    if (!is_uuid(uuid) || !scan_int(&s, &number) || !scan_int(&s, &number))
        return false;
    rest = scan_rest(&s);
    type = take_type(&rest);
    if (!type.len)
        return false;
    memset(r, 0, sizeof(*r));
    keep(r->uuid, uuid);
    keep(r->name, rest);
    keep(r->type, type);
    return true;
}

/* Title, header and time stamp begin with no UUID. */
static void on_router_line(void *arg, const char *s, size_t len)
{
    struct edge_routers *e = arg;
    struct slice line = slice_trim(nsxcli_without_pager((struct slice){s, len}));
    struct edge_router r;

    if (!line.len)
        return;
    if (nsxcli_is_error(line)) {
        nsxcli_keep_error(e->error, line);
        parse_health_skip(&e->lines.health, s, len);
    } else if (read_router(line, &r)) {
        e->lines.health.parsed++;
        e->routers++;
        e->on_router(e->arg, &r);
    } else if (is_uuid((struct slice){line.p, line.len < 36 ? line.len : 36})) {
        parse_health_skip(&e->lines.health, s, len);
    } else {
        e->lines.health.parsed++;
    }
}

void edge_routers_init(struct edge_routers *e,
                       void (*on_router)(void *arg, const struct edge_router *r), void *arg)
{
    memset(e, 0, sizeof(*e));
    lines_init(&e->lines, on_router_line, e);
    e->on_router = on_router;
    e->arg = arg;
}
