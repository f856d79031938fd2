/*
 * cidr-overlap: networks of the SDDC must not overlap each other, the linked VPC, or what is on
 * premises: the VPC cannot have a route for its own addresses, and replies go the shorter way.
 *
 * One finding per network that is overlapped, with all that does so: a site-wide mistake
 * (10.0.0.0/8 on premises) is one line.
 *
 * An SDDC's further tier-1 gateways may be isolated or hide their networks behind NAT, as the copy
 * of production in a test of the recovery plan is; NSX's word for that is not read. So their
 * networks are a note of their own and no alarm. A VPC that is not linked is none of the ENI's
 * either.
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
    const struct snapshot *source;
    bool management;
    bool apart; /* below a further tier-1 gateway of an SDDC */
};

struct blocks {
    struct block *at;
    size_t n, cap;
};

/* @like: all but its address. */
static void add(struct blocks *b, const struct ip *ip, struct block like)
{
    b->at = mem_grow(b->at, b->n, &b->cap, sizeof(*b->at));
    b->at[b->n] = like;
    b->at[b->n++].ip = ip_network(ip);
}

static void add_text(struct blocks *b, const char *cidr, struct block like)
{
    struct ip ip;

    if (ip_parse(cidr, &ip) == 0)
        add(b, &ip, like);
}

static bool has_sddc(const struct check_input *in)
{
    bool vmc = false;

    for (size_t i = 0; i < in->site->nendpoints; i++)
        vmc |= in->site->endpoints[i]->kind == KIND_VMC;
    return vmc;
}

static bool is_apart(const struct check_input *in, const struct row *r)
{
    const char *tier1 = row_str(r, SEGMENTS_TIER1), *slash = tier1 ? strrchr(tier1, '/') : NULL;

    return tier1 && *tier1 && has_sddc(in) && strcmp(slash ? slash + 1 : tier1, "cgw") != 0;
}

/* Extended networks are meant to exist on both sides; disconnected ones lead nowhere. */
static void add_segments(const struct check_input *in, struct blocks *b)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_segments, &i, &s)) != NULL) {
        const struct cell_list *l = row_list(r, SEGMENTS_CIDRS);
        const struct ip *ip = row_ip(r, SEGMENTS_CIDR);
        const char *name = row_text(r, SEGMENTS_SEGMENT);
        struct block like = {.source = s, .apart = is_apart(in, r)};

        if (!row_is(r, SEGMENTS_TYPE, "routed"))
            continue;
        for (size_t k = 0; l && k < l->n; k++) {
            like.label = check_named(in, l->items[k], name);
            add_text(b, l->items[k], like);
        }
        like.label = check_named(in, check_cell(in, &table_segments, r, SEGMENTS_CIDR), name);
        if ((!l || !l->n) && ip)
            add(b, ip, like);
    }
}

static void add_management(const struct check_input *in, struct blocks *b)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_sddcs, &i, &s)) != NULL) {
        const struct ip *ip = row_ip(r, SDDCS_MANAGEMENT_CIDR);
        const char *text = check_cell(in, &table_sddcs, r, SDDCS_MANAGEMENT_CIDR);

        if (ip)
            add(b, ip,
                (struct block){.source = s,
                               .label = check_named(in, text, check_word(in, "management network")),
                               .management = true});
    }
}

/* What may be overlapped. */
struct other {
    const struct snapshot *source; /* NULL: the configuration */
    struct ip ip;
    const char *what, *harm; /* harm: a constant */
    enum severity severity;
};

static const char *ages(const struct check_input *in, const struct block *b, const struct other *o)
{
    return o->source && o->source != b->source
               ? check_text(in, "%s; %s", check_age(in, b->source), check_age(in, o->source))
               : check_age(in, b->source);
}

/* What of @ours overlaps @o, as one finding; @apart: of the further gateways alone. */
static void against_some(const struct check_input *in, const struct blocks *ours,
                         const struct other *o, bool apart)
{
    char text[IP_TEXT_MAX];
    struct finding *f = NULL;
    const char *cidr = check_text(in, "%s", ip_format_cidr(&o->ip, text));

    for (size_t i = 0; i < ours->n; i++) {
        if (ours->at[i].apart != apart || !ip_overlaps(&ours->at[i].ip, &o->ip))
            continue;
        if (!f)
            f = finding_add(in, o->severity, apart ? CHECK_INFO : 0,
                            apart ? check_text(in, "%s, further tier-1 (%s)", cidr, o->what)
                                  : check_named(in, cidr, o->what));
        finding_affected(f, ours->at[i].label);
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s overlaps %s, %s (%s)", ours->at[i].label, cidr, o->what,
                             ages(in, &ours->at[i], o));
    }
    if (f && apart)
        finding_summary(f,
                        "%zu network%s below further tier-1 gateways overlap%s %s (%s): fine while "
                        "these gateways are isolated or use NAT.",
                        finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                        finding_affected_count(f) == 1 ? "s" : "", cidr, o->what);
    else if (f)
        finding_summary(f, "%zu network%s of the SDDC overlap%s %s (%s): %s.",
                        finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                        finding_affected_count(f) == 1 ? "s" : "", cidr, o->what,
                        check_word(in, o->harm));
}

