/*
 * Events: one stream of what happened, newest first: vCenter's events and alarms, what managers
 * report, what the checks found and what hycon saw change. One line has a source, so that the
 * ordinary filter takes it apart: from=vcenter, entity=web-1, severity=critical.
 */
#include "views/views.h"

#include <string.h>

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/entity.h"
#include "views/jump.h"
#include "views/look.h"

/* ---- the stream ---------------------------------------------------------------------------------
 */

enum {
    EV_SCOPE,
    EV_MADE_BY,
    EV_SITE,
    EV_ENDPOINT,
    EV_FROM,
    EV_ID,
    EV_AT,
    EV_SEVERITY,
    EV_KIND,
    EV_ENTITY,
    EV_ENTITY_ID,
    EV_USER,
    EV_MESSAGE,
    EV_KEY,
    EV_N
};

static const struct state_word severity_words[] = {
    {"critical", SEV_CRITICAL}, {"warning", SEV_WARNING}, {"unknown", SEV_UNKNOWN}, {"ok", SEV_OK},
    {"info", SEV_NONE},         {NULL, SEV_NONE},
};

static const struct column schema_columns[EV_N] = {
    [EV_SCOPE] = {"scope", CELL_STR, UNIT_NONE, COL_KEY, "site in scope", NULL, NULL},
    [EV_MADE_BY] = {"made_by", CELL_STR, UNIT_NONE, 0, "made by hycon", NULL, NULL},
    [EV_SITE] = {"site", CELL_STR, UNIT_NONE, COL_KEY, "site", NULL, NULL},
    [EV_ENDPOINT] = {"endpoint", CELL_STR, UNIT_NONE, COL_KEY, "who says so", NULL, NULL},
    [EV_FROM] = {"from", CELL_STR, UNIT_NONE, COL_KEY, "vcenter, alarm, manager, finding or change",
                 NULL, NULL},
    [EV_ID] = {"id", CELL_STR, UNIT_NONE, COL_KEY, "id where it comes from", NULL, NULL},
    [EV_AT] = {"at", CELL_TIME, UNIT_NONE, 0, "when it happened", NULL, NULL},
    [EV_SEVERITY] = {"severity", CELL_STATE, UNIT_NONE, 0, "how bad", severity_words, NULL},
    [EV_KIND] = {"kind", CELL_STR, UNIT_NONE, 0, "type of the event, name of the check", NULL,
                 NULL},
    [EV_ENTITY] = {"entity", CELL_STR, UNIT_NONE, 0, "object it is about", NULL, NULL},
    [EV_ENTITY_ID] = {"entity_id", CELL_STR, UNIT_NONE, 0, "its id", NULL, NULL},
    [EV_USER] = {"user", CELL_STR, UNIT_NONE, 0, "who", NULL, NULL},
    [EV_MESSAGE] = {"message", CELL_STR, UNIT_NONE, 0, "what happened", NULL, NULL},
    [EV_KEY] = {"key", CELL_STR, UNIT_NONE, COL_RAW, "its row where it comes from", NULL, NULL},
};

static const struct schema schema = {
    .name = "stream",
    .meaning = "events, alarms, findings and changes in one stream",
    .columns = schema_columns,
    .ncolumns = EV_N,
};

/* What a source has under which column; -1: nothing. */
struct source {
    const struct schema *schema;
    const char *from;
    int at, severity, kind, entity, entity_id, user, message;
};

static const struct source sources[] = {
    {&table_events, "vcenter", EVENTS_AT, EVENTS_SEVERITY, EVENTS_TYPE, EVENTS_ENTITY,
     EVENTS_ENTITY_ID, EVENTS_USER, EVENTS_MESSAGE},
    {&table_alarms, "alarm", ALARMS_AT, ALARMS_SEVERITY, ALARMS_ALARM, ALARMS_ENTITY,
     ALARMS_ENTITY_ID, -1, ALARMS_ALARM},
    {&table_reports, "manager", REPORTS_AT, REPORTS_SEVERITY, REPORTS_KIND, REPORTS_SUBJECT, -1,
     REPORTS_USER, REPORTS_MESSAGE},
    {&table_findings, "finding", FINDINGS_FIRST_SEEN_AT, FINDINGS_SEVERITY, FINDINGS_CHECK,
     FINDINGS_SUBJECT, -1, FINDINGS_ACKNOWLEDGED_BY, FINDINGS_SUMMARY},
    {&table_timeline, "change", TIMELINE_AT, -1, TIMELINE_KIND, TIMELINE_SUBJECT, -1, TIMELINE_USER,
     TIMELINE_DETAIL},
};

