// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/sagemaker.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/url.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<void> sagemaker_chat::complete(deployment& d, const variable_lookup& variables) {
    settings own = d.settings.get<settings>();
    // A Bedrock API key is for Bedrock alone.
    const variable_lookup without_key = [&variables](std::string_view name) -> std::optional<std::string> {
        return name == "AWS_BEARER_TOKEN_BEDROCK" ? std::nullopt : variables(name);
    };
    deployment keyless = d;
    keyless.key = secret();
    if (const result<void> found = own.find_for(keyless, std::string_view(), without_key); !found) return found;
    for (const auto& [setting, value] : {std::pair<std::string_view, std::string_view>("sagemaker_inference_component", own.inference_component),
                                      std::pair<std::string_view, std::string_view>("sagemaker_target_variant", own.target_variant)})
        if (const result<void> good = detail::check_one_line(setting, value); !good) return good;
    if (d.api_base.where.host.empty() && !own.region.empty()) {
        result<base_url> base =
            parse_base_url(std::string("https://runtime.sagemaker.").append(own.region).append(detail::aws_domain(own.region)));
        if (!base) return error(errc::bad_configuration, "aws_region_name: " + base.error().message());
        d.api_base = std::move(*base);
    }
    if (d.api_base.where.host.empty())
        return error(errc::bad_configuration, "there is no region; give aws_region_name or set AWS_REGION, such as us-east-1");
    d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL result<void> sagemaker_chat::check(const deployment& d) {
    const settings& own = d.settings.get<settings>();
    if (own.credentials == nullptr)
        return error(errc::bad_configuration, "it has no AWS credentials; give aws_access_key_id and aws_secret_access_key");
    if (own.credentials->region.empty())
        return error(errc::bad_configuration, "there is no region to sign for; give aws_region_name or set AWS_REGION, such as us-east-1");
    return success();
}

LLMX_DECL result<void> sagemaker_chat::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    const settings& own = d.settings.get<settings>();
    out.target = d.api_base.path;
    out.target += "/endpoints/";
    append_percent_encoded(out.target, what.model);
    out.target += what.path();
    if (what.stream) out.add_field("x-amzn-sagemaker-accept", "text/event-stream");
    if (!own.inference_component.empty()) out.add_field("x-amzn-sagemaker-inference-component", own.inference_component);
    if (!own.target_variant.empty()) out.add_field("x-amzn-sagemaker-target-variant", own.target_variant);
    return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> sagemaker_chat::authorize(runtime& on, const deployment& d, http_request& out,
                                                                         const http_limits& limits, cancellation& stop) const {
    const settings& own = d.settings.get<settings>();
    if (own.credentials == nullptr) {
        error e(errc::bad_configuration, "deployment '" + d.id + "' has no AWS credentials; complete it with registry::complete");
        co_return e;
    }
    co_return co_await authorize_aws(on, *own.credentials, "sagemaker", d, out, limits, stop);
}

LLMX_DECL error sagemaker_chat::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    error_body reported = sagemaker_messages::decode_error(body);
    // AWS quotes the request that should have been signed, a session token among its fields.
    if (const std::size_t at = reported.message.find("The Canonical String"); at != std::string::npos) reported.message.resize(at);
    const std::string_view type = detail::bedrock_error_type(find_field(fields, "x-amzn-errortype"));
    if (type == "ModelError" || status == 424) {
        // What the container answered with decides, not SageMaker's 424.
        static_cast<void>(scan_json_members(body, [&status](const json_member& m) {
            if (!m.named("OriginalStatusCode")) return;
            if (const std::optional<std::int64_t> own = json_count(m.value); own && *own >= 400 && *own <= 599) status = static_cast<int>(*own);
        }));
        return classify_http(name, status == 424 ? 502 : status, fields, reported);
    }
    if (!type.empty()) reported.type = type;
    return detail::with_aws_errc(classify_http(name, status, fields, reported), reported);
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
