/*
 * xml_scan_priv: the scanner's parts. xml_scan.c moves the window over the bytes that come,
 * xml_scan_tag.c reads tags, xml_scan_again.c knows those that came before, xml_scan_text.c reads
 * what is between them, xml_scan_names.c knows names.
 *
 * A function that reads a token gets where it begins and returns where it ends. It returns the
 * same place, or NULL if it is one of those that read a part of a tag, when the window ends within
 * the token: it is read again from its beginning when there are more bytes. It does the same after
 * an error; x->failed tells.
 *
 * XML_SLACK bytes beyond the window can be read, whatever is in them. So nothing that looks at
 * sixteen bytes at a time needs a second way of doing it.
 */
#ifndef HYCON_CORE_XML_SCAN_PRIV_H
#define HYCON_CORE_XML_SCAN_PRIV_H

#include <stdint.h>

#include "core/xml_priv.h"
#include "core/xml_scan_simd.h"

#define XML_SLACK     64
#define XML_HEAD      32 /* of a name, kept beside its length */
#define XML_NAMES_MAX 65536

/* Of what is rare: kept out of the functions that call it, which need no stack of their own then.
 */
#define XML_RARE __attribute__((noinline))

struct arena;

/*
 * A string that came up: a name as it is written, a part of one, or the URI of a namespace. There
 * is one of each, so they are compared by pointer.
 */
struct xml_known {
    char head[XML_HEAD]; /* its first bytes, then zeros */
    uint32_t mask;       /* a bit for each byte of the head that counts */
    uint32_t len;
    uint64_t hash;
    const char *text;  /* NUL-terminated */
    const char *local; /* NULL: nobody asked yet; without its prefix */
    uint32_t local_len;
    enum { XML_PLAIN, XML_NS_DEFAULT, XML_NS_PREFIX } kind; /* xmlns, xmlns:... */
    struct xml_known *prefix;                               /* NULL: none */
    struct xml_known *declares; /* of xmlns:...: the prefix; NULL: one that cannot be declared */
    struct xml_known *last_uri; /* of xmlns:...: what it was last time */
    const char *uri;            /* of a prefix: the namespace that it stands for here */
    uint64_t seen;              /* the tag that it was an attribute's name in */
    struct xml_known *next;     /* the name that was read after it, the last time; NULL: none */
};

struct xml_names {
    struct xml_known *last; /* read */
    struct xml_known **slots;
    size_t n, nslots;
    struct arena *arena;
    uint64_t seed;
};

struct xml_open {
    const struct xml_known *name;
    size_t undo; /* namespaces declared by those around it */
};

struct xml_undo {
    struct xml_known *prefix;
    const char *uri; /* before */
};

/*
 * A start tag that came before, from its '<' to its '>', with what reading it came to. Byte by byte
 * the same tag says the same wherever it stands, but for the namespaces of prefixes that it uses
 * and does not declare: those are looked up each time.
 */
struct xml_again {
    char head[XML_HEAD];
    uint32_t mask, len; /* as of a name */
    uint64_t hash;
    const char *text;
    const struct xml_known *name;
    const struct xml_attr *attrs;      /* uri: the prefix, NULL: none */
    const struct xml_undo *namespaces; /* that it declares: uri is the new one */
    uint16_t nattrs, nnamespaces;
    uint8_t number; /* from 1 on */
    bool empty;
};

#define XML_AGAIN_LEN   512 /* of one that is worth keeping */
#define XML_AGAIN_MAX   255
#define XML_AGAIN_SLOTS 512
#define XML_GUESSES     4096
#define XML_ONCE        1024

struct xml_tags {
    const struct xml_again *kept[XML_AGAIN_MAX + 1];
    const struct xml_again *slots[XML_AGAIN_SLOTS]; /* the same, by their hashes */
    uint8_t guess[XML_GUESSES];   /* by the tags before: the number of the one that followed */
    uint32_t once[XML_ONCE];      /* hashes of those that came once */
    const struct xml_again *next; /* the guess; NULL: none */
    uint64_t history;             /* the last sixteen tags, four bits for each to begin with */
    uint32_t n;
};

enum xml_within { XML_OUTSIDE, XML_CONTENT, XML_IN_CDATA, XML_IN_COMMENT, XML_IN_PI };

