#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/vmc/vmc.h"
#include "core/arena.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define SDDC "a6858aae-c8fd-5bfa-bb71-d0c4190f2d61"
#define ONE_SDDC                                                                    \
    "{name: vmc, kind: vmc, org: 9596c99b-d247-5360-afe6-ea72334d00da, sddc: " SDDC \
    ", token: {env: "                                                               \
    "T}}"
#define ALL_SDDCS "{name: vmc, kind: vmc, org: 'or g/1', token: {env: T}}"

static const struct session_facts facts = {
    .org = "9596c99b-d247-5360-afe6-ea72334d00da", .sddc = SDDC, .sddc_name = "sddc-tokyo"};
static const struct session_facts no_facts = {.org = "or g/1"};

static const struct harness_reply sddcs_one[] = {{.file = "one.json"}, {0}};
static const struct harness_reply sddcs_many[] = {{.file = "many.json"}, {0}};
static const struct harness_reply sddcs_empty[] = {{.file = "empty.json"}, {0}};
static const struct harness_reply sddcs_hostile[] = {{.file = "hostile.json"}, {0}};
static const struct harness_reply tasks_sample[] = {{.file = "tasks.json"}, {0}};
static const struct harness_reply tasks_edges[] = {{.file = "edges.json"}, {0}};
static const struct harness_reply tasks_empty[] = {{.file = "empty.json"}, {0}};

#define CONNECTIONS(file_)                                           \
    {                                                                \
        .file = file_, .match = "sddc-connections", .optional = true \
    }
#define LINKS(file_)                          \
    {                                         \
        .file = file_, .match = "linked-vpcs" \
    }

static const struct harness_reply links_t0[] = {
    CONNECTIONS("connections.json"), LINKS("t0.json"), {0}};
static const struct harness_reply links_t1[] = {
    CONNECTIONS("connections.json"), LINKS("t1.json"), {0}};
static const struct harness_reply links_prefix_list[] = {
    CONNECTIONS("connections.json"), LINKS("prefix-list.json"), {0}};
static const struct harness_reply links_old_sddc[] = {
    CONNECTIONS("connections.json"), LINKS("old-sddc.json"), {0}};
static const struct harness_reply links_multi_edge[] = {
    CONNECTIONS("connections-stretched.json"), LINKS("multi-edge.json"), {0}};
static const struct harness_reply links_programming[] = {
    CONNECTIONS("connections.json"), LINKS("programming-info.json"), {0}};
static const struct harness_reply links_pages[] = {
    {.file = "page2.json", .match = "linked-vpcs?cursor=next%20%2F%2B"}, LINKS("page1.json"), {0}};
static const struct harness_reply links_hostile[] = {
    CONNECTIONS("connections-stretched.json"), LINKS("hostile.json"), {0}};
static const struct harness_reply links_empty[] = {LINKS("empty.json"), {0}};
static const struct harness_reply links_denied[] = {
    {.status = 403,
     .kind = ERR_DENIED,
     .sentence = "the roles of the API token do not allow to read account links (403)",
     .match = "sddc-connections",
     .optional = true},
    LINKS("t0.json"),
    {0}};

#define CASE(of, name_, endpoint_, facts_, replies_)                                         \
    {                                                                                        \
        .name = name_, .collector = &collector_##of, .endpoint = endpoint_, .facts = facts_, \
        .replies = replies_                                                                  \
    }