static void copy(struct table_builder *b, unsigned to, const struct source *src,
                 const struct row *r, int from)
{
    if (from >= 0)
        builder_str(b, to, row_str_shown(src->schema, r, (unsigned)from));
}

static const char *severity_word(const struct source *src, const struct row *r)
{
    enum severity s;

    if (src->severity < 0)
        return "info";
    s = cell_severity(&src->schema->columns[src->severity], &r->cells[src->severity]);
    return s == SEV_NONE ? "info" : severity_name(s);
}

/* "ready -> failed (detail)": a change is told by what it changes. */
static const char *change_words(const struct view_input *in, const struct row *r)
{
    const char *from = look_text(r, TIMELINE_FROM), *to = look_text(r, TIMELINE_TO);
    const char *detail = look_text(r, TIMELINE_DETAIL);

    if (!*from && !*to)
        return detail;
    return view_printf(in, "%s%s%s%s%s%s", from, *from ? " -> " : "-> ", *to ? to : "-",
                       *detail ? " (" : "", detail, *detail ? ")" : "");
}

static void add(const struct view_input *in, struct table_builder *b, const struct source *src,
                const struct rows_item *row)
{
    int64_t at;

    if (!row_int(row->row, (unsigned)src->at, &at))
        return; /* without a time it has no place in a stream; its own table has it */
    builder_row(b);
    builder_str(b, EV_SITE, snapshot_site(row->snapshot));
    builder_str(b, EV_ENDPOINT, snapshot_endpoint(row->snapshot));
    builder_str(b, EV_FROM, src->from);
    builder_str(b, EV_ID, row->row->key);
    builder_str(b, EV_KEY, row->row->key);
    builder_int(b, EV_AT, at);
    builder_state(b, EV_SEVERITY, severity_word(src, row->row));
    copy(b, EV_KIND, src, row->row, src->kind);
    copy(b, EV_ENTITY, src, row->row, src->entity);
    copy(b, EV_ENTITY_ID, src, row->row, src->entity_id);
    copy(b, EV_USER, src, row->row, src->user);
    if (src->schema == &table_timeline)
        builder_str(b, EV_MESSAGE, change_words(in, row->row));
    else
        copy(b, EV_MESSAGE, src, row->row, src->message);
}

static struct snapshot *build(const struct view_input *in)
{
    struct table_builder *b =
        builder_new(&schema, in->site ? in->site : "", ESTATE_OWN_ENDPOINT, NULL);

    builder_block(b, 0);
    for (size_t s = 0; s < ARRAY_SIZE(sources); s++) {
        struct rows_item row;
        size_t i = 0;
        while (view_walk(in, sources[s].schema, &i, &row))
            add(in, b, &sources[s], &row);
    }
    return builder_finish(b, in->now, FRESH_OK, NULL);
}

/* ---- looks --------------------------------------------------------------------------------------
 */

static enum severity severity_of(const struct row *r)
{
    return cell_severity(&schema_columns[EV_SEVERITY], &r->cells[EV_SEVERITY]);
}

static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    (void)in;
    return severity_of(row->row);
}

static double badness(const struct rows_item *row)
{
    return severity_of(row->row);
}

static const struct rows_level newest_first[] = {
    {.column = EV_AT, .reverse = true},
    {.number = badness, .reverse = true},
};

static enum style message_style(const struct view_input *in, const struct rows_item *row,
                                const char *arg)
{
    enum severity s = severity_of(row->row);

    (void)in;
    (void)arg;
    return s >= SEV_WARNING ? view_severity_style(s) : STYLE_NORMAL;
}

/* Months back the year matters more than the minute. */
#define TODAY_MS (12 * 60 * 60 * 1000LL)
#define YEAR_MS  (300 * 24 * 60 * 60 * 1000LL)

/* The time of day; of what was on another day the date first: a zone and seconds would take the
 * room of the message. */
