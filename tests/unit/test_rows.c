#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <json.h>
#include <stdio.h>

#include "core/mem.h"
#include "core/rows.h"
#include "core/strbuf.h"

enum { SITE, ENDPOINT, NAME, COUNT, LAG_S, IP, TAGS, NOTE, RAW, HIDDEN, NCOLUMNS };

static const struct column columns[] = {
    {"site", CELL_STR, UNIT_NONE, 0, "", NULL, NULL},
    {"endpoint", CELL_STR, UNIT_NONE, 0, "", NULL, NULL},
    {"name", CELL_STR, UNIT_NONE, COL_KEY, "", NULL, NULL},
    {"count", CELL_INT, UNIT_NONE, 0, "", NULL, NULL},
    {"lag_s", CELL_DURATION, UNIT_S, 0, "", NULL, NULL},
    {"ip", CELL_IP, UNIT_NONE, 0, "", NULL, NULL},
    {"tags", CELL_LIST, UNIT_NONE, 0, "", NULL, NULL},
    {"note", CELL_STR, UNIT_NONE, COL_WIDE, "", NULL, NULL},
    {"raw", CELL_STR, UNIT_NONE, COL_RAW, "", NULL, NULL},
    {"hidden", CELL_STR, UNIT_NONE, COL_SECRET, "", NULL, NULL},
};
static const struct schema schema = {"things", "", columns, NCOLUMNS};
static const struct schema other = {"others", "", columns, NCOLUMNS};

static const int64_t now = INT64_C(1795165200000); /* 2026-11-20T09:00:00Z */

static struct snapshot *finish(struct table_builder *b)
{
    return builder_finish(b, now - 2000, FRESH_OK, NULL);
}

/* A snapshot of @schema whose rows are named by the words of @names. */
static struct snapshot *named(const struct schema *s, const char *site, const char *endpoint,
                              const char *names)
{
    struct table_builder *b = builder_new(s, site, endpoint, NULL);

    for (; *names; names += strspn(names, " ")) {
        size_t n = strcspn(names, " ");
        builder_row(b);
        builder_strn(b, NAME, names, n);
        names += n;
    }
    return finish(b);
}

static void release(struct snapshot **all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        snapshot_unref(all[i]);
}

static const char *name_of(const struct rows *r, size_t i)
{
    return row_str(r->items[i].row, NAME);
}

static void expect_names(const struct rows *r, const char *want)
{
    struct strbuf got = STRBUF_INIT;

    for (size_t i = 0; i < r->n; i++)
        strbuf_addf(&got, "%s%s", i ? " " : "", name_of(r, i));
    assert_string_equal(got.buf, want);
    strbuf_release(&got);
}

static void test_merge(void **state)
{
    (void)state;
    struct snapshot *all[] = {
        named(&schema, "tokyo", "vc2", "b a"), named(&schema, "osaka", "vc", "z"),
        named(&other, "osaka", "vc", "no"), named(&schema, "tokyo", "vc1", "c"),
        named(&schema, "nara", "vc", "")};
    struct rows r;

    rows_init(&r, &schema, all, ARRAY_SIZE(all), NULL, -1, false);
    release(all, ARRAY_SIZE(all)); /* it has references of its own */
    expect_names(&r, "z c a b");
    assert_int_equal(r.total, 4);
    assert_int_equal(r.nsources, 4);
    assert_string_equal(snapshot_site(r.sources[0]), "nara");
    assert_string_equal(snapshot_endpoint(r.items[1].snapshot), "vc1");
    rows_release(&r);
    rows_init(&r, &schema, NULL, 0, NULL, COUNT, true);
    assert_int_equal(r.n, 0);
    rows_release(&r);
}

