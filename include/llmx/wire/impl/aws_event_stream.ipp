// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/aws_event_stream.hpp>

#include <boost/crc.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A buffer larger than this is released after the message that needed it.
inline constexpr std::size_t aws_event_kept_capacity = std::size_t{64} * 1024;

LLMX_DECL [[nodiscard]] std::uint64_t read_big_endian(std::string_view bytes) noexcept {
    std::uint64_t v = 0;
    for (const char c : bytes) v = v << 8 | static_cast<unsigned char>(c);
    return v;
}

LLMX_DECL void append_big_endian(std::string& out, std::uint64_t v, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;) out += static_cast<char>(v >> (8 * i) & 0xFF);
}

/// The CRC32 of GZIP (RFC 1952 section 8).
LLMX_DECL [[nodiscard]] std::uint32_t crc32_of(std::string_view bytes) noexcept {
    boost::crc_32_type sum;
    sum.process_bytes(bytes.data(), bytes.size());
    return static_cast<std::uint32_t>(sum.checksum());
}

/// Bytes of a value of \p type; -1 when a length of two bytes precedes it, -2 when there is
/// no such type.
LLMX_DECL [[nodiscard]] int aws_value_size(aws_header_type type) noexcept {
    switch (type) {
    case aws_header_type::true_value:
    case aws_header_type::false_value: return 0;
    case aws_header_type::int8: return 1;
    case aws_header_type::int16: return 2;
    case aws_header_type::int32: return 4;
    case aws_header_type::int64:
    case aws_header_type::timestamp: return 8;
    case aws_header_type::uuid: return 16;
    case aws_header_type::bytes:
    case aws_header_type::text: return -1;
    }
    return -2;
}

} // namespace detail

LLMX_DECL std::int64_t aws_event_header::integer() const noexcept {
    if (type == aws_header_type::true_value) return 1;
    const int size = detail::aws_value_size(type);
    if (size <= 0 || size > 8 || value.size() != static_cast<std::size_t>(size)) return 0;
    const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
    // Shifted up and down again, so that the sign fills the bits above.
    return static_cast<std::int64_t>(detail::read_big_endian(value) << unused) >> unused;
}

LLMX_DECL bool aws_header_reader::next(aws_event_header& to) noexcept {
    if (left_.empty() || malformed_) return false;
    malformed_ = true;
    const std::size_t name = static_cast<unsigned char>(left_.front());
    if (name == 0 || left_.size() < name + 2) return false;
    to.name = left_.substr(1, name);
    to.type = static_cast<aws_header_type>(left_[name + 1]);
    std::string_view rest = left_.substr(name + 2);
    const int fixed = detail::aws_value_size(to.type);
    if (fixed == -2) return false;
    std::size_t size = static_cast<std::size_t>(fixed);
    if (fixed == -1) {
        if (rest.size() < 2) return false;
        size = static_cast<std::size_t>(detail::read_big_endian(rest.substr(0, 2)));
        rest.remove_prefix(2);
    }
    if (rest.size() < size) return false;
    to.value = rest.substr(0, size);
    left_ = rest.substr(size);
    malformed_ = false;
    return true;
}

LLMX_DECL bool aws_event_decoder::fail(error e) {
    failed_ = true;
    why_ = std::move(e);
    return false;
}

LLMX_DECL bool aws_event_decoder::take_prelude(std::string_view prelude) {
    const auto at = [&](std::size_t i) { return detail::read_big_endian(prelude.substr(i, 4)); };
    if (at(8) != detail::crc32_of(prelude.substr(0, 8)))
        return fail(error(errc::bad_response, "an event stream's message has a damaged prelude: its checksum does not match"));
    const std::uint64_t total = at(0), headers = at(4);
    if (total < around_payload || headers > total - around_payload)
        return fail(error(errc::bad_response, "an event stream's message has lengths that contradict each other"));
    if (headers > max_headers || total - around_payload - headers > max_payload_)
        return fail(error(errc::bad_response, "a message of the event stream exceeds the size limit"));
    headers_ = static_cast<std::size_t>(headers);
    needed_ = static_cast<std::size_t>(total);
    return true;
}

LLMX_DECL bool aws_event_decoder::take_message(std::string_view message, aws_event& to) {
    const std::size_t end = message.size() - 4;
    if (detail::read_big_endian(message.substr(end)) != detail::crc32_of(message.substr(0, end)))
        return fail(error(errc::bad_response, "a message of the event stream is damaged: its checksum does not match"));
    to.headers = message.substr(prelude_size, headers_);
    to.payload = message.substr(prelude_size + headers_, end - prelude_size - headers_);
    aws_header_reader reader(to.headers);
    aws_event_header h;
    while (reader.next(h)) {
        if (h.type != aws_header_type::text || h.name.front() != ':') continue;
        std::string_view* const known = h.name == ":message-type"     ? &to.message_type
                                        : h.name == ":event-type"     ? &to.event_type
                                        : h.name == ":exception-type" ? &to.exception_type
                                        : h.name == ":content-type"   ? &to.content_type
                                        : h.name == ":error-code"     ? &to.error_code
                                        : h.name == ":error-message"  ? &to.error_message
                                                                      : nullptr;
        if (known != nullptr && known->data() == nullptr) *known = h.value;
    }
    if (reader.malformed())
        return fail(error(errc::bad_response, "a message of the event stream has a malformed header"));
    return true;
}

LLMX_DECL void aws_event_decoder::next_message() noexcept {
    needed_ = prelude_size;
    if (partial_.capacity() > detail::aws_event_kept_capacity) partial_ = std::string();
    else partial_.clear();
}

LLMX_DECL result<void> aws_event_decoder::finish() {
    if (failed_) return why_;
    if (!idle()) return error(errc::truncated, "the event stream ended within a message");
    return success();
}

LLMX_DECL void aws_event_decoder::reset() noexcept {
    next_message();
    failed_ = false;
}

LLMX_DECL result<void> append_aws_header(std::string& headers, const aws_event_header& header) {
    if (header.name.empty() || header.name.size() > 255)
        return error(errc::invalid_request, "the name of an event stream's header has 1 to 255 bytes");
    const int fixed = detail::aws_value_size(header.type);
    const bool fits = fixed == -1 ? header.value.size() <= 0xFFFF
                                  : fixed >= 0 && header.value.size() == static_cast<std::size_t>(fixed);
    if (!fits) return error(errc::invalid_request, "the value of an event stream's header does not have the length of its type");
    headers += static_cast<char>(header.name.size());
    headers += header.name;
    headers += static_cast<char>(header.type);
    if (fixed == -1) detail::append_big_endian(headers, header.value.size(), 2);
    headers += header.value;
    return success();
}

LLMX_DECL result<void> append_aws_event(std::string& out, std::string_view headers, std::string_view payload) {
    if (headers.size() > aws_event_decoder::max_headers || payload.size() > aws_event_decoder::default_max_payload)
        return error(errc::invalid_request, "a message of an event stream has at most 128 KiB of headers and 16 MiB of payload");
    const std::size_t begin = out.size();
    detail::append_big_endian(out, 16 + headers.size() + payload.size(), 4);
    detail::append_big_endian(out, headers.size(), 4);
    detail::append_big_endian(out, detail::crc32_of(std::string_view(out).substr(begin)), 4);
    out += headers;
    out += payload;
    detail::append_big_endian(out, detail::crc32_of(std::string_view(out).substr(begin)), 4);
    return success();
}

} // namespace llmx::inline LLMX_ABI
