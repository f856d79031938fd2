/* links: the linked VPCs as NSX and VMC know them. */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/text.h"

#include <string.h>

static enum link_mode mode_of(const struct row *r)
{
    const char *mode = row_str(r, LINKED_VPCS_MODE);

    if (mode && strcmp(mode, "prefix_list") == 0)
        return LINK_PREFIX_LIST;
    if (mode && strcmp(mode, "pending") == 0)
        return LINK_PENDING;
    return LINK_CIDR;
}

static void add_link(struct derive *d, struct link_facts *f, const struct row *r,
                     const struct snapshot *from)
{
    f->links[f->n++] = (struct link){
        .row = r,
        .vpc = row_str(r, LINKED_VPCS_VPC),
        .sddc = row_str(r, LINKED_VPCS_SDDC),
        .manager = identity_manager(d->managers, snapshot_endpoint(from)),
        .mode = mode_of(r),
        .active = row_list(r, LINKED_VPCS_ACTIVE_ENIS),
        .groups = row_list(r, LINKED_VPCS_TRAFFIC_GROUPS),
        .ids = row_list(r, LINKED_VPCS_TRAFFIC_GROUP_IDS),
        .tables = row_list(r, LINKED_VPCS_ROUTE_TABLES),
        .prefix_lists = row_list(r, LINKED_VPCS_PREFIX_LISTS),
        .expected = row_list(r, LINKED_VPCS_EXPECTED_ENTRIES),
        .enis = row_list(r, LINKED_VPCS_ENIS),
        .subnets = row_list(r, LINKED_VPCS_SUBNETS),
    };
}

/* A vmc endpoint will know the link, unless a person switched the table off. */
static bool will_know(const struct view *v)
{
    for (size_t i = 0; i < v->site->nendpoints; i++) {
        const struct config_endpoint *e = v->site->endpoints[i];
        if (e->kind == KIND_VMC && !config_table_disabled(e, table_linked_vpcs.name))
            return true;
    }
    return false;
}

const struct link_facts *derive_links(struct derive *d)
{
    struct view_cursor at = {0};
    struct link_facts *f = d->links;
    enum view_state state;
    const struct row *r;
    size_t n = 0;

    if (f)
        return f;
    state = view_state(d->view, &table_linked_vpcs);
    f = d->links = arena_alloc(d->arena, sizeof(*f));
    while (derive_next(d, &table_linked_vpcs, &at))
        n++;
    f->links = arena_alloc(d->arena, (n + 1) * sizeof(*f->links));
    at = (struct view_cursor){0};
    while ((r = derive_next(d, &table_linked_vpcs, &at)))
        add_link(d, f, r, at.snapshot);
    f->asked =
        state != VIEW_NONE || (!view_table(d->view, &table_linked_vpcs)->n && will_know(d->view));
    f->complete = state == VIEW_GOOD;
    return f;
}

/* Items are GROUP=ENI; a group's name may hold '=', an ENI's id does not. */
static const char *group_eni(const char *item)
{
    const char *eq = strrchr(item, '=');

    return eq && eq[1] ? eq + 1 : NULL; /* "GROUP=": it has none at present */
}

const char *link_group_of(struct derive *d, const struct link *l, const char *eni)
{
    for (size_t i = 0; l && l->groups && i < l->groups->n; i++) {
        const char *item = l->groups->items[i], *id = group_eni(item);
        if (view_same_text(id, eni))
            return arena_strndup(d->arena, item, (size_t)(id - item) - 1);
    }
    return NULL;
}

/* Several SDDCs may share a VPC, each with a group "Default". */
const char *link_since_key(struct derive *d, const struct link *l, const char *group)
{
    return arena_printf(d->arena, "%s %s%s", l->vpc, group ? group : "",
                        derive_of_manager(d, l->manager));
}

static bool is_group(const char *item, const char *group)
{
    const char *id = group_eni(item);
    size_t n = strlen(group);

    return id && (size_t)(id - item) - 1 == n && strncasecmp(item, group, n) == 0;
}

const char *link_group_name(const struct link *l, const char *group)
{
    size_t n = group ? strlen(group) : 0;

    for (size_t i = 0; group && l->ids && i < l->ids->n; i++) {
        const char *item = l->ids->items[i];
        if (strncmp(item, group, n) == 0 && item[n] == '=')
            return item + n + 1;
    }
    return group;
}

const char *link_eni_of(const struct link *l, const char *group)
{
    const char *name = link_group_name(l, group);

    for (size_t i = 0; name && l->groups && i < l->groups->n; i++) {
        if (is_group(l->groups->items[i], name))
            return group_eni(l->groups->items[i]);
    }
    return NULL;
}

/* The default group's name is "Default" in every reply seen so far; that it always is, is not
 * known. With one group there is nothing to choose. */
const char *link_default_eni(const struct link *l)
{
    if (l->active && l->active->n == 1)
        return l->active->items[0];
    return link_eni_of(l, "default");
}
