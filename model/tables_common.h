/* What the headers that declare columns share. */
#ifndef HYCON_MODEL_TABLES_COMMON_H
#define HYCON_MODEL_TABLES_COMMON_H

#include "core/table.h"

/* Each enum begins with the two columns that every table has. */
#define TABLE_COMMON(P) P##_SITE, P##_ENDPOINT

#endif
