/*
 * server: one listener of the lab on 127.0.0.1: reads whole requests, lets the fault table
 * interfere, asks the family's handler for a reply, counts. Threads are libmicrohttpd's, one per
 * connection, so that a reply that hangs delays nobody else.
 */
#ifndef HYCON_TESTS_LAB_SERVER_H
#define HYCON_TESTS_LAB_SERVER_H

#include "core/arena.h"
#include "core/strbuf.h"
#include "tests/lab/certs.h"
#include "tests/lab/estate.h"

#include <stdbool.h>
#include <stdint.h>

struct MHD_Daemon;
struct err;
struct lab;
struct lab_server;
struct map;

enum lab_family {
    FAMILY_CSP,
    FAMILY_VMC,
    FAMILY_PROXY,
    FAMILY_NSX,
    FAMILY_AWS,
    FAMILY_IMDS,
    FAMILY_VCENTER,
    FAMILY_REPLICATION,
    FAMILY_SSH, /* not HTTP: ssh.c serves it */
    FAMILY_CONTROL,
};

struct lab_pair {
    const char *name, *value;
};

#define LAB_PAIRS_MAX 400

struct lab_pairs {
    struct lab_pair *at;
    size_t n;
};

struct lab_request {
    const char *method;
    const char *target; /* as sent: path and query, still encoded */
    const char *path;   /* decoded, without query */
    struct lab_pairs query, form, headers;
    const char *body;
    size_t body_len;
    const char *action; /* of the Query protocol, the method of SOAP, or NULL */
    int fd;             /* the connection, to see whether the peer is still there; 0: none */
    struct arena *arena;
};

struct lab_reply {
    int status;
    const char *content_type;
    struct strbuf body;
    struct lab_pair headers[12];
    size_t nheaders;
    bool counted_bad; /* the handler refused a credential: count it */
};

typedef void (*lab_handler)(struct lab *lab, struct lab_server *server,
                            const struct lab_request *req, struct lab_reply *reply);

struct lab_counts {
    uint64_t requests, faults, refused, bytes, logins, logouts, failed_logins, lockouts;
    unsigned concurrent, max_concurrent;
};

struct lab_server {
    struct lab *lab;
    const char *name, *site, *url;
    enum lab_family family;
    lab_handler handle;
    void *data; /* the family's own state */
    struct MHD_Daemon *daemon;
    struct lab_leaf leaf;
    struct lab_list faults; /* struct lab_fault */
    struct lab_counts counts;
    struct map *by_label; /* action or path -> uint64_t */
    int64_t skew_ms;      /* how far this server's clock is off */
    int listen_fd, port;
    bool tls, stopping, down;
};

/* Bind 127.0.0.1:@port (0: any) and serve. 0, or -1 and @err. */
int lab_server_start(struct lab_server *s, int port, struct err *err);
/* One more request under @label; it is running until the caller counts it out. Locked. */
void lab_server_count(struct lab_server *s, const char *label);
/* Stop serving; open connections are closed. The port stays ours unless @release. */
void lab_server_stop(struct lab_server *s, bool release);
/* A new certificate: the listener restarts on the same port. @lab->lock must not be held. */
void lab_server_change_cert(struct lab_server *s, enum lab_leaf_kind kind);
/* Refuse connections, or accept again on the same port. @lab->lock must not be held. */
int lab_server_set_down(struct lab_server *s, bool down, struct err *err);
void lab_server_free(struct lab_server *s);

/* NULL when it is not there. Header names are matched without case. */
const char *lab_header(const struct lab_request *req, const char *name);
const char *lab_query(const struct lab_request *req, const char *name);
const char *lab_form(const struct lab_request *req, const char *name);

/* "a=b&c=d", percent-encoded and + for blanks. At most LAB_PAIRS_MAX. */
struct lab_pairs lab_pairs_parse(struct arena *a, const char *text, size_t len);
/* The name of the element below a SOAP Body, or NULL. */
const char *lab_soap_method(struct arena *a, const char *body);
const char *lab_pairs_get(const struct lab_pairs *p, const char *name);

void lab_reply_header(struct lab_reply *r, const char *name, const char *value);

#endif
