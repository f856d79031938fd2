/*
 * lab_child: hycon-lab as a child of the demo. It writes a configuration into a private directory,
 * plays a scenario and prints its captions as JSON lines. Its standard input is a pipe that we
 * hold, so it ends with us, whatever happens to us.
 */
#ifndef HYCON_CLI_LAB_CHILD_H
#define HYCON_CLI_LAB_CHILD_H

#include "core/err.h"

#include <stdbool.h>

struct lab_child;
struct strbuf;

struct lab_options {
    const char *scenario, *scale; /* NULL: the lab's defaults */
    double speed;                 /* 0: normal */
    bool loop;
    bool manual; /* time moves by the control API alone (tests) */
};

/* Start it and wait until it serves (at most LAB_START_MS). NULL and @err. */
#define LAB_START_MS 15000
struct lab_child *lab_child_start(const struct lab_options *o, struct err *err);
void lab_child_stop(struct lab_child *l); /* ends it, removes the directory; NULL is fine */

const char *lab_child_config(const struct lab_child *l); /* path of its hycon.yaml */
const char *lab_child_dir(const struct lab_child *l); /* private, removed with all that is in it */
int lab_child_fd(const struct lab_child *l); /* readable: a step was played; -1 after its end */
/* Take what it printed. True when there is a new caption in @out; @japanese chooses the language.
 * Never blocks. */
bool lab_child_caption(struct lab_child *l, bool japanese, struct strbuf *out);

#endif
