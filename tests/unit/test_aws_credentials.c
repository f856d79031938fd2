#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/aws/credentials.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/support/fake_env.h"

#define NOW      1795165200000 /* 2026-11-20T09:00:00Z */
#define CONFIG   "/home/op/.aws/config"
#define SHARED   "/home/op/.aws/credentials"
#define ENV_KEYS "AWS_ACCESS_KEY_ID=AKENV", "AWS_SECRET_ACCESS_KEY=SKENV"

/* ---- what the files say ------------------------------------------------------------------------
 */

struct plan_case {
    const char *name;
    const char *variables[8];
    const char *config, *shared;
    struct aws_options options;
    /* wanted */
    enum aws_source source;
    const char *access; /* STATIC */
    const char *where;
    size_t nroles;
    const char *last_role;
    const char *error; /* part of the sentence; then the rest does not count */
};

static const struct plan_case plan_cases[] = {
    {.name = "environment", .variables = {ENV_KEYS}, .access = "AKENV", .where = "environment"},
    {.name = "environment beats AWS_PROFILE",
     .variables = {ENV_KEYS, "AWS_PROFILE=ops"},
     .shared = "[ops]\naws_access_key_id=AKOPS\naws_secret_access_key=S\n",
     .access = "AKENV",
     .where = "environment"},
    {.name = "a profile of ours beats the environment",
     .variables = {ENV_KEYS},
     .options = {.profile = "ops"},
     .shared = "[ops]\naws_access_key_id=AKOPS\naws_secret_access_key=S\n",
     .access = "AKOPS",
     .where = "profile 'ops'"},
    {.name = "default profile",
     .shared = "[default]\naws_access_key_id=AKDEF\naws_secret_access_key=S/+=\n",
     .access = "AKDEF",
     .where = "profile 'default'"},
    {.name = "AWS_PROFILE",
     .variables = {"AWS_PROFILE=ops"},
     .config = "[profile ops]\naws_access_key_id=AKOPS\naws_secret_access_key=S\n",
     .access = "AKOPS",
     .where = "profile 'ops'"},
    {.name = "AWS_DEFAULT_PROFILE",
     .variables = {"AWS_PROFILE=", "AWS_DEFAULT_PROFILE=ops"},
     .config = "[profile ops]\naws_access_key_id=AKOPS\naws_secret_access_key=S\n",
     .access = "AKOPS",
     .where = "profile 'ops'"},
    {.name = "credentials file beats config file",
     .options = {.profile = "ops"},
     .config = "[profile ops]\naws_access_key_id=AKC\naws_secret_access_key=S\n",
     .shared = "[ops]\naws_access_key_id=AKS\naws_secret_access_key=S\n",
     .access = "AKS",
     .where = "profile 'ops'"},
    {.name = "credentials file beats a process",
     .options = {.profile = "ops"},
     .config = "[profile ops]\ncredential_process=/bin/x\n",
     .shared = "[ops]\naws_access_key_id=AKS\naws_secret_access_key=S\n",
     .access = "AKS",
     .where = "profile 'ops'"},
    {.name = "a name with a blank",
     .options = {.profile = "two words"},
     .config = "[profile \"two words\"]\nregion=r1\n",
     .shared = "[two words]\naws_access_key_id=AKS\naws_secret_access_key=S\n",
     .access = "AKS",
     .where = "profile 'two words'"},
    {.name = "a process beats keys of the config file",
     .options = {.profile = "ops"},
     .config = "[profile ops]\naws_access_key_id=AKC\naws_secret_access_key=S\n"
               "credential_process = /opt/x 'a b'\n",
     .source = AWS_SOURCE_PROCESS,
     .where = "credential_process of profile 'ops'"},
    {.name = "other files by our configuration",
     .options = {.profile = "ops", .config_file = "/etc/aws.ini", .credentials_file = SHARED},
     .shared = "[ops]\naws_access_key_id=AKS\naws_secret_access_key=S\n",
     .access = "AKS",
     .where = "profile 'ops'"},
    {.name = "sso session",
     .options = {.profile = "ops"},
     .config = "[profile ops]\nsso_session=corp\nsso_account_id=111122223333\nsso_role_name=ro\n"
               "[sso-session corp]\nsso_region=eu-west-1\nsso_start_url=https://x/start\n",
     .source = AWS_SOURCE_SSO,
     .where = "Identity Center"},
    {.name = "role with a source profile",
     .options = {.profile = "prod"},
     .config = "[profile prod]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=base\n"
               "[profile base]\nrole_arn=arn:aws:iam::1:role/b\nsource_profile=default\n",
     .shared = "[default]\naws_access_key_id=AKDEF\naws_secret_access_key=S\n",
     .access = "AKDEF",
     .where = "profile 'default'",
     .nroles = 2,
     .last_role = "arn:aws:iam::1:role/a"},
    {.name = "role with its own keys",
     .options = {.profile = "self"},
     .shared = "[self]\naws_access_key_id=AKSELF\naws_secret_access_key=S\n"
               "role_arn=arn:aws:iam::1:role/a\nsource_profile=self\n",
     .access = "AKSELF",
     .where = "profile 'self'",
     .nroles = 1,
     .last_role = "arn:aws:iam::1:role/a"},
    {.name = "role from the instance",
     .options = {.profile = "x"},
     .config =
         "[profile x]\nrole_arn=arn:aws:iam::1:role/a\ncredential_source=Ec2InstanceMetadata\n",
     .source = AWS_SOURCE_INSTANCE,
     .where = "instance",
     .nroles = 1,
     .last_role = "arn:aws:iam::1:role/a"},
    {.name = "role of our configuration comes last",
     .options = {.profile = "prod", .role_arn = "arn:aws:iam::2:role/z", .external_id = "e"},
     .config = "[profile prod]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=default\n",
     .shared = "[default]\naws_access_key_id=AKDEF\naws_secret_access_key=S\n",
     .access = "AKDEF",
     .where = "profile 'default'",
     .nroles = 2,
     .last_role = "arn:aws:iam::2:role/z"},
    {.name = "container",
     .variables = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x"},
     .source = AWS_SOURCE_CONTAINER,
     .where = "container"},
    {.name = "instance", .source = AWS_SOURCE_INSTANCE, .where = "instance"},
    {.name = "an empty default profile does not hide the instance",
     .config = "[default]\nregion=x\n",
     .source = AWS_SOURCE_INSTANCE,
     .where = "instance"},

    {.name = "half a key", .variables = {"AWS_ACCESS_KEY_ID=AK"}, .error = "no secret access key"},
    {.name = "the other half",
     .shared = "[default]\naws_secret_access_key=S\n",
     .error = "profile 'default' has a secret access key but no access key id"},
    {.name = "a comment in a key",
     .shared = "[default]\naws_access_key_id=AK # mine\naws_secret_access_key=S\n",
     .error = "a blank, a line break or a comment"},
    {.name = "a key over two lines",
     .shared = "[default]\naws_access_key_id=AK\naws_secret_access_key=S\n  T=U\n",
     .error = "a blank, a line break or a comment"},
    {.name = "no such profile", .options = {.profile = "ops"}, .error = "no profile 'ops' in '"},
    {.name = "no such AWS_PROFILE", .variables = {"AWS_PROFILE=x"}, .error = "no profile 'x'"},
    {.name = "profile without credentials",
     .options = {.profile = "ops"},
     .config = "[profile ops]\nregion=x\n",
     .error = "profile 'ops' has no credentials"},
    {.name = "a circle",
     .options = {.profile = "a"},
     .config = "[profile a]\nrole_arn=arn:a\nsource_profile=b\n"
               "[profile b]\nrole_arn=arn:b\nsource_profile=a\n",
     .error = "leads back to itself"},
    {.name = "role without a source",
     .options = {.profile = "a"},
     .config = "[profile a]\nrole_arn=arn:a\n",
     .error = "neither source_profile nor credential_source"},
    {.name = "role with two sources",
     .options = {.profile = "a"},
     .config = "[profile a]\nrole_arn=arn:a\nsource_profile=b\ncredential_source=Environment\n",
     .error = "both source_profile and credential_source"},
    {.name = "unknown source",
     .options = {.profile = "a"},
     .config = "[profile a]\nrole_arn=arn:a\ncredential_source=Mars\n",
     .error = "not known: 'Mars'"},
    {.name = "a code is wanted",
     .options = {.profile = "a"},
     .config = "[profile a]\nrole_arn=arn:a\nsource_profile=b\nmfa_serial=arn:m\n",
     .error = "export-credentials --profile a"},
    {.name = "not an ARN",
     .options = {.profile = "a"},
     .config = "[profile a]\nrole_arn=admin\ncredential_source=Environment\n",
     .error = "not an ARN"},
    {.name = "bad duration",
     .options = {.profile = "a"},
     .config = "[profile a]\nrole_arn=arn:a\nsource_profile=b\nduration_seconds=60\n",
     .error = "between 900 and 43200"},
    {.name = "sso session that is not there",
     .options = {.profile = "a"},
     .config = "[profile a]\nsso_session=corp\nsso_account_id=1\nsso_role_name=r\n",
     .error = "sso_session 'corp'"},
    {.name = "incomplete sso",
     .options = {.profile = "a"},
     .config = "[profile a]\nsso_start_url=https://x\nsso_region=eu-west-1\nsso_role_name=r\n",
     .error = "lacks sso_account_id"},
    {.name = "open quote",
     .options = {.profile = "a"},
     .config = "[profile a]\ncredential_process = \"x\n",
     .error = "is not a command"},
    {.name = "broken file", .config = "[a\n", .error = CONFIG ": line 1"},
    {.name = "container elsewhere over http",
     .variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://evil.example/x"},
     .error = "neither https nor on this host"},
    {.name = "container host that only looks like one",
     .variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1.evil.example/x"},
     .error = "neither https nor on this host"},
    {.name = "relative is not relative",
     .variables = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=@evil.example/x"},
     .error = "does not begin with '/'"},
    {.name = "token with a line break",
     .variables = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x",
                   "AWS_CONTAINER_AUTHORIZATION_TOKEN=a\r\nHost: b"},
     .error = "line break"},
    {.name = "web identity",
     .variables = {"AWS_WEB_IDENTITY_TOKEN_FILE=/x"},
     .error = "AWS_WEB_IDENTITY_TOKEN_FILE"},
    {.name = "nothing",
     .variables = {"AWS_EC2_METADATA_DISABLED=true"},
     .error = "no AWS credentials"},
    {.name = "bad expiry",
     .variables = {ENV_KEYS, "AWS_CREDENTIAL_EXPIRATION=soon"},
     .error = "not a time"},
};

