#include "collectors/replication/fault.h"

#include "collectors/collector.h"
#include "core/jsonq.h"

static enum err_kind kind_of(int status)
{
    switch (status) {
    case 401:
        return ERR_AUTH;
    case 403:
        return ERR_DENIED;
    case 404:
    case 405:
    case 501:
        return ERR_UNSUPPORTED;
    case 429:
        return ERR_LIMIT;
    default:
        return ERR_HTTP;
    }
}

static const char *sentence_of(int status)
{
    switch (status) {
    case 401:
        return "the session is over, or the user was not accepted";
    case 403:
        return "the role of the user does not allow it";
    case 404:
    case 405:
    case 501:
        return "this appliance does not have this call";
    case 429:
    case 503:
        return "it is too busy";
    default:
        return "the request was refused";
    }
}

void replication_fault_describe(const struct reply *reply, const char *what, struct err *err)
{
    struct json_object *o = jsonq_parse(reply->body ? reply->body : "", reply->len, NULL);
    struct json_object *first = jsonq_at(jsonq_get(o, "_meta"), "errors", 0);
    const char *code = jsonq_str(o, "error_code"), *text = jsonq_str(o, "message");

    if (!code)
        code = jsonq_str(first, "code");
    if (!text)
        text = jsonq_str(first, "message");
    err_set(err, kind_of(reply->status), reply->status, "%s: %s (%d%s%.80s%s%.300s)", what,
            sentence_of(reply->status), reply->status, code ? ", " : "", code ? code : "",
            text ? ": " : "", text ? text : "");
    json_object_put(o);
}
