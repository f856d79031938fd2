/* The rest of what vCenter was read for, opened by name: clusters, datastores, tasks, alarms,
 * content libraries. */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/bar.h"
#include "views/entity.h"
#include "views/jump.h"
#include "views/look.h"
#include "views/plain.h"

#define BAR_CELLS 10

/* ---- clusters -----------------------------------------------------------------------------------
 */

static bool enter_cluster(const struct view_input *in, const struct rows_item *row,
                          struct view_target *out)
{
    const char *cluster = look_text(row->row, CLUSTERS_CLUSTER);

    if (!jump_any(in, &table_hosts, snapshot_site(row->snapshot), HOSTS_CLUSTER, cluster))
        return false;
    jump_rows(in, out, "hosts", &table_hosts, HOSTS_CLUSTER, cluster,
              view_printf(in, _("hosts of %s"), cluster));
    return true;
}

static const struct view_column clusters_columns[] = {
    {.column = CLUSTERS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = CLUSTERS_CLUSTER, .min = 12, .max = 36, .weight = 100},
    {.column = CLUSTERS_HOST_COUNT, .title = "hosts", .min = 5, .max = 6, .weight = 90},
    {.column = CLUSTERS_DRS, .title = "DRS", .min = 4, .max = 5, .weight = 80},
    {.column = CLUSTERS_HA, .title = "HA", .min = 4, .max = 5, .weight = 85},
    {.column = CLUSTERS_VSAN_ENABLED, .title = "vSAN", .min = 4, .max = 5, .weight = 75},
    {.column = CLUSTERS_ENDPOINT, .min = 8, .max = 20, .weight = 40},
};
PLAIN_VIEW_WITH(clusters, "clusters", N_("Clusters"), N_("vSphere clusters, and what is on"),
                table_clusters, .sort = -1, .enter = enter_cluster);

/* ---- datastores ---------------------------------------------------------------------------------
 */

static void format_used(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    double percent;

    (void)arg;
    if (!bar_number(row->row, DATASTORES_USED_PERCENT, &percent)) {
        strbuf_addch(out, '-');
        return;
    }
    strbuf_addf(out, "%3.0f%% ", percent);
    bar_add(out, in, percent / 100, BAR_CELLS);
}

static enum severity judge_datastore(const struct view_input *in, const struct rows_item *row)
{
    bool reached = true;

    (void)in;
    if (!row_bool(row->row, DATASTORES_ACCESSIBLE, &reached))
        return SEV_NONE;
    return reached ? SEV_OK : SEV_CRITICAL;
}

static int fullest_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)judge_datastore(NULL, b) - (int)judge_datastore(NULL, a);
    double x = -1, y = -1;

    (void)bar_number(a->row, DATASTORES_USED_PERCENT, &x);
    (void)bar_number(b->row, DATASTORES_USED_PERCENT, &y);
    return c ? c : x > y ? -1 : x < y;
}

static bool enter_datastore(const struct view_input *in, const struct rows_item *row,
                            struct view_target *out)
{
    const char *name = look_text(row->row, DATASTORES_DATASTORE);

    if (!look_offered(in, &table_vms))
        return false;
    jump_rows(in, out, "vms", &table_vms, VMS_DATASTORES, name,
              view_printf(in, _("VMs on %s"), name));
    return true;
}

static const struct view_column datastores_columns[] = {
    {.column = DATASTORES_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = DATASTORES_DATASTORE, .min = 14, .max = 40, .weight = 100},
    {.column = DATASTORES_TYPE, .min = 5, .max = 8, .weight = 70},
    {.column = DATASTORES_USED_PERCENT,
     .title = "used",
     .min = BAR_CELLS + 5,
     .max = BAR_CELLS + 5,
     .weight = 95,
     .format = format_used},
    {.column = DATASTORES_CAPACITY_BYTES, .title = "of", .min = 8, .max = 10, .weight = 80},
    {.column = DATASTORES_FREE_BYTES, .title = "free", .min = 8, .max = 10, .weight = 90},
    {.column = DATASTORES_ACCESSIBLE, .title = "reached", .min = 7, .max = 7, .weight = 85},
};
PLAIN_VIEW_WITH(datastores, "datastores", N_("Datastores"), N_("datastores, the fullest first"),
                table_datastores, .sort = -1, .order = fullest_first, .judge = judge_datastore,
                .enter = enter_datastore);

/* ---- tasks --------------------------------------------------------------------------------------
 */

static bool enter_task(const struct view_input *in, const struct rows_item *row,
                       struct view_target *out)
{
    return entity_jump(in, out, snapshot_site(row->snapshot), snapshot_endpoint(row->snapshot),
                       row_str(row->row, TASKS_ENTITY_ID), row_str(row->row, TASKS_ENTITY)) > 0;
}

static enum severity judge_task(const struct view_input *in, const struct rows_item *row)
{
    (void)in;
    return cell_severity(&table_tasks.columns[TASKS_STATE], &row->row->cells[TASKS_STATE]);
}