static void check_plan(const struct plan_case *c, const struct aws_plan *p)
{
    assert_int_equal(p->source, c->source);
    assert_int_equal(p->nroles, c->nroles);
    assert_non_null(strstr(p->where, c->where));
    if (c->access)
        assert_string_equal(secret_reveal(p->access_key), c->access);
    if (c->nroles)
        assert_string_equal(p->roles[c->nroles - 1].arn, c->last_role);
}

static void test_plans(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(plan_cases); i++) {
        const struct plan_case *c = &plan_cases[i];
        const char *files[] = {CONFIG, c->config ? c->config : "", SHARED,
                               c->shared ? c->shared : "", NULL};
        struct fake_env f = {c->variables, files};
        struct aws_env env = fake_env(&f);
        struct arena *arena = arena_new(0);
        struct aws_plan plan;
        struct err err;
        int rc = aws_profile_read(&env, &c->options, arena, &plan, &err);

        if ((rc < 0) != (c->error != NULL))
            fail_msg("%s: %s", c->name, err.msg);
        if (c->error && (err.kind != ERR_CONFIG || !strstr(err.msg, c->error)))
            fail_msg("%s: '%s' is not in '%s'", c->name, c->error, err.msg);
        if (!c->error)
            check_plan(c, &plan);
        aws_plan_release(&plan);
        arena_free(arena);
    }
}

