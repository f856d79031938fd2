/* view_estate_vsphere: a data centre with a vCenter, ESXi hosts and an NSX, for the screens of the
 * tabs that show them. Raw tables: what is derived and found is the model's. */
#ifndef HYCON_TESTS_SUPPORT_VIEW_ESTATE_VSPHERE_H
#define HYCON_TESTS_SUPPORT_VIEW_ESTATE_VSPHERE_H

extern const char view_config_dc[]; /* dc1: vc (vcenter), esx (esxi), nsx (nsx) */
/* Hosts, VMs, datastores, clusters, tasks, alarms, events, libraries. */
extern const char view_vcenter[];
/* vSAN of two clusters, replications over two links. */
extern const char view_vsan_tables[], view_replication_tables[];
/* Policies, rules and groups; filters, realised rules and sets; flows. */
extern const char view_firewall_tables[], view_flow_tables[];

#endif
