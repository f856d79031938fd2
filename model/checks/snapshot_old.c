/* snapshot-old: no VM runs on an old snapshot: it grows, slows the VM, and fills the datastore. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

#define SHOWN 5

static bool is_old(const struct check_input *in, const struct row *r)
{
    int64_t age;

    return row_int(r, VMS_SNAPSHOT_AGE_S, &age) &&
           (double)age > check_endpoint_threshold(in, row_text(r, SCHEMA_ENDPOINT), "snapshot_age");
}

static void add(const struct check_input *in, struct finding *f, const struct row *r,
                const struct snapshot *s)
{
    finding_affected(f, row_text(r, VMS_VM));
    if (finding_affected_count(f) <= SHOWN)
        finding_evidence(f, "%s: %s snapshots, the oldest %s old, on %s (%s)", row_text(r, VMS_VM),
                         check_cell(in, &table_vms, r, VMS_SNAPSHOTS),
                         check_cell(in, &table_vms, r, VMS_SNAPSHOT_AGE_S),
                         check_cell(in, &table_vms, r, VMS_DATASTORES), check_age(in, s));
}

static void say(const struct check_input *in, struct finding *f, const struct row *oldest)
{
    finding_summary(f, "%zu VM%s on snapshots older than %s; the oldest, %s, is %s old.",
                    finding_affected_count(f), finding_affected_count(f) == 1 ? " runs" : "s run",
                    check_duration(in, (int64_t)check_threshold(in, "snapshot_age")),
                    row_text(oldest, VMS_VM),
                    check_cell(in, &table_vms, oldest, VMS_SNAPSHOT_AGE_S));
}

/* One finding per vCenter: a site with a bad habit has hundreds of them. Rows of one come one after
 * the other. */
static void run(const struct check_input *in)
{
    const struct row *r, *oldest = NULL;
    const struct snapshot *s, *of = NULL;
    struct finding *f = NULL;
    size_t i = 0;

    while ((r = check_next(in, &table_vms, &i, &s)) != NULL) {
        if (!is_old(in, r))
            continue;
        if (f && of != s) {
            say(in, f, oldest);
            f = NULL;
        }
        if (!f) {
            f = finding_add(in, SEV_WARNING, 0, snapshot_endpoint(s));
            of = s;
            oldest = r;
        }
        add(in, f, r, s);
        if (cell_compare(&r->cells[VMS_SNAPSHOT_AGE_S], &oldest->cells[VMS_SNAPSHOT_AGE_S]) > 0)
            oldest = r;
    }
    if (f)
        say(in, f, oldest);
}

static const struct schema *const tables[] = {&table_vms, NULL};

const struct check check_snapshot_old = {
    .name = "snapshot-old",
    .title = N_("no VM runs on an old snapshot"),
    .remedy =
        N_("Ask its owner, then delete the snapshot (that merges it; plan for the load). What a "
           "backup left behind goes with its next run, or by hand."),
    .kinds = KIND_VCENTER,
    .tables = tables,
    .lenient = true,
    .run = run,
};