static void test_unreadable(void **state)
{
    const char *files[] = {SHARED, NULL, NULL};
    struct fake_env f = {NULL, files};
    struct aws_env env = fake_env(&f);
    struct aws_options o = {0};
    struct arena *arena = arena_new(0);
    struct aws_plan plan;
    struct err err;

    (void)state;
    assert_int_equal(aws_profile_read(&env, &o, arena, &plan, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.msg, "permission denied"));
    arena_free(arena);
}

static void test_settings(void **state)
{
    static const char config[] = "[profile ops]\nregion = eu-west-1\nservices = local\n"
                                 "endpoint_url = https://all.example\nca_bundle = /etc/ca.pem\n"
                                 "aws_access_key_id=AK\naws_secret_access_key=S\n"
                                 "[services local]\nec2 =\n  endpoint_url = https://ec2.example\n";
    static const struct {
        const char *variables[4];
        const char *region, *ec2, *sts, *ca;
    } cases[] = {
        {{NULL}, "eu-west-1", "https://ec2.example", "https://all.example", "/etc/ca.pem"},
        {{"AWS_REGION=r1", "AWS_DEFAULT_REGION=r2", "AWS_CA_BUNDLE=/ca"},
         "r1",
         "https://ec2.example",
         "https://all.example",
         "/ca"},
        {{"AWS_DEFAULT_REGION=r2", "AWS_ENDPOINT_URL=https://e"},
         "r2",
         "https://e",
         "https://e",
         "/etc/ca.pem"},
        {{"AWS_ENDPOINT_URL=https://e", "AWS_ENDPOINT_URL_STS=https://s"},
         "eu-west-1",
         "https://e",
         "https://s",
         "/etc/ca.pem"},
        {{"AWS_ENDPOINT_URL_EC2=https://x", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"},
         "eu-west-1",
         NULL,
         NULL,
         "/etc/ca.pem"},
    };
    const char *files[] = {CONFIG, config, NULL};
    struct aws_options o = {.profile = "ops"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fake_env f = {cases[i].variables, files};
        struct aws_env env = fake_env(&f);
        struct arena *arena = arena_new(0);
        struct aws_plan p;
        struct err err;

        assert_int_equal(aws_profile_read(&env, &o, arena, &p, &err), 0);
        assert_string_equal(p.region, cases[i].region);
        assert_string_equal(p.ca_bundle, cases[i].ca);
        assert_string_equal(p.endpoint_ec2 ? p.endpoint_ec2 : "", cases[i].ec2 ? cases[i].ec2 : "");
        assert_string_equal(p.endpoint_sts ? p.endpoint_sts : "", cases[i].sts ? cases[i].sts : "");
        aws_plan_release(&p);
        arena_free(arena);
    }
}

static void test_split(void **state)
{
    static const struct {
        const char *text;
        int n;
        const char *words[4];
    } cases[] = {
        {"a b  c", 3, {"a", "b", "c"}},
        {" 'a b'\t\"c \\\" d\" ", 2, {"a b", "c \" d"}},
        {"a\\ b c''d \"\"", 3, {"a b", "cd", ""}},
        {"\"a\\n\"", 1, {"a\\n"}},
        {"x'$HOME;`y`'", 1, {"x$HOME;`y`"}},
        {"", 0, {NULL}},
        {"'open", -1, {NULL}},
        {"a b c d e", -1, {NULL}},
    };
    struct arena *arena = arena_new(0);
    const char *argv[5];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(aws_split_command(arena, cases[i].text, argv, 4), cases[i].n);
        for (int k = 0; k < cases[i].n; k++)
            assert_string_equal(argv[k], cases[i].words[k]);
    }
    arena_free(arena);
}

