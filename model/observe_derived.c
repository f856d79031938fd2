/*
 * observe_derived: what can be said only after the joins. Kinds of timeline entries:
 *
 *  route_table          every route of the SDDC in a table leads to another ENI now, or to those of
 *                       several traffic groups or SDDCs, and is right
 *  route_table_partial  some of them do: the rewriting has begun
 *  route_table_late     the time a failover may take is over and the table has not followed
 *  active_eni           without NSX's word: the main table leads to another ENI
 *  edge_moved           the VM of an edge runs on another host: the active ENI follows the host
 *  segment_added, segment_removed, segment_changed   with who, where NSX says so
 *  and the kinds of tasks and alarms, as their managers name them (origin reported)
 */
#include "model/observe.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/derive/facts.h"

#include <stdlib.h>
#include <string.h>

#define REPORTED_MS   (24LL * 60 * 60 * 1000) /* what managers say of the past day */
#define SEGMENTS_NEWS 20 /* single entries per update; more become one that counts them */
#define TARGETS_MAX   8

struct observer {
    struct site *site;
    struct derive *d;
    struct since *since;
    struct timeline *timeline;
    const char *name;
    int64_t before_at; /* when the routes before were read; 0: not in this run */
};

/* It happened since then: since the last poll, or, after a restart, since hycon last looked. The
 * rows before may be of the same poll, judged anew when another table came. */
static int64_t error_bar(const struct observer *o, const struct since_record *before, int64_t at)
{
    int64_t since = o->before_at && o->before_at < at ? o->before_at : before->seen;

    return since && at > since ? at - since : -1;
}

/* ---- route tables -------------------------------------------------------------------------------
 */

/* In order, so that the same set is the same text. */
struct targets {
    const char *at[TARGETS_MAX];
    size_t n;
};

struct table_state {
    const char *id, *name, *expected, *vpc; /* expected: of the late routes */
    struct targets targets, behind;         /* behind: of the late routes */
    size_t routes, right, late;
    bool main;
};

static bool has_target(const struct targets *t, const char *target)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->at[i], target) == 0)
            return true;
    }
    return false;
}

static void add_target(struct targets *t, const char *target)
{
    size_t i = t->n;

    if (has_target(t, target) || t->n == TARGETS_MAX)
        return;
    for (; i > 0 && strcmp(t->at[i - 1], target) > 0; i--)
        t->at[i] = t->at[i - 1];
    t->at[i] = target;
    t->n++;
}

static bool is_any(const char *word, const char *const *list)
{
    for (; word && *list; list++) {
        if (strcmp(word, *list) == 0)
            return true;
    }
    return false;
}

static void read_route(struct table_state *t, const struct row *r)
{
    static const char *const judged[] = {"ok", "converging", "stale", "blackhole", NULL};
    const char *verdict = row_str(r, ROUTES_VERDICT), *target = row_str(r, ROUTES_TARGET);

    if (!target || !is_any(verdict, judged))
        return;
    add_target(&t->targets, target);
    t->routes++;
    t->right += strcmp(verdict, "ok") == 0;
    if (strcmp(verdict, "stale") != 0)
        return;
    t->late++;
    add_target(&t->behind, target);
    if (row_str(r, ROUTES_EXPECTED_TARGET))
        t->expected = row_str(r, ROUTES_EXPECTED_TARGET);
}

static const char *targets_text(const struct observer *o, const struct targets *t)
{
    const char *text = NULL;

    for (size_t i = 0; i < t->n; i++)
        text = text ? arena_printf(o->d->arena, "%s %s", text, t->at[i]) : t->at[i];
    return text;
}

/* "A B" without "B", which the routes lead to now: what they led to before. */
static const char *left_behind(const struct observer *o, const struct table_state *t,
                               const char *before)
{
    char *copy = arena_strdup(o->d->arena, before), *save = NULL;
    const char *text = NULL;

    for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        if (!has_target(&t->targets, w))
            text = text ? arena_printf(o->d->arena, "%s %s", text, w) : w;
    }
    return text;
}

static void write_table(const struct observer *o, const struct table_state *t, const char *kind,
                        const char *from, const char *to, int64_t at, int64_t bar)
{
    struct timeline_entry e = {.kind = kind, .from = from, .to = to, .at = at, .delay_ms = -1};

    e.subject = t->name ? arena_printf(o->d->arena, "%s (%s)", t->id, t->name) : t->id;
    e.error_bar_ms = bar;
    e.detail = arena_printf(o->d->arena, "%s, %zu routes", t->main ? "main table" : "custom table",
                            t->routes);
    timeline_observe(o->timeline, &e);
}

