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
struct vsphere_facts;

/* What the session read of ServiceContent; NULL: nothing. */
const struct vsphere_facts *vcenter_facts(const struct run *run);
/* Fill run->request with the envelope @body (copied). Returns STEP_SEND. */
enum step vcenter_call(struct run *run, const char *label, const struct strbuf *body);
/* Append the objectSet of a specification: what @path of @type @id leads to, without @id itself. */
void vcenter_add_objects(struct strbuf *body, const char *type, const char *id, const char *path);
/* The envelope of CreateContainerView: all objects of @type below the root. */
void vcenter_add_view_call(struct strbuf *body, const struct vsphere_facts *f, const char *type);
/* The envelope of ContinueRetrievePropertiesEx: the page that @token stands for. */
void vcenter_add_more_call(struct strbuf *body, const struct vsphere_facts *f, const char *token);
/* The text of Envelope/Body/XResponse/returnval, in @arena; NULL: there is none, or it is broken.
 */
const char *vcenter_returnval(struct arena *arena, const struct reply *reply);

#endif
