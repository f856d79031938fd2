/* findings: since when, who answered, what is over, and what is only a symptom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/filter.h"
#include "core/jsonq.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/findings.h"
#include "model/tables.h"
#include "tests/support/check_case.h"
#include "tests/support/language.h"

#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

#define EDGE_DOWN "table edges dc1/nsx\nedge_id edge status\ne-1 edge-1 down\ne-2 edge-2 up\n"
#define EDGE_UP   "table edges dc1/nsx\nedge_id edge status\ne-1 edge-1 up\ne-2 edge-2 up\n"
#define DEGRADED  "table edges dc1/nsx\nedge_id edge status\ne-1 edge-1 degraded\ne-2 edge-2 up\n"
#define NOT_READ  "table edges dc1/nsx failed 5m \"no answer\"\nedge_id edge status\ne-1 edge-1 up\n"
#define NEVER     "table edges dc1/nsx never\nedge_id\n"
#define NONE_ACTIVE \
    "table gateways dc1/nsx\ngateway edge_id edge tier ha_status\nt0 e-1 edge-1 0 standby\n"
#define ID_EDGE "dc1/edge-health/edge-1"
#define ID_T0   "dc1/gateway-active/t0"

/* One memory of findings, and what it said last of site dc1. */
struct watch {
    struct config *config;
    struct findings *f;
    struct snapshot *out[5]; /* one per site of check_case_config */
    struct strbuf history;   /* the file */
    int64_t now;
};

static struct findings *memory(const struct config *c, bool one_sample)
{
    return findings_new(&(struct findings_options){
        .config = c, .user = "saito", .one_sample = one_sample, .local = true});
}

static struct watch *begin(bool one_sample)
{
    struct watch *w = mem_alloc(sizeof(*w));

    w->config = check_case_load(check_case_config);
    w->f = memory(w->config, one_sample);
    w->now = ESTATE_TEXT_NOW;
    strbuf_init(&w->history, 0);
    return w;
}

static void drop(struct watch *w)
{
    for (size_t i = 0; i < ARRAY_SIZE(w->out); i++)
        snapshot_unref(w->out[i]);
    memset(w->out, 0, sizeof(w->out));
}

static void end(struct watch *w)
{
    drop(w);
    findings_free(w->f);
    config_free(w->config);
    strbuf_release(&w->history);
    free(w);
}

static void update_as(struct watch *w, const char *text, bool collecting)
{
    struct estate *e = estate_fixed(w->config, text, w->now, collecting);

    drop(w);
    findings_update(w->f, e, w->out);
    estate_unref(e);
}

/* The estate @later after the last one. */
static void update(struct watch *w, const char *text, int64_t later)
{
    w->now += later;
    update_as(w, text, false);
}

/* New memory, from what the old ones wrote. */
static void restart(struct watch *w, int64_t later)
{
    findings_history_take(w->f, &w->history);
    findings_free(w->f);
    w->f = memory(w->config, false);
    w->now += later;
    for (char *line = w->history.buf; *line;) {
        char *eol = strchr(line, '\n');
        struct json_object *o = jsonq_parse(line, (size_t)(eol - line), NULL);

        assert_non_null(o);
        assert_string_equal(jsonq_str(o, "type"), FINDINGS_LINE);
        assert_true(findings_history_load(w->f, o, w->now));
        json_object_put(o);
        line = eol + 1;
    }
}

static const struct row *find(const struct watch *w, const char *id)
{
    for (size_t i = 0; i < ARRAY_SIZE(w->out); i++) {
        const struct row *r = snapshot_find(w->out[i], id);

        if (r)
            return r;
    }
    return NULL;
}

static void expect(const struct watch *w, const char *id, const char *state, const char *severity)
{
    const struct row *r = find(w, id);

    if (!r)
        fail_msg("no finding %s", id);
    assert_string_equal(row_str(r, FINDINGS_STATE), state);
    assert_string_equal(row_str(r, FINDINGS_SEVERITY), severity);
}

