#include "model/explain_text.h"

#include <inttypes.h>
#include <string.h>

#include "core/fmt.h"
#include "core/strbuf.h"
#include "core/text.h"

#define LABEL 12

/* ---- for people ---------------------------------------------------------------------------------
 */

static void add_clean(struct strbuf *out, const char *text)
{
    text_sanitize(out, text, strlen(text), 0);
}

static void add_line(struct strbuf *out, const char *label, const char *text)
{
    if (!text)
        return;
    strbuf_addf(out, "  %s:", label);
    strbuf_addchars(out, ' ', LABEL - strlen(label) - 3);
    add_clean(out, text);
    strbuf_addch(out, '\n');
}

static void add_head(struct strbuf *out, const struct explain_hop *h, size_t number)
{
    strbuf_addf(out, "%zu. %s", number, h->where);
    if (h->filter) {
        strbuf_addch(out, ' ');
        add_clean(out, h->filter);
    }
    if (h->endpoint) {
        strbuf_addstr(out, " (");
        add_clean(out, h->endpoint);
        strbuf_addch(out, ')');
    }
    strbuf_addf(out, ": %s\n", explain_verdict_name(h->verdict));
}

static void add_policy(struct strbuf *out, const struct explain_hop *h)
{
    struct strbuf sb = STRBUF_INIT;

    if (!h->policy_rule)
        return;
    strbuf_addf(&sb, "%s (%s)", h->policy_name ? h->policy_name : "-", h->policy_rule);
    add_line(out, "policy", sb.buf);
    strbuf_release(&sb);
}

static void add_hits(struct strbuf *out, const struct explain_hop *h)
{
    struct strbuf sb = STRBUF_INIT;

    if (h->hits < 0)
        return;
    fmt_count(&sb, h->hits);
    add_line(out, "hits", sb.buf);
    strbuf_release(&sb);
}

void explain_print_skipped(struct strbuf *out, const struct explain_hop *h)
{
    for (size_t i = 0; i < h->nskipped; i++) {
        const struct explain_passed_over *s = &h->skipped[i];
        strbuf_addf(out, "  passed:   rule %" PRId64, s->rule_id);
        if (s->position >= 0)
            strbuf_addf(out, " at %" PRId64, s->position);
        strbuf_addstr(out, ": ");
        add_clean(out, s->why);
        strbuf_addch(out, '\n');
    }
}

void explain_print_hop(struct strbuf *out, const struct explain_hop *h, size_t number)
{
    add_head(out, h, number);
    add_line(out, "why", h->reason);
    add_line(out, "rule", h->rule);
    add_line(out, "matched", h->matched);
    add_policy(out, h);
    add_hits(out, h);
    add_line(out, "flow", h->flow);
}

void explain_print_head(struct strbuf *out, const struct explain_result *r)
{
    add_clean(out, r->question);
    strbuf_addf(out, "\n%s: ", explain_verdict_name(r->verdict));
    add_clean(out, r->summary);
    strbuf_addch(out, '\n');
}

void explain_print_notes(struct strbuf *out, const struct explain_result *r)
{
    for (size_t i = 0; i < r->nnotes; i++) {
        strbuf_addstr(out, "note: ");
        add_clean(out, r->notes[i]);
        strbuf_addch(out, '\n');
    }
}

void explain_print_text(struct strbuf *out, const struct explain_result *r)
{
    explain_print_head(out, r);
    for (size_t i = 0; i < r->nhops; i++) {
        strbuf_addch(out, '\n');
        explain_print_hop(out, &r->hops[i], i + 1);
        explain_print_skipped(out, &r->hops[i]);
    }
    if (r->nnotes)
        strbuf_addch(out, '\n');
    explain_print_notes(out, r);
}

/* ---- JSON ---------------------------------------------------------------------------------------
 */

static void add_member(struct strbuf *out, const char *name, const char *text)
{
    strbuf_addf(out, ",\"%s\":", name);
    if (text)
        json_text(out, text);
    else
        strbuf_addstr(out, "null");
}

static void add_number(struct strbuf *out, const char *name, int64_t v)
{
    strbuf_addf(out, ",\"%s\":", name);
    if (v < 0)
        strbuf_addstr(out, "null");
    else
        strbuf_addi(out, v);
}

static void add_hop_json(struct strbuf *out, const struct explain_hop *h)
{
    strbuf_addf(out, "{\"where\":\"%s\"", h->where);
    add_member(out, "endpoint", h->endpoint);
    add_member(out, "filter", h->filter);
    add_member(out, "verdict", explain_verdict_name(h->verdict));
    add_number(out, "rule_id", h->rule_id);
    add_number(out, "position", h->position);
    add_member(out, "rule", h->rule);
    add_member(out, "matched", h->matched);
    add_member(out, "reason", h->reason);
    add_member(out, "policy_rule", h->policy_rule);
    add_number(out, "hits", h->hits);
    add_member(out, "flow", h->flow);
    strbuf_addch(out, '}');
}

void explain_print_json(struct strbuf *out, const struct explain_result *r)
{
    strbuf_addf(out, "{\"schema_version\":1,\"verdict\":\"%s\",\"hops\":[",
                explain_verdict_name(r->verdict));
    for (size_t i = 0; i < r->nhops; i++) {
        if (i)
            strbuf_addch(out, ',');
        add_hop_json(out, &r->hops[i]);
    }
    strbuf_addstr(out, "]}\n");
}
