/*
 * States are sets of nodes, made by walking the program for one byte from all nodes of a set at
 * once (Thompson's way), and found again by their hash. Bytes that no node tells apart are made
 * together, so that a state costs a few walks, not 256.
 */
#include "core/dfa.h"

#include <stdlib.h>
#include <string.h>

#include "core/dfa_priv.h"
#include "core/mem.h"
#include "core/text.h"

#define ROW       256
#define WHILE     3    /* bytes that lead to the state they came from, before more are skipped */
#define LEADS_OUT 8    /* printable characters */
#define SLOTS     4096 /* of the hash of states; more than twice their number */

struct set {
    uint16_t *nodes; /* ascending in the order of the walk; SETs alone */
    uint32_t n;
    bool dirty, ends, judged; /* judged: whether it has a loop is known */
    struct dfa_skip *loop;    /* where a text can lead out of this state; NULL: nearly anywhere */
};

struct dfa_impl {
    struct dfa_program p;
    struct set *sets; /* by state / ROW */
    size_t n, cap, rows_cap;
    uint16_t slots[SLOTS]; /* state / ROW + 1 */
    uint8_t class_of[ROW];
    /* Of the walk that is being made: */
    uint32_t mark[DFA_NODES_MAX], marks;
    uint16_t found[DFA_NODES_MAX];
    uint32_t nfound;
    bool matched;
};

/* ---- walking -----------------------------------------------------------------------------------
 */

enum { AT_BEGIN = 1, AT_END = 2 };

/* Put what can be reached from @node without a byte into m->found. */
static void reach(struct dfa_impl *m, uint32_t node, unsigned where)
{
    uint32_t todo[DFA_NODES_MAX + 1], n = 0; /* a SPLIT takes one away and puts two */

    todo[n++] = node;
    while (n) {
        const struct dfa_node *x = &m->p.nodes[node = todo[--n]];

        if (m->mark[node] == m->marks)
            continue;
        m->mark[node] = m->marks;
        if (x->op == DFA_OP_MATCH)
            m->matched = true;
        else if (x->op == DFA_OP_SET)
            m->found[m->nfound++] = (uint16_t)node;
        else if (x->op == DFA_OP_SPLIT)
            todo[n++] = x->b;
        if (x->op == DFA_OP_SPLIT || (x->op == DFA_OP_BEGIN && where & AT_BEGIN) ||
            (x->op == DFA_OP_FINISH && where & AT_END))
            todo[n++] = x->a;
    }
}

static void begin_walk(struct dfa_impl *m)
{
    m->marks++;
    m->nfound = 0;
    m->matched = false;
}

/* Leave out what leads to a hub that is reached already. */
static void forget(struct dfa_impl *m)
{
    uint32_t n = 0, before = UINT32_MAX;

    for (unsigned i = 0; i < m->p.nhubs && before == UINT32_MAX; i++) {
        if (m->mark[m->p.hubs[i].node] == m->marks)
            before = m->p.hubs[i].before;
    }
    for (uint32_t i = 0; i < m->nfound; i++) {
        if (m->found[i] < before)
            m->found[n++] = m->found[i];
    }
    m->nfound = n;
}

/* The nodes after @byte; a search may begin behind every byte. @s NULL: at the beginning. */
static void walk(struct dfa_impl *m, const struct set *s, unsigned char byte, unsigned where)
{
    begin_walk(m);
    for (uint32_t i = 0; s && i < s->n; i++) {
        if (dfa_takes(&m->p.nodes[s->nodes[i]], byte))
            reach(m, m->p.nodes[s->nodes[i]].a, where);
    }
    reach(m, m->p.entry, where | (s ? 0 : AT_BEGIN));
    forget(m);
}

/* ---- states ------------------------------------------------------------------------------------
 */

static uint32_t hash_found(const struct dfa_impl *m, bool dirty, bool ends)
{
    uint32_t h = 2166136261u ^ (dirty ? 7u : 0) ^ (ends ? 13u : 0);

    for (uint32_t i = 0; i < m->nfound; i++)
        h = (h ^ m->found[i]) * 16777619u;
    return h ^ h >> 15;
}

static bool is_found(const struct dfa_impl *m, const struct set *s, bool dirty, bool ends)
{
    return s->n == m->nfound && s->dirty == dirty && s->ends == ends &&
           memcmp(s->nodes, m->found, s->n * sizeof(*s->nodes)) == 0;
}

