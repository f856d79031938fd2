/* A session on libssh2: what its two files share.
 *   ssh_libssh2.c  channels, the poll handle, the end
 *   ssh_login.c    look-up, connect, handshake, whose key, who are we */
#ifndef HYCON_CORE_SSH_LIBSSH2_H
#define HYCON_CORE_SSH_LIBSSH2_H

#include <uv.h>

#include "core/ssh_library.h"
#include "core/ssh_priv.h"

enum ssh_conn_state {
    CONN_RESOLVING,
    CONN_CONNECTING,
    CONN_HANDSHAKE,
    CONN_METHODS, /* which ways of logging in are offered */
    CONN_LOGIN,
    CONN_READY,
};

enum ssh_channel_state {
    CHANNEL_WAITING, /* for another one to be open and started */
    CHANNEL_OPENING,
    CHANNEL_EXEC,
    CHANNEL_READING,
    CHANNEL_CLOSING,
    CHANNEL_OVER, /* never opened */
};

struct ssh_channel {
    struct ssh_channel *next;
    struct ssh_job *job; /* NULL: given up */
    LIBSSH2_CHANNEL *channel;
    enum ssh_channel_state state;
    char *line; /* the command: what is half sent must be sent, also when the job is gone */
    bool asked; /* to run it, and the answer has not come */
    bool numbered, answered; /* its number is known; the peer said how the command ended */
    uint32_t number;         /* ours, as packets have it */
    int64_t given_up_ms;
};

#define SSH_WAYS_MAX 3

struct ssh_conn {
    struct ssh_host *host; /* NULL once closed */
    unsigned refs;         /* itself, the poll handle, the look-up */
    enum ssh_conn_state state;
    /* the way there */
    uv_getaddrinfo_t resolver;
    bool resolving;
    struct addrinfo *addresses, *address;
    struct err connect_err; /* of the last address tried */
    int fd;
    uv_poll_t *poll;
    int events; /* that it watches */
    LIBSSH2_SESSION *session;
    /* logging in: the ways to try, in order */
    enum ssh_way { WAY_KEY, WAY_PASSWORD, WAY_PROMPTS } ways[SSH_WAYS_MAX];
    unsigned nways, way;
    char offered[128];
    bool prompted; /* the password was given to a prompt: once is enough */
    /* commands */
    struct ssh_channel *channels, *opening, *stuck; /* opening: or being started */
    LIBSSH2_CHANNEL *listening; /* a closed one, by which an idle session is read; NULL: none yet */
    size_t taken;               /* bytes read since the last wake-up */
    bool told_nothing;          /* somebody who read the socket was told that nothing is there */
    bool came_late;             /* and another one then got something, which may be for him */
    struct loop_timer *again, *keepalive;
    int64_t alive_ms;
};

/* What a step did. GONE: the connection is closed; touch nothing. */
enum ssh_went { WENT_ON, WENT_BLOCKED, WENT_GONE };

void ssh_conn_run(struct ssh_conn *c);
void ssh_conn_unref(struct ssh_conn *c);
void ssh_conn_close_socket(struct ssh_conn *c);
/* The library frees @packet, or something else. */
void ssh_conn_see_packet(struct ssh_conn *c, const void *packet, size_t size);
void ssh_conn_logged_in(struct ssh_conn *c);

/* ssh_login.c */
void ssh_conn_resolve(struct ssh_conn *c);
enum ssh_went ssh_conn_login_step(struct ssh_conn *c);

#endif
