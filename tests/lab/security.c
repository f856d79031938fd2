#include "tests/lab/security.h"

#include <stdlib.h>
#include <string.h>

#define ANYWHERE "0.0.0.0/0"
#define LAST     32767

void lab_group_rule_add(struct lab_estate *e, struct lab_group *g, const struct lab_group_rule *r)
{
    struct lab_group_rule *copy = arena_alloc(e->arena, sizeof(*copy));

    *copy = *r;
    lab_list_add(&g->rules, copy);
}

void lab_acl_entry_add(struct lab_estate *e, struct lab_acl *acl, const struct lab_acl_entry *x)
{
    struct lab_acl_entry *copy = arena_alloc(e->arena, sizeof(*copy));

    *copy = *x;
    lab_list_add(&acl->entries, copy);
}

static struct lab_group *add_group(struct lab_estate *e, struct lab_aws *aws, const char *id,
                                   const char *name, const char *about)
{
    struct lab_group *g = arena_alloc(e->arena, sizeof(*g));

    *g = (struct lab_group){.id = id, .name = name, .about = about};
    lab_list_add(&aws->groups, g);
    lab_group_rule_add(e, g,
                       &(struct lab_group_rule){
                           .protocol = "-1", .peer = ANYWHERE, .from = -1, .to = -1, .out = true});
    return g;
}

static struct lab_acl *add_acl(struct lab_estate *e, struct lab_aws *aws, const char *id)
{
    struct lab_acl *acl = arena_alloc(e->arena, sizeof(*acl));

    acl->id = id;
    lab_list_add(&aws->acls, acl);
    for (int out = 0; out < 2; out++)
        lab_acl_entry_add(e, acl,
                          &(struct lab_acl_entry){.protocol = "-1",
                                                  .cidr = ANYWHERE,
                                                  .number = LAST,
                                                  .from = -1,
                                                  .to = -1,
                                                  .out = out,
                                                  .deny = true});
    return acl;
}

static void allow(struct lab_estate *e, struct lab_acl *acl, bool out, const char *protocol,
                  const char *cidr, int from, int to)
{
    lab_acl_entry_add(
        e, acl,
        &(struct lab_acl_entry){
            .protocol = protocol, .cidr = cidr, .number = 100, .from = from, .to = to, .out = out});
}

static void add_groups(struct lab_estate *e, struct lab_aws *aws)
{
    struct lab_group *g = add_group(e, aws, aws->group, "default", "default VPC security group");

    lab_group_rule_add(
        e, g, &(struct lab_group_rule){.protocol = "-1", .peer = aws->group, .from = -1, .to = -1});
    g = add_group(e, aws, lab_hex_id(e, "sg-", 0x0e9de9de000000002ULL), "vpce-backup-gateway",
                  "interface endpoint");
    lab_group_rule_add(e, g,
                       &(struct lab_group_rule){.protocol = "tcp",
                                                .peer = "192.168.0.0/16",
                                                .description = "networks of the SDDC",
                                                .from = 443,
                                                .to = 443});
}

void lab_build_security(struct lab_estate *e, struct lab_aws *aws)
{
    struct lab_acl *open, *services;

    add_groups(e, aws);
    open = add_acl(e, aws, lab_hex_id(e, "acl-", 0x0ac1defa017000001ULL));
    open->is_default = true;
    allow(e, open, false, "-1", ANYWHERE, -1, -1);
    allow(e, open, true, "-1", ANYWHERE, -1, -1);
    services = add_acl(e, aws, lab_hex_id(e, "acl-", 0x0ac15e0ce5000002ULL));
    allow(e, services, false, "6", ANYWHERE, 443, 443);
    allow(e, services, true, "6", ANYWHERE, 1024, 65535);
    for (size_t i = 0; i < aws->subnets.n; i++) {
        struct lab_subnet *s = aws->subnets.at[i];

        lab_list_add(strcmp(s->name, "services") == 0 ? &services->subnets : &open->subnets, s);
    }
}

void lab_free_security(struct lab_aws *aws)
{
    for (size_t i = 0; i < aws->groups.n; i++)
        free(((struct lab_group *)aws->groups.at[i])->rules.at);
    for (size_t i = 0; i < aws->acls.n; i++) {
        free(((struct lab_acl *)aws->acls.at[i])->entries.at);
        free(((struct lab_acl *)aws->acls.at[i])->subnets.at);
    }
    free(aws->groups.at);
    free(aws->acls.at);
}

struct lab_group *lab_find_group(const struct lab_aws *aws, const char *id_or_name)
{
    for (size_t i = 0; i < aws->groups.n; i++) {
        struct lab_group *g = aws->groups.at[i];

        if (strcmp(g->id, id_or_name) == 0 || strcmp(g->name, id_or_name) == 0)
            return g;
    }
    return NULL;
}

struct lab_acl *lab_find_acl(const struct lab_aws *aws, const char *id_or_subnet)
{
    for (size_t i = 0; i < aws->acls.n; i++) {
        struct lab_acl *acl = aws->acls.at[i];

        if (strcmp(acl->id, id_or_subnet) == 0)
            return acl;
        for (size_t k = 0; k < acl->subnets.n; k++) {
            const struct lab_subnet *s = acl->subnets.at[k];

            if (strcmp(s->id, id_or_subnet) == 0 || strcmp(s->name, id_or_subnet) == 0)
                return acl;
        }
    }
    return NULL;
}
