/*
 * endpoint-health: every endpoint whose data is not ok, once, however many tables, hosts and checks
 * suffer. What cannot be read says nothing about the estate, so this is `unknown`, never critical.
 */
#include "model/checks/cause.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

#include "core/i18n.h"
#include "core/text.h"

/* Tables named in the evidence of one endpoint. */
#define TABLES_SHOWN 4

static bool is_bad(const struct check_input *in, enum freshness f, bool has_error)
{
    if (f == FRESH_NEVER)
        return has_error || !check_collecting(in);
    return f != FRESH_OK && f != FRESH_UNSUPPORTED;
}

static enum freshness freshness_of(const struct row *r)
{
    for (int f = FRESH_NEVER; r && f <= FRESH_UNSUPPORTED; f++) {
        if (row_is(r, ENDPOINTS_FRESHNESS, freshness_name((enum freshness)f)))
            return (enum freshness)f;
    }
    return FRESH_UNSUPPORTED;
}

static bool row_is_bad(const struct check_input *in, const struct row *r)
{
    return r && is_bad(in, freshness_of(r), row_present(r, ENDPOINTS_ERROR_KIND));
}

/* Read while somebody looks at them, and then what is looked at alone: without an error nothing is
 * missed of them, however old or small they are. */
static bool is_heavy(const struct schema *s)
{
    return s == &table_host_rules || s == &table_addrsets || s == &table_flows ||
           s == &table_filter_stats;
}

/* Its endpoint is well: then it is one that nobody has asked for (packages, fallbacks). */
static bool waits_for_nobody(const struct check_input *in, const struct snapshot *s)
{
    const struct row *r = cause_endpoint_row(in, snapshot_endpoint(s));

    return snapshot_freshness(s) == FRESH_NEVER && r && row_is(r, ENDPOINTS_FRESHNESS, "ok");
}

static bool snapshot_is_bad(const struct check_input *in, const struct snapshot *s)
{
    const struct err *e = snapshot_err(s);

    if ((is_heavy(snapshot_schema(s)) || waits_for_nobody(in, s)) && (!e || e->kind == ERR_NONE))
        return false;
    return is_bad(in, snapshot_freshness(s), e && e->kind != ERR_NONE);
}

/* The @at-th table of @endpoint that is not ok, or NULL. */
static const struct snapshot *bad_table(const struct check_input *in, const char *endpoint,
                                        size_t at)
{
    for (unsigned i = 0; i < tables_count; i++) {
        const struct snapshot *s =
            estate_snapshot(in->estate, tables_all[i], in->site->name, endpoint);

        if (tables_all[i] == &table_endpoints || !s || !snapshot_is_bad(in, s))
            continue;
        if (at-- == 0)
            return s;
    }
    return NULL;
}

static size_t count_tables(const struct check_input *in, const char *endpoint, bool bad)
{
    size_t n = 0;

    for (unsigned i = 0; i < tables_count; i++) {
        const struct snapshot *s =
            estate_snapshot(in->estate, tables_all[i], in->site->name, endpoint);

        if (tables_all[i] == &table_endpoints || !s || snapshot_freshness(s) == FRESH_UNSUPPORTED)
            continue;
        n += !bad || snapshot_is_bad(in, s);
    }
    return n;
}

static bool endpoint_is_bad(const struct check_input *in, const char *endpoint)
{
    return row_is_bad(in, cause_endpoint_row(in, endpoint)) || bad_table(in, endpoint, 0);
}

static const char *message_of(const struct check_input *in, const char *endpoint)
{
    const struct row *r = cause_endpoint_row(in, endpoint);
    const struct snapshot *s = bad_table(in, endpoint, 0);

    if (r && row_present(r, ENDPOINTS_MESSAGE))
        return row_text(r, ENDPOINTS_MESSAGE);
    return s && snapshot_err(s)->kind != ERR_NONE ? snapshot_err(s)->msg
                                                  : check_word(in, "no answer yet");
}

static const char *word_of(const struct check_input *in, const char *endpoint)
{
    const struct row *r = cause_endpoint_row(in, endpoint);
    const struct snapshot *s = bad_table(in, endpoint, 0);

    if (row_is_bad(in, r))
        return row_text(r, ENDPOINTS_FRESHNESS);
    return s ? freshness_name(snapshot_freshness(s)) : "unknown";
}

static void add_evidence(const struct check_input *in, struct finding *f, const char *endpoint)
{
    const struct snapshot *s;
    size_t n = 0;

    finding_evidence(f, "%s: %s; %s", endpoint, word_of(in, endpoint), message_of(in, endpoint));
    for (; (s = bad_table(in, endpoint, n)) != NULL; n++) {
        if (n < TABLES_SHOWN && snapshot_taken_at(s) > 0)
            finding_evidence(f, "%s: %s, last read %s", snapshot_schema(s)->name,
                             freshness_name(snapshot_freshness(s)), check_age(in, s));
        else if (n < TABLES_SHOWN)
            finding_evidence(f, "%s: %s, never read", snapshot_schema(s)->name,
                             freshness_name(snapshot_freshness(s)));
    }
    if (n > TABLES_SHOWN)
        finding_evidence(f, "and %zu more tables", n - TABLES_SHOWN);
}

