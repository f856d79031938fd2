/*
 * From the text of an expression to a program, in two steps: a tree, because "{2,5}" repeats what
 * was read before it, and from the tree backwards (each part is told what follows it) the nodes.
 *
 * Ignoring case means what it means in glibc: the expression and the text are both taken in upper
 * case. So are ranges: "[@-z]" is "[@-Z]".
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/dfa_priv.h"
#include "core/mem.h"
#include "core/pattern.h"
#include "core/text.h"

#define NONE UINT32_MAX

enum kind { TREE_EMPTY, TREE_SET, TREE_CAT, TREE_ALT, TREE_REPEAT, TREE_BEGIN, TREE_FINISH };

struct tree {
    enum kind kind;
    uint32_t a, b;
    int min, max; /* REPEAT; max -1: without end */
    bool any;     /* takes every character */
    uint64_t bits[4];
};

struct parser {
    const char *at;
    struct tree *trees;
    size_t n, cap;
    struct dfa_program *p;
    bool bad;
    int depth;
};

static uint32_t plant(struct parser *p, enum kind kind, uint32_t a, uint32_t b)
{
    if (p->n == DFA_NODES_MAX) {
        p->bad = true;
        return 0;
    }
    p->trees = mem_grow(p->trees, p->n, &p->cap, sizeof(*p->trees));
    p->trees[p->n] = (struct tree){.kind = kind, .a = a, .b = b};
    return (uint32_t)p->n++;
}

static uint32_t refuse(struct parser *p)
{
    p->bad = true;
    return 0;
}

/* ---- sets --------------------------------------------------------------------------------------
 */

static void put(uint64_t bits[4], unsigned byte)
{
    bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

static bool has(const uint64_t bits[4], unsigned byte)
{
    return bits[byte >> 6] >> (byte & 63) & 1;
}

static unsigned char upper(unsigned char c)
{
    return c >= 'a' && c <= 'z' ? (unsigned char)(c - 32) : c;
}

/* @bits speaks of upper case: give small letters what their large ones have. */
static void add_small(uint64_t bits[4])
{
    for (unsigned c = 'a'; c <= 'z'; c++) {
        bits[c >> 6] &= ~(UINT64_C(1) << (c & 63));
        if (has(bits, c - 32))
            put(bits, c);
    }
}

static uint32_t plant_set(struct parser *p, const uint64_t bits[4])
{
    uint32_t t = plant(p, TREE_SET, 0, 0);

    if (!p->bad)
        memcpy(p->trees[t].bits, bits, sizeof(p->trees[t].bits));
    return t;
}

static uint32_t plant_range(struct parser *p, unsigned low, unsigned high)
{
    uint64_t bits[4] = {0};

    for (unsigned c = low; c <= high; c++)
        put(bits, c);
    return plant_set(p, bits);
}

/* A character of @more bytes after a first one of @low to @high. */
static uint32_t plant_long(struct parser *p, unsigned low, unsigned high, int more)
{
    uint32_t t = plant_range(p, low, high);

    while (more-- > 0)
        t = plant(p, TREE_CAT, t, plant_range(p, 0x80, 0xbf));
    return t;
}

/* Any character that is not ASCII, in text that is good UTF-8. */
static uint32_t plant_others(struct parser *p)
{
    uint32_t two = plant_long(p, 0xc2, 0xdf, 1), three = plant_long(p, 0xe0, 0xef, 2);

    return plant(p, TREE_ALT, plant(p, TREE_ALT, two, three), plant_long(p, 0xf0, 0xf4, 3));
}

/* ASCII by @bits, and all others. */
static uint32_t plant_any(struct parser *p, const uint64_t bits[4])
{
    uint32_t t = plant_set(p, bits);

    return plant(p, TREE_ALT, t, plant_others(p));
}

/* One character that is not ASCII, as written. */
static uint32_t plant_other(struct parser *p)
{
    const unsigned char *s = (const unsigned char *)p->at;
    uint32_t cp, t;
    size_t n = text_decode(p->at, strlen(p->at), &cp);

    if (n < 2 || !pattern_has_one_case(cp))
        return refuse(p);
    t = plant_range(p, s[0], s[0]);
    for (size_t i = 1; i < n; i++)
        t = plant(p, TREE_CAT, t, plant_range(p, s[i], s[i]));
    p->at += n;
    return t;
}

static uint32_t plant_char(struct parser *p)
{
    uint64_t bits[4] = {0};

    if (*p->at & 0x80)
        return plant_other(p);
    put(bits, upper((unsigned char)*p->at++));
    add_small(bits);
    return plant_set(p, bits);
}

/* ---- brackets ----------------------------------------------------------------------------------
 */

static bool in_class(const char *name, size_t len, int c)
{
    static const struct {
        const char *name;
        int (*is)(int c);
    } classes[] = {{"digit", isdigit}, {"xdigit", isxdigit}, {"alpha", isalpha},
                   {"alnum", isalnum}, {"upper", isalpha},   {"lower", isalpha},
                   {"punct", ispunct}, {"space", isspace},   {"blank", isblank},
                   {"print", isprint}, {"graph", isgraph},   {"cntrl", iscntrl}};

    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        if (strlen(classes[i].name) == len && strncmp(classes[i].name, name, len) == 0)
            return classes[i].is(c) != 0;
    }
    return false;
}

