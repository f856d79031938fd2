/* What the parser (dfa_parse.c) hands to the machine (dfa.c): a program of nodes. */
#ifndef HYCON_CORE_DFA_PRIV_H
#define HYCON_CORE_DFA_PRIV_H

#include "core/dfa.h"

#include <stddef.h>

enum dfa_op { DFA_OP_SET, DFA_OP_SPLIT, DFA_OP_BEGIN, DFA_OP_FINISH, DFA_OP_MATCH };

struct dfa_node {
    enum dfa_op op;
    uint32_t a, b;    /* what comes next; b: the other way of a SPLIT */
    uint64_t bits[4]; /* SET: bytes that it takes */
};

/* A ".*" that every match passes. Once it is reached, nodes from @before on (what stands before it)
 * need not be followed any more: they lead to it alone, and it stays. */
struct dfa_hub {
    uint32_t node, before;
};

#define DFA_HUBS_MAX 8

struct dfa_program {
    struct dfa_node *nodes;
    size_t n, cap;
    uint32_t entry;
    struct dfa_hub hubs[DFA_HUBS_MAX]; /* the last one of the expression first */
    unsigned nhubs;
    bool ascii_alone; /* says nothing about other characters than those of ASCII */
};

/* core/dfa_skip.c: where in @s a match could begin; NULL: nowhere. @s itself also when it has
 * characters that are not shown as they are and could begin one then. */
const char *dfa_skip(const struct dfa_skip *k, const char *s);
/* The first @length bytes of every match are of these sets; 0: nothing is known of them. */
void dfa_skip_init(struct dfa_skip *k, uint64_t sets[DFA_SKIP_FAR][4], unsigned length);

/* -1: not for this; nothing to release. */
int dfa_parse(const char *text, struct dfa_program *out);

static inline bool dfa_takes(const struct dfa_node *n, unsigned char byte)
{
    return n->bits[byte >> 6] >> (byte & 63) & 1;
}

#endif
