/* 100,000 rules of 10,000 policies, as one search answers with them: decoded with the names of
 * their groups and services and their place in the order of evaluation. */
#include <stdlib.h>
#include <string.h>

#include "collectors/registry.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/bench/bench.h"
#include "tests/bench/nsx_pages.h"

#define PAGES    100
#define PER_PAGE 1000
#define POLICIES 10 /* pages of 1,000 policies with 10 rules each */
#define GROUPS   20 /* pages of 1,000 names */
#define OTHERS   (POLICIES + GROUPS + 4)
#define DOMAIN   "/infra/domains/default"

static void add_rule(struct strbuf *out, unsigned i)
{
    strbuf_addf(out,
                "%s{\"action\":\"%s\",\"source_groups\":[\"" DOMAIN "/groups/grp-%05u\"],"
                "\"destination_groups\":[\"" DOMAIN "/groups/grp-%05u\"],\"services\":"
                "[\"/infra/services/HTTPS\"],\"profiles\":[\"ANY\"],\"scope\":[\"ANY\"],"
                "\"direction\":\"IN_OUT\",\"ip_protocol\":\"IPV4_IPV6\",",
                i % PER_PAGE ? "," : "", i % 10 == 9 ? "DROP" : "ALLOW", i % 20000,
                (i * 7) % 20000);
    strbuf_addf(out,
                "\"disabled\":false,\"logged\":%s,\"sources_excluded\":false,"
                "\"destinations_excluded\":false,\"sequence_number\":%u,\"rule_id\":%u,"
                "\"is_default\":false,\"resource_type\":\"Rule\",\"id\":\"rule-%06u\","
                "\"display_name\":\"%s-%06u\",\"path\":\"" DOMAIN
                "/security-policies/policy-%05u/rules/rule-%06u\",",
                i % 7 ? "false" : "true", i % 10 * 10, 1012 + i, i,
                i % 10 ? "allow" : "\xe8\xa8\xb1\xe5\x8f\xaf", i, i / 10, i);
    strbuf_addf(out,
                "\"relative_path\":\"rule-%06u\",\"parent_path\":\"" DOMAIN
                "/security-policies/policy-%05u\",\"unique_id\":\"28d909fd-78c7-5051-a699-%012u\","
                "\"realization_id\":\"28d909fd-78c7-5051-a699-%012u\",\"owner_id\":"
                "\"58cbaa2b-7599-5d76-814b-c67a052aa023\",\"marked_for_delete\":false,",
                i, i / 10, i, i);
    strbuf_addf(out,
                "\"overridden\":false,\"_system_owned\":false,\"_protection\":"
                "\"NOT_PROTECTED\",\"_create_time\":1791709200000,\"_create_user\":\"admin\","
                "\"_last_modified_time\":%llu,\"_last_modified_user\":\"ops@example\","
                "\"_revision\":0}",
                1791709200000ULL + i);
}

static void end_page(struct strbuf *out, unsigned page, unsigned pages, const char *letter)
{
    strbuf_addf(out, "],\"result_count\":%u", pages * PER_PAGE);
    if (page + 1 < pages)
        strbuf_addf(out, ",\"cursor\":\"%s%04u\"", letter, page + 1);
    strbuf_addstr(out, "}");
}

static char *make_page(unsigned page, size_t *len)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addstr(&out, "{\"results\":[");
    for (unsigned i = 0; i < PER_PAGE; i++)
        add_rule(&out, page * PER_PAGE + i);
    end_page(&out, page, PAGES, "p");
    *len = out.len;
    return strbuf_detach(&out);
}

static char *make_policies(unsigned page, size_t *len)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addstr(&out, "{\"results\":[");
    for (unsigned i = page * PER_PAGE; i < (page + 1) * PER_PAGE; i++)
        strbuf_addf(&out,
                    "%s{\"category\":\"Application\",\"sequence_number\":%u,"
                    "\"internal_sequence_number\":%u,\"display_name\":\"policy %u\","
                    "\"path\":\"" DOMAIN "/security-policies/policy-%05u\"}",
                    i % PER_PAGE ? "," : "", i, 1000 + i, i, i);
    end_page(&out, page, POLICIES, "s");
    *len = out.len;
    return strbuf_detach(&out);
}

static char *make_names(unsigned page, size_t *len)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addstr(&out, "{\"results\":[");
    for (unsigned i = page * PER_PAGE; i < (page + 1) * PER_PAGE; i++)
        strbuf_addf(&out,
                    "%s{\"display_name\":\"group %u\",\"path\":\"" DOMAIN "/groups/grp-%05u\"}",
                    i % PER_PAGE ? "," : "", i, i);
    end_page(&out, page, GROUPS, "g");
    *len = out.len;
    return strbuf_detach(&out);
}

/* Pages of what rules name; the first of each kind is what matches after all others. */
static size_t add_pages(struct canned_reply *at, unsigned pages, const char *letter,
                        const char *first, char *(*make)(unsigned page, size_t *len))
{
    for (unsigned i = 0; i < pages; i++) {
        at[i].body = make((i + 1) % pages, &at[i].len);
        at[i].match =
            i + 1 < pages ? mem_printf("cursor=%s%04u", letter, i + 1) : mem_strdup(first);
    }
    return pages;
}

static size_t add_other(struct canned_reply *at, const char *match, const char *body)
{
    *at = (struct canned_reply){.match = mem_strdup(match), .body = mem_strdup(body)};
    at->len = strlen(body);
    return 1;
}

static void run(void)
{
    static struct canned_reply replies[PAGES + OTHERS];
    struct bench_nsx n = {.section = "rules",
                          .what = "rules",
                          .make_page = make_page,
                          .first = "resource_type%3ARule&",
                          .replies = replies,
                          .pages = PAGES,
                          .rows = PAGES * PER_PAGE,
                          .goal = 1.3};
    size_t i = 0, at = PAGES;

    n.collector = registry_next(KIND_NSX, &table_rules, &i);
    if (!n.collector) {
        bench_failed("rules: there is no collector of rules");
        return;
    }
    at += add_pages(replies + at, POLICIES, "s", "resource_type%3ASecurityPolicy&", make_policies);
    at += add_pages(replies + at, GROUPS, "g", "resource_type%3AGroup&", make_names);
    at += add_other(replies + at, "resource_type%3AGatewayPolicy&",
                    "{\"results\":[],\"result_count\":0}");
    at += add_other(replies + at, "resource_type%3AService&",
                    "{\"results\":[{\"display_name\":\"HTTPS\",\"path\":"
                    "\"/infra/services/HTTPS\"}],\"result_count\":1}");
    at += add_other(replies + at, "/statistics", "{\"results\":[],\"result_count\":0}");
    n.nreplies = at;
    bench_nsx_run(&n);
    for (size_t k = PAGES; k < at; k++) {
        free((char *)replies[k].body);
        free((char *)replies[k].match);
    }
}

const struct bench_section bench_rules = {"rules", "pages of firewall rules, decoded and unchanged",
                                          run};
