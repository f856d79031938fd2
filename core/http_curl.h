/* libcurl as http*.c call it: loaded at the first request (core/library.h says why), through
 * pointers that have the library's own types. Its names are macros here, so the callers read like
 * any program that uses libcurl. */
#ifndef HYCON_CORE_HTTP_CURL_H
#define HYCON_CORE_HTTP_CURL_H

#include <curl/curl.h>

/* Some are macros already, which check the types of variadic arguments; they call what they shadow.
 */
#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt

#define HTTP_CURL_FUNCTIONS(X) \
    X(easy_cleanup)            \
    X(easy_getinfo)            \
    X(easy_init)               \
    X(easy_setopt)             \
    X(easy_strerror)           \
    X(free)                    \
    X(global_init)             \
    X(multi_add_handle)        \
    X(multi_assign)            \
    X(multi_cleanup)           \
    X(multi_info_read)         \
    X(multi_init)              \
    X(multi_remove_handle)     \
    X(multi_setopt)            \
    X(multi_socket_action)     \
    X(slist_append)            \
    X(slist_free_all)          \
    X(url)                     \
    X(url_cleanup)             \
    X(url_get)                 \
    X(url_set)                 \
    X(version)                 \
    X(version_info)

struct http_curl {
#define HTTP_CURL_POINTER(name) __typeof__(&curl_##name) name;
    HTTP_CURL_FUNCTIONS(HTTP_CURL_POINTER)
#undef HTTP_CURL_POINTER
};

/* Set by http_curl_load(). */
extern struct http_curl http_curl;

/* Load libcurl and initialise it, once; any thread. Called before any of the names below. */
void http_curl_load(void);

#define curl_easy_cleanup        http_curl.easy_cleanup
#define curl_easy_getinfo        http_curl.easy_getinfo
#define curl_easy_init           http_curl.easy_init
#define curl_easy_setopt         http_curl.easy_setopt
#define curl_easy_strerror       http_curl.easy_strerror
#define curl_free                http_curl.free
#define curl_global_init         http_curl.global_init
#define curl_multi_add_handle    http_curl.multi_add_handle
#define curl_multi_assign        http_curl.multi_assign
#define curl_multi_cleanup       http_curl.multi_cleanup
#define curl_multi_info_read     http_curl.multi_info_read
#define curl_multi_init          http_curl.multi_init
#define curl_multi_remove_handle http_curl.multi_remove_handle
#define curl_multi_setopt        http_curl.multi_setopt
#define curl_multi_socket_action http_curl.multi_socket_action
#define curl_slist_append        http_curl.slist_append
#define curl_slist_free_all      http_curl.slist_free_all
#define curl_url                 http_curl.url
#define curl_url_cleanup         http_curl.url_cleanup
#define curl_url_get             http_curl.url_get
#define curl_url_set             http_curl.url_set
#define curl_version             http_curl.version
#define curl_version_info        http_curl.version_info

#endif
