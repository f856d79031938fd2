/* esx_rules: vsipioctl getrules with and without -s, and getaddrsets. */
#include "tests/lab/esx.h"

#include "core/fmt.h"
#include "core/mem.h"

#include <string.h>

static bool has(const struct lab_list *l, const void *item)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->at[i] == item)
            return true;
    return false;
}

/* Called once for each line that a rule becomes: @service NULL: any protocol. */
struct realised {
    struct esx_call *c;
    const struct fw_rule *rule;
    const struct fw_service *service;
    unsigned position;
};

static void each_line(struct esx_call *c, const struct lab_vm *vm,
                      void (*line)(const struct realised *r))
{
    struct realised r = {.c = c};

    for (size_t i = 0; i < c->fw->rules.n; i++) {
        r.rule = c->fw->rules.at[i];
        if (!lab_fw_applies(r.rule, vm) || has(&r.rule->missing, c->host))
            continue;
        r.service = NULL;
        if (r.rule->services.n == 0) {
            r.position++;
            line(&r);
        }
        for (size_t k = 0; k < r.rule->services.n; k++) {
            r.service = r.rule->services.at[k];
            r.position++;
            line(&r);
        }
    }
}

static void add_end(struct strbuf *out, const struct fw_group *g)
{
    if (g)
        strbuf_addf(out, "addrset %s", g->uuid);
    else
        strbuf_addstr(out, "any");
}

static void add_ports(struct strbuf *out, const struct fw_service *s)
{
    if (!s || s->nports == 0)
        return;
    strbuf_addstr(out, s->nports > 1 ? " port {" : " port ");
    for (unsigned i = 0; i < s->nports; i++)
        strbuf_addf(out, "%s%s", i ? ", " : "", s->ports[i]);
    if (s->nports > 1)
        strbuf_addch(out, '}');
}

static const char *direction(const struct fw_rule *r)
{
    return strcmp(r->direction, "IN") == 0    ? "in"
           : strcmp(r->direction, "OUT") == 0 ? "out"
                                              : "inout";
}

static const char *action(const struct fw_rule *r)
{
    return strcmp(r->action, "ALLOW") == 0  ? "accept"
           : strcmp(r->action, "DROP") == 0 ? "drop"
                                            : "reject";
}

static void rule_line(const struct realised *r)
{
    struct strbuf *out = r->c->out;
    const char *protocol = !r->service                                ? "any"
                           : strcmp(r->service->protocol, "TCP") == 0 ? "tcp"
                           : strcmp(r->service->protocol, "UDP") == 0 ? "udp"
                                                                      : "icmp icmptype 8";

    strbuf_addf(out, "  rule %d at %u %s %sprotocol %s from ", r->rule->number, r->position,
                direction(r->rule), strncmp(protocol, "icmp", 4) == 0 ? "inet " : "", protocol);
    add_end(out, r->rule->source);
    strbuf_addstr(out, " to ");
    add_end(out, r->rule->destination);
    add_ports(out, r->service);
    strbuf_addf(out, " %s%s", action(r->rule), r->rule->logged ? " with log" : "");
    if (r->rule->tag)
        strbuf_addf(out, " tag '%s'", r->rule->tag);
    strbuf_addstr(out, ";\n");
}

/* Counters grow with time; allowed traffic is spread evenly over the rules. */
static void count_line(const struct realised *r)
{
    long long age = (long long)((lab_session_ms(r->c->lab) - r->c->fw->published_at) / 1000);
    long long rate = 3 + r->rule->number % 11;
    long long pkts = r->rule->is_default ? age / 60 : age * rate;

    strbuf_addf(r->c->out, "rule  %d: %lld evals, in %lld out %lld pkts, in %lld out %lld bytes\n",
                r->rule->number, age * 40 - (long long)r->position, pkts / 2, pkts - pkts / 2,
                pkts * 320, pkts * 290);
}

int esx_getrules(struct esx_call *c)
{
    const struct lab_vm *vm = esx_filter_vm(c);
    int64_t at = c->fw ? c->fw->published_at : 0;

    if (!vm || !c->fw)
        return 1;
    if (c->host->stale_at)
        at = c->host->stale_at;
    if (esx_flag(c, "-s")) {
        each_line(c, vm, count_line);
        return 0;
    }
    strbuf_addf(c->out, "ruleset mainrs {\n  # generation number: %lld\n  # realization time : ",
                (long long)at);
    at = (at + 10000) / 1000 * 1000;
    fmt_time_iso(c->out, at);
    strbuf_setlen(c->out, c->out->len - 1); /* without the Z */
    strbuf_addstr(c->out, "\n  # FILTER rules\n");
    each_line(c, vm, rule_line);
    strbuf_addstr(c->out, "}\n\nruleset mainrs_L2 {\n  # generation number: 0\n"
                          "  # realization time : 2026-01-05T02:00:00\n  # FILTER rules\n"
                          "  rule 1 at 1 inout ethertype any stateless from any to any accept;\n"
                          "}\n");
    return 0;
}

static void add_set(struct esx_call *c, const struct fw_group *g)
{
    strbuf_addf(c->out, "addrset %s {\n", g->uuid);
    for (size_t i = 0; !has(&g->gone, c->host) && i < c->vc->vms.n; i++) {
        const struct lab_vm *vm = c->vc->vms.at[i];

        if (lab_fw_has_vm(g, vm) && vm->ip && strcmp(vm->power, "poweredOn") == 0)
            strbuf_addf(c->out, "ip %s,\n", vm->ip);
    }
    for (size_t i = 0; !has(&g->gone, c->host) && i < g->ips.n; i++)
        strbuf_addf(c->out, "ip %s,\n", (const char *)g->ips.at[i]);
    for (unsigned i = 0; !has(&g->gone, c->host) && i < g->more; i++)
        strbuf_addf(c->out, "ip 198.%u.%u.%u,\n", 18 + (i >> 16), (i >> 8) & 0xff, i & 0xff);
    strbuf_addstr(c->out, "}\n");
}

static bool is_used(const struct esx_call *c, const struct fw_group *g, const struct lab_vm *vm)
{
    for (size_t i = 0; i < c->fw->rules.n; i++) {
        const struct fw_rule *r = c->fw->rules.at[i];

        if ((r->source == g || r->destination == g) && lab_fw_applies(r, vm))
            return true;
    }
    return false;
}

int esx_getaddrsets(struct esx_call *c)
{
    const struct lab_vm *vm = esx_filter_vm(c);
    const char *only = esx_option(c, "-a");

    if (!vm || !c->fw)
        return 1;
    for (size_t i = 0; i < c->fw->groups.n; i++) {
        const struct fw_group *g = c->fw->groups.at[i];

        if ((!only || strcmp(only, g->uuid) == 0) && is_used(c, g, vm))
            add_set(c, g);
    }
    return 0;
}
