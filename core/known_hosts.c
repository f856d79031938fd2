#include "core/known_hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define NAME_MAX_ 300
#define BLOB_MAX  16384

struct word {
    const char *s;
    size_t n;
};

/* One line, cut into its words; they point into the text. */
struct entry {
    struct word marker, names, type, key; /* marker.n 0: none */
};

/* ---- lines ------------------------------------------------------------------------------------
 */

static struct word next_word(const char **p, const char *end)
{
    struct word w;

    while (*p < end && (**p == ' ' || **p == '\t'))
        (*p)++;
    w.s = *p;
    while (*p < end && **p != ' ' && **p != '\t')
        (*p)++;
    w.n = (size_t)(*p - w.s);
    return w;
}

static bool word_is(struct word w, const char *s)
{
    return w.n == strlen(s) && memcmp(w.s, s, w.n) == 0;
}

/* 1: an entry; 0: a comment or an empty line; -1: malformed. */
static int parse_line(const char *p, const char *end, struct entry *e)
{
    struct word first;

    while (end > p && (end[-1] == '\r' || end[-1] == ' ' || end[-1] == '\t'))
        end--;
    memset(e, 0, sizeof(*e));
    first = next_word(&p, end);
    if (!first.n || first.s[0] == '#')
        return 0;
    if (first.s[0] == '@') {
        e->marker = first;
        first = next_word(&p, end);
    }
    e->names = first;
    e->type = next_word(&p, end);
    e->key = next_word(&p, end);
    return e->names.n && e->type.n && e->type.n < 64 && e->key.n ? 1 : -1;
}

struct lines {
    const char *p, *end;
    unsigned malformed;
};

static bool next_entry(struct lines *l, struct entry *e)
{
    while (l->p < l->end) {
        const char *nl = memchr(l->p, '\n', (size_t)(l->end - l->p));
        const char *stop = nl ? nl : l->end, *start = l->p;
        int rc;

        l->p = nl ? nl + 1 : l->end;
        rc = parse_line(start, stop, e);
        if (rc > 0)
            return true;
        if (rc < 0)
            l->malformed++;
    }
    return false;
}

/* ---- names ------------------------------------------------------------------------------------
 */

/* How the host is written in a file: "host", or "[host]:port" when the port is not 22. */
static void write_name(char *out, size_t size, const char *host, int port)
{
    if (port == 22)
        (void)snprintf(out, size, "%s", host);
    else
        (void)snprintf(out, size, "[%s]:%d", host, port);
    for (char *p = out; *p; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 'a' - 'A');
    }
}

/* Bytes of @w in base64, or -1. @out must hold 3/4 of its length. */
static int decode(struct word w, uint8_t *out)
{
    return w.n > BLOB_MAX ? -1 : hash_base64_decode(w.s, w.n, out);
}

/* "|1|salt|hash": hash is HMAC-SHA1 of the name with the salt as key. */
static bool hashed_matches(struct word w, const char *name)
{
    uint8_t salt[BLOB_MAX], want[BLOB_MAX], got[SHA1_BYTES];
    const char *bar = memchr(w.s + 3, '|', w.n - 3);
    struct word a, b;

    if (!bar)
        return false;
    a = (struct word){w.s + 3, (size_t)(bar - w.s) - 3};
    b = (struct word){bar + 1, w.n - (size_t)(bar + 1 - w.s)};
    if (decode(a, salt) != SHA1_BYTES || decode(b, want) != SHA1_BYTES)
        return false;
    hash_hmac_sha1(salt, name, got);
    return memcmp(got, want, SHA1_BYTES) == 0;
}

static bool pattern_matches(struct word w, const char *name)
{
    char pattern[NAME_MAX_];

    if (w.n >= sizeof(pattern))
        return false;
    memcpy(pattern, w.s, w.n);
    pattern[w.n] = '\0';
    for (char *p = pattern; *p; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 'a' - 'A');
    }
    return text_glob(pattern, name);
}

