// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/classify.hpp>
#include <llmx/providers/credentials/oauth.hpp>
#include <llmx/providers/sap.hpp>
#include <llmx/wire/json_omit.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/url.hpp>

#include <initializer_list>
#include <optional>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view sap_deployment = "deployment/";

/// The text at the members \p path of the JSON object \p json; empty when there is none.
LLMX_DECL [[nodiscard]] std::string sap_text_at(std::string_view json, std::initializer_list<std::string_view> path) {
    for (const std::string_view name : path) {
        const std::optional<std::string_view> value = json_member_value(json, name);
        if (!value) return std::string();
        json = *value;
    }
    return is_json_string(json) ? unescape_json_string(json) : std::string();
}

/// Fills empty members of \p own from the service key \p json; false when it is no JSON object.
LLMX_DECL [[nodiscard]] bool sap_read_service_key(std::string_view json, sap::settings& own) {
    if (!scan_json_members(json, [](const json_member&) {})) return false;
    // A binding has the key in `credentials`.
    if (const std::optional<std::string_view> inside = json_member_value(json, "credentials"); inside && inside->starts_with('{')) json = *inside;
    if (own.client_id.empty()) own.client_id = sap_text_at(json, {"clientid"});
    if (own.client_secret.empty()) own.client_secret = secret(sap_text_at(json, {"clientsecret"}));
    if (own.auth_url.empty()) own.auth_url = sap_text_at(json, {"url"});
    if (own.base_url.empty()) own.base_url = sap_text_at(json, {"serviceurls", "AI_API_URL"});
    return true;
}

/// \p url without slashes at its end, and with \p end unless it has it.
LLMX_DECL [[nodiscard]] std::string sap_url(std::string url, std::string_view end) {
    while (url.ends_with('/')) url.pop_back();
    if (!url.ends_with(end)) url += end;
    return url;
}

/// Finds the client of \p own, and makes its source of tokens.
LLMX_DECL [[nodiscard]] result<void> find_sap_account(const deployment& d, const variable_lookup& variables, sap::settings& own) {
    const bool own_client = !own.client_id.empty() || !own.client_secret.empty();
    // Not a key of the environment as others have it: it may have several lines, and a client that the settings name counts for more.
    const secret key = !d.key.empty() || own_client ? d.key : secret(variable_or_empty(variables, "AICORE_SERVICE_KEY"));
    if (!key.empty() && !sap_read_service_key(key.reveal(), own))
        return error(errc::bad_configuration, "api_key (AICORE_SERVICE_KEY) is not the JSON object of a service key of SAP AI Core");
    const auto search = [&variables](auto& member, std::string_view name) {
        using type = std::remove_cvref_t<decltype(member)>;
        if (member.empty()) member = type(variable_or_empty(variables, name));
    };
    search(own.client_id, "AICORE_CLIENT_ID");
    search(own.client_secret, "AICORE_CLIENT_SECRET");
    search(own.auth_url, "AICORE_AUTH_URL");
    search(own.base_url, "AICORE_BASE_URL");
    search(own.resource_group, "AICORE_RESOURCE_GROUP");
    search(own.deployment_id, "AICORE_DEPLOYMENT_ID");
    if (own.resource_group.empty()) own.resource_group = sap::default_resource_group;
    if (const result<void> good = check_one_line("aicore_resource_group", own.resource_group); !good) return good;
    if (own.client_id.empty() || own.client_secret.empty() || own.auth_url.empty())
        return error(errc::bad_configuration, "provider 'sap' needs a service key of SAP AI Core with a client secret; give api_key (AICORE_SERVICE_KEY), or "
                                              "aicore_client_id, aicore_client_secret and aicore_auth_url (AICORE_CLIENT_ID, AICORE_CLIENT_SECRET, "
                                              "AICORE_AUTH_URL)");
    result<base_url> server = parse_token_server(sap_url(own.auth_url, "/oauth/token"), "aicore_auth_url");
    if (!server) return server.error();
    oauth_client client;
    client.token_server = std::move(*server);
    client.client_id = own.client_id;
    client.client_secret = own.client_secret;
    client.advice = "check the service key of SAP AI Core (AICORE_SERVICE_KEY), which may have been deleted";
    result<token_source_ptr> made = make_oauth_source(std::move(client));
    if (!made) return made.error();
    own.tokens = std::move(*made);
    return success();
}

} // namespace detail

LLMX_DECL bool sap::takes(const codec_ops& form, const deployment&, std::string_view model) noexcept {
    return model.starts_with(detail::sap_deployment) == (form.name == openai_chat::name);
}

LLMX_DECL result<void> sap::complete(deployment& d, const variable_lookup& variables) {
    settings own = d.settings.get<settings>();
    if (own.tokens == nullptr)
        if (const result<void> found = detail::find_sap_account(d, variables, own); !found) return found;
    if (d.api_base.where.host.empty()) {
        if (own.base_url.empty() || own.deployment_id.empty())
            return error(errc::bad_configuration, "a deployment of SAP AI Core is not named; give api_base (AICORE_DEPLOYMENT_URL) with its URL, or "
                                                  "aicore_deployment_id (AICORE_DEPLOYMENT_ID) beside the service key");
        std::string url = detail::sap_url(own.base_url, "/v2");
        url += "/inference/deployments/";
        append_percent_encoded(url, own.deployment_id);
        result<base_url> base = parse_base_url(url);
        if (!base) return error(errc::bad_configuration, "aicore_base_url: " + base.error().message());
        d.api_base = std::move(*base);
    }
    d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL result<void> sap::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    const settings& own = d.settings.get<settings>();
    out.target = d.api_base.path;
    out.target += what.path();
    if (is_codec<openai_chat>(what.codec)) {
        out.target += "?api-version=";
        append_percent_encoded(out.target, own.api_version.empty() ? default_api_version : std::string_view(own.api_version));
    }
    out.add_field("ai-resource-group", own.resource_group.empty() ? default_resource_group : std::string_view(own.resource_group));
    return success();
}

LLMX_DECL result<void> sap::edit(request_edit& e) const {
    std::string_view model = e.what->model;
    if (!is_codec<openai_chat>(e.what->codec)) return success();
    if (model.starts_with(detail::sap_deployment)) model.remove_prefix(detail::sap_deployment.size());
    e.names_model = false;
    bool named = false;
    const result<void> read = for_each_member(e.body, *e.members, [&e, &named, model](const json_member& m) {
        if (!m.named("model")) return;
        if (named) e.edits->remove(m);
        else e.edits->replace_with_string(m.begin, m.end, model);
        named = true;
    });
    if (read && !named) e.edits->insert_string(e.body.find('{'), "model", model);
    return read;
}

LLMX_DECL boost::asio::awaitable<result<void>> sap::authorize(runtime& on, const deployment& d, http_request& out, const http_limits& limits,
                                                              cancellation& stop) const {
    token_source_ptr from = d.settings.get<settings>().tokens;
    if (from == nullptr) {
        error e(errc::bad_configuration, "deployment '" + d.id + "' of sap has no source of tokens; complete it with registry::complete");
        co_return e;
    }
    result<void> added = co_await authorize_with_token(on, std::move(from), d, out, limits, stop);
    co_return added;
}

LLMX_DECL error sap::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    return classify_http(name, status, fields, openai_chat::decode_error(body));
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
