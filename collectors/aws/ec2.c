#include "collectors/aws/ec2.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"

/* ---- asking ------------------------------------------------------------------------------- */

struct names {
    const char *const *items;
    size_t n;
};

static struct names configured(const struct run *run, const char *key)
{
    struct names names = {0};

    names.n = config_list(run->endpoint, key, &names.items);
    return names;
}

static bool has(struct names names, const char *name)
{
    for (size_t i = 0; i < names.n; i++) {
        if (strcmp(names.items[i], name) == 0)
            return true;
    }
    return false;
}

static struct names vpcs_of(const struct run *run)
{
    struct names names = configured(run, "vpcs");

    if (names.n)
        return names;
    return (struct names){run->hints->vpcs, run->hints->nvpcs};
}

/* Subnets that others name help only when they are about the VPCs of the configuration. */
static struct names subnets_of(const struct run *run)
{
    struct names names = configured(run, "subnets"), vpcs = configured(run, "vpcs");
    bool about_these = vpcs.n == 0;

    if (names.n)
        return names;
    for (size_t i = 0; i < run->hints->nvpcs; i++)
        about_these |= has(vpcs, run->hints->vpcs[i]);
    if (!about_these)
        return (struct names){0};
    return (struct names){run->hints->subnets, run->hints->nsubnets};
}

static void add_filter(struct strbuf *body, const char *name, struct names values)
{
    ec2_param(body, "Filter.1.Name", name);
    for (size_t i = 0; i < values.n; i++) {
        strbuf_addf(body, "&Filter.1.Value.%zu=", i + 1);
        text_percent_encode(body, values.items[i], strlen(values.items[i]), NULL);
    }
}

void ec2_begin(struct strbuf *body, const char *action, enum ec2_scope scope, const struct run *run)
{
    struct names vpcs = vpcs_of(run), subnets = {0};

    strbuf_addf(body, "Action=%s&Version=2016-11-15", action);
    if (scope == EC2_BY_SUBNET)
        subnets = subnets_of(run);
    else if (scope == EC2_BY_VPC_OR_SUBNET && !vpcs.n)
        subnets = configured(run, "subnets");
    if (scope == EC2_ALL)
        return;
    if (subnets.n)
        add_filter(body, "subnet-id", subnets);
    else if (vpcs.n)
        add_filter(body, "vpc-id", vpcs);
}

void ec2_param(struct strbuf *body, const char *name, const char *value)
{
    strbuf_addf(body, "&%s=", name);
    text_percent_encode(body, value, strlen(value), NULL);
}

enum step ec2_send(struct run *run, const char *label, struct strbuf *body)
{
    enum step step = run_post_form(run, SERVICE_EC2, label, "/", body->buf);

    strbuf_release(body);
    return step;
}

const char *ec2_region(const struct run *run)
{
    return run->facts->region ? run->facts->region : config_str(run->endpoint, "region");
}

/* ---- pages -------------------------------------------------------------------------------- */

void ec2_page_params(struct strbuf *body, const struct ec2_pages *p, unsigned page_size)
{
    strbuf_addf(body, "&MaxResults=%u", page_size);
    if (p->token)
        ec2_param(body, "NextToken", p->token);
}

int ec2_page_done(struct ec2_pages *p, struct run *run, const char *token, struct err *err)
{
    const char *label = run->request.label;

    p->n++;
    if (!token || !*token) {
        p->token = NULL;
        return 0;
    }
    if (p->token && strcmp(p->token, token) == 0)
        return err_set(err, ERR_PROTO, 0, "page %u of the %s leads back to itself", p->n, label);
    if (p->n >= COLLECTOR_PAGES_MAX)
        return err_set(err, ERR_LIMIT, 0, "more than %d pages of %s", COLLECTOR_PAGES_MAX, label);
    p->token = token;
    return 0;
}

/* A stretch of a reply that does not count. */
struct span {
    const char *from, *to;
};

static const char *find(const char *from, const char *end, const char *what)
{
    return memmem(from, (size_t)(end - from), what, strlen(what));
}

/* The text of the first <name>...</name>; false when there is none. */
static bool find_text(const char *body, const char *end, const char *name, struct span *out)
{
    char tag[40] = "<";
    size_t len = strlen(name);
    const char *at;

    memcpy(tag + 1, name, len);
    memcpy(tag + 1 + len, ">", 2);
    at = find(body, end, tag);
    if (!at)
        return false;
    out->from = at + len + 2;
    at = memchr(out->from, '<', (size_t)(end - out->from));
    if (!at || (size_t)(end - at) < len + 3 || at[1] != '/' || memcmp(at + 2, name, len) != 0)
        return false;
    out->to = at;
    return true;
}

static unsigned count(const char *body, const char *end, const char *what)
{
    unsigned n = 0;

    for (const char *p = body; (p = find(p, end, what)); p += strlen(what))
        n++;
    return n;
}

/* Comments and CDATA: "<!" is slow to search for in text full of "<", "!" is not. */
static bool has_markup(const char *body, const char *end)
{
    const char *p = body;

    while ((p = memchr(p, '!', (size_t)(end - p)))) {
        if (p > body && p[-1] == '<')
            return true;
        p++;
    }
    return false;
}

/* Is @at within an item? */
static bool is_nested(const char *body, const char *end, const char *at)
{
    return find(body, at, "<item") && find(at, end, "</item>");
}

