/* Whatever a host prints for rules, and packets of every kind walked over it: no crash, and each
 * walk ends with a rule of the filter or none. */
#include <stdlib.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/explain_filter.h"
#include "tests/support/firewall_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct explain_filter *f, int protocol, int port, bool out, bool addresses)
{
    struct explain_skipped *skipped =
        mem_array(explain_filter_count(f) + 1, sizeof(struct explain_skipped));
    struct strbuf words = STRBUF_INIT;
    struct explain_walk w;
    struct ip from, to;
    size_t n;

    (void)ip_parse("172.16.10.12", &from);
    (void)ip_parse("172.16.10.11", &to);
    struct explain_packet p = {.source = addresses ? &from : NULL,
                               .destination = addresses ? &to : NULL,
                               .family = addresses ? 4 : 0,
                               .protocol = protocol,
                               .source_port = -1,
                               .port = port,
                               .icmp_type = -1,
                               .icmp_code = -1,
                               .out = out};
    explain_filter_walk(f, &p, &w, skipped, &n);
    for (size_t i = 0; i < n; i++)
        explain_rule_reason(&words, skipped[i].rule, &p, skipped[i].answer);
    if (w.rule && w.answer.match == EXPLAIN_YES)
        explain_rule_matched(&words, w.rule, &p);
    if (n > explain_filter_count(f))
        abort();
    strbuf_release(&words);
    free(skipped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size);
    struct snapshot *rules = firewall_rules(text, FRESH_OK), *sets = firewall_sets(text, FRESH_OK);
    struct explain_filter *f = explain_filter_new(FIREWALL_HOST, FIREWALL_FILTER, rules, sets);

    walk(f, 6, 22, true, true);
    walk(f, 1, -1, false, true);
    walk(f, -1, -1, true, false);
    explain_filter_free(f);
    snapshot_unref(rules);
    snapshot_unref(sets);
    free(text);
    return 0;
}
