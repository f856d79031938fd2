/*
 * dfw-no-filter (NO_FILTER): every network card of a running machine has a filter of the
 * distributed firewall. Without one nothing is filtered there, whatever the rules say.
 *
 * A host that has no such filter at all while others have is not prepared: one finding for it
 * instead of one for each machine. A site without any such filter has no distributed firewall.
 * vCenter and the configuration may call one host differently: then it is known by the machines
 * that are on it, as long as they all agree.
 *
 * NSX excludes its own edges by itself. Other machines on the exclusion list have no filter on
 * purpose, too: that finding is to be acknowledged.
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <string.h>

#include "core/i18n.h"
#include "core/map.h"
#include "core/text.h"

struct site {
    struct map *hosts;   /* names of hosts whose filters were read; value: has a firewall filter */
    struct map *cards;   /* "host: machine.card" with a firewall filter */
    struct map *by_uuid; /* machines with one, by instance UUID in lower case, or by name */
    struct map *edges;   /* names and instance UUIDs of NSX's own edges */
    struct map *vm_host; /* of a machine's UUID: the host with a filter of it, of any agent */
    struct map *aliases; /* of vCenter's name of a host: ours; "" when machines disagree */
    bool any;
};

static const char *lower(const struct check_input *in, const char *s)
{
    char *text = (char *)check_text(in, "%s", s);

    for (char *p = text; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    return text;
}

static void read_site(const struct check_input *in, struct site *s)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_filters, &i, NULL)) != NULL) {
        const char *host = lower(in, row_text(r, FILTERS_HOST));
        if (row_present(r, FILTERS_VM_UUID))
            map_put(s->vm_host, lower(in, row_text(r, FILTERS_VM_UUID)), (void *)host);
        if (!dfw_is_card(r)) {
            if (!map_has(s->hosts, host))
                map_put(s->hosts, host, NULL);
            continue;
        }
        s->any = true;
        map_put(s->hosts, host, (void *)r);
        map_put(s->cards, dfw_card(in, r), (void *)r);
        if (row_present(r, FILTERS_VM_UUID))
            map_put(s->by_uuid, lower(in, row_text(r, FILTERS_VM_UUID)), (void *)r);
        if (row_present(r, FILTERS_VM))
            map_put(s->by_uuid, row_text(r, FILTERS_VM), (void *)r);
    }
}

static void read_aliases(const struct check_input *in, struct site *s)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vms, &i, NULL)) != NULL) {
        const char *theirs = lower(in, row_text(r, VMS_HOST)), *before;
        const char *ours = map_get(s->vm_host, lower(in, row_text(r, VMS_INSTANCE_UUID)));
        if (!ours || !*theirs)
            continue;
        before = map_get(s->aliases, theirs);
        map_put(s->aliases, theirs, (void *)(before && strcmp(before, ours) != 0 ? "" : ours));
    }
}

/* Our host has filters of the firewall, by the name that vCenter gives it. */
static bool host_filters(const struct check_input *in, const struct site *s, const char *theirs)
{
    const char *name = lower(in, theirs), *alias = map_get(s->aliases, name);

    return map_get(s->hosts, name) || (alias && *alias && map_get(s->hosts, alias));
}

static void read_edges(const struct check_input *in, struct site *s)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_nsx_vms, &i, NULL)) != NULL) {
        if (!row_is(r, NSX_VMS_TYPE, "EDGE"))
            continue;
        map_put(s->edges, row_text(r, NSX_VMS_VM), s);
        map_put(s->edges, lower(in, row_text(r, NSX_VMS_INSTANCE_UUID)), s);
        map_put(s->edges, lower(in, row_text(r, NSX_VMS_EXTERNAL_ID)), s);
    }
}

/* By UUID where both sides know one: a name may be anybody's. */
static bool is_edge(const struct check_input *in, const struct site *s, const char *uuid,
                    const char *name)
{
    return uuid ? map_has(s->edges, lower(in, uuid)) : map_has(s->edges, name);
}

