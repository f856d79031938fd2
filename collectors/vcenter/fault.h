/*
 * fault: what a vCenter or an ESXi host says when it says no: HTTP 500 with a SOAP fault, told
 * apart by the type of its detail (reference: vSphere Web Services API, "MethodFault"). While its
 * services start, the proxy before them answers 503 with a page instead.
 */
#ifndef HYCON_COLLECTORS_VCENTER_FAULT_H
#define HYCON_COLLECTORS_VCENTER_FAULT_H

#include "core/err.h"
#include "core/soap.h"

struct reply;

enum vcenter_fault_class {
    VCENTER_FAULT_OTHER,
    VCENTER_FAULT_LOGIN,       /* InvalidLogin, InvalidLocale and its like: the credential */
    VCENTER_FAULT_SESSION,     /* NotAuthenticated */
    VCENTER_FAULT_DENIED,      /* NoPermission, RestrictedVersion */
    VCENTER_FAULT_GONE,        /* ManagedObjectNotFound: also views and filters of an old session */
    VCENTER_FAULT_VERSION,     /* InvalidCollectorVersion: start over */
    VCENTER_FAULT_PROPERTY,    /* InvalidProperty: soap.name is unknown here */
    VCENTER_FAULT_CANCELED,    /* RequestCanceled */
    VCENTER_FAULT_UNSUPPORTED, /* NotSupported, MethodNotFound, NotImplemented */
    VCENTER_FAULT_STARTING,    /* no fault but 502, 503, 504 */
};

struct vcenter_fault {
    enum vcenter_fault_class class;
    struct soap_fault soap;
    bool is_fault; /* it speaks SOAP */
};

/* Read a reply that is not 2xx. */
void vcenter_fault_read(const struct reply *reply, struct vcenter_fault *out);
/* One sentence; @what is being read ("the inventory"). */
void vcenter_fault_describe(const struct vcenter_fault *f, int status, const char *what,
                            struct err *err);

#endif
