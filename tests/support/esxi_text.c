#include "tests/support/esxi_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/esxi/addrsets.h"
#include "collectors/esxi/columns.h"
#include "collectors/esxi/connections.h"
#include "collectors/esxi/dvfilter.h"
#include "collectors/esxi/edge.h"
#include "collectors/esxi/filterstat.h"
#include "collectors/esxi/flows.h"
#include "collectors/esxi/getfilters.h"
#include "collectors/esxi/hbr.h"
#include "collectors/esxi/pairs.h"
#include "collectors/esxi/rules.h"
#include "collectors/esxi/vms.h"
#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"
#include "model/tables.h"

#define FILTER "nic-1-eth0-vmware-sfw.2"

/* Feed a decoder in two pieces. */
#define FEED(name, decoder)                          \
    do {                                             \
        name##_feed(decoder, data, cut);             \
        name##_feed(decoder, data + cut, len - cut); \
    } while (0)

/* ---- tables ------------------------------------------------------------------------------------
 */

static struct table_builder *build(const struct schema *schema)
{
    struct table_builder *b = builder_new(schema, "site", "esx-1", NULL);

    builder_block(b, 0);
    return b;
}

static unsigned count_word(const struct snapshot *s, unsigned col, const char *word)
{
    unsigned n = 0;

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const char *text = row_str(snapshot_row(s, i), col);

        n += text && strcmp(text, word) == 0;
    }
    return n;
}

static unsigned count_true(const struct snapshot *s, unsigned col)
{
    unsigned n = 0;
    bool is = false;

    for (size_t i = 0; i < snapshot_count(s); i++)
        n += row_bool(snapshot_row(s, i), col, &is) && is;
    return n;
}

static unsigned count_present(const struct snapshot *s, unsigned col)
{
    unsigned n = 0;

    for (size_t i = 0; i < snapshot_count(s); i++)
        n += row_present(snapshot_row(s, i), col);
    return n;
}

static size_t count_ids(const struct snapshot *s)
{
    struct map *ids = map_new();
    size_t n;

    for (size_t i = 0; i < snapshot_count(s); i++) {
        char text[32];
        int64_t id = -1;

        row_int(snapshot_row(s, i), HOST_RULES_RULE_ID, &id);
        (void)snprintf(text, sizeof(text), "%lld", (long long)id);
        map_put(ids, text, ids);
    }
    n = map_count(ids);
    map_free(ids, NULL);
    return n;
}

/* "a,b", in the order of their rows; "-" when rules stand outside of one. */
static void add_rulesets(const struct snapshot *s, struct strbuf *out, unsigned *l2)
{
    const char *last = NULL;

    strbuf_addstr(out, "rulesets=");
    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        const char *name = row_str(r, HOST_RULES_RULESET);
        const char *protocol = row_str(r, HOST_RULES_PROTOCOL);

        *l2 += protocol && strncmp(protocol, "ethertype ", 10) == 0;
        name = name ? name : "-";
        if (last && strcmp(last, name) == 0)
            continue;
        strbuf_addf(out, "%s%s", last ? "," : "", name);
        last = name;
    }
}

static void run_rules(const char *data, size_t len, size_t cut, struct strbuf *out,
                      struct parse_health *health, struct snapshot **snapshot)
{
    static const char *const actions[] = {"accept", "drop", "reject", "punt"};
    struct table_builder *b = build(&table_host_rules);
    struct rules r;
    unsigned l2 = 0;

    rules_init(&r, b, "esx-1", FILTER, NULL);
    FEED(rules, &r);
    rules_end(&r, true);
    *health = r.lines.health;
    *snapshot = builder_finish(b, 1, FRESH_OK, NULL);
    add_rulesets(*snapshot, out, &l2);
    strbuf_addf(
        out, " rules=%zu distinct_ids=%zu internal=%u log=%u alg=%u l2=%u",
        snapshot_count(*snapshot), count_ids(*snapshot), count_true(*snapshot, HOST_RULES_INTERNAL),
        count_true(*snapshot, HOST_RULES_LOGGED), count_present(*snapshot, HOST_RULES_ALG), l2);
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        unsigned n = count_word(*snapshot, HOST_RULES_ACTION, actions[i]);

        if (n)
            strbuf_addf(out, " %s=%u", actions[i], n);
    }
    rules_release(&r);
}

static void run_counts(const char *data, size_t len, size_t cut, struct strbuf *out,
                       struct parse_health *health, struct snapshot **snapshot)
{
    struct rule_counts c;

    (void)snapshot;
    rule_counts_init(&c);
    FEED(rule_counts, &c);
    rule_counts_end(&c, true);
    *health = c.lines.health;
    strbuf_addf(out, "lines=%zu", c.n);
    rule_counts_release(&c);
}