static int64_t time_of(const struct watch *w, const char *id, unsigned col)
{
    int64_t v = 0;

    assert_non_null(find(w, id));
    row_int(find(w, id), col, &v);
    return v;
}

static const char *text_of(const struct watch *w, const char *id, unsigned col)
{
    assert_non_null(find(w, id));
    return row_str(find(w, id), col);
}

/* ---- opening, clearing --------------------------------------------------------------------------
 */

static void opens_and_clears(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update(w, EDGE_UP, 0);
    assert_null(find(w, ID_EDGE));
    update(w, EDGE_DOWN, MINUTE);
    expect(w, ID_EDGE, "open", "critical");
    assert_int_equal(time_of(w, ID_EDGE, FINDINGS_FIRST_SEEN_AT), w->now);
    update(w, EDGE_DOWN, MINUTE);
    assert_int_equal(time_of(w, ID_EDGE, FINDINGS_FIRST_SEEN_AT), w->now - MINUTE);
    assert_int_equal(time_of(w, ID_EDGE, FINDINGS_LAST_SEEN_AT), w->now);
    update(w, EDGE_UP, MINUTE);
    expect(w, ID_EDGE, "cleared", "critical");
    assert_int_equal(time_of(w, ID_EDGE, FINDINGS_CLEARED_AT), w->now);
    update(w, EDGE_UP, HOUR);
    assert_non_null(find(w, ID_EDGE));
    update(w, EDGE_UP, SECOND);
    assert_null(find(w, ID_EDGE));
    end(w);
}

static void comes_back_as_a_new_one(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update(w, EDGE_DOWN, 0);
    update(w, EDGE_UP, MINUTE);
    update(w, EDGE_DOWN, MINUTE);
    expect(w, ID_EDGE, "open", "critical");
    assert_int_equal(time_of(w, ID_EDGE, FINDINGS_FIRST_SEEN_AT), w->now);
    assert_false(row_present(find(w, ID_EDGE), FINDINGS_CLEARED_AT));
    end(w);
}

static void bad_data_neither_fires_nor_clears(void **state)
{
    struct watch *w = begin(false);
    const struct cell_list *evidence;
    (void)state;

    update(w, EDGE_DOWN, 0);
    update(w, NOT_READ, 2 * MINUTE);
    expect(w, ID_EDGE, "open", "critical");
    assert_int_equal(time_of(w, ID_EDGE, FINDINGS_LAST_SEEN_AT), w->now - 2 * MINUTE);
    evidence = row_list(find(w, ID_EDGE), FINDINGS_EVIDENCE);
    assert_non_null(strstr(evidence->items[evidence->n - 1], "not judged since"));
    expect(w, "dc1/edge-health/nsx", "open", "unknown");
    assert_string_equal(text_of(w, "dc1/edge-health/nsx", FINDINGS_CAUSED_BY),
                        "dc1/endpoint-health/nsx");
    /* Symptoms of missing data go with it and leave nothing behind. */
    update(w, EDGE_UP, MINUTE);
    expect(w, ID_EDGE, "cleared", "critical");
    expect(w, "dc1/endpoint-health/nsx", "cleared", "unknown");
    assert_null(find(w, "dc1/edge-health/nsx"));
    end(w);
}

static void unchanged_is_the_same_snapshot(void **state)
{
    struct watch *w = begin(false);
    const struct snapshot *before;
    (void)state;

    update(w, EDGE_UP, 0);
    before = w->out[1];
    snapshot_ref(before);
    update(w, EDGE_UP, MINUTE);
    assert_ptr_equal(before, w->out[1]);
    update(w, EDGE_DOWN, MINUTE);
    assert_ptr_not_equal(before, w->out[1]);
    snapshot_unref(before);
    end(w);
}

