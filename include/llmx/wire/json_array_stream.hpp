// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/detail/call_sink.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Incremental splitter of one JSON array of objects, fed in blocks split at any byte.
///
/// For streams that are one long array: Gemini's `streamGenerateContent` without
/// `alt=sse` sends "[{…}", ",\r\n{…}", "]". The array's own brackets, commas and white
/// space are checked; of an object only strings and brackets are followed to find its end,
/// its text is for its reader to check. An object that lies within one block is passed on
/// as a view into it. A stream that is not an array of objects, and an object larger than the limit, is
/// an `errc::bad_response`.
///
/// Thread safety: none; one parser per stream.
/// Source: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent.
class json_array_stream {
public:
    static constexpr std::size_t default_max_object_size = std::size_t{256} * 1024 * 1024;

    explicit json_array_stream(std::size_t max_object_size = default_max_object_size) noexcept
        : max_object_size_(max_object_size) {}

    /// Calls \p on_object with the text of each object that \p bytes complete, as a
    /// `std::string_view` that is valid until the call returns; it returns `void` or
    /// `result<void>`. Its failure ends the parse and is returned. After any failure every
    /// later call fails, until `reset`.
    template <class Sink> result<void> feed(std::string_view bytes, Sink&& on_object) {
        std::string_view object;
        while (next(bytes, object)) {
            auto delivered = detail::call_sink(on_object, object);
            clear_partial();
            if (delivered.has_error()) {
                fail("the stream failed before");
                return delivered;
            }
        }
        if (reason_ != nullptr) return error(errc::bad_response, reason_);
        return success();
    }

    /// True once the array has been closed: a stream that ends before is truncated.
    [[nodiscard]] bool complete() const noexcept { return stage_ == stage::after_array; }

    /// Bytes fed of an object that has not ended.
    [[nodiscard]] std::size_t unfinished() const noexcept { return partial_.size(); }

    /// Makes the parser ready for another stream.
    LLMX_DECL void reset() noexcept;

private:
    enum class stage : unsigned char { before_array, first, in_object, after_object, after_comma, after_array };

    /// Takes bytes off the front until an object is complete (true) or none are left or a
    /// fault was met (false).
    LLMX_DECL bool next(std::string_view& bytes, std::string_view& object);
    /// Bytes of the current object in \p bytes; `depth_` is 0 afterwards when it ended.
    LLMX_DECL std::size_t skip_object(std::string_view bytes) noexcept;
    LLMX_DECL bool fail(const char* reason) noexcept;
    LLMX_DECL void clear_partial() noexcept;

    std::size_t max_object_size_;
    std::size_t depth_ = 0;
    std::string partial_;
    const char* reason_ = nullptr;
    stage stage_ = stage::before_array;
    bool in_string_ = false, after_backslash_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_array_stream.ipp>
#endif