static void run_addrsets(const char *data, size_t len, size_t cut, struct strbuf *out,
                         struct parse_health *health, struct snapshot **snapshot)
{
    struct table_builder *b = build(&table_addrsets);
    struct addrsets a;

    addrsets_init(&a, b, "esx-1");
    addrsets_begin(&a, FILTER);
    FEED(addrsets, &a);
    addrsets_end(&a, true);
    *health = a.lines.health;
    addrsets_release(&a);
    *snapshot = builder_finish(b, 1, FRESH_OK, NULL);
    strbuf_addstr(out, "sets:");
    for (size_t i = 0; i < snapshot_count(*snapshot); i++) {
        const struct row *r = snapshot_row(*snapshot, i);
        int64_t n = -1;

        row_int(r, ADDRSETS_MEMBER_COUNT, &n);
        strbuf_addf(out, "%s %s=%lld", i ? "," : "", row_str(r, ADDRSETS_SET), (long long)n);
    }
}

static void run_flows(const char *data, size_t len, size_t cut, struct strbuf *out,
                      struct parse_health *health, struct snapshot **snapshot)
{
    struct table_builder *b = build(&table_flows);
    struct flows f;

    flows_init(&f, b, "esx-1", FILTER, "web");
    FEED(flows, &f);
    flows_end(&f, true);
    *health = f.lines.health;
    *snapshot = builder_finish(b, 1, FRESH_OK, NULL);
    strbuf_addf(out, "flows=%zu active=%lld tails=%llu", snapshot_count(*snapshot),
                (long long)f.active, (unsigned long long)f.tails);
    flows_release(&f);
}

/* ---- records -----------------------------------------------------------------------------------
 */

struct seen {
    unsigned sfw, fail_open, fail_closed, slow_path, rows;
    size_t columns;
    struct strbuf *out;
};

static bool is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

static void see_filter(void *arg, const struct dvfilter_entry *e)
{
    struct seen *seen = arg;

    seen->sfw += is(e->agent, "vmware-sfw");
    seen->fail_open += is(e->fail_policy, "failOpen");
    seen->fail_closed += is(e->fail_policy, "failClosed");
    seen->slow_path += is(e->vm_state, "Attached");
}

static void run_dvfilter(const char *data, size_t len, size_t cut, struct strbuf *out,
                         struct parse_health *health, struct snapshot **snapshot)
{
    struct seen seen = {0};
    struct dvfilter d;

    (void)snapshot;
    dvfilter_init(&d, see_filter, &seen);
    FEED(dvfilter, &d);
    dvfilter_end(&d, true);
    *health = d.lines.health;
    strbuf_addf(out,
                "vms=%u ports=%u filters=%u vmware-sfw=%u failOpen=%u failClosed=%u "
                "slowpath_attached=%u agents=%u slowpaths=%u",
                d.vms, d.ports, d.filters, seen.sfw, seen.fail_open, seen.fail_closed,
                seen.slow_path, d.agents, d.slow_paths);
    dvfilter_release(&d);
}

static void run_getfilters(const char *data, size_t len, size_t cut, struct strbuf *out,
                           struct parse_health *health, struct snapshot **snapshot)
{
    struct arena *arena = arena_new(0);
    struct getfilters g;

    (void)snapshot;
    getfilters_init(&g, arena);
    FEED(getfilters, &g);
    getfilters_end(&g, true);
    *health = g.lines.health;
    strbuf_addf(out, "filters=%zu", g.n);
    for (size_t i = 0; i < g.n; i++)
        strbuf_addf(out, " %s=%s", g.items[i].name ? g.items[i].name : "?",
                    g.items[i].hash ? g.items[i].hash : "?");
    getfilters_release(&g);
    arena_free(arena);
}

static void see_counter(void *arg, const struct filterstat_entry *e)
{
    struct seen *seen = arg;

    seen->rows++;
    strbuf_addf(seen->out, "%s/%.*s=%lld/%lld ", e->section, (int)e->name.len, e->name.p,
                e->counted ? (long long)e->in : -1, e->both ? (long long)e->out : -1);
}

static void run_filterstat(const char *data, size_t len, size_t cut, struct strbuf *out,
                           struct parse_health *health, struct snapshot **snapshot)
{
    struct seen seen = {.out = out};
    struct filterstat f;

    (void)snapshot;
    filterstat_init(&f, see_counter, &seen);
    FEED(filterstat, &f);
    filterstat_end(&f, true);
    *health = f.lines.health;
    strbuf_addf(out, "counters=%u", seen.rows);
    filterstat_release(&f);
}

static void see_row(void *arg, const struct columns_row *row)
{
    struct seen *seen = arg;

    seen->rows++;
    seen->columns = row->n;
}

