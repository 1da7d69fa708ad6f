// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/detail/call_sink.hpp>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// One event of an event stream. The views live until the sink returns.
struct sse_event {
    /// The `event` field; empty when there was none (the standard's "message").
    std::string_view event;
    /// The `data` lines, joined with '\n'.
    std::string_view data;
    /// The last event id seen on the stream, this event's included.
    std::string_view id;
};
static_assert(std::is_trivially_destructible_v<sse_event>);

/// Incremental parser of `text/event-stream`, fed in blocks split at any byte.
///
/// Follows the WHATWG rules: lines end with LF, CR or CRLF, one byte order mark at the
/// start is skipped, comments and unknown fields are ignored, `id` with a NUL and `retry`
/// that is not all digits are ignored, an event without a `data` field is not dispatched,
/// and an event that the stream ends within is not delivered. Bytes are passed on as they
/// came; UTF-8 is for the reader of the data to check.
///
/// An event with one `data` line that lies within one block is passed on as views into
/// that block: nothing is copied or allocated. A line that crosses a block or an event of several lines
/// is kept in buffers that are reused. An event larger than the limit is an
/// `errc::bad_response`.
///
/// Thread safety: none; one parser per stream.
/// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html (9.2.5, 9.2.6).
class sse_parser {
public:
    /// Bytes of field lines that one event may have: images of answers are events of tens of MiB. A gateway bounds what an
    /// event may hold earlier, by its memory and by `http_limits::max_body`.
    static constexpr std::size_t default_max_event_size = std::size_t{256} * 1024 * 1024;

    explicit sse_parser(std::size_t max_event_size = default_max_event_size) noexcept
        : max_event_size_(max_event_size) {}

    /// Parses \p bytes and calls \p on_event for each event that they complete.
    ///
    /// \p on_event takes a `const sse_event&` and returns `void` or `result<void>`; its
    /// failure ends the parse and is returned. After a failure of either kind the rest of
    /// the block is lost and every later call fails, until `reset`.
    template <class Sink> result<void> feed(std::string_view bytes, Sink&& on_event) {
        if (failed_) return failure();
        const char* p = bytes.data();
        const char* const end = p + bytes.size();
        if (skip_lf_ && p != end) {
            skip_lf_ = false;
            if (*p == '\n') ++p;
        }
        // Each kind of line end is searched once per block, else a stream that uses one of
        // them would pay for a search to the block's end on every line.
        const char* lf = find(p, end, '\n');
        const char* cr = find(p, end, '\r');
        std::size_t before = unfinished_;
        const char* begun = before == 0 ? p : bytes.data(); // after the last blank line, in this block
        while (p != end) {
            if (lf < p) lf = find(p, end, '\n');
            if (cr < p) cr = find(p, end, '\r');
            const char* const eol = lf < cr ? lf : cr;
            if (eol == end) break;
            std::string_view line(p, static_cast<std::size_t>(eol - p));
            p = eol + 1;
            if (*eol == '\r') {
                if (p == end) skip_lf_ = true;
                else if (*p == '\n') ++p;
            }
            const bool in_block = partial_.empty();
            if (!in_block) {
                if (!room_for(partial_.size() + line.size())) return fail();
                partial_.append(line);
                line = partial_;
            } else if (!room_for(line.size())) {
                return fail();
            }
            const bool blank = take_line(line, in_block);
            if (!in_block) partial_.clear();
            if (!blank) continue;
            begun = p;
            before = 0;
            if (has_data_) {
                auto delivered = detail::call_sink(on_event, pending());
                if (delivered.has_error()) {
                    failed_ = true;
                    return delivered;
                }
            }
            clear_event();
        }
        if (p != end) {
            const auto rest = static_cast<std::size_t>(end - p);
            if (!room_for(partial_.size() + rest)) return fail();
            partial_.append(p, rest);
        }
        keep_views();
        unfinished_ = before + static_cast<std::size_t>(end - begun);
        return success();
    }

    /// Delivers, at the end of the stream, the event whose closing blank line is missing.
    ///
    /// The standard discards such an event, and so does a caller that never calls this. It
    /// is for servers known to close right after their last `data` line; the data may be
    /// cut off, so only a reader that can detect that (JSON, "[DONE]") may use it.
    template <class Sink> result<void> deliver_incomplete(Sink&& on_event) {
        if (failed_) return failure();
        if (!partial_.empty()) {
            take_line(partial_, false);
            partial_.clear();
        }
        if (has_data_) {
            auto delivered = detail::call_sink(on_event, pending());
            if (delivered.has_error()) {
                failed_ = true;
                return delivered;
            }
        }
        clear_event();
        return success();
    }

    /// True when no event has been begun: a stream that ends now has lost nothing.
    [[nodiscard]] bool idle() const noexcept {
        return !has_data_ && !has_event_ && (partial_.empty() || partial_.front() == ':');
    }
    /// Bytes fed since the last blank line: those of an event that has not ended.
    [[nodiscard]] std::size_t unfinished() const noexcept { return unfinished_; }
    /// The last `id` of the stream, for `Last-Event-ID` when connecting again.
    [[nodiscard]] const std::string& last_event_id() const noexcept { return id_; }
    /// The stream's last `retry` field: how long to wait before connecting again.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

    /// Makes the parser ready for another stream; buffers are kept for reuse.
    LLMX_DECL void reset() noexcept;

private:
    static const char* find(const char* p, const char* end, char c) noexcept {
        if (p == end) return end;
        const void* at = std::memchr(p, c, static_cast<std::size_t>(end - p));
        return at != nullptr ? static_cast<const char*>(at) : end;
    }
    [[nodiscard]] bool room_for(std::size_t line) const noexcept {
        return line <= max_event_size_ && event_size_ <= max_event_size_ - line;
    }
    [[nodiscard]] sse_event pending() const noexcept {
        return {event_in_block_ ? event_view_ : std::string_view(event_),
                data_in_block_ ? data_view_ : std::string_view(data_), id_};
    }

    /// Takes one line without its end; true when it is blank and ends an event.
    LLMX_DECL bool take_line(std::string_view line, bool in_block);
    LLMX_DECL void take_data(std::string_view value, bool in_block);
    /// Copies the unfinished event's part of the block, which the caller will reuse.
    LLMX_DECL void keep_views();
    LLMX_DECL void clear_event() noexcept;
    LLMX_DECL error fail();
    LLMX_DECL [[nodiscard]] error failure() const;

    std::size_t max_event_size_;
    std::size_t unfinished_ = 0;
    std::size_t event_size_ = 0; // of the pending event's lines that are kept
    std::string partial_;        // a line whose end has not come
    std::string data_, event_, id_;
    std::string_view data_view_, event_view_;
    std::optional<std::chrono::milliseconds> retry_;
    bool has_data_ = false, has_event_ = false;
    bool data_in_block_ = false, event_in_block_ = false;
    bool first_line_ = true;
    bool skip_lf_ = false; // the last block ended with CR
    bool failed_ = false, too_large_ = false;
};

/// Appends one event without a name: "data: …" and a blank line. Line ends in \p json,
/// which JSON only has as white space, become further `data` lines.
LLMX_DECL void append_sse_data(std::string& out, std::string_view json);

/// Appends one event with a name. \p event is cut at its first line end; an empty one is
/// left out.
LLMX_DECL void append_sse_event(std::string& out, std::string_view event, std::string_view json);

/// Appends a comment and a blank line: keeps a connection alive, dispatches nothing.
LLMX_DECL void append_sse_comment(std::string& out, std::string_view text);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/sse.ipp>
#endif
