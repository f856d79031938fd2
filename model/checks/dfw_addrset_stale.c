/*
 * dfw-addrset-stale (ADDRSET_STALE): address sets hold what they should.
 *
 *   of a machine  NSX-V names the set of a machine by its id: ip-vm-33 holds the addresses of
 * vm-33. An address that vCenter knows and the set has not is what a rule will miss. of a group the
 * manager sends every host the same members, so a set of one name that differs from card to card is
 * old somewhere.
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <string.h>

#include "core/hash.h"
#include "core/i18n.h"
#include "core/map.h"
#include "core/text.h"
#include "model/explain_set.h"

/* ---- the set of a machine -----------------------------------------------------------------------
 */

static bool is_link_local(const struct ip *ip)
{
    return ip->family == 6 ? ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80
                           : ip->bytes[0] == 169 && ip->bytes[1] == 254;
}

/* An address of the machine that the set does not hold; NULL: none. */
static const char *missing_from(const struct cell_list *members, const struct cell_list *ips)
{
    struct explain_set *set = explain_set_new(members);
    const char *missing = NULL;
    struct ip ip;

    for (size_t i = 0; i < ips->n && !missing; i++) {
        if (ip_parse(ips->items[i], &ip) == 0 && !is_link_local(&ip) && !explain_set_ip(set, &ip))
            missing = ips->items[i];
    }
    explain_set_free(set);
    return missing;
}

static struct map *machines_by_id(const struct check_input *in)
{
    struct map *m = map_new();
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vms, &i, NULL)) != NULL) {
        /* Two vCenters use the same ids: then a set may be of either. */
        if (map_has(m, row_text(r, VMS_VM_ID)))
            map_put(m, row_text(r, VMS_VM_ID), NULL);
        else
            map_put(m, row_text(r, VMS_VM_ID), (void *)r);
    }
    return m;
}

static void judge_machines(const struct check_input *in)
{
    struct map *vms = machines_by_id(in), *seen = map_new();
    struct finding *f = NULL;
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while (map_count(vms) && (r = check_next(in, &table_addrsets, &i, &s)) != NULL) {
        const char *set = row_text(r, ADDRSETS_SET), *missing;
        const struct cell_list *members = row_list(r, ADDRSETS_MEMBERS), *ips;
        const struct row *vm =
            text_has_prefix(set, "ip-vm-") && members ? map_get(vms, set + 3) : NULL;
        ips = vm && row_is(vm, VMS_POWER_STATE, "poweredOn") ? row_list(vm, VMS_IPS) : NULL;
        missing = ips && !map_has(seen, set) ? missing_from(members, ips) : NULL;
        if (!missing)
            continue;
        map_put(seen, set, f);
        f = f ? f : finding_add(in, SEV_WARNING, 0, "machines");
        finding_affected(f, row_text(vm, VMS_VM));
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s has %s, which %s on %s has not (%s)", row_text(vm, VMS_VM),
                             missing, set, row_text(r, ADDRSETS_FILTER), check_age(in, s));
    }
    if (f)
        finding_summary(f,
                        "%zu machines have addresses that their address sets do not hold "
                        "(ADDRSET_STALE).",
                        finding_affected_count(f));
    map_free(vms, NULL);
    map_free(seen, NULL);
}

/* ---- the set of a group -------------------------------------------------------------------------
 */

/* The same whatever the order of the members. */
static uint64_t content_of(const struct cell_list *l)
{
    uint64_t sum = l->n;

    for (size_t i = 0; i < l->n; i++)
        sum += hash_fast(l->items[i], strlen(l->items[i]), 1);
    return sum;
}

static bool same_members(const struct row *a, const struct row *b)
{
    const struct cell_list *x = row_list(a, ADDRSETS_MEMBERS), *y = row_list(b, ADDRSETS_MEMBERS);

    if (!x || !y || x == y || x->items == y->items)
        return true;
    return x->n == y->n && content_of(x) == content_of(y);
}

static void judge_groups(const struct check_input *in)
{
    struct map *first = map_new(), *seen = map_new();
    struct finding *f = NULL;
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_addrsets, &i, &s)) != NULL) {
        const char *set = row_text(r, ADDRSETS_SET);
        const struct row *other = map_get(first, set);
        if (!other) {
            map_put(first, set, (void *)r);
            continue;
        }
        if (map_has(seen, set) || same_members(other, r))
            continue;
        map_put(seen, set, NULL);
        f = f ? f : finding_add(in, SEV_WARNING, 0, "address sets");
        finding_affected(f, set);
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s has %s members on %s (%s), %s on %s (%s) (%s)", set,
                             check_cell(in, &table_addrsets, other, ADDRSETS_MEMBER_COUNT),
                             row_text(other, ADDRSETS_FILTER), row_text(other, ADDRSETS_HOST),
                             check_cell(in, &table_addrsets, r, ADDRSETS_MEMBER_COUNT),
                             row_text(r, ADDRSETS_FILTER), row_text(r, ADDRSETS_HOST),
                             check_age(in, s));
    }
    if (f)
        finding_summary(f, "%zu address sets differ between network cards (ADDRSET_STALE).",
                        finding_affected_count(f));
    map_free(first, NULL);
    map_free(seen, NULL);
}

static void run(const struct check_input *in)
{
    judge_machines(in);
    judge_groups(in);
}

static const struct schema *const optional[] = {&table_vms, NULL};
static const struct schema *const heavy[] = {&table_addrsets, NULL};

const struct check check_dfw_addrset_stale = {
    .name = "dfw-addrset-stale",
    .title = N_("address sets on hosts hold the addresses of their machines"),
    .remedy =
        N_("Look at VMware Tools and IP discovery of the machine, and at the host's connection "
           "to NSX (finding dfw-control-connection). On the host: vsipioctl getaddrsets -f "
           "FILTER."),
    .kinds = KIND_ESXI,
    .optional = optional,
    .heavy = heavy,
    .lenient = true,
    .run = run,
};