static void run_table(const char *const *names, const char *data, size_t len, size_t cut,
                      struct strbuf *out, struct parse_health *health)
{
    struct seen seen = {0};
    struct columns c;

    columns_init(&c, names, see_row, &seen);
    FEED(columns, &c);
    columns_end(&c, true);
    *health = c.lines.health;
    columns_release(&c);
    if (!names)
        strbuf_addf(out, "columns=%zu ", seen.columns);
    strbuf_addf(out, "rows=%u", seen.rows);
}

static void run_columns(const char *data, size_t len, size_t cut, struct strbuf *out,
                        struct parse_health *health, struct snapshot **snapshot)
{
    (void)snapshot;
    run_table(NULL, data, len, cut, out, health);
}

static void run_headed(const char *data, size_t len, size_t cut, struct strbuf *out,
                       struct parse_health *health, struct snapshot **snapshot)
{
    static const char *const nics[] = {"Name", "PCI", "Driver", "Link", NULL};
    static const char *const vmks[] = {"Interface", "Port Group", "IP Family", "IP Address", NULL};
    static const char *const ports[] = {"PortNum", "Type", "SubType", "SwitchName", NULL};
    const char *const *names = len && *data == 'I' ? vmks : len && *data == 'P' ? ports : nics;

    (void)snapshot;
    run_table(names, data, len, cut, out, health);
}

static void see_connection(void *arg, const struct connection *c)
{
    struct seen *seen = arg;

    seen->rows++;
    strbuf_addf(seen->out, "%.*s>%.*s:%.*s ", (int)c->local.len, c->local.p, (int)c->foreign.len,
                c->foreign.p, (int)c->world.len, c->world.p);
}

static void run_connections(const char *data, size_t len, size_t cut, struct strbuf *out,
                            struct parse_health *health, struct snapshot **snapshot)
{
    struct seen seen = {.out = out};
    struct connections c;

    (void)snapshot;
    connections_init(&c, see_connection, &seen);
    FEED(connections, &c);
    connections_end(&c, true);
    *health = c.lines.health;
    connections_release(&c);
    strbuf_addf(out, "connections=%u", seen.rows);
}

static void see_vm(void *arg, const struct vms_entry *e)
{
    (void)e;
    ((struct seen *)arg)->rows++;
}

static void run_vms(const char *data, size_t len, size_t cut, struct strbuf *out,
                    struct parse_health *health, struct snapshot **snapshot)
{
    struct seen seen = {0};
    struct vms v;

    (void)snapshot;
    vms_init(&v, see_vm, &seen);
    FEED(vms, &v);
    vms_end(&v, true);
    *health = v.lines.health;
    vms_release(&v);
    strbuf_addf(out, "rows=%u", seen.rows);
}

static void run_hbr(const char *data, size_t len, size_t cut, struct strbuf *out,
                    struct parse_health *health, struct snapshot **snapshot)
{
    struct hbr h;

    (void)snapshot;
    hbr_init(&h);
    FEED(hbr, &h);
    hbr_end(&h, true);
    *health = h.lines.health;
    strbuf_addf(out, "state='%s' percent=%lld checksum=%lld/%lld transfer=%lld/%lld disks=%u",
                h.state, (long long)h.percent, (long long)h.checksum_done,
                (long long)h.checksum_total, (long long)h.transfer_done,
                (long long)h.transfer_total, h.disks);
    hbr_release(&h);
}

static void add_peers(struct strbuf *out, const struct edge_peer *peers, unsigned n)
{
    for (unsigned i = 0; i < n && i < EDGE_PEERS_MAX; i++)
        strbuf_addf(out, " %.8s=%s", peers[i].node, peers[i].state);
}

static void run_edge_ha(const char *data, size_t len, size_t cut, struct strbuf *out,
                        struct parse_health *health, struct snapshot **snapshot)
{
    struct edge_ha e;

    (void)snapshot;
    edge_ha_init(&e);
    FEED(pairs, &e.pairs);
    pairs_end(&e.pairs, true);
    *health = e.pairs.lines.health;
    strbuf_addf(out, "router=%.8s state=%s mode='%s' peers=%u", e.router, e.state, e.mode,
                e.npeers);
    add_peers(out, e.peers, e.npeers);
    pairs_release(&e.pairs);
}

static void run_edge_cluster(const char *data, size_t len, size_t cut, struct strbuf *out,
                             struct parse_health *health, struct snapshot **snapshot)
{
    struct edge_cluster e;

