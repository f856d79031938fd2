/* vSAN clusters, from answers of vCenter's vSAN service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vsan/vsan.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define ENDPOINT \
    "{name: vc, kind: vcenter, url: 'https://vc.example/', user: u, password: {env: P}}"

static const struct vsphere_facts vcenter = {.root_folder = "group-d1",
                                             .property_collector = "propertyCollector",
                                             .view_manager = "ViewManager",
                                             .login = 1},
                                  host = {.root_folder = "ha-folder-root",
                                          .property_collector = "ha-property-collector",
                                          .view_manager = "ViewManager",
                                          .is_host = true,
                                          .login = 1},
                                  bare = {.login = 1};
static const struct session_facts facts = {.vsphere = &vcenter}, on_host = {.vsphere = &host},
                                  no_managers = {.vsphere = &bare};

#define VERSIONS                                                                     \
    {                                                                                \
        .file = "versions.xml", .match = "vsanServiceVersions.xml", .optional = true \
    }
#define VIEW                                                 \
    {                                                        \
        .file = "view.xml", .match = "<CreateContainerView " \
    }
#define CLUSTERS(file_)                                  \
    {                                                    \
        .file = file_, .match = "<RetrievePropertiesEx " \
    }
#define SPACE(file_)                                    \
    {                                                   \
        .file = file_, .match = "<VsanQuerySpaceUsage " \
    }
#define HEALTH(file_)                                                                 \
    {                                                                                 \
        .file = file_, .match = "<VsanQueryVcClusterHealthSummary ", .optional = true \
    }
#define RESYNC(file_)                                                                \
    {                                                                                \
        .file = file_, .match = "<QuerySyncingVsanObjectsSummary ", .optional = true \
    }
#define CONFIG(file_)                                                      \
    {                                                                      \
        .file = file_, .match = "<VsanClusterGetConfig ", .optional = true \
    }
#define FAULT(match_)                                                         \
    {                                                                         \
        .file = "fault.xml", .match = match_, .status = 500, .optional = true \
    }

static const struct harness_reply sample[] = {VERSIONS,
                                              VIEW,
                                              CLUSTERS("clusters.xml"),
                                              SPACE("space.xml"),
                                              HEALTH("health.xml"),
                                              RESYNC("resync.xml"),
                                              CONFIG("config.xml"),
                                              {0}};
static const struct harness_reply red[] = {VERSIONS,
                                           VIEW,
                                           CLUSTERS("clusters.xml"),
                                           SPACE("space-plain.xml"),
                                           HEALTH("health-red.xml"),
                                           RESYNC("resync-none.xml"),
                                           CONFIG("config-plain.xml"),
                                           {0}};
static const struct harness_reply hostile[] = {VERSIONS,
                                               VIEW,
                                               CLUSTERS("clusters-hostile.xml"),
                                               SPACE("space-hostile.xml"),
                                               HEALTH("health-empty.xml"),
                                               RESYNC("resync.xml"),
                                               CONFIG("config.xml"),
                                               {0}};
static const struct harness_reply none[] = {VERSIONS, VIEW, CLUSTERS("clusters-none.xml"), {0}};
static const struct harness_reply space_alone[] = {VERSIONS,
                                                   VIEW,
                                                   CLUSTERS("clusters.xml"),
                                                   SPACE("space.xml"),
                                                   FAULT("<VsanQueryVcClusterHealthSummary "),
                                                   FAULT("<QuerySyncingVsanObjectsSummary "),
                                                   FAULT("<VsanClusterGetConfig "),
                                                   {0}};

static const struct harness_reply one_of_two[] = {
    VERSIONS,
    VIEW,
    {.file = "clusters-more.xml", .match = "<token>7</token>"},
    CLUSTERS("clusters-two.xml"),
    {.file = "fault.xml",
     .match = "\">vsan-cluster-space-report-system</_this><cluster type=\"ClusterComputeResource\">"
              "domain-c8",
     .status = 500,
     .optional = true},
    SPACE("space.xml"),
    HEALTH("health.xml"),
    RESYNC("resync.xml"),
    CONFIG("config.xml"),
    {0}};
static const struct harness_reply nothing_there[] = {
    {.body = "", .match = "vsanServiceVersions.xml", .status = 404, .optional = true},
    VIEW,
    CLUSTERS("clusters.xml"),
    {.body = "<html>", .match = "<VsanQuerySpaceUsage ", .status = 404},
    {0}};
static const struct harness_reply no_figures[] = {
    VERSIONS, VIEW, CLUSTERS("clusters.xml"), SPACE("space-no-figures.xml"), {0}};
static const struct harness_reply no_replies[] = {{0}};

#define CASE(name_, facts_, replies_)                                                       \
    {                                                                                       \
        .name = name_, .collector = &collector_vsan, .endpoint = ENDPOINT, .facts = facts_, \
        .replies = replies_                                                                 \
    }

static const struct harness_case good[] = {
    CASE("sample", &facts, sample),
    CASE("red", &facts, red),
    CASE("hostile", &facts, hostile),
    CASE("none", &facts, none),
};

static const struct harness_case others[] = {
    CASE("space-alone", &facts, space_alone),     CASE("one-of-two", &facts, one_of_two),
    CASE("nothing-there", &facts, nothing_there), CASE("no-figures", &facts, no_figures),
    CASE("host", &on_host, no_replies),           CASE("no-managers", &no_managers, no_replies),
};

static void tables_are_as_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        harness_check(&good[i]);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        harness_check(&others[i]);
}

static void bad_twins_never_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        harness_check_twins(&good[i]);
}

/* The view is kept; one that has gone is made anew. */
static void the_view_is_kept(void **state)
{
    struct harness *h = harness_new(&good[0]);
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(r->nrequests, 7);
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(r->nrequests, 5);
    harness_free(h);
}

static void the_session_may_be_over(void **state)
{
    static const struct harness_reply replies[] = {VERSIONS, VIEW, CLUSTERS("expired.xml"), {0}};
    const struct harness_case c = CASE("expired", &facts, replies);
    struct harness *h = harness_new(&c);
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_true(r->logins > 0);
    assert_int_not_equal(r->last, STEP_DONE);
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_as_expected),
        cmocka_unit_test(bad_twins_never_pass),
        cmocka_unit_test(the_view_is_kept),
        cmocka_unit_test(the_session_may_be_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
