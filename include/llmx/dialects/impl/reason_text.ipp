// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/reason_text.hpp>

#include <llmx/wire/utf8.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Where a member was refused: names and numbers, joined by dots.
LLMX_DECL [[nodiscard]] std::string reason_place(const boost::json::value* loc) {
    std::string out;
    if (loc == nullptr || !loc->is_array()) return out;
    for (const boost::json::value& step : loc->get_array()) {
        if (!step.is_string() && !step.is_int64()) continue;
        if (!out.empty()) out += '.';
        if (step.is_string()) out += std::string_view(step.get_string());
        else out += std::to_string(step.get_int64());
    }
    return out;
}

LLMX_DECL [[nodiscard]] std::string reason_in(const boost::json::value& v, std::size_t depth) {
    constexpr std::string_view members[] = {"message", "msg", "error_msg", "detail", "error", "errors"};
    constexpr std::size_t deepest = 4, most = 8;
    if (v.is_string()) return std::string(std::string_view(v.get_string()));
    if (depth == deepest) return std::string();
    std::string out;
    if (v.is_array()) {
        const boost::json::array& all = v.get_array();
        for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
            const std::string one = reason_in(all[i], depth + 1);
            if (one.empty()) continue;
            if (!out.empty()) out += "; ";
            out += one;
        }
        return out;
    }
    if (!v.is_object()) return out;
    for (const std::string_view name : members) {
        const boost::json::value* const member = v.get_object().if_contains(name);
        if (member == nullptr) continue;
        out = reason_in(*member, depth + 1);
        if (!out.empty()) break;
    }
    const std::string place = out.empty() ? std::string() : reason_place(v.get_object().if_contains("loc"));
    return place.empty() ? out : place + ": " + out;
}

LLMX_DECL std::string reason_text(const json_cursor& from) {
    constexpr std::size_t longest = 4096;
    if (from.value() == nullptr) return std::string();
    std::string out = reason_in(*from.value(), 0);
    if (out.size() > longest) out.resize(valid_utf8_prefix(std::string_view(out).substr(0, longest)));
    return out;
}

} // namespace llmx::inline LLMX_ABI::detail
