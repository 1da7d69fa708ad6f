// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/bedrock.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether \p text is the name of a region: "us-east-1", "us-gov-west-1", "eusc-de-east-1".
LLMX_DECL [[nodiscard]] bool is_aws_region(std::string_view text) noexcept {
    const std::size_t last = text.rfind('-');
    if (last == std::string_view::npos || last + 1 == text.size() || std::count(text.begin(), text.end(), '-') < 2) return false;
    const std::string_view words = text.substr(0, last), number = text.substr(last + 1);
    return is_ascii_letter(words.front()) && number.size() <= 2 &&
           std::all_of(number.begin(), number.end(), [](char c) { return is_ascii_digit(c); }) &&
           std::all_of(words.begin(), words.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

/// What stands before a model's id.
struct bedrock_route {
    std::string_view region;
    bool invoke = false;
};

/// Takes "converse/" or "invoke/" and a region off \p model.
LLMX_DECL [[nodiscard]] bedrock_route take_bedrock_route(std::string_view& model) noexcept {
    constexpr std::string_view converse = "converse/", invoke = "invoke/";
    bedrock_route route;
    route.invoke = model.starts_with(invoke);
    if (route.invoke) model.remove_prefix(invoke.size());
    else if (model.starts_with(converse)) model.remove_prefix(converse.size());
    const std::string_view first = model.substr(0, model.find('/'));
    if (first.size() == model.size() || !is_aws_region(first)) return route;
    model.remove_prefix(first.size() + 1);
    route.region = first;
    return route;
}

/// The codec of chats by InvokeModel with \p model; empty: there is none.
LLMX_DECL [[nodiscard]] std::string_view bedrock_invoke_form(std::string_view model) noexcept {
    const auto has = [model](std::string_view word) { return model.find(word) != std::string_view::npos; };
    if (has("anthropic.")) return "bedrock_invoke_messages";
    if (has("amazon.nova")) return "bedrock_invoke_nova";
    for (const std::string_view prompted : {"amazon.titan-t", "meta.llama", "mistral.mistral-7b", "mistral.mixtral", "mistral.mistral-small-2402",
                                            "mistral.mistral-large-2402", "cohere.command"})
        if (has(prompted)) return "bedrock_invoke_text";
    // It takes a prompt in a template of its own, and Converse reaches it.
    if (has("deepseek.r1")) return std::string_view();
    return "bedrock_invoke_chat";
}

} // namespace detail

LLMX_DECL bool bedrock::takes(const codec_ops& form, const deployment& d, std::string_view model) noexcept {
    const bool invoke = detail::take_bedrock_route(model).invoke || d.settings.get<settings>().invoke;
    if (form.operation == &chat::info) return form.name == (invoke ? detail::bedrock_invoke_form(model) : bedrock_converse::name);
    const auto has = [model](std::string_view word) { return model.find(word) != std::string_view::npos; };
    if (has(":application-inference-profile/")) return true;
    if (form.name == "bedrock_embeddings") return has("embed");
    if (form.name == "bedrock_rerank") return has("rerank");
    if (form.name == "bedrock_images") return has("nova-canvas") || has("titan-image") || has("stability.");
    return true;
}

LLMX_DECL model_traits bedrock::traits_of(const deployment& d, std::string_view model) noexcept {
    model_traits t = facts.traits;
    const bool invoke = detail::take_bedrock_route(model).invoke || d.settings.get<settings>().invoke;
    if (!invoke || detail::bedrock_invoke_form(model) != "bedrock_invoke_chat") return t;
    t.reasoning = model_traits::reasoning_style::effort;
    t.native_json_schema = true;
    t.default_max_tokens = 0;
    return t;
}

LLMX_DECL result<void> bedrock::check_model(std::string_view model) {
    for (const std::string_view route : {"converse_like/", "agent/", "agentcore/", "async_invoke/"})
        if (model.starts_with(route))
            return error(errc::bad_configuration, "'" + std::string(route) + "' is not supported: llmx calls Bedrock by its Converse API, or by InvokeModel "
                                                                             "(invoke/); give the model's id without it");
    return success();
}

LLMX_DECL result<void> bedrock::complete(deployment& d, const variable_lookup& variables) {
    std::string_view model = d.model;
    const detail::bedrock_route route = detail::take_bedrock_route(model);
    const std::string in_model(route.region);
    if (model.size() != d.model.size()) d.model = std::string(model);
    settings own = d.settings.get<settings>();
    own.invoke = own.invoke || route.invoke;
    if (const result<void> found = own.find_for(d, in_model, variables); !found) return found;
    // The deployment's own endpoint counts for more than one that a variable names.
    if (!own.runtime_endpoint.empty() || (d.api_base.where.host.empty() && !own.region.empty())) {
        std::string text = own.runtime_endpoint;
        if (text.empty()) text = std::string("https://bedrock-runtime.").append(own.region).append(detail::aws_domain(own.region));
        result<base_url> base = parse_base_url(text);
        if (!base) return error(errc::bad_configuration, "aws_bedrock_runtime_endpoint: " + base.error().message());
        d.api_base = std::move(*base);
    }
    if (d.api_base.where.host.empty())
        return error(errc::bad_configuration, "there is no region; give aws_region_name or set AWS_REGION, such as us-east-1");
    if (d.settings.empty() || d.settings.holds<settings>()) d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL result<void> bedrock::check(const deployment& d) {
    const settings& own = d.settings.get<settings>();
    if (const result<void> good = check_model(d.model); !good) return good;
    if (own.credentials == nullptr) {
        if (!d.key.empty()) return success();
        return error(errc::bad_configuration, "it has no AWS credentials; give aws_access_key_id and aws_secret_access_key or "
                                              "api_key");
    }
    // A bearer token is for any region, a signature is for one.
    if (own.credentials->bearer_token.empty() && own.credentials->region.empty())
        return error(errc::bad_configuration, "there is no region to sign for; give aws_region_name or set AWS_REGION, such as us-east-1");
    return success();
}

LLMX_DECL result<void> bedrock::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    // Behind a wildcard the caller's name may have route and region too.
    std::string_view model = what.model;
    const std::string_view region = detail::take_bedrock_route(model).region;
    if (const result<void> good = check_model(model); !good) return error(errc::invalid_request, good.error().message());
    if (!region.empty() && region != d.settings.get<settings>().region)
        return error(errc::invalid_request, "the model's name has the region " + std::string(region) + ", and the deployment is in another");
    out.target = d.api_base.path;
    out.target += "/model/";
    append_percent_encoded(out.target, model);
    out.target += what.path();
    if (what.stream) out.add_field("accept", bedrock_converse::stream_content_type);
    return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> bedrock::authorize(runtime& on, const deployment& d, http_request& out,
                                                                  const http_limits& limits, cancellation& stop) const {
    const settings& own = d.settings.get<settings>();
    if (own.credentials == nullptr) {
        out.add_field("authorization", std::string("Bearer ").append(d.key.reveal()));
        co_return success();
    }
    co_return co_await authorize_aws(on, *own.credentials, "bedrock", d, out, limits, stop);
}

LLMX_DECL error bedrock::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    error_body reported = bedrock_converse::decode_error(body);
    // AWS quotes the request that should have been signed, a session token among its fields.
    if (const std::size_t at = reported.message.find("The Canonical String"); at != std::string::npos) reported.message.resize(at);
    if (const std::string_view type = detail::bedrock_error_type(find_field(fields, "x-amzn-errortype")); !type.empty()) reported.type = type;
    return detail::with_aws_errc(classify_http(name, status, fields, reported), reported);
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
