/* libcurl as http*.c call it: loaded at the first request (core/library.h says why), through
 * pointers of the library's own types. Its names are macros here. */
#ifndef HYCON_CORE_HTTP_CURL_H
#define HYCON_CORE_HTTP_CURL_H

#include "core/library.h"

#include <curl/curl.h>

/* Some are macros already, which check the types of variadic arguments; they call what they shadow.
 */
#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt

#define HTTP_CURL_FUNCTIONS(X)  \
    X(curl_easy_cleanup)        \
    X(curl_easy_getinfo)        \
    X(curl_easy_init)           \
    X(curl_easy_setopt)         \
    X(curl_easy_strerror)       \
    X(curl_free)                \
    X(curl_global_init)         \
    X(curl_multi_add_handle)    \
    X(curl_multi_assign)        \
    X(curl_multi_cleanup)       \
    X(curl_multi_info_read)     \
    X(curl_multi_init)          \
    X(curl_multi_remove_handle) \
    X(curl_multi_setopt)        \
    X(curl_multi_socket_action) \
    X(curl_slist_append)        \
    X(curl_slist_free_all)      \
    X(curl_url)                 \
    X(curl_url_cleanup)         \
    X(curl_url_get)             \
    X(curl_url_set)             \
    X(curl_version)             \
    X(curl_version_info)

struct http_curl {
    HTTP_CURL_FUNCTIONS(LIBRARY_POINTER)
};

/* Set by http_curl_load(). */
extern struct http_curl http_curl;

/* Load libcurl and initialise it, once; any thread. Called before any of the names below. */
void http_curl_load(void);

#define curl_easy_cleanup        http_curl.curl_easy_cleanup_
#define curl_easy_getinfo        http_curl.curl_easy_getinfo_
#define curl_easy_init           http_curl.curl_easy_init_
#define curl_easy_setopt         http_curl.curl_easy_setopt_
#define curl_easy_strerror       http_curl.curl_easy_strerror_
#define curl_free                http_curl.curl_free_
#define curl_global_init         http_curl.curl_global_init_
#define curl_multi_add_handle    http_curl.curl_multi_add_handle_
#define curl_multi_assign        http_curl.curl_multi_assign_
#define curl_multi_cleanup       http_curl.curl_multi_cleanup_
#define curl_multi_info_read     http_curl.curl_multi_info_read_
#define curl_multi_init          http_curl.curl_multi_init_
#define curl_multi_remove_handle http_curl.curl_multi_remove_handle_
#define curl_multi_setopt        http_curl.curl_multi_setopt_
#define curl_multi_socket_action http_curl.curl_multi_socket_action_
#define curl_slist_append        http_curl.curl_slist_append_
#define curl_slist_free_all      http_curl.curl_slist_free_all_
#define curl_url                 http_curl.curl_url_
#define curl_url_cleanup         http_curl.curl_url_cleanup_
#define curl_url_get             http_curl.curl_url_get_
#define curl_url_set             http_curl.curl_url_set_
#define curl_version             http_curl.curl_version_
#define curl_version_info        http_curl.curl_version_info_

#endif
