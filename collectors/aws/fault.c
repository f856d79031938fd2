#include "collectors/aws/fault.h"

#include <stdio.h>
#include <string.h>

#include "collectors/collector.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

/* Names of the EC2, STS and common error lists; botocore's retry table for the throttling ones. */
static const struct {
    const char *code;
    enum fault_class class;
} codes[] = {
    {"AccessDenied", FAULT_DENIED},
    {"AccessDeniedException", FAULT_DENIED},
    {"AuthFailure", FAULT_REJECTED},
    {"BandwidthLimitExceeded", FAULT_THROTTLED},
    {"EC2ThrottledException", FAULT_THROTTLED},
    {"ExpiredToken", FAULT_EXPIRED},
    {"ExpiredTokenException", FAULT_EXPIRED},
    {"IncompleteSignature", FAULT_REJECTED},
    {"InternalError", FAULT_PASSING},
    {"InternalFailure", FAULT_PASSING},
    {"InvalidAction", FAULT_UNSUPPORTED},
    {"InvalidClientTokenId", FAULT_REJECTED},
    {"MissingAuthenticationToken", FAULT_REJECTED},
    {"OptInRequired", FAULT_DENIED},
    {"PriorRequestNotComplete", FAULT_THROTTLED},
    {"RequestExpired", FAULT_SKEW},
    {"RequestLimitExceeded", FAULT_THROTTLED},
    {"RequestThrottled", FAULT_THROTTLED},
    {"RequestThrottledException", FAULT_THROTTLED},
    {"RequestTimeTooSkewed", FAULT_SKEW},
    {"RequestTimeout", FAULT_PASSING},
    {"RequestTimeoutException", FAULT_PASSING},
    {"ServiceUnavailable", FAULT_PASSING},
    {"SignatureDoesNotMatch", FAULT_REJECTED},
    {"SlowDown", FAULT_THROTTLED},
    {"ThrottledException", FAULT_THROTTLED},
    {"Throttling", FAULT_THROTTLED},
    {"ThrottlingException", FAULT_THROTTLED},
    {"TooManyRequestsException", FAULT_THROTTLED},
    {"UnauthorizedOperation", FAULT_DENIED},
    {"Unavailable", FAULT_PASSING},
    {"UnknownOperationException", FAULT_UNSUPPORTED},
    {"UnsupportedOperation", FAULT_UNSUPPORTED},
};

/* ---- reading -----------------------------------------------------------------------------------
 */

static void keep(char *out, size_t size, const char *text, size_t len)
{
    if (!out[0]) /* the first error of a document is the one */
        text_keep(out, size, text, len);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct fault *f = arg;
    const char *parent = xml_name_at(x, xml_depth(x) - 1), *name = xml_name(x);

    if (strcmp(parent, "Error") == 0 && strcmp(name, "Code") == 0)
        keep(f->code, sizeof(f->code), text, len);
    else if (strcmp(parent, "Error") == 0 && strcmp(name, "Message") == 0)
        keep(f->message, sizeof(f->message), text, len);
    else if (xml_depth(x) == 2 && text_equal_nocase(name, "RequestId"))
        keep(f->request_id, sizeof(f->request_id), text, len);
}

static enum fault_class class_of_code(const struct fault *f)
{
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        if (strcmp(codes[i].code, f->code) == 0)
            return codes[i].class;
    }
    return FAULT_OTHER;
}

static enum fault_class class_of(const struct fault *f, int status)
{
    enum fault_class c = class_of_code(f);

    /* "Signature expired: ..." and "Signature not yet current: ..." come under two codes. */
    if (strcmp(f->code, "SignatureDoesNotMatch") == 0 ||
        strcmp(f->code, "InvalidSignatureException") == 0)
        return text_has_prefix(f->message, "Signature expired") ||
                       text_has_prefix(f->message, "Signature not yet current")
                   ? FAULT_SKEW
                   : FAULT_REJECTED;
    if (c == FAULT_OTHER && status == 429)
        return FAULT_THROTTLED;
    if (c == FAULT_OTHER && status >= 500)
        return FAULT_PASSING;
    if (c == FAULT_OTHER && status == 401)
        return FAULT_REJECTED;
    if (c == FAULT_OTHER && f->code[0] &&
        (text_has_prefix(f->code, "Invalid") || text_has_prefix(f->code, "Missing")))
        return FAULT_CONFIG;
    return c;
}

