// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/http_request_reader.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace llmx::inline LLMX_ABI {
namespace detail {

// Room behind the largest head for a chunk header, or for trailers.
inline constexpr std::size_t chunk_room = 1024;

LLMX_DECL [[nodiscard]] error request_fault(const request_parser& parser, const boost::system::error_code& ec,
                                            const http_request_limits& limits) {
    namespace http = boost::beast::http;
    switch (parser.found) {
    case request_parser::fault::folded_line:
        return error(errc::invalid_request, "malformed HTTP request: folded header lines are not accepted");
    case request_parser::fault::transfer_coding:
        return error(errc::invalid_request,
                     "malformed HTTP request: the only transfer coding accepted is \"chunked\", once");
    case request_parser::fault::repeated_length:
        return error(errc::invalid_request, "malformed HTTP request: more than one Content-Length");
    case request_parser::fault::too_many_fields:
        return error(errc::header_too_large,
                     "the request has more than " + std::to_string(limits.max_fields) + " header fields");
    case request_parser::fault::none: break;
    }
    if (ec == http::error::body_limit)
        return error(errc::payload_too_large,
                     "the request body is larger than " + std::to_string(limits.max_body) + " bytes");
    return error(errc::invalid_request, "malformed HTTP request: " + ec.message());
}

LLMX_DECL [[nodiscard]] error head_too_large(const http_request_limits& limits) {
    return error(errc::header_too_large,
                 "the request header is larger than " + std::to_string(limits.max_header) + " bytes");
}

} // namespace detail

LLMX_DECL http_request_reader::http_request_reader(const http_request_limits& limits, memory_budget* budget)
    : limits_(limits), capacity_(limits.max_header + detail::chunk_room), buffer_(new char[capacity_]), sink_(budget) {
    fields_.reserve(24);
    parser_.emplace(fields_, limits_.max_fields, sink_, limits_.max_body);
}

LLMX_DECL std::span<char> http_request_reader::space() {
    if (sink_.in_store && declared_) return sink_.store.room();
    return std::span<char>(buffer_.get() + end_, capacity_ - end_);
}

LLMX_DECL void http_request_reader::commit(std::size_t n) noexcept {
    if (sink_.in_store && declared_) sink_.store.commit(n);
    else end_ += n;
}

LLMX_DECL result<http_request_reader::stage> http_request_reader::parse(bool may_grow) {
    if (stage_ == stage::done) return stage_;
    if (stage_ == stage::head) return parse_head();
    if (!declared_) return parse_chunks(may_grow);
    parse_sized();
    while (wants_memory_ && may_grow && find_memory()) parse_sized();
    return stage_;
}

LLMX_DECL result<http_request_reader::stage> http_request_reader::parse_chunks(bool may_grow) {
    for (;;) {
        result<stage> seen = parse_chunked();
        if (!seen || !wants_memory_ || !may_grow || !find_memory()) return seen;
    }
}

LLMX_DECL result<http_request_reader::stage> http_request_reader::parse_head() {
    // Empty lines before a request line are ignored (RFC 9112 section 2.2).
    if (!parser_->got_some()) {
        while (pos_ + 1 < end_ && buffer_[pos_] == '\r' && buffer_[pos_ + 1] == '\n') pos_ += 2;
        if (pos_ == end_) pos_ = end_ = 0;
        if (pos_ == end_ || (pos_ + 1 == end_ && buffer_[pos_] == '\r')) {
            if (end_ > limits_.max_header) return detail::head_too_large(limits_);
            return stage_;
        }
    }
    boost::system::error_code ec;
    pos_ += parser_->put(boost::asio::const_buffer(buffer_.get() + pos_, end_ - pos_), ec);
    head_.method = parser_->method;
    head_.version = parser_->version;
    split_target(parser_->target);
    if (ec == boost::beast::http::error::need_more) {
        if (end_ >= limits_.max_header) return detail::head_too_large(limits_);
        return stage_;
    }
    if (ec) return detail::request_fault(*parser_, ec, limits_);
    if (auto r = accept_head(); !r) return r.error();
    stage_ = stage::body;
    return stage_;
}

LLMX_DECL result<void> http_request_reader::accept_head() {
    if (pos_ > limits_.max_header) return detail::head_too_large(limits_);
    head_end_ = pos_;
    head_.fields = fields_;
    head_.keep_alive = parser_->keep_alive();
    head_.expects_continue = parser_->expects_continue && parser_->version >= 11;
    if (parser_->hosts > 1 || (parser_->hosts == 0 && parser_->version >= 11))
        return error(errc::invalid_request, "malformed HTTP request: exactly one Host field is required");
    if (parser_->has_coding) {
        // A coding in HTTP/1.0 is a sign of broken framing (RFC 9112 section 6.1).
        if (parser_->version < 11)
            return error(errc::invalid_request, "malformed HTTP request: Transfer-Encoding in HTTP/1.0");
        return success();
    }
    declared_ = parser_->content_length().value_or(0);
    if (*declared_ > limits_.max_body)
        return error(errc::payload_too_large,
                     "the request body is larger than " + std::to_string(limits_.max_body) + " bytes");
    return success();
}

