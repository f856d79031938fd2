/* findings_history: entries and first-seen values as JSON lines, and back. */
#include <string.h>

#include "core/jsonq.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/findings_priv.h"

#define FINDINGS_VERSION 1

/* ---- writing ------------------------------------------------------------------------------------
 */

static struct json_object *new_line(void)
{
    struct json_object *o = json_object_new_object();

    json_object_object_add(o, "v", json_object_new_int(FINDINGS_VERSION));
    json_object_object_add(o, "type", json_object_new_string(FINDINGS_LINE));
    return o;
}

static void add_str(struct json_object *o, const char *name, const char *s)
{
    if (s)
        json_object_object_add(o, name, json_object_new_string(s));
}

static void add_int(struct json_object *o, const char *name, int64_t v)
{
    if (v)
        json_object_object_add(o, name, json_object_new_int64(v));
}

static void finish_line(struct json_object *o, struct strbuf *out)
{
    strbuf_addstr(out, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
                                                             JSON_C_TO_STRING_NOSLASHESCAPE));
    strbuf_addch(out, '\n');
    json_object_put(o);
}

static void add_answer(struct json_object *o, const struct finding_entry *e)
{
    if (!e->acknowledged && !e->snoozed_until)
        return;
    if (e->acknowledged)
        json_object_object_add(o, "acknowledged", json_object_new_boolean(1));
    add_int(o, "snoozed_until", e->snoozed_until);
    add_int(o, "answered_at", e->answered_at);
    add_str(o, "answered_severity", severity_name(e->answered_severity));
    add_int(o, "answered_affected", (int64_t)e->answered_affected);
    add_str(o, "user", e->user);
    add_str(o, "note", e->note);
}

static void write_entry(const struct finding_entry *e, struct strbuf *out)
{
    struct json_object *o = new_line();

    add_str(o, "finding", e->id);
    if (e->known) {
        add_str(o, "subject", e->subject);
        add_str(o, "severity", severity_name(e->severity));
        add_str(o, "summary", e->summary.english);
        add_str(o, "remedy", e->remedy.english);
        add_int(o, "affected", (int64_t)e->affected_count);
        add_int(o, "first_seen", e->first_seen);
        add_int(o, "since", e->since);
        add_int(o, "last_seen", e->last_seen);
        add_int(o, "cleared_at", e->cleared_at);
    }
    add_answer(o, e);
    finish_line(o, out);
}

static bool due(const struct finding_entry *e)
{
    if (e->no_data)
        return false; /* a symptom of today's connection */
    return e->dirty || (e->known && !e->cleared_at && e->judged &&
                        e->last_seen - e->written_at >= FINDINGS_REFRESH_MS);
}

void findings_history_take(struct findings *f, struct strbuf *out)
{
    const char *key;
    size_t i = 0;
    void *value;

    while (map_at(f->entries, &i, NULL, &value)) {
        struct finding_entry *e = value;

        if (!due(e))
            continue;
        write_entry(e, out);
        e->dirty = false;
        e->written_at = e->last_seen;
    }
    i = 0;
    while (map_at(f->first_seen, &i, &key, &value)) {
        struct finding_memo *m = value;

        if (!m->dirty)
            continue;
        struct json_object *o = new_line();
        add_str(o, "first_seen_key", key);
        json_object_object_add(o, "value", json_object_new_int64(m->value));
        finish_line(o, out);
        m->dirty = false;
    }
}

void findings_history_renew(struct findings *f)
{
    void *value;

    for (size_t i = 0; map_at(f->entries, &i, NULL, &value);)
        ((struct finding_entry *)value)->dirty = true;
    for (size_t i = 0; map_at(f->first_seen, &i, NULL, &value);)
        ((struct finding_memo *)value)->dirty = true;
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static enum severity severity_of(const char *word)
{
    for (int s = SEV_OK; word && s <= SEV_CRITICAL; s++) {
        if (strcmp(severity_name((enum severity)s), word) == 0)
            return (enum severity)s;
    }
    return SEV_NONE;
}

static int64_t get_time(struct json_object *o, const char *name)
{
    int64_t v = 0;

    return jsonq_int(o, name, &v) && v > 0 ? v : 0;
}

static void read_answer(struct finding_entry *e, struct json_object *o)
{
    int64_t affected = 0;

    e->acknowledged = false;
    jsonq_bool(o, "acknowledged", &e->acknowledged);
    e->snoozed_until = get_time(o, "snoozed_until");
    e->answered_at = get_time(o, "answered_at");
    e->answered_severity = severity_of(jsonq_str(o, "answered_severity"));
    jsonq_int(o, "answered_affected", &affected);
    e->answered_affected = affected > 0 ? (size_t)affected : 0;
    findings_set_text(&e->user, jsonq_str(o, "user"));
    findings_set_text(&e->note, jsonq_str(o, "note"));
}

static void read_known(struct finding_entry *e, struct json_object *o)
{
    int64_t affected = 0;

    e->severity = severity_of(jsonq_str(o, "severity"));
    e->first_seen = get_time(o, "first_seen");
    e->since = get_time(o, "since");
    e->last_seen = e->written_at = get_time(o, "last_seen");
    e->cleared_at = get_time(o, "cleared_at");
    e->known = e->severity != SEV_NONE && e->first_seen && e->last_seen;
    if (!e->since)
        e->since = e->first_seen;
    jsonq_int(o, "affected", &affected);
    e->affected_count = affected > 0 ? (size_t)affected : 0;
    if (jsonq_str(o, "subject"))
        findings_set_text(&e->subject, jsonq_str(o, "subject"));
    findings_set_text(&e->summary.english, jsonq_str(o, "summary"));
    findings_set_text(&e->remedy.english, jsonq_str(o, "remedy"));
}

static bool read_memo(struct findings *f, const char *key, struct json_object *o)
{
    struct finding_memo *m;
    int64_t v;

    if (!jsonq_int(o, "value", &v))
        return false;
    findings_first_seen(f, key, v);
    m = map_get(f->first_seen, key);
    m->value = v;
    m->dirty = false;
    return true;
}

/* What is over for more than an hour is only worth reading to be forgotten. */
static bool over(const struct finding_entry *e, int64_t now)
{
    if (e->known)
        return e->cleared_at && now - e->cleared_at > FINDINGS_CLEARED_MS;
    return !e->acknowledged && e->snoozed_until <= now;
}

bool findings_history_load(struct findings *f, struct json_object *line, int64_t now)
{
    const char *id = jsonq_str(line, "finding"), *key = jsonq_str(line, "first_seen_key");
    struct finding_entry *e;
    int64_t v = 0;

    if (!jsonq_int(line, "v", &v) || v != FINDINGS_VERSION)
        return false;
    if (key)
        return read_memo(f, key, line);
    if (!id || !*id)
        return false;
    e = findings_entry(f, id);
    read_known(e, line);
    read_answer(e, line);
    e->dirty = false;
    if (over(e, now))
        findings_entry_free(map_remove(f->entries, id));
    return true;
}
