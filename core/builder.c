/*
 * builder: how a snapshot comes into being.
 *
 * The cells of a row are allocated in the arena of the current block as soon as the row starts, so
 * setting a cell is an assignment and nothing is copied later. The key is made when the row is
 * complete; a key of one text column is the cell's own string.
 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/snapshot_priv.h"
#include "core/strbuf.h"
#include "core/text.h"

/* Text of a usual row: a block may be a single row, so its first chunk should fit one. */
#define ROW_TEXT 256

/* Bytes of a block that has many rows. */
#define BLOCK_LARGE (48u << 10)

/* Key columns before the last one whose text is remembered from row to row. */
#define KEY_PREFIX_MAX 3

/* A block of the previous snapshot, by its hash. */
struct known {
    uint64_t hash;
    uint32_t place;
};

struct table_builder {
    const struct schema *schema;
    char *site, *endpoint;
    const struct snapshot *prev; /* a reference */
    bool reuse;                  /* the blocks of prev are of this table and endpoint */
    struct block **blocks;
    uint32_t *sources; /* beside blocks: the place in prev it was taken from, or NOT_KEPT */
    size_t nblocks, alloc, sources_alloc;
    struct block *current; /* where rows go: one of blocks, or NULL */
    const char *block_site, *block_endpoint;
    struct cell *row;         /* being filled; NULL: none, or one beyond the limit */
    const struct cell *above; /* of the row before it in the block; NULL: none */
    struct cell *spare;       /* cells of a dropped row of the current block */
    const char *row_key;      /* of a row like another; NULL: to be made */
    size_t likely;            /* rows of the current block; 0: not known */
    bool beyond;              /* the current row is beyond the limit */
    size_t count, over, limit;
    size_t expected; /* the block of prev that most likely comes next */
    struct known *known;
    uint64_t derived_lists;    /* a bit per column: derived, and a list */
    unsigned keys, key_column; /* number of key columns, and the last of them */
    bool endpoint_is_key;      /* of the table endpoints */
    struct strbuf key;
    /* Where the last key column begins in key, and which texts are before it; prefix 0: none. */
    size_t prefix;
    const char *prefix_of[KEY_PREFIX_MAX];
    struct hints hints; /* of the keys of rows in new blocks */
    char *note;
    unsigned malformed; /* items that belong to no block */
};

struct table_builder *builder_new(const struct schema *schema, const char *site,
                                  const char *endpoint, const struct snapshot *prev)
{
    struct table_builder *b = mem_alloc(sizeof(*b));

    b->schema = schema;
    b->site = mem_strdup(site ? site : "");
    b->endpoint = mem_strdup(endpoint ? endpoint : "");
    b->prev = snapshot_ref(prev);
    b->reuse = prev && prev->schema == schema && strcmp(prev->site, b->site) == 0 &&
               strcmp(prev->endpoint, b->endpoint) == 0;
    b->limit = SNAPSHOT_ROWS_MAX;
    strbuf_init(&b->key, 0);
    b->endpoint_is_key =
        (schema->columns[SCHEMA_SITE].flags | schema->columns[SCHEMA_ENDPOINT].flags) & COL_KEY;
    for (unsigned i = 0; i < schema->ncolumns; i++) {
        if (schema->columns[i].flags & COL_KEY) {
            b->keys++;
            b->key_column = i;
        }
        if (schema->columns[i].type == CELL_LIST && (schema->columns[i].flags & COL_DERIVED))
            b->derived_lists |= UINT64_C(1) << i;
    }
    return b;
}

void builder_limit_rows(struct table_builder *b, size_t limit)
{
    b->limit = limit;
}

static void release(struct table_builder *b)
{
    snapshot_unref(b->prev);
    free(b->site);
    free(b->endpoint);
    free(b->note);
    free(b->known);
    free(b->sources);
    strbuf_release(&b->key);
    hints_release(&b->hints);
    free(b);
}

void builder_free(struct table_builder *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->nblocks; i++)
        block_unref(b->blocks[i]);
    free(b->blocks);
    release(b);
}

