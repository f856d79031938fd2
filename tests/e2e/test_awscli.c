/* The aws command line reads the lab: an independent client, with its own signer and parsers, must
 * understand what the collectors are tested with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/lab_child.h"
#include "core/mem.h"
#include "tests/support/e2e.h"

#define ARGS_MAX 16

static struct e2e e;
static char *url;

static bool is_installed(void)
{
    const char *const argv[] = {"aws", "--version", NULL};
    struct child_result r;

    child_run(&r, &(struct child_options){.argv = argv, .timeout_ms = E2E_TIMEOUT_MS});
    bool found = r.status == 0;
    child_release(&r);
    return found;
}

static void open_scene(const char *scenario, const char *scale)
{
    e2e_start(&e, scenario, scale);
    struct json_object *lab = e2e_control(&e, "GET", "/state", NULL);
    url = mem_strdup(jsonq_str(jsonq_get(jsonq_get(lab, "endpoints"), "aws-tokyo"), "url"));
    json_object_put(lab);
}

static void close_scene(void)
{
    if (e.lab)
        e2e_stop(&e);
    free(url);
    url = NULL;
}

static int start(void **state)
{
    (void)state;
    if (is_installed())
        open_scene("steady", NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    close_scene();
    return 0;
}

/* aws --profile PROFILE ec2 ARGUMENTS...; its files are the lab's. */
static void aws(struct child_result *r, const char *profile, const char *const *arguments)
{
    const char *dir = lab_child_dir(e.lab);
    char *config = mem_printf("AWS_CONFIG_FILE=%s/config", dir);
    char *credentials = mem_printf("AWS_SHARED_CREDENTIALS_FILE=%s/credentials", dir);
    const char *env[] = {config,        credentials,  "AWS_EC2_METADATA_DISABLED=true",
                         "NO_PROXY=*",  "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1",
                         "AWS_PROFILE", NULL};
    const char *argv[ARGS_MAX + 8] = {"aws", "--profile", profile, "--endpoint-url",
                                      url,   "--output",  "json",  NULL};
    size_t n = 7;

    for (size_t i = 0; arguments[i] && i < ARGS_MAX; i++)
        argv[n++] = arguments[i];
    child_run(r, &(struct child_options){.argv = argv, .env = env, .timeout_ms = E2E_TIMEOUT_MS});
    free(config);
    free(credentials);
}

static struct json_object *ask(const char *const *arguments)
{
    struct child_result r;

    if (!e.lab)
        skip();
    aws(&r, "tokyo", arguments);
    if (r.status)
        fail_msg("aws %s %s: %s", arguments[0], arguments[1], r.err.buf);
    struct json_object *o = e2e_json(&r);
    child_release(&r);
    return o;
}

/* Pages of five: the client follows the tokens, and nothing comes twice. */
static void test_interfaces(void **state)
{
    static const char *const whole[] = {"ec2", "describe-network-interfaces", NULL};
    static const char *const pages[] = {"ec2", "describe-network-interfaces", "--page-size", "5",
                                        NULL};
    (void)state;

    struct json_object *a = ask(whole), *b = ask(pages);
    size_t n = jsonq_len(a, "NetworkInterfaces");
    assert_true(n >= 16);
    assert_int_equal(jsonq_len(b, "NetworkInterfaces"), n);
    for (size_t i = 0; i < n; i++) {
        struct json_object *eni = jsonq_at(a, "NetworkInterfaces", i);
        const char *id = jsonq_str(eni, "NetworkInterfaceId");
        assert_non_null(id);
        assert_non_null(e2e_row(jsonq_get(b, "NetworkInterfaces"), "NetworkInterfaceId", id));
        assert_non_null(jsonq_str(eni, "PrivateIpAddress"));
    }
    json_object_put(a);
    json_object_put(b);
}

static void test_route_tables(void **state)
{
    static const char *const arguments[] = {"ec2", "describe-route-tables", "--filters",
                                            "Name=association.main,Values=true", NULL};
    (void)state;

    struct json_object *o = ask(arguments);
    assert_int_equal(jsonq_len(o, "RouteTables"), 1);
    assert_true(jsonq_len(jsonq_at(o, "RouteTables", 0), "Routes") >= 3);
    json_object_put(o);
}

