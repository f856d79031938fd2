/* identity: which transport node an edge is that is reached over SSH. The essay is in identity.h.
 */
#include "model/identity.h"

#include "core/arena.h"
#include "core/ip.h"
#include "core/map.h"

#include <ctype.h>
#include <string.h>

struct identity_edges {
    struct arena *arena;
    struct map *by_id, *by_ip; /* -> row of edges, or &two */
    struct map *said;          /* endpoint -> UUID that its edge says it has */
    bool read;                 /* edges were */
};

/* Stands for more than one row: such a key decides nothing. */
static const struct row two;

static const char *lower(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);

    for (char *c = copy; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

/* Two endpoints may both list a node: then its UUID is the same. */
static void put(struct map *m, const char *key, const struct row *r)
{
    const struct row *had = key && *key ? map_get(m, key) : NULL;

    if (!key || !*key || had == &two)
        return;
    if (!had)
        map_put(m, key, (void *)r);
    else if (!view_same_text(row_str(had, EDGES_EDGE_ID), row_str(r, EDGES_EDGE_ID)))
        map_put(m, key, (void *)&two);
}

static void index_edges(struct identity_edges *e, const struct view *v)
{
    struct view_cursor at = {0};
    const struct row *r;
    char buf[IP_TEXT_MAX];

    while ((r = view_next(v, &table_edges, &at))) {
        const struct ip *ip = row_ip(r, EDGES_MANAGEMENT_IP);

        put(e->by_id, lower(e->arena, row_str(r, EDGES_EDGE_ID)), r);
        put(e->by_ip, ip ? ip_format_address(ip, buf) : NULL, r);
    }
}

static void index_said(struct identity_edges *e, const struct view *v)
{
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = view_next(v, &table_edge_status, &at))) {
        const char *id = lower(e->arena, row_str(r, EDGE_STATUS_EDGE_ID));

        if (id)
            map_put(e->said, row_str(r, SCHEMA_ENDPOINT), (void *)id);
    }
}

struct identity_edges *identity_edges_new(const struct view *v, struct arena *arena)
{
    struct identity_edges *e = arena_alloc(arena, sizeof(*e));

    e->arena = arena;
    e->by_id = map_new();
    e->by_ip = map_new();
    e->said = map_new();
    e->read = view_was_read(v, &table_edges);
    index_edges(e, v);
    index_said(e, v);
    return e;
}

void identity_edges_release(struct identity_edges *e)
{
    if (!e)
        return;
    map_free(e->by_id, NULL);
    map_free(e->by_ip, NULL);
    map_free(e->said, NULL);
}

static struct identity_edge found(const struct row *r, const char *join)
{
    return (struct identity_edge){
        .id = row_str(r, EDGES_EDGE_ID), .name = row_str(r, EDGES_EDGE), .row = r, .join = join};
}

static struct identity_edge unknown(const char *why)
{
    return (struct identity_edge){.join = why};
}

/* "192.0.2.7:2222", "[2001:db8::7]:22": the address alone, or NULL when it is a name. */
static const char *address_of(const struct identity_edges *e, const char *host, char *buf)
{
    const char *text = host, *colon = strrchr(host, ':'), *bracket = strchr(host, ']');
    struct ip ip;

    if (*host == '[' && bracket)
        text = arena_strndup(e->arena, host + 1, (size_t)(bracket - host - 1));
    else if (colon && strchr(host, ':') == colon)
        text = arena_strndup(e->arena, host, (size_t)(colon - host));
    return ip_parse(text, &ip) == 0 ? ip_format_address(&ip, buf) : NULL;
}

struct identity_edge identity_edge_named(const struct identity_edges *e, const char *id)
{
    const struct row *r = id ? map_get(e->by_id, lower(e->arena, id)) : NULL;

    if (r == &two)
        return unknown("unknown: two edges have this UUID");
    if (r)
        return found(r, "edge_id");
    return unknown(e->read ? "unknown: NSX Manager has no edge with the UUID that this one says"
                           : "unknown: the edges of NSX Manager were not read");
}

struct identity_edge identity_edge_at(const struct identity_edges *e, const char *endpoint,
                                      const char *host)
{
    const char *id = endpoint ? map_get(e->said, endpoint) : NULL;
    char buf[IP_TEXT_MAX];
    const char *ip = !id && host ? address_of(e, host, buf) : NULL;
    const struct row *r = ip ? map_get(e->by_ip, ip) : NULL;

    if (id) {
        struct identity_edge named = identity_edge_named(e, id);

        named.said = id;
        return named;
    }
    if (r == &two)
        return unknown("unknown: two edges have this management address");
    if (r)
        return found(r, "management_ip");
    return unknown("unknown: the edge's own UUID was not read, and no edge of NSX Manager has its "
                   "management address");
}
