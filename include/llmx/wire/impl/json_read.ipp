// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/json_guard.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/parser.hpp>

#include <string>
#include <cmath>

namespace llmx::inline LLMX_ABI {

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
    parser.reset(std::move(sp));
    boost::system::error_code ec;
    const std::size_t used = parser.write_some(text.data(), text.size(), ec);
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
