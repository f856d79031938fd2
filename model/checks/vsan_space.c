/* vsan-space: vSAN keeps the room that it needs to rebuild after a failure. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static void judge(const struct check_input *in, const struct row *r, const struct snapshot *s)
{
    const struct cell *used = &r->cells[VSAN_USED_PERCENT];
    const char *endpoint = snapshot_endpoint(s), *name = row_text(r, VSAN_CLUSTER);
    bool critical;
    struct finding *f;

    if (used->type != CELL_REAL || row_present(r, VSAN_SPACE_AT) ||
        used->u.d < check_endpoint_threshold(in, endpoint, "vsan_used_warning"))
        return;
    critical = used->u.d >= check_endpoint_threshold(in, endpoint, "vsan_used_critical");
    f = finding_add(in, critical ? SEV_CRITICAL : SEV_WARNING, 0, name);
    finding_affected(f, name);
    finding_evidence(f, "%s: %s of %s used, %s free, slack %s (%s)", name,
                     check_cell(in, &table_vsan, r, VSAN_USED_BYTES),
                     check_cell(in, &table_vsan, r, VSAN_CAPACITY_BYTES),
                     check_cell(in, &table_vsan, r, VSAN_FREE_BYTES),
                     check_cell(in, &table_vsan, r, VSAN_SLACK_BYTES), check_age(in, s));
    finding_evidence(f, "trend: %s", check_cell(in, &table_vsan, r, VSAN_TREND));
    finding_summary(f, "vSAN of %s is %s used: rebuilds after a failure need the rest.", name,
                    check_cell(in, &table_vsan, r, VSAN_USED_PERCENT));
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vsan, &i, &s)) != NULL)
        judge(in, r, s);
}

static const struct schema *const tables[] = {&table_vsan, NULL};

const struct check check_vsan_space = {
    .name = "vsan-space",
    /* xgettext:no-c-format */
    .title = N_("vSAN keeps 25-30 % of its capacity free for rebuilds"),
    .remedy =
        /* xgettext:no-c-format */
    N_("Free space (snapshots, old VMs, templates) or add a host. On VMC the SDDC must keep "
       "25 % free, and hosts are added, and paid for, when it does not."),
    .kinds = KIND_VCENTER,
    .tables = tables,
    .lenient = true,
    .run = run,
};