static const struct harness_case cases[] = {
    CASE(sddcs, "one", ONE_SDDC, &facts, sddcs_one),
    CASE(sddcs, "many", ALL_SDDCS, &no_facts, sddcs_many),
    CASE(sddcs, "empty", ALL_SDDCS, &no_facts, sddcs_empty),
    CASE(sddcs, "hostile", ALL_SDDCS, &no_facts, sddcs_hostile),
    CASE(vmc_tasks, "sample", ONE_SDDC, &facts, tasks_sample),
    CASE(vmc_tasks, "edges", ONE_SDDC, &facts, tasks_edges),
    CASE(vmc_tasks, "empty", ALL_SDDCS, &no_facts, tasks_empty),
    CASE(linked_vpcs, "t0", ONE_SDDC, &facts, links_t0),
    CASE(linked_vpcs, "t1", ONE_SDDC, &facts, links_t1),
    CASE(linked_vpcs, "prefix-list", ONE_SDDC, &facts, links_prefix_list),
    CASE(linked_vpcs, "old-sddc", ONE_SDDC, &facts, links_old_sddc),
    CASE(linked_vpcs, "multi-edge", ONE_SDDC, &facts, links_multi_edge),
    CASE(linked_vpcs, "programming-info", ONE_SDDC, &facts, links_programming),
    CASE(linked_vpcs, "pages", ALL_SDDCS, &no_facts, links_pages),
    CASE(linked_vpcs, "hostile", ONE_SDDC, &facts, links_hostile),
    CASE(linked_vpcs, "empty", ALL_SDDCS, &no_facts, links_empty),
    CASE(linked_vpcs, "denied", ONE_SDDC, &facts, links_denied),
};

static void tables_are_as_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check(&cases[i]);
}

static void bad_twins_never_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check_twins(&cases[i]);
}

/* No password of the SDDC's document reaches a row. */
static void no_password_becomes_a_row(void **state)
{
    struct harness *h = harness_new(&cases[0]);
    struct strbuf dump = STRBUF_INIT;

    (void)state;
    collector_run(harness_run(h));
    collector_run_dump(harness_run(h), &dump);
    assert_non_null(strstr(dump.buf, "esx-0"));
    assert_null(strstr(dump.buf, "********"));
    strbuf_release(&dump);
    harness_free(h);
}

/* ---- the address of cloud-service --------------------------------------------------------- */

static enum service last_service;
static int answers_at; /* an enum service; -1: nowhere */
static enum err_kind failed_as;

static enum step run_to_end(struct run *run, const char *body)
{
    struct err missing;
    enum step step = collector_linked_vpcs.step(run, NULL);

    for (int i = 0; step == STEP_SEND && i < 10; i++) {
        struct reply reply = {.status = 200, .body = body, .len = strlen(body), .hash = 1};

        last_service = run->request.service;
        if ((int)last_service != answers_at) {
            err_set(&missing, ERR_HTTP, 404, "NSX has no such call");
            reply.status = 404;
            reply.err = &missing;
        }
        step = collector_linked_vpcs.step(run, &reply);
    }
    return step;
}

static enum step run_links(void *kept, int service)
{
    static const char yaml[] = "sites: [{name: s, endpoints: [" ALL_SDDCS "]}]";
    struct config *config = config_parse(yaml, strlen(yaml), "t.yaml", NULL, NULL);
    struct run_hints hints = {0};
    struct table_builder *builder = builder_new(&table_linked_vpcs, "s", "vmc", NULL);
    struct run run = {.endpoint = config_endpoint(config, 0),
                      .facts = &no_facts,
                      .hints = &hints,
                      .arena = arena_new(0),
                      .state = kept,
                      .builders = &builder,
                      .collector = &collector_linked_vpcs};
    enum step step;

    answers_at = service;
    step = run_to_end(&run, "{\"result_count\": 0}");
    failed_as = run.err.kind;
    builder_free(builder);
    arena_free(run.arena);
    config_free(config);
    return step;
}

static void cloud_service_is_found_and_remembered(void **state)
{
    void *kept = mem_alloc(collector_linked_vpcs.state_size);

    (void)state;
    assert_int_equal(run_links(kept, SERVICE_CLOUD), STEP_DONE);
    assert_int_equal(run_links(kept, SERVICE_CLOUD_SHORT), STEP_DONE);
    assert_int_equal(last_service, SERVICE_CLOUD_SHORT);
    /* Remembered: the first request goes there. */
    assert_int_equal(run_links(kept, -1), STEP_FAIL);
    assert_int_equal(last_service, SERVICE_CLOUD);
    assert_int_equal(run_links(kept, SERVICE_CLOUD), STEP_DONE);
    assert_int_equal(run_links(kept, -1), STEP_FAIL);
    assert_int_equal(last_service, SERVICE_CLOUD_SHORT);
    collector_linked_vpcs.state_release(kept);
    free(kept);
}