/* The very same tables are not looked at again, and a change of them is. */
static void what_did_not_change_stays_judged(void **state)
{
    struct watch *w = begin(false);
    struct estate *e = estate_fixed(w->config, EDGE_UP, w->now, false);
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        drop(w);
        findings_update(w->f, e, w->out);
        assert_int_equal(snapshot_count(w->out[1]), 0);
    }
    estate_unref(e);
    update(w, EDGE_DOWN, SECOND);
    expect(w, ID_EDGE, "open", "critical");
    update(w, EDGE_UP, SECOND);
    expect(w, ID_EDGE, "cleared", "critical");
    end(w);
}

/* ---- persistence --------------------------------------------------------------------------------
 */

static void transient_must_persist(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update(w, NONE_ACTIVE, 0);
    expect(w, ID_T0, "open", "warning");
    assert_non_null(strstr(text_of(w, ID_T0, FINDINGS_SUMMARY), "Converging: "));
    update(w, NONE_ACTIVE, 3 * MINUTE - 1);
    expect(w, ID_T0, "open", "warning");
    update(w, NONE_ACTIVE, 1);
    expect(w, ID_T0, "open", "critical");
    assert_null(strstr(text_of(w, ID_T0, FINDINGS_SUMMARY), "Converging"));
    end(w);
}

static void a_gap_begins_anew(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update(w, NONE_ACTIVE, 0);
    update(w, NONE_ACTIVE, 2 * HOUR); /* a suspended laptop */
    expect(w, ID_T0, "open", "warning");
    assert_int_equal(time_of(w, ID_T0, FINDINGS_FIRST_SEEN_AT), w->now - 2 * HOUR);
    update(w, NONE_ACTIVE, 3 * MINUTE);
    expect(w, ID_T0, "open", "critical");
    end(w);
}

static void one_sample_says_so(void **state)
{
    struct watch *w = begin(true);
    (void)state;

    update(w, NONE_ACTIVE, 0);
    expect(w, ID_T0, "open", "warning");
    assert_non_null(strstr(text_of(w, ID_T0, FINDINGS_SUMMARY), "Needs persistence"));
    end(w);
}

/* ---- answers ------------------------------------------------------------------------------------
 */

static void acknowledged_until_it_gets_worse(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update(w, DEGRADED, 0);
    findings_acknowledge(w->f, ID_EDGE, "known, ticket 12", w->now);
    update(w, DEGRADED, MINUTE);
    expect(w, ID_EDGE, "acknowledged", "warning");
    assert_string_equal(text_of(w, ID_EDGE, FINDINGS_ACKNOWLEDGED_BY), "saito");
    assert_string_equal(text_of(w, ID_EDGE, FINDINGS_NOTE), "known, ticket 12");
    update(w, EDGE_DOWN, MINUTE);
    expect(w, ID_EDGE, "open", "critical");
    assert_false(row_present(find(w, ID_EDGE), FINDINGS_ACKNOWLEDGED_BY));
    findings_acknowledge(w->f, ID_EDGE, NULL, w->now);
    update(w, DEGRADED, MINUTE);
    expect(w, ID_EDGE, "acknowledged", "warning");
    findings_unacknowledge(w->f, ID_EDGE, w->now);
    update(w, DEGRADED, MINUTE);
    expect(w, ID_EDGE, "open", "warning");
    end(w);
}

static void more_of_it_is_worse(void **state)
{
    static const char one[] = "table hosts tokyo/vmc\nhost_id host cluster state\n"
                              "h0 esx-0 C failed\nh1 esx-1 C ready\n";
    static const char two[] = "table hosts tokyo/vmc\nhost_id host cluster state\n"
                              "h0 esx-0 C failed\nh1 esx-1 C failed\n";
    struct watch *w = begin(false);
    (void)state;

    update(w, one, 0);
    findings_acknowledge(w->f, "tokyo/host-health/C", "", w->now);
    update(w, one, MINUTE);
    expect(w, "tokyo/host-health/C", "acknowledged", "critical");
    update(w, two, MINUTE);
    expect(w, "tokyo/host-health/C", "open", "critical");
    end(w);
}

