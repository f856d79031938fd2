/* The scanner against libxml2: all XML of the fixtures, whole, in pieces, cut off and spoiled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/xml.h"
#include "core/xml_priv.h"
#include "core/xml_scan_priv.h"
#include "tests/support/xml_twin.h"

#define FIXTURES "tests/fixtures"
#define SMALL    256 /* bytes: every one of them is a place to cut at */

/* ---- pieces ------------------------------------------------------------------------------------
 */

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static size_t one(void *arg, size_t left)
{
    (void)arg, (void)left;
    return 1;
}

static size_t some(void *arg, size_t left)
{
    size_t n = 1 + dice(arg) % 97;

    return n < left ? n : left;
}

/* Two pieces: up to the byte @arg, and the rest. */
static size_t two(void *arg, size_t left)
{
    size_t *cut = arg, n = *cut ? *cut : left;

    *cut = 0;
    return n;
}

static void compare(const char *name, const struct xml_told *scanned, const struct xml_told *oracle,
                    const char *data, size_t len)
{
    const char *what = xml_twin_check(scanned, oracle, data, len);

    if (what)
        fail_msg("%s (%zu bytes): %s\n%.*s", name, len, what, (int)(len < 400 ? len : 400), data);
}

static void in_pieces(const char *name, const char *data, size_t len,
                      size_t (*piece)(void *, size_t), void *arg, const struct xml_told *oracle)
{
    struct xml_told scanned;

    xml_tell(&scanned, NULL, data, len, piece, arg);
    compare(name, &scanned, oracle, data, len);
    xml_told_release(&scanned);
}

static bool is_scanned(const char *data, size_t len)
{
    return xml_scan_takes(data, len) == XML_TAKES_IT;
}

static void same_whole(const char *name, const char *data, size_t len)
{
    struct xml_told oracle;

    xml_tell(&oracle, &xml_libxml2, data, len, NULL, NULL);
    in_pieces(name, data, len, NULL, NULL, &oracle);
    xml_told_release(&oracle);
}

static void same_in_pieces(const char *name, const char *data, size_t len)
{
    size_t step = len < SMALL ? 1 : len / SMALL;
    struct xml_told oracle;
    uint32_t state = (uint32_t)len;

    xml_tell(&oracle, &xml_libxml2, data, len, NULL, NULL);
    in_pieces(name, data, len, NULL, NULL, &oracle);
    in_pieces(name, data, len, one, NULL, &oracle);
    for (int i = 0; i < 8; i++)
        in_pieces(name, data, len, some, &state, &oracle);
    for (size_t at = 1; at < len; at += step) {
        size_t cut = at;

        in_pieces(name, data, len, two, &cut, &oracle);
    }
    xml_told_release(&oracle);
}

/* ---- fixtures ----------------------------------------------------------------------------------
 */

static void (*each)(const char *name, const char *data, size_t len);
static unsigned seen;

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};

    (void)st, (void)ftw;
    if (type != FTW_F || !text_has_suffix(path, ".xml"))
        return 0;
    assert_int_equal(file_read(path, SIZE_MAX, &text, &err), 0);
    each(path, text.buf, text.len);
    seen++;
    strbuf_release(&text);
    return 0;
}

static void visit_all(void (*what)(const char *, const char *, size_t))
{
    each = what;
    seen = 0;
    assert_int_equal(nftw(FIXTURES, visit, 8, FTW_PHYS), 0);
    assert_true(seen > 100);
}

static void test_fixtures(void **state)
{
    (void)state;
    visit_all(same_in_pieces);
}

static void same_cut_off(const char *name, const char *data, size_t len)
{
    size_t step = len < SMALL ? 1 : len / SMALL;

    for (size_t n = 0; n < len; n += step)
        same_whole(name, data, n);
}

static void test_cut_off(void **state)
{
    (void)state;
    visit_all(same_cut_off);
}