/* ---- asking ------------------------------------------------------------------------------------
 */

struct chain {
    struct fake_env files;
    struct aws_env env;
    struct aws_options options;
    struct session s;
    struct aws_chain *chain;
};

static void open_chain(struct chain *c)
{
    c->env = fake_env(&c->files);
    c->s =
        (struct session){.arena = arena_new(0), .now = NOW, .proxy = "http://proxy.example:3128"};
    c->chain = aws_chain_new(&c->env, &c->options, "ap-northeast-1", NULL);
}

static void close_chain(struct chain *c)
{
    aws_chain_free(c->chain);
    arena_free(c->s.arena);
}

static enum session_step step(struct chain *c, int status, const char *body)
{
    struct reply r = {.status = status, .body = body, .len = strlen(body)};

    return aws_chain_step(c->chain, &c->s, &r);
}

static bool sent_header(const struct chain *c, const char *line)
{
    for (size_t i = 0; i < c->s.call.http.nheaders; i++) {
        if (strcmp(c->s.call.http.headers[i], line) == 0)
            return true;
    }
    return false;
}

#define INSTANCE_KEY                                                                \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"ASIA1\",\"SecretAccessKey\":\"S/+=\"," \
    "\"Token\":\"T==\",\"Expiration\":\"2026-11-20T15:00:00Z\"}"