/* "[:alpha:]" at p->at. */
static void take_class(struct parser *p, uint64_t bits[4])
{
    const char *name = p->at + 2, *end = strstr(name, ":]");

    if (!end) {
        p->bad = true;
        return;
    }
    for (int c = 1; c < 128; c++) {
        if (in_class(name, (size_t)(end - name), c))
            put(bits, (unsigned)c);
    }
    if (strncmp(name, "digit:", 6) != 0 && strncmp(name, "xdigit:", 7) != 0)
        p->p->ascii_alone = true; /* other alphabets have letters, too */
    p->at = end + 2;
}

static void take_range(struct parser *p, uint64_t bits[4])
{
    unsigned low = upper((unsigned char)*p->at++), high = low;

    if (p->at[0] == '-' && p->at[1] && p->at[1] != ']') {
        high = upper((unsigned char)p->at[1]);
        p->bad = p->bad || high == '[' || high & 0x80;
        p->at += 2;
    }
    p->bad = p->bad || low & 0x80 || low > high;
    for (unsigned c = low; c <= high && !p->bad; c++)
        put(bits, c);
}

static uint32_t take_brackets(struct parser *p)
{
    uint64_t bits[4] = {0};
    bool negated = *++p->at == '^';
    const char *first;

    p->at += negated;
    for (first = p->at; !p->bad && (*p->at != ']' || p->at == first);) {
        if (!*p->at || (p->at[0] == '[' && (p->at[1] == '.' || p->at[1] == '=')))
            return refuse(p);
        if (p->at[0] == '[' && p->at[1] == ':')
            take_class(p, bits);
        else
            take_range(p, bits);
    }
    if (p->bad)
        return 0;
    p->at++;
    add_small(bits);
    if (!negated)
        return plant_set(p, bits);
    for (unsigned c = 1; c < 128; c++)
        bits[c >> 6] ^= UINT64_C(1) << (c & 63);
    return plant_any(p, bits);
}

/* ---- the grammar -------------------------------------------------------------------------------
 */

static uint32_t take_choice(struct parser *p);

static uint32_t take_group(struct parser *p)
{
    uint32_t t;

    if (++p->depth > PATTERN_DEPTH_MAX)
        return refuse(p);
    p->at++;
    t = take_choice(p);
    p->depth--;
    if (*p->at != ')')
        return refuse(p);
    p->at++;
    return t;
}

static uint32_t take_dot(struct parser *p)
{
    static const uint64_t ascii[4] = {~UINT64_C(1), ~UINT64_C(0), 0, 0};
    uint32_t t;

    p->at++;
    t = plant_any(p, ascii);
    if (!p->bad)
        p->trees[t].any = true;
    return t;
}

/* Signs stand for themselves; what letters and digits mean is left to regexec. */
static uint32_t take_escape(struct parser *p)
{
    p->at++;
    if (!*p->at || *p->at & 0x80 || isalnum((unsigned char)*p->at) || strchr("<>`'", *p->at))
        return refuse(p);
    return plant_char(p);
}

static uint32_t take_atom(struct parser *p)
{
    switch (*p->at) {
    case '(':
        return take_group(p);
    case '[':
        return take_brackets(p);
    case '.':
        return take_dot(p);
    case '\\':
        return take_escape(p);
    case '^':
        p->at++;
        return plant(p, TREE_BEGIN, 0, 0);
    case '$':
        p->at++;
        return plant(p, TREE_FINISH, 0, 0);
    case '*':
    case '+':
    case '?':
    case '{':
    case ')': /* outside of a group: it stands for itself there, which nobody means */
        return refuse(p);
    default:
        return plant_char(p);
    }
}

static bool take_number(struct parser *p, int *out)
{
    const char *from = p->at;

    for (*out = 0; *p->at >= '0' && *p->at <= '9' && *out <= DFA_NODES_MAX; p->at++)
        *out = *out * 10 + (*p->at - '0');
    return p->at > from;
}

/* "{3}", "{3,}", "{3,5}"; other forms are left to regexec. */
static void take_bounds(struct parser *p, int *min, int *max)
{
    p->at++;
    p->bad = p->bad || !take_number(p, min);
    *max = *min;
    if (*p->at == ',') {
        p->at++;
        if (!take_number(p, max))
            *max = -1;
    }
    p->bad = p->bad || *p->at != '}' || (*max >= 0 && *max < *min);
    p->at += *p->at == '}';
}

