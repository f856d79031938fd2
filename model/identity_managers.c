/* identity_managers: which endpoints speak for one NSX. A union-find over the site's endpoints. */
#include "model/identity.h"

#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define UUID_LENGTH 36

struct identity_managers {
    const struct config_site *site;
    unsigned *parent; /* by the endpoint's place in the site */
    unsigned nsx;     /* endpoints that could be one */
};

static bool speaks_nsx(const struct config_endpoint *e)
{
    return e->kind == KIND_NSX || e->kind == KIND_VMC;
}

static unsigned root(const struct identity_managers *m, unsigned i)
{
    while (m->parent[i] != i)
        i = m->parent[i];
    return i;
}

static bool join(struct identity_managers *m, unsigned a, unsigned b)
{
    unsigned x = root(m, a), y = root(m, b);

    if (x == y)
        return false;
    m->parent[x > y ? x : y] = x > y ? y : x;
    return true;
}

static unsigned place(const struct identity_managers *m, const char *endpoint)
{
    unsigned i = 0;

    while (i < m->site->nendpoints && strcmp(m->site->endpoints[i]->name, endpoint) != 0)
        i++;
    return i;
}

const struct schema *const identity_manager_tables[] = {&table_edges, &table_gateways,
                                                        &table_nsx_nodes, &table_sddcs, NULL};

bool identity_managers_differ(const struct config *c)
{
    for (size_t i = 0; i < config_site_count(c); i++) {
        const struct config_site *site = config_site(c, i);
        unsigned n = 0;
        for (unsigned k = 0; k < site->nendpoints; k++)
            n += speaks_nsx(site->endpoints[k]);
        if (n > 1)
            return true;
    }
    return false;
}

static void join_configured(struct identity_managers *m)
{
    for (unsigned i = 0; i < m->site->nendpoints; i++) {
        const struct config_endpoint *a = m->site->endpoints[i];
        for (unsigned k = 0; k < i && a->kind == KIND_VMC; k++) {
            const struct config_endpoint *b = m->site->endpoints[k];
            if (b->kind == KIND_VMC && view_same_text(config_str(a, "sddc"), config_str(b, "sddc")))
                join(m, i, k);
        }
    }
}

struct identity_managers *identity_managers_new(const struct config_site *site)
{
    struct identity_managers *m = mem_alloc(sizeof(*m));

    m->site = site;
    m->parent = mem_array(site->nendpoints + 1, sizeof(*m->parent));
    for (unsigned i = 0; i < site->nendpoints; i++) {
        m->parent[i] = i;
        m->nsx += speaks_nsx(site->endpoints[i]);
    }
    join_configured(m);
    return m;
}

void identity_managers_free(struct identity_managers *m)
{
    if (!m)
        return;
    free(m->parent);
    free(m);
}

unsigned identity_manager(const struct identity_managers *m, const char *endpoint)
{
    unsigned i = place(m, endpoint);

    return i < m->site->nendpoints ? root(m, i) : i;
}

/* Join the endpoints that have the same UUID in column @col. Values stand for places plus one. */
static bool learn_ids(struct identity_managers *m, const struct view *raw, struct map *seen,
                      const struct schema *schema, unsigned col)
{
    struct view_cursor at = {0};
    const struct row *r;
    bool learned = false;

    while ((r = view_next(raw, schema, &at))) {
        const char *id = row_str(r, col);
        unsigned i = place(m, snapshot_endpoint(at.snapshot));
        if (!id || strlen(id) != UUID_LENGTH || i == m->site->nendpoints)
            continue;
        uintptr_t other = (uintptr_t)map_get(seen, id);
        if (!other)
            map_put(seen, id, (void *)(uintptr_t)(i + 1));
        else if (join(m, i, (unsigned)other - 1))
            learned = true;
    }
    return learned;
}

/* "https://host:port/path/" and "host:port/path" are one address. */
static bool same_address(const char *a, const char *b)
{
    const char *x = a ? strstr(a, "://") : NULL, *y = b ? strstr(b, "://") : NULL;
    size_t n, k;

    if (!a || !b)
        return false;
    x = x ? x + 3 : a;
    y = y ? y + 3 : b;
    n = strlen(x);
    k = strlen(y);
    n -= n && x[n - 1] == '/';
    k -= k && y[k - 1] == '/';
    return n && n == k && strncasecmp(x, y, n) == 0;
}

static bool learn_address(struct identity_managers *m, unsigned vmc, const char *url)
{
    bool learned = false;

    for (unsigned i = 0; i < m->site->nendpoints; i++) {
        const struct config_endpoint *e = m->site->endpoints[i];
        const char *const *urls;
        size_t n = e->kind == KIND_NSX ? config_list(e, "urls", &urls) : 0;
        for (size_t k = 0; k < n; k++) {
            if (same_address(urls[k], url) && join(m, i, vmc))
                learned = true;
        }
    }
    return learned;
}

static bool learn_addresses(struct identity_managers *m, const struct view *raw)
{
    struct view_cursor at = {0};
    const struct row *r;
    bool learned = false;

    while ((r = view_next(raw, &table_sddcs, &at))) {
        unsigned i = place(m, snapshot_endpoint(at.snapshot));
        if (i < m->site->nendpoints && learn_address(m, i, row_str(r, SDDCS_NSX_URL)))
            learned = true;
    }
    return learned;
}

bool identity_managers_learn(struct identity_managers *m, const struct view *raw)
{
    struct map *seen;
    bool learned;

    if (m->nsx < 2)
        return false;
    seen = map_new();
    learned = learn_ids(m, raw, seen, &table_edges, EDGES_EDGE_ID);
    learned |= learn_ids(m, raw, seen, &table_gateways, GATEWAYS_EDGE_ID);
    learned |= learn_ids(m, raw, seen, &table_nsx_nodes, NSX_NODES_NODE_ID);
    learned |= learn_addresses(m, raw);
    map_free(seen, NULL);
    return learned;
}
