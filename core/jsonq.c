/*
 * Three things make this more than a call of json_tokener_parse():
 *
 * - json-c validates UTF-8 byte by byte inside its state machine. Replies are almost all ASCII, so
 * the whole text is checked first, eight bytes at a time, which costs next to nothing.
 * - json-c 0.16 takes NaN and Infinity even in strict mode. They are not JSON and would poison
 * every sum they meet. A text that holds neither word (practically all) needs no look at its
 * numbers; for the rest the tree is walked once. Numbers too large for a double (1e999) are refused
 * where they are read.
 */
#include "core/jsonq_priv.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#define PATH_NAME_MAX 128

/* Offset of the first byte that is not valid UTF-8; @len when all is well. */
static size_t utf8_valid_prefix(const char *text, size_t len)
{
    size_t i = 0;

    while (i < len) {
        uint64_t word;
        uint32_t cp;
        size_t n;

        if (len - i >= sizeof(word)) {
            memcpy(&word, text + i, sizeof(word));
            if (!(word & UINT64_C(0x8080808080808080))) {
                i += sizeof(word);
                continue;
            }
        }
        if (!((unsigned char)text[i] & 0x80)) {
            i++;
            continue;
        }
        n = text_decode(text + i, len - i, &cp);
        if (n < 2)
            return i;
        i += n;
    }
    return len;
}

/* Recursion is bounded by JSONQ_DEPTH_MAX. */
static bool all_finite(struct json_object *o)
{
    if (json_object_is_type(o, json_type_double))
        return isfinite(json_object_get_double(o));
    if (json_object_is_type(o, json_type_array)) {
        size_t n = json_object_array_length(o);

        for (size_t i = 0; i < n; i++)
            if (!all_finite(json_object_array_get_idx(o, i)))
                return false;
    }
    if (json_object_is_type(o, json_type_object)) {
        for (struct lh_entry *e = json_object_get_object(o)->head; e; e = e->next)
            if (!all_finite((struct json_object *)lh_entry_v(e)))
                return false;
    }
    return true;
}

static bool may_hold_nan(const char *text, size_t len)
{
    return memmem(text, len, "NaN", 3) || memmem(text, len, "Infinity", 8);
}

/* Is there an apostrophe outside of the (double-quoted) strings of this well-formed text? */
static bool has_single_quotes(const char *text, size_t len)
{
    bool inside = false;

    if (!memchr(text, '\'', len))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (inside && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            inside = !inside;
        else if (text[i] == '\'' && !inside)
            return true;
    }
    return false;
}

static bool only_space(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
            return false;
    return true;
}

static void fail(struct err *err, enum json_tokener_error code, size_t at, size_t len)
{
    if (code == json_tokener_error_depth)
        err_set(err, ERR_PROTO, 0, "JSON is nested deeper than %d levels at byte %zu of %zu",
                JSONQ_DEPTH_MAX, at, len);
    else if (code == json_tokener_continue)
        err_set(err, ERR_PROTO, 0, "JSON ends early, after %zu bytes", len);
    else if (code == json_tokener_success)
        err_set(err, ERR_PROTO, 0, "text after the end of JSON at byte %zu of %zu", at, len);
    else
        err_set(err, ERR_PROTO, 0, "not JSON at byte %zu of %zu: %s", at, len,
                json_tokener_error_desc(code));
}

static struct json_object *parse(struct json_tokener *tok, const char *text, size_t len,
                                 struct err *err)
{
    struct json_object *o = json_tokener_parse_ex(tok, text, (int)len);
    enum json_tokener_error code = json_tokener_get_error(tok);
    size_t end = json_tokener_get_parse_end(tok);

    /* A number alone ends only where the text does. */
    if (code == json_tokener_continue) {
        o = json_tokener_parse_ex(tok, "", 1);
        if (json_tokener_get_error(tok) == json_tokener_success)
            code = json_tokener_success;
        end = len;
    }
    if (code != json_tokener_success || !only_space(text + end, len - end)) {
        json_object_put(o);
        fail(err, code, end, len);
        return NULL;
    }
    if (!o)
        err_set(err, ERR_PROTO, 0, "JSON holds nothing but null");
    return o;
}

