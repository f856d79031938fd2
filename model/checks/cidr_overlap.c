/*
 * cidr-overlap: networks of the SDDC must not overlap each other, the linked VPC, or what is on
 * premises: the VPC cannot have a route for its own addresses, and replies go the shorter way.
 *
 * One finding per network that is overlapped, with all that does so: a site-wide mistake
 * (10.0.0.0/8 on premises) is one line.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"

struct block {
    struct ip ip;
    const char *label;
    bool management;
};

struct blocks {
    struct block *at;
    size_t n, cap;
};

static void add(struct blocks *b, const struct ip *ip, const char *label, bool management)
{
    b->at = mem_grow(b->at, b->n, &b->cap, sizeof(*b->at));
    b->at[b->n++] = (struct block){.ip = ip_network(ip), .label = label, .management = management};
}

static void add_text(struct blocks *b, const char *cidr, const char *label)
{
    struct ip ip;

    if (ip_parse(cidr, &ip) == 0)
        add(b, &ip, label, false);
}

/* Extended networks are meant to exist on both sides; disconnected ones lead nowhere. */
static void add_segments(const struct check_input *in, struct blocks *b)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_segments, &i, NULL)) != NULL) {
        const struct cell_list *l = row_list(r, SEGMENTS_CIDRS);
        const struct ip *ip = row_ip(r, SEGMENTS_CIDR);
        const char *name = row_text(r, SEGMENTS_SEGMENT);

        if (!row_is(r, SEGMENTS_TYPE, "routed"))
            continue;
        for (size_t k = 0; l && k < l->n; k++)
            add_text(b, l->items[k], check_named(in, l->items[k], name));
        if ((!l || !l->n) && ip)
            add(b, ip, check_named(in, check_cell(in, &table_segments, r, SEGMENTS_CIDR), name),
                false);
    }
}

static void add_management(const struct check_input *in, struct blocks *b)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_sddcs, &i, NULL)) != NULL) {
        const struct ip *ip = row_ip(r, SDDCS_MANAGEMENT_CIDR);

        if (ip)
            add(b, ip,
                check_named(in, check_cell(in, &table_sddcs, r, SDDCS_MANAGEMENT_CIDR),
                            check_word(in, "management network")),
                true);
    }
}

/* What of @ours overlaps the network @ip, as one finding. */
static void against(const struct check_input *in, const struct blocks *ours, const struct ip *ip,
                    const char *what, enum severity severity, const char *harm)
{
    char text[IP_TEXT_MAX];
    struct finding *f = NULL;

    for (size_t i = 0; i < ours->n; i++) {
        if (!ip_overlaps(&ours->at[i].ip, ip))
            continue;
        if (!f)
            f = finding_add(in, severity, 0, check_named(in, ip_format_cidr(ip, text), what));
        finding_affected(f, ours->at[i].label);
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s overlaps %s, %s", ours->at[i].label, ip_format_cidr(ip, text),
                             what);
    }
    if (f)
        finding_summary(f, "%zu network%s of the SDDC overlap%s %s (%s): %s.",
                        finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                        finding_affected_count(f) == 1 ? "s" : "", ip_format_cidr(ip, text), what,
                        check_word(in, harm));
}

static void against_vpcs(const struct check_input *in, const struct blocks *ours)
{
    static const char *const harm =
        N_("the VPC keeps this traffic to itself, it never reaches the SDDC");
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vpcs, &i, NULL)) != NULL) {
        const struct cell_list *l = row_list(r, VPCS_SECONDARY_CIDRS);
        const struct ip *ip = row_ip(r, VPCS_CIDR);
        struct ip more;

        if (ip)
            against(in, ours, ip, row_text(r, VPCS_VPC), SEV_CRITICAL, harm);
        for (size_t k = 0; l && k < l->n; k++) {
            if (ip_parse(l->items[k], &more) == 0)
                against(in, ours, &more, row_text(r, VPCS_VPC), SEV_CRITICAL, harm);
        }
    }
}

/* Blocks nest or are apart: sorted by address, larger ones first, whatever overlaps anything also
 * overlaps the last block that was not itself inside another. */
static int by_address(const void *a, const void *b)
{
    return ip_compare(&((const struct block *)a)->ip, &((const struct block *)b)->ip);
}

static void among_themselves(const struct check_input *in, struct blocks *ours)
{
    struct finding *f = NULL;
    bool management = false;
    size_t outer = 0;

    if (ours->n > 1)
        qsort(ours->at, ours->n, sizeof(*ours->at), by_address);
    for (size_t i = 1; i < ours->n; i++) {
        if (!ip_overlaps(&ours->at[outer].ip, &ours->at[i].ip)) {
            outer = i;
            continue;
        }
        /* Each SDDC has one: two of them are two SDDCs, which need not know of each other. */
        if (ours->at[i].management && ours->at[outer].management)
            continue;
        if (!f)
            f = finding_add(in, SEV_WARNING, 0, "segments");
        management |= ours->at[i].management || ours->at[outer].management;
        finding_affected(f, ours->at[i].label);
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s overlaps %s", ours->at[i].label, ours->at[outer].label);
    }
    if (f)
        finding_summary(f, "%zu network%s of the SDDC overlap%s others of it%s.",
                        finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                        finding_affected_count(f) == 1 ? "s" : "",
                        management ? check_word(in, ", the management network among them") : "");
}

static void add_vpcs(const struct check_input *in, struct blocks *b)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vpcs, &i, NULL)) != NULL) {
        const struct ip *ip = row_ip(r, VPCS_CIDR);

        if (ip)
            add(b, ip,
                check_named(in, check_cell(in, &table_vpcs, r, VPCS_CIDR), row_text(r, VPCS_VPC)),
                false);
    }
}

static void run(const struct check_input *in)
{
    struct blocks ours = {0};

    add_segments(in, &ours);
    add_management(in, &ours);
    against_vpcs(in, &ours);
    among_themselves(in, &ours);
    add_vpcs(in, &ours);
    for (size_t i = 0; i < in->site->nnetworks; i++)
        against(in, &ours, &in->site->networks[i], check_word(in, "on premises"), SEV_WARNING,
                N_("replies from on premises may stay there"));
    free(ours.at);
}

static const struct schema *const optional[] = {&table_segments, &table_sddcs, &table_vpcs, NULL};

const struct check check_cidr_overlap = {
    .name = "cidr-overlap",
    .title = N_("networks of the SDDC, the VPC and on premises do not overlap"),
    .remedy = N_("Give the segment another network (NSX: Networking > Segments), or disconnect it "
                 "until it has one. The management network and the VPC's blocks cannot be changed: "
                 "plan around them."),
    .kinds = KIND_VMC | KIND_AWS,
    .optional = optional,
    .lenient = true,
    .run = run,
};