static void snoozed_for_a_while(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update(w, DEGRADED, 0);
    findings_snooze(w->f, ID_EDGE, w->now + HOUR, "after the change", w->now);
    update(w, DEGRADED, HOUR - 1);
    assert_int_equal(time_of(w, ID_EDGE, FINDINGS_SNOOZED_UNTIL_AT), ESTATE_TEXT_NOW + HOUR);
    update(w, DEGRADED, 1);
    assert_false(row_present(find(w, ID_EDGE), FINDINGS_SNOOZED_UNTIL_AT));
    expect(w, ID_EDGE, "open", "warning");
    findings_snooze(w->f, ID_EDGE, w->now + HOUR, NULL, w->now);
    update(w, EDGE_DOWN, MINUTE);
    assert_false(row_present(find(w, ID_EDGE), FINDINGS_SNOOZED_UNTIL_AT));
    end(w);
}

/* ---- causes -------------------------------------------------------------------------------------
 */

static size_t count(const struct watch *w, bool causes)
{
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(w->out); i++) {
        for (size_t k = 0; k < snapshot_count(w->out[i]); k++)
            n += row_present(snapshot_row(w->out[i], k), FINDINGS_CAUSED_BY) != causes;
    }
    return n;
}

/* 300 segments, 300 routes, 300 interfaces behind one endpoint that cannot be read. */
static void three_hundred_symptoms_are_one_line(void **state)
{
    struct strbuf text = STRBUF_INIT;
    struct watch *w = begin(true);
    (void)state;

    strbuf_addstr(&text, "table routes tokyo/linked denied 5m \"token expired\"\n"
                         "route_table destination verdict\n");
    for (unsigned i = 0; i < 300; i++)
        strbuf_addf(&text, "rtb-%u 10.%u.%u.0/24 stale\n", i % 30, i / 100, i % 100);
    strbuf_addstr(&text, "table enis tokyo/linked denied 5m \"token expired\"\neni role\n");
    for (unsigned i = 0; i < 300; i++)
        strbuf_addf(&text, "eni-%u host\n", i);
    strbuf_addstr(&text, "table endpoints tokyo/linked\nendpoint freshness error_kind message\n"
                         "linked denied auth \"token expired\"\n");
    update(w, text.buf, 0);
    assert_int_equal(count(w, true), 1);
    expect(w, "tokyo/endpoint-health/linked", "open", "unknown");
    assert_true(count(w, false) > 3 && count(w, false) < 30);
    strbuf_release(&text);
    end(w);
}

static void one_credential_is_one_cause(void **state)
{
    static const char config[] =
        "credentials: {ops: {user: ops, password: {env: P}}}\n"
        "sites:\n  - name: dc1\n    endpoints:\n"
        "      - {name: nsx-a, kind: nsx, url: \"https://a.example/\", credential: ops}\n"
        "      - {name: nsx-b, kind: nsx, url: \"https://b.example/\", credential: ops}\n";
    static const char text[] = "table endpoints dc1/nsx-a\nendpoint freshness error_kind message\n"
                               "nsx-a denied auth \"wrong password\"\n"
                               "table endpoints dc1/nsx-b\nendpoint freshness error_kind message\n"
                               "nsx-b denied auth \"wrong password\"\n";
    struct watch *w = begin(true);
    (void)state;

    findings_free(w->f);
    config_free(w->config);
    w->config = check_case_load(config);
    w->f = memory(w->config, true);
    update(w, text, 0);
    assert_int_equal(snapshot_count(w->out[0]), 1);
    expect(w, "dc1/endpoint-health/credential ops", "open", "unknown");
    end(w);
}

