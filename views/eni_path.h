/*
 * eni_path: the way from the segments to the route tables, one row per station, for every link
 * between an SDDC and a VPC: segments, edge, host, ENI (per traffic group), route tables. What is
 * wrong is drawn in full; when there is no room, links that are well become one line.
 */
#ifndef HYCON_VIEWS_ENI_PATH_H
#define HYCON_VIEWS_ENI_PATH_H

#include "views/view.h"

int eni_path_height(const struct view_input *in, int w, int h);
void eni_path_draw(const struct view_input *in, struct canvas *c, struct rect r);

#endif
