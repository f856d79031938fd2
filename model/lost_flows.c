#include "model/lost_flows.h"

#include <stdlib.h>
#include <string.h>

#include "core/fmt.h"
#include "core/ip.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/estate.h"
#include "model/tables.h"

#define AGENT "vmware-sfw" /* the distributed firewall */

/* A network card of a machine, by "UUID CARD". */
struct card {
    char *vm, *endpoint, *host, *filter; /* where it is */
    char *from_endpoint, *from_host, *from_filter;
    int64_t moved_at; /* when it was first seen where it is; 0: it has not moved */
};

/* Flows of a filter that its host no longer has. */
struct gone {
    char *endpoint, *filter;
    int64_t seen_at, gone_at; /* last reading with it, first one without */
    struct snapshot *rows;
    /* Of its card, once that has turned up on another host (moved_at not 0). */
    char *vm, *from_host, *to_host, *to_endpoint, *to_filter;
    int64_t moved_at;
    bool judged;
    bool *back; /* by row: its new host has it */
    struct gone *next;
};

struct lost_flows {
    char *site;
    struct map *cards;
    struct map *last;  /* endpoint -> the reading of flows before */
    struct gone *gone; /* the newest first */
    size_t nrows;
    size_t dropped; /* connections that went before their time, for want of room */
    int64_t dropped_at;
    uint64_t stamp; /* of the tables that were read last */
    bool changed;
    struct snapshot *told;
};

/* ---- life ---------------------------------------------------------------------------------------
 */

static void card_free(void *arg)
{
    struct card *c = arg;

    free(c->vm);
    free(c->endpoint);
    free(c->host);
    free(c->filter);
    free(c->from_endpoint);
    free(c->from_host);
    free(c->from_filter);
    free(c);
}

static void gone_free(struct gone *g)
{
    free(g->endpoint);
    free(g->filter);
    free(g->vm);
    free(g->from_host);
    free(g->to_host);
    free(g->to_endpoint);
    free(g->to_filter);
    free(g->back);
    snapshot_unref(g->rows);
    free(g);
}

static void unref(void *arg)
{
    snapshot_unref(arg);
}

struct lost_flows *lost_flows_new(const char *site)
{
    struct lost_flows *l = mem_alloc(sizeof(*l));

    l->site = mem_strdup(site);
    l->cards = map_new();
    l->last = map_new();
    l->changed = true;
    return l;
}

void lost_flows_free(struct lost_flows *l)
{
    if (!l)
        return;
    while (l->gone) {
        struct gone *g = l->gone;
        l->gone = g->next;
        gone_free(g);
    }
    map_free(l->cards, card_free);
    map_free(l->last, unref);
    snapshot_unref(l->told);
    free(l->site);
    free(l);
}

