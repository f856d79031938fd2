/*
 * nsx_alarms: what the manager's alarms say happened in the past 24 hours: alarms that were raised,
 * reported again or resolved since then, and those that are still open. The list is read whole and
 * chosen from here, because the filters of the call are not documented well enough to lose nothing
 * (reference: NSX API, alarms: the meaning of `after`). Not offered on VMC.
 */
#include "collectors/nsx/list.h"
#include "collectors/nsx/nsx.h"
#include "core/arena.h"
#include "core/text.h"

#define PAST_MS (24 * 60 * 60 * 1000)

struct times {
    int64_t raised, reported, resolved; /* 0: not told */
};

static struct times times_of(struct json_object *o)
{
    struct times t = {0, 0, 0};

    jsonq_int(o, "_create_time", &t.raised);
    jsonq_int(o, "last_reported_time", &t.reported);
    jsonq_int(o, "resolved_time", &t.resolved);
    if (t.raised <= 0)
        t.raised = t.reported;
    return t;
}

static bool is_wanted(struct json_object *o, const struct times *t, int64_t since)
{
    const char *status = jsonq_str(o, "status");

    if (t->raised >= since || t->reported >= since || t->resolved >= since)
        return true;
    return !status || text_equal_nocase(status, "OPEN");
}

static const char *either(const char *a, const char *b)
{
    return a && *a ? a : b;
}

static void add_alarm(void *arg, struct json_object *o)
{
    struct run *run = arg;
    struct table_builder *b = run_table(run, &table_reports);
    const char *id = jsonq_str(o, "id");
    struct times t = times_of(o);

    if (!id || !is_wanted(o, &t, run->now - PAST_MS))
        return;
    builder_row(b);
    builder_str(b, REPORTS_REPORT, id);
    if (t.raised > 0)
        builder_int(b, REPORTS_AT, t.raised);
    builder_str(b, REPORTS_KIND, jsonq_str(o, "event_type"));
    builder_str(b, REPORTS_SUBJECT,
                either(jsonq_str(o, "node_display_name"), jsonq_str(o, "entity_id")));
    builder_str(b, REPORTS_STATUS, jsonq_str(o, "status"));
    builder_str(b, REPORTS_MESSAGE, either(jsonq_str(o, "description"), jsonq_str(o, "summary")));
    if (t.resolved > 0)
        builder_int(b, REPORTS_ENDED_AT, t.resolved);
    builder_state(b, REPORTS_SEVERITY, jsonq_str(o, "severity"));
}

static enum step on_page(struct run *run, struct nsx_list *l, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = nsx_list_read(run, l, reply, add_alarm, run, &err);

    return nsx_list_step(run, l, reply, more, &err);
}

static enum step step(struct run *run, const struct reply *reply)
{
    if (run->scratch && reply)
        return on_page(run, run->scratch, reply);
    run->scratch = arena_alloc(run->arena, sizeof(struct nsx_list));
    return nsx_list_first(run, run->scratch, "alarms", NSX_MANAGER "/alarms");
}

static const struct schema *const tables[] = {&table_reports, NULL};

const struct collector collector_nsx_alarms = {
    .name = "nsx_alarms",
    .kinds = KIND_NSX,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 120000,
    .step = step,
};
