#include "tests/lab/actions.h"

#include "core/err.h"
#include "core/mem.h"
#include "tests/lab/csp.h"
#include "tests/lab/fault.h"
#include "tests/lab/nsx.h"
#include "tests/lab/replication.h"
#include "tests/lab/topology.h"
#include "tests/lab/vim.h"
#include "tests/lab/vsphere.h"

#include <string.h>

struct action {
    const char *name, *words;
    int (*run)(struct lab *lab, const struct lab_pairs *a, struct err *err);
    bool unlocked; /* it stops a listener, so it must not hold the lock */
};

const char *lab_action_word(const struct lab_pairs *action, const char *key, struct err *err)
{
    const char *value = lab_pairs_get(action, key);

    if (!value)
        err_set(err, ERR_CONFIG, 0, "the action needs the key '%s'", key);
    return value;
}

struct lab_sddc *lab_action_sddc(struct lab *lab, const struct lab_pairs *action, struct err *err)
{
    const char *site = lab_action_word(action, "site", err);
    struct lab_sddc *s = site ? lab_find_sddc(lab->estate, site) : NULL;

    if (site && !s)
        err_set(err, ERR_CONFIG, 0, "there is no SDDC '%s'", site);
    return s;
}

struct lab_vc *lab_action_vcenter(struct lab *lab, const struct lab_pairs *action, struct err *err)
{
    const char *site = lab_action_word(action, "site", err);
    struct lab_vc *vc = site ? lab_find_vcenter(lab->estate, site) : NULL;

    if (site && !vc)
        err_set(err, ERR_CONFIG, 0, "there is no vCenter in '%s'", site);
    return vc;
}

static struct lab_server *server_of(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *name = lab_action_word(a, "endpoint", err);
    struct lab_server *s = name ? lab_server_find(lab, name) : NULL;

    if (name && !s)
        err_set(err, ERR_CONFIG, 0, "there is no endpoint '%s'", name);
    return s;
}

static int run_fault(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_server *s = server_of(lab, a, err);
    unsigned id;

    return s ? lab_fault_add(s, a, &id, err) : -1;
}

static int run_clear(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *name = lab_pairs_get(a, "endpoint");
    struct lab_server *s = name ? server_of(lab, a, err) : NULL;

    if (name && !s)
        return -1;
    for (size_t i = 0; i < lab->servers.n; i++)
        if (!s || lab->servers.at[i] == s)
            lab_fault_clear(lab->servers.at[i], 0);
    return 0;
}

static int run_certificate(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_server *s = server_of(lab, a, err);
    const char *word = lab_pairs_get(a, "kind");
    int kind = lab_leaf_kind_find(word ? word : "new");

    if (!s)
        return -1;
    if (kind < 0 || !s->tls || s->down)
        return err_set(err, ERR_CONFIG, 0, "'%s' takes no certificate of kind '%s'", s->name,
                       word ? word : "new");
    lab_server_change_cert(s, (enum lab_leaf_kind)kind);
    return 0;
}

static int run_listener(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_server *s = server_of(lab, a, err);
    const char *state = lab_action_word(a, "state", err);
    bool down;

    if (!s || !state)
        return -1;
    down = strcmp(state, "down") == 0;
    if ((!down && strcmp(state, "up") != 0) || s->family == FAMILY_CONTROL)
        return err_set(err, ERR_CONFIG, 0, "a listener can be up or down, not '%s'", state);
    return lab_server_set_down(s, down, err);
}

static int run_expire(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *name = lab_action_word(a, "endpoint", err);

    if (!name)
        return -1;
    if (lab_credentials_expire(lab, name) < 0)
        return err_set(err, ERR_CONFIG, 0, "'%s' has no credentials of its own", name);
    return 0;
}

/* Sessions and access tokens die; the credentials they were made with stay good. */
static int run_drop_sessions(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *name = lab_pairs_get(a, "endpoint");

    (void)err;
    for (size_t i = 0; i < lab->servers.n; i++) {
        struct lab_server *s = lab->servers.at[i];

        if (name && strcmp(s->name, name) != 0)
            continue;
        if (s->family == FAMILY_NSX)
            lab_nsx_expire(s->data);
        else if (s->family == FAMILY_REPLICATION)
            lab_vr_expire(s->data);
        else if (s->family == FAMILY_VCENTER)
            lab_vim_expire(s->data);
        else if (s->family == FAMILY_CSP || s->family == FAMILY_VMC)
            lab_csp_expire(lab, NULL);
        else if (s->family == FAMILY_PROXY)
            lab_csp_expire(lab, s->site);
    }
    return 0;
}