static bool is_read(const struct snapshot *s)
{
    return snapshot_freshness(s) == FRESH_OK || snapshot_freshness(s) == FRESH_PARTIAL;
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static void set(char **to, const char *text)
{
    free(*to);
    *to = mem_strdup(text);
}

/* ---- flows of filters that are gone -------------------------------------------------------------
 */

/* Rows of the filter that begins at @first: keys begin with host and filter. */
static size_t end_of(const struct snapshot *s, size_t first)
{
    const char *filter = row_str(snapshot_row(s, first), FLOWS_FILTER);
    size_t i = first + 1;

    while (i < snapshot_count(s) && same(row_str(snapshot_row(s, i), FLOWS_FILTER), filter))
        i++;
    return i;
}

static struct map *filters_of(const struct snapshot *s)
{
    struct map *m = map_new();

    for (size_t i = 0; i < snapshot_count(s); i = end_of(s, i)) {
        const char *filter = row_str(snapshot_row(s, i), FLOWS_FILTER);
        if (filter)
            map_put(m, filter, m);
    }
    return m;
}

/* A connection that both ends are closing has not been lost. Only EST is sure to be a word of
 * hosts; the others are those of TCP, whole or cut short. */
static bool is_closing(const struct row *r)
{
    static const char *const words[] = {"FIN", "CLOS", "TIME", "LAST", "RST"};
    const char *state = row_str(r, FLOWS_TCP_STATE);

    for (size_t i = 0; state && i < ARRAY_SIZE(words); i++)
        if (text_has_prefix_nocase(state, words[i]))
            return true;
    return false;
}

static struct snapshot *copy_rows(const struct snapshot *from, size_t first, size_t end)
{
    struct table_builder *b =
        builder_new(&table_flows, snapshot_site(from), snapshot_endpoint(from), NULL);

    builder_block(b, 0);
    for (size_t i = first; i < end; i++) {
        const struct row *r = snapshot_row(from, i);
        if (is_closing(r))
            continue;
        builder_row(b);
        for (unsigned c = SCHEMA_ENDPOINT + 1; c < table_flows.ncolumns; c++)
            builder_cell(b, c, &r->cells[c]);
    }
    return builder_finish(b, snapshot_taken_at(from), FRESH_OK, NULL);
}

static void keep_gone(struct lost_flows *l, const struct snapshot *before, size_t first, size_t end,
                      int64_t gone_at)
{
    const char *filter = row_str(snapshot_row(before, first), FLOWS_FILTER);
    struct gone *g = l->gone;

    while (g && !(g->seen_at == snapshot_taken_at(before) && same(g->filter, filter) &&
                  same(g->endpoint, snapshot_endpoint(before))))
        g = g->next;
    if (g)
        return; /* its card was seen elsewhere before */
    g = mem_alloc(sizeof(*g));
    *g = (struct gone){.endpoint = mem_strdup(snapshot_endpoint(before)),
                       .filter = mem_strdup(filter),
                       .seen_at = snapshot_taken_at(before),
                       .gone_at = gone_at,
                       .rows = copy_rows(before, first, end),
                       .next = l->gone};
    g->back = mem_array(snapshot_count(g->rows) + 1, sizeof(*g->back));
    l->gone = g;
    l->nrows += snapshot_count(g->rows);
}

/* ---- where cards are ----------------------------------------------------------------------------
 */

/* What the tables say now. */
struct place {
    const struct row *row;
    const struct snapshot *source;
    bool twice; /* two hosts have it: the move is under way */
};

static void add_place(struct map *places, const struct snapshot *s, const struct row *r)
{
    const char *uuid = row_str(r, FILTERS_VM_UUID), *agent = row_str(r, FILTERS_AGENT);
    struct place *p;
    char *key;

    if (!uuid || !row_str(r, FILTERS_FILTER) || (agent && strcmp(agent, AGENT) != 0))
        return;
    key = mem_printf("%s %s", uuid, row_str(r, FILTERS_VNIC) ? row_str(r, FILTERS_VNIC) : "");
    p = map_get(places, key);
    if (!p) {
        p = mem_alloc(sizeof(*p));
        *p = (struct place){r, s, false};
        map_put(places, key, p);
    } else if (p->source != s) {
        p->twice = true;
    }
    free(key);
}

static struct map *read_places(struct snapshot *const *filters, size_t n)
{
    struct map *places = map_new();

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; is_read(filters[i]) && k < snapshot_count(filters[i]); k++)
            add_place(places, filters[i], snapshot_row(filters[i], k));
    return places;
}

static void put_card(struct card *c, const struct place *p)
{
    set(&c->vm, row_str(p->row, FILTERS_VM));
    set(&c->endpoint, snapshot_endpoint(p->source));
    set(&c->host, row_str(p->row, FILTERS_HOST));
    set(&c->filter, row_str(p->row, FILTERS_FILTER));
}

/* Its old host may not be read again: nobody looks there any more. */
static void leave_flows(struct lost_flows *l, const struct card *c)
{
    const struct snapshot *before = map_get(l->last, c->from_endpoint);
    size_t end;

    for (size_t i = 0; before && i < snapshot_count(before); i = end) {
        end = end_of(before, i);
        if (same(row_str(snapshot_row(before, i), FLOWS_FILTER), c->from_filter)) {
            keep_gone(l, before, i, end, c->moved_at);
            return;
        }
    }
}

static void move_card(struct lost_flows *l, struct card *c, const struct place *p)
{
    set(&c->from_endpoint, c->endpoint);
    set(&c->from_host, c->host);
    set(&c->from_filter, c->filter);
    c->moved_at = snapshot_taken_at(p->source);
    put_card(c, p);
    leave_flows(l, c);
}

static void follow_cards(struct lost_flows *l, struct snapshot *const *filters, size_t n)
{
    struct map *places = read_places(filters, n);
    const char *key;
    void *value;

    for (size_t i = 0; map_at(places, &i, &key, &value);) {
        const struct place *p = value;
        struct card *c = map_get(l->cards, key);
        if (p->twice)
            continue;
        if (c && !same(c->endpoint, snapshot_endpoint(p->source))) {
            move_card(l, c, p);
        } else {
            if (!c)
                map_put(l->cards, key, c = mem_alloc(sizeof(*c)));
            put_card(c, p);
        }
    }
    map_free(places, free);
}

/* ---- readings of flows
 * ---------------------------------------------------------------------------
 */

static void compare(struct lost_flows *l, const struct snapshot *before, const struct snapshot *now)
{
    struct map *present = filters_of(now);
    size_t end;

    for (size_t i = 0; i < snapshot_count(before); i = end) {
        const char *filter = row_str(snapshot_row(before, i), FLOWS_FILTER);
        end = end_of(before, i);
        if (filter && !map_has(present, filter))
            keep_gone(l, before, i, end, snapshot_taken_at(now));
    }
    map_free(present, NULL);
}

