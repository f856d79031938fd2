/* rawserver: a plain TCP server on loopback that says exactly what it is told, for everything that
 * a proper HTTP server cannot be made to do: stop in the middle, say nothing, close at once. It
 * also serves as the proxy that records what it was asked. */
#ifndef HYCON_TESTS_SUPPORT_RAWSERVER_H
#define HYCON_TESTS_SUPPORT_RAWSERVER_H

#include <stdbool.h>
#include <stddef.h>

struct rawserver;

/* Every connection: read a request up to the blank line, answer @reply (@len bytes), then close, or
 * keep open and silent when @hang. */
struct rawserver *rawserver_start(const void *reply, size_t len, bool hang);
int rawserver_port(const struct rawserver *s);
/* Stops it; returns what the last request said ("" when none came). The caller frees it. */
char *rawserver_stop(struct rawserver *s);
/* A port of 127.0.0.1 where nobody listens. */
int rawserver_unused_port(void);

#endif
