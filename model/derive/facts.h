/*
 * facts: what several joins of a site must agree on.
 *
 *  links  the linked VPCs as NSX and VMC know them: mode, active ENIs, kept route tables
 *  enis   which network interfaces are the SDDC's: VMC's description, or named by VMC or NSX
 *  nets   the SDDC's networks: routed segments and the management network
 *  routes which ENIs the main route tables send those networks to, and what is asked of them
 *
 * With only an aws endpoint configured there are no links and no networks: then a route is the
 * SDDC's when its target is an ENI with VMC's description, and the ENI that the main table's routes
 * lead to is the one that every other table is measured by.
 */
#ifndef HYCON_MODEL_DERIVE_FACTS_H
#define HYCON_MODEL_DERIVE_FACTS_H

#include "model/derive/derive.h"

struct map;

/* ---- links --------------------------------------------------------------------------------- */

enum link_mode { LINK_CIDR, LINK_PREFIX_LIST, LINK_PENDING };

struct link {
    const struct row *row; /* of linked_vpcs */
    const char *vpc, *sddc;
    unsigned manager;
    enum link_mode mode;
    const struct cell_list *active; /* NULL: NSX said nothing */
    const struct cell_list *groups; /* GROUP=ENI */
    const struct cell_list *ids;    /* ID=GROUP */
    const struct cell_list *tables, *prefix_lists, *expected, *enis, *subnets;
};

struct link_facts {
    struct link *links;
    size_t n;
    bool asked;    /* an endpoint here is there to know */
    bool complete; /* everything it could say was read */
};

const struct link_facts *derive_links(struct derive *d);
/* The traffic group that @eni is the active one of ("Default"), or NULL. In the arena. */
const char *link_group_of(struct derive *d, const struct link *l, const char *eni);
/* What the active ENI of @group (NULL: there is none) is remembered by. In the arena. */
const char *link_since_key(struct derive *d, const struct link *l, const char *group);
/* The name of a traffic group by its id; what is no id is its own name. */
const char *link_group_name(const struct link *l, const char *group);
/* The active ENI of traffic group @group (id or name), or NULL. */
const char *link_eni_of(const struct link *l, const char *group);
/* The ENI of the group that prefix lists and unlisted networks use; NULL: not to be told. */
const char *link_default_eni(const struct link *l);

/* ---- enis ---------------------------------------------------------------------------------- */

struct eni_info {
    const char *eni, *vpc, *subnet, *status;
    const struct link *link; /* that names it, or whose subnet it is in; NULL: none */
    const struct row *host;  /* row of hosts; NULL: none */
    const char *host_name;
    bool listed;    /* it has a row in enis */
    bool described; /* by VMC's description */
    bool named;     /* by VMC or NSX */
    bool active;    /* named active by NSX */
    int64_t routes, blackholes, main_routes;
};

struct eni_facts {
    struct map *by_id;     /* -> struct eni_info */
    struct eni_info *last; /* found last: routes of a table mostly lead to the same one */
    const char *asked;     /* the text it was found by, which rows of a table share */
    bool complete;         /* every ENI was read: one that is not there does not exist */
};

struct eni_facts *derive_enis(struct derive *d);
struct eni_info *eni_find(struct eni_facts *f, const char *eni); /* NULL: not known */
static inline bool eni_is_sddc(const struct eni_info *e)
{
    return e && (e->described || e->named);
}

/* ---- networks ------------------------------------------------------------------------------ */

struct sddc_net {
    struct ip net;
    const char *segment; /* NULL: the management network */
    const char *path;
    unsigned manager;
    bool routed; /* VMC must have a route to it in the linked VPC */
};

struct sddc_nets {
    struct sddc_net *nets; /* by address and prefix */
    size_t n;
    uint8_t prefixes[2][130]; /* prefix lengths that occur, longest first, by family; 0 ends */
    bool complete;            /* segments and SDDCs were read whole */
};

const struct sddc_nets *derive_nets(struct derive *d);
enum net_match { NET_NONE, NET_EXACT, NET_INSIDE, NET_AROUND };
/* How @dest relates to the networks of @manager (UINT_MAX: any): equal to one, inside of one, or
 * containing one. *index gets it. */
enum net_match nets_match(const struct sddc_nets *nets, const struct ip *dest, unsigned manager,
                          size_t *index);

/* ---- routes -------------------------------------------------------------------------------- */

/* ENIs that one main table may lead to; with more it is never settled. */
#define VPC_TARGETS_MAX 64

struct vpc_facts {
    const char *vpc;
    const char *main_table; /* NULL: not seen */
    const struct link **links;
    size_t nlinks;
    bool silent;                          /* NSX should say more than was read */
    const char *targets[VPC_TARGETS_MAX]; /* ENIs of the SDDC in the main table */
    size_t counts[VPC_TARGETS_MAX];       /* routes of the main table to each */
    size_t ntargets;
    bool too_many;                       /* targets */
    const char *active[VPC_TARGETS_MAX]; /* by NSX; without links those of the main table */
    size_t nactive;
    bool by_nsx;          /* active is NSX's word */
    bool settled;         /* the main table leads to active ENIs alone */
    const char *before;   /* what was active when it was last settled, "eni-1 eni-3"; or NULL */
    int64_t changed_at;   /* when active changed as far as was seen; 0: before hycon watched */
    int64_t unsettled_at; /* since when it is not settled */
    bool switching;       /* within the time that a failover may take */
};

struct route_facts {
    struct map *vpcs;       /* -> struct vpc_facts */
    struct vpc_facts *last; /* found last */
    const char *asked;      /* the text it was found by, which rows of a table share */
    struct map *tables;     /* route table id -> struct vpc_facts, of those that were read */
    bool read;              /* routes were read at all */
};

struct route_facts *derive_routes(struct derive *d);
struct vpc_facts *vpc_find(struct route_facts *f, const char *vpc); /* NULL: not known */
bool vpc_is_active(const struct vpc_facts *v, const char *eni);
/* Was @eni active before, and does the main table lead to no other ENI of its subnet? Then what
 * moves now is another SDDC of the VPC. */
bool vpc_stays_active(struct derive *d, const struct vpc_facts *v, const char *eni);
/* Is @table (of @v) kept by VMC: the main one, or one that NSX says it updates? */
bool vpc_keeps_table(const struct vpc_facts *v, const char *table);

enum route_kind {
    ROUTE_OTHER,       /* not the SDDC's */
    ROUTE_SDDC,        /* to one of its networks */
    ROUTE_PREFIX_LIST, /* to VMC's prefix list */
    ROUTE_UNKNOWN_NET, /* to the SDDC's ENI, but no segment has that network */
};
/* @net gets the index of its network in nets, or SIZE_MAX. */
enum route_kind route_kind(struct derive *d, const struct vpc_facts *v, const struct row *r,
                           size_t *net);

#endif
