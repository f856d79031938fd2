/*
 * A list is parsed element by element. The tree of a page of 1,000 objects takes ten times the
 * memory of its text, and most of the time spent on it goes to memory that is not in a cache. One
 * element at a time lives in the cache and in chunks that malloc() has just got back, which makes
 * parsing and reading together cheaper than parsing the whole alone.
 *
 * The scanner finds where elements begin and end, and nothing else: every piece it cuts out, and
 * what is left around them, goes through the strict parser, so a text that is not JSON fails there.
 */
#include "core/jsonq_priv.h"
#include "core/strbuf.h"

#include <stdint.h>
#include <string.h>

/* An element is inside of an object and a list. */
#define LIST_DEPTH 2

struct scan {
    const char *at, *end;
    bool odd; /* something is outside of strings that JSON has not, but json-c takes */
};

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

/* A bit is set in each byte of @word that is @c, perhaps also in one behind such a byte. */
static uint64_t bytes_that_are(uint64_t word, char c)
{
    uint64_t v = word ^ UINT64_C(0x0101010101010101) * (unsigned char)c;

    return (v - UINT64_C(0x0101010101010101)) & ~v & UINT64_C(0x8080808080808080);
}

/* Eight bytes at a time while there is neither a quote nor a backslash in them. */
static void skip_plain(struct scan *s)
{
    uint64_t word;

    while ((size_t)(s->end - s->at) >= sizeof(word)) {
        memcpy(&word, s->at, sizeof(word));
        if (bytes_that_are(word, '"') | bytes_that_are(word, '\\'))
            return;
        s->at += sizeof(word);
    }
}

/* @at is at the opening quote; behind the closing one when true. */
static bool skip_string(struct scan *s)
{
    s->at++;
    for (skip_plain(s); s->at < s->end; s->at++) {
        if (*s->at == '\\')
            s->at++;
        else if (*s->at == '"')
            break;
    }
    if (s->at >= s->end)
        return false;
    s->at++;
    return true;
}

static bool skip_nested(struct scan *s)
{
    size_t depth = 0;

    while (s->at < s->end) {
        switch (*s->at) {
        case '"':
            if (!skip_string(s))
                return false;
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            depth--;
            break;
        case 'N':
        case 'I':
        case '\'':
            s->odd = true;
            break;
        default:
            break;
        }
        s->at++;
        if (depth == 0)
            return true;
    }
    return false;
}

/* Behind the value at @at. False: the text ends before it does, or there is none. */
static bool skip_value(struct scan *s)
{
    const char *start = s->at;

    if (s->at >= s->end)
        return false;
    if (*s->at == '"')
        return skip_string(s);
    if (*s->at == '{' || *s->at == '[')
        return skip_nested(s);
    s->odd = true;
    while (s->at < s->end && !strchr(",]} \n\t\r", *s->at))
        s->at++;
    return s->at > start;
}