static void test_the_rest(void **state)
{
    static const char *const calls[][2] = {{"describe-vpcs", "Vpcs"},
                                           {"describe-subnets", "Subnets"},
                                           {"describe-vpc-endpoints", "VpcEndpoints"},
                                           {"describe-managed-prefix-lists", "PrefixLists"}};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        const char *const arguments[] = {"ec2", calls[i][0], NULL};
        struct json_object *o = ask(arguments);
        assert_non_null(jsonq_get(o, calls[i][1]));
        json_object_put(o);
    }
}

/* The lab refuses what AWS refuses: its verifier is not a rubber stamp. */
static void test_wrong_region(void **state)
{
    static const char *const arguments[] = {"ec2", "describe-vpcs", "--region", "eu-west-1", NULL};
    struct child_result r;
    (void)state;

    if (!e.lab)
        skip();
    aws(&r, "tokyo", arguments);
    assert_true(r.status > 0);
    assert_non_null(strstr(r.err.buf, "An error occurred"));
    child_release(&r);
}

/* ---- the same rows ------------------------------------------------------------------------ */

struct same {
    const char *table, *call, *list, *id; /* ours, the command, its list, the id in it */
    const char *key;                      /* our column of the id */
    const char *const *pairs;             /* our column, their member, ...; NULL ends it */
};

static const char *const eni_pairs[] = {
    "status",      "Status",      "private_ip", "PrivateIpAddress",
    "mac",         "MacAddress",  "az_id",      "AvailabilityZoneId",
    "description", "Description", "subnet",     "SubnetId",
    NULL};
static const char *const vpc_pairs[] = {"cidr", "CidrBlock", "state", "State", NULL};
static const char *const subnet_pairs[] = {
    "cidr", "CidrBlock", "available_ips", "AvailableIpAddressCount", "vpc", "VpcId", NULL};
static const char *const endpoint_pairs[] = {"service", "ServiceName",     "state", "State",
                                             "type",    "VpcEndpointType", NULL};
static const char *const list_pairs[] = {"name",    "PrefixListName", "owner",
                                         "OwnerId", "max_entries",    "MaxEntries",
                                         "version", "Version",        NULL};

static const char *const interface_pairs[] = {
    "private_ip", "PrivateIpAddress", "subnet", "SubnetId", "vpc", "VpcId", NULL};

static const struct same same[] = {
    {"interfaces", "describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId", "eni",
     interface_pairs},
    {"enis", "describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId", "eni",
     eni_pairs},
    {"vpcs", "describe-vpcs", "Vpcs", "VpcId", "vpc", vpc_pairs},
    {"subnets", "describe-subnets", "Subnets", "SubnetId", "subnet", subnet_pairs},
    {"vpc_endpoints", "describe-vpc-endpoints", "VpcEndpoints", "VpcEndpointId", "vpc_endpoint",
     endpoint_pairs},
    {"prefix_lists", "describe-managed-prefix-lists", "PrefixLists", "PrefixListId", "prefix_list",
     list_pairs},
};

static void same_text(const char *what, const char *ours, const char *theirs)
{
    if ((ours == NULL) != (theirs == NULL) || (ours && strcmp(ours, theirs) != 0))
        fail_msg("%s: '%s' here, '%s' there", what, ours ? ours : "-", theirs ? theirs : "-");
}

/* Those that the endpoint of the lab's configuration does not show are left out by the filter. */
static bool is_shown(const struct same *t, struct json_object *theirs)
{
    const char *description = jsonq_str(theirs, "Description");

    return strcmp(t->table, "enis") != 0 || (description && strstr(description, "VMware VMC"));
}

