#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <locale.h>

#include <regex.h>
#include <stdio.h>

#include "core/filter.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

enum {
    SITE,
    ENDPOINT,
    NAME,
    COUNT,
    LOAD,
    SIZE,
    LAG_S,
    LATENCY_MS,
    AT,
    MAIN,
    STATE,
    IP,
    CIDR,
    TAGS,
    HIDDEN,
    NCOLUMNS
};

static const struct state_word states[] = {{"up", SEV_OK}, {"down", SEV_CRITICAL}, {NULL, SEV_OK}};
static const struct column columns[] = {
    {"site", CELL_STR, UNIT_NONE, 0, "", NULL, NULL},
    {"endpoint", CELL_STR, UNIT_NONE, 0, "", NULL, NULL},
    {"name", CELL_STR, UNIT_NONE, COL_KEY, "", NULL, NULL},
    {"count", CELL_INT, UNIT_COUNT, 0, "", NULL, NULL},
    {"load_percent", CELL_REAL, UNIT_PERCENT, 0, "", NULL, NULL},
    {"size_bytes", CELL_BYTES, UNIT_BYTES, 0, "", NULL, NULL},
    {"lag_s", CELL_DURATION, UNIT_S, 0, "", NULL, NULL},
    {"latency_ms", CELL_DURATION, UNIT_MS, 0, "", NULL, NULL},
    {"seen_at", CELL_TIME, UNIT_NONE, 0, "", NULL, NULL},
    {"main", CELL_BOOL, UNIT_NONE, 0, "", NULL, NULL},
    {"state", CELL_STATE, UNIT_NONE, 0, "", states, NULL},
    {"ip", CELL_IP, UNIT_NONE, 0, "", NULL, NULL},
    {"cidr", CELL_CIDR, UNIT_NONE, 0, "", NULL, NULL},
    {"tags", CELL_LIST, UNIT_NONE, 0, "", NULL, NULL},
    {"hidden", CELL_STR, UNIT_NONE, COL_SECRET, "", NULL, NULL},
};
static const struct schema schema = {"things", "", columns, NCOLUMNS};

/* One row with every kind of cell, and one with none. */
static struct snapshot *two_rows(void)
{
    static const char *const tags[] = {"prod", "10.1.2.3", "a b"};
    struct table_builder *b = builder_new(&schema, "tokyo", "vc", NULL);

    builder_row(b);
    builder_str(b, NAME, "Edge-01");
    builder_int(b, COUNT, 7);
    builder_real(b, LOAD, 12.5);
    builder_int(b, SIZE, INT64_C(2) << 30);
    builder_int(b, LAG_S, 90000);
    builder_int(b, LATENCY_MS, 250);
    builder_int(b, AT, INT64_C(1795165200000)); /* 2026-11-20T09:00:00Z */
    builder_bool(b, MAIN, true);
    builder_state(b, STATE, "up");
    builder_ip(b, IP, "10.1.2.3");
    builder_ip(b, CIDR, "10.1.0.0/16");
    builder_list(b, TAGS, tags, ARRAY_SIZE(tags));
    builder_str(b, HIDDEN, "hunter2");
    builder_row(b);
    builder_str(b, NAME, "bare");
    return builder_finish(b, 1, FRESH_OK, NULL);
}

static struct filter *make(const char *text)
{
    struct err err = {0};
    struct filter *f = filter_new(&schema, text, &err);

    if (!f)
        fail_msg("'%s': %s", text, err.msg);
    return f;
}

/* Which of the two rows match: 1 the full one, 2 the bare one, 3 both. */
static int matched(const char *text)
{
    struct snapshot *s = two_rows();
    struct filter *f = make(text);
    const struct row *full = snapshot_find(s, "Edge-01"), *bare = snapshot_find(s, "bare");
    int got;

    assert_non_null(full);
    assert_non_null(bare);
    got = (filter_match(f, full) ? 1 : 0) | (filter_match(f, bare) ? 2 : 0);
    filter_free(f);
    snapshot_unref(s);
    return got;
}

struct expectation {
    const char *text;
    int want;
};

static void expect_all(const struct expectation *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int got = matched(e[i].text);
        if (got != e[i].want)
            fail_msg("'%s' matches %d, not %d", e[i].text, got, e[i].want);
    }
}

