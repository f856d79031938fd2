/* OpenSSL as this program calls it: loaded when it is first needed (core/library.h says why),
 * through pointers of the library's own types. Its names are macros here, so that callers read like
 * any that use OpenSSL; the inline functions of its headers would call past them and are not used.
 */
#ifndef HYCON_CORE_OPENSSL_H
#define HYCON_CORE_OPENSSL_H

#include "core/library.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define OPENSSL_CRYPTO_FUNCTIONS(X)    \
    X(ASN1_STRING_get0_data)           \
    X(ASN1_STRING_length)              \
    X(ASN1_TIME_to_tm)                 \
    X(BIO_ctrl)                        \
    X(BIO_free)                        \
    X(BIO_new)                         \
    X(BIO_s_mem)                       \
    X(CRYPTO_free)                     \
    X(CRYPTO_memcmp)                   \
    X(EVP_DecodeBlock)                 \
    X(EVP_Digest)                      \
    X(EVP_EncodeBlock)                 \
    X(EVP_sha1)                        \
    X(EVP_sha256)                      \
    X(GENERAL_NAMES_free)              \
    X(HMAC)                            \
    X(OPENSSL_sk_num)                  \
    X(OPENSSL_sk_value)                \
    X(OpenSSL_version)                 \
    X(X509_NAME_print_ex)              \
    X(X509_STORE_CTX_get0_cert)        \
    X(X509_STORE_CTX_get0_param)       \
    X(X509_STORE_CTX_get_current_cert) \
    X(X509_STORE_CTX_get_error)        \
    X(X509_STORE_CTX_get_error_depth)  \
    X(X509_STORE_CTX_set_error)        \
    X(X509_VERIFY_PARAM_set1_host)     \
    X(X509_VERIFY_PARAM_set1_ip)       \
    X(X509_VERIFY_PARAM_set_hostflags) \
    X(X509_get0_notAfter)              \
    X(X509_get0_notBefore)             \
    X(X509_get_ext_d2i)                \
    X(X509_get_issuer_name)            \
    X(X509_get_subject_name)           \
    X(X509_verify_cert)                \
    X(X509_verify_cert_error_string)   \
    X(i2d_X509)

#define OPENSSL_TLS_FUNCTIONS(X)        \
    X(SSL_CTX_set_cert_verify_callback) \
    X(SSL_CTX_set_options)              \
    X(SSL_CTX_set_verify)               \
    X(SSL_get0_peer_certificate)

struct openssl {
    OPENSSL_CRYPTO_FUNCTIONS(LIBRARY_POINTER)
    OPENSSL_TLS_FUNCTIONS(LIBRARY_POINTER)
};

/* Set by openssl_load(). */
extern struct openssl openssl;

/* Load it, once; any thread. Called before any of the names below. */
void openssl_load(void);

#define ASN1_STRING_get0_data            openssl.ASN1_STRING_get0_data_
#define ASN1_STRING_length               openssl.ASN1_STRING_length_
#define ASN1_TIME_to_tm                  openssl.ASN1_TIME_to_tm_
#define BIO_ctrl                         openssl.BIO_ctrl_
#define BIO_free                         openssl.BIO_free_
#define BIO_new                          openssl.BIO_new_
#define BIO_s_mem                        openssl.BIO_s_mem_
#define CRYPTO_free                      openssl.CRYPTO_free_
#define CRYPTO_memcmp                    openssl.CRYPTO_memcmp_
#define EVP_DecodeBlock                  openssl.EVP_DecodeBlock_
#define EVP_Digest                       openssl.EVP_Digest_
#define EVP_EncodeBlock                  openssl.EVP_EncodeBlock_
#define EVP_sha1                         openssl.EVP_sha1_
#define EVP_sha256                       openssl.EVP_sha256_
#define GENERAL_NAMES_free               openssl.GENERAL_NAMES_free_
#define HMAC                             openssl.HMAC_
#define OPENSSL_sk_num                   openssl.OPENSSL_sk_num_
#define OPENSSL_sk_value                 openssl.OPENSSL_sk_value_
#define OpenSSL_version                  openssl.OpenSSL_version_
#define X509_NAME_print_ex               openssl.X509_NAME_print_ex_
#define X509_STORE_CTX_get0_cert         openssl.X509_STORE_CTX_get0_cert_
#define X509_STORE_CTX_get0_param        openssl.X509_STORE_CTX_get0_param_
#define X509_STORE_CTX_get_current_cert  openssl.X509_STORE_CTX_get_current_cert_
#define X509_STORE_CTX_get_error         openssl.X509_STORE_CTX_get_error_
#define X509_STORE_CTX_get_error_depth   openssl.X509_STORE_CTX_get_error_depth_
#define X509_STORE_CTX_set_error         openssl.X509_STORE_CTX_set_error_
#define X509_VERIFY_PARAM_set1_host      openssl.X509_VERIFY_PARAM_set1_host_
#define X509_VERIFY_PARAM_set1_ip        openssl.X509_VERIFY_PARAM_set1_ip_
#define X509_VERIFY_PARAM_set_hostflags  openssl.X509_VERIFY_PARAM_set_hostflags_
#define X509_get0_notAfter               openssl.X509_get0_notAfter_
#define X509_get0_notBefore              openssl.X509_get0_notBefore_
#define X509_get_ext_d2i                 openssl.X509_get_ext_d2i_
#define X509_get_issuer_name             openssl.X509_get_issuer_name_
#define X509_get_subject_name            openssl.X509_get_subject_name_
#define X509_verify_cert                 openssl.X509_verify_cert_
#define X509_verify_cert_error_string    openssl.X509_verify_cert_error_string_
#define i2d_X509                         openssl.i2d_X509_
#define SSL_CTX_set_cert_verify_callback openssl.SSL_CTX_set_cert_verify_callback_
#define SSL_CTX_set_options              openssl.SSL_CTX_set_options_
#define SSL_CTX_set_verify               openssl.SSL_CTX_set_verify_
#define SSL_get0_peer_certificate        openssl.SSL_get0_peer_certificate_

#endif
