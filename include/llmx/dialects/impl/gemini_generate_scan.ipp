// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini_generate.hpp>

#include <llmx/dialects/detail/gemini_generate_parts.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

/// Whether a container's text holds anything: "[ ]" and "{}" do not.
[[nodiscard]] LLMX_DECL bool gemini_container_has_more(std::string_view value) noexcept {
    if (value.size() < 2 || (value.front() != '[' && value.front() != '{')) return false;
    const auto at = value.find_first_not_of(" \t\r\n", 1);
    return at != std::string_view::npos && at != value.size() - 1;
}

LLMX_DECL bool gemini_key_is(std::string_view key, std::string_view camel, std::string_view snake) {
    return json_key_is(key, camel) || json_key_is(key, snake);
}

[[nodiscard]] LLMX_DECL std::int64_t gemini_scan_audio(std::string_view details) {
    // [{"modality":"AUDIO","tokenCount":3}, …]: short, and rarely there at all.
    const auto at = details.find("\"AUDIO\"");
    if (at == std::string_view::npos) return 0;
    const auto begin = details.rfind('{', at);
    const auto end = details.find('}', at);
    if (begin == std::string_view::npos || end == std::string_view::npos) return 0;
    std::int64_t count = 0;
    (void)scan_json_members(details.substr(begin, end - begin + 1), [&count](const json_member& m) {
        if (m.key == "tokenCount") count = json_integer(m.value).value_or(0);
    });
    return count;
}

LLMX_DECL usage gemini_scan_usage(std::string_view metadata) {
    std::int64_t prompt = 0, tool_prompt = 0, answer = -1, total = 0;
    usage u;
    (void)scan_json_members(metadata, [&](const json_member& m) {
        const auto count = [&m] { return json_integer(m.value).value_or(0); };
        if (gemini_key_is(m.key, "promptTokenCount", "prompt_token_count")) prompt = count();
        else if (gemini_key_is(m.key, "candidatesTokenCount", "candidates_token_count")) answer = count();
        else if (gemini_key_is(m.key, "totalTokenCount", "total_token_count")) total = count();
        else if (gemini_key_is(m.key, "thoughtsTokenCount", "thoughts_token_count")) u.reasoning_tokens = count();
        else if (gemini_key_is(m.key, "cachedContentTokenCount", "cached_content_token_count"))
            u.cached_tokens = count();
        else if (gemini_key_is(m.key, "toolUsePromptTokenCount", "tool_use_prompt_token_count"))
            tool_prompt = count();
        else if (gemini_key_is(m.key, "promptTokensDetails", "prompt_tokens_details"))
            u.input_audio_tokens = gemini_scan_audio(m.value);
        else if (gemini_key_is(m.key, "candidatesTokensDetails", "candidates_tokens_details"))
            u.output_audio_tokens = gemini_scan_audio(m.value);
    });
    u.input_tokens = prompt + tool_prompt;
    u.output_tokens = answer >= 0 ? answer + u.reasoning_tokens
                                  : std::max(u.reasoning_tokens, total - u.input_tokens);
    return u;
}

} // namespace detail

LLMX_DECL result<request_head> gemini_generate::scan_request(std::string_view body, const request_target& target) {
    request_head head;
    head.model = target.model;
    head.stream = target.stream;
    bool has_contents = false;
    auto r = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (json_key_is(m.key, "contents")) {
            if (m.value.front() != '[' && m.value.front() != '{') return detail::proto_expected("contents", "an array");
            has_contents = detail::gemini_container_has_more(m.value);
        } else if (detail::gemini_key_is(m.key, "generationConfig", "generation_config")) {
            if (m.value.front() != '{') return success();
            return scan_json_members(m.value, [&head](const json_member& c) {
                if (detail::gemini_key_is(c.key, "maxOutputTokens", "max_output_tokens"))
                    head.max_output_tokens = json_integer(c.value).value_or(0);
            });
        } else if (target.model.empty() && json_key_is(m.key, "model")) {
            head.model = plain_json_string(m.value).value_or(std::string_view());
            if (head.model.starts_with("models/")) head.model.remove_prefix(7);
        }
        return success();
    });
    if (r.has_error()) return r.error();
    if (!has_contents) return detail::proto_expected("contents", "at least one turn");
    return head;
}

LLMX_DECL usage gemini_generate::scan_usage(std::string_view body) {
    usage u;
    (void)scan_json_members(body, [&u](const json_member& m) {
        if (detail::gemini_key_is(m.key, "usageMetadata", "usage_metadata") && m.value.front() == '{')
            u = detail::gemini_scan_usage(m.value);
    });
    return u;
}

} // namespace llmx::inline v0
