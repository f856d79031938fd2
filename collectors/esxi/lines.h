/*
 * lines: text of a command cut into lines while its bytes arrive. A line that is whole inside one
 * piece is handed on where it lies; only one that two pieces share is put together first, so
 * nothing is allocated per line. CR LF is a line end like LF.
 *
 * A line of more than LINES_MAX bytes is cut there and counted. A last line without a line end is a
 * line when the command ended by itself, and counts as cut off when it did not: half a number is a
 * wrong number.
 *
 * parse_health is what a reader of text owes its user: how much was understood, and what was not.
 */
#ifndef HYCON_COLLECTORS_ESXI_LINES_H
#define HYCON_COLLECTORS_ESXI_LINES_H

#include "core/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_MAX    (64u << 10)
#define HEALTH_FIRST 3
#define HEALTH_TEXT  120

struct parse_health {
    uint64_t lines;   /* seen, empty ones included */
    uint64_t parsed;  /* understood */
    uint64_t skipped; /* not understood, and kept nowhere but in first */
    uint64_t cut;     /* longer than LINES_MAX, or cut off by the end of the output */
    unsigned nfirst;
    char first[HEALTH_FIRST][HEALTH_TEXT]; /* the first lines that failed, sanitised */
};

/* Count a line as not understood. */
void parse_health_skip(struct parse_health *h, const char *line, size_t len);
/* Append "3 of 120 lines were not understood, the first: 'x'". Nothing when all is good. */
void parse_health_tell(const struct parse_health *h, struct strbuf *out);

struct lines {
    void (*line)(void *arg, const char *s, size_t len); /* without its end; not NUL-terminated */
    void *arg;
    struct parse_health health;
    struct strbuf carry; /* the beginning of a line whose end has not come yet */
    bool nul;            /* some byte was NUL: texts must be looked at */
    bool over;           /* the rest of a line beyond LINES_MAX is being passed over */
};

void lines_init(struct lines *l, void (*line)(void *arg, const char *s, size_t len), void *arg);
void lines_feed(struct lines *l, const char *data, size_t len);
/* No more comes. @whole: the command ended by itself. false: the output ends within a line, so it
 * was cut off; hosts end each line. */
bool lines_end(struct lines *l, bool whole);
void lines_release(struct lines *l);

#endif