static void check_same(const struct same *t, struct json_object *doc)
{
    const char *const arguments[] = {"ec2", t->call, NULL};
    struct json_object *o = ask(arguments), *rows = e2e_rows(doc, t->table);
    size_t shown = 0;

    for (size_t i = 0; i < jsonq_len(o, t->list); i++) {
        struct json_object *theirs = jsonq_at(o, t->list, i), *ours;
        const char *id = jsonq_str(theirs, t->id);

        if (!is_shown(t, theirs))
            continue;
        shown++;
        ours = e2e_row(rows, t->key, id);
        if (!ours)
            fail_msg("%s has no row '%s'", t->table, id);
        for (const char *const *p = t->pairs; *p; p += 2)
            same_text(id, jsonq_str(ours, p[0]), jsonq_str(theirs, p[1]));
    }
    if (shown == 0 || jsonq_count(rows) != shown)
        fail_msg("%s: %zu rows here, %zu there", t->table, jsonq_count(rows), shown);
    json_object_put(o);
}

static const char *destination_of(struct json_object *route)
{
    const char *cidr = jsonq_str(route, "DestinationCidrBlock");

    return cidr ? cidr : jsonq_str(route, "DestinationPrefixListId");
}

static const char *target_of(struct json_object *route)
{
    const char *eni = jsonq_str(route, "NetworkInterfaceId");

    return eni ? eni : jsonq_str(route, "GatewayId");
}

static void check_table(struct json_object *rows, struct json_object *table, size_t *n)
{
    const char *id = jsonq_str(table, "RouteTableId");

    for (size_t i = 0; i < jsonq_len(table, "Routes"); i++, ++*n) {
        struct json_object *theirs = jsonq_at(table, "Routes", i);
        bool found = false;

        for (size_t k = 0; k < jsonq_count(rows) && !found; k++) {
            struct json_object *ours = jsonq_item(rows, k);

            if (strcmp(jsonq_str(ours, "route_table"), id) != 0 ||
                strcmp(jsonq_str(ours, "destination"), destination_of(theirs)) != 0)
                continue;
            found = true;
            same_text(id, jsonq_str(ours, "target"), target_of(theirs));
            same_text(id, jsonq_str(ours, "state"), jsonq_str(theirs, "State"));
        }
        if (!found)
            fail_msg("no row '%s' of '%s'", destination_of(theirs), id);
    }
}

static void check_routes(struct json_object *doc)
{
    static const char *const arguments[] = {"ec2", "describe-route-tables", NULL};
    struct json_object *o = ask(arguments), *rows = e2e_rows(doc, "routes");
    size_t n = 0;

    for (size_t i = 0; i < jsonq_len(o, "RouteTables"); i++)
        check_table(rows, jsonq_at(o, "RouteTables", i), &n);
    assert_true(n > 0);
    assert_int_equal(jsonq_count(rows), n);
    json_object_put(o);
}

static void check_entries(struct json_object *doc)
{
    struct json_object *rows = e2e_rows(doc, "prefix_lists"), *ours, *o;

    for (size_t i = 0; i < jsonq_count(rows); i++) {
        ours = jsonq_item(rows, i);
        if (strcmp(jsonq_str(ours, "owner"), "AWS") == 0)
            continue;
        const char *const arguments[] = {"ec2", "get-managed-prefix-list-entries",
                                         "--prefix-list-id", jsonq_str(ours, "prefix_list"), NULL};
        o = ask(arguments);
        assert_true(jsonq_len(o, "Entries") > 0);
        assert_int_equal(jsonq_len(ours, "entries"), jsonq_len(o, "Entries"));
        json_object_put(o);
    }
}

/* ---- what is let pass ----------------------------------------------------------------------- */

/* How many of our rows have these two words. */
static size_t count_rows(struct json_object *rows, const char *a, const char *x, const char *b,
                         const char *y)
{
    size_t n = 0;

    for (size_t i = 0; i < jsonq_count(rows); i++) {
        struct json_object *row = jsonq_item(rows, i);
        const char *s = jsonq_str(row, a), *t = jsonq_str(row, b);

        n += s && t && strcmp(s, x) == 0 && strcmp(t, y) == 0;
    }
    return n;
}

