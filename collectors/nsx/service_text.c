#include "collectors/nsx/service_text.h"

#include <inttypes.h>
#include <string.h>

#include "core/jsonq.h"
#include "core/snapshot.h"
#include "core/strbuf.h"

/* " dst=80,443"; nothing when there are none. */
static void add_ports(struct strbuf *out, const char *word, struct json_object *ports)
{
    size_t n = 0;

    for (size_t i = 0; i < jsonq_count(ports); i++) {
        const char *port = jsonq_text(jsonq_item(ports, i));

        if (!port || !*port)
            continue;
        if (n++ > 0)
            strbuf_addf(out, ",%s", port);
        else
            strbuf_addf(out, " %s=%s", word, port);
    }
}

static void add_number(struct strbuf *out, const char *word, struct json_object *entry,
                       const char *name)
{
    int64_t v;

    if (jsonq_int(entry, name, &v))
        strbuf_addf(out, " %s=%" PRId64, word, v);
}

static bool add_known(struct strbuf *out, const char *type, struct json_object *e)
{
    const char *protocol;
    int64_t number;

    if (strcmp(type, "L4PortSetServiceEntry") == 0) {
        if (!(protocol = jsonq_str(e, "l4_protocol")))
            return false;
        strbuf_addstr(out, protocol);
        add_ports(out, "dst", jsonq_get(e, "destination_ports"));
        add_ports(out, "src", jsonq_get(e, "source_ports"));
        return true;
    }
    if (strcmp(type, "ICMPTypeServiceEntry") == 0) {
        if (!(protocol = jsonq_str(e, "protocol")))
            return false;
        strbuf_addstr(out, protocol);
        add_number(out, "type", e, "icmp_type");
        add_number(out, "code", e, "icmp_code");
        return true;
    }
    if (strcmp(type, "IPProtocolServiceEntry") == 0 && jsonq_int(e, "protocol_number", &number)) {
        strbuf_addf(out, "IP %" PRId64, number);
        return true;
    }
    return false;
}

/* Replaces @out by the text of one entry. */
static void entry_text(struct strbuf *out, struct json_object *entry)
{
    const char *type = jsonq_str(entry, "resource_type"), *name = jsonq_str(entry, "display_name");

    strbuf_reset(out);
    if (type && add_known(out, type, entry))
        return;
    strbuf_addf(out, "other %s", type ? type : "entry");
    if (name)
        strbuf_addf(out, " (%s)", name);
}

void nsx_service_entries_add(struct table_builder *b, unsigned col, struct json_object *entries)
{
    struct strbuf text = STRBUF_INIT;

    for (size_t i = 0; i < jsonq_count(entries); i++) {
        entry_text(&text, jsonq_item(entries, i));
        builder_list_add(b, col, text.buf);
    }
    strbuf_release(&text);
}
