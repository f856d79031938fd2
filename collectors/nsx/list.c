#include "collectors/nsx/list.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

/* ---- one list of one run -----------------------------------------------------------------------
 */

static enum step ask_page(struct run *run, struct nsx_list *l)
{
    char separator = strchr(l->path, '?') ? '&' : '?';

    l->pages++;
    if (!l->cursor)
        return run_get(run, SERVICE_NSX, l->label, "%s%cpage_size=%d", l->path, separator,
                       NSX_PAGE_SIZE);
    return run_get(run, SERVICE_NSX, l->label, "%s%cpage_size=%d&cursor=%s", l->path, separator,
                   NSX_PAGE_SIZE, nsx_escape(run, l->cursor, false));
}

enum step nsx_list_first(struct run *run, struct nsx_list *l, const char *label, const char *fmt,
                         ...)
{
    struct strbuf path = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&path, fmt, ap);
    va_end(ap);
    *l = (struct nsx_list){.label = label, .path = arena_strdup(run->arena, path.buf)};
    strbuf_release(&path);
    return ask_page(run, l);
}

enum nsx_more nsx_list_more(struct run *run, struct nsx_list *l, const char *cursor,
                            struct err *err)
{
    if (!cursor || !*cursor || text_has_prefix(cursor, "0000"))
        return NSX_LIST_END;
    if ((l->cursor && strcmp(l->cursor, cursor) == 0) ||
        (l->mark && strcmp(l->mark, cursor) == 0)) {
        err_set(err, ERR_PROTO, 0, "the list of %s repeats a cursor after %u pages", l->label,
                l->pages);
        return NSX_LIST_BROKEN;
    }
    if (l->pages >= COLLECTOR_PAGES_MAX) {
        err_set(err, ERR_LIMIT, 0, "the list of %s has more than %d pages", l->label,
                COLLECTOR_PAGES_MAX);
        return NSX_LIST_BROKEN;
    }
    l->cursor = arena_strdup(run->arena, cursor);
    /* The mark waits for a circle of up to as many pages as there were: any circle meets it. */
    if ((l->pages & (l->pages - 1)) == 0)
        l->mark = l->cursor;
    ask_page(run, l);
    return NSX_LIST_MORE;
}

static int check_page(struct json_object *page, const char *label, struct err *err)
{
    int64_t count = -1;

    jsonq_int(page, "result_count", &count);
    if (json_object_is_type(jsonq_get(page, "results"), json_type_array) || count == 0)
        return 0;
    return err_set(err, ERR_PROTO, 0, "the reply about %s has no list of results", label);
}

struct walk {
    jsonq_item_fn item;
    void *arg;
    struct table_builder *b; /* where what is no object is counted; NULL: nowhere */
    bool apart;              /* not with the rows of its current block */
    unsigned *odd;           /* counts them, too; NULL: not wanted */
};

static void only_objects(void *arg, struct json_object *item)
{
    const struct walk *w = arg;

    if (!w->item)
        return;
    if (json_object_is_type(item, json_type_object))
        w->item(w->arg, item);
    else if (w->odd)
        ++*w->odd;
    else if (w->b && w->apart)
        builder_malformed_apart(w->b, 1);
    else if (w->b)
        builder_malformed(w->b);
}

static int walk_page(struct run *run, const struct walk *w, const struct reply *reply,
                     const char *label, const char **cursor, struct err *err)
{
    struct json_object *page = jsonq_parse_list(reply->body, reply->len, "results", only_objects,
                                                (void *)(uintptr_t)w, err);
    int rc;

    if (!page)
        return err_prefix(err, "the reply about %s", label);
    rc = check_page(page, label, err);
    *cursor = arena_strdup(run->arena, jsonq_str(page, "cursor"));
    json_object_put(page);
    return rc;
}

int nsx_page_walk(struct run *run, const struct reply *reply, const char *label, jsonq_item_fn item,
                  void *arg, unsigned *odd, const char **cursor, struct err *err)
{
    struct walk w = {.item = item, .arg = arg, .odd = odd};

    return walk_page(run, &w, reply, label, cursor, err);
}

enum nsx_more nsx_list_cut(const struct nsx_list *l, struct err *err)
{
    if (l->pages > 1)
        err_prefix(err, "what follows page %u of %s is missing", l->pages - 1, l->label);
    return NSX_LIST_BROKEN;
}

enum nsx_more nsx_list_read(struct run *run, struct nsx_list *l, const struct reply *reply,
                            jsonq_item_fn item, void *arg, struct err *err)
{
    const char *cursor = NULL;
    struct walk w = {item, arg, run_table(run, run->collector->tables[0]), true, l->odd};

    if (reply->err) {
        *err = *reply->err;
        return nsx_list_cut(l, err);
    }
    if (walk_page(run, &w, reply, l->label, &cursor, err) < 0)
        return nsx_list_cut(l, err);
    return nsx_list_more(run, l, cursor, err);
}

/* ---- pages that did not change -----------------------------------------------------------------
 */

/* Pages that changed leave an entry behind, so a full memo is forgotten as a whole: then pages are
 * parsed once more for their cursor. */
#define MEMO_MAX (4 * COLLECTOR_PAGES_MAX)

struct memo_entry {
    uint64_t hash;
    char *cursor;
};

struct nsx_memo {
    struct memo_entry *entries;
    size_t n, alloc;
};

static void memo_clear(struct nsx_memo *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->entries[i].cursor);
    m->n = 0;
}

void nsx_memo_free(struct nsx_memo *m)
{
    if (!m)
        return;
    memo_clear(m);
    free(m->entries);
    free(m);
}