/* Find the token by its bytes. Whatever is not plainly one token, or none, is the decoder's to
 * read: false. So is a document with comments or CDATA, which AWS does not send. */
static bool find_token(struct run *run, const char *body, const char *end, struct span *cut,
                       const char **token)
{
    unsigned n = count(body, end, "nextToken");

    *token = NULL;
    *cut = (struct span){end, end};
    if (has_markup(body, end))
        return false;
    if (n == 0 || (n == 1 && find(body, end, "<nextToken/>")))
        return true;
    if (n != 2 || !find_text(body, end, "nextToken", cut) ||
        memchr(cut->from, '&', (size_t)(cut->to - cut->from)) || is_nested(body, end, cut->from))
        return false;
    if (cut->to > cut->from)
        *token = arena_strndup(run->arena, cut->from, (size_t)(cut->to - cut->from));
    return true;
}

static uint64_t hash_text(const char *s, uint64_t seed)
{
    return hash_fast(s ? s : "", s ? strlen(s) : 0, seed);
}

uint64_t ec2_page_hash(struct run *run, const struct reply *reply, const char **token)
{
    const char *body = reply->body, *end = body + reply->len;
    struct span token_text, id = {end, end}, first, second;
    uint64_t hash = hash_text(ec2_region(run), hash_text(run->facts->account, 1));

    if (!find_token(run, body, end, &token_text, token))
        return 0;
    if (!find_text(body, end, "requestId", &id))
        id = (struct span){end, end};
    first = id.from <= token_text.from ? id : token_text;
    second = id.from <= token_text.from ? token_text : id;
    hash = hash_fast(body, (size_t)(first.from - body), hash);
    hash = hash_fast(first.to, (size_t)(second.from - first.to), hash);
    hash = hash_fast(second.to, (size_t)(end - second.to), hash);
    return hash ? hash : 1;
}

/* ---- decoding ----------------------------------------------------------------------------- */

struct ec2_decoder {
    struct xml_reader *xml;
    const struct ec2_handler *h;
    void *arg;
    struct run *run;
    const char *token;
    bool in_item; /* of the set */
};

static bool is_item(const struct ec2_decoder *d, const struct xml_reader *x)
{
    return strcmp(xml_name(x), "item") == 0 && strcmp(xml_name_at(x, 2), d->h->set) == 0;
}

/* A proxy's page is well-formed, too. */
static void check_root(struct ec2_decoder *d, struct xml_reader *x)
{
    size_t len = strlen(d->h->action);
    const char *root = xml_name(x);
    struct err err;

    if (strncmp(root, d->h->action, len) == 0 && strcmp(root + len, "Response") == 0)
        return;
    err_set(&err, ERR_PROTO, 0, "a document '%.64s' instead of '%sResponse'", root, d->h->action);
    xml_stop(x, &err);
}

static void on_start(void *arg, struct xml_reader *x)
{
    struct ec2_decoder *d = arg;

    unsigned depth = xml_depth(x);

    if (depth > EC2_ITEM_DEPTH)
        return;
    if (depth == 1)
        check_root(d, x);
    d->in_item = depth == EC2_ITEM_DEPTH && is_item(d, x);
    if (d->in_item)
        d->h->begin(d->arg);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct ec2_decoder *d = arg;
    unsigned depth = xml_depth(x);

    if (depth == 2 && strcmp(xml_name(x), "nextToken") == 0)
        d->token = len ? arena_strndup(d->run->arena, text, len) : NULL;
    else if (d->in_item && depth > EC2_ITEM_DEPTH)
        d->h->member(d->arg, x, text, len);
    else if (d->in_item && depth == EC2_ITEM_DEPTH)
        d->h->end(d->arg);
    d->in_item = d->in_item && depth > EC2_ITEM_DEPTH;
}

struct ec2_decoder *ec2_decoder_new(const struct ec2_handler *h, void *arg, struct run *run)
{
    static const struct xml_handler handler = {.start = on_start, .end = on_end};
    struct ec2_decoder *d = mem_alloc(sizeof(*d));

    d->h = h;
    d->arg = arg;
    d->run = run;
    d->xml = xml_reader_new(&handler, d);
    return d;
}

void ec2_decoder_free(struct ec2_decoder *d)
{
    if (!d)
        return;
    xml_reader_free(d->xml);
    free(d);
}

int ec2_decoder_feed(struct ec2_decoder *d, const char *data, size_t len, struct err *err)
{
    if (xml_feed(d->xml, data, len, err) < 0)
        return err_prefix(err, "reply of %s", d->h->action);
    return 0;
}

int ec2_decoder_finish(struct ec2_decoder *d, const char **token, struct err *err)
{
    if (xml_finish(d->xml, err) < 0)
        return err_prefix(err, "reply of %s", d->h->action);
    *token = d->token;
    return 0;
}

int ec2_decode(const struct ec2_handler *h, void *arg, struct run *run, const struct reply *reply,
               const char **token, struct err *err)
{
    struct ec2_decoder *d = ec2_decoder_new(h, arg, run);
    int rc = ec2_decoder_feed(d, reply->body, reply->len, err);

    if (rc == 0)
        rc = ec2_decoder_finish(d, token, err);
    ec2_decoder_free(d);
    return rc;
}
