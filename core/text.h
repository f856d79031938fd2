/*
 * Text from a server is data. text_sanitize() makes control, escape and bidirectional characters
 * visible before the text reaches a terminal, a log or a CSV file; width and cutting work in
 * terminal cells (wcwidth: kanji count two, combining marks none). Invalid UTF-8 becomes U+FFFD.
 */
#ifndef HYCON_CORE_TEXT_H
#define HYCON_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

/* Append @len bytes of @s: C0/C1 controls and DEL as \xNN (newline and tab too unless
 * TEXT_KEEP_LINES), bidi controls and zero-width joiners other than U+200D in emoji as \u{NNNN}. */
#define TEXT_KEEP_LINES 1
void text_sanitize(struct strbuf *out, const char *s, size_t len, unsigned flags);
bool text_is_clean(const char *s); /* nothing to replace */

/* Decode one character of UTF-8 (locale-independent). Returns bytes used (>= 1); invalid input
 * gives U+FFFD and 1. */
size_t text_decode(const char *s, size_t len, uint32_t *cp);
void text_encode(struct strbuf *out, uint32_t cp);
int text_char_width(uint32_t cp); /* 0, 1, 2; -1 never */
size_t text_width(const char *s); /* cells of a sanitised string */
/* Bytes of the longest prefix of @s not wider than @cells; *used gets its width. */
size_t text_cut(const char *s, size_t cells, size_t *used);
/* The same for text that is folded into lines of @cells: behind a blank (which may be the cell too
 * much), or beside a wide character, where Japanese may be broken: not before a full stop or a
 * closing bracket, nor behind an opening one. A word that fills more than half of the line is cut.
 */
size_t text_cut_line(const char *s, size_t cells);
/* Append @s cut to @cells, "…" (or "~" when @ascii) at its end when something was lost, padded with
 * blanks to exactly @cells when @pad. */
void text_fit(struct strbuf *out, const char *s, size_t cells, bool pad, bool ascii);
/* Full-width ASCII (U+FF01..FF5E, U+3000) to its twin; other characters unchanged. */
uint32_t text_fold_fullwidth(uint32_t cp);
/* Words of somebody else into @size bytes: sanitised, without a full stop at their end, cut between
 * characters. */
void text_keep(char *out, size_t size, const char *s, size_t len);
/* The largest boundary between characters of @s (@len bytes) that is not behind @max. */
size_t text_boundary(const char *s, size_t len, size_t max);
/* The first line of @s that is not blank, without the blanks around it; "" and *len 0: none. */
const char *text_first_line(const char *s, size_t *len);
bool text_equal_nocase(const char *a, const char *b); /* ASCII only; NULL equals NULL */
bool text_has_prefix(const char *s, const char *prefix);
bool text_has_suffix(const char *s, const char *suffix);
bool text_has_prefix_nocase(const char *s, const char *prefix);
bool text_glob(const char *pattern, const char *s); /* * and ?, backslash escapes */

/* Whole string as a number in [min, max]; 0 or -1. The only way from text to integers. */
int text_to_i64(const char *s, int64_t min, int64_t max, int64_t *out);
int text_to_double(const char *s, double *out);

/* Percent-encode all but A-Za-z0-9-_.~ (and those in @keep, may be NULL). */
void text_percent_encode(struct strbuf *out, const char *s, size_t len, const char *keep);
int text_percent_decode(struct strbuf *out, const char *s, size_t len);

#endif