/* A number at the end of a key: 2 comes before 10. */
static void test_numbered_keys(void **state)
{
    static const struct column numbered[] = {
        {"site", CELL_STR, UNIT_NONE, 0, "", NULL, NULL},
        {"endpoint", CELL_STR, UNIT_NONE, 0, "", NULL, NULL},
        {"name", CELL_STR, UNIT_NONE, COL_KEY, "", NULL, NULL},
        {"position", CELL_INT, UNIT_NONE, COL_KEY, "", NULL, NULL},
    };
    static const struct schema lines = {"lines", "", numbered, 4};
    static const struct {
        const char *name;
        int64_t position;
    } given[] = {{"b", 10}, {"a", 10}, {"a", 2}, {"b", 1}, {"a", 1}, {"a", 100}, {"b", 9}};
    struct table_builder *b = builder_new(&lines, "s", "e", NULL);
    struct strbuf got = STRBUF_INIT;
    struct snapshot *all;
    struct rows r;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
        builder_row(b);
        builder_str(b, NAME, given[i].name);
        builder_int(b, 3, given[i].position);
    }
    all = finish(b);
    rows_init(&r, &lines, &all, 1, NULL, -1, false);
    for (size_t i = 0; i < r.n; i++)
        strbuf_addf(&got, "%s%lld ", name_of(&r, i), (long long)r.items[i].row->cells[3].u.i);
    assert_string_equal(got.buf, "a1 a2 a10 a100 b1 b9 b10 ");
    assert_true(rows_find(&r, "s", "e", r.items[2].row->key) == 2);
    rows_release(&r);
    strbuf_release(&got);
    snapshot_unref(all);
}

static void test_filter_and_find(void **state)
{
    (void)state;
    struct snapshot *all[] = {named(&schema, "s", "e1", "a b c"), named(&schema, "s", "e2", "a b")};
    struct filter *f = filter_new(&schema, "name != a", NULL);
    struct rows r;

    rows_init(&r, &schema, all, 2, f, NAME, true);
    expect_names(&r, "c b b");
    assert_int_equal(r.total, 5);
    assert_int_equal(rows_find(&r, "s", "e1", "b"), 1);
    assert_int_equal(rows_find(&r, "s", "e2", "b"), 2);
    assert_int_equal(rows_find(&r, "s", "e1", "c"), 0);
    assert_int_equal(rows_find(&r, "s", "e1", "a"), -1);
    assert_int_equal(rows_find(&r, "x", "e1", "b"), -1);
    rows_release(&r);
    filter_free(f);
    release(all, 2);
}

static void test_find_duplicate(void **state)
{
    (void)state;
    struct table_builder *b = builder_new(&schema, "s", "e", NULL);
    struct filter *f;
    struct snapshot *s;
    struct rows r;

    for (int i = 0; i < 3; i++) {
        builder_row(b);
        builder_str(b, NAME, "twice");
        builder_int(b, COUNT, i);
    }
    s = finish(b);
    for (int i = 0; i < 3; i++) {
        char text[32];
        snprintf(text, sizeof(text), "count=%d", i);
        f = filter_new(&schema, text, NULL);
        rows_init(&r, &schema, &s, 1, f, -1, false);
        assert_int_equal(r.n, 1);
        assert_int_equal(rows_find(&r, "s", "e", "twice"), 0);
        rows_release(&r);
        filter_free(f);
    }
    snapshot_unref(s);
}

/* ---- the order, against an obvious reference ---------------------------------------------------
 */

static struct snapshot *random_rows(const char *endpoint, unsigned *seed)
{
    static const char *const words[] = {"",  "a",        "aaaaaaaaa", "aaaaaaaab",
                                        "b", "\xc3\xa9", "10.0.0.9"};
    struct table_builder *b = builder_new(&schema, "s", endpoint, NULL);

    for (int i = 0; i < 50; i++) {
        char text[32];
        snprintf(text, sizeof(text), "n%02d", i);
        builder_row(b);
        builder_str(b, NAME, text);
        if (rand_r(seed) % 5)
            builder_int(b, COUNT, rand_r(seed) % 9 - 4);
        if (rand_r(seed) % 5)
            builder_int(b, LAG_S, INT64_MAX - rand_r(seed) % 3);
        if (rand_r(seed) % 5) {
            snprintf(text, sizeof(text), rand_r(seed) % 3 ? "10.0.%d.1" : "fe80::%d",
                     rand_r(seed) % 4 * 50);
            builder_ip(b, IP, rand_r(seed) % 7 ? text : "raw");
        }
        for (int n = rand_r(seed) % 3; n; n--)
            builder_list_add(b, TAGS, words[(size_t)rand_r(seed) % ARRAY_SIZE(words)]);
        if (rand_r(seed) % 5)
            builder_str(b, NOTE, words[(size_t)rand_r(seed) % ARRAY_SIZE(words)]);
    }
    return finish(b);
}

