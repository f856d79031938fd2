/* A cold `hycon get enis,routes` against two curl calls for the same bytes and against awscli. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/mem.h"

#define ROUNDS 61

static char *config(unsigned port, unsigned enis)
{
    char *text = mem_printf("sites:\n  - name: bench\n    endpoints:\n"
                            "      - {name: aws, kind: aws, region: ap-northeast-1, "
                            "endpoint_url: \"http://127.0.0.1:%u\", vpc: vpc-0c0ffee1234567890}\n",
                            port);
    char *name = mem_printf("aws-%u.yaml", enis);
    const char *path = bench_file(name, text);

    free(text);
    free(name);
    return (char *)path;
}

/* What takes 15 ms is run often: a median of few is chance. */
static void compare_often(const char *title, const struct bench_command *commands, size_t n,
                          struct bench_result *r)
{
    unsigned rounds = bench_rounds;

    bench_rounds = rounds > ROUNDS ? rounds : ROUNDS;
    bench_compare(title, commands, n, r);
    bench_rounds = rounds;
}

static void compare_curl(const char *hycon, unsigned port, unsigned enis, unsigned tables)
{
    char *curl = mem_printf("curl -sf -o /dev/null -d 'Action=DescribeNetworkInterfaces&Version="
                            "2016-11-15' http://127.0.0.1:%u/ && curl -sf -o /dev/null -d 'Action="
                            "DescribeRouteTables&Version=2016-11-15' http://127.0.0.1:%u/",
                            port, port);
    struct bench_command commands[] = {{"hycon get enis,routes", hycon}, {"curl, twice", curl}};
    struct bench_result r[2];
    char title[96];

    (void)snprintf(title, sizeof(title), "%u ENIs, %u route tables of 51 routes", enis, tables);
    compare_often(title, commands, 2, r);
    bench_goal(r[1].wall_ratio, 1, "get enis,routes, %u ENIs: wall / two curl calls", enis);
    free(curl);
}

static void compare_awscli(const char *hycon, unsigned port, unsigned enis)
{
    char *aws = mem_printf("export AWS_DEFAULT_REGION=ap-northeast-1 PYTHONWARNINGS=ignore; "
                           "A='/usr/bin/aws --endpoint-url "
                           "http://127.0.0.1:%u --output json ec2'; $A describe-network-interfaces "
                           "&& $A describe-route-tables",
                           port);
    struct bench_command commands[] = {{"hycon get enis,routes", hycon},
                                       {"aws ec2 describe-*, twice", aws}};
    struct bench_result r[2];
    char title[96];

    (void)snprintf(title, sizeof(title), "%u ENIs, beside awscli", enis);
    bench_compare(title, commands, 2, r);
    bench_goal(r[1].wall_ratio, 1.0 / 50, "get enis,routes, %u ENIs: wall / awscli", enis);
    free(aws);
}

static void compare(unsigned enis, unsigned tables)
{
    struct bench_ec2 *ec2 = bench_ec2_start(enis, tables);
    unsigned port = bench_ec2_port(ec2);
    char *path = config(port, enis);
    char *hycon = mem_printf("exec %s --config %s get enis,routes -o json", bench_hycon, path);

    compare_curl(hycon, port, enis, tables);
    if (access("/usr/bin/aws", X_OK) == 0)
        compare_awscli(hycon, port, enis);
    else
        bench_failed("get enis,routes, %u ENIs: awscli is not installed", enis);
    free(path);
    free(hycon);
    bench_ec2_stop(ec2);
}

static void run(void)
{
    compare(17, 5);
    compare(1000, 100);
}

const struct bench_section bench_aws = {"aws", "cold start to rows of ENIs and routes", run};