/* A cause that is not there is no cause, or the symptom would hang below nothing. */
static void symptoms_hang_below_what_is_there(void **state)
{
    static const char gone[] = "table gateways dc1/nsx\ngateway edge_id edge tier ha_status\n"
                               "t0 e-1 edge-1 0 active\nt0 e-9 edge-9 0 down\n";
    struct watch *w = begin(false);
    (void)state;

    update(w, gone, 0);
    expect(w, ID_T0, "open", "warning");
    assert_false(row_present(find(w, ID_T0), FINDINGS_CAUSED_BY));
    end(w);
}

/* ---- the first minute ---------------------------------------------------------------------------
 */

static void nothing_is_missing_at_first(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update_as(w, NEVER, true);
    assert_int_equal(snapshot_count(w->out[1]), 0);
    w->now += 30 * SECOND;
    update_as(w, NEVER, false);
    assert_int_equal(snapshot_count(w->out[1]), 0);
    w->now += 60 * SECOND;
    update_as(w, NEVER, true); /* a slow first poll */
    assert_int_equal(snapshot_count(w->out[1]), 0);
    w->now += SECOND;
    update_as(w, NEVER, false);
    expect(w, "dc1/endpoint-health/nsx", "open", "unknown");
    end(w);
}

static void a_failure_is_one_line_from_the_start(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update_as(w, NOT_READ, true);
    assert_int_equal(count(w, true), 1);
    expect(w, "dc1/endpoint-health/nsx", "open", "unknown");
    end(w);
}

static void one_sample_does_not_wait(void **state)
{
    struct watch *w = begin(true);
    (void)state;

    update(w, NEVER, 0);
    expect(w, "dc1/endpoint-health/nsx", "open", "unknown");
    expect(w, "dc1/edge-health/nsx", "open", "unknown");
    end(w);
}

/* ---- history ------------------------------------------------------------------------------------
 */

static void survives_a_restart(void **state)
{
    struct watch *w = begin(false);
    (void)state;

    update(w, DEGRADED, 0);
    findings_acknowledge(w->f, ID_EDGE, "\"known\"\n", w->now);
    update(w, DEGRADED, MINUTE);
    restart(w, MINUTE);
    /* Until its check has run it is history, not an alarm. */
    update_as(w, NEVER, true);
    assert_null(find(w, ID_EDGE));
    update(w, DEGRADED, MINUTE);
    expect(w, ID_EDGE, "acknowledged", "warning");
    assert_string_equal(text_of(w, ID_EDGE, FINDINGS_NOTE), "\"known\"\n");
    assert_int_equal(time_of(w, ID_EDGE, FINDINGS_FIRST_SEEN_AT), ESTATE_TEXT_NOW);
    restart(w, MINUTE);
    update(w, EDGE_UP, MINUTE);
    expect(w, ID_EDGE, "cleared", "warning");
    restart(w, MINUTE);
    update(w, EDGE_UP, MINUTE);
    expect(w, ID_EDGE, "cleared", "warning");
    restart(w, 2 * HOUR);
    update(w, EDGE_UP, MINUTE);
    assert_null(find(w, ID_EDGE));
    end(w);
}

static void history_is_written_once(void **state)
{
    struct strbuf out = STRBUF_INIT;
    struct watch *w = begin(false);
    (void)state;

    update(w, EDGE_DOWN, 0);
    findings_history_take(w->f, &out);
    assert_true(out.len > 0);
    strbuf_reset(&out);
    update(w, EDGE_DOWN, MINUTE);
    findings_history_take(w->f, &out);
    assert_string_equal(out.buf, "");
    update(w, EDGE_DOWN, 10 * MINUTE);
    findings_history_take(w->f, &out);
    assert_non_null(strstr(out.buf, ID_EDGE));
    strbuf_release(&out);
    end(w);
}

static void strange_history_is_refused(void **state)
{
    static const char *const lines[] = {"{}", "{\"v\":1}", "{\"v\":2,\"finding\":\"a/b/c\"}",
                                        "{\"v\":1,\"finding\":\"\"}",
                                        "{\"v\":1,\"first_seen_key\":\"k\"}"};
    struct watch *w = begin(false);
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        struct json_object *o = jsonq_parse(lines[i], strlen(lines[i]), NULL);

        assert_false(findings_history_load(w->f, o, w->now));
        json_object_put(o);
    }
    update(w, EDGE_UP, 0);
    assert_int_equal(snapshot_count(w->out[1]), 0);
    end(w);
}

