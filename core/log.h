/*
 * log: a bounded ring of lines that the log view reads and that goes to a file in the state
 * directory. Nothing is written to the terminal while curses owns it. Lines are sanitised and hold
 * no secret. Thread-safe. The ring holds LOG_RING_LINES; older lines are counted as dropped, never
 * silently.
 */
#ifndef HYCON_CORE_LOG_H
#define HYCON_CORE_LOG_H

#include <stddef.h>
#include <stdint.h>

#define LOG_RING_LINES 2000
#define LOG_LINE_MAX   1024

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_line {
    int64_t at_ms;
    enum log_level level;
    char text[LOG_LINE_MAX];
};

int log_open_file(const char *path); /* append, 0600; NULL closes. 0 or -1 */
void log_add(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t log_count(uint64_t *dropped);
/* Lines of LOG_ERROR so far, dropped ones included: what somebody has to see. */
uint64_t log_errors(void);
/* Copy line @i (0 is the oldest kept). 0 or -1. */
int log_get(size_t i, struct log_line *out);

#endif
