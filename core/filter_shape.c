/*
 * What the text of a cell can be follows from its type: a number is digits, a time has its hyphens
 * and colons in their places. The table of the pattern (core/dfa.h) is led through all such texts
 * at once, as a set of states. When none of them finds or begins anything, cells of that type need
 * not be written down: that is most of what a search for a word would cost.
 */
#include <string.h>

#include "core/filter_priv.h"

#define STATES 64 /* more: nothing is concluded */

struct states {
    uint32_t at[STATES];
    size_t n;
};

static bool add_state(struct states *s, uint32_t state)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->at[i] == state)
            return true;
    }
    if (s->n == STATES)
        return false;
    s->at[s->n++] = state;
    return true;
}

/* Add where @from leads by one of @letters. False: to a match, or to what is not known. */
static bool step(struct dfa *d, uint32_t from, const char *letters, struct states *to)
{
    for (; *letters; letters++) {
        uint32_t next = dfa_step(d, from, (unsigned char)*letters);

        if (next & DFA_SPECIAL || !add_state(to, next))
            return false;
    }
    return true;
}

/* Nothing has been found, nor begun that goes on behind a blank. */
static bool is_quiet(struct dfa *d, uint32_t state)
{
    return !dfa_ends(d, state) && dfa_step(d, state, ' ') == d->idle;
}

/* Texts of @letters in any order. */
static bool is_inert(struct dfa *d, const char *letters)
{
    struct states s = {{d->idle}, 1};

    for (size_t i = 0; i < s.n; i++) {
        if (!is_quiet(d, s.at[i]) || !step(d, s.at[i], letters, &s))
            return false;
    }
    return true;
}

/* Texts that have one of the letters of each place; NULL ends the places. */
static bool is_inert_form(struct dfa *d, const char *const *places)
{
    struct states s = {{d->idle}, 1};

    for (; *places; places++) {
        struct states to = {{0}, 0};

        for (size_t i = 0; i < s.n; i++) {
            if (!step(d, s.at[i], *places, &to))
                return false;
        }
        s = to;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (!is_quiet(d, s.at[i]))
            return false;
    }
    return true;
}

/* ---- types -------------------------------------------------------------------------------------
 */

#define DIGIT   "0123456789"
#define NUMBER  "-" DIGIT
#define REAL    "-+." DIGIT "einfa" /* of an exponent, and of what is no number */
#define ADDRESS ".:/" DIGIT "abcdef"
#define CENTURY "12", "09" /* 1970 to 2099 */
#define DATE    CENTURY, DIGIT, DIGIT, "-", "01", DIGIT, "-", "0123", DIGIT
#define CLOCK   "012", DIGIT, ":", "012345", DIGIT, ":", "012345", DIGIT

static bool are_times_inert(struct dfa *d, bool millis)
{
    static const char *const whole[] = {DATE, "T", CLOCK, "Z", NULL};
    static const char *const parts[] = {DATE, "T", CLOCK, ".", DIGIT, DIGIT, DIGIT, "Z", NULL};

    return is_inert_form(d, millis ? parts : whole);
}

static bool are_bools_inert(struct dfa *d)
{
    static const char *const yes[] = {"t", "r", "u", "e", NULL};
    static const char *const no[] = {"f", "a", "l", "s", "e", NULL};

    return is_inert_form(d, yes) && is_inert_form(d, no);
}

void filter_shape_stays(struct dfa *d, uint32_t state, bool stays[CELL_LIST + 1])
{
    bool divides = dfa_stays(d, state, " ");

    memset(stays, 0, (CELL_LIST + 1) * sizeof(*stays));
    stays[CELL_INT] = stays[CELL_BYTES] = divides && dfa_stays(d, state, NUMBER);
    stays[CELL_REAL] = stays[CELL_DURATION] = divides && dfa_stays(d, state, REAL);
    stays[CELL_IP] = stays[CELL_CIDR] = divides && dfa_stays(d, state, ADDRESS);
    stays[CELL_BOOL] = divides && dfa_stays(d, state, "truefals");
    stays[CELL_TIME] = divides && dfa_stays(d, state, "-:." DIGIT "TZ");
}

void filter_shape(struct filter *f)
{
    struct dfa *d = pattern_dfa(f->row);

    f->by_column = d && !(d->idle & DFA_SPECIAL) && is_quiet(d, d->idle);
    f->skips[CELL_ABSENT] = true;
    if (!f->by_column)
        return;
    f->skips[CELL_INT] = f->skips[CELL_BYTES] = is_inert(d, NUMBER);
    f->skips[CELL_REAL] = f->skips[CELL_DURATION] = is_inert(d, REAL);
    f->skips[CELL_IP] = f->skips[CELL_CIDR] = is_inert(d, ADDRESS);
    f->skips[CELL_BOOL] = are_bools_inert(d);
    f->skips_times = are_times_inert(d, false);
    f->skips_millis = are_times_inert(d, true);
}
