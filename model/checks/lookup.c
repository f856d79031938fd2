#include "model/checks/lookup.h"

#include <string.h>

#include "core/strbuf.h"
#include "core/text.h"

bool row_is(const struct row *r, unsigned col, const char *word)
{
    const char *s = row_str(r, col);

    return s && text_equal_nocase(s, word);
}

bool list_has(const struct cell_list *list, const char *item)
{
    for (size_t i = 0; list && i < list->n; i++) {
        if (strcmp(list->items[i], item) == 0)
            return true;
    }
    return false;
}

const char *row_text(const struct row *r, unsigned col)
{
    const char *s = row_str(r, col);

    return s ? s : "";
}

const char *check_cell(const struct check_input *in, const struct schema *schema,
                       const struct row *r, unsigned col)
{
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    cell_format(&sb, &schema->columns[col], &r->cells[col]);
    text = check_text(in, "%s", sb.buf);
    strbuf_release(&sb);
    return text;
}

const char *check_named(const struct check_input *in, const char *id, const char *name)
{
    if (!name || !*name || strcmp(id, name) == 0)
        return check_text(in, "%s", id);
    return check_text(in, "%s (%s)", id, name);
}

const char *check_shell_word(const struct check_input *in, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:";
    struct strbuf sb = STRBUF_INIT;
    const char *word;

    if (*text && text[strspn(text, plain)] == '\0' && *text != '-')
        return check_text(in, "%s", text);
    strbuf_addch(&sb, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'')
            strbuf_addstr(&sb, "'\\''");
        else
            strbuf_addch(&sb, *p);
    }
    strbuf_addch(&sb, '\'');
    word = check_text(in, "%s", sb.buf);
    strbuf_release(&sb);
    return word;
}

const char *check_join(const struct check_input *in, const struct cell_list *list, size_t max)
{
    struct strbuf sb = STRBUF_INIT;
    size_t n = list ? list->n : 0;
    const char *text;

    for (size_t i = 0; i < n && i < max; i++)
        strbuf_addf(&sb, "%s%s", i ? ", " : "", list->items[i]);
    if (!n)
        text = check_word(in, "none");
    else if (n > max)
        text = check_text(in, "%s and %zu more", sb.buf, n - max);
    else
        text = check_text(in, "%s", sb.buf);
    strbuf_release(&sb);
    return text;
}

/* DELAYED is the 14 days that an SDDC may live without a linked account, UNLINKED its end. */
bool check_link_pending(const struct check_input *in)
{
    bool linked = false, pending = false, changing = false, steady = false;
    const struct row *r;
    size_t i = 0, k = 0;

    while ((r = check_next(in, &table_linked_vpcs, &k, NULL)) != NULL) {
        changing |= row_is(r, LINKED_VPCS_MODE, "pending");
        steady |= !row_is(r, LINKED_VPCS_MODE, "pending");
    }
    if (changing && !steady)
        return true;
    while ((r = check_next(in, &table_sddcs, &i, NULL)) != NULL) {
        if (!row_present(r, SDDCS_ACCOUNT_LINK))
            continue;
        if (row_is(r, SDDCS_ACCOUNT_LINK, "delayed") || row_is(r, SDDCS_ACCOUNT_LINK, "unlinked"))
            pending = true;
        else
            linked = true;
    }
    return pending && !linked;
}

bool check_vpc_pending(const struct check_input *in, const char *vpc)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, NULL)) != NULL) {
        if (row_is(r, LINKED_VPCS_MODE, "pending") &&
            strcmp(row_text(r, LINKED_VPCS_VPC), vpc) == 0)
            return true;
    }
    return false;
}

const struct row *check_eni(const struct check_input *in, const char *id)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, ENIS_ENI), id) == 0)
            return r;
    }
    return NULL;
}

/* ---- route tables -------------------------------------------------------------------------------
 */

const struct row *route_table_row(const struct route_table *t, size_t i)
{
    return snapshot_row(t->source, t->first + i);
}

