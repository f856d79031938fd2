#include "collectors/vcenter/fault.h"

#include <string.h>

#include "collectors/collector.h"
#include "core/mem.h"

static const struct {
    const char *type;
    enum vcenter_fault_class class;
} classes[] = {
    {"InvalidLogin", VCENTER_FAULT_LOGIN},
    {"NotAuthenticated", VCENTER_FAULT_SESSION},
    {"NoPermission", VCENTER_FAULT_DENIED},
    {"RestrictedVersion", VCENTER_FAULT_DENIED},
    {"ManagedObjectNotFound", VCENTER_FAULT_GONE},
    {"InvalidCollectorVersion", VCENTER_FAULT_VERSION},
    {"InvalidProperty", VCENTER_FAULT_PROPERTY},
    {"RequestCanceled", VCENTER_FAULT_CANCELED},
    {"NotSupported", VCENTER_FAULT_UNSUPPORTED},
    {"NotImplemented", VCENTER_FAULT_UNSUPPORTED},
    {"MethodNotFound", VCENTER_FAULT_UNSUPPORTED},
};

void vcenter_fault_read(const struct reply *reply, struct vcenter_fault *out)
{
    memset(out, 0, sizeof(*out));
    out->is_fault = soap_fault_read(reply->body ? reply->body : "", reply->len, &out->soap);
    if (!out->is_fault && reply->status >= 502 && reply->status <= 504)
        out->class = VCENTER_FAULT_STARTING;
    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        if (strcmp(out->soap.type, classes[i].type) == 0)
            out->class = classes[i].class;
    }
}

static enum err_kind kind_of(enum vcenter_fault_class class, bool is_fault)
{
    switch (class) {
    case VCENTER_FAULT_LOGIN:
    case VCENTER_FAULT_SESSION:
        return ERR_AUTH;
    case VCENTER_FAULT_DENIED:
        return ERR_DENIED;
    case VCENTER_FAULT_UNSUPPORTED:
        return ERR_UNSUPPORTED;
    default:
        return is_fault ? ERR_PROTO : ERR_HTTP;
    }
}

static const char *sentence_of(enum vcenter_fault_class class)
{
    switch (class) {
    case VCENTER_FAULT_SESSION:
        return "the session is over";
    case VCENTER_FAULT_DENIED:
        return "the role of the user does not allow it";
    case VCENTER_FAULT_GONE:
        return "the object is not there any more";
    case VCENTER_FAULT_STARTING:
        return "its services are starting or overloaded";
    case VCENTER_FAULT_UNSUPPORTED:
        return "it does not have this call";
    default:
        return "the request was refused";
    }
}

void vcenter_fault_describe(const struct vcenter_fault *f, int status, const char *what,
                            struct err *err)
{
    const struct soap_fault *s = &f->soap;

    err_set(err, kind_of(f->class, f->is_fault), status, "%s: %s (%d%s%s%s%s)", what,
            sentence_of(f->class), status, s->type[0] ? ", " : "", s->type, s->text[0] ? ": " : "",
            s->text);
}