static void test_instance(void **state)
{
    struct chain c = {0};
    const struct http_request *http = &c.s.call.http;

    (void)state;
    open_chain(&c);
    assert_int_equal(aws_chain_step(c.chain, &c.s, NULL), SESSION_SEND);
    assert_string_equal(http->method, "PUT");
    assert_string_equal(http->url, "http://169.254.169.254/latest/api/token");
    assert_true(sent_header(&c, "x-aws-ec2-metadata-token-ttl-seconds: 21600"));
    assert_string_equal(http->proxy, ""); /* never, whatever is configured */
    assert_true(http->allow_link_local);
    assert_int_equal(http->timeout_ms, 1000);
    assert_int_equal(step(&c, 200, "TOKEN==\n"), SESSION_SEND);
    assert_string_equal(http->method, "GET");
    assert_true(sent_header(&c, "x-aws-ec2-metadata-token: TOKEN=="));
    assert_int_equal(step(&c, 200, "my role\nother"), SESSION_SEND);
    assert_string_equal(http->url, "http://169.254.169.254/latest/meta-data/iam/"
                                   "security-credentials/my%20role");
    assert_string_equal(http->proxy, "");
    assert_int_equal(step(&c, 200, INSTANCE_KEY), SESSION_READY);
    assert_string_equal(secret_reveal(aws_chain_key(c.chain)->access), "ASIA1");
    assert_string_equal(secret_reveal(aws_chain_key(c.chain)->token), "T==");
    assert_int_equal(aws_chain_key(c.chain)->expires_at, NOW + 6 * 3600000);
    assert_int_equal(aws_key_renew_at(aws_chain_key(c.chain), NOW),
                     NOW + 6 * 3600000 - AWS_REFRESH_MS);
    close_chain(&c);
}

struct refusal {
    size_t after; /* good replies before it */
    int status;
    const char *body, *want;
    enum session_step step;
};

static void test_instance_refusals(void **state)
{
    static const char *const good[] = {"TOKEN", "role", INSTANCE_KEY};
    static const struct refusal cases[] = {
        {0, 0, "", "no AWS credentials", SESSION_FAIL},
        {0, 403, "", "is version 2 enabled?", SESSION_FAIL},
        {0, 200, "", "no usable token", SESSION_FAIL},
        {1, 404, "", "this instance has no role", SESSION_FAIL},
        {1, 200, "\n", "has no role", SESSION_FAIL},
        {2, 500, "x", "status 500", SESSION_FAIL},
        {2, 200, "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"no\"}",
         "AssumeRoleUnauthorizedAccess: no", SESSION_FAIL},
        {2, 200, "<html>", "it is not JSON", SESSION_FAIL},
        {2, 200, "{\"Code\":\"Success\"}", "no usable AccessKeyId", SESSION_FAIL},
        {2, 200, "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":7}", "no usable SecretAccessKey",
         SESSION_FAIL},
        {2, 200, "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Token\":\"a\\r\\nb\"}",
         "no usable Token", SESSION_FAIL},
        {2, 200, "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Expiration\":\"soon\"}",
         "not a time", SESSION_FAIL},
        {2, 200,
         "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Expiration\":\"2026-11-20T08:59:"
         "59Z\"}",
         "have expired", SESSION_FAIL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct chain c = {0};

        open_chain(&c);
        aws_chain_step(c.chain, &c.s, NULL);
        for (size_t k = 0; k < cases[i].after; k++)
            assert_int_equal(step(&c, 200, good[k]), SESSION_SEND);
        assert_int_equal(step(&c, cases[i].status, cases[i].body), cases[i].step);
        if (!strstr(c.s.err.msg, cases[i].want))
            fail_msg("'%s' is not in '%s'", cases[i].want, c.s.err.msg);
        close_chain(&c);
    }
}

