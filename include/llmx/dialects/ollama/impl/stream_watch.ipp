// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/wire/json_scan.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL const stream_progress& ollama_stream_watch::feed(std::string_view bytes) {
    auto fed = lines_.feed(bytes, [this](std::string_view line) { take(line); });
    // Only a line beyond the parser's limit gets here; no decoder could read it either.
    if (fed.has_error()) progress_.failed = true;
    const std::size_t last = bytes.rfind('\n');
    progress_.pending = last == std::string_view::npos ? progress_.pending + bytes.size() : bytes.size() - last - 1;
    return progress_;
}

LLMX_DECL void ollama_stream_watch::take(std::string_view line) {
    if (progress_.complete) return;
    bool done = false, content = false, counted = false;
    usage tokens;
    const auto look = [&content](const json_member& m) {
        const bool text = m.named("content") || m.named("thinking") || m.named("response");
        content = content || (text && m.value.size() > 2 && m.value.front() == '"') || (m.named("tool_calls") && m.value.size() > 2 && m.value.front() == '[');
    };
    const auto read = scan_json_members(line, [&](const json_member& m) {
        look(m);
        if (m.named("message") && m.value.starts_with('{')) static_cast<void>(scan_json_members(m.value, look));
        else if (m.named("done")) done = is_true(m.value);
        else if (m.named("error") && !is_json_null(m.value)) progress_.failed = true;
        else if (m.named("prompt_eval_count") || m.named("eval_count")) {
            const auto n = json_count(m.value).value_or(0);
            counted = true;
            (m.named("eval_count") ? tokens.output_tokens : tokens.input_tokens) = n;
        }
    });
    if (read.has_error()) progress_.failed = true;
    if (content) {
        progress_.begun = true;
        weight_.add(line);
    }
    if (!done || progress_.failed) return;
    progress_.begun = progress_.complete = true;
    if (!counted) return;
    progress_.tokens = tokens;
    weight_.note_usage();
}

} // namespace llmx::inline LLMX_ABI::detail