static uint32_t add_state(struct dfa *d, bool dirty, bool ends)
{
    struct dfa_impl *m = d->impl;
    struct set *s;
    uint32_t *row;

    m->sets = mem_grow(m->sets, m->n, &m->cap, sizeof(*m->sets));
    if (m->n == m->rows_cap) {
        m->rows_cap = m->rows_cap ? m->rows_cap * 2 : 16;
        d->next = mem_realloc(d->next, m->rows_cap * ROW * sizeof(*d->next));
    }
    s = &m->sets[m->n];
    *s = (struct set){.n = m->nfound, .dirty = dirty, .ends = ends};
    s->nodes = mem_array(m->nfound ? m->nfound : 1, sizeof(*s->nodes));
    memcpy(s->nodes, m->found, m->nfound * sizeof(*s->nodes));
    row = d->next + m->n * ROW;
    for (unsigned c = 0; c < ROW; c++)
        row[c] = c >= 0x20 && c != 0x7f ? DFA_UNKNOWN : DFA_STOP;
    row[0] = DFA_END;
    return (uint32_t)m->n++ * ROW;
}

/* The state of what was found. */
static uint32_t find_state(struct dfa *d, bool dirty, bool ends)
{
    struct dfa_impl *m = d->impl;
    uint32_t at = hash_found(m, dirty, ends) % SLOTS;

    for (; m->slots[at]; at = (at + 1) % SLOTS) {
        if (is_found(m, &m->sets[m->slots[at] - 1], dirty, ends))
            return (uint32_t)(m->slots[at] - 1) * ROW;
    }
    if (m->n == DFA_STATES_MAX)
        return DFA_LOST;
    m->slots[at] = (uint16_t)(m->n + 1);
    return add_state(d, dirty, ends);
}

/* After @byte from the nodes of @from; NULL: at the beginning. */
static uint32_t state_after(struct dfa *d, const struct set *from, unsigned char byte)
{
    struct dfa_impl *m = d->impl;
    bool ends, dirty = from && (from->dirty || byte & 0x80);

    walk(m, from, byte, AT_END);
    ends = m->matched;
    walk(m, from, byte, 0);
    if (m->matched)
        return !dirty ? DFA_MATCH : m->p.ascii_alone ? DFA_LOST : DFA_PERHAPS;
    return find_state(d, dirty, ends);
}

uint32_t dfa_make(struct dfa *d, uint32_t state, unsigned char byte)
{
    struct dfa_impl *m = d->impl;
    const struct set from = m->sets[state / ROW]; /* a copy: sets may move; its nodes do not */
    uint32_t to = state_after(d, &from, byte);

    for (unsigned c = 0x20; c < ROW; c++) {
        if (m->class_of[c] == m->class_of[byte] && d->next[state + c] == DFA_UNKNOWN)
            d->next[state + c] = to;
    }
    return to;
}

/* Behind ".*" nearly every byte leads back to the state it came from: what leads out is looked for
 * like the beginning of a match. NULL: too much does. */
static const struct dfa_skip *loop_of(struct dfa *d, uint32_t state)
{
    uint64_t out[DFA_SKIP_FAR][4] = {{0}};
    unsigned n = 0;
    struct set *s;

    if (d->impl->sets[state / ROW].judged)
        return d->impl->sets[state / ROW].loop;
    for (unsigned c = 0x20; c < 0x7f; c++) {
        if (dfa_step(d, state, (unsigned char)c) == state)
            continue;
        out[0][c >> 6] |= UINT64_C(1) << (c & 63);
        n++;
    }
    s = &d->impl->sets[state / ROW]; /* it may have moved */
    s->judged = true;
    if (n > LEADS_OUT)
        return NULL;
    s->loop = mem_alloc(sizeof(*s->loop));
    dfa_skip_init(s->loop, out, 1);
    s->loop->stops = true;
    return s->loop;
}

/* Where @s leads out of @state, in which it has been for a while; NULL: nowhere. */
static const char *skip_loop(struct dfa *d, uint32_t state, const char *s)
{
    const struct dfa_skip *loop = state == d->idle && d->skip.length ? &d->skip : loop_of(d, state);

    return loop ? dfa_skip(loop, s) : s;
}

uint32_t dfa_walk_on(struct dfa *d, uint32_t *state, const char *s)
{
    uint32_t at = *state, to, same = 0;

    for (;; s++) {
        to = d->next[at + (unsigned char)*s];
        if (to == DFA_UNKNOWN)
            to = dfa_make(d, at, (unsigned char)*s);
        if (to & DFA_SPECIAL)
            break;
        same = to == at || to == d->idle ? same + 1 : 0;
        at = to;
        if (same < WHILE)
            continue;
        s = skip_loop(d, at, s + 1);
        if (!s) {
            to = DFA_END;
            break;
        }
        s--;
        same = 0;
    }
    *state = at;
    return to;
}

