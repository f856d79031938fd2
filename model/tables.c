/*
 * The list of tables, and the tables that hycon makes itself. A new table is an enum and a line of
 * TABLES() in model/tables.h, and its columns in the tables_*.c of its domain.
 */
#include "model/tables.h"

#include <string.h>

#include "core/mem.h"
#include "model/tables_priv.h"

#define LISTED(name) &table_##name,
const struct schema *const tables_all[] = {TABLES(LISTED)};
const unsigned tables_count = ARRAY_SIZE(tables_all);

const struct schema *tables_find(const char *name)
{
    for (unsigned i = 0; name && i < tables_count; i++) {
        if (strcmp(tables_all[i]->name, name) == 0)
            return tables_all[i];
    }
    return NULL;
}

/* ---- endpoints ---------------------------------------------------------------------------- */

static const struct state_word freshness_words[] = {
    {"never", SEV_UNKNOWN},    {"ok", SEV_OK},           {"partial", SEV_WARNING},
    {"stale", SEV_WARNING},    {"failed", SEV_CRITICAL}, {"denied", SEV_CRITICAL},
    {"unsupported", SEV_NONE}, {NULL, SEV_NONE},
};

static const struct state_word error_words[] = {
    {"net", SEV_NONE},         {"tls", SEV_NONE},    {"auth", SEV_NONE},  {"denied", SEV_NONE},
    {"http", SEV_NONE},        {"proto", SEV_NONE},  {"limit", SEV_NONE}, {"config", SEV_NONE},
    {"unsupported", SEV_NONE}, {"cancel", SEV_NONE}, {"io", SEV_NONE},    {NULL, SEV_NONE},
};

static const struct column endpoints_columns[] = {
    COMMON(ENDPOINTS, COL_KEY),
    COL(ENDPOINTS_KIND, "kind", STR, NONE, 0, "kind of endpoint, as named in the configuration"),
    COL(ENDPOINTS_TARGET, "target", STR, NONE, 0, "what it speaks to: host, region or SDDC"),
    COL(ENDPOINTS_PRODUCT, "product", STR, NONE, COL_WIDE, "product as it names itself"),
    COL(ENDPOINTS_VERSION, "version", STR, NONE, 0, "version as it names itself"),
    COL(ENDPOINTS_ROLE, "role", STR, NONE, COL_WIDE, "what the login may do, where it says so"),
    COL(ENDPOINTS_URL, "url", STR, NONE, COL_WIDE, "address that is asked now"),
    WORD(ENDPOINTS_FRESHNESS, "freshness", freshness_words, 0,
         "worst state of its tables; unsupported ones are not counted"),
    WORD(ENDPOINTS_ERROR_KIND, "error_kind", error_words, 0, "kind of the last error"),
    COL(ENDPOINTS_MESSAGE, "message", STR, NONE, 0, "what is wrong, in one sentence"),
    COL(ENDPOINTS_TAKEN_AT, "taken_at", TIME, NONE, 0, "when its oldest table was read"),
    COL(ENDPOINTS_LATENCY_MS, "latency_ms", DURATION, MS, 0, "time of the last request"),
    COL(ENDPOINTS_REQUESTS_PER_MIN, "requests_per_min", INT, PER_MIN, 0,
        "requests of the last minute"),
    COL(ENDPOINTS_THROTTLED, "throttled", INT, COUNT, 0,
        "requests that it refused as too many since hycon started"),
    COL(ENDPOINTS_NEXT_RETRY_AT, "next_retry_at", TIME, NONE, COL_WIDE,
        "when it is tried again after an error"),
    COL(ENDPOINTS_TRANSPORT, "transport", STR, NONE, COL_WIDE, "how it is spoken to, and why so"),
    COL(ENDPOINTS_VIA, "via", STR, NONE, COL_WIDE, "proxy or jump host on the way"),
    COL(ENDPOINTS_CREDENTIAL, "credential", STR, NONE, COL_WIDE,
        "name of the credential; never the secret"),
    COL(ENDPOINTS_LAST_OK_AT, "last_ok_at", TIME, NONE, COL_WIDE, "last request that succeeded"),
    COL(ENDPOINTS_CLOCK_OFFSET_MS, "clock_offset_ms", DURATION, MS, COL_WIDE,
        "its clock minus the clock of this machine"),
    COL(ENDPOINTS_CERT_EXPIRES_AT, "cert_expires_at", TIME, NONE, COL_WIDE,
        "end of its certificate"),
    COL(ENDPOINTS_CERT_SHA256, "cert_sha256", STR, NONE, COL_WIDE,
        "SHA-256 of its certificate, hexadecimal"),
};
TABLE(endpoints, ENDPOINTS, "what hycon speaks to: state, errors, latency, certificates");

/* ---- timeline and reports ----------------------------------------------------------------- */