    (void)snapshot;
    edge_cluster_init(&e);
    FEED(pairs, &e.pairs);
    pairs_end(&e.pairs, true);
    *health = e.pairs.lines.health;
    strbuf_addf(out, "node=%.8s ha='%s' status='%s' peers=%u error='%s'", e.node, e.ha_state,
                e.status, e.npeers, e.pairs.error);
    add_peers(out, e.peers, e.npeers);
    pairs_release(&e.pairs);
}

static void see_bridge(void *arg, const struct edge_bridge *b)
{
    struct seen *seen = arg;

    strbuf_addf(seen->out, "%.8s vlan=%s state=%s ha=%s peer=%s ", b->port, b->vlan, b->state,
                b->ha_state, b->peer_state);
}

static void run_bridges(const char *data, size_t len, size_t cut, struct strbuf *out,
                        struct parse_health *health, struct snapshot **snapshot)
{
    struct seen seen = {.out = out};
    struct edge_bridges e;

    (void)snapshot;
    edge_bridges_init(&e, see_bridge, &seen);
    FEED(pairs, &e.pairs);
    edge_bridges_end(&e, true);
    *health = e.pairs.lines.health;
    pairs_release(&e.pairs);
    strbuf_addf(out, "bridges=%u", e.bridges);
}

/* ---- all of them -------------------------------------------------------------------------------
 */

const struct esxi_text esxi_texts[] = {
    {"dvfilter-", "G-hostile-names R-nsxt31-dvfilter-grep", run_dvfilter},
    {"getrules-",
     "G-getrules-every-optional-part R-nsxt31-getrules-mainrs R-esx-get-firewall-rules", run_rules},
    {"getfwrules-", NULL, run_counts},
    {"getaddrsets-", "G-getaddrsets-mixed", run_addrsets},
    {"getflows-", "G-getflows-variants", run_flows},
    {"getfilters-", "R-nsxt-getfilters", run_getfilters},
    {"getfilterstat-", "G-getfilterstat", run_filterstat},
    {"esxcli-connection-", "G-esxcli-connection-cc-algo", run_connections},
    {"esxcli-", NULL, run_columns},
    {"esxcfg-", "net-stats-l", run_headed},
    {"vim-cmd-getallvms-", NULL, run_vms},
    {"hbrsvc-", NULL, run_hbr},
    {"edge-ha-status-", "R-gateway-ha-status-32", run_edge_ha},
    {"edge-cluster-status-", "R-edge-cluster-status G-nsxcli-error-lines", run_edge_cluster},
    {"bridge-", "R-get-bridge", run_bridges},
    {NULL, NULL, NULL},
};

static bool lists(const char *files, const char *name)
{
    size_t n = strcspn(name, ".");
    const char *at = files ? memmem(files, strlen(files), name, n) : NULL;

    return n && at && (at == files || at[-1] == ' ') && (at[n] == '\0' || at[n] == ' ');
}

const struct esxi_text *esxi_text_find(const char *name)
{
    for (const struct esxi_text *t = esxi_texts; t->prefix; t++) {
        if (strncmp(name, t->prefix, strlen(t->prefix)) == 0 || lists(t->files, name))
            return t;
    }
    return NULL;
}

/* ---- fuzzing -----------------------------------------------------------------------------------
 */

static void broken(const char *promise, const char *detail)
{
    fprintf(stderr, "esxi_text: %s: %s\n", promise, detail);
    abort();
}

static void check_rows(const struct snapshot *s, uint64_t lines)
{
    for (size_t i = 0; s && i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);

        for (unsigned c = 0; c < snapshot_schema(s)->ncolumns; c++) {
            if (r->cells[c].type == CELL_STATE && !r->cells[c].u.s)
                broken("a state has a word", snapshot_schema(s)->columns[c].name);
        }
    }
    if (s && snapshot_count(s) > lines)
        broken("at most one row a line", "");
}

int esxi_text_fuzz(const char *prefix, const uint8_t *data, size_t size)
{
    const struct esxi_text *t = esxi_text_find(prefix);
    char *text = mem_alloc(size + 1);
    struct strbuf whole = STRBUF_INIT;

    if (!t)
        broken("a decoder of this name", prefix);
    if (size)
        memcpy(text, data, size);
    for (size_t i = 0; i < 3; i++) {
        struct strbuf out = STRBUF_INIT;
        struct parse_health h = {0};
        struct snapshot *s = NULL;

        t->run(text, size, i * size / 3, i ? &out : &whole, &h, &s);
        if (i && strcmp(out.buf, whole.buf) != 0)
            broken("pieces do not matter", out.buf);
        if (h.parsed + h.skipped > h.lines)
            broken("a line counts once", prefix);
        check_rows(s, h.lines);
        snapshot_unref(s);
        strbuf_release(&out);
    }
    strbuf_release(&whole);
    free(text);
    return 0;
}
