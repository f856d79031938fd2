/*
 * view_estate: the estates that the screens of the tabs are tested on. An SDDC in tokyo (vmc and
 * the linked AWS account), a second one in osaka of which only AWS is configured, a data centre.
 * Raw tables: what is derived and found is the model's.
 */
#ifndef HYCON_TESTS_SUPPORT_VIEW_ESTATE_H
#define HYCON_TESTS_SUPPORT_VIEW_ESTATE_H

extern const char view_config[];       /* tokyo, osaka, dc1 */
extern const char view_config_tokyo[]; /* tokyo alone */

/* What each product says at one moment. */
struct view_scene {
    const char *host;            /* state of esx-1 */
    const char *ha_0, *ha_1;     /* what the edges are for the gateways */
    const char *active;          /* ENI, by NSX */
    const char *main_1, *main_2; /* targets of the main table's routes */
    const char *custom;          /* of the custom table's */
    const char *aws;             /* freshness of AWS's tables: "ok", "denied 5m \"why\"" */
};

extern const struct view_scene view_steady;  /* esx-1 and eni-1 carry all, everything follows */
extern const struct view_scene view_failing; /* host gone, edge moved, the routes have yet to */
extern const struct view_scene view_half;    /* one route of the main table has followed */
extern const struct view_scene view_outage;  /* the main table is done, the custom one is not */

/* The tables of tokyo. The caller frees. */
char *view_estate(const struct view_scene *s);
/* Osaka: prefix list mode is not known, AWS alone. dc1: edges, gateways, segments of an NSX. */
extern const char view_osaka[], view_dc1[];
/* Tokyo in managed prefix list mode with two traffic groups; nothing is wrong. */
extern const char view_multi_edge[];

#endif
