/*
 * A key press in a table of 100,000 rows: filter and sort. The tables are what the tabs Firewall,
 * Flows and Events show of an estate that the model made: rules of one manager, flows of 20 hosts
 * in the variety of tests/bench/host_text.h, events of one vCenter. Each press is all that the
 * console does for it: the filter compiled, rows made (the stream of Events: collected), kept,
 * filtered, ordered, the selected row found again, columns measured, 200x50 cells painted onto a
 * canvas; here on one thread, in the console on one that no key waits for. Freeing the rows before
 * is in it.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/esxi/flows.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/estate.h"
#include "model/tables.h"
#include "tests/bench/host_text.h"
#include "tui/grid.h"

#define ROWS      100000
#define HOSTS     20
#define CASES_MAX 16
#define GOAL_MS   50
#define COLS      200
#define LINES     50
#define NOW       INT64_C(1795165200000)

static uint64_t seed;

static unsigned random_below(unsigned n)
{
    return host_text_random(&seed, n);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

/* Names that contain what is searched for in a part of the rows. */
static const char *some_name(void)
{
    static const char *const parts[] = {"web", "app",   "db",     "mail", "auth",
                                        "dns", "cache", "backup", "mon",  "proxy"};
    static char name[64];

    (void)snprintf(name, sizeof(name), "%s-%s-%s%03u", random_below(3) ? "prod" : "test",
                   random_below(2) ? "tokyo" : "osaka", parts[random_below(10)],
                   random_below(1000));
    return name;
}

static void set_group(struct table_builder *b, unsigned col, unsigned paths)
{
    char path[96];

    for (unsigned n = random_below(3); n + 1; n--) {
        const char *name = some_name();

        (void)snprintf(path, sizeof(path), "/infra/domains/default/groups/%s", name);
        builder_list_add(b, col, name);
        builder_list_add(b, paths, path);
    }
}

static void set_numbers(struct table_builder *b, unsigned i)
{
    builder_int(b, RULES_SEQUENCE, i % 10 * 10);
    builder_int(b, RULES_RULE_ID, 1012 + (int64_t)i);
    builder_int(b, RULES_MODIFIED_AT, NOW - (int64_t)random_below(400000) * 60000);
    builder_int(b, RULES_HITS_AT, NOW - 60000);
    builder_int(b, RULES_HITS, random_below(1u << (4 + random_below(24))));
    builder_int(b, RULES_PACKETS, random_below(1u << 30));
    builder_int(b, RULES_BYTES, (int64_t)random_below(1u << 30) * 900);
    builder_int(b, RULES_SESSIONS, random_below(1u << 20));
    builder_bool(b, RULES_ENABLED, random_below(50) != 0);
    builder_bool(b, RULES_LOGGED, random_below(7) == 0);
    builder_bool(b, RULES_IS_DEFAULT, false);
    builder_bool(b, RULES_NEGATE_SOURCES, false);
    builder_bool(b, RULES_NEGATE_DESTINATIONS, false);
}

static void add_rule(struct table_builder *b, unsigned i)
{
    static const char *const services[] = {"HTTPS", "SSH", "DNS-UDP", "LDAP", "MS-SQL-S"};
    char text[128];

    builder_row(b);
    (void)snprintf(text, sizeof(text),
                   "/infra/domains/default/security-policies/policy-%05u/rules/rule-%06u", i / 10,
                   i * 7919 % ROWS);
    builder_str(b, RULES_PATH, text);
    text[strcspn(text, "r") ? strlen(text) - strlen("/rules/rule-000000") : 0] = '\0';
    builder_str(b, RULES_POLICY_PATH, text);
    builder_str(b, RULES_LAYER, "dfw");
    builder_str(b, RULES_CATEGORY, "Application");
    (void)snprintf(text, sizeof(text), "policy %u", i / 10);
    builder_str(b, RULES_POLICY, text);
    (void)snprintf(text, sizeof(text), "5.%010u.%010u", i / 10 * 37 % 10000, i % 10 * 10);
    builder_str(b, RULES_EVALUATION, text);
    builder_str(b, RULES_RULE, some_name());
    set_group(b, RULES_SOURCES, RULES_SOURCE_PATHS);
    set_group(b, RULES_DESTINATIONS, RULES_DESTINATION_PATHS);
    builder_list_add(b, RULES_SERVICES, services[random_below(5)]);
    builder_str(b, RULES_ACTION, random_below(10) ? "ALLOW" : "DROP");
    builder_str(b, RULES_DIRECTION, "IN_OUT");
    builder_str(b, RULES_IP_PROTOCOL, "IPV4_IPV6");
    builder_list_add(b, RULES_APPLIED_TO, "ANY");
    builder_str(b, RULES_MODIFIED_BY, random_below(2) ? "admin" : "ops@example");
    set_numbers(b, i);
}

static struct snapshot *make_rules(void)
{
    struct table_builder *b = builder_new(&table_rules, "bench", "nsx", NULL);

    seed = 3;
    for (unsigned i = 0; i < ROWS; i++) {
        if (i % 1000 == 0)
            builder_block(b, 0);
        add_rule(b, i);
    }
    return builder_finish(b, NOW - 1000, FRESH_OK, NULL);
}