static int reference_compare(const struct rows_item *x, const struct rows_item *y, unsigned col,
                             bool reverse)
{
    const struct cell *a = &x->row->cells[col], *b = &y->row->cells[col];
    int c = cell_compare(a, b);

    if (reverse && a->type != CELL_ABSENT && b->type != CELL_ABSENT)
        c = -c;
    if (!c)
        c = strcmp(snapshot_endpoint(x->snapshot), snapshot_endpoint(y->snapshot));
    return c ? c : strcmp(x->row->key, y->row->key);
}

static void test_sort_property(void **state)
{
    (void)state;
    static const unsigned cols[] = {ENDPOINT, NAME, COUNT, LAG_S, IP, TAGS, NOTE, RAW};
    unsigned seed = 42;

    for (int round = 0; round < 10; round++) {
        struct snapshot *all[] = {random_rows("e2", &seed), random_rows("e1", &seed)};
        for (size_t c = 0; c < ARRAY_SIZE(cols) * 2; c++) {
            unsigned col = cols[c / 2];
            struct rows r;
            rows_init(&r, &schema, all, 2, NULL, (int)col, c % 2);
            assert_int_equal(r.n, 100);
            for (size_t i = 1; i < r.n; i++)
                assert_true(reference_compare(&r.items[i - 1], &r.items[i], col, c % 2) < 0);
            rows_release(&r);
        }
        release(all, 2);
    }
}

static double length_of_note(const struct rows_item *row)
{
    const char *note = row_str(row->row, NOTE);

    return note ? (double)strlen(note) : -1;
}

static int reference_level(const struct rows_level *l, const struct rows_item *x,
                           const struct rows_item *y)
{
    const struct cell *a = &x->row->cells[l->column], *b = &y->row->cells[l->column];
    int c = cell_compare(a, b);

    if (l->number)
        c = (l->number(x) > l->number(y)) - (l->number(x) < l->number(y));
    else if (a->type == CELL_ABSENT || b->type == CELL_ABSENT)
        return c;
    return l->reverse ? -c : c;
}

/* 1,000 rows of many equal cells by several levels; what is equal keeps its order. */
static void expect_levels(const struct rows_level *levels, size_t n, struct snapshot *const *all,
                          size_t nall)
{
    struct rows r;

    rows_merge(&r, &schema, all, nall);
    rows_sort(&r, levels, n);
    assert_int_equal(r.n, 50 * nall);
    for (size_t i = 1; i < r.n; i++) {
        const struct rows_item *a = &r.items[i - 1], *b = &r.items[i];
        int c = 0;

        for (size_t l = 0; l < n && !c; l++)
            c = reference_level(&levels[l], a, b);
        if (!c)
            c = strcmp(snapshot_endpoint(a->snapshot), snapshot_endpoint(b->snapshot));
        assert_true((c ? c : strcmp(a->row->key, b->row->key)) < 0);
    }
    rows_release(&r);
}

static void test_levels_property(void **state)
{
    static const struct rows_level levels[][3] = {
        {{.column = TAGS}, {.column = COUNT, .reverse = true}, {.column = IP}},
        {{.number = length_of_note, .reverse = true},
         {.column = IP, .reverse = true},
         {.column = TAGS}},
        {{.column = NOTE, .reverse = true}, {.number = length_of_note}, {.column = LAG_S}},
        {{.column = COUNT}, {.column = TAGS, .reverse = true}, {.column = NAME}},
        {{.column = ENDPOINT, .reverse = true}, {.column = IP}, {.column = NOTE}},
    };
    struct snapshot *all[20];
    unsigned seed = 7;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        char name[8];

        snprintf(name, sizeof(name), "e%02zu", i);
        all[i] = random_rows(name, &seed);
    }
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        for (size_t n = 1; n <= 3; n++)
            expect_levels(levels[i], n, all, n == 2 ? 3 : ARRAY_SIZE(all));
    }
    release(all, ARRAY_SIZE(all));
}

