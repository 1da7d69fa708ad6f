// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether a Content has content: more than parts of empty text.
LLMX_DECL [[nodiscard]] bool gemini_content_speaks(std::string_view content) noexcept {
    const auto parts = content.find("\"parts\"");
    if (parts == std::string_view::npos) return false;
    const auto part = content.find('{', parts);
    if (part == std::string_view::npos) return false;
    for (auto at = content.find("\"text\"", part); at != std::string_view::npos;
         at = content.find("\"text\"", at + 1)) {
        const auto value = content.find_first_not_of(" \t\r\n:", at + 6);
        if (value == std::string_view::npos || content.substr(value, 2) != "\"\"") return true;
    }
    // No text at all, or empty text: a call, an image or a signature counts as content too.
    for (const std::string_view member :
         {"\"functionCall\"", "\"inlineData\"", "\"executableCode\"", "\"thoughtSignature\""})
        if (content.find(member, part) != std::string_view::npos) return true;
    return content.find("\"text\"", part) == std::string_view::npos;
}

} // namespace detail

LLMX_DECL void gemini_generate::stream_watch::candidate(std::string_view json, std::size_t position) {
    std::int64_t index = static_cast<std::int64_t>(position);
    bool finished = false;
    (void)scan_json_members(json, [&](const json_member& m) {
        if (detail::gemini_named(m, "finishReason", "finish_reason")) {
            finished = is_json_string(m.value) && m.value != "\"\"" && m.value != "\"FINISH_REASON_UNSPECIFIED\"";
        } else if (m.named("index")) {
            index = json_integer(m.value).value_or(index); // clamped below
        } else if (m.named("content")) {
            if (!progress_.begun) progress_.begun = detail::gemini_content_speaks(m.value);
        }
    });
    const std::uint64_t bit = std::uint64_t{1} << std::clamp<std::int64_t>(index, 0, 63);
    seen_ |= bit;
    if (finished)
        finished_ |= bit;
    else
        finished_ &= ~bit;
}

LLMX_DECL bool gemini_generate::stream_watch::plain_chunk(std::string_view json) {
    // Most chunks bring more text of the one choice that has begun.
    if (!progress_.begun || seen_ != 1 || finished_ != 0) return false;
    // A chunk that begins with candidates is not an error object.
    const auto first = json.find('"');
    if (first == std::string_view::npos || json.substr(first, 12) != "\"candidates\"") return false;
    // The ends of names that end something; where a text holds one, the longer look decides.
    if (json.find("Reason\"") != std::string_view::npos || json.find("_reason\"") != std::string_view::npos)
        return false;
    if (json.find("error\"") != std::string_view::npos) return false;
    for (auto at = json.find("x\""); at != std::string_view::npos; at = json.find("x\"", at + 1)) {
        if (at < 5 || json.substr(at - 5, 7) != "\"index\"") continue;
        const auto value = json.find_first_not_of(" \t\r\n:", at + 2);
        if (value == std::string_view::npos || json[value] != '0') return false;
    }
    std::size_t usage_at = std::string_view::npos;
    for (auto at = json.find("Metadata\""); at != std::string_view::npos; at = json.find("Metadata\"", at + 1)) {
        // Texts hold no quote that is not escaped, so this is the name.
        if (at < 6 || json.substr(at - 6, 6) != "\"usage") continue;
        // One may be in another: the full parse decides which of them counts.
        if (usage_at != std::string_view::npos) return false;
        usage_at = json.find_first_not_of(" \t\r\n:", at + 9);
        if (usage_at == std::string_view::npos || json[usage_at] != '{') return false;
    }
    if (usage_at != std::string_view::npos) {
        progress_.tokens = detail::gemini_scan_usage(json.substr(usage_at));
        weight_.note_usage();
    }
    return true;
}

LLMX_DECL void gemini_generate::stream_watch::chunk(std::string_view json) {
    weight_.add(json);
    // Chunks repeat the list of queries.
    searches_ = std::max(searches_, detail::gemini_scan_searches(json));
    if (!plain_chunk(json)) whole_chunk(json);
    progress_.tokens.web_searches = searches_;
}

LLMX_DECL void gemini_generate::stream_watch::whole_chunk(std::string_view json) {
    (void)scan_json_members(json, [this](const json_member& m) {
        if (m.named("candidates")) {
            std::size_t position = 0;
            json_array_stream elements;
            (void)elements.feed(m.value, [this, &position](std::string_view c) { candidate(c, position++); });
        } else if (detail::gemini_named(m, "usageMetadata", "usage_metadata")) {
            if (m.value.front() != '{') return;
            progress_.tokens = detail::gemini_scan_usage(m.value);
            weight_.note_usage();
        } else if (detail::gemini_named(m, "promptFeedback", "prompt_feedback")) {
            blocked_ = blocked_ || m.value.find("\"blockReason\"") != std::string_view::npos ||
                       m.value.find("\"block_reason\"") != std::string_view::npos;
        } else if (m.named("error")) {
            progress_.failed = progress_.failed || !is_json_null(m.value);
        }
    });
}

LLMX_DECL const stream_progress& gemini_generate::stream_watch::feed(std::string_view bytes) {
    if (!known_) {
        const auto first = detail::gemini_first_byte(bytes);
        if (first == std::string_view::npos) return progress_;
        known_ = true;
        is_array_ = bytes[first] == '[';
        bytes.remove_prefix(first);
    }
    const result<void> r = is_array_ ? array_.feed(bytes, [this](std::string_view object) { chunk(object); })
                                     : sse_.feed(bytes, [this](const sse_event& e) { chunk(e.data); });
    // A stream that cannot be split into chunks has no end that could be trusted.
    broken_ = broken_ || r.has_error();
    progress_.pending = is_array_ ? array_.unfinished() : sse_.unfinished();
    const bool ended = seen_ != 0 ? (seen_ & ~finished_) == 0 : blocked_;
    progress_.complete = ended && !broken_ && !progress_.failed && (!is_array_ || array_.complete());
    // An end without content is one, too.
    progress_.answered = progress_.complete;
    return progress_;
}

} // namespace llmx::inline LLMX_ABI
