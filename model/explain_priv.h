/* Between the parts of explain: who the ends are (explain_party.c), hops at filters
 * (explain_hops.c), at gateways (explain_gateway.c, explain_policy.c) and at AWS (explain_aws.c).
 */
#ifndef HYCON_MODEL_EXPLAIN_PRIV_H
#define HYCON_MODEL_EXPLAIN_PRIV_H

#include "core/arena.h"
#include "core/map.h"
#include "model/explain.h"
#include "model/tables.h"

#define EXPLAIN_ADDRESSES_MAX 8
#define EXPLAIN_CARDS_MAX     10

struct explain {
    const struct estate *e;
    struct map *filters; /* "site/endpoint/filter" to struct explain_filter */
};

/* A row and the snapshot it is from. */
struct explain_at {
    const struct row *row;
    const struct snapshot *source;
};

/* One end of the flow. */
struct explain_party {
    const char *text; /* as asked */
    const char *name; /* of the machine; NULL: an address alone */
    const char *uuid, *host, *power, *site, *mac;
    struct ip addresses[EXPLAIN_ADDRESSES_MAX];
    size_t naddresses;
    const struct ip *address; /* the one that is judged now; NULL: not known */
    struct explain_at vm, eni, segment;
    struct explain_at subnet; /* of the linked VPC, of an address that no known interface has */
    struct explain_at cards[EXPLAIN_CARDS_MAX];
    size_t ncards;
    bool more_cards;
    const char *lost; /* why it is not known who this is; NULL: it is */
};

/* One question for one pair of addresses. */
struct explain_ask {
    struct explain *x;
    const struct explain_query *q;
    struct explain_result *out;
    struct arena *arena; /* out's */
    struct explain_party source, destination;
    struct explain_packet packet; /* direction is the hop's */
    enum explain_verdict verdict; /* of the hops so far */
    bool decided;                 /* a hop drops or rejects for certain */
    size_t worst;                 /* index of the hop that made the verdict */
};

/* An interface is a row of enis or of interfaces; so its columns are asked for here. */
enum explain_eni_column {
    EXPLAIN_ENI_ID,
    EXPLAIN_ENI_VPC,
    EXPLAIN_ENI_SUBNET,
    EXPLAIN_ENI_GROUPS,
};
const char *explain_eni_text(struct explain_at eni, enum explain_eni_column c); /* NULL: none */
const struct cell_list *explain_eni_groups(struct explain_at eni);
void explain_find_party(struct explain_ask *a, struct explain_party *p, const char *text);

/* A new hop with everything unknown. Valid until the next one is added. */
struct explain_hop *explain_add_hop(struct explain_ask *a, const char *where);
/* Hops from @first on are one step of the way that the packet takes by one of them (several network
 * cards): put them together into the verdict. */
void explain_join_hops(struct explain_ask *a, size_t first);
void explain_note(struct explain_ask *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void explain_filter_hops(struct explain_ask *a, const struct explain_party *p, bool out);

/* The rule of the manager with this number in @site, NULL: none or two. Fills policy_rule and
 * policy_name. */
void explain_policy_of(struct explain_ask *a, struct explain_hop *h, const char *site, int64_t id);

/* A firewall of the manager: the rules of one layer in a site. */
struct explain_gateway {
    const char *site, *layer; /* dfw mgw cgw t0 t1 */
    const char *name;         /* of the gateway */
    bool out;                 /* the packet leaves what is behind it */
    /* Does the rule apply here (NULL: they all do)? Rules that do not are none of the gateway's. */
    enum explain_match (*applies)(struct explain_ask *a, const struct explain_gateway *g,
                                  const struct row *rule);
};

/* Fill verdict, rule and reason of @h by the rules of @g. False: it has none. */
bool explain_policy_walk(struct explain_ask *a, const struct explain_gateway *g,
                         struct explain_hop *h);
enum explain_match explain_on_machine(struct explain_ask *a, const struct explain_gateway *g,
                                      const struct row *rule);
void explain_gateway_hops(struct explain_ask *a);
void explain_aws_hops(struct explain_ask *a);

/* ---- reading ------------------------------------------------------------------------------------
 */

bool explain_is_read(const struct snapshot *s);
/* Walk the good rows of @schema in @site (NULL: all): *at from {0}. */
struct explain_cursor {
    size_t source, row;
    struct explain_at found;
};
bool explain_next(const struct explain *x, const struct schema *schema, const char *site,
                  struct explain_cursor *at);
/* Why nothing can be concluded from @schema in @site: "host_rules of esx/esx-1 is failed: ...";
 * NULL: all of it was read. */
const char *explain_unread(struct explain_ask *a, const struct schema *schema, const char *site);
const char *explain_endpoint(struct explain_ask *a, const struct snapshot *s); /* "site/endpoint" */
/* The row that the console opens for this hop. */
void explain_decided_by(struct explain_ask *a, struct explain_hop *h, const struct snapshot *s,
                        const struct row *r);
const char *explain_text(struct explain_ask *a, struct strbuf *sb); /* and empties it */

#endif
