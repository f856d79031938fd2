#include "collectors/vmc/fault.h"

#include <string.h>

#include "collectors/collector.h"
#include "core/jsonq.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

static const struct {
    int status;
    enum vmc_fault_class class;
} classes[] = {
    {301, VMC_FAULT_REDIRECT},  {302, VMC_FAULT_REDIRECT}, {303, VMC_FAULT_REDIRECT},
    {307, VMC_FAULT_REDIRECT},  {308, VMC_FAULT_REDIRECT}, {401, VMC_FAULT_TOKEN},
    {403, VMC_FAULT_DENIED},    {404, VMC_FAULT_MISSING},  {429, VMC_FAULT_THROTTLED},
    {503, VMC_FAULT_THROTTLED},
};

static enum vmc_fault_class class_of(int status, bool retryable)
{
    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        if (classes[i].status == status)
            return classes[i].class;
    }
    return status >= 500 || retryable ? VMC_FAULT_PASSING : VMC_FAULT_OTHER;
}

static void keep(char *out, size_t size, const char *text)
{
    if (text)
        text_keep(out, size, text, strlen(text));
}

static const char *first_of(struct json_object *o, const char *const names[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *s = jsonq_str(o, names[i]);

        if (s && *s)
            return s;
    }
    return NULL;
}

void vmc_fault_read(const struct reply *reply, struct vmc_fault *out)
{
    static const char *const codes[] = {"error_code", "cspErrorCode", "errorCode", "error"};
    static const char *const messages[] = {"message", "error_message"};
    struct json_object *o = jsonq_parse(reply->body ? reply->body : "", reply->len, NULL);
    struct json_object *first = jsonq_at(o, "error_messages", 0);
    const char *message = first_of(o, messages, ARRAY_SIZE(messages));
    bool retryable = false;

    *out = (struct vmc_fault){.class = VMC_FAULT_OTHER};
    if (json_object_is_type(first, json_type_string))
        message = json_object_get_string(first);
    keep(out->code, sizeof(out->code), first_of(o, codes, ARRAY_SIZE(codes)));
    keep(out->message, sizeof(out->message), message);
    keep(out->request_id, sizeof(out->request_id),
         reply->request_id ? reply->request_id : jsonq_str(o, "requestId"));
    jsonq_bool(o, "retryable", &retryable);
    out->is_document = out->code[0] || out->message[0];
    out->class = class_of(reply->status, retryable);
    json_object_put(o);
}

static const struct {
    enum err_kind kind;
    const char *text;
} sentences[] = {
    [VMC_FAULT_OTHER] = {ERR_HTTP, "VMC refused to give"},
    [VMC_FAULT_TOKEN] = {ERR_AUTH, "VMC did not accept the access token for"},
    [VMC_FAULT_DENIED] = {ERR_DENIED, "the roles of the API token do not allow to read"},
    [VMC_FAULT_MISSING] = {ERR_HTTP, "VMC has no such object or call:"},
    [VMC_FAULT_THROTTLED] = {ERR_LIMIT, "VMC is too busy, or limits requests, for"},
    [VMC_FAULT_PASSING] = {ERR_HTTP, "VMC had a passing fault of its own in"},
    [VMC_FAULT_REDIRECT] = {ERR_HTTP, "VMC refers to another address, so check 'url':"},
};

void vmc_fault_describe(const struct vmc_fault *f, int status, const char *what, struct err *err)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "%s %s", sentences[f->class].text, what);
    if (f->message[0])
        strbuf_addf(&text, ": %s", f->message);
    strbuf_addf(&text, " (%d", status);
    if (f->code[0])
        strbuf_addf(&text, ", %s", f->code);
    if (f->request_id[0])
        strbuf_addf(&text, ", request %s", f->request_id);
    strbuf_addch(&text, ')');
    err_set(err, sentences[f->class].kind, status, "%s", text.buf);
    strbuf_release(&text);
}