/* A NUL would end the text of a C string: what stands behind it would be lost without a word. It is
 * written the way text_sanitize() writes it, which is what it comes to on screen anyway. */
static void show_nuls(struct json_object *o)
{
    const char *s = json_object_get_string(o);
    size_t len = (size_t)json_object_get_string_len(o);
    struct strbuf out = STRBUF_INIT;

    if (!memchr(s, '\0', len))
        return;
    for (size_t i = 0; i < len; i++) {
        if (s[i])
            strbuf_addch(&out, s[i]);
        else
            strbuf_addstr(&out, "\\x00");
    }
    json_object_set_string_len(o, out.buf, (int)out.len);
    strbuf_release(&out);
}

/* Recursion is bounded by JSONQ_DEPTH_MAX. */
static void show_all_nuls(struct json_object *o)
{
    if (json_object_is_type(o, json_type_string))
        show_nuls(o);
    if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(o); i++)
            show_all_nuls(json_object_array_get_idx(o, i));
    }
    if (json_object_is_type(o, json_type_object)) {
        for (struct lh_entry *e = json_object_get_object(o)->head; e; e = e->next)
            show_all_nuls((struct json_object *)lh_entry_v(e));
    }
}

/* Puts @o and says why when json-c took what is not JSON. */
static bool lenient(struct json_object *o, const char *text, size_t len, struct err *err)
{
    if (may_hold_nan(text, len) && !all_finite(o))
        err_set(err, ERR_PROTO, 0, "not JSON: NaN or Infinity stands for a number");
    else if (has_single_quotes(text, len))
        err_set(err, ERR_PROTO, 0, "not JSON: a name in single quotes");
    else
        return false;
    json_object_put(o);
    return true;
}

struct json_object *jsonq_parse_with(struct json_tokener *tok, const char *text, size_t len,
                                     bool plain, struct err *err)
{
    size_t valid = utf8_valid_prefix(text, len);
    struct json_object *o;

    if (valid < len) {
        err_set(err, ERR_PROTO, 0, "JSON is not UTF-8 at byte %zu of %zu", valid, len);
        return NULL;
    }
    if (len == 0 || len > INT_MAX) {
        err_set(err, ERR_PROTO, 0, len ? "JSON is longer than 2 GiB" : "empty text is not JSON");
        return NULL;
    }
    json_tokener_reset(tok);
    o = parse(tok, text, len, err);
    if (o && memmem(text, len, "\\u0000", 6))
        show_all_nuls(o);
    return o && !plain && lenient(o, text, len, err) ? NULL : o;
}

struct json_tokener *jsonq_tokener(int depth, struct err *err)
{
    struct json_tokener *tok = json_tokener_new_ex(depth);

    if (!tok)
        err_set(err, ERR_PROTO, 0, "no memory to read JSON");
    else
        json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
    return tok;
}

struct json_object *jsonq_parse(const char *text, size_t len, struct err *err)
{
    struct json_tokener *tok = jsonq_tokener(JSONQ_DEPTH_MAX, err);
    struct json_object *o = tok ? jsonq_parse_with(tok, text, len, false, err) : NULL;

    if (tok)
        json_tokener_free(tok);
    return o;
}

struct json_object *jsonq_get(struct json_object *o, const char *name)
{
    struct json_object *value = NULL;

    if (!o || !json_object_is_type(o, json_type_object))
        return NULL;
    return json_object_object_get_ex(o, name, &value) ? value : NULL;
}

struct json_object *jsonq_path(struct json_object *o, const char *path)
{
    char name[PATH_NAME_MAX];

    while (o) {
        size_t n = strcspn(path, ".");

        if (n >= sizeof(name))
            return NULL;
        memcpy(name, path, n);
        name[n] = '\0';
        o = jsonq_get(o, name);
        if (!path[n])
            break;
        path += n + 1;
    }
    return o;
}

