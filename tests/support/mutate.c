#include "tests/support/mutate.h"

#include <json-c/json.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"

#define CUTS       40  /* about so many places to cut */
#define PLACES     250 /* values of a body that are changed one by one */
#define PLACES_BIG 6   /* ... when each twin is big */
#define HUGE_LEN   (1u << 20)
#define DEEP       2000

static const char *const names[MUTATE_N] = {
    "cut", "instead", "removed", "emptied", "unknown word", "hostile", "other kind", "huge", "deep",
};

static const char *const instead[] = {
    "",
    " \n",
    "null",
    "[]",
    "{}",
    "\"text\"",
    "-1",
    "<a/>",
    "<html><body>Bad gateway</body></html>",
    "<?xml version=\"1.0\"?>",
    "\xff\xfe\x00",
    "{\"results\":[null,1,\"x\",[]]}",
    "<Response><Errors><Error/></Errors></Response>",
};

/* Escape and bidirectional characters as far as each format can carry them. */
static const char hostile_json[] = "\033[2J\033]0;owned\a\342\200\256desrever\001\t\r\nx";
static const char hostile_xml[] =
    "\342\200\256desrever\302\233[2J&#x9;&#xD;&#xA;&lt;x&gt;\342\200\213";

const char *mutate_name(enum mutation m)
{
    return names[m];
}

static size_t trimmed(const char *body, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", body[len - 1]) && body[len - 1])
        len--;
    return len;
}

static bool is_xml(const char *body, size_t len)
{
    size_t i = 0;

    while (i < len && strchr(" \t\r\n", body[i]) && body[i])
        i++;
    return i < len && body[i] == '<';
}

/* ---- XML: found in the text, so that nothing but the one element changes -----------------------
 */

struct span {
    size_t start, open_end, close, end; /* <a ..> is start..open_end, </a> is close..end */
    bool leaf;
};

/* End of the tag at @i: the byte after its '>'. */
static size_t tag_end(const char *s, size_t len, size_t i)
{
    while (i < len && s[i] != '>')
        i++;
    return i < len ? i + 1 : len;
}

static bool is_element_start(const char *s, size_t len, size_t i)
{
    return s[i] == '<' && i + 1 < len && s[i + 1] != '/' && s[i + 1] != '?' && s[i + 1] != '!';
}

/* From the start tag at @start to the end of its element. */
static struct span element_at(const char *s, size_t len, size_t start)
{
    struct span e = {.start = start, .open_end = tag_end(s, len, start), .leaf = true};
    size_t i = e.open_end;
    int depth = 1;

    if (s[e.open_end - 2] == '/') {
        e.close = e.end = e.open_end;
        return e;
    }
    for (; i < len && depth > 0; i++) {
        if (s[i] != '<')
            continue;
        size_t after = tag_end(s, len, i);
        if (s[i + 1] == '/')
            depth--;
        else if (is_element_start(s, len, i)) {
            e.leaf = false;
            depth += s[after - 2] != '/';
        }
        e.close = i;
        e.end = after;
    }
    return e;
}

static size_t count_elements(const char *s, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += is_element_start(s, len, i);
    return n;
}

static struct span nth_element(const char *s, size_t len, size_t n)
{
    for (size_t i = 0; i < len; i++) {
        if (is_element_start(s, len, i) && n-- == 0)
            return element_at(s, len, i);
    }
    return (struct span){0, 0, len, len, false};
}

static void add_deep(struct strbuf *out, const char *open, const char *close)
{
    for (int i = 0; i < DEEP; i++)
        strbuf_addstr(out, open);
    for (int i = 0; i < DEEP; i++)
        strbuf_addstr(out, close);
}

static void change_xml(enum mutation m, size_t nth, const char *s, size_t len, struct strbuf *out)
{
    struct span e = nth_element(s, len, nth);

    if (m == MUTATE_REMOVE) {
        strbuf_add(out, s, e.start);
        strbuf_add(out, s + e.end, len - e.end);
        return;
    }
    if (e.close == e.end && e.close > 0 && s[e.close - 2] == '/') {
        /* <a/>: there is no content to change. */
        strbuf_add(out, s, len);
        return;
    }
    strbuf_add(out, s, e.open_end);
    if (m == MUTATE_WORD)
        strbuf_addstr(out, "a-word-nobody-knows");
    else if (m == MUTATE_HOSTILE)
        strbuf_addstr(out, hostile_xml);
    else if (m == MUTATE_KIND)
        strbuf_addstr(out, "<x>1</x><item/><item><item>2</item></item>");
    else if (m == MUTATE_HUGE)
        strbuf_addchars(out, 'A', HUGE_LEN);
    else if (m == MUTATE_DEEP)
        add_deep(out, "<x>", "</x>");
    strbuf_add(out, s + e.close, len - e.close);
}

