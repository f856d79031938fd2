/*
 * findings_priv: what the parts of findings share.
 *
 * One update, site by site: every check runs into a struct check_run (findings_run.c), whose
 * findings are merged into the memory (findings.c): an entry per id, which knows since when, who
 * acknowledged it and when it was cleared. Rows are made from entries (findings_rows.c), lines of
 * the history too (findings_history.c).
 */
#ifndef HYCON_MODEL_FINDINGS_PRIV_H
#define HYCON_MODEL_FINDINGS_PRIV_H

#include <stdarg.h>

#include "model/checks/check.h"
#include "model/findings.h"

struct arena;
struct map;

/* A finding whose last sight is older than this was not watched in between: it converges anew. */
#define FINDINGS_GAP_MS (30 * 60 * 1000)
/* Open findings are written to the history again this often, so that the gap can be told. */
#define FINDINGS_REFRESH_MS (10 * 60 * 1000)
/* No finding about data that was never read while first polls run; but not for ever. */
#define FINDINGS_START_MS   (60 * 1000)
#define FINDINGS_COLLECT_MS (10 * 60 * 1000)
/* Affected objects listed by name; the rest is counted. */
#define FINDINGS_AFFECTED_MAX 1000

enum check_verdict {
    CHECK_NOT_APPLICABLE, /* the site has nothing that it is about */
    CHECK_HELD,           /* first polls are running */
    CHECK_UNKNOWN,        /* data is not ok */
    CHECK_JUDGED,
};

struct text_list {
    const char **items;
    size_t n, cap;
};

/* What a check says in one update. Everything lives in the arena of the run. */
struct finding {
    struct arena *arena;
    struct words *words; /* of the run */
    const struct check *check;
    const char *site, *subject, *summary, *remedy, *id;
    const char *cause; /* id of the finding it is a symptom of, or NULL */
    enum severity severity;
    unsigned flags;
    bool no_data; /* made by the runner: the check could not judge */
    struct text_list affected, evidence;
    size_t naffected; /* also those beyond FINDINGS_AFFECTED_MAX */
};

/* Texts of a run that people read in another language, by the address of the English one: that is
 * what checks hold and compare, and put into further texts. Empty when the console is English. */
struct words {
    struct arena *arena;
    bool wanted; /* screens are drawn in another language */
    struct words_slot {
        const char *english, *local;
    } * slots;
    size_t n, nslots;
};

struct check_run {
    struct arena *arena;
    struct words words;
    struct findings *memory;
    const struct check *check; /* the one that is running */
    struct finding **items;
    size_t n, cap;
    bool collecting;
};

/* "SITE/CHECK/SUBJECT", the subject up to its first " (". In the arena. */
const char *findings_id(struct arena *a, const char *site, const char *check, const char *subject);

/* ---- findings_words.c: both languages ---------------------------------------------------------
 */

void words_begin(struct words *w, struct arena *a, bool wanted);
void words_release(struct words *w);
/* The text of @fmt, which is looked up in the catalogue, too. In the arena. */
const char *words_format(struct words *w, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/* A constant sentence, which is @text itself. */
const char *words_constant(struct words *w, const char *text);
/* What people read for @english, or NULL when that is it. */
const char *words_local(const struct words *w, const char *english);

/* ---- memory -------------------------------------------------------------------------------------
 */

struct said {
    char *english;
    char *local; /* what people read; NULL: the English one */
};

struct finding_entry {
    char *id, *site, *check, *subject;
    struct said summary, remedy, *evidence; /* from the history: English alone */
    char *cause;                            /* id or NULL */
    char **affected;
    size_t naffected, nevidence, affected_count;
    enum severity severity;
    unsigned flags;
    int64_t first_seen, since, last_seen; /* since: start of the unbroken sight */
    int64_t cleared_at;                   /* 0: open */
    int64_t written_at;                   /* to the history; 0: never */
    bool no_data, seen;
    bool at_start;  /* already there when its check judged for the first time */
    bool known;     /* false: only acknowledged, not found yet */
    bool confirmed; /* false: from the history, its check has not run since */
    bool judged;    /* in this update: by ok data */
    bool dirty;     /* for the history */
    bool acknowledged;
    char *user, *note;
    int64_t answered_at; /* of the acknowledgement or snooze */
    int64_t snoozed_until;
    enum severity answered_severity; /* SEV_NONE: not known yet */
    size_t answered_affected;
};

/* What a check said last about a site. While none of its tables has changed, it need not look
 * again at what was fine. */
struct check_memory {
    struct snapshot **inputs; /* of its tables, in the order of the estate */
    size_t n;
    bool judged; /* ever, in this process */
    bool clean;  /* the last time: judged, and nothing to report */
};

struct finding_site {
    const struct config_site *site;
    struct snapshot *last;       /* what was given out; reused while nothing changes */
    struct check_memory *checks; /* by place in checks_all */
};

struct findings {
    const struct config *config;
    char *user;
    bool one_sample;
    bool local;         /* sentences are made in the language of the console, too */
    int64_t started_at; /* first update; 0: none yet */
    struct map *entries;
    struct map *first_seen; /* "SITE/CHECK/WHAT" -> struct finding_memo */
    struct finding_site *sites;
    size_t nsites;
    struct arena *arena; /* of the run */
};

struct finding_memo {
    int64_t value;
    bool dirty;
};

/* The entry of @id, made when it is not there. */
struct finding_entry *findings_entry(struct findings *f, const char *id);
void findings_entry_free(struct finding_entry *e);
int64_t findings_first_seen(struct findings *f, const char *key, int64_t now_value);
/* Replace *field by a copy of @text (NULL: none). */
void findings_set_text(char **field, const char *text);

/* Run check @c over one site; its findings are appended to in->run. */
enum check_verdict findings_run_check(const struct check_input *in, const struct check *c,
                                      struct check_memory *m);
void findings_forget_inputs(struct check_memory *m);

/* The site's snapshot; the previous one when nothing differs. A reference of the caller. */
struct snapshot *findings_rows(struct findings *f, struct finding_site *site, int64_t now);

#endif