static void test_row_search(void **state)
{
    (void)state;
    static const struct expectation cases[] = {
        {"", 3},
        {"   ", 3},
        {"edge-01", 1},
        {"EDGE", 1},
        {"tokyo", 3},
        {"! edge", 2},
        {"!!edge", 1},
        {"!edge", 2},
        {"^tokyo vc e", 1},
        {"vc bare", 2},
        {"tokyo.*(up|x)", 1},
        {"hunter2", 0},
        {"250", 1},
        {"12.5", 1},
        {"2147483648", 1},
        {"2026-11-20T09", 1},
        {"true", 1},
        {"10.1.0.0/16", 1},
        {"a b", 1},
        {"prod 10", 1},
        {"name[=]x", 0},
        {"edge-[0-9]+", 1},
        {"7 12", 1},
        {"qq", 0},
    };

    expect_all(cases, ARRAY_SIZE(cases));
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct expectation cases[] = {
        {"count=7", 1},
        {"count = 8", 0},
        {"count!=7", 2},
        {"count != 8", 3},
        {"count<8", 1},
        {"count<=7", 1},
        {"count>7", 0},
        {"count>=7.5", 0},
        {"count > 6.5", 1},
        {"load_percent>12%", 1},
        {"load_percent=12.5", 1},
        {"load_percent<12", 0},
        {"size_bytes=2GiB", 1},
        {"size_bytes>1.5TB", 0},
        {"size_bytes>=2147483648", 1},
        {"lag_s=90", 1},
        {"lag_s>1m", 1},
        {"lag_s=1m30s", 1},
        {"lag_s>89.5", 1},
        {"lag_s>10m", 0},
        {"latency_ms>200", 1},
        {"latency_ms<1s", 1},
        {"latency_ms = 250ms", 1},
        {"count~^7$", 1},
        {"count!~7", 2},
        {"main=true", 1},
        {"main=no", 0},
        {"main != yes", 2},
        {"main~tr", 1},
    };

    expect_all(cases, ARRAY_SIZE(cases));
}

static void test_times(void **state)
{
    (void)state;
    static const struct expectation cases[] = {
        {"seen_at=2026-11-20T09:00:00Z", 1},
        {"seen_at > 2026-11-20", 1},
        {"seen_at<2026-11-20T18:00:01+09:00", 1},
        {"seen_at>=2026-11-21", 0},
        {"seen_at~T09:", 1},
    };

    expect_all(cases, ARRAY_SIZE(cases));
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct expectation cases[] = {
        {"ip=10.1.2.3", 1},      {"ip = 10.1.2.4", 0},    {"ip~10.0.0.0/8", 1},
        {"ip ~ 11.0.0.0/8", 0},  {"ip~10.1.2.3", 1},      {"ip~^10\\.", 1},
        {"ip!~10.0.0.0/8", 2},   {"ip<10.1.10.0", 1},     {"ip>10.1.2.2 and ip<10.1.2.4", 1},
        {"cidr=10.1.0.0/16", 1}, {"cidr=10.1.0.0/17", 0}, {"cidr~10.0.0.0/8", 1},
        {"cidr~10.1.0.0/17", 0}, {"cidr~10.1.99.1", 1},   {"cidr~10.2.0.1", 0},
        {"ip=10.0.0.0/8", 1},    {"ip!=10.0.0.0/8", 2},   {"ip=11.0.0.0/8", 0},
        {"cidr=10.0.0.0/8", 1},  {"cidr=10.1.2.3", 1},    {"cidr=10.2.0.1", 0},
        {"cidr=0.0.0.0/0", 0},   {"cidr~0.0.0.0/0", 1},   {"tags=10.0.0.0/8", 0},
        {"tags~10.1.0.0/16", 1}, {"tags ~ 10.1.2", 1},    {"tags ~ 0.1.2.3", 0},
        {"ip~::/0", 0},          {"ip!=::1", 3},
    };

    expect_all(cases, ARRAY_SIZE(cases));
}

