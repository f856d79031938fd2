/* actions: what a scenario step or the control API can do to the estate and to the servers. */
#ifndef HYCON_TESTS_LAB_ACTIONS_H
#define HYCON_TESTS_LAB_ACTIONS_H

#include "tests/lab/lab.h"
#include "tests/lab/server.h"

struct err;

/* Run one action: pairs of words, "do" names it. @lab->lock must not be held. 0, or -1 and @err. */
int lab_action_run(struct lab *lab, const struct lab_pairs *action, struct err *err);
/* One line per action with its words. */
void lab_actions_help(struct strbuf *out);

/* The word @key of @action, or an error that names it. */
const char *lab_action_word(const struct lab_pairs *action, const char *key, struct err *err);
/* What the @site of an action has, or an error that it has none. */
struct lab_sddc *lab_action_sddc(struct lab *lab, const struct lab_pairs *action, struct err *err);
struct lab_vc *lab_action_vcenter(struct lab *lab, const struct lab_pairs *action, struct err *err);

/* Changes of the estate (change.c): @lab->lock is held. */
int lab_change_fail_host(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_recover_host(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_move_edge(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_restart_edge(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_follow_eni(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_set_eni(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_rewrite_route(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_add_route(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_remove_route(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_set_route(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_add_segment(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_remove_segment(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_set_segment(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_add_task(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_end_task(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_add_alarm(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_resolve_alarms(struct lab *lab, const struct lab_pairs *a, struct err *err);

/* Of vCenter (change_vsphere.c). */
int lab_change_ha_restart(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_vmotion(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_relocate(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_progress(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_end_move(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_set_vm(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_remove_vm(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_set_datastore(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_add_event(struct lab *lab, const struct lab_pairs *a, struct err *err);

int lab_change_set_vsan(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_set_replication(struct lab *lab, const struct lab_pairs *a, struct err *err);
/* Of firewalls and shells (change_fw.c). */
int lab_change_drop_rule(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_empty_addrset(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_set_filter(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_set_shell(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_host_key(struct lab *lab, const struct lab_pairs *a, struct err *err);
/* Of the linked VPC (change_security.c). */
int lab_change_acl_entry(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_group_rule(struct lab *lab, const struct lab_pairs *a, struct err *err);
/* Of what edges say over SSH (change_edge.c). */
int lab_change_edge_says(struct lab *lab, const struct lab_pairs *a, struct err *err);
int lab_change_edge_shell(struct lab *lab, const struct lab_pairs *a, struct err *err);

/* The vCenter of @site sees what became of @host; nothing when there is none. */
void lab_vc_host_changed(struct lab *lab, const char *site, struct lab_host *host);
/* The VM of @edge runs on @host now; when it was down it is a standby from now on. */
void lab_change_place_edge(const struct lab_nsx *nsx, struct lab_edge *edge, struct lab_host *host);
/* The vCenter of @site sees that the VM of @edge is elsewhere. */
void lab_vc_edge_moved(struct lab *lab, const char *site, const struct lab_edge *edge);

#endif
