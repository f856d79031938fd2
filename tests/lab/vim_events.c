/* vim_events: EventHistoryCollector and QueryEvents. */
#include "tests/lab/vim.h"

#include "core/fmt.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

#define COLLECTORS_MAX 32
#define PAGE_USUAL     10
#define PAGE_MAX       1000

static void argument(struct strbuf *out, const char *tag, const char *inner,
                     const struct lab_mo *mo)
{
    if (!mo)
        return;
    strbuf_addf(out, "<%s>", tag);
    vim_element(out, "name", mo->name);
    vim_ref(out, inner, mo);
    strbuf_addf(out, "</%s>", tag);
}

void vim_event(const struct lab_vc *vc, const struct lab_vevent *ev, const char *tag,
               struct strbuf *out)
{
    strbuf_addf(out, "<%s xsi:type=\"%s\"><key>%lld</key><chainId>%lld</chainId><createdTime>", tag,
                ev->type, (long long)ev->key, (long long)ev->chain);
    vim_time(out, ev->at);
    strbuf_addstr(out, "</createdTime>");
    vim_element(out, "userName", ev->user);
    argument(out, "datacenter", "datacenter", vc->dc);
    if (ev->host) {
        argument(out, "computeResource", "computeResource", &ev->host->cluster->mo);
        argument(out, "host", "host", &ev->host->mo);
    }
    argument(out, "vm", "vm", ev->vm ? &ev->vm->mo : NULL);
    argument(out, "ds", "datastore", ev->store ? &ev->store->mo : NULL);
    vim_element(out, "fullFormattedMessage", ev->message);
    argument(out, "destHost", "host", ev->dest_host);
    argument(out, "destDatastore", "datastore", ev->dest_store);
    argument(out, "sourceHost", "host", ev->source_host);
    argument(out, "sourceDatastore", "datastore", ev->source_store);
    if (ev->id) {
        vim_element(out, "eventTypeId", ev->id);
        vim_element(out, "severity", ev->severity);
        vim_element(out, "message", "");
        if (ev->vm) {
            vim_element(out, "objectId", ev->vm->mo.id);
            vim_element(out, "objectType", "VirtualMachine");
            vim_element(out, "objectName", ev->vm->mo.name);
        }
    }
    strbuf_addf(out, "</%s>", tag);
}

/* ---- matching ------------------------------------------------------------------------------- */

static bool of_entity(const struct lab_vevent *ev, const struct vim_history *h)
{
    const struct lab_mo *at[] = {ev->vm ? &ev->vm->mo : NULL, ev->host ? &ev->host->mo : NULL};

    if (!h->entity || (h->entity->parent == NULL && h->all))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(at); i++)
        for (const struct lab_mo *mo = at[i]; mo; mo = h->all ? mo->parent : NULL)
            if (mo == h->entity || (h->children && mo->parent == h->entity))
                return true;
    return false;
}

static bool matches(const struct lab_vevent *ev, const struct vim_history *h)
{
    bool wanted = h->ntypes == 0;

    if ((h->begin && ev->at < h->begin) || (h->end && ev->at > h->end))
        return false;
    if (h->user >= 0 && (*ev->user == '\0') != (h->user == 1))
        return false;
    for (unsigned i = 0; i < h->ntypes && !wanted; i++)
        wanted = strcmp(h->types[i], ev->id ? ev->id : ev->type) == 0 ||
                 strcmp(h->types[i], ev->type) == 0;
    return wanted && of_entity(ev, h);
}

static void list_matches(const struct lab_vc *vc, const struct vim_history *h, struct lab_list *out)
{
    for (size_t i = 0; i < vc->events.n; i++)
        if (matches(vc->events.at[i], h))
            lab_list_add(out, vc->events.at[i]);
}

void vim_history_latest(const struct lab_vc *vc, const struct vim_history *h, const char *tag,
                        struct strbuf *out)
{
    struct lab_list list = {NULL, 0, 0};
    size_t first;

    list_matches(vc, h, &list);
    first = list.n > (size_t)h->page ? list.n - (size_t)h->page : 0;
    for (size_t i = first; i < list.n; i++)
        vim_event(vc, list.at[i], tag, out);
    free(list.at);
}

/* ---- calls ---------------------------------------------------------------------------------- */

static bool read_entity(struct vim_call *c, struct vim_history *h, xmlNode *filter)
{
    xmlNode *spec = vim_child(filter, "entity");
    const char *id = spec ? vim_text(c->a, spec, "entity") : NULL;
    const char *recursion = spec ? vim_text(c->a, spec, "recursion") : NULL;

    if (!id)
        return true;
    h->entity = vim_object(c, id);
    h->all = recursion && strcmp(recursion, "all") == 0;
    h->children = recursion && strcmp(recursion, "children") == 0;
    return h->entity != NULL;
}