static uint32_t take_repeats(struct parser *p)
{
    uint32_t t = take_atom(p);

    while (!p->bad && *p->at && strchr("*+?{", *p->at)) {
        enum kind kind = p->trees[t].kind;
        int min = *p->at == '+', max = *p->at == '?' ? 1 : -1;

        if (kind == TREE_BEGIN || kind == TREE_FINISH || kind == TREE_EMPTY)
            return refuse(p);
        if (*p->at == '{')
            take_bounds(p, &min, &max);
        else
            p->at++;
        t = plant(p, TREE_REPEAT, t, 0);
        if (p->bad)
            return 0;
        p->trees[t].min = min;
        p->trees[t].max = max;
    }
    return t;
}

static uint32_t take_sequence(struct parser *p)
{
    uint32_t t = NONE;

    while (!p->bad && *p->at && *p->at != '|' && (*p->at != ')' || !p->depth)) {
        uint32_t next = take_repeats(p);

        t = t == NONE ? next : plant(p, TREE_CAT, t, next);
    }
    return t == NONE ? plant(p, TREE_EMPTY, 0, 0) : t;
}

static uint32_t take_choice(struct parser *p)
{
    uint32_t t = take_sequence(p);

    while (!p->bad && *p->at == '|') {
        p->at++;
        t = plant(p, TREE_ALT, t, take_sequence(p));
    }
    return t;
}

/* ---- nodes -------------------------------------------------------------------------------------
 */

static uint32_t add_node(struct parser *p, enum dfa_op op, uint32_t a, uint32_t b)
{
    struct dfa_program *out = p->p;

    if (p->bad || out->n == DFA_NODES_MAX)
        return refuse(p);
    out->nodes = mem_grow(out->nodes, out->n, &out->cap, sizeof(*out->nodes));
    out->nodes[out->n] = (struct dfa_node){.op = op, .a = a, .b = b};
    return (uint32_t)out->n++;
}

static uint32_t emit(struct parser *p, uint32_t tree, uint32_t then);

/* What stands before it has its nodes behind it. */
static void add_hub(struct dfa_program *out, uint32_t node)
{
    if (out->nhubs < DFA_HUBS_MAX)
        out->hubs[out->nhubs++] = (struct dfa_hub){node, (uint32_t)out->n};
}

/* @top: every match passes it. */
static uint32_t emit_repeat(struct parser *p, const struct tree *t, uint32_t then, bool top)
{
    uint32_t at = then;

    if (t->max < 0) {
        uint32_t body;

        at = add_node(p, DFA_OP_SPLIT, 0, then);
        body = emit(p, t->a, at);
        if (!p->bad)
            p->p->nodes[at].a = body;
        if (top && p->trees[t->a].any)
            add_hub(p->p, at);
    }
    for (int i = t->min; i < t->max && !p->bad; i++)
        at = add_node(p, DFA_OP_SPLIT, emit(p, t->a, at), then);
    for (int i = 0; i < t->min && !p->bad; i++)
        at = emit(p, t->a, at);
    return at;
}

static uint32_t emit(struct parser *p, uint32_t tree, uint32_t then)
{
    struct tree t;
    uint32_t at;

    if (p->bad)
        return 0;
    t = p->trees[tree];
    switch (t.kind) {
    case TREE_SET:
        at = add_node(p, DFA_OP_SET, then, 0);
        if (!p->bad)
            memcpy(p->p->nodes[at].bits, t.bits, sizeof(t.bits));
        return at;
    case TREE_CAT:
        return emit(p, t.a, emit(p, t.b, then));
    case TREE_ALT:
        at = emit(p, t.a, then);
        return add_node(p, DFA_OP_SPLIT, at, emit(p, t.b, then));
    case TREE_REPEAT:
        return emit_repeat(p, &t, then, false);
    case TREE_BEGIN:
        return add_node(p, DFA_OP_BEGIN, then, 0);
    case TREE_FINISH:
        return add_node(p, DFA_OP_FINISH, then, 0);
    case TREE_EMPTY:
        break;
    }
    return then;
}

/* The expression as a whole: a chain, mostly. */
static uint32_t emit_chain(struct parser *p, uint32_t tree, uint32_t then)
{
    struct tree t;

    if (p->bad)
        return 0;
    t = p->trees[tree];
    if (t.kind == TREE_CAT)
        return emit_chain(p, t.a, emit_chain(p, t.b, then));
    return t.kind == TREE_REPEAT ? emit_repeat(p, &t, then, true) : emit(p, tree, then);
}

int dfa_parse(const char *text, struct dfa_program *out)
{
    struct parser p = {.at = text, .p = out};
    uint32_t tree;

    *out = (struct dfa_program){0};
    tree = take_choice(&p);
    p.bad = p.bad || *p.at;
    out->entry = emit_chain(&p, tree, add_node(&p, DFA_OP_MATCH, 0, 0));
    free(p.trees);
    if (!p.bad)
        return 0;
    free(out->nodes);
    *out = (struct dfa_program){0};
    return -1;
}
