#include "core/pattern.h"

#include <locale.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "core/dfa.h"
#include "core/mem.h"
#include "core/text.h"

#define REPEAT_MAX 32767
#define FLAGS      (REG_EXTENDED | REG_ICASE | REG_NOSUB)

/*
 * glibc says whether an expression is one and what it means; where it can, a table of our own gives
 * the same answer several times faster (core/dfa.h). For the rest glibc matches bytes faster than
 * multi-byte characters: an ASCII expression is therefore compiled twice, and for texts that are
 * ASCII, too, the one that works on bytes means the same.
 */
struct pattern {
    char *literal; /* lower case; else NULL and the expressions are set */
    regex_t wide, narrow;
    bool has_narrow;
    struct dfa *dfa; /* NULL: none */
};

static locale_t utf8_locale, c_locale;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_locales(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    utf8_locale = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    if (!utf8_locale)
        utf8_locale = c_locale;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_ascii(const char *s)
{
    for (; *s; s++) {
        if ((unsigned char)*s >= 0x80)
            return false;
    }
    return true;
}

/* ---- the cost of an expression -----------------------------------------------------------------
 *
 * What glibc makes of it, roughly: one node per character, and a copy of the repeated part for each
 * time it must occur. */

struct cost {
    const char *at;
    long sum[PATTERN_DEPTH_MAX + 1];  /* of the group at this depth */
    long last[PATTERN_DEPTH_MAX + 1]; /* of its last atom, part of the sum */
    int depth;
};

static const char *skip_brackets(const char *s)
{
    s++;
    s += *s == '^';
    s += *s == ']';
    while (*s && *s != ']') {
        char kind = s[0] == '[' && s[1] && strchr(".:=", s[1]) ? s[1] : '\0';
        if (kind) {
            const char end[] = {kind, ']', '\0'};
            const char *close = strstr(s + 2, end);
            s = close ? close + 1 : s;
        }
        s++;
    }
    return *s ? s + 1 : s;
}

static void add_atom(struct cost *c, long n)
{
    c->sum[c->depth] += n;
    c->last[c->depth] = n;
}

static void repeat(struct cost *c, long times)
{
    long last = c->last[c->depth], more;

    if (__builtin_mul_overflow(last, times, &more) || more > PATTERN_COST_MAX)
        more = PATTERN_COST_MAX + 1;
    c->sum[c->depth] += more - last;
    c->last[c->depth] = more;
}

/* "{2,5}" repeats up to five times; "{2,}" three. */
static void repeat_bounds(struct cost *c)
{
    long n[2] = {0, 0};
    int which = 0;
    const char *s = c->at + 1;

    for (; *s && *s != '}'; s++) {
        if (*s == ',')
            which = 1;
        else if (*s >= '0' && *s <= '9' && n[which] <= REPEAT_MAX)
            n[which] = n[which] * 10 + (*s - '0');
    }
    c->at = *s ? s + 1 : s;
    repeat(c, (n[0] > n[1] ? n[0] : n[1]) + 1);
}

static int open_group(struct cost *c)
{
    c->at++;
    if (c->depth == PATTERN_DEPTH_MAX)
        return -1;
    c->depth++;
    c->sum[c->depth] = c->last[c->depth] = 1;
    return 0;
}

static void close_group(struct cost *c)
{
    c->at++;
    if (c->depth == 0) {
        add_atom(c, 1);
        return;
    }
    c->depth--;
    add_atom(c, c->sum[c->depth + 1]);
}

/* One step; -1 and @err: refused. */
static int cost_step(struct cost *c, struct err *err)
{
    switch (*c->at) {
    case '\\':
        if (c->at[1] >= '1' && c->at[1] <= '9')
            return err_set(err, ERR_CONFIG, 0, "a back reference ('\\%c') is not supported",
                           c->at[1]);
        c->at += c->at[1] ? 2 : 1;
        add_atom(c, 1);
        return 0;
    case '[':
        c->at = skip_brackets(c->at);
        add_atom(c, 1);
        return 0;
    case '(':
        if (open_group(c))
            return err_set(err, ERR_LIMIT, 0, "parentheses are nested deeper than %d",
                           PATTERN_DEPTH_MAX);
        return 0;
    case ')':
        close_group(c);
        return 0;
    case '*':
    case '?':
    case '+':
        repeat(c, *c->at == '?' ? 1 : 2);
        c->at++;
        return 0;
    case '{':
        repeat_bounds(c);
        return 0;
    default:
        c->at++;
        add_atom(c, 1);
        return 0;
    }
}

static int check_cost(const char *text, struct err *err)
{
    struct cost c = {.at = text};

    while (*c.at) {
        if (cost_step(&c, err))
            return -1;
        if (c.sum[c.depth] > PATTERN_COST_MAX)
            return err_set(err, ERR_LIMIT, 0, "the repeats of the expression are too many");
    }
    return 0;
}

/* ---- compiling ---------------------------------------------------------------------------------
 */

static int compile_in(locale_t locale, regex_t *re, const char *text, struct err *err)
{
    char why[128];
    locale_t before = uselocale(locale);
    int rc = regcomp(re, text, FLAGS);

    if (rc)
        regerror(rc, re, why, sizeof(why));
    uselocale(before);
    return rc ? err_set(err, ERR_CONFIG, rc, "'%s' is not a regular expression: %s", text, why) : 0;
}

static int compile(struct pattern *p, const char *text, struct err *err)
{
    if (check_cost(text, err) || compile_in(utf8_locale, &p->wide, text, err))
        return -1;
    if (is_ascii(text)) {
        if (compile_in(c_locale, &p->narrow, text, err)) {
            regfree(&p->wide);
            return -1;
        }
        p->has_narrow = true;
    }
    return 0;
}

struct pattern *pattern_new(const char *text, struct err *err)
{
    struct pattern *p = mem_alloc(sizeof(*p));

    pthread_once(&once, make_locales);
    if (is_ascii(text) && !strpbrk(text, "\\^$.[]|()*+?{}")) {
        p->literal = mem_strdup(text);
        for (char *c = p->literal; *c; c++)
            *c = lower(*c);
        p->dfa = dfa_new(text);
        return p;
    }
    if (compile(p, text, err)) {
        free(p);
        return NULL;
    }
    p->dfa = dfa_new(text);
    return p;
}

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    if (!p->literal)
        regfree(&p->wide);
    if (p->has_narrow)
        regfree(&p->narrow);
    dfa_free(p->dfa);
    free(p->literal);
    free(p);
}

