// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/credentials/oauth.hpp>
#include <llmx/providers/databricks.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<void> databricks_credentials::find(const deployment& d, const variable_lookup& variables) {
    if (client_id.empty()) client_id = detail::variable_or_empty(variables, "DATABRICKS_CLIENT_ID");
    if (client_secret.empty()) client_secret = secret(detail::variable_or_empty(variables, "DATABRICKS_CLIENT_SECRET"));
    if (client_id.empty() || client_secret.empty())
        return error(errc::bad_configuration, "provider 'databricks' needs a key or a service principal; give api_key (DATABRICKS_API_KEY), or "
                                              "databricks_client_id and databricks_client_secret (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET)");
    if (d.api_base.where.host.empty())
        return error(errc::bad_configuration, "the tokens of a Databricks service principal come from its workspace: give api_base, "
                                              "https://{workspace}/serving-endpoints");
    std::string url(d.api_base.where.tls ? "https://" : "http://");
    url += d.api_base.where.authority;
    url += "/oidc/v1/token";
    result<base_url> server = detail::parse_token_server(url, "api_base");
    if (!server) return server.error();
    oauth_client client;
    client.token_server = std::move(*server);
    client.client_id = client_id;
    client.client_secret = client_secret;
    client.scope = "all-apis";
    client.basic = true;
    client.advice = "check databricks_client_id and databricks_client_secret, and that the service principal belongs to the workspace";
    result<token_source_ptr> made = make_oauth_source(std::move(client));
    if (!made) return made.error();
    tokens = std::move(*made);
    return success();
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
