/* screen_estate: one small estate for the tests of the console: two sites, three endpoints of which
 * one is well, and some interfaces. */
#ifndef HYCON_TESTS_SUPPORT_SCREEN_ESTATE_H
#define HYCON_TESTS_SUPPORT_SCREEN_ESTATE_H

extern const char screen_config[];
extern const char screen_endpoints[]; /* the table endpoints */
/* What linked's certificate shows, and what was accepted before. */
#define SCREEN_SHA_NOW    "aaaabbbbccccddddeeeeffff000011112222333344445555666677778888999a"
#define SCREEN_SHA_BEFORE "1111bbbbccccddddeeeeffff000011112222333344445555666677778888999a"

#endif
