/*
 * fw: the firewall of one NSX: groups, services, policies and rules as they are meant, and how they
 * come down to a VM's filter on a host. The hosts enforce what the policy says unless a scenario
 * takes a rule away, empties a set or lets a filter fail open, so intent and host agree by
 * construction and differ by what an action did alone.
 */
#ifndef HYCON_TESTS_LAB_FW_H
#define HYCON_TESTS_LAB_FW_H

#include "tests/lab/vsphere.h"

enum fw_layer { FW_DFW, FW_GATEWAY };

struct fw_group {
    const char *id, *path, *domain, *uuid; /* uuid: the address set's name on hosts */
    int every, from;      /* VMs whose number leaves remainder @from by @every; every 0: none */
    struct lab_list ips;  /* const char *: addresses and ranges of its own */
    unsigned more;        /* so many made-up addresses on top */
    struct lab_list gone; /* struct lab_vhost on which its set is empty */
};

struct fw_service {
    const char *id, *path, *protocol; /* TCP UDP ICMPv4 */
    const char *ports[16];
    unsigned nports;
};

struct fw_rule {
    const char *id, *path, *action, *direction, *tag, *scope;
    struct fw_policy *policy;
    struct fw_group *source, *destination, *applied; /* NULL: any */
    struct lab_list services;                        /* struct fw_service; none: any */
    struct lab_list missing;                         /* struct lab_vhost without it */
    int sequence, number;                            /* number: rule_id */
    bool logged, is_default;
};

struct fw_policy {
    const char *id, *path, *domain, *category;
    enum fw_layer layer;
    struct lab_list rules;
    int sequence;
    bool is_default;
};

struct lab_fw {
    struct lab_list groups, services, policies;
    struct lab_list rules; /* of every policy, in order */
    int64_t published_at;
    unsigned flows; /* of each filter */
};

/* @vc NULL: no VMs, gateway rules alone. */
struct lab_fw *lab_build_fw(struct lab_estate *e, const struct lab_params *p, struct lab_nsx *nsx);
void lab_fw_free(struct lab_fw *fw);

struct fw_group *lab_fw_group(const struct lab_fw *fw, const char *id);
struct fw_rule *lab_fw_rule(const struct lab_fw *fw, int number);
bool lab_fw_has_vm(const struct fw_group *g, const struct lab_vm *vm);
/* Whether the rule is applied to the filter of @vm. */
bool lab_fw_applies(const struct fw_rule *r, const struct lab_vm *vm);
/* Address @i of those made up for @g. */
const char *lab_fw_more(struct arena *a, unsigned i);

/* The filter of a VM's first vNIC, in @a: nic-WORLD-eth0-vmware-sfw.2. */
const char *lab_fw_filter(struct arena *a, const struct lab_vm *vm);
unsigned lab_fw_world(const struct lab_vm *vm);

#endif
