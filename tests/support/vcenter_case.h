/*
 * vcenter_case: the inventory of one vCenter on canned replies: a session that is logged in, its
 * endpoint 'vc' of site 'dc1', the collector, and the SOAP that tests of it write their replies in.
 */
#ifndef HYCON_TESTS_SUPPORT_VCENTER_CASE_H
#define HYCON_TESTS_SUPPORT_VCENTER_CASE_H

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/vcenter.h"
#include "tests/support/collector_run.h"

#define OPEN                                                           \
    "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/' " \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><e:Body><R xmlns='urn:vim25'>"
#define CLOSE   "</R></e:Body></e:Envelope>"
#define ID(id)  OPEN "<returnval type='T'>" id "</returnval>" CLOSE
#define NOTHING OPEN CLOSE
#define OBJECT(kind, type, id, changes) \
    "<objectSet><kind>" kind "</kind><obj type='" type "'>" id "</obj>" changes "</objectSet>"

/* Elements of an array of struct canned_reply. */
#define REPLY(match_, body_)                                     \
    {                                                            \
        .match = match_, .body = body_, .len = sizeof(body_) - 1 \
    }
/* Replies to the calls that establish the view of the inventory. */
#define VIEW   REPLY("<CreateContainerView ", ID("view[1]"))
#define PC     REPLY("<CreatePropertyCollector ", ID("pc[1]"))
#define FILTER REPLY("<CreateFilter ", ID("filter[1]"))

struct vcenter_case {
    struct vsphere_facts vsphere; /* what ServiceContent said; a test may change it */
    struct session_facts facts;
    struct config *config;
    struct collector_run run; /* of collector_vcenter_inventory */
};

/* @c must stay where it is: the run points into it. */
void vcenter_case_init(struct vcenter_case *c);
void vcenter_case_release(struct vcenter_case *c);
/* As published last; NULL: not published. */
const struct snapshot *vcenter_case_table(const struct vcenter_case *c,
                                          const struct schema *schema);

#endif
