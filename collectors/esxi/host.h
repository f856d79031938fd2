/*
 * host: what collectors of ESXi hosts share: the name of the host, what to tell of text that was
 * not understood, and the walk over the filters of the distributed firewall, which all heavy
 * commands are of.
 *
 * The walk lists the filters (summarize-dvfilter), then runs one or two commands for each, one
 * after the other. A filter that is gone when it is asked (its machine has moved) makes the table
 * partial and says so; a command that does not end, or a connection that breaks, ends the run: the
 * old rows stay.
 */
#ifndef HYCON_COLLECTORS_ESXI_HOST_H
#define HYCON_COLLECTORS_ESXI_HOST_H

#include "collectors/collector.h"
#include "collectors/esxi/commands.h"
#include "collectors/esxi/dvfilter.h"
#include "collectors/esxi/lines.h"

#define FIREWALL_AGENT "vmware-sfw"
#define WALK_PARTS     2

/* As configured: "esx-01.example", "192.0.2.7:2222". */
const char *host_name(const struct config_endpoint *e);
/* Note what a decoder did not understand, as an enrichment message of @schema's table. */
void host_note_health(struct run *run, const struct schema *schema, const char *label,
                      const struct parse_health *h);
/* Nothing at all was understood: fails the run. */
bool host_is_garbage(const struct parse_health *h);
enum step host_fail_garbage(struct run *run, const char *label, const struct parse_health *h);
/* The filters of a host are listed: fails the run when nothing that says something was printed,
 * which even a host without a distributed firewall does (its own ports have filters). false: go
 * on. */
bool host_fail_listing(struct run *run, const struct parse_health *h, enum step *step);
#define HOST_LIST_CUT "the output of summarize-dvfilter ends in its middle"

struct walk_filter {
    const char *filter, *vm; /* vm NULL: unknown */
};

struct walk;

struct walk_ops {
    const struct schema *schema;
    enum esxi_command commands[WALK_PARTS]; /* the last one is needed, one before it is not */
    unsigned ncommands;
    /* A filter begins; @part counts commands. */
    void (*begin)(struct run *run, struct walk *w, const struct walk_filter *f, unsigned part);
    void (*feed)(struct walk *w, unsigned part, const char *data, size_t len);
    /* Its output is over; false: it ended in the middle of something. @w->health is filled. */
    bool (*end)(struct run *run, struct walk *w, unsigned part, bool whole);
    void (*release)(struct walk *w); /* what begin made; may come at any time */
    bool never_silent;               /* the needed command prints something about every filter */
    bool headed; /* what it prints begins with a line that is understood in every version */
};

/* First member of a collector's state. */
struct walk {
    const struct walk_ops *ops;
    struct dvfilter dvfilter;
    const char *scope;  /* the filters that are wanted, with blanks between; NULL: all */
    bool listing, open; /* open: the decoder of a filter is in use */
    bool list_cut;      /* there may be more filters than were listed */
    struct arena *arena;
    struct walk_filter *filters;
    size_t n, cap, next;
    unsigned part;
    struct parse_health health; /* of all outputs of the needed command */
    size_t failed, incomplete;
    struct err first; /* of those that failed */
};

enum step walk_step(struct run *run, struct walk *w, const struct walk_ops *ops,
                    const struct reply *reply);
/* @state: a struct walk, or what begins with one. */
void walk_release(void *state);
/* Add what a decoder counted to the walk's. */
void walk_count(struct walk *w, const struct parse_health *h);

#endif