struct xml_scan {
    struct xml_reader *x;
    bool begun;
    enum xml_within within, around; /* around: of a comment */
    const char *base, *end;         /* of the window */
    size_t lines;                   /* ended before it */
    struct xml_names names;
    struct xml_open open[XML_DEPTH_MAX];
    /* the tag at hand */
    struct xml_attr *attrs;
    size_t nattrs, attrs_cap;
    const struct xml_known *twice;
    struct strbuf values; /* of attributes, as far as they are not as they are written */
    uint64_t tag;
    struct xml_tags tags;
    struct xml_undo *undo;
    size_t nundo, undo_cap;
    /* what is left of earlier bytes */
    struct strbuf carry;
    size_t looked; /* of a tag that is carried: bytes in which its end is not */
    char quote;
};

/* An error at @p; @fmt is what is wrong, without the line. */
void xml_scan_fail(struct xml_scan *s, const char *p, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void xml_scan_limit(struct xml_scan *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- characters (xml_scan_text.c) --------------------------------------------------------------
 */

static inline bool xml_is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Bytes of the character at @p, which is before @end; 0: not UTF-8 or not one that XML allows;
 * -1: the window ends within it. */
int xml_char_len(const char *p, const char *end, uint32_t *cp);
/* '&' at @p; @out gets what it stands for. NULL after an error, @p: not whole. */
const char *xml_reference(struct xml_scan *s, const char *p, char out[4], size_t *len);
/* Text of any kind, as far as the window goes. NULL: too long. */
const char *xml_text_slowly(struct xml_scan *s, const char *p);
const char *xml_cdata(struct xml_scan *s, const char *p);
const char *xml_comment(struct xml_scan *s, const char *p);
const char *xml_pi(struct xml_scan *s, const char *p);
/* "<?" at @p: the target and what must be behind it. */
const char *xml_pi_begin(struct xml_scan *s, const char *p);

/* ---- names (xml_scan_names.c) ------------------------------------------------------------------
 */

void xml_names_init(struct xml_names *t);
void xml_names_release(struct xml_names *t);
/* XML_SLACK bytes behind @text can be read. NULL: there are too many. */
struct xml_known *xml_names_get(struct xml_names *t, const char *text, size_t len);
/* Length of the Name at @p, colons and all; 0: none. -1: the window ends first. */
ptrdiff_t xml_name_len(const char *p, const char *end);
/* The name at @p. NULL: not whole, or an error. */
const char *xml_name_read(struct xml_scan *s, const char *p, struct xml_known **name);

/* Does @text begin with it? */
static inline bool xml_known_is(const struct xml_known *k, const char *text)
{
    uint32_t same = xml_same(text, k->head) | xml_same(text + XML_STEP, k->head + XML_STEP) << 16;

    return (same & k->mask) == k->mask &&
           (k->len <= XML_HEAD ||
            memcmp(text + XML_HEAD, k->text + XML_HEAD, k->len - XML_HEAD) == 0);
}

/* ---- tags that came before (xml_scan_again.c) --------------------------------------------------
 */

/* Where the guess of what comes next is kept. */
static inline uint8_t *xml_guess(struct xml_tags *t)
{
    return &t->guess[t->history * 0x9e3779b97f4a7c15u >> 52];
}

/* The next guess is made at once: it is there when it is needed. */
static inline void xml_tags_follow(struct xml_tags *t, uint32_t number)
{
    t->history = t->history << 4 ^ number;
    t->next = t->kept[*xml_guess(t)];
}

static inline bool xml_again_is(const struct xml_again *k, const char *text)
{
    uint32_t same = xml_same(text, k->head) | xml_same(text + XML_STEP, k->head + XML_STEP) << 16;

    return (same & k->mask) == k->mask &&
           (k->len <= XML_HEAD ||
            memcmp(text + XML_HEAD, k->text + XML_HEAD, k->len - XML_HEAD) == 0);
}

/* The start tag at @p, if it came before and is whole. */
const struct xml_again *xml_again_find(struct xml_scan *s, const char *p);
/* The tag from @p to @end was read: its declarations are those from @undo on, and its attributes
 * have prefixes for namespaces still. NULL: not to be kept. */
const struct xml_again *xml_again_keep(struct xml_scan *s, const char *p, const char *end,
                                       const struct xml_known *name, size_t undo);

/* ---- tags (xml_scan_tag.c) ---------------------------------------------------------------------
 */

/* One that did not come before. */
const char *xml_start_anew(struct xml_scan *s, const char *p);
/* Not what ends the element, or with blanks in it. */
const char *xml_end_slowly(struct xml_scan *s, const char *p);
/* Room for another namespace to be put back. */
void xml_undo_grow(struct xml_scan *s);

#endif
