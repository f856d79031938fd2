/*
 * Errors are values with one sentence.
 *
 * The function that fails fills a struct err once; callers may put context in front
 * (err_prefix); it is shown once, at the top. Messages follow git's style: no capital, no full
 * stop, the subject in single quotes ("unable to read segments of 'nsx': 403 the credentials were
 * incorrect"). No secret and no unsanitised remote text ever goes into a message: err_set()
 * sanitises what it is given.
 */
#ifndef HYCON_CORE_ERR_H
#define HYCON_CORE_ERR_H

/* The kind decides the policy (retry, log in once more, stop, hint); msg is for people.
 * Names are public: they are the words of the column endpoints.error_kind. */
enum err_kind {
    ERR_NONE,   /* no error */
    ERR_NET,    /* name look-up, connect, reset, time-out of a transfer */
    ERR_TLS,    /* handshake, untrusted or changed certificate */
    ERR_AUTH,   /* credentials refused: stops every endpoint that uses them */
    ERR_DENIED, /* logged in, but this call is not allowed; or an SSH host key is not trusted */
    ERR_HTTP,   /* any other status that is not success */
    ERR_PROTO,  /* a reply that cannot be understood */
    ERR_LIMIT,  /* a stated limit was reached (size, depth, pages, time of a run, throttling) */
    ERR_CONFIG, /* the configuration is wrong */
    ERR_UNSUPPORTED, /* this product, version or role does not offer the call */
    ERR_CANCEL,      /* cancelled by the user or by shutdown */
    ERR_IO,          /* local files and processes */
};

struct err {
    enum err_kind kind;
    int code; /* HTTP status, errno or a library's code; 0 when there is none */
    char msg[512];
};

/* Fill @e (may be NULL) with kind, code and a formatted sentence. Always returns -1, so that
 * "return err_set(...)" reads well. Control characters in the result are replaced. */
int err_set(struct err *e, enum err_kind kind, int code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Put "context: " before the sentence of @e. Returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void err_clear(struct err *e);

/* "net", "tls", ... as in endpoints.error_kind; NULL for ERR_NONE. ERR_CANCEL and ERR_IO map to
 * "net" and "config"-free words "cancel" and "io". */
const char *err_kind_name(enum err_kind kind);

#endif
