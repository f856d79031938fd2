#include "tests/lab/jsonb.h"

#include "core/fmt.h"
#include "core/strbuf.h"

#include <time.h>

void jset(struct json_object *o, const char *key, struct json_object *value)
{
    json_object_object_add_ex(o, key, value, JSON_C_OBJECT_KEY_IS_CONSTANT);
}

void jset_str(struct json_object *o, const char *key, const char *value)
{
    if (value)
        jset(o, key, json_object_new_string(value));
}

void jset_int(struct json_object *o, const char *key, int64_t value)
{
    jset(o, key, json_object_new_int64(value));
}

void jset_real(struct json_object *o, const char *key, double value)
{
    struct strbuf sb = STRBUF_INIT;

    fmt_real(&sb, value);
    jset(o, key, json_object_new_double_s(value, sb.buf));
    strbuf_release(&sb);
}

void jset_bool(struct json_object *o, const char *key, bool value)
{
    jset(o, key, json_object_new_boolean(value));
}

void jset_null(struct json_object *o, const char *key)
{
    jset(o, key, NULL);
}

void jset_iso(struct json_object *o, const char *key, int64_t ms)
{
    struct strbuf sb = STRBUF_INIT;
    time_t t = (time_t)(ms / 1000);
    struct tm tm;

    gmtime_r(&t, &tm);
    strbuf_addf(&sb, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
    jset_str(o, key, sb.buf);
    strbuf_release(&sb);
}

struct json_object *jset_object(struct json_object *o, const char *key)
{
    struct json_object *child = json_object_new_object();

    jset(o, key, child);
    return child;
}

struct json_object *jset_array(struct json_object *o, const char *key)
{
    struct json_object *child = json_object_new_array();

    jset(o, key, child);
    return child;
}

void jadd(struct json_object *array, struct json_object *value)
{
    json_object_array_add(array, value);
}

void jadd_str(struct json_object *array, const char *value)
{
    json_object_array_add(array, json_object_new_string(value));
}

void jsend(struct lab_reply *reply, struct json_object *o)
{
    size_t len = 0;
    const char *text = json_object_to_json_string_length(
        o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE, &len);

    reply->content_type = "application/json";
    strbuf_reset(&reply->body);
    strbuf_add(&reply->body, text, len);
    strbuf_addch(&reply->body, '\n');
    json_object_put(o);
}
