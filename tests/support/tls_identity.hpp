// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

namespace llmx_test {

template <auto Free> struct freed_by {
    template <class T> void operator()(T* p) const noexcept { Free(p); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;

/// A key and a certificate signed by itself for the DNS name "localhost", made for this run,
/// and a file with it to trust.
struct identity {
    identity() : key(EVP_EC_gen("P-256")), certificate(X509_new()) {
        X509* const x = certificate.get();
        X509_set_version(x, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
        X509_gmtime_adj(X509_getm_notBefore(x), -60);
        X509_gmtime_adj(X509_getm_notAfter(x), 3600);
        X509_set_pubkey(x, key.get());
        X509_NAME* const name = X509_get_subject_name(x);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("llmx test"), -1, -1, 0);
        X509_set_issuer_name(x, name);
        X509_EXTENSION* const names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
        X509_add_ext(x, names, -1);
        X509_EXTENSION_free(names);
        if (X509_sign(x, key.get(), EVP_sha256()) == 0) throw std::runtime_error("the certificate cannot be signed");
        file = std::filesystem::temp_directory_path() / ("llmx-test-ca-" + std::to_string(std::random_device()()) + ".pem");
        std::FILE* const f = std::fopen(file.c_str(), "w");
        if (f == nullptr) throw std::runtime_error("cannot write " + file.string());
        PEM_write_X509(f, x);
        std::fclose(f);
    }
    identity(const identity&) = delete;
    identity& operator=(const identity&) = delete;
    ~identity() { std::filesystem::remove(file); }
    key_ptr key;
    certificate_ptr certificate;
    std::filesystem::path file;
};

} // namespace llmx_test
