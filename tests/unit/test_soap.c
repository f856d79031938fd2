#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#define FAULT(inside)                                                              \
    "<x:Envelope xmlns:x='http://schemas.xmlsoap.org/soap/envelope/' "             \
    "xmlns:y='http://www.w3.org/2001/XMLSchema-instance'><x:Body><x:Fault>" inside \
    "</x:Fault></x:Body></x:Envelope>"

static void take_text(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    (void)len;
    if (xml_path_is(x, 3, "Login/password"))
        strbuf_addstr(arg, text);
}

/* What is written is what a parser reads, whatever the password. */
static void test_text(void **state)
{
    static const struct xml_handler handler = {.end = take_text};
    const char *const texts[] = {"a&b<c>\"d'", "]]>", "&amp;", "\xe6\xa5\xad", "a\r\nb\tc", ""};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct strbuf doc = STRBUF_INIT, got = STRBUF_INIT;

        soap_begin(&doc, "Login", "urn:vim25");
        soap_ref(&doc, "_this", "T\"", "id<1>");
        soap_leaf(&doc, "password", texts[i]);
        soap_end(&doc, "Login");
        assert_int_equal(xml_parse(&handler, &got, doc.buf, doc.len, NULL), 0);
        assert_string_equal(got.buf, texts[i]);
        strbuf_release(&doc);
        strbuf_release(&got);
    }
}

static void test_control_characters(void **state)
{
    struct strbuf out = STRBUF_INIT;

    (void)state;
    soap_text(&out, "a\x01z");
    assert_string_equal(out.buf, "a\xef\xbf\xbdz");
    strbuf_release(&out);
}

static void check(const char *doc, bool is, const char *type, const char *text, const char *name)
{
    struct soap_fault f;

    assert_int_equal(soap_fault_read(doc, strlen(doc), &f), is);
    assert_string_equal(f.type, type);
    assert_string_equal(f.text, text);
    assert_string_equal(f.name, name);
}

static void test_faults(void **state)
{
    (void)state;
    check(FAULT("<faultcode>S</faultcode><faultstring>no\x1b[1m way</faultstring><detail>"
                "<InvalidPropertyFault y:type='v:InvalidProperty'><name>a.b</name>"
                "</InvalidPropertyFault></detail>"),
          false, "", "", "");
    check(FAULT("<faultcode>S</faultcode><faultstring>no way</faultstring><detail>"
                "<InvalidPropertyFault y:type='v:InvalidProperty'><name>a.b</name>"
                "</InvalidPropertyFault></detail>"),
          true, "InvalidProperty", "no way", "a.b");
    /* Without xsi:type the element's name says it; a plain `type` does not. */
    check(FAULT("<faultstring/><detail><NotAuthenticatedFault type='Other'/></detail>"), true,
          "NotAuthenticated", "", "");
    check(FAULT("<faultstring>busy</faultstring>"), true, "", "busy", "");
    check("<html><body/></html>", false, "", "", "");
    check("", false, "", "", "");
}

static void test_long_texts(void **state)
{
    struct strbuf doc = STRBUF_INIT;
    struct soap_fault f;

    (void)state;
    strbuf_addstr(&doc, "<E><B><Fault><faultstring>");
    strbuf_addchars(&doc, 'x', 5000);
    strbuf_addstr(&doc, "</faultstring></Fault></B></E>");
    assert_true(soap_fault_read(doc.buf, doc.len, &f));
    assert_int_equal(strlen(f.text), sizeof(f.text) - 1);
    assert_false(soap_fault_read(doc.buf, doc.len - 1, &f));
    strbuf_release(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_long_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