static bool read_filter(struct vim_call *c, struct vim_history *h, struct arena *a, xmlNode *filter)
{
    xmlNode *time = vim_child(filter, "time"), *user = vim_child(filter, "userName");
    const char *begin = vim_text(c->a, time, "beginTime"), *end = vim_text(c->a, time, "endTime");
    static const char *const names[] = {"type", "eventTypeId"};
    int64_t max = vim_number(c->a, filter, "maxCount");

    h->user = user ? vim_true(c->a, user, "systemUser") : -1;
    if ((begin && fmt_parse_time(begin, &h->begin) < 0) ||
        (end && fmt_parse_time(end, &h->end) < 0)) {
        vim_fault(c, "InvalidArgument", "A specified parameter was not correct: filter.time",
                  "<invalidProperty>filter.time</invalidProperty>");
        return false;
    }
    for (size_t k = 0; k < ARRAY_SIZE(names); k++)
        for (xmlNode *n = vim_child(filter, names[k]); n && h->ntypes < ARRAY_SIZE(h->types);
             n = vim_next(n, names[k]))
            h->types[h->ntypes++] = arena_strdup(a, vim_node_text(c->a, n));
    h->page = max > 0 && max <= PAGE_MAX ? max : PAGE_USUAL;
    return read_entity(c, h, filter);
}

void vim_call_create_history(struct vim_call *c)
{
    struct vim_history *h = arena_alloc(c->session->arena, sizeof(*h));
    size_t open = 0;

    for (size_t i = 0; i < c->session->histories.n; i++)
        open += !((struct vim_history *)c->session->histories.at[i])->gone;
    if (open >= COLLECTORS_MAX) {
        vim_fault(c, "InvalidState", "The maximum number of collectors is reached.", NULL);
        return;
    }
    if (!read_filter(c, h, c->session->arena, vim_child(c->method, "filter")))
        return;
    h->mo = (struct lab_mo){.type = MO_EVENT_COLLECTOR, .id = vim_session_object(c)};
    lab_list_add(&c->session->histories, h);
    vim_ref(c->out, "returnval", &h->mo);
}

static struct vim_history *this_history(struct vim_call *c)
{
    struct lab_mo *mo = vim_object(c, c->this_id);

    if (mo && mo->type != MO_EVENT_COLLECTOR)
        vim_fault(c, "InvalidRequest", "The object is no event collector.", NULL);
    return c->fault ? NULL : (struct vim_history *)(void *)mo;
}

static int64_t max_count(struct vim_call *c)
{
    int64_t max = vim_number(c->a, c->method, "maxCount");

    if (max >= 1 && max <= PAGE_MAX)
        return max;
    vim_fault(c, "InvalidArgument", "A specified parameter was not correct: maxCount",
              "<invalidProperty>maxCount</invalidProperty>");
    return -1;
}

/* From the position towards newer events. */
void vim_call_read_next(struct vim_call *c)
{
    struct vim_history *h = this_history(c);
    int64_t max = h ? max_count(c) : -1;
    struct lab_list list = {NULL, 0, 0};

    if (max < 0)
        return;
    list_matches(c->vc, h, &list);
    for (; max > 0 && h->position < (int64_t)list.n; max--)
        vim_event(c->vc, list.at[h->position++], "returnval", c->out);
    free(list.at);
}

void vim_call_read_previous(struct vim_call *c)
{
    struct vim_history *h = this_history(c);
    int64_t max = h ? max_count(c) : -1;
    struct lab_list list = {NULL, 0, 0};

    if (max < 0)
        return;
    list_matches(c->vc, h, &list);
    for (; max > 0 && h->position > 0; max--)
        vim_event(c->vc, list.at[--h->position], "returnval", c->out);
    free(list.at);
}

void vim_call_rewind(struct vim_call *c)
{
    struct vim_history *h = this_history(c);

    if (h)
        h->position = 0;
}

/* Before the latest page: going back from here leaves out the newest events. */
void vim_call_reset(struct vim_call *c)
{
    struct vim_history *h = this_history(c);
    struct lab_list list = {NULL, 0, 0};

    if (!h)
        return;
    list_matches(c->vc, h, &list);
    h->position = (int64_t)list.n > h->page ? (int64_t)list.n - h->page : 0;
    free(list.at);
}

void vim_call_page_size(struct vim_call *c)
{
    struct vim_history *h = this_history(c);
    int64_t max = h ? max_count(c) : -1;

    if (max > 0)
        h->page = max;
}

void vim_call_destroy_history(struct vim_call *c)
{
    struct vim_history *h = this_history(c);

    if (!h)
        return;
    h->gone = true;
    h->mo.parent = &h->mo;
}

/* One answer, cut at the server's maximum without a word. */
void vim_call_query_events(struct vim_call *c)
{
    struct vim_history *h = arena_alloc(c->a, sizeof(*h));
    struct lab_list list = {NULL, 0, 0};

    if (!read_filter(c, h, c->a, vim_child(c->method, "filter")))
        return;
    list_matches(c->vc, h, &list);
    for (size_t i = 0; i < list.n && i < PAGE_MAX; i++)
        vim_event(c->vc, list.at[i], "returnval", c->out);
    free(list.at);
}
