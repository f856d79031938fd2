/*
 * explain: which rules a flow meets on its way, and what they do with it.
 *
 * The way has hops: the filter of the source's network card (the packet goes out), gateways, what
 * AWS puts in between, and the filter of the destination's network card (the packet comes in). Each
 * hop gets a verdict and a reason in words; a hop whose data were not read is `unknown` and says
 * which data, never a guess. The flow's verdict: dropped or rejected by the first hop that does so
 * for certain; else unknown when a hop is, else depends when a hop does, else allow.
 *
 * An end is the name of a virtual machine or an address. A machine with several addresses or cards
 * is judged with each; verdicts that differ give `depends`.
 *
 * struct explain keeps what was parsed (rules and sets per filter) between questions; it holds a
 * reference to its estate and is used by one thread at a time.
 */
#ifndef HYCON_MODEL_EXPLAIN_H
#define HYCON_MODEL_EXPLAIN_H

#include "core/err.h"
#include "model/estate.h"
#include "model/explain_filter.h"

struct arena;
struct explain;

/* What is asked. */
struct explain_query {
    const char *source, *destination; /* names or addresses */
    int source_port, port;            /* -1: not said; of ICMP, port is the type */
    int protocol;                     /* EXPLAIN_PROTOCOL_ANY: not said */
    int icmp_type;
    const char *site; /* look for ends in this site alone; NULL: all */
    bool skipped;     /* also say why each rule before the match was passed over */
};

struct explain_passed_over {
    int64_t rule_id, position;
    const char *why;
};

/* Text is NULL and numbers are -1 when there is nothing to say. */
struct explain_hop {
    /* source-filter destination-filter gateway eni route-table security-group network-acl */
    const char *where;
    const char *endpoint, *filter;
    enum explain_verdict verdict;
    int64_t rule_id, position, hits;
    const char *rule;        /* the line as the host prints it, or the name the manager gives it */
    const char *matched;     /* which members of which sets */
    const char *reason;      /* a sentence */
    const char *policy_rule; /* path of the manager's rule */
    const char *policy_name; /* "policy / rule", for people */
    const char *flow;        /* the live connection, as printed */
    /* The row that decides: what the console opens. table NULL: none. */
    const struct schema *table;
    const char *row_site, *row_endpoint, *row_key;
    struct explain_passed_over *skipped;
    size_t nskipped;
};

struct explain_result {
    struct arena *arena;
    enum explain_verdict verdict;
    const char *summary;  /* a sentence about the whole way */
    const char *question; /* "web-1 (10.0.0.1) -> db-1 (10.0.0.2), tcp port 22" */
    struct explain_hop *hops;
    size_t nhops, cap;
    const char **notes; /* further sentences: other addresses, what is not looked at */
    size_t nnotes, notes_cap;
    bool incomplete; /* a source that was needed is not ok */
};

/* Read "SOURCE[:PORT]" and "DESTINATION[:PORT][/PROTO]" into @q, text in @arena. IPv6 with a port
 * is [2001:db8::1]:443. With a port and no protocol it is tcp; "icmp" fits the family of the
 * addresses, its port is the ICMP type; "ping" is an echo request. A name of a machine that holds
 * ":" or "/" is taken as it is when @is_name says that it is one. 0, or -1 with a sentence. */
int explain_parse(struct explain_query *q, struct arena *arena, const char *source,
                  const char *destination, struct err *err);

struct explain *explain_new(const struct estate *e);
void explain_free(struct explain *x); /* NULL is fine */
/* Always fills @out, which explain_result_release() frees. */
void explain_run(struct explain *x, const struct explain_query *q, struct explain_result *out);
void explain_result_release(struct explain_result *r);

/* The tables it reads, NULL-terminated. */
extern const struct schema *const explain_tables[];

#endif
