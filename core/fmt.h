/* fmt: numbers for people, and back. Every function appends to @out. */
#ifndef HYCON_CORE_FMT_H
#define HYCON_CORE_FMT_H

#include <stdbool.h>
#include <stdint.h>

struct strbuf;

void fmt_bytes(struct strbuf *out, int64_t bytes); /* 1.5 GiB */
void fmt_duration(struct strbuf *out, int64_t ms); /* 350ms 12s 3m05s 2h10m 4d03h */
void fmt_count(struct strbuf *out, int64_t n);     /* 1,234,567 */
double fmt_round(double d); /* to the nearest whole number, halves away from zero; without libm */
void fmt_real(struct strbuf *out, double d); /* shortest that reads back; JSON safe: null for nan */
/* Times are milliseconds since the epoch, UTC. */
void fmt_time_iso(struct strbuf *out, int64_t ms); /* 2026-11-20T09:00:00Z; .mmm if not zero */
void fmt_time_clock(struct strbuf *out, int64_t ms, bool local);   /* 09:00:00 */
void fmt_time_full(struct strbuf *out, int64_t ms, bool local);    /* 2026-11-20 18:00:00 JST */
void fmt_age(struct strbuf *out, int64_t then_ms, int64_t now_ms); /* 12s, 3m; never negative */

/* "10m", "1h30m", "250ms", "45" (seconds) to ms; "2GiB", "1.5TB", "4096" to bytes. Negative
 * values are refused; a bare K, M, G is binary as in coreutils. 0 or -1. */
int fmt_parse_duration(const char *s, int64_t *ms);
int fmt_parse_bytes(const char *s, int64_t *bytes);
/* ISO 8601 with Z or offset, with or without fraction, to ms. 0 or -1. */
int fmt_parse_time(const char *s, int64_t *ms);
/* HTTP Date (RFC 9110 IMF-fixdate) to ms. 0 or -1. */
int fmt_parse_http_date(const char *s, int64_t *ms);

#endif