/* Lists that agree for long, of many rows. */
static void test_long_lists(void **state)
{
    const struct rows_level level = {.column = TAGS};
    struct table_builder *b = builder_new(&schema, "s", "e", NULL);
    struct snapshot *s;
    struct rows r;

    (void)state;
    for (int i = 0; i < 300; i++) {
        char name[16];

        builder_row(b);
        snprintf(name, sizeof(name), "n%03d", i);
        builder_str(b, NAME, name);
        for (int k = 0; k < 40; k++)
            builder_list_add(b, TAGS, "the same for all of them");
        snprintf(name, sizeof(name), "%03d", i * 7 % 300);
        builder_list_add(b, TAGS, name);
    }
    s = finish(b);
    rows_merge(&r, &schema, &s, 1);
    rows_sort(&r, &level, 1);
    for (size_t i = 1; i < r.n; i++)
        assert_true(reference_level(&level, &r.items[i - 1], &r.items[i]) < 0);
    rows_release(&r);
    snapshot_unref(s);
}

/* ---- printing ----------------------------------------------------------------------------------
 */

static struct snapshot *printable(void)
{
    static const char *const tags[] = {"x", "y z"};
    struct table_builder *b = builder_new(&schema, "tokyo", "nsx", NULL);

    builder_row(b);
    builder_str(b, NAME, "東京, \"a\"\033");
    builder_int(b, COUNT, 5);
    builder_int(b, LAG_S, 90500);
    builder_ip(b, IP, "10.0.0.1");
    builder_list(b, TAGS, tags, 2);
    builder_str(b, NOTE, "=1+1");
    builder_str(b, RAW, "");
    builder_str(b, HIDDEN, "hunter2");
    builder_row(b);
    builder_str(b, NAME, "b");
    builder_int(b, COUNT, 1234);
    builder_list_empty(b, TAGS);
    return finish(b);
}

static void print(struct snapshot *const *all, size_t n, const struct rows_output *o,
                  struct strbuf *out)
{
    struct rows r;

    strbuf_reset(out);
    rows_init(&r, &schema, all, n, NULL, NAME, false);
    rows_print(out, &r, o);
    rows_release(&r);
}

static void expect_print(enum rows_format format, const char *want)
{
    struct snapshot *s = printable();
    struct rows_output o = {.format = format, .now = now};
    struct strbuf out = STRBUF_INIT;

    print(&s, 1, &o, &out);
    assert_string_equal(out.buf, want);
    snapshot_unref(s);
    strbuf_release(&out);
}

static void test_json(void **state)
{
    (void)state;

    expect_print(ROWS_JSON,
                 "{\"schema_version\":1,\"table\":\"things\",\"sources\":[{\"site\":\"tokyo\","
                 "\"endpoint\":\"nsx\",\"freshness\":\"ok\",\"taken_at\":\"2026-11-20T08:59:58Z\","
                 "\"error_kind\":null,\"message\":null}],\"rows\":[{\"site\":\"tokyo\","
                 "\"endpoint\":\"nsx\",\"name\":\"b\",\"count\":1234,\"lag_s\":null,\"ip\":null,"
                 "\"tags\":[],\"note\":null,\"raw\":null},{\"site\":\"tokyo\",\"endpoint\":\"nsx\","
                 "\"name\":\"東京, \\\"a\\\"\\u001b\",\"count\":5,\"lag_s\":90.5,\"ip\":"
                 "\"10.0.0.1\",\"tags\":[\"x\",\"y z\"],\"note\":\"=1+1\",\"raw\":\"\"}]}\n");
    expect_print(ROWS_JSONL,
                 "{\"site\":\"tokyo\",\"endpoint\":\"nsx\",\"name\":\"b\",\"count\":1234,\"lag_s\":"
                 "null,\"ip\":null,\"tags\":[],\"note\":null,\"raw\":null}\n{\"site\":\"tokyo\","
                 "\"endpoint\":\"nsx\",\"name\":\"東京, \\\"a\\\"\\u001b\",\"count\":5,\"lag_s\":"
                 "90.5,\"ip\":\"10.0.0.1\",\"tags\":[\"x\",\"y z\"],\"note\":\"=1+1\",\"raw\":"
                 "\"\"}\n");
}

