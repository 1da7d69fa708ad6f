// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/passed_request.hpp>
#include <llmx/dialects/detail/view_scan.hpp>
#include <llmx/wire/json_scan.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL bool bedrock_converse::has_foreign_signature(std::string_view body) noexcept {
    // A quote before it keeps the search from stopping inside of media; the second is the base64 of the mark.
    for (const std::string_view begin : {std::string_view("\"llmx::"), std::string_view("\"call-signature:"), std::string_view("\"bGxteDo6")})
        if (body.find(begin) != std::string_view::npos) return true;
    return false;
}

LLMX_DECL result<request_head> bedrock_converse::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("messages"sv, "inferenceConfig"sv);
    request_head head;
    head.model = target.model;
    head.stream = target.stream;
    head.include_usage = target.stream; // as decode_request has it
    bool has_messages = false;
    detail::members_seen seen;
    const auto scanned = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("messages")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            if (!m.value.starts_with('[')) return detail::member_expected("messages", "an array");
            has_messages = detail::has_elements(m.value);
        } else if (m.named("inferenceConfig")) {
            if (seen.again(1)) return detail::member_given_twice(m);
            if (!m.value.starts_with('{')) return success();
            return scan_json_members(m.value, [&head](const json_member& c) {
                if (c.named("maxTokens")) head.max_output_tokens = json_count(c.value).value_or(0);
            });
        } else {
            head.has_gateway_members = head.has_gateway_members || detail::is_gateway_member(m);
            return routed.check(m);
        }
        return success();
    });
    if (scanned.has_error()) return scanned.error();
    if (!has_messages) return detail::member_expected("messages", "at least one message");
    return head;
}

LLMX_DECL bool bedrock_converse::exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits) {
    using p = sampling_parameter;
    using style = model_traits::reasoning_style;
    if (!detail::restricts_requests(traits)) return false;
    bool exceeds = false;
    const auto look = [&](const json_member& c) {
        if (c.named("maxTokens")) exceeds = exceeds || detail::is_above(c.value, traits.max_output_tokens);
        else if (c.named("temperature")) exceeds = exceeds || detail::refuses_value(traits, p::temperature, c.value, 1);
        else if (c.named("topP")) exceeds = exceeds || detail::refuses_value(traits, p::top_p, c.value, 1);
        else if (c.named("stopSequences")) exceeds = exceeds || (traits.refuses(p::stop) && detail::asks_for_something(c.value));
    };
    const auto more = [&](const json_member& c) {
        if (c.named("top_k")) exceeds = exceeds || detail::refuses_value(traits, p::top_k, c.value, -1);
        const bool reasons = c.named("thinking") || c.named("reasoning_config") || c.named("reasoningConfig") || c.named("reasoning_effort");
        exceeds = exceeds || (reasons && traits.reasoning == style::none && detail::asks_for_something(c.value));
    };
    const result<void> read = for_each_member(body, known, [&](const json_member& m) {
        if (!m.value.starts_with('{')) return;
        if (m.named("inferenceConfig")) static_cast<void>(scan_json_members(m.value, look));
        else if (m.named("additionalModelRequestFields")) static_cast<void>(scan_json_members(m.value, more));
    });
    return read.has_value() && exceeds;
}

} // namespace llmx::inline LLMX_ABI
