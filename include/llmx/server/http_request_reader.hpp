// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/memory_budget.hpp>
#include <llmx/core/result.hpp>
#include <llmx/server/detail/chunk_sink.hpp>
#include <llmx/server/detail/request_parser.hpp>
#include <llmx/wire/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// How much a request may bring.
struct http_request_limits {
    /// Bytes from the request line to the empty line: `errc::header_too_large`.
    std::size_t max_header = 16 * 1024;
    /// Fields in the header section: `errc::header_too_large`.
    std::size_t max_fields = 128;
    /// Bytes of the body: `errc::payload_too_large`.
    std::size_t max_body = 32 * 1024 * 1024;
};

/// The head of a request. Views into the reader; valid until its `next`.
struct http_request_head {
    http_request_head() = default;
    std::string_view method;
    /// Target without query; the path of an absolute-form target.
    std::string_view path;
    /// After the "?", without it.
    std::string_view query;
    std::span<const http_field> fields;
    /// 10 or 11.
    int version = 11;
    bool keep_alive = false;
    /// The client waits for "100 Continue" before it sends the body (RFC 9110 section 10.1.1).
    bool expects_continue = false;

    /// Value of the first field called \p name, or empty.
    [[nodiscard]] std::string_view find(std::string_view name) const noexcept {
        return find_field(fields, name);
    }
};

/// Reads HTTP/1.x requests (RFC 9112) from the bytes of one connection, without I/O.
///
/// The owner reads into `space()`, reports the number of bytes with `commit` and calls `parse`,
/// which may be fed at any split. A request that fits stays in the one buffer and its
/// body is a view into it. A larger body needs memory of its own, which `parse` takes out of a
/// budget and `next` gives back; when the budget has none, the reader `wants_memory`. Bytes after
/// the request are the next request (pipelining): `next` moves on to them.
///
/// Whatever could be read in two ways by two readers is refused with
/// `errc::invalid_request`: Content-Length together with Transfer-Encoding, more than one
/// Content-Length, a transfer coding other than "chunked", folded lines, no or several
/// Host fields. After a failure the connection can only be answered and closed.
/// Not thread-safe.
class http_request_reader {
public:
    enum class stage : std::uint8_t {
        head, ///< more of the header section is needed
        body, ///< the head is there; more of the body is needed
        done, ///< the whole request is there
    };

    /// \p budget accounts for what does not fit the one buffer; null: nothing is counted. Must
    /// outlive the reader.
    LLMX_DECL explicit http_request_reader(const http_request_limits& limits, memory_budget* budget = nullptr);

    /// Where to put the next bytes; never empty before `done` unless `wants_memory`.
    LLMX_DECL [[nodiscard]] std::span<char> space();
    /// \p n bytes of `space()` were filled.
    LLMX_DECL void commit(std::size_t n) noexcept;
    /// Looks at what has come; stops as soon as the head is complete, so that it can be
    /// judged first: call again for the body. Takes memory for a body only if \p may_grow.
    LLMX_DECL [[nodiscard]] result<stage> parse(bool may_grow = true);
    /// More memory is needed before more bytes can be read: `find_memory`, then `parse`.
    [[nodiscard]] bool wants_memory() const noexcept { return wants_memory_; }
    /// Takes the memory that is wanted; false when there is none now.
    LLMX_DECL [[nodiscard]] bool find_memory();
    /// Memory that the rest of the body will need at least, as far as the head announces.
    LLMX_DECL [[nodiscard]] std::size_t memory_ahead() const noexcept;
    /// Instead of `parse`, for a body that is read piece by piece and never whole in memory: what
    /// has come of it since the last call, valid until the next one. Empty when more bytes are needed,
    /// or when the request is `done`. Needs no memory beside the one buffer. Fails like `parse`.
    LLMX_DECL [[nodiscard]] result<std::string_view> take_some();
    /// Bytes that `take_some` gave.
    [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
    /// The next `take_some` gives the rest of the body. False also when that cannot be known yet
    /// because the body comes in chunks.
    [[nodiscard]] bool rest_has_come() const noexcept {
        return stage_ == stage::body && declared_ && end_ - pos_ >= *declared_ - taken_;
    }
    /// What came behind the request, which is done, and is no HTTP. Valid until `next`.
    [[nodiscard]] std::string_view take_beyond() noexcept {
        const std::string_view beyond(buffer_.get() + pos_, end_ - pos_);
        pos_ = end_;
        return beyond;
    }
    /// Forgets the request that is done and keeps what came after it.
    LLMX_DECL void next();
    /// Forgets everything and gives back what the body took. Returns the buffer, for reading what
    /// no reader needs; the reader is of no further use.
    LLMX_DECL std::span<char> give_up() noexcept;

    [[nodiscard]] const http_request_head& head() const noexcept { return head_; }
    /// The body, once `parse` returned `done`.
    [[nodiscard]] std::string_view body() const noexcept { return body_; }
    [[nodiscard]] stage where() const noexcept { return stage_; }
    /// Bytes are there that have not been taken: of this request, or of the next.
    [[nodiscard]] bool has_bytes() const noexcept { return end_ != (stage_ == stage::done ? pos_ : 0); }
    /// Length the head declared; nothing for a chunked body.
    [[nodiscard]] std::optional<std::uint64_t> declared_length() const noexcept { return declared_; }
    /// The head, which is complete, announces a body: a length above 0, or chunks.
    [[nodiscard]] bool announces_body() const noexcept { return !declared_ || *declared_ != 0; }

private:
    LLMX_DECL result<stage> parse_head();
    LLMX_DECL result<void> accept_head();
    LLMX_DECL void parse_sized() noexcept;
    LLMX_DECL result<stage> parse_chunks(bool may_grow);
    LLMX_DECL result<stage> parse_chunked();
    /// Moves what has not been parsed down to what has been kept.
    LLMX_DECL void close_up() noexcept;
    LLMX_DECL void split_target(std::string_view target) noexcept;

    http_request_limits limits_;
    std::size_t capacity_;
    std::unique_ptr<char[]> buffer_;
    std::size_t pos_ = 0, end_ = 0;
    std::size_t head_end_ = 0;
    stage stage_ = stage::head;
    bool wants_memory_ = false;
    std::optional<std::uint64_t> declared_;
    std::uint64_t taken_ = 0;
    std::vector<http_field> fields_;
    /// A body that does not fit the buffer, and any chunked one.
    detail::chunk_sink sink_;
    // Beast's parsers serve one message each.
    std::optional<detail::request_parser> parser_;
    http_request_head head_;
    std::string_view body_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/http_request_reader.ipp>
#endif
