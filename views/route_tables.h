/*
 * route_tables: the routes table folded to one line per route table: how many of the SDDC's
 * networks lead where they should. The ENI tab's path and table, Overview and Segments read it.
 */
#ifndef HYCON_VIEWS_ROUTE_TABLES_H
#define HYCON_VIEWS_ROUTE_TABLES_H

#include "views/look.h"
#include "views/view.h"

#define ROUTE_TARGETS_MAX 4

/* Words of routes.verdict. The order of the first five is how bad they are. */
enum route_verdict {
    ROUTE_OK,
    ROUTE_CONVERGING,
    ROUTE_STALE,
    ROUTE_MISSING,
    ROUTE_BLACKHOLE,
    ROUTE_UNMANAGED,
    ROUTE_NOT_OURS,
    ROUTE_VERDICTS
};

struct route_table {
    const struct snapshot *source;
    size_t first, n; /* its rows in @source */
    const char *site, *id, *name, *vpc;
    bool main, prefix_list;
    const struct cell_list *subnets; /* NULL: not read */
    size_t counts[ROUTE_VERDICTS];
    size_t judged;                          /* networks of the SDDC, missing ones counted */
    enum route_verdict worst;               /* of them */
    const char *targets[ROUTE_TARGETS_MAX]; /* of its SDDC routes, each once */
    size_t ntargets;
    /* Where they should lead, each once: one ENI, or one for each traffic group. */
    const char *expected[ROUTE_TARGETS_MAX];
    size_t nexpected;
    bool unjudged;      /* what the routes are judged by was not read: no verdict is no news */
    int64_t changed_at; /* a target or verdict changed; 0: not since hycon watches */
};

struct route_tables_walk {
    size_t source, row;
};

/* The route tables of one site: *w from {0}; false at the end. */
bool route_tables_next(const struct view_input *in, const char *site, struct route_tables_walk *w,
                       struct route_table *out);
/* Should one of its routes lead there? */
bool route_table_expects(const struct route_table *t, const char *target);
/* Is a table that the routes of the site are judged by not what it should be? */
bool route_tables_unjudged(const struct view_input *in, const char *site, struct look_source *why);
/* "ok", "STALE 3/4": how many of the SDDC's networks are not right; "none": it holds none; "?": not
 * judged. */
void route_table_say(struct strbuf *out, const struct route_table *t);
enum style route_table_style(const struct view_input *in, const struct route_table *t);
/* "main", "prefix list", "custom" */
const char *route_table_kind(const struct route_table *t);
/* Its name, or its id when it has none. */
const char *route_table_label(const struct route_table *t);

/* The table of the ENI tab, and where a route table is in it. */
extern const struct view_table view_table_route_tables;
void route_tables_target(const struct view_input *in, const char *site, const char *id,
                         struct view_target *out);

#endif
