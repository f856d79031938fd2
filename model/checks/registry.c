/* registry: every check, by name. A new check is a file and a line here. */
#include "model/checks/checks.h"

#include <stddef.h>

const struct schema *const checks_route_inputs[] = {
    &table_linked_vpcs, &table_segments, &table_prefix_lists, &table_sddcs, NULL,
};

/* clang-format off */
const struct check *const checks_all[] = {
    &check_account_link,
    &check_az_cost,
    &check_bridge_active,
    &check_certificate_expiry,
    &check_cidr_overlap,
    &check_clock_offset,
    &check_consolidation_needed,
    &check_datastore_space,
    &check_dfw_addrset_empty,
    &check_dfw_addrset_stale,
    &check_dfw_control_connection,
    &check_dfw_extra_on_host,
    &check_dfw_fail_open,
    &check_dfw_generation_lag,
    &check_dfw_missing_on_host,
    &check_dfw_no_filter,
    &check_dfw_order,
    &check_edge_health,
    &check_edge_says,
    &check_endpoint_health,
    &check_eni_count,
    &check_eni_on_active_host,
    &check_eni_source_dest_check,
    &check_gateway_active,
    &check_group_empty,
    &check_host_health,
    &check_main_table,
    &check_multi_edge,
    &check_one_active_eni,
    &check_prefix_list_entries,
    &check_replication_snapshot_collision,
    &check_replication_state,
    &check_route_quota,
    &check_routes_blackhole,
    &check_routes_follow,
    &check_routes_leftover,
    &check_routes_main,
    &check_rpo,
    &check_rpo_at_risk,
    &check_rule_any_any,
    &check_rule_never_hit,
    &check_rule_shadowed,
    &check_segment_realized,
    &check_snapshot_old,
    &check_subnet_size,
    &check_vpc_secondary_cidr,
    &check_vsan_full,
    &check_vsan_health,
    &check_vsan_resync,
    &check_vsan_space,
    NULL,
};
/* clang-format on */