const char *jsonq_text(struct json_object *v)
{
    switch (json_object_get_type(v)) {
    case json_type_string:
    case json_type_int:
        return json_object_get_string(v);
    case json_type_double:
        return isfinite(json_object_get_double(v)) ? json_object_get_string(v) : NULL;
    default:
        return NULL;
    }
}

const char *jsonq_str(struct json_object *o, const char *name)
{
    return jsonq_text(jsonq_get(o, name));
}

/* json-c clamps what does not fit; a clamped number is a wrong number, so it counts as absent. */
static bool int_exact(struct json_object *v, int64_t *out)
{
    int64_t n = json_object_get_int64(v);

    if (n == INT64_MAX && json_object_get_uint64(v) > (uint64_t)INT64_MAX)
        return false;
    *out = n;
    return true;
}

static bool double_to_int(double d, int64_t *out)
{
    if (!(d >= -0x1p63 && d < 0x1p63) || d != trunc(d))
        return false;
    *out = (int64_t)d;
    return true;
}

bool jsonq_number(struct json_object *v, int64_t *out)
{
    switch (json_object_get_type(v)) {
    case json_type_int:
        return int_exact(v, out);
    case json_type_double:
        return double_to_int(json_object_get_double(v), out);
    case json_type_string:
        return text_to_i64(json_object_get_string(v), INT64_MIN, INT64_MAX, out) == 0;
    default:
        return false;
    }
}

bool jsonq_int(struct json_object *o, const char *name, int64_t *out)
{
    return jsonq_number(jsonq_get(o, name), out);
}

bool jsonq_double(struct json_object *o, const char *name, double *out)
{
    struct json_object *v = jsonq_get(o, name);
    double d;

    switch (json_object_get_type(v)) {
    case json_type_int:
    case json_type_double:
        d = json_object_get_double(v);
        break;
    case json_type_string:
        if (text_to_double(json_object_get_string(v), &d))
            return false;
        break;
    default:
        return false;
    }
    if (!isfinite(d))
        return false;
    *out = d;
    return true;
}

bool jsonq_bool(struct json_object *o, const char *name, bool *out)
{
    struct json_object *v = jsonq_get(o, name);
    const char *s;

    if (json_object_is_type(v, json_type_boolean)) {
        *out = json_object_get_boolean(v);
        return true;
    }
    if (!json_object_is_type(v, json_type_string))
        return false;
    s = json_object_get_string(v);
    if (!text_equal_nocase(s, "true") && !text_equal_nocase(s, "false"))
        return false;
    *out = text_equal_nocase(s, "true");
    return true;
}

/* Where @key stands in @names; the guess is the place behind the one found last. */
static size_t place_of(const char *key, const char *const *names, size_t n, size_t guess)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = guess + i < n ? guess + i : guess + i - n;

        if (names[at][0] == key[0] && strcmp(names[at], key) == 0)
            return at;
    }
    return n;
}

void jsonq_pick(struct json_object *o, const char *const *names, size_t n, struct json_object **out)
{
    size_t guess = 0;

    for (size_t i = 0; i < n; i++)
        out[i] = NULL;
    if (!json_object_is_type(o, json_type_object))
        return;
    for (struct lh_entry *e = json_object_get_object(o)->head; e; e = e->next) {
        size_t at = place_of((const char *)lh_entry_k(e), names, n, guess);

        if (at == n)
            continue;
        out[at] = (struct json_object *)lh_entry_v(e);
        guess = at + 1 < n ? at + 1 : 0;
    }
}

size_t jsonq_len(struct json_object *o, const char *name)
{
    return jsonq_count(jsonq_get(o, name));
}

struct json_object *jsonq_at(struct json_object *o, const char *name, size_t i)
{
    return jsonq_item(jsonq_get(o, name), i);
}

size_t jsonq_count(struct json_object *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

struct json_object *jsonq_item(struct json_object *array, size_t i)
{
    return i < jsonq_count(array) ? json_object_array_get_idx(array, i) : NULL;
}