/* Whether the last word about the table was that its rewriting has begun. */
static void remember_begun(const struct observer *o, const struct table_state *t, bool begun,
                           int64_t at)
{
    (void)since_see(o->since, o->name, "route_table_begun", t->id, begun ? "yes" : "no", at, NULL);
}

/* AWS was asked before NSX: the routes were ahead, and are right now without having changed. */
static void see_done(const struct observer *o, const struct table_state *t, const char *now,
                     int64_t at)
{
    struct since_record begun;

    if (t->right < t->routes ||
        !since_find(o->since, o->name, "route_table_begun", t->id, &begun) ||
        strcmp(begun.state, "yes") != 0)
        return;
    remember_begun(o, t, false, at);
    write_table(o, t, "route_table", NULL, now, at, -1);
}

static void see_targets(const struct observer *o, const struct table_state *t, int64_t at)
{
    const char *now = targets_text(o, &t->targets), *from;
    struct since_record before;
    bool partial = t->targets.n > 1 && t->right < t->routes;

    if (!now)
        return;
    if (!since_see(o->since, o->name, "route_table", t->id, now, at, &before)) {
        see_done(o, t, now, at);
        return;
    }
    remember_begun(o, t, partial, at);
    from = partial ? before.state : left_behind(o, t, before.state);
    write_table(o, t, partial ? "route_table_partial" : "route_table", from, now, at,
                error_bar(o, &before, at));
}

/* Once per table and failover: it has not followed and the time for it is over. */
static void see_late(const struct observer *o, const struct table_state *t, int64_t at)
{
    static const char late[] = "late for ";
    struct since_record before;
    const char *state = "in time";

    if (t->late)
        state = arena_printf(o->d->arena, "%s%s", late, t->expected ? t->expected : "another ENI");
    /* Still late; that nobody says for which ENI just now is no news. */
    if (t->late && !t->expected && since_find(o->since, o->name, "late", t->id, &before) &&
        text_has_prefix(before.state, late))
        return;
    if (since_see(o->since, o->name, "late", t->id, state, at, NULL) && t->late)
        write_table(o, t, "route_table_late", targets_text(o, &t->behind), t->expected, at, -1);
}

static void see_table(const struct observer *o, const struct table_state *t, int64_t at)
{
    if (!t->id || !t->routes)
        return;
    see_targets(o, t, at);
    see_late(o, t, at > o->d->view->now ? at : o->d->view->now);
}

static void begin_table(struct table_state *t, const struct row *r, const char *id)
{
    bool main = false;

    *t = (struct table_state){.id = id, .name = row_str(r, ROUTES_ROUTE_TABLE_NAME)};
    t->vpc = row_str(r, ROUTES_VPC);
    t->main = row_bool(r, ROUTES_MAIN, &main) && main;
}

static void observe_tables(const struct observer *o, const struct snapshot *s)
{
    struct table_state t = {0};

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        const char *id = row_str(r, ROUTES_ROUTE_TABLE);
        if (!view_same_text(id, t.id)) {
            see_table(o, &t, snapshot_taken_at(s));
            begin_table(&t, r, id);
        }
        read_route(&t, r);
    }
    see_table(o, &t, snapshot_taken_at(s));
}

/* The active ENI of @subject: a VPC, or the subnet of one of its SDDCs. */
static void see_main_target(const struct observer *o, const char *subject, const char *eni,
                            int64_t at)
{
    struct timeline_entry e = {.kind = "active_eni",
                               .subject = subject,
                               .at = at,
                               .delay_ms = -1,
                               .detail = "by the main route table",
                               .opens = true};
    struct since_record before;

    if (!since_see(o->since, o->name, "main_table", subject, eni, at, &before))
        return;
    e.from = before.state;
    e.to = eni;
    e.error_bar_ms = error_bar(o, &before, at);
    timeline_observe(o->timeline, &e);
}

/* Without NSX's word the main table says which ENI is active. */
static void observe_main_table(const struct observer *o, const struct vpc_facts *v, int64_t at)
{
    if (v->by_nsx || v->silent || !v->settled)
        return;
    if (v->ntargets == 1)
        see_main_target(o, v->vpc, v->targets[0], at);
    for (size_t i = 0; v->ntargets > 1 && i < v->ntargets; i++) {
        const struct eni_info *e = eni_find(derive_enis(o->d), v->targets[i]);
        if (e && e->subnet)
            see_main_target(o, arena_printf(o->d->arena, "%s, %s", v->vpc, e->subnet),
                            v->targets[i], at);
    }
}