/* What to do depends on the kind of error; the words are those of endpoints.error_kind. */
static const char *remedy_for(const struct check_input *in, const char *endpoint)
{
    static const struct {
        const char *kind, *remedy;
    } remedies[] = {
        {"auth", N_("Renew the credential (token, password or AWS login); then press L on the "
                    "Endpoints tab. Nothing is tried again before that, to keep the account from "
                    "being locked.")},
        {"tls",
         N_("Compare the fingerprint with the manager's own certificate; then accept it with "
            "hycon trust, or correct tls.ca_file.")},
        {"denied", N_("Give the account the missing permission, or disable the table for this "
                      "endpoint.")},
        {"net", N_("Check the path from this machine (VPN, proxy, DNS, firewall); hycon goes on "
                   "trying.")},
        {"limit",
         N_("The manager is busy or the reply too large; hycon waits and tries again. Lower "
            "requests_per_min or lengthen the interval if it stays so.")},
        {"config", N_("Correct the endpoint in hycon.yaml; hycon config check names the place.")},
    };
    const struct row *r = cause_endpoint_row(in, endpoint);
    const struct snapshot *s = bad_table(in, endpoint, 0);
    const char *kind = r && row_present(r, ENDPOINTS_ERROR_KIND) ? row_text(r, ENDPOINTS_ERROR_KIND)
                       : s ? err_kind_name(snapshot_err(s)->kind)
                           : NULL;

    for (size_t i = 0; kind && i < sizeof(remedies) / sizeof(*remedies); i++) {
        if (strcmp(remedies[i].kind, kind) == 0)
            return check_word(in, remedies[i].remedy);
    }
    return NULL;
}

static bool certificate_is_over(const struct check_input *in, const char *endpoint)
{
    const struct row *r = cause_endpoint_row(in, endpoint);
    int64_t at;

    return r && row_is(r, ENDPOINTS_ERROR_KIND, "tls") &&
           row_int(r, ENDPOINTS_CERT_EXPIRES_AT, &at) && at <= in->now;
}

static void summarize(const struct check_input *in, struct finding *f, const char *subject,
                      const char *name)
{
    size_t bad = count_tables(in, name, true), all = count_tables(in, name, false);

    if (finding_affected_count(f) > 1)
        finding_summary(f, "%zu endpoints of %s cannot be read; what they serve is not judged: %s",
                        finding_affected_count(f), subject, message_of(in, name));
    else if (bad && bad < all)
        finding_summary(f,
                        "%zu of %zu tables of %s cannot be read; what needs them is not judged: "
                        "%s",
                        bad, all, name, message_of(in, name));
    else
        finding_summary(f, "%s is %s; what it serves is not judged: %s", name, word_of(in, name),
                        message_of(in, name));
}

static void report(const struct check_input *in, const char *subject, size_t first)
{
    struct finding *f = finding_add(in, SEV_UNKNOWN, 0, subject);
    const char *name = in->site->endpoints[first]->name;
    const char *remedy = remedy_for(in, name);

    for (size_t i = first; i < in->site->nendpoints; i++) {
        const char *other = in->site->endpoints[i]->name;

        if (endpoint_is_bad(in, other) && strcmp(cause_of_endpoint(in, other), subject) == 0)
            finding_affected(f, other);
    }
    add_evidence(in, f, name);
    summarize(in, f, subject, name);
    if (remedy)
        finding_remedy(f, "%s", remedy);
    if (certificate_is_over(in, name))
        finding_caused_by(f, "certificate-expiry", name);
}

/* Has an endpoint before @i been reported under this subject? */
static bool reported(const struct check_input *in, const char *subject, size_t i)
{
    while (i-- > 0) {
        const char *name = in->site->endpoints[i]->name;

        if (endpoint_is_bad(in, name) && strcmp(cause_of_endpoint(in, name), subject) == 0)
            return true;
    }
    return false;
}

static void run(const struct check_input *in)
{
    for (size_t i = 0; i < in->site->nendpoints; i++) {
        const char *name = in->site->endpoints[i]->name;

        if (!endpoint_is_bad(in, name))
            continue;
        const char *subject = cause_of_endpoint(in, name);
        if (!reported(in, subject, i))
            report(in, subject, i);
    }
}

const struct check check_endpoint_health = {
    .name = "endpoint-health",
    .title = N_("every configured endpoint can be read"),
    .remedy = N_("See the Endpoints tab for the reason and the time of the next try."),
    .kinds = CHECKS_ANY_KIND,
    .run = run,
};
