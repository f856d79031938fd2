#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/xml.h"

/* Events as one line: "+a" "-a=text". */
static void note_start(void *arg, struct xml_reader *x)
{
    const char *value;
    size_t len;

    strbuf_addf(arg, "+%s", xml_name(x));
    value = xml_attribute(x, "type", &len);
    if (value)
        strbuf_addf(arg, "(%.*s)", (int)len, value);
    strbuf_addch(arg, ' ');
}

static void note_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    assert_int_equal(strlen(text), len);
    strbuf_addf(arg, "-%s=%s ", xml_name(x), text);
}

static const struct xml_handler noting = {.start = note_start, .end = note_end, .text_max = 64};

static void check_events(const char *doc, const char *want)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = {0};

    /* Whole, and byte by byte: the result must not depend on how it arrives. */
    assert_int_equal(xml_parse(&noting, &out, doc, strlen(doc), &err), 0);
    assert_string_equal(out.buf, want);
    strbuf_reset(&out);
    struct xml_reader *x = xml_reader_new(&noting, &out);
    for (const char *p = doc; *p; p++)
        assert_int_equal(xml_feed(x, p, 1, &err), 0);
    assert_int_equal(xml_finish(x, &err), 0);
    assert_string_equal(out.buf, want);
    xml_reader_free(x);
    strbuf_release(&out);
}

static void test_events(void **state)
{
    (void)state;
    check_events("<a/>", "+a -a= ");
    check_events("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"u:x/\"><b>1</b><c/></a>\n",
                 "+a +b -b=1 +c -c= -a= ");
    check_events("<s:a xmlns:s=\"u\"><s:b xmlns:y=\"v\" y:type='T&amp;'>x</s:b></s:a>",
                 "+a +b(T&#38;) -b=x -a= ");
    check_events("<a>&lt;&amp;&#x41;<![CDATA[<z>&]]>&gt;</a>", "+a -a=<&A<z>&> ");
    check_events("<a>before<!-- c --><?pi x?> and after</a>", "+a -a=before and after ");
    check_events("<a>lost<b/>kept</a>", "+a +b -b= -a=kept ");
    check_events("<a>\xe3\x83\x8d\xe3\x83\x83\xe3\x83\x88</a>",
                 "+a -a=\xe3\x83\x8d\xe3\x83\x83\xe3\x83\x88 ");
    check_events("<p:a><p:b/></p:a>", "+a +b -b= -a= "); /* prefix that nobody declared */
}

static void refuse(const char *doc, enum err_kind kind, const char *what)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = {0};

    assert_int_equal(xml_parse(&noting, &out, doc, strlen(doc), &err), -1);
    assert_int_equal(err.kind, kind);
    if (!strstr(err.msg, what))
        fail_msg("'%s' is not in '%s'", what, err.msg);
    assert_null(strchr(err.msg, '\n'));
    strbuf_release(&out);
}

/* Starts below the second level only within <deep>. */
static void note_some(void *arg, struct xml_reader *x)
{
    if (xml_depth(x) == 1)
        xml_starts_to(x, 2);
    if (strcmp(xml_name(x), "deep") == 0)
        xml_starts_to(x, XML_DEPTH_MAX);
    if (strcmp(xml_name(x), "flat") == 0)
        xml_starts_to(x, 2);
    note_start(arg, x);
}

static void test_starts(void **state)
{
    static const char doc[] = "<a><b><c/></b><deep><c><d/></c></deep><flat><c/></flat></a>";
    static const char want[] = "+a +b -c= -b= +deep +c +d -d= -c= -deep= +flat -c= -flat= -a= ";
    static const struct xml_handler some = {.start = note_some, .end = note_end};
    static const struct xml_handler ends = {.end = note_end};
    struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    struct xml_reader *x;

    (void)state;
    assert_int_equal(xml_parse(&some, &out, doc, strlen(doc), &err), 0);
    assert_string_equal(out.buf, want);
    strbuf_reset(&out);
    x = xml_reader_new(&ends, &out);
    xml_starts_to(x, 9); /* there is nobody to tell */
    assert_int_equal(xml_feed(x, "<a><b/></a>", 11, &err), 0);
    assert_int_equal(xml_finish(x, &err), 0);
    assert_string_equal(out.buf, "-b= -a= ");
    xml_reader_free(x);
    strbuf_release(&out);
}

static void test_refused(void **state)
{
    (void)state;
    refuse("", ERR_PROTO, "empty document");
    refuse("   \n", ERR_PROTO, "empty document");
    refuse("{\"a\":1}", ERR_PROTO, "line 1");
    refuse("<html><body>Proxy error<br></body></html>", ERR_PROTO, "line 1");
    refuse("<a>", ERR_PROTO, "line 1"); /* too short to begin with */
    refuse("<abc>", ERR_PROTO, "cut off within 'abc'");
    refuse("<a><b>text", ERR_PROTO, "cut off within 'b'");
    refuse("<a><b></b", ERR_PROTO, "cut off within 'b'");
    refuse("<a></b>", ERR_PROTO, "line 1");
    refuse("<a/><b/>", ERR_PROTO, "line 1");
    refuse("<a/>trailing", ERR_PROTO, "line 1");
    refuse("<a>\x01</a>", ERR_PROTO, "line 1");
    refuse("<a>x&#0;y</a>", ERR_PROTO, "line 1"); /* NUL is no character of XML: never cut at it */
    refuse("<a b='x&#x0;y'/>", ERR_PROTO, "line 1");
    refuse("<a>\xff\xfe</a>", ERR_PROTO, "line 1");
    refuse("<a>&nosuch;</a>", ERR_PROTO, "nosuch");
    refuse("<a>12345678901234567890123456789012345678901234567890123456789012345</a>", ERR_LIMIT,
           "more than 64 bytes");
}