static size_t count_peers(struct json_object *permissions)
{
    static const char *const lists[] = {"IpRanges", "Ipv6Ranges", "PrefixListIds",
                                        "UserIdGroupPairs"};
    size_t n = 0;

    for (size_t i = 0; i < jsonq_count(permissions); i++)
        for (size_t k = 0; k < ARRAY_SIZE(lists); k++)
            n += jsonq_len(jsonq_item(permissions, i), lists[k]);
    return n;
}

static void check_groups(struct json_object *doc)
{
    static const char *const arguments[] = {"ec2", "describe-security-groups", NULL};
    struct json_object *o = ask(arguments), *rows = e2e_rows(doc, "security_groups");

    assert_true(jsonq_len(o, "SecurityGroups") >= 2);
    for (size_t i = 0; i < jsonq_len(o, "SecurityGroups"); i++) {
        struct json_object *g = jsonq_at(o, "SecurityGroups", i);
        const char *id = jsonq_str(g, "GroupId");

        same_text(id, jsonq_str(e2e_row(rows, "group", id), "name"), jsonq_str(g, "GroupName"));
        assert_int_equal(count_rows(rows, "group", id, "direction", "in"),
                         count_peers(jsonq_get(g, "IpPermissions")));
        assert_int_equal(count_rows(rows, "group", id, "direction", "out"),
                         count_peers(jsonq_get(g, "IpPermissionsEgress")));
    }
    json_object_put(o);
}

static void check_entry(struct json_object *rows, const char *acl, struct json_object *theirs)
{
    int64_t number = 0, ours_number = 0;
    bool out = false;

    assert_true(jsonq_int(theirs, "RuleNumber", &number));
    assert_true(jsonq_bool(theirs, "Egress", &out));
    for (size_t i = 0; i < jsonq_count(rows); i++) {
        struct json_object *ours = jsonq_item(rows, i);

        if (strcmp(jsonq_str(ours, "acl"), acl) != 0 ||
            strcmp(jsonq_str(ours, "direction"), out ? "out" : "in") != 0 ||
            !jsonq_int(ours, "rule_number", &ours_number) || ours_number != number)
            continue;
        same_text(acl, jsonq_str(ours, "action"), jsonq_str(theirs, "RuleAction"));
        same_text(acl, jsonq_str(ours, "cidr"), jsonq_str(theirs, "CidrBlock"));
        return;
    }
    fail_msg("no entry %d of %s", (int)number, acl);
}

static void check_acls(struct json_object *doc)
{
    static const char *const arguments[] = {"ec2", "describe-network-acls", NULL};
    struct json_object *o = ask(arguments), *rows = e2e_rows(doc, "network_acls");
    size_t n = 0;

    for (size_t i = 0; i < jsonq_len(o, "NetworkAcls"); i++) {
        struct json_object *acl = jsonq_at(o, "NetworkAcls", i);

        for (size_t k = 0; k < jsonq_len(acl, "Entries"); k++, n++)
            check_entry(rows, jsonq_str(acl, "NetworkAclId"), jsonq_at(acl, "Entries", k));
    }
    assert_true(n >= 8);
    assert_int_equal(jsonq_count(rows), n);
    json_object_put(o);
}

/* What hycon shows is what an independent client reads, over several pages of both. */
static void test_same_rows(void **state)
{
    struct child_result r;
    (void)state;

    if (!e.lab)
        skip();
    close_scene();
    open_scene("prefix-list", "enis=1100,branch=1,tables=110");
    e2e_expect(&e, &r, 0, "get",
               "enis,routes,vpcs,subnets,vpc_endpoints,prefix_lists,interfaces,security_groups,"
               "network_acls",
               "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r);
    for (size_t i = 0; i < ARRAY_SIZE(same); i++)
        check_same(&same[i], doc);
    check_routes(doc);
    check_entries(doc);
    check_groups(doc);
    check_acls(doc);
    json_object_put(doc);
    child_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interfaces), cmocka_unit_test(test_route_tables),
        cmocka_unit_test(test_the_rest),   cmocka_unit_test(test_wrong_region),
        cmocka_unit_test(test_same_rows),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
