#include "tests/support/firewall_text.h"

#include <string.h>

#include "collectors/esxi/addrsets.h"
#include "collectors/esxi/rules.h"
#include "model/tables.h"

#define TAKEN_AT 1795165188000

struct snapshot *firewall_rules(const char *text, enum freshness f)
{
    struct table_builder *b =
        builder_new(&table_host_rules, FIREWALL_SITE, FIREWALL_ENDPOINT, NULL);
    struct rules r;

    if (text) {
        (void)builder_block(b, 0);
        rules_init(&r, b, FIREWALL_HOST, FIREWALL_FILTER, NULL);
        rules_feed(&r, text, strlen(text));
        (void)rules_end(&r, true);
        rules_release(&r);
    }
    return builder_finish(b, TAKEN_AT, f, NULL);
}

struct snapshot *firewall_sets(const char *text, enum freshness f)
{
    struct table_builder *b = builder_new(&table_addrsets, FIREWALL_SITE, FIREWALL_ENDPOINT, NULL);
    struct addrsets s;

    if (text) {
        (void)builder_block(b, 0);
        addrsets_init(&s, b, FIREWALL_HOST);
        addrsets_begin(&s, FIREWALL_FILTER);
        addrsets_feed(&s, text, strlen(text));
        (void)addrsets_end(&s, true);
        addrsets_release(&s);
    }
    return builder_finish(b, TAKEN_AT, f, NULL);
}
