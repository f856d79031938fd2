/*
 * ssh: commands on hosts over SSH, on a loop. Narrow on purpose: a host is one kept session that
 * connects with its first command, its key is judged before anything is sent, a command is one exec
 * with streamed output and an exit status.
 *
 * Two transports stand behind it. libssh2 runs inside the loop and costs little per host, but the
 * release in use (1.10) cannot sign with RSA user keys for modern servers, nor talk to servers that
 * offer only RSA host keys, only AES-GCM or only encrypt-then-MAC. The system's `ssh` can, honours
 * ~/.ssh/config with its jump hosts, and asks the agent; it costs a process per command.
 * SSH_AUTO takes libssh2 unless the configuration, the agent or a jump host calls for `ssh`, and
 * falls back to it when libssh2 and the server have no algorithm in common.
 *
 * Trust: a pin ("SHA256:...") or known_hosts. An unknown, changed or revoked key is ERR_DENIED with
 * the fingerprints in the sentence; nothing is ever learned by itself.
 */
#ifndef HYCON_CORE_SSH_H
#define HYCON_CORE_SSH_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct secret;
struct ssh;
struct ssh_host;

enum ssh_transport { SSH_AUTO, SSH_LIBSSH2, SSH_OPENSSH };

#define SSH_HANDSHAKES_MAX 64 /* in flight at once, all hosts of a struct ssh */
#define SSH_NEW_MAX        5  /* of them through one jump host or to one server */
#define SSH_COMMANDS_MAX   4  /* running at once on one host; more wait */
#define SSH_QUEUE_MAX      256
#define SSH_OUTPUT_MAX     (64u << 20)
#define SSH_ERROUT_MAX     4096

struct ssh_target {
    const char *host;
    int port; /* 0: 22 */
    const char *user;
    struct secret *password; /* NULL: key file or agent; a reference is taken */
    const char *key_file;    /* NULL: none */
    const char *known_hosts; /* NULL: none */
    const char *host_key;    /* "SHA256:..." that replaces known_hosts; NULL: none */
    const char *jump;        /* "user@bastion[:port]": OpenSSH alone; NULL: none */
    const char *jump_key_file, *jump_known_hosts; /* of the jump host; NULL: as ssh finds them */
    const char *jump_host_key; /* "SHA256:..." that replaces its known_hosts; NULL: none */
    enum ssh_transport transport;
    int64_t connect_timeout_ms; /* until logged in; 0: 20 s */
};

struct ssh_command {
    const char *line;   /* as the remote shell gets it: quote what came from outside */
    int64_t timeout_ms; /* 0: 60 s */
    size_t max_output;  /* 0: SSH_OUTPUT_MAX; more is ERR_LIMIT */
    /* NULL: standard output is collected into the result. Else it is handed on as it arrives;
     * anything but 0 ends the command with ERR_CANCEL. May not call into ssh. */
    int (*on_output)(void *arg, const char *data, size_t len);
};

struct ssh_result {
    struct err err;  /* of connection, limit or time; an exit status is no error */
    int exit_status; /* -1: the server did not say (ended by a signal) */
    char *out;       /* NUL-terminated; never NULL; the result's own */
    size_t out_len;
    char *errout; /* standard error, sanitised, at most SSH_ERROUT_MAX */
    int64_t elapsed_ms;
};

/* What is known of a host's session; text lives as long as the host. */
struct ssh_facts {
    bool connected;
    const char *transport; /* "libssh2", "openssh", "" before the first attempt */
    const char *why;       /* why this one: "the server offers only RSA host keys to libssh2" */
    char key_type[64];     /* "" before a key was seen; always "" with OpenSSH */
    char fingerprint[64];  /* "SHA256:..." of what the host showed */
    char jump_key_type[64], jump_fingerprint[64]; /* of a jump host whose key was refused, or "" */
    unsigned malformed_known_hosts;               /* lines that were passed over */
    unsigned sessions;                            /* that were there so far */
    char said[256];  /* OpenSSH: the last that ssh printed during the session */
    int64_t said_ms; /* clock_mono_ms() of it */
};

typedef void (*ssh_done_fn)(void *arg, struct ssh_result *r);

/* All hosts of a loop. (ssh_new() and ssh_free() are names of libssh, which the lab and tests use
 * as a server.) */
struct ssh *ssh_pool_new(struct loop *l);
/* After all hosts are freed; NULL is fine. Before loop_free(). */
void ssh_pool_free(struct ssh *s);

struct ssh_host *ssh_host_new(struct ssh *s, const struct ssh_target *t);
/* Ends the session; what runs or waits gets ERR_CANCEL before this returns. Not from inside a
 * @done of the same host. NULL is fine. */
void ssh_host_free(struct ssh_host *h);
const struct ssh_facts *ssh_host_facts(const struct ssh_host *h);
/* Close the session (after a suspend, say); the next command connects anew. What runs or waits gets
 * ERR_CANCEL before this returns. Not from inside a @done of the same host. */
void ssh_host_disconnect(struct ssh_host *h);

/* Run a command; @done comes once, on the loop's thread, never from inside this call. */
uint64_t ssh_exec(struct ssh_host *h, const struct ssh_command *c, ssh_done_fn done, void *arg);
/* Ask for a Unix socket, which this user alone can open, that leads to @where ("host:port") as seen
 * from the host. OpenSSH alone; the result's output is the path. It lasts as long as the session:
 * when facts.sessions has changed or facts.connected is false it is gone. Cancelled like a command.
 */
uint64_t ssh_forward(struct ssh_host *h, const char *where, ssh_done_fn done, void *arg);
/* @done gets ERR_CANCEL before this returns; unknown ids are ignored. */
void ssh_cancel(struct ssh_host *h, uint64_t id);

/* Append @s in single quotes for a POSIX shell. */
struct strbuf;
void ssh_quote(struct strbuf *out, const char *s);

/* The OpenSSH transport has the running program answer `ssh` (a password prompt, a pinned host
 * key). main() calls this first: -1 when the program was started for something else, else the exit
 * status. */
int ssh_helper_main(int argc, char **argv);

#endif
