#include "tests/lab/ec2.h"

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/aws.h"
#include "tests/lab/errors.h"
#include "tests/lab/lab.h"

#include <stdlib.h>
#include <string.h>

static const struct ec2_resource *const resources[] = {
    &ec2_enis,      &ec2_route_tables, &ec2_subnets,        &ec2_vpcs,   &ec2_zones,
    &ec2_endpoints, &ec2_prefix_lists, &ec2_prefix_entries, &ec2_groups, &ec2_acls};

static bool any_match(const struct lab_list *values, const char *pattern)
{
    for (size_t i = 0; i < values->n; i++)
        if (text_glob(pattern, values->at[i]))
            return true;
    return false;
}

/* One "Filter.N.Name" with its values: 1 passes, 0 does not, -1 refused. */
static int filter_matches(const struct ec2_resource *r, const struct lab_aws *aws,
                          const struct lab_request *req, const void *item,
                          const struct lab_pair *named, struct lab_reply *reply)
{
    struct lab_list values = {NULL, 0, 0};
    size_t len = strlen(named->name) - strlen("Name");
    const char *prefix = arena_printf(req->arena, "%.*sValue", (int)len, named->name);
    int rc = 0;

    if (!r->values(aws, item, named->value, &values)) {
        lab_error_aws(reply, req, 400, "InvalidParameterValue",
                      arena_printf(req->arena, "The filter '%s' is invalid", named->value));
        free(values.at);
        return -1;
    }
    for (size_t i = 0; i < req->form.n && !rc; i++) {
        const struct lab_pair *p = &req->form.at[i];

        if (text_has_prefix(p->name, prefix) &&
            (p->name[strlen(prefix)] == '.' || !p->name[strlen(prefix)]))
            rc = any_match(&values, p->value);
    }
    free(values.at);
    return rc;
}

/* "SubnetId.3" of "SubnetId"; GetManagedPrefixListEntries has a single one without number. */
static bool is_id_param(const struct ec2_resource *r, const char *name)
{
    size_t len = r->id_param ? strlen(r->id_param) : 0;

    return len && text_has_prefix(name, r->id_param) && name[len] == '.';
}

static bool has_ids(const struct ec2_resource *r, const struct lab_request *req)
{
    for (size_t i = 0; i < req->form.n; i++)
        if (is_id_param(r, req->form.at[i].name))
            return true;
    return false;
}

static bool id_equals(const struct ec2_resource *r, const struct lab_aws *aws, const void *item,
                      const char *id)
{
    struct lab_list values = {NULL, 0, 0};
    bool equal;

    r->values(aws, item, r->id_filter, &values);
    equal = values.n == 1 && strcmp(values.at[0], id) == 0;
    free(values.at);
    return equal;
}

static bool listed(const struct ec2_resource *r, const struct lab_aws *aws,
                   const struct lab_request *req, const void *item)
{
    bool asked = false;

    for (size_t i = 0; i < req->form.n; i++) {
        if (!is_id_param(r, req->form.at[i].name))
            continue;
        asked = true;
        if (id_equals(r, aws, item, req->form.at[i].value))
            return true;
    }
    return !asked;
}

/* Whether @item passes Filter.N.* and the id list of @req. -1: refused, @reply is filled. */
static int matches(const struct ec2_resource *r, const struct lab_aws *aws,
                   const struct lab_request *req, const void *item, struct lab_reply *reply)
{
    bool passes = listed(r, aws, req, item);

    for (size_t i = 0; i < req->form.n; i++) {
        const struct lab_pair *p = &req->form.at[i];
        int rc;

        if (!text_has_prefix(p->name, "Filter.") || !text_has_suffix(p->name, ".Name"))
            continue;
        rc = filter_matches(r, aws, req, item, p, reply);
        if (rc < 0)
            return -1;
        passes = passes && rc;
    }
    return passes;
}

/* An unknown id fails the whole call. */
static bool ids_known(const struct ec2_resource *r, const struct lab_aws *aws,
                      const struct lab_request *req, const struct lab_list *items,
                      struct lab_reply *reply)
{
    for (size_t i = 0; i < req->form.n; i++) {
        const struct lab_pair *p = &req->form.at[i];
        bool found = false;

        if (!is_id_param(r, p->name))
            continue;
        for (size_t k = 0; k < items->n && !found; k++)
            found = id_equals(r, aws, items->at[k], p->value);
        if (!found) {
            lab_error_aws(reply, req, 400, r->not_found,
                          arena_printf(req->arena, "The ID '%s' does not exist", p->value));
            return false;
        }
    }
    return true;
}

/* A token belongs to its request: the same action and filters. It contains +, / and = on purpose.
 */
static uint64_t fingerprint(const struct lab_request *req)
{
    uint64_t h = 0;

    for (size_t i = 0; i < req->form.n; i++) {
        const struct lab_pair *p = &req->form.at[i];

        if (strcmp(p->name, "NextToken") == 0 || strcmp(p->name, "MaxResults") == 0)
            continue;
        h = hash_fast(p->name, strlen(p->name), h);
        h = hash_fast(p->value, strlen(p->value), h);
    }
    return h;
}

