// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

// The identity of a credential is a digest, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/origin.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/providers/credentials/token_source.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A client of an OAuth 2.0 token server that has credentials of its own: what a request for a token consists of.
///
/// The client authenticates by the first of these that is there: an assertion from a file (RFC 7523 section 2.2, the workload
/// identity of Kubernetes), which is read again for each token; its secret, as form fields or as HTTP basic authentication
/// (RFC 6749 section 2.3.1); or the grant itself, when `grant_field` names a field for the secret (IBM Cloud's API keys).
struct oauth_client {
    oauth_client() = default;
    /// Of the whole URL; `detail::parse_token_server` makes it.
    base_url token_server;
    std::string grant_type = "client_credentials";
    std::string client_id;
    secret client_secret;
    std::string scope;
    /// Path of a file with an OpenID Connect token.
    std::string assertion_file;
    /// The secret is sent as the form field of this name ("apikey"), without a client's id.
    std::string grant_field;
    /// Id and secret are sent as basic authentication.
    bool basic = false;
    /// Ends the sentence for credentials that are refused: "check AZURE_CLIENT_ID and AZURE_CLIENT_SECRET".
    std::string advice;
};

/// The source of tokens of \p client, for a deployment's settings. The identity depends on all that is sent, so that
/// equal clients share their tokens. Fails when OpenSSL has no SHA-256.
LLMX_DECL [[nodiscard]] result<token_source_ptr> make_oauth_source(oauth_client client);

/// An access token of one's own as a source: it is sent until the configuration changes, since nothing is known about its end.
/// Fails with `errc::bad_configuration`, which names the setting \p what, when no header may hold it.
LLMX_DECL [[nodiscard]] result<token_source_ptr> make_fixed_token(const secret& token, std::string_view what);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/credentials/impl/oauth.ipp>
#endif

#endif // LLMX_NO_TLS
