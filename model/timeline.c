#include "model/timeline.h"

#include "core/hash.h"
#include "core/jsonq.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/estate.h"
#include "model/history.h"
#include "model/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    char *id, *kind, *subject, *from, *to, *cause, *user, *detail;
    int64_t at, delay_ms, error_bar_ms;
    bool reported, opens, dirty;
};

struct timeline {
    char *site;
    struct entry **entries; /* by at */
    size_t n, cap;
    struct map *by_id;
    char *episode; /* id of its first entry; NULL: none yet */
    int64_t episode_at;
    struct snapshot *snapshot; /* NULL: to be made anew */
    bool changed;
};

struct timeline *timeline_new(const char *site)
{
    struct timeline *t = mem_alloc(sizeof(*t));

    t->site = mem_strdup(site);
    t->by_id = map_new();
    t->changed = true;
    return t;
}

static void entry_free(struct entry *e)
{
    free(e->id);
    free(e->kind);
    free(e->subject);
    free(e->from);
    free(e->to);
    free(e->cause);
    free(e->user);
    free(e->detail);
    free(e);
}

void timeline_free(struct timeline *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n; i++)
        entry_free(t->entries[i]);
    free(t->entries);
    map_free(t->by_id, NULL);
    snapshot_unref(t->snapshot);
    free(t->episode);
    free(t->site);
    free(t);
}

static struct entry *copy(const struct timeline_entry *from)
{
    struct entry *e = mem_alloc(sizeof(*e));

    e->id = mem_strdup(from->id);
    e->kind = mem_strdup(from->kind);
    e->subject = mem_strdup(from->subject);
    e->from = mem_strdup(from->from);
    e->to = mem_strdup(from->to);
    e->cause = mem_strdup(from->cause);
    e->user = mem_strdup(from->user);
    e->detail = mem_strdup(from->detail);
    e->at = from->at;
    e->delay_ms = from->delay_ms;
    e->error_bar_ms = from->error_bar_ms;
    e->reported = from->reported;
    e->opens = from->opens;
    return e;
}

/* Keeps the order by time; entries nearly always come last. */
static void insert(struct timeline *t, struct entry *e)
{
    size_t i;

    t->entries = mem_grow(t->entries, t->n, &t->cap, sizeof(struct entry *));
    for (i = t->n++; i > 0 && t->entries[i - 1]->at > e->at; i--)
        t->entries[i] = t->entries[i - 1];
    t->entries[i] = e;
    map_put(t->by_id, e->id, e);
    t->changed = true;
    if (t->n <= TIMELINE_MAX)
        return;
    map_remove(t->by_id, t->entries[0]->id);
    entry_free(t->entries[0]);
    memmove(t->entries, t->entries + 1, --t->n * sizeof(struct entry *));
}

/* ---- observed -----------------------------------------------------------------------------------
 */

/* What one poll shows at once happened in this order: a host, its edge, the ENI, the routes. */
static unsigned rank(const char *kind)
{
    static const char *const order[] = {"host_state",  "edge_status",     "edge_moved",
                                        "active_edge", "active_eni",      "route_table_partial",
                                        "route_table", "route_table_late"};
    unsigned i = 0;

    while (i < ARRAY_SIZE(order) && strcmp(order[i], kind) != 0)
        i++;
    return i;
}

static void make_id(const struct timeline_entry *e, const char *site, char out[32])
{
    char *text = mem_printf("%s\n%s\n%s\n%s\n%" PRId64, site, e->kind, e->subject,
                            e->to ? e->to : "", e->at);

    /* Sorts by time and by cause, as far as ids go. */
    (void)snprintf(out, 32, "%013" PRId64 "-%u%07" PRIx32, e->at, rank(e->kind),
                   (uint32_t)hash_fast(text, strlen(text), 0) & 0xfffffff);
    free(text);
}

/* Is a failover under way, or just over, at @at? */
static bool in_episode(const struct timeline *t, int64_t at)
{
    return t->episode && at >= t->episode_at && at - t->episode_at <= EPISODE_MS;
}

/* The first entry of a failover: what follows soon is due to it. */
static void open_episode(struct timeline *t, const struct entry *e)
{
    if (!e->opens || e->cause || e->reported || e->at < t->episode_at)
        return;
    free(t->episode);
    t->episode = mem_strdup(e->id);
    t->episode_at = e->at;
}

void timeline_observe(struct timeline *t, const struct timeline_entry *given)
{
    struct timeline_entry e = *given;
    char id[32];

    make_id(&e, t->site, id);
    if (map_has(t->by_id, id))
        return;
    e.id = id;
    e.reported = false;
    if (in_episode(t, e.at)) {
        e.cause = t->episode;
        e.delay_ms = e.at - t->episode_at;
    } else {
        e.cause = NULL;
        e.delay_ms = -1;
    }
    struct entry *mine = copy(&e);
    mine->dirty = true;
    open_episode(t, mine);
    insert(t, mine);
}

/* ---- reported -----------------------------------------------------------------------------------
 */

static bool replace(char **mine, const char *text)
{
    if (*mine == text || (*mine && text && strcmp(*mine, text) == 0))
        return false;
    free(*mine);
    *mine = mem_strdup(text);
    return true;
}

