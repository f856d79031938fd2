/* The one list of tabs, in the order of the tab bar; then what is opened by name. */
#include "views/views.h"

/* clang-format off */
const struct view *const views_all[] = {
    &view_overview,
    &view_eni,
    &view_edges,
    &view_segments,
    &view_hosts,
    &view_endpoints,
    &view_findings,
    &view_changes,
    &view_routes,
    &view_links,
    &view_subnets,
    &view_vpcs,
    &view_vpc_endpoints,
    &view_prefix_lists,
    &view_sddcs,
    &view_reports,
    NULL,
};
/* clang-format on */
