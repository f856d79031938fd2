/* vim_read: RetrievePropertiesEx: one reading, in pages with a token that is good once. */
#include "tests/lab/vim.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

/* The server's own policy when the client sets no maxObjects. */
#define PAGE_USUAL 1000

struct vim_page {
    const char *token;
    struct lab_list specs, objects; /* objects[i] belongs to spec owner[i] */
    struct vim_spec **owner;
    size_t next, max;
};

static void release_page(struct vim_page *p)
{
    for (size_t i = 0; i < p->specs.n; i++)
        vim_spec_release(p->specs.at[i]);
    free(p->specs.at);
    free(p->objects.at);
    free(p->owner);
    free(p);
}

void vim_pages_release(struct vim_session *s)
{
    for (size_t i = 0; i < s->pages.n; i++)
        release_page(s->pages.at[i]);
    free(s->pages.at);
    s->pages = (struct lab_list){NULL, 0, 0};
}

static void write_object(struct vim_call *c, struct vim_spec *spec, const struct lab_mo *mo)
{
    const struct lab_list *wanted = vim_spec_wanted(spec, c->session->arena, mo);

    strbuf_addstr(c->out, "<objects>");
    vim_ref(c->out, "obj", mo);
    for (size_t i = 0; i < wanted->n; i++) {
        const struct vim_picked *p = wanted->at[i];
        size_t start = c->out->len;

        strbuf_addf(c->out, "<propSet><name>%s</name>", p->path);
        if (vim_write(p, c->vc, c->session, mo, c->out))
            strbuf_addstr(c->out, "</propSet>");
        else
            strbuf_setlen(c->out, start);
    }
    strbuf_addstr(c->out, "</objects>");
}

/* Send the next page; the rest, if any, waits under a token. Takes @p over. */
static void send_page(struct vim_call *c, struct vim_page *p)
{
    size_t end = p->next + p->max < p->objects.n ? p->next + p->max : p->objects.n;
    struct strbuf *out = c->out;

    if (p->objects.n == 0) {
        release_page(p);
        return;
    }
    strbuf_addstr(out, "<returnval>");
    if (end < p->objects.n) {
        p->token = vim_session_object(c);
        vim_element(out, "token", p->token);
    }
    for (; p->next < end; p->next++)
        write_object(c, p->owner[p->next], p->objects.at[p->next]);
    strbuf_addstr(out, "</returnval>");
    if (end < p->objects.n)
        lab_list_add(&c->session->pages, p);
    else
        release_page(p);
}

void vim_call_retrieve(struct vim_call *c)
{
    struct vim_page *p = mem_alloc(sizeof(*p));
    int64_t max = vim_number(c->a, vim_child(c->method, "options"), "maxObjects");
    size_t cap = 0;

    p->max = max > 0 ? (size_t)max : PAGE_USUAL;
    for (xmlNode *n = vim_child(c->method, "specSet"); n; n = vim_next(n, "specSet")) {
        struct vim_spec *spec = vim_spec_parse(c, c->session->arena, n);
        size_t before = p->objects.n;

        if (!spec) {
            release_page(p);
            return;
        }
        lab_list_add(&p->specs, spec);
        vim_spec_select(spec, c->vc, c->session, &p->objects);
        while (cap < p->objects.n)
            p->owner = mem_grow(p->owner, cap, &cap, sizeof(struct vim_spec *));
        for (size_t i = before; i < p->objects.n; i++)
            p->owner[i] = spec;
    }
    send_page(c, p);
}

static struct vim_page *take_page(struct vim_call *c)
{
    const char *token = vim_text(c->a, c->method, "token");
    struct lab_list *pages = &c->session->pages;

    for (size_t i = 0; token && i < pages->n; i++) {
        struct vim_page *p = pages->at[i];

        if (strcmp(p->token, token) != 0)
            continue;
        pages->at[i] = pages->at[--pages->n];
        return p;
    }
    vim_fault(c, "InvalidArgument", "A specified parameter was not correct: token",
              "<invalidProperty>token</invalidProperty>");
    return NULL;
}

void vim_call_retrieve_continue(struct vim_call *c)
{
    struct vim_page *p = take_page(c);

    if (p)
        send_page(c, p);
}

void vim_call_retrieve_cancel(struct vim_call *c)
{
    struct vim_page *p = take_page(c);

    if (p)
        release_page(p);
}