const struct schema *builder_schema(const struct table_builder *b)
{
    return b->schema;
}

const struct snapshot *builder_prev(const struct table_builder *b)
{
    return b->prev;
}

size_t builder_count(const struct table_builder *b)
{
    return b->count + (b->row != NULL);
}

/* ---- blocks ------------------------------------------------------------------------------- */

static void add_block(struct table_builder *b, struct block *block, uint32_t source)
{
    b->blocks = mem_grow(b->blocks, b->nblocks, &b->alloc, sizeof(struct block *));
    b->sources = mem_grow(b->sources, b->nblocks, &b->sources_alloc, sizeof(*b->sources));
    b->blocks[b->nblocks] = block;
    b->sources[b->nblocks++] = source;
}

/* Blocks of a table are alike: where one is large, the next one will be. */
static void open_block(struct table_builder *b, uint64_t hash)
{
    const struct block *last = b->nblocks ? b->blocks[b->nblocks - 1] : NULL;
    bool large = last && arena_bytes(last->arena) > BLOCK_LARGE;

    b->likely = 0;
    b->current = block_new(hash, large ? 0 : b->schema->ncolumns * sizeof(struct cell) + ROW_TEXT);
    b->prefix = 0; /* of another arena */
    b->block_site = arena_strdup(b->current->arena, b->site);
    b->block_endpoint = arena_strdup(b->current->arena, b->endpoint);
    add_block(b, b->current, NOT_KEPT);
}

/* Does the key begin like that of the row before? Text that is shared is not looked at again. */
static bool same_prefix(struct table_builder *b)
{
    bool same = b->prefix > 0, sharable = true;
    unsigned n = 0;

    for (unsigned i = 0; i < b->key_column; i++) {
        if (!(b->schema->columns[i].flags & COL_KEY))
            continue;
        if (n == KEY_PREFIX_MAX || b->row[i].type != CELL_STR) {
            sharable = false;
            break;
        }
        same = same && b->prefix_of[n] == b->row[i].u.s;
        b->prefix_of[n++] = b->row[i].u.s;
    }
    if (!sharable)
        b->prefix = 0;
    return same && sharable;
}

static void make_prefix(struct table_builder *b)
{
    strbuf_reset(&b->key);
    for (unsigned i = 0; i < b->key_column; i++) {
        if (!(b->schema->columns[i].flags & COL_KEY))
            continue;
        cell_plain(&b->key, &b->schema->columns[i], &b->row[i]);
        strbuf_addch(&b->key, ROW_KEY_SEPARATOR);
    }
    b->prefix = b->key.len;
}

static const char *make_key(struct table_builder *b)
{
    const struct cell *last = &b->row[b->key_column];
    bool same;

    if (b->keys == 1 && last->type == CELL_STR && text_is_clean(last->u.s))
        return last->u.s;
    same = same_prefix(b);
    if (same)
        strbuf_setlen(&b->key, b->prefix);
    else
        make_prefix(b);
    cell_plain(&b->key, &b->schema->columns[b->key_column], last);
    if (b->keys > 1)
        hints_add(&b->hints, b->prefix, !same);
    return arena_text(b->current->arena, b->key.buf, b->key.len);
}

/* Rows like another snapshot's: an array that grows would touch twice as much memory. */
static void reserve_rows(struct table_builder *b)
{
    struct block *block = b->current;

    if (block->rows || !b->likely)
        return;
    block->rows = mem_array(b->likely, sizeof(*block->rows));
    block->alloc = b->likely;
}

static void end_row(struct table_builder *b)
{
    struct block *block = b->current;

    if (!b->row)
        return;
    reserve_rows(b);
    block->rows = mem_grow(block->rows, block->n, &block->alloc, sizeof(*block->rows));
    block->rows[block->n++] = (struct row){b->row, b->row_key ? b->row_key : make_key(b)};
    b->above = b->row;
    b->row = NULL;
    b->row_key = NULL;
    b->count++;
}

