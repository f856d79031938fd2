/* views: the descriptors, for views/registry.c. */
#ifndef HYCON_VIEWS_VIEWS_H
#define HYCON_VIEWS_VIEWS_H

#include "views/view.h"

extern const struct view view_changes, view_endpoints;

#endif
