#include "tests/support/fuzz_collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define GOOD_MAX 8

static void broken(const char *promise, const char *detail)
{
    fprintf(stderr, "fuzz_collector: %s: %s\n", promise, detail);
    abort();
}

static void check(const struct collector_run *r, struct strbuf *dump)
{
    if (r->endless)
        broken("a run ends", "too many requests");
    if (r->last == STEP_FAIL && (r->err.kind == ERR_NONE || !r->err.msg[0]))
        broken("a failure has a reason", "no sentence");
    if (!text_is_clean(r->err.msg))
        broken("a sentence is clean", r->err.msg);
    collector_run_dump(r, dump);
    for (const char *p = dump->buf; *p; p++) {
        if ((unsigned char)*p < ' ' && *p != '\n' && *p != '\t')
            broken("no control character reaches the output", dump->buf);
    }
}

static void run_twice(struct collector_run *r)
{
    struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
    enum step last;

    collector_run(r);
    last = r->last;
    check(r, &first);
    collector_run(r);
    check(r, &second);
    if (r->last != last || strcmp(first.buf, second.buf) != 0) {
        strbuf_addf(&first, "--- and then:\n%s", second.buf);
        broken("the same bytes give the same tables", first.buf);
    }
    strbuf_release(&first);
    strbuf_release(&second);
}

static int fuzz(const struct collector *collector, const char *endpoint,
                const struct session_facts *facts, const struct canned_reply *good,
                const uint8_t *data, size_t size)
{
    char *yaml = mem_printf("sites: [{name: fuzz, endpoints: [%s]}]\n", endpoint);
    struct config *config = config_parse(yaml, strlen(yaml), "fuzz.yaml", NULL, NULL);
    char *body = mem_alloc(size + 1);
    struct canned_reply replies[GOOD_MAX + 1] = {{0}};
    struct collector_run run = {
        .collector = collector, .facts = facts, .replies = replies, .repeat = true};

    if (!config)
        broken("the endpoint is one", endpoint);
    if (size)
        memcpy(body, data, size);
    for (; good && good->body && run.nreplies < GOOD_MAX; good++)
        replies[run.nreplies++] = *good;
    replies[run.nreplies++] = (struct canned_reply){.body = body, .len = size};
    run.endpoint = config_endpoint(config, 0);
    run_twice(&run);
    collector_run_release(&run);
    config_free(config);
    free(body);
    free(yaml);
    return 0;
}

int fuzz_collector_after(const struct collector *collector, const char *endpoint,
                         const struct canned_reply *good, const uint8_t *data, size_t size)
{
    return fuzz(collector, endpoint, NULL, good, data, size);
}

int fuzz_collector_knowing(const struct collector *collector, const char *endpoint,
                           const struct session_facts *facts, const uint8_t *data, size_t size)
{
    static const struct canned_reply none[] = {{.body = NULL}};

    return fuzz(collector, endpoint, facts, none, data, size);
}

int fuzz_collector(const struct collector *collector, const char *endpoint, const uint8_t *data,
                   size_t size)
{
    return fuzz_collector_after(collector, endpoint, NULL, data, size);
}
