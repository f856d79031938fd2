/*
 * control: the lab's own API, plain HTTP on loopback, JSON. Bodies are one flat object or a form.
 *
 *   GET    /state               scenario, clock, endpoints with counters, sessions, faults, model
 *   GET    /counters            {"aws-tokyo": {"requests": 4, ..., "by_label": {...}}, ...}
 *   POST   /counters            reset them
 *   GET    /caption             {"en", "ja"} of the step that is on; null when there is none
 *   POST   /faults              {"endpoint", "fault", ...} -> {"id"}; words in fault.h
 *   GET    /faults              all of them
 *   DELETE /faults, /faults/ID  clear
 *   POST   /action              {"do", ...}: one action of actions.c
 *   POST   /advance             {"seconds": N} or {"ms": N}: move the scenario, sessions and tokens
 * on POST   /clock               {"endpoint", "skew_ms"}: that server's clock is off POST
 * /certificate         {"endpoint", "kind": "new|expired|wrong-name|self-signed"} POST   /listener
 * {"endpoint", "state": "up|down"}
 */
#ifndef HYCON_TESTS_LAB_CONTROL_H
#define HYCON_TESTS_LAB_CONTROL_H

#include "tests/lab/server.h"

void lab_control_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                        struct lab_reply *reply);

#endif
