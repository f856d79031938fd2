/* fds: how many descriptors the process has open, to see whether something closes what it opened.
 */
#ifndef HYCON_TESTS_SUPPORT_FDS_H
#define HYCON_TESTS_SUPPORT_FDS_H

unsigned fds_count(void);

#endif