static void test_texts(void **state)
{
    (void)state;
    static const struct expectation cases[] = {
        {"name=Edge-01", 1},
        {"name=edge-01", 0},
        {"name~edge", 1},
        {"name!~edge", 2},
        {"name<F", 1},
        {"name>F", 2},
        {"state=up", 1},
        {"state=down", 0},
        {"state!=up", 2},
        {"tags=prod", 1},
        {"tags!=prod", 2},
        {"tags='a b'", 1},
        {"tags=\"a b\" and count=7", 1},
        {"tags~^a", 1},
        {"tags=none", 0},
        {"name = 'bare'", 2},
        {"name='-'", 0},
        {"name=\"it's\"", 0},
        {"name~edge and state=up and count>1", 1},
        {"name~edge AND state=down", 0},
        {"!name~edge", 2},
        {"! name~edge and count=8", 3},
        {"site=tokyo", 3},
    };

    expect_all(cases, ARRAY_SIZE(cases));
}

static void test_absent(void **state)
{
    (void)state;
    static const struct expectation cases[] = {
        {"count=-", 2},  {"count!=-", 1},  {"state=null", 2}, {"tags != null", 1},
        {"count<99", 1}, {"count!=99", 3}, {"ip=-", 2},       {"main!=true", 2},
    };

    expect_all(cases, ARRAY_SIZE(cases));
}

/* Only the name and the count are known. */
static void test_may_match(void **state)
{
    static const unsigned known[] = {NAME, COUNT};
    static const struct {
        const char *text;
        bool may;
    } cases[] = {
        {"", true},
        {"name=Edge-01", true},
        {"name=Edge-02", false},
        {"name~^Edge and main=false", true},
        {"name~^edge-1 and main=true", false},
        {"main=false", true},
        {"count!=7", false},
        {"!name=Edge-01", false},
        {"!name=Edge-02", true},
        {"!name=Edge-01 and main=false", true},
        {"nowhere", true},
    };
    struct snapshot *s = two_rows();

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct err err = {0};
        struct filter *f = filter_new(&schema, cases[i].text, &err);
        const struct row *r = snapshot_find(s, "Edge-01");
        if (filter_may_match(f, r, known, ARRAY_SIZE(known)) != cases[i].may)
            fail_msg("'%s'", cases[i].text);
        filter_free(f);
    }
    snapshot_unref(s);
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"nam=x", "did you mean 'name'"},
        {"zzzzzz = 1", "[=]"},
        {"hidden=hunter2", "no column"},
        {"name=x and", "comparison"},
        {"name=x and edge", "operator"},
        {"name=x or count=1", "'and'"},
        {"name=x and wrong>1", "no column 'wrong'"},
        {"count=", "missing"},
        {"count=x", "number"},
        {"count=nan", "number"},
        {"lag_s=soon", "duration"},
        {"size_bytes=1 GiB", "'and'"},
        {"size_bytes=-1", "size"},
        {"seen_at=yesterday", "time"},
        {"main=maybe", "true or false"},
        {"main<true", "no order"},
        {"ip=10.1.2", "address"},
        {"count<-", "absent"},
        {"name='x", "not closed"},
        {"name~(", "regular expression"},
        {"(", "regular expression"},
        {"!", "inverts"},
        {"! ", "inverts"},
        {"lag_s>9223372036854775807", "duration"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct err err = {0};
        struct filter *f = filter_new(&schema, cases[i].text, &err);
        if (f || !strstr(err.msg, cases[i].says))
            fail_msg("'%s': '%s' does not say '%s'", cases[i].text, err.msg, cases[i].says);
    }
}

