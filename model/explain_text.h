/* explain_text: an explanation as text for people (command line and dialog) and as JSON. */
#ifndef HYCON_MODEL_EXPLAIN_TEXT_H
#define HYCON_MODEL_EXPLAIN_TEXT_H

#include "model/explain.h"

struct strbuf;

/* Lines ending with '\n', sanitised; nothing is wrapped. */
void explain_print_text(struct strbuf *out, const struct explain_result *r);
/* Its parts: the question and the answer; one hop, which begins with its number (from 1); the
 * rules before its match, "" when they were not asked for; the notes. */
void explain_print_head(struct strbuf *out, const struct explain_result *r);
void explain_print_hop(struct strbuf *out, const struct explain_hop *h, size_t number);
void explain_print_skipped(struct strbuf *out, const struct explain_hop *h);
void explain_print_notes(struct strbuf *out, const struct explain_result *r);
/* One object on one line, as design.md section 5 says. */
void explain_print_json(struct strbuf *out, const struct explain_result *r);

#endif
