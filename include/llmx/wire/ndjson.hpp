// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/detail/call_sink.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Incremental splitter of newline-delimited JSON, fed in blocks split at any byte.
///
/// Lines end with LF or CRLF; lines that are empty or only white space are skipped. A line
/// that lies within one block is passed on as a view into it; one that crosses blocks is
/// kept in a buffer that is reused. The text of a line is not checked. A line larger than
/// the limit is an `errc::bad_response`.
///
/// Thread safety: none; one parser per stream.
/// Source: https://github.com/ndjson/ndjson-spec.
class ndjson_parser {
public:
    static constexpr std::size_t default_max_line_size = std::size_t{16} * 1024 * 1024;

    explicit ndjson_parser(std::size_t max_line_size = default_max_line_size) noexcept
        : max_line_size_(max_line_size) {}

    /// Calls \p on_line with each line that \p bytes complete, as a `std::string_view` that
    /// is valid until the call returns; it returns `void` or `result<void>`. Its failure ends
    /// the parse and is returned. After any failure every later call fails, until `reset`.
    template <class Sink> result<void> feed(std::string_view bytes, Sink&& on_line) {
        if (failed_) return fail("the stream failed before");
        while (!bytes.empty()) {
            const void* const at = std::memchr(bytes.data(), '\n', bytes.size());
            if (at == nullptr) {
                if (!room_for(bytes.size())) return fail("a line of the stream exceeds the size limit");
                partial_.append(bytes);
                break;
            }
            const auto size = static_cast<std::size_t>(static_cast<const char*>(at) - bytes.data());
            if (!room_for(size)) return fail("a line of the stream exceeds the size limit");
            std::string_view line = bytes.substr(0, size);
            bytes.remove_prefix(size + 1);
            if (!partial_.empty()) {
                partial_.append(line);
                line = partial_;
            }
            auto delivered = deliver(line, on_line);
            clear_partial();
            if (delivered.has_error()) return delivered;
        }
        return success();
    }

    /// Delivers the last line when the stream ends without a line end after it. The line
    /// may be cut off: its reader detects that.
    template <class Sink> result<void> finish(Sink&& on_line) {
        if (failed_) return fail("the stream failed before");
        auto delivered = deliver(partial_, on_line);
        clear_partial();
        return delivered;
    }

    /// True when no line has been begun.
    [[nodiscard]] bool idle() const noexcept { return partial_.empty(); }

    /// Makes the parser ready for another stream.
    void reset() noexcept {
        clear_partial();
        failed_ = false;
    }

private:
    [[nodiscard]] bool room_for(std::size_t more) const noexcept {
        return more <= max_line_size_ && partial_.size() <= max_line_size_ - more;
    }
    template <class Sink> result<void> deliver(std::string_view line, Sink& on_line) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) return success();
        auto delivered = detail::call_sink(on_line, line);
        failed_ = delivered.has_error();
        return delivered;
    }
    void clear_partial() noexcept {
        // One long line must not hold its memory for the whole stream.
        if (partial_.capacity() > std::size_t{64} * 1024) partial_ = std::string();
        else partial_.clear();
    }
    error fail(const char* reason) {
        failed_ = true;
        return error(errc::bad_response, reason);
    }

    std::size_t max_line_size_;
    std::string partial_;
    bool failed_ = false;
};

} // namespace llmx::inline LLMX_ABI
