/* vsan-health: vSAN's own health checks are green, and so is the key provider of its encryption. */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

#include "core/i18n.h"
#include "core/text.h"

static bool is_bad(enum severity s)
{
    return s == SEV_WARNING || s == SEV_CRITICAL;
}

static enum severity worse(enum severity a, enum severity b)
{
    return a > b ? a : b;
}

/* vSAN's test of its capacity says what vsan-space says: one cause, one line. */
static bool is_about_space(const struct check_input *in, const struct row *r,
                           const struct cell_list *groups)
{
    const struct cell *used = &r->cells[VSAN_USED_PERCENT];
    double limit = check_endpoint_threshold(in, row_text(r, SCHEMA_ENDPOINT), "vsan_used_warning");

    if (!groups || !groups->n || used->type != CELL_REAL || used->u.d < limit)
        return false;
    for (size_t i = 0; i < groups->n; i++) {
        if (!text_has_prefix_nocase(groups->items[i], "capacity"))
            return false;
    }
    return true;
}

/* A host that is gone turns the network and the data of its cluster red: one cause, one line. */
static bool lacks_host(const struct check_input *in, const char *cluster)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_hosts, &i, NULL)) != NULL) {
        if (check_host_trouble(r) && strcmp(row_text(r, HOSTS_CLUSTER), cluster) == 0)
            return true;
    }
    return false;
}

static void judge(const struct check_input *in, const struct row *r, const struct snapshot *s)
{
    enum severity health = cell_severity(&table_vsan.columns[VSAN_HEALTH], &r->cells[VSAN_HEALTH]);
    enum severity kms = cell_severity(&table_vsan.columns[VSAN_KMS], &r->cells[VSAN_KMS]);
    const struct cell_list *groups = row_list(r, VSAN_HEALTH_GROUPS);
    const char *name = row_text(r, VSAN_CLUSTER);
    struct finding *f;

    if (!is_bad(health) && !is_bad(kms))
        return;
    f = finding_add(in, is_bad(kms) ? worse(health, kms) : health, 0, name);
    finding_evidence(f, "%s: health %s, key provider %s, encryption %s (%s)", name,
                     check_cell(in, &table_vsan, r, VSAN_HEALTH),
                     check_cell(in, &table_vsan, r, VSAN_KMS),
                     check_cell(in, &table_vsan, r, VSAN_ENCRYPTION), check_age(in, s));
    for (size_t i = 0; groups && i < groups->n; i++)
        finding_affected(f, groups->items[i]);
    if (!finding_affected_count(f))
        finding_affected(f, name);
    if (is_about_space(in, r, groups))
        finding_caused_by(f, "vsan-space", name);
    else if (!is_bad(kms) && lacks_host(in, name))
        finding_caused_by(f, "host-health", name);
    if (is_bad(kms))
        finding_summary(f,
                        "The key provider of %s is %s: encrypted disks do not come back after a "
                        "restart of their host.",
                        name, row_text(r, VSAN_KMS));
    else
        finding_summary(f, "vSAN health of %s is %s: %s.", name, row_text(r, VSAN_HEALTH),
                        groups && groups->n ? check_join(in, groups, 3)
                                            : check_word(in, "no group is named"));
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
static const struct schema *const optional[] = {&table_hosts, NULL};

const struct check check_vsan_health = {
    .name = "vsan-health",
    .title = N_("vSAN's own health checks are green"),
    .remedy =
        N_("Open the group in the vSphere Client: Cluster > Monitor > vSAN > Skyline Health (its "
           "result is up to an hour old; RETEST there runs it now)."),
    .kinds = KIND_VCENTER,
    .tables = tables,
    .optional = optional,
    .lenient = true,
    .run = run,
};
