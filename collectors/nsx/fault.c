#include "collectors/nsx/fault.h"

#include <string.h>

#include "collectors/collector.h"
#include "core/jsonq.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

enum {
    CODE_BAD_XSRF = 98,
    CODE_CERTIFICATE = 99,
    CODE_CREDENTIALS = 403,
    CODE_RECONFIGURING = 607,
    CODE_INDEX_REBUILD = 60508,
    CODE_SEARCH_TIMEOUT = 60514,
};

/* A row with code 0 is for what has no other row of its status; status 0 is any. */
static const struct {
    int status;
    int64_t code;
    enum nsx_fault_class class;
} classes[] = {
    {403, CODE_BAD_XSRF, NSX_FAULT_SESSION},
    {403, CODE_CREDENTIALS, NSX_FAULT_CREDENTIALS},
    {500, CODE_CERTIFICATE, NSX_FAULT_CREDENTIALS},
    {500, CODE_RECONFIGURING, NSX_FAULT_PASSING},
    {503, CODE_RECONFIGURING, NSX_FAULT_PASSING},
    {400, CODE_INDEX_REBUILD, NSX_FAULT_INDEX},
    {400, CODE_SEARCH_TIMEOUT, NSX_FAULT_INDEX},
    {301, 0, NSX_FAULT_REDIRECT},
    {302, 0, NSX_FAULT_REDIRECT},
    {303, 0, NSX_FAULT_REDIRECT},
    {307, 0, NSX_FAULT_REDIRECT},
    {308, 0, NSX_FAULT_REDIRECT},
    {401, 0, NSX_FAULT_CREDENTIALS},
    {403, 0, NSX_FAULT_DENIED},
    {404, 0, NSX_FAULT_MISSING},
    {405, 0, NSX_FAULT_UNSUPPORTED},
    {429, 0, NSX_FAULT_THROTTLED},
    {501, 0, NSX_FAULT_UNSUPPORTED},
    {502, 0, NSX_FAULT_PASSING},
    {503, 0, NSX_FAULT_THROTTLED},
    {504, 0, NSX_FAULT_PASSING},
};

static enum nsx_fault_class class_of(int status, int64_t code)
{
    enum nsx_fault_class found = NSX_FAULT_OTHER;

    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        if (classes[i].status != status)
            continue;
        if (classes[i].code == code)
            return classes[i].class;
        if (classes[i].code == 0)
            found = classes[i].class;
    }
    return found;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static void keep(char *out, size_t size, const char *text)
{
    if (text)
        text_keep(out, size, text, strlen(text));
}

static void keep_message(struct nsx_fault *f, struct json_object *o)
{
    struct json_object *related = jsonq_at(o, "related_errors", 0);
    const char *message = jsonq_str(o, "error_message"), *more;
    struct strbuf text = STRBUF_INIT;

    strbuf_addstr(&text, message);
    while (text.len > 0 && strchr(". ", text.buf[text.len - 1]))
        strbuf_setlen(&text, text.len - 1);
    more = jsonq_str(related, "error_message");
    if (more)
        strbuf_addf(&text, "%s%s", text.len > 0 ? ": " : "", more);
    keep(f->message, sizeof(f->message), text.buf);
    strbuf_release(&text);
}

static bool read_document(const struct reply *reply, struct nsx_fault *f)
{
    struct json_object *o = jsonq_parse(reply->body ? reply->body : "", reply->len, NULL);
    bool is_document;

    jsonq_int(o, "error_code", &f->code);
    keep_message(f, o);
    keep(f->module, sizeof(f->module), jsonq_str(o, "module_name"));
    is_document = f->code != 0 || f->message[0] || f->module[0];
    json_object_put(o);
    return is_document;
}

void nsx_fault_read(const struct reply *reply, struct nsx_fault *out)
{
    bool is_document;

    memset(out, 0, sizeof(*out));
    is_document = read_document(reply, out);
    keep(out->request_id, sizeof(out->request_id), reply->request_id);
    if (reply->header && reply->status >= 300 && reply->status < 400)
        keep(out->location, sizeof(out->location), reply->header(reply, "Location"));
    out->class = class_of(reply->status, out->code);
    if (reply->status == 403 && !is_document)
        out->class = NSX_FAULT_SESSION;
}

/* ---- telling -----------------------------------------------------------------------------------
 */

static const struct {
    enum err_kind kind;
    const char *text;
    bool who; /* its object is the login, not what was read */
} sentences[] = {
    [NSX_FAULT_OTHER] = {ERR_HTTP, "NSX refused to give", false},
    [NSX_FAULT_CREDENTIALS] = {ERR_AUTH, "NSX did not accept the login of", true},
    [NSX_FAULT_SESSION] = {ERR_AUTH, "NSX ended the session of", true},
    [NSX_FAULT_DENIED] = {ERR_DENIED, "the role of the login does not allow to read", false},
    [NSX_FAULT_THROTTLED] = {ERR_LIMIT, "NSX is too busy, or limits this user's requests, for",
                             false},
    [NSX_FAULT_PASSING] = {ERR_HTTP, "NSX had a passing fault of its own in", false},
    [NSX_FAULT_MISSING] = {ERR_HTTP, "NSX has no such object or call:", false},
    [NSX_FAULT_UNSUPPORTED] = {ERR_UNSUPPORTED, "not offered by this NSX:", false},
    [NSX_FAULT_REDIRECT] = {ERR_HTTP, "NSX refers to another address, so check 'urls':", false},
    [NSX_FAULT_INDEX] = {ERR_HTTP, "the search index of NSX is not ready for", false},
};

static void add_words(struct strbuf *out, const struct nsx_fault *f, int status)
{
    if (f->message[0])
        strbuf_addf(out, ": %s", f->message);
    else if (f->location[0])
        strbuf_addf(out, " %s", f->location);
    strbuf_addf(out, " (%d", status);
    if (f->code != 0 && f->code != status)
        strbuf_addf(out, ", code %lld", (long long)f->code);
    if (f->module[0] && f->code != 0 && f->code != status)
        strbuf_addf(out, " of %s", f->module);
    if (f->request_id[0])
        strbuf_addf(out, ", request %s", f->request_id);
    strbuf_addch(out, ')');
}

void nsx_fault_describe(const struct nsx_fault *f, int status, const char *who, const char *what,
                        struct err *err)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "%s %s", sentences[f->class].text, sentences[f->class].who ? who : what);
    add_words(&text, f, status);
    err_set(err, sentences[f->class].kind, status, "%s", text.buf);
    strbuf_release(&text);
}
