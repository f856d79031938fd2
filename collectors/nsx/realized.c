#include "collectors/nsx/realized.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/nsx/list.h"
#include "core/hash.h"
#include "core/mem.h"

/* The SDK lists 104 words; a manager that sends more new ones than this is not believed. */
#define WORDS_MAX 512

struct entry {
    uint64_t path; /* hash_fast of the policy path */
    uint32_t word;
};

struct page {
    uint64_t hash, salt;
    char *cursor;
    struct entry *entries; /* sorted by path */
    size_t n, alloc;
};

struct nsx_realized {
    struct page *pages;
    size_t n, alloc;
    size_t at;   /* the next page of the present reading */
    size_t last; /* the page that had the last answer: segments and states come in one order */
    char **words;
    size_t nwords, words_alloc;
};

static void clear_page(struct page *p)
{
    free(p->cursor);
    free(p->entries);
    memset(p, 0, sizeof(*p));
}

static void drop_pages(struct nsx_realized *r, size_t keep)
{
    while (r->n > keep)
        clear_page(&r->pages[--r->n]);
}

void nsx_realized_free(struct nsx_realized *r)
{
    if (!r)
        return;
    drop_pages(r, 0);
    for (size_t i = 0; i < r->nwords; i++)
        free(r->words[i]);
    free(r->words);
    free(r->pages);
    free(r);
}

void nsx_realized_start(struct nsx_realized **r)
{
    if (!*r)
        *r = mem_alloc(sizeof(**r));
    (*r)->at = 0;
}

/* The number of @word, or WORDS_MAX when there are too many. */
static uint32_t number_of(struct nsx_realized *r, const char *word)
{
    for (size_t i = 0; i < r->nwords; i++) {
        if (strcmp(r->words[i], word) == 0)
            return (uint32_t)i;
    }
    if (r->nwords >= WORDS_MAX)
        return WORDS_MAX;
    r->words = mem_grow(r->words, r->nwords, &r->words_alloc, sizeof(*r->words));
    r->words[r->nwords] = mem_strdup(word);
    return (uint32_t)r->nwords++;
}

static void add_entry(struct nsx_realized *r, struct page *p, struct json_object *item)
{
    const char *path = jsonq_str(item, "segment_path"), *word = jsonq_str(item, "state");
    uint32_t number;

    if (!path || !word)
        return;
    number = number_of(r, word);
    if (number >= WORDS_MAX)
        return;
    p->entries = mem_grow(p->entries, p->n, &p->alloc, sizeof(*p->entries));
    p->entries[p->n++] = (struct entry){hash_fast(path, strlen(path), 0), number};
}

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const struct entry *)a)->path, y = ((const struct entry *)b)->path;

    return (x > y) - (x < y);
}

static int decode(struct nsx_realized *r, struct page *p, const struct reply *reply,
                  struct err *err)
{
    struct json_object *o = nsx_page_parse(reply, "segment states", err), *results;

    if (!o)
        return -1;
    clear_page(p);
    p->hash = reply->hash;
    p->cursor = mem_strdup(jsonq_str(o, "cursor"));
    results = jsonq_get(o, "results");
    for (size_t i = 0; i < jsonq_count(results); i++)
        add_entry(r, p, jsonq_item(results, i));
    if (p->n > 0)
        qsort(p->entries, p->n, sizeof(*p->entries), compare);
    for (size_t i = 0; i < p->n; i++)
        p->salt = nsx_mix(p->salt ^ p->entries[i].word, p->entries[i].path);
    json_object_put(o);
    return 0;
}

int nsx_realized_page(struct nsx_realized *r, const struct reply *reply, const char **cursor,
                      struct err *err)
{
    struct page *p;

    if (r->at == r->n) {
        r->pages = mem_grow(r->pages, r->n, &r->alloc, sizeof(*r->pages));
        r->n++;
    }
    p = &r->pages[r->at];
    if (p->hash != reply->hash && decode(r, p, reply, err) < 0)
        return -1;
    r->at++;
    *cursor = p->cursor;
    return 0;
}

void nsx_realized_end(struct nsx_realized *r, int failed)
{
    drop_pages(r, failed ? 0 : r->at);
}

static const struct entry *find(const struct page *p, uint64_t path)
{
    const struct entry key = {path, 0};

    return p->n > 0 ? bsearch(&key, p->entries, p->n, sizeof(key), compare) : NULL;
}

const char *nsx_realized_word(struct nsx_realized *r, const char *path)
{
    uint64_t hash;

    if (!r || !path)
        return NULL;
    hash = hash_fast(path, strlen(path), 0);
    for (size_t i = 0; i < r->n; i++) {
        size_t page = (r->last + i) % r->n;
        const struct entry *e = find(&r->pages[page], hash);

        if (e) {
            r->last = page;
            return r->words[e->word];
        }
    }
    return NULL;
}

uint64_t nsx_realized_salt(const struct nsx_realized *r)
{
    uint64_t salt = 1;

    for (size_t i = 0; r && i < r->n; i++)
        salt = nsx_mix(salt, r->pages[i].salt);
    return salt;
}
