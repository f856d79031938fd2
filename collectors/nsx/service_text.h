/* service_text: an entry of a service in the words of SERVICES_ENTRIES (model/tables_firewall.h).
 * The kinds of entries are those of the NSX 4.2 SDK; of the ones whose members it does not list
 * here (ALG, EtherType, IGMP, nested) only the kind and the name are told. */
#ifndef HYCON_COLLECTORS_NSX_SERVICE_TEXT_H
#define HYCON_COLLECTORS_NSX_SERVICE_TEXT_H

#include <json-c/json.h>

struct table_builder;

/* Append the text of each of service_entries[] to a list cell of the current row. */
void nsx_service_entries_add(struct table_builder *b, unsigned col, struct json_object *entries);

#endif
