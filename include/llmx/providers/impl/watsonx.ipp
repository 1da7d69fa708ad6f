// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/classify.hpp>
#include <llmx/providers/credentials/oauth.hpp>
#include <llmx/providers/row_edits.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>
#include <llmx/providers/watsonx.hpp>
#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/url.hpp>

#include <array>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr member_edit watsonx_edits[] = {
    exchange_member("tool_choice", "\"auto\"", "tool_choice_option", "\"auto\""),
    exchange_member("tool_choice", "\"none\"", "tool_choice_option", "\"none\""),
    exchange_member("tool_choice", "\"required\"", "tool_choice_option", "\"required\"")};
inline constexpr auto watsonx_refuses = join_names(
    std::array<std::string_view, 5>{"logit_bias", "parallel_tool_calls", "service_tier", "stream_options", "web_search_options"},
    no_extensions);
/// The differences that a row can describe.
inline constexpr vendor_row watsonx_row = {.name = "watsonx",
                                           .limit = token_limit_name::max_tokens,
                                           .edits = watsonx_edits,
                                           .refuses = watsonx_refuses};
inline constexpr std::string_view watsonx_deployment = "deployment/";

} // namespace detail

LLMX_DECL bool watsonx::takes(const codec_ops& form, const deployment&, std::string_view model) noexcept {
    return form.operation == &chat::info || !model.starts_with(detail::watsonx_deployment);
}

LLMX_DECL result<void> watsonx::complete(deployment& d, const variable_lookup& variables) {
    settings own = d.settings.get<settings>();
    if (own.tokens != nullptr || !own.zen_api_key.empty()) return success();
    const auto search = [&variables](auto& member, std::initializer_list<std::string_view> names) {
        using type = std::remove_cvref_t<decltype(member)>;
        for (const std::string_view name : names)
            if (member.empty()) member = type(detail::variable_or_empty(variables, name));
    };
    if (own.space_id.empty()) search(own.project_id, {"WATSONX_PROJECT_ID", "WX_PROJECT_ID"});
    if (own.project_id.empty()) search(own.space_id, {"WATSONX_DEPLOYMENT_SPACE_ID", "WATSONX_SPACE_ID"});
    search(own.iam_url, {"WATSONX_IAM_URL"});
    search(own.api_version, {"WATSONX_API_VERSION"});
    if (own.token.empty() && d.key.empty()) {
        search(own.token, {"WATSONX_TOKEN"});
        if (own.token.empty()) search(own.zen_api_key, {"WATSONX_ZENAPIKEY"});
    }
    if (own.project_id.empty() && own.space_id.empty() && !d.model.starts_with(detail::watsonx_deployment))
        return error(errc::bad_configuration, "watsonx charges a project or a deployment space: give project_id (WATSONX_PROJECT_ID) or space_id "
                                              "(WATSONX_DEPLOYMENT_SPACE_ID)");
    if (const result<void> good = detail::check_one_line("watsonx_api_version", own.api_version); !good) return good;
    result<token_source_ptr> made = token_source_ptr();
    if (!own.zen_api_key.empty()) {
        if (const result<void> good = detail::check_one_line("zen_api_key", own.zen_api_key.reveal()); !good) return good;
    } else if (!own.token.empty()) {
        made = make_fixed_token(own.token, "watsonx_token");
    } else if (!d.key.empty()) {
        result<base_url> server = detail::parse_token_server(own.iam_url.empty() ? default_iam_url : std::string_view(own.iam_url), "watsonx_iam_url");
        if (!server) return server.error();
        oauth_client client;
        client.token_server = std::move(*server);
        client.grant_type = "urn:ibm:params:oauth:grant-type:apikey";
        client.grant_field = "apikey";
        client.client_secret = d.key;
        client.advice = "check the IBM Cloud API key (WATSONX_APIKEY), which may have been deleted";
        made = make_oauth_source(std::move(client));
    } else {
        made = error(errc::bad_configuration, "provider 'watsonx' needs an IBM Cloud API key; give api_key or set WATSONX_APIKEY, or give watsonx_token "
                                              "(WATSONX_TOKEN) or zen_api_key (WATSONX_ZENAPIKEY)");
    }
    if (!made) return made.error();
    own.tokens = std::move(*made);
    d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL result<void> watsonx::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    const settings& own = d.settings.get<settings>();
    out.target = d.api_base.path;
    if (!out.target.ends_with("/ml/v1")) out.target += "/ml/v1";
    if (what.model.starts_with(detail::watsonx_deployment)) {
        out.target += "/deployments/";
        append_percent_encoded(out.target, what.model.substr(detail::watsonx_deployment.size()));
    }
    if (what.codec->operation == &chat::info) out.target += what.stream ? "/text/chat_stream" : "/text/chat";
    else out.target += what.path();
    out.target += "?version=";
    append_percent_encoded(out.target, own.api_version.empty() ? default_api_version : std::string_view(own.api_version));
    return success();
}

LLMX_DECL result<void> watsonx::edit(request_edit& e) const {
    e.names_model = false;
    result<void> read = success();
    if (e.what->codec->operation == &chat::info) read = apply_row(detail::watsonx_row, e);
    if (!read) return read;
    read = for_each_member(e.body, *e.members, [&e](const json_member& m) {
        // Which of the two forms is asked for stands in the path.
        if (m.named("model") || m.named("stream")) e.edits->remove(m);
    });
    const std::string_view model = e.what->model;
    if (!read || model.starts_with(detail::watsonx_deployment)) return read;
    const settings& own = e.to->settings.get<settings>();
    const std::size_t object = e.body.find('{');
    e.edits->insert_string(object, "model_id", model);
    if (!own.project_id.empty()) e.edits->insert_string(object, "project_id", own.project_id);
    else e.edits->insert_string(object, "space_id", own.space_id);
    return read;
}

LLMX_DECL boost::asio::awaitable<result<void>> watsonx::authorize(runtime& on, const deployment& d, http_request& out,
                                                                  const http_limits& limits, cancellation& stop) const {
    const settings& own = d.settings.get<settings>();
    if (!own.zen_api_key.empty()) {
        out.fields += "authorization: ZenApiKey ";
        out.fields += own.zen_api_key.reveal();
        out.fields += "\r\n";
        co_return success();
    }
    token_source_ptr from = own.tokens;
    if (from == nullptr) {
        error e(errc::bad_configuration, "deployment '" + d.id + "' of watsonx has no source of tokens; complete it with registry::complete");
        co_return e;
    }
    result<void> added = co_await authorize_with_token(on, std::move(from), d, out, limits, stop);
    co_return added;
}

LLMX_DECL error watsonx::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    return classify_http(name, status, fields, openai_chat::decode_error(body));
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
