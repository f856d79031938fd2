#include "tests/lab/vmc.h"

#include "core/text.h"
#include "tests/lab/csp.h"
#include "tests/lab/errors.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/nsx.h"
#include "tests/lab/path.h"

#include <string.h>

#define SUFFIX "/sks-nsxt-manager"

static void send_sddcs(const struct lab *lab, const struct lab_request *req,
                       struct lab_reply *reply)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < lab->estate->sddcs.n; i++)
        jadd(list, vmc_sddc(lab, lab->estate->sddcs.at[i], req->arena));
    jsend(reply, list);
}

static void send_tasks(const struct lab *lab, struct lab_reply *reply)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < lab->estate->sddcs.n; i++) {
        const struct lab_sddc *s = lab->estate->sddcs.at[i];

        for (size_t k = 0; k < s->tasks.n; k++)
            jadd(list, vmc_task(lab, s, s->tasks.at[k]));
    }
    jsend(reply, list);
}

static bool send_task(const struct lab *lab, const char *id, struct lab_reply *reply)
{
    for (size_t i = 0; i < lab->estate->sddcs.n; i++) {
        const struct lab_sddc *s = lab->estate->sddcs.at[i];

        for (size_t k = 0; k < s->tasks.n; k++) {
            const struct lab_task *t = s->tasks.at[k];

            if (strcmp(t->id, id) == 0) {
                jsend(reply, vmc_task(lab, s, t));
                return true;
            }
        }
    }
    return false;
}

static void send_connections(const struct lab *lab, const struct lab_request *req,
                             struct lab_reply *reply)
{
    const char *id = lab_query(req, "sddc");
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < lab->estate->sddcs.n; i++) {
        const struct lab_sddc *s = lab->estate->sddcs.at[i];

        if (!id || strcmp(s->id, id) == 0)
            jadd(list, vmc_connection(lab, s, req->arena));
    }
    jsend(reply, list);
}

static bool answer_sddc(struct lab *lab, const struct lab_request *req, const struct lab_path *p,
                        struct lab_reply *reply)
{
    const struct lab_sddc *s = p->n > 5 ? lab_find_sddc(lab->estate, p->part[5]) : NULL;

    if (!s) {
        lab_error_vmc(reply, req, 404, NULL, "SDDC not found");
        return true;
    }
    if (p->n == 6)
        jsend(reply, vmc_sddc(lab, s, req->arena));
    else if (lab_path_is(p, 6, "primarycluster"))
        jsend(reply, vmc_cluster(s, false));
    else
        return false;
    return true;
}

static bool answer_org(struct lab *lab, const struct lab_request *req, const struct lab_path *p,
                       struct lab_reply *reply)
{
    if (strcmp(p->part[3], lab->estate->org) != 0) {
        lab_error_vmc(reply, req, 403, NULL, "The user is not a member of this organization");
        return true;
    }
    if (lab_path_is(p, 4, "sddcs"))
        send_sddcs(lab, req, reply);
    else if (lab_path_is(p, 4, "tasks"))
        send_tasks(lab, reply);
    else if (lab_path_is(p, 4, "account-link/sddc-connections"))
        send_connections(lab, req, reply);
    else if (lab_path_is(p, 4, "tasks/*"))
        return send_task(lab, p->part[5], reply);
    else if (p->n > 5 && strcmp(p->part[4], "sddcs") == 0)
        return answer_sddc(lab, req, p, reply);
    else
        return false;
    return true;
}

void lab_vmc_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply)
{
    struct lab_path p = lab_path_split(req->arena, req->path);
    bool found = false;

    (void)server;
    if (!lab_csp_check(lab, req, reply))
        return;
    if (strcmp(req->method, "GET") == 0 && lab_path_is(&p, 0, "vmc/api/orgs")) {
        struct json_object *list = json_object_new_array();

        jadd(list, vmc_org(lab));
        jsend(reply, list);
        found = true;
    } else if (strcmp(req->method, "GET") == 0 && p.n > 4 &&
               text_has_prefix(req->path, "/vmc/api/orgs/")) {
        found = answer_org(lab, req, &p, reply);
    }
    if (!found)
        lab_error_vmc(reply, req, 404, NULL, NULL);
}

/* cloud-service may live with or without the suffix, the policy API only with it. */
static bool answer_proxy(struct lab *lab, const struct lab_sddc *s, const struct lab_request *req,
                         const char *rest, bool suffix, struct lab_reply *reply)
{
    static const char policy[] = "/policy/api/v1", cloud[] = "/cloud-service/api/v1";

    if (strcmp(req->method, "GET") != 0)
        return false;
    if (suffix && text_has_prefix(rest, policy))
        return nsx_policy_answer(lab, s->nsx, s, req, rest + strlen(policy), reply);
    if (suffix != s->short_cloud && text_has_prefix(rest, cloud))
        return cloud_answer(lab, s, req, rest + strlen(cloud), reply);
    return false;
}

void lab_proxy_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                      struct lab_reply *reply)
{
    const struct lab_sddc *s = server->data;
    const char *full = vmc_proxy_path(s, req->arena), *rest = req->path;
    char *base = arena_strndup(req->arena, full, strlen(full) - strlen(SUFFIX));
    bool suffix = text_has_prefix(rest, full);

    if (!lab_csp_check(lab, req, reply))
        return;
    if (!text_has_prefix(rest, base)) {
        lab_error_nsx(reply, 404, NULL, NULL);
        return;
    }
    rest += strlen(suffix ? full : base);
    if (!answer_proxy(lab, s, req, rest, suffix, reply))
        lab_error_nsx(reply, 404, NULL, arena_printf(req->arena, "The path=[%s] is invalid", rest));
}
