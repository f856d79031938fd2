/* Whatever comes instead of tasks, alarms and events of a vCenter. */
#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/vcenter.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct collector *const collectors[] = {
        &collector_vcenter_alarms, &collector_vcenter_events, &collector_vcenter_tasks,
        &collector_vcenter_replications};
    static const struct vsphere_facts vcenter = {.root_folder = "group-d1",
                                                 .view_manager = "ViewManager",
                                                 .property_collector = "propertyCollector",
                                                 .event_manager = "EventManager",
                                                 .task_manager = "TaskManager",
                                                 .login = 1};
    static const struct session_facts facts = {.vsphere = &vcenter};

    for (size_t i = 0; i < sizeof(collectors) / sizeof(collectors[0]); i++)
        fuzz_collector_knowing(
            collectors[i],
            "{name: v, kind: vcenter, url: 'https://v/', user: u, password: {env: P}}", &facts,
            data, size);
    return 0;
}
