// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether a container's text holds anything: "[ ]" and "{}" do not.
LLMX_DECL [[nodiscard]] bool gemini_container_has_more(std::string_view value) noexcept {
    if (value.size() < 2 || (value.front() != '[' && value.front() != '{')) return false;
    const auto at = value.find_first_not_of(" \t\r\n", 1);
    return at != std::string_view::npos && at != value.size() - 1;
}

LLMX_DECL bool gemini_named(const json_member& m, std::string_view camel, std::string_view snake) {
    return m.named(camel) || m.named(snake);
}

LLMX_DECL [[nodiscard]] std::int64_t gemini_scan_modality(std::string_view details, std::string_view kind) {
    // [{"modality":"AUDIO","tokenCount":3}, …]: short, and rarely there at all.
    const auto at = details.find(kind);
    if (at == std::string_view::npos) return 0;
    const auto begin = details.rfind('{', at);
    const auto end = details.find('}', at);
    if (begin == std::string_view::npos || end == std::string_view::npos) return 0;
    std::int64_t count = 0;
    (void)scan_json_members(details.substr(begin, end - begin + 1), [&count](const json_member& m) {
        if (m.key == "tokenCount") count = json_count(m.value).value_or(0);
    });
    return count;
}

LLMX_DECL std::int64_t gemini_scan_searches(std::string_view candidates) noexcept {
    // A quote inside of a text is escaped, so that this is the member's name.
    constexpr std::string_view name = "\"webSearchQueries\"", space = " \t\r\n";
    std::int64_t count = 0;
    for (auto at = candidates.find(name); at != std::string_view::npos; at = candidates.find(name, at)) {
        at = candidates.find_first_not_of(" \t\r\n:", at + name.size());
        if (at == std::string_view::npos) break;
        if (candidates[at] != '[') continue;
        for (at = candidates.find_first_not_of(space, at + 1); at != std::string_view::npos && candidates[at] == '"';) {
            for (++at; at < candidates.size() && candidates[at] != '"'; ++at) at += candidates[at] == '\\' ? 1u : 0u;
            ++count;
            at = candidates.find_first_not_of(" \t\r\n,", std::min(at + 1, candidates.size()));
        }
        if (at == std::string_view::npos) break;
    }
    return count;
}

LLMX_DECL usage gemini_scan_usage(std::string_view metadata) {
    std::int64_t prompt = 0, tool_prompt = 0, answer = -1, total = 0;
    usage u;
    const auto take = [&](std::string_view key, std::string_view value) {
        const auto count = [value] { return json_count(value).value_or(0); };
        if (key == "promptTokenCount")
            prompt = count();
        else if (key == "candidatesTokenCount")
            answer = count();
        else if (key == "totalTokenCount")
            total = count();
        else if (key == "thoughtsTokenCount")
            u.reasoning_tokens = count();
        else if (key == "cachedContentTokenCount")
            u.cached_tokens = count();
        else if (key == "toolUsePromptTokenCount")
            tool_prompt = count();
        else if (key == "promptTokensDetails")
            u.input_audio_tokens = gemini_scan_modality(value, "\"AUDIO\""), u.input_image_tokens = gemini_scan_modality(value, "\"IMAGE\"");
        else if (key == "candidatesTokensDetails")
            u.output_audio_tokens = gemini_scan_modality(value, "\"AUDIO\""), u.output_image_tokens = gemini_scan_modality(value, "\"IMAGE\"");
        else if (key == "trafficType" || key == "serviceTier") {
            if (const auto tier = generate_tier_of(plain_json_string(value).value_or(std::string_view())); tier) u.tier = tier;
        }
    };
    // Its status is not checked: the text after the object is outside of this function's task.
    json_scanner scanner(metadata);
    json_member m;
    while (scanner.next(m)) {
        if (m.key.find('_') == std::string_view::npos && m.key.find('\\') == std::string_view::npos)
            take(m.key, m.value);
        else
            take(camel_member_name(unescape_json_string(m.key)), m.value);
    }
    u.input_tokens = add_counts(prompt, tool_prompt);
    u.output_tokens = answer >= 0 ? add_counts(answer, u.reasoning_tokens)
                                  : std::max(u.reasoning_tokens, subtract_counts(total, u.input_tokens));
    return u;
}

