/* explain_text: an explanation as text for people (command line and dialog) and as JSON. */
#ifndef HYCON_MODEL_EXPLAIN_TEXT_H
#define HYCON_MODEL_EXPLAIN_TEXT_H

#include "model/explain.h"

struct strbuf;

/* Lines ending with '\n', sanitised; nothing is wrapped. */
void explain_print_text(struct strbuf *out, const struct explain_result *r);
/* One object on one line, as design.md section 5 says. */
void explain_print_json(struct strbuf *out, const struct explain_result *r);

#endif
