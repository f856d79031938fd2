/* The collectors of kind vcenter. */
#ifndef HYCON_COLLECTORS_VCENTER_VCENTER_H
#define HYCON_COLLECTORS_VCENTER_VCENTER_H

#include "collectors/collector.h"

/* hosts, clusters, vms, datastores: one WaitForUpdatesEx feeds them all. */
extern const struct collector collector_vcenter_inventory;
extern const struct collector collector_vcenter_alarms, collector_vcenter_events,
    collector_vcenter_replications, collector_vcenter_tasks;
/* libraries: over the REST API; not on an ESXi host nor before vCenter 7.0. */
extern const struct collector collector_vcenter_libraries;

#define VCENTER_SDK "/sdk"
#define VCENTER_VIM "urn:vim25"

struct strbuf;

/* Fill run->request with the envelope @body (copied). Returns STEP_SEND. */
enum step vcenter_call(struct run *run, const char *label, const struct strbuf *body);
/* The text of Envelope/Body/XResponse/returnval, in @arena; NULL: there is none, or it is broken.
 */
const char *vcenter_returnval(struct arena *arena, const struct reply *reply);

#endif
