/*
 * nsx: NSX Manager. On premises: sessions with cookie and XSRF token, lockout, policy and manager
 * API. The policy API is also what an SDDC's reverse proxy answers with; there is no manager API
 * there.
 */
#ifndef HYCON_TESTS_LAB_NSX_H
#define HYCON_TESTS_LAB_NSX_H

#include "tests/lab/server.h"

#include <json-c/json.h>

struct nsx_session {
    const char *cookie, *xsrf, *user;
    int64_t used_at; /* session clock */
    bool open;
};

struct nsx_user {
    const char *name, *password;
    const char *first_password; /* the one in the file; another one: it was changed */
    int64_t locked_until;       /* session clock */
    unsigned failures;
};

/* One manager node: a session belongs to it alone. Users are shared by the nodes of a cluster. */
struct lab_nsx_state {
    struct lab_nsx *nsx;
    struct nsx_user *user;
    struct lab_list sessions;
};

struct lab_nsx_state *lab_nsx_state_new(struct lab_nsx *nsx, struct nsx_user *user);
void lab_nsx_state_free(struct lab_nsx_state *s);
unsigned lab_nsx_open_sessions(const struct lab *lab, const struct lab_nsx_state *s);
void lab_nsx_expire(struct lab_nsx_state *s);

void lab_nsx_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply);

/* @path: below /policy/api/v1; @sddc NULL on premises. False: no such call. */
bool nsx_policy_answer(struct lab *lab, const struct lab_nsx *nsx, const struct lab_sddc *sddc,
                       const struct lab_request *req, const char *path, struct lab_reply *reply);
/* @path: below /api/v1 (nsx_manager.c). */
bool nsx_manager_answer(struct lab *lab, const struct lab_nsx *nsx, const struct lab_request *req,
                        const char *path, struct lab_reply *reply);
/* search/query (nsx_search.c). */
void nsx_search(struct lab *lab, const struct lab_nsx *nsx, const struct lab_request *req,
                struct lab_reply *reply);

/* ---- lists (nsx_page.c) --------------------------------------------------------------------- */

struct nsx_context {
    struct lab *lab;
    const struct lab_nsx *nsx;
    struct arena *a;
    const void *data;
};

/* Make item @i of a list. */
typedef struct json_object *(*nsx_make)(const struct nsx_context *c, size_t i);

/* Send one page of @total items: page_size, cursor, result_count on the first page. */
void nsx_send_page(const struct lab_request *req, struct lab_reply *reply, size_t total,
                   nsx_make make, const struct nsx_context *c);

/* ---- firewall (nsx_fw.c); false: no such call, or there is no firewall in the model -----------
 */

struct lab_path;
bool nsx_fw_answer(struct nsx_context *c, const struct lab_request *req, const struct lab_path *p,
                   struct lab_reply *reply);
bool nsx_fw_search(struct nsx_context *c, const struct lab_request *req, const char *type,
                   struct lab_reply *reply);

/* ---- objects (nsx_objects.c) ---------------------------------------------------------------- */

void nsx_common(const struct nsx_context *c, struct json_object *o, const char *type,
                const char *id, const char *name, const char *path, const char *parent);
struct json_object *nsx_segment(const struct nsx_context *c, const struct lab_segment *s);
struct json_object *nsx_segment_state(const struct lab_segment *s);
/* A page of the gateways of @tier; c->data is overwritten. */
void nsx_send_gateways(struct nsx_context *c, const struct lab_request *req, int tier,
                       struct lab_reply *reply);
struct json_object *nsx_gateway(const struct nsx_context *c, const struct lab_gateway *g);
struct json_object *nsx_gateway_state(const struct nsx_context *c, const struct lab_gateway *g);
struct json_object *nsx_locale_services(const struct nsx_context *c, const struct lab_gateway *g);
struct json_object *nsx_edge_cluster(const struct nsx_context *c,
                                     const struct lab_edge_cluster *ec);
struct json_object *nsx_edge_node(const struct nsx_context *c, const struct lab_edge_cluster *ec,
                                  const struct lab_edge *e);
struct json_object *nsx_rule(const struct nsx_context *c, size_t i);

#endif