static struct snapshot *make_flows(unsigned host)
{
    char name[32], endpoint[40], filter[64];
    struct strbuf text = STRBUF_INIT;
    struct table_builder *b;
    struct flows f;

    (void)snprintf(name, sizeof(name), "esx-%02u.example", host + 1);
    (void)snprintf(endpoint, sizeof(endpoint), "esx/%s", name);
    (void)snprintf(filter, sizeof(filter), "nic-%u-eth0-vmware-sfw.2", 1000000 + host);
    host_text_flows(&text, ROWS / HOSTS, host);
    b = builder_new(&table_flows, "bench", endpoint, NULL);
    builder_block(b, 0);
    flows_init(&f, b, name, filter, "web-sv-01a");
    flows_feed(&f, text.buf, text.len);
    flows_end(&f, true);
    flows_release(&f);
    strbuf_release(&text);
    return builder_finish(b, NOW - 1000, FRESH_OK, NULL);
}

static void add_event(struct table_builder *b, unsigned i)
{
    static const char *const types[] = {"VmPoweredOnEvent", "VmMigratedEvent",
                                        "UserLoginSessionEvent", "TaskEvent", "DvsPortLinkUpEvent"};
    unsigned type = random_below(5);
    char text[160], entity[64];

    builder_row(b);
    (void)snprintf(entity, sizeof(entity), "%s", some_name());
    builder_int(b, EVENTS_EVENT_ID, 4000000 + (int64_t)i);
    builder_int(b, EVENTS_AT, NOW - (int64_t)(ROWS - i) * 977 - random_below(1000));
    builder_str(b, EVENTS_CATEGORY, random_below(3) ? "system" : "user");
    builder_str(b, EVENTS_SEVERITY,
                random_below(20)  ? "info"
                : random_below(4) ? "warning"
                                  : "error");
    builder_str(b, EVENTS_TYPE, types[type]);
    builder_str(b, EVENTS_ENTITY, entity);
    builder_str(b, EVENTS_USER, random_below(3) ? "EXAMPLE\\svc-backup" : "EXAMPLE\\saito");
    (void)snprintf(text, sizeof(text), "%s on esx-%02u.example in Tokyo: %s from 10.%u.%u.%u",
                   entity, random_below(HOSTS) + 1, types[type], random_below(256),
                   random_below(256), random_below(256));
    builder_str(b, EVENTS_MESSAGE, text);
    (void)snprintf(text, sizeof(text), "vm-%u", random_below(10000));
    builder_str(b, EVENTS_ENTITY_ID, text);
    builder_int(b, EVENTS_CHAIN_ID, 4000000 + (int64_t)i - random_below(50));
}

static struct snapshot *make_events(void)
{
    struct table_builder *b = builder_new(&table_events, "bench", "vc", NULL);

    seed = 5;
    for (unsigned i = 0; i < ROWS; i++) {
        if (i % 1000 == 0)
            builder_block(b, 0);
        add_event(b, i);
    }
    return builder_finish(b, NOW - 1000, FRESH_OK, NULL);
}

static struct estate *make_estate(struct config *config)
{
    struct model_options o = {.config = config, .user = "bench"};
    struct snapshot *all[HOSTS + 2];
    struct model *m = model_new(&o);
    struct estate *e;
    size_t n = 0;

    for (unsigned host = 0; host < HOSTS; host++)
        all[n++] = make_flows(host);
    all[n++] = make_rules();
    all[n++] = make_events();
    e = model_update(m, all, n, NOW);
    while (n--)
        snapshot_unref(all[n]);
    model_free(m);
    return e;
}

/* ---- presses -----------------------------------------------------------------------------------
 */

struct press {
    const char *what, *filter; /* filter: typed; NULL: */
    const char *sort;          /* ordered by this column; both NULL: by the tab's own order */
};

struct table_case {
    const char *view, *title;
    struct press presses[CASES_MAX]; /* ends with what == NULL */
};

