/*
 * replication-snapshot-collision: a VM that is replicated with quiescing is not backed up by
 * snapshots as well. Quiescing makes a snapshot each cycle; when a backup makes one at the same
 * moment, the backup may fail. Only what was seen is claimed: tasks that made snapshots of such a
 * VM, those of them that failed, and disks that wait for consolidation.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"
#include "model/checks/replications.h"

#include <string.h>

#include "core/i18n.h"
#include "core/map.h"

#define SHOWN 5

struct collision {
    size_t made, failed;
    bool consolidation;
    const char *error, *user;
};

/* The replication's own snapshots are made by the host, not by a task of vCenter. */
static void read_tasks(const struct check_input *in, const struct row *vm, struct collision *c)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_tasks, &i, NULL)) != NULL) {
        if (!row_is(r, TASKS_KIND, "snapshot") ||
            strcmp(row_text(r, TASKS_ENTITY_ID), row_text(vm, VMS_VM_ID)) != 0 ||
            strcmp(row_text(r, SCHEMA_ENDPOINT), row_text(vm, SCHEMA_ENDPOINT)) != 0)
            continue;
        c->made++;
        c->user = row_str(r, TASKS_USER);
        if (!row_is(r, TASKS_STATE, "error"))
            continue;
        c->failed++;
        c->error = row_text(r, TASKS_ERROR);
    }
}

static void report(const struct check_input *in, struct finding **f, const struct row *r,
                   const struct collision *c)
{
    const char *vm = replication_vm(r);
    const char *rpo = check_cell(in, &table_replications, r, REPLICATIONS_RPO_S);

    if (!*f)
        *f = finding_add(in, SEV_WARNING, 0, "quiesced replications");
    finding_affected(*f, vm);
    if (finding_affected_count(*f) > SHOWN)
        return;
    if (c->made)
        finding_evidence(*f, "%s: quiesced every %s, and %zu snapshot task%s, the last by %s", vm,
                         rpo, c->made, c->made == 1 ? "" : "s", c->user ? c->user : "-");
    if (c->failed)
        finding_evidence(*f, "%s: %zu of them failed: %s", vm, c->failed, c->error);
    if (c->consolidation)
        finding_evidence(*f, "%s: quiesced every %s, and its disks wait for consolidation", vm,
                         rpo);
}

static void judge(const struct check_input *in, const struct row *r, const struct row *vm,
                  struct finding **f, size_t *failed)
{
    struct collision c = {0};

    read_tasks(in, vm, &c);
    (void)row_bool(vm, VMS_CONSOLIDATION_NEEDED, &c.consolidation);
    if (!c.made && !c.consolidation)
        return;
    *failed += c.failed > 0;
    report(in, f, r, &c);
}

/* Quiesced replications by the instance UUID of their VM. */
static struct map *quiesced(const struct check_input *in)
{
    struct map *all = map_new();
    const struct row *r;
    size_t i = 0;
    bool quiesce;

    while ((r = check_next(in, &table_replications, &i, NULL)) != NULL) {
        if (replication_counts(r) && row_bool(r, REPLICATIONS_QUIESCE, &quiesce) && quiesce &&
            row_present(r, REPLICATIONS_VM_UUID))
            map_put(all, row_text(r, REPLICATIONS_VM_UUID), (void *)r);
    }
    return all;
}

static void run(const struct check_input *in)
{
    struct map *all = quiesced(in);
    const struct row *vm, *r;
    struct finding *f = NULL;
    size_t i = 0, failed = 0;

    while (map_count(all) && (vm = check_next(in, &table_vms, &i, NULL)) != NULL) {
        r = map_get(all, row_text(vm, VMS_INSTANCE_UUID));
        if (r)
            judge(in, r, vm, &f, &failed);
    }
    map_free(all, NULL);
    if (!f)
        return;
    finding_summary(f, "%zu VM%s replicated with quiescing (VSS) and snapshotted by others%s.",
                    finding_affected_count(f), finding_affected_count(f) == 1 ? " is" : "s are",
                    failed ? check_word(in, ", and snapshots failed")
                           : check_word(in, ": backups may fail"));
}

static const struct schema *const tables[] = {&table_replications, &table_vms, NULL};
static const struct schema *const optional[] = {&table_tasks, NULL};

const struct check check_replication_snapshot_collision = {
    .name = "replication-snapshot-collision",
    .title = N_("VMs replicated with quiescing are not backed up by snapshots as well"),
    .remedy =
        N_("Switch quiescing (VSS) off for these replications, or set the longest RPO that is "
           "allowed, so that the two rarely meet; or back these VMs up by an agent."),
    .kinds = KIND_VCENTER | KIND_REPLICATION,
    .tables = tables,
    .optional = optional,
    .lenient = true,
    .run = run,
};