static const struct state_word origin_words[] = {
    {"observed", SEV_NONE},
    {"reported", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column timeline_columns[] = {
    COMMON(TIMELINE, 0),
    COL(TIMELINE_TIMELINE_ID, "timeline_id", STR, NONE, COL_KEY | COL_WIDE, "stable id"),
    COL(TIMELINE_AT, "at", TIME, NONE, 0, "when it was seen, or when the manager says it was"),
    WORD(TIMELINE_ORIGIN, "origin", origin_words, 0,
         "observed by comparing polls, or reported by a manager"),
    COL(TIMELINE_KIND, "kind", STR, NONE, 0, "what kind of change"),
    COL(TIMELINE_SUBJECT, "subject", STR, NONE, 0, "what changed"),
    COL(TIMELINE_FROM, "from", STR, NONE, 0, "value before"),
    COL(TIMELINE_TO, "to", STR, NONE, 0, "value after"),
    COL(TIMELINE_CAUSE, "cause", STR, NONE, 0, "entry that it follows from"),
    COL(TIMELINE_DELAY_MS, "delay_ms", DURATION, MS, 0, "time since its cause"),
    COL(TIMELINE_ERROR_BAR_MS, "error_bar_ms", DURATION, MS, 0,
        "it may have happened this much earlier: the time between two polls"),
    COL(TIMELINE_USER, "user", STR, NONE, 0, "who did it, where a manager says so"),
    COL(TIMELINE_DETAIL, "detail", STR, NONE, COL_WIDE, "more about it"),
};
TABLE(timeline, TIMELINE, "what changed, newest last: failovers step by step, tasks, alarms");

static const struct state_word report_severities[] = {
    {"ok", SEV_OK},
    {"info", SEV_NONE},
    {"low", SEV_NONE},
    {"medium", SEV_WARNING},
    {"warning", SEV_WARNING},
    {"high", SEV_CRITICAL},
    {"critical", SEV_CRITICAL},
    {NULL, SEV_NONE},
};

static const struct column reports_columns[] = {
    COMMON(REPORTS, 0),
    COL(REPORTS_REPORT, "report", STR, NONE, COL_KEY | COL_WIDE, "id of the task or alarm"),
    COL(REPORTS_AT, "at", TIME, NONE, 0, "when it began, by the manager's clock"),
    COL(REPORTS_KIND, "kind", STR, NONE, 0, "type of the task or alarm"),
    COL(REPORTS_SUBJECT, "subject", STR, NONE, 0, "what it is about"),
    COL(REPORTS_STATUS, "status", STR, NONE, 0, "status as the manager names it"),
    COL(REPORTS_USER, "user", STR, NONE, 0, "who started it"),
    COL(REPORTS_MESSAGE, "message", STR, NONE, 0, "the manager's text"),
    COL(REPORTS_ENDED_AT, "ended_at", TIME, NONE, 0, "when it ended"),
    WORD(REPORTS_SEVERITY, "severity", report_severities, 0, "how bad the manager calls it"),
};
TABLE(reports, REPORTS, "what managers say happened: tasks and alarms; feeds the timeline");

/* ---- findings ----------------------------------------------------------------------------- */

static const struct state_word finding_states[] = {
    {"open", SEV_NONE},
    {"acknowledged", SEV_NONE},
    {"cleared", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word severity_words[] = {
    {"ok", SEV_OK},           {"warning", SEV_WARNING}, {"critical", SEV_CRITICAL},
    {"unknown", SEV_UNKNOWN}, {NULL, SEV_NONE},
};

static const struct column findings_columns[] = {
    COMMON(FINDINGS, 0),
    COL(FINDINGS_FINDING, "finding", STR, NONE, COL_KEY | COL_WIDE,
        "stable id: the check and its subject"),
    COL(FINDINGS_CHECK, "check", STR, NONE, 0, "check that found it"),
    WORD(FINDINGS_STATE, "state", finding_states, 0, "open, seen by somebody, or over"),
    WORD(FINDINGS_SEVERITY, "severity", severity_words, 0, "how bad it is"),
    COL(FINDINGS_SUBJECT, "subject", STR, NONE, 0, "what it is about"),
    COL(FINDINGS_AFFECTED_COUNT, "affected_count", INT, COUNT, 0, "how many things it affects"),
    COL(FINDINGS_AFFECTED, "affected", LIST, NONE, COL_WIDE, "what it affects"),
    COL(FINDINGS_SUMMARY, "summary", STR, NONE, 0, "what is wrong, in one sentence"),
    COL(FINDINGS_EVIDENCE, "evidence", LIST, NONE, COL_WIDE,
        "the values it was judged by, with their ages"),
    COL(FINDINGS_REMEDY, "remedy", STR, NONE, COL_WIDE, "what to do"),
    COL(FINDINGS_CAUSED_BY, "caused_by", STR, NONE, COL_WIDE,
        "id of the finding it is a symptom of"),
    COL(FINDINGS_FIRST_SEEN_AT, "first_seen_at", TIME, NONE, 0, "when it was first seen"),
    COL(FINDINGS_LAST_SEEN_AT, "last_seen_at", TIME, NONE, COL_WIDE, "when it was last seen"),
    COL(FINDINGS_CLEARED_AT, "cleared_at", TIME, NONE, COL_WIDE, "when it was gone"),
    COL(FINDINGS_ACKNOWLEDGED_BY, "acknowledged_by", STR, NONE, COL_WIDE, "who has seen it"),
    COL(FINDINGS_NOTE, "note", STR, NONE, COL_WIDE, "note of whoever acknowledged or snoozed it"),
    COL(FINDINGS_SNOOZED_UNTIL_AT, "snoozed_until_at", TIME, NONE, COL_WIDE,
        "until when it is silent"),
    COL(FINDINGS_SUMMARY_LOCAL, "summary", STR, NONE, COL_LOCAL, "in the reader's language"),
    COL(FINDINGS_EVIDENCE_LOCAL, "evidence", LIST, NONE, COL_LOCAL, "in the reader's language"),
    COL(FINDINGS_REMEDY_LOCAL, "remedy", STR, NONE, COL_LOCAL, "in the reader's language"),
};
TABLE(findings, FINDINGS, "what the checks found: severity, evidence, remedy");
