/*
 * ec2: calls of the EC2 Query API that list things (version 2016-11-15, as botocore's model has
 * it): a form body, pages that a token joins, and a document whose root is <{Action}Response> with
 * a set of <item>s. Sans-I/O like the collectors that use it.
 */
#ifndef HYCON_COLLECTORS_AWS_EC2_H
#define HYCON_COLLECTORS_AWS_EC2_H

#include "collectors/collector.h"
#include "core/strbuf.h"
#include "core/xml.h"

/* ---- asking ------------------------------------------------------------------------------- */

/* Which of the account's things a call is about: the configuration wins over the hints of other
 * endpoints; neither means all. */
enum ec2_scope {
    EC2_ALL,
    EC2_BY_VPC,    /* Filter vpc-id */
    EC2_BY_SUBNET, /* Filter subnet-id; vpc-id when there are no subnets */
    /* Filter vpc-id; subnet-id of the configuration when there are no VPCs. */
    EC2_BY_VPC_OR_SUBNET,
};

/* Begin a request's body. */
void ec2_begin(struct strbuf *body, const char *action, enum ec2_scope scope,
               const struct run *run);
/* Append "&name=value", escaped. */
void ec2_param(struct strbuf *body, const char *name, const char *value);
/* Make it run->request and release @body. Returns STEP_SEND. */
enum step ec2_send(struct run *run, const char *label, struct strbuf *body);

/* ---- pages -------------------------------------------------------------------------------- */

/* Where the reader of a list is. */
struct ec2_pages {
    unsigned n;        /* pages read */
    const char *token; /* of the next page, in the run's arena; NULL: that was the last */
};

/* Append MaxResults and the token. */
void ec2_page_params(struct strbuf *body, const struct ec2_pages *p, unsigned page_size);
/* A page was read, @token (NULL or "": none) leads on. -1 and ERR_LIMIT or ERR_PROTO when the pages
 * do not end. */
int ec2_page_done(struct ec2_pages *p, struct run *run, const char *token, struct err *err);

/*
 * What a page is, without decoding it. The hash leaves out the request id and the token, which are
 * new in every reply, and takes in what rows get from the session (account, region). 0: the page
 * must be decoded. @token gets the text of <nextToken> (in the run's arena), NULL when there is
 * none.
 */
uint64_t ec2_page_hash(struct run *run, const struct reply *reply, const char **token);

/* ---- decoding ----------------------------------------------------------------------------- */

#define EC2_ITEM_DEPTH  3 /* {Action}Response/xxxSet/item */
#define EC2_FIELD_DEPTH 4 /* where the path of a member of an item begins */

struct ec2_handler {
    const char *action, *set;
    void (*begin)(void *arg); /* an item of the set begins */
    /* An element within it ends. */
    void (*member)(void *arg, struct xml_reader *x, const char *text, size_t len);
    void (*end)(void *arg); /* the item ends */
};

/* A page that comes in pieces, or whole. @h and @arg must outlive it. */
struct ec2_decoder;
struct ec2_decoder *ec2_decoder_new(const struct ec2_handler *h, void *arg, struct run *run);
void ec2_decoder_free(struct ec2_decoder *d); /* NULL is fine; of a run that is over, too */
/* 0, or -1 and an error that names the call. */
int ec2_decoder_feed(struct ec2_decoder *d, const char *data, size_t len, struct err *err);
/* The end of the page; *token as below. */
int ec2_decoder_finish(struct ec2_decoder *d, const char **token, struct err *err);

/* Read a page. *token gets the token of the next one (in the run's arena) or NULL. 0, or -1 and an
 * error that names the call. */
int ec2_decode(const struct ec2_handler *h, void *arg, struct run *run, const struct reply *reply,
               const char **token, struct err *err);

const char *ec2_region(const struct run *run);

#endif