LLMX_DECL void http_request_reader::parse_sized() noexcept {
    const auto length = static_cast<std::size_t>(*declared_);
    if (sink_.in_store) {
        wants_memory_ = sink_.store.room().empty();
        if (sink_.store.size() == length) {
            sink_.store.complete();
            body_ = sink_.store.view();
            stage_ = stage::done;
            wants_memory_ = false;
        }
    } else if (end_ - head_end_ >= length) {
        body_ = std::string_view(buffer_.get() + head_end_, length);
        pos_ = head_end_ + length;
        stage_ = stage::done;
    } else {
        wants_memory_ = length > capacity_ - head_end_;
    }
}

LLMX_DECL result<http_request_reader::stage> http_request_reader::parse_chunked() {
    boost::system::error_code ec;
    if (sink_.place == nullptr) sink_.place = buffer_.get() + head_end_;
    while (!parser_->is_done() && pos_ != end_) {
        const std::string_view rest(buffer_.get() + pos_, end_ - pos_);
        if (parser_->wait_for_more(rest)) break;
        pos_ += parser_->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
        if (ec) break;
    }
    if (ec == boost::beast::http::error::need_buffer) {
        wants_memory_ = true;
        return stage_;
    }
    if (ec && ec != boost::beast::http::error::need_more) return detail::request_fault(*parser_, ec, limits_);
    if (parser_->is_done()) {
        sink_.store.complete();
        body_ = sink_.view();
        stage_ = stage::done;
        return stage_;
    }
    close_up();
    if (!sink_.in_store && sink_.size != 0) wants_memory_ = capacity_ - end_ < detail::chunk_room;
    else if (end_ == capacity_)
        return error(errc::header_too_large, "a chunk header or the trailers of the request are too large");
    return stage_;
}

LLMX_DECL result<std::string_view> http_request_reader::take_some() {
    if (stage_ != stage::body) return std::string_view();
    if (!declared_) {
        // The place of what was given last is free.
        sink_.size = 0;
        close_up();
        const result<stage> seen = parse_chunked();
        if (!seen) return seen.error();
        wants_memory_ = false;
        body_ = std::string_view();
        taken_ += sink_.size;
        return sink_.view();
    }
    if (pos_ == end_) pos_ = end_ = head_end_;
    const std::uint64_t left = *declared_ - taken_;
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left, end_ - pos_));
    const std::string_view piece(buffer_.get() + pos_, n);
    pos_ += n;
    taken_ += n;
    if (taken_ == *declared_) stage_ = stage::done;
    return piece;
}

LLMX_DECL void http_request_reader::close_up() noexcept {
    const std::size_t begin = head_end_ + (sink_.in_store ? 0 : sink_.size);
    if (pos_ == begin) return;
    std::memmove(buffer_.get() + begin, buffer_.get() + pos_, end_ - pos_);
    end_ -= pos_ - begin;
    pos_ = begin;
}

LLMX_DECL bool http_request_reader::find_memory() {
    if (!wants_memory_) return true;
    if (!sink_.store.make_room(declared_ ? static_cast<std::size_t>(*declared_) : limits_.max_body)) return false;
    wants_memory_ = false;
    if (sink_.in_store) return true;
    sink_.in_store = true;
    if (declared_) {
        sink_.store.append(std::string_view(buffer_.get() + head_end_, end_ - head_end_));
        pos_ = end_;
    } else {
        sink_.store.append(std::string_view(sink_.place, sink_.size));
        close_up();
    }
    return true;
}

LLMX_DECL std::size_t http_request_reader::memory_ahead() const noexcept {
    if (stage_ != stage::body || sink_.in_store) return 0;
    if (!declared_) return std::min(detail::byte_store::first_block, limits_.max_body);
    const auto length = static_cast<std::size_t>(*declared_);
    return length > capacity_ - head_end_ ? length : 0;
}

LLMX_DECL std::span<char> http_request_reader::give_up() noexcept {
    body_ = std::string_view();
    sink_.reset();
    return std::span<char>(buffer_.get(), capacity_);
}

LLMX_DECL void http_request_reader::next() {
    if (pos_ != end_) std::memmove(buffer_.get(), buffer_.get() + pos_, end_ - pos_);
    end_ -= pos_;
    pos_ = 0;
    head_end_ = 0;
    stage_ = stage::head;
    wants_memory_ = false;
    declared_.reset();
    taken_ = 0;
    fields_.clear();
    sink_.reset();
    parser_.emplace(fields_, limits_.max_fields, sink_, limits_.max_body);
    head_ = http_request_head();
    body_ = std::string_view();
}

LLMX_DECL void http_request_reader::split_target(std::string_view target) noexcept {
    // Absolute form, as sent to proxies and allowed to servers (RFC 9112 section 3.2.2).
    for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")})
        if (target.size() >= scheme.size() && iequals(target.substr(0, scheme.size()), scheme)) {
            const auto path = target.find_first_of("/?", scheme.size());
            target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
            break;
        }
    const auto mark = target.find('?');
    head_.path = target.substr(0, mark);
    head_.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

} // namespace llmx::inline LLMX_ABI