static bool names_match(struct word names, const char *name)
{
    bool found = false;

    if (names.n > 3 && memcmp(names.s, "|1|", 3) == 0)
        return hashed_matches(names, name);
    for (size_t at = 0; at < names.n;) {
        const char *comma = memchr(names.s + at, ',', names.n - at);
        size_t n = comma ? (size_t)(comma - names.s) - at : names.n - at;
        struct word one = {names.s + at, n};
        bool negated = n && one.s[0] == '!';

        if (negated)
            one = (struct word){one.s + 1, n - 1};
        if (one.n && pattern_matches(one, name)) {
            if (negated)
                return false; /* wins over whatever else is in the list */
            found = true;
        }
        at += n + 1;
    }
    return found;
}

/* ---- judging ----------------------------------------------------------------------------------
 */

void known_hosts_fingerprint(const uint8_t *blob, size_t len, char *out)
{
    uint8_t digest[SHA256_BYTES];
    struct strbuf text = STRBUF_INIT;

    hash_sha256(blob, len, digest);
    hash_base64(&text, digest, sizeof(digest));
    (void)snprintf(out, 64, "SHA256:%.*s", (int)strcspn(text.buf, "="), text.buf);
    strbuf_release(&text);
}

static void remember_stored(struct known_hosts_answer *out, const struct entry *e,
                            const uint8_t *blob, size_t len)
{
    known_hosts_fingerprint(blob, len, out->stored);
    (void)snprintf(out->stored_type, sizeof(out->stored_type), "%.*s", (int)e->type.n, e->type.s);
}

/* What this one line says, given that its names match. */
static enum known_host judge(const struct entry *e, const char *type, const uint8_t *blob,
                             size_t len, struct known_hosts_answer *out)
{
    uint8_t stored[BLOB_MAX];
    int n = decode(e->key, stored);
    bool same;

    if (n < 0) {
        out->malformed++;
        return KNOWN_HOST_UNKNOWN;
    }
    same = (size_t)n == len && memcmp(stored, blob, len) == 0;
    if (word_is(e->marker, "@revoked"))
        return same ? KNOWN_HOST_REVOKED : KNOWN_HOST_UNKNOWN;
    if (e->marker.n)
        return KNOWN_HOST_UNKNOWN;
    if (same)
        return KNOWN_HOST_MATCH;
    if (out->verdict == KNOWN_HOST_UNKNOWN || word_is(e->type, type))
        remember_stored(out, e, stored, (size_t)n);
    return word_is(e->type, type) ? KNOWN_HOST_CHANGED : KNOWN_HOST_OTHER;
}

/* A revoked key is refused whatever else is stored; a key that matches any line is known, because
 * a host may have several of one type; one that differs is worse than one of another type. */
static enum known_host worse(enum known_host a, enum known_host b)
{
    static const int rank[] = {
        [KNOWN_HOST_UNKNOWN] = 0, [KNOWN_HOST_OTHER] = 1,   [KNOWN_HOST_CHANGED] = 2,
        [KNOWN_HOST_MATCH] = 3,   [KNOWN_HOST_REVOKED] = 4,
    };

    return rank[b] > rank[a] ? b : a;
}

void known_hosts_check(const char *text, size_t len, const char *host, int port, const char *type,
                       const uint8_t *blob, size_t blob_len, struct known_hosts_answer *out)
{
    struct lines l = {text, text + len, 0};
    char name[NAME_MAX_];
    struct entry e;

    memset(out, 0, sizeof(*out));
    out->verdict = KNOWN_HOST_UNKNOWN;
    write_name(name, sizeof(name), host, port);
    while (next_entry(&l, &e)) {
        if (names_match(e.names, name))
            out->verdict = worse(out->verdict, judge(&e, type, blob, blob_len, out));
    }
    out->malformed += l.malformed;
}

size_t known_hosts_types(const char *text, size_t len, const char *host, int port,
                         char types[KNOWN_HOSTS_TYPES_MAX][64])
{
    struct lines l = {text, text + len, 0};
    char name[NAME_MAX_];
    struct entry e;
    size_t n = 0;

    write_name(name, sizeof(name), host, port);
    while (n < KNOWN_HOSTS_TYPES_MAX && next_entry(&l, &e)) {
        bool seen = false;

        if (e.marker.n || !names_match(e.names, name))
            continue;
        for (size_t i = 0; i < n; i++)
            seen |= word_is(e.type, types[i]);
        if (!seen)
            (void)snprintf(types[n++], 64, "%.*s", (int)e.type.n, e.type.s);
    }
    return n;
}