static void test_limit(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};
    struct filter *f;

    strbuf_addchars(&text, 'x', FILTER_TEXT_MAX);
    f = filter_new(&schema, text.buf, &err);
    assert_non_null(f);
    filter_free(f);
    strbuf_addch(&text, 'x');
    assert_null(filter_new(&schema, text.buf, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    strbuf_reset(&text);
    strbuf_addchars(&text, '!', FILTER_TEXT_MAX - 1);
    strbuf_addch(&text, 'q');
    f = filter_new(&schema, text.buf, &err);
    assert_non_null(f);
    filter_free(f);
    filter_free(NULL);
    strbuf_release(&text);
}

/* A server sent what no address or number is: nothing is lost, and nothing compares with it. */
static void test_raw_cells(void **state)
{
    (void)state;
    struct table_builder *b = builder_new(&schema, "s", "e", NULL);
    struct snapshot *s;
    static const struct {
        const char *text;
        bool want;
    } cases[] = {{"ip~any", true},        {"ip=10.0.0.1", false},  {"ip!=10.0.0.1", true},
                 {"ip<255.0.0.0", false}, {"any", true},           {"ip~10.0.0.0/8", false},
                 {"x1b", true},           {"tags~.", false},       {"tags=-", false},
                 {"tags!=x", true},       {"state=new_word", true}};

    builder_row(b);
    builder_str(b, NAME, "a\033b");
    builder_ip(b, IP, "any");
    builder_state(b, STATE, "new_word");
    builder_list_empty(b, TAGS);
    s = builder_finish(b, 1, FRESH_OK, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct filter *f = make(cases[i].text);
        if (filter_match(f, snapshot_row(s, 0)) != cases[i].want)
            fail_msg("'%s' is not %d", cases[i].text, cases[i].want);
        filter_free(f);
    }
    snapshot_unref(s);
}

/* ---- against an obvious reference --------------------------------------------------------------
 */

#define ROWS            60
#define MANY            200 /* rows: more than are searched at once */
#define LONG_LIST       190 /* a row */
#define LONG_LIST_ITEMS 900 /* more texts than are looked through at once */

static const char *const words[] = {"edge",   "Edge-1",           "eni-0a",  "",
                                    "x y",    "10.0.0.1",         "up",      "東京 10",
                                    "a\033b", "e\xe2\x80\xaekge", "\xff up", "ſ"};

static const char *word(unsigned *seed)
{
    return words[(size_t)rand_r(seed) % ARRAY_SIZE(words)];
}

static struct snapshot *random_rows(int nrows, unsigned *seed)
{
    struct table_builder *b = builder_new(&schema, "s", "e", NULL);

    for (int i = 0; i < nrows; i++) {
        char address[32];
        snprintf(address, sizeof(address), "10.%d.0.%d", rand_r(seed) % 3, rand_r(seed) % 3);
        builder_row(b);
        builder_str(b, NAME, word(seed));
        if (rand_r(seed) % 4)
            builder_int(b, COUNT, rand_r(seed) % 7 - 3);
        if (rand_r(seed) % 4)
            builder_int(b, LAG_S, (rand_r(seed) % 7) * 500);
        if (rand_r(seed) % 4)
            builder_int(b, AT,
                        (rand_r(seed) % 40 - 1) * INT64_C(43200000) *
                                (rand_r(seed) % 9 ? 1 : 5000) +
                            (rand_r(seed) % 2 ? rand_r(seed) % 86400000 : 7000));
        if (rand_r(seed) % 4)
            builder_ip(b, IP, address);
        if (rand_r(seed) % 4)
            builder_bool(b, MAIN, rand_r(seed) % 2);
        if (rand_r(seed) % 4)
            builder_real(b, LOAD, (rand_r(seed) % 7 - 3) / 4.0);
        if (rand_r(seed) % 4)
            builder_state(b, STATE, rand_r(seed) % 3 ? "up" : "odd");
        for (int n = i == LONG_LIST ? LONG_LIST_ITEMS : rand_r(seed) % 3; n; n--)
            builder_list_add(b, TAGS, word(seed));
        if (rand_r(seed) % 4 == 0)
            builder_str(b, HIDDEN, word(seed));
    }
    return builder_finish(b, 1, FRESH_OK, NULL);
}

static bool reference_regex(const struct row *r, const char *pattern)
{
    struct strbuf text = STRBUF_INIT;
    regex_t re;
    bool hit;

    for (unsigned i = 0; i < NCOLUMNS; i++) {
        if (r->cells[i].type == CELL_ABSENT || i == HIDDEN)
            continue;
        strbuf_addstr(&text, text.len ? " " : "");
        cell_plain(&text, &columns[i], &r->cells[i]);
    }
    assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB), 0);
    hit = regexec(&re, text.buf, 0, NULL, 0) == 0;
    regfree(&re);
    strbuf_release(&text);
    return hit;
}

