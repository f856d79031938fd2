/*
 * derive: the joins of one site. A join is one file and one struct derive_table: which tables it
 * reads, what it works out once (prepare), and what it puts into the DERIVED cells of each row.
 * Joins read good snapshots only and leave a cell ABSENT when what it needs was not read.
 *
 * Facts that several joins need (which ENIs are the SDDC's, which networks, which routes are its
 * routes) are made once per update, when the first join asks for them. They live in the update's
 * arena; their maps are freed by derive_release().
 */
#ifndef HYCON_MODEL_DERIVE_DERIVE_H
#define HYCON_MODEL_DERIVE_DERIVE_H

#include "core/ip.h"
#include "model/derive/merge.h"
#include "model/derive/watch.h"
#include "model/identity.h"
#include "model/samples.h"
#include "model/since.h"
#include "model/view.h"

struct arena;
struct eni_facts;
struct link_facts;
struct route_facts;
struct sddc_nets;

struct derive {
    struct view *view;
    const struct identity_managers *managers;
    struct watch *watch;
    struct watch *late; /* routes that disagree: mostly none, and then asking costs nothing */
    const struct since *since;
    const struct samples *samples;
    struct arena *arena;
    int64_t converge_ms; /* how long a failover may take */
    int64_t due_at;      /* out: when time alone changes a cell; 0: never */
    struct merge merges[VIEW_TABLES_MAX];
    bool merged[VIEW_TABLES_MAX]; /* two endpoints may report the same row */
    struct link_facts *links;
    struct eni_facts *enis;
    struct sddc_nets *nets;
    struct route_facts *routes;
    struct identity_hosts *hosts;
    const struct snapshot *hosts_of; /* first of the hosts that they were read from */
    struct identity_edges *edges;
};

struct derive_table {
    const struct schema *schema;
    const struct schema *const *inputs; /* besides its own; NULL-terminated */
    /* Once per update; the result is handed to row and extra. NULL: nothing to work out. */
    void *(*prepare)(struct derive *d);
    /* Does another row of the table stand for @raw, so that it is left out? NULL: never. */
    bool (*hidden)(void *facts, const struct snapshot *from, const struct row *raw);
    /* Fill the derived cells of the builder's current row, which has @raw's cells. */
    void (*row)(struct derive *d, void *facts, struct table_builder *b, const struct row *raw);
    /* The same for a row that is only remembered (its snapshot is not good): it has the derived
     * cells of the last update. NULL: they stay as they are. */
    void (*remembered)(struct derive *d, void *facts, struct table_builder *b,
                       const struct row *raw, const struct snapshot *from);
    /* Add rows that the join makes to the table of source @i. NULL: none. */
    void (*extra)(struct derive *d, void *facts, struct table_builder *b, size_t i);
    void (*finish)(struct derive *d, void *facts); /* after the last row; NULL: nothing to do */
    void (*release)(void *facts);                  /* NULL: all of it is in the arena */
};

extern const struct derive_table derive_edges_table, derive_enis_table, derive_gateways_table,
    derive_hosts_table, derive_routes_table, derive_segments_table, derive_subnets_table,
    derive_vpc_endpoints_table, derive_replications_table, derive_vsan_table,
    derive_edge_status_table, derive_edge_gateways_table, derive_bridges_table, derive_tasks_table;

/* In the order in which they must run; NULL-terminated. */
extern const struct derive_table *const derive_tables[];

/* Set up @d (its first seven members are the caller's) for the tables that @d->view has now. */
void derive_init(struct derive *d);
void derive_release(struct derive *d);
/* A join at work: prepared when the first row needs it, which on an idle console is never. */
struct derive_work {
    const struct derive_table *t; /* NULL: nothing derived, only merged */
    void *facts;
    bool ready;
};

/* Make the final snapshot of source @i of @schema. @prevs: what each source was in the last update
 * (NULL: none); @hash: identity of everything that it depends on (0: unknown), by which the rows of
 * the last update are taken over whole. A new reference. */
struct snapshot *derive_source(struct derive *d, struct derive_work *w, const struct schema *schema,
                               size_t i, struct snapshot *const *prevs, uint64_t hash);
/* Once all sources were made. */
void derive_end(struct derive *d, struct derive_work *w);
const struct derive_table *derive_find(const struct schema *schema); /* NULL: nothing derived */
/* May the join of @schema read derived cells of @input? Else @input's own inputs mean nothing to
 * it: it has no join, or a later one. */
bool derive_sees_joined(const struct schema *schema, const struct schema *input);
bool derive_is_by_manager(const struct schema *schema); /* its ids are unique within one NSX */

/* Walk the good rows of @schema, each object once: *at from {0}. */
const struct row *derive_next(const struct derive *d, const struct schema *schema,
                              struct view_cursor *at);
/* "this changes by itself at @when" */
void derive_due(struct derive *d, int64_t when);
/* Did less than the converge time pass since @start? Marks when that ends. @start 0: no. */
bool derive_in_window(struct derive *d, int64_t start);
/* Who is who, by the hosts that the view has now. */
struct identity_hosts *derive_hosts(struct derive *d);
/* @s in lower case, as UUIDs are compared; in the arena. NULL of NULL. */
const char *derive_lower(struct derive *d, const char *s);
/* " of ENDPOINT" when the site has several NSX Managers, for what has the same name in each of them
 * (gateways, traffic groups); else "". @manager as identity_manager() gives it. In the arena. */
const char *derive_of_manager(struct derive *d, unsigned manager);
/* Which transport node an endpoint of kind edge is. */
struct identity_edges *derive_edges(struct derive *d);

#endif