static void format_progress(struct strbuf *out, const struct view_input *in,
                            const struct rows_item *row, const char *arg)
{
    double percent;

    (void)arg;
    if (!look_is(row->row, TASKS_STATE, "running") ||
        !bar_number(row->row, TASKS_PROGRESS_PERCENT, &percent)) {
        strbuf_addch(out, '-');
        return;
    }
    strbuf_addf(out, "%3.0f%% ", percent);
    bar_add(out, in, percent / 100, BAR_CELLS);
}

/* What people call it, where that is known. */
static void format_task(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    strbuf_addstr(out,
                  look_text(row->row, row_present(row->row, TASKS_KIND) ? TASKS_KIND : TASKS_TASK));
}

static void format_move(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    (void)arg;
    look_move(out, in, row->row);
}

static const struct view_column tasks_columns[] = {
    {.column = TASKS_STARTED_AT, .title = "started", .min = 8, .max = 23, .weight = 95},
    {.column = TASKS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = TASKS_STATE, .min = 7, .max = 8, .weight = 100},
    {.column = TASKS_TASK, .min = 8, .max = 36, .weight = 97, .format = format_task},
    {.column = TASKS_ENTITY, .min = 12, .max = 32, .weight = 90},
    {.column = TASKS_PROGRESS_PERCENT,
     .title = "progress",
     .min = BAR_CELLS + 5,
     .max = BAR_CELLS + 5,
     .weight = 80,
     .format = format_progress},
    {.column = TASKS_MOVED_TO,
     .title = "moves",
     .min = 14,
     .max = 70,
     .weight = 85,
     .format = format_move},
    {.column = TASKS_USER, .min = 10, .max = 28, .weight = 70},
    {.column = TASKS_ERROR, .min = 16, .max = 0, .weight = 75},
    {.column = TASKS_ENDED_AT, .title = "ended", .max = 23, .flags = VIEW_WIDE},
};
PLAIN_VIEW_WITH(tasks, "tasks", N_("Tasks"), N_("tasks of vCenter, the newest first"), table_tasks,
                .sort = TASKS_STARTED_AT, .reverse = true, .judge = judge_task,
                .enter = enter_task);

/* ---- alarms -------------------------------------------------------------------------------------
 */

static enum severity judge_alarm(const struct view_input *in, const struct rows_item *row)
{
    bool seen = false;

    (void)in;
    if (row_bool(row->row, ALARMS_ACKNOWLEDGED, &seen) && seen)
        return SEV_NONE;
    return cell_severity(&table_alarms.columns[ALARMS_SEVERITY], &row->row->cells[ALARMS_SEVERITY]);
}

static int worst_alarm_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)judge_alarm(NULL, b) - (int)judge_alarm(NULL, a);
    int64_t x = 0, y = 0;

    (void)row_int(a->row, ALARMS_AT, &x);
    (void)row_int(b->row, ALARMS_AT, &y);
    return c ? c : x > y ? -1 : x < y;
}

static bool enter_alarm(const struct view_input *in, const struct rows_item *row,
                        struct view_target *out)
{
    return entity_jump(in, out, snapshot_site(row->snapshot), snapshot_endpoint(row->snapshot),
                       row_str(row->row, ALARMS_ENTITY_ID), row_str(row->row, ALARMS_ENTITY)) > 0;
}

static const struct view_column alarms_columns[] = {
    {.column = ALARMS_AT, .title = "since", .min = 8, .max = 23, .weight = 90},
    {.column = ALARMS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = ALARMS_SEVERITY, .min = 8, .max = 8, .weight = 100},
    {.column = ALARMS_ALARM, .min = 20, .max = 0, .weight = 97},
    {.column = ALARMS_ENTITY, .min = 12, .max = 36, .weight = 95},
    {.column = ALARMS_ACKNOWLEDGED, .title = "ack", .min = 4, .max = 5, .weight = 70},
};
PLAIN_VIEW_WITH(alarms, "alarms", N_("Alarms"),
                N_("alarms that are triggered in vCenter, the worst first"), table_alarms,
                .sort = -1, .order = worst_alarm_first, .judge = judge_alarm, .enter = enter_alarm);

/* ---- content libraries --------------------------------------------------------------------------
 */

static const struct view_column libraries_columns[] = {
    {.column = LIBRARIES_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = LIBRARIES_LIBRARY, .min = 14, .max = 40, .weight = 100},
    {.column = LIBRARIES_KIND, .min = 10, .max = 10, .weight = 90},
    {.column = LIBRARIES_LAST_SYNC_AT,
     .title = "last sync",
     .min = 9,
     .max = 10,
     .weight = 95,
     .flags = VIEW_AGE},
    {.column = LIBRARIES_ITEMS, .min = 5, .max = 7, .weight = 80},
    {.column = LIBRARIES_PUBLISHER, .min = 16, .max = 0, .weight = 70},
};
PLAIN_VIEW(libraries, "libraries", N_("Content libraries"),
           N_("content libraries, and when they were synchronised last"), table_libraries);
