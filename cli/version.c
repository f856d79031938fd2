/* --version: what a bug report needs to know. */
#include <json-c/json_c_version.h>
#include <libxml/xmlversion.h>
#include <uv.h>
#include <yaml.h>

#include "cli/cli.h"
#include "core/http.h"
#include "core/openssl.h"
#include "core/strbuf.h"

int cli_version(void)
{
    struct strbuf out = STRBUF_INIT;
    int rc;

    openssl_load();
    strbuf_addf(&out, "hycon %s\n%s\nlibuv/%s json-c/%s libxml2/%s libyaml/%s\n%s\n", HYCON_VERSION,
                http_library_version(), uv_version_string(), json_c_version(),
                LIBXML_DOTTED_VERSION, yaml_get_version_string(), OpenSSL_version(OPENSSL_VERSION));
    rc = cli_write(&out);
    strbuf_release(&out);
    return rc;
}