static void format_at(struct strbuf *out, const struct view_input *in, const struct rows_item *row,
                      const char *arg)
{
    struct strbuf full = STRBUF_INIT;
    int64_t at = 0;

    (void)arg;
    (void)row_int(row->row, EV_AT, &at);
    if (in->now - at < TODAY_MS) {
        view_time(out, in, at);
        return;
    }
    fmt_time_full(&full, at, in->local); /* 2026-11-24 16:09:21 UTC */
    if (in->now - at < YEAR_MS && full.len > 16)
        strbuf_add(out, full.buf + 5, 11);
    else
        strbuf_add(out, full.buf, full.len < 10 ? full.len : 10);
    strbuf_release(&full);
}

static void format_message(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    const char *message = look_text(row->row, EV_MESSAGE);

    (void)arg;
    look_short_ids(out, in, *message ? message : look_text(row->row, EV_KIND));
}

/* ---- where it leads -----------------------------------------------------------------------------
 */

static const struct source *source_of(const struct row *r)
{
    for (size_t s = 0; s < ARRAY_SIZE(sources); s++)
        if (look_is(r, EV_FROM, sources[s].from))
            return &sources[s];
    return NULL;
}

static size_t jump_object(const struct view_input *in, const struct row *r, struct view_target *out)
{
    return entity_jump(in, out, look_text(r, EV_SITE), look_text(r, EV_ENDPOINT),
                       row_str(r, EV_ENTITY_ID), row_str(r, EV_ENTITY));
}

/* Its line in the table that it comes from. */
static size_t jump_origin(const struct view_input *in, const struct row *r, struct view_target *out)
{
    const struct source *src = source_of(r);
    const char *view;

    if (!src || src->schema == &table_events)
        return 0;
    view = src->schema == &table_findings   ? "overview"
           : src->schema == &table_timeline ? "changes"
                                            : src->schema->name;
    return jump_key(in, out, view, src->schema, look_text(r, EV_SITE), look_text(r, EV_ENDPOINT),
                    row_str(r, EV_KEY),
                    view_printf(in, "%s: %s", src->from, look_text(r, EV_KIND)));
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    return look_is(row->row, EV_FROM, "finding")
               ? jump_origin(in, row->row, out) || jump_object(in, row->row, out)
               : jump_object(in, row->row, out) || jump_origin(in, row->row, out);
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *entity = row_str(row->row, EV_ENTITY);
    size_t n = jump_object(in, row->row, out);

    n += jump_origin(in, row->row, &out[n]);
    if (entity)
        jump_rows(in, &out[n++], "events", &schema, EV_ENTITY, entity,
                  view_printf(in, _("everything about %s"), entity));
    return n;
}

static const struct view_column columns[] = {
    {.column = EV_AT, .title = "time", .min = 8, .max = 11, .weight = 100, .format = format_at},
    {.column = EV_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = EV_FROM, .min = 7, .max = 7, .weight = 90},
    {.column = EV_ENTITY, .min = 14, .max = 32, .weight = 85},
    {.column = EV_MESSAGE,
     .min = 30,
     .max = 0,
     .weight = 95,
     .format = format_message,
     .style = message_style},
    {.column = EV_USER, .title = "who", .min = 10, .max = 24, .weight = 70},
    {.column = EV_KIND, .min = 16, .max = 36, .weight = 40},
    {.column = EV_SEVERITY, .max = 8, .flags = VIEW_WIDE},
    {.column = EV_ENDPOINT, .max = 16, .flags = VIEW_WIDE},
};

static const struct view_table table = {
    .schema = &schema,
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .levels = newest_first,
    .nlevels = ARRAY_SIZE(newest_first),
    .build = build,
    .judge = judge,
    .enter = enter,
    .related = related,
    .empty = N_("Nothing has happened since hycon has watched, and no manager reports anything."),
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_events) || look_offered(in, &table_alarms);
}

static const struct view_table *const tables[] = {&table, NULL};
static const struct schema *const focus[] = {&table_events, &table_alarms, &table_reports, NULL};
static const char *const aliases[] = {"ev", "stream", NULL};

const struct view view_events = {
    .name = "events",
    .aliases = aliases,
    .title = N_("Events"),
    .about = N_("one stream: events, alarms, findings and changes, newest first"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
