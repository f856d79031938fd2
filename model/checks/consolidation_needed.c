/* consolidation-needed: no snapshot was left half deleted; the disks go on growing unseen. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#define SHOWN 5

static void add(const struct check_input *in, struct finding *f, const struct row *r,
                const struct snapshot *s)
{
    finding_affected(f, row_text(r, VMS_VM));
    if (finding_affected_count(f) <= SHOWN)
        finding_evidence(f, "%s: disks wait for consolidation, %s snapshots are listed, on %s (%s)",
                         row_text(r, VMS_VM), check_cell(in, &table_vms, r, VMS_SNAPSHOTS),
                         check_cell(in, &table_vms, r, VMS_DATASTORES), check_age(in, s));
}

static void say(struct finding *f, const char *first)
{
    if (finding_affected_count(f) == 1)
        finding_summary(f, "The disks of %s need consolidation: a snapshot was left half deleted.",
                        first);
    else
        finding_summary(f,
                        "The disks of %zu VMs need consolidation: snapshots were left half "
                        "deleted.",
                        finding_affected_count(f));
}

/* One finding per vCenter, whose rows come one after the other. */
static void run(const struct check_input *in)
{
    const struct snapshot *s, *of = NULL;
    const char *first = "";
    struct finding *f = NULL;
    const struct row *r;
    size_t i = 0;
    bool needed;

    while ((r = check_next(in, &table_vms, &i, &s)) != NULL) {
        if (!row_bool(r, VMS_CONSOLIDATION_NEEDED, &needed) || !needed)
            continue;
        if (f && of != s) {
            say(f, first);
            f = NULL;
        }
        if (!f) {
            f = finding_add(in, SEV_WARNING, 0, snapshot_endpoint(s));
            of = s;
            first = row_text(r, VMS_VM);
        }
        add(in, f, r, s);
    }
    if (f)
        say(f, first);
}

static const struct schema *const tables[] = {&table_vms, NULL};

const struct check check_consolidation_needed = {
    .name = "consolidation-needed",
    .title = N_("no VM's disks wait for consolidation"),
    .remedy = N_("vSphere Client: VM > Snapshots > Consolidate, when no backup of it is running (a "
                 "backup proxy that still holds its disks is the usual cause)."),
    .kinds = KIND_VCENTER,
    .tables = tables,
    .lenient = true,
    .run = run,
};
