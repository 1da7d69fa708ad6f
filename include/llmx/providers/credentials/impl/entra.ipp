// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/credentials/entra.hpp>
#include <llmx/providers/credentials/oauth.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>

#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<void> entra_credentials::find(const deployment& d, const variable_lookup& variables) {
    const auto search = [&variables](auto& member, std::string_view name) {
        using type = std::remove_cvref_t<decltype(member)>;
        if (member.empty()) member = type(detail::variable_or_empty(variables, name));
    };
    if (tenant_id.empty() && client_id.empty() && client_secret.empty()) search(azure_ad_token, "AZURE_AD_TOKEN");
    if (!azure_ad_token.empty()) {
        result<token_source_ptr> own = make_fixed_token(azure_ad_token, "azure_ad_token");
        if (!own) return own.error();
        tokens = std::move(*own);
        return success();
    }
    search(tenant_id, "AZURE_TENANT_ID");
    search(client_id, "AZURE_CLIENT_ID");
    search(client_secret, "AZURE_CLIENT_SECRET");
    search(scope, "AZURE_SCOPE");
    oauth_client client;
    client.assertion_file = client_secret.empty() ? detail::variable_or_empty(variables, "AZURE_FEDERATED_TOKEN_FILE") : std::string();
    std::string missing;
    const auto need = [&missing](bool there, std::string_view name) {
        if (!there) missing.append(missing.empty() ? "" : ", ").append(name);
    };
    need(!tenant_id.empty(), "tenant_id (AZURE_TENANT_ID)");
    need(!client_id.empty(), "client_id (AZURE_CLIENT_ID)");
    need(!client_secret.empty() || !client.assertion_file.empty(), "client_secret (AZURE_CLIENT_SECRET) or AZURE_FEDERATED_TOKEN_FILE");
    if (tenant_id.empty() && client_id.empty() && client_secret.empty())
        return error(errc::bad_configuration, std::string("provider '")
                                                  .append(d.provider)
                                                  .append("' needs a key or credentials of Microsoft Entra ID; give api_key, or azure_ad_token, or "
                                                          "tenant_id, client_id and client_secret"));
    if (!missing.empty()) return error(errc::bad_configuration, "the credentials of Microsoft Entra ID are not complete: " + missing + " is missing");
    std::string url = detail::variable_or_empty(variables, "AZURE_AUTHORITY_HOST");
    if (url.empty()) url = "https://login.microsoftonline.com";
    while (url.ends_with('/')) url.pop_back();
    url += '/';
    append_percent_encoded(url, tenant_id);
    url += "/oauth2/v2.0/token";
    result<base_url> server = detail::parse_token_server(url, "AZURE_AUTHORITY_HOST");
    if (!server) return server.error();
    client.token_server = std::move(*server);
    client.client_id = client_id;
    client.client_secret = client_secret;
    client.scope = scope.empty() ? std::string(default_scope) : scope;
    client.advice = "check tenant_id, client_id and the secret, which may have expired, and that the application has a role for the resource";
    result<token_source_ptr> made = make_oauth_source(std::move(client));
    if (!made) return made.error();
    tokens = std::move(*made);
    return success();
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
