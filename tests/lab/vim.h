/*
 * vim: a vCenter Server's SOAP service (urn:vim25): sessions with a cookie, views, and property
 * collectors whose WaitForUpdatesEx blocks until something has changed. The connection's own thread
 * waits; the lab's lock is free meanwhile.
 *
 *   vim.c         requests, sessions, faults,      vim_props.c   values of properties
 *                 session and view calls           vim_*_props.c one table of properties per kind
 *   vim_spec.c    what a filter selects            vim_wait.c    filters, changes, pages
 *   vim_refs.c    what hangs on what               vim_events.c  event history
 *   vim_read.c    RetrievePropertiesEx
 */
#ifndef HYCON_TESTS_LAB_VIM_H
#define HYCON_TESTS_LAB_VIM_H

#include "tests/lab/nsx.h"
#include "tests/lab/server.h"
#include "tests/lab/vsphere.h"

#include <libxml/tree.h>

/* ---- state ---------------------------------------------------------------------------------- */

struct vim_session {
    const char *id, *cookie, *user, *agent; /* in the lab's arena */
    struct arena *arena;                    /* views, collectors and filters; freed at the end */
    struct lab_list views, collectors, histories;
    struct lab_list pages; /* struct vim_page */
    int64_t used_at, began_at;
    unsigned waiting, calls, serial;
    bool open;
};

struct lab_vim {
    struct lab_vc *vc;
    struct nsx_user *user;
    struct lab_list sessions, rest; /* struct vim_session; rest: those of the REST API */
};

struct lab_vim *lab_vim_new(struct lab_vc *vc, struct nsx_user *user);
void lab_vim_free(struct lab_vim *v);
unsigned lab_vim_open_sessions(const struct lab *lab, const struct lab_vim *v);
/* Every session ends, also those that wait. */
void lab_vim_expire(struct lab_vim *v);
/* @vc is another estate's: whoever was logged in must log in again. */
void lab_vim_repoint(struct lab_vim *v, struct lab_vc *vc);
void lab_vim_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply);
/* /api (vapi.c); false: no such call. */
bool lab_vapi_answer(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                     struct lab_reply *reply);
/* A fault of the service, as the fault table asks for it. */
void lab_vim_fault_status(struct lab_reply *reply, int status, const char *code);

/* ---- one call ------------------------------------------------------------------------------- */

struct vim_call {
    struct lab *lab;
    struct lab_server *server;
    struct lab_vim *vim;
    struct lab_vc *vc;
    struct vim_session *session; /* NULL: not logged in */
    const struct lab_request *req;
    struct lab_reply *reply;
    xmlNode *method;
    const char *this_type, *this_id;
    struct strbuf *out; /* what stands inside <METHODResponse> */
    const char *fault, *fault_text, *fault_fields;
    struct arena *a; /* the request's */
    bool vsan, pbm;  /* to /vsanHealth, to /pbm/sdk */
};

/* Calls of a service beside vim25, by the name of the method; false: it has no such one. */
struct vim_named {
    const char *name;
    void (*run)(struct vim_call *c);
};
bool vim_run_named(struct vim_call *c, const struct vim_named *calls, size_t n);

/* First child element @name of @node, or NULL; @node NULL: NULL. */
xmlNode *vim_child(xmlNode *node, const char *name);
xmlNode *vim_next(xmlNode *node, const char *name);
/* Text of child @name in @a, or NULL. */
const char *vim_text(struct arena *a, xmlNode *node, const char *name);
const char *vim_node_text(struct arena *a, xmlNode *node);
bool vim_true(struct arena *a, xmlNode *node, const char *name);
/* -1 when there is none. */
int64_t vim_number(struct arena *a, xmlNode *node, const char *name);

/* The call ends with fault @type; @fields: XML inside the detail, may be NULL. */
void vim_fault(struct vim_call *c, const char *type, const char *text, const char *fields);
/* Managed object @id, of the inventory or of the session. NULL: the call has got its fault. */
struct lab_mo *vim_object(struct vim_call *c, const char *id);
/* The same without a fault. */
struct lab_mo *vim_find(const struct lab_vc *vc, const struct vim_session *s, const char *id);
const char *vim_session_object(struct vim_call *c);
bool vim_alive(const struct lab *lab, const struct vim_session *s);
void vim_ref(struct strbuf *out, const char *tag, const struct lab_mo *mo);
void vim_element(struct strbuf *out, const char *tag, const char *text);
void vim_time(struct strbuf *out, int64_t ms);

/* ---- objects of a session ------------------------------------------------------------------- */

struct vim_view {
    struct lab_mo mo;
    struct lab_mo *container;
    struct lab_list types;   /* const char *, of a container view */
    struct lab_list members; /* struct lab_mo, of a list view */
    bool recursive, gone;
};

struct vim_history {
    struct lab_mo mo;
    const char *types[32]; /* eventTypeId */
    unsigned ntypes;
    struct lab_mo *entity;
    bool children, all;                 /* recursion */
    int64_t begin, end, page, position; /* position: index into the events that match */
    int user;                           /* systemUser: -1 not said, 0, 1 */
    bool gone;
};

