// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/deployment.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/providers/credentials/token_source.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Microsoft Entra ID: the credentials of an application or a workload, with which Azure is called without a key.
///
/// The first of these is used: `azure_ad_token`, an access token of one's own, which nothing refreshes; client credentials,
/// `tenant_id`, `client_id` and `client_secret`; the workload identity of Kubernetes, with the file that
/// `AZURE_FEDERATED_TOKEN_FILE` names in place of the secret. Tokens come from
/// `{AZURE_AUTHORITY_HOST}/{tenant}/oauth2/v2.0/token`; the authority is https://login.microsoftonline.com unless set
/// (sovereign clouds have others). The names are LiteLLM's and those of Azure's own SDKs.
/// Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and
/// learn.microsoft.com/azure/ai-foundry/openai/how-to/managed-identity.
struct entra_credentials {
    entra_credentials() = default;
    /// Empty: AZURE_AD_TOKEN, when no application is given either.
    secret azure_ad_token;
    /// Empty ones: AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET.
    std::string tenant_id, client_id;
    secret client_secret;
    /// What the token is for; empty: AZURE_SCOPE, else `default_scope`.
    std::string scope;
    /// The result of `find`. A program may put a token source of its own here.
    token_source_ptr tokens;

    static constexpr std::string_view default_scope = "https://cognitiveservices.azure.com/.default";
    /// The keys of the settings \p S, which have this as their base, after those of their \p own.
    template <class S, class... Ts> [[nodiscard]] static constexpr auto keys_with(const member_key<S, Ts>&... own) noexcept {
        return settings_keys(own..., member_key<S, secret>("azure_ad_token", &entra_credentials::azure_ad_token),
                             member_key<S, std::string>("tenant_id", &entra_credentials::tenant_id),
                             member_key<S, std::string>("client_id", &entra_credentials::client_id),
                             member_key<S, secret>("client_secret", &entra_credentials::client_secret),
                             member_key<S, std::string>("azure_scope", &entra_credentials::scope));
    }

    /// Fails with `errc::bad_configuration` when neither a token nor an application is complete.
    LLMX_DECL [[nodiscard]] result<void> find(const deployment& d, const variable_lookup& variables);
};

/// Settings of a deployment that has nothing else.
struct entra_settings : entra_credentials {
    static constexpr auto keys = keys_with<entra_settings>();
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/credentials/impl/entra.ipp>
#endif

#endif // LLMX_NO_TLS
