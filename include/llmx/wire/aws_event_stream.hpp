// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/detail/call_sink.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// How the value of a header is written; the numbers are those on the wire.
enum class aws_header_type : std::uint8_t {
    true_value = 0,  ///< no bytes
    false_value = 1, ///< no bytes
    int8 = 2,
    int16 = 3,
    int32 = 4,
    int64 = 5,
    bytes = 6,     ///< up to 65,535 bytes
    text = 7,      ///< the same, in UTF-8
    timestamp = 8, ///< milliseconds since 1970 in 64 bits
    uuid = 9,      ///< 16 bytes
};

/// One header of a message. Views; the maker of the message defines how long they are valid.
struct aws_event_header {
    aws_event_header() = default;
    aws_event_header(std::string_view n, aws_header_type t, std::string_view v) noexcept : name(n), type(t), value(v) {}
    std::string_view name;
    aws_header_type type = aws_header_type::text;
    /// The bytes of the value as on the wire (big-endian), without the length of `bytes` and `text`.
    std::string_view value;
    /// The value of an integer or a timestamp, with its sign; 0 or 1 for the two without bytes, 0 for others.
    LLMX_DECL [[nodiscard]] std::int64_t integer() const noexcept;
};

/// Reads a message's headers one after another.
class aws_header_reader {
public:
    explicit aws_header_reader(std::string_view headers) noexcept : left_(headers) {}
    /// The next header into \p to; false at the end and at bytes that are not header.
    LLMX_DECL [[nodiscard]] bool next(aws_event_header& to) noexcept;
    /// Whether `next` stopped at bytes that are not header.
    [[nodiscard]] bool malformed() const noexcept { return malformed_; }

private:
    std::string_view left_;
    bool malformed_ = false;
};

/// One message of an event stream. The views live until the sink returns.
struct aws_event {
    aws_event() = default;
    /// All headers as they came, well formed: for `aws_header_reader`.
    std::string_view headers;
    std::string_view payload;
    /// `:message-type` ("event", "exception" or "error"), `:event-type`, `:exception-type`, `:content-type`,
    /// `:error-code` and `:error-message`; empty when the message has no such text header. Of several the first.
    std::string_view message_type, event_type, exception_type, content_type, error_code, error_message;
};
static_assert(std::is_trivially_destructible_v<aws_event>);

/// Incremental decoder of `application/vnd.amazon.eventstream`, fed in blocks split at any byte.
///
/// Both checksums (CRC32 of the prelude and of the message), the lengths and all headers are checked
/// before a message is passed on. A message that lies within one block is passed on as views into that
/// block; one that crosses blocks is kept in a buffer that is reused. The buffer grows with the bytes that
/// come, not with the length that a message announces.
///
/// Fails with `errc::bad_response`, and `finish` with `errc::truncated`; after a failure every later
/// call fails in the same way, until `reset`. Thread safety: none; one decoder per stream.
/// Source: smithy.io/2.0/aws/amazon-eventstream.html; the bounds are those of AWS's own SDKs
/// (github.com/awslabs/aws-c-event-stream: 128 KiB of headers, 16 MiB).
class aws_event_decoder {
public:
    static constexpr std::size_t max_headers = std::size_t{128} * 1024;
    static constexpr std::size_t default_max_payload = std::size_t{16} * 1024 * 1024;

    explicit aws_event_decoder(std::size_t max_payload = default_max_payload) noexcept : max_payload_(max_payload) {}

    /// Decodes \p bytes and calls \p on_message for each message that they complete.
    ///
    /// \p on_message takes a `const aws_event&` and returns `void` or `result<void>`; its failure ends the
    /// decoding, is returned, and later calls fail with it.
    template <class Sink> result<void> feed(std::string_view bytes, Sink&& on_message) {
        if (failed_) return why_;
        while (!bytes.empty()) {
            std::string_view message;
            if (partial_.empty() && bytes.size() >= needed_) {
                message = bytes.substr(0, needed_);
            } else {
                const std::size_t missing = std::min(needed_ - partial_.size(), bytes.size());
                partial_.append(bytes.data(), missing);
                bytes.remove_prefix(missing);
                if (partial_.size() < needed_) break;
                message = partial_;
            }
            if (needed_ == prelude_size) {
                if (!take_prelude(message)) return why_;
                continue;
            }
            aws_event event;
            if (!take_message(message, event)) return why_;
            if (auto delivered = detail::call_sink(on_message, event); delivered.has_error()) {
                fail(delivered.error());
                return delivered;
            }
            if (partial_.empty()) bytes.remove_prefix(needed_);
            next_message();
        }
        return success();
    }

    /// To be called at the end of the stream: `errc::truncated` when it lies within a message.
    LLMX_DECL [[nodiscard]] result<void> finish();
    /// True when no message has been begun: a stream that ends now has lost nothing.
    [[nodiscard]] bool idle() const noexcept { return partial_.empty(); }
    /// Makes the decoder ready for another stream; the buffer is kept for reuse.
    LLMX_DECL void reset() noexcept;

private:
    /// Two lengths and their checksum; a message also ends with its checksum.
    static constexpr std::size_t prelude_size = 12, around_payload = 16;

    LLMX_DECL bool take_prelude(std::string_view prelude);
    LLMX_DECL bool take_message(std::string_view message, aws_event& to);
    LLMX_DECL void next_message() noexcept;
    LLMX_DECL bool fail(error e);

    std::size_t max_payload_;
    std::size_t needed_ = prelude_size; // bytes until the next check
    std::size_t headers_ = 0;           // length of the message's headers
    std::string partial_;               // a message whose end has not come
    error why_;
    bool failed_ = false;
};

/// Appends \p header to \p headers. `errc::invalid_request` when its name does not have 1 to 255 bytes, or its
/// value not the length of its type.
LLMX_DECL result<void> append_aws_header(std::string& headers, const aws_event_header& header);

/// Appends one message of \p headers, which `append_aws_header` wrote, and \p payload.
/// `errc::invalid_request` when either is larger than the decoder's bounds.
LLMX_DECL result<void> append_aws_event(std::string& out, std::string_view headers, std::string_view payload);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/aws_event_stream.ipp>
#endif
