// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/passed_request.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/wire/json_scan.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The usage object that \p text is, which has passed a scan.
LLMX_DECL [[nodiscard]] usage responses_scan_counts(std::string_view text) noexcept {
    usage u;
    json_scanner outer(text);
    for (json_member m; outer.next(m);) {
        if (const auto n = json_count(m.value)) {
            if (m.named("input_tokens")) u.input_tokens = *n;
            else if (m.named("output_tokens")) u.output_tokens = *n;
        }
        if (m.value.front() != '{') continue;
        const bool in = m.named("input_tokens_details"), out = m.named("output_tokens_details");
        json_scanner inner(m.value);
        for (json_member d; inner.next(d);) {
            const auto n = json_count(d.value);
            if (!n) continue;
            if (in && d.named("cached_tokens")) u.cached_tokens = *n;
            else if (in && d.named("cache_write_tokens")) u.cache_write_tokens = *n;
            else if (out && d.named("reasoning_tokens")) u.reasoning_tokens = *n;
        }
    }
    return u;
}

LLMX_DECL [[nodiscard]] bool responses_exceeds(const json_member& m, const model_traits& t) {
    using p = sampling_parameter;
    if (m.named("temperature")) return refuses_value(t, p::temperature, m.value, 1);
    if (m.named("top_p")) return refuses_value(t, p::top_p, m.value, 1);
    if (m.named("max_output_tokens")) return is_above(m.value, t.max_output_tokens);
    if (m.named("parallel_tool_calls")) return !t.parallel_tools && !is_json_null(m.value);
    if (!m.named("reasoning") || !m.value.starts_with('{')) return false;
    bool other = false;
    json_scanner members(m.value);
    for (json_member one; members.next(one);) other = other || (one.named("effort") && is_other_effort(t, one.value));
    return other;
}

} // namespace detail

LLMX_DECL result<request_head> openai_responses::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "input"sv, "stream"sv, "max_output_tokens"sv);
    request_head head;
    bool has_model = false;
    detail::members_seen seen;
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        head.members.add(m);
        if (detail::is_gateway_member(m) || (m.named("metadata") && !detail::fits_metadata(m.value))) head.has_gateway_members = true;
        if (routed.is_other(m)) return success();
        if (m.named("model")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value) || m.value == "\"\"") return detail::member_expected("model", "the name of a model");
            has_model = true;
            head.model = plain_json_string(m.value).value_or(std::string_view());
        } else if (m.named("input")) {
            if (!m.value.starts_with('[') && !is_json_string(m.value) && !is_json_null(m.value))
                return detail::member_expected("input", "a string or an array");
            if (seen.again(1)) return detail::member_given_twice(m);
        } else if (m.named("stream")) {
            head.stream = is_true(m.value);
            if (!head.stream && m.value != "false" && !is_json_null(m.value)) return detail::member_expected("stream", "true or false");
            if (seen.again(2)) return detail::member_given_twice(m);
        } else if (m.named("max_output_tokens")) {
            head.max_output_tokens = json_count(m.value).value_or(0);
            if (seen.again(3)) return detail::member_given_twice(m);
        } else {
            return routed.check(m);
        }
        return success();
    });
    if (done.has_error()) return done.error();
    head.members.finish();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return detail::member_expected("model", "the name of a model");
    if (target.stream && !head.stream) head.stream = head.must_translate = true;
    return head;
}

LLMX_DECL bool openai_responses::exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits) {
    if (!detail::restricts_requests(traits)) return false;
    bool exceeds = false;
    const result<void> read = for_each_member(body, known, [&](const json_member& m) { exceeds = exceeds || detail::responses_exceeds(m, traits); });
    return read.has_value() && exceeds;
}

LLMX_DECL bool openai_responses::has_foreign_signature(std::string_view body) noexcept {
    // Only an attacker writes a mark with escapes, whose own request the vendor then refuses.
    return body.find("\"llmx::") != std::string_view::npos;
}

LLMX_DECL usage openai_responses::scan_usage(std::string_view body) {
    usage found;
    std::optional<service_tier> tier;
    const auto done = scan_json_members(body, [&](const json_member& m) {
        if (m.named("service_tier")) tier = detail::read_enum(detail::openai_chat_tiers, plain_json_string(m.value).value_or(std::string_view()));
        if (m.named("usage") && m.value.starts_with('{')) found = detail::responses_scan_counts(m.value);
    });
    if (done.has_error()) return usage();
    found.tier = tier;
    return found;
}

} // namespace llmx::inline LLMX_ABI
