/*
 * answer: what became of a command of nsxcli, and its words as ours. nsxcli says "% Command not
 * found" on standard output and its exit status is not to be trusted, so a failure is told by the
 * text alone.
 */
#ifndef HYCON_COLLECTORS_EDGE_ANSWER_H
#define HYCON_COLLECTORS_EDGE_ANSWER_H

#include "collectors/esxi/edge.h"
#include "collectors/esxi/host.h"

/* Did the command fail? *err says why. @said: the text of its error, "" for none; @h: what was
 * understood of its output. ERR_UNSUPPORTED: this edge does not know it. */
bool edge_failed(const struct reply *reply, enum esxi_command c, const char *said,
                 const struct parse_health *h, struct err *err);
/* Before a decoder's end: an output that was cut off ends in the middle of a line. The transport
 * cannot tell (libssh2 has 0 for an exit status that never came), so a note does. */
void edge_note_cut(struct run *run, const struct schema *schema, enum esxi_command c,
                   const struct lines *lines);
/* The edge's word as a state, in lower case with _ for blanks and dashes; nothing when it said
 * none. */
void edge_state(struct table_builder *b, unsigned col, const char *text);
/* The text; nothing when it is empty. */
void edge_text(struct table_builder *b, unsigned col, const char *text);
/* The @n peers of a node as "NODE=state" in the list @col; a note tells of those not kept. */
void edge_add_peers(struct run *run, struct table_builder *b, unsigned col,
                    const struct edge_peer *peers, unsigned n);

#endif
