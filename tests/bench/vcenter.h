/* What the sections about a vCenter share: the replay server of vcenter.c answers hycon and the
 * other clients (vcenter_peers.c) with the same objects. */
#ifndef HYCON_TESTS_BENCH_VCENTER_H
#define HYCON_TESTS_BENCH_VCENTER_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

#define VCENTER_HOSTS   1000
#define VCENTER_VMS     10000
#define VCENTER_UPDATES 1000

/* Make the replies that only other clients ask for, of an @inventory (hosts behind VMs) and of a
 * set of updates. */
void vcenter_peers_init(const struct strbuf *inventory, const struct strbuf *updates);
void vcenter_peers_release(void);
/* The reply to the SOAP request @body; NULL: not one of theirs. */
const struct strbuf *vcenter_peers_reply(const char *body);
/* hycon against clients on govmomi and pyvmomi, on the replay server at @port, and against curl on
 * a live vcsim. @updates_ms: what hycon needs for the updates. */
void vcenter_peers_run(unsigned port, double updates_ms);

#endif
