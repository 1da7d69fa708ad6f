// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/response_head.hpp>
#include <llmx/wire/detail/text_writer.hpp>
#include <llmx/wire/http_date.hpp>

#include <charconv>
#include <chrono>

namespace llmx::inline LLMX_ABI {

LLMX_DECL std::string_view http_reason(int status) noexcept {
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 424: return "Failed Dependency";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 529: return "Overloaded";
    default: return "Unknown";
    }
}

LLMX_DECL std::string_view http_date::at(std::int64_t unix_seconds) {
    if (unix_seconds != second_) {
        second_ = unix_seconds;
        text_ = format_http_date(std::chrono::system_clock::time_point(std::chrono::seconds(unix_seconds)));
    }
    return text_;
}

LLMX_DECL void append_field(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty() || !detail::text_writer::is_field_text(value)) return;
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

LLMX_DECL void append_field(std::string& out, std::string_view name, std::uint64_t value) {
    // Colon, digits and line end in one piece.
    char text[26] = {':', ' '};
    char* end = std::to_chars(text + 2, text + 22, value).ptr;
    *end++ = '\r';
    *end++ = '\n';
    out += name;
    out.append(text, end);
}

LLMX_DECL void append_status_line(std::string& out, int status) {
    if (status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
        return;
    }
    out += "HTTP/1.1 ";
    out += static_cast<char>('0' + status / 100 % 10);
    out += static_cast<char>('0' + status / 10 % 10);
    out += static_cast<char>('0' + status % 10);
    out += ' ';
    out += http_reason(status);
    out += "\r\n";
}

} // namespace llmx::inline LLMX_ABI
