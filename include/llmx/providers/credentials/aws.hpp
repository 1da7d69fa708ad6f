// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

// Requests are signed, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/wire/sigv4.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Settings of a deployment at AWS for its credentials; empty ones are searched for.
struct aws_settings {
    aws_settings() = default;
    std::string access_key_id;
    secret secret_access_key, session_token;
    /// A Bedrock API key, sent as a bearer token instead of a signature.
    secret bearer_token;
    /// "us-east-1".
    std::string region;
    /// A section of AWS's files.
    std::string profile;
    /// ARN of a role that is assumed with the other credentials, or with the web identity.
    std::string role_arn;
    /// Appears in AWS's logs; "llmx" when empty.
    std::string role_session_name;
    /// Demanded by roles of other accounts.
    std::string external_id;
    /// Path of a file with an OpenID Connect token for the role. It is read again for each fetch, since its writer
    /// replaces it (Kubernetes once a day).
    std::string web_identity_token_file;
    /// Base URL of AWS's Security Token Service; empty: https://sts.{region}.amazonaws.com.
    std::string sts_endpoint;
};

/// Credentials that were found: a bearer token, or a role, or keys. Immutable once it is in a deployment.
struct aws_credentials {
    aws_credentials() = default;
    std::string region;
    secret bearer_token;
    aws_keys keys;
    /// Fetches the keys of an assumed role or of a container; null for others.
    token_source_ptr role;
};

/// Finds the credentials and the region of a deployment.
///
/// The first of these that is there: the bearer token, keys or profile of \p given; `AWS_BEARER_TOKEN_BEDROCK`;
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; the profile `AWS_PROFILE`; the web identity of
/// `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN`; the profile "default"; the agent of a container (ECS, EKS Pod Identity) that
/// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `AWS_CONTAINER_CREDENTIALS_FULL_URI` names. Profiles are sections of
/// `AWS_SHARED_CREDENTIALS_FILE` (`~/.aws/credentials`) and `AWS_CONFIG_FILE` (`~/.aws/config`), with keys or with `role_arn`
/// and `source_profile` or `web_identity_token_file`. A role in \p given is assumed with the credentials found.
/// The region: that of \p given, `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_REGION_NAME`, else the profile's.
///
/// Files are read now, once: call it while the deployment is configured, and again on a reload. The metadata service
/// of EC2, IAM Identity Center and `credential_process` are not used. Fails with `errc::bad_configuration`, which
/// names the missing setting, and no secret.
/// Source: docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html and file-format.html.
LLMX_DECL [[nodiscard]] result<aws_credentials> find_aws_credentials(const aws_settings& given, const variable_lookup& variables);

/// Authorizes \p out with \p by: all that `authorize` of a provider at AWS does.
///
/// A bearer token becomes `authorization: Bearer`. Otherwise \p out is signed for \p service ("bedrock") at the
/// runtime's time, with the keys, or with those of the role out of the core's `token_cache`. Fails like `sign_sigv4`
/// and `token_for`; a failure names \p d. \p by and \p service must exist until it completes.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>>
authorize_aws(runtime& on, const aws_credentials& by, std::string_view service, const deployment& d, http_request& out,
              const http_limits& limits, cancellation& stop);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/credentials/impl/aws.ipp>
#endif

#endif // LLMX_NO_TLS