static void test_doctype(void **state)
{
    (void)state;
    refuse("<!DOCTYPE a><a/>", ERR_PROTO, "DOCTYPE");
    refuse("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", ERR_PROTO, "DOCTYPE");
    refuse("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>", ERR_PROTO,
           "DOCTYPE");
    refuse("<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><l>&b;&b;</l>", ERR_PROTO,
           "DOCTYPE");
}

static void test_limits(void **state)
{
    struct strbuf doc = STRBUF_INIT;

    (void)state;
    for (int i = 0; i < 65; i++)
        strbuf_addstr(&doc, "<a>");
    refuse(doc.buf, ERR_LIMIT, "64 levels");
    strbuf_reset(&doc);
    strbuf_addch(&doc, '<');
    strbuf_addchars(&doc, 'n', XML_NAME_MAX + 1);
    strbuf_addstr(&doc, "/>");
    refuse(doc.buf, ERR_LIMIT, "overlong name");
    strbuf_release(&doc);
}

/* Every cut of a document is an error and never a short success. */
static void test_truncated(void **state)
{
    const char *doc = "<?xml version=\"1.0\"?><a x=\"1\"><b>one</b><![CDATA[two]]><!-- c --></a>";
    struct strbuf out = STRBUF_INIT;
    struct err err;

    (void)state;
    for (size_t n = 0; n < strlen(doc); n++) {
        err_clear(&err);
        strbuf_reset(&out);
        assert_int_equal(xml_parse(&noting, &out, doc, n, &err), -1);
        assert_int_equal(err.kind, ERR_PROTO);
        assert_true(err.msg[0] != '\0');
    }
    strbuf_release(&out);
}

static void stop_at_b(void *arg, struct xml_reader *x)
{
    struct err err;

    strbuf_addstr(arg, xml_name(x));
    if (strcmp(xml_name(x), "b") == 0) {
        err_set(&err, ERR_LIMIT, 0, "enough");
        xml_stop(x, &err);
    }
}

static void test_stop(void **state)
{
    const struct xml_handler h = {.start = stop_at_b};
    struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    struct xml_reader *x = xml_reader_new(&h, &out);

    (void)state;
    assert_int_equal(xml_feed(x, "<a><b/><c/>", 11, &err), -1);
    assert_string_equal(err.msg, "enough");
    err_clear(&err);
    assert_int_equal(xml_feed(x, "<d/></a>", 8, &err), -1);
    assert_int_equal(xml_finish(x, &err), -1);
    assert_string_equal(err.msg, "enough");
    assert_string_equal(out.buf, "ab");
    xml_reader_free(x);
    xml_reader_free(NULL);
    strbuf_release(&out);
}

static void note_path(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    (void)len;
    if (xml_path_is(x, 2, "item/id"))
        strbuf_addf(arg, "id=%s ", text);
    if (xml_path_is(x, 2, "item"))
        strbuf_addf(arg, "item%u ", xml_depth(x));
    if (xml_path_is(x, 1, "r/item/i"))
        strbuf_addstr(arg, "wrong ");
    if (xml_depth(x) == 3 && strcmp(xml_name_at(x, 2), "item") == 0)
        strbuf_addf(arg, "[%s%s]", xml_name_at(x, 4), xml_name_at(x, 0));
}

static void test_path(void **state)
{
    const char *doc = "<r><item><id>1</id><x><id>2</id></x></item><id>3</id></r>";
    const struct xml_handler h = {.end = note_path};
    struct strbuf out = STRBUF_INIT;
    struct err err;

    (void)state;
    assert_int_equal(xml_parse(&h, &out, doc, strlen(doc), &err), 0);
    assert_string_equal(out.buf, "id=1 [][]item2 ");
    strbuf_release(&out);
}

/* Long text in many pieces, and a document far bigger than a slice. */
static void count_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    size_t *sum = arg;

    (void)text;
    if (xml_depth(x) == 2)
        *sum += len;
}

static void test_large(void **state)
{
    const struct xml_handler h = {.end = count_end};
    struct strbuf doc = STRBUF_INIT;
    struct err err = {0};
    size_t sum = 0;

    (void)state;
    strbuf_addstr(&doc, "<a>");
    for (int i = 0; i < 8; i++) {
        strbuf_addstr(&doc, "<b>");
        strbuf_addchars(&doc, 'x', 100000);
        strbuf_addstr(&doc, "</b>");
    }
    strbuf_addstr(&doc, "</a>");
    assert_int_equal(xml_parse(&h, &sum, doc.buf, doc.len, &err), 0);
    assert_int_equal(sum, 800000);
    strbuf_release(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),  cmocka_unit_test(test_starts),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_doctype),
        cmocka_unit_test(test_limits),  cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_stop),    cmocka_unit_test(test_path),
        cmocka_unit_test(test_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
