#include "tests/support/collector_harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/text.h"
#include "tests/support/fixture.h"
#include "tests/support/mutate.h"

#define REPLIES_MAX 64

struct harness {
    const struct harness_case *c;
    struct config *config;
    struct collector_run run;
    struct canned_reply replies[REPLIES_MAX];
    struct err errs[REPLIES_MAX];
    char *bodies[REPLIES_MAX];
};

/* ---- set up ------------------------------------------------------------------------------------
 */

static void load_reply(struct harness *h, size_t i, const struct harness_reply *r)
{
    struct canned_reply *out = &h->replies[i];

    *out = (struct canned_reply){.match = r->match, .status = r->status};
    if (r->file) {
        char *path = mem_printf("tests/fixtures/%s/%s", h->c->collector->name, r->file);

        h->bodies[i] = fixture_file(path, &out->len);
        if (!h->bodies[i])
            fail_msg("unable to read '%s'", path);
        free(path);
    } else {
        h->bodies[i] = mem_strdup(r->body ? r->body : "");
        out->len = strlen(h->bodies[i]);
    }
    out->body = h->bodies[i];
    if (r->kind != ERR_NONE) {
        err_set(&h->errs[i], r->kind, r->status, "%s", r->sentence);
        out->err = &h->errs[i];
    }
}

static struct config *load_config(const struct harness_case *c)
{
    char *yaml = mem_printf("sites: [{name: tokyo, endpoints: [%s]}]\n", c->endpoint);
    struct err err = {0};
    struct config *config = config_parse(yaml, strlen(yaml), "case.yaml", &err, NULL);

    if (!config)
        fail_msg("%s: %s", c->name, err.msg);
    free(yaml);
    return config;
}

struct harness *harness_new(const struct harness_case *c)
{
    struct harness *h = mem_alloc(sizeof(*h));
    size_t n = 0;

    h->c = c;
    h->config = load_config(c);
    for (const struct harness_reply *r = c->replies; r->file || r->body || r->status; r++) {
        assert_true(n < REPLIES_MAX);
        load_reply(h, n++, r);
    }
    h->run = (struct collector_run){.collector = c->collector,
                                    .endpoint = config_endpoint(h->config, 0),
                                    .facts = c->facts,
                                    .hints = c->hints,
                                    .replies = h->replies,
                                    .nreplies = n};
    return h;
}

struct collector_run *harness_run(struct harness *h)
{
    return &h->run;
}

void harness_free(struct harness *h)
{
    if (!h)
        return;
    collector_run_release(&h->run);
    for (size_t i = 0; i < REPLIES_MAX; i++)
        free(h->bodies[i]);
    config_free(h->config);
    free(h);
}

/* ---- the expected tables -----------------------------------------------------------------------
 */

static void describe_requests(const struct collector_run *r, struct strbuf *out)
{
    const char *line = r->requests.buf;

    for (size_t n; *line; line += n + 1) {
        n = strcspn(line, "\n");
        strbuf_addf(out, "# %.*s\n", (int)n, line);
    }
}

static void compare_with_file(const char *path, const struct strbuf *got)
{
    size_t len;
    char *want;

    if (getenv("GENERATE")) {
        FILE *f = fopen(path, "wb");

        if (!f || fwrite(got->buf, 1, got->len, f) != got->len || fclose(f) != 0)
            fail_msg("unable to write '%s'", path);
        return;
    }
    want = fixture_file(path, &len);
    if (!want)
        fail_msg("no '%s': run with GENERATE=1 and look at it", path);
    if (strcmp(want, got->buf) != 0)
        fail_msg("not as '%s' says:\n%s", path, got->buf);
    free(want);
}

/* The second poll may ask less: names and the like are remembered. */
/* Those that take pieces only when they read once take whole bodies, too. */
static void check_whole(struct harness *h, const char *want, size_t requests)
{
    struct strbuf all = STRBUF_INIT;

    collector_run_reset(&h->run);
    h->run.polls = true;
    collector_run(&h->run);
    describe_requests(&h->run, &all);
    collector_run_dump(&h->run, &all);
    assert_string_equal(all.buf, want);
    strbuf_reset(&all);
    collector_run(&h->run);
    collector_run_dump(&h->run, &all);
    assert_string_equal(all.buf, want + requests);
    strbuf_release(&all);
}

