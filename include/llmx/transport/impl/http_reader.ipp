// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/http_reader.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstring>
#include <limits>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] error bad_http(std::string_view why) {
    std::string message = "the upstream did not answer in HTTP/1.1: ";
    message += why;
    return error(errc::bad_response, std::move(message));
}

LLMX_INLINE void response_parser::on_field_impl(boost::beast::http::field which, text name, text value, code& ec) {
    // Trailer fields come through here too; no caller needs them (RFC 9110 section 6.5.1).
    if (!in_header_) return;
    if (which == boost::beast::http::field::transfer_encoding) {
        const std::string_view coding(value.data(), value.size());
        if (version_ < 11 || (coding != "chunked" && !iequals(coding, "chunked"))) ambiguous_end = true;
    }
    if (fields_->size() == http_reader::max_fields) {
        ec = boost::beast::http::error::header_limit;
        return;
    }
    http_field f;
    f.name = std::string_view(name.data(), name.size());
    f.value = std::string_view(value.data(), value.size());
    // Beast unfolds an obs-fold into a buffer of its own. The unfolded text is never longer
    // than the folded one, which has been parsed already: write it back over it.
    const char* const first = head_->data();
    if (!f.value.empty() && (f.value.data() < first || f.value.data() >= first + head_->size())) {
        char* const room = head_->data() + (f.name.data() - first) + f.name.size() + 1;
        std::memcpy(room, f.value.data(), f.value.size());
        f.value = std::string_view(room, f.value.size());
    }
    fields_->push_back(f);
}

} // namespace detail

LLMX_DECL void http_reader::begin(std::size_t max_header, bool bodiless) {
    max_header_ = max_header;
    bodiless_ = bodiless;
    upgrade_ = false;
    header_bytes_ = 0;
    fault_.reset();
    // The memory of one huge header section must not be kept as long as the connection is open.
    constexpr std::size_t usual = 16 * 1024;
    if (head_.capacity() > usual) head_ = std::string();
    if (fields_.capacity() == 0) fields_.reserve(32);
    expect_message();
}

LLMX_DECL void http_reader::expect_message() {
    head_.clear();
    fields_.clear();
    line_bytes_ = 0;
    header_done_ = false;
    parser_.emplace(head_, fields_);
    parser_->header_limit(std::numeric_limits<std::uint32_t>::max());
    parser_->body_limit(boost::none);
    parser_->skip(bodiless_);
}

LLMX_DECL error http_reader::failed(std::string_view why) {
    return fault_.emplace(detail::bad_http(why));
}

LLMX_DECL result<std::size_t> http_reader::feed_header(std::string_view in) {
    static constexpr std::string_view protocol = "HTTP/1.";
    std::size_t used = 0;
    while (used < in.size() && !header_done_) {
        const std::string_view rest = in.substr(used);
        std::size_t line = 0;
        bool complete = false;
        while (line < rest.size() && !complete) {
            const std::size_t lf = rest.find('\n', line);
            if (lf == std::string_view::npos) {
                line_bytes_ += rest.size() - line;
                line = rest.size();
                break;
            }
            const char before = lf > 0 ? rest[lf - 1] : head_.empty() ? '\0' : head_.back();
            if (before != '\r') return failed("a header line does not end in CR LF");
            complete = line_bytes_ + (lf - line) == 1;
            line_bytes_ = 0;
            line = lf + 1;
        }
        header_bytes_ += line;
        if (header_bytes_ > max_header_) return failed("the header section is larger than the limit");
        head_.append(rest.substr(0, line));
        used += line;
        // Checked at once, or a peer of another protocol that waits for the client to begin would
        // only be found out by a timeout.
        const std::string_view begun = std::string_view(head_).substr(0, protocol.size());
        if (begun != protocol.substr(0, begun.size())) return failed("it uses another protocol");
        if (!complete) break;
        const result<void> parsed = parse_header();
        if (!parsed) return parsed.error();
    }
    return used;
}

LLMX_DECL result<void> http_reader::parse_header() {
    boost::beast::error_code ec;
    parser_->put(boost::asio::const_buffer(head_.data(), head_.size()), ec);
    if (ec) return failed(ec.message());
    const int status = parser_->status;
    if (status == 101 && !upgrade_) return failed("it switched protocols without a request to do so");
    if (status >= 100 && status < 200 && status != 101) {
        // RFC 9110 section 15.2: any number of these may precede the answer.
        expect_message();
        return success();
    }
    header_done_ = true;
    // Beast takes such a message to have no body, as it should (RFC 9112 section 6.3); its sender may differ.
    if ((status == 204 || status == 304) && (parser_->chunked() || parser_->content_length().value_or(0) != 0))
        parser_->ambiguous_end = true;
    return success();
}

LLMX_DECL result<http_reader::step> http_reader::feed(std::span<char> in) {
    step s;
    if (fault_) return *fault_;
    if (!header_done_) {
        const result<std::size_t> used = feed_header(std::string_view(in.data(), in.size()));
        if (!used) return used.error();
        s.consumed = *used;
        return s;
    }
    char* body = nullptr;
    std::size_t size = 0;
    while (s.consumed < in.size() && !parser_->is_done()) {
        char* const at = in.data() + s.consumed;
        if (parser_->chunked() &&
            detail::wait_for_final_chunk(std::string_view(at, in.size() - s.consumed), !parser_->in_chunks))
            break;
        boost::beast::error_code ec;
        parser_->piece = std::string_view();
        s.consumed += parser_->put(boost::asio::const_buffer(at, in.size() - s.consumed), ec);
        const std::string_view piece = parser_->piece;
        if (!piece.empty()) {
            if (body == nullptr) body = at + (piece.data() - at);
            else if (body + size != piece.data()) std::memmove(body + size, piece.data(), piece.size());
            size += piece.size();
        }
        if (ec == boost::beast::http::error::need_more) break;
        if (!ec) continue;
        const error fault = failed(ec.message());
        if (size == 0) return fault;
        break;
    }
    s.body = std::string_view(body, size);
    return s;
}

LLMX_DECL result<void> http_reader::finish() {
    if (fault_) return *fault_;
    if (!started()) return error(errc::connection_lost);
    if (!header_done_) return error(errc::truncated);
    if (parser_->is_done()) return success();
    boost::beast::error_code ec;
    parser_->put_eof(ec);
    if (ec) return error(errc::truncated);
    return success();
}

} // namespace llmx::inline LLMX_ABI
