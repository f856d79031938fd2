/*
 * state: the history on disk, $XDG_STATE_HOME/hycon/history.jsonl, readable by its owner alone. It
 * is only appended to. Beyond STATE_FILE_MAX it is renamed to history.jsonl.1 (the one before that
 * goes) and begun anew with everything that the model knows, so what is still needed is never only
 * in the file that goes next. Two consoles of one user may append to it at the same time.
 *
 * Nobody waits for the lock, because its owner may have been stopped, and nothing is lost on a full
 * disk: what could not be written stays with the model.
 */
#ifndef HYCON_CLI_STATE_H
#define HYCON_CLI_STATE_H

#include "core/err.h"
#include "model/estate.h"

#define STATE_FILE_MAX (8u << 20)

/* Read the history (@path and the file before it) into @m before its first update. A file that is
 * not there is an empty history. *bad (may be NULL) gets the number of lines that were not
 * understood. 0, or -1 and one sentence; what could be read was read. */
int state_load(const char *path, struct model *m, int64_t now, unsigned *bad, struct err *err);
/* Append what is new, or leave it for the next time when another console is writing. Directories
 * are made (0700), the file has mode 0600. 0, or -1 and one sentence: then everything that is known
 * is among the new lines after the next update, so wait a while before the next try. */
int state_append(const char *path, struct model *m, struct err *err);

#endif