static const struct table_case cases[] = {
    {"firewall",
     "rules",
     {{"a word", "web", NULL},
      {"a word that nothing has", "zzz", NULL},
      {"digits", "443", NULL},
      {"more digits", "48151", NULL},
      {"an expression", "(web|db)-?[0-9]+7$", NULL},
      {"an expression with a word", "tokyo-(app|db)00[1-5]", NULL},
      {"an expression without one", "[a-f]{2}[0-9]{2}[^0-9].*x", NULL},
      {"a column is a word", "action = DROP", NULL},
      {"a column is larger", "hits > 100000", NULL},
      {"a column has a text", "sources ~ proxy", NULL},
      {"two columns", "action != ALLOW and modified_at > 2026-11-01", NULL},
      {"sorted by text", NULL, "rule"},
      {"sorted by number", NULL, "hits"},
      {"sorted by time", NULL, "modified_at"},
      {"sorted by list", NULL, "sources"},
      {"the tab's own order", NULL, NULL}}},
    {"flows",
     "flows",
     {{"a word", "ssh", NULL},
      {"digits", "443", NULL},
      {"more digits", "48151", NULL},
      {"an expression", "10\\.1[0-9]\\.[0-9]+\\.7 .*EST", NULL},
      {"an expression without a word", "[1-5]{3}\\.[0-9]{3}\\.[0-9]+ 22", NULL},
      {"a column is a word", "tcp_state = EST", NULL},
      {"a column is larger", "bytes_1 > 1000000", NULL},
      {"an address in a block", "source_ip ~ 10.32.0.0/11", NULL},
      {"an address", "destination_ip = 10.1.2.3", NULL},
      {"sorted by text", NULL, "tcp_state"},
      {"sorted by long text", NULL, "flow"},
      {"sorted by number", NULL, "bytes_1"},
      {"sorted by address", NULL, "source_ip"},
      {"the tab's own order", NULL, NULL}}},
    {"events",
     "events",
     {{"a word", "web", NULL},
      {"digits", "443", NULL},
      {"more digits", "48151", NULL},
      {"an expression", "saito.*esx-0[1-5]", NULL},
      {"an expression without a word", "[a-f]{2}[0-9]{2}[^0-9].*x", NULL},
      {"a column is a word", "severity = warning", NULL},
      {"a column is larger", "at > 2026-11-20T06:00:00Z", NULL},
      {"a column has a text", "message ~ Migrated", NULL},
      {"sorted by text", NULL, "message"},
      {"sorted by time", NULL, "at"},
      {"sorted by state", NULL, "severity"},
      {"the tab's own order", NULL, NULL}}},
};

static void wish(struct grid *g, const struct press *p)
{
    struct err err = {0};

    if (grid_set_filter(g, p->filter ? p->filter : "", &err) < 0)
        bench_failed("filter: %s", err.msg);
    grid_set_sort(g, p->sort ? schema_column(g->table->schema, p->sort) : -1, false);
}

/* Milliseconds of one press. */
static double press(struct grid *g, struct view_input *in, const struct press *p)
{
    struct canvas canvas;
    double at = bench_cpu_self();

    in->arena = arena_new(0);
    canvas_init(&canvas, COLS, LINES);
    wish(g, p);
    grid_refresh(g, in);
    grid_draw(g, in, &canvas, (struct rect){0, 0, COLS, LINES}, "", true);
    at = (bench_cpu_self() - at) * 1e3;
    canvas_release(&canvas);
    arena_free(in->arena);
    return at;
}

/* The slowest median of what filters or sorts. */
static double measure(const struct table_case *t, struct grid *g, struct view_input *in, bool sorts)
{
    static const struct press plain = {"", "", NULL};
    double worst = 0;

    for (size_t i = 0; i < CASES_MAX && t->presses[i].what; i++) {
        const struct press *p = &t->presses[i];
        double v[BENCH_ROUNDS_MAX], median;
        size_t left = 0;

        if (!p->filter != sorts)
            continue;
        for (unsigned k = 0; k < bench_rounds; k++) {
            (void)press(g, in, &plain);
            v[k] = press(g, in, p);
            left = g->rows.n;
        }
        median = bench_median(v, bench_rounds);
        printf("%-8s %-28s %-44s %8zu rows %7.1f ms (%.1f..%.1f)\n", t->title, p->what,
               p->filter ? p->filter
               : p->sort ? p->sort
                         : "-",
               left, median, bench_percentile(v, bench_rounds, 0),
               bench_percentile(v, bench_rounds, 1));
        worst = median > worst ? median : worst;
    }
    return worst;
}

static void measure_table(const struct table_case *t, const struct estate *e)
{
    const struct view *v = views_find(t->view);
    struct view_input in = {.estate = e, .now = NOW};
    struct grid *g = grid_new(v->tables[0]);

    in.arena = arena_new(0);
    grid_refresh(g, &in);
    arena_free(in.arena);
    if (g->rows.n != ROWS)
        bench_failed("filter: %zu %s", g->rows.n, t->title);
    bench_goal(measure(t, g, &in, false), GOAL_MS, "filter of 100,000 %s, the slowest press: ms",
               t->title);
    bench_goal(measure(t, g, &in, true), GOAL_MS, "sort of 100,000 %s, the slowest press: ms",
               t->title);
    grid_free(g);
}

static void run(void)
{
    static const char text[] =
        "sites:\n  - name: bench\n    endpoints:\n"
        "      - {name: nsx, kind: nsx, url: \"https://nsx.example/\", user: admin, password: "
        "{env: BENCH}}\n"
        "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: u, password: {env: "
        "BENCH}}\n"
        "      - {name: esx, kind: esxi, hosts: [\"esx-[01-20].example\"], user: root, password: "
        "{env: BENCH}}\n";
    struct err err = {0};
    struct config *config = config_parse(text, sizeof(text) - 1, "bench.yaml", &err, NULL);
    struct estate *e;

    if (!config) {
        bench_failed("filter: %s", err.msg);
        return;
    }
    e = make_estate(config);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        measure_table(&cases[i], e);
    estate_unref(e);
    config_free(config);
}

const struct bench_section bench_filter = {"filter", "a key press over 100,000 rows", run};
