/* datastore-space: datastores can be reached and have room. vSAN has checks of its own. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static bool has_vsan_rows(const struct check_input *in)
{
    size_t i = 0;

    return check_next(in, &table_vsan, &i, NULL) != NULL;
}

/* NULL: nothing is wrong. */
static struct finding *judge(const struct check_input *in, const struct row *r, const char *subject)
{
    const struct cell *used = &r->cells[DATASTORES_USED_PERCENT];
    const char *endpoint = row_text(r, SCHEMA_ENDPOINT);
    const char *name = row_text(r, DATASTORES_DATASTORE);
    struct finding *f;
    bool accessible;

    if (row_bool(r, DATASTORES_ACCESSIBLE, &accessible) && !accessible) {
        f = finding_add(in, SEV_CRITICAL, 0, subject);
        finding_summary(f, "Datastore %s cannot be reached.", name);
        finding_remedy(f, "Look at its paths on the hosts (esxcli storage core path list, esxcli "
                          "storage nfs list) and at the array.");
        return f;
    }
    if (used->type != CELL_REAL ||
        used->u.d < check_endpoint_threshold(in, endpoint, "datastore_used_warning") ||
        (row_is(r, DATASTORES_TYPE, "vsan") && has_vsan_rows(in)))
        return NULL;
    f = finding_add(in,
                    used->u.d >= check_endpoint_threshold(in, endpoint, "datastore_used_critical")
                        ? SEV_CRITICAL
                        : SEV_WARNING,
                    0, subject);
    finding_summary(f, "Datastore %s is %s used.", name,
                    check_cell(in, &table_datastores, r, DATASTORES_USED_PERCENT));
    return f;
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_datastores, &i, &s)) != NULL) {
        const char *name = row_text(r, DATASTORES_DATASTORE);
        struct finding *f =
            judge(in, r, check_named(in, row_text(r, DATASTORES_DATASTORE_ID), name));

        if (!f)
            continue;
        finding_affected(f, name);
        finding_evidence(f, "%s (%s): %s free of %s (%s)", name,
                         check_cell(in, &table_datastores, r, DATASTORES_TYPE),
                         check_cell(in, &table_datastores, r, DATASTORES_FREE_BYTES),
                         check_cell(in, &table_datastores, r, DATASTORES_CAPACITY_BYTES),
                         check_age(in, s));
    }
}

static const struct schema *const tables[] = {&table_datastores, NULL};
static const struct schema *const optional[] = {&table_vsan, NULL};

const struct check check_datastore_space = {
    .name = "datastore-space",
    .title = N_("datastores can be reached and have room"),
    .remedy = N_("VMs with thin disks and snapshots stop when it is full: delete or consolidate "
                 "snapshots, move VMs away, or grow it."),
    .kinds = KIND_VCENTER,
    .tables = tables,
    .optional = optional,
    .run = run,
};
