/*
 * dfw-addrset-empty (ADDRSET_EMPTY): no rule on a host names an address set that is empty there. A
 * rule with an empty set never matches, so what it should let pass is dropped by a later one. One
 * finding for all sets of a site: they have one cause, mostly (addresses were not discovered).
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/map.h"

static bool is_empty(const struct row *r)
{
    const struct cell_list *l = row_list(r, ADDRSETS_MEMBERS);
    int64_t n;

    if (row_int(r, ADDRSETS_MEMBER_COUNT, &n))
        return n == 0;
    return l && l->n == 0;
}

static const char *key_of(const struct check_input *in, const char *host, const char *filter,
                          const char *set)
{
    return check_text(in, "%s\x1f%s\x1f%s", host, filter, set);
}

/* Empty sets of the site by host, filter and name. */
static struct map *find_empty(const struct check_input *in)
{
    struct map *m = map_new();
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_addrsets, &i, NULL)) != NULL) {
        if (is_empty(r))
            map_put(m,
                    key_of(in, row_text(r, ADDRSETS_HOST), row_text(r, ADDRSETS_FILTER),
                           row_text(r, ADDRSETS_SET)),
                    (void *)r);
    }
    return m;
}

struct found {
    struct finding *f;
    struct map *sets; /* names that are reported already */
    struct map *empty;
};

/* The set that the text of an end names; NULL: none, or all but it. */
static const char *set_of(const struct check_input *in, const char *end)
{
    if (!end || strncmp(end, "addrset ", 8) != 0)
        return NULL;
    return check_text(in, "%.*s", (int)strcspn(end + 8, " "), end + 8);
}

static void judge_end(const struct check_input *in, struct found *out, const struct row *r,
                      unsigned col, const struct snapshot *s)
{
    const char *set = set_of(in, row_str(r, col));
    const char *host = row_text(r, HOST_RULES_HOST), *filter = row_text(r, HOST_RULES_FILTER);

    if (!set || map_has(out->sets, set) || !map_has(out->empty, key_of(in, host, filter, set)))
        return;
    map_put(out->sets, set, (void *)r);
    if (!out->f)
        out->f = finding_add(in, SEV_WARNING, 0, "address sets");
    finding_affected(out->f, set);
    if (finding_affected_count(out->f) <= 5)
        finding_evidence(out->f, "%s is empty on %s (%s): rule %s never matches (%s)", set, filter,
                         host, check_cell(in, &table_host_rules, r, HOST_RULES_RULE_ID),
                         check_age(in, s));
}

static void run(const struct check_input *in)
{
    struct found out = {.sets = map_new(), .empty = find_empty(in)};
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while (map_count(out.empty) && (r = check_next(in, &table_host_rules, &i, &s)) != NULL) {
        judge_end(in, &out, r, HOST_RULES_SOURCE, s);
        judge_end(in, &out, r, HOST_RULES_DESTINATION, s);
    }
    if (out.f)
        finding_summary(out.f,
                        "%zu address sets that rules name are empty on hosts: these rules never "
                        "match (ADDRSET_EMPTY).",
                        finding_affected_count(out.f));
    map_free(out.sets, NULL);
    map_free(out.empty, NULL);
}

static const struct schema *const heavy[] = {&table_addrsets, &table_host_rules, NULL};

const struct check check_dfw_addrset_empty = {
    .name = "dfw-addrset-empty",
    .title = N_("no firewall rule on a host names an empty address set"),
    .remedy =
        N_("Is the group empty on purpose? Else see whether its machines run VMware Tools or IP "
           "discovery knows their addresses, and whether the host is connected to NSX."),
    .kinds = KIND_ESXI,
    .heavy = heavy,
    .lenient = true,
    .run = run,
};
