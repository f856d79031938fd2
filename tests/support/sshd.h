/*
 * sshd: OpenSSH's server as a peer on loopback. A thread accepts and gives each connection to an
 * `sshd -i` of its own, so no port is guessed and nothing waits for a daemon to be ready. Needs
 * root, like sshd itself.
 */
#ifndef HYCON_TESTS_SUPPORT_SSHD_H
#define HYCON_TESTS_SUPPORT_SSHD_H

#include <stdbool.h>

struct sshd;

/* One line each; NULL: the default. */
struct sshd_options {
    const char *host_key; /* "ed25519" (default), "ecdsa", "rsa" */
    const char *config;   /* more lines of sshd_config */
};

bool sshd_is_there(void); /* /usr/sbin/sshd, and we may run it */
struct sshd *sshd_start(const struct sshd_options *o);
void sshd_stop(struct sshd *s); /* ends all sessions, too */
void sshd_drop_sessions(struct sshd *s);

int sshd_port(const struct sshd *s);
unsigned sshd_connections(const struct sshd *s);    /* accepted so far */
const char *sshd_known_hosts(const struct sshd *s); /* a file that knows its key */
const char *sshd_fingerprint(const struct sshd *s); /* "SHA256:..." */
/* A key of the user that is let in: "ed25519" or "rsa". */
const char *sshd_user_key(struct sshd *s, const char *type);

#endif
