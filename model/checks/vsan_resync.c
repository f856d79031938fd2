/* vsan-resync: what vSAN rebuilds or moves is done soon: until then some objects bear no failure.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static void judge(const struct check_input *in, const struct row *r, const struct snapshot *s)
{
    const char *endpoint = snapshot_endpoint(s), *name = row_text(r, VSAN_CLUSTER);
    int64_t bytes, eta = -1;
    struct finding *f;
    bool slow;

    if (!row_int(r, VSAN_RESYNC_BYTES, &bytes) || bytes <= 0)
        return;
    (void)row_int(r, VSAN_RESYNC_ETA_S, &eta);
    slow = (double)eta > check_endpoint_threshold(in, endpoint, "vsan_resync");
    f = finding_add(in, SEV_WARNING, slow ? 0 : CHECK_INFO, name);
    finding_affected(f, name);
    finding_evidence(f, "%s: %s to synchronise, time left %s (%s)", name,
                     check_cell(in, &table_vsan, r, VSAN_RESYNC_BYTES),
                     check_cell(in, &table_vsan, r, VSAN_RESYNC_ETA_S), check_age(in, s));
    if (eta >= 0)
        finding_summary(f, "vSAN of %s synchronises %s, time left %s.", name,
                        check_cell(in, &table_vsan, r, VSAN_RESYNC_BYTES), check_duration(in, eta));
    else
        finding_summary(f, "vSAN of %s synchronises %s.", name,
                        check_cell(in, &table_vsan, r, VSAN_RESYNC_BYTES));
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

const struct check check_vsan_resync = {
    .name = "vsan-resync",
    .title = N_("vSAN is synchronised, or will be soon"),
    .remedy =
        N_("Take no host into maintenance and change no policy until it has ended. When it does "
           "not get on: vSphere Client, Cluster > Monitor > vSAN > Resyncing Objects."),
    .kinds = KIND_VCENTER,
    .tables = tables,
    .lenient = true,
    .run = run,
};
