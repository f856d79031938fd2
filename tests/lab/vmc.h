/* vmc: the VMC service, and the reverse proxy to the NSX Manager of one SDDC. */
#ifndef HYCON_TESTS_LAB_VMC_H
#define HYCON_TESTS_LAB_VMC_H

#include "tests/lab/server.h"

#include <json-c/json.h>

void lab_vmc_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply);
/* server->data: the struct lab_sddc. */
void lab_proxy_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                      struct lab_reply *reply);

/* Reply builders (vmc_json.c). */
struct json_object *vmc_org(const struct lab *lab);
struct json_object *vmc_sddc(const struct lab *lab, const struct lab_sddc *s, struct arena *a);
struct json_object *vmc_cluster(const struct lab_sddc *s, bool second);
struct json_object *vmc_task(const struct lab *lab, const struct lab_sddc *s,
                             const struct lab_task *t);
struct json_object *vmc_connection(const struct lab *lab, const struct lab_sddc *s,
                                   struct arena *a);
/* The public path of an SDDC's NSX, ending in /sks-nsxt-manager. */
const char *vmc_proxy_path(const struct lab_sddc *s, struct arena *a);

/* Below cloud-service/api/v1 (cloud.c); false: no such call. */
bool cloud_answer(struct lab *lab, const struct lab_sddc *s, const struct lab_request *req,
                  const char *path, struct lab_reply *reply);

#endif
