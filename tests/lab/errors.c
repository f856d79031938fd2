#include "tests/lab/errors.h"

#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/xml.h"

#include <string.h>

struct usual {
    int status;
    const char *code, *message;
};

static const struct usual *find(const struct usual *list, size_t n, int status)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].status == status)
            return &list[i];
    return NULL;
}

static const struct usual aws_usual[] = {
    {400, "InvalidParameterValue", "The parameter value is invalid."},
    {401, "AuthFailure", "AWS was not able to validate the provided access credentials"},
    {403, "UnauthorizedOperation", "You are not authorized to perform this operation."},
    {429, "TooManyRequestsException", "Too many requests."},
    {500, "InternalError", "An internal error has occurred"},
    {503, "RequestLimitExceeded", "Request limit exceeded."},
};

void lab_error_aws(struct lab_reply *reply, const struct lab_request *req, int status,
                   const char *code, const char *message)
{
    const struct usual *u = find(aws_usual, ARRAY_SIZE(aws_usual), status);
    bool sts = req->action && (strcmp(req->action, "GetCallerIdentity") == 0 ||
                               strcmp(req->action, "AssumeRole") == 0);
    struct strbuf *out = &reply->body;

    reply->status = status;
    reply->content_type = "text/xml;charset=UTF-8";
    code = code ? code : u ? u->code : "InternalError";
    message = message ? message : u ? u->message : "The request was refused.";
    strbuf_reset(out);
    strbuf_addstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    strbuf_addstr(out, sts ? "<ErrorResponse xmlns=\"" XML_STS_NS "\"><Error><Type>Sender</Type>"
                           : "<Response><Errors><Error>");
    strbuf_addstr(out, "<Code>");
    xml_escape(out, code);
    strbuf_addstr(out, "</Code><Message>");
    xml_escape(out, message);
    strbuf_addstr(out, sts ? "</Message></Error><RequestId>5c9d3a10-eeee-4000-8000-000000000001"
                             "</RequestId></ErrorResponse>"
                           : "</Message></Error></Errors><RequestID>5c9d3a10-eeee-4000-8000-"
                             "000000000001</RequestID></Response>");
}

static const struct usual nsx_usual[] = {
    {400, "258", "The request is invalid."},
    {401, "401", "Authentication is required."},
    {403, "289", "The user is not authorized to perform this operation."},
    {404, "500012", "The path is invalid"},
    {429, "102", "Client 'admin' exceeded request rate of 100 per second"},
    {500, "607", "The persistence layer is reconfiguring."},
    {503, "503", "The API service is busy. Please retry."},
};

static const char *http_word(int status)
{
    switch (status) {
    case 400:
        return "BAD_REQUEST";
    case 401:
        return "UNAUTHORIZED";
    case 403:
        return "FORBIDDEN";
    case 404:
        return "NOT_FOUND";
    case 429:
        return "TOO_MANY_REQUESTS";
    case 503:
        return "SERVICE_UNAVAILABLE";
    default:
        return "INTERNAL_SERVER_ERROR";
    }
}

void lab_error_nsx(struct lab_reply *reply, int status, const char *code, const char *message)
{
    const struct usual *u = find(nsx_usual, ARRAY_SIZE(nsx_usual), status);
    const char *number = code ? code : u ? u->code : "1";
    bool policy = strncmp(number, "5000", 4) == 0;
    struct json_object *o = json_object_new_object();
    int64_t error_code = 1;

    jset_str(o, "httpStatus", http_word(status));
    text_to_i64(number, 0, INT64_MAX, &error_code);
    jset_int(o, "error_code", error_code);
    jset_str(o, "module_name", policy ? "policy" : "common-services");
    jset_str(o, "error_message", message ? message : u ? u->message : "The request failed.");
    reply->status = status;
    jsend(reply, o);
}

void lab_error_csp(struct lab_reply *reply, int status, const char *code, const char *message)
{
    struct json_object *o = json_object_new_object();

    jset_null(o, "metadata");
    jset_str(o, "traceId", "0123456789abcdef");
    jset_int(o, "statusCode", status);
    jset_str(o, "message", message ? message : "invalid_grant: Invalid refresh token: xxxxx");
    jset_int(o, "moduleCode", 540);
    jset_str(o, "requestId", "0123456789abcdef");
    jset_str(o, "cspErrorCode", code ? code : "csp.common.invalid_grant");
    reply->status = status;
    jsend(reply, o);
}

static const struct usual vmc_usual[] = {
    {401, "UnauthenticatedException", "The access token is invalid or has expired"},
    {403, "UnauthorizedException", "The user is not allowed to perform this operation"},
    {404, "NotFoundException", "Not found"},
    {429, "TooManyRequestsException", "Too many requests"},
    {503, "ServiceUnavailable", "The service is temporarily unavailable"},
};

void lab_error_vmc(struct lab_reply *reply, const struct lab_request *req, int status,
                   const char *code, const char *message)
{
    const struct usual *u = find(vmc_usual, ARRAY_SIZE(vmc_usual), status);
    struct json_object *o = json_object_new_object();
    struct json_object *list = json_object_new_array();

    jset_int(o, "status", status);
    jset_str(o, "path", req->path);
    jset_bool(o, "retryable", status == 429 || status >= 500);
    jset_str(o, "error_code", code ? code : u ? u->code : "InternalServerError");
    jadd_str(list, message ? message : u ? u->message : "The request failed");
    json_object_object_add(o, "error_messages", list);
    reply->status = status;
    jsend(reply, o);
}