static void observe_source(struct observer *o, const struct snapshot *s,
                           const struct snapshot *before)
{
    void *value;

    o->before_at = before ? snapshot_taken_at(before) : 0;
    for (size_t i = 0; map_at(derive_routes(o->d)->vpcs, &i, NULL, &value);)
        observe_main_table(o, value, snapshot_taken_at(s));
    observe_tables(o, s);
}

static void observe_routes(struct observer *o)
{
    unsigned place = view_place(&table_routes);
    struct snapshot *const *list;
    size_t n;

    list = site_table(o->site, place, &n);
    for (size_t i = 0; i < n; i++) {
        if (view_is_good(list[i]) && site_rows_changed(o->site, place, i))
            observe_source(o, list[i], site_before(o->site, place, i));
    }
}

/* ---- segments -----------------------------------------------------------------------------------
 */

struct segment_news {
    const struct observer *o;
    const struct snapshot *s;
    int64_t at, before_at;
    unsigned count;
};

static const char *describe(const struct observer *o, const struct row *r)
{
    const char *type = row_str(r, SEGMENTS_TYPE), *admin = row_str(r, SEGMENTS_ADMIN_STATE);
    const struct ip *cidr = row_ip(r, SEGMENTS_CIDR);
    char text[IP_TEXT_MAX] = "";

    if (cidr)
        ip_format_cidr(cidr, text);
    return arena_printf(o->d->arena, "%s %s%s", type ? type : "", text,
                        admin && strcmp(admin, "down") == 0 ? " (down)" : "");
}

/* NSX says when and by whom; a time before the last poll is of an earlier change. */
static void write_segment(struct segment_news *n, const char *kind, const struct row *r,
                          const char *from, const char *to)
{
    struct timeline_entry e = {.kind = kind, .from = from, .to = to, .at = n->at, .delay_ms = -1};
    int64_t modified = 0;

    if (n->count++ >= SEGMENTS_NEWS)
        return;
    e.subject = row_str(r, SEGMENTS_SEGMENT);
    e.error_bar_ms = n->at - n->before_at;
    if (to && row_int(r, SEGMENTS_MODIFIED_AT, &modified) && modified > n->before_at &&
        modified <= n->at) {
        e.user = row_str(r, SEGMENTS_MODIFIED_BY);
        e.at = modified;
        e.error_bar_ms = -1;
    }
    timeline_observe(n->o->timeline, &e);
}

static void compare_segment(struct segment_news *n, const struct row *old, const struct row *r)
{
    const char *from, *to;

    if (old->cells == r->cells)
        return;
    from = describe(n->o, old);
    to = describe(n->o, r);
    if (strcmp(from, to) != 0)
        write_segment(n, "segment_changed", r, from, to);
}

static void write_rest(const struct segment_news *n)
{
    struct timeline_entry e = {.kind = "segment_changed", .at = n->at, .delay_ms = -1};

    if (n->count <= SEGMENTS_NEWS)
        return;
    e.error_bar_ms = n->at - n->before_at;
    e.subject = arena_printf(n->o->d->arena, "%u more segments", n->count - SEGMENTS_NEWS);
    timeline_observe(n->o->timeline, &e);
}

static void compare_segments(struct segment_news *n, const struct snapshot *old)
{
    for (size_t i = 0; i < snapshot_count(n->s); i++) {
        const struct row *r = snapshot_row(n->s, i), *was = snapshot_find(old, r->key);
        if (was)
            compare_segment(n, was, r);
        else
            write_segment(n, "segment_added", r, NULL, describe(n->o, r));
    }
    for (size_t i = 0; i < snapshot_count(old); i++) {
        const struct row *r = snapshot_row(old, i);
        if (!snapshot_find(n->s, r->key))
            write_segment(n, "segment_removed", r, describe(n->o, r), NULL);
    }
    write_rest(n);
}

