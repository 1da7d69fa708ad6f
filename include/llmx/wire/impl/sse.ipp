// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/sse.hpp>

#include <charconv>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A buffer larger than this is released after the event that needed it, so that one
/// large event does not hold its memory for the whole stream.
inline constexpr std::size_t sse_kept_capacity = std::size_t{64} * 1024;

LLMX_DECL void sse_clear_buffer(std::string& s) noexcept {
    if (s.capacity() > sse_kept_capacity) s = std::string();
    else s.clear();
}

LLMX_DECL void append_sse_lines(std::string& out, std::string_view prefix, std::string_view text) {
    for (;;) {
        const std::size_t end = text.find_first_of("\r\n");
        out += prefix;
        out += text.substr(0, end);
        out += '\n';
        if (end == std::string_view::npos) return;
        const bool crlf = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
        text.remove_prefix(end + (crlf ? 2 : 1));
    }
}

} // namespace detail

LLMX_DECL void sse_parser::reset() noexcept {
    partial_.clear();
    id_.clear();
    retry_.reset();
    clear_event();
    unfinished_ = 0;
    first_line_ = true;
    skip_lf_ = failed_ = too_large_ = false;
}

LLMX_DECL bool sse_parser::take_line(std::string_view line, bool in_block) {
    if (first_line_) {
        first_line_ = false;
        if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    }
    if (line.empty()) return true;

    const std::size_t colon = line.find(':');
    if (colon == 0) return false;
    const std::string_view name = line.substr(0, colon);
    std::string_view value;
    if (colon != std::string_view::npos) {
        value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
    }

    if (name == "data") {
        event_size_ += line.size();
        take_data(value, in_block);
    } else if (name == "event") {
        event_size_ += line.size();
        has_event_ = !value.empty();
        event_in_block_ = in_block;
        if (in_block) event_view_ = value;
        else event_.assign(value);
    } else if (name == "id") {
        if (value.find('\0') == std::string_view::npos && value != id_) id_.assign(value);
    } else if (name == "retry") {
        if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos) {
            std::chrono::milliseconds::rep ms = 0;
            const auto read = std::from_chars(value.data(), value.data() + value.size(), ms);
            if (read.ec == std::errc()) retry_ = std::chrono::milliseconds(ms);
        }
    }
    return false;
}

LLMX_DECL void sse_parser::take_data(std::string_view value, bool in_block) {
    if (!has_data_) {
        has_data_ = true;
        data_in_block_ = in_block;
        if (in_block) data_view_ = value;
        else data_.assign(value);
        return;
    }
    if (data_in_block_) {
        data_.assign(data_view_);
        data_in_block_ = false;
    }
    data_ += '\n';
    data_ += value;
}

LLMX_DECL void sse_parser::keep_views() {
    if (has_data_ && data_in_block_) data_.assign(data_view_);
    // An empty name too: it takes the place of an earlier one.
    if (event_in_block_) event_.assign(event_view_);
    data_in_block_ = event_in_block_ = false;
}

LLMX_DECL void sse_parser::clear_event() noexcept {
    detail::sse_clear_buffer(data_);
    detail::sse_clear_buffer(event_);
    if (partial_.empty()) detail::sse_clear_buffer(partial_);
    data_view_ = event_view_ = std::string_view();
    has_data_ = has_event_ = data_in_block_ = event_in_block_ = false;
    event_size_ = 0;
}

LLMX_DECL error sse_parser::fail() {
    failed_ = too_large_ = true;
    return failure();
}

LLMX_DECL error sse_parser::failure() const {
    return error(errc::bad_response, too_large_ ? "an event of the stream exceeds the size limit"
                                                : "the event stream failed before");
}

LLMX_DECL void append_sse_data(std::string& out, std::string_view json) {
    detail::append_sse_lines(out, "data: ", json);
    out += '\n';
}

LLMX_DECL void append_sse_event(std::string& out, std::string_view event, std::string_view json) {
    event = event.substr(0, event.find_first_of("\r\n"));
    if (!event.empty()) {
        out += "event: ";
        out += event;
        out += '\n';
    }
    append_sse_data(out, json);
}

LLMX_DECL void append_sse_comment(std::string& out, std::string_view text) {
    detail::append_sse_lines(out, ": ", text);
    out += '\n';
}

} // namespace llmx::inline LLMX_ABI
