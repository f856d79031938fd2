/* What did not survive a vMotion: opened by name, and from the Flows tab, which counts it. */
#include "views/lost_flows.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/firewall_parts.h"
#include "views/jump.h"
#include "views/look.h"
#include "views/plain.h"
#include "views/views.h"

bool lost_flows_last(const struct view_input *in, struct rows_item *out, size_t *n)
{
    struct rows_item row;
    int64_t at, latest = 0;
    size_t i = 0;

    *n = 0;
    while (view_walk(in, &table_lost_flows, &i, &row)) {
        if (!row_int(row.row, LOST_FLOWS_MOVED_AT, &at) || at < latest)
            continue;
        if (at > latest ||
            !look_same(row_str(row.row, LOST_FLOWS_VM), row_str(out->row, LOST_FLOWS_VM))) {
            *out = row;
            *n = 0;
        }
        latest = at;
        (*n)++;
    }
    return *n > 0;
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

static int latest_first(const struct rows_item *a, const struct rows_item *b)
{
    int64_t x = 0, y = 0;

    (void)row_int(a->row, LOST_FLOWS_MOVED_AT, &x);
    (void)row_int(b->row, LOST_FLOWS_MOVED_AT, &y);
    if (x != y)
        return x > y ? -1 : 1;
    return strcmp(look_text(a->row, LOST_FLOWS_FLOW), look_text(b->row, LOST_FLOWS_FLOW));
}

static void format_source(struct strbuf *out, const struct view_input *in,
                          const struct rows_item *row, const char *arg)
{
    (void)arg;
    look_add_end(out, in, &table_lost_flows, row->row, LOST_FLOWS_SOURCE_IP,
                 LOST_FLOWS_SOURCE_PORT);
}

static void format_destination(struct strbuf *out, const struct view_input *in,
                               const struct rows_item *row, const char *arg)
{
    (void)arg;
    look_add_end(out, in, &table_lost_flows, row->row, LOST_FLOWS_DESTINATION_IP,
                 LOST_FLOWS_DESTINATION_PORT);
}

static void ends(const struct view_input *in, const struct rows_item *row, const char **source,
                 const char **destination)
{
    const char *protocol = row_str(row->row, LOST_FLOWS_PROTOCOL);

    *source =
        look_end(in, &table_lost_flows, row->row, LOST_FLOWS_SOURCE_IP, LOST_FLOWS_SOURCE_PORT);
    *destination = look_end(in, &table_lost_flows, row->row, LOST_FLOWS_DESTINATION_IP,
                            LOST_FLOWS_DESTINATION_PORT);
    if (protocol && row_present(row->row, LOST_FLOWS_DESTINATION_PORT))
        *destination = view_printf(in, "%s/%s", *destination, protocol);
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot), *vm = row_str(row->row, LOST_FLOWS_VM);
    size_t n = 0;

    if (vm)
        jump_rows(in, &out[n++], "flows", &table_flows, FLOWS_VM, vm,
                  view_printf(in, _("flows of %s now"), vm));
    n += firewall_jump_rule(in, &out[n], site, row->row, LOST_FLOWS_RULE_ID);
    n += jump_find(in, &out[n], "vms", &table_vms, site, VMS_VM, vm,
                   view_printf(in, _("VM %s"), vm ? vm : ""));
    return n;
}

static const struct view_column lost_flows_columns[] = {
    {.column = LOST_FLOWS_SITE, .min = 5, .max = 12, .weight = 30},
    {.column = LOST_FLOWS_VM, .min = 10, .max = 32, .weight = 95},
    {.column = LOST_FLOWS_PROTOCOL, .title = "proto", .min = 5, .max = 6, .weight = 85},
    {.column = LOST_FLOWS_SOURCE_IP,
     .title = "source",
     .min = 16,
     .max = 46,
     .weight = 100,
     .format = format_source},
    {.column = LOST_FLOWS_DESTINATION_IP,
     .title = "destination",
     .min = 16,
     .max = 46,
     .weight = 99,
     .format = format_destination},
    {.column = LOST_FLOWS_TCP_STATE, .title = "tcp", .min = 4, .max = 14, .weight = 82},
    {.column = LOST_FLOWS_SEEN_AT,
     .title = "seen",
     .min = 5,
     .max = 8,
     .weight = 90,
     .flags = VIEW_AGE},
    {.column = LOST_FLOWS_MOVED_AT,
     .title = "moved",
     .min = 5,
     .max = 8,
     .weight = 88,
     .flags = VIEW_AGE},
    {.column = LOST_FLOWS_RULE_ID, .title = "rule", .min = 5, .max = 12, .weight = 60},
    {.column = LOST_FLOWS_BYTES, .min = 8, .max = 10, .weight = 50},
    {.column = LOST_FLOWS_FROM_HOST, .title = "from host", .min = 10, .max = 28, .weight = 75},
    {.column = LOST_FLOWS_TO_HOST, .title = "to host", .min = 10, .max = 28, .weight = 74},
    {.column = LOST_FLOWS_FILTER, .max = 52, .flags = VIEW_WIDE},
    {.column = LOST_FLOWS_RAW, .max = 120, .flags = VIEW_WIDE},
};

static const struct view_table lost_flows_table = {
    .schema = &table_lost_flows,
    .columns = lost_flows_columns,
    .ncolumns = ARRAY_SIZE(lost_flows_columns),
    .sort = -1,
    .order = latest_first,
    .related = related,
    .ends = ends,
    .empty = N_("No flow was lost by a vMotion while somebody looked at flows (the last 30 min)."),
};
static const struct view_table *const lost_flows_tables[] = {&lost_flows_table, NULL};
static const struct schema *const lost_flows_focus[] = {&table_flows, &table_filters, NULL};

const struct view view_lost_flows = {
    .name = "lost_flows",
    .title = N_("Lost flows"),
    .hidden = true,
    .about = N_("flows that were not seen any more after their VM moved to another host, and how "
                "old their last sight is"),
    .focus = lost_flows_focus,
    .tables = lost_flows_tables,
};
