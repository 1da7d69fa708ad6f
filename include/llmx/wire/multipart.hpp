// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/detail/call_sink.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The header section of one part of a form.
struct multipart_part {
    multipart_part() = default;
    /// Name of the form's field.
    std::string name;
    /// Name of the file; empty for a plain field.
    std::string filename;
    /// Empty when the part does not state it: "text/plain" for fields.
    std::string content_type;
};

/// A step through a multipart body. Every byte fed is in the `raw` of one event, in order, so
/// that a relay that writes them all writes the body that came.
struct multipart_event {
    enum class kind : std::uint8_t {
        framing,  ///< `raw`: a boundary, a header section, or text outside of all parts
        part,     ///< a part begins; `raw` is empty
        data,     ///< `raw`: bytes of the current part
        part_end, ///< the current part is over; `raw` is empty
        end,      ///< the closing boundary was read; `raw` is empty
    };
    kind what = kind::framing;
    std::string_view raw;
    /// The current part, from `part` to `part_end`; null otherwise.
    const multipart_part* part = nullptr;
};

/// Incremental parser of `multipart/form-data`, fed in blocks split at any byte.
///
/// Data is given as views into the block; only header sections are kept. A form that two readers could
/// split differently is refused: a boundary followed by anything but a line end or "--", folded
/// header lines, a part without a name or with two. Failures are `errc::invalid_request`, and
/// every later call fails.
///
/// Thread safety: none; one parser per body.
/// Source: RFC 7578, RFC 2046 section 5.1.1, and the escapes of
/// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html (4.10.21.8).
class multipart_parser {
public:
    /// Bytes of one header section, and of text that may be before the first and after the last
    /// boundary. Real heads have some hundred bytes; the limit bounds memory.
    static constexpr std::size_t max_head = std::size_t{8} * 1024;
    /// Parts of one body; a transcription has about ten. Bounds the work per byte of tiny parts.
    static constexpr std::size_t max_parts = 1000;

    /// \p boundary as `multipart_boundary` reads it from the Content-Type.
    LLMX_DECL explicit multipart_parser(std::string_view boundary);

    /// Parses \p bytes and calls \p on_event, which takes a `const multipart_event&` and returns
    /// `void` or `result<void>`; its failure ends the parse and is returned. Views live until it
    /// returns.
    template <class Sink> result<void> feed(std::string_view bytes, Sink&& on_event) {
        while (!bytes.empty() && !failed_) {
            multipart_event event;
            step(bytes, event);
            if (failed_) break;
            if (event.what == multipart_event::kind::framing && event.raw.empty()) continue;
            auto delivered = detail::call_sink(on_event, event);
            if (delivered.has_error()) {
                failed_ = "the reader of the form failed before";
                return delivered;
            }
        }
        if (failed_) return failure();
        // A delimiter that was recognised with the last byte needs no further one.
        return drain(on_event);
    }

    /// Fails unless the closing boundary has come.
    LLMX_DECL [[nodiscard]] result<void> finish() const;

private:
    enum class state : std::uint8_t { preamble, boundary_end, head, part_begin, data, part_over, closing, closed, epilogue };
    using kind = multipart_event::kind;

    template <class Sink> result<void> drain(Sink& on_event) {
        while (pending()) {
            multipart_event event;
            std::string_view nothing;
            step(nothing, event);
            if (failed_) return failure();
            auto delivered = detail::call_sink(on_event, event);
            if (delivered.has_error()) {
                failed_ = "the reader of the form failed before";
                return delivered;
            }
        }
        return success();
    }
    /// A state that only reports, without taking bytes.
    [[nodiscard]] bool pending() const noexcept {
        return state_ == state::part_begin || state_ == state::part_over || state_ == state::closed;
    }
    /// Takes a prefix of \p bytes and returns its kind.
    LLMX_DECL void step(std::string_view& bytes, multipart_event& event);
    LLMX_DECL void find_boundary(std::string_view& bytes, multipart_event& event);
    LLMX_DECL void end_boundary(std::string_view& bytes, multipart_event& event);
    LLMX_DECL void read_head(std::string_view& bytes, multipart_event& event);
    LLMX_DECL void accept_head();
    LLMX_DECL [[nodiscard]] const char* take_field(std::string_view line);
    LLMX_DECL void count_outside(std::size_t bytes) noexcept;
    LLMX_DECL [[nodiscard]] error failure() const;

    std::string delimiter_; // CR LF "--" boundary
    std::string head_;
    multipart_part part_;
    std::size_t matched_ = 2; // of delimiter_; the first boundary needs no line end before it
    std::size_t imagined_ = 2; // of matched_, bytes that have not really come
    std::size_t outside_ = 0, parts_ = 0;
    const char* failed_ = nullptr;
    state state_ = state::preamble;
    bool after_cr_ = false, after_dash_ = false, padded_ = false;
};

/// The boundary in a `multipart/form-data` Content-Type. Fails with
/// `errc::unsupported_media_type` for another type and `errc::invalid_request` for a boundary that
/// is missing, malformed or longer than the 70 characters of RFC 2046.
LLMX_DECL [[nodiscard]] result<std::string> multipart_boundary(std::string_view content_type);

/// Appends the boundary and the header section of a part; its data follows. An empty
/// \p filename or \p content_type is left out.
LLMX_DECL void append_multipart_head(std::string& out, std::string_view boundary, std::string_view name,
                                     std::string_view filename = std::string_view(),
                                     std::string_view content_type = std::string_view());
/// Appends the line end after a part's data.
inline void append_multipart_tail(std::string& out) { out += "\r\n"; }
/// Appends the closing boundary.
LLMX_DECL void append_multipart_end(std::string& out, std::string_view boundary);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/multipart.ipp>
#endif
