/* pbm: storage policies of a vCenter. Edges and one VM in four have a policy of their own, the
 * others vSAN's default; what is not on vSAN has none. */
#include "tests/lab/pbm.h"

#include "core/mem.h"

#include <string.h>

static const struct {
    const char *id, *name, *description;
} policies[] = {
    {"aa6d5a82-1c88-45da-85d3-3d74b91a5bad", "vSAN Default Storage Policy",
     "Storage policy used as default for vSAN datastores"},
    {"b1cf4c39-4a1c-4a0c-8b1e-6a3d1f0c7e52", "Management Storage Policy - Regular",
     "Storage policy of the SDDC's own virtual machines"},
    {"d2e8f7a1-5c2f-4c8e-93c4-2f6a9b7c0d14", "Gold RAID-1 FTT2", "Two failures are tolerated"},
};

enum { POLICY_DEFAULT, POLICY_MANAGEMENT, POLICY_GOLD };

static const char *policy_of(const struct lab_vm *vm)
{
    if (!vm->store || strcmp(vm->store->kind, "vsan") != 0)
        return NULL;
    if (vm->edge)
        return policies[POLICY_MANAGEMENT].id;
    return policies[vm->number % 4 == 0 ? POLICY_GOLD : POLICY_DEFAULT].id;
}

bool lab_pbm_authentic(const struct vim_call *c)
{
    xmlNode *body = c->method->parent, *header = vim_child(body->parent, "Header");
    const char *cookie = vim_text(c->a, header, "vcSessionCookie");

    const char *own = c->session->cookie;

    own += *own == '"';
    return cookie && strlen(cookie) == strcspn(own, "\"") &&
           strncmp(cookie, own, strlen(cookie)) == 0;
}

static void call_content(struct vim_call *c)
{
    strbuf_addf(c->out,
                "<returnval><aboutInfo><name>PBM</name><version>2.0</version><instanceUuid>%s"
                "</instanceUuid></aboutInfo><sessionManager type=\"PbmSessionManager\">"
                "SessionManager</sessionManager><profileManager type=\"PbmProfileProfileManager\">"
                "ProfileManager</profileManager></returnval>",
                c->vc->instance_uuid);
}

static void call_query(struct vim_call *c)
{
    for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
        strbuf_addf(c->out, "<returnval><uniqueId>%s</uniqueId></returnval>", policies[i].id);
}

static void write_policy(struct vim_call *c, size_t i)
{
    strbuf_addf(c->out,
                "<returnval xsi:type=\"PbmCapabilityProfile\"><profileId><uniqueId>%s</uniqueId>"
                "</profileId>",
                policies[i].id);
    vim_element(c->out, "name", policies[i].name);
    vim_element(c->out, "description", policies[i].description);
    strbuf_addstr(c->out, "<profileCategory>REQUIREMENT</profileCategory><resourceType>"
                          "<resourceType>STORAGE</resourceType></resourceType></returnval>");
}

static void call_retrieve(struct vim_call *c)
{
    for (xmlNode *n = vim_child(c->method, "profileIds"); n; n = vim_next(n, "profileIds")) {
        const char *id = vim_text(c->a, n, "uniqueId");
        size_t i = 0;

        while (i < ARRAY_SIZE(policies) && id && strcmp(policies[i].id, id) != 0)
            i++;
        if (!id || i == ARRAY_SIZE(policies)) {
            vim_fault(c, "InvalidArgument", "A specified parameter was not correct: profileIds",
                      "<invalidProperty>profileIds</invalidProperty>");
            return;
        }
        write_policy(c, i);
    }
}

static void call_associated(struct vim_call *c)
{
    for (xmlNode *n = vim_child(c->method, "entities"); n; n = vim_next(n, "entities")) {
        const char *key = vim_text(c->a, n, "key"), *policy = NULL;
        const struct lab_mo *mo = key ? vim_find(c->vc, c->session, key) : NULL;

        if (mo && mo->type == MO_VM)
            policy = policy_of((const struct lab_vm *)(const void *)mo);
        strbuf_addstr(c->out, "<returnval><object><objectType>virtualMachine</objectType>");
        vim_element(c->out, "key", key);
        strbuf_addstr(c->out, "</object>");
        if (policy)
            strbuf_addf(c->out, "<profileId><uniqueId>%s</uniqueId></profileId>", policy);
        strbuf_addstr(c->out, "</returnval>");
    }
}

static const struct vim_named calls[] = {
    {"PbmRetrieveServiceContent", call_content},
    {"PbmQueryProfile", call_query},
    {"PbmRetrieveContent", call_retrieve},
    {"PbmQueryAssociatedProfiles", call_associated},
};

bool lab_pbm_run(struct vim_call *c)
{
    return vim_run_named(c, calls, ARRAY_SIZE(calls));
}
