// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/wire/http_message.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// The keys with which an AWS account, user or role signs.
struct aws_keys {
    aws_keys() = default;
    aws_keys(std::string id, secret key, secret token = secret())
        : access_key_id(std::move(id)), secret_access_key(std::move(key)), session_token(std::move(token)) {}
    std::string access_key_id;
    secret secret_access_key;
    /// Of temporary keys; empty for permanent ones.
    secret session_token;
};

/// The scope of a signature, and its form.
struct sigv4_options {
    sigv4_options() = default;
    sigv4_options(std::string_view region_name, std::string_view service_name, std::int64_t when) noexcept
        : region(region_name), service(service_name), unix_seconds(when) {}
    /// "us-east-1"; must be valid until the call returns, as `service` must.
    std::string_view region;
    /// The name in signatures, which is not always that of the host: "bedrock" for bedrock-runtime.
    std::string_view service;
    /// Seconds since 1970. AWS refuses a request whose time differs from its own by more than 5 minutes.
    std::int64_t unix_seconds = 0;
    /// Whether the path's dot segments and empty segments are removed and its bytes encoded once more:
    /// for every service but S3, whose keys are paths as they are.
    bool normalize_path = true;
    /// Whether the hash of the body is sent as `x-amz-content-sha256` too: demanded by S3, allowed by all.
    bool send_payload_hash = true;
};

/// Signs \p out with AWS Signature Version 4: adds the fields `x-amz-date`, `x-amz-content-sha256`,
/// `x-amz-security-token` and `authorization`.
///
/// Method, target, Host (the authority of `out.to`), the pieces of the body and the fields are signed and must not
/// change afterwards. Fields that intermediaries may change (`user-agent`, `connection`, `te` and similar, the
/// same as in AWS's SDKs) are not signed. The target is taken as it is on the wire, percent-encoded; in its
/// query every escape is decoded and written anew, "+" is a plus.
///
/// Fails with `errc::bad_configuration` when a key, the region or the service is missing or holds a line break,
/// `errc::unsupported_operation` when the body still comes from a source, `errc::invalid_request` for a malformed
/// escape in the query, `errc::internal` when OpenSSL fails; \p out is then as it was. No message has a key in
/// it. The derived keys are wiped. Several threads may sign at once.
/// Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
LLMX_DECL [[nodiscard]] result<void> sign_sigv4(http_request& out, const aws_keys& keys, const sigv4_options& how);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/sigv4.ipp>
#endif

#endif // LLMX_NO_TLS
