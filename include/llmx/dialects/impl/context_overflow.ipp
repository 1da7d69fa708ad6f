// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/dialects/detail/context_overflow.hpp>
#include <llmx/wire/detail/has_words.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL bool words_report_overflow(std::string_view words) noexcept {
    constexpr std::string_view all[] = {"maximum context length",
                                        "exceed context limit",
                                        "context window",
                                        "prompt is too long",
                                        "input is too long",
                                        "model's maximum context limit",
                                        "longer than the model's context length",
                                        "input tokens exceed the configured limit",
                                        "exceeds the available context size",
                                        "exceeds the context length",
                                        "exceeds the maximum number of tokens allowed",
                                        "input token count",
                                        "too many tokens",
                                        "maximum prompt length",
                                        "exceeded model token limit",
                                        "prompt exceeds max length",
                                        "reduce the length of the messages",
                                        "`inputs` tokens + `max_new_tokens`"};
    return std::any_of(std::begin(all), std::end(all), [words](std::string_view one) { return has_words(words, one); });
}

LLMX_DECL std::optional<context_overflow> read_context_overflow(std::string_view words) noexcept {
    constexpr std::int64_t least = 256;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    std::int64_t first = 0, sum = 0;
    for (std::size_t i = 0; i < words.size();) {
        if (!digit(words[i])) {
            ++i;
            continue;
        }
        // Numbers in names ("gpt-4", "v1.5") are none.
        const char before = i == 0 ? ' ' : words[i - 1];
        const bool named = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') || before == '-' || before == '.' || before == '_';
        std::int64_t n = 0;
        for (; i < words.size(); ++i) {
            // "1,048,576"
            if (words[i] == ',' && i + 1 < words.size() && digit(words[i + 1])) continue;
            if (!digit(words[i])) break;
            n = std::min(clamp_count(n * 10 + (words[i] - '0')), std::int64_t{1} << 53);
        }
        const std::string_view rest = words.substr(i);
        if (named) continue;
        if (rest.starts_with(" + ")) {
            sum = add_counts(sum, n);
            continue;
        }
        if (sum != 0) {
            first = add_counts(std::exchange(sum, 0), n);
            continue;
        }
        if (n < least || n == first) continue;
        if (first == 0) {
            first = n;
            continue;
        }
        return context_overflow(std::max(first, n), std::min(first, n));
    }
    return std::nullopt;
}

} // namespace llmx::inline LLMX_ABI::detail
