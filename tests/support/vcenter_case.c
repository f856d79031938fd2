#include "tests/support/vcenter_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void vcenter_case_init(struct vcenter_case *c)
{
    static const char yaml[] = "sites: [{name: dc1, endpoints: [{name: vc, kind: vcenter, url: "
                               "'https://vc.example/', user: u, password: {env: P}}]}]\n";

    c->vsphere = (struct vsphere_facts){.api_version = "8.0.2.0",
                                        .root_folder = "group-d1",
                                        .property_collector = "propertyCollector",
                                        .view_manager = "ViewManager",
                                        .login = 1};
    c->facts = (struct session_facts){.vsphere = &c->vsphere};
    c->config = config_parse(yaml, sizeof(yaml) - 1, "t.yaml", NULL, NULL);
    assert_non_null(c->config);
    c->run = (struct collector_run){.collector = &collector_vcenter_inventory,
                                    .endpoint = config_endpoint(c->config, 0),
                                    .facts = &c->facts};
}

void vcenter_case_release(struct vcenter_case *c)
{
    collector_run_release(&c->run);
    config_free(c->config);
}

const struct snapshot *vcenter_case_table(const struct vcenter_case *c, const struct schema *schema)
{
    for (size_t i = 0; i < COLLECTOR_RUN_TABLES && c->run.tables[i]; i++) {
        if (snapshot_schema(c->run.tables[i]) == schema)
            return c->run.tables[i];
    }
    return NULL;
}
