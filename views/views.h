/* views: the descriptors, for views/registry.c. */
#ifndef HYCON_VIEWS_VIEWS_H
#define HYCON_VIEWS_VIEWS_H

#include "views/view.h"

extern const struct view view_overview, view_eni, view_edges, view_segments, view_hosts,
    view_endpoints;
/* Not on the tab bar: opened by name, by Enter or by `r`. */
extern const struct view view_findings, view_changes, view_routes, view_links, view_vpcs,
    view_subnets, view_vpc_endpoints, view_prefix_lists, view_sddcs, view_reports;

#endif