static void fill_table(const struct check_input *in, struct route_table *t)
{
    size_t all = snapshot_count(t->source);
    const struct row *first = snapshot_row(t->source, t->first);

    t->id = row_text(first, ROUTES_ROUTE_TABLE);
    t->name = row_text(first, ROUTES_ROUTE_TABLE_NAME);
    t->vpc = row_text(first, ROUTES_VPC);
    t->main = false;
    t->subnets = NULL;
    t->n = 0;
    while (t->first + t->n < all) {
        const struct row *r = route_table_row(t, t->n);
        bool is_main = false;

        if (strcmp(row_text(r, ROUTES_ROUTE_TABLE), t->id) != 0)
            break;
        t->main |= row_bool(r, ROUTES_MAIN, &is_main) && is_main;
        if (!t->subnets)
            t->subnets = row_list(r, ROUTES_SUBNETS);
        if (!*t->name)
            t->name = row_text(r, ROUTES_ROUTE_TABLE_NAME);
        t->n++;
    }
    t->subject = check_named(in, t->id, t->name);
    t->next = t->first + t->n;
}

bool route_table_next(const struct check_input *in, struct route_table *t)
{
    size_t n;
    struct snapshot *const *s = estate_table(in->estate, &table_routes, &n);

    for (; t->at < n; t->at++, t->next = 0) {
        if (strcmp(snapshot_site(s[t->at]), in->site->name) != 0 ||
            snapshot_freshness(s[t->at]) != FRESH_OK || t->next >= snapshot_count(s[t->at]))
            continue;
        t->source = s[t->at];
        t->first = t->next;
        fill_table(in, t);
        return true;
    }
    return false;
}

bool route_table_next_linked(const struct check_input *in, struct route_table *t)
{
    while (route_table_next(in, t)) {
        if (!check_vpc_pending(in, t->vpc))
            return true;
    }
    return false;
}

const char *check_main_table_subject(const struct check_input *in, const char *vpc)
{
    struct route_table t = {0};

    while (route_table_next(in, &t)) {
        if (t.main && strcmp(t.vpc, vpc) == 0)
            return t.subject;
    }
    return "";
}

const char *route_label(const struct check_input *in, const struct row *route)
{
    return check_named(in, check_cell(in, &table_routes, route, ROUTES_DESTINATION),
                       row_text(route, ROUTES_SEGMENT));
}

const char *route_option(const struct row *route)
{
    const struct ip *ip = row_ip(route, ROUTES_DESTINATION);

    if (*row_text(route, ROUTES_PREFIX_LIST))
        return "--destination-prefix-list-id";
    return ip && ip->family == 6 ? "--destination-ipv6-cidr-block" : "--destination-cidr-block";
}

bool route_is_missing(const struct row *route)
{
    return !row_present(route, ROUTES_TARGET);
}

/* A blackhole that leads to a former ENI: that it leads there is what has to be mended. */
static bool is_dead(const struct row *route)
{
    const char *target = row_str(route, ROUTES_TARGET);
    const char *expected = row_str(route, ROUTES_EXPECTED_TARGET);

    return row_is(route, ROUTES_VERDICT, "blackhole") && target && expected &&
           strcmp(target, expected) != 0;
}

bool route_is_off(const struct row *route)
{
    return row_is(route, ROUTES_VERDICT, "stale") || row_is(route, ROUTES_VERDICT, "missing") ||
           row_is(route, ROUTES_VERDICT, "converging") || is_dead(route);
}

bool route_main_followed(const struct check_input *in, const char *vpc)
{
    struct route_table t = {0};
    bool any = false;

    while (route_table_next(in, &t)) {
        if (!t.main || strcmp(t.vpc, vpc) != 0)
            continue;
        for (size_t i = 0; i < t.n; i++) {
            if (route_is_off(route_table_row(&t, i)))
                return false;
            any |= row_is(route_table_row(&t, i), ROUTES_VERDICT, "ok");
        }
    }
    return any;
}

enum severity route_table_severity(const struct route_table *t, bool settled, unsigned *flags)
{
    bool dead = false;

    *flags = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        if (row_is(r, ROUTES_VERDICT, "stale") || row_is(r, ROUTES_VERDICT, "missing"))
            return SEV_CRITICAL;
        dead |= is_dead(r);
    }
    *flags = CHECK_TRANSIENT;
    if (!dead)
        return SEV_WARNING;
    if (settled)
        *flags |= CHECK_SETTLED;
    return SEV_CRITICAL;
}

const char *check_host_trouble(const struct row *r)
{
    static const char *const states[] = {"failed", "deleted"};
    static const char *const connections[] = {"notResponding", "disconnected"};

    for (size_t i = 0; i < 2; i++) {
        if (row_is(r, HOSTS_STATE, states[i]))
            return states[i];
        if (row_is(r, HOSTS_CONNECTION_STATE, connections[i]))
            return connections[i];
    }
    return NULL;
}