static void follow_flows(struct lost_flows *l, struct snapshot *s)
{
    struct snapshot *before = map_get(l->last, snapshot_endpoint(s));

    if (before == s || !is_read(s) || (before && snapshot_taken_at(s) <= snapshot_taken_at(before)))
        return;
    if (before)
        compare(l, before, s);
    snapshot_unref(map_put(l->last, snapshot_endpoint(s), snapshot_ref(s)));
}

/* ---- what became of them ------------------------------------------------------------------------
 */

static void add_number(struct strbuf *out, const struct row *r, unsigned col)
{
    int64_t v;

    if (row_int(r, col, &v))
        strbuf_addf(out, ":%lld", (long long)v);
}

/* "tcp 10.0.0.1:44194 -> 10.0.0.2:22": the same connection on any host. */
static void name_flow(struct strbuf *out, const struct row *r)
{
    const char *protocol = row_str(r, FLOWS_PROTOCOL);

    strbuf_addf(out, "%s ", protocol ? protocol : "-");
    cell_plain(out, &table_flows.columns[FLOWS_SOURCE_IP], &r->cells[FLOWS_SOURCE_IP]);
    add_number(out, r, FLOWS_SOURCE_PORT);
    strbuf_addstr(out, " -> ");
    cell_plain(out, &table_flows.columns[FLOWS_DESTINATION_IP], &r->cells[FLOWS_DESTINATION_IP]);
    add_number(out, r, FLOWS_DESTINATION_PORT);
}

/* The card that these flows were of and that has moved since; NULL: none. */
static const struct card *card_of(const struct lost_flows *l, const struct gone *g)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_at(l->cards, &i, &key, &value);) {
        const struct card *c = value;
        if (c->moved_at && same(c->from_endpoint, g->endpoint) && same(c->from_filter, g->filter) &&
            c->moved_at - g->seen_at <= LOST_FLOWS_SIGHT_MS)
            return c;
    }
    return NULL;
}

/* Connections of a filter in @s; *any: there are some. */
static struct map *connections(const struct snapshot *s, const char *filter, bool *any)
{
    struct map *m = map_new();
    struct strbuf name = STRBUF_INIT;

    *any = false;
    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        if (!same(row_str(r, FLOWS_FILTER), filter))
            continue;
        *any = true;
        strbuf_reset(&name);
        name_flow(&name, r);
        map_put(m, name.buf, m);
    }
    strbuf_release(&name);
    return m;
}

/* Has the card of these flows moved since they were seen? */
static bool has_moved(const struct lost_flows *l, struct gone *g)
{
    const struct card *c = g->moved_at ? NULL : card_of(l, g);

    if (c) {
        g->vm = mem_strdup(c->vm);
        g->from_host = mem_strdup(c->from_host);
        g->to_host = mem_strdup(c->host);
        g->to_endpoint = mem_strdup(c->endpoint);
        g->to_filter = mem_strdup(c->filter);
        g->moved_at = c->moved_at;
    }
    return g->moved_at != 0;
}

static void judge(struct lost_flows *l, struct gone *g)
{
    const struct snapshot *now = has_moved(l, g) ? map_get(l->last, g->to_endpoint) : NULL;
    struct strbuf name = STRBUF_INIT;
    struct map *there;
    bool any;

    /* A reading from before it left the old host says nothing. */
    if (!now || snapshot_taken_at(now) < g->gone_at || snapshot_taken_at(now) < g->moved_at)
        return;
    there = connections(now, g->to_filter, &any);
    /* Nothing at all of the card in a reading of some filters: it was not among them. */
    if (any || snapshot_freshness(now) == FRESH_OK) {
        for (size_t i = 0; i < snapshot_count(g->rows); i++) {
            strbuf_reset(&name);
            name_flow(&name, snapshot_row(g->rows, i));
            g->back[i] = g->back[i] || map_has(there, name.buf);
        }
        g->judged = l->changed = true;
    }
    map_free(there, NULL);
    strbuf_release(&name);
}

static bool is_over(const struct gone *g, int64_t now)
{
    return g->moved_at ? now - g->moved_at > LOST_FLOWS_KEEP_MS
                       : now - g->gone_at > LOST_FLOWS_WAIT_MS;
}

static void drop(struct lost_flows *l, size_t n, int64_t now)
{
    l->dropped += n;
    l->dropped_at = now;
    l->changed = true;
}

