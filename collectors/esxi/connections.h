/*
 * connections: `esxcli network ip connection list`, what a host is connected with.
 *
 *   Proto  Recv Q  Send Q  Local Address     Foreign Address   State        World ID  CC Algo World
 *   tcp         0       0  192.0.2.51:23251  192.0.2.42:5671   ESTABLISHED   2101234  newreno vsfwd
 *
 * Outputs reach people through grep, copied, and with collapsed blanks, so lines are read from the
 * left by their words: protocol, two numbers, two addresses, a state (TCP alone), a number, an
 * algorithm (since ESXi 6), and what is left is the name of the world, which may be empty. A form
 * without the numbers, divided by tabs, is known, too.
 */
#ifndef HYCON_COLLECTORS_ESXI_CONNECTIONS_H
#define HYCON_COLLECTORS_ESXI_CONNECTIONS_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

struct connection {
    struct slice protocol, local, foreign, state, algorithm, world; /* length 0: not printed */
    int64_t world_id;                                               /* -1: not printed */
    int64_t recv_q, send_q;                                         /* -1: not printed */
};

struct connections {
    struct lines lines;
    void (*on_connection)(void *arg, const struct connection *c);
    void *arg;
};

void connections_init(struct connections *c,
                      void (*on_connection)(void *arg, const struct connection *c), void *arg);
void connections_feed(struct connections *c, const char *data, size_t len);
/* false: the output ends within a line, so connections may be missing. */
bool connections_end(struct connections *c, bool whole);
void connections_release(struct connections *c);

#endif
