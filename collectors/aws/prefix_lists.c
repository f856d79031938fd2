/*
 * prefix_lists: the managed prefix lists of the account, and the entries of each. In the mode of
 * that name an SDDC's networks are one route to a list, so the entries are what says whether a
 * segment is routed.
 *
 * The lists come first, all pages; then one call per list. A list whose entries cannot be read
 * keeps its row, with entries ABSENT. Lists that AWS owns (S3's, ...) are not asked for theirs: no
 * SDDC is routed by them, and a region has dozens.
 */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

#include <string.h>

#include "core/arena.h"
#include "core/hash.h"

struct list {
    struct list *next;
    const char *id, *name, *owner, *max_entries, *version;
};

struct entry {
    struct entry *next;
    const char *cidr;
};

struct reading {
    struct ec2_pages pages;
    struct list *first, *last;  /* all lists */
    struct list *at;            /* whose entries are being read; NULL: the lists are */
    struct entry *entry, **end; /* its entries so far */
    uint64_t hash;              /* of its only page; 0: there are more */
    bool refused;               /* no more entries are asked for */
    struct list *item;          /* being decoded */
    struct run *run;
};

static struct table_builder *rows(struct run *run)
{
    return run_table(run, &table_prefix_lists);
}

/* ---- the lists ---------------------------------------------------------------------------- */

static void begin_list(void *arg)
{
    struct reading *r = arg;
    struct list *l = arena_alloc(r->run->arena, sizeof(*l));

    if (r->last)
        r->last->next = l;
    else
        r->first = l;
    r->last = r->item = l;
}

static void list_member(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct reading *r = arg;
    struct list *l = r->item;
    const struct {
        const char *name;
        const char **value;
    } members[] = {
        {"prefixListId", &l->id},        {"prefixListName", &l->name}, {"ownerId", &l->owner},
        {"maxEntries", &l->max_entries}, {"version", &l->version},
    };

    for (size_t i = 0; len && i < sizeof(members) / sizeof(members[0]); i++) {
        if (xml_path_is(x, EC2_FIELD_DEPTH, members[i].name))
            *members[i].value = arena_strndup(r->run->arena, text, len);
    }
}

static void end_item(void *arg)
{
    (void)arg;
}

static const struct ec2_handler list_handler = {
    .action = "DescribeManagedPrefixLists",
    .set = "prefixListSet",
    .begin = begin_list,
    .member = list_member,
    .end = end_item,
};

static enum step ask_lists(struct run *run, const struct reading *r)
{
    struct strbuf body = STRBUF_INIT;

    ec2_begin(&body, list_handler.action, EC2_ALL, run);
    ec2_page_params(&body, &r->pages, 100);
    return ec2_send(run, "prefix lists", &body);
}

/* ---- entries ------------------------------------------------------------------------------ */

static void begin_entry(void *arg)
{
    (void)arg;
}

static void entry_member(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct reading *r = arg;
    struct entry *e;

    if (!len || !xml_path_is(x, EC2_FIELD_DEPTH, "cidr"))
        return;
    e = arena_alloc(r->run->arena, sizeof(*e));
    e->cidr = arena_strndup(r->run->arena, text, len);
    *r->end = e;
    r->end = &e->next;
}

static const struct ec2_handler entry_handler = {
    .action = "GetManagedPrefixListEntries",
    .set = "entrySet",
    .begin = begin_entry,
    .member = entry_member,
    .end = end_item,
};

static void set(struct run *run, unsigned column, const char *text)
{
    if (text)
        ec2_set(rows(run), column, text, strlen(text));
}

static void add_row(struct run *run, const struct list *l)
{
    builder_row(rows(run));
    set(run, PREFIX_LISTS_PREFIX_LIST, l->id);
    set(run, PREFIX_LISTS_NAME, l->name);
    set(run, PREFIX_LISTS_OWNER, l->owner);
    set(run, PREFIX_LISTS_MAX_ENTRIES, l->max_entries);
    set(run, PREFIX_LISTS_VERSION, l->version);
}

/* Of a list and the page of its entries: each list is a block of its own. */
static uint64_t hash_list(const struct list *l, uint64_t page)
{
    const char *texts[] = {l->id, l->name, l->owner, l->max_entries, l->version};

    for (size_t i = 0; page && i < sizeof(texts) / sizeof(texts[0]); i++)
        page = hash_fast(texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0, page);
    return page;
}

