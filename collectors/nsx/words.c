#include "collectors/nsx/words.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"

/* The SDK lists 104 words; a manager that sends more new ones than this is not believed. */
#define WORDS_MAX 512

struct entry {
    uint64_t key; /* hash_fast of it */
    uint32_t word;
};

struct page {
    uint64_t hash, salt;
    char *cursor;
    struct entry *entries; /* sorted by key */
    size_t n, alloc;
};

struct nsx_words {
    const struct nsx_words_source *source;
    struct page *pages;
    size_t n, alloc;
    size_t at;   /* the next page of the present reading */
    size_t last; /* the page that had the last answer: objects and words often come in one order */
    char **words;
    size_t nwords, words_alloc;
};

static void clear_page(struct page *p)
{
    free(p->cursor);
    free(p->entries);
    memset(p, 0, sizeof(*p));
}

static void drop_pages(struct nsx_words *w, size_t keep)
{
    while (w->n > keep)
        clear_page(&w->pages[--w->n]);
}

void nsx_words_free(struct nsx_words *w)
{
    if (!w)
        return;
    drop_pages(w, 0);
    for (size_t i = 0; i < w->nwords; i++)
        free(w->words[i]);
    free(w->words);
    free(w->pages);
    free(w);
}

void nsx_words_start(struct run *run, struct nsx_words **w, const struct nsx_words_source *source,
                     struct nsx_list *l)
{
    if (!*w)
        *w = mem_alloc(sizeof(**w));
    (*w)->source = source;
    (*w)->at = 0;
    nsx_list_first(run, l, source->label, "%s", source->path);
}

/* The number of @word, or WORDS_MAX when there are too many. */
static uint32_t number_of(struct nsx_words *w, const char *word)
{
    for (size_t i = 0; i < w->nwords; i++) {
        if (strcmp(w->words[i], word) == 0)
            return (uint32_t)i;
    }
    if (w->nwords >= WORDS_MAX)
        return WORDS_MAX;
    w->words = mem_grow(w->words, w->nwords, &w->words_alloc, sizeof(*w->words));
    w->words[w->nwords] = mem_strdup(word);
    return (uint32_t)w->nwords++;
}

/* What a page is decoded with. */
struct decoder {
    struct nsx_words *w;
    struct page page;
};

static void add_entry(void *arg, struct json_object *item)
{
    struct decoder *d = arg;
    const char *key = jsonq_str(item, d->w->source->key);
    const char *word = jsonq_str(item, d->w->source->word);
    uint32_t number;

    if (!key || !word)
        return;
    number = number_of(d->w, word);
    if (number >= WORDS_MAX)
        return;
    d->page.entries =
        mem_grow(d->page.entries, d->page.n, &d->page.alloc, sizeof(*d->page.entries));
    d->page.entries[d->page.n++] = (struct entry){hash_fast(key, strlen(key), 0), number};
}

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const struct entry *)a)->key, y = ((const struct entry *)b)->key;

    return (x > y) - (x < y);
}

static int decode(struct run *run, struct nsx_words *w, struct page *p, const struct reply *reply,
                  struct err *err)
{
    struct decoder d = {.w = w, .page = {.hash = reply->hash}};
    const char *cursor = NULL;

    if (nsx_page_walk(run, reply, w->source->label, add_entry, &d, NULL, &cursor, err) < 0) {
        clear_page(&d.page);
        return -1;
    }
    clear_page(p);
    *p = d.page;
    p->cursor = mem_strdup(cursor);
    if (p->n > 0)
        qsort(p->entries, p->n, sizeof(*p->entries), compare);
    for (size_t i = 0; i < p->n; i++)
        p->salt = nsx_mix(p->salt ^ p->entries[i].word, p->entries[i].key);
    return 0;
}

static int take_page(struct run *run, struct nsx_words *w, const struct reply *reply,
                     const char **cursor, struct err *err)
{
    struct page *p;

    if (w->at == w->n) {
        w->pages = mem_grow(w->pages, w->n, &w->alloc, sizeof(*w->pages));
        w->n++;
    }
    p = &w->pages[w->at];
    if (p->hash != reply->hash && decode(run, w, p, reply, err) < 0)
        return -1;
    w->at++;
    *cursor = p->cursor;
    return 0;
}

enum step nsx_words_step(struct run *run, struct nsx_words *w, struct nsx_list *l,
                         const struct reply *reply, struct err *err)
{
    const char *cursor = NULL;

    if (reply->err) {
        *err = *reply->err;
        drop_pages(w, 0);
        return STEP_DONE;
    }
    if (take_page(run, w, reply, &cursor, err) < 0) {
        drop_pages(w, 0);
        return STEP_DONE;
    }
    if (nsx_list_more(run, l, cursor, err) == NSX_LIST_MORE)
        return STEP_SEND;
    drop_pages(w, w->at);
    return STEP_DONE;
}

static const struct entry *find(const struct page *p, uint64_t hash)
{
    const struct entry key = {hash, 0};

    return p->n > 0 ? bsearch(&key, p->entries, p->n, sizeof(key), compare) : NULL;
}

const char *nsx_words_get(struct nsx_words *w, const char *key)
{
    uint64_t hash;

    if (!w || !key)
        return NULL;
    hash = hash_fast(key, strlen(key), 0);
    for (size_t i = 0; i < w->n; i++) {
        size_t page = (w->last + i) % w->n;
        const struct entry *e = find(&w->pages[page], hash);

        if (e) {
            w->last = page;
            return w->words[e->word];
        }
    }
    return NULL;
}

uint64_t nsx_words_salt(const struct nsx_words *w)
{
    uint64_t salt = 1;

    for (size_t i = 0; w && i < w->n; i++)
        salt = nsx_mix(salt, w->pages[i].salt);
    return salt;
}
