/*
 * rest: the second token of a vCenter's session. Its REST API (7.0 and later) beside SOAP has
 * sessions of its own: POST /api/session with the name and the password answers a token, which goes
 * with each request. It is asked for when a collector first needs it, and once more when it is
 * refused; the SOAP session is not touched by either, because nobody says how soon an idle token
 * dies.
 *
 * The one question stands in for the request that needed it (vcenter_rest_authorize), and its reply
 * never reaches the collector (VERDICT_AGAIN). Requests of this API come one after the other: one
 * collector uses it.
 */
#ifndef HYCON_COLLECTORS_VCENTER_REST_H
#define HYCON_COLLECTORS_VCENTER_REST_H

#include "collectors/session.h"

struct wire;

struct vcenter_rest {
    struct secret *token;   /* NULL: none */
    struct secret *refused; /* the password that was not accepted: not tried a second time */
    bool asking;            /* what was sent last asks for a token */
    bool renewed;           /* the token is new since the last request that was answered */
};

#define VCENTER_REST_SESSION "/api/session"

/* The token. What is under way is still known for what it is. */
void vcenter_rest_forget(struct vcenter_rest *r);
void vcenter_rest_release(struct vcenter_rest *r);

/* Put into @w what @req needs: the token, or the question for one. Returns the request that is to
 * be sent (@req, or that question), or NULL and s->err. */
const struct request *vcenter_rest_authorize(struct vcenter_rest *r, struct session *s,
                                             const struct request *req, struct wire *w);
/* As session_ops.judge. */
enum session_verdict vcenter_rest_judge(struct vcenter_rest *r, struct session *s,
                                        const struct request *req, const struct reply *reply,
                                        struct err *err);
/* The header with the token in @w; false: there is none. */
bool vcenter_rest_token(const struct vcenter_rest *r, struct wire *w);

#endif
