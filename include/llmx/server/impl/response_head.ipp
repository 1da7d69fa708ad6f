// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/response_head.hpp>

#include <charconv>
#include <chrono>

namespace llmx::inline v0 {

LLMX_DECL std::string_view http_reason(int status) noexcept {
    switch (status) {
    case 100: return "Continue";
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

LLMX_DECL std::string_view http_date::at(std::int64_t unix_seconds) noexcept {
    if (unix_seconds != second_) {
        second_ = unix_seconds;
        namespace chr = std::chrono;
        const chr::sys_seconds when{chr::seconds(unix_seconds)};
        const auto day = chr::floor<chr::days>(when);
        const chr::year_month_day date(day);
        const chr::hh_mm_ss<chr::seconds> time(when - day);
        constexpr std::string_view days = "SunMonTueWedThuFriSat";
        constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
        char* p = text_;
        const auto put = [&p](std::string_view s) {
            for (const char c : s) *p++ = c;
        };
        const auto digits = [&p](unsigned value, unsigned width) {
            for (unsigned i = width; i-- > 0; value /= 10) p[i] = static_cast<char>('0' + value % 10);
            p += width;
        };
        put(days.substr(chr::weekday(day).c_encoding() * 3, 3));
        put(", ");
        digits(static_cast<unsigned>(date.day()), 2);
        put(" ");
        put(months.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3));
        put(" ");
        digits(static_cast<unsigned>(static_cast<int>(date.year())), 4);
        put(" ");
        digits(static_cast<unsigned>(time.hours().count()), 2);
        put(":");
        digits(static_cast<unsigned>(time.minutes().count()), 2);
        put(":");
        digits(static_cast<unsigned>(time.seconds().count()), 2);
        put(" GMT");
    }
    return std::string_view(text_, sizeof text_);
}

LLMX_DECL void append_field(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    for (const char c : value)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return;
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

} // namespace llmx::inline v0
