/*
 * known_hosts: what a file of trusted SSH host keys says about one key (sshd(8), SSH_KNOWN_HOSTS
 * FILE FORMAT). Read line by line: a line that is not understood is counted and passed over, where
 * libssh2's own reader gives the whole file up. Plain, [host]:port, comma lists, * and ? patterns,
 * negated patterns and hashed names are understood; @revoked refuses its key for every name it
 * matches; @cert-authority lines are passed over, because host certificates are not used here.
 */
#ifndef HYCON_CORE_KNOWN_HOSTS_H
#define HYCON_CORE_KNOWN_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum known_host {
    KNOWN_HOST_MATCH,
    KNOWN_HOST_UNKNOWN, /* no line for this name */
    KNOWN_HOST_OTHER,   /* lines for this name, but of other key types only */
    KNOWN_HOST_CHANGED, /* another key of this type is stored */
    KNOWN_HOST_REVOKED,
};

#define KNOWN_HOSTS_BYTES_MAX (4u << 20)
#define KNOWN_HOSTS_TYPES_MAX 8

struct known_hosts_answer {
    enum known_host verdict;
    unsigned malformed; /* lines that were passed over */
    char stored[80];    /* CHANGED, OTHER: "SHA256:..." of the stored key */
    char stored_type[64];
};

/* Judge key @blob (the wire form) of @type ("ssh-ed25519") shown by @host ("esx-1.example") at
 * @port. @text is the file's contents. */
void known_hosts_check(const char *text, size_t len, const char *host, int port, const char *type,
                       const uint8_t *blob, size_t blob_len, struct known_hosts_answer *out);

/* Key types that are stored for @host, in the file's order, at most KNOWN_HOSTS_TYPES_MAX: what to
 * ask the server for, so that it does not show a key that only looks new. Returns how many. */
size_t known_hosts_types(const char *text, size_t len, const char *host, int port,
                         char types[KNOWN_HOSTS_TYPES_MAX][64]);

/* "SHA256:..." of a key in wire form, as ssh-keygen -l prints it. @out holds 64. */
void known_hosts_fingerprint(const uint8_t *blob, size_t len, char *out);

#endif