/* ---- languages ----------------------------------------------------------------------------------
 */

static struct watch *begin_in_japanese(void)
{
    language_set("ja");
    return begin(false);
}

static const char *shown(const struct watch *w, const char *id, unsigned col)
{
    const struct row *r = find(w, id);

    return r ? row_str_shown(&table_findings, r, col) : "";
}

static const char *last_evidence(const struct watch *w, const char *id)
{
    const struct cell_list *l = row_shown(&table_findings, find(w, id), FINDINGS_EVIDENCE)->u.list;

    return l->items[l->n - 1];
}

static void sentences_are_in_both(void **state)
{
    struct watch *w = begin_in_japanese();
    (void)state;

    update(w, NONE_ACTIVE, 0);
    assert_string_equal(text_of(w, ID_T0, FINDINGS_SUMMARY),
                        "Converging: Gateway t0 has no active edge: nothing passes through it.");
    assert_string_equal(
        shown(w, ID_T0, FINDINGS_SUMMARY),
        "収束中: ゲートウェイ t0 にアクティブなエッジがありません。何も通過しません。");
    assert_string_equal(last_evidence(w, ID_T0), "継続を確認中: 3m00s 続くと critical");
    assert_non_null(strstr(shown(w, ID_T0, FINDINGS_REMEDY), "Edges タブ"));
    update(w, EDGE_DOWN, 0);
    update(w, NOT_READ, MINUTE);
    assert_string_equal(last_evidence(w, ID_EDGE),
                        "2026-11-20T09:00:00Z 時点。以後はデータ不足で未判定");
    assert_string_equal(
        shown(w, "dc1/edge-health/nsx", FINDINGS_SUMMARY),
        "未判定: すべての NSX エッジノードが up であるか (nsx の edges が failed)。");
    language_set(NULL);
    update(w, EDGE_DOWN, MINUTE);
    assert_ptr_equal(shown(w, ID_EDGE, FINDINGS_SUMMARY), text_of(w, ID_EDGE, FINDINGS_SUMMARY));
    end(w);
}

/* Words of a server that are ours by chance are names all the same. */
static void names_are_never_translated(void **state)
{
    struct watch *w = begin_in_japanese();
    (void)state;

    update(w, "table edges dc1/nsx\nedge_id edge status\ne-1 \"not known\" down\ne-2 %s down\n", 0);
    assert_string_equal(shown(w, "dc1/edge-health/not known", FINDINGS_SUMMARY),
                        "エッジ not known が down です。");
    assert_string_equal(shown(w, "dc1/edge-health/%s", FINDINGS_SUMMARY),
                        "エッジ %s が down です。");
    language_set(NULL);
    end(w);
}

/* The file is the same in every language; what comes from it is shown as it is until its check
 * judges again. */
static void history_is_english(void **state)
{
    struct watch *english = begin(false), *w;
    (void)state;

    update(english, EDGE_DOWN, 0);
    findings_history_take(english->f, &english->history);
    w = begin_in_japanese();
    update(w, EDGE_DOWN, 0);
    restart(w, MINUTE);
    assert_string_equal(w->history.buf, english->history.buf);
    update(w, NOT_READ, MINUTE);
    assert_string_equal(shown(w, ID_EDGE, FINDINGS_SUMMARY), "Edge edge-1 is down.");
    assert_string_equal(last_evidence(w, ID_EDGE),
                        "2026-11-20T09:00:00Z 時点。以後はデータ不足で未判定");
    update(w, EDGE_DOWN, MINUTE);
    assert_string_equal(shown(w, ID_EDGE, FINDINGS_SUMMARY), "エッジ edge-1 が down です。");
    language_set(NULL);
    end(english);
    end(w);
}

