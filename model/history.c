#include "model/history.h"

#include "core/jsonq.h"
#include "core/strbuf.h"
#include "core/table.h"
#include "model/model_priv.h"

#include <string.h>

/* ---- lines --------------------------------------------------------------------------------------
 */

static void add_name(struct strbuf *out, const char *name)
{
    strbuf_addstr(out, ",\"");
    strbuf_addstr(out, name);
    strbuf_addstr(out, "\":");
}

void history_add_int(struct strbuf *out, const char *name, int64_t value)
{
    add_name(out, name);
    strbuf_addi(out, value);
}

/* json_text() makes bytes that are no UTF-8 readable: the line can be read back. */
void history_add_str(struct strbuf *out, const char *name, const char *value)
{
    if (!value)
        return;
    add_name(out, name);
    json_text(out, value);
}

void history_line(struct strbuf *out, const char *type, const char *site)
{
    strbuf_addstr(out, "{\"v\":");
    strbuf_addi(out, HISTORY_VERSION);
    history_add_str(out, "type", type);
    history_add_str(out, "site", site);
}

void history_end_line(struct strbuf *out)
{
    strbuf_addstr(out, "}\n");
}

/* ---- out ----------------------------------------------------------------------------------------
 */

static void take_since(struct model *m, struct strbuf *out)
{
    struct since_record r;

    while (since_next_dirty(m->since, &r)) {
        history_line(out, "since", r.site);
        history_add_str(out, "kind", r.kind);
        history_add_str(out, "key", r.key);
        history_add_str(out, "state", r.state);
        history_add_int(out, "at", r.at);
        history_add_int(out, "seen", r.seen);
        history_end_line(out);
    }
}

static void take_seen(struct model *m, struct strbuf *out, int64_t now)
{
    if (m->seen_at && now - m->seen_at < HISTORY_SEEN_MS)
        return;
    m->seen_at = now;
    history_line(out, "seen", NULL);
    history_add_int(out, "at", now);
    history_end_line(out);
}

static void renew(struct model *m)
{
    bool asked;

    pthread_mutex_lock(&m->lock);
    asked = m->renew;
    m->renew = false;
    pthread_mutex_unlock(&m->lock);
    if (!asked)
        return;
    since_renew(m->since);
    samples_history_renew(m->samples);
    for (size_t i = 0; i < m->nsites; i++)
        timeline_history_renew(m->sites[i].timeline);
    if (m->findings)
        findings_history_renew(m->findings);
    m->seen_at = 0;
}

void model_history_renew(struct model *m)
{
    pthread_mutex_lock(&m->lock);
    m->renew = true;
    pthread_mutex_unlock(&m->lock);
}

void model_history_collect(struct model *m, int64_t now)
{
    struct strbuf out = STRBUF_INIT;

    if (m->o.forgets)
        return;
    renew(m);
    take_since(m, &out);
    samples_history_take(m->samples, &out);
    for (size_t i = 0; i < m->nsites; i++)
        timeline_history_take(m->sites[i].timeline, &out);
    if (m->findings)
        findings_history_take(m->findings, &out);
    take_seen(m, &out, now);
    pthread_mutex_lock(&m->lock);
    if (m->history.len + out.len <= HISTORY_PENDING_MAX)
        strbuf_add(&m->history, out.buf, out.len);
    else
        m->crowded = true;
    pthread_mutex_unlock(&m->lock);
    strbuf_release(&out);
}

void model_history_take(struct model *m, struct strbuf *out)
{
    pthread_mutex_lock(&m->lock);
    strbuf_add(out, m->history.buf, m->history.len);
    strbuf_reset(&m->history);
    /* What had no room is still known. */
    m->renew |= m->crowded;
    m->crowded = false;
    pthread_mutex_unlock(&m->lock);
}

bool model_history_waits(struct model *m)
{
    bool waits;

    pthread_mutex_lock(&m->lock);
    waits = m->history.len > 0;
    pthread_mutex_unlock(&m->lock);
    return waits;
}

/* ---- in -----------------------------------------------------------------------------------------
 */

static bool load_since(struct model *m, struct json_object *line, const char *site)
{
    struct since_record r = {.site = site,
                             .kind = jsonq_str(line, "kind"),
                             .key = jsonq_str(line, "key"),
                             .state = jsonq_str(line, "state")};

    if (!r.kind || !r.key || !r.state || !jsonq_int(line, "at", &r.at) || r.at < 0)
        return false;
    (void)jsonq_int(line, "seen", &r.seen);
    since_restore(m->since, &r);
    return true;
}

static bool load_seen(struct model *m, struct json_object *line)
{
    int64_t at;

    if (!jsonq_int(line, "at", &at) || at <= 0)
        return false;
    since_restore_seen(m->since, at);
    return true;
}

/* Sites that are no longer configured are understood, and of no use. */
static bool load_line(struct model *m, struct json_object *line, int64_t now)
{
    const char *type = jsonq_str(line, "type"), *site = jsonq_str(line, "site");
    struct model_site *s = model_site(m, site);
    int64_t version;

    if (!type || !jsonq_int(line, "v", &version) || version != HISTORY_VERSION)
        return false;
    if (strcmp(type, "seen") == 0)
        return load_seen(m, line);
    if (strcmp(type, FINDINGS_LINE) == 0)
        return !m->findings || findings_history_load(m->findings, line, now);
    if (strcmp(type, "since") == 0)
        return !s ? site != NULL : load_since(m, line, site);
    if (strcmp(type, TIMELINE_LINE) == 0)
        return !s ? site != NULL : timeline_history_load(s->timeline, line);
    if (strcmp(type, SAMPLES_LINE) == 0)
        return !s ? site != NULL : samples_history_load(m->samples, line);
    return false;
}

static bool load_text(struct model *m, const char *text, size_t len, int64_t now)
{
    struct json_object *line = len <= HISTORY_LINE_MAX ? jsonq_parse(text, len, NULL) : NULL;
    bool ok = line && load_line(m, line, now);

    json_object_put(line);
    return ok;
}

unsigned model_history_load(struct model *m, const char *text, size_t len, int64_t now)
{
    const char *end = text + len;
    unsigned bad = 0;

    while (text < end) {
        const char *nl = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((nl ? nl : end) - text);
        if (n && !load_text(m, text, n, now))
            bad++;
        text += n + 1;
    }
    return bad;
}
