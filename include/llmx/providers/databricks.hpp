// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/settings_keys.hpp>
#include <llmx/providers/authorized_vendor.hpp>
#include <llmx/providers/vendors/databricks.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {

/// The OAuth credentials of a Databricks service principal (machine to machine).
///
/// Tokens come from the workspace of the deployment's base URL, `https://{workspace}/oidc/v1/token`, with the scope
/// "all-apis" and id and secret as basic authentication; they last an hour.
/// Source: docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m.
struct databricks_credentials {
    databricks_credentials() = default;
    /// Empty ones: DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET.
    std::string client_id;
    secret client_secret;
    /// The result of `find`. A program may put a token source of its own here.
    token_source_ptr tokens;

    static constexpr auto keys =
        settings_keys(config_key("databricks_client_id", &databricks_credentials::client_id).also("client_id"),
                      config_key("databricks_client_secret", &databricks_credentials::client_secret).also("client_secret"));

    /// Fails with `errc::bad_configuration` without id and secret, and without a base URL.
    LLMX_DECL [[nodiscard]] result<void> find(const deployment& d, const variable_lookup& variables);
};

/// Databricks serving endpoints for a personal access token (the key) or for a service principal.
using databricks = authorized_vendor<rows::databricks, databricks_credentials>;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/databricks.ipp>
#endif

#endif // LLMX_NO_TLS
