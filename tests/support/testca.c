/* testca: every failure is a failure of the test set-up, so it ends the test program. */
#include "tests/support/testca.h"

#include "core/mem.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define YEAR_S (365L * 86400)

struct testca {
    X509 *cert;
    EVP_PKEY *key;
    char *pem;
    long serial;
};

static void need(bool ok, const char *what)
{
    if (!ok)
        mem_die(what);
}

static char *bio_text(BIO *bio)
{
    char *data = NULL, *text;
    long len = BIO_get_mem_data(bio, &data);

    text = mem_strndup(data, (size_t)len);
    BIO_free(bio);
    return text;
}

static char *cert_pem(X509 *cert)
{
    BIO *bio = BIO_new(BIO_s_mem());

    need(PEM_write_bio_X509(bio, cert), "testca: PEM of a certificate");
    return bio_text(bio);
}

static char *key_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());

    need(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), "testca: PEM of a key");
    return bio_text(bio);
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *ext;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    need(ext && X509_add_ext(cert, ext, -1), "testca: extension");
    X509_EXTENSION_free(ext);
}

static X509 *make_cert(struct testca *ca, EVP_PKEY *key, const char *cn, int64_t from_s,
                       int64_t until_s)
{
    X509 *cert = X509_new();
    X509_NAME *name = X509_get_subject_name(cert);

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), ++ca->serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), (long)from_s);
    X509_gmtime_adj(X509_getm_notAfter(cert), (long)until_s);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Example K.K.", -1,
                               -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
    X509_set_issuer_name(cert, ca->cert ? X509_get_subject_name(ca->cert) : name);
    X509_set_pubkey(cert, key);
    return cert;
}

struct testca *testca_new(const char *common_name)
{
    struct testca *ca = mem_alloc(sizeof(*ca));

    ca->key = EVP_EC_gen("P-256");
    need(ca->key, "testca: key");
    ca->serial = (long)time(NULL);
    ca->cert = make_cert(ca, ca->key, common_name, -YEAR_S, YEAR_S);
    add_extension(ca->cert, ca->cert, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(ca->cert, ca->cert, NID_key_usage, "critical,keyCertSign,cRLSign");
    need(X509_sign(ca->cert, ca->key, EVP_sha256()) > 0, "testca: signature");
    ca->pem = cert_pem(ca->cert);
    return ca;
}

void testca_free(struct testca *ca)
{
    if (!ca)
        return;
    X509_free(ca->cert);
    EVP_PKEY_free(ca->key);
    free(ca->pem);
    free(ca);
}

const char *testca_pem(const struct testca *ca)
{
    return ca->pem;
}

static void fingerprint(X509 *cert, char out[SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    need(X509_digest(cert, EVP_sha256(), digest, &len) && len == SHA256_BYTES, "testca: digest");
    hash_hex(digest, SHA256_BYTES, out);
}

struct testca_leaf testca_issue(struct testca *ca, const char *names, int64_t from_s,
                                int64_t until_s)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = make_cert(ca, key, "leaf", from_s, until_s);
    struct testca_leaf leaf = {.starts_s = time(NULL) + from_s, .ends_s = time(NULL) + until_s};

    need(key, "testca: key");
    add_extension(cert, ca->cert, NID_subject_alt_name, names);
    add_extension(cert, ca->cert, NID_ext_key_usage, "serverAuth,clientAuth");
    need(X509_sign(cert, ca->key, EVP_sha256()) > 0, "testca: signature");
    leaf.cert = cert_pem(cert);
    leaf.key = key_pem(key);
    fingerprint(cert, leaf.sha256);
    X509_free(cert);
    EVP_PKEY_free(key);
    return leaf;
}

void testca_leaf_release(struct testca_leaf *leaf)
{
    free(leaf->cert);
    free(leaf->key);
    leaf->cert = leaf->key = NULL;
}

char *testca_write(const char *pem)
{
    const char *dir = getenv("TMPDIR");
    char *path = mem_printf("%s/hycon-test-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path);

    need(fd >= 0 && write(fd, pem, strlen(pem)) == (ssize_t)strlen(pem), "testca: file");
    close(fd);
    return path;
}
