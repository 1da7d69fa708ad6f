// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/detail/final_chunk.hpp>
#include <llmx/wire/http_message.hpp>

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

namespace detail {

/// Beast's HTTP/1 grammar, its findings kept as views instead of in Beast's containers.
class response_parser final : public boost::beast::http::basic_parser<false> {
public:
    response_parser(std::string& head, std::vector<http_field>& fields) noexcept
        : head_(&head), fields_(&fields) {}

    int status = 0;
    /// Payload found by the last `put`.
    std::string_view piece;
    /// A chunk header was accepted.
    bool in_chunks = false;
    /// Another reader could find the end of this message elsewhere.
    bool ambiguous_end = false;

private:
    using code = boost::beast::error_code;
    using text = boost::beast::string_view;
    void on_request_impl(boost::beast::http::verb, text, text, int, code&) override {}
    void on_response_impl(int number, text, int version, code&) override {
        status = number;
        version_ = version;
    }
    LLMX_INLINE void on_field_impl(boost::beast::http::field which, text name, text value, code& ec) override;
    void on_header_impl(code&) override { in_header_ = false; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, code&) override {}
    std::size_t on_body_impl(text body, code&) override { return keep(body); }
    void on_chunk_header_impl(std::uint64_t, text, code&) override { in_chunks = true; }
    std::size_t on_chunk_body_impl(std::uint64_t, text body, code&) override { return keep(body); }
    void on_finish_impl(code&) override {}

    std::size_t keep(text body) noexcept {
        piece = std::string_view(body.data(), body.size());
        return body.size();
    }

    std::string* head_;
    std::vector<http_field>* fields_;
    int version_ = 11;
    bool in_header_ = true;
};

} // namespace detail

/// Reads HTTP/1 responses (RFC 9112) out of bytes, one message after the other.
///
/// No socket, no time: call `feed` with the bytes that arrived and `finish` when no
/// more will come. Interim responses (1xx) are skipped. The header section is copied
/// once into storage kept from message to message, so its fields live until the next
/// `begin`; body bytes are never copied out of the caller's buffer. In the steady state
/// nothing is allocated. Bounded: header bytes by `begin`, fields by `max_fields`.
/// Not thread-safe.
class http_reader {
public:
    static constexpr std::size_t max_fields = 256;

    /// The effect of the bytes given to `feed`.
    struct step {
        step() = default;
        /// Bytes used up, from the front; the rest must be given again, with more bytes after them.
        std::size_t consumed = 0;
        /// Body found among them, in one piece: chunk framing was closed up in place.
        std::string_view body;
    };

    http_reader() = default;
    http_reader(const http_reader&) = delete;
    http_reader& operator=(const http_reader&) = delete;

    /// Discards the last message and expects the next one. \p bodiless: the request was
    /// a HEAD, whose response has no body whatever its header states.
    LLMX_DECL void begin(std::size_t max_header, bool bodiless = false);

    /// The message may be a 101, after whose head another protocol begins; without this it is
    /// a `bad_response`. Until the next `begin`.
    void expect_upgrade() noexcept { upgrade_ = true; }

    /// Takes the available bytes. Returns as soon as the header section is complete, and then
    /// with all the body found in \p in. Does not touch bytes after the message. However the
    /// message is cut into pieces, the result is the same.
    /// Fails with `bad_response`, and again whenever it is called after that; body found before the
    /// fault is delivered first.
    LLMX_DECL result<step> feed(std::span<char> in);

    /// The peer will send no more. Succeeds when the message is complete, which a
    /// message without a length only now becomes; else `connection_lost` when no byte
    /// of it came and `truncated` when some did.
    LLMX_DECL result<void> finish();

    /// Whether any byte of this message was seen.
    [[nodiscard]] bool started() const noexcept { return header_bytes_ != 0; }
    [[nodiscard]] bool header_done() const noexcept { return header_done_; }
    [[nodiscard]] bool done() const noexcept { return header_done_ && parser_->is_done(); }
    /// Whether the connection may carry another message after this one; known once
    /// the header section is complete. False also when the end of this message is not beyond
    /// doubt: a transfer coding other than "chunked", one in HTTP/1.0, or a 204 or 304 that
    /// announces a body (RFC 9112 sections 6.1 and 6.3).
    [[nodiscard]] bool keep_alive() const {
        return header_done_ && parser_->keep_alive() && !parser_->ambiguous_end;
    }
    [[nodiscard]] int status() const noexcept { return parser_ ? parser_->status : 0; }
    /// Fields of the header section; live until `begin`.
    [[nodiscard]] std::span<const http_field> fields() const noexcept { return fields_; }
    /// Length the header section announced, or 0.
    [[nodiscard]] std::uint64_t announced_length() const {
        return header_done_ ? parser_->content_length().value_or(0) : 0;
    }

private:
    LLMX_DECL result<std::size_t> feed_header(std::string_view in);
    LLMX_DECL result<void> parse_header();
    LLMX_DECL void expect_message();
    LLMX_DECL [[nodiscard]] error failed(std::string_view why);

    std::optional<detail::response_parser> parser_;
    std::string head_;
    std::vector<http_field> fields_;
    /// Fault that ended the message, perhaps found after body bytes that were delivered first.
    std::optional<error> fault_;
    std::size_t max_header_ = 0;
    /// Of all header sections of this exchange, interim ones included.
    std::size_t header_bytes_ = 0;
    /// Bytes of the unfinished header line at the end of `head_`.
    std::size_t line_bytes_ = 0;
    bool header_done_ = false;
    bool bodiless_ = false;
    bool upgrade_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/http_reader.ipp>
#endif
