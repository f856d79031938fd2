/* checks: the descriptors, for registry.c alone, and what several of them declare alike. */
#ifndef HYCON_MODEL_CHECKS_CHECKS_H
#define HYCON_MODEL_CHECKS_CHECKS_H

#include "model/checks/check.h"

#define CHECKS_ANY_KIND                                                                         \
    (KIND_VCENTER | KIND_NSX | KIND_VMC | KIND_AWS | KIND_ESXI | KIND_REPLICATION | KIND_NSXV | \
     KIND_EDGE)

extern const struct check check_account_link, check_az_cost, check_certificate_expiry,
    check_cidr_overlap, check_clock_offset, check_edge_health, check_endpoint_health,
    check_eni_count, check_eni_on_active_host, check_eni_source_dest_check, check_gateway_active,
    check_host_health, check_main_table, check_multi_edge, check_one_active_eni,
    check_prefix_list_entries, check_route_quota, check_routes_blackhole, check_routes_follow,
    check_routes_leftover, check_routes_main, check_segment_realized, check_subnet_size,
    check_vpc_secondary_cidr;
extern const struct check check_consolidation_needed, check_datastore_space,
    check_replication_snapshot_collision, check_replication_state, check_rpo, check_rpo_at_risk,
    check_snapshot_old, check_vsan_full, check_vsan_health, check_vsan_resync, check_vsan_space;
extern const struct check check_bridge_active, check_edge_says, check_sddc_state;
extern const struct check check_group_empty, check_rule_any_any, check_rule_never_hit,
    check_rule_shadowed;
extern const struct check check_dfw_addrset_empty, check_dfw_addrset_stale,
    check_dfw_control_connection, check_dfw_extra_on_host, check_dfw_fail_open,
    check_dfw_generation_lag, check_dfw_missing_on_host, check_dfw_no_filter, check_dfw_order,
    check_dfw_publish_lag;

/* What the columns verdict, expected_target and role are derived from: a route is judged when all
 * that this site has of it is ok. NULL-terminated. */
extern const struct schema *const checks_route_inputs[];

#endif
