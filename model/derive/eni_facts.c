/* eni_facts: which network interfaces are the SDDC's. */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"

/* What VMC writes into the description of its interfaces ("VMware VMC Interface", and an older
 * "VMware VMC Interface DO NOT USE"); an endpoint's key eni_description overrides it. */
#define VMC_DESCRIPTION "VMware VMC Interface"

struct eni_info *eni_find(struct eni_facts *f, const char *eni)
{
    struct eni_info *e;

    if (!eni || eni == f->asked)
        return eni ? f->last : NULL;
    e = f->last && view_same_text(f->last->eni, eni) ? f->last : map_get(f->by_id, eni);
    if (e) {
        f->last = e;
        f->asked = eni;
    }
    return e;
}

static struct eni_info *know(struct derive *d, struct eni_facts *f, const char *eni)
{
    struct eni_info *e = eni_find(f, eni);

    if (e || !eni)
        return e;
    e = arena_alloc(d->arena, sizeof(*e));
    e->eni = eni;
    map_put(f->by_id, eni, e);
    return e;
}

static const char *description(const struct derive *d, const char *endpoint)
{
    const struct config_site *s = d->view->site;

    for (size_t i = 0; i < s->nendpoints; i++) {
        const char *word = view_same_text(s->endpoints[i]->name, endpoint)
                               ? config_str(s->endpoints[i], "eni_description")
                               : NULL;
        if (word && *word)
            return word;
    }
    return VMC_DESCRIPTION;
}

static void add_listed(struct derive *d, struct eni_facts *f)
{
    struct view_cursor at = {0};
    const struct snapshot *from = NULL;
    const char *prefix = NULL;
    const struct row *r;

    while ((r = derive_next(d, &table_enis, &at))) {
        const char *text = row_str(r, ENIS_DESCRIPTION);
        struct eni_info *e = know(d, f, row_str(r, ENIS_ENI));
        if (at.snapshot != from)
            prefix = description(d, snapshot_endpoint(at.snapshot));
        from = at.snapshot;
        if (!e)
            continue;
        e->listed = true;
        e->vpc = row_str(r, ENIS_VPC);
        e->subnet = row_str(r, ENIS_SUBNET);
        e->status = row_str(r, ENIS_STATUS);
        e->described = text && text_has_prefix_nocase(text, prefix);
    }
}

static void name_list(struct derive *d, struct eni_facts *f, const struct link *l,
                      const struct cell_list *list, bool active)
{
    for (size_t i = 0; list && i < list->n; i++) {
        struct eni_info *e = know(d, f, list->items[i]);
        e->named = true;
        e->link = l;
        e->active = e->active || active;
        if (!e->vpc)
            e->vpc = l->vpc;
    }
}

static void name_hosts(struct derive *d, struct eni_facts *f)
{
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = derive_next(d, &table_hosts, &at))) {
        struct eni_info *e = know(d, f, row_str(r, HOSTS_ENI));
        struct identity_match m;
        if (!e)
            continue;
        e->named = true;
        m = identity_eni_host(derive_hosts(d), e->eni);
        e->host = m.row;
        e->host_name = m.host;
    }
}

/* An ENI that nobody names belongs to the link whose subnet it is in; two SDDCs do not share one.
 */
static const struct link *link_of(const struct link_facts *links, const struct eni_info *e)
{
    const struct link *in_vpc = NULL;
    size_t n = 0;

    for (size_t i = 0; e->vpc && i < links->n; i++) {
        const struct link *l = &links->links[i];
        if (!view_same_text(l->vpc, e->vpc))
            continue;
        if (view_list_has(l->subnets, e->subnet))
            return l;
        in_vpc = l;
        n++;
    }
    return n == 1 ? in_vpc : NULL;
}

struct eni_facts *derive_enis(struct derive *d)
{
    struct eni_facts *f = d->enis;
    const struct link_facts *links = derive_links(d);
    void *value;

    if (f)
        return f;
    f = d->enis = arena_alloc(d->arena, sizeof(*f));
    f->by_id = map_new_borrowed(0); /* rows and links outlive it */
    f->complete = view_state(d->view, &table_enis) == VIEW_GOOD;
    add_listed(d, f);
    for (size_t i = 0; i < links->n; i++) {
        name_list(d, f, &links->links[i], links->links[i].enis, false);
        name_list(d, f, &links->links[i], links->links[i].active, true);
    }
    name_hosts(d, f);
    for (size_t i = 0; map_at(f->by_id, &i, NULL, &value);) {
        struct eni_info *e = value;
        if (!e->link && eni_is_sddc(e))
            e->link = link_of(links, e);
    }
    return f;
}
