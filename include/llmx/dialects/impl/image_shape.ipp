// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/image_shape.hpp>

#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::pair<int, int> read_image_pair(std::string_view text, char between) noexcept {
    const std::size_t at = text.find(between);
    if (at == std::string_view::npos || at > 5 || text.size() - at > 6) return {0, 0};
    int a = 0, b = 0;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), text.data() + at, a), second = std::from_chars(text.data() + at + 1, end, b);
    const bool whole = first.ec == std::errc() && second.ec == std::errc() && first.ptr == text.data() + at && second.ptr == end;
    return whole && a > 0 && b > 0 ? std::pair(a, b) : std::pair(0, 0);
}

LLMX_DECL std::string_view nearest_image_ratio(int width, int height, std::span<const std::string_view> ratios) noexcept {
    const double wanted = static_cast<double>(width) / height;
    double nearest = 0.05;
    std::string_view found;
    for (const std::string_view one : ratios) {
        const auto [a, b] = read_image_pair(one, ':');
        const double off = std::abs(wanted * b / a - 1);
        if (off >= nearest) continue;
        nearest = off;
        found = one;
    }
    return found;
}

LLMX_DECL result<void> check_image_request(const image_request& request, const encode_options& options, bool needs_prompt, drop_report& drops) {
    const request_place at;
    if (needs_prompt && request.prompt.empty()) return drops.refuse(at.of<&image_request::prompt>(), "expected a description of the image");
    if (options.stream.value_or(request.stream.value_or(false)))
        return drops.refuse(at.of<&image_request::stream>(), "this provider makes images without events; leave stream out",
                            errc::unsupported_parameter);
    return success();
}

LLMX_DECL void report_image_choices(const image_request& request, drop_report& drops) {
    const request_place at;
    const auto other = [](const std::string& value, std::string_view a, std::string_view b) { return !value.empty() && value != a && value != b; };
    if (other(request.quality, "standard", "auto")) drops.lost(at.of<&image_request::quality>());
    if (other(request.background, "opaque", "auto")) drops.lost(at.of<&image_request::background>());
    if (other(request.moderation, "auto", "auto")) drops.lost(at.of<&image_request::moderation>());
}

} // namespace llmx::inline LLMX_ABI::detail