static const char *make_token(const struct lab_request *req, size_t first)
{
    return arena_printf(req->arena, "eyJ2IjoiMiJ9+%zu/%016llx==", first,
                        (unsigned long long)fingerprint(req));
}

static bool read_token(const struct lab_request *req, const char *token, size_t total,
                       size_t *first)
{
    const char *plus = strchr(token, '+');
    int64_t n;

    if (!plus || text_to_i64(arena_strndup(req->arena, plus + 1, strcspn(plus + 1, "/")), 0,
                             (int64_t)total, &n) < 0)
        return false;
    *first = (size_t)n;
    return strcmp(token, make_token(req, *first)) == 0;
}

/* A page of @total items: from *first, *count of them; *next gets the token of the following page
 * or NULL. False: refused, @reply is filled. */
static bool page_of(const struct ec2_resource *r, const struct lab_request *req, size_t total,
                    size_t *first, size_t *count, const char **next, struct lab_reply *reply)
{
    const char *max = lab_form(req, "MaxResults"), *token = lab_form(req, "NextToken");
    int64_t n = (int64_t)total;

    *first = 0;
    *next = NULL;
    if (max && r->max_results == 0) {
        lab_error_aws(reply, req, 400, "UnknownParameter",
                      "The parameter MaxResults is not recognized");
        return false;
    }
    if (max && text_to_i64(max, 5, r->max_results, &n) < 0) {
        lab_error_aws(reply, req, 400, "InvalidParameterValue",
                      arena_printf(req->arena,
                                   "Value ( %s ) for parameter maxResults is invalid. Expecting "
                                   "a value between 5 and %u.",
                                   max, r->max_results));
        return false;
    }
    if (max && r->ids_exclude_paging && has_ids(r, req)) {
        lab_error_aws(reply, req, 400, "InvalidParameterCombination",
                      "The parameter MaxResults cannot be used with the parameter of ids");
        return false;
    }
    if (token && *token && !read_token(req, token, total, first)) {
        lab_error_aws(reply, req, 400, "InvalidNextToken", "The token is not valid.");
        return false;
    }
    *count = total - *first;
    if ((uint64_t)n < *count) {
        *count = (size_t)n;
        *next = make_token(req, *first + *count);
    }
    return true;
}

static void write_reply(const struct ec2_resource *r, struct lab *lab, const struct lab_aws *aws,
                        const struct lab_request *req, const struct lab_list *items,
                        struct lab_reply *reply)
{
    struct xml x = {&reply->body, 0};
    const char *root = arena_printf(req->arena, "%sResponse", r->action), *next;
    size_t first, count;

    if (!page_of(r, req, items->n, &first, &count, &next, reply))
        return;
    strbuf_addstr(&reply->body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml_open_ns(&x, root, XML_EC2_NS);
    xml_text(&x, "requestId",
             arena_printf(req->arena, "5c9d3a10-0000-4000-8000-%012x", ++lab->serial));
    if (count == 0)
        xml_empty(&x, r->set);
    else
        xml_open(&x, r->set);
    for (size_t i = first; i < first + count; i++) {
        xml_open(&x, "item");
        r->write(aws, items->at[i], &x);
        xml_close(&x, "item");
    }
    if (count)
        xml_close(&x, r->set);
    xml_text(&x, "nextToken", next);
    xml_close(&x, root);
}

/* A filter that nobody knows is refused even when there is nothing to filter. */
static void answer(const struct ec2_resource *r, struct lab *lab, const struct lab_aws *aws,
                   const struct lab_request *req, struct lab_reply *reply)
{
    struct lab_list all = {NULL, 0, 0}, chosen = {NULL, 0, 0};
    bool ok = r->items(aws, req, reply, &all) && ids_known(r, aws, req, &all, reply);

    for (size_t i = 0; ok && i < all.n; i++) {
        int rc = matches(r, aws, req, all.at[i], reply);

        ok = rc >= 0;
        if (rc > 0)
            lab_list_add(&chosen, all.at[i]);
    }
    if (ok)
        write_reply(r, lab, aws, req, &chosen, reply);
    free(all.at);
    free(chosen.at);
}

bool lab_ec2_answer(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply)
{
    const struct lab_aws_state *s = server->data;
    const char *version = lab_form(req, "Version");

    for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
        if (strcmp(resources[i]->action, req->action) != 0)
            continue;
        if (!version || strcmp(version, "2016-11-15") != 0)
            lab_error_aws(reply, req, 400, "InvalidParameterValue",
                          "The Version of the API must be 2016-11-15.");
        else
            answer(resources[i], lab, s->aws, req, reply);
        return true;
    }
    return false;
}

void ec2_write_tags(struct xml *x, const char *name)
{
    if (!name) {
        xml_empty(x, "tagSet");
        return;
    }
    xml_open(x, "tagSet");
    xml_open(x, "item");
    xml_text(x, "key", "Name");
    xml_text(x, "value", name);
    xml_close(x, "item");
    xml_close(x, "tagSet");
}
