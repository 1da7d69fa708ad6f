// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/core/token_estimate.hpp>
#include <llmx/service/usage_estimate.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_weight.hpp>

#include <algorithm>
#include <limits>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] std::int64_t estimated_count(std::uint64_t tokens) noexcept {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    // Something was asked, and something answered.
    return std::max<std::int64_t>(1, clamp_count(static_cast<std::int64_t>(std::min(tokens, most))));
}

} // namespace detail

LLMX_DECL bool reports_usage(std::string_view body) noexcept {
    bool reported = false;
    static_cast<void>(scan_json_members(body, [&reported](const json_member& m) {
        reported = reported || (m.key.starts_with("usage") && m.value.starts_with('{'));
    }));
    return reported;
}

LLMX_DECL void estimate_usage(call& c, std::uint64_t answer_tokens) noexcept {
    usage& guess = c.report.estimate;
    guess = usage();
    guess.input_tokens = detail::estimated_count(c.in.estimated_tokens - std::min(c.in.estimated_tokens, c.in.reserved_output));
    guess.output_tokens = detail::estimated_count(answer_tokens);
}

LLMX_DECL void estimate_usage(call& c, std::string_view body) noexcept {
    const json_weight weight = weigh_json(body);
    estimate_usage(c, tokens_of_text(weight.text) + weight.blobs * tokens_of_media);
}

} // namespace llmx::inline LLMX_ABI
