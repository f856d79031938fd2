/* nsx_search: search/query for "resource_type:TYPE", optionally followed by " AND ..." that narrows
 * nothing. */
#include "tests/lab/errors.h"
#include "tests/lab/nsx.h"

#include "core/text.h"

#include <stdlib.h>
#include <string.h>

static struct json_object *make_segment(const struct nsx_context *c, size_t i)
{
    return nsx_segment(c, c->nsx->segments.at[i]);
}

void nsx_search(struct lab *lab, const struct lab_nsx *nsx, const struct lab_request *req,
                struct lab_reply *reply)
{
    struct nsx_context c = {lab, nsx, req->arena, NULL};
    const char *query = lab_query(req, "query"), *type;

    if (!query || !text_has_prefix(query, "resource_type:")) {
        lab_error_nsx(reply, 400, "60501", "The search query is missing or not understood.");
        return;
    }
    type = query + strlen("resource_type:");
    type = arena_strndup(req->arena, type, strcspn(type, " "));
    if (nsx_fw_search(&c, req, type, reply))
        return;
    if (strcmp(type, "Segment") == 0)
        nsx_send_page(req, reply, nsx->segments.n, make_segment, &c);
    else if (strcmp(type, "Rule") == 0)
        nsx_send_page(req, reply, nsx->rules, nsx_rule, &c);
    else if (strcmp(type, "Tier0") == 0 || strcmp(type, "Tier1") == 0)
        nsx_send_gateways(&c, req, type[4] - '0', reply);
    else
        nsx_send_page(req, reply, 0, NULL, &c);
}