uint32_t dfa_walk(struct dfa *d, uint32_t *state, const char *s)
{
    const struct dfa_skip *loop = d->impl->sets[*state / ROW].loop;

    if (*state == d->idle && d->skip.length)
        loop = &d->skip;
    s = loop ? dfa_skip(loop, s) : s;
    return s ? dfa_walk_on(d, state, s) : DFA_END;
}

bool dfa_stays(struct dfa *d, uint32_t state, const char *letters)
{
    if (!d->impl->sets[state / ROW].loop)
        return false;
    for (; *letters; letters++) {
        if (dfa_step(d, state, (unsigned char)*letters) != state)
            return false;
    }
    return true;
}

bool dfa_is_dirty(const struct dfa *d, uint32_t state)
{
    return d->impl->sets[state / ROW].dirty;
}

uint32_t dfa_cleaned(struct dfa *d, uint32_t state)
{
    struct dfa_impl *m = d->impl;
    const struct set s = m->sets[state / ROW];

    if (!s.dirty)
        return state;
    if (m->p.ascii_alone)
        return DFA_LOST;
    m->nfound = s.n;
    memcpy(m->found, s.nodes, s.n * sizeof(*s.nodes));
    return find_state(d, false, s.ends);
}

bool dfa_ends(const struct dfa *d, uint32_t state)
{
    return d->impl->sets[state / ROW].ends;
}

bool dfa_is_plain(const char *s)
{
    static const char *const cases[] = {"\xc4\xb0", "\xc4\xb1", "\xc5\xbf", "\xe2\x84\xaa"};

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        if (strstr(s, cases[i]))
            return false;
    }
    return text_is_clean(s);
}

/* ---- life --------------------------------------------------------------------------------------
 */

/* Bytes of one class are taken by the same nodes; ASCII and others never share one. */
static void make_classes(struct dfa_impl *m)
{
    unsigned n = 0, first[ROW];

    for (unsigned c = 0x20; c < ROW; c++) {
        unsigned k;

        for (k = 0; k < n; k++) {
            bool same = (first[k] & 0x80) == (c & 0x80);

            for (size_t i = 0; i < m->p.n && same; i++)
                same = dfa_takes(&m->p.nodes[i], (unsigned char)c) ==
                       dfa_takes(&m->p.nodes[i], (unsigned char)first[k]);
            if (same)
                break;
        }
        if (k == n)
            first[n++] = c;
        m->class_of[c] = (uint8_t)k;
    }
}

/* The bytes that a match can begin with, place by place, as long as each match has that place and
 * none has a blank there: so a beginning lies within one piece of the text. */
static unsigned first_sets(struct dfa_impl *m, uint64_t sets[DFA_SKIP_FAR][4])
{
    static const struct set none = {.n = 0};
    unsigned length;

    walk(m, &none, ' ', AT_END);
    for (length = 0; length < DFA_SKIP_FAR && !m->matched; length++) {
        struct set now = {.n = m->nfound};
        uint16_t nodes[DFA_NODES_MAX];

        memset(sets[length], 0, sizeof(sets[length]));
        memcpy(nodes, m->found, m->nfound * sizeof(*nodes));
        for (uint32_t i = 0; i < now.n; i++) {
            for (unsigned w = 0; w < 4; w++)
                sets[length][w] |= m->p.nodes[nodes[i]].bits[w];
        }
        if (sets[length][0] >> ' ' & 1)
            break;
        begin_walk(m);
        for (uint32_t i = 0; i < now.n; i++)
            reach(m, m->p.nodes[nodes[i]].a, AT_END);
    }
    return length;
}

static void make_skip(struct dfa *d)
{
    static const struct set none = {.n = 0};
    uint64_t sets[DFA_SKIP_FAR][4];
    unsigned length = first_sets(d->impl, sets);

    d->idle = state_after(d, &none, ' ');
    dfa_skip_init(&d->skip, sets, d->idle & DFA_SPECIAL ? 0 : length);
}

struct dfa *dfa_new(const char *text)
{
    struct dfa_program p;
    struct dfa *d;

    if (dfa_parse(text, &p))
        return NULL;
    d = mem_alloc(sizeof(*d));
    d->impl = mem_alloc(sizeof(*d->impl));
    d->impl->p = p;
    make_classes(d->impl);
    d->start = state_after(d, NULL, 0);
    make_skip(d);
    return d;
}

void dfa_free(struct dfa *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->impl->n; i++) {
        free(d->impl->sets[i].nodes);
        free(d->impl->sets[i].loop);
    }
    free(d->impl->sets);
    free(d->impl->p.nodes);
    free(d->impl);
    free(d->next);
    free(d);
}
