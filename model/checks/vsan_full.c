/*
 * vsan-full: vSAN is not full soon, if it goes on as it does. With too few samples there is no
 * forecast, and none is made up: the column trend says so.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static void judge(const struct check_input *in, const struct row *r, const struct snapshot *s)
{
    const char *endpoint = snapshot_endpoint(s), *name = row_text(r, VSAN_CLUSTER);
    int64_t at, left;
    bool critical;
    struct finding *f;

    if (!row_int(r, VSAN_FULL_AT, &at) || row_present(r, VSAN_SPACE_AT))
        return;
    left = at > in->now ? at - in->now : 0;
    if ((double)left > check_endpoint_threshold(in, endpoint, "vsan_full_warning"))
        return;
    critical = (double)left <= check_endpoint_threshold(in, endpoint, "vsan_full_critical");
    f = finding_add(in, critical ? SEV_CRITICAL : SEV_WARNING, 0, name);
    finding_affected(f, name);
    finding_evidence(f, "%s: %s of %s used, %s (%s)", name,
                     check_cell(in, &table_vsan, r, VSAN_USED_BYTES),
                     check_cell(in, &table_vsan, r, VSAN_CAPACITY_BYTES),
                     check_cell(in, &table_vsan, r, VSAN_TREND), check_age(in, s));
    finding_summary(f, "vSAN of %s is full in %s (%s) at the present trend.", name,
                    check_duration(in, left), check_cell(in, &table_vsan, r, VSAN_FULL_AT));
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

const struct check check_vsan_full = {
    .name = "vsan-full",
    .title = N_("vSAN is not full within a month at the present trend"),
    .remedy =
        N_("Find what grows (tab vSAN: space by policy; snapshots, thin disks that fill up), then "
           "free space or add a host before that date."),
    .kinds = KIND_VCENTER,
    .tables = tables,
    .lenient = true,
    .run = run,
};