static void test_csv(void **state)
{
    (void)state;

    expect_print(ROWS_CSV,
                 "site,endpoint,name,count,lag_s,ip,tags,note,raw\r\n"
                 "tokyo,nsx,b,1234,,,\"\",,\r\n"
                 "tokyo,nsx,\"東京, \"\"a\"\"\\x1b\",5,90.5,10.0.0.1,x y z,=1+1,\"\"\r\n");
}

static void test_table(void **state)
{
    (void)state;

    expect_print(ROWS_TABLE, "SITE   ENDPOINT  NAME           COUNT  LAG_S  IP        TAGS\n"
                             "tokyo  nsx       b               1234      -  -\n"
                             "tokyo  nsx       東京, \"a\"\\x1b      5  1m30s  10.0.0.1  x y z\n");
}

static void test_fields(void **state)
{
    (void)state;
    static const int picked[] = {COUNT, NOTE, NAME, HIDDEN};
    struct snapshot *s = printable();
    struct rows_output o = {
        .format = ROWS_CSV, .columns = picked, .ncolumns = 4, .name_table = true};
    struct strbuf out = STRBUF_INIT;

    print(&s, 1, &o, &out);
    assert_string_equal(out.buf, "table,count,note,name\r\nthings,1234,,b\r\n"
                                 "things,5,=1+1,\"東京, \"\"a\"\"\\x1b\"\r\n");
    o.format = ROWS_JSONL;
    o.ncolumns = 1;
    print(&s, 1, &o, &out);
    assert_string_equal(
        out.buf, "{\"table\":\"things\",\"count\":1234}\n{\"table\":\"things\",\"count\":5}\n");
    o.format = ROWS_TABLE;
    o.ncolumns = 2;
    print(&s, 1, &o, &out);
    assert_string_equal(out.buf, "COUNT  NOTE\n 1234  -\n    5  =1+1\n");
    snapshot_unref(s);
    strbuf_release(&out);
}

/* Rows of a source that failed say how old they are; its error is in the JSON. */
static void test_sources_not_ok(void **state)
{
    (void)state;
    struct err err = {0};
    struct snapshot *old = named(&schema, "s", "e1", "a"), *all[3];
    struct rows_output o = {.format = ROWS_TABLE, .now = now + 118000};
    struct strbuf out = STRBUF_INIT;

    err_set(&err, ERR_HTTP, 503, "503 busy \"now\"");
    all[0] = snapshot_with_freshness(old, &schema, "s", "e1", FRESH_FAILED, &err);
    all[1] = snapshot_with_freshness(NULL, &schema, "s", "e2", FRESH_NEVER, NULL);
    all[2] = named(&schema, "s", "e3", "b");
    print(all, 3, &o, &out);
    assert_string_equal(out.buf, "SITE  ENDPOINT  NAME  COUNT  LAG_S  IP  TAGS  AGE\n"
                                 "s     e1        a         -      -  -   -     failed 2m\n"
                                 "s     e3        b         -      -  -   -     2m\n");
    o.format = ROWS_JSON;
    print(all, 3, &o, &out);
    assert_non_null(strstr(out.buf, "{\"site\":\"s\",\"endpoint\":\"e1\",\"freshness\":\"failed\","
                                    "\"taken_at\":\"2026-11-20T08:59:58Z\",\"error_kind\":\"http\","
                                    "\"message\":\"503 busy \\\"now\\\"\"}"));
    assert_non_null(strstr(out.buf, "\"endpoint\":\"e2\",\"freshness\":\"never\",\"taken_at\":null,"
                                    "\"error_kind\":null,\"message\":null}"));
    release(all, 3);
    snapshot_unref(old);
    strbuf_release(&out);
}

