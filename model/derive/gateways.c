/* gateways: since when each edge has been what it is for the gateway. */
#include "model/derive/derive.h"

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    struct since_record s;

    (void)facts;
    if (since_find(d->since, d->view->site->name, "gateway", r->key, &s) && s.at &&
        view_same_text(s.state, row_str(r, GATEWAYS_HA_STATUS)))
        builder_int(b, GATEWAYS_SINCE_AT, s.at);
}

static const struct schema *const inputs[] = {NULL};

const struct derive_table derive_gateways_table = {
    .schema = &table_gateways, .inputs = inputs, .row = row};
