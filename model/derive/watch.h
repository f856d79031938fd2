/*
 * watch: what the joins remember from one update to the next: since when something has been out of
 * order (a route that does not lead to the active ENI) and what a value was. With it the joins are
 * functions of what was read and what is remembered, and of nothing else.
 *
 * An entry that no update has touched for WATCH_FORGET_MS is forgotten: the route is gone.
 */
#ifndef HYCON_MODEL_DERIVE_WATCH_H
#define HYCON_MODEL_DERIVE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#define WATCH_FORGET_MS (60 * 60 * 1000)

struct watch;

struct watch_entry {
    int64_t since; /* ms; 0: before hycon watched */
    char *text;    /* NULL: none */
    int64_t touched;
};

struct watch *watch_new(void);
void watch_free(struct watch *w); /* NULL is fine */
/* NULL: nothing is remembered under @key. Valid until the entry is removed. */
struct watch_entry *watch_get(const struct watch *w, const char *key);
/* Remember, or go on remembering: @since counts only for a new entry. Marks it as touched. */
struct watch_entry *watch_keep(struct watch *w, const char *key, int64_t since, int64_t now);
void watch_set_text(struct watch_entry *e, const char *text);
void watch_drop(struct watch *w, const char *key);
void watch_forget_old(struct watch *w, int64_t now);

#endif