/* ---- properties ----------------------------------------------------------------------------- */

struct vim_val {
    struct strbuf *out;
    const struct lab_vc *vc;
    const struct vim_session *session;
    const char *tag;          /* element of an array's items */
    const struct lab_mo *ref; /* set by a writer of a reference */
    bool set;
};

typedef void (*vim_writer)(struct vim_val *v, const struct lab_mo *mo);

struct vim_leaf {
    enum mo_type type;
    const char *path, *xsi; /* xsi: NULL for a reference */
    const char *item;       /* an array of such elements */
    vim_writer write;       /* NULL: known and never set here */
    bool quiet;             /* the API does not promise to notify */
};

extern const struct vim_leaf vim_entity_leaves[], vim_host_leaves[], vim_vm_leaves[],
    vim_other_leaves[];

/* Writers' helpers. */
void vim_put(struct vim_val *v, const char *text); /* NULL: unset */
void vim_put_number(struct vim_val *v, int64_t n);
void vim_put_bool(struct vim_val *v, bool b);
void vim_put_time(struct vim_val *v, int64_t ms); /* 0: unset */
void vim_put_ref(struct vim_val *v, const struct lab_mo *mo);
/* The references that @path of @mo holds; false: it is no such property. */
bool vim_refs(const struct lab_vc *vc, const struct vim_session *s, const struct lab_mo *mo,
              const char *path, struct lab_list *out);

/* A path as a specification names it, looked up. */
struct vim_picked {
    const char *path;
    const struct vim_leaf *leaf; /* NULL: everything below the path */
};

/* False: objects of @mo's type have no such property. */
bool vim_pick(const struct lab_mo *mo, const char *path, struct vim_picked *out);
bool vim_path_known(const char *type, const char *path);
/* Append the value as <val xsi:type="...">...</val>. False: unset, nothing was written. */
bool vim_write(const struct vim_picked *p, const struct lab_vc *vc, const struct vim_session *s,
               const struct lab_mo *mo, struct strbuf *out);
/* Top-level names of @mo's properties, for <all>. */
void vim_all_paths(const struct lab_mo *mo, struct lab_list *out);

/* ---- specifications ------------------------------------------------------------------------- */

struct vim_propset {
    const char *type;
    struct lab_list paths;
    bool all;
};

struct vim_traversal {
    const char *name, *type, *path; /* type NULL: a reference to the traversal of this name */
    struct lab_list next;           /* struct vim_traversal */
    bool skip;
};

struct vim_objectset {
    struct lab_mo *start;
    struct lab_list select;
    bool skip;
};

struct vim_spec {
    struct lab_list propsets, objectsets, traversals;
    struct lab_list picked[MO_TYPES]; /* struct vim_picked; found on first use */
    bool ready[MO_TYPES];
};

/* PropertyFilterSpec; in @a, lists released by vim_spec_release. NULL: the call has its fault. */
struct vim_spec *vim_spec_parse(struct vim_call *c, struct arena *a, xmlNode *node);
void vim_spec_release(struct vim_spec *s);
/* Objects it selects now, each once, in order. */
void vim_spec_select(const struct vim_spec *s, const struct lab_vc *vc,
                     const struct vim_session *session, struct lab_list *out);
/* What is wanted of @mo: struct vim_picked. NULL: nothing. */
const struct lab_list *vim_spec_wanted(struct vim_spec *s, struct arena *a,
                                       const struct lab_mo *mo);

/* ---- collectors ----------------------------------------------------------------------------- */

void vim_session_release(struct vim_session *s);
void vim_collector_release(struct lab_mo *collector);
/* The page tokens of RetrievePropertiesEx of @s. */
void vim_pages_release(struct vim_session *s);

/* Calls, by file. */
void vim_call_retrieve(struct vim_call *c);
void vim_call_retrieve_continue(struct vim_call *c);
void vim_call_retrieve_cancel(struct vim_call *c);
void vim_call_create_collector(struct vim_call *c);
void vim_call_create_filter(struct vim_call *c);
void vim_call_destroy_filter(struct vim_call *c);
void vim_call_destroy_collector(struct vim_call *c);
void vim_call_wait(struct vim_call *c);
void vim_call_cancel_wait(struct vim_call *c);
void vim_call_create_history(struct vim_call *c);
void vim_call_read_next(struct vim_call *c);
void vim_call_read_previous(struct vim_call *c);
void vim_call_rewind(struct vim_call *c);
void vim_call_reset(struct vim_call *c);
void vim_call_page_size(struct vim_call *c);
void vim_call_destroy_history(struct vim_call *c);
void vim_call_query_events(struct vim_call *c);
/* Its ServiceContent, shared with the property content of ServiceInstance. */
void vim_service_content(const struct lab_vc *vc, struct strbuf *out);
void vim_user_session(const struct vim_session *s, struct strbuf *out);
void vim_event(const struct lab_vc *vc, const struct lab_vevent *ev, const char *tag,
               struct strbuf *out);
/* The newest page of @h, oldest first. */
void vim_history_latest(const struct lab_vc *vc, const struct vim_history *h, const char *tag,
                        struct strbuf *out);

#endif