static bool finds(const struct watch *w, const char *expression)
{
    struct err err = {0};
    struct filter *f = filter_new(&table_findings, expression, &err);
    bool hit;

    if (!f)
        fail_msg("%s: %s", expression, err.msg);
    hit = filter_match(f, find(w, ID_EDGE));
    filter_free(f);
    return hit;
}

static void what_is_seen_is_found(void **state)
{
    static const char *const yes[] = {"エッジ",
                                      "が down",
                                      "is down",
                                      "summary ~ エッジ",
                                      "summary ~ Edge",
                                      "evidence ~ トンネル",
                                      "remedy ~ サポートリクエスト",
                                      "summary !~ ルート",
                                      "summary != -"};
    static const char *const no[] = {"ルートテーブル",    "!エッジ",         "summary ~ ルート",
                                     "summary !~ エッジ", "summary !~ Edge", "summary = -"};
    struct watch *w = begin_in_japanese();
    (void)state;

    update(w, EDGE_DOWN, 0);
    for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
        if (!finds(w, yes[i]))
            fail_msg("not found: %s", yes[i]);
    for (size_t i = 0; i < ARRAY_SIZE(no); i++)
        if (finds(w, no[i]))
            fail_msg("found: %s", no[i]);
    language_set(NULL);
    end(w);
}

static const char *enis_of(struct strbuf *out, unsigned n)
{
    strbuf_reset(out);
    strbuf_addstr(out, "table enis osaka/far\neni role status\n");
    for (unsigned i = 0; i < n; i++)
        strbuf_addf(out, "eni-%u spare available\n", i);
    return out->buf;
}

static void totals_are_compared_with_the_first(void **state)
{
    struct strbuf text = STRBUF_INIT;
    struct watch *w = begin(false);
    (void)state;

    update(w, enis_of(&text, 16), 0);
    assert_int_equal(snapshot_count(w->out[2]), 0);
    restart(w, HOUR);
    update(w, enis_of(&text, 17), 0);
    expect(w, "osaka/eni-count/osaka: total", "open", "ok");
    restart(w, HOUR);
    update(w, enis_of(&text, 15), 0);
    expect(w, "osaka/eni-count/osaka: total", "open", "warning");
    assert_non_null(strstr(text_of(w, "osaka/eni-count/osaka: total", FINDINGS_SUMMARY),
                           "had 16 ENIs when it was first seen and has 15 now"));
    strbuf_release(&text);
    end(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_and_clears),
        cmocka_unit_test(comes_back_as_a_new_one),
        cmocka_unit_test(bad_data_neither_fires_nor_clears),
        cmocka_unit_test(unchanged_is_the_same_snapshot),
        cmocka_unit_test(what_did_not_change_stays_judged),
        cmocka_unit_test(transient_must_persist),
        cmocka_unit_test(a_gap_begins_anew),
        cmocka_unit_test(one_sample_says_so),
        cmocka_unit_test(acknowledged_until_it_gets_worse),
        cmocka_unit_test(more_of_it_is_worse),
        cmocka_unit_test(snoozed_for_a_while),
        cmocka_unit_test(three_hundred_symptoms_are_one_line),
        cmocka_unit_test(one_credential_is_one_cause),
        cmocka_unit_test(symptoms_hang_below_what_is_there),
        cmocka_unit_test(nothing_is_missing_at_first),
        cmocka_unit_test(a_failure_is_one_line_from_the_start),
        cmocka_unit_test(one_sample_does_not_wait),
        cmocka_unit_test(survives_a_restart),
        cmocka_unit_test(sentences_are_in_both),
        cmocka_unit_test(names_are_never_translated),
        cmocka_unit_test(history_is_english),
        cmocka_unit_test(what_is_seen_is_found),
        cmocka_unit_test(history_is_written_once),
        cmocka_unit_test(strange_history_is_refused),
        cmocka_unit_test(totals_are_compared_with_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