/* ---- JSON: parsed and written again ------------------------------------------------------------
 */

static size_t count_values(struct json_object *o)
{
    size_t n = 0;

    if (json_object_is_type(o, json_type_object)) {
        json_object_object_foreach(o, key, value)
        {
            (void)key;
            n += 1 + count_values(value);
        }
    } else if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(o); i++)
            n += 1 + count_values(json_object_array_get_idx(o, i));
    }
    return n;
}

/* What takes the place of @old. DEEP leaves a mark that is replaced in the text. */
static struct json_object *twin(enum mutation m, struct json_object *old, size_t nth)
{
    struct strbuf huge = STRBUF_INIT;
    struct json_object *o;

    switch (m) {
    case MUTATE_EMPTY:
        return nth % 2 ? json_object_new_string("") : NULL;
    case MUTATE_WORD:
        return json_object_new_string("A_WORD_NOBODY_KNOWS");
    case MUTATE_HOSTILE:
        return json_object_new_string(hostile_json);
    case MUTATE_KIND:
        if (json_object_is_type(old, json_type_string))
            return nth % 2 ? json_object_new_int64(INT64_MIN) : json_object_new_array();
        if (json_object_is_type(old, json_type_object))
            return nth % 2 ? json_object_new_string("not an object") : json_object_new_array();
        return nth % 2 ? json_object_new_object() : json_object_new_double(1e300);
    case MUTATE_HUGE:
        strbuf_addchars(&huge, 'A', HUGE_LEN);
        o = json_object_new_string_len(huge.buf, (int)huge.len);
        strbuf_release(&huge);
        return o;
    default:
        return json_object_new_string("@deep@");
    }
}

/* Change the *nth value below @o; true when it was there. */
static bool change_value(enum mutation m, struct json_object *o, size_t *nth)
{
    if (json_object_is_type(o, json_type_object)) {
        json_object_object_foreach(o, key, value)
        {
            if ((*nth)-- == 0) {
                if (m == MUTATE_REMOVE)
                    json_object_object_del(o, key);
                else
                    json_object_object_add(o, key, twin(m, value, strlen(key)));
                return true;
            }
            if (change_value(m, value, nth))
                return true;
        }
    } else if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(o); i++) {
            struct json_object *value = json_object_array_get_idx(o, i);

            if ((*nth)-- == 0) {
                if (m == MUTATE_REMOVE)
                    json_object_array_del_idx(o, i, 1);
                else
                    json_object_array_put_idx(o, i, twin(m, value, i));
                return true;
            }
            if (change_value(m, value, nth))
                return true;
        }
    }
    return false;
}

static void change_json(enum mutation m, size_t nth, const char *s, struct strbuf *out)
{
    struct json_object *o = json_tokener_parse(s);
    const char *text, *mark;

    change_value(m, o, &nth);
    text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
    mark = strstr(text, "\"@deep@\"");
    if (m == MUTATE_DEEP && mark) {
        strbuf_add(out, text, (size_t)(mark - text));
        add_deep(out, "[", "]");
        text = mark + strlen("\"@deep@\"");
    }
    strbuf_addstr(out, text);
    json_object_put(o);
}

/* ---- both --------------------------------------------------------------------------------------
 */

static size_t places(const char *body, size_t len)
{
    struct json_object *o;
    size_t n;

    if (is_xml(body, len))
        return count_elements(body, len);
    o = json_tokener_parse(body);
    n = count_values(o);
    json_object_put(o);
    return n;
}

static size_t sampled(enum mutation m)
{
    return m == MUTATE_HUGE || m == MUTATE_DEEP ? PLACES_BIG : PLACES;
}

size_t mutate_count(enum mutation m, const char *body, size_t len)
{
    size_t n;

    switch (m) {
    case MUTATE_CUT:
        n = trimmed(body, len);
        return n < CUTS ? n : CUTS;
    case MUTATE_INSTEAD:
        return ARRAY_SIZE(instead);
    default:
        n = places(body, len);
        return n < sampled(m) ? n : sampled(m);
    }
}

void mutate(enum mutation m, size_t i, const char *body, size_t len, struct strbuf *out)
{
    size_t n, nth;

    if (m == MUTATE_CUT) {
        n = trimmed(body, len);
        /* The last cut loses one byte; the others are spread evenly. */
        strbuf_add(out, body, n <= CUTS ? i : i + 1 == CUTS ? n - 1 : i * n / CUTS);
        return;
    }
    if (m == MUTATE_INSTEAD) {
        strbuf_addstr(out, instead[i]);
        return;
    }
    n = places(body, len);
    nth = n <= sampled(m) ? i : i * n / sampled(m);
    if (is_xml(body, len))
        change_xml(m, nth, body, len, out);
    else
        change_json(m, nth, body, out);
}
