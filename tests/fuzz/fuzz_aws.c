/* Whatever comes instead of credentials, of STS's replies and of AWS's errors: a whole key or none,
 * and one clean sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/aws/credentials_json.h"
#include "collectors/aws/fault.h"
#include "collectors/aws/sts.h"
#include "collectors/collector.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_sentence(const struct err *err)
{
    if (err->kind == ERR_NONE || !err->msg[0] || !text_is_clean(err->msg))
        abort();
}

static void check_key(int rc, struct aws_key *key, const struct err *err)
{
    if (rc < 0)
        check_sentence(err);
    else if (!key->access || !key->secret)
        abort();
    aws_key_release(key);
}

static void read_credentials(const char *body, size_t size)
{
    static const enum credentials_form forms[] = {CREDENTIALS_PROCESS, CREDENTIALS_CONTAINER,
                                                  CREDENTIALS_INSTANCE, CREDENTIALS_SSO};
    struct secret *token;
    struct err err = {0};

    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        struct aws_key key = {0};

        err = (struct err){0};
        check_key(credentials_from_json(body, size, forms[i], &key, &err), &key, &err);
    }
    err = (struct err){0};
    token = credentials_sso_token(body, size, 0, "ops", &err);
    if (!token)
        check_sentence(&err);
    secret_unref(token);
}

static void read_sts(const char *body, size_t size)
{
    struct sts_identity id;
    struct aws_key key = {0};
    struct err err = {0};

    check_key(sts_read_key(body, size, &key, &err), &key, &err);
    err = (struct err){0};
    if (sts_read_identity(body, size, &id, &err) < 0)
        check_sentence(&err);
    else if (!id.account[0])
        abort();
}

static void read_faults(const char *body, size_t size)
{
    static const int statuses[] = {301, 400, 401, 403, 404, 429, 500, 503};

    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
        const struct reply r = {.status = statuses[i], .body = body, .len = size};
        struct err err = {0};
        struct fault f;

        fault_read(&r, &f);
        fault_describe(&f, statuses[i], "profile 'ops'", "ec2:DescribeVpcs", &err);
        check_sentence(&err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *body = mem_alloc(size + 1);

    if (size)
        memcpy(body, data, size);
    read_credentials(body, size);
    read_sts(body, size);
    read_faults(body, size);
    free(body);
    return 0;
}
