/*
 * replication: vSphere Replication: what is replicated from a data centre, and the REST API of its
 * appliance (v2, and v1 with times as text).
 *
 * An instance is complete every so many seconds and took so long; both are counted from the
 * session clock, so a replication that nobody touches keeps its RPO for ever. The actions make it
 * slower, stop it, or start a full synchronisation.
 */
#ifndef HYCON_TESTS_LAB_REPLICATION_H
#define HYCON_TESTS_LAB_REPLICATION_H

#include "tests/lab/nsx.h"
#include "tests/lab/vsphere.h"

struct lab_replication {
    const char *id, *gid; /* of the appliance; GID-... of the VM's configuration */
    struct lab_vm *vm;
    const char *status; /* OK, FULL_SYNC, PAUSED ...; what is late is added */
    const char *error;
    int64_t rpo_min, cycle_s, transfer_s, transfer_bytes;
    int64_t stopped_at; /* the newest instance there will be; 0: it goes on */
    int64_t done_bytes, total_bytes, checked_bytes, progress;
    bool quiesce;
};

struct lab_vr;

/* Replications of the first @count VMs of @vc that are no edges. */
void lab_build_replications(struct lab_vc *vc, unsigned count);
struct lab_replication *lab_find_replication(const struct lab_vc *vc, const char *vm);
/* When the newest complete instance was taken, in ms. */
int64_t lab_replication_last(const struct lab_replication *r, int64_t now);

struct lab_vr *lab_vr_new(struct lab_vc *vc, struct nsx_user *user);
void lab_vr_free(struct lab_vr *v);
void lab_vr_expire(struct lab_vr *v);
void lab_vr_repoint(struct lab_vr *v, struct lab_vc *vc);
unsigned lab_vr_open_sessions(const struct lab *lab, const struct lab_vr *v);
void lab_vr_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                   struct lab_reply *reply);

#endif
