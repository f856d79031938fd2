/*
 * policies: replies of vCenter's storage policy service (SPBM, urn:pbm) and of QueryEvents, read.
 * (Reference: Storage Policy API, PbmProfileProfileManager; vSphere Web Services API, EventEx.)
 * Each reader returns 0, or -1 and @err for what is no such reply; what it lacks is left out.
 */
#ifndef HYCON_COLLECTORS_VCENTER_POLICIES_H
#define HYCON_COLLECTORS_VCENTER_POLICIES_H

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct map;
struct objects;
struct reply;

#define POLICIES_MAX 5000

struct policy_ids {
    const char **at; /* in the arena */
    size_t n, lost;  /* lost: beyond POLICIES_MAX */
};

/* PbmRetrieveServiceContent: the id of the profile manager, in @arena. */
int policies_read_manager(struct arena *arena, const struct reply *reply, const char **id,
                          struct err *err);
/* PbmQueryProfile: the ids of the policies. */
int policies_read_ids(struct arena *arena, const struct reply *reply, struct policy_ids *out,
                      struct err *err);
/* PbmRetrieveContent: adds id -> name (malloc'd) to @names. */
int policies_read_names(struct map *names, const struct reply *reply, struct err *err);
/* PbmQueryAssociatedProfiles: sets the policy of the home of each VM that is named. A policy
 * without a name in @names is shown by its id. */
int policies_read_profiles(struct objects *objects, const struct map *names,
                           const struct reply *reply, struct err *err);

/* The types under which a vCenter says that HA started a VM anew; the second until 5.0. */
#define RESTARTED_BY_HA "com.vmware.vc.ha.VmRestartedByHAEvent"
#define RESTARTED_OLD   "VmRestartedOnAlternateHostEvent"

/* QueryEvents: sets when each VM was restarted last, unless a later time is known. @newest: raised
 * to the time of the newest of these events; @n: how many events came, of whatever type. */
int policies_read_restarts(struct objects *objects, const struct reply *reply, int64_t *newest,
                           size_t *n, struct err *err);

#endif