/// Has \p m cut out of \p body, and one comma with it.
LLMX_DECL void gemini_cut_member(std::string_view body, const json_member& m, request_head& head) noexcept {
    constexpr std::string_view space = " \t\r\n";
    head.cut_begin = m.key_begin;
    head.cut_end = m.end;
    const std::size_t next = body.find_first_not_of(space, m.end), before = body.find_last_not_of(space, m.key_begin - 1);
    if (next != std::string_view::npos && body[next] == ',') head.cut_end = next + 1;
    else if (body[before] == ',') head.cut_begin = before;
}

} // namespace detail

LLMX_DECL bool gemini_generate::has_foreign_signature(std::string_view body) noexcept {
    // The quote keeps the search from stopping inside of inline media.
    constexpr std::string_view begin = "\"bGxteDo6";
    static_assert(begin.substr(1) == detail::gemini_foreign_signature);
    return body.find(begin) != std::string_view::npos;
}

LLMX_DECL result<request_head> gemini_generate::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("contents"sv, "model"sv, "generationConfig"sv, "generation_config"sv);
    request_head head;
    head.model = target.model;
    head.stream = target.stream;
    head.include_usage = target.stream; // as decode_request has it
    bool has_contents = false;
    detail::members_seen seen;
    auto r = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("contents")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            if (m.value.front() != '[' && m.value.front() != '{') return detail::member_expected("contents", "an array");
            has_contents = detail::gemini_container_has_more(m.value);
        } else if (detail::gemini_named(m, "generationConfig", "generation_config")) {
            if (seen.again(1)) return detail::member_given_twice(m);
            if (m.value.front() != '{') return success();
            return scan_json_members(m.value, [&head](const json_member& c) {
                if (detail::gemini_named(c, "maxOutputTokens", "max_output_tokens"))
                    head.max_output_tokens = json_count(c.value).value_or(0);
            });
        } else if (m.named("model")) {
            if (seen.again(2)) return detail::member_given_twice(m);
            if (!is_json_string(m.value) && !is_json_null(m.value)) return detail::member_expected("model", "a string");
            if (!target.model.empty()) {
                detail::gemini_cut_member(body, m, head);
                return success();
            }
            head.model = plain_json_string(m.value).value_or(std::string_view());
            if (head.model.starts_with("models/")) head.model.remove_prefix(7);
        } else {
            head.has_gateway_members = head.has_gateway_members || detail::is_gateway_member(m);
            return routed.check(m);
        }
        return success();
    });
    if (r.has_error()) return r.error();
    if (!has_contents) return detail::member_expected("contents", "at least one turn");
    return head;
}

LLMX_DECL bool gemini_generate::holds_answer(std::string_view body) noexcept {
    using namespace std::string_view_literals;
    if (detail::json_text_opens(body, "candidates", "[{") && detail::json_text_opens(body, "content", "{")) return true;
    for (const std::string_view reason : {"finishReason"sv, "finish_reason"sv, "blockReason"sv, "block_reason"sv})
        if (detail::json_text_has_word(body, reason)) return true;
    return false;
}

LLMX_DECL usage gemini_generate::scan_usage(std::string_view body) {
    usage u;
    std::int64_t searches = 0;
    const auto done = scan_json_members(body, [&u, &searches](const json_member& m) {
        if (m.named("candidates")) searches = detail::gemini_scan_searches(m.value);
        else if (detail::gemini_named(m, "usageMetadata", "usage_metadata") && m.value.front() == '{')
            u = detail::gemini_scan_usage(m.value);
    });
    if (done.has_error()) return usage();
    u.web_searches = searches;
    return u;
}

} // namespace llmx::inline LLMX_ABI