/* What a mutation puts in the place of a byte, before it, or instead of a few. */
static const char *const junk[] = {
    "<",        ">",
    "/",        "\"",
    "'",        "&",
    "=",        " ",
    "]]>",      "--",
    "<!--",     "-->",
    "<?",       "?>",
    ":",        "<![CDATA[",
    "&amp;",    "&#0;",
    "\r",       "\r\n",
    "\n",       "\x01",
    "\xff",     "\xe3",
    "\xc0\x80", "\xed\xa0\x80",
    "é",        "あ",
    "\t",       "x",
    "xmlns:",   "1",
    "&#x41;",   "&z;",
    "</a>",     "<a/>",
    "a='1'",    "[",
    "<?xml ",   "-",
};

static void spoil(uint32_t *state, struct strbuf *out, const char *data, size_t len)
{
    size_t at = dice(state) % (len + 1), gone = dice(state) % 3;
    const char *put = junk[dice(state) % ARRAY_SIZE(junk)];

    if (dice(state) % 4 == 0)
        gone = dice(state) % 40;
    gone = gone < len - at ? gone : len - at;
    strbuf_add(out, data, at);
    strbuf_addstr(out, put);
    strbuf_add(out, data + at + gone, len - at - gone);
}

static void same_spoiled(const char *name, const char *data, size_t len)
{
    uint32_t state = (uint32_t)len;

    for (int i = 0; i < 50; i++) {
        struct strbuf bad = STRBUF_INIT;
        struct xml_told oracle;

        spoil(&state, &bad, data, len);
        if (dice(&state) % 2) {
            struct strbuf worse = STRBUF_INIT;

            spoil(&state, &worse, bad.buf, bad.len);
            strbuf_release(&bad);
            bad = worse;
        }
        xml_tell(&oracle, &xml_libxml2, bad.buf, bad.len, NULL, NULL);
        if (is_scanned(bad.buf, bad.len)) {
            in_pieces(name, bad.buf, bad.len, NULL, NULL, &oracle);
            in_pieces(name, bad.buf, bad.len, one, NULL, &oracle);
            in_pieces(name, bad.buf, bad.len, some, &state, &oracle);
        }
        xml_told_release(&oracle);
        strbuf_release(&bad);
    }
}

static void test_spoiled(void **state)
{
    (void)state;
    visit_all(same_spoiled);
}

/* ---- documents that were thought of ------------------------------------------------------------
 */

static void test_documents(void **state)
{
    static const char *const docs[] = {
        "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<!-- a --><?p?>\n<r>t</r><?q?> ",
        "\xef\xbb\xbf<a>behind a byte order mark</a>",
        "<?xml version=\"1.0\"?>\n<x:a xmlns:x='u' xmlns=\"v\" x:b='1' b='2' y:b='3'><x:c/></x:a>",
        "<a xmlns:x='1'><b xmlns:x='2' x:t=''/><c x:t=''/><d xmlns:x='' x:t=''/></a>",
        "<a xmlns:x='http://www.w3.org/2000/xmlns/' x:t='' xmlns:y='a' xmlns:xml='b' xml:t=''/>",
        "<a:b:c a::='1' :d='2' e:='3'/>                ",
        "<a:b:1/>                                      ",
        "<r a='&lt;&gt;&amp;&quot;&apos;&#38;&#x3042;\t\r\n\n&#10;' b=\"'\"/>",
        "<r>a]b]]c]>d]]&gt;&#x1F600;\r\n\r\rあ<![CDATA[]]]]><![CDATA[>\r\n]]></r>",
        "<!-- - -> --><r><!----><!---> --><?x ?\?></r>  ",
        "<r>\n\n<a>\n</b></r>                          ",
        "<r a='1'\n\n a='2'/>                          ",
        "<r xmlns:a='1'\n xmlns:a='1'/>                ",
        "<r>\n]]></r>                                  ",
        "<r a='\n<'/>                                  ",
        "<r>\n&#55555555555555555555;</r>              ",
        "<r>\n<!-- -- --></r>                          ",
        "<r/>\n<r/>                                    ",
        "<r/>\n<!DOCTYPE r>                            ",
        " \n<r/>                                       ",
        "<r>\n<?xml version='1.0'?></r>                ",
        "<r>\n\xed\xa0\x80</r>                         ",
        "<r><a\xc3\xa9 \xe3\x81\x82='1'></a\xc3\xa9></r>",
        "<r a\n=\n'1'\n></r\n>                         ",
        "<r a='1'b='2'/>                               ",
        "<r a/>                                        ",
        "<r a=1/>                                      ",
        "<r><![CDATA[\n\x02]]></r>                     ",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(docs); i++) {
        assert_true(is_scanned(docs[i], strlen(docs[i])));
        same_in_pieces(docs[i], docs[i], strlen(docs[i]));
        same_cut_off(docs[i], docs[i], strlen(docs[i]));
    }
}

