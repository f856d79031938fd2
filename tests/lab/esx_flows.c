/* esx_flows: vsipioctl getflows and getfilterstat. Flows are those that the rules allow: a tier
 * talks to the next one. */
#include "tests/lab/esx.h"

#include <string.h>

#define USUAL 6

struct kind {
    const char *service, *rule;
    unsigned port;
    bool in; /* the filter's VM is the destination */
};

/* What a VM of each tier does: by number % 3: web 1, app 2, db 0. */
static const struct kind kinds[3][2] = {
    {{"mysql", "app-db", 3306, true}, {"domain", "dns", 53, false}},
    {{"https", "web-in", 443, true}, {"Unknown", "web-app", 8443, false}},
    {{"Unknown", "web-app", 8443, true}, {"mysql", "app-db", 3306, false}},
};

static int rule_number(const struct lab_fw *fw, const char *id)
{
    for (size_t i = 0; i < fw->rules.n; i++)
        if (strcmp(((struct fw_rule *)fw->rules.at[i])->id, id) == 0)
            return ((struct fw_rule *)fw->rules.at[i])->number;
    return 0;
}

/* The VM of tier @tier that talks to @vm in flow @i. */
static const char *peer(struct esx_call *c, const struct lab_vm *vm, const struct kind *k,
                        unsigned i)
{
    unsigned tier = strcmp(k->rule, "web-app") == 0  ? (k->in ? 1 : 2)
                    : strcmp(k->rule, "app-db") == 0 ? (k->in ? 2 : 0)
                                                     : 9;

    for (size_t n = 0; tier < 3 && n < c->vc->vms.n; n++) {
        const struct lab_vm *other = c->vc->vms.at[(vm->number + i + n) % c->vc->vms.n];

        if (!other->edge && other != vm && other->ip && other->number % 3 == tier)
            return other->ip;
    }
    return k->in ? arena_printf(c->a, "10.20.12.%u", 10 + i % 200) : "10.20.0.53";
}

static void flow_line(struct esx_call *c, const struct lab_vm *vm, unsigned i, long long age)
{
    const struct kind *k = &kinds[vm->number % 3][i % 2];
    bool udp = k->port == 53;
    const char *other = peer(c, vm, k, i / 2), *client = k->in ? other : vm->ip;
    const char *server = k->in ? vm->ip : other;
    long long packets = 4 + age * (1 + i % 5);

    strbuf_addf(c->out, "%08llx%08x Active %s 0800 %d %d 0 0  %s:Unknown(%u) %s:%s(%u) %u ",
                (long long)(vm->booted_at / 1000), i, udp ? "udp" : "tcp", k->in ? 1 : 2,
                rule_number(c->fw, k->rule), client, 30000 + i % 30000, server, k->service, k->port,
                2413 + i % 100);
    strbuf_addf(c->out, "%s%lld %lld %lld %lld\n", udp ? "" : "EST ", packets * 159, packets * 164,
                packets, packets + 1);
}

int esx_getflows(struct esx_call *c)
{
    const struct lab_vm *vm = esx_filter_vm(c);
    unsigned n, first;
    long long age;

    if (!vm || !c->fw)
        return 1;
    n = c->fw->flows ? c->fw->flows : USUAL;
    /* Those from before a vMotion that lost them are gone; the others go on. */
    first = vm->lost_flows < n ? vm->lost_flows : n;
    age = (long long)(lab_session_ms(c->lab) - c->fw->published_at) / 1000;
    strbuf_addf(c->out,
                "Count retrieved from kernel active(L3,L4)=%u, active(L2)+inactive(L3,L4)=0, "
                "drop(L2,L3,L4)=0\n",
                n - first);
    for (unsigned i = first; vm->ip && i < n; i++)
        flow_line(c, vm, i, age);
    return 0;
}

int esx_getfilterstat(struct esx_call *c)
{
    const struct lab_vm *vm = esx_filter_vm(c);
    long long age, pass;

    if (!vm || !c->fw)
        return 1;
    age = (long long)(lab_session_ms(c->lab) - c->fw->published_at) / 1000;
    pass = age * (40 + vm->number % 50);
    strbuf_addf(c->out,
                "PACKETS             IN               OUT\n"
                "-------             --               ---\n"
                "v4 pass:            %-16lld %lld\n"
                "v4 drop:            %-16lld 0\n\n"
                "BYTES               IN               OUT\n"
                "-----               --               ---\n"
                "v4 pass:            %-16lld %lld\n"
                "v4 drop:            %-16lld 0\n\n",
                pass, pass - pass / 20, age / 60, pass * 640, pass * 610, age);
    strbuf_addf(c->out,
                "DROP REASON\n-----------\nmatch:              %lld\n\n"
                "MISCELLANEOUS\n-------------\n\nFILTER INFO\n-----------\nmac: %s\n"
                "sessions: %u\nrules: %zu\n",
                age / 60, vm->mac, c->fw->flows ? c->fw->flows : USUAL, c->fw->rules.n);
    return 0;
}
