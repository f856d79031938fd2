#include "collectors/nsx/facts.h"

#include <string.h>

#include "collectors/session.h"
#include "core/arena.h"
#include "core/jsonq.h"
#include "core/strbuf.h"
#include "core/text.h"

#define SITE_PATH   "/infra/sites/default"
#define POLICY      "/policy/api/v1"
#define ROLES_BYTES 200

static const char *keep(struct session *s, const char *text)
{
    return text && *text ? arena_strdup(s->facts_arena, text) : NULL;
}

static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = list; (p = strstr(p, word)); p += len) {
        if ((p == list || p[-1] == ' ') && (p[len] == '\0' || p[len] == ' '))
            return true;
    }
    return false;
}

static void add_roles(struct strbuf *out, struct json_object *o)
{
    for (size_t i = 0; i < jsonq_len(o, "roles"); i++) {
        const char *role = jsonq_str(jsonq_at(o, "roles", i), "role");

        if (role && *role && out->len + strlen(role) < ROLES_BYTES && !has_word(out->buf, role))
            strbuf_addf(out, "%s%s", out->len > 0 ? " " : "", role);
    }
}

static void read_version(struct session *s, struct json_object *o)
{
    const char *version = jsonq_str(o, "product_version");

    s->facts.version = keep(s, version ? version : jsonq_str(o, "node_version"));
}

/* roles[].role, and in later versions roles_for_paths[].roles[].role. The call is not among those
 * that were checked against the vendor's SDK, so all of it is optional. */
static void read_role(struct session *s, struct json_object *o)
{
    struct strbuf roles = STRBUF_INIT;

    add_roles(&roles, o);
    for (size_t i = 0; i < jsonq_len(o, "roles_for_paths"); i++)
        add_roles(&roles, jsonq_at(o, "roles_for_paths", i));
    s->facts.role = keep(s, roles.buf);
    strbuf_release(&roles);
}

/* The one named "default" if there is one: that name is a convention, not a rule. */
static const char *choose_path(struct json_object *o)
{
    const char *first = NULL;

    for (size_t i = 0; i < jsonq_len(o, "results"); i++) {
        struct json_object *item = jsonq_at(o, "results", i);
        const char *path = jsonq_str(item, "path"), *id = jsonq_str(item, "id");

        if (!path || path[0] != '/')
            continue;
        if (id && strcmp(id, "default") == 0)
            return path;
        first = first ? first : path;
    }
    return first;
}

static void read_point(struct session *s, struct json_object *o)
{
    const char *path = keep(s, choose_path(o));
    const char *end = path ? strstr(path, "/enforcement-points/") : NULL;

    if (!end)
        return;
    s->facts.enforcement_point = path;
    s->facts.site_path = arena_strndup(s->facts_arena, path, (size_t)(end - path));
}

static void read_site(struct session *s, struct json_object *o)
{
    s->facts.site_path = keep(s, choose_path(o));
}

/* The usual place first; sites are read only when there is nothing. */
static bool need_site(const struct session *s)
{
    return !s->facts.enforcement_point;
}

static bool need_point(const struct session *s)
{
    return !s->facts.enforcement_point && s->facts.site_path;
}

static const struct fact {
    const char *path; /* NULL: the enforcement points of the site that was found */
    void (*read)(struct session *s, struct json_object *o);
    bool (*needed)(const struct session *s); /* NULL: always */
} facts[] = {
    {NSX_VERSION_PATH, read_version, NULL},
    {POLICY "/aaa/user-info", read_role, NULL},
    {POLICY SITE_PATH "/enforcement-points", read_point, NULL},
    {POLICY "/infra/sites", read_site, need_site},
    {NULL, read_point, need_point},
};

#define FACTS (sizeof(facts) / sizeof(facts[0]))

static const char *points_of(struct session *s)
{
    struct strbuf path = STRBUF_INIT;
    const char *kept;

    strbuf_addstr(&path, POLICY);
    text_percent_encode(&path, s->facts.site_path, strlen(s->facts.site_path), "/");
    strbuf_addstr(&path, "/enforcement-points");
    kept = arena_strndup(s->facts_arena, path.buf, path.len);
    strbuf_release(&path);
    return kept;
}

void nsx_facts_start(struct nsx_facts *f)
{
    *f = (struct nsx_facts){0};
}

const char *nsx_facts_step(struct nsx_facts *f, struct session *s, const struct reply *reply)
{
    struct json_object *o;

    if (reply) {
        f->silent += reply->status == 0;
        o = reply->status >= 200 && reply->status < 300 ? jsonq_parse(reply->body, reply->len, NULL)
                                                        : NULL;
        if (o)
            facts[f->at].read(s, o);
        json_object_put(o);
        f->at++;
    }
    while (f->at < FACTS && facts[f->at].needed && !facts[f->at].needed(s))
        f->at++;
    if (f->at >= FACTS)
        return NULL;
    if (facts[f->at].path)
        return facts[f->at].path;
    return points_of(s);
}

bool nsx_facts_complete(const struct nsx_facts *f)
{
    return f->silent == 0;
}
