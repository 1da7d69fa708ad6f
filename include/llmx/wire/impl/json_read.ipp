// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/json_guard.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/parser.hpp>

#include <string>
#include <cmath>

namespace llmx::inline LLMX_ABI {

namespace detail {

/// The code unit of `\\uXXXX` at \p at of \p text; -1 when there is none.
LLMX_DECL [[nodiscard]] int utf16_escape_at(std::string_view text, std::size_t at) noexcept {
    if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return -1;
    int unit = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

LLMX_DECL std::string without_lone_surrogates(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '\\') {
            out += text[i++];
            continue;
        }
        const int unit = utf16_escape_at(text, i);
        if (unit < 0xd800 || unit > 0xdfff) {
            out += text.substr(i, 2);
            i += 2;
            continue;
        }
        const int next = utf16_escape_at(text, i + 6);
        const bool pair = unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff;
        out += pair ? text.substr(i, 12) : std::string_view("\\ufffd");
        i += pair ? 12 : 6;
    }
    return out;
}

[[nodiscard]] inline bool is_surrogate_fault(const boost::system::error_code& ec) noexcept {
    using boost::json::error;
    // A half at the end of a string is a mere "syntax error".
    return ec == error::illegal_leading_surrogate || ec == error::illegal_trailing_surrogate ||
           ec == error::expected_utf16_escape || ec == error::syntax;
}

} // namespace detail

LLMX_DECL result<boost::json::value> parse_json(std::string_view text, boost::json::storage_ptr sp) {
    if (const std::size_t most = detail::most_json_members(text); most > max_json_members)
        return error(errc::invalid_request, "not acceptable JSON: an object has more than " +
                                                std::to_string(max_json_members) + " members; send a list as an array");
    else if (most >= detail::salted_json_memory::least_members)
        sp = boost::json::make_shared_resource<detail::salted_json_memory>(std::move(sp));
    boost::json::parse_options options;
    options.max_depth = max_json_depth;
    unsigned char temporary[2048];
    boost::json::parser parser(boost::json::storage_ptr(), options, temporary, sizeof temporary);
    parser.reset(sp);
    boost::system::error_code ec;
    std::size_t used = parser.write_some(text.data(), text.size(), ec);
    std::string mended;
    if (detail::is_surrogate_fault(ec)) {
        mended = detail::without_lone_surrogates(text);
        text = mended;
        parser.reset(std::move(sp));
        ec.clear();
        used = parser.write_some(text.data(), text.size(), ec);
    }
    if (!ec && used < text.size()) ec = boost::json::error::extra_data;
    if (ec) {
        return error(errc::invalid_request,
                     "not valid JSON: " + ec.message() + " at byte " + std::to_string(used));
    }
    return parser.release();
}

LLMX_DECL result<boost::json::object> parse_json_object(std::string_view text, boost::json::storage_ptr sp) {
    auto parsed = parse_json(text, std::move(sp));
    if (parsed.has_error()) return parsed.error();
    if (!parsed->is_object()) return error(errc::invalid_request, "not valid JSON: expected an object");
    return std::move(parsed->get_object());
}

LLMX_DECL std::optional<std::int64_t> json_count(const boost::json::value& v) noexcept {
    if (v.is_int64()) return clamp_count(v.get_int64());
    if (v.is_uint64()) return max_count; // only a number beyond int64 is one
    if (v.is_double() && !std::isnan(v.get_double())) return clamp_count(v.get_double());
    return std::nullopt;
}

} // namespace llmx::inline LLMX_ABI
