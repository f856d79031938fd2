/* The one list of tabs, in the order of the tab bar. */
#include "views/views.h"

const struct view *const views_all[] = {
    &view_endpoints,
    &view_changes,
    NULL,
};
