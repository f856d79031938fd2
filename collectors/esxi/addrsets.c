#include "collectors/esxi/addrsets.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/snapshot.h"
#include "model/tables.h"

/* ---- lists -------------------------------------------------------------------------------------
 */

/* A list and the size of its text, which lies in one piece. */
struct known {
    struct cell_list list;
    size_t size;
};

static const struct known *make_list(struct addrsets *a)
{
    struct arena *arena = builder_arena(a->b);
    struct known *k = arena_alloc(arena, sizeof(*k));
    const char **items = a->members ? arena_alloc(arena, a->members * sizeof(*items)) : NULL;
    char *text = a->members ? arena_alloc(arena, a->text.len) : NULL;

    if (a->members)
        memcpy(text, a->text.buf, a->text.len);
    for (size_t i = 0; i < a->members; i++) {
        items[i] = text;
        text += strlen(text) + 1;
    }
    k->list = (struct cell_list){.n = a->members, .items = items};
    k->size = a->text.len;
    return k;
}

static const struct cell_list *list_of(struct addrsets *a)
{
    const struct known *k = map_get(a->known, a->set);

    if (k && k->list.n == a->members && k->size == a->text.len &&
        (!a->members || memcmp(k->list.items[0], a->text.buf, a->text.len) == 0)) {
        a->shared++;
        return &k->list;
    }
    k = make_list(a);
    map_put(a->known, a->set, (void *)k);
    return &k->list;
}

static struct cell text_cell(const char *s)
{
    return s ? (struct cell){.type = CELL_STR, .u.s = s} : cell_absent();
}

static void close_set(struct addrsets *a)
{
    struct cell *c;

    if (!a->set)
        return;
    builder_row(a->b);
    c = builder_cells(a->b);
    if (c) {
        c[ADDRSETS_HOST] = text_cell(a->host);
        c[ADDRSETS_FILTER] = text_cell(a->filter);
        c[ADDRSETS_SET] = text_cell(a->set);
        c[ADDRSETS_KIND] = text_cell(a->kind);
        c[ADDRSETS_MEMBER_COUNT] = (struct cell){.type = CELL_INT, .u.i = (int64_t)a->members};
        c[ADDRSETS_MEMBERS] = (struct cell){.type = CELL_LIST, .u.list = list_of(a)};
    }
    a->set = a->kind = NULL;
    a->members = 0;
    strbuf_reset(&a->text);
}

static void open_set(struct addrsets *a, struct slice name, bool braces)
{
    close_set(a);
    a->set = interns_text(a->names, name);
    a->braces = braces;
}

/* ---- lines -------------------------------------------------------------------------------------
 */

/* "ip 192.0.2.10," or "mac 00:50:56:8c:12:a4,"; nsxcli leaves the word out. */
static bool on_member(struct addrsets *a, struct slice line)
{
    struct scan s = {line.p, line.p + line.len};
    const char *kind = NULL;
    struct slice member;

    if (SCAN_TAKE(&s, "ip"))
        kind = "ip";
    else if (SCAN_TAKE(&s, "mac"))
        kind = "mac";
    else if (a->braces)
        return false;
    member = scan_rest(&s);
    if (member.len && member.p[member.len - 1] == ',')
        member.len--;
    member = slice_trim(member);
    if (!member.len || memchr(member.p, '\0', member.len))
        return false;
    if (!a->kind)
        a->kind = kind;
    strbuf_add(&a->text, member.p, member.len);
    strbuf_addch(&a->text, '\0');
    a->members++;
    return true;
}

/* "addrset NAME {" */
static bool on_open(struct addrsets *a, struct slice line)
{
    struct scan s = {line.p, line.p + line.len};
    struct slice name;

    if (!SCAN_TAKE(&s, "addrset"))
        return false;
    name = scan_rest(&s);
    if (name.len < 2 || name.p[name.len - 1] != '{')
        return false;
    name.len--;
    name = slice_trim(name);
    if (!name.len)
        return false;
    open_set(a, name, true);
    return true;
}

/* nsxcli: "Addrset UUID : X", "Address Count : 1", "Address : ip 14.14.14.14" */
static bool on_pair(struct addrsets *a, struct slice line)
{
    struct slice key, value;

    if (!slice_pair(line, &key, &value))
        return false;
    if (SLICE_IS(key, "Addrset UUID") && value.len) {
        open_set(a, value, false);
        return true;
    }
    if (SLICE_IS(key, "Address") && a->set && !a->braces)
        return on_member(a, value);
    return SLICE_IS(key, "Address Count") || SLICE_IS(key, "VIF UUID");
}

static bool on_text(struct addrsets *a, struct slice line)
{
    if (line.p[0] == '}' && line.len == 1) {
        close_set(a);
        return true;
    }
    if (a->set && a->braces && on_member(a, line))
        return true;
    return on_open(a, line) || on_pair(a, line);
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct addrsets *a = arg;
    struct slice line = slice_trim((struct slice){s, len});

    if (!line.len)
        return;
    if (on_text(a, line))
        a->lines.health.parsed++;
    else
        parse_health_skip(&a->lines.health, s, len);
}

/* ---- life --------------------------------------------------------------------------------------
 */

void addrsets_init(struct addrsets *a, struct table_builder *b, const char *host)
{
    struct arena *arena = builder_arena(b);

    memset(a, 0, sizeof(*a));
    lines_init(&a->lines, on_line, a);
    a->b = b;
    a->host = arena_strdup(arena, host);
    strbuf_init(&a->text, 0);
    a->known = map_new();
    a->names = interns_new(arena);
}

void addrsets_begin(struct addrsets *a, const char *filter)
{
    a->filter = arena_strdup(builder_arena(a->b), filter);
}

void addrsets_feed(struct addrsets *a, const char *data, size_t len)
{
    lines_feed(&a->lines, data, len);
}

bool addrsets_end(struct addrsets *a, bool whole)
{
    bool closed = lines_end(&a->lines, whole);

    closed = closed && (!a->set || !a->braces);
    close_set(a);
    return closed;
}

void addrsets_release(struct addrsets *a)
{
    lines_release(&a->lines);
    interns_free(a->names);
    strbuf_release(&a->text);
    map_free(a->known, NULL);
}