/* True: known; *cursor is NULL at the end of a list. */
static bool memo_get(const struct nsx_memo *m, uint64_t hash, const char **cursor)
{
    for (size_t i = 0; m && i < m->n; i++) {
        if (m->entries[i].hash == hash) {
            *cursor = m->entries[i].cursor;
            return true;
        }
    }
    return false;
}

/* Remember; *m is made when it is NULL. */
static void memo_put(struct nsx_memo **m, uint64_t hash, const char *cursor)
{
    const char *known;

    if (!*m)
        *m = mem_alloc(sizeof(**m));
    if (memo_get(*m, hash, &known))
        return;
    if ((*m)->n >= MEMO_MAX)
        memo_clear(*m);
    (*m)->entries = mem_grow((*m)->entries, (*m)->n, &(*m)->alloc, sizeof(struct memo_entry));
    (*m)->entries[(*m)->n++] = (struct memo_entry){hash, mem_strdup(cursor)};
}

struct row_maker {
    struct table_builder *b;
    nsx_row_fn row;
    void *arg;
};

static void make_row(void *arg, struct json_object *item)
{
    const struct row_maker *m = arg;

    m->row(m->arg, m->b, item);
}

/* The cursor of a page whose rows were taken over; the memo may have been emptied meanwhile. */
static int find_cursor(struct run *run, struct nsx_memo **memo, const struct reply *reply,
                       const char *label, const char **cursor, struct err *err)
{
    if (memo_get(*memo, reply->hash, cursor)) {
        *cursor = arena_strdup(run->arena, *cursor);
        return 0;
    }
    if (nsx_page_walk(run, reply, label, NULL, NULL, NULL, cursor, err) < 0)
        return -1;
    memo_put(memo, reply->hash, *cursor);
    return 0;
}

int nsx_page_read(struct run *run, struct nsx_memo **memo, struct table_builder *b, uint64_t salt,
                  const struct reply *reply, const char *label, nsx_row_fn row, void *arg,
                  const char **cursor, struct err *err)
{
    struct row_maker m = {b, row, arg};
    struct walk w = {.item = make_row, .arg = &m, .b = b};

    if (builder_block(b, nsx_mix(reply->hash, salt)))
        return find_cursor(run, memo, reply, label, cursor, err);
    if (walk_page(run, &w, reply, label, cursor, err) < 0) {
        builder_block_drop(b);
        return -1;
    }
    memo_put(memo, reply->hash, *cursor);
    return 0;
}

enum step nsx_list_step(struct run *run, const struct nsx_list *l, const struct reply *reply,
                        enum nsx_more more, const struct err *err)
{
    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_BROKEN && l->pages == 1)
        return reply->err ? nsx_fail(run, reply) : run_fail(run, err);
    if (more == NSX_LIST_BROKEN)
        nsx_partial(run, err);
    return STEP_DONE;
}

enum step nsx_list_page(struct run *run, struct nsx_list *l, struct nsx_memo **memo,
                        struct table_builder *b, uint64_t salt, const struct reply *reply,
                        nsx_row_fn row, void *arg)
{
    enum nsx_more more;
    const char *cursor = NULL;
    struct err err = {0};

    if (reply->err)
        err = *reply->err;
    if (reply->err ||
        nsx_page_read(run, memo, b, salt, reply, l->label, row, arg, &cursor, &err) < 0)
        more = nsx_list_cut(l, &err);
    else
        more = nsx_list_more(run, l, cursor, &err);
    return nsx_list_step(run, l, reply, more, &err);
}

/* ---- small things ------------------------------------------------------------------------------
 */

bool nsx_is_type(const char *type, const char *wanted)
{
    return !type || text_equal_nocase(type, wanted);
}

const char *nsx_path_id(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    return slash ? slash + 1 : path;
}

const char *nsx_escape(struct run *run, const char *text, bool path)
{
    struct strbuf out = STRBUF_INIT;
    const char *kept;

    text_percent_encode(&out, text, strlen(text), path ? "/" : NULL);
    kept = arena_strndup(run->arena, out.buf, out.len);
    strbuf_release(&out);
    return kept;
}

const char *nsx_enforcement_point(const struct run *run)
{
    if (run->facts->enforcement_point)
        return run->facts->enforcement_point;
    return run->facts->on_vmc ? "/infra/sites/default/enforcement-points/vmc-enforcementpoint"
                              : "/infra/sites/default/enforcement-points/default";
}

enum step nsx_fail(struct run *run, const struct reply *reply)
{
    run->err = *reply->err;
    if (reply_not_offered(reply))
        run->err.kind = ERR_UNSUPPORTED;
    return STEP_FAIL;
}

void nsx_partial(struct run *run, const struct err *err)
{
    run->freshness = FRESH_PARTIAL;
    if (run->err.kind == ERR_NONE)
        run->err = *err;
}

void nsx_partial_many(struct run *run, struct table_builder *b, unsigned n, const char *what,
                      const char *object, const struct err *first)
{
    struct err err = *first;

    if (n == 0)
        return;
    err_prefix(&err, "%s %u %s%s are missing", what, n, object, n > 1 ? "s" : "");
    if (run->err.kind != ERR_NONE)
        builder_note(b, "%s", err.msg);
    nsx_partial(run, &err);
}

uint64_t nsx_mix(uint64_t a, uint64_t b)
{
    const uint64_t pair[2] = {a, b};
    uint64_t h = hash_fast(pair, sizeof(pair), 0);

    return h ? h : 1;
}
