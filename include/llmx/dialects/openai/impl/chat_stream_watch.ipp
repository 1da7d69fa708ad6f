// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/impl/chat_scan.ipp>
#include <llmx/wire/json_scan.hpp>

#include <cstring>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether a chunk carries the usage and nothing of an answer: its choices are there and empty.
LLMX_DECL [[nodiscard]] bool openai_chat_is_usage_alone(std::string_view json) {
    bool no_choices = false, has_usage = false, failed = false;
    const auto done = scan_json_members(json, [&](const json_member& m) {
        if (m.named("choices")) no_choices = m.value.front() == '[' && !openai_chat_has_items(m.value);
        else if (m.named("usage")) has_usage = m.value.front() == '{';
        else if (m.named("error")) failed = !is_json_null(m.value);
    });
    return done.has_value() && no_choices && has_usage && !failed;
}

} // namespace detail

LLMX_DECL const stream_progress& openai_chat::stream_watch::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end);
        if (end == std::string_view::npos) {
            partial_ += piece;
            fed_ += piece.size();
            break;
        }
        bytes.remove_prefix(end + 1);
        fed_ += end + 1;
        if (partial_.empty()) {
            take(piece);
        } else {
            partial_ += piece;
            take(partial_);
            if (partial_.capacity() > usual_line) std::string().swap(partial_);
            else partial_.clear();
        }
    }
    // The end may come without a line end. Should more come on that line, it was another text.
    progress_.complete = done_ || partial_ == "data: [DONE]" || partial_ == "data:[DONE]";
    progress_.pending = partial_.size();
    if (leaves_out_usage_) progress_.pending = static_cast<std::size_t>(fed_ - (holds_ ? held_ : line_));
    return progress_;
}

LLMX_DECL void openai_chat::stream_watch::take(std::string_view text) {
    line(text);
    if (!leaves_out_usage_) return;
    const bool blank = text.empty() || (text.size() == 1 && text.front() == '\r');
    // Nearly every line is one of data that carries no usage, or ends an event.
    if ((is_data_ || blank) && !usage_alone_ && !drops_event_ && !holds_) {
        line_ = fed_;
        passes_event_ = is_data_;
        return;
    }
    follow(text, blank);
}

// An event is passed on as soon as a data line shows that it is not the usage alone; fields before that line
// (event, id, retry) wait for it, while comments between events, which keep connections alive, do not.
LLMX_DECL void openai_chat::stream_watch::follow(std::string_view text, bool blank) {
    const std::uint64_t begin = line_, end = line_ = fed_;
    const bool data = is_data_, usage = usage_alone_;
    usage_alone_ = false;
    if (drops_event_ && (blank || !data)) {
        cut(begin, end);
        drops_event_ = !blank;
        return;
    }
    // A server that separates events by one line end begins the next one here.
    drops_event_ = false;
    if (usage) {
        cut(holds_ ? held_ : begin, end);
        drops_event_ = true;
    }
    if (data || blank) {
        holds_ = false;
        passes_event_ = data && !usage;
    } else if (!holds_ && !passes_event_ && text.front() != ':') {
        holds_ = true;
        held_ = begin;
    }
}

LLMX_DECL void openai_chat::stream_watch::cut(std::uint64_t begin, std::uint64_t end) {
    if (!cuts_.empty() && cuts_.back().end == begin) cuts_.back().end = end;
    else cuts_.emplace_back(begin, end);
}

LLMX_DECL void openai_chat::stream_watch::take_unasked(std::vector<stream_cut>& to) {
    to.insert(to.end(), cuts_.begin(), cuts_.end());
    cuts_.clear();
}

LLMX_DECL void openai_chat::stream_watch::line(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    // Some servers name the event and leave the member "error" out.
    if (text.empty() || text.front() == 'e') error_event_ = text == "event: error" || text == "event:error";
    is_data_ = text.size() >= 5 && std::memcmp(text.data(), "data:", 5) == 0;
    if (!is_data_) return;
    if (error_event_) progress_.failed = true;
    text.remove_prefix(5);
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text == "[DONE]") done_ = true;
    else payload(text);
}

LLMX_DECL void openai_chat::stream_watch::payload(std::string_view json) {
    using detail::any_json_member;
    weight_.add(json);
    const auto is_object = [json](std::size_t value) { return json[value] == '{'; };
    if (any_json_member(json, "usage", is_object)) {
        const usage u = scan_usage(json);
        weight_.note_usage();
        if (!u.empty()) progress_.tokens = u;
        if (leaves_out_usage_) usage_alone_ = detail::openai_chat_is_usage_alone(json);
    }
    const auto not_null = [json](std::size_t value) { return json[value] != 'n'; };
    if (any_json_member(json, "error", not_null)) {
        // Quoted anywhere; it counts at the top level alone.
        const auto done = scan_json_members(json, [this](const json_member& m) {
            if (m.named("error") && !is_json_null(m.value)) progress_.failed = true;
        });
        if (done.has_error()) progress_.failed = true;
    }
    bool broke_off = false;
    const bool ended = any_json_member(json, "finish_reason", [json, &broke_off](std::size_t value) {
        const std::string_view word = json.substr(value);
        broke_off = word.starts_with("\"error\"") || word.starts_with("\"network_error\"");
        // Some servers write "" into every chunk but the last.
        return word.starts_with('"') && !word.starts_with("\"\"");
    });
    if (broke_off) progress_.failed = true;
    // Of several choices one may end before another: then the end marker alone is proof. A
    // tool call's index may be taken for a choice's, which causes at most a needless request for the usage.
    several_ = several_ || any_json_member(json, "index", [json](std::size_t value) { return json[value] != '0'; });
    if (ended) progress_.answered = true;
    if (several_) progress_.answered = false;
    if (progress_.begun) return;
    using detail::openai_chat_is_filled;
    progress_.begun = ended || openai_chat_is_filled(json, "content") ||
                      openai_chat_is_filled(json, "tool_calls") ||
                      openai_chat_is_filled(json, "reasoning_content") ||
                      openai_chat_is_filled(json, "reasoning") || openai_chat_is_filled(json, "refusal") ||
                      openai_chat_is_filled(json, "thinking_blocks") ||
                      openai_chat_is_filled(json, "function_call") ||
                      openai_chat_is_filled(json, "audio") || openai_chat_is_filled(json, "images");
}

} // namespace llmx::inline LLMX_ABI