static const struct action actions[] = {
    {"fail-host", "site, host", lab_change_fail_host, false},
    {"recover-host", "site, host", lab_change_recover_host, false},
    {"move-edge", "site, [edge]: its active roles go to the standby", lab_change_move_edge, false},
    {"restart-edge", "site, edge, host: the VM starts on another host", lab_change_restart_edge,
     false},
    {"follow-eni", "site, [group]: NSX takes the ENI of the active edge's host",
     lab_change_follow_eni, false},
    {"set-eni", "site, eni, status", lab_change_set_eni, false},
    {"rewrite-route", "site, table, [destination]: to the active ENI; next: the first stale one",
     lab_change_rewrite_route, false},
    {"add-route", "site, table, destination, [target]", lab_change_add_route, false},
    {"remove-route", "site, table, destination", lab_change_remove_route, false},
    {"set-route", "site, table, destination, [state], [target]", lab_change_set_route, false},
    {"add-segment", "site, id, [cidr], [type], [name], [routed]: routed 0 leaves AWS alone",
     lab_change_add_segment, false},
    {"remove-segment", "site, id", lab_change_remove_segment, false},
    {"set-segment", "site, id, [state], [failure], [admin]", lab_change_set_segment, false},
    {"add-task", "site, id, type, [status], [sub_status], [phase]", lab_change_add_task, false},
    {"end-task", "site, id, [status]", lab_change_end_task, false},
    {"add-alarm", "site, id, event, edge, [severity], [summary]", lab_change_add_alarm, false},
    {"resolve-alarms", "site", lab_change_resolve_alarms, false},
    {"ha-restart", "site, host: its VMs start on other hosts", lab_change_ha_restart, false},
    {"vmotion", "site, vm, host, [user]: a task begins", lab_change_vmotion, false},
    {"relocate", "site, vm, datastore: a task begins", lab_change_relocate, false},
    {"progress", "site, vm, percent: of its running task", lab_change_progress, false},
    {"end-move", "site, vm, [error]: the running task ends", lab_change_end_move, false},
    {"set-vm", "site, vm, [power], [name], [snapshot], [days], [consolidate]", lab_change_set_vm,
     false},
    {"remove-vm", "site, vm", lab_change_remove_vm, false},
    {"set-datastore", "site, datastore, used_percent", lab_change_set_datastore, false},
    {"set-vsan",
     "site, [cluster], [used_tenths], [resync_bytes], [resync_eta_s], [health], [encrypted]",
     lab_change_set_vsan, false},
    {"set-replication",
     "site, vm, [rpo_min], [cycle_s], [transfer_s], [age_s], [status], [stopped], [quiesce], "
     "[event] ...",
     lab_change_set_replication, false},
    {"drop-rule", "site, host, rule, [restore]: the host does not have it", lab_change_drop_rule,
     false},
    {"empty-addrset", "site, host, group, [restore]", lab_change_empty_addrset, false},
    {"set-filter", "site, vm, [fail_open], [removed], [lost_flows]", lab_change_set_filter, false},
    {"set-shell",
     "site, host, [control_down], [stale_s], [slow_ms], [cut], [crlf], [banner], [no_timeout]",
     lab_change_set_shell, false},
    {"acl-entry",
     "site, acl (or subnet), action, [number], [direction], [protocol], [cidr], [from], [to]",
     lab_change_acl_entry, false},
    {"group-rule", "site, group, peer, [direction], [protocol], [from], [to], [description]",
     lab_change_group_rule, false},
    {"edge-says",
     "site, edge, state, [gateway], [bridges]: over SSH, whatever NSX says; state model: the same",
     lab_change_edge_says, false},
    {"edge-shell", "site, edge, [banner], [crlf], [pager], [old]", lab_change_edge_shell, false},
    {"host-key", "endpoint: a new one", lab_change_host_key, false},
    {"add-event", "site, type, message, [severity], [user], [vm]", lab_change_add_event, false},
    {"expire-credentials", "endpoint: refused from now on", run_expire, false},
    {"drop-sessions", "[endpoint]: sessions and access tokens die", run_drop_sessions, false},
    {"fault", "endpoint, fault, ...: as POST /faults", run_fault, false},
    {"clear-faults", "[endpoint]", run_clear, false},
    {"certificate", "endpoint, [kind]: new, expired, wrong-name, self-signed", run_certificate,
     true},
    {"listener", "endpoint, state: up, down", run_listener, true},
};

int lab_action_run(struct lab *lab, const struct lab_pairs *action, struct err *err)
{
    const char *name = lab_action_word(action, "do", err);
    int rc;

    for (size_t i = 0; name && i < ARRAY_SIZE(actions); i++) {
        if (strcmp(actions[i].name, name) != 0)
            continue;
        pthread_mutex_lock(actions[i].unlocked ? &lab->listeners : &lab->lock);
        rc = actions[i].run(lab, action, err);
        pthread_mutex_unlock(actions[i].unlocked ? &lab->listeners : &lab->lock);
        if (rc < 0)
            err_prefix(err, "%s", name);
        return rc;
    }
    return name ? err_set(err, ERR_CONFIG, 0, "unknown action '%s'", name) : -1;
}

void lab_actions_help(struct strbuf *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
        strbuf_addf(out, "  %-18s %s\n", actions[i].name, actions[i].words);
}