static const char *const patterns[] = {
    "edge",
    "e",
    "-1",
    "10.0",
    "true",
    "0\\.5",
    "1.5",
    "s e",
    "^s e",
    "x y",
    "up",
    "3 ",
    "eni-.*up",
    "-",
    "(edge|eni).*10",
    "fals",
    "E-",
    "\\.[12]$",
    "5",
    "a e",
    "京",
    "(東|西)京.*1",
    "x1b",
    "a.{4}b",
    "^東.* ",
    "[^ -~]",
    "u[{]202e",
    "[a-e]+$",
    "[1-9]0",
    "1970-01",
    "00:00:07Z",
    "\\.[0-9]{3}Z",
    "19",
    "1969",
    "[0-9]2:[0-5][0-9]:",
    "",
    "[[:alpha:]]{4}",
    "\\bup",
    "s",
};

static void test_search_property(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    unsigned seed = 11;
    bool hits[ROWS];

    for (int round = 0; round < 20; round++) {
        struct snapshot *s = random_rows(ROWS, &seed);
        for (size_t p = 0; p < ARRAY_SIZE(patterns); p++) {
            const struct row *rows[ROWS];
            struct filter *f = make(patterns[p]);
            for (size_t i = 0; i < snapshot_count(s); i++)
                rows[i] = snapshot_row(s, i);
            filter_match_many(f, rows, snapshot_count(s), hits);
            for (size_t i = 0; i < snapshot_count(s); i++) {
                bool want = reference_regex(rows[i], patterns[p]);
                if (filter_match(f, rows[i]) != want || hits[i] != want)
                    fail_msg("'%s' differs in row %zu of round %d", patterns[p], i, round);
            }
            filter_free(f);
        }
        snapshot_unref(s);
    }
}

static bool reference_matches(const regex_t *re, const struct row *r)
{
    struct strbuf text = STRBUF_INIT;
    bool hit;

    for (unsigned i = 0; i < NCOLUMNS; i++) {
        if (r->cells[i].type == CELL_ABSENT || i == HIDDEN)
            continue;
        strbuf_addstr(&text, text.len ? " " : "");
        cell_plain(&text, &columns[i], &r->cells[i]);
    }
    hit = regexec(re, text.buf, 0, NULL, 0) == 0;
    strbuf_release(&text);
    return hit;
}

/* Rows, and the same rows one by one, against what regexec() says of them. */
static size_t compare_rows(const struct snapshot *s, const char *pattern)
{
    const struct row *rows[MANY];
    bool hits[MANY];
    size_t n = snapshot_count(s), found = 0;
    struct filter *f;
    regex_t re;

    if (regcomp(&re, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB))
        return 0;
    f = make(pattern);
    for (size_t i = 0; i < n; i++)
        rows[i] = snapshot_row(s, i);
    filter_match_many(f, rows, n, hits);
    for (size_t i = 0; i < n; i++) {
        bool want = reference_matches(&re, rows[i]);
        if (hits[i] != want || (i % 8 == 0 && filter_match(f, rows[i]) != want))
            fail_msg("'%s' differs in row %zu", pattern, i);
        found += want;
    }
    filter_free(f);
    regfree(&re);
    return found;
}

/* Any pattern: words, digits and what lies across cells, where the ends of rows are, and where
 * types of cells are passed over. */
static void test_random_patterns(void **state)
{
    static const char *const pieces[] = {
        "e",     "edge",    "up",     "odd",      "s",        "1",    "0",     "10",
        "19",    "-",       ":",      "T",        "Z",        "true", "f",     ".",
        ".*",    "[0-9]",   "[0-9]+", "[1-5]{2}", "[a-f]",    " ",    "$",     "^",
        "(1|e)", "?",       "[^0-9]", "[^ ]",     "\\.",      "京",   "x",     "1b",
        "-edg",  "(up|-1)", "+",      "00:",      "[.]5[0 ]", "2.",   "[Tt]0", "s e"};
    unsigned seed = 23;
    size_t found = 0, tried = 0;

    (void)state;
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    for (int round = 0; round < 8; round++) {
        struct snapshot *s = random_rows(MANY, &seed);

        for (int i = 0; i < 60; i++) {
            struct strbuf pattern = STRBUF_INIT;
            for (int n = rand_r(&seed) % 4; n >= 0; n--)
                strbuf_addstr(&pattern, pieces[(size_t)rand_r(&seed) % ARRAY_SIZE(pieces)]);
            if (pattern.buf[strspn(pattern.buf, " ")]) {
                size_t hits = compare_rows(s, pattern.buf + strspn(pattern.buf, " "));
                found += hits > 0;
                tried++;
            }
            strbuf_release(&pattern);
        }
        snapshot_unref(s);
    }
    assert_true(found > tried / 4 && found < tried);
    setlocale(LC_ALL, "C");
}

