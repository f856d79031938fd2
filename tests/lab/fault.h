/* fault: misbehaviour on demand: which requests of an endpoint, how often, and what goes wrong. */
#ifndef HYCON_TESTS_LAB_FAULT_H
#define HYCON_TESTS_LAB_FAULT_H

#include "tests/lab/server.h"

struct err;

enum lab_fault_kind {
    FAULT_STATUS,    /* an error reply in the product's own shape */
    FAULT_SLOW,      /* delay_ms before each reply */
    FAULT_HANG,      /* no reply until the peer gives up */
    FAULT_TRUNCATED, /* Content-Length promises more than is sent */
    FAULT_OVERSIZED, /* bytes of blanks after the reply */
    FAULT_MALFORMED, /* half of the reply, then rubbish */
    FAULT_CLOSE,     /* the connection is closed without a reply */
    FAULT_HALF,      /* half of the reply, then silence until the peer gives up */
    FAULT_FLAP,      /* every N requests pass, the next N are closed, and so on */
};

struct lab_fault {
    enum lab_fault_kind kind;
    unsigned id;
    const char *path;   /* prefix of the path, or a glob with *; NULL: any */
    const char *action; /* glob on the action; NULL: any */
    const char *code;   /* error code of a status; NULL: the product's usual one */
    int status;
    int64_t retry_after_s; /* -1: no such header */
    int64_t delay_ms, bytes, every;
    int64_t skip;  /* requests to leave alone first */
    int64_t count; /* how often; -1: until cleared */
    int64_t seen;
};

/* The word of a kind. */
const char *lab_fault_name(enum lab_fault_kind kind);

/* What @server does to this request: copied to @out. Counts. False: nothing. Locked. */
bool lab_fault_take(struct lab_server *server, const struct lab_request *req,
                    struct lab_fault *out);
/* Fill @reply with the error of @f in the shape of @family. */
void lab_fault_status(const struct lab_server *server, const struct lab_fault *f,
                      const struct lab_request *req, struct lab_reply *reply);
/* Names and values as in the control API and in scenarios. Adds to the server. Locked. */
int lab_fault_add(struct lab_server *server, const struct lab_pairs *spec, unsigned *id,
                  struct err *err);
/* @id 0: all. */
void lab_fault_clear(struct lab_server *server, unsigned id);

#endif