void timeline_report(struct timeline *t, const struct timeline_entry *given)
{
    struct entry *e = map_get(t->by_id, given->id);
    bool news;

    if (!e) {
        e = copy(given);
        e->reported = e->dirty = true;
        insert(t, e);
        return;
    }
    news = replace(&e->to, given->to);
    news |= replace(&e->detail, given->detail);
    news |= replace(&e->user, given->user);
    e->dirty = e->dirty || news;
    t->changed = t->changed || news;
}

/* ---- table --------------------------------------------------------------------------------------
 */

static void add_row(struct table_builder *b, const struct entry *e)
{
    builder_row(b);
    builder_str(b, TIMELINE_TIMELINE_ID, e->id);
    builder_int(b, TIMELINE_AT, e->at);
    builder_state(b, TIMELINE_ORIGIN, e->reported ? "reported" : "observed");
    builder_str(b, TIMELINE_KIND, e->kind);
    builder_str(b, TIMELINE_SUBJECT, e->subject);
    builder_str(b, TIMELINE_FROM, e->from);
    builder_str(b, TIMELINE_TO, e->to);
    builder_str(b, TIMELINE_CAUSE, e->cause);
    if (e->delay_ms >= 0)
        builder_int(b, TIMELINE_DELAY_MS, e->delay_ms);
    if (e->error_bar_ms >= 0)
        builder_int(b, TIMELINE_ERROR_BAR_MS, e->error_bar_ms);
    builder_str(b, TIMELINE_USER, e->user);
    builder_str(b, TIMELINE_DETAIL, e->detail);
}

struct snapshot *timeline_snapshot(struct timeline *t, int64_t now, const char *missing)
{
    struct table_builder *b;
    struct err err = {0};

    if (t->snapshot && !t->changed &&
        strcmp(snapshot_err(t->snapshot)->msg, missing ? missing : "") == 0)
        return snapshot_ref(t->snapshot);
    if (missing)
        err_set(&err, ERR_LIMIT, 0, "%s", missing);
    b = builder_new(&table_timeline, t->site, ESTATE_OWN_ENDPOINT, NULL);
    for (size_t i = 0; i < t->n; i++)
        add_row(b, t->entries[i]);
    snapshot_unref(t->snapshot);
    t->snapshot = builder_finish(b, now, missing ? FRESH_PARTIAL : FRESH_OK, &err);
    t->changed = false;
    return snapshot_ref(t->snapshot);
}

/* ---- history ------------------------------------------------------------------------------------
 */

static void take_entry(const struct timeline *t, const struct entry *e, struct strbuf *out)
{
    history_line(out, TIMELINE_LINE, t->site);

    history_add_str(out, "id", e->id);
    history_add_int(out, "at", e->at);
    history_add_str(out, "kind", e->kind);
    history_add_str(out, "subject", e->subject);
    history_add_str(out, "from", e->from);
    history_add_str(out, "to", e->to);
    history_add_str(out, "cause", e->cause);
    history_add_str(out, "user", e->user);
    history_add_str(out, "detail", e->detail);
    if (e->delay_ms >= 0)
        history_add_int(out, "delay_ms", e->delay_ms);
    if (e->error_bar_ms >= 0)
        history_add_int(out, "error_bar_ms", e->error_bar_ms);
    if (e->reported)
        history_add_str(out, "origin", "reported");
    if (e->opens)
        history_add_int(out, "opens", 1);
    history_end_line(out);
}

void timeline_history_take(struct timeline *t, struct strbuf *out)
{
    for (size_t i = 0; i < t->n; i++) {
        if (!t->entries[i]->dirty)
            continue;
        t->entries[i]->dirty = false;
        take_entry(t, t->entries[i], out);
    }
}

void timeline_history_renew(struct timeline *t)
{
    for (size_t i = 0; i < t->n; i++)
        t->entries[i]->dirty = true;
}

bool timeline_history_load(struct timeline *t, struct json_object *line)
{
    struct timeline_entry e = {.id = jsonq_str(line, "id"),
                               .kind = jsonq_str(line, "kind"),
                               .subject = jsonq_str(line, "subject"),
                               .from = jsonq_str(line, "from"),
                               .to = jsonq_str(line, "to"),
                               .cause = jsonq_str(line, "cause"),
                               .user = jsonq_str(line, "user"),
                               .detail = jsonq_str(line, "detail"),
                               .delay_ms = -1,
                               .error_bar_ms = -1};
    struct entry *mine;
    int64_t opens = 0;

    if (!e.id || !e.kind || !jsonq_int(line, "at", &e.at) || e.at <= 0)
        return false;
    (void)jsonq_int(line, "delay_ms", &e.delay_ms);
    (void)jsonq_int(line, "error_bar_ms", &e.error_bar_ms);
    e.opens = jsonq_int(line, "opens", &opens) && opens;
    e.reported = view_same_text(jsonq_str(line, "origin"), "reported");
    if (map_has(t->by_id, e.id)) {
        timeline_report(t, &e);
        ((struct entry *)map_get(t->by_id, e.id))->dirty = false;
        return true;
    }
    mine = copy(&e);
    open_episode(t, mine);
    insert(t, mine);
    return true;
}
