/* The table widget and the frame around it, on the Endpoints tab. */
#include "tests/support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char config[] = "sites:\n"
                             "  - name: tokyo\n"
                             "    label: 東京SDDC\n"
                             "    production: true\n"
                             "    endpoints:\n"
                             "      - {name: nsx, kind: nsx, url: \"https://nsx.example/\", user: "
                             "admin, password: {env: P}}\n"
                             "      - {name: linked, kind: aws, region: ap-northeast-1}\n"
                             "  - name: dc1\n"
                             "    endpoints:\n"
                             "      - {name: nsx, kind: nsx, url: \"https://b.example/\", user: "
                             "admin, password: {env: P}}\n";

static const char tables[] =
    "table endpoints tokyo/nsx\n"
    "  endpoint kind freshness taken_at latency_ms requests_per_min version\n"
    "  nsx      nsx  ok        -12s     35ms       24               4.1.2\n"
    "table endpoints tokyo/linked\n"
    "  endpoint kind freshness taken_at latency_ms error_kind message\n"
    "  linked   aws  stale     -4m      -          net        \"no answer from ec2.example\"\n"
    "table endpoints dc1/nsx\n"
    "  endpoint kind freshness taken_at error_kind message\n"
    "  nsx      nsx  denied    -        auth       \"403 the credentials were incorrect\"\n";

static void test_endpoints(void **state)
{
    struct screen *s = screen_new(&(struct screen_options){.config = config, .view = "endpoints"});

    (void)state;
    screen_tables(s, tables);
    SCREEN(s, "endpoints",
           " hycon  tokyo PRODUCTION dc1                         09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                 tokyo: linked~stale dc1: nsx!denied 1 ok\n"
           "[Endpoints]\n"
           " Endpoints 3   +2 columns > ────────────────────────────────────────────────────\n"
           "       site  endpoint kind  state    age latency req/min error  message\n"
           "> CRIT dc1   nsx      nsx   denied     -       -       - auth   403 the credent…\n"
           "  WARN tokyo linked   aws   stale     4m       -       - net    no answer from …\n"
           "  ok   tokyo nsx      nsx   ok       12s    35ms      24 -      -\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