/* Only two whole readings can be compared. Rows that moved to another endpoint are no news. */
static void observe_segments(const struct observer *o)
{
    unsigned place = view_place(&table_segments);
    struct snapshot *const *list;
    size_t n;

    list = site_table(o->site, place, &n);
    for (size_t i = 0; i < n && !o->d->merged[place]; i++) {
        const struct snapshot *old = site_before(o->site, place, i);
        struct segment_news news = {o, list[i], snapshot_taken_at(list[i]), 0, 0};
        if (!old || !site_rows_changed(o->site, place, i) || snapshot_freshness(old) != FRESH_OK ||
            snapshot_freshness(list[i]) != FRESH_OK)
            continue;
        news.before_at = snapshot_taken_at(old);
        compare_segments(&news, old);
    }
}

/* ---- reports ------------------------------------------------------------------------------------
 */

static void report(const struct observer *o, const struct row *r, const struct snapshot *s)
{
    const char *id = row_str(r, REPORTS_REPORT);
    struct timeline_entry e = {.kind = row_str(r, REPORTS_KIND),
                               .subject = row_str(r, REPORTS_SUBJECT),
                               .to = row_str(r, REPORTS_STATUS),
                               .user = row_str(r, REPORTS_USER),
                               .detail = row_str(r, REPORTS_MESSAGE),
                               .delay_ms = -1,
                               .error_bar_ms = -1,
                               .reported = true};

    if (!id || !row_int(r, REPORTS_AT, &e.at) || o->d->view->now - e.at > REPORTED_MS)
        return;
    e.id = arena_printf(o->d->arena, "%s/%s", snapshot_endpoint(s), id);
    e.kind = e.kind ? e.kind : "report";
    timeline_report(o->timeline, &e);
}

/* The old name is still a host's: another manager's name for the same host is no move. */
static bool is_host(const struct observer *o, const char *name)
{
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = derive_next(o->d, &table_hosts, &at))) {
        if (view_same_text(row_str(r, HOSTS_HOST), name))
            return true;
    }
    return false;
}

static bool is_active(const struct row *edge)
{
    const struct cell_list *roles = row_list(edge, EDGES_ROLES);

    for (size_t i = 0; roles && i < roles->n; i++) {
        if (text_has_suffix(roles->items[i], "=active"))
            return true;
    }
    return false;
}

/* A vMotion moves an active edge without a word of the gateways. The VM's host is read beside the
 * edge, so the time is that of the update, not of the edge's own poll. */
static void see_move(const struct observer *o, const struct row *r, const char *host)
{
    const char *name = row_str(r, EDGES_EDGE), *join = row_str(r, EDGES_HOST_JOIN);
    int64_t now = o->d->view->now;
    struct timeline_entry e = {.kind = "edge_moved",
                               .subject = name ? name : row_str(r, EDGES_EDGE_ID),
                               .to = host,
                               .at = now,
                               .delay_ms = -1,
                               .opens = is_active(r)};
    struct since_record before;

    if (!join || text_has_prefix(join, EDGES_JOIN_BY_ENI) ||
        !since_see(o->since, o->name, "edge_vm", r->key, host, now, &before) ||
        !is_host(o, before.state))
        return;
    e.from = before.state;
    e.error_bar_ms = error_bar(o, &before, now);
    timeline_observe(o->timeline, &e);
}

/* Remembered for last_host as well. */
static void edge_host(const struct observer *o, const struct row *r, const struct snapshot *s)
{
    const char *host = row_str(r, EDGES_HOST);

    if (!host)
        return;
    (void)since_see(o->since, o->name, "edge_host", r->key, host, snapshot_taken_at(s), NULL);
    see_move(o, r, host);
}

/* Every good row of a table that is not as it was. */
static void observe_rows(struct observer *o, const struct schema *schema,
                         void (*see)(const struct observer *o, const struct row *r,
                                     const struct snapshot *s))
{
    unsigned place = view_place(schema);
    struct snapshot *const *list;
    size_t n;

    list = site_table(o->site, place, &n);
    for (size_t i = 0; i < n; i++) {
        if (!view_is_good(list[i]) || !site_rows_changed(o->site, place, i))
            continue;
        o->before_at =
            site_before(o->site, place, i) ? snapshot_taken_at(site_before(o->site, place, i)) : 0;
        for (size_t k = 0; k < snapshot_count(list[i]); k++)
            see(o, snapshot_row(list[i], k), list[i]);
    }
}

void observe_derived(struct site *s, struct since *since, struct timeline *t)
{
    struct observer o = {s, site_join(s), since, t, site_config(s)->name, 0};

    observe_routes(&o);
    observe_segments(&o);
    observe_rows(&o, &table_reports, report);
    observe_rows(&o, &table_edges, edge_host);
}