/* The newest come first: what is beyond the limit is the oldest. */
static void expire(struct lost_flows *l, int64_t now)
{
    size_t kept = 0;

    for (struct gone **at = &l->gone; *at;) {
        struct gone *g = *at;
        size_t n = snapshot_count(g->rows);
        if (kept + n <= LOST_FLOWS_MAX && !is_over(g, now)) {
            kept += n;
            at = &g->next;
            continue;
        }
        *at = g->next;
        l->changed = l->changed || g->judged;
        if (!is_over(g, now))
            drop(l, n, now);
        gone_free(g);
    }
    l->nrows = kept;
    if (l->dropped && now - l->dropped_at > LOST_FLOWS_KEEP_MS) {
        l->dropped = 0;
        l->changed = true;
    }
}

static uint64_t stamp_of(uint64_t h, struct snapshot *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (uint64_t)(uintptr_t)list[i]) * 1099511628211u;
        h = (h ^ snapshot_generation(list[i])) * 1099511628211u;
    }
    return h;
}

void lost_flows_update(struct lost_flows *l, struct snapshot *const *filters, size_t nfilters,
                       struct snapshot *const *flows, size_t nflows, int64_t now)
{
    uint64_t stamp = stamp_of(stamp_of(14695981039346656037u, filters, nfilters), flows, nflows);

    if (stamp != l->stamp) {
        follow_cards(l, filters, nfilters);
        for (size_t i = 0; i < nflows; i++)
            follow_flows(l, flows[i]);
        for (struct gone *g = l->gone; g; g = g->next)
            judge(l, g);
        l->stamp = stamp;
    }
    expire(l, now);
}

/* ---- telling ------------------------------------------------------------------------------------
 */

static void add_bytes(struct table_builder *b, const struct row *r)
{
    int64_t one = 0, two = 0;
    bool any = row_int(r, FLOWS_BYTES_1, &one);

    any = row_int(r, FLOWS_BYTES_2, &two) || any;
    if (any)
        builder_int(b, LOST_FLOWS_BYTES, one + two);
}

static void add_row(struct table_builder *b, const struct gone *g, const struct row *r)
{
    static const struct {
        unsigned to, from;
    } cells[] = {
        {LOST_FLOWS_PROTOCOL, FLOWS_PROTOCOL},
        {LOST_FLOWS_DIRECTION, FLOWS_DIRECTION},
        {LOST_FLOWS_SOURCE_IP, FLOWS_SOURCE_IP},
        {LOST_FLOWS_SOURCE_PORT, FLOWS_SOURCE_PORT},
        {LOST_FLOWS_DESTINATION_IP, FLOWS_DESTINATION_IP},
        {LOST_FLOWS_DESTINATION_PORT, FLOWS_DESTINATION_PORT},
        {LOST_FLOWS_RULE_ID, FLOWS_RULE_ID},
        {LOST_FLOWS_TCP_STATE, FLOWS_TCP_STATE},
        {LOST_FLOWS_RAW, FLOWS_RAW},
    };
    struct strbuf name = STRBUF_INIT;

    name_flow(&name, r);
    builder_row(b);
    builder_str(b, LOST_FLOWS_FILTER, g->filter);
    builder_str(b, LOST_FLOWS_FLOW, name.buf);
    builder_str(b, LOST_FLOWS_VM, g->vm);
    builder_str(b, LOST_FLOWS_FROM_HOST, g->from_host);
    builder_str(b, LOST_FLOWS_TO_HOST, g->to_host);
    builder_int(b, LOST_FLOWS_MOVED_AT, g->moved_at);
    builder_int(b, LOST_FLOWS_SEEN_AT, g->seen_at);
    for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
        builder_cell(b, cells[i].to, &r->cells[cells[i].from]);
    add_bytes(b, r);
    strbuf_release(&name);
}

struct snapshot *lost_flows_snapshot(struct lost_flows *l, int64_t now)
{
    struct table_builder *b;
    struct err err = {0};

    if (!l->changed)
        return snapshot_ref(l->told);
    b = builder_new(&table_lost_flows, l->site, ESTATE_OWN_ENDPOINT, NULL);
    builder_block(b, 0);
    for (const struct gone *g = l->gone; g; g = g->next)
        for (size_t i = 0; g->judged && i < snapshot_count(g->rows); i++)
            if (!g->back[i])
                add_row(b, g, snapshot_row(g->rows, i));
    snapshot_unref(l->told);
    if (l->dropped)
        err_set(&err, ERR_LIMIT, 0,
                "%zu connections of cards that moved are missing: no more than %d are kept",
                l->dropped, LOST_FLOWS_MAX);
    l->told = builder_finish(b, now, l->dropped ? FRESH_PARTIAL : FRESH_OK, &err);
    l->changed = false;
    return snapshot_ref(l->told);
}
