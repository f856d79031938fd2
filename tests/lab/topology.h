/* topology: which listeners an estate needs, and the files that tell a client about them. */
#ifndef HYCON_TESTS_LAB_TOPOLOGY_H
#define HYCON_TESTS_LAB_TOPOLOGY_H

#include "tests/lab/lab.h"
#include "tests/lab/server.h"

struct err;
struct lab_scenario;

/* Start every listener; @port_base 0: any ports, else that one and those after it. */
int lab_topology_start(struct lab *lab, int port_base, struct err *err);
void lab_topology_stop(struct lab *lab);

/* After lab->estate was replaced: servers refer to its objects, credentials are good again, faults
 * gone. */
void lab_topology_repoint(struct lab *lab);

/* Write hycon.yaml, ca.pem, control.url, env and the secrets (0600) into lab->dir (0700). */
int lab_files_write(struct lab *lab, const struct lab_scenario *scenario, struct err *err);

/* The credentials of an endpoint die for good, as if revoked. -1: it has none. */
int lab_credentials_expire(struct lab *lab, const char *endpoint);

#endif
