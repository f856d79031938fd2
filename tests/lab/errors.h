/* errors: error replies in the shape of each product. @code and @message NULL: the usual ones of
 * @status. */
#ifndef HYCON_TESTS_LAB_ERRORS_H
#define HYCON_TESTS_LAB_ERRORS_H

#include "tests/lab/server.h"

/* EC2's shape, or that of STS for its actions. */
void lab_error_aws(struct lab_reply *reply, const struct lab_request *req, int status,
                   const char *code, const char *message);
/* ApiError; @code is the number error_code as text. */
void lab_error_nsx(struct lab_reply *reply, int status, const char *code, const char *message);
void lab_error_csp(struct lab_reply *reply, int status, const char *code, const char *message);
void lab_error_vmc(struct lab_reply *reply, const struct lab_request *req, int status,
                   const char *code, const char *message);

#endif