static void against(const struct check_input *in, const struct blocks *ours, const struct other *o)
{
    against_some(in, ours, o, false);
    against_some(in, ours, o, true);
}

/* By NSX's word; while it has none every VPC that the aws endpoints read may be. */
static bool is_linked(const struct check_input *in, const char *vpc)
{
    bool known = false;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, NULL)) != NULL) {
        known = true;
        if (strcmp(row_text(r, LINKED_VPCS_VPC), vpc) == 0)
            return true;
    }
    return !known;
}

static void against_vpcs(const struct check_input *in, const struct blocks *ours)
{
    const struct row *r;
    size_t i = 0;
    struct other o = {0};

    while ((r = check_next(in, &table_vpcs, &i, &o.source)) != NULL) {
        const struct cell_list *l = row_list(r, VPCS_SECONDARY_CIDRS);
        bool linked = is_linked(in, row_text(r, VPCS_VPC));

        o.what = row_text(r, VPCS_VPC);
        o.severity = linked ? SEV_CRITICAL : SEV_WARNING;
        o.harm = linked ? N_("the VPC keeps this traffic to itself, it never reaches the SDDC")
                        : N_("this VPC is not linked, and cannot be connected to the SDDC");
        if (row_ip(r, VPCS_CIDR)) {
            o.ip = *row_ip(r, VPCS_CIDR);
            against(in, ours, &o);
        }
        for (size_t k = 0; l && k < l->n; k++) {
            if (ip_parse(l->items[k], &o.ip) == 0)
                against(in, ours, &o);
        }
    }
}

/* Blocks nest or are apart: sorted by address, larger ones first, whatever overlaps anything also
 * overlaps the last block that was not itself inside another. */
static int by_address(const void *a, const void *b)
{
    return ip_compare(&((const struct block *)a)->ip, &((const struct block *)b)->ip);
}

static void summarize_among(struct finding *f, const struct check_input *in, bool apart,
                            bool management)
{
    if (apart)
        finding_summary(f,
                        "%zu network%s overlap%s others, with further tier-1 gateways between "
                        "them: fine while these are isolated or use NAT.",
                        finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                        finding_affected_count(f) == 1 ? "s" : "");
    else
        finding_summary(f, "%zu network%s of the SDDC overlap%s others of it%s.",
                        finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                        finding_affected_count(f) == 1 ? "s" : "",
                        management ? check_word(in, ", the management network among them") : "");
}

/* Each SDDC has a management network: two of them are two SDDCs, which need not know of each other.
 * And what is none of the further gateways' was looked at already. */
static bool may_overlap(const struct block *a, const struct block *b, bool apart)
{
    return (a->management && b->management) || (apart && !a->apart && !b->apart);
}

/* @apart: those that a network of a further gateway has part in, which is a note. */
static void among_some(const struct check_input *in, const struct blocks *ours, bool apart)
{
    const struct block *outer = NULL;
    struct finding *f = NULL;
    bool management = false;

    for (size_t i = 0; i < ours->n; i++) {
        const struct block *b = &ours->at[i];

        if (b->apart && !apart)
            continue;
        if (!outer || !ip_overlaps(&outer->ip, &b->ip)) {
            outer = b;
            continue;
        }
        if (may_overlap(b, outer, apart))
            continue;
        if (!f)
            f = finding_add(in, SEV_WARNING, apart ? CHECK_INFO : 0,
                            apart ? "segments of further tier-1 gateways" : "segments");
        management |= b->management || outer->management;
        finding_affected(f, b->label);
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s overlaps %s (%s)", b->label, outer->label,
                             check_age(in, b->source));
    }
    if (f)
        summarize_among(f, in, apart, management);
}

static void among_themselves(const struct check_input *in, struct blocks *ours)
{
    if (ours->n > 1)
        qsort(ours->at, ours->n, sizeof(*ours->at), by_address);
    among_some(in, ours, false);
    among_some(in, ours, true);
}

static void add_vpcs(const struct check_input *in, struct blocks *b)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vpcs, &i, &s)) != NULL) {
        const struct ip *ip = row_ip(r, VPCS_CIDR);
        const char *text = check_cell(in, &table_vpcs, r, VPCS_CIDR);

        if (ip && is_linked(in, row_text(r, VPCS_VPC)))
            add(b, ip,
                (struct block){.source = s, .label = check_named(in, text, row_text(r, VPCS_VPC))});
    }
}

static void run(const struct check_input *in)
{
    struct blocks ours = {0};
    struct other o = {.what = check_word(in, "on premises"),
                      .harm = N_("replies from on premises may stay there"),
                      .severity = SEV_WARNING};

    add_segments(in, &ours);
    add_management(in, &ours);
    against_vpcs(in, &ours);
    among_themselves(in, &ours);
    add_vpcs(in, &ours);
    for (size_t i = 0; i < in->site->nnetworks; i++) {
        o.ip = in->site->networks[i];
        against(in, &ours, &o);
    }
    free(ours.at);
}

static const struct schema *const optional[] = {&table_segments, &table_sddcs, &table_vpcs,
                                                &table_linked_vpcs, NULL};

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
