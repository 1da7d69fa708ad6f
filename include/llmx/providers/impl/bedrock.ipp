// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/bedrock.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <optional>
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

/// The domain of a region's partition (botocore's partitions.json).
LLMX_DECL [[nodiscard]] std::string_view aws_domain(std::string_view region) noexcept {
    if (region.starts_with("cn-")) return ".amazonaws.com.cn";
    if (region.starts_with("eusc-")) return ".amazonaws.eu";
    return ".amazonaws.com";
}

/// Takes "converse/" and a region off \p model; the region, or nothing.
LLMX_DECL [[nodiscard]] std::string_view take_bedrock_route(std::string_view& model) noexcept {
    constexpr std::string_view route = "converse/";
    if (model.starts_with(route)) model.remove_prefix(route.size());
    const std::string_view first = model.substr(0, model.find('/'));
    if (first.size() == model.size() || !is_aws_region(first)) return std::string_view();
    model.remove_prefix(first.size() + 1);
    return first;
}

} // namespace detail

LLMX_DECL result<void> bedrock::settings::find_credentials(const variable_lookup& variables, const secret& key) {
    aws_settings given;
    given.access_key_id = access_key_id.reveal();
    given.secret_access_key = secret_access_key;
    given.session_token = session_token;
    given.profile = profile;
    given.role_arn = role_arn;
    given.role_session_name = role_session_name;
    given.external_id = external_id;
    given.web_identity_token_file = web_identity_token_file;
    given.sts_endpoint = sts_endpoint;
    given.region = region;
    // Keys, a profile or a role of the deployment's own count for more than a key from the environment.
    const bool own = !access_key_id.empty() || !profile.empty() || !role_arn.empty();
    if (!own) given.bearer_token = key;
    result<aws_credentials> found = find_aws_credentials(given, variables);
    if (!found && region.empty()) {
        // The region may be in the model's name: `complete` and `check` find it there.
        given.region = "unknown";
        if (result<aws_credentials> without = find_aws_credentials(given, variables); without && without->role == nullptr) {
            without->region.clear();
            found = std::move(without);
        }
    }
    if (!found) return found.error();
    credentials = std::make_shared<const aws_credentials>(std::move(*found));
    return success();
}

LLMX_DECL bool bedrock::takes(const codec_ops& form, const deployment&, std::string_view model) noexcept {
    const auto has = [model](std::string_view word) { return model.find(word) != std::string_view::npos; };
    if (form.operation == &chat::info || has(":application-inference-profile/")) return true;
    if (form.name == "bedrock_embeddings") return has("embed");
    if (form.name == "bedrock_rerank") return has("rerank");
    if (form.name == "bedrock_images") return has("nova-canvas") || has("titan-image") || has("stability.");
    return true;
}

LLMX_DECL result<void> bedrock::check_model(std::string_view model) {
    for (const std::string_view route : {"invoke/", "converse_like/", "agent/", "agentcore/", "async_invoke/"})
        if (model.starts_with(route))
            return error(errc::bad_configuration, "'" + std::string(route) + "' is not supported: llmx calls Bedrock by its Converse API; "
                                                                             "give the model's id without it");
    return success();
}

LLMX_DECL result<void> bedrock::complete(deployment& d, const variable_lookup& variables) {
    std::string_view model = d.model;
    const std::string in_model(detail::take_bedrock_route(model));
    if (model.size() != d.model.size()) d.model = std::string(model);
    settings own = d.settings.get<settings>();
    if (!in_model.empty()) own.region = in_model;
    // A key may come from the environment; it does not replace credentials that the deployment itself names.
    const bool names_some = !own.access_key_id.empty() || !own.secret_access_key.empty() || !own.profile.empty() ||
                            !own.role_arn.empty() || !own.web_identity_token_file.empty();
    if (own.credentials == nullptr)
        if (const result<void> found = own.find_credentials(variables, d.key); !found && (names_some || d.key.empty())) return found;
    if (own.region.empty() && own.credentials != nullptr) own.region = own.credentials->region;
    if (own.region.empty()) own.region = d.region;
    if (own.credentials != nullptr && own.credentials->region != own.region) {
        aws_credentials moved = *own.credentials;
        moved.region = own.region;
        own.credentials = std::make_shared<const aws_credentials>(std::move(moved));
    }
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
    const std::string_view region = detail::take_bedrock_route(model);
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
    const error by_status = classify_http(name, status, fields, reported);
    error e = by_status;
    if (const std::optional<errc> code = detail::bedrock_errc(reported.type, reported.message); code && *code != by_status.value()) {
        // A code cannot be changed.
        e = error(*code, by_status.message());
        e.with_provider(name).with_provider_status(status);
        e.with_provider_code(by_status.provider_code()).with_provider_message(by_status.provider_message());
        if (by_status.retry_after()) e.with_retry_after(*by_status.retry_after());
        e.with_request_id(by_status.request_id());
    }
    return e;
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