static enum step ask_entries(struct run *run, const struct reading *r)
{
    struct strbuf body = STRBUF_INIT;

    ec2_begin(&body, entry_handler.action, EC2_ALL, run);
    ec2_page_params(&body, &r->pages, 100);
    ec2_param(&body, "PrefixListId", r->at->id);
    return ec2_send(run, "entries of a prefix list", &body);
}

/* Go on with @l: rows of lists that need no call are made at once. */
static enum step next_list(struct run *run, struct reading *r, struct list *l)
{
    for (; l; l = l->next) {
        bool of_aws = l->owner && strcmp(l->owner, "AWS") == 0;

        if (l->id && !of_aws && !r->refused)
            break;
        builder_block(rows(run), 0);
        add_row(run, l);
    }
    r->at = l;
    r->pages = (struct ec2_pages){0};
    r->entry = NULL;
    r->end = &r->entry;
    return l ? ask_entries(run, r) : STEP_DONE;
}

/* The list stays, without entries. What is refused for one is refused for all; one that has gone
 * since, or a reply that cannot be read, says nothing of the others. */
static enum step without_entries(struct run *run, struct reading *r, const struct err *err)
{
    struct list *l = r->at;
    struct err why = *err;

    err_prefix(&why, "entries of '%s'", l->id);
    builder_note(rows(run), "%s", why.msg);
    r->refused |= err->kind == ERR_DENIED || err->kind == ERR_UNSUPPORTED;
    builder_block(rows(run), 0);
    add_row(run, l);
    return next_list(run, r, l->next);
}

static bool was_there(struct run *run, uint64_t hash)
{
    const struct snapshot *prev = builder_prev(rows(run));

    for (size_t i = 0; hash && prev && i < snapshot_blocks(prev); i++) {
        if (snapshot_block_hash(prev, i) == hash)
            return true;
    }
    return false;
}

static enum step with_entries(struct run *run, struct reading *r)
{
    struct list *l = r->at;

    builder_block(rows(run), r->hash);
    add_row(run, l);
    builder_list_empty(rows(run), PREFIX_LISTS_ENTRIES);
    for (struct entry *e = r->entry; e; e = e->next)
        builder_list_add(rows(run), PREFIX_LISTS_ENTRIES, e->cidr);
    return next_list(run, r, l->next);
}

/* A block is opened only for entries that were read: one that is kept must have its row. */
static enum step take_entries(struct run *run, struct reading *r, const struct reply *reply)
{
    const char *token;
    struct err err;

    if (reply->err)
        return without_entries(run, r, reply->err);
    r->hash = hash_list(r->at, ec2_page_hash(run, reply, &token));
    if (r->pages.n || token)
        r->hash = 0;
    if (was_there(run, r->hash) && builder_block(rows(run), r->hash))
        return next_list(run, r, r->at->next);
    if (ec2_decode(&entry_handler, r, run, reply, &token, &err) < 0 ||
        ec2_page_done(&r->pages, run, token, &err) < 0)
        return without_entries(run, r, &err);
    return r->pages.token ? ask_entries(run, r) : with_entries(run, r);
}

/* ---- the run ------------------------------------------------------------------------------ */

static enum step step(struct run *run, const struct reply *reply)
{
    struct reading *r = run->scratch;
    const char *token;
    struct err err;

    if (!reply) {
        r = run->scratch = arena_alloc(run->arena, sizeof(*r));
        r->run = run;
        return ask_lists(run, r);
    }
    if (r->at)
        return take_entries(run, r, reply);
    if (reply->err)
        return run_fail(run, reply->err);
    if (ec2_decode(&list_handler, r, run, reply, &token, &err) < 0 ||
        ec2_page_done(&r->pages, run, token, &err) < 0)
        return run_fail(run, &err);
    return r->pages.token ? ask_lists(run, r) : next_list(run, r, r->first);
}

static const struct schema *const tables[] = {&table_prefix_lists, NULL};

const struct collector collector_prefix_lists = {
    .name = "prefix_lists",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 120000,
    .step = step,
};