/* An SDDC that never had the call does not offer it; one that had it fails. */
static void cloud_service_that_was_never_there(void **state)
{
    void *kept = mem_alloc(collector_linked_vpcs.state_size);

    (void)state;
    assert_int_equal(run_links(kept, -1), STEP_FAIL);
    assert_int_equal(failed_as, ERR_UNSUPPORTED);
    assert_int_equal(run_links(kept, SERVICE_CLOUD), STEP_DONE);
    assert_int_equal(run_links(kept, -1), STEP_FAIL);
    assert_int_equal(failed_as, ERR_HTTP);
    collector_linked_vpcs.state_release(kept);
    free(kept);
}

/* ---- what time does ----------------------------------------------------------------------- */

static size_t count_at(struct harness *h, int64_t later)
{
    struct collector_run *r = harness_run(h);

    r->later_ms = later;
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    return snapshot_count(r->tables[0]);
}

/* The reply is the same, but a task has become a day old. */
static void tasks_grow_old(void **state)
{
    static const struct harness_reply replies[] = {
        {.body =
             "[{\"id\": \"a\", \"status\": \"FINISHED\", \"end_time\": \"2026-11-19T10:00:00Z\"},"
             "{\"id\": \"b\", \"status\": \"FINISHED\", \"end_time\": \"2026-11-19T12:00:00Z\"},"
             "{\"id\": \"c\", \"status\": \"STARTED\"}]"},
        {0}};
    struct harness *h = harness_new(&(struct harness_case){.name = "old",
                                                           .collector = &collector_vmc_tasks,
                                                           .endpoint = ONE_SDDC,
                                                           .facts = &facts,
                                                           .replies = replies});

    (void)state;
    assert_int_equal(count_at(h, 0), 3);
    assert_int_equal(count_at(h, 30 * 60000), 3);
    assert_int_equal(count_at(h, 61 * 60000), 2);
    assert_int_equal(count_at(h, 62 * 60000), 2);
    assert_int_equal(count_at(h, 24 * 3600000), 1);
    harness_free(h);
}

/* What is no task is no row, but it is said; also when the reply did not change. */
static void items_that_are_no_objects(void **state)
{
    static const struct harness_reply replies[] = {
        {.body = "[null, {\"id\": \"c\", \"status\": \"STARTED\"}, \"x\"]"}, {0}};
    struct harness *h = harness_new(&(struct harness_case){.name = "odd",
                                                           .collector = &collector_vmc_tasks,
                                                           .endpoint = ONE_SDDC,
                                                           .facts = &facts,
                                                           .replies = replies});
    struct collector_run *r = harness_run(h);

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(count_at(h, i * 60000), 1);
        assert_string_equal(snapshot_note(r->tables[0]), "2 items of the reply are not readable");
    }
    harness_free(h);
}

/* Connections are asked for once in a while, links every time. */
static void connections_are_kept_for_a_while(void **state)
{
    struct harness *h = harness_new(&cases[7]);
    struct collector_run *r = harness_run(h);

    (void)state;
    count_at(h, 0);
    assert_int_equal(r->nrequests, 2);
    count_at(h, 60000);
    assert_int_equal(r->nrequests, 1);
    count_at(h, 180000);
    assert_int_equal(r->nrequests, 2);
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_as_expected),
        cmocka_unit_test(bad_twins_never_pass),
        cmocka_unit_test(items_that_are_no_objects),
        cmocka_unit_test(no_password_becomes_a_row),
        cmocka_unit_test(cloud_service_is_found_and_remembered),
        cmocka_unit_test(cloud_service_that_was_never_there),
        cmocka_unit_test(tasks_grow_old),
        cmocka_unit_test(connections_are_kept_for_a_while),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
