// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/form.hpp>

#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string form_field_name(const form_part& p) {
    return valid_utf8(p.about->name) ? p.about->name : std::string("(a field whose name is not UTF-8)");
}

LLMX_DECL error form_field_twice(std::string_view name) {
    error e(errc::invalid_request, std::string(name) + ": given twice");
    return e.with_param(std::string(name));
}

LLMX_DECL std::optional<bool> form_bool(std::string_view text) noexcept {
    if (equals_ignoring_case(text, "true") || text == "1") return true;
    if (equals_ignoring_case(text, "false") || text == "0" || text.empty()) return false;
    return std::nullopt;
}

LLMX_DECL std::string form_boundary(std::span<const std::string_view> values) {
    constexpr std::string_view prefix = "llmx-form-";
    constexpr std::size_t digits = 8;
    // The numbers after the prefix wherever it occurs: the smallest other one is free.
    std::vector<std::uint32_t> taken;
    for (const std::string_view value : values) {
        for (std::size_t at = value.find(prefix); at != std::string_view::npos; at = value.find(prefix, at + 1)) {
            const std::string_view number = value.substr(at + prefix.size(), digits);
            std::uint32_t n = 0;
            const auto read = std::from_chars(number.data(), number.data() + number.size(), n);
            if (number.size() == digits && read.ptr == number.data() + digits) taken.push_back(n);
        }
    }
    std::sort(taken.begin(), taken.end());
    std::uint32_t free = 0;
    for (const std::uint32_t n : taken) {
        if (n > free) break;
        if (n == free) ++free;
    }
    const std::string number = std::to_string(free);
    std::string out(prefix);
    out.append(digits - std::min(digits, number.size()), '0');
    return out += number;
}

} // namespace llmx::inline LLMX_ABI::detail
