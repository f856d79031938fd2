/* Whatever stands in ~/.aws: values or a sentence. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/aws/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"region", "aws_access_key_id", "s3", "key"};
    struct err err = {0};
    struct ini *ini = ini_parse((const char *)data, size, &err);

    if ((ini == NULL) != (err.kind != ERR_NONE))
        abort();
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *v = ini_get(ini, "profile", "ops", keys[i]);
        const char *nested = ini_get_nested(ini, "services", "local", "ec2", keys[i]);

        if ((v && strlen(v) > size) || (nested && strlen(nested) > size))
            abort();
    }
    ini_free(ini);
    return 0;
}
