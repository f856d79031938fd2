#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/aws/collectors.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define ALL     "{name: linked, kind: aws, region: ap-northeast-1}"
#define ONE_VPC "{name: linked, kind: aws, region: ap-northeast-1, vpc: vpc-0c0ffee1234567890}"
#define ONE_SUBNET                                                   \
    "{name: linked, kind: aws, region: ap-northeast-1, vpc: vpc-1, " \
    "subnet: subnet-0a1657ea5ddc00001}"

static const struct session_facts facts = {.account = "111122223333", .region = "ap-northeast-1"};

/* One reply; then two, of which the second answers the token. */
#define ONE(name, file_) static const struct harness_reply name[] = {{.file = file_}, {0}}
#define TWO(name, first, second)                 \
    static const struct harness_reply name[] = { \
        {.file = first}, {.file = second, .match = "NextToken="}, {0}}

ONE(enis_attached, "attached.xml");
TWO(enis_branch, "branch-page1.xml", "branch-page2.xml");
ONE(enis_foreign, "foreign.xml");
ONE(enis_empty, "empty.xml");
ONE(enis_bare, "bare.xml");
ONE(enis_hostile, "hostile.xml");
ONE(routes_healthy, "healthy.xml");
ONE(routes_stale, "stale.xml");
ONE(routes_prefix_list, "prefix-list.xml");
ONE(routes_every_target, "every-target.xml");
ONE(routes_empty, "empty.xml");
TWO(routes_two_pages, "page1.xml", "page2.xml");
ONE(vpcs_single, "single.xml");
ONE(vpcs_secondary, "secondary.xml");
ONE(vpcs_hostile, "hostile.xml");
ONE(vpcs_empty, "empty.xml");
TWO(vpcs_two_pages, "page1.xml", "page2.xml");
ONE(subnets_healthy, "healthy.xml");
ONE(subnets_violations, "violations.xml");
ONE(subnets_empty, "empty.xml");
TWO(subnets_two_pages, "page1.xml", "page2.xml");
ONE(vpc_endpoints_healthy, "healthy.xml");
ONE(vpc_endpoints_pending, "pending.xml");
ONE(vpc_endpoints_empty, "empty.xml");
TWO(vpc_endpoints_two_pages, "page1.xml", "page2.xml");
ONE(prefix_lists_empty, "empty.xml");
ONE(interfaces_attached, "attached.xml");
TWO(interfaces_two_pages, "page1.xml", "page2.xml");
ONE(interfaces_hostile, "hostile.xml");
ONE(interfaces_empty, "empty.xml");
ONE(groups_default, "default.xml");
ONE(groups_prefix_list, "prefix-list.xml");
ONE(groups_variants, "variants.xml");
ONE(groups_hostile, "hostile.xml");
ONE(groups_empty, "empty.xml");
TWO(groups_two_pages, "page1.xml", "page2.xml");
ONE(acls_default, "default.xml");
ONE(acls_variants, "variants.xml");
ONE(acls_hostile, "hostile.xml");
ONE(acls_empty, "empty.xml");
TWO(acls_two_pages, "page1.xml", "page2.xml");
/* A role that may not read them: not offered, with the reason. */
#define DENIED(name, call)                       \
    static const struct harness_reply name[] = { \
        {.status = 403, .kind = ERR_DENIED, .sentence = "profile 'ops' may not " call}, {0}}
DENIED(groups_denied, "call ec2:DescribeSecurityGroups");
DENIED(acls_denied, "call ec2:DescribeNetworkAcls");

static const struct harness_reply prefix_lists_healthy[] = {
    {.file = "lists.xml", .match = "Describe"},
    {.file = "entries.xml", .match = "PrefixListId=pl-0b1c2d3e4f5a60718", .optional = true},
    {0}};
static const struct harness_reply prefix_lists_missing[] = {
    {.file = "lists.xml", .match = "Describe"},
    {.file = "entries-missing.xml", .match = "PrefixListId=pl-0b1c2d3e4f5a60718", .optional = true},
    {0}};
/* Both calls have two pages; the second list is empty. */
static const struct harness_reply prefix_lists_pages[] = {
    {.file = "lists-page2.xml", .match = "Lists&Version=2016-11-15&MaxResults=100&NextToken="},
    {.file = "lists-page1.xml", .match = "Describe"},
    {.file = "entries-page2.xml",
     .match = "MaxResults=100&NextToken=entries%2F2",
     .optional = true},
    {.file = "entries-page1.xml", .match = "PrefixListId=pl-1", .optional = true},
    {.file = "entries-empty.xml", .match = "PrefixListId=pl-2", .optional = true},
    {0}};
