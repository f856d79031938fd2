/* screen: what a terminal shows after the bytes it was sent, by libvterm. */
#ifndef HYCON_TESTS_BENCH_SCREEN_H
#define HYCON_TESTS_BENCH_SCREEN_H

struct strbuf;

/* Append the lines of a terminal of @cols x @rows after @bytes. */
void screen_text(const struct strbuf *bytes, int cols, int rows, struct strbuf *out);

#endif