static void add(const struct check_input *in, struct finding **f, struct map *seen,
                const char *what, const struct snapshot *s)
{
    if (map_has(seen, what))
        return;
    map_put(seen, what, seen);
    if (!*f)
        *f = finding_add(in, SEV_WARNING, 0, "machines");
    finding_affected(*f, what);
    if (finding_affected_count(*f) <= 5)
        finding_evidence(*f, "%s has no filter of agent %s (%s)", what, DFW_AGENT,
                         check_age(in, s));
}

/* Cards that have filters of other agents alone. */
static void judge_cards(const struct check_input *in, const struct site *site, struct finding **f,
                        struct map *seen)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_filters, &i, &s)) != NULL) {
        const char *card = dfw_card(in, r);
        /* Ports of the host itself have no machine. */
        if (row_present(r, FILTERS_VM) && row_present(r, FILTERS_VNIC) &&
            !is_edge(in, site, row_str(r, FILTERS_VM_UUID), row_text(r, FILTERS_VM)) &&
            map_get(site->hosts, lower(in, row_text(r, FILTERS_HOST))) &&
            !map_has(site->cards, card))
            add(in, f, seen, card, s);
    }
}

/* Running machines that hosts show no filter of at all. */
static void judge_machines(const struct check_input *in, const struct site *site,
                           struct finding **f, struct map *seen)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vms, &i, &s)) != NULL) {
        const char *host = row_str(r, VMS_HOST), *uuid = row_str(r, VMS_INSTANCE_UUID);
        const struct cell_list *macs = row_list(r, VMS_MACS);
        if (!host || !row_is(r, VMS_POWER_STATE, "poweredOn") || (macs && !macs->n) ||
            !host_filters(in, site, host) || is_edge(in, site, uuid, row_text(r, VMS_VM)))
            continue;
        if (uuid ? map_has(site->by_uuid, lower(in, uuid))
                 : map_has(site->by_uuid, row_text(r, VMS_VM)))
            continue;
        if (!map_has(site->by_uuid, row_text(r, VMS_VM)))
            add(in, f, seen, check_text(in, "%s: %s", host, row_text(r, VMS_VM)), s);
    }
}

static void judge_hosts(const struct check_input *in, const struct site *site)
{
    const char *host;
    void *has;
    size_t i = 0;

    while (map_at(site->hosts, &i, &host, &has)) {
        if (has)
            continue;
        struct finding *f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, host);
        finding_affected(f, host);
        finding_evidence(f, "%s has packet filters, but none of agent %s", host, DFW_AGENT);
        finding_summary(f,
                        "Host %s has no filter of the distributed firewall at all: it is not "
                        "prepared (NO_FILTER).",
                        host);
    }
}

static void run(const struct check_input *in)
{
    struct site site = {.hosts = map_new(),
                        .cards = map_new(),
                        .by_uuid = map_new(),
                        .edges = map_new(),
                        .vm_host = map_new(),
                        .aliases = map_new()};
    struct map *seen = map_new();
    struct finding *f = NULL;

    read_site(in, &site);
    read_edges(in, &site);
    read_aliases(in, &site);
    if (site.any) {
        judge_hosts(in, &site);
        judge_cards(in, &site, &f, seen);
        judge_machines(in, &site, &f, seen);
    }
    if (f)
        finding_summary(f,
                        "%zu running machines or network cards have no filter of the distributed "
                        "firewall: nothing is filtered there (NO_FILTER).",
                        finding_affected_count(f));
    map_free(seen, NULL);
    map_free(site.hosts, NULL);
    map_free(site.cards, NULL);
    map_free(site.by_uuid, NULL);
    map_free(site.edges, NULL);
    map_free(site.vm_host, NULL);
    map_free(site.aliases, NULL);
}

static const struct schema *const tables[] = {&table_filters, NULL};
static const struct schema *const optional[] = {&table_vms, &table_nsx_vms, NULL};

const struct check check_dfw_no_filter = {
    .name = "dfw-no-filter",
    .title = N_("every network card of a running machine has a filter of the distributed firewall"),
    .remedy =
        N_("Is the machine on the exclusion list of the firewall? Then acknowledge this. Else "
           "see whether the host is prepared for NSX, and connect the network card again."),
    .kinds = KIND_ESXI,
    .tables = tables,
    .optional = optional,
    .lenient = true,
    .run = run,
};