/* ---- what is left to libxml2 -------------------------------------------------------------------
 */

static void test_left(void **state)
{
    static const struct {
        const char *doc;
        size_t len;
        const char *events; /* NULL: refused */
    } cases[] = {
        {"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", 0, "+1 a\v-1 a \xc3\xa9\v"},
        {"<?xml version='1.1'?><a>newer than we know</a>", 0, "+1 a\v-1 a newer than we know\v"},
        {"<?xml version='1.0' encoding='Utf-8'?><a/>", 0, "+1 a\v-1 a \v"},
        {"<\0a\0>\0b\0<\0/\0a\0>\0", 16, NULL},
        {"\xff\xfe<\0a\0/\0>\0 \0", 12, "+1 a\v-1 a \v"},
        {"<?xml version='1.0' encoding='none'?><a/>", 0, NULL},
        {"<?xml encoding='utf-8'?><a/>      ", 0, NULL},
        {"{\"error\": \"a proxy's\"}", 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        size_t len = cases[i].len ? cases[i].len : strlen(cases[i].doc);
        struct xml_told told;

        assert_int_equal(xml_scan_takes(cases[i].doc, len), XML_TAKES_NOT);
        for (int k = 0; k < 2; k++) {
            xml_tell(&told, NULL, cases[i].doc, len, k ? one : NULL, NULL);
            assert_int_equal(told.rc, cases[i].events ? 0 : -1);
            if (cases[i].events)
                assert_string_equal(told.events.buf, cases[i].events);
            else
                assert_int_equal(told.err.kind, ERR_PROTO);
            xml_told_release(&told);
        }
    }
}

/* Until it is clear whose a document is, nothing is lost of it. */
static void test_waits(void **state)
{
    static const char doc[] = "<?xml version='1.0' encoding='UTF-8'?>\n<a/>";

    (void)state;
    for (size_t n = 0; n < strlen("<?xml version='1.0' encoding='UTF-8'?"); n++)
        assert_int_equal(xml_scan_takes(doc, n), XML_TAKES_MORE);
    assert_int_equal(xml_scan_takes(doc, strlen(doc)), XML_TAKES_IT);
}

/* ---- tags that come again ----------------------------------------------------------------------
 */

/* A few tags in any order, so that each comes again below others: what a prefix stands for there,
 * and what comes next, is not what it was. Some are empty, some are not to be kept. */
static const char *const again[] = {
    "<a>",
    "<b/>",
    "<c x=\"1\" y='2'>",
    "<p:d p:t='v'>",
    "<p:d p:t='v'/>",
    "<e xmlns:p='urn:one' p:t='w'>",
    "<e xmlns:p='urn:two' p:t='w'>",
    "<e p:t='w' xmlns:p='urn:two' xmlns:q='urn:three' q:u=''/>",
    "<f x='&amp;a&#10;b&lt;' z=''>",
    "<g q='a>b'>",
    "<h  x = '1' >",
    "<i xmlns='urn:default'>",
    "<name-that-is-longer-than-sixteen>",
    "<name-that-is-longer-than-thirty-two-bytes-one/>",
    "<name-that-is-longer-than-thirty-two-bytes-two/>",
    "<val xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='xsd:string'>",
    "<val xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='xsd:int'>",
};

static void add_end(struct strbuf *doc, const char *tag)
{
    strbuf_addf(doc, "</%.*s>", (int)strcspn(tag + 1, " />"), tag + 1);
}

static void add_again(struct strbuf *doc, uint32_t *state, size_t tags)
{
    const char *open[16];
    size_t depth = 0;

    strbuf_addstr(doc, "<root xmlns:p='urn:outer'>");
    while (tags--) {
        const char *tag = again[dice(state) % ARRAY_SIZE(again)];
        bool empty = tag[strlen(tag) - 2] == '/';

        strbuf_addstr(doc, tag);
        if (dice(state) % 3 == 0)
            strbuf_addf(doc, "t%u", dice(state) % 100);
        if (!empty)
            open[depth++] = tag;
        while (depth && (depth == ARRAY_SIZE(open) || dice(state) % 2))
            add_end(doc, open[--depth]);
    }
    while (depth)
        add_end(doc, open[--depth]);
    strbuf_addstr(doc, "</root>");
}

static void test_again(void **state)
{
    uint32_t dices = 20;

    (void)state;
    for (int i = 0; i < 60; i++) {
        struct strbuf doc = STRBUF_INIT;

        add_again(&doc, &dices, 40 + dice(&dices) % 200);
        if (i % 10 == 0)
            same_in_pieces("tags again", doc.buf, doc.len);
        else
            same_whole("tags again", doc.buf, doc.len);
        /* Spoiled where everything was read before. */
        doc.buf[doc.len * 3 / 4 + dice(&dices) % (doc.len / 8)] = "<>'\"= /x"[dice(&dices) % 8];
        same_whole("tags again, spoiled", doc.buf, doc.len);
        strbuf_release(&doc);
    }
}

/* More different tags than are kept, each often enough to be worth it. */
static void test_many_again(void **state)
{
    struct strbuf doc = STRBUF_INIT;

    (void)state;
    strbuf_addstr(&doc, "<r>");
    for (int i = 0; i < 4 * 2 * XML_AGAIN_MAX; i++)
        strbuf_addf(&doc, "<t n='%d'>%d</t>", i % (2 * XML_AGAIN_MAX), i);
    strbuf_addstr(&doc, "</r>");
    same_whole("many tags", doc.buf, doc.len);
    strbuf_release(&doc);
}

/* ---- limits ------------------------------------------------------------------------------------
 */

static void refuse(const struct strbuf *doc, size_t (*piece)(void *, size_t), const char *what)
{
    struct xml_told told;
    uint32_t state = 1;

    xml_tell(&told, NULL, doc->buf, doc->len, piece, &state);
    assert_int_equal(told.rc, -1);
    assert_int_equal(told.err.kind, ERR_LIMIT);
    if (!strstr(told.err.msg, what))
        fail_msg("'%s' is not in '%s'", what, told.err.msg);
    xml_told_release(&told);
}

static void test_limits(void **state)
{
    struct strbuf doc = STRBUF_INIT;

    (void)state;
    strbuf_addstr(&doc, "<a b='");
    strbuf_addchars(&doc, '>', XML_TAG_MAX);
    strbuf_addstr(&doc, "'/>");
    refuse(&doc, NULL, "tag of more than");
    refuse(&doc, some, "tag of more than");
    strbuf_reset(&doc);
    strbuf_addstr(&doc, "<a>");
    for (int i = 0; i < 70000; i++)
        strbuf_addf(&doc, "<n%d/>", i);
    refuse(&doc, NULL, "different names");
    strbuf_reset(&doc);
    strbuf_addstr(&doc, "<a><b>");
    strbuf_addchars(&doc, 'x', XML_TWIN_TEXT_MAX + 1);
    refuse(&doc, NULL, "'b' has more than 4096 bytes");
    refuse(&doc, some, "'b' has more than 4096 bytes");
    strbuf_release(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),  cmocka_unit_test(test_fixtures),
        cmocka_unit_test(test_cut_off),    cmocka_unit_test(test_spoiled),
        cmocka_unit_test(test_left),       cmocka_unit_test(test_waits),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_again),
        cmocka_unit_test(test_many_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