void fault_read(const struct reply *reply, struct fault *out)
{
    const struct xml_handler handler = {.end = on_end};

    memset(out, 0, sizeof(*out));
    /* What was read before the document turned out to be broken still says more than nothing. */
    xml_parse(&handler, out, reply->body ? reply->body : "", reply->len, NULL);
    if (!out->request_id[0] && reply->request_id)
        keep(out->request_id, sizeof(out->request_id), reply->request_id,
             strlen(reply->request_id));
    out->class = class_of(out, reply->status);
}

/* ---- telling -----------------------------------------------------------------------------------
 */

static const struct {
    enum err_kind kind;
    const char *what; /* %s: credentials or action */
} sentences[] = {
    [FAULT_OTHER] = {ERR_HTTP, "AWS refused"},
    [FAULT_REJECTED] = {ERR_AUTH, "AWS did not accept the credentials of"},
    [FAULT_EXPIRED] = {ERR_AUTH, "AWS has ended the session with the credentials of"},
    [FAULT_SKEW] = {ERR_AUTH, "this host's clock differs from AWS's, so it refused"},
    [FAULT_THROTTLED] = {ERR_LIMIT, "AWS throttles"},
    [FAULT_PASSING] = {ERR_HTTP, "AWS had a fault of its own in"},
    [FAULT_DENIED] = {ERR_DENIED, "not allowed:"},
    [FAULT_CONFIG] = {ERR_CONFIG, "AWS refused"},
    [FAULT_UNSUPPORTED] = {ERR_UNSUPPORTED, "not offered here:"},
};

/* A denial says at length what its code says, then by what policy, and it may end in a riddle of a
 * thousand letters. A deny of the organisation is mended elsewhere than a missing permission. */
static void add_denial(struct strbuf *out, const char *message)
{
    static const char *const reasons[] = {" because ", " with an explicit deny"};
    const char *reason = NULL, *end = strstr(message, "Encoded authorization failure message");
    size_t len;

    for (size_t i = 0; !reason && i < ARRAY_SIZE(reasons); i++)
        reason = strstr(message, reasons[i]);
    if (!reason || (end && end < reason))
        return;
    len = end ? (size_t)(end - reason) : strlen(reason);
    while (strchr(". ", reason[len - 1]))
        len--;
    strbuf_addf(out, "%.*s", (int)len, reason);
}

/* What the service's own words add. */
static void add_words(struct strbuf *out, const struct fault *f, int status)
{
    if (f->class == FAULT_DENIED)
        add_denial(out, f->message);
    else if (f->message[0])
        strbuf_addf(out, ": %s", f->message);
    if (f->code[0])
        strbuf_addf(out, " (%s", f->code);
    else
        strbuf_addf(out, " (%d and no AWS error", status);
    if (f->request_id[0])
        strbuf_addf(out, ", request %s", f->request_id);
    strbuf_addch(out, ')');
}

void fault_describe(const struct fault *f, int status, const char *who, const char *action,
                    struct err *err)
{
    bool about_key = f->class == FAULT_REJECTED || f->class == FAULT_EXPIRED;
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "%s %s", sentences[f->class].what, about_key ? who : action);
    add_words(&text, f, status);
    err_set(err, sentences[f->class].kind, status, "%s", text.buf);
    strbuf_release(&text);
}

int64_t fault_clock_offset(const struct reply *reply, int64_t now)
{
    const char *date = reply->header ? reply->header(reply, "Date") : NULL;
    int64_t server;

    if (!date || fmt_parse_http_date(date, &server) < 0)
        return 0;
    return server - now;
}
