// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/flat_usage.hpp>
#include <llmx/wire/json_scan.hpp>

#include <optional>

namespace llmx::inline LLMX_ABI::detail {

/// The counts of images and cached tokens in the details of input or output.
LLMX_DECL void openai_flat_details(std::string_view object, std::int64_t& images, std::int64_t* cached) {
    json_scanner scanner(object);
    for (json_member m; scanner.next(m);) {
        const auto n = json_count(m.value);
        if (!n) continue;
        if (m.named("image_tokens")) images = *n;
        else if (cached != nullptr && m.named("cached_tokens")) *cached = *n;
    }
}

LLMX_DECL usage openai_flat_usage(std::string_view object) {
    std::optional<std::int64_t> input, total;
    usage u;
    json_scanner scanner(object);
    for (json_member m; scanner.next(m);) {
        if (m.value.starts_with('{')) {
            if (m.named("input_tokens_details") || m.named("prompt_tokens_details"))
                openai_flat_details(m.value, u.input_image_tokens, &u.cached_tokens);
            else if (m.named("output_tokens_details") || m.named("completion_tokens_details"))
                openai_flat_details(m.value, u.output_image_tokens, nullptr);
            continue;
        }
        const auto n = json_count(m.value);
        if (!n) continue;
        if (m.named("prompt_tokens") || m.named("input_tokens")) input = *n;
        else if (m.named("completion_tokens") || m.named("output_tokens")) u.output_tokens = *n;
        else if (m.named("total_tokens")) total = *n;
    }
    u.input_tokens = input ? *input : subtract_counts(total.value_or(0), u.output_tokens);
    return u;
}

LLMX_DECL usage openai_flat_usage_in(std::string_view body) {
    usage found;
    const auto done = scan_json_members(body, [&found](const json_member& m) {
        if (m.named("usage")) found = m.value.starts_with('{') ? openai_flat_usage(m.value) : usage();
    });
    return done.has_error() ? usage() : found;
}

} // namespace llmx::inline LLMX_ABI::detail
