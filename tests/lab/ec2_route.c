/* ec2_route: DescribeRouteTables. */
#include "core/text.h"
#include "tests/lab/ec2.h"

#include <string.h>

static bool items(const struct lab_aws *aws, const struct lab_request *req, struct lab_reply *reply,
                  struct lab_list *out)
{
    (void)req;
    (void)reply;
    for (size_t i = 0; i < aws->tables.n; i++)
        lab_list_add(out, aws->tables.at[i]);
    return true;
}

static void add(struct lab_list *out, const char *value)
{
    lab_list_add(out, (void *)(uintptr_t)value);
}

static bool is_list(const struct lab_route *r)
{
    return text_has_prefix(r->destination, "pl-");
}

static bool route_values(const struct lab_table *t, const char *name, struct lab_list *out)
{
    for (size_t i = 0; i < t->routes.n; i++) {
        const struct lab_route *r = t->routes.at[i];

        if (strcmp(name, "state") == 0)
            add(out, r->state);
        else if (strcmp(name, "destination-cidr-block") == 0 && !is_list(r))
            add(out, r->destination);
        else if (strcmp(name, "destination-prefix-list-id") == 0 && is_list(r))
            add(out, r->destination);
        else if (strcmp(name, "gateway-id") == 0 && r->kind != TARGET_ENI)
            add(out, r->target);
        else if (strcmp(name, "origin") == 0)
            add(out, r->origin);
    }
    return strcmp(name, "state") == 0 || strcmp(name, "origin") == 0 ||
           strcmp(name, "destination-cidr-block") == 0 || strcmp(name, "gateway-id") == 0 ||
           strcmp(name, "destination-prefix-list-id") == 0;
}

static bool values(const struct lab_aws *aws, const void *item, const char *name,
                   struct lab_list *out)
{
    const struct lab_table *t = item;

    if (strcmp(name, "route-table-id") == 0)
        add(out, t->id);
    else if (strcmp(name, "vpc-id") == 0)
        add(out, aws->vpc);
    else if (strcmp(name, "owner-id") == 0)
        add(out, aws->account);
    else if (strcmp(name, "tag:Name") == 0)
        add(out, t->name);
    else if (strcmp(name, "association.main") == 0)
        add(out, t->main ? "true" : "false");
    else if (strcmp(name, "association.subnet-id") == 0)
        for (size_t i = 0; i < t->subnets.n; i++)
            add(out, ((struct lab_subnet *)t->subnets.at[i])->id);
    else if (text_has_prefix(name, "route."))
        return route_values(t, name + strlen("route."), out);
    else
        return text_has_prefix(name, "tag");
    return true;
}

static void write_route(const struct lab_route *r, struct xml *x)
{
    xml_open(x, "item");
    xml_text(x, is_list(r) ? "destinationPrefixListId" : "destinationCidrBlock", r->destination);
    if (r->kind == TARGET_ENI)
        xml_text(x, "networkInterfaceId", r->target);
    else if (text_has_prefix(r->target, "tgw-"))
        xml_text(x, "transitGatewayId", r->target);
    else
        xml_text(x, "gatewayId", r->target);
    xml_text(x, "state", r->state);
    xml_text(x, "origin", r->origin);
    xml_close(x, "item");
}

static void write_association(const struct lab_table *t, const struct lab_subnet *s, unsigned n,
                              struct xml *x)
{
    struct strbuf id = STRBUF_INIT;

    strbuf_addf(&id, "rtbassoc-%s%x", t->id + strlen("rtb-"), n);
    xml_open(x, "item");
    xml_text(x, "routeTableAssociationId", id.buf);
    xml_text(x, "routeTableId", t->id);
    xml_text(x, "subnetId", s ? s->id : NULL);
    xml_bool(x, "main", !s);
    xml_open(x, "associationState");
    xml_text(x, "state", "associated");
    xml_close(x, "associationState");
    xml_close(x, "item");
    strbuf_release(&id);
}

static void write(const struct lab_aws *aws, const void *item, struct xml *x)
{
    const struct lab_table *t = item;

    xml_text(x, "routeTableId", t->id);
    xml_text(x, "vpcId", aws->vpc);
    xml_text(x, "ownerId", aws->account);
    xml_open(x, "routeSet");
    for (size_t i = 0; i < t->routes.n; i++)
        write_route(t->routes.at[i], x);
    xml_close(x, "routeSet");
    xml_open(x, "associationSet");
    if (t->main)
        write_association(t, NULL, 0, x);
    for (size_t i = 0; i < t->subnets.n; i++)
        write_association(t, t->subnets.at[i], (unsigned)i + 1, x);
    xml_close(x, "associationSet");
    xml_empty(x, "propagatingVgwSet");
    ec2_write_tags(x, t->name);
}

const struct ec2_resource ec2_route_tables = {
    .action = "DescribeRouteTables",
    .set = "routeTableSet",
    .id_param = "RouteTableId",
    .id_filter = "route-table-id",
    .not_found = "InvalidRouteTableID.NotFound",
    .max_results = 100,
    .items = items,
    .values = values,
    .write = write,
};
