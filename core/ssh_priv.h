/* What the files of ssh share.
 *   ssh.c           hosts, their queues, limits and time; which transport
 *   ssh_config.c    does the user's own configuration call for OpenSSH?
 *   ssh_libssh2.c   a session on libssh2
 *   ssh_openssh.c   a session by the system's ssh
 *
 * A transport has a connection per host. It reports through ssh_host_*() and ssh_job_*(); each may
 * end the job or the connection, so whoever reports must not touch either afterwards. */
#ifndef HYCON_CORE_SSH_PRIV_H
#define HYCON_CORE_SSH_PRIV_H

#include "core/loop.h"
#include "core/ssh.h"
#include "core/strbuf.h"

struct ssh_job {
    struct ssh_job *next;
    struct ssh_host *host;
    uint64_t id;
    char *line;
    bool forward; /* line is "host:port" of a forward, no command */
    int64_t timeout_ms, started_ms;
    size_t max_output, taken;
    int (*on_output)(void *arg, const char *data, size_t len);
    ssh_done_fn done;
    void *arg;
    struct loop_timer *timer;
    struct strbuf out, errout;
    struct err err;
    bool running; /* handed to the transport */
    void *impl;   /* the transport's; not NULL while it has the job */
};

struct ssh_backend {
    const char *name;
    /* Begin to connect to h->target; ends in ssh_host_connected() or ssh_host_lost(), never from
     * inside. */
    void *(*open)(struct ssh_host *h);
    /* Close at once, without reports; running jobs have been taken away. */
    void (*close)(void *conn);
    /* Run @job (with forwards: make it, and give the path as its output); ends in ssh_job_done(),
     * never from inside. */
    void (*start)(void *conn, struct ssh_job *job);
    /* Forget @job: no more reports about it. */
    void (*stop)(void *conn, struct ssh_job *job);
    bool forwards; /* it can make forwards */
};

extern const struct ssh_backend ssh_libssh2, ssh_openssh;

enum ssh_state { SSH_STATE_IDLE, SSH_STATE_WAITING, SSH_STATE_CONNECTING, SSH_STATE_READY };

struct ssh {
    struct loop *loop;
    struct ssh_host *hosts;
    unsigned handshakes;
    uint64_t last_id;
};

struct ssh_host {
    struct ssh_host *next;
    struct ssh *ssh;
    struct ssh_target target; /* strings are copies */
    enum ssh_state state;
    const struct ssh_backend *backend; /* NULL: not chosen yet */
    void *conn;
    struct ssh_job *jobs;        /* in order of arrival */
    struct loop_timer *deadline; /* of connecting */
    struct loop_timer *kick;     /* a pump from outside of any caller */
    struct ssh_facts facts;
    char why[256];
    unsigned njobs, asking; /* asking: `ssh -G` runs; its answer finds the host by this number */
    bool fell_back;
    bool asked; /* `ssh -G` has answered */
    bool proxied;
};

/* Why a connection is gone, for the choice of transport. */
enum ssh_loss { SSH_LOSS_FINAL, SSH_LOSS_FALLBACK };

void ssh_host_connected(struct ssh_host *h);
/* The connection is closed by this. FALLBACK: another transport may succeed; @why says why. */
void ssh_host_lost(struct ssh_host *h, const struct err *err, enum ssh_loss loss, const char *why);

/* Bytes of standard output. -1: the job is over (limit, not wanted): stop it. */
int ssh_job_output(struct ssh_job *job, const char *data, size_t len);
void ssh_job_errout(struct ssh_job *job, const char *data, size_t len);
/* The job is over and freed; @err NULL: it ended by itself. */
void ssh_job_done(struct ssh_job *job, int exit_status, const struct err *err);

/* Judge a key in wire form by pin or known_hosts: 0, or -1 and ERR_DENIED with the fingerprints.
 * Fills h->facts. */
int ssh_host_judge_key(struct ssh_host *h, const char *type, const uint8_t *blob, size_t len,
                       struct err *err);
/* The known_hosts of @h, read anew; empty when there is none. -1 and ERR_IO. */
int ssh_host_read_known(const struct ssh_host *h, struct strbuf *out, struct err *err);

/* ssh_helper.c: what ssh asks our own binary. Names of variables, and of the line on standard error
 * that tells which key was shown. */
#define SSH_HELPER_WHO  "HYCON_SSH_FOR"
#define SSH_HELPER_PIN  "HYCON_SSH_PIN"
#define SSH_HELPER_MARK "hycon-host-key"
#define SSH_HELPER_JUMP "hycon-jump-key" /* the same of the jump host */

/* ssh_config.c. Whether ~/.ssh/config or the system's may send @host through a proxy: only then
 * `ssh -G` is asked. */
bool ssh_config_may_proxy(void);
/* Whether the key file (NULL: no) holds an RSA key and libssh2 is too old to use it. */
bool ssh_config_is_rsa_key(const char *path);
/* The line of `ssh -G` output that names a proxy, or NULL. */
const char *ssh_config_proxy_line(const char *output);

#endif