/* What is shown for a control character is longer than it: "g\\x1b" has four characters more. */
static void test_shown_characters(void **state)
{
    static const char *const wanted[] = {"g[\\]x1b", "gg[\\]x1b$", "[^a]g.{4}$", "g.x1", "g"};
    struct table_builder *b = builder_new(&schema, "s", "e", NULL);
    struct snapshot *s;

    (void)state;
    builder_row(b);
    builder_str(b, NAME, "gg\x1b");
    s = builder_finish(b, 1, FRESH_OK, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
        assert_int_equal(compare_rows(s, wanted[i]), 1);
    assert_int_equal(compare_rows(s, "g[\\]x1c"), 0);
    snapshot_unref(s);
}

static bool reference_order(const char *op, long a, long b)
{
    if (!strcmp(op, "="))
        return a == b;
    if (!strcmp(op, "!="))
        return a != b;
    if (!strcmp(op, "<"))
        return a < b;
    if (!strcmp(op, ">"))
        return a > b;
    return !strcmp(op, "<=") ? a <= b : a >= b;
}

static void compare_column(const struct snapshot *s, unsigned col, const char *op, const char *text,
                           long value)
{
    char expr[64];
    struct filter *f;

    snprintf(expr, sizeof(expr), "%s %s %s", columns[col].name, op, text);
    f = make(expr);
    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        int64_t cell;
        bool want =
            row_int(r, col, &cell) ? reference_order(op, (long)cell, value) : !strcmp(op, "!=");
        if (filter_match(f, r) != want)
            fail_msg("'%s' differs in row %zu", expr, i);
    }
    filter_free(f);
}

static void test_comparison_property(void **state)
{
    (void)state;
    static const char *const ops[] = {"=", "!=", "<", ">", "<=", ">="};
    unsigned seed = 5;

    for (int round = 0; round < 20; round++) {
        struct snapshot *s = random_rows(ROWS, &seed);
        for (size_t o = 0; o < ARRAY_SIZE(ops); o++) {
            char text[16];
            int n = rand_r(&seed) % 7 - 3, half = rand_r(&seed) % 7;
            snprintf(text, sizeof(text), "%d", n);
            compare_column(s, COUNT, ops[o], text, n);
            snprintf(text, sizeof(text), "%d.%d", half / 2, half % 2 * 5);
            compare_column(s, LAG_S, ops[o], text, half * 500L);
            snprintf(text, sizeof(text), "%dms", half * 500);
            compare_column(s, LAG_S, ops[o], text, half * 500L);
        }
        snapshot_unref(s);
    }
}

/* Whatever is typed: an answer or a sentence, never a crash. */
static void test_hostile_texts(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "name", "count", "ip",    "=",          "!=", "~",    "!~",
        "<=",   " ",     " and ", "'",          "\"", "(",    ")",
        "[",    "]",     "{9}",   "*",          "+",  "|",    "\\",
        "\xff", "京",    "-",     "10.0.0.0/8", "!",  "null", "9999999999999999999",
        "."};
    struct snapshot *s = two_rows();
    unsigned seed = 3;

    for (int i = 0; i < 20000; i++) {
        struct strbuf text = STRBUF_INIT;
        struct err err = {0};
        for (int n = rand_r(&seed) % 9; n >= 0; n--)
            strbuf_addstr(&text, pieces[(size_t)rand_r(&seed) % ARRAY_SIZE(pieces)]);
        struct filter *f = filter_new(&schema, text.buf, &err);
        if (f) {
            bool one = filter_match(f, snapshot_row(s, 0));
            assert_int_equal(filter_match(f, snapshot_row(s, 0)), one);
            (void)filter_match(f, snapshot_row(s, 1));
        } else {
            assert_true(err.kind != ERR_NONE && err.msg[0] && text_is_clean(err.msg));
        }
        filter_free(f);
        strbuf_release(&text);
    }
    snapshot_unref(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_search),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_may_match),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_raw_cells),
        cmocka_unit_test(test_search_property),
        cmocka_unit_test(test_comparison_property),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_random_patterns),
        cmocka_unit_test(test_shown_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