/* What is refused for one list is not asked again for the next. */
static const struct harness_reply prefix_lists_refused[] = {
    {.file = "lists-page2.xml", .match = "Lists&Version=2016-11-15&MaxResults=100&NextToken="},
    {.file = "lists-page1.xml", .match = "Describe"},
    {.status = 403,
     .kind = ERR_DENIED,
     .sentence = "profile 'ops' may not call ec2:GetManagedPrefixListEntries",
     .match = "GetManaged",
     .optional = true},
    {0}};
static const struct harness_reply prefix_lists_gone[] = {
    {.file = "lists.xml", .match = "Describe"},
    {.status = 400,
     .kind = ERR_CONFIG,
     .sentence = "the prefix list does not exist",
     .match = "GetManaged",
     .optional = true},
    {0}};

static const char *const hinted_vpcs[] = {"vpc-hinted", "vpc-+&"};
static const char *const hinted_subnets[] = {"subnet-hinted"};
static const struct run_hints hints = {
    .vpcs = hinted_vpcs, .nvpcs = 2, .subnets = hinted_subnets, .nsubnets = 1};

#define CASE(of, name_, endpoint_, ...)                                                      \
    {                                                                                        \
        .name = name_, .collector = &collector_##of, .endpoint = endpoint_, .facts = &facts, \
        __VA_ARGS__                                                                          \
    }

