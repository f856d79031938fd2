/* What the session of a vCenter, or of an ESXi host that is asked alone, has learned from its
 * ServiceContent. Every reference may be missing. */
#ifndef HYCON_COLLECTORS_VCENTER_FACTS_H
#define HYCON_COLLECTORS_VCENTER_FACTS_H

#include <stdbool.h>

struct vsphere_facts {
    const char *api_version; /* "8.0.2.0"; which properties exist */
    const char *instance_uuid;
    const char *build;
    const char *root_folder, *property_collector, *view_manager, *session_manager;
    const char *event_manager, *task_manager, *alarm_manager;
    bool is_host; /* an ESXi host, not a vCenter */
    /* Counts logins: views, collectors and filters of an earlier one are gone. */
    unsigned login;
};

#endif