static void end_block(struct table_builder *b)
{
    struct block *block = b->current;

    end_row(b);
    b->beyond = false;
    if (block && block->n && block->n < block->alloc) {
        block->rows = mem_realloc(block->rows, block->n * sizeof(*block->rows));
        block->alloc = block->n;
    }
    b->current = NULL;
    b->above = NULL;
    b->spare = NULL;
}

static int compare_known(const void *a, const void *b)
{
    const struct known *x = a, *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Made at the first block that is not where it was: an unchanged reply never needs it. */
static void index_prev(struct table_builder *b)
{
    const struct body *body = b->prev->body;

    b->known = mem_array(body->nblocks, sizeof(*b->known));
    for (size_t i = 0; i < body->nblocks; i++)
        b->known[i] = (struct known){body->blocks[i]->hash, (uint32_t)i};
    qsort(b->known, body->nblocks, sizeof(*b->known), compare_known);
}

/* Place of a block with this hash in prev, or NOT_KEPT. */
static uint32_t find_block(struct table_builder *b, uint64_t hash)
{
    const struct body *body = b->prev->body;
    const struct known probe = {hash, 0}, *found;

    if (b->expected < body->nblocks && body->blocks[b->expected]->hash == hash)
        return (uint32_t)b->expected;
    if (!body->nblocks)
        return NOT_KEPT;
    if (!b->known)
        index_prev(b);
    found = bsearch(&probe, b->known, body->nblocks, sizeof(*b->known), compare_known);
    return found ? found->place : NOT_KEPT;
}

bool builder_block(struct table_builder *b, uint64_t hash)
{
    struct block *old;
    uint32_t place;

    end_block(b);
    place = b->reuse && hash ? find_block(b, hash) : NOT_KEPT;
    if (place == NOT_KEPT) {
        b->expected++;
        open_block(b, hash);
        return false;
    }
    b->expected = (size_t)place + 1;
    old = b->prev->body->blocks[place];
    if (old->n > b->limit - b->count) {
        b->over += old->n;
        return true;
    }
    b->count += old->n;
    add_block(b, block_ref(old), place);
    return true;
}

void builder_block_drop(struct table_builder *b)
{
    builder_drop(b);
    if (!b->current)
        return;
    b->count -= b->current->n;
    hints_truncate(&b->hints, b->hints.n > b->current->n ? b->hints.n - b->current->n : 0);
    block_unref(b->current);
    b->nblocks--;
    b->current = NULL;
    b->above = NULL;
    b->spare = NULL;
}

struct arena *builder_arena(struct table_builder *b)
{
    if (!b->current)
        open_block(b, 0);
    return b->current->arena;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* A row with the cells of @like; NULL: with absent ones. */
static void start_row(struct table_builder *b, const struct cell *like)
{
    size_t size = b->schema->ncolumns * sizeof(*b->row);

    end_row(b);
    if (!b->current)
        open_block(b, 0);
    b->beyond = b->count >= b->limit;
    if (b->beyond) {
        b->over++;
        return;
    }
    b->row = b->spare;
    b->spare = NULL;
    if (!b->row)
        b->row = like ? arena_memdup(b->current->arena, like, size)
                      : arena_alloc(b->current->arena, size);
    else if (like)
        memcpy(b->row, like, size);
    else
        memset(b->row, 0, size);
    b->row[SCHEMA_SITE] = (struct cell){.type = CELL_STR, .u.s = b->block_site};
    b->row[SCHEMA_ENDPOINT] = (struct cell){.type = CELL_STR, .u.s = b->block_endpoint};
}

void builder_row(struct table_builder *b)
{
    start_row(b, NULL);
}

/* One reference per lender, whatever the number of rows; they mostly come from the same one. */
static void keep_lender(struct block *block, struct body *body)
{
    for (size_t i = block->nlenders; i > 0; i--) {
        if (block->lenders[i - 1] == body)
            return;
    }
    block->lenders =
        mem_grow(block->lenders, block->nlenders, &block->lenders_alloc, sizeof(struct body *));
    block->lenders[block->nlenders++] = body_ref(body);
}

void builder_row_like(struct table_builder *b, const struct snapshot *from, const struct row *row)
{
    start_row(b, row->cells);
    if (!b->row)
        return;
    /* Items are added to a list in place, and the lender's are not ours. */
    for (uint64_t left = b->derived_lists; left; left &= left - 1)
        b->row[__builtin_ctzll(left)] = cell_absent();
    b->row_key = b->endpoint_is_key ? NULL : row->key;
    b->likely = snapshot_count(from);
    keep_lender(b->current, from->body);
}

void builder_drop(struct table_builder *b)
{
    if (b->row)
        b->spare = b->row;
    b->row = NULL;
    b->row_key = NULL;
    b->over -= b->beyond;
    b->beyond = false;
}

const struct cell *builder_peek(const struct table_builder *b, unsigned col)
{
    static const struct cell absent;

    return b->row && col < b->schema->ncolumns ? &b->row[col] : &absent;
}

/* ---- cells -------------------------------------------------------------------------------- */

/* The cell to fill, or NULL when the row is not kept. */
static struct cell *target(struct table_builder *b, unsigned col)
{
    return b->row && col < b->schema->ncolumns ? &b->row[col] : NULL;
}

struct cell *builder_cells(struct table_builder *b)
{
    return b->row;
}

/* Text that stands in the row above, too, is there once: rows of a block are alike. @known: that of
 * the same place, or NULL. */
static const char *keep_text(struct table_builder *b, const char *known, const char *s, size_t len)
{
    if (known && strncmp(known, s, len) == 0 && !known[len])
        return known;
    return arena_text(b->current->arena, s, len);
}

static void set_text(struct table_builder *b, struct cell *c, const char *s, size_t len)
{
    const struct cell *above = b->above ? &b->above[c - b->row] : NULL;
    const char *known = above && above->type == CELL_STR ? above->u.s : NULL;

    *c = (struct cell){.type = CELL_STR, .u.s = keep_text(b, known, s, len)};
}

/* The @i-th item of a list. */
static const char *keep_item(struct table_builder *b, const struct cell *c, size_t i,
                             const char *item)
{
    const struct cell *above = b->above ? &b->above[c - b->row] : NULL;
    const struct cell_list *list = above && above->type == CELL_LIST ? above->u.list : NULL;

    return keep_text(b, list && i < list->n ? list->items[i] : NULL, item, strlen(item));
}

/* A string would end at its first NUL, so a NUL inside is made visible: what follows is kept. */
static char *whole_text(const char *s, size_t len)
{
    struct strbuf visible = STRBUF_INIT;

    if (!len || !memchr(s, '\0', len))
        return mem_strndup(s, len);
    text_sanitize(&visible, s, len, TEXT_KEEP_LINES);
    return strbuf_detach(&visible);
}

void builder_str(struct table_builder *b, unsigned col, const char *s)
{
    struct cell *c = target(b, col);

    if (!c || !s)
        return;
    switch (b->schema->columns[col].type) {
    case CELL_STATE:
        builder_state(b, col, s);
        break;
    case CELL_IP:
    case CELL_CIDR:
        builder_ip(b, col, s);
        break;
    case CELL_LIST:
        builder_list(b, col, &s, 1);
        break;
    default:
        set_text(b, c, s, strlen(s));
        break;
    }
}

void builder_strn(struct table_builder *b, unsigned col, const char *s, size_t len)
{
    struct cell *c = target(b, col);
    char *text;

    if (!c || !s)
        return;
    if (b->schema->columns[col].type == CELL_STR && !memchr(s, '\0', len)) {
        set_text(b, c, s, len);
        return;
    }
    text = whole_text(s, len);
    builder_str(b, col, text);
    free(text);
}

void builder_int(struct table_builder *b, unsigned col, int64_t v)
{
    struct cell *c = target(b, col);

    if (!c)
        return;
    switch (b->schema->columns[col].type) {
    case CELL_BYTES:
    case CELL_DURATION:
    case CELL_TIME:
        *c = (struct cell){.type = b->schema->columns[col].type, .u.i = v};
        break;
    case CELL_REAL:
        *c = (struct cell){.type = CELL_REAL, .u.d = (double)v};
        break;
    case CELL_STR:
        *c = (struct cell){.type = CELL_STR,
                           .u.s = arena_printf(b->current->arena, "%lld", (long long)v)};
        break;
    default:
        *c = (struct cell){.type = CELL_INT, .u.i = v};
        break;
    }
}

/* 2^63: the first double that does not fit an int64_t. */
#define INT_LIMIT 9223372036854775808.0

void builder_real(struct table_builder *b, unsigned col, double v)
{
    struct cell *c = target(b, col);
    enum cell_type type;

    if (!c || !isfinite(v))
        return;
    type = b->schema->columns[col].type;
    /* A whole number of a whole-number column stays one; 1.5 in it is shown as it came. */
    if ((type == CELL_BYTES || type == CELL_DURATION || type == CELL_TIME || type == CELL_INT) &&
        fabs(v) < INT_LIMIT && (type != CELL_INT || v == trunc(v)))
        builder_int(b, col, (int64_t)fmt_round(v));
    else
        *c = (struct cell){.type = CELL_REAL, .u.d = v};
}

void builder_bool(struct table_builder *b, unsigned col, bool v)
{
    struct cell *c = target(b, col);

    if (c)
        *c = (struct cell){.type = CELL_BOOL, .u.b = v};
}

void builder_state(struct table_builder *b, unsigned col, const char *word)
{
    struct cell *c = target(b, col);

    if (!c || !word)
        return;
    const struct state_word *w = column_state(&b->schema->columns[col], word);
    if (w)
        *c = (struct cell){.type = CELL_STATE, .u.s = w->word};
    else
        set_text(b, c, word, strlen(word));
}

static void set_ip(struct table_builder *b, struct cell *c, enum cell_type type,
                   const struct ip *ip)
{
    struct ip *copy = arena_alloc(b->current->arena, sizeof(*copy));

    *copy = *ip;
    *c = (struct cell){.type = type, .u.ip = copy};
}

void builder_ip(struct table_builder *b, unsigned col, const char *s)
{
    struct cell *c = target(b, col);
    enum cell_type type;
    struct ip ip;

    if (!c || !s)
        return;
    if (ip_parse(s, &ip)) {
        set_text(b, c, s, strlen(s));
        return;
    }
    /* A block in a column of addresses keeps its prefix. */
    type = b->schema->columns[col].type;
    if (type != CELL_CIDR)
        type = ip.prefix == (ip.family == 4 ? 32 : 128) ? CELL_IP : CELL_CIDR;
    set_ip(b, c, type, &ip);
}

/* Room for @n items: a power of two, so that the array's size needs no field of its own. */
static size_t list_size(size_t n)
{
    size_t room = 2;

    while (room < n)
        room *= 2;
    return room;
}

static const char **list_room(struct table_builder *b, size_t n)
{
    return arena_alloc(b->current->arena, list_size(n) * sizeof(char *));
}

/* A list and its array side by side; the array is made anew when the list grows. */
struct listed {
    struct cell_list list;
    const char *items[];
};

void builder_list(struct table_builder *b, unsigned col, const char *const *items, size_t n)
{
    struct cell *c = target(b, col);
    struct listed *l;

    if (!c || (n && !items))
        return;
    l = arena_alloc(b->current->arena, sizeof(*l) + list_size(n) * sizeof(char *));
    l->list.items = l->items;
    for (size_t i = 0; i < n; i++) {
        if (!items[i])
            continue;
        l->items[l->list.n] = keep_item(b, c, l->list.n, items[i]);
        l->list.n++;
    }
    *c = (struct cell){.type = CELL_LIST, .u.list = &l->list};
}

void builder_list_empty(struct table_builder *b, unsigned col)
{
    builder_list(b, col, NULL, 0);
}

void builder_list_add(struct table_builder *b, unsigned col, const char *item)
{
    struct cell *c = target(b, col);
    struct cell_list *l;
    const char **items;

    if (!c || !item)
        return;
    if (c->type != CELL_LIST)
        builder_list_empty(b, col);
    /* Both were made here, in this row's block: nobody else has seen them yet. */
    l = (struct cell_list *)c->u.list;
    items = (const char **)l->items;
    if (l->n > 1 && !(l->n & (l->n - 1))) {
        items = list_room(b, l->n + 1);
        memcpy(items, l->items, l->n * sizeof(*items));
        l->items = items;
    }
    items[l->n] = keep_item(b, c, l->n, item);
    l->n++;
}

void builder_cell(struct table_builder *b, unsigned col, const struct cell *c)
{
    struct cell *to = target(b, col);

    if (!to)
        return;
    switch (c->type) {
    case CELL_STR:
        set_text(b, to, c->u.s, strlen(c->u.s));
        break;
    case CELL_STATE:
        builder_state(b, col, c->u.s);
        break;
    case CELL_IP:
    case CELL_CIDR:
        set_ip(b, to, c->type, c->u.ip);
        break;
    case CELL_LIST:
        builder_list(b, col, c->u.list->items, c->u.list->n);
        break;
    default:
        *to = *c;
        break;
    }
}

/* ---- the end ------------------------------------------------------------------------------ */

void builder_note(struct table_builder *b, const char *fmt, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list ap;

    if (b->note)
        strbuf_addf(&text, "%s; ", b->note);
    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    free(b->note);
    b->note = strbuf_detach(&text);
}

void builder_malformed(struct table_builder *b)
{
    (void)builder_arena(b); /* opens a block */
    b->current->malformed++;
}

void builder_malformed_apart(struct table_builder *b, unsigned n)
{
    b->malformed += n;
}

/* A warning, like a key that came twice: nothing says that these were rows. */
static void note_malformed(struct table_builder *b)
{
    unsigned n = b->malformed;

    for (size_t i = 0; i < b->nblocks; i++)
        n += b->blocks[i]->malformed;
    if (n)
        builder_note(b, "%u item%s of the reply %s not readable", n, n > 1 ? "s" : "",
                     n > 1 ? "are" : "is");
}

/* Rows were left out: the snapshot is not whole, whatever the collector thinks. */
static void say_over(const struct table_builder *b, struct snapshot *s)
{
    if (s->freshness == FRESH_OK || s->freshness == FRESH_STALE)
        s->freshness = FRESH_PARTIAL;
    if (s->err.kind == ERR_NONE)
        err_set(&s->err, ERR_LIMIT, 0, "%zu rows beyond the limit of %zu rows were not kept",
                b->over, b->limit);
    else
        err_prefix(&s->err, "%zu rows beyond the limit of %zu rows were not kept", b->over,
                   b->limit);
}

/* A block without rows and without a name is nothing. */
static void drop_empty_blocks(struct table_builder *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->nblocks; i++) {
        if (!b->blocks[i]->n && !b->blocks[i]->hash) {
            block_unref(b->blocks[i]);
            continue;
        }
        b->sources[n] = b->sources[i];
        b->blocks[n++] = b->blocks[i];
    }
    b->nblocks = n;
}

struct snapshot *builder_finish(struct table_builder *b, int64_t taken_at, enum freshness f,
                                const struct err *err)
{
    struct snapshot *s;
    struct body *body;

    end_block(b);
    note_malformed(b);
    drop_empty_blocks(b);
    body = body_new(b->blocks, b->sources, b->nblocks, b->reuse ? b->prev->body : NULL, &b->hints);
    s = snapshot_new(b->schema, b->site, b->endpoint, body);
    s->taken_at = taken_at;
    s->freshness = f;
    if (err)
        s->err = *err;
    if (b->over)
        say_over(b, s);
    s->note = b->note;
    b->note = NULL;
    release(b);
    return s;
}