static void test_container(void **state)
{
    static const char *const variables[] = {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[::1]:80/k",
                                            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/token",
                                            "AWS_CONTAINER_AUTHORIZATION_TOKEN=unused", NULL};
    static const char *const files[] = {"/run/token", "Bearer x", NULL};
    struct chain c = {.files = {variables, files}};

    (void)state;
    open_chain(&c);
    assert_int_equal(aws_chain_step(c.chain, &c.s, NULL), SESSION_SEND);
    assert_string_equal(c.s.call.http.url, "http://[::1]:80/k");
    assert_true(sent_header(&c, "Authorization: Bearer x"));
    assert_string_equal(c.s.call.http.proxy, "");
    assert_int_equal(step(&c, 200, INSTANCE_KEY), SESSION_READY);
    close_chain(&c);
}

static void test_process(void **state)
{
    static const char *const files[] = {
        CONFIG, "[profile ops]\ncredential_process = '/opt/my tool' --x\n", NULL};
    static const struct {
        const char *body, *want;
    } bad[] = {
        {"", "not JSON"},
        {"[]", "not of version 1"},
        {"{\"Version\":2,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\"}", "not of version 1"},
        {"{\"Version\":1,\"AccessKeyId\":\"A\"}", "no usable SecretAccessKey"},
    };
    struct chain c = {.files = {NULL, files}, .options = {.profile = "ops"}};
    struct err failed;
    struct reply r = {.body = "", .err = &failed};

    (void)state;
    open_chain(&c);
    assert_int_equal(aws_chain_step(c.chain, &c.s, NULL), SESSION_SPAWN);
    assert_string_equal(c.s.call.argv[0], "/opt/my tool");
    assert_string_equal(c.s.call.argv[1], "--x");
    assert_null(c.s.call.argv[2]);
    assert_int_equal(step(&c, 0, "{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\"}"),
                     SESSION_READY);
    assert_int_equal(aws_chain_key(c.chain)->expires_at, 0);
    assert_null(aws_chain_key(c.chain)->token);
    assert_int_equal(aws_key_renew_at(aws_chain_key(c.chain), NOW), 0);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        aws_chain_step(c.chain, &c.s, NULL);
        assert_int_equal(step(&c, 0, bad[i].body), SESSION_FAIL);
        assert_non_null(strstr(c.s.err.msg, bad[i].want));
        assert_non_null(strstr(c.s.err.msg, "credential_process of profile 'ops'"));
        assert_null(aws_chain_key(c.chain)->access);
    }
    err_set(&failed, ERR_IO, 3, "exit status 3: no ticket");
    aws_chain_step(c.chain, &c.s, NULL);
    assert_int_equal(aws_chain_step(c.chain, &c.s, &r), SESSION_FAIL);
    assert_non_null(strstr(c.s.err.msg, "no ticket"));
    close_chain(&c);
}

#define SSO_CONFIG                                                                            \
    "[profile ops]\nsso_session=corp\nsso_account_id=111122223333\nsso_role_name=read only\n" \
    "[sso-session corp]\nsso_region=eu-west-1\n"
/* sha1("corp") */
#define SSO_CACHE "/home/op/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