const char *pattern_literal(const struct pattern *p)
{
    return p->literal;
}

struct dfa *pattern_dfa(const struct pattern *p)
{
    return p->dfa;
}

bool pattern_has_one_case(uint32_t cp)
{
    pthread_once(&once, make_locales);
    return towupper_l((wint_t)cp, utf8_locale) == (wint_t)cp &&
           towlower_l((wint_t)cp, utf8_locale) == (wint_t)cp;
}

/* ---- matching ----------------------------------------------------------------------------------
 */

static bool begins(const char *s, const char *literal)
{
    while (*literal && lower(*s) == *literal) {
        s++;
        literal++;
    }
    return !*literal;
}

static bool find_literal(const char *s, const char *literal)
{
    char first[3] = {literal[0], literal[0], '\0'};

    if (!literal[0])
        return true;
    if (first[0] >= 'a' && first[0] <= 'z')
        first[1] = (char)(first[0] - 32);
    for (; *s; s++) {
        if ((*s == first[0] || *s == first[1]) && begins(s + 1, literal + 1))
            return true;
    }
    return false;
}

static bool match_slowly(const struct pattern *p, const char *s)
{
    bool narrow = p->has_narrow && is_ascii(s);
    locale_t before = uselocale(narrow ? c_locale : utf8_locale);
    int rc = regexec(narrow ? &p->narrow : &p->wide, s, 0, NULL, 0);

    uselocale(before);
    return rc == 0;
}

/* 1, 0; -1: the table cannot say. */
static int match_by_table(struct dfa *d, const char *s)
{
    uint32_t state = d->start, to = state;

    if (!(to & DFA_SPECIAL))
        to = dfa_walk(d, &state, s);
    if (to == DFA_END && dfa_is_dirty(d, state))
        return dfa_is_plain(s) && dfa_cleaned(d, state) != DFA_LOST ? dfa_ends(d, state) : -1;
    if (to == DFA_PERHAPS)
        return dfa_is_plain(s) ? 1 : -1;
    return to == DFA_MATCH ? 1 : to == DFA_END ? dfa_ends(d, state) : -1;
}

bool pattern_match(const struct pattern *p, const char *s)
{
    int hit = p->dfa ? match_by_table(p->dfa, s) : -1;

    if (hit >= 0)
        return hit;
    return p->literal ? find_literal(s, p->literal) : match_slowly(p, s);
}