/* What another program reads is what was put in, whatever the text. */
static void test_json_is_read_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"\"\\/\b\f\n\r\t", "\x7f\x01", "\u2028\u202e漢字",
                                        "\U0001f469\u200d\U0001f4bb", "{}[],:"};
    struct table_builder *b = builder_new(&schema, "s", "e", NULL);
    struct rows_output o = {.format = ROWS_JSON, .now = now};
    struct strbuf out = STRBUF_INIT;
    struct snapshot *s;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        char name[8];
        snprintf(name, sizeof(name), "%zu", i);
        builder_row(b);
        builder_str(b, NAME, name);
        builder_str(b, NOTE, texts[i]);
    }
    s = finish(b);
    print(&s, 1, &o, &out);
    json_object *all = json_tokener_parse(out.buf), *rows, *note;
    assert_true(json_object_object_get_ex(all, "rows", &rows));
    assert_int_equal(json_object_array_length(rows), ARRAY_SIZE(texts));
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_true(json_object_object_get_ex(json_object_array_get_idx(rows, i), "note", &note));
        assert_string_equal(json_object_get_string(note), texts[i]);
    }
    json_object_put(all);
    snapshot_unref(s);
    strbuf_release(&out);
}

struct drained {
    struct strbuf text;
    unsigned calls;
};

static void take(void *arg, struct strbuf *out)
{
    struct drained *d = arg;

    strbuf_add(&d->text, out->buf, out->len);
    strbuf_reset(out);
    d->calls++;
}

/* Written in parts or at once: it is the same text. */
static void test_drain(void **state)
{
    static const enum rows_format formats[] = {ROWS_JSON, ROWS_JSONL, ROWS_CSV};
    struct table_builder *b = builder_new(&schema, "s", "e", NULL);
    struct snapshot *all[1];

    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        builder_row(b);
        builder_str(b, NAME, "a name of some length \"in quotes\"");
        builder_int(b, COUNT, i);
    }
    all[0] = finish(b);
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct drained d = {.text = STRBUF_INIT};
        struct rows_output o = {.format = formats[i], .now = now};
        struct strbuf whole = STRBUF_INIT, rest = STRBUF_INIT;

        print(all, 1, &o, &whole);
        o.drain = take;
        o.drain_arg = &d;
        print(all, 1, &o, &rest);
        take(&d, &rest);
        assert_true(d.calls > 2);
        assert_string_equal(d.text.buf, whole.buf);
        strbuf_release(&d.text);
        strbuf_release(&whole);
        strbuf_release(&rest);
    }
    release(all, 1);
}

static void test_long_texts(void **state)
{
    (void)state;
    struct table_builder *b = builder_new(&schema, "s", "e", NULL);
    struct rows_output o = {.format = ROWS_TABLE, .now = now};
    struct strbuf out = STRBUF_INIT;
    char text[101];
    struct snapshot *s;

    memset(text, 'k', 100);
    text[100] = '\0';
    builder_row(b);
    builder_str(b, NAME, text);
    builder_ip(b, IP, text);
    s = finish(b);
    print(&s, 1, &o, &out);
    assert_non_null(strstr(out.buf, text));        /* a key is never cut */
    assert_non_null(strstr(out.buf, "kkk…  -\n")); /* and a cut one says so */
    o.format = ROWS_WIDE;
    print(&s, 1, &o, &out);
    assert_null(strstr(out.buf, "…"));
    assert_non_null(strstr(out.buf, "NOTE"));
    assert_null(strstr(out.buf, "RAW"));
    snapshot_unref(s);
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbered_keys),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_filter_and_find),
        cmocka_unit_test(test_find_duplicate),
        cmocka_unit_test(test_sort_property),
        cmocka_unit_test(test_levels_property),
        cmocka_unit_test(test_long_lists),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_sources_not_ok),
        cmocka_unit_test(test_json_is_read_back),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_drain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