static void test_sso(void **state)
{
    static const struct {
        const char *cache;
        int status; /* of the portal; 0: it is not asked */
        const char *body, *want;
        enum session_step step;
    } cases[] = {
        {"{\"accessToken\":\"AT\",\"expiresAt\":\"2026-11-20T10:00:00Z\"}", 200,
         "{\"roleCredentials\":{\"accessKeyId\":\"ASIA2\",\"secretAccessKey\":\"S\","
         "\"sessionToken\":\"T\",\"expiration\":1795168800000}}",
         NULL, SESSION_READY},
        {"{\"accessToken\":\"AT\",\"expiresAt\":\"2026-11-20T10:00:00Z\"}", 401, "{}",
         "run aws sso login --profile ops", SESSION_REJECTED},
        {"{\"accessToken\":\"AT\",\"expiresAt\":\"2026-11-20T10:00:00Z\"}", 200, "{}",
         "no usable accessKeyId", SESSION_FAIL},
        {"{\"accessToken\":\"AT\",\"expiresAt\":\"2026-11-20T10:00:00Z\"}", 500, "", "status 500",
         SESSION_FAIL},
        {"{\"accessToken\":\"AT\",\"expiresAt\":\"2026-11-20T08:00:00Z\"}", 0, NULL,
         "has ended: run aws sso login --profile ops", SESSION_FAIL},
        {"{\"accessToken\":\"A\\nT\",\"expiresAt\":\"2026-11-20T10:00:00Z\"}", 0, NULL,
         "cannot be read", SESSION_FAIL},
        {"not json", 0, NULL, "cannot be read", SESSION_FAIL},
        {NULL, 0, NULL, "nobody is logged in", SESSION_FAIL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *files[] = {CONFIG, SSO_CONFIG, cases[i].cache ? SSO_CACHE : NULL,
                               cases[i].cache, NULL};
        struct chain c = {.files = {NULL, files}, .options = {.profile = "ops"}};
        enum session_step got;

        open_chain(&c);
        got = aws_chain_step(c.chain, &c.s, NULL);
        if (cases[i].status) {
            assert_int_equal(got, SESSION_SEND);
            assert_string_equal(c.s.call.http.url,
                                "https://portal.sso.eu-west-1.amazonaws.com/federation/"
                                "credentials?role_name=read%20only&account_id=111122223333");
            assert_true(sent_header(&c, "x-amz-sso_bearer_token: AT"));
            got = step(&c, cases[i].status, cases[i].body);
        }
        assert_int_equal(got, cases[i].step);
        if (cases[i].want && !strstr(c.s.err.msg, cases[i].want))
            fail_msg("'%s' is not in '%s'", cases[i].want, c.s.err.msg);
        close_chain(&c);
    }
}

/* Hosts without a way out reach the portal through an address of their own. */
static void test_sso_elsewhere(void **state)
{
    static const struct {
        const char *variable, *want;
    } cases[] = {
        {"AWS_ENDPOINT_URL_SSO=https://sso.example/", "https://sso.example/federation/"},
        {"AWS_ENDPOINT_URL=http://127.0.0.1:8", "http://127.0.0.1:8/federation/"},
        {"AWS_ENDPOINT_URL=https://vpce-1.ec2.eu-west-1.vpce.amazonaws.com",
         "https://portal.sso.eu-west-1.amazonaws.com/federation/"},
        {"AWS_ENDPOINT_URL_SSO=http://sso.example", NULL},
    };
    const char *files[] = {CONFIG, SSO_CONFIG, SSO_CACHE,
                           "{\"accessToken\":\"AT\",\"expiresAt\":\"2026-11-20T10:00:00Z\"}", NULL};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *vars[] = {"HOME=/home/op", cases[i].variable, NULL};
        struct chain c = {.files = {vars, files}, .options = {.profile = "ops"}};

        open_chain(&c);
        assert_int_equal(aws_chain_step(c.chain, &c.s, NULL),
                         cases[i].want ? SESSION_SEND : SESSION_FAIL);
        if (cases[i].want && !text_has_prefix(c.s.call.http.url, cases[i].want))
            fail_msg("'%s' does not begin with '%s'", c.s.call.http.url, cases[i].want);
        close_chain(&c);
    }
}

/* ---- roles -------------------------------------------------------------------------------------
 */

#define ASSUMED                                                                                  \
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>" \
    "<Credentials><AccessKeyId>ASIAR</AccessKeyId><SecretAccessKey>SR</SecretAccessKey>"         \
    "<SessionToken>TR</SessionToken><Expiration>2026-11-20T10:00:00Z</Expiration>"               \
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>"

#define STS_ERROR(code)                                                                     \
    "<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code><Message>why.</Message>" \
    "</Error><RequestId>req-1</RequestId></ErrorResponse>"

static const char *const role_env[] = {ENV_KEYS, NULL};

