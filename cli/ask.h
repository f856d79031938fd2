/* ask: questions on the terminal, for people only: no terminal, no question. */
#ifndef HYCON_CLI_ASK_H
#define HYCON_CLI_ASK_H

#include <stdbool.h>

struct secret;

bool ask_is_possible(void); /* standard input and standard error are a terminal */
/* One line without its end, in @buf of @size; @fallback when it is empty (may be NULL). False: end
 * of input or interrupted. */
bool ask_line(const char *question, const char *fallback, char *buf, unsigned size);
bool ask_yes(const char *question); /* only y or yes is yes */
/* Without echo. NULL: cancelled. The caller owns the reference. */
struct secret *ask_secret(const char *question);
bool ask_was_interrupted(void); /* the last question ended by a signal */

#endif
