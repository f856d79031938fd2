#include "model/checks/cause.h"

#include <string.h>

#include "model/checks/lookup.h"

static const struct config_endpoint *find_config(const struct check_input *in, const char *endpoint)
{
    for (size_t i = 0; i < in->site->nendpoints; i++) {
        if (strcmp(in->site->endpoints[i]->name, endpoint) == 0)
            return in->site->endpoints[i];
    }
    return NULL;
}

const struct row *cause_endpoint_row(const struct check_input *in, const char *endpoint)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_endpoints, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, SCHEMA_ENDPOINT), endpoint) == 0)
            return r;
    }
    return NULL;
}

static bool shares_credential(const struct check_input *in, const struct config_endpoint *e)
{
    for (size_t i = 0; e->credential && i < in->site->nendpoints; i++) {
        const struct config_endpoint *other = in->site->endpoints[i];

        if (other != e && other->credential && strcmp(other->credential, e->credential) == 0)
            return true;
    }
    return false;
}

const char *cause_of_endpoint(const struct check_input *in, const char *endpoint)
{
    const struct config_endpoint *e = find_config(in, endpoint);
    const struct row *r = cause_endpoint_row(in, endpoint);

    if (!e)
        return check_text(in, "%s", endpoint);
    if (r && row_is(r, ENDPOINTS_ERROR_KIND, "auth") && shares_credential(in, e))
        return check_text(in, "credential %s", e->credential);
    return e->group;
}