/* Take @c after space. */
static bool take(struct scan *s, char c)
{
    skip_space(s);
    if (s->at >= s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* @at at the '[' of the member when true. */
static bool find_member(struct scan *s, const char *name)
{
    size_t len = strlen(name);

    if (!take(s, '{'))
        return false;
    for (;;) {
        const char *key;
        bool found;

        skip_space(s);
        key = s->at;
        if (s->at >= s->end || *s->at != '"' || !skip_string(s))
            return false;
        found = (size_t)(s->at - key) == len + 2 && memcmp(key + 1, name, len) == 0;
        if (!take(s, ':'))
            return false;
        skip_space(s);
        if (found)
            return s->at < s->end && *s->at == '[';
        if (!skip_value(s) || !take(s, ','))
            return false;
    }
}

struct walk {
    struct json_tokener *tok;
    jsonq_item_fn fn;
    void *arg;
    const char *text;
    struct err *err;
};

static bool is_null(const char *text, size_t len)
{
    return len == 4 && memcmp(text, "null", 4) == 0;
}

static int take_item(struct walk *w, const char *text, size_t len, bool plain)
{
    struct json_object *o;

    if (is_null(text, len)) {
        w->fn(w->arg, NULL);
        return 0;
    }
    o = jsonq_parse_with(w->tok, text, len, plain, w->err);
    if (!o)
        return err_prefix(w->err, "in the element at byte %zu", (size_t)(text - w->text));
    w->fn(w->arg, o);
    json_object_put(o);
    return 0;
}

static int broken(const struct walk *w, const struct scan *s)
{
    size_t at = (size_t)(s->at - w->text);

    if (s->at >= s->end)
        return err_set(w->err, ERR_PROTO, 0, "JSON ends early, after %zu bytes",
                       (size_t)(s->end - w->text));
    return err_set(w->err, ERR_PROTO, 0,
                   "not JSON at byte %zu: neither a comma nor the end of a list", at);
}

/* From the '[' to behind the ']'. */
static int walk_items(struct walk *w, struct scan *s)
{
    s->at++;
    if (take(s, ']'))
        return 0;
    for (;;) {
        const char *start;

        skip_space(s);
        start = s->at;
        s->odd = false;
        if (!skip_value(s))
            return broken(w, s);
        if (take_item(w, start, (size_t)(s->at - start), !s->odd) < 0)
            return -1;
        if (take(s, ']'))
            return 0;
        if (!take(s, ','))
            return broken(w, s);
    }
}

/* Stands for the list while what is around it is parsed. */
#define PLACEHOLDER "\"(list)\""

/* Of two members of a name the last counts, also when it is written with escapes; then what was
 * given already is not what the text says. */
static struct json_object *close_list(struct json_object *o, const char *name, struct err *err)
{
    struct json_object *v = jsonq_get(o, name);

    if (json_object_is_type(v, json_type_string)) {
        json_object_object_add(o, name, json_object_new_array());
        return o;
    }
    json_object_put(o);
    err_set(err, ERR_PROTO, 0, "JSON has two members of the name %s", name);
    return NULL;
}

/* No list was found at first sight: the name may be written with escapes. */
static struct json_object *parse_whole(const char *text, size_t len, const char *name,
                                       jsonq_item_fn fn, void *arg, struct err *err)
{
    struct json_object *o = jsonq_parse(text, len, err);
    struct json_object *list = jsonq_get(o, name);

    if (!json_object_is_type(list, json_type_array))
        return o;
    for (size_t i = 0; i < jsonq_count(list); i++)
        fn(arg, jsonq_item(list, i));
    json_object_object_add(o, name, json_object_new_array());
    return o;
}

static struct json_object *parse_around(struct walk *w, const struct scan *behind, const char *list,
                                        const char *name)
{
    struct strbuf rest = STRBUF_INIT;
    struct json_object *o;

    strbuf_add(&rest, w->text, (size_t)(list - w->text));
    strbuf_addstr(&rest, PLACEHOLDER);
    strbuf_add(&rest, behind->at, (size_t)(behind->end - behind->at));
    o = jsonq_parse(rest.buf, rest.len, w->err);
    strbuf_release(&rest);
    if (o)
        return close_list(o, name, w->err);
    err_prefix(w->err, "around the list %s", name); /* bytes are counted without the list */
    return NULL;
}

struct json_object *jsonq_parse_list(const char *text, size_t len, const char *name,
                                     jsonq_item_fn fn, void *arg, struct err *err)
{
    struct scan s = {.at = text, .end = text + len};
    struct walk w = {.fn = fn, .arg = arg, .text = text, .err = err};
    struct json_object *o = NULL;
    const char *list;

    if (!find_member(&s, name))
        return parse_whole(text, len, name, fn, arg, err);
    list = s.at;
    w.tok = jsonq_tokener(JSONQ_DEPTH_MAX - LIST_DEPTH, err);
    if (!w.tok)
        return NULL;
    if (walk_items(&w, &s) == 0)
        o = parse_around(&w, &s, list, name);
    json_tokener_free(w.tok);
    return o;
}
