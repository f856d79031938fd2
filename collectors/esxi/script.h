/*
 * script: a few commands one after the other, each with a decoder of its own, and rows at the end.
 * What a needed command fails with fails the run; of others a note tells. A command that is not
 * there (127) is no failure of those that are not needed.
 */
#ifndef HYCON_COLLECTORS_ESXI_SCRIPT_H
#define HYCON_COLLECTORS_ESXI_SCRIPT_H

#include "collectors/esxi/host.h"

struct script;

struct script_part {
    enum esxi_command command;
    bool needed;
    void (*begin)(struct run *run, struct script *s);
    void (*feed)(struct script *s, const char *data, size_t len);
    /* The output is over; what was understood. */
    const struct parse_health *(*end)(struct run *run, struct script *s, bool whole);
    void (*release)(struct script *s); /* what begin made */
};

/* First member of a collector's state. */
struct script {
    const struct script_part *parts;
    unsigned nparts, part;
    bool open; /* the decoder of the present part is in use */
};

/* @finish (may be NULL) makes rows when all commands are over. */
enum step script_step(struct run *run, struct script *s, const struct script_part *parts,
                      unsigned nparts, const struct reply *reply,
                      enum step (*finish)(struct run *run, struct script *s));
/* @state: a struct script, or what begins with one. */
void script_release(void *state);

#endif