void harness_check(const struct harness_case *c)
{
    char *path = mem_printf("tests/fixtures/%s/%s.tsv", c->collector->name, c->name);
    struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
    struct harness *h = harness_new(c);
    size_t requests;

    collector_run(&h->run);
    describe_requests(&h->run, &first);
    requests = first.len;
    collector_run_dump(&h->run, &first);
    compare_with_file(path, &first);
    if (h->run.unused)
        fail_msg("%s: %zu replies were not asked for", c->name, h->run.unused);
    collector_run(&h->run);
    collector_run_dump(&h->run, &second);
    assert_string_equal(first.buf + requests, second.buf);
    if (h->run.streamed && !c->collector->live)
        check_whole(h, first.buf, requests);
    strbuf_release(&first);
    strbuf_release(&second);
    harness_free(h);
    free(path);
}

/* ---- bad twins ---------------------------------------------------------------------------------
 */

static void check_sentence(const struct err *err, const char *what)
{
    size_t len = strlen(err->msg);

    if (err->kind == ERR_NONE || len == 0)
        fail_msg("%s: failed without a reason", what);
    if (!text_is_clean(err->msg) || strchr(err->msg, '\n'))
        fail_msg("%s: not a clean sentence: %s", what, err->msg);
    if (err->msg[len - 1] == '.' || text_has_prefix(err->msg, "HTTP "))
        fail_msg("%s: not a sentence of ours: %s", what, err->msg);
}

/* Rows or a clean sentence; @must_fail: a table that looks fresh would be a lie. */
static void check_outcome(struct collector_run *r, bool must_fail, const char *what)
{
    struct strbuf dump = STRBUF_INIT;

    if (r->endless)
        fail_msg("%s: never ends", what);
    if (r->last == STEP_FAIL)
        check_sentence(&r->err, what);
    else if (must_fail && snapshot_freshness(r->tables[0]) == FRESH_OK)
        fail_msg("%s: the table looks fresh", what);
    collector_run_dump(r, &dump);
    for (const char *p = dump.buf; *p; p++) {
        if ((unsigned char)*p < ' ' && *p != '\n' && *p != '\t')
            fail_msg("%s: a control character reaches the output", what);
    }
    strbuf_release(&dump);
}

static void run_twin(struct harness *h, bool must_fail, const char *what)
{
    collector_run_reset(&h->run);
    collector_run(&h->run);
    check_outcome(&h->run, must_fail, what);
}

static void check_mutation(struct harness *h, size_t i, enum mutation m)
{
    const struct canned_reply good = h->replies[i];
    const struct harness_reply *spec = &h->c->replies[i];
    size_t n = mutate_count(m, good.body, good.len);
    struct strbuf body = STRBUF_INIT;
    char what[160];

    /* An error's body is the session's to read, and a cut one is no worse. */
    bool must_fail = (m == MUTATE_CUT) && !spec->optional && good.status < 300;

    for (size_t k = 0; k < n; k++) {
        strbuf_reset(&body);
        mutate(m, k, good.body, good.len, &body);
        h->replies[i].body = body.buf;
        h->replies[i].len = body.len;
        snprintf(what, sizeof(what), "%s: reply %zu, %s %zu", h->c->name, i + 1, mutate_name(m), k);
        run_twin(h, must_fail, what);
    }
    h->replies[i] = good;
    strbuf_release(&body);
}

static void check_statuses(struct harness *h, size_t i)
{
    static const int statuses[] = {204, 301, 400, 401, 403, 404, 412, 429, 500, 503};
    const struct canned_reply good = h->replies[i];
    const struct harness_reply *spec = &h->c->replies[i];
    char what[160];

    for (size_t k = 0; k < ARRAY_SIZE(statuses); k++) {
        h->replies[i].status = statuses[k];
        h->replies[i].body = statuses[k] == 204 ? "" : "<html>no</html>";
        h->replies[i].len = strlen(h->replies[i].body);
        h->replies[i].err = NULL;
        snprintf(what, sizeof(what), "%s: reply %zu, status %d", h->c->name, i + 1, statuses[k]);
        run_twin(h, i == 0 && !spec->optional, what);
    }
    h->replies[i] = good;
}

/* The same reply for ever: a cursor that leads nowhere must be noticed. */
static void check_repeated(struct harness *h)
{
    char what[160];

    h->run.repeat = true;
    snprintf(what, sizeof(what), "%s: the same replies for ever", h->c->name);
    run_twin(h, false, what);
    h->run.repeat = false;
}

static void check_twins(struct harness *h)
{
    for (size_t i = 0; i < h->run.nreplies; i++) {
        for (enum mutation m = 0; m < MUTATE_N; m++)
            check_mutation(h, i, m);
        check_statuses(h, i);
    }
    check_repeated(h);
}

void harness_check_twins(const struct harness_case *c)
{
    struct harness *h = harness_new(c);

    check_twins(h);
    if (h->run.streamed && !c->collector->live) {
        h->run.polls = true;
        check_twins(h);
    }
    harness_free(h);
}
