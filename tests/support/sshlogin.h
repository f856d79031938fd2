/*
 * sshlogin: an SSH server (libssh) that asks for a password by keyboard-interactive, in as many
 * prompts as wanted, and counts who tried what: OpenSSH's sshd asks through PAM, whose accounts a
 * test must not touch. A command that is run is answered with one line. Loopback, any port.
 */
#ifndef HYCON_TESTS_SUPPORT_SSHLOGIN_H
#define HYCON_TESTS_SUPPORT_SSHLOGIN_H

struct sshlogin;

struct sshlogin_options {
    unsigned prompts;     /* of keyboard-interactive: 0, 1 or 2 */
    const char *password; /* the right answer to the last prompt */
    const char *output;   /* of every command */
};

struct sshlogin *sshlogin_start(const struct sshlogin_options *o);
void sshlogin_stop(struct sshlogin *s);

int sshlogin_port(const struct sshlogin *s);
const char *sshlogin_fingerprint(const struct sshlogin *s); /* "SHA256:..." */
unsigned sshlogin_wrong(const struct sshlogin *s);          /* answers that were wrong */
unsigned sshlogin_good(const struct sshlogin *s);           /* logins */

#endif
