/* EC2's filters, id lists and pages, asked without a network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/aws.h"
#include "tests/lab/lab.h"

static struct lab lab;
static struct lab_server server;

static int set_up(void **state)
{
    struct err err;

    (void)state;
    lab.arena = arena_new(0);
    lab_params_init(&lab.params);
    assert_int_equal(lab_params_parse(&lab.params, "enis=23,hosts=4,tables=3", &err), 0);
    lab.estate = lab_estate_new(&lab.params, 1, 1000000000000);
    server.data = lab_aws_state_new(&lab, lab_find_sddc(lab.estate, "tokyo")->aws);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lab_aws_state_free(server.data);
    lab_estate_free(lab.estate);
    arena_free(lab.arena);
    return 0;
}

/* @form: as sent, without Version. The caller releases the body. */
static struct lab_reply ask(const char *form)
{
    struct lab_request req = {.method = "POST", .target = "/", .path = "/"};
    struct lab_reply reply = {.status = 200, .body = STRBUF_INIT};
    char *body = mem_printf("%s&Version=2016-11-15", form);

    req.arena = arena_new(0);
    req.form = lab_pairs_parse(req.arena, body, strlen(body));
    req.action = lab_form(&req, "Action");
    assert_true(lab_ec2_answer(&lab, &server, &req, &reply));
    arena_free(req.arena);
    free(body);
    return reply;
}

static unsigned count(const struct lab_reply *r, const char *what)
{
    unsigned n = 0;

    for (const char *at = r->body.buf; (at = strstr(at, what)); at++)
        n++;
    return n;
}

static unsigned items(const char *form, const char *tag)
{
    struct lab_reply r = ask(form);
    unsigned n = count(&r, tag);

    assert_int_equal(r.status, 200);
    strbuf_release(&r.body);
    return n;
}

static void expect_error(const char *form, int status, const char *code)
{
    struct lab_reply r = ask(form);
    char *tag = mem_printf("<Code>%s</Code>", code);

    assert_int_equal(r.status, status);
    assert_non_null(strstr(r.body.buf, tag));
    free(tag);
    strbuf_release(&r.body);
}

#define ENIS "Action=DescribeNetworkInterfaces"
#define ENI  "<networkInterfaceId>"

static void test_filters(void **state)
{
    (void)state;
    /* 23 of VMware, a web server and an interface endpoint */
    assert_int_equal(items(ENIS, ENI), 25);
    assert_int_equal(
        items(ENIS "&Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-0a1657ea5ddc00001", ENI), 23);
    assert_int_equal(items(ENIS "&Filter.1.Name=description&Filter.1.Value.1=VMware+VMC*", ENI),
                     23);
    assert_int_equal(items(ENIS "&Filter.1.Name=description&Filter.1.Value.1=vmware*", ENI), 0);
    /* values of one filter are alternatives, filters restrict each other */
    assert_int_equal(items(ENIS "&Filter.1.Name=status&Filter.1.Value.1=in-use"
                                "&Filter.1.Value.2=available",
                           ENI),
                     25);
    assert_int_equal(items(ENIS "&Filter.1.Name=status&Filter.1.Value.1=in-use"
                                "&Filter.2.Name=description&Filter.2.Value.1=VMware*",
                           ENI),
                     4);
    assert_int_equal(items("Action=DescribeRouteTables&Filter.1.Name=association.main"
                           "&Filter.1.Value.1=true",
                           "<routeTableId>rtb-0aa11ce0fa57e0001</routeTableId>"),
                     2); /* the table and its association */
    assert_int_equal(items("Action=DescribeRouteTables&Filter.1.Name=route.state"
                           "&Filter.1.Value.1=blackhole",
                           "<vpcId>"),
                     0);
}

static void test_empty_is_not_an_error(void **state)
{
    struct lab_reply r = ask("Action=DescribeVpcs&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-0");

    (void)state;
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.body.buf, "<vpcSet/>"));
    assert_null(strstr(r.body.buf, "nextToken"));
    strbuf_release(&r.body);
}

/* The value of <nextToken>, percent-encoded; the caller frees it. NULL: the last page. */
static char *next_token(const struct lab_reply *r)
{
    const char *at = strstr(r->body.buf, "<nextToken>");
    struct strbuf out = STRBUF_INIT;

    if (!at)
        return NULL;
    at += strlen("<nextToken>");
    text_percent_encode(&out, at, strcspn(at, "<"), NULL);
    return strbuf_detach(&out);
}

static void test_pages(void **state)
{
    static const char form[] = ENIS "&MaxResults=10&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-*";
    char *token = mem_strdup(""), *body;
    unsigned sizes[4] = {0}, pages = 0;

    (void)state;
    while (token && pages < 4) {
        struct lab_reply r;

        body = mem_printf("%s&NextToken=%s", form, token);
        r = ask(body);
        assert_int_equal(r.status, 200);
        sizes[pages++] = count(&r, ENI);
        free(token);
        token = next_token(&r);
        if (pages == 1) {
            assert_non_null(strstr(token, "%2B"));
            assert_non_null(strstr(token, "%2F"));
            assert_non_null(strstr(token, "%3D"));
        }
        strbuf_release(&r.body);
        free(body);
    }
    assert_int_equal(pages, 3);
    assert_int_equal(sizes[0], 10);
    assert_int_equal(sizes[1], 10);
    assert_int_equal(sizes[2], 5);
    free(token);
}

static void test_tokens_belong_to_their_request(void **state)
{
    struct lab_reply r = ask(ENIS "&MaxResults=10");
    char *token = next_token(&r), *body;

    (void)state;
    body = mem_printf(ENIS "&MaxResults=10&NextToken=%s&Filter.1.Name=status"
                           "&Filter.1.Value.1=in-use",
                      token);
    expect_error(body, 400, "InvalidNextToken");
    expect_error(ENIS "&NextToken=rubbish", 400, "InvalidNextToken");
    free(body);
    free(token);
    strbuf_release(&r.body);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_error(ENIS "&MaxResults=4", 400, "InvalidParameterValue");
    expect_error(ENIS "&MaxResults=1001", 400, "InvalidParameterValue");
    expect_error("Action=DescribeRouteTables&MaxResults=101", 400, "InvalidParameterValue");
    expect_error("Action=DescribeAvailabilityZones&MaxResults=10", 400, "UnknownParameter");
    expect_error(ENIS "&MaxResults=10&NetworkInterfaceId.1=eni-0f38bb6ddacab0001", 400,
                 "InvalidParameterCombination");
    expect_error(ENIS "&Filter.1.Name=colour&Filter.1.Value.1=red", 400, "InvalidParameterValue");
    expect_error("Action=DescribeSubnets&SubnetId.1=subnet-0", 400, "InvalidSubnetID.NotFound");
    expect_error("Action=GetManagedPrefixListEntries&PrefixListId=pl-0", 400,
                 "InvalidPrefixListID.NotFound");
}

static void test_ids(void **state)
{
    (void)state;
    assert_int_equal(items(ENIS "&NetworkInterfaceId.1=eni-0f38bb6ddacab0001"
                                "&NetworkInterfaceId.2=eni-0f38bb6ddacab0003",
                           ENI),
                     2);
    assert_int_equal(items("Action=GetManagedPrefixListEntries&PrefixListId=pl-61a54008", "<cidr>"),
                     2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters),  cmocka_unit_test(test_empty_is_not_an_error),
        cmocka_unit_test(test_pages),    cmocka_unit_test(test_tokens_belong_to_their_request),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_ids),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