static const struct harness_case cases[] = {
    CASE(enis, "attached", ONE_SUBNET, .replies = enis_attached),
    CASE(enis, "branch", ONE_SUBNET, .replies = enis_branch),
    CASE(enis, "foreign", ONE_SUBNET, .replies = enis_foreign),
    CASE(enis, "empty", ALL, .replies = enis_empty, .hints = &hints),
    CASE(enis, "bare", ONE_VPC, .replies = enis_bare, .hints = &hints),
    CASE(enis, "hostile", ALL, .replies = enis_hostile),
    CASE(routes, "healthy", ONE_VPC, .replies = routes_healthy),
    CASE(routes, "stale", ONE_VPC, .replies = routes_stale),
    CASE(routes, "prefix-list", ONE_VPC, .replies = routes_prefix_list),
    CASE(routes, "every-target", ALL, .replies = routes_every_target, .hints = &hints),
    CASE(routes, "empty", ALL, .replies = routes_empty),
    CASE(routes, "two-pages", ONE_VPC, .replies = routes_two_pages),
    CASE(vpcs, "single", ONE_VPC, .replies = vpcs_single),
    CASE(vpcs, "secondary", ONE_VPC, .replies = vpcs_secondary),
    CASE(vpcs, "hostile", ALL, .replies = vpcs_hostile),
    CASE(vpcs, "empty", ALL, .replies = vpcs_empty),
    CASE(vpcs, "two-pages", ALL, .replies = vpcs_two_pages),
    CASE(subnets, "healthy", ONE_VPC, .replies = subnets_healthy),
    CASE(subnets, "violations", ONE_VPC, .replies = subnets_violations),
    CASE(subnets, "empty", "{name: linked, kind: aws, region: eu-west-1, subnets: [subnet-1]}",
         .replies = subnets_empty),
    CASE(subnets, "two-pages", ALL, .replies = subnets_two_pages),
    CASE(vpc_endpoints, "healthy", ONE_VPC, .replies = vpc_endpoints_healthy),
    CASE(vpc_endpoints, "pending", ONE_VPC, .replies = vpc_endpoints_pending),
    CASE(vpc_endpoints, "empty", ALL, .replies = vpc_endpoints_empty),
    CASE(vpc_endpoints, "two-pages", ALL, .replies = vpc_endpoints_two_pages),
    CASE(prefix_lists, "healthy", ALL, .replies = prefix_lists_healthy),
    CASE(prefix_lists, "missing", ALL, .replies = prefix_lists_missing),
    CASE(prefix_lists, "pages", ALL, .replies = prefix_lists_pages),
    CASE(prefix_lists, "refused", ALL, .replies = prefix_lists_refused),
    CASE(prefix_lists, "gone", ALL, .replies = prefix_lists_gone),
    CASE(prefix_lists, "empty", ALL, .replies = prefix_lists_empty),
    CASE(interfaces, "attached", ONE_VPC, .replies = interfaces_attached),
    CASE(interfaces, "two-pages", ONE_SUBNET, .replies = interfaces_two_pages, .hints = &hints),
    CASE(interfaces, "hostile", ALL, .replies = interfaces_hostile),
    CASE(interfaces, "empty", ALL, .replies = interfaces_empty),
    CASE(security_groups, "default", ONE_VPC, .replies = groups_default),
    CASE(security_groups, "prefix-list", ONE_VPC, .replies = groups_prefix_list),
    CASE(security_groups, "variants", ALL, .replies = groups_variants, .hints = &hints),
    CASE(security_groups, "hostile", ALL, .replies = groups_hostile),
    CASE(security_groups, "empty", ALL, .replies = groups_empty),
    CASE(security_groups, "two-pages", ALL, .replies = groups_two_pages),
    CASE(security_groups, "denied", ONE_VPC, .replies = groups_denied),
    CASE(network_acls, "default", ONE_VPC, .replies = acls_default),
    CASE(network_acls, "variants", ALL, .replies = acls_variants, .hints = &hints),
    CASE(network_acls, "hostile", ALL, .replies = acls_hostile),
    CASE(network_acls, "empty", ALL, .replies = acls_empty),
    CASE(network_acls, "two-pages", ALL, .replies = acls_two_pages),
    CASE(network_acls, "denied", ONE_VPC, .replies = acls_denied),
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

/* ---- pages that did not change ------------------------------------------------------------ */

#define DOC(id, items, token)                                                                      \
    "<DescribeSubnetsResponse><requestId>" id "</requestId><subnetSet>" items "</subnetSet>" token \
    "</DescribeSubnetsResponse>"
#define ITEM(id) "<item><subnetId>" id "</subnetId></item>"

static struct canned_reply text_reply(const char *body, const char *match)
{
    return (struct canned_reply){.body = body, .len = strlen(body), .match = match};
}

static const struct snapshot *poll_twice(const struct canned_reply *first,
                                         const struct canned_reply *second, size_t n,
                                         const struct row **before)
{
    static struct harness *h;
    struct collector_run *r;

    if (!first) {
        harness_free(h);
        h = NULL;
        return NULL;
    }
    h = harness_new(&(struct harness_case){.name = "kept",
                                           .collector = &collector_subnets,
                                           .endpoint = ALL,
                                           .facts = &facts,
                                           .replies = subnets_empty});
    r = harness_run(h);
    r->replies = first;
    r->nreplies = n;
    r->polls = true;
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(snapshot_count(r->tables[0]), n);
    before[0] = snapshot_row(r->tables[0], 0);
    before[1] = snapshot_row(r->tables[0], n - 1);
    r->replies = second;
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(r->unused, 0);
    assert_int_equal(snapshot_count(r->tables[0]), n);
    return r->tables[0];
}

/* Request ids and tokens are new in every reply; the rows of such pages are the same memory. */
static void unchanged_pages_are_not_decoded_again(void **state)
{
    const struct canned_reply first[] = {
        text_reply(DOC("r1", ITEM("s1"), "<nextToken>t1</nextToken>"), "=1000"),
        text_reply(DOC("r2", ITEM("s2"), ""), "NextToken=t1")};
    const struct canned_reply second[] = {
        text_reply(DOC("r3", ITEM("s1"), "<nextToken>t2</nextToken>"), "=1000"),
        text_reply(DOC("r4", ITEM("s2"), ""), "NextToken=t2")};
    const struct row *before[2];
    const struct snapshot *s = poll_twice(first, second, 2, before);

    (void)state;
    assert_ptr_equal(snapshot_row(s, 0)->cells, before[0]->cells);
    assert_ptr_equal(snapshot_row(s, 1)->cells, before[1]->cells);
    poll_twice(NULL, NULL, 0, NULL);
}

/* Of a list that ends in an error, who reads once gets what came, and is told that it is not all;
 * who polls keeps the last complete reading, so the run fails. */
static void pages_before_an_error_are_kept(void **state)
{
    static const struct harness_reply replies[] = {
        {.status = 500,
         .kind = ERR_HTTP,
         .sentence = "AWS had a fault of its own",
         .match = "NextToken=t1"},
        {.body = DOC("r1", ITEM("s1"), "<nextToken>t1</nextToken>"), .match = "=1000"},
        {0}};
    struct harness *h = harness_new(&(struct harness_case){.name = "refused",
                                                           .collector = &collector_subnets,
                                                           .endpoint = ALL,
                                                           .facts = &facts,
                                                           .replies = replies});
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(snapshot_freshness(r->tables[0]), FRESH_PARTIAL);
    assert_int_equal(snapshot_count(r->tables[0]), 1);
    assert_string_equal(
        snapshot_err(r->tables[0])->msg,
        "what follows page 1 of the subnets is missing: AWS had a fault of its own");
    r->polls = true;
    collector_run(r);
    assert_int_equal(r->last, STEP_FAIL);
    harness_free(h);
}

static void a_changed_page_is_decoded_alone(void **state)
{
    const struct canned_reply first[] = {
        text_reply(DOC("r1", ITEM("s1"), "<nextToken>t1</nextToken>"), "=1000"),
        text_reply(DOC("r2", ITEM("s2"), ""), "NextToken=t1")};
    const struct canned_reply second[] = {
        text_reply(DOC("r3", ITEM("s1"), "<nextToken>t2</nextToken>"), "=1000"),
        text_reply(DOC("r4", ITEM("s3"), ""), "NextToken=t2")};
    const struct row *before[2];
    const struct snapshot *s = poll_twice(first, second, 2, before);

    (void)state;
    assert_ptr_equal(snapshot_row(s, 0)->cells, before[0]->cells);
    assert_string_equal(row_str(snapshot_row(s, 1), SUBNETS_SUBNET), "s3");
    poll_twice(NULL, NULL, 0, NULL);
}

/* A token with an entity in it is the decoder's to read, on every poll. */
static void a_strange_token_is_still_followed(void **state)
{
    const struct canned_reply replies[] = {
        text_reply(DOC("r1", ITEM("s1"), "<nextToken>a&amp;b</nextToken>"), "=1000"),
        text_reply(DOC("r2", ITEM("s2"), "<nextToken />"), "NextToken=a%26b")};
    const struct row *before[2];
    const struct snapshot *s = poll_twice(replies, replies, 2, before);

    (void)state;
    assert_string_equal(row_str(snapshot_row(s, 1), SUBNETS_SUBNET), "s2");
    poll_twice(NULL, NULL, 0, NULL);
}

/* ---- pages that do not end ---------------------------------------------------------------- */

static void a_circle_of_two_tokens_ends(void **state)
{
    struct harness *h = harness_new(&cases[0]);
    struct collector_run *r = harness_run(h);
    const struct canned_reply replies[] = {
        text_reply("<DescribeNetworkInterfacesResponse><nextToken>a</nextToken>"
                   "</DescribeNetworkInterfacesResponse>",
                   "NextToken=b"),
        text_reply("<DescribeNetworkInterfacesResponse><nextToken>b</nextToken>"
                   "</DescribeNetworkInterfacesResponse>",
                   NULL)};

    (void)state;
    r->replies = replies;
    r->nreplies = 2;
    r->repeat = true;
    collector_run(r);
    assert_int_equal(r->last, STEP_FAIL);
    assert_string_equal(r->err.msg, "more than 1000 pages of network interfaces");
    harness_free(h);
}

static void another_document_is_refused(void **state)
{
    struct harness *h = harness_new(&cases[0]);
    struct collector_run *r = harness_run(h);
    const struct canned_reply reply =
        text_reply("<html><body>Please log in to the proxy</body></html>", NULL);

    (void)state;
    r->replies = &reply;
    r->nreplies = 1;
    collector_run(r);
    assert_int_equal(r->err.kind, ERR_PROTO);
    assert_string_equal(r->err.msg,
                        "reply of DescribeNetworkInterfaces: a document 'html' instead of "
                        "'DescribeNetworkInterfacesResponse'");
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_as_expected),
        cmocka_unit_test(bad_twins_never_pass),
        cmocka_unit_test(unchanged_pages_are_not_decoded_again),
        cmocka_unit_test(pages_before_an_error_are_kept),
        cmocka_unit_test(a_changed_page_is_decoded_alone),
        cmocka_unit_test(a_strange_token_is_still_followed),
        cmocka_unit_test(a_circle_of_two_tokens_ends),
        cmocka_unit_test(another_document_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
