/* libssh2 as ssh*.c call it: loaded at the first session (core/library.h says why), through
 * pointers of the library's own types. Its names are macros here. */
#ifndef HYCON_CORE_SSH_LIBRARY_H
#define HYCON_CORE_SSH_LIBRARY_H

#include "core/library.h"

#include <libssh2.h>

#define SSH_LIBRARY_FUNCTIONS(X)                \
    X(libssh2_channel_close)                    \
    X(libssh2_channel_eof)                      \
    X(libssh2_channel_free)                     \
    X(libssh2_channel_get_exit_signal)          \
    X(libssh2_channel_get_exit_status)          \
    X(libssh2_channel_open_ex)                  \
    X(libssh2_channel_process_startup)          \
    X(libssh2_channel_read_ex)                  \
    X(libssh2_channel_wait_closed)              \
    X(libssh2_channel_window_read_ex)           \
    X(libssh2_init)                             \
    X(libssh2_keepalive_config)                 \
    X(libssh2_keepalive_send)                   \
    X(libssh2_session_banner_set)               \
    X(libssh2_session_block_directions)         \
    X(libssh2_session_callback_set)             \
    X(libssh2_session_disconnect_ex)            \
    X(libssh2_session_free)                     \
    X(libssh2_session_handshake)                \
    X(libssh2_session_hostkey)                  \
    X(libssh2_session_init_ex)                  \
    X(libssh2_session_last_errno)               \
    X(libssh2_session_last_error)               \
    X(libssh2_session_method_pref)              \
    X(libssh2_session_set_blocking)             \
    X(libssh2_userauth_authenticated)           \
    X(libssh2_userauth_keyboard_interactive_ex) \
    X(libssh2_userauth_list)                    \
    X(libssh2_userauth_password_ex)             \
    X(libssh2_userauth_publickey_fromfile_ex)   \
    X(libssh2_version)

struct ssh_library {
    SSH_LIBRARY_FUNCTIONS(LIBRARY_POINTER)
};

/* Set by ssh_library_load(). */
extern struct ssh_library ssh_library;

/* Load libssh2 and initialise it, once; any thread. Called before any of the names below. */
void ssh_library_load(void);

#define libssh2_channel_close            ssh_library.libssh2_channel_close_
#define libssh2_channel_eof              ssh_library.libssh2_channel_eof_
#define libssh2_channel_free             ssh_library.libssh2_channel_free_
#define libssh2_channel_get_exit_signal  ssh_library.libssh2_channel_get_exit_signal_
#define libssh2_channel_get_exit_status  ssh_library.libssh2_channel_get_exit_status_
#define libssh2_channel_open_ex          ssh_library.libssh2_channel_open_ex_
#define libssh2_channel_process_startup  ssh_library.libssh2_channel_process_startup_
#define libssh2_channel_read_ex          ssh_library.libssh2_channel_read_ex_
#define libssh2_channel_wait_closed      ssh_library.libssh2_channel_wait_closed_
#define libssh2_channel_window_read_ex   ssh_library.libssh2_channel_window_read_ex_
#define libssh2_init                     ssh_library.libssh2_init_
#define libssh2_keepalive_config         ssh_library.libssh2_keepalive_config_
#define libssh2_keepalive_send           ssh_library.libssh2_keepalive_send_
#define libssh2_session_banner_set       ssh_library.libssh2_session_banner_set_
#define libssh2_session_block_directions ssh_library.libssh2_session_block_directions_
#define libssh2_session_callback_set     ssh_library.libssh2_session_callback_set_
#define libssh2_session_disconnect_ex    ssh_library.libssh2_session_disconnect_ex_
#define libssh2_session_free             ssh_library.libssh2_session_free_
#define libssh2_session_handshake        ssh_library.libssh2_session_handshake_
#define libssh2_session_hostkey          ssh_library.libssh2_session_hostkey_
#define libssh2_session_init_ex          ssh_library.libssh2_session_init_ex_
#define libssh2_session_last_errno       ssh_library.libssh2_session_last_errno_
#define libssh2_session_last_error       ssh_library.libssh2_session_last_error_
#define libssh2_session_method_pref      ssh_library.libssh2_session_method_pref_
#define libssh2_session_set_blocking     ssh_library.libssh2_session_set_blocking_
#define libssh2_userauth_authenticated   ssh_library.libssh2_userauth_authenticated_
#define libssh2_userauth_keyboard_interactive_ex \
    ssh_library.libssh2_userauth_keyboard_interactive_ex_
#define libssh2_userauth_list                  ssh_library.libssh2_userauth_list_
#define libssh2_userauth_password_ex           ssh_library.libssh2_userauth_password_ex_
#define libssh2_userauth_publickey_fromfile_ex ssh_library.libssh2_userauth_publickey_fromfile_ex_
#define libssh2_version                        ssh_library.libssh2_version_

#endif
