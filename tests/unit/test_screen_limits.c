/* What the console cannot keep it says where it would be: it is no endpoint that could. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/strbuf.h"
#include "model/lost_flows.h"
#include "tests/support/screen.h"

static const char config[] = "sites:\n"
                             "  - name: dc1\n"
                             "    endpoints:\n"
                             "      - {name: esx, kind: esxi, hosts: [\"esx-[1-2]\"], user: root, "
                             "password: {command: \"true\"}}\n";

#define FILTERS(n)     "table filters dc1/esx/esx-" n " ok 0s\nhost filter vm vm_uuid vnic agent\n"
#define CARD(n, world) "esx-" n " nic-" world "-eth0-vmware-sfw.2 web-1 50aa eth0 vmware-sfw\n"
#define FLOWS(n)                            \
    "table flows dc1/esx/esx-" n " ok 0s\n" \
    "host filter vm flow protocol source_ip source_port destination_ip destination_port\n"

static void test_lost_flows(void **state)
{
    struct screen *s =
        screen_new(&(struct screen_options){.config = config, .w = 120, .view = "lost_flows"});
    struct strbuf many = STRBUF_INIT;

    (void)state;
    strbuf_addstr(&many, FILTERS("1") CARD("1", "7") FILTERS("2") FLOWS("1"));
    for (int i = 0; i <= LOST_FLOWS_MAX; i++)
        strbuf_addf(&many, "esx-1 nic-7-eth0-vmware-sfw.2 web-1 f%d tcp 10.0.%d.%d 1 10.0.0.2 2\n",
                    i, i / 250, i % 250);
    screen_tables(s, many.buf);
    assert_true(screen_has(s, "No flow was lost by a vMotion"));
    assert_false(screen_has(s, "missing"));
    screen_pass(s, 5000);
    screen_tables(s, FILTERS("1") FILTERS("2") CARD("2", "9") FLOWS("1"));
    assert_true(screen_has(s, "20001 connections of cards that moved are missing: no more than "
                              "20000 are kept"));
    strbuf_release(&many);
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lost_flows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
