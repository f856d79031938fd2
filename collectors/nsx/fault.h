/*
 * fault: what an NSX manager says when it says no. Its error document is ApiError {error_code,
 * module_name, error_message, related_errors[]} (reference: NSX API, "ApiError"); the code has been
 * seen as a number and as a string. A proxy's page or an empty body is not one. The same document
 * comes through the reverse proxy of an SDDC.
 *
 * A session that is over and one that never was look alike: NSX answers 403 with an empty body or
 * with the code 403 ("the credentials were incorrect or the account ... locked"). Which of the two
 * it is follows from what was sent, so class_of knows only what the document says; the session
 * decides.
 */
#ifndef HYCON_COLLECTORS_NSX_FAULT_H
#define HYCON_COLLECTORS_NSX_FAULT_H

#include "core/err.h"

#include <stdint.h>

struct reply;

enum nsx_fault_class {
    NSX_FAULT_OTHER,
    NSX_FAULT_CREDENTIALS, /* "incorrect, or the account is locked": 401, 403/403, 500/99 */
    NSX_FAULT_SESSION,     /* no session: 403 without a document, bad XSRF token (98) */
    NSX_FAULT_DENIED,      /* logged in, but the role does not allow this call */
    NSX_FAULT_THROTTLED,   /* 429, 503 */
    NSX_FAULT_PASSING,     /* 500/607, 502, 504: again later */
    NSX_FAULT_MISSING,     /* 404: no such object or no such call */
    NSX_FAULT_UNSUPPORTED, /* 405, 501 */
    NSX_FAULT_REDIRECT,    /* 301, 302, 307, 308: another host is in charge */
    NSX_FAULT_INDEX,       /* the search index is being rebuilt, or a search timed out */
};

struct nsx_fault {
    enum nsx_fault_class class;
    int64_t code;        /* 0: none */
    char message[320];   /* with the first related error; without a full stop at its end */
    char module[64];     /* "policy", "common-services"; "" */
    char request_id[80]; /* X-Nsx-Requestid */
    char location[200];  /* of a redirect */
};

/* Read a reply that is not 2xx. */
void nsx_fault_read(const struct reply *reply, struct nsx_fault *out);

/* One sentence of what happened. @who names the login ("user 'audit'"), @what is being read
 * ("segments"). */
void nsx_fault_describe(const struct nsx_fault *f, int status, const char *who, const char *what,
                        struct err *err);

#endif
