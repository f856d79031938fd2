/* eni_links: the links between SDDCs and VPCs in scope, with the stations of each traffic group. */
#ifndef HYCON_VIEWS_ENI_LINKS_H
#define HYCON_VIEWS_ENI_LINKS_H

#include "views/look.h"
#include "views/route_tables.h"
#include "views/view.h"

#define LINKS_MAX  16
#define GROUPS_MAX 8

/* One traffic group: who carries it. Rows that were not found have a NULL row. */
struct link_group {
    const char *name;                    /* NULL: there is one alone */
    const char *eni_id;                  /* NSX's word, else the main route table's; NULL: none */
    struct rows_item eni, gateway, edge; /* gateway: its row with the active edge */
    struct rows_item host;               /* of the ENI */
};

struct link {
    const char *site, *vpc, *mode; /* mode NULL: only AWS is known here */
    struct rows_item row;          /* of linked_vpcs */
    struct link_group groups[GROUPS_MAX];
    size_t ngroups;
    /* Route tables of the VPC that hold networks of the SDDC: the main one first, then those that
     * have not followed. Folding the routes is the dear part, so it is done once. */
    struct route_table *tables;
    size_t ntables, nbad, cap;
    enum severity worst; /* SEV_OK, or how much of the path is not right */
};

/* Into @out; returns how many, in the order of the configuration. */
size_t eni_links(const struct view_input *in, struct link *out, size_t max);
/* The edge of a group runs on another host than its ENI is of (both known). */
/* Does this row of gateways belong to the group? */
bool link_serves(const struct view_input *in, const struct link_group *g,
                 const struct rows_item *gateway);
bool link_hosts_differ(const struct link_group *g);

#endif
