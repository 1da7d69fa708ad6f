// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/wire/json_scan.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL const stream_progress& openai_responses::stream_watch::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end);
        if (end == std::string_view::npos) {
            partial_ += piece;
            break;
        }
        bytes.remove_prefix(end + 1);
        if (partial_.empty()) {
            line(piece);
        } else {
            partial_ += piece;
            line(partial_);
            if (partial_.capacity() > usual_line) std::string().swap(partial_);
            else partial_.clear();
        }
    }
    progress_.pending = partial_.size();
    return progress_;
}

LLMX_DECL void openai_responses::stream_watch::line(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!text.starts_with("data:")) return;
    text.remove_prefix(5);
    while (text.starts_with(' ')) text.remove_prefix(1);
    std::string_view type, response;
    bool failed = false;
    const auto read = scan_json_members(text, [&](const json_member& m) {
        if (m.named("type")) type = plain_json_string(m.value).value_or(std::string_view());
        else if (m.named("response")) response = m.value;
        else if (m.named("error")) failed = failed || !is_json_null(m.value);
    });
    if (read.has_error()) return;
    if (type == "error" || type == "response.failed" || (type.empty() && failed)) progress_.failed = true;
    else if (type == "response.completed" || type == "response.incomplete") progress_.complete = progress_.answered = progress_.begun = true;
    else if (type.ends_with(".delta") || type == "response.output_item.done") progress_.begun = true;
    if (!response.starts_with('{') || !(progress_.complete || progress_.failed)) return;
    if (const usage u = scan_usage(response); !u.empty()) progress_.tokens = u;
}

} // namespace llmx::inline LLMX_ABI