static void test_roles(void **state)
{
    struct chain c = {.files = {role_env, NULL},
                      .options = {.role_arn = "arn:aws:iam::1:role/a b", .external_id = "x/y"}};

    (void)state;
    open_chain(&c);
    assert_int_equal(aws_chain_step(c.chain, &c.s, NULL), SESSION_SEND);
    assert_string_equal(c.s.call.http.url, "https://sts.ap-northeast-1.amazonaws.com/");
    assert_string_equal(c.s.call.http.body,
                        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole"
                        "%2Fa%20b&RoleSessionName=hycon&ExternalId=x%2Fy");
    assert_string_equal(c.s.call.http.proxy, "http://proxy.example:3128");
    assert_int_equal(step(&c, 200, ASSUMED), SESSION_READY);
    assert_string_equal(secret_reveal(aws_chain_key(c.chain)->access), "ASIAR");
    assert_string_equal(aws_chain_where(c.chain),
                        "role 'arn:aws:iam::1:role/a b' by the environment");
    close_chain(&c);
}

static const char *no_date(const struct reply *r, const char *name)
{
    (void)r;
    return strcmp(name, "Date") == 0 ? "Fri, 20 Nov 2026 10:00:00 GMT" : NULL;
}

static void test_role_refusals(void **state)
{
    static const struct refusal cases[] = {
        {0, 403, STS_ERROR("AccessDenied"), "not allowed: sts:AssumeRole", SESSION_REJECTED},
        {0, 403, STS_ERROR("InvalidClientTokenId"),
         "did not accept the credentials of the environment", SESSION_REJECTED},
        {0, 403, STS_ERROR("SignatureDoesNotMatch"), "request req-1", SESSION_REJECTED},
        {0, 403, STS_ERROR("ExpiredToken"), "has ended the session", SESSION_FAIL},
        {0, 400, STS_ERROR("Throttling"), "throttles", SESSION_FAIL},
        {0, 503, "<html>no</html>", "(503 and no AWS error)", SESSION_FAIL},
        {0, 0, "", "no answer", SESSION_FAIL},
        {0, 200, "<a/>", "no complete key", SESSION_FAIL},
        {0, 200, "junk", "not XML", SESSION_FAIL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct chain c = {.files = {role_env, NULL},
                          .options = {.role_arn = "arn:aws:iam::1:role/a"}};

        open_chain(&c);
        assert_int_equal(aws_chain_step(c.chain, &c.s, NULL), SESSION_SEND);
        assert_int_equal(step(&c, cases[i].status, cases[i].body), cases[i].step);
        if (!strstr(c.s.err.msg, cases[i].want))
            fail_msg("'%s' is not in '%s'", cases[i].want, c.s.err.msg);
        assert_null(strstr(c.s.err.msg, "SKENV"));
        close_chain(&c);
    }
}

/* A clock that is off is corrected once, from the server's own time. */
static void test_role_clock(void **state)
{
    struct chain c = {.files = {role_env, NULL}, .options = {.role_arn = "arn:aws:iam::1:role/a"}};
    struct reply r = {.status = 403,
                      .body = STS_ERROR("RequestExpired"),
                      .len = strlen(STS_ERROR("RequestExpired")),
                      .header = no_date};

    (void)state;
    open_chain(&c);
    assert_int_equal(aws_chain_step(c.chain, &c.s, NULL), SESSION_SEND);
    assert_true(sent_header(&c, "X-Amz-Date: 20261120T090000Z"));
    assert_int_equal(aws_chain_step(c.chain, &c.s, &r), SESSION_SEND);
    assert_true(sent_header(&c, "X-Amz-Date: 20261120T100000Z"));
    assert_int_equal(aws_chain_step(c.chain, &c.s, &r), SESSION_FAIL);
    assert_non_null(strstr(c.s.err.msg, "clock"));
    close_chain(&c);
}

static void test_renewal(void **state)
{
    struct aws_key key = {.expires_at = NOW + 20 * 60000};

    (void)state;
    assert_int_equal(aws_key_renew_at(&key, NOW), NOW + 10 * 60000);
    key.expires_at = NOW + 3600000;
    assert_int_equal(aws_key_renew_at(&key, NOW), NOW + 45 * 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plans),      cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_settings),   cmocka_unit_test(test_split),
        cmocka_unit_test(test_instance),   cmocka_unit_test(test_instance_refusals),
        cmocka_unit_test(test_container),  cmocka_unit_test(test_process),
        cmocka_unit_test(test_sso),        cmocka_unit_test(test_sso_elsewhere),
        cmocka_unit_test(test_roles),      cmocka_unit_test(test_role_refusals),
        cmocka_unit_test(test_role_clock), cmocka_unit_test(test_renewal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
