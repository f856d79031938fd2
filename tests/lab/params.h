/* params: the numbers and switches an estate is built from: set by a scenario's `estate:` map, then
 * by
 * --scale. One table (params.c) holds name, range, default and meaning. */
#ifndef HYCON_TESTS_LAB_PARAMS_H
#define HYCON_TESTS_LAB_PARAMS_H

#include "core/err.h"

#include <stdint.h>

struct strbuf;

struct lab_params {
    int64_t sddcs, datacenters, hosts, hosts2, enis, branch, segments, tables, routes, edges;
    int64_t prefix_list, multi_edge, secondary, tier0_state, short_cloud, old_linked_vpcs;
    int64_t nsx_nodes, vms, rules, expires_in, session_timeout, session_keys, custom_tier1;
    int64_t vcenter, soft_auth, replication, firewall, esxi, edges_ssh, addrset, flows;
};

void lab_params_init(struct lab_params *p);
/* 0, or -1 and @err: unknown name, not a number, out of range. */
int lab_params_set(struct lab_params *p, const char *name, const char *value, struct err *err);
/* "hosts=16,segments=1000". */
int lab_params_parse(struct lab_params *p, const char *list, struct err *err);
/* What must hold between parameters; a Cluster-1 with more hosts than ENIs gets more ENIs, as VMC
 * does. */
int lab_params_check(struct lab_params *p, struct err *err);
void lab_params_help(struct strbuf *out);

#endif
