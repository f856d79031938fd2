/* probe: what certificate does a server show? One request on a loop of its own; nothing but the
 * request line and usual headers is sent, and only when the certificate is trusted. */
#ifndef HYCON_CLI_PROBE_H
#define HYCON_CLI_PROBE_H

#include "core/err.h"
#include "core/hash.h"

#include <stdbool.h>
#include <stdint.h>

struct ssh_target;

struct probe {
    bool trusted;            /* by the system store or what was given */
    struct err err;          /* why not, or why there is no certificate */
    char sha256[SHA256_HEX]; /* "": no certificate was shown */
    char subject[256], issuer[256];
    int64_t starts_at, expires_at; /* ms; 0: unknown */
    bool jump_denied;              /* the key of the jump host is not trusted: */
    char jump_key_type[64], jump_fingerprint[64];
};

/* How to get there; all NULL: straight, or as the proxy variables say. */
struct probe_way {
    const char *proxy;
    const struct ssh_target *jump; /* a jump host; wins over @proxy */
    const char *jump_text;         /* "user@host", for messages */
};

void probe_certificate(const char *url, const char *ca_file, const struct probe_way *way,
                       struct probe *out);
/* "host:port" of a URL, in lower case; the caller frees. */
char *probe_where(const char *url);

#endif
