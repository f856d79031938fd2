/* The AWS credential chain from end to end, against a metadata service and an STS of the test's
 * own: nothing of it leaves loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <json-c/json.h>

#include "core/file.h"
#include "core/mem.h"
#include "tests/support/e2e.h"
#include "tests/support/fakeaws.h"

#define ROLE "arn:aws:iam::111122223333:role/SDDC-Reader"

static struct e2e e;
static struct fakeaws aws;
static char *metadata, *sts, *ec2;
static const char *env[12];

static int start(void **state)
{
    size_t n = 0;

    (void)state;
    e2e_start(&e, NULL, NULL);
    fakeaws_start(&aws);
    e.config = mem_printf("%s/hycon.yaml", e.home);
    metadata = mem_printf("AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:%d", aws.port);
    sts = mem_printf("AWS_ENDPOINT_URL_STS=http://127.0.0.1:%d", aws.port);
    ec2 = mem_printf("AWS_ENDPOINT_URL_EC2=http://127.0.0.1:%d", aws.port);
    /* The metadata service is asked, and only ours can be. */
    env[n++] = metadata;
    env[n++] = sts;
    env[n++] = ec2;
    env[n++] = "AWS_EC2_METADATA_DISABLED=false";
    env[n++] = "AWS_CONFIG_FILE=/nonexistent";
    env[n++] = "AWS_SHARED_CREDENTIALS_FILE=/nonexistent";
    env[n++] = "AWS_ACCESS_KEY_ID=";
    env[n++] = "AWS_SECRET_ACCESS_KEY=";
    env[n++] = "AWS_SESSION_TOKEN=";
    env[n++] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=";
    env[n] = NULL;
    e.env = env;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fakeaws_stop(&aws);
    e2e_stop(&e);
    free(metadata);
    free(sts);
    free(ec2);
    return 0;
}

/* @more: keys of the endpoint, each behind ", ". */
static int configure(const char *more)
{
    char *text =
        mem_printf("sites: [{name: s, endpoints: [{name: linked, kind: aws, region: " FAKEAWS_REGION
                   "%s}]}]\n",
                   more);
    struct err err = {0};
    int rc = file_write_atomic(e.config, text, strlen(text), 0600, &err);

    free(text);
    fakeaws_reset(&aws);
    return rc;
}

static int before(void **state)
{
    (void)state;
    return configure("");
}

/* What the program did, in order; a request that was not as it should be is shown. */
static void expect(unsigned tokens, unsigned keys, unsigned assumed)
{
    assert_string_equal(aws.wrong.buf, "");
    assert_int_equal(aws.tokens, tokens);
    assert_int_equal(aws.roles, keys);
    assert_int_equal(aws.keys, keys);
    assert_int_equal(aws.assumed, assumed);
}

/* As which account and role stands in the table of endpoints. */
static void get_tables(const char *tables, int status, const char *says)
{
    struct child_result r;

    e2e_expect(&e, &r, status, "get", tables, "-o", "json", NULL);
    if (!strstr(r.out.buf, says))
        fail_msg("'%s' is not in: %s\n%s\nwrong: %s", says, r.out.buf, r.err.buf, aws.wrong.buf);
    /* Secrets and tokens are nobody's to read. */
    assert_null(strstr(r.out.buf, "secret/+of"));
    assert_null(strstr(r.err.buf, "secret/+of"));
    assert_null(strstr(r.out.buf, "session/+token"));
    assert_null(strstr(r.err.buf, "session/+token"));
    child_release(&r);
}

static void get(int status, const char *says)
{
    get_tables("enis", status, says);
}

static void test_role_of_the_instance(void **state)
{
    (void)state;
    get(0, "\"" FAKEAWS_ENI "\"");
    expect(1, 1, 0);
    assert_true(aws.lists >= 1);
    assert_int_equal(aws.identities, 0); /* nobody would see the answer */
}

static void test_who_it_is(void **state)
{
    (void)state;
    get_tables("endpoints", 0, "\"linked\"");
    assert_int_equal(aws.identities, 1);
}

/* The instance's key gets that of the role, and from then on only the role's signs. */
static void test_role_by_the_instance(void **state)
{
    (void)state;
    configure(", assume_role: {role_arn: \"" ROLE "\", external_id: \"a+b/c d\"}");
    get(0, "\"" FAKEAWS_ENI "\"");
    expect(1, 1, 1);
    assert_string_equal(aws.role.buf,
                        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
                        "111122223333%3Arole%2FSDDC-Reader&RoleSessionName=hycon&ExternalId="
                        "a%2Bb%2Fc%20d");
    assert_int_equal(aws.generation, 2);
}

static void test_no_role(void **state)
{
    (void)state;
    aws.no_role = true;
    get(3, "this instance has no role");
    expect(1, 0, 0);
}

static void test_no_version_2(void **state)
{
    (void)state;
    aws.no_version_2 = true;
    get(3, "gives no token (status 403): is version 2 enabled?");
    expect(0, 0, 0);
}

/* Asked once: what AWS has judged is not asked again. */
static void test_role_that_may_not_be_assumed(void **state)
{
    (void)state;
    configure(", assume_role: {role_arn: \"" ROLE "\"}");
    aws.may_not = true;
    get(3, "unable to assume role '" ROLE "'");
    expect(1, 1, 1);
    assert_int_equal(aws.lists, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_role_of_the_instance, before),
        cmocka_unit_test_setup(test_who_it_is, before),
        cmocka_unit_test_setup(test_role_by_the_instance, before),
        cmocka_unit_test_setup(test_no_role, before),
        cmocka_unit_test_setup(test_no_version_2, before),
        cmocka_unit_test_setup(test_role_that_may_not_be_assumed, before),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
