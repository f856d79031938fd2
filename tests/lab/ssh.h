/*
 * ssh: the SSH side of ESXi hosts and NSX edge nodes, by libssh: an ECDSA host key of its own for
 * each host, login by keyboard-interactive (a plain password is not offered, as on ESXi) or by one
 * public key, and exec alone. One thread for each connection; commands of one connection run one
 * after the other.
 *
 * Faults of the server's fault table concern commands: `action` is a glob on the command line. A
 * status is an exit status ("status: 127" becomes 127; above 255 it is 1), truncated ends the
 * output in the middle without an exit status, close drops the connection.
 */
#ifndef HYCON_TESTS_LAB_SSH_H
#define HYCON_TESTS_LAB_SSH_H

#include "tests/lab/nsx.h"
#include "tests/lab/server.h"

struct lab_esx;

/* server->data of FAMILY_SSH: host @host of the vCenter of @site, or its edge node of that name. */
struct lab_esx *lab_esx_new(struct lab *lab, const char *site, const char *host, bool edge,
                            struct nsx_user *user);
bool lab_esx_is_edge(const struct lab_esx *x);
void lab_esx_free(struct lab_esx *x);
struct nsx_user *lab_esx_user(const struct lab_esx *x);
/* A new host key: clients that know the old one must refuse. */
void lab_esx_change_key(struct lab_esx *x);

/* "[127.0.0.1]:PORT TYPE KEY": its line of a known_hosts file. */
void lab_esx_known_hosts(const struct lab_server *s, struct strbuf *out);
/* The private key of the user that every host lets in, written to @path. -1: it failed. */
int lab_ssh_user_key(struct lab *lab, const char *path);
void lab_ssh_forget(struct lab *lab);

/* Serve s->listen_fd; stop ends every connection and waits for its thread. */
void lab_ssh_start(struct lab_server *s);
void lab_ssh_stop(struct lab_server *s);

#endif
